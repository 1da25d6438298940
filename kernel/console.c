/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * The console as a whole: the rows of commands, the control socket, and log
 * lines for the sessions that want them. The socket's mode and group decide
 * who may speak; there is no password and no telnet, ssh brings people to
 * `causeway` and that to this socket.
 *
 * Log lines arrive on any thread. They go through a mailbox to the signalling
 * thread, which alone touches sessions; when it is full lines are lost to the
 * monitors, never to the log itself, and no thread waits. The sink is there
 * only while somebody monitors.
 *
 * The files beside this one: console_shell.c speaks the protocol (and says
 * which), console_run.c runs a line, console_configure.c is `configure
 * terminal`, console_table.c prints, console_filter.c is `| include`.
 */

#include "kernel/console.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel/console_private.h"
#include "kernel/instant.h"
#include "kernel/mailbox.h"
#include "kernel/mem.h"
#include "kernel/net.h"
#include "kernel/stats.h"
#include "kernel/text.h"

enum { LOG_LINE = 1024, LOG_DEPTH = 256, TIME_AT = 11, TIME_LEN = 12 };

struct log_message {
	char line[LOG_LINE];
};

/* clang-format off */
static const struct stat_row stat_rows[] = {
	STAT(struct console_counts, sessions, "sessions opened"),
	STAT(struct console_counts, refused, "sessions refused, too many"),
	STAT(struct console_counts, commands, "commands run"),
	STAT(struct console_counts, failed, "lines refused or failed"),
	STAT(struct console_counts, unread_closed,
	     "sessions closed because they did not read"),
	STAT(struct console_counts, too_long, "lines that were too long"),
	STAT(struct console_counts, untold,
	     "lines not told to sessions that did not read"),
};
/* clang-format on */

static int add_stats(struct console *c)
{
	c->stats = mem_new(struct stat_group);
	if (c->stats == NULL)
		return -ENOMEM;
	c->stats->name = "console";
	c->stats->rows = stat_rows;
	c->stats->nrows = ARRAY_LEN(stat_rows);
	c->stats->values = &c->counts;
	stats_add(c->stats);
	return 0;
}

int console_new(struct console **out, struct loop *loop)
{
	struct console *c = mem_new(struct console);
	int rc = -ENOMEM;

	if (c != NULL) {
		c->loop = loop;
		c->fd = -1;
		list_init(&c->sessions);
		console_set_prompt(c, "causeway");
		rc = console_add_builtin(c);
	}
	if (rc == 0)
		rc = add_stats(c);
	if (rc < 0)
		console_free(c);
	else
		*out = c;
	return rc;
}

struct console *console_free(struct console *c)
{
	if (c == NULL)
		return NULL;
	LIST_EACH(&c->sessions, struct shell, s, list)
	shell_free(s);
	mailbox_free(c->log);
	watch_free(c->watch);
	if (c->fd >= 0) {
		(void)close(c->fd);
		(void)unlink(c->path);
	}
	if (c->stats != NULL)
		stats_remove(c->stats);
	mem_free(c->stats);
	return mem_free(c);
}

int console_add(struct console *c, const struct command *rows, size_t n,
                void *self)
{
	if (n > MATCH_ROWS - c->n)
		return -ENOSPC;
	for (size_t i = 0; i < n; i++) {
		c->commands[c->n].command = &rows[i];
		c->commands[c->n].self = self;
		c->rows[c->n].words = rows[i].words;
		c->rows[c->n++].help = rows[i].help;
	}
	return 0;
}

void console_set_configure(struct console *c,
                           const struct console_configure *configure)
{
	c->configure = *configure;
}

void console_set_prompt(struct console *c, const char *hostname)
{
	(void)snprintf(c->hostname, sizeof(c->hostname), "%s", hostname);
}

/* --- the socket --- */

static void on_connect(void *self, unsigned events)
{
	struct console *c = self;
	int fd;

	(void)events;
	while ((fd = net_accept(c->fd, NULL)) >= 0) {
		if (c->nsessions >= CONSOLE_SESSIONS) {
			c->counts.refused++;
			(void)close(fd);
		} else {
			(void)shell_open(c, fd); /* it closes what it refuses */
		}
	}
}

int console_listen(struct console *c, const char *path, unsigned mode,
                   int group)
{
	int rc = text_copy(c->path, sizeof(c->path), path);

	if (rc < 0)
		return -ENAMETOOLONG;
	/* Nobody but us until the group is right. */
	c->fd = net_unix_listen(path, SOCK_STREAM, 0600);
	if (c->fd < 0) {
		rc = c->fd;
		c->fd = -1;
		return rc;
	}
	if ((group >= 0 && chown(path, (uid_t)-1, (gid_t)group) < 0) ||
	    chmod(path, (mode_t)mode) < 0)
		return -errno;
	return watch_new(&c->watch, c->loop, c->fd, WATCH_READ, on_connect, c);
}

/* --- log lines --- */

/* Any thread. */
static void take_log_line(void *self, enum log_level level, const char *area,
                          const char *line)
{
	struct console *c = self;
	struct log_message m;
	char stamp[32];

	(void)area; /* the line begins with it */
	wall_print(stamp, sizeof(stamp), wall_now());
	(void)snprintf(m.line, sizeof(m.line), "%.*s %s %.980s", TIME_LEN,
	               stamp + TIME_AT, log_level_name(level), line);
	(void)mailbox_post(c->log, &m);
}

static void tell_log_line(void *self, const void *message)
{
	const struct log_message *m = message;
	struct console *c = self;

	LIST_EACH(&c->sessions, struct shell, s, list)
	if (s->monitoring)
		shell_tell(s, m->line);
}

static int start_log(struct console *c)
{
	int rc = 0;

	if (c->log == NULL) {
		rc = mailbox_new(&c->log, sizeof(struct log_message),
		                 LOG_DEPTH);
		if (rc == 0)
			rc = mailbox_attach(c->log, c->loop, tell_log_line, c);
		if (rc < 0)
			c->log = mailbox_free(c->log);
	}
	if (rc < 0)
		return rc;
	c->sink = (struct log_sink){ .fn = take_log_line, .self = c };
	log_sink_add(&c->sink);
	return 0;
}

void shell_monitor(struct shell *s, bool on)
{
	struct console *c = s->console;

	if (s->fd < 0 || s->monitoring == on)
		return;
	if (on && c->monitoring == 0 && start_log(c) < 0) {
		shell_error(s, "there is no memory to monitor");
		return;
	}
	s->monitoring = on;
	c->monitoring += on ? 1u : -1u;
	if (c->monitoring == 0)
		log_sink_remove(&c->sink);
}

int console_run(struct console *c, const char *line, bool json,
                void (*out)(void *self, const char *text), void *self)
{
	struct shell *s = mem_new(struct shell);
	bool failed;

	if (s == NULL)
		return -ENOMEM;
	shell_init(s, c);
	s->told = out;
	s->told_self = self;
	shell_run(s, line, json);
	failed = s->failed;
	shell_done(s);
	mem_free(s);
	return failed ? -EPROTO : 0;
}
