/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * More calls than the machine can carry: refused at once with 503 and cause 42,
 * while calls that are up and emergency calls notice nothing.
 */
#include <string.h>

#include "gateway/call.h"
#include "kernel/datagram.h"
#include "tests/gateway/world.h"

static const char conf[] =
	"controller e1 0\n board sim\n isdn setup-rate 3\n!\n"
	"controller e1 1\n board sim\n isdn overlap-receiving\n isdn "
	"setup-rate 3\n!\n"
	"sip-ua\n bind udp $SIP\n!\n"
	"sip-peer carrier\n address $FAR0\n!\n"
	"sip-peer office\n address $FAR1\n!\n"
	"dial-peer voice 1 pots\n destination-pattern 1...\n trunk e1 0\n!\n"
	"dial-peer voice 2 voip\n destination-pattern 2...\n"
	" session target sip-peer carrier\n!\n"
	"dial-peer voice 911 pots\n destination-pattern 911\n trunk e1 0\n"
	" emergency\n!\n"
	"dial-peer voice 112 voip\n destination-pattern 112\n"
	" session target sip-peer carrier\n emergency\n!\n";

/* From now on what comes has waited so long, for two periods and more. */
static void overload(struct world *w)
{
	struct far *f = &w->far[1];

	datagrams_age(MSEC(20));
	for (unsigned i = 0; i < 4; i++) {
		far_invite(f, "1001", "", world_sdp(w, 1, "sendrecv"));
		world_run(w, MSEC(100));
	}
	CHECK(w->gateway->overload.limiting);
	datagrams_age(MSEC(35));
}

static void end_overload(struct world *w)
{
	datagrams_age(-1);
	world_run(w, SEC(3));
	CHECK(!w->gateway->overload.limiting);
}

TEST(a_late_invite_is_503_and_leaves_no_call)
{
	struct world *w = world_open(conf);
	struct far *f = &w->far[0];

	w->exchange[0].manner = EXCHANGE_BUSY;
	datagrams_age(MSEC(35));
	far_invite(f, "1001", "", world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "SIP/2.0 503"));
	CHECK_TEXT(far_header(f, "Retry-After"), "10");
	far_ack_refusal(f);
	world_run(w, MSEC(50));
	CHECK_EQ(w->gateway->counts.calls, 0);
	CHECK_EQ(w->gateway->counts.refused_overload, 1);
	datagrams_age(-1);
	world_close(w);
}

TEST(an_emergency_call_comes_in_through_an_overload)
{
	struct world *w = world_open(conf);
	struct far *f = &w->far[0], *g = &w->far[1];

	w->exchange[0].manner = EXCHANGE_BUSY;
	overload(w);
	far_deaf(g);
	far_invite(g, "1002", "", world_sdp(w, 1, "sendrecv"));
	world_run(w, MSEC(50));
	CHECK(far_hears(g, "SIP/2.0 503"));
	far_ack_refusal(g);
	w->exchange[0].manner = EXCHANGE_ANSWERS;
	world_invite(w, "911", "SIP/2.0 200");
	far_request(f, "ACK", "", NULL);
	world_run(w, MSEC(50));
	CHECK(world_call(w)->emergency);
	world_clear_sip(w, 0);
	end_overload(w);
	world_close(w);
}

TEST(a_call_that_is_up_talks_and_ends_in_an_overload)
{
	struct world *w = world_open(conf);

	CHECK(world_call_in(w) != NULL);
	w->exchange[0].manner = EXCHANGE_BUSY;
	overload(w);
	CHECK_TEXT(call_state_name(world_call(w)), "talking");
	world_clear_sip(w, 0);
	end_overload(w);
	world_close(w);
}

TEST(in_an_overload_the_exchange_hears_42_but_for_emergency_calls)
{
	struct world *w = world_open(conf);
	struct exchange *x = &w->exchange[0];
	struct far *f = &w->far[0];

	w->gateway->overload.limiting = true;
	w->gateway->overload.rate = 2;
	w->gateway->overload.filled = instant_now();
	CHECK(exchange_place(x, "2001") != NULL);
	world_run(w, MSEC(50));
	CHECK_EQ(exchange_cause(x), 42);
	CHECK(!far_hear(f));
	CHECK_EQ(w->gateway->counts.calls, 0);
	world_place(w, "112");
	CHECK_EQ(w->gateway->counts.emergency, 1);
	far_reply(f, "486 Busy", "", NULL);
	end_overload(w);
	CHECK(far_hears(f, "ACK "));
	world_close(w);
}

/* Uses up the SETUPs of a second. */
static void storm(struct world *w, struct exchange *x)
{
	for (unsigned i = 0; i < 4; i++)
		CHECK(exchange_place(x, "9999") != NULL);
	world_run(w, MSEC(50));
}

TEST(an_emergency_setup_passes_the_setup_rate)
{
	struct world *w = world_open(conf);
	struct exchange *x = &w->exchange[0];
	struct far *f = &w->far[0];

	storm(w, x);
	CHECK(exchange_place(x, "2001") != NULL);
	world_run(w, MSEC(50));
	CHECK_EQ(exchange_cause(x), 42);
	CHECK(!far_hear(f));
	world_place(w, "112");
	far_reply(f, "486 Busy", "", NULL);
	world_run(w, SEC(1));
	CHECK(far_hears(f, "ACK "));
	world_close(w);
}

static const struct {
	const char *first, *more;
	bool reaches;
} dials[] = {
	{ "11", "2", true },   /* could become one, and does */
	{ "2", "001", false }, /* could not */
	{ "11", "34", false }, /* could, and did not */
};

TEST_ROWS(a_number_that_grows_is_weighed_when_it_is_known, dials, row)
{
	struct world *w = world_open(conf);
	struct exchange *x = &w->exchange[1];
	struct far *f = &w->far[0];
	struct isdn_setup setup;
	struct isdn_call *call;

	exchange_setup(&setup, row->first);
	setup.complete = false;
	w->gateway->overload.limiting = true;
	w->gateway->overload.rate = 2;
	w->gateway->overload.filled = instant_now();
	call = exchange_place_as(x, &setup);
	CHECK(call != NULL);
	world_run(w, MSEC(50));
	if (exchange_last(x, ISDN_RELEASED) == NULL)
		CHECK_EQ(isdn_call_digits(call, row->more), 0);
	world_run(w, MSEC(50));
	CHECK_EQ(far_hear(f), row->reaches);
	if (row->reaches)
		far_reply(f, "486 Busy", "", NULL);
	world_run(w, SEC(3));
	CHECK(exchange_last(x, ISDN_RELEASED) != NULL);
	if (row->reaches)
		CHECK(far_hears(f, "ACK "));
	world_close(w);
}

TEST(the_console_tells_of_an_overload)
{
	struct world *w = world_open(conf);
	char text[8192];

	w->exchange[0].manner = EXCHANGE_BUSY;
	overload(w);
	CHECK_EQ(world_console(w, "show counters", false, text, sizeof(text)),
	         0);
	CHECK(strstr(text, "overload_rate_now") != NULL);
	CHECK_EQ(world_console(w, "show sip-ua statistics", false, text,
	                       sizeof(text)),
	         0);
	CHECK(strstr(text, "refused by overload") != NULL);
	CHECK(strstr(text, "dropped by the system") != NULL);
	end_overload(w);
	world_close(w);
}
