/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Session timers with a call behind them: what the other network and the
 * records are told when nobody refreshes, and that a refresh is not heard.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/call.h"
#include "tests/gateway/world.h"

TEST(a_call_nobody_refreshes_is_cleared_on_both_networks_with_102)
{
	struct world *w = world_open(world_conf);
	struct exchange *x = &w->exchange[0];
	struct far *f = &w->far[0];
	char text[2048];

	world_place(w, "2001");
	far_reply(f, "200 OK",
	          "Require: timer\r\nSession-Expires: 90;refresher=uas\r\n",
	          world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "ACK "));
	(void)world_console(w, "show sip-ua calls", false, text, sizeof(text));
	CHECK(strstr(text, "90 theirs") != NULL);
	w->phone[0].talks = true;
	world_wait(w, SEC(59));
	CHECK(world_call(w) != NULL);
	world_wait(w, SEC(2));
	CHECK(far_hears(f, "BYE "));
	CHECK(strstr(far_header(f, "Reason"), "cause=102") != NULL);
	far_reply(f, "200 OK", "", NULL);
	world_run(w, MSEC(50));
	CHECK_EQ(exchange_cause(x), 102);
	CHECK(strstr(world_sentence(w), "timer session") != NULL);
	world_close(w);
}

TEST(a_refresh_is_not_heard)
{
	struct world *w = world_open(world_conf);
	struct exchange *x = &w->exchange[0];
	struct far *f = &w->far[0];
	char text[2048];

	world_place(w, "2001");
	phone_learn(&w->phone[0], far_body(f));
	far_reply(f, "200 OK", "Session-Expires: 90;refresher=uac\r\n",
	          world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "ACK "));
	(void)world_console(w, "show sip-ua calls", false, text, sizeof(text));
	CHECK(strstr(text, "90 ours") != NULL);
	w->phone[0].talks = true;
	world_wait(w, SEC(44));
	phone_forget(&w->phone[0]);
	world_run(w, MSEC(1200));
	CHECK(far_hears(f, "INVITE "));
	far_reply(f, "200 OK", "Session-Expires: 90;refresher=uac\r\n",
	          world_sdp(w, 0, "sendrecv"));
	world_run(w, SEC(1));
	CHECK(far_hears(f, "ACK "));
	CHECK_EQ(w->phone[0].gaps, 0);
	CHECK_EQ(w->phone[0].ssrcs, 1);
	CHECK(w->phone[0].packets >= 105);
	CHECK_TEXT(call_state_name(world_call(w)), "talking");
	world_clear_isdn(w, x->call, 0);
	world_close(w);
}
