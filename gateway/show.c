/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * What an operator looks at: the gateway, its routes, its memory and numbers.
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
#include "kernel/text.h"

/* Whether what is on disk is what is in force. */
static void print_file(const struct gateway_file *file, char *to, size_t size)
{
	char when[40], refused[40];

	wall_print(when, sizeof(when), file->applied_wall);
	wall_print(refused, sizeof(refused), file->refused_wall);
	if (file->refused_wall != 0)
		(void)snprintf(to, size,
		               "of %.19s; the file on disk was refused at "
		               "%.19s because %s",
		               when, refused, file->refused);
	else
		(void)snprintf(to, size, "%s%sof %.19s", file->path,
		               file->path[0] != '\0' ? ", " : "", when);
}

static void show_version(void *self, struct shell *s,
                         const struct command_args *args ATTR_UNUSED)
{
	static const struct column columns[] = {
		{ "hostname", NULL, false }, { "version", NULL, false },
		{ "uptime_s", NULL, true },  { "calls", NULL, true },
		{ "trunks", NULL, true },    { "realtime", NULL, false },
		{ "state", NULL, false },    { "configuration", NULL, false },
	};
	struct gateway *g = self;
	struct media_status media;
	char text[600];
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
	gateway_state_print(g, text, sizeof(text));
	table_cell(s, "%s", text);
	print_file(&g->file, text, sizeof(text));
	table_cell(s, "%s", text);
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

/* --- explaining a number --- */

struct asked {
	struct shell *session;
	struct gateway *gateway;
};

/* A peer's line, and behind it whether it could be used now. */
static void explain_line(void *self, const char *text)
{
	struct asked *asked = self;
	const struct dial_peer *p = NULL;
	uint64_t tag = 0;
	const char *at = text;
	char word[16];
	size_t n;

	if (text_starts(text, "dial-peer ")) {
		at += strlen("dial-peer ");
		n = strspn(at, "0123456789");
		(void)snprintf(word, sizeof(word), "%.*s", (int)MIN_OF(n, 15),
		               at);
		(void)text_number(word, 0, UINT32_MAX, &tag);
		p = plan_peer(asked->gateway->routes->plan, (unsigned)tag);
	}
	if (p == NULL)
		shell_print(asked->session, "  %s\n", text);
	else
		shell_print(asked->session, "  %s (%s)\n", text,
		            p->shutdown ? "shutdown"
		                        : oper_state(asked->gateway, p));
}

static void explain(struct gateway *g, struct shell *s,
                    const struct plan_source *source)
{
	const struct plan *plan = g->routes->plan;
	const struct dial_peer *in = plan_inbound(plan, source);
	struct asked asked = { s, g };
	const char *where =
		source->kind == PEER_POTS ? source->trunk : source->target;

	shell_print(s, "from %s%s%s%s%s, in by dial-peer %u%s:\n",
	            source->kind == PEER_POTS ? "pots" : "voip",
	            where[0] ? " " : "", where,
	            source->calling[0] ? ", caller " : "", source->calling,
	            in->tag, in->tag == 0 ? " (default)" : "");
	plan_explain(plan, in, source->called, true, explain_line, &asked);
}

/* Where it comes from decides the inbound peer, and what is barred: without a
 * word both kinds of source are told. */
static void show_dialplan(void *self, struct shell *s,
                          const struct command_args *args)
{
	struct plan_source source = { .kind = PEER_POTS,
		                      .trunk = "",
		                      .target = "",
		                      .called = args->text[0],
		                      .calling = args->n > 1 ? args->text[1]
		                                             : "" };

	explain(self, s, &source);
	source.kind = PEER_VOIP;
	explain(self, s, &source);
}

/* "carrier" is what "sip-peer carrier" means; an address stays what it is. */
static void show_dialplan_voip(void *self, struct shell *s,
                               const struct command_args *args)
{
	char target[COMMAND_ARG + 16];
	struct plan_source source = { .kind = PEER_VOIP,
		                      .trunk = "",
		                      .target = target,
		                      .called = args->text[0],
		                      .calling = args->n > 2 ? args->text[2]
		                                             : "" };

	(void)snprintf(target, sizeof(target), "%s%s",
	               strchr(args->text[1], ':') == NULL ? "sip-peer " : "",
	               args->text[1]);
	explain(self, s, &source);
}

static void show_dialplan_pots(void *self, struct shell *s,
                               const struct command_args *args)
{
	char trunk[COMMAND_ARG * 2 + 2];
	struct plan_source source = { .kind = PEER_POTS,
		                      .trunk = trunk,
		                      .target = "",
		                      .called = args->text[0],
		                      .calling = args->n > 3 ? args->text[3]
		                                             : "" };

	(void)snprintf(trunk, sizeof(trunk), "%s %s", args->text[1],
	               args->text[2]);
	if (gateway_trunk(self, trunk) == NULL)
		shell_error(s, "there is no span \"%s\"", trunk);
	else
		explain(self, s, &source);
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

static void show_memory_all(void *self ATTR_UNUSED, struct shell *s,
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

/* What an operator would ask about, in his words. */
static const struct {
	const char *kind, *words;
} kinds[] = {
	{ "call", "calls" },
	{ "isdn call", "Q.931 calls" },
	{ "stream", "streams" },
	{ "transaction", "SIP transactions" },
	{ "struct sip_session", "SIP sessions" },
	{ "struct connection", "SIP connections" },
	{ "struct media_socket", "RTP sockets" },
	{ "struct peer", "SIP peers" },
	{ "struct trunk", "spans" },
	{ "struct route_table", "dial plans" },
	{ "struct shell", "console sessions" },
};

struct tally {
	struct shell *session;
	const char *kind, *words;
	unsigned pools, used, most, room;
	uint64_t refused;
	size_t octets;
};

/* Each span has a pool of its own: they are one line. */
static void tally_pool(void *self, const struct pool_use *use, size_t object)
{
	struct tally *t = self;

	if (strcmp(use->name, t->kind) != 0)
		return;
	t->pools++;
	t->used += use->used;
	t->most += use->most;
	t->room += use->size;
	t->refused += use->refused;
	t->octets += (size_t)use->size * object;
}

static void tally_kind(void *self, const char *name, size_t live, size_t bytes)
{
	struct tally *t = self;

	if (strcmp(name, t->kind) != 0)
		return;
	table_cell(t->session, "%s", t->words);
	table_number(t->session, (int64_t)live);
	table_number(t->session, (int64_t)bytes);
	table_cell(t->session, "%s", "");
	table_cell(t->session, "%s", "");
	table_cell(t->session, "%s", "");
}

static void show_memory(void *self ATTR_UNUSED, struct shell *s,
                        const struct command_args *args ATTR_UNUSED)
{
	static const struct column columns[] = {
		{ "kind", NULL, false },  { "live", "in use", true },
		{ "octets", NULL, true }, { "most", "most ever", true },
		{ "room", NULL, true },   { "refused", NULL, true },
	};

	table_begin(s, columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct tally t = { .session = s,
			           .kind = kinds[i].kind,
			           .words = kinds[i].words };

		pool_each(tally_pool, &t);
		if (t.pools == 0) {
			mem_each(tally_kind, &t);
			continue;
		}
		table_cell(s, "%s", t.words);
		table_number(s, t.used);
		table_number(s, (int64_t)t.octets);
		table_number(s, t.most);
		table_number(s, t.room);
		table_number(s, (int64_t)t.refused);
	}
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
	NUMBER(calls),           NUMBER(answered),
	NUMBER(emergency),       NUMBER(refused_limit),
	NUMBER(refused_rate),    NUMBER(refused_overload),
	NUMBER(refused_drain),   NUMBER(no_route),
	NUMBER(no_number),       NUMBER(barred),
	NUMBER(hunted),          NUMBER(audits),
	NUMBER(audit_cleared),   NUMBER(stuck),
	NUMBER(strays),          NUMBER(reloads),
	NUMBER(reloads_refused),
};

static void show_overload(struct shell *s, const struct overload *o)
{
	const struct {
		const char *name;
		uint64_t value;
	} rows[] = {
		{ "overloads", o->times },
		{ "overload_refused_late", o->refused_late },
		{ "overload_refused_rate", o->refused_rate },
		{ "overload_rate_now", o->limiting ? o->rate : 0 },
		{ "new_call_wait_us", (uint64_t)o->wait },
		{ "loop_lag_us", (uint64_t)o->lag },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		table_cell(s, "%s", rows[i].name);
		table_number(s, (int64_t)rows[i].value);
	}
}

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
	show_overload(s, &g->overload);
	table_end(s);
}

/* clang-format off */
static const struct command commands[] = {
	{ "show version", ROLE_LOOK, show_version,
	  "the program, how long it runs, how much it carries", NULL },
	{ "show running-config", ROLE_LOOK, show_running,
	  "the configuration in force, as it would be written", NULL },
	{ "show dial-peer voice summary", ROLE_LOOK, show_dial_peers,
	  "the dial-peers and whether they can be used", NULL },
	{ "show dialplan number <number> [caller <caller>]", ROLE_LOOK,
	  show_dialplan, "where a number would go, and why not elsewhere",
	  "show_dialplan_number" },
	{ "show dialplan number <number> from voip <peer> [caller <caller>]",
	  ROLE_LOOK, show_dialplan_voip, "as if it came from this SIP peer",
	  "show_dialplan_number" },
	{ "show dialplan number <number> from pots <type> <span> "
	  "[caller <caller>]",
	  ROLE_LOOK, show_dialplan_pots, "as if it came from this span",
	  "show_dialplan_number" },
	{ "show dialplan warnings", ROLE_LOOK, show_warnings,
	  "dial-peers that can never be reached", NULL },
	{ "show memory", ROLE_LOOK, show_memory,
	  "calls, sessions and sockets: in use, most ever, room", NULL },
	{ "show memory all", ROLE_LOOK, show_memory_all,
	  "every kind of object by its name in the source", NULL },
	{ "show counters", ROLE_LOOK, show_counters,
	  "what was carried, refused and mended", NULL },
};
/* clang-format on */

int commands_show(struct gateway *gateway, struct console *console)
{
	int rc = console_add(console, commands, ARRAY_LEN(commands), gateway);

	return rc == 0 ? commands_isdn(gateway, console) : rc;
}
