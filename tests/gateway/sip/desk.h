/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef TESTS_GATEWAY_SIP_DESK_H
#define TESTS_GATEWAY_SIP_DESK_H

/*
 * A stack on the test's desk: on loopback, with a held clock, one peer "far"
 * played by far.c, and a handler that writes down what it is told.
 */

#include "gateway/sip/sip.h"
#include "kernel/loop.h"
#include "tests/gateway/sip/far.h"

enum { DESK_EVENTS = 64 };

struct desk {
	struct loop *loop;
	struct sip_stack *stack;
	struct far far;
	struct sip_conf conf;
	struct sip_peer_conf peer;
	struct sip_session *session; /* the last one that was told of */
	unsigned nevents;
	enum sip_event_kind events[DESK_EVENTS];
	unsigned read; /* of the events, by desk_told() */
	struct sip_event last;
	struct flow flow; /* of the last event that had one */
	struct sip_setup setup;
	struct party connected;
	struct uui uui; /* of the last event */
	struct release release;
	struct transfer transfer;
	unsigned transferred; /* told inside SIP_TRANSFER; 0: nothing */
	bool has_flow;
	char digits[32], contact[512];
	enum sip_health health; /* told last, and how often */
	unsigned health_told;
	unsigned refuse_with;  /* what available() says */
	bool admit_none;       /* what admit() says; of crowded ones it does */
	const char *emergency; /* not of this number; may be NULL */
	struct sip_wish wish;  /* the last one asked about */
	int media_error;
	unsigned media_asked, notes, traced;
	char note[256];
	uint16_t port; /* the stack's */
};

void desk_open(struct desk *d);
void desk_open_six(struct desk *d);
void desk_open_overlap(struct desk *d); /* the far end's numbers may grow */

/* A stack with d->conf, in place of one that was closed. */
int desk_stack(struct desk *d);

/* Ends what goes on, lets every timer run out and fails the test when a
 * session or transaction is left. */
void desk_close(struct desk *d);

/* Lets happen what is due, at once or for a length of time. */
void desk_turn(struct desk *d);
void desk_wait(struct desk *d, usec length);

/* Is this the next event told? */
bool desk_told(struct desk *d, enum sip_event_kind kind);
bool desk_quiet(const struct desk *d); /* nothing more was told */

/* Places a call to the far end; NULL when it could not be. */
struct sip_session *desk_place(struct desk *d);

/* We call, and the far end hears INVITE; it answers that and hears ACK; we
 * hang up and it hears BYE. */
void desk_invite(struct desk *d);
void desk_answered(struct desk *d);
void desk_end(struct desk *d);
/* The far end calls this number, SIP_SETUP is told; it hangs up, and its BYE is
 * answered. */
void desk_invited(struct desk *d, const char *number);
void desk_ended(struct desk *d);

/* A call that is up, either way. */
void desk_call_out(struct desk *d);
void desk_call_in(struct desk *d);

#endif
