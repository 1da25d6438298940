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

static const uint32_t symbols[256] = {
	/* clang-format off */
	['0'] = 1 << 0,  ['1'] = 1 << 1,  ['2'] = 1 << 2,  ['3'] = 1 << 3,
	['4'] = 1 << 4,  ['5'] = 1 << 5,  ['6'] = 1 << 6,  ['7'] = 1 << 7,
	['8'] = 1 << 8,  ['9'] = 1 << 9,
	['*'] = SYMBOL_STAR, ['#'] = SYMBOL_HASH, ['+'] = SYMBOL_PLUS,
	['A'] = 1 << 12, ['B'] = 1 << 13, ['C'] = 1 << 14, ['D'] = 1 << 15,
	['a'] = 1 << 12, ['b'] = 1 << 13, ['c'] = 1 << 14, ['d'] = 1 << 15,
	/* clang-format on */
};

uint32_t number_symbol(char c)
{
	return symbols[(uint8_t)c];
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
