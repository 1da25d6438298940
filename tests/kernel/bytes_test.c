/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#include "kernel/bytes.h"

#include <errno.h>

#include "tests/test.h"

static const uint8_t wire[] = { 0x01, 0x02, 0x83, 0x04, 0xff, 0x06, 0x07 };

TEST(integers_are_taken_big_endian)
{
	struct bytes in = BYTES(wire);
	uint8_t one;
	uint16_t two;
	uint32_t four;

	CHECK(take_u8(&in, &one) && one == 0x01);
	CHECK(take_u16(&in, &two) && two == 0x0283);
	CHECK(take_u32(&in, &four) && four == 0x04ff0607);
	CHECK_EQ(in.len, 0);
}

static const struct {
	size_t have;
	char what; /* 1, 2, 4: an integer; s: skip 5; b: bytes 5 */
	bool fits;
} takes[] = {
	/* clang-format off */
	{ 0, '1', false }, { 1, '1', true },
	{ 1, '2', false }, { 2, '2', true },
	{ 3, '4', false }, { 4, '4', true },
	{ 4, 's', false }, { 5, 's', true },
	{ 4, 'b', false }, { 5, 'b', true },
	/* clang-format on */
};

static bool take_one(struct bytes *in, char what, size_t *taken)
{
	uint8_t one;
	uint16_t two;
	uint32_t four;
	struct bytes b;

	*taken = what >= '1' && what <= '4' ? (size_t)(what - '0') : 5;
	switch (what) {
	case '1':
		return take_u8(in, &one);
	case '2':
		return take_u16(in, &two);
	case '4':
		return take_u32(in, &four);
	case 's':
		return take_skip(in, 5);
	default:
		return take_bytes(in, 5, &b);
	}
}

TEST_ROWS(failed_take_leaves_the_cursor_where_it_was, takes, row)
{
	struct bytes in = { wire, row->have };
	size_t taken;
	bool fits = take_one(&in, row->what, &taken);

	CHECK_EQ(fits, row->fits);
	CHECK_EQ(in.len, row->fits ? row->have - taken : row->have);
	CHECK(in.at == wire + (row->fits ? taken : 0));
}

TEST(nothing_can_be_taken_from_an_empty_cursor_but_nothing)
{
	struct bytes in = { NULL, 0 }, out;

	CHECK(take_skip(&in, 0));
	CHECK(take_bytes(&in, 0, &out) && out.len == 0);
	CHECK(!take_skip(&in, 1));
	CHECK(!take_line(&in, &out));
	CHECK(!take_skip(&in, SIZE_MAX));
}

static const struct {
	const char *in;
	const char *lines[4];
} texts[] = {
	/* clang-format off */
	{ "",             { NULL } },
	{ "a",            { "a" } },
	{ "a\r\nb\r\n",   { "a", "b" } },
	{ "a\nb",         { "a", "b" } },
	{ "\r\n\nx",      { "", "", "x" } },
	{ "a\rb\r\n",     { "a\rb" } },      /* CR alone ends nothing */
	{ "a\r",          { "a\r" } },
	/* clang-format on */
};

TEST_ROWS(lines_end_with_crlf_lf_or_the_end, texts, row)
{
	struct bytes in = { (const uint8_t *)row->in, strlen(row->in) };
	struct bytes line;
	size_t n = 0;

	for (; take_line(&in, &line); n++) {
		CHECK(row->lines[n] != NULL);
		CHECK_EQ(line.len, strlen(row->lines[n]));
		CHECK_MEM(line.at, row->lines[n], line.len);
	}
	CHECK(row->lines[n] == NULL);
}

static const struct {
	struct bytes a, b;
	bool equal;
} pairs[] = {
	/* clang-format off */
	{ { wire, 3 },     { wire, 3 },     true },
	{ { wire, 3 },     { wire, 4 },     false },
	{ { wire, 3 },     { wire + 1, 3 }, false },
	{ { NULL, 0 },     { wire, 0 },     true },
	/* clang-format on */
};

TEST_ROWS(bytes_are_equal_when_all_octets_are, pairs, row)
{
	CHECK_EQ(bytes_equal(row->a, row->b), row->equal);
}

static const struct {
	const char *hex;
	int result;
	uint8_t octets[4];
} hexes[] = {
	/* clang-format off */
	{ "",               0,        { 0 } },
	{ "  ",             0,        { 0 } },
	{ "0a0b 0C",        3,        { 0x0a, 0x0b, 0x0c } },
	{ " fF\t00\n7e ",   3,        { 0xff, 0x00, 0x7e } },
	{ "01 02 03 04",    4,        { 1, 2, 3, 4 } },
	{ "01 02 03 04 05", -ENOSPC,  { 0 } },
	{ "0",              -EBADMSG, { 0 } },
	{ "0 1",            -EBADMSG, { 0 } },
	{ "0g",             -EBADMSG, { 0 } },
	{ "x1",             -EBADMSG, { 0 } },
	{ "012",            -EBADMSG, { 0 } },
	/* clang-format on */
};

TEST_ROWS(hex_is_read_strictly, hexes, row)
{
	uint8_t octets[4];
	int n = bytes_from_hex(octets, sizeof(octets), row->hex);

	CHECK_EQ(n, row->result);
	if (n > 0)
		CHECK_MEM(octets, row->octets, n);
}

TEST(writer_writes_big_endian)
{
	uint8_t room[16];
	struct writer w = WRITER(room);

	put_u8(&w, 0x01);
	put_u16(&w, 0x0283);
	put_u32(&w, 0x04ff0607);
	put_bytes(&w, (struct bytes){ NULL, 0 });
	CHECK(!w.full);
	CHECK_EQ(w.len, sizeof(wire));
	CHECK_MEM(room, wire, sizeof(wire));
}

TEST(writer_that_is_full_takes_nothing_more)
{
	uint8_t room[4] = { 0, 0, 0, 0xee };
	struct writer w = { .at = room, .size = 3 };

	put_u16(&w, 0x0102);
	put_u16(&w, 0x0304);
	CHECK(w.full);
	put_u8(&w, 0x05); /* would fit, but would leave a hole */
	CHECK_EQ(w.len, 2);
	CHECK_EQ(room[2], 0);
	CHECK_EQ(room[3], 0xee);
}

TEST(writer_can_be_filled_to_the_last_octet)
{
	uint8_t room[7];
	struct writer w = WRITER(room);

	put_bytes(&w, BYTES(wire));
	CHECK(!w.full);
	CHECK_EQ(w.len, 7);
	put_bytes(&w, (struct bytes){ wire, 0 });
	CHECK(!w.full);
	put_u8(&w, 1);
	CHECK(w.full);
}
