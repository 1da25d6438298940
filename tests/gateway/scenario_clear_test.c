/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Calls that end: from either side, in either phase, by the operator, by a
 * RESTART, by an audit; and who is said to have ended them.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/audit.h"
#include "gateway/call.h"
#include "gateway/record.h"
#include "tests/gateway/world.h"

TEST(a_caller_who_cancels_ended_the_call)
{
	struct world *w = world_open(world_conf);
	struct far *f = &w->far[0];

	w->exchange[0].manner = EXCHANGE_RINGS;
	world_invite(w, "1001", "SIP/2.0 180");
	far_cancel(f, "");
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "SIP/2.0 200"));
	CHECK(far_hears(f, "SIP/2.0 487"));
	far_ack_refusal(f);
	CHECK_EQ(exchange_cause(&w->exchange[0]), 16);
	CHECK(world_ended(w, "ended by the caller", 16));
	world_close(w);
}

TEST(a_caller_on_isdn_who_hangs_up_while_it_rings_ended_the_call)
{
	struct world *w = world_open(world_conf);
	struct far *f = &w->far[0];
	struct isdn_call *call = world_place(w, "2001");

	far_reply(f, "180 Ringing", "", NULL);
	world_run(w, MSEC(50));
	exchange_clear(call, 16);
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "CANCEL "));
	CHECK(strstr(far_header(f, "Reason"), "cause=16") != NULL);
	far_reply(f, "200 OK", "", NULL);
	far_reply(f, "487 Request Terminated", "", NULL);
	world_run(w, MSEC(50));
	CHECK(world_ended(w, "ended by the caller", 16));
	world_close(w);
}

TEST(an_invite_that_a_bye_ends_is_487)
{
	struct world *w = world_open(world_conf);
	struct far *f = &w->far[0];

	w->exchange[0].manner = EXCHANGE_RINGS;
	world_invite(w, "1001", "SIP/2.0 180");
	world_clear_sip(w, 0);
	CHECK(far_hears(f, "SIP/2.0 487"));
	CHECK(exchange_last(&w->exchange[0], ISDN_RELEASED) != NULL);
	CHECK(world_ended(w, "ended by the caller", 16));
	world_close(w);
}

TEST(a_200_without_an_ack_ends_by_its_timer)
{
	struct world *w = world_open(world_conf);
	struct far *f = &w->far[0];

	w->exchange[0].manner = EXCHANGE_ANSWERS;
	far_invite(f, "1001", "", world_sdp(w, 0, "sendrecv"));
	world_wait(w, SEC(34));
	CHECK(far_hears(f, "SIP/2.0 100"));
	CHECK(far_hears(f, "SIP/2.0 200"));
	CHECK_EQ(exchange_cause(&w->exchange[0]), 102);
	CHECK(world_ended(w, "ended by timer", 102));
	world_close(w);
}

TEST(an_operator_clears_a_call_on_both_sides)
{
	struct world *w = world_open(world_conf);
	char text[2048], line[32];

	CHECK(world_call_out(w) != NULL);
	(void)snprintf(line, sizeof(line), "clear call %u",
	               world_call(w)->number);
	CHECK_EQ(world_console(w, line, false, text, sizeof(text)), 0);
	world_run(w, MSEC(50));
	CHECK(far_hears(&w->far[0], "BYE "));
	far_reply(&w->far[0], "200 OK", "", NULL);
	CHECK(world_ended(w, "ended by the operator (clear call)", 31));
	CHECK(world_console(w, line, false, text, sizeof(text)) != 0);
	CHECK(strstr(text, "there is no call") != NULL);
	world_close(w);
}

TEST(a_restart_of_the_exchange_clears_the_call_on_its_channel)
{
	struct world *w = world_open(world_conf);
	struct isdn_call *call = world_call_out(w);

	CHECK(call != NULL);
	CHECK_EQ(isdn_channel_restart(w->exchange[0].link,
	                              isdn_call_channel(call)),
	         0);
	world_run(w, MSEC(50));
	CHECK(far_hears(&w->far[0], "BYE "));
	far_reply(&w->far[0], "200 OK", "", NULL);
	CHECK(world_ended(
		w, "ended by the caller (the far end restarted the channel)",
		41));
	world_close(w);
}

TEST(clear_channel_restarts_it_and_clears_its_call)
{
	struct world *w = world_open(world_conf);
	char text[512], line[48];

	CHECK(world_call_out(w) != NULL);
	(void)snprintf(line, sizeof(line), "clear channel e1 0 %u",
	               world_call(w)->leg[0].isdn.channel);
	CHECK_EQ(world_console(w, line, false, text, sizeof(text)), 0);
	world_run(w, MSEC(50));
	CHECK(far_hears(&w->far[0], "BYE "));
	far_reply(&w->far[0], "200 OK", "", NULL);
	CHECK(world_ended(w, "ended by the operator (channel restart)", 41));
	world_close(w);
}

TEST(the_audit_clears_a_q931_call_that_belongs_to_nobody)
{
	struct world *w = world_open(world_conf);
	struct call *call;

	CHECK(world_call_out(w) != NULL);
	call = world_call(w);
	/* as a bug would have it */
	isdn_call_own(call->leg[0].isdn.call, w);
	audit_run(w->gateway);
	world_run(w, MSEC(50));
	CHECK_EQ(w->gateway->counts.audit_cleared, 1);
	CHECK_EQ(exchange_cause(&w->exchange[0]), 101);
	audit_run(w->gateway);
	world_run(w, MSEC(50));
	CHECK(world_ended(w, "failed (audit: the tables did not agree)", 101));
	CHECK(far_hears(&w->far[0], "BYE "));
	far_reply(&w->far[0], "200 OK", "", NULL);
	world_close(w);
}

TEST(the_audit_leaves_what_is_right_alone)
{
	struct world *w = world_open(world_conf);
	struct isdn_call *call = world_call_out(w);

	CHECK(call != NULL);
	world_wait(w, SEC(190));
	CHECK(w->gateway->counts.audits >= 3);
	CHECK_EQ(w->gateway->counts.audit_cleared, 0);
	CHECK_TEXT(call_state_name(world_call(w)), "talking");
	world_clear_isdn(w, call, 0);
	world_close(w);
}

TEST(an_end_that_the_exchange_forgot_is_found_by_the_audit)
{
	struct world *w = world_open(world_conf);

	CHECK(world_call_out(w) != NULL);
	/* Its call is gone, and no word of it reached us. */
	w->exchange[0].link = isdn_link_close(w->exchange[0].link);
	CHECK_EQ(isdn_link_open(&w->exchange[0].link, w->loop,
	                        &w->exchange[0].conf, exchange_handler(),
	                        &w->exchange[0]),
	         0);
	isdn_link_layer1(w->exchange[0].link, true);
	world_wait(w, SEC(200));
	CHECK(far_hears(&w->far[0], "BYE "));
	far_reply(&w->far[0], "200 OK", "", NULL);
	CHECK(world_call(w) == NULL);
	world_close(w);
}

TEST(a_stream_without_sound_for_long_ends_where_that_is_asked)
{
	struct world *w =
		world_open_with(world_conf, "media\n rtp silence 5\n");

	CHECK(world_call_out(w) != NULL);
	world_run(w, SEC(6));
	CHECK_TEXT(call_state_name(world_call(w)), "talking");
	w->phone[0].talks = false;
	world_run(w, SEC(6));
	CHECK(far_hears(&w->far[0], "BYE "));
	far_reply(&w->far[0], "200 OK", "", NULL);
	CHECK(world_ended(w, "ended by timer (rtp silence)", 41));
	world_close(w);
}

/* Figure B-5: who is held hears nothing and sends nothing for minutes. */
TEST(a_held_call_outlives_the_limit_of_silence)
{
	struct world *w =
		world_open_with(world_conf, "media\n rtp silence 5\n");

	CHECK(world_call_out(w) != NULL);
	far_request(&w->far[0], "INVITE", "", world_sdp(w, 0, "inactive"));
	world_run(w, MSEC(50));
	far_deaf(&w->far[0]);
	far_request(&w->far[0], "ACK", "", NULL);
	w->phone[0].talks = false;
	world_run(w, SEC(180));
	CHECK_TEXT(call_state_name(world_call(w)), "talking");
	CHECK(world_call(w)->held[1]);
	world_clear_sip(w, 0);
	CHECK(world_ended(w, "ended by the called side", 16));
	world_close(w);
}

TEST(history_keeps_the_last_calls_and_no_more)
{
	struct world *w = world_open_with(world_conf, "history size 2\n");
	char text[4096];

	for (unsigned i = 0; i < 3; i++) {
		CHECK(exchange_place(&w->exchange[0], "5999") != NULL);
		world_run(w, MSEC(50));
	}
	CHECK(history_find(w->gateway->history, 1) == NULL);
	CHECK(history_find(w->gateway->history, 2) != NULL);
	CHECK(history_find(w->gateway->history, 3) != NULL);
	CHECK_EQ(world_console(w, "show call history voice", false, text,
	                       sizeof(text)),
	         0);
	CHECK(strstr(text, "5999") != NULL);
	world_close(w);
}
