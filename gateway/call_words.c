/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * What the legs of a call say, made into events of its machine. A word is
 * written into the ladder first, whatever becomes of it. Most words are one
 * event each, by the table below; an end is looked at more closely, because
 * it matters whose it is: the caller's end is the end of the call, the far
 * side's while it rings may be the beginning of another route, and that of
 * who asked for a transfer is part of it. The third leg of a transfer speaks
 * to call_transfer.c.
 */

#include "gateway/call.h"
#include "gateway/call_private.h"
#include "gateway/gateway.h"
#include "gateway/ladder.h"

/* In the order of enum leg_word_kind; what has no event is not for a call. */
static const uint8_t word_events[LEG_WORDS] = {
	[LEG_SETUP] = EV_SETUP,         [LEG_PROCEEDING] = EV_PROCEEDING,
	[LEG_ALERTING] = EV_ALERTING,   [LEG_PROGRESS] = EV_PROGRESS,
	[LEG_ANSWER] = EV_ANSWER,       [LEG_MEDIA] = EV_MEDIA,
	[LEG_HOLD] = EV_HOLD,           [LEG_RETRIEVE] = EV_HOLD,
	[LEG_DIGITS] = EV_DIGITS,       [LEG_TRANSFER] = EV_TRANSFER,
	[LEG_REDIRECT] = CALL_EVENTS,   [LEG_INFO] = EV_INFO,
	[LEG_CONNECTED] = EV_CONNECTED, [LEG_DISCONNECT] = EV_ANNOUNCE,
	[LEG_RELEASED] = EV_FAR_GONE,
};

/* The network of a leg ended it: which side of the call was that? */
static struct release placed(const struct leg *leg, const struct release *why)
{
	struct release r = *why;

	if (r.by == RELEASE_BY_FAR || r.by == RELEASE_BY_NEAR)
		r.by = leg->which == 0 ? RELEASE_BY_NEAR : RELEASE_BY_FAR;
	return r;
}

static void leg_gone(struct leg *leg, const struct leg_word *word)
{
	struct call *call = leg->call;
	unsigned state = fsm_state(&call->fsm);
	struct release why = placed(leg, word->release);

	leg->open = false;
	if (state == CALL_TRANSFERRING && leg->which == call->mover) {
		fsm_post(&call->fsm, EV_MOVER_GONE, NULL);
		return;
	}
	if (leg->which == 1 && (state == CALL_OFFERED || state == CALL_RINGING))
		call->failed = why; /* perhaps another route will do */
	else
		call_blame(call, &why);
	fsm_post(&call->fsm, leg->which == 0 ? EV_NEAR_GONE : EV_FAR_GONE,
	         NULL);
}

/* What a user told waits for the next word to the other side that can carry
 * it; in a setup it goes with that. Its octets are between the users. */
static void keep_uui(struct leg *leg, const struct leg_word *word)
{
	struct call *call = leg->call;
	const struct uui *uui =
		word->kind == LEG_SETUP ? &word->setup->uui : word->uui;

	if (uui == NULL || uui->len == 0)
		return;
	ladder_decide(call->gateway->ladder, call->number,
	              "user-to-user: %u octets from the %s", uui->len,
	              leg->which == 0 ? "caller" : "called side");
	if (word->kind == LEG_SETUP)
		return;
	call->uui = *uui;
	call->uui_from = leg->which;
}

static struct uui take_uui(struct leg *leg, enum leg_word_kind kind)
{
	struct call *call = leg->call;
	struct uui uui = call->uui;

	if (leg->which == call->uui_from ||
	    (kind != LEG_ALERTING && kind != LEG_ANSWER &&
	     kind != LEG_DISCONNECT))
		return (struct uui){ .len = 0 };
	call->uui.len = 0;
	return uui;
}

void leg_report(struct leg *leg, const struct leg_word *word)
{
	struct call *call = leg->call;
	unsigned event = word_events[word->kind];

	ladder_word(call->gateway->ladder, leg, word);
	keep_uui(leg, word);
	if (leg->which == LEG_THIRD) {
		call_third_says(leg, word);
		return;
	}
	if (word->kind == LEG_TRANSFER && !call_transfer_may(leg, word))
		return;
	if (word->kind == LEG_RELEASED) {
		leg_gone(leg, word);
		return;
	}
	if (event == CALL_EVENTS)
		return;
	if (word->kind == LEG_SETUP)
		call->setup = *word->setup;
	if (word->kind == LEG_HOLD || word->kind == LEG_RETRIEVE) {
		call->held[leg->which] = word->kind == LEG_HOLD;
		call->music[leg->which] = word->kind == LEG_HOLD && word->sound;
		ladder_decide(call->gateway->ladder, call->number, "the %s %s",
		              leg->which == 0 ? "caller" : "called side",
		              call->held[leg->which] ? "holds" : "resumes");
	}
	if (word->kind == LEG_DISCONNECT) {
		struct release why = placed(leg, word->release);
		struct leg_word told = { .kind = LEG_DISCONNECT,
			                 .release = &why };

		if (leg->which == 0 || call_is_answered(call))
			call_blame(call, &why);
		fsm_post(&call->fsm, leg->which == 0 ? EV_CLEAR : EV_ANNOUNCE,
		         &told);
		return;
	}
	call->speaking = leg->which;
	fsm_post(&call->fsm, event, word);
}

void leg_name(const struct leg *leg, char *to, size_t size)
{
	to[0] = '\0';
	if (leg->ops != NULL)
		leg->ops->name(leg, to, size);
}

void leg_tell(struct leg *leg, const struct leg_word *word)
{
	struct leg_word told = *word;
	struct uui uui;

	if (!leg->open)
		return;
	uui = take_uui(leg, word->kind);
	told.uui = uui.len > 0 ? &uui : NULL;
	ladder_told(leg->call->gateway->ladder, leg, &told);
	leg->ops->tell(leg, &told);
}
