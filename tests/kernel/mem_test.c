/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#include "kernel/mem.h"

#include <errno.h>
#include <string.h>

#include "kernel/thread.h"
#include "tests/test.h"

struct fruit {
	char name[40];
};

struct count {
	const char *name;
	size_t live, bytes;
	unsigned told;
};

static void count_kind(void *self, const char *name, size_t live, size_t bytes)
{
	struct count *count = self;

	if (strcmp(name, count->name) != 0)
		return;
	count->live += live;
	count->bytes += bytes;
	count->told++;
}

static struct count count_of(const char *name)
{
	struct count count = { .name = name };

	mem_each(count_kind, &count);
	return count;
}

static struct fruit *another_place(void)
{
	return mem_new(struct fruit);
}

TEST(blocks_are_zeroed_aligned_and_counted)
{
	static const char zeroes[sizeof(struct fruit)];
	size_t before = mem_live();
	struct fruit *fruit = mem_new(struct fruit);

	CHECK(fruit != NULL);
	CHECK_EQ((uintptr_t)fruit % 16, 0);
	CHECK_MEM(fruit, zeroes, sizeof(*fruit));
	CHECK_EQ(mem_live(), before + 1);
	CHECK(mem_free(fruit) == NULL);
	CHECK_EQ(mem_live(), before);
}

TEST(kinds_of_one_name_are_told_as_one)
{
	struct fruit *one = mem_new(struct fruit);
	struct fruit *two = another_place();
	struct fruit *three = mem_new_array(struct fruit, 3);
	struct count count = count_of("struct fruit");

	CHECK_EQ(count.told, 1);
	CHECK_EQ(count.live, 3);
	CHECK_EQ(count.bytes, 5 * sizeof(struct fruit));
	mem_free(one);
	mem_free(two);
	mem_free(three);
	count = count_of("struct fruit");
	CHECK_EQ(count.told, 1);
	CHECK_EQ(count.live, 0);
	CHECK_EQ(count.bytes, 0);
}

static const struct {
	size_t n, size;
} impossible[] = {
	/* clang-format off */
	{ 0,             16 },
	{ SIZE_MAX,      2 },            /* the product does not fit */
	{ SIZE_MAX,      1 },            /* nor does the header */
	{ SIZE_MAX / 2,  1 },
	{ SIZE_MAX / 32, 16 },           /* nobody has that much */
	/* clang-format on */
};

TEST_ROWS(impossible_sizes_give_no_memory, impossible, row)
{
	static struct mem_kind kind = { .name = "impossible" };

	CHECK(mem_take(&kind, row->n, row->size) == NULL);
	CHECK_EQ(kind.live, 0);
}

TEST(text_is_a_counted_copy)
{
	char source[] = "carrier";
	char *copy = mem_text(source);

	source[0] = 'b';
	CHECK_TEXT(copy, "carrier");
	CHECK_EQ(count_of("text").live, 1);
	CHECK_EQ(count_of("text").bytes, 8);
	mem_free(copy);
}

TEST(freeing_nothing_is_fine)
{
	CHECK(mem_free(NULL) == NULL);
	CHECK(pool_free(NULL) == NULL);
}

TEST(only_the_chosen_allocation_fails)
{
	struct fruit *fruits[4];

	mem_fail_after(2);
	for (size_t i = 0; i < ARRAY_LEN(fruits); i++) {
		CHECK_EQ(mem_failed(), i > 2);
		fruits[i] = mem_new(struct fruit);
	}
	mem_fail_after(-1);
	CHECK(!mem_failed());
	for (size_t i = 0; i < ARRAY_LEN(fruits); i++) {
		CHECK_EQ(fruits[i] == NULL, i == 2);
		mem_free(fruits[i]);
	}
}

static void take_and_free(void *self)
{
	shared_count *failures = self;

	for (int i = 0; i < 2000; i++) {
		struct fruit *fruit = another_place();

		if (fruit == NULL)
			shared_add(failures, 1);
		mem_free(fruit);
	}
}

TEST(two_threads_share_the_counts_and_the_failure)
{
	struct thread *threads[2];
	shared_count failures = 0;

	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		CHECK_EQ(thread_start(&threads[i], "allot", false,
		                      take_and_free, &failures),
		         0);
	mem_fail_after(500);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		threads[i] = thread_join(threads[i]);
	/* Whether it was reached depends on how late it was set. */
	CHECK_EQ(shared_get(&failures), mem_failed());
	mem_fail_after(-1);
	CHECK_EQ(count_of("struct fruit").live, 0);
}

TEST(pool_gives_what_it_has_and_then_refuses)
{
	struct pool *pool;
	void *objects[3];

	CHECK_EQ(pool_new(&pool, "fruit", sizeof(struct fruit), 3), 0);
	for (int i = 0; i < 3; i++) {
		objects[i] = pool_take(pool);
		CHECK(objects[i] != NULL);
	}
	CHECK(pool_take(pool) == NULL);
	CHECK(pool_take(pool) == NULL);
	pool_put(pool, objects[1]);
	CHECK_TEXT(pool_use(pool).name, "fruit");
	CHECK_EQ(pool_use(pool).size, 3);
	CHECK_EQ(pool_use(pool).used, 2);
	CHECK_EQ(pool_use(pool).most, 3);
	CHECK_EQ(pool_use(pool).refused, 2);
	CHECK(pool_take(pool) == objects[1]);
	for (int i = 0; i < 3; i++)
		pool_put(pool, objects[i]);
	CHECK(pool_free(pool) == NULL);
}

TEST(pool_objects_are_zeroed_each_time)
{
	static const uint8_t zeroes[24];
	struct pool *pool;

	CHECK_EQ(pool_new(&pool, "octets", sizeof(zeroes), 1), 0);
	for (int i = 0; i < 3; i++) {
		uint8_t *object = pool_take(pool);

		CHECK_EQ((uintptr_t)object % 16, 0);
		CHECK_MEM(object, zeroes, sizeof(zeroes));
		memset(object, 0xa5, sizeof(zeroes));
		pool_put(pool, object);
	}
	(void)pool_free(pool);
}

TEST(empty_pool_refuses_everything)
{
	struct pool *pool;

	CHECK_EQ(pool_new(&pool, "nothing", 8, 0), 0);
	CHECK(pool_take(pool) == NULL);
	CHECK_EQ(pool_use(pool).refused, 1);
	(void)pool_free(pool);
}

static const struct {
	size_t size;
	unsigned count;
} impossible_pools[] = {
	{ 0, 4 },
	{ SIZE_MAX, 4 },
	{ SIZE_MAX / 4, 64 },
	{ SIZE_MAX / 16, 8 },
};

TEST_ROWS(impossible_pools_are_refused, impossible_pools, row)
{
	struct pool *pool;

	CHECK_EQ(pool_new(&pool, "huge", row->size, row->count), -ENOMEM);
}

LADDER(pools_and_their_objects_survive_want_of_memory)
{
	struct pool *pool = NULL;
	int rc = pool_new(&pool, "fruit", sizeof(struct fruit), 2);
	void *object = rc == 0 ? pool_take(pool) : NULL;

	CHECK(rc == 0 || (rc == -ENOMEM && !ladder_ok()));
	CHECK(object != NULL || !ladder_ok());
	if (object != NULL)
		pool_put(pool, object);
	(void)pool_free(pool);
}
