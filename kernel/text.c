/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Text in storage of a fixed size. Two manners, for two needs: text_copy is for
 * fields with a limit in a standard, where half a number is worse than none, so
 * it copies all or leaves "" and says so. The builder is for what people read,
 * where half a line is better than none, so it keeps what fits and remembers
 * that something did not.
 *
 * text_split is the one reader of command and configuration lines. It works in
 * place, so it needs neither memory nor a limit on words; a word only ever gets
 * shorter by the quotes taken out of it. Whoever wants the line as typed (for a
 * caret under an error, or a description with its blanks) has begin[] and a
 * copy of the line.
 */
#include "kernel/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int text_copy_bytes(char *to, size_t size, struct bytes from)
{
	int rc = 0;

	if (from.len >= size)
		rc = -ENOSPC;
	else if (from.len > 0 && memchr(from.at, '\0', from.len) != NULL)
		rc = -EBADMSG; /* the text would end where its bytes do not */
	if (size > 0)
		to[0] = '\0';
	if (rc < 0)
		return rc;
	if (from.len > 0)
		memcpy(to, from.at, from.len);
	to[from.len] = '\0';
	return 0;
}

int text_copy(char *to, size_t size, const char *from)
{
	return text_copy_bytes(
		to, size,
		(struct bytes){ (const uint8_t *)from, strlen(from) });
}

void text_add(struct text *t, const char *format, ...)
{
	size_t room = t->size - t->len;
	va_list args;
	int n;

	if (room == 0) {
		t->cut = true;
		return;
	}
	va_start(args, format);
	n = vsnprintf(t->at + t->len, room, format, args);
	va_end(args);
	if (n < 0) {
		t->at[t->len] = '\0';
		t->cut = true;
	} else if ((size_t)n >= room) {
		t->len = t->size - 1;
		t->cut = true;
	} else {
		t->len += (size_t)n;
	}
}

void text_add_bytes(struct text *t, struct bytes b)
{
	size_t room = t->size - t->len;
	size_t n = room == 0 ? 0 : MIN_OF(b.len, room - 1);

	if (n < b.len)
		t->cut = true;
	if (n > 0)
		memcpy(t->at + t->len, b.at, n);
	t->len += n;
	if (room > 0)
		t->at[t->len] = '\0';
}

int text_number(const char *text, uint64_t min, uint64_t max, uint64_t *out)
{
	uint64_t value = 0;

	if (*text == '\0')
		return -EBADMSG;
	for (; *text != '\0'; text++)
		if (*text < '0' || *text > '9' ||
		    __builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(*text - '0'),
		                           &value))
			return -EBADMSG;
	if (value < min || value > max)
		return -EBADMSG;
	*out = value;
	return 0;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static char *skip_blanks(char *at)
{
	while (is_blank(*at))
		at++;
	return at;
}

static bool is_escaped_quote(const char *at)
{
	return at[0] == '\\' && at[1] == '"';
}

/* Where the word that begins here ends, NULL if inside a quote. */
static char *word_end(char *at)
{
	bool quoted = false;

	for (; *at != '\0' && (quoted || !is_blank(*at)); at++) {
		if (quoted && is_escaped_quote(at))
			at++;
		else if (*at == '"')
			quoted = !quoted;
	}
	return quoted ? NULL : at;
}

/* Take the quotes out of the word in [from, end) and close it. */
static void unquote(char *from, const char *end)
{
	char *to = from;
	bool quoted = false;

	for (; from < end; from++) {
		if (quoted && is_escaped_quote(from))
			*to++ = *++from;
		else if (*from == '"')
			quoted = !quoted;
		else
			*to++ = *from;
	}
	*to = '\0';
}

/* Close the rest of a line after its last octet that is not blank. */
static void trim_end(char *rest)
{
	size_t len = strlen(rest);

	while (len > 0 && is_blank(rest[len - 1]))
		len--;
	rest[len] = '\0';
}

int text_split(char *line, char **words, int max, size_t *begin)
{
	char *at = skip_blanks(line);
	int n = 0;

	while (*at != '\0' && n < max) {
		char *end = word_end(at);
		bool last = n + 1 == max;
		char *next = end == NULL ? NULL : skip_blanks(end);

		if (begin != NULL)
			begin[n] = (size_t)(at - line);
		words[n++] = at;
		if (last && (next == NULL || *next != '\0')) {
			trim_end(at);
			return n;
		}
		if (next == NULL)
			return -EBADMSG;
		unquote(at, end);
		at = next;
	}
	return n;
}

bool text_starts(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static int lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : (unsigned char)c;
}

int text_casecmp(const char *a, const char *b)
{
	while (*a != '\0' && lower(*a) == lower(*b)) {
		a++;
		b++;
	}
	return lower(*a) - lower(*b);
}

static size_t quote_octet(char *to, size_t size, uint8_t octet)
{
	static const char escaped[] = "\"\\\n\r\t", letters[] = "\"\\nrt";
	const char *found =
		octet == 0 ? NULL : memchr(escaped, octet, sizeof(escaped) - 1);
	int n;

	if (found != NULL)
		n = snprintf(to, size, "\\%c", letters[found - escaped]);
	else if (octet >= 0x20 && octet < 0x7f)
		n = snprintf(to, size, "%c", octet);
	else
		n = snprintf(to, size, "\\x%02x", octet);
	return (size_t)n;
}

/* Does the whole of it fit with both quotes and the NUL? */
static bool quoted_fits(size_t size, struct bytes raw)
{
	size_t need = sizeof("\"\"");
	char one[8];

	for (size_t i = 0; i < raw.len && need <= size; i++)
		need += quote_octet(one, sizeof(one), raw.at[i]);
	return need <= size;
}

void text_quote(char *to, size_t size, struct bytes raw)
{
	static const char cut[] = "\"...";
	size_t tail = quoted_fits(size, raw) ? 0 : sizeof(cut);
	struct text t = { .at = to, .size = size };
	char one[8];

	if (size == 0)
		return;
	to[0] = '\0';
	text_add(&t, "\"");
	for (size_t i = 0; i < raw.len; i++) {
		size_t n = quote_octet(one, sizeof(one), raw.at[i]);

		/* Never half an escape, and room to say that it was cut. */
		if (tail > 0 && t.size - t.len < n + tail) {
			text_add(&t, "%s", cut);
			return;
		}
		text_add(&t, "%s", one);
	}
	text_add(&t, "\"");
}
