/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_MEDIA_CLAMP_H
#define GATEWAY_MEDIA_CLAMP_H

/*
 * Suspects the beginning of a DTMF tone some 10 to 15 ms after it, long before
 * a detector may be sure, so that it can be kept out of the sound that goes
 * beside telephone-events. It adds no delay: what it says is how much of what
 * was heard last, if that can still be had, and of what comes, is to be muted.
 */

#include "kernel/base.h"

enum { CLAMP_BLOCK = 40, CLAMP_BLOCKS = 5 };

struct clamp {
	int16_t window[2 * CLAMP_BLOCK]; /* the last two blocks, and */
	unsigned filled;                 /* how much of the second */
	float power[CLAMP_BLOCKS];       /* of whole blocks, newest first */
	bool muting;
	unsigned unsure; /* blocks muted that nobody has called a digit */
	unsigned begun;  /* how often it has suspected one */
};

void clamp_init(struct clamp *c);

/* n samples were heard; digit: the detector says that one is. Returns how many
 * octets are to be muted, counted back from the last of these: 0, or n, or more
 * than n when a tone was suspected just now. */
unsigned clamp_hear(struct clamp *c, const int16_t *samples, unsigned n,
                    bool digit);

#endif
