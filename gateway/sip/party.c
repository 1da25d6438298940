/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Parties between headers and ours.
 *
 * A number is what stands in the user part of a sip: URI or behind tel:,
 * percent-decoded, without visual separators and parameters (RFC 3966 3, 5.1);
 * its leading '+' stays and says that it is international. A user part that is
 * no number ("alice") is no number here either, and no error.
 *
 * Who calls: of a source trusted for identity P-Asserted-Identity, or else
 * Remote-Party-ID, which older gear still sends; of any other, From. Whether it
 * may be shown is asked of Privacy, of From being anonymous and of
 * Remote-Party-ID, and that wish is honoured from anybody.
 *
 * Going out, a restricted number leaves in P-Asserted-Identity with "Privacy:
 * id" towards those who are trusted to keep it, and not at all otherwise (RFC
 * 3325 7); From then is anonymous (RFC 3323 4.1).
 */
#include "gateway/sip/private.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "kernel/utf8.h"

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One character, percent-decoded. */
static char take_char(const char **at)
{
	const char *p = *at;

	if (p[0] == '%' && p[1] != '\0' && hex_digit(p[1]) >= 0 &&
	    hex_digit(p[2]) >= 0) {
		*at = p + 3;
		return (char)(hex_digit(p[1]) << 4 | hex_digit(p[2]));
	}
	*at = p + 1;
	return *p;
}

/* The digits of a user part, which the parser has decoded, or of what stands
 * behind tel:, which it has not. */
static bool read_number(const char *user, bool escaped, struct number *out)
{
	struct number n = { .present = true };
	size_t len = 0;
	char c;

	if (user == NULL)
		return false;
	while (*user != '\0' && *user != ';') {
		c = escaped ? take_char(&user) : *user++;
		if (c != '\0' && strchr("-.() ", c) != NULL)
			continue;
		if (c == '\0' || (strchr("0123456789*#", c) == NULL &&
		                  (c != '+' || len != 0)))
			return false;
		if (len == NUMBER_DIGITS)
			return false;
		n.digits[len++] = c;
	}
	if (len == 0 || (len == 1 && n.digits[0] == '+'))
		return false;
	if (n.digits[0] == '+') {
		n.type = NUMBER_INTERNATIONAL;
		n.plan = PLAN_ISDN;
	}
	*out = n;
	return true;
}

static bool read_uri(const osip_uri_t *uri, struct number *out)
{
	if (uri == NULL || uri->scheme == NULL)
		return false;
	if (strcasecmp(uri->scheme, "tel") == 0)
		return read_number(uri->string, true, out);
	return read_number(uri->username, false, out);
}

/* A display name without quotes and escapes: what is printable UTF-8 of it,
 * cut between characters. */
static void read_name(const char *text, char *to)
{
	size_t len = 0, n;
	bool quoted;

	to[0] = '\0';
	if (text == NULL)
		return;
	while (*text == ' ')
		text++;
	quoted = *text == '"';
	for (text += quoted; *text != '\0'; text += MAX_OF(n, 1u)) {
		if (quoted && *text == '"')
			break;
		if (quoted && *text == '\\' && text[1] != '\0')
			text++;
		n = utf8_printable(text);
		if (len + n > NAME_OCTETS)
			break;
		memcpy(to + len, text, n);
		len += n;
	}
	while (len > 0 && to[len - 1] == ' ')
		len--;
	to[len] = '\0';
}

/* Reads "Name" <uri>;params. */
bool header_read_address(const char *text, struct party *out)
{
	osip_from_t *from;
	bool found;

	if (text == NULL || osip_from_init(&from) != 0)
		return false;
	found = osip_from_parse(from, text) == 0 &&
	        read_uri(from->url, &out->number);
	if (found)
		read_name(from->displayname, out->name);
	osip_from_free(from);
	return found;
}

static bool is_anonymous(const osip_from_t *from)
{
	const osip_uri_t *uri = from->url;

	if (uri == NULL)
		return false;
	return (uri->username != NULL &&
	        strcasecmp(uri->username, "anonymous") == 0) ||
	       (uri->host != NULL &&
	        strcasecmp(uri->host, "anonymous.invalid") == 0);
}

enum privacy { PRIVACY_UNSAID, PRIVACY_NONE, PRIVACY_ASKED };

static enum privacy read_privacy_word(const char *word)
{
	if (strcasecmp(word, "id") == 0 || strcasecmp(word, "user") == 0 ||
	    strcasecmp(word, "header") == 0)
		return PRIVACY_ASKED;
	return strcasecmp(word, "none") == 0 ? PRIVACY_NONE : PRIVACY_UNSAID;
}

/* Does Privacy ask to hide who calls, or not to? RFC 3323 4.2, RFC 3325 9.3. */
static enum privacy wanted_privacy(const osip_message_t *m)
{
	enum privacy wanted = PRIVACY_UNSAID, one;
	const char *text;
	char words[128], *rest, *word;

	for (int n = 0; (text = message_header(m, "Privacy", n)) != NULL; n++) {
		if (text_copy(words, sizeof(words), text) < 0)
			return PRIVACY_ASKED;
		for (word = strtok_r(words, "; ,", &rest); word != NULL;
		     word = strtok_r(NULL, "; ,", &rest)) {
			one = read_privacy_word(word);
			wanted = MAX_OF(wanted, one);
		}
	}
	return wanted;
}

static bool wants_privacy(const osip_message_t *m)
{
	return wanted_privacy(m) == PRIVACY_ASKED;
}

static bool read_asserted(const osip_message_t *m, struct party *out)
{
	const char *text;

	for (int n = 0;
	     (text = message_header(m, "P-Asserted-Identity", n)) != NULL; n++)
		if (header_read_address(text, out)) {
			out->number.screening = SCREENING_NETWORK;
			return true;
		}
	return false;
}

static bool read_remote_party(const osip_message_t *m, struct party *out)
{
	const char *text = message_header(m, "Remote-Party-ID", 0);
	char param[32];

	if (text == NULL || !header_read_address(text, out))
		return false;
	if (header_param(text, "screen", param, sizeof(param)) &&
	    strcasecmp(param, "yes") == 0)
		out->number.screening = SCREENING_USER_PASSED;
	if (header_param(text, "privacy", param, sizeof(param)) &&
	    strncasecmp(param, "off", 3) != 0)
		out->number.presentation = PRESENTATION_RESTRICTED;
	return true;
}

static void read_calling(const osip_message_t *m, bool trusted,
                         struct party *out)
{
	char name[NAME_OCTETS + 1];
	bool anonymous = is_anonymous(m->from);

	if (!trusted || (!read_asserted(m, out) && !read_remote_party(m, out)))
		(void)read_uri(m->from->url, &out->number);
	read_name(m->from->displayname, name);
	if (out->name[0] == '\0' && !anonymous)
		memcpy(out->name, name, sizeof(name));
	if (wants_privacy(m) ||
	    (anonymous && wanted_privacy(m) == PRIVACY_UNSAID)) {
		out->number.present = true;
		out->number.presentation = PRESENTATION_RESTRICTED;
	}
}

void header_get_called(const osip_message_t *invite, struct number *out)
{
	*out = (struct number){ 0 };
	(void)read_uri(invite->req_uri, out);
}

void header_get_parties(const osip_message_t *invite, bool trusted,
                        struct sip_setup *out)
{
	out->calling = out->called = (struct party){ 0 };
	out->redirection = (struct redirection){ 0 };
	read_calling(invite, trusted, &out->calling);
	(void)read_uri(invite->req_uri, &out->called.number);
	if (invite->to != NULL)
		read_name(invite->to->displayname, out->called.name);
	header_get_diversion(invite, &out->redirection);
}

void header_print_uri(struct text *out, const struct number *number,
                      const char *host)
{
	text_add(out, "sip:");
	for (const char *d = number->digits; *d != '\0'; d++)
		text_add(out, *d == '#' ? "%%23" : "%c", *d);
	text_add(out, "%s%s%s", number->digits[0] != '\0' ? "@" : "", host,
	         number->digits[0] != '\0' ? ";user=phone" : "");
}

/* RFC 3966 5.1.5: a local number says whose it is; without its port. */
void header_print_tel(struct text *out, const struct number *number,
                      const char *host)
{
	size_t len = strcspn(host, host[0] == '[' ? "]" : ":");

	if (number->digits[0] == '\0') {
		header_print_uri(out, number, host);
		return;
	}
	text_add(out, "tel:");
	for (const char *d = number->digits; *d != '\0'; d++)
		text_add(out, *d == '#' ? "%%23" : "%c", *d);
	if (number->digits[0] != '+')
		text_add(out, ";phone-context=%.*s",
		         (int)(len + (host[0] == '[')), host);
}

static void print_name(struct text *out, const char *name)
{
	if (name[0] == '\0')
		return;
	text_add(out, "\"");
	for (; *name != '\0'; name++) {
		if ((unsigned char)*name < ' ' || *name == 0x7f)
			continue;
		if (*name == '"' || *name == '\\')
			text_add(out, "\\");
		text_add(out, "%c", *name);
	}
	text_add(out, "\" ");
}

void header_print_party(struct text *out, const struct party *party,
                        const char *host)
{
	print_name(out, party->name);
	text_add(out, "<");
	header_print_uri(out, &party->number, host);
	text_add(out, ">");
}

bool header_is_restricted(const struct party *party)
{
	return party->number.present &&
	       party->number.presentation == PRESENTATION_RESTRICTED;
}

/* Is there a number that may be said at all? One that is unavailable is not
 * (Q.951.3). */
static bool is_told(const struct party *party)
{
	return party->number.present && party->number.digits[0] != '\0' &&
	       party->number.presentation != PRESENTATION_UNAVAILABLE;
}

void header_print_from(struct text *out, const struct party *calling,
                       const char *host)
{
	struct party shown = *calling;

	if (!is_told(calling))
		shown.number.digits[0] = '\0';
	if (header_is_restricted(calling))
		text_add(out,
		         "\"Anonymous\" <sip:anonymous@anonymous.invalid>");
	else
		header_print_party(out, &shown, host);
}

/* What older gear reads in place of P-Asserted-Identity. */
static void print_remote_party(struct text *out, const struct party *party,
                               const char *host, const char *which)
{
	enum screening screening = party->number.screening;
	bool screened = screening == SCREENING_USER_PASSED ||
	                screening == SCREENING_NETWORK;

	header_print_party(out, party, host);
	text_add(out, ";party=%s;screen=%s;privacy=%s", which,
	         screened ? "yes" : "no",
	         header_is_restricted(party) ? "full" : "off");
}

static void print_calling(struct text *out, const struct party *calling,
                          const char *host, enum sip_identity form)
{
	if (form == SIP_IDENTITY_ASSERTED || form == SIP_IDENTITY_BOTH) {
		text_add(out, "P-Asserted-Identity: ");
		header_print_party(out, calling, host);
		text_add(out, "\r\n");
	}
	if (form == SIP_IDENTITY_ASSERTED)
		return;
	text_add(out, "Remote-Party-ID: ");
	print_remote_party(out, calling, host, "calling");
	text_add(out, "\r\n");
}

void header_print_identity(struct text *out, const struct sip_setup *setup,
                           const char *host, const struct sip_peer_conf *peer)
{
	const struct party *calling = &setup->calling;

	if (peer->trusted && is_told(calling))
		print_calling(out, calling, host, peer->identity);
	if (header_is_restricted(calling))
		text_add(out, "Privacy: id\r\n");
	header_print_redirection(out, setup, host, peer);
}

void header_get_connected(const osip_message_t *m, bool trusted,
                          struct party *out)
{
	*out = (struct party){ 0 };
	if (!trusted || (!read_asserted(m, out) && !read_remote_party(m, out)))
		return;
	if (wants_privacy(m))
		out->number.presentation = PRESENTATION_RESTRICTED;
}

static int put_party(osip_message_t *m, const char *name, const char *value,
                     const struct text *out)
{
	return out->cut ? 0 : message_set_header(m, name, value);
}

int header_put_connected(osip_message_t *m, const struct party *connected,
                         const char *host, const struct sip_peer_conf *peer)
{
	char value[512];
	struct text out = TEXT(value);
	int rc = 0;

	if (connected == NULL || !peer->trusted || !is_told(connected))
		return 0;
	if (peer->identity != SIP_IDENTITY_REMOTE_PARTY) {
		header_print_party(&out, connected, host);
		rc = put_party(m, "P-Asserted-Identity", value, &out);
	}
	if (rc == 0 && peer->identity != SIP_IDENTITY_ASSERTED) {
		out = TEXT(value);
		print_remote_party(&out, connected, host, "called");
		rc = put_party(m, "Remote-Party-ID", value, &out);
	}
	if (rc == 0 && header_is_restricted(connected))
		rc = message_set_header(m, "Privacy", "id");
	return rc;
}
