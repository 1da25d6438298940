/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * Matching narrows a set of rows word by word. All rows are alive at first;
 * each word fits each living row more or less well (as exact keyword,
 * abbreviation, number, word, rest), and only the rows of the best fit live
 * on. If the best fit is the abbreviation and the rows left disagree about the
 * keyword it stands for, the word is ambiguous, even if a later word would
 * tell them apart: that is how IOS behaves, and what people type from memory
 * must not change its meaning when a command is added far away. One keyword may
 * be favoured: "sh" has meant "show" to everybody for longer than we exist.
 *
 * Help is the same walk, stopped one word early: what is alive then says what
 * may follow. So help, completion and execution cannot disagree.
 *
 * Rows are read from their text each time. There are some hundred of them and
 * a person types the line; an index would be code to keep right for nothing.
 */

#include "kernel/match.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/text.h"
#include "kernel/words.h"

enum fit { FIT_NONE, FIT_REST, FIT_WORD, FIT_NUMBER, FIT_PREFIX, FIT_EXACT };

enum { NAME = 64, MEANING = 160 };

/* Reads "<name:min-max>", "<rest>" or "<name>", of len octets. */
static void read_argument(struct match_token *out)
{
	const char *colon = memchr(out->at, ':', out->len);

	out->at++;
	out->len -= 2;
	out->kind = MATCH_WORD;
	if (out->len == 4 && strncmp(out->at, "rest", 4) == 0)
		out->kind = MATCH_REST;
	if (colon != NULL) {
		char *end;

		out->kind = MATCH_NUMBER;
		out->len = (size_t)(colon - out->at);
		out->min = strtoull(colon + 1, &end, 10);
		out->max = strtoull(end + 1, NULL, 10);
	}
}

bool match_token(const char *words, int i, struct match_token *out)
{
	struct match_token t = { .kind = MATCH_KEYWORD };

	for (;; i--) {
		words += strspn(words, " ");
		if (*words == '\0')
			return false;
		t.len = strcspn(words, " ");
		if (i == 0)
			break;
		words += t.len;
	}
	t.at = words;
	if (*t.at == '[') {
		t.optional = true;
		t.at++;
		t.len--;
	}
	while (t.len > 1 && t.at[t.len - 1] == ']')
		t.len--;
	if (*t.at == '<' && t.len > 2)
		read_argument(&t);
	*out = t;
	return true;
}

int match_count(const char *words)
{
	struct match_token t;
	int n = 0;

	while (match_token(words, n, &t))
		n++;
	return n;
}

void match_init(struct match *m, const struct match_row *rows, size_t n,
                bool exact, bool open)
{
	*m = (struct match){ .rows = rows, .exact = exact, .open = open };
	m->n = MIN_OF(n, (size_t)MATCH_ROWS);
	m->row = -1;
}

/* Token i; a row that ends in <rest>, or an open one, goes on for ever. */
static bool token_at(const struct match *m, size_t row, int i,
                     struct match_token *out)
{
	const char *words = m->rows[row].words;
	int n = match_count(words);

	if (i < n)
		return match_token(words, i, out);
	if (m->open) {
		*out = (struct match_token){ .at = "", .kind = MATCH_REST };
		return true;
	}
	return n > 0 && match_token(words, n - 1, out) &&
	       out->kind == MATCH_REST;
}

static bool keyword_begins(const struct match_token *t, const char *with)
{
	size_t len = strlen(with);

	return len <= t->len && strncasecmp(t->at, with, len) == 0;
}

static enum fit fit_of(const struct match *m, size_t row, int i,
                       const char *word)
{
	struct match_token t;
	uint64_t number;

	if (!token_at(m, row, i, &t))
		return FIT_NONE;
	switch (t.kind) {
	case MATCH_KEYWORD:
		if (*word == '\0' || !keyword_begins(&t, word))
			return FIT_NONE;
		if (strlen(word) == t.len)
			return FIT_EXACT;
		return m->exact ? FIT_NONE : FIT_PREFIX;
	case MATCH_NUMBER:
		return text_number(word, t.min, t.max, &number) == 0
		               ? FIT_NUMBER
		               : FIT_NONE;
	case MATCH_WORD:
		return FIT_WORD;
	case MATCH_REST:
		return FIT_REST;
	}
	return FIT_NONE;
}

/* Whether the living rows agree about the keyword at i. */
static bool agree(const struct match *m, int i)
{
	struct match_token first = { 0 }, t;

	for (size_t r = 0; r < m->n; r++) {
		if (!m->alive[r] || !token_at(m, r, i, &t))
			continue;
		if (first.at == NULL)
			first = t;
		if (t.len != first.len ||
		    strncasecmp(t.at, first.at, t.len) != 0)
			return false;
	}
	return true;
}

/* Only rows with the favoured keyword at i live on; false: there is none. */
static bool favour(struct match *m, int i)
{
	struct match favoured = { .rows = m->rows, .n = m->n, .exact = true };
	bool found = false;

	for (size_t r = 0; r < m->n && m->favoured != NULL; r++) {
		favoured.alive[r] =
			m->alive[r] &&
			fit_of(&favoured, r, i, m->favoured) == FIT_EXACT;
		found = found || favoured.alive[r];
	}
	if (found)
		memcpy(m->alive, favoured.alive, sizeof(m->alive));
	return found;
}

static int narrow(struct match *m, int i, const char *word)
{
	enum fit best = FIT_NONE, fit;

	m->at = i;
	for (size_t r = 0; r < m->n; r++) {
		if (!m->alive[r])
			continue;
		fit = fit_of(m, r, i, word);
		best = MAX_OF(best, fit);
	}
	if (best == FIT_NONE)
		return -ENOENT;
	for (size_t r = 0; r < m->n; r++)
		if (m->alive[r] && fit_of(m, r, i, word) != best)
			m->alive[r] = false;
	return best == FIT_PREFIX && !agree(m, i) && !favour(m, i) ? -EEXIST
	                                                           : 0;
}

static int narrow_all(struct match *m, int nwords, char *const *words)
{
	int rc = 0;

	for (size_t r = 0; r < m->n; r++)
		m->alive[r] = true;
	m->at = 0;
	m->row = -1;
	for (int i = 0; i < nwords && rc == 0; i++)
		rc = narrow(m, i, words[i]);
	return rc;
}

/* May a line of n words end in this row? */
static bool complete(const struct match *m, size_t row, int n)
{
	struct match_token t;
	const char *words = m->rows[row].words;

	return n >= match_count(words) ||
	       (match_token(words, n, &t) && t.optional);
}

int match_words(struct match *m, int nwords, char *const *words)
{
	int rc = narrow_all(m, nwords, words);

	if (rc < 0)
		return rc;
	m->at = nwords;
	for (size_t r = 0; r < m->n && m->row < 0; r++)
		if (m->alive[r] && complete(m, r, nwords))
			m->row = (int)r;
	return m->row < 0 ? -ENODATA : 0;
}

/* --- what could follow --- */

struct offer {
	char word[NAME];
	size_t row;
	bool several;
};

static void name_token(const struct match_token *t, char *to, size_t size)
{
	if (t->kind == MATCH_KEYWORD)
		(void)snprintf(to, size, "%.*s", (int)t->len, t->at);
	else if (t->kind == MATCH_NUMBER)
		(void)snprintf(to, size, "<%llu-%llu>",
		               (unsigned long long)t->min,
		               (unsigned long long)t->max);
	else
		(void)snprintf(to, size, "<%.*s>", (int)t->len, t->at);
}

static bool offered(const struct match_token *t, const char *partial)
{
	uint64_t number;

	if (*partial == '\0')
		return true;
	if (t->kind == MATCH_KEYWORD)
		return keyword_begins(t, partial);
	if (t->kind == MATCH_NUMBER)
		return text_number(partial, 0, t->max, &number) == 0;
	return true;
}

static int by_word(const void *a, const void *b)
{
	const struct offer *x = a, *y = b;

	return strcmp(x->word, y->word);
}

/* The distinct words that living rows have at i; sorted. */
static size_t gather(const struct match *m, int i, const char *partial,
                     struct offer *offers, size_t size)
{
	struct match_token t;
	size_t n = 0, k;
	char name[NAME];

	for (size_t r = 0; r < m->n; r++) {
		if (!m->alive[r] || !token_at(m, r, i, &t) ||
		    (t.kind == MATCH_REST && t.len == 0) ||
		    !offered(&t, partial))
			continue;
		name_token(&t, name, sizeof(name));
		for (k = 0; k < n; k++)
			if (strcmp(offers[k].word, name) == 0)
				break;
		if (k < n) {
			offers[k].several = true;
		} else if (n < size) {
			(void)text_copy(offers[n].word, NAME, name);
			offers[n].row = r;
			offers[n++].several = false;
		}
	}
	qsort(offers, n, sizeof(*offers), by_word);
	return n;
}

/* The help of the row that may end in this word; NULL: none may. */
static const char *help_of_ending(const struct match *m, int i,
                                  const struct offer *offer)
{
	struct match_token t, next;
	char name[NAME];

	for (size_t r = 0; r < m->n; r++) {
		if (!m->alive[r] || !match_token(m->rows[r].words, i, &t) ||
		    match_token(m->rows[r].words, i + 1, &next))
			continue;
		name_token(&t, name, sizeof(name));
		if (strcmp(name, offer->word) == 0)
			return m->rows[r].help;
	}
	return NULL;
}

/* Has a living row before this one the same two words there? */
static bool is_listed(const struct match *m, int i, size_t row,
                      const char *word, const char *next)
{
	struct match_token t;
	char name[NAME];

	for (size_t r = 0; r < row; r++) {
		if (!m->alive[r] || !match_token(m->rows[r].words, i, &t))
			continue;
		name_token(&t, name, sizeof(name));
		if (strcmp(name, word) != 0 ||
		    !match_token(m->rows[r].words, i + 1, &t))
			continue;
		name_token(&t, name, sizeof(name));
		if (strcmp(name, next) == 0)
			return true;
	}
	return false;
}

/* For a word that several rows share: what it means where it is the last, and
 * what comes next in the others. */
static void meaning_of_several(const struct match *m, int i,
                               const struct offer *offer, char *to, size_t size)
{
	struct text list = { .at = to, .size = size };
	const char *help = help_of_ending(m, i, offer), *between = "; ";
	struct match_token t, next;
	char name[NAME];

	to[0] = '\0';
	if (help != NULL)
		text_add(&list, "%s", help);
	for (size_t r = 0; r < m->n; r++) {
		if (!m->alive[r] || !token_at(m, r, i, &t))
			continue;
		name_token(&t, name, sizeof(name));
		if (strcmp(name, offer->word) != 0 ||
		    !match_token(m->rows[r].words, i + 1, &next))
			continue;
		name_token(&next, name, sizeof(name));
		if (is_listed(m, i, r, offer->word, name))
			continue;
		if (list.len + strlen(name) + 8 > size) {
			text_add(&list, ", ...");
			return;
		}
		text_add(&list, "%s%s", list.len > 0 ? between : "", name);
		between = ", ";
	}
}

static void tell_offers(const struct match *m, int i, const char *partial,
                        match_tell_fn tell, void *self)
{
	static struct offer offers[MATCH_ROWS]; /* one thread */
	char meaning[MEANING];
	size_t n = gather(m, i, partial, offers, ARRAY_LEN(offers));

	for (size_t k = 0; k < n; k++) {
		const char *help = m->rows[offers[k].row].help;

		meaning[0] = '\0';
		if (offers[k].several)
			meaning_of_several(m, i, &offers[k], meaning,
			                   sizeof(meaning));
		tell(self, offers[k].word,
		     meaning[0] != '\0' || help == NULL ? meaning : help);
	}
}

int match_help(struct match *m, int nwords, char *const *words,
               const char *partial, match_tell_fn tell, void *self)
{
	int rc = narrow_all(m, nwords, words);

	if (rc < 0)
		return rc;
	m->at = nwords;
	tell_offers(m, nwords, partial, tell, self);
	if (*partial != '\0' || m->open || nwords == 0)
		return 0;
	for (size_t r = 0; r < m->n; r++) {
		if (m->alive[r] && complete(m, r, nwords)) {
			tell(self, "<cr>", "");
			break;
		}
	}
	return 0;
}

bool match_nearest(const struct match *m, const char *typed, char *to,
                   size_t size)
{
	unsigned best = UINT32_MAX;
	struct match_token t;
	char name[NAME];

	for (size_t r = 0; r < m->n; r++) {
		if (!m->alive[r] || !token_at(m, r, m->at, &t) ||
		    t.kind != MATCH_KEYWORD)
			continue;
		name_token(&t, name, sizeof(name));
		if (words_close(typed, name) &&
		    words_distance(typed, name) < best) {
			best = words_distance(typed, name);
			(void)text_copy(to, size, name);
		}
	}
	return best != UINT32_MAX;
}

struct listing {
	struct text text;
	bool full;
};

static void add_to_list(void *self, const char *word, const char *meaning)
{
	struct listing *l = self;

	(void)meaning;
	if (l->full)
		return;
	l->full = l->text.len + strlen(word) + 8 > l->text.size;
	text_add(&l->text, "%s%s", l->text.len > 0 ? ", " : "",
	         l->full ? "..." : word);
}

void match_list(const struct match *m, const char *partial, char *to,
                size_t size)
{
	struct listing l = { .text = { .at = to, .size = size } };

	to[0] = '\0';
	tell_offers(m, m->at, partial, add_to_list, &l);
}
