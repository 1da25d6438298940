/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The cleaner: makes a received frame safe for libpri, and for our own decoder.
 *
 * libpri 1.6.0 reads elements past their end when they are shorter than it
 * expects, writes past a buffer when a subaddress is longer than Q.931 allows
 * (20 octets), and walks a number octet by octet until one ends a group, even
 * beyond the element. One SETUP reaches each of these. Such elements are taken
 * out; what runs past the end of the frame is cut off. So is a locking shift to
 * codeset 0: shifts go upwards only (Q.931 4.5.3). libpri reads on behind it,
 * where we would take all that follows for another codeset's.
 *
 * An I frame is cut, never dropped: layer 2 has counted it, and a frame that is
 * missing there is repeated until the link resets. An empty I frame is legal.
 */
#include <string.h>

#include "pri/private.h"

/* Octets an element of codeset 0 must and may have, behind its length. */
struct limit {
	uint8_t id, min, max;
	bool groups; /* must end a group of octets (bit 8) before it is over */
};

/* clang-format off */
static const struct limit limits[] = {
	{ 0x04, 2, 255, false }, /* bearer capability */
	{ 0x08, 2, 255, false }, /* cause */
	{ 0x14, 1, 255, false }, /* call state */
	{ 0x18, 1, 255, false }, /* channel identification */
	{ 0x1e, 2, 255, false }, /* progress indicator */
	{ 0x27, 1, 255, false }, /* notification indicator */
	{ 0x28, 1, 255, false }, /* display */
	{ 0x29, 5, 255, false }, /* date and time */
	{ 0x2c, 1, 255, false }, /* keypad facility */
	{ 0x37, 3, 255, false }, /* generic digits */
	{ 0x4c, 1, 255, true  }, /* connected number */
	{ 0x4d, 2, 21,  false }, /* connected subaddress */
	{ 0x6c, 1, 255, true  }, /* calling party number */
	{ 0x6d, 2, 21,  false }, /* calling party subaddress */
	{ 0x70, 1, 255, false }, /* called party number */
	{ 0x71, 2, 21,  false }, /* called party subaddress */
	{ 0x74, 1, 255, true  }, /* redirecting number */
	{ 0x76, 1, 255, true  }, /* redirection number */
	{ 0x79, 1, 255, false }, /* restart indicator */
	{ 0x7e, 1, 255, false }, /* user-user */
};
/* clang-format on */

static bool group_ends(const uint8_t *at, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((at[i] & 0x80) != 0)
			return true;
	return false;
}

/* Whether libpri can be given an element of n octets in codeset 0. */
static bool harmless(uint8_t id, const uint8_t *at, size_t n)
{
	for (size_t i = 0; i < ARRAY_LEN(limits); i++) {
		const struct limit *l = &limits[i];

		if (l->id != id)
			continue;
		if (n < l->min || n > l->max ||
		    (l->groups && !group_ends(at, n)))
			return false;
		/* Octet 3a follows, the value must, too (4.5.12). */
		return id != 0x08 || (at[0] & 0x80) != 0 || n >= 3;
	}
	return true;
}

/* Removes elements from f[i] on; returns the new length of the frame. */
static size_t clean_elements(uint8_t *f, size_t i, size_t n)
{
	while (i < n) {
		bool single = (f[i] & 0x80) != 0;
		size_t len = 1;

		if (!single && (i + 1 >= n || i + 2 + f[i + 1] > n))
			return i; /* runs past the end */
		if (!single)
			len = 2u + f[i + 1];
		if (single ? f[i] != SHIFT_LOCKING
		           : harmless(f[i], f + i + 2, len - 2)) {
			i += len;
			continue;
		}
		memmove(f + i, f + i + len, n - i - len);
		n -= len;
	}
	return n;
}

size_t isdn_frame_clean(uint8_t *f, size_t n)
{
	size_t at, callref;

	if (n < 3 || ((f[2] & 3) != 3 && n < 4))
		return 0;
	if ((f[2] & 1) == 0)
		at = 4; /* I frame */
	else if ((f[2] & 0xef) == 0x03)
		at = 3; /* UI frame */
	else
		return n; /* nothing of layer 3 inside */
	if (n < at + 3)
		return at == 4 ? at : 0;
	callref = f[at + 1] & 0x0f;
	if (callref > 2 || n < at + 3 + callref)
		return at == 4 ? at : 0;
	return clean_elements(f, at + 3 + callref, n);
}
