/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Call transfer, with the gateway as transferee and as target: BYE with Also,
 * REFER, and INVITE with Replaces, from a peer that may and from one that may
 * not; and whoever hangs up meanwhile. The phone that transfers is at far 0,
 * the one it transfers to at far 1, the one who is transferred on the span.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/call.h"
#include "tests/gateway/world.h"

enum { LOUD = 3 };

static const char conf[] = "hostname gw1\n"
			   "controller e1 0\n"
			   " board sim\n"
			   "!\n"
			   "sip-ua\n"
			   " bind udp $SIP\n"
			   "!\n"
			   "sip-peer carrier\n"
			   " address $FAR0\n"
			   " transfer\n"
			   "!\n"
			   "sip-peer office\n"
			   " address $FAR1\n"
			   " transfer\n"
			   "!\n"
			   "dial-peer voice 100 pots\n"
			   " destination-pattern 1...\n"
			   " trunk e1 0\n"
			   "!\n"
			   "dial-peer voice 200 voip\n"
			   " destination-pattern 2...\n"
			   " session target sip-peer carrier\n"
			   "!\n"
			   "dial-peer voice 210 voip\n"
			   " destination-pattern 4...\n"
			   " session target sip-peer office\n"
			   "!\n";

static unsigned channel_of(struct world *w)
{
	return isdn_call_channel(w->exchange[0].call);
}

/* A header line with $FAR1 and its kin replaced. */
static const char *line(struct world *w, const char *text)
{
	static char to[1024];

	world_text(w, text, to, sizeof(to));
	return to;
}

static struct world *talking(void)
{
	struct world *w = world_open(conf);

	CHECK(world_call_in(w) != NULL);
	far_deaf(&w->far[0]);
	return w;
}

static void also(struct world *w, const char *lines)
{
	far_request(&w->far[0], "BYE", line(w, lines), NULL);
	world_run(w, MSEC(60));
	CHECK(far_hears(&w->far[0], "SIP/2.0 200"));
}

static void refer(struct world *w, const char *lines)
{
	far_request(&w->far[0], "REFER", line(w, lines), NULL);
	world_run(w, MSEC(60));
}

/* 202 and the first NOTIFY, answered. */
static void taken(struct world *w)
{
	struct far *f = &w->far[0];

	CHECK(far_hears(f, "SIP/2.0 202"));
	CHECK(far_hears(f, "NOTIFY "));
	CHECK_TEXT(far_header(f, "Event"), "refer");
	CHECK(strstr(far_header(f, "Subscription-State"), "active") != NULL);
	CHECK_TEXT(far_header(f, "Content-Type"),
	           "message/sipfrag; version=2.0");
	CHECK_TEXT(far_body(f), "SIP/2.0 100 Trying\r\n");
	far_reply(f, "200 OK", "", NULL);
	world_run(w, MSEC(20));
}

static void notified(struct world *w, const char *frag)
{
	struct far *f = &w->far[0];

	CHECK(far_hears(f, "NOTIFY "));
	CHECK(strstr(far_header(f, "Subscription-State"), "terminated") !=
	      NULL);
	CHECK(strncmp(far_body(f), frag, strlen(frag)) == 0);
	far_reply(f, "200 OK", "", NULL);
}

/* Far 1 is called, rings and answers. */
static void answers(struct world *w)
{
	struct far *f = &w->far[1];

	if (strncmp(f->heard, "INVITE ", 7) != 0)
		CHECK(far_hears(f, "INVITE "));
	phone_learn(&w->phone[1], far_body(f));
	far_reply(f, "180 Ringing", "", NULL);
	world_run(w, MSEC(60));
	far_reply(f, "200 OK", "", world_sdp(w, 1, "sendrecv"));
	world_run(w, MSEC(60));
	CHECK(far_hears(f, "ACK "));
}

static void both_hear(struct world *w)
{
	struct exchange *x = &w->exchange[0];

	w->phone[0].talks = false;
	w->phone[1].talks = true;
	x->talks[channel_of(w)] = true;
	world_run(w, MSEC(400));
	CHECK(w->phone[1].loud >= 10);
	CHECK_EQ(w->phone[1].ssrcs, 1);
	CHECK(x->level[channel_of(w)] >= LOUD);
}

/* Who was transferred hangs up, and the new phone is told. */
static void hang_up(struct world *w)
{
	exchange_clear(w->exchange[0].call, 16);
	world_run(w, MSEC(60));
	CHECK(far_hears(&w->far[1], "BYE "));
	far_reply(&w->far[1], "200 OK", "", NULL);
	world_run(w, MSEC(60));
	world_close(w);
}

/* --- BYE with Also --- */

TEST(a_bye_with_also_keeps_the_line_and_calls_where_it_says)
{
	struct world *w = talking();
	char id[512];

	(void)snprintf(id, sizeof(id), "%s", w->far[0].call_id);
	also(w, "Also: <sip:4001@$FAR1>\r\n");
	CHECK(far_hears(&w->far[1], line(w, "INVITE sip:4001@$FAR1 ")));
	CHECK(strcmp(far_header(&w->far[1], "Call-ID"), id) != 0);
	CHECK_TEXT(far_header(&w->far[1], "Requested-By"), "");
	far_reply(&w->far[1], "180 Ringing", "", NULL);
	world_run(w, MSEC(200));
	CHECK_TEXT(call_state_name(world_call(w)), "transferring");
	CHECK(w->exchange[0].level[channel_of(w)] >= LOUD); /* it rings */
	phone_learn(&w->phone[1], far_body(&w->far[1]));
	far_reply(&w->far[1], "200 OK", "", world_sdp(w, 1, "sendrecv"));
	world_run(w, MSEC(60));
	CHECK(far_hears(&w->far[1], "ACK "));
	both_hear(w);
	CHECK(!far_hear(&w->far[0]));
	CHECK(strstr(world_ladder(w, 1), "carrier transfers to ") != NULL);
	CHECK(strstr(world_ladder(w, 1), "office takes its place") != NULL);
	hang_up(w);
}

TEST(requested_by_is_copied_when_it_is_there)
{
	struct world *w = talking();

	also(w, "Also: Carol <sip:carol@$FAR1>\r\n"
	        "Requested-By: <sip:bob@$FAR0>\r\n");
	CHECK(far_hears(&w->far[1], line(w, "INVITE sip:carol@$FAR1 ")));
	CHECK_TEXT(far_header(&w->far[1], "Requested-By"),
	           line(w, "<sip:bob@$FAR0>"));
	answers(w);
	hang_up(w);
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
	struct world *w = talking();

	also(w, row->also);
	CHECK(far_hears(&w->far[1], line(w, row->invite)));
	answers(w);
	hang_up(w);
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
	struct world *w = talking();

	also(w, row->also);
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
	struct world *w = talking();

	also(w, *row);
	world_run(w, MSEC(60));
	CHECK(!far_hear(&w->far[1]));
	CHECK(world_ended(w, "ended by the caller", 16));
	world_close(w);
}

TEST(a_transfer_that_fails_releases_the_line_with_its_cause)
{
	struct world *w = talking();

	also(w, "Also: <sip:4001@$FAR1>\r\n");
	CHECK(far_hears(&w->far[1], "INVITE "));
	far_reply(&w->far[1], "486 Busy Here", "", NULL);
	world_run(w, MSEC(60));
	CHECK(far_hears(&w->far[1], "ACK "));
	CHECK(world_ended(w, "", 17));
	world_close(w);
}

TEST(who_is_being_transferred_hangs_up_and_the_third_is_cancelled)
{
	struct world *w = talking();

	also(w, "Also: <sip:4001@$FAR1>\r\n");
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

	also(w, "Also: <sip:2001@$FAR0>\r\n");
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

	refer(w, "Refer-To: <sip:2001@$FAR0>\r\n");
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
	struct world *w = talking();

	refer(w, "Refer-To: <sip:4001@$FAR1>\r\n"
	         "Referred-By: <sip:bob@$FAR0>\r\n");
	taken(w);
	CHECK(far_hears(&w->far[1], line(w, "INVITE sip:4001@$FAR1 ")));
	CHECK_TEXT(far_header(&w->far[1], "Referred-By"),
	           line(w, "<sip:bob@$FAR0>"));
	answers(w);
	notified(w, "SIP/2.0 200 OK");
	CHECK(far_hears(&w->far[0], "BYE "));
	far_reply(&w->far[0], "200 OK", "", NULL);
	both_hear(w);
	hang_up(w);
}

TEST(a_refer_from_who_was_called_moves_the_caller)
{
	struct world *w = world_open(conf);

	CHECK(world_call_out(w) != NULL);
	far_deaf(&w->far[0]);
	refer(w, "Refer-To: <sip:4001@$FAR1>\r\n");
	taken(w);
	answers(w);
	notified(w, "SIP/2.0 200 OK");
	CHECK(far_hears(&w->far[0], "BYE "));
	far_reply(&w->far[0], "200 OK", "", NULL);
	hang_up(w);
}

TEST(an_attended_transfer_carries_the_dialog_to_be_replaced)
{
	struct world *w = talking();

	refer(w, "Refer-To: <sip:4001@$FAR1?Replaces=12%40x%3Bto-tag%3Dt1"
	         "%3Bfrom-tag%3Df1>\r\n");
	taken(w);
	CHECK(far_hears(&w->far[1], line(w, "INVITE sip:4001@$FAR1 ")));
	CHECK_TEXT(far_header(&w->far[1], "Replaces"),
	           "12@x;to-tag=t1;from-tag=f1");
	answers(w);
	notified(w, "SIP/2.0 200 OK");
	CHECK(far_hears(&w->far[0], "BYE "));
	far_reply(&w->far[0], "200 OK", "", NULL);
	hang_up(w);
}

TEST(a_refer_that_fails_leaves_the_two_together)
{
	struct world *w = talking();

	refer(w, "Refer-To: <sip:4001@$FAR1>\r\n");
	taken(w);
	CHECK(far_hears(&w->far[1], "INVITE "));
	far_reply(&w->far[1], "603 Decline", "", NULL);
	world_run(w, MSEC(60));
	notified(w, "SIP/2.0 603 Decline");
	CHECK_TEXT(call_state_name(world_call(w)), "talking");
	CHECK(strstr(world_ladder(w, 1), "the two go on") != NULL);
	refer(w, "Refer-To: <sip:4001@$FAR1>\r\n"); /* once more */
	CHECK(far_hears(&w->far[0], "SIP/2.0 202"));
	CHECK(far_hears(&w->far[0], "NOTIFY "));
	CHECK(strstr(far_header(&w->far[0], "Event"), "refer;id=") != NULL);
	far_reply(&w->far[0], "200 OK", "", NULL);
	(void)far_hears(&w->far[1], "ACK ");
	answers(w);
	notified(w, "SIP/2.0 200 OK");
	CHECK(far_hears(&w->far[0], "BYE "));
	far_reply(&w->far[0], "200 OK", "", NULL);
	hang_up(w);
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
	struct world *w = talking();

	refer(w, "Refer-To: <sip:4001@$FAR1>\r\n");
	taken(w);
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
		hang_up(w);
		return;
	}
	CHECK(world_ended(w, "", row->cause));
	world_close(w);
}

TEST(a_second_refer_waits_for_the_first)
{
	struct world *w = talking();

	refer(w, "Refer-To: <sip:4001@$FAR1>\r\n");
	taken(w);
	refer(w, "Refer-To: <sip:4002@$FAR1>\r\n");
	CHECK(far_hears(&w->far[0], "SIP/2.0 491"));
	answers(w);
	notified(w, "SIP/2.0 200 OK");
	CHECK(far_hears(&w->far[0], "BYE "));
	far_reply(&w->far[0], "200 OK", "", NULL);
	hang_up(w);
}

TEST(a_refer_that_holds_first_gives_the_sound_back)
{
	struct world *w = talking();
	struct far *f = &w->far[0];

	far_request(f, "INVITE", "", world_sdp(w, 0, "sendonly"));
	world_run(w, MSEC(40));
	CHECK(far_hears(f, "SIP/2.0 200"));
	far_request(f, "ACK", "", NULL);
	world_run(w, MSEC(40));
	refer(w, "Refer-To: <sip:4001@$FAR1>\r\nRefer-Sub: false\r\n");
	CHECK(far_hears(f, "SIP/2.0 202"));
	CHECK_TEXT(far_header(f, "Refer-Sub"), "false");
	answers(w);
	CHECK(far_hears(f, "BYE ")); /* and no NOTIFY */
	far_reply(f, "200 OK", "", NULL);
	both_hear(w);
	hang_up(w);
}

TEST(who_is_referred_hangs_up_meanwhile)
{
	struct world *w = talking();

	refer(w, "Refer-To: <sip:4001@$FAR1>\r\n");
	taken(w);
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
	struct world *w = talking();

	replace(w, "");
	CHECK(far_hears(&w->far[1], "SIP/2.0 200"));
	phone_learn(&w->phone[1], far_body(&w->far[1]));
	far_request(&w->far[1], "ACK", "", NULL);
	CHECK(far_hears(&w->far[0], "BYE "));
	far_reply(&w->far[0], "200 OK", "", NULL);
	both_hear(w);
	CHECK(strstr(world_ladder(w, 1), "office takes its place") != NULL);
	hang_up(w);
}

TEST(early_only_does_not_take_a_call_that_is_up)
{
	struct world *w = talking();

	replace(w, ";early-only");
	CHECK(far_hears(&w->far[1], "SIP/2.0 486"));
	far_request(&w->far[0], "BYE", "", NULL);
	world_run(w, MSEC(60));
	world_close(w);
}

TEST(a_phone_that_rings_is_picked_up_elsewhere)
{
	struct world *w = world_open(conf);
	struct exchange *x = &w->exchange[0];
	struct isdn_call *call = exchange_place(x, "2001");

	world_run(w, MSEC(40));
	CHECK(call != NULL && far_hears(&w->far[0], "INVITE "));
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
	both_hear(w);
	hang_up(w);
}

/* --- want --- */

LADDER(a_transfer_survives_every_failure)
{
	struct world *w = world_open(conf);
	struct far *f = &w->far[1];

	if (w == NULL)
		return;
	if (world_call_in(w) != NULL) {
		far_request(&w->far[0], "BYE",
		            line(w, "Also: <sip:4001@$FAR1>\r\n"), NULL);
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
