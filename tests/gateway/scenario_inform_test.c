/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * What is told in a call beside its sound: digits by INFO, hold by NOTIFY, and
 * who is connected now by UPDATE.
 */
#include <errno.h>
#include <string.h>

#include "gateway/call.h"
#include "kernel/text.h"
#include "tests/gateway/world.h"

/* A call from the exchange, answered with these headers. */
static struct isdn_call *call_out(struct world *w, const char *extra,
                                  bool events)
{
	static char sdp[1024];
	struct far *f = &w->far[0];
	struct isdn_call *call = world_place(w, "2001");
	char *line;

	phone_learn(&w->phone[0], far_body(f));
	(void)text_copy(sdp, sizeof(sdp), world_sdp(w, 0, "sendrecv"));
	line = strstr(sdp, "a=rtpmap:101");
	if (!events && line != NULL)
		*line = '\0';
	line = strstr(sdp, " 101\r\n");
	if (!events && line != NULL)
		memmove(line, line + 4, strlen(line + 4) + 1);
	far_reply(f, "200 OK", extra, sdp);
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "ACK "));
	return call;
}

static void hang_up(struct world *w, struct isdn_call *call)
{
	world_clear_isdn(w, call, 0);
	world_close(w);
}

/* --- digits --- */

#define ALLOW "Allow: INVITE, ACK, BYE, CANCEL, INFO, UPDATE\r\n"

static const struct {
	const char *peer, *allow;
	bool events;
	bool by_info, by_rtp;
} ways[] = {
	{ "", ALLOW, true, false, true },
	{ "", ALLOW, false, true, false },
	{ "", "", false, false, false },
	{ " dtmf info rtp\n", ALLOW, true, true, false },
	{ " dtmf info rtp\n", "", true, false, true },
	{ " dtmf inband\n", ALLOW, true, false, false },
	{ " dtmf rtp\n", ALLOW, false, false, false },
};

TEST_ROWS(a_digit_goes_the_way_the_peer_takes, ways, row)
{
	struct world *w = world_open_options("", row->peer);
	struct exchange *x = &w->exchange[0];
	struct far *f = &w->far[0];
	struct isdn_call *call = call_out(w, row->allow, row->events);
	unsigned channel = world_call(w)->leg[0].isdn.channel;

	world_run(w, MSEC(100));
	phone_forget(&w->phone[0]);
	x->dials[channel] = true;
	world_run(w, MSEC(100));
	x->dials[channel] = false;
	world_run(w, MSEC(200));
	CHECK_TEXT(w->phone[0].digits, row->by_rtp ? "5" : "");
	CHECK_EQ(far_hears(f, "INFO "), row->by_info);
	if (row->by_info) {
		CHECK_TEXT(far_header(f, "Content-Type"),
		           "application/dtmf-relay");
		CHECK(strstr(far_body(f), "Signal=5\r\n") != NULL);
		far_reply(f, "200 OK", "", NULL);
		world_run(w, MSEC(50));
		CHECK(!far_hear(f));
	}
	hang_up(w, call);
}

TEST(digits_go_one_after_the_other)
{
	struct world *w = world_open_options("", " dtmf info\n");
	struct far *f = &w->far[0];
	struct isdn_call *call = call_out(w, ALLOW, true);
	struct sip_session *session = world_call(w)->leg[1].sip.session;

	CHECK_EQ(sip_session_info(session, "1#!"), 0);
	world_run(w, MSEC(20));
	CHECK(far_hears(f, "INFO "));
	CHECK(strstr(far_body(f), "Signal=1\r\n") != NULL);
	CHECK(!far_hear(f));
	far_reply(f, "200 OK", "", NULL);
	world_run(w, MSEC(20));
	CHECK(far_hears(f, "INFO "));
	CHECK(strstr(far_body(f), "Signal=#\r\n") != NULL);
	far_reply(f, "415 Unsupported Media Type", "", NULL);
	world_run(w, MSEC(20));
	CHECK(!sip_session_takes_info(session));
	CHECK(!far_hear(f));
	CHECK_EQ(sip_session_info(session, "111111111111111111111111111111111"),
	         -ENOSPC);
	world_run(w, MSEC(20));
	CHECK(far_hears(f, "INFO "));
	far_reply(f, "501 Not Implemented", "", NULL);
	world_run(w, MSEC(20));
	CHECK(!far_hear(f)); /* those that waited are given up */
	hang_up(w, call);
}

TEST(a_dialog_that_is_gone_ends_the_call)
{
	struct world *w = world_open_options("", " dtmf info\n");
	struct far *f = &w->far[0];

	(void)call_out(w, ALLOW, true);
	CHECK_EQ(sip_session_info(world_call(w)->leg[1].sip.session, "1"), 0);
	world_run(w, MSEC(20));
	CHECK(far_hears(f, "INFO "));
	far_reply(f, "481 Gone", "", NULL);
	world_run(w, MSEC(50));
	CHECK(exchange_last(&w->exchange[0], ISDN_RELEASED) != NULL);
	if (far_hears(f, "BYE "))
		far_reply(f, "481 Gone", "", NULL);
	world_run(w, MSEC(50));
	world_close(w);
}

/* --- hold --- */

static const struct {
	const char *span;
	bool told;
} holds[] = { { "", false }, { " notify hold\n", true } };

TEST_ROWS(hold_is_told_to_the_exchange_where_configured, holds, row)
{
	struct world *w = world_open_options(row->span, "");
	struct exchange *x = &w->exchange[0];
	struct far *f = &w->far[0];
	struct isdn_call *call = call_out(w, "", true);

	far_request(f, "INVITE", "", world_sdp(w, 0, "sendonly"));
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "SIP/2.0 200"));
	far_request(f, "ACK", "", NULL);
	world_run(w, MSEC(50));
	CHECK_EQ(exchange_last(x, ISDN_NOTIFY) != NULL, row->told);
	if (row->told)
		CHECK_EQ(exchange_last(x, ISDN_NOTIFY)->event.notification,
		         0x79);
	far_request(f, "INVITE", "", world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "SIP/2.0 200"));
	far_request(f, "ACK", "", NULL);
	world_run(w, MSEC(50));
	if (row->told)
		CHECK_EQ(exchange_last(x, ISDN_NOTIFY)->event.notification,
		         0x7a);
	hang_up(w, call);
}

/* --- who is connected now --- */

static const struct {
	const char *peer, *allow;
	bool told;
} connected[] = {
	{ "", ALLOW, true },
	{ " no identity\n", ALLOW, false },
};

TEST_ROWS(a_new_connected_party_is_told_by_update, connected, row)
{
	struct world *w = world_open_options("", row->peer);
	struct far *f = &w->far[0];
	struct isdn_call *call = call_out(w, row->allow, true);
	struct leg *leg = &world_call(w)->leg[0];
	struct party party = { .number = { .present = true,
		                           .digits = "5550177" } };
	struct leg_word word = { .kind = LEG_CONNECTED, .party = &party };

	leg_report(leg, &word);
	world_run(w, MSEC(50));
	CHECK_EQ(far_hears(f, "UPDATE "), row->told);
	if (row->told) {
		CHECK(strstr(far_header(f, "P-Asserted-Identity"), "5550177") !=
		      NULL);
		CHECK_TEXT(far_body(f), "");
		far_reply(f, "200 OK", "", NULL);
		world_run(w, MSEC(50));
	}
	hang_up(w, call);
}

/* --- the exchange holds --- */

static void expect_offer(struct world *w, enum leg_word_kind kind,
                         const char *direction)
{
	struct far *f = &w->far[0];
	struct leg_word word = { .kind = kind };

	leg_report(&world_call(w)->leg[0], &word);
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "INVITE "));
	CHECK(strstr(far_body(f), direction) != NULL);
	world_answer(w, 0);
}

TEST(a_hold_of_the_exchange_is_offered_to_the_phone)
{
	struct world *w = world_open_options("", "");
	struct isdn_call *call = call_out(w, "", true);

	expect_offer(w, LEG_HOLD, "a=sendonly");
	CHECK(world_call(w)->held[0]);
	expect_offer(w, LEG_RETRIEVE, "a=sendrecv");
	CHECK(!world_call(w)->held[0]);
	hang_up(w, call);
}
