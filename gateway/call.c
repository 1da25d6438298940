/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Two legs and the machine between them. Neither leg knows what the other is:
 * a word from one becomes an event here, the rows below say what it means, and
 * the other leg is told. So ISDN to SIP, SIP to ISDN, ISDN to ISDN and SIP to
 * SIP are one machine.
 *
 * The order of an answer is the point of it: when the far side answers, the
 * sound is first joined both ways, and only when the media engine says that it
 * runs (CALL_JOINING) is the caller told, so that nothing is clipped.
 *
 * A failed route is not the end: while the caller waits, the next choice is
 * tried as the hunting table allows; see call_route.c. Whoever ends the call
 * first writes its story; it is told to both networks, the log, the ladder and
 * the record in the same words.
 */

#include "gateway/call.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/call_private.h"
#include "gateway/gateway.h"
#include "gateway/ladder.h"
#include "gateway/record.h"
#include "gateway/trunk.h"
#include "kernel/mem.h"
#include "kernel/text.h"

static const char *const state_names[] = {
	[CALL_IDLE] = "idle",
	[CALL_DIALLING] = "dialling",
	[CALL_OFFERED] = "offered",
	[CALL_RINGING] = "ringing",
	[CALL_JOINING] = "joining",
	[CALL_TALKING] = "talking",
	[CALL_TRANSFERRING] = "transferring",
	[CALL_REFUSING] = "refusing",
	[CALL_CLEARING] = "clearing",
};

static const char *const event_names[] = {
	[EV_SETUP] = "setup",
	[EV_DIGITS] = "digits",
	[EV_ROUTED] = "routed",
	[EV_TRY] = "try",
	[EV_NO_MORE] = "no more routes",
	[EV_PROCEEDING] = "proceeding",
	[EV_ALERTING] = "alerting",
	[EV_PROGRESS] = "progress",
	[EV_ANSWER] = "answer",
	[EV_JOINED] = "joined",
	[EV_MEDIA] = "media",
	[EV_HOLD] = "hold",
	[EV_INFO] = "info",
	[EV_CONNECTED] = "connected",
	[EV_TRANSFER] = "transfer",
	[EV_MOVER_GONE] = "transferor released",
	[EV_THIRD_RINGS] = "third alerting",
	[EV_THIRD_ANSWER] = "third answer",
	[EV_THIRD_GONE] = "third released",
	[EV_KEPT] = "kept",
	[EV_ANNOUNCE] = "far disconnect",
	[EV_NEAR_GONE] = "near released",
	[EV_FAR_GONE] = "far released",
	[EV_CLEAR] = "clear",
	[EV_STOPPED] = "stream stopped",
	[EV_OVER] = "over",
};

/* --- actions --- */

static void act_setup(void *self, const void *detail ATTR_UNUSED)
{
	call_analyse(self);
}

static void act_digits(void *self, const void *detail)
{
	struct call *call = self;

	if (detail == NULL)
		return;
	call_append(call, detail);
	call_analyse(call);
}

static void act_try(void *self, const void *detail ATTR_UNUSED)
{
	call_try(self);
}

/* The number is complete: who dialled it digit by digit is told so at once
 * (Q.931 5.2.4), or his T304 runs out while the far side thinks. */
static void act_routed(void *self, const void *detail ATTR_UNUSED)
{
	struct call *call = self;
	struct leg_word word = { .kind = LEG_PROCEEDING };

	if (call->setup.complete)
		leg_tell(&call->leg[0], &word);
	call_try(call);
}

static void act_proceeding(void *self, const void *detail ATTR_UNUSED)
{
	struct call *call = self;
	struct leg_word word = { .kind = LEG_PROCEEDING };

	call->setup.complete = true; /* the far side says so */
	call_join(call);
	leg_tell(&call->leg[0], &word);
}

static void act_ring(void *self, const void *detail)
{
	struct call *call = self;
	const struct leg_word *heard = detail;

	if (heard != NULL)
		call_ring(call, heard);
}

static void act_answer(void *self, const void *detail)
{
	struct call *call = self;
	const struct leg_word *word = detail;

	if (word != NULL && word->party != NULL &&
	    (word->party->number.present || word->party->name[0] != '\0'))
		call->connected = *word->party;
	call_early_stop(call);
	call_join(call);
}

/* When it began, and how long ago: a wall clock that was set meanwhile does
 * not lengthen a call. */
static int64_t wall_after(const struct call *call, struct instant at)
{
	return call->setup_wall + instant_since(at, call->setup_at);
}

static void act_joined(void *self, const void *detail ATTR_UNUSED)
{
	struct call *call = self;
	struct leg_word word = { .kind = LEG_ANSWER,
		                 .party = &call->connected };

	call->connect_at = instant_now();
	call->connect_wall = wall_after(call, call->connect_at);
	call->gateway->counts.answered++;
	call_routes_done(call);
	leg_tell(&call->leg[0], &word);
}

static void act_media(void *self, const void *detail ATTR_UNUSED)
{
	call_join(self);
}

static void act_hold(void *self, const void *detail)
{
	struct call *call = self;
	const struct leg_word *word = detail;

	call_join(call);
	if (word != NULL && call_is_answered(call))
		leg_tell(&call->leg[call->speaking ^ 1u], word);
}

static void act_info(void *self, const void *detail)
{
	struct call *call = self;
	const struct leg_word *word = detail;

	if (word == NULL || word->digits == NULL)
		return;
	if (leg_by_info(&call->leg[call->speaking ^ 1u]))
		leg_tell(&call->leg[call->speaking ^ 1u], word);
	else if (call->stream_open)
		(void)media_stream_digits(call->gateway->media, call->stream,
		                          call->speaking ^ 1u, word->digits);
}

/* Before the answer it is for the answer to tell; who calls is known already,
 * and no network has words for another. */
static void act_connected_early(void *self, const void *detail)
{
	struct call *call = self;
	const struct leg_word *word = detail;
	char digits[40];

	if (word == NULL || word->party == NULL)
		return;
	ladder_decide(
		call->gateway->ladder, call->number, "the %s is now %s",
		call->speaking == 0 ? "caller" : "called side",
		log_digits(digits, sizeof(digits), word->party->number.digits));
	if (call->speaking == 1)
		call->connected = *word->party;
}

static void act_connected(void *self, const void *detail)
{
	struct call *call = self;

	act_connected_early(self, detail);
	if (detail != NULL)
		leg_tell(&call->leg[call->speaking ^ 1u], detail);
}

/* The far side clears and plays why: the caller may listen (Q.931 5.3.4.1),
 * until he hangs up or the guard says enough; unless there is another choice
 * to try instead. */
static void act_announce(void *self, const void *detail)
{
	struct call *call = self;
	const struct leg_word *word = detail;
	struct leg_word heard = { .kind = LEG_PROGRESS, .sound = true };

	if (word == NULL || word->release == NULL)
		return;
	call->failed = *word->release;
	if (call_hunts(call, &call->failed)) {
		struct leg_word clear = { .kind = LEG_DISCONNECT,
			                  .release = &call->failed };

		leg_tell(&call->leg[1], &clear);
		return;
	}
	heard.cause = word->release->cause;
	timer_start(&call->guard, SEC(20));
	call_ring(call, &heard);
}

static void act_far_gone(void *self, const void *detail ATTR_UNUSED)
{
	call_far_failed(self);
}

static void act_refuse(void *self, const void *detail ATTR_UNUSED)
{
	struct call *call = self;

	call_blame(call, &call->failed);
	if (!call_early_refuse(call))
		fsm_post(&call->fsm, EV_CLEAR, NULL);
}

static void act_clear(void *self, const void *detail ATTR_UNUSED)
{
	call_release_all(self);
}

static void act_check(void *self, const void *detail ATTR_UNUSED)
{
	struct call *call = self;

	if (!call->leg[0].open && !call->leg[1].open &&
	    !call->leg[LEG_THIRD].open && !call->stream_open)
		fsm_post(&call->fsm, EV_OVER, NULL);
}

static void act_over(void *self, const void *detail ATTR_UNUSED)
{
	struct call *call = self;

	timer_stop(&call->guard);
	loop_defer(call->gateway->loop, &call->funeral);
}

/* clang-format off */
static const struct fsm_row rows[] = {
	/* in state      on event       do              then be in    */
	{ CALL_IDLE,     EV_SETUP,      act_setup,      CALL_DIALLING },
	{ CALL_DIALLING, EV_DIGITS,     act_digits,     FSM_SAME      },
	{ CALL_DIALLING, EV_ROUTED,     act_routed,     CALL_OFFERED  },
	{ CALL_DIALLING, EV_NO_MORE,    act_refuse,     CALL_REFUSING },

	{ CALL_OFFERED,  EV_TRY,        act_try,        FSM_SAME      },
	{ CALL_RINGING,  EV_TRY,        act_try,        CALL_OFFERED  },
	{ CALL_OFFERED,  EV_NO_MORE,    act_refuse,     CALL_REFUSING },
	{ CALL_RINGING,  EV_NO_MORE,    act_refuse,     CALL_REFUSING },
	{ CALL_OFFERED,  EV_PROCEEDING, act_proceeding, FSM_SAME      },
	{ CALL_OFFERED,  EV_ALERTING,   act_ring,       CALL_RINGING  },
	{ CALL_OFFERED,  EV_PROGRESS,   act_ring,       CALL_RINGING  },
	{ CALL_RINGING,  EV_PROCEEDING, NULL,           FSM_SAME      },
	{ CALL_RINGING,  EV_ALERTING,   act_ring,       FSM_SAME      },
	{ CALL_RINGING,  EV_PROGRESS,   act_ring,       FSM_SAME      },
	{ CALL_OFFERED,  EV_ANSWER,     act_answer,     CALL_JOINING  },
	{ CALL_RINGING,  EV_ANSWER,     act_answer,     CALL_JOINING  },
	{ CALL_OFFERED,  EV_ANNOUNCE,   act_announce,   CALL_RINGING  },
	{ CALL_RINGING,  EV_ANNOUNCE,   act_announce,   FSM_SAME      },
	{ CALL_OFFERED,  EV_FAR_GONE,   act_far_gone,   FSM_SAME      },
	{ CALL_RINGING,  EV_FAR_GONE,   act_far_gone,   FSM_SAME      },
	{ CALL_OFFERED,  EV_DIGITS,     call_extend,    FSM_SAME      },
	{ CALL_RINGING,  EV_DIGITS,     call_extend,    FSM_SAME      },
	{ CALL_OFFERED,  EV_CONNECTED,  act_connected_early, FSM_SAME },
	{ CALL_RINGING,  EV_CONNECTED,  act_connected_early, FSM_SAME },
	{ CALL_OFFERED,  EV_MEDIA,      act_media,      FSM_SAME      },
	{ CALL_RINGING,  EV_MEDIA,      act_media,      FSM_SAME      },

	{ CALL_JOINING,  EV_JOINED,     act_joined,     CALL_TALKING  },
	{ CALL_JOINING,  EV_MEDIA,      act_media,      FSM_SAME      },
	{ CALL_JOINING,  EV_HOLD,       act_hold,       FSM_SAME      },
	{ CALL_JOINING,  EV_CONNECTED,  act_connected_early, FSM_SAME },

	{ CALL_TALKING,  EV_JOINED,     NULL,           FSM_SAME      },
	{ CALL_TALKING,  EV_MEDIA,      act_media,      FSM_SAME      },
	{ CALL_TALKING,  EV_HOLD,       act_hold,       FSM_SAME      },
	{ CALL_TALKING,  EV_INFO,       act_info,       FSM_SAME      },
	{ CALL_TALKING,  EV_CONNECTED,  act_connected,  FSM_SAME      },

	{ CALL_TALKING,  EV_TRANSFER,   call_transfer,  CALL_TRANSFERRING },
	{ CALL_TRANSFERRING, EV_TRY,    act_try,        FSM_SAME      },
	{ CALL_TRANSFERRING, EV_THIRD_RINGS, call_transfer_rings, FSM_SAME },
	{ CALL_TRANSFERRING, EV_THIRD_ANSWER, call_take_place, CALL_TALKING },
	{ CALL_TRANSFERRING, EV_THIRD_GONE, act_far_gone, FSM_SAME    },
	{ CALL_TRANSFERRING, EV_MOVER_GONE, call_transfer_left, FSM_SAME },
	{ CALL_TRANSFERRING, EV_NO_MORE, call_transfer_failed, FSM_SAME },
	{ CALL_TRANSFERRING, EV_KEPT,   NULL,           CALL_TALKING  },
	{ CALL_TRANSFERRING, EV_MEDIA,  act_media,      FSM_SAME      },
	{ CALL_TRANSFERRING, EV_HOLD,   act_hold,       FSM_SAME      },
	{ CALL_TRANSFERRING, EV_INFO,   act_info,       FSM_SAME      },
	{ CALL_TRANSFERRING, EV_CONNECTED, act_connected, FSM_SAME    },
	/* A phone elsewhere takes the place of one in the call, or of one that
	 * rings; who had it goes. */
	{ CALL_TALKING,  EV_THIRD_ANSWER, call_take_place, FSM_SAME   },
	{ CALL_OFFERED,  EV_THIRD_ANSWER, call_pick_up, CALL_JOINING  },
	{ CALL_RINGING,  EV_THIRD_ANSWER, call_pick_up, CALL_JOINING  },
	{ CALL_JOINING,  EV_THIRD_GONE, NULL,           FSM_SAME      },
	{ CALL_TALKING,  EV_THIRD_GONE, NULL,           FSM_SAME      },
	{ CALL_CLEARING, EV_THIRD_GONE, act_check,      FSM_SAME      },
	{ CALL_CLEARING, EV_MOVER_GONE, act_check,      FSM_SAME      },

	{ CALL_CLEARING, EV_NEAR_GONE,  act_check,      FSM_SAME      },
	{ CALL_CLEARING, EV_FAR_GONE,   act_check,      FSM_SAME      },
	{ CALL_CLEARING, EV_STOPPED,    act_check,      FSM_SAME      },
	{ CALL_CLEARING, EV_OVER,       act_over,       FSM_SAME      },
	{ CALL_CLEARING, EV_CLEAR,      NULL,           FSM_SAME      },

	/* Whatever was going on: an end is an end. */
	{ FSM_ANY,       EV_NEAR_GONE,  act_clear,      CALL_CLEARING },
	{ FSM_ANY,       EV_FAR_GONE,   act_clear,      CALL_CLEARING },
	{ FSM_ANY,       EV_ANNOUNCE,   act_clear,      CALL_CLEARING },
	{ FSM_ANY,       EV_CLEAR,      act_clear,      CALL_CLEARING },
};
/* clang-format on */

/* DIALLING, OFFERED, RINGING: the leg that is waited for runs the standard's
 * timer (T302, T310, T301, timer B, ring). TALKING: as long as people like. */
static void enter(void *self, unsigned state)
{
	struct call *call = self;

	/* call_early.c knows what these are */
	if (state != CALL_RINGING && state != CALL_REFUSING)
		ladder_decide(call->gateway->ladder, call->number, "%s",
		              state_names[state]);
	if (state == CALL_JOINING)
		timer_start(&call->guard, SEC(2));
	else if (state == CALL_REFUSING)
		timer_start(&call->guard, SEC(20));
	else if (state == CALL_CLEARING)
		timer_start(&call->guard, SEC(50));
	else
		timer_stop(&call->guard);
}

static void stray(void *self, unsigned event, const void *detail ATTR_UNUSED)
{
	struct call *call = self;
	char name[16];

	call->gateway->counts.strays++;
	(void)snprintf(name, sizeof(name), "call %u", call->number);
	log_debug(&area_call, name, "%s in state %s means nothing",
	          event_names[event], state_names[fsm_state(&call->fsm)]);
}

const struct fsm_type call_machine = {
	.name = "call",
	.states = state_names,
	.events = event_names,
	.nstates = CALL_STATES,
	.nevents = CALL_EVENTS,
	.rows = rows,
	.nrows = ARRAY_LEN(rows),
	.enter = enter,
	.stray = stray,
};

/* --- the guard: nothing waits for ever --- */

static void guard_joining(struct call *call)
{
	struct release why = { .by = RELEASE_BY_FAILURE,
		               .cause = { Q850_TEMPORARY_FAILURE,
		                          LOCATION_PRIVATE_LOCAL } };

	(void)text_copy(why.detail, sizeof(why.detail),
	                "the sound could not be joined");
	call_clear(call, &why);
}

/* Legs end by their own timers long before this; one that did not is a bug
 * that must not keep a channel. */
static void guard_clearing(struct call *call)
{
	char name[16];

	(void)snprintf(name, sizeof(name), "call %u", call->number);
	call->gateway->counts.stuck++;
	log_error(&area_call, name, "did not clear within 50 s: given up");
	call_abandon(call);
	fsm_post(&call->fsm, EV_OVER, NULL);
}

static void guard_expired(void *self)
{
	struct call *call = self;

	switch ((enum call_state)fsm_state(&call->fsm)) {
	case CALL_JOINING:
		guard_joining(call);
		break;
	case CALL_CLEARING:
		guard_clearing(call);
		break;
	case CALL_RINGING: /* an announcement has been heard long enough */
		call_blame(call, &call->failed);
		fsm_post(&call->fsm, EV_CLEAR, NULL);
		break;
	case CALL_REFUSING: /* and so has a tone */
		fsm_post(&call->fsm, EV_CLEAR, NULL);
		break;
	case CALL_IDLE:
	case CALL_DIALLING:
	case CALL_OFFERED:
	case CALL_TALKING:
	case CALL_TRANSFERRING:
	case CALL_STATES:
		break;
	}
}

/* --- ends --- */

void call_blame(struct call *call, const struct release *why)
{
	if (call->release.by == RELEASE_BY_NOBODY)
		call->release = *why;
	if (call->release.cause.value == Q850_NONE)
		call->release.cause = (struct cause){ Q850_NORMAL_UNSPECIFIED,
			                              LOCATION_PRIVATE_LOCAL };
}

void call_release_all(struct call *call)
{
	struct leg_word word = { .kind = LEG_DISCONNECT,
		                 .release = &call->release };

	if (call->end_wall == 0)
		call->end_wall = wall_after(call, instant_now());
	call_routes_done(call);
	call_early_stop(call);
	call_unjoin(call);
	for (unsigned i = 0; i < CALL_LEGS; i++)
		leg_tell(&call->leg[i], &word);
	act_check(call, NULL);
}

void call_clear(struct call *call, const struct release *why)
{
	call_blame(call, why);
	fsm_post(&call->fsm, EV_CLEAR, NULL);
}

void call_put(struct call *call)
{
	struct gateway *gateway = call->gateway;

	list_remove(&call->list);
	timer_stop(&call->guard);
	timer_stop(&call->early_wait);
	deferred_cancel(&call->funeral);
	if (call->move != NULL)
		pool_put(gateway->moves, call->move);
	pool_put(gateway->pool, call);
}

static void bury(void *self)
{
	struct call *call = self;
	struct gateway *gateway = call->gateway;

	record_call(gateway, call);
	call_put(call);
	gateway_call_ended(gateway);
}

struct call *call_new(struct gateway *gateway)
{
	struct call *call = pool_take(gateway->pool);

	if (call == NULL)
		return NULL;
	call->gateway = gateway;
	call->number = ++gateway->next_call;
	for (unsigned i = 0; i < CALL_LEGS; i++) {
		call->leg[i].call = call;
		call->leg[i].which = i;
	}
	call->setup_at = instant_now();
	call->setup_wall = wall_now();
	fsm_init(&call->fsm, &call_machine, call);
	timer_init(&call->guard, gateway->loop, "call guard", guard_expired,
	           call);
	call_early_init(call);
	deferred_init(&call->funeral, bury, call);
	list_append(&gateway->calls, &call->list);
	gateway->counts.calls++;
	return call;
}

const char *call_state_name(const struct call *call)
{
	unsigned state = fsm_state(&call->fsm);

	/* Something is heard, but nobody has said that it rings. */
	if (state == CALL_RINGING && call->alert_at.us == 0)
		return "progress";
	return state_names[state];
}

bool call_is_answered(const struct call *call)
{
	return call->connect_wall != 0;
}

bool call_is_ending(const struct call *call)
{
	return fsm_state(&call->fsm) == CALL_CLEARING;
}
