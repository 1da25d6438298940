/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The check behind libosip2: what it parsed is looked at for what everything
 * above relies on without looking again. A message that passes has a usable
 * Via at the top, From, To, Call-ID and a CSeq that fits the method; a request
 * has a Request-URI of a scheme we know.
 */
#include "gateway/sip/check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gateway/sip/osip.h"
#include "gateway/sip/scan.h"

enum { CSEQ_MOST = 0x7fffffff, FORWARDS_MOST = 255 };

static bool is_number(const char *text, uint64_t max)
{
	uint64_t value;
	struct bytes b = { (const void *)text, strlen(text) };

	return scan_number(b, max, &value);
}

/* Is there what an answer is made of, or matched by? */
static bool has_core(const osip_message_t *m)
{
	return m->call_id != NULL && m->call_id->number != NULL &&
	       m->from != NULL && m->to != NULL && m->cseq != NULL &&
	       m->cseq->number != NULL && m->cseq->method != NULL &&
	       osip_list_size(&m->vias) > 0;
}

static bool via_is_good(const osip_via_t *via)
{
	if (via->version == NULL || strcmp(via->version, "2.0") != 0 ||
	    via->protocol == NULL || *via->protocol == '\0' ||
	    via->host == NULL || *via->host == '\0')
		return false;
	if (strpbrk(via->host, " \t\"<>,;@") != NULL)
		return false;
	return via->port == NULL || (is_number(via->port, UINT16_MAX) &&
	                             strcmp(via->port, "0") != 0);
}

static bool vias_are_good(const osip_message_t *m)
{
	osip_list_iterator_t it;

	for (osip_via_t *via = osip_list_get_first(&m->vias, &it); via != NULL;
	     via = osip_list_get_next(&it))
		if (!via_is_good(via))
			return false;
	return true;
}

/* The highest number is not wrapped round: RFC 3261 8.1.1.5. */
static bool numbers_are_good(const osip_message_t *m)
{
	const char *forwards = message_header(m, "Max-Forwards", 0);

	return is_number(m->cseq->number, CSEQ_MOST) &&
	       (forwards == NULL || is_number(forwards, FORWARDS_MOST));
}

static bool is_uri_usable(const osip_uri_t *uri)
{
	if (uri == NULL || uri->scheme == NULL)
		return false;
	/* sip: and sips: need a host; others are opaque to libosip2. */
	return uri->string != NULL || (uri->host != NULL && *uri->host != '\0');
}

static int check_request(const osip_message_t *m)
{
	if (m->sip_version == NULL || m->sip_method == NULL)
		return -EBADMSG;
	if (!vias_are_good(m) || !numbers_are_good(m))
		return 400;
	if (strcmp(m->sip_method, m->cseq->method) != 0)
		return 400;
	if (m->from->url == NULL || m->to->url == NULL)
		return 400;
	if (!is_uri_usable(m->req_uri))
		return 400;
	/* Headers in a Request-URI are not for us: RFC 3261 19.1.1. */
	if (osip_list_size(&m->req_uri->url_headers) > 0)
		return 400;
	return 0;
}

int message_check(const osip_message_t *m)
{
	if (!has_core(m))
		return -EBADMSG;
	if (!MSG_IS_RESPONSE(m))
		return check_request(m);
	if (!vias_are_good(m) || !numbers_are_good(m) || m->status_code < 100 ||
	    m->status_code > 699)
		return -EBADMSG;
	return 0;
}
