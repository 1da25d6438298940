/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_OVERLOAD_H
#define GATEWAY_OVERLOAD_H

/*
 * How many new calls a second this machine can take without keeping them
 * waiting. Pure but for the clock: it is told how long each new call has waited
 * and, ten times a second, how late the loop is; it answers whether a call is
 * to be let in. What an emergency call is it does not know: those are not
 * asked about.
 */

#include "kernel/instant.h"

#define OVERLOAD_PERIOD MSEC(100)

enum overload_change {
	OVERLOAD_SAME,
	OVERLOAD_BEGAN, /* from now on not more than `rate` */
	OVERLOAD_ENDED,
};

/* All of it is overload.c's; others look. */
struct overload {
	usec most; /* no new call is to wait longer: `call lag` */
	/* of the period that runs */
	usec least; /* the shortest wait of a new call; -1: there was none */
	unsigned admitted, refused, tardy; /* the last: refused as late */
	unsigned carried; /* new calls a second, of late: smoothed */
	unsigned standing,
		well; /* periods in a row with such a queue, without */
	/* of the loop: late at the last pulse, and at both of the last two */
	struct instant due;
	usec late, lag;
	/* the controller */
	bool limiting;
	unsigned rate; /* new calls a second, while limiting */
	usec credit;   /* what is left of it, in time */
	unsigned calm; /* periods in a row in which all was well */
	usec wait;     /* least, in the last period that had one */
	struct instant filled, began;
	uint64_t refused_late, refused_rate, times;
	uint64_t refused_since; /* it began */
};

void overload_init(struct overload *o, usec most);
/* With an option changed; goes on as it was otherwise. */
void overload_change(struct overload *o, usec most);

/* A new call that has waited so long: may it come in? */
bool overload_admit(struct overload *o, usec waited);

/* Once an OVERLOAD_PERIOD: ends it, and sets the rate of the next. */
enum overload_change overload_pulse(struct overload *o);

/* Is the loop so late that nobody should ask? */
bool overload_is_late(const struct overload *o);

#endif
