/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * libosip2 takes SIP/7.0, a negative Content-Length, status codes that wrap
 * round, a request line in pieces and trailing octets; and of a message that it
 * refuses it leaves nothing to answer with. So a message is first walked here,
 * once, line by line. What is wrong but still a request can be answered from
 * the slices found; what is neither request nor response is not worth a word.
 *
 * The walk knows line ends (CR LF or LF; a CR alone would end a line for some
 * parsers and not for others, so it is refused), folding (RFC 3261 7.3.1) and
 * the names of seven headers, long and short. Those of which there may be one
 * are refused when there are two: which of them counts is a matter of taste,
 * and two elements of different taste are an attack (RFC 4475 3.3.8, 3.3.9).
 *
 * The stricter rules of the start line are those of RFC 3261 7.1 and 7.2, and
 * of RFC 4475 3.1.2: one space between its parts, nothing behind them, no
 * angle brackets round the Request-URI.
 */
#include "gateway/sip/scan.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "gateway/sip/message.h"

enum { TWICE = 1 }; /* note_header(): a single one that is there already */

struct known {
	const char *name, *compact;
	size_t offset; /* of its slice in struct scan */
};

static const struct known knowns[] = {
	/* clang-format off */
	{ "from",           "f", offsetof(struct scan, from)         },
	{ "to",             "t", offsetof(struct scan, to)           },
	{ "call-id",        "i", offsetof(struct scan, call_id)      },
	{ "cseq",           "",  offsetof(struct scan, cseq)         },
	{ "max-forwards",   "",  offsetof(struct scan, max_forwards) },
	{ "content-length", "l", offsetof(struct scan, length)       },
	/* clang-format on */
};

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

static struct bytes trim(struct bytes b)
{
	while (b.len > 0 &&
	       (is_blank(b.at[0]) || b.at[0] == '\r' || b.at[0] == '\n')) {
		b.at++;
		b.len--;
	}
	while (b.len > 0 &&
	       (is_blank(b.at[b.len - 1]) || b.at[b.len - 1] == '\r' ||
	        b.at[b.len - 1] == '\n'))
		b.len--;
	return b;
}

static bool same_word(struct bytes b, const char *word)
{
	const void *at = b.at;

	return b.len == strlen(word) && b.len > 0 &&
	       strncasecmp(at, word, b.len) == 0;
}

bool scan_number(struct bytes text, uint64_t max, uint64_t *out)
{
	uint64_t value = 0;

	if (text.len == 0)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		unsigned digit = text.at[i] - (unsigned)'0';

		if (digit > 9 || value > (max - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	*out = value;
	return true;
}

/* A token of RFC 3261 25.1. */
static bool is_token(struct bytes b)
{
	static const char others[] = "-.!%*_+`'~";

	for (size_t i = 0; i < b.len; i++) {
		uint8_t c = b.at[i];

		if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
		    (c >= 'A' && c <= 'Z'))
			continue;
		if (c == 0 || strchr(others, c) == NULL)
			return false;
	}
	return b.len > 0;
}

/* Up to the next space, which is consumed; false when there is none. */
static bool take_word(struct bytes *in, struct bytes *word)
{
	const uint8_t *space =
		in->len == 0 ? NULL : memchr(in->at, ' ', in->len);

	if (space == NULL)
		return false;
	word->at = in->at;
	word->len = (size_t)(space - in->at);
	in->len -= word->len + 1;
	in->at = space + 1;
	return true;
}

static int check_uri(struct bytes uri)
{
	static const char *const schemes[] = { "sip", "sips", "tel" };
	const uint8_t *colon =
		uri.len == 0 ? NULL : memchr(uri.at, ':', uri.len);
	struct bytes scheme;

	if (colon == NULL || colon == uri.at)
		return 400;
	for (size_t i = 0; i < uri.len; i++)
		if (uri.at[i] <= ' ' || uri.at[i] == '<' || uri.at[i] == '>' ||
		    uri.at[i] == '"' || uri.at[i] == 0x7f)
			return 400;
	scheme = (struct bytes){ uri.at, (size_t)(colon - uri.at) };
	for (size_t i = 0; i < ARRAY_LEN(schemes); i++)
		if (same_word(scheme, schemes[i]))
			return 0;
	return is_token(scheme) ? 416 : 400;
}

/* "SIP/" digits "." digits, of another number than 2.0. */
static bool is_other_version(struct bytes b)
{
	struct bytes major = b, minor;
	const uint8_t *dot;
	uint64_t number;

	if (b.len < 4 || strncasecmp((const char *)b.at, "SIP/", 4) != 0)
		return false;
	major.at += 4;
	major.len -= 4;
	dot = major.len == 0 ? NULL : memchr(major.at, '.', major.len);
	if (dot == NULL)
		return false;
	minor.at = dot + 1;
	minor.len = (size_t)(major.at + major.len - minor.at);
	major.len = (size_t)(dot - major.at);
	return scan_number(major, UINT32_MAX, &number) &&
	       scan_number(minor, UINT32_MAX, &number);
}

static int check_request_line(struct scan *out, struct bytes line)
{
	struct bytes rest = line, word;

	if (!take_word(&rest, &out->method) || !is_token(out->method))
		return -EBADMSG;
	if (!take_word(&rest, &out->uri))
		return -EBADMSG;
	if (same_word(rest, "SIP/2.0"))
		return check_uri(out->uri);
	if (is_other_version(rest))
		return 505;
	/* Spaces inside or behind: a request, if it still ends like one. */
	word = trim(rest);
	if (word.len >= 7)
		word = (struct bytes){ word.at + word.len - 7, 7 };
	return same_word(word, "SIP/2.0") ? 400 : -EBADMSG;
}

/* RFC 3261 7.2; libosip2 would take 4294967496 for 200. */
static int check_status_line(struct scan *out, struct bytes line)
{
	struct bytes rest = line, version;
	uint64_t status;

	if (!take_word(&rest, &version) || !same_word(version, "SIP/2.0") ||
	    rest.len < 3 || (rest.len > 3 && rest.at[3] != ' '))
		return -EBADMSG;
	rest.len = 3;
	if (!scan_number(rest, 699, &status) || status < 100)
		return -EBADMSG;
	out->response = true;
	out->status = (unsigned)status;
	return 0;
}

static int check_start_line(struct scan *out, struct bytes line)
{
	if (line.len >= 4 && strncasecmp((const char *)line.at, "SIP/", 4) == 0)
		return check_status_line(out, line);
	return check_request_line(out, line);
}

/* The next header with its folded lines, without the last line end; false at
 * the empty line (consumed) or the end. */
static bool take_header(struct bytes *in, struct bytes *whole, bool *empty)
{
	struct bytes line;

	*empty = false;
	if (!take_line(in, &line))
		return false;
	*whole = line;
	if (line.len == 0) {
		*empty = true;
		return false;
	}
	while (in->len > 0 && is_blank(in->at[0])) {
		if (!take_line(in, &line))
			break;
		whole->len = (size_t)(line.at + line.len - whole->at);
	}
	return true;
}

/* Controls that have no place in a line: CR without LF, and NUL but behind a
 * backslash, where it is a quoted one (RFC 4475 3.1.1.2). */
static bool is_clean(struct bytes b)
{
	for (size_t i = 0; i < b.len; i++) {
		if (b.at[i] == 0 && (i == 0 || b.at[i - 1] != '\\'))
			return false;
		if (b.at[i] == '\r' && (i + 1 == b.len || b.at[i + 1] != '\n'))
			return false;
	}
	return true;
}

/* 0, 400 or TWICE. */
static int note_header(struct scan *out, struct bytes header)
{
	const uint8_t *colon = memchr(header.at, ':', header.len);
	struct bytes name = header, value;

	if (colon == NULL)
		return 400;
	name.len = (size_t)(colon - header.at);
	name = trim(name);
	value.at = colon + 1;
	value.len = (size_t)(header.at + header.len - value.at);
	value = trim(value);
	if (!is_token(name) || name.at != header.at)
		return 400;
	if (same_word(name, "via") || same_word(name, "v")) {
		if (out->nvias < SCAN_VIAS)
			out->via[out->nvias++] = value;
		return 0;
	}
	for (size_t i = 0; i < ARRAY_LEN(knowns); i++) {
		const struct known *k = &knowns[i];
		struct bytes *slot = (void *)((char *)out + k->offset);

		if (!same_word(name, k->name) && !same_word(name, k->compact))
			continue;
		if (slot->at != NULL)
			return TWICE;
		*slot = value;
		if (slot == &out->length)
			out->length_line = header;
		return 0;
	}
	return 0;
}

static bool is_length(struct bytes header)
{
	struct bytes name = header;
	const uint8_t *colon = memchr(header.at, ':', header.len);

	if (colon == NULL)
		return false;
	name.len = (size_t)(colon - header.at);
	name = trim(name);
	return same_word(name, "content-length") || same_word(name, "l");
}

/* Keeps the first complaint. */
static void complain(int *rc, int what)
{
	if (*rc == 0 || (*rc > 0 && what < 0))
		*rc = what;
}

static int cut_body(struct scan *out, struct bytes rest)
{
	uint64_t length;

	out->body = rest;
	if (out->length.at == NULL)
		return 0;
	if (!scan_number(out->length, UINT32_MAX, &length) || length > rest.len)
		return 400;
	out->body.len = (size_t)length;
	return 0;
}

int scan_message(struct scan *out, struct bytes raw)
{
	struct bytes rest = raw, line;
	unsigned nheaders = 0;
	bool empty = false;
	int rc;

	memset(out, 0, sizeof(*out));
	/* Empty lines in front are passed over: RFC 3261 7.5. */
	while (rest.len > 0 && (rest.at[0] == '\r' || rest.at[0] == '\n')) {
		rest.at++;
		rest.len--;
	}
	out->head.at = rest.at;
	if (!take_line(&rest, &line))
		return -EBADMSG;
	rc = check_start_line(out, line);
	while (rc >= 0 && take_header(&rest, &line, &empty)) {
		if (++nheaders > MESSAGE_HEADERS || line.len > MESSAGE_LINE)
			return -EBADMSG;
		if (note_header(out, line) != 0)
			complain(&rc, 400);
	}
	out->head.len = (size_t)(rest.at - out->head.at);
	if (rc < 0 || out->head.len > MESSAGE_HEAD)
		return -EBADMSG;
	if (!empty || !is_clean(out->head))
		complain(&rc, 400);
	complain(&rc, cut_body(out, rest));
	/* A response that is wrong is not answered: RFC 3261 18.3. */
	return out->response && rc > 0 ? -EBADMSG : rc;
}

/* Where the empty line ends; 0: it is not there yet. */
static size_t head_end(struct bytes b)
{
	const uint8_t *at = b.at, *end = b.at + b.len;

	while (at < end && (at = memchr(at, '\n', (size_t)(end - at)))) {
		at++;
		if (at < end && *at == '\n')
			return (size_t)(at + 1 - b.at);
		if (end - at >= 2 && at[0] == '\r' && at[1] == '\n')
			return (size_t)(at + 2 - b.at);
	}
	return 0;
}

int scan_frame(struct bytes stream, size_t *body)
{
	struct bytes rest = { stream.at, head_end(stream) }, line;
	size_t head = rest.len;
	struct scan found = { 0 };
	uint64_t length = 0;
	bool empty;

	if (head == 0)
		return stream.len > MESSAGE_HEAD ? -EBADMSG : 0;
	if (head > MESSAGE_HEAD || !take_line(&rest, &line))
		return -EBADMSG;
	/* Two lengths are two opinions on where the next message begins; what
	 * else is wrong does not matter here. */
	while (take_header(&rest, &line, &empty))
		if (note_header(&found, line) == TWICE && is_length(line))
			return -EBADMSG;
	if (found.length.at != NULL &&
	    !scan_number(found.length, UINT32_MAX, &length))
		return -EBADMSG;
	*body = (size_t)length;
	return (int)head;
}
