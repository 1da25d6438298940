/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Two stacks on one loop, over each transport and family: identities from one
 * to the other, and a call both ends hang up in turn.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/sip/sip.h"
#include "kernel/loop.h"
#include "kernel/net.h"
#include "kernel/text.h"
#include "tests/test.h"

enum { A, B, ENDS };

struct end {
	struct sip_stack *stack;
	struct addr addr;
	struct sip_session *session;
	struct sip_setup setup;
	struct party connected;
	struct flow flow;
	struct release release;
	unsigned answers, releases;
};

struct pair {
	struct loop *loop;
	struct end end[ENDS];
};

static void hear_event(void *self, const struct sip_event *event)
{
	struct end *e = self;

	e->session = event->session;
	if (event->setup != NULL)
		e->setup = *event->setup;
	if (event->connected != NULL)
		e->connected = *event->connected;
	if (event->flow != NULL)
		e->flow = *event->flow;
	e->answers += event->kind == SIP_ANSWER;
	if (event->kind == SIP_RELEASED) {
		e->releases++;
		e->release = *event->release;
		e->session = NULL;
	}
}

static int open_media(void *self, struct sip_session *session,
                      const struct addr *address, struct addr *local)
{
	(void)self;
	(void)session;
	*local = *address;
	addr_set_port(local, 30000);
	return 0;
}

static const struct sip_handler handler = { .event = hear_event,
	                                    .open_media = open_media };

static void open_end(struct pair *p, int which, enum sip_transport transport,
                     const char *host)
{
	struct end *e = &p->end[which];
	struct sip_conf conf;
	int rc = -EADDRINUSE, fd;

	sip_conf_preset(&conf);
	conf.nbinds = 1;
	for (int i = 0; i < 20 && rc == -EADDRINUSE; i++) {
		CHECK_EQ(addr_parse(&e->addr, host, 0), 0);
		fd = net_udp_open(&e->addr, 0);
		CHECK(fd >= 0 && net_local(fd, &e->addr) == 0);
		(void)close(fd); /* its port is free now */
		conf.bind[0] = (struct sip_bind){ transport, e->addr };
		rc = sip_stack_open(&e->stack, p->loop, &conf, &handler, e);
	}
	CHECK_EQ(rc, 0);
}

static void introduce(struct pair *p, int which, enum sip_transport transport,
                      const char *host, bool trusted)
{
	struct sip_peer_conf peer;

	sip_peer_preset(&peer);
	(void)text_copy(peer.name, sizeof(peer.name), "other");
	(void)text_copy(peer.host, sizeof(peer.host), host);
	peer.port = addr_port(&p->end[which == A ? B : A].addr);
	peer.transport = transport;
	peer.trusted = trusted;
	CHECK_EQ(sip_peer_set(p->end[which].stack, &peer), 0);
}

static void run(struct pair *p, usec length)
{
	struct instant end = instant_add(instant_now(), length), due;

	while (loop_turn(p->loop))
		continue;
	while (loop_next(p->loop, &due) && instant_since(end, due) >= 0) {
		instant_turn(MAX_OF(instant_since(due, instant_now()), 0));
		while (loop_turn(p->loop))
			continue;
	}
}

static void pair_open(struct pair *p, enum sip_transport transport,
                      const char *host, bool trusted)
{
	memset(p, 0, sizeof(*p));
	instant_hold();
	CHECK_EQ(loop_new(&p->loop), 0);
	for (int i = A; i < ENDS; i++)
		open_end(p, i, transport, host);
	for (int i = A; i < ENDS; i++)
		introduce(p, i, transport, host, trusted);
}

static void pair_close(struct pair *p)
{
	struct sip_counts counts;

	run(p, SEC(200));
	for (int i = A; i < ENDS; i++) {
		sip_stack_counts(p->end[i].stack, &counts);
		CHECK_EQ(counts.dialogs, 0);
		CHECK_EQ(counts.transactions, 0);
		(void)sip_stack_close(p->end[i].stack);
	}
	while (loop_turn(p->loop))
		continue;
	(void)loop_free(p->loop);
	instant_release();
}

static void number(struct number *n, const char *digits,
                   enum presentation presentation)
{
	n->present = true;
	n->presentation = presentation;
	(void)text_copy(n->digits, sizeof(n->digits), digits);
}

static const struct {
	enum sip_transport transport;
	const char *host;
	bool trusted;
	enum presentation presentation;
	const char *calling, *connected;
} ways[] = {
	/* clang-format off */
	{ SIP_UDP, "127.0.0.1", true,  0, "+13035550199", "+13035550101" },
	{ SIP_UDP, "127.0.0.1", false, 0, "+13035550199", "" },
	{ SIP_UDP, "::1",       true,  1, "+13035550199", "+13035550101" },
	{ SIP_TCP, "127.0.0.1", true,  0, "+13035550199", "+13035550101" },
	{ SIP_TCP, "::1",       false, 1, "",             "" },
	/* clang-format on */
};

TEST_ROWS(a_call_crosses_with_its_parties, ways, row)
{
	struct pair p;
	struct sip_setup setup = { .has_offer = true };
	struct party answerer = { 0 };
	struct release why = { .cause = { Q850_NORMAL_UNSPECIFIED,
		                          LOCATION_PUBLIC_LOCAL } };
	struct flow flow;

	pair_open(&p, row->transport, row->host, row->trusted);
	number(&setup.calling.number, "+13035550199", row->presentation);
	number(&setup.called.number, "+13035550100", 0);
	number(&setup.redirection.from.number, "700", 0);
	setup.redirection.reason = REDIRECT_BUSY;
	number(&answerer.number, "+13035550101", 0);
	CHECK_EQ(sip_session_place(&p.end[A].session, p.end[A].stack, "other",
	                           &setup, NULL),
	         0);
	run(&p, MSEC(10));
	CHECK(p.end[B].session != NULL);
	CHECK_TEXT(p.end[B].setup.called.number.digits, "+13035550100");
	CHECK_TEXT(p.end[B].setup.calling.number.digits, row->calling);
	CHECK_EQ(p.end[B].setup.calling.number.presentation, row->presentation);
	CHECK_TEXT(p.end[B].setup.redirection.from.number.digits, "700");
	CHECK_EQ(p.end[B].setup.redirection.reason, REDIRECT_BUSY);
	CHECK_EQ(sip_session_ring(p.end[B].session, 180, false, NULL), 0);
	run(&p, SEC(1));
	CHECK_EQ(sip_session_answer(p.end[B].session, &answerer, &flow), 0);
	run(&p, SEC(1));
	CHECK_EQ(p.end[A].answers, 1);
	CHECK_TEXT(p.end[A].connected.number.digits, row->connected);
	CHECK(addr_equal(&p.end[A].flow.remote, &flow.local));
	sip_session_end(p.end[B].session, 0, &why);
	run(&p, SEC(1));
	CHECK_EQ(p.end[A].releases, 1);
	CHECK_EQ(p.end[A].release.cause.value, Q850_NORMAL_UNSPECIFIED);
	CHECK_EQ(p.end[A].release.cause.location, LOCATION_PUBLIC_LOCAL);
	pair_close(&p);
}

/* Hanging up at every tenth of a second of a call, at both ends at once. */
TEST(both_hang_up_at_any_moment_and_nothing_is_left)
{
	struct sip_setup setup = { .has_offer = true };
	struct release why = { .cause = { Q850_NORMAL_CLEARING, 0 } };
	struct pair p;

	number(&setup.called.number, "100", 0);
	for (int both = 0; both < 2; both++) {
		for (int step = 0; step < 6; step++) {
			pair_open(&p, SIP_UDP, "127.0.0.1", true);
			CHECK_EQ(sip_session_place(&p.end[A].session,
			                           p.end[A].stack, "other",
			                           &setup, NULL),
			         0);
			for (int turns = 0; turns < step; turns++)
				(void)loop_turn(p.loop);
			if (step >= 3 && p.end[B].session != NULL)
				(void)sip_session_answer(p.end[B].session, NULL,
				                         NULL);
			if (step >= 4)
				(void)loop_turn(p.loop);
			if (both && p.end[B].session != NULL)
				sip_session_end(p.end[B].session, 486, &why);
			if (p.end[A].session != NULL)
				sip_session_end(p.end[A].session, 0, &why);
			run(&p, SEC(100));
			CHECK_EQ(p.end[A].releases, 1);
			CHECK(p.end[B].session == NULL);
			pair_close(&p);
		}
	}
}

static void do_something(struct pair *p, unsigned dice)
{
	static const struct release why = { .cause = { 16, 0 } };
	struct sip_session *a = p->end[A].session, *b = p->end[B].session;

	switch (dice % 8) {
	case 0:
		if (b != NULL)
			(void)sip_session_ring(b, 183, true, NULL);
		break;
	case 1:
		if (b != NULL)
			(void)sip_session_ring(b, 180, false, NULL);
		break;
	case 2:
		if (b != NULL)
			(void)sip_session_answer(b, NULL, NULL);
		break;
	case 3:
		if (a != NULL)
			(void)sip_session_offer(a, dice & 64, dice & 128);
		break;
	case 4:
		if (b != NULL)
			(void)sip_session_offer(b, dice & 64, dice & 128);
		break;
	case 5:
		if (dice & 64 && a != NULL)
			sip_session_end(a, 0, &why);
		break;
	case 6:
		if (dice & 64 && b != NULL)
			sip_session_end(b, 486, &why);
		break;
	case 7:
		run(p, MSEC(dice % 3000));
		break;
	}
}

TEST(whatever_is_done_at_any_moment_every_call_ends_once)
{
	static const struct release why = { .cause = { 16, 0 } };
	struct sip_setup setup = { 0 };
	struct pair p;
	unsigned seed = test_seed();

	number(&setup.called.number, "100", 0);
	pair_open(&p, SIP_UDP, "127.0.0.1", true);
	for (unsigned n = 1; n <= 500; n++) {
		setup.has_offer = rand_r(&seed) % 3 != 0;
		CHECK_EQ(sip_session_place(&p.end[A].session, p.end[A].stack,
		                           "other", &setup, NULL),
		         0);
		for (int i = 0; i < 12; i++) {
			do_something(&p, (unsigned)rand_r(&seed) >> 4);
			if (rand_r(&seed) % 3 != 0)
				(void)loop_turn(p.loop);
		}
		if (p.end[A].session != NULL)
			sip_session_end(p.end[A].session, 0, &why);
		run(&p, SEC(70));
		CHECK_EQ(p.end[A].releases, n);
		CHECK(p.end[A].session == NULL && p.end[B].session == NULL);
	}
	pair_close(&p);
}
