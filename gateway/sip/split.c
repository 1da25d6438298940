/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Several challenges in one header. RFC 7235 4.1 lets a server write them with
 * commas between, which is also what stands between the parameters of one; RFC
 * 3261 20.44 does not, but servers that are of HTTP's school do. libosip2 takes
 * the first and forgets the rest, and the first may be of an algorithm we do
 * not know. So each gets a line of its own before it is parsed.
 *
 * A comma outside of quotes begins a challenge when a word and another word
 * with '=' behind it follow: "Digest realm=". One within a challenge is
 * followed by a word and '='.
 */
#include "gateway/sip/scan.h"

#include <string.h>
#include <strings.h>

static const char *const names[] = { "WWW-Authenticate", "Proxy-Authenticate" };

struct output {
	char *to;
	size_t len, size;
	bool cut;
};

static void put(struct output *out, const char *from, size_t len)
{
	if (len <= out->size - out->len)
		memcpy(out->to + out->len, from, len);
	else
		out->cut = true;
	out->len += out->cut ? 0 : len;
}

static size_t skip_word(const char *at, size_t len)
{
	size_t i = 0;

	while (i < len && strchr(" \t\r\n,;=\"", at[i]) == NULL)
		i++;
	return i;
}

static size_t skip_blank(const char *at, size_t len)
{
	size_t i = 0;

	while (i < len && at[i] != '\0' && strchr(" \t\r\n", at[i]) != NULL)
		i++;
	return i;
}

static bool begins_challenge(const char *at, size_t len)
{
	size_t i = skip_blank(at, len), word = skip_word(at + i, len - i), gap;

	i += word;
	gap = skip_blank(at + i, len - i);
	if (word == 0 || gap == 0)
		return false;
	i += gap;
	word = skip_word(at + i, len - i);
	i += word;
	i += skip_blank(at + i, len - i);
	return word > 0 && i < len && at[i] == '=';
}

/* A whole header, folded lines and all, without its line end. */
static void put_header(struct output *out, const char *name, const char *at,
                       size_t len)
{
	bool quoted = false;
	size_t from = 0;

	for (size_t i = 0; i < len; i++) {
		if (quoted && at[i] == '\\')
			i++;
		else if (at[i] == '"')
			quoted = !quoted;
		else if (!quoted && at[i] == ',' &&
		         begins_challenge(at + i + 1, len - i - 1)) {
			put(out, at + from, i - from);
			put(out, "\r\n", 2);
			put(out, name, strlen(name));
			put(out, ":", 1);
			from = i + 1;
		}
	}
	put(out, at + from, len - from);
}

/* Up to the line end that no folded line follows. */
static size_t header_length(const char *at, size_t len)
{
	size_t i = 0;

	for (;;) {
		const char *end = memchr(at + i, '\n', len - i);

		i = end == NULL ? len : (size_t)(end - at) + 1;
		if (i >= len || (at[i] != ' ' && at[i] != '\t'))
			return i;
	}
}

static const char *challenge_name(const char *at, size_t len)
{
	for (size_t i = 0; i < 2; i++) {
		size_t n = strlen(names[i]);

		if (len > n && strncasecmp(at, names[i], n) == 0 &&
		    (at[n] == ':' || at[n] == ' ' || at[n] == '\t'))
			return names[i];
	}
	return NULL;
}

size_t scan_split(const char *head, size_t len, char *to, size_t size)
{
	struct output out = { .to = to, .size = size };

	for (size_t at = 0; at < len;) {
		size_t length = header_length(head + at, len - at);
		const char *name = challenge_name(head + at, length);

		if (name == NULL)
			put(&out, head + at, length);
		else
			put_header(&out, name, head + at, length);
		at += length;
	}
	return out.cut ? 0 : out.len;
}
