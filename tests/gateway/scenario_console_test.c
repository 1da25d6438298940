/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The console while calls are up: every command for people and for programs,
 * the ladder of a call, debugging as it happens.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "gateway/call.h"
#include "kernel/console.h"
#include "tests/gateway/world.h"

static char text[65536];

static struct world *with_calls(void)
{
	struct world *w = world_open(world_conf_same_kind);
	struct far *b = &w->far[1];

	CHECK(world_call_out(w) != NULL);
	CHECK(exchange_place(&w->exchange[1], "4001") != NULL);
	world_run(w, MSEC(20));
	CHECK(far_hears(b, "INVITE "));
	far_reply(b, "180 Ringing", "", NULL);
	world_run(w, MSEC(100));
	CHECK(exchange_place(&w->exchange[1], "5999") != NULL); /* history */
	world_run(w, MSEC(50));
	return w;
}

static void without_calls(struct world *w)
{
	far_request(&w->far[0], "BYE", "", NULL);
	far_reply(&w->far[1], "486 Busy Here", "", NULL);
	world_run(w, MSEC(50));
	CHECK(far_hears(&w->far[0], "SIP/2.0 200"));
	CHECK(far_hears(&w->far[1], "ACK "));
	world_close(w);
}

/* --- JSON: RFC 8259, no more of it than is needed to say no --- */

static const char *value(const char *at);

static const char *blank(const char *at)
{
	return at + strspn(at, " \t\r\n");
}

static const char *string(const char *at)
{
	for (at++; *at != '"'; at++) {
		if ((unsigned char)*at < 0x20)
			return NULL;
		if (*at == '\\' && strchr("\"\\/bfnrtu", *++at) == NULL)
			return NULL;
	}
	return at + 1;
}

static const char *members(const char *at, char close)
{
	at = blank(at + 1);
	if (*at == close)
		return at + 1;
	for (;; at = blank(at + 1)) {
		if (close == '}') {
			at = *at == '"' ? string(at) : NULL;
			if (at == NULL || *(at = blank(at)) != ':')
				return NULL;
			at = blank(at + 1);
		}
		at = value(at);
		if (at == NULL)
			return NULL;
		at = blank(at);
		if (*at == close)
			return at + 1;
		if (*at != ',')
			return NULL;
	}
}

static const char *value(const char *at)
{
	static const char *const words[] = { "true", "false", "null" };
	size_t digits = strspn(at, "-+.eE0123456789");

	if (*at == '{' || *at == '[')
		return members(at, *at == '{' ? '}' : ']');
	if (*at == '"')
		return string(at);
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strncmp(at, words[i], strlen(words[i])) == 0)
			return at + strlen(words[i]);
	return digits > 0 ? at + digits : NULL;
}

static bool is_json(const char *whole)
{
	const char *end = value(blank(whole));

	return end != NULL && *blank(end) == '\0';
}

/* --- every command --- */

static const struct {
	const char *line, *says, *key;
} commands[] = {
	{ "show version", "Causeway", "show_version" },
	{ "show running-config", "dial-peer voice 200 voip",
	  "show_running_config" },
	{ "show isdn status", "MULTIPLE_FRAME_ESTABLISHED",
	  "show_isdn_status" },
	{ "show isdn status", "layer 2: TEI 0, SAPI 0", "show_isdn_status" },
	{ "show isdn status", "takes calls", "show_isdn_status" },
	{ "show isdn status", "callref 0x8001, channel ", "show_isdn_status" },
	{ "show isdn active", "call received", "show_isdn_active" },
	{ "show isdn history", "unallocated", "show_isdn_history" },
	{ "show isdn history 1", "5999", "show_isdn_history" },
	{ "show isdn timers", "T309", "show_isdn_timers" },
	{ "show isdn service", "busy", "show_isdn_service" },
	{ "show controllers", "sim", "show_controllers" },
	{ "show controllers", "crc4", "show_controllers" },
	{ "show controllers", "refused  hint", "show_controllers" },
	{ "show controllers e1 0", "e1 0 is up", "show_controllers_span" },
	{ "show controllers e1 0", " 0 errored secs", "show_controllers_span" },
	{ "show controllers e1 0 history", "current",
	  "show_controllers_history" },
	{ "clear counters e1 0", "e1 0 counts from now on", "clear_counters" },
	{ "clear counters", "all spans", "clear_counters" },
	{ "probe", "controller e1 0: nothing looks wrong", "probe" },
	{ "show isdn status", " frames discarded", "show_isdn_status" },
	{ "show isdn counters", "refused_overload", "show_isdn_counters" },
	{ "show voice port summary", "talking", "show_voice_port_summary" },
	{ "show voice port summary", "dorm", "show_voice_port_summary" },
	{ "show dial-peer voice summary", "sip-peer carrier",
	  "show_dial_peer_voice_summary" },
	{ "show dialplan number 2001", "200", "show_dialplan_number" },
	{ "show dialplan number 2001", "from pots, in by dial-peer",
	  "show_dialplan_number" },
	{ "show dialplan number 2001", "from voip, in by dial-peer",
	  "show_dialplan_number" },
	{ "show dialplan number 2001 caller 4711", "caller 4711",
	  "show_dialplan_number" },
	{ "show dialplan number 2001 from voip carrier",
	  "from voip sip-peer carrier", "show_dialplan_number" },
	{ "show dialplan number 2001 from pots e1 0 caller 1",
	  "from pots e1 0, caller 1", "show_dialplan_number" },
	{ "show dialplan warnings", "", "show_dialplan_warnings" },
	{ "show cause-map", "user busy", "show_cause_map" },
	{ "show cause-map cisco", "*", "show_cause_map" },
	{ "show voice hunt", "switching equipment", "show_voice_hunt" },
	{ "show memory", "SIP transactions", "show_memory" },
	{ "show memory", "most ever", "show_memory" },
	{ "show memory all", "struct ", "show_memory_all" },
	{ "show counters", "refused_limit", "show_counters" },
	{ "show call active voice brief", "talking",
	  "show_call_active_voice_brief" },
	{ "show call active voice", "ringing", "show_call_active_voice" },
	{ "show call active voice",
	  "RTP PCMA, 127.0.0.1:", "show_call_active_voice" },
	{ "show call active voice", "callref 0x", "show_call_active_voice" },
	{ "show call active voice", "Call-ID ", "show_call_active_voice" },
	{ "show call active voice", "jitter ", "show_call_active_voice" },
	{ "show call history voice", "5999", "show_call_history_voice" },
	{ "show call history voice 1", "5999", "show_call_history_voice" },
	{ "show call 1 ladder", "INVITE", "show_call_ladder" },
	{ "show call 1 why", "is talking", "show_call_why" },
	{ "show call 3 why", "cause 1, unallocated", "show_call_why" },
	{ "show sip-ua calls", "carrier", "show_sip_ua_calls" },
	{ "show sip-ua statistics", "INVITE out", "show_sip_ua_statistics" },
	{ "show sip-ua status", "udp 127.0.0.1:", "show_sip_ua_status" },
	{ "show sip-ua timers", "timer B", "show_sip_ua_timers" },
	{ "show sip-ua retry", "INVITE", "show_sip_ua_retry" },
	{ "show sip-ua peers", "office", "show_sip_ua_peers" },
	{ "show voip rtp connections", "PCMA", "show_voip_rtp_connections" },
	{ "show debugging", "debug isdn q931: off", "show_debugging" },
	{ "debug isdn q931", "on", "debug_isdn_q931" },
	{ "debug isdn q931 span e1 0", "on for span e1 0", "debug_isdn_q931" },
	{ "debug ccsip messages peer carrier", "on for peer carrier",
	  "debug_ccsip_messages" },
	{ "debug voice call number 2001", "on for number 2001",
	  "debug_voice_call" },
	{ "undebug all", "off", "undebug_all" },
	{ "show capture", "packets", "show_capture" },
};

TEST_ROWS(a_command_answers_people_and_programs, commands, row)
{
	struct world *w = with_calls();
	char key[80];

	CHECK_EQ(world_console(w, row->line, false, text, sizeof(text)), 0);
	ck_assert_msg(strstr(text, row->says) != NULL, "%s says %s", row->line,
	              text);
	CHECK_EQ(world_console(w, row->line, true, text, sizeof(text)), 0);
	ck_assert_msg(is_json(text), "%s gives no JSON: %s", row->line, text);
	(void)snprintf(key, sizeof(key), "\"%s\"", row->key);
	ck_assert_msg(strstr(text, key) != NULL, "no key %s in %s", key, text);
	without_calls(w);
}

static const char *const wrong[] = {
	"show call 99 ladder",
	"show call 99 why",
	"clear call 99",
	"clear channel e1 7 1",
	"clear channel e1 0 16",
	"shutdown channel e1 0 16",
	"capture stop",
	"show",
	"capture start /no/where",
	"show call history voice 0",
	"show controllers e1 7",
	"show controllers e1 7 history",
	"clear counters t1 0",
	"show dialplan number 1 from pots e1 7",
	"debug isdn q931 span e1 7",
	"debug ccsip messages peer nobody",
	"debug voice call call none",
};

TEST_ROWS(a_command_that_cannot_be_done_says_so, wrong, row)
{
	struct world *w = with_calls();

	CHECK(world_console(w, *row, false, text, sizeof(text)) != 0);
	CHECK(strchr(text, '%') != NULL || strchr(text, '^') != NULL);
	CHECK(world_console(w, *row, true, text, sizeof(text)) != 0);
	CHECK(is_json(text));
	without_calls(w);
}

TEST(a_channel_is_taken_out_of_service_and_back)
{
	struct world *w = world_open(world_conf);
	struct trunk *trunk = gateway_trunk(w->gateway, "e1 0");

	CHECK_EQ(world_console(w, "shutdown channel e1 0 31", false, text,
	                       sizeof(text)),
	         0);
	CHECK_EQ(isdn_channel_state(trunk->link, 31), CHANNEL_SHUTDOWN);
	w->exchange[0].manner = EXCHANGE_ANSWERS;
	CHECK(world_call_in(w) != NULL);
	CHECK_EQ(world_call(w)->leg[1].isdn.channel, 30);
	CHECK_EQ(world_console(w, "no shutdown channel e1 0 31", false, text,
	                       sizeof(text)),
	         0);
	CHECK_EQ(isdn_channel_state(trunk->link, 31), CHANNEL_IDLE);
	world_clear_sip(w, 0);
	world_close(w);
}

TEST(digits_are_hidden_where_privacy_asks_for_it)
{
	struct world *w = world_open_with(world_conf, "privacy digits 4\n");

	CHECK(world_call_out(w) != NULL);
	CHECK_EQ(world_console(w, "show call active voice brief", false, text,
	                       sizeof(text)),
	         0);
	CHECK(strstr(text, "303555****") != NULL);
	CHECK(strstr(text, "3035550111") == NULL);
	CHECK_EQ(world_console(w, "show call 1 ladder", false, text,
	                       sizeof(text)),
	         0);
	CHECK(strstr(text, "3035550111") == NULL);
	world_clear_sip(w, 0);
	world_close(w);
}

/* --- the ladder --- */

static void in_order(const char *whole, const char *const *lines, size_t n)
{
	const char *at = whole;

	for (size_t i = 0; i < n; i++) {
		const char *found = strstr(at, lines[i]);

		ck_assert_msg(found != NULL, "no \"%s\" after \"%.20s\" in\n%s",
		              lines[i], at, whole);
		at = found + strlen(lines[i]);
	}
}

TEST(the_ladder_has_every_message_in_its_order_and_what_was_decided)
{
	static const char *const lines[] = {
		"-> SETUP\n",
		"<- CALL PROCEEDING\n",
		". dialling\n",
		"dial-peer 200 to sip-peer carrier, choice 1 of 1\n",
		"<- INVITE\n",
		"-> 180 Ringing (INVITE)\n",
		"ringback: ours (us), nobody else gives one\n",
		"<- ALERTING\n",
		"-> 200 OK (INVITE)\n",
		"<- ACK\n",
		". talking\n",
		"<- CONNECT\n",
		"-> CONNECT ACKNOWLEDGE\n",
		"-> DISCONNECT\n",
		"<- RELEASE\n",
		"<- BYE\n",
		". ended by the caller: cause 16",
	};
	struct world *w = world_open(world_conf);
	struct far *f = &w->far[0];
	struct isdn_call *call = world_place(w, "2001");

	far_reply(f, "180 Ringing", "", NULL);
	world_run(w, MSEC(100));
	far_reply(f, "200 OK", "", world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(100));
	CHECK(far_hears(f, "ACK "));
	world_clear_isdn(w, call, 0);
	in_order(world_ladder(w, 1), lines, ARRAY_LEN(lines));
	CHECK_EQ(world_console(w, "show call 1 ladder", false, text,
	                       sizeof(text)),
	         0);
	CHECK(strstr(text, "SETUP") != NULL && strstr(text, "-->|") != NULL);
	CHECK_EQ(world_console(w, "show call 1 why", false, text, sizeof(text)),
	         0);
	CHECK(strstr(text, "call 1 ended by the caller: cause 16") != NULL);
	world_close(w);
}

TEST(the_ladder_of_a_refused_call_ends_with_why)
{
	static const char *const lines[] = {
		"-> INVITE\n",
		"<- 100 Trying (INVITE)\n",
		"dial-peer 100 to e1 0, choice 1 of 1\n",
		"<- SETUP\n",
		"-> CALL PROCEEDING\n",
		"-> DISCONNECT\n",
		"<- 486 Busy Here (INVITE)\n",
		"-> ACK\n",
		". ended by the called side: cause 17, user busy, from user",
	};
	struct world *w = world_open(world_conf);
	const char *whole;

	w->exchange[0].manner = EXCHANGE_BUSY;
	far_invite(&w->far[0], "1001", "", world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(20));
	far_ack_refusal(&w->far[0]);
	world_run(w, MSEC(50));
	whole = world_ladder(w, 1);
	in_order(whole, lines, 7);
	CHECK(strstr(whole, lines[7]) != NULL);
	CHECK(strstr(whole, lines[8]) != NULL);
	far_deaf(&w->far[0]);
	world_close(w);
}

static void says(struct world *w, const char *line, const char *what)
{
	CHECK_EQ(world_console(w, line, false, text, sizeof(text)), 0);
	ck_assert_msg(strstr(text, what) != NULL, "no \"%s\" in\n%s", what,
	              text);
}

TEST(a_ladder_marks_what_is_said_again_and_what_befell_the_line)
{
	struct world *w = world_open(world_conf);
	struct isdn_call *call = world_place(w, "2001");

	world_run(w, MSEC(600)); /* T1 */
	CHECK(far_hears(&w->far[0], "INVITE "));
	far_reply(&w->far[0], "183 Session Progress", "",
	          world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(50));
	says(w, "show call 1 ladder", "|--> INVITE (again)");
	says(w, "show call 1 ladder", "dial-peer in 100, out 200");
	says(w, "show call 1 ladder", "ISDN e1 0 ");
	says(w, "show call active voice brief", "progress");
	CHECK(strstr(world_ladder(w, 1), "ringing") == NULL);
	far_reply(&w->far[0], "200 OK", "", world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(100));
	CHECK(far_hears(&w->far[0], "ACK "));
	far_request(&w->far[0], "INVITE", "", world_sdp(w, 0, "sendonly"));
	world_run(w, MSEC(50));
	CHECK(far_hears(&w->far[0], "SIP/2.0 200"));
	far_request(&w->far[0], "ACK", "", NULL);
	world_run(w, MSEC(50));
	says(w, "show call 1 ladder", "the called side holds");
	far_deaf(&w->far[0]);
	world_clear_isdn(w, call, 0);
	world_close(w);
}

TEST(a_call_from_span_to_span_has_the_caller_on_the_left)
{
	struct world *w = world_open(world_conf_same_kind);

	w->exchange[0].manner = EXCHANGE_BUSY;
	CHECK(exchange_place(&w->exchange[1], "1001") != NULL);
	world_run(w, MSEC(100));
	says(w, "show call 1 ladder", "ISDN, caller e1 1");
	says(w, "show call 1 ladder", "ISDN, called e1 0");
	says(w, "show call 1 ladder", "|--> SETUP");
	says(w, "show call 1 ladder", "|<-- DISCONNECT");
	world_run(w, MSEC(100));
	world_close(w);
}

/* --- debugging --- */

struct terminal {
	int fd;
	char said[65536];
	size_t n;
};

static void terminal_open(struct terminal *t, struct world *w)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	memset(t, 0, sizeof(*t));
	(void)snprintf(at.sun_path, sizeof(at.sun_path), "%s/console",
	               test_folder());
	CHECK_EQ(console_listen(w->console, at.sun_path, 0600, -1), 0);
	t->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	CHECK_EQ(connect(t->fd, (struct sockaddr *)&at, sizeof(at)), 0);
}

static void terminal_ask(struct terminal *t, struct world *w, const char *line)
{
	char request[128];
	ssize_t n;

	(void)snprintf(request, sizeof(request), "x %s\n", line);
	CHECK(send(t->fd, request, strlen(request), 0) > 0);
	world_run(w, MSEC(10));
	n = recv(t->fd, t->said + t->n, sizeof(t->said) - 1 - t->n, 0);
	if (n > 0)
		t->n += (size_t)n;
}

TEST(debugging_shows_messages_as_they_cross_and_stops_when_told)
{
	static struct terminal t;
	struct world *w = world_open(world_conf);
	size_t quiet;

	terminal_open(&t, w);
	terminal_ask(&t, w, "debug isdn q931");
	terminal_ask(&t, w, "debug ccsip messages");
	CHECK(world_call_out(w) != NULL);
	terminal_ask(&t, w, "show debugging");
	CHECK(strstr(t.said, "debug isdn q931: on") != NULL);
	CHECK(strstr(t.said, "SETUP") != NULL);
	CHECK(strstr(t.said, "INVITE sip:2001@") != NULL);
	CHECK(strstr(t.said, "m=audio ") != NULL);
	terminal_ask(&t, w, "undebug all");
	quiet = t.n;
	world_clear_sip(w, 0);
	terminal_ask(&t, w, "show debugging");
	CHECK(strstr(t.said + quiet, "BYE") == NULL);
	CHECK(strstr(t.said + quiet, "debug isdn q931: off") != NULL);
	terminal_ask(&t, w, "debug isdn q921 e1 0");
	(void)close(t.fd); /* who goes away no longer looks */
	world_run(w, MSEC(50));
	world_close(w);
}

TEST(debugging_of_calls_tells_what_happens_line_by_line)
{
	static const char *const lines[] = {
		" call 1: near leg (isdn e1 0:",
		" reports setup",
		" call 1: 3035550111 at e1 0:",
		" calls 2001, dial-peer in 100",
		" call 1: 2001: dial-peer 200 to sip-peer carrier, choice 1 of",
		" call 1: far leg (sip carrier) reports answer",
		" call 1: talking",
		" call 1: 3035550111 from e1 0:",
		", talked ",
	};
	static struct terminal t;
	struct world *w = world_open(world_conf);

	terminal_open(&t, w);
	terminal_ask(&t, w, "debug voice call");
	CHECK(world_call_out(w) != NULL);
	world_clear_sip(w, 0);
	terminal_ask(&t, w, "undebug all");
	in_order(t.said, lines, ARRAY_LEN(lines));
	CHECK(strstr(t.said, "ended by the called side: cause 16") != NULL);
	(void)close(t.fd);
	world_run(w, MSEC(50));
	world_close(w);
}

/* Each kind has its filter: a number finds the whole call, not only the
 * messages that have it in them; another call's are not shown. */
static const struct {
	const char *line;
	bool first, second;
} filters[] = {
	{ "debug ccsip messages number 2001", true, false },
	{ "debug ccsip messages number 2002", false, true },
	{ "debug ccsip messages call 1", true, false },
	{ "debug ccsip messages peer carrier", true, true },
	{ "debug ccsip messages span e1 0", true, true },
	{ "debug ccsip messages nothing has this", false, false },
	{ "debug voice call", true, true },
	{ "debug voice call call 2", false, true },
	{ "debug voice call number 2001", true, false },
	{ "debug voice call span e1 0", true, true },
	{ "debug voice call peer carrier", true, true },
	{ "debug isdn q931 number 2001", true, false },
	{ "debug isdn q931 call 2", false, true },
	{ "debug isdn q931 peer carrier", true, true },
	{ "debug isdn q931 e1 0", true, true },
};

TEST_ROWS(debugging_is_narrowed_to_what_was_asked_for, filters, row)
{
	static struct terminal t;
	struct world *w = world_open(world_conf);
	bool sip = strstr(row->line, "ccsip") != NULL;
	bool call = strstr(row->line, "voice call") != NULL;
	struct isdn_call *calls[2];
	char called[8];
	size_t quiet;

	for (unsigned i = 0; i < 2; i++) {
		(void)snprintf(called, sizeof(called), "200%u", i + 1);
		calls[i] = exchange_place(&w->exchange[0], called);
		world_run(w, MSEC(20));
		CHECK(far_hears(&w->far[0], "INVITE "));
		far_reply(&w->far[0], "180 Ringing", "", NULL);
		world_run(w, MSEC(50));
	}
	terminal_open(&t, w);
	terminal_ask(&t, w, row->line);
	for (unsigned i = 0; i < 2; i++) {
		quiet = t.n;
		exchange_clear(calls[i], 16);
		world_run(w, MSEC(50));
		CHECK(far_hears(&w->far[0], "CANCEL "));
		far_reply(&w->far[0], "200 OK", "", NULL);
		terminal_ask(&t, w, "show debugging");
		CHECK_EQ(strstr(t.said + quiet, sip    ? "CANCEL sip:"
		                                : call ? "ended by the caller"
		                                       : "DISCONNECT") != NULL,
		         i == 0 ? row->first : row->second);
	}
	far_deaf(&w->far[0]);
	(void)close(t.fd);
	world_run(w, MSEC(50));
	world_close(w);
}

TEST(debugging_is_switched_off_after_half_an_hour)
{
	static struct terminal t;
	struct world *w = world_open(world_conf);

	terminal_open(&t, w);
	terminal_ask(&t, w, "debug isdn q931");
	world_wait(w, SEC(1805));
	terminal_ask(&t, w, "show debugging");
	CHECK(strstr(t.said, "switched off after 30 minutes") != NULL);
	CHECK(strstr(t.said, "debug isdn q931: off") != NULL);
	(void)close(t.fd);
	world_run(w, MSEC(50));
	world_close(w);
}
