/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * libosip2's parser and printer between two checks of our own: scan.c looks at
 * the octets before, check.c at the result.
 *
 * The parser gets the head only, without Content-Length, and the body is put
 * in as it came: libosip2 would otherwise take a multipart body apart (and lose
 * a little memory over some of them), and judge lengths a second time and
 * differently.
 *
 * When it refuses a request whose slices we have, a message is put together
 * from those: enough for a response. A From or To that cannot be read is
 * replaced, which a client that matches by branch and CSeq does not mind; the
 * other end is told 400 and what it got wrong is in the trace.
 *
 * libosip2 keeps the text of a message once it was printed and repeats it, so
 * every printing here forces a new one. Its random numbers are guessable, so
 * ours come from getrandom(). It logs to standard output until a sink is there,
 * so a silent one is there first.
 *
 * Nor does it look whether it was given memory. So it always is: from a spare
 * piece when there is no other, and whatever it did with that is then thrown
 * away as a whole. Blocks are numbered, and what a failed parse, print or copy
 * leaves behind (some bad headers make it forget blocks, too) is swept up by
 * number.
 */
#include "gateway/sip/osip.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

#include "gateway/sip/body.h"
#include "gateway/sip/check.h"
#include "gateway/sip/scan.h"
#include "kernel/list.h"
#include "kernel/mem.h"

/* In front of each block of libosip2's. */
struct block {
	struct list list; /* in the order of their making */
	uint64_t number;
	size_t size;
};

enum { SPARE_SIZE = 256 * 1024 };

static struct list blocks = { &blocks, &blocks };
static uint64_t made;
static uint64_t wanted_at; /* the last one there was no memory for */

/* Given out in order; all of it is free again when nothing of it is used. */
static uint8_t spare[SPARE_SIZE] __attribute__((aligned(16)));
static size_t spare_given;
static unsigned spare_used;

static void *take_spare(size_t size)
{
	void *at = spare + spare_given;

	size = (size + 15) & ~(size_t)15;
	if (size > SPARE_SIZE - spare_given)
		return NULL;
	spare_given += size;
	spare_used++;
	memset(at, 0, size);
	return at;
}

static void *osip_take(size_t size)
{
	static struct mem_kind kind = { .name = "osip" };
	struct block *block;

	if (size > SIZE_MAX / 2)
		return NULL;
	made++;
	block = mem_take(&kind, 1, size + sizeof(*block));
	if (block == NULL) {
		wanted_at = made;
		block = take_spare(size + sizeof(*block));
	}
	if (block == NULL)
		return NULL;
	block->number = made;
	block->size = size;
	list_append(&blocks, &block->list);
	return block + 1;
}

static void osip_drop(void *at)
{
	struct block *block;

	if (at == NULL)
		return;
	block = (struct block *)at - 1;
	list_remove(&block->list);
	if ((uint8_t *)block < spare || (uint8_t *)block >= spare + SPARE_SIZE)
		mem_free(block);
	else if (--spare_used == 0)
		spare_given = 0;
}

static void *osip_resize(void *at, size_t size)
{
	void *fresh = osip_take(size);

	if (fresh == NULL || at == NULL)
		return fresh;
	memcpy(fresh, at, MIN_OF(((struct block *)at - 1)->size, size));
	osip_drop(at);
	return fresh;
}

uint64_t message_mark(void)
{
	return made;
}

bool message_wanted(uint64_t mark)
{
	return wanted_at > mark;
}

void message_sweep(uint64_t mark)
{
	while (!list_empty(&blocks)) {
		struct block *last =
			container_of(blocks.prev, struct block, list);

		if (last->number <= mark)
			break;
		osip_drop(last + 1);
	}
}

static void be_silent(const char *file, int line, osip_trace_level_t level,
                      const char *format, va_list args)
{
	(void)file, (void)line, (void)level, (void)format, (void)args;
}

void message_start(void)
{
	static bool started;

	if (started)
		return;
	started = true;
	osip_set_allocators(osip_take, osip_resize, osip_drop);
	osip_trace_initialize_func(TRACE_LEVEL0, be_silent);
	(void)parser_init();
}

/* The head without Content-Length, closed by its empty line. A quoted NUL,
 * which would end a text of C's, becomes a quoted question mark. */
static size_t copy_head(const struct scan *scan, char *to)
{
	struct bytes head = scan->head;
	size_t before = head.len, after = head.len;

	if (scan->length_line.at != NULL) {
		before = (size_t)(scan->length_line.at - head.at);
		after = before + scan->length_line.len;
		while (after < head.len && head.at[after] != '\n')
			after++;
		after = MIN_OF(after + 1, head.len);
	}
	memcpy(to, head.at, before);
	memcpy(to + before, head.at + after, head.len - after);
	after = before + head.len - after;
	for (size_t i = 0; i < after; i++)
		if (to[i] == '\0')
			to[i] = '?';
	return after;
}

/* libosip2 also leaves out what it has no memory for, and says success. */
static int result(int rc, uint64_t mark)
{
	if (message_wanted(mark) || rc == OSIP_NOMEM)
		return -ENOMEM;
	return rc == OSIP_SUCCESS ? 0 : -EBADMSG;
}

/* What the parser is given, closed by NUL. */
static const char *prepare_head(const struct scan *scan, size_t *len)
{
	/* signalling thread only */
	static char head[MESSAGE_HEAD + 1], split[2 * MESSAGE_HEAD + 1];
	size_t n;

	*len = copy_head(scan, head);
	head[*len] = '\0';
	if (!scan->response || (scan->status != 401 && scan->status != 407))
		return head;
	n = scan_split(head, *len, split, sizeof(split) - 1);
	if (n == 0)
		return head;
	*len = n;
	split[n] = '\0';
	return split;
}

static int parse_whole(osip_message_t **out, const struct scan *scan)
{
	osip_message_t *m = NULL;
	size_t len;
	const char *head = prepare_head(scan, &len);
	uint64_t mark = message_mark();
	int rc;

	if (osip_message_init(&m) != OSIP_SUCCESS)
		return -ENOMEM;
	rc = osip_message_parse(m, head, len);
	if (rc == OSIP_SUCCESS && scan->body.len > 0)
		rc = osip_message_set_body(m, (const char *)scan->body.at,
		                           scan->body.len);
	rc = result(rc, mark);
	if (rc < 0) {
		osip_message_free(m);
		message_sweep(mark);
		return rc;
	}
	*out = m;
	return 0;
}

/* A header's text on one line; false when it does not fit. */
static bool unfold(struct bytes b, char *to, size_t size)
{
	if (b.at == NULL || b.len >= size)
		return false;
	for (size_t i = 0; i < b.len; i++)
		to[i] = b.at[i] < ' ' ? ' ' : (char)b.at[i];
	to[b.len] = '\0';
	return true;
}

/* Each Via of a line, which may hold several: RFC 3261 7.3.1. */
static int put_vias(osip_message_t *m, char *line)
{
	bool quoted = false;
	char *begin = line;
	int rc = 0;

	for (char *at = line; rc == 0; at++) {
		bool end = *at == '\0';

		if (*at == '"')
			quoted = !quoted;
		if (!end && (*at != ',' || quoted))
			continue;
		*at = '\0';
		rc = osip_message_set_via(m, begin);
		begin = at + 1;
		if (end)
			break;
	}
	return rc;
}

static int put_from(osip_message_t *m, const char *text)
{
	if (osip_message_set_from(m, text) == OSIP_SUCCESS)
		return 0;
	osip_from_free(m->from);
	m->from = NULL;
	return osip_message_set_from(m, "<sip:unreadable@unreadable.invalid>");
}

static int put_to(osip_message_t *m, const char *text)
{
	if (osip_message_set_to(m, text) == OSIP_SUCCESS)
		return 0;
	osip_to_free(m->to);
	m->to = NULL;
	return osip_message_set_to(m, "<sip:unreadable@unreadable.invalid>");
}

static int put_slices(osip_message_t *m, const struct scan *scan)
{
	char text[1024];
	int rc = OSIP_SUCCESS;

	if (!unfold(scan->method, text, sizeof(text)))
		return -EBADMSG;
	osip_message_set_method(m, osip_strdup(text));
	osip_message_set_version(m, osip_strdup("SIP/2.0"));
	for (unsigned i = 0; rc == 0 && i < scan->nvias; i++)
		if (unfold(scan->via[i], text, sizeof(text)))
			rc = put_vias(m, text);
	if (rc == 0 && unfold(scan->from, text, sizeof(text)))
		rc = put_from(m, text);
	if (rc == 0 && unfold(scan->to, text, sizeof(text)))
		rc = put_to(m, text);
	if (rc == 0 && unfold(scan->call_id, text, sizeof(text)))
		rc = osip_message_set_call_id(m, text);
	if (rc == 0 && unfold(scan->cseq, text, sizeof(text)))
		rc = osip_message_set_cseq(m, text);
	return rc == OSIP_SUCCESS && m->sip_method != NULL &&
	                       message_check(m) != -EBADMSG
	               ? 0
	               : -EBADMSG;
}

/* Enough of a request that is not one to refuse it. */
static int parse_slices(osip_message_t **out, const struct scan *scan)
{
	uint64_t mark = message_mark();
	osip_message_t *m = NULL;
	int rc;

	if (osip_message_init(&m) != OSIP_SUCCESS)
		return -ENOMEM;
	rc = result(put_slices(m, scan), mark);
	if (rc < 0) {
		osip_message_free(m);
		message_sweep(mark);
		return rc;
	}
	*out = m;
	return 0;
}

int message_parse(osip_message_t **out, struct bytes raw)
{
	osip_message_t *m = NULL;
	struct scan scan;
	int refuse = scan_message(&scan, raw), rc;

	if (refuse < 0)
		return refuse;
	rc = refuse > 0 ? -EBADMSG : parse_whole(&m, &scan);
	if (rc == 0) {
		refuse = message_check(m);
		if (refuse == 0 && body_unpack(m) < 0)
			refuse = -ENOMEM;
		if (refuse >= 0) {
			*out = m;
			return refuse;
		}
		osip_message_free(m);
		return refuse;
	}
	if (rc != -EBADMSG || scan.response)
		return rc;
	rc = parse_slices(out, &scan);
	return rc < 0 ? rc : refuse > 0 ? refuse : 400;
}

static char *fitted(char *text, size_t len)
{
	char *fit = osip_take(len + 1);

	if (fit == NULL)
		return text;
	memcpy(fit, text, len + 1);
	osip_drop(text);
	return fit;
}

int message_octets(osip_message_t *m, struct bytes *out)
{
	uint64_t mark = message_mark();
	char *text = NULL;
	size_t len = 0;
	int rc;

	osip_message_force_update(m);
	rc = osip_message_to_str(m, &text, &len);
	/* It is printed into room for a long one, and may be kept for long. */
	if (rc == OSIP_SUCCESS)
		text = fitted(text, len);
	rc = result(rc, mark);
	/* It keeps a copy that nobody asks for again. */
	osip_free(m->message);
	m->message = NULL;
	osip_message_force_update(m);
	if (rc < 0) {
		osip_free(text);
		message_sweep(mark);
		return rc;
	}
	*out = (struct bytes){ (uint8_t *)text, len };
	return 0;
}

void message_octets_free(struct bytes *octets)
{
	union {
		const uint8_t *octets;
		void *block;
	} was = { octets->at };

	osip_drop(was.block);
	*octets = (struct bytes){ NULL, 0 };
}

int message_print(osip_message_t *m, uint8_t *to, size_t size)
{
	struct bytes octets;
	int rc = message_octets(m, &octets);

	if (rc < 0)
		return rc;
	rc = octets.len > size ? -ENOSPC : (int)octets.len;
	if (rc >= 0)
		memcpy(to, octets.at, octets.len);
	message_octets_free(&octets);
	return rc;
}

osip_message_t *message_free(osip_message_t *m)
{
	osip_message_free(m);
	return NULL;
}

osip_message_t *message_clone(const osip_message_t *m)
{
	uint64_t mark = message_mark();
	osip_message_t *copy = NULL;

	if (osip_message_clone(m, &copy) == OSIP_SUCCESS &&
	    !message_wanted(mark))
		return copy;
	osip_message_free(copy);
	message_sweep(mark);
	return NULL;
}

int message_copy_via(const osip_via_t *via, osip_message_t *to)
{
	osip_via_t *copy = NULL;

	if (osip_via_clone(via, &copy) != OSIP_SUCCESS)
		return -ENOMEM;
	if (osip_list_add(&to->vias, copy, -1) < 0) {
		osip_via_free(copy);
		return -ENOMEM;
	}
	return 0;
}

int message_copy_routes(const osip_list_t *routes, osip_list_t *to)
{
	osip_list_iterator_t it;

	for (osip_route_t *route = osip_list_get_first(routes, &it);
	     route != NULL; route = osip_list_get_next(&it)) {
		osip_route_t *copy = NULL;

		if (osip_route_clone(route, &copy) != OSIP_SUCCESS)
			return -ENOMEM;
		if (osip_list_add(to, copy, -1) < 0) {
			osip_route_free(copy);
			return -ENOMEM;
		}
	}
	return 0;
}

void message_random(char *to, size_t size)
{
	static const char alphabet[] = "0123456789abcdefghijklmnopqrstuv";
	static uint8_t pool[256];
	static size_t left;

	for (size_t i = 0; i + 1 < size; i++) {
		/* 256 octets never come in part: getrandom(2). */
		while (left == 0)
			if (getrandom(pool, sizeof(pool), 0) == sizeof(pool))
				left = sizeof(pool);
		to[i] = alphabet[pool[--left] % 32];
		pool[left] = 0;
	}
	to[size - 1] = '\0';
}
