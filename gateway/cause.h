/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_CAUSE_H
#define GATEWAY_CAUSE_H

/*
 * Q.850 causes and SIP statuses, both ways: a profile's table, and before it
 * the rows that a peer or a span has of its own. What the standards leave open
 * is chosen here once; see cause.c.
 */

#include "kernel/phone.h"

enum cause_profile {
	CAUSES_RFC3398, /* 7.2.4.1, 7.2.6.1 and 8.2.6.1 */
	CAUSES_CISCO,   /* as IOS voice gateways have it */
	CAUSES_AUDIOCODES,
	CAUSES_RFC4497, /* QSIG: 8.4.1 and 8.4.4 */
	CAUSE_PROFILES,
};

struct cause_row {
	enum q850_cause cause;
	unsigned status;
};

/* The rows of one peer or one span, for one direction. */
enum { CAUSE_RULES = 16 };
struct cause_rules {
	unsigned n;
	struct cause_row row[CAUSE_RULES];
};

/* Where a call looks, in this order; unset rules are NULL. */
struct cause_map {
	const struct cause_rules *peer, *span;
	enum cause_profile profile;
};

/* The status that refuses an INVITE for this cause, before an answer. */
unsigned cause_to_status(const struct cause_map *map, struct cause cause);

/* The cause a final status (300 to 699) stands for; warning: the Warning
 * header's code with 488 and 606, 0 when there was none. */
enum q850_cause cause_from_status(const struct cause_map *map, unsigned status,
                                  unsigned warning);

const char *cause_profile_name(enum cause_profile profile); /* "rfc3398" */

/*
 * A profile's tables, row by row, for the console and the manual; false when
 * there is no such row. `differs`: from the default profile.
 */
struct cause_look {
	enum q850_cause cause; /* Q850_NONE: as the Warning header says */
	unsigned status;
	bool differs;
};
bool cause_look_to_status(enum cause_profile profile, size_t i,
                          struct cause_look *out);
bool cause_look_from_status(enum cause_profile profile, size_t i,
                            struct cause_look *out);

#endif
