/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * What could be written next at `configure terminal`. The walk is the one that
 * reads lines (match.c); behind an option's or a heading's own words the kind
 * of its value tells.
 *
 * In a section the global lines are offered too, but only where no line of
 * the section fits, for that is when they are read.
 */

#include <string.h>

#include "kernel/conf_private.h"
#include "kernel/text.h"
#include "kernel/words.h"

struct asking {
	conf_tell_fn tell;
	void *self;
	const char *partial;
};

/* Passes on what begins as the partial word does; <x> and WORD always fit. */
static void tell_fitting(void *self, const char *word, const char *meaning)
{
	const struct asking *a = self;
	bool name = *word == '<' || strcmp(word, "WORD") == 0;

	if (name || strncasecmp(word, a->partial, strlen(a->partial)) == 0)
		a->tell(a->self, word, meaning == NULL ? "" : meaning);
}

static void value_help(struct asking *a, const struct conf_option *o)
{
	char accepts[128];

	if (o->kind->help != NULL) {
		o->kind->help(o, tell_fitting, a);
		return;
	}
	conf_accepts(o, accepts, sizeof(accepts));
	if (accepts[0] != '\0')
		a->tell(a->self, accepts, o->help == NULL ? "" : o->help);
}

static void end_help(struct asking *a)
{
	if (a->partial[0] == '\0')
		a->tell(a->self, "<cr>", "");
}

/* Behind `extra` words of values. */
static void option_help(struct asking *a, const struct conf_option *o,
                        int extra, bool negate)
{
	bool ends = o->kind == &conf_switch || (negate && !o->kind->list);

	if (!ends && (extra == 0 || o->kind == &conf_text))
		value_help(a, o);
	if (ends || extra > 0 || negate)
		end_help(a);
}

static void heading_help(struct asking *a, const struct conf_section *s,
                         int extra, bool negate)
{
	if (extra < (int)s->nheading)
		value_help(a, &s->heading[extra]);
	if (extra >= (int)s->nheading || (negate && extra >= (int)s->nkeys))
		end_help(a);
}

/* Among these targets; false when the words before fit none of them. */
static bool targets_help(struct asking *a, const struct conf_targets *t, int n,
                         char *const *words, bool negate)
{
	struct match m;

	match_init(&m, t->rows, t->n, false, true);
	if (match_help(&m, n, words, a->partial, a->tell, a->self) < 0)
		return false;
	for (size_t i = 0; i < t->n; i++) {
		const struct conf_target *at = &t->at[i];
		int extra = n - match_count(t->rows[i].words);

		if (!m.alive[i] || extra < 0)
			continue;
		if (at->option != NULL)
			option_help(a, at->option, extra, negate);
		else
			heading_help(a, at->section, extra, negate);
		break;
	}
	return true;
}

/* The words before the one being written, which is what `partial` becomes. */
static int split_partial(struct words *w, const char **partial)
{
	size_t len = strlen(*partial);
	bool blank = len == 0 || (*partial)[len - 1] == ' ' ||
	             (*partial)[len - 1] == '\t';

	if (words_split(w, *partial, true) < 0)
		return -1;
	*partial = blank || w->n == 0 ? "" : w->at[w->n - 1];
	return blank || w->n == 0 ? w->n : w->n - 1;
}

void conf_help(const struct conf *conf, const struct conf_context *context,
               const char *partial, conf_tell_fn tell, void *self)
{
	const struct conf_section *global = conf->schema->sections[0];
	const struct conf_section *in =
		context->section == NULL ? global : context->section;
	struct asking a = { tell, self, partial };
	struct conf_targets t = { .n = 0 };
	bool negate, fits = true;
	struct words w;
	int n = split_partial(&w, &a.partial), first;

	if (n < 0)
		return;
	negate = n > 0 && strcmp(w.at[0], "no") == 0;
	first = negate ? 1 : 0;
	if (n == 0) {
		tell_fitting(&a, "exit", "leave this section");
		tell_fitting(&a, "no", "set an option back, remove a section");
	}
	if (in != global) {
		conf_add_options(&t, in);
		fits = targets_help(&a, &t, n - first, w.at + first, negate);
	}
	if (in != global && (fits && n > first))
		return;
	t.n = 0;
	conf_add_options(&t, global);
	conf_add_headings(&t, conf);
	(void)targets_help(&a, &t, n - first, w.at + first, negate);
}
