/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The order of choices, and when the next one is tried.
 */

#include "tests/dialplan/peers.h"
#include "tests/test.h"

TEST(sixteen_choices_are_the_most_and_the_best_are_kept)
{
	struct dial_peer peers[40];
	struct plan *plan;

	for (unsigned i = 0; i < ARRAY_LEN(peers); i++) {
		struct dial_peer p = VOIP(i + 1, "1T");

		p.preference = i < 30 ? 5 : 1;
		peers[i] = p;
	}
	plan = load_plan(peers, ARRAY_LEN(peers));
	CHECK_TEXT(hunt(plan, &from_pots, "1", true),
	           "= 31 32 33 34 35 36 37 38 39 40 1 2 3 4 5 6");
	plan = plan_free(plan);
}

TEST(the_hunting_tables_are_those_of_the_manual)
{
	static const unsigned causes[] = { 6, 27, 34, 38, 41, 42, 43, 44, 47 };
	static const unsigned statuses[] = { 408, 488 };
	size_t c = 0;

	for (unsigned i = 0; i < 128; i++) {
		bool hunts = c < ARRAY_LEN(causes) && causes[c] == i;

		CHECK_EQ(plan_hunts_cause(NULL, (enum q850_cause)i), hunts);
		c += hunts;
	}
	for (unsigned i = 0; i < 700; i++)
		CHECK_EQ(plan_hunts_status(NULL, i),
		         i == statuses[0] || i == statuses[1] || i / 100 == 5);
}

TEST(what_is_said_of_hunting_goes_before_the_table)
{
	static const struct plan_hunts causes = {
		2, { { 17, true }, { 34, false } }
	};
	static const struct plan_hunts statuses = {
		2, { { 486, true }, { 503, false } }
	};

	CHECK(plan_hunts_cause(&causes, Q850_USER_BUSY));
	CHECK(!plan_hunts_cause(&causes, Q850_NO_CIRCUIT));
	CHECK(plan_hunts_cause(&causes, Q850_SWITCH_CONGESTION));
	CHECK(plan_hunts_status(&statuses, 486));
	CHECK(!plan_hunts_status(&statuses, 503));
	CHECK(plan_hunts_status(&statuses, 500));
	CHECK(!plan_hunts_status(&statuses, 404));
}
