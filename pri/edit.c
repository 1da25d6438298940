/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Frames on their way out of libpri.
 *
 * libpri cannot express a location, most progress indicators, a notification
 * above 2 on North American types, or STATUS ENQUIRY. A command leaves an order
 * for (call reference, message), and every sent frame that fits is rewritten:
 * elements of the order replace those of the same kind. Orders stay after use,
 * because layer 2 repeats frames and libpri repeats messages; when the call is
 * over they hold for repeated frames only. A new call with the same reference
 * forgets them, and so does age: they live in a ring large enough for all
 * calls. Rewriting is idempotent.
 *
 * Sent frames also tell which of libpri's timers expired: a second SETUP is
 * T303, a DISCONNECT that nobody asked for T313, and so on. A frame that layer
 * 2 only repeats is known by its N(S).
 */
#include <string.h>

#include "pri/element.h"
#include "pri/private.h"

enum { NS_MODULUS = 128 };

static struct order *new_order(struct isdn_link *link, unsigned callref,
                               uint8_t message)
{
	struct isdn_frames *f = &link->frames;
	struct order *order = NULL;

	for (unsigned i = 0; i < f->norders; i++)
		if (f->orders[i].message == message &&
		    f->orders[i].callref == (callref ^ 0x8000u))
			order = &f->orders[i];
	if (order == NULL) {
		order = &f->orders[f->next];
		f->next = (f->next + 1) % f->norders;
	}
	*order = (struct order){ .message = message,
		                 .callref = (uint16_t)(callref ^ 0x8000u) };
	return order;
}

static struct order *order_cause(struct isdn_link *link, unsigned callref,
                                 struct cause cause)
{
	struct order *order = new_order(link, callref, MSG_ANY_CAUSE);

	order->elements[0] = ELEMENT_CAUSE;
	order->elements[1] = 2;
	order->elements[2] = (uint8_t)(0x80 | (cause.location & 0x0f));
	order->elements[3] = (uint8_t)(0x80 | (cause.value & 0x7f));
	order->len = 4;
	return order;
}

void isdn_order_refusal(struct isdn_link *link, unsigned callref,
                        struct cause cause)
{
	order_cause(link, callref, cause)->once = true;
}

void isdn_order_cause(struct isdn_call *call, struct cause cause)
{
	(void)order_cause(call->link, call->callref, cause);
}

/* Location: a private network serving the local user, as libpri says. */
void isdn_order_progress(struct isdn_call *call, uint8_t message,
                         unsigned progress)
{
	struct order *order = new_order(call->link, call->callref, message);
	unsigned n = 0;

	order->drop = ELEMENT_PROGRESS;
	for (unsigned value = 1; value < 31; value++) {
		uint8_t *at = order->elements + order->len;

		if ((progress & 1u << value) == 0 || ++n > 4)
			continue;
		at[0] = ELEMENT_PROGRESS;
		at[1] = 2;
		at[2] = 0x80 | LOCATION_PRIVATE_LOCAL;
		at[3] = (uint8_t)(0x80 | value);
		order->len += 4;
	}
	if (n == 0)
		order->message = 0; /* what libpri does is right */
}

void isdn_order_element(struct isdn_call *call, uint8_t message, uint8_t rename,
                        struct bytes elements, uint8_t drop)
{
	struct order *order = new_order(call->link, call->callref, message);

	order->rename = rename;
	order->drop = drop;
	if (elements.len > sizeof(order->elements))
		return;
	if (elements.len > 0)
		memcpy(order->elements, elements.at, elements.len);
	order->len = (uint8_t)elements.len;
}

/* One element more for an order that is there, or a new one; elements of an
 * order ascend. */
void isdn_order_also(struct isdn_call *call, uint8_t message,
                     struct bytes element)
{
	struct isdn_frames *f = &call->link->frames;
	struct order *order = NULL;

	for (unsigned i = 0; i < f->norders; i++)
		if (f->orders[i].message == message &&
		    f->orders[i].callref == (call->callref ^ 0x8000u))
			order = &f->orders[i];
	if (order == NULL)
		order = new_order(call->link, call->callref, message);
	if (element.len == 0 || order->len + element.len > ORDER_OCTETS)
		return;
	if (order->len > 0 && order->elements[0] > element.at[0]) {
		memmove(order->elements + element.len, order->elements,
		        order->len);
		memcpy(order->elements, element.at, element.len);
	} else {
		memcpy(order->elements + order->len, element.at, element.len);
	}
	order->len += (uint8_t)element.len;
}

void isdn_order_forget(struct isdn_link *link, unsigned callref)
{
	for (unsigned i = 0; i < link->frames.norders; i++)
		if (link->frames.orders[i].callref == (callref ^ 0x8000u))
			link->frames.orders[i].message = 0;
}

void isdn_order_spend(struct isdn_link *link, unsigned callref)
{
	for (unsigned i = 0; i < link->frames.norders; i++)
		if (link->frames.orders[i].callref == (callref ^ 0x8000u))
			link->frames.orders[i].spent = true;
}

static bool order_has(const struct order *order, uint8_t id)
{
	struct bytes left = { order->elements, order->len }, e;

	if (order->drop == id)
		return true;
	while (element_take(&left, &e))
		if (e.at[0] == id)
			return true;
	return false;
}

/* What of the order comes before identifier `id` (0x80: all that is left). */
static void put_ordered(struct writer *w, struct bytes *insert, unsigned id)
{
	struct bytes e, next = *insert;

	while (element_take(&next, &e) && e.at[0] < id) {
		put_bytes(w, e);
		*insert = next;
	}
}

/* Codeset 0 ends at a locking shift; what a shift for one element covers is
 * not ours to touch (Q.931 4.5.2 to 4.5.4). */
static void rewrite(struct writer *w, struct bytes body,
                    const struct order *order)
{
	struct bytes insert = { order->elements, order->len }, e;

	while (element_take(&body, &e)) {
		if ((e.at[0] & SHIFT_MASK) == SHIFT_LOCKING) {
			put_ordered(w, &insert, 0x80);
			put_bytes(w, e);
			put_bytes(w, body);
			return;
		}
		if ((e.at[0] & SHIFT_MASK) == SHIFT_ONCE) {
			put_bytes(w, e);
			if (element_take(&body, &e))
				put_bytes(w, e);
			continue;
		}
		if ((e.at[0] & 0x80) == 0)
			put_ordered(w, &insert, e.at[0]);
		if (!order_has(order, e.at[0]))
			put_bytes(w, e);
	}
	put_ordered(w, &insert, 0x80);
}

static bool has_cause(uint8_t message)
{
	return message == MSG_DISCONNECT || message == MSG_RELEASE ||
	       message == MSG_RELEASE_COMPLETE;
}

/* Writes the message with the order applied; false: too long for layer 2. */
static bool apply_to(struct writer *w, const struct order *order,
                     struct bytes frame)
{
	struct isdn_message m;

	if (!isdn_take_message(frame, &m))
		return false;
	put_bytes(w,
	          (struct bytes){ frame.at, (size_t)(m.body.at - frame.at) });
	if (order->rename != 0)
		w->at[w->len - 1] = order->rename;
	rewrite(w, m.body, order);
	return !w->full && w->len <= Q921_HEADER + FRAME_INFO_MOST;
}

/* Leaves user-user information, the last element an order can have, to itself:
 * it is what a message can do without. False: there is none. */
static bool without_uui(struct order *order)
{
	struct bytes left = { order->elements, order->len }, e;

	while (element_take(&left, &e)) {
		if (e.at[0] != ELEMENT_USER_USER)
			continue;
		order->len = (uint8_t)(e.at - order->elements);
		return true;
	}
	return false;
}

/* Applies one order to the frame in `to`; the length, unchanged if the result
 * would be too long for layer 2. */
static size_t apply(struct isdn_link *link, struct order *order, uint8_t *to,
                    size_t n)
{
	uint8_t space[FRAME_MOST];
	struct writer w = WRITER(space);
	bool fits = apply_to(&w, order, (struct bytes){ to, n });

	if (!fits && without_uui(order)) {
		link->counts.uui_dropped++;
		w = WRITER(space);
		fits = apply_to(&w, order, (struct bytes){ to, n });
	}
	if (!fits)
		return n;
	memcpy(to, w.at, w.len);
	return w.len;
}

/* A frame that libpri sends by itself, or again, tells which timer expired. */
static void watch_message(struct isdn_link *link, const struct isdn_message *m)
{
	struct isdn_call *call = isdn_link_find(link, m->callref ^ 0x8000u);
	uint64_t *timeouts = link->counts.timeouts;

	if (call == NULL || m->discriminator != DISCRIMINATOR_Q931)
		return;
	if (m->type == MSG_SETUP) {
		if (call->setup_again)
			timeouts[ISDN_T303]++;
		call->setup_again = true;
	} else if (m->type == MSG_DISCONNECT) {
		if (call_state(call) == CALL_CONNECT_REQUEST) {
			/* Q.931 5.2.8: cleared with cause 102. */
			timeouts[ISDN_T313]++;
			call->release = (struct release){
				.by = RELEASE_BY_TIMER,
				.cause = { Q850_TIMER_EXPIRY,
				           LOCATION_PRIVATE_LOCAL },
				.detail = "T313",
			};
			isdn_order_cause(call, call->release.cause);
			fsm_post(&call->fsm, CLEAR, NULL);
		}
		call->clearing_sent = MSG_DISCONNECT;
	} else if (m->type == MSG_RELEASE) {
		if (call_state(call) == CALL_TONES_SENT)
			fsm_post(&call->fsm, CLEAR, NULL); /* T305 */
		if (call->clearing_sent == MSG_RELEASE)
			timeouts[ISDN_T308]++;
		else if (call->clearing_sent == MSG_DISCONNECT &&
		         !call->disconnect_got)
			timeouts[ISDN_T305]++;
		call->clearing_sent = MSG_RELEASE;
	}
}

static void watch_control(struct isdn_link *link, struct bytes frame)
{
	struct isdn_frames *f = &link->frames;
	uint8_t control = frame.at[2] & 0xef;

	if (control == 0x6f) {
		if (f->sabme_sent)
			link->counts.timeouts[ISDN_T200]++;
		f->sabme_sent = true;
		f->ns = 0;
	} else if (control == 0x63) {
		f->ns = 0;
	} else if (frame.at[2] == 0x01 && frame.len > 3 &&
	           (frame.at[3] & 1) != 0 &&
	           ((frame.at[0] & 2) != 0) ==
	                   (link->conf.side == ISDN_NETWORK)) {
		/* RR as a command with P: nobody spoke, or did not answer. */
		link->counts.timeouts[f->polling ? ISDN_T200 : ISDN_T203]++;
		f->polling = true;
	}
}

static bool order_fits(const struct order *order, const struct isdn_message *m,
                       bool repeated)
{
	if (order->message == 0 || order->callref != m->callref ||
	    (order->spent && !repeated))
		return false;
	return order->message == m->type ||
	       (order->message == MSG_ANY_CAUSE && has_cause(m->type));
}

size_t isdn_frame_edit(struct isdn_link *link, struct bytes frame, uint8_t *to,
                       size_t size)
{
	struct isdn_frames *f = &link->frames;
	size_t n = MIN_OF(frame.len, size);
	struct isdn_message m;
	bool repeated = true;

	memcpy(to, frame.at, n);
	if (n < 3)
		return n;
	watch_control(link, frame);
	if (!isdn_take_message(frame, &m))
		return n;
	if ((frame.at[2] & 1) == 0 && frame.at[2] >> 1 == f->ns) {
		f->ns = (f->ns + 1) % NS_MODULUS;
		repeated = false;
		watch_message(link, &m);
	}
	for (unsigned i = 0; i < f->norders; i++) {
		struct order *order = &f->orders[i];

		if (!order_fits(order, &m, repeated))
			continue;
		n = apply(link, order, to, n);
		order->spent = order->spent || order->once;
	}
	if (n != frame.len || memcmp(to, frame.at, n) != 0)
		link->counts.frames_edited++;
	return n;
}
