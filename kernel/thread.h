/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef KERNEL_THREAD_H
#define KERNEL_THREAD_H

/*
 * Named threads. A thread asks for real-time priority and runs without it,
 * saying so, where that is refused. Locks, condition variables and atomics of
 * the program are made in kernel/ only.
 */

#include "kernel/base.h"

#include <pthread.h>

struct thread;

typedef void (*thread_fn)(void *self);

/* Starts fn on a thread with this name (15 octets). With realtime it asks for
 * SCHED_FIFO; thread_is_realtime() tells whether it got it. */
int thread_start(struct thread **out, const char *name, bool realtime,
                 thread_fn fn, void *self);

/* Waits for fn to return, frees; NULL is fine; returns NULL. */
struct thread *thread_join(struct thread *thread);

bool thread_is_realtime(const struct thread *thread);

/* A number for the calling thread, never 0; compare to see whose turn it is. */
uint64_t thread_self(void);

/* A lock lends its priority: a low thread that holds it does not keep a
 * real-time one waiting. Not recursive. */
struct lock {
	pthread_mutex_t mutex;
};

int lock_init(struct lock *lock);
void lock_done(struct lock *lock);
void lock_take(struct lock *lock);
void lock_give(struct lock *lock);

/* Single counters shared by threads: relaxed add, relaxed read. */
typedef uint64_t shared_count;
void shared_add(shared_count *c, uint64_t n);
uint64_t shared_get(const shared_count *c);

/* One flag raised by one thread for another: release store, acquire load. */
typedef int shared_flag;
void shared_raise(shared_flag *f, int value);
int shared_look(const shared_flag *f);

#endif
