/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * What is heard where, and when: early sound, whose ringing tone it is, nothing
 * clipped at the answer, hold by either convention, digits both ways, one
 * source and one time line for the life of a call.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/call.h"
#include "tests/gateway/world.h"

enum { LOUD = 3 };

static void hang_up(struct world *w)
{
	world_clear_isdn(w, w->exchange[0].call, 0);
	world_close(w);
}

/* The channel of the call on the exchange. */
static unsigned channel_of(struct world *w)
{
	return isdn_call_channel(w->exchange[0].call);
}

TEST(sound_passes_both_ways)
{
	struct world *w = world_open(world_conf);
	struct exchange *x = &w->exchange[0];

	CHECK(world_call_out(w) != NULL);
	x->talks[channel_of(w)] = true;
	world_run(w, MSEC(500));
	CHECK(x->level[channel_of(w)] >= LOUD);
	CHECK(w->phone[0].loud >= 20);
	CHECK_EQ(w->phone[0].ssrcs, 1);
	CHECK_EQ(w->phone[0].gaps, 0);
	CHECK_EQ(w->phone[0].last_octets, 160);
	hang_up(w);
}

static const struct {
	const char *status;
	bool sdp;
	enum isdn_event_kind told;
	bool in_band; /* progress indicator 8 */
	bool ours;    /* our ringing tone */
} rings[] = {
	{ "180 Ringing", false, ISDN_ALERTING, true, true },
	{ "180 Ringing", true, ISDN_ALERTING, true, false },
	{ "183 Session Progress", true, ISDN_PROGRESS, true, false },
};

TEST_ROWS(a_caller_on_isdn_hears_the_far_side_or_our_ringing_tone, rings, row)
{
	struct world *w = world_open(world_conf);
	struct exchange *x = &w->exchange[0];
	struct far *f = &w->far[0];
	const struct exchange_heard *told;

	world_place(w, "2001");
	phone_learn(&w->phone[0], far_body(f));
	far_reply(f, row->status, "",
	          row->sdp ? world_sdp(w, 0, "sendrecv") : NULL);
	w->phone[0].talks = row->sdp;
	x->talks[channel_of(w)] = true;
	world_run(w, MSEC(500));
	told = exchange_last(x, row->told);
	CHECK(told != NULL);
	CHECK_EQ((told->event.progress & PROGRESS_IN_BAND) != 0, row->in_band);
	CHECK(x->level[channel_of(w)] >= LOUD);
	CHECK_EQ(world_call(w)->ringing_tone, row->ours);
	CHECK_EQ(w->phone[0].loud, 0); /* one way until the answer */
	far_reply(f, "200 OK", "", world_sdp(w, 0, "sendrecv"));
	w->phone[0].talks = false;
	world_run(w, MSEC(500));
	CHECK(far_hears(f, "ACK "));
	CHECK(exchange_last(x, ISDN_ANSWER) != NULL);
	CHECK_EQ(x->level[channel_of(w)], 0); /* the tone has ended */
	CHECK(w->phone[0].loud >= 20);
	hang_up(w);
}

TEST(a_span_that_rings_by_itself_gets_no_tone_of_ours)
{
	struct world *w = world_open_options(" ringback none\n", "");
	struct exchange *x = &w->exchange[0];
	struct far *f = &w->far[0];

	world_place(w, "2001");
	far_reply(f, "180 Ringing", "", NULL);
	world_run(w, MSEC(500));
	CHECK_EQ(exchange_last(x, ISDN_ALERTING)->event.progress, 0);
	CHECK_EQ(x->octets[channel_of(w)], 0);
	exchange_clear(x->call, 16);
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "CANCEL "));
	far_reply(f, "200 OK", "", NULL);
	far_reply(f, "487 Request Terminated", "", NULL);
	world_run(w, MSEC(50));
	world_close(w);
}

TEST(a_caller_on_sip_hears_what_the_exchange_plays)
{
	struct world *w = world_open(world_conf);
	struct exchange *x = &w->exchange[0];
	struct far *f = &w->far[0];

	x->manner = EXCHANGE_PLAYS_ANSWERS;
	x->talks[31] = true;
	far_invite(f, "1001", "", world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(500));
	CHECK(far_hears(f, "SIP/2.0 100"));
	CHECK(far_hears(f, "SIP/2.0 183"));
	phone_learn(&w->phone[0], far_body(f));
	CHECK(w->phone[0].loud >= 15);
	w->phone[0].talks = true;
	world_run(w, MSEC(500));
	CHECK_EQ(x->octets[31], 0); /* nothing to the exchange yet */
	world_run(w, SEC(2));
	CHECK(far_hears(f, "SIP/2.0 200"));
	far_request(f, "ACK", "", NULL);
	CHECK(x->level[31] >= LOUD);
	CHECK_EQ(w->phone[0].ssrcs, 1);
	CHECK_EQ(w->phone[0].gaps, 0);
	far_deaf(f);
	hang_up(w);
}

TEST(nothing_is_clipped_at_an_answer_on_isdn)
{
	struct world *w = world_open(world_conf);
	struct exchange *x = &w->exchange[0];
	struct far *f = &w->far[0];
	unsigned waited = 0;

	x->manner = EXCHANGE_ANSWERS;
	x->talks[31] = true;
	far_invite(f, "1001", "", world_sdp(w, 0, "sendrecv"));
	while (w->far[0].heard[8] != '2' && waited++ < 100) {
		world_run(w, MSEC(1));
		while (far_hear(f) && strncmp(f->heard, "SIP/2.0 200", 11) != 0)
			continue;
	}
	CHECK(strncmp(f->heard, "SIP/2.0 200", 11) == 0);
	/* When the 200 has come the stream runs: the next packets have it. */
	w->phone[0].talks = true;
	phone_learn(&w->phone[0], far_body(f));
	CHECK(world_call(w)->stream_open);
	CHECK_EQ(world_call(w)->joined_serial, world_call(w)->serial);
	world_run(w, MSEC(120));
	CHECK(w->phone[0].loud >= 3);
	CHECK(x->level[31] >= LOUD);
	far_request(f, "ACK", "", NULL);
	hang_up(w);
}

TEST(an_answer_on_sip_reaches_isdn_only_when_the_sound_runs)
{
	struct world *w = world_open(world_conf);
	struct exchange *x = &w->exchange[0];
	struct far *f = &w->far[0];
	unsigned waited = 0;

	world_place(w, "2001");
	phone_learn(&w->phone[0], far_body(f));
	far_reply(f, "200 OK", "", world_sdp(w, 0, "sendrecv"));
	while (exchange_last(x, ISDN_ANSWER) == NULL && waited++ < 200) {
		if (strcmp(call_state_name(world_call(w)), "joining") == 0)
			CHECK(!exchange_last(x, ISDN_ANSWER));
		world_run(w, MSEC(1));
	}
	CHECK(exchange_last(x, ISDN_ANSWER) != NULL);
	CHECK_EQ(world_call(w)->joined_serial, world_call(w)->serial);
	CHECK(far_hears(f, "ACK "));
	hang_up(w);
}

static const struct {
	const char *name, *direction, *answer;
	bool zero;  /* c=0.0.0.0, RFC 2543 */
	bool music; /* who holds may play something */
} holds[] = {
	{ "sendonly", "sendonly", "a=recvonly", false, true },
	{ "inactive", "inactive", "a=inactive", false, false },
	{ "c=0.0.0.0", "sendrecv", "a=inactive", true, true },
};

static const char *hold_sdp(struct world *w, const char *direction, bool zero)
{
	static char held[512];
	char *at;

	(void)snprintf(held, sizeof(held), "%s", world_sdp(w, 0, direction));
	at = zero ? strstr(held, "c=IN IP4 127.0.0.1") : NULL;
	if (at != NULL) {
		memmove(at + 16, at + 18, strlen(at + 18) + 1);
		memcpy(at, "c=IN IP4 0.0.0.0", 16);
	}
	return held;
}

TEST_ROWS(a_held_call_is_silent_and_goes_on_when_it_is_taken_back, holds, row)
{
	struct world *w = world_open(world_conf);
	struct exchange *x = &w->exchange[0];
	struct far *f = &w->far[0];
	unsigned channel;

	CHECK(world_call_out(w) != NULL);
	channel = channel_of(w);
	x->talks[channel] = true;
	world_run(w, MSEC(300));
	CHECK(w->phone[0].loud > 5);
	far_request(f, "INVITE", "", hold_sdp(w, row->direction, row->zero));
	world_run(w, MSEC(50));
	if (far_hear(f) && strncmp(f->heard, "SIP/2.0 100", 11) == 0)
		(void)far_hear(f);
	CHECK(strncmp(f->heard, "SIP/2.0 200", 11) == 0);
	CHECK(strstr(far_body(f), row->answer) != NULL ||
	      (row->zero && strstr(far_body(f), "a=recvonly") != NULL));
	far_request(f, "ACK", "", NULL);
	world_run(w, MSEC(100));
	phone_forget(&w->phone[0]);
	world_run(w, MSEC(500));
	CHECK_EQ(w->phone[0].loud, 0);
	CHECK_EQ(x->level[channel] >= LOUD, row->music);
	CHECK(world_call(w)->held[1]);
	far_request(f, "INVITE", "", world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(50));
	if (far_hear(f) && strncmp(f->heard, "SIP/2.0 100", 11) == 0)
		(void)far_hear(f);
	CHECK(strncmp(f->heard, "SIP/2.0 200", 11) == 0);
	far_request(f, "ACK", "", NULL);
	world_run(w, MSEC(300));
	CHECK(w->phone[0].loud > 5);
	CHECK(x->level[channel] >= LOUD);
	CHECK(!world_call(w)->held[1]);
	hang_up(w);
}

TEST(a_call_has_one_source_and_one_time_line_over_a_hold)
{
	struct world *w = world_open(world_conf);
	struct far *f = &w->far[0];
	uint32_t ssrc, stamp;

	CHECK(world_call_out(w) != NULL);
	w->exchange[0].talks[channel_of(w)] = true;
	world_run(w, MSEC(300));
	ssrc = w->phone[0].last_ssrc;
	stamp = w->phone[0].last_stamp;
	far_request(f, "INVITE", "", world_sdp(w, 0, "sendonly"));
	world_run(w, SEC(2));
	far_deaf(f);
	far_request(f, "ACK", "", NULL);
	far_request(f, "INVITE", "", world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(50));
	far_deaf(f);
	far_request(f, "ACK", "", NULL);
	world_run(w, MSEC(500));
	CHECK_EQ(w->phone[0].last_ssrc, ssrc);
	CHECK_EQ(w->phone[0].ssrcs, 1);
	CHECK_EQ(w->phone[0].gaps, 0);
	CHECK_EQ(w->phone[0].jumps, 0);
	CHECK(w->phone[0].last_stamp - stamp > 2 * 8000);
	hang_up(w);
}

TEST(a_call_whose_sound_moves_is_heard_at_its_new_place)
{
	struct world *w = world_open(world_conf);
	struct far *f = &w->far[0];

	CHECK(world_call_out(w) != NULL);
	w->exchange[0].talks[channel_of(w)] = true;
	world_run(w, MSEC(300));
	CHECK(w->phone[0].loud > 5);
	w->phone[0].talks = false;
	far_request(f, "INVITE", "", world_sdp(w, 1, "sendrecv"));
	world_run(w, MSEC(100));
	far_deaf(f);
	far_request(f, "ACK", "", NULL);
	phone_forget(&w->phone[0]);
	world_run(w, MSEC(300));
	CHECK_EQ(w->phone[0].loud, 0);
	CHECK(w->phone[1].loud > 5);
	hang_up(w);
}

TEST(digits_pressed_on_a_phone_are_tones_on_the_line_and_in_the_ladder)
{
	struct world *w = world_open(world_conf);
	struct exchange *x = &w->exchange[0];
	unsigned channel;

	CHECK(world_call_out(w) != NULL);
	channel = channel_of(w);
	w->phone[0].talks = false;
	world_run(w, MSEC(300));
	CHECK_EQ(x->level[channel], 0);
	phone_press(&w->phone[0], '5');
	world_run(w, MSEC(60));
	CHECK(x->level[channel] >= LOUD);
	world_run(w, MSEC(500));
	CHECK_EQ(x->level[channel], 0);
	CHECK(strstr(world_ladder(w, world_call(w)->number), "digit 5") !=
	      NULL);
	hang_up(w);
}

TEST(digits_in_an_info_are_tones_on_the_line)
{
	struct world *w = world_open(world_conf);
	struct exchange *x = &w->exchange[0];
	struct far *f = &w->far[0];
	unsigned channel;
	uint64_t heard;

	CHECK(world_call_out(w) != NULL);
	channel = channel_of(w);
	w->phone[0].talks = false;
	world_run(w, MSEC(300));
	heard = x->octets[channel];
	f->type = "application/dtmf-relay";
	far_request(f, "INFO", "", "Signal=7\r\nDuration=160\r\n");
	f->type = NULL;
	world_run(w, MSEC(500));
	CHECK(far_hears(f, "SIP/2.0 200"));
	CHECK(x->octets[channel] > heard + 400);
	hang_up(w);
}

/* DTMF 5 on the line: 770 and 1336 Hz. */
TEST(tones_on_the_line_are_events_to_the_phone)
{
	struct world *w = world_open(world_conf);
	struct exchange *x = &w->exchange[0];

	CHECK(world_call_out(w) != NULL);
	world_run(w, MSEC(200));
	x->dials[channel_of(w)] = true;
	world_run(w, MSEC(120));
	x->dials[channel_of(w)] = false;
	world_run(w, MSEC(300));
	CHECK(w->phone[0].events >= 3);
	CHECK_TEXT(w->phone[0].digits, "5");
	CHECK(strstr(world_ladder(w, world_call(w)->number), "digit 5") !=
	      NULL);
	hang_up(w);
}

static const char t1_conf[] = "controller t1 0\n board sim\n!\n"
			      "sip-ua\n bind udp $SIP\n!\n"
			      "sip-peer carrier\n address $FAR0\n"
			      " codec pcmu\n!\n"
			      "dial-peer voice 200 voip\n"
			      " destination-pattern 2...\n"
			      " session target sip-peer carrier\n";

TEST(a_t1_speaks_mu_law_from_end_to_end)
{
	struct world *w = world_open(t1_conf);
	struct exchange *x = &w->exchange[0];

	w->phone[0].ulaw = true;
	CHECK(world_call_out(w) != NULL);
	x->talks[channel_of(w)] = true;
	world_run(w, MSEC(500));
	CHECK_EQ(w->phone[0].last_type, 0);
	CHECK(w->phone[0].loud >= 20);
	CHECK(x->level[channel_of(w)] >= LOUD);
	hang_up(w);
}

TEST(the_line_is_idle_when_no_packets_come)
{
	struct world *w = world_open(world_conf);
	struct exchange *x = &w->exchange[0];
	uint64_t heard;

	CHECK(world_call_out(w) != NULL);
	world_run(w, MSEC(500));
	CHECK(x->level[channel_of(w)] >= LOUD);
	w->phone[0].talks = false;
	world_run(w, MSEC(300));
	heard = x->octets[channel_of(w)];
	world_run(w, SEC(1));
	CHECK_EQ(x->octets[channel_of(w)], heard);
	hang_up(w);
}

TEST(a_hold_between_two_sip_ends_is_passed_on)
{
	struct world *w = world_open(world_conf_same_kind);
	struct far *a = &w->far[0], *b = &w->far[1];

	far_invite(a, "4001", "", world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(50));
	CHECK(far_hears(b, "INVITE "));
	world_answer(w, 1);
	CHECK(far_hears(a, "SIP/2.0 100"));
	CHECK(far_hears(a, "SIP/2.0 200"));
	far_request(a, "ACK", "", NULL);
	world_run(w, MSEC(50));
	CHECK_TEXT(call_state_name(world_call(w)), "talking");
	far_request(a, "INVITE", "", world_sdp(w, 0, "sendonly"));
	world_run(w, MSEC(50));
	CHECK(far_hears(b, "INVITE "));
	CHECK(strstr(far_body(b), "a=sendonly") != NULL);
	far_reply(b, "200 OK", "", world_sdp(w, 1, "recvonly"));
	world_run(w, MSEC(50));
	CHECK(far_hears(b, "ACK "));
	far_deaf(a);
	far_request(a, "ACK", "", NULL);
	world_run(w, MSEC(50));
	far_request(a, "INVITE", "", world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(50));
	CHECK(far_hears(b, "INVITE "));
	CHECK(strstr(far_body(b), "a=sendonly") == NULL);
	world_answer(w, 1);
	far_deaf(a);
	far_request(a, "ACK", "", NULL);
	far_request(a, "BYE", "", NULL);
	world_run(w, MSEC(50));
	CHECK(far_hears(b, "BYE "));
	far_reply(b, "200 OK", "", NULL);
	far_deaf(a);
	world_close(w);
}
