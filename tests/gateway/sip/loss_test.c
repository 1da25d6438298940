/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * A whole call between two stacks (ringing, answer, hold, hanging up) through a
 * relay that loses, doubles or delays the n-th datagram, for every n until the
 * call has no n-th: it must come about and end all the same, and leave nothing.
 * Once with a plain 180, once with early sound told reliably and a refresh.
 *
 * Each stack tells the relay's address as its external one, so what is sent
 * inside the dialog passes the relay too.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/sip/sip.h"
#include "kernel/loop.h"
#include "kernel/net.h"
#include "kernel/text.h"
#include "tests/test.h"

enum harm { HARM_LOSS, HARM_DOUBLE, HARM_DELAY };
enum { A, B, ENDS = 2, MESSAGE = 8192 };

struct end {
	struct line *line;
	struct sip_stack *stack;
	struct addr addr;
	struct sip_session *session;
	unsigned answers, confirmed, releases;
};

struct line {
	struct loop *loop;
	struct end end[ENDS];
	int relay[ENDS]; /* the socket that faces each end */
	struct addr face[ENDS];
	enum harm harm;
	bool early;
	unsigned victim, passed;
	uint8_t held[MESSAGE];
	int held_len, held_to;
	struct instant held_until;
};

static void hear_event(void *self, const struct sip_event *event)
{
	struct end *e = self;

	e->session = event->session;
	if (event->kind == SIP_SETUP)
		(void)sip_session_ring(e->session, e->line->early ? 183 : 180,
		                       e->line->early, NULL);
	e->answers += event->kind == SIP_ANSWER;
	e->confirmed += event->kind == SIP_CONFIRMED;
	if (event->kind == SIP_RELEASED) {
		e->releases++;
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

static int udp_socket(struct addr *at)
{
	int fd;

	(void)addr_parse(at, "127.0.0.1", 0);
	fd = net_udp_open(at, 0);
	CHECK(fd >= 0);
	CHECK_EQ(net_local(fd, at), 0);
	return fd;
}

static void open_end(struct line *l, int which)
{
	struct end *e = &l->end[which];
	struct sip_conf conf;
	struct sip_peer_conf peer;
	int rc = -EADDRINUSE;

	e->line = l;
	sip_conf_preset(&conf);
	conf.nbinds = 1;
	for (int i = 0; i < 20 && rc == -EADDRINUSE; i++) {
		(void)close(udp_socket(&e->addr)); /* its port is free now */
		conf.bind[0].addr = e->addr;
		rc = sip_stack_open(&e->stack, l->loop, &conf, &handler, e);
	}
	CHECK_EQ(rc, 0);
	sip_peer_preset(&peer);
	(void)text_copy(peer.name, sizeof(peer.name), "other");
	(void)text_copy(peer.host, sizeof(peer.host), "127.0.0.1");
	peer.port = addr_port(&l->face[which]);
	peer.external = l->face[which == A ? B : A];
	if (l->early)
		peer.session_timer = 90; /* refreshed once, after 45 s */
	CHECK_EQ(sip_peer_set(e->stack, &peer), 0);
}

static void pass(struct line *l, const uint8_t *octets, int len, int to)
{
	(void)net_send_to(l->relay[to], (struct bytes){ octets, (size_t)len },
	                  &l->end[to].addr);
}

/* One datagram from this end towards the other, harmed if its turn came. */
static bool relay(struct line *l, int from)
{
	uint8_t room[MESSAGE];
	struct addr source;
	int to = from == A ? B : A;
	int n = net_receive_from(l->relay[from], room, sizeof(room), &source);

	if (n < 0)
		return false;
	if (l->passed++ != l->victim) {
		pass(l, room, n, to);
		return true;
	}
	switch (l->harm) {
	case HARM_LOSS:
		break;
	case HARM_DOUBLE:
		pass(l, room, n, to);
		pass(l, room, n, to);
		break;
	case HARM_DELAY:
		memcpy(l->held, room, (size_t)n);
		l->held_len = n;
		l->held_to = to;
		l->held_until = instant_add(instant_now(), MSEC(700));
		break;
	}
	return true;
}

static bool let_go(struct line *l)
{
	if (l->held_len == 0 || instant_since(instant_now(), l->held_until) < 0)
		return false;
	pass(l, l->held, l->held_len, l->held_to);
	l->held_len = 0;
	return true;
}

static void turn(struct line *l)
{
	bool moved = true;

	while (moved) {
		moved = loop_turn(l->loop);
		moved = relay(l, A) || moved;
		moved = relay(l, B) || moved;
		moved = let_go(l) || moved;
	}
}

static void run(struct line *l, usec length)
{
	struct instant end = instant_add(instant_now(), length), due;
	usec ahead;

	turn(l);
	while (instant_since(end, instant_now()) > 0) {
		ahead = MSEC(100);
		if (loop_next(l->loop, &due))
			ahead = MIN_OF(ahead,
			               instant_since(due, instant_now()));
		instant_turn(MAX_OF(ahead, 1));
		turn(l);
	}
}

static void call(struct line *l)
{
	struct sip_setup setup = { .called = { .number = { .present = true,
		                                           .digits = "100" } },
		                   .has_offer = true };
	struct release why = { .by = RELEASE_BY_NEAR,
		               .cause = { Q850_NORMAL_CLEARING, 0 } };

	CHECK_EQ(sip_session_place(&l->end[A].session, l->end[A].stack, "other",
	                           &setup, NULL),
	         0);
	run(l, SEC(8));
	CHECK(l->end[B].session != NULL);
	CHECK_EQ(sip_session_answer(l->end[B].session, NULL, NULL), 0);
	run(l, SEC(8));
	CHECK_EQ(l->end[A].answers, 1);
	CHECK_EQ(l->end[B].confirmed, 1);
	CHECK_EQ(sip_session_offer(l->end[A].session, true, false), 0);
	run(l, l->early ? SEC(80) : SEC(40));
	CHECK(l->end[A].session != NULL && l->end[B].session != NULL);
	sip_session_end(l->end[B].session, 0, &why);
	run(l, SEC(80));
}

/* False when the call had no datagram of that number. */
static bool harm_one(enum harm harm, bool early, unsigned victim)
{
	struct line l = { .harm = harm, .early = early, .victim = victim };
	struct sip_counts counts;

	instant_hold();
	CHECK_EQ(loop_new(&l.loop), 0);
	for (int i = A; i <= B; i++)
		l.relay[i] = udp_socket(&l.face[i]);
	for (int i = A; i <= B; i++)
		open_end(&l, i);
	call(&l);
	for (int i = A; i <= B; i++) {
		CHECK_EQ(l.end[i].releases, 1);
		sip_stack_counts(l.end[i].stack, &counts);
		CHECK_EQ(counts.dialogs, 0);
		CHECK_EQ(counts.transactions, 0);
		(void)sip_stack_close(l.end[i].stack);
		(void)close(l.relay[i]);
	}
	(void)loop_turn(l.loop);
	(void)loop_free(l.loop);
	instant_release();
	return l.passed > victim;
}

static const struct {
	enum harm harm;
	bool early;
	unsigned least; /* datagrams */
} harms[] = {
	/* clang-format off */
	{ HARM_LOSS,   false, 10 },
	{ HARM_DOUBLE, false, 10 },
	{ HARM_DELAY,  false, 10 },
	{ HARM_LOSS,   true,  14 },
	{ HARM_DOUBLE, true,  14 },
	{ HARM_DELAY,  true,  14 },
	/* clang-format on */
};

TEST_ROWS(a_call_survives_harm_to_any_one_of_its_datagrams, harms, row)
{
	unsigned n = 0;

	while (harm_one(row->harm, row->early, n))
		n++;
	CHECK(n >= row->least);
}
