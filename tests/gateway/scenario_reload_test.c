/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * A new configuration with calls up: only what differs is touched, a broken
 * one touches nothing; and the way out, by draining.
 */
#include <string.h>

#include "gateway/call.h"
#include "tests/gateway/world.h"

static void goodbye(struct world *w)
{
	world_clear_sip(w, 0);
	world_close(w);
}

TEST(the_same_again_changes_nothing)
{
	struct world *w = world_open(world_conf);

	CHECK(world_call_out(w) != NULL);
	CHECK_EQ(world_reload(w, world_conf), 0);
	world_run(w, SEC(1));
	CHECK_TEXT(call_state_name(world_call(w)), "talking");
	CHECK_EQ(w->gateway->counts.reloads, 1);
	goodbye(w);
}

static const struct {
	const char *conf, *message;
	unsigned line;
} broken[] = {
	{ "controller e1 0\n bord sim\n", "bord", 2 },
	{ "dial-peer voice 1 pots\n destination-pattern 1\n trunk e1 7\n",
	  "there is no such controller", 1 },
	{ "sip-peer x\n transport udp\n", "needs an address", 1 },
	{ "controller e1 0\n board sim\n framing esf\n",
	  "an E1 takes crc4 or no-crc4", 1 },
	{ "dial-peer voice 1 voip\n destination-pattern 1[\n", "", 2 },
};

TEST_ROWS(a_broken_configuration_is_refused_and_changes_nothing, broken, row)
{
	struct world *w = world_open(world_conf);

	CHECK(world_call_out(w) != NULL);
	CHECK(world_reload(w, row->conf) < 0);
	ck_assert_msg(strstr(w->error.message, row->message) != NULL, "%s",
	              w->error.message);
	CHECK_TEXT(w->error.file, "world.conf");
	CHECK_EQ(w->error.line, row->line);
	world_run(w, SEC(1));
	CHECK_TEXT(call_state_name(world_call(w)), "talking");
	CHECK(conf_find(w->gateway->conf, &options_peer_section, "carrier") !=
	      NULL);
	goodbye(w);
}

static const struct {
	const char *conf;
} cut_off[] = { { "" }, { "hostname gw\n! end\n" } };

TEST_ROWS(a_file_with_nothing_in_it_ends_no_call, cut_off, row)
{
	struct world *w = world_open(world_conf);

	CHECK(world_call_out(w) != NULL);
	CHECK(world_reload(w, row->conf) < 0);
	CHECK(strstr(w->error.message, "cut off") != NULL);
	world_run(w, SEC(1));
	CHECK_TEXT(call_state_name(world_call(w)), "talking");
	goodbye(w);
}

TEST(a_peer_that_is_gone_keeps_its_call_and_gets_no_new_one)
{
	static const char without[] =
		"no sip-peer carrier\n"
		"sip-peer office\n address $FAR1\n!\n"
		"dial-peer voice 200 voip\n session target sip-peer office\n";
	struct world *w = world_open(world_conf);

	CHECK(world_call_out(w) != NULL);
	CHECK_EQ(world_reload_with(w, world_conf, without), 0);
	world_run(w, SEC(1));
	CHECK_TEXT(call_state_name(world_call(w)), "talking");
	CHECK(exchange_place(&w->exchange[0], "2002") != NULL);
	world_run(w, MSEC(50));
	CHECK(far_hears(&w->far[1], "INVITE "));
	far_reply(&w->far[1], "486 Busy Here", "", NULL);
	world_run(w, MSEC(50));
	CHECK(far_hears(&w->far[1], "ACK "));
	goodbye(w);
}

TEST(a_span_that_must_be_closed_clears_its_calls_and_opens_anew)
{
	static const char changed[] =
		"controller e1 0\n isdn switch-type primary-qsig\n";
	struct world *w = world_open(world_conf);
	struct trunk *trunk;

	CHECK(world_call_out(w) != NULL);
	CHECK_EQ(world_reload_with(w, world_conf, changed), 0);
	world_run(w, MSEC(100));
	CHECK(far_hears(&w->far[0], "BYE "));
	far_reply(&w->far[0], "200 OK", "", NULL);
	CHECK(world_ended(w, "ended by the operator (reload: the span changed)",
	                  38));
	world_wait(w, SEC(10));
	trunk = gateway_trunk(w->gateway, "e1 0");
	CHECK(trunk != NULL);
	CHECK_EQ(trunk->options.switch_type, SWITCH_QSIG);
	CHECK(trunk->link != NULL);
	w->broken = true; /* the exchange still speaks EuroISDN */
	world_close(w);
}

TEST(an_option_that_a_span_takes_with_calls_up_ends_none)
{
	static const char changed[] =
		"controller e1 0\n isdn channel-order ascending\n!\n"
		"no dial-peer voice 200 voip\n";
	struct world *w = world_open(world_conf);

	CHECK(world_call_out(w) != NULL);
	CHECK_EQ(world_reload_with(w, world_conf, changed), 0);
	world_run(w, SEC(1));
	CHECK_TEXT(call_state_name(world_call(w)), "talking");
	CHECK_EQ(gateway_trunk(w->gateway, "e1 0")->options.order,
	         ORDER_ASCENDING);
	goodbye(w);
}

TEST(a_span_that_is_gone_is_closed)
{
	static const char without[] = "sip-ua\n bind udp $SIP\n!\n"
				      "sip-peer carrier\n address $FAR0\n";
	struct world *w = world_open(world_conf);

	CHECK_EQ(world_reload(w, without), 0);
	world_run(w, MSEC(100));
	CHECK(gateway_trunk(w->gateway, "e1 0") == NULL);
	CHECK(list_empty(&w->gateway->trunks));
	CHECK_EQ(world_reload(w, world_conf), 0);
	world_wait(w, SEC(10));
	CHECK(gateway_trunk(w->gateway, "e1 0") != NULL);
	CHECK(trunk_is_up(gateway_trunk(w->gateway, "e1 0")));
	w->exchange[0].manner = EXCHANGE_ANSWERS;
	CHECK(world_call_in(w) != NULL);
	goodbye(w);
}

TEST(a_call_that_hunts_keeps_the_plan_it_began_with)
{
	struct world *w = world_open(world_conf_two_peers);
	struct far *a = &w->far[0], *b = &w->far[1];

	world_place(w, "2001");
	CHECK_EQ(world_reload_with(w, world_conf_two_peers,
	                           "no dial-peer voice 2 voip\n"),
	         0);
	far_reply(a, "503 Unavailable", "", NULL);
	world_run(w, MSEC(50));
	CHECK(far_hears(a, "ACK "));
	CHECK(far_hears(b, "INVITE "));
	far_reply(b, "503 Unavailable", "", NULL);
	world_run(w, MSEC(50));
	CHECK(far_hears(b, "ACK "));
	world_place(w, "2001");
	far_reply(a, "503 Unavailable", "", NULL);
	world_run(w, MSEC(50));
	CHECK(far_hears(a, "ACK "));
	CHECK(!far_hear(b));
	world_close(w);
}

TEST(a_call_limit_changes_at_once_within_what_there_is_room_for)
{
	struct world *w = world_open_with(world_conf, "call limit 5\n");

	CHECK_EQ(w->gateway->calls_most, 5);
	CHECK_EQ(world_reload_with(w, world_conf, "call limit 2\n"), 0);
	CHECK_EQ(w->gateway->calls_most, 2);
	CHECK_EQ(world_reload_with(w, world_conf, "call limit 9\n"), 0);
	CHECK_EQ(w->gateway->calls_most, 5);
	world_close(w);
}

/* --- the way out --- */

static void drained(void *self)
{
	*(bool *)self = true;
}

TEST(a_drain_waits_for_the_last_call_and_refuses_new_ones)
{
	struct world *w = world_open(world_conf);
	struct far *f = &w->far[0];
	bool done = false;

	CHECK(world_call_out(w) != NULL);
	gateway_drain(w->gateway, SEC(60), drained, &done);
	world_run(w, SEC(5));
	CHECK(!done);
	CHECK(exchange_place(&w->exchange[0], "2002") != NULL);
	world_run(w, MSEC(50));
	CHECK_EQ(exchange_cause(&w->exchange[0]), 38);
	CHECK(!done);
	CHECK_EQ(w->gateway->counts.refused_drain, 1);
	far_request(f, "OPTIONS", "", NULL);
	world_clear_sip(w, 0);
	CHECK(done);
	world_close(w);
}

TEST(a_drain_clears_who_is_left_when_its_time_is_up)
{
	struct world *w = world_open(world_conf);
	bool done = false;

	CHECK(world_call_out(w) != NULL);
	gateway_drain(w->gateway, SEC(2), drained, &done);
	world_run(w, SEC(3));
	CHECK(done);
	CHECK(far_hears(&w->far[0], "BYE "));
	far_reply(&w->far[0], "200 OK", "", NULL);
	CHECK(exchange_last(&w->exchange[0], ISDN_RELEASED) != NULL);
	CHECK(world_ended(w, "ended by the operator (shutdown)", 31));
	world_close(w);
}

TEST(a_drain_of_an_idle_gateway_is_over_at_once)
{
	struct world *w = world_open(world_conf);
	bool done = false;

	gateway_drain(w->gateway, SEC(60), drained, &done);
	CHECK(done);
	world_close(w);
}

TEST(a_gateway_that_is_freed_tries_no_other_choice)
{
	static const char more[] =
		"dial-peer voice 1 voip\n emergency\n!\n"
		"dial-peer voice 3 pots\n destination-pattern 2...\n"
		" trunk e1 0\n preference 3\n";
	struct world *w = world_open_with(world_conf_two_peers, more);

	world_place(w, "2001");
	far_reply(&w->far[0], "180 Ringing", "", NULL);
	world_run(w, MSEC(20));
	w->gateway = gateway_free(w->gateway);
	CHECK(far_hears(&w->far[0], "CANCEL "));
	CHECK(!far_hear(&w->far[1]));
	world_drop(w);
}

TEST(a_gateway_that_is_freed_with_calls_up_leaves_nothing)
{
	struct world *w = world_open(world_conf);

	CHECK(world_call_out(w) != NULL);
	CHECK(exchange_place(&w->exchange[0], "2002") != NULL);
	world_run(w, MSEC(20));
	world_drop(w);
}
