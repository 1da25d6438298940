/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * G.711 by its definition: the value of each octet is computed from tables 1
 * and 2 of the recommendation, and an octet for a sample is searched among all
 * 256. Slow, plain, and nobody else's code. Levels follow G.711's digital
 * milliwatt: a sine at the overload point is +3.14 dBm0 (A) or +3.17 (mu); the
 * difference is below what is judged here.
 */

#include "tests/phone/phone.h"

#include <math.h>
#include <stdlib.h>

/* The 16-bit scale on which A-law ends at 32,256 and mu-law at 32,124. */
int phone_linear(enum law law, uint8_t octet)
{
	int code, segment, step, value;

	if (law == LAW_ALAW) {
		code = octet ^ 0x55;
		segment = code >> 4 & 7;
		step = code & 15;
		value = segment == 0 ? 16 * step + 8
		                     : (16 * step + 264) << (segment - 1);
		return code & 0x80 ? value : -value;
	}
	code = octet ^ 0xff;
	segment = code >> 4 & 7;
	step = code & 15;
	value = ((8 * step + 132) << segment) - 132;
	return code & 0x80 ? -value : value;
}

uint8_t phone_octet(enum law law, int linear)
{
	int best = 0, off = 1 << 20;

	for (int octet = 0; octet < 256; octet++) {
		int d = abs(phone_linear(law, (uint8_t)octet) - linear);

		if (d < off) {
			off = d;
			best = octet;
		}
	}
	return (uint8_t)best;
}

uint8_t phone_idle(enum law law)
{
	return law == LAW_ALAW ? ALAW_IDLE : ULAW_IDLE;
}

double phone_dbm0(double mean_square)
{
	const double full = 32256.0 * 32256.0 / 2;

	return mean_square < 1 ? -90 : 10 * log10(mean_square / full) + 3.14;
}

double phone_peak(double dbm0)
{
	return 32256.0 * pow(10, (dbm0 - 3.14) / 20);
}

/* x^16 + x^15 + x^13 + x^4 + 1, eight steps, newest bit last. */
uint8_t phone_pattern(uint16_t last_two)
{
	unsigned r = last_two;

	for (unsigned i = 0; i < 8; i++)
		r = r << 1 | ((r >> 15 ^ r >> 14 ^ r >> 12 ^ r >> 3) & 1);
	return (uint8_t)r;
}
