/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * A number that grows, RFC 3578: several INVITEs of ours that are one call,
 * with every order in which they may be answered, refused, cancelled and
 * crossed. overlap_in_test.c has those of others.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/sip/overlap.h"
#include "kernel/text.h"
#include "tests/gateway/sip/desk.h"
#include "tests/test.h"

enum { INVITES = 4 };

static const struct release hang_up = {
	.by = RELEASE_BY_NEAR,
	.cause = { Q850_NORMAL_CLEARING, LOCATION_USER },
};

/* The far end's memory: each INVITE as it came. */
struct dialled {
	struct desk desk;
	struct sip_session *session;
	char invite[INVITES][4096];
	unsigned n;
};

static void hear_invite(struct dialled *t, const char *number)
{
	char line[64];

	(void)snprintf(line, sizeof(line), "INVITE sip:%s@", number);
	CHECK(far_hears(&t->desk.far, line));
	CHECK(strlen(t->desk.far.heard) < sizeof(t->invite[0]));
	(void)strcpy(t->invite[t->n++], t->desk.far.heard);
}

static int place(struct dialled *t, const char *number)
{
	struct sip_setup setup = { .has_offer = true, .incomplete = true };
	int rc;

	setup.calling.number.present = setup.called.number.present = true;
	(void)strcpy(setup.calling.number.digits, "3035550199");
	(void)strcpy(setup.called.number.digits, number);
	rc = sip_session_place(&t->session, t->desk.stack, "far", &setup,
	                       &t->desk);
	desk_turn(&t->desk);
	return rc;
}

/* INVITEs for 30, 303, ... as many as `n`. */
static void dial(struct dialled *t, unsigned n)
{
	static const char number[] = "3035";
	char so_far[8] = "30";

	memset(t, 0, sizeof(*t));
	desk_open_overlap(&t->desk);
	CHECK_EQ(place(t, so_far), 0);
	hear_invite(t, so_far);
	while (t->n < n) {
		(void)snprintf(so_far, sizeof(so_far), "%.*s", (int)t->n + 2,
		               number);
		CHECK_EQ(sip_session_digits(t->session, &so_far[t->n + 1],
		                            false),
		         0);
		desk_turn(&t->desk);
		hear_invite(t, so_far);
	}
}

/* Answers INVITE i, from a place of its own. */
static void reply(struct dialled *t, unsigned i, const char *status,
                  const char *sdp)
{
	struct far *f = &t->desk.far;

	(void)strcpy(f->request, t->invite[i]);
	(void)snprintf(f->tag, sizeof(f->tag), "there-%u", i);
	far_reply(f, status, "", sdp);
	desk_turn(&t->desk);
}

static bool hears_of(struct dialled *t, const char *begin, unsigned cseq)
{
	char line[32];
	bool heard = far_hears(&t->desk.far, begin);

	(void)snprintf(line, sizeof(line), "%u ", cseq);
	return heard && text_starts(far_header(&t->desk.far, "CSeq"), line);
}

/* A CANCEL heard of INVITE i is taken. */
static void take_cancel(struct dialled *t, unsigned i)
{
	CHECK(hears_of(t, "CANCEL ", i + 1));
	far_reply(&t->desk.far, "200 OK", "", NULL);
	desk_turn(&t->desk);
	reply(t, i, "487 Request Terminated", NULL);
	CHECK(hears_of(t, "ACK ", i + 1));
}

static void end_call(struct dialled *t)
{
	sip_session_end(t->session, 0, &hang_up);
	desk_turn(&t->desk);
	CHECK(far_hears(&t->desk.far, "BYE "));
	far_reply(&t->desk.far, "200 OK", "", NULL);
	desk_turn(&t->desk);
	CHECK(desk_told(&t->desk, SIP_RELEASED));
	CHECK(!far_hear(&t->desk.far));
	desk_close(&t->desk);
}

TEST(each_digit_is_a_further_invite_of_one_call)
{
	char id[FAR_TEXT], from[FAR_TEXT], body[2048];
	struct dialled t;
	struct far *f = &t.desk.far;

	dial(&t, 1);
	(void)strcpy(id, far_header(f, "Call-ID"));
	(void)strcpy(from, far_header(f, "From"));
	(void)strcpy(body, far_body(f));
	CHECK_TEXT(far_header(f, "CSeq"), "1 INVITE");
	CHECK_EQ(sip_session_digits(t.session, "35", false), 0);
	desk_turn(&t.desk);
	hear_invite(&t, "3035");
	CHECK_TEXT(far_header(f, "Call-ID"), id);
	CHECK_TEXT(far_header(f, "From"), from);
	CHECK_TEXT(far_header(f, "CSeq"), "2 INVITE");
	CHECK(strstr(far_header(f, "To"), "sip:3035@") != NULL);
	CHECK(strstr(far_header(f, "To"), "tag=") == NULL);
	CHECK_TEXT(far_body(f), body);
	reply(&t, 0, "484 Address Incomplete", NULL);
	CHECK(hears_of(&t, "ACK ", 1));
	CHECK(desk_quiet(&t.desk));
	reply(&t, 1, "180 Ringing", NULL);
	CHECK(desk_told(&t.desk, SIP_ALERTING));
	reply(&t, 1, "200 OK", far_sdp);
	CHECK(desk_told(&t.desk, SIP_ANSWER) && t.desk.has_flow);
	CHECK(hears_of(&t, "ACK ", 2));
	end_call(&t);
}

/* A 100 says that somebody works on it, not that the number is enough. */
TEST(a_100_is_told_only_when_the_number_is_complete)
{
	struct dialled t;

	dial(&t, 1);
	reply(&t, 0, "100 Trying", NULL);
	CHECK(desk_quiet(&t.desk));
	reply(&t, 0, "484 Address Incomplete", NULL);
	CHECK(hears_of(&t, "ACK ", 1));
	CHECK_EQ(sip_session_digits(t.session, "3", true), 0);
	desk_turn(&t.desk);
	hear_invite(&t, "303");
	reply(&t, 1, "100 Trying", NULL);
	CHECK(desk_told(&t.desk, SIP_PROCEEDING));
	reply(&t, 1, "200 OK", far_sdp);
	CHECK(desk_told(&t.desk, SIP_ANSWER));
	CHECK(hears_of(&t, "ACK ", 2));
	end_call(&t);
}

static const struct {
	unsigned answers; /* of three */
	bool rings, crosses;
} answers[] = {
	{ 0, false, false }, { 1, false, false }, { 2, false, false },
	{ 0, true, false },  { 1, true, false },  { 2, true, false },
	{ 0, false, true },  { 1, false, true },  { 2, true, true },
};

/* A 200 that crosses our CANCEL is acknowledged, and ended by BYE. */
static void answer_late(struct dialled *t, unsigned i)
{
	reply(t, i, "200 OK", far_sdp);
	CHECK(hears_of(t, "ACK ", i + 1));
	CHECK(strstr(far_header(&t->desk.far, "To"), t->desk.far.tag) != NULL);
}

static void cross(struct dialled *t, unsigned i)
{
	answer_late(t, i);
	CHECK(far_hears(&t->desk.far, "BYE "));
	CHECK(strstr(far_header(&t->desk.far, "To"), t->desk.far.tag) != NULL);
	far_reply(&t->desk.far, "200 OK", "", NULL);
	desk_turn(&t->desk);
}

/* One for each INVITE but this; they may come in any order. */
static void take_cancels(struct dialled *t, unsigned but)
{
	struct far *f = &t->desk.far;
	unsigned heard = 1u << but;

	while (far_hear(f)) {
		CHECK(text_starts(f->heard, "CANCEL "));
		heard |= 1u << (far_header(f, "CSeq")[0] - '1');
		far_reply(f, "200 OK", "", NULL);
	}
	CHECK_EQ(heard & ((1u << t->n) - 1), (1u << t->n) - 1);
	desk_turn(&t->desk);
}

static void end_other(struct dialled *t, unsigned i, bool crosses)
{
	if (!crosses) {
		reply(t, i, "487 Request Terminated", NULL);
		CHECK(hears_of(t, "ACK ", i + 1));
		return;
	}
	cross(t, i);
	answer_late(t, i); /* our ACK was lost: acknowledged again */
}

TEST_ROWS(whichever_is_answered_has_the_call_and_the_others_end, answers, row)
{
	char tag[16], user[16];
	struct dialled t;
	struct far *f = &t.desk.far;
	unsigned n = row->answers;

	dial(&t, 3);
	for (unsigned i = 0; i < 3; i++)
		reply(&t, i, "100 Trying", NULL);
	if (row->rings) {
		reply(&t, n, "180 Ringing", NULL);
		CHECK(desk_told(&t.desk, SIP_ALERTING));
	}
	CHECK(desk_quiet(&t.desk) && !far_hear(f));
	reply(&t, n, "200 OK", far_sdp);
	CHECK(desk_told(&t.desk, SIP_ANSWER) && t.desk.has_flow);
	CHECK(hears_of(&t, "ACK ", n + 1));
	(void)snprintf(tag, sizeof(tag), "tag=there-%u", n);
	(void)snprintf(user, sizeof(user), "sip:%.*s@", (int)n + 2, "3035");
	CHECK(strstr(far_header(f, "To"), tag) != NULL);
	CHECK(strstr(far_header(f, "To"), user) != NULL);
	take_cancels(&t, n);
	for (unsigned i = 0; i < 3; i++)
		if (i != n)
			end_other(&t, i, row->crosses);
	CHECK(desk_quiet(&t.desk) && !far_hear(f));
	sip_session_end(t.session, 0, &hang_up);
	desk_turn(&t.desk);
	CHECK(far_hears(f, "BYE "));
	CHECK(strstr(far_header(f, "To"), tag) != NULL);
	far_reply(f, "200 OK", "", NULL);
	desk_close(&t.desk);
}

/* What was refused with more digits wanted waits for them, but not for ever. */
TEST(who_stops_dialling_is_refused_with_what_was_heard_last)
{
	struct dialled t;

	dial(&t, 2);
	reply(&t, 1, "484 Address Incomplete", NULL);
	CHECK(hears_of(&t, "ACK ", 2));
	reply(&t, 0, "484 Address Incomplete", NULL);
	CHECK(hears_of(&t, "ACK ", 1));
	CHECK(desk_quiet(&t.desk));
	CHECK_EQ(sip_session_digits(t.session, "", true), 0);
	desk_turn(&t.desk);
	CHECK(desk_told(&t.desk, SIP_RELEASED));
	CHECK_EQ(t.desk.release.by, RELEASE_BY_FAR);
	CHECK_EQ(t.desk.release.sip_status, 484);
	desk_close(&t.desk);
}

TEST(digits_that_never_come_end_by_a_timer)
{
	struct dialled t;

	dial(&t, 1);
	reply(&t, 0, "484 Address Incomplete", NULL);
	CHECK(hears_of(&t, "ACK ", 1));
	desk_wait(&t.desk, SEC(14));
	CHECK(desk_quiet(&t.desk));
	desk_wait(&t.desk, SEC(2));
	CHECK(desk_told(&t.desk, SIP_RELEASED));
	CHECK_EQ(t.desk.release.by, RELEASE_BY_TIMER);
	CHECK_TEXT(t.desk.release.detail, "timer digits");
	CHECK_EQ(t.desk.release.sip_status, 484);
	desk_close(&t.desk);
}

TEST(a_complete_number_that_is_too_short_is_refused_at_once)
{
	struct dialled t;

	dial(&t, 1);
	CHECK_EQ(sip_session_digits(t.session, "", true), 0);
	CHECK_EQ(sip_session_digits(t.session, "1", false), -EPROTO);
	reply(&t, 0, "484 Address Incomplete", NULL);
	CHECK(hears_of(&t, "ACK ", 1));
	CHECK(desk_told(&t.desk, SIP_RELEASED));
	CHECK_EQ(t.desk.release.sip_status, 484);
	CHECK(!far_hear(&t.desk.far));
	desk_close(&t.desk);
}

static const struct {
	const char *status;
	unsigned refuses, released; /* 0: the call goes on */
} refusals[] = {
	{ "404 Not Found", 1, 404 }, { "486 Busy Here", 1, 486 },
	{ "603 Decline", 1, 603 },   { "404 Not Found", 0, 0 },
	{ "503 Unavailable", 0, 0 }, { "484 Address Incomplete", 0, 0 },
	{ "302 Moved", 0, 0 },       { "401 Unauthorized", 0, 0 },
};

TEST_ROWS(a_refusal_counts_when_it_is_of_the_last_number, refusals, row)
{
	struct dialled t;

	dial(&t, 2);
	reply(&t, 0, "100 Trying", NULL);
	reply(&t, 1, "100 Trying", NULL);
	reply(&t, row->refuses, row->status, NULL);
	CHECK(hears_of(&t, "ACK ", row->refuses + 1));
	if (row->released != 0) {
		CHECK(desk_told(&t.desk, SIP_RELEASED));
		CHECK_EQ(t.desk.release.sip_status, row->released);
		take_cancel(&t, 0);
		CHECK(!far_hear(&t.desk.far));
		desk_close(&t.desk);
		return;
	}
	CHECK(desk_quiet(&t.desk));
	reply(&t, 1, "200 OK", far_sdp);
	CHECK(desk_told(&t.desk, SIP_ANSWER));
	CHECK(hears_of(&t, "ACK ", 2));
	end_call(&t);
}

/* One digit too many: the number before it has the call. */
TEST(a_484_to_the_last_leaves_the_one_before_it)
{
	struct dialled t;

	dial(&t, 3);
	reply(&t, 1, "100 Trying", NULL);
	reply(&t, 0, "484 Address Incomplete", NULL);
	CHECK(hears_of(&t, "ACK ", 1));
	reply(&t, 2, "484 Address Incomplete", NULL);
	CHECK(hears_of(&t, "ACK ", 3));
	CHECK_EQ(sip_session_digits(t.session, "", true), 0);
	desk_turn(&t.desk);
	CHECK(desk_quiet(&t.desk));
	reply(&t, 1, "200 OK", far_sdp);
	CHECK(desk_told(&t.desk, SIP_ANSWER));
	CHECK(hears_of(&t, "ACK ", 2));
	CHECK(strstr(far_header(&t.desk.far, "To"), "sip:303@") != NULL);
	end_call(&t);
}

TEST(the_one_before_it_does_not_wait_for_ever)
{
	struct dialled t;

	dial(&t, 2);
	reply(&t, 0, "100 Trying", NULL);
	reply(&t, 1, "484 Address Incomplete", NULL);
	CHECK(hears_of(&t, "ACK ", 2));
	desk_wait(&t.desk, SEC(60) + MSEC(100));
	CHECK(desk_told(&t.desk, SIP_RELEASED));
	CHECK_TEXT(t.desk.release.detail, "timer trying");
	take_cancel(&t, 0);
	desk_close(&t.desk);
}

TEST(after_it_rings_no_digit_goes_out)
{
	struct dialled t;

	dial(&t, 1);
	reply(&t, 0, "180 Ringing", NULL);
	CHECK(desk_told(&t.desk, SIP_ALERTING));
	CHECK_EQ(sip_session_digits(t.session, "3", false), -EPROTO);
	desk_turn(&t.desk);
	CHECK(!far_hear(&t.desk.far));
	reply(&t, 0, "200 OK", far_sdp);
	CHECK(desk_told(&t.desk, SIP_ANSWER));
	CHECK(hears_of(&t, "ACK ", 1));
	end_call(&t);
}

/* A tone heard of one number is no reason not to dial on. */
TEST(after_sound_digits_go_out)
{
	struct dialled t;

	dial(&t, 1);
	reply(&t, 0, "183 Session Progress", far_sdp);
	CHECK(desk_told(&t.desk, SIP_PROGRESS) && t.desk.has_flow);
	CHECK_EQ(sip_session_digits(t.session, "3", false), 0);
	desk_turn(&t.desk);
	hear_invite(&t, "303");
	reply(&t, 0, "484 Address Incomplete", NULL);
	CHECK(hears_of(&t, "ACK ", 1));
	reply(&t, 1, "183 Session Progress", far_sdp);
	CHECK(desk_told(&t.desk, SIP_PROGRESS) && t.desk.has_flow);
	reply(&t, 1, "200 OK", far_sdp);
	CHECK(desk_told(&t.desk, SIP_ANSWER));
	CHECK(hears_of(&t, "ACK ", 2));
	end_call(&t);
}

TEST(hanging_up_cancels_every_invite)
{
	struct dialled t;

	dial(&t, 3);
	for (unsigned i = 0; i < 3; i++)
		reply(&t, i, "100 Trying", NULL);
	sip_session_end(t.session, 0, &hang_up);
	desk_turn(&t.desk);
	CHECK(desk_told(&t.desk, SIP_RELEASED));
	take_cancels(&t, INVITES);
	end_other(&t, 2, false);
	end_other(&t, 0, false);
	cross(&t, 1);
	CHECK(!far_hear(&t.desk.far));
	desk_close(&t.desk);
}

TEST(hanging_up_between_two_digits_ends_at_once)
{
	struct dialled t;

	dial(&t, 1);
	reply(&t, 0, "484 Address Incomplete", NULL);
	CHECK(hears_of(&t, "ACK ", 1));
	sip_session_end(t.session, 0, &hang_up);
	desk_turn(&t.desk);
	CHECK(desk_told(&t.desk, SIP_RELEASED));
	CHECK(!far_hear(&t.desk.far));
	desk_close(&t.desk);
}

TEST(a_far_end_that_is_silent_ends_all_of_them)
{
	struct dialled t;

	dial(&t, 3);
	desk_wait(&t.desk, SEC(33));
	CHECK(desk_told(&t.desk, SIP_RELEASED));
	CHECK_EQ(t.desk.release.sip_status, 408);
	desk_close(&t.desk);
}

LADDER(want_of_memory_ends_a_number_that_grows)
{
	struct dialled t;

	memset(&t, 0, sizeof(t));
	desk_open_overlap(&t.desk);
	if (t.desk.stack != NULL && place(&t, "30") == 0) {
		if (t.desk.nevents == 0)
			(void)sip_session_digits(t.session, "3", false);
		desk_turn(&t.desk);
		while (far_hear(&t.desk.far))
			far_reply(&t.desk.far, "484 Address Incomplete", "",
			          NULL);
		desk_turn(&t.desk);
		if (t.desk.nevents == 0)
			(void)sip_session_digits(t.session, "5", true);
		desk_turn(&t.desk);
	}
	if (ladder_ok())
		CHECK(far_hears(&t.desk.far, "ACK "));
	if (t.desk.nevents == 0)
		t.desk.session = t.session;
	desk_close(&t.desk);
}
