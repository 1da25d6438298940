/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Frames on their way to libpri.
 *
 * The cleaner (clean.c) has made the frame safe; here we read what libpri hides
 * (location of a cause, progress values it has no name for, the state in a
 * STATUS) and turn aside messages libpri would answer with a record that nobody
 * frees or would let spoil a living call. Which ones, and what Q.931 5.8.3
 * wants instead, stands at admit_message().
 */
#include <string.h>

#include "pri/element.h"
#include "pri/private.h"

bool isdn_take_message(struct bytes frame, struct isdn_message *out)
{
	struct isdn_message m = { .callref = CALLREF_DUMMY };
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
	m.type &= 0x7f; /* bit 8 is reserved (4.4), and libpri does not look */
	m.body = frame;
	*out = m;
	return true;
}

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
	case ELEMENT_USER_USER:
		if (seen->user_user.at == NULL)
			seen->user_user =
				(struct bytes){ e.at + 2, e.len - 2u };
		break;
	default:
		break;
	}
}

static void see_message(struct seen *seen, const struct isdn_message *m)
{
	struct bytes left = m->body, element;

	*seen = (struct seen){
		.present = true,
		.callref = m->callref,
		.message = m->type,
		.call_state = -1,
	};
	while (element_take(&left, &element)) {
		if ((element.at[0] & SHIFT_MASK) == SHIFT_LOCKING)
			return; /* other codesets: nothing of ours there */
		if ((element.at[0] & SHIFT_MASK) == SHIFT_ONCE) {
			if (!element_take(&left, &element))
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

static enum verdict admit_global(const struct isdn_message *m)
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
                                  const struct isdn_message *m,
                                  const struct seen *seen)
{
	bool known = isdn_link_find(link, m->callref) != NULL;

	/* Q.931 5.8.1: another protocol is ignored. Maintenance messages of the
	 * T1 types use the global call reference alone. */
	if (m->discriminator != DISCRIMINATOR_Q931)
		return link->variant->service && m->callref == 0 ? PASS : CUT;
	if (m->callref == CALLREF_DUMMY)
		return m->type == MSG_SETUP ? CUT : PASS;
	if ((m->callref & 0x7fff) == 0)
		return admit_global(m);
	if (m->type == MSG_SETUP)
		return known || (m->callref & 0x8000) != 0 ? CUT : PASS;
	if (m->type == MSG_RESTART || m->type == MSG_RESTART_ACKNOWLEDGE)
		return CUT; /* libpri would let it end this very call */
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
 * it one without its mandatory element: it gets #1, we have read the value. And
 * it insists on answering with a cause 96 it was sent; in a SETUP that takes
 * the refusal from us and leaves the record behind. Cause has no place there.
 */
static void tame_element(struct bytes e, uint8_t *at, uint8_t message)
{
	static const uint8_t known[] = { 1, 2, 3, 4, 8, 10 };

	if (e.at[0] == ELEMENT_PROGRESS && e.len >= 4 &&
	    memchr(known, at[3] & 0x7f, sizeof(known)) == NULL)
		at[3] = 0x81;
	if (e.at[0] == ELEMENT_CAUSE && message == MSG_SETUP && e.len >= 4)
		at[(at[2] & 0x80) != 0 || e.len == 4 ? 3 : 4] =
			0x80 | Q850_NORMAL_UNSPECIFIED;
}

static void tame(struct isdn_frames *f, const struct isdn_message *m)
{
	struct bytes body = m->body, e;

	while (element_take(&body, &e)) {
		if ((e.at[0] & SHIFT_MASK) == SHIFT_LOCKING)
			return;
		if ((e.at[0] & SHIFT_MASK) == SHIFT_ONCE) {
			if (!element_take(&body, &e))
				return;
			continue;
		}
		tame_element(e, f->in + (e.at - f->in), m->type);
	}
}

bool isdn_frame_admit(struct isdn_link *link, struct bytes frame)
{
	struct isdn_frames *f = &link->frames;
	struct isdn_message m;
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
	if (isdn_take_message((struct bytes){ f->in, n }, &m)) {
		enum verdict verdict;

		see_message(&link->seen, &m);
		isdn_doubt_hear(link, &m);
		isdn_uui_take(link);
		verdict = admit_message(link, &m, &link->seen);
		if (verdict != PASS)
			link->counts.strays++;
		tame(f, &m);
		if (verdict == CUT)
			n = (f->in[2] & 1) == 0 ? Q921_HEADER : 0;
		if (verdict == ENQUIRE) {
			f->in[m.body.at - f->in - 1] = MSG_STATUS_ENQUIRY;
			n -= m.body.len;
		}
		if (verdict == PASS)
			n -= isdn_uui_hide(f->in, n, m.body);
	}
	f->in_len = (unsigned)n;
	return n > 0;
}
