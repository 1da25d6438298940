/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * What help says of a word that many rows begin with, whose rows come from
 * several places. The rest of matching is proved through the console.
 */
#include "kernel/match.h"

#include <string.h>

#include "kernel/text.h"
#include "tests/test.h"

static void take(void *self, const char *word, const char *meaning)
{
	text_add(self, "%s: %s\n", word, meaning);
}

TEST(what_follows_a_word_is_listed_once)
{
	static const struct match_row rows[] = {
		{ "show call active", "calls" },
		{ "show voice", "voice" },
		{ "show call history", "ended calls" },
		{ "write", "keep" },
		{ "show voice port", "ports" },
	};
	char to[256];
	struct text out = TEXT(to);
	struct match m;

	match_init(&m, rows, ARRAY_LEN(rows), false, false);
	CHECK_EQ(match_help(&m, 0, NULL, "", take, &out), 0);
	CHECK_TEXT(to, "show: call, voice\nwrite: keep\n");
}
