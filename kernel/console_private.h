/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef KERNEL_CONSOLE_PRIVATE_H
#define KERNEL_CONSOLE_PRIVATE_H

/*
 * What the files of the console share: console.c owns the rows and the
 * sessions, console_shell.c speaks the protocol, console_run.c runs a line,
 * console_configure.c the lines of `configure terminal`, console_table.c what
 * a command says.
 */

#include <regex.h>

#include "kernel/console.h"
#include "kernel/list.h"
#include "kernel/loop.h"
#include "kernel/match.h"
#include "kernel/spool.h"
#include "kernel/timer.h"
#include "kernel/words.h"

enum {
	CONSOLE_SESSIONS = 16,
	CONSOLE_LINE = 1024,          /* octets of a line that comes in */
	CONSOLE_UNREAD = 256 * 1024,  /* above it a session is in arrears */
	CONSOLE_OUTPUT = 4096 * 1024, /* of one command */
	CONSOLE_COLUMNS = 48,
	CONSOLE_CELL = 512,
	CONSOLE_PATTERN = 128, /* a filter's expression */
};

struct mailbox;
struct watch;

struct console_counts {
	uint64_t sessions, refused, commands, failed, unread_closed, too_long,
		untold;
};

/* The gateway owns the console, the console its sessions. */
struct console {
	struct loop *loop;
	int fd;
	struct watch *watch;
	char path[108];
	char hostname[64];
	struct match_row rows[MATCH_ROWS];
	struct {
		const struct command *command;
		void *self;
	} commands[MATCH_ROWS];
	size_t n;
	struct console_configure configure;
	struct list sessions;
	unsigned nsessions;
	struct mailbox *log;
	struct log_sink sink;
	unsigned monitoring; /* sessions */
	struct console_counts counts;
	struct stat_group *stats;
};

enum filter_kind {
	FILTER_NONE,
	FILTER_INCLUDE,
	FILTER_EXCLUDE,
	FILTER_BEGIN,
	FILTER_COUNT
};

struct filter {
	enum filter_kind kind;
	regex_t regex;
	bool begun;
	unsigned count;
};

struct table {
	const struct column *columns;
	size_t n, at;
	unsigned widths[CONSOLE_COLUMNS];
	struct spool cells; /* closed by NUL each, none divided */
};

struct shell {
	struct list list;
	struct console *console;
	int fd; /* -1: console_run() */
	struct watch *watch;
	struct timer arrears;
	struct deferred funeral;
	bool closing; /* when all is read */
	bool dead;
	char in[CONSOLE_LINE * 2];
	size_t in_len;
	bool too_long; /* the line that comes in is being thrown away */
	struct spool out;
	void (*told)(void *self, const char *text);
	void *told_self;
	struct shell_watch *watches;
	bool monitoring;
	/* `configure terminal` */
	bool configuring;
	struct conf_context context;
	char pending[CONSOLE_LINE * 8]; /* lines not yet fit to apply */
	/* the command that runs */
	bool json, failed, json_open, json_rows;
	char error[256];
	const char *key;
	char line[WORDS_LINE];
	size_t line_len;
	struct filter filter;
	struct table table;
	struct spool texts; /* under JSON, until it is known if they count */
};

/* console_shell.c */
int shell_open(struct console *console, int fd);
void shell_free(struct shell *s);
void shell_init(struct shell *s, struct console *console);
void shell_done(struct shell *s);
void shell_send(struct shell *s, char tag, const char *text);
void shell_close(struct shell *s); /* now; dies on the next turn */
void shell_interrupt(struct shell *s);
void shell_prompt(const struct shell *s, char *to, size_t size);

/* console_run.c */
void shell_run(struct shell *s, const char *line, bool json);
void shell_exec(struct shell *s, const char *line);
void shell_help(struct shell *s, const char *partial, match_tell_fn tell,
                void *self);
void shell_caret(struct shell *s, const char *line, unsigned column);
int console_add_builtin(struct console *console);

/* console_configure.c */
void shell_configure(struct shell *s, const char *line);
void shell_leave_configure(struct shell *s);

/* console_table.c */
void output_begin(struct shell *s, bool json);
void output_end(struct shell *s);

/* console_filter.c: "include ..." behind the bar; false: it was refused. */
bool filter_begin(struct shell *s, const char *text);
bool filter_passes(struct filter *f, const char *line);
void filter_help(const char *partial, match_tell_fn tell, void *self);
void filter_done(struct filter *f);

#endif
