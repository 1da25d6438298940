/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * Many calls with random races through a whole gateway in memory: either end
 * calls, or both at once; each answers, refuses, holds and hangs up at random
 * instants, often the same one, with none to a few turns of the loop between,
 * so that CANCEL and answer, BYE and DISCONNECT, SETUP and SETUP cross on
 * their way; one SIP datagram in a hundred is lost. Whatever came of a call,
 * it must be gone soon after both have hung up, and nothing may be left.
 *
 * SOAK_RACES says how many calls, SOAK_SEED which (it is printed).
 */

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "gateway/gateway.h"
#include "kernel/mem.h"
#include "tests/gateway/harm.h"

enum { STEPS = 8, SLOTS = 30, SLOT_MS = 50 };

enum act {
	PHONE_CALLS,
	EXCHANGE_CALLS,
	PHONE_ANSWERS,
	PHONE_HOLDS,
	PHONE_HANGS_UP,
	EXCHANGE_TAKES,
	EXCHANGE_HANGS_UP,
	ACTS,
};

struct step {
	unsigned slot;
	enum act act;
};

static unsigned seed;

/* From 0 to n - 1. */
static unsigned chance(unsigned n)
{
	return (unsigned)rand_r(&seed) % n;
}

static void hold(struct harm *h)
{
	if (h->session != NULL)
		(void)sip_session_offer(h->session, true, chance(2) == 0);
}

static void answer(struct harm *h)
{
	if (h->session != NULL)
		(void)sip_session_answer(h->session, NULL, NULL);
}

static void do_step(struct harm *h, enum act act)
{
	struct exchange *x = &h->w->exchange[0];

	switch (act) {
	case PHONE_CALLS:
		harm_call(h, "1001");
		break;
	case EXCHANGE_CALLS:
		if (x->call == NULL)
			(void)exchange_place(x, "2001");
		break;
	case PHONE_ANSWERS:
		answer(h);
		break;
	case PHONE_HOLDS:
		hold(h);
		break;
	case PHONE_HANGS_UP:
		harm_hang_up(h);
		break;
	case EXCHANGE_TAKES:
		if (x->call != NULL)
			(void)isdn_call_answer(x->call, NULL, 0);
		break;
	case EXCHANGE_HANGS_UP:
		if (x->call != NULL)
			exchange_clear(x->call, 1 + chance(127));
		break;
	case ACTS:
		break;
	}
}

static void draw_manners(struct harm *h)
{
	static const enum exchange_manner manners[] = {
		EXCHANGE_WAITS, EXCHANGE_ANSWERS,       EXCHANGE_RINGS_ANSWERS,
		EXCHANGE_RINGS, EXCHANGE_BUSY,          EXCHANGE_REJECTS,
		EXCHANGE_STUCK, EXCHANGE_RINGS_REJECTS, EXCHANGE_PLAYS_ANSWERS,
	};
	static const unsigned statuses[] = { 404, 480, 486, 488,
		                             500, 503, 600, 603 };

	h->w->exchange[0].manner = manners[chance(ARRAY_LEN(manners))];
	h->w->exchange[0].cause =
		(struct cause){ (enum q850_cause)(1 + chance(127)),
		                LOCATION_USER };
	h->manner = (enum harm_manner)chance(3);
	h->status = statuses[chance(ARRAY_LEN(statuses))];
}

static void wait_slots(struct harm *h, unsigned slots, bool fine)
{
	if (slots == 0)
		for (unsigned turns = chance(4); turns > 0; turns--)
			(void)loop_turn(h->w->loop);
	else if (fine)
		world_run(h->w, MSEC(SLOT_MS) * slots);
	else
		world_wait(h->w, MSEC(SLOT_MS) * slots);
}

static int earlier(const void *a, const void *b)
{
	return (int)((const struct step *)a)->slot -
	       (int)((const struct step *)b)->slot;
}

static bool is_over(const struct harm *h)
{
	return h->session == NULL && h->w->exchange[0].call == NULL &&
	       list_empty(&h->w->gateway->calls);
}

static void one_call(struct harm *h, unsigned long number)
{
	struct step steps[STEPS];
	unsigned n = 3 + chance(STEPS - 2), at = 0;
	bool fine = chance(4) == 0;

	draw_manners(h);
	for (unsigned i = 0; i < n; i++)
		steps[i] =
			(struct step){ chance(SLOTS), (enum act)chance(ACTS) };
	steps[0] = (struct step){ 0, (enum act)chance(2) };
	qsort(steps, n, sizeof(steps[0]), earlier);
	for (unsigned i = 0; i < n; i++) {
		wait_slots(h, steps[i].slot - at, fine);
		at = steps[i].slot;
		do_step(h, steps[i].act);
	}
	wait_slots(h, chance(SLOTS), fine);
	for (unsigned s = 0; s < 300 && !is_over(h); s++) {
		harm_hang_up(h);
		do_step(h, EXCHANGE_HANGS_UP);
		world_wait(h->w, s < 5 ? MSEC(100) : SEC(1));
	}
	if (!is_over(h))
		(void)harm_idle(h, true);
	ck_assert_msg(is_over(h), "call %lu did not end, SOAK_SEED=%s", number,
	              getenv("SOAK_SEED"));
	exchange_forget(&h->w->exchange[0]);
	h->w->exchange[0].nmessages = h->w->exchange[0].read_messages = 0;
}

static unsigned draw_seed(void)
{
	const char *wish = getenv("SOAK_SEED");
	char text[16];

	if (wish == NULL) {
		(void)snprintf(text, sizeof(text), "%u", (unsigned)time(NULL));
		(void)setenv("SOAK_SEED", text, 1);
		wish = text;
	}
	return (unsigned)strtoul(wish, NULL, 10);
}

static void report(const struct harm *h, unsigned long n, size_t before)
{
	const struct gateway *g = h->w->gateway;

	(void)printf("soak_races %lu calls  # random instants on both sides, "
	             "SOAK_SEED=%s, none left\n",
	             n, getenv("SOAK_SEED"));
	(void)printf("soak_races_answered %llu calls  # of %llu begun\n",
	             (unsigned long long)g->counts.answered,
	             (unsigned long long)g->counts.calls);
	(void)printf(
		"soak_races_objects_growth %ld objects  # since before the "
		"first\n",
		(long)mem_live() - (long)before);
	(void)fflush(stdout);
}

TEST_FOR(600, ten_thousand_calls_with_random_races_leave_nothing)
{
	const char *wish = getenv("SOAK_RACES");
	unsigned long n = wish != NULL ? strtoul(wish, NULL, 10) : 10000;
	struct harm *h;
	size_t before;

	seed = draw_seed();
	(void)printf("SOAK_SEED=%u\n", seed);
	h = harm_open();
	h->seed = seed;
	h->loss_per_mille = 10;
	before = mem_live();
	for (unsigned long i = 0; i < n; i++)
		one_call(h, i);
	h->loss_per_mille = 0;
	for (unsigned s = 0; s < 100 && !harm_idle(h, false); s++)
		world_wait(h->w, SEC(2));
	CHECK(harm_idle(h, true));
	report(h, n, before);
	CHECK_EQ(mem_live(), before);
	harm_close(h);
}
