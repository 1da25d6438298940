/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Who sent a call on, why, and how often: Diversion (RFC 5806) and History-Info
 * (RFC 7044), from and to the redirecting number of ISDN (Q.952), which keeps
 * the last one and a count.
 *
 * Diversion names the diverting users, the last one first. History-Info names
 * the places a request was sent to, in order; a place that a diversion led to
 * carries its cause (RFC 4458), or the place before it the Reason of its end
 * (RFC 4244), and who diverted is the place before. They become each other as
 * RFC 7544 says: users a count stands for and nobody names are
 * unknown@unknown.invalid. A message with both is believed for its Diversion,
 * which networks that convert keep complete.
 *
 * A restricted number leaves towards those who keep it, marked, and not at all
 * otherwise.
 */
#include "gateway/sip/private.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { DIVERSIONS = 16, ENTRIES = 32, COUNT_MOST = 10 };

/* RFC 5806 5.2 and RFC 4458 with the reasons Q.952 has: RFC 7544 7.1. The first
 * of a reason is the one that is printed. */
static const struct {
	const char *text;
	unsigned cause;
	enum redirect_reason reason;
} reasons[] = {
	/* clang-format off */
	{ "unknown",        404, REDIRECT_UNKNOWN       },
	{ "user-busy",      486, REDIRECT_BUSY          },
	{ "no-answer",      408, REDIRECT_NO_REPLY      },
	{ "deflection",     480, REDIRECT_DEFLECTION    },
	{ "deflection",     487, REDIRECT_DEFLECTION    },
	{ "unconditional",  302, REDIRECT_UNCONDITIONAL },
	{ "follow-me",        0, REDIRECT_UNCONDITIONAL },
	{ "unavailable",    503, REDIRECT_NO_REPLY      },
	{ "do-not-disturb",   0, REDIRECT_BUSY          },
	{ "user-busy",      600, REDIRECT_BUSY          },
	/* clang-format on */
};

static size_t row_of(enum redirect_reason reason)
{
	for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
		if (reasons[i].reason == reason)
			return i;
	return 0;
}

static enum redirect_reason reason_of(unsigned cause)
{
	for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
		if (reasons[i].cause == cause)
			return reasons[i].reason;
	return REDIRECT_UNKNOWN;
}

/* --- Diversion --- */

static void read_diversion(const osip_message_t *m, struct redirection *out)
{
	const char *text = message_header(m, "Diversion", 0);
	char param[32];
	uint64_t count;

	if (text == NULL || !header_read_address(text, &out->from))
		return;
	if (header_param(text, "reason", param, sizeof(param)))
		for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
			if (strcasecmp(param, reasons[i].text) == 0)
				out->reason = reasons[i].reason;
	if (header_param(text, "privacy", param, sizeof(param)) &&
	    strcasecmp(param, "off") != 0)
		out->from.number.presentation = PRESENTATION_RESTRICTED;
	/* RFC 5806 5.3: a header without a counter stands for one */
	for (int n = 0; n < DIVERSIONS; n++) {
		text = message_header(m, "Diversion", n);
		if (text == NULL)
			break;
		count = 1;
		if (header_param(text, "counter", param, sizeof(param)))
			(void)text_number(param, 1, 99, &count);
		out->count += (unsigned)count;
	}
}

static void print_diversion(struct text *out, const struct redirection *r,
                            const char *host)
{
	text_add(out, "Diversion: ");
	header_print_party(out, &r->from, host);
	text_add(out, ";reason=%s;counter=%u;privacy=%s\r\n",
	         reasons[row_of(r->reason)].text, MAX_OF(r->count, 1u),
	         header_is_restricted(&r->from) ? "full" : "off");
}

/* --- History-Info --- */

/* A place a request was sent to. */
struct entry {
	struct party party;
	unsigned cause; /* of the diversion that led here; 0: none */
	unsigned ended; /* the status it was left with; 0: not said */
};

/* The number behind "cause" and any '=' in a Reason that stands, escaped, in a
 * URI: "SIP%3Bcause%3D302" is decoded by the parser or is not. */
static unsigned status_in(const char *reason)
{
	unsigned status = 0;

	if (strncasecmp(reason, "SIP", 3) != 0)
		return 0;
	reason = strcasestr(reason, "cause");
	if (reason == NULL)
		return 0;
	reason += strlen("cause");
	if (strncasecmp(reason, "%3D", 3) == 0)
		reason += 3;
	else if (*reason == '=')
		reason++;
	(void)sscanf(reason, "%3u", &status);
	return status;
}

static void read_uri_parts(const osip_uri_t *uri, struct entry *out)
{
	const osip_uri_param_t *p;

	for (int i = 0; (p = osip_list_get(&uri->url_params, i)) != NULL; i++)
		if (strcasecmp(p->gname, "cause") == 0 && p->gvalue != NULL)
			(void)sscanf(p->gvalue, "%3u", &out->cause);
	for (int i = 0; (p = osip_list_get(&uri->url_headers, i)) != NULL;
	     i++) {
		if (p->gvalue == NULL)
			continue;
		if (strcasecmp(p->gname, "Reason") == 0)
			out->ended = status_in(p->gvalue);
		else if (strcasecmp(p->gname, "Privacy") == 0 &&
		         strcasecmp(p->gvalue, "none") != 0)
			out->party.number.presentation =
				PRESENTATION_RESTRICTED;
	}
}

static bool read_entry(const char *text, struct entry *out)
{
	osip_from_t *address;
	bool good;

	*out = (struct entry){ .cause = 0 };
	if (osip_from_init(&address) != 0)
		return false;
	good = osip_from_parse(address, text) == 0 && address->url != NULL;
	if (good) {
		(void)header_read_address(text, &out->party);
		read_uri_parts(address->url, out);
	}
	osip_from_free(address);
	return good;
}

static void read_history(const osip_message_t *m, struct redirection *out)
{
	struct entry before = { .cause = 0 }, now;
	const char *text;
	unsigned cause;

	for (int n = 0; n < ENTRIES; n++) {
		text = message_header(m, "History-Info", n);
		if (text == NULL || !read_entry(text, &now))
			return;
		cause = now.cause != 0 ? now.cause : before.ended;
		if (n > 0 && cause != 0) {
			out->from = before.party;
			out->reason = reason_of(cause);
			out->count++;
		}
		before = now;
	}
}

static void print_index(struct text *out, unsigned depth)
{
	text_add(out, ";index=1");
	while (depth-- > 0)
		text_add(out, ".1");
}

static void print_history(struct text *out, const struct redirection *r,
                          const struct party *called, const char *host)
{
	unsigned count = MIN_OF(MAX_OF(r->count, 1u), (unsigned)COUNT_MOST);
	const char *mark =
		header_is_restricted(&r->from) ? "?Privacy=history" : "";

	text_add(out, "History-Info: ");
	for (unsigned i = 0; i + 1 < count; i++) {
		text_add(out, "<sip:unknown@unknown.invalid%s>",
		         i == 0 ? "" : ";cause=404");
		print_index(out, i);
		text_add(out, ", ");
	}
	text_add(out, "<");
	header_print_uri(out, &r->from.number, host);
	text_add(out, "%s%s>", count > 1 ? ";cause=404" : "", mark);
	print_index(out, count - 1);
	text_add(out, ", <");
	header_print_uri(out, &called->number, host);
	text_add(out, ";cause=%u>", reasons[row_of(r->reason)].cause);
	print_index(out, count);
	text_add(out, ";mp=1");
	for (unsigned i = 1; i < count; i++)
		text_add(out, ".1");
	text_add(out, "\r\n");
}

/* --- either --- */

void header_get_diversion(const osip_message_t *m, struct redirection *out)
{
	struct redirection said = { 0 };

	read_diversion(m, &said);
	if (!said.from.number.present) {
		said = (struct redirection){ 0 };
		read_history(m, &said);
	}
	if (said.from.number.present)
		*out = said;
}

void header_print_redirection(struct text *out, const struct sip_setup *setup,
                              const char *host,
                              const struct sip_peer_conf *peer)
{
	const struct redirection *r = &setup->redirection;
	enum sip_redirection form = peer->redirection;

	if (!r->from.number.present || r->from.number.digits[0] == '\0' ||
	    (header_is_restricted(&r->from) && !peer->trusted))
		return;
	if (form == SIP_REDIRECTION_DIVERSION || form == SIP_REDIRECTION_BOTH)
		print_diversion(out, r, host);
	if (form == SIP_REDIRECTION_HISTORY || form == SIP_REDIRECTION_BOTH)
		print_history(out, r, &setup->called, host);
}
