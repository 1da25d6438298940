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
#include "gateway/sip/keepalive.h"
#include "gateway/sip/locate.h"
#include "kernel/list.h"
#include "kernel/resolve.h"
#include "kernel/timer.h"

struct loop;
struct text;
struct peers;

enum { PEER_ADDRS = LOCATE_PLACES };

struct peer {
	struct list list;
	struct peers *peers;
	struct sip_peer_conf conf;
	unsigned number; /* 1, 2, ... in the order in which they were set */
	unsigned ncredentials;
	struct sip_credential *credentials; /* or NULL */
	unsigned naddrs;
	struct addr addrs[PEER_ADDRS]; /* the first is used first */
	struct place places[PEER_ADDRS];
	bool listed;                  /* SRV records said so */
	enum sip_transport transport; /* how it is spoken to */
	struct locate *query;         /* NULL: none runs */
	struct timer again;           /* the next look-up */
	unsigned moves; /* how often it was set to another place */
	struct keepalive keepalive;
};

int peers_new(struct peers **out, struct loop *loop);
struct peers *peers_free(struct peers *peers);

/* Name servers, as in sip_conf; names are looked up again when they change. */
int peers_dns(struct peers *peers, const char *servers);

int peers_set(struct peers *peers, const struct sip_peer_conf *conf);
int peer_set_credentials(struct peer *peer, const struct sip_credential *list,
                         unsigned n);
void peers_remove(struct peers *peers, const char *name);
void peers_each(struct peers *peers, void (*tell)(struct peer *peer));
struct peer *peers_find(const struct peers *peers, const char *name);

/* The peer at this source address that is not shut down: the one with this
 * port if there are several. */
struct peer *peers_at(const struct peers *peers, const struct addr *from);

/* Where this host name, as a Contact or Route says it, is; false: unknown. */
bool peers_locate(const struct peers *peers, const char *host,
                  struct addr *out);

/* "192.0.2.1:5062", as a URI says a host and port; 0 and 5060 are left out. */
void peer_print_host(struct text *out, const char *host, uint16_t port);

/* Looks up a host that is no peer's; as resolve_ask(). */
int peers_ask(struct peers *peers, struct resolve_query **out, const char *host,
              resolve_fn fn, void *self);

/* The addresses in the order in which one call should try them; how many. */
unsigned peer_targets(const struct peer *peer, struct addr out[PEER_ADDRS]);

/* This address failed just now: for a while the others go first. */
void peer_punish(struct peer *peer, const struct addr *addr);

unsigned peers_count(const struct peers *peers);

#endif
