/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#include "kernel/timer.h"

#include <stdlib.h>

#include "kernel/loop.h"
#include "tests/test.h"

enum { TIMERS = 8 };

/* A loop under a held clock and timers that write down when they expired. */
struct bench {
	struct loop *loop;
	struct timer timers[TIMERS];
	char order[32]; /* "ab": the first, then the second */
	unsigned ran;
};

static const char *const names[TIMERS] = { "a", "b", "c", "d",
	                                   "e", "f", "g", "h" };
static struct bench bench;

static void note(void *self)
{
	struct timer *t = self;

	CHECK(!timer_running(t));
	if (bench.ran < sizeof(bench.order) - 1)
		bench.order[bench.ran] = t->name[0];
	bench.ran++;
}

static void bench_open(void)
{
	bench = (struct bench){ 0 };
	instant_hold();
	CHECK_EQ(loop_new(&bench.loop), 0);
	for (int i = 0; i < TIMERS; i++)
		timer_init(&bench.timers[i], bench.loop, names[i], note,
		           &bench.timers[i]);
}

static void bench_close(void)
{
	bench.loop = loop_free(bench.loop);
}

TEST(timer_expires_when_due_and_not_before)
{
	struct timer *t = bench.timers;

	bench_open();
	CHECK(!timer_running(t));
	CHECK_EQ(timer_left(t), 0);
	timer_start(t, SEC(4));
	CHECK(timer_running(t));
	CHECK_EQ(timer_left(t), SEC(4));
	instant_turn(SEC(4) - 1);
	CHECK(!loop_turn(bench.loop));
	CHECK_EQ(timer_left(t), 1);
	instant_turn(1);
	CHECK_EQ(timer_left(t), 0);
	CHECK(loop_turn(bench.loop));
	CHECK_EQ(bench.ran, 1);
	CHECK(!loop_turn(bench.loop));
	bench_close();
}

static const struct {
	usec after[TIMERS]; /* -1: not started */
	int stop;           /* -1: none */
	const char *order;
} orders[] = {
	/* clang-format off */
	{ { 1, 2, 3, 4, 5, 6, 7, 8 },        -1, "abcdefgh" },
	{ { 8, 7, 6, 5, 4, 3, 2, 1 },        -1, "hgfedcba" },
	{ { 5, 5, 5, 5, 5, 5, 5, 5 },        -1, "abcdefgh" }, /* as started */
	{ { 3, 1, 3, 1, 3, 1, 3, 1 },        -1, "bdfhaceg" },
	{ { 4, 2, 6, 1, 3, 5, 7, 0 },        -1, "hdbeafcg" },
	{ { 4, 2, 6, 1, 3, 5, 7, 0 },         0, "hdbefcg" },
	{ { 4, 2, 6, 1, 3, 5, 7, 0 },         7, "dbeafcg" },
	{ { 4, 2, 6, 1, 3, 5, 7, 0 },         2, "hdbeafg" },
	{ { 2, -1, -1, -1, -1, -1, -1, -1 },  0, "" },
	{ { 2, -1, -1, -1, -1, -1, -1, -1 },  1, "a" },
	/* clang-format on */
};

TEST_ROWS(timers_expire_in_order, orders, row)
{
	bench_open();
	for (int i = 0; i < TIMERS; i++)
		if (row->after[i] >= 0)
			timer_start(&bench.timers[i], row->after[i]);
	if (row->stop >= 0)
		timer_stop(&bench.timers[row->stop]);
	instant_turn(SEC(1));
	(void)loop_turn(bench.loop);
	CHECK_TEXT(bench.order, row->order);
	bench_close();
}

TEST(started_anew_it_expires_once_at_the_later_time)
{
	bench_open();
	timer_start(&bench.timers[0], SEC(1));
	instant_turn(MSEC(500));
	timer_start(&bench.timers[0], SEC(1));
	instant_turn(MSEC(500));
	CHECK(!loop_turn(bench.loop));
	instant_turn(MSEC(500));
	CHECK(loop_turn(bench.loop));
	CHECK_EQ(bench.ran, 1);
	bench_close();
}

static void start_again(void *self)
{
	note(self);
	timer_start(self, 0);
}

TEST(started_with_nothing_in_its_callback_it_runs_on_the_next_turn)
{
	struct timer *t = bench.timers;

	bench_open();
	timer_init(t, bench.loop, "again", start_again, t);
	timer_start(t, -SEC(5)); /* a past time is now */
	for (unsigned turn = 1; turn <= 3; turn++) {
		CHECK(loop_turn(bench.loop));
		CHECK_EQ(bench.ran, turn);
		CHECK(timer_running(t));
	}
	timer_stop(t);
	timer_stop(t);
	CHECK(!loop_turn(bench.loop));
	bench_close();
}

static void stop_others(void *self)
{
	note(self);
	for (int i = 0; i < TIMERS; i++)
		timer_stop(&bench.timers[i]);
}

TEST(timer_stopped_by_another_due_at_once_does_not_expire)
{
	bench_open();
	for (int i = 0; i < TIMERS; i++)
		timer_start(&bench.timers[i], SEC(1));
	bench.timers[2].fn = stop_others;
	instant_turn(SEC(1));
	CHECK(loop_turn(bench.loop));
	CHECK_TEXT(bench.order, "abc");
	bench_close();
}

static void forget(void *self)
{
	bench.ran++;
	free(self);
}

TEST(timer_may_be_forgotten_in_its_own_callback)
{
	struct timer *t = malloc(sizeof(*t));

	bench_open();
	timer_init(t, bench.loop, "funeral", forget, t);
	timer_start(t, 0);
	CHECK(loop_turn(bench.loop));
	CHECK_EQ(bench.ran, 1);
	bench_close();
}

static char told[32];

static void tell(const char *name)
{
	strcat(told, name);
}

TEST(running_timers_are_told_by_name)
{
	unsigned seen = 0;

	bench_open();
	told[0] = '\0';
	for (int i = 0; i < TIMERS; i++)
		timer_start(&bench.timers[i], SEC(1 + i * 5 % 7));
	timer_stop(&bench.timers[3]);
	instant_turn(SEC(1)); /* a and h expire; the rest is rearranged */
	(void)loop_turn(bench.loop);
	CHECK_EQ(loop_live(bench.loop, tell), 5);
	for (const char *c = told; *c != '\0'; c++)
		seen |= 1u << (*c - 'a');
	CHECK_EQ(strlen(told), 5);
	CHECK_EQ(seen, 0x76); /* b c e f g */
	bench_close();
}

TEST(next_due_instant_is_the_earliest)
{
	struct instant due, start;

	bench_open();
	start = instant_now();
	CHECK(!loop_next(bench.loop, &due));
	timer_start(&bench.timers[0], SEC(9));
	timer_start(&bench.timers[1], SEC(3));
	CHECK(loop_next(bench.loop, &due));
	CHECK_EQ(instant_since(due, start), SEC(3));
	timer_stop(&bench.timers[1]);
	CHECK(loop_next(bench.loop, &due));
	CHECK_EQ(instant_since(due, start), SEC(9));
	bench_close();
}

TEST(loop_that_goes_stops_its_timers)
{
	struct timer *t = &bench.timers[0];

	bench_open();
	timer_start(t, SEC(1));
	bench_close();
	CHECK(!timer_running(t));
	timer_stop(t);
}

/* Many timers, started and stopped at random, against the plain truth. */
enum { MANY = 500, ROUNDS = 4000 };

static struct timer many[MANY];
static int64_t due_us[MANY]; /* 0: not running */

static void expire_many(void *self)
{
	struct timer *t = self;
	size_t i = (size_t)(t - many);

	CHECK(due_us[i] != 0 && due_us[i] <= instant_now().us);
	for (size_t other = 0; other < MANY; other++)
		CHECK(due_us[other] == 0 || due_us[other] >= due_us[i]);
	due_us[i] = 0;
}

TEST(heap_agrees_with_a_plain_list)
{
	unsigned seed = test_seed();

	bench_open();
	for (size_t i = 0; i < MANY; i++)
		timer_init(&many[i], bench.loop, "many", expire_many, &many[i]);
	for (int round = 0; round < ROUNDS; round++) {
		size_t i = (size_t)rand_r(&seed) % MANY;
		usec after = rand_r(&seed) % 2000;

		if (rand_r(&seed) % 4 == 0) {
			timer_stop(&many[i]);
			due_us[i] = 0;
		} else {
			timer_start(&many[i], after);
			due_us[i] = instant_now().us + after;
		}
		instant_turn(rand_r(&seed) % 8);
		(void)loop_turn(bench.loop);
		for (size_t t = 0; t < MANY; t++)
			CHECK(timer_running(&many[t]) == (due_us[t] != 0) &&
			      (due_us[t] == 0 || due_us[t] > instant_now().us));
	}
	bench_close();
}
