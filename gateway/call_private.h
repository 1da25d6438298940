/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_CALL_PRIVATE_H
#define GATEWAY_CALL_PRIVATE_H

/*
 * What the files of a call share: call.c (the machine), call_words.c (what
 * legs say, as its events), call_route.c (where the far leg goes, and goes
 * next), call_overlap.c (a number that grows meanwhile), call_sound.c (what is
 * heard where), call_early.c (what before the answer), call_transfer.c (a third
 * leg), call_merge.c (two calls become one).
 */

#include "gateway/call.h"

enum call_event {
	EV_SETUP,
	EV_DIGITS,
	EV_ROUTED,  /* a route was found */
	EV_TRY,     /* the next route may be tried */
	EV_NO_MORE, /* none is left, or none may be: call.failed says why */
	EV_PROCEEDING,
	EV_ALERTING,
	EV_PROGRESS,
	EV_ANSWER,
	EV_JOINED, /* the sound runs both ways */
	EV_MEDIA,
	EV_HOLD, /* or retrieve: held[] says */
	EV_INFO,
	EV_CONNECTED,    /* who is there changed */
	EV_TRANSFER,     /* one side sends the other elsewhere: transfer */
	EV_MOVER_GONE,   /* that side has gone */
	EV_THIRD_RINGS,  /* the third leg rings */
	EV_THIRD_ANSWER, /* it answered, or came to take a place */
	EV_THIRD_GONE,
	EV_KEPT,     /* it came to nothing: the two go on */
	EV_ANNOUNCE, /* the far side clears with something to hear */
	EV_NEAR_GONE,
	EV_FAR_GONE,
	EV_CLEAR,
	EV_STOPPED, /* the stream has let go */
	EV_OVER,    /* both legs and the stream are gone */
	CALL_EVENTS,
};

/* call_words.c */
void leg_tell(struct leg *leg, const struct leg_word *word);

/* call.c: the first who ends a call writes its story; tell both legs. */
void call_blame(struct call *call, const struct release *why);
void call_release_all(struct call *call);
/* Back into the pools, with all that runs for it. */
void call_put(struct call *call);

/* call_route.c: posts EV_ROUTED, EV_NO_MORE or nothing (more digits). */
void call_analyse(struct call *call);
/* Places the far leg on the next route that takes it, else EV_NO_MORE. */
void call_try(struct call *call);
/* The far leg ends like this before an answer: is another choice tried? */
bool call_hunts(const struct call *call, const struct release *why);
/* The far leg ended before an answer: EV_TRY or EV_NO_MORE. */
void call_far_failed(struct call *call);
void call_routes_done(struct call *call);

/* What the plan says of the number as it is now. */
void call_ask_plan(struct call *call, struct routes *routes);

/* call_overlap.c: does this choice take digits as they come? Adds those of a
 * word to the called number; an action for those that come after a route. */
bool call_may_grow(const struct call *call, const struct route *route);
void call_append(struct call *call, const struct leg_word *word);
void call_extend(void *call, const void *word);

/* Finds the routes of call->move: EV_TRY or EV_NO_MORE. */
void call_route_transfer(struct call *call);

/* call_transfer.c: actions, and what the third leg says and a leg that asks. */
void call_transfer(void *call, const void *word);
void call_transfer_rings(void *call, const void *word);
void call_transfer_left(void *call, const void *word);
void call_transfer_failed(void *call, const void *word);
void call_take_place(void *call, const void *word);
void call_pick_up(void *call, const void *word);
bool call_transfer_may(struct leg *leg, const struct leg_word *word);
void call_third_says(struct leg *leg, const struct leg_word *word);
/* The leg at the other side of this one. */
struct leg *call_other(const struct leg *leg);
/* Who is at this side, 0 or 1. */
const struct party *call_party(const struct call *call, unsigned which);

/* call_merge.c: who stays takes the place of this leg of another call (NULL:
 * call->move says with which status that is refused), and this call ends;
 * or else EV_NO_MORE. */
void call_merge(struct call *call, struct leg *beside);

/* call_sound.c */
void call_join(struct call *call);    /* the ends as the legs have them */
void call_unjoin(struct call *call);  /* close the stream */
void call_abandon(struct call *call); /* let go of all without a word */

/* call_early.c: what the caller hears before the answer */
void call_early_init(struct call *call);
void call_ring(struct call *call, const struct leg_word *heard);
void call_early_heard(struct call *call);  /* RTP of the far side has come, */
void call_early_silent(struct call *call); /* and comes no more */
void call_early_next(struct call *call);   /* another far side is tried */
void call_early_stop(struct call *call);   /* answered, or over */
/* The caller is told call->release with a tone that says why; false: he is to
 * be released at once. */
bool call_early_refuse(struct call *call);

/* call_cause.c: by the rows of this SIP leg's peer, of the span at the call's
 * other side, and the profile. */
unsigned call_status(const struct leg *leg, struct cause cause);
enum q850_cause call_cause(const struct leg *leg, unsigned status,
                           unsigned warning);

/* drain.c: the last call of a drain may have been this one. */
void gateway_call_ended(struct gateway *gateway);

#endif
