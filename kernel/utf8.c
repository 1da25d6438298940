/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * Names and numbers arrive from both networks and are shown to people. A row
 * per length of RFC 3629's table says what a first octet promises and the
 * least value that may be written so; everything else is not a character.
 * Only what a terminal obeys is refused: C0, DEL, and the C1 controls, which
 * hide behind two octets in UTF-8.
 */

#include "kernel/utf8.h"

#include <string.h>

struct shape {
	unsigned char mask, mark;
	uint32_t least;
};

/* clang-format off */
static const struct shape shapes[] = { /* RFC 3629 section 3 */
	{ 0x80, 0x00, 0x20 },
	{ 0xe0, 0xc0, 0xa0 }, /* 0x80 to 0x9f are the C1 controls */
	{ 0xf0, 0xe0, 0x800 },
	{ 0xf8, 0xf0, 0x10000 },
};
/* clang-format on */

static bool allowed(uint32_t point, uint32_t least)
{
	return point >= least && point != 0x7f && point <= 0x10ffff &&
	       (point < 0xd800 || point > 0xdfff);
}

size_t utf8_printable(const char *at)
{
	unsigned char first = (unsigned char)at[0];
	uint32_t point;
	size_t n = 0;

	while (n < ARRAY_LEN(shapes) &&
	       (first & shapes[n].mask) != shapes[n].mark)
		n++;
	if (n == ARRAY_LEN(shapes))
		return 0;
	point = first & (unsigned char)~shapes[n].mask;
	for (size_t i = 1; i <= n; i++) {
		unsigned char c = (unsigned char)at[i];

		if ((c & 0xc0) != 0x80)
			return 0;
		point = point << 6 | (c & 0x3f);
	}
	return allowed(point, shapes[n].least) ? n + 1 : 0;
}

size_t utf8_clean(char *to, size_t size, const char *from)
{
	static const char hex[] = "0123456789abcdef";
	size_t len = 0;

	while (*from != '\0') {
		size_t n = utf8_printable(from);
		unsigned char c = (unsigned char)*from;
		char escape[4] = { '\\', 'x', hex[c >> 4], hex[c & 15] };
		size_t need = n > 0 ? n : sizeof(escape);

		if (len + need >= size)
			break;
		memcpy(to + len, n > 0 ? from : escape, need);
		len += need;
		from += n > 0 ? n : 1;
	}
	if (size > 0)
		to[len] = '\0';
	return len;
}
