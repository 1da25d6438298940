/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * One place sees every D-channel frame and every SIP message. It keeps them in
 * the ladder under the key of their dialogue, hands them to a capture, and
 * tells the console sessions that asked: each may ask for kinds (q931, q921,
 * ccsip, call) and narrow each of them, as debug_filter.c says.
 * A session's debugging ends with `undebug all`, with the session, and by
 * itself after half an hour.
 */

#include "gateway/debug.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "gateway/capture.h"
#include "gateway/capturing.h"
#include "gateway/debug_filter.h"
#include "gateway/gateway.h"
#include "gateway/keep.h"
#include "gateway/ladder.h"
#include "kernel/console.h"
#include "kernel/mem.h"
#include "kernel/text.h"
#include "pri/q931.h"

enum debug_kind {
	DEBUG_Q931 = 1,
	DEBUG_Q921 = 2,
	DEBUG_SIP = 4,
	DEBUG_CALL = 8
};

enum { OFF_AFTER_S = 1800, KINDS = 4 };

struct watcher {
	struct list list;
	struct debug *debug;
	struct shell *session;
	unsigned kinds;
	struct debug_filter filter[KINDS]; /* by the bit of its kind */
	struct timer off;
	struct shell_watch closed;
};

struct debug {
	struct gateway *gateway;
	struct list watchers;
	unsigned kinds; /* of all watchers together */
};

int debug_new(struct debug **out, struct gateway *gateway)
{
	struct debug *debug = mem_new(struct debug);

	if (debug == NULL)
		return -ENOMEM;
	debug->gateway = gateway;
	list_init(&debug->watchers);
	*out = debug;
	return 0;
}

static void on_line(void *self, uint32_t call, const char *line)
{
	debug_call(self, call, line);
}

static void count_kinds(struct debug *debug)
{
	debug->kinds = 0;
	LIST_EACH(&debug->watchers, struct watcher, w, list)
	debug->kinds |= w->kinds;
	ladder_listen(debug->gateway->ladder,
	              debug->kinds & DEBUG_CALL ? on_line : NULL, debug);
}

static void watcher_free(struct watcher *w)
{
	struct debug *debug = w->debug;

	shell_unwatch(w->session, &w->closed);
	timer_stop(&w->off);
	list_remove(&w->list);
	(void)mem_free(w);
	count_kinds(debug);
}

struct debug *debug_free(struct debug *debug)
{
	if (debug != NULL)
		LIST_EACH(&debug->watchers, struct watcher, w, list)
	watcher_free(w);
	return mem_free(debug);
}

/* --- who looks --- */

static void shell_closed(void *self, struct shell *session ATTR_UNUSED)
{
	struct watcher *w = self;

	timer_stop(&w->off);
	list_remove(&w->list);
	count_kinds(w->debug);
	(void)mem_free(w);
}

static void time_is_up(void *self)
{
	struct watcher *w = self;

	shell_tell(w->session, "debug switched off after 30 minutes");
	watcher_free(w);
}

static struct watcher *watcher_of(struct debug *debug, struct shell *session)
{
	LIST_EACH(&debug->watchers, struct watcher, w, list)
	if (w->session == session)
		return w;
	return NULL;
}

static struct watcher *watcher_new(struct debug *debug, struct shell *session)
{
	struct watcher *w = mem_new(struct watcher);

	if (w == NULL)
		return NULL;
	w->debug = debug;
	w->session = session;
	w->closed.closed = shell_closed;
	w->closed.self = w;
	timer_init(&w->off, debug->gateway->loop, "debug off", time_is_up, w);
	shell_watch(session, &w->closed);
	list_append(&debug->watchers, &w->list);
	return w;
}

static struct debug_filter *filter_of(struct watcher *w, enum debug_kind kind)
{
	return &w->filter[__builtin_ctz((unsigned)kind)];
}

static void debug_on(struct debug *debug, struct shell *session,
                     const struct command_args *args, enum debug_kind kind,
                     const char *what)
{
	struct watcher *w = watcher_of(debug, session);
	struct debug_filter filter;
	char text[96];

	if (debug_filter_parse(debug->gateway, args->n > 0 ? args->text[0] : "",
	                       &filter) < 0) {
		shell_error(session, "there is no %s", args->text[0]);
		return;
	}
	if (w == NULL)
		w = watcher_new(debug, session);
	if (w == NULL) {
		shell_error(session, "out of memory");
		return;
	}
	w->kinds |= kind;
	*filter_of(w, kind) = filter;
	timer_start(&w->off, SEC(OFF_AFTER_S));
	count_kinds(debug);
	debug_filter_print(&filter, text, sizeof(text));
	shell_print(session, "%s debugging is on%s\n", what, text);
}

static void run_q931(void *self, struct shell *s,
                     const struct command_args *args)
{
	debug_on(self, s, args, DEBUG_Q931, "ISDN Q.931");
}

static void run_q921(void *self, struct shell *s,
                     const struct command_args *args)
{
	debug_on(self, s, args, DEBUG_Q921, "ISDN Q.921");
}

static void run_ccsip(void *self, struct shell *s,
                      const struct command_args *args)
{
	debug_on(self, s, args, DEBUG_SIP, "SIP message");
}

static void run_call(void *self, struct shell *s,
                     const struct command_args *args)
{
	debug_on(self, s, args, DEBUG_CALL, "call");
}

static void run_undebug(void *self, struct shell *s,
                        const struct command_args *args ATTR_UNUSED)
{
	struct debug *debug = self;
	struct watcher *w = watcher_of(debug, s);

	if (w != NULL)
		watcher_free(w);
	shell_print(s, "all debugging is off\n");
}

static void run_show(void *self, struct shell *s,
                     const struct command_args *args ATTR_UNUSED)
{
	struct debug *debug = self;
	struct watcher *w = watcher_of(debug, s);
	unsigned kinds = w != NULL ? w->kinds : 0;

	static const struct {
		enum debug_kind kind;
		const char *words;
	} rows[] = {
		{ DEBUG_Q931, "isdn q931" },
		{ DEBUG_Q921, "isdn q921" },
		{ DEBUG_SIP, "ccsip messages" },
		{ DEBUG_CALL, "voice call" },
	};
	char text[96];

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		text[0] = '\0';
		if (kinds & rows[i].kind)
			debug_filter_print(filter_of(w, rows[i].kind), text,
			                   sizeof(text));
		shell_print(s, "debug %s: %s%s\n", rows[i].words,
		            kinds & rows[i].kind ? "on" : "off", text);
	}
}

/* clang-format off */
static const struct command commands[] = {
	{ "debug isdn q931 [<rest>]", ROLE_DEBUG, run_q931,
	  "Q.931 messages [span S | peer P | number N | call C | text]", NULL },
	{ "debug isdn q921 [<rest>]", ROLE_DEBUG, run_q921,
	  "and the frames below them [the same]", NULL },
	{ "debug ccsip messages [<rest>]", ROLE_DEBUG, run_ccsip,
	  "SIP messages [the same]", NULL },
	{ "debug voice call [<rest>]", ROLE_DEBUG, run_call,
	  "what happens to calls: states, routes, decisions [the same]", NULL },
	{ "undebug all", ROLE_DEBUG, run_undebug, "switch debugging off", NULL },
	{ "no debug all", ROLE_DEBUG, run_undebug, "switch debugging off", NULL },
	{ "show debugging", ROLE_LOOK, run_show, "what this session debugs",
	  NULL },
};
/* clang-format on */

int debug_commands(struct debug *debug, struct console *console)
{
	return console_add(console, commands, ARRAY_LEN(commands), debug);
}

/* --- frames --- */

struct telling {
	struct text *all; /* every line of it */
	const char *head; /* before the first line */
	unsigned lines;
};

/* Line by line to each session that wants this message. */
static void tell_all(struct debug *debug, enum debug_kind kind,
                     const struct debug_subject *subject, const char *lines)
{
	char line[600];

	LIST_EACH(&debug->watchers, struct watcher, w, list)
	{
		if (!(w->kinds & kind) ||
		    !debug_filter_passes(debug->gateway, filter_of(w, kind),
		                         subject))
			continue;
		for (const char *at = lines; *at != '\0';) {
			size_t n = strcspn(at, "\r\n");

			(void)snprintf(line, sizeof(line), "%.*s",
			               (int)MIN_OF(n, 590), at);
			shell_tell(w->session, line);
			at += n + strspn(at + n, "\r\n");
		}
	}
}

static void frame_line(void *self, const char *text)
{
	struct telling *t = self;

	text_add(t->all, "%s%s\n", t->lines++ == 0 ? t->head : "        ",
	         text);
}

static void show_frame(struct debug *debug, const char *trunk, uint32_t call,
                       bool sent, enum debug_kind kind, struct bytes frame)
{
	char head[80], clock[32], room[8192];
	struct text all = TEXT(room);
	struct telling t = { &all, head, 0 };
	struct debug_subject subject = { .span = trunk,
		                         .call = call,
		                         .text = room };

	if (!(debug->kinds & kind))
		return;
	wall_print(clock, sizeof(clock), wall_now());
	(void)snprintf(head, sizeof(head), "%s %s %s ", clock + 11, trunk,
	               sent ? "TX ->" : "RX <-");
	isdn_decode(frame, sent, frame_line, &t);
	tell_all(debug, kind, &subject, room);
}

/*
 * What a message is, for the ladder to see that it comes again. Layer 2 repeats
 * a frame with its N(S), layer 3 (T303, T308) says it anew; other messages that
 * are equal are not the same: two digits may be.
 */
static uint64_t print_of(struct bytes frame, const char *name)
{
	bool anew = strcmp(name, "SETUP") == 0 || strcmp(name, "RELEASE") == 0;
	uint64_t send_state;

	if (frame.len <= 4)
		return 0;
	send_state = anew ? 0 : (uint64_t)frame.at[2] << 32;
	return ladder_mark(frame.at + 4, frame.len - 4) ^ send_state;
}

void debug_isdn_frame(struct debug *debug, const char *trunk, bool network_side,
                      bool sent, struct bytes frame)
{
	int callref = -1;
	const char *name = isdn_decode_name(frame, &callref);
	unsigned reference;
	ladder_key key;
	uint32_t call;

	capturing_catch_up(debug->gateway);
	capture_isdn(debug->gateway->capture, trunk, network_side, sent, frame);
	if (callref < 0) {
		show_frame(debug, trunk, 0, sent, DEBUG_Q921, frame);
		return;
	}
	/* The flag says "to the side that chose the value" (Q.931 4.3). */
	reference = (unsigned)callref & 0x7fff;
	if (sent == ((callref & 0x8000) != 0))
		reference |= 0x8000;
	key = ladder_key_isdn(trunk, reference);
	call = ladder_message(debug->gateway->ladder, key, 0, sent, trunk, name,
	                      print_of(frame, name));
	keep_isdn(debug->gateway->keep, key, trunk, network_side, sent, frame);
	show_frame(debug, trunk, call, sent, DEBUG_Q931, frame);
	show_frame(debug, trunk, call, sent, DEBUG_Q921, frame);
}

/* --- SIP --- */

/* The value of a header line, by its long or short name. */
static bool header_is(struct bytes line, const char *name, char compact,
                      struct bytes *value)
{
	size_t n = strlen(name), at = 0;

	if (line.len > n && strncasecmp((const char *)line.at, name, n) == 0)
		at = n;
	else if (line.len > 1 && (line.at[0] | 0x20) == compact)
		at = 1;
	while (at > 0 && at < line.len && line.at[at] == ' ')
		at++;
	if (at == 0 || at >= line.len || line.at[at] != ':')
		return false;
	do
		at++;
	while (at < line.len && (line.at[at] == ' ' || line.at[at] == '\t'));
	*value = (struct bytes){ line.at + at, line.len - at };
	return true;
}

struct sip_summary {
	char first[64]; /* "INVITE" or "180 Ringing" */
	char call_id[128];
	char cseq_method[24];
};

static void summarise_first(struct bytes line, struct sip_summary *out)
{
	static const char version[] = "SIP/2.0 ";
	size_t n = strlen(version);

	if (line.len > n && memcmp(line.at, version, n) == 0) {
		line = (struct bytes){ line.at + n, line.len - n };
	} else {
		const uint8_t *blank = memchr(line.at, ' ', line.len);

		if (blank != NULL)
			line.len = (size_t)(blank - line.at);
	}
	line.len = MIN_OF(line.len, sizeof(out->first) - 1);
	(void)text_copy_bytes(out->first, sizeof(out->first), line);
}

static void summarise(struct bytes message, struct sip_summary *out)
{
	struct bytes line, value;

	memset(out, 0, sizeof(*out));
	if (take_line(&message, &line))
		summarise_first(line, out);
	while (take_line(&message, &line) && line.len > 0) {
		if (header_is(line, "Call-ID", 'i', &value)) {
			(void)text_copy_bytes(out->call_id,
			                      sizeof(out->call_id), value);
		} else if (header_is(line, "CSeq", 0, &value)) {
			const uint8_t *blank = memchr(value.at, ' ', value.len);

			if (blank == NULL)
				continue;
			value.len -= (size_t)(blank + 1 - value.at);
			value.at = blank + 1;
			(void)text_copy_bytes(out->cseq_method,
			                      sizeof(out->cseq_method), value);
		}
	}
}

static void show_message(struct debug *debug, uint32_t call, const char *far,
                         const struct debug_sip *seen)
{
	struct bytes rest = seen->message, line;
	static char room[70000]; /* the longest message, and its indents */
	char clock[32];
	struct text all = TEXT(room);
	struct debug_subject subject = { .address = far,
		                         .call = call,
		                         .text = room };

	if (!(debug->kinds & DEBUG_SIP))
		return;
	wall_print(clock, sizeof(clock), wall_now());
	text_add(&all, "%s %s %s %s:\n", clock + 11,
	         seen->sent ? "TX to" : "RX from",
	         sip_transport_name(seen->transport), far);
	while (take_line(&rest, &line))
		text_add(&all, "        %.*s\n", (int)MIN_OF(line.len, 500),
		         (const char *)line.at);
	tell_all(debug, DEBUG_SIP, &subject, room);
}

void debug_sip_message(struct debug *debug, const struct debug_sip *seen)
{
	struct sip_summary s;
	char what[100], far[ADDR_TEXT];
	uint32_t call = 0;
	ladder_key key;

	capturing_catch_up(debug->gateway);
	capture_sip(debug->gateway->capture, seen);
	summarise(seen->message, &s);
	addr_print(seen->remote, far, sizeof(far));
	(void)snprintf(what, sizeof(what), "%s%s%s%s", s.first,
	               s.first[0] >= '1' && s.first[0] <= '6' ? " (" : "",
	               s.first[0] >= '1' && s.first[0] <= '6' ? s.cseq_method
	                                                      : "",
	               s.first[0] >= '1' && s.first[0] <= '6' ? ")" : "");
	if (strcmp(s.cseq_method, "OPTIONS") != 0) {
		key = ladder_key_sip(s.call_id);
		call = ladder_message(
			debug->gateway->ladder, key, 1, seen->sent, far, what,
			ladder_mark(seen->message.at, seen->message.len));
		keep_sip(debug->gateway->keep, key, seen);
	}
	show_message(debug, call, far, seen);
}

void debug_call(struct debug *debug, uint32_t call, const char *sentence)
{
	char line[480], clock[32];
	struct debug_subject subject = { .call = call, .text = line };

	if (!(debug->kinds & DEBUG_CALL))
		return;
	wall_print(clock, sizeof(clock), wall_now());
	(void)snprintf(line, sizeof(line), "%s call %u: %s", clock + 11, call,
	               sentence);
	tell_all(debug, DEBUG_CALL, &subject, line);
}
