/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Small work on parsed messages: making a response to a request (RFC 3261
 * 8.2.6), headers by name, tags, bodies. Nothing here parses octets of
 * strangers; all of it may fail for want of memory and then leaves the message
 * fit to be freed.
 */
#include "gateway/sip/osip.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct phrase {
	unsigned status;
	const char *text;
};

/* RFC 3261 21 and the registry's later ones that we may send. */
static const struct phrase phrases[] = {
	/* clang-format off */
	{ 100, "Trying" },
	{ 180, "Ringing" },
	{ 181, "Call Is Being Forwarded" },
	{ 182, "Queued" },
	{ 183, "Session Progress" },
	{ 199, "Early Dialog Terminated" },
	{ 200, "OK" },
	{ 202, "Accepted" },
	{ 300, "Multiple Choices" },
	{ 301, "Moved Permanently" },
	{ 302, "Moved Temporarily" },
	{ 305, "Use Proxy" },
	{ 380, "Alternative Service" },
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" },
	{ 402, "Payment Required" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 406, "Not Acceptable" },
	{ 407, "Proxy Authentication Required" },
	{ 408, "Request Timeout" },
	{ 410, "Gone" },
	{ 413, "Request Entity Too Large" },
	{ 414, "Request-URI Too Long" },
	{ 415, "Unsupported Media Type" },
	{ 416, "Unsupported URI Scheme" },
	{ 420, "Bad Extension" },
	{ 421, "Extension Required" },
	{ 422, "Session Interval Too Small" },
	{ 423, "Interval Too Brief" },
	{ 433, "Anonymity Disallowed" },
	{ 480, "Temporarily Unavailable" },
	{ 481, "Call/Transaction Does Not Exist" },
	{ 482, "Loop Detected" },
	{ 483, "Too Many Hops" },
	{ 484, "Address Incomplete" },
	{ 485, "Ambiguous" },
	{ 486, "Busy Here" },
	{ 487, "Request Terminated" },
	{ 488, "Not Acceptable Here" },
	{ 489, "Bad Event" },
	{ 491, "Request Pending" },
	{ 493, "Undecipherable" },
	{ 500, "Server Internal Error" },
	{ 501, "Not Implemented" },
	{ 502, "Bad Gateway" },
	{ 503, "Service Unavailable" },
	{ 504, "Server Time-out" },
	{ 505, "Version Not Supported" },
	{ 513, "Message Too Large" },
	{ 580, "Precondition Failure" },
	{ 600, "Busy Everywhere" },
	{ 603, "Decline" },
	{ 604, "Does Not Exist Anywhere" },
	{ 606, "Not Acceptable" },
	{ 607, "Unwanted" },
	/* clang-format on */
};

/* Short names libosip2 leaves as they are: the IANA registry. */
static const char *const compacts[][2] = {
	/* clang-format off */
	{ "Supported",           "k" },
	{ "Session-Expires",     "x" },
	{ "Event",               "o" },
	{ "Refer-To",            "r" },
	{ "Referred-By",         "b" },
	{ "Subject",             "s" },
	{ "Allow-Events",        "u" },
	{ "Accept-Contact",      "a" },
	{ "Reject-Contact",      "j" },
	{ "Request-Disposition", "d" },
	{ "Identity",            "y" },
	/* clang-format on */
};

const char *message_reason_phrase(unsigned status)
{
	static const char *const classes[] = { "Unknown",     "Progress",
		                               "OK",          "Redirected",
		                               "Bad Request", "Server Error",
		                               "Declined" };

	for (size_t i = 0; i < ARRAY_LEN(phrases); i++)
		if (phrases[i].status == status)
			return phrases[i].text;
	return classes[status / 100 < ARRAY_LEN(classes) ? status / 100 : 0];
}

static int put_tag(osip_to_t *to, const char *tag)
{
	char *name, *value;

	if (tag == NULL || message_tag(to) != NULL)
		return 0;
	name = osip_strdup("tag");
	value = osip_strdup(tag);
	if (name != NULL && value != NULL &&
	    osip_generic_param_add(&to->gen_params, name, value) ==
	            OSIP_SUCCESS)
		return 0;
	osip_free(name);
	osip_free(value);
	return -ENOMEM;
}

static int copy_vias(const osip_message_t *from, osip_message_t *to)
{
	osip_list_iterator_t it;
	int rc = 0;

	for (osip_via_t *via = osip_list_get_first(&from->vias, &it);
	     rc == 0 && via != NULL; via = osip_list_get_next(&it))
		rc = message_copy_via(via, to);
	return rc;
}

static int copy_core(const osip_message_t *request, osip_message_t *m)
{
	if (osip_from_clone(request->from, &m->from) != OSIP_SUCCESS ||
	    osip_to_clone(request->to, &m->to) != OSIP_SUCCESS ||
	    osip_call_id_clone(request->call_id, &m->call_id) != OSIP_SUCCESS ||
	    osip_cseq_clone(request->cseq, &m->cseq) != OSIP_SUCCESS)
		return -ENOMEM;
	return copy_vias(request, m);
}

static int put_status(osip_message_t *m, unsigned status, const char *reason)
{
	if (reason == NULL)
		reason = message_reason_phrase(status);
	osip_message_set_status_code(m, (int)status);
	osip_message_set_version(m, osip_strdup("SIP/2.0"));
	osip_message_set_reason_phrase(m, osip_strdup(reason));
	return m->sip_version == NULL || m->reason_phrase == NULL ? -ENOMEM : 0;
}

osip_message_t *message_response(const osip_message_t *request, unsigned status,
                                 const char *reason, const char *to_tag)
{
	const char *stamp = message_header(request, "Timestamp", 0);
	uint64_t mark = message_mark();
	osip_message_t *m = NULL;
	int rc;

	if (osip_message_init(&m) != OSIP_SUCCESS)
		return NULL;
	rc = put_status(m, status, reason);
	if (rc == 0)
		rc = copy_core(request, m);
	if (rc == 0 && status != 100)
		rc = put_tag(m->to, to_tag);
	if (rc == 0 && status > 100 && status < 300)
		rc = message_copy_routes(&request->record_routes,
		                         &m->record_routes);
	if (rc == 0 && status == 100 && stamp != NULL)
		rc = message_set_header(m, "Timestamp", stamp);
	if (rc == 0 && !message_wanted(mark))
		return m;
	m = message_free(m);
	message_sweep(mark);
	return m;
}

static const char *compact_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(compacts); i++)
		if (strcasecmp(compacts[i][0], name) == 0)
			return compacts[i][1];
	return NULL;
}

static bool is_named(const osip_header_t *h, const char *name,
                     const char *compact)
{
	return h->hname != NULL &&
	       (strcasecmp(h->hname, name) == 0 ||
	        (compact != NULL && strcasecmp(h->hname, compact) == 0));
}

const char *message_header(const osip_message_t *m, const char *name, int n)
{
	const char *compact = compact_of(name);
	osip_list_iterator_t it;

	for (osip_header_t *h = osip_list_get_first(&m->headers, &it);
	     h != NULL; h = osip_list_get_next(&it))
		if (is_named(h, name, compact) && n-- == 0)
			return h->hvalue == NULL ? "" : h->hvalue;
	return NULL;
}

int message_add_header(osip_message_t *m, const char *name, const char *value)
{
	uint64_t mark = message_mark();

	/* It goes into the list of others, whatever its name. */
	if (osip_message_set_header(m, name, value) == OSIP_SUCCESS)
		return 0;
	message_sweep(mark);
	return -ENOMEM;
}

int message_set_header(osip_message_t *m, const char *name, const char *value)
{
	const char *compact = compact_of(name);

	for (int i = osip_list_size(&m->headers) - 1; i >= 0; i--) {
		osip_header_t *h = osip_list_get(&m->headers, i);

		if (!is_named(h, name, compact))
			continue;
		(void)osip_list_remove(&m->headers, i);
		osip_header_free(h);
	}
	return value == NULL ? 0 : message_add_header(m, name, value);
}

bool message_is_response(const osip_message_t *m)
{
	return MSG_IS_RESPONSE(m);
}

bool message_is(const osip_message_t *request, const char *method)
{
	return !MSG_IS_RESPONSE(request) && request->sip_method != NULL &&
	       strcmp(request->sip_method, method) == 0;
}

const char *message_cseq_method(const osip_message_t *m)
{
	return m->cseq->method;
}

unsigned message_cseq(const osip_message_t *m)
{
	return (unsigned)strtoul(m->cseq->number, NULL, 10);
}

const char *message_tag(const osip_from_t *from_or_to)
{
	osip_list_iterator_t it;

	for (osip_generic_param_t *p =
	             osip_list_get_first(&from_or_to->gen_params, &it);
	     p != NULL; p = osip_list_get_next(&it))
		if (p->gname != NULL && strcasecmp(p->gname, "tag") == 0)
			return p->gvalue;
	return NULL;
}

struct bytes message_body(const osip_message_t *m)
{
	const osip_body_t *body = osip_list_get(&m->bodies, 0);

	if (body == NULL || body->body == NULL)
		return (struct bytes){ NULL, 0 };
	return (struct bytes){ (const uint8_t *)body->body, body->length };
}

int message_set_body(osip_message_t *m, const char *type, struct bytes body)
{
	osip_list_special_free(&m->bodies, (void (*)(void *))osip_body_free);
	osip_content_type_free(m->content_type);
	m->content_type = NULL;
	if (osip_message_set_content_type(m, type) != OSIP_SUCCESS ||
	    osip_message_set_body(m, (const char *)body.at, body.len) !=
	            OSIP_SUCCESS)
		return -ENOMEM;
	return 0;
}
