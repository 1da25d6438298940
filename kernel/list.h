/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef KERNEL_LIST_H
#define KERNEL_LIST_H

/*
 * Intrusive doubly linked list. The head is a struct list pointing at itself;
 * a member is a struct list embedded in what is listed. Members do not know
 * their head: removing needs only the member. Not thread-safe.
 */

#include "kernel/base.h"

struct list {
	struct list *next, *prev;
};

static inline void list_init(struct list *l)
{
	l->next = l->prev = l;
}

static inline bool list_empty(const struct list *l)
{
	return l->next == l;
}

/* Put a member at the end of the list of this head. */
static inline void list_append(struct list *head, struct list *member)
{
	member->prev = head->prev;
	member->next = head;
	head->prev->next = member;
	head->prev = member;
}

/* Take a member out; it is then an empty list, and taking it again is fine. */
static inline void list_remove(struct list *member)
{
	member->prev->next = member->next;
	member->next->prev = member->prev;
	list_init(member);
}

#define LIST_FIRST(head, type, member) \
	(list_empty(head) ? NULL : container_of((head)->next, type, member))

/* Walks a list; the member visited may be taken out, its neighbours not. */
#define LIST_EACH(head, type, var, member)                                    \
	for (type *var = container_of((head)->next, type, member),            \
	          *var##_next = container_of(var->member.next, type, member); \
	     &var->member != (head); var = var##_next,                        \
	          var##_next = container_of(var->member.next, type, member))

#endif
