/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Numbers that are dialled digit by digit while the far side is asked already:
 * an INVITE for each (RFC 3578), and what becomes of them when it goes wrong
 * half way. scenario_overlap_in_test.c has the other direction, and calls
 * between equals.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/call.h"
#include "kernel/text.h"
#include "tests/gateway/world.h"

enum { INVITES = 4 };

/* INVITEs as the carrier heard them. */
struct dialled {
	struct world *w;
	struct isdn_call *call;
	char invite[INVITES][4096];
	unsigned n;
};

static void hear_invite(struct dialled *t, const char *number)
{
	struct far *f = &t->w->far[0];
	char line[64];

	(void)snprintf(line, sizeof(line), "INVITE sip:%s@", number);
	CHECK(far_hears(f, line));
	CHECK(strlen(f->heard) < sizeof(t->invite[0]));
	(void)strcpy(t->invite[t->n++], f->heard);
}

static void reply(struct dialled *t, unsigned i, const char *status,
                  const char *sdp)
{
	struct far *f = &t->w->far[0];

	(void)strcpy(f->request, t->invite[i]);
	(void)snprintf(f->tag, sizeof(f->tag), "there-%u", i);
	far_reply(f, status, "", sdp);
	world_run(t->w, MSEC(20));
}

static void refuse(struct dialled *t, unsigned i, const char *status)
{
	reply(t, i, status, NULL);
	CHECK(far_hears(&t->w->far[0], "ACK "));
}

static void press(struct dialled *t, const char *digits)
{
	CHECK_EQ(isdn_call_digits(t->call, digits), 0);
	world_run(t->w, MSEC(20));
}

/* The exchange dials this and then the rest, digit by digit. */
static void dial(struct dialled *t, const char *begin, const char *rest)
{
	char so_far[16];
	size_t n = strlen(begin);

	memset(t, 0, sizeof(*t));
	t->w = world_open(world_conf_overlap);
	(void)snprintf(so_far, sizeof(so_far), "%s%s", begin, rest);
	t->call = exchange_lift(&t->w->exchange[0], begin);
	world_run(t->w, MSEC(20));
	CHECK(exchange_told(&t->w->exchange[0], ISDN_SETUP_ACK));
	hear_invite(t, begin);
	for (size_t i = 0; rest[i] != '\0'; i++) {
		const char digit[] = { rest[i], '\0' };
		char number[16];

		press(t, digit);
		(void)snprintf(number, sizeof(number), "%.*s", (int)(n + i + 1),
		               so_far);
		hear_invite(t, number);
	}
}

static void hang_up(struct dialled *t)
{
	world_clear_isdn(t->w, t->call, 0);
	world_close(t->w);
}

TEST(digits_from_isdn_become_invites)
{
	struct dialled t;
	struct exchange *x;

	dial(&t, "20", "01");
	x = &t.w->exchange[0];
	reply(&t, 0, "100 Trying", NULL);
	refuse(&t, 0, "484 Address Incomplete");
	refuse(&t, 1, "484 Address Incomplete");
	CHECK(exchange_last(x, ISDN_PROCEEDING) == NULL);
	CHECK_TEXT(call_state_name(world_call(t.w)), "offered");
	reply(&t, 2, "180 Ringing", NULL);
	CHECK(exchange_told(x, ISDN_PROCEEDING)); /* libpri's own */
	CHECK(exchange_told(x, ISDN_ALERTING));
	reply(&t, 2, "200 OK", world_sdp(t.w, 0, "sendrecv"));
	world_run(t.w, MSEC(50));
	CHECK(far_hears(&t.w->far[0], "ACK "));
	CHECK(exchange_told(x, ISDN_ANSWER));
	CHECK(strstr(world_ladder(t.w, 1), "more to come") != NULL);
	t.w->exchange[0].talks[1] = true;
	world_run(t.w, MSEC(300));
	CHECK(t.w->phone[0].loud > 5);
	hang_up(&t);
}

TEST(who_stops_dialling_half_way_gets_cause_28)
{
	struct dialled t;
	char said[4096];

	dial(&t, "20", "0");
	refuse(&t, 1, "484 Address Incomplete");
	refuse(&t, 0, "484 Address Incomplete");
	CHECK_EQ(world_console(t.w, "show sip-ua calls", false, said,
	                       sizeof(said)),
	         0);
	CHECK(strstr(said, "wanting digits") != NULL);
	world_wait(t.w, SEC(9));
	CHECK(world_call(t.w) != NULL);
	world_wait(t.w, SEC(8));
	CHECK_EQ(exchange_cause(&t.w->exchange[0]), 28);
	CHECK(world_quiet(t.w));
	world_close(t.w);
}

/* T302 tells the exchange that it is enough, while the last one rings not. */
TEST(no_more_digits_is_told_by_call_proceeding)
{
	struct dialled t;

	dial(&t, "20", "0");
	refuse(&t, 0, "484 Address Incomplete");
	reply(&t, 1, "100 Trying", NULL);
	world_wait(t.w, SEC(16));
	CHECK(exchange_told(&t.w->exchange[0], ISDN_PROCEEDING));
	reply(&t, 1, "200 OK", world_sdp(t.w, 0, "sendrecv"));
	world_run(t.w, MSEC(50));
	CHECK(far_hears(&t.w->far[0], "ACK "));
	CHECK(exchange_told(&t.w->exchange[0], ISDN_ANSWER));
	hang_up(&t);
}

TEST(a_hash_ends_the_number)
{
	struct dialled t;

	dial(&t, "20", "0");
	refuse(&t, 0, "484 Address Incomplete");
	press(&t, "#");
	CHECK(world_quiet(t.w));
	CHECK(exchange_told(&t.w->exchange[0], ISDN_PROCEEDING));
	refuse(&t, 1, "484 Address Incomplete");
	world_run(t.w, MSEC(100));
	CHECK_EQ(exchange_cause(&t.w->exchange[0]), 28);
	CHECK(world_ended(t.w, "ended by the called side", 28));
	world_close(t.w);
}

static void take_cancels(struct dialled *t, unsigned n)
{
	struct far *f = &t->w->far[0];

	while (n-- > 0) {
		CHECK(far_hears(f, "CANCEL "));
		far_reply(f, "200 OK", "", NULL);
	}
	world_run(t->w, MSEC(20));
	CHECK(world_quiet(t->w));
}

TEST(a_caller_who_gives_up_cancels_every_invite)
{
	struct dialled t;

	dial(&t, "20", "01");
	for (unsigned i = 0; i < t.n; i++)
		reply(&t, i, "100 Trying", NULL);
	exchange_clear(t.call, 16);
	world_run(t.w, MSEC(20));
	take_cancels(&t, 3);
	refuse(&t, 1, "487 Request Terminated");
	refuse(&t, 0, "487 Request Terminated");
	reply(&t, 2, "200 OK", world_sdp(t.w, 0, "sendrecv"));
	CHECK(far_hears(&t.w->far[0], "ACK "));
	CHECK(far_hears(&t.w->far[0], "BYE "));
	far_reply(&t.w->far[0], "200 OK", "", NULL);
	world_run(t.w, MSEC(50));
	CHECK(world_ended(t.w, "ended by the caller", 16));
	world_close(t.w);
}

/* The exchange gives up in the moment that a digit comes. */
TEST(a_caller_who_gives_up_between_digits_leaves_nothing)
{
	struct dialled t;

	dial(&t, "20", "0");
	refuse(&t, 0, "484 Address Incomplete");
	refuse(&t, 1, "484 Address Incomplete");
	CHECK_EQ(isdn_call_digits(t.call, "1"), 0);
	exchange_clear(t.call, 16);
	world_run(t.w, MSEC(50));
	hear_invite(&t, "2001");
	reply(&t, 2, "100 Trying", NULL);
	take_cancels(&t, 1);
	refuse(&t, 2, "487 Request Terminated");
	world_close(t.w);
}

TEST(a_200_to_an_earlier_number_has_the_call)
{
	struct dialled t;

	dial(&t, "20", "01");
	for (unsigned i = 0; i < t.n; i++)
		reply(&t, i, "100 Trying", NULL);
	reply(&t, 0, "200 OK", world_sdp(t.w, 0, "sendrecv"));
	CHECK(far_hears(&t.w->far[0], "ACK "));
	CHECK(strstr(far_header(&t.w->far[0], "To"), "sip:20@") != NULL);
	take_cancels(&t, 2);
	refuse(&t, 1, "487 Request Terminated");
	reply(&t, 2, "200 OK", world_sdp(t.w, 0, "sendrecv"));
	CHECK(far_hears(&t.w->far[0], "ACK "));
	CHECK(far_hears(&t.w->far[0], "BYE "));
	far_reply(&t.w->far[0], "200 OK", "", NULL);
	world_run(t.w, MSEC(50));
	CHECK(exchange_told(&t.w->exchange[0], ISDN_ANSWER));
	hang_up(&t);
}

TEST(a_busy_number_is_busy_whatever_is_dialled_behind_it)
{
	struct dialled t;

	dial(&t, "20", "0");
	refuse(&t, 0, "484 Address Incomplete");
	refuse(&t, 1, "486 Busy Here");
	world_run(t.w, MSEC(100));
	CHECK_EQ(exchange_cause(&t.w->exchange[0]), 17);
	world_close(t.w);
}

/* The office takes no digits later: it waits until the number is there. */
TEST(the_next_choice_is_tried_when_it_has_the_whole_number)
{
	struct dialled t;

	dial(&t, "20", "0");
	refuse(&t, 0, "484 Address Incomplete");
	refuse(&t, 1, "503 Service Unavailable");
	CHECK(!far_hear(&t.w->far[1]));
	press(&t, "1");
	CHECK(!far_hear(&t.w->far[1]) && world_quiet(t.w));
	world_wait(t.w, SEC(16));
	CHECK(far_hears(&t.w->far[1], "INVITE sip:2001@"));
	CHECK(exchange_told(&t.w->exchange[0], ISDN_PROCEEDING));
	far_reply(&t.w->far[1], "486 Busy Here", "", NULL);
	world_run(t.w, MSEC(100));
	CHECK_EQ(exchange_cause(&t.w->exchange[0]), 17);
	world_close(t.w);
}

TEST(a_peer_that_collects_hears_one_invite)
{
	struct world *w = world_open(world_conf_overlap);
	struct isdn_call *call = exchange_lift(&w->exchange[0], "40");

	world_run(w, MSEC(20));
	CHECK(exchange_told(&w->exchange[0], ISDN_SETUP_ACK));
	CHECK_EQ(isdn_call_digits(call, "01"), 0);
	world_run(w, MSEC(20));
	CHECK(!far_hear(&w->far[1]));
	world_wait(w, SEC(16));
	CHECK(far_hears(&w->far[1], "INVITE sip:4001@"));
	far_reply(&w->far[1], "404 Not Found", "", NULL);
	world_run(w, MSEC(100));
	CHECK_EQ(exchange_cause(&w->exchange[0]), 1);
	world_close(w);
}
