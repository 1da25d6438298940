/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef TESTS_TEST_H
#define TESTS_TEST_H

/*
 * Tests on the library Check: each runs in a process of its own with a time
 * limit and fails when it leaves live memory, descriptors or threads behind.
 *
 *   TEST(busy_far_end_gives_cause_17) { ... }
 *   TEST_ROWS(outgoing_failures, rows, row) { ... row->cause ... }
 *   LADDER(a_call_survives_want_of_memory) { ... }
 *
 * A ladder is run again and again: with the first allocation failing, then the
 * second, until it passes without a failure being reached; then the same for
 * socket reads and writes. On each rung it must end cleanly and leave nothing;
 * ladder_ok() says whether a failure was injected, so that results are judged
 * only when none was.
 *
 * TEST_FILTER=text in the environment runs only tests whose names contain it,
 * TEST_PART=2/3 the second third of what would run.
 */

#include <check.h>

#include "kernel/base.h"

struct test_case {
	const char *name, *file;
	void (*one)(int row); /* a test of rows gets its row's number */
	int nrows;            /* 0: not a test of rows */
	bool ladder;
	unsigned limit_s; /* 0: the default, 20 s */
	int line;
	struct test_case *next;
};

void test_register(struct test_case *test);

#define TEST_CASE_(name_, n_, is_ladder) TEST_CASE_FOR_(name_, n_, is_ladder, 0)

#define TEST_CASE_FOR_(name_, n_, is_ladder, seconds_)                   \
	static void name_##_one_(int row_);                              \
	__attribute__((constructor)) static void name_##_register_(void) \
	{                                                                \
		static struct test_case case_ = {                        \
			.name = #name_,                                  \
			.file = __FILE__,                                \
			.one = name_##_one_,                             \
			.nrows = (n_),                                   \
			.ladder = (is_ladder),                           \
			.line = __LINE__,                                \
			.limit_s = (seconds_),                           \
		};                                                       \
		test_register(&case_);                                   \
	}

#define TEST(name)                 \
	TEST_CASE_(name, 0, false) \
	static void name##_one_(int row_ ATTR_UNUSED)

/* One that is allowed more than the usual time. */
#define TEST_FOR(seconds, name)                   \
	TEST_CASE_FOR_(name, 0, false, (seconds)) \
	static void name##_one_(int row_ ATTR_UNUSED)

#define LADDER(name)              \
	TEST_CASE_(name, 0, true) \
	static void name##_one_(int row_ ATTR_UNUSED)

#define TEST_ROWS(name, rows, row)                          \
	static void name(const __typeof__((rows)[0]) *row); \
	TEST_CASE_(name, (int)ARRAY_LEN(rows), false)       \
	static void name##_one_(int row_)                   \
	{                                                   \
		test_row(row_);                             \
		name(&(rows)[row_]);                        \
	}                                                   \
	static void name(const __typeof__((rows)[0]) *row)

#define CHECK(expr)        ck_assert_msg((expr), "%s", #expr)
#define CHECK_EQ(a, b)     ck_assert_int_eq((long long)(a), (long long)(b))
#define CHECK_TEXT(a, b)   ck_assert_str_eq((a), (b))
#define CHECK_MEM(a, b, n) ck_assert_mem_eq((a), (b), (n))

/* Remembered so that a failure names the row. */
void test_row(int row);

/* True unless a failure was injected on this rung. */
bool ladder_ok(void);

/* A seed for random tests: from TEST_SEED or the clock; printed on failure. */
unsigned test_seed(void);

/* A folder for this test alone, removed afterwards. */
const char *test_folder(void);

#endif
