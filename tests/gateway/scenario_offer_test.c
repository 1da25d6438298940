/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * A call agent that calls without an offer, as figure 4-4 has it: our offer in
 * the 183 or the 200, the answer of a third party in PRACK or ACK, no sound
 * before it and none clipped after; and early sound that is told reliably, both
 * ways.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/gateway/world.h"

enum { LOUD = 3 };

#define CAN "Supported: 100rel\r\n"

static unsigned channel_of(struct world *w)
{
	return isdn_call_channel(w->exchange[0].call);
}

static void prack(struct world *w, const char *sdp)
{
	struct far *f = &w->far[0];
	char rack[64];

	(void)snprintf(rack, sizeof(rack), "RAck: %s 1 INVITE\r\n",
	               far_header(f, "RSeq"));
	far_request(f, "PRACK", rack, sdp);
	world_run(w, MSEC(20));
	CHECK(far_hears(f, "SIP/2.0 200"));
}

/* The agent at far 0 calls; the exchange plays, and answers after 2 s. */
static void call_agent_calls(struct world *w, const char *extra)
{
	struct far *f = &w->far[0];

	w->exchange[0].manner = EXCHANGE_PLAYS_ANSWERS;
	far_invite(f, "1001", extra, NULL);
	world_run(w, MSEC(100));
	CHECK(far_hears(f, "SIP/2.0 100"));
	CHECK(far_hears(f, "SIP/2.0 183"));
	CHECK(strstr(far_body(f), "m=audio") != NULL);
	CHECK(strstr(far_body(f), " RTP/AVP 8 0 101") != NULL);
	phone_learn(&w->phone[1], far_body(f));
	w->exchange[0].talks[channel_of(w)] = true;
}

static void hang_up(struct world *w)
{
	world_clear_isdn(w, w->exchange[0].call, 0);
	CHECK(world_ended(w, "ended by the called side", 16));
	world_close(w);
}

TEST(a_call_agents_answer_in_the_ack_starts_the_sound_to_a_third_party)
{
	struct world *w = world_open(world_conf);
	struct exchange *x = &w->exchange[0];
	struct far *f = &w->far[0];
	char offer[1024];

	call_agent_calls(w, "");
	CHECK_TEXT(far_header(f, "RSeq"), "");
	(void)snprintf(offer, sizeof(offer), "%s", far_body(f));
	world_run(w, SEC(2));
	CHECK(far_hears(f, "SIP/2.0 200"));
	CHECK_TEXT(far_body(f), offer); /* the same, it may have been lost */
	w->phone[1].talks = true;       /* too early: nobody listens yet */
	world_run(w, MSEC(300));
	CHECK_EQ(w->phone[1].packets, 0);
	CHECK_EQ(x->level[channel_of(w)], 0);
	far_request(f, "ACK", "", world_sdp(w, 1, "sendrecv"));
	world_run(w, MSEC(60));
	CHECK(w->phone[1].packets >= 2); /* at once: not even 40 ms clipped */
	world_run(w, MSEC(300));
	CHECK(w->phone[1].loud >= 12);
	CHECK_EQ(w->phone[1].gaps, 0);
	CHECK_EQ(w->phone[0].packets, 0);
	CHECK(x->level[channel_of(w)] >= LOUD);
	far_deaf(f);
	hang_up(w);
}

TEST(a_call_agents_answer_in_the_prack_lets_him_hear_what_the_exchange_plays)
{
	struct world *w = world_open(world_conf);
	struct exchange *x = &w->exchange[0];
	struct far *f = &w->far[0];

	call_agent_calls(w, CAN);
	CHECK(atoi(far_header(f, "RSeq")) > 0);
	CHECK_EQ(w->phone[1].packets, 0);
	prack(w, world_sdp(w, 1, "sendrecv"));
	w->phone[1].talks = true;
	world_run(w, MSEC(300));
	CHECK(w->phone[1].loud >= 12);
	CHECK_EQ(x->level[channel_of(w)], 0); /* one way until the answer */
	world_run(w, SEC(2));
	CHECK(far_hears(f, "SIP/2.0 200"));
	CHECK_TEXT(far_body(f), "");
	f->cseq = 1;
	far_request(f, "ACK", "", NULL);
	f->cseq = 2;
	world_run(w, MSEC(300));
	CHECK(x->level[channel_of(w)] >= LOUD);
	CHECK_EQ(w->phone[1].gaps, 0);
	CHECK_EQ(w->phone[1].ssrcs, 1);
	CHECK(strstr(world_ladder(w, 1), "PRACK") != NULL);
	hang_up(w);
}

TEST(a_call_agents_ack_without_an_answer_ends_the_call_with_127)
{
	struct world *w = world_open(world_conf);
	struct far *f = &w->far[0];

	call_agent_calls(w, "");
	world_run(w, SEC(2));
	CHECK(far_hears(f, "SIP/2.0 200"));
	far_request(f, "ACK", "", NULL);
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "BYE "));
	CHECK(strstr(far_header(f, "Reason"), "cause=127") != NULL);
	far_reply(f, "200 OK", "", NULL);
	world_run(w, MSEC(50));
	CHECK_EQ(exchange_cause(&w->exchange[0]), 127);
	CHECK(strstr(world_sentence(w), "no answer to our offer in the ACK") !=
	      NULL);
	CHECK_EQ(w->phone[0].packets + w->phone[1].packets, 0);
	world_close(w);
}

TEST(a_caller_on_sip_who_can_is_told_early_sound_reliably)
{
	struct world *w = world_open(world_conf);
	struct far *f = &w->far[0];

	w->exchange[0].manner = EXCHANGE_PLAYS_ANSWERS;
	far_invite(f, "1001", CAN, world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(100));
	CHECK(far_hears(f, "SIP/2.0 100"));
	CHECK(far_hears(f, "SIP/2.0 183"));
	phone_learn(&w->phone[0], far_body(f));
	w->exchange[0].talks[channel_of(w)] = true;
	prack(w, NULL);
	world_run(w, MSEC(300));
	CHECK(w->phone[0].loud >= 12);
	world_run(w, SEC(2));
	CHECK(far_hears(f, "SIP/2.0 200"));
	f->cseq = 1;
	far_request(f, "ACK", "", NULL);
	f->cseq = 2;
	world_run(w, MSEC(50));
	hang_up(w);
}

TEST(early_sound_told_reliably_reaches_a_caller_on_isdn)
{
	struct world *w = world_open(world_conf);
	struct exchange *x = &w->exchange[0];
	struct far *f = &w->far[0];
	static char invite[FAR_MESSAGE];

	world_place(w, "2001");
	phone_learn(&w->phone[0], far_body(f));
	(void)snprintf(invite, sizeof(invite), "%s", f->request);
	far_reply(f, "183 Session Progress", "Require: 100rel\r\nRSeq: 44\r\n",
	          world_sdp(w, 0, "sendrecv"));
	w->phone[0].talks = true;
	world_run(w, MSEC(400));
	CHECK(far_hears(f, "PRACK "));
	CHECK_TEXT(far_header(f, "RAck"), "44 1 INVITE");
	far_reply(f, "200 OK", "", NULL);
	CHECK(x->level[channel_of(w)] >= LOUD);
	(void)strcpy(f->request, invite);
	far_reply(f, "200 OK", "", NULL);
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "ACK "));
	CHECK(exchange_last(x, ISDN_ANSWER) != NULL);
	world_clear_isdn(w, x->call, 0);
	world_close(w);
}
