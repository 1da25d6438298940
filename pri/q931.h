/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef PRI_Q931_H
#define PRI_Q931_H

/*
 * Our own reader of Q.921 and Q.931, for traces, ladders and the elements
 * libpri hides. It never reads past a frame.
 */

#include "kernel/bytes.h"

/*
 * Tells a frame in lines: first one line that says what it is ("SETUP pd=8
 * callref=0x0001" or "SABME"), then each element, octets and meaning. Never
 * reads past the frame; says what is malformed. Digits pass log_digits().
 */
void isdn_decode(struct bytes frame, bool sent,
                 void (*line)(void *self, const char *text), void *self);

/* Only the first line's name: "SETUP", "RR", "malformed"; and the call
 * reference (-1: none; bit 15 is the flag). For ladders and filters. */
const char *isdn_decode_name(struct bytes frame, int *callref);

/* The cleaner alone, for fuzzing: 0 when the frame is to be dropped; else its
 * new length; f holds n octets without FCS. */
size_t isdn_frame_clean(uint8_t *f, size_t n);

#endif
