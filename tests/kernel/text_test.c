/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#include "kernel/text.h"

#include <errno.h>
#include <string.h>

#include "tests/test.h"

#define RAW(literal)                                            \
	{                                                       \
		(const uint8_t *)(literal), sizeof(literal) - 1 \
	}

static const struct {
	const char *from;
	size_t size;
	int result;
} copies[] = {
	/* clang-format off */
	{ "",       1, 0 },
	{ "123",    4, 0 },
	{ "1234",   4, -ENOSPC },
	{ "",       0, -ENOSPC },
	{ "12345678", 1, -ENOSPC },
	/* clang-format on */
};

TEST_ROWS(copy_is_whole_or_empty, copies, row)
{
	char to[8] = "xxxxxxx";

	CHECK_EQ(text_copy(to, row->size, row->from), row->result);
	if (row->size > 0)
		CHECK_TEXT(to, row->result == 0 ? row->from : "");
	CHECK_EQ(to[row->size], 'x');
}

TEST(copied_octets_must_not_hide_a_nul)
{
	static const struct bytes hidden = RAW("30\0"
	                                       "3");
	static const struct bytes plain = RAW("303");
	char to[8] = "xxx";

	CHECK_EQ(text_copy_bytes(to, sizeof(to), hidden), -EBADMSG);
	CHECK_TEXT(to, "");
	CHECK_EQ(text_copy_bytes(to, sizeof(to), plain), 0);
	CHECK_TEXT(to, "303");
}

TEST(builder_adds_until_it_is_full_and_says_so)
{
	char room[8];
	struct text t = TEXT(room);

	CHECK_TEXT(room, "");
	text_add(&t, "%d-%s", 42, "ab");
	CHECK_EQ(t.len, 5);
	CHECK(!t.cut);
	text_add(&t, "%s", "cd");
	CHECK_TEXT(room, "42-abcd");
	CHECK(!t.cut);
	text_add(&t, "%c", 'e');
	CHECK(t.cut);
	CHECK_TEXT(room, "42-abcd");
	CHECK_EQ(t.len, 7);
}

TEST(builder_keeps_what_fits_of_octets)
{
	static const struct bytes octets = RAW("abcdef");
	char room[5];
	struct text t = TEXT(room);

	text_add_bytes(&t, (struct bytes){ NULL, 0 });
	CHECK(!t.cut);
	text_add_bytes(&t, octets);
	CHECK(t.cut);
	CHECK_TEXT(room, "abcd");
}

TEST(builder_without_storage_is_cut)
{
	static const struct bytes octets = RAW("a");
	struct text t = { 0 }, u = { 0 };

	text_add(&t, "a");
	CHECK(t.cut);
	text_add_bytes(&u, octets);
	CHECK(u.cut);
}

static const struct {
	const char *text;
	uint64_t min, max;
	int result;
	uint64_t value;
} numbers[] = {
	/* clang-format off */
	{ "0",                    0, 9,          0,        0 },
	{ "0042",                 0, 99,         0,        42 },
	{ "65535",                1, 65535,      0,        65535 },
	{ "65536",                1, 65535,      -EBADMSG, 0 },
	{ "0",                    1, 9,          -EBADMSG, 0 },
	{ "18446744073709551615", 0, UINT64_MAX, 0,        UINT64_MAX },
	{ "18446744073709551616", 0, UINT64_MAX, -EBADMSG, 0 },
	{ "99999999999999999999", 0, UINT64_MAX, -EBADMSG, 0 },
	{ "",                     0, 9,          -EBADMSG, 0 },
	{ "-1",                   0, 9,          -EBADMSG, 0 },
	{ "+1",                   0, 9,          -EBADMSG, 0 },
	{ " 1",                   0, 9,          -EBADMSG, 0 },
	{ "1 ",                   0, 9,          -EBADMSG, 0 },
	{ "0x1",                  0, 9,          -EBADMSG, 0 },
	/* clang-format on */
};

TEST_ROWS(number_is_all_of_the_text_or_nothing, numbers, row)
{
	uint64_t value = 0;

	CHECK_EQ(text_number(row->text, row->min, row->max, &value),
	         row->result);
	CHECK(value == row->value);
}

static const struct {
	const char *line;
	int max, result;
	const char *words[4];
	size_t begin[4];
} lines[] = {
	/* clang-format off */
	{ "",                  4, 0, { NULL }, { 0 } },
	{ " \t ",              4, 0, { NULL }, { 0 } },
	{ "show",              4, 1, { "show" }, { 0 } },
	{ " show \t calls\r\n", 4, 2, { "show", "calls" }, { 1, 8 } },
	{ "name \"a b\" c",    4, 3, { "name", "a b", "c" }, { 0, 5, 11 } },
	{ "name \"\"",         4, 2, { "name", "" }, { 0, 5 } },
	{ "say \"a \\\"b\\\"\"", 4, 2, { "say", "a \"b\"" }, { 0, 4 } },
	{ "a\"b c\"d e",       4, 2, { "ab cd", "e" }, { 0, 8 } },
	{ "\"\\d+\"",          4, 1, { "\\d+" }, { 0 } },
	{ "a\\\"b\"",          4, 1, { "a\\b" }, { 0 } },
	/* the last one is the rest */
	{ "a b  c d ",         3, 3, { "a", "b", "c d" }, { 0, 2, 5 } },
	{ "a \"b  c\" d",      2, 2, { "a", "\"b  c\" d" }, { 0, 2 } },
	{ "a \"b c\"",         2, 2, { "a", "b c" }, { 0, 2 } },
	{ "a 12\" pipe ",      2, 2, { "a", "12\" pipe" }, { 0, 2 } },
	{ "a b",               1, 1, { "a b" }, { 0 } },
	{ "a b",               0, 0, { NULL }, { 0 } },
	/* quotes that never end */
	{ "\"",                4, -EBADMSG, { NULL }, { 0 } },
	{ "a \"b",             4, -EBADMSG, { NULL }, { 0 } },
	{ "a \"b\\\"",         4, -EBADMSG, { NULL }, { 0 } },
	/* clang-format on */
};

TEST_ROWS(line_is_split_into_words, lines, row)
{
	char line[64], *words[4];
	size_t begin[4];
	int n;

	CHECK_EQ(text_copy(line, sizeof(line), row->line), 0);
	n = text_split(line, words, row->max, begin);
	CHECK_EQ(n, row->result);
	for (int i = 0; i < n; i++) {
		CHECK_TEXT(words[i], row->words[i]);
		CHECK_EQ(begin[i], row->begin[i]);
	}
	CHECK_EQ(text_copy(line, sizeof(line), row->line), 0);
	CHECK_EQ(text_split(line, words, row->max, NULL), row->result);
}

TEST(text_starts_with_its_beginning)
{
	CHECK(text_starts("dial-peer", "dial"));
	CHECK(text_starts("dial", "dial"));
	CHECK(text_starts("dial", ""));
	CHECK(!text_starts("dia", "dial"));
	CHECK(!text_starts("Dial", "dial"));
}

static const struct {
	const char *a, *b;
	int sign;
} cases[] = {
	/* clang-format off */
	{ "",       "",       0 },
	{ "INVITE", "invite", 0 },
	{ "a",      "B",      -1 },
	{ "b",      "A",      1 },
	{ "ab",     "a",      1 },
	{ "a",      "AB",     -1 },
	{ "[",      "{",      -1 }, /* beside the letters, but none */
	{ "\xc4",   "a",      1 },  /* octets beyond ASCII are unsigned */
	/* clang-format on */
};

TEST_ROWS(words_compare_without_case, cases, row)
{
	int rc = text_casecmp(row->a, row->b);

	CHECK_EQ((rc > 0) - (rc < 0), row->sign);
}

static const struct {
	struct bytes raw;
	size_t size;
	const char *quoted;
} quotes[] = {
	/* clang-format off */
	{ RAW(""),                 32, "\"\"" },
	{ RAW("abc"),              32, "\"abc\"" },
	{ RAW("a\"b\\c"),          32, "\"a\\\"b\\\\c\"" },
	{ RAW("a\r\n\tb"),         32, "\"a\\r\\n\\tb\"" },
	{ RAW("\0\x1b[2J\x7f\xff"), 32, "\"\\x00\\x1b[2J\\x7f\\xff\"" },
	/* what does not fit is cut between octets, and shown */
	{ RAW("abcdef"),           9,  "\"abcdef\"" },
	{ RAW("abcdefgh"),         9,  "\"abc\"..." },
	{ RAW("ab\x01" "cdefg"),   9,  "\"ab\"..." },
	{ RAW("abc"),              3,  "\"\"" }, /* no room to say more */
	{ RAW("abc"),              1,  "" },
	/* clang-format on */
};

TEST_ROWS(octets_are_quoted_without_control_characters, quotes, row)
{
	char to[33];

	memset(to, 'x', sizeof(to));
	text_quote(to, row->size, row->raw);
	CHECK_TEXT(to, row->quoted);
	CHECK_EQ(to[row->size], 'x');
}
