/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef KERNEL_RESOLVE_H
#define KERNEL_RESOLVE_H

/*
 * Names through c-ares on our loop: A and AAAA, SRV, NAPTR. Nothing blocks,
 * nothing is kept: who wants a cache has the ttl. A numeric host is answered
 * too, on the next turn. Signalling thread only.
 */

#include "kernel/addr.h"

struct loop;
struct resolve;
struct resolve_query;

enum resolve_kind {
	RESOLVE_ADDRESS, /* A and AAAA; IPv4 first */
	RESOLVE_SRV,     /* ordered by priority, and by weight at random */
	RESOLVE_NAPTR,   /* ordered by order and preference */
};

enum { RESOLVE_RECORDS = 16, RESOLVE_HOST = 256, RESOLVE_SERVICE = 32 };

struct resolve_record {
	struct addr addr;        /* ADDRESS; port 0 */
	char host[RESOLVE_HOST]; /* SRV's target, NAPTR's replacement */
	uint16_t port;           /* SRV */
	uint16_t priority;       /* SRV; NAPTR's order */
	uint16_t weight;         /* SRV; NAPTR's preference */
	char service[RESOLVE_SERVICE], flags[8]; /* NAPTR: "SIP+D2U", "s" */
	uint32_t ttl_s;
};

/*
 * error 0: n of 1 to RESOLVE_RECORDS records, good until this returns. -ENOENT:
 * the name or such records do not exist. -ETIMEDOUT: no server answered.
 * -EBADMSG: the answer or the name is malformed. -EIO: the rest. Called once,
 * never from inside resolve_ask(); may ask, cancel others and stop resolving.
 */
typedef void (*resolve_fn)(void *self, int error,
                           const struct resolve_record *records, unsigned n);

/* servers: "192.0.2.1:53,192.0.2.2", NULL for the system's. -EBADMSG: not
 * such a list; -ENOMEM. */
int resolve_start(struct resolve **out, struct loop *loop, const char *servers);

/* Ends all queries without a word. NULL is fine; returns NULL. */
struct resolve *resolve_stop(struct resolve *r);

/* The query is good until fn was called or it is cancelled. -EBADMSG: not a
 * name; -EBUSY: too many at once; -ENOMEM. */
int resolve_ask(struct resolve_query **out, struct resolve *r,
                enum resolve_kind kind, const char *name, resolve_fn fn,
                void *self);

/* fn is not called any more. NULL is fine; returns NULL. */
struct resolve_query *resolve_cancel(struct resolve_query *query);

#endif
