/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * `configure terminal`: each line is tried on a copy of what runs, checked
 * whole, and applied, as IOS does; a line that is refused changes nothing.
 *
 * A new section is often not good before its second or third line (a
 * dial-peer wants its pattern). The lines since the heading are then kept and
 * played again on a fresh copy with each further one, until the whole is good
 * and goes in at once. Kept are the lines and not the copy, so that what
 * another session applied meanwhile is not undone. Leaving the section before
 * it is good says what is missing and forgets it.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "kernel/console_private.h"
#include "kernel/text.h"

static const struct console_configure *configure_of(const struct shell *s)
{
	return &s->console->configure;
}

/* Plays the kept lines on a copy, from the global section. */
static int replay(struct shell *s, struct conf *conf,
                  struct conf_context *context, struct conf_error *error)
{
	char lines[sizeof(s->pending)], *at = lines, *end;
	int rc = 0;

	if (s->pending[0] == '\0') {
		*context = s->context;
		return 0;
	}
	*context = (struct conf_context){ .section = NULL };
	memcpy(lines, s->pending, sizeof(lines));
	while (rc == 0 && (end = strchr(at, '\n')) != NULL) {
		*end = '\0';
		rc = conf_line(conf, context, at, error);
		at = end + 1;
	}
	return rc;
}

static void keep(struct shell *s, const char *line)
{
	struct text t = { .at = s->pending, .size = sizeof(s->pending) };

	t.len = strlen(s->pending);
	text_add(&t, "%s\n", line);
	if (!t.cut)
		return;
	s->pending[0] = '\0';
	shell_error(s, "These are too many lines without a good whole; they "
	               "are forgotten.");
}

static bool same_place(const struct conf_context *a,
                       const struct conf_context *b)
{
	return a->section == b->section && strcmp(a->name, b->name) == 0;
}

static bool is_global(const struct conf_context *c)
{
	return c->section == NULL || c->section->words[0] == '\0';
}

static void note_change(void *self, const struct conf_section *section,
                        const char *name, const void *old_values,
                        const void *new_values)
{
	bool *changed = self;

	(void)section;
	(void)name;
	(void)old_values;
	(void)new_values;
	*changed = true;
}

/* Gives the candidate to its owner, unless it is what runs already. */
static int apply(struct shell *s, struct conf *candidate,
                 struct conf_error *error)
{
	const struct console_configure *c = configure_of(s);
	bool changed = false;

	conf_compare(c->running(c->self), candidate, note_change, &changed);
	if (changed)
		return c->apply(c->self, candidate, error);
	conf_free(candidate);
	return 0;
}

static void forget(struct shell *s, const struct conf_error *error)
{
	char told[CONF_MESSAGE + 160];

	conf_error_print(error, told, sizeof(told));
	shell_error(s, "%.200s; nothing is changed", told);
	s->pending[0] = '\0';
}

/* The candidate is whole, or not yet; takes it. */
static void settle(struct shell *s, struct conf *candidate, const char *line,
                   const struct conf_context *context)
{
	bool moved = !same_place(&s->context, context);
	bool waiting = s->pending[0] != '\0';
	struct conf_error error = { .line = 0 };
	int rc = conf_check(candidate, &error);

	if (rc == 0)
		rc = apply(s, candidate, &error);
	if (rc == 0) {
		s->pending[0] = '\0';
		s->context = *context;
		return;
	}
	conf_free(candidate);
	error.file[0] = '\0';
	error.line = 0;
	if (error.message[0] == '\0')
		(void)text_copy(error.message, sizeof(error.message),
		                strerror(-rc));
	if (waiting ? !moved : moved && !is_global(context)) {
		s->context = *context;
		keep(s, line);
	} else {
		forget(s, &error);
	}
}

static int new_candidate(struct shell *s, struct conf **out,
                         struct conf_context *context, struct conf_error *error)
{
	const struct console_configure *c = configure_of(s);
	int rc = conf_copy(out, c->running(c->self));

	if (rc < 0)
		return rc;
	rc = replay(s, *out, context, error);
	if (rc < 0)
		*out = conf_free(*out);
	return rc;
}

/* What was kept is not good and will not become so: say why. */
static void abandon(struct shell *s)
{
	struct conf_error error = { .line = 0 };
	struct conf_context context;
	struct conf *conf = NULL;
	int rc;

	if (s->pending[0] == '\0')
		return;
	rc = new_candidate(s, &conf, &context, &error);
	if (rc == 0)
		(void)conf_check(conf, &error);
	error.file[0] = '\0';
	error.line = 0;
	forget(s, &error);
	conf_free(conf);
}

static void try_line(struct shell *s, const char *line)
{
	struct conf_error error = { .line = 0 };
	struct conf_context context;
	struct conf *conf = NULL;
	int rc = new_candidate(s, &conf, &context, &error);

	if (rc == -EBADMSG) { /* the ground moved under what was kept */
		forget(s, &error);
		return;
	}
	if (rc == 0)
		rc = conf_line(conf, &context, line, &error);
	if (rc == 0 && s->pending[0] != '\0' &&
	    !same_place(&context, &s->context)) {
		conf_free(conf);
		abandon(s);
		s->context = (struct conf_context){ .section = NULL };
		try_line(s, line);
		return;
	}
	if (rc == 0) {
		settle(s, conf, line, &context);
		return;
	}
	if (rc == -EBADMSG) {
		shell_caret(s, line, error.column);
		shell_error(s, "%s", error.message);
	} else {
		shell_error(s, "%s", strerror(-rc));
	}
	conf_free(conf);
}

void shell_leave_configure(struct shell *s)
{
	abandon(s);
	s->configuring = false;
	s->context = (struct conf_context){ .section = NULL };
}

void shell_configure(struct shell *s, const char *line)
{
	struct words w;
	const char *first = "";

	line += strspn(line, " \t");
	if (words_split(&w, line, true) == 0 && w.n > 0)
		first = w.at[0];
	if (text_casecmp(first, "do") == 0) {
		shell_exec(s, w.n > 1 ? line + w.column[1] - 1 : "");
		return;
	}
	if (text_casecmp(first, "end") == 0 && w.n == 1) {
		shell_leave_configure(s);
	} else if (text_casecmp(first, "exit") == 0 && w.n == 1) {
		if (is_global(&s->context) && s->pending[0] == '\0')
			shell_leave_configure(s);
		else
			abandon(s);
		s->context = (struct conf_context){ .section = NULL };
	} else if (w.n > 0 || w.wrong != NULL) {
		try_line(s, line);
	} else if (*line == '!') {
		abandon(s);
		s->context = (struct conf_context){ .section = NULL };
	}
	output_end(s);
}
