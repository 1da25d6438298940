/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

#include "kernel/addr.h"

#include <errno.h>
#include <string.h>

#include "tests/test.h"

static const struct {
	const char *text;
	uint16_t preset;
	const char *printed, *host; /* NULL: refused */
} rows[] = {
	/* clang-format off */
	{ "192.0.2.1", 5060, "192.0.2.1:5060", "192.0.2.1" },
	{ "192.0.2.1:5070", 5060, "192.0.2.1:5070", "192.0.2.1" },
	{ "0.0.0.0:0", 5060, "0.0.0.0:0", "0.0.0.0" },
	{ "2001:db8::1", 5060, "[2001:db8::1]:5060", "2001:db8::1" },
	{ "[2001:DB8:0::1]:5070", 0, "[2001:db8::1]:5070", "2001:db8::1" },
	{ "[::]", 5060, "[::]:5060", "::" },
	{ "::ffff:192.0.2.1", 1, "192.0.2.1:1", "192.0.2.1" },
	{ "[::ffff:c000:201]:9", 1, "192.0.2.1:9", "192.0.2.1" },
	{ "fe80::1%lo", 5, "[fe80::1%lo]:5", "fe80::1%lo" },
	{ "[fe80::1%999999]:5", 0, "[fe80::1%999999]:5", "fe80::1%999999" },
	{ "", 1, NULL, NULL },
	{ "127.1", 1, NULL, NULL },
	{ "0300.0.2.1", 1, NULL, NULL },
	{ "192.0.2.256", 1, NULL, NULL },
	{ "192.0.2.1:", 1, NULL, NULL },
	{ "192.0.2.1:65536", 1, NULL, NULL },
	{ "192.0.2.1:5060x", 1, NULL, NULL },
	{ "192.0.2.1: 5060", 1, NULL, NULL },
	{ " 192.0.2.1", 1, NULL, NULL },
	{ "192.0.2.1 ", 1, NULL, NULL },
	{ "[192.0.2.1]", 1, NULL, NULL },
	{ "[2001:db8::1", 1, NULL, NULL },
	{ "[2001:db8::1]5060", 1, NULL, NULL },
	{ "2001:db8::1%lo", 1, NULL, NULL }, /* a scope without need */
	{ "fe80::1%no-such-device", 1, NULL, NULL },
	{ "example.com", 1, NULL, NULL },
	{ "1:2:3:4:5:6:7:8:9", 1, NULL, NULL },
	{ "00000000000000000000000000000000000000000000000000000000000000000",
	  1, NULL, NULL },
	/* clang-format on */
};

TEST_ROWS(an_address_is_read_strictly, rows, row)
{
	char text[ADDR_TEXT];
	struct addr a, again;

	if (row->printed == NULL) {
		CHECK_EQ(addr_parse(&a, row->text, row->preset), -EBADMSG);
		return;
	}
	CHECK_EQ(addr_parse(&a, row->text, row->preset), 0);
	addr_print(&a, text, sizeof(text));
	CHECK_TEXT(text, row->printed);
	CHECK_EQ(addr_parse(&again, text, 0), 0);
	CHECK(addr_equal(&a, &again));
	CHECK_EQ(addr_hash(&a), addr_hash(&again));
	addr_print_host(&a, text, sizeof(text));
	CHECK_TEXT(text, row->host);
}

static struct addr parse(const char *text)
{
	struct addr a;

	CHECK_EQ(addr_parse(&a, text, 0), 0);
	return a;
}

TEST(addresses_compare_with_and_without_port)
{
	struct addr a = parse("192.0.2.1:5060"), b = parse("192.0.2.1:5061");
	struct addr c = parse("[2001:db8::1]:5060"), none;
	char text[ADDR_TEXT] = "x";

	memset(&none, 0, sizeof(none));
	CHECK(!addr_equal(&a, &b) && addr_equal_host(&a, &b));
	CHECK(!addr_equal_host(&a, &c) && !addr_equal(&a, &none));
	CHECK(addr_hash(&a) != addr_hash(&b));
	addr_set_port(&b, 5060);
	CHECK(addr_equal(&a, &b) && addr_port(&b) == 5060);
	addr_set_port(&c, 7);
	CHECK_EQ(addr_port(&c), 7);
	CHECK(addr_is_set(&a) && addr_is_set(&c) && !addr_is_set(&none));
	CHECK_EQ(addr_len(&a), sizeof(struct sockaddr_in));
	CHECK_EQ(addr_len(&c), sizeof(struct sockaddr_in6));
	addr_print(&none, text, sizeof(text));
	CHECK_TEXT(text, "");
}

TEST(any_is_any_in_both_families)
{
	struct addr a = parse("0.0.0.0:1"), b = parse("[::]:1");
	struct addr c = parse("192.0.2.1"), d = parse("::1");

	CHECK(addr_is_any(&a) && addr_is_any(&b));
	CHECK(!addr_is_any(&c) && !addr_is_any(&d));
}

TEST(what_the_kernel_says_is_made_plain)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
	struct sockaddr other = { .sa_family = AF_UNIX };
	struct addr a = parse("192.0.2.1:5060"), b;
	const void *sa = &in6;

	in6.sin6_port = htons(5060);
	in6.sin6_addr.s6_addr[10] = in6.sin6_addr.s6_addr[11] = 0xff;
	memcpy(&in6.sin6_addr.s6_addr[12], &a.in4.sin_addr, 4);
	CHECK(addr_from_sockaddr(&b, sa) && addr_equal(&a, &b));
	CHECK(addr_from_sockaddr(&b, &a.sa) && addr_equal(&a, &b));
	CHECK(!addr_from_sockaddr(&b, &other));
}
