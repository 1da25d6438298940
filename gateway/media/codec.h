/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_MEDIA_CODEC_H
#define GATEWAY_MEDIA_CODEC_H

/*
 * Codecs as rows, and G.711 between its two laws and linear samples. Octets
 * that need nothing done to them are copied, never decoded.
 */

#include "kernel/flow.h"

struct codec_row {
	enum codec codec;
	enum law law;
	unsigned octets_a_ms; /* on the wire and of its time line */
};

/* NULL: no such codec here. */
const struct codec_row *codec_find(enum codec codec);

/* Fills the tables; before any thread uses them, as often as wanted. */
void codec_init(void);

uint8_t codec_idle(enum law law);

/* From one law to another (G.711 tables 3 and 4), bit-exact in the same. */
void codec_copy(uint8_t *to, enum law to_law, const uint8_t *from,
                enum law from_law, size_t n);

void codec_decode(int16_t *to, const uint8_t *from, enum law law, size_t n);
void codec_encode(uint8_t *to, enum law law, const int16_t *from, size_t n);

#endif
