/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Faults under calls that are up: a D channel that flaps, an exchange that
 * knows no RESTART, a wall clock that is set, a loop that is late.
 * (What else goes wrong is in scenario_link, scenario_race, scenario_reload and
 * scenario_harm.)
 */
#include <string.h>

#include "gateway/call.h"
#include "gateway/record.h"
#include "pri/q931.h"
#include "tests/gateway/world.h"

enum { CALLS = 5, DISCRIMINATOR = 4, UNKNOWN_PROTOCOL = 0x5a };

static void fill(struct world *w)
{
	for (unsigned i = 0; i < CALLS; i++)
		CHECK(world_call_out(w) != NULL);
}

static unsigned talking(const struct world *w)
{
	unsigned n = 0;

	LIST_EACH(&w->gateway->calls, struct call, call, list)
	n += strcmp(call_state_name(call), "talking") == 0;
	return n;
}

static void end_all(struct world *w)
{
	struct release why = { .by = RELEASE_BY_OPERATOR,
		               .cause = { Q850_NORMAL_CLEARING,
		                          LOCATION_PRIVATE_LOCAL } };

	LIST_EACH(&w->gateway->calls, struct call, call, list)
	call_clear(call, &why);
	world_wait(w, SEC(40)); /* the far end answers no BYE */
}

/* --- the D channel flaps --- */

static const usec flaps[] = { MSEC(300), SEC(2), SEC(5) };

TEST_ROWS(no_call_is_lost_when_the_d_channel_flaps, flaps, row)
{
	struct world *w = world_open(world_conf);

	fill(w);
	for (unsigned i = 0; i < 4; i++) {
		board_sim_cut(w->exchange[0].span, true, false);
		world_wait(w, *row);
		board_sim_cut(w->exchange[0].span, false, false);
		world_wait(w, *row);
		CHECK_EQ(talking(w), CALLS);
	}
	world_wait(w, SEC(30));
	CHECK(isdn_link_is_up(gateway_trunk(w->gateway, "e1 0")->link));
	CHECK_EQ(talking(w), CALLS);
	CHECK(world_call_out(w) != NULL);
	end_all(w);
	world_close(w);
}

TEST_ROWS(what_is_cleared_while_the_d_channel_flaps_is_gone_after, flaps, row)
{
	struct world *w = world_open(world_conf);

	fill(w);
	board_sim_cut(w->exchange[0].span, true, false);
	world_wait(w, *row / 2);
	far_request(&w->far[0], "BYE", "", NULL); /* one from SIP */
	world_wait(w, *row / 2);
	board_sim_cut(w->exchange[0].span, false, false);
	world_wait(w, SEC(60));
	CHECK_EQ(talking(w), CALLS - 1);
	end_all(w);
	world_close(w);
}

TEST(a_call_that_rings_lives_through_the_shortest_flap)
{
	struct world *w = world_open(world_conf);
	struct far *f = &w->far[0];

	w->exchange[0].manner = EXCHANGE_RINGS;
	world_invite(w, "1001", "SIP/2.0 180");
	board_sim_cut(w->exchange[0].span, true, false);
	CHECK_EQ(isdn_call_answer(w->exchange[0].call, NULL, 0), 0);
	world_run(w, MSEC(300));
	board_sim_cut(w->exchange[0].span, false, false);
	world_run(w, SEC(3)); /* T200, and the CONNECT again */
	CHECK(far_hears(f, "SIP/2.0 200"));
	far_request(f, "ACK", "", NULL);
	far_deaf(f);
	world_clear_sip(w, 0);
	world_close(w);
}

/* --- an exchange that knows no RESTART --- */

/* Its acknowledgements are in a protocol nobody knows. */
static bool lose_acknowledgement(void *self, bool sent, struct bytes frame)
{
	uint8_t octets[512];
	int callref;

	if (!sent ||
	    strcmp(isdn_decode_name(frame, &callref), "RESTART ACKNOWLEDGE"))
		return false;
	memcpy(octets, frame.at, frame.len);
	octets[DISCRIMINATOR] = UNKNOWN_PROTOCOL;
	exchange_pass(self, sent, (struct bytes){ octets, frame.len });
	return true;
}

static unsigned without_restart(struct isdn_link *link)
{
	unsigned n = 0;

	for (unsigned slot = 1; slot < 32; slot++)
		n += isdn_channel_state(link, slot) == CHANNEL_NO_RESTART;
	return n;
}

TEST(an_exchange_that_never_answers_restart_gets_calls_and_gives_them)
{
	struct world *w = world_open_options(" isdn timer T316 10\n", "");
	struct exchange *x = &w->exchange[0];
	struct isdn_link *link = gateway_trunk(w->gateway, "e1 0")->link;
	struct isdn_call *call;

	x->harm = lose_acknowledgement;
	x->harm_self = x;
	for (unsigned slot = 1; slot < 32; slot++)
		if (slot != 16)
			CHECK_EQ(isdn_channel_restart(link, slot), 0);
	world_run(w, MSEC(500));
	call = world_call_out(w); /* incoming: at once */
	CHECK(call != NULL);
	world_wait(w, SEC(21)); /* outgoing: after two T316 */
	CHECK_EQ(without_restart(link), 29);
	CHECK_EQ(talking(w), 1);
	world_clear_isdn(w, call, 0);
	for (unsigned i = 0; i < CALLS; i++)
		CHECK(world_call_in(w) != NULL);
	CHECK_EQ(without_restart(link), 29 - (CALLS - 1));
	end_all(w);
	world_close(w);
}

/* --- the wall clock is set --- */

static const usec steps[] = { SEC(3600), -SEC(3600) };

static bool keep_record(void *self, const struct record *record)
{
	*(struct record *)self = *record;
	return false;
}

TEST_ROWS(setting_the_wall_clock_changes_nothing_under_calls, steps, row)
{
	struct world *w = world_open(world_conf);
	struct record record = { .call = 0 };
	struct isdn_call *call;
	char text[4096];

	call = world_call_out(w);
	CHECK(call != NULL);
	w->phone[0].talks = true;
	world_run(w, SEC(1));
	phone_forget(&w->phone[0]);
	wall_turn(*row);
	world_run(w, SEC(2));
	CHECK_EQ(talking(w), 1);
	CHECK_EQ(w->phone[0].gaps, 0);
	CHECK(w->phone[0].packets > 90);
	CHECK_EQ(world_console(w, "show call active voice brief", false, text,
	                       sizeof(text)),
	         0);
	CHECK(strstr(text, "3600") == NULL && strstr(text, "3603") == NULL);
	CHECK(strstr(text, "-3") == NULL);
	far_deaf(&w->far[0]);
	world_clear_isdn(w, call, 0);
	history_each(w->gateway->history, keep_record, &record);
	CHECK(record.end_wall - record.connect_wall > MSEC(2900));
	CHECK(record.end_wall - record.connect_wall < MSEC(3200));
	CHECK(record.ring_us < SEC(1));
	/* and what runs out runs out when it should */
	w->exchange[0].manner = EXCHANGE_STUCK;
	far_invite(&w->far[0], "1001", "", world_sdp(w, 0, "sendrecv"));
	world_wait(w, SEC(15));
	wall_turn(-*row);
	world_wait(w, SEC(10));
	CHECK(world_call(w) != NULL);
	world_wait(w, SEC(40));
	CHECK(world_call(w) == NULL);
	CHECK(world_ended(w, "ended by timer (T310)", 102));
	far_deaf(&w->far[0]);
	far_ack_refusal(&w->far[0]);
	world_close(w);
}

/* --- the machine is late --- */

static const struct {
	unsigned pulses;
	bool refused;
} hiccups[] = { { 1, false }, { 2, true }, { 5, true } };

TEST_ROWS(a_loop_that_stays_late_refuses_calls_with_503_and_42, hiccups, row)
{
	struct world *w = world_open(world_conf);
	struct far *f = &w->far[0];

	w->exchange[0].manner = EXCHANGE_BUSY;
	for (unsigned i = 0; i < row->pulses; i++) {
		instant_turn(MSEC(180));
		world_run(w, 0);
	}
	far_invite(f, "1001", "", world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(50));
	CHECK(row->refused || far_hears(f, "SIP/2.0 100"));
	CHECK(far_hears(f, row->refused ? "SIP/2.0 503" : "SIP/2.0 486"));
	far_ack_refusal(f);
	CHECK_EQ(w->gateway->counts.refused_overload, row->refused);
	world_run(w, SEC(1));
	world_invite(w, "1001", "SIP/2.0 486");
	far_ack_refusal(f);
	world_close(w);
}
