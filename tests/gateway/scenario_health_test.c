/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Peers that die and come back: hunting passes them by, the console says so,
 * a single last choice and an emergency call are tried all the same.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/call.h"
#include "kernel/text.h"
#include "tests/gateway/world.h"

#define KEEP                                      \
	" keepalive\n keepalive up-interval 60\n" \
	" keepalive down-interval 30\n keepalive retries 1\n!\n"

/* What leads to the two peers besides 2... */
#define PLAN                                                              \
	"dial-peer voice 3 voip\n destination-pattern 911\n"              \
	" session target sip-peer first\n emergency\n preference 1\n!\n"  \
	"dial-peer voice 4 voip\n destination-pattern 911\n"              \
	" session target sip-peer second\n emergency\n preference 2\n!\n" \
	"dial-peer voice 5 voip\n destination-pattern 3...\n"             \
	" session target sip-peer first\n huntstop\n preference 1\n!\n"   \
	"dial-peer voice 6 voip\n destination-pattern 3...\n"             \
	" session target sip-peer second\n preference 2\n!\n"             \
	"dial-peer voice 10 pots\n destination-pattern 1...\n"            \
	" trunk e1 0\n!\n"

static const char unwatched[] = PLAN;
static const char watched[] =
	PLAN "sip-peer first\n" KEEP "sip-peer second\n" KEEP;

static void probe(struct far *f, const char *status)
{
	CHECK(far_hears(f, "OPTIONS "));
	far_deaf(f); /* repetitions */
	far_reply(f, status, "", NULL);
}

/* Both were asked; these are their answers. */
static struct world *open_world(const char *first, const char *second)
{
	struct world *w = world_open_with(world_conf_two_peers, watched);

	probe(&w->far[0], first);
	probe(&w->far[1], second);
	world_run(w, MSEC(20));
	return w;
}

/* A probe on its way is no leak. */
static void close_world(struct world *w)
{
	CHECK_EQ(world_reload_with(w, world_conf_two_peers, unwatched), 0);
	world_close(w);
}

static bool console_says(struct world *w, const char *line, const char *what)
{
	char text[4096];

	CHECK_EQ(world_console(w, line, false, text, sizeof(text)), 0);
	return strstr(text, what) != NULL;
}

static void refuse(struct world *w, unsigned far)
{
	CHECK(far_hears(&w->far[far], "INVITE "));
	far_reply(&w->far[far], "486 Busy Here", "", NULL);
	world_run(w, MSEC(50));
	CHECK(far_hears(&w->far[far], "ACK "));
}

TEST(a_peer_that_is_down_is_passed_by_in_hunting)
{
	struct world *w = open_world("503 Service Unavailable", "200 OK");

	CHECK(exchange_place(&w->exchange[0], "2001") != NULL);
	world_run(w, MSEC(20));
	CHECK(!far_hear(&w->far[0]));
	refuse(w, 1);
	CHECK(strstr(world_ladder(w, 1), "not taken: sip-peer first is down") !=
	      NULL);
	close_world(w);
}

TEST(a_peer_that_came_back_is_called_again)
{
	struct world *w = open_world("503 Service Unavailable", "200 OK");

	world_wait(w, SEC(31));
	probe(&w->far[0], "200 OK");
	world_run(w, MSEC(20));
	CHECK(exchange_place(&w->exchange[0], "2001") != NULL);
	world_run(w, MSEC(20));
	refuse(w, 0);
	close_world(w);
}

TEST(a_peer_not_known_yet_is_called)
{
	struct world *w = world_open_with(world_conf_two_peers, watched);

	far_deaf(&w->far[0]);
	far_deaf(&w->far[1]);
	CHECK(exchange_place(&w->exchange[0], "2001") != NULL);
	world_run(w, MSEC(20));
	refuse(w, 0);
	close_world(w);
}

static const struct {
	const char *number;
	unsigned far;
} still[] = {
	{ "2001", 1 }, /* the last choice */
	{ "911", 0 },  /* an emergency: the first, whatever is known */
	{ "3001", 0 }, /* huntstop: there is no other */
};

TEST_ROWS(what_has_no_other_choice_is_tried_at_a_peer_that_is_down, still, row)
{
	struct world *w = open_world("503 Service Unavailable",
	                             "503 Service Unavailable");

	CHECK(exchange_place(&w->exchange[0], row->number) != NULL);
	world_run(w, MSEC(20));
	CHECK(!far_hear(&w->far[1 - row->far]));
	refuse(w, row->far);
	if (row->far == 0 && row->number[0] == '9') /* and then the next */
		refuse(w, 1);
	close_world(w);
}

TEST(the_console_says_which_peers_are_there_and_why)
{
	struct world *w = world_open_with(world_conf_two_peers, watched);

	CHECK(console_says(w, "show sip-ua peers", "unknown"));
	CHECK(console_says(w, "show dial-peer voice summary", "unknown"));
	probe(&w->far[0], "503 Service Unavailable");
	probe(&w->far[1], "404 Not Found");
	world_run(w, MSEC(20));
	CHECK(!console_says(w, "show sip-ua peers", "unknown"));
	CHECK(console_says(w, "show sip-ua peers", "503 to 1 OPTIONS"));
	CHECK(console_says(w, "show sip-ua peers", "404 to OPTIONS"));
	CHECK(!console_says(w, "show dial-peer voice summary", "unknown"));
	CHECK(console_says(w, "show dial-peer voice summary", "down"));
	CHECK_EQ(world_reload_with(w, world_conf_two_peers, unwatched), 0);
	CHECK(console_says(w, "show sip-ua peers", "no keepalive"));
	CHECK(!console_says(w, "show dial-peer voice summary", "down"));
	world_close(w);
}

TEST(a_reload_keeps_what_is_known_of_peers)
{
	struct world *w = open_world("503 Service Unavailable", "200 OK");

	CHECK_EQ(world_reload_with(w, world_conf_two_peers, watched), 0);
	world_run(w, MSEC(20));
	CHECK(!far_hear(&w->far[0]));
	CHECK(console_says(w, "show sip-ua peers", "503 to 1 OPTIONS"));
	close_world(w);
}

/* --- what we are asked --- */

static void ask(struct world *w)
{
	struct far *f = &w->far[0];

	far_deaf(f);
	far_send(f,
	         "OPTIONS sip:gw@127.0.0.1 SIP/2.0\r\n"
	         "Via: SIP/2.0/UDP 127.0.0.1:%u;branch=z9hG4bKo%u;rport\r\n"
	         "From: <sip:a@b>;tag=1\r\nTo: <sip:gw@127.0.0.1>\r\n"
	         "Call-ID: o%u\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\n"
	         "Content-Length: 0\r\n\r\n",
	         f->port, f->branch, f->branch);
	f->branch++;
	world_run(w, MSEC(20));
}

static bool takes_calls(struct world *w)
{
	struct far *f = &w->far[0];

	ask(w);
	CHECK(far_hear(f));
	if (strncmp(f->heard, "SIP/2.0 200", 11) == 0)
		return true;
	CHECK(strncmp(f->heard, "SIP/2.0 503", 11) == 0);
	CHECK(far_header(f, "Retry-After")[0] != '\0');
	return false;
}

/* An INVITE is refused at once, says why, and when to try again. */
static void refused_at_once(struct world *w)
{
	struct far *f = &w->far[0];

	far_deaf(f);
	far_invite(f, "1001", "", world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(10));
	CHECK(far_hears(f, "SIP/2.0 100"));
	CHECK(far_hears(f, "SIP/2.0 503"));
	CHECK_TEXT(far_header(f, "Retry-After"), "10");
	CHECK(strstr(far_header(f, "Reason"), "Q.850;cause=38") != NULL);
	far_ack_refusal(f);
	world_run(w, MSEC(10));
}

TEST(options_and_invite_say_when_the_only_line_is_lost_and_back)
{
	struct world *w = world_open_with(world_conf_two_peers, unwatched);

	CHECK(takes_calls(w));
	board_sim_cut(w->exchange[0].span, true, true);
	world_run(w, SEC(3));
	CHECK(!takes_calls(w));
	refused_at_once(w);
	board_sim_cut(w->exchange[0].span, false, false);
	world_wait(w, SEC(20));
	CHECK(takes_calls(w));
	world_close(w);
}

TEST(one_line_of_two_is_enough_to_take_calls)
{
	struct world *w = world_open("controller e1 0\n board sim\n!\n"
	                             "controller e1 1\n board sim\n!\n"
	                             "sip-ua\n bind udp $SIP\n!\n"
	                             "sip-peer first\n address $FAR0\n");

	board_sim_cut(w->exchange[0].span, true, true);
	world_run(w, SEC(3));
	CHECK(takes_calls(w));
	board_sim_cut(w->exchange[1].span, true, true);
	world_run(w, SEC(3));
	CHECK(!takes_calls(w));
	board_sim_cut(w->exchange[0].span, false, false);
	board_sim_cut(w->exchange[1].span, false, false);
	world_wait(w, SEC(20));
	world_close(w);
}

TEST(a_gateway_without_lines_takes_calls_for_sip)
{
	struct world *w = world_open("sip-ua\n bind udp $SIP\n!\n"
	                             "sip-peer first\n address $FAR0\n");

	CHECK(takes_calls(w));
	world_close(w);
}

static void drained(void *self)
{
	*(bool *)self = true;
}

TEST(options_say_when_we_are_draining)
{
	struct world *w = world_open_with(world_conf_two_peers, unwatched);
	bool is_drained = false;

	gateway_drain(w->gateway, SEC(60), drained, &is_drained);
	CHECK(is_drained);
	CHECK(!takes_calls(w));
	world_close(w);
}

TEST(options_say_when_we_are_overloaded)
{
	struct world *w =
		world_open_with(world_conf_two_peers, PLAN "call limit 1\n");

	CHECK(takes_calls(w));
	world_place(w, "2001");
	far_reply(&w->far[0], "100 Trying", "", NULL);
	CHECK(!takes_calls(w));
	exchange_clear(w->exchange[0].call, 16);
	world_run(w, MSEC(50));
	CHECK(far_hears(&w->far[0], "CANCEL "));
	far_reply(&w->far[0], "200 OK", "", NULL);
	world_wait(w, SEC(40));
	CHECK(takes_calls(w));
	world_close(w);
}

/* --- a line of several is lost --- */

static const char two_lines[] =
	"controller e1 0\n board sim\n!\n"
	"controller e1 1\n board sim\n!\n"
	"sip-ua\n bind udp $SIP\n!\n"
	"sip-peer first\n address $FAR0\n!\n"
	"sip-peer registrar\n address $FAR1\n registrar expires 3600\n!\n"
	"dial-peer voice 10 pots\n destination-pattern 1...\n trunk e1 0\n"
	" register 1000\n!\n"
	"dial-peer voice 11 pots\n destination-pattern 3...\n trunk e1 1\n"
	" register 3000\n!\n"
	"dial-peer voice 12 pots\n destination-pattern 4...\n trunk e1 0\n!\n"
	"dial-peer voice 13 pots\n destination-pattern 4...\n trunk e1 1\n"
	" preference 1\n!\n";

/* What the registrar hears and answers, each once: "1000 3600, 3000 3600" or,
 * taken back, with 0. */
static const char *registered(struct world *w)
{
	static char told[128];
	struct text t = TEXT(told);
	struct far *f = &w->far[1];
	char number[8], one[32], line[64];

	told[0] = '\0';
	while (far_hears(f, "REGISTER ")) {
		(void)sscanf(far_header(f, "To"), "<sip:%7[0-9]", number);
		(void)snprintf(one, sizeof(one), "%s %.8s", number,
		               far_header(f, "Expires"));
		(void)snprintf(line, sizeof(line), "Expires: %.8s\r\n",
		               far_header(f, "Expires"));
		far_reply(f, "200 OK", line, NULL);
		if (strstr(told, one) == NULL)
			text_add(&t, "%s%s", t.len > 0 ? ", " : "", one);
		world_run(w, MSEC(20));
	}
	return told;
}

TEST(a_lost_line_is_lost_for_its_own_numbers_alone)
{
	struct world *w = world_open(two_lines);
	struct far *f = &w->far[0];
	struct exchange *x = &w->exchange[1];

	world_run(w, SEC(2));
	CHECK_TEXT(registered(w), "1000 3600, 3000 3600");
	board_sim_cut(w->exchange[0].span, true, true);
	world_run(w, SEC(12));
	CHECK_TEXT(registered(w), "1000 0"); /* taken back, the other not */
	CHECK(takes_calls(w));
	refused_at_once(w);                /* 1001: 503, Retry-After, Reason */
	for (unsigned i = 0; i < 2; i++) { /* its own, and by hunting */
		x->manner = EXCHANGE_BUSY;
		far_invite(f, i == 0 ? "3001" : "4001", "",
		           world_sdp(w, 0, "sendrecv"));
		world_run(w, MSEC(50));
		CHECK(far_hears(f, "SIP/2.0 100"));
		CHECK(far_hears(f, "SIP/2.0 486"));
		CHECK(exchange_told(x, ISDN_SETUP));
		exchange_forget(x);
		far_ack_refusal(f);
		world_run(w, MSEC(20));
	}
	board_sim_cut(w->exchange[0].span, false, false);
	world_wait(w, SEC(20));
	CHECK_TEXT(registered(w), "1000 3600");
	board_sim_cut(w->exchange[0].span, false, false);
	CHECK_EQ(world_reload_with(w, world_conf_two_peers, unwatched), 0);
	world_run(w, MSEC(100));
	(void)registered(w);
	world_run(w, MSEC(100));
	world_close(w);
}
