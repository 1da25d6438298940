/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The controller against a machine that is a queue and a number: so many calls
 * can be served in a second, each waits for those in front of it. Time is
 * turned by the tenth of a millisecond.
 */
#include "gateway/overload.h"

#include "tests/test.h"

#define LAG MSEC(50)

/* A machine; what it is offered and what became of it. */
struct machine {
	struct overload overload;
	usec serves, refuses; /* time for each */
	usec behind;          /* work that is left */
	unsigned admitted, refused;
	usec worst; /* wait of one that was admitted */
	bool began, ended;
};

static void machine_open(struct machine *m, unsigned capacity)
{
	*m = (struct machine){ .serves = SEC(1) / capacity, .refuses = 25 };
	instant_hold();
	overload_init(&m->overload, LAG);
}

static void offer(struct machine *m)
{
	if (overload_admit(&m->overload, m->behind)) {
		m->admitted++;
		m->worst = MAX_OF(m->worst, m->behind);
		m->behind += m->serves;
	} else {
		m->refused++;
		m->behind += m->refuses;
	}
}

static void pulse(struct machine *m)
{
	enum overload_change change = overload_pulse(&m->overload);

	m->began |= change == OVERLOAD_BEGAN;
	m->ended |= change == OVERLOAD_ENDED;
}

/* So many calls a second for a time, evenly. */
static void run(struct machine *m, unsigned rate, usec length)
{
	const usec step = 100;
	usec credit = 0;

	m->admitted = m->refused = 0;
	m->worst = 0;
	for (usec t = 0; t < length; t += step) {
		for (credit += step * rate; credit >= SEC(1); credit -= SEC(1))
			offer(m);
		instant_turn(step);
		m->behind = MAX_OF(m->behind - step, 0);
		if (instant_since(instant_now(), m->overload.due) >= 0)
			pulse(m);
	}
}

TEST(below_the_capacity_nothing_is_refused)
{
	struct machine m;

	machine_open(&m, 500);
	run(&m, 450, SEC(20));
	CHECK_EQ(m.refused, 0);
	CHECK(!m.began);
	instant_release();
}

static const struct {
	unsigned capacity, offered;
} loads[] = {
	{ 500, 600 },
	{ 500, 1000 },
	{ 500, 5000 },
	{ 100, 200 },
};

TEST_ROWS(above_it_the_capacity_is_carried_and_nobody_waits_long, loads, row)
{
	struct machine m;
	unsigned refusals = row->offered - row->capacity;
	/* what is left when the others were refused */
	unsigned left = row->capacity - row->capacity * refusals / 40000;

	machine_open(&m, row->capacity);
	run(&m, row->offered, SEC(2));
	CHECK(m.began && !m.ended);
	run(&m, row->offered, SEC(20));
	CHECK(m.worst <= LAG * 2 / 5);
	CHECK(m.admitted >= left * 20 * 85 / 100);
	CHECK(m.admitted <= row->capacity * 20);
	CHECK(!m.ended);
	instant_release();
}

TEST(a_second_after_the_load_has_gone_it_ends)
{
	struct machine m;

	machine_open(&m, 200);
	run(&m, 800, SEC(3));
	CHECK(m.overload.limiting);
	run(&m, 100, SEC(4));
	CHECK(m.ended && !m.overload.limiting);
	run(&m, 190, SEC(5));
	CHECK_EQ(m.refused, 0);
	CHECK_EQ(m.overload.times, 1);
	instant_release();
}

TEST(a_machine_that_gets_slower_is_given_less_and_then_more_again)
{
	struct machine m;

	machine_open(&m, 800);
	run(&m, 1600, SEC(5));
	m.serves *= 4;
	run(&m, 1600, SEC(5));
	run(&m, 1600, SEC(5));
	CHECK(m.worst <= LAG * 2 / 5);
	CHECK(m.admitted >= 5 * 200 * 80 / 100 && m.admitted <= 5 * 200);
	m.serves /= 4;
	run(&m, 1600, SEC(5));
	run(&m, 1600, SEC(5));
	CHECK(m.admitted >= 5 * 800 * 80 / 100);
	instant_release();
}

TEST(a_burst_is_no_overload)
{
	struct machine m;

	machine_open(&m, 1000);
	for (unsigned n = 0; n < 10; n++) {
		for (unsigned i = 0; i < 18; i++)
			offer(&m);
		run(&m, 0, SEC(1));
	}
	CHECK_EQ(m.overload.refused_late + m.overload.refused_rate, 0);
	CHECK(!m.began);
	instant_release();
}

static const struct {
	usec waited;
	bool admitted;
} waits[] = { { 0, true }, { MSEC(20), true }, { MSEC(21), false } };

TEST_ROWS(one_that_has_waited_too_long_is_refused_alone, waits, row)
{
	struct machine m;

	machine_open(&m, 100);
	CHECK_EQ(overload_admit(&m.overload, row->waited), row->admitted);
	CHECK(overload_admit(&m.overload, 0));
	CHECK(!m.overload.limiting);
	instant_release();
}

TEST(a_late_loop_admits_nobody_and_is_forgiven_one_hiccup)
{
	struct machine m;

	machine_open(&m, 100);
	instant_turn(MSEC(300));
	pulse(&m);
	CHECK(overload_admit(&m.overload, 0));
	instant_turn(MSEC(300));
	pulse(&m);
	CHECK(overload_is_late(&m.overload));
	CHECK(!overload_admit(&m.overload, 0));
	instant_turn(OVERLOAD_PERIOD);
	pulse(&m);
	CHECK(overload_admit(&m.overload, 0));
	instant_release();
}

TEST(something_always_gets_through)
{
	struct machine m;

	machine_open(&m, 100);
	for (unsigned i = 0; i < 50; i++) {
		(void)overload_admit(&m.overload, MSEC(25));
		instant_turn(OVERLOAD_PERIOD);
		pulse(&m);
	}
	CHECK(m.overload.limiting);
	CHECK(m.overload.rate >= 2);
	instant_turn(SEC(1));
	CHECK(overload_admit(&m.overload, 0));
	instant_release();
}

TEST(the_bound_follows_the_option)
{
	struct machine m;

	machine_open(&m, 100);
	CHECK(!overload_admit(&m.overload, MSEC(40)));
	overload_change(&m.overload, MSEC(100));
	CHECK(overload_admit(&m.overload, MSEC(40)));
	instant_release();
}
