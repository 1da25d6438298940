/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * What an operator sees of health: which far ends are there, as their
 * keep-alive knows it, and what became of the spans for it.
 */

#include <inttypes.h>
#include <string.h>

#include "gateway/call.h"
#include "gateway/commands.h"
#include "gateway/gateway.h"
#include "gateway/trunk.h"
#include "kernel/console.h"

static unsigned calls_with(const struct gateway *g, const char *peer)
{
	unsigned calls = 0;

	LIST_EACH(&g->calls, struct call, c, list)
	for (unsigned k = 0; k < 2; k++)
		calls += c->leg[k].open && c->leg[k].kind == PEER_VOIP &&
		         strcmp(c->leg[k].sip.peer, peer) == 0;
	return calls;
}

static const char *why_of(const struct options_peer *p,
                          const struct sip_peer_status *st)
{
	if (st->ntargets == 0 && p->address[0] != '\0')
		return "its name is not found";
	return st->probed ? st->why : "no keepalive";
}

static void peer_row(const struct gateway *g, struct shell *s, const char *name,
                     const struct options_peer *p)
{
	struct sip_peer_status st = { .why = "" };
	char target[ADDR_TEXT] = "";
	usec since;

	(void)sip_peer_status(g->sip, name, &st);
	since = instant_since(instant_now(), st.since);
	if (st.ntargets > 0)
		addr_print(&st.target, target, sizeof(target));
	table_cell(s, "%s", name);
	table_cell(s, "%s", p->address);
	table_cell(s, "%s", sip_transport_name(st.transport));
	table_cell(s, "%s", p->shutdown ? "shutdown" : "up");
	table_cell(s, "%s", sip_health_name(st.health));
	table_number(s, st.probed ? since / SEC(1) : 0);
	table_cell(s, "%s", why_of(p, &st));
	table_cell(s, "%s", target);
	table_number(s, st.ntargets);
	table_number(s, st.round_trip / MSEC(1));
	table_number(s, calls_with(g, name));
	table_number(s, st.pending);
}

static void show_peers(void *self, struct shell *s,
                       const struct command_args *args ATTR_UNUSED)
{
	static const struct column columns[] = {
		{ "peer", NULL, false },      { "address", NULL, false },
		{ "transport", NULL, false }, { "admin", NULL, false },
		{ "state", NULL, false },     { "since_s", NULL, true },
		{ "why", NULL, false },       { "target", NULL, false },
		{ "targets", NULL, true },    { "answered_ms", NULL, true },
		{ "calls", NULL, true },      { "pending", NULL, true },
	};
	struct gateway *g = self;
	const struct conf_instance *i = NULL;

	table_begin(s, columns, ARRAY_LEN(columns));
	while ((i = conf_next(g->conf, &options_peer_section, i)) != NULL)
		peer_row(g, s, i->name, i->values);
	table_end(s);
}

/* --- busyout --- */

static void busyout_span(struct shell *s, const struct trunk *trunk)
{
	static const char *const manners[] = {
		[BUSYOUT_OFF] = "off",
		[BUSYOUT_REFUSE] = "refuse",
		[BUSYOUT_SERVICE] = "service",
		[BUSYOUT_D_CHANNEL] = "d-channel",
	};
	char why[512];

	busyout_print_why(trunk, why, sizeof(why));
	table_cell(s, "span");
	table_cell(s, "%s", trunk->name);
	table_cell(s, "%s", manners[trunk->options.busyout]);
	table_cell(s, "%s", busyout_state_name(trunk));
	table_cell(s, "%s", why);
}

static void busyout_peer(const struct gateway *g, struct shell *s,
                         const char *name)
{
	struct sip_peer_status st = { .why = "" };
	usec since;

	(void)sip_peer_status(g->sip, name, &st);
	since = instant_since(instant_now(), st.since);
	table_cell(s, "peer");
	table_cell(s, "%s", name);
	table_cell(s, "%s", st.probed ? "keepalive" : "no keepalive");
	table_cell(s, "%s", sip_health_name(st.health));
	if (!st.probed)
		table_cell(s, "never asked, so never taken for down");
	else if (st.health == SIP_HEALTH_UNKNOWN)
		table_cell(s, "asked, not known yet");
	else
		table_cell(s, "%s for %" PRId64 " s: %s",
		           sip_health_name(st.health), since / SEC(1), st.why);
}

static void show_busyout(void *self, struct shell *s,
                         const struct command_args *args ATTR_UNUSED)
{
	static const struct column columns[] = {
		{ "kind", NULL, false }, { "name", NULL, false },
		{ "by", NULL, false },   { "state", NULL, false },
		{ "why", NULL, false },
	};
	struct gateway *g = self;
	const struct conf_instance *i = NULL;

	table_begin(s, columns, ARRAY_LEN(columns));
	LIST_EACH(&g->trunks, struct trunk, trunk, list)
	busyout_span(s, trunk);
	while ((i = conf_next(g->conf, &options_peer_section, i)) != NULL)
		busyout_peer(g, s, i->name);
	table_end(s);
}

/* clang-format off */
static const struct command commands[] = {
	{ "show sip-ua peers", ROLE_LOOK, show_peers,
	  "the far ends that may speak to us, and whether they are there", NULL },
	{ "show busyout", ROLE_LOOK, show_busyout,
	  "which spans are taken out for want of SIP peers, and why", NULL },
};
/* clang-format on */

int commands_health(struct gateway *gateway, struct console *console)
{
	return console_add(console, commands, ARRAY_LEN(commands), gateway);
}
