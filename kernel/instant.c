/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The one clock. Everything in the program that decides by time asks
 * instant_now(): timers, libpri (whose gettimeofday is redirected), records of
 * delay. So a test that holds this clock has stopped all of them, and one that
 * turns it has let 32 seconds pass in a microsecond.
 *
 * While held, both clocks stand where they were when they were caught and move
 * only by instant_turn(), together, so that a wall clock time and an instant
 * taken side by side stay side by side; wall_turn() sets the wall clock alone,
 * as an administrator or NTP does. Released, they are the system's again,
 * which means they jump; a test does not carry instants over that.
 *
 * The held flag is plain: a program that holds the clock has one thread, and
 * one that never does never writes it.
 */
#include "kernel/instant.h"

#include <assert.h>
#include <stdio.h>
#include <time.h>

static bool held;
static int64_t held_monotonic, held_wall;

static int64_t read_clock(clockid_t id)
{
	struct timespec ts;

	/* Neither clock can be missing on Linux. */
	(void)clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * SEC(1) + ts.tv_nsec / 1000;
}

struct instant instant_now(void)
{
	return (struct instant){ held ? held_monotonic
		                      : read_clock(CLOCK_MONOTONIC) };
}

struct instant instant_add(struct instant at, usec length)
{
	struct instant sum;

	/* "For ever" may be said with a large length: stay at the end. */
	if (__builtin_add_overflow(at.us, length, &sum.us))
		sum.us = length > 0 ? INT64_MAX : INT64_MIN;
	return sum;
}

usec instant_since(struct instant later, struct instant earlier)
{
	return later.us - earlier.us;
}

int64_t wall_now(void)
{
	return held ? held_wall : read_clock(CLOCK_REALTIME);
}

void wall_print(char *to, size_t size, int64_t wall_us)
{
	int64_t fraction = wall_us % SEC(1);
	time_t seconds = (time_t)(wall_us / SEC(1));
	struct tm tm;
	char day[32];

	if (fraction < 0) {
		fraction += SEC(1);
		seconds--;
	}
	if (localtime_r(&seconds, &tm) == NULL ||
	    strftime(day, sizeof(day), "%Y-%m-%d %H:%M:%S", &tm) == 0)
		(void)snprintf(day, sizeof(day), "?");
	(void)snprintf(to, size, "%s.%06u", day, (unsigned)fraction);
}

void instant_hold(void)
{
	if (held)
		return;
	held_monotonic = read_clock(CLOCK_MONOTONIC);
	held_wall = read_clock(CLOCK_REALTIME);
	held = true;
}

void instant_turn(usec by)
{
	assert(held && by >= 0);
	held_monotonic += by;
	held_wall += by;
}

void wall_turn(usec by)
{
	assert(held);
	held_wall += by;
}

void instant_release(void)
{
	held = false;
}

bool instant_held(void)
{
	return held;
}
