/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Plans: which peers a number leads to, in which order, and what is said about
 * it.
 */

#include "tests/dialplan/peers.h"
#include "tests/test.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "kernel/instant.h"

/* A plan in the manner of IOS. */
static const struct dial_peer ios[] = {
	/* clang-format off */
	VOIP(10, "3035550...", .preference = 1),
	VOIP(11, "3035550...", .preference = 0),
	VOIP(12, "30355501..", .preference = 9),
	VOIP(13, "303T"),
	VOIP(14, "3035550...", .preference = 1),
	VOIP(20, "9T"),
	VOIP(30, "411$"),
	VOIP(31, "4116...$"),
	VOIP(40, "[5-7]...", .huntstop = true),
	VOIP(41, "....",     .preference = 10),
	VOIP(50, "*21*T"),
	VOIP(51, "#31#...$"),
	VOIP(60, "80", .shutdown = true),
	VOIP_TO(61, "81", ""),
	POTS(70, "70"),
	VOIP(80, "+44T"),
	/* clang-format on */
};

static const struct {
	const char *digits;
	bool complete;
	const char *hunted;
} ios_rows[] = {
	/* clang-format off */
	/* more explicit digits, then preference, then tag */
	{ "3035550100", true,  "= 12 11 10 14 13 41" },
	{ "3035550200", true,  "= 11 10 14 13 41" },
	{ "3039999999", true,  "= 13 41" },
	/* overlap: nothing could come before 12 any more */
	{ "3035550100", false, "= 12 11 10 14 13 41" },
	{ "30355501",   false, "+ 13 41" },
	{ "3035550200", false, "= 11 10 14 13 41" },
	{ "303",        false, "+ 13" },
	{ "30",         false, "." },
	{ "",           false, "0" },
	{ "",           true,  "0" },
	{ "30",         true,  "!" },
	/* T waits for the end, a '#' is one and is not sent */
	{ "9",          false, "+ 20" },
	{ "91234",      false, "+ 20 41" },
	{ "91234",      true,  "= 20 41" },
	{ "91234#",     false, "= 20 41" },
	{ "#",          false, "." },
	/* exact ones: 411 could become 4116... */
	{ "411",        false, "+ 30" },
	{ "411",        true,  "= 30" },
	{ "411#",       false, "= 30" },
	{ "4112",       true,  "= 41" },
	{ "4116123",    false, "= 31 41" },
	{ "41161234",   false, "= 41" },
	/* huntstop of 40 hides 41 */
	{ "6123",       true,  "= 40" },
	/* a '#' that a pattern asks for is dialled */
	{ "#31#",       false, "." },
	{ "#31#123",    false, "= 51" },
	{ "*21*5#",     false, "= 50 41" },
	/* left out */
	{ "80",         true,  "!" },
	{ "81",         true,  "!" },
	{ "70",         true,  "! barred" },
	{ "+44123",     true,  "= 80 41" },
	/* no digits at all, and more than there can be */
	{ "anonymous",  true,  "!" },
	{ "123456789012345678901234567890123", true, "!" },
	/* clang-format on */
};

TEST_ROWS(a_number_is_hunted_in_the_order_of_ios, ios_rows, row)
{
	struct plan *plan = load_plan(ios, ARRAY_LEN(ios));

	CHECK_TEXT(hunt(plan, &from_pots, row->digits, row->complete),
	           row->hunted);
	plan = plan_free(plan);
}

static const struct {
	bool in_allows, out_allows, out_emergency;
	const char *hunted;
} bar_rows[] = {
	{ false, false, false, "! barred" },
	{ true, false, false, "! barred" },
	{ false, true, false, "! barred" },
	{ true, true, false, "= 1" },
	{ false, false, true, "= 1 emergency" },
};

TEST_ROWS(a_call_stays_in_its_kind_only_where_both_peers_allow_it, bar_rows,
          row)
{
	struct dial_peer in = { .kind = PEER_VOIP,
		                .same_kind = row->in_allows };
	struct dial_peer out = VOIP(1, "1T", .same_kind = row->out_allows,
	                            .emergency = row->out_emergency);
	struct plan *plan = load_plan(&out, 1);

	CHECK_TEXT(hunt(plan, &in, "123", true), row->hunted);
	/* across kinds nothing has to be allowed */
	CHECK_TEXT(hunt(plan, &from_pots, "123", true),
	           row->out_emergency ? "= 1 emergency" : "= 1");
	plan = plan_free(plan);
}

/* Inbound: each step, and what goes before what. */
static const struct dial_peer inbound[] = {
	/* clang-format off */
	VOIP(100, "",     .incoming_called_number = "303"),
	VOIP(101, "",     .incoming_called_number = "3035"),
	VOIP(110, "",     .answer_address = "44"),
	VOIP_TO(120, "33T", "sip-peer fr"),
	VOIP_TO(121, "", "sip-peer fr"),
	VOIP_TO(122, "", "sip-peer fr", .preference = 1),
	POTS_TO(130, "33T", "e1 1"),
	POTS(131, "",     .incoming_called_number = ".", .shutdown = true),
	VOIP_TO(140, ".T", "sip-peer wide", .same_kind = true),
	/* clang-format on */
};

static const struct {
	enum peer_kind kind;
	const char *from, *called, *calling;
	unsigned tag;
} inbound_rows[] = {
	/* clang-format off */
	{ PEER_VOIP, "sip-peer fr",   "3035550100", "4412",      101 },
	{ PEER_VOIP, "sip-peer fr",   "3035550100", "3312",      101 },
	{ PEER_VOIP, "sip-peer x",    "3031",       "4412",      100 },
	{ PEER_VOIP, "sip-peer x",    "1",          "4412",      110 },
	{ PEER_VOIP, "sip-peer fr",   "1",          "3312",      120 },
	{ PEER_VOIP, "sip-peer fr",   "1",          "3412",      120 },
	{ PEER_VOIP, "sip-peer fr",   "",           "anonymous", 120 },
	{ PEER_VOIP, "sip-peer x",    "1",          "3312",      0   },
	{ PEER_VOIP, "sip-peer wide", "1",          "7",         140 },
	{ PEER_VOIP, NULL,            "1",          "7",         0   },
	{ PEER_POTS, "e1 1",          "3031",       "3312",      130 },
	{ PEER_POTS, "e1 1",          "3031",       "",          130 },
	{ PEER_POTS, "e1 0",          "3031",       "4412",      0   },
	/* clang-format on */
};

TEST_ROWS(the_inbound_peer_is_found_step_by_step, inbound_rows, row)
{
	struct plan *plan = load_plan(inbound, ARRAY_LEN(inbound));
	struct plan_source source = { .kind = row->kind,
		                      .trunk = row->from,
		                      .target = row->from,
		                      .called = row->called,
		                      .calling = row->calling };
	const struct dial_peer *peer = plan_inbound(plan, &source);

	CHECK_EQ(peer->tag, row->tag);
	CHECK_EQ(peer->kind, row->kind);
	plan = plan_free(plan);
}

TEST(the_default_inbound_peer_allows_nothing)
{
	struct plan *plan = load_plan(NULL, 0);
	struct plan_source source = { .kind = PEER_VOIP };
	const struct dial_peer *peer = plan_inbound(plan, &source);

	CHECK_EQ(peer->tag, 0);
	CHECK(!peer->same_kind && !peer->emergency);
	CHECK_TEXT(hunt(plan, peer, "1", true), "!");
	CHECK(plan_peer(plan, 1) == NULL);
	CHECK(plan_next(plan, NULL) == NULL);
	plan = plan_free(plan);
	CHECK(plan_free(plan) == NULL);
}

static const struct {
	struct dial_peer peers[2];
	unsigned tag;
	const char *sentence;
} refused_rows[] = {
	/* clang-format off */
	{ { VOIP(1, "1"), VOIP(1, "2") }, 1, "two dial-peers have this tag" },
	{ { VOIP(1, "1"), VOIP(0, "2") }, 0, "the tag is 1 to" },
	{ { VOIP(1, "1"), VOIP(2, "x") }, 2, "pattern \"x\", place 1" },
	{ { VOIP(1, "1"), VOIP(2, "1", .incoming_called_number = "[") }, 2,
	  "not closed" },
	{ { VOIP(1, "1"), VOIP(2, "1", .answer_address = "%") }, 2,
	  "nothing in front" },
	{ { VOIP(1, "1"), VOIP(2, "1", .preference = 11) }, 2,
	  "preference is 0 to 10" },
	{ { VOIP(1, "1"), VOIP(2, "1", .prefix = "9,1") }, 2,
	  "prefix is made of" },
	/* clang-format on */
};

TEST_ROWS(a_wrong_peer_refuses_the_plan_and_is_named, refused_rows, row)
{
	char wrong[200] = "";
	struct plan *plan = NULL;
	unsigned tag = 99;

	CHECK_EQ(plan_new(&plan, row->peers, 2, wrong, sizeof(wrong), &tag),
	         -EBADMSG);
	CHECK(plan == NULL);
	CHECK_EQ(tag, row->tag);
	ck_assert_msg(strstr(wrong, row->sentence) != NULL, "%s", wrong);
}

LADDER(a_plan_survives_want_of_memory)
{
	char wrong[200];
	struct plan *plan = NULL;
	unsigned tag;
	int rc = plan_new(&plan, ios, ARRAY_LEN(ios), wrong, sizeof(wrong),
	                  &tag);

	CHECK(rc == (ladder_ok() ? 0 : -ENOMEM));
	plan = plan_free(plan);
}

static struct dial_peer many[PLAN_PEERS + 1];

/* 2,000 peers that differ in their last digits only. */
static void fill_many(void)
{
	for (unsigned i = 0; i < ARRAY_LEN(many); i++) {
		struct dial_peer p = VOIP(i + 1, "");

		(void)snprintf(p.destination_pattern, PEER_PATTERN,
		               "303555%04u", i);
		many[i] = p;
	}
}

TEST(two_thousand_peers_are_quick)
{
	struct plan *plan;
	struct instant begin;
	unsigned told = 0;

	fill_many();
	plan = load_plan(many, PLAN_PEERS);
	begin = instant_now();
	for (unsigned i = 0; i < 100; i++)
		CHECK_TEXT(hunt(plan, &from_pots, "3035551234", false),
		           "= 1235");
	/* 10 ms each would be slow even under a sanitizer */
	CHECK(instant_since(instant_now(), begin) < SEC(1));
	CHECK_TEXT(hunt(plan, &from_pots, "303555123", false), ".");
	CHECK_TEXT(hunt(plan, &from_pots, "3035559999", false), "!");
	CHECK_EQ(plan_peer(plan, 1235)->tag, 1235);
	CHECK(plan_peer(plan, 2001) == NULL);
	for (const struct dial_peer *p = NULL;
	     (p = plan_next(plan, p)) != NULL;)
		CHECK_EQ(p->tag, ++told);
	CHECK_EQ(told, 2000);
	plan = plan_free(plan);
}

TEST(more_than_two_thousand_peers_are_refused)
{
	char wrong[200] = "";
	struct plan *plan = NULL;
	unsigned tag = 0;

	fill_many();
	CHECK_EQ(plan_new(&plan, many, PLAN_PEERS + 1, wrong, sizeof(wrong),
	                  &tag),
	         -EBADMSG);
	CHECK_EQ(tag, 2001);
	CHECK_TEXT(wrong, "at most 2000 dial-peers");
}

TEST(peers_are_walked_by_tag_whatever_their_order)
{
	static const struct dial_peer peers[] = {
		VOIP(2147483647, "3"),
		VOIP(7, "1"),
		VOIP(100, "2"),
	};
	struct plan *plan = load_plan(peers, 3);
	const struct dial_peer *p = plan_next(plan, NULL);

	CHECK_EQ(p->tag, 7);
	p = plan_next(plan, p);
	CHECK_EQ(p->tag, 100);
	p = plan_next(plan, p);
	CHECK_EQ(p->tag, 2147483647);
	CHECK(plan_next(plan, p) == NULL);
	plan = plan_free(plan);
}
