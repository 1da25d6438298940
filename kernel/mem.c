/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Memory that knows what it is. In front of every block lies a header of 16
 * octets, the kind and the size, so that free can count down what take counted
 * up; the block itself stays aligned for anything. Each block is malloc's own,
 * so sanitizers and valgrind see every error they would see without us.
 *
 * Kinds are static structs made by mem_new() where it stands; the same type may
 * be allotted in several files, so mem_each() adds up kinds of one name. They
 * list themselves at their first use and stay for good: the list only grows,
 * at its head, and may be walked while it does.
 *
 * The injected failure is one counter for all threads: ladders climb it from
 * zero until nothing fails any more. The pools take part, because "used up" is
 * the want of memory that a gateway of fixed size really meets.
 *
 * A pool is one slab and a stack of free places, last put first taken: the
 * object that comes next is likely still in the cache. What is free is poisoned
 * under the address sanitizer, and an object put twice, or put where it did not
 * come from, is caught in every build.
 */
#include "kernel/mem.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAVE_ASAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define HAVE_ASAN 1
#endif
#ifdef HAVE_ASAN
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(at, size)   ((void)(at), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
#endif

enum { BLOCK_ALIGN = 16, SMALL = 2048 };

struct block {
	struct mem_kind *kind;
	size_t size;
} __attribute__((aligned(BLOCK_ALIGN)));

static_assert(sizeof(struct block) == BLOCK_ALIGN, "blocks stay aligned");

static pthread_mutex_t kinds_lock = PTHREAD_MUTEX_INITIALIZER;
static struct mem_kind *kinds; /* grows at the head, atomically */

static long fail_in = -1; /* allocations until one fails, -1: none does */
static bool has_failed;

static bool fails_now(void)
{
	long left = __atomic_load_n(&fail_in, __ATOMIC_RELAXED);

	while (left >= 0)
		if (__atomic_compare_exchange_n(&fail_in, &left, left - 1, true,
		                                __ATOMIC_RELAXED,
		                                __ATOMIC_RELAXED))
			break;
	if (left == 0)
		__atomic_store_n(&has_failed, true, __ATOMIC_RELAXED);
	return left == 0;
}

static void list_kind(struct mem_kind *kind)
{
	if (__atomic_load_n(&kind->listed, __ATOMIC_ACQUIRE))
		return;
	pthread_mutex_lock(&kinds_lock);
	if (!kind->listed) {
		kind->next = kinds;
		__atomic_store_n(&kinds, kind, __ATOMIC_RELEASE);
		__atomic_store_n(&kind->listed, true, __ATOMIC_RELEASE);
	}
	pthread_mutex_unlock(&kinds_lock);
}

/* glibc's calloc passes by the thread's own small blocks, which are the quick
 * ones; for large ones it has pages that nobody need touch. */
static void *zeroed(size_t size)
{
	void *at;

	if (size > SMALL)
		return calloc(1, size);
	at = malloc(size);
	return at == NULL ? NULL : memset(at, 0, size);
}

void *mem_take(struct mem_kind *kind, size_t n, size_t size)
{
	size_t octets, whole;
	struct block *block;

	if (n == 0 || __builtin_mul_overflow(n, size, &octets) ||
	    __builtin_add_overflow(octets, sizeof(*block), &whole) ||
	    whole > PTRDIFF_MAX || fails_now())
		return NULL;
	block = zeroed(whole);
	if (block == NULL)
		return NULL;
	list_kind(kind);
	block->kind = kind;
	block->size = octets;
	__atomic_add_fetch(&kind->live, 1, __ATOMIC_RELAXED);
	__atomic_add_fetch(&kind->bytes, octets, __ATOMIC_RELAXED);
	return block + 1;
}

char *mem_text(const char *text)
{
	static struct mem_kind kind = { .name = "text" };
	size_t size = strlen(text) + 1;
	char *copy = mem_take(&kind, size, 1);

	if (copy != NULL)
		memcpy(copy, text, size);
	return copy;
}

void *mem_free(void *at)
{
	struct block *block;

	if (at == NULL)
		return NULL;
	block = (struct block *)at - 1;
	__atomic_sub_fetch(&block->kind->live, 1, __ATOMIC_RELAXED);
	__atomic_sub_fetch(&block->kind->bytes, block->size, __ATOMIC_RELAXED);
	free(block);
	return NULL;
}

void mem_touch(void *at, size_t size)
{
	enum { PAGE = 4096 };
	volatile uint8_t *octets = at;

	for (size_t i = 0; i < size; i += PAGE) {
		uint8_t held = octets[i];

		octets[i] = held;
	}
}

/* The first kind with this name, in the order of the list. */
static struct mem_kind *namesake(struct mem_kind *first, const char *name)
{
	while (first != NULL && strcmp(first->name, name) != 0)
		first = first->next;
	return first;
}

void mem_each(void (*tell)(void *self, const char *name, size_t live,
                           size_t bytes),
              void *self)
{
	struct mem_kind *first = __atomic_load_n(&kinds, __ATOMIC_ACQUIRE);

	for (struct mem_kind *k = first; k != NULL; k = k->next) {
		struct mem_kind *same = k;
		size_t live = 0, bytes = 0;

		if (namesake(first, k->name) != k)
			continue;
		for (; same != NULL; same = namesake(same->next, k->name)) {
			live += __atomic_load_n(&same->live, __ATOMIC_RELAXED);
			bytes +=
				__atomic_load_n(&same->bytes, __ATOMIC_RELAXED);
		}
		tell(self, k->name, live, bytes);
	}
}

size_t mem_live(void)
{
	size_t live = 0;

	for (struct mem_kind *k = __atomic_load_n(&kinds, __ATOMIC_ACQUIRE);
	     k != NULL; k = k->next)
		live += __atomic_load_n(&k->live, __ATOMIC_RELAXED);
	return live;
}

void mem_fail_after(long n)
{
	__atomic_store_n(&has_failed, false, __ATOMIC_RELAXED);
	__atomic_store_n(&fail_in, n < 0 ? -1 : n, __ATOMIC_RELAXED);
}

bool mem_failed(void)
{
	return __atomic_load_n(&has_failed, __ATOMIC_RELAXED);
}

struct pool {
	struct pool *next; /* of all pools */
	struct pool_use use;
	size_t object, stride; /* octets of an object, and to the next one */
	uint8_t *slab;
	unsigned *free; /* a stack of free places, use.size - use.used high */
	bool *taken;
};

static struct pool *pools;

static void list_pool(struct pool *pool)
{
	pthread_mutex_lock(&kinds_lock);
	pool->next = pools;
	pools = pool;
	pthread_mutex_unlock(&kinds_lock);
}

static void unlist_pool(const struct pool *pool)
{
	struct pool **at = &pools;

	pthread_mutex_lock(&kinds_lock);
	while (*at != NULL && *at != pool)
		at = &(*at)->next;
	if (*at != NULL)
		*at = pool->next;
	pthread_mutex_unlock(&kinds_lock);
}

void pool_each(void (*tell)(void *self, const struct pool_use *use,
                            size_t object),
               void *self)
{
	for (const struct pool *p = pools; p != NULL; p = p->next)
		tell(self, &p->use, p->object);
}

int pool_new(struct pool **out, const char *name, size_t size, unsigned count)
{
	struct pool *pool;
	size_t stride;

	if (size == 0 || __builtin_add_overflow(size, BLOCK_ALIGN - 1, &stride))
		return -ENOMEM;
	stride -= stride % BLOCK_ALIGN;
	pool = mem_new(struct pool);
	if (pool == NULL)
		return -ENOMEM;
	pool->use = (struct pool_use){ .name = name, .size = count };
	pool->object = size;
	pool->stride = stride;
	if (count > 0 && stride <= SIZE_MAX / count) {
		pool->slab = mem_new_array(uint8_t, stride * count);
		pool->free = mem_new_array(unsigned, count);
		pool->taken = mem_new_array(bool, count);
	}
	if (count > 0 &&
	    (pool->slab == NULL || pool->free == NULL || pool->taken == NULL)) {
		(void)pool_free(pool);
		return -ENOMEM;
	}
	for (unsigned i = 0; i < count; i++)
		pool->free[i] = count - 1 - i;
	ASAN_POISON_MEMORY_REGION(pool->slab, stride * count);
	list_pool(pool);
	*out = pool;
	return 0;
}

struct pool *pool_free(struct pool *pool)
{
	if (pool == NULL)
		return NULL;
	assert(pool->use.used == 0);
	unlist_pool(pool);
	if (pool->slab != NULL)
		ASAN_UNPOISON_MEMORY_REGION(pool->slab,
		                            pool->stride * pool->use.size);
	mem_free(pool->slab);
	mem_free(pool->free);
	mem_free(pool->taken);
	return mem_free(pool);
}

void *pool_take(struct pool *pool)
{
	struct pool_use *use = &pool->use;
	unsigned place;
	uint8_t *object;

	if (use->used == use->size || fails_now()) {
		use->refused++;
		return NULL;
	}
	use->used++;
	use->most = MAX_OF(use->most, use->used);
	place = pool->free[use->size - use->used];
	pool->taken[place] = true;
	object = pool->slab + place * pool->stride;
	ASAN_UNPOISON_MEMORY_REGION(object, pool->object);
	memset(object, 0, pool->object);
	return object;
}

void pool_put(struct pool *pool, void *object)
{
	size_t offset = (size_t)((uint8_t *)object - pool->slab);
	size_t place = offset / pool->stride;

	assert(place < pool->use.size && offset % pool->stride == 0 &&
	       pool->taken[place]);
	pool->taken[place] = false;
	pool->free[pool->use.size - pool->use.used] = (unsigned)place;
	pool->use.used--;
	ASAN_POISON_MEMORY_REGION(object, pool->object);
}

struct pool_use pool_use(const struct pool *pool)
{
	return pool->use;
}
