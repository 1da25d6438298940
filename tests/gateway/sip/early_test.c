/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * What several provisional responses add up to: 183 after 180, 180 after 183,
 * branches of a fork, and which of them answers.
 */
#include <string.h>

#include "tests/gateway/sip/desk.h"
#include "tests/test.h"

#define SDP(port)                                      \
	"v=0\r\no=far 1 1 IN IP4 127.0.0.1\r\ns=-\r\n" \
	"c=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio " port " RTP/AVP 8\r\n"

static const struct {
	struct {
		const char *status, *tag, *sdp;
		enum sip_event_kind told; /* SIP_SETUP: nothing */
		bool flow;
	} heard[4];
} rows[] = {
	/* clang-format off */
	{ { { "180 Ringing",          "a", NULL, SIP_ALERTING, false },
	    { "183 Session Progress", "a", SDP("4000"), SIP_PROGRESS, true },
	    { "180 Ringing",          "a", NULL, SIP_SETUP, false } } },
	{ { { "183 Session Progress", "a", SDP("4000"), SIP_PROGRESS, true },
	    { "180 Ringing",          "a", NULL, SIP_ALERTING, false },
	    { "183 Session Progress", "a", SDP("4000"), SIP_SETUP, false } } },
	{ { { "180 Ringing",          "a", SDP("4000"), SIP_ALERTING, true },
	    { "183 Session Progress", "a", SDP("4000"), SIP_PROGRESS, false },
	    { "180 Ringing",          "a", SDP("4002"), SIP_ALERTING, true } } },
	/* branches */
	{ { { "180 Ringing",          "a", NULL, SIP_ALERTING, false },
	    { "180 Ringing",          "b", NULL, SIP_SETUP, false },
	    { "183 Session Progress", "b", SDP("4002"), SIP_PROGRESS, true },
	    { "183 Session Progress", "c", SDP("4004"), SIP_PROGRESS, true } } },
	{ { { "181 Call Is Being Forwarded", "a", NULL, SIP_PROGRESS, false },
	    { "181 Call Is Being Forwarded", "a", NULL, SIP_SETUP, false },
	    { "182 Queued",           "a", NULL, SIP_PROGRESS, false },
	    { "180 Ringing",          "b", NULL, SIP_ALERTING, false } } },
	/* a description that can not be used is no news */
	{ { { "183 Session Progress", "a", "rubbish", SIP_PROGRESS, false },
	    { "183 Session Progress", "a", SDP("4000"), SIP_PROGRESS, true } } },
	/* clang-format on */
};

TEST_ROWS(each_fact_of_a_ring_is_told_once, rows, row)
{
	struct desk d;

	desk_open(&d);
	desk_invite(&d);
	for (size_t i = 0; i < 4 && row->heard[i].status != NULL; i++) {
		(void)strcpy(d.far.tag, row->heard[i].tag);
		far_reply(&d.far, row->heard[i].status, "", row->heard[i].sdp);
		desk_turn(&d);
		if (row->heard[i].told != SIP_SETUP) {
			CHECK(desk_told(&d, row->heard[i].told));
			CHECK_EQ(d.has_flow, row->heard[i].flow);
		}
		CHECK(desk_quiet(&d));
	}
	desk_close(&d);
}

TEST(the_branch_that_answers_is_the_call_and_another_answer_is_ended)
{
	struct desk d;
	static char invite[FAR_MESSAGE];

	desk_open(&d);
	desk_invite(&d);
	memcpy(invite, d.far.request, sizeof(invite));
	(void)strcpy(d.far.tag, "a");
	far_reply(&d.far, "183 Session Progress", "", SDP("4000"));
	(void)strcpy(d.far.tag, "b");
	far_reply(&d.far, "183 Session Progress", "", SDP("4002"));
	(void)strcpy(d.far.tag, "a");
	far_reply(&d.far, "200 OK", "", SDP("4000"));
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_PROGRESS) && desk_told(&d, SIP_PROGRESS));
	CHECK(desk_told(&d, SIP_ANSWER));
	CHECK_EQ(addr_port(&d.flow.remote), 4000);
	CHECK(far_hears(&d.far, "ACK "));
	CHECK(strstr(far_header(&d.far, "To"), "tag=a") != NULL);
	memcpy(d.far.request, invite, sizeof(invite));
	(void)strcpy(d.far.tag, "b");
	far_reply(&d.far, "200 OK", "", SDP("4002"));
	desk_turn(&d);
	CHECK(far_hears(&d.far, "ACK ") && far_hears(&d.far, "BYE "));
	CHECK(strstr(far_header(&d.far, "To"), "tag=b") != NULL);
	CHECK(desk_quiet(&d));
	desk_close(&d);
}
