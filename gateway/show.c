/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * What an operator looks at: the gateway, its spans, its SIP side, its routes.
 * One row a command; tables have the same columns for people and programs.
 */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gateway/call.h"
#include "gateway/commands.h"
#include "gateway/gateway.h"
#include "gateway/routes.h"
#include "gateway/trunk.h"
#include "gateway/version.h"
#include "kernel/console.h"
#include "kernel/mem.h"

static void show_version(void *self, struct shell *s,
                         const struct command_args *args ATTR_UNUSED)
{
	static const struct column columns[] = {
		{ "hostname", NULL, false }, { "version", NULL, false },
		{ "uptime_s", NULL, true },  { "calls", NULL, true },
		{ "trunks", NULL, true },    { "realtime", NULL, false },
	};
	struct gateway *g = self;
	struct media_status media;
	unsigned calls = 0, trunks = 0;

	LIST_EACH(&g->calls, struct call, call, list)
	calls++;
	LIST_EACH(&g->trunks, struct trunk, trunk, list)
	trunks++;
	media_engine_status(g->media, &media);
	table_begin(s, columns, ARRAY_LEN(columns));
	table_cell(s, "%s", g->global.hostname);
	table_cell(s, "Causeway %s", CAUSEWAY_VERSION);
	table_number(s, instant_since(instant_now(), g->started) / SEC(1));
	table_number(s, calls);
	table_number(s, trunks);
	table_cell(s, "%u of %u media threads", media.realtime_threads,
	           media.threads);
	table_end(s);
}

static void print_line(void *self, const char *text)
{
	shell_print(self, "%s\n", text);
}

static void show_running(void *self, struct shell *s,
                         const struct command_args *args ATTR_UNUSED)
{
	struct gateway *g = self;

	conf_print(g->conf, print_line, s);
}

/* --- spans --- */

/* What an installer would look for first. */
static const char *status_hint(const struct isdn_status *st,
                               const struct isdn_conf *isdn, bool line)
{
	if (st->role_conflict)
		return isdn->side == ISDN_USER
		               ? "both ends are the user: change 'isdn side' "
		                 "here or there"
		               : "both ends are the network: change 'isdn "
		                 "side' here or there";
	if (line && !st->up)
		return "nobody answers on the D channel: is the far end's in "
		       "service, in the same slot?";
	return "";
}

static void status_row(struct shell *s, struct trunk *trunk)
{
	struct isdn_status st = { .layer2 = "span not open" };
	struct isdn_conf isdn;
	unsigned alarms = ALARM_LOS;
	const char *layer1;

	options_to_isdn(&trunk->options, trunk->name, &isdn);
	if (trunk->link != NULL) {
		isdn_link_status(trunk->link, &st);
		alarms = board_span_alarms(trunk->span);
	}
	layer1 = alarms & ALARM_RED_OR_BLUE ? "DEACTIVATED" : "ACTIVE";
	table_cell(s, "%s", trunk->name);
	table_cell(s, "%s", isdn_switch_name(isdn.switch_type));
	table_cell(s, "%s", isdn.side == ISDN_USER ? "user" : "network");
	table_cell(s, "%s", layer1);
	table_cell(s, "%s", board_alarm_name(alarms));
	table_cell(s, "%s", st.layer2);
	table_number(s, st.calls);
	table_number(s, st.idle);
	table_number(s, st.busy);
	table_number(s, st.ending + st.restarting);
	table_number(s, st.down);
	table_cell(s, "%s",
	           trunk->options.shutdown ? "shutdown"
	           : trunk->doomed         ? "closing"
	                                   : busyout_state_name(trunk));
	table_cell(s, "%s",
	           trunk->link == NULL || busyout_holds_link(trunk)
	                   ? ""
	                   : status_hint(&st, &isdn,
	                                 !(alarms & ALARM_RED_OR_BLUE)));
}

static void show_isdn_status(void *self, struct shell *s,
                             const struct command_args *args ATTR_UNUSED)
{
	static const struct column columns[] = {
		{ "span", NULL, false },  { "switch_type", NULL, false },
		{ "side", NULL, false },  { "layer1", NULL, false },
		{ "alarm", NULL, false }, { "layer2", NULL, false },
		{ "calls", NULL, true },  { "idle", NULL, true },
		{ "busy", NULL, true },   { "changing", NULL, true },
		{ "down", NULL, true },   { "service", NULL, false },
		{ "hint", NULL, false },
	};
	struct gateway *g = self;

	table_begin(s, columns, ARRAY_LEN(columns));
	LIST_EACH(&g->trunks, struct trunk, trunk, list)
	status_row(s, trunk);
	table_end(s);
}

static void show_isdn_service(void *self, struct shell *s,
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

static void show_controllers(void *self, struct shell *s,
                             const struct command_args *args ATTR_UNUSED)
{
	static const struct column columns[] = {
		{ "span", NULL, false },       { "board", NULL, false },
		{ "alarm", NULL, false },      { "peer", NULL, false },
		{ "slips", NULL, true },       { "frames_in", NULL, true },
		{ "frames_out", NULL, true },  { "frames_bad", NULL, true },
		{ "malformed", NULL, true },   { "send_full", NULL, true },
		{ "alarms_seen", NULL, true },
	};
	static const char *const kinds[] = { [BOARD_SIM] = "sim",
		                             [BOARD_WIRE] = "wire",
		                             [BOARD_DAHDI] = "dahdi" };
	struct gateway *g = self;
	struct board_counts n;

	table_begin(s, columns, ARRAY_LEN(columns));
	LIST_EACH(&g->trunks, struct trunk, trunk, list)
	{
		memset(&n, 0, sizeof(n));
		if (trunk->span != NULL)
			board_span_counts(trunk->span, &n);
		table_cell(s, "%s", trunk->name);
		table_cell(s, "%s", kinds[trunk->options.board.kind]);
		table_cell(s, "%s",
		           trunk->span == NULL
		                   ? "not open"
		                   : board_alarm_name(
					     board_span_alarms(trunk->span)));
		table_cell(s, "%s",
		           trunk->span ? board_span_peer(trunk->span) : "");
		table_number(s, (int64_t)n.slips);
		table_number(s, (int64_t)n.frames_in);
		table_number(s, (int64_t)n.frames_out);
		table_number(s, (int64_t)n.frames_bad);
		table_number(s, (int64_t)n.malformed);
		table_number(s, (int64_t)n.send_full);
		table_number(s, (int64_t)n.alarms_seen);
	}
	table_end(s);
}

/* --- routes --- */

/* A peer nobody asks is taken for up. */
static const char *oper_state(struct gateway *g, const struct dial_peer *p)
{
	struct sip_peer_conf made;
	struct sip_peer_status status = { .probed = false };
	char name[sizeof(made.name)];
	struct trunk *trunk;
	bool is_made;

	if (p->shutdown)
		return "down";
	if (p->kind == PEER_POTS) {
		trunk = gateway_trunk(g, p->trunk);
		return trunk != NULL && trunk_is_up(trunk) ? "up" : "down";
	}
	if (options_target_peer(p->target, name, sizeof(name), &made,
	                        &is_made) == 0)
		(void)sip_peer_status(g->sip, name, &status);
	return status.probed ? sip_health_name(status.health) : "up";
}

static void show_dial_peers(void *self, struct shell *s,
                            const struct command_args *args ATTR_UNUSED)
{
	static const struct column columns[] = {
		{ "tag", NULL, true },        { "type", NULL, false },
		{ "admin", NULL, false },     { "oper", NULL, false },
		{ "pattern", NULL, false },   { "preference", NULL, true },
		{ "target", NULL, false },    { "prefix", NULL, false },
		{ "emergency", NULL, false },
	};
	struct gateway *g = self;
	const struct dial_peer *p = NULL;

	table_begin(s, columns, ARRAY_LEN(columns));
	while ((p = plan_next(g->routes->plan, p)) != NULL) {
		table_number(s, p->tag);
		table_cell(s, "%s", p->kind == PEER_POTS ? "pots" : "voip");
		table_cell(s, "%s", p->shutdown ? "down" : "up");
		table_cell(s, "%s", oper_state(g, p));
		table_cell(s, "%s", p->destination_pattern);
		table_number(s, p->preference);
		table_cell(s, "%s",
		           p->kind == PEER_POTS ? p->trunk : p->target);
		table_cell(s, "%s", p->prefix);
		table_cell(s, "%s", p->emergency ? "yes" : "");
	}
	table_end(s);
}

static void show_dialplan(void *self, struct shell *s,
                          const struct command_args *args)
{
	struct gateway *g = self;
	struct plan_source source = { .kind = PEER_POTS,
		                      .trunk = "",
		                      .called = args->text[0],
		                      .calling = "" };

	plan_explain(g->routes->plan, plan_inbound(g->routes->plan, &source),
	             args->text[0], true, print_line, s);
}

static void show_warnings(void *self, struct shell *s,
                          const struct command_args *args ATTR_UNUSED)
{
	struct gateway *g = self;

	plan_warnings(g->routes->plan, print_line, s);
}

/* --- memory and numbers --- */

static void memory_row(void *self, const char *name, size_t live, size_t bytes)
{
	table_cell(self, "%s", name);
	table_number(self, (int64_t)live);
	table_number(self, (int64_t)bytes);
}

static void show_memory(void *self ATTR_UNUSED, struct shell *s,
                        const struct command_args *args ATTR_UNUSED)
{
	static const struct column columns[] = {
		{ "kind", NULL, false },
		{ "live", NULL, true },
		{ "octets", NULL, true },
	};

	table_begin(s, columns, ARRAY_LEN(columns));
	mem_each(memory_row, s);
	table_end(s);
}

#define NUMBER(member)                                           \
	{                                                        \
#member, offsetof(struct gateway_counts, member) \
	}
static const struct {
	const char *name;
	size_t offset;
} numbers[] = {
	NUMBER(calls),         NUMBER(answered),        NUMBER(emergency),
	NUMBER(refused_limit), NUMBER(refused_rate),    NUMBER(refused_lag),
	NUMBER(refused_drain), NUMBER(no_route),        NUMBER(no_number),
	NUMBER(barred),        NUMBER(hunted),          NUMBER(audits),
	NUMBER(audit_cleared), NUMBER(stuck),           NUMBER(strays),
	NUMBER(reloads),       NUMBER(reloads_refused),
};

static void show_counters(void *self, struct shell *s,
                          const struct command_args *args ATTR_UNUSED)
{
	static const struct column columns[] = {
		{ "counter", NULL, false },
		{ "value", NULL, true },
	};
	struct gateway *g = self;

	table_begin(s, columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		const uint64_t *value =
			(const void *)((const char *)&g->counts +
		                       numbers[i].offset);

		table_cell(s, "%s", numbers[i].name);
		table_number(s, (int64_t)*value);
	}
	table_cell(s, "loop_lag_us");
	table_number(s, g->lag);
	table_end(s);
}

/* clang-format off */
static const struct command commands[] = {
	{ "show version", ROLE_LOOK, show_version,
	  "the program, how long it runs, how much it carries", NULL },
	{ "show running-config", ROLE_LOOK, show_running,
	  "the configuration in force, as it would be written", NULL },
	{ "show isdn status", ROLE_LOOK, show_isdn_status,
	  "layers 1 to 3 of every span", NULL },
	{ "show isdn service", ROLE_LOOK, show_isdn_service,
	  "every B channel and its state", NULL },
	{ "show controllers", ROLE_LOOK, show_controllers,
	  "alarms, slips and counters of every span", NULL },
	{ "show dial-peer voice summary", ROLE_LOOK, show_dial_peers,
	  "the dial-peers and whether they can be used", NULL },
	{ "show dialplan number <number>", ROLE_LOOK, show_dialplan,
	  "where a number would go, and why not elsewhere", NULL },
	{ "show dialplan warnings", ROLE_LOOK, show_warnings,
	  "dial-peers that can never be reached", NULL },
	{ "show memory", ROLE_LOOK, show_memory,
	  "live objects by kind", NULL },
	{ "show counters", ROLE_LOOK, show_counters,
	  "what was carried, refused and mended", NULL },
};
/* clang-format on */

int commands_show(struct gateway *gateway, struct console *console)
{
	return console_add(console, commands, ARRAY_LEN(commands), gateway);
}
