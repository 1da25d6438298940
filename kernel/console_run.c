/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * A line typed at a prompt: what it means, what it was called with, and what
 * is wrong with it, in the words of IOS, because its operators read those
 * without reading. The line is shown again with ^ under the word in error, so
 * that the mark is right in any window and in a script's output too.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "kernel/console_private.h"
#include "kernel/text.h"

/* Where an unquoted bar stands, NULL if there is none. */
static const char *find_bar(const char *line)
{
	struct words w;

	(void)words_split(&w, line, false); /* as far as it goes */
	for (int i = 0; i < w.n; i++)
		if (!w.quoted[i] && strcmp(w.at[i], "|") == 0)
			return line + w.column[i] - 1;
	return NULL;
}

void shell_caret(struct shell *s, const char *line, unsigned column)
{
	if (s->json)
		return;
	shell_send(s, ' ', line);
	if (column > 0 && column <= CONSOLE_LINE) {
		char mark[CONSOLE_LINE + 2];

		(void)snprintf(mark, sizeof(mark), "%*s^", (int)column - 1, "");
		shell_send(s, ' ', mark);
	}
}

static void refuse(struct shell *s, const char *line, const struct words *w,
                   const struct match *m, int rc)
{
	char list[160];

	if (rc == -ENODATA) {
		shell_error(s, "Incomplete command.");
	} else if (rc == -EEXIST) {
		match_list(m, w->at[m->at], list, sizeof(list));
		shell_error(s, "Ambiguous command: \"%.80s\" (%s)", line, list);
	} else {
		shell_caret(s, line, w->column[m->at]);
		shell_error(s, "Invalid input detected at '^' marker.");
		if (!s->json &&
		    match_nearest(m, w->at[m->at], list, sizeof(list))) {
			char hint[200];

			(void)snprintf(hint, sizeof(hint),
			               "%% Did you mean \"%s\"?", list);
			shell_send(s, ' ', hint);
		}
	}
}

/* --- arguments --- */

static int take_rest(struct command_args *args, const char *line,
                     unsigned column)
{
	char *to = args->text[args->n];
	size_t len;

	if (text_copy(to, COMMAND_ARG, line + column - 1) < 0)
		return -ENOSPC;
	len = strlen(to);
	while (len > 0 && (to[len - 1] == ' ' || to[len - 1] == '\t'))
		to[--len] = '\0';
	args->n++;
	return 0;
}

/* -ENOSPC: word *at is too long. */
static int take_args(struct command_args *args, const char *words,
                     const char *line, const struct words *w, int *at)
{
	struct match_token t;
	int rc = 0;

	memset(args, 0, sizeof(*args));
	for (*at = 0; rc == 0 && *at < w->n; (*at)++) {
		if (!match_token(words, *at, &t) || args->n == COMMAND_ARGS)
			break;
		if (t.kind == MATCH_KEYWORD)
			continue;
		if (t.kind == MATCH_REST)
			return take_rest(args, line, w->column[*at]);
		rc = text_copy(args->text[args->n], COMMAND_ARG, w->at[*at]);
		if (t.kind == MATCH_NUMBER)
			(void)text_number(w->at[*at], t.min, t.max,
			                  &args->number[args->n]);
		args->n += rc == 0;
	}
	if (rc < 0)
		(*at)--;
	return rc;
}

/* "show_call_active": the keywords joined. */
static const char *key_of(const struct command *command, char *to, size_t size)
{
	struct text key = { .at = to, .size = size };
	struct match_token t;

	if (command->key != NULL)
		return command->key;
	to[0] = '\0';
	for (int i = 0; match_token(command->words, i, &t); i++)
		if (t.kind == MATCH_KEYWORD && !t.optional)
			text_add(&key, "%s%.*s", key.len > 0 ? "_" : "",
			         (int)t.len, t.at);
	for (char *c = to; *c != '\0'; c++)
		if (*c == '-')
			*c = '_';
	return to;
}

static void run_row(struct shell *s, const char *line, const struct words *w,
                    int row)
{
	const struct command *command = s->console->commands[row].command;
	struct command_args args;
	char key[128];
	int at;

	s->key = key_of(command, key, sizeof(key));
	if (take_args(&args, command->words, line, w, &at) < 0) {
		shell_caret(s, line, w->column[at]);
		shell_error(s, "This word is longer than %d characters.",
		            COMMAND_ARG - 1);
	} else {
		s->console->counts.commands++;
		command->run(s->console->commands[row].self, s, &args);
	}
	output_end(s);
	s->key = "output";
}

static void match_commands(struct match *m, const struct console *c)
{
	match_init(m, c->rows, c->n, false, false);
	m->favoured = "show";
}

/* Runs what stands before the bar; the reply is begun. */
static void match_and_run(struct shell *s, const char *line)
{
	struct console *c = s->console;
	struct words w;
	struct match m;
	int rc = words_split(&w, line, false);

	if (rc < 0) {
		shell_caret(s, line, w.end);
		shell_error(s, "%s", w.wrong);
	} else if (w.n > 0 && w.at[0][0] != '!') {
		match_commands(&m, c);
		rc = match_words(&m, w.n, w.at);
		if (rc == 0) {
			run_row(s, line, &w, m.row);
			return;
		}
		refuse(s, line, &w, &m, rc);
	}
	output_end(s);
}

void shell_exec(struct shell *s, const char *line)
{
	const char *bar = find_bar(line);
	char command[CONSOLE_LINE + 1];

	if (text_copy(command, sizeof(command), line) < 0) {
		shell_error(s, "The line is longer than %d characters.",
		            CONSOLE_LINE);
		output_end(s);
		return;
	}
	if (bar != NULL) {
		command[bar - line] = '\0';
		if (s->json)
			shell_error(s, "A filter does not go with JSON.");
		if (s->json || !filter_begin(s, bar + 1)) {
			output_end(s);
			return;
		}
	}
	match_and_run(s, command);
}

void shell_run(struct shell *s, const char *line, bool json)
{
	output_begin(s, json);
	if (s->configuring)
		shell_configure(s, line);
	else
		shell_exec(s, line);
	if (s->failed)
		s->console->counts.failed++;
}

/* --- help --- */

static void exec_help(struct shell *s, const char *partial, match_tell_fn tell,
                      void *self)
{
	struct console *c = s->console;
	const char *bar = find_bar(partial);
	size_t len = strlen(partial);
	bool blank = len == 0 || partial[len - 1] == ' ';
	struct words w;
	struct match m;

	if (bar != NULL) {
		filter_help(bar + 1, tell, self);
		return;
	}
	if (words_split(&w, partial, false) < 0)
		return;
	match_commands(&m, c);
	if (blank || w.n == 0)
		(void)match_help(&m, w.n, w.at, "", tell, self);
	else
		(void)match_help(&m, w.n - 1, w.at, w.at[w.n - 1], tell, self);
	if (blank && m.n > 0 && w.n > 0 && match_words(&m, w.n, w.at) == 0)
		tell(self, "|", "filter the output");
}

void shell_help(struct shell *s, const char *partial, match_tell_fn tell,
                void *self)
{
	const struct console_configure *conf = &s->console->configure;

	partial += strspn(partial, " \t");
	if (!s->configuring) {
		exec_help(s, partial, tell, self);
	} else if (strncasecmp(partial, "do ", 3) == 0) {
		exec_help(s, partial + 3, tell, self);
	} else {
		if (strchr(partial, ' ') == NULL) {
			if (text_starts("do", partial))
				tell(self, "do", "run an exec command");
			if (text_starts("end", partial))
				tell(self, "end", "leave configure");
		}
		conf_help(conf->running(conf->self), &s->context, partial, tell,
		          self);
	}
}

/* --- commands of the console itself --- */

static void run_help(void *self, struct shell *s,
                     const struct command_args *args)
{
	(void)self;
	(void)args;
	shell_print(s, "%s",
	            "Type ? anywhere for what could follow, Tab to complete "
	            "a word.\n"
	            "Words may be shortened while they stay unique; no undoes "
	            "in configure.\n"
	            "Output is filtered by | include, exclude, begin or count "
	            "and an expression.\n");
}

static void run_exit(void *self, struct shell *s,
                     const struct command_args *args)
{
	(void)self;
	(void)args;
	s->closing = true;
}

static void run_monitor(void *self, struct shell *s,
                        const struct command_args *args)
{
	(void)self;
	(void)args;
	shell_monitor(s, true);
}

static void run_no_monitor(void *self, struct shell *s,
                           const struct command_args *args)
{
	(void)self;
	(void)args;
	shell_monitor(s, false);
}

static void run_length(void *self, struct shell *s,
                       const struct command_args *args)
{
	(void)self;
	shell_send(s, 'l', args->text[0]);
}

static void run_configure(void *self, struct shell *s,
                          const struct command_args *args)
{
	struct console *c = self;

	(void)args;
	if (c->configure.running == NULL) {
		shell_error(s, "There is no configuration here.");
		return;
	}
	s->configuring = true;
	s->context = (struct conf_context){ .section = NULL };
	s->pending[0] = '\0';
	if (!s->json)
		shell_print(s, "One line at a time, applied at once; end "
		               "with end.\n");
}

static void run_write(void *self, struct shell *s,
                      const struct command_args *args)
{
	struct console *c = self;
	char wrong[CONF_MESSAGE] = "";
	int rc;

	(void)args;
	if (c->configure.write == NULL) {
		shell_error(s, "There is no configuration here.");
		return;
	}
	rc = c->configure.write(c->configure.self, wrong, sizeof(wrong));
	if (rc < 0)
		shell_error(s, "%s", wrong[0] ? wrong : strerror(-rc));
	else
		shell_print(s, "[OK]\n");
}

static const struct command builtin[] = {
	/* clang-format off */
	{ "help", ROLE_LOOK, run_help, "how to use the console", NULL },
	{ "exit", ROLE_LOOK, run_exit, "close this session", NULL },
	{ "terminal monitor", ROLE_LOOK, run_monitor,
	  "log lines to this session", NULL },
	{ "terminal no monitor", ROLE_LOOK, run_no_monitor,
	  "no more log lines", NULL },
	{ "terminal length <lines:0-512>", ROLE_LOOK, run_length,
	  "lines of a page, 0: no pages", NULL },
	{ "configure terminal", ROLE_CONFIGURE, run_configure,
	  "change the configuration", NULL },
	{ "write [memory]", ROLE_CONFIGURE, run_write,
	  "keep the running configuration", NULL },
	/* clang-format on */
};

int console_add_builtin(struct console *console)
{
	return console_add(console, builtin, ARRAY_LEN(builtin), console);
}
