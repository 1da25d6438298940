/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * A call ends, from libpri's side.
 *
 * HANGUP_REQ is a DISCONNECT: answered with RELEASE, at once or, when there are
 * tones in band, when the handler has heard enough. HANGUP is the end with a
 * record that libpri keeps until it is told to hang up; it says it again if it
 * is not told. HANGUP_ACK is the end with a record already freed. In both the
 * pointer leaves our call before anything else happens: addresses are reused.
 *
 * Who ended it is known here and nowhere else: an event that a timer of
 * libpri's caused is T303, T308 or T309, or the loss of the D channel.
 */
#include <string.h>

#include "kernel/text.h"
#include "pri/private.h"

static struct cause cause_of(const struct isdn_link *link, int libpri_cause)
{
	if (link->seen.present && link->seen.cause.value != Q850_NONE)
		return link->seen.cause;
	return (struct cause){ .value = libpri_cause > 0
		                                ? (enum q850_cause)libpri_cause
		                                : Q850_NORMAL_CLEARING };
}

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
	/* The answer to our STATUS ENQUIRY, not a release beside it. */
	bool audited = call->enquiries > 0 && link->seen.present &&
	               (link->seen.message == MSG_STATUS ||
	                cause.value == Q850_INVALID_CALL_REFERENCE);

	if (link->seen.uui.len > 0)
		call->last_uui = link->seen.uui;
	if (r->by != RELEASE_BY_NOBODY)
		return;
	*r = (struct release){ .by = isdn_call_far(call), .cause = cause };
	if (audited) {
		*r = (struct release){
			.by = RELEASE_BY_FAILURE,
			.cause = { Q850_WRONG_STATE, LOCATION_PRIVATE_LOCAL },
			.detail = "audit: unknown to the far end",
		};
	}
	if (!by_timer)
		return;
	r->by = RELEASE_BY_TIMER;
	r->cause.location = LOCATION_PRIVATE_LOCAL;
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
void isdn_on_hangup(struct isdn_link *link, pri_event *ev, bool by_timer)
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

void isdn_on_hangup_ack(struct isdn_link *link, pri_event *ev, bool by_timer)
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
void isdn_on_disconnect(struct isdn_link *link, pri_event *ev, bool by_timer)
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
	event.progress = link->seen.progress;
	event.cause = cause_of(link, ev->hangup.cause);
	learn_release(call, event.cause, false);
	event.uui = isdn_uui_of(&call->last_uui);
	if ((event.progress & PROGRESS_IN_BAND) == 0 ||
	    call_state(call) == CALL_TONES_SENT) {
		isdn_call_clear(call, &call->release);
		return;
	}
	fsm_post(&call->fsm, GOT_TONES, NULL);
	isdn_emit(call, &event);
}
