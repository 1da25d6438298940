/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef KERNEL_RING_H
#define KERNEL_RING_H

/*
 * Octets from one writing thread to one reading thread, without a lock.
 * Storage is allotted once; what does not fit is refused whole.
 */

#include "kernel/base.h"

struct ring;

/* size is rounded up to a power of two. */
int ring_new(struct ring **out, size_t size);
struct ring *ring_free(struct ring *ring);

/* All of it or nothing (false). Writer's thread. */
bool ring_put(struct ring *ring, const uint8_t *from, size_t n);

/* All of it or nothing (false). Reader's thread. */
bool ring_take(struct ring *ring, uint8_t *to, size_t n);

/* How much waits, and drop the oldest n. Reader's thread. */
size_t ring_waiting(const struct ring *ring);
void ring_drop(struct ring *ring, size_t n);

#endif
