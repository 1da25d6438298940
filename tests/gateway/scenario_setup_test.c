/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Calls that come about: in both directions, between equals, on T1 and E1, on
 * both sides of Q.931, with overlap, early sound and delayed offers.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/call.h"
#include "tests/gateway/world.h"

TEST(a_call_from_isdn_is_answered_on_sip)
{
	struct world *w = world_open(world_conf);
	struct isdn_call *call = world_call_out(w);

	CHECK(call != NULL);
	CHECK_TEXT(call_state_name(world_call(w)), "talking");
	exchange_clear(call, 16);
	world_run(w, MSEC(50));
	CHECK(far_hears(&w->far[0], "BYE "));
	far_reply(&w->far[0], "200 OK", "", NULL);
	world_close(w);
}

TEST(a_call_from_sip_is_answered_on_isdn)
{
	struct world *w = world_open(world_conf);

	CHECK(world_call_in(w) != NULL);
	CHECK_TEXT(call_state_name(world_call(w)), "talking");
	far_request(&w->far[0], "BYE", "", NULL);
	world_run(w, MSEC(50));
	CHECK(far_hears(&w->far[0], "SIP/2.0 200"));
	world_close(w);
}
