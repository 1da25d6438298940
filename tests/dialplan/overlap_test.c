/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * When to wait for more digits. The rows of plan_test.c ask it, too.
 */

#include "tests/dialplan/peers.h"
#include "tests/test.h"

TEST(a_barred_peer_does_not_make_a_caller_wait)
{
	static const struct dial_peer peers[] = {
		POTS(1, "1234567890"),
		VOIP(2, "123"),
	};
	struct plan *plan = load_plan(peers, 2);

	CHECK_TEXT(hunt(plan, &from_pots, "123", false), "= 2");
	CHECK_TEXT(hunt(plan, &from_voip, "123", false), ".");
	plan = plan_free(plan);
}

TEST(an_emergency_call_is_hunted_to_the_end_and_never_waits)
{
	static const struct dial_peer peers[] = {
		POTS(1, "112", .emergency = true, .huntstop = true,
		     .prefix = "112"),
		POTS(2, "112", .preference = 1, .huntstop = true),
		POTS(3, "1T"),
		POTS(4, "11234"),
	};
	struct plan *plan = load_plan(peers, 4);

	CHECK_TEXT(hunt(plan, &from_voip, "112", false), "= 1 2 3 emergency");
	CHECK_TEXT(hunt(plan, &from_voip, "113", true), "= 3");
	plan = plan_free(plan);
}

static const struct {
	const char *dialled;
	enum plan_answer answer;
	bool settled;
} settled[] = {
	/* clang-format off */
	{ "0",     PLAN_MAYBE_MORE, false }, /* 2 could come */
	{ "07",    PLAN_MAYBE_MORE, true  },
	{ "08",    PLAN_MAYBE_MORE, false },
	{ "0801",  PLAN_MAYBE_MORE, true  },
	{ "08001", PLAN_MATCH,      true  },
	{ "9",     PLAN_NEED_MORE,  false },
	{ "91",    PLAN_MAYBE_MORE, true  }, /* 4 is no better, only open too */
	{ "5",     PLAN_NO_MATCH,   false },
	/* clang-format on */
};

TEST_ROWS(a_first_choice_that_stays_is_said_to_be_settled, settled, row)
{
	static const struct dial_peer peers[] = {
		POTS(1, "0T"),
		POTS(2, "08001"),
		POTS(3, "9.T"),
		POTS(4, "9.T", .preference = 1),
	};
	struct plan *plan = load_plan(peers, 4);
	struct routes routes;
	bool barred;

	plan_route(plan, &from_voip, row->dialled, false, &routes, &barred);
	CHECK_EQ(routes.answer, row->answer);
	CHECK_EQ(routes.settled, row->settled);
	plan = plan_free(plan);
}
