/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_MEDIA_CONCEAL_H
#define GATEWAY_MEDIA_CONCEAL_H

/*
 * What is played in place of sound that did not come: the last pitch periods
 * again, fading (in the manner of G.711 Appendix I). Sound that did come passes
 * untouched, but for the first 4 ms after a loss, which are blended in.
 */

#include "kernel/phone.h"

enum {
	CONCEAL_PAST = 40 * 8, /* octets remembered */
	CONCEAL_MOST = 60 * 8, /* octets made; then idle */
};

struct conceal {
	uint8_t past[CONCEAL_PAST]; /* a ring of what was heard */
	unsigned at;                /* its oldest */
	unsigned known;             /* how many of them are of this sound */
	unsigned made;              /* octets since the last that came */
	unsigned period;            /* of what is repeated */
};

/* Forgets what was heard. */
void conceal_forget(struct conceal *c);

/* n octets came and are about to be played. */
void conceal_heard(struct conceal *c, uint8_t *octets, unsigned n,
                   enum law law);

/* n octets in place of what did not come; returns how many are not idle. */
unsigned conceal_make(struct conceal *c, uint8_t *to, unsigned n, enum law law);

#endif
