/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * What help says of a word that many rows begin with, whose rows come from
 * several places. The rest of matching is proved through the console.
 */
#include "kernel/match.h"

#include <errno.h>
#include <string.h>

#include "kernel/text.h"
#include "kernel/words.h"
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

/* Of the three below: which one it is, or why none. */
static int meant(const char *line, const char *favoured)
{
	static const struct match_row rows[] = {
		{ "shutdown channel", "out of service" },
		{ "show call active", "calls" },
		{ "show calendar", "days" },
	};
	struct words w;
	struct match m;
	int rc = words_split(&w, line, false);

	match_init(&m, rows, ARRAY_LEN(rows), false, false);
	m.favoured = favoured;
	if (rc == 0)
		rc = match_words(&m, w.n, w.at);
	return rc < 0 ? rc : m.row;
}

TEST(an_abbreviation_of_several_means_the_favoured)
{
	CHECK_EQ(meant("sh call a", NULL), -EEXIST);
	CHECK_EQ(meant("sh call a", "show"), 1);
	CHECK_EQ(meant("show cal", "show"), -EEXIST);
	CHECK_EQ(meant("shu c", "show"), 0);
	CHECK_EQ(meant("sh chan", "show"), -ENOENT);
}
