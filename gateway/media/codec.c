/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * G.711. A call between equal laws is a copy of octets: nothing is decoded, so
 * a modem, a fax and a test pattern pass as they came. Between different laws
 * the recommendation's own conversion tables are used (spandsp has them), which
 * lose less than decoding and encoding would. Linear samples exist only for
 * what must hear or make sound: the DTMF detector and the tone generators.
 *
 * The dot product at the end replaces spandsp's. Debian's archive of the
 * library has it miscompiled (it runs past the end of the filter, and G.722
 * crashes); the Makefile weakens that symbol and this one takes its place. It
 * stands in this file because this file is always linked.
 */

#include "gateway/media/codec.h"

#include "gateway/media/private.h"

/* clang-format off */
static const struct codec_row codec_rows[] = {
	{ CODEC_PCMU, LAW_ULAW, 8 },
	{ CODEC_PCMA, LAW_ALAW, 8 },
};
/* clang-format on */

static uint8_t a_from_u[256], u_from_a[256];
static int16_t linear[2][256]; /* by law */

const struct codec_row *codec_find(enum codec codec)
{
	for (size_t i = 0; i < ARRAY_LEN(codec_rows); i++)
		if (codec_rows[i].codec == codec)
			return &codec_rows[i];
	return NULL;
}

uint8_t codec_idle(enum law law)
{
	return law == LAW_ALAW ? ALAW_IDLE : ULAW_IDLE;
}

/* G.711 table 1: seven binary digits under the sign, even bits inverted. */
static int16_t from_alaw(uint8_t octet)
{
	unsigned a = octet ^ 0x55u, segment = (a & 0x70u) >> 4;
	int value = (int)(a & 0x0fu) << 4;

	value = segment != 0 ? (value + 0x108) << (segment - 1) : value + 8;
	return (int16_t)(a & 0x80u ? value : -value);
}

/* G.711 table 2: all digits inverted, a bias of 33 (132 in 16 bits). */
static int16_t from_ulaw(uint8_t octet)
{
	unsigned u = ~(unsigned)octet;
	int value = (int)(((u & 0x0fu) << 3) + 0x84) << ((u & 0x70u) >> 4);

	return (int16_t)(u & 0x80u ? 0x84 - value : value - 0x84);
}

static unsigned segment_of(unsigned magnitude)
{
	return 24 - (unsigned)__builtin_clz(magnitude | 0xffu);
}

static uint8_t to_alaw(int sample)
{
	unsigned mask = sample >= 0 ? 0xd5 : 0x55;
	unsigned magnitude = (unsigned)(sample >= 0 ? sample : -sample - 1);
	unsigned segment = segment_of(magnitude);
	unsigned shift = segment != 0 ? segment + 3 : 4;

	if (segment > 7)
		return (uint8_t)(0x7f ^ mask);
	return (uint8_t)((segment << 4 | (magnitude >> shift & 0x0f)) ^ mask);
}

static uint8_t to_ulaw(int sample)
{
	unsigned mask = sample >= 0 ? 0xff : 0x7f;
	unsigned magnitude = (unsigned)(sample >= 0 ? sample : -sample) + 0x84;
	unsigned segment = segment_of(magnitude);

	if (segment > 7)
		return (uint8_t)(0x7f ^ mask);
	return (uint8_t)((segment << 4 | (magnitude >> (segment + 3) & 0x0f)) ^
	                 mask);
}

void codec_init(void)
{
	for (unsigned i = 0; i < 256; i++) {
		a_from_u[i] = ulaw_to_alaw((uint8_t)i);
		u_from_a[i] = alaw_to_ulaw((uint8_t)i);
		linear[LAW_ALAW][i] = from_alaw((uint8_t)i);
		linear[LAW_ULAW][i] = from_ulaw((uint8_t)i);
	}
}

void codec_copy(uint8_t *to, enum law to_law, const uint8_t *from,
                enum law from_law, size_t n)
{
	const uint8_t *table = to_law == LAW_ALAW ? a_from_u : u_from_a;

	if (to_law == from_law)
		memcpy(to, from, n);
	else
		for (size_t i = 0; i < n; i++)
			to[i] = table[from[i]];
}

void codec_decode(int16_t *to, const uint8_t *from, enum law law, size_t n)
{
	const int16_t *table = linear[law];

	for (size_t i = 0; i < n; i++)
		to[i] = table[from[i]];
}

void codec_encode(uint8_t *to, enum law law, const int16_t *from, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] = law == LAW_ALAW ? to_alaw(from[i]) : to_ulaw(from[i]);
}

/* x is a circular buffer of n that begins at pos; y is straight. */
int32_t vec_circular_dot_prodi16(const int16_t x[], const int16_t y[], int n,
                                 int pos)
{
	int32_t sum = 0;

	for (int i = 0; i < n - pos; i++)
		sum += (int32_t)x[pos + i] * y[i];
	for (int i = 0; i < pos; i++)
		sum += (int32_t)x[i] * y[n - pos + i];
	return sum;
}
