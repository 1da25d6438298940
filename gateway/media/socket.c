/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * RTP takes an even port and RTCP the one above it (RFC 3550 11). The range is
 * walked round from a random place, so that a port given back rests as long as
 * possible before a new call gets it, and late packets of the old call find
 * nobody. What is taken is asked of the kernel, by binding: it alone knows of
 * the other programs.
 */

#include "gateway/media/socket.h"

#include "kernel/mem.h"
#include "kernel/net.h"

#include <errno.h>
#include <unistd.h>

void socket_pool_init(struct socket_pool *pool, uint16_t low, uint16_t high,
                      int dscp, uint32_t random)
{
	list_init(&pool->sockets);
	pool->count = 0;
	pool->dscp = dscp;
	pool->low = (uint16_t)(low + (low & 1));
	pool->high = high;
	pool->next = pool->low;
	if (pool->high > pool->low)
		pool->next = (uint16_t)(pool->low +
		                        random % (unsigned)(high - pool->low) /
		                                2 * 2);
}

static void close_socket(struct socket_pool *pool, struct media_socket *s)
{
	if (s->sound >= 0)
		(void)close(s->sound);
	if (s->control >= 0)
		(void)close(s->control);
	list_remove(&s->list);
	pool->count--;
	mem_free(s);
}

void socket_pool_done(struct socket_pool *pool)
{
	LIST_EACH(&pool->sockets, struct media_socket, s, list)
	close_socket(pool, s);
}

/* The pair that begins at this port; -EADDRINUSE: somebody has one. */
static int bind_pair(struct media_socket *s, const struct addr *address,
                     uint16_t port, int dscp)
{
	struct addr at = *address;

	addr_set_port(&at, port);
	s->sound = net_udp_open(&at, dscp);
	if (s->sound < 0)
		return s->sound;
	addr_set_port(&at, (uint16_t)(port + 1));
	s->control = net_udp_open(&at, dscp);
	if (s->control >= 0)
		return 0;
	(void)close(s->sound);
	s->sound = -1;
	return s->control;
}

static uint16_t next_port(struct socket_pool *pool)
{
	uint16_t port = pool->next;

	pool->next = (uint16_t)(port + 2);
	if (pool->next < pool->low || pool->next >= pool->high)
		pool->next = pool->low;
	return port;
}

int socket_pool_open(struct socket_pool *pool, const struct addr *address,
                     struct media_socket **out, struct addr *local)
{
	unsigned pairs = ((unsigned)pool->high + 1 - pool->low) / 2;
	struct media_socket *s;
	int rc = -EADDRINUSE;

	if (pool->high <= pool->low)
		return -EADDRINUSE;
	s = mem_new(struct media_socket);
	if (s == NULL)
		return -ENOMEM;
	s->sound = s->control = -1;
	while (pairs-- > 0 && rc == -EADDRINUSE)
		rc = bind_pair(s, address, next_port(pool), pool->dscp);
	if (rc == 0)
		rc = net_local(s->sound, local);
	list_append(&pool->sockets, &s->list);
	pool->count++;
	if (rc < 0)
		close_socket(pool, s);
	else
		*out = s;
	return rc < 0 ? rc : 0;
}

static void close_if_idle(struct socket_pool *pool, struct media_socket *s)
{
	if (s->given_back && s->uses == 0)
		close_socket(pool, s);
}

void socket_use(struct media_socket *s)
{
	if (s != NULL)
		s->uses++;
}

void socket_unuse(struct socket_pool *pool, struct media_socket *s)
{
	if (s == NULL)
		return;
	s->uses--;
	close_if_idle(pool, s);
}

void socket_give_back(struct socket_pool *pool, struct media_socket *s)
{
	s->given_back = true;
	close_if_idle(pool, s);
}
