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
