/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef PRI_CHANNEL_H
#define PRI_CHANNEL_H

/*
 * The B channels of a link, and looking at a link: state, counters, calls.
 * Signalling thread only.
 */

#include "pri/isdn.h"

enum isdn_channel_state {
	CHANNEL_UNUSED, /* not a B channel of this link */
	CHANNEL_IDLE,
	CHANNEL_BUSY,       /* a call is on it */
	CHANNEL_ENDING,     /* call gone, its stream not yet stopped */
	CHANNEL_RESTARTING, /* T316 runs */
	/* The exchange never acknowledged: chosen by us when no other is left,
	 * taken back at the first call on it. */
	CHANNEL_NO_RESTART,
	CHANNEL_SHUTDOWN, /* by the operator */
};

enum isdn_channel_state isdn_channel_state(const struct isdn_link *link,
                                           unsigned channel);
const char *isdn_channel_state_name(enum isdn_channel_state state);

/* The stream of a channel has stopped: the channel may be chosen again. A
 * channel whose call has ended stays CHANNEL_ENDING until this was said. */
void isdn_channel_stopped(struct isdn_link *link, unsigned channel);

/* Operator: RESTART it (its call is cleared, cause 41), take it in and out of
 * service (a call on it goes on). -ENOENT: no such channel. */
int isdn_channel_restart(struct isdn_link *link, unsigned channel);
int isdn_channel_shutdown(struct isdn_link *link, unsigned channel, bool down);

/* --- looking --- */

struct isdn_counts {
	uint64_t frames_in, frames_out, frames_cleaned, frames_dropped;
	uint64_t frames_edited, send_failures;
	uint64_t calls_in, calls_out, glare, refused_overload;
	uint64_t restarts_sent, restarts_failed, restarts_received;
	uint64_t timeouts[ISDN_TIMERS];
	uint64_t ups, downs, config_errors, strays;
	uint64_t uui_dropped; /* too long, or empty */
};
void isdn_link_counts(const struct isdn_link *link, struct isdn_counts *out);

struct isdn_status {
	bool up, layer1;
	bool role_conflict; /* both ends are the same side, since the last up */
	enum isdn_switch switch_type;
	enum isdn_side side;
	unsigned calls;        /* ours, all states */
	unsigned libpri_calls; /* what libpri holds: the audit compares */
	unsigned idle, busy, ending, restarting, down; /* channels */
	const char *doubt;  /* about the switch type, a sentence; NULL: none */
	const char *layer2; /* "MULTIPLE_FRAME_ESTABLISHED", ... */
};
void isdn_link_status(const struct isdn_link *link, struct isdn_status *out);

/* Every call, oldest first: for the console and the audit. */
struct isdn_call_info {
	struct isdn_call *call;
	void *owner;
	unsigned callref; /* isdn_call_reference() */
	unsigned channel;
	bool incoming;
	const char *state; /* "active", "call delivered", ... Q.931 2.1 */
	struct instant since;
};
void isdn_link_each(struct isdn_link *link,
                    void (*tell)(void *self, const struct isdn_call_info *info),
                    void *self);

const char *isdn_switch_name(enum isdn_switch type); /* "primary-net5" */
int isdn_switch_find(const char *name, enum isdn_switch *out);

#endif
