/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Option tags as rows (RFC 3261 19.2): each extension has a line that says
 * whether it is on with a peer. What a request requires and no row has is
 * refused by 420 with the names it may not require (8.2.2.3); the rows that
 * are on are told in Supported.
 *
 * Lists in headers may be split over several lines and have blanks anywhere;
 * the parser leaves Supported and Require as they came, and cuts Allow up.
 */
#include "gateway/sip/extension.h"

#include <string.h>
#include <strings.h>

#include "gateway/sip/osip.h"

static bool has_100rel(const struct sip_peer_conf *peer)
{
	return peer->reliable != SIP_100REL_OFF;
}

static bool has_timer(const struct sip_peer_conf *peer)
{
	return peer->session_timer != 0;
}

static bool has_uui(const struct sip_peer_conf *peer)
{
	return peer->uui;
}

static bool has_transfer(const struct sip_peer_conf *peer)
{
	return peer->transfer;
}

static const struct {
	const char *tag;
	bool (*on)(const struct sip_peer_conf *peer);
} rows[] = {
	{ "100rel", has_100rel },       /* RFC 3262 */
	{ "timer", has_timer },         /* RFC 4028 */
	{ "replaces", has_transfer },   /* RFC 3891 */
	{ "norefersub", has_transfer }, /* RFC 4488 */
	{ "uui", has_uui },             /* RFC 7433 */
};

/* The next word of a list; empty when it is at its end. */
static struct bytes next_word(const char **at)
{
	const char *from = *at + strspn(*at, ", \t");
	size_t len = strcspn(from, ", \t;");

	*at = from + len + strcspn(from + len, ",");
	return (struct bytes){ (const uint8_t *)from, len };
}

static bool is(struct bytes b, const char *word)
{
	return b.len == strlen(word) &&
	       strncasecmp((const char *)b.at, word, b.len) == 0;
}

static bool in_list(const char *list, const char *word)
{
	struct bytes b;

	while ((b = next_word(&list)).len > 0)
		if (is(b, word))
			return true;
	return false;
}

bool extension_listed(const osip_message_t *m, const char *name,
                      const char *word)
{
	const char *list;

	for (int n = 0; (list = message_header(m, name, n)) != NULL; n++)
		if (in_list(list, word))
			return true;
	return false;
}

bool extension_known(const osip_message_t *m, const char *tag)
{
	return extension_listed(m, "Supported", tag) ||
	       extension_listed(m, "Require", tag);
}

bool extension_allows(const osip_message_t *m, const char *method, bool *told)
{
	const osip_allow_t *allow;

	*told = osip_list_size(&m->allows) > 0;
	for (int n = 0; (allow = osip_list_get(&m->allows, n)) != NULL; n++)
		if (allow->value != NULL && in_list(allow->value, method))
			return true;
	return false;
}

static bool is_ours(struct bytes tag, const struct sip_peer_conf *peer)
{
	for (size_t i = 0; peer != NULL && i < ARRAY_LEN(rows); i++)
		if (is(tag, rows[i].tag))
			return rows[i].on(peer);
	return false;
}

bool extension_lacking(const osip_message_t *request,
                       const struct sip_peer_conf *peer, struct text *out)
{
	const char *list;
	struct bytes tag;

	for (int n = 0; (list = message_header(request, "Require", n)) != NULL;
	     n++)
		while ((tag = next_word(&list)).len > 0) {
			if (is_ours(tag, peer))
				continue;
			text_add(out, "%s", out->len > 0 ? ", " : "");
			text_add_bytes(out, tag);
		}
	return out->len > 0;
}

/* The value of Supported; "" when all are off. */
static void print_list(struct text *out, const struct sip_peer_conf *peer)
{
	size_t from = out->len;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].on(peer))
			text_add(out, "%s%s", out->len > from ? ", " : "",
			         rows[i].tag);
}

void extension_print(struct text *out, const struct sip_peer_conf *peer,
                     bool invite)
{
	char list[64];
	struct text value = TEXT(list);

	print_list(&value, peer);
	if (value.len > 0)
		text_add(out, "Supported: %s\r\n", list);
	if (invite && peer->reliable == SIP_100REL_REQUIRED)
		text_add(out, "Require: 100rel\r\n");
}

int extension_put(osip_message_t *response, const struct sip_peer_conf *peer)
{
	char list[64];
	struct text value = TEXT(list);

	print_list(&value, peer);
	return value.len == 0 ? 0
	                      : message_set_header(response, "Supported", list);
}
