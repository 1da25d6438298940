/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_BUSYOUT_H
#define GATEWAY_BUSYOUT_H

/*
 * When no SIP peer that calls could go to is there, a span is taken out of
 * service, so that the exchange sends its calls another way. One of these lies
 * in every trunk; it does nothing unless the controller asks for it. Calls
 * that are up go on. Signalling thread only.
 */

#include "gateway/options.h"
#include "kernel/fsm.h"
#include "kernel/timer.h"

struct gateway;
struct trunk;

enum busyout_state {
	BUSYOUT_CLEAR,
	BUSYOUT_WAITING, /* peers are lost: hold-down runs */
	BUSYOUT_BUSY,
	BUSYOUT_RECOVERING, /* one is back: clear runs */
};

struct busyout {
	struct fsm fsm;
	struct timer hold;
	enum busyout_manner manner; /* as it was taken out */
	bool link_held;             /* layer 2 is down by our will */
	uint32_t channels;          /* those SERVICE took out, by slot */
	struct instant since;       /* in this state */
};

/* The trunk was opened; it is going. */
void busyout_begin(struct trunk *trunk);
void busyout_end(struct trunk *trunk);

/* Peers, routes or options changed: looks at every trunk anew. */
void busyout_review(struct gateway *gateway);

/* A call has ended, or the link was opened: what waited for it is done. */
void busyout_settle(struct trunk *trunk);

/* The link is closed, and with it what we had done to it. */
void busyout_link_gone(struct trunk *trunk);

/* Is each SETUP from this span to be refused (but emergencies)? */
bool busyout_refuses(const struct trunk *trunk);

/* Is the D channel down because we want it so? */
bool busyout_holds_link(const struct trunk *trunk);

/* State and reason, for people. */
const char *busyout_state_name(const struct trunk *trunk); /* "busied out" */
void busyout_print_why(const struct trunk *trunk, char *to, size_t size);

extern const struct fsm_type busyout_machine;

#endif
