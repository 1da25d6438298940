/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Bodies of several parts (RFC 5621, RFC 2046 5.1): gateways of the telephone
 * network send ISUP beside the description (RFC 3204), emergency callers where
 * they are. The description is taken out; the rest says by its disposition
 * whether who does not know it may pass over it.
 *
 * A part that says nothing of handling would have to be understood (RFC 3261
 * 20.11). It is passed over all the same, for it is mostly a location that
 * somebody adds to a call for help; only "handling=required" refuses a call.
 *
 * A description of an early session (RFC 3959) is not the session's. One level
 * of parts is looked at: parts within parts are parts we do not know.
 */
#include "gateway/sip/body.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "gateway/sip/osip.h"
#include "kernel/base.h"
#include "kernel/text.h"

enum { PARTS = 16, MARK = 2 + 70 + 1 /* RFC 2046 5.1.1 */ };

struct part {
	struct bytes type, disposition, encoding, content;
};

/* --- words --- */

static struct bytes bytes_of(const char *text)
{
	return (struct bytes){ (const uint8_t *)text,
		               text == NULL ? 0 : strlen(text) };
}

/* Does a header's value begin with this word, and a parameter or nothing come
 * behind it? */
static bool is_word(struct bytes value, const char *word)
{
	size_t n = strlen(word);

	return value.len >= n &&
	       strncasecmp((const char *)value.at, word, n) == 0 &&
	       (value.len == n || strchr("; \t\r", value.at[n]) != NULL);
}

static bool is_required(struct bytes disposition)
{
	char text[160];
	const char *at;

	(void)text_copy_bytes(text, sizeof(text), disposition);
	at = strcasestr(text, "handling");
	if (at == NULL)
		return false;
	at += strlen("handling");
	at += strspn(at, " \t=\"");
	return strncasecmp(at, "required", strlen("required")) == 0;
}

static bool is_optional(struct bytes disposition)
{
	char text[160];

	(void)text_copy_bytes(text, sizeof(text), disposition);
	return strcasestr(text, "handling") != NULL &&
	       !is_required(disposition);
}

static bool is_description(const struct part *p)
{
	return is_word(p->type, "application/sdp") &&
	       !is_word(p->disposition, "early-session") &&
	       (p->encoding.len == 0 || is_word(p->encoding, "identity"));
}

/* --- parts --- */

/* Where the next line that begins with the mark is; b.len when there is none.
 * What follows the line begins at *after. */
static size_t find_mark(struct bytes b, size_t from, const char *mark,
                        size_t *after, bool *last)
{
	size_t n = strlen(mark);
	const uint8_t *at, *end;
	bool closes;

	*after = b.len;
	*last = true;
	while (from < b.len &&
	       (at = memmem(b.at + from, b.len - from, mark, n)) != NULL) {
		size_t begin = (size_t)(at - b.at);

		from = begin + n;
		if (begin > 0 && at[-1] != '\n')
			continue;
		closes = b.len - from >= 2 && memcmp(at + n, "--", 2) == 0;
		if (!closes && from < b.len &&
		    strchr(" \t\r\n", b.at[from]) == NULL)
			continue;
		*last = closes;
		end = memchr(b.at + from, '\n', b.len - from);
		*after = end == NULL ? b.len : (size_t)(end - b.at) + 1;
		return begin;
	}
	return b.len;
}

static struct bytes trim(struct bytes b)
{
	while (b.len > 0 && strchr(" \t\r\n", b.at[b.len - 1]) != NULL)
		b.len--;
	while (b.len > 0 && strchr(" \t", b.at[0]) != NULL) {
		b.at++;
		b.len--;
	}
	return b;
}

static void note_header(struct part *p, struct bytes line)
{
	static const struct {
		const char *name;
		size_t offset;
	} names[] = {
		{ "Content-Type", offsetof(struct part, type) },
		{ "Content-Disposition", offsetof(struct part, disposition) },
		{ "Content-Encoding", offsetof(struct part, encoding) },
	};
	const uint8_t *colon = memchr(line.at, ':', line.len);
	struct bytes name = line, value;

	if (colon == NULL)
		return;
	name.len = (size_t)(colon - line.at);
	name = trim(name);
	value.at = colon + 1;
	value.len = (size_t)(line.at + line.len - value.at);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (name.len == strlen(names[i].name) &&
		    strncasecmp((const char *)name.at, names[i].name,
		                name.len) == 0)
			*(struct bytes *)(void *)((char *)p + names[i].offset) =
				trim(value);
}

/* Headers up to an empty line, then what they are of. */
static void read_part(struct bytes b, struct part *p)
{
	*p = (struct part){ 0 };
	while (b.len > 0) {
		const uint8_t *end = memchr(b.at, '\n', b.len);
		struct bytes line = b;

		if (end != NULL)
			line.len = (size_t)(end - b.at) + 1;
		b.at += line.len;
		b.len -= line.len;
		if (trim(line).len == 0)
			break;
		note_header(p, line);
	}
	p->content = b;
}

/* The line end in front of a mark is the mark's. */
static size_t before_mark(struct bytes b, size_t mark)
{
	if (mark > 0 && mark < b.len && b.at[mark - 1] == '\n')
		mark--;
	if (mark + 1 < b.len && mark > 0 && b.at[mark - 1] == '\r' &&
	    b.at[mark] == '\n')
		mark--;
	return mark;
}

/* How many parts there are, at most PARTS. */
static unsigned read_parts(struct bytes b, const char *mark,
                           struct part parts[PARTS])
{
	unsigned n = 0;
	size_t after, next;
	bool last;

	(void)find_mark(b, 0, mark, &after, &last);
	while (!last && n < PARTS) {
		size_t from = after;

		next = find_mark(b, from, mark, &after, &last);
		next = MAX_OF(before_mark(b, next), from);
		read_part((struct bytes){ b.at + from, next - from },
		          &parts[n++]);
	}
	return n;
}

/* "--" and the boundary, as a line of the body has it; false: there is none. */
static bool make_mark(const osip_content_type_t *type, char mark[MARK])
{
	const osip_generic_param_t *p;
	struct text text = { .at = mark, .size = MARK };
	struct bytes value = { NULL, 0 };

	for (int i = 0; (p = osip_list_get(&type->gen_params, i)) != NULL; i++)
		if (p->gname != NULL && strcasecmp(p->gname, "boundary") == 0)
			value = trim(bytes_of(p->gvalue));
	if (value.len >= 2 && value.at[0] == '"') {
		value.at++;
		value.len -= 2;
	}
	text_add(&text, "--");
	text_add_bytes(&text, value);
	return value.len > 0 && !text.cut;
}

/* --- a message's --- */

static bool is_type(const osip_content_type_t *type, const char *of)
{
	return type != NULL && type->type != NULL && type->subtype != NULL &&
	       strcasecmp(type->type, of) == 0;
}

static struct bytes header(const osip_message_t *m, const char *name)
{
	return bytes_of(message_header(m, name, 0));
}

bool body_is_sdp(const osip_message_t *m)
{
	const osip_content_type_t *type = m->content_type;

	if (is_word(header(m, "Content-Disposition"), "early-session"))
		return false;
	return type == NULL || type->type == NULL || type->subtype == NULL ||
	       (is_type(type, "application") &&
	        strcasecmp(type->subtype, "sdp") == 0);
}

static bool is_for_sessions(const osip_message_t *m)
{
	static const char *const methods[] = { "INVITE", "ACK", "PRACK",
		                               "UPDATE" };

	for (size_t i = 0; i < ARRAY_LEN(methods); i++)
		if (strcmp(m->cseq->method, methods[i]) == 0)
			return true;
	return false;
}

static void drop_body(osip_message_t *m)
{
	osip_list_special_free(&m->bodies, (void (*)(void *))osip_body_free);
	osip_content_type_free(m->content_type);
	m->content_type = NULL;
}

/* A part of the body becomes the whole. */
static int keep_part(osip_message_t *m, struct bytes content)
{
	osip_body_t *whole = osip_list_get(&m->bodies, 0);

	if (osip_message_set_body(m, (const char *)content.at, content.len) !=
	    OSIP_SUCCESS)
		return -ENOMEM;
	(void)osip_list_remove(&m->bodies, 0);
	osip_body_free(whole);
	osip_content_type_free(m->content_type);
	m->content_type = NULL;
	return osip_message_set_content_type(m, "application/sdp") ==
	                       OSIP_SUCCESS
	               ? 0
	               : -ENOMEM;
}

static int unpack_parts(osip_message_t *m)
{
	struct part parts[PARTS], *sdp = NULL;
	char mark[MARK];
	unsigned n;

	if (!make_mark(m->content_type, mark))
		return 0;
	n = read_parts(message_body(m), mark, parts);
	for (unsigned i = 0; i < n; i++) {
		if (is_description(&parts[i]) && sdp == NULL)
			sdp = &parts[i];
		else if (is_required(parts[i].disposition))
			return 0;
	}
	if (sdp != NULL && sdp->content.len > 0)
		return keep_part(m, sdp->content);
	if (n > 0)
		drop_body(m);
	return 0;
}

int body_unpack(osip_message_t *m)
{
	uint64_t mark = message_mark();
	int rc = 0;

	if (message_body(m).len == 0 || !is_for_sessions(m))
		return 0;
	if (is_type(m->content_type, "multipart"))
		rc = unpack_parts(m);
	else if (!body_is_sdp(m) &&
	         is_optional(header(m, "Content-Disposition")))
		drop_body(m);
	return message_wanted(mark) ? -ENOMEM : rc;
}
