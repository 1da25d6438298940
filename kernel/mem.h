/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef KERNEL_MEM_H
#define KERNEL_MEM_H

/*
 * Memory, counted by kind. Every block remembers what it is, so `show memory`
 * can say how many calls, legs and peers live, and a test fails when the
 * numbers differ before and after. The n-th allocation can be made to fail.
 *
 * Pools hold a fixed number of equal objects, allotted at start: the gateway
 * knows its size. Blocks are zeroed. Any thread may allocate; a pool belongs to
 * one thread.
 */

#include "kernel/base.h"

struct mem_kind {
	const char *name;
	size_t live, bytes; /* atomically changed by mem.c */
	struct mem_kind *next;
	bool listed;
};

/* A zeroed struct, NULL when there is no memory. Free it with mem_free. */
#define mem_new(type) ((type *)mem_new_array(type, 1))

/* n zeroed objects of a type; NULL when n is 0, too large, or no memory. */
#define mem_new_array(type, n)                                    \
	((type *)({                                               \
		static struct mem_kind kind_ = { .name = #type }; \
		mem_take(&kind_, (n), sizeof(type));              \
	}))

void *mem_take(struct mem_kind *kind, size_t n, size_t size) ATTR_MUST_USE;

/* A copy of a string, counted as kind "text". */
char *mem_text(const char *text) ATTR_MUST_USE;

/* Frees; returns NULL, so that p = mem_free(p) clears. NULL is fine. */
void *mem_free(void *block);

/* Has the system give the pages of a block now: for rings that are written
 * round and round, which would take them one by one in the first calls. */
void mem_touch(void *at, size_t size);

/* Walks the kinds: live objects and octets. */
void mem_each(void (*tell)(void *self, const char *name, size_t live,
                           size_t bytes),
              void *self);

/* Live objects of all kinds. */
size_t mem_live(void);

/* For tests: let n allocations (and pool takes) succeed, fail the next one;
 * -1: never fail. mem_failed() says whether the failure was reached. */
void mem_fail_after(long n);
bool mem_failed(void);

struct pool;

/* A pool of `count` objects of `size` octets, all allotted now. -ENOMEM. */
int pool_new(struct pool **out, const char *name, size_t size, unsigned count);

/* All objects must be back. NULL is fine; returns NULL. */
struct pool *pool_free(struct pool *pool);

/* A zeroed object, or NULL when the pool is used up (counted). */
void *pool_take(struct pool *pool) ATTR_MUST_USE;
void pool_put(struct pool *pool, void *object);

struct pool_use {
	const char *name;
	unsigned size, used, most; /* objects; most: ever used at once */
	uint64_t refused;          /* takes while none was left */
};

struct pool_use pool_use(const struct pool *pool);

/* Every pool there is; only while no other thread makes or frees one. */
void pool_each(void (*tell)(void *self, const struct pool_use *use,
                            size_t object),
               void *self);

#endif
