/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Numbers, names and diversions between libpri and phone.h.
 *
 * Numbers keep type, plan, presentation and screening as they are on the wire;
 * nothing is guessed here, that is the dial plan's. A number that libpri calls
 * valid was there, an empty one too: "unavailable" is information.
 *
 * Names are UTF-8 with us and ISO 8859-1 in a Display element and in most
 * Facility ones. What does not exist there becomes '?', and what is no
 * printable character on the way in becomes a blank: a name ends in SIP headers
 * and on terminals.
 */
#include <stdio.h>
#include <string.h>

#include "kernel/text.h"
#include "kernel/utf8.h"
#include "pri/private.h"

/* One UTF-8 character; *at moves behind it. Broken ones are single octets. */
static unsigned take_character(const char **at)
{
	const unsigned char *s = (const unsigned char *)*at;
	unsigned v = s[0];

	if ((v & 0xe0) == 0xc0 && (s[1] & 0xc0) == 0x80) {
		v = (v & 0x1f) << 6 | (s[1] & 0x3f);
		*at += 2;
		return v;
	}
	*at += 1;
	if (v < 0x80)
		return v;
	while (((unsigned char)**at & 0xc0) == 0x80)
		*at += 1;
	return '?';
}

static void name_to(char *to, size_t size, const char *utf8)
{
	size_t n = 0;

	while (*utf8 != '\0' && n + 1 < size) {
		unsigned v = take_character(&utf8);

		to[n++] = (char)(v < 0x100 ? v : '?');
	}
	to[n] = '\0';
}

static void name_from(char *to, size_t size, const char *latin1)
{
	size_t n = 0;

	for (; *latin1 != '\0' && n + 2 < size; latin1++) {
		unsigned v = (unsigned char)*latin1;

		if (v < 0x20 || (v >= 0x7f && v < 0xa0))
			v = ' ';
		if (v < 0x80) {
			to[n++] = (char)v;
		} else {
			to[n++] = (char)(0xc0 | v >> 6);
			to[n++] = (char)(0x80 | (v & 0x3f));
		}
	}
	while (n > 0 && to[n - 1] == ' ')
		n--;
	to[n] = '\0';
}

static void number_to(struct pri_party_number *to, const struct number *from)
{
	if (!from->present)
		return;
	to->valid = 1;
	to->plan = (int)from->type << 4 | (int)from->plan;
	to->presentation = (int)from->presentation << 5 | (int)from->screening;
	(void)text_copy(to->str, sizeof(to->str), from->digits);
}

void isdn_party_to(struct pri_party_id *to, const struct party *from)
{
	memset(to, 0, sizeof(*to));
	number_to(&to->number, &from->number);
	if (from->name[0] == '\0')
		return;
	to->name.valid = 1;
	to->name.char_set = PRI_CHAR_SET_ISO8859_1;
	to->name.presentation = (int)from->number.presentation << 5;
	name_to(to->name.str, sizeof(to->name.str), from->name);
}

/* Only what a number may hold; an exchange that sends anything else must not
 * reach a SIP URI with it. */
static void digits_from(char *to, size_t size, const char *from)
{
	size_t n = 0;

	for (; *from != '\0' && n + 1 < size; from++)
		if (strchr("0123456789*#ABCDabcd", *from) != NULL)
			to[n++] = *from;
	to[n] = '\0';
}

void isdn_number_from(struct number *to, const char *digits, int plan,
                      int presentation)
{
	*to = (struct number){
		.present = true,
		.type = (enum number_type)(plan >> 4 & 7),
		.plan = (enum number_plan)(plan & 15),
		.presentation = (enum presentation)(presentation >> 5 & 3),
		.screening = (enum screening)(presentation & 3),
	};
	if (to->presentation > PRESENTATION_UNAVAILABLE)
		to->presentation = PRESENTATION_UNAVAILABLE;
	digits_from(to->digits, sizeof(to->digits), digits);
}

void isdn_party_from(struct party *to, const struct pri_party_id *from)
{
	memset(to, 0, sizeof(*to));
	if (from->number.valid)
		isdn_number_from(&to->number, from->number.str,
		                 from->number.plan, from->number.presentation);
	if (!from->name.valid)
		return;
	if (from->name.char_set == PRI_CHAR_SET_ISO10646_UTF_8STRING)
		(void)utf8_clean(to->name, sizeof(to->name), from->name.str);
	else
		name_from(to->name, sizeof(to->name), from->name.str);
}

/* Q.952 writes call deflection 4 in the Redirecting Number element; libpri
 * says 3, and translates that only into Facility. */
void isdn_redirection_to(struct pri_party_redirecting *to,
                         const struct redirection *from, bool facility)
{
	memset(to, 0, sizeof(*to));
	isdn_party_to(&to->from, &from->from);
	to->count = from->count > 0 ? (int)from->count : 1;
	to->reason = (int)from->reason;
	if (facility && from->reason == REDIRECT_DEFLECTION)
		to->reason = PRI_REDIR_DEFLECTION;
}

void isdn_redirection_from(struct redirection *to,
                           const struct pri_party_redirecting *from)
{
	memset(to, 0, sizeof(*to));
	isdn_party_from(&to->from, &from->from);
	to->count = from->count > 0 ? (unsigned)from->count : 0;
	switch (from->reason) {
	case PRI_REDIR_FORWARD_ON_BUSY:
		to->reason = REDIRECT_BUSY;
		break;
	case PRI_REDIR_FORWARD_ON_NO_REPLY:
		to->reason = REDIRECT_NO_REPLY;
		break;
	case PRI_REDIR_DEFLECTION:
	case REDIRECT_DEFLECTION:
		to->reason = REDIRECT_DEFLECTION;
		break;
	case PRI_REDIR_UNCONDITIONAL:
	case PRI_REDIR_FORWARDED_BY_DTE:
		to->reason = REDIRECT_UNCONDITIONAL;
		break;
	default:
		to->reason = REDIRECT_UNKNOWN;
		break;
	}
}
