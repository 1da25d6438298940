/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef KERNEL_INSTANT_H
#define KERNEL_INSTANT_H

/*
 * Time. A length of time is usec, a point in time struct instant, so that the
 * two cannot be mixed. Instants are CLOCK_MONOTONIC; nobody but a log line or
 * a record asks for the wall clock. This is the one clock of the program: a
 * test holds it still and turns it, and libpri and every timer follow.
 *
 * Any thread may read it. Holding and turning belong to a single-threaded
 * test program.
 */

#include "kernel/base.h"

typedef int64_t usec;

#define MSEC(n) ((usec)(n)*1000)
#define SEC(n)  ((usec)(n)*1000000)

struct instant {
	int64_t us;
};

struct instant instant_now(void);
struct instant instant_add(struct instant at, usec length);

/* How long after `earlier` `later` is; negative when it is before. */
usec instant_since(struct instant later, struct instant earlier);

/* Microseconds since 1970, UTC. For people and records, never for decisions. */
int64_t wall_now(void);

/* "2026-11-20 08:56:26.123456" in local time; size at least 27. */
void wall_print(char *to, size_t size, int64_t wall_us);

/* For tests: stop both clocks here, move them, let them run again. */
void instant_hold(void);
void instant_turn(usec by);
void instant_release(void);
void wall_turn(usec by); /* the wall clock alone, either way */
bool instant_held(void);

#endif
