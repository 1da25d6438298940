/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * TCP, where a message has no edges of its own: its head ends with an empty
 * line and says how long the body is (RFC 3261 18.3). Octets are received into
 * one buffer shared by all connections; only a connection left with half a
 * message gets a buffer of its own, until the message is whole. So many idle
 * connections cost little, and half messages are bounded three times: in size
 * (message_most), in time (HALF_MOST since the first octet, however slowly the
 * rest comes) and in number (connections_most).
 *
 * A connection is used again for requests when we opened it to the very address
 * that is wanted, and for the responses to what came on it. One that a far end
 * opened is not used for our requests: its port is nobody's address, and who
 * claims to be reachable through it would have to prove that (RFC 5923).
 *
 * Two line ends between messages are a question whether we are alive, and one
 * is the answer (RFC 5626 3.5.1).
 *
 * What ends a connection, for whatever reason, is told on the next turn of the
 * loop, once; from the instant it ended nobody finds it any more.
 */
#include "gateway/sip/connection.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "gateway/sip/scan.h"
#include "kernel/loop.h"
#include "kernel/mem.h"
#include "kernel/net.h"

enum {
	READS = 8,           /* a wake-up takes at most */
	ACCEPTS = 16,        /* likewise */
	QUEUE_MOST = 262144, /* octets waiting to be sent */
	RESERVE = 4,         /* a part of so many is for newcomers */
};

#define CONNECT_MOST SEC(5)
#define HALF_MOST    SEC(10)
#define IDLE_MOST    SEC(600)

struct parcel {
	struct list list;
	size_t len, sent;
	uint8_t octets[];
};

/* Owned by its connections; dies by its funeral. */
struct connection {
	struct list list;
	struct connections *owner;
	struct hop hop; /* its own number in it */
	int fd;
	struct watch *watch;
	bool incoming, connecting;
	int error;     /* why it ended; 0: it did not */
	uint8_t *half; /* message_most octets, while a message is not whole */
	size_t nhalf, half_size;
	unsigned line_ends; /* seen since the last message */
	struct list queue;
	size_t queued;
	struct timer slow, idle; /* slow: connecting, or half a message */
	struct deferred funeral;
};

struct connections {
	struct loop *loop;
	struct connections_user user;
	size_t message_most;
	unsigned most, used;
	int dscp, reserve;
	uint32_t numbers;
	struct list open, dead;
	uint8_t *shared;
};

static void drop_queue(struct connection *c)
{
	LIST_EACH(&c->queue, struct parcel, p, list)
	{
		list_remove(&p->list);
		mem_free(p);
	}
	c->queued = 0;
}

static struct connection *connection_free(struct connection *c)
{
	if (c == NULL)
		return NULL;
	list_remove(&c->list);
	timer_stop(&c->slow);
	timer_stop(&c->idle);
	deferred_cancel(&c->funeral);
	drop_queue(c);
	c->watch = watch_free(c->watch);
	if (c->fd >= 0)
		(void)close(c->fd);
	mem_free(c->half);
	c->owner->used--;
	c->owner->user.counts->connections = c->owner->used;
	return mem_free(c);
}

static void funeral(void *self)
{
	struct connection *c = self;
	struct connections *owner = c->owner;
	struct hop hop = c->hop;
	int error = c->error;

	(void)connection_free(c);
	owner->user.user->failed(owner->user.self, &hop, error);
}

static void end(struct connection *c, int error)
{
	if (c->error != 0)
		return;
	c->error = error;
	timer_stop(&c->slow);
	timer_stop(&c->idle);
	c->watch = watch_free(c->watch);
	(void)close(c->fd);
	c->fd = -1;
	list_remove(&c->list);
	list_append(&c->owner->dead, &c->list);
	loop_defer(c->owner->loop, &c->funeral);
}

static void too_slow(void *self)
{
	struct connection *c = self;

	if (!c->connecting)
		c->owner->user.counts->malformed++;
	end(c, -ETIMEDOUT);
}

static void too_idle(void *self)
{
	end(self, -ETIMEDOUT);
}

/* --- sending --- */

static void want(struct connection *c)
{
	unsigned events = WATCH_READ;

	if (c->connecting || !list_empty(&c->queue))
		events |= WATCH_WRITE;
	if (c->error == 0 && watch_change(c->watch, events) < 0)
		end(c, -ENOMEM);
}

static int enqueue(struct connection *c, struct bytes raw)
{
	static struct mem_kind kind = { .name = "parcel" };
	struct parcel *p;

	if (raw.len > QUEUE_MOST - c->queued)
		return -ENOBUFS;
	p = mem_take(&kind, 1, sizeof(*p) + raw.len);
	if (p == NULL)
		return -ENOMEM;
	p->len = raw.len;
	p->sent = 0;
	memcpy(p->octets, raw.at, raw.len);
	list_append(&c->queue, &p->list);
	c->queued += raw.len;
	return 0;
}

/* How much went out; 0 also when there is no room now. */
static int send_some(struct connection *c, struct bytes raw)
{
	int n = net_send(c->fd, raw);

	if (n >= 0)
		return n;
	if (n == -EAGAIN || n == -ENOBUFS)
		return 0;
	c->owner->user.counts->send_failures++;
	end(c, n);
	return n;
}

static int put(struct connection *c, struct bytes raw)
{
	int n = 0, rc = 0;

	if (!c->connecting && list_empty(&c->queue))
		n = send_some(c, raw);
	if (n < 0)
		return n;
	raw.at += n;
	raw.len -= (size_t)n;
	if (raw.len > 0) {
		rc = enqueue(c, raw);
		/* Half a message out and no place for the rest. */
		if (rc < 0 && n > 0)
			end(c, rc);
		want(c);
	}
	timer_start(&c->idle, IDLE_MOST);
	return rc;
}

static void flush(struct connection *c)
{
	LIST_EACH(&c->queue, struct parcel, p, list)
	{
		struct bytes rest = { p->octets + p->sent, p->len - p->sent };
		int n = send_some(c, rest);

		if (n < 0)
			return;
		p->sent += (size_t)n;
		if (p->sent < p->len)
			break;
		list_remove(&p->list);
		c->queued -= p->len;
		mem_free(p);
	}
	want(c);
}

static void connected(struct connection *c)
{
	int rc = net_error(c->fd);

	if (rc < 0) {
		c->owner->user.counts->send_failures++;
		end(c, rc);
		return;
	}
	c->connecting = false;
	timer_stop(&c->slow);
	flush(c);
}

/* --- receiving --- */

/* Line ends between messages; answers a question. How many octets. */
static size_t skip_line_ends(struct connection *c, struct bytes in)
{
	static const uint8_t pong[] = { '\r', '\n' };
	size_t n = 0;

	for (; in.len - n >= 2 && memcmp(in.at + n, pong, 2) == 0; n += 2)
		if (++c->line_ends == 2) {
			c->line_ends = 0;
			(void)put(c, BYTES(pong));
			if (c->error != 0)
				break;
		}
	return n;
}

/* Hands up the message that begins here, when it is whole: its length; 0:
 * not yet; -EBADMSG: this stream is lost. */
static int take_message(struct connection *c, struct bytes in)
{
	struct connections *owner = c->owner;
	size_t body = 0, whole;
	int head = scan_frame(in, &body);

	if (head < 0)
		return head;
	whole = (size_t)head + body;
	if (head > 0 && whole > owner->message_most)
		return -EBADMSG;
	if (head == 0 || whole > in.len)
		return in.len >= owner->message_most ? -EBADMSG : 0;
	c->line_ends = 0;
	owner->user.counts->messages_in++;
	owner->user.counts->octets_in += whole;
	in.len = whole;
	owner->user.user->message(owner->user.self, &c->hop, in, 0);
	return (int)whole;
}

/* What is whole is handed up; how much that was. */
static size_t take_messages(struct connection *c, struct bytes in)
{
	size_t done = 0;

	while (c->error == 0 && done < in.len) {
		struct bytes rest = { in.at + done, in.len - done };
		size_t skipped = skip_line_ends(c, rest);
		int n = 0;

		rest.at += skipped;
		rest.len -= skipped;
		done += skipped;
		if (rest.len > 0 && c->error == 0)
			n = take_message(c, rest);
		if (n < 0) {
			c->owner->user.counts->malformed++;
			end(c, n);
		}
		if (n <= 0)
			break;
		done += (size_t)n;
		timer_stop(&c->slow); /* the next one has its own time */
	}
	return done;
}

/* Keeps what is left of n octets at `at` for the next time. */
static void keep_half(struct connection *c, const uint8_t *at, size_t n)
{
	if (c->error != 0)
		return;
	if (n == 0) {
		c->half = mem_free(c->half);
		c->nhalf = 0;
		timer_stop(&c->slow);
		return;
	}
	if (c->half == NULL) {
		c->half_size = c->owner->message_most;
		c->half = mem_new_array(uint8_t, c->half_size);
		if (c->half == NULL) {
			end(c, -ENOMEM);
			return;
		}
	}
	memmove(c->half, at, n);
	c->nhalf = n;
	if (!timer_running(&c->slow))
		timer_start(&c->slow, HALF_MOST);
}

static bool read_some(struct connection *c)
{
	struct connections *owner = c->owner;
	uint8_t *to = c->half != NULL ? c->half : owner->shared;
	size_t have = c->half != NULL ? c->nhalf : 0;
	size_t size = c->half != NULL ? c->half_size : owner->message_most;
	size_t done;
	int n = net_receive(c->fd, to + have, size - have);

	if (n == -EAGAIN)
		return false;
	if (n <= 0) {
		end(c, n < 0 ? n : -ECONNRESET);
		return false;
	}
	if (!owner->user.user->welcome(owner->user.self, &c->hop.remote)) {
		owner->user.counts->strangers++;
		end(c, -EACCES);
		return false;
	}
	timer_start(&c->idle, IDLE_MOST);
	have += (size_t)n;
	done = take_messages(c, (struct bytes){ to, have });
	keep_half(c, to + done, have - done);
	return c->error == 0;
}

static void ready(void *self, unsigned events)
{
	struct connection *c = self;

	if (events == 0) {
		end(c, -EBADF);
		return;
	}
	if (c->connecting) {
		connected(c);
		return;
	}
	if (events & WATCH_WRITE)
		flush(c);
	for (int i = 0; i < READS && c->error == 0; i++)
		if (!(events & WATCH_READ) || !read_some(c))
			break;
}

/* --- opening --- */

static struct connection *connection_new(struct connections *owner, int fd,
                                         const struct hop *hop)
{
	struct connection *c = mem_new(struct connection);

	if (c == NULL)
		return NULL;
	c->owner = owner;
	c->fd = fd;
	c->hop = *hop;
	while (++owner->numbers == 0)
		;
	c->hop.connection = owner->numbers;
	list_init(&c->queue);
	list_init(&c->list);
	list_append(&owner->open, &c->list);
	timer_init(&c->slow, owner->loop, "SIP TCP half", too_slow, c);
	timer_init(&c->idle, owner->loop, "SIP TCP idle", too_idle, c);
	deferred_init(&c->funeral, funeral, c);
	owner->used++;
	owner->user.counts->connections = owner->used;
	return c;
}

static int connection_watch(struct connection *c, unsigned events)
{
	int rc = watch_new(&c->watch, c->owner->loop, c->fd, events, ready, c);

	if (rc == 0)
		timer_start(&c->idle, IDLE_MOST);
	return rc;
}

static int open_to(struct connection **out, struct connections *owner,
                   const struct hop *hop)
{
	struct addr local = hop->local;
	struct connection *c;
	int fd, rc;

	if (owner->used >= owner->most)
		return -EBUSY;
	addr_set_port(&local, 0);
	fd = net_tcp_connect(&local, &hop->remote, owner->dscp);
	if (fd < 0)
		return fd;
	c = connection_new(owner, fd, hop);
	if (c == NULL) {
		(void)close(fd);
		return -ENOMEM;
	}
	c->connecting = true;
	rc = connection_watch(c, WATCH_READ | WATCH_WRITE);
	if (rc < 0) {
		(void)connection_free(c);
		return rc;
	}
	timer_start(&c->slow, CONNECT_MOST);
	*out = c;
	return 0;
}

/* The last quarter is for those who have none yet: one far end that opens all
 * it can does not lock the others out. */
static bool has_place(struct connections *owner, const struct addr *from)
{
	if (owner->used < owner->most - owner->most / RESERVE)
		return true;
	LIST_EACH(&owner->open, struct connection, c, list)
	if (addr_equal_host(&c->hop.remote, from))
		return false;
	return owner->used < owner->most;
}

static void take_in(struct connections *owner, int fd, const struct hop *hop)
{
	struct connection *c = NULL;

	if (!owner->user.user->welcome(owner->user.self, &hop->remote))
		owner->user.counts->strangers++;
	else if (!has_place(owner, &hop->remote))
		owner->user.counts->refused_limit++;
	else
		c = connection_new(owner, fd, hop);
	if (c == NULL) {
		(void)close(fd);
		return;
	}
	c->incoming = true;
	if (connection_watch(c, WATCH_READ) < 0)
		(void)connection_free(c);
}

/* Without a descriptor left the listener would stay ready for ever: one kept
 * for this is given for the connection, which is closed at once. */
static void shed(struct connections *owner, int listener)
{
	int fd;

	if (owner->reserve >= 0)
		(void)close(owner->reserve);
	fd = net_accept(listener, NULL);
	if (fd >= 0)
		(void)close(fd);
	owner->user.counts->refused_limit++;
	owner->reserve = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

void connections_accept(struct connections *owner, int listener,
                        const struct addr *local)
{
	struct hop hop = { .transport = SIP_TCP, .local = *local };

	for (int i = 0; i < ACCEPTS; i++) {
		int fd = net_accept(listener, &hop.remote);

		if (fd >= 0) {
			take_in(owner, fd, &hop);
			continue;
		}
		if (fd == -EMFILE || fd == -ENFILE)
			shed(owner, listener);
		break;
	}
}

static struct connection *find(struct connections *owner, const struct hop *hop)
{
	LIST_EACH(&owner->open, struct connection, c, list)
	if (hop->connection != 0 && c->hop.connection == hop->connection)
		return c;
	LIST_EACH(&owner->open, struct connection, c, list)
	if (!c->incoming && addr_equal(&c->hop.remote, &hop->remote) &&
	    addr_equal(&c->hop.local, &hop->local))
		return c;
	return NULL;
}

int connections_send(struct connections *owner, struct hop *hop,
                     struct bytes raw)
{
	struct connection *c = find(owner, hop);
	int rc;

	if (c == NULL) {
		if (!addr_is_set(&hop->local))
			return -EHOSTUNREACH;
		rc = open_to(&c, owner, hop);
		if (rc < 0)
			return rc;
	}
	hop->connection = c->hop.connection;
	hop->local = c->hop.local;
	return put(c, raw);
}

void connections_drop(struct connections *owner, const struct addr *local)
{
	LIST_EACH(&owner->open, struct connection, c, list)
	if (addr_equal(&c->hop.local, local))
		end(c, -ENETDOWN);
}

int connections_new(struct connections **out, struct loop *loop,
                    const struct sip_conf *conf,
                    const struct connections_user *user)
{
	struct connections *owner = mem_new(struct connections);

	if (owner == NULL)
		return -ENOMEM;
	owner->loop = loop;
	owner->user = *user;
	list_init(&owner->open);
	list_init(&owner->dead);
	connections_change(owner, conf);
	owner->reserve = open("/dev/null", O_RDONLY | O_CLOEXEC);
	owner->shared = mem_new_array(uint8_t, UINT16_MAX);
	if (owner->shared == NULL) {
		(void)connections_free(owner);
		return -ENOMEM;
	}
	*out = owner;
	return 0;
}

void connections_change(struct connections *owner, const struct sip_conf *conf)
{
	owner->message_most = conf->message_most;
	owner->most = conf->connections_most;
	owner->dscp = conf->dscp;
}

struct connections *connections_free(struct connections *owner)
{
	if (owner == NULL)
		return NULL;
	LIST_EACH(&owner->open, struct connection, c, list)
	(void)connection_free(c);
	LIST_EACH(&owner->dead, struct connection, d, list)
	(void)connection_free(d);
	if (owner->reserve >= 0)
		(void)close(owner->reserve);
	mem_free(owner->shared);
	return mem_free(owner);
}
