/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Hold and retrieve with libpri at both ends: who may, what becomes of the
 * channel, and what has no place.
 */
#include <errno.h>

#include "pri/private.h"
#include "tests/pri/pair.h"

static const struct {
	enum isdn_switch type;
	bool network; /* holds */
	bool called;  /* it is the called side that holds */
} holders[] = {
	{ SWITCH_NET5, true, false },  { SWITCH_NET5, true, true },
	{ SWITCH_NET5, false, false }, { SWITCH_NET5, false, true },
	{ SWITCH_QSIG, true, false },  { SWITCH_QSIG, false, true },
};

/* Two calls of the same end: the far end's pointer is its last one's. */
struct held {
	struct end *holder, *other;
	struct isdn_call *call, *theirs;
	unsigned channel; /* before it was held */
};

static struct held talk(struct pair *p, bool network, bool called)
{
	struct held h = { .holder = network ? &p->network : &p->user };

	h.other = h.holder->other;
	h.call = pair_talk(called ? h.other : h.holder);
	h.theirs = called ? h.call : h.other->call;
	h.call = called ? h.holder->call : h.call;
	return h;
}

static void hold(struct pair *p, struct held *h)
{
	CHECK_EQ(isdn_call_hold(h->call), 0);
	pair_settle(p);
	CHECK_EQ(heard_last(h->holder, ISDN_HELD)->event.cause.value, 0);
	CHECK_EQ(heard_count(h->other, ISDN_HOLD), 1);
}

/* A pair with a call that is held, and the channel it had. */
static struct held open_held(struct pair *p, enum isdn_switch type,
                             bool network, bool called)
{
	struct held h;

	pair_open_plain(p, type);
	h = talk(p, network, called);
	h.channel = isdn_call_channel(h.theirs);
	hold(p, &h);
	return h;
}

TEST_ROWS(either_end_holds_and_takes_back, holders, row)
{
	struct pair p;
	struct held h;

	h = open_held(&p, row->type, row->network, row->called);
	CHECK_EQ(isdn_channel_state(h.other->link, h.channel), CHANNEL_BUSY);
	CHECK_EQ(isdn_call_hold(h.call), -EPROTO); /* it does */
	CHECK_EQ(isdn_call_retrieve(h.call, h.channel), 0);
	pair_settle(&p);
	CHECK_EQ(heard_last(h.holder, ISDN_RETRIEVED)->event.cause.value, 0);
	CHECK_EQ(heard_last(h.other, ISDN_RETRIEVE)->event.channel, h.channel);
	CHECK_EQ(isdn_call_retrieve(h.call, 0), -EPROTO);
	CHECK_EQ(isdn_call_hold(h.call), 0); /* and again */
	pair_settle(&p);
	CHECK_EQ(heard_count(h.other, ISDN_HOLD), 2);
	pair_clear(h.call, 16);
	pair_close(&p);
}

TEST_ROWS(it_comes_back_on_another_channel, holders, row)
{
	struct pair p;
	struct held h;

	h = open_held(&p, row->type, row->network, row->called);
	CHECK_EQ(isdn_call_retrieve(h.call, 7), 0);
	pair_settle(&p);
	CHECK_EQ(isdn_call_channel(h.theirs), 7);
	CHECK_EQ(isdn_call_channel(h.call), 7);
	CHECK_EQ(heard_last(h.other, ISDN_RETRIEVE)->event.channel, 7);
	CHECK_EQ(isdn_channel_state(h.other->link, h.channel), CHANNEL_IDLE);
	CHECK_EQ(isdn_channel_state(h.holder->link, h.channel), CHANNEL_IDLE);
	pair_clear(h.call, 16);
	pair_close(&p);
}

/* A call for consultation on the channel that hold gave up. */
static struct isdn_call *consult(struct pair *p, struct held *h,
                                 unsigned channel)
{
	struct isdn_setup setup;
	struct isdn_call *second;

	pair_setup(&setup, "5550111");
	setup.channel = channel;
	setup.exclusive = true;
	CHECK_EQ(isdn_call_place(&second, h->holder->link, &setup, NULL), 0);
	pair_settle(p);
	return second;
}

TEST(who_gave_a_channel_up_may_use_it_for_another_call)
{
	struct pair p;
	struct held h;
	struct isdn_call *second;

	h = open_held(&p, SWITCH_NET5, true, false);
	second = consult(&p, &h, h.channel);
	CHECK_EQ(heard_count(h.other, ISDN_SETUP), 2);
	CHECK_EQ(heard_last(h.other, ISDN_SETUP)->event.channel, h.channel);
	CHECK(heard_last(h.other, ISDN_CHANNEL_LOST)->event.call == h.theirs);
	CHECK_EQ(isdn_call_channel(h.theirs), 0);
	CHECK_EQ(isdn_call_retrieve(h.call, 9), 0);
	pair_settle(&p);
	CHECK_EQ(isdn_call_channel(h.theirs), 9);
	CHECK_EQ(isdn_channel_state(h.other->link, h.channel), CHANNEL_BUSY);
	pair_clear(second, 16);
	pair_clear(h.call, 16);
	pair_close(&p);
}

TEST(a_held_call_that_lost_its_channel_ends_well)
{
	struct pair p;
	struct held h;
	struct isdn_call *second;

	h = open_held(&p, SWITCH_NET5, true, false);
	second = consult(&p, &h, isdn_call_channel(h.theirs));
	pair_clear(h.theirs, 16);
	pair_settle(&p);
	CHECK_EQ(heard_last(h.other, ISDN_RELEASED)->event.channel, 0);
	pair_clear(second, 16);
	pair_close(&p);
}

/* What the held side places goes elsewhere, and what is taken is taken. */
TEST(the_channel_of_a_held_call_is_reserved)
{
	struct pair p;
	struct held h;
	struct isdn_call *second;
	unsigned channel;

	pair_open_plain(&p, SWITCH_NET5);
	p.user.link->conf.order = ORDER_ASCENDING;
	h = talk(&p, true, false);
	channel = isdn_call_channel(h.theirs);
	hold(&p, &h);
	CHECK_EQ(isdn_channel_state(h.holder->link, channel), CHANNEL_IDLE);
	second = pair_talk(&p.user);
	CHECK(isdn_call_channel(second) != channel);
	CHECK_EQ(isdn_call_retrieve(h.call, isdn_call_channel(second)), -EBUSY);
	CHECK_EQ(isdn_call_retrieve(h.call, 0), 0);
	pair_settle(&p);
	CHECK_EQ(isdn_call_channel(h.theirs), channel);
	pair_clear(second, 16);
	pair_clear(h.call, 16);
	pair_close(&p);
}

/* Who refuses is the held side, which has another call there. */
TEST(a_retrieve_that_is_refused_may_be_asked_again)
{
	struct pair p;
	struct held h;

	h = open_held(&p, SWITCH_NET5, true, false);
	(void)isdn_channel_shutdown(h.other->link, 12, true);
	CHECK_EQ(isdn_call_retrieve(h.call, 12), 0);
	pair_settle(&p);
	CHECK_EQ(heard_last(h.holder, ISDN_RETRIEVED)->event.cause.value,
	         Q850_CHANNEL_NOT_AVAILABLE);
	CHECK_EQ(isdn_channel_state(h.holder->link, 12), CHANNEL_IDLE);
	CHECK_EQ(heard_count(h.other, ISDN_RETRIEVE), 0);
	CHECK_EQ(isdn_call_retrieve(h.call, 0), 0);
	pair_settle(&p);
	CHECK_EQ(heard_count(h.other, ISDN_RETRIEVE), 1);
	pair_clear(h.call, 16);
	pair_close(&p);
}

static const enum isdn_switch without[] = { SWITCH_NI2, SWITCH_4ESS,
	                                    SWITCH_5ESS, SWITCH_DMS100 };

TEST_ROWS(where_there_is_no_hold_none_is_sent, without, type)
{
	struct pair p;
	struct isdn_call *call;

	pair_open_plain(&p, *type);
	call = pair_talk(&p.network);
	CHECK_EQ(isdn_call_hold(call), -ENOTSUP);
	pair_clear(call, 16);
	pair_close(&p);
}

static void say(struct end *end, uint8_t message)
{
	const struct isdn_call *call = end->call;
	uint8_t frame[] = { end->link->conf.side == ISDN_USER ? 0x02 : 0x00,
		            0x01,
		            0x03,
		            0x08,
		            0x02,
		            (uint8_t)(call->callref >> 8),
		            (uint8_t)call->callref,
		            message };

	isdn_link_receive(end->link, (struct bytes){ frame, sizeof(frame) });
}

static const struct {
	uint8_t message;
	bool rings; /* the call only rings */
} misplaced[] = {
	{ 0x24, true },  /* HOLD before the answer */
	{ 0x31, false }, /* RETRIEVE of what is not held */
	{ 0x25, false }, /* SUSPEND */
	{ 0x26, false }, /* RESUME */
	{ 0x28, false }, /* HOLD ACKNOWLEDGE nobody asked for */
	{ 0x33, false }, /* RETRIEVE ACKNOWLEDGE */
};

TEST_ROWS(what_has_no_place_disturbs_no_call, misplaced, row)
{
	struct pair p;
	struct isdn_call *call;

	pair_open_plain(&p, SWITCH_NET5);
	call = row->rings ? pair_ring(&p.network) : pair_talk(&p.network);
	say(&p.user, row->message);
	p.nframes = 0; /* the other end did not say it */
	CHECK_EQ(heard_count(&p.user, ISDN_HOLD), 0);
	CHECK_EQ(heard_count(&p.user, ISDN_RETRIEVE), 0);
	CHECK_EQ(heard_count(&p.user, ISDN_RELEASED), 0);
	CHECK(p.user.call != NULL && !p.user.call->held);
	(void)call;
	pair_drop(&p);
}

/* A held call ends as any other, whoever ends it. */
TEST_ROWS(a_held_call_ends, holders, row)
{
	struct pair p;
	struct held h;

	pair_open_plain(&p, row->type);
	h = talk(&p, row->network, row->called);
	hold(&p, &h);
	pair_clear(row->called ? h.call : h.theirs, 16);
	pair_close(&p);
}
