/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * What the two ends of a call have agreed on about each other.
 *
 * Requests are made as text and read by the parser, which is shorter and
 * safer than filling the parser's structs by hand: who owns which string is no
 * question, and a request that we would refuse is never sent. Everything in
 * that text is either ours or came out of the parser, which knows no line ends
 * inside values.
 *
 * Route sets: who was asked keeps the order of Record-Route, who asked reverses
 * it (RFC 3261 12.1.1, 12.1.2). A first route without ;lr is a strict router:
 * it becomes the request URI, and the target travels as the last route
 * (12.2.1.1).
 *
 * A route or target that is named and not an address is looked for among our
 * peers, and else goes where the call came from or was sent: a gateway's calls
 * live with its peers, and a lookup here would hold an ACK up.
 */
#include "gateway/sip/private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gateway/sip/stack.h"
#include "kernel/mem.h"

static void clear_routes(struct dialog *d)
{
	while (d->nroutes > 0)
		mem_free(d->routes[--d->nroutes]);
}

void dialog_free_texts(struct dialog *d)
{
	clear_routes(d);
	d->local = mem_free(d->local);
	d->remote = mem_free(d->remote);
	d->target = mem_free(d->target);
}

/* Takes over an allotted text of the parser's as one of ours. */
static int keep(char **to, char *text)
{
	char *copy = text == NULL ? NULL : mem_text(text);

	osip_free(text);
	if (copy == NULL)
		return -ENOMEM;
	mem_free(*to);
	*to = copy;
	return 0;
}

/* From or To, without its tag. */
static int keep_address(char **to, const osip_from_t *from)
{
	osip_from_t *bare;
	osip_generic_param_t *param;
	char *text = NULL;

	if (osip_from_clone(from, &bare) != 0)
		return -ENOMEM;
	for (int i = 0; (param = osip_list_get(&bare->gen_params, i)) != NULL;)
		if (strcasecmp(param->gname, "tag") == 0) {
			(void)osip_list_remove(&bare->gen_params, i);
			osip_generic_param_free(param);
		} else {
			i++;
		}
	(void)osip_from_to_str(bare, &text);
	osip_from_free(bare);
	return keep(to, text);
}

int dialog_refresh(struct dialog *d, const osip_message_t *m)
{
	const osip_contact_t *contact = osip_list_get(&m->contacts, 0);
	char *text = NULL;

	if (contact == NULL || contact->url == NULL)
		return -EBADMSG;
	(void)osip_uri_to_str(contact->url, &text);
	d->routed = true;
	return keep(&d->target, text);
}

static int keep_route(struct dialog *d, const osip_message_t *m, int n)
{
	char *text = NULL;

	if (d->nroutes == DIALOG_ROUTES)
		return -EBADMSG;
	d->routes[d->nroutes] = NULL;
	(void)osip_record_route_to_str(osip_list_get(&m->record_routes, n),
	                               &text);
	if (keep(&d->routes[d->nroutes], text) < 0)
		return -ENOMEM;
	d->nroutes++;
	return 0;
}

static int keep_routes(struct dialog *d, const osip_message_t *m, bool reverse)
{
	int count = osip_list_size(&m->record_routes), rc = 0;

	clear_routes(d);
	for (int i = 0; i < count && rc == 0; i++)
		rc = keep_route(d, m, reverse ? count - 1 - i : i);
	return rc;
}

bool dialog_call_id(const osip_message_t *m, char *to, size_t size)
{
	struct text id = { .at = to, .size = size };

	to[0] = '\0';
	text_add(&id, "%s", m->call_id->number);
	if (m->call_id->host != NULL)
		text_add(&id, "@%s", m->call_id->host);
	return !id.cut;
}

/* Who gives no Contact is from the time of RFC 2543, where it might be left
 * out: From is where he is (RFC 4475 3.4.1). */
static int keep_target(struct dialog *d, const osip_message_t *invite)
{
	char *text = NULL;

	if (osip_list_size(&invite->contacts) > 0)
		return dialog_refresh(d, invite);
	(void)osip_uri_to_str(invite->from->url, &text);
	return keep(&d->target, text);
}

int dialog_accept(struct dialog *d, const osip_message_t *invite,
                  const struct hop *hop)
{
	const char *tag = message_tag(invite->from);
	bool fits = dialog_call_id(invite, d->call_id, sizeof(d->call_id));
	int rc = fits ? 0 : -EBADMSG;

	d->home = *hop;
	d->remote_cseq = message_cseq(invite);
	message_random(d->local_tag, 17);
	if (rc == 0 && tag != NULL &&
	    text_copy(d->remote_tag, sizeof(d->remote_tag), tag) < 0)
		rc = -EBADMSG;
	if (rc == 0)
		rc = keep_address(&d->local, invite->to);
	if (rc == 0)
		rc = keep_address(&d->remote, invite->from);
	if (rc == 0)
		rc = keep_routes(d, invite, false);
	return rc == 0 ? keep_target(d, invite) : rc;
}

int dialog_preload(struct dialog *d, const char *proxy)
{
	char room[160];
	struct text text = TEXT(room);

	text_add(&text, "<sip:%s;lr>", proxy);
	clear_routes(d);
	d->routes[0] = text.cut ? NULL : mem_text(room);
	if (d->routes[0] == NULL)
		return -ENOMEM;
	d->nroutes = 1;
	return 0;
}

int dialog_learn(struct dialog *d, const osip_message_t *response)
{
	const char *tag = message_tag(response->to);
	int rc = 0;

	if (tag == NULL)
		tag = "";
	if (text_copy(d->remote_tag, sizeof(d->remote_tag), tag) < 0)
		return -EBADMSG;
	rc = keep_routes(d, response, true);
	if (rc == 0 && osip_list_size(&response->contacts) > 0)
		rc = dialog_refresh(d, response);
	return rc;
}

int dialog_address(struct dialog *d, const osip_message_t *m)
{
	return keep_address(&d->remote, m->to);
}

int dialog_restart(struct dialog *d, const char *target)
{
	char *copy = mem_text(target);

	if (copy == NULL)
		return -ENOMEM;
	clear_routes(d);
	mem_free(d->target);
	d->target = copy;
	d->routed = false;
	d->remote_tag[0] = '\0';
	return 0;
}

bool dialog_fits(const struct dialog *d, const osip_message_t *response)
{
	const char *tag = message_tag(response->to);

	return d->remote_tag[0] == '\0' ||
	       (tag != NULL && strcmp(tag, d->remote_tag) == 0);
}

static const osip_uri_param_t *find_param(const osip_uri_t *uri,
                                          const char *name)
{
	const osip_uri_param_t *p;

	for (int i = 0; (p = osip_list_get(&uri->url_params, i)) != NULL; i++)
		if (strcasecmp(p->gname, name) == 0)
			return p;
	return NULL;
}

/* Does a route say ";lr"? Reads "<sip:...;lr>". */
static bool is_loose(const char *route)
{
	osip_from_t *from;
	bool loose = true;

	if (osip_from_init(&from) != 0)
		return true;
	if (osip_from_parse(from, route) == 0 && from->url != NULL)
		loose = find_param(from->url, "lr") != NULL;
	osip_from_free(from);
	return loose;
}

/* A strict router's URI as request URI: what is between the brackets. */
static void add_bare(struct text *out, const char *route)
{
	const char *from = strchr(route, '<'), *to;

	from = from == NULL ? route : from + 1;
	to = strchr(from, '>');
	text_add_bytes(out, (struct bytes){ (const uint8_t *)from,
	                                    to == NULL ? strlen(from)
	                                               : (size_t)(to - from) });
}

static void add_tagged(struct text *out, const char *name, const char *value,
                       const char *tag)
{
	text_add(out, "%s: %s%s%s\r\n", name, value,
	         tag[0] != '\0' ? ";tag=" : "", tag);
}

void dialog_begin(struct text *out, const struct dialog *d, const char *method,
                  uint32_t cseq)
{
	bool strict = d->nroutes > 0 && !is_loose(d->routes[0]);

	text_add(out, "%s ", method);
	if (strict)
		add_bare(out, d->routes[0]);
	else
		text_add(out, "%s", d->target);
	text_add(out, " SIP/2.0\r\n");
	for (unsigned i = strict; i < d->nroutes; i++)
		text_add(out, "Route: %s\r\n", d->routes[i]);
	if (strict)
		text_add(out, "Route: <%s>\r\n", d->target);
	add_tagged(out, "From", d->local, d->local_tag);
	add_tagged(out, "To", d->remote, d->remote_tag);
	text_add(out, "Call-ID: %s\r\nCSeq: %u %s\r\n", d->call_id, cseq,
	         method);
}

/* The parser writes the names it does not know in small letters. */
static void raise_names(osip_message_t *m)
{
	static const char *const own[] = { "Min-SE", "RAck", "RSeq" };
	osip_list_iterator_t it;

	for (osip_header_t *h = osip_list_get_first(&m->headers, &it);
	     h != NULL; h = osip_list_get_next(&it)) {
		bool begins = true;

		if (h->hname == NULL)
			continue;
		for (size_t i = 0; i < ARRAY_LEN(own); i++)
			if (strcasecmp(h->hname, own[i]) == 0)
				memcpy(h->hname, own[i], strlen(own[i]));

		for (char *at = h->hname; *at != '\0'; at++) {
			if (begins && *at >= 'a' && *at <= 'z')
				*at = (char)(*at - 'a' + 'A');
			begins = *at == '-';
		}
	}
}

/* And prints a line for each method that it cut Allow into. */
static int join_allow(osip_message_t *m)
{
	osip_allow_t *allow;

	if (osip_list_size(&m->allows) <= 0)
		return 0;
	while ((allow = osip_list_get(&m->allows, 0)) != NULL) {
		(void)osip_list_remove(&m->allows, 0);
		osip_allow_free(allow);
	}
	return message_set_header(m, "Allow", stack_allow);
}

int dialog_finish(osip_message_t **out, struct text *text, const char *body)
{
	osip_message_t *m;
	int rc;

	if (body != NULL && strstr(text->at, "\r\nContent-Type: ") == NULL)
		text_add(text, "Content-Type: application/sdp\r\n");
	text_add(text, "Content-Length: %zu\r\n\r\n%s",
	         body == NULL ? 0 : strlen(body), body == NULL ? "" : body);
	if (text->cut)
		return -ENOSPC;
	if (osip_message_init(&m) != 0)
		return -ENOMEM;
	rc = osip_message_parse(m, text->at, text->len);
	if (rc != 0) {
		(void)message_free(m);
		return rc == OSIP_NOMEM ? -ENOMEM : -EBADMSG;
	}
	raise_names(m);
	if (join_allow(m) < 0) {
		(void)message_free(m);
		return -ENOMEM;
	}
	(void)osip_message_force_update(m);
	*out = m;
	return 0;
}

static void set_transport(struct hop *hop, const osip_uri_t *uri)
{
	const osip_uri_param_t *p = find_param(uri, "transport");

	if (p == NULL || p->gvalue == NULL)
		return;
	for (enum sip_transport t = SIP_UDP; t <= SIP_TCP; t++)
		if (strcasecmp(p->gvalue, sip_transport_name(t)) == 0 &&
		    t != hop->transport)
			*hop = (struct hop){ .transport = t,
				             .remote = hop->remote };
}

/* The hop a URI names, beginning with what we know. */
static void set_hop(struct hop *hop, const osip_uri_t *uri,
                    const struct peers *peers)
{
	unsigned long port =
		uri->port == NULL ? 0 : strtoul(uri->port, NULL, 10);
	struct addr to;
	bool known;

	if (uri->host == NULL || port > UINT16_MAX)
		return;
	known = addr_parse(&to, uri->host, 0) == 0;
	if (known)
		addr_set_port(&to, port == 0 ? 5060 : (uint16_t)port);
	else
		known = peers_locate(peers, uri->host, &to);
	if (!known)
		return;
	if (port != 0)
		addr_set_port(&to, (uint16_t)port);
	if (!addr_equal(&to, &hop->remote)) {
		hop->connection = 0;
		if (to.sa.sa_family != hop->remote.sa.sa_family)
			hop->local = (struct addr){ 0 };
	}
	hop->remote = to;
	set_transport(hop, uri);
}

struct hop dialog_hop(struct dialog *d, const struct peers *peers)
{
	struct hop hop = d->home;
	osip_from_t *from;
	osip_uri_t *uri;

	if (d->nroutes > 0 && d->routed) {
		if (osip_from_init(&from) == 0) {
			if (osip_from_parse(from, d->routes[0]) == 0 &&
			    from->url != NULL)
				set_hop(&hop, from->url, peers);
			osip_from_free(from);
		}
	} else if (d->routed && d->target != NULL && osip_uri_init(&uri) == 0) {
		if (osip_uri_parse(uri, d->target) == 0)
			set_hop(&hop, uri, peers);
		osip_uri_free(uri);
	}
	d->place = hop.remote;
	return hop;
}

void dialog_print_host(const struct addr *a, char *to, size_t size)
{
	struct text out = { .at = to, .size = size };
	char host[ADDR_TEXT];
	bool six = a->sa.sa_family == AF_INET6;

	to[0] = '\0';
	addr_print_host(a, host, sizeof(host));
	text_add(&out, "%s%s%s", six ? "[" : "", host, six ? "]" : "");
	if (addr_port(a) != 5060 && addr_port(a) != 0)
		text_add(&out, ":%u", addr_port(a));
}
