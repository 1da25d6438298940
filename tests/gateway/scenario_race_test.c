/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * What crosses on its way: CANCEL and CONNECT, CANCEL and 200, both ends
 * hanging up, glare, a channel seized again while its stream still stops.
 */
#include <string.h>

#include "gateway/call.h"
#include "tests/gateway/world.h"

/* The call machine hears the two in either order, a step of time apart. */
static const usec steps[] = { 0, 1000, 3000, 5000, 8000, 12000 };

TEST_ROWS(a_cancel_crosses_the_connect, steps, row)
{
	struct world *w = world_open(world_conf);
	struct far *f = &w->far[0];
	bool answered = false, refused = false;

	w->exchange[0].manner = EXCHANGE_RINGS;
	world_invite(w, "1001", "SIP/2.0 180");
	CHECK_EQ(isdn_call_answer(w->exchange[0].call, NULL, 0), 0);
	world_run(w, *row);
	far_cancel(f, "");
	world_run(w, MSEC(100));
	while (far_hear(f)) {
		answered |= strstr(f->heard, "SIP/2.0 200") == f->heard &&
		            strstr(f->heard, "INVITE\r\n") != NULL;
		refused |= strstr(f->heard, "SIP/2.0 487") == f->heard;
	}
	CHECK(answered != refused);
	if (answered) {
		far_request(f, "ACK", "", NULL);
		world_clear_sip(w, 0);
	} else {
		far_ack_refusal(f);
	}
	CHECK(world_ended(w, "ended by the caller", 16));
	world_close(w);
}

TEST(a_200_that_crosses_our_cancel_is_acknowledged_and_ended)
{
	struct world *w = world_open(world_conf);
	struct far *f = &w->far[0];
	struct isdn_call *call = world_place(w, "2001");

	far_reply(f, "180 Ringing", "", NULL);
	world_run(w, MSEC(20));
	far_reply(f, "200 OK", "", world_sdp(w, 0, "sendrecv"));
	exchange_clear(call, 16);
	world_run(w, MSEC(100));
	while (far_hear(f) && strncmp(f->heard, "BYE ", 4) != 0)
		if (strncmp(f->heard, "CANCEL ", 7) == 0)
			far_reply(f, "200 OK", "", NULL);
	CHECK(strncmp(f->heard, "BYE ", 4) == 0);
	far_reply(f, "200 OK", "", NULL);
	CHECK(world_ended(w, "ended by the caller", 16));
	world_close(w);
}

TEST_ROWS(both_ends_hang_up_at_once, steps, row)
{
	struct world *w = world_open(world_conf);
	struct far *f = &w->far[0];
	struct isdn_call *call = world_call_out(w);

	CHECK(call != NULL);
	exchange_clear(call, 16);
	world_run(w, *row);
	far_request(f, "BYE", "", NULL);
	world_run(w, MSEC(50));
	while (far_hear(f))
		if (strncmp(f->heard, "BYE ", 4) == 0)
			far_reply(f, "200 OK", "", NULL);
	world_run(w, MSEC(50));
	CHECK(world_call(w) == NULL);
	CHECK(strstr(world_sentence(w), "cause 16") != NULL);
	world_close(w);
}

TEST(both_ends_seize_a_channel_at_once_and_both_calls_come_about)
{
	struct world *w =
		world_open_options(" isdn channel-order ascending\n", "");
	struct exchange *x = &w->exchange[0];
	struct far *f = &w->far[0];
	unsigned talking = 0;

	x->manner = EXCHANGE_ANSWERS;
	far_invite(f, "1001", "", world_sdp(w, 0, "sendrecv"));
	CHECK(exchange_place(x, "2001") != NULL);
	world_run(w, MSEC(200));
	while (far_hear(f)) {
		if (strncmp(f->heard, "INVITE ", 7) == 0)
			far_reply(f, "200 OK", "", world_sdp(w, 0, "sendrecv"));
		world_run(w, MSEC(20));
	}
	LIST_EACH(&w->gateway->calls, struct call, call, list)
	talking += call_is_answered(call);
	CHECK_EQ(talking, 2);
	LIST_EACH(&w->gateway->calls, struct call, call, list)
	call_clear(call, &(struct release){ .by = RELEASE_BY_OPERATOR });
	world_wait(w, SEC(40)); /* nobody acknowledges, nobody says goodbye */
	world_close(w);
}

TEST(a_channel_may_be_seized_while_its_stream_still_stops)
{
	struct world *w = world_open(world_conf);
	struct exchange *x = &w->exchange[0];
	struct far *f = &w->far[0];
	struct isdn_call *call = world_call_out(w);
	unsigned channel = isdn_call_channel(call);
	struct isdn_setup setup;

	x->talks[channel] = true;
	exchange_clear(call, 16);
	for (unsigned i = 0; i < 100 && x->call != NULL; i++)
		while (loop_turn(w->loop)) /* no tick of the line passes */
			continue;
	CHECK(x->call == NULL);
	CHECK_EQ(isdn_channel_state(gateway_trunk(w->gateway, "e1 0")->link,
	                            channel),
	         CHANNEL_ENDING); /* the call is gone, its stream is not */
	exchange_setup(&setup, "2002");
	setup.channel = channel;
	CHECK(exchange_place_as(x, &setup) != NULL);
	world_run(w, MSEC(50));
	CHECK_EQ(isdn_call_channel(x->call), channel);
	CHECK(far_hears(f, "BYE "));
	far_reply(f, "200 OK", "", NULL);
	CHECK(far_hears(f, "INVITE "));
	far_reply(f, "200 OK", "", world_sdp(w, 1, "sendrecv"));
	world_run(w, MSEC(300));
	CHECK(far_hears(f, "ACK "));
	CHECK(exchange_last(x, ISDN_ANSWER) != NULL);
	CHECK(w->phone[1].loud > 5);
	world_clear_isdn(w, x->call, 0);
	world_close(w);
}

TEST(a_channel_is_free_when_its_call_and_its_stream_have_gone)
{
	struct world *w = world_open(world_conf);
	struct exchange *x = &w->exchange[0];
	struct isdn_link *link = gateway_trunk(w->gateway, "e1 0")->link;
	struct isdn_call *call = world_call_out(w);
	unsigned channel = isdn_call_channel(call);

	CHECK_EQ(isdn_channel_state(link, channel), CHANNEL_BUSY);
	exchange_clear(call, 16);
	for (unsigned i = 0; i < 100 && x->call != NULL; i++)
		while (loop_turn(w->loop)) /* no tick of the line passes */
			continue;
	CHECK_EQ(isdn_channel_state(link, channel), CHANNEL_ENDING);
	CHECK(world_call(w) != NULL);
	world_run(w, MSEC(10));
	CHECK_EQ(isdn_channel_state(link, channel), CHANNEL_IDLE);
	CHECK(world_call(w) == NULL);
	CHECK(far_hears(&w->far[0], "BYE "));
	far_reply(&w->far[0], "200 OK", "", NULL);
	world_close(w);
}

TEST(an_exchange_that_never_confirms_a_release_does_not_keep_a_call)
{
	struct world *w = world_open(world_conf);
	struct far *f = &w->far[0];

	CHECK(world_call_out(w) != NULL);
	board_sim_cut(w->exchange[0].span, true, false); /* frames only */
	far_request(f, "BYE", "", NULL);
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "SIP/2.0 200")); /* at once */
	world_wait(w, SEC(60));
	CHECK(world_call(w) == NULL);
	CHECK(world_ended(w, "ended by the called side", 16));
	w->broken = true;
	world_close(w);
}

TEST(many_calls_come_and_go_and_nothing_is_left)
{
	struct world *w = world_open(world_conf);
	struct far *f = &w->far[0];

	for (unsigned round = 0; round < 40; round++) {
		world_place(w, "2001");
		far_reply(f, round % 3 ? "486 Busy" : "200 OK", "",
		          round % 3 ? NULL : world_sdp(w, 0, "sendrecv"));
		world_run(w, MSEC(30));
		CHECK(far_hears(f, "ACK "));
		if (round % 3 != 0)
			continue;
		far_request(f, "BYE", "", NULL);
		world_run(w, MSEC(20));
		CHECK(far_hears(f, "SIP/2.0 200"));
	}
	CHECK_EQ(w->gateway->counts.calls, 40);
	CHECK_EQ(w->gateway->counts.answered, 14);
	world_close(w);
}
