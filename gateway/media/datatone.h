/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_MEDIA_DATATONE_H
#define GATEWAY_MEDIA_DATATONE_H

/*
 * Is this a fax or a modem? Listens to a line in both directions for the tones
 * by which one answers (V.25, V.8) and the flags a fax begins with (T.30), and
 * finds one at most, until it is reset. Allocates once; one thread at a time.
 */

#include "kernel/phone.h"

struct datatone;

enum datatone_side {
	DATATONE_HEARD, /* said by the line */
	DATATONE_SENT,  /* to it */
	DATATONE_SIDES,
};

int datatone_new(struct datatone **out);
struct datatone *datatone_free(struct datatone *d);
void datatone_reset(struct datatone *d);

/* n octets of one side. True once, when something was found in them. */
bool datatone_hear(struct datatone *d, enum datatone_side side,
                   const uint8_t *octets, enum law law, unsigned n);

/* What was found, and on which side; DATA_TONE_NONE: nothing yet. */
enum data_tone datatone_found(const struct datatone *d,
                              enum datatone_side *side);

#endif
