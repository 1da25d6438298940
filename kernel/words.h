/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef KERNEL_WORDS_H
#define KERNEL_WORDS_H

/*
 * A line as its words, with the column of each: what the configuration and
 * the console read. Blanks divide. A word that begins with " goes to the next
 * ", and inside it \" and \\ stand for " and \. Everywhere else quotes and
 * backslashes are what they are, so that patterns need no quoting.
 */

#include "kernel/base.h"

enum { WORDS_LINE = 4096, WORDS_MAX = 64 };

struct words {
	int n;
	char *at[WORDS_MAX];
	unsigned column[WORDS_MAX]; /* 1 based, of the line that was split */
	bool quoted[WORDS_MAX];
	unsigned end;      /* the column after the last word */
	const char *wrong; /* a sentence when it was refused, at `end` */
	char text[WORDS_LINE + 1];
};

/* Splits a line; with comments, ! at the start of a word ends it. -EBADMSG:
 * wrong and end are set. */
int words_split(struct words *out, const char *line, bool comments);

/* Writes a word so that it reads back as one: quoted where it must be. Cut
 * when it does not fit. */
void words_quote(char *to, size_t size, const char *word);

/* The same for a text of several words. */
void words_quote_text(char *to, size_t size, const char *text);

/* How many letters must be put in, taken out, changed or swapped to make one
 * of the other; for "did you mean". */
unsigned words_distance(const char *a, const char *b);

/* Whether `other` is near enough to `word` to be what was meant. */
bool words_close(const char *word, const char *other);

#endif
