/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef KERNEL_CONSOLE_H
#define KERNEL_CONSOLE_H

/*
 * The console: commands as rows, spoken over a unix socket by a line protocol
 * (console.c says which), shown as tables for people or one JSON object for
 * programs. Words may be abbreviated while they stay unique; `?` lists what
 * could follow; an error points at its word with ^; output may be filtered
 * with `| include`, `exclude`, `begin`, `count`. Nothing a session does or
 * does not do delays the signalling thread: what it does not read is kept up
 * to a limit, then the session is closed.
 *
 * Signalling thread only.
 */

#include "kernel/base.h"
#include "kernel/conf.h"
#include "kernel/log.h"

struct loop;
struct console;
struct shell;

enum console_role { ROLE_LOOK, ROLE_OPERATE, ROLE_DEBUG, ROLE_CONFIGURE };

enum { COMMAND_ARGS = 8, COMMAND_ARG = 128 };

/* What a command's <arguments> were; words that are choices come as typed. */
struct command_args {
	int n;
	char text[COMMAND_ARGS][COMMAND_ARG];
	uint64_t number[COMMAND_ARGS]; /* where the row says <n:min-max> */
};

/*
 * words: keywords and arguments: "show call <n:1-4294967295> ladder",
 * "debug isdn q931 [span <rest>]". <x:min-max> is a number, <x> one word,
 * <rest> the rest of the line; [...] at the end may be left out.
 */
struct command {
	const char *words;
	enum console_role role;
	void (*run)(void *self, struct shell *session,
	            const struct command_args *args);
	const char *help;
	/* JSON's object key; NULL: the keywords joined by '_'. */
	const char *key;
};

int console_new(struct console **out, struct loop *loop);
struct console *console_free(struct console *console);

/* Opens the control socket (mode, group -1: leave). */
int console_listen(struct console *console, const char *path, unsigned mode,
                   int group);

/* Adds rows, which stay the caller's; self is handed to their run. */
int console_add(struct console *console, const struct command *rows, size_t n,
                void *self);

/* `configure terminal`: edits a copy, applies through these. */
struct console_configure {
	const struct conf *(*running)(void *self);
	/* Takes over `candidate` (checked) or refuses with a sentence. */
	int (*apply)(void *self, struct conf *candidate,
	             struct conf_error *error);
	int (*write)(void *self, char *wrong, size_t size);
	void *self;
};
void console_set_configure(struct console *console,
                           const struct console_configure *configure);
void console_set_prompt(struct console *console, const char *hostname);

/* --- what a command's run may do with its session --- */

/* Text for people, line by line (ends with \n). Under --json it becomes a row
 * { "text": line } unless a table is written too. */
void shell_print(struct shell *session, const char *format, ...)
	ATTR_PRINTF(2, 3);

/* The command failed: "% " and the sentence; exit status 1 for one-shots. */
void shell_error(struct shell *session, const char *format, ...)
	ATTR_PRINTF(2, 3);

/* A table: columns are sized to what is in them; key is the JSON key. */
struct column {
	const char *key, *title; /* title NULL: the key, with blanks */
	bool number;             /* right-justified, and a number in JSON */
};
void table_begin(struct shell *session, const struct column *columns, size_t n);
void table_cell(struct shell *session, const char *format, ...)
	ATTR_PRINTF(2, 3);
void table_number(struct shell *session, int64_t value);
void table_end(struct shell *session);

bool shell_json(const struct shell *session);

/* What follows a shell: fn runs when it closes (debug switched off). */
struct shell_watch {
	struct shell_watch *next;
	void (*closed)(void *self, struct shell *session);
	void *self;
};
void shell_watch(struct shell *session, struct shell_watch *watch);
void shell_unwatch(struct shell *session, struct shell_watch *watch);

/* A line between prompts, for debug output; dropped (and counted) when the
 * session does not read. */
void shell_tell(struct shell *session, const char *line);

/* Log lines to this session from now on ("terminal monitor"). */
void shell_monitor(struct shell *session, bool on);

/* For tests and tools: run one line without a socket; output is told. */
int console_run(struct console *console, const char *line, bool json,
                void (*out)(void *self, const char *text), void *self);

#endif
