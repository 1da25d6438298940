/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Peers are few (a trunk, a proxy, some phones), so they are a list, walked.
 *
 * A name is looked up (locate.c) as soon as the peer is set, not when a call
 * wants it: placing a call never waits for DNS, and the peer may speak to us
 * from all its addresses before we ever called it. The answer is asked for
 * again when its time to live is over, at least every five minutes; a resolver
 * that fails or a record that vanished takes nothing away, for a telephone call
 * is not the moment to be strict about DNS.
 */
#include "gateway/sip/peer.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "kernel/mem.h"
#include "kernel/resolve.h"
#include "kernel/text.h"

enum { PORT = 5060, PORT_TLS = 5061 };

/* How soon a look-up is made again: after a failure, at the soonest and at the
 * latest after an answer. */
#define AGAIN_FAILED SEC(20)
#define AGAIN_SOON   SEC(10)
#define AGAIN_LATE   SEC(300)

/* How long an address that failed comes after the others. */
#define PENALTY SEC(30)

struct peers {
	struct loop *loop;
	struct resolve *resolve; /* started when first a name is met */
	char servers[SIP_DNS];   /* "": the system's */
	struct list list;
	unsigned count, made;
};

int peers_new(struct peers **out, struct loop *loop)
{
	struct peers *peers = mem_new(struct peers);

	if (peers == NULL)
		return -ENOMEM;
	peers->loop = loop;
	list_init(&peers->list);
	*out = peers;
	return 0;
}

static void forget(struct peer *peer)
{
	peer->query = locate_cancel(peer->query);
	timer_stop(&peer->again);
	list_remove(&peer->list);
	peer->peers->count--;
	mem_free(peer->credentials);
	mem_free(peer);
}

struct peers *peers_free(struct peers *peers)
{
	if (peers == NULL)
		return NULL;
	LIST_EACH(&peers->list, struct peer, p, list)
	forget(p);
	(void)resolve_stop(peers->resolve);
	return mem_free(peers);
}

/* Where it is spoken to: at its outbound proxy if it has one. */
static const char *host_of(const struct sip_peer_conf *conf)
{
	return conf->proxy[0] != '\0' ? conf->proxy : conf->host;
}

static uint16_t named_port(const struct sip_peer_conf *conf)
{
	return conf->proxy[0] != '\0' ? conf->proxy_port : conf->port;
}

static uint16_t port_of(const struct sip_peer_conf *conf)
{
	if (named_port(conf) != 0)
		return named_port(conf);
	return conf->transport == SIP_TLS ? PORT_TLS : PORT;
}

static void look_up(void *self);

/* What failed lately is remembered, for the address may come again. */
static struct instant penalty_of(const struct peer *peer,
                                 const struct addr *addr)
{
	for (unsigned i = 0; i < peer->naddrs; i++)
		if (addr_equal(&peer->addrs[i], addr))
			return peer->places[i].dead_until;
	return (struct instant){ 0 };
}

static void take(struct peer *peer, const struct location *found)
{
	struct place places[PEER_ADDRS] = { 0 };

	for (unsigned i = 0; i < found->n; i++) {
		places[i] = found->places[i];
		places[i].dead_until = penalty_of(peer, &found->addrs[i]);
	}
	peer->naddrs = found->n;
	peer->listed = found->listed;
	peer->transport = found->transport;
	memcpy(peer->addrs, found->addrs, sizeof(peer->addrs));
	memcpy(peer->places, places, found->n * sizeof(places[0]));
}

static void found(void *self, int error, const struct location *found)
{
	struct peer *peer = self;
	usec again = AGAIN_FAILED;
	bool worse = found->doubtful && peer->listed && !found->listed;

	peer->query = NULL;
	if (error == 0 && !worse) {
		take(peer, found);
		again = MIN_OF(SEC(found->ttl_s), AGAIN_LATE);
		again = MAX_OF(again, AGAIN_SOON);
	}
	timer_start(&peer->again, again);
}

static void look_up(void *self)
{
	struct peer *peer = self;
	struct peers *peers = peer->peers;
	const char *servers = peers->servers[0] != '\0' ? peers->servers : NULL;
	struct locate_question question = {
		.host = host_of(&peer->conf),
		.port = named_port(&peer->conf),
		.transport = peer->conf.transport,
		.any_transport = peer->conf.any_transport,
	};
	int rc = 0;

	peer->query = locate_cancel(peer->query);
	if (peers->resolve == NULL)
		rc = resolve_start(&peers->resolve, peers->loop, servers);
	if (rc == 0)
		rc = locate_start(&peer->query, peers->resolve, &question,
		                  found, peer);
	if (rc < 0)
		timer_start(&peer->again, AGAIN_FAILED);
}

/* An address is there at once; of a name what was known stays meanwhile. */
static void locate(struct peer *peer, bool moved)
{
	struct addr literal;

	timer_stop(&peer->again);
	peer->query = locate_cancel(peer->query);
	if (peer->conf.host[0] == '\0') { /* only calls us */
		peer->naddrs = 0;
		return;
	}
	if (addr_parse(&literal, host_of(&peer->conf), 0) == 0) {
		addr_set_port(&literal, port_of(&peer->conf));
		peer->addrs[0] = literal;
		peer->naddrs = 1;
		peer->transport = peer->conf.transport;
		return;
	}
	if (moved) {
		peer->naddrs = 0;
		peer->listed = false;
		peer->transport = peer->conf.transport;
	}
	look_up(peer);
}

static bool has_moved(const struct sip_peer_conf *a,
                      const struct sip_peer_conf *b)
{
	return strcasecmp(host_of(a), host_of(b)) != 0 ||
	       named_port(a) != named_port(b) || a->transport != b->transport ||
	       a->any_transport != b->any_transport;
}

int peers_dns(struct peers *peers, const char *servers)
{
	if (strcmp(peers->servers, servers) == 0)
		return 0;
	if (text_copy(peers->servers, sizeof(peers->servers), servers) < 0)
		return -ENOSPC;
	LIST_EACH(&peers->list, struct peer, p, list)
	p->query = locate_cancel(p->query);
	peers->resolve = resolve_stop(peers->resolve);
	LIST_EACH(&peers->list, struct peer, p, list)
	locate(p, false);
	return 0;
}

int peers_set(struct peers *peers, const struct sip_peer_conf *conf)
{
	struct peer *peer = peers_find(peers, conf->name);
	bool moved = peer == NULL || has_moved(&peer->conf, conf);

	if (peer == NULL) {
		peer = mem_new(struct peer);
		if (peer == NULL)
			return -ENOMEM;
		peer->peers = peers;
		timer_init(&peer->again, peers->loop, "peer look-up", look_up,
		           peer);
		list_append(&peers->list, &peer->list);
		peer->number = ++peers->made;
		peers->count++;
	}
	peer->conf = *conf;
	peer->moves += moved;
	locate(peer, moved);
	return 0;
}

int peer_set_credentials(struct peer *peer, const struct sip_credential *list,
                         unsigned n)
{
	struct sip_credential *copy = NULL;

	if (n > 0) {
		copy = mem_new_array(struct sip_credential, n);
		if (copy == NULL)
			return -ENOMEM;
		memcpy(copy, list, n * sizeof(*copy));
	}
	mem_free(peer->credentials);
	peer->credentials = copy;
	peer->ncredentials = n;
	return 0;
}

void peers_remove(struct peers *peers, const char *name)
{
	struct peer *peer = peers_find(peers, name);

	if (peer != NULL)
		forget(peer);
}

void peers_each(struct peers *peers, void (*tell)(struct peer *peer))
{
	LIST_EACH(&peers->list, struct peer, p, list)
	tell(p);
}

struct peer *peers_find(const struct peers *peers, const char *name)
{
	LIST_EACH(&peers->list, struct peer, p, list)
	if (strcmp(p->conf.name, name) == 0)
		return p;
	return NULL;
}

static bool is_in(const struct addr *a, const struct sip_prefix *prefix)
{
	bool six = a->sa.sa_family == AF_INET6;
	const uint8_t *octets = six ? (const uint8_t *)&a->in6.sin6_addr
	                            : (const uint8_t *)&a->in4.sin_addr;
	unsigned whole = prefix->bits / 8, rest = prefix->bits % 8;

	if (six != prefix->six || memcmp(octets, prefix->octets, whole) != 0)
		return false;
	return rest == 0 ||
	       (octets[whole] ^ prefix->octets[whole]) >> (8 - rest) == 0;
}

/* The peer with the longest prefix that holds this address. */
static struct peer *around(const struct peers *peers, const struct addr *from)
{
	struct peer *best = NULL;
	int bits = -1;

	LIST_EACH(&peers->list, struct peer, p, list)
	for (unsigned i = 0; i < p->conf.nprefixes && !p->conf.shutdown; i++)
		if (p->conf.prefixes[i].bits > bits &&
		    is_in(from, &p->conf.prefixes[i])) {
			best = p;
			bits = p->conf.prefixes[i].bits;
		}
	return best;
}

struct peer *peers_at(const struct peers *peers, const struct addr *from)
{
	struct peer *best = NULL;

	LIST_EACH(&peers->list, struct peer, p, list)
	{
		for (unsigned i = 0; i < p->naddrs && !p->conf.shutdown; i++) {
			if (addr_equal(&p->addrs[i], from))
				return p;
			if (best == NULL && addr_equal_host(&p->addrs[i], from))
				best = p;
		}
	}
	return best != NULL ? best : around(peers, from);
}

bool peers_locate(const struct peers *peers, const char *host, struct addr *out)
{
	LIST_EACH(&peers->list, struct peer, p, list)
	{
		if (p->naddrs > 0 && strcasecmp(p->conf.host, host) == 0) {
			*out = p->addrs[0];
			return true;
		}
	}
	return false;
}

unsigned peer_targets(const struct peer *peer, struct addr out[PEER_ADDRS])
{
	return locate_order(peer->addrs, peer->places, peer->naddrs, out);
}

void peer_punish(struct peer *peer, const struct addr *addr)
{
	for (unsigned i = 0; i < peer->naddrs; i++)
		if (addr_equal(&peer->addrs[i], addr))
			peer->places[i].dead_until =
				instant_add(instant_now(), PENALTY);
}

void peer_print_host(struct text *out, const char *host, uint16_t port)
{
	struct addr literal;
	bool six = addr_parse(&literal, host, 0) == 0 &&
	           literal.sa.sa_family == AF_INET6;

	text_add(out, "%s%s%s", six ? "[" : "", host, six ? "]" : "");
	if (port != 0 && port != PORT)
		text_add(out, ":%u", port);
}

int peers_ask(struct peers *peers, struct resolve_query **out, const char *host,
              resolve_fn fn, void *self)
{
	int rc = 0;

	if (peers->resolve == NULL)
		rc = resolve_start(&peers->resolve, peers->loop, NULL);
	return rc < 0 ? rc
	              : resolve_ask(out, peers->resolve, RESOLVE_ADDRESS, host,
	                            fn, self);
}

unsigned peers_count(const struct peers *peers)
{
	return peers->count;
}

void sip_peer_preset(struct sip_peer_conf *conf)
{
	*conf = (struct sip_peer_conf){
		.ncodecs = 2,
		.codecs = { CODEC_PCMA, CODEC_PCMU },
		.ptime_ms = 20,
		.event_type = 101,
		.dtmf = { SIP_DTMF_RTP, SIP_DTMF_INFO, SIP_DTMF_INBAND },
		.redirect = true,
		.reliable = SIP_100REL_SUPPORTED,
		.session_timer = 1800,
		.min_se = 90,
		.keepalive = { .up_s = 60, .down_s = 30, .retries = 3 },
	};
}
