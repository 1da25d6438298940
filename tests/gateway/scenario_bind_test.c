/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * A bind is configured away with calls up: they were told its address, so it
 * stays for them and for nobody else, until the last of them has ended.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/call.h"
#include "tests/gateway/world.h"

#define REST                                                              \
	"!\nsip-peer carrier\n address $FAR0\n!\n"                        \
	"dial-peer voice 100 pots\n destination-pattern 1...\n trunk e1 " \
	"0\n!\n"                                                          \
	"dial-peer voice 200 voip\n destination-pattern 2...\n"           \
	" session target sip-peer carrier\n!\n"

static uint16_t free_port(void)
{
	struct far f;

	far_open(&f, 1, false);
	far_close(&f);
	return f.port;
}

/* Bound to this port instead, or too. */
static int move(struct world *w, uint16_t port, bool both)
{
	char text[1024];

	(void)snprintf(text, sizeof(text),
	               "controller e1 0\n board sim\n!\nsip-ua\n%s"
	               " bind udp 127.0.0.1:%u\n" REST,
	               both ? " bind udp $SIP\n" : "", port);
	return world_reload(w, text);
}

static void check_sound(struct world *w)
{
	phone_forget(&w->phone[0]);
	world_run(w, MSEC(200));
	CHECK(w->phone[0].packets >= 9);
}

/* Is anybody there? */
static bool answers(struct world *w, uint16_t port, const char *status)
{
	struct far f;
	bool heard;

	far_open(&f, port, false);
	(void)strcpy(f.tag, "asks");
	far_invite(&f, "1001", "", world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(50));
	heard = far_hear(&f);
	if (heard && strstr(f.heard, " 100 ") != NULL) {
		world_run(w, SEC(1));
		heard = far_hear(&f);
	}
	CHECK(!heard || strstr(f.heard, status) != NULL);
	if (heard)
		far_ack_refusal(&f);
	world_run(w, MSEC(50));
	far_close(&f);
	return heard;
}

static void check_ends(struct world *w, uint16_t port, bool by_us,
                       struct isdn_call *call)
{
	struct far *f = &w->far[0];
	char was[32];

	(void)snprintf(was, sizeof(was), "127.0.0.1:%u;", port);
	if (by_us) {
		exchange_clear(call, Q850_NORMAL_CLEARING);
		world_run(w, MSEC(50));
		CHECK(far_hears(f, "BYE "));
		CHECK(strstr(far_header(f, "Via"), was) != NULL);
		far_reply(f, "200 OK", "", NULL);
	} else {
		far_request(f, "BYE", "", NULL); /* where it always was */
		world_run(w, MSEC(50));
		CHECK(far_hears(f, "SIP/2.0 200"));
	}
	world_run(w, MSEC(50));
	CHECK(world_call(w) == NULL);
}

static const struct row {
	bool from_us, ended_by_us;
} rows[] = {
	{ true, true }, { true, false }, { false, true }, { false, false }
};

TEST_ROWS(a_call_outlives_the_bind_it_was_made_by, rows, row)
{
	struct world *w = world_open(world_conf);
	struct isdn_call *call =
		row->from_us ? world_call_out(w) : world_call_in(w);
	uint16_t next = free_port();

	CHECK(call != NULL);
	w->exchange[0].manner = EXCHANGE_BUSY;
	CHECK_EQ(move(w, next, false), 0);
	world_wait(w, SEC(30));
	CHECK(world_call(w) != NULL);
	check_sound(w);
	CHECK(answers(w, w->port, " 503 ")); /* it goes: nothing new */
	CHECK(answers(w, next, " 486 "));
	check_ends(w, w->port, row->ended_by_us, call);
	world_wait(w, SEC(80)); /* the last transaction, and a look */
	CHECK(!answers(w, w->port, ""));
	CHECK(answers(w, next, " 486 "));
	world_close(w);
}

TEST(a_bind_nobody_uses_is_closed_at_once_and_one_named_again_stays)
{
	struct world *w = world_open(world_conf);
	uint16_t next = free_port();
	struct isdn_call *call;

	w->exchange[0].manner = EXCHANGE_BUSY;
	CHECK_EQ(move(w, next, false), 0);
	CHECK(!answers(w, w->port, ""));
	CHECK_EQ(move(w, next, true), 0);
	CHECK(answers(w, w->port, " 486 "));
	call = world_call_out(w);
	CHECK(call != NULL);
	CHECK_EQ(world_reload(w, world_conf), 0);
	CHECK_EQ(move(w, next, false), 0);
	CHECK_EQ(world_reload(w, world_conf), 0);
	w->exchange[0].manner = EXCHANGE_BUSY;
	CHECK(answers(w, w->port, " 486 "));
	check_ends(w, next, true, call); /* by the one named first then */
	world_wait(w, SEC(80));
	CHECK(answers(w, w->port, " 486 "));
	CHECK(!answers(w, next, ""));
	world_close(w);
}

/* Somebody who reloads again and again does not collect sockets. */
TEST(binds_that_were_left_are_never_many)
{
	struct world *w = world_open(world_conf);
	struct isdn_call *call = world_call_out(w);
	uint16_t ports[20];

	for (size_t i = 0; i < ARRAY_LEN(ports); i++) {
		ports[i] = free_port();
		CHECK_EQ(move(w, ports[i], false), 0);
	}
	CHECK(answers(w, w->port, " 503 ")); /* used, so it is still there */
	CHECK(!answers(w, ports[3], ""));
	check_ends(w, w->port, true, call);
	world_close(w);
}
