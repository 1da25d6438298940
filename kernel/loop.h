/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef KERNEL_LOOP_H
#define KERNEL_LOOP_H

/*
 * The signalling thread's loop, on libuv: descriptors watched, timers, work
 * deferred to the next turn. loop.c alone allocates libuv's handles and frees
 * them when libuv lets go, so every free here returns at once.
 *
 * In a test with the clock held, loop_turn() is called until nothing happens,
 * then the clock is turned to loop_next(); nothing ever waits.
 */

#include "kernel/instant.h"
#include "kernel/list.h"

struct loop;
struct watch;

int loop_new(struct loop **out);

/* All watches must be gone. NULL is fine; returns NULL. */
struct loop *loop_free(struct loop *loop);

/* Runs until loop_stop(); the second one is safe from any of its callbacks. */
void loop_run(struct loop *loop);
void loop_stop(struct loop *loop);

/* Does what is due now and does not wait; true when something was done. */
bool loop_turn(struct loop *loop);

/* When the next timer is due; false when none runs. */
bool loop_next(struct loop *loop, struct instant *due);

/* Timers and watches alive, for leak checks: names of running timers are
 * told one by one. */
unsigned loop_live(struct loop *loop, void (*tell)(const char *name));

/* How many turns the loop has made: the watchdog looks whether it moves. */
uint64_t loop_turns(const struct loop *loop);

enum {
	WATCH_READ = 1,
	WATCH_WRITE = 2,
	WATCH_URGENT = 4, /* POLLPRI: DAHDI's events */
};

/* events: what is ready (WATCH_*), 0 with a dead descriptor. */
typedef void (*watch_fn)(void *self, unsigned events);

/* Watch a descriptor, which stays the caller's and must outlive the watch. */
int watch_new(struct watch **out, struct loop *loop, int fd, unsigned events,
              watch_fn fn, void *self);
int watch_change(struct watch *watch, unsigned events);
struct watch *watch_free(struct watch *watch); /* NULL is fine; returns NULL */

/* A signal as a callback; free with loop_signal_free before the loop. */
struct loop_signal;
int loop_signal_new(struct loop_signal **out, struct loop *loop, int signum,
                    void (*fn)(void *self, int signum), void *self);
struct loop_signal *loop_signal_free(struct loop_signal *s);

/* Wakes the loop from any thread; fn runs there, once for many wakes. */
struct wakeup;
int wakeup_new(struct wakeup **out, struct loop *loop, void (*fn)(void *self),
               void *self);
void wakeup_send(struct wakeup *w); /* any thread */
struct wakeup *wakeup_free(struct wakeup *w);

/* Work for the next turn: embed, set fn and self once, defer as often as
 * needed; a second defer before it ran changes nothing. */
struct deferred {
	struct list list;
	void (*fn)(void *self);
	void *self;
	bool waiting;
};

void deferred_init(struct deferred *d, void (*fn)(void *self), void *self);
void loop_defer(struct loop *loop, struct deferred *d);
void deferred_cancel(struct deferred *d);

#endif
