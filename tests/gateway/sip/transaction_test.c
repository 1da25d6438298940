/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#include "gateway/sip/transaction.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "kernel/instant.h"
#include "tests/gateway/sip/layers.h"
#include "tests/test.h"

#define INVITE_BY(branch, tag, more)                                          \
	"INVITE sip:us@$B SIP/2.0\r\nVia: SIP/2.0/UDP $F;branch=" branch more \
	"\r\nFrom: <sip:far@$F>;tag=" tag                                     \
	"\r\nTo: <sip:us@$B>\r\nCall-ID: c1\r\nCSeq: 1 INVITE\r\n"            \
	"Contact: <sip:far@$F>\r\nContent-Length: 0\r\n\r\n"
#define INVITE INVITE_BY("z9hG4bKone", "a", ";rport")
#define OTHER(method)                                                     \
	method " sip:us@$B SIP/2.0\r\nVia: SIP/2.0/UDP $F;branch="        \
	       "z9hG4bKone;rport\r\nFrom: <sip:far@$F>;tag=a\r\n"         \
	       "To: <sip:us@$B>\r\nCall-ID: c1\r\nCSeq: 1 " method "\r\n" \
	       "Content-Length: 0\r\n\r\n"

static void told(struct layers *l, const char *what)
{
	CHECK_TEXT(l->told, what);
	l->told[0] = '\0';
}

/* When, in ms since the beginning, did the far end hear something? */
static void check_times(struct layers *l, const unsigned *at, size_t n,
                        usec until)
{
	struct instant begin = instant_now();
	size_t i = 0;

	while (instant_since(instant_now(), begin) < until) {
		unsigned now =
			(unsigned)(instant_since(instant_now(), begin) / 1000);

		for (unsigned heard = layers_far_hear(l); heard > 0; heard--) {
			CHECK(i < n);
			CHECK_EQ(now, at[i]);
			i++;
		}
		layers_pass(l, MSEC(100));
	}
	CHECK_EQ(i, n);
}

/* --- INVITE client --- */

TEST(an_invite_nobody_answers_is_repeated_at_timer_a_until_timer_b)
{
	static const unsigned at[] = { 0, 500, 1500, 3500, 7500, 15500, 31500 };
	struct layers l;

	layers_open(&l, false);
	CHECK_EQ(layers_place(&l, "INVITE", ""), 0);
	check_times(&l, at, ARRAY_LEN(at), SEC(40));
	told(&l, "gave_up(408) ");
	CHECK_EQ(l.counts.timeouts, 1);
	CHECK_EQ(l.counts.retransmissions, 6);
	CHECK_EQ(l.counts.transactions, 0);
	layers_close(&l);
}

TEST(a_request_carries_a_via_with_cookie_and_rport)
{
	struct layers l;
	char near[ADDR_TEXT], want[128];

	layers_open(&l, false);
	CHECK_EQ(layers_place(&l, "INVITE", ""), 0);
	CHECK_EQ(layers_far_hear(&l), 1);
	addr_print(&l.udp, near, sizeof(near));
	(void)snprintf(want, sizeof(want), "Via: SIP/2.0/UDP %s;branch=z9hG4bK",
	               near);
	CHECK(strncasecmp(layers_line(l.heard, "Via"), want, strlen(want)) ==
	      0);
	CHECK(strstr(layers_line(l.heard, "Via"), ";rport") != NULL);
	layers_close(&l);
}

TEST(a_provisional_stops_timer_a_and_b)
{
	struct layers l;

	layers_open(&l, false);
	CHECK_EQ(layers_place(&l, "INVITE", ""), 0);
	CHECK_EQ(layers_far_hear(&l), 1);
	layers_far_answer(&l, 100, "INVITE");
	layers_far_answer(&l, 180, "INVITE");
	layers_pass(&l, SEC(100));
	CHECK_EQ(layers_far_hear(&l), 0);
	told(&l, "response(100) response(180) ");
	layers_close(&l);
}

TEST(a_refusal_is_acknowledged_each_time_and_told_once)
{
	struct layers l;
	char via[256];

	layers_open(&l, false);
	CHECK_EQ(layers_place(&l, "INVITE", "Route: <sip:p.invalid;lr>\r\n"),
	         0);
	CHECK_EQ(layers_far_hear(&l), 1);
	(void)snprintf(via, sizeof(via), "%s", layers_line(l.heard, "Via"));
	for (int i = 0; i < 3; i++) {
		char invite[sizeof(l.heard)];

		memcpy(invite, l.heard, sizeof(invite));
		layers_far_answer(&l, 486, "INVITE");
		CHECK_EQ(layers_far_hear(&l), 1);
		CHECK(strncmp(l.heard, "ACK sip:bob@", 12) == 0);
		CHECK_TEXT(layers_line(l.heard, "Via"), via);
		CHECK_TEXT(layers_line(l.heard, "CSeq"), "CSeq: 1 ACK");
		CHECK_TEXT(layers_line(l.heard, "Route"),
		           "Route: <sip:p.invalid;lr>");
		CHECK(strstr(layers_line(l.heard, "To"), ";tag=far") != NULL);
		CHECK(strstr(layers_line(l.heard, "From"), ";tag=ours") !=
		      NULL);
		memcpy(l.heard, invite, sizeof(invite));
	}
	told(&l, "response(486) ");
	CHECK_EQ(l.counts.transactions, 1);
	layers_pass(&l, SEC(33)); /* timer D */
	CHECK_EQ(l.counts.transactions, 0);
	layers_close(&l);
}

TEST(each_2xx_is_told_until_it_is_forgotten_and_then_astray)
{
	struct layers l;

	layers_open(&l, false);
	CHECK_EQ(layers_place(&l, "INVITE", ""), 0);
	CHECK_EQ(layers_far_hear(&l), 1);
	layers_far_answer(&l, 200, "INVITE");
	layers_far_answer(&l, 200, "INVITE");
	told(&l, "response(200) response(200) ");
	transaction_forget(l.client);
	layers_far_answer(&l, 200, "INVITE");
	told(&l, "stray(2xx) ");
	CHECK_EQ(layers_far_hear(&l), 0);
	layers_pass(&l, SEC(33)); /* timer M */
	CHECK_EQ(l.counts.transactions, 0);
	layers_far_answer(&l, 200, "INVITE");
	told(&l, "stray(2xx) ");
	layers_close(&l);
}

TEST(an_answered_invite_lives_beyond_timer_m_until_it_is_forgotten)
{
	struct layers l;

	layers_open(&l, false);
	CHECK_EQ(layers_place(&l, "INVITE", ""), 0);
	CHECK_EQ(layers_far_hear(&l), 1);
	layers_far_answer(&l, 200, "INVITE");
	layers_pass(&l, SEC(100));
	CHECK_EQ(l.counts.transactions, 1);
	CHECK(transaction_request_of(l.client) == NULL); /* was let go */
	layers_far_answer(&l, 200, "INVITE");
	CHECK_EQ(l.counts.strays, 0); /* it still knows what it is */
	transaction_forget(l.client);
	layers_pass(&l, SEC(1));
	CHECK_EQ(l.counts.transactions, 0);
	layers_close(&l);
}

/* --- CANCEL, ours --- */

TEST(a_cancel_waits_for_a_provisional)
{
	struct layers l;
	char via[256];

	layers_open(&l, false);
	CHECK_EQ(layers_place(&l, "INVITE", ""), 0);
	CHECK_EQ(layers_far_hear(&l), 1);
	(void)snprintf(via, sizeof(via), "%s", layers_line(l.heard, "Via"));
	CHECK_EQ(transaction_cancel(l.client, "Q.850;cause=16"), 0);
	CHECK_EQ(transaction_cancel(l.client, NULL), -EPROTO);
	layers_settle(&l);
	CHECK_EQ(layers_far_hear(&l), 0);
	layers_far_answer(&l, 100, "INVITE");
	CHECK_EQ(layers_far_hear(&l), 1);
	CHECK(strncmp(l.heard, "CANCEL sip:bob@", 15) == 0);
	CHECK_TEXT(layers_line(l.heard, "Via"), via);
	CHECK_TEXT(layers_line(l.heard, "CSeq"), "CSeq: 1 CANCEL");
	CHECK_TEXT(layers_line(l.heard, "Reason"), "Reason: Q.850;cause=16");
	CHECK(strstr(layers_line(l.heard, "To"), "tag=") == NULL);
	CHECK_EQ(transaction_cancel(l.client, NULL), -EPROTO);
	layers_far_answer(&l, 200, "CANCEL");
	layers_far_answer(&l, 487, "INVITE");
	CHECK_EQ(layers_far_hear(&l), 1);
	CHECK(strncmp(l.heard, "ACK", 3) == 0);
	told(&l, "response(100) response(487) ");
	layers_close(&l);
}

TEST(a_2xx_that_crosses_a_waiting_cancel_is_told_and_nothing_cancelled)
{
	struct layers l;

	layers_open(&l, false);
	CHECK_EQ(layers_place(&l, "INVITE", ""), 0);
	CHECK_EQ(layers_far_hear(&l), 1);
	CHECK_EQ(transaction_cancel(l.client, NULL), 0);
	layers_far_answer(&l, 200, "INVITE");
	CHECK_EQ(layers_far_hear(&l), 0);
	told(&l, "response(200) ");
	CHECK_EQ(transaction_cancel(l.client, NULL), -EPROTO);
	transaction_forget(l.client);
	layers_close(&l);
}

TEST(a_cancelled_invite_without_final_response_gives_up_after_64_t1)
{
	struct layers l;

	layers_open(&l, false);
	CHECK_EQ(layers_place(&l, "INVITE", ""), 0);
	CHECK_EQ(layers_far_hear(&l), 1);
	layers_far_answer(&l, 180, "INVITE");
	CHECK_EQ(transaction_cancel(l.client, NULL), 0);
	layers_pass(&l, SEC(31));
	told(&l, "response(180) ");
	layers_pass(&l, SEC(2));
	told(&l, "gave_up(408) ");
	CHECK_EQ(l.counts.transactions, 0);
	layers_close(&l);
}

/* --- other client --- */

TEST(a_request_nobody_answers_is_repeated_at_timer_e_until_timer_f)
{
	static const unsigned at[] = { 0,     500,   1500,  3500,  7500, 11500,
		                       15500, 19500, 23500, 27500, 31500 };
	struct layers l;

	layers_open(&l, false);
	CHECK_EQ(layers_place(&l, "OPTIONS", ""), 0);
	check_times(&l, at, ARRAY_LEN(at), SEC(40));
	told(&l, "gave_up(408) ");
	CHECK_EQ(l.counts.transactions, 0);
	layers_close(&l);
}

TEST(after_a_provisional_timer_e_runs_at_t2)
{
	struct layers l;
	char request[sizeof(l.heard)];

	layers_open(&l, false);
	CHECK_EQ(layers_place(&l, "BYE", ""), 0);
	CHECK_EQ(layers_far_hear(&l), 1);
	layers_far_answer(&l, 100, "BYE");
	memcpy(request, l.heard, sizeof(request));
	layers_pass(&l, MSEC(3900));
	CHECK_EQ(layers_far_hear(&l), 0);
	layers_pass(&l, MSEC(200));
	CHECK_EQ(layers_far_hear(&l), 1);
	CHECK(strcmp(l.heard, request) == 0);
	layers_far_answer(&l, 200, "BYE");
	layers_far_answer(&l, 200, "BYE");
	told(&l, "response(100) response(200) ");
	layers_pass(&l, MSEC(4900));
	CHECK_EQ(l.counts.transactions, 1);
	layers_pass(&l, MSEC(200)); /* timer K */
	CHECK_EQ(l.counts.transactions, 0);
	layers_close(&l);
}

/* --- INVITE server --- */

TEST(an_invite_hears_100_at_once_and_is_absorbed_when_it_comes_again)
{
	struct layers l;

	layers_open(&l, false);
	layers_far_send(&l, INVITE);
	CHECK_EQ(layers_far_hear(&l), 1);
	CHECK(strncmp(l.heard, "SIP/2.0 100 ", 12) == 0);
	layers_far_send(&l, INVITE);
	CHECK_EQ(layers_far_hear(&l), 1);
	CHECK_EQ(layers_answer(&l, 180), 0);
	CHECK_EQ(layers_far_hear(&l), 1);
	layers_far_send(&l, INVITE);
	CHECK_EQ(layers_far_hear(&l), 1);
	CHECK(strncmp(l.heard, "SIP/2.0 180 ", 12) == 0);
	told(&l, "request(INVITE) ");
	CHECK_EQ(l.counts.duplicates, 2);
	transaction_forget(l.server);
	layers_close(&l);
}

TEST(an_invite_answered_at_once_hears_no_100)
{
	struct layers l;

	layers_open(&l, false);
	l.answer = 486;
	layers_far_send(&l, INVITE);
	CHECK_EQ(layers_far_hear(&l), 1);
	CHECK(strncmp(l.heard, "SIP/2.0 486 ", 12) == 0);
	layers_close(&l);
}

TEST(a_refusal_is_repeated_at_timer_g_until_timer_h)
{
	static const unsigned at[] = { 0,     500,   1500,  3500,  7500, 11500,
		                       15500, 19500, 23500, 27500, 31500 };
	struct layers l;

	layers_open(&l, false);
	l.answer = 486;
	layers_far_send(&l, INVITE);
	check_times(&l, at, ARRAY_LEN(at), SEC(40));
	told(&l, "request(INVITE) ended(408) ");
	CHECK_EQ(l.counts.transactions, 0);
	layers_close(&l);
}

TEST(an_ack_ends_the_refusal_and_timer_i_the_transaction)
{
	struct layers l;

	layers_open(&l, false);
	l.answer = 486;
	layers_far_send(&l, INVITE);
	CHECK_EQ(layers_far_hear(&l), 1);
	layers_far_send(&l, INVITE); /* lost on the way: again */
	CHECK_EQ(layers_far_hear(&l), 1);
	layers_far_send(&l, OTHER("ACK"));
	layers_far_send(&l, OTHER("ACK"));
	layers_far_send(&l, INVITE);
	layers_pass(&l, MSEC(4900));
	CHECK_EQ(layers_far_hear(&l), 0);
	CHECK_EQ(l.counts.transactions, 1);
	layers_pass(&l, MSEC(200));
	told(&l, "request(INVITE) ended(0) ");
	CHECK_EQ(l.counts.transactions, 0);
	layers_close(&l);
}

TEST(after_a_2xx_the_invite_is_absorbed_and_the_2xx_sent_when_asked)
{
	struct layers l;

	layers_open(&l, false);
	l.answer = 200;
	layers_far_send(&l, INVITE);
	CHECK_EQ(layers_far_hear(&l), 1);
	layers_far_send(&l, INVITE);
	CHECK_EQ(layers_far_hear(&l), 0);
	CHECK_EQ(layers_answer(&l, 200), 0);
	CHECK_EQ(layers_far_hear(&l), 1);
	CHECK_EQ(layers_answer(&l, 180), -EPROTO);
	CHECK_EQ(layers_answer(&l, 486), -EPROTO);
	layers_far_send(&l, OTHER("ACK")); /* with the INVITE's branch */
	told(&l, "request(INVITE) stray(ACK) ");
	layers_pass(&l, SEC(33)); /* timer L */
	told(&l, "ended(0) ");
	CHECK_EQ(l.counts.transactions, 0);
	layers_close(&l);
}

TEST(an_invite_that_is_forgotten_unanswered_hears_500)
{
	struct layers l;

	layers_open(&l, false);
	layers_far_send(&l, INVITE);
	CHECK_EQ(layers_far_hear(&l), 1);
	transaction_forget(l.server);
	CHECK_EQ(layers_far_hear(&l), 1);
	CHECK(strncmp(l.heard, "SIP/2.0 500 ", 12) == 0);
	layers_pass(&l, SEC(40));
	told(&l, "request(INVITE) ");
	CHECK_EQ(l.counts.transactions, 0);
	layers_close(&l);
}

TEST(an_ack_to_a_2xx_goes_up)
{
	struct layers l;

	layers_open(&l, false);
	layers_far_send(&l, OTHER("ACK"));
	told(&l, "stray(ACK) ");
	CHECK_EQ(layers_far_hear(&l), 0);
	layers_close(&l);
}

/* --- CANCEL, theirs --- */

TEST(a_cancel_is_answered_and_told_and_the_invite_answered_487)
{
	struct layers l;

	layers_open(&l, false);
	layers_far_send(&l, INVITE);
	CHECK_EQ(layers_answer(&l, 180), 0);
	CHECK_EQ(layers_far_hear(&l), 2);
	layers_far_send(&l, OTHER("CANCEL"));
	CHECK_EQ(layers_far_hear(&l), 1);
	CHECK(strncmp(l.heard, "SIP/2.0 200 ", 12) == 0);
	CHECK_TEXT(layers_line(l.heard, "CSeq"), "CSeq: 1 CANCEL");
	CHECK(strstr(layers_line(l.heard, "To"), ";tag=us") != NULL);
	CHECK_EQ(layers_answer(&l, 487), 0);
	CHECK_EQ(layers_far_hear(&l), 1);
	layers_far_send(&l, OTHER("CANCEL")); /* again: absorbed */
	CHECK_EQ(layers_far_hear(&l), 1);
	layers_far_send(&l, OTHER("ACK"));
	layers_pass(&l, SEC(40));
	told(&l, "request(INVITE) cancelled ended(0) ");
	CHECK_EQ(l.counts.transactions, 0);
	layers_close(&l);
}

TEST(a_cancel_of_nothing_is_answered_481)
{
	struct layers l;

	layers_open(&l, false);
	layers_far_send(&l, OTHER("CANCEL"));
	CHECK_EQ(layers_far_hear(&l), 1);
	CHECK(strncmp(l.heard, "SIP/2.0 481 ", 12) == 0);
	told(&l, "");
	layers_close(&l);
}

TEST(a_cancel_after_the_final_response_changes_nothing)
{
	struct layers l;

	layers_open(&l, false);
	l.answer = 200;
	layers_far_send(&l, INVITE);
	CHECK_EQ(layers_far_hear(&l), 1);
	layers_far_send(&l, OTHER("CANCEL"));
	CHECK_EQ(layers_far_hear(&l), 1);
	CHECK(strncmp(l.heard, "SIP/2.0 200 ", 12) == 0);
	told(&l, "request(INVITE) ");
	layers_close(&l);
}

/* --- other server --- */

TEST(a_request_that_comes_again_gets_the_same_answer_until_timer_j)
{
	struct layers l;
	char first[sizeof(l.heard)];

	layers_open(&l, false);
	l.answer = 200;
	layers_far_send(&l, OTHER("OPTIONS"));
	CHECK_EQ(layers_far_hear(&l), 1);
	memcpy(first, l.heard, sizeof(first));
	layers_pass(&l, SEC(31));
	layers_far_send(&l, OTHER("OPTIONS"));
	CHECK_EQ(layers_far_hear(&l), 1);
	CHECK(strcmp(first, l.heard) == 0);
	CHECK_EQ(l.counts.transactions, 1);
	layers_pass(&l, SEC(2));
	told(&l, "request(OPTIONS) ended(0) ");
	CHECK_EQ(l.counts.transactions, 0);
	layers_close(&l);
}

TEST(a_request_answered_late_hears_100_and_one_never_answered_silence)
{
	struct layers l;

	layers_open(&l, false);
	layers_far_send(&l, OTHER("OPTIONS"));
	layers_pass(&l, MSEC(3400));
	layers_far_send(&l, OTHER("OPTIONS"));
	CHECK_EQ(layers_far_hear(&l), 0);
	layers_pass(&l, MSEC(200));
	CHECK_EQ(layers_far_hear(&l), 1);
	CHECK(strncmp(l.heard, "SIP/2.0 100 ", 12) == 0);
	layers_pass(&l, SEC(29));
	CHECK_EQ(layers_far_hear(&l), 0);
	told(&l, "request(OPTIONS) ended(408) ");
	layers_close(&l);
}

TEST(a_request_is_never_answered_408_or_180)
{
	struct layers l;

	layers_open(&l, false);
	layers_far_send(&l, OTHER("OPTIONS"));
	CHECK_EQ(layers_answer(&l, 408), -EPROTO);
	CHECK_EQ(layers_answer(&l, 180), -EPROTO);
	CHECK_EQ(layers_answer(&l, 200), 0);
	CHECK_EQ(layers_answer(&l, 200), -EPROTO);
	CHECK_EQ(layers_far_hear(&l), 1);
	layers_close(&l);
}
