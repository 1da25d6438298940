/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Changes in a call: hold and resume by every convention, other places, glare,
 * refreshes, and requests that come out of order or out of place.
 */
#include <errno.h>
#include <string.h>

#include "tests/gateway/sip/desk.h"
#include "tests/test.h"

#define SDP(address, port, more)                                        \
	"v=0\r\no=far 1 2 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 " address \
	"\r\nt=0 0\r\nm=audio " port " RTP/AVP 8 101\r\n"               \
	"a=rtpmap:101 telephone-event/8000\r\na=ptime:20\r\n" more

static const struct {
	const char *sdp, *answer;
	bool send, receive;
} holds[] = {
	/* clang-format off */
	{ SDP("127.0.0.1", "40000", "a=sendonly\r\n"), "a=recvonly", false, true },
	{ SDP("127.0.0.1", "40000", "a=inactive\r\n"), "a=inactive", false, false },
	{ SDP("127.0.0.1", "40000", "a=recvonly\r\n"), "a=sendonly", true, false },
	{ SDP("0.0.0.0", "40000", ""),                 "a=recvonly", false, true },
	{ SDP("0.0.0.0", "40000", "a=inactive\r\n"),   "a=inactive", false, false },
	{ SDP("127.0.0.1", "0", ""),                   "m=audio 0", false, false },
	/* clang-format on */
};

static void change(struct desk *d, const char *sdp, const char *answer)
{
	far_request(&d->far, "INVITE", "", sdp);
	desk_turn(d);
	CHECK(far_hears(&d->far, "SIP/2.0 200"));
	ck_assert_msg(strstr(far_body(&d->far), answer) != NULL, "%s",
	              far_body(&d->far));
	far_request(&d->far, "ACK", "", NULL);
	desk_turn(d);
}

TEST_ROWS(hold_and_resume_are_answered_and_told, holds, row)
{
	struct desk d;

	desk_open(&d);
	desk_call_in(&d);
	change(&d, row->sdp, row->answer);
	CHECK(desk_told(&d, SIP_FLOW));
	CHECK_EQ(d.flow.send, row->send);
	CHECK_EQ(d.flow.receive, row->receive);
	CHECK_EQ(d.last.held, !row->send);
	change(&d, far_sdp, "a=sendrecv");
	CHECK(desk_told(&d, SIP_FLOW));
	CHECK(d.flow.send && d.flow.receive && !d.last.held);
	CHECK_EQ(d.media_asked, 1);
	desk_close(&d);
}

TEST(a_refresh_changes_nothing_and_gets_the_same_answer)
{
	struct desk d;
	char before[4096];

	desk_open(&d);
	desk_call_in(&d);
	change(&d, far_sdp, "a=sendrecv");
	strcpy(before, "");
	for (int i = 0; i < 2; i++) {
		far_request(&d.far, "INVITE", "", far_sdp);
		desk_turn(&d);
		while (far_hear(&d.far) &&
		       strncmp(d.far.heard, "SIP/2.0 200", 11) != 0)
			continue;
		if (i > 0)
			CHECK_TEXT(before, far_body(&d.far));
		strcpy(before, far_body(&d.far));
		far_request(&d.far, "ACK", "", NULL);
		desk_turn(&d);
	}
	CHECK(desk_quiet(&d));
	desk_close(&d);
}

TEST(sound_that_moves_is_told)
{
	struct desk d;

	desk_open(&d);
	desk_call_out(&d);
	change(&d, SDP("127.0.0.9", "41000", ""), "a=sendrecv");
	CHECK(desk_told(&d, SIP_FLOW) && !d.last.held);
	CHECK_EQ(addr_port(&d.flow.remote), 41000);
	desk_close(&d);
}

TEST(a_change_without_an_offer_gets_ours)
{
	struct desk d;

	desk_open(&d);
	desk_call_in(&d);
	far_request(&d.far, "INVITE", "", NULL);
	desk_turn(&d);
	while (far_hear(&d.far) && strncmp(d.far.heard, "SIP/2.0 200", 11) != 0)
		continue;
	CHECK(strstr(far_body(&d.far), "RTP/AVP 8 0 101") != NULL);
	far_request(&d.far, "ACK", "", SDP("127.0.0.1", "42000", ""));
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_FLOW));
	CHECK_EQ(addr_port(&d.flow.remote), 42000);
	desk_close(&d);
}

TEST(a_change_to_no_codec_of_ours_is_refused_and_changes_nothing)
{
	struct desk d;

	desk_open(&d);
	desk_call_in(&d);
	far_request(&d.far, "INVITE", "",
	            "v=0\r\no=- 1 3 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
	            "c=IN IP4 127.0.0.1\r\nm=audio 40000 RTP/AVP 18\r\n");
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 488"));
	CHECK(strstr(far_header(&d.far, "Warning"), "305") != NULL);
	far_ack_refusal(&d.far);
	desk_turn(&d);
	CHECK(desk_quiet(&d));
	change(&d, far_sdp, "a=sendrecv");
	desk_close(&d);
}

TEST(we_hold_and_resume)
{
	struct desk d;
	char again[4096];

	desk_open(&d);
	desk_call_in(&d);
	CHECK_EQ(sip_session_offer(d.session, true, false), 0);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "INVITE "));
	CHECK(strstr(far_body(&d.far), "a=sendonly") != NULL);
	strcpy(again, d.far.request);
	far_reply(&d.far, "200 OK", "",
	          SDP("127.0.0.1", "40000", "a=recvonly\r\n"));
	desk_turn(&d);
	CHECK(far_hears(&d.far, "ACK "));
	CHECK(desk_told(&d, SIP_FLOW) && !d.flow.receive && d.flow.send);
	strcpy(d.far.request, again);
	far_reply(&d.far, "200 OK", "", far_sdp);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "ACK ") && desk_quiet(&d));
	CHECK_EQ(sip_session_offer(d.session, true, true), 0);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "INVITE "));
	desk_answered(&d);
	CHECK(desk_told(&d, SIP_FLOW) && d.flow.receive);
	desk_close(&d);
}

TEST(our_change_that_meets_theirs_is_offered_again)
{
	struct desk d;

	desk_open(&d);
	desk_call_out(&d);
	CHECK_EQ(sip_session_offer(d.session, true, false), 0);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "INVITE "));
	far_reply(&d.far, "491 Request Pending", "", NULL);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "ACK "));
	desk_wait(&d, SEC(2));
	CHECK(!far_hear(&d.far)); /* we made the Call-ID: 2.1 s at least */
	desk_wait(&d, MSEC(2100));
	CHECK(far_hears(&d.far, "INVITE "));
	far_deaf(&d.far); /* it may have been repeated */
	desk_answered(&d);
	desk_close(&d);
}

TEST(their_change_that_meets_ours_gets_491)
{
	struct desk d;

	desk_open(&d);
	desk_call_in(&d);
	CHECK_EQ(sip_session_offer(d.session, true, false), 0);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "INVITE "));
	far_request(&d.far, "INVITE", "", far_sdp);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 491"));
	far_ack_refusal(&d.far);
	desk_close(&d);
}

TEST(a_change_that_is_refused_leaves_the_call)
{
	struct desk d;

	desk_open(&d);
	desk_call_out(&d);
	CHECK_EQ(sip_session_offer(d.session, true, false), 0);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "INVITE "));
	far_reply(&d.far, "488 Not Acceptable Here", "", NULL);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "ACK ") && desk_quiet(&d));
	desk_close(&d);
}

TEST(a_481_to_our_change_ends_the_call)
{
	struct desk d;

	desk_open(&d);
	desk_call_out(&d);
	CHECK_EQ(sip_session_offer(d.session, true, false), 0);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "INVITE "));
	far_reply(&d.far, "481 No", "", NULL);
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_RELEASED));
	CHECK_EQ(d.release.sip_status, 481);
	desk_close(&d);
}

TEST(a_change_never_acknowledged_ends_the_call)
{
	struct desk d;

	desk_open(&d);
	desk_call_in(&d);
	far_request(&d.far, "INVITE", "", far_sdp);
	desk_wait(&d, SEC(33));
	CHECK(desk_told(&d, SIP_RELEASED));
	CHECK_EQ(d.release.cause.value, Q850_TIMER_EXPIRY);
	desk_close(&d);
}

static const struct {
	const char *method, *extra, *sdp, *answer;
} requests[] = {
	/* clang-format off */
	{ "INFO",    "",                      NULL,    "SIP/2.0 200" },
	{ "OPTIONS", "",                      NULL,    "SIP/2.0 200" },
	{ "UPDATE",  "",                      NULL,    "SIP/2.0 200" },
	{ "UPDATE",  "",                      far_sdp, "SIP/2.0 200" },
	{ "REFER",   "Refer-To: <sip:a@b>\r\n", NULL,  "SIP/2.0 403" },
	{ "NOTIFY",  "Event: refer\r\n",      NULL,    "SIP/2.0 405" },
	{ "FROBNICATE", "",                   NULL,    "SIP/2.0 501" },
	{ "INFO",    "Require: magic\r\n",    NULL,    "SIP/2.0 420" },
	/* clang-format on */
};

TEST_ROWS(requests_in_a_call_are_answered, requests, row)
{
	struct desk d;

	desk_open(&d);
	desk_call_in(&d);
	far_request(&d.far, row->method, row->extra, row->sdp);
	desk_turn(&d);
	CHECK(far_hears(&d.far, row->answer));
	if (strstr(row->answer, "405") != NULL)
		CHECK(strstr(far_header(&d.far, "Allow"), "INVITE") != NULL);
	if (strstr(row->answer, "420") != NULL)
		CHECK_TEXT(far_header(&d.far, "Unsupported"), "magic");
	desk_close(&d);
}

TEST(a_request_out_of_order_gets_500)
{
	struct desk d;

	desk_open(&d);
	desk_call_in(&d);
	far_request(&d.far, "INFO", "", NULL);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 200"));
	d.far.cseq -= 2;
	far_request(&d.far, "INFO", "", NULL);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 500"));
	CHECK(far_header(&d.far, "Retry-After")[0] != '\0');
	desk_close(&d);
}

static const struct {
	const char *type, *body, *digits;
} infos[] = {
	/* clang-format off */
	{ "application/dtmf-relay", "Signal=5\r\nDuration=160\r\n", "5" },
	{ "application/dtmf-relay", "Signal= *\r\nDuration= 160\r\n", "*" },
	{ "application/dtmf-relay", "Duration=160\r\n", "" },
	{ "application/dtmf",       "#", "#" },
	{ "application/dtmf",       "x", "" },
	{ "text/plain",             "5", "" },
	/* clang-format on */
};

TEST_ROWS(digits_come_by_info_in_both_manners, infos, row)
{
	struct desk d;

	desk_open(&d);
	desk_call_in(&d);
	d.far.type = row->type;
	far_request(&d.far, "INFO", "", row->body);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 200"));
	if (row->digits[0] != '\0')
		CHECK(desk_told(&d, SIP_INFO));
	CHECK_TEXT(d.digits, row->digits);
	CHECK(desk_quiet(&d));
	desk_close(&d);
}

enum when { WHILE_OFFERED, WHILE_ANSWERED, WHILE_CHANGED, WHILE_EARLY };

static const struct {
	enum when when;
	const char *method, *answer;
} soon[] = {
	/* clang-format off */
	{ WHILE_OFFERED,  "INVITE", "SIP/2.0 500" },
	{ WHILE_OFFERED,  "UPDATE", "SIP/2.0 500" },
	{ WHILE_ANSWERED, "INVITE", "SIP/2.0 491" },
	{ WHILE_CHANGED,  "INVITE", "SIP/2.0 500" },
	{ WHILE_EARLY,    "UPDATE", "SIP/2.0 491" },
	/* clang-format on */
};

TEST_ROWS(a_change_that_comes_too_soon_is_put_off, soon, row)
{
	struct desk d;

	desk_open(&d);
	if (row->when == WHILE_EARLY) {
		desk_invite(&d);
		far_reply(&d.far, "180 Ringing", "", NULL);
		strcpy(d.far.target, "sip:causeway@127.0.0.1");
	} else if (row->when == WHILE_CHANGED) {
		desk_call_in(&d);
		far_request(&d.far, "INVITE", "", far_sdp);
	} else {
		far_invite(&d.far, "100", "", far_sdp);
		desk_turn(&d);
		CHECK_EQ(sip_session_ring(d.session, 180, false, NULL), 0);
		if (row->when == WHILE_ANSWERED)
			CHECK_EQ(sip_session_answer(d.session, NULL, NULL), 0);
	}
	desk_turn(&d);
	while (far_hear(&d.far))
		continue;
	far_request(&d.far, row->method, "", far_sdp);
	desk_turn(&d);
	CHECK(far_hears(&d.far, row->answer));
	if (strstr(row->answer, "500") != NULL)
		CHECK(far_header(&d.far, "Retry-After")[0] != '\0');
	desk_close(&d);
}
