/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The line of those who want to come in: in order, whole, each with its wait,
 * and no more than there is room for.
 */
#include "gateway/sip/arrival.h"

#include <stdio.h>
#include <string.h>

#include "kernel/loop.h"
#include "tests/test.h"

enum { LONGEST = 3000 };

struct line {
	struct loop *loop;
	struct arrivals *arrivals;
	unsigned put, taken;
	usec costs; /* of each that is taken */
	usec waited;
};

/* The n-th message: its length and its octets follow from n. */
static struct bytes message(unsigned n, uint8_t *room)
{
	size_t len = 100 + n * 7919 % (LONGEST - 100);

	memset(room, (int)(n & 0xff), len);
	return (struct bytes){ room, len };
}

static void take(void *self, const struct hop *hop, struct bytes raw,
                 usec waited)
{
	struct line *l = self;
	uint8_t room[LONGEST];
	struct bytes want = message(l->taken, room);

	CHECK_EQ(hop->connection, l->taken);
	CHECK_EQ(raw.len, want.len);
	CHECK_MEM(raw.at, want.at, want.len);
	l->taken++;
	l->waited = waited;
	instant_turn(l->costs);
}

static const struct arrivals_user user = { .take = take };

static void line_open(struct line *l)
{
	*l = (struct line){ 0 };
	instant_hold();
	CHECK_EQ(loop_new(&l->loop), 0);
	CHECK_EQ(arrivals_new(&l->arrivals, l->loop, &user, l), 0);
}

static void line_close(struct line *l)
{
	l->arrivals = arrivals_free(l->arrivals);
	l->loop = loop_free(l->loop);
	instant_release();
}

static bool put(struct line *l, usec waited)
{
	struct hop hop = { .connection = l->put };
	uint8_t room[LONGEST];

	if (!arrivals_put(l->arrivals, &hop, message(l->put, room), waited))
		return false;
	l->put++;
	return true;
}

static void settle(struct line *l)
{
	while (loop_turn(l->loop))
		;
}

TEST(they_are_taken_in_order_however_the_ring_turns)
{
	struct line l;
	unsigned seed = test_seed();

	line_open(&l);
	l.costs = MSEC(1);
	while (l.put < 5000) {
		for (unsigned n = seed % 97; n > 0 && put(&l, 0); n--)
			;
		(void)loop_turn(l.loop);
		seed = seed * 1103515245 + 12345;
	}
	settle(&l);
	CHECK_EQ(l.taken, l.put);
	line_close(&l);
}

TEST(who_finds_no_place_is_told_and_the_others_lose_nothing)
{
	struct line l;

	line_open(&l);
	while (put(&l, 0))
		;
	CHECK(l.put > 100);
	settle(&l);
	CHECK_EQ(l.taken, l.put);
	while (put(&l, 0))
		;
	settle(&l);
	CHECK_EQ(l.taken, l.put);
	line_close(&l);
}

TEST(a_turn_of_the_loop_takes_no_more_than_its_share)
{
	struct line l;

	line_open(&l);
	l.costs = MSEC(1) / 5;
	for (unsigned n = 0; n < 10; n++)
		CHECK(put(&l, 0));
	(void)loop_turn(l.loop);
	CHECK_EQ(l.taken, 3);
	settle(&l);
	CHECK_EQ(l.taken, 10);
	l.costs = MSEC(3); /* more than a share: at least one is taken */
	CHECK(put(&l, 0) && put(&l, 0));
	(void)loop_turn(l.loop);
	CHECK_EQ(l.taken, 11);
	settle(&l);
	line_close(&l);
}

TEST(the_wait_is_that_of_the_socket_and_of_the_line)
{
	struct line l;

	line_open(&l);
	CHECK(put(&l, MSEC(5)));
	instant_turn(MSEC(7));
	settle(&l);
	CHECK_EQ(l.waited, MSEC(12));
	line_close(&l);
}

static const struct {
	const char *text;
	bool waits;
} lines[] = {
	{ "INVITE sip:a@b SIP/2.0\r\n", true },
	{ "CANCEL sip:a@b SIP/2.0\r\n", true },
	{ "BYE sip:a@b SIP/2.0\r\n", false },
	{ "SIP/2.0 200 OK\r\n", false },
	{ "INVITED sip:a@b SIP/2.0\r\n", false },
	{ "INVITE", false },
	{ "", false },
};

TEST_ROWS(invite_and_cancel_wait, lines, row)
{
	struct bytes raw = { (const uint8_t *)row->text, strlen(row->text) };

	CHECK_EQ(arrivals_want(raw), row->waits);
}
