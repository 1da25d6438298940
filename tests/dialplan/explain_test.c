/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * What the plan tells about itself.
 */

#include "tests/dialplan/peers.h"
#include "tests/test.h"

#include <string.h>

#include "kernel/text.h"

TEST(an_explanation_tells_each_peer_and_the_answer)
{
	static const struct dial_peer peers[] = {
		/* clang-format off */
		VOIP(1, "3035550...", .huntstop = true),
		VOIP(2, "303T"),
		VOIP(3, "404"),
		VOIP(4, "303", .shutdown = true),
		POTS(5, "303"),
		VOIP_TO(6, "303", ""),
		VOIP(7, "30355501001"),
		POTS_TO(8, "30", ""),
		VOIP(9, "", .answer_address = "1"),
		/* clang-format on */
	};
	struct plan *plan = load_plan(peers, ARRAY_LEN(peers));
	char buf[2000];
	struct text t = TEXT(buf);

	plan_explain(plan, &from_pots, "3035550100", false, gather, &t);
	CHECK_TEXT(
		buf,
		"dial-peer 1 voip 3035550...: choice 1, 7 explicit digits, "
		"preference 0, to sip-peer carrier as 3035550100, huntstop\n"
		"dial-peer 2 voip 303T: not tried, dial-peer 1 has huntstop\n"
		"dial-peer 3 voip 404: does not match\n"
		"dial-peer 4 voip 303: matches, but is shut down\n"
		"dial-peer 5 pots 303: barred, pots to pots has to be allowed "
		"by dial-peer 1 and dial-peer 5 both\n"
		"dial-peer 6 voip 303: matches, but leads nowhere: it has no "
		"session target\n"
		"dial-peer 7 voip 30355501001: needs more digits\n"
		"dial-peer 8 pots 30: matches, but leads nowhere: it has no "
		"trunk\n"
		"3035550100: match, but more digits could match better\n");
	t = TEXT(buf);
	plan_explain(plan, &from_pots, "404#", false, gather, &t);
	CHECK(strstr(buf, "\n404 (complete): match\n") != NULL);
	t = TEXT(buf);
	plan_explain(plan, &from_pots, "", true, gather, &t);
	CHECK(strstr(buf, "no digits (complete): no number, cause 28\n") !=
	      NULL);
	plan = plan_free(plan);
}

static const struct {
	struct dial_peer peers[2];
	const char *warnings;
} warning_rows[] = {
	/* clang-format off */
	{ { VOIP(1, "1T"), VOIP(2, "2T") }, "" },
	{ { VOIP(1, "1T", .huntstop = true), VOIP(2, "1T") },
	  "dial-peer 2: is never reached, dial-peer 1 takes its numbers first "
	  "and has huntstop\n" },
	{ { VOIP(1, "[1-9]..", .huntstop = true), VOIP(2, "[2-4]..") },
	  "dial-peer 2: is never reached, dial-peer 1 takes its numbers first "
	  "and has huntstop\n" },
	{ { VOIP(1, "[2-4]..", .huntstop = true), VOIP(2, "[1-9]..") }, "" },
	{ { VOIP(1, "1T", .huntstop = true),
	    VOIP(2, "1T", .same_kind = true) }, "" },
	{ { VOIP(1, "1T", .huntstop = true, .preference = 1), VOIP(2, "1T") },
	  "" },
	{ { VOIP_TO(1, "1T", ""), VOIP(2, "2T") },
	  "dial-peer 1: has a destination-pattern, but no session target: no "
	  "call goes out by it\n" },
	{ { POTS(1, "911$"), POTS(2, "555....") },
	  "dial-peer 1: sends no called number when just the digits of its "
	  "pattern 911$ are dialled: all of them are stripped\n" },
	{ { POTS(1, "911$", .forward_digits = 3),
	    POTS(2, "911$", .prefix = "911") }, "" },
	{ { POTS(1, "911", .emergency = true, .prefix = "911"),
	    POTS(2, "911$", .emergency = true, .prefix = "911") },
	  "dial-peer 1: is for emergency and takes every number that begins "
	  "like 911; end the pattern with $ if that is not meant\n" },
	/* clang-format on */
};

TEST_ROWS(a_plan_warns_of_what_nobody_can_have_meant, warning_rows, row)
{
	struct plan *plan = load_plan(row->peers, 2);
	char buf[1000];
	struct text t = TEXT(buf);

	plan_warnings(plan, gather, &t);
	CHECK_TEXT(buf, row->warnings);
	plan = plan_free(plan);
}

TEST(a_peer_behind_sixteen_others_is_warned_of)
{
	struct dial_peer peers[PLAN_ROUTES + 1];
	struct plan *plan;
	char buf[1000];
	struct text t = TEXT(buf);

	for (unsigned i = 0; i < ARRAY_LEN(peers); i++) {
		struct dial_peer p = VOIP(i + 1, "1T");

		peers[i] = p;
	}
	plan = load_plan(peers, ARRAY_LEN(peers));
	plan_warnings(plan, gather, &t);
	CHECK_TEXT(buf, "dial-peer 17: is never reached, 16 others are hunted "
	                "before it\n");
	plan = plan_free(plan);
}
