/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Kinds of option values of the SIP side that are more than a word: who we are
 * for a peer that asks, a time that may be "off", what is told to registrars.
 * Each reads words, refuses with a sentence that says what would have been
 * accepted, and prints back what it read.
 */

#include "gateway/options.h"

#include <errno.h>
#include <string.h>

#include "kernel/text.h"

const struct conf_choice options_identities[] = {
	{ "asserted", SIP_IDENTITY_ASSERTED, "P-Asserted-Identity" },
	{ "remote-party-id", SIP_IDENTITY_REMOTE_PARTY, "the older header" },
	{ "both", SIP_IDENTITY_BOTH, "one and the other" },
	{ 0 },
};

const struct conf_choice options_privacies[] = {
	{ "as-told", 0, "of who asked for it" },
	{ "always", 1, "of everybody" },
	{ 0 },
};

const struct conf_choice options_redirections[] = {
	{ "diversion", SIP_REDIRECTION_DIVERSION, "RFC 5806" },
	{ "history-info", SIP_REDIRECTION_HISTORY, "RFC 7044" },
	{ "both", SIP_REDIRECTION_BOTH, "one and the other" },
	{ "none", SIP_REDIRECTION_NONE, "not at all, nor is it believed" },
	{ 0 },
};

const struct conf_choice options_overlaps[] = {
	{ "collect", 0, "wait until the number is complete" },
	{ "invites", 1, "an INVITE for each further digit (RFC 3578)" },
	{ 0 },
};

static int refuse(char *wrong, int *at, int word, const char *sentence)
{
	(void)text_copy(wrong, CONF_MESSAGE, sentence);
	*at = word;
	return -EBADMSG;
}

/* --- session-timer SECONDS | off --- */

static int lifetime_parse(const struct conf_option *option, void *value, int n,
                          char **words, char *wrong, int *at)
{
	struct text said = { .at = wrong, .size = CONF_MESSAGE };
	uint64_t seconds = 0;
	unsigned given;

	if (n != 1 || (strcmp(words[0], "off") != 0 &&
	               text_number(words[0], (uint64_t)option->min,
	                           (uint64_t)option->max, &seconds) < 0)) {
		text_add(&said, "it is %u to %u seconds, or \"off\"",
		         (unsigned)option->min, (unsigned)option->max);
		*at = 0;
		return -EBADMSG;
	}
	given = (unsigned)seconds;
	memcpy(value, &given, sizeof(given));
	return 0;
}

static bool lifetime_print(const struct conf_option *option ATTR_UNUSED,
                           const void *value, unsigned index, char *to,
                           size_t size)
{
	struct text out = { .at = to, .size = size };
	unsigned seconds;

	memcpy(&seconds, value, sizeof(seconds));
	if (seconds == 0)
		text_add(&out, "off");
	else
		text_add(&out, "%u", seconds);
	return index == 0;
}

const struct conf_kind options_kind_lifetime = {
	.name = "lifetime",
	.accepts = "<10-86400> | off",
	.parse = lifetime_parse,
	.print = lifetime_print,
};

/* --- authentication username NAME password WORD [realm WORD] --- */

/* What goes into a quoted string and must not end it. */
static bool is_plain(const char *text)
{
	for (const char *c = text; *c != '\0'; c++)
		if (*c < ' ' || *c > '~' || *c == '"' || *c == '\\')
			return false;
	return text[0] != '\0';
}

static int read_credential(struct sip_credential *c, int n, char **words)
{
	if ((n != 4 && n != 6) || strcmp(words[0], "username") != 0 ||
	    strcmp(words[2], "password") != 0 ||
	    (n == 6 && strcmp(words[4], "realm") != 0))
		return 0;
	if (!is_plain(words[1]) ||
	    text_copy(c->user, sizeof(c->user), words[1]) < 0)
		return 1;
	if (!is_plain(words[3]) ||
	    text_copy(c->password, sizeof(c->password), words[3]) < 0)
		return 3;
	if (n == 6 && (!is_plain(words[5]) ||
	               text_copy(c->realm, sizeof(c->realm), words[5]) < 0))
		return 5;
	return -1;
}

static int credentials_parse(const struct conf_option *option ATTR_UNUSED,
                             void *value, int n, char **words, char *wrong,
                             int *at)
{
	static const char *const said[] = {
		[0] = "credentials are \"username NAME password WORD\", and "
		      "\"realm WORD\" behind it when only for that realm",
		[1] = "a username has at most 39 characters of ASCII, no quote",
		[3] = "a password has at most 39 characters of ASCII, no quote",
		[5] = "a realm has at most 47 characters of ASCII, no quote",
	};
	struct options_credentials *list = value;
	struct sip_credential c;
	unsigned i = 0;
	int bad;

	memset(&c, 0, sizeof(c));
	bad = read_credential(&c, n, words);
	if (bad >= 0)
		return refuse(wrong, at, MIN_OF(bad, MAX_OF(n - 1, 0)),
		              said[bad]);
	while (i < list->n && (strcmp(list->one[i].user, c.user) != 0 ||
	                       strcmp(list->one[i].realm, c.realm) != 0))
		i++; /* the same name again is its new password */
	if (i == SIP_CREDENTIALS)
		return refuse(wrong, at, 0, "there are 16 credentials already");
	list->one[i] = c;
	list->n = MAX_OF(list->n, i + 1);
	return 0;
}

/* A word as it is written: in quotes when it must be. */
static void print_word(struct text *t, const char *word)
{
	const char *quote = word[strcspn(word, " \t!")] != '\0' ? "\"" : "";

	text_add(t, "%s%s%s", quote, word, quote);
}

static bool credentials_print(const struct conf_option *option ATTR_UNUSED,
                              const void *value, unsigned index, char *to,
                              size_t size)
{
	const struct options_credentials *list = value;
	const struct sip_credential *c;
	struct text t = { .at = to, .size = size };

	if (index >= list->n)
		return false;
	c = &list->one[index];
	text_add(&t, "username ");
	print_word(&t, c->user);
	text_add(&t, " password ");
	print_word(&t, c->password);
	if (c->realm[0] == '\0')
		return true;
	text_add(&t, " realm ");
	print_word(&t, c->realm);
	return true;
}

/* --- backup-proxy ADDRESS/BITS --- */

static int prefixes_parse(const struct conf_option *option ATTR_UNUSED,
                          void *value, int n, char **words, char *wrong,
                          int *at)
{
	static const char accepted[] =
		"phones are at an address or at a part of the network, as in "
		"\"192.0.2.0/24\" or \"2001:db8::/64\"";
	struct options_prefixes *list = value;
	struct sip_prefix p;
	struct addr addr;
	char host[ADDR_TEXT];
	const char *slash = n == 1 ? strchr(words[0], '/') : NULL;
	uint64_t bits;
	size_t len;

	memset(&p, 0, sizeof(p));
	if (n != 1)
		return refuse(wrong, at, 0, accepted);
	len = slash != NULL ? (size_t)(slash - words[0]) : strlen(words[0]);
	if (text_copy_bytes(host, sizeof(host),
	                    (struct bytes){ (const uint8_t *)words[0], len }) <
	            0 ||
	    addr_parse(&addr, host, 0) < 0 || addr_port(&addr) != 0)
		return refuse(wrong, at, 0, accepted);
	p.six = addr.sa.sa_family == AF_INET6;
	bits = p.six ? 128 : 32;
	if (slash != NULL && text_number(slash + 1, 1, bits, &bits) < 0)
		return refuse(wrong, at, 0, accepted);
	p.bits = (uint8_t)bits;
	if (p.six)
		memcpy(p.octets, &addr.in6.sin6_addr, 16);
	else
		memcpy(p.octets, &addr.in4.sin_addr, 4);
	for (unsigned i = 0; i < list->n; i++)
		if (memcmp(&list->one[i], &p, sizeof(p)) == 0)
			return 0;
	if (list->n == SIP_PREFIXES)
		return refuse(wrong, at, 0, "there are 8 of them already");
	list->one[list->n++] = p;
	return 0;
}

static bool prefixes_print(const struct conf_option *option ATTR_UNUSED,
                           const void *value, unsigned index, char *to,
                           size_t size)
{
	const struct options_prefixes *list = value;
	struct text t = { .at = to, .size = size };
	struct addr addr = { 0 };
	char host[ADDR_TEXT];

	if (index >= list->n)
		return false;
	addr.sa.sa_family = list->one[index].six ? AF_INET6 : AF_INET;
	if (list->one[index].six)
		memcpy(&addr.in6.sin6_addr, list->one[index].octets, 16);
	else
		memcpy(&addr.in4.sin_addr, list->one[index].octets, 4);
	addr_print_host(&addr, host, sizeof(host));
	text_add(&t, "%s/%u", host, list->one[index].bits);
	return true;
}

const struct conf_kind options_kind_prefixes = {
	.name = "prefixes",
	.accepts = "ADDRESS[/BITS]",
	.list = true,
	.parse = prefixes_parse,
	.print = prefixes_print,
};

/* --- register USER --- */

static int user_parse(const struct conf_option *option, void *value, int n,
                      char **words, char *wrong, int *at)
{
	static const char good[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789+-_.*";

	if (n != 1 || words[0][0] == '\0' ||
	    words[0][strspn(words[0], good)] != '\0' ||
	    text_copy(value, option->size, words[0]) < 0)
		return refuse(wrong, at, MAX_OF(MIN_OF(n, 1) - 1, 0),
		              "what is registered is a number or one word of "
		              "letters, digits and + - _ . *");
	return 0;
}

static bool user_print(const struct conf_option *option ATTR_UNUSED,
                       const void *value, unsigned index, char *to, size_t size)
{
	return index == 0 && *(const char *)value != '\0' &&
	       text_copy(to, size, value) == 0;
}

const struct conf_kind options_kind_user = {
	.name = "user",
	.accepts = "NUMBER | NAME",
	.parse = user_parse,
	.print = user_print,
};

const struct conf_kind options_kind_credentials = {
	.name = "credentials",
	.accepts = "username NAME password WORD [realm WORD]",
	.list = true,
	.parse = credentials_parse,
	.print = credentials_print,
};

/* --- sip-ua as a whole --- */

static bool are_servers(const char *list)
{
	char one[ADDR_TEXT];
	struct addr addr;

	while (*list != '\0') {
		size_t len = strcspn(list, ",");
		struct bytes part = { (const uint8_t *)list, len };

		if (text_copy_bytes(one, sizeof(one), part) < 0 ||
		    addr_parse(&addr, one, 53) < 0)
			return false;
		list += len;
		if (*list == ',' && *++list == '\0')
			return false;
	}
	return true;
}

int options_check_sip(const void *values, char *wrong)
{
	const struct options_sip *s = values;

	if (are_servers(s->dns))
		return 0;
	(void)text_copy(wrong, CONF_MESSAGE,
	                "dns server: addresses with or without a port, a comma "
	                "between them: \"192.0.2.1,192.0.2.2:5353\"");
	return -EBADMSG;
}

/* --- dtmf rtp|info|inband ... --- */

static const char *const dtmf_words[] = {
	[SIP_DTMF_RTP] = "rtp",
	[SIP_DTMF_INFO] = "info",
	[SIP_DTMF_INBAND] = "inband",
};

static int dtmf_parse(const struct conf_option *option ATTR_UNUSED, void *value,
                      int n, char **words, char *wrong, int *at)
{
	static const char accepted[] =
		"digits are told by \"rtp\" (RFC 4733), \"info\" (RFC 6086) or "
		"\"inband\", each once, the preferred way first";
	struct options_dtmf d = { { SIP_DTMF_NONE } };

	if (n < 1 || n > SIP_DTMF_WAYS)
		return refuse(wrong, at, 0, accepted);
	for (int i = 0; i < n; i++) {
		size_t way = SIP_DTMF_RTP;

		while (way < ARRAY_LEN(dtmf_words) &&
		       strcmp(dtmf_words[way], words[i]) != 0)
			way++;
		for (int k = 0; k < i; k++)
			if (d.way[k] == way)
				way = ARRAY_LEN(dtmf_words);
		if (way == ARRAY_LEN(dtmf_words))
			return refuse(wrong, at, i, accepted);
		d.way[i] = (enum sip_dtmf)way;
	}
	memcpy(value, &d, sizeof(d));
	return 0;
}

static bool dtmf_print(const struct conf_option *option ATTR_UNUSED,
                       const void *value, unsigned index, char *to, size_t size)
{
	const struct options_dtmf *d = value;
	struct text t = { .at = to, .size = size };

	if (index > 0)
		return false;
	for (size_t i = 0; i < SIP_DTMF_WAYS && d->way[i] != SIP_DTMF_NONE; i++)
		text_add(&t, "%s%s", i ? " " : "", dtmf_words[d->way[i]]);
	return true;
}

const struct conf_kind options_kind_dtmf = {
	.name = "dtmf",
	.accepts = "rtp|info|inband ...",
	.parse = dtmf_parse,
	.print = dtmf_print,
};
