/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Lost, doubled, turned round and late messages at every step of every basic
 * call, plain, asked for a digest, with RFC 3262, with a late offer: of each
 * story the first datagram is harmed, then the second, until it has no such,
 * and the same for the frames of the D channel. What the layers below repeat
 * must come about all the same; what layer 3 never reads must end in a cleared
 * call; and always the next call finds a free channel.
 */
#include <stdio.h>

#include "tests/gateway/harm.h"

enum who { CALLER, CALLED };

static const struct story {
	const char *name;
	bool from_exchange;
	enum harm_manner manner;
	enum who ends;
	bool holds;
	enum harm_habit habit;
} stories[] = {
	/* clang-format off */
	{ "PRI to SIP, the caller ends", true,  HARM_ANSWERS, CALLER, false, HARM_PLAIN },
	{ "PRI to SIP, the called ends", true,  HARM_ANSWERS, CALLED, false, HARM_PLAIN },
	{ "PRI to SIP, busy",            true,  HARM_REFUSES, CALLER, false, HARM_PLAIN },
	{ "PRI to SIP, given up",        true,  HARM_RINGS,   CALLER, false, HARM_PLAIN },
	{ "PRI to SIP, held",            true,  HARM_ANSWERS, CALLED, true,  HARM_PLAIN },
	{ "PRI to SIP, asked who it is", true,  HARM_ANSWERS, CALLER, true,  HARM_ASKS },
	{ "PRI to SIP, asked, given up", true,  HARM_RINGS,   CALLER, false, HARM_ASKS },
	{ "PRI to SIP, reliable",        true,  HARM_ANSWERS, CALLER, false, HARM_RELIABLE },
	{ "PRI to SIP, reliable, given up", true, HARM_RINGS, CALLER, false, HARM_RELIABLE },
	{ "SIP to PRI, the caller ends", false, HARM_ANSWERS, CALLER, false, HARM_PLAIN },
	{ "SIP to PRI, the called ends", false, HARM_ANSWERS, CALLED, false, HARM_PLAIN },
	{ "SIP to PRI, busy",            false, HARM_REFUSES, CALLER, false, HARM_PLAIN },
	{ "SIP to PRI, cancelled",       false, HARM_RINGS,   CALLER, false, HARM_PLAIN },
	{ "SIP to PRI, held",            false, HARM_ANSWERS, CALLED, true,  HARM_PLAIN },
	{ "SIP to PRI, reliable",        false, HARM_ANSWERS, CALLED, false, HARM_RELIABLE },
	{ "SIP to PRI, reliable, cancelled", false, HARM_RINGS, CALLER, false, HARM_RELIABLE },
	{ "SIP to PRI, late offer",      false, HARM_ANSWERS, CALLER, false, HARM_LATE_OFFER },
	/* clang-format on */
};

static const enum exchange_manner exchange_manners[] = {
	[HARM_ANSWERS] = EXCHANGE_RINGS_ANSWERS,
	[HARM_REFUSES] = EXCHANGE_BUSY,
	[HARM_RINGS] = EXCHANGE_RINGS,
};

static void exchange_hangs_up(struct world *w)
{
	if (w->exchange[0].call != NULL)
		exchange_clear(w->exchange[0].call, Q850_NORMAL_CLEARING);
}

static void hang_up(struct harm *h, bool exchange)
{
	if (exchange)
		exchange_hangs_up(h->w);
	else
		harm_hang_up(h);
}

static void hold_and_take_back(struct harm *h)
{
	if (h->session == NULL)
		return;
	(void)sip_session_offer(h->session, true, false);
	world_wait(h->w, SEC(5));
	if (h->session != NULL)
		(void)sip_session_offer(h->session, true, true);
	world_wait(h->w, SEC(5));
}

static void tell(struct harm *h, const struct story *story)
{
	harm_behave(h, story->manner, story->habit);
	h->w->exchange[0].manner = exchange_manners[story->manner];
	if (story->from_exchange)
		CHECK(exchange_place(&h->w->exchange[0], "2001") != NULL);
	else
		harm_call(h, "1001");
	world_wait(h->w, SEC(8));
	if (story->holds)
		hold_and_take_back(h);
	hang_up(h, (story->ends == CALLER) == story->from_exchange);
	world_wait(h->w, SEC(8));
}

/* The other side waits no longer than people do; then all timers run out. */
static void wait_until_idle(struct harm *h, const struct story *story)
{
	for (unsigned s = 0; s < 300 && !harm_idle(h, false); s += 5) {
		world_wait(h->w, SEC(5));
		if (s == 20)
			hang_up(h, (story->ends == CALLED) ==
			                   story->from_exchange);
	}
}

/* How many messages the story had. */
static unsigned harm_one(struct harm *h, const struct story *story,
                         enum harm_place place, enum harm_kind kind,
                         unsigned victim)
{
	uint64_t before = h->w->gateway->counts.answered;
	bool answers = story->manner == HARM_ANSWERS;
	unsigned passed;

	harm_aim(h, place, kind, victim);
	tell(h, story);
	passed = h->passed;
	harm_aim(h, HARM_SIP, HARM_NONE, 0);
	wait_until_idle(h, story);
	if (kind == HARM_DEAF) /* then a call may fail, but be gone */
		before = h->w->gateway->counts.answered - answers;
	harm_judge(h, story->name, victim, before + answers);
	return passed;
}

/* The stories are told in two halves, so that no test lasts long. */
enum { HALF = ARRAY_LEN(stories) / 2 };

static const struct round {
	enum harm_kind kind;
	unsigned from, to;
} rounds[] = {
	/* clang-format off */
	{ HARM_LOSS,   0, HALF }, { HARM_LOSS,   HALF, ARRAY_LEN(stories) },
	{ HARM_DOUBLE, 0, HALF }, { HARM_DOUBLE, HALF, ARRAY_LEN(stories) },
	{ HARM_TURNED, 0, HALF }, { HARM_TURNED, HALF, ARRAY_LEN(stories) },
	{ HARM_LATE,   0, HALF }, { HARM_LATE,   HALF, ARRAY_LEN(stories) },
	/* clang-format on */
}, unread[] = {
	/* clang-format off */
	{ HARM_DEAF,   0, HALF }, { HARM_DEAF,   HALF, ARRAY_LEN(stories) },
	/* clang-format on */
};

static void harm_each(enum harm_place place, const struct round *round)
{
	struct harm *h = harm_open();

	for (unsigned i = round->from; i < round->to; i++) {
		unsigned n = 0;

		while (harm_one(h, &stories[i], place, round->kind, n) > n)
			n++;
		ck_assert_msg(n >= 4, "%s has but %u messages", stories[i].name,
		              n);
	}
	harm_close(h);
}

TEST_ROWS(harm_to_any_one_sip_datagram_of_a_call_leaves_nothing, rounds, row)
{
	harm_each(HARM_SIP, row);
}

TEST_ROWS(harm_to_any_one_d_channel_frame_of_a_call_leaves_nothing, rounds, row)
{
	harm_each(HARM_DCHANNEL, row);
}

TEST_ROWS(any_one_message_that_layer_3_does_not_read_leaves_nothing, unread,
          row)
{
	harm_each(HARM_DCHANNEL, row);
}
