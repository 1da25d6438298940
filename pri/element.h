/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef PRI_ELEMENT_H
#define PRI_ELEMENT_H

/*
 * Information elements of Q.931 4.5 in plain words, for q931.c.
 */

#include "kernel/bytes.h"
#include "kernel/text.h"

struct name_row {
	uint8_t value;
	const char *name;
};

/* The next element whole, its identifier first; false when none fits. */
bool element_take(struct bytes *in, struct bytes *out) ATTR_MUST_USE;

/* One element of codeset 0: its name, its octets, what they mean. */
void element_tell(struct text *t, struct bytes element);

/* " 04 03 80 90 a3" */
void element_hex(struct text *t, struct bytes b);

#endif
