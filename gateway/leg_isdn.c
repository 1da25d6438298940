/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * A leg on ISDN. It turns the link's events into the words of leg.h and the
 * words told into Q.931. What it knows of numbers is one rule: inside the
 * gateway an international number has its +, on the D channel it has its type.
 */

#include "gateway/leg_isdn.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/admit.h"
#include "gateway/call.h"
#include "gateway/ladder.h"
#include "gateway/trunk.h"
#include "kernel/text.h"

/* Q.931 4.5.22 and Q.932: what a notification says of hold. */
enum {
	NOTIFY_SUSPENDED = 0x00,
	NOTIFY_RESUMED = 0x01,
	NOTIFY_REMOTE_HOLD = 0x79,
	NOTIFY_REMOTE_RETRIEVAL = 0x7a,
};

/* --- numbers --- */

static void from_line(struct number *n)
{
	char digits[sizeof(n->digits)];

	if (n->type != NUMBER_INTERNATIONAL || n->digits[0] == '+')
		return;
	digits[0] = '+';
	if (text_copy(digits + 1, sizeof(digits) - 1, n->digits) == 0)
		memcpy(n->digits, digits, sizeof(digits));
}

static void to_line(struct number *n)
{
	if (n->digits[0] == '+') {
		memmove(n->digits, n->digits + 1, strlen(n->digits));
		n->type = NUMBER_INTERNATIONAL;
		n->plan = PLAN_ISDN;
	} else if (n->present && n->plan == PLAN_UNKNOWN) {
		n->plan = PLAN_ISDN;
	}
}

/* --- told --- */

static void tell_ringing(struct leg *leg, const struct leg_word *word)
{
	unsigned progress = word->progress;
	bool sound = word->sound && !leg->isdn.in_band;

	if (word->sound)
		progress |= PROGRESS_IN_BAND;
	if (word->kind == LEG_ALERTING && !leg->isdn.alerted) {
		leg->isdn.alerted = true;
		leg->isdn.in_band |= word->sound;
		(void)isdn_call_alerting(leg->isdn.call, progress);
	} else if (sound || word->cause.value != Q850_NONE) {
		leg->isdn.in_band |= word->sound;
		(void)isdn_call_progress(leg->isdn.call, progress, word->cause);
	}
}

static void tell_answer(struct leg *leg, const struct leg_word *word)
{
	struct party connected = { 0 };

	if (word->party != NULL)
		connected = *word->party;
	to_line(&connected.number);
	(void)isdn_call_answer(leg->isdn.call,
	                       connected.number.present ? &connected : NULL,
	                       word->progress);
}

/* EN 300 403 has no hold by our side, but a user may be told of one: Q.931
 * 4.5.22, notification of remote hold and remote retrieval. */
static void tell_hold(struct leg *leg, bool held)
{
	if (leg->isdn.trunk->options.notify_hold)
		(void)isdn_call_notify(leg->isdn.call,
		                       held ? NOTIFY_REMOTE_HOLD
		                            : NOTIFY_REMOTE_RETRIEVAL);
}

static void tell_connected(struct leg *leg, const struct leg_word *word)
{
	struct party party = *word->party;

	to_line(&party.number);
	(void)isdn_call_connected_line(leg->isdn.call, &party);
}

/* Digits that come before SETUP ACKNOWLEDGE wait for it (Q.931 5.1.3). */
static void tell_digits(struct leg *leg, const char *digits)
{
	char *waiting = leg->isdn.waiting;
	size_t have = strlen(waiting);

	if (isdn_call_digits(leg->isdn.call, digits) == -EPROTO)
		(void)text_copy(waiting + have,
		                sizeof(leg->isdn.waiting) - have, digits);
}

/* Q.931 5.3.4.1: with progress 8 the far end listens before it releases. */
static void tell_disconnect(struct leg *leg, const struct leg_word *word)
{
	struct isdn_call *call = leg->isdn.call;

	if (!word->sound ||
	    isdn_call_disconnect_in_band(call, word->release->cause) < 0)
		isdn_call_clear(call, word->release);
}

static void isdn_tell(struct leg *leg, const struct leg_word *word)
{
	struct isdn_call *call = leg->isdn.call;

	if (word->uui != NULL)
		isdn_call_uui(call, word->uui);
	switch (word->kind) {
	case LEG_PROCEEDING:
		(void)isdn_call_proceeding(call, word->progress);
		break;
	case LEG_ALERTING:
	case LEG_PROGRESS:
		tell_ringing(leg, word);
		break;
	case LEG_ANSWER:
		tell_answer(leg, word);
		break;
	case LEG_DIGITS:
		tell_digits(leg, word->digits);
		break;
	case LEG_DISCONNECT:
		tell_disconnect(leg, word);
		break;
	case LEG_HOLD:
	case LEG_RETRIEVE:
		tell_hold(leg, word->kind == LEG_HOLD);
		break;
	case LEG_CONNECTED:
		tell_connected(leg, word);
		break;
	case LEG_SETUP:
	case LEG_MEDIA:
	case LEG_TRANSFER:
	case LEG_REDIRECT:
	case LEG_INFO:
	case LEG_RELEASED:
	case LEG_WORDS:
		break;
	}
}

static void isdn_end(struct leg *leg, bool answered ATTR_UNUSED,
                     struct media_end *end)
{
	struct trunk *trunk = leg->isdn.trunk;

	if (leg->isdn.channel == 0 || leg->isdn.parked || !trunk->line_added)
		return;
	end->kind = END_LINE;
	end->line = trunk->line;
	end->slot = leg->isdn.channel;
	end->listen = end->speak = true;
	end->tones = board_span_cancels(trunk->span);
}

static void isdn_abandon(struct leg *leg)
{
	if (leg->isdn.call != NULL)
		isdn_call_own(leg->isdn.call, NULL);
	leg->isdn.call = NULL;
	leg->isdn.trunk->calls--;
}

static void claim(const struct leg *leg)
{
	const struct trunk *trunk = leg->isdn.trunk;

	ladder_claim(trunk->gateway->ladder,
	             ladder_key_isdn(trunk->name,
	                             isdn_call_reference(leg->isdn.call)),
	             leg->call->number);
}

static void isdn_moved(struct leg *leg)
{
	if (leg->isdn.call == NULL)
		return;
	isdn_call_own(leg->isdn.call, leg);
	claim(leg);
}

static void isdn_name(const struct leg *leg, char *to, size_t size)
{
	(void)snprintf(to, size, "%s:%u", leg->isdn.trunk->name,
	               leg->isdn.channel);
}

static const struct leg_ops isdn_ops = {
	.network = "isdn",
	.tell = isdn_tell,
	.end = isdn_end,
	.abandon = isdn_abandon,
	.moved = isdn_moved,
	.name = isdn_name,
};

static void leg_open(struct leg *leg, struct trunk *trunk)
{
	leg->ops = &isdn_ops;
	leg->kind = PEER_POTS;
	leg->isdn.trunk = trunk;
	leg->open = true;
	trunk->calls++;
}

int leg_isdn_place(struct leg *leg, struct trunk *trunk,
                   const struct leg_setup *setup, struct cause *cause)
{
	struct isdn_setup out = {
		.calling = setup->calling,
		.called = setup->called,
		.redirection = setup->redirection,
		.uui = setup->uui,
		.bearer = setup->bearer,
		.law = board_span_conf(trunk->span)->law,
		.law_known = true,
		.progress = setup->progress,
		.complete = setup->complete,
	};
	int rc = -ENETDOWN;

	to_line(&out.called.number);
	to_line(&out.calling.number);
	to_line(&out.redirection.from.number);
	*cause = (struct cause){ Q850_NETWORK_OUT_OF_ORDER,
		                 LOCATION_PRIVATE_LOCAL };
	if (trunk_is_closed(trunk) && !setup->emergency)
		return -ENETDOWN;
	if (trunk_is_up(trunk))
		rc = isdn_call_place(&leg->isdn.call, trunk->link, &out, leg);
	if (rc == -EBUSY)
		cause->value = Q850_NO_CIRCUIT;
	else if (rc == -ENOMEM)
		cause->value = Q850_SWITCH_CONGESTION;
	if (rc < 0)
		return rc;
	leg_open(leg, trunk);
	trunk->calls_out++;
	leg->isdn.channel = isdn_call_channel(leg->isdn.call);
	claim(leg);
	return 0;
}

/* --- reported --- */

enum isdn_admission leg_isdn_admit(struct trunk *trunk,
                                   const struct isdn_setup *setup, bool crowded)
{
	struct number called = setup->called.number;
	struct admit_wish wish = {
		.called = &called,
		.complete = setup->complete,
		.waited = board_span_waited(trunk->span),
		.crowded = crowded,
	};

	from_line(&called);
	switch (admit_first(trunk->gateway, &wish)) {
	case ADMIT_NOT:
		break;
	case ADMIT_LATER:
		return ISDN_PERHAPS;
	case ADMIT_YES:
		return ISDN_ADMIT;
	case ADMIT_EMERGENCY:
		return ISDN_EMERGENCY;
	}
	return ISDN_REFUSE;
}

static void came_in(struct trunk *trunk, const struct isdn_event *event)
{
	struct release why = { .by = RELEASE_BY_POLICY,
		               .cause = { Q850_SWITCH_CONGESTION,
		                          LOCATION_PRIVATE_LOCAL },
		               .detail = "call limit" };
	struct call *call = call_new(trunk->gateway);
	struct leg_setup setup = {
		.calling = event->setup->calling,
		.called = event->setup->called,
		.redirection = event->setup->redirection,
		.uui = event->setup->uui,
		.bearer = event->setup->bearer,
		.progress = event->setup->progress,
		.complete = event->setup->complete,
		.weighed = event->setup->admitted,
	};
	struct leg_word word = { .kind = LEG_SETUP, .setup = &setup };
	struct leg *leg;

	trunk->calls_in++;
	if (call == NULL) {
		trunk->gateway->counts.refused_limit++;
		isdn_call_own(event->call, NULL);
		isdn_call_clear(event->call, &why);
		return;
	}
	leg = &call->leg[0];
	leg->isdn.call = event->call;
	leg->isdn.channel = event->setup->channel;
	leg_open(leg, trunk);
	isdn_call_own(event->call, leg);
	from_line(&setup.calling.number);
	from_line(&setup.called.number);
	from_line(&setup.redirection.from.number);
	claim(leg);
	leg_report(leg, &word);
}

static void moved(struct leg *leg, unsigned channel)
{
	unsigned had = leg->isdn.channel;

	if (channel == 0 || channel == had)
		return;
	leg->isdn.channel = channel;
	if (had != 0)
		trunk_channel_released(leg->isdn.trunk, had);
}

static void released(struct trunk *trunk, struct leg *leg,
                     const struct isdn_event *event)
{
	unsigned channel = event->channel;
	struct leg_word word = { .kind = LEG_RELEASED,
		                 .uui = event->uui,
		                 .release = event->release };

	if (leg == NULL) {
		trunk_channel_released(trunk, channel);
		return;
	}
	if (channel == 0)
		channel = leg->isdn.channel;
	leg->isdn.call = NULL;
	leg->isdn.channel = channel;
	trunk->calls--;
	leg_report(leg, &word);
	trunk_channel_released(trunk, channel);
}

static void rang(struct leg *leg, const struct isdn_event *event,
                 enum leg_word_kind kind)
{
	bool sound = event->progress &
	             (PROGRESS_IN_BAND | PROGRESS_NOT_ISDN_END_TO_END);
	struct leg_word word = { .kind = kind,
		                 .sound = sound,
		                 .progress = event->progress &
		                             ~(unsigned)PROGRESS_IN_BAND,
		                 .uui = event->uui,
		                 .cause = event->cause };

	if (kind == LEG_PROCEEDING && sound)
		word.kind = LEG_PROGRESS;
	leg_report(leg, &word);
}

static void answered(struct leg *leg, const struct isdn_event *event)
{
	struct party connected = { 0 };
	struct leg_word word = { .kind = LEG_ANSWER,
		                 .party = &connected,
		                 .uui = event->uui };

	if (event->connected != NULL)
		connected = *event->connected;
	from_line(&connected.number);
	leg_report(leg, &word);
}

static void clearing(struct leg *leg, const struct isdn_event *event)
{
	struct release why = { .by = RELEASE_BY_FAR, .cause = event->cause };
	struct leg_word word = { .kind = LEG_DISCONNECT,
		                 .release = &why,
		                 .uui = event->uui };

	leg_report(leg, &word);
}

static void connected(struct leg *leg, const struct isdn_event *event)
{
	struct party party = *event->connected;
	struct leg_word word = { .kind = LEG_CONNECTED, .party = &party };

	from_line(&party.number);
	leg_report(leg, &word);
}

static void acknowledged(struct leg *leg)
{
	char digits[sizeof(leg->isdn.waiting)];

	memcpy(digits, leg->isdn.waiting, sizeof(digits));
	leg->isdn.waiting[0] = '\0';
	(void)isdn_call_digits(leg->isdn.call, digits);
}

static void simple(struct leg *leg, const struct isdn_event *event,
                   enum leg_word_kind kind)
{
	struct leg_word word = { .kind = kind,
		                 .digits = event->digits,
		                 .complete = event->complete };

	leg_report(leg, &word);
}

/* --- hold --- */

static void report_hold(struct leg *leg, bool held, bool music)
{
	bool mute = leg->isdn.trunk->options.hold_offer != 0;
	struct leg_word word = { .kind = held ? LEG_HOLD : LEG_RETRIEVE,
		                 .sound = music && !mute,
		                 .mute = mute };

	leg_report(leg, &word);
}

/* HOLD takes the sound off the channel, RETRIEVE puts it on one again. */
static void parked(struct leg *leg, bool parks)
{
	leg->isdn.parked = parks;
	report_hold(leg, parks, false);
}

/* Who says that it holds by NOTIFY keeps its channel, and may play music. */
static void notified(struct leg *leg, unsigned notification)
{
	bool held = notification == NOTIFY_SUSPENDED ||
	            notification == NOTIFY_REMOTE_HOLD;
	bool resumed = notification == NOTIFY_RESUMED ||
	               notification == NOTIFY_REMOTE_RETRIEVAL;

	if ((!held && !resumed) || leg->isdn.parked ||
	    leg->call->held[leg->which] == held ||
	    !leg->isdn.trunk->options.hold_by_notify)
		return;
	report_hold(leg, held, true);
}

static void in_call(struct leg *leg, const struct isdn_event *event)
{
	switch (event->kind) {
	case ISDN_DIGITS:
		simple(leg, event, LEG_DIGITS);
		break;
	case ISDN_PROCEEDING:
		rang(leg, event, LEG_PROCEEDING);
		break;
	case ISDN_PROGRESS:
		rang(leg, event, LEG_PROGRESS);
		break;
	case ISDN_ALERTING:
		rang(leg, event, LEG_ALERTING);
		break;
	case ISDN_ANSWER:
		answered(leg, event);
		break;
	case ISDN_DISCONNECT:
		clearing(leg, event);
		break;
	case ISDN_HOLD:
	case ISDN_RETRIEVE:
		parked(leg, event->kind == ISDN_HOLD);
		break;
	case ISDN_NOTIFY:
		notified(leg, event->notification);
		break;
	case ISDN_CHANNEL_LOST: /* another call has it now */
		leg->isdn.channel = 0;
		break;
	case ISDN_CONNECTED_LINE:
		connected(leg, event);
		break;
	case ISDN_KEYPAD:
		simple(leg, event, LEG_INFO);
		break;
	case ISDN_SETUP_ACK:
		acknowledged(leg);
		break;
	case ISDN_CONNECTED:
	case ISDN_CHANNEL:
	case ISDN_HELD:
	case ISDN_RETRIEVED:
	case ISDN_LINK_UP:
	case ISDN_LINK_DOWN:
	case ISDN_SETUP:
	case ISDN_RELEASED:
		break;
	}
}

void leg_isdn_event(struct trunk *trunk, const struct isdn_event *event)
{
	struct leg *leg = event->owner;

	if (event->kind == ISDN_SETUP) {
		came_in(trunk, event);
	} else if (event->kind == ISDN_RELEASED) {
		released(trunk, leg, event);
	} else if (leg != NULL) {
		moved(leg, event->channel);
		in_call(leg, event);
	}
}
