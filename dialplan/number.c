/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Numbers as they are looked up.
 *
 * Digits come from a D channel (IA5, nearly always 0-9) or from the user part
 * of a SIP or tel URI, where people write separators for the eye and a leading
 * plus. The plan knows one form only: 0-9, *, #, A-D and a plus in front.
 * What type and plan of number mean for the digits (national to international
 * and back) is not decided here: a rule has to say it.
 */

#include "dialplan/private.h"

#include <errno.h>
#include <string.h>

static const char symbols[] = "0123456789*#ABCD+";

uint32_t number_symbol(char c)
{
	const char *at;

	if (c >= 'a' && c <= 'd')
		c = (char)(c - 'a' + 'A');
	at = c == '\0' ? NULL : strchr(symbols, c);
	return at == NULL ? 0 : (uint32_t)1 << (at - symbols);
}

int number_normal(char to[NUMBER_DIGITS + 1], const char *digits)
{
	size_t n = 0;

	to[0] = '\0';
	for (const char *at = digits; *at != '\0'; at++) {
		uint32_t symbol = number_symbol(*at);

		if (strchr("-.() ", *at) != NULL)
			continue;
		if (symbol == 0 || (symbol == SYMBOL_PLUS && n > 0))
			return -EBADMSG;
		if (n == NUMBER_DIGITS)
			return -ENOSPC;
		to[n++] = symbol & SYMBOLS_ABCD ? (char)(*at & ~0x20) : *at;
		to[n] = '\0';
	}
	return 0;
}
