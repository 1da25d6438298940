/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef KERNEL_MATCH_H
#define KERNEL_MATCH_H

/*
 * Which of many rows a line of words means, and what could follow: the one
 * rule by which console commands and configuration options are recognised,
 * abbreviated, completed and complained about.
 *
 * A row is words: keywords, <x> for one word, <x:1-99> for a number, <rest>
 * for the rest of the line; what stands in [...] at the end may be left out.
 * At each word an exact keyword wins over an abbreviated one, that over a
 * number, that over a word, that over a rest.
 */

#include "kernel/base.h"

enum { MATCH_ROWS = 512 };

struct match_row {
	const char *words, *help;
};

struct match {
	const struct match_row *rows; /* of the caller's */
	size_t n;                     /* at most MATCH_ROWS */
	bool exact;                   /* abbreviations are refused */
	bool open; /* words behind a row's own belong to it: values */
	const char *favoured; /* the keyword that an abbreviation means when it
	                       * could mean several; NULL: there is none */
	/* what the last match_words() left */
	bool alive[MATCH_ROWS];
	int row; /* the one that fits */
	int at;  /* the word in error */
};

enum match_kind { MATCH_KEYWORD, MATCH_NUMBER, MATCH_WORD, MATCH_REST };

struct match_token {
	const char *at; /* keyword, or the name between < and : or > */
	size_t len;
	enum match_kind kind;
	bool optional;     /* a line may end before it */
	uint64_t min, max; /* numbers */
};

/* Token i of a row; false behind the last. */
bool match_token(const char *words, int i, struct match_token *out);
int match_count(const char *words); /* tokens of a row */

void match_init(struct match *m, const struct match_row *rows, size_t n,
                bool exact, bool open);

/*
 * 0: row is set. -ENOENT: nothing fits word `at`. -EEXIST: word `at` is
 * ambiguous. -ENODATA: words are missing behind the last. With an error, alive
 * says which rows could have stood at `at`.
 */
int match_words(struct match *m, int nwords, char *const *words);

typedef void (*match_tell_fn)(void *self, const char *word,
                              const char *meaning);

/* What could stand after nwords complete words and begins with `partial`,
 * in the order of the alphabet; "<cr>" where the line may end. -ENOENT or
 * -EEXIST when already the words before are wrong. */
int match_help(struct match *m, int nwords, char *const *words,
               const char *partial, match_tell_fn tell, void *self);

/* The keyword among those that could have stood at `at` nearest to what was
 * typed; false when none is near. */
bool match_nearest(const struct match *m, const char *typed, char *to,
                   size_t size);

/* Those keywords and arguments as "a, b, c", cut with "..." when too long. */
void match_list(const struct match *m, const char *partial, char *to,
                size_t size);

#endif
