/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The called number on its way out.
 *
 * In the order in which IOS does it: `forward-digits N` keeps the last N
 * dialled digits; without it `digit-strip` takes away what the pattern spells
 * in front. Then `strip N` takes leading digits from what is left, and
 * `prefix` is put before it. A leading plus counts as one digit. When nothing
 * is left, nothing is sent: a warning says so before the first call does.
 */

#include "dialplan/private.h"

#include <errno.h>
#include <string.h>

#include "kernel/text.h"

int rewrite_called(char to[NUMBER_DIGITS + 1], const struct dial_peer *peer,
                   const char *digits, unsigned lead)
{
	size_t left = strlen(digits);
	char buf[NUMBER_DIGITS + 1];
	struct text t = TEXT(buf);

	if (peer->forward_digits > 0) {
		size_t keep = MIN_OF(left, (size_t)peer->forward_digits);

		digits += left - keep;
		left = keep;
	} else if (peer->kind == PEER_POTS && peer->strip_all_explicit) {
		digits += lead;
		left -= lead;
	}
	digits += MIN_OF(left, (size_t)peer->strip);
	text_add(&t, "%s%s", peer->prefix, digits);
	if (t.cut)
		return -ENOSPC;
	(void)text_copy(to, sizeof(buf), buf);
	return 0;
}
