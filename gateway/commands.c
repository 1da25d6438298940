/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * What an operator does: end a call, restart a channel, take a channel out of
 * service, start and stop a capture. Spans and peers are shut down in
 * configure mode, where it is kept; a channel is shut down here, for tonight.
 */

#include "gateway/commands.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "board/probe.h"
#include "gateway/call.h"
#include "gateway/capture.h"
#include "gateway/gateway.h"
#include "gateway/keep.h"
#include "gateway/trunk.h"
#include "kernel/console.h"

static void clear_one(void *self, struct shell *s,
                      const struct command_args *args)
{
	static const struct release why = {
		.by = RELEASE_BY_OPERATOR,
		.cause = { Q850_NORMAL_UNSPECIFIED, LOCATION_PRIVATE_LOCAL },
		.detail = "clear call",
	};
	struct call *call = gateway_call(self, (uint32_t)args->number[0]);

	if (call == NULL) {
		shell_error(s, "there is no call %" PRIu64, args->number[0]);
		return;
	}
	call_clear(call, &why);
	shell_print(s, "call %u is being cleared\n", call->number);
}

static struct trunk *trunk_of(struct gateway *g, struct shell *s,
                              const struct command_args *args)
{
	char name[COMMAND_ARG * 2 + 2];
	struct trunk *trunk;

	(void)snprintf(name, sizeof(name), "%s %s", args->text[0],
	               args->text[1]);
	trunk = gateway_trunk(g, name);
	if (trunk == NULL || trunk->link == NULL) {
		shell_error(s, "there is no span \"%s\"", name);
		return NULL;
	}
	return trunk;
}

static void said(struct shell *s, int rc, const char *what, unsigned channel)
{
	if (rc < 0)
		shell_error(s, "channel %u: %s", channel, strerror(-rc));
	else
		shell_print(s, "channel %u: %s\n", channel, what);
}

static void clear_channel(void *self, struct shell *s,
                          const struct command_args *args)
{
	struct trunk *trunk = trunk_of(self, s, args);
	unsigned channel = (unsigned)args->number[2];

	if (trunk != NULL)
		said(s, isdn_channel_restart(trunk->link, channel),
		     "RESTART sent", channel);
}

static void down_channel(void *self, struct shell *s,
                         const struct command_args *args)
{
	struct trunk *trunk = trunk_of(self, s, args);
	unsigned channel = (unsigned)args->number[2];

	if (trunk != NULL)
		said(s, isdn_channel_shutdown(trunk->link, channel, true),
		     "out of service", channel);
}

static void up_channel(void *self, struct shell *s,
                       const struct command_args *args)
{
	struct trunk *trunk = trunk_of(self, s, args);
	unsigned channel = (unsigned)args->number[2];

	if (trunk != NULL)
		said(s, isdn_channel_shutdown(trunk->link, channel, false),
		     "in service", channel);
}

/* Numbers stand in captures as they were: whoever hides them means it. */
static bool may_show_numbers(struct gateway *g, struct shell *s)
{
	if (g->global.privacy == 0)
		return true;
	shell_error(s, "privacy digits is set, and messages hold whole numbers"
	               ": \"no privacy digits\" first");
	return false;
}

static void export_call(void *self, struct shell *s,
                        const struct command_args *args)
{
	struct gateway *g = self;
	uint32_t call = (uint32_t)args->number[0];
	int n;

	if (!may_show_numbers(g, s))
		return;
	n = keep_export(g->keep, g->ladder, call, args->text[1]);
	if (n == -ENOENT)
		shell_error(s, "nothing is kept of call %u", call);
	else if (n < 0)
		shell_error(s, "%s: %s", args->text[1], strerror(-n));
	else
		shell_print(s, "%s.pcapng: %d messages; %s.txt: the ladder\n",
		            args->text[1], n, args->text[1]);
}

static void capture_on(void *self, struct shell *s,
                       const struct command_args *args)
{
	struct gateway *g = self;
	int rc;

	if (!may_show_numbers(g, s))
		return;
	g->capture = capture_stop(g->capture);
	rc = capture_start(&g->capture, args->text[0], 64u << 20);
	if (rc < 0)
		shell_error(s, "%s: %s", args->text[0], strerror(-rc));
	else
		shell_print(s, "capturing to %s (at most 64 MiB, twice)\n",
		            args->text[0]);
}

static void capture_off(void *self, struct shell *s,
                        const struct command_args *args ATTR_UNUSED)
{
	struct gateway *g = self;
	struct capture_counts n;

	if (g->capture == NULL) {
		shell_error(s, "no capture runs");
		return;
	}
	n = capture_counts(g->capture);
	shell_print(s, "%s: %" PRIu64 " packets, %" PRIu64 " lost\n",
	            capture_file(g->capture), n.packets, n.lost);
	g->capture = capture_stop(g->capture);
}

static void probe_line(void *self, const char *text)
{
	shell_print(self, "%s\n", text);
}

/* Asks the driver alone: no channel is opened, a call does not notice. */
static void probe(void *self ATTR_UNUSED, struct shell *s,
                  const struct command_args *args ATTR_UNUSED)
{
	board_probe(probe_line, s);
}

/* clang-format off */
static const struct command commands[] = {
	{ "clear call <n:1-4294967295>", ROLE_OPERATE, clear_one,
	  "end a call", NULL },
	{ "clear channel <type> <span> <channel:1-31>", ROLE_OPERATE,
	  clear_channel, "RESTART a B channel: clear channel e1 0 5", NULL },
	{ "shutdown channel <type> <span> <channel:1-31>", ROLE_OPERATE,
	  down_channel, "take a B channel out of service", NULL },
	{ "no shutdown channel <type> <span> <channel:1-31>", ROLE_OPERATE,
	  up_channel, "take a B channel back into service", NULL },
	{ "capture start <file>", ROLE_DEBUG, capture_on,
	  "write SIP and D channels into a pcapng file", NULL },
	{ "call <n:1-4294967295> export <file>", ROLE_DEBUG, export_call,
	  "write FILE.pcapng and FILE.txt of a call, live or ended", NULL },
	{ "capture stop", ROLE_DEBUG, capture_off, "end the capture", NULL },
	{ "probe", ROLE_LOOK, probe,
	  "which cards and spans there are, and what looks wrong", NULL },
};
/* clang-format on */

int commands_operate(struct gateway *gateway, struct console *console)
{
	return console_add(console, commands, ARRAY_LEN(commands), gateway);
}
