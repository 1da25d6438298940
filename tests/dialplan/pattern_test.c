/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Patterns alone: what is accepted, what matches, and how well.
 */

#include "dialplan/private.h"
#include "tests/test.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "kernel/mem.h"

/* What digits do to a pattern, in one character. */
enum {
	NO = '-',   /* nothing, whatever follows */
	YES = 'y',  /* a match, and nothing more to come */
	MORE = 'm', /* no match yet */
	BOTH = 'b', /* a match, but more could match better */
};

static const struct {
	const char *pattern, *digits;
	char answer;
	unsigned literal, lead;
} match_rows[] = {
	/* clang-format off */
	{ "555",        "555",         YES,  3, 3 },
	{ "555",        "55",          MORE, 0, 0 },
	{ "555",        "556",         NO,   0, 0 },
	{ "555",        "",            MORE, 0, 0 },
	{ "555",        "5551234",     YES,  3, 3 }, /* digits may follow */
	{ "555$",       "5551234",     NO,   0, 0 }, /* unless forbidden */
	{ "555$",       "555",         YES,  3, 3 },
	{ "3035550...", "3035550100",  YES,  7, 7 },
	{ "3035550...", "303555010",   MORE, 0, 0 },
	{ "3035550...", "3035551100",  NO,   0, 0 },
	{ "5.5",        "575",         YES,  2, 1 },
	{ ".T",         "1",           YES,  0, 0 },
	{ ".T",         "+13035550100", YES, 0, 0 },
	{ "9T",         "9",           YES,  1, 1 },
	{ "T",          "7",           YES,  0, 0 },
	{ ".",          "#",           NO,   0, 0 }, /* ends a number */
	{ ".",          "*",           YES,  0, 0 },
	{ "*21*.$",     "*21*5",       YES,  4, 4 },
	{ "#31#",       "#31#",        YES,  4, 4 },
	{ "+1303",      "+13035550",   YES,  5, 5 },
	{ "+1303",      "13035550",    NO,   0, 0 },
	{ "1303",       "+1303",       NO,   0, 0 },
	{ "[2-9]..",    "234",         YES,  0, 0 },
	{ "[2-9]..",    "134",         NO,   0, 0 },
	{ "[1,3]",      "3",           YES,  0, 0 },
	{ "[135-7*]$",  "6",           YES,  0, 0 },
	{ "[135-7*]$",  "4",           NO,   0, 0 },
	{ "[135-7*]$",  "*",           YES,  0, 0 },
	{ "[^0-4]$",    "5",           YES,  0, 0 },
	{ "[^0-4]$",    "4",           NO,   0, 0 },
	{ "[A-D]",      "C",           YES,  0, 0 },
	{ "[A-D]",      "d",           YES,  0, 0 },
	{ "0?123$",     "123",         YES,  3, 3 },
	{ "0?123$",     "0123",        YES,  4, 4 },
	{ "0?123$",     "00123",       NO,   0, 0 },
	{ "0%123$",     "000123",      YES,  6, 6 },
	{ "0%123$",     "123",         YES,  3, 3 },
	{ "0%123$",     "00",          MORE, 0, 0 },
	{ "0+123$",     "123",         NO,   0, 0 },
	{ "0+123$",     "0123",        YES,  4, 4 },
	{ "0+123$",     "00123",       YES,  5, 5 },
	{ "12?",        "1",           BOTH, 1, 1 },
	{ "12?",        "12",          YES,  2, 2 },
	{ "12%",        "122",         BOTH, 3, 3 },
	{ "[12]%3$",    "1212123",     YES,  1, 0 },
	{ "[12]%3$",    "3",           YES,  1, 1 },
	{ ".%5$",       "123455",      BOTH, 1, 0 }, /* one of them is the dot's */
	{ ".%5$",       "1234",        MORE, 0, 0 },
	{ "",           "1",           NO,   0, 0 },
	/* clang-format on */
};

TEST_ROWS(a_pattern_matches_what_it_says, match_rows, row)
{
	char wrong[200] = "";
	struct pattern p;
	struct pattern_match m;
	char answer;

	CHECK_EQ(pattern_init(&p, row->pattern, wrong, sizeof(wrong)), 0);
	pattern_match(&p, row->digits, &m);
	answer = m.matched ? (m.more ? BOTH : YES) : (m.more ? MORE : NO);
	CHECK_EQ(answer, row->answer);
	if (m.matched) {
		CHECK_EQ(m.literal, row->literal);
		CHECK_EQ(m.lead, row->lead);
	}
	pattern_done(&p);
}

static const struct {
	const char *pattern, *sentence;
} wrong_rows[] = {
	/* clang-format off */
	{ "",       "a pattern is not empty" },
	{ "12x",    "place 3: a pattern is made of" },
	{ "%1",     "place 1: nothing in front" },
	{ "1%?",    "place 3: nothing in front" },
	{ "+?1",    "place 2: nothing in front" },
	{ "T1",     "place 1: T and $ stand at the end" },
	{ "1$2",    "place 2: T and $ stand at the end" },
	{ "1T$",    "place 2: T and $ stand at the end" },
	{ "[12",    "the class is not closed" },
	{ "[",      "the class is not closed" },
	{ "[]",     "the class holds nothing" },
	{ "[9-1]",  "a range goes from less to more" },
	{ "[+]",    "a class holds digits" },
	{ "[1-+]",  "a range goes from less to more" },
	{ "[^0-9*A-D]", "the class holds nothing" },
	{ "(12)",   "place 1: a pattern is made of" },
	{ "1|2",    "place 2: a pattern is made of" },
	{ "1 2",    "place 2: a pattern is made of" },
	{ "1111111111111111111111111111111111111111111111111111111111111111",
	            "longer than 63" },
	/* clang-format on */
};

TEST_ROWS(a_wrong_pattern_is_refused_with_a_sentence, wrong_rows, row)
{
	char wrong[200] = "";

	CHECK_EQ(plan_check_pattern(row->pattern, wrong, sizeof(wrong)),
	         -EBADMSG);
	ck_assert_msg(strstr(wrong, row->sentence) != NULL, "%s", wrong);
}

static const struct {
	const char *better, *worse, *digits;
} rank_rows[] = {
	/* clang-format off */
	{ "303555",    "303.......",  "3035550100" },
	{ "30355501..", "3035550...", "3035550100" },
	{ "1",         "[1-9]",       "1"          },
	{ "[1-9]",     ".",           "1"          },
	{ "[1-9]..",   "...",         "123"        },
	{ "1......",   "1..",         "1234567"    }, /* more dots, longer */
	{ "1..",       "1T",          "123"        },
	{ "1",         "1T",          "123"        },
	{ ".",         "T",           "1"          },
	/* clang-format on */
};

TEST_ROWS(the_longer_match_scores_more, rank_rows, row)
{
	struct pattern p;
	struct pattern_match a, b;
	char wrong[200];

	CHECK_EQ(pattern_init(&p, row->better, wrong, sizeof(wrong)), 0);
	pattern_match(&p, row->digits, &a);
	pattern_done(&p);
	CHECK_EQ(pattern_init(&p, row->worse, wrong, sizeof(wrong)), 0);
	pattern_match(&p, row->digits, &b);
	pattern_done(&p);
	CHECK(a.matched && b.matched);
	CHECK(a.score > b.score);
}

TEST(a_pattern_that_could_explode_does_not)
{
	char text[PEER_PATTERN] = "", wrong[200];
	struct pattern p;
	struct pattern_match m;

	for (size_t i = 0; i + 2 < sizeof(text); i += 2)
		memcpy(text + i, "1%", 3);
	CHECK_EQ(pattern_init(&p, text, wrong, sizeof(wrong)), 0);
	for (unsigned i = 0; i < 10000; i++)
		pattern_match(&p, "11111111111111111111111111111112", &m);
	CHECK(m.matched);
	CHECK_EQ(m.literal, 31);
	pattern_done(&p);
}
