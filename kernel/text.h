/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef KERNEL_TEXT_H
#define KERNEL_TEXT_H

/*
 * Bounded strings. A text never grows past its storage, and what was cut is
 * known. Numbers and words are read strictly: all of the text or nothing.
 */

#include "kernel/base.h"
#include "kernel/bytes.h"

/* Copies with the closing NUL; -ENOSPC (and "" is left) when it does not fit.
 */
int text_copy(char *to, size_t size, const char *from);
int text_copy_bytes(char *to, size_t size, struct bytes from);

/* A builder over storage of a caller's; always closed by NUL. */
struct text {
	char *at;
	size_t size, len;
	bool cut; /* something did not fit */
};

#define TEXT(array)                            \
	((struct text){ .at = (array),         \
	                .size = sizeof(array), \
	                .len = (size_t)((array)[0] = '\0') })

void text_add(struct text *t, const char *format, ...) ATTR_PRINTF(2, 3);
void text_add_bytes(struct text *t, struct bytes b);

/* The whole of `text` as a decimal number in [min, max]; -EBADMSG otherwise. */
int text_number(const char *text, uint64_t min, uint64_t max, uint64_t *out);

/*
 * Splits a line into words in place: blanks divide, "..." holds blanks
 * together, \" inside it is a quote. Returns how many words (at most max, the
 * last one then is the rest of the line), or -EBADMSG for a quote that never
 * ends. begin[i] (may be NULL) is where word i stood in the line.
 */
int text_split(char *line, char **words, int max, size_t *begin);

bool text_starts(const char *text, const char *with);

/* Words of two texts compared without case; strcasecmp that needs no locale. */
int text_casecmp(const char *a, const char *b);

/* Octets as a C-like quoted string without control characters, for logs. */
void text_quote(char *to, size_t size, struct bytes raw);

#endif
