/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * What crosses on the wire: CANCEL and 200, BYE and BYE, forks, ACKs that are
 * late or never come; and a BYE in every state.
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

/* --- races --- */

TEST(a_200_that_crosses_our_cancel_is_acknowledged_and_ended)
{
	struct desk d;

	desk_open(&d);
	desk_invite(&d);
	far_reply(&d.far, "180 Ringing", "", NULL);
	desk_turn(&d);
	sip_session_end(d.session, 0, &because_busy);
	far_reply(&d.far, "200 OK", "", far_sdp);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "CANCEL "));
	CHECK(far_hears(&d.far, "ACK "));
	CHECK(far_hears(&d.far, "BYE "));
	far_reply(&d.far, "200 OK", "", NULL);
	desk_turn(&d);
	CHECK_EQ(d.release.cause.value, Q850_USER_BUSY);
	desk_close(&d);
}

TEST(a_cancel_before_any_response_waits_for_one)
{
	struct desk d;

	desk_open(&d);
	desk_invite(&d);
	sip_session_end(d.session, 0, &because_busy);
	desk_turn(&d);
	CHECK(!far_hear(&d.far));
	CHECK(desk_told(&d, SIP_RELEASED));
	strcpy(d.far.heard, d.far.request);
	far_reply(&d.far, "100 Trying", "", NULL);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "CANCEL "));
	desk_close(&d);
}

TEST(a_cancel_answered_without_a_487_ends_by_itself)
{
	struct desk d;

	desk_open(&d);
	desk_invite(&d);
	far_reply(&d.far, "180 Ringing", "", NULL);
	desk_turn(&d);
	sip_session_end(d.session, 0, &because_busy);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "CANCEL "));
	far_reply(&d.far, "200 OK", "", NULL);
	desk_close(&d); /* fails when the session is still there */
}

TEST(both_ends_hang_up_at_once)
{
	struct desk d;

	desk_open(&d);
	desk_call_in(&d);
	sip_session_end(d.session, 0, &because_busy);
	far_request(&d.far, "BYE", "", NULL);
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_RELEASED));
	CHECK(far_hears(&d.far, "BYE "));
	CHECK(far_hears(&d.far, "SIP/2.0 200"));
	CHECK_EQ(d.release.cause.value, Q850_USER_BUSY);
	far_reply(&d.far, "200 OK", "", NULL);
	desk_turn(&d);
	CHECK(desk_quiet(&d));
	desk_close(&d);
}

TEST(a_bye_while_the_invite_is_pending_gets_200_and_the_invite_487)
{
	struct desk d;

	desk_open(&d);
	desk_invited(&d, "3035550123");
	CHECK(far_hears(&d.far, "SIP/2.0 100"));
	CHECK_EQ(sip_session_ring(d.session, 180, false, NULL), 0);
	CHECK(far_hears(&d.far, "SIP/2.0 180"));
	desk_ended(&d);
	CHECK(strstr(far_header(&d.far, "CSeq"), "BYE") != NULL);
	CHECK(far_hears(&d.far, "SIP/2.0 487"));
	CHECK(desk_told(&d, SIP_RELEASED));
	desk_close(&d);
}

TEST(our_200_is_repeated_until_the_ack_and_then_no_more)
{
	struct desk d;
	unsigned n = 0;

	desk_open(&d);
	far_invite(&d.far, "3035550123", "", far_sdp);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 100"));
	CHECK_EQ(sip_session_answer(d.session, NULL, NULL), 0);
	desk_wait(&d, SEC(4));
	while (far_hear(&d.far))
		n++;
	CHECK_EQ(n, 4); /* 0, 0.5, 1.5, 3.5 s */
	far_request(&d.far, "ACK", "", NULL);
	desk_wait(&d, SEC(10));
	CHECK(!far_hear(&d.far));
	desk_close(&d);
}

TEST(an_ack_that_never_comes_ends_the_call_with_102)
{
	struct desk d;

	desk_open(&d);
	far_invite(&d.far, "3035550123", "", far_sdp);
	desk_turn(&d);
	CHECK_EQ(sip_session_answer(d.session, NULL, NULL), 0);
	far_deaf(&d.far);
	desk_wait(&d, SEC(31));
	far_deaf(&d.far);
	desk_wait(&d, SEC(2));
	CHECK(desk_told(&d, SIP_SETUP));
	CHECK(desk_told(&d, SIP_RELEASED));
	CHECK_EQ(d.release.cause.value, Q850_TIMER_EXPIRY);
	CHECK_EQ(d.release.by, RELEASE_BY_TIMER);
	CHECK_TEXT(d.release.detail, "timer ACK");
	while (far_hear(&d.far) && strncmp(d.far.heard, "BYE", 3) != 0)
		continue;
	CHECK(strncmp(d.far.heard, "BYE ", 4) == 0);
	CHECK(strstr(far_header(&d.far, "Reason"), "cause=102") != NULL);
	desk_close(&d);
}

TEST(a_bye_is_not_sent_before_the_ack)
{
	struct desk d;

	desk_open(&d);
	far_invite(&d.far, "3035550123", "", far_sdp);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 100"));
	CHECK_EQ(sip_session_answer(d.session, NULL, NULL), 0);
	sip_session_end(d.session, 0, &because_busy);
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_SETUP));
	CHECK(desk_told(&d, SIP_RELEASED));
	CHECK(far_hears(&d.far, "SIP/2.0 200"));
	CHECK(!far_hear(&d.far));
	far_request(&d.far, "ACK", "", NULL);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "BYE "));
	desk_close(&d);
}

TEST(a_repeated_200_is_acknowledged_again_early_and_late)
{
	struct desk d;
	char invite[4096];

	desk_open(&d);
	desk_invite(&d);
	strcpy(invite, d.far.request);
	for (int i = 0; i < 3; i++) {
		strcpy(d.far.request, invite);
		desk_answered(&d);
		desk_wait(&d, SEC(40)); /* the transaction is gone then */
	}
	CHECK(desk_told(&d, SIP_ANSWER) && desk_quiet(&d));
	desk_close(&d);
}

TEST(a_forks_second_answer_is_acknowledged_and_ended)
{
	struct desk d;
	char invite[4096];

	desk_open(&d);
	desk_invite(&d);
	strcpy(invite, d.far.request);
	far_reply(&d.far, "180 Ringing", "", NULL);
	strcpy(d.far.tag, "far2");
	far_reply(&d.far, "180 Ringing", "", NULL);
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_ALERTING) && desk_quiet(&d));
	strcpy(d.far.tag, "far1");
	far_reply(&d.far, "200 OK", "", far_sdp);
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_ANSWER));
	CHECK(far_hears(&d.far, "ACK "));
	for (int i = 0; i < 2; i++) {
		strcpy(d.far.request, invite);
		strcpy(d.far.tag, "far2");
		desk_answered(&d);
		CHECK(strstr(far_header(&d.far, "To"), "far2") != NULL);
		if (i == 0) {
			CHECK(far_hears(&d.far, "BYE "));
			CHECK(strstr(far_header(&d.far, "To"), "far2") != NULL);
		}
	}
	CHECK(!far_hear(&d.far) && desk_quiet(&d));
	desk_close(&d);
}

/* --- a BYE in every state --- */

enum moment { INVITED, TRIED, RANG, OFFERED, RINGING, ANSWERED, UP, OURS_OUT };

static const struct {
	enum moment moment;
	bool released;
} byes[] = {
	{ INVITED, true }, { TRIED, true },    { RANG, true },
	{ OFFERED, true }, { RINGING, true },  { ANSWERED, true },
	{ UP, true },      { OURS_OUT, true },
};

static void reach_out(struct desk *d, enum moment moment)
{
	desk_invite(d);
	if (moment == TRIED)
		far_reply(&d->far, "100 Trying", "", NULL);
	if (moment == RANG)
		far_reply(&d->far, "180 Ringing", "", NULL);
	desk_turn(d);
}

static void reach(struct desk *d, enum moment moment)
{
	if (moment <= RANG) {
		reach_out(d, moment);
		return;
	}
	far_invite(&d->far, "100", "", far_sdp);
	desk_turn(d);
	CHECK_EQ(sip_session_ring(d->session, 180, false, NULL), 0);
	while (far_hear(&d->far))
		continue; /* the To tag is learnt */
	if (moment >= ANSWERED)
		CHECK_EQ(sip_session_answer(d->session, NULL, NULL), 0);
	if (moment >= UP)
		far_request(&d->far, "ACK", "", NULL);
	desk_turn(d);
	if (moment == OURS_OUT)
		sip_session_end(d->session, 0, &because_busy);
	desk_turn(d);
	far_deaf(&d->far);
}

TEST_ROWS(a_bye_is_answered_in_every_state, byes, row)
{
	struct desk d;
	bool ok = false;

	desk_open(&d);
	reach(&d, row->moment);
	if (row->moment <= RANG) { /* they were called: their side of it */
		char keep[1024];

		strcpy(keep, d.far.local);
		strcpy(d.far.target, "sip:causeway@127.0.0.1");
		d.far.cseq = 500;
	}
	far_request(&d.far, "BYE", "", NULL);
	desk_turn(&d);
	while (far_hear(&d.far))
		ok = ok || (strncmp(d.far.heard, "SIP/2.0 200", 11) == 0 &&
		            strstr(far_header(&d.far, "CSeq"), "BYE") != NULL);
	CHECK(ok);
	CHECK_EQ(d.session == NULL, row->released);
	CHECK_EQ(d.events[d.nevents - 1], SIP_RELEASED);
	desk_close(&d);
}
