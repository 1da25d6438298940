/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_CALL_H
#define GATEWAY_CALL_H

/*
 * A call: two legs and the machine between them. Calls come from a pool filled
 * at start; when it is used up the answer is cause 42 and 503. Signalling
 * thread only.
 */

#include "gateway/cause.h"
#include "gateway/leg.h"
#include "gateway/ringback.h"
#include "kernel/fsm.h"
#include "kernel/list.h"
#include "kernel/loop.h"
#include "kernel/timer.h"

enum call_state {
	CALL_IDLE,     /* nothing yet */
	CALL_DIALLING, /* the number is not complete */
	CALL_OFFERED,  /* the far leg is asked, nothing heard */
	CALL_RINGING,  /* it rings (alert_at), or something can be heard */
	CALL_JOINING,  /* answered; the sound is being joined both ways */
	CALL_TALKING,
	CALL_TRANSFERRING, /* talking, and a third leg is being asked */
	CALL_REFUSING,     /* the caller hears a tone that says why */
	CALL_CLEARING,     /* both legs told; waiting for their last words */
	CALL_STATES,
};

/* Where a transfer leads: few calls are transferred, and it is large. */
struct call_move {
	struct transfer asked;
	struct dial_peer direct; /* to a peer named in it */
};

struct call {
	struct list list; /* in gateway.calls */
	struct gateway *gateway;
	uint32_t number; /* what people call it: 1, 2, ... */
	struct fsm fsm;
	/* 0 near: came in; 1 far: goes out; 2: to take the place of one of
	 * them in a transfer, and after it who had that place */
	struct leg leg[CALL_LEGS];

	struct leg_setup setup;    /* as it came, and grew */
	struct route_table *table; /* whose routes these are; NULL: done */
	struct routes routes;
	size_t next_route;    /* the one to try next */
	struct leg_setup out; /* what the far leg was asked */
	bool emergency, barred;

	struct stream_ref stream;
	unsigned serial;        /* of the last media_stream_set() */
	unsigned joined_serial; /* of the last MEDIA_SET */
	bool stream_open;
	bool held[CALL_LEGS], music[CALL_LEGS]; /* by that leg; which plays */
	bool heard[2];                          /* RTP came at this end */
	struct media_end end[2]; /* what the stream was last told */
	struct {
		enum data_tone tone; /* by which fax or modem was known */
		bool sent;           /* to the line, or heard from it */
	} data[2];                   /* at this end */

	struct ringback_facts early;         /* known before the answer */
	const struct ringback_row *ringback; /* decided last; or NULL */
	bool ringing_tone;                   /* ours is being played */
	struct timer early_wait;             /* for the first RTP packet */

	struct call_move *move; /* the last that was asked for; NULL: none */
	unsigned mover;         /* the leg that asked: 0 or 1 */
	bool mover_left;        /* or is about to leave */
	bool third_rang, third_tone;

	struct release release; /* the story: the first who ended it */
	struct release failed;  /* of the last route tried, while hunting */
	struct party connected; /* who answered */
	struct uui uui;         /* goes with the next word that may */
	unsigned uui_from;      /* the leg whose user told it */

	int64_t setup_wall, connect_wall, end_wall; /* microseconds, UTC */
	struct instant setup_at, alert_at, connect_at;
	unsigned speaking; /* which leg the word at hand is from */
	struct timer guard;
	struct deferred funeral;
};

/* A call for a leg that just came in: the caller fills call->leg[0] and then
 * reports LEG_SETUP. NULL: the pool is used up. */
struct call *call_new(struct gateway *gateway);

/* A leg for a session that just came in to take this one's place: the caller
 * fills it and reports LEG_SETUP. NULL: not now. */
struct leg *call_replacement(struct leg *leg);

/* An operator, a timer, a line or a rule ends it. Asked twice is fine. */
void call_clear(struct call *call, const struct release *why);

const char *call_state_name(const struct call *call);
bool call_is_answered(const struct call *call);
bool call_is_ending(const struct call *call);

/* A report of the media engine about its stream. */
void call_media(struct call *call, const struct media_report *report);

/* Is the echo at this end, 0 or 1, cancelled by the card or its driver: "on",
 * "off"; "" where there is no such canceller. */
const char *call_echo(const struct call *call, unsigned which);

/* The machine's rows, for fsm2dot and the test that walks them. */
extern const struct fsm_type call_machine;

#endif
