/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef KERNEL_PRIVATE_H
#define KERNEL_PRIVATE_H

/*
 * Between timer.c and loop.c: the loop owns the heap of its timers and turns
 * it; the timers put themselves there.
 */

#include "kernel/timer.h"

struct timer_heap {
	struct timer *first;
	uint64_t starts; /* every start has a number, the next one a larger */
	unsigned running;
};

struct timer_heap *loop_timers(struct loop *loop);

/* Runs what is due; what is started meanwhile waits for the next time.
 * Returns how many ran. */
unsigned timers_run(struct timer_heap *heap);

/* Tells the name of each that runs. */
void timers_each(struct timer_heap *heap, void (*tell)(const char *name));

/* Stops them all, so that none keeps a place in a heap that goes. */
void timers_stop(struct timer_heap *heap);

/* 0, or the error that this send or receive is to fail with: net_fail_after().
 * To be asked once before each. */
int net_fails(void);

#endif
