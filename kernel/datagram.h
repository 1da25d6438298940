/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef KERNEL_DATAGRAM_H
#define KERNEL_DATAGRAM_H

/*
 * Datagrams taken off a socket's queue many at a time, each with how long it
 * lay there, and how many found no room and were thrown away.
 */

#include "kernel/addr.h"
#include "kernel/instant.h"

enum { DATAGRAMS = 16 }; /* at most in one go */

struct datagram {
	struct addr from; /* unset: a kind of address we do not know */
	uint8_t *at;      /* the caller's room, `size` octets of it */
	size_t size, len; /* len: what came; cut off at size */
	usec waited;      /* in the queue; 0 also when nobody can say */
};

/* What is remembered of a socket from one time to the next; zeroed at first. */
struct datagram_queue {
	bool known;
	int64_t offset;   /* of the wall clock to ours, when it was read last */
	uint64_t dropped; /* since it was opened */
};

/*
 * Asks the system to note when each datagram comes and how many it drops, and
 * for room for `octets` of them (the system counts its own overhead in): more
 * than net.core.rmem_max only with CAP_NET_ADMIN. What it does not give is no
 * error. Returns the room there is now.
 */
int datagrams_begin(int fd, unsigned octets);

/* Takes what is there, n (DATAGRAMS) at most: how many, or -errno; -EAGAIN:
 * none. */
int datagrams_receive(int fd, struct datagram_queue *queue, struct datagram *to,
                      unsigned n);

/* For tests: whatever is received has waited so long; -1: as it did. */
void datagrams_age(usec waited);

#endif
