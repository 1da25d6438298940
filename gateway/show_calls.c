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

/* --- all that is known of a call --- */

static const char *const bearers[] = {
	[BEARER_SPEECH] = "speech",
	[BEARER_AUDIO_3K1] = "3.1 kHz audio",
	[BEARER_UNRESTRICTED] = "64 kbit/s",
	[BEARER_RESTRICTED] = "restricted",
	[BEARER_VIDEO] = "video",
	[BEARER_OTHER] = "other",
};

/* How the network itself calls it: what a trace is searched for. */
static void id_text(const struct leg *leg, char *to, size_t size)
{
	to[0] = '\0';
	if (!leg->open)
		return;
	if (leg->kind == PEER_POTS && leg->isdn.call != NULL)
		(void)snprintf(to, size, "callref 0x%04x",
		               isdn_call_reference(leg->isdn.call));
	else if (leg->kind == PEER_VOIP && leg->sip.session != NULL)
		(void)snprintf(to, size, "Call-ID %s",
		               sip_session_call_id(leg->sip.session));
}

static void name_text(const struct leg *leg, char *to, size_t size)
{
	to[0] = '\0';
	if (leg->ops != NULL)
		leg->ops->name(leg, to, size);
}

/* One RTP end; empty cells where the end is a line. */
struct rtp_end {
	bool there;
	char local[ADDR_TEXT], remote[ADDR_TEXT];
	const char *codec;
	struct media_counts n;
};

static void rtp_look(const struct call *c, unsigned end, struct rtp_end *out)
{
	const struct flow *flow = &c->end[end].flow;

	memset(out, 0, sizeof(*out));
	out->codec = "";
	out->there = c->stream_open && c->end[end].kind == END_RTP;
	if (!out->there)
		return;
	(void)media_stream_counts(c->gateway->media, c->stream, end, &out->n);
	addr_print(&flow->local, out->local, sizeof(out->local));
	addr_print(&flow->remote, out->remote, sizeof(out->remote));
	out->codec = codec_name(flow->codec);
}

/* "on", or why it is off; "" where there is none. */
static void echo_text(const struct call *c, unsigned end, char *to, size_t size)
{
	const char *echo = call_echo(c, end);

	if (strcmp(echo, "off") != 0 || c->data[end].tone == DATA_TONE_NONE)
		(void)text_copy(to, size, echo);
	else
		(void)snprintf(to, size, "off: %s, from the %s side",
		               data_tone_name(c->data[end].tone),
		               c->data[end].sent ? "other" : "telephone");
}

struct detail {
	char calling[48], called[48], calling_sent[48], called_sent[48];
	char setup[32], connect[32], name[2][64], id[2][160];
	int64_t seconds, ring_ms;
	struct rtp_end rtp[2];
	char echo[2][80];
};

static void detail_look(const struct call *c, struct detail *d)
{
	memset(d, 0, sizeof(*d));
	number_text(d->calling, sizeof(d->calling), &c->setup.calling.number);
	number_text(d->called, sizeof(d->called), &c->setup.called.number);
	if (c->leg[1].ops != NULL) {
		number_text(d->calling_sent, sizeof(d->calling_sent),
		            &c->out.calling.number);
		number_text(d->called_sent, sizeof(d->called_sent),
		            &c->out.called.number);
	}
	clock_text(d->setup, sizeof(d->setup), c->setup_wall);
	clock_text(d->connect, sizeof(d->connect), c->connect_wall);
	d->seconds = instant_since(instant_now(), c->setup_at) / SEC(1);
	if (c->alert_at.us != 0)
		d->ring_ms = instant_since(c->alert_at, c->setup_at) / MSEC(1);
	for (unsigned i = 0; i < 2; i++) {
		name_text(&c->leg[i], d->name[i], sizeof(d->name[i]));
		id_text(&c->leg[i], d->id[i], sizeof(d->id[i]));
		rtp_look(c, i, &d->rtp[i]);
		echo_text(c, i, d->echo[i], sizeof(d->echo[i]));
	}
}

static void rtp_cells(struct shell *s, const struct rtp_end *rtp)
{
	const struct media_counts *n = &rtp->n;
	const uint64_t values[] = { n->sent_packets, n->received_packets,
		                    n->lost, n->underruns };
	const uint64_t times[] = { n->jitter_us, n->playout_us,
		                   n->round_trip_us };

	table_cell(s, "%s", rtp->local);
	table_cell(s, "%s", rtp->remote);
	table_cell(s, "%s", rtp->codec);
	for (size_t i = 0; i < ARRAY_LEN(values); i++)
		if (rtp->there)
			table_number(s, (int64_t)values[i]);
		else
			table_cell(s, "%s", "");
	for (size_t i = 0; i < ARRAY_LEN(times); i++)
		if (rtp->there)
			table_cell(s, "%.1f", (double)times[i] / 1000);
		else
			table_cell(s, "%s", "");
}

static void detail_row(struct shell *s, const struct call *c)
{
	struct detail d;

	detail_look(c, &d);
	table_number(s, c->number);
	table_cell(s, "%s", d.setup + (d.setup[0] ? 11 : 0));
	table_number(s, d.seconds);
	table_cell(s, "%s", call_state_name(c));
	table_cell(s, "%s", d.calling);
	table_cell(s, "%s", d.called);
	table_cell(s, "%s", d.name[0]);
	table_cell(s, "%s", d.name[1]);
	table_number(s, c->leg[0].peer_tag);
	table_number(s, c->leg[1].peer_tag);
	table_cell(s, "%s", d.calling_sent);
	table_cell(s, "%s", d.called_sent);
	table_cell(s, "%s", c->setup.calling.name);
	table_cell(s, "%s", bearers[c->setup.bearer]);
	table_cell(s, "%s", d.setup);
	table_cell(s, "%s", d.connect);
	table_number(s, d.ring_ms);
	table_cell(s, "%s", d.id[0]);
	table_cell(s, "%s", d.id[1]);
	rtp_cells(s, &d.rtp[0]);
	rtp_cells(s, &d.rtp[1]);
	table_cell(s, "%s", d.echo[0]);
	table_cell(s, "%s", d.echo[1]);
}

static void rtp_lines(struct shell *s, const struct rtp_end *rtp)
{
	const struct media_counts *n = &rtp->n;

	if (!rtp->there)
		return;
	shell_print(s, "    RTP %s, %s here, %s there\n", rtp->codec,
	            rtp->local, rtp->remote);
	shell_print(s,
	            "    sent %" PRIu64 ", received %" PRIu64 ", lost %" PRIu64
	            ", late %" PRIu64 ", early %" PRIu64 ", underruns %" PRIu64
	            ", concealed %" PRIu64 " ms\n",
	            n->sent_packets, n->received_packets, n->lost, n->late,
	            n->early, n->underruns, n->concealed / 8);
	shell_print(s,
	            "    jitter %.1f ms, playout %.1f ms, round trip %.1f "
	            "ms\n",
	            (double)n->jitter_us / 1000, (double)n->playout_us / 1000,
	            (double)n->round_trip_us / 1000);
}

static void detail_block(struct shell *s, const struct call *c)
{
	static const char *const ends[] = { "caller", "called" };
	struct detail d;

	detail_look(c, &d);
	shell_print(s, "call %u: %s for %" PRId64 " s, %s\n", c->number,
	            call_state_name(c), d.seconds, bearers[c->setup.bearer]);
	shell_print(s, "  calling %s%s%s%s, sent %s\n",
	            d.calling[0] ? d.calling : "no number",
	            c->setup.calling.name[0] ? " \"" : "",
	            c->setup.calling.name, c->setup.calling.name[0] ? "\"" : "",
	            d.calling_sent[0] ? d.calling_sent : "none");
	shell_print(s, "  called %s, sent %s\n",
	            d.called[0] ? d.called : "no number",
	            d.called_sent[0] ? d.called_sent : "none");
	shell_print(s, "  dial-peer in %u, out %u\n", c->leg[0].peer_tag,
	            c->leg[1].peer_tag);
	shell_print(s, "  setup %s, rang after %" PRId64 " ms, connect %s\n",
	            d.setup, d.ring_ms, d.connect[0] ? d.connect : "not yet");
	for (unsigned i = 0; i < 2; i++) {
		if (d.name[i][0] == '\0')
			continue;
		shell_print(s, "  %s at %s%s%s%s\n", ends[i], d.name[i],
		            d.id[i][0] ? ", " : "", d.id[i],
		            c->held[i] ? ", holds" : "");
		rtp_lines(s, &d.rtp[i]);
		if (d.echo[i][0] != '\0')
			shell_print(s, "    echo canceller %s\n", d.echo[i]);
	}
}

#define RTP_COLUMNS(end)                                                       \
	{ end "_rtp_local", NULL, false }, { end "_rtp_remote", NULL, false }, \
		{ end "_codec", NULL, false }, { end "_sent", NULL, true },    \
		{ end "_received", NULL, true }, { end "_lost", NULL, true },  \
		{ end "_underruns", NULL, true },                              \
		{ end "_jitter_ms", NULL, true },                              \
		{ end "_playout_ms", NULL, true },                             \
	{                                                                      \
		end "_round_trip_ms", NULL, true                               \
	}

/* A block a call for people, a row for programs. */
static void show_detail(void *self, struct shell *s,
                        const struct command_args *args ATTR_UNUSED)
{
	static const struct column columns[] = {
		{ "call", NULL, true },
		{ "since", NULL, false },
		{ "seconds", NULL, true },
		{ "state", NULL, false },
		{ "calling", NULL, false },
		{ "called", NULL, false },
		{ "near", NULL, false },
		{ "far", NULL, false },
		{ "peer_in", NULL, true },
		{ "peer_out", NULL, true },
		{ "calling_sent", NULL, false },
		{ "called_sent", NULL, false },
		{ "name", NULL, false },
		{ "bearer", NULL, false },
		{ "setup_time", NULL, false },
		{ "connect_time", NULL, false },
		{ "ring_ms", NULL, true },
		{ "near_id", NULL, false },
		{ "far_id", NULL, false },
		RTP_COLUMNS("near"),
		RTP_COLUMNS("far"),
		{ "near_echo", NULL, false },
		{ "far_echo", NULL, false },
	};
	struct gateway *g = self;

	if (shell_json(s))
		table_begin(s, columns, ARRAY_LEN(columns));
	LIST_EACH(&g->calls, struct call, c, list)
	if (shell_json(s))
		detail_row(s, c);
	else
		detail_block(s, c);
	if (shell_json(s))
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

static void ladder_text(void *self, const char *text)
{
	shell_print(self, "%s\n", text);
}

static void ladder_row(void *self, const struct ladder_line *line)
{
	static const char *const columns[] = { "isdn", "gateway", "sip" };
	struct shell *s = self;
	char clock[32];

	wall_print(clock, sizeof(clock), line->wall_us);
	table_cell(s, "%s", clock);
	table_cell(s, "%s", columns[line->column]);
	table_cell(s, "%s", line->key == 0 ? "" : line->sent ? "out" : "in");
	table_cell(s, "%s", line->where);
	table_cell(s, "%s", line->what);
}

static void ladder_head(struct shell *s, uint32_t number, const char *calling,
                        const char *called, unsigned in, unsigned out,
                        int64_t wall)
{
	char from[48], to[48], clock[32];

	clock_text(clock, sizeof(clock), wall);
	shell_print(s, "call %u, %s: %s calls %s, dial-peer in %u, out %u\n",
	            number, clock,
	            calling[0] ? log_digits(from, sizeof(from), calling)
	                       : "no number",
	            called[0] ? log_digits(to, sizeof(to), called)
	                      : "no number",
	            in, out);
}

static void show_ladder(void *self, struct shell *s,
                        const struct command_args *args)
{
	static const struct column columns[] = {
		{ "time", NULL, false },      { "network", NULL, false },
		{ "direction", NULL, false }, { "where", NULL, false },
		{ "what", NULL, false },
	};
	struct gateway *g = self;
	uint32_t number = (uint32_t)args->number[0];
	const struct call *c = gateway_call(g, number);
	const struct record *r = history_find(g->history, number);

	if (c == NULL && r == NULL) {
		shell_error(s, "no call %u is known", number);
		return;
	}
	if (shell_json(s)) {
		table_begin(s, columns, ARRAY_LEN(columns));
		ladder_each(g->ladder, number, ladder_row, s);
		table_end(s);
		return;
	}
	if (c != NULL)
		ladder_head(s, number, c->setup.calling.number.digits,
		            c->setup.called.number.digits, c->leg[0].peer_tag,
		            c->leg[1].peer_tag, c->setup_wall);
	else
		ladder_head(s, number, r->calling, r->called, r->peer_in,
		            r->peer_out, r->setup_wall);
	ladder_draw(g->ladder, number, ladder_text, s);
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

/* --- RTP --- */

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
	table_number(s, (int64_t)n.concealed / 8);
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
		{ "round_trip_ms", NULL, true }, { "concealed_ms", NULL, true },
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
	{ "show call active voice", ROLE_LOOK, show_detail,
	  "all that is known of the calls of this moment", NULL },
	{ "show call history voice [<n:1-10000>]", ROLE_LOOK, show_history,
	  "the last calls that ended, newest first", NULL },
	{ "show call <n:1-4294967295> ladder", ROLE_LOOK, show_ladder,
	  "one call on both networks, in order of time", NULL },
	{ "show call <n:1-4294967295> why", ROLE_LOOK, show_why,
	  "who ended a call, and for which cause", NULL },
	{ "show voip rtp connections", ROLE_LOOK, show_rtp,
	  "RTP streams and what arrives", NULL },
};
/* clang-format on */

int commands_calls(struct gateway *gateway, struct console *console)
{
	int rc = console_add(console, commands, ARRAY_LEN(commands), gateway);

	return rc == 0 ? commands_sip(gateway, console) : rc;
}
