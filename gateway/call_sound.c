/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * What is heard where. Each leg knows its own end (a slot of a line, an RTP
 * flow); here the two are given to one stream of the media engine, with the
 * directions that the state of the call allows: before the answer only from
 * the far side to the caller, after it both ways, and neither way on a side
 * that is held. What a caller hears before the answer is call_early.c's.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/call_private.h"
#include "gateway/gateway.h"
#include "gateway/ladder.h"
#include "gateway/trunk.h"

static bool same_end(const struct media_end *a, const struct media_end *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

/* The end of a leg, in the directions the call allows now. */
static void wanted(struct call *call, unsigned which, struct media_end *end)
{
	struct leg *leg = &call->leg[which];
	unsigned state = fsm_state(&call->fsm);
	bool answered = state == CALL_JOINING || state == CALL_TALKING ||
	                state == CALL_TRANSFERRING;
	bool heard = answered || which == 1; /* his sound goes to the other */
	bool told = answered || which == 0;  /* the other's goes to him */

	memset(end, 0, sizeof(*end));
	if (!leg->open || state == CALL_CLEARING)
		return;
	leg->ops->end(leg, answered, end);
	if (!answered && end->kind == END_RTP)
		end->silent_after =
			SEC(call->gateway->sound.ringback_silence_s);
	end->listen &= heard && (!call->held[which] || call->music[which]);
	end->speak &= told && !call->held[which];
	end->flow.receive &= heard;
	end->flow.send &= told;
}

static struct trunk *line_of(struct call *call, unsigned which)
{
	struct leg *leg = &call->leg[which];

	return leg->kind == PEER_POTS ? leg->isdn.trunk : NULL;
}

/* Its device is taken or gone: the call would be silent. */
static const struct release not_opened = {
	.by = RELEASE_BY_FAILURE,
	.cause = { Q850_CHANNEL_NOT_AVAILABLE, LOCATION_PRIVATE_LOCAL },
	.detail = "the channel could not be opened",
};

static const struct release no_room = {
	.by = RELEASE_BY_FAILURE,
	.cause = { Q850_RESOURCE_UNAVAILABLE, LOCATION_PRIVATE_LOCAL },
	.detail = "no stream is left",
};

static void set_end(struct call *call, unsigned which,
                    const struct media_end *end)
{
	struct media_end *had = &call->end[which];
	struct trunk *trunk = line_of(call, which);
	int serial = media_stream_set(call->gateway->media, call->stream, which,
	                              end);

	if (serial == -ENOSPC || serial == -ENOMEM)
		call_clear(call, &no_room);
	if (serial < 0)
		return;
	call->serial = (unsigned)serial;
	if (had->kind == END_LINE && trunk != NULL &&
	    (end->kind != END_LINE || end->slot != had->slot))
		trunk_channel_leave(trunk, had->slot, call->serial);
	if (end->kind == END_LINE && trunk != NULL &&
	    (had->kind != END_LINE || end->slot != had->slot) &&
	    trunk_channel_join(trunk, end->slot, call->stream) < 0)
		call_clear(call, &not_opened);
	*had = *end;
}

static int open_stream(struct call *call)
{
	if (call->stream_open)
		return 0;
	if (media_stream_open(call->gateway->media, &call->stream, call) < 0)
		return -EBUSY;
	call->stream_open = true;
	memset(call->end, 0, sizeof(call->end));
	call->serial = 0;
	return 0;
}

void call_join(struct call *call)
{
	struct media_end end;
	bool changed = false;

	if (open_stream(call) < 0) {
		call_clear(call, &no_room);
		return;
	}
	for (unsigned which = 0; which < 2; which++) {
		wanted(call, which, &end);
		if (same_end(&end, &call->end[which]))
			continue;
		set_end(call, which, &end);
		changed = true;
	}
	if (!changed && call->joined_serial == call->serial &&
	    fsm_state(&call->fsm) == CALL_JOINING)
		fsm_post(&call->fsm, EV_JOINED, NULL);
}

void call_unjoin(struct call *call)
{
	if (call->stream_open)
		media_stream_close(call->gateway->media, call->stream);
}

static void gone_silent(struct call *call)
{
	struct release why = { .by = RELEASE_BY_TIMER,
		               .cause = { Q850_TEMPORARY_FAILURE,
		                          LOCATION_PRIVATE_LOCAL },
		               .detail = "rtp silence" };

	/* Who sends a call elsewhere may be silent until it is there. */
	if (call_is_answered(call) && !call->held[0] && !call->held[1] &&
	    fsm_state(&call->fsm) != CALL_TRANSFERRING)
		call_clear(call, &why);
}

/* A digit heard at one end, towards a leg that is told of it by INFO. */
static void pressed(struct call *call, const struct media_report *report)
{
	struct leg *to = &call->leg[report->end ^ 1u];
	const char digit[] = { report->digit, '\0' };
	struct leg_word word = { .kind = LEG_INFO, .digits = digit };

	if (leg_by_info(to) && call_is_answered(call))
		leg_tell(to, &word);
}

const char *call_echo(const struct call *call, unsigned which)
{
	const struct leg *leg = &call->leg[which];
	const struct media_end *end = &call->end[which];

	if (!leg->open || leg->kind != PEER_POTS || end->kind != END_LINE ||
	    !board_span_cancels(leg->isdn.trunk->span))
		return "";
	return board_chan_cancels(leg->isdn.trunk->span, end->slot) ? "on"
	                                                            : "off";
}

/* Fax and modem cancel echo themselves: two of that in one line disturb each
 * other, and the tone asks all others to be off (G.164, V.25). It stays so to
 * the end of the call. */
static void turned_out(struct call *call, const struct media_report *report)
{
	struct trunk *trunk = line_of(call, report->end);
	unsigned slot = call->end[report->end].slot;

	if (trunk == NULL || call->end[report->end].kind != END_LINE ||
	    !board_chan_cancels(trunk->span, slot))
		return;
	call->data[report->end].tone = report->tone;
	call->data[report->end].sent = report->sent;
	board_chan_echo_off(trunk->span, slot);
	ladder_decide(call->gateway->ladder, call->number,
	              "%s:%u: echo canceller off: %s, from the %s side",
	              trunk->name, slot, data_tone_name(report->tone),
	              report->sent ? "other" : "telephone");
}

void call_media(struct call *call, const struct media_report *report)
{
	switch (report->kind) {
	case MEDIA_SET:
		call->joined_serial = report->serial;
		if (report->serial == call->serial &&
		    fsm_state(&call->fsm) == CALL_JOINING)
			fsm_post(&call->fsm, EV_JOINED, NULL);
		break;
	case MEDIA_STOPPED:
		call->stream_open = false;
		fsm_post(&call->fsm, EV_STOPPED, NULL);
		break;
	case MEDIA_SILENT:
		call_early_silent(call);
		gone_silent(call);
		break;
	case MEDIA_DIGIT:
		ladder_media(call->gateway->ladder, call->number, report->end,
		             "digit %c, %u ms", report->digit,
		             report->duration_ms);
		pressed(call, report);
		break;
	case MEDIA_TONE:
		turned_out(call, report);
		break;
	case MEDIA_HEARD:
		if (!call->heard[report->end])
			ladder_media(call->gateway->ladder, call->number,
			             report->end, "first RTP packet");
		call->heard[report->end] = true;
		if (report->end == 1)
			call_early_heard(call);
		break;
	case MEDIA_LINE_REMOVED:
	case MEDIA_LATE:
		break;
	}
}

void call_abandon(struct call *call)
{
	for (unsigned i = 0; i < CALL_LEGS; i++) {
		if (call->leg[i].open)
			call->leg[i].ops->abandon(&call->leg[i]);
		call->leg[i].open = false;
	}
	call_unjoin(call);
	call->stream_open = false;
}
