/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Binds: a UDP socket or a TCP listener each, opened as configured, changed
 * with calls up. A message leaves from a bind; which one, and how it is called
 * in Via and Contact, is decided here.
 *
 * A datagram is a whole message, so there is nothing to keep: many are received
 * at once, and handed up with how long they lay in the socket's queue.
 * Strangers are dropped before anything is looked at. A wake-up takes a bounded
 * number of datagrams, so that a flood on one socket lets timers and the other
 * sockets have their turn; yet enough to see what belongs to calls behind many
 * new ones. The queue itself is long: what finds no room in it comes again
 * after half a second, and a call would have waited for that.
 *
 * A bind that is configured away has calls that were told of it in Contact and
 * Via: it stays for them, chosen by nobody who does not name it, and is looked
 * at now and then until the last has ended. There are never more of those than
 * there may be binds.
 *
 * A datagram the system has no room for now is counted and otherwise treated
 * as lost on the way: the transaction repeats it. Every other error of sending
 * is the caller's.
 *
 * A bind on any address says nothing that could be told to the other end. Then
 * the address is the one the system would use towards it; the answer is kept
 * for some seconds, because asking takes a socket.
 */
#include "gateway/sip/transport.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "gateway/sip/connection.h"
#include "kernel/datagram.h"
#include "kernel/loop.h"
#include "kernel/mem.h"
#include "kernel/net.h"

/* A wake-up takes no more batches of datagrams, and begins none later: others
 * wait for their turn of the loop, answers from the D channels among them. */
enum { BATCHES = 4 };
#define READING MSEC(2)

enum { PLACE = UINT16_MAX + 1 };

#define ROUTE_KEPT SEC(5)
#define LEFT_ASKED SEC(5) /* is what was left still used? */

/* One bind; owned by its transports. */
struct outlet {
	struct list list;
	struct transports *owner;
	struct sip_bind bind; /* as configured */
	struct addr local;    /* with the port it really has */
	bool left;            /* configured away, and used */
	int fd;
	struct watch *watch;
	struct datagram_queue queue; /* of a UDP socket */
	struct addr route_to, route; /* the last answer about routes */
	struct instant route_at;
};

struct transports {
	struct loop *loop;
	struct sip_conf conf;
	const struct transports_user *user;
	void *self;
	struct sip_counts *counts;
	struct list outlets;
	struct timer leaving;
	struct connections *connections;
	uint64_t dropped; /* by sockets that were closed since */
	/* a place each, with one octet more to see that it was longer */
	struct datagram datagrams[DATAGRAMS];
	uint8_t *places;
};

/* Phones keep their NAT binding open with line ends, or zeros. */
static bool is_keep_alive(struct bytes raw)
{
	for (size_t i = 0; i < raw.len; i++)
		if (raw.at[i] != '\r' && raw.at[i] != '\n' && raw.at[i] != 0)
			return false;
	return true;
}

static void receive(struct outlet *o, const struct datagram *d)
{
	struct transports *t = o->owner;
	struct hop hop = { .transport = SIP_UDP,
		           .local = o->local,
		           .remote = d->from };
	struct bytes raw = { d->at, d->len };

	if (!addr_is_set(&hop.remote) ||
	    !t->user->welcome(t->self, &hop.remote)) {
		t->counts->strangers++;
		return;
	}
	if (is_keep_alive(raw))
		return;
	t->counts->messages_in++;
	t->counts->octets_in += raw.len;
	if (raw.len > t->conf.message_most)
		t->counts->malformed++;
	else
		t->user->message(t->self, &hop, raw, d->waited);
}

/* Whether there may be more. */
static bool receive_batch(struct outlet *o)
{
	struct datagram *d = o->owner->datagrams;
	int n = datagrams_receive(o->fd, &o->queue, d, DATAGRAMS);

	for (int i = 0; i < n; i++)
		receive(o, &d[i]);
	/* An error is of one packet (ICMP), and there may be others. */
	return n == DATAGRAMS || (n < 0 && n != -EAGAIN && n != -EBADF);
}

static void datagrams_ready(void *self, unsigned events)
{
	struct instant began = instant_now();
	struct outlet *o = self;

	(void)events;
	for (int i = 0; i < BATCHES; i++)
		if (!receive_batch(o) ||
		    instant_since(instant_now(), began) >= READING)
			break;
}

static void connections_ready(void *self, unsigned events)
{
	struct outlet *o = self;

	(void)events;
	connections_accept(o->owner->connections, o->fd, &o->local);
}

static struct outlet *outlet_free(struct outlet *o)
{
	if (o == NULL)
		return NULL;
	list_remove(&o->list);
	o->owner->dropped += o->queue.dropped;
	o->watch = watch_free(o->watch);
	if (o->fd >= 0)
		(void)close(o->fd);
	return mem_free(o);
}

static int outlet_bind(struct outlet *o)
{
	struct transports *t = o->owner;
	bool udp = o->bind.transport == SIP_UDP;
	int rc;

	o->fd = udp ? net_udp_open(&o->bind.addr, t->conf.dscp)
	            : net_tcp_listen(&o->bind.addr, t->conf.dscp);
	if (o->fd < 0)
		return o->fd;
	if (udp)
		(void)datagrams_begin(o->fd, t->conf.receive_room);
	rc = net_local(o->fd, &o->local);
	if (rc < 0)
		return rc;
	return watch_new(&o->watch, t->loop, o->fd, WATCH_READ,
	                 udp ? datagrams_ready : connections_ready, o);
}

static int outlet_open(struct list *to, struct transports *t,
                       const struct sip_bind *bind)
{
	struct outlet *o;
	int rc;

	if (bind->transport != SIP_UDP && bind->transport != SIP_TCP)
		return -ENOTSUP;
	o = mem_new(struct outlet);
	if (o == NULL)
		return -ENOMEM;
	list_init(&o->list);
	o->owner = t;
	o->bind = *bind;
	o->fd = -1;
	rc = outlet_bind(o);
	if (rc < 0)
		(void)outlet_free(o);
	else
		list_append(to, &o->list);
	return rc;
}

static void outlets_free(struct list *outlets)
{
	LIST_EACH(outlets, struct outlet, o, list)
	(void)outlet_free(o);
}

static bool is_same_bind(const struct sip_bind *a, const struct sip_bind *b)
{
	return a->transport == b->transport && addr_equal(&a->addr, &b->addr);
}

static bool is_open(const struct transports *t, const struct sip_bind *bind)
{
	LIST_EACH(&t->outlets, struct outlet, o, list)
	if (is_same_bind(&o->bind, bind))
		return true;
	return false;
}

static bool is_named(const struct sip_conf *conf, const struct sip_bind *bind)
{
	for (unsigned i = 0; i < conf->nbinds; i++)
		if (is_same_bind(&conf->bind[i], bind))
			return true;
	return false;
}

/* Opens what conf names and is not open, all or nothing. */
static int open_new(struct transports *t, const struct sip_conf *conf)
{
	struct list fresh;
	int rc = 0;

	list_init(&fresh);
	for (unsigned i = 0; rc == 0 && i < conf->nbinds; i++)
		if (!is_open(t, &conf->bind[i]))
			rc = outlet_open(&fresh, t, &conf->bind[i]);
	if (rc < 0) {
		outlets_free(&fresh);
		return rc;
	}
	LIST_EACH(&fresh, struct outlet, o, list)
	{
		list_remove(&o->list);
		list_append(&t->outlets, &o->list);
	}
	return 0;
}

static void close_outlet(struct outlet *o)
{
	if (o->bind.transport != SIP_UDP)
		connections_drop(o->owner->connections, &o->local);
	(void)outlet_free(o);
}

/* The first are the oldest. */
static unsigned close_left(struct transports *t)
{
	unsigned n = 0;

	LIST_EACH(&t->outlets, struct outlet, o, list)
	if (o->left && !t->user->used(t->self, &o->local))
		close_outlet(o);
	else
		n += o->left;
	LIST_EACH(&t->outlets, struct outlet, o, list)
	if (o->left && n > SIP_BINDS) {
		close_outlet(o);
		n--;
	}
	return n;
}

static void leave(void *self)
{
	struct transports *t = self;

	if (close_left(t) > 0)
		timer_start(&t->leaving, LEFT_ASKED);
}

static void close_old(struct transports *t, const struct sip_conf *conf)
{
	LIST_EACH(&t->outlets, struct outlet, o, list)
	{
		o->left = !is_named(conf, &o->bind);
		if (o->left && t->user->used == NULL)
			close_outlet(o);
	}
	leave(t);
}

bool transports_is_left(const struct transports *t, const struct hop *hop)
{
	LIST_EACH(&t->outlets, struct outlet, o, list)
	if (o->bind.transport == hop->transport &&
	    addr_equal(&o->local, &hop->local))
		return o->left;
	return false;
}

static unsigned message_most(const struct sip_conf *conf)
{
	return conf->message_most == 0 ? UINT16_MAX
	                               : MIN_OF(conf->message_most, UINT16_MAX);
}

int transports_open(struct transports **out, struct loop *loop,
                    const struct sip_conf *conf,
                    const struct transports_user *user, void *self,
                    struct sip_counts *counts)
{
	struct connections_user above = { user, self, counts };
	struct transports *t = mem_new(struct transports);
	int rc;

	if (t == NULL)
		return -ENOMEM;
	t->loop = loop;
	t->conf = *conf;
	t->conf.message_most = message_most(conf);
	t->user = user;
	t->self = self;
	t->counts = counts;
	list_init(&t->outlets);
	timer_init(&t->leaving, loop, "binds that were left", leave, t);
	t->places = mem_new_array(uint8_t, DATAGRAMS * PLACE);
	rc = t->places == NULL ? -ENOMEM : 0;
	for (unsigned i = 0; rc == 0 && i < DATAGRAMS; i++)
		t->datagrams[i] =
			(struct datagram){ .at = t->places + i * PLACE,
			                   .size = PLACE };
	if (rc == 0)
		rc = connections_new(&t->connections, loop, &t->conf, &above);
	if (rc == 0)
		rc = open_new(t, conf);
	if (rc < 0)
		(void)transports_close(t);
	else
		*out = t;
	return rc;
}

int transports_change(struct transports *t, const struct sip_conf *conf)
{
	int rc = open_new(t, conf);

	if (rc < 0)
		return rc;
	close_old(t, conf);
	LIST_EACH(&t->outlets, struct outlet, o, list)
	if (o->bind.transport == SIP_UDP)
		(void)datagrams_begin(o->fd, conf->receive_room);
	t->conf = *conf;
	t->conf.message_most = message_most(conf);
	connections_change(t->connections, &t->conf);
	return 0;
}

struct transports *transports_close(struct transports *t)
{
	if (t == NULL)
		return NULL;
	timer_stop(&t->leaving);
	outlets_free(&t->outlets);
	t->connections = connections_free(t->connections);
	t->places = mem_free(t->places);
	return mem_free(t);
}

/* Is this the bind that was asked for? A port of 0 asks for any. */
static bool is_asked(const struct outlet *o, const struct addr *local)
{
	if (!addr_is_set(local))
		return !o->left;
	if (o->left)
		return addr_equal(local, &o->local);
	if (addr_equal(local, &o->local) || addr_equal(local, &o->bind.addr))
		return true;
	return addr_port(local) == 0 && addr_equal_host(local, &o->local);
}

uint64_t transports_dropped(const struct transports *t)
{
	uint64_t dropped = t->dropped;

	LIST_EACH(&t->outlets, struct outlet, o, list)
	dropped += o->queue.dropped;
	return dropped;
}

static struct outlet *choose(struct transports *t, const struct hop *hop)
{
	LIST_EACH(&t->outlets, struct outlet, o, list)
	if (o->bind.transport == hop->transport &&
	    o->local.sa.sa_family == hop->remote.sa.sa_family &&
	    is_asked(o, &hop->local))
		return o;
	return NULL;
}

int transports_choose(struct transports *t, struct hop *hop)
{
	const struct outlet *o = choose(t, hop);

	if (o == NULL)
		return -EHOSTUNREACH;
	hop->local = o->local;
	return 0;
}

static int send_datagram(struct transports *t, const struct outlet *o,
                         const struct hop *hop, struct bytes raw)
{
	int rc = net_send_to(o->fd, raw, &hop->remote);

	if (rc >= 0)
		return 0;
	t->counts->send_failures++;
	return rc == -EAGAIN || rc == -ENOBUFS || rc == -ENOMEM ? 0 : rc;
}

int transports_send(struct transports *t, struct hop *hop, struct bytes raw)
{
	struct outlet *o = choose(t, hop);
	int rc;

	/* An answer on a connection that is up needs no bind. */
	if (o == NULL && hop->connection == 0)
		return -EHOSTUNREACH;
	if (o != NULL)
		hop->local = o->local;
	if (hop->transport == SIP_UDP)
		rc = o == NULL ? -EHOSTUNREACH : send_datagram(t, o, hop, raw);
	else
		rc = connections_send(t->connections, hop, raw);
	if (rc == 0) {
		t->counts->messages_out++;
		t->counts->octets_out += raw.len;
	}
	return rc;
}

/* What the system would use towards the peer, asked now and then. */
static int route_of(struct outlet *o, const struct addr *remote,
                    struct addr *out)
{
	struct instant now = instant_now();
	int rc;

	if (!addr_is_set(&o->route_to) || !addr_equal(&o->route_to, remote) ||
	    instant_since(now, o->route_at) >= ROUTE_KEPT) {
		rc = net_route(remote, &o->route);
		if (rc < 0)
			return rc;
		o->route_to = *remote;
		o->route_at = now;
	}
	*out = o->route;
	return 0;
}

int transports_local(struct transports *t, const struct hop *hop,
                     struct addr *out)
{
	struct outlet *o = choose(t, hop);
	struct addr local;
	int rc = 0;

	if (o == NULL)
		return -EHOSTUNREACH;
	local = o->local;
	if (addr_is_any(&local))
		rc = route_of(o, &hop->remote, &local);
	if (rc < 0)
		return rc;
	addr_set_port(&local, addr_port(&o->local));
	*out = local;
	return 0;
}
