/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Timers as a pairing heap through the timers themselves. A timer embedded in
 * a call must start when the call needs it, so starting can not be allowed to
 * fail, and a heap in an array would have to grow. The pairing heap needs three
 * pointers in each timer instead, starts in constant time (most timers are
 * stopped again long before they expire), and takes out in logarithmic time.
 *
 * Each timer heads its children, all due no earlier than itself: child is the
 * first of them, next the following sibling, prev the sibling before or, for
 * the first, the parent.
 *
 * Every start is numbered. Timers due at the same instant expire in the order
 * of their starts, which makes a turned clock repeatable, and one started while
 * the due ones run (again, with 0, for ever) has a number beyond that run and
 * waits for the next turn.
 */
#include "kernel/private.h"

#include <assert.h>
#include <string.h>

static bool is_before(const struct timer *a, const struct timer *b)
{
	return a->due.us != b->due.us ? a->due.us < b->due.us
	                              : a->order < b->order;
}

/* One heap of two; either may be NULL. */
static struct timer *meld(struct timer *a, struct timer *b)
{
	struct timer *swap = a;

	if (a == NULL || b == NULL)
		return a == NULL ? b : a;
	if (is_before(b, a)) {
		a = b;
		b = swap;
	}
	b->prev = a;
	b->next = a->child;
	if (b->next != NULL)
		b->next->prev = b;
	a->child = b;
	a->next = a->prev = NULL;
	return a;
}

/* One heap of a row of siblings: melt pairs going, then all coming back. */
static struct timer *meld_row(struct timer *row)
{
	struct timer *pairs = NULL, *all = NULL;

	while (row != NULL) {
		struct timer *a = row, *b = row->next;

		row = b == NULL ? NULL : b->next;
		a->next = a->prev = NULL;
		if (b != NULL)
			b->next = b->prev = NULL;
		a = meld(a, b);
		a->next = pairs;
		pairs = a;
	}
	while (pairs != NULL) {
		struct timer *pair = pairs;

		pairs = pair->next;
		pair->next = NULL;
		all = meld(all, pair);
	}
	return all;
}

static void take_out(struct timer_heap *heap, struct timer *t)
{
	struct timer *children = meld_row(t->child);

	if (heap->first == t) {
		heap->first = children;
	} else {
		if (t->prev->child == t)
			t->prev->child = t->next;
		else
			t->prev->next = t->next;
		if (t->next != NULL)
			t->next->prev = t->prev;
		heap->first = meld(heap->first, children);
	}
	t->child = t->next = t->prev = NULL;
	t->order = 0;
	heap->running--;
}

void timer_init(struct timer *t, struct loop *loop, const char *name,
                timer_fn fn, void *self)
{
	*t = (struct timer){
		.name = name, .fn = fn, .self = self, .loop = loop
	};
}

void timer_start(struct timer *t, usec after)
{
	struct timer_heap *heap = loop_timers(t->loop);

	timer_stop(t);
	t->due = instant_add(instant_now(), MAX_OF(after, 0));
	t->order = ++heap->starts;
	heap->first = meld(heap->first, t);
	heap->running++;
}

void timer_stop(struct timer *t)
{
	if (timer_running(t))
		take_out(loop_timers(t->loop), t);
}

usec timer_left(const struct timer *t)
{
	usec left;

	if (!timer_running(t))
		return 0;
	left = instant_since(t->due, instant_now());
	return MAX_OF(left, 0);
}

unsigned timers_run(struct timer_heap *heap)
{
	struct instant now = instant_now();
	uint64_t last = heap->starts;
	unsigned ran = 0;

	while (heap->first != NULL && heap->first->due.us <= now.us &&
	       heap->first->order <= last) {
		struct timer *t = heap->first;

		take_out(heap, t);
		ran++;
		t->fn(t->self); /* may start, stop or forget any timer */
	}
	return ran;
}

/* The timer after this one on a walk that visits parents first. */
static struct timer *walk(struct timer *t)
{
	if (t->child != NULL)
		return t->child;
	while (t != NULL && t->next == NULL) {
		while (t->prev != NULL && t->prev->child != t)
			t = t->prev; /* back to the first sibling */
		t = t->prev;         /* up to the parent */
	}
	return t == NULL ? NULL : t->next;
}

void timers_each(struct timer_heap *heap, void (*tell)(const char *name))
{
	for (struct timer *t = heap->first; t != NULL; t = walk(t))
		tell(t->name);
}

void timers_stop(struct timer_heap *heap)
{
	while (heap->first != NULL)
		take_out(heap, heap->first);
}
