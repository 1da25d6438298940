/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * What an information element says, in words an operator can read to the
 * exchange's staff: names are those of Q.931 4.5 and Q.850. A row for each
 * element names it and the function that explains its contents; elements
 * without one are shown in hex. A reader that runs out of octets says so and
 * stops: what it told until then is true.
 *
 * Digits pass log_digits(), so what privacy hides in the log is hidden here,
 * too, and the hex of a number, or of what users tell each other, is not shown
 * then.
 */
#include "pri/element.h"

#include <string.h>

#include "kernel/log.h"
#include "kernel/phone.h"

/* clang-format off */
static const struct name_row number_types[] = {
	{ 0, "unknown" }, { 1, "international" }, { 2, "national" },
	{ 3, "network specific" }, { 4, "subscriber" }, { 6, "abbreviated" },
};

static const struct name_row number_plans[] = {
	{ 0, "unknown" }, { 1, "isdn" }, { 3, "data" }, { 4, "telex" },
	{ 8, "national" }, { 9, "private" },
};

static const struct name_row presentations[] = {
	{ 0, "allowed" }, { 1, "restricted" }, { 2, "unavailable" },
};

static const struct name_row screenings[] = {
	{ 0, "user provided, not screened" },
	{ 1, "user provided, verified and passed" },
	{ 2, "user provided, verified and failed" },
	{ 3, "network provided" },
};

static const struct name_row capabilities[] = {
	{ 0x00, "speech" }, { 0x08, "unrestricted digital" },
	{ 0x09, "restricted digital" }, { 0x10, "3.1 kHz audio" },
	{ 0x11, "unrestricted digital with tones" }, { 0x18, "video" },
};

static const struct name_row rates[] = {
	{ 0x00, "packet" }, { 0x10, "64 kbit/s" }, { 0x11, "2x64 kbit/s" },
	{ 0x13, "384 kbit/s" }, { 0x15, "1536 kbit/s" },
	{ 0x17, "1920 kbit/s" }, { 0x18, "multirate" },
};

static const struct name_row layer1s[] = {
	{ 0x01, "V.110" }, { 0x02, "mu-law" }, { 0x03, "A-law" },
	{ 0x04, "G.721" }, { 0x05, "H.221" }, { 0x06, "H.223" },
	{ 0x08, "V.120" }, { 0x09, "X.31" },
};

static const struct name_row progresses[] = {
	{ 1, "call is not end-to-end ISDN" },
	{ 2, "destination is not ISDN" },
	{ 3, "origination is not ISDN" },
	{ 4, "call has returned to the ISDN" },
	{ 5, "interworking has occurred" },
	{ 8, "in-band information available" },
	{ 10, "delay in response at destination" },
};

static const struct name_row notifications[] = {
	{ 0x00, "user suspended" }, { 0x01, "user resumed" },
	{ 0x02, "bearer service change" }, { 0x42, "conference established" },
	{ 0x43, "conference disconnected" }, { 0x60, "call is waiting" },
	{ 0x68, "diversion activated" }, { 0x69, "call transfer, alerting" },
	{ 0x6a, "call transfer, active" }, { 0x79, "remote hold" },
	{ 0x7a, "remote retrieval" }, { 0x7b, "call is diverting" },
};

static const struct name_row restarts[] = {
	{ 0, "indicated channels" }, { 6, "single interface" },
	{ 7, "all interfaces" },
};

static const struct name_row states[] = {
	{ 0, "null" }, { 1, "call initiated" }, { 2, "overlap sending" },
	{ 3, "outgoing call proceeding" }, { 4, "call delivered" },
	{ 6, "call present" }, { 7, "call received" }, { 8, "connect request" },
	{ 9, "incoming call proceeding" }, { 10, "active" },
	{ 11, "disconnect request" }, { 12, "disconnect indication" },
	{ 15, "suspend request" }, { 17, "resume request" },
	{ 19, "release request" }, { 22, "call abort" },
	{ 25, "overlap receiving" }, { 61, "restart request" },
	{ 62, "restart" },
};

static const struct name_row redirections[] = {
	{ 0, "unknown" }, { 1, "busy" }, { 2, "no reply" }, { 4, "deflection" },
	{ 9, "out of order" }, { 10, "forwarded by the called equipment" },
	{ 15, "unconditional" },
};
/* clang-format on */

#define NAME(rows, value) find_name((rows), ARRAY_LEN(rows), (value))

static const char *find_name(const struct name_row *rows, size_t n,
                             unsigned value)
{
	for (size_t i = 0; i < n; i++)
		if (rows[i].value == value)
			return rows[i].name;
	return "reserved";
}

bool element_take(struct bytes *in, struct bytes *out)
{
	size_t n = 1;

	if (in->len == 0)
		return false;
	if ((in->at[0] & 0x80) == 0) {
		if (in->len < 2)
			return false;
		n = 2u + in->at[1];
	}
	return take_bytes(in, n, out);
}

void element_hex(struct text *t, struct bytes b)
{
	for (size_t i = 0; i < b.len; i++)
		text_add(t, " %02x", b.at[i]);
}

/* --- what the contents mean --- */

static void explain_bearer(struct text *t, struct bytes in)
{
	uint8_t octet;

	if (!take_u8(&in, &octet))
		return;
	text_add(t, ", %s", NAME(capabilities, octet & 0x1fu));
	if (!take_u8(&in, &octet))
		return;
	text_add(t, ", %s", NAME(rates, octet & 0x1fu));
	if ((octet & 0x1f) == 0x18 && !take_u8(&in, &octet))
		return;
	if (take_u8(&in, &octet) && (octet & 0x60) == 0x20)
		text_add(t, ", %s", NAME(layer1s, octet & 0x1fu));
}

static void explain_cause(struct text *t, struct bytes in)
{
	uint8_t first, value, skipped;

	if (!take_u8(&in, &first))
		return;
	if ((first & 0x80) == 0 && !take_u8(&in, &skipped))
		return;
	if (!take_u8(&in, &value))
		return;
	value &= 0x7f;
	text_add(t, ", cause %u (%s), location %s", value,
	         q850_cause_name(value), q850_location_name(first & 0x0fu));
	if (in.len > 0) {
		text_add(t, ", diagnostic");
		element_hex(t, in);
	}
}

static void explain_state(struct text *t, struct bytes in)
{
	uint8_t octet;

	if (take_u8(&in, &octet))
		text_add(t, ", %u (%s)", octet & 0x3fu,
		         NAME(states, octet & 0x3fu));
}

static void explain_slotmap(struct text *t, struct bytes in)
{
	unsigned top = (unsigned)in.len * 8;
	uint8_t octet;

	text_add(t, ", channels");
	for (unsigned at = 0; take_u8(&in, &octet); at += 8)
		for (unsigned bit = 0; bit < 8; bit++)
			if ((octet & 0x80u >> bit) != 0)
				text_add(t, " %u",
				         top - at - bit - (top > 24 ? 1 : 0));
}

static void explain_channels(struct text *t, struct bytes in)
{
	uint8_t octet;

	if (!take_u8(&in, &octet))
		return;
	if ((octet & 0x10) != 0) {
		explain_slotmap(t, in);
		return;
	}
	text_add(t, ", channel");
	while (take_u8(&in, &octet)) {
		text_add(t, " %u", octet & 0x7fu);
		if ((octet & 0x80) != 0)
			return;
	}
}

static void explain_channel(struct text *t, struct bytes in)
{
	static const char *const what[] = { "no channel", NULL, "reserved",
		                            "any channel" };
	uint8_t first, interface;

	if (!take_u8(&in, &first))
		return;
	text_add(t, ", %s", (first & 0x08) != 0 ? "exclusive" : "preferred");
	if ((first & 0x04) != 0)
		text_add(t, ", D channel");
	if ((first & 0x40) != 0) {
		if (!take_u8(&in, &interface))
			return;
		text_add(t, ", interface %u", interface & 0x7fu);
	}
	if ((first & 0x20) == 0 && (first & 3) != 0 && (first & 3) != 3)
		text_add(t, ", B%u", first & 3u);
	else if ((first & 3) == 1)
		explain_channels(t, in);
	else
		text_add(t, ", %s", what[first & 3]);
}

static void explain_progress(struct text *t, struct bytes in)
{
	uint8_t location, value;

	if (take_u8(&in, &location) && take_u8(&in, &value))
		text_add(t, ", #%u (%s), location %s", value & 0x7fu,
		         NAME(progresses, value & 0x7fu),
		         q850_location_name(location & 0x0fu));
}

static void explain_notification(struct text *t, struct bytes in)
{
	uint8_t octet;

	if (take_u8(&in, &octet))
		text_add(t, ", 0x%02x (%s)", octet & 0x7fu,
		         NAME(notifications, octet & 0x7fu));
}

static void explain_restart(struct text *t, struct bytes in)
{
	uint8_t octet;

	if (take_u8(&in, &octet))
		text_add(t, ", %s", NAME(restarts, octet & 7u));
}

static void add_digits(struct text *t, struct bytes in)
{
	char digits[64], shown[64];
	size_t n = MIN_OF(in.len, sizeof(digits) - 1);

	for (size_t i = 0; i < n; i++)
		digits[i] = in.at[i] > 0x20 && in.at[i] < 0x7f ? (char)in.at[i]
		                                               : '?';
	digits[n] = '\0';
	text_add(t, ", '%s'", log_digits(shown, sizeof(shown), digits));
}

/* Octets 3, 3a and 3b of a number end with the one that has bit 8. */
static void explain_number(struct text *t, struct bytes in)
{
	uint8_t octet;

	if (!take_u8(&in, &octet))
		return;
	text_add(t, ", type %s, plan %s", NAME(number_types, octet >> 4 & 7u),
	         NAME(number_plans, octet & 15u));
	if ((octet & 0x80) == 0 && take_u8(&in, &octet)) {
		text_add(t, ", presentation %s, %s",
		         NAME(presentations, octet >> 5 & 3u),
		         NAME(screenings, octet & 3u));
		if ((octet & 0x80) == 0 && take_u8(&in, &octet))
			text_add(t, ", reason %s",
			         NAME(redirections, octet & 15u));
	}
	add_digits(t, in);
}

static void explain_keypad(struct text *t, struct bytes in)
{
	add_digits(t, in);
}

static void explain_text(struct text *t, struct bytes in)
{
	char shown[256];

	if (in.len > 1 && in.at[0] == 0xb1) /* a character set leads */
		in = (struct bytes){ in.at + 1, in.len - 1 };
	text_quote(shown, sizeof(shown), in);
	text_add(t, ", %s", shown);
}

static void explain_date(struct text *t, struct bytes in)
{
	if (in.len < 3)
		return;
	text_add(t, ", 20%02u-%02u-%02u", in.at[0] % 100u, in.at[1] % 100u,
	         in.at[2] % 100u);
	if (in.len >= 5)
		text_add(t, " %02u:%02u", in.at[3] % 100u, in.at[4] % 100u);
	if (in.len >= 6)
		text_add(t, ":%02u", in.at[5] % 100u);
}

static void explain_user(struct text *t, struct bytes in)
{
	uint8_t protocol;

	if (take_u8(&in, &protocol))
		text_add(t, ", protocol %u", protocol);
}

/* clang-format off */
static const struct {
	uint8_t id;
	bool digits; /* its hex would tell what privacy hides */
	const char *name;
	void (*explain)(struct text *t, struct bytes contents);
} elements[] = {
	{ 0x00, false, "Segmented Message",       NULL },
	{ 0x01, false, "Change Status",           NULL },
	{ 0x04, false, "Bearer Capability",       explain_bearer },
	{ 0x08, false, "Cause",                   explain_cause },
	{ 0x10, false, "Call Identity",           NULL },
	{ 0x14, false, "Call State",              explain_state },
	{ 0x18, false, "Channel ID",              explain_channel },
	{ 0x1c, false, "Facility",                NULL },
	{ 0x1e, false, "Progress Indicator",      explain_progress },
	{ 0x20, false, "Network Specific Facilities", NULL },
	{ 0x27, false, "Notification Indicator",  explain_notification },
	{ 0x28, false, "Display",                 explain_text },
	{ 0x29, false, "Date/Time",               explain_date },
	{ 0x2c, true,  "Keypad Facility",         explain_keypad },
	{ 0x34, false, "Signal",                  NULL },
	{ 0x37, true,  "Generic Digits",          NULL },
	{ 0x40, false, "Information Rate",        NULL },
	{ 0x42, false, "End-to-end Transit Delay", NULL },
	{ 0x43, false, "Transit Delay Selection", NULL },
	{ 0x4a, false, "Reverse Charging",        NULL },
	{ 0x4c, true,  "Connected Number",        explain_number },
	{ 0x4d, true,  "Connected Subaddress",    NULL },
	{ 0x6c, true,  "Calling Number",          explain_number },
	{ 0x6d, true,  "Calling Subaddress",      NULL },
	{ 0x70, true,  "Called Number",           explain_number },
	{ 0x71, true,  "Called Subaddress",       NULL },
	{ 0x74, true,  "Redirecting Number",      explain_number },
	{ 0x76, true,  "Redirection Number",      explain_number },
	{ 0x78, false, "Transit Network Selection", NULL },
	{ 0x79, false, "Restart Indicator",       explain_restart },
	{ 0x7c, false, "Low Layer Compatibility", NULL },
	{ 0x7d, false, "High Layer Compatibility", NULL },
	{ 0x7e, true,  "User-user",               explain_user },
	{ 0xa0, false, "More Data",               NULL },
	{ 0xa1, false, "Sending Complete",        NULL },
};
/* clang-format on */

void element_tell(struct text *t, struct bytes element)
{
	struct bytes contents = element;
	size_t at = ARRAY_LEN(elements);
	bool hidden;

	for (size_t i = 0; i < ARRAY_LEN(elements); i++)
		if (elements[i].id == element.at[0])
			at = i;
	if (at == ARRAY_LEN(elements)) {
		text_add(t, "element 0x%02x:", element.at[0]);
		element_hex(t, element);
		return;
	}
	hidden = elements[at].digits && log_privacy() > 0;
	text_add(t, "%s:", elements[at].name);
	if (hidden)
		text_add(t, " (%zu octets)", element.len);
	else
		element_hex(t, element);
	if (element.len == 1 && (element.at[0] & 0x80) != 0)
		return;
	if (elements[at].explain != NULL && take_skip(&contents, 2))
		elements[at].explain(t, contents);
}
