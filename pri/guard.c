/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The states of a call and the timers that end them.
 *
 * libpri has a state of its own for every call, but T301, T302, T304 and T310
 * are only names in it: a call stands in "call proceeding" for ever when the
 * exchange forgets it. So each call has a machine here that follows the
 * messages of Q.931 2.1. Its rows do two things: entering a state arms that
 * state's timer, and a message that has no row in a state may not be sent there
 * (command.c asks call_may() before it asks libpri).
 *
 * SOUNDING is not a state of Q.931: PROGRESS stops T310 (table 9-2) and would
 * leave the call unguarded behind a lost announcement, so T301 watches it.
 * TONES_HEARD is left to the handler, who clears when the tone is over; if he
 * forgets, twice T305 is the end (the exchange's own T306 is shorter).
 *
 * T302 does not end a call: it says that the number is complete.
 */
#include <assert.h>

#include "pri/private.h"

static_assert((int)CALL_STATES < (int)FSM_SAME, "states fit the machine");

static const char *const state_names[] = {
	[CALL_NULL] = "null",
	[CALL_INITIATED] = "call initiated",
	[CALL_OVERLAP_SENDING] = "overlap sending",
	[CALL_OUT_PROCEEDING] = "outgoing call proceeding",
	[CALL_SOUNDING] = "outgoing call proceeding, in band",
	[CALL_DELIVERED] = "call delivered",
	[CALL_PRESENT] = "call present",
	[CALL_OVERLAP_RECEIVING] = "overlap receiving",
	[CALL_DIALLED] = "overlap receiving, complete",
	[CALL_IN_PROCEEDING] = "incoming call proceeding",
	[CALL_RECEIVED] = "call received",
	[CALL_CONNECT_REQUEST] = "connect request",
	[CALL_ACTIVE] = "active",
	[CALL_TONES_SENT] = "disconnect request, in band",
	[CALL_TONES_HEARD] = "disconnect indication, in band",
	[CALL_CLEARING] = "clearing",
};
static_assert(ARRAY_LEN(state_names) == CALL_STATES, "one name a state");

static const char *const event_names[] = {
	[SENT_SETUP] = "SETUP sent",
	[SENT_DIGITS] = "INFORMATION sent",
	[GOT_SETUP_ACK] = "SETUP ACKNOWLEDGE",
	[GOT_PROCEEDING] = "CALL PROCEEDING",
	[GOT_PROGRESS] = "PROGRESS",
	[GOT_ALERTING] = "ALERTING",
	[GOT_CONNECT] = "CONNECT",
	[GOT_SETUP] = "SETUP",
	[SENT_SETUP_ACK] = "SETUP ACKNOWLEDGE sent",
	[GOT_DIGITS] = "INFORMATION",
	[DIGITS_END] = "number complete",
	[SENT_PROCEEDING] = "CALL PROCEEDING sent",
	[SENT_PROGRESS] = "PROGRESS sent",
	[SENT_ALERTING] = "ALERTING sent",
	[SENT_CONNECT] = "CONNECT sent",
	[GOT_CONNECT_ACK] = "CONNECT ACKNOWLEDGE",
	[SENT_NOTIFY] = "NOTIFY sent",
	[SENT_TONES] = "DISCONNECT with tones sent",
	[GOT_TONES] = "DISCONNECT with tones",
	[CLEAR] = "clear",
};
static_assert(ARRAY_LEN(event_names) == CALL_EVENTS, "one name an event");

/* clang-format off */
/* Rows do nothing but go on; see enter_state(). */
#define GO(in, on, next) { in, on, NULL, next }

static const struct fsm_row rows[] = {
	/* in state                on event         then be in */
	GO(CALL_NULL,              SENT_SETUP,      CALL_INITIATED),
	GO(CALL_INITIATED,         SENT_SETUP,      CALL_INITIATED),
	GO(CALL_INITIATED,         GOT_SETUP_ACK,   CALL_OVERLAP_SENDING),
	GO(CALL_INITIATED,         GOT_PROCEEDING,  CALL_OUT_PROCEEDING),
	GO(CALL_INITIATED,         GOT_PROGRESS,    CALL_SOUNDING),
	GO(CALL_INITIATED,         GOT_ALERTING,    CALL_DELIVERED),
	GO(CALL_INITIATED,         GOT_CONNECT,     CALL_ACTIVE),
	GO(CALL_OVERLAP_SENDING,   SENT_DIGITS,     CALL_OVERLAP_SENDING),
	GO(CALL_OVERLAP_SENDING,   GOT_PROCEEDING,  CALL_OUT_PROCEEDING),
	GO(CALL_OVERLAP_SENDING,   GOT_PROGRESS,    FSM_SAME),
	GO(CALL_OVERLAP_SENDING,   GOT_ALERTING,    CALL_DELIVERED),
	GO(CALL_OVERLAP_SENDING,   GOT_CONNECT,     CALL_ACTIVE),
	GO(CALL_OUT_PROCEEDING,    GOT_PROCEEDING,  FSM_SAME),
	GO(CALL_OUT_PROCEEDING,    GOT_PROGRESS,    CALL_SOUNDING),
	GO(CALL_OUT_PROCEEDING,    GOT_ALERTING,    CALL_DELIVERED),
	GO(CALL_OUT_PROCEEDING,    GOT_CONNECT,     CALL_ACTIVE),
	GO(CALL_SOUNDING,          GOT_PROCEEDING,  FSM_SAME),
	GO(CALL_SOUNDING,          GOT_PROGRESS,    FSM_SAME),
	GO(CALL_SOUNDING,          GOT_ALERTING,    CALL_DELIVERED),
	GO(CALL_SOUNDING,          GOT_CONNECT,     CALL_ACTIVE),
	GO(CALL_DELIVERED,         GOT_PROCEEDING,  FSM_SAME),
	GO(CALL_DELIVERED,         GOT_PROGRESS,    FSM_SAME),
	GO(CALL_DELIVERED,         GOT_CONNECT,     CALL_ACTIVE),

	GO(CALL_NULL,              GOT_SETUP,       CALL_PRESENT),
	GO(CALL_PRESENT,           SENT_SETUP_ACK,  CALL_OVERLAP_RECEIVING),
	GO(CALL_PRESENT,           SENT_PROCEEDING, CALL_IN_PROCEEDING),
	GO(CALL_OVERLAP_RECEIVING, GOT_DIGITS,      CALL_OVERLAP_RECEIVING),
	GO(CALL_OVERLAP_RECEIVING, DIGITS_END,      CALL_DIALLED),
	GO(CALL_OVERLAP_RECEIVING, SENT_PROCEEDING, CALL_IN_PROCEEDING),
	GO(CALL_OVERLAP_RECEIVING, SENT_PROGRESS,   FSM_SAME),
	GO(CALL_OVERLAP_RECEIVING, SENT_ALERTING,   CALL_RECEIVED),
	GO(CALL_OVERLAP_RECEIVING, SENT_CONNECT,    CALL_CONNECT_REQUEST),
	GO(CALL_DIALLED,           SENT_PROCEEDING, CALL_IN_PROCEEDING),
	GO(CALL_DIALLED,           SENT_PROGRESS,   FSM_SAME),
	GO(CALL_DIALLED,           SENT_ALERTING,   CALL_RECEIVED),
	GO(CALL_DIALLED,           SENT_CONNECT,    CALL_CONNECT_REQUEST),
	GO(CALL_IN_PROCEEDING,     SENT_PROGRESS,   FSM_SAME),
	GO(CALL_IN_PROCEEDING,     SENT_ALERTING,   CALL_RECEIVED),
	GO(CALL_IN_PROCEEDING,     SENT_CONNECT,    CALL_CONNECT_REQUEST),
	GO(CALL_RECEIVED,          SENT_PROGRESS,   FSM_SAME),
	GO(CALL_RECEIVED,          SENT_CONNECT,    CALL_CONNECT_REQUEST),
	GO(CALL_CONNECT_REQUEST,   GOT_CONNECT_ACK, CALL_ACTIVE),

	GO(CALL_OUT_PROCEEDING,    SENT_NOTIFY,     FSM_SAME),
	GO(CALL_SOUNDING,          SENT_NOTIFY,     FSM_SAME),
	GO(CALL_DELIVERED,         SENT_NOTIFY,     FSM_SAME),
	GO(CALL_IN_PROCEEDING,     SENT_NOTIFY,     FSM_SAME),
	GO(CALL_RECEIVED,          SENT_NOTIFY,     FSM_SAME),
	GO(CALL_ACTIVE,            SENT_NOTIFY,     FSM_SAME),

	GO(CALL_OVERLAP_RECEIVING, SENT_TONES,      CALL_TONES_SENT),
	GO(CALL_DIALLED,           SENT_TONES,      CALL_TONES_SENT),
	GO(CALL_IN_PROCEEDING,     SENT_TONES,      CALL_TONES_SENT),
	GO(CALL_RECEIVED,          SENT_TONES,      CALL_TONES_SENT),
	GO(CALL_ACTIVE,            SENT_TONES,      CALL_TONES_SENT),
	GO(CALL_CLEARING,          GOT_TONES,       FSM_SAME),
	GO(CALL_TONES_SENT,        GOT_TONES,       CALL_CLEARING),
	GO(FSM_ANY,                GOT_TONES,       CALL_TONES_HEARD),
	GO(CALL_CLEARING,          CLEAR,           FSM_SAME),
	GO(FSM_ANY,                CLEAR,           CALL_CLEARING),
};

static const struct {
	enum isdn_timer timer;
	enum q850_cause cause; /* NONE: this state has no timer of ours */
	unsigned times;
} guards[CALL_STATES] = {
	[CALL_OVERLAP_SENDING]     = { ISDN_T304, Q850_TIMER_EXPIRY, 1 },
	[CALL_OUT_PROCEEDING] = { ISDN_T310, Q850_TIMER_EXPIRY, 1 },
	[CALL_SOUNDING]            = { ISDN_T301, Q850_NO_ANSWER,    1 },
	[CALL_DELIVERED]           = { ISDN_T301, Q850_NO_ANSWER,    1 },
	[CALL_OVERLAP_RECEIVING]   = { ISDN_T302, Q850_INVALID_NUMBER, 1 },
	[CALL_TONES_SENT]          = { ISDN_T305, Q850_TIMER_EXPIRY, 2 },
	[CALL_TONES_HEARD]         = { ISDN_T305, Q850_TIMER_EXPIRY, 2 },
	/* The others wait for libpri's timers (T303 T305 T308 T313), for our
	 * own user, or talk: those may last. */
};
/* clang-format on */

static void enter_state(void *self, unsigned state)
{
	struct isdn_call *call = self;

	timer_stop(&call->guard);
	call->guard.name = isdn_timer_rows[guards[state].timer].name;
	if (guards[state].cause != Q850_NONE)
		timer_start(&call->guard,
		            isdn_timer_length(&call->link->conf,
		                              guards[state].timer) *
		                    guards[state].times);
}

static void count_stray(void *self, unsigned event, const void *detail)
{
	struct isdn_call *call = self;

	(void)detail;
	call->link->counts.strays++;
	isdn_note(call->link, "call %#x: %s in state %s", call->callref,
	          event_names[event], isdn_call_state_name(call));
}

const struct fsm_type isdn_call_type = {
	.name = "isdn call",
	.states = state_names,
	.events = event_names,
	.nstates = CALL_STATES,
	.nevents = CALL_EVENTS,
	.rows = rows,
	.nrows = ARRAY_LEN(rows),
	.enter = enter_state,
	.stray = count_stray,
};

const char *isdn_call_state_name(const struct isdn_call *call)
{
	return state_names[call->fsm.state];
}

static void guard_expired(void *self)
{
	struct isdn_call *call = self;
	unsigned state = call->fsm.state;
	enum isdn_timer timer = guards[state].timer;

	call->link->counts.timeouts[timer]++;
	if (state == CALL_OVERLAP_RECEIVING) {
		fsm_post(&call->fsm, DIGITS_END, NULL);
		isdn_emit_digits_end(call);
		return;
	}
	isdn_call_clear_as(call, RELEASE_BY_TIMER, guards[state].cause,
	                   isdn_timer_rows[timer].name);
}

/* T322 (Q.931 5.8.10): the far end answers a STATUS ENQUIRY with nothing. It is
 * asked once more, then the call is cleared with 41. */
static void enquiry_expired(void *self)
{
	struct isdn_call *call = self;

	if (call_state(call) == CALL_CLEARING || !isdn_link_is_up(call->link))
		call->enquiries = 0;
	else if (call->enquiries < 2)
		isdn_call_audit(call);
	else
		isdn_call_clear_as(call, RELEASE_BY_TIMER,
		                   Q850_TEMPORARY_FAILURE, "T322");
}

void isdn_guard_init(struct isdn_call *call)
{
	fsm_init(&call->fsm, &isdn_call_type, call);
	timer_init(&call->guard, call->link->loop, "call guard", guard_expired,
	           call);
	timer_init(&call->enquiry, call->link->loop, "T322", enquiry_expired,
	           call);
}

/*
 * Q.931 5.8.11. Null is left to libpri, which clears. We are strict only where
 * no message in flight can explain the difference: a call that talks here and
 * is being set up or torn down there.
 */
void isdn_guard_status(struct isdn_call *call, int theirs)
{
	timer_stop(&call->enquiry);
	call->enquiries = 0;
	if (call_state(call) != CALL_ACTIVE)
		return;
	if (theirs == 1 || theirs == 2 || theirs == 6 || theirs == 25 ||
	    theirs == 19)
		isdn_call_clear_as(call, RELEASE_BY_FAILURE, Q850_WRONG_STATE,
		                   "audit: the far end is in another state");
}
