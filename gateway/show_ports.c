/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Every B channel as a voice port, in the words of IOS: whether it may be used,
 * whether it is, what its call does in each direction, whether its echo is
 * cancelled.
 */

#include <stdio.h>

#include "gateway/call.h"
#include "gateway/commands.h"
#include "gateway/gateway.h"
#include "gateway/trunk.h"
#include "kernel/console.h"

/* The call that has this channel; *incoming: it came in there. */
static const struct call *call_on(const struct trunk *trunk, unsigned channel,
                                  bool *incoming)
{
	LIST_EACH(&trunk->gateway->calls, struct call, call, list)
	for (unsigned i = 0; i < ARRAY_LEN(call->leg); i++) {
		const struct leg *leg = &call->leg[i];

		if (leg->open && leg->kind == PEER_POTS &&
		    leg->isdn.trunk == trunk && leg->isdn.channel == channel) {
			*incoming = leg->which == 0;
			return call;
		}
	}
	return NULL;
}

static const char *oper_state(const struct trunk *trunk,
                              enum isdn_channel_state state)
{
	if (!trunk_is_up(trunk))
		return "down";
	switch (state) {
	case CHANNEL_UNUSED:
	case CHANNEL_SHUTDOWN:
	case CHANNEL_NO_RESTART:
		return "down";
	case CHANNEL_IDLE:
		return "dorm";
	case CHANNEL_BUSY:
	case CHANNEL_ENDING:
	case CHANNEL_RESTARTING:
		return "up";
	}
	return "?";
}

static void port_row(struct shell *s, const struct trunk *trunk,
                     unsigned channel, enum isdn_channel_state state)
{
	struct isdn_conf isdn;
	bool incoming = false;
	const struct call *call = call_on(trunk, channel, &incoming);
	const char *doing = call == NULL ? "idle" : call_state_name(call);

	options_to_isdn(&trunk->options, trunk->name, &isdn);
	table_cell(s, "%s", trunk->name);
	table_number(s, channel);
	table_cell(s, "%s", isdn_switch_name(isdn.switch_type));
	table_cell(s, "%s",
	           trunk_is_closed(trunk) || state == CHANNEL_SHUTDOWN ? "down"
	                                                               : "up");
	table_cell(s, "%s", oper_state(trunk, state));
	table_cell(s, "%s", incoming ? doing : "idle");
	table_cell(s, "%s", call != NULL && !incoming ? doing : "idle");
	table_cell(s, "%s",
	           board_chan_cancels(trunk->span, channel) ? "yes" : "no");
	table_number(s, call != NULL ? call->number : 0);
}

static void show_ports(void *self, struct shell *s,
                       const struct command_args *args ATTR_UNUSED)
{
	static const struct column columns[] = {
		{ "port", NULL, false },       { "channel", NULL, true },
		{ "signalling", NULL, false }, { "admin", NULL, false },
		{ "oper", NULL, false },       { "in_status", NULL, false },
		{ "out_status", NULL, false }, { "ec", NULL, false },
		{ "call", NULL, true },
	};
	struct gateway *g = self;

	table_begin(s, columns, ARRAY_LEN(columns));
	LIST_EACH(&g->trunks, struct trunk, trunk, list)
	for (unsigned i = 1; trunk->link != NULL && i < TICK_SLOTS; i++) {
		enum isdn_channel_state state =
			isdn_channel_state(trunk->link, i);

		if (state != CHANNEL_UNUSED)
			port_row(s, trunk, i, state);
	}
	table_end(s);
}

/* clang-format off */
static const struct command commands[] = {
	{ "show voice port summary", ROLE_LOOK, show_ports,
	  "every B channel: may it be used, is it, by which call", NULL },
};
/* clang-format on */

int commands_ports(struct gateway *gateway, struct console *console)
{
	return console_add(console, commands, ARRAY_LEN(commands), gateway);
}
