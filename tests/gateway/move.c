/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/* See move.h. */
#include "tests/gateway/move.h"

#include <string.h>

static const char more[] = "sip-peer carrier\n transfer\n!\n"
			   "sip-peer office\n address $FAR1\n transfer\n!\n"
			   "dial-peer voice 210 voip\n"
			   " destination-pattern 4...\n"
			   " session target sip-peer office\n!\n";

struct world *move_open(void)
{
	return world_open_with(world_conf, more);
}

unsigned move_channel(struct world *w)
{
	return isdn_call_channel(w->exchange[0].call);
}

/* A header line with $FAR1 and its kin replaced. */
const char *move_line(struct world *w, const char *text)
{
	static char to[1024];

	world_text(w, text, to, sizeof(to));
	return to;
}

struct world *move_talking(void)
{
	struct world *w = move_open();

	CHECK(world_call_in(w) != NULL);
	far_deaf(&w->far[0]);
	return w;
}

void move_also(struct world *w, const char *lines)
{
	far_request(&w->far[0], "BYE", move_line(w, lines), NULL);
	world_run(w, MSEC(60));
	CHECK(far_hears(&w->far[0], "SIP/2.0 200"));
}

void move_refer(struct world *w, const char *lines)
{
	far_request(&w->far[0], "REFER", move_line(w, lines), NULL);
	world_run(w, MSEC(60));
}

/* 202 and the first NOTIFY, answered. */
void move_taken(struct world *w)
{
	struct far *f = &w->far[0];

	CHECK(far_hears(f, "SIP/2.0 202"));
	CHECK(far_hears(f, "NOTIFY "));
	CHECK_TEXT(far_header(f, "Event"), "refer");
	CHECK(strstr(far_header(f, "Subscription-State"), "active") != NULL);
	CHECK_TEXT(far_header(f, "Content-Type"),
	           "message/sipfrag; version=2.0");
	CHECK_TEXT(far_body(f), "SIP/2.0 100 Trying\r\n");
	far_reply(f, "200 OK", "", NULL);
	world_run(w, MSEC(20));
}

void move_notified(struct world *w, const char *frag)
{
	struct far *f = &w->far[0];

	CHECK(far_hears(f, "NOTIFY "));
	CHECK(strstr(far_header(f, "Subscription-State"), "terminated") !=
	      NULL);
	CHECK(strncmp(far_body(f), frag, strlen(frag)) == 0);
	far_reply(f, "200 OK", "", NULL);
}

void move_referred(struct world *w, const char *lines)
{
	move_refer(w, lines);
	move_taken(w);
}

void move_done(struct world *w)
{
	move_notified(w, "SIP/2.0 200 OK");
	CHECK(far_hears(&w->far[0], "BYE "));
	far_reply(&w->far[0], "200 OK", "", NULL);
}

/* Far 1 is called, rings and answers. */
void move_answers(struct world *w)
{
	struct far *f = &w->far[1];

	if (strncmp(f->heard, "INVITE ", 7) != 0)
		CHECK(far_hears(f, "INVITE "));
	phone_learn(&w->phone[1], far_body(f));
	far_reply(f, "180 Ringing", "", NULL);
	world_run(w, MSEC(60));
	world_answer(w, 1);
}

void move_both_hear(struct world *w)
{
	struct exchange *x = &w->exchange[0];

	w->phone[0].talks = false;
	w->phone[1].talks = true;
	x->talks[move_channel(w)] = true;
	world_run(w, MSEC(400));
	CHECK(w->phone[1].loud >= 10);
	CHECK_EQ(w->phone[1].ssrcs, 1);
	CHECK(x->level[move_channel(w)] >= MOVE_LOUD);
}

/* Who was transferred hangs up, and the new phone is told. */
void move_hang_up(struct world *w)
{
	world_clear_isdn(w, w->exchange[0].call, 1);
	world_close(w);
}
