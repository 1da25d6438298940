/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * One writer, one reader, no lock. Two counters of octets that only grow: how
 * many were ever put, how many ever taken; their difference waits. Each side
 * writes its own counter and reads the other's. The writer releases its counter
 * after the octets are there, the reader after they are copied out, so neither
 * sees the other's half-done work. The size is a power of two, so the counters
 * may wrap and their lowest bits are still the place.
 *
 * The counters lie on cache lines of their own: two threads, on two cores, a
 * thousand times a second.
 */
#include "kernel/ring.h"

#include <assert.h>
#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#include "kernel/mem.h"

enum { CACHE_LINE = 64, RING_LEAST = 16 };

struct ring {
	uint8_t *octets;
	size_t size;
	/* Apart by filling, not by alignment: malloc gives 16 only. */
	uint8_t apart_[CACHE_LINE];
	_Atomic size_t put;
	uint8_t apart2_[CACHE_LINE];
	_Atomic size_t taken;
	uint8_t apart3_[CACHE_LINE];
};

int ring_new(struct ring **out, size_t size)
{
	struct ring *ring = mem_new(struct ring);
	size_t whole = RING_LEAST;

	while (whole < size && whole <= SIZE_MAX / 4)
		whole *= 2;
	if (ring != NULL && whole >= size)
		ring->octets = mem_new_array(uint8_t, whole);
	if (ring == NULL || ring->octets == NULL) {
		(void)ring_free(ring);
		return -ENOMEM;
	}
	ring->size = whole;
	*out = ring;
	return 0;
}

struct ring *ring_free(struct ring *ring)
{
	if (ring != NULL)
		mem_free(ring->octets);
	return mem_free(ring);
}

bool ring_put(struct ring *ring, const uint8_t *from, size_t n)
{
	size_t put = atomic_load_explicit(&ring->put, memory_order_relaxed);
	size_t taken = atomic_load_explicit(&ring->taken, memory_order_acquire);
	size_t place = put & (ring->size - 1);
	size_t first = MIN_OF(n, ring->size - place);

	if (n > ring->size - (put - taken))
		return false;
	if (n == 0)
		return true;
	memcpy(ring->octets + place, from, first);
	memcpy(ring->octets, from + first, n - first);
	atomic_store_explicit(&ring->put, put + n, memory_order_release);
	return true;
}

size_t ring_waiting(const struct ring *ring)
{
	return atomic_load_explicit(&ring->put, memory_order_acquire) -
	       atomic_load_explicit(&ring->taken, memory_order_relaxed);
}

bool ring_take(struct ring *ring, uint8_t *to, size_t n)
{
	size_t taken = atomic_load_explicit(&ring->taken, memory_order_relaxed);
	size_t place = taken & (ring->size - 1);
	size_t first = MIN_OF(n, ring->size - place);

	if (n > ring_waiting(ring))
		return false;
	if (n == 0)
		return true;
	memcpy(to, ring->octets + place, first);
	memcpy(to + first, ring->octets, n - first);
	atomic_store_explicit(&ring->taken, taken + n, memory_order_release);
	return true;
}

void ring_drop(struct ring *ring, size_t n)
{
	size_t taken = atomic_load_explicit(&ring->taken, memory_order_relaxed);

	assert(n <= ring_waiting(ring));
	atomic_store_explicit(&ring->taken, taken + n, memory_order_release);
}
