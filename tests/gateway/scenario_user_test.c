/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * What users tell each other, from one network to the other: where both sides
 * are configured for it, in every message that may carry it, and nowhere else.
 */
#include <string.h>

#include "gateway/call.h"
#include "kernel/text.h"
#include "tests/gateway/world.h"

#define U    "User-to-User: "
#define SAID "04686921;purpose=isdn-uui;encoding=hex;content=isdn-uui"

static const struct uui said = { .len = 4, .octets = { 4, 'h', 'i', '!' } };

static struct world *open_both(void)
{
	return world_open_options(" isdn user-to-user on\n", " user-to-user\n");
}

static struct isdn_call *place(struct world *w)
{
	struct isdn_setup setup;
	struct isdn_call *call;

	exchange_setup(&setup, "2001");
	setup.uui = said;
	call = exchange_place_as(&w->exchange[0], &setup);
	CHECK(call != NULL);
	world_run(w, MSEC(20));
	CHECK(far_hears(&w->far[0], "INVITE "));
	return call;
}

static unsigned heard(struct world *w, enum isdn_event_kind kind)
{
	return exchange_last(&w->exchange[0], kind)->uui.len;
}

TEST(a_call_to_sip_tells_both_users)
{
	struct world *w = open_both();
	struct far *f = &w->far[0];
	struct isdn_call *call = place(w);

	CHECK_TEXT(far_header(f, "User-to-User"), SAID);
	far_reply(f, "180 Ringing", U "0401\r\n", NULL);
	world_run(w, MSEC(50));
	CHECK_EQ(heard(w, ISDN_ALERTING), 2);
	far_reply(f, "200 OK", U "040102\r\n", world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "ACK "));
	CHECK_EQ(heard(w, ISDN_ANSWER), 3);
	isdn_call_uui(call, &said);
	exchange_clear(call, 16);
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "BYE "));
	CHECK_TEXT(far_header(f, "User-to-User"), SAID);
	CHECK(strstr(world_ladder(w, 1),
	             "user-to-user: 4 octets from the caller") != NULL);
	CHECK(strstr(world_ladder(w, 1),
	             "user-to-user: 3 octets from the called side") != NULL);
	far_reply(f, "200 OK", "", NULL);
	world_run(w, MSEC(50));
	world_close(w);
}

TEST(a_call_from_sip_tells_both_users)
{
	struct world *w = open_both();
	struct exchange *x = &w->exchange[0];
	struct far *f = &w->far[0];

	far_invite(f, "1001", U "040102030405\r\n",
	           world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(50));
	CHECK_EQ(exchange_last(x, ISDN_SETUP)->setup.uui.len, 6);
	CHECK(far_hears(f, "SIP/2.0 100"));
	isdn_call_uui(x->call, &said);
	CHECK_EQ(isdn_call_alerting(x->call, 0), 0);
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "SIP/2.0 180"));
	CHECK_TEXT(far_header(f, "User-to-User"), SAID);
	isdn_call_uui(x->call, &said);
	CHECK_EQ(isdn_call_answer(x->call, NULL, 0), 0);
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "SIP/2.0 200"));
	CHECK_TEXT(far_header(f, "User-to-User"), SAID);
	far_request(f, "ACK", "", NULL);
	far_request(f, "BYE", U "0401\r\n", NULL);
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "SIP/2.0 200"));
	CHECK_EQ(heard(w, ISDN_RELEASED), 2);
	world_close(w);
}

TEST(refusals_tell_the_caller)
{
	struct world *w = open_both();
	struct exchange *x = &w->exchange[0];
	struct far *f = &w->far[0];

	(void)place(w);
	far_reply(f, "486 Busy", U "0401\r\n", NULL);
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "ACK "));
	CHECK_EQ(heard(w, ISDN_RELEASED), 2);
	far_invite(f, "1001", "", world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "SIP/2.0 100"));
	isdn_call_uui(x->call, &said);
	exchange_clear(x->call, 17);
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "SIP/2.0 486"));
	CHECK_TEXT(far_header(f, "User-to-User"), SAID);
	far_ack_refusal(f);
	world_close(w);
}

/* What a route that failed had to say is not the next one's. */
TEST(another_choice_says_nothing_of_the_first)
{
	static const char more[] =
		"controller e1 0\n isdn user-to-user on\n!\n"
		"sip-peer carrier\n user-to-user\n!\n"
		"sip-peer office\n address $FAR1\n user-to-user\n!\n"
		"dial-peer voice 210 voip\n preference 1\n"
		" destination-pattern 2...\n"
		" session target sip-peer office\n!\n";
	struct world *w = world_open_with(world_conf, more);
	struct exchange *x = &w->exchange[0];
	struct far *f = &w->far[0];

	(void)place(w);
	far_reply(f, "503 No", U "0401\r\n", NULL);
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "ACK "));
	f = &w->far[1];
	CHECK(far_hears(f, "INVITE "));
	CHECK_TEXT(far_header(f, "User-to-User"), SAID);
	far_reply(f, "180 Ringing", "", NULL);
	world_run(w, MSEC(50));
	CHECK_EQ(exchange_last(x, ISDN_ALERTING)->uui.len, 0);
	far_reply(f, "486 Busy", "", NULL);
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "ACK "));
	CHECK_EQ(heard(w, ISDN_RELEASED), 0);
	world_close(w);
}

static const struct {
	const char *span, *peer;
	bool out; /* heard by the peer; and by the exchange */
	unsigned back;
} trusts[] = {
	{ " isdn user-to-user on\n", "", false, 0 },
	{ "", " user-to-user\n", false, 0 },
	{ " isdn user-to-user short\n", " user-to-user\n", true, 33 },
	{ " isdn user-to-user on\n", " user-to-user\n", true, 34 },
};

#define HEX8 "0401020304050607"

TEST_ROWS(only_those_who_are_trusted_with_it, trusts, row)
{
	struct world *w = world_open_options(row->span, row->peer);
	struct far *f = &w->far[0];
	char extra[128];
	struct text t = TEXT(extra);

	(void)place(w);
	CHECK_TEXT(far_header(f, "User-to-User"), row->out ? SAID : "");
	text_add(&t, U HEX8 HEX8 HEX8 HEX8 "aa%s\r\n",
	         row->back == 34 ? "bb" : "");
	far_reply(f, "486 Busy", extra, NULL);
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "ACK "));
	CHECK_EQ(heard(w, ISDN_RELEASED), row->back);
	world_close(w);
}

/* 128 octets in every message, and a header nobody can read. */
TEST(the_console_counts_what_was_dropped)
{
	struct world *w = open_both();
	struct far *f = &w->far[0];
	char said_of[4096];

	w->exchange[0].manner = EXCHANGE_BUSY;
	far_invite(f, "1001", U "04zz\r\n", world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "SIP/2.0 100"));
	CHECK(far_hears(f, "SIP/2.0 486"));
	far_ack_refusal(f);
	world_run(w, MSEC(50));
	CHECK_EQ(world_console(w, "show sip-ua statistics", true, said_of,
	                       sizeof(said_of)),
	         0);
	CHECK(strstr(said_of, "\"user-to-user dropped\", \"value\": 1") !=
	      NULL);
	world_close(w);
}
