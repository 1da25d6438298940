/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_SIP_LOCATE_H
#define GATEWAY_SIP_LOCATE_H

/*
 * Where a named far end is, and how it is spoken to: RFC 3263. And in which
 * order one call tries what was found.
 */

#include "gateway/sip/conf.h"
#include "kernel/instant.h"

struct locate;
struct resolve;

enum { LOCATE_PLACES = 8 };

/* What is known of an address beside it. */
struct place {
	uint16_t priority, weight; /* of its SRV record: RFC 2782 */
	uint8_t service;           /* addresses of one record have the same */
	struct instant dead_until; /* it failed: others go first until then */
};

struct location {
	enum sip_transport transport;
	unsigned n;
	struct addr addrs[LOCATE_PLACES]; /* with ports */
	struct place places[LOCATE_PLACES];
	uint32_t ttl_s; /* the least of all */
	bool listed;    /* by SRV records */
	bool doubtful;  /* a question about such records had no answer */
};

struct locate_question {
	const char *host;
	uint16_t port; /* 0: SRV records say */
	enum sip_transport transport;
	bool any_transport; /* what DNS says, else UDP; not the one above */
};

/* error 0: at least one place. -ENOENT: there is no such name. -ETIMEDOUT: no
 * server answered. Else -errno. Called once, never from locate_start(). */
typedef void (*locate_fn)(void *self, int error, const struct location *found);

/* Good until fn is called or it is cancelled; host is copied. -errno. */
int locate_start(struct locate **out, struct resolve *resolve,
                 const struct locate_question *question, locate_fn fn,
                 void *self);
struct locate *locate_cancel(struct locate *l); /* NULL is fine */

/* The order in which one call tries them: by priority, among equals at random
 * by weight, those that failed lately last. Returns n. */
unsigned locate_order(const struct addr *addrs, const struct place *places,
                      unsigned n, struct addr out[LOCATE_PLACES]);

#endif
