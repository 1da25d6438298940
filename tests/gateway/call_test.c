/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The call machine by itself: every event in every state of a call that is
 * really there, and what the rows promise.
 */
#include "gateway/call_private.h"
#include "kernel/fsm.h"
#include "tests/gateway/world.h"

/* A call brought to a state by what happens to calls. */
static struct call *bring(struct world *w, unsigned state)
{
	struct far *f = &w->far[0];
	struct isdn_setup setup;

	exchange_setup(&setup, state == CALL_DIALLING ? "2" : "2001");
	setup.complete = state != CALL_DIALLING;
	CHECK(exchange_place_as(&w->exchange[0], &setup) != NULL);
	world_run(w, MSEC(20));
	if (state >= CALL_OFFERED)
		CHECK(far_hears(f, "INVITE "));
	if (state == CALL_RINGING)
		far_reply(f, "180 Ringing", "", NULL);
	else if (state > CALL_RINGING)
		far_reply(f, "200 OK", "", world_sdp(w, 0, "sendrecv"));
	for (unsigned i = 0;
	     i < 1000 && fsm_state(&world_call(w)->fsm) != state; i++) {
		if (i == 200 && state == CALL_CLEARING)
			call_clear(
				world_call(w),
				&(struct release){ .by = RELEASE_BY_OPERATOR });
		if (state == CALL_JOINING)
			(void)loop_turn(w->loop);
		else
			world_run(w, MSEC(1));
		CHECK(world_call(w) != NULL);
	}
	return world_call(w);
}

static const unsigned states[] = { CALL_DIALLING, CALL_OFFERED, CALL_RINGING,
	                           CALL_JOINING, CALL_TALKING };

/* What only the machine's own actions post, and only when it is so. */
static bool is_inner(unsigned event)
{
	return event == EV_ROUTED || event == EV_TRY || event == EV_OVER ||
	       event == EV_STOPPED || event == EV_NEAR_GONE ||
	       event == EV_FAR_GONE;
}

TEST_ROWS(an_event_in_any_state_is_taken_or_stray_and_the_call_still_ends,
          states, row)
{
	for (unsigned event = 0; event < CALL_EVENTS; event++) {
		struct world *w =
			world_open_options(" isdn overlap-receiving\n", "");
		struct call *call = bring(w, *row);

		CHECK_EQ(fsm_state(&call->fsm), *row);
		if (!is_inner(event))
			fsm_post(&call->fsm, event, NULL);
		world_run(w, MSEC(20));
		if (world_call(w) != NULL)
			call_clear(
				world_call(w),
				&(struct release){ .by = RELEASE_BY_OPERATOR });
		world_wait(w, SEC(40));
		CHECK(world_call(w) == NULL);
		world_close(w);
	}
}

TEST(an_end_is_an_end_in_every_state)
{
	static const unsigned ends[] = { EV_NEAR_GONE, EV_FAR_GONE, EV_CLEAR };

	for (unsigned state = CALL_IDLE; state < CALL_STATES; state++)
		for (unsigned i = 0; i < ARRAY_LEN(ends); i++)
			CHECK(fsm_find(&call_machine, state, ends[i]) != NULL);
}

TEST(no_row_of_the_machine_stands_in_the_shade_of_another)
{
	for (size_t i = 0; i < call_machine.nrows; i++) {
		const struct fsm_row *row = &call_machine.rows[i];

		if (row->state != FSM_ANY)
			CHECK(fsm_find(&call_machine, row->state, row->event) ==
			      row);
	}
}

TEST(every_state_and_event_has_a_name)
{
	for (unsigned i = 0; i < CALL_STATES; i++)
		CHECK(call_machine.states[i] != NULL);
	for (unsigned i = 0; i < CALL_EVENTS; i++)
		CHECK(call_machine.events[i] != NULL);
}

TEST(a_call_whose_legs_never_let_go_is_given_up)
{
	struct world *w = world_open(world_conf);
	struct call *call;

	CHECK(world_call_out(w) != NULL);
	call = world_call(w);
	/* Neither network hears of the end, as a bug would have it. */
	call->leg[0].open = call->leg[1].open = false;
	call_clear(call, &(struct release){ .by = RELEASE_BY_OPERATOR });
	call->leg[0].open = call->leg[1].open = true;
	world_wait(w, SEC(55));
	CHECK(world_call(w) == NULL);
	CHECK_EQ(w->gateway->counts.stuck, 1);
	w->gateway->counts.stuck = 0;
	world_wait(w, SEC(150)); /* the audit finds its Q.931 call */
	world_clear_sip(w, 0);
	world_close(w);
}
