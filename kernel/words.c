/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * Words with their columns. Errors point at a word, so each keeps the place
 * where it began; the line itself stays as it was, and what the words became
 * (without quotes and escapes) lies in storage of its own.
 *
 * What is printed must read back. Instead of a list of dangerous characters
 * the writer asks the reader: only what splits into exactly itself is written
 * without quotes.
 */

#include "kernel/words.h"

#include <errno.h>
#include <string.h>

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static int refuse(struct words *w, size_t column, const char *wrong)
{
	w->wrong = wrong;
	w->end = (unsigned)column + 1;
	return -EBADMSG;
}

/* From behind the opening quote to behind the closing one. */
static int take_quoted(struct words *w, const char *line, size_t *at, char **to)
{
	size_t from = *at - 1, i = *at;

	for (; line[i] != '\0' && line[i] != '"'; i++) {
		if (line[i] == '\\' &&
		    (line[i + 1] == '"' || line[i + 1] == '\\'))
			i++;
		*(*to)++ = line[i];
	}
	if (line[i] == '\0')
		return refuse(w, from, "this quote never ends");
	i++;
	if (line[i] != '\0' && !is_blank(line[i]))
		return refuse(w, i, "a blank is missing after the quote");
	*at = i;
	return 0;
}

int words_split(struct words *out, const char *line, bool comments)
{
	size_t at = 0;
	char *to = out->text;
	int rc;

	out->n = 0;
	out->end = 1;
	out->wrong = NULL;
	if (strlen(line) >= WORDS_LINE)
		return refuse(out, WORDS_LINE - 1, "the line is too long");
	for (;;) {
		while (is_blank(line[at]))
			at++;
		if (line[at] == '\0' || (comments && line[at] == '!'))
			return 0;
		if (out->n == WORDS_MAX)
			return refuse(out, at, "too many words; quote a text");
		out->at[out->n] = to;
		out->column[out->n] = (unsigned)at + 1;
		out->quoted[out->n] = line[at] == '"';
		if (line[at] == '"') {
			at++;
			rc = take_quoted(out, line, &at, &to);
			if (rc < 0)
				return rc;
		} else {
			while (line[at] != '\0' && !is_blank(line[at]))
				*to++ = line[at++];
		}
		*to++ = '\0';
		out->n++;
		out->end = (unsigned)at + 1;
	}
}

static void put_quoted(char *to, size_t size, const char *text)
{
	size_t len = 0;

	if (size < 3)
		return;
	to[len++] = '"';
	for (; *text != '\0' && len + 4 <= size; text++) {
		if (*text == '"' || *text == '\\')
			to[len++] = '\\';
		to[len++] = *text;
	}
	to[len++] = '"';
	to[len] = '\0';
}

static void put_plain(char *to, size_t size, const char *text)
{
	size_t len = strnlen(text, size - 1);

	memcpy(to, text, len);
	to[len] = '\0';
}

void words_quote(char *to, size_t size, const char *word)
{
	struct words w;

	if (words_split(&w, word, true) == 0 && w.n == 1 && !w.quoted[0] &&
	    strcmp(w.at[0], word) == 0)
		put_plain(to, size, word);
	else
		put_quoted(to, size, word);
}

/* The text is what its words are with one blank between them. */
static bool is_its_words(const struct words *w, const char *text)
{
	for (int i = 0; i < w->n; i++) {
		size_t len = strlen(w->at[i]);

		if (i > 0 && *text++ != ' ')
			return false;
		if (w->quoted[i] || strncmp(text, w->at[i], len) != 0)
			return false;
		text += len;
	}
	return *text == '\0' && w->n > 0;
}

void words_quote_text(char *to, size_t size, const char *text)
{
	struct words w;

	/* Room for the words of the option that it belongs to. */
	if (words_split(&w, text, true) == 0 && w.n <= WORDS_MAX - 16 &&
	    is_its_words(&w, text))
		put_plain(to, size, text);
	else
		put_quoted(to, size, text);
}

/* Damerau's distance in three rows; longer words are taken as far as this. */
enum { LONGEST = 48 };

unsigned words_distance(const char *a, const char *b)
{
	unsigned row[3][LONGEST + 1] = { 0 };
	size_t na = strnlen(a, LONGEST), nb = strnlen(b, LONGEST);

	for (size_t j = 0; j <= nb; j++)
		row[0][j] = (unsigned)j;
	for (size_t i = 1; i <= na; i++) {
		unsigned *now = row[i % 3], *last = row[(i + 2) % 3];
		const unsigned *before = row[(i + 1) % 3];

		now[0] = (unsigned)i;
		for (size_t j = 1; j <= nb; j++) {
			unsigned cost = a[i - 1] != b[j - 1];

			now[j] = MIN_OF(last[j] + 1, now[j - 1] + 1);
			now[j] = MIN_OF(now[j], last[j - 1] + cost);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				now[j] = MIN_OF(now[j], before[j - 2] + 1);
		}
	}
	return row[na % 3][nb];
}

bool words_close(const char *word, const char *other)
{
	size_t len = strlen(word);

	return words_distance(word, other) <= (len < 4 ? 1 : len < 8 ? 2 : 3);
}
