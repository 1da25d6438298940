/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * The sound one turn of a virtual span has received and not yet handed over.
 *
 * It is empty at the end of each turn, so it needs no ring: what comes is put
 * behind what waits, and when the last is taken all begins again at the front.
 * Normally it holds one packet. After a stall it holds what the stall left in
 * the socket; were all of it handed over, the line would be late by the length
 * of the stall for ever. So beyond 320 samples (40 ms) the oldest go until 80
 * are left: an elastic store that slips, as a card's does.
 *
 * Each slot has a length of its own, because a slip can be asked for in one
 * slot alone. Such a slot is simply shorter, and leaves the last tick early.
 */

#include "board/wire_packet.h"

#include <string.h>

static unsigned longest(const struct wire_fifo *fifo)
{
	unsigned most = 0;

	for (unsigned slot = 1; slot < TICK_SLOTS; slot++)
		most = MAX_OF(most, fifo->waiting[slot]);
	return most;
}

static void shift(struct wire_fifo *fifo, unsigned slot, unsigned n)
{
	uint8_t *octets = fifo->octets[slot];

	n = MIN_OF(n, fifo->waiting[slot]);
	fifo->waiting[slot] -= n;
	memmove(octets, octets + n, fifo->waiting[slot]);
}

static bool overflow(struct wire_fifo *fifo)
{
	unsigned most = longest(fifo);

	if (most <= FIFO_MOST)
		return false;
	for (unsigned slot = 1; slot < TICK_SLOTS; slot++)
		shift(fifo, slot, most - FIFO_KEEP);
	return true;
}

/* from NULL: idle. What the slot has to lose, it loses at the front. */
static void append(struct wire_fifo *fifo, unsigned slot, const uint8_t *from,
                   unsigned count)
{
	unsigned lost = MIN_OF((unsigned)fifo->lose[slot], count);
	uint8_t *to = fifo->octets[slot] + fifo->waiting[slot];

	fifo->lose[slot] = (uint8_t)(fifo->lose[slot] - lost);
	if (from == NULL)
		memset(to, fifo->idle, count - lost);
	else
		memcpy(to, from + lost, count - lost);
	fifo->waiting[slot] += count - lost;
}

bool wire_fifo_put(struct wire_fifo *fifo, const struct wire_samples *samples)
{
	struct bytes left = samples->octets, own;

	for (unsigned slot = 1; slot < TICK_SLOTS; slot++) {
		if (!(fifo->bearers >> slot & 1))
			continue;
		if (!(samples->mask >> slot & 1) ||
		    !take_bytes(&left, samples->count, &own))
			own.at = NULL;
		append(fifo, slot, own.at, samples->count);
	}
	return overflow(fifo);
}

bool wire_fifo_put_idle(struct wire_fifo *fifo, unsigned count)
{
	struct wire_samples none = { .count = count };

	return wire_fifo_put(fifo, &none);
}

void wire_fifo_lose(struct wire_fifo *fifo, unsigned slot)
{
	for (unsigned at = 1; at < TICK_SLOTS; at++)
		if ((slot == 0 || slot == at) && fifo->lose[at] < UINT8_MAX)
			fifo->lose[at]++;
}

bool wire_fifo_take(struct wire_fifo *fifo, struct tick *tick, unsigned count)
{
	uint32_t mask = 0;

	for (unsigned slot = 1; slot < TICK_SLOTS; slot++) {
		unsigned left = fifo->waiting[slot] - fifo->taken[slot];

		if (left == 0)
			continue;
		mask |= UINT32_C(1) << slot;
		count = MIN_OF(count, left);
	}
	for (unsigned slot = 1; slot < TICK_SLOTS; slot++) {
		if (!(mask >> slot & 1)) {
			continue;
		}
		memcpy(tick->octets[slot],
		       fifo->octets[slot] + fifo->taken[slot], count);
		fifo->taken[slot] += count;
	}
	if (mask == 0) {
		memset(fifo->taken, 0, sizeof(fifo->taken));
		memset(fifo->waiting, 0, sizeof(fifo->waiting));
		return false;
	}
	tick->mask = mask;
	tick->count = count;
	return true;
}
