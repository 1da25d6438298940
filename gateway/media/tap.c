/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * The tap: a ring from each media thread to the signalling thread. A record is
 * a head and the packet, put in one piece, so that there is always a whole one
 * or none. The rings stay once they were allotted: opening and closing is a
 * flag, and a thread that has not seen it fall yet may put one packet more
 * into a ring, which is thrown away when the tap is opened again.
 *
 * The reader takes from the ring whose first record is the oldest, so that a
 * call whose ends run on two threads is told in its order.
 */

#include "gateway/media/tap.h"

#include "gateway/media/engine.h"
#include "kernel/ring.h"

#include <errno.h>
#include <string.h>

enum {
	TAP_PACKET = SESSION_DATAGRAM,
	DRAIN_MOST = 2048, /* in one go: 200,000 packets a second */
};

#define DRAIN_EVERY MSEC(10)

void tap_copy(struct tap *tap, struct tap_head *head, struct bytes packet)
{
	uint8_t record[sizeof(*head) + TAP_PACKET];

	if (packet.len > TAP_PACKET) {
		shared_add(&tap->dropped, 1);
		return;
	}
	head->length = (uint16_t)packet.len;
	memcpy(record, head, sizeof(*head));
	memcpy(record + sizeof(*head), packet.at, packet.len);
	if (!ring_put(tap->ring, record, sizeof(*head) + packet.len))
		shared_add(&tap->dropped, 1);
}

/* The tap whose oldest record is the oldest of all; NULL: nothing waits. */
static struct tap *oldest(struct media_engine *engine)
{
	struct tap *best = NULL;

	for (unsigned i = 0; i < engine->nworkers; i++) {
		struct tap *tap = &engine->workers[i].tap;

		if (!tap->taken && tap->ring != NULL)
			tap->taken = ring_take(tap->ring, (void *)&tap->next,
			                       sizeof(tap->next));
		if (tap->taken &&
		    (best == NULL ||
		     instant_since(best->next.at, tap->next.at) > 0))
			best = tap;
	}
	return best;
}

void media_tap_drain(struct media_engine *engine)
{
	uint8_t octets[TAP_PACKET];
	int64_t wall_less_clock = wall_now() - instant_now().us;

	if (engine->tap.fn == NULL)
		return;
	for (unsigned n = 0; n < DRAIN_MOST; n++) {
		struct tap *tap = oldest(engine);
		struct media_tapped tapped;

		if (tap == NULL ||
		    !ring_take(tap->ring, octets, tap->next.length))
			return;
		tapped = (struct media_tapped){
			.wall_us = tap->next.at.us + wall_less_clock,
			.sent = tap->next.sent,
			.local = &tap->next.local,
			.remote = &tap->next.remote,
			.packet = { octets, tap->next.length },
		};
		tap->taken = false;
		engine->tap.fn(engine->tap.self, &tapped);
	}
}

static void drain(void *self)
{
	struct media_engine *engine = self;

	media_tap_drain(engine);
	timer_start(&engine->tap.timer, DRAIN_EVERY);
}

static void forget(struct tap *tap)
{
	tap->taken = false;
	ring_drop(tap->ring, ring_waiting(tap->ring));
	tap->dropped_before = shared_get(&tap->dropped);
}

int media_tap_open(struct media_engine *engine, size_t octets, media_tap_fn fn,
                   void *self)
{
	media_tap_close(engine);
	for (unsigned i = 0; i < engine->nworkers; i++) {
		struct tap *tap = &engine->workers[i].tap;

		if (tap->ring == NULL && ring_new(&tap->ring, octets) < 0)
			return -ENOMEM;
	}
	engine->tap.fn = fn;
	engine->tap.self = self;
	for (unsigned i = 0; i < engine->nworkers; i++) {
		forget(&engine->workers[i].tap);
		shared_raise(&engine->workers[i].tap.on, 1);
	}
	timer_init(&engine->tap.timer, engine->loop, "media tap", drain,
	           engine);
	timer_start(&engine->tap.timer, DRAIN_EVERY);
	return 0;
}

void media_tap_close(struct media_engine *engine)
{
	if (engine->tap.fn == NULL)
		return;
	for (unsigned i = 0; i < engine->nworkers; i++)
		shared_raise(&engine->workers[i].tap.on, 0);
	media_tap_drain(engine);
	timer_stop(&engine->tap.timer);
	engine->tap.fn = NULL;
}

bool media_tap_is_open(const struct media_engine *engine)
{
	return engine->tap.fn != NULL;
}

uint64_t media_tap_dropped(const struct media_engine *engine)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < engine->nworkers; i++)
		n += shared_get(&engine->workers[i].tap.dropped) -
		     engine->workers[i].tap.dropped_before;
	return n;
}
