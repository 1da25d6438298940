/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_MEDIA_TAP_H
#define GATEWAY_MEDIA_TAP_H

/*
 * Copies of the RTP and RTCP of all sessions, for a capture. A media thread
 * puts them into a ring of its own and goes on; what does not fit is dropped
 * and counted. The signalling thread empties the rings and is told packet by
 * packet, in the order of their time. It holds what people say: whoever opens
 * a tap has been asked to.
 */

#include "kernel/addr.h"
#include "kernel/bytes.h"
#include "kernel/instant.h"
#include "kernel/thread.h"

struct media_engine;
struct ring;

/* --- signalling thread --- */

struct media_tapped {
	int64_t wall_us; /* when it was sent or taken from its socket */
	bool sent;
	const struct addr *local, *remote;
	struct bytes packet;
};

/* Must not close the tap. */
typedef void (*media_tap_fn)(void *self, const struct media_tapped *tapped);

/* Rings of so many octets, one a thread, are allotted with the first tap and
 * kept. A tap that is open is closed first. -ENOMEM. */
int media_tap_open(struct media_engine *engine, size_t octets, media_tap_fn fn,
                   void *self);

/* What waits is told first. Fine when none is open. */
void media_tap_close(struct media_engine *engine);

/* Tells what waits now, as is done a hundred times a second by itself. */
void media_tap_drain(struct media_engine *engine);

bool media_tap_is_open(const struct media_engine *engine);

/* Packets dropped since the tap was opened, for want of room. */
uint64_t media_tap_dropped(const struct media_engine *engine);

/* --- media threads --- */

struct tap_head {
	struct instant at;
	uint16_t length;
	bool sent;
	struct addr local, remote;
};

/* One of each media thread. */
struct tap {
	shared_flag on;
	struct ring *ring; /* set before `on` is raised for the first time */
	shared_count dropped;
	/* the signalling thread's */
	uint64_t dropped_before;
	bool taken; /* next holds a head whose octets still wait */
	struct tap_head next;
};

void tap_copy(struct tap *tap, struct tap_head *head, struct bytes packet);

/* NULL is fine. What nobody listens to costs a look at a flag. */
static inline bool tap_listens(const struct tap *tap)
{
	return tap != NULL && shared_look(&tap->on);
}

#endif
