/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Calls that come about: in both directions, between equals, on T1 and E1, on
 * both sides of Q.931, with overlap and with a delayed offer.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/call.h"
#include "tests/gateway/world.h"

static const char *state_of(struct world *w)
{
	return world_call(w) == NULL ? "none" : call_state_name(world_call(w));
}

static const struct {
	const char *span, *switch_type, *side;
} lines[] = {
	{ "e1 0", "primary-net5", "user" },
	{ "e1 0", "primary-net5", "network" },
	{ "e1 0", "primary-qsig", "user" },
	{ "e1 0", "primary-qsig", "network" },
	{ "t1 0", "primary-ni", "user" },
	{ "t1 0", "primary-ni", "network" },
	{ "t1 0", "primary-5ess", "user" },
	{ "t1 0", "primary-5ess", "network" },
	{ "t1 0", "primary-4ess", "user" },
	{ "t1 0", "primary-dms100", "user" },
	{ "t1 0", "primary-dms100", "network" },
};

static struct world *open_line(const char *span, const char *switch_type,
                               const char *side, const char *more)
{
	char conf[2048];

	(void)snprintf(conf, sizeof(conf),
	               "controller %s\n board sim\n isdn switch-type %s\n"
	               " isdn side %s\n%s!\n"
	               "sip-ua\n bind udp $SIP\n!\n"
	               "sip-peer carrier\n address $FAR0\n!\n"
	               "dial-peer voice 100 pots\n destination-pattern 1...\n"
	               " trunk %s\n!\n"
	               "dial-peer voice 200 voip\n destination-pattern 2...\n"
	               " session target sip-peer carrier\n!\n",
	               span, switch_type, side, more, span);
	return world_open(conf);
}

TEST_ROWS(a_call_from_any_isdn_line_is_answered_on_sip, lines, row)
{
	struct world *w = open_line(row->span, row->switch_type, row->side, "");

	CHECK(world_call_out(w) != NULL);
	CHECK_TEXT(state_of(w), "talking");
	CHECK(strstr(w->far[0].request, "2001") != NULL);
	CHECK(exchange_hears(&w->exchange[0], "CALL PROCEEDING"));
	CHECK(exchange_hears(&w->exchange[0], "CONNECT"));
	world_clear_sip(w, 0);
	CHECK(exchange_hears(&w->exchange[0], "DISCONNECT"));
	CHECK(exchange_hears(&w->exchange[0], "RELEASE COMPLETE"));
	CHECK(exchange_quiet(&w->exchange[0]));
	CHECK_EQ(exchange_cause(&w->exchange[0]), 16);
	CHECK(world_ended(w, "ended by the called side", 16));
	world_close(w);
}

TEST_ROWS(a_call_from_sip_is_answered_on_any_isdn_line, lines, row)
{
	struct world *w = open_line(row->span, row->switch_type, row->side, "");
	struct isdn_call *call = world_call_in(w);

	CHECK(call != NULL);
	CHECK_TEXT(state_of(w), "talking");
	CHECK(exchange_hears(&w->exchange[0], "SETUP"));
	CHECK(exchange_hears(&w->exchange[0], "CONNECT ACKNOWLEDGE"));
	CHECK_TEXT(exchange_last(&w->exchange[0], ISDN_SETUP)
	                   ->setup.called.number.digits,
	           "1001");
	CHECK_TEXT(exchange_last(&w->exchange[0], ISDN_SETUP)
	                   ->setup.calling.number.digits,
	           "3035550100");
	exchange_clear(call, 16);
	world_run(w, MSEC(50));
	CHECK(far_hears(&w->far[0], "BYE "));
	CHECK(strstr(far_header(&w->far[0], "Reason"), "cause=16") != NULL);
	far_reply(&w->far[0], "200 OK", "", NULL);
	CHECK(exchange_hears(&w->exchange[0], "RELEASE"));
	CHECK(exchange_quiet(&w->exchange[0]));
	CHECK(world_ended(w, "ended by the called side", 16));
	world_close(w);
}

TEST(isdn_rings_when_sip_rings_and_is_answered_when_sip_answers)
{
	struct world *w = world_open(world_conf);
	struct exchange *x = &w->exchange[0];
	struct far *f = &w->far[0];
	struct isdn_call *call = world_place(w, "2001");

	CHECK(exchange_told(x, ISDN_PROCEEDING));
	far_reply(f, "100 Trying", "", NULL);
	far_reply(f, "180 Ringing", "", NULL);
	world_run(w, MSEC(50));
	CHECK(exchange_told(x, ISDN_ALERTING));
	CHECK_TEXT(state_of(w), "ringing");
	world_answer(w, 0);
	CHECK(exchange_told(x, ISDN_ANSWER));
	world_clear_isdn(w, call, 0);
	CHECK(world_ended(w, "ended by the caller", 16));
	world_close(w);
}

TEST(sip_rings_when_isdn_rings_and_is_answered_when_isdn_answers)
{
	struct world *w = world_open(world_conf);
	struct far *f = &w->far[0];

	w->exchange[0].manner = EXCHANGE_RINGS_ANSWERS;
	world_invite(w, "1001", "SIP/2.0 180");
	CHECK_TEXT(far_body(f), "");
	CHECK(!far_hear(f));
	world_run(w, SEC(2));
	CHECK(far_hears(f, "SIP/2.0 200"));
	far_request(f, "ACK", "", NULL);
	world_run(w, MSEC(50));
	CHECK_TEXT(state_of(w), "talking");
	world_clear_sip(w, 0);
	CHECK(world_ended(w, "ended by the caller", 16));
	world_close(w);
}

TEST(isdn_calls_isdn_where_both_dial_peers_allow_it)
{
	struct world *w = world_open(world_conf_same_kind);
	struct isdn_call *call;

	w->exchange[1].manner = EXCHANGE_RINGS_ANSWERS;
	call = exchange_place(&w->exchange[0], "3001");
	world_run(w, SEC(3));
	CHECK(exchange_told(&w->exchange[0], ISDN_PROCEEDING));
	CHECK(exchange_told(&w->exchange[0], ISDN_ALERTING));
	CHECK(exchange_told(&w->exchange[0], ISDN_ANSWER));
	CHECK(exchange_told(&w->exchange[1], ISDN_SETUP));
	CHECK(exchange_told(&w->exchange[1], ISDN_CONNECTED));
	CHECK_TEXT(state_of(w), "talking");
	w->exchange[0].talks[1] = true;
	world_run(w, MSEC(200));
	CHECK(w->exchange[1].level[31] > 2);
	exchange_clear(call, 16);
	world_run(w, MSEC(50));
	CHECK(exchange_told(&w->exchange[1], ISDN_RELEASED));
	world_close(w);
}

TEST(sip_calls_sip_where_both_dial_peers_allow_it)
{
	struct world *w = world_open(world_conf_same_kind);
	struct far *a = &w->far[0], *b = &w->far[1];

	far_invite(a, "4001", "", world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(50));
	CHECK(far_hears(a, "SIP/2.0 100"));
	CHECK(far_hears(b, "INVITE "));
	phone_learn(&w->phone[1], far_body(b));
	far_reply(b, "180 Ringing", "", NULL);
	world_run(w, MSEC(50));
	CHECK(far_hears(a, "SIP/2.0 180"));
	world_answer(w, 1);
	CHECK(far_hears(a, "SIP/2.0 200"));
	phone_learn(&w->phone[0], far_body(a));
	far_request(a, "ACK", "", NULL);
	w->phone[0].talks = true;
	world_run(w, MSEC(200));
	CHECK(w->phone[1].loud > 5);
	world_clear_sip(w, 0);
	CHECK(far_hears(b, "BYE "));
	far_reply(b, "200 OK", "", NULL);
	world_close(w);
}

TEST(equals_are_not_joined_unless_allowed)
{
	struct world *w = world_open_with(world_conf,
	                                  "dial-peer voice 110 pots\n"
	                                  " destination-pattern 3...\n"
	                                  " trunk e1 0\n"
	                                  "dial-peer voice 210 voip\n"
	                                  " destination-pattern 4...\n"
	                                  " session target sip-peer carrier\n");
	const struct exchange_heard *released;

	CHECK(exchange_place(&w->exchange[0], "3001") != NULL);
	world_run(w, MSEC(50));
	released = exchange_last(&w->exchange[0], ISDN_RELEASED);
	CHECK(released != NULL);
	CHECK_EQ(released->release.cause.value, 21);
	world_invite(w, "4001", "SIP/2.0 403");
	far_ack_refusal(&w->far[0]);
	CHECK_EQ(w->gateway->counts.barred, 2);
	CHECK(world_ended(
		w, "refused by rule (no allow-same-kind on both dial-peers)",
		21));
	world_close(w);
}

TEST(digits_dialled_one_by_one_become_a_call_when_they_are_enough)
{
	struct world *w = open_line("e1 0", "primary-net5", "user",
	                            " isdn overlap-receiving\n");
	struct exchange *x = &w->exchange[0];
	struct isdn_call *call;

	call = exchange_lift(x, "2");
	world_run(w, MSEC(20));
	CHECK(exchange_told(x, ISDN_SETUP_ACK));
	CHECK_TEXT(state_of(w), "dialling");
	CHECK_EQ(isdn_call_digits(call, "0"), 0);
	CHECK_EQ(isdn_call_digits(call, "0"), 0);
	world_run(w, MSEC(20));
	CHECK_TEXT(state_of(w), "dialling");
	CHECK(!far_hear(&w->far[0]));
	CHECK_EQ(isdn_call_digits(call, "7"), 0);
	world_run(w, MSEC(20));
	CHECK(exchange_told(x, ISDN_PROCEEDING));
	CHECK(far_hears(&w->far[0], "INVITE sip:2007@"));
	far_reply(&w->far[0], "200 OK", "", world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(50));
	CHECK(exchange_told(x, ISDN_ANSWER));
	CHECK(far_hears(&w->far[0], "ACK "));
	world_clear_isdn(w, call, 0);
	world_close(w);
}

TEST(who_stops_dialling_gets_cause_28)
{
	struct world *w = open_line("e1 0", "primary-net5", "user",
	                            " isdn overlap-receiving\n");
	struct exchange *x = &w->exchange[0];

	CHECK(exchange_lift(x, "20") != NULL);
	world_wait(w, SEC(20));
	CHECK_EQ(exchange_cause(x), 28);
	world_close(w);
}

TEST(who_offers_late_is_offered_to_and_heard_after_the_ack)
{
	struct world *w = world_open(world_conf);
	struct far *f = &w->far[0];

	w->exchange[0].manner = EXCHANGE_ANSWERS;
	w->exchange[0].talks[31] = true;
	far_invite(f, "1001", "", NULL);
	world_run(w, MSEC(100));
	CHECK(far_hears(f, "SIP/2.0 100"));
	CHECK(far_hears(f, "SIP/2.0 200"));
	CHECK(strstr(far_body(f), "m=audio ") != NULL);
	phone_learn(&w->phone[0], far_body(f));
	far_request(f, "ACK", "", world_sdp(w, 0, "sendrecv"));
	w->phone[0].talks = true;
	world_run(w, MSEC(300));
	CHECK(w->phone[0].loud > 5);
	CHECK(w->exchange[0].level[31] > 2);
	world_clear_sip(w, 0);
	world_close(w);
}

static const struct {
	const char *dialled;
	unsigned cause;
	const char *status;
} nowhere[] = {
	{ "5999", 1, "SIP/2.0 404" },
	{ "", 28, "SIP/2.0 484" },
};

TEST_ROWS(a_number_that_leads_nowhere_is_refused, nowhere, row)
{
	struct world *w = world_open(world_conf);
	const struct exchange_heard *released;

	CHECK(exchange_place(&w->exchange[0], row->dialled) != NULL);
	world_wait(w, SEC(20));
	released = exchange_last(&w->exchange[0], ISDN_RELEASED);
	CHECK(released != NULL);
	CHECK_EQ(released->release.cause.value, row->cause);
	far_invite(&w->far[0], row->dialled[0] ? row->dialled : "anonymous", "",
	           world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(50));
	CHECK(far_hears(&w->far[0], "SIP/2.0 100"));
	CHECK(far_hears(&w->far[0], row->status));
	far_ack_refusal(&w->far[0]);
	world_close(w);
}

static const enum bearer digital[] = { BEARER_UNRESTRICTED, BEARER_RESTRICTED,
	                               BEARER_VIDEO };

TEST_ROWS(data_is_never_carried_as_speech, digital, row)
{
	struct world *w = world_open(world_conf);
	struct isdn_setup setup;
	const struct exchange_heard *released;

	exchange_setup(&setup, "2001");
	setup.bearer = *row;
	CHECK(exchange_place_as(&w->exchange[0], &setup) != NULL);
	world_run(w, MSEC(50));
	released = exchange_last(&w->exchange[0], ISDN_RELEASED);
	CHECK(released != NULL);
	CHECK_EQ(released->release.cause.value, 65);
	CHECK(!far_hear(&w->far[0]));
	world_close(w);
}

TEST(an_international_number_has_its_type_on_isdn_and_its_plus_on_sip)
{
	static const char more[] =
		"dial-peer voice 100 pots\n destination-pattern +44T\n!\n"
		"dial-peer voice 200 voip\n destination-pattern +49T\n!\n";
	struct world *w = world_open_with(world_conf, more);
	struct exchange *x = &w->exchange[0];
	struct far *f = &w->far[0];
	struct isdn_setup setup;
	const struct number *called;

	exchange_setup(&setup, "4930123456");
	setup.called.number.type = NUMBER_INTERNATIONAL;
	CHECK(exchange_place_as(x, &setup) != NULL);
	world_run(w, MSEC(20));
	CHECK(far_hears(f, "INVITE sip:+4930123456@"));
	far_reply(f, "200 OK",
	          "P-Asserted-Identity: <sip:+4930999@far.example>\r\n",
	          world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "ACK "));
	called = &exchange_last(x, ISDN_ANSWER)->connected.number;
	CHECK_TEXT(called->digits, "4930999");
	CHECK_EQ(called->type, NUMBER_INTERNATIONAL);
	world_clear_isdn(w, x->call, 0);
	x->manner = EXCHANGE_BUSY;
	far_invite(f, "+44201234", "", world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "SIP/2.0 100"));
	CHECK(far_hears(f, "SIP/2.0 486"));
	far_ack_refusal(f);
	called = &exchange_last(x, ISDN_SETUP)->setup.called.number;
	CHECK_TEXT(called->digits, "44201234");
	CHECK_EQ(called->type, NUMBER_INTERNATIONAL);
	world_close(w);
}
