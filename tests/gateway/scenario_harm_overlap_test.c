/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Lost, doubled, turned round and late messages while a number is being
 * dialled digit by digit (RFC 3578): of each story the first datagram is
 * harmed, then the second, until it has no such, and the same for the frames of
 * the D channel. What the layers below repeat comes about all the same; and
 * whatever happens, nothing is left and the next call finds a free channel.
 */
#include <string.h>

#include "tests/gateway/harm.h"

static const char more[] =
	"controller e1 0\n isdn setup-rate 0\n"
	" isdn overlap-receiving\n isdn overlap-sending\n!\n"
	"sip-peer carrier\n external address $FAR1\n overlap invites\n!\n"
	"dial-peer voice 100 pots\n destination-pattern 1.T\n!\n"
	"dial-peer voice 200 voip\n destination-pattern 2.T\n!\n";

static const struct story {
	const char *name;
	bool from_exchange;
	bool grows; /* the phone keeps what is too short */
	bool enough;
	bool gives_up; /* in the middle of it */
} stories[] = {
	{ "PRI to SIP, 484 to each", true, false, true, false },
	{ "PRI to SIP, INVITEs that hang", true, true, true, false },
	{ "PRI to SIP, too short", true, false, false, false },
	{ "PRI to SIP, given up", true, true, true, true },
	{ "SIP to PRI", false, true, true, false },
	{ "SIP to PRI, given up", false, true, true, true },
};

static void exchange_hangs_up(struct world *w)
{
	if (w->exchange[0].call != NULL)
		exchange_clear(w->exchange[0].call, Q850_NORMAL_CLEARING);
}

static void press(struct harm *h, const struct story *story, const char *digit)
{
	struct exchange *x = &h->w->exchange[0];

	world_wait(h->w, SEC(1));
	if (story->from_exchange && x->call != NULL)
		(void)isdn_call_digits(x->call, digit);
	else if (!story->from_exchange && h->session != NULL)
		(void)sip_session_digits(h->session, digit, false);
}

/* The exchange rings and answers when it has four digits. */
static void answer(struct exchange *x)
{
	size_t n = 0;

	for (unsigned i = 0; i < x->nheard; i++) {
		const struct exchange_heard *heard = &x->heard[i];

		if (heard->event.kind == ISDN_SETUP)
			n = strlen(heard->setup.called.number.digits);
		if (heard->event.kind == ISDN_DIGITS)
			n += strlen(heard->digits);
	}
	if (n < 4 || x->call == NULL)
		return;
	(void)isdn_call_alerting(x->call, 0);
	(void)isdn_call_answer(x->call, NULL, 0);
}

static void begin(struct harm *h, const struct story *story)
{
	if (!story->from_exchange) {
		harm_dial(h, "10");
		return;
	}
	CHECK(exchange_lift(&h->w->exchange[0], "20") != NULL);
}

static void hang_up(struct harm *h, const struct story *story)
{
	if (story->from_exchange)
		exchange_hangs_up(h->w);
	else
		harm_hang_up(h);
}

static void tell(struct harm *h, const struct story *story)
{
	h->manner = HARM_ANSWERS;
	h->wants = 4;
	begin(h, story);
	press(h, story, "0");
	if (story->gives_up) {
		world_wait(h->w, MSEC(100));
		hang_up(h, story);
	}
	if (story->enough)
		press(h, story, "1");
	world_wait(h->w, SEC(4));
	answer(&h->w->exchange[0]);
	world_wait(h->w, SEC(12));
	hang_up(h, story);
	world_wait(h->w, SEC(8));
}

/* The other side waits no longer than people do; then all timers run out. */
static void wait_until_idle(struct harm *h)
{
	for (unsigned s = 0; s < 300 && !harm_idle(h, false); s += 5) {
		world_wait(h->w, SEC(5));
		if (s == 20) {
			exchange_hangs_up(h->w);
			harm_hang_up(h);
		}
	}
}

/* How many messages the story had. */
static unsigned harm_one(struct harm *h, const struct story *story,
                         enum harm_place place, enum harm_kind kind,
                         unsigned victim)
{
	uint64_t before = h->w->gateway->counts.answered;
	bool answers = story->enough && !story->gives_up;
	unsigned passed;

	harm_aim(h, place, kind, victim);
	tell(h, story);
	passed = h->passed;
	harm_aim(h, HARM_SIP, HARM_NONE, 0);
	wait_until_idle(h);
	if (kind == HARM_DEAF) /* then a call may fail, but be gone */
		before = h->w->gateway->counts.answered - answers;
	harm_judge(h, story->name, victim, before + answers);
	return passed;
}

static void harm_each(enum harm_place place, enum harm_kind kind)
{
	for (unsigned i = 0; i < ARRAY_LEN(stories); i++) {
		struct harm *h = harm_open_with(more, stories[i].grows);
		unsigned n = 0;

		while (harm_one(h, &stories[i], place, kind, n) > n)
			n++;
		ck_assert_msg(n >= 4, "%s has but %u messages", stories[i].name,
		              n);
		harm_close(h);
	}
}

static const struct {
	enum harm_place place;
	enum harm_kind kind;
} harms[] = {
	{ HARM_SIP, HARM_LOSS },        { HARM_SIP, HARM_DOUBLE },
	{ HARM_SIP, HARM_TURNED },      { HARM_SIP, HARM_LATE },
	{ HARM_DCHANNEL, HARM_LOSS },   { HARM_DCHANNEL, HARM_DOUBLE },
	{ HARM_DCHANNEL, HARM_TURNED }, { HARM_DCHANNEL, HARM_DEAF },
};

TEST_ROWS(harm_to_any_one_message_of_a_growing_number_leaves_nothing, harms,
          row)
{
	harm_each(row->place, row->kind);
}
