/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef TOOLS_PBX_WORDS_H
#define TOOLS_PBX_WORDS_H

/*
 * The words of a statement, for the files of the parser: script.c, heads.c and
 * steps.c.
 */

#include "tools/pbx/script.h"

enum { SCRIPT_WORDS = 40 };

struct words {
	const char *path; /* of the script */
	unsigned line;
	char *word[SCRIPT_WORDS];
	int n, at;
	struct script_error *error;
};

/* Writes the sentence; returns -EBADMSG. */
int words_refuse(struct words *w, const char *format, ...) ATTR_PRINTF(2, 3);

/* The next word if it is this one, taken then. */
bool words_are(struct words *w, const char *word);

/* The next word, taken; NULL with a sentence that `what` is missing. */
const char *words_next(struct words *w, const char *what);
int words_time(struct words *w, usec *out);
int words_number(struct words *w, const char *what, unsigned max,
                 unsigned *out);
int words_digits(struct words *w, const char **out);
int words_uui(struct words *w, const char *text, struct uui *out); /* hex */

int words_choice(struct words *w, const char *what,
                 const struct script_choice *choices, unsigned *out);
struct script_reader {
	struct script *script;
	struct settings *settings;
	struct words words;
	struct block *block; /* the one that steps are added to */
};

int head_parse(struct script_reader *r);

/* One step from the words that are left; in a line block or not. */
int step_parse(struct words *w, bool line, struct step *step);

#endif
