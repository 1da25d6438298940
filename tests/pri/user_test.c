/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * User-to-user information: in which messages it crosses, how much of it, and
 * that nothing comes of it that was not meant.
 */
#include <string.h>

#include "kernel/text.h"
#include "pri/private.h"
#include "tests/pri/pair.h"

static struct uui uui_of(unsigned len, uint8_t protocol)
{
	struct uui u = { .len = (uint8_t)len };

	u.octets[0] = protocol;
	for (unsigned i = 1; i < len; i++)
		u.octets[i] = (uint8_t)(i * 7); /* NULs and bit 8 among them */
	return u;
}

static bool same(const struct uui *a, const struct uui *b)
{
	return a->len == b->len && memcmp(a->octets, b->octets, a->len) == 0;
}

static void open_taking(struct pair *p, enum isdn_switch type,
                        unsigned user_most, unsigned network_most)
{
	struct isdn_conf user, network;

	pair_conf(&user, &network, type);
	user.uui_most = user_most;
	network.uui_most = network_most;
	CHECK_EQ(pair_open(p, &user, &network), 0);
}

static uint64_t dropped(const struct end *end)
{
	struct isdn_counts counts;

	isdn_link_counts(end->link, &counts);
	return counts.uui_dropped;
}

static struct isdn_call *place_with(struct end *from, const struct uui *uui)
{
	struct isdn_setup setup;
	struct isdn_call *call = NULL;

	pair_setup(&setup, "5550100");
	setup.uui = *uui;
	CHECK_EQ(isdn_call_place(&call, from->link, &setup, NULL), 0);
	pair_settle(from->pair);
	return call;
}

static const struct {
	enum isdn_switch type;
	bool from_network;
	unsigned len;
	uint8_t protocol;
} crossing[] = {
	{ SWITCH_NET5, true, UUI_OCTETS, 4 }, { SWITCH_NET5, false, 2, 0 },
	{ SWITCH_NET5, false, 1, 0xc8 },      { SWITCH_QSIG, true, 33, 8 },
	{ SWITCH_NI2, false, UUI_OCTETS, 4 }, { SWITCH_DMS100, true, 20, 0 },
	{ SWITCH_4ESS, false, 35, 7 },        { SWITCH_5ESS, true, 128, 4 },
};

TEST_ROWS(users_tell_each_other_in_every_message, crossing, row)
{
	struct pair p;
	struct uui setup = uui_of(row->len, row->protocol), ring = setup,
		   answer = setup, end = setup;
	struct isdn_call *call;
	struct end *from, *to;

	ring.octets[0] ^= 1;
	answer.octets[0] ^= 2;
	end.octets[0] ^= 3;
	open_taking(&p, row->type, UUI_OCTETS, UUI_OCTETS);
	from = row->from_network ? &p.network : &p.user;
	to = from->other;
	call = place_with(from, &setup);
	CHECK(same(&heard_last(to, ISDN_SETUP)->setup.uui, &setup));
	isdn_call_uui(to->call, &ring);
	CHECK_EQ(isdn_call_alerting(to->call, PROGRESS_IN_BAND), 0);
	pair_settle(&p);
	CHECK(same(&heard_last(from, ISDN_ALERTING)->uui, &ring));
	CHECK_EQ(heard_last(from, ISDN_ALERTING)->event.progress,
	         PROGRESS_IN_BAND);
	isdn_call_uui(to->call, &answer);
	CHECK_EQ(isdn_call_answer(to->call, NULL, 0), 0);
	pair_settle(&p);
	CHECK(same(&heard_last(from, ISDN_ANSWER)->uui, &answer));
	isdn_call_uui(call, &end);
	pair_clear(call, 16);
	pair_settle(&p);
	CHECK(same(&heard_last(to, ISDN_RELEASED)->uui, &end));
	CHECK_EQ(heard_last(from, ISDN_RELEASED)->uui.len, 0);
	CHECK_EQ(heard_last(to, ISDN_RELEASED)->release.cause.value, 16);
	CHECK_EQ(dropped(from) + dropped(to), 0);
	pair_close(&p);
}

TEST(a_refusal_carries_it)
{
	struct pair p;
	struct uui said = uui_of(9, 4);

	open_taking(&p, SWITCH_NET5, UUI_OCTETS, UUI_OCTETS);
	(void)pair_place(&p.network, "5550100");
	isdn_call_uui(p.user.call, &said);
	pair_clear(p.user.call, 21);
	pair_settle(&p);
	CHECK(same(&heard_last(&p.network, ISDN_RELEASED)->uui, &said));
	CHECK_EQ(heard_last(&p.network, ISDN_RELEASED)->release.cause.value,
	         21);
	pair_close(&p);
}

TEST(tones_before_the_end_carry_it_once)
{
	struct pair p;
	struct uui said = uui_of(9, 4);
	struct cause busy = { Q850_USER_BUSY, LOCATION_USER };

	open_taking(&p, SWITCH_NET5, UUI_OCTETS, UUI_OCTETS);
	(void)pair_place(&p.user, "5550100");
	isdn_call_uui(p.network.call, &said);
	CHECK_EQ(isdn_call_disconnect_in_band(p.network.call, busy), 0);
	pair_settle(&p);
	CHECK(same(&heard_last(&p.user, ISDN_DISCONNECT)->uui, &said));
	pair_clear(p.user.call, 16); /* answers with RELEASE */
	pair_settle(&p);
	CHECK(same(&heard_last(&p.user, ISDN_RELEASED)->uui, &said));
	CHECK_EQ(heard_last(&p.network, ISDN_RELEASED)->uui.len, 0);
	pair_close(&p);
}

/* libpri keeps what it hears and says it in its own next message. */
TEST(nothing_is_said_back)
{
	struct pair p;
	struct uui said = uui_of(5, 4);
	const uint8_t *frame;
	size_t len = 0;

	memcpy(said.octets + 1, "text", 4);
	open_taking(&p, SWITCH_NET5, UUI_OCTETS, UUI_OCTETS);
	(void)place_with(&p.network, &said);
	CHECK_EQ(isdn_call_alerting(p.user.call, 0), 0);
	pair_settle(&p);
	frame = sent_find(&p.user, "ALERTING", &len);
	CHECK(frame != NULL && element_find(frame, len, 0x7e) == NULL);
	pair_clear(p.user.call, 16);
	pair_settle(&p);
	frame = sent_find(&p.user, "DISCONNECT", &len);
	CHECK(frame != NULL && element_find(frame, len, 0x7e) == NULL);
	pair_close(&p);
}

static const struct {
	unsigned sender, taker, len;
	bool crosses;
	unsigned sender_drops, taker_drops;
} limits[] = {
	{ UUI_OCTETS, UUI_OCTETS, UUI_OCTETS, true, 0, 0 },
	{ UUI_SHORT, UUI_OCTETS, UUI_SHORT, true, 0, 0 },
	{ UUI_SHORT, UUI_OCTETS, UUI_SHORT + 1, false, 1, 0 },
	{ UUI_OCTETS, UUI_SHORT, UUI_SHORT + 1, false, 0, 1 },
	{ UUI_OCTETS, 0, 9, false, 0, 0 }, /* not wanted: no loss */
	{ 0, UUI_OCTETS, 9, false, 0, 0 },
};

TEST_ROWS(a_link_takes_and_tells_so_much, limits, row)
{
	struct pair p;
	struct uui said = uui_of(row->len, 4);
	struct isdn_call *call;

	open_taking(&p, SWITCH_NET5, row->taker, row->sender);
	call = place_with(&p.network, &said);
	CHECK_EQ(heard_last(&p.user, ISDN_SETUP)->setup.uui.len,
	         row->crosses ? row->len : 0);
	CHECK_EQ(dropped(&p.network), row->sender_drops);
	CHECK_EQ(dropped(&p.user), row->taker_drops);
	pair_clear(call, 16);
	pair_close(&p);
}

/* 260 octets are all a frame holds: the call goes on without it. */
TEST(a_full_setup_goes_without)
{
	struct pair p;
	struct isdn_setup setup;
	struct isdn_call *call;

	open_taking(&p, SWITCH_NET5, UUI_OCTETS, UUI_OCTETS);
	pair_setup(&setup, "55501001234567890123456789012345");
	setup.calling.number = setup.called.number;
	setup.redirection.from.number = setup.called.number;
	memset(setup.calling.name, 'x', 76);
	setup.progress = PROGRESS_ORIGIN_NOT_ISDN;
	setup.uui = uui_of(UUI_OCTETS, 4);
	CHECK_EQ(isdn_call_place(&call, p.network.link, &setup, NULL), 0);
	pair_settle(&p);
	CHECK_EQ(heard_last(&p.user, ISDN_SETUP)->setup.uui.len, 0);
	CHECK_EQ(heard_last(&p.user, ISDN_SETUP)->setup.progress,
	         PROGRESS_ORIGIN_NOT_ISDN);
	CHECK_TEXT(heard_last(&p.user, ISDN_SETUP)->setup.called.number.digits,
	           "5550100123456789012345678901234"); /* libpri reads 31 */
	CHECK_EQ(dropped(&p.network), 1);
	pair_clear(call, 16);
	pair_close(&p);
}

/* Another codeset's element 0x7e is not it, nor is one behind it moved. */
TEST(only_codeset_0_is_looked_at)
{
	/* I frame: SETUP, an element of codeset 6, user-user, one behind */
	uint8_t frame[] = { 0x02, 0x01, 0x00, 0x00, 0x08, 0x02, 0x00, 0x05,
		            0x05, 0x9e, 0x7e, 0x01, 0xaa, 0x7e, 0x02, 0x04,
		            0x61, 0x7d, 0x01, 0x91, 0x96, 0x7e, 0x01, 0xbb };
	struct bytes body = { frame + 9, sizeof(frame) - 9 };

	CHECK_EQ(isdn_uui_hide(frame, sizeof(frame), body), 4);
	CHECK_EQ(memcmp(frame + 9,
	                "\x9e\x7e\x01\xaa\x7d\x01\x91\x96\x7e\x01\xbb", 11),
	         0);
}
