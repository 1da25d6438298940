/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * c-ares does the work; here its sockets are watched by our loop and its
 * time-outs are a timer of ours. It may answer from inside the function that
 * asks, and it can not take one question back. So a query keeps its result
 * until the next turn of the loop, and one that was cancelled waits, owned by
 * nobody, for c-ares to let go of it.
 *
 * Each query has a limit of its own on top of c-ares' repetitions: whoever
 * asked hears something after LIMIT, however many servers are configured and
 * whatever c-ares thinks of them. That timer also follows a clock that a test
 * turns, which c-ares does not.
 *
 * SRV records of one priority are drawn by weight (RFC 2782): the first is
 * drawn from all, the next from the rest.
 */
#include "kernel/resolve.h"

#include <ares.h>
#include <arpa/nameser.h>
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "kernel/bytes.h"
#include "kernel/list.h"
#include "kernel/loop.h"
#include "kernel/mem.h"
#include "kernel/text.h"
#include "kernel/timer.h"

enum { SOCKETS = 32, QUERIES = 256, TRY_MS = 1500, TRIES = 2 };

#define LIMIT SEC(8)

struct lookout {
	struct resolve *owner;
	int fd;
	struct watch *watch; /* NULL: a free place */
};

struct resolve {
	struct loop *loop;
	ares_channel channel; /* NULL: not begun */
	struct timer again;
	struct lookout sockets[SOCKETS];
	struct list queries;
	unsigned nqueries;
};

struct resolve_query {
	struct list list;
	struct resolve *owner;
	enum resolve_kind kind;
	resolve_fn fn; /* NULL: cancelled */
	void *self;
	bool asked; /* c-ares knows it */
	struct timer limit;
	struct deferred told;
	int error;
	unsigned n;
	struct resolve_record records[RESOLVE_RECORDS];
};

static void query_free(struct resolve_query *q)
{
	timer_stop(&q->limit);
	deferred_cancel(&q->told);
	list_remove(&q->list);
	q->owner->nqueries--;
	mem_free(q);
}

/* The owner may be gone when fn returns. */
static void tell(void *self)
{
	struct resolve_query *q = self;
	resolve_fn fn = q->fn;

	timer_stop(&q->limit);
	list_remove(&q->list);
	q->owner->nqueries--;
	if (q->error == 0 && q->n == 0)
		q->error = -ENOENT;
	fn(q->self, q->error, q->records, q->error == 0 ? q->n : 0);
	mem_free(q);
}

/* c-ares is done with this one. */
static void settle(struct resolve_query *q, int error)
{
	q->asked = false;
	q->error = error;
	if (q->fn == NULL)
		query_free(q);
	else
		loop_defer(q->owner->loop, &q->told);
}

static void too_long(void *self)
{
	struct resolve_query *q = self;
	resolve_fn fn = q->fn;

	q->fn = NULL; /* c-ares still has it */
	fn(q->self, -ETIMEDOUT, q->records, 0);
}

static int error_of(int status)
{
	switch (status) {
	case ARES_SUCCESS:
		return 0;
	case ARES_ENOTFOUND:
	case ARES_ENODATA:
	case ARES_ENONAME:
		return -ENOENT;
	case ARES_ETIMEOUT:
	case ARES_ECONNREFUSED:
		return -ETIMEDOUT;
	case ARES_ENOMEM:
		return -ENOMEM;
	case ARES_EBADNAME:
	case ARES_EBADRESP:
	case ARES_EFORMERR:
		return -EBADMSG;
	default:
		return -EIO;
	}
}

/* --- answers --- */

static struct resolve_record *next_record(struct resolve_query *q)
{
	return q->n < RESOLVE_RECORDS ? &q->records[q->n] : NULL;
}

static void add_addresses(struct resolve_query *q,
                          const struct ares_addrinfo_node *nodes, int family)
{
	const struct ares_addrinfo_node *node;
	struct resolve_record *to;

	for (node = nodes; node != NULL; node = node->ai_next) {
		to = next_record(q);
		if (to == NULL)
			return;
		if (node->ai_family != family ||
		    !addr_from_sockaddr(&to->addr, node->ai_addr))
			continue;
		addr_set_port(&to->addr, 0);
		to->ttl_s = node->ai_ttl > 0 ? (uint32_t)node->ai_ttl : 0;
		q->n++;
	}
}

static void hear_addresses(void *self, int status, int timeouts,
                           struct ares_addrinfo *found)
{
	struct resolve_query *q = self;

	(void)timeouts;
	if (status == ARES_SUCCESS) {
		add_addresses(q, found->nodes, AF_INET);
		add_addresses(q, found->nodes, AF_INET6);
	}
	ares_freeaddrinfo(found);
	settle(q, error_of(status));
}

static bool skip_name(struct bytes *in)
{
	uint8_t len;

	while (take_u8(in, &len)) {
		if (len == 0)
			return true;
		if (len >= 0xc0)
			return take_skip(in, 1);
		if (!take_skip(in, len))
			return false;
	}
	return false;
}

/* The least time to live of all answers: RFC 1035 4.1. */
static uint32_t least_ttl(struct bytes in)
{
	uint16_t questions, answers, len;
	uint32_t least = UINT32_MAX, ttl;

	if (!take_skip(&in, 4) || !take_u16(&in, &questions) ||
	    !take_u16(&in, &answers) || !take_skip(&in, 4))
		return 0;
	for (unsigned i = 0; i < questions; i++)
		if (!skip_name(&in) || !take_skip(&in, 4))
			return 0;
	for (unsigned i = 0; i < answers; i++) {
		if (!skip_name(&in) || !take_skip(&in, 4) ||
		    !take_u32(&in, &ttl) || !take_u16(&in, &len) ||
		    !take_skip(&in, len))
			return 0;
		least = MIN_OF(least, ttl);
	}
	return least == UINT32_MAX ? 0 : least;
}

static int by_order(const void *a, const void *b)
{
	const struct resolve_record *x = a, *y = b;

	if (x->priority != y->priority)
		return x->priority < y->priority ? -1 : 1;
	return x->weight < y->weight ? -1 : x->weight > y->weight;
}

static unsigned draw(unsigned below)
{
	uint32_t random = 0;

	(void)getrandom(&random, sizeof(random), 0);
	return (unsigned)((uint64_t)random * below >> 32);
}

/* RFC 2782: of n records of one priority one is drawn by weight to the front,
 * then one of those left. */
static void draw_by_weight(struct resolve_record *r, unsigned n)
{
	for (; n > 1; r++, n--) {
		unsigned sum = 0, at = 0, left;
		struct resolve_record swap = *r;

		for (unsigned i = 0; i < n; i++)
			sum += r[i].weight;
		left = draw(sum + 1);
		while (at < n - 1 && r[at].weight < left)
			left -= r[at++].weight;
		*r = r[at];
		r[at] = swap;
	}
}

static void order_services(struct resolve_query *q)
{
	unsigned end;

	qsort(q->records, q->n, sizeof(q->records[0]), by_order);
	for (unsigned i = 0; i < q->n; i = end) {
		for (end = i + 1; end < q->n && q->records[end].priority ==
		                                        q->records[i].priority;
		     end++)
			;
		draw_by_weight(&q->records[i], end - i);
	}
}

static int read_services(struct resolve_query *q, struct bytes raw)
{
	struct ares_srv_reply *found = NULL;
	int status = ares_parse_srv_reply(raw.at, (int)raw.len, &found);
	uint32_t ttl = least_ttl(raw);

	for (struct ares_srv_reply *s = found; s != NULL; s = s->next) {
		struct resolve_record *to = next_record(q);

		/* "." says that there is no such service: RFC 2782. */
		if (to == NULL || s->host[0] == '\0' ||
		    text_copy(to->host, sizeof(to->host), s->host) < 0)
			continue;
		to->port = s->port;
		to->priority = s->priority;
		to->weight = s->weight;
		to->ttl_s = ttl;
		q->n++;
	}
	ares_free_data(found);
	order_services(q);
	return error_of(status);
}

static int read_pointers(struct resolve_query *q, struct bytes raw)
{
	struct ares_naptr_reply *found = NULL;
	int status = ares_parse_naptr_reply(raw.at, (int)raw.len, &found);
	uint32_t ttl = least_ttl(raw);

	for (struct ares_naptr_reply *p = found; p != NULL; p = p->next) {
		struct resolve_record *to = next_record(q);

		if (to == NULL ||
		    text_copy(to->host, sizeof(to->host), p->replacement) < 0 ||
		    text_copy(to->service, sizeof(to->service),
		              (const char *)p->service) < 0 ||
		    text_copy(to->flags, sizeof(to->flags),
		              (const char *)p->flags) < 0)
			continue;
		to->priority = p->order;
		to->weight = p->preference;
		to->ttl_s = ttl;
		q->n++;
	}
	ares_free_data(found);
	qsort(q->records, q->n, sizeof(q->records[0]), by_order);
	return error_of(status);
}

static void hear_answer(void *self, int status, int timeouts,
                        unsigned char *raw, int len)
{
	struct resolve_query *q = self;
	struct bytes answer = { raw, len > 0 ? (size_t)len : 0 };
	int error = error_of(status);

	(void)timeouts;
	if (error == 0)
		error = q->kind == RESOLVE_SRV ? read_services(q, answer)
		                               : read_pointers(q, answer);
	settle(q, error);
}

/* --- c-ares on our loop --- */

static void arm(struct resolve *r)
{
	struct timeval tv, *left = ares_timeout(r->channel, NULL, &tv);

	if (left == NULL)
		timer_stop(&r->again);
	else
		timer_start(&r->again,
		            SEC(left->tv_sec) + (usec)left->tv_usec + MSEC(1));
}

static void time_out(void *self)
{
	struct resolve *r = self;

	ares_process_fd(r->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	arm(r);
}

static void ready(void *self, unsigned events)
{
	struct lookout *o = self;
	struct resolve *r = o->owner;
	int fd = o->fd;

	ares_process_fd(r->channel,
	                events == 0 || (events & WATCH_READ) ? fd
	                                                     : ARES_SOCKET_BAD,
	                (events & WATCH_WRITE) ? fd : ARES_SOCKET_BAD);
	arm(r);
}

static struct lookout *lookout_of(struct resolve *r, int fd)
{
	struct lookout *vacant = NULL;

	for (unsigned i = 0; i < SOCKETS; i++) {
		struct lookout *o = &r->sockets[i];

		if (o->watch != NULL && o->fd == fd)
			return o;
		if (o->watch == NULL && vacant == NULL)
			vacant = o;
	}
	return vacant;
}

/* A socket that can not be watched is one that never answers. */
static void socket_state(void *self, ares_socket_t fd, int readable,
                         int writable)
{
	struct resolve *r = self;
	struct lookout *o = lookout_of(r, fd);
	unsigned events =
		(readable ? WATCH_READ : 0u) | (writable ? WATCH_WRITE : 0u);

	if (o == NULL)
		return;
	if (events == 0) {
		o->watch = watch_free(o->watch);
	} else if (o->watch != NULL) {
		(void)watch_change(o->watch, events);
	} else {
		o->owner = r;
		o->fd = fd;
		(void)watch_new(&o->watch, r->loop, fd, events, ready, o);
	}
}

static int open_channel(struct resolve *r, const char *servers)
{
	struct ares_options options = {
		.sock_state_cb = socket_state,
		.sock_state_cb_data = r,
		.timeout = TRY_MS,
		.tries = TRIES,
	};
	int status = ares_library_init(ARES_LIB_INIT_ALL);

	if (status != ARES_SUCCESS)
		return error_of(status);
	status = ares_init_options(&r->channel, &options,
	                           ARES_OPT_SOCK_STATE_CB | ARES_OPT_TIMEOUTMS |
	                                   ARES_OPT_TRIES);
	if (status != ARES_SUCCESS) {
		r->channel = NULL;
		ares_library_cleanup();
		return error_of(status);
	}
	if (servers != NULL &&
	    ares_set_servers_ports_csv(r->channel, servers) != ARES_SUCCESS)
		return -EBADMSG;
	return 0;
}

int resolve_start(struct resolve **out, struct loop *loop, const char *servers)
{
	struct resolve *r = mem_new(struct resolve);
	int rc;

	if (r == NULL)
		return -ENOMEM;
	r->loop = loop;
	list_init(&r->queries);
	timer_init(&r->again, loop, "DNS repeat", time_out, r);
	rc = open_channel(r, servers);
	if (rc < 0)
		(void)resolve_stop(r);
	else
		*out = r;
	return rc;
}

struct resolve *resolve_stop(struct resolve *r)
{
	if (r == NULL)
		return NULL;
	LIST_EACH(&r->queries, struct resolve_query, q, list)
	{
		(void)resolve_cancel(q);
	}
	/* What c-ares still has it hands back here, cancelled. */
	if (r->channel != NULL) {
		ares_destroy(r->channel);
		ares_library_cleanup();
	}
	timer_stop(&r->again);
	for (unsigned i = 0; i < SOCKETS; i++)
		r->sockets[i].watch = watch_free(r->sockets[i].watch);
	return mem_free(r);
}

static bool is_name(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len < RESOLVE_HOST &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz"
	                    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._") == len;
}

static void ask(struct resolve_query *q, const char *name)
{
	struct ares_addrinfo_hints hints = { .ai_family = AF_UNSPEC,
		                             .ai_socktype = SOCK_DGRAM,
		                             .ai_flags = ARES_AI_NOSORT };
	struct resolve *r = q->owner;

	q->asked = true;
	timer_start(&q->limit, LIMIT);
	if (q->kind == RESOLVE_ADDRESS)
		ares_getaddrinfo(r->channel, name, NULL, &hints, hear_addresses,
		                 q);
	else
		ares_query(r->channel, name, ns_c_in,
		           q->kind == RESOLVE_SRV ? ns_t_srv : ns_t_naptr,
		           hear_answer, q);
	arm(r);
}

int resolve_ask(struct resolve_query **out, struct resolve *r,
                enum resolve_kind kind, const char *name, resolve_fn fn,
                void *self)
{
	struct resolve_query *q;
	struct addr numeric;
	bool is_numeric =
		kind == RESOLVE_ADDRESS && addr_parse(&numeric, name, 0) == 0;

	if (!is_numeric && !is_name(name))
		return -EBADMSG;
	if (r->nqueries >= QUERIES)
		return -EBUSY;
	q = mem_new(struct resolve_query);
	if (q == NULL)
		return -ENOMEM;
	q->owner = r;
	q->kind = kind;
	q->fn = fn;
	q->self = self;
	list_init(&q->list);
	list_append(&r->queries, &q->list);
	r->nqueries++;
	timer_init(&q->limit, r->loop, "DNS", too_long, q);
	deferred_init(&q->told, tell, q);
	*out = q;
	if (is_numeric) {
		addr_set_port(&numeric, 0);
		q->records[q->n++].addr = numeric;
		settle(q, 0);
	} else {
		ask(q, name);
	}
	return 0;
}

struct resolve_query *resolve_cancel(struct resolve_query *q)
{
	if (q == NULL)
		return NULL;
	q->fn = NULL;
	timer_stop(&q->limit);
	deferred_cancel(&q->told);
	if (!q->asked)
		query_free(q);
	return NULL;
}
