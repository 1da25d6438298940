/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Whole calls while memory or the network fails at one place, and then at the
 * next: each ends cleanly and leaves nothing. And the same calls once, for
 * valgrind.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/call.h"
#include "tests/gateway/world.h"

/* The far end does what is right for whatever it hears, for a length of time;
 * hanging up once it has been asked. */
static void mind(struct world *w, usec length)
{
	struct instant end = instant_add(instant_now(), length);
	struct far *f = &w->far[0];

	while (instant_since(end, instant_now()) > 0) {
		world_run(w, MSEC(20));
		while (far_hear(f)) {
			if (strncmp(f->heard, "INVITE ", 7) == 0)
				far_reply(f, "200 OK", "",
				          world_sdp(w, 0, "sendrecv"));
			else if (strncmp(f->heard, "BYE ", 4) == 0 ||
			         strncmp(f->heard, "CANCEL ", 7) == 0)
				far_reply(f, "200 OK", "", NULL);
			else if (strncmp(f->heard, "SIP/2.0 2", 9) == 0 &&
			         strstr(f->heard, " INVITE\r\n") != NULL)
				far_request(f, "ACK", "", NULL);
			else if (strncmp(f->heard, "SIP/2.0 1", 9) != 0 &&
			         strstr(f->heard, " INVITE\r\n") != NULL)
				far_ack_refusal(f);
		}
	}
}

static void call_out(struct world *w)
{
	struct isdn_call *call = exchange_place(&w->exchange[0], "2001");

	mind(w, MSEC(600));
	if (ladder_ok())
		CHECK(world_call(w) != NULL && call_is_answered(world_call(w)));
	w->phone[0].talks = true;
	mind(w, MSEC(200));
	if (w->exchange[0].call != NULL && w->exchange[0].call == call)
		exchange_clear(call, 16);
	mind(w, MSEC(1200));
}

static void call_in(struct world *w)
{
	struct far *f = &w->far[0];

	w->exchange[0].manner = EXCHANGE_RINGS_ANSWERS;
	far_invite(f, "1001", "", world_sdp(w, 0, "sendrecv"));
	mind(w, MSEC(2600));
	if (ladder_ok())
		CHECK(world_call(w) != NULL && call_is_answered(world_call(w)));
	far_request(f, "BYE", "", NULL);
	mind(w, MSEC(1200));
}

LADDER(a_call_from_isdn_survives_every_failure)
{
	struct world *w = world_open(world_conf);

	if (w == NULL)
		return;
	call_out(w);
	world_close(w);
}

LADDER(a_call_from_sip_survives_every_failure)
{
	struct world *w = world_open(world_conf);

	if (w == NULL)
		return;
	call_in(w);
	world_close(w);
}

LADDER(a_reload_survives_every_failure)
{
	struct world *w = world_open(world_conf);

	if (w == NULL)
		return;
	if (world_reload(w, world_conf_same_kind) < 0)
		CHECK(!ladder_ok());
	world_run(w, MSEC(100));
	w->broken = true; /* nobody is at the second span's other end */
	world_close(w);
}

TEST(a_whole_call_both_ways_is_clean_under_valgrind)
{
	struct world *w = world_open(world_conf);

	call_out(w);
	call_in(w);
	CHECK_EQ(w->gateway->counts.answered, 2);
	world_close(w);
}
