/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * REFER, the NOTIFYs that follow it, Also and Replaces, as messages: what is
 * refused with which status, and how the implied subscription ends.
 */
#include <stdio.h>
#include <string.h>

#include "tests/gateway/sip/desk.h"
#include "tests/test.h"

static void begin(struct desk *d)
{
	desk_open(d);
	d->peer.transfer = true;
	CHECK_EQ(sip_peer_set(d->stack, &d->peer), 0);
	d->transferred = 100;
}

static void finish(struct desk *d)
{
	far_deaf(&d->far);
	desk_close(d);
}

static void refer(struct desk *d, const char *lines)
{
	far_request(&d->far, "REFER", lines, NULL);
	desk_turn(d);
}

static void accepted(struct desk *d)
{
	refer(d, "Refer-To: <sip:2000@192.0.2.9>\r\n");
	CHECK(desk_told(d, SIP_TRANSFER));
	CHECK(far_hears(&d->far, "SIP/2.0 202"));
	CHECK(far_hears(&d->far, "NOTIFY sip:far@"));
	CHECK_TEXT(far_header(&d->far, "Event"), "refer");
	CHECK_TEXT(far_header(&d->far, "Subscription-State"),
	           "active;expires=600");
	CHECK_TEXT(far_body(&d->far), "SIP/2.0 100 Trying\r\n");
}

static const struct {
	const char *lines, *answer;
} refers[] = {
	/* clang-format off */
	{ "",                                            "SIP/2.0 400" },
	{ "Refer-To: <sip:a@b>\r\nRefer-To: <sip:c@d>\r\n", "SIP/2.0 400" },
	{ "Refer-To: <sip:a@b>, <sip:c@d>\r\n",          "SIP/2.0 400" },
	{ "Refer-To: <\r\n",                             "SIP/2.0 400" },
	{ "Refer-To: <sips:a@b>\r\n",                    "SIP/2.0 416" },
	{ "Refer-To: <http://b/>\r\n",                   "SIP/2.0 416" },
	{ "Refer-To: <tel:nobody>\r\n",                  "SIP/2.0 400" },
	{ "Refer-To: <sip:a@b;method=BYE>\r\n",          "SIP/2.0 400" },
	{ "Refer-To: <sip:a@b?Replaces=>\r\n",           "SIP/2.0 400" },
	{ "Refer-To: <sip:a@b?Replaces=x%3Bto-tag=1>\r\n", "SIP/2.0 400" },
	{ "Refer-To: <sip:a@b?Replaces=x%3Bto-tag=1%3Bfrom-tag=2%0D%0AX:y>\r\n",
	                                                 "SIP/2.0 400" },
	{ "r: <sip:2000@b;method=INVITE>\r\n",           "SIP/2.0 202" },
	{ "Refer-To: \"A, B\" <sip:a@b>;x=y\r\n",        "SIP/2.0 202" },
	{ "Refer-To: tel:+13035550100\r\n",              "SIP/2.0 202" },
	/* clang-format on */
};

TEST_ROWS(a_refer_is_answered, refers, row)
{
	struct desk d;

	begin(&d);
	desk_call_in(&d);
	refer(&d, row->lines);
	CHECK(far_hears(&d.far, row->answer));
	if (strstr(row->answer, "202") == NULL)
		CHECK(desk_quiet(&d));
	finish(&d);
}

TEST(what_is_asked_is_told_whole)
{
	struct desk d;

	begin(&d);
	desk_call_out(&d);
	refer(&d, "Refer-To: <sip:2000@192.0.2.9;user=phone?Replaces=id%40x"
	          "%3Bto-tag%3D1%3Bfrom-tag%3D2&Subject=no>\r\n"
	          "b: <sip:bob@example.org>\r\n");
	CHECK(desk_told(&d, SIP_TRANSFER));
	CHECK_TEXT(d.transfer.to.digits, "2000");
	CHECK_TEXT(d.transfer.uri, "sip:2000@192.0.2.9;user=phone");
	CHECK_TEXT(d.transfer.peer, "");
	CHECK_TEXT(d.transfer.replaces, "id@x;to-tag=1;from-tag=2");
	CHECK_TEXT(d.transfer.referred_by, "<sip:bob@example.org>");
	CHECK(!d.transfer.leaving);
	finish(&d);
}

TEST(a_peer_is_known_by_where_it_is)
{
	struct desk d;
	char lines[128];

	begin(&d);
	desk_call_in(&d);
	(void)snprintf(lines, sizeof(lines),
	               "Refer-To: <sip:bob@127.0.0.1:%u>\r\n", d.far.port);
	refer(&d, lines);
	CHECK(desk_told(&d, SIP_TRANSFER));
	CHECK_TEXT(d.transfer.peer, "far");
	CHECK(!d.transfer.to.present);
	finish(&d);
}

TEST(the_last_notify_ends_the_subscription)
{
	struct desk d;

	begin(&d);
	desk_call_in(&d);
	accepted(&d);
	far_reply(&d.far, "200 OK", "", NULL);
	desk_turn(&d);
	CHECK_EQ(sip_session_transferred(d.session, 486), 0);
	CHECK(far_hears(&d.far, "NOTIFY "));
	CHECK_TEXT(far_header(&d.far, "Subscription-State"),
	           "terminated;reason=noresource");
	CHECK_TEXT(far_body(&d.far), "SIP/2.0 486 Busy Here\r\n");
	far_reply(&d.far, "200 OK", "", NULL);
	CHECK(sip_session_transferred(d.session, 200) < 0);
	refer(&d, "Refer-To: <sip:2001@192.0.2.9>\r\n");
	CHECK(far_hears(&d.far, "SIP/2.0 202"));
	CHECK(far_hears(&d.far, "NOTIFY "));
	CHECK(strstr(far_header(&d.far, "Event"), "refer;id=") != NULL);
	finish(&d);
}

TEST(a_notify_that_is_refused_ends_the_subscription)
{
	struct desk d;

	begin(&d);
	desk_call_in(&d);
	accepted(&d);
	far_reply(&d.far, "481 No Subscription", "", NULL);
	desk_turn(&d);
	CHECK(sip_session_transferred(d.session, 200) < 0);
	CHECK(!far_hear(&d.far));
	finish(&d);
}

TEST(a_notify_that_nobody_answers_does_no_harm)
{
	struct desk d;

	begin(&d);
	desk_call_in(&d);
	accepted(&d);
	desk_wait(&d, SEC(33));
	CHECK(sip_session_transferred(d.session, 200) < 0);
	CHECK(d.session != NULL);
	finish(&d);
}

TEST(our_hanging_up_ends_the_subscription)
{
	struct desk d;
	struct release why = { .by = RELEASE_BY_OPERATOR };

	begin(&d);
	desk_call_in(&d);
	accepted(&d);
	sip_session_end(d.session, 0, &why);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "NOTIFY "));
	CHECK(strstr(far_header(&d.far, "Subscription-State"), "terminated") !=
	      NULL);
	CHECK(far_hears(&d.far, "BYE "));
	finish(&d);
}

TEST(a_refer_that_nobody_takes_gets_491)
{
	struct desk d;

	begin(&d);
	d.transferred = 0;
	desk_call_in(&d);
	refer(&d, "Refer-To: <sip:2000@192.0.2.9>\r\n");
	CHECK(desk_told(&d, SIP_TRANSFER));
	CHECK(far_hears(&d.far, "SIP/2.0 491"));
	finish(&d);
}

TEST(a_refer_is_refused_from_above_with_its_status)
{
	struct desk d;

	begin(&d);
	d.transferred = 603;
	desk_call_in(&d);
	refer(&d, "Refer-To: <sip:2000@192.0.2.9>\r\n");
	CHECK(far_hears(&d.far, "SIP/2.0 603"));
	CHECK(!far_hear(&d.far));
	finish(&d);
}

TEST(a_refer_before_the_answer_waits)
{
	struct desk d;

	begin(&d);
	far_invite(&d.far, "3035550123", "", far_sdp);
	desk_turn(&d);
	CHECK_EQ(sip_session_ring(d.session, 180, false, NULL), 0);
	CHECK(far_hears(&d.far, "SIP/2.0 100"));
	CHECK(far_hears(&d.far, "SIP/2.0 180"));
	refer(&d, "Refer-To: <sip:2000@192.0.2.9>\r\n");
	CHECK(far_hears(&d.far, "SIP/2.0 491"));
	finish(&d);
}

/* At the port that is ours, or at another: only there it is known that nobody
 * else can have the dialog. */
static const struct {
	bool known, at_ours, early_only;
	unsigned refused;
} besides[] = {
	/* clang-format off */
	{ true,  true,  false, 0   },
	{ true,  false, false, 0   },
	{ true,  true,  true,  486 },
	{ false, true,  false, 481 },
	{ false, false, false, 0   },
	/* clang-format on */
};

TEST_ROWS(a_dialog_of_ours_is_told_of, besides, row)
{
	struct desk d;
	struct far *f = &d.far;
	char lines[1024];

	begin(&d);
	desk_call_in(&d);
	(void)snprintf(lines, sizeof(lines),
	               "Refer-To: <sip:2000@127.0.0.1:%u?Replaces=%s"
	               "%%3Bto-tag=%s%%3Bfrom-tag=%s%s>\r\n",
	               row->at_ours ? d.port : 9, f->call_id,
	               row->known ? strstr(f->remote, ";tag=") + 5 : "none",
	               strstr(f->local, ";tag=") + 5,
	               row->early_only ? "%3Bearly-only" : "");
	refer(&d, lines);
	CHECK(far_hears(f, "SIP/2.0 202"));
	CHECK(desk_told(&d, SIP_TRANSFER));
	CHECK(d.last.replaces ==
	      (row->known && row->refused == 0 ? d.session : NULL));
	CHECK_EQ(d.transfer.refused, row->refused);
	finish(&d);
}

TEST(a_refer_without_a_call_is_refused)
{
	struct desk d;

	begin(&d);
	far_invite(&d.far, "3035550123", "", far_sdp);
	desk_turn(&d);
	far_deaf(&d.far);
	(void)strcpy(d.far.call_id, "another@call");
	d.far.remote[strcspn(d.far.remote, ";")] = '\0';
	refer(&d, "Refer-To: <sip:2000@192.0.2.9>\r\n");
	CHECK(far_hears(&d.far, "SIP/2.0 403"));
	finish(&d);
}

/* --- Replaces --- */

static const struct {
	bool trusted;
	const char *lines, *answer;
} replaces[] = {
	/* clang-format off */
	{ false, "Replaces: a;to-tag=b;from-tag=c\r\n", "SIP/2.0 403" },
	{ true,  "Replaces: a;to-tag=b;from-tag=c\r\n", "SIP/2.0 481" },
	{ true,  "Replaces: a;to-tag=b\r\n",            "SIP/2.0 400" },
	{ true,  "Replaces: ;to-tag=b;from-tag=c\r\n",  "SIP/2.0 400" },
	{ true,  "Replaces: a;to-tag=b;from-tag=c, d;to-tag=e;from-tag=f\r\n",
	                                                "SIP/2.0 400" },
	{ true,  "Replaces: a;to-tag=b;from-tag=c\r\n"
	         "Replaces: a;to-tag=b;from-tag=c\r\n", "SIP/2.0 400" },
	{ false, "Require: replaces\r\n",               "SIP/2.0 420" },
	{ true,  "Require: replaces\r\n",               "SIP/2.0 100" },
	/* clang-format on */
};

TEST_ROWS(a_replaces_is_judged, replaces, row)
{
	struct desk d;

	begin(&d);
	d.peer.transfer = row->trusted;
	CHECK_EQ(sip_peer_set(d.stack, &d.peer), 0);
	far_invite(&d.far, "3035550123", row->lines, far_sdp);
	desk_turn(&d);
	CHECK(far_hears(&d.far, row->answer));
	finish(&d);
}

enum { RINGS_HERE, UP, UP_EARLY_ONLY, ENDING };

static const struct {
	int state;
	const char *more, *answer;
} states[] = {
	/* clang-format off */
	{ RINGS_HERE,    "",            "SIP/2.0 481" },
	{ UP,            "",            "SIP/2.0 100" },
	{ UP_EARLY_ONLY, ";early-only", "SIP/2.0 486" },
	{ ENDING,        "",            "SIP/2.0 603" },
	/* clang-format on */
};

TEST_ROWS(the_dialog_that_is_replaced_is_looked_at, states, row)
{
	struct release why = { .by = RELEASE_BY_OPERATOR };
	struct sip_session *had;
	struct desk d;
	struct far *f = &d.far;
	char lines[1024];

	begin(&d);
	if (row->state == RINGS_HERE) {
		far_invite(f, "3035550123", "", far_sdp);
		desk_turn(&d);
		CHECK(far_hears(f, "SIP/2.0 100"));
		CHECK_EQ(sip_session_ring(d.session, 180, false, NULL), 0);
		CHECK(far_hears(f, "SIP/2.0 180"));
	} else {
		desk_call_in(&d);
	}
	had = d.session;
	if (row->state == ENDING)
		sip_session_end(d.session, 0, &why);
	desk_turn(&d);
	far_deaf(f);
	(void)snprintf(lines, sizeof(lines),
	               "Replaces: %s;to-tag=%s;from-tag=%s%s\r\n", f->call_id,
	               strstr(f->remote, ";tag=") + 5,
	               strstr(f->local, ";tag=") + 5, row->more);
	(void)strcpy(f->tag, "another");
	far_invite(f, "3035550123", lines, far_sdp);
	desk_turn(&d);
	CHECK(far_hears(f, row->answer));
	if (row->state == UP) {
		CHECK(d.last.replaces == had);
		sip_session_end(had, 0, &why);
	}
	finish(&d);
}

/* --- the INVITE that follows --- */

TEST(the_invite_of_a_transfer_says_who_asked)
{
	static const struct transfer asked = {
		.uri = "sip:carol@192.0.2.9",
		.replaces = "id;to-tag=1;from-tag=2",
		.referred_by = "<sip:bob@example.org>",
		.requested_by = "<sip:bob@example.net>",
	};
	struct sip_setup setup = { .has_offer = true, .transfer = &asked };
	struct sip_session *s;
	struct desk d;

	begin(&d);
	CHECK_EQ(sip_session_place(&s, d.stack, "far", &setup, NULL), 0);
	CHECK(far_hears(&d.far, "INVITE sip:carol@192.0.2.9 "));
	CHECK_TEXT(far_header(&d.far, "To"), "<sip:carol@192.0.2.9>");
	CHECK_TEXT(far_header(&d.far, "Replaces"), asked.replaces);
	CHECK_TEXT(far_header(&d.far, "Referred-By"), asked.referred_by);
	CHECK_TEXT(far_header(&d.far, "Requested-By"), asked.requested_by);
	CHECK(strstr(d.far.heard, "Supported: replaces\r\n") != NULL);
	far_reply(&d.far, "486 Busy Here", "", NULL);
	desk_turn(&d);
	finish(&d);
}

LADDER(a_refer_survives_every_failure)
{
	struct desk d;

	desk_open(&d);
	if (d.stack != NULL) {
		d.peer.transfer = true;
		(void)sip_peer_set(d.stack, &d.peer);
		d.transferred = 100;
		far_invite(&d.far, "3035550123", "", far_sdp);
		desk_turn(&d);
		if (d.session != NULL)
			(void)sip_session_answer(d.session, NULL, NULL);
		desk_turn(&d);
		while (far_hear(&d.far))
			continue;
		far_request(&d.far, "ACK", "", NULL);
		desk_turn(&d);
		refer(&d, "Refer-To: <sip:2000@192.0.2.9?Replaces=a%3Bto-tag=b"
		          "%3Bfrom-tag=c>\r\nReferred-By: <sip:b@c>\r\n");
		if (d.session != NULL)
			(void)sip_session_transferred(d.session, 200);
	}
	finish(&d);
}
