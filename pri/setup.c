/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * A call comes in.
 *
 * SETUP is answered in the same turn, with CALL PROCEEDING or SETUP
 * ACKNOWLEDGE: before that libpri does not count the call as alive, sends
 * nothing when it is refused with most causes, and tells nobody when the caller
 * gives up. So the handler may take its time and refuse with any cause.
 *
 * What is refused here, before that answer, costs as little as possible: cause
 * 44 makes libpri send RELEASE COMPLETE and forget the call at once (Q.931
 * 5.3.2 a), and the frame editor writes the cause that was meant. So an
 * overload (42) leaves nothing behind.
 */
#include <string.h>

#include "pri/private.h"

static void refuse(struct isdn_link *link, q931_call *q, int callref,
                   enum q850_cause cause)
{
	isdn_order_refusal(link, (unsigned)callref,
	                   (struct cause){ cause, LOCATION_PRIVATE_LOCAL });
	(void)pri_hangup(link->pri, q, PRI_CAUSE_REQUESTED_CHAN_UNAVAIL);
}

static bool over_rate(struct isdn_link *link)
{
	struct instant now = instant_now();

	if (instant_since(now, link->second) >= SEC(1)) {
		link->second = now;
		link->setups = 0;
	}
	link->setups++;
	return link->conf.setups_per_second != 0 &&
	       link->setups > link->conf.setups_per_second;
}

/*
 * The limits of the link, and what is above has to say. Only there is known
 * what an emergency call is; it passes both limits. A number that still grows
 * may become one: that much passes the rate, which guards against a storm, but
 * not the number of calls.
 */
static bool is_admitted(struct isdn_link *link, struct isdn_setup *setup)
{
	bool full = link->ncalls >= link->conf.calls_most;
	bool fast = over_rate(link);
	enum isdn_admission answer = ISDN_ADMIT;

	if (link->handler->admit != NULL)
		answer = link->handler->admit(link->self, setup, full || fast);
	setup->admitted = answer == ISDN_ADMIT;
	switch (answer) {
	case ISDN_REFUSE:
		return false;
	case ISDN_PERHAPS:
		return !full;
	case ISDN_ADMIT:
		return !full && !fast;
	case ISDN_EMERGENCY:
		break;
	}
	return true;
}

static void read_setup(struct isdn_setup *to, const struct isdn_link *link,
                       const pri_event_ring *ring)
{
	const struct pri_subcommands *subs = ring->subcmds;
	bool overlap = link->conf.overlap_receive;

	memset(to, 0, sizeof(*to));
	isdn_party_from(&to->calling, &ring->calling);
	if (ring->callednum[0] != '\0')
		isdn_number_from(&to->called.number, ring->callednum,
		                 ring->calledplan, 0);
	else if (ring->keypad_digits[0] != '\0')
		isdn_number_from(&to->called.number, ring->keypad_digits, 0, 0);
	for (int i = 0; subs != NULL && i < subs->counter_subcmd; i++)
		if (subs->subcmd[i].cmd == PRI_SUBCMD_REDIRECTING)
			isdn_redirection_from(&to->redirection,
			                      &subs->subcmd[i].u.redirecting);
	to->bearer = isdn_bearer_from(ring->ctype);
	to->law_known = isdn_layer1_from(ring->layer1, &to->law);
	to->uui = link->seen.uui;
	to->progress = link->seen.progress;
	to->complete = !overlap || ring->complete != 0;
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

void isdn_on_ring(struct isdn_link *link, pri_event *ev, bool by_timer)
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
	read_setup(&setup, link, ring);
	call = is_admitted(link, &setup) ? isdn_call_new(link, true) : NULL;
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
	setup.channel = call->channel;
	event.complete = setup.complete;
	event.progress = setup.progress;
	answer_setup(call, setup.complete);
	isdn_emit(call, &event);
}

void isdn_on_digits(struct isdn_link *link, pri_event *ev, bool by_timer)
{
	struct isdn_call *call = isdn_heard(link, ev->ring.call);
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

void isdn_on_keypad(struct isdn_link *link, pri_event *ev, bool by_timer)
{
	struct isdn_call *call = isdn_heard(link, ev->digit.call);
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
