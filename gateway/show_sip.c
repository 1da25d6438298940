/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The SIP side as an operator asks for it: its dialogs, what it counted, and
 * what it was configured to do: sockets, limits, timers, and how often a
 * message is said before nobody is believed to be there. The last is no option
 * but follows from the timers, and is worked out here as the transactions do.
 */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gateway/admit.h"
#include "gateway/call.h"
#include "gateway/commands.h"
#include "gateway/gateway.h"
#include "kernel/console.h"

static void sip_row(void *self, const struct sip_session_info *info)
{
	struct shell *s = self;
	struct leg *leg = info->owner;
	char text[ADDR_TEXT];

	table_number(s, leg != NULL ? leg->call->number : 0);
	table_cell(s, "%s", info->incoming ? "UAS" : "UAC");
	table_cell(s, "%s", info->state);
	table_cell(s, "%s", info->peer);
	addr_print(&info->remote, text, sizeof(text));
	table_cell(s, "%s", text);
	table_cell(s, "%s", sip_transport_name(info->transport));
	table_cell(s, "%s", codec_name(info->flow.codec));
	addr_print(&info->flow.local, text, sizeof(text));
	table_cell(s, "%s", text);
	addr_print(&info->flow.remote, text, sizeof(text));
	table_cell(s, "%s", text);
	table_cell(s, "%s", info->call_id);
	if (info->session_timer != 0)
		table_cell(s, "%u %s", info->session_timer,
		           info->refreshes ? "ours" : "theirs");
	else
		table_cell(s, "off");
}

static void show_sip_calls(void *self, struct shell *s,
                           const struct command_args *args ATTR_UNUSED)
{
	static const struct column columns[] = {
		{ "call", NULL, true },           { "role", NULL, false },
		{ "state", NULL, false },         { "peer", NULL, false },
		{ "remote", NULL, false },        { "transport", NULL, false },
		{ "codec", NULL, false },         { "rtp_local", NULL, false },
		{ "rtp_remote", NULL, false },    { "call_id", NULL, false },
		{ "session_timer", NULL, false },
	};
	struct gateway *g = self;

	table_begin(s, columns, ARRAY_LEN(columns));
	sip_each(g->sip, sip_row, s);
	table_end(s);
}

static void counter(struct shell *s, const char *name, uint64_t value)
{
	table_cell(s, "%s", name);
	table_number(s, (int64_t)value);
}

static void show_sip_statistics(void *self, struct shell *s,
                                const struct command_args *args ATTR_UNUSED)
{
	static const struct column columns[] = {
		{ "counter", NULL, false },
		{ "value", NULL, true },
	};
	struct gateway *g = self;
	struct sip_counts n;
	char name[48];

	sip_stack_counts(g->sip, &n);
	table_begin(s, columns, ARRAY_LEN(columns));
	counter(s, "messages in", n.messages_in);
	counter(s, "messages out", n.messages_out);
	for (unsigned i = 0; sip_method_name(i) != NULL && i < 16; i++) {
		(void)snprintf(name, sizeof(name), "%s in", sip_method_name(i));
		counter(s, name, n.requests_in[i]);
		(void)snprintf(name, sizeof(name), "%s out",
		               sip_method_name(i));
		counter(s, name, n.requests_out[i]);
	}
	for (unsigned i = 1; i < 7; i++) {
		(void)snprintf(name, sizeof(name), "%uxx in", i);
		counter(s, name, n.responses_in[i]);
		(void)snprintf(name, sizeof(name), "%uxx out", i);
		counter(s, name, n.responses_out[i]);
	}
	counter(s, "retransmissions", n.retransmissions);
	counter(s, "duplicates", n.duplicates);
	counter(s, "strangers", n.strangers);
	counter(s, "malformed", n.malformed);
	counter(s, "refused by limit", n.refused_limit);
	counter(s, "refused by overload", n.refused_overload);
	counter(s, "refused by peer-share", n.refused_share);
	counter(s, "dropped by the system", n.dropped);
	counter(s, "turned away", n.turned_away);
	counter(s, "transactions cut short", n.cut_short);
	counter(s, "loops", n.loops);
	counter(s, "merged", n.merged);
	counter(s, "timeouts", n.timeouts);
	counter(s, "send failures", n.send_failures);
	counter(s, "strays", n.strays);
	counter(s, "user-to-user dropped", n.uui_dropped);
	counter(s, "transactions now", n.transactions);
	counter(s, "dialogs now", n.dialogs);
	counter(s, "connections now", n.connections);
	table_end(s);
}

/* --- what it was configured to do --- */

static void conf_of(const struct gateway *g, struct sip_conf *out)
{
	const struct conf_instance *i =
		conf_next(g->conf, &options_sip_section, NULL);

	sip_conf_preset(out);
	if (i != NULL)
		options_to_sip(i->values, g->global.hostname, out);
}

static usec length_of(const struct sip_conf *conf, enum sip_timer timer)
{
	return conf->timers[timer] != 0 ? conf->timers[timer]
	                                : sip_timer_rows[timer].preset;
}

static void item(struct shell *s, const char *name, const char *value)
{
	table_cell(s, "%s", name);
	table_cell(s, "%s", value);
}

static void item_number(struct shell *s, const char *name, uint64_t value)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%" PRIu64, value);
	item(s, name, text);
}

static void show_sip_status(void *self, struct shell *s,
                            const struct command_args *args ATTR_UNUSED)
{
	static const struct column columns[] = {
		{ "item", NULL, false },
		{ "value", NULL, false },
	};
	struct gateway *g = self;
	struct sip_counts n;
	struct sip_conf conf;
	char text[ADDR_TEXT], bind[ADDR_TEXT + 8];

	conf_of(g, &conf);
	sip_stack_counts(g->sip, &n);
	table_begin(s, columns, ARRAY_LEN(columns));
	for (unsigned i = 0; i < conf.nbinds; i++) {
		addr_print(&conf.bind[i].addr, text, sizeof(text));
		(void)snprintf(bind, sizeof(bind), "%s %s",
		               sip_transport_name(conf.bind[i].transport),
		               text);
		item(s, "bind", bind);
	}
	item(s, "new calls", admit_is_open(g) ? "taken" : "refused");
	item(s, "user agent", conf.user_agent);
	item(s, "name servers", conf.dns[0] ? conf.dns : "the system's");
	item_number(s, "dscp", (uint64_t)conf.dscp);
	item_number(s, "max-forwards", conf.max_forwards);
	item_number(s, "longest message", conf.message_most);
	item_number(s, "longest by udp", conf.udp_most);
	item_number(s, "retry-after", conf.retry_after);
	item_number(s, "transactions now", n.transactions);
	item_number(s, "transactions most", conf.transactions_most);
	item_number(s, "dialogs now", n.dialogs);
	item_number(s, "dialogs most", conf.dialogs_most);
	item_number(s, "connections now", n.connections);
	item_number(s, "connections most", conf.connections_most);
	table_end(s);
}

static void show_sip_timers(void *self, struct shell *s,
                            const struct command_args *args ATTR_UNUSED)
{
	static const struct column columns[] = {
		{ "timer", NULL, false },
		{ "milliseconds", NULL, true },
		{ "meaning", NULL, false },
	};
	struct sip_conf conf;

	conf_of(self, &conf);
	table_begin(s, columns, ARRAY_LEN(columns));
	for (unsigned i = 0; i < SIP_TIMERS; i++) {
		table_cell(s, "%s", sip_timer_rows[i].name);
		table_number(s, length_of(&conf, i) / MSEC(1));
		table_cell(s, "%s", sip_timer_rows[i].meaning);
	}
	table_end(s);
}

/* How often a message is said again within `whole`, when the time between
 * begins at T1 and doubles up to `most` (RFC 3261 17.1.1.2, 17.1.2.2). */
static unsigned repeats(usec first, usec most, usec whole)
{
	unsigned n = 0;

	for (usec at = first, gap = first; at < whole; n++) {
		gap = MIN_OF(gap * 2, most);
		at += gap;
	}
	return n;
}

static void show_sip_retry(void *self, struct shell *s,
                           const struct command_args *args ATTR_UNUSED)
{
	static const struct column columns[] = {
		{ "message", NULL, false },
		{ "repeats", NULL, true },
		{ "seconds", NULL, true },
	};
	struct sip_conf conf;
	usec t1, t2;

	conf_of(self, &conf);
	t1 = length_of(&conf, SIP_T1);
	t2 = length_of(&conf, SIP_T2);
	const struct {
		const char *message;
		usec most, whole;
	} rows[] = {
		{ "INVITE", SEC(3600), length_of(&conf, SIP_TIMER_B) },
		{ "other requests", t2, 64 * t1 },
		{ "200 of an INVITE", t2, length_of(&conf, SIP_TIMER_ACK) },
		{ "300-699 of an INVITE", t2, 64 * t1 },
	};

	table_begin(s, columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		table_cell(s, "%s", rows[i].message);
		table_number(s, repeats(t1, rows[i].most, rows[i].whole));
		table_number(s, rows[i].whole / SEC(1));
	}
	table_end(s);
}

/* clang-format off */
static const struct command commands[] = {
	{ "show sip-ua calls", ROLE_LOOK, show_sip_calls,
	  "SIP dialogs and their media", NULL },
	{ "show sip-ua statistics", ROLE_LOOK, show_sip_statistics,
	  "messages in and out by method and class", NULL },
	{ "show sip-ua status", ROLE_LOOK, show_sip_status,
	  "sockets, limits and what of them is used", NULL },
	{ "show sip-ua timers", ROLE_LOOK, show_sip_timers,
	  "how long SIP waits for what", NULL },
	{ "show sip-ua retry", ROLE_LOOK, show_sip_retry,
	  "how often a message is said again over UDP", NULL },
};
/* clang-format on */

int commands_sip(struct gateway *gateway, struct console *console)
{
	return console_add(console, commands, ARRAY_LEN(commands), gateway);
}
