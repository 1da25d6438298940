/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Seconds and what is made of them: the thresholds, the ten seconds that turn
 * a line unavailable and back, the quarters of an hour.
 */
#include "board/performance.h"

#include <string.h>

#include "tests/test.h"

static struct performance p;
static struct performance_counts c;

static const struct performance_second good, los = { .los = true };

static void seconds(unsigned n, struct performance_second s)
{
	while (n-- > 0)
		performance_second(&p, &s);
}

static const struct performance_counts *now(void)
{
	CHECK(performance_interval(&p, 0, &c));
	return &c;
}

static const struct {
	enum performance_line line;
	bool checked;
	struct performance_second second;
	unsigned errored, bursty, severe, line_s, slip, frame;
} kinds[] = {
	/* clang-format off */
	{ PERFORMANCE_E1, true,  { 0 },             0, 0, 0, 0, 0, 0 },
	{ PERFORMANCE_E1, true,  { .los = true },   1, 0, 1, 1, 0, 1 },
	{ PERFORMANCE_E1, true,  { .lof = true },   1, 0, 1, 0, 0, 1 },
	{ PERFORMANCE_E1, true,  { .ais = true },   1, 0, 1, 0, 0, 1 },
	{ PERFORMANCE_E1, true,  { .slips = 2 },    1, 0, 0, 0, 1, 0 },
	{ PERFORMANCE_E1, true,  { .pcv = 1 },      1, 0, 0, 0, 0, 0 },
	{ PERFORMANCE_E1, true,  { .pcv = 2 },      1, 1, 0, 0, 0, 0 },
	{ PERFORMANCE_E1, true,  { .pcv = 319 },    1, 1, 0, 0, 0, 0 },
	{ PERFORMANCE_E1, true,  { .pcv = 831 },    1, 0, 0, 0, 0, 0 },
	{ PERFORMANCE_E1, true,  { .pcv = 832 },    1, 0, 1, 0, 0, 0 },
	{ PERFORMANCE_E1, true,  { .lcv = 9000 },   0, 0, 0, 1, 0, 0 },
	{ PERFORMANCE_E1, false, { .lcv = 1 },      1, 0, 0, 1, 0, 0 },
	{ PERFORMANCE_E1, false, { .lcv = 2047 },   1, 0, 0, 1, 0, 0 },
	{ PERFORMANCE_E1, false, { .lcv = 2048 },   1, 0, 1, 1, 0, 0 },
	{ PERFORMANCE_T1, true,  { .pcv = 319 },    1, 1, 0, 0, 0, 0 },
	{ PERFORMANCE_T1, true,  { .pcv = 320 },    1, 0, 1, 0, 0, 0 },
	{ PERFORMANCE_T1, false, { .lcv = 1544 },   1, 0, 1, 1, 0, 0 },
	/* clang-format on */
};

TEST_ROWS(a_second_is_what_rfc_4805_calls_it, kinds, row)
{
	performance_init(&p, row->line, row->checked);
	seconds(1, row->second);
	CHECK_EQ(now()->seconds, 1);
	CHECK_EQ(c.errored_s, row->errored);
	CHECK_EQ(c.bursty_s, row->bursty);
	CHECK_EQ(c.severe_s, row->severe);
	CHECK_EQ(c.line_s, row->line_s);
	CHECK_EQ(c.slip_s, row->slip);
	CHECK_EQ(c.frame_s, row->frame);
	CHECK_EQ(c.unavailable_s, 0);
	CHECK_EQ(c.lcv, row->second.lcv);
	CHECK_EQ(c.pcv, row->second.pcv);
	CHECK_EQ(c.slips, row->second.slips);
}

TEST(ten_severe_seconds_were_unavailable_from_the_first)
{
	performance_init(&p, PERFORMANCE_E1, true);
	seconds(5, good);
	seconds(9, los);
	CHECK_EQ(now()->severe_s, 9);
	CHECK_EQ(c.unavailable_s, 0);
	seconds(1, los);
	CHECK_EQ(now()->severe_s, 0);
	CHECK_EQ(c.errored_s, 0);
	CHECK_EQ(c.line_s, 0);
	CHECK_EQ(c.unavailable_s, 10);
	seconds(20, los);
	CHECK_EQ(now()->unavailable_s, 30);
	CHECK_EQ(c.seconds, 35);
}

TEST(nine_severe_seconds_and_a_good_one_are_available)
{
	performance_init(&p, PERFORMANCE_E1, true);
	for (unsigned i = 0; i < 5; i++) {
		seconds(9, los);
		seconds(1, good);
	}
	CHECK_EQ(now()->severe_s, 45);
	CHECK_EQ(c.unavailable_s, 0);
}

TEST(ten_other_seconds_were_available_from_the_first)
{
	struct performance_second slipping = { .slips = 1 };

	performance_init(&p, PERFORMANCE_E1, true);
	seconds(15, los);
	seconds(9, slipping);
	CHECK_EQ(now()->unavailable_s, 24);
	CHECK_EQ(c.slip_s, 0);
	seconds(1, slipping);
	CHECK_EQ(now()->unavailable_s, 15);
	CHECK_EQ(c.slip_s, 10);
	CHECK_EQ(c.errored_s, 10);
	CHECK_EQ(c.slips, 10); /* counted once, whatever the seconds were */
	seconds(3, good);
	seconds(2, los);
	CHECK_EQ(now()->severe_s, 2);
}

TEST(the_turn_reaches_into_the_interval_before)
{
	performance_init(&p, PERFORMANCE_E1, true);
	seconds(PERFORMANCE_SECONDS - 4, good);
	seconds(10, los);
	CHECK_EQ(now()->unavailable_s, 6);
	CHECK_EQ(c.seconds, 6);
	CHECK(performance_interval(&p, 1, &c));
	CHECK_EQ(c.unavailable_s, 4);
	CHECK_EQ(c.severe_s, 0);
	CHECK_EQ(c.seconds, PERFORMANCE_SECONDS);
}

static const struct {
	enum performance_line line;
	bool checked;
	unsigned pcv, lcv; /* in each second of a minute */
	unsigned degraded;
} minutes[] = {
	{ PERFORMANCE_E1, true, 2, 0, 0 },   { PERFORMANCE_E1, true, 3, 0, 1 },
	{ PERFORMANCE_E1, false, 0, 2, 0 },  { PERFORMANCE_E1, false, 0, 3, 1 },
	{ PERFORMANCE_T1, true, 1, 0, 0 },   { PERFORMANCE_T1, true, 2, 0, 1 },
	{ PERFORMANCE_E1, true, 832, 0, 0 }, /* unavailable, not degraded */
};

TEST_ROWS(a_minute_is_degraded_by_one_error_in_a_million, minutes, row)
{
	struct performance_second s = { .pcv = row->pcv, .lcv = row->lcv };

	performance_init(&p, row->line, row->checked);
	seconds(59, s);
	CHECK_EQ(now()->degraded_minutes, 0);
	seconds(1, s);
	CHECK_EQ(now()->degraded_minutes, row->degraded);
	seconds(60, good);
	CHECK_EQ(now()->degraded_minutes, row->degraded);
}

TEST(a_day_is_kept_by_quarters_of_an_hour)
{
	struct performance_second one = { .slips = 1 };

	performance_init(&p, PERFORMANCE_E1, true);
	CHECK_EQ(performance_day(&p, &c), 0);
	CHECK(!performance_interval(&p, 1, &c));
	for (unsigned i = 0; i < 100; i++) {
		seconds(1, one);
		seconds(PERFORMANCE_SECONDS - 1, good);
	}
	CHECK_EQ(now()->seconds, 0); /* it has not begun */
	CHECK_EQ(performance_day(&p, &c), PERFORMANCE_INTERVALS);
	CHECK_EQ(c.slips, PERFORMANCE_INTERVALS);
	CHECK_EQ(c.seconds, PERFORMANCE_INTERVALS * PERFORMANCE_SECONDS);
	seconds(7, los);
	CHECK_EQ(now()->severe_s, 7);
	CHECK(performance_interval(&p, PERFORMANCE_INTERVALS, &c));
	CHECK_EQ(c.slips, 1);
	CHECK(!performance_interval(&p, PERFORMANCE_INTERVALS + 1, &c));
	CHECK_EQ(performance_day(&p, &c), PERFORMANCE_INTERVALS);
	CHECK_EQ(c.severe_s, 0);
}
