/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Hold and retrieve, Q.932 6.2, where the variant has them.
 *
 * HOLD gives up the B channel: who holds may use it for another call, and
 * RETRIEVE may name another one. To us the channel of a held call is reserved,
 * so that our own calls leave it alone and taking the call back finds it; but a
 * SETUP that insists on it gets it, for the far end is in its right. The held
 * call has no channel then until it is taken back.
 *
 * A gateway is held; that it can hold, too, is for an exchange made of the same
 * parts, and there the channel is really given up. SUSPEND and RESUME (Q.931
 * 5.6) are for terminals that are unplugged, which a primary rate has none of:
 * libpri answers them with STATUS.
 */
#include <errno.h>

#include "pri/private.h"

/* --- the far end holds --- */

void isdn_on_hold(struct isdn_link *link, pri_event *ev, bool by_timer)
{
	struct isdn_call *call = isdn_heard(link, ev->hold.call);
	struct isdn_event event = { .kind = ISDN_HOLD };

	(void)by_timer;
	if (call == NULL)
		return;
	if (call_state(call) != CALL_ACTIVE) {
		(void)pri_hold_rej(link->pri, call->q931, Q850_WRONG_STATE);
		return;
	}
	call->held = true;
	(void)pri_hold_ack(link->pri, call->q931);
	isdn_emit(call, &event);
}

/* A channel for the call that comes back: the one named, its own, or another
 * if that is left to us. */
static enum q850_cause take_back(struct isdn_call *call, int channel,
                                 bool flexible)
{
	bool any = channel == -1 || channel == 0 || channel == 0xff;

	call->exclusive = false;
	if (!any && isdn_channel_answer(call, channel) == 0)
		return Q850_NONE;
	if (!any && !flexible)
		return Q850_CHANNEL_NOT_AVAILABLE;
	if (call->channel == 0 && isdn_channel_take(call, 0) < 0)
		return Q850_NO_CIRCUIT;
	return Q850_NONE;
}

void isdn_on_retrieve(struct isdn_link *link, pri_event *ev, bool by_timer)
{
	struct isdn_call *call = isdn_heard(link, ev->retrieve.call);
	int channel = ev->retrieve.channel & 0xff;
	struct isdn_event event = { .kind = ISDN_RETRIEVE };
	enum q850_cause cause;

	(void)by_timer;
	if (call == NULL)
		return;
	cause = take_back(call, channel, ev->retrieve.flexible);
	if (cause != Q850_NONE) {
		(void)pri_retrieve_rej(link->pri, call->q931, (int)cause);
		return;
	}
	call->held = false;
	(void)pri_retrieve_ack(link->pri, call->q931,
	                       (int)(call->channel | call->span_bits));
	isdn_emit(call, &event);
}

void isdn_hold_lost(struct isdn_call *call)
{
	struct isdn_event event = { .kind = ISDN_CHANNEL_LOST };

	call->channel = 0;
	isdn_emit(call, &event);
}

/* --- we hold --- */

static int sent(struct isdn_call *call, int libpri_rc)
{
	isdn_link_rearm(call->link);
	return libpri_rc < 0 ? -EPROTO : 0;
}

int isdn_call_hold(struct isdn_call *call)
{
	if (!call->link->variant->hold)
		return -ENOTSUP;
	if (call->q931 == NULL || call_state(call) != CALL_ACTIVE || call->held)
		return -EPROTO;
	return sent(call, pri_hold(call->link->pri, call->q931));
}

int isdn_call_retrieve(struct isdn_call *call, unsigned channel)
{
	int rc;

	if (call->q931 == NULL || call_state(call) != CALL_ACTIVE ||
	    !call->held || call->channel != 0)
		return -EPROTO;
	rc = isdn_channel_take(call, channel);
	if (rc < 0)
		return rc;
	return sent(call, pri_retrieve(call->link->pri, call->q931,
	                               (int)(call->channel | call->span_bits)));
}

/* The answer to ours; with a cause it was refused. */
static void answered(struct isdn_call *call, enum isdn_event_kind kind,
                     unsigned channel, int cause)
{
	struct isdn_event event = {
		.kind = kind,
		.channel = channel,
		.cause = { (enum q850_cause)cause, LOCATION_USER },
	};

	isdn_emit(call, &event);
}

/* What it was on is free when its stream has stopped. */
static unsigned give_up(struct isdn_call *call)
{
	unsigned channel = call->channel;

	isdn_channel_give_back(call);
	call->channel = 0;
	return channel;
}

void isdn_on_hold_ack(struct isdn_link *link, pri_event *ev, bool by_timer)
{
	struct isdn_call *call = isdn_heard(link, ev->hold_ack.call);

	(void)by_timer;
	if (call == NULL)
		return;
	call->held = true;
	answered(call, ISDN_HELD, give_up(call), Q850_NONE);
}

void isdn_on_hold_rej(struct isdn_link *link, pri_event *ev, bool by_timer)
{
	struct isdn_call *call = isdn_heard(link, ev->hold_rej.call);

	(void)by_timer;
	if (call != NULL)
		answered(call, ISDN_HELD, call->channel, ev->hold_rej.cause);
}

void isdn_on_retrieve_ack(struct isdn_link *link, pri_event *ev, bool by_timer)
{
	struct isdn_call *call = isdn_heard(link, ev->retrieve_ack.call);
	int channel = ev->retrieve_ack.channel & 0xff;

	(void)by_timer;
	if (call == NULL)
		return;
	call->held = call->exclusive = false;
	(void)isdn_channel_answer(call, channel);
	answered(call, ISDN_RETRIEVED, call->channel, Q850_NONE);
}

void isdn_on_retrieve_rej(struct isdn_link *link, pri_event *ev, bool by_timer)
{
	struct isdn_call *call = isdn_heard(link, ev->retrieve_rej.call);

	(void)by_timer;
	if (call == NULL)
		return;
	isdn_channel_stopped(link, give_up(call)); /* no stream was on it */
	answered(call, ISDN_RETRIEVED, 0, ev->retrieve_rej.cause);
}
