/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Every SIP peer is lost: the span goes out of service in the configured way
 * after the hold-down, comes back after the clear time, keeps its calls and
 * lets emergencies pass.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/busyout.h"
#include "gateway/call.h"
#include "tests/gateway/world.h"

#define KEEP                                     \
	" keepalive\n keepalive up-interval 5\n" \
	" keepalive down-interval 5\n keepalive retries 1\n"

static const char conf[] =
	"controller %s 0\n board sim\n%s!\n"
	"sip-ua\n bind udp $SIP\n!\n"
	"sip-peer first\n address $FAR0\n%s!\n"
	"sip-peer second\n address $FAR1\n%s!\n"
	"dial-peer voice 1 voip\n destination-pattern 2...\n"
	" session target sip-peer first\n preference 1\n!\n"
	"dial-peer voice 2 voip\n destination-pattern 2...\n"
	" session target sip-peer second\n preference 2\n!\n"
	"dial-peer voice 3 voip\n destination-pattern 911\n"
	" session target sip-peer first\n emergency\n!\n"
	"dial-peer voice 10 pots\n destination-pattern 1...\n trunk %s 0\n";

static const char *text_of(const char *type, const char *options,
                           const char *first, const char *second)
{
	static char text[2048];

	(void)snprintf(text, sizeof(text), conf, type, options, first, second,
	               type);
	return text;
}

/* Lets a time pass in which each far end answers its probes so; NULL: it is
 * silent. */
static void live(struct world *w, unsigned seconds, const char *first,
                 const char *second)
{
	const char *status[] = { first, second };

	for (unsigned i = 0; i < seconds * 2; i++) {
		for (unsigned k = 0; k < 2; k++) {
			struct far *f = &w->far[k];

			while (far_hear(f))
				if (strncmp(f->heard, "OPTIONS ", 8) == 0 &&
				    status[k] != NULL)
					far_reply(f, status[k], "", NULL);
		}
		world_wait(w, MSEC(500));
	}
}

#define UP   "200 OK"
#define DOWN "503 Service Unavailable"

static struct world *open_world(const char *options)
{
	struct world *w = world_open(text_of("e1", options, KEEP, KEEP));

	live(w, 6, UP, UP);
	return w;
}

/* Calls of the keep-alive are no leak. */
static void close_world(struct world *w)
{
	far_deaf(&w->far[0]);
	far_deaf(&w->far[1]);
	CHECK_EQ(world_reload(w, text_of("e1", "", "", "")), 0);
	world_wait(w, SEC(10));
	world_close(w);
}

static struct trunk *span(struct world *w)
{
	return LIST_FIRST(&w->gateway->trunks, struct trunk, list);
}

static const char *state(struct world *w)
{
	return busyout_state_name(span(w));
}

static bool console_says(struct world *w, const char *what)
{
	char text[4096];

	CHECK_EQ(world_console(w, "show busyout", false, text, sizeof(text)),
	         0);
	if (strstr(text, what) == NULL)
		printf("wanted \"%s\" in\n%s\n", what, text);
	return strstr(text, what) != NULL;
}

/* A SETUP for an ordinary number: the cause it is refused with; 0: an INVITE
 * went out (and is refused, 17). */
static unsigned cause_of_setup(struct world *w)
{
	struct exchange *x = &w->exchange[0];
	struct far *f = &w->far[1];
	bool asked = false;

	far_deaf(&w->far[0]);
	far_deaf(f);
	exchange_forget(x);
	CHECK(exchange_place(x, "2001") != NULL);
	world_run(w, MSEC(50));
	for (unsigned k = 0; k < 2; k++)
		while (far_hear(&w->far[k]))
			if (strncmp(w->far[k].heard, "INVITE ", 7) == 0) {
				asked = true;
				far_reply(&w->far[k], "486 Busy Here", "",
				          NULL);
			}
	world_run(w, MSEC(50));
	CHECK(exchange_last(x, ISDN_RELEASED) != NULL);
	return asked ? 0 : exchange_cause(x);
}

TEST(setups_are_refused_while_every_peer_is_down)
{
	struct world *w = open_world(" busyout refuse\n");

	CHECK_TEXT(state(w), "in service");
	live(w, 6, DOWN, UP); /* one is enough */
	CHECK_TEXT(state(w), "in service");
	CHECK_EQ(cause_of_setup(w), 0);
	live(w, 6, DOWN, DOWN);
	CHECK_TEXT(state(w), "hold-down");
	CHECK_EQ(cause_of_setup(w), 0);
	live(w, 11, DOWN, DOWN);
	CHECK_TEXT(state(w), "busied out");
	CHECK_EQ(cause_of_setup(w), 38);
	CHECK(world_ended(w, "refused by rule", 38));
	live(w, 6, DOWN, UP);
	CHECK_TEXT(state(w), "clearing");
	CHECK_EQ(cause_of_setup(w), 38);
	live(w, 11, DOWN, UP);
	CHECK_TEXT(state(w), "in service");
	CHECK_EQ(cause_of_setup(w), 0);
	close_world(w);
}

TEST(silence_busies_out_like_a_503)
{
	struct world *w = open_world(" busyout refuse\n");

	live(w, 30, NULL, NULL);
	CHECK_TEXT(state(w), "busied out");
	close_world(w);
}

TEST(an_emergency_call_passes_a_span_that_is_busied_out)
{
	struct world *w = open_world(" busyout refuse\n");

	live(w, 20, DOWN, DOWN);
	CHECK_TEXT(state(w), "busied out");
	far_deaf(&w->far[0]);
	world_place(w, "911");
	far_reply(&w->far[0], "486 Busy Here", "", NULL);
	world_run(w, MSEC(50));
	close_world(w);
}

TEST(a_short_loss_and_a_short_return_change_nothing)
{
	struct world *w = open_world(" busyout refuse\n");

	live(w, 6, DOWN, DOWN);
	CHECK_TEXT(state(w), "hold-down");
	live(w, 6, UP, DOWN);
	CHECK_TEXT(state(w), "in service");
	live(w, 20, DOWN, DOWN);
	CHECK_TEXT(state(w), "busied out");
	live(w, 6, UP, DOWN);
	CHECK_TEXT(state(w), "clearing");
	live(w, 6, DOWN, DOWN);
	CHECK_TEXT(state(w), "busied out");
	close_world(w);
}

static const struct {
	const char *options, *first, *second;
} never[] = {
	{ "", KEEP, KEEP },                /* off is the default */
	{ " busyout refuse\n", KEEP, "" }, /* who is not asked may be there */
	{ " busyout d-channel\n", "", "" },
};

TEST_ROWS(a_span_is_never_busied_out_without_need, never, row)
{
	struct world *w = world_open(
		text_of("e1", row->options, row->first, row->second));

	live(w, 40, DOWN, DOWN);
	CHECK_TEXT(state(w), "in service");
	close_world(w);
}

TEST(a_peer_that_is_shut_down_does_not_count)
{
	struct world *w = world_open(
		text_of("e1", " busyout refuse\n", KEEP, " shutdown\n"));

	live(w, 20, DOWN, NULL);
	CHECK_TEXT(state(w), "busied out");
	close_world(w);
}

TEST(a_peer_not_yet_asked_busies_nothing_out)
{
	struct world *w = world_open(text_of(
		"e1", " busyout refuse\n busyout hold-down 0\n", KEEP, KEEP));

	CHECK_TEXT(state(w), "in service");
	CHECK_EQ(cause_of_setup(w), 0);
	close_world(w);
}

/* --- layer 2 --- */

static bool far_link_is_up(struct world *w)
{
	return isdn_link_is_up(w->exchange[0].link);
}

static void ask_options(struct world *w, const char *answer)
{
	struct far *f = &w->far[0];
	bool heard = false;

	far_deaf(f);
	far_send(f,
	         "OPTIONS sip:gw@127.0.0.1 SIP/2.0\r\n"
	         "Via: SIP/2.0/UDP 127.0.0.1:%u;branch=z9hG4bKo%u;rport\r\n"
	         "From: <sip:a@b>;tag=1\r\nTo: <sip:gw@127.0.0.1>\r\n"
	         "Call-ID: o%u\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\n"
	         "Content-Length: 0\r\n\r\n",
	         f->port, f->branch, f->branch);
	f->branch++;
	world_run(w, MSEC(10));
	while (far_hear(f))
		heard |= strncmp(f->heard, answer, strlen(answer)) == 0;
	CHECK(heard);
}

TEST(the_d_channel_goes_when_the_last_call_has_ended)
{
	struct world *w = open_world(" busyout d-channel\n");
	struct exchange *x = &w->exchange[0];
	struct far *f = &w->far[0];

	CHECK(world_call_out(w) != NULL);
	live(w, 20, DOWN, DOWN);
	CHECK_TEXT(state(w), "busied out");
	CHECK(far_link_is_up(w));
	CHECK_TEXT(call_state_name(world_call(w)), "talking");
	CHECK(console_says(w, "1 calls go on"));
	exchange_clear(x->call, 16);
	world_run(w, MSEC(100));
	far_deaf(f);
	world_wait(w, SEC(40)); /* nobody answers our BYE */
	CHECK(!far_link_is_up(w));
	CHECK(!isdn_link_is_up(span(w)->link));
	CHECK(console_says(w, "the D channel is held down"));
	live(w, 6, DOWN, DOWN);
	CHECK_TEXT(state(w), "busied out");
	far_deaf(f);
	far_invite(f, "1001", "", world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(10));
	CHECK(far_hears(f, "SIP/2.0 100"));
	CHECK(far_hears(f, "SIP/2.0 503"));
	CHECK_TEXT(far_header(f, "Retry-After"), "10");
	CHECK(strstr(far_header(f, "Reason"), "cause=38") != NULL);
	far_ack_refusal(f);
	ask_options(w, "SIP/2.0 200"); /* or we hold each other down */
	live(w, 20, UP, UP);
	CHECK_TEXT(state(w), "in service");
	live(w, 10, UP, UP);
	CHECK(far_link_is_up(w));
	CHECK(isdn_link_is_up(span(w)->link));
	CHECK_EQ(cause_of_setup(w), 0);
	close_world(w);
}

TEST(a_reload_that_switches_it_off_puts_the_span_back)
{
	struct world *w = open_world(" busyout d-channel\n");

	live(w, 25, DOWN, DOWN);
	CHECK(!far_link_is_up(w));
	CHECK_EQ(world_reload(w, text_of("e1", "", KEEP, KEEP)), 0);
	CHECK_TEXT(state(w), "in service");
	live(w, 20, DOWN, DOWN);
	CHECK(far_link_is_up(w));
	close_world(w);
}

TEST(a_reload_to_another_manner_begins_anew)
{
	struct world *w = open_world(" busyout refuse\n");

	live(w, 20, DOWN, DOWN);
	CHECK_TEXT(state(w), "busied out");
	CHECK_EQ(world_reload(
			 w, text_of("e1", " busyout d-channel\n", KEEP, KEEP)),
	         0);
	CHECK_TEXT(state(w), "hold-down");
	live(w, 15, DOWN, DOWN);
	CHECK(!far_link_is_up(w));
	close_world(w);
}

TEST(a_span_torn_while_held_down_comes_back_when_peers_do)
{
	struct world *w = open_world(" busyout d-channel\n");

	live(w, 25, DOWN, DOWN);
	board_sim_cut(w->exchange[0].span, true, true);
	live(w, 10, DOWN, DOWN);
	ask_options(w, "SIP/2.0 503"); /* now the line itself is lost */
	board_sim_cut(w->exchange[0].span, false, false);
	live(w, 40, UP, UP);
	CHECK_TEXT(state(w), "in service");
	CHECK(far_link_is_up(w));
	CHECK_EQ(cause_of_setup(w), 0);
	close_world(w);
}

/* --- SERVICE --- */

static unsigned far_shutdown(struct world *w)
{
	unsigned n = 0;

	for (unsigned i = 1; i < TICK_SLOTS; i++)
		n += isdn_channel_state(w->exchange[0].link, i) ==
		     CHANNEL_SHUTDOWN;
	return n;
}

TEST(service_takes_every_channel_out_and_gives_it_back)
{
	struct world *w = world_open(text_of(
		"t1", " isdn switch-type primary-5ess\n busyout service\n",
		KEEP, KEEP));

	live(w, 6, UP, UP);
	CHECK_EQ(isdn_channel_shutdown(span(w)->link, 3, true), 0);
	live(w, 2, UP, UP);
	CHECK_EQ(far_shutdown(w), 1);
	live(w, 20, DOWN, DOWN);
	CHECK_TEXT(state(w), "busied out");
	CHECK_EQ(far_shutdown(w), 23);
	CHECK(console_says(w, "out of service by SERVICE"));
	live(w, 20, UP, UP);
	CHECK_EQ(far_shutdown(w), 1); /* the operator's own stays */
	CHECK_EQ(world_reload(w,
	                      text_of("t1", " isdn switch-type primary-5ess\n",
	                              "", "")),
	         0);
	CHECK_EQ(isdn_channel_shutdown(span(w)->link, 3, false), 0);
	world_close(w);
}

TEST(service_refuses_where_the_variant_has_none)
{
	struct world *w = open_world(" busyout service\n");

	live(w, 20, DOWN, DOWN);
	CHECK_EQ(far_shutdown(w), 0);
	CHECK(console_says(w, "each SETUP is refused with cause 38"));
	CHECK_EQ(cause_of_setup(w), 38);
	close_world(w);
}

/* --- a span and the peers it monitors --- */

/* Two spans: the first looks at one peer, the second at both. */
static const char two_spans[] =
	"controller e1 0\n board sim\n busyout refuse\n"
	" busyout monitor sip-peer first\n!\n"
	"controller e1 1\n board sim\n busyout refuse\n"
	" busyout monitor sip-peer first second\n!\n"
	"sip-ua\n bind udp $SIP\n!\n"
	"sip-peer first\n address $FAR0\n" KEEP "!\n"
	"sip-peer second\n address $FAR1\n" KEEP "!\n"
	"dial-peer voice 1 voip\n destination-pattern 2...\n"
	" session target sip-peer second\n!\n"
	"dial-peer voice 10 pots\n destination-pattern 1...\n"
	" trunk e1 0\n!\n";

static const char *state_of(struct world *w, const char *name)
{
	return busyout_state_name(gateway_trunk(w->gateway, name));
}

TEST(a_span_looks_at_the_peers_it_monitors)
{
	struct world *w = world_open(two_spans);

	live(w, 6, UP, UP);
	live(w, 17, DOWN, UP);
	CHECK_TEXT(state_of(w, "e1 0"), "busied out");
	CHECK_TEXT(state_of(w, "e1 1"), "in service");
	CHECK(console_says(w, "first is down; for "));
	CHECK(console_says(w, "some SIP peer it monitors is up"));
	CHECK_EQ(cause_of_setup(w), 38); /* of the first span */
	live(w, 17, DOWN, DOWN);
	CHECK_TEXT(state_of(w, "e1 1"), "busied out");
	CHECK(console_says(w, "first and second are down; for "));
	live(w, 17, DOWN, UP);
	CHECK_TEXT(state_of(w, "e1 0"), "busied out");
	CHECK_TEXT(state_of(w, "e1 1"), "in service");
	CHECK_EQ(
		world_reload(w, text_of("e1", " busyout refuse\n", KEEP, KEEP)),
		0); /* nothing named: every peer counts */
	world_run(w, MSEC(100));
	live(w, 17, DOWN, UP);
	CHECK_TEXT(state(w), "in service");
	close_world(w);
}

TEST(a_monitored_peer_must_be_there)
{
	struct world *w = open_world("");

	CHECK(world_reload(w, text_of("e1",
	                              " busyout monitor sip-peer first third\n",
	                              KEEP, KEEP)) < 0);
	CHECK(strstr(w->error.message, "there is no peer \"third\"") != NULL);
	CHECK(world_reload(w, text_of("e1", " busyout monitor first\n", KEEP,
	                              KEEP)) < 0);
	CHECK(strstr(w->error.message, "sip-peer NAME") != NULL);
	close_world(w);
}

/* --- what is told --- */

TEST(the_console_says_why_in_every_state)
{
	struct world *w = open_world(" busyout refuse\n");

	CHECK(console_says(w, "some SIP peer is up"));
	CHECK(console_says(w, "200 to OPTIONS"));
	live(w, 6, DOWN, DOWN);
	CHECK(console_says(w, "busied out in "));
	live(w, 11, DOWN, DOWN);
	CHECK(console_says(w, "each SETUP is refused with cause 38"));
	CHECK(console_says(w, "503 to "));
	live(w, 6, UP, DOWN);
	CHECK(console_says(w, "a SIP peer is up again; in service in "));
	CHECK_EQ(world_reload(w, text_of("e1", "", "", "")), 0);
	CHECK(console_says(w, "busyout is off"));
	CHECK(console_says(w, "never asked, so never taken for down"));
	close_world(w);
}

TEST(what_the_machine_has_no_row_for_can_not_happen)
{
	for (unsigned s = 0; s < busyout_machine.nstates; s++)
		for (unsigned e = 0; e < busyout_machine.nevents; e++)
			CHECK(fsm_find(&busyout_machine, s, e) != NULL ||
			      strcmp(busyout_machine.events[e], "time over") ==
			              0);
}
