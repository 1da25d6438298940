/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Threads with a name (top, gdb and the crash report show it) and, where the
 * system grants it, real-time priority. The media threads want SCHED_FIFO; a
 * container or a laptop refuses it, and the gateway then runs as well as it
 * can, so refusal is a fact to be asked for and not an error.
 *
 * Signals belong to the signalling thread: every thread started here begins
 * with all of them blocked, except those that say the thread itself went wrong.
 */
#include "kernel/thread.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>

#include "kernel/mem.h"
#include "kernel/text.h"

/* Above everything ordinary, below the kernel's own interrupt threads (50). */
enum { REALTIME_PRIORITY = 20, THREAD_NAME = 16 };

struct thread {
	pthread_t id;
	char name[THREAD_NAME];
	bool realtime;
	thread_fn fn;
	void *self;
};

static void *run(void *arg)
{
	struct thread *thread = arg;

	(void)pthread_setname_np(pthread_self(), thread->name);
	thread->fn(thread->self);
	return NULL;
}

static int create_realtime(struct thread *thread)
{
	struct sched_param param = { .sched_priority = REALTIME_PRIORITY };
	pthread_attr_t attr;
	int rc = pthread_attr_init(&attr);

	if (rc != 0)
		return -rc;
	rc = pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
	if (rc == 0)
		rc = pthread_attr_setschedpolicy(&attr, SCHED_FIFO);
	if (rc == 0)
		rc = pthread_attr_setschedparam(&attr, &param);
	if (rc == 0)
		rc = pthread_create(&thread->id, &attr, run, thread);
	(void)pthread_attr_destroy(&attr);
	return -rc;
}

static void mask_signals(sigset_t *before)
{
	static const int own[] = { SIGSEGV, SIGBUS,  SIGFPE,
		                   SIGILL,  SIGABRT, SIGTRAP };
	sigset_t set;

	(void)sigfillset(&set);
	for (size_t i = 0; i < ARRAY_LEN(own); i++)
		(void)sigdelset(&set, own[i]);
	(void)pthread_sigmask(SIG_SETMASK, &set, before);
}

int thread_start(struct thread **out, const char *name, bool realtime,
                 thread_fn fn, void *self)
{
	struct thread *thread = mem_new(struct thread);
	sigset_t before;
	int rc;

	if (thread == NULL)
		return -ENOMEM;
	thread->fn = fn;
	thread->self = self;
	rc = text_copy(thread->name, sizeof(thread->name), name);
	if (rc < 0) {
		(void)mem_free(thread);
		return rc;
	}
	mask_signals(&before); /* inherited by what is created now */
	thread->realtime = realtime && create_realtime(thread) == 0;
	if (!thread->realtime)
		rc = -pthread_create(&thread->id, NULL, run, thread);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (rc < 0)
		(void)mem_free(thread);
	else
		*out = thread;
	return rc;
}

struct thread *thread_join(struct thread *thread)
{
	if (thread != NULL)
		(void)pthread_join(thread->id, NULL);
	return mem_free(thread);
}

bool thread_is_realtime(const struct thread *thread)
{
	return thread->realtime;
}

uint64_t thread_self(void)
{
	static uint64_t given;
	static _Thread_local uint64_t mine;

	if (mine == 0)
		mine = __atomic_add_fetch(&given, 1, __ATOMIC_RELAXED);
	return mine;
}

int lock_init(struct lock *lock)
{
	pthread_mutexattr_t attr;
	int rc = pthread_mutexattr_init(&attr);

	if (rc != 0)
		return -rc;
	rc = pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_INHERIT);
	if (rc == 0)
		rc = pthread_mutex_init(&lock->mutex, &attr);
	(void)pthread_mutexattr_destroy(&attr);
	return -rc;
}

void lock_done(struct lock *lock)
{
	(void)pthread_mutex_destroy(&lock->mutex);
}

void lock_take(struct lock *lock)
{
	(void)pthread_mutex_lock(&lock->mutex);
}

void lock_give(struct lock *lock)
{
	(void)pthread_mutex_unlock(&lock->mutex);
}

void shared_add(shared_count *c, uint64_t n)
{
	__atomic_add_fetch(c, n, __ATOMIC_RELAXED);
}

uint64_t shared_get(const shared_count *c)
{
	return __atomic_load_n(c, __ATOMIC_RELAXED);
}

void shared_raise(shared_flag *f, int value)
{
	__atomic_store_n(f, value, __ATOMIC_RELEASE);
}

int shared_look(const shared_flag *f)
{
	return __atomic_load_n(f, __ATOMIC_ACQUIRE);
}
