/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * G.711, octets as in RTP payloads, and levels.
 *
 * The formulas of G.711 rather than tables: this is a tool, not the media
 * path. Levels follow G.711 table 5 and 6: a full-scale sine is +3.14 dBm0 in
 * A-law and +3.17 dBm0 in mu-law.
 */

#include "tools/pbx/sound.h"

#include <math.h>

static unsigned segment_of(unsigned magnitude)
{
	unsigned segment = 0;

	while (segment < 8 && magnitude >> (segment + 8) != 0)
		segment++;
	return segment;
}

static int16_t linear_of_alaw(uint8_t octet)
{
	unsigned a = octet ^ 0x55u, segment = (a >> 4) & 7;
	int v = (int)(a & 0x0f) << 4;

	v = segment > 0 ? (v + 0x108) << (segment - 1) : v + 8;
	return (int16_t)(a & 0x80 ? v : -v);
}

static uint8_t alaw_of_linear(int v)
{
	unsigned mask = v >= 0 ? 0xd5 : 0x55;
	unsigned m = (unsigned)(v >= 0 ? v : -v - 1), segment = segment_of(m);

	if (segment >= 8)
		return (uint8_t)(0x7f ^ mask);
	m = (m >> (segment > 0 ? segment + 3 : 4)) & 0x0f;
	return (uint8_t)((segment << 4 | m) ^ mask);
}

static int16_t linear_of_ulaw(uint8_t octet)
{
	unsigned u = (uint8_t)~octet;
	int v = (int)((((u & 0x0f) << 3) + 0x84) << ((u >> 4) & 7)) - 0x84;

	return (int16_t)(u & 0x80 ? -v : v);
}

static uint8_t ulaw_of_linear(int v)
{
	unsigned mask = v < 0 ? 0x7f : 0xff;
	unsigned m = (unsigned)(v < 0 ? -v : v) + 0x84, segment = segment_of(m);

	if (segment >= 8)
		return (uint8_t)(0x7f ^ mask);
	return (uint8_t)((segment << 4 | ((m >> (segment + 3)) & 0x0f)) ^ mask);
}

int16_t law_linear(enum law law, uint8_t octet)
{
	return law == LAW_ALAW ? linear_of_alaw(octet) : linear_of_ulaw(octet);
}

uint8_t law_octet(enum law law, int linear)
{
	linear = MAX_OF(-32767, MIN_OF(32767, linear));
	return law == LAW_ALAW ? alaw_of_linear(linear)
	                       : ulaw_of_linear(linear);
}

uint8_t law_idle(enum law law)
{
	return law == LAW_ALAW ? ALAW_IDLE : ULAW_IDLE;
}

static double full_scale(enum law law)
{
	return law == LAW_ALAW ? 3.14 : 3.17;
}

double law_dbm0(enum law law, double mean_square)
{
	double full = 32768.0 * 32768.0 / 2;

	if (mean_square < 1e-3)
		mean_square = 1e-3;
	return 10 * log10(mean_square / full) + full_scale(law);
}

double law_amplitude(enum law law, double dbm0)
{
	return 32768.0 * pow(10, (dbm0 - full_scale(law)) / 20);
}
