/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Transfer while somebody hangs up, is silent or has no memory; and the gateway
 * as target: INVITE with Replaces.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/call.h"
#include "tests/gateway/move.h"

/* --- whoever ends it, and whenever --- */

static const bool leaves_or_stays[] = { false, true };

TEST_ROWS(an_operator_clears_a_transfer_under_way, leaves_or_stays, gone)
{
	struct release why = { .by = RELEASE_BY_OPERATOR,
		               .cause = { Q850_NORMAL_CLEARING,
		                          LOCATION_PRIVATE_LOCAL } };
	struct world *w = move_talking();

	if (*gone)
		move_also(w, "Also: <sip:4001@$FAR1>\r\n");
	else
		move_refer(
			w,
			"Refer-To: <sip:4001@$FAR1>\r\nRefer-Sub: false\r\n");
	CHECK(far_hears(&w->far[1], "INVITE "));
	far_reply(&w->far[1], "180 Ringing", "", NULL);
	world_run(w, MSEC(60));
	call_clear(world_call(w), &why);
	world_run(w, MSEC(60));
	CHECK(far_hears(&w->far[1], "CANCEL "));
	far_reply(&w->far[1], "200 OK", "", NULL);
	if (!*gone) {
		CHECK(far_hears(&w->far[0], "SIP/2.0 202"));
		CHECK(far_hears(&w->far[0], "BYE "));
		far_reply(&w->far[0], "200 OK", "", NULL);
	}
	CHECK(world_ended(w, "ended by the operator", 16));
	world_wait(w, SEC(40));
	world_close(w);
}

TEST(a_third_that_is_silent_ends_the_transfer)
{
	struct world *w = move_talking();

	move_also(w, "Also: <sip:4001@$FAR1>\r\n");
	CHECK(far_hears(&w->far[1], "INVITE "));
	world_wait(w, SEC(40));
	CHECK(world_call(w) == NULL);
	CHECK(world_ended(w, "ended by timer", 102));
	world_close(w);
}

/* The 200 and our CANCEL cross: it is acknowledged and ended. */
TEST(the_third_answers_as_who_is_transferred_hangs_up)
{
	struct world *w = move_talking();
	struct far *f = &w->far[1];

	move_also(w, "Also: <sip:4001@$FAR1>\r\n");
	CHECK(far_hears(f, "INVITE "));
	far_reply(f, "180 Ringing", "", NULL);
	world_run(w, MSEC(60));
	exchange_clear(w->exchange[0].call, 16);
	far_reply(f, "200 OK", "", world_sdp(w, 1, "sendrecv"));
	world_run(w, MSEC(100));
	while (far_hear(f))
		if (strncmp(f->heard, "BYE ", 4) == 0 ||
		    strncmp(f->heard, "CANCEL ", 7) == 0)
			far_reply(f, "200 OK", "", NULL);
	CHECK(strncmp(f->request, "BYE ", 4) == 0);
	world_wait(w, SEC(40));
	CHECK(world_call(w) == NULL);
	world_close(w);
}

/* Who asked does not answer our BYE, and the call is over before that is. */
TEST(a_call_ends_while_the_replaced_leg_still_does)
{
	struct world *w = move_talking();

	move_referred(w, "Refer-To: <sip:4001@$FAR1>\r\n");
	move_answers(w);
	world_clear_isdn(w, w->exchange[0].call, 1);
	world_wait(w, SEC(80));
	world_close(w);
}

/* Every kind may call its own, and the carrier at far 0 may transfer. */
static struct world *open_same_kind(void)
{
	return world_open_with(world_conf_same_kind,
	                       "sip-peer carrier\n transfer\n");
}

TEST(a_transfer_may_lead_to_another_line_where_both_allow_it)
{
	struct world *w = open_same_kind();
	struct exchange *there = &w->exchange[1];

	CHECK(world_call_in(w) != NULL);
	far_deaf(&w->far[0]);
	there->manner = EXCHANGE_RINGS_ANSWERS;
	move_referred(w, "Refer-To: <sip:3001@$SIP>\r\n");
	far_request(&w->far[0], "BYE", "", NULL);
	world_run(w, SEC(3));
	CHECK(exchange_last(there, ISDN_SETUP) != NULL);
	CHECK_TEXT(call_state_name(world_call(w)), "talking");
	there->talks[isdn_call_channel(there->call)] = true;
	world_run(w, MSEC(200));
	CHECK(w->exchange[0].level[move_channel(w)] >= MOVE_LOUD);
	exchange_clear(there->call, 16);
	world_run(w, MSEC(60));
	CHECK(world_ended(w, "ended by", 16));
	far_deaf(&w->far[0]);
	world_wait(w, SEC(40));
	world_close(w);
}

TEST(a_phone_that_calls_a_phone_is_transferred_to_the_line)
{
	struct world *w = open_same_kind();
	struct far *from = &w->far[1], *f = &w->far[0];

	w->exchange[0].manner = EXCHANGE_ANSWERS;
	far_invite(from, "2001", "", world_sdp(w, 1, "sendrecv"));
	world_run(w, MSEC(40));
	CHECK(far_hears(f, "INVITE "));
	world_answer(w, 0);
	CHECK(far_hears(from, "SIP/2.0 100"));
	CHECK(far_hears(from, "SIP/2.0 200"));
	phone_learn(&w->phone[1], far_body(from));
	far_request(from, "ACK", "", NULL);
	move_refer(w, "Refer-To: <sip:1001@$SIP>\r\n");
	world_run(w, MSEC(100));
	move_taken(w);
	move_done(w);
	far_deaf(from);
	move_both_hear(w);
	far_deaf(from);
	move_hang_up(w);
}

/* --- Replaces --- */

/* Far 1 asks for the place of far 0's dialog. */
static void replace(struct world *w, const char *more)
{
	struct far *f = &w->far[0];
	const char *ours = strstr(f->remote, ";tag=");
	const char *theirs = strstr(f->local, ";tag=");
	char header[1024];

	CHECK(ours != NULL && theirs != NULL);
	(void)snprintf(header, sizeof(header),
	               "Replaces: %s;to-tag=%s;from-tag=%s%s\r\n", f->call_id,
	               ours + 5, theirs + 5, more);
	far_invite(&w->far[1], "1001", header, world_sdp(w, 1, "sendrecv"));
	world_run(w, MSEC(60));
	if (more[0] == '\0')
		CHECK(far_hears(&w->far[1], "SIP/2.0 100"));
}

TEST(a_phone_takes_the_place_of_one_in_a_call)
{
	struct world *w = move_talking();

	replace(w, "");
	CHECK(far_hears(&w->far[1], "SIP/2.0 200"));
	phone_learn(&w->phone[1], far_body(&w->far[1]));
	far_request(&w->far[1], "ACK", "", NULL);
	CHECK(far_hears(&w->far[0], "BYE "));
	far_reply(&w->far[0], "200 OK", "", NULL);
	move_both_hear(w);
	CHECK(strstr(world_ladder(w, 1), "office takes its place") != NULL);
	move_hang_up(w);
}

TEST(early_only_does_not_take_a_call_that_is_up)
{
	struct world *w = move_talking();

	replace(w, ";early-only");
	CHECK(far_hears(&w->far[1], "SIP/2.0 486"));
	far_request(&w->far[0], "BYE", "", NULL);
	world_run(w, MSEC(60));
	world_close(w);
}

TEST(a_phone_that_rings_is_picked_up_elsewhere)
{
	struct world *w = move_open();
	struct exchange *x = &w->exchange[0];

	world_place(w, "2001");
	far_reply(&w->far[0], "180 Ringing", "", NULL);
	world_run(w, MSEC(60));
	(void)snprintf(w->far[0].call_id, sizeof(w->far[0].call_id), "%s",
	               far_header(&w->far[0], "Call-ID"));
	(void)snprintf(w->far[0].remote, sizeof(w->far[0].remote), "%s",
	               far_header(&w->far[0], "From"));
	(void)snprintf(w->far[0].local, sizeof(w->far[0].local), "x;tag=%s",
	               w->far[0].tag);
	replace(w, "");
	CHECK(far_hears(&w->far[1], "SIP/2.0 200"));
	phone_learn(&w->phone[1], far_body(&w->far[1]));
	far_request(&w->far[1], "ACK", "", NULL);
	world_run(w, MSEC(60));
	CHECK(far_hears(&w->far[0], "CANCEL "));
	far_reply(&w->far[0], "200 OK", "", NULL);
	CHECK(exchange_last(x, ISDN_ANSWER) != NULL);
	move_both_hear(w);
	move_hang_up(w);
}

/* --- want --- */

LADDER(a_transfer_survives_every_failure)
{
	struct world *w = move_open();
	struct far *f;

	if (w == NULL)
		return;
	f = &w->far[1];
	if (world_call_in(w) != NULL) {
		far_request(&w->far[0], "BYE",
		            move_line(w, "Also: <sip:4001@$FAR1>\r\n"), NULL);
		world_run(w, MSEC(60));
		if (far_hears(f, "INVITE "))
			far_reply(f, "200 OK", "", world_sdp(w, 1, "sendrecv"));
		world_run(w, MSEC(60));
		far_deaf(f);
		if (w->exchange[0].call != NULL)
			exchange_clear(w->exchange[0].call, 16);
		world_run(w, MSEC(60));
		if (far_hears(f, "BYE "))
			far_reply(f, "200 OK", "", NULL);
	}
	world_close(w);
}
