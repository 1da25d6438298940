/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef DIALPLAN_DIALPLAN_H
#define DIALPLAN_DIALPLAN_H

/*
 * Numbers in, routes out. A plan is a table of dial-peers, compiled once and
 * never changed; a new configuration makes a new plan. Pure: no sockets, no
 * clocks, no threads; the same input gives the same answer.
 *
 * Where the second leg goes: all peers whose destination-pattern matches the
 * dialled digits, longest match first (explicit digits count, a class less
 * than a digit, a dot less than a class, T least), then preference 0 to 10,
 * then tag. Where the first leg came from decides the inbound peer, whose
 * settings the call takes: by incoming called-number, then answer-address,
 * then destination-pattern against the caller, then the source itself, then
 * the default peer 0 of safe values.
 */

#include "kernel/base.h"
#include "kernel/phone.h"

struct plan;

enum { PEER_PATTERN = 64, PEER_TARGET = 80, PLAN_PEERS = 2000 };

enum peer_kind { PEER_POTS, PEER_VOIP };

/* One dial-peer as configured. Plain. */
struct dial_peer {
	unsigned tag; /* 1-2147483647; 0: the default inbound peer */
	enum peer_kind kind;
	bool shutdown;
	char destination_pattern[PEER_PATTERN];    /* "" none */
	char incoming_called_number[PEER_PATTERN]; /* "" none */
	char answer_address[PEER_PATTERN];         /* "" none: caller */
	unsigned preference;                       /* 0 best, to 10 */
	bool huntstop;  /* failing here ends the search */
	char trunk[32]; /* pots: "e1 0" */
	char target
		[PEER_TARGET];   /* voip: "sip-peer carrier", "ipv4:A:P", ... */
	bool strip_all_explicit; /* pots: strip what the pattern gives literally
	                          * (IOS digit-strip) */
	unsigned strip;          /* leading digits taken away */
	char prefix[32];         /* then put in front */
	unsigned forward_digits; /* only this many last ones go on; 0: all */
	bool emergency;          /* exempt from limits, drain, overload */
	bool same_kind; /* may carry SIP to SIP or PRI to PRI (toll fraud) */
	unsigned max_calls; /* 0: no limit */
};

/* -EBADMSG: a sentence in wrong, and the peer's tag in *tag. */
int plan_new(struct plan **out, const struct dial_peer *peers, size_t n,
             char *wrong, size_t size, unsigned *tag);
struct plan *plan_free(struct plan *plan);

/* A pattern alone: for the configuration's check. */
int plan_check_pattern(const char *pattern, char *wrong, size_t size);

/* Whom a call came from: enough to choose the inbound peer. */
struct plan_source {
	enum peer_kind kind;
	const char *trunk;            /* pots: "e1 0" */
	const char *target;           /* voip: "sip-peer carrier" */
	const char *called, *calling; /* digits, "" none */
};

const struct dial_peer *plan_inbound(const struct plan *plan,
                                     const struct plan_source *source);

enum plan_answer {
	PLAN_MATCH, /* routes hold at least one; no further digit changes it */
	PLAN_MAYBE_MORE, /* a match, but more digits could match better (T) */
	PLAN_NEED_MORE,  /* no match yet, more digits could */
	PLAN_NO_MATCH,   /* none, whatever follows: cause 1 */
	PLAN_NO_NUMBER,  /* no digits at all: cause 28 */
};

enum { PLAN_ROUTES = 16 };

struct route {
	const struct dial_peer *peer;   /* good as long as the plan */
	char digits[NUMBER_DIGITS + 1]; /* called, after strip and prefix */
	unsigned matched;               /* explicit digits matched */
};

struct routes {
	enum plan_answer answer;
	size_t n;
	struct route route[PLAN_ROUTES]; /* in hunting order */
	bool emergency;                  /* one of them is */
	bool settled; /* the first stays it, whatever digits follow */
};

/*
 * Where digits lead, in hunting order. inbound is the peer the call came in
 * by: routes of its own kind (PRI to PRI, SIP to SIP) are left out unless both
 * the inbound and the outbound peer have same_kind; when that leaves nothing,
 * *barred is true. `complete`: no more digits will come, so T matches what is
 * there. A '#' at the end ends the number and is not part of it.
 */
void plan_route(const struct plan *plan, const struct dial_peer *inbound,
                const char *digits, bool complete, struct routes *out,
                bool *barred);

/* Are these digits, or could they become, the number of an emergency call?
 * PLAN_MATCH, PLAN_NEED_MORE or PLAN_NO_MATCH. Costs little. */
enum plan_answer plan_emergency(const struct plan *plan, const char *digits,
                                bool complete);

/* A hunting table: what is said here of a cause or a status goes before the
 * preset one of route.c. */
enum { PLAN_HUNTS = 32 };
struct plan_hunts {
	unsigned n;
	struct plan_hunt {
		unsigned value;
		bool hunts;
	} said[PLAN_HUNTS];
};

/* May the next route be tried after this end? `said` may be NULL. */
bool plan_hunts_cause(const struct plan_hunts *said, enum q850_cause cause);
bool plan_hunts_status(const struct plan_hunts *said, unsigned sip_status);

/* For `show dialplan number`: each peer looked at, in order, and why it was
 * taken or lost, one line each. */
void plan_explain(const struct plan *plan, const struct dial_peer *inbound,
                  const char *digits, bool complete,
                  void (*line)(void *self, const char *text), void *self);

/* Faults that are not errors: peers that can never be reached, ... */
void plan_warnings(const struct plan *plan,
                   void (*line)(void *self, const char *text), void *self);

/* Every peer by tag. */
const struct dial_peer *plan_peer(const struct plan *plan, unsigned tag);
const struct dial_peer *plan_next(const struct plan *plan,
                                  const struct dial_peer *after);

#endif
