/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * `| include`, `exclude`, `begin` and `count` behind a command, with POSIX
 * extended regular expressions. Back-references and {n,m} are refused: with
 * them a short expression can keep the library's matcher busy for minutes, or
 * take all memory, and this is the thread that carries the calls.
 */

#include <errno.h>
#include <string.h>

#include "kernel/console_private.h"
#include "kernel/text.h"

/* clang-format off */
static const struct match_row rows[] = {
	{ "include <rest>", "lines that match" },
	{ "exclude <rest>", "lines that do not match" },
	{ "begin <rest>",   "from the first line that matches" },
	{ "count <rest>",   "how many lines match" },
};
static const enum filter_kind kinds[] = {
	FILTER_INCLUDE, FILTER_EXCLUDE, FILTER_BEGIN, FILTER_COUNT,
};
/* clang-format on */

static bool is_costly(const char *pattern)
{
	for (; *pattern != '\0'; pattern++) {
		if (*pattern == '{')
			return true;
		if (*pattern == '\\' && pattern[1] >= '1' && pattern[1] <= '9')
			return true;
		if (*pattern == '\\' && pattern[1] != '\0')
			pattern++;
	}
	return false;
}

static bool compile(struct shell *s, enum filter_kind kind, const char *pattern)
{
	char why[128];
	int rc;

	if (strlen(pattern) > CONSOLE_PATTERN) {
		shell_error(s, "the expression is longer than %d characters",
		            CONSOLE_PATTERN);
		return false;
	}
	if (is_costly(pattern)) {
		shell_error(s, "{ } and back-references are not accepted in "
		               "a filter");
		return false;
	}
	rc = regcomp(&s->filter.regex, pattern, REG_EXTENDED | REG_NOSUB);
	if (rc != 0) {
		(void)regerror(rc, &s->filter.regex, why, sizeof(why));
		shell_error(s, "the expression is wrong: %s", why);
		return false;
	}
	s->filter.kind = kind;
	s->filter.begun = false;
	s->filter.count = 0;
	return true;
}

bool filter_begin(struct shell *s, const char *text)
{
	char keyword[32] = "", pattern[CONSOLE_LINE + 1] = "";
	char *words[] = { keyword, pattern };
	struct match m;
	size_t len;

	/* As typed, blanks and quotes too, like IOS. */
	text += strspn(text, " \t");
	len = strcspn(text, " \t");
	if (len < sizeof(keyword))
		memcpy(keyword, text, len);
	text += len;
	(void)text_copy(pattern, sizeof(pattern), text + strspn(text, " \t"));
	len = strlen(pattern);
	while (len > 0 && (pattern[len - 1] == ' ' || pattern[len - 1] == '\t'))
		pattern[--len] = '\0';
	match_init(&m, rows, ARRAY_LEN(rows), false, false);
	if (match_words(&m, len > 0 ? 2 : 1, words) < 0) {
		shell_error(s, "a filter is | include, exclude, begin or "
		               "count and an expression");
		return false;
	}
	return compile(s, kinds[m.row], pattern);
}

bool filter_passes(struct filter *f, const char *line)
{
	bool matches;

	if (f->kind == FILTER_NONE)
		return true;
	matches = regexec(&f->regex, line, 0, NULL, 0) == 0;
	switch (f->kind) {
	case FILTER_NONE:
	case FILTER_INCLUDE:
		return matches;
	case FILTER_EXCLUDE:
		return !matches;
	case FILTER_BEGIN:
		f->begun = f->begun || matches;
		return f->begun;
	case FILTER_COUNT:
		f->count += matches;
		return false;
	}
	return true;
}

void filter_help(const char *partial, match_tell_fn tell, void *self)
{
	struct words w;
	struct match m;
	size_t len = strlen(partial);
	bool blank = len == 0 || partial[len - 1] == ' ';

	if (words_split(&w, partial, false) < 0)
		return;
	match_init(&m, rows, ARRAY_LEN(rows), false, false);
	if (blank || w.n == 0)
		(void)match_help(&m, w.n, w.at, "", tell, self);
	else
		(void)match_help(&m, w.n - 1, w.at, w.at[w.n - 1], tell, self);
}

void filter_done(struct filter *f)
{
	if (f->kind != FILTER_NONE)
		regfree(&f->regex);
	f->kind = FILTER_NONE;
}
