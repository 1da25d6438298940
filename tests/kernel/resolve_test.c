/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Against a name server of a few lines on loopback: it answers each question
 * with the records of its row, or not at all.
 */
#include "kernel/resolve.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kernel/bytes.h"
#include "kernel/instant.h"
#include "kernel/loop.h"
#include "kernel/net.h"
#include "tests/test.h"

enum { TYPE_A = 1, TYPE_AAAA = 28, TYPE_SRV = 33, TYPE_NAPTR = 35 };
enum { NXDOMAIN = 3, SERVFAIL = 2 };

struct world {
	struct loop *loop;
	struct resolve *resolve;
	struct watch *watch;
	int server;
	bool silent, junk;
	unsigned asked, rcode;
	/* what came of it */
	unsigned times, n;
	int error;
	struct resolve_record records[RESOLVE_RECORDS];
	bool stop; /* from inside the call-back */
};

static void put_text(struct writer *w, const char *text)
{
	put_u8(w, (uint8_t)strlen(text));
	put_bytes(w, (struct bytes){ (const void *)text, strlen(text) });
}

/* "a.b" as labels. */
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

static void put_head(struct writer *w, unsigned type, uint32_t ttl,
                     size_t length)
{
	put_u16(w, 0xc00c); /* the question's name */
	put_u16(w, (uint16_t)type);
	put_u16(w, 1);
	put_u32(w, ttl);
	put_u16(w, (uint16_t)length);
}

static void put_srv(struct writer *w, unsigned priority, unsigned weight,
                    unsigned port, const char *host)
{
	put_head(w, TYPE_SRV, 60 + priority, 6 + strlen(host) + 2);
	put_u16(w, (uint16_t)priority);
	put_u16(w, (uint16_t)weight);
	put_u16(w, (uint16_t)port);
	put_name(w, host);
}

static void put_naptr(struct writer *w, unsigned order, const char *service,
                      const char *to)
{
	put_head(w, TYPE_NAPTR, 30,
	         4 + 2 + 1 + strlen(service) + 1 + strlen(to) + 2);
	put_u16(w, (uint16_t)order);
	put_u16(w, 5);
	put_text(w, "s");
	put_text(w, service);
	put_text(w, "");
	put_name(w, to);
}

static unsigned put_answers(struct writer *w, unsigned type)
{
	static const uint8_t four[] = { 192, 0, 2, 7 };
	static const uint8_t six[] = { 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0,
		                       0,    0, 0,   0,    0, 0, 0, 1 };

	switch (type) {
	case TYPE_A:
		put_head(w, type, 300, 4);
		put_bytes(w, BYTES(four));
		return 1;
	case TYPE_AAAA:
		put_head(w, type, 200, 16);
		put_bytes(w, BYTES(six));
		return 1;
	case TYPE_SRV:
		put_srv(w, 20, 0, 5062, "c.test");
		put_srv(w, 10, 1, 5060, "a.test");
		put_srv(w, 10, 1, 5061, "b.test");
		return 3;
	case TYPE_NAPTR:
		put_naptr(w, 2, "SIP+D2T", "_sip._tcp.test");
		put_naptr(w, 1, "SIP+D2U", "_sip._udp.test");
		return 2;
	default:
		return 0;
	}
}

static void serve(void *self, unsigned events)
{
	struct world *world = self;
	uint8_t in[512], out[1024];
	struct writer w = WRITER(out);
	struct addr from;
	int n = net_receive_from(world->server, in, sizeof(in), &from);
	size_t end = 12;
	unsigned type, answers;

	(void)events;
	if (n < 17)
		return;
	world->asked++;
	if (world->silent)
		return;
	while (in[end] != 0)
		end += in[end] + 1u;
	type = (unsigned)in[end + 1] << 8 | in[end + 2];
	end += 5;
	put_bytes(&w, (struct bytes){ in, end });
	out[2] = 0x84;
	out[3] = (uint8_t)world->rcode;
	memset(out + 6, 0, 6); /* no additional record */
	answers = world->rcode == 0 ? put_answers(&w, type) : 0;
	out[7] = (uint8_t)answers;
	if (world->junk)
		w.len = end + 5;
	(void)net_send_to(world->server, (struct bytes){ out, w.len }, &from);
}

static void hear(void *self, int error, const struct resolve_record *records,
                 unsigned n)
{
	struct world *w = self;

	w->times++;
	w->error = error;
	w->n = n;
	CHECK(n <= RESOLVE_RECORDS);
	for (unsigned i = 0; i < n; i++)
		w->records[i] = records[i];
	if (w->stop)
		w->resolve = resolve_stop(w->resolve);
}

static void open_world(struct world *w)
{
	char servers[ADDR_TEXT];
	struct addr at;

	memset(w, 0, sizeof(*w));
	CHECK_EQ(loop_new(&w->loop), 0);
	CHECK_EQ(addr_parse(&at, "127.0.0.1", 0), 0);
	w->server = net_udp_open(&at, -1);
	CHECK(w->server >= 0);
	CHECK_EQ(net_local(w->server, &at), 0);
	CHECK_EQ(watch_new(&w->watch, w->loop, w->server, WATCH_READ, serve, w),
	         0);
	addr_print(&at, servers, sizeof(servers));
	CHECK_EQ(resolve_start(&w->resolve, w->loop, servers), 0);
}

static void close_world(struct world *w)
{
	w->resolve = resolve_stop(w->resolve);
	w->watch = watch_free(w->watch);
	(void)close(w->server);
	CHECK_EQ(loop_live(w->loop, NULL), 0);
	w->loop = loop_free(w->loop);
}

/* Until an answer is there; loopback needs no time worth the name. */
static void run(struct world *w)
{
	for (int i = 0; i < 100000 && w->times == 0; i++)
		(void)loop_turn(w->loop);
}

static struct resolve_query *ask(struct world *w, enum resolve_kind kind,
                                 const char *name)
{
	struct resolve_query *q;

	CHECK_EQ(resolve_ask(&q, w->resolve, kind, name, hear, w), 0);
	CHECK_EQ(w->times, 0); /* never from inside */
	return q;
}

static const struct {
	const char *host;
} numerics[] = { { "192.0.2.1" }, { "2001:db8::1" }, { "[2001:db8::1]" } };

TEST_ROWS(a_numeric_host_is_answered_on_the_next_turn, numerics, row)
{
	struct world w;
	struct addr want;

	open_world(&w);
	CHECK_EQ(addr_parse(&want, row->host, 0), 0);
	(void)ask(&w, RESOLVE_ADDRESS, row->host);
	(void)loop_turn(w.loop);
	CHECK_EQ(w.times, 1);
	CHECK_EQ(w.error, 0);
	CHECK_EQ(w.n, 1);
	CHECK(addr_equal(&w.records[0].addr, &want));
	CHECK_EQ(w.asked, 0);
	close_world(&w);
}

TEST(a_name_has_addresses_ipv4_first)
{
	struct world w;
	char text[ADDR_TEXT];

	open_world(&w);
	(void)ask(&w, RESOLVE_ADDRESS, "gw.test");
	run(&w);
	CHECK_EQ(w.error, 0);
	CHECK_EQ(w.n, 2);
	addr_print(&w.records[0].addr, text, sizeof(text));
	CHECK_TEXT(text, "192.0.2.7:0");
	CHECK_EQ(w.records[0].ttl_s, 300);
	addr_print_host(&w.records[1].addr, text, sizeof(text));
	CHECK_TEXT(text, "2001:db8::1");
	CHECK_EQ(w.records[1].ttl_s, 200);
	close_world(&w);
}

TEST(services_come_by_priority_and_equal_ones_are_drawn)
{
	unsigned first_a = 0;
	struct world w;

	open_world(&w);
	for (int i = 0; i < 64; i++) {
		w.times = 0;
		(void)ask(&w, RESOLVE_SRV, "_sip._udp.test");
		run(&w);
		CHECK_EQ(w.error, 0);
		CHECK_EQ(w.n, 3);
		CHECK_TEXT(w.records[2].host, "c.test");
		CHECK_EQ(w.records[2].port, 5062);
		CHECK_EQ(w.records[2].ttl_s, 70); /* the least */
		CHECK_EQ(w.records[0].priority, 10);
		CHECK_EQ(w.records[1].priority, 10);
		first_a += w.records[0].port == 5060;
	}
	CHECK(first_a > 0 && first_a < 64);
	close_world(&w);
}

TEST(pointers_come_by_order)
{
	struct world w;

	open_world(&w);
	(void)ask(&w, RESOLVE_NAPTR, "test");
	run(&w);
	CHECK_EQ(w.error, 0);
	CHECK_EQ(w.n, 2);
	CHECK_TEXT(w.records[0].service, "SIP+D2U");
	CHECK_TEXT(w.records[0].host, "_sip._udp.test");
	CHECK_TEXT(w.records[0].flags, "s");
	CHECK_EQ(w.records[0].ttl_s, 30);
	CHECK_EQ(w.records[1].priority, 2);
	close_world(&w);
}

static const struct {
	enum resolve_kind kind;
	unsigned rcode;
	int error;
} failures[] = {
	{ RESOLVE_ADDRESS, NXDOMAIN, -ENOENT },
	{ RESOLVE_SRV, NXDOMAIN, -ENOENT },
	{ RESOLVE_NAPTR, NXDOMAIN, -ENOENT },
};

TEST_ROWS(a_name_that_does_not_exist_is_said_so, failures, row)
{
	struct world w;

	open_world(&w);
	w.rcode = row->rcode;
	(void)ask(&w, row->kind, "nowhere.test");
	run(&w);
	CHECK_EQ(w.times, 1);
	CHECK_EQ(w.error, row->error);
	CHECK_EQ(w.n, 0);
	close_world(&w);
}

TEST(a_malformed_answer_is_an_error)
{
	struct world w;

	open_world(&w);
	w.junk = true;
	(void)ask(&w, RESOLVE_SRV, "_sip._udp.test");
	run(&w);
	CHECK_EQ(w.times, 1);
	CHECK(w.error < 0);
	close_world(&w);
}

TEST(a_silent_server_is_waited_for_eight_seconds)
{
	struct instant due;
	struct world w;

	instant_hold();
	open_world(&w);
	w.silent = true;
	(void)ask(&w, RESOLVE_ADDRESS, "gw.test");
	for (int i = 0; i < 79; i++) {
		(void)loop_turn(w.loop);
		instant_turn(MSEC(100));
	}
	(void)loop_turn(w.loop);
	CHECK_EQ(w.times, 0);
	CHECK(loop_next(w.loop, &due));
	instant_turn(MSEC(200));
	(void)loop_turn(w.loop);
	CHECK_EQ(w.times, 1);
	CHECK_EQ(w.error, -ETIMEDOUT);
	close_world(&w);
	instant_release();
}

TEST(a_cancelled_question_is_not_answered)
{
	struct world w;
	struct resolve_query *q;

	open_world(&w);
	q = ask(&w, RESOLVE_ADDRESS, "gw.test");
	CHECK(resolve_cancel(q) == NULL);
	q = ask(&w, RESOLVE_ADDRESS, "192.0.2.1");
	(void)resolve_cancel(q);
	for (int i = 0; i < 1000; i++)
		(void)loop_turn(w.loop);
	CHECK_EQ(w.times, 0);
	(void)resolve_cancel(NULL);
	close_world(&w);
}

TEST(resolving_may_be_stopped_from_an_answer)
{
	struct world w;

	open_world(&w);
	w.stop = true;
	(void)ask(&w, RESOLVE_ADDRESS, "192.0.2.1");
	(void)ask(&w, RESOLVE_ADDRESS, "gw.test");
	(void)ask(&w, RESOLVE_ADDRESS, "192.0.2.2");
	run(&w);
	CHECK_EQ(w.times, 1);
	close_world(&w);
}

static const struct {
	const char *name;
} no_names[] = { { "" }, { "a b" }, { "a/b" }, { "\"" }, { "a\nb" } };

TEST_ROWS(what_is_no_name_is_not_asked_for, no_names, row)
{
	struct resolve_query *q;
	struct world w;

	open_world(&w);
	CHECK_EQ(resolve_ask(&q, w.resolve, RESOLVE_ADDRESS, row->name, hear,
	                     &w),
	         -EBADMSG);
	close_world(&w);
}

TEST(questions_at_once_have_a_limit)
{
	struct resolve_query *q;
	struct world w;
	int rc = 0, n = 0;

	open_world(&w);
	w.silent = true;
	for (; rc == 0 && n < 1000; n++)
		rc = resolve_ask(&q, w.resolve, RESOLVE_SRV, "x.test", hear,
		                 &w);
	CHECK_EQ(rc, -EBUSY);
	CHECK_EQ(n, 257);
	close_world(&w);
}

TEST(servers_that_are_none_are_refused)
{
	struct resolve *r;
	struct loop *loop;

	CHECK_EQ(loop_new(&loop), 0);
	CHECK_EQ(resolve_start(&r, loop, "nonsense:53"), -EBADMSG);
	(void)loop_free(loop);
}

LADDER(looking_up_survives_want_of_memory)
{
	struct resolve *r;
	struct resolve_query *q;
	struct loop *loop;
	struct world w = { 0 };

	if (loop_new(&loop) < 0)
		return;
	if (resolve_start(&r, loop, "127.0.0.1:9") == 0) {
		(void)resolve_ask(&q, r, RESOLVE_ADDRESS, "192.0.2.1", hear,
		                  &w);
		(void)resolve_ask(&q, r, RESOLVE_SRV, "x.test", hear, &w);
		(void)loop_turn(loop);
		(void)resolve_stop(r);
	}
	(void)loop_free(loop);
}
