/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Cursors and writers: the two ends of every parser and printer. The rule of
 * the cursor is that a take that fails has taken nothing, so that a reader can
 * chain takes with || and give up anywhere. The rule of the writer is that once
 * something did not fit nothing else does: what was written is always a prefix
 * of what was meant, never a message with a hole in it.
 */
#include "kernel/bytes.h"

#include <errno.h>
#include <string.h>

bool take_bytes(struct bytes *in, size_t n, struct bytes *out)
{
	if (in->len < n)
		return false;
	*out = (struct bytes){ in->at, n };
	/* An empty cursor may be NULL, and NULL + 0 is not defined. */
	if (n > 0)
		in->at += n;
	in->len -= n;
	return true;
}

bool take_skip(struct bytes *in, size_t n)
{
	struct bytes skipped;

	return take_bytes(in, n, &skipped);
}

bool take_u8(struct bytes *in, uint8_t *out)
{
	struct bytes b;

	if (!take_bytes(in, 1, &b))
		return false;
	*out = b.at[0];
	return true;
}

bool take_u16(struct bytes *in, uint16_t *out)
{
	struct bytes b;

	if (!take_bytes(in, 2, &b))
		return false;
	*out = (uint16_t)(b.at[0] << 8 | b.at[1]);
	return true;
}

bool take_u32(struct bytes *in, uint32_t *out)
{
	struct bytes b;

	if (!take_bytes(in, 4, &b))
		return false;
	*out = (uint32_t)b.at[0] << 24 | (uint32_t)b.at[1] << 16 |
	       (uint32_t)b.at[2] << 8 | b.at[3];
	return true;
}

bool take_line(struct bytes *in, struct bytes *line)
{
	const uint8_t *end;

	if (in->len == 0)
		return false;
	end = memchr(in->at, '\n', in->len);
	if (end == NULL)
		return take_bytes(in, in->len, line);
	*line = (struct bytes){ in->at, (size_t)(end - in->at) };
	if (line->len > 0 && line->at[line->len - 1] == '\r')
		line->len--;
	in->len -= (size_t)(end + 1 - in->at);
	in->at = end + 1;
	return true;
}

bool bytes_equal(struct bytes a, struct bytes b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int bytes_from_hex(uint8_t *to, size_t size, const char *hex)
{
	size_t n = 0;

	for (;;) {
		int high, low;

		while (*hex == ' ' || *hex == '\t' || *hex == '\n')
			hex++;
		if (*hex == '\0')
			return (int)n;
		high = hex_digit(hex[0]);
		low = high < 0 ? -1 : hex_digit(hex[1]);
		if (low < 0)
			return -EBADMSG;
		if (n == size || n == INT32_MAX)
			return -ENOSPC;
		to[n++] = (uint8_t)(high << 4 | low);
		hex += 2;
	}
}

void put_bytes(struct writer *w, struct bytes b)
{
	if (w->full || w->size - w->len < b.len) {
		w->full = true;
		return;
	}
	if (b.len > 0)
		memcpy(w->at + w->len, b.at, b.len);
	w->len += b.len;
}

void put_u8(struct writer *w, uint8_t v)
{
	put_bytes(w, (struct bytes){ &v, 1 });
}

void put_u16(struct writer *w, uint16_t v)
{
	const uint8_t wire[] = { (uint8_t)(v >> 8), (uint8_t)v };

	put_bytes(w, BYTES(wire));
}

void put_u32(struct writer *w, uint32_t v)
{
	const uint8_t wire[] = { (uint8_t)(v >> 24), (uint8_t)(v >> 16),
		                 (uint8_t)(v >> 8), (uint8_t)v };

	put_bytes(w, BYTES(wire));
}
