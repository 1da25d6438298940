/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Call transfer, with the gateway as transferee: BYE with Also and REFER from a
 * peer that may and from one that may not.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/call.h"
#include "tests/gateway/move.h"

/* --- BYE with Also --- */

TEST(a_bye_with_also_keeps_the_line_and_calls_where_it_says)
{
	struct world *w = move_talking();
	char id[512];

	(void)snprintf(id, sizeof(id), "%s", w->far[0].call_id);
	move_also(w, "Also: <sip:4001@$FAR1>\r\n");
	CHECK(far_hears(&w->far[1], move_line(w, "INVITE sip:4001@$FAR1 ")));
	CHECK(strcmp(far_header(&w->far[1], "Call-ID"), id) != 0);
	CHECK_TEXT(far_header(&w->far[1], "Requested-By"), "");
	far_reply(&w->far[1], "180 Ringing", "", NULL);
	world_run(w, MSEC(200));
	CHECK_TEXT(call_state_name(world_call(w)), "transferring");
	CHECK(w->exchange[0].level[move_channel(w)] >=
	      MOVE_LOUD); /* it rings */
	phone_learn(&w->phone[1], far_body(&w->far[1]));
	world_answer(w, 1);
	move_both_hear(w);
	CHECK(!far_hear(&w->far[0]));
	CHECK(strstr(world_ladder(w, 1), "carrier transfers to ") != NULL);
	CHECK(strstr(world_ladder(w, 1), "office takes its place") != NULL);
	move_hang_up(w);
}

TEST(requested_by_is_copied_when_it_is_there)
{
	struct world *w = move_talking();

	move_also(w, "Also: Carol <sip:carol@$FAR1>\r\n"
	             "Requested-By: <sip:bob@$FAR0>\r\n");
	CHECK(far_hears(&w->far[1], move_line(w, "INVITE sip:carol@$FAR1 ")));
	CHECK_TEXT(far_header(&w->far[1], "Requested-By"),
	           move_line(w, "<sip:bob@$FAR0>"));
	move_answers(w);
	move_hang_up(w);
}

static const struct {
	const char *also, *invite;
} targets[] = {
	/* clang-format off */
	{ "Also: <sip:4002@nowhere.example>\r\n", "INVITE sip:4002@$FAR1" },
	{ "Also: <sip:4003@$SIP>\r\n",            "INVITE sip:4003@$FAR1" },
	{ "Also: <tel:4004>\r\n",                 "INVITE sip:4004@$FAR1" },
	/* clang-format on */
};

TEST_ROWS(a_number_at_nobody_we_know_is_for_the_dial_plan, targets, row)
{
	struct world *w = move_talking();

	move_also(w, row->also);
	CHECK(far_hears(&w->far[1], move_line(w, row->invite)));
	move_answers(w);
	move_hang_up(w);
}

static const struct {
	const char *also;
	unsigned cause;
} lost[] = {
	/* clang-format off */
	{ "Also: <sip:1002@nowhere.example>\r\n", 21 }, /* line to line */
	{ "Also: <sip:9999@nowhere.example>\r\n", 1  },
	{ "Also: <sip:carol@nowhere.example>\r\n", 28 },
	/* clang-format on */
};

TEST_ROWS(a_transfer_to_nowhere_releases_who_is_left, lost, row)
{
	struct world *w = move_talking();

	move_also(w, row->also);
	CHECK(!far_hear(&w->far[1]));
	world_run(w, MSEC(100));
	CHECK(world_ended(w, "refused by rule", row->cause));
	world_close(w);
}

static const char *const not_transfers[] = {
	"Also: <sip:4001@$FAR1>, <sip:4002@$FAR1>\r\n",
	"Also: <sip:4001@$FAR1>\r\nAlso: <sip:4002@$FAR1>\r\n",
	"Also: <mailto:a@b>\r\n",
	"Also: <sip:4001@$FAR1;method=BYE>\r\n",
	"Also: <sip:4001@$FAR1?Replaces=nothing>\r\n",
	"Also: <sip:4@$FAR1?Replaces=a%3bto-tag=b%3bfrom-tag=c%0d%0aX>\r\n",
	"Also: >\r\n",
};

TEST_ROWS(an_also_that_can_not_be_followed_is_a_bye, not_transfers, row)
{
	struct world *w = move_talking();

	move_also(w, *row);
	world_run(w, MSEC(60));
	CHECK(!far_hear(&w->far[1]));
	CHECK(world_ended(w, "ended by the caller", 16));
	world_close(w);
}

TEST(a_transfer_that_fails_releases_the_line_with_its_cause)
{
	struct world *w = move_talking();

	move_also(w, "Also: <sip:4001@$FAR1>\r\n");
	CHECK(far_hears(&w->far[1], "INVITE "));
	far_reply(&w->far[1], "486 Busy Here", "", NULL);
	world_run(w, MSEC(60));
	CHECK(far_hears(&w->far[1], "ACK "));
	CHECK(world_ended(w, "", 17));
	world_close(w);
}

TEST(who_is_being_transferred_hangs_up_and_the_third_is_cancelled)
{
	struct world *w = move_talking();

	move_also(w, "Also: <sip:4001@$FAR1>\r\n");
	CHECK(far_hears(&w->far[1], "INVITE "));
	far_reply(&w->far[1], "180 Ringing", "", NULL);
	world_run(w, MSEC(60));
	exchange_clear(w->exchange[0].call, 16);
	world_run(w, MSEC(60));
	CHECK(far_hears(&w->far[1], "CANCEL "));
	far_reply(&w->far[1], "200 OK", "", NULL);
	world_run(w, MSEC(20));
	world_wait(w, SEC(40));
	world_close(w);
}

TEST(an_also_before_the_answer_ends_the_call)
{
	struct world *w = move_open();
	struct far *f = &w->far[0];

	w->exchange[0].manner = EXCHANGE_RINGS;
	world_invite(w, "1001", "SIP/2.0 180");
	move_also(w, "Also: <sip:4001@$FAR1>\r\n");
	CHECK(far_hears(f, "SIP/2.0 487"));
	f->cseq--;
	far_ack_refusal(f);
	world_run(w, MSEC(100));
	CHECK(!far_hear(&w->far[1]));
	CHECK(world_ended(w, "ended by the caller", 16));
	world_close(w);
}

/* --- not trusted for it --- */

static struct world *untrusted(void)
{
	struct world *w = world_open(world_conf);

	CHECK(world_call_in(w) != NULL);
	far_deaf(&w->far[0]);
	return w;
}

TEST(a_bye_with_also_of_a_peer_that_may_not_transfer_is_a_bye)
{
	struct world *w = untrusted();

	move_also(w, "Also: <sip:2001@$FAR0>\r\n");
	world_run(w, MSEC(100));
	CHECK(world_ended(w, "ended by the caller", 16));
	CHECK(strstr(world_ladder(w, 1), "is refused: the peer has no") !=
	      NULL);
	CHECK(!far_hear(&w->far[0]));
	world_close(w);
}

TEST(a_refer_of_a_peer_that_may_not_transfer_is_refused)
{
	struct world *w = untrusted();

	move_refer(w, "Refer-To: <sip:2001@$FAR0>\r\n");
	CHECK(far_hears(&w->far[0], "SIP/2.0 403"));
	CHECK_TEXT(call_state_name(world_call(w)), "talking");
	CHECK(strstr(world_ladder(w, 1), "is refused: the peer has no") !=
	      NULL);
	far_request(&w->far[0], "BYE", "", NULL);
	world_run(w, MSEC(60));
	world_close(w);
}

/* --- REFER --- */

TEST(a_refer_calls_there_and_tells_how_it_went)
{
	struct world *w = move_talking();

	move_referred(w, "Refer-To: <sip:4001@$FAR1>\r\n"
	                 "Referred-By: <sip:bob@$FAR0>\r\n");
	CHECK(far_hears(&w->far[1], move_line(w, "INVITE sip:4001@$FAR1 ")));
	CHECK_TEXT(far_header(&w->far[1], "Referred-By"),
	           move_line(w, "<sip:bob@$FAR0>"));
	move_answers(w);
	move_done(w);
	move_both_hear(w);
	move_hang_up(w);
}

TEST(a_refer_from_who_was_called_moves_the_caller)
{
	struct world *w = move_open();

	CHECK(world_call_out(w) != NULL);
	far_deaf(&w->far[0]);
	move_referred(w, "Refer-To: <sip:4001@$FAR1>\r\n");
	move_answers(w);
	move_done(w);
	move_hang_up(w);
}

TEST(an_attended_transfer_carries_the_dialog_to_be_replaced)
{
	struct world *w = move_talking();

	move_referred(w,
	              "Refer-To: <sip:4001@$FAR1?Replaces=12%40x%3Bto-tag%3Dt1"
	              "%3Bfrom-tag%3Df1>\r\n");
	CHECK(far_hears(&w->far[1], move_line(w, "INVITE sip:4001@$FAR1 ")));
	CHECK_TEXT(far_header(&w->far[1], "Replaces"),
	           "12@x;to-tag=t1;from-tag=f1");
	move_answers(w);
	move_done(w);
	move_hang_up(w);
}

TEST(a_refer_that_fails_leaves_the_two_together)
{
	struct world *w = move_talking();

	move_referred(w, "Refer-To: <sip:4001@$FAR1>\r\n");
	CHECK(far_hears(&w->far[1], "INVITE "));
	far_reply(&w->far[1], "603 Decline", "", NULL);
	world_run(w, MSEC(60));
	move_notified(w, "SIP/2.0 603 Decline");
	CHECK_TEXT(call_state_name(world_call(w)), "talking");
	CHECK(strstr(world_ladder(w, 1), "the two go on") != NULL);
	move_refer(w, "Refer-To: <sip:4001@$FAR1>\r\n"); /* once more */
	CHECK(far_hears(&w->far[0], "SIP/2.0 202"));
	CHECK(far_hears(&w->far[0], "NOTIFY "));
	CHECK(strstr(far_header(&w->far[0], "Event"), "refer;id=") != NULL);
	far_reply(&w->far[0], "200 OK", "", NULL);
	(void)far_hears(&w->far[1], "ACK ");
	move_answers(w);
	move_done(w);
	move_hang_up(w);
}

static const struct {
	const char *status;
	unsigned cause; /* the line is released with; 0: it is connected */
} leaves[] = {
	{ "200 OK", 0 },
	{ "486 Busy Here", 17 },
	{ "404 Not Found", 1 },
};

TEST_ROWS(who_referred_hangs_up_before_it_is_known, leaves, row)
{
	struct world *w = move_talking();

	move_referred(w, "Refer-To: <sip:4001@$FAR1>\r\n");
	CHECK(far_hears(&w->far[1], "INVITE "));
	far_request(&w->far[0], "BYE", "", NULL);
	world_run(w, MSEC(60));
	CHECK(far_hears(&w->far[0], "NOTIFY "));
	CHECK(strstr(far_header(&w->far[0], "Subscription-State"),
	             "terminated") != NULL);
	CHECK(far_hears(&w->far[0], "SIP/2.0 200"));
	far_reply(&w->far[0], "481 Gone", "", NULL);
	CHECK_TEXT(call_state_name(world_call(w)), "transferring");
	far_reply(&w->far[1], row->status, "",
	          row->cause == 0 ? world_sdp(w, 1, "sendrecv") : NULL);
	world_run(w, MSEC(60));
	CHECK(far_hears(&w->far[1], "ACK "));
	if (row->cause == 0) {
		move_hang_up(w);
		return;
	}
	CHECK(world_ended(w, "", row->cause));
	world_close(w);
}

TEST(a_second_refer_waits_for_the_first)
{
	struct world *w = move_talking();

	move_referred(w, "Refer-To: <sip:4001@$FAR1>\r\n");
	move_refer(w, "Refer-To: <sip:4002@$FAR1>\r\n");
	CHECK(far_hears(&w->far[0], "SIP/2.0 491"));
	move_answers(w);
	move_done(w);
	move_hang_up(w);
}

TEST(a_refer_that_holds_first_gives_the_sound_back)
{
	struct world *w = move_talking();
	struct far *f = &w->far[0];

	far_request(f, "INVITE", "", world_sdp(w, 0, "sendonly"));
	world_run(w, MSEC(40));
	CHECK(far_hears(f, "SIP/2.0 200"));
	far_request(f, "ACK", "", NULL);
	world_run(w, MSEC(40));
	move_refer(w, "Refer-To: <sip:4001@$FAR1>\r\nRefer-Sub: false\r\n");
	CHECK(far_hears(f, "SIP/2.0 202"));
	CHECK_TEXT(far_header(f, "Refer-Sub"), "false");
	move_answers(w);
	CHECK(far_hears(f, "BYE ")); /* and no NOTIFY */
	far_reply(f, "200 OK", "", NULL);
	move_both_hear(w);
	move_hang_up(w);
}

TEST(who_is_referred_hangs_up_meanwhile)
{
	struct world *w = move_talking();

	move_referred(w, "Refer-To: <sip:4001@$FAR1>\r\n");
	CHECK(far_hears(&w->far[1], "INVITE "));
	far_reply(&w->far[1], "180 Ringing", "", NULL);
	world_run(w, MSEC(60));
	exchange_clear(w->exchange[0].call, 16);
	world_run(w, MSEC(60));
	CHECK(far_hears(&w->far[1], "CANCEL "));
	far_reply(&w->far[1], "200 OK", "", NULL);
	CHECK(far_hears(&w->far[0], "NOTIFY "));
	far_reply(&w->far[0], "200 OK", "", NULL);
	CHECK(far_hears(&w->far[0], "BYE "));
	far_reply(&w->far[0], "200 OK", "", NULL);
	world_wait(w, SEC(40));
	world_close(w);
}
