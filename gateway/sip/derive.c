/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * What a transaction makes out of the messages it is given: the Via that
 * brings responses back (RFC 3261 8.1.1.7, rport of RFC 3581), the marks that a
 * server puts on a received Via and the way responses take along it (18.2), and
 * the requests that stand on another one: ACK to a refusal (17.1.1.3) and
 * CANCEL (9.1). Those two take the Request-URI, topmost Via, route, From,
 * Call-ID and CSeq number of their INVITE, and differ in where To comes from.
 *
 * maddr is not followed: it would let a far end aim our responses.
 */
#include "gateway/sip/machine.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gateway/sip/osip.h"
#include "gateway/sip/scan.h"

enum { SIP_PORT = 5060 };

static osip_generic_param_t *find_param(const osip_message_t *m,
                                        const char *name)
{
	const osip_via_t *via = osip_list_get(&m->vias, 0);
	osip_list_iterator_t it;

	if (via == NULL)
		return NULL;
	for (osip_generic_param_t *p =
	             osip_list_get_first(&via->via_params, &it);
	     p != NULL; p = osip_list_get_next(&it))
		if (p->gname != NULL && strcasecmp(p->gname, name) == 0)
			return p;
	return NULL;
}

const char *derive_via_param(const osip_message_t *m, const char *name)
{
	const osip_generic_param_t *p = find_param(m, name);

	if (p == NULL)
		return NULL;
	return p->gvalue == NULL ? "" : p->gvalue;
}

int derive_via(osip_message_t *m, const struct hop *hop,
               const struct addr *sent_by, const char *branch, bool replace)
{
	char text[256], host[ADDR_TEXT];
	uint64_t mark = message_mark();
	osip_via_t *via = NULL, *old;

	addr_print(sent_by, host, sizeof(host));
	(void)snprintf(text, sizeof(text), "SIP/2.0/%s %s;branch=%s;rport",
	               hop->transport == SIP_UDP ? "UDP" : "TCP", host, branch);
	if (osip_via_init(&via) != OSIP_SUCCESS)
		return -ENOMEM;
	if (osip_via_parse(via, text) != OSIP_SUCCESS ||
	    osip_list_add(&m->vias, via, 0) < 0) {
		osip_via_free(via);
		message_sweep(mark);
		return -ENOMEM;
	}
	if (replace) {
		old = osip_list_get(&m->vias, 1);
		(void)osip_list_remove(&m->vias, 1);
		osip_via_free(old);
	}
	return 0;
}

static int put_param(osip_message_t *m, const char *name, const char *value)
{
	osip_generic_param_t *p = find_param(m, name);
	osip_via_t *via = osip_list_get(&m->vias, 0);
	char *text = osip_strdup(value), *copy;

	if (text == NULL)
		return -ENOMEM;
	if (p != NULL) {
		osip_free(p->gvalue);
		p->gvalue = text;
		return 0;
	}
	copy = osip_strdup(name);
	if (copy != NULL && osip_generic_param_add(&via->via_params, copy,
	                                           text) == OSIP_SUCCESS)
		return 0;
	osip_free(copy);
	osip_free(text);
	return -ENOMEM;
}

int derive_received(osip_message_t *request, const struct addr *from)
{
	const osip_via_t *via = osip_list_get(&request->vias, 0);
	bool rport = find_param(request, "rport") != NULL;
	char host[ADDR_TEXT], port[8];
	int rc = 0;

	addr_print_host(from, host, sizeof(host));
	(void)snprintf(port, sizeof(port), "%u", (unsigned)addr_port(from));
	/* RFC 3581 4: with rport, received is put in whatever the host. */
	if (rport || strcasecmp(via->host, host) != 0)
		rc = put_param(request, "received", host);
	if (rc == 0 && rport)
		rc = put_param(request, "rport", port);
	return rc;
}

void derive_reply(const osip_message_t *request, const struct hop *hop,
                  struct hop *out)
{
	const osip_via_t *via = osip_list_get(&request->vias, 0);
	uint64_t port = SIP_PORT;

	*out = *hop;
	if (hop->transport == SIP_UDP && find_param(request, "rport") != NULL)
		return;
	/* With TCP only when the connection is gone: the port it came from
	 * takes no connections. */
	if (via->port != NULL) {
		struct bytes text = { (const void *)via->port,
			              strlen(via->port) };

		(void)scan_number(text, UINT16_MAX, &port);
	}
	addr_set_port(&out->remote, (uint16_t)port);
}

static int put_line(osip_message_t *m, const osip_message_t *request,
                    const char *method)
{
	osip_message_set_method(m, osip_strdup(method));
	osip_message_set_version(m, osip_strdup("SIP/2.0"));
	if (m->sip_method == NULL || m->sip_version == NULL)
		return -ENOMEM;
	return osip_uri_clone(request->req_uri, &m->req_uri) == OSIP_SUCCESS
	               ? 0
	               : -ENOMEM;
}

static int put_cseq(osip_message_t *m, const osip_message_t *request,
                    const char *method)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "%u %s", message_cseq(request),
	               method);
	return osip_message_set_cseq(m, text) == OSIP_SUCCESS ? 0 : -ENOMEM;
}

osip_message_t *derive_request(const osip_message_t *request,
                               const char *method, const osip_from_t *to)
{
	uint64_t mark = message_mark();
	osip_message_t *m = NULL;
	int rc;

	if (osip_message_init(&m) != OSIP_SUCCESS)
		return NULL;
	rc = put_line(m, request, method);
	if (rc == 0)
		rc = message_copy_via(osip_list_get(&request->vias, 0), m);
	if (rc == 0)
		rc = message_copy_routes(&request->routes, &m->routes);
	if (rc == 0 &&
	    (osip_from_clone(request->from, &m->from) != OSIP_SUCCESS ||
	     osip_to_clone(to, &m->to) != OSIP_SUCCESS ||
	     osip_call_id_clone(request->call_id, &m->call_id) != OSIP_SUCCESS))
		rc = -ENOMEM;
	if (rc == 0)
		rc = put_cseq(m, request, method);
	if (rc == 0)
		rc = message_set_header(m, "Max-Forwards", "70");
	if (rc == 0 && !message_wanted(mark))
		return m;
	m = message_free(m);
	message_sweep(mark);
	return m;
}
