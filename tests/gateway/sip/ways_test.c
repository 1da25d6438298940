/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The ways messages take through transactions and transport: which transaction
 * a request belongs to, where responses go, what is refused, what happens when
 * the transport fails.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/sip/machine.h"
#include "kernel/instant.h"
#include "kernel/mem.h"
#include "kernel/net.h"
#include "tests/gateway/sip/layers.h"
#include "tests/test.h"

#define REQUEST(method, via, from, to, id)                                \
	method " sip:us@$B SIP/2.0\r\nVia: " via "\r\nFrom: <sip:far@$F>" \
	       ";tag=" from "\r\nTo: <sip:us@$B>" to "\r\nCall-ID: " id   \
	       "\r\nCSeq: 1 " method "\r\nContent-Length: 0\r\n\r\n"
#define UDP_VIA(branch) "SIP/2.0/UDP $F;branch=" branch ";rport"

static bool answered(struct layers *l, unsigned n, const char *begin)
{
	return layers_far_hear(l) == n &&
	       strncmp(l->heard, begin, strlen(begin)) == 0;
}

/* --- the machines as a whole --- */

static const struct fsm_type *const machines[] = {
	&transaction_invite_client,
	&transaction_other_client,
	&transaction_invite_server,
	&transaction_other_server,
};

/* Each machine's states, from the figures of RFC 3261 and 6026. */
static const unsigned states_of[] = {
	1u << TRANSACTION_NEW | 1u << TRANSACTION_CALLING |
		1u << TRANSACTION_PROCEEDING | 1u << TRANSACTION_COMPLETED |
		1u << TRANSACTION_ACCEPTED | 1u << TRANSACTION_TERMINATED,
	1u << TRANSACTION_NEW | 1u << TRANSACTION_TRYING |
		1u << TRANSACTION_PROCEEDING | 1u << TRANSACTION_COMPLETED |
		1u << TRANSACTION_TERMINATED,
	1u << TRANSACTION_NEW | 1u << TRANSACTION_PROCEEDING |
		1u << TRANSACTION_COMPLETED | 1u << TRANSACTION_CONFIRMED |
		1u << TRANSACTION_ACCEPTED | 1u << TRANSACTION_TERMINATED,
	1u << TRANSACTION_NEW | 1u << TRANSACTION_TRYING |
		1u << TRANSACTION_PROCEEDING | 1u << TRANSACTION_COMPLETED |
		1u << TRANSACTION_TERMINATED,
};

TEST(rows_stay_within_their_machine_and_terminated_is_the_end)
{
	for (size_t m = 0; m < ARRAY_LEN(machines); m++)
		for (size_t i = 0; i < machines[m]->nrows; i++) {
			const struct fsm_row *row = &machines[m]->rows[i];

			CHECK(states_of[m] & 1u << row->state);
			CHECK(row->next == FSM_SAME ||
			      states_of[m] & 1u << row->next);
			CHECK(row->state != TRANSACTION_TERMINATED);
		}
}

static osip_message_t *walk_message(struct layers *l, const char *text)
{
	char filled[2048];
	osip_message_t *m = NULL;

	layers_fill(l, text, filled, sizeof(filled));
	CHECK_EQ(message_parse(&m, (struct bytes){ (const void *)filled,
	                                           strlen(filled) }),
	         0);
	return m;
}

/* A transaction brought into a state, by the machine's own enter(). */
static struct transaction *walk_begin(struct layers *l, size_t m,
                                      unsigned state)
{
	bool invite = m == 0 || m == 2;
	struct transaction *t = transaction_new(l->transactions, machines[m]);

	CHECK(t != NULL);
	t->request = walk_message(
		l, invite ? REQUEST("INVITE", UDP_VIA("z9hG4bKw"), "a", "", "w")
			  : REQUEST("BYE", UDP_VIA("z9hG4bKw"), "a", "", "w"));
	t->hop.remote = t->reply.remote = l->far_addr;
	t->user = m < 2 ? &layers_client : NULL;
	t->self = l;
	t->status = m < 2 ? 0 : 100;
	CHECK_EQ(message_octets(t->request, &t->octets), 0);
	(void)snprintf(t->branch, sizeof(t->branch), "z9hG4bKw");
	lookup_add(t);
	t->fsm.state = (uint8_t)state;
	t->interval = MSEC(500);
	return t;
}

static unsigned walk_want(size_t m, unsigned state, unsigned event)
{
	const struct fsm_row *row = fsm_find(machines[m], state, event);

	/* The 100 of RFC 4320 is an event of its own. */
	if (m == 3 && state == TRANSACTION_TRYING &&
	    event == TRANSACTION_REPEAT)
		return TRANSACTION_PROCEEDING;
	return row == NULL || row->next == FSM_SAME ? state : row->next;
}

static void walk(size_t m, unsigned state, unsigned event)
{
	struct transaction *t;
	osip_message_t *r;
	struct layers l;

	layers_open(&l, false);
	t = walk_begin(&l, m, state);
	r = message_response(t->request, 486, NULL, "x");
	fsm_post(&t->fsm, event, r);
	CHECK_EQ(fsm_state(&t->fsm), walk_want(m, state, event));
	(void)message_free(r);
	layers_pass(&l, SEC(1));
	layers_close(&l);
}

TEST(every_event_in_every_state_of_every_machine_is_survived)
{
	for (size_t m = 0; m < ARRAY_LEN(machines); m++)
		for (unsigned s = 0; s < TRANSACTION_TERMINATED; s++)
			for (unsigned e = 0; e < TRANSACTION_EVENTS; e++)
				if (states_of[m] & 1u << s)
					walk(m, s, e);
}

/* --- where responses go --- */

static const struct {
	const char *via, *received, *rport;
	bool to_source;
} routes[] = {
	/* clang-format off */
	{ "SIP/2.0/UDP $F;branch=z9hG4bKr",                 "",                    "",        true  },
	{ "SIP/2.0/UDP $F;branch=z9hG4bKr;rport",           "received=127.0.0.1",  "rport=",  true  },
	{ "SIP/2.0/UDP 192.0.2.7:9;branch=z9hG4bKr;rport",  "received=127.0.0.1",  "rport=",  true  },
	{ "SIP/2.0/UDP 192.0.2.7:9;branch=z9hG4bKr",        "received=127.0.0.1",  "",        false },
	{ "SIP/2.0/UDP phone.invalid;branch=z9hG4bKr;rport", "received=127.0.0.1", "rport=",  true  },
	/* clang-format on */
};

TEST_ROWS(responses_take_the_way_of_rfc_3261_18_2_2_and_3581, routes, row)
{
	struct layers l;
	char text[2048];
	const char *via;

	layers_open(&l, false);
	l.answer = 200;
	(void)snprintf(text, sizeof(text),
	               REQUEST("OPTIONS", "%s", "a", "", "r"), row->via);
	layers_far_send(&l, text);
	CHECK_EQ(layers_far_hear(&l), row->to_source ? 1 : 0);
	if (row->to_source) {
		via = layers_line(l.heard, "Via");
		CHECK(strstr(via, row->received) != NULL);
		CHECK(strstr(via, row->rport) != NULL);
		CHECK((strstr(via, "received") != NULL) ==
		      (row->received[0] != '\0'));
	}
	layers_close(&l);
}

TEST(ipv6_carries_requests_and_responses)
{
	struct layers l;

	layers_open(&l, true);
	l.answer = 200;
	layers_far_send(&l,
	                REQUEST("OPTIONS", UDP_VIA("z9hG4bK6"), "a", "", "v6"));
	CHECK(answered(&l, 1, "SIP/2.0 200 "));
	CHECK(strstr(layers_line(l.heard, "Via"), "received=::1") != NULL);
	CHECK_EQ(layers_place(&l, "OPTIONS", ""), 0);
	CHECK(answered(&l, 1, "OPTIONS "));
	CHECK(strstr(layers_line(l.heard, "Via"), "UDP [::1]:") != NULL);
	layers_far_answer(&l, 200, "OPTIONS");
	CHECK(strstr(l.told, "response(200) ") != NULL);
	layers_close(&l);
}

/* --- what is refused --- */

TEST(a_request_that_came_another_way_before_is_merged_482)
{
	struct layers l;

	layers_open(&l, false);
	layers_far_send(&l,
	                REQUEST("INVITE", UDP_VIA("z9hG4bK1"), "a", "", "m"));
	CHECK(answered(&l, 1, "SIP/2.0 100 "));
	layers_far_send(&l,
	                REQUEST("INVITE", UDP_VIA("z9hG4bK2"), "a", "", "m"));
	CHECK(answered(&l, 1, "SIP/2.0 482 "));
	CHECK_EQ(l.counts.merged, 1);
	/* Another caller, another call, or within a dialog: not merged. */
	layers_far_send(&l,
	                REQUEST("INVITE", UDP_VIA("z9hG4bK3"), "b", "", "m"));
	CHECK(answered(&l, 1, "SIP/2.0 100 "));
	layers_far_send(&l, REQUEST("INVITE", UDP_VIA("z9hG4bK4"), "a",
	                            ";tag=us", "m"));
	CHECK(answered(&l, 1, "SIP/2.0 100 "));
	CHECK_EQ(l.counts.merged, 1);
	layers_close(&l);
}

TEST(who_was_refused_may_try_again_with_another_branch)
{
	struct layers l;

	layers_open(&l, false);
	l.answer = 503;
	layers_far_send(&l,
	                REQUEST("INVITE", UDP_VIA("z9hG4bK1"), "a", "", "m"));
	layers_far_send(&l,
	                REQUEST("INVITE", UDP_VIA("z9hG4bK2"), "a", "", "m"));
	CHECK(answered(&l, 2, "SIP/2.0 503 "));
	CHECK_EQ(l.counts.merged, 0);
	layers_close(&l);
}

/* Sends back what the far end heard, with another Request-URI or not. */
static void reflect(struct layers *l, const char *line)
{
	static char text[65536];
	const char *rest = strchr(l->heard, '\n') + 1;

	(void)snprintf(text, sizeof(text),
	               "%sVia: SIP/2.0/UDP $F;branch=z9hG4bKproxy;rport\r\n%s",
	               line, rest);
	layers_far_send(l, text);
}

TEST(a_request_of_ours_that_comes_back_unchanged_is_a_loop)
{
	struct layers l;
	char line[256];

	layers_open(&l, false);
	CHECK_EQ(layers_place(&l, "INVITE", ""), 0);
	CHECK_EQ(layers_far_hear(&l), 1);
	(void)snprintf(line, sizeof(line), "%.*s\r\n",
	               (int)strcspn(l.heard, "\r"), l.heard);
	reflect(&l, line);
	CHECK(answered(&l, 1, "SIP/2.0 482 "));
	CHECK_EQ(l.counts.loops, 1);
	CHECK_TEXT(l.told, "");
	layers_close(&l);
}

TEST(a_request_of_ours_routed_back_to_us_on_purpose_is_a_call)
{
	struct layers l;

	layers_open(&l, false);
	CHECK_EQ(layers_place(&l, "INVITE", ""), 0);
	CHECK_EQ(layers_far_hear(&l), 1);
	reflect(&l, "INVITE sip:other@$B SIP/2.0\r\n");
	CHECK(answered(&l, 1, "SIP/2.0 100 "));
	CHECK_TEXT(l.told, "request(INVITE) ");
	CHECK_EQ(l.counts.loops, 0);
	layers_close(&l);
}

TEST(what_can_not_be_read_is_refused_without_state)
{
	struct layers l;

	layers_open(&l, false);
	layers_far_send(&l, "OPTIONS sip:us@$B SIP/7.0\r\nVia: "
	                    "SIP/2.0/UDP $F;branch=z9hG4bKv;rport\r\n"
	                    "From: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\n"
	                    "Call-ID: v\r\nCSeq: 1 OPTIONS\r\n\r\n");
	CHECK(answered(&l, 1, "SIP/2.0 505 "));
	CHECK_EQ(l.counts.transactions, 0);
	/* An ACK is never answered: RFC 3261 17. */
	layers_far_send(&l, "ACK sip:us@$B SIP/7.0\r\nVia: "
	                    "SIP/2.0/UDP $F;branch=z9hG4bKv;rport\r\n"
	                    "From: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\n"
	                    "Call-ID: v\r\nCSeq: 1 ACK\r\n\r\n");
	CHECK_EQ(layers_far_hear(&l), 0);
	CHECK_TEXT(l.told, "");
	layers_close(&l);
}

TEST(a_response_that_is_not_ours_is_dropped_and_counted)
{
	struct layers l;

	layers_open(&l, false);
	CHECK_EQ(layers_place(&l, "OPTIONS", ""), 0);
	CHECK_EQ(layers_far_hear(&l), 1);
	layers_far_answer(&l, 200, "INVITE"); /* another method: a stray 2xx */
	CHECK_TEXT(l.told, "stray(2xx) ");
	layers_far_send(&l, "SIP/2.0 486 Busy\r\nVia: "
	                    "SIP/2.0/UDP h;branch=z9hG4bKguess\r\n"
	                    "From: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\n"
	                    "Call-ID: v\r\nCSeq: 1 INVITE\r\n\r\n");
	CHECK_EQ(l.counts.strays, 1);
	layers_close(&l);
}

TEST(the_last_eighth_of_the_pool_is_for_what_ends_calls)
{
	struct layers l;
	struct sip_conf conf;
	char text[2048];

	sip_conf_preset(&conf);
	conf.transactions_most = 16;
	layers_open_conf(&l, false, &conf);
	for (int i = 0; i < 14; i++) {
		(void)snprintf(text, sizeof(text),
		               REQUEST("INVITE",
		                       "SIP/2.0/UDP "
		                       "$F;branch=z9hG4bK%d;rport",
		                       "a", "", "call%d"),
		               i, i);
		layers_far_send(&l, text);
	}
	CHECK_EQ(layers_far_hear(&l), 14);
	CHECK(!transactions_have_room(l.transactions)); /* so says the gate */
	layers_far_send(&l, REQUEST("BYE", UDP_VIA("z9hG4bKb"), "a", ";tag=us",
	                            "call1"));
	CHECK_EQ(layers_answer(&l, 200), 0);
	CHECK(answered(&l, 1, "SIP/2.0 200 "));
	CHECK_EQ(layers_place(&l, "BYE", ""), 0);
	CHECK_EQ(l.counts.cut_short, 0);
	/* What was answered and only lingers gives its place away. */
	CHECK_EQ(layers_place(&l, "BYE", ""), 0);
	CHECK_EQ(l.counts.cut_short, 1);
	CHECK_EQ(layers_place(&l, "BYE", ""), -EBUSY);
	CHECK_EQ(layers_far_hear(&l), 2);
	layers_far_send(&l, REQUEST("BYE", UDP_VIA("z9hG4bKc"), "a", ";tag=us",
	                            "call2"));
	CHECK_EQ(layers_far_hear(&l), 0);
	layers_close(&l);
}

TEST(those_that_are_held_are_not_in_the_way_of_the_spare)
{
	enum { HELD = 40, SPARE = 20 };
	struct layers l;
	struct sip_conf conf;

	sip_conf_preset(&conf);
	conf.transactions_most = HELD + SPARE;
	layers_open_conf(&l, false, &conf);
	for (int i = 0; i < HELD; i++) { /* calls that are up */
		CHECK_EQ(layers_place(&l, "INVITE", ""), 0);
		CHECK_EQ(layers_far_hear(&l), 1);
		layers_far_answer(&l, 200, "INVITE");
	}
	for (int i = 0; i < 3 * SPARE; i++) {
		CHECK_EQ(layers_place(&l, "OPTIONS", ""), 0);
		CHECK_EQ(layers_far_hear(&l), 1);
		layers_far_answer(&l, 200, "OPTIONS");
	}
	CHECK_EQ(l.counts.cut_short, 2 * SPARE);
	CHECK_EQ(l.counts.refused_limit, 0);
	layers_close(&l);
}

/* --- RFC 2543 --- */

#define OLD_VIA "SIP/2.0/UDP $F"

static const struct {
	const char *via;
} olds[] = { { OLD_VIA },
	     { OLD_VIA ";branch=z9hG4bK" },
	     { OLD_VIA ";branch=3" } };

TEST_ROWS(a_client_of_rfc_2543_is_matched_by_its_headers, olds, row)
{
	struct layers l;
	char invite[2048], ack[2048], cancel[2048];

	layers_open(&l, false);
	(void)snprintf(invite, sizeof(invite),
	               REQUEST("INVITE", "%s", "a", "", "o"), row->via);
	(void)snprintf(cancel, sizeof(cancel),
	               REQUEST("CANCEL", "%s", "a", "", "o"), row->via);
	(void)snprintf(ack, sizeof(ack),
	               REQUEST("ACK", "%s", "a", ";tag=us", "o"), row->via);
	layers_far_send(&l, invite);
	CHECK(answered(&l, 1, "SIP/2.0 100 "));
	layers_far_send(&l, invite);
	CHECK(answered(&l, 1, "SIP/2.0 100 "));
	layers_far_send(&l, cancel);
	CHECK(answered(&l, 1, "SIP/2.0 200 "));
	CHECK_EQ(layers_answer(&l, 487), 0);
	CHECK(answered(&l, 1, "SIP/2.0 487 "));
	layers_far_send(&l, ack);
	layers_pass(&l, SEC(6));
	CHECK_EQ(layers_far_hear(&l), 0);
	CHECK_TEXT(l.told, "request(INVITE) cancelled ended(0) ");
	layers_close(&l);
}

/* --- what fails --- */

TEST(a_datagram_that_can_not_be_sent_gives_up_503)
{
	struct layers l;

	layers_open(&l, false);
	net_fail_after(0, ENETUNREACH);
	CHECK_EQ(layers_place(&l, "INVITE", ""), 0);
	CHECK_TEXT(l.told, "gave_up(503) ");
	CHECK_EQ(l.counts.transactions, 0);
	net_fail_after(-1, 0);
	layers_close(&l);
}

TEST(a_datagram_there_is_no_room_for_counts_as_lost)
{
	struct layers l;

	layers_open(&l, false);
	net_fail_after(0, ENOBUFS);
	CHECK_EQ(layers_place(&l, "INVITE", ""), 0);
	net_fail_after(-1, 0);
	CHECK_EQ(layers_far_hear(&l), 0);
	layers_pass(&l, MSEC(500));
	CHECK_EQ(layers_far_hear(&l), 1);
	CHECK_TEXT(l.told, "");
	CHECK_EQ(l.counts.send_failures, 1);
	layers_close(&l);
}

TEST(a_response_that_can_not_be_sent_ends_the_transaction)
{
	struct layers l;

	layers_open(&l, false);
	layers_far_send(&l,
	                REQUEST("INVITE", UDP_VIA("z9hG4bKf"), "a", "", "f"));
	net_fail_after(0, EPERM);
	CHECK_EQ(layers_answer(&l, 486), 0);
	CHECK_TEXT(l.told, "request(INVITE) ");
	layers_settle(&l);
	net_fail_after(-1, 0);
	CHECK_TEXT(l.told, "request(INVITE) ended(503) ");
	CHECK_EQ(l.counts.transactions, 0);
	layers_close(&l);
}

TEST(no_bind_of_that_family_is_no_way)
{
	struct hop hop = { .transport = SIP_UDP };
	struct layers l;

	layers_open(&l, false);
	CHECK_EQ(addr_parse(&hop.remote, "::1", 5060), 0);
	CHECK_EQ(transaction_request(NULL, l.transactions, &hop,
	                             layers_request(&l, "BYE", ""),
	                             &layers_client, &l),
	         -EHOSTUNREACH);
	CHECK_EQ(l.counts.transactions, 0);
	layers_close(&l);
}

LADDER(calls_both_ways_survive_want_of_memory_and_of_the_network)
{
	struct layers l;

	if (!layers_open(&l, false))
		return;
	if (layers_place(&l, "INVITE", "Route: <sip:p.invalid;lr>\r\n") == 0) {
		(void)layers_far_hear(&l);
		if (l.heard[0] != '\0')
			layers_far_answer(&l, 180, "INVITE");
		if (l.client != NULL)
			(void)transaction_cancel(l.client, "Q.850;cause=16");
		(void)layers_settle(&l);
		if (l.heard[0] != '\0')
			layers_far_answer(&l, 487, "INVITE");
	}
	layers_far_send(&l,
	                REQUEST("INVITE", UDP_VIA("z9hG4bKl"), "a", "", "l"));
	(void)layers_answer(&l, 180);
	layers_far_send(&l,
	                REQUEST("CANCEL", UDP_VIA("z9hG4bKl"), "a", "", "l"));
	(void)layers_answer(&l, 487);
	layers_far_send(
		&l, REQUEST("ACK", UDP_VIA("z9hG4bKl"), "a", ";tag=us", "l"));
	layers_pass(&l, SEC(70));
	if (ladder_ok())
		CHECK_EQ(l.counts.transactions, 0);
	layers_close(&l);
}
