/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * libpri's events into ours. A row for each kind of event says which function
 * reads it; the event and its subcommands live inside libpri and are gone with
 * the next call into it, so everything is copied before anybody else runs.
 * SETUP is read in setup.c, the end of calls in clear.c.
 */
#include "pri/private.h"

/* --- telling --- */

void isdn_emit(struct isdn_call *call, struct isdn_event *event)
{
	struct isdn_link *link = call->link;

	event->call = call;
	event->owner = call->owner;
	if (event->channel == 0)
		event->channel = call->channel;
	link->handler->event(link->self, event);
}

void isdn_emit_link(struct isdn_link *link, enum isdn_event_kind kind,
                    unsigned channel)
{
	struct isdn_event event = { .kind = kind, .channel = channel };

	link->handler->event(link->self, &event);
}

void isdn_emit_digits_end(struct isdn_call *call)
{
	struct isdn_event event = {
		.kind = ISDN_DIGITS,
		.digits = "",
		.complete = true,
	};

	isdn_emit(call, &event);
}

/* --- helpers --- */

/*
 * Connected and diverted-to parties come as subcommands of any event. The
 * connected line of an ANSWER is part of that event, others are told alone.
 */
static bool connected_in(const struct pri_subcommands *subs, struct party *out)
{
	bool found = false;

	for (int i = 0; subs != NULL && i < subs->counter_subcmd; i++) {
		if (subs->subcmd[i].cmd != PRI_SUBCMD_CONNECTED_LINE)
			continue;
		isdn_party_from(out, &subs->subcmd[i].u.connected_line.id);
		found = out->number.present || out->name[0] != '\0';
	}
	return found;
}

static bool diverted_in(const struct pri_subcommands *subs, struct party *out)
{
	bool found = false;

	for (int i = 0; subs != NULL && i < subs->counter_subcmd; i++) {
		if (subs->subcmd[i].cmd != PRI_SUBCMD_REDIRECTING)
			continue;
		isdn_party_from(out, &subs->subcmd[i].u.redirecting.to);
		found = out->number.present || out->name[0] != '\0';
	}
	return found;
}

/* The far end diverts our call: Q.931 has no message for it but NOTIFY. */
static void tell_diverted(struct isdn_call *call, const struct party *to)
{
	struct isdn_event event = {
		.kind = ISDN_NOTIFY,
		.notification = PRI_NOTIFY_CALL_DIVERTING,
		.connected = to,
	};

	if (!call->ended)
		isdn_emit(call, &event);
}

static void tell_subcommands(struct isdn_call *call,
                             const struct pri_subcommands *subs)
{
	struct party connected, diverted;
	bool moved = diverted_in(subs, &diverted);

	if (connected_in(subs, &connected)) {
		struct isdn_event event = { .kind = ISDN_CONNECTED_LINE,
			                    .connected = &connected };
		isdn_emit(call, &event);
	}
	if (moved)
		tell_diverted(call, &diverted);
}

/* The call of an event that is still our caller's to hear about. */
struct isdn_call *isdn_heard(struct isdn_link *link, const q931_call *q)
{
	struct isdn_call *call = isdn_link_match(link, q);

	if (call == NULL)
		link->counts.strays++;
	else if (call_state(call) == CALL_CLEARING)
		return NULL;
	return call;
}

/* --- the link --- */

static void on_up(struct isdn_link *link, pri_event *ev, bool by_timer)
{
	(void)ev;
	(void)by_timer;
	link->conflicts = 0;
	link->doubt = (struct isdn_doubt){ 0 };
	if (link->up)
		return;
	link->up = true;
	link->counts.ups++;
	isdn_link_settle(link);
}

static void on_down(struct isdn_link *link, pri_event *ev, bool by_timer)
{
	(void)ev;
	(void)by_timer;
	if (!link->up)
		return;
	link->up = false;
	link->counts.downs++;
	if (!link->settled)
		return;
	link->settled = false;
	isdn_emit_link(link, ISDN_LINK_DOWN, 0);
}

/* libpri says so with every SABME of the far end: once a minute is enough. */
static void on_conflict(struct isdn_link *link, pri_event *ev, bool by_timer)
{
	struct instant now = instant_now();

	(void)ev;
	(void)by_timer;
	link->counts.config_errors++;
	if (link->conflicts == 0 ||
	    instant_since(now, link->conflict) >= SEC(60)) {
		link->conflict = now;
		isdn_note(link,
		          "both ends are the %s side: change 'isdn side' here "
		          "or at the far end",
		          link->conf.side == ISDN_USER ? "user" : "network");
	}
	link->conflicts++;
}

static void on_restart(struct isdn_link *link, pri_event *ev, bool by_timer)
{
	(void)by_timer;
	isdn_channel_restarted(link, ev->restart.channel);
}

static void on_restart_ack(struct isdn_link *link, pri_event *ev, bool by_timer)
{
	(void)by_timer;
	isdn_channel_restart_ack(link, ev->restartack.channel);
}

static void on_service(struct isdn_link *link, pri_event *ev, bool by_timer)
{
	(void)by_timer;
	if (link->variant->service)
		isdn_channel_service(link, ev->service.channel,
		                     ev->service.changestatus != 0);
}

/* --- our call goes on --- */

/* The channel in an answer; the call is cleared if it cannot be. */
static bool channel_fits(struct isdn_call *call, int channel)
{
	unsigned before = call->channel;

	if (isdn_channel_answer(call, channel) == 0) {
		if (before != call->channel)
			call->glared = false;
		return true;
	}
	isdn_call_clear_as(call, RELEASE_BY_POLICY, Q850_CHANNEL_UNACCEPTABLE,
	                   "the far end answered with another channel");
	return false;
}

static void advance(struct isdn_call *call, enum call_event input,
                    enum isdn_event_kind kind, int channel,
                    const struct pri_subcommands *subs)
{
	struct uui uui = call->link->seen.uui;
	struct isdn_event event = { .kind = kind, .uui = isdn_uui_of(&uui) };
	struct party connected, diverted;
	bool moved = diverted_in(subs, &diverted);

	event.progress = call->link->seen.progress;
	event.cause = call->link->seen.cause;
	if (connected_in(subs, &connected))
		event.connected = &connected;
	if (!channel_fits(call, channel))
		return;
	fsm_post(&call->fsm, input, NULL);
	isdn_emit(call, &event);
	if (moved)
		tell_diverted(call, &diverted);
}

static void on_setup_ack(struct isdn_link *link, pri_event *ev, bool by_timer)
{
	struct isdn_call *call = isdn_heard(link, ev->setup_ack.call);

	(void)by_timer;
	if (call != NULL)
		advance(call, GOT_SETUP_ACK, ISDN_SETUP_ACK,
		        ev->setup_ack.channel, ev->setup_ack.subcmds);
}

static void on_proceeding(struct isdn_link *link, pri_event *ev, bool by_timer)
{
	struct isdn_call *call = isdn_heard(link, ev->proceeding.call);

	(void)by_timer;
	if (call != NULL)
		advance(call, GOT_PROCEEDING, ISDN_PROCEEDING,
		        ev->proceeding.channel, ev->proceeding.subcmds);
}

static void on_progress(struct isdn_link *link, pri_event *ev, bool by_timer)
{
	struct isdn_call *call = isdn_heard(link, ev->proceeding.call);

	(void)by_timer;
	if (call != NULL)
		advance(call, GOT_PROGRESS, ISDN_PROGRESS,
		        ev->proceeding.channel, ev->proceeding.subcmds);
}

static void on_ringing(struct isdn_link *link, pri_event *ev, bool by_timer)
{
	struct isdn_call *call = isdn_heard(link, ev->ringing.call);

	(void)by_timer;
	if (call != NULL)
		advance(call, GOT_ALERTING, ISDN_ALERTING, ev->ringing.channel,
		        ev->ringing.subcmds);
}

static void on_answer(struct isdn_link *link, pri_event *ev, bool by_timer)
{
	struct isdn_call *call = isdn_heard(link, ev->answer.call);
	const struct pri_subcommands *subs = ev->answer.subcmds;
	struct uui uui = link->seen.uui;
	struct isdn_event event = { .kind = ISDN_ANSWER,
		                    .uui = isdn_uui_of(&uui) };
	struct party connected;

	(void)by_timer;
	if (call == NULL || call->incoming)
		return;
	event.progress = link->seen.progress;
	if (connected_in(subs, &connected))
		event.connected = &connected;
	if (!channel_fits(call, ev->answer.channel))
		return;
	fsm_post(&call->fsm, GOT_CONNECT, NULL);
	(void)pri_connect_ack(link->pri, call->q931, 0);
	isdn_emit(call, &event);
}

static void on_connect_ack(struct isdn_link *link, pri_event *ev, bool by_timer)
{
	struct isdn_call *call = isdn_heard(link, ev->connect_ack.call);
	struct isdn_event event = { .kind = ISDN_CONNECTED };

	(void)by_timer;
	/* The network side told it when CONNECT went out. */
	if (call == NULL || call_state(call) != CALL_CONNECT_REQUEST)
		return;
	fsm_post(&call->fsm, GOT_CONNECT_ACK, NULL);
	isdn_emit(call, &event);
}

/* --- in the call --- */

static void on_facility(struct isdn_link *link, pri_event *ev, bool by_timer)
{
	struct isdn_call *call;

	(void)by_timer;
	if (ev->facility.call == NULL)
		return; /* no call: message waiting and the like */
	call = isdn_heard(link, ev->facility.call);
	if (call != NULL)
		tell_subcommands(call, ev->facility.subcmds);
}

static void on_notify(struct isdn_link *link, pri_event *ev, bool by_timer)
{
	struct isdn_call *call = isdn_heard(link, ev->notify.call);
	struct isdn_event event = { .kind = ISDN_NOTIFY };

	(void)by_timer;
	if (call == NULL || ev->notify.info < 0)
		return;
	event.notification = (unsigned)ev->notify.info & 0x7f;
	isdn_emit(call, &event);
}

/* clang-format off */
static const struct {
	int event;
	void (*read)(struct isdn_link *link, pri_event *ev, bool by_timer);
} readers[] = {
	{ PRI_EVENT_DCHAN_UP,      on_up },
	{ PRI_EVENT_DCHAN_DOWN,    on_down },
	{ PRI_EVENT_CONFIG_ERR,    on_conflict },
	{ PRI_EVENT_RESTART,       on_restart },
	{ PRI_EVENT_RESTART_ACK,   on_restart_ack },
	{ PRI_EVENT_SERVICE,       on_service },
	{ PRI_EVENT_RING,          isdn_on_ring },
	{ PRI_EVENT_INFO_RECEIVED, isdn_on_digits },
	{ PRI_EVENT_KEYPAD_DIGIT,  isdn_on_keypad },
	{ PRI_EVENT_SETUP_ACK,     on_setup_ack },
	{ PRI_EVENT_PROCEEDING,    on_proceeding },
	{ PRI_EVENT_PROGRESS,      on_progress },
	{ PRI_EVENT_RINGING,       on_ringing },
	{ PRI_EVENT_ANSWER,        on_answer },
	{ PRI_EVENT_CONNECT_ACK,   on_connect_ack },
	{ PRI_EVENT_FACILITY,      on_facility },
	{ PRI_EVENT_NOTIFY,        on_notify },
	{ PRI_EVENT_HOLD,          isdn_on_hold },
	{ PRI_EVENT_HOLD_ACK,      isdn_on_hold_ack },
	{ PRI_EVENT_HOLD_REJ,      isdn_on_hold_rej },
	{ PRI_EVENT_RETRIEVE,      isdn_on_retrieve },
	{ PRI_EVENT_RETRIEVE_ACK,  isdn_on_retrieve_ack },
	{ PRI_EVENT_RETRIEVE_REJ,  isdn_on_retrieve_rej },
	{ PRI_EVENT_HANGUP_REQ,    isdn_on_disconnect },
	{ PRI_EVENT_HANGUP,        isdn_on_hangup },
	{ PRI_EVENT_HANGUP_ACK,    isdn_on_hangup_ack },
	/* SERVICE_ACK answers what we need no answer to. */
};
/* clang-format on */

void isdn_dispatch(struct isdn_link *link, pri_event *ev, bool by_timer)
{
	for (size_t i = 0; i < ARRAY_LEN(readers); i++) {
		if (readers[i].event == ev->e) {
			readers[i].read(link, ev, by_timer);
			return;
		}
	}
	link->counts.strays++;
}
