/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * What the caller hears before the answer: the facts come in here, from the
 * words of the far leg and from the media engine, ringback.c says what follows
 * from them, and here it is done. Every decision is a line of the ladder.
 *
 * Whatever comes, in whatever order, only adds to the facts, so a 180 after a
 * 183 and a 183 after a 180 end in the same place; a tone of ours gives way to
 * the first packet and comes back when they cease.
 */

#include "gateway/call_private.h"
#include "gateway/gateway.h"
#include "gateway/ladder.h"
#include "gateway/ringback.h"
#include "gateway/trunk.h"

static bool is_early(const struct call *call)
{
	unsigned state = fsm_state(&call->fsm);

	return state == CALL_OFFERED || state == CALL_RINGING;
}

static void tone_stop(struct call *call)
{
	if (!call->ringing_tone)
		return;
	call->ringing_tone = false;
	(void)media_stream_tone(call->gateway->media, call->stream, 0, NULL,
	                        NULL);
}

static void tone_start(struct call *call)
{
	if (call->ringing_tone)
		return;
	call_join(call);
	call->ringing_tone =
		media_stream_tone(call->gateway->media, call->stream, 0, "ring",
	                          call->gateway->sound.zone) >= 0;
}

static void tell_ladder(struct call *call, const struct ringback_row *row)
{
	if (row->why == NULL)
		return;
	if (row->hears == HEARS_TONE)
		ladder_decide(call->gateway->ladder, call->number,
		              "ringback: ours (%s), %s",
		              call->gateway->sound.zone, row->why);
	else
		ladder_decide(call->gateway->ladder, call->number,
		              "ringback: %s", row->why);
}

/* Does what follows from the facts; true: the caller is to be told that there
 * is sound in band. */
static bool decide(struct call *call)
{
	struct leg *caller = &call->leg[0];
	const struct ringback_row *row;

	call->early.on_phone = caller->kind == PEER_VOIP;
	call->early.policy =
		caller->kind == PEER_VOIP
			? RINGBACK_AUTO
			: (enum ringback)caller->isdn.trunk->options.ringback;
	row = ringback_decide(&call->early);
	if (row != call->ringback)
		tell_ladder(call, row);
	call->ringback = row;
	if (row->hears == HEARS_TONE)
		tone_start(call);
	else if (row->hears != HEARS_SAME)
		tone_stop(call);
	return row->told && (row->hears != HEARS_TONE || call->ringing_tone);
}

static void promised(struct call *call)
{
	if (call->leg[1].kind == PEER_POTS) {
		call->early.promise = PROMISE_IN_BAND;
		return;
	}
	call->early.promise = PROMISE_DESCRIBED;
	call->early.arrival = RTP_AWAITED;
	timer_start(&call->early_wait,
	            MSEC(call->gateway->sound.ringback_wait_ms));
}

void call_ring(struct call *call, const struct leg_word *heard)
{
	struct leg_word word = *heard;

	if (heard->kind == LEG_ALERTING && call->alert_at.us == 0) {
		call->alert_at = instant_now();
		ladder_decide(call->gateway->ladder, call->number, "ringing");
	}
	if (heard->kind == LEG_ALERTING)
		call->early.stage = STAGE_RINGS;
	else if (heard->cause.value != Q850_NONE)
		call->early.stage = STAGE_ANNOUNCES;
	if (heard->sound)
		promised(call);
	call_join(call);
	word.sound = decide(call);
	leg_tell(&call->leg[0], &word);
	call_join(call); /* a caller on SIP has his end only by this word */
}

/* RTP came, did not, or comes no more. */
static void arrived(struct call *call, enum ringback_arrival arrival)
{
	struct leg_word word = { .kind = LEG_PROGRESS, .sound = true };

	call->early.arrival = arrival;
	if (!decide(call))
		return;
	leg_tell(&call->leg[0], &word);
	call_join(call);
}

void call_early_heard(struct call *call)
{
	if (!is_early(call) || call->early.promise == PROMISE_IN_BAND ||
	    call->early.arrival == RTP_FLOWS)
		return;
	timer_stop(&call->early_wait);
	call->early.promise = PROMISE_DESCRIBED;
	arrived(call, RTP_FLOWS);
}

void call_early_silent(struct call *call)
{
	if (is_early(call) && call->early.promise == PROMISE_DESCRIBED &&
	    call->early.arrival == RTP_FLOWS)
		arrived(call, RTP_CEASED);
}

static void waited(void *self)
{
	struct call *call = self;

	if (is_early(call) && call->early.arrival == RTP_AWAITED)
		arrived(call, RTP_NEVER);
}

void call_early_init(struct call *call)
{
	timer_init(&call->early_wait, call->gateway->loop, "ringback wait",
	           waited, call);
}

void call_early_next(struct call *call)
{
	timer_stop(&call->early_wait);
	call->early.promise = PROMISE_NONE;
	call->early.arrival = RTP_AWAITED;
	call->ringback = NULL;
	if (call->early.stage == STAGE_ANNOUNCES)
		call->early.stage = STAGE_QUIET;
}

void call_early_stop(struct call *call)
{
	timer_stop(&call->early_wait);
	tone_stop(call);
}

bool call_early_refuse(struct call *call)
{
	struct leg *caller = &call->leg[0];
	struct leg_word word = { .kind = LEG_DISCONNECT,
		                 .sound = true,
		                 .release = &call->release };
	const char *tone = ringback_refusal(call->release.cause.value);
	const char *zone = call->gateway->sound.zone;

	if (!caller->open || caller->kind != PEER_POTS || tone == NULL ||
	    !caller->isdn.trunk->options.cause_tone ||
	    caller->isdn.channel == 0)
		return false;
	call_early_stop(call);
	call_join(call);
	if (media_stream_tone(call->gateway->media, call->stream, 0, tone,
	                      zone) < 0)
		return false;
	ladder_decide(call->gateway->ladder, call->number,
	              "cause %u: the caller hears \"%s\" (%s)",
	              call->release.cause.value, tone, zone);
	leg_tell(caller, &word);
	return true;
}
