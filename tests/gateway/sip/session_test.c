/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Sessions from end to end: calls placed and taken, and how they end.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "kernel/mem.h"
#include "kernel/net.h"
#include "kernel/text.h"
#include "tests/gateway/sip/desk.h"
#include "tests/test.h"

static const struct release because_busy = {
	.by = RELEASE_BY_FAR,
	.cause = { Q850_USER_BUSY, LOCATION_PUBLIC_LOCAL },
};

/* Every line of the head begins with a capital, Allow is one of them. */
TEST(an_invite_is_printed_as_a_person_would)
{
	struct desk d;
	unsigned allows = 0;

	desk_open(&d);
	CHECK(desk_place(&d) != NULL);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "INVITE "));
	for (const char *at = d.far.heard; strncmp(at, "\r\n", 2) != 0;
	     at = strstr(at, "\r\n") + 2) {
		CHECK(at[0] >= 'A' && at[0] <= 'Z');
		allows += strncmp(at, "Allow:", 6) == 0;
	}
	CHECK_EQ(allows, 1);
	far_deaf(&d.far);
	desk_close(&d);
}

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
	desk_invited(&d, "3035550123");
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
	desk_invite(&d);
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
	desk_invite(&d);
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
	desk_invited(&d, "3035550123");
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
	desk_invited(&d, "3035550123");
	CHECK(far_hears(&d.far, "SIP/2.0 100"));
	sip_session_end(d.session, 486, &because_busy);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 486"));
	CHECK(strstr(far_header(&d.far, "Reason"), "cause=17") != NULL);
	CHECK(desk_told(&d, SIP_RELEASED));
	far_ack_refusal(&d.far);
	desk_close(&d);
}

/* --- timers --- */

TEST(a_call_that_rings_too_long_is_cancelled_with_19)
{
	struct desk d;

	desk_open(&d);
	desk_invite(&d);
	far_reply(&d.far, "180 Ringing", "", NULL);
	desk_wait(&d, SEC(179));
	CHECK(desk_told(&d, SIP_ALERTING) && desk_quiet(&d));
	desk_wait(&d, SEC(2));
	CHECK(desk_told(&d, SIP_RELEASED));
	CHECK_EQ(d.release.cause.value, Q850_NO_ANSWER);
	CHECK_EQ(d.release.by, RELEASE_BY_TIMER);
	CHECK_TEXT(d.release.detail, "timer ring");
	CHECK(far_hears(&d.far, "CANCEL "));
	far_reply(&d.far, "200 OK", "", NULL);
	desk_close(&d);
}

TEST(a_call_that_only_hears_100_is_cancelled_with_102)
{
	struct desk d;

	desk_open(&d);
	desk_invite(&d);
	far_reply(&d.far, "100 Trying", "", NULL);
	desk_wait(&d, SEC(61));
	CHECK(desk_told(&d, SIP_PROCEEDING) && desk_told(&d, SIP_RELEASED));
	CHECK_EQ(d.release.cause.value, Q850_TIMER_EXPIRY);
	CHECK_TEXT(d.release.detail, "timer trying");
	CHECK(far_hears(&d.far, "CANCEL "));
	desk_close(&d);
}

TEST(a_far_end_that_is_silent_ends_the_call_by_timer_b)
{
	struct desk d;

	desk_open(&d);
	CHECK(desk_place(&d) != NULL);
	desk_wait(&d, SEC(33));
	CHECK(desk_told(&d, SIP_RELEASED));
	CHECK_EQ(d.release.sip_status, 408);
	CHECK_TEXT(d.release.detail, "timer B");
	desk_close(&d);
}

TEST(ringing_is_renewed_each_minute)
{
	struct desk d;

	desk_open(&d);
	far_invite(&d.far, "3035550123", "", far_sdp);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 100"));
	CHECK_EQ(sip_session_ring(d.session, 180, false, NULL), 0);
	CHECK(far_hears(&d.far, "SIP/2.0 180"));
	desk_wait(&d, SEC(61));
	CHECK(far_hears(&d.far, "SIP/2.0 180"));
	sip_session_end(d.session, 480, &because_busy);
	desk_close(&d);
}

/* --- without an offer --- */

TEST(who_calls_without_an_offer_gets_ours_and_answers_in_the_ack)
{
	struct desk d;
	struct flow flow;

	desk_open(&d);
	far_invite(&d.far, "3035550123", "", NULL);
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_SETUP) && !d.setup.has_offer);
	CHECK(far_hears(&d.far, "SIP/2.0 100"));
	CHECK_EQ(sip_session_agree(d.session, &flow), -EAGAIN);
	CHECK_EQ(sip_session_answer(d.session, NULL, &flow), 0);
	CHECK_EQ(flow.codec, CODEC_NONE);
	CHECK(far_hears(&d.far, "SIP/2.0 200"));
	CHECK(strstr(far_body(&d.far), "RTP/AVP 8 0 101") != NULL);
	far_request(&d.far, "ACK", "", far_sdp);
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_CONFIRMED) && d.has_flow);
	CHECK_EQ(d.flow.codec, CODEC_PCMA);
	desk_close(&d);
}

TEST(no_answer_in_the_ack_ends_the_call_with_127)
{
	struct desk d;

	desk_open(&d);
	far_invite(&d.far, "3035550123", "", NULL);
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_SETUP));
	CHECK_EQ(sip_session_answer(d.session, NULL, NULL), 0);
	far_deaf(&d.far);
	strcpy(d.far.remote, "<sip:x@y>");
	sip_session_ring(d.session, 180, false, NULL);
	desk_wait(&d, MSEC(600));
	CHECK(far_hears(&d.far, "SIP/2.0 200"));
	far_request(&d.far, "ACK", "", NULL);
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_RELEASED));
	CHECK_EQ(d.release.cause.value, Q850_INTERWORKING);
	CHECK(far_hears(&d.far, "BYE "));
	desk_close(&d);
}

TEST(a_call_placed_without_an_offer_answers_theirs_in_the_ack)
{
	struct desk d;
	struct sip_setup setup = {
		.called = { .number = { .present = true, .digits = "100" } }
	};

	desk_open(&d);
	CHECK_EQ(sip_session_place(&d.session, d.stack, "far", &setup, &d), 0);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "INVITE "));
	CHECK_TEXT(far_body(&d.far), "");
	far_reply(&d.far, "200 OK", "", far_sdp);
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_ANSWER) && d.has_flow);
	CHECK(far_hears(&d.far, "ACK "));
	CHECK(strstr(far_body(&d.far), "m=audio 30000 RTP/AVP 8 101") != NULL);
	desk_close(&d);
}

TEST(a_200_without_a_description_is_ended)
{
	struct desk d;

	desk_open(&d);
	desk_invite(&d);
	far_reply(&d.far, "200 OK", "", NULL);
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_RELEASED));
	CHECK(far_hears(&d.far, "ACK ") && far_hears(&d.far, "BYE "));
	desk_close(&d);
}

TEST(early_sound_is_told_once_however_often_it_is_said)
{
	struct desk d;

	desk_open(&d);
	desk_invite(&d);
	for (int i = 0; i < 3; i++)
		far_reply(&d.far, "183 Session Progress", "", far_sdp);
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_PROGRESS) && d.has_flow && desk_quiet(&d));
	far_reply(&d.far, "180 Ringing", "", far_sdp);
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_ALERTING) && desk_quiet(&d));
	far_reply(&d.far, "200 OK", "", NULL);
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_ANSWER) && d.has_flow);
	desk_close(&d);
}

TEST(a_redirection_is_told_with_its_contacts_best_first)
{
	struct desk d;

	desk_open(&d);
	d.peer.redirect = false;
	(void)sip_peer_set(d.stack, &d.peer);
	desk_invite(&d);
	far_reply(&d.far, "302 Moved",
	          "Contact: <sip:b@192.0.2.2>;q=0.5\r\n"
	          "Contact: <sip:a@192.0.2.1>;q=0.9\r\n",
	          NULL);
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_REDIRECT));
	CHECK(strstr(d.contact, "sip:a@192.0.2.1\nsip:b@192.0.2.2\n") != NULL);
	CHECK(desk_told(&d, SIP_RELEASED));
	CHECK_EQ(d.release.sip_status, 302);
	desk_close(&d);
}

TEST(a_peer_by_name_is_called_once_its_address_is_known)
{
	struct desk d;

	desk_open(&d);
	(void)text_copy(d.peer.host, sizeof(d.peer.host), "localhost");
	CHECK_EQ(sip_peer_set(d.stack, &d.peer), 0);
	instant_release(); /* look-ups take real time */
	for (int i = 0; i < 50 && desk_place(&d) == NULL; i++) {
		desk_turn(&d);
		(void)usleep(10000);
	}
	instant_hold();
	CHECK(d.session != NULL);
	CHECK(far_hears(&d.far, "INVITE sip:3035550100@localhost"));
	desk_close(&d);
}
