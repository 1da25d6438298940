/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Reliable provisional responses in both roles: who is sent one, how long it
 * is repeated, what its PRACK may carry, what waits for it, and what comes out
 * of its order.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "kernel/text.h"
#include "tests/gateway/sip/desk.h"
#include "tests/test.h"

#define CAN  "Supported: timer, 100rel\r\n"
#define MUST "Require: 100rel\r\n"

/* Nothing came; what was heard last stays. */
static bool hears_nothing(const struct desk *d)
{
	char octet;

	return recv(d->far.fd, &octet, 1, MSG_PEEK) < 0;
}

static void ring_to(struct desk *d, const char *extra, const char *sdp)
{
	far_invite(&d->far, "3035550123", extra, sdp);
	desk_turn(d);
	CHECK(desk_told(d, SIP_SETUP));
	CHECK(far_hears(&d->far, "SIP/2.0 100"));
}

/* Acknowledges the 18x heard last. */
static void prack(struct desk *d, const char *sdp)
{
	char rack[64];

	(void)snprintf(rack, sizeof(rack), "RAck: %s 1 INVITE\r\n",
	               far_header(&d->far, "RSeq"));
	far_request(&d->far, "PRACK", rack, sdp);
	desk_turn(d);
}

static const struct {
	enum sip_100rel ours;
	const char *theirs;
	bool with_sdp, reliable;
} rings[] = {
	/* clang-format off */
	{ SIP_100REL_OFF,       CAN,  true,  false },
	{ SIP_100REL_SUPPORTED, "",   true,  false },
	{ SIP_100REL_SUPPORTED, CAN,  true,  true  },
	{ SIP_100REL_SUPPORTED, CAN,  false, false },
	{ SIP_100REL_SUPPORTED, MUST, false, true  },
	{ SIP_100REL_REQUIRED,  CAN,  false, true  },
	{ SIP_100REL_SUPPORTED, "k: 100rel\r\n", true, true },
	/* clang-format on */
};

TEST_ROWS(a_ring_is_reliable_where_both_ends_and_its_sound_ask_for_it, rings,
          row)
{
	struct desk d;
	struct flow flow;

	desk_open(&d);
	d.peer.reliable = row->ours;
	CHECK_EQ(sip_peer_set(d.stack, &d.peer), 0);
	ring_to(&d, row->theirs, far_sdp);
	CHECK_EQ(sip_session_ring(d.session, 183, row->with_sdp, &flow), 0);
	CHECK(far_hears(&d.far, "SIP/2.0 183"));
	CHECK_EQ(atoi(far_header(&d.far, "RSeq")) > 0, row->reliable);
	CHECK_EQ(strcmp(far_header(&d.far, "Require"), "100rel") == 0,
	         row->reliable);
	if (row->reliable) {
		prack(&d, NULL);
		CHECK(far_hears(&d.far, "SIP/2.0 200"));
	}
	desk_wait(&d, SEC(40));
	CHECK(hears_nothing(&d) && desk_quiet(&d));
	desk_close(&d);
}

TEST(a_reliable_ring_is_repeated_ever_more_slowly_and_then_refuses_the_call)
{
	struct desk d;
	unsigned n = 0;

	desk_open(&d);
	ring_to(&d, CAN, far_sdp);
	CHECK_EQ(sip_session_ring(d.session, 183, true, NULL), 0);
	desk_wait(&d, MSEC(31900));
	while (far_hear(&d.far) && strncmp(d.far.heard, "SIP/2.0 183", 11) == 0)
		n++;
	CHECK_EQ(n, 7); /* at 0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5 s */
	desk_wait(&d, MSEC(200));
	CHECK(far_hears(&d.far, "SIP/2.0 504"));
	far_ack_refusal(&d.far);
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_RELEASED));
	CHECK_EQ(d.release.cause.value, Q850_TIMER_EXPIRY);
	CHECK_TEXT(d.release.detail, "timer PRACK");
	desk_close(&d);
}

static const struct {
	const char *rack; /* after RSeq and what is added to it */
	int off;
} strays[] = {
	/* clang-format off */
	{ "1 INVITE",  1 },
	{ "1 INVITE", -1 },
	{ "2 INVITE",  0 },
	{ "1 UPDATE",  0 },
	{ "",          0 },
	/* clang-format on */
};

TEST_ROWS(a_prack_for_nothing_gets_481_and_stops_nothing, strays, row)
{
	struct desk d;
	char rack[64];
	int seq;

	desk_open(&d);
	ring_to(&d, CAN, far_sdp);
	CHECK_EQ(sip_session_ring(d.session, 183, true, NULL), 0);
	CHECK(far_hears(&d.far, "SIP/2.0 183"));
	seq = atoi(far_header(&d.far, "RSeq"));
	(void)snprintf(rack, sizeof(rack), "RAck: %d %s\r\n", seq + row->off,
	               row->rack);
	far_request(&d.far, "PRACK", rack, NULL);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 481"));
	desk_wait(&d, MSEC(600));
	CHECK(far_hears(&d.far, "SIP/2.0 183"));
	prack(&d, NULL);
	CHECK(far_hears(&d.far, "SIP/2.0 200"));
	far_request(&d.far, "PRACK", "RAck: 1 1 INVITE\r\n", NULL);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 481"));
	desk_close(&d);
}

TEST(a_200_waits_for_the_prack_and_has_no_description)
{
	struct desk d;
	struct party who = { .number = { .present = true, .digits = "777" } };
	struct flow flow = { 0 };

	desk_open(&d);
	d.peer.trusted = true;
	CHECK_EQ(sip_peer_set(d.stack, &d.peer), 0);
	ring_to(&d, CAN, far_sdp);
	CHECK_EQ(sip_session_ring(d.session, 183, true, NULL), 0);
	CHECK(far_hears(&d.far, "SIP/2.0 183"));
	CHECK(strstr(far_body(&d.far), "m=audio") != NULL);
	CHECK_EQ(sip_session_answer(d.session, &who, &flow), 0);
	CHECK_EQ(flow.codec, CODEC_PCMA);
	CHECK_EQ(sip_session_answer(d.session, NULL, NULL), -EPROTO);
	desk_turn(&d);
	CHECK(hears_nothing(&d));
	prack(&d, NULL);
	CHECK(far_hears(&d.far, "SIP/2.0 200"));
	CHECK_TEXT(far_header(&d.far, "CSeq"), "2 PRACK");
	CHECK(far_hears(&d.far, "SIP/2.0 200"));
	CHECK_TEXT(far_header(&d.far, "CSeq"), "1 INVITE");
	CHECK(strstr(d.far.heard, "777") != NULL);
	CHECK_TEXT(far_body(&d.far), "");
	d.far.cseq = 1;
	far_request(&d.far, "ACK", "", NULL);
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_CONFIRMED));
	d.far.cseq = 2;
	desk_close(&d);
}

TEST(a_second_ring_waits_for_the_prack_of_the_first)
{
	struct desk d;
	int seq;

	desk_open(&d);
	ring_to(&d, MUST, far_sdp);
	CHECK_EQ(sip_session_ring(d.session, 180, false, NULL), 0);
	CHECK(far_hears(&d.far, "SIP/2.0 180"));
	seq = atoi(far_header(&d.far, "RSeq"));
	CHECK_EQ(sip_session_ring(d.session, 183, true, NULL), 0);
	desk_turn(&d);
	CHECK(hears_nothing(&d));
	prack(&d, NULL);
	CHECK(far_hears(&d.far, "SIP/2.0 200"));
	CHECK(far_hears(&d.far, "SIP/2.0 183"));
	CHECK_EQ(atoi(far_header(&d.far, "RSeq")), seq + 1);
	CHECK(strstr(far_body(&d.far), "m=audio") != NULL);
	prack(&d, NULL);
	CHECK(far_hears(&d.far, "SIP/2.0 200"));
	CHECK_EQ(sip_session_answer(d.session, NULL, NULL), 0);
	CHECK(far_hears(&d.far, "SIP/2.0 200"));
	desk_close(&d);
}

TEST(an_answer_may_pass_a_ring_without_description_and_its_prack_comes_late)
{
	struct desk d;
	char rseq[32];

	desk_open(&d);
	ring_to(&d, MUST, far_sdp);
	CHECK_EQ(sip_session_ring(d.session, 180, false, NULL), 0);
	CHECK(far_hears(&d.far, "SIP/2.0 180"));
	(void)snprintf(rseq, sizeof(rseq), "RAck: %s 1 INVITE\r\n",
	               far_header(&d.far, "RSeq"));
	CHECK_EQ(sip_session_answer(d.session, NULL, NULL), 0);
	CHECK(far_hears(&d.far, "SIP/2.0 200"));
	CHECK(strstr(far_body(&d.far), "m=audio") != NULL);
	far_request(&d.far, "PRACK", rseq, NULL);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 200"));
	CHECK_TEXT(far_header(&d.far, "CSeq"), "2 PRACK");
	desk_close(&d);
}

TEST(an_offer_in_the_prack_is_answered_in_its_200)
{
	struct desk d;

	desk_open(&d);
	ring_to(&d, CAN, far_sdp);
	CHECK_EQ(sip_session_ring(d.session, 183, true, NULL), 0);
	CHECK(far_hears(&d.far, "SIP/2.0 183"));
	prack(&d, "v=0\r\no=far 1 2 IN IP4 127.0.0.1\r\ns=-\r\n"
	          "c=IN IP4 127.0.0.7\r\nt=0 0\r\nm=audio 41000 RTP/AVP 0\r\n");
	CHECK(far_hears(&d.far, "SIP/2.0 200"));
	CHECK(strstr(far_body(&d.far), "m=audio 30000 RTP/AVP 0") != NULL);
	CHECK(desk_told(&d, SIP_FLOW) && d.has_flow);
	CHECK_EQ(d.flow.codec, CODEC_PCMU);
	CHECK_EQ(addr_port(&d.flow.remote), 41000);
	desk_close(&d);
}

TEST(an_offer_in_the_prack_we_can_not_take_gets_488_and_changes_nothing)
{
	struct desk d;

	desk_open(&d);
	ring_to(&d, CAN, far_sdp);
	CHECK_EQ(sip_session_ring(d.session, 183, true, NULL), 0);
	CHECK(far_hears(&d.far, "SIP/2.0 183"));
	prack(&d,
	      "v=0\r\no=far 1 2 IN IP4 127.0.0.1\r\ns=-\r\n"
	      "c=IN IP4 127.0.0.7\r\nt=0 0\r\nm=audio 41000 RTP/AVP 18\r\n");
	CHECK(far_hears(&d.far, "SIP/2.0 488"));
	CHECK(desk_quiet(&d));
	desk_close(&d);
}

TEST(a_cancel_ends_a_ring_that_waits_for_its_prack)
{
	struct desk d;

	desk_open(&d);
	ring_to(&d, CAN, far_sdp);
	CHECK_EQ(sip_session_ring(d.session, 183, true, NULL), 0);
	CHECK(far_hears(&d.far, "SIP/2.0 183"));
	CHECK_EQ(sip_session_answer(d.session, NULL, NULL), 0);
	far_cancel(&d.far, "");
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 200"));
	CHECK(far_hears(&d.far, "SIP/2.0 487"));
	far_ack_refusal(&d.far);
	desk_wait(&d, SEC(40));
	CHECK(desk_told(&d, SIP_RELEASED) && hears_nothing(&d));
	desk_close(&d);
}

static const struct {
	enum sip_100rel ours;
	const char *theirs, *status, *header, *value;
} judged[] = {
	/* clang-format off */
	{ SIP_100REL_OFF,      MUST, "SIP/2.0 420", "Unsupported", "100rel" },
	{ SIP_100REL_REQUIRED, "",   "SIP/2.0 421", "Require",     "100rel" },
	{ SIP_100REL_SUPPORTED, "Require: 100rel, x, y\r\n", "SIP/2.0 420",
	  "Unsupported", "x, y" },
	/* clang-format on */
};

TEST_ROWS(an_extension_one_end_lacks_refuses_the_call, judged, row)
{
	struct desk d;

	desk_open(&d);
	d.peer.reliable = row->ours;
	CHECK_EQ(sip_peer_set(d.stack, &d.peer), 0);
	far_invite(&d.far, "3035550123", row->theirs, far_sdp);
	desk_turn(&d);
	CHECK(far_hears(&d.far, row->status));
	CHECK_TEXT(far_header(&d.far, row->header), row->value);
	far_ack_refusal(&d.far);
	desk_turn(&d);
	CHECK(desk_quiet(&d));
	desk_close(&d);
}

/* --- without an offer in the INVITE --- */

TEST(our_offer_in_a_reliable_ring_is_answered_by_the_prack)
{
	struct desk d;
	struct flow flow = { 0 };

	desk_open(&d);
	ring_to(&d, CAN, NULL);
	CHECK_EQ(sip_session_ring(d.session, 183, true, &flow), 0);
	CHECK_EQ(flow.codec, CODEC_NONE);
	CHECK(far_hears(&d.far, "SIP/2.0 183"));
	CHECK(strstr(far_body(&d.far), "RTP/AVP 8 0 101") != NULL);
	prack(&d, far_sdp);
	CHECK(far_hears(&d.far, "SIP/2.0 200"));
	CHECK(desk_told(&d, SIP_FLOW) && d.has_flow && !d.last.held);
	CHECK_EQ(d.flow.codec, CODEC_PCMA);
	CHECK_EQ(sip_session_answer(d.session, NULL, &flow), 0);
	CHECK_EQ(flow.codec, CODEC_PCMA);
	CHECK(far_hears(&d.far, "SIP/2.0 200"));
	CHECK_TEXT(far_body(&d.far), "");
	d.far.cseq = 1;
	far_request(&d.far, "ACK", "", NULL);
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_CONFIRMED) && !d.has_flow);
	d.far.cseq = 2;
	desk_close(&d);
}

TEST(a_prack_that_does_not_answer_our_offer_ends_the_call_with_127)
{
	struct desk d;

	desk_open(&d);
	ring_to(&d, CAN, NULL);
	CHECK_EQ(sip_session_ring(d.session, 183, true, NULL), 0);
	CHECK(far_hears(&d.far, "SIP/2.0 183"));
	prack(&d, NULL);
	CHECK(far_hears(&d.far, "SIP/2.0 200"));
	CHECK(far_hears(&d.far, "SIP/2.0 400"));
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_RELEASED));
	CHECK_EQ(d.release.cause.value, Q850_INTERWORKING);
	desk_close(&d);
}

/* --- as the one who calls --- */

static void reply_reliably(struct desk *d, const char *status, unsigned seq,
                           const char *sdp)
{
	char extra[64];

	(void)snprintf(extra, sizeof(extra), "Require: 100rel\r\nRSeq: %u\r\n",
	               seq);
	far_reply(&d->far, status, extra, sdp);
	desk_turn(d);
}

/* far.c answers the request heard last; this is the INVITE again. */
static void keep_invite(struct desk *d, char *to)
{
	memcpy(to, d->far.request, FAR_MESSAGE);
}

static char invite[FAR_MESSAGE];

static void hears_prack(struct desk *d, const char *rack)
{
	CHECK(far_hears(&d->far, "PRACK "));
	CHECK_TEXT(far_header(&d->far, "RAck"), rack);
	far_reply(&d->far, "200 OK", "", NULL);
	desk_turn(d);
	memcpy(d->far.request, invite, FAR_MESSAGE);
}

TEST(a_reliable_ring_is_acknowledged_once_and_in_order)
{
	struct desk d;

	desk_open(&d);
	desk_invite(&d);
	CHECK(strstr(far_header(&d.far, "Supported"), "100rel") != NULL);
	CHECK_TEXT(far_header(&d.far, "Require"), "");
	keep_invite(&d, invite);
	reply_reliably(&d, "183 Session Progress", 700, far_sdp);
	CHECK(desk_told(&d, SIP_PROGRESS) && d.has_flow);
	hears_prack(&d, "700 1 INVITE");
	reply_reliably(&d, "183 Session Progress", 700, far_sdp);
	reply_reliably(&d, "180 Ringing", 702, NULL); /* 701 was lost */
	CHECK(desk_quiet(&d) && hears_nothing(&d));
	reply_reliably(&d, "182 Queued", 701, NULL);
	CHECK(desk_told(&d, SIP_PROGRESS));
	hears_prack(&d, "701 1 INVITE");
	reply_reliably(&d, "180 Ringing", 702, NULL);
	CHECK(desk_told(&d, SIP_ALERTING));
	hears_prack(&d, "702 1 INVITE");
	far_reply(&d.far, "200 OK", "", NULL);
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_ANSWER) && d.has_flow);
	CHECK(far_hears(&d.far, "ACK "));
	CHECK_TEXT(far_header(&d.far, "CSeq"), "1 ACK");
	desk_close(&d);
}

TEST(a_prack_that_is_asked_who_we_are_says_so)
{
	static const struct sip_credential mine = { .user = "gw",
		                                    .password = "secret" };
	struct desk d;

	desk_open(&d);
	CHECK_EQ(sip_peer_credentials(d.stack, "far", &mine, 1), 0);
	desk_invite(&d);
	keep_invite(&d, invite);
	reply_reliably(&d, "183 Session Progress", 700, far_sdp);
	CHECK(far_hears(&d.far, "PRACK "));
	far_reply(&d.far, "407 Proxy Authentication Required",
	          "Proxy-Authenticate: Digest realm=\"x\", nonce=\"n\"\r\n",
	          NULL);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "PRACK "));
	CHECK_TEXT(far_header(&d.far, "RAck"), "700 1 INVITE");
	CHECK_TEXT(far_header(&d.far, "CSeq"), "3 PRACK");
	CHECK(strstr(far_header(&d.far, "Proxy-Authorization"), "gw") != NULL);
	far_reply(&d.far, "200 OK", "", NULL);
	desk_turn(&d);
	CHECK(!far_hear(&d.far));
	desk_close(&d);
}

TEST(a_prack_nobody_answers_does_not_end_the_call)
{
	struct desk d;

	desk_open(&d);
	desk_invite(&d);
	keep_invite(&d, invite);
	reply_reliably(&d, "183 Session Progress", 700, far_sdp);
	desk_wait(&d, SEC(40));
	CHECK(desk_told(&d, SIP_PROGRESS) && desk_quiet(&d));
	far_deaf(&d.far);
	memcpy(d.far.request, invite, FAR_MESSAGE);
	far_reply(&d.far, "200 OK", "", NULL);
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_ANSWER));
	desk_close(&d);
}

TEST(each_early_dialog_counts_by_itself)
{
	struct desk d;

	desk_open(&d);
	desk_invite(&d);
	keep_invite(&d, invite);
	reply_reliably(&d, "180 Ringing", 10, NULL);
	CHECK(desk_told(&d, SIP_ALERTING));
	CHECK(strstr(d.far.remote, "tag=") != NULL);
	hears_prack(&d, "10 1 INVITE");
	strcpy(d.far.tag, "far2");
	reply_reliably(&d, "180 Ringing", 90, NULL);
	CHECK(desk_quiet(&d)); /* it rings already */
	CHECK(far_hears(&d.far, "PRACK "));
	CHECK_TEXT(far_header(&d.far, "RAck"), "90 1 INVITE");
	CHECK(strstr(far_header(&d.far, "To"), "tag=far2") != NULL);
	memcpy(d.far.request, invite, FAR_MESSAGE);
	strcpy(d.far.tag, "far1");
	reply_reliably(&d, "183 Session Progress", 11, far_sdp);
	CHECK(desk_told(&d, SIP_PROGRESS) && d.has_flow);
	CHECK(far_hears(&d.far, "PRACK "));
	CHECK(strstr(far_header(&d.far, "To"), "tag=far1") != NULL);
	desk_close(&d);
}

TEST(a_ring_that_claims_to_be_reliable_where_it_is_off_is_a_plain_one)
{
	struct desk d;

	desk_open(&d);
	d.peer.reliable = SIP_100REL_OFF;
	CHECK_EQ(sip_peer_set(d.stack, &d.peer), 0);
	desk_invite(&d);
	CHECK(strstr(far_header(&d.far, "Supported"), "100rel") == NULL);
	reply_reliably(&d, "180 Ringing", 10, NULL);
	CHECK(desk_told(&d, SIP_ALERTING) && hears_nothing(&d));
	desk_close(&d);
}

TEST(where_it_is_required_our_invite_says_so_and_421_is_a_refusal)
{
	struct desk d;

	desk_open(&d);
	d.peer.reliable = SIP_100REL_REQUIRED;
	CHECK_EQ(sip_peer_set(d.stack, &d.peer), 0);
	desk_invite(&d);
	CHECK_TEXT(far_header(&d.far, "Require"), "100rel");
	far_reply(&d.far, "420 Bad Extension", "Unsupported: 100rel\r\n", NULL);
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_RELEASED));
	CHECK_EQ(d.release.sip_status, 420);
	desk_close(&d);
}

TEST(an_offer_in_a_reliable_ring_is_answered_in_our_prack)
{
	struct desk d;
	struct sip_setup setup = {
		.called = { .number = { .present = true, .digits = "100" } }
	};

	desk_open(&d);
	CHECK_EQ(sip_session_place(&d.session, d.stack, "far", &setup, &d), 0);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "INVITE "));
	keep_invite(&d, invite);
	reply_reliably(&d, "183 Session Progress", 5, far_sdp);
	CHECK(desk_told(&d, SIP_PROGRESS) && d.has_flow);
	CHECK(far_hears(&d.far, "PRACK "));
	CHECK(strstr(far_body(&d.far), "m=audio 30000 RTP/AVP 8 101") != NULL);
	memcpy(d.far.request, invite, FAR_MESSAGE);
	far_reply(&d.far, "200 OK", "", NULL);
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_ANSWER) && d.has_flow);
	CHECK(far_hears(&d.far, "ACK "));
	CHECK_TEXT(far_body(&d.far), "");
	desk_close(&d);
}

TEST(an_offer_in_a_reliable_ring_without_codec_of_ours_ends_the_call)
{
	struct desk d;
	struct sip_setup setup = {
		.called = { .number = { .present = true, .digits = "100" } }
	};

	desk_open(&d);
	CHECK_EQ(sip_session_place(&d.session, d.stack, "far", &setup, &d), 0);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "INVITE "));
	reply_reliably(&d, "183 Session Progress", 5,
	               "v=0\r\no=- 1 3 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
	               "c=IN IP4 127.0.0.1\r\nm=audio 40000 RTP/AVP 18\r\n");
	CHECK(far_hears(&d.far, "PRACK ") && far_hears(&d.far, "CANCEL "));
	CHECK(desk_told(&d, SIP_RELEASED));
	desk_close(&d);
}

LADDER(a_reliable_call_in_survives)
{
	struct desk d;
	struct flow flow;

	desk_open(&d);
	if (d.stack != NULL) {
		far_invite(&d.far, "3035550123", CAN, far_sdp);
		desk_turn(&d);
		if (d.session != NULL)
			(void)sip_session_ring(d.session, 183, true, &flow);
		if (d.session != NULL)
			(void)sip_session_answer(d.session, NULL, &flow);
		desk_turn(&d);
		while (far_hear(&d.far) &&
		       strncmp(d.far.heard, "SIP/2.0 183", 11) != 0)
			continue;
		prack(&d, NULL);
	}
	desk_close(&d);
}
