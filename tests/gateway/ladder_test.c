/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#include "gateway/ladder.h"

#include <stdio.h>
#include <string.h>

#include "kernel/instant.h"
#include "kernel/text.h"
#include "tests/test.h"

static void add(void *self, const struct ladder_line *line)
{
	text_add(self, "%s;", line->what);
}

static const char *lines_of(const struct ladder *ladder, uint32_t call)
{
	static char room[4096];
	struct text text = TEXT(room);

	ladder_each(ladder, call, add, &text);
	return room;
}

TEST(the_oldest_lines_go_first)
{
	struct ladder *ladder;

	CHECK_EQ(ladder_new(&ladder, 3), 0);
	for (unsigned i = 1; i <= 5; i++)
		ladder_decide(ladder, 7, "%u", i);
	CHECK_TEXT(lines_of(ladder, 7), "3;4;5;");
	CHECK_TEXT(lines_of(ladder, 8), "");
	CHECK(ladder_free(ladder) == NULL);
}

TEST(a_message_is_claimed_by_the_call_it_began)
{
	struct ladder *ladder;
	ladder_key key = ladder_key_sip("a@b");

	CHECK_EQ(ladder_new(&ladder, 100), 0);
	CHECK_EQ(ladder_message(ladder, key, 1, false, "far", "INVITE", 0), 0);
	CHECK_EQ(ladder_message(ladder, ladder_key_sip("c@d"), 1, false, "far",
	                        "OPTIONS", 0),
	         0);
	ladder_claim(ladder, key, 4);
	CHECK_EQ(ladder_message(ladder, key, 1, true, "far", "100", 0), 4);
	CHECK_TEXT(lines_of(ladder, 4), "INVITE;100;");
	ladder_disown(ladder, 4); /* a Call-ID is never used again */
	CHECK_EQ(ladder_message(ladder, key, 1, true, "far", "late", 0), 4);
	CHECK(ladder_free(ladder) == NULL);
}

TEST(a_call_reference_is_given_up_with_its_call)
{
	struct ladder *ladder;
	ladder_key key = ladder_key_isdn("e1 0", 3);

	CHECK_EQ(ladder_new(&ladder, 100), 0);
	ladder_claim(ladder, key, 4);
	CHECK_EQ(ladder_message(ladder, key, 0, true, "e1 0", "SETUP", 0), 4);
	ladder_disown(ladder, 4);
	CHECK_EQ(ladder_message(ladder, key, 0, true, "e1 0", "SETUP", 0), 0);
	CHECK_TEXT(lines_of(ladder, 4), "SETUP;");
	CHECK(ladder_free(ladder) == NULL);
}

TEST(a_claim_does_not_reach_back_to_the_last_call_of_a_reference)
{
	struct ladder *ladder;
	ladder_key key = ladder_key_isdn("e1 0", 5);

	instant_hold();
	CHECK_EQ(ladder_new(&ladder, 100), 0);
	(void)ladder_message(ladder, key, 0, false, "e1 0", "RELEASE", 0);
	instant_turn(SEC(3));
	(void)ladder_message(ladder, key, 0, false, "e1 0", "SETUP", 0);
	ladder_claim(ladder, key, 9);
	CHECK_TEXT(lines_of(ladder, 9), "SETUP;");
	CHECK(ladder_free(ladder) == NULL);
	instant_release();
}

TEST(keys_of_both_sides_and_of_other_spans_differ)
{
	CHECK(ladder_key_isdn("e1 0", 5) != ladder_key_isdn("e1 0", 0x8005));
	CHECK(ladder_key_isdn("e1 0", 5) != ladder_key_isdn("e1 1", 5));
	CHECK(ladder_key_isdn("e1 0", 5) == ladder_key_isdn("e1 0", 5));
}

TEST(more_claims_than_there_is_room_for_cost_the_oldest_their_lines_only)
{
	struct ladder *ladder;
	char id[32];

	CHECK_EQ(ladder_new(&ladder, 10), 0);
	for (unsigned i = 1; i < 20000; i++) {
		(void)snprintf(id, sizeof(id), "%u@far", i);
		ladder_claim(ladder, ladder_key_sip(id), i);
		CHECK_EQ(ladder_message(ladder, ladder_key_sip(id), 1, true,
		                        "far", "x", 0),
		         i);
	}
	CHECK(ladder_free(ladder) == NULL);
}

/* A whole span at once, references one after the other. */
TEST(calls_at_once_keep_their_lines_apart)
{
	struct ladder *ladder;
	char id[32];

	CHECK_EQ(ladder_new(&ladder, 10), 0);
	for (unsigned i = 1; i <= 960; i++) {
		(void)snprintf(id, sizeof(id), "%u@far", i);
		ladder_claim(ladder, ladder_key_sip(id), i);
		ladder_claim(ladder, ladder_key_isdn("e1 0", i), i);
	}
	for (unsigned i = 1; i <= 960; i++) {
		(void)snprintf(id, sizeof(id), "%u@far", i);
		CHECK_EQ(ladder_message(ladder, ladder_key_sip(id), 1, true,
		                        "far", "x", 0),
		         i);
		CHECK_EQ(ladder_message(ladder, ladder_key_isdn("e1 0", i), 0,
		                        true, "e1 0", "x", 0),
		         i);
	}
	CHECK(ladder_free(ladder) == NULL);
}

TEST(a_long_call_keeps_its_place_among_many_short_ones)
{
	struct ladder *ladder;
	ladder_key key = ladder_key_sip("long@far");
	char id[32];

	CHECK_EQ(ladder_new(&ladder, 10), 0);
	ladder_claim(ladder, key, 1);
	for (unsigned i = 2; i < 20000; i++) {
		(void)snprintf(id, sizeof(id), "%u@far", i);
		ladder_claim(ladder, ladder_key_sip(id), i);
		ladder_disown(ladder, i);
	}
	CHECK_EQ(ladder_message(ladder, key, 1, true, "far", "BYE", 0), 1);
	CHECK(ladder_free(ladder) == NULL);
}

static void count(void *self, const char *text)
{
	unsigned *lines = self;

	(void)text;
	++*lines;
}

TEST(a_picture_is_drawn_of_lines_of_any_length)
{
	struct ladder *ladder;
	char longest[400];
	unsigned lines = 0;

	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	CHECK_EQ(ladder_new(&ladder, 10), 0);
	ladder_decide(ladder, 1, "%s", longest);
	ladder_media(ladder, 1, 0, "%s", longest);
	ladder_claim(ladder, 3, 1);
	(void)ladder_message(ladder, 3, 0, true, longest, longest, 0);
	(void)ladder_message(ladder, 3, 1, false, longest, longest, 0);
	ladder_draw(ladder, 1, count, &lines);
	CHECK_EQ(lines, 5);
	CHECK(ladder_free(ladder) == NULL);
}

TEST(no_ladder_is_fine_everywhere)
{
	ladder_claim(NULL, 1, 1);
	ladder_disown(NULL, 1);
	CHECK_EQ(ladder_message(NULL, 1, 0, true, "", "", 0), 0);
	ladder_decide(NULL, 1, "x");
	ladder_media(NULL, 1, 0, "x");
	CHECK(ladder_free(NULL) == NULL);
}
