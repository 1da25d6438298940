/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_MEDIA_TONES_H
#define GATEWAY_MEDIA_TONES_H

/*
 * Tones: the cadences of a country as plans, and what plays them. A plan is
 * made on the signalling thread, once, and shared by all who play it; playing
 * allocates nothing.
 */

#include "kernel/base.h"

enum { TONES_STEPS = 24 };

struct tones_step {
	uint16_t first, second; /* Hz; 0: none */
	uint32_t octets;        /* how long, never 0 unless for ever */
	bool modulated;         /* second modulates first */
	bool for_ever;
};

struct tones_plan {
	struct tones_step steps[TONES_STEPS];
	unsigned count, again; /* after the last, go on with step `again` */
};

/* From the text of libtonezone: "440+480/2000,0/4000". -EBADMSG. */
int tones_read(struct tones_plan *out, const char *text);

/* "ring", "busy", "congestion", "info", "dial" of a zone ("de"); an unknown
 * zone is taken as "us". It stays good. -ENOENT: no such tone. */
int tones_find(const struct tones_plan **out, const char *tone,
               const char *zone);

/* Up to two sines; a frequency of 0 is silence. */
struct tones_wave {
	double turn[2], now[2], before[2];
	bool modulated;
};

void tones_wave_begin(struct tones_wave *w, const unsigned hz[2],
                      const double dbm0[2]);
void tones_wave_play(struct tones_wave *w, int16_t *to, unsigned n);

struct tones_player {
	bool on;
	const struct tones_plan *plan;
	unsigned step;
	uint32_t left;
	struct tones_wave wave;
};

/* The plan is borrowed. */
void tones_begin(struct tones_player *p, const struct tones_plan *plan);
void tones_play(struct tones_player *p, int16_t *to, unsigned n);

#endif
