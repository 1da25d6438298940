/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The next choice: after which ends it is tried and after which not, where
 * huntstop and max-conn hold, and that an emergency call knows no rule.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "gateway/call.h"
#include "tests/gateway/world.h"

static const char two_spans[] =
	"controller e1 0\n board sim\n!\n"
	"controller e1 1\n board sim\n!\n"
	"sip-ua\n bind udp $SIP\n!\n"
	"sip-peer carrier\n address $FAR0\n!\n"
	"dial-peer voice 1 pots\n destination-pattern 1...\n"
	" trunk e1 0\n preference 1\n!\n"
	"dial-peer voice 2 pots\n destination-pattern 1...\n"
	" trunk e1 1\n preference 2\n!\n";

/* --- from ISDN to two SIP peers --- */

static const struct {
	const char *status;
	bool hunts;
	unsigned cause;
} statuses[] = {
	{ "408 Timeout", true, 0 },           { "486 Busy Here", false, 17 },
	{ "404 Not Found", false, 1 },        { "480 Unavailable", false, 18 },
	{ "403 Forbidden", false, 21 },       { "488 Not Acceptable", true, 0 },
	{ "500 Server Error", true, 0 },      { "502 Bad Gateway", true, 0 },
	{ "503 Unavailable", true, 0 },       { "504 Timeout", true, 0 },
	{ "600 Busy Everywhere", false, 17 }, { "603 Decline", false, 21 },
	{ "604 Nowhere", false, 1 },
};

TEST_ROWS(the_next_peer_is_tried_as_the_table_says, statuses, row)
{
	struct world *w = world_open(world_conf_two_peers);
	struct exchange *x = &w->exchange[0];
	struct far *b = &w->far[1];

	world_place(w, "2001");
	far_reply(&w->far[0], row->status, "", NULL);
	world_run(w, MSEC(50));
	CHECK(far_hears(&w->far[0], "ACK "));
	CHECK_EQ(far_hear(b), row->hunts);
	CHECK_EQ(w->gateway->counts.hunted, row->hunts);
	if (row->hunts) {
		CHECK(exchange_last(x, ISDN_RELEASED) == NULL);
		far_reply(b, "486 Busy Here", "", NULL);
		world_run(w, MSEC(50));
		CHECK(far_hears(b, "ACK "));
	}
	CHECK_EQ(exchange_cause(x), row->hunts ? 17u : row->cause);
	world_close(w);
}

TEST(a_second_choice_is_answered_after_the_first_one_rang)
{
	struct world *w = world_open(world_conf_two_peers);
	struct exchange *x = &w->exchange[0];
	struct far *a = &w->far[0], *b = &w->far[1];

	world_place(w, "2001");
	far_reply(a, "183 Session Progress", "", world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(100));
	far_reply(a, "503 Unavailable", "", NULL);
	world_run(w, MSEC(50));
	CHECK(far_hears(a, "ACK "));
	CHECK(far_hears(b, "INVITE "));
	far_reply(b, "180 Ringing", "", NULL);
	world_run(w, MSEC(500));
	CHECK(world_call(w)->ringing_tone); /* the first one's sound is gone */
	world_answer(w, 1);
	CHECK(exchange_last(x, ISDN_ANSWER) != NULL);
	x->talks[isdn_call_channel(x->call)] = true;
	world_run(w, MSEC(300));
	CHECK(w->phone[1].loud > 5);
	CHECK_EQ(w->phone[1].ssrcs, 1);
	world_clear_isdn(w, x->call, 1);
	world_close(w);
}

/* Two peers with options of the first. */
static struct world *open_limited(const char *of_peer, const char *of_dial_peer)
{
	char more[256];

	(void)snprintf(more, sizeof(more),
	               "sip-peer first\n%s!\ndial-peer voice 1 voip\n%s!\n",
	               of_peer, of_dial_peer);
	return world_open_with(world_conf_two_peers, more);
}

TEST(huntstop_ends_the_search)
{
	struct world *w = open_limited("", " huntstop\n");

	world_place(w, "2001");
	far_reply(&w->far[0], "503 Unavailable", "", NULL);
	world_run(w, MSEC(50));
	CHECK(far_hears(&w->far[0], "ACK "));
	CHECK(!far_hear(&w->far[1]));
	CHECK(world_ended(w, "ended by the called side", 41));
	world_close(w);
}

static const struct {
	const char *of_peer, *of_dial_peer;
} limits[] = {
	{ "", " max-conn 1\n" },
	{ " max-conn 1\n", "" },
};

TEST_ROWS(a_peer_that_has_all_its_calls_is_passed_over, limits, row)
{
	struct world *w = open_limited(row->of_peer, row->of_dial_peer);
	struct exchange *x = &w->exchange[0];

	world_place(w, "2001");
	far_reply(&w->far[0], "180 Ringing", "", NULL);
	CHECK(exchange_place(x, "2002") != NULL);
	world_run(w, MSEC(50));
	CHECK(!far_hear(&w->far[0]));
	CHECK(far_hears(&w->far[1], "INVITE "));
	far_reply(&w->far[0], "486 Busy Here", "", NULL);
	far_reply(&w->far[1], "486 Busy Here", "", NULL);
	world_run(w, MSEC(50));
	CHECK(far_hears(&w->far[0], "ACK "));
	CHECK(far_hears(&w->far[1], "ACK "));
	world_close(w);
}

/* --- from SIP to two spans --- */

static const struct {
	unsigned cause;
	bool hunts;
} causes[] = {
	{ 1, false },  { 17, false }, { 18, false }, { 19, false },
	{ 21, false }, { 27, true },  { 28, false }, { 31, false },
	{ 34, true },  { 38, true },  { 41, true },  { 42, true },
	{ 43, true },  { 47, true },  { 65, false },
};

TEST_ROWS(the_next_span_is_tried_as_the_table_says, causes, row)
{
	struct world *w = world_open(two_spans);
	struct far *f = &w->far[0];

	w->exchange[0].manner = EXCHANGE_REJECTS;
	w->exchange[0].cause = (struct cause){ (enum q850_cause)row->cause,
		                               LOCATION_PUBLIC_LOCAL };
	w->exchange[1].manner = EXCHANGE_ANSWERS;
	far_invite(f, "1001", "", world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(100));
	CHECK(far_hears(f, "SIP/2.0 100"));
	CHECK(far_hear(f));
	CHECK_EQ(strncmp(f->heard, "SIP/2.0 200", 11) == 0, row->hunts);
	CHECK_EQ(exchange_last(&w->exchange[1], ISDN_SETUP) != NULL,
	         row->hunts);
	if (row->hunts) {
		far_request(f, "ACK", "", NULL);
		world_clear_sip(w, 0);
	} else {
		far_ack_refusal(f);
	}
	world_close(w);
}

TEST(an_announcement_is_not_heard_while_there_is_another_choice)
{
	struct world *w = world_open(two_spans);
	struct far *f = &w->far[0];

	w->exchange[0].manner = EXCHANGE_ANNOUNCES;
	w->exchange[0].cause =
		(struct cause){ Q850_NO_CIRCUIT, LOCATION_PUBLIC_LOCAL };
	w->exchange[1].manner = EXCHANGE_ANSWERS;
	world_invite(w, "1001", "SIP/2.0 200");
	far_request(f, "ACK", "", NULL);
	world_clear_sip(w, 0);
	world_close(w);
}

TEST(a_span_that_is_down_is_passed_over)
{
	struct world *w = world_open(two_spans);
	struct far *f = &w->far[0];

	w->exchange[1].manner = EXCHANGE_ANSWERS;
	board_sim_cut(w->exchange[0].span, false, true);
	world_wait(w, SEC(3));
	w->broken = true;
	world_invite(w, "1001", "SIP/2.0 200");
	far_request(f, "ACK", "", NULL);
	world_clear_sip(w, 0);
	world_close(w);
}

TEST(a_silent_exchange_leads_to_the_next_span)
{
	struct world *w = world_open(two_spans);
	struct far *f = &w->far[0];

	w->exchange[0].manner = EXCHANGE_SILENT;
	w->exchange[1].manner = EXCHANGE_BUSY;
	far_invite(f, "1001", "", world_sdp(w, 0, "sendrecv"));
	world_wait(w, SEC(10));
	CHECK(far_hears(f, "SIP/2.0 100"));
	CHECK(far_hears(f, "SIP/2.0 4"));
	far_ack_refusal(f);
	world_close(w);
}

/* --- emergency --- */

static const char emergency[] =
	"controller e1 0\n board sim\n!\n"
	"controller e1 1\n board sim\n!\n"
	"sip-ua\n bind udp $SIP\n!\n"
	"sip-peer carrier\n address $FAR0\n!\n"
	"sip-peer office\n address $FAR1\n!\n"
	"dial-peer voice 1 pots\n destination-pattern 1...\n trunk e1 0\n!\n"
	"dial-peer voice 911 pots\n destination-pattern 911\n trunk e1 0\n"
	" emergency\n preference 1\n huntstop\n max-conn 1\n!\n"
	"dial-peer voice 912 pots\n destination-pattern 911\n trunk e1 1\n"
	" emergency\n preference 2\n!\n"
	"dial-peer voice 200 voip\n destination-pattern 2...\n"
	" session target sip-peer carrier\n!\n";

static void call_911(struct world *w)
{
	struct far *f = &w->far[0];

	w->exchange[0].manner = EXCHANGE_ANSWERS;
	world_invite(w, "911", "SIP/2.0 200");
	far_request(f, "ACK", "", NULL);
	world_run(w, MSEC(50));
	CHECK(world_call(w)->emergency);
	CHECK_EQ(w->gateway->counts.emergency, 1);
}

static void end_911(struct world *w)
{
	world_clear_sip(w, 0);
	world_close(w);
}

TEST(an_emergency_call_passes_the_call_limit)
{
	struct world *w = world_open_with(emergency, "call limit 1\n");
	struct far *f = &w->far[0];

	CHECK(exchange_place(&w->exchange[1], "2001") != NULL);
	world_run(w, MSEC(20));
	CHECK(far_hears(f, "INVITE "));
	far_invite(&w->far[1], "1001", "", world_sdp(w, 1, "sendrecv"));
	world_run(w, MSEC(50));
	CHECK(far_hears(&w->far[1], "SIP/2.0 100"));
	CHECK(far_hears(&w->far[1], "SIP/2.0 503"));
	far_ack_refusal(&w->far[1]);
	w->exchange[0].manner = EXCHANGE_ANSWERS;
	far_invite(&w->far[1], "911", "", world_sdp(w, 1, "sendrecv"));
	world_run(w, MSEC(100));
	CHECK(far_hears(&w->far[1], "SIP/2.0 100"));
	CHECK(far_hears(&w->far[1], "SIP/2.0 200"));
	far_request(&w->far[1], "ACK", "", NULL);
	far_request(&w->far[1], "BYE", "", NULL);
	far_reply(f, "486 Busy Here", "", NULL);
	world_run(w, MSEC(50));
	CHECK(far_hears(&w->far[1], "SIP/2.0 200"));
	CHECK(far_hears(f, "ACK "));
	world_close(w);
}

TEST(an_emergency_call_passes_the_call_rate)
{
	struct world *w = world_open_with(emergency, "call rate 1\n");
	struct far *f = &w->far[0];

	w->exchange[0].manner = EXCHANGE_BUSY;
	world_invite(w, "1001", "SIP/2.0 486");
	far_ack_refusal(f);
	call_911(w);
	end_911(w);
}

static void nothing(void *self)
{
	(void)self;
}

TEST(an_emergency_call_comes_in_while_draining_and_is_not_drained)
{
	struct world *w = world_open(emergency);
	struct far *f = &w->far[0];

	call_911(w);
	gateway_drain(w->gateway, SEC(1), nothing, NULL);
	world_run(w, SEC(3));
	CHECK_TEXT(call_state_name(world_call(w)), "talking");
	world_clear_sip(w, 0);
	world_invite(w, "1001", "SIP/2.0 503");
	CHECK_TEXT(far_header(f, "Retry-After"), "10");
	far_ack_refusal(f);
	w->gateway->counts.emergency = 0;
	call_911(w);
	end_911(w);
}

/* The service manager, as sd_notify(3) talks to it. */
static int manager(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	(void)snprintf(at.sun_path, sizeof(at.sun_path), "%s/notify",
	               test_folder());
	CHECK_EQ(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	CHECK_EQ(setenv("NOTIFY_SOCKET", at.sun_path, 1), 0);
	return fd;
}

static unsigned asked_for_time(int fd, const char *why)
{
	char text[512];
	unsigned n = 0;
	ssize_t got;

	while ((got = recv(fd, text, sizeof(text) - 1, 0)) > 0) {
		text[got] = '\0';
		n += strstr(text, "EXTEND_TIMEOUT_USEC=") != NULL &&
		     strstr(text, why) != NULL;
	}
	return n;
}

TEST(a_stop_waits_for_an_emergency_call_and_says_so)
{
	struct world *w = world_open(emergency);
	char text[1024];
	int fd = manager();

	call_911(w);
	gateway_drain(w->gateway, SEC(1), nothing, NULL);
	world_wait(w, SEC(305));
	CHECK_TEXT(call_state_name(world_call(w)), "talking");
	CHECK_EQ(world_console(w, "show version", false, text, sizeof(text)),
	         0);
	CHECK(strstr(text, "stopping for 305 s: waits for 1 call, 1 of them "
	                   "emergency") != NULL);
	/* at once, when the time was up, and each minute */
	CHECK_EQ(asked_for_time(fd, "1 of them emergency"), 2 + 5);
	(void)close(fd);
	CHECK_EQ(unsetenv("NOTIFY_SOCKET"), 0);
	end_911(w);
}

TEST(an_emergency_call_is_hunted_through_every_choice)
{
	struct world *w = world_open(emergency);
	struct far *f = &w->far[0];

	w->exchange[0].manner = EXCHANGE_BUSY;
	w->exchange[1].manner = EXCHANGE_ANSWERS;
	world_invite(w, "911", "SIP/2.0 200");
	far_request(f, "ACK", "", NULL);
	end_911(w);
}

TEST(an_emergency_call_lives_through_a_reload_that_closes_its_span)
{
	static const char changed[] =
		"controller e1 0\n board sim\n isdn side network\n!\n"
		"controller e1 1\n board sim\n!\n"
		"sip-ua\n bind udp $SIP\n!\n"
		"sip-peer carrier\n address $FAR0\n!\n"
		"dial-peer voice 911 pots\n destination-pattern 911\n"
		" trunk e1 0\n emergency\n";
	struct world *w = world_open(emergency);
	struct far *f = &w->far[0];

	call_911(w);
	CHECK_EQ(world_reload(w, changed), 0);
	world_run(w, SEC(2));
	CHECK_TEXT(call_state_name(world_call(w)), "talking");
	far_request(f, "BYE", "", NULL);
	world_run(w, SEC(5));
	CHECK(far_hears(f, "SIP/2.0 200"));
	CHECK(gateway_trunk(w->gateway, "e1 0") != NULL);
	CHECK_EQ(gateway_trunk(w->gateway, "e1 0")->options.side, ISDN_NETWORK);
	w->broken = true; /* both ends are the network now */
	world_close(w);
}
