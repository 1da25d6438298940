/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * A call going through its block.
 *
 * A step is looked at again whenever something happened: a message, a window
 * of sound, its time being over. Looking is deferred to the next turn of the
 * loop, so that an event that arrives while a step is being done is not judged
 * in the middle of it. The first failed expectation ends a call's block: what
 * follows would only tell the same again.
 */

#include "tools/pbx/pbx.h"

#include <stdio.h>

#include "kernel/mem.h"
#include "pri/channel.h"

static const struct step *present_step(const struct pbx_call *call)
{
	return &call->run->block->steps[call->at];
}

void call_clear(struct pbx_call *call, unsigned cause)
{
	struct release why = { .by = RELEASE_BY_POLICY,
		               .cause = { .value = (enum q850_cause)cause },
		               .detail = "by this script" };

	if (call->isdn == NULL)
		return;
	report_tell(&call->pbx->report, REPORT_SENT, call->name,
	            "clear cause %u (%s)", cause, q850_cause_name(cause));
	call->cleared = true;
	isdn_call_clear(call->isdn, &why);
}

static void bury_if_dead(struct pbx_call *call)
{
	if (call->over && call->isdn == NULL)
		loop_defer(call->pbx->loop, &call->funeral);
}

static void funeral(void *self)
{
	struct pbx_call *call = self;
	struct pbx *pbx = call->pbx;

	timer_stop(&call->timer);
	deferred_cancel(&call->next);
	list_remove(&call->list);
	(void)mem_free(call);
	run_look(pbx);
}

/* All steps are done, or one failed. */
static void finish(struct pbx_call *call)
{
	bool wait = call->incoming && (call->seen & SEEN_DISCONNECT) == 0;

	call->over = true;
	timer_stop(&call->timer);
	if (!wait)
		call_clear(call, Q850_NORMAL_CLEARING);
	bury_if_dead(call);
	run_finished(call->run);
}

static void fail(struct pbx_call *call, const struct step *step,
                 const char *why)
{
	report_tell(&call->pbx->report, REPORT_FAILED, call->name,
	            "%s: %s (line %u)", step->source, why, step->line);
	call->over = true;
	timer_stop(&call->timer);
	call_clear(call, Q850_NORMAL_UNSPECIFIED);
	bury_if_dead(call);
	run_finished(call->run);
}

static usec duration(const struct step *step)
{
	return step_is_expectation(step) ? step->within : step->lasting;
}

static enum outcome begin_step(struct pbx_call *call, const struct step *step,
                               struct text *why)
{
	call->phase = PHASE_BEGUN;
	if (duration(step) > 0)
		timer_start(&call->timer, duration(step));
	if (!step_is_expectation(step))
		return act_begin(call, step, why);
	expect_begin(call, step);
	return expect_judge(call, step, why);
}

/* What an expectation that still waits comes to. */
static enum outcome judge_waiting(struct pbx_call *call,
                                  const struct step *step, struct text *why)
{
	bool gone = call->isdn == NULL && (call->seen & SEEN_RELEASED) != 0;

	if (gone) {
		text_add(why, "%sthe call ended first: %s",
		         why->len > 0 ? ", " : "", call->ended);
		return OUTCOME_FAILED;
	}
	if (call->phase != PHASE_EXPIRED)
		return OUTCOME_WAIT;
	text_add(why, "%snot within %.1f s", why->len > 0 ? ", " : "",
	         (double)step->within / 1e6);
	return OUTCOME_FAILED;
}

static enum outcome continue_step(struct pbx_call *call,
                                  const struct step *step, struct text *why)
{
	if (step_is_expectation(step))
		return expect_judge(call, step, why);
	if (call->phase != PHASE_EXPIRED)
		return OUTCOME_WAIT;
	act_end(call, step);
	return OUTCOME_HELD;
}

static enum outcome look_at_step(struct pbx_call *call, const struct step *step,
                                 struct text *why)
{
	enum outcome outcome;

	if (call->phase == PHASE_NEW && step->after > 0) {
		call->phase = PHASE_AFTER;
		timer_start(&call->timer, step->after);
	}
	if (call->phase == PHASE_AFTER)
		return OUTCOME_WAIT;
	if (call->phase == PHASE_NEW || call->phase == PHASE_READY)
		outcome = begin_step(call, step, why);
	else
		outcome = continue_step(call, step, why);
	if (outcome == OUTCOME_WAIT && step_is_expectation(step))
		outcome = judge_waiting(call, step, why);
	return outcome;
}

static void advance(void *self)
{
	struct pbx_call *call = self;
	char buf[256];

	while (call->run != NULL && !call->over) {
		struct text why = TEXT(buf);
		const struct step *step;
		enum outcome outcome;

		if (call->at == call->run->block->n) {
			finish(call);
			return;
		}
		step = present_step(call);
		outcome = look_at_step(call, step, &why);
		if (outcome == OUTCOME_WAIT)
			return;
		timer_stop(&call->timer);
		if (outcome == OUTCOME_FAILED) {
			fail(call, step, buf);
			return;
		}
		if (step_is_expectation(step))
			report_tell(&call->pbx->report, REPORT_HELD, call->name,
			            "%s: %s", step->source, buf);
		call->at++;
		call->phase = PHASE_NEW;
	}
}

static void on_timer(void *self)
{
	struct pbx_call *call = self;

	call->phase = call->phase == PHASE_AFTER ? PHASE_READY : PHASE_EXPIRED;
	call_kick(call);
}

struct pbx_call *call_new(struct pbx *pbx, struct run *run)
{
	struct pbx_call *call = mem_new(struct pbx_call);

	if (call == NULL) {
		report_tell(&pbx->report, REPORT_FAILED, "line",
		            "no memory for a call");
		return NULL;
	}
	call->pbx = pbx;
	call->run = run;
	list_append(&pbx->calls, &call->list);
	timer_init(&call->timer, pbx->loop, "step", on_timer, call);
	deferred_init(&call->next, advance, call);
	deferred_init(&call->funeral, funeral, call);
	return call;
}

void call_kick(struct pbx_call *call)
{
	if (call->over)
		bury_if_dead(call);
	else
		loop_defer(call->pbx->loop, &call->next);
}

void call_leave_slot(struct pbx_call *call)
{
	struct sound_command close = { .verb = SOUND_CLOSE,
		                       .slot = call->slot,
		                       .turn = call->turn };

	if (call->sounding)
		(void)sound_send(call->pbx->sound, &close);
	call->sounding = false;
}

void call_take_slot(struct pbx_call *call)
{
	struct pbx *pbx = call->pbx;
	struct sound_command open = { .verb = SOUND_OPEN };
	unsigned slot = isdn_call_channel(call->isdn);
	int rc;

	if (slot == 0 || slot >= TICK_SLOTS ||
	    (call->sounding && call->slot == slot))
		return;
	call_leave_slot(call); /* taken back on another channel */
	rc = board_chan_open(pbx->span, slot,
	                     call->setup.bearer <= BEARER_AUDIO_3K1);
	if (rc < 0) {
		report_tell(&pbx->report, REPORT_NOTE, call->name,
		            "channel %u cannot be opened (%d)", slot, -rc);
		return;
	}
	pbx->slots[slot].turn++;
	pbx->slots[slot].open = true;
	call->slot = open.slot = slot;
	call->turn = open.turn = pbx->slots[slot].turn;
	call->sounding = true;
	(void)sound_send(pbx->sound, &open);
}

void call_ended(struct pbx_call *call)
{
	call->isdn = NULL;
	call_leave_slot(call);
	if (call->run == NULL)
		call->over = true;
	call_kick(call);
}
