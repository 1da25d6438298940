/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#include "kernel/thread.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>

#include "tests/test.h"

struct report {
	char name[16];
	uint64_t self;
	int policy;
	bool term_blocked, segv_blocked;
	shared_flag done;
	shared_count count;
};

static void look_around(void *self)
{
	struct report *report = self;
	struct sched_param param;
	sigset_t mask;

	(void)pthread_getname_np(pthread_self(), report->name,
	                         sizeof(report->name));
	(void)pthread_getschedparam(pthread_self(), &report->policy, &param);
	(void)pthread_sigmask(SIG_BLOCK, NULL, &mask);
	report->term_blocked = sigismember(&mask, SIGTERM) == 1;
	report->segv_blocked = sigismember(&mask, SIGSEGV) == 1;
	report->self = thread_self();
	shared_raise(&report->done, 1);
}

TEST(thread_has_its_name_number_and_no_signals)
{
	struct report report = { 0 };
	struct thread *thread;
	sigset_t mask;

	CHECK_EQ(thread_start(&thread, "media-0", false, look_around, &report),
	         0);
	CHECK(!thread_is_realtime(thread));
	CHECK(thread_join(thread) == NULL);
	CHECK_EQ(shared_look(&report.done), 1);
	CHECK_TEXT(report.name, "media-0");
	CHECK(report.self != 0 && report.self != thread_self());
	CHECK_EQ(thread_self(), thread_self());
	CHECK(report.term_blocked && !report.segv_blocked);
	(void)pthread_sigmask(SIG_BLOCK, NULL, &mask);
	CHECK_EQ(sigismember(&mask, SIGTERM), 0);
}

TEST(realtime_is_had_or_known_to_be_missing)
{
	struct report report = { 0 };
	struct thread *thread;
	bool realtime;

	CHECK_EQ(thread_start(&thread, "media-0", true, look_around, &report),
	         0);
	realtime = thread_is_realtime(thread);
	thread = thread_join(thread);
	CHECK_EQ(report.policy, realtime ? SCHED_FIFO : SCHED_OTHER);
}

TEST(name_beyond_fifteen_octets_is_refused)
{
	struct thread *thread;

	CHECK_EQ(thread_start(&thread, "sixteen-octets--", false, look_around,
	                      NULL),
	         -ENOSPC);
	CHECK(thread_join(NULL) == NULL);
}

static void count_up(void *self)
{
	struct report *report = self;

	for (int i = 0; i < 10000; i++)
		shared_add(&report->count, 2);
}

TEST(shared_counts_lose_nothing)
{
	struct report report = { 0 };
	struct thread *threads[3];

	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		CHECK_EQ(thread_start(&threads[i], "count", false, count_up,
		                      &report),
		         0);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		threads[i] = thread_join(threads[i]);
	CHECK_EQ(shared_get(&report.count), 60000);
}

static void wait_for_flag(void *self)
{
	struct report *report = self;

	while (shared_look(&report->done) == 0)
		(void)sched_yield();
	/* What was written before the flag was raised is seen. */
	report->term_blocked = strcmp(report->name, "ready") == 0;
}

TEST(raised_flag_shows_what_came_before_it)
{
	struct report report = { 0 };
	struct thread *thread;

	CHECK_EQ(thread_start(&thread, "wait", false, wait_for_flag, &report),
	         0);
	strcpy(report.name, "ready");
	shared_raise(&report.done, 1);
	thread = thread_join(thread);
	CHECK(report.term_blocked);
}

LADDER(thread_survives_want_of_memory)
{
	struct report report = { 0 };
	struct thread *thread = NULL;
	int rc = thread_start(&thread, "short", false, look_around, &report);

	CHECK_EQ(rc, ladder_ok() ? 0 : -ENOMEM);
	(void)thread_join(thread);
}
