/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The ISDN side as an operator asks for it: each span's three layers, its
 * channels, its calls by their call references, its timers.
 */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gateway/call.h"
#include "gateway/commands.h"
#include "gateway/gateway.h"
#include "gateway/record.h"
#include "gateway/span_look.h"
#include "kernel/console.h"
#include "kernel/text.h"

enum { SAPI_CALL_CONTROL = 0, TEI_PRI = 0 }; /* Q.921 3.3.3, 3.3.4.2 */

struct look {
	struct shell *session;
	const struct trunk *trunk;
};

static const char *service_of(const struct trunk *trunk)
{
	return trunk->options.shutdown ? "shutdown"
	       : trunk->doomed         ? "closing"
	                               : busyout_state_name(trunk);
}

static uint32_t free_channels(const struct trunk *trunk)
{
	uint32_t mask = 0;

	for (unsigned i = 1; trunk->link != NULL && i < TICK_SLOTS; i++)
		if (isdn_channel_state(trunk->link, i) == CHANNEL_IDLE)
			mask |= 1u << i;
	return mask;
}

/* Frames that reached us and went no further, whatever was wrong with them. */
static uint64_t discards(const struct trunk *trunk)
{
	struct isdn_counts link;
	struct board_counts line;

	if (trunk->link == NULL)
		return 0;
	isdn_link_counts(trunk->link, &link);
	board_span_counts(trunk->span, &line);
	return link.frames_dropped + line.frames_bad + line.frames_dropped;
}

static void status_row(struct shell *s, const struct span_look *l)
{
	const struct isdn_status *st = &l->st;
	char hint[SPAN_HINT];

	span_hint(l, hint, sizeof(hint));
	table_cell(s, "%s", l->trunk->name);
	table_cell(s, "%s", isdn_switch_name(l->isdn.switch_type));
	table_cell(s, "%s", l->isdn.side == ISDN_USER ? "user" : "network");
	table_cell(s, "%s", l->line ? "ACTIVE" : "DEACTIVATED");
	table_cell(s, "%s", board_alarm_name(l->alarms));
	table_cell(s, "%s", st->layer2);
	table_number(s, st->calls);
	table_number(s, st->idle);
	table_number(s, st->busy);
	table_number(s, st->ending + st->restarting);
	table_number(s, st->down);
	table_cell(s, "%s", service_of(l->trunk));
	table_cell(s, "%s", hint);
	table_number(s, TEI_PRI);
	table_number(s, SAPI_CALL_CONTROL);
	table_cell(s, "%s", l->takes_calls ? "yes" : "no");
	table_cell(s, "0x%08x", free_channels(l->trunk));
	table_number(s, (int64_t)discards(l->trunk));
}

static void status_call(void *self, const struct isdn_call_info *info)
{
	const struct leg *leg = info->owner;

	shell_print(self, "    callref 0x%04x, channel %u, %s, %s",
	            info->callref, info->channel, info->incoming ? "in" : "out",
	            info->state);
	if (leg != NULL)
		shell_print(self, ", call %u", leg->call->number);
	shell_print(self, "\n");
}

/* A block a span, as IOS has it. */
static void status_block(struct shell *s, const struct span_look *l)
{
	const struct isdn_status *st = &l->st;
	char hint[SPAN_HINT];

	span_hint(l, hint, sizeof(hint));
	shell_print(s, "%s: %s, %s side, %s, %s\n", l->trunk->name,
	            isdn_switch_name(l->isdn.switch_type),
	            l->isdn.side == ISDN_USER ? "user" : "network",
	            service_of(l->trunk),
	            l->takes_calls ? "takes calls" : "TAKES NO CALLS");
	if (hint[0] != '\0')
		shell_print(s, "  %s\n", hint);
	shell_print(s, "  layer 1: %s, alarm %s\n",
	            l->line ? "ACTIVE" : "DEACTIVATED",
	            board_alarm_name(l->alarms));
	shell_print(s,
	            "  layer 2: TEI %d, SAPI %d, %s, %" PRIu64
	            " frames discarded\n",
	            TEI_PRI, SAPI_CALL_CONTROL, st->layer2, discards(l->trunk));
	shell_print(s,
	            "  layer 3: calls %u; channels idle %u, busy %u, "
	            "changing %u, down %u; free 0x%08x\n",
	            st->calls, st->idle, st->busy, st->ending + st->restarting,
	            st->down, free_channels(l->trunk));
	if (l->trunk->link != NULL)
		isdn_link_each(l->trunk->link, status_call, s);
}

static void show_status(void *self, struct shell *s,
                        const struct command_args *args ATTR_UNUSED)
{
	static const struct column columns[] = {
		{ "span", NULL, false },  { "switch_type", NULL, false },
		{ "side", NULL, false },  { "layer1", NULL, false },
		{ "alarm", NULL, false }, { "layer2", NULL, false },
		{ "calls", NULL, true },  { "idle", NULL, true },
		{ "busy", NULL, true },   { "changing", NULL, true },
		{ "down", NULL, true },   { "service", NULL, false },
		{ "hint", NULL, false },  { "tei", NULL, true },
		{ "sapi", NULL, true },   { "takes_calls", NULL, false },
		{ "free", NULL, false },  { "layer2_discards", NULL, true },
	};
	struct gateway *g = self;
	struct span_look l;

	if (shell_json(s))
		table_begin(s, columns, ARRAY_LEN(columns));
	LIST_EACH(&g->trunks, struct trunk, trunk, list)
	{
		span_look(&l, trunk);
		if (shell_json(s))
			status_row(s, &l);
		else
			status_block(s, &l);
	}
	if (shell_json(s))
		table_end(s);
}

static void show_service(void *self, struct shell *s,
                         const struct command_args *args ATTR_UNUSED)
{
	static const struct column columns[] = {
		{ "span", NULL, false },
		{ "channel", NULL, true },
		{ "state", NULL, false },
	};
	struct gateway *g = self;

	table_begin(s, columns, ARRAY_LEN(columns));
	LIST_EACH(&g->trunks, struct trunk, trunk, list)
	for (unsigned i = 1; trunk->link != NULL && i < TICK_SLOTS; i++) {
		enum isdn_channel_state state =
			isdn_channel_state(trunk->link, i);

		if (state == CHANNEL_UNUSED)
			continue;
		table_cell(s, "%s", trunk->name);
		table_number(s, i);
		table_cell(s, "%s", isdn_channel_state_name(state));
	}
	table_end(s);
}

/* --- calls --- */

static void number_cell(struct shell *s, const struct number *n)
{
	char digits[48];

	table_cell(s, "%s",
	           n->present ? log_digits(digits, sizeof(digits), n->digits)
	                      : "");
}

static void active_row(void *self, const struct isdn_call_info *info)
{
	struct look *l = self;
	struct shell *s = l->session;
	const struct leg *leg = info->owner;
	static const struct leg_setup none;
	const struct leg_setup *setup = &none;

	if (leg != NULL)
		setup = leg->which == 0 ? &leg->call->setup : &leg->call->out;
	table_cell(s, "%s", l->trunk->name);
	table_number(s, info->channel);
	table_cell(s, "0x%04x", info->callref);
	table_cell(s, "%s", info->incoming ? "in" : "out");
	number_cell(s, &setup->calling.number);
	number_cell(s, &setup->called.number);
	table_cell(s, "%s", setup->calling.name);
	table_number(s, instant_since(instant_now(), info->since) / SEC(1));
	table_cell(s, "%s", info->state);
	table_number(s, leg != NULL ? leg->call->number : 0);
}

static void show_active(void *self, struct shell *s,
                        const struct command_args *args ATTR_UNUSED)
{
	static const struct column columns[] = {
		{ "span", NULL, false },    { "channel", NULL, true },
		{ "callref", NULL, false }, { "direction", NULL, false },
		{ "calling", NULL, false }, { "called", NULL, false },
		{ "name", NULL, false },    { "seconds", NULL, true },
		{ "state", NULL, false },   { "call", NULL, true },
	};
	struct gateway *g = self;
	struct look l = { .session = s };

	table_begin(s, columns, ARRAY_LEN(columns));
	LIST_EACH(&g->trunks, struct trunk, trunk, list)
	{
		l.trunk = trunk;
		if (trunk->link != NULL)
			isdn_link_each(trunk->link, active_row, &l);
	}
	table_end(s);
}

struct past {
	struct shell *session;
	unsigned left;
};

/* "e1 0:5", and no address of SIP. */
static bool is_line(const char *where)
{
	return text_starts(where, "e1 ") || text_starts(where, "t1 ");
}

static void past_row(struct shell *s, const struct record *r, bool incoming)
{
	char text[48];

	table_cell(s, "%s", incoming ? r->near : r->far);
	table_cell(s, "%s", incoming ? "in" : "out");
	table_cell(s, "%s", log_digits(text, sizeof(text), r->calling));
	table_cell(s, "%s", log_digits(text, sizeof(text), r->called));
	table_number(s, r->connect_wall
	                        ? (r->end_wall - r->connect_wall) / SEC(1)
	                        : 0);
	table_number(s, r->release.cause.value);
	table_cell(s, "%s", q850_cause_name(r->release.cause.value));
	table_number(s, r->call);
}

static bool past_call(void *self, const struct record *r)
{
	struct past *p = self;

	if (is_line(r->near))
		past_row(p->session, r, true);
	if (is_line(r->far))
		past_row(p->session, r, false);
	return --p->left > 0;
}

static void show_history(void *self, struct shell *s,
                         const struct command_args *args)
{
	static const struct column columns[] = {
		{ "channel", NULL, false }, { "direction", NULL, false },
		{ "calling", NULL, false }, { "called", NULL, false },
		{ "seconds", NULL, true },  { "cause", NULL, true },
		{ "text", NULL, false },    { "call", NULL, true },
	};
	struct gateway *g = self;
	struct past p = { s, args->n > 0 ? (unsigned)args->number[0] : 20 };

	table_begin(s, columns, ARRAY_LEN(columns));
	history_each(g->history, past_call, &p);
	table_end(s);
}

/* --- timers --- */

static void show_timers(void *self, struct shell *s,
                        const struct command_args *args ATTR_UNUSED)
{
	static const struct column columns[] = {
		{ "span", NULL, false },
		{ "timer", NULL, false },
		{ "milliseconds", NULL, true },
		{ "meaning", NULL, false },
	};
	struct gateway *g = self;
	struct isdn_conf isdn;

	table_begin(s, columns, ARRAY_LEN(columns));
	LIST_EACH(&g->trunks, struct trunk, trunk, list)
	{
		options_to_isdn(&trunk->options, trunk->name, &isdn);
		for (unsigned i = 0; i < ISDN_TIMERS; i++) {
			const struct timer_row *row = &isdn_timer_rows[i];

			table_cell(s, "%s", trunk->name);
			table_cell(s, "%s", row->name);
			table_number(s, (isdn.timers[i] != 0 ? isdn.timers[i]
			                                     : row->preset) /
			                        MSEC(1));
			table_cell(s, "%s", row->meaning);
		}
	}
	table_end(s);
}

/* --- counters --- */

#define COUNTER(member, meaning)                                       \
	{                                                              \
#member, meaning, offsetof(struct isdn_counts, member) \
	}

/* clang-format off */
static const struct {
	const char *name, *meaning;
	size_t at;
} counters[] = {
	COUNTER(frames_in, "frames received"),
	COUNTER(frames_out, "frames sent"),
	COUNTER(frames_cleaned, "frames with something cut out before libpri"),
	COUNTER(frames_dropped, "frames dropped: not to be understood"),
	COUNTER(frames_edited, "frames completed on their way out"),
	COUNTER(send_failures, "frames the line did not take"),
	COUNTER(calls_in, "calls received"),
	COUNTER(calls_out, "calls placed"),
	COUNTER(glare, "calls of both ends met on a channel"),
	COUNTER(refused_overload, "calls refused: too many, or too many a second"),
	COUNTER(restarts_sent, "RESTARTs sent"),
	COUNTER(restarts_failed, "RESTARTs never acknowledged"),
	COUNTER(restarts_received, "RESTARTs received"),
	COUNTER(ups, "times the D channel came up"),
	COUNTER(downs, "times it was lost"),
	COUNTER(config_errors, "signs that both ends are the same side"),
	COUNTER(strays, "messages that fit no call"),
	COUNTER(uui_dropped, "user-user information left out"),
};
/* clang-format on */

static void counter_row(struct shell *s, const struct trunk *trunk,
                        const char *name, uint64_t value, const char *meaning)
{
	table_cell(s, "%s", trunk->name);
	table_cell(s, "%s", name);
	table_number(s, (int64_t)value);
	table_cell(s, "%s", meaning);
}

static void show_counters(void *self, struct shell *s,
                          const struct command_args *args ATTR_UNUSED)
{
	static const struct column columns[] = {
		{ "span", NULL, false },
		{ "counter", NULL, false },
		{ "value", NULL, true },
		{ "meaning", NULL, false },
	};
	struct gateway *g = self;
	struct isdn_counts n;
	uint64_t value;

	table_begin(s, columns, ARRAY_LEN(columns));
	LIST_EACH(&g->trunks, struct trunk, trunk, list)
	{
		if (trunk->link == NULL)
			continue;
		isdn_link_counts(trunk->link, &n);
		for (size_t i = 0; i < ARRAY_LEN(counters); i++) {
			memcpy(&value, (const char *)&n + counters[i].at,
			       sizeof(value));
			counter_row(s, trunk, counters[i].name, value,
			            counters[i].meaning);
		}
		for (size_t i = 0; i < ISDN_TIMERS; i++)
			if (n.timeouts[i] > 0)
				counter_row(s, trunk, isdn_timer_rows[i].name,
				            n.timeouts[i],
				            isdn_timer_rows[i].meaning);
	}
	table_end(s);
}

/* clang-format off */
static const struct command commands[] = {
	{ "show isdn status", ROLE_LOOK, show_status,
	  "layers 1 to 3 of every span, and whether it takes calls", NULL },
	{ "show isdn service", ROLE_LOOK, show_service,
	  "every B channel and its state", NULL },
	{ "show isdn active", ROLE_LOOK, show_active,
	  "Q.931 calls of this moment, with callref and channel", NULL },
	{ "show isdn history [<n:1-10000>]", ROLE_LOOK, show_history,
	  "the last calls on spans, newest first", NULL },
	{ "show isdn counters", ROLE_LOOK, show_counters,
	  "what each D channel carried, refused and lost", NULL },
	{ "show isdn timers", ROLE_LOOK, show_timers,
	  "Q.921 and Q.931 timers of every span", NULL },
};
/* clang-format on */

int commands_isdn(struct gateway *gateway, struct console *console)
{
	int rc = console_add(console, commands, ARRAY_LEN(commands), gateway);

	if (rc == 0)
		rc = commands_controllers(gateway, console);
	return rc < 0 ? rc : commands_ports(gateway, console);
}
