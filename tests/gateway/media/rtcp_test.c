/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/* RTCP octet by octet. */

#include "gateway/media/rtcp.h"

#include "tests/test.h"

#include <errno.h>
#include <string.h>

static const struct rtcp_report full = {
	.ssrc = 0x01020304,
	.has_sender = true,
	.ntp = 0x1122334455667788,
	.stamp = 0x0a0b0c0d,
	.packets = 7,
	.octets = 1120,
	.has_block = true,
	.block = { .ssrc = 0x05060708,
	           .fraction = 0x40,
	           .lost = 3,
	           .highest = 0x00010022,
	           .jitter = 5,
	           .last_report = 0x33445566,
	           .delay = 0x00010000 },
	.cname = "abc",
	.bye = true,
};

TEST(a_compound_is_written_as_the_rfc_draws_it)
{
	static const char hex[] =
		"81c8000c 01020304 11223344 55667788 0a0b0c0d 00000007 00000460"
		"05060708 40000003 00010022 00000005 33445566 00010000"
		"81ca0003 01020304 0103616263 000000"
		"81cb0001 01020304";
	uint8_t octets[RTCP_MOST], want[RTCP_MOST];
	struct writer w = WRITER(octets);
	int n = bytes_from_hex(want, sizeof(want), hex);

	rtcp_put(&w, &full);
	CHECK(!w.full);
	CHECK_EQ(w.len, n);
	CHECK_MEM(octets, want, (size_t)n);
}

TEST(a_compound_reads_back)
{
	uint8_t octets[RTCP_MOST];
	struct writer w = WRITER(octets);
	struct rtcp_report r;

	rtcp_put(&w, &full);
	CHECK_EQ(rtcp_parse((struct bytes){ octets, w.len }, 0x05060708, &r),
	         0);
	CHECK(r.has_sender && r.has_block && r.bye);
	CHECK_EQ(r.ssrc, full.ssrc);
	CHECK_EQ(r.ntp, full.ntp);
	CHECK_EQ(r.block.lost, 3);
	CHECK_EQ(r.block.delay, 0x10000);
	CHECK_EQ(rtcp_parse((struct bytes){ octets, w.len }, 1, &r), 0);
	CHECK(!r.has_block); /* not about us */
}

TEST(every_length_of_cname_is_padded_right)
{
	char cname[RTCP_CNAME + 1] = "";

	for (unsigned i = 0; i < RTCP_CNAME; i++) {
		struct rtcp_report r = { .ssrc = 1, .cname = cname }, out;
		uint8_t octets[RTCP_MOST];
		struct writer w = WRITER(octets);

		rtcp_put(&w, &r);
		CHECK_EQ(w.len % 4, 0);
		CHECK_EQ(octets[w.len - 1], 0); /* a null item ends it */
		CHECK_EQ(rtcp_parse((struct bytes){ octets, w.len }, 1, &out),
		         0);
		cname[i] = 'x';
	}
}

static const struct reading {
	const char *hex;
	int rc;
} readings[] = {
	/* clang-format off */
	{ "80c90001 00000001", 0 },
	{ "80c90001 00000001 81ca0002 00000001 01006100", 0 },
	{ "80c90001 00000001 80cf0000", 0 },                /* unknown: stepped over */
	{ "80c90001 00000001 a0cb0001 00000004", 0 },       /* padding at the end */
	{ "", -EBADMSG },
	{ "80c900", -EBADMSG },
	{ "00c90001 00000001", -EBADMSG },                  /* version */
	{ "81ca0002 00000001 01006100", -EBADMSG },         /* no report first */
	{ "81cb0001 00000001", -EBADMSG },
	{ "80c90002 00000001", -EBADMSG },                  /* longer than it is */
	{ "80c90000", -EBADMSG },                           /* no SSRC */
	{ "81c90001 00000001", -EBADMSG },                  /* no block */
	{ "80c80001 00000001", -EBADMSG },                  /* no sender info */
	{ "a0c90001 00000004 80cb0000", -EBADMSG },         /* padded in the middle */
	{ "80c90001 00000001 a0cb0001 00000009", -EBADMSG },
	{ "80c90001 00000001 a0cb0001 00000003", -EBADMSG },
	{ "80c90001 00000001 80cb00", -EBADMSG },
	/* clang-format on */
};

TEST_ROWS(only_whole_compounds_are_read, readings, row)
{
	uint8_t octets[64];
	int n = bytes_from_hex(octets, sizeof(octets), row->hex);
	struct rtcp_report r;

	CHECK(n >= 0);
	CHECK_EQ(rtcp_parse((struct bytes){ octets, (size_t)n }, 1, &r),
	         row->rc);
}

TEST(loss_below_nothing_keeps_its_sign)
{
	struct rtcp_report in = full, out;
	uint8_t octets[RTCP_MOST];
	struct writer w = WRITER(octets);

	in.block.lost = -2;
	rtcp_put(&w, &in);
	CHECK_EQ(rtcp_parse((struct bytes){ octets, w.len }, 0x05060708, &out),
	         0);
	CHECK_EQ(out.block.lost, -2);
}

TEST(round_trip_is_the_example_of_rfc_3550_figure_2)
{
	const struct rtcp_block b = { .last_report = 0xb7052000,
		                      .delay = 0x00054000 };

	CHECK_EQ(rtcp_round_trip(&b, 0xb7108000), 6125000);
	CHECK_EQ(rtcp_round_trip(&b, 0xb7050000), 0); /* clocks disagree */
	CHECK_EQ(rtcp_round_trip(&(struct rtcp_block){ 0 }, 5), 0);
}

TEST(ntp_counts_from_1900)
{
	CHECK_EQ(rtcp_ntp(0) >> 32, 2208988800u);
	CHECK_EQ(rtcp_ntp(500000) & 0xffffffff, 0x80000000u);
	CHECK_EQ(rtcp_ntp_middle(0x1122334455667788), 0x33445566);
}
