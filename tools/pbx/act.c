/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The steps that do something.
 */

#include "tools/pbx/pbx.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "pri/channel.h"

static unsigned inband(const struct step *step)
{
	return step->inband ? PROGRESS_IN_BAND : 0;
}

static enum outcome result(int rc, struct text *why)
{
	if (rc == 0)
		return OUTCOME_HELD;
	text_add(why, "it cannot be done now: %s", strerror(-rc));
	return OUTCOME_FAILED;
}

static void tell_sent(struct pbx_call *call, const struct step *step)
{
	report_tell(&call->pbx->report, REPORT_SENT, call->name, "%s",
	            step->source);
}

static int do_connect(struct pbx_call *call, const struct step *step)
{
	struct party who = { .number = { .present = step->from != NULL,
		                         .plan = PLAN_ISDN } };

	if (step->from != NULL &&
	    text_copy(who.number.digits, sizeof(who.number.digits),
	              step->from) < 0)
		return -ENOSPC;
	return isdn_call_answer(call->isdn, &who, 0);
}

static int do_clear(struct pbx_call *call, const struct step *step)
{
	struct cause cause = { .value = (enum q850_cause)step->number };

	if (step->inband)
		return isdn_call_disconnect_in_band(call->isdn, cause);
	call_clear(call, step->number);
	return 0;
}

/* Steps that need the ISDN call. */
static int do_signal(struct pbx_call *call, const struct step *step)
{
	struct cause cause = { .value = (enum q850_cause)step->number };

	switch (step->kind) {
	case STEP_PROCEED:
		return isdn_call_proceeding(call->isdn, inband(step));
	case STEP_ALERT:
		return isdn_call_alerting(call->isdn, inband(step));
	case STEP_PROGRESS:
		return isdn_call_progress(call->isdn, inband(step), cause);
	case STEP_CONNECT:
		return do_connect(call, step);
	case STEP_DIGITS:
		return isdn_call_digits(call->isdn, step->text);
	case STEP_NOTIFY:
		return isdn_call_notify(call->isdn, step->number);
	case STEP_HOLD:
		call->seen &= ~(unsigned)SEEN_HELD;
		return isdn_call_hold(call->isdn);
	case STEP_RETRIEVE:
		call->seen &= ~(unsigned)SEEN_RETRIEVED;
		return isdn_call_retrieve(call->isdn, step->number);
	case STEP_UUI:
		isdn_call_uui(call->isdn, &step->uui);
		return 0;
	case STEP_CLEAR:
		return do_clear(call, step);
	default:
		return -ENOTSUP;
	}
}

static enum outcome begin_signal(struct pbx_call *call, const struct step *step,
                                 struct text *why)
{
	if (call->isdn == NULL && step->kind == STEP_CLEAR)
		return OUTCOME_HELD; /* the far end was first */
	if (call->isdn == NULL) {
		text_add(why, "the call ended first: %s", call->ended);
		return OUTCOME_FAILED;
	}
	if (step->kind != STEP_CLEAR || step->inband)
		tell_sent(call, step);
	return result(do_signal(call, step), why);
}

static const enum sound_verb verbs[] = {
	/* clang-format off */
	[STEP_PLAY_TONE]    = SOUND_TONE,
	[STEP_PLAY_FILE]    = SOUND_FILE,
	[STEP_PLAY_PATTERN] = SOUND_PATTERN,
	[STEP_PLAY_DTMF]    = SOUND_KEYS,
	[STEP_PLAY_ECHO]    = SOUND_ECHO,
	[STEP_PLAY_MARKER]  = SOUND_MARKER,
	[STEP_PLAY_SILENCE] = SOUND_SILENCE,
	/* clang-format on */
};

static enum outcome begin_play(struct pbx_call *call, const struct step *step,
                               struct text *why)
{
	struct sound_command command = { .verb = verbs[step->kind],
		                         .slot = call->slot,
		                         .turn = call->turn,
		                         .hz = { step->hz[0], step->hz[1] },
		                         .level = step->low,
		                         .file = step->sound };

	if (!call->sounding) {
		text_add(why, "the call has no B channel (yet, or any more)");
		return OUTCOME_FAILED;
	}
	if (step->kind == STEP_PLAY_DTMF)
		(void)text_copy(command.keys, sizeof(command.keys), step->text);
	tell_sent(call, step);
	return result(sound_send(call->pbx->sound, &command), why);
}

static int send_raw(struct pbx *pbx, const struct step *step)
{
	uint8_t frame[512];
	int n = bytes_from_hex(frame, sizeof(frame), step->text);

	if (n < 0)
		return n;
	return board_span_send(pbx->span, (struct bytes){ frame, (size_t)n });
}

static enum outcome begin_line(struct pbx_call *call, const struct step *step,
                               struct text *why)
{
	struct pbx *pbx = call->pbx;
	int rc = 0;

	tell_sent(call, step);
	if (step->kind == STEP_DOWN)
		pbx->down = true;
	else if (step->kind == STEP_MUTE)
		pbx->mute = true;
	else if (step->kind == STEP_ALARM)
		rc = board_span_send_alarm(pbx->span, step->number);
	else if (step->kind == STEP_RAW)
		rc = send_raw(pbx, step);
	else if (step->kind == STEP_FAULT)
		rc = board_span_send_fault(
			pbx->span, step->number,
			step->number == 1 ? step->slot
					  : board_span_conf(pbx->span)->dslot);
	else
		rc = isdn_channel_restart(pbx->link, step->number);
	if (rc == 0 && step->lasting > 0)
		return OUTCOME_WAIT;
	return result(rc, why);
}

enum outcome act_begin(struct pbx_call *call, const struct step *step,
                       struct text *why)
{
	switch (step->kind) {
	case STEP_WAIT:
		return step->lasting > 0 ? OUTCOME_WAIT : OUTCOME_HELD;
	case STEP_STAY:
		tell_sent(call, step);
		return OUTCOME_HELD;
	case STEP_PROCEED:
	case STEP_ALERT:
	case STEP_PROGRESS:
	case STEP_CONNECT:
	case STEP_DIGITS:
	case STEP_NOTIFY:
	case STEP_HOLD:
	case STEP_RETRIEVE:
	case STEP_UUI:
	case STEP_CLEAR:
		return begin_signal(call, step, why);
	case STEP_PLAY_TONE:
	case STEP_PLAY_FILE:
	case STEP_PLAY_PATTERN:
	case STEP_PLAY_DTMF:
	case STEP_PLAY_ECHO:
	case STEP_PLAY_MARKER:
	case STEP_PLAY_SILENCE:
		return begin_play(call, step, why);
	default:
		return begin_line(call, step, why);
	}
}

void act_end(struct pbx_call *call, const struct step *step)
{
	struct pbx *pbx = call->pbx;

	if (step->kind == STEP_DOWN)
		pbx->down = false;
	else if (step->kind == STEP_MUTE)
		pbx->mute = false;
	else if (step->kind == STEP_ALARM)
		(void)board_span_send_alarm(pbx->span, 0);
	else
		return;
	report_tell(&pbx->report, REPORT_NOTE, call->name, "%s: over",
	            step->source);
}
