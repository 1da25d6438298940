/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * A queue of octets that grows by pieces, so that nothing is moved when it
 * grows and a session with nothing to say holds no memory.
 */

#include "kernel/spool.h"

#include <string.h>

#include "kernel/mem.h"

struct spool_piece {
	struct list list;
	size_t begin, end;
	uint8_t octets[SPOOL_WHOLE];
};

void spool_init(struct spool *s, size_t limit)
{
	list_init(&s->pieces);
	s->total = 0;
	s->limit = limit;
	s->lost = false;
}

static struct spool_piece *last_piece(const struct spool *s)
{
	return list_empty(&s->pieces)
	               ? NULL
	               : container_of(s->pieces.prev, struct spool_piece, list);
}

static void free_piece(struct spool_piece *p)
{
	list_remove(&p->list);
	mem_free(p);
}

void spool_done(struct spool *s)
{
	struct spool_piece *p;

	while ((p = last_piece(s)) != NULL)
		free_piece(p);
	s->total = 0;
}

/* A piece with room for at least one octet, or for all n. */
static struct spool_piece *piece_with_room(struct spool *s, size_t n)
{
	struct spool_piece *p = last_piece(s);

	if (p != NULL && p->end + n <= sizeof(p->octets))
		return p;
	p = mem_new(struct spool_piece);
	if (p != NULL)
		list_append(&s->pieces, &p->list);
	return p;
}

bool spool_add(struct spool *s, struct bytes b, bool whole)
{
	struct spool_piece *p;
	size_t n;

	if (b.len > s->limit - MIN_OF(s->total, s->limit)) {
		s->lost = true;
		return false;
	}
	while (b.len > 0) {
		p = piece_with_room(s, whole ? b.len : 1);
		if (p == NULL) {
			s->lost = true;
			return false;
		}
		n = MIN_OF(b.len, sizeof(p->octets) - p->end);
		memcpy(p->octets + p->end, b.at, n);
		p->end += n;
		s->total += n;
		b.at += n;
		b.len -= n;
	}
	return true;
}

struct bytes spool_first(const struct spool *s)
{
	const struct spool_piece *p =
		LIST_FIRST(&s->pieces, struct spool_piece, list);

	if (p == NULL)
		return (struct bytes){ NULL, 0 };
	return (struct bytes){ p->octets + p->begin, p->end - p->begin };
}

void spool_drop(struct spool *s, size_t n)
{
	while (n > 0 && !list_empty(&s->pieces)) {
		struct spool_piece *p =
			LIST_FIRST(&s->pieces, struct spool_piece, list);
		size_t part = MIN_OF(n, p->end - p->begin);

		p->begin += part;
		s->total -= part;
		n -= part;
		if (p->begin == p->end)
			free_piece(p);
	}
}
