/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef DIALPLAN_PRIVATE_H
#define DIALPLAN_PRIVATE_H

/*
 * What the files of dialplan/ share: symbols, compiled patterns, the rank of a
 * candidate, the verdict on a peer.
 */

#include "dialplan/dialplan.h"

/* --- number.c --- */

/* A dialled character as one bit: 0-9 * # A-D and +; 0 for any other. */
uint32_t number_symbol(char c);

enum {
	SYMBOLS_DIGITS = 0x3ff, /* 0 to 9 */
	SYMBOL_STAR = 1 << 10,
	SYMBOL_HASH = 1 << 11,
	SYMBOLS_ABCD = 0xf << 12,
	SYMBOL_PLUS = 1 << 16,
	SYMBOLS_ALL = 0x1ffff,
};

/*
 * One normal form: what is written for the eye is dropped (RFC 3966 5.1.1),
 * a-d become A-D. -EBADMSG: not dialable. -ENOSPC: over NUMBER_DIGITS.
 */
int number_normal(char to[NUMBER_DIGITS + 1], const char *digits);

/* --- pattern.c --- */

struct pattern_element {
	uint32_t set;    /* symbols it takes */
	uint32_t weight; /* what one of them adds to the score */
	uint32_t rest;   /* the most that this and all behind it can add */
	bool skip, loop; /* zero times is fine; many times are (then skip) */
};

struct pattern {
	struct pattern_element *at; /* owned */
	unsigned n;
	uint32_t first; /* symbols a number it matches can begin with */
	bool open;      /* T: digits may go on and on */
	bool exact;     /* $: nothing may follow */
	bool set;       /* there is a pattern at all */
};

/* "" makes a pattern that is not set. -EBADMSG with a sentence, -ENOMEM. */
int pattern_init(struct pattern *p, const char *text, char *wrong, size_t size);
void pattern_done(struct pattern *p);

struct pattern_match {
	bool matched;
	uint32_t score;      /* of the best way to match: more is better */
	unsigned literal;    /* digits it took as the pattern spells them */
	unsigned lead;       /* of these, how many stand in front */
	bool took_all;       /* the last digit too was taken by an element */
	bool more;           /* more digits could match, or match better ... */
	uint32_t more_score; /* ... with at most this score */
};

void pattern_match(const struct pattern *p, const char *digits,
                   struct pattern_match *out);

/* How many digits it needs at least; how many it spells out in front. */
int pattern_shortest(const struct pattern *p);
unsigned pattern_spelled(const struct pattern *p);

/* Whether every number `b` matches is matched by `a`, too, and with the same
 * score. May say no where a yes would take long to find. */
bool pattern_covers(const struct pattern *a, const struct pattern *b);

/* --- rewrite.c --- */

/* The digits that go on. -ENOSPC when they get too many. */
int rewrite_called(char to[NUMBER_DIGITS + 1], const struct dial_peer *peer,
                   const char *digits, unsigned lead);

/* --- route.c --- */

struct rank {
	uint32_t score;
	unsigned preference, tag;
};

/* Whether a is hunted before b. */
bool rank_before(const struct rank *a, const struct rank *b);

/* The choices found so far, in hunting order; the worst fall out. */
struct choices {
	size_t n;
	struct rank rank[PLAN_ROUTES];
	struct route route[PLAN_ROUTES];
	bool open[PLAN_ROUTES]; /* its pattern ends with T */
};

void route_add(struct choices *choices, const struct rank *rank,
               const struct route *route, bool open);

/* Hands the choices over, cut at a huntstop unless it is an emergency. */
void route_finish(const struct choices *choices, struct routes *out);

/* --- overlap.c --- */

/* What to answer. more: the best rank further digits could bring, or NULL. */
enum plan_answer overlap_answer(const struct choices *choices,
                                const struct rank *more, bool complete);

/* Can no further digit bring a choice before the first one we have? */
bool overlap_settled(const struct choices *choices, const struct rank *more);

/* --- plan.c --- */

struct plan_peer {
	struct dial_peer conf;
	struct pattern destination, called, answer;
};

struct plan {
	struct plan_peer *peers; /* by tag */
	size_t n;
};

enum verdict {
	VERDICT_MATCH,
	VERDICT_MORE, /* no match yet, further digits could */
	VERDICT_NO_MATCH,
	VERDICT_SHUTDOWN,
	VERDICT_NOWHERE, /* no trunk, no target */
	VERDICT_BARRED,
	VERDICT_TOO_LONG, /* rewritten it has too many digits */
};

/* digits: in normal form. *match and *route are written for a match. */
enum verdict plan_judge(const struct plan_peer *peer,
                        const struct dial_peer *inbound, const char *digits,
                        struct pattern_match *match, struct route *route);

/* The number as it is looked up; false when there is none. A '#' that ends it
 * is taken off and makes it complete, unless a pattern asks for it. */
bool plan_number(const struct plan *plan, const char *digits,
                 char to[NUMBER_DIGITS + 1], bool *complete);

const char *plan_kind_name(enum peer_kind kind);

#endif
