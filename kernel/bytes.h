/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef KERNEL_BYTES_H
#define KERNEL_BYTES_H

/*
 * Octets from outside are read through a cursor: each take checks, and a
 * failed take leaves the cursor where it was. Octets going out are put through
 * a bounded writer, which notices when they do not fit. Integers are
 * big-endian, as on every wire we know.
 */

#include "kernel/base.h"

struct bytes {
	const uint8_t *at;
	size_t len;
};

#define BYTES(array) ((struct bytes){ (array), sizeof(array) })

bool take_u8(struct bytes *in, uint8_t *out) ATTR_MUST_USE;
bool take_u16(struct bytes *in, uint16_t *out) ATTR_MUST_USE;
bool take_u32(struct bytes *in, uint32_t *out) ATTR_MUST_USE;
bool take_skip(struct bytes *in, size_t n) ATTR_MUST_USE;

/* The next n octets as a cursor of their own. */
bool take_bytes(struct bytes *in, size_t n, struct bytes *out) ATTR_MUST_USE;

/* Text up to (not with) the next CR LF, LF or end; the line end is consumed.
 * False when nothing is left. */
bool take_line(struct bytes *in, struct bytes *line) ATTR_MUST_USE;

bool bytes_equal(struct bytes a, struct bytes b);

/* Octets from "0a0b 0C": n of at most size, or -EBADMSG, -ENOSPC. */
int bytes_from_hex(uint8_t *to, size_t size, const char *hex);

struct writer {
	uint8_t *at;
	size_t size, len;
	bool full; /* something did not fit; len says what did */
};

#define WRITER(array) ((struct writer){ .at = (array), .size = sizeof(array) })

void put_u8(struct writer *w, uint8_t v);
void put_u16(struct writer *w, uint16_t v);
void put_u32(struct writer *w, uint32_t v);
void put_bytes(struct writer *w, struct bytes b);

#endif
