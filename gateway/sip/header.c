/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Causes between headers and ours. A Q.850 cause in Reason tells more than the
 * status it comes with (RFC 3326, RFC 6432), so it travels both ways, with the
 * location that RFC 8606 added. There may be several Reason headers, and
 * several reasons in one; the first Q.850 one counts.
 *
 * Parameters of headers that libosip2 keeps as plain text are found here by
 * walking over quoted strings, because a ';' or '=' may stand in one.
 */
#include "gateway/sip/private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* RFC 8606 4; in the order of Q.850's values. */
static const char *const locations[] = {
	"U",      "LPN",    "LN",     "TN",     "RLN", "RPN",
	"LOC-6",  "INTL",   "LOC-8",  "LOC-9",  "BI",  "LOC-11",
	"LOC-12", "LOC-13", "LOC-14", "LOC-15",
};

/* The next ';' (or ',' when wanted) outside quotes and brackets, or the end. */
static const char *next_divider(const char *at, const char *dividers)
{
	bool quoted = false;
	unsigned deep = 0;

	for (; *at != '\0'; at++) {
		if (quoted && *at == '\\' && at[1] != '\0') {
			at++;
			continue;
		}
		if (*at == '"')
			quoted = !quoted;
		else if (!quoted && *at == '<')
			deep++;
		else if (!quoted && *at == '>' && deep > 0)
			deep--;
		else if (!quoted && deep == 0 && strchr(dividers, *at) != NULL)
			break;
	}
	return at;
}

static struct bytes trim(const char *from, const char *to)
{
	while (from < to && (*from == ' ' || *from == '\t'))
		from++;
	while (to > from && (to[-1] == ' ' || to[-1] == '\t'))
		to--;
	return (struct bytes){ (const uint8_t *)from, (size_t)(to - from) };
}

static bool is(struct bytes b, const char *word)
{
	return b.len == strlen(word) &&
	       strncasecmp((const char *)b.at, word, b.len) == 0;
}

/* "name = value", value perhaps in quotes. */
static bool read_param(const char *from, const char *to, const char *name,
                       char *out, size_t size)
{
	const char *equals = memchr(from, '=', (size_t)(to - from));
	struct bytes value;

	if (!is(trim(from, equals != NULL ? equals : to), name))
		return false;
	value = equals != NULL ? trim(equals + 1, to)
	                       : (struct bytes){ (const uint8_t *)to, 0 };
	if (value.len >= 2 && value.at[0] == '"') {
		value.at++;
		value.len -= 2;
	}
	return text_copy_bytes(out, size, value) == 0;
}

bool header_param(const char *value, const char *name, char *to, size_t size)
{
	const char *at = next_divider(value, ";");

	while (*at == ';') {
		const char *end = next_divider(at + 1, ";");

		if (read_param(at + 1, end, name, to, size))
			return true;
		at = end;
	}
	return false;
}

bool header_take(const char **list, char *to, size_t size)
{
	const char *end = next_divider(*list, ",");

	if (**list == '\0')
		return false;
	if (text_copy_bytes(to, size, trim(*list, end)) < 0)
		to[0] = '\0';
	*list = *end == ',' ? end + 1 : end;
	return true;
}

static enum q850_location read_location(const char *reason)
{
	char text[16];

	if (!header_param(reason, "location", text, sizeof(text)))
		return LOCATION_USER;
	for (size_t i = 0; i < ARRAY_LEN(locations); i++)
		if (text_casecmp(text, locations[i]) == 0)
			return (enum q850_location)i;
	return LOCATION_USER;
}

/* One reason-value: protocol and parameters. */
static bool read_reason(const char *reason, struct cause *out)
{
	char text[16];
	uint64_t value;

	if (!is(trim(reason, next_divider(reason, ";")), "Q.850") ||
	    !header_param(reason, "cause", text, sizeof(text)) ||
	    text_number(text, 1, 127, &value) < 0)
		return false;
	out->value = (enum q850_cause)value;
	out->location = read_location(reason);
	return true;
}

bool header_get_reason(const osip_message_t *m, struct cause *out)
{
	const char *header;
	char one[256];

	for (int n = 0; (header = message_header(m, "Reason", n)) != NULL;
	     n++) {
		while (header_take(&header, one, sizeof(one)))
			if (read_reason(one, out))
				return true;
	}
	return false;
}

unsigned header_get_warning(const osip_message_t *m)
{
	const char *header = message_header(m, "Warning", 0);
	unsigned long code;
	char *end;

	if (header == NULL)
		return 0;
	code = strtoul(header, &end, 10);
	return end == header + 3 && code >= 100 ? (unsigned)code : 0;
}

void header_print_reason(const struct release *why, char *to, size_t size)
{
	struct text out = { .at = to, .size = size };
	unsigned location = (unsigned)why->cause.location;

	to[0] = '\0';
	if (why->cause.value == Q850_NONE)
		return;
	text_add(&out, "Q.850;cause=%u;text=\"%s\"", (unsigned)why->cause.value,
	         q850_cause_name((unsigned)why->cause.value));
	if (location < ARRAY_LEN(locations))
		text_add(&out, ";location=%s", locations[location]);
	if (out.cut)
		to[0] = '\0';
}

static bool is_digit(char c)
{
	return c != '\0' && strchr("0123456789*#ABCDabcd", c) != NULL;
}

static bool take_digits(struct bytes line, struct text *out)
{
	while (line.len > 0 && line.at[0] == ' ')
		if (!take_skip(&line, 1))
			return false;
	for (size_t i = 0; i < line.len && is_digit((char)line.at[i]); i++)
		text_add(out, "%c", line.at[i]);
	return out->len > 0 && !out->cut;
}

/* application/dtmf is the digit alone; application/dtmf-relay has a line
 * "Signal= 5" and one for its length. */
bool header_get_digits(const osip_message_t *info, char *to, size_t size)
{
	const osip_content_type_t *type = info->content_type;
	struct bytes body = message_body(info), line;
	struct text out = { .at = to, .size = size };

	to[0] = '\0';
	if (type == NULL || type->type == NULL || type->subtype == NULL ||
	    strcasecmp(type->type, "application") != 0)
		return false;
	if (strcasecmp(type->subtype, "dtmf") == 0)
		return take_line(&body, &line) && take_digits(line, &out);
	if (strcasecmp(type->subtype, "dtmf-relay") != 0)
		return false;
	while (take_line(&body, &line)) {
		if (line.len < 7 ||
		    strncasecmp((const char *)line.at, "Signal=", 7) != 0)
			continue;
		if (!take_skip(&line, 7))
			return false;
		return take_digits(line, &out);
	}
	return false;
}

double header_contact_q(const osip_from_t *contact)
{
	const osip_generic_param_t *p;

	for (int i = 0; (p = osip_list_get(&contact->gen_params, i)) != NULL;
	     i++)
		if (strcasecmp(p->gname, "q") == 0 && p->gvalue != NULL)
			return strtod(p->gvalue, NULL);
	return 1;
}

void header_print_contact(struct text *out, const osip_from_t *contact)
{
	char *uri = NULL;

	if (contact->url == NULL || osip_uri_to_str(contact->url, &uri) != 0)
		return;
	text_add(out, "%s\n", uri);
	osip_free(uri);
}

unsigned header_get_number(const osip_message_t *m, const char *name,
                           unsigned otherwise)
{
	const char *text = message_header(m, name, 0);
	uint64_t value;

	if (text == NULL || text_number(text, 0, UINT32_MAX, &value) < 0)
		return otherwise;
	return (unsigned)value;
}

static const char *port_of(const osip_uri_t *uri)
{
	return uri->port != NULL ? uri->port : "5060";
}

static bool is_same_contact(const osip_uri_t *a, const osip_uri_t *b)
{
	return a != NULL && b != NULL && a->host != NULL && b->host != NULL &&
	       strcasecmp(a->host, b->host) == 0 &&
	       strcmp(port_of(a), port_of(b)) == 0 && a->username != NULL &&
	       b->username != NULL && strcmp(a->username, b->username) == 0;
}

unsigned header_get_expires(const osip_message_t *response,
                            const osip_from_t *ours, unsigned otherwise)
{
	const osip_generic_param_t *p;
	const osip_contact_t *c;
	uint64_t value;

	otherwise = header_get_number(response, "Expires", otherwise);
	for (int i = 0; (c = osip_list_get(&response->contacts, i)) != NULL;
	     i++) {
		if (!is_same_contact(c->url, ours->url))
			continue;
		for (int k = 0; (p = osip_list_get(&c->gen_params, k)) != NULL;
		     k++)
			if (strcasecmp(p->gname, "expires") == 0 &&
			    p->gvalue != NULL &&
			    text_number(p->gvalue, 0, UINT32_MAX, &value) == 0)
				return (unsigned)value;
	}
	return otherwise;
}
