/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * What the far end and the media thread say, written into the call and told.
 */

#include "tools/pbx/pbx.h"

#include <stdio.h>
#include <string.h>

#include "pri/channel.h"

static void add_number(struct text *t, const char *what,
                       const struct number *number)
{
	if (!number->present)
		return;
	text_add(t, " %s %s", what,
	         number->digits[0] == '\0' ? "none" : number->digits);
	if (number->type != NUMBER_UNKNOWN)
		text_add(t, " %s",
		         script_choice_name(script_types, number->type));
	if (number->presentation != PRESENTATION_ALLOWED)
		text_add(t, " %s",
		         script_choice_name(script_presentations,
		                            number->presentation));
}

static void add_progress(struct text *t, unsigned progress)
{
	for (unsigned i = 1; i < 16; i++)
		if (progress >> i & 1)
			text_add(t, " progress %u", i);
}

static void add_cause(struct text *t, const struct cause *cause)
{
	if (cause->value != Q850_NONE)
		text_add(t, " cause %u (%s)", cause->value,
		         q850_cause_name(cause->value));
}

static const struct {
	const char *name; /* NULL: not told */
	unsigned seen;
} messages[] = {
	/* clang-format off */
	[ISDN_LINK_UP]        = { NULL, 0 },
	[ISDN_LINK_DOWN]      = { NULL, 0 },
	[ISDN_SETUP]          = { "SETUP", 0 },
	[ISDN_DIGITS]         = { "INFORMATION", 0 },
	[ISDN_SETUP_ACK]      = { "SETUP ACKNOWLEDGE", SEEN_SETUP_ACK },
	[ISDN_PROCEEDING]     = { "CALL PROCEEDING", SEEN_PROCEEDING },
	[ISDN_PROGRESS]       = { "PROGRESS", SEEN_PROGRESS },
	[ISDN_ALERTING]       = { "ALERTING", SEEN_ALERTING },
	[ISDN_ANSWER]         = { "CONNECT", SEEN_CONNECT },
	[ISDN_CONNECTED]      = { "CONNECT ACKNOWLEDGE", SEEN_CONNECTED },
	[ISDN_DISCONNECT]     = { "DISCONNECT", SEEN_DISCONNECT },
	[ISDN_NOTIFY]         = { "NOTIFY", 0 },
	[ISDN_HOLD]           = { "HOLD", SEEN_HOLD },
	[ISDN_RETRIEVE]       = { "RETRIEVE", SEEN_RETRIEVE },
	[ISDN_HELD]           = { "HOLD answered", SEEN_HELD },
	[ISDN_RETRIEVED]      = { "RETRIEVE answered", SEEN_RETRIEVED },
	[ISDN_KEYPAD]         = { "INFORMATION keypad", 0 },
	[ISDN_CONNECTED_LINE] = { "connected line", 0 },
	[ISDN_RELEASED]       = { "released", SEEN_RELEASED },
	[ISDN_CHANNEL]        = { NULL, 0 },
	[ISDN_CHANNEL_LOST]   = { "the channel went to another call", 0 },
	/* clang-format on */
};

static void tell_message(struct pbx_call *call, const struct isdn_event *event)
{
	char buf[400];
	struct text t = TEXT(buf);

	text_add(&t, "%s", messages[event->kind].name);
	if (event->kind == ISDN_SETUP) {
		add_number(&t, "called", &event->setup->called.number);
		add_number(&t, "calling", &event->setup->calling.number);
		add_number(&t, "redirected",
		           &event->setup->redirection.from.number);
		text_add(&t, " bearer %s",
		         script_choice_name(script_bearers,
		                            event->setup->bearer));
		add_progress(&t, event->setup->progress);
	}
	if (event->digits != NULL)
		text_add(&t, " %s", event->digits);
	if (event->connected != NULL)
		add_number(&t, "connected", &event->connected->number);
	if (event->kind == ISDN_NOTIFY)
		text_add(&t, " %u", event->notification);
	if (event->uui != NULL)
		text_add(&t, " user-to-user %u octets", event->uui->len);
	add_progress(&t, event->progress);
	if (event->kind == ISDN_RELEASED && event->release != NULL)
		text_add(&t, ": %s", call->ended);
	else
		add_cause(&t, &event->cause);
	report_tell(&call->pbx->report, REPORT_RECEIVED, call->name, "%s", buf);
}

/* Which block a call in is for, now or with more digits; or it is refused. */
static void find_block(struct pbx_call *call)
{
	struct pbx *pbx = call->pbx;
	const char *digits = call->setup.called.number.digits;
	bool more = false;
	struct run *run = run_answer(pbx, digits, &more);

	if (run == NULL && more && !call->setup.complete)
		return;
	if (run == NULL) {
		report_tell(&pbx->report, REPORT_NOTE, call->name,
		            "nothing answers %s", digits);
		call_clear(call, Q850_UNALLOCATED);
		return;
	}
	call->run = run;
	run->started++;
	if (run->block->times == 1)
		(void)text_copy(call->name, sizeof(call->name),
		                run->block->name);
	else
		(void)snprintf(call->name, sizeof(call->name), "%s.%u",
		               run->block->name, run->started);
}

static void on_setup(struct pbx *pbx, const struct isdn_event *event)
{
	struct release why = { .by = RELEASE_BY_FAILURE,
		               .cause = { .value = Q850_SWITCH_CONGESTION } };
	struct pbx_call *call = call_new(pbx, NULL);

	if (call == NULL) {
		isdn_call_clear(event->call, &why);
		return;
	}
	call->isdn = event->call;
	call->incoming = true;
	call->setup = *event->setup;
	call->uui = event->setup->uui;
	call->progress = event->setup->progress;
	isdn_call_own(event->call, call);
	(void)text_copy(call->name, sizeof(call->name), "in");
	find_block(call);
	tell_message(call, event);
	call_take_slot(call);
	call_kick(call);
}

static void on_digits(struct pbx_call *call, const struct isdn_event *event)
{
	char *digits = call->setup.called.number.digits;
	size_t len = strlen(digits);

	if (event->digits != NULL)
		(void)text_copy(digits + len, NUMBER_DIGITS + 1 - len,
		                event->digits);
	call->setup.complete |= event->complete;
	if (call->run == NULL)
		find_block(call);
}

static void on_released(struct pbx_call *call, const struct release *why)
{
	struct text t = TEXT(call->ended);

	if (why != NULL) {
		/* our own clearing, and a timer's, is none of the far end */
		if (why->by != RELEASE_BY_POLICY && why->by != RELEASE_BY_TIMER)
			call->seen |= SEEN_DISCONNECT;
		call->cause = why->cause;
		text_add(&t, "cause %u (%s)%s%s", why->cause.value,
		         q850_cause_name(why->cause.value),
		         why->detail[0] == '\0' ? "" : ", ", why->detail);
	}
}

/* What an answer to HOLD or RETRIEVE says no to has not been seen. */
static bool is_refusal(const struct isdn_event *event)
{
	return (event->kind == ISDN_HELD || event->kind == ISDN_RETRIEVED) &&
	       event->cause.value != Q850_NONE;
}

static void on_call_event(struct pbx_call *call, const struct isdn_event *event)
{
	if (!is_refusal(event))
		call->seen |= messages[event->kind].seen;
	call->progress |= event->progress;
	if ((event->progress & PROGRESS_IN_BAND) != 0)
		call->inband |= messages[event->kind].seen;
	if (event->kind == ISDN_DIGITS)
		on_digits(call, event);
	if (event->kind == ISDN_DISCONNECT || event->kind == ISDN_PROGRESS)
		call->cause = event->cause;
	if (event->kind == ISDN_NOTIFY)
		call->notification = event->notification;
	if (event->connected != NULL)
		call->connected = *event->connected;
	if (event->uui != NULL)
		call->uui = *event->uui;
	if (event->kind == ISDN_RELEASED)
		on_released(call, event->release);
	tell_message(call, event);
	if (event->kind == ISDN_RELEASED) {
		call_ended(call);
		return;
	}
	if (event->kind == ISDN_HELD && !is_refusal(event))
		call_leave_slot(call); /* the channel is given up */
	call_take_slot(call);
	if (event->kind == ISDN_DISCONNECT && call->over)
		call_clear(call, Q850_NORMAL_CLEARING);
	call_kick(call);
}

static void on_link(struct pbx *pbx, bool up)
{
	pbx->up = up;
	report_tell(&pbx->report, REPORT_NOTE, "line", "D channel %s",
	            up ? "up" : "down");
	if (up && !pbx->was_up) {
		pbx->was_up = true;
		timer_stop(&pbx->first_up);
		run_begin(pbx);
	}
	LIST_EACH(&pbx->calls, struct pbx_call, call, list)
	call_kick(call);
}

/* A call that was refused at once never had sound, so that none will stop. */
static void free_silent(struct pbx *pbx, unsigned channel)
{
	if (channel != 0 && channel < TICK_SLOTS && !pbx->slots[channel].open)
		isdn_channel_stopped(pbx->link, channel);
}

void event_isdn(void *self, const struct isdn_event *event)
{
	struct pbx *pbx = self;

	if (event->kind == ISDN_LINK_UP || event->kind == ISDN_LINK_DOWN)
		on_link(pbx, event->kind == ISDN_LINK_UP);
	else if (event->kind == ISDN_SETUP)
		on_setup(pbx, event);
	else if (event->owner != NULL && messages[event->kind].name != NULL)
		on_call_event(event->owner, event);
	if (event->kind == ISDN_RELEASED || event->kind == ISDN_HELD)
		free_silent(pbx, event->channel);
}

static struct pbx_call *call_on(struct pbx *pbx,
                                const struct sound_report *report)
{
	LIST_EACH(&pbx->calls, struct pbx_call, call, list)
	if (call->sounding && call->slot == report->slot &&
	    call->turn == report->turn)
		return call;
	return NULL;
}

static void on_closed(struct pbx *pbx, const struct sound_report *report)
{
	struct slot *slot = &pbx->slots[report->slot];

	if (!slot->open || slot->turn != report->turn)
		return;
	slot->open = false;
	board_chan_close(pbx->span, report->slot);
	isdn_channel_stopped(pbx->link, report->slot);
}

static void kick_listeners(struct pbx *pbx)
{
	LIST_EACH(&pbx->calls, struct pbx_call, call, list)
	call_kick(call);
}

void event_sound(void *self, const struct sound_report *report)
{
	struct pbx *pbx = self;
	struct pbx_call *call = call_on(pbx, report);

	if (report->kind == SOUND_CLOSED)
		on_closed(pbx, report);
	if (call == NULL || call->run == NULL)
		return;
	if (report->kind == SOUND_METER) {
		call->sound = *report;
		call->fresh = true;
		call_kick(call);
	} else if (report->kind == SOUND_MARKER_SENT) {
		call->run->sent_marker = true;
		call->run->marker = report->at;
		report_at(&pbx->report, call->name, report->at, "marker sent");
		kick_listeners(pbx);
	} else if (report->kind == SOUND_ONSET) {
		call->heard_onset = true;
		call->onset = report->at;
		if (pbx->report.json || pbx->verbose)
			report_at(&pbx->report, call->name, report->at,
			          "sound begins");
		call_kick(call);
	}
}
