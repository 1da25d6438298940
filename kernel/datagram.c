/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * A loop that falls behind does not see it: what came in too fast lies in the
 * queue of a socket, and every timer is on time. Only the system knows since
 * when it lies there, and says so with SO_TIMESTAMPNS.
 *
 * The stamp is of the wall clock. For sockets of this kind there is no other:
 * SO_TIMESTAMPING gives the same clock, or that of the network card, and what
 * chooses a clock (SO_TXTIME, PACKET_TIMESTAMP) is for sending or for raw
 * packets. So an age is believed only while the wall clock has not been set
 * since the last reading (then its distance to the monotonic clock would have
 * changed: slewing moves it by 500 us in a second at most, a step by more), and
 * only between 0 and MOST. What is not believed counts as 0: one batch is taken
 * for fresh, which is what it was before anybody measured.
 *
 * While a test holds the clock, the stamps of the system mean nothing; the test
 * says what they would have been.
 */
#include "kernel/datagram.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "kernel/private.h"

/* A queue of this age holds nothing whose sender still waits: 64 x T1. */
#define MOST SEC(32)
/* Between the two readings of a clock we may lose the processor; a difference
 * above it is a step. */
#define STEP MSEC(2)

static usec forced = -1;

void datagrams_age(usec waited)
{
	forced = waited;
}

static bool set(int fd, int name, int value)
{
	return setsockopt(fd, SOL_SOCKET, name, &value, sizeof(value)) == 0;
}

int datagrams_begin(int fd, unsigned octets)
{
	int room = 0;
	socklen_t len = sizeof(room);

	(void)set(fd, SO_TIMESTAMPNS, 1);
	(void)set(fd, SO_RXQ_OVFL, 1);
	if (octets > 0 && !set(fd, SO_RCVBUFFORCE, (int)octets))
		(void)set(fd, SO_RCVBUF, (int)octets);
	(void)getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, &len);
	return room;
}

/* Of one datagram what the system wrote beside it. */
struct note {
	int64_t stamp; /* us of the wall clock, 0: none */
	bool counted;
	uint32_t dropped;
};

static void read_notes(struct msghdr *m, struct note *note)
{
	struct timespec at;

	*note = (struct note){ 0 };
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c != NULL;
	     c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level != SOL_SOCKET)
			continue;
		if (c->cmsg_type == SCM_TIMESTAMPNS) {
			memcpy(&at, CMSG_DATA(c), sizeof(at));
			note->stamp =
				(int64_t)at.tv_sec * SEC(1) + at.tv_nsec / 1000;
		} else if (c->cmsg_type == SO_RXQ_OVFL) {
			memcpy(&note->dropped, CMSG_DATA(c),
			       sizeof(note->dropped));
			note->counted = true;
		}
	}
}

/* The wall clock now, or 0 when it was set since it was asked last. */
static int64_t wall_unless_set(struct datagram_queue *queue)
{
	int64_t wall = wall_now();
	int64_t offset = wall - instant_now().us;
	int64_t moved = offset - queue->offset;
	bool same = queue->known && moved < STEP && moved > -STEP;

	queue->known = true;
	queue->offset = offset;
	return same && !instant_held() ? wall : 0;
}

static usec age(int64_t wall, int64_t stamp)
{
	usec waited = wall - stamp;

	if (forced >= 0)
		return forced;
	return wall == 0 || stamp == 0 || waited < 0 || waited > MOST ? 0
	                                                              : waited;
}

/* The system counts in 32 bits and from the socket's beginning. */
static void count_dropped(struct datagram_queue *queue, uint32_t dropped)
{
	queue->dropped += dropped - (uint32_t)queue->dropped;
}

static void take(struct datagram *to, const struct mmsghdr *m)
{
	const struct sockaddr *sa = m->msg_hdr.msg_name;

	to->len = m->msg_len;
	if (m->msg_hdr.msg_namelen < sizeof(sa_family_t) ||
	    !addr_from_sockaddr(&to->from, sa))
		memset(&to->from, 0, sizeof(to->from));
}

/* Room for the system's notes, aligned as it wants. */
union notes {
	struct cmsghdr align;
	uint8_t room[CMSG_SPACE(sizeof(struct timespec)) +
	             CMSG_SPACE(sizeof(uint32_t))];
};

int datagrams_receive(int fd, struct datagram_queue *queue, struct datagram *to,
                      unsigned n)
{
	struct sockaddr_storage from[DATAGRAMS];
	struct mmsghdr heads[DATAGRAMS];
	struct iovec places[DATAGRAMS];
	union notes notes[DATAGRAMS];
	struct note note;
	int64_t wall;
	int rc = net_fails();

	if (rc < 0)
		return rc;
	n = MIN_OF(n, DATAGRAMS);
	for (unsigned i = 0; i < n; i++) {
		places[i] = (struct iovec){ to[i].at, to[i].size };
		heads[i].msg_hdr = (struct msghdr){
			.msg_name = &from[i],
			.msg_namelen = sizeof(from[i]),
			.msg_iov = &places[i],
			.msg_iovlen = 1,
			.msg_control = &notes[i],
			.msg_controllen = sizeof(notes[i]),
		};
	}
	do
		rc = recvmmsg(fd, heads, n, MSG_DONTWAIT, NULL);
	while (rc < 0 && errno == EINTR);
	if (rc < 0)
		return -errno;
	wall = wall_unless_set(queue);
	for (int i = 0; i < rc; i++) {
		take(&to[i], &heads[i]);
		read_notes(&heads[i].msg_hdr, &note);
		to[i].waited = age(wall, note.stamp);
		if (note.counted)
			count_dropped(queue, note.dropped);
	}
	return rc;
}
