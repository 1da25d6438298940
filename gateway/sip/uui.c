/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * User-to-User (RFC 7433) with the package for ISDN (RFC 7434): in INVITE, its
 * responses and BYE, the octets of Q.931's element in hex, the protocol
 * discriminator first.
 *
 * A header without a purpose is of this package, as it was before there were
 * others; one for another purpose, content or encoding is not for us. What is
 * no hex, too long, or said twice, so that nobody knows which is meant, is
 * dropped and counted: the call goes on without it.
 *
 * Both ways only with a peer that is configured for it: the octets are between
 * users, may be anything, and cross a border of trust here.
 */
#include "gateway/sip/session.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

/* --- the header --- */

static int nibble(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c == '\0' ? NULL : strchr(digits, c | 0x20);

	return at == NULL ? -1 : (int)(at - digits);
}

/* Hex up to a parameter, perhaps in quotes. */
static int read_octets(const char *value, struct uui *out)
{
	struct uui read = { .len = 0 };
	bool quoted = *value == '"';

	for (value += quoted; nibble(*value) >= 0; value += 2) {
		if (read.len == UUI_OCTETS || nibble(value[1]) < 0)
			return -EBADMSG;
		read.octets[read.len++] =
			(uint8_t)(nibble(value[0]) << 4 | nibble(value[1]));
	}
	if (quoted && *value++ != '"')
		return -EBADMSG;
	value += strspn(value, " \t");
	if (read.len == 0 || (*value != '\0' && *value != ';'))
		return -EBADMSG;
	*out = read;
	return 0;
}

/* Is the parameter absent, or one of these? */
static bool says(const char *value, const char *name, const char *one,
                 const char *other)
{
	char text[32];

	return !header_param(value, name, text, sizeof(text)) ||
	       strcasecmp(text, one) == 0 || strcasecmp(text, other) == 0;
}

int header_get_uui(const osip_message_t *m, struct uui *out)
{
	char one[512];
	const char *list;
	int found = 0;

	for (int n = 0; (list = message_header(m, "User-to-User", n)) != NULL;
	     n++) {
		while (header_take(&list, one, sizeof(one))) {
			if (!says(one, "purpose", "isdn-uui",
			          "isdn-interwork") ||
			    !says(one, "content", "isdn-uui", "isdn-uui") ||
			    !says(one, "encoding", "hex", "hex"))
				continue;
			if (found++ > 0 || read_octets(one, out) < 0)
				return -EBADMSG;
		}
	}
	return found;
}

void header_print_uui(const struct uui *uui, char *to, size_t size)
{
	struct text out = { .at = to, .size = size };

	to[0] = '\0';
	for (unsigned i = 0; i < uui->len; i++)
		text_add(&out, "%02x", uui->octets[i]);
	text_add(&out, ";purpose=isdn-uui;encoding=hex;content=isdn-uui");
}

/* --- in a session --- */

const struct uui *session_hear_uui(struct sip_session *s,
                                   const osip_message_t *m, struct uui *out)
{
	int rc;

	*out = (struct uui){ .len = 0 };
	if (!s->peer.uui)
		return NULL;
	rc = header_get_uui(m, out);
	if (rc < 0) {
		s->stack->counts.uui_dropped++;
		*out = (struct uui){ .len = 0 };
	}
	return out->len > 0 ? out : NULL;
}

const char *session_take_uui(struct sip_session *s, char *to, size_t size)
{
	if (s->uui.len == 0)
		return NULL;
	header_print_uui(&s->uui, to, size);
	s->uui.len = 0;
	return to;
}

void session_print_uui(struct text *out, const struct sip_session *s,
                       const struct uui *uui)
{
	char value[UUI_TEXT];

	if (uui->len == 0 || !s->peer.uui)
		return;
	header_print_uui(uui, value, sizeof(value));
	text_add(out, "User-to-User: %s\r\n", value);
}

void sip_session_uui(struct sip_session *session, const struct uui *uui)
{
	if (session->peer.uui)
		session->uui = *uui;
}
