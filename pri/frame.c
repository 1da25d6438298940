/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Frames on both edges of libpri.
 *
 * Received: the cleaner (clean.c) makes a frame safe; then this file reads what
 * libpri hides (location of a cause, progress values it has no name for, the
 * state in a STATUS) and turns aside messages libpri would answer with a record
 * that nobody frees or would let spoil a living call. Which ones, and what
 * Q.931 5.8.3 wants instead, stands at admit_message().
 *
 * Sent: libpri cannot express a location, most progress indicators, a
 * notification above 2 on North American types, or STATUS ENQUIRY. A command
 * leaves an order for (call reference, message), and every sent frame that fits
 * is rewritten: elements of the order replace those of the same kind. Orders
 * stay after use, because layer 2 repeats frames and libpri repeats messages;
 * when the call is over they hold for repeated frames only. A new call with the
 * same reference forgets them, and so does age: they live in a ring large enough
 * for all calls. Rewriting is idempotent.
 *
 * Sent frames also tell which of libpri's timers expired: a second SETUP is
 * T303, a DISCONNECT that nobody asked for T313, and so on. A frame that layer 2
 * only repeats is known by its N(S).
 */
#include <string.h>

#include "pri/private.h"

struct message {
	struct bytes body;
	unsigned callref;
	unsigned callref_len;
	uint8_t type;
	uint8_t discriminator;
};

enum {
	CALLREF_DUMMY = 0x10000,
	DISCRIMINATOR_Q931 = 0x08,
	SHIFT_MASK = 0xf8,
	SHIFT_LOCKING = 0x90,
	SHIFT_ONCE = 0x98,
	NS_MODULUS = 128,
};

/* The message inside an I or UI frame; false: there is none. */
static bool take_message(struct bytes frame, struct message *out)
{
	struct message m = { .callref = CALLREF_DUMMY };
	uint8_t length, high, low;
	size_t header;

	if (frame.len < 3)
		return false;
	header = (frame.at[2] & 1) == 0 ? Q921_HEADER : 3;
	if (header == 3 && (frame.at[2] & 0xef) != 0x03)
		return false;
	if (!take_skip(&frame, header) || !take_u8(&frame, &m.discriminator) ||
	    !take_u8(&frame, &length))
		return false;
	m.callref_len = length & 0x0f;
	if (m.callref_len == 1 && take_u8(&frame, &low))
		m.callref = (low & 0x80u) << 8 | (low & 0x7fu);
	else if (m.callref_len == 2 && take_u8(&frame, &high) &&
	         take_u8(&frame, &low))
		m.callref = (unsigned)high << 8 | low;
	else if (m.callref_len != 0)
		return false;
	if (!take_u8(&frame, &m.type))
		return false;
	m.body = frame;
	*out = m;
	return true;
}

/* The next element whole, its identifier first. */
static bool take_element(struct bytes *in, struct bytes *out)
{
	struct bytes from = *in;
	size_t n = 1;

	if (from.len == 0)
		return false;
	if ((from.at[0] & 0x80) == 0) {
		if (from.len < 2)
			return false;
		n = 2u + from.at[1];
	}
	return take_bytes(in, n, out);
}

/* --- received --- */

static void see_element(struct seen *seen, struct bytes e)
{
	unsigned last;

	if (e.at[0] == ELEMENT_SENDING_COMPLETE) {
		seen->complete = true;
		return;
	}
	if (e.len < 3)
		return;
	switch (e.at[0]) {
	case ELEMENT_CAUSE: /* octet 3a is there when 3 is not the last */
		last = (e.at[2] & 0x80) != 0 ? 3 : 4;
		if (e.len <= last)
			return;
		seen->cause.location = (enum q850_location)(e.at[2] & 0x0f);
		seen->cause.value = (enum q850_cause)(e.at[last] & 0x7f);
		break;
	case ELEMENT_PROGRESS:
		if (e.len >= 4 && (e.at[3] & 0x7f) < 31)
			seen->progress |= 1u << (e.at[3] & 0x7f);
		break;
	case ELEMENT_CALL_STATE:
		seen->call_state = e.at[2] & 0x3f;
		break;
	default:
		break;
	}
}

static void see_message(struct seen *seen, const struct message *m)
{
	struct bytes left = m->body, element;

	*seen = (struct seen){
		.present = true,
		.callref = m->callref,
		.message = m->type,
		.call_state = -1,
	};
	while (take_element(&left, &element)) {
		if ((element.at[0] & SHIFT_MASK) == SHIFT_LOCKING)
			return; /* other codesets: nothing of ours there */
		if ((element.at[0] & SHIFT_MASK) == SHIFT_ONCE) {
			if (!take_element(&left, &element))
				return;
			continue;
		}
		see_element(seen, element);
	}
}

enum verdict {
	PASS,
	CUT,    /* layer 2 counts the frame, layer 3 sees nothing */
	ENQUIRE /* libpri answers with RELEASE COMPLETE 81 and keeps nothing */
};

static enum verdict admit_global(const struct message *m)
{
	return m->type == MSG_RESTART || m->type == MSG_RESTART_ACKNOWLEDGE
	               ? PASS
	               : CUT;
}

/*
 * Q.931 5.8.3.2: a message for a call reference we do not know is answered
 * with RELEASE COMPLETE 81, SETUP begins a call, RELEASE COMPLETE is ignored,
 * and so is a SETUP that says we chose the reference, or one for a call that
 * exists. libpri makes a record for each of them, and for NOTIFY, HOLD and
 * broken ones keeps it; a STATUS ENQUIRY is what it answers rightly.
 */
static enum verdict admit_message(struct isdn_link *link,
                                  const struct message *m,
                                  const struct seen *seen)
{
	bool known = isdn_link_find(link, m->callref) != NULL;

	if (m->discriminator != DISCRIMINATOR_Q931)
		return PASS; /* maintenance, or refused by libpri */
	if (m->callref == CALLREF_DUMMY)
		return m->type == MSG_SETUP ? CUT : PASS;
	if ((m->callref & 0x7fff) == 0)
		return admit_global(m);
	if (m->type == MSG_SETUP)
		return known || (m->callref & 0x8000) != 0 ? CUT : PASS;
	if (known)
		return PASS;
	if (m->type == MSG_RELEASE_COMPLETE)
		return CUT;
	if (m->type == MSG_STATUS && seen->call_state == 0)
		return CUT;
	return ENQUIRE;
}

static void note_control(struct isdn_frames *f, struct bytes frame)
{
	unsigned control = frame.at[2] & 0xefu;

	if (control == 0x63 || control == 0x6f) /* UA, SABME: numbers begin */
		f->ns = 0;
	if (control == 0x63)
		f->sabme_sent = false;
	if ((frame.at[2] & 3) == 1 && frame.len > 3 && (frame.at[3] & 1) != 0)
		f->polling = false;
}

/*
 * libpri calls a progress value it has no name for an error, and PROGRESS with
 * it one without its mandatory element. We have read the value; libpri gets #1.
 */
static void tame_progress(struct isdn_frames *f, struct bytes body)
{
	static const uint8_t known[] = { 1, 2, 3, 4, 8, 10 };
	struct bytes e;

	while (take_element(&body, &e)) {
		uint8_t *value = f->in + (e.at - f->in) + 3;

		if ((e.at[0] & SHIFT_MASK) == SHIFT_LOCKING)
			return;
		if ((e.at[0] & SHIFT_MASK) == SHIFT_ONCE) {
			if (!take_element(&body, &e))
				return;
			continue;
		}
		if (e.at[0] == ELEMENT_PROGRESS && e.len >= 4 &&
		    memchr(known, *value & 0x7f, sizeof(known)) == NULL)
			*value = 0x81;
	}
}

bool isdn_frame_admit(struct isdn_link *link, struct bytes frame)
{
	struct isdn_frames *f = &link->frames;
	struct message m;
	size_t n;

	link->seen = (struct seen){ .call_state = -1 };
	f->in_len = 0;
	if (frame.len > sizeof(f->in) - 2)
		return false;
	memcpy(f->in, frame.at, frame.len);
	n = isdn_frame_clean(f->in, frame.len);
	if (n == 0)
		return false;
	if (n != frame.len)
		link->counts.frames_cleaned++;
	note_control(f, (struct bytes){ f->in, n });
	if (take_message((struct bytes){ f->in, n }, &m)) {
		enum verdict verdict;

		see_message(&link->seen, &m);
		verdict = admit_message(link, &m, &link->seen);
		if (verdict != PASS)
			link->counts.strays++;
		tame_progress(f, m.body);
		if (verdict == CUT)
			n = (f->in[2] & 1) == 0 ? Q921_HEADER : 0;
		if (verdict == ENQUIRE) {
			f->in[m.body.at - f->in - 1] = MSG_STATUS_ENQUIRY;
			n -= m.body.len;
		}
	}
	f->in_len = (unsigned)n;
	return n > 0;
}

/* --- sent --- */

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
	while (take_element(&left, &e))
		if (e.at[0] == id)
			return true;
	return false;
}

/* What of the order comes before identifier `id` (0x80: all that is left). */
static void put_ordered(struct writer *w, struct bytes *insert, unsigned id)
{
	struct bytes e, next = *insert;

	while (take_element(&next, &e) && e.at[0] < id) {
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

	while (take_element(&body, &e)) {
		if ((e.at[0] & SHIFT_MASK) == SHIFT_LOCKING) {
			put_ordered(w, &insert, 0x80);
			put_bytes(w, e);
			put_bytes(w, body);
			return;
		}
		if ((e.at[0] & SHIFT_MASK) == SHIFT_ONCE) {
			put_bytes(w, e);
			if (take_element(&body, &e))
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

/* Applies one order to the frame in `to`; the length, unchanged if the result
 * would be too long for layer 2. */
static size_t apply(const struct order *order, uint8_t *to, size_t n)
{
	uint8_t space[FRAME_MOST];
	struct message m;
	struct writer w = WRITER(space);

	if (!take_message((struct bytes){ to, n }, &m))
		return n;
	put_bytes(&w, (struct bytes){ to, (size_t)(m.body.at - to) });
	if (order->rename != 0)
		w.at[w.len - 1] = order->rename;
	rewrite(&w, m.body, order);
	if (w.full || w.len > Q921_HEADER + FRAME_INFO_MOST)
		return n;
	memcpy(to, w.at, w.len);
	return w.len;
}

/* A frame that libpri sends by itself, or again, tells which timer expired. */
static void watch_message(struct isdn_link *link, const struct message *m)
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
				.cause.value = Q850_TIMER_EXPIRY,
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

static bool order_fits(const struct order *order, const struct message *m,
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
	struct message m;
	bool repeated = true;

	memcpy(to, frame.at, n);
	if (n < 3)
		return n;
	watch_control(link, frame);
	if (!take_message(frame, &m))
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
		n = apply(order, to, n);
		order->spent = order->spent || order->once;
	}
	if (n != frame.len || memcmp(to, frame.at, n) != 0)
		link->counts.frames_edited++;
	return n;
}
