/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef PRI_CALL_H
#define PRI_CALL_H

/*
 * A call inside pri/: its states (guard.c), its beginning and end (command.c).
 */

#include "kernel/fsm.h"
#include "kernel/list.h"
#include "kernel/loop.h"
#include "pri/isdn.h"

struct q931_call;

/* Q.931 2.1; user and network side share the names of the user side. */
enum call_state {
	CALL_NULL,
	CALL_INITIATED,
	CALL_OVERLAP_SENDING,
	CALL_OUT_PROCEEDING,
	CALL_SOUNDING, /* outgoing proceeding with PROGRESS: no T310 */
	CALL_DELIVERED,
	CALL_PRESENT,
	CALL_OVERLAP_RECEIVING,
	CALL_DIALLED, /* overlap receiving, T302 expired */
	CALL_IN_PROCEEDING,
	CALL_RECEIVED,
	CALL_CONNECT_REQUEST,
	CALL_ACTIVE,
	CALL_TONES_SENT,  /* our DISCONNECT with tones */
	CALL_TONES_HEARD, /* theirs */
	CALL_CLEARING,
	CALL_STATES,
};

enum call_event {
	SENT_SETUP,
	SENT_DIGITS,
	GOT_SETUP_ACK,
	GOT_PROCEEDING,
	GOT_PROGRESS,
	GOT_ALERTING,
	GOT_CONNECT,
	GOT_SETUP,
	SENT_SETUP_ACK,
	GOT_DIGITS,
	DIGITS_END,
	SENT_PROCEEDING,
	SENT_PROGRESS,
	SENT_ALERTING,
	SENT_CONNECT,
	GOT_CONNECT_ACK,
	SENT_NOTIFY,
	SENT_TONES,
	GOT_TONES,
	CLEAR,
	CALL_EVENTS,
};

struct isdn_call {
	struct list list;
	struct isdn_link *link; /* owns the call */
	struct q931_call *q931; /* libpri's; NULL once it may be freed */
	void *owner;
	unsigned callref; /* as the far end's messages carry it */
	unsigned channel, span_bits;
	bool incoming, exclusive;
	bool ended;    /* libpri knows it no more, RELEASED not yet said */
	bool released; /* RELEASED said: waits for its funeral */
	bool glared;   /* its channel went to the network's call */
	bool held;     /* by either end: the channel is only reserved */
	bool disconnect_got, setup_again;
	unsigned tries, enquiries;
	uint8_t clearing_sent; /* the last of DISCONNECT and RELEASE */
	struct fsm fsm;
	struct instant since;
	struct timer guard, enquiry;
	struct deferred later;
	struct release release;  /* why; NOBODY: not known yet */
	struct isdn_setup setup; /* outgoing, for another try */
	struct uui uui;          /* goes with the next message that may */
	struct uui last_uui;     /* came with the first that clears */
};

extern const struct fsm_type isdn_call_type;
const char *isdn_call_state_name(const struct isdn_call *call);
void isdn_guard_init(struct isdn_call *call);

/* The far end told its state: cleared with 101 when it cannot be. */
void isdn_guard_status(struct isdn_call *call, int theirs);

static inline enum call_state call_state(const struct isdn_call *call)
{
	return (enum call_state)call->fsm.state;
}

static inline bool call_may(const struct isdn_call *call, enum call_event event)
{
	return call->q931 != NULL && !call->ended &&
	       fsm_find(&isdn_call_type, call->fsm.state, event) != NULL;
}

struct isdn_call *isdn_call_new(struct isdn_link *link, bool incoming);
int isdn_call_start(struct isdn_call *call);
void isdn_call_clear_as(struct isdn_call *call, enum release_by by,
                        enum q850_cause cause, const char *detail);
/* libpri has dropped it: tell, and bury it on the next turn. */
void isdn_call_finish(struct isdn_call *call);
/* Free it in libpri without a word on the wire, and tell soon. */
void isdn_call_drop(struct isdn_call *call, enum release_by by,
                    enum q850_cause cause, const char *detail);
void isdn_call_free(struct isdn_call *call);
enum release_by isdn_call_far(const struct isdn_call *call);

#endif
