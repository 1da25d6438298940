/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The D channel and the line go: what is up is kept for T309, what is being
 * set up is cleared, what comes is refused at once; and all is well again
 * when they are back.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/call.h"
#include "tests/gateway/world.h"

static void cut(struct world *w, bool line)
{
	board_sim_cut(w->exchange[0].span, true, line);
}

static void mend(struct world *w)
{
	board_sim_cut(w->exchange[0].span, false, false);
}

/* A torn D channel alone, and the whole line. */
static const bool lines[] = { false, true };

TEST_ROWS(a_call_lives_through_a_short_loss_of_the_d_channel, lines, row)
{
	struct world *w = world_open(world_conf);
	struct exchange *x = &w->exchange[0];
	unsigned channel;

	CHECK(world_call_out(w) != NULL);
	channel = isdn_call_channel(x->call);
	cut(w, *row);
	world_wait(w, SEC(30));
	CHECK_TEXT(call_state_name(world_call(w)), "talking");
	mend(w);
	world_wait(w, SEC(20));
	CHECK_TEXT(call_state_name(world_call(w)), "talking");
	w->phone[0].talks = true;
	x->talks[channel] = true;
	phone_forget(&w->phone[0]);
	world_run(w, MSEC(500));
	CHECK(x->level[channel] > 2);
	CHECK(w->phone[0].loud > 5);
	world_clear_sip(w, 0);
	CHECK(exchange_last(x, ISDN_RELEASED) != NULL);
	world_close(w);
}

TEST_ROWS(a_call_is_cleared_when_t309_runs_out, lines, row)
{
	struct world *w = world_open(world_conf);

	CHECK(world_call_out(w) != NULL);
	cut(w, *row);
	world_wait(w, SEC(150));
	CHECK(world_call(w) == NULL);
	CHECK(far_hears(&w->far[0], "BYE "));
	CHECK(strstr(far_header(&w->far[0], "Reason"), "cause=27") != NULL);
	far_reply(&w->far[0], "200 OK", "", NULL);
	CHECK(world_ended(w, "ended by timer (T309)", 27));
	mend(w);
	world_wait(w, SEC(20));
	CHECK(isdn_link_is_up(gateway_trunk(w->gateway, "e1 0")->link));
	world_close(w);
}

TEST_ROWS(a_call_in_set_up_is_cleared_when_the_link_goes, lines, row)
{
	struct world *w = world_open(world_conf);
	struct far *f = &w->far[0];

	w->exchange[0].manner = EXCHANGE_RINGS;
	world_invite(w, "1001", "SIP/2.0 180");
	cut(w, *row);
	world_wait(w, SEC(40));
	CHECK(far_hears(f, "SIP/2.0 503"));
	CHECK(strstr(far_header(f, "Reason"), "cause=27") != NULL);
	far_ack_refusal(f);
	CHECK(world_ended(w, "failed (the D channel was lost)", 27));
	mend(w);
	world_wait(w, SEC(20));
	world_close(w);
}

TEST_ROWS(an_invite_without_a_link_is_503_with_retry_after_at_once, lines, row)
{
	struct world *w = world_open(world_conf);
	struct far *f = &w->far[0];

	cut(w, *row);
	world_wait(w, SEC(40));
	far_invite(f, "1001", "", world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(10));
	CHECK(far_hears(f, "SIP/2.0 100"));
	CHECK(far_hears(f, "SIP/2.0 503"));
	CHECK_TEXT(far_header(f, "Retry-After"), "10");
	far_ack_refusal(f);
	CHECK(strstr(world_sentence(w), "e1 0") != NULL);
	mend(w);
	world_wait(w, SEC(20));
	w->exchange[0].manner = EXCHANGE_BUSY;
	world_invite(w, "1001", "SIP/2.0 486");
	far_ack_refusal(f);
	world_close(w);
}

TEST(one_span_in_alarm_leaves_the_calls_of_another_alone)
{
	struct world *w = world_open(world_conf_same_kind);
	struct far *f = &w->far[0];
	struct exchange *other = &w->exchange[1];

	CHECK(exchange_place(other, "2001") != NULL);
	world_run(w, MSEC(20));
	CHECK(far_hears(f, "INVITE "));
	world_answer(w, 0);
	cut(w, true);
	world_wait(w, SEC(150));
	CHECK_TEXT(call_state_name(world_call(w)), "talking");
	mend(w);
	world_wait(w, SEC(20));
	world_clear_isdn(w, other->call, 0);
	world_close(w);
}

TEST(a_peer_that_died_does_not_end_what_was_up)
{
	struct world *w = world_open(world_conf);
	struct far *f = &w->far[0];
	struct isdn_call *call = world_call_out(w);

	CHECK(call != NULL);
	w->phone[0].talks = false; /* not a word, not a packet */
	world_wait(w, SEC(100));
	CHECK_TEXT(call_state_name(world_call(w)), "talking");
	exchange_clear(call, 16);
	world_wait(w, SEC(40)); /* its BYE is answered by nobody */
	CHECK(far_hears(f, "BYE "));
	CHECK(world_call(w) == NULL);
	world_close(w);
}
