/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The exchange holds: by HOLD, which gives the channel up, or by a NOTIFY that
 * says so, while music may be played on the channel; libpri at its end.
 */
#include <string.h>

#include "gateway/call.h"
#include "tests/gateway/world.h"

enum { LOUD = 3 };

static unsigned channel_of(struct world *w)
{
	return world_call(w)->leg[0].isdn.channel;
}

/* The phone is offered this, and answers. */
static void offered(struct world *w, const char *direction, const char *answer)
{
	struct far *f = &w->far[0];

	CHECK(far_hears(f, "INVITE "));
	CHECK(strstr(far_body(f), direction) != NULL);
	far_reply(f, "200 OK", "", world_sdp(w, 0, answer));
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "ACK "));
}

static void hang_up(struct world *w, struct isdn_call *call)
{
	world_clear_isdn(w, call, 0);
	world_close(w);
}

static void hold(struct world *w, struct isdn_call *call)
{
	CHECK_EQ(isdn_call_hold(call), 0);
	world_run(w, MSEC(50));
	CHECK(exchange_last(&w->exchange[0], ISDN_HELD) != NULL);
	offered(w, "a=sendonly", "recvonly");
	CHECK(world_call(w)->held[0]);
}

/* Is sound heard both ways on this channel? */
static void hear_each_other(struct world *w, unsigned channel)
{
	struct exchange *x = &w->exchange[0];

	x->talks[channel] = w->phone[0].talks = true;
	world_run(w, MSEC(200));
	phone_forget(&w->phone[0]);
	world_run(w, MSEC(300));
	CHECK(w->phone[0].loud > 5);
	CHECK(x->level[channel] >= LOUD);
	x->talks[channel] = false;
}

static const unsigned back_on[] = { 0, 7 }; /* the one it had; another */

TEST_ROWS(hold_parks_the_call_and_retrieve_brings_it_back, back_on, back)
{
	struct world *w = world_open(world_conf);
	struct exchange *x = &w->exchange[0];
	struct isdn_call *call = world_call_out(w);
	unsigned channel = channel_of(w);

	hear_each_other(w, channel);
	hold(w, call);
	x->talks[channel] = true; /* another call's sound might be there */
	phone_forget(&w->phone[0]);
	world_run(w, MSEC(300));
	CHECK_EQ(w->phone[0].loud, 0);
	CHECK(x->level[channel] < LOUD);
	x->talks[channel] = false;
	CHECK_EQ(isdn_call_retrieve(call, *back), 0);
	world_run(w, MSEC(50));
	CHECK(exchange_last(x, ISDN_RETRIEVED) != NULL);
	offered(w, "a=sendrecv", "sendrecv");
	CHECK(!world_call(w)->held[0]);
	CHECK_EQ(channel_of(w), *back != 0 ? *back : channel);
	hear_each_other(w, channel_of(w));
	CHECK(strstr(world_ladder(w, 1), "the caller holds") != NULL);
	CHECK(strstr(world_ladder(w, 1), "the caller resumes") != NULL);
	hang_up(w, call);
}

TEST(minutes_of_hold_outlive_the_limit_of_silence)
{
	struct world *w =
		world_open_with(world_conf, "media\n rtp silence 5\n!\n");
	struct isdn_call *call = world_call_out(w);

	hold(w, call);
	w->phone[0].talks = false;
	world_run(w, SEC(180));
	CHECK_TEXT(call_state_name(world_call(w)), "talking");
	CHECK_EQ(isdn_call_retrieve(call, 0), 0);
	world_run(w, MSEC(50));
	offered(w, "a=sendrecv", "sendrecv");
	hear_each_other(w, channel_of(w));
	hang_up(w, call);
}

static const enum {
	EXCHANGE,
	PHONE,
	OPERATOR
} enders[] = { EXCHANGE, PHONE, OPERATOR };

TEST_ROWS(a_parked_call_ends_whoever_ends_it, enders, who)
{
	struct world *w = world_open(world_conf);
	struct far *f = &w->far[0];
	struct isdn_call *call = world_call_out(w);
	char said[512];

	hold(w, call);
	if (*who == EXCHANGE) {
		hang_up(w, call);
		return;
	}
	if (*who == PHONE)
		far_request(f, "BYE", "", NULL);
	else
		(void)world_console(w, "clear call 1", false, said,
		                    sizeof(said));
	world_run(w, MSEC(50));
	if (*who == PHONE) {
		CHECK(far_hears(f, "SIP/2.0 200"));
	} else {
		CHECK(far_hears(f, "BYE "));
		far_reply(f, "200 OK", "", NULL);
	}
	world_run(w, MSEC(50));
	CHECK(exchange_last(&w->exchange[0], ISDN_RELEASED) != NULL);
	world_close(w);
}

/* The PBX calls another from the channel it gave up, and comes back to the
 * first on a third one. */
TEST(a_call_for_consultation_gets_the_channel_that_was_given_up)
{
	struct world *w =
		world_open_with(world_conf, "dial-peer voice 210 voip\n"
	                                    " destination-pattern 3...\n"
	                                    " session target ipv4:$FAR1\n!\n");
	struct exchange *x = &w->exchange[0];
	struct far *g = &w->far[1];
	struct isdn_call *call = world_call_out(w), *second;
	unsigned channel = channel_of(w);
	struct isdn_setup setup;
	struct call *first = world_call(w);

	hold(w, call);
	exchange_setup(&setup, "3001");
	setup.channel = channel;
	setup.exclusive = true;
	second = exchange_place_as(x, &setup);
	CHECK(second != NULL);
	world_run(w, MSEC(50));
	CHECK(far_hears(g, "INVITE "));
	phone_learn(&w->phone[1], far_body(g));
	world_answer(w, 1);
	w->phone[1].talks = true;
	world_run(w, MSEC(200));
	CHECK(x->level[channel] >= LOUD);
	CHECK_EQ(first->leg[0].isdn.channel, 0);
	CHECK_EQ(isdn_call_retrieve(call, 9), 0);
	world_run(w, MSEC(50));
	offered(w, "a=sendrecv", "sendrecv");
	CHECK_EQ(first->leg[0].isdn.channel, 9);
	hear_each_other(w, 9);
	CHECK(x->level[channel] >= LOUD); /* the second was not disturbed */
	w->phone[1].talks = false;
	world_clear_isdn(w, second, 1);
	CHECK_EQ(isdn_channel_state(first->leg[0].isdn.trunk->link, channel),
	         CHANNEL_IDLE);
	hang_up(w, call);
}

/* --- by NOTIFY --- */

static const struct {
	const char *span;
	unsigned hold, resume;
	const char *offer; /* NULL: the phone is not told */
	bool music;        /* what the exchange plays is heard */
} notices[] = {
	/* clang-format off */
	{ "", 0x79, 0x7a, "a=sendonly", true },
	{ "", 0x00, 0x01, "a=sendonly", true },
	{ " hold offer inactive\n", 0x79, 0x7a, "a=inactive", false },
	{ " no hold by-notify\n", 0x79, 0x7a, NULL, true },
	{ "", 0x60, 0x02, NULL, true }, /* call waiting: nothing of hold */
	/* clang-format on */
};

TEST_ROWS(a_notice_of_hold_holds_the_phone, notices, row)
{
	struct world *w = world_open_options(row->span, "");
	struct exchange *x = &w->exchange[0];
	struct isdn_call *call = world_call_out(w);
	unsigned channel = channel_of(w);

	for (unsigned i = 0; i < 2; i++) { /* once is enough */
		CHECK_EQ(isdn_call_notify(call, row->hold), 0);
		world_run(w, MSEC(50));
		if (row->offer != NULL && i == 0)
			offered(w, row->offer, "recvonly");
		CHECK(!far_hear(&w->far[0]));
	}
	CHECK_EQ(world_call(w)->held[0], row->offer != NULL);
	x->talks[channel] = true;
	world_run(w, MSEC(100));
	phone_forget(&w->phone[0]);
	world_run(w, MSEC(300));
	CHECK_EQ(w->phone[0].loud > 5, row->music);
	CHECK_EQ(isdn_call_notify(call, row->resume), 0);
	world_run(w, MSEC(50));
	if (row->offer != NULL)
		offered(w, "a=sendrecv", "sendrecv");
	hear_each_other(w, channel);
	hang_up(w, call);
}

/* NOTIFY in a call that is parked by HOLD changes nothing. */
TEST(a_notice_does_not_bring_a_parked_call_back)
{
	struct world *w = world_open(world_conf);
	struct isdn_call *call = world_call_out(w);

	hold(w, call);
	CHECK_EQ(isdn_call_notify(call, 0x7a), 0);
	world_run(w, MSEC(50));
	CHECK(!far_hear(&w->far[0]));
	CHECK(world_call(w)->held[0]);
	hang_up(w, call);
}

/* The phone is slow: what it is told in the end is how it is. */
TEST(hold_and_retrieve_at_once_end_as_they_should)
{
	struct world *w = world_open(world_conf);
	struct isdn_call *call = world_call_out(w);

	CHECK_EQ(isdn_call_hold(call), 0);
	world_run(w, MSEC(50));
	CHECK_EQ(isdn_call_retrieve(call, 0), 0);
	world_run(w, MSEC(50));
	offered(w, "a=sendonly", "recvonly");
	offered(w, "a=sendrecv", "sendrecv");
	hear_each_other(w, channel_of(w));
	hang_up(w, call);
}

/* From one exchange to another: told where that is wanted. */
TEST(a_hold_is_told_from_line_to_line)
{
	struct world *w = world_open_with(world_conf_same_kind,
	                                  "controller e1 1\n notify hold\n");
	struct exchange *x = &w->exchange[0], *y = &w->exchange[1];
	struct isdn_call *call;

	y->manner = EXCHANGE_ANSWERS;
	call = exchange_place(x, "3001");
	CHECK(call != NULL);
	world_run(w, MSEC(100));
	CHECK(exchange_last(x, ISDN_ANSWER) != NULL);
	CHECK_EQ(isdn_call_hold(call), 0);
	world_run(w, MSEC(50));
	CHECK(exchange_last(y, ISDN_NOTIFY) != NULL);
	CHECK_EQ(exchange_last(y, ISDN_NOTIFY)->event.notification, 0x79);
	CHECK_EQ(isdn_call_retrieve(call, 0), 0);
	world_run(w, MSEC(50));
	CHECK_EQ(exchange_last(y, ISDN_NOTIFY)->event.notification, 0x7a);
	exchange_clear(call, 16);
	world_run(w, MSEC(100));
	world_close(w);
}
