/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * UPDATE in every state of a call, with and without an offer, in both roles:
 * RFC 3311 5.2 says when an offer in it has to wait.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/gateway/sip/desk.h"
#include "tests/test.h"

#define CAN "Supported: 100rel\r\n"

static const char moved[] =
	"v=0\r\no=far 1 2 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\n"
	"t=0 0\r\nm=audio 41000 RTP/AVP 8\r\n";

enum place { RINGING, RELIABLE, PRACKED, ANSWERED, CONFIRMED };

static void prack(struct desk *d)
{
	char rack[64];

	(void)snprintf(rack, sizeof(rack), "RAck: %s 1 INVITE\r\n",
	               far_header(&d->far, "RSeq"));
	far_request(&d->far, "PRACK", rack, NULL);
	desk_turn(d);
}

static void go_to(struct desk *d, enum place place, const char *sdp)
{
	far_invite(&d->far, "3035550123", place == RINGING ? "" : CAN, sdp);
	desk_turn(d);
	CHECK(desk_told(d, SIP_SETUP));
	CHECK(far_hears(&d->far, "SIP/2.0 100"));
	if (place == RINGING || place == RELIABLE || place == PRACKED) {
		CHECK_EQ(sip_session_ring(d->session, 183, true, NULL), 0);
		CHECK(far_hears(&d->far, "SIP/2.0 183"));
	}
	if (place == PRACKED) {
		prack(d);
		CHECK(far_hears(&d->far, "SIP/2.0 200"));
	}
	if (place >= ANSWERED) {
		CHECK_EQ(sip_session_answer(d->session, NULL, NULL), 0);
		CHECK(far_hears(&d->far, "SIP/2.0 200"));
	}
	if (place == CONFIRMED) {
		far_request(&d->far, "ACK", "", sdp == NULL ? far_sdp : NULL);
		desk_turn(d);
		CHECK(desk_told(d, SIP_CONFIRMED));
	}
}

static const struct {
	enum place place;
	bool delayed; /* their INVITE had no offer */
	bool offers;  /* their UPDATE has one */
	const char *answer;
} called[] = {
	/* clang-format off */
	{ RINGING,   false, false, "SIP/2.0 200" },
	{ RINGING,   false, true,  "SIP/2.0 500" },
	{ RINGING,   true,  true,  "SIP/2.0 491" },
	{ RELIABLE,  false, false, "SIP/2.0 200" },
	{ RELIABLE,  false, true,  "SIP/2.0 500" },
	{ PRACKED,   false, false, "SIP/2.0 200" },
	{ PRACKED,   false, true,  "SIP/2.0 200" },
	{ ANSWERED,  false, false, "SIP/2.0 200" },
	{ ANSWERED,  false, true,  "SIP/2.0 200" },
	{ ANSWERED,  true,  true,  "SIP/2.0 491" },
	{ CONFIRMED, false, false, "SIP/2.0 200" },
	{ CONFIRMED, true,  true,  "SIP/2.0 200" },
	/* clang-format on */
};

TEST_ROWS(an_update_is_answered_wherever_the_call_is, called, row)
{
	struct desk d;
	bool taken = strcmp(row->answer, "SIP/2.0 200") == 0;

	desk_open(&d);
	go_to(&d, row->place, row->delayed ? NULL : far_sdp);
	far_request(&d.far, "UPDATE", "", row->offers ? moved : NULL);
	desk_turn(&d);
	CHECK(far_hears(&d.far, row->answer));
	CHECK(strstr(far_header(&d.far, "CSeq"), "UPDATE") != NULL);
	CHECK_EQ(strstr(far_body(&d.far), "m=audio 30000") != NULL,
	         row->offers && taken);
	if (strcmp(row->answer, "SIP/2.0 500") == 0)
		CHECK(atoi(far_header(&d.far, "Retry-After")) > 0);
	if (row->offers && taken) {
		CHECK(desk_told(&d, SIP_FLOW));
		CHECK_EQ(addr_port(&d.flow.remote), 41000);
	}
	CHECK(desk_quiet(&d));
	desk_close(&d);
}

static const struct {
	const char *ring; /* more of our callee's 183 */
	bool sdp, offers;
	const char *answer;
} calling[] = {
	/* clang-format off */
	{ "",                                 true,  false, "SIP/2.0 200" },
	{ "",                                 true,  true,  "SIP/2.0 491" },
	{ "Require: 100rel\r\nRSeq: 1\r\n",   false, true,  "SIP/2.0 491" },
	{ "Require: 100rel\r\nRSeq: 1\r\n",   true,  true,  "SIP/2.0 200" },
	/* clang-format on */
};

TEST_ROWS(an_update_before_the_answer_waits_for_the_answer_to_our_offer,
          calling, row)
{
	struct desk d;
	static char invite[FAR_MESSAGE];

	desk_open(&d);
	desk_invite(&d);
	memcpy(invite, d.far.request, sizeof(invite));
	far_reply(&d.far, "183 Session Progress", row->ring,
	          row->sdp ? far_sdp : NULL);
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_PROGRESS));
	if (row->ring[0] != '\0') {
		CHECK(far_hears(&d.far, "PRACK "));
		far_reply(&d.far, "200 OK", "", NULL);
	}
	far_request(&d.far, "UPDATE", "", row->offers ? moved : NULL);
	desk_turn(&d);
	CHECK(far_hears(&d.far, row->answer));
	if (row->offers && strcmp(row->answer, "SIP/2.0 200") == 0) {
		CHECK(desk_told(&d, SIP_FLOW));
		CHECK_EQ(addr_port(&d.flow.remote), 41000);
	}
	memcpy(d.far.request, invite, sizeof(invite));
	far_reply(&d.far, "200 OK", "", row->sdp ? NULL : far_sdp);
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_ANSWER) && d.has_flow);
	if (row->offers && strcmp(row->answer, "SIP/2.0 200") == 0)
		CHECK_EQ(addr_port(&d.flow.remote), 41000);
	desk_close(&d);
}

TEST(an_update_that_meets_our_change_gets_491_if_it_has_an_offer)
{
	struct desk d;

	desk_open(&d);
	desk_call_in(&d);
	CHECK_EQ(sip_session_offer(d.session, true, false), 0);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "INVITE "));
	far_request(&d.far, "UPDATE", "", moved);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 491"));
	far_request(&d.far, "UPDATE", "", NULL);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 200"));
	desk_close(&d);
}

TEST(an_update_of_a_call_that_is_being_cancelled_gets_481)
{
	struct desk d;

	desk_open(&d);
	desk_invite(&d);
	far_reply(&d.far, "180 Ringing", "", NULL);
	desk_turn(&d);
	sip_session_end(d.session, 480, &(struct release){ 0 });
	desk_turn(&d);
	CHECK(far_hears(&d.far, "CANCEL "));
	far_request(&d.far, "UPDATE", "", NULL);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 481"));
	desk_close(&d);
}

TEST(an_update_moves_the_target_of_our_requests)
{
	struct desk d;
	struct far other;

	desk_open(&d);
	desk_call_in(&d);
	far_open(&other, d.port, false);
	far_send(&d.far,
	         "UPDATE %s SIP/2.0\r\n"
	         "Via: SIP/2.0/UDP 127.0.0.1:%u;branch=z9hG4bKmoved\r\n"
	         "Max-Forwards: 70\r\nFrom: %s\r\nTo: %s\r\nCall-ID: %s\r\n"
	         "CSeq: 7 UPDATE\r\nContact: <sip:far@127.0.0.1:%u>\r\n"
	         "Content-Length: 0\r\n\r\n",
	         d.far.target, d.far.port, d.far.local, d.far.remote,
	         d.far.call_id, other.port);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 200"));
	sip_session_end(d.session, 480, &(struct release){ 0 });
	desk_turn(&d);
	CHECK(far_hears(&other, "BYE "));
	far_close(&other);
	desk_close(&d);
}
