/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * Many calls with random races through a whole gateway in memory: either end
 * calls, or both at once, en bloc or digit by digit; each answers, refuses,
 * holds, presses keys and hangs up at random instants, often the same one, with
 * none to a few turns of the loop between, so that CANCEL and answer, BYE and
 * DISCONNECT, SETUP and SETUP, re-INVITE and re-INVITE cross on their way. The
 * phone may have two calls and sends one elsewhere: to the line, to itself, to
 * its other call, by REFER or as it hangs up by Also. One SIP datagram in a
 * hundred is lost. Whatever came of a call, it must be gone soon after all have
 * hung up, and nothing may be left.
 *
 * SOAK_RACES says how many calls, SOAK_SEED which (it is printed).
 */

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/gateway.h"
#include "gateway/record.h"
#include "gateway/sip/session.h"
#include "kernel/mem.h"
#include "tests/gateway/harm.h"

enum { STEPS = 12, SLOTS = 30, SLOT_MS = 50, LINES = 31 };

enum act {
	PHONE_CALLS,
	EXCHANGE_CALLS,
	PHONE_ANSWERS,
	PHONE_HOLDS,
	PHONE_HANGS_UP,
	PHONE_PRESSES,
	PHONE_SWAPS,
	PHONE_REFERS,
	PHONE_LEAVES, /* BYE with Also */
	EXCHANGE_DIALS,
	EXCHANGE_TAKES,
	EXCHANGE_HANGS_UP,
	ACTS,
};

struct step {
	unsigned slot;
	enum act act;
};

static const char *const act_names[ACTS] = {
	"phone calls",       "exchange calls", "phone answers",
	"phone holds",       "phone hangs up", "phone presses",
	"phone swaps",       "phone refers",   "phone leaves",
	"exchange dials on", "exchange takes", "exchange hangs up",
};

static unsigned seed;
static unsigned long done[ACTS], joined;

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

/* --- transfer: our stack never asks for one, so it is asked for here --- */

static void no_response(void *self ATTR_UNUSED,
                        struct transaction *t ATTR_UNUSED,
                        const osip_message_t *response ATTR_UNUSED)
{
}

static void no_end(void *self ATTR_UNUSED, struct transaction *t ATTR_UNUSED,
                   unsigned status ATTR_UNUSED)
{
}

static const struct transaction_user nobody = { .response = no_response,
	                                        .gave_up = no_end };

static void add_place(struct text *to, const struct harm *h)
{
	static const char *const users[] = { "1002", "2002", "9999" };
	const struct dialog *d =
		h->beside == NULL || chance(4) == 0 ? NULL : &h->beside->dialog;

	text_add(to, "<sip:%s@127.0.0.1:%u", users[chance(3)],
	         h->w->far[1].port);
	if (d != NULL)
		text_add(to, "?Replaces=%s%%3Bto-tag%%3D%s%%3Bfrom-tag%%3D%s",
		         d->call_id, d->remote_tag, d->local_tag);
	text_add(to, ">\r\n");
}

static void transfer(struct harm *h, const char *method, const char *header)
{
	struct sip_session *s = h->session;
	struct transaction *t;
	char room[REQUEST_TEXT];
	struct text text = TEXT(room);

	if (s == NULL || s->releasing || s->dialog.remote_tag[0] == '\0')
		return;
	session_begin(&text, s, method, ++s->dialog.local_cseq);
	text_add(&text, "%s: ", header);
	add_place(&text, h);
	(void)session_send(&t, s, &text, NULL, &nobody);
}

/* --- the exchange --- */

static void place_call(struct exchange *x)
{
	struct isdn_setup setup;

	exchange_setup(&setup, chance(3) == 0 ? "20" : "2001");
	setup.complete = strlen(setup.called.number.digits) == 4;
	(void)exchange_place_as(x, &setup);
}

struct lines {
	struct isdn_call *call[LINES];
	unsigned n;
};

static void keep_call(void *self, const struct isdn_call_info *info)
{
	struct lines *lines = self;

	if (lines->n < LINES)
		lines->call[lines->n++] = info->call;
}

static void clear_all(struct exchange *x)
{
	struct lines lines = { .n = 0 };

	isdn_link_each(x->link, keep_call, &lines);
	for (unsigned i = 0; i < lines.n; i++)
		exchange_clear(lines.call[i], 1 + chance(127));
}

static void do_step(struct harm *h, enum act act)
{
	struct exchange *x = &h->w->exchange[0];

	done[act]++;
	switch (act) {
	case PHONE_CALLS:
		harm_call(h, "1001");
		break;
	case EXCHANGE_CALLS:
		place_call(x);
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
	case PHONE_PRESSES:
		if (h->session != NULL)
			(void)sip_session_info(h->session, "5");
		break;
	case PHONE_SWAPS:
		harm_swap(h);
		break;
	case PHONE_REFERS:
		transfer(h, "REFER", "Refer-To");
		break;
	case PHONE_LEAVES:
		transfer(h, "BYE", "Also");
		break;
	case EXCHANGE_DIALS:
		if (x->call != NULL)
			(void)isdn_call_digits(x->call, "01");
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
	struct lines lines = { .n = 0 };

	isdn_link_each(h->w->exchange[0].link, keep_call, &lines);
	return h->session == NULL && h->beside == NULL && lines.n == 0 &&
	       list_empty(&h->w->gateway->calls);
}

static bool count_joined(void *self, const struct record *record)
{
	const uint32_t *last = self;

	joined += record->call > *last &&
	          record->release.by == RELEASE_BY_TRANSFER;
	return record->call > *last;
}

static unsigned draw_steps(struct harm *h, struct step *steps)
{
	static const struct step consults[] = {
		{ 0, PHONE_CALLS },  { 3, PHONE_SWAPS },   { 4, PHONE_CALLS },
		{ 9, PHONE_REFERS }, { 10, PHONE_LEAVES },
	};
	unsigned n = 3 + chance(STEPS - 2);

	for (unsigned i = 0; i < n; i++)
		steps[i] =
			(struct step){ chance(SLOTS), (enum act)chance(ACTS) };
	steps[0] = (struct step){ 0, (enum act)chance(2) };
	if (n > ARRAY_LEN(consults) && chance(3) == 0) {
		memcpy(steps, consults, sizeof(consults));
		steps[3].slot += chance(3);
		h->w->exchange[0].manner = EXCHANGE_ANSWERS;
	}
	qsort(steps, n, sizeof(steps[0]), earlier);
	return n;
}

static void one_call(struct harm *h, unsigned long number)
{
	struct step steps[STEPS];
	unsigned n, at = 0;
	bool fine = chance(4) == 0;
	uint32_t last = h->w->gateway->next_call;

	draw_manners(h);
	n = draw_steps(h, steps);
	for (unsigned i = 0; i < n; i++) {
		wait_slots(h, steps[i].slot - at, fine);
		at = steps[i].slot;
		do_step(h, steps[i].act);
	}
	wait_slots(h, chance(SLOTS), fine);
	for (unsigned s = 0; s < 300 && !is_over(h); s++) {
		harm_hang_up(h);
		harm_swap(h);
		harm_hang_up(h);
		clear_all(&h->w->exchange[0]);
		world_wait(h->w, s < 5 ? MSEC(100) : SEC(1));
	}
	if (!is_over(h))
		(void)harm_idle(h, true);
	ck_assert_msg(is_over(h), "call %lu did not end, SOAK_SEED=%s", number,
	              getenv("SOAK_SEED"));
	history_each(h->w->gateway->history, count_joined, &last);
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

static long count_descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	long n = 0;

	while (d != NULL && readdir(d) != NULL)
		n++;
	if (d != NULL)
		(void)closedir(d);
	return n;
}

static void report(const struct harm *h, unsigned long n, size_t before,
                   long descriptors)
{
	const struct gateway *g = h->w->gateway;

	(void)printf("soak_races %lu calls  # random instants on both sides, "
	             "SOAK_SEED=%s, none left\n",
	             n, getenv("SOAK_SEED"));
	(void)printf("soak_races_answered %llu calls  # of %llu begun\n",
	             (unsigned long long)g->counts.answered,
	             (unsigned long long)g->counts.calls);
	(void)printf("soak_races_descriptors_growth %ld descriptors  # since "
	             "before the first\n",
	             count_descriptors() - descriptors);
	(void)printf(
		"soak_races_joined %lu calls  # two of a phone became one\n",
		joined);
	for (unsigned i = 0; i < ACTS; i++)
		(void)printf("# %s: %lu times\n", act_names[i], done[i]);
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
	long descriptors;

	seed = draw_seed();
	(void)printf("SOAK_SEED=%u\n", seed);
	h = harm_open();
	h->seed = seed;
	h->two = true;
	h->loss_per_mille = 10;
	before = mem_live();
	descriptors = count_descriptors();
	for (unsigned long i = 0; i < n; i++)
		one_call(h, i);
	h->loss_per_mille = 0;
	for (unsigned s = 0; s < 100 && !harm_idle(h, false); s++)
		world_wait(h->w, SEC(2));
	CHECK(harm_idle(h, true));
	report(h, n, before, descriptors);
	CHECK_EQ(mem_live(), before);
	CHECK_EQ(count_descriptors(), descriptors);
	CHECK_EQ(h->w->gateway->counts.stuck, 0);
	CHECK_EQ(h->w->gateway->counts.audit_cleared, 0);
	harm_close(h);
}
