/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * A session whose far end says where else to try: 300, 301, 302, 305 and 380
 * (RFC 3261 8.1.3.4). The INVITE goes to the contact with the highest q, the
 * first of equals, with the Call-ID and From tag it had and a higher CSeq, so
 * that servers see one call. The other contacts are kept: a contact that
 * refuses, is busy or is silent leads to the next one (RFC 3261 16.5 in a
 * gateway without a proxy); a 6xx ends the search.
 *
 * A contact that redirects again puts its own contacts before those that are
 * left, five levels deep. No URI is tried twice: a circle ends where it closes.
 *
 * A contact may be anywhere. When its address is a peer's it is treated as that
 * peer; otherwise nothing that needs trust is told there. A name that no peer
 * has is looked up, and the call waits meanwhile; whoever called hears nothing
 * of it. With `no redirect` a 3xx is a refusal like others.
 */
#include "gateway/sip/session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "kernel/mem.h"

enum { CONTACTS = 8, SEEN = 24, DEPTH = 5, REDIRECT_TEXT = 2048 };

struct redirect {
	unsigned n, nseen, depth;
	char *contact[CONTACTS]; /* the next one last */
	bool proxy[CONTACTS];    /* 305: the way to where it was to go */
	uint32_t seen[SEEN];
	char *first; /* the target before any redirection */
	struct resolve_query *query;
	osip_uri_t *uri;       /* being looked up */
	bool through;          /* it is a proxy */
	struct release failed; /* how the last attempt ended */
};

struct redirect *redirect_free(struct redirect *r)
{
	if (r == NULL)
		return NULL;
	while (r->n > 0)
		mem_free(r->contact[--r->n]);
	r->query = resolve_cancel(r->query);
	osip_uri_free(r->uri);
	mem_free(r->first);
	return mem_free(r);
}

/* --- contacts --- */

/* Their places in the response, best first; how many. */
static unsigned sort_contacts(const osip_message_t *response,
                              const osip_contact_t *sorted[CONTACTS])
{
	const osip_contact_t *c;
	unsigned n = 0, at;

	for (int i = 0; n < CONTACTS &&
	                (c = osip_list_get(&response->contacts, i)) != NULL;
	     i++) {
		if (c->url == NULL)
			continue;
		for (at = n; at > 0 && header_contact_q(sorted[at - 1]) <
		                               header_contact_q(c);
		     at--)
			sorted[at] = sorted[at - 1];
		sorted[at] = c;
		n++;
	}
	return n;
}

static void tell_redirect(struct sip_session *s, const osip_message_t *response)
{
	const osip_contact_t *sorted[CONTACTS];
	char room[REDIRECT_TEXT];
	struct text text = TEXT(room);
	struct sip_event event = {
		.kind = SIP_REDIRECT,
		.status = (unsigned)response->status_code,
		.contact = room,
	};
	unsigned n = sort_contacts(response, sorted);

	for (unsigned i = 0; i < n; i++)
		header_print_contact(&text, sorted[i]);
	session_tell(s, &event);
}

static bool is_new(struct redirect *r, const char *uri)
{
	uint32_t hash = session_hash(uri);

	for (unsigned i = 0; i < r->nseen; i++)
		if (r->seen[i] == hash)
			return false;
	if (r->nseen == SEEN)
		return false;
	r->seen[r->nseen++] = hash;
	return true;
}

/* A contact as it will be called: what stands behind '?' is not for us to
 * send (RFC 3261 19.1.5). */
static void add_contact(struct redirect *r, const osip_contact_t *contact,
                        bool proxy)
{
	osip_uri_t *uri = NULL;
	char *text = NULL, *copy = NULL;

	if (osip_uri_clone(contact->url, &uri) != OSIP_SUCCESS)
		return;
	osip_list_special_free(&uri->url_headers,
	                       (void (*)(void *))osip_uri_param_free);
	if (osip_uri_to_str(uri, &text) == OSIP_SUCCESS && is_new(r, text))
		copy = mem_text(text);
	osip_free(text);
	osip_uri_free(uri);
	if (copy == NULL)
		return;
	if (r->n == CONTACTS) { /* the one that would be tried last */
		mem_free(r->contact[0]);
		r->n--;
		memmove(&r->contact[0], &r->contact[1],
		        r->n * sizeof(r->contact[0]));
		memmove(&r->proxy[0], &r->proxy[1], r->n * sizeof(r->proxy[0]));
	}
	r->proxy[r->n] = proxy;
	r->contact[r->n++] = copy;
}

static int take_contacts(struct sip_session *s, const osip_message_t *response)
{
	const osip_contact_t *sorted[CONTACTS];
	struct redirect *r = s->redirect;
	unsigned n = sort_contacts(response, sorted);

	if (r == NULL) {
		r = s->redirect = mem_new(struct redirect);
		if (r == NULL)
			return -ENOMEM;
		r->first = mem_text(s->dialog.target);
		if (r->first != NULL)
			(void)is_new(r, r->first);
	}
	if (r->depth == DEPTH)
		return -ELOOP;
	r->depth++;
	while (n > 0)
		add_contact(r, sorted[--n], response->status_code == 305);
	return 0;
}

/* --- where a contact is --- */

static const char *uri_param(const osip_uri_t *uri, const char *name)
{
	const osip_uri_param_t *p;

	for (int i = 0; (p = osip_list_get(&uri->url_params, i)) != NULL; i++)
		if (strcasecmp(p->gname, name) == 0)
			return p->gvalue != NULL ? p->gvalue : "";
	return NULL;
}

static uint16_t uri_port(const osip_uri_t *uri)
{
	unsigned long port =
		uri->port == NULL ? 0 : strtoul(uri->port, NULL, 10);

	return port == 0 || port > UINT16_MAX ? 0 : (uint16_t)port;
}

/* The session goes on as one with whoever is at this address. */
static bool take_place(struct sip_session *s, const osip_uri_t *uri,
                       const struct addr *at)
{
	const struct peer *peer = peers_at(s->stack->peers, at);
	const char *transport = uri_param(uri, "transport");
	struct hop hop = { .remote = *at };

	hop.transport = peer != NULL ? peer->transport : SIP_UDP;
	if (transport != NULL)
		hop.transport =
			strcasecmp(transport, "tcp") == 0 ? SIP_TCP : SIP_UDP;
	if (peer != NULL)
		hop.local = peer->conf.bind;
	if (transports_choose(s->stack->transports, &hop) < 0)
		return false;
	s->peer.transport = hop.transport;
	s->peer.bind = peer != NULL ? peer->conf.bind : (struct addr){ 0 };
	s->peer.trusted = peer != NULL && peer->conf.trusted;
	s->addrs[0] = *at;
	s->naddrs = 1;
	s->tried = 0;
	return true;
}

/* The INVITE to a contact whose address is known. */
static bool invite_at(struct sip_session *s, const osip_uri_t *uri,
                      bool through, const struct addr *at)
{
	const char *target = s->redirect->first;
	char *text = NULL;
	bool sent = false;

	if (!take_place(s, uri, at))
		return false;
	if (!through && osip_uri_to_str(uri, &text) == OSIP_SUCCESS)
		target = text;
	s->agreed = false; /* with whoever was heard before */
	s->reliable.settled = false;
	s->reliable.nheard = 0;
	if (target != NULL && dialog_restart(&s->dialog, target) == 0)
		sent = uac_invite(s) == 0;
	osip_free(text);
	return sent;
}

static bool next_contact(struct sip_session *s);

/* Nothing more to try: what ended the last attempt ends the call. */
static void give_up(struct sip_session *s)
{
	session_release(s, &s->redirect->failed);
	fsm_post(&s->fsm, HEARD_NOTHING, NULL);
}

static void located(void *self, int error, const struct resolve_record *found,
                    unsigned n)
{
	struct sip_session *s = self;
	struct redirect *r = s->redirect;
	osip_uri_t *uri = r->uri;
	struct addr at;
	bool sent = false;

	r->query = NULL;
	r->uri = NULL;
	for (unsigned i = 0; error == 0 && i < n && !sent; i++) {
		at = found[i].addr;
		addr_set_port(&at, uri_port(uri) != 0 ? uri_port(uri) : 5060);
		sent = invite_at(s, uri, r->through, &at);
	}
	osip_uri_free(uri);
	if (!sent && !next_contact(s))
		give_up(s);
}

/* True: it is under way there, or its name is being looked up. Takes uri. */
static bool go_to(struct sip_session *s, osip_uri_t *uri, bool through)
{
	struct redirect *r = s->redirect;
	struct addr at;
	bool sent = false;

	if (uri->scheme == NULL || strcasecmp(uri->scheme, "sip") != 0 ||
	    uri->host == NULL)
		goto out;
	if (addr_parse(&at, uri->host, 0) == 0 ||
	    peers_locate(s->stack->peers, uri->host, &at)) {
		if (uri_port(uri) != 0 || addr_port(&at) == 0)
			addr_set_port(&at, uri_port(uri) != 0 ? uri_port(uri)
			                                      : 5060);
		sent = invite_at(s, uri, through, &at);
	} else if (peers_ask(s->stack->peers, &r->query, uri->host, located,
	                     s) == 0) {
		r->uri = uri;
		r->through = through;
		return true;
	}
out:
	osip_uri_free(uri);
	return sent;
}

static bool next_contact(struct sip_session *s)
{
	struct redirect *r = s->redirect;
	bool sent = false;

	while (!sent && r->n > 0) {
		char *text = r->contact[--r->n];
		osip_uri_t *uri = NULL;

		if (osip_uri_init(&uri) == OSIP_SUCCESS &&
		    osip_uri_parse(uri, text) == OSIP_SUCCESS)
			sent = go_to(s, uri, r->proxy[r->n]);
		else
			osip_uri_free(uri);
		mem_free(text);
	}
	return sent;
}

/* --- what session_uac.c asks --- */

static bool is_searching(const struct sip_session *s)
{
	unsigned state = fsm_state(&s->fsm);

	return !s->releasing && (state == UA_INVITING ||
	                         state == UA_PROCEEDING || state == UA_EARLY);
}

bool redirect_next(struct sip_session *s, const struct release *failed)
{
	if (s->redirect == NULL || !is_searching(s))
		return false;
	s->redirect->failed = *failed;
	return next_contact(s);
}

static bool is_redirection(int status)
{
	return status == 300 || status == 301 || status == 302 ||
	       status == 305 || status == 380;
}

bool redirect_refused(struct sip_session *s, const osip_message_t *response,
                      struct release *why)
{
	int status = response->status_code, rc;
	struct text text;

	if (status < 300 || status >= 600 || !is_searching(s))
		return false;
	if (status >= 400)
		return redirect_next(s, why);
	tell_redirect(s, response);
	if (!s->peer.redirect || !is_redirection(status))
		return false;
	header_get_diversion(response, &s->setup.redirection);
	rc = take_contacts(s, response);
	text = TEXT(why->detail);
	if (rc == -ELOOP)
		text_add(&text, "redirected more than %d times", DEPTH);
	else
		text_add(&text, "redirected to nowhere that can be tried");
	return rc != -ENOMEM && redirect_next(s, why);
}

bool redirect_stop(struct sip_session *s)
{
	struct redirect *r = s->redirect;

	if (r == NULL || r->query == NULL)
		return false;
	r->query = resolve_cancel(r->query);
	fsm_post(&s->fsm, HEARD_NOTHING, NULL);
	return true;
}
