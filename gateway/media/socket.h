/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_MEDIA_SOCKET_H
#define GATEWAY_MEDIA_SOCKET_H

/*
 * Pairs of UDP sockets for RTP and RTCP, and the range of ports they come
 * from. Signalling thread only; a media thread borrows the descriptors while
 * the socket is in use.
 */

#include "kernel/addr.h"
#include "kernel/list.h"

struct media_socket {
	struct list list;
	int sound, control;
	unsigned uses; /* ends that want it or run on it */
	bool given_back;
};

struct socket_pool {
	struct list sockets;
	unsigned count;
	uint16_t low, high, next; /* even; next to be tried */
	int dscp;
};

void socket_pool_init(struct socket_pool *pool, uint16_t low, uint16_t high,
                      int dscp, uint32_t random);

/* Closes all of them, used or not. */
void socket_pool_done(struct socket_pool *pool);

/* -EADDRINUSE: every pair of ports is taken. */
int socket_pool_open(struct socket_pool *pool, const struct addr *address,
                     struct media_socket **out, struct addr *local);

/* A socket nobody uses and nobody holds is closed. */
void socket_use(struct media_socket *s); /* NULL is fine */
void socket_unuse(struct socket_pool *pool, struct media_socket *s);
void socket_give_back(struct socket_pool *pool, struct media_socket *s);

#endif
