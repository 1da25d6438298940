/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * Many calls, one after the other, through a whole gateway in memory, as fast
 * as the machine goes: half from the exchange, half from SIP, ended by either
 * side in turn. Not one may fail, and nothing may be left: the world's own
 * close looks at channels, dialogs, transactions and streams, and memory after
 * the first thousand is compared with memory at the end. Prints what it
 * measured; SOAK_CALLS in the environment says how many.
 */

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "kernel/mem.h"
#include "tests/gateway/world.h"

enum { WARM_UP = 1000 };

static long resident_kb(void)
{
	FILE *f = fopen("/proc/self/statm", "re");
	long total = 0, resident = 0;

	if (f == NULL)
		return 0;
	if (fscanf(f, "%ld %ld", &total, &resident) != 2)
		resident = 0;
	(void)fclose(f);
	return resident * 4;
}

static double now_s(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void one_call(struct world *w, unsigned long i)
{
	struct isdn_call *call =
		i % 2 == 0 ? world_call_out(w) : world_call_in(w);

	ck_assert_msg(call != NULL, "call %lu did not come about", i);
	if (i / 2 % 2 == 0) {
		exchange_clear(call, Q850_NORMAL_CLEARING);
		world_run(w, MSEC(20));
		ck_assert_msg(far_hears(&w->far[0], "BYE "), "call %lu", i);
		far_reply(&w->far[0], "200 OK", "", NULL);
	} else {
		far_request(&w->far[0], "BYE", "", NULL);
	}
	world_run(w, MSEC(30));
	ck_assert_msg(world_call(w) == NULL, "call %lu did not end", i);
	exchange_forget(&w->exchange[0]);
	w->exchange[0].nheard = w->exchange[0].read = 0;
	w->exchange[0].nmessages = w->exchange[0].read_messages = 0;
	far_deaf(&w->far[0]);
}

TEST_FOR(600, fifty_thousand_calls_leave_nothing)
{
	const char *wish = getenv("SOAK_CALLS");
	unsigned long n = wish != NULL ? strtoul(wish, NULL, 10) : 50000;
	struct world *w = world_open(world_conf);
	long warm = 0;
	size_t live = 0;
	double began = now_s();

	for (unsigned long i = 0; i < n; i++) {
		if (i == WARM_UP) {
			warm = resident_kb();
			live = mem_live();
		}
		one_call(w, i);
	}
	(void)printf("soak_calls %lu calls  # all answered, none failed\n", n);
	(void)printf("soak_calls_a_second %.0f 1/s  # through the world: both "
	             "libpri ends, SIP over loopback, sound turned\n",
	             (double)n / (now_s() - began));
	if (n > WARM_UP) {
		(void)printf("soak_memory_growth %ld kB  # resident, since the "
		             "first %d calls\n",
		             resident_kb() - warm, WARM_UP);
		(void)printf("soak_objects_growth %ld objects  # the same\n",
		             (long)mem_live() - (long)live);
		CHECK(resident_kb() - warm < 4096);
	}
	(void)fflush(stdout);
	world_close(w);
}
