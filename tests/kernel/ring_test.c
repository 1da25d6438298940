/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#include "kernel/ring.h"

#include <errno.h>
#include <string.h>

#include "kernel/thread.h"
#include "tests/test.h"

TEST(octets_come_out_in_the_order_they_went_in)
{
	static const uint8_t in[] = "abcdefgh";
	struct ring *ring;
	uint8_t out[8];

	CHECK_EQ(ring_new(&ring, 16), 0);
	/* Seven at a time in sixteen: every wrap is met. */
	for (int i = 0; i < 40; i++) {
		CHECK(ring_put(ring, in, 7));
		CHECK_EQ(ring_waiting(ring), 7);
		memset(out, 0, sizeof(out));
		CHECK(ring_take(ring, out, 3));
		CHECK(ring_take(ring, out + 3, 4));
		CHECK_MEM(out, in, 7);
	}
	CHECK(ring_free(ring) == NULL);
}

TEST(what_does_not_fit_is_refused_whole)
{
	static const uint8_t in[17] = { 1, 2, 3 };
	struct ring *ring;
	uint8_t out[17];

	CHECK_EQ(ring_new(&ring, 9), 0); /* becomes 16 */
	CHECK(!ring_put(ring, in, 17));
	CHECK(!ring_put(ring, in, SIZE_MAX));
	CHECK_EQ(ring_waiting(ring), 0);
	CHECK(ring_put(ring, in, 10));
	CHECK(!ring_put(ring, in, 7));
	CHECK(ring_put(ring, in, 6));
	CHECK(!ring_put(ring, in, 1));
	CHECK(ring_put(ring, in, 0));
	CHECK(!ring_take(ring, out, 17));
	CHECK_EQ(ring_waiting(ring), 16);
	CHECK(ring_take(ring, out, 16));
	CHECK(!ring_take(ring, out, 1));
	CHECK(ring_take(ring, out, 0));
	(void)ring_free(ring);
}

TEST(oldest_octets_are_dropped)
{
	struct ring *ring;
	uint8_t out[2];

	CHECK_EQ(ring_new(&ring, 16), 0);
	CHECK(ring_put(ring, (const uint8_t *)"abcde", 5));
	ring_drop(ring, 3);
	CHECK_EQ(ring_waiting(ring), 2);
	CHECK(ring_take(ring, out, 2));
	CHECK_MEM(out, "de", 2);
	ring_drop(ring, 0);
	(void)ring_free(ring);
}

TEST(sizes_beyond_memory_are_refused)
{
	struct ring *ring;

	CHECK_EQ(ring_new(&ring, SIZE_MAX), -ENOMEM);
	CHECK_EQ(ring_new(&ring, SIZE_MAX / 2), -ENOMEM);
	CHECK(ring_free(NULL) == NULL);
}

enum { STREAM_OCTETS = 200000, CHUNK = 37 };

static void write_stream(void *self)
{
	struct ring *ring = self;
	uint8_t chunk[CHUNK];

	for (unsigned at = 0; at < STREAM_OCTETS; at += CHUNK) {
		for (unsigned i = 0; i < CHUNK; i++)
			chunk[i] = (uint8_t)((at + i) * 7 >> 3);
		while (!ring_put(ring, chunk, CHUNK))
			thread_self(); /* full: the reader will come */
	}
}

TEST_FOR(60, two_threads_pass_a_stream_unharmed)
{
	struct ring *ring;
	struct thread *writer;
	unsigned at = 0;
	uint8_t octet;

	CHECK_EQ(ring_new(&ring, 256), 0);
	CHECK_EQ(thread_start(&writer, "writer", false, write_stream, ring), 0);
	while (at < STREAM_OCTETS) {
		if (!ring_take(ring, &octet, 1))
			continue;
		CHECK_EQ(octet, (uint8_t)(at * 7 >> 3));
		at++;
	}
	writer = thread_join(writer);
	(void)ring_free(ring);
}

LADDER(ring_survives_want_of_memory)
{
	struct ring *ring = NULL;
	int rc = ring_new(&ring, 64);

	CHECK_EQ(rc, ladder_ok() ? 0 : -ENOMEM);
	(void)ring_free(ring);
}
