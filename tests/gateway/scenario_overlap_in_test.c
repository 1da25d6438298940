/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Numbers that grow on their way to ISDN: INVITE by INVITE from SIP (RFC 3578),
 * INFORMATION by INFORMATION from another exchange; and from SIP to SIP.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/call.h"
#include "kernel/text.h"
#include "tests/gateway/world.h"

/* --- to ISDN --- */

static void invite(struct world *w, const char *number)
{
	far_invite(&w->far[0], number, "", world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(50));
	CHECK(far_hears(&w->far[0], "SIP/2.0 100"));
}

static void invite_again(struct world *w, const char *number)
{
	struct far *f = &w->far[0];
	unsigned had = f->branch, now;

	far_invite_again(f, number, "", world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "SIP/2.0 100"));
	CHECK(far_hears(f, "SIP/2.0 484"));
	CHECK_EQ(strtoul(far_header(f, "CSeq"), NULL, 10), f->cseq - 1);
	now = f->branch;
	f->branch = had;
	f->cseq--;
	far_ack_refusal(f);
	f->cseq++;
	f->branch = now;
}

/* The digits that came by INFORMATION. */
static const char *informed(const struct exchange *x)
{
	static char all[40];
	struct text text = TEXT(all);

	all[0] = '\0';
	for (unsigned i = 0; i < x->nheard; i++)
		if (x->heard[i].event.kind == ISDN_DIGITS)
			text_add(&text, "%s", x->heard[i].digits);
	return all;
}

static struct isdn_call *answered(struct world *w, const char *cseq)
{
	struct exchange *x = &w->exchange[0];
	struct isdn_call *call = x->call;

	CHECK_EQ(isdn_call_answer(call, NULL, 0), 0);
	world_run(w, MSEC(50));
	w->far[0].cseq = (unsigned)strtoul(cseq, NULL, 10);
	CHECK(far_hears(&w->far[0], "SIP/2.0 200"));
	CHECK_TEXT(far_header(&w->far[0], "CSeq"), cseq);
	far_request(&w->far[0], "ACK", "", NULL);
	world_run(w, MSEC(50));
	return call;
}

static void end_in(struct world *w)
{
	world_clear_sip(w, 0);
	world_close(w);
}

TEST(invites_become_digits_to_isdn)
{
	struct world *w = world_open(world_conf_overlap);
	struct exchange *x = &w->exchange[0];
	char said[4096];

	invite(w, "10");
	CHECK_EQ(world_console(w, "show sip-ua calls", false, said,
	                       sizeof(said)),
	         0);
	CHECK(strstr(said, "dialling") != NULL);
	CHECK(exchange_told(x, ISDN_SETUP));
	CHECK(!exchange_last(x, ISDN_SETUP)->setup.complete);
	CHECK_TEXT(exchange_last(x, ISDN_SETUP)->setup.called.number.digits,
	           "10");
	invite_again(w, "1001");
	CHECK_TEXT(informed(x), "01");
	invite_again(w, "10012");
	CHECK_TEXT(informed(x), "012");
	CHECK_EQ(w->gateway->counts.calls, 1);
	CHECK_EQ(isdn_call_alerting(x->call, 0), 0);
	world_run(w, MSEC(50));
	CHECK(far_hears(&w->far[0], "SIP/2.0 180"));
	CHECK_TEXT(far_header(&w->far[0], "CSeq"), "3 INVITE");
	(void)answered(w, "3 INVITE");
	w->phone[0].talks = true;
	phone_learn(&w->phone[0], far_body(&w->far[0]));
	end_in(w);
}

/* Digits that overtake the SETUP ACKNOWLEDGE wait for it. */
TEST(digits_before_setup_acknowledge_wait_for_it)
{
	struct world *w = world_open(world_conf_overlap);
	struct far *f = &w->far[0];

	far_invite(f, "10", "", world_sdp(w, 0, "sendrecv"));
	far_invite_again(f, "100", "", world_sdp(w, 0, "sendrecv"));
	far_invite_again(f, "1002", "", world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(50));
	CHECK_TEXT(exchange_last(&w->exchange[0], ISDN_SETUP)
	                   ->setup.called.number.digits,
	           "10");
	CHECK_TEXT(informed(&w->exchange[0]), "02");
	CHECK_EQ(w->gateway->counts.calls, 1);
	far_deaf(f);
	(void)answered(w, "3 INVITE");
	end_in(w);
}

TEST(sound_of_the_exchange_is_heard_in_each_invite)
{
	struct world *w = world_open(world_conf_overlap);
	struct exchange *x = &w->exchange[0];

	invite(w, "10");
	CHECK_EQ(isdn_call_progress(x->call, PROGRESS_IN_BAND,
	                            (struct cause){ 0 }),
	         0);
	x->talks[31] = true;
	world_run(w, MSEC(200));
	CHECK(far_hears(&w->far[0], "SIP/2.0 183"));
	CHECK(w->phone[0].loud > 2);
	invite_again(w, "1001");
	CHECK(far_hears(&w->far[0], "SIP/2.0 183"));
	CHECK_TEXT(far_header(&w->far[0], "CSeq"), "2 INVITE");
	phone_forget(&w->phone[0]);
	world_run(w, MSEC(200));
	CHECK(w->phone[0].loud > 5);
	CHECK_TEXT(informed(x), "01");
	(void)answered(w, "2 INVITE");
	end_in(w);
}

/* The exchange has all it needs: what comes now is too much. */
TEST(a_digit_too_many_leaves_the_call_that_proceeds)
{
	struct world *w = world_open(world_conf_overlap);
	struct exchange *x = &w->exchange[0];

	invite(w, "1001");
	CHECK_EQ(isdn_call_proceeding(x->call, 0), 0);
	world_run(w, MSEC(50));
	far_invite_again(&w->far[0], "10012", "", world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(50));
	CHECK(far_hears(&w->far[0], "SIP/2.0 484"));
	CHECK_TEXT(far_header(&w->far[0], "CSeq"), "2 INVITE");
	far_ack_refusal(&w->far[0]);
	CHECK_TEXT(informed(x), "");
	(void)answered(w, "1 INVITE");
	CHECK(exchange_last(x, ISDN_RELEASED) == NULL);
	world_clear_isdn(w, x->call, 0);
	world_close(w);
}

TEST(an_exchange_that_wants_more_is_484_and_asked_anew)
{
	struct world *w = world_open(world_conf_overlap);
	struct exchange *x = &w->exchange[0];

	invite(w, "10");
	exchange_clear(x->call, 28);
	world_run(w, MSEC(50));
	CHECK(far_hears(&w->far[0], "SIP/2.0 484"));
	far_ack_refusal(&w->far[0]);
	world_run(w, MSEC(50));
	far_invite_again(&w->far[0], "1001", "", world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(50));
	CHECK(far_hears(&w->far[0], "SIP/2.0 100"));
	CHECK_TEXT(exchange_last(x, ISDN_SETUP)->setup.called.number.digits,
	           "1001");
	(void)answered(w, "2 INVITE");
	end_in(w);
}

TEST(a_number_the_plan_cannot_use_yet_is_484)
{
	struct world *w = world_open(world_conf_overlap);

	world_invite(w, "1", "SIP/2.0 484");
	far_ack_refusal(&w->far[0]);
	CHECK(exchange_last(&w->exchange[0], ISDN_SETUP) == NULL);
	far_invite_again(&w->far[0], "10", "", world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(50));
	CHECK(far_hears(&w->far[0], "SIP/2.0 100"));
	CHECK(exchange_last(&w->exchange[0], ISDN_SETUP) != NULL);
	(void)answered(w, "2 INVITE");
	end_in(w);
}

TEST(a_caller_who_cancels_while_dialling_clears_the_line)
{
	struct world *w = world_open(world_conf_overlap);
	struct exchange *x = &w->exchange[0];

	invite(w, "10");
	invite_again(w, "1001");
	far_cancel(&w->far[0], "");
	world_run(w, MSEC(50));
	CHECK(far_hears(&w->far[0], "SIP/2.0 200"));
	CHECK(far_hears(&w->far[0], "SIP/2.0 487"));
	far_ack_refusal(&w->far[0]);
	world_run(w, MSEC(50));
	CHECK(exchange_last(x, ISDN_RELEASED) != NULL);
	world_close(w);
}

/* It acknowledged the SETUP and says nothing more: T304. */
TEST(an_exchange_that_forgets_a_half_dialled_call_ends_it)
{
	struct world *w = world_open(world_conf_overlap);

	w->exchange[0].conf.timers[ISDN_T302] = SEC(300);
	CHECK_EQ(isdn_link_change(w->exchange[0].link, &w->exchange[0].conf),
	         0);
	invite(w, "10");
	invite_again(w, "1001");
	world_wait(w, SEC(29));
	CHECK(world_quiet(w));
	world_wait(w, SEC(3));
	CHECK(far_hears(&w->far[0], "SIP/2.0 5"));
	far_ack_refusal(&w->far[0]);
	CHECK(strstr(world_sentence(w), "T304") != NULL);
	world_close(w);
}

/* That span takes no digits later: they are gathered from the INVITEs. */
TEST(a_span_without_overlap_hears_the_whole_number)
{
	struct world *w = world_open(world_conf_overlap);
	struct exchange *x = &w->exchange[1];

	x->manner = EXCHANGE_ANSWERS;
	invite(w, "30");
	invite_again(w, "300");
	world_wait(w, SEC(10));
	invite_again(w, "3001");
	CHECK(exchange_last(x, ISDN_SETUP) == NULL);
	world_wait(w, SEC(16));
	CHECK(exchange_last(x, ISDN_SETUP)->setup.complete);
	CHECK_TEXT(exchange_last(x, ISDN_SETUP)->setup.called.number.digits,
	           "3001");
	CHECK(far_hears(&w->far[0], "SIP/2.0 200"));
	CHECK_TEXT(far_header(&w->far[0], "CSeq"), "3 INVITE");
	while (far_hear(&w->far[0]))
		continue;
	far_request(&w->far[0], "ACK", "", NULL);
	world_run(w, MSEC(50));
	end_in(w);
}

/* --- between equals --- */

TEST(digits_pass_from_exchange_to_exchange)
{
	struct world *w = world_open(world_conf_overlap);
	struct exchange *from = &w->exchange[1], *to = &w->exchange[0];
	struct isdn_call *call = exchange_lift(from, "10");

	world_run(w, MSEC(50));
	CHECK(exchange_told(from, ISDN_SETUP_ACK));
	CHECK(exchange_told(to, ISDN_SETUP));
	CHECK_TEXT(exchange_last(to, ISDN_SETUP)->setup.called.number.digits,
	           "10");
	CHECK_EQ(isdn_call_digits(call, "0"), 0);
	world_run(w, MSEC(50));
	CHECK_EQ(isdn_call_digits(call, "1"), 0);
	world_run(w, MSEC(50));
	CHECK_TEXT(informed(to), "01");
	CHECK(exchange_last(from, ISDN_PROCEEDING) == NULL);
	CHECK_EQ(isdn_call_proceeding(to->call, 0), 0);
	world_run(w, MSEC(50));
	CHECK(exchange_told(from, ISDN_PROCEEDING));
	CHECK_EQ(isdn_call_alerting(to->call, 0), 0);
	world_run(w, MSEC(50));
	CHECK(exchange_told(from, ISDN_ALERTING));
	CHECK_EQ(isdn_call_answer(to->call, NULL, 0), 0);
	world_run(w, MSEC(50));
	CHECK(exchange_told(from, ISDN_ANSWER));
	exchange_clear(call, 16);
	world_run(w, MSEC(50));
	world_close(w);
}

TEST(an_exchange_behind_another_says_that_digits_are_missing)
{
	struct world *w = world_open(world_conf_overlap);
	struct exchange *from = &w->exchange[1], *to = &w->exchange[0];

	CHECK(exchange_lift(from, "10") != NULL);
	world_run(w, MSEC(50));
	exchange_clear(to->call, 28);
	world_run(w, MSEC(50));
	CHECK_EQ(exchange_cause(from), 28);
	world_close(w);
}

/* A call that came in by INVITEs goes out by INVITEs. */
TEST(invites_become_invites)
{
	static const char both[] =
		"sip-ua\n bind udp $SIP\n!\n"
		"sip-peer carrier\n address $FAR0\n overlap invites\n!\n"
		"sip-peer office\n address $FAR1\n overlap invites\n!\n"
		"dial-peer voice 200 voip\n destination-pattern 2.T\n"
		" session target sip-peer carrier\n allow-same-kind\n!\n"
		"dial-peer voice 400 voip\n destination-pattern 4.T\n"
		" session target sip-peer office\n allow-same-kind\n!\n"
		"controller e1 0\n board sim\n!\n";
	struct world *w = world_open(both);
	struct far *f = &w->far[1];

	invite(w, "40");
	CHECK(far_hears(f, "INVITE sip:40@"));
	far_reply(f, "484 Address Incomplete", "", NULL);
	world_run(w, MSEC(20));
	CHECK(far_hears(f, "ACK "));
	CHECK(world_quiet(w));
	invite_again(w, "4001");
	CHECK(far_hears(f, "INVITE sip:4001@"));
	CHECK_TEXT(far_header(f, "CSeq"), "2 INVITE");
	far_reply(f, "180 Ringing", "", NULL);
	world_run(w, MSEC(20));
	CHECK(far_hears(&w->far[0], "SIP/2.0 180"));
	world_answer(w, 1);
	CHECK(far_hears(&w->far[0], "SIP/2.0 200"));
	CHECK_TEXT(far_header(&w->far[0], "CSeq"), "2 INVITE");
	far_request(&w->far[0], "ACK", "", NULL);
	world_run(w, MSEC(50));
	world_clear_sip(w, 0);
	CHECK(far_hears(f, "BYE "));
	far_reply(f, "200 OK", "", NULL);
	world_close(w);
}
