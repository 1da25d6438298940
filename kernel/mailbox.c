/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Messages by value between threads: an array used as a ring under one lock,
 * held for one memcpy. Nothing here waits for room: a mailbox that is full
 * belongs to a reader that has stopped reading, and waiting for it would stop
 * the writer too.
 *
 * The reader is woken when the box stops being empty, not at every message (one
 * that was put and not posted counts when the ring comes), and
 * after the lock was given back: woken inside it he would run into the lock at
 * once, and both would pay for a wait in the kernel. A polling reader sees an
 * eventfd that is readable while something waits. It may stay so for a moment
 * longer, when the message was taken before its writer came to ring; rings
 * promised and rings heard are counted, and the next look calms it. The loop is
 * woken by its own means and then takes what is there, but never more than a
 * boxful a turn: a busy media thread must not keep the signalling thread from
 * its sockets.
 *
 * A writer that is a loop may promise the ring for the end of its turn: what it
 * posts in one goes is then heard in one, and not each by a wake-up of its own.
 *
 * An empty box begins again at its first place, so that one which is read as
 * fast as it is written stays in the cache and touches no more memory.
 */
#include "kernel/mailbox.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "kernel/loop.h"
#include "kernel/mem.h"
#include "kernel/thread.h"

struct mailbox {
	struct lock lock;
	size_t size;
	unsigned depth, first, waiting;
	uint64_t refused;
	bool told; /* the reader was promised a ring for what waits */
	uint64_t rung, heard; /* rings promised; rings taken from the eventfd */
	uint8_t *messages;
	int fd; /* eventfd, -1 once attached */
	struct wakeup *wakeup;
	void (*fn)(void *self, const void *message);
	void *self;
	uint8_t *delivered;  /* the message the handler looks at */
	struct loop *writer; /* rings when its turn is over; NULL: at once */
	struct deferred ring;
};

int mailbox_new(struct mailbox **out, size_t size, unsigned depth)
{
	struct mailbox *box = mem_new(struct mailbox);
	size_t octets;
	int rc;

	if (box == NULL)
		return -ENOMEM;
	rc = lock_init(&box->lock);
	if (rc < 0) {
		(void)mem_free(box);
		return rc;
	}
	box->size = size;
	box->depth = depth;
	box->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (box->fd < 0)
		rc = -errno;
	else if (__builtin_mul_overflow(size, depth, &octets))
		rc = -ENOMEM;
	else if ((box->messages = mem_new_array(uint8_t, octets)) == NULL)
		rc = -ENOMEM;
	if (rc < 0)
		(void)mailbox_free(box);
	else
		*out = box;
	return rc;
}

struct mailbox *mailbox_free(struct mailbox *box)
{
	if (box == NULL)
		return NULL;
	(void)wakeup_free(box->wakeup);
	deferred_cancel(&box->ring);
	if (box->fd >= 0)
		(void)close(box->fd);
	lock_done(&box->lock);
	mem_free(box->delivered);
	mem_free(box->messages);
	return mem_free(box);
}

/* The box is no longer empty: the ring promised under the lock. */
static void wake_reader(void *self)
{
	struct mailbox *box = self;
	const uint64_t one = 1;

	if (box->wakeup != NULL)
		wakeup_send(box->wakeup);
	else if (write(box->fd, &one, sizeof(one)) != sizeof(one))
		assert(!"an eventfd takes a one");
}

/* Under the lock: the box is empty, so all rings there are say nothing new. */
static void calm_reader(struct mailbox *box)
{
	uint64_t count;

	if (box->wakeup == NULL && box->heard != box->rung &&
	    read(box->fd, &count, sizeof(count)) == sizeof(count))
		box->heard += count;
}

static uint8_t *slot(struct mailbox *box, unsigned n)
{
	return box->messages +
	       (size_t)((box->first + n) % box->depth) * box->size;
}

/* Under the lock. */
static int add(struct mailbox *box, const void *message)
{
	if (box->waiting == box->depth) {
		__atomic_add_fetch(&box->refused, 1, __ATOMIC_RELAXED);
		return -ENOSPC;
	}
	memcpy(slot(box, box->waiting++), message, box->size);
	return 0;
}

/* Under the lock: is a ring due for what waits? It is promised then. */
static bool promise(struct mailbox *box)
{
	bool due = box->waiting > 0 && !box->told && !box->ring.waiting;

	box->told = box->waiting > 0;
	box->rung += due;
	return due;
}

static void keep_promise(struct mailbox *box)
{
	if (box->writer != NULL)
		loop_defer(box->writer, &box->ring);
	else
		wake_reader(box);
}

int mailbox_post(struct mailbox *box, const void *message)
{
	bool ring;
	int rc;

	lock_take(&box->lock);
	rc = add(box, message);
	ring = promise(box);
	lock_give(&box->lock);
	if (ring)
		keep_promise(box);
	return rc;
}

int mailbox_put(struct mailbox *box, const void *message)
{
	int rc;

	lock_take(&box->lock);
	rc = add(box, message);
	lock_give(&box->lock);
	return rc;
}

void mailbox_ring(struct mailbox *box)
{
	bool ring;

	lock_take(&box->lock);
	ring = promise(box);
	lock_give(&box->lock);
	if (ring)
		keep_promise(box);
}

bool mailbox_take(struct mailbox *box, void *message)
{
	bool taken;

	lock_take(&box->lock);
	taken = box->waiting > 0;
	if (taken) {
		memcpy(message, slot(box, 0), box->size);
		box->first =
			--box->waiting == 0 ? 0 : (box->first + 1) % box->depth;
	}
	if (box->waiting == 0) {
		box->told = false;
		calm_reader(box);
	}
	lock_give(&box->lock);
	return taken;
}

static void deliver(void *self)
{
	struct mailbox *box = self;
	bool more;

	for (unsigned i = 0; i < box->depth; i++) {
		if (!mailbox_take(box, box->delivered))
			return;
		box->fn(box->self, box->delivered);
	}
	lock_take(&box->lock);
	more = box->waiting > 0;
	lock_give(&box->lock);
	if (more)
		wakeup_send(box->wakeup);
}

int mailbox_attach(struct mailbox *box, struct loop *loop,
                   void (*fn)(void *self, const void *message), void *self)
{
	struct wakeup *wakeup;
	int rc = 0;

	assert(box->wakeup == NULL);
	box->delivered = mem_new_array(uint8_t, box->size);
	if (box->delivered == NULL)
		return -ENOMEM;
	rc = wakeup_new(&wakeup, loop, deliver, box);
	if (rc < 0) {
		box->delivered = mem_free(box->delivered);
		return rc;
	}
	box->fn = fn;
	box->self = self;
	lock_take(&box->lock);
	box->wakeup = wakeup;
	(void)close(box->fd);
	box->fd = -1;
	if (box->waiting > 0)
		wake_reader(box);
	lock_give(&box->lock);
	return 0;
}

int mailbox_fd(const struct mailbox *box)
{
	return box->fd;
}

void mailbox_gather(struct mailbox *box, struct loop *loop)
{
	if (box->ring.waiting)
		wake_reader(box);
	deferred_cancel(&box->ring);
	deferred_init(&box->ring, wake_reader, box);
	box->writer = loop;
}

uint64_t mailbox_refused(const struct mailbox *box)
{
	return __atomic_load_n(&box->refused, __ATOMIC_RELAXED);
}
