/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * See world.h. Time passes in steps: whatever is due is done until nothing
 * happens, then the clock goes to the next timer or the next tick of the line,
 * whichever is first. A tick is 5 ms, 40 octets, for all spans at once.
 *
 * There is one world in a process, because there is one clock and one registry
 * of simulated spans.
 */
#include "tests/gateway/world.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/call.h"
#include "gateway/commands.h"
#include "gateway/debug.h"
#include "gateway/ladder.h"
#include "gateway/record.h"
#include "kernel/console.h"
#include "kernel/text.h"

static struct world world;

/* The world before this one in the same process (on a ladder) ended then. A
 * clock that went back would leave libpri's timers, which outlive their link,
 * in a future that never comes. */
static struct instant latest;

static void hold_clock(void)
{
	instant_hold();
	if (instant_since(latest, instant_now()) > 0)
		instant_turn(instant_since(latest, instant_now()));
}

static void release_clock(void)
{
	latest = instant_now();
	instant_release();
}

/* --- opening --- */

static uint16_t free_port(void)
{
	struct far f;

	far_open(&f, 1, false);
	far_close(&f);
	return f.port;
}

static int open_exchanges(struct world *w)
{
	const struct conf_instance *i = NULL;
	struct board_conf board;
	struct isdn_conf isdn;
	int rc = 0;

	while (rc == 0 && (i = conf_next(w->gateway->conf,
	                                 &options_controller_section, i))) {
		ck_assert(w->spans < WORLD_SPANS);
		options_to_board(i->values, i->name, &board);
		options_to_isdn(i->values, i->name, &isdn);
		rc = exchange_open(&w->exchange[w->spans], w->loop, &board,
		                   &isdn);
		if (rc == 0)
			w->spans++;
	}
	return rc;
}

static int add_commands(struct world *w)
{
	int rc = commands_show(w->gateway, w->console);

	if (rc == 0)
		rc = commands_calls(w->gateway, w->console);
	if (rc == 0)
		rc = commands_health(w->gateway, w->console);
	if (rc == 0)
		rc = commands_register(w->gateway, w->console);
	if (rc == 0)
		rc = commands_cause(w->gateway, w->console);
	if (rc == 0)
		rc = commands_operate(w->gateway, w->console);
	if (rc == 0)
		rc = debug_commands(w->gateway->debug, w->console);
	return rc;
}

static int start_gateway(struct world *w, const char *conf, const char *more)
{
	struct gateway_start start = { .loop = w->loop,
		                       .console = w->console,
		                       .media_turned = true };
	int rc = world_read(w, conf, more, &start.conf);

	if (rc < 0 && w->error.message[0] != '\0')
		printf("%s:%u: %s\n", w->error.file, w->error.line,
		       w->error.message);
	if (rc < 0)
		return rc;
	return gateway_new(&w->gateway, &start, &w->error);
}

/* A port that was free may be taken before we are there. */
static int open_gateway(struct world *w, const char *conf, const char *more)
{
	int rc = loop_new(&w->loop);

	if (rc == 0)
		rc = console_new(&w->console, w->loop);
	if (rc < 0)
		return rc;
	for (unsigned tries = 0; tries < 20; tries++) {
		w->port = free_port();
		for (unsigned i = 0; i < WORLD_FARS; i++)
			w->far[i].to = w->port;
		rc = start_gateway(w, conf, more);
		if (rc != -EADDRINUSE)
			break;
	}
	return rc < 0 ? rc : add_commands(w);
}

/* Gives all back, and looks at nothing. */
static void drop(struct world *w)
{
	w->gateway = gateway_free(w->gateway);
	w->console = console_free(w->console);
	for (unsigned i = 0; i < w->spans; i++)
		exchange_close(&w->exchange[i]);
	for (unsigned i = 0; i < WORLD_FARS; i++) {
		far_close(&w->far[i]);
		phone_close(&w->phone[i]);
	}
	if (w->loop != NULL)
		while (loop_turn(w->loop))
			continue;
}

static void say(const char *name)
{
	printf("timer left: %s\n", name);
}

struct world *world_open_with(const char *conf, const char *more)
{
	struct world *w = &world;

	memset(w, 0, sizeof(*w));
	(void)setvbuf(stdout, NULL, _IOLBF, 0); /* told before a test fails */
	log_to_fd(getenv("WORLD_LOG") != NULL ? 1 : -1, false);
	hold_clock();
	w->pace = MSEC(5);
	w->tick = instant_now();
	for (unsigned i = 0; i < WORLD_FARS; i++) {
		far_open(&w->far[i], 1, false);
		phone_open(&w->phone[i]);
	}
	if (open_gateway(w, conf, more) < 0 || open_exchanges(w) < 0) {
		ck_assert_msg(!ladder_ok(), "the world did not open: %s",
		              w->error.message);
		drop(w);
		w->loop = loop_free(w->loop);
		release_clock();
		return NULL;
	}
	world_wait(w, SEC(4)); /* alarms clear, layer 2 comes up, RESTART */
	for (unsigned i = 0; i < w->spans; i++)
		exchange_forget(&w->exchange[i]);
	return w;
}

struct world *world_open(const char *conf)
{
	return world_open_with(conf, "");
}

/* --- time --- */

static void settle(struct world *w)
{
	for (unsigned i = 0; i < 100000; i++)
		if (!loop_turn(w->loop))
			return;
	ck_abort_msg("the world does not settle");
}

static void turn_lines(struct world *w)
{
	w->tick = instant_add(w->tick, w->pace);
	board_sim_turn(40);
	media_turn(w->gateway->media);
	for (unsigned i = 0; i < WORLD_FARS; i++)
		phone_turn(&w->phone[i], 5000);
}

static void pass(struct world *w, usec length)
{
	struct instant end = instant_add(instant_now(), length), due, next;

	settle(w);
	while (instant_since(end, instant_now()) > 0) {
		next = instant_since(end, w->tick) > 0 ? w->tick : end;
		if (loop_next(w->loop, &due) && instant_since(next, due) > 0)
			next = due;
		if (instant_since(next, instant_now()) > 0)
			instant_turn(instant_since(next, instant_now()));
		if (instant_since(instant_now(), w->tick) >= 0)
			turn_lines(w);
		settle(w);
	}
}

void world_run(struct world *w, usec length)
{
	pass(w, length);
}

static void wait_at(struct world *w, usec pace, usec length)
{
	w->pace = pace;
	pass(w, length);
	w->pace = MSEC(5);
	if (instant_since(w->tick, instant_now()) > w->pace)
		w->tick = instant_add(instant_now(), w->pace);
}

void world_wait(struct world *w, usec length)
{
	wait_at(w, MSEC(100), length);
}

/* --- closing --- */

static void clear_all(struct world *w)
{
	struct release why = { .by = RELEASE_BY_OPERATOR,
		               .cause = { Q850_NORMAL_CLEARING,
		                          LOCATION_PRIVATE_LOCAL } };

	LIST_EACH(&w->gateway->calls, struct call, call, list)
	call_clear(call, &why);
}

static void check_link(const char *name, const struct isdn_link *link)
{
	struct isdn_status s;

	isdn_link_status(link, &s);
	ck_assert_msg(s.calls == 0, "%s: %u calls left", name, s.calls);
	ck_assert_msg(s.libpri_calls == 0, "%s: %u calls left in libpri", name,
	              s.libpri_calls);
	ck_assert_msg(s.busy == 0 && s.ending == 0,
	              "%s: %u channels busy, %u ending", name, s.busy,
	              s.ending);
}

static void say_dialog(void *self ATTR_UNUSED,
                       const struct sip_session_info *info)
{
	printf("dialog left: %s, %s, %s, owner %s\n", info->peer, info->state,
	       info->incoming ? "incoming" : "outgoing",
	       info->owner != NULL ? "there" : "gone");
}

static void check_left(struct world *w)
{
	struct media_status media;
	struct sip_counts sip;

	LIST_EACH(&w->gateway->calls, struct call, call, list)
	ck_abort_msg("call %u left, %s", call->number, call_state_name(call));
	LIST_EACH(&w->gateway->trunks, struct trunk, trunk, list)
	{
		ck_assert_msg(trunk->calls == 0, "%s: %u calls counted",
		              trunk->name, trunk->calls);
		if (trunk->link != NULL && !w->broken)
			check_link(trunk->name, trunk->link);
	}
	for (unsigned i = 0; i < w->spans && !w->broken; i++)
		if (w->exchange[i].link != NULL)
			check_link(w->exchange[i].conf.name,
			           w->exchange[i].link);
	sip_stack_counts(w->gateway->sip, &sip);
	sip_each(w->gateway->sip, say_dialog, NULL);
	CHECK_EQ(sip.dialogs, 0);
	CHECK_EQ(sip.transactions, 0);
	media_engine_status(w->gateway->media, &media);
	CHECK_EQ(media.streams, 0);
	CHECK_EQ(media.sockets, 0);
	ck_assert_msg(w->gateway->counts.stuck == 0, "a call was stuck");
}

void world_drop(struct world *w)
{
	unsigned live;

	drop(w);
	live = loop_live(w->loop, say);
	w->loop = loop_free(w->loop);
	release_clock();
	CHECK_EQ(live, 0);
}

void world_close(struct world *w)
{
	if (w == NULL)
		return;
	world_run(w, MSEC(50));
	if (!ladder_ok()) {
		clear_all(w);
		wait_at(w, SEC(1), SEC(90));
	}
	wait_at(w, SEC(1), SEC(40));
	check_left(w);
	world_drop(w);
}

/* --- looking --- */

struct call *world_call(struct world *w)
{
	return LIST_FIRST(&w->gateway->calls, struct call, list);
}

static bool first_record(void *self, const struct record *record)
{
	record_sentence(&record->release, self, 200);
	return false;
}

const char *world_sentence(struct world *w)
{
	static char sentence[200];

	sentence[0] = '\0';
	history_each(w->gateway->history, first_record, sentence);
	return sentence;
}

bool world_ended(struct world *w, const char *begin, unsigned cause)
{
	const char *sentence = world_sentence(w);
	char told[24];

	(void)snprintf(told, sizeof(told), ": cause %u,", cause);
	if (text_starts(sentence, begin) && strstr(sentence, told) != NULL)
		return true;
	printf("told: %s\n", sentence);
	return false;
}

bool world_quiet(struct world *w)
{
	bool heard = far_hear(&w->far[0]);

	if (heard)
		printf("heard %.60s\n", w->far[0].heard);
	return !heard;
}

static void add_line(void *self, const struct ladder_line *line)
{
	text_add(self, "%s%s\n",
	         line->column == 1 ? ". "
	         : line->sent      ? "<- "
	                           : "-> ",
	         line->what);
}

const char *world_ladder(struct world *w, uint32_t call)
{
	static char room[16384];
	struct text text = TEXT(room);

	ladder_each(w->gateway->ladder, call, add_line, &text);
	return room;
}

static void add_output(void *self, const char *text)
{
	text_add(self, "%s", text);
}

int world_console(struct world *w, const char *line, bool json, char *to,
                  size_t size)
{
	struct text text = { .at = to, .size = size };

	to[0] = '\0';
	return console_run(w->console, line, json, add_output, &text);
}

const char *world_sdp(struct world *w, unsigned far, const char *direction)
{
	static char sdp[2][512];
	static unsigned turn;
	char *to = sdp[turn++ % 2];

	(void)snprintf(to, sizeof(sdp[0]),
	               "v=0\r\no=far 1 %u IN IP4 127.0.0.1\r\ns=-\r\n"
	               "c=IN IP4 127.0.0.1\r\nt=0 0\r\n"
	               "m=audio %u RTP/AVP 8 0 101\r\n"
	               "a=rtpmap:101 telephone-event/8000\r\n"
	               "a=ptime:20\r\na=%s\r\n",
	               ++w->far[far].branch, w->phone[far].port, direction);
	return to;
}

/* --- calls: up, and ended --- */

struct isdn_call *world_place(struct world *w, const char *number)
{
	struct isdn_call *call = exchange_place(&w->exchange[0], number);

	CHECK(call != NULL);
	world_run(w, MSEC(20));
	CHECK(far_hears(&w->far[0], "INVITE "));
	return call;
}

void world_invite(struct world *w, const char *number, const char *answer)
{
	struct far *f = &w->far[0];

	far_invite(f, number, "", world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(100));
	CHECK(far_hears(f, "SIP/2.0 100"));
	CHECK(far_hears(f, answer));
}

void world_answer(struct world *w, unsigned far)
{
	far_reply(&w->far[far], "200 OK", "", world_sdp(w, far, "sendrecv"));
	world_run(w, MSEC(50));
	CHECK(far_hears(&w->far[far], "ACK "));
}

struct isdn_call *world_call_out(struct world *w)
{
	struct exchange *x = &w->exchange[0];
	struct far *f = &w->far[0];
	struct isdn_call *call = exchange_place(x, "2001");

	if (call == NULL)
		return NULL;
	world_run(w, MSEC(20));
	if (!far_hears(f, "INVITE "))
		return NULL;
	phone_learn(&w->phone[0], far_body(f));
	far_reply(f, "200 OK", "", world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(50));
	if (!far_hears(f, "ACK "))
		return NULL;
	w->phone[0].talks = true;
	return exchange_last(x, ISDN_ANSWER) != NULL ? call : NULL;
}

struct isdn_call *world_call_in(struct world *w)
{
	struct exchange *x = &w->exchange[0];
	struct far *f = &w->far[0];

	x->manner = EXCHANGE_ANSWERS;
	far_invite(f, "1001", "", world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(100));
	if (!far_hears(f, "SIP/2.0 100") || !far_hears(f, "SIP/2.0 200"))
		return NULL;
	phone_learn(&w->phone[0], far_body(f));
	far_request(f, "ACK", "", NULL);
	world_run(w, MSEC(50));
	w->phone[0].talks = true;
	return x->call;
}

void world_clear_isdn(struct world *w, struct isdn_call *call, unsigned far)
{
	struct far *f = &w->far[far];

	exchange_clear(call, 16);
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "BYE "));
	far_reply(f, "200 OK", "", NULL);
	world_run(w, MSEC(50));
}

void world_clear_sip(struct world *w, unsigned far)
{
	struct far *f = &w->far[far];

	far_request(f, "BYE", "", NULL);
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "SIP/2.0 200"));
}
