/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_SIP_TRANSPORT_H
#define GATEWAY_SIP_TRANSPORT_H

/*
 * Sockets: a UDP socket or a TCP listener for each bind, and TCP connections.
 * Whole messages go up with where they came from; octets go down with where
 * they are to go. Nothing here knows what a message says but its length.
 */

#include "gateway/sip/sip.h"
#include "kernel/addr.h"
#include "kernel/bytes.h"
#include "kernel/instant.h"

/* Where a message came from or goes to. A connection is named by number and
 * may be gone; then the response opens a new one (RFC 3261 18.2.2). */
struct hop {
	enum sip_transport transport;
	struct addr local; /* the bind it used; unset: any of this transport */
	struct addr remote;
	uint32_t connection; /* 0: none or any */
};

struct transports;

struct transports_user {
	/* a whole message, not yet parsed, and how long it has waited for us
	 * already (a datagram; of a connection nobody knows) */
	void (*message)(void *self, const struct hop *hop, struct bytes raw,
	                usec waited);
	/* a connection failed: whoever waits on this hop (its connection) is
	 * told; never from inside transports_send() */
	void (*failed)(void *self, const struct hop *hop, int error);
	/* does anything above still speak from this bind? NULL: nothing */
	bool (*used)(void *self, const struct addr *local);
	/* may this address speak at all? asked before a connection is taken
	 * and before a message is framed */
	bool (*welcome)(void *self, const struct addr *from);
};

/* -EADDRINUSE and kin when a bind cannot be opened: then none is. */
int transports_open(struct transports **out, struct loop *loop,
                    const struct sip_conf *conf,
                    const struct transports_user *user, void *self,
                    struct sip_counts *counts);

/* Opens binds that are new and closes those no longer named, with their
 * connections; one that is used is left by all that is new, and closed when
 * it is not used any more. With an error nothing is changed. */
int transports_change(struct transports *t, const struct sip_conf *conf);

/* Did this come by a bind that is no longer named? */
bool transports_is_left(const struct transports *t, const struct hop *hop);
struct transports *transports_close(struct transports *t);

/*
 * Chooses a bind for hop->remote when hop->local is unset, opens or reuses a
 * TCP connection, sends or queues. 0 or -errno; *hop then is complete.
 * -EHOSTUNREACH: no bind fits. -EBUSY: connections_most. -ENOBUFS: the
 * connection's queue is full. A datagram the system has no room for counts as
 * lost on the way, not as an error.
 */
int transports_send(struct transports *t, struct hop *hop, struct bytes raw);

/* Datagrams the system threw away because there was no room for them. */
uint64_t transports_dropped(const struct transports *t);

/* Completes hop->local as transports_send() would, without sending. */
int transports_choose(struct transports *t, struct hop *hop);

/* The address (with port) that Via and Contact show for this hop: the bind's,
 * or the route's towards the peer when it is bound to any. */
int transports_local(struct transports *t, const struct hop *hop,
                     struct addr *out);

#endif
