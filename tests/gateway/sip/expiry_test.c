/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The session timer: what is agreed to, who refreshes and how, what ends a call
 * that is not refreshed, and intervals that are too small, in both roles.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/gateway/sip/desk.h"
#include "tests/test.h"

#define TIMER "Supported: timer\r\n"
#define ALLOW "Allow: INVITE, ACK,BYE , UPDATE\r\n"

/* --- what is agreed to when we are called --- */

static const struct {
	unsigned ours, least;
	const char *extra, *expires, *require;
} called[] = {
	/* clang-format off */
	{ 1800, 90, TIMER, "1800;refresher=uac", "timer" },
	{ 1800, 90, TIMER "Session-Expires: 600\r\n",
	  "600;refresher=uac", "timer" },
	{ 1800, 90, TIMER "Session-Expires: 600 ; refresher=uas\r\n",
	  "600;refresher=uas", "timer" },
	{ 1800, 90, "k: x, timer\r\nx: 4000;refresher=uac\r\n",
	  "1800;refresher=uac", "timer" },
	{ 1800, 90, TIMER "x: 4000\r\nMin-SE: 2000\r\n",
	  "2000;refresher=uac", "timer" },
	{ 1800, 90, "Require: timer\r\nSession-Expires: 90\r\n",
	  "90;refresher=uac", "timer" },
	/* a proxy put it in */
	{ 1800, 90, "Session-Expires: 600\r\n", "600;refresher=uas", "" },
	{ 1800, 90, "Session-Expires: 60\r\n", "90;refresher=uas", "" },
	{ 1800, 90, "", "", "" },
	{ 0,    90, TIMER "Session-Expires: 600\r\n", "", "" },
	{ 300,  10, TIMER "Session-Expires: 20\r\n",
	  "20;refresher=uac", "timer" },
	{ 1800, 90, TIMER "Session-Expires: rubbish\r\n",
	  "1800;refresher=uac", "timer" },
	/* clang-format on */
};

/* Lists are printed on one line or on several. */
static bool supports(const struct desk *d, const char *tag)
{
	const char *at = d->far.heard;

	while ((at = strstr(at, "\r\nSupported: ")) != NULL) {
		at += strlen("\r\nSupported: ");
		if (memmem(at, strcspn(at, "\r"), tag, strlen(tag)) != NULL)
			return true;
	}
	return false;
}

static void set_timer(struct desk *d, unsigned seconds, unsigned least)
{
	d->peer.session_timer = seconds;
	d->peer.min_se = least;
	CHECK_EQ(sip_peer_set(d->stack, &d->peer), 0);
}

static void call_in(struct desk *d, const char *extra)
{
	far_invite(&d->far, "3035550123", extra, far_sdp);
	desk_turn(d);
	CHECK(desk_told(d, SIP_SETUP));
	CHECK(far_hears(&d->far, "SIP/2.0 100"));
	CHECK_EQ(sip_session_answer(d->session, NULL, NULL), 0);
	desk_turn(d);
	CHECK(far_hears(&d->far, "SIP/2.0 200"));
}

static void acknowledge(struct desk *d)
{
	far_request(&d->far, "ACK", "", NULL);
	desk_turn(d);
	CHECK(desk_told(d, SIP_CONFIRMED));
}

TEST_ROWS(a_caller_is_told_how_long_the_session_lasts, called, row)
{
	struct desk d;

	desk_open(&d);
	set_timer(&d, row->ours, row->least);
	call_in(&d, row->extra);
	CHECK_TEXT(far_header(&d.far, "Session-Expires"), row->expires);
	CHECK_TEXT(far_header(&d.far, "Require"), row->require);
	CHECK_EQ(supports(&d, "timer"), row->ours != 0);
	acknowledge(&d);
	desk_close(&d);
}

TEST(an_interval_that_is_too_small_gets_422)
{
	struct desk d;

	desk_open(&d);
	far_invite(&d.far, "3035550123", TIMER "Session-Expires: 89\r\n",
	           far_sdp);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 422"));
	CHECK_TEXT(far_header(&d.far, "Min-SE"), "90");
	far_ack_refusal(&d.far);
	desk_turn(&d);
	CHECK(desk_quiet(&d));
	desk_call_in(&d);
	far_request(&d.far, "UPDATE", TIMER "Session-Expires: 20\r\n", NULL);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 422"));
	CHECK_TEXT(far_header(&d.far, "Min-SE"), "90");
	far_request(&d.far, "INVITE", TIMER "Session-Expires: 20\r\n", far_sdp);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 422"));
	desk_close(&d);
}

TEST(require_timer_is_refused_where_it_is_off)
{
	struct desk d;

	desk_open(&d);
	set_timer(&d, 0, 90);
	far_invite(&d.far, "3035550123", "Require: timer\r\n", far_sdp);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 420"));
	CHECK_TEXT(far_header(&d.far, "Unsupported"), "timer");
	far_ack_refusal(&d.far);
	desk_close(&d);
}

/* --- when we call --- */

static void call_out(struct desk *d, const char *extra)
{
	desk_invite(d);
	far_reply(&d->far, "200 OK", extra, far_sdp);
	desk_turn(d);
	CHECK(desk_told(d, SIP_ANSWER));
	CHECK(far_hears(&d->far, "ACK "));
}

TEST(our_invite_asks_for_a_session_timer_unless_it_is_off)
{
	struct desk d;

	desk_open(&d);
	desk_invite(&d);
	CHECK_TEXT(far_header(&d.far, "Session-Expires"), "1800");
	CHECK_TEXT(far_header(&d.far, "Min-SE"), "");
	CHECK(supports(&d, "100rel") && supports(&d, "timer"));
	sip_session_end(d.session, 480, &(struct release){ 0 });
	desk_wait(&d, SEC(40));
	far_deaf(&d.far);
	set_timer(&d, 0, 90);
	desk_invite(&d);
	CHECK_TEXT(far_header(&d.far, "Session-Expires"), "");
	CHECK(supports(&d, "100rel") && !supports(&d, "timer"));
	desk_close(&d);
}

TEST(a_422_is_followed_by_the_same_call_with_a_longer_interval)
{
	struct desk d;
	char call_id[FAR_TEXT];

	desk_open(&d);
	desk_invite(&d);
	(void)strcpy(call_id, far_header(&d.far, "Call-ID"));
	far_reply(&d.far, "422 Too Small", "Min-SE: 3600\r\n", NULL);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "ACK "));
	CHECK(far_hears(&d.far, "INVITE "));
	CHECK_TEXT(far_header(&d.far, "Call-ID"), call_id);
	CHECK_TEXT(far_header(&d.far, "CSeq"), "2 INVITE");
	CHECK_TEXT(far_header(&d.far, "Session-Expires"), "3600");
	CHECK_TEXT(far_header(&d.far, "Min-SE"), "3600");
	far_reply(&d.far, "200 OK", "", far_sdp);
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_ANSWER) && desk_quiet(&d));
	CHECK(far_hears(&d.far, "ACK "));
	CHECK_TEXT(far_header(&d.far, "CSeq"), "2 ACK");
	desk_close(&d);
}

TEST(a_422_that_says_nothing_or_ever_more_ends_the_call)
{
	struct desk d;
	char extra[32];

	desk_open(&d);
	desk_invite(&d);
	far_reply(&d.far, "422 Too Small", "", NULL);
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_RELEASED));
	CHECK_EQ(d.release.sip_status, 422);
	far_deaf(&d.far);
	CHECK(desk_place(&d) != NULL);
	for (int i = 0; i < 4; i++) {
		CHECK(far_hears(&d.far, "INVITE "));
		(void)snprintf(extra, sizeof(extra), "Min-SE: %d\r\n",
		               2000 + i);
		far_reply(&d.far, "422 Too Small", extra, NULL);
		desk_turn(&d);
		CHECK(far_hears(&d.far, "ACK "));
	}
	CHECK(desk_told(&d, SIP_RELEASED));
	CHECK(!far_hear(&d.far));
	desk_close(&d);
}

/* --- refreshing --- */

TEST(we_refresh_by_update_where_it_is_allowed)
{
	struct desk d;

	desk_open(&d);
	call_out(&d, ALLOW
	         "Require: timer\r\nSession-Expires: 100;refresher=uac\r\n");
	for (int i = 0; i < 3; i++) {
		desk_wait(&d, MSEC(49900));
		CHECK(!far_hear(&d.far));
		desk_wait(&d, MSEC(200));
		CHECK(far_hears(&d.far, "UPDATE "));
		CHECK_TEXT(far_body(&d.far), "");
		CHECK_TEXT(far_header(&d.far, "Session-Expires"),
		           "100;refresher=uac");
		CHECK(supports(&d, "timer"));
		far_reply(&d.far, "200 OK",
		          "Session-Expires: 100;refresher=uac\r\n", NULL);
		desk_turn(&d);
	}
	CHECK(desk_quiet(&d));
	desk_close(&d);
}

TEST(we_refresh_by_the_same_description_where_update_is_not_allowed)
{
	struct desk d;
	char told[4096];

	desk_open(&d);
	call_in(&d, TIMER "Session-Expires: 100;refresher=uas\r\n");
	(void)snprintf(told, sizeof(told), "%.4000s", far_body(&d.far));
	acknowledge(&d);
	for (int i = 0; i < 2; i++) {
		desk_wait(&d, MSEC(50100));
		CHECK(far_hears(&d.far, "INVITE "));
		CHECK_TEXT(far_body(&d.far), told);
		CHECK_TEXT(far_header(&d.far, "Session-Expires"),
		           "100;refresher=uac");
		far_reply(&d.far, "200 OK",
		          "Session-Expires: 100;refresher=uac\r\n", far_sdp);
		desk_turn(&d);
		CHECK(far_hears(&d.far, "ACK "));
	}
	CHECK(desk_quiet(&d));
	desk_close(&d);
}

TEST(an_update_that_is_not_known_after_all_is_followed_by_a_re_invite)
{
	struct desk d;

	desk_open(&d);
	call_out(&d, ALLOW "Session-Expires: 100;refresher=uac\r\n");
	desk_wait(&d, MSEC(50100));
	CHECK(far_hears(&d.far, "UPDATE "));
	far_reply(&d.far, "501 Not Implemented", "", NULL);
	desk_wait(&d, MSEC(5100));
	CHECK(far_hears(&d.far, "INVITE "));
	far_reply(&d.far, "200 OK", "Session-Expires: 100;refresher=uac\r\n",
	          far_sdp);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "ACK "));
	CHECK(desk_quiet(&d));
	desk_close(&d);
}

TEST(a_refresh_with_too_small_an_interval_is_sent_again_with_a_longer_one)
{
	struct desk d;

	desk_open(&d);
	call_out(&d, ALLOW "Session-Expires: 100;refresher=uac\r\n");
	desk_wait(&d, MSEC(50100));
	CHECK(far_hears(&d.far, "UPDATE "));
	far_reply(&d.far, "422 Too Small", "Min-SE: 400\r\n", NULL);
	desk_wait(&d, MSEC(10));
	CHECK(far_hears(&d.far, "UPDATE "));
	CHECK_TEXT(far_header(&d.far, "Session-Expires"), "400;refresher=uac");
	far_reply(&d.far, "200 OK", "Session-Expires: 400;refresher=uac\r\n",
	          NULL);
	desk_wait(&d, MSEC(199000));
	CHECK(!far_hear(&d.far));
	desk_wait(&d, SEC(2));
	CHECK(far_hears(&d.far, "UPDATE "));
	desk_close(&d);
}

static const struct {
	const char *answer; /* NULL: none */
	usec until;
	enum release_by by;
	unsigned status, cause;
} lost[] = {
	/* clang-format off */
	{ "481 No Such Call", SEC(1),  RELEASE_BY_FAR,     481, Q850_NONE },
	{ NULL,               SEC(33), RELEASE_BY_FAILURE, 408, Q850_NONE },
	{ "500 Not Now",      SEC(60), RELEASE_BY_TIMER,   0, Q850_TIMER_EXPIRY },
	/* clang-format on */
};

TEST_ROWS(a_refresh_that_finds_no_call_ends_it, lost, row)
{
	struct desk d;
	usec gone = 0;

	desk_open(&d);
	call_out(&d, ALLOW "Session-Expires: 200;refresher=uac\r\n");
	desk_wait(&d, MSEC(100100));
	for (; d.session != NULL && gone < SEC(90); gone += MSEC(500)) {
		while (far_hear(&d.far))
			if (row->answer != NULL &&
			    strncmp(d.far.heard, "UPDATE ", 7) == 0)
				far_reply(&d.far, row->answer, "", NULL);
		desk_wait(&d, MSEC(500));
	}
	CHECK(gone <= row->until + SEC(10));
	CHECK(desk_told(&d, SIP_RELEASED));
	CHECK_EQ(d.release.by, row->by);
	CHECK_EQ(d.release.sip_status, row->status);
	CHECK_EQ(d.release.cause.value, row->cause);
	desk_close(&d);
}

/* --- they refresh --- */

TEST(a_call_nobody_refreshes_ends_shortly_before_its_time_with_102)
{
	struct desk d;

	desk_open(&d);
	call_out(&d,
	         "Require: timer\r\nSession-Expires: 120;refresher=uas\r\n");
	desk_wait(&d, MSEC(87900)); /* 32 s before */
	CHECK(desk_quiet(&d) && !far_hear(&d.far));
	desk_wait(&d, MSEC(200));
	CHECK(desk_told(&d, SIP_RELEASED));
	CHECK_EQ(d.release.by, RELEASE_BY_TIMER);
	CHECK_EQ(d.release.cause.value, Q850_TIMER_EXPIRY);
	CHECK_TEXT(d.release.detail, "timer session");
	CHECK(far_hears(&d.far, "BYE "));
	CHECK(strstr(far_header(&d.far, "Reason"), "cause=102") != NULL);
	far_reply(&d.far, "200 OK", "", NULL);
	desk_close(&d);
}

static const struct {
	const char *method, *sdp;
} refreshes[] = { { "UPDATE", NULL }, { "INVITE", far_sdp } };

TEST_ROWS(their_refresh_starts_the_time_anew, refreshes, row)
{
	struct desk d;

	desk_open(&d);
	call_in(&d, TIMER "Session-Expires: 120;refresher=uac\r\n");
	acknowledge(&d);
	for (int i = 0; i < 3; i++) {
		desk_wait(&d, SEC(60));
		far_request(&d.far, row->method,
		            TIMER "Session-Expires: 120;refresher=uac\r\n",
		            row->sdp);
		desk_turn(&d);
		CHECK(far_hears(&d.far, "SIP/2.0 200"));
		CHECK_TEXT(far_header(&d.far, "Session-Expires"),
		           "120;refresher=uac");
		CHECK_TEXT(far_header(&d.far, "Require"), "timer");
		if (row->sdp != NULL)
			far_request(&d.far, "ACK", "", NULL);
	}
	desk_wait(&d, SEC(87));
	CHECK(desk_quiet(&d));
	desk_wait(&d, SEC(2));
	CHECK(desk_told(&d, SIP_RELEASED));
	desk_close(&d);
}

TEST(a_refresh_answered_without_an_interval_ends_the_timer)
{
	struct desk d;

	desk_open(&d);
	call_out(&d, ALLOW "Session-Expires: 100;refresher=uac\r\n");
	desk_wait(&d, MSEC(50100));
	CHECK(far_hears(&d.far, "UPDATE "));
	far_reply(&d.far, "200 OK", "", NULL);
	desk_wait(&d, SEC(500));
	CHECK(desk_quiet(&d) && !far_hear(&d.far));
	desk_close(&d);
}

TEST(a_hold_keeps_the_roles_of_the_session_timer)
{
	struct desk d;

	desk_open(&d);
	call_out(&d, "Session-Expires: 120;refresher=uas\r\n");
	desk_wait(&d, SEC(50));
	CHECK_EQ(sip_session_offer(d.session, true, false), 0);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "INVITE "));
	CHECK_TEXT(far_header(&d.far, "Session-Expires"), "120;refresher=uas");
	far_reply(&d.far, "200 OK", "Session-Expires: 120;refresher=uas\r\n",
	          far_sdp);
	desk_wait(&d, SEC(80));
	CHECK(d.session != NULL); /* it began anew */
	desk_wait(&d, SEC(10));
	CHECK(d.session == NULL);
	desk_close(&d);
}

LADDER(a_call_that_is_refreshed_survives)
{
	struct desk d;

	desk_open(&d);
	if (d.stack != NULL && desk_place(&d) != NULL && far_hear(&d.far)) {
		far_reply(&d.far, "200 OK",
		          ALLOW "Session-Expires: 100;refresher=uac\r\n",
		          far_sdp);
		desk_wait(&d, SEC(51));
		far_request(&d.far, "UPDATE", TIMER "Session-Expires: 120\r\n",
		            NULL);
		desk_wait(&d, SEC(61));
	}
	desk_close(&d);
}
