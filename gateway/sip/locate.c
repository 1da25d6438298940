/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Three questions, one after the other, RFC 3263 4: NAPTR says which transport
 * and under which name its servers are listed; SRV lists servers with ports,
 * priorities and weights; A and AAAA say where each of them is. Each of the
 * first two may have no answer: then the names that RFC 3263 gives are asked
 * for, and without any SRV record the name is itself the server, at the usual
 * port. A port in the configuration leaves only the last question.
 *
 * Many small name servers refuse NAPTR or SRV, and c-ares does not tell a
 * refusal from silence. So no answer leads on like the answer that there is
 * nothing, but the result is marked: whoever knew better servers before keeps
 * them rather than believe a lost packet.
 *
 * Among equal priorities RFC 2782 draws by weight for each contact, not for
 * each look-up; so the order is made when a call begins, from what the last
 * look-up brought. A target that failed lately keeps its chance, but as the
 * last one.
 */
#include "gateway/sip/locate.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

#include "kernel/mem.h"
#include "kernel/resolve.h"
#include "kernel/text.h"

enum { NAMES = 4, PORT = 5060, PORT_TLS = 5061 };

/* A name under which servers may be listed. */
struct listing {
	enum sip_transport transport;
	char name[RESOLVE_HOST];
};

struct service {
	char host[RESOLVE_HOST];
	uint16_t port, priority, weight;
};

struct locate {
	struct resolve *resolve;
	struct resolve_query *query;
	locate_fn fn;
	void *self;
	char host[RESOLVE_HOST];
	enum sip_transport transport;
	bool any_transport;
	unsigned nnames, name; /* listings, and which one is asked for */
	struct listing names[NAMES];
	unsigned nservices, service;
	struct service services[LOCATE_PLACES];
	struct location found;
};

/* RFC 3263 4.1 and 4.2, in the order of our preference. */
static const struct {
	enum sip_transport transport;
	const char *naptr, *srv;
} ways[] = {
	/* clang-format off */
	{ SIP_UDP, "SIP+D2U",  "_sip._udp"  },
	{ SIP_TCP, "SIP+D2T",  "_sip._tcp"  },
	{ SIP_TLS, "SIPS+D2T", "_sips._tcp" },
	/* clang-format on */
};

static uint16_t usual_port(enum sip_transport transport)
{
	return transport == SIP_TLS ? PORT_TLS : PORT;
}

/* Only what nobody asked to be secure is left open. */
static bool is_wanted(const struct locate *l, enum sip_transport transport)
{
	return l->any_transport ? transport != SIP_TLS
	                        : transport == l->transport;
}

struct locate *locate_cancel(struct locate *l)
{
	if (l == NULL)
		return NULL;
	l->query = resolve_cancel(l->query);
	return mem_free(l);
}

/* Whoever asked may ask again from inside. */
static void finish(struct locate *l, int error)
{
	if (l->found.n > 0)
		error = 0;
	l->fn(l->self, error, &l->found);
	mem_free(l);
}

static void ask(struct locate *l, enum resolve_kind kind, const char *name,
                resolve_fn hear)
{
	int rc = resolve_ask(&l->query, l->resolve, kind, name, hear, l);

	if (rc < 0)
		finish(l, rc);
}

static void count_ttl(struct locate *l, const struct resolve_record *records,
                      unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		l->found.ttl_s = MIN_OF(l->found.ttl_s, records[i].ttl_s);
}

/* --- where each server is --- */

static void ask_address(struct locate *l);

static void add_place(struct locate *l, const struct addr *addr)
{
	const struct service *s = &l->services[l->service];
	unsigned n = l->found.n;

	if (n == LOCATE_PLACES)
		return;
	l->found.addrs[n] = *addr;
	addr_set_port(&l->found.addrs[n], s->port);
	l->found.places[n] = (struct place){
		.priority = s->priority,
		.weight = s->weight,
		.service = (uint8_t)l->service,
	};
	l->found.n++;
}

static void hear_address(void *self, int error,
                         const struct resolve_record *records, unsigned n)
{
	struct locate *l = self;

	l->query = NULL;
	count_ttl(l, records, n);
	for (unsigned i = 0; i < n; i++)
		add_place(l, &records[i].addr);
	if (++l->service < l->nservices && error != -ETIMEDOUT)
		ask_address(l);
	else
		finish(l, error);
}

static void ask_address(struct locate *l)
{
	ask(l, RESOLVE_ADDRESS, l->services[l->service].host, hear_address);
}

/* It is itself the server. */
static void ask_host(struct locate *l, uint16_t port)
{
	struct service *s = &l->services[0];

	(void)text_copy(s->host, sizeof(s->host), l->host);
	s->port = port;
	l->nservices = 1;
	ask_address(l);
}

/* --- which servers there are --- */

static void ask_services(struct locate *l);

static void hear_services(void *self, int error,
                          const struct resolve_record *records, unsigned n)
{
	struct locate *l = self;

	l->query = NULL;
	l->found.doubtful |= error == -ETIMEDOUT;
	count_ttl(l, records, n);
	for (unsigned i = 0; i < MIN_OF(n, LOCATE_PLACES); i++) {
		struct service *s = &l->services[l->nservices++];

		(void)text_copy(s->host, sizeof(s->host), records[i].host);
		s->port = records[i].port;
		s->priority = records[i].priority;
		s->weight = records[i].weight;
	}
	if (l->nservices > 0) {
		l->found.listed = true;
		l->found.transport = l->names[l->name].transport;
		ask_address(l);
	} else {
		l->name++;
		ask_services(l);
	}
}

static void ask_services(struct locate *l)
{
	if (l->name < l->nnames)
		ask(l, RESOLVE_SRV, l->names[l->name].name, hear_services);
	else
		ask_host(l, usual_port(l->found.transport));
}

/* --- under which name --- */

static struct listing *next_name(struct locate *l, enum sip_transport transport)
{
	struct listing *to = &l->names[l->nnames];

	to->transport = transport;
	return to;
}

static void read_pointer(struct locate *l, const struct resolve_record *r)
{
	for (size_t i = 0; i < ARRAY_LEN(ways); i++)
		if (l->nnames < NAMES && strcasecmp(r->flags, "s") == 0 &&
		    strcasecmp(r->service, ways[i].naptr) == 0 &&
		    is_wanted(l, ways[i].transport) &&
		    text_copy(next_name(l, ways[i].transport)->name,
		              RESOLVE_HOST, r->host) == 0)
			l->nnames++;
}

static void usual_names(struct locate *l)
{
	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		struct listing *to;
		struct text name;

		if (!is_wanted(l, ways[i].transport))
			continue;
		to = next_name(l, ways[i].transport);
		name = TEXT(to->name);
		text_add(&name, "%s.%s", ways[i].srv, l->host);
		if (!name.cut)
			l->nnames++;
	}
}

static void hear_pointers(void *self, int error,
                          const struct resolve_record *records, unsigned n)
{
	struct locate *l = self;

	l->query = NULL;
	l->found.doubtful |= error == -ETIMEDOUT;
	count_ttl(l, records, n);
	for (unsigned i = 0; i < n; i++)
		read_pointer(l, &records[i]);
	if (l->nnames == 0)
		usual_names(l);
	ask_services(l);
}

int locate_start(struct locate **out, struct resolve *resolve,
                 const struct locate_question *question, locate_fn fn,
                 void *self)
{
	struct locate *l = mem_new(struct locate);
	struct service *s;
	int rc;

	if (l == NULL)
		return -ENOMEM;
	l->resolve = resolve;
	l->fn = fn;
	l->self = self;
	l->transport = question->transport;
	l->any_transport = question->any_transport;
	l->found.ttl_s = UINT32_MAX;
	l->found.transport =
		question->any_transport ? SIP_UDP : question->transport;
	rc = text_copy(l->host, sizeof(l->host), question->host);
	if (rc == 0 && question->port != 0) {
		s = &l->services[l->nservices++];
		(void)text_copy(s->host, sizeof(s->host), l->host);
		s->port = question->port;
		rc = resolve_ask(&l->query, resolve, RESOLVE_ADDRESS, l->host,
		                 hear_address, l);
	} else if (rc == 0) {
		rc = resolve_ask(&l->query, resolve, RESOLVE_NAPTR, l->host,
		                 hear_pointers, l);
	}
	if (rc < 0)
		(void)mem_free(l);
	else
		*out = l;
	return rc;
}

/* --- the order of one call --- */

static unsigned draw(unsigned below)
{
	uint32_t random = 0;

	(void)getrandom(&random, sizeof(random), 0);
	return (unsigned)((uint64_t)random * below >> 32);
}

struct ordering {
	const struct place *places;
	unsigned n;
	bool taken[LOCATE_PLACES];
};

/* The first of a service that nobody took yet, of this priority. */
static bool is_open(const struct ordering *o, unsigned i, unsigned priority)
{
	return !o->taken[i] && o->places[i].priority == priority &&
	       (i == 0 || o->places[i - 1].service != o->places[i].service);
}

/* RFC 2782: a running sum of weights, and the first that reaches the number
 * drawn; records without weight stand first, for a small chance. */
static unsigned draw_service(const struct ordering *o, unsigned priority)
{
	unsigned sum = 0, left, last = 0;

	for (unsigned i = 0; i < o->n; i++)
		if (is_open(o, i, priority))
			sum += o->places[i].weight;
	left = draw(sum + 1);
	for (unsigned heavy = 0; heavy < 2; heavy++)
		for (unsigned i = 0; i < o->n; i++) {
			if (!is_open(o, i, priority) ||
			    (o->places[i].weight > 0) != (heavy > 0))
				continue;
			last = i;
			if (o->places[i].weight >= left)
				return i;
			left -= o->places[i].weight;
		}
	return last;
}

/* The lowest priority that is left; false: none is. */
static bool next_priority(const struct ordering *o, unsigned *priority)
{
	bool any = false;

	for (unsigned i = 0; i < o->n; i++)
		if (!o->taken[i] &&
		    (!any || o->places[i].priority < *priority)) {
			*priority = o->places[i].priority;
			any = true;
		}
	return any;
}

unsigned locate_order(const struct addr *addrs, const struct place *places,
                      unsigned n, struct addr out[LOCATE_PLACES])
{
	struct ordering o = { .places = places, .n = n };
	unsigned order[LOCATE_PLACES], made = 0, given = 0, priority = 0, i;

	while (next_priority(&o, &priority)) {
		i = draw_service(&o, priority);
		do {
			o.taken[i] = true;
			order[made++] = i++;
		} while (i < n && places[i].service == places[i - 1].service);
	}
	for (unsigned dead = 0; dead < 2; dead++)
		for (i = 0; i < made; i++) {
			const struct place *p = &places[order[i]];
			usec left = instant_since(p->dead_until, instant_now());

			if ((left > 0) == (dead > 0))
				out[given++] = addrs[order[i]];
		}
	return given;
}
