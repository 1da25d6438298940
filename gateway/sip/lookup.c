/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Finding a message's transaction. Three tables of as many buckets as there
 * can be transactions: clients by branch, servers by branch, and servers by
 * Call-ID, CSeq number and From tag. The last one serves two: clients of RFC
 * 2543, whose branches say nothing (RFC 3261 17.2.3), and the question whether
 * a request already came another way (8.2.2.2).
 *
 * Methods are compared, not hashed: ACK and CANCEL look for the INVITE. The
 * hash begins with a number drawn at start, so that nobody can aim at one
 * bucket.
 *
 * A loop is a request of ours that is back with the Request-URI it left with.
 * With another Request-URI somebody routed it to us on purpose (RFC 3261 16.3
 * calls it a spiral): a soft switch that sends the call of one of our trunks to
 * another one is the ordinary case, and must pass.
 */
#include "gateway/sip/machine.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "gateway/sip/osip.h"
#include "kernel/mem.h"

/* FNV-1a, 64 bits; the case of letters does not matter. */
static uint64_t hash_text(uint64_t hash, const char *text)
{
	if (text == NULL)
		text = "";
	for (; *text != '\0'; text++)
		hash = (hash ^ ((uint8_t)*text | 0x20u)) * 0x100000001b3u;
	return (hash ^ 0xff) * 0x100000001b3u;
}

static bool is_same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool is_same_host(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcasecmp(a, b) == 0;
}

static const osip_via_t *top_via(const osip_message_t *m)
{
	return osip_list_get(&m->vias, 0);
}

/* The branch when it is worth its name, else NULL: RFC 3261 8.1.1.7. */
static const char *good_branch(const osip_message_t *m)
{
	static const char cookie[] = "z9hG4bK";
	const char *branch = derive_via_param(m, "branch");

	return branch != NULL &&
	                       strncasecmp(branch, cookie,
	                                   sizeof(cookie) - 1) == 0 &&
	                       branch[sizeof(cookie) - 1] != '\0'
	               ? branch
	               : NULL;
}

static uint64_t call_hash(const struct transactions *owner,
                          const osip_message_t *m)
{
	uint64_t hash = hash_text(owner->seed, m->call_id->number);

	hash = hash_text(hash, m->cseq->number);
	return hash_text(hash, message_tag(m->from));
}

/* It is told to strangers as a tag, and so has a seed of its own. */
uint64_t lookup_key(const struct transactions *owner,
                    const osip_message_t *request)
{
	uint64_t hash = hash_text(owner->tag_seed, request->call_id->number);

	hash = hash_text(hash, derive_via_param(request, "branch"));
	hash = hash_text(hash, request->cseq->number);
	return hash_text(hash, message_tag(request->from));
}

static struct list *bucket(const struct transactions *owner, struct list *table,
                           uint64_t hash)
{
	return &table[hash & (owner->nbuckets - 1)];
}

int lookup_init(struct transactions *owner)
{
	char random[14];

	owner->nbuckets = 16;
	while (owner->nbuckets < owner->most)
		owner->nbuckets *= 2;
	owner->clients = mem_new_array(struct list, 3 * owner->nbuckets);
	if (owner->clients == NULL)
		return -ENOMEM;
	owner->servers = owner->clients + owner->nbuckets;
	owner->calls = owner->servers + owner->nbuckets;
	for (size_t i = 0; i < 3 * owner->nbuckets; i++)
		list_init(&owner->clients[i]);
	message_random(random, sizeof(random));
	owner->seed = hash_text(0xcbf29ce484222325u, random);
	message_random(random, sizeof(random));
	owner->tag_seed = hash_text(0xcbf29ce484222325u, random);
	return 0;
}

void lookup_done(struct transactions *owner)
{
	owner->clients = mem_free(owner->clients);
}

void lookup_add(struct transaction *t)
{
	struct transactions *owner = t->owner;
	bool server = transaction_is_server(t);
	const char *branch = server ? good_branch(t->request) : t->branch;

	if (branch != NULL) {
		t->branch_hash = hash_text(owner->seed, branch);
		list_append(bucket(owner,
		                   server ? owner->servers : owner->clients,
		                   t->branch_hash),
		            &t->by_branch);
	}
	if (server) {
		t->call_hash = call_hash(owner, t->request);
		list_append(bucket(owner, owner->calls, t->call_hash),
		            &t->by_call);
	}
}

void lookup_remove(struct transaction *t)
{
	list_remove(&t->by_branch);
	list_remove(&t->by_call);
}

/* An INVITE of ours that was answered has let go of its request. */
static bool has_method(const struct transaction *t, const char *method)
{
	return t->request != NULL ? message_is(t->request, method)
	                          : strcmp(method, "INVITE") == 0;
}

static struct transaction *find_client(const struct transactions *owner,
                                       const char *branch, const char *method)
{
	uint64_t hash = hash_text(owner->seed, branch);
	struct list *in = bucket(owner, owner->clients, hash);

	LIST_EACH(in, struct transaction, t, by_branch)
	if (t->branch_hash == hash && strcmp(t->branch, branch) == 0 &&
	    (method == NULL || has_method(t, method)))
		return t;
	return NULL;
}

struct transaction *lookup_client(const struct transactions *owner,
                                  const char *branch, const char *method)
{
	return find_client(owner, branch, method);
}

static bool is_same_via(const osip_message_t *a, const osip_message_t *b)
{
	const osip_via_t *va = top_via(a), *vb = top_via(b);

	return is_same_host(va->host, vb->host) &&
	       is_same(va->port, vb->port) &&
	       is_same(derive_via_param(a, "branch"),
	               derive_via_param(b, "branch"));
}

static bool is_same_uri(const osip_uri_t *a, const osip_uri_t *b)
{
	return is_same_host(a->scheme, b->scheme) &&
	       is_same(a->username, b->username) &&
	       is_same_host(a->host, b->host) && is_same(a->port, b->port) &&
	       is_same(a->string, b->string);
}

static bool is_same_call(const osip_message_t *a, const osip_message_t *b)
{
	return is_same(a->call_id->number, b->call_id->number) &&
	       is_same_host(a->call_id->host, b->call_id->host) &&
	       is_same(a->cseq->number, b->cseq->number) &&
	       is_same(message_tag(a->from), message_tag(b->from));
}

/* RFC 3261 17.2.3, the rules for a branch without cookie. */
static bool is_same_2543(const struct transaction *t, const osip_message_t *m)
{
	if (good_branch(t->request) != NULL || !is_same_call(t->request, m) ||
	    !is_same_via(t->request, m) || m->req_uri == NULL ||
	    !is_same_uri(t->request->req_uri, m->req_uri))
		return false;
	/* An ACK has the tag we gave; the others what the INVITE had. */
	if (message_is(m, "ACK"))
		return t->to_tag == NULL ||
		       is_same(t->to_tag, message_tag(m->to));
	return message_is(m, "CANCEL") ||
	       is_same(message_tag(t->request->to), message_tag(m->to));
}

static struct transaction *find_2543(const struct transactions *owner,
                                     const osip_message_t *m,
                                     const char *method)
{
	uint64_t hash = call_hash(owner, m);
	struct list *in = bucket(owner, owner->calls, hash);

	LIST_EACH(in, struct transaction, t, by_call)
	if (t->call_hash == hash && message_is(t->request, method) &&
	    is_same_2543(t, m))
		return t;
	return NULL;
}

struct transaction *lookup_server(const struct transactions *owner,
                                  const osip_message_t *request,
                                  const char *method)
{
	const char *branch = good_branch(request);
	struct list *in;
	uint64_t hash;

	if (branch == NULL)
		return find_2543(owner, request, method);
	hash = hash_text(owner->seed, branch);
	in = bucket(owner, owner->servers, hash);
	LIST_EACH(in, struct transaction, t, by_branch)
	if (t->branch_hash == hash && message_is(t->request, method) &&
	    is_same_via(t->request, request))
		return t;
	return NULL;
}

bool lookup_merged(const struct transactions *owner,
                   const osip_message_t *request)
{
	uint64_t hash = call_hash(owner, request);
	struct list *in = bucket(owner, owner->calls, hash);

	/* Who was refused may try again at another address of ours with the
	 * same request: RFC 3263 4.3. That is not ongoing. */
	if (message_tag(request->to) != NULL)
		return false;
	LIST_EACH(in, struct transaction, t, by_call)
	if (t->call_hash == hash && t->status < 300 &&
	    is_same_call(t->request, request) &&
	    message_is(t->request, request->sip_method))
		return true;
	return false;
}

static const char *branch_of(const osip_via_t *via)
{
	osip_list_iterator_t it;

	for (osip_generic_param_t *p =
	             osip_list_get_first(&via->via_params, &it);
	     p != NULL; p = osip_list_get_next(&it))
		if (p->gname != NULL && strcasecmp(p->gname, "branch") == 0)
			return p->gvalue;
	return NULL;
}

bool lookup_loop(const struct transactions *owner,
                 const osip_message_t *request)
{
	osip_list_iterator_t it;

	for (osip_via_t *via = osip_list_get_first(&request->vias, &it);
	     via != NULL; via = osip_list_get_next(&it)) {
		const char *branch = branch_of(via);
		const struct transaction *t =
			branch == NULL ? NULL
				       : find_client(owner, branch, NULL);

		if (t != NULL && t->request != NULL &&
		    is_same_uri(t->request->req_uri, request->req_uri))
			return true;
	}
	return false;
}
