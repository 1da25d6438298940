/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/* G.711, and the dot product that replaces spandsp's. */

#include "gateway/media/codec.h"

#include "tests/test.h"

#include <stdlib.h>
#include <string.h>

int32_t vec_circular_dot_prodi16(const int16_t x[], const int16_t y[], int n,
                                 int pos);

static const struct value {
	enum law law;
	uint8_t octet;
	int16_t linear; /* G.711 tables 1 and 2, on a 16-bit scale */
} values[] = {
	/* clang-format off */
	{ LAW_ALAW, 0xd5, 8 },      { LAW_ALAW, 0x55, -8 },
	{ LAW_ALAW, 0xaa, 32256 },  { LAW_ALAW, 0x2a, -32256 },
	{ LAW_ALAW, 0xd4, 24 },     { LAW_ALAW, 0xc5, 264 },
	{ LAW_ULAW, 0xff, 0 },      { LAW_ULAW, 0x80, 32124 },
	{ LAW_ULAW, 0x00, -32124 }, { LAW_ULAW, 0xfe, 8 },
	{ LAW_ULAW, 0xef, 132 },    { LAW_ULAW, 0x7e, -8 },
	/* clang-format on */
};

TEST_ROWS(octets_have_the_values_of_g711, values, row)
{
	int16_t linear;
	uint8_t back;

	codec_init();
	codec_decode(&linear, &row->octet, row->law, 1);
	CHECK_EQ(linear, row->linear);
	codec_encode(&back, row->law, &linear, 1);
	CHECK_EQ(back, row->octet);
}

static const enum law laws[] = { LAW_ALAW, LAW_ULAW };

TEST_ROWS(every_octet_survives_its_own_law, laws, law)
{
	codec_init();
	for (unsigned i = 0; i < 256; i++) {
		uint8_t in = (uint8_t)i, copy, back;
		int16_t linear;

		codec_copy(&copy, *law, &in, *law, 1);
		CHECK_EQ(copy, in);
		codec_decode(&linear, &in, *law, 1);
		codec_encode(&back, *law, &linear, 1);
		/* mu-law has two zeroes; the negative one reads as 0 */
		if (*law == LAW_ALAW || in != 0x7f)
			CHECK_EQ(back, in);
	}
}

TEST(conversion_between_laws_keeps_sign_and_stays_within_a_step)
{
	codec_init();
	for (unsigned i = 0; i < 256; i++) {
		uint8_t in = (uint8_t)i, out;
		int16_t before, after;

		codec_copy(&out, LAW_ULAW, &in, LAW_ALAW, 1);
		codec_decode(&before, &in, LAW_ALAW, 1);
		codec_decode(&after, &out, LAW_ULAW, 1);
		CHECK(abs(before - after) <= abs(before) / 16 + 16);
		CHECK(before > 0 ? after >= 0 : after <= 0);
		codec_copy(&out, LAW_ALAW, &in, LAW_ULAW, 1);
		codec_decode(&before, &in, LAW_ULAW, 1);
		codec_decode(&after, &out, LAW_ALAW, 1);
		CHECK(abs(before - after) <= abs(before) / 16 + 16);
	}
}

TEST(idle_of_one_law_is_as_quiet_in_the_other)
{
	uint8_t a = codec_idle(LAW_ALAW), u = codec_idle(LAW_ULAW), out;

	codec_init();
	codec_copy(&out, LAW_ALAW, &u, LAW_ULAW, 1);
	CHECK_EQ(out, a);
	codec_copy(&out, LAW_ULAW, &a, LAW_ALAW, 1);
	CHECK_EQ(out, 0xfe); /* G.711 table 3: A-law has no zero */
	CHECK_EQ(u, 0xff);
}

TEST(the_circular_dot_product_is_right_at_every_place)
{
	int16_t x[24], y[24];

	for (int i = 0; i < 24; i++) {
		x[i] = (int16_t)(i * 37 - 300);
		y[i] = (int16_t)(211 - i * i);
	}
	for (int pos = 0; pos < 24; pos++) {
		int32_t sum = 0;

		for (int i = 0; i < 24; i++)
			sum += (int32_t)x[(pos + i) % 24] * y[i];
		CHECK_EQ(vec_circular_dot_prodi16(x, y, 24, pos), sum);
	}
}
