/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Datagrams in numbers: what came, from whom, how long ago, and how many were
 * lost for want of room.
 */
#include "kernel/datagram.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "kernel/net.h"
#include "tests/test.h"

enum { SIZE = 64 };

struct pair {
	int from, to;
	struct addr from_addr, to_addr;
	struct datagram_queue queue;
	struct datagram got[DATAGRAMS];
	uint8_t room[DATAGRAMS][SIZE];
};

static void pair_open(struct pair *p, unsigned room)
{
	struct addr any;

	memset(p, 0, sizeof(*p));
	CHECK_EQ(addr_parse(&any, "127.0.0.1", 0), 0);
	p->from = net_udp_open(&any, -1);
	p->to = net_udp_open(&any, -1);
	CHECK(p->from >= 0 && p->to >= 0);
	CHECK_EQ(net_local(p->from, &p->from_addr), 0);
	CHECK_EQ(net_local(p->to, &p->to_addr), 0);
	CHECK(datagrams_begin(p->to, room) > 0);
	for (unsigned i = 0; i < DATAGRAMS; i++)
		p->got[i] = (struct datagram){ .at = p->room[i], .size = SIZE };
}

static void pair_close(struct pair *p)
{
	(void)close(p->from);
	(void)close(p->to);
}

static void say(struct pair *p, const char *text)
{
	struct bytes b = { (const uint8_t *)text, strlen(text) };

	CHECK(net_send_to(p->from, b, &p->to_addr) >= 0);
}

static int hear(struct pair *p)
{
	return datagrams_receive(p->to, &p->queue, p->got, DATAGRAMS);
}

TEST(many_come_at_once_in_order_and_with_their_sender)
{
	struct pair p;
	char text[16];

	pair_open(&p, 0);
	CHECK_EQ(hear(&p), -EAGAIN);
	for (int i = 0; i < DATAGRAMS + 3; i++) {
		(void)snprintf(text, sizeof(text), "%03d", i);
		say(&p, text);
	}
	CHECK_EQ(hear(&p), DATAGRAMS);
	for (int i = 0; i < DATAGRAMS; i++) {
		(void)snprintf(text, sizeof(text), "%03d", i);
		CHECK_EQ(p.got[i].len, 3);
		CHECK_MEM(p.got[i].at, text, 3);
		CHECK(addr_equal(&p.got[i].from, &p.from_addr));
	}
	CHECK_EQ(hear(&p), 3);
	CHECK_EQ(hear(&p), -EAGAIN);
	pair_close(&p);
}

TEST(one_that_is_too_long_is_cut_off_at_the_room)
{
	struct pair p;
	char text[SIZE + 10];

	pair_open(&p, 0);
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	say(&p, text);
	CHECK_EQ(hear(&p), 1);
	CHECK_EQ(p.got[0].len, SIZE);
	pair_close(&p);
}

static void wait_ms(long ms)
{
	struct timespec t = { 0, ms * 1000000 };

	(void)nanosleep(&t, NULL);
}

TEST(how_long_one_lay_there_is_known)
{
	struct pair p;

	pair_open(&p, 0);
	say(&p, "first"); /* the clocks are not known yet */
	CHECK_EQ(hear(&p), 1);
	CHECK_EQ(p.got[0].waited, 0);
	say(&p, "old");
	wait_ms(30);
	say(&p, "young");
	for (int tries = 0; tries < 5; tries++) {
		CHECK_EQ(hear(&p), 2);
		if (p.got[0].waited > 0)
			break; /* else we lost the processor between clocks */
		say(&p, "old");
		wait_ms(30);
		say(&p, "young");
	}
	CHECK(p.got[0].waited >= MSEC(29));
	CHECK(p.got[0].waited - p.got[1].waited >= MSEC(25));
	pair_close(&p);
}

TEST(a_clock_that_was_set_tells_nothing_once)
{
	struct pair p;

	pair_open(&p, 0);
	say(&p, "a");
	CHECK_EQ(hear(&p), 1);
	p.queue.offset -= SEC(3600); /* as if it had been set an hour on */
	say(&p, "b");
	wait_ms(10);
	CHECK_EQ(hear(&p), 1);
	CHECK_EQ(p.got[0].waited, 0);
	pair_close(&p);
}

TEST(with_the_clock_held_the_test_says_how_old_they_are)
{
	struct pair p;

	pair_open(&p, 0);
	instant_hold();
	say(&p, "a");
	CHECK_EQ(hear(&p), 1);
	CHECK_EQ(p.got[0].waited, 0);
	datagrams_age(MSEC(70));
	say(&p, "b");
	CHECK_EQ(hear(&p), 1);
	CHECK_EQ(p.got[0].waited, MSEC(70));
	datagrams_age(-1);
	instant_release();
	pair_close(&p);
}

TEST(what_finds_no_room_is_counted)
{
	struct pair p;
	int n, all = 0;

	pair_open(&p, 1); /* the least the system gives */
	for (int i = 0; i < 200; i++)
		say(&p, "too many of them");
	while ((n = hear(&p)) > 0)
		all += n;
	CHECK(all < 200);
	say(&p, "the next one says so");
	CHECK_EQ(hear(&p), 1);
	CHECK_EQ(p.queue.dropped, 200u - (unsigned)all);
	pair_close(&p);
}

TEST(an_error_that_was_asked_for_comes)
{
	struct pair p;

	pair_open(&p, 0);
	net_fail_after(0, ENOMEM);
	CHECK_EQ(hear(&p), -ENOMEM);
	net_fail_after(-1, 0);
	pair_close(&p);
}
