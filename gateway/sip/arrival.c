/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * An INVITE costs a hundred times what a BYE does, and the BYE is what makes
 * room. In the order of their coming the messages of calls that are up would
 * wait behind all the new ones, be repeated while they wait, and a busy gateway
 * would become a late one. So the two are parted: what belongs to something we
 * have is taken as it comes, what may begin something waits here.
 *
 * To tell them apart the first word is enough. A re-INVITE waits too: holding a
 * call is not urgent. A CANCEL waits because the INVITE it means may be
 * waiting, and of a CANCEL that finds nothing the caller is told 481.
 *
 * They are taken in the turns of the loop, each time for SHARE at most and at
 * least one; between two turns sockets, D channels and timers have theirs. What
 * comes next is never later than that, however many wait. Until a call that was
 * let in is answered it waits for some turns one after the other: for its
 * SETUP to leave, for what the D channel says, for the sound to be joined. So
 * under load the length of a turn is what it waits for, and the share is small.
 *
 * They lie one behind the other in one piece of memory, which is used as a
 * ring. A message is never broken in two: what does not fit before the end
 * begins anew, and the end is marked.
 */
#include "gateway/sip/arrival.h"

#include <errno.h>
#include <string.h>

#include "kernel/loop.h"
#include "kernel/mem.h"

#define SHARE (MSEC(1) / 2)

enum { ROOM = 512 * 1024, ALIGNED = 16 };

/* In front of each. */
struct arrival {
	struct hop hop;
	struct instant since;
	size_t len;  /* of the message */
	size_t size; /* with this and padding; 0: go on at the beginning */
};

struct arrivals {
	struct loop *loop;
	const struct arrivals_user *user;
	void *self;
	struct deferred serve;
	size_t first, end; /* the oldest; behind the newest */
	unsigned waiting;
	uint8_t *room;
};

bool arrivals_want(struct bytes raw)
{
	static const char invite[] = "INVITE ", cancel[] = "CANCEL ";
	size_t len = sizeof(invite) - 1;

	return raw.len > len && (memcmp(raw.at, invite, len) == 0 ||
	                         memcmp(raw.at, cancel, len) == 0);
}

static struct arrival *at(struct arrivals *a, size_t place)
{
	void *p = a->room + place;

	return p;
}

static void serve_one(struct arrivals *a)
{
	struct arrival *one = at(a, a->first);
	usec waited;

	if (one->size == 0) {
		a->first = 0;
		one = at(a, 0);
	}
	waited = instant_since(instant_now(), one->since);
	a->user->take(a->self, &one->hop,
	              (struct bytes){ (uint8_t *)(one + 1), one->len }, waited);
	a->waiting--;
	a->first += one->size;
	if (a->waiting == 0)
		a->first = a->end = 0;
}

static void serve(void *self)
{
	struct arrivals *a = self;
	struct instant began = instant_now();

	while (a->waiting > 0) {
		serve_one(a);
		if (instant_since(instant_now(), began) >= SHARE)
			break;
	}
	if (a->waiting > 0)
		loop_defer(a->loop, &a->serve);
}

int arrivals_new(struct arrivals **out, struct loop *loop,
                 const struct arrivals_user *user, void *self)
{
	struct arrivals *a = mem_new(struct arrivals);

	if (a == NULL)
		return -ENOMEM;
	a->loop = loop;
	a->user = user;
	a->self = self;
	deferred_init(&a->serve, serve, a);
	a->room = mem_new_array(uint8_t, ROOM);
	if (a->room == NULL) {
		(void)arrivals_free(a);
		return -ENOMEM;
	}
	*out = a;
	return 0;
}

struct arrivals *arrivals_free(struct arrivals *a)
{
	if (a == NULL)
		return NULL;
	deferred_cancel(&a->serve);
	a->room = mem_free(a->room);
	return mem_free(a);
}

/* A place of this size, a mark behind it always fits. NULL: there is none. */
static struct arrival *find_place(struct arrivals *a, size_t size)
{
	size_t mark = sizeof(struct arrival);
	bool wrapped = a->waiting > 0 && a->end <= a->first;

	if (wrapped)
		return a->first - a->end >= size ? at(a, a->end) : NULL;
	if (ROOM - a->end >= size + mark)
		return at(a, a->end);
	if (a->first < size)
		return NULL;
	at(a, a->end)->size = 0;
	a->end = 0;
	return at(a, 0);
}

bool arrivals_put(struct arrivals *a, const struct hop *hop, struct bytes raw,
                  usec waited)
{
	size_t size = (sizeof(struct arrival) + raw.len + ALIGNED - 1) /
	              ALIGNED * ALIGNED;
	struct arrival *one = find_place(a, size);

	if (one == NULL)
		return false;
	*one = (struct arrival){
		.hop = *hop,
		.since = instant_add(instant_now(), -waited),
		.len = raw.len,
		.size = size,
	};
	memcpy(one + 1, raw.at, raw.len);
	a->end += size;
	a->waiting++;
	loop_defer(a->loop, &a->serve);
	return true;
}
