/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * See names.h. Reads its zone anew for each question.
 */
#include "tests/gateway/sip/names.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kernel/bytes.h"
#include "kernel/loop.h"
#include "kernel/net.h"
#include "kernel/text.h"
#include "tests/test.h"

enum { TYPE_A = 1, TYPE_SRV = 33, TYPE_NAPTR = 35, TTL = 60 };
enum { NAME = 256, QUESTION_AT = 12 };

static void put_text(struct writer *w, const char *text)
{
	put_u8(w, (uint8_t)strlen(text));
	put_bytes(w, (struct bytes){ (const void *)text, strlen(text) });
}

static void put_name(struct writer *w, const char *name)
{
	char label[64];
	int len;

	while (sscanf(name, "%63[^.]%n", label, &len) == 1) {
		put_text(w, label);
		name += len + (name[len] == '.');
	}
	put_u8(w, 0);
}

static void put_head(struct writer *w, unsigned type, size_t length)
{
	put_u16(w, 0xc000 | QUESTION_AT);
	put_u16(w, (uint16_t)type);
	put_u16(w, 1);
	put_u32(w, TTL);
	put_u16(w, (uint16_t)length);
}

static bool put_address(struct writer *w, const char *rest)
{
	char text[64];
	struct in_addr four;

	if (sscanf(rest, "%63s", text) != 1 ||
	    inet_pton(AF_INET, text, &four) != 1)
		return false;
	put_head(w, TYPE_A, 4);
	put_bytes(w, (struct bytes){ (const void *)&four, 4 });
	return true;
}

static bool put_service(struct writer *w, const char *rest)
{
	unsigned priority, weight, port;
	char host[NAME];

	if (sscanf(rest, "%u %u %u %255s", &priority, &weight, &port, host) !=
	    4)
		return false;
	put_head(w, TYPE_SRV, 6 + strlen(host) + 2);
	put_u16(w, (uint16_t)priority);
	put_u16(w, (uint16_t)weight);
	put_u16(w, (uint16_t)port);
	put_name(w, host);
	return true;
}

static bool put_pointer(struct writer *w, const char *rest)
{
	unsigned order, preference;
	char flags[8], service[32], to[NAME];

	if (sscanf(rest, "%u %u %7s %31s %255s", &order, &preference, flags,
	           service, to) != 5)
		return false;
	put_head(w, TYPE_NAPTR,
	         4 + 1 + strlen(flags) + 1 + strlen(service) + 1 + strlen(to) +
	                 2);
	put_u16(w, (uint16_t)order);
	put_u16(w, (uint16_t)preference);
	put_text(w, flags);
	put_text(w, service);
	put_text(w, "");
	put_name(w, to);
	return true;
}

/* The records of one type that a name has: how many. */
static unsigned put_answers(struct writer *w, const char *zone, unsigned type,
                            const char *asked)
{
	char kind[8], name[NAME];
	unsigned answers = 0;
	int at;

	for (const char *line = zone; line != NULL && *line != '\0';
	     line = strchr(line, '\n'), line = line == NULL ? NULL : line + 1) {
		if (sscanf(line, "%7s %255s %n", kind, name, &at) != 2 ||
		    strcasecmp(name, asked) != 0)
			continue;
		if (strcmp(kind, "A") == 0 && type == TYPE_A)
			answers += put_address(w, line + at);
		else if (strcmp(kind, "SRV") == 0 && type == TYPE_SRV)
			answers += put_service(w, line + at);
		else if (strcmp(kind, "NAPTR") == 0 && type == TYPE_NAPTR)
			answers += put_pointer(w, line + at);
	}
	return answers;
}

/* Labels to "a.b"; returns where the name ends. */
static size_t read_name(const uint8_t *in, size_t at, char *to)
{
	struct text name = { .at = to, .size = NAME };

	to[0] = '\0';
	while (in[at] != 0) {
		text_add(&name, "%s%.*s", name.len > 0 ? "." : "", (int)in[at],
		         (const char *)in + at + 1);
		at += in[at] + 1u;
	}
	return at;
}

static void serve(void *self, unsigned events)
{
	struct names *names = self;
	uint8_t in[512], out[4096];
	struct writer w = WRITER(out);
	struct addr from;
	int n = net_receive_from(names->fd, in, sizeof(in), &from);
	char asked[NAME];
	size_t end;
	unsigned type;

	(void)events;
	if (n < 17)
		return;
	names->asked++;
	if (names->silent)
		return;
	end = read_name(in, QUESTION_AT, asked);
	type = (unsigned)in[end + 1] << 8 | in[end + 2];
	put_bytes(&w, (struct bytes){ in, end + 5 });
	out[2] = 0x84;
	out[3] = type == TYPE_NAPTR || type == TYPE_SRV
	                 ? (uint8_t)names->refused
	                 : 0;
	memset(out + 6, 0, 6); /* no additional record */
	out[7] = out[3] != 0
	                 ? 0
	                 : (uint8_t)put_answers(&w, names->zone, type, asked);
	(void)net_send_to(names->fd, (struct bytes){ out, w.len }, &from);
}

void names_open(struct names *n, struct loop *loop, const char *zone)
{
	struct addr at;

	memset(n, 0, sizeof(*n));
	n->zone = zone;
	CHECK_EQ(addr_parse(&at, "127.0.0.1", 0), 0);
	n->fd = net_udp_open(&at, -1);
	CHECK(n->fd >= 0);
	CHECK_EQ(net_local(n->fd, &at), 0);
	(void)watch_new(&n->watch, loop, n->fd, WATCH_READ, serve, n);
	addr_print(&at, n->servers, sizeof(n->servers));
}

void names_close(struct names *n)
{
	n->watch = watch_free(n->watch);
	(void)close(n->fd);
}
