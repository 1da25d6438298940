/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Our own reader of Q.921 and Q.931: what a frame is, and a line for each of
 * its elements (element.c). It takes received bytes as they are, before the
 * cleaner, so it trusts nothing: everything goes through cursors, what does not
 * fit says so, and the rest of the frame is shown in hex.
 *
 * Both national ways to other codesets are understood: the locking shift, which
 * holds to the end, and the shift for one element. Elements outside codeset 0
 * are shown with their codeset, in hex.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "pri/element.h"
#include "pri/q931.h"

/* clang-format off */
static const struct name_row messages[] = {
	{ 0x01, "ALERTING" },
	{ 0x02, "CALL PROCEEDING" },
	{ 0x03, "PROGRESS" },
	{ 0x05, "SETUP" },
	{ 0x07, "CONNECT" },
	{ 0x0d, "SETUP ACKNOWLEDGE" },
	{ 0x0f, "CONNECT ACKNOWLEDGE" },
	{ 0x20, "USER INFORMATION" },
	{ 0x21, "SUSPEND REJECT" },
	{ 0x22, "RESUME REJECT" },
	{ 0x24, "HOLD" },
	{ 0x25, "SUSPEND" },
	{ 0x26, "RESUME" },
	{ 0x28, "HOLD ACKNOWLEDGE" },
	{ 0x2d, "SUSPEND ACKNOWLEDGE" },
	{ 0x2e, "RESUME ACKNOWLEDGE" },
	{ 0x30, "HOLD REJECT" },
	{ 0x31, "RETRIEVE" },
	{ 0x33, "RETRIEVE ACKNOWLEDGE" },
	{ 0x37, "RETRIEVE REJECT" },
	{ 0x45, "DISCONNECT" },
	{ 0x46, "RESTART" },
	{ 0x4d, "RELEASE" },
	{ 0x4e, "RESTART ACKNOWLEDGE" },
	{ 0x5a, "RELEASE COMPLETE" },
	{ 0x60, "SEGMENT" },
	{ 0x62, "FACILITY" },
	{ 0x64, "REGISTER" },
	{ 0x6e, "NOTIFY" },
	{ 0x75, "STATUS ENQUIRY" },
	{ 0x79, "CONGESTION CONTROL" },
	{ 0x7b, "INFORMATION" },
	{ 0x7d, "STATUS" },
};

/* Protocol discriminators 3 and 0x43: maintenance, of the T1 switches. */
static const struct name_row maintenance[] = {
	{ 0x07, "SERVICE ACKNOWLEDGE" },
	{ 0x0f, "SERVICE" },
};

/* Q.921 3.6: control octets without P/F. */
static const struct name_row unnumbered[] = {
	{ 0x03, "UI" },   { 0x0f, "DM" }, { 0x43, "DISC" }, { 0x63, "UA" },
	{ 0x6f, "SABME" }, { 0x87, "FRMR" }, { 0xaf, "XID" },
};

static const struct name_row supervisory[] = {
	{ 0x01, "RR" }, { 0x05, "RNR" }, { 0x09, "REJ" },
};
/* clang-format on */

enum kind { KIND_I, KIND_S, KIND_U };

struct frame {
	const char *name; /* of the frame, or of the message inside */
	enum kind kind;
	unsigned sapi, tei, response, poll, ns, nr;
	bool message; /* there is one */
	unsigned discriminator, callref;
	size_t callref_len;
	uint8_t type;
	struct bytes body; /* elements */
};

static const char *find_name(const struct name_row *rows, size_t n,
                             uint8_t value)
{
	for (size_t i = 0; i < n; i++)
		if (rows[i].value == value)
			return rows[i].name;
	return NULL;
}

static const char *message_name(unsigned discriminator, uint8_t type)
{
	const char *name = NULL;

	if (discriminator == 0x08)
		name = find_name(messages, ARRAY_LEN(messages), type & 0x7f);
	else if (discriminator == 0x03 || discriminator == 0x43)
		name = find_name(maintenance, ARRAY_LEN(maintenance),
		                 type & 0x7f);
	return name != NULL ? name : "unknown message";
}

/* The header of layer 3; false when there is none or it is broken. */
static bool read_message(struct bytes in, struct frame *f)
{
	uint8_t discriminator, length, octet;
	unsigned value = 0;

	if (!take_u8(&in, &discriminator) || !take_u8(&in, &length))
		return false;
	length &= 0x0f;
	if (length > 2)
		return false;
	for (uint8_t i = 0; i < length; i++) {
		if (!take_u8(&in, &octet))
			return false;
		value = value << 8 | octet;
	}
	if (length == 1) /* one octet: its flag is bit 8 */
		value = (value & 0x80) << 8 | (value & 0x7f);
	if (!take_u8(&in, &f->type))
		return false;
	f->message = true;
	f->discriminator = discriminator;
	f->callref = value;
	f->callref_len = length;
	f->body = in;
	f->name = message_name(discriminator, f->type);
	return true;
}

static bool read_unnumbered(struct bytes in, uint8_t control, struct frame *f)
{
	f->kind = KIND_U;
	f->poll = control >> 4 & 1;
	f->name = find_name(unnumbered, ARRAY_LEN(unnumbered), control & 0xef);
	if (f->name == NULL)
		f->name = "unknown frame";
	if ((control & 0xef) == 0x03 && f->sapi == 0)
		return read_message(in, f);
	return true;
}

static bool read_frame(struct bytes in, struct frame *f)
{
	uint8_t first, second, control, next;

	memset(f, 0, sizeof(*f));
	f->name = "malformed";
	if (!take_u8(&in, &first) || !take_u8(&in, &second) ||
	    (first & 1) != 0 || (second & 1) == 0 || !take_u8(&in, &control))
		return false;
	f->sapi = first >> 2;
	f->response = first >> 1 & 1;
	f->tei = second >> 1;
	if ((control & 3) == 3)
		return read_unnumbered(in, control, f);
	if (!take_u8(&in, &next))
		return false;
	f->nr = next >> 1;
	f->poll = next & 1;
	if ((control & 1) != 0) {
		f->kind = KIND_S;
		f->name =
			find_name(supervisory, ARRAY_LEN(supervisory), control);
		if (f->name == NULL)
			f->name = "unknown frame";
		return true;
	}
	f->kind = KIND_I;
	f->ns = control >> 1;
	if (in.len == 0) {
		f->name = "I";
		return true;
	}
	if (f->sapi != 0 || read_message(in, f))
		return true;
	f->name = "malformed";
	return false;
}

const char *isdn_decode_name(struct bytes frame, int *callref)
{
	struct frame f;

	(void)read_frame(frame, &f);
	*callref = f.message && f.callref_len > 0 ? (int)f.callref : -1;
	return f.name;
}

/* --- telling --- */

struct teller {
	void (*line)(void *self, const char *text);
	void *self;
};

static void tell(struct teller *to, const char *format, ...) ATTR_PRINTF(2, 3);

static void tell(struct teller *to, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	to->line(to->self, text);
}

static void tell_hex(struct teller *to, const char *what, struct bytes b)
{
	char text[512];
	struct text t = TEXT(text);

	text_add(&t, "%s:", what);
	element_hex(&t, b);
	to->line(to->self, text);
}

/* Whether C/R says command depends on who sent it (Q.921 3.3.2): the octet
 * alone cannot tell, so it is shown as it is. */
static void tell_layer2(struct teller *to, const struct frame *f, bool sent)
{
	char text[160];
	struct text t = TEXT(text);

	text_add(&t, "  Q.921 %s sapi=%u tei=%u c/r=%u p/f=%u",
	         sent ? "sent" : "received", f->sapi, f->tei, f->response,
	         f->poll);
	if (f->kind == KIND_I)
		text_add(&t, " n(s)=%u", f->ns);
	if (f->kind != KIND_U)
		text_add(&t, " n(r)=%u", f->nr);
	to->line(to->self, text);
}

static void tell_element(struct teller *to, unsigned codeset, struct bytes e)
{
	char text[512];
	struct text t = TEXT(text);

	text_add(&t, "  ");
	if (codeset == 0) {
		element_tell(&t, e);
	} else {
		text_add(&t, "codeset %u element 0x%02x:", codeset, e.at[0]);
		element_hex(&t, e);
	}
	to->line(to->self, text);
}

static void tell_elements(struct teller *to, struct bytes left)
{
	unsigned codeset = 0, once = 0;
	struct bytes e;

	while (element_take(&left, &e)) {
		unsigned active = once != 0 ? once : codeset;

		if ((e.at[0] & 0xf0) == 0x90) {
			once = (e.at[0] & 8) != 0 ? e.at[0] & 7u : 0;
			if ((e.at[0] & 8) == 0)
				codeset = e.at[0] & 7;
			tell(to, "  Shift to codeset %u%s", e.at[0] & 7u,
			     (e.at[0] & 8) != 0 ? ", one element" : "");
			continue;
		}
		tell_element(to, active, e);
		once = 0;
	}
	if (left.len > 0)
		tell_hex(to, "  runs past the end of the frame", left);
}

void isdn_decode(struct bytes frame, bool sent,
                 void (*line)(void *self, const char *text), void *self)
{
	struct teller to = { line, self };
	struct frame f;

	if (!read_frame(frame, &f)) {
		tell(&to, "malformed, %zu octets", frame.len);
		tell_hex(&to, "  octets", frame);
		return;
	}
	if (!f.message)
		tell(&to, "%s", f.name);
	else if (f.callref_len == 0)
		tell(&to, "%s pd=%u callref=none", f.name, f.discriminator);
	else
		tell(&to, "%s pd=%u callref=0x%04x", f.name, f.discriminator,
		     f.callref);
	tell_layer2(&to, &f, sent);
	if (f.message)
		tell_elements(&to, f.body);
}
