/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef KERNEL_TIMER_H
#define KERNEL_TIMER_H

/*
 * Named timers on the signalling loop, a heap under one libuv timer. A timer
 * is embedded in what it guards; it needs no allocation and is safe to stop,
 * start again or forget inside its own callback. Signalling thread only.
 */

#include "kernel/instant.h"

struct loop;

typedef void (*timer_fn)(void *self);

struct timer {
	const char *name; /* the standard's: "T303", "timer B" */
	timer_fn fn;
	void *self;
	struct loop *loop;
	struct instant due;
	uint64_t order; /* number of its start; 0: not running */
	struct timer *child, *next, *prev; /* its place in the heap */
};

/* A row of a timer table: what runs the program, its help and its manual. */
struct timer_row {
	const char *name;
	usec preset, min, max;
	const char *meaning;
};

void timer_init(struct timer *t, struct loop *loop, const char *name,
                timer_fn fn, void *self);

/* Starts, or starts anew, to expire after a length of time (0: next turn). */
void timer_start(struct timer *t, usec after);
void timer_stop(struct timer *t);

static inline bool timer_running(const struct timer *t)
{
	return t->order != 0;
}

/* How long until it expires; 0 when it does not run. */
usec timer_left(const struct timer *t);

#endif
