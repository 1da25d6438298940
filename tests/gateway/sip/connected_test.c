/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Who is at the other end now: told to a peer without UPDATE by re-INVITE, and
 * heard from a trusted one, when it is news.
 */
#include <stdio.h>
#include <string.h>

#include "kernel/text.h"
#include "tests/gateway/sip/desk.h"
#include "tests/test.h"

#define PAI(number) "P-Asserted-Identity: <sip:" number "@h>\r\n"

static const struct party now = {
	.number = { .present = true, .digits = "5550177" },
};

static void open_call(struct desk *d, bool trusted)
{
	desk_open(d);
	d->peer.trusted = trusted;
	CHECK_EQ(sip_peer_set(d->stack, &d->peer), 0);
	far_invite(&d->far, "3035550123", PAI("5550100"), far_sdp);
	desk_turn(d);
	CHECK(desk_told(d, SIP_SETUP));
	CHECK(far_hears(&d->far, "SIP/2.0 100"));
	CHECK_EQ(sip_session_answer(d->session, NULL, NULL), 0);
	desk_turn(d);
	CHECK(far_hears(&d->far, "SIP/2.0 200"));
	far_request(&d->far, "ACK", "", NULL);
	desk_turn(d);
	CHECK(desk_told(d, SIP_CONFIRMED));
}

static bool hears_party(struct desk *d)
{
	desk_turn(d);
	return far_hears(&d->far, "INVITE ") &&
	       strstr(far_header(&d->far, "P-Asserted-Identity"), "5550177") !=
	               NULL;
}

/* The description is the one that was told: nobody takes it for a change. */
TEST(a_peer_without_update_is_told_by_re_invite)
{
	struct desk d;
	char version[64];

	open_call(&d, true);
	CHECK(sscanf(strstr(d.far.heard, "o="), "%63[^\r]", version) == 1);
	CHECK_EQ(sip_session_connected(d.session, &now), 0);
	CHECK(hears_party(&d));
	CHECK(strstr(far_body(&d.far), version) != NULL);
	CHECK(strstr(far_body(&d.far), "m=audio 30000") != NULL);
	far_reply(&d.far, "200 OK", "", far_sdp);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "ACK ") && desk_quiet(&d));
	desk_wait(&d, SEC(10));
	CHECK(!far_hear(&d.far)); /* once */
	desk_close(&d);
}

TEST(what_meets_their_change_is_told_again)
{
	struct desk d;

	open_call(&d, true);
	CHECK_EQ(sip_session_connected(d.session, &now), 0);
	CHECK(hears_party(&d));
	far_reply(&d.far, "491 Request Pending", "", NULL);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "ACK "));
	for (unsigned i = 0; i < 300 && !far_hear(&d.far); i++)
		desk_wait(&d, MSEC(10));
	CHECK(strncmp(d.far.heard, "INVITE ", 7) == 0);
	CHECK(strstr(d.far.heard, "sip:5550177@") != NULL);
	far_reply(&d.far, "488 Not Here", "", NULL);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "ACK "));
	desk_wait(&d, SEC(10));
	CHECK(!far_hear(&d.far)); /* who does not want it is left alone */
	desk_close(&d);
}

/* One after the other: hold, who is there, and the hold's end. */
TEST(changes_wait_for_each_other)
{
	struct desk d;

	open_call(&d, true);
	CHECK_EQ(sip_session_offer(d.session, true, false), 0);
	CHECK_EQ(sip_session_connected(d.session, &now), 0);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "INVITE "));
	CHECK(strstr(far_body(&d.far), "a=sendonly") != NULL);
	CHECK(!far_hear(&d.far));
	desk_answered(&d);
	CHECK(hears_party(&d));
	CHECK(strstr(far_body(&d.far), "a=sendonly") != NULL);
	CHECK_EQ(sip_session_offer(d.session, true, true), 0);
	desk_turn(&d);
	CHECK(!far_hear(&d.far));
	desk_answered(&d);
	CHECK(far_hears(&d.far, "INVITE "));
	CHECK(strstr(far_body(&d.far), "a=sendrecv") != NULL);
	CHECK_TEXT(far_header(&d.far, "P-Asserted-Identity"), "");
	far_reply(&d.far, "200 OK", "", far_sdp);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "ACK ") && !far_hear(&d.far));
	desk_close(&d);
}

TEST(a_dialog_that_is_gone_is_asked_no_more)
{
	struct desk d;

	open_call(&d, true);
	CHECK_EQ(sip_session_offer(d.session, true, false), 0);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "INVITE "));
	CHECK_EQ(sip_session_offer(d.session, true, true), 0);
	CHECK_EQ(sip_session_connected(d.session, &now), 0);
	far_reply(&d.far, "481 Gone", "", NULL);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "ACK "));
	CHECK(desk_told(&d, SIP_RELEASED));
	CHECK(far_hears(&d.far, "BYE ") && !far_hear(&d.far));
	desk_close(&d);
}

/* --- theirs --- */

static const struct {
	const char *method, *extra;
	bool trusted, news, restricted;
} theirs[] = {
	/* clang-format off */
	{ "UPDATE", PAI("5550100"), true,  false, false }, /* a refresh */
	{ "UPDATE", PAI("5550177"), true,  true,  false },
	{ "INVITE", PAI("5550177"), true,  true,  false },
	{ "INVITE", PAI("5550177"), false, false, false },
	{ "UPDATE", PAI("5550177") "Privacy: id\r\n", true, true, true },
	{ "UPDATE", PAI("5550100") "Privacy: id\r\n", true, true, true },
	{ "UPDATE", "Remote-Party-ID: <sip:5550177@h>;privacy=full\r\n",
	  true, true, true },
	{ "UPDATE", "P-Asserted-Identity: <sip:alice@h>\r\n",
	  true, false, false },
	{ "UPDATE", "", true, false, false },
	/* clang-format on */
};

TEST_ROWS(another_party_of_theirs_is_told_above, theirs, row)
{
	struct desk d;
	bool invite = strcmp(row->method, "INVITE") == 0;

	open_call(&d, row->trusted);
	for (unsigned i = 0; i < 2; i++) { /* the second time it is no news */
		far_request(&d.far, row->method, row->extra,
		            invite ? far_sdp : NULL);
		desk_turn(&d);
		CHECK(far_hears(&d.far, "SIP/2.0 200"));
		if (invite)
			far_request(&d.far, "ACK", "", NULL);
		desk_turn(&d);
		CHECK_EQ(desk_told(&d, SIP_CONNECTED), row->news && i == 0);
	}
	CHECK(desk_quiet(&d));
	if (row->news)
		CHECK_EQ(d.connected.number.presentation,
		         row->restricted ? PRESENTATION_RESTRICTED
		                         : PRESENTATION_ALLOWED);
	desk_close(&d);
}

TEST(a_refused_change_tells_nothing)
{
	struct desk d;

	open_call(&d, true);
	far_request(&d.far, "INVITE", PAI("5550177"),
	            "v=0\r\no=- 1 3 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
	            "c=IN IP4 127.0.0.1\r\nm=audio 40000 RTP/AVP 18\r\n");
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 488"));
	far_ack_refusal(&d.far);
	desk_turn(&d);
	CHECK(desk_quiet(&d));
	desk_close(&d);
}

TEST(who_answered_is_not_news_again)
{
	struct desk d;

	desk_open(&d);
	d.peer.trusted = true;
	CHECK_EQ(sip_peer_set(d.stack, &d.peer), 0);
	desk_invite(&d);
	far_reply(&d.far, "200 OK", PAI("5550188"), far_sdp);
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_ANSWER));
	CHECK_TEXT(d.connected.number.digits, "5550188");
	CHECK(far_hears(&d.far, "ACK "));
	far_request(&d.far, "UPDATE", PAI("5550188"), NULL);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 200") && desk_quiet(&d));
	far_request(&d.far, "UPDATE", PAI("5550177"), NULL);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 200"));
	CHECK(desk_told(&d, SIP_CONNECTED));
	CHECK_TEXT(d.connected.number.digits, "5550177");
	desk_close(&d);
}
