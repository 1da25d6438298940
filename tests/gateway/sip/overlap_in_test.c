/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * A number that grows, RFC 3578, as the one who is called: several INVITEs
 * that are one call, and those that are not.
 */
#include <string.h>

#include "gateway/sip/overlap.h"
#include "tests/gateway/sip/desk.h"
#include "tests/test.h"

static const struct release hang_up = {
	.by = RELEASE_BY_NEAR,
	.cause = { Q850_NORMAL_CLEARING, LOCATION_USER },
};

static void begin(struct desk *d, const char *number)
{
	desk_open_overlap(d);
	far_invite(&d->far, number, "", far_sdp);
	desk_turn(d);
	CHECK(desk_told(d, SIP_SETUP));
	CHECK(d->setup.incomplete);
	CHECK(far_hears(&d->far, "SIP/2.0 100"));
}

static void go_on(struct desk *d, const char *number)
{
	far_invite_again(&d->far, number, "", far_sdp);
	desk_turn(d);
}

/* What the INVITE before the last hears, in its own dialog. */
static bool hears_484(struct desk *d, const char *cseq)
{
	return far_hears(&d->far, "SIP/2.0 484") &&
	       strcmp(far_header(&d->far, "CSeq"), cseq) == 0;
}

static void answer_in(struct desk *d, const char *cseq)
{
	struct flow flow;

	CHECK_EQ(sip_session_answer(d->session, NULL, &flow), 0);
	desk_turn(d);
	CHECK(far_hears(&d->far, "SIP/2.0 200"));
	CHECK_TEXT(far_header(&d->far, "CSeq"), cseq);
	far_request(&d->far, "ACK", "", NULL);
	desk_turn(d);
	CHECK(desk_told(d, SIP_CONFIRMED));
	desk_ended(d);
	CHECK(desk_told(d, SIP_RELEASED));
	desk_close(d);
}

/* The overtaken one has ended; nobody above hears of it. */
static void bury(struct desk *d)
{
	CHECK(desk_told(d, SIP_RELEASED));
	CHECK(d->last.owner == NULL);
}

TEST(a_longer_number_takes_over_the_call)
{
	struct sip_session *first;
	struct desk d;
	int mine;

	begin(&d, "100");
	first = d.session;
	sip_session_own(first, &mine);
	go_on(&d, "1001");
	CHECK(desk_told(&d, SIP_DIGITS));
	CHECK_TEXT(d.digits, "1");
	CHECK(d.session != first && sip_session_owner(d.session) == &mine);
	CHECK(far_hears(&d.far, "SIP/2.0 100"));
	CHECK_TEXT(far_header(&d.far, "CSeq"), "2 INVITE");
	CHECK(hears_484(&d, "1 INVITE"));
	bury(&d);
	go_on(&d, "100155");
	CHECK(desk_told(&d, SIP_DIGITS));
	CHECK_TEXT(d.digits, "55");
	CHECK(far_hears(&d.far, "SIP/2.0 100"));
	CHECK(hears_484(&d, "2 INVITE"));
	bury(&d);
	sip_session_proceed(d.session);
	CHECK_EQ(d.media_asked, 0);
	answer_in(&d, "3 INVITE");
}

/* The socket whose address was told stays the call's. */
TEST(sound_told_in_one_invite_goes_on_in_the_next)
{
	struct flow flow;
	struct desk d;

	begin(&d, "100");
	CHECK_EQ(sip_session_ring(d.session, 183, true, &flow), 0);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 183"));
	go_on(&d, "1001");
	CHECK(desk_told(&d, SIP_DIGITS));
	CHECK(far_hears(&d.far, "SIP/2.0 100"));
	CHECK(hears_484(&d, "1 INVITE"));
	bury(&d);
	CHECK_EQ(sip_session_ring(d.session, 183, true, &flow), 0);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 183"));
	CHECK_TEXT(far_header(&d.far, "CSeq"), "2 INVITE");
	CHECK(strstr(far_body(&d.far), "m=audio 30000") != NULL);
	CHECK_EQ(d.media_asked, 1);
	answer_in(&d, "2 INVITE");
}

static const struct {
	const char *first, *second;
	unsigned cseq; /* of the second; the first has 1 */
	bool proceeds;
	const char *hears;
} strays[] = {
	/* clang-format off */
	{ "1001", "100",   2, false, "SIP/2.0 484" },
	{ "1001", "10012", 2, true,  "SIP/2.0 484" },
	{ "1001", "100",   2, true,  "SIP/2.0 484" },
	{ "1001", "1001",  0, false, "SIP/2.0 484" },
	{ "1001", "1001",  0, true,  "SIP/2.0 484" },
	{ "1001", "10012", 1, false, "SIP/2.0 482" },
	/* clang-format on */
};

TEST_ROWS(an_invite_out_of_its_place_leaves_the_call_alone, strays, row)
{
	struct sip_session *first;
	struct desk d;

	begin(&d, row->first);
	first = d.session;
	if (row->proceeds)
		sip_session_proceed(first);
	d.far.cseq = row->cseq - 1;
	go_on(&d, row->second);
	if (row->proceeds || row->cseq != 1)
		CHECK(far_hears(&d.far, row->hears));
	else
		CHECK(far_hears(&d.far, "SIP/2.0 482"));
	CHECK(desk_quiet(&d) && d.session == first);
	desk_close(&d);
}

TEST(the_same_number_again_is_the_same_call)
{
	struct desk d;

	begin(&d, "100");
	go_on(&d, "100");
	CHECK(desk_told(&d, SIP_DIGITS));
	CHECK_TEXT(d.digits, "");
	CHECK(far_hears(&d.far, "SIP/2.0 100"));
	CHECK(hears_484(&d, "1 INVITE"));
	bury(&d);
	answer_in(&d, "2 INVITE");
}

TEST(a_longer_number_that_can_not_be_leaves_the_one_before)
{
	static const char other[] = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\n"
				    "c=IN IP4 127.0.0.1\r\nt=0 0\r\n"
				    "m=audio 4000 RTP/AVP 97\r\n"
				    "a=rtpmap:97 opus/48000\r\n";
	struct sip_session *first;
	struct desk d;

	begin(&d, "100");
	first = d.session;
	far_invite_again(&d.far, "1001", "", other);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 488"));
	CHECK(desk_quiet(&d) && d.session == first);
	desk_close(&d);
}

TEST(no_more_digits_means_that_the_number_is_complete)
{
	struct desk d;

	begin(&d, "100");
	desk_wait(&d, SEC(10));
	go_on(&d, "1001");
	CHECK(desk_told(&d, SIP_DIGITS));
	bury(&d);
	desk_wait(&d, SEC(14));
	CHECK(desk_quiet(&d));
	desk_wait(&d, SEC(2));
	CHECK(desk_told(&d, SIP_DIGITS));
	CHECK(d.last.complete);
	CHECK_TEXT(d.digits, "");
	far_deaf(&d.far);
	answer_in(&d, "2 INVITE");
}

/* Only the last INVITE can be given up. */
TEST(a_cancel_of_what_was_overtaken_changes_nothing)
{
	struct sip_session *second;
	struct desk d;

	begin(&d, "100");
	go_on(&d, "1001");
	CHECK(desk_told(&d, SIP_DIGITS));
	bury(&d);
	second = d.session;
	far_deaf(&d.far);
	d.far.branch--;
	d.far.cseq--;
	far_cancel(&d.far, "");
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 200"));
	CHECK(desk_quiet(&d) && d.session == second);
	d.far.branch++;
	d.far.cseq++;
	far_cancel(&d.far, "");
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 200"));
	CHECK(far_hears(&d.far, "SIP/2.0 487"));
	CHECK(desk_told(&d, SIP_RELEASED));
	desk_close(&d);
}

/* A peer without the option makes two calls of it, as ever. */
TEST(without_overlap_it_is_another_call)
{
	struct desk d;

	desk_open(&d);
	desk_invited(&d, "100");
	CHECK(!d.setup.incomplete);
	sip_session_end(d.session, 486, &hang_up);
	go_on(&d, "1001");
	CHECK(desk_told(&d, SIP_RELEASED) || desk_told(&d, SIP_SETUP));
	desk_close(&d);
}

LADDER(want_of_memory_leaves_no_number_half_dialled)
{
	struct desk d;

	desk_open_overlap(&d);
	if (d.stack != NULL) {
		far_invite(&d.far, "100", "", far_sdp);
		desk_turn(&d);
		go_on(&d, "1001");
		if (d.session != NULL)
			sip_session_proceed(d.session);
		desk_turn(&d);
	}
	if (ladder_ok())
		CHECK(d.session != NULL && d.nevents == 3);
	for (unsigned i = 0; i < 2 && d.session != NULL; i++) {
		sip_session_end(d.session, 480, &hang_up);
		desk_turn(&d);
	}
	desk_close(&d);
}
