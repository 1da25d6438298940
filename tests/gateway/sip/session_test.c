/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Sessions from end to end: calls placed and taken, and how they end.
 */
#include <errno.h>
#include <string.h>

#include "kernel/mem.h"
#include "kernel/net.h"
#include "tests/gateway/sip/desk.h"
#include "tests/test.h"

static const struct release because_busy = {
	.by = RELEASE_BY_FAR,
	.cause = { Q850_USER_BUSY, LOCATION_PUBLIC_LOCAL },
};

TEST(a_placed_call_rings_is_answered_and_is_hung_up_by_us)
{
	struct desk d;

	desk_open(&d);
	CHECK(desk_place(&d) != NULL);
	CHECK(far_hears(&d.far, "INVITE sip:3035550100@127.0.0.1"));
	CHECK(strstr(far_body(&d.far), "m=audio 30000 RTP/AVP 8 0 101") !=
	      NULL);
	CHECK(strstr(far_header(&d.far, "From"), "<sip:3035550199@127.0.0.1") !=
	      NULL);
	CHECK_TEXT(far_header(&d.far, "Max-Forwards"), "70");
	far_reply(&d.far, "100 Trying", "", NULL);
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_PROCEEDING));
	far_reply(&d.far, "180 Ringing", "", NULL);
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_ALERTING) && !d.has_flow);
	far_reply(&d.far, "200 OK", "", far_sdp);
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_ANSWER) && d.has_flow);
	CHECK_EQ(d.flow.codec, CODEC_PCMA);
	CHECK_EQ(addr_port(&d.flow.remote), 40000);
	CHECK_EQ(addr_port(&d.flow.local), 30000);
	CHECK_EQ(d.flow.send_event, 101);
	CHECK(far_hears(&d.far, "ACK sip:far@127.0.0.1"));
	sip_session_end(d.session, 0, &because_busy);
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_RELEASED));
	CHECK_EQ(d.release.cause.value, Q850_USER_BUSY);
	CHECK(far_hears(&d.far, "BYE sip:far@127.0.0.1"));
	CHECK_TEXT(far_header(&d.far, "Reason"),
	           "Q.850;cause=17;text=\"user busy\";location=LN");
	far_reply(&d.far, "200 OK", "", NULL);
	desk_close(&d);
}

TEST(a_call_that_comes_in_rings_is_answered_and_is_hung_up_by_them)
{
	struct desk d;
	struct flow flow;

	desk_open(&d);
	far_invite(&d.far, "3035550123", "", far_sdp);
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_SETUP));
	CHECK_TEXT(d.setup.called.number.digits, "3035550123");
	CHECK_TEXT(d.setup.calling.number.digits, "3035550100");
	CHECK_TEXT(d.setup.calling.name, "Far End");
	CHECK(d.setup.has_offer);
	CHECK(far_hears(&d.far, "SIP/2.0 100"));
	CHECK_EQ(sip_session_ring(d.session, 180, false, &flow), 0);
	CHECK(far_hears(&d.far, "SIP/2.0 180"));
	CHECK_TEXT(far_body(&d.far), "");
	CHECK_EQ(sip_session_ring(d.session, 183, true, &flow), 0);
	CHECK_EQ(flow.codec, CODEC_PCMA);
	CHECK_EQ(addr_port(&flow.remote), 40000);
	CHECK(far_hears(&d.far, "SIP/2.0 183"));
	CHECK(strstr(far_body(&d.far), "m=audio 30000 RTP/AVP 8 101\r\n") !=
	      NULL);
	CHECK_EQ(sip_session_answer(d.session, NULL, &flow), 0);
	CHECK(far_hears(&d.far, "SIP/2.0 200"));
	CHECK(strstr(far_body(&d.far), "m=audio 30000") != NULL);
	far_request(&d.far, "ACK", "", NULL);
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_CONFIRMED));
	far_request(&d.far, "BYE", "Reason: Q.850;cause=31\r\n", NULL);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 200"));
	CHECK(desk_told(&d, SIP_RELEASED));
	CHECK_EQ(d.release.cause.value, Q850_NORMAL_UNSPECIFIED);
	CHECK_EQ(d.release.by, RELEASE_BY_FAR);
	desk_close(&d);
}

static const struct {
	const char *status, *extra;
	unsigned told;
	enum q850_cause cause;
	unsigned warning;
} failures[] = {
	/* clang-format off */
	{ "404 Not Found",       "", 404, Q850_NONE, 0 },
	{ "486 Busy Here",       "", 486, Q850_NONE, 0 },
	{ "488 Not Acceptable Here", "Warning: 304 far \"none\"\r\n",
	                             488, Q850_NONE, 304 },
	{ "503 Service Unavailable", "Reason: SIP;cause=503, Q.850;cause=34\r\n",
	                             503, Q850_NO_CIRCUIT, 0 },
	{ "500 Server Error", "Reason: Q.850 ;cause=17 ;text=\"a;b,c\"\r\n",
	                             500, Q850_USER_BUSY, 0 },
	{ "603 Decline",         "", 603, Q850_NONE, 0 },
	/* clang-format on */
};

TEST_ROWS(a_refusal_is_told_with_status_and_cause, failures, row)
{
	struct desk d;

	desk_open(&d);
	CHECK(desk_place(&d) != NULL);
	CHECK(far_hears(&d.far, "INVITE "));
	far_reply(&d.far, row->status, row->extra, NULL);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "ACK "));
	CHECK(desk_told(&d, SIP_RELEASED));
	CHECK_EQ(d.release.sip_status, row->told);
	CHECK_EQ(d.release.cause.value, row->cause);
	CHECK_EQ(d.release.sip_warning, row->warning);
	desk_close(&d);
}

TEST(a_cancelled_call_gets_its_487)
{
	struct desk d;

	desk_open(&d);
	CHECK(desk_place(&d) != NULL);
	CHECK(far_hears(&d.far, "INVITE "));
	far_reply(&d.far, "180 Ringing", "", NULL);
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_ALERTING));
	sip_session_end(d.session, 0, &because_busy);
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_RELEASED));
	CHECK(far_hears(&d.far, "CANCEL "));
	CHECK(strstr(far_header(&d.far, "Reason"), "cause=17") != NULL);
	far_reply(&d.far, "200 OK", "", NULL);
	desk_close(&d);
}

TEST(their_cancel_gets_200_and_487)
{
	struct desk d;

	desk_open(&d);
	far_invite(&d.far, "3035550123", "", far_sdp);
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_SETUP));
	CHECK(far_hears(&d.far, "SIP/2.0 100"));
	far_cancel(&d.far, "");
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 200"));
	CHECK(far_hears(&d.far, "SIP/2.0 487"));
	CHECK(desk_told(&d, SIP_RELEASED));
	CHECK_EQ(d.release.cause.value, Q850_NORMAL_CLEARING);
	far_ack_refusal(&d.far);
	desk_close(&d);
}

TEST(a_call_we_refuse_says_why)
{
	struct desk d;

	desk_open(&d);
	far_invite(&d.far, "3035550123", "", far_sdp);
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_SETUP));
	CHECK(far_hears(&d.far, "SIP/2.0 100"));
	sip_session_end(d.session, 486, &because_busy);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 486"));
	CHECK(strstr(far_header(&d.far, "Reason"), "cause=17") != NULL);
	CHECK(desk_told(&d, SIP_RELEASED));
	far_ack_refusal(&d.far);
	desk_close(&d);
}
