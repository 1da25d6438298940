/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#include "kernel/instant.h"

#include <stdlib.h>
#include <time.h>

#include "tests/test.h"

TEST(held_clock_stands_and_turns_both_clocks_together)
{
	struct instant start;
	int64_t wall;

	instant_hold();
	CHECK(instant_held());
	start = instant_now();
	wall = wall_now();
	CHECK_EQ(instant_since(instant_now(), start), 0);
	instant_turn(SEC(32));
	CHECK_EQ(instant_since(instant_now(), start), SEC(32));
	CHECK_EQ(wall_now() - wall, SEC(32));
	instant_release();
	CHECK(!instant_held());
}

TEST(holding_twice_keeps_the_first_instant)
{
	struct instant start;

	instant_hold();
	start = instant_now();
	instant_turn(SEC(1));
	instant_hold();
	CHECK_EQ(instant_since(instant_now(), start), SEC(1));
}

TEST(running_clock_never_goes_back)
{
	struct instant last = instant_now();

	for (int i = 0; i < 1000; i++) {
		struct instant now = instant_now();

		CHECK(instant_since(now, last) >= 0);
		last = now;
	}
}

static const struct {
	int64_t at;
	usec length;
	int64_t sum;
} sums[] = {
	/* clang-format off */
	{ 0,             SEC(1),       1000000 },
	{ 5000000,      -MSEC(1),      4999000 },
	{ 7,             INT64_MAX,    INT64_MAX }, /* "for ever" stays */
	{ -7,            INT64_MIN,    INT64_MIN },
	/* clang-format on */
};

TEST_ROWS(instants_add_and_stay_in_range, sums, row)
{
	struct instant at = { row->at };

	CHECK_EQ(instant_add(at, row->length).us, row->sum);
}

static const struct {
	int64_t us;
	const char *text;
} walls[] = {
	/* clang-format off */
	{ 0,                    "1970-01-01 00:00:00.000000" },
	{ 1795164986123456,     "2026-11-20 08:56:26.123456" },
	{ -1,                   "1969-12-31 23:59:59.999999" },
	{ 999999,               "1970-01-01 00:00:00.999999" },
	/* clang-format on */
};

TEST_ROWS(wall_clock_prints_to_the_microsecond, walls, row)
{
	char text[27];

	CHECK_EQ(setenv("TZ", "UTC", 1), 0);
	tzset();
	wall_print(text, sizeof(text), row->us);
	CHECK_TEXT(text, row->text);
}

TEST(wall_clock_prints_no_more_than_its_room)
{
	char text[8] = "1234567";

	wall_print(text, 5, 0);
	CHECK_EQ(text[4], '\0');
	CHECK_EQ(text[5], '6');
}
