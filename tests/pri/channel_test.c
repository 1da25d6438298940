/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * B channels: choice, glare, answers that name another one, RESTART, service.
 */
#include <errno.h>
#include <string.h>

#include "pri/private.h"
#include "tests/pri/pair.h"

static struct isdn_counts counts_of(const struct end *end)
{
	struct isdn_counts counts;

	isdn_link_counts(end->link, &counts);
	return counts;
}

static const struct {
	enum isdn_order order;
	unsigned first, second, after_clearing_first;
} orders[] = {
	{ ORDER_ASCENDING, 1, 2, 1 },
	{ ORDER_DESCENDING, 31, 30, 31 },
	{ ORDER_ROUND_ROBIN, 1, 2, 3 },
};

TEST_ROWS(channels_are_chosen_in_order, orders, row)
{
	struct pair p;
	struct isdn_conf user, network;
	struct isdn_call *first, *second, *third;

	pair_conf(&user, &network, SWITCH_NET5);
	user.order = row->order;
	CHECK_EQ(pair_open(&p, &user, &network), 0);
	first = pair_place(&p.user, "1");
	CHECK_EQ(isdn_call_channel(first), row->first);
	second = pair_place(&p.user, "2");
	CHECK_EQ(isdn_call_channel(second), row->second);
	pair_clear(first, 16);
	pair_settle(&p);
	third = pair_place(&p.user, "3");
	CHECK_EQ(isdn_call_channel(third), row->after_clearing_first);
	pair_clear(second, 16);
	pair_clear(third, 16);
	pair_close(&p);
}

TEST(the_d_channel_is_never_chosen)
{
	struct pair p;
	struct isdn_conf user, network;
	struct isdn_call *calls[30], *more;
	struct isdn_setup setup;

	pair_conf(&user, &network, SWITCH_NET5);
	network.setups_per_second = 0;
	CHECK_EQ(pair_open(&p, &user, &network), 0);
	for (unsigned i = 0; i < 30; i++) {
		calls[i] = pair_place(&p.user, "1");
		CHECK(isdn_call_channel(calls[i]) != 16);
	}
	pair_setup(&setup, "1");
	CHECK_EQ(isdn_call_place(&more, p.user.link, &setup, NULL), -EBUSY);
	CHECK_EQ(pair_channels(&p.network, CHANNEL_BUSY), 30);
	for (unsigned i = 0; i < 30; i++)
		pair_clear(calls[i], 16);
	pair_close(&p);
}

TEST(a_wanted_channel_is_taken_or_refused)
{
	struct pair p;
	struct isdn_setup setup;
	struct isdn_call *call, *other;

	pair_open_plain(&p, SWITCH_NET5);
	pair_setup(&setup, "1");
	setup.channel = 7;
	setup.exclusive = true;
	CHECK_EQ(isdn_call_place(&call, p.user.link, &setup, NULL), 0);
	CHECK_EQ(isdn_call_channel(call), 7);
	CHECK_EQ(isdn_call_place(&other, p.user.link, &setup, NULL), -EBUSY);
	setup.channel = 16;
	CHECK_EQ(isdn_call_place(&other, p.user.link, &setup, NULL), -ENOENT);
	pair_settle(&p);
	CHECK(heard_last(&p.network, ISDN_SETUP)->setup.exclusive);
	pair_clear(call, 16);
	pair_close(&p);
}

TEST(a_channel_is_free_when_call_and_stream_are_gone)
{
	struct pair p;
	struct isdn_call *call;

	pair_open_plain(&p, SWITCH_NET5);
	p.user.keep_channels = true;
	call = pair_talk(&p.user);
	pair_clear(call, 16);
	pair_settle(&p);
	CHECK_EQ(isdn_channel_state(p.user.link, 31), CHANNEL_ENDING);
	isdn_channel_stopped(p.user.link, 31);
	CHECK_EQ(isdn_channel_state(p.user.link, 31), CHANNEL_IDLE);
	pair_close(&p);
}

TEST(the_exchange_may_use_a_channel_whose_stream_still_stops)
{
	struct pair p;
	struct isdn_setup setup;
	struct isdn_call *call;

	pair_open_plain(&p, SWITCH_NI2);
	p.user.keep_channels = true;
	pair_talk(&p.network);
	pair_clear(p.network.call, 16);
	pair_settle(&p);
	pair_setup(&setup, "1");
	setup.channel = 1;
	setup.exclusive = true;
	CHECK_EQ(isdn_call_place(&call, p.network.link, &setup, NULL), 0);
	pair_settle(&p);
	CHECK_EQ(heard_count(&p.user, ISDN_SETUP), 2);
	isdn_channel_stopped(p.user.link, 1); /* of the first call */
	CHECK_EQ(isdn_channel_state(p.user.link, 1), CHANNEL_BUSY);
	pair_clear(call, 16);
	pair_close(&p);
}

/* --- glare --- */

static struct isdn_call *place_on(struct end *end, unsigned channel,
                                  bool exclusive)
{
	struct isdn_setup setup;
	struct isdn_call *call;

	pair_setup(&setup, "1");
	setup.channel = channel;
	setup.exclusive = exclusive;
	CHECK_EQ(isdn_call_place(&call, end->link, &setup, NULL), 0);
	return call;
}

static const struct {
	bool user_insists, network_insists, user_may_move;
	bool user_call_lives;
} glares[] = {
	{ false, false, true, true }, /* offered another by the network */
	{ false, true, true, true },
	{ true, true, true, true },   /* 44, retried by us */
	{ true, true, false, false }, /* the user wanted this channel */
	{ false, true, false, true }, /* and is offered another */
};

TEST_ROWS(the_network_wins_glare, glares, row)
{
	struct pair p;
	struct isdn_conf user, network;
	struct isdn_call *ours, *theirs;

	pair_conf(&user, &network, SWITCH_NET5);
	user.order = ORDER_ASCENDING; /* both choose channel 1 */
	user.exclusive = row->user_insists;
	CHECK_EQ(pair_open(&p, &user, &network), 0);
	ours = place_on(&p.user, row->user_may_move ? 0 : 1, row->user_insists);
	theirs = place_on(&p.network, 1, row->network_insists);
	pair_settle(&p);
	CHECK_EQ(counts_of(&p.user).glare, 1);
	CHECK_EQ(counts_of(&p.network).glare, 1);
	CHECK_EQ(isdn_call_channel(theirs), 1);
	CHECK_EQ(heard_count(&p.user, ISDN_SETUP), 1);
	CHECK_EQ(heard_last(&p.user, ISDN_SETUP)->setup.channel, 1);
	if (row->user_call_lives) {
		CHECK_EQ(heard_count(&p.user, ISDN_RELEASED), 0);
		CHECK_EQ(heard_count(&p.user, ISDN_PROCEEDING), 1);
		CHECK_EQ(isdn_call_channel(ours), 2);
		pair_clear(ours, 16);
	} else {
		CHECK_EQ(
			heard_last(&p.user, ISDN_RELEASED)->release.cause.value,
			44);
	}
	pair_clear(theirs, 16);
	pair_close(&p);
}

/* --- answers that name another channel --- */

/* Rewrites the channel of the network's CALL PROCEEDING. */
static uint8_t other_channel;

static bool pass_other_channel(struct end *to, uint8_t *octets, size_t *len)
{
	if (to == &to->pair->user && *len > 13 &&
	    octets[8] == MSG_CALL_PROCEEDING)
		octets[13] = 0x80 | other_channel;
	return true;
}

static const struct {
	bool insists;
	uint8_t answered;
	unsigned cause; /* 0: accepted */
} answers[] = {
	{ false, 9, 0 }, { true, 9, 6 }, { false, 16, 6 }, /* the D channel */
	{ false, 3, 6 },                                   /* busy */
	{ true, 31, 0 },
};

TEST_ROWS(the_channel_of_an_answer_is_checked, answers, row)
{
	struct pair p;
	struct isdn_call *busy, *call;

	pair_open_plain(&p, SWITCH_NET5);
	busy = place_on(&p.user, 3, true);
	pair_settle(&p);
	p.pass = pass_other_channel;
	other_channel = row->answered;
	call = place_on(&p.user, 31, row->insists);
	pair_settle(&p);
	if (row->cause != 0) {
		CHECK_EQ(
			heard_last(&p.user, ISDN_RELEASED)->release.cause.value,
			row->cause);
		CHECK_EQ(heard_last(&p.network, ISDN_RELEASED)
		                 ->release.cause.value,
		         row->cause);
		CHECK_EQ(sent_count(&p.user, "RELEASE"), 1);
	} else {
		CHECK_EQ(isdn_call_channel(call), row->answered);
		CHECK_EQ(heard_last(&p.user, ISDN_PROCEEDING)->event.channel,
		         row->answered);
		if (row->answered != 31)
			CHECK_EQ(isdn_channel_state(p.user.link, 31),
			         CHANNEL_IDLE);
		pair_clear(call, 16);
	}
	pair_clear(busy, 16);
	pair_close(&p);
}

static const struct {
	bool exclusive;
	unsigned state; /* of channel 5 at the user: 0 idle, 1 busy, 2 down */
	unsigned cause, channel;
} offers[] = {
	{ false, 0, 0, 5 }, { true, 0, 0, 5 },   { false, 1, 0, 31 },
	{ true, 1, 44, 0 }, { false, 2, 0, 31 }, { true, 2, 44, 0 },
};

TEST_ROWS(a_setup_gets_its_channel_another_or_44, offers, row)
{
	struct pair p;
	struct isdn_call *busy = NULL, *call;

	pair_open_plain(&p, SWITCH_NET5);
	if (row->state == 1) {
		busy = place_on(&p.user, 5, true);
		pair_settle(&p);
		/* the exchange has lost this call and offers its channel */
		p.network.link->channels[5].state = CHANNEL_IDLE;
	}
	if (row->state == 2)
		CHECK_EQ(isdn_channel_shutdown(p.user.link, 5, true), 0);
	call = place_on(&p.network, 5, row->exclusive);
	pair_settle(&p);
	if (row->cause != 0) {
		CHECK_EQ(heard_last(&p.network, ISDN_RELEASED)
		                 ->release.cause.value,
		         row->cause);
		CHECK_EQ(heard_count(&p.user, ISDN_SETUP), 0);
		CHECK_EQ(sent_count(&p.user, "RELEASE COMPLETE"), 1);
	} else {
		CHECK_EQ(heard_last(&p.user, ISDN_SETUP)->setup.channel,
		         row->channel);
		CHECK_EQ(isdn_call_channel(call), row->channel);
		pair_clear(call, 16);
	}
	if (busy != NULL)
		pair_clear(busy, 16);
	pair_close(&p);
}

/* --- RESTART --- */

TEST(every_channel_is_restarted_at_the_first_up)
{
	struct pair p;
	struct isdn_conf user, network;

	pair_conf(&user, &network, SWITCH_NET5);
	user.restart_on_up = network.restart_on_up = true;
	CHECK_EQ(pair_open(&p, &user, &network), 0);
	pair_run(&p, SEC(1));
	CHECK_EQ(counts_of(&p.user).restarts_sent, 30);
	CHECK_EQ(counts_of(&p.network).restarts_received, 30);
	CHECK_EQ(counts_of(&p.network).restarts_sent, 30);
	CHECK_EQ(pair_channels(&p.user, CHANNEL_IDLE), 30);
	CHECK_EQ(pair_channels(&p.network, CHANNEL_IDLE), 30);
	CHECK_EQ(heard_count(&p.user, ISDN_CHANNEL), 30);
	pair_close(&p);
}

static uint8_t cut_message;

static bool pass_without(struct end *to, uint8_t *octets, size_t *len)
{
	if (to == &to->pair->user && *len > 8 && octets[8] == cut_message)
		*len = 4;
	return true;
}

static void open_silent(struct pair *p, unsigned tries)
{
	struct isdn_conf user, network;

	pair_conf(&user, &network, SWITCH_NET5);
	user.restart_on_up = true;
	user.restart_tries = tries;
	CHECK_EQ(pair_open(p, &user, &network), 0);
}

TEST(a_channel_never_acknowledged_waits_for_the_exchange)
{
	struct pair p;
	struct isdn_call *call;

	pair_open_plain(&p, SWITCH_NET5);
	pair_run(&p, SEC(1)); /* the link's beginning is over */
	p.pass = pass_without;
	cut_message = MSG_RESTART_ACKNOWLEDGE;
	CHECK_EQ(isdn_channel_restart(p.user.link, 31), 0);
	pair_run(&p, SEC(119));
	CHECK_EQ(isdn_channel_state(p.user.link, 31), CHANNEL_RESTARTING);
	pair_run(&p, SEC(2));
	CHECK_EQ(counts_of(&p.user).restarts_sent, 2);
	pair_run(&p, SEC(120));
	CHECK_EQ(counts_of(&p.user).restarts_sent, 2);
	CHECK_EQ(counts_of(&p.user).restarts_failed, 1);
	CHECK_EQ(counts_of(&p.user).timeouts[ISDN_T316], 2);
	CHECK_EQ(isdn_channel_state(p.user.link, 31), CHANNEL_NO_RESTART);
	/* not chosen by us */
	call = pair_place(&p.user, "1");
	CHECK_EQ(isdn_call_channel(call), 30);
	pair_clear(call, 16);
	pair_settle(&p);
	/* taken back when the exchange uses it */
	call = place_on(&p.network, 31, true);
	pair_settle(&p);
	CHECK_EQ(heard_last(&p.user, ISDN_SETUP)->setup.channel, 31);
	pair_clear(call, 16);
	pair_settle(&p);
	CHECK_EQ(isdn_channel_state(p.user.link, 31), CHANNEL_IDLE);
	pair_close(&p);
}

TEST(a_span_is_usable_while_its_channels_restart)
{
	struct pair p;
	struct isdn_call *call;

	open_silent(&p, 2);
	/* begin again, now without answers */
	for (unsigned n = 1; n < 32; n++)
		p.user.link->channels[n].restart_due = n != 16;
	p.pass = pass_without;
	cut_message = MSG_RESTART_ACKNOWLEDGE;
	isdn_channels_up(p.user.link);
	pair_settle(&p);
	CHECK_EQ(pair_channels(&p.user, CHANNEL_RESTARTING), 4);
	call = pair_place(&p.user, "1");
	CHECK_EQ(heard_count(&p.user, ISDN_PROCEEDING), 1);
	pair_clear(call, 16);
	pair_settle(&p);
	/* the exchange takes a channel under RESTART */
	call = place_on(&p.network, 1, true);
	pair_settle(&p);
	CHECK_EQ(heard_last(&p.user, ISDN_SETUP)->setup.channel, 1);
	pair_clear(call, 16);
	pair_close(&p);
}

TEST(a_restart_received_clears_its_call)
{
	struct pair p;

	pair_open_plain(&p, SWITCH_NI2);
	pair_talk(&p.user);
	CHECK_EQ(isdn_channel_restart(p.network.link, 23), 0);
	pair_settle(&p);
	CHECK_EQ(heard_last(&p.user, ISDN_RELEASED)->release.cause.value, 41);
	CHECK_EQ(heard_last(&p.user, ISDN_RELEASED)->release.by,
	         RELEASE_BY_FAR);
	CHECK_EQ(heard_last(&p.network, ISDN_RELEASED)->release.by,
	         RELEASE_BY_OPERATOR);
	CHECK_EQ(counts_of(&p.user).restarts_received, 1);
	CHECK_EQ(isdn_channel_state(p.user.link, 23), CHANNEL_IDLE);
	CHECK_EQ(isdn_channel_state(p.network.link, 23), CHANNEL_IDLE);
	pair_close(&p);
}

/* RESTART of the whole interface: no channel, restart indicator 7. */
TEST(a_restart_of_the_interface_clears_every_call)
{
	struct pair p;
	uint8_t frame[] = { 0x02, 0x01, 0x03, 0x08, 0x02, 0x00,
		            0x00, 0x46, 0x79, 0x01, 0x87 };

	pair_open_plain(&p, SWITCH_NET5);
	pair_talk(&p.user);
	pair_talk(&p.user);
	isdn_link_receive(p.user.link, BYTES(frame));
	pair_settle(&p);
	CHECK_EQ(heard_count(&p.user, ISDN_RELEASED), 2);
	CHECK_EQ(sent_count(&p.user, "RESTART ACKNOWLEDGE"), 1);
	isdn_link_receive(p.network.link, BYTES(frame)); /* for symmetry */
	pair_run(&p, SEC(5));
	pair_close(&p);
}

TEST(an_operator_takes_a_channel_out_of_service)
{
	struct pair p;
	struct isdn_call *call;

	pair_open_plain(&p, SWITCH_NET5);
	CHECK_EQ(isdn_channel_shutdown(p.user.link, 16, true), -ENOENT);
	call = pair_talk(&p.user);
	CHECK_EQ(isdn_channel_shutdown(p.user.link, 31, true), 0);
	CHECK_EQ(isdn_channel_state(p.user.link, 31), CHANNEL_BUSY);
	pair_clear(call, 16);
	pair_settle(&p);
	CHECK_EQ(isdn_channel_state(p.user.link, 31), CHANNEL_SHUTDOWN);
	call = pair_place(&p.user, "1");
	CHECK_EQ(isdn_call_channel(call), 30);
	CHECK_EQ(isdn_channel_shutdown(p.user.link, 31, false), 0);
	CHECK_EQ(isdn_channel_state(p.user.link, 31), CHANNEL_IDLE);
	pair_clear(call, 16);
	pair_close(&p);
}

TEST(service_messages_tell_the_far_end)
{
	struct pair p;

	pair_open_plain(&p, SWITCH_NI2);
	CHECK_EQ(isdn_channel_shutdown(p.user.link, 5, true), 0);
	pair_settle(&p);
	CHECK_EQ(isdn_channel_state(p.network.link, 5), CHANNEL_SHUTDOWN);
	CHECK_EQ(isdn_channel_shutdown(p.user.link, 5, false), 0);
	pair_settle(&p);
	CHECK_EQ(isdn_channel_state(p.network.link, 5), CHANNEL_IDLE);
	pair_close(&p);
}

/* --- what a span carries --- */

TEST(thirty_calls_at_once_each_way_and_all_are_gone)
{
	struct pair p;
	struct isdn_conf user, network;
	struct isdn_call *calls[30];

	pair_conf(&user, &network, SWITCH_NET5);
	user.setups_per_second = network.setups_per_second = 0;
	CHECK_EQ(pair_open(&p, &user, &network), 0);
	for (unsigned round = 0; round < 20; round++) {
		p.user.nheard = p.network.nheard = 0;
		p.user.nsent = p.network.nsent = 0;
		for (unsigned i = 0; i < 30; i++)
			calls[i] = pair_talk(i % 2 != 0 ? &p.user : &p.network);
		CHECK_EQ(pair_channels(&p.user, CHANNEL_BUSY), 30);
		for (unsigned i = 0; i < 30; i++)
			pair_clear(calls[i], 16);
		pair_settle(&p);
		CHECK_EQ(heard_count(&p.user, ISDN_RELEASED), 30);
		CHECK_EQ(pair_channels(&p.user, CHANNEL_IDLE), 30);
	}
	pair_close(&p);
}

/* Both ends fill the span in the same moment: nobody waits, nothing is lost. */
TEST(both_ends_fill_the_span_at_once)
{
	struct pair p;
	struct isdn_conf user, network;
	struct isdn_setup setup;
	struct isdn_call *call;
	struct isdn_status at_user, at_network;

	pair_conf(&user, &network, SWITCH_NET5);
	user.setups_per_second = network.setups_per_second = 0;
	user.calls_most = network.calls_most = 80;
	CHECK_EQ(pair_open(&p, &user, &network), 0);
	pair_setup(&setup, "1");
	for (unsigned i = 0; i < 30; i++) {
		(void)isdn_call_place(&call, p.user.link, &setup, NULL);
		(void)isdn_call_place(&call, p.network.link, &setup, NULL);
	}
	pair_settle(&p);
	isdn_link_status(p.user.link, &at_user);
	isdn_link_status(p.network.link, &at_network);
	CHECK_EQ(at_user.calls, at_network.calls);
	CHECK_EQ(at_user.busy, at_user.calls);
	CHECK_EQ(at_network.busy, at_network.calls);
	CHECK_EQ(at_user.calls, 30);
	/* nobody answers, and T310 clears the span */
	pair_run(&p, SEC(60));
	pair_close(&p);
}
