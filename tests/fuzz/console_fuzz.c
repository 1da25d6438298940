/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * What anybody with the socket may send: requests in whatever pieces, to rows
 * of every shape and a configuration that can be changed.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/options.h"
#include "kernel/console_private.h"
#include "kernel/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct conf *configuration;

static void run(void *self, struct shell *s, const struct command_args *args)
{
	static const struct column columns[] = {
		{ "argument", NULL, false },
		{ "number", NULL, true },
	};

	(void)self;
	shell_print(s, "%d arguments\n", args->n);
	table_begin(s, columns, ARRAY_LEN(columns));
	for (int i = 0; i < args->n; i++) {
		table_cell(s, "%s", args->text[i]);
		table_number(s, (int64_t)args->number[i]);
	}
	table_end(s);
}

/* clang-format off */
static const struct command rows[] = {
	{ "show call active", ROLE_LOOK, run, "calls", NULL },
	{ "show call <n:1-99> ladder", ROLE_LOOK, run, "story", NULL },
	{ "show controllers", ROLE_LOOK, run, "spans", NULL },
	{ "debug isdn [span <rest>]", ROLE_DEBUG, run, "frames", NULL },
	{ "clear call <id>", ROLE_OPERATE, run, "end it", NULL },
};
/* clang-format on */

static const struct conf *running(void *self)
{
	(void)self;
	return configuration;
}

static int apply(void *self, struct conf *candidate, struct conf_error *error)
{
	(void)self;
	(void)error;
	conf_free(configuration);
	configuration = candidate;
	return 0;
}

static int write_conf(void *self, char *wrong, size_t size)
{
	(void)self;
	(void)wrong;
	(void)size;
	return 0;
}

static void drain(struct loop *loop, int fd)
{
	char part[65536];

	do
		while (loop_turn(loop))
			;
	while (recv(fd, part, sizeof(part), MSG_DONTWAIT) > 0);
}

static void converse(struct loop *loop, struct console *console,
                     const uint8_t *data, size_t size)
{
	int fd[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fd) < 0)
		abort();
	if (shell_open(console, fd[1]) < 0)
		abort();
	while (size > 0) {
		size_t part = MIN_OF(size, (size_t)data[0] + 1);
		ssize_t n = send(fd[0], data, part, MSG_NOSIGNAL);

		drain(loop, fd[0]);
		if (n <= 0)
			break;
		data += n;
		size -= (size_t)n;
	}
	(void)close(fd[0]);
	while (loop_turn(loop))
		;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct console_configure configure = { running, apply,
		                                            write_conf, NULL };
	struct console *console;
	struct loop *loop;

	if (loop_new(&loop) < 0 ||
	    conf_new(&configuration, &options_schema) < 0 ||
	    console_new(&console, loop) < 0 ||
	    console_add(console, rows, ARRAY_LEN(rows), NULL) < 0)
		abort();
	console_set_configure(console, &configure);
	converse(loop, console, data, size);
	console_free(console);
	configuration = conf_free(configuration);
	while (loop_turn(loop))
		;
	loop_free(loop);
	return 0;
}
