/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Our commands into libpri, and the beginning and end of a call.
 *
 * Whether a message may be sent is asked of the call's machine (guard.c), which
 * then follows it; what libpri cannot put into the message is ordered from the
 * frame editor before libpri is called, because it sends at once.
 *
 * Clearing. libpri chooses the message by the cause: some go out as RELEASE or
 * RELEASE COMPLETE where Q.931 5.3.2 wants that only before any other message
 * was sent, and some of these free the call without an event. So it is always
 * told 16, which is a DISCONNECT, and the editor writes the cause. The one
 * exception is 6 for a channel we cannot accept, which is a RELEASE (5.3.2 c).
 *
 * Tones after DISCONNECT: libpri will not send RELEASE behind its own
 * DISCONNECT before T305. It does so at once when both ends clear at the same
 * moment, and that is what it is made to believe: a DISCONNECT for the call is
 * given to it in an unnumbered frame, which layer 2 does not count.
 *
 * A call ends in three steps: libpri drops it (the pointer goes), the handler
 * is told (ISDN_RELEASED), and on the loop's next turn its memory goes back to
 * the pool, so that the pointer is good inside the handler.
 */
#include <errno.h>
#include <string.h>

#include "kernel/text.h"
#include "pri/private.h"

enum { CALL_DIGITS = 31 };

/* --- life --- */

enum release_by isdn_call_far(const struct isdn_call *call)
{
	return call->incoming ? RELEASE_BY_NEAR : RELEASE_BY_FAR;
}

void isdn_call_free(struct isdn_call *call)
{
	struct isdn_link *link = call->link;

	timer_stop(&call->guard);
	timer_stop(&call->enquiry);
	deferred_cancel(&call->later);
	if (!call->released)
		link->ncalls--;
	list_remove(&call->list);
	pool_put(link->pool, call);
}

void isdn_call_finish(struct isdn_call *call)
{
	struct isdn_link *link = call->link;
	struct isdn_event event = {
		.kind = ISDN_RELEASED,
		.channel = call->channel,
		.cause = call->release.cause,
		.uui = isdn_uui_of(&call->last_uui),
		.release = &call->release,
	};

	if (call->released)
		return;
	call->q931 = NULL;
	call->ended = true;
	call->released = true;
	timer_stop(&call->guard);
	timer_stop(&call->enquiry);
	link->ncalls--;
	list_remove(&call->list);
	list_append(&link->dead, &call->list);
	isdn_channel_give_back(call);
	isdn_order_spend(link, call->callref);
	loop_defer(link->loop, &call->later);
	isdn_emit(call, &event);
}

/*
 * The network side is active with its CONNECT; the acknowledgement a user may
 * send is not waited for (Q.931 5.1.8).
 */
static void tell_connected(struct isdn_call *call)
{
	struct isdn_event event = { .kind = ISDN_CONNECTED };

	if (call_state(call) != CALL_CONNECT_REQUEST)
		return;
	fsm_post(&call->fsm, GOT_CONNECT_ACK, NULL);
	isdn_emit(call, &event);
}

/* What was put off to the next turn of the loop. */
static void run_later(void *self)
{
	struct isdn_call *call = self;

	if (call->released)
		isdn_call_free(call);
	else if (call->ended)
		isdn_call_finish(call);
	else
		tell_connected(call);
}

struct isdn_call *isdn_call_new(struct isdn_link *link, bool incoming)
{
	struct isdn_call *call = pool_take(link->pool);

	if (call == NULL)
		return NULL;
	call->link = link;
	call->incoming = incoming;
	call->since = instant_now();
	list_append(&link->calls, &call->list);
	link->ncalls++;
	isdn_guard_init(call);
	deferred_init(&call->later, run_later, call);
	return call;
}

static void set_release(struct isdn_call *call, const struct release *why)
{
	if (call->release.by != RELEASE_BY_NOBODY)
		return;
	call->release = *why;
	if (call->release.cause.value == Q850_NONE)
		call->release.cause.value = Q850_NORMAL_CLEARING;
}

void isdn_call_drop(struct isdn_call *call, enum release_by by,
                    enum q850_cause cause, const char *detail)
{
	struct release why = { .by = by, .cause.value = cause };
	q931_call *q = call->q931;

	if (call->ended)
		return;
	(void)text_copy(why.detail, sizeof(why.detail), detail);
	set_release(call, &why);
	call->q931 = NULL;
	call->ended = true;
	timer_stop(&call->guard);
	if (q != NULL)
		pri_destroycall(call->link->pri, q);
	isdn_channel_give_back(call);
	loop_defer(call->link->loop, &call->later);
	isdn_link_rearm(call->link);
}

/* --- placing --- */

static void fill_request(struct isdn_call *call, struct pri_sr *sr)
{
	const struct isdn_setup *s = &call->setup;
	const struct isdn_link *link = call->link;
	const struct number *to = &s->called.number;
	char digits[CALL_DIGITS + 1];
	bool complete = s->complete || !link->conf.overlap_send;

	(void)pri_sr_set_channel(sr, (int)call->channel, call->exclusive, 0);
	(void)pri_sr_set_bearer(
		sr, isdn_bearer_to(s->bearer),
		isdn_layer1_to(s->law_known ? s->law : link->conf.law));
	/* libpri cuts silently at 31; the whole number goes by the editor. */
	memcpy(digits, to->digits, CALL_DIGITS);
	digits[CALL_DIGITS] = '\0';
	(void)pri_sr_set_called(sr, digits, (int)to->type << 4 | (int)to->plan,
	                        complete && link->variant->complete);
	if (s->calling.number.present) {
		struct pri_party_id caller;

		isdn_party_to(&caller, &s->calling);
		pri_sr_set_caller_party(sr, &caller);
	}
	if (s->redirection.from.number.present) {
		struct pri_party_redirecting redirecting;

		isdn_redirection_to(&redirecting, &s->redirection,
		                    isdn_link_facility(link));
		pri_sr_set_redirecting_parties(sr, &redirecting);
	}
}

static void order_setup(struct isdn_call *call)
{
	const struct number *to = &call->setup.called.number;
	uint8_t element[3 + NUMBER_DIGITS];
	size_t n = strlen(to->digits);

	isdn_order_progress(call, MSG_SETUP, call->setup.progress);
	if (n > CALL_DIGITS) {
		element[0] = ELEMENT_CALLED;
		element[1] = (uint8_t)(1 + n);
		element[2] = (uint8_t)(0x80 | to->type << 4 | to->plan);
		memcpy(element + 3, to->digits, n);
		isdn_order_also(call, MSG_SETUP,
		                (struct bytes){ element, 3 + n });
	}
	isdn_uui_setup(call);
}

int isdn_call_start(struct isdn_call *call)
{
	struct isdn_link *link = call->link;
	struct pri_sr *sr = pri_sr_new();
	int rc = -ENOMEM, mode = 0;

	call->q931 = sr != NULL ? pri_new_call(link->pri) : NULL;
	if (call->q931 != NULL) {
		int crv = pri_get_crv(link->pri, call->q931, &mode);

		call->callref = 0x8000u | (unsigned)crv << 3 | (unsigned)mode;
		call->setup_again = false;
		isdn_order_forget(link, call->callref);
		order_setup(call);
		fill_request(call, sr);
		fsm_post(&call->fsm, SENT_SETUP, NULL);
		rc = pri_setup(link->pri, call->q931, sr) < 0 ? -EPROTO : 0;
	}
	if (rc < 0 && call->q931 != NULL) {
		pri_destroycall(link->pri, call->q931);
		call->q931 = NULL;
	}
	if (sr != NULL)
		pri_sr_free(sr);
	isdn_link_rearm(link);
	return rc;
}

int isdn_call_place(struct isdn_call **out, struct isdn_link *link,
                    const struct isdn_setup *setup, void *owner)
{
	struct isdn_call *call;
	int rc;

	if (!isdn_link_is_up(link))
		return -ENETDOWN;
	if (link->ncalls >= link->conf.calls_most)
		return -EBUSY;
	call = isdn_call_new(link, false);
	if (call == NULL)
		return -ENOMEM;
	call->owner = owner;
	call->setup = *setup;
	call->exclusive = setup->exclusive || link->conf.exclusive;
	rc = isdn_channel_take(call, setup->channel);
	if (rc == 0)
		rc = isdn_call_start(call);
	if (rc < 0) {
		isdn_channel_give_back(call);
		isdn_channel_stopped(link, call->channel);
		isdn_call_free(call);
		return rc;
	}
	link->counts.calls_out++;
	*out = call;
	return 0;
}

void isdn_call_own(struct isdn_call *call, void *owner)
{
	call->owner = owner;
}

unsigned isdn_call_channel(const struct isdn_call *call)
{
	return call->channel;
}

unsigned isdn_call_reference(const struct isdn_call *call)
{
	return call->callref != 0 ? call->callref ^ 0x8000u : 0;
}

/* --- answering --- */

static int channel_word(const struct isdn_call *call)
{
	return (int)(call->channel | call->span_bits);
}

static int sent(struct isdn_call *call, int libpri_rc)
{
	isdn_link_rearm(call->link);
	return libpri_rc < 0 ? -EPROTO : 0;
}

int isdn_call_proceeding(struct isdn_call *call, unsigned progress)
{
	if (!call_may(call, SENT_PROCEEDING))
		return -EPROTO;
	isdn_order_progress(call, MSG_CALL_PROCEEDING, progress);
	fsm_post(&call->fsm, SENT_PROCEEDING, NULL);
	return sent(call, pri_proceeding(call->link->pri, call->q931,
	                                 channel_word(call), 0));
}

int isdn_call_alerting(struct isdn_call *call, unsigned progress)
{
	if (!call_may(call, SENT_ALERTING))
		return -EPROTO;
	isdn_order_progress(call, MSG_ALERTING, progress);
	isdn_uui_order(call, MSG_ALERTING);
	fsm_post(&call->fsm, SENT_ALERTING, NULL);
	return sent(call, pri_acknowledge(call->link->pri, call->q931,
	                                  channel_word(call), 0));
}

int isdn_call_progress(struct isdn_call *call, unsigned progress,
                       struct cause cause)
{
	struct pri *pri = call->link->pri;
	uint8_t element[] = { ELEMENT_CAUSE, 2,
		              (uint8_t)(0x80 | (cause.location & 0x0f)),
		              (uint8_t)(0x80 | (cause.value & 0x7f)) };
	int rc;

	if (!call_may(call, SENT_PROGRESS) || progress == 0)
		return -EPROTO; /* Q.931 3.1.8: the indicator is mandatory */
	isdn_order_progress(call, MSG_PROGRESS, progress);
	fsm_post(&call->fsm, SENT_PROGRESS, NULL);
	if (cause.value == Q850_NONE)
		return sent(call, pri_progress(pri, call->q931,
		                               channel_word(call), 1));
	isdn_order_also(call, MSG_PROGRESS, BYTES(element));
	rc = pri_progress_with_cause(pri, call->q931, channel_word(call), 1,
	                             (int)cause.value);
	return sent(call, rc);
}

static void give_connected(struct isdn_call *call,
                           const struct party *connected)
{
	struct pri_party_connected_line line;

	isdn_party_to(&line.id, connected);
	(void)pri_connected_line_update(call->link->pri, call->q931, &line);
}

int isdn_call_answer(struct isdn_call *call, const struct party *connected,
                     unsigned progress)
{
	struct isdn_link *link = call->link;
	int rc;

	if (!call_may(call, SENT_CONNECT))
		return -EPROTO;
	if (connected != NULL)
		give_connected(call, connected);
	isdn_order_progress(call, MSG_CONNECT, progress);
	isdn_uui_order(call, MSG_CONNECT);
	fsm_post(&call->fsm, SENT_CONNECT, NULL);
	rc = pri_answer(link->pri, call->q931, channel_word(call), 0);
	if (link->conf.side == ISDN_NETWORK ||
	    link->conf.switch_type == SWITCH_QSIG)
		loop_defer(link->loop, &call->later);
	return sent(call, rc);
}

int isdn_call_digits(struct isdn_call *call, const char *digits)
{
	size_t n = strlen(digits);
	int rc = 0;

	if (!call_may(call, SENT_DIGITS))
		return -EPROTO;
	if (n > NUMBER_DIGITS)
		return -ENOSPC;
	if (n > 0)
		fsm_post(&call->fsm, SENT_DIGITS, NULL);
	for (size_t i = 0; i < n && rc >= 0; i++)
		rc = pri_information(call->link->pri, call->q931, digits[i]);
	return sent(call, rc);
}

/* --- in the call --- */

/* libpri takes only 0 to 2 on most types: 0 is given, the editor writes. */
int isdn_call_notify(struct isdn_call *call, unsigned notification)
{
	uint8_t element[] = { ELEMENT_NOTIFICATION, 1,
		              (uint8_t)(0x80 | (notification & 0x7f)) };

	if (!call_may(call, SENT_NOTIFY))
		return -EPROTO;
	isdn_order_element(call, MSG_NOTIFY, MSG_NOTIFY, BYTES(element), 0);
	fsm_post(&call->fsm, SENT_NOTIFY, NULL);
	return sent(call, pri_notify(call->link->pri, call->q931, 0, 0));
}

int isdn_call_connected_line(struct isdn_call *call,
                             const struct party *connected)
{
	if (!call_may(call, SENT_NOTIFY))
		return -EPROTO;
	give_connected(call, connected);
	return sent(call, 0);
}

void isdn_call_audit(struct isdn_call *call)
{
	if (call->q931 == NULL || call_state(call) == CALL_CLEARING ||
	    timer_running(&call->enquiry) || !isdn_link_is_up(call->link))
		return;
	call->enquiries++;
	isdn_order_element(call, MSG_NOTIFY, MSG_STATUS_ENQUIRY,
	                   (struct bytes){ NULL, 0 }, ELEMENT_NOTIFICATION);
	(void)pri_notify(call->link->pri, call->q931, 0, 0);
	timer_start(&call->enquiry, SEC(4)); /* T322 */
	isdn_link_rearm(call->link);
}

/* --- clearing --- */

int isdn_call_disconnect_in_band(struct isdn_call *call, struct cause cause)
{
	if (!call_may(call, SENT_TONES))
		return -EPROTO;
	isdn_order_cause(call, cause);
	isdn_order_progress(call, MSG_DISCONNECT, PROGRESS_IN_BAND);
	isdn_uui_order(call, MSG_DISCONNECT);
	fsm_post(&call->fsm, SENT_TONES, NULL);
	return sent(call, pri_hangup(call->link->pri, call->q931,
	                             PRI_CAUSE_NORMAL_CLEARING));
}

/* What libpri would have got had the far end cleared in the same moment. */
static void release_after_tones(struct isdn_call *call)
{
	uint8_t frame[] = {
		call->link->conf.side == ISDN_USER ? 0x02 : 0x00,
		0x01,
		0x03, /* UI */
		0x08,
		2,
		(uint8_t)(call->callref >> 8),
		(uint8_t)call->callref,
		MSG_DISCONNECT,
		ELEMENT_CAUSE,
		2,
		0x80,
		0x80 | Q850_NORMAL_CLEARING,
	};

	isdn_link_inject(call->link, BYTES(frame));
}

void isdn_call_clear(struct isdn_call *call, const struct release *why)
{
	struct pri *pri = call->link->pri;
	enum call_state state = call_state(call);
	int value = PRI_CAUSE_NORMAL_CLEARING;

	if (call->ended || call->q931 == NULL || state == CALL_CLEARING)
		return;
	set_release(call, why);
	if (state != CALL_TONES_SENT)
		isdn_order_cause(call, call->release.cause);
	isdn_uui_order(call,
	               call->disconnect_got ? MSG_RELEASE : MSG_DISCONNECT);
	if (!call->incoming && state < CALL_PRESENT &&
	    call->release.cause.value == Q850_CHANNEL_UNACCEPTABLE)
		value = PRI_CAUSE_CHANNEL_UNACCEPTABLE;
	fsm_post(&call->fsm, CLEAR, NULL);
	if (state == CALL_TONES_SENT)
		release_after_tones(call);
	else
		(void)pri_hangup(pri, call->q931, value);
	isdn_link_rearm(call->link);
}

void isdn_call_clear_as(struct isdn_call *call, enum release_by by,
                        enum q850_cause cause, const char *detail)
{
	struct release why = { .by = by,
		               .cause = { cause, LOCATION_PRIVATE_LOCAL } };

	(void)text_copy(why.detail, sizeof(why.detail), detail);
	isdn_call_clear(call, &why);
}
