/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_SIP_PEER_H
#define GATEWAY_SIP_PEER_H

/*
 * The far ends: who may speak to us, and where they are. A peer whose host is
 * a name is looked up when it is set and again when the answer grows old; when
 * that fails what was known stays.
 */

#include "gateway/sip/conf.h"
#include "kernel/list.h"
#include "kernel/timer.h"

struct loop;
struct resolve_query;
struct peers;

enum { PEER_ADDRS = 8 };

struct peer {
	struct list list;
	struct peers *peers;
	struct sip_peer_conf conf;
	unsigned naddrs;
	struct addr addrs[PEER_ADDRS]; /* the first is used first */
	struct resolve_query *query;
	struct timer again; /* the next look-up */
};

int peers_new(struct peers **out, struct loop *loop);
struct peers *peers_free(struct peers *peers);

int peers_set(struct peers *peers, const struct sip_peer_conf *conf);
void peers_remove(struct peers *peers, const char *name);
struct peer *peers_find(const struct peers *peers, const char *name);

/* The peer at this source address that is not shut down: the one with this
 * port if there are several. */
struct peer *peers_at(const struct peers *peers, const struct addr *from);

/* Where this host name, as a Contact or Route says it, is; false: unknown. */
bool peers_locate(const struct peers *peers, const char *host,
                  struct addr *out);

unsigned peers_count(const struct peers *peers);

#endif
