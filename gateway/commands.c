/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * What an operator does: end a call, restart a channel, take a channel out of
 * service. Spans and peers are shut down in configure mode, where it is kept; a
 * channel is shut down here, for tonight.
 */

#include "gateway/commands.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "board/probe.h"
#include "gateway/call.h"
#include "gateway/gateway.h"
#include "gateway/span_look.h"
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

struct trunk *commands_trunk(struct gateway *g, struct shell *s,
                             const struct command_args *args)
{
	char name[COMMAND_ARG * 2 + 2];
	struct trunk *trunk;

	(void)snprintf(name, sizeof(name), "%s %s", args->text[0],
	               args->text[1]);
	trunk = gateway_trunk(g, name);
	if (trunk != NULL && trunk->link != NULL)
		return trunk;
	if (trunk == NULL)
		shell_error(s, "there is no span \"%s\"", name);
	else
		shell_error(s, "%s is not open: %s", name,
		            strerror(-trunk->error));
	return NULL;
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
	struct trunk *trunk = commands_trunk(self, s, args);
	unsigned channel = (unsigned)args->number[2];

	if (trunk != NULL)
		said(s, isdn_channel_restart(trunk->link, channel),
		     "RESTART sent", channel);
}

static void down_channel(void *self, struct shell *s,
                         const struct command_args *args)
{
	struct trunk *trunk = commands_trunk(self, s, args);
	unsigned channel = (unsigned)args->number[2];

	if (trunk != NULL)
		said(s, isdn_channel_shutdown(trunk->link, channel, true),
		     "out of service", channel);
}

static void up_channel(void *self, struct shell *s,
                       const struct command_args *args)
{
	struct trunk *trunk = commands_trunk(self, s, args);
	unsigned channel = (unsigned)args->number[2];

	if (trunk != NULL)
		said(s, isdn_channel_shutdown(trunk->link, channel, false),
		     "in service", channel);
}

static void probe_line(void *self, const char *text)
{
	shell_print(self, "%s\n", text);
}

/* Asks the driver alone: no channel is opened, a call does not notice. Then
 * what looks wrong with the spans that are configured, from layer 1 to 3. */
static void probe(void *self, struct shell *s,
                  const struct command_args *args ATTR_UNUSED)
{
	struct gateway *g = self;
	struct span_look look;
	char hint[SPAN_HINT];

	board_probe(probe_line, s);
	LIST_EACH(&g->trunks, struct trunk, trunk, list)
	{
		span_look(&look, trunk);
		span_hint(&look, hint, sizeof(hint));
		shell_print(s, "controller %s: %s\n", trunk->name,
		            *hint == '\0' ? "nothing looks wrong" : hint);
	}
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
	{ "probe", ROLE_LOOK, probe,
	  "which cards and spans there are, and what looks wrong", NULL },
};
/* clang-format on */

int commands_operate(struct gateway *gateway, struct console *console)
{
	int rc = console_add(console, commands, ARRAY_LEN(commands), gateway);

	return rc < 0 ? rc : commands_capture(gateway, console);
}
