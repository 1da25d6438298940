/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * A ring of octets: each message is a head and its octets in one piece, so that
 * it can be handed on without a copy; where it does not fit before the end, the
 * rest of the ring is left empty and the message goes to the beginning. What is
 * oldest is given up to make room, and its place is forgotten as a whole.
 */

#include "gateway/keep.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/capture.h"
#include "kernel/instant.h"
#include "kernel/mem.h"
#include "kernel/text.h"

enum { KEYS = 64, LATE = 1000000 };

struct head {
	size_t size; /* with the head; 0: nothing up to the ring's end */
	size_t len;
	int64_t wall_us;
	ladder_key key;
	bool is_sip, sent, network_side;
	enum sip_transport transport;
	struct addr local, remote;
	char span[32];
};

struct keep {
	size_t size, first, next; /* first == next: empty */
	uint8_t *octets;
};

int keep_new(struct keep **out, size_t octets)
{
	struct keep *keep = mem_new(struct keep);

	if (keep == NULL)
		return -ENOMEM;
	keep->size = octets;
	keep->octets = mem_new_array(uint8_t, octets);
	if (keep->octets == NULL) {
		(void)keep_free(keep);
		return -ENOMEM;
	}
	mem_touch(keep->octets, octets);
	*out = keep;
	return 0;
}

struct keep *keep_free(struct keep *keep)
{
	if (keep != NULL)
		(void)mem_free(keep->octets);
	return mem_free(keep);
}

static struct head read_head(const struct keep *keep, size_t at)
{
	struct head head = { 0 };

	if (keep->size - at >= sizeof(head))
		memcpy(&head, keep->octets + at, sizeof(head));
	return head;
}

/* Where the message after this one begins. */
static size_t after(const struct keep *keep, size_t at)
{
	struct head head = read_head(keep, at);

	if (head.size == 0)
		return 0;
	at += head.size;
	return keep->size - at < sizeof(head) ? 0 : at;
}

/* Free octets from `next` on without a break. */
static size_t room(const struct keep *keep)
{
	if (keep->first > keep->next)
		return keep->first - keep->next - 1;
	return keep->size - keep->next;
}

static void to_the_beginning(struct keep *keep)
{
	struct head none = { 0 };

	if (keep->first > keep->next) /* what lay up to the end goes */
		keep->first = 0;
	if (keep->size - keep->next >= sizeof(none))
		memcpy(keep->octets + keep->next, &none, sizeof(none));
	if (keep->first == 0)
		keep->first = after(keep, 0);
	keep->next = 0;
}

static void put(struct keep *keep, struct head *head, struct bytes message)
{
	head->len = message.len;
	head->size = (sizeof(*head) + message.len + 7) / 8 * 8;
	if (head->size > keep->size / 4)
		return;
	if (keep->size - keep->next < head->size + sizeof(*head))
		to_the_beginning(keep);
	while (room(keep) < head->size)
		keep->first = after(keep, keep->first);
	memcpy(keep->octets + keep->next, head, sizeof(*head));
	memcpy(keep->octets + keep->next + sizeof(*head), message.at,
	       message.len);
	keep->next += head->size;
}

void keep_isdn(struct keep *keep, ladder_key key, const char *span,
               bool network_side, bool sent, struct bytes frame)
{
	struct head head = { .key = key,
		             .wall_us = wall_now(),
		             .sent = sent,
		             .network_side = network_side };

	if (keep == NULL)
		return;
	(void)text_copy(head.span, sizeof(head.span), span);
	put(keep, &head, frame);
}

void keep_sip(struct keep *keep, ladder_key key, const struct debug_sip *seen)
{
	struct head head = { .key = key,
		             .wall_us = wall_now(),
		             .is_sip = true,
		             .sent = seen->sent,
		             .transport = seen->transport,
		             .local = *seen->local,
		             .remote = *seen->remote };

	if (keep != NULL)
		put(keep, &head, seen->message);
}

/* --- one call --- */

struct keys {
	unsigned n;
	ladder_key key[KEYS];
	int64_t first_us, last_us;
};

static void note_key(void *self, const struct ladder_line *line)
{
	struct keys *keys = self;

	if (keys->first_us == 0)
		keys->first_us = line->wall_us;
	keys->last_us = line->wall_us;
	for (unsigned i = 0; i < keys->n; i++)
		if (keys->key[i] == line->key)
			return;
	if (line->key != 0 && keys->n < KEYS)
		keys->key[keys->n++] = line->key;
}

static bool is_of(const struct keys *keys, const struct head *head)
{
	if (head->wall_us < keys->first_us - LATE ||
	    head->wall_us > keys->last_us + LATE)
		return false;
	for (unsigned i = 0; i < keys->n; i++)
		if (keys->key[i] == head->key)
			return true;
	return false;
}

static void write_message(struct capture *capture, const struct head *head,
                          const uint8_t *octets)
{
	struct bytes message = { octets, head->len };
	struct debug_sip seen = { head->sent, head->transport, &head->local,
		                  &head->remote, message };

	capture_when(capture, head->wall_us);
	if (head->is_sip)
		capture_sip(capture, &seen);
	else
		capture_isdn(capture, head->span, head->network_side,
		             head->sent, message);
}

static void write_line(void *self, const char *text)
{
	(void)fprintf(self, "%s\n", text);
}

static int write_ladder(const struct ladder *ladder, uint32_t call,
                        const char *path)
{
	FILE *f = fopen(path, "we");

	if (f == NULL)
		return -errno;
	ladder_draw(ladder, call, write_line, f);
	return fclose(f) == 0 ? 0 : -errno;
}

int keep_export(const struct keep *keep, const struct ladder *ladder,
                uint32_t call, const char *file)
{
	struct capture *capture = NULL;
	struct keys keys = { 0 };
	struct head head;
	char path[256];
	int rc, n = 0;

	ladder_each(ladder, call, note_key, &keys);
	if (keep == NULL || keys.n == 0)
		return -ENOENT;
	(void)snprintf(path, sizeof(path), "%s.pcapng", file);
	rc = capture_start(&capture, path, UINT64_MAX);
	if (rc < 0)
		return rc;
	for (size_t at = keep->first; at != keep->next; at = after(keep, at)) {
		head = read_head(keep, at);
		if (head.size == 0 || !is_of(&keys, &head))
			continue;
		write_message(capture, &head, keep->octets + at + sizeof(head));
		n++;
	}
	(void)capture_stop(capture);
	(void)snprintf(path, sizeof(path), "%s.txt", file);
	rc = write_ladder(ladder, call, path);
	return rc < 0 ? rc : n;
}
