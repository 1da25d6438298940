/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * A link's life: up, basic calls both ways on every switch type, down.
 */
#include <string.h>

#include "tests/pri/pair.h"

static const struct {
	enum isdn_switch type;
	bool from_network;
} basic[] = {
	{ SWITCH_NET5, false },   { SWITCH_NET5, true },
	{ SWITCH_NI2, false },    { SWITCH_NI2, true },
	{ SWITCH_5ESS, false },   { SWITCH_5ESS, true },
	{ SWITCH_4ESS, false },   { SWITCH_4ESS, true },
	{ SWITCH_DMS100, false }, { SWITCH_DMS100, true },
	{ SWITCH_QSIG, false },   { SWITCH_QSIG, true },
};

TEST_ROWS(a_call_is_placed_answered_and_cleared, basic, row)
{
	struct pair p;
	struct end *from, *to;
	struct isdn_call *call;

	pair_open_plain(&p, row->type);
	from = row->from_network ? &p.network : &p.user;
	to = from->other;
	call = pair_place(from, "5550100");
	CHECK_EQ(heard_count(to, ISDN_SETUP), 1);
	CHECK_TEXT(heard_last(to, ISDN_SETUP)->setup.called.number.digits,
	           "5550100");
	CHECK(heard_last(to, ISDN_SETUP)->event.complete);
	CHECK_EQ(heard_count(from, ISDN_PROCEEDING), 1);
	CHECK_EQ(isdn_call_channel(call), isdn_call_channel(to->call));
	CHECK_EQ(isdn_call_alerting(to->call, 0), 0);
	pair_settle(&p);
	CHECK_EQ(heard_count(from, ISDN_ALERTING), 1);
	CHECK_EQ(isdn_call_answer(to->call, NULL, 0), 0);
	pair_settle(&p);
	CHECK_EQ(heard_count(from, ISDN_ANSWER), 1);
	CHECK_EQ(heard_count(to, ISDN_CONNECTED), 1);
	pair_run(&p, SEC(600));
	pair_clear(call, 16);
	pair_settle(&p);
	CHECK_EQ(heard_count(from, ISDN_RELEASED), 1);
	CHECK_EQ(heard_count(to, ISDN_RELEASED), 1);
	CHECK_EQ(heard_last(to, ISDN_RELEASED)->release.cause.value, 16);
	CHECK_EQ(heard_last(to, ISDN_RELEASED)->release.by, RELEASE_BY_NEAR);
	CHECK_EQ(heard_last(from, ISDN_RELEASED)->release.by,
	         RELEASE_BY_OPERATOR);
	pair_close(&p);
}

static const bool sides[] = { false, true }; /* who holds: user, network */

TEST_ROWS(a_link_that_is_held_is_down_at_both_ends_until_it_is_let_go, sides,
          row)
{
	struct pair p;
	struct end *holds;
	struct isdn_call *call;

	pair_open_plain(&p, SWITCH_NET5);
	pair_run(&p, SEC(2));
	holds = *row ? &p.network : &p.user;
	CHECK(isdn_link_is_up(holds->link));
	isdn_link_hold(holds->link, true);
	isdn_link_hold(holds->link, true);
	pair_settle(&p);
	CHECK(!isdn_link_is_up(holds->link));
	CHECK(!isdn_link_is_up(holds->other->link)); /* by DISC, at once */
	CHECK_EQ(heard_count(holds, ISDN_LINK_DOWN), 1);
	CHECK_EQ(heard_count(holds->other, ISDN_LINK_DOWN), 1);
	pair_run(&p, SEC(300));
	CHECK(!isdn_link_is_up(holds->link));
	CHECK(!isdn_link_is_up(holds->other->link));
	isdn_link_hold(holds->link, false);
	pair_run(&p, SEC(10));
	CHECK(isdn_link_is_up(holds->link));
	CHECK(isdn_link_is_up(holds->other->link));
	call = pair_talk(&p.user);
	pair_clear(call, 16);
	pair_settle(&p);
	pair_close(&p);
}

TEST(a_link_that_is_held_before_it_is_up_stays_down)
{
	struct pair p;

	pair_open_plain(&p, SWITCH_NET5);
	p.user.cut = p.network.cut = true;
	pair_run(&p, SEC(60));
	CHECK(!isdn_link_is_up(p.user.link));
	isdn_link_hold(p.user.link, true);
	p.user.cut = p.network.cut = false;
	pair_run(&p, SEC(60));
	CHECK(!isdn_link_is_up(p.user.link));
	CHECK(!isdn_link_is_up(p.network.link));
	isdn_link_hold(p.user.link, false);
	pair_run(&p, SEC(10));
	CHECK(isdn_link_is_up(p.user.link));
	pair_close(&p);
}
