/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * When blocks start, and when all is done.
 *
 * Calls start once the D channel is up. A run is over when every block has
 * been through as often as it says; an answer block that nobody called is a
 * failure, said when the time is over. With `stay` it goes on until a signal.
 */

#include "tools/pbx/pbx.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "kernel/mem.h"

enum {
	LINGER_MS = 200,    /* for the last acknowledgements */
	CLEARING_MS = 5000, /* for a far end that does not answer any more */
	SETTLE_MS = 700,
};

static void add_setup(struct text *t, const struct isdn_setup *s)
{
	text_add(t, "SETUP called %s%s",
	         s->called.number.present ? s->called.number.digits : "none",
	         s->complete ? "" : " (more follows)");
	if (s->calling.number.present)
		text_add(t, " calling %s", s->calling.number.digits);
	text_add(t, " bearer %s",
	         script_choice_name(script_bearers, s->bearer));
	if (s->channel > 0)
		text_add(t, " channel %u", s->channel);
}

static void place(struct run *run)
{
	struct pbx *pbx = run->pbx;
	const struct block *block = run->block;
	struct pbx_call *call = call_new(pbx, run);
	char buf[200];
	struct text t = TEXT(buf);
	int rc;

	run->started++;
	if (call == NULL)
		return;
	(void)snprintf(call->name, sizeof(call->name),
	               block->times > 1 ? "%s.%u" : "%s", block->name,
	               run->started);
	call->setup = block->setup;
	if (block->kind == BLOCK_CALL) {
		call->setup.law = board_span_conf(pbx->span)->law;
		call->setup.law_known = call->setup.bearer <= BEARER_AUDIO_3K1;
		add_setup(&t, &call->setup);
		report_tell(&pbx->report, REPORT_SENT, call->name, "%s", buf);
		rc = isdn_call_place(&call->isdn, pbx->link, &call->setup,
		                     call);
		if (rc < 0) {
			report_tell(&pbx->report, REPORT_FAILED, call->name,
			            "the call could not be placed: %s",
			            strerror(-rc));
			call->over = true;
			run_finished(run);
		}
	}
	call_kick(call);
}

static void on_start(void *self)
{
	struct run *run = self;

	place(run);
	if (run->block->every > 0 && run->started < run->block->times)
		timer_start(&run->start, run->block->every);
}

int run_init(struct pbx *pbx, struct script *const *scripts, size_t n)
{
	size_t blocks = 0;

	for (size_t i = 0; i < n; i++)
		blocks += scripts[i]->nblocks;
	if (blocks == 0)
		return -ENOENT;
	pbx->runs = mem_new_array(struct run, blocks);
	if (pbx->runs == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		for (size_t b = 0; b < scripts[i]->nblocks; b++) {
			struct run *run = &pbx->runs[pbx->nruns++];

			run->pbx = pbx;
			run->block = &scripts[i]->blocks[b];
			timer_init(&run->start, pbx->loop, "start", on_start,
			           run);
		}
	return 0;
}

void run_done(struct pbx *pbx)
{
	for (size_t i = 0; i < pbx->nruns; i++)
		timer_stop(&pbx->runs[i].start);
	pbx->runs = mem_free(pbx->runs);
	pbx->nruns = 0;
}

/*
 * The ends of a line are up a little apart. What one does to the line at its
 * start is done before the other's first call: that waits for a moment.
 */
void run_begin(struct pbx *pbx)
{
	for (size_t i = 0; i < pbx->nruns; i++) {
		struct run *run = &pbx->runs[i];
		bool call = run->block->kind == BLOCK_CALL;

		if (run->block->kind != BLOCK_ANSWER)
			timer_start(&run->start,
			            run->block->after +
			                    (call ? MSEC(SETTLE_MS) : 0));
	}
	run_look(pbx);
}

void run_finished(struct run *run)
{
	run->finished++;
	/* without `every` the next one starts when this one is over */
	if (run->block->kind == BLOCK_CALL && run->block->every == 0 &&
	    run->started < run->block->times && !run->pbx->ending)
		timer_start(&run->start, MSEC(50));
	run_look(run->pbx);
}

static bool blocks_done(const struct pbx *pbx)
{
	bool any = false;

	for (size_t i = 0; i < pbx->nruns; i++) {
		const struct run *run = &pbx->runs[i];

		any |= run->block->times > 0;
		if (run->finished < run->block->times)
			return false;
	}
	return any && !pbx->stay;
}

/* Whether each call that is left has been told to end. */
static bool all_cleared(struct pbx *pbx)
{
	LIST_EACH(&pbx->calls, struct pbx_call, call, list)
	if (!call->cleared)
		return false;
	return true;
}

void run_look(struct pbx *pbx)
{
	if (!pbx->ending && !blocks_done(pbx))
		return;
	if (list_empty(&pbx->calls) && !pbx->lingers) {
		pbx->lingers = true;
		timer_start(&pbx->linger, MSEC(LINGER_MS));
	} else if (all_cleared(pbx) && !timer_running(&pbx->linger)) {
		timer_start(&pbx->linger, MSEC(CLEARING_MS));
	}
}

void run_end(struct pbx *pbx)
{
	pbx->ending = true;
	for (size_t i = 0; i < pbx->nruns; i++)
		timer_stop(&pbx->runs[i].start);
	LIST_EACH(&pbx->calls, struct pbx_call, call, list)
	{
		call->over = true;
		call_clear(call, Q850_NORMAL_CLEARING);
		call_kick(call);
	}
	run_look(pbx);
}

/* Whether a pattern is matched, and whether more digits could do it. */
static bool pattern_fits(const char *pattern, const char *digits, bool *more)
{
	for (; *digits != '\0'; pattern++, digits++) {
		if (*pattern == 'T')
			return true;
		if (*pattern == '\0' ||
		    (*pattern != '.' && *pattern != *digits))
			return false;
	}
	if (*pattern == '\0' || *pattern == 'T')
		return true;
	*more = true;
	return false;
}

struct run *run_answer(struct pbx *pbx, const char *digits, bool *more)
{
	for (size_t i = 0; i < pbx->nruns && !pbx->ending; i++) {
		struct run *run = &pbx->runs[i];
		unsigned times = pbx->stay ? 0 : run->block->times;

		if (run->block->kind == BLOCK_ANSWER &&
		    (times == 0 || run->started < times) &&
		    pattern_fits(run->block->pattern, digits, more))
			return run;
	}
	return NULL;
}
