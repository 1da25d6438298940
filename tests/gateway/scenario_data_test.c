/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * A call that turns out to be a fax or a modem: the board's echo canceller goes
 * off, once, whoever of both sides it is that answers so, and the call says it;
 * the next call on the channel has it again.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/call.h"
#include "tests/gateway/world.h"

enum { ANSWER_TONE = 2100, DIAL_TONE = 425 };

static unsigned channel_of(struct world *w)
{
	return isdn_call_channel(w->exchange[0].call);
}

static bool cancels(struct world *w, unsigned channel)
{
	struct trunk *trunk = gateway_trunk(w->gateway, "e1 0");

	return board_chan_cancels(trunk->span, channel);
}

static void hang_up(struct world *w)
{
	exchange_clear(w->exchange[0].call, 16);
	world_run(w, MSEC(50));
	CHECK(far_hears(&w->far[0], "BYE "));
	far_reply(&w->far[0], "200 OK", "", NULL);
	world_run(w, MSEC(50));
}

static unsigned count(const char *in, const char *what)
{
	unsigned n = 0;

	for (; (in = strstr(in, what)) != NULL; in++)
		n++;
	return n;
}

static const struct side_row {
	bool line, phone; /* who hums */
	unsigned hz;
	const char *told; /* NULL: nothing */
} side_rows[] = {
	{ true, false, ANSWER_TONE, "from the telephone side" },
	{ false, true, ANSWER_TONE, "from the other side" },
	{ true, true, ANSWER_TONE, "from the telephone side" },
	{ true, true, DIAL_TONE, NULL },
	{ false, false, 0, NULL },
};

TEST_ROWS(a_fax_that_answers_has_no_echo_canceller, side_rows, row)
{
	struct world *w = world_open(world_conf);
	char text[8192];
	const char *ladder;
	unsigned channel;

	CHECK(world_call_out(w) != NULL);
	channel = channel_of(w);
	CHECK(cancels(w, channel));
	CHECK_EQ(world_console(w, "show call active voice", false, text,
	                       sizeof(text)),
	         0);
	CHECK(strstr(text, "echo canceller on\n") != NULL);
	w->exchange[0].hums[channel] = row->line ? row->hz : 0;
	w->phone[0].hums = row->phone ? row->hz : 0;
	world_run(w, SEC(3));
	CHECK_EQ(cancels(w, channel), row->told == NULL);
	ladder = world_ladder(w, world_call(w)->number);
	CHECK_EQ(count(ladder, "echo canceller off: answer tone of a fax or "
	                       "modem, from the "),
	         row->told != NULL);
	CHECK(row->told == NULL || strstr(ladder, row->told) != NULL);
	CHECK_EQ(world_console(w, "show call active voice", true, text,
	                       sizeof(text)),
	         0);
	CHECK_EQ(strstr(text, "\"near_echo\": \"off: answer tone") != NULL,
	         row->told != NULL);
	CHECK(strstr(text, "\"far_echo\": \"\"") != NULL);
	w->exchange[0].hums[channel] = 0;
	w->phone[0].hums = 0;
	world_run(w, SEC(1)); /* the page has begun: it stays off */
	CHECK_EQ(cancels(w, channel), row->told == NULL);
	hang_up(w);
	CHECK(!cancels(w, channel));
	CHECK(world_call_out(w) != NULL);
	CHECK(cancels(w, channel_of(w)));
	hang_up(w);
	world_close(w);
}

static const char plain_conf[] =
	"controller e1 0\n board sim\n no echo-cancel enable\n!\n"
	"sip-ua\n bind udp $SIP\n!\n"
	"sip-peer carrier\n address $FAR0\n!\n"
	"dial-peer voice 200 voip\n destination-pattern 2...\n"
	" session target sip-peer carrier\n";

TEST(a_span_without_canceller_looks_for_no_tone)
{
	struct world *w = world_open(plain_conf);
	char text[8192];

	CHECK(world_call_out(w) != NULL);
	CHECK(!cancels(w, channel_of(w)));
	CHECK_EQ(world_console(w, "show call active voice", false, text,
	                       sizeof(text)),
	         0);
	CHECK(strstr(text, "echo canceller") == NULL);
	w->exchange[0].hums[channel_of(w)] = ANSWER_TONE;
	world_run(w, SEC(2));
	CHECK(strstr(world_ladder(w, world_call(w)->number),
	             "echo canceller") == NULL);
	hang_up(w);
	world_close(w);
}
