/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Calls, live and ended, as an operator asks for them: who talks to whom, over
 * which channel and which RTP, what the sound is like, and the story of one
 * call on both networks.
 */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gateway/call.h"
#include "gateway/commands.h"
#include "gateway/gateway.h"
#include "gateway/ladder.h"
#include "gateway/record.h"
#include "gateway/trunk.h"
#include "kernel/console.h"
#include "kernel/text.h"

static void clock_text(char *to, size_t size, int64_t wall)
{
	char whole[32];

	wall_print(whole, sizeof(whole), wall);
	whole[19] = '\0';
	(void)text_copy(to, size, wall ? whole : "");
}

static void number_text(char *to, size_t size, const struct number *n)
{
	if (!n->present)
		(void)text_copy(to, size, "");
	else
		(void)log_digits(to, size, n->digits);
}

static void show_active(void *self, struct shell *s,
                        const struct command_args *args ATTR_UNUSED)
{
	static const struct column columns[] = {
		{ "call", NULL, true },     { "since", NULL, false },
		{ "seconds", NULL, true },  { "state", NULL, false },
		{ "calling", NULL, false }, { "called", NULL, false },
		{ "near", NULL, false },    { "far", NULL, false },
		{ "peer_in", NULL, true },  { "peer_out", NULL, true },
	};
	struct gateway *g = self;
	char text[48];

	table_begin(s, columns, ARRAY_LEN(columns));
	LIST_EACH(&g->calls, struct call, c, list)
	{
		table_number(s, c->number);
		clock_text(text, sizeof(text), c->setup_wall);
		table_cell(s, "%s", text + (text[0] ? 11 : 0));
		table_number(s, instant_since(instant_now(), c->setup_at) /
		                        SEC(1));
		table_cell(s, "%s", call_state_name(c));
		number_text(text, sizeof(text), &c->setup.calling.number);
		table_cell(s, "%s", text);
		number_text(text, sizeof(text), &c->setup.called.number);
		table_cell(s, "%s", text);
		for (unsigned i = 0; i < 2; i++) {
			text[0] = '\0';
			if (c->leg[i].ops != NULL)
				c->leg[i].ops->name(&c->leg[i], text,
				                    sizeof(text));
			table_cell(s, "%s", text);
		}
		table_number(s, c->leg[0].peer_tag);
		table_number(s, c->leg[1].peer_tag);
	}
	table_end(s);
}

struct listing {
	struct shell *session;
	unsigned left;
};

static bool history_row(void *self, const struct record *r)
{
	struct listing *l = self;
	struct shell *s = l->session;
	char text[200];

	table_number(s, r->call);
	clock_text(text, sizeof(text), r->setup_wall);
	table_cell(s, "%s", text);
	table_cell(s, "%s", log_digits(text, sizeof(text), r->calling));
	table_cell(s, "%s", log_digits(text, sizeof(text), r->called));
	table_cell(s, "%s", r->near);
	table_cell(s, "%s", r->far);
	table_number(s, r->connect_wall
	                        ? (r->end_wall - r->connect_wall) / SEC(1)
	                        : 0);
	table_number(s, r->release.cause.value);
	table_number(s, r->release.sip_status);
	record_sentence(&r->release, text, sizeof(text));
	table_cell(s, "%s", text);
	return --l->left > 0;
}

static void show_history(void *self, struct shell *s,
                         const struct command_args *args)
{
	static const struct column columns[] = {
		{ "call", NULL, true },     { "began", NULL, false },
		{ "calling", NULL, false }, { "called", NULL, false },
		{ "near", NULL, false },    { "far", NULL, false },
		{ "talked_s", NULL, true }, { "cause", NULL, true },
		{ "status", NULL, true },   { "why", NULL, false },
	};
	struct gateway *g = self;
	struct listing l = { s, 20 };

	if (args->n > 0)
		l.left = (unsigned)args->number[0];
	table_begin(s, columns, ARRAY_LEN(columns));
	history_each(g->history, history_row, &l);
	table_end(s);
}

/* --- one call --- */

static void ladder_print(void *self, const char *text)
{
	shell_print(self, "%s\n", text);
}

static void show_ladder(void *self, struct shell *s,
                        const struct command_args *args)
{
	struct gateway *g = self;
	uint32_t number = (uint32_t)args->number[0];

	if (gateway_call(g, number) == NULL &&
	    history_find(g->history, number) == NULL) {
		shell_error(s, "no call %u is known", number);
		return;
	}
	ladder_draw(g->ladder, number, ladder_print, s);
}

static void show_why(void *self, struct shell *s,
                     const struct command_args *args)
{
	struct gateway *g = self;
	uint32_t number = (uint32_t)args->number[0];
	struct call *call = gateway_call(g, number);
	const struct record *record = history_find(g->history, number);
	char text[200];

	if (record != NULL) {
		record_sentence(&record->release, text, sizeof(text));
		shell_print(s, "call %u %s\n", number, text);
	} else if (call != NULL) {
		shell_print(s, "call %u is %s\n", number,
		            call_state_name(call));
	} else {
		shell_error(s, "no call %u is known", number);
	}
}

/* --- SIP and RTP --- */

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
	counter(s, "loops", n.loops);
	counter(s, "merged", n.merged);
	counter(s, "timeouts", n.timeouts);
	counter(s, "send failures", n.send_failures);
	counter(s, "strays", n.strays);
	counter(s, "transactions now", n.transactions);
	counter(s, "dialogs now", n.dialogs);
	counter(s, "connections now", n.connections);
	table_end(s);
}

static void rtp_row(struct shell *s, struct call *c, unsigned end)
{
	const struct flow *flow = &c->end[end].flow;
	struct media_counts n = { 0 };
	char text[ADDR_TEXT];

	(void)media_stream_counts(c->gateway->media, c->stream, end, &n);
	table_number(s, c->number);
	addr_print(&flow->local, text, sizeof(text));
	table_cell(s, "%s", text);
	addr_print(&flow->remote, text, sizeof(text));
	table_cell(s, "%s", text);
	table_cell(s, "%s", codec_name(flow->codec));
	table_cell(s, "%s",
	           flow->send && flow->receive ? "both"
	           : flow->send                ? "sends"
	           : flow->receive             ? "receives"
	                                       : "held");
	table_number(s, (int64_t)n.sent_packets);
	table_number(s, (int64_t)n.received_packets);
	table_number(s, (int64_t)n.lost);
	table_number(s, (int64_t)n.late);
	table_number(s, (int64_t)n.early);
	table_number(s, (int64_t)n.underruns);
	table_number(s, (int64_t)n.foreign);
	table_cell(s, "%.1f", (double)n.jitter_us / 1000);
	table_cell(s, "%.1f", (double)n.playout_us / 1000);
	table_cell(s, "%.1f", (double)n.round_trip_us / 1000);
}

static void show_rtp(void *self, struct shell *s,
                     const struct command_args *args ATTR_UNUSED)
{
	static const struct column columns[] = {
		{ "call", NULL, true },          { "local", NULL, false },
		{ "remote", NULL, false },       { "codec", NULL, false },
		{ "direction", NULL, false },    { "sent", NULL, true },
		{ "received", NULL, true },      { "lost", NULL, true },
		{ "late", NULL, true },          { "early", NULL, true },
		{ "underruns", NULL, true },     { "foreign", NULL, true },
		{ "jitter_ms", NULL, true },     { "playout_ms", NULL, true },
		{ "round_trip_ms", NULL, true },
	};
	struct gateway *g = self;

	table_begin(s, columns, ARRAY_LEN(columns));
	LIST_EACH(&g->calls, struct call, c, list)
	for (unsigned end = 0; end < 2; end++)
		if (c->stream_open && c->end[end].kind == END_RTP)
			rtp_row(s, c, end);
	table_end(s);
}

/* clang-format off */
static const struct command commands[] = {
	{ "show call active voice brief", ROLE_LOOK, show_active,
	  "the calls of this moment", NULL },
	{ "show call active voice", ROLE_LOOK, show_active,
	  "the calls of this moment", NULL },
	{ "show call history voice [<n:1-10000>]", ROLE_LOOK, show_history,
	  "the last calls that ended, newest first", NULL },
	{ "show call <n:1-4294967295> ladder", ROLE_LOOK, show_ladder,
	  "one call on both networks, in order of time", NULL },
	{ "show call <n:1-4294967295> why", ROLE_LOOK, show_why,
	  "who ended a call, and for which cause", NULL },
	{ "show sip-ua calls", ROLE_LOOK, show_sip_calls,
	  "SIP dialogs and their media", NULL },
	{ "show sip-ua statistics", ROLE_LOOK, show_sip_statistics,
	  "messages in and out by method and class", NULL },
	{ "show voip rtp connections", ROLE_LOOK, show_rtp,
	  "RTP streams and what arrives", NULL },
};
/* clang-format on */

int commands_calls(struct gateway *gateway, struct console *console)
{
	return console_add(console, commands, ARRAY_LEN(commands), gateway);
}
