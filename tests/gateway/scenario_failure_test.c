/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Calls that do not come about: every status of SIP as a cause, every cause of
 * Q.850 as a status (the tables are RFC 3398's and features.md's, written down
 * here a second time), busy, silence, no answer, no codec, no channel.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/call.h"
#include "kernel/mem.h"
#include "tests/gateway/world.h"

/* --- SIP refuses: PRI is told --- */

static const struct {
	unsigned status, warning, cause;
} refusals[] = {
	{ 400, 0, 41 },   { 401, 0, 21 },    { 402, 0, 21 },   { 403, 0, 21 },
	{ 404, 0, 1 },    { 405, 0, 63 },    { 406, 0, 79 },   { 407, 0, 21 },
	{ 408, 0, 102 },  { 409, 0, 41 },    { 410, 0, 22 },   { 411, 0, 127 },
	{ 413, 0, 127 },  { 414, 0, 127 },   { 415, 0, 79 },   { 416, 0, 127 },
	{ 420, 0, 127 },  { 421, 0, 127 },   { 422, 0, 31 },   { 423, 0, 127 },
	{ 433, 0, 41 },   { 480, 0, 18 },    { 481, 0, 41 },   { 482, 0, 25 },
	{ 483, 0, 25 },   { 484, 0, 28 },    { 485, 0, 1 },    { 486, 0, 17 },
	{ 487, 0, 31 },   { 488, 0, 88 },    { 488, 304, 65 }, { 488, 305, 65 },
	{ 488, 370, 47 }, { 488, 300, 127 }, { 489, 0, 31 },   { 491, 0, 31 },
	{ 500, 0, 41 },   { 501, 0, 79 },    { 502, 0, 38 },   { 503, 0, 41 },
	{ 504, 0, 102 },  { 505, 0, 127 },   { 513, 0, 127 },  { 580, 0, 47 },
	{ 599, 0, 41 },   { 600, 0, 17 },    { 603, 0, 21 },   { 604, 0, 1 },
	{ 606, 0, 88 },   { 606, 305, 65 },  { 699, 0, 17 },   { 400, 304, 65 },
	{ 400, 305, 65 }, { 400, 399, 41 },
};

TEST_ROWS(a_status_becomes_its_cause, refusals, row)
{
	struct world *w = world_open(world_conf);
	struct exchange *x = &w->exchange[0];
	char status[32], extra[80] = "";

	(void)snprintf(status, sizeof(status), "%u Refused", row->status);
	if (row->warning != 0)
		(void)snprintf(extra, sizeof(extra),
		               "Warning: %u far \"because\"\r\n", row->warning);
	world_place(w, "2001");
	far_reply(&w->far[0], status, extra, NULL);
	world_run(w, MSEC(50));
	CHECK(far_hears(&w->far[0], "ACK "));
	CHECK(exchange_last(x, ISDN_RELEASED) != NULL);
	CHECK_EQ(exchange_cause(x), row->cause);
	CHECK(world_ended(w, "ended by the called side", row->cause));
	(void)snprintf(status, sizeof(status), ", SIP %u", row->status);
	CHECK(strstr(world_sentence(w), status) != NULL);
	world_close(w);
}

TEST(a_cause_in_reason_goes_before_the_status)
{
	struct world *w = world_open(world_conf);
	struct exchange *x = &w->exchange[0];

	world_place(w, "2001");
	far_reply(&w->far[0], "480 Gone", "Reason: Q.850;cause=20\r\n", NULL);
	world_run(w, MSEC(50));
	CHECK(far_hears(&w->far[0], "ACK "));
	CHECK_EQ(exchange_cause(x), 20);
	world_close(w);
}

/* --- PRI refuses: SIP is told --- */

static const struct {
	unsigned cause, status;
} causes[] = {
	{ 1, 404 },   { 2, 404 },   { 3, 404 },   { 4, 500 },  { 16, 480 },
	{ 17, 486 },  { 18, 408 },  { 19, 480 },  { 20, 480 }, { 21, 603 },
	{ 22, 410 },  { 23, 410 },  { 25, 500 },  { 26, 404 }, { 27, 502 },
	{ 28, 484 },  { 29, 501 },  { 31, 480 },  { 34, 503 }, { 38, 503 },
	{ 41, 503 },  { 42, 503 },  { 43, 503 },  { 47, 503 }, { 49, 503 },
	{ 50, 503 },  { 55, 403 },  { 57, 403 },  { 58, 503 }, { 63, 503 },
	{ 65, 488 },  { 66, 500 },  { 69, 500 },  { 70, 488 }, { 79, 501 },
	{ 81, 500 },  { 87, 403 },  { 88, 503 },  { 95, 500 }, { 97, 500 },
	{ 102, 504 }, { 111, 500 }, { 127, 500 },
};

static void refuse_by_isdn(unsigned cause, unsigned status,
                           enum exchange_manner manner)
{
	struct world *w = world_open(world_conf);
	struct far *f = &w->far[0];
	char begin[24], reason[24];

	w->exchange[0].manner = manner;
	w->exchange[0].cause =
		(struct cause){ (enum q850_cause)cause, LOCATION_USER };
	far_invite(f, "1001", "", world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "SIP/2.0 100"));
	if (manner == EXCHANGE_RINGS_REJECTS)
		CHECK(far_hears(f, "SIP/2.0 180"));
	(void)snprintf(begin, sizeof(begin), "SIP/2.0 %u", status);
	CHECK(far_hears(f, begin));
	(void)snprintf(reason, sizeof(reason), "cause=%u", cause);
	CHECK(strstr(far_header(f, "Reason"), reason) != NULL);
	far_ack_refusal(f);
	CHECK(world_ended(w, "ended by the called side", cause));
	world_close(w);
}

TEST_ROWS(a_cause_becomes_its_status, causes, row)
{
	refuse_by_isdn(row->cause, row->status, EXCHANGE_REJECTS);
}

TEST_ROWS(a_cause_becomes_its_status_after_ringing_too, causes, row)
{
	refuse_by_isdn(row->cause, row->status, EXCHANGE_RINGS_REJECTS);
}

TEST(a_rejection_by_the_network_is_403_not_603)
{
	struct world *w = world_open(world_conf);
	struct far *f = &w->far[0];

	w->exchange[0].manner = EXCHANGE_REJECTS;
	w->exchange[0].cause =
		(struct cause){ Q850_CALL_REJECTED, LOCATION_PUBLIC_LOCAL };
	world_invite(w, "1001", "SIP/2.0 403");
	far_ack_refusal(f);
	world_close(w);
}

/* --- nobody answers --- */

TEST(an_exchange_that_hears_nothing_is_given_up_by_t303)
{
	struct world *w = world_open(world_conf);
	struct far *f = &w->far[0];

	w->exchange[0].manner = EXCHANGE_SILENT;
	far_invite(f, "1001", "", world_sdp(w, 0, "sendrecv"));
	world_wait(w, SEC(9));
	CHECK(far_hears(f, "SIP/2.0 100"));
	CHECK(far_hears(f, "SIP/2.0 408"));
	far_ack_refusal(f);
	CHECK(world_ended(w, "ended by timer (T303)", 18));
	world_close(w);
}

TEST(an_exchange_that_is_stuck_is_given_up_by_t310)
{
	struct world *w = world_open(world_conf);
	struct far *f = &w->far[0];

	w->exchange[0].manner = EXCHANGE_STUCK;
	far_invite(f, "1001", "", world_sdp(w, 0, "sendrecv"));
	world_wait(w, SEC(65));
	CHECK(far_hears(f, "SIP/2.0 100"));
	CHECK(far_hears(f, "SIP/2.0 504"));
	far_ack_refusal(f);
	CHECK(world_ended(w, "ended by timer (T310)", 102));
	world_close(w);
}

TEST(a_line_that_rings_for_ever_is_given_up_by_t301)
{
	struct world *w = world_open(world_conf);
	struct far *f = &w->far[0];

	w->exchange[0].manner = EXCHANGE_RINGS;
	far_invite(f, "1001", "", world_sdp(w, 0, "sendrecv"));
	world_wait(w, SEC(185));
	CHECK(far_hears(f, "SIP/2.0 100"));
	CHECK(far_hears(f, "SIP/2.0 180"));
	CHECK(far_hears(f, "SIP/2.0 180")); /* again each minute */
	CHECK(far_hears(f, "SIP/2.0 180"));
	CHECK(far_hears(f, "SIP/2.0 180") || true);
	CHECK(strncmp(f->heard, "SIP/2.0 480", 11) == 0 ||
	      far_hears(f, "SIP/2.0 480"));
	far_ack_refusal(f);
	CHECK(world_ended(w, "ended by timer (T301)", 19));
	world_close(w);
}

TEST(a_peer_that_rings_for_ever_is_cancelled)
{
	struct world *w = world_open(world_conf);
	struct exchange *x = &w->exchange[0];
	struct far *f = &w->far[0];

	world_place(w, "2001");
	far_reply(f, "180 Ringing", "", NULL);
	world_wait(w, SEC(185));
	CHECK(far_hears(f, "CANCEL "));
	far_reply(f, "200 OK", "", NULL);
	CHECK_EQ(exchange_cause(x), 19);
	CHECK(world_ended(w, "ended by timer", 19));
	world_close(w);
}

TEST(a_peer_that_says_nothing_is_given_up_by_timer_b)
{
	struct world *w = world_open(world_conf);
	struct exchange *x = &w->exchange[0];

	CHECK(exchange_place(x, "2001") != NULL);
	world_wait(w, SEC(33));
	CHECK(far_hears(&w->far[0], "INVITE "));
	CHECK_EQ(exchange_cause(x), 102);
	CHECK(world_ended(w, "ended by timer", 102));
	world_close(w);
}

/* --- what cannot be --- */

TEST(no_codec_in_common_is_488_and_cause_65)
{
	static const char g729[] = "v=0\r\no=far 1 1 IN IP4 127.0.0.1\r\n"
				   "s=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
				   "m=audio 40000 RTP/AVP 18\r\n";
	struct world *w = world_open(world_conf);
	struct exchange *x = &w->exchange[0];
	struct far *f = &w->far[0];

	far_invite(f, "1001", "", g729);
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "SIP/2.0 488"));
	CHECK(strstr(far_header(f, "Warning"), "305") != NULL);
	far_ack_refusal(f);
	world_place(w, "2001");
	far_reply(f, "200 OK", "", g729);
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "ACK "));
	CHECK(far_hears(f, "BYE "));
	far_reply(f, "200 OK", "", NULL);
	CHECK_EQ(exchange_cause(x), 65);
	world_close(w);
}

TEST(a_span_without_a_free_channel_is_cause_34_and_503)
{
	struct world *w = world_open(world_conf);
	struct far *f = &w->far[0];

	for (unsigned n = 1; n < 32; n++)
		if (n != 16)
			CHECK_EQ(
				isdn_channel_shutdown(
					gateway_trunk(w->gateway, "e1 0")->link,
					n, true),
				0);
	world_invite(w, "1001", "SIP/2.0 503");
	CHECK_TEXT(far_header(f, "Retry-After"), "10");
	far_ack_refusal(f);
	CHECK(world_ended(w, "failed (e1 0: no channel is free)", 34));
	world_close(w);
}

TEST(over_the_call_limit_is_503_and_cause_42)
{
	struct world *w = world_open_with(world_conf, "call limit 1\n");
	struct exchange *x = &w->exchange[0];
	struct isdn_call *first = world_call_out(w);
	const struct exchange_heard *released;

	CHECK(first != NULL);
	CHECK(exchange_place(x, "2002") != NULL);
	world_run(w, MSEC(50));
	released = exchange_last(x, ISDN_RELEASED);
	CHECK(released != NULL);
	CHECK_EQ(released->release.cause.value, 42);
	far_invite(&w->far[1], "1001", "", world_sdp(w, 1, "sendrecv"));
	CHECK_EQ(w->gateway->counts.refused_limit, 1);
	world_clear_isdn(w, first, 0);
	world_close(w);
}

TEST(over_the_call_rate_is_503_and_cause_42)
{
	struct world *w = world_open_with(world_conf, "call rate 1\n");
	struct far *f = &w->far[0];

	w->exchange[0].manner = EXCHANGE_BUSY;
	world_place(w, "2001");
	far_reply(f, "486 Busy", "", NULL);
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "ACK "));
	world_invite(w, "1001", "SIP/2.0 503");
	far_ack_refusal(f);
	CHECK_EQ(w->gateway->counts.refused_rate, 1);
	CHECK(world_ended(w, "refused by rule (call rate)", 42));
	world_run(w, SEC(1));
	world_invite(w, "1001", "SIP/2.0 486");
	far_ack_refusal(f);
	world_close(w);
}

TEST(a_far_side_that_says_why_in_sound_is_heard_and_then_cleared)
{
	struct world *w = world_open(world_conf);
	struct exchange *x = &w->exchange[0];
	struct far *f = &w->far[0];

	x->manner = EXCHANGE_ANNOUNCES;
	x->cause = (struct cause){ Q850_UNALLOCATED, LOCATION_PUBLIC_LOCAL };
	x->talks[31] = true;
	far_invite(f, "1001", "", world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(300));
	CHECK(far_hears(f, "SIP/2.0 100"));
	CHECK(far_hears(f, "SIP/2.0 183"));
	CHECK(strstr(far_body(f), "m=audio ") != NULL);
	CHECK(w->phone[0].loud > 5);
	world_wait(w, SEC(21));
	CHECK(far_hears(f, "SIP/2.0 404"));
	far_ack_refusal(f);
	CHECK(world_ended(w, "ended by the called side", 1));
	world_close(w);
}

TEST(a_call_that_finds_no_place_at_all_is_503_and_cause_42)
{
	struct world *w = world_open_with(world_conf, "call limit 1\n");
	struct exchange *x = &w->exchange[0];
	struct far *f = &w->far[0];
	void *taken[64];
	unsigned n = 0;

	while (n < 64 && (taken[n] = pool_take(w->gateway->pool)) != NULL)
		n++;
	CHECK(n > 1 && n < 64);
	CHECK(exchange_place(x, "2001") != NULL);
	world_run(w, MSEC(50));
	CHECK_EQ(exchange_cause(x), 42);
	far_invite(f, "1001", "", world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "SIP/2.0 503"));
	CHECK_TEXT(far_header(f, "Retry-After"), "10");
	far_ack_refusal(f);
	CHECK_EQ(w->gateway->counts.refused_limit, 2);
	while (n > 0)
		pool_put(w->gateway->pool, taken[--n]);
	world_close(w);
}

TEST(a_span_that_is_shut_down_takes_no_call_either_way)
{
	struct world *w = world_open_options(" shutdown\n", "");
	struct exchange *x = &w->exchange[0];
	struct far *f = &w->far[0];

	CHECK(exchange_place(x, "2001") != NULL);
	world_run(w, MSEC(50));
	CHECK(!far_hear(f));
	CHECK_EQ(exchange_cause(x), 38);
	CHECK(world_ended(w, "refused by rule (shutdown of the span)", 38));
	world_invite(w, "1001", "SIP/2.0 503");
	far_ack_refusal(f);
	world_close(w);
}
