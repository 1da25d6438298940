/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * libpri's events into ours. A row for each kind of event says which function
 * reads it; the event and its subcommands live inside libpri and are gone with
 * the next call into it, so everything is copied before anybody else runs.
 *
 * SETUP is answered in the same turn (with CALL PROCEEDING or SETUP
 * ACKNOWLEDGE): before that libpri does not count the call as alive, sends
 * nothing when it is refused with most causes, and tells nobody when the caller
 * gives up. The refusals made here without that answer use cause 44, which
 * libpri turns into a RELEASE COMPLETE that leaves no record; the frame editor
 * writes the cause that was meant.
 *
 * HANGUP can come twice, HANGUP_ACK means that libpri has already freed the
 * call. Both take the pointer out of our call before anything else happens.
 */
#include <stdio.h>
#include <string.h>

#include "kernel/text.h"
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

/* Progress as on the wire; libpri's own mask knows fewer values. */
static unsigned progress_of(const struct isdn_link *link)
{
	return link->seen.progress;
}

static struct cause cause_of(const struct isdn_link *link, int libpri_cause)
{
	if (link->seen.present && link->seen.cause.value != Q850_NONE)
		return link->seen.cause;
	return (struct cause){ .value = libpri_cause > 0
		                                ? (enum q850_cause)libpri_cause
		                                : Q850_NORMAL_CLEARING };
}

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

/* What any event may carry besides itself. */
static void tell_subcommands(struct isdn_call *call,
                             const struct pri_subcommands *subs)
{
	struct party connected, diverted;
	bool changed = connected_in(subs, &connected);
	bool moved = diverted_in(subs, &diverted);

	if (changed) {
		struct isdn_event event = { .kind = ISDN_CONNECTED_LINE,
			                    .connected = &connected };
		isdn_emit(call, &event);
	}
	if (moved && !call->released) {
		struct isdn_event event = {
			.kind = ISDN_NOTIFY,
			.notification = PRI_NOTIFY_CALL_DIVERTING,
			.connected = &diverted,
		};
		isdn_emit(call, &event);
	}
}

/* The call of an event that is still our caller's to hear about. */
static struct isdn_call *heard(struct isdn_link *link, const q931_call *q)
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
	if (link->up)
		return;
	link->up = true;
	link->counts.ups++;
	isdn_emit_link(link, ISDN_LINK_UP, 0);
	if (!link->was_up)
		isdn_channels_up(link);
	link->was_up = true;
}

static void on_down(struct isdn_link *link, pri_event *ev, bool by_timer)
{
	(void)ev;
	(void)by_timer;
	if (!link->up)
		return;
	link->up = false;
	link->counts.downs++;
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

/* --- a call comes in --- */

static void refuse(struct isdn_link *link, q931_call *q, int callref,
                   enum q850_cause cause)
{
	isdn_order_refusal(link, (unsigned)callref,
	                   (struct cause){ cause, LOCATION_USER });
	(void)pri_hangup(link->pri, q, PRI_CAUSE_REQUESTED_CHAN_UNAVAIL);
}

static bool overloaded(struct isdn_link *link)
{
	struct instant now = instant_now();

	if (instant_since(now, link->second) >= SEC(1)) {
		link->second = now;
		link->setups = 0;
	}
	link->setups++;
	return link->ncalls >= link->conf.calls_most ||
	       (link->conf.setups_per_second != 0 &&
	        link->setups > link->conf.setups_per_second);
}

static void read_setup(struct isdn_setup *to, struct isdn_call *call,
                       const pri_event_ring *ring)
{
	const struct pri_subcommands *subs = ring->subcmds;
	bool overlap = call->link->conf.overlap_receive;

	memset(to, 0, sizeof(*to));
	isdn_party_from(&to->calling, &ring->calling);
	if (ring->callednum[0] != '\0')
		isdn_number_from(&to->called.number, ring->callednum,
		                 ring->calledplan, 0);
	for (int i = 0; subs != NULL && i < subs->counter_subcmd; i++)
		if (subs->subcmd[i].cmd == PRI_SUBCMD_REDIRECTING)
			isdn_redirection_from(&to->redirection,
			                      &subs->subcmd[i].u.redirecting);
	to->bearer = isdn_bearer_from(ring->ctype);
	to->law_known = isdn_layer1_from(ring->layer1, &to->law);
	to->progress = progress_of(call->link);
	to->complete = !overlap || ring->complete != 0;
	to->channel = call->channel;
	to->exclusive = !ring->flexible;
}

static void answer_setup(struct isdn_call *call, bool complete)
{
	struct pri *pri = call->link->pri;
	int channel = (int)(call->channel | call->span_bits);

	fsm_post(&call->fsm, GOT_SETUP, NULL);
	if (complete) {
		fsm_post(&call->fsm, SENT_PROCEEDING, NULL);
		(void)pri_proceeding(pri, call->q931, channel, 0);
	} else {
		fsm_post(&call->fsm, SENT_SETUP_ACK, NULL);
		(void)pri_setup_ack(pri, call->q931, channel, 0, 0);
	}
}

static void on_ring(struct isdn_link *link, pri_event *ev, bool by_timer)
{
	const pri_event_ring *ring = &ev->ring;
	enum q850_cause cause;
	struct isdn_setup setup;
	struct isdn_call *call;
	struct isdn_event event = { .kind = ISDN_SETUP, .setup = &setup };

	(void)by_timer;
	if (ring->channel != -1 && (ring->channel & 1 << 17) != 0) {
		/* Signalling without a channel: there is nobody to want it. */
		refuse(link, ring->call, ring->cref,
		       Q850_FACILITY_NOT_IMPLEMENTED);
		return;
	}
	link->counts.calls_in++;
	call = overloaded(link) ? NULL : isdn_call_new(link, true);
	if (call == NULL) {
		link->counts.refused_overload++;
		refuse(link, ring->call, ring->cref, Q850_SWITCH_CONGESTION);
		return;
	}
	call->q931 = ring->call;
	call->callref = (unsigned)ring->cref;
	call->exclusive = !ring->flexible;
	if (ring->channel != -1)
		call->span_bits = (unsigned)ring->channel & 0x1ff00;
	cause = isdn_channel_accept(call, ring->channel, ring->flexible);
	if (cause != Q850_NONE) {
		isdn_call_free(call);
		refuse(link, ring->call, ring->cref, cause);
		return;
	}
	isdn_order_forget(link, call->callref);
	read_setup(&setup, call, ring);
	event.complete = setup.complete;
	event.progress = setup.progress;
	answer_setup(call, setup.complete);
	isdn_emit(call, &event);
}

static void on_digits(struct isdn_link *link, pri_event *ev, bool by_timer)
{
	struct isdn_call *call = heard(link, ev->ring.call);
	struct number number;
	struct isdn_event event = { .kind = ISDN_KEYPAD };

	(void)by_timer;
	if (call == NULL)
		return;
	/* Only the new digits; also a Display alone comes this way. */
	isdn_number_from(&number, ev->ring.callednum, 0, 0);
	event.digits = number.digits;
	event.complete = ev->ring.complete != 0;
	if (call_state(call) == CALL_OVERLAP_RECEIVING) {
		event.kind = ISDN_DIGITS;
		if (number.digits[0] != '\0')
			fsm_post(&call->fsm, GOT_DIGITS, NULL);
		if (event.complete)
			fsm_post(&call->fsm, DIGITS_END, NULL);
	}
	if (number.digits[0] != '\0' || event.kind == ISDN_DIGITS)
		isdn_emit(call, &event);
}

static void on_keypad(struct isdn_link *link, pri_event *ev, bool by_timer)
{
	struct isdn_call *call = heard(link, ev->digit.call);
	struct number number;
	struct isdn_event event = { .kind = ISDN_KEYPAD };

	(void)by_timer;
	if (call == NULL)
		return;
	isdn_number_from(&number, ev->digit.digits, 0, 0);
	event.digits = number.digits;
	if (call_state(call) == CALL_OVERLAP_RECEIVING) {
		event.kind = ISDN_DIGITS;
		fsm_post(&call->fsm, GOT_DIGITS, NULL);
	}
	if (number.digits[0] != '\0')
		isdn_emit(call, &event);
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
	struct isdn_event event = { .kind = kind };
	struct party connected;

	event.progress = progress_of(call->link);
	event.cause = call->link->seen.cause;
	if (connected_in(subs, &connected))
		event.connected = &connected;
	if (!channel_fits(call, channel))
		return;
	fsm_post(&call->fsm, input, NULL);
	isdn_emit(call, &event);
}

static void on_setup_ack(struct isdn_link *link, pri_event *ev, bool by_timer)
{
	struct isdn_call *call = heard(link, ev->setup_ack.call);

	(void)by_timer;
	if (call != NULL)
		advance(call, GOT_SETUP_ACK, ISDN_SETUP_ACK,
		        ev->setup_ack.channel, ev->setup_ack.subcmds);
}

static void on_proceeding(struct isdn_link *link, pri_event *ev, bool by_timer)
{
	struct isdn_call *call = heard(link, ev->proceeding.call);

	(void)by_timer;
	if (call != NULL)
		advance(call, GOT_PROCEEDING, ISDN_PROCEEDING,
		        ev->proceeding.channel, ev->proceeding.subcmds);
}

static void on_progress(struct isdn_link *link, pri_event *ev, bool by_timer)
{
	struct isdn_call *call = heard(link, ev->proceeding.call);

	(void)by_timer;
	if (call != NULL)
		advance(call, GOT_PROGRESS, ISDN_PROGRESS,
		        ev->proceeding.channel, ev->proceeding.subcmds);
}

static void on_ringing(struct isdn_link *link, pri_event *ev, bool by_timer)
{
	struct isdn_call *call = heard(link, ev->ringing.call);

	(void)by_timer;
	if (call != NULL)
		advance(call, GOT_ALERTING, ISDN_ALERTING, ev->ringing.channel,
		        ev->ringing.subcmds);
}

static void on_answer(struct isdn_link *link, pri_event *ev, bool by_timer)
{
	struct isdn_call *call = heard(link, ev->answer.call);
	const struct pri_subcommands *subs = ev->answer.subcmds;
	struct isdn_event event = { .kind = ISDN_ANSWER };
	struct party connected;

	(void)by_timer;
	if (call == NULL || call->incoming)
		return;
	event.progress = progress_of(link);
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
	struct isdn_call *call = heard(link, ev->connect_ack.call);
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
	call = heard(link, ev->facility.call);
	if (call != NULL)
		tell_subcommands(call, ev->facility.subcmds);
}

static void on_notify(struct isdn_link *link, pri_event *ev, bool by_timer)
{
	struct isdn_call *call = heard(link, ev->notify.call);
	struct isdn_event event = { .kind = ISDN_NOTIFY };

	(void)by_timer;
	if (call == NULL || ev->notify.info < 0)
		return;
	event.notification = (unsigned)ev->notify.info & 0x7f;
	isdn_emit(call, &event);
}

/* The channel stays ours while the call is held: nobody else gets it, and
 * retrieving finds it again. */
static void on_hold(struct isdn_link *link, pri_event *ev, bool by_timer)
{
	struct isdn_call *call = heard(link, ev->hold.call);
	struct isdn_event event = { .kind = ISDN_HOLD };

	(void)by_timer;
	if (call == NULL)
		return;
	(void)pri_hold_ack(link->pri, call->q931);
	isdn_emit(call, &event);
}

static void on_retrieve(struct isdn_link *link, pri_event *ev, bool by_timer)
{
	struct isdn_call *call = heard(link, ev->retrieve.call);
	int channel = ev->retrieve.channel & 0xff;
	struct isdn_event event = { .kind = ISDN_RETRIEVE };

	(void)by_timer;
	if (call == NULL)
		return;
	call->exclusive = false;
	if (channel != 0xff && isdn_channel_answer(call, channel) < 0 &&
	    !ev->retrieve.flexible) {
		(void)pri_retrieve_rej(link->pri, call->q931,
		                       PRI_CAUSE_REQUESTED_CHAN_UNAVAIL);
		return;
	}
	(void)pri_retrieve_ack(link->pri, call->q931,
	                       (int)(call->channel | call->span_bits));
	isdn_emit(call, &event);
}

/* --- the end --- */

/* A user's call that lost its channel to the network's is tried again on
 * another before anybody hears of it (Q.931 5.7). */
static bool try_again(struct isdn_call *call)
{
	if (call_state(call) != CALL_INITIATED || !call->link->up ||
	    call->setup.channel != 0 || call->tries >= GLARE_TRIES)
		return false;
	call->tries++;
	isdn_channel_give_back(call);
	if (call->channel != 0)
		isdn_channel_stopped(call->link, call->channel);
	call->channel = 0;
	call->glared = false;
	return isdn_channel_take(call, 0) == 0 && isdn_call_start(call) == 0;
}

static void learn_release(struct isdn_call *call, struct cause cause,
                          bool by_timer)
{
	struct release *r = &call->release;
	struct isdn_link *link = call->link;
	bool audited = call->enquiries > 0;

	if (r->by != RELEASE_BY_NOBODY)
		return;
	*r = (struct release){ .by = isdn_call_far(call), .cause = cause };
	if (audited) {
		*r = (struct release){
			.by = RELEASE_BY_POLICY,
			.cause.value = Q850_WRONG_STATE,
			.detail = "audit: unknown to the far end",
		};
	}
	if (!by_timer)
		return;
	r->by = RELEASE_BY_TIMER;
	if (cause.value == Q850_NO_USER_RESPONDING) {
		link->counts.timeouts[ISDN_T303]++;
		(void)text_copy(r->detail, sizeof(r->detail), "T303");
	} else if (call_state(call) == CALL_ACTIVE) {
		link->counts.timeouts[ISDN_T309]++;
		(void)text_copy(r->detail, sizeof(r->detail), "T309");
	} else {
		r->by = RELEASE_BY_FAILURE;
		(void)text_copy(r->detail, sizeof(r->detail),
		                "the D channel was lost");
	}
}

/* RELEASE, RELEASE COMPLETE, a timer or the loss of the link: libpri keeps the
 * call until it is told to hang up, and says it again if it is not. */
static void on_hangup(struct isdn_link *link, pri_event *ev, bool by_timer)
{
	struct isdn_call *call = isdn_link_match(link, ev->hangup.call);
	q931_call *q = ev->hangup.call;
	int value = ev->hangup.cause;
	struct cause cause;

	if (by_timer)
		link->seen = (struct seen){ .call_state = -1 };
	cause = cause_of(link, value);
	if (call != NULL)
		call->q931 = NULL;
	else
		link->counts.strays++;
	(void)pri_hangup(link->pri, q, value > 0 ? value : -1);
	if (call == NULL)
		return;
	if (cause.value == Q850_CHANNEL_NOT_AVAILABLE && try_again(call))
		return;
	learn_release(call, cause, by_timer);
	isdn_call_finish(call);
}

static void on_hangup_ack(struct isdn_link *link, pri_event *ev, bool by_timer)
{
	struct isdn_call *call = isdn_link_match(link, ev->hangup.call);

	if (call == NULL) {
		link->counts.strays++;
		return;
	}
	call->q931 = NULL;
	if (by_timer)
		link->counts.timeouts[ISDN_T308]++;
	learn_release(call, cause_of(link, ev->hangup.cause), false);
	isdn_call_finish(call);
}

/* DISCONNECT. With tones in band the sound goes on until the handler has heard
 * enough; otherwise RELEASE at once. */
static void on_disconnect(struct isdn_link *link, pri_event *ev, bool by_timer)
{
	struct isdn_call *call = isdn_link_match(link, ev->hangup.call);
	struct isdn_event event = { .kind = ISDN_DISCONNECT };

	(void)by_timer;
	if (call == NULL) {
		(void)pri_hangup(link->pri, ev->hangup.call, ev->hangup.cause);
		link->counts.strays++;
		return;
	}
	call->disconnect_got = true;
	event.progress = progress_of(link);
	event.cause = cause_of(link, ev->hangup.cause);
	learn_release(call, event.cause, false);
	if ((event.progress & PROGRESS_IN_BAND) == 0 ||
	    call_state(call) == CALL_TONES_SENT) {
		isdn_call_clear(call, &call->release);
		return;
	}
	fsm_post(&call->fsm, GOT_TONES, NULL);
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
	{ PRI_EVENT_RING,          on_ring },
	{ PRI_EVENT_INFO_RECEIVED, on_digits },
	{ PRI_EVENT_KEYPAD_DIGIT,  on_keypad },
	{ PRI_EVENT_SETUP_ACK,     on_setup_ack },
	{ PRI_EVENT_PROCEEDING,    on_proceeding },
	{ PRI_EVENT_PROGRESS,      on_progress },
	{ PRI_EVENT_RINGING,       on_ringing },
	{ PRI_EVENT_ANSWER,        on_answer },
	{ PRI_EVENT_CONNECT_ACK,   on_connect_ack },
	{ PRI_EVENT_FACILITY,      on_facility },
	{ PRI_EVENT_NOTIFY,        on_notify },
	{ PRI_EVENT_HOLD,          on_hold },
	{ PRI_EVENT_RETRIEVE,      on_retrieve },
	{ PRI_EVENT_HANGUP_REQ,    on_disconnect },
	{ PRI_EVENT_HANGUP,        on_hangup },
	{ PRI_EVENT_HANGUP_ACK,    on_hangup_ack },
	/* SERVICE_ACK, HOLD_ACK, HOLD_REJ, RETRIEVE_ACK and RETRIEVE_REJ answer
	 * what we never ask for. */
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
