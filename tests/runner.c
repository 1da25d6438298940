/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * main() of every test program. Check gives each test a process of its own, a
 * time limit and a message; this file gives it rows, the look at what was left
 * behind, and the ladders.
 *
 * Every row of a test is a case of Check's with a name of its own, so a report
 * says which. All cases run one function, run_case(), in the child; Check hands
 * it a number, which is the place of the case in our array. That array lies in
 * memory shared by the child and the parent: what the child knew when it died
 * (the row it had come to, the rung of the ladder, the seed, its folder) the
 * parent can still print and clean up.
 *
 * A ladder climbs inside one child: on rung n the n-th allocation fails, until
 * a rung is passed without a failure; then the same with sends and receives.
 * net.c is in a test program only when something in it uses sockets, hence the
 * weak names.
 */
#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "kernel/instant.h"
#include "kernel/loop.h"
#include "kernel/mem.h"
#include "kernel/net.h"
#include "kernel/thread.h"
#include "tests/test.h"

#pragma weak net_fail_after
#pragma weak net_failed

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SLOWED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SLOWED 1
#endif
#ifndef SLOWED
#define SLOWED 0
#endif

enum {
	LIMIT_S = 20,
	LADDER_LIMIT_S = 120,
	SLOW_TIMES = 5,
	NAME_SIZE = 160,
	SETTLE_MS = 1000
};

enum rung_kind { RUNG_NONE, RUNG_MEMORY, RUNG_SOCKETS };

/* One row of one test; shared by the child and the parent. */
struct test_run {
	const struct test_case *test;
	int row;
	char name[NAME_SIZE];
	bool finished; /* not left by exit() on the way */
	int row_seen;  /* from test_row(), -1: none */
	enum rung_kind rung_kind;
	long rung;
	bool seeded;
	unsigned seed;
	char folder[256];
};

/* What a test must leave as it was. */
struct left_behind {
	size_t memory;
	unsigned descriptors, threads;
};

static struct test_case *tests;
static struct test_run *runs;
static size_t nruns;
static struct test_run *current; /* in the child */

void test_register(struct test_case *test)
{
	struct test_case **at = &tests;

	while (*at != NULL)
		at = &(*at)->next;
	*at = test;
}

void test_row(int row)
{
	if (current != NULL)
		current->row_seen = row;
}

bool ladder_ok(void)
{
	return !mem_failed() && !(net_failed != NULL && net_failed());
}

unsigned test_seed(void)
{
	const char *given = getenv("TEST_SEED");

	if (!current->seeded)
		current->seed =
			given != NULL
				? (unsigned)strtoul(given, NULL, 0)
				: (unsigned)time(NULL) ^ (unsigned)getpid();
	current->seeded = true;
	return current->seed;
}

const char *test_folder(void)
{
	const char *base = getenv("TMPDIR");
	int n;

	if (current->folder[0] != '\0')
		return current->folder;
	if (base == NULL || base[0] == '\0')
		base = "/tmp";
	n = snprintf(current->folder, sizeof(current->folder),
	             "%s/causeway-test-XXXXXX", base);
	if (n >= (int)sizeof(current->folder) ||
	    mkdtemp(current->folder) == NULL) {
		current->folder[0] = '\0';
		ck_abort_msg("no folder under %s: %s", base, strerror(errno));
	}
	return current->folder;
}

static int remove_one(const char *path, const struct stat *st, int type,
                      struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	(void)remove(path);
	return 0;
}

static void remove_folder(struct test_run *run)
{
	if (run->folder[0] != '\0')
		(void)nftw(run->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	run->folder[0] = '\0';
}

static unsigned count_entries(const char *folder)
{
	DIR *dir = opendir(folder);
	unsigned n = 0;

	if (dir == NULL)
		ck_abort_msg("%s can not be read", folder);
	while (readdir(dir) != NULL)
		n++;
	(void)closedir(dir);
	return n;
}

static struct left_behind look(void)
{
	return (struct left_behind){ mem_live(), count_entries("/proc/self/fd"),
		                     count_entries("/proc/self/task") };
}

static void add_kind(void *self, const char *name, size_t live, size_t bytes)
{
	char *list = self;
	size_t len = strlen(list);

	(void)bytes;
	if (live > 0)
		(void)snprintf(list + len, NAME_SIZE - len, ", %zu %s", live,
		               name);
}

static void check_left(const struct left_behind *before)
{
	char kinds[NAME_SIZE] = "";
	struct left_behind now = look();

	/* A joined thread may be seen in /proc for a moment longer. */
	for (int i = 0; now.threads > before->threads && i < SETTLE_MS; i++) {
		(void)usleep(1000);
		now = look();
	}
	mem_each(add_kind, kinds);
	if (now.memory != before->memory)
		ck_abort_msg("left memory: %zu live before, %zu after%s",
		             before->memory, now.memory, kinds);
	if (now.descriptors != before->descriptors)
		ck_abort_msg("left descriptors: %u open before, %u after",
		             before->descriptors, now.descriptors);
	if (now.threads > before->threads)
		ck_abort_msg("left threads: %u before, %u after",
		             before->threads, now.threads);
}

/* Once through the test, with the clock its own and everything returned. */
static void run_once(void)
{
	struct left_behind before = look();

	current->test->one(current->row);
	if (instant_held())
		instant_release();
	check_left(&before);
	remove_folder(current);
}

static void climb_memory(void)
{
	bool failed = true;

	current->rung_kind = RUNG_MEMORY;
	for (long n = 0; failed; n++) {
		current->rung = n;
		mem_fail_after(n);
		run_once();
		failed = mem_failed();
		mem_fail_after(-1);
	}
}

static void climb_sockets(void)
{
	bool failed = net_fail_after != NULL && net_failed != NULL;

	current->rung_kind = RUNG_SOCKETS;
	for (long n = 0; failed; n++) {
		current->rung = n;
		net_fail_after(n, EIO);
		run_once();
		failed = net_failed();
		net_fail_after(-1, 0);
	}
}

static void do_nothing(void *self)
{
	(void)self;
}

/*
 * What stays for good from its first use on, and is nobody's leak: libuv's pipe
 * for signals, the thread sanitizer's own thread.
 */
static void open_for_good(void)
{
	struct loop *loop;
	struct thread *thread;

	ck_assert_int_eq(loop_new(&loop), 0);
	(void)loop_free(loop);
	if (!SLOWED)
		return;
	ck_assert_int_eq(
		thread_start(&thread, "first", false, do_nothing, NULL), 0);
	(void)thread_join(thread);
}

/* What Check calls in the child. */
static void run_case(int number)
{
	current = &runs[number];
	open_for_good();
	if (current->test->ladder) {
		climb_memory();
		climb_sockets();
		current->rung_kind = RUNG_NONE;
	} else {
		run_once();
	}
	current->finished = true;
}

static bool is_wanted(const struct test_case *test)
{
	const char *filter = getenv("TEST_FILTER");

	return filter == NULL || strstr(test->name, filter) != NULL;
}

/* Of so many wanted, is this one in our part? */
static bool is_of_part(size_t number)
{
	const char *said = getenv("TEST_PART");
	unsigned part, parts;

	return said == NULL || sscanf(said, "%u/%u", &part, &parts) != 2 ||
	       parts == 0 || number % parts == part - 1;
}

static void list_run(const struct test_case *test, int row)
{
	struct test_run *run = &runs[nruns++];

	run->test = test;
	run->row = row;
	run->row_seen = -1;
	(void)snprintf(run->name, NAME_SIZE, "%s", test->name);
}

static void list_runs(void)
{
	size_t n = 0;

	for (const struct test_case *t = tests; t != NULL; t = t->next)
		n += (size_t)MAX_OF(t->nrows, 1);
	runs = mmap(NULL, (n + 1) * sizeof(*runs), PROT_READ | PROT_WRITE,
	            MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (runs == MAP_FAILED) {
		perror("mmap");
		exit(2);
	}
	n = 0;
	for (const struct test_case *t = tests; t != NULL; t = t->next)
		for (int row = 0; row < MAX_OF(t->nrows, 1); row++)
			if (is_wanted(t) && is_of_part(n++))
				list_run(t, row);
}

static unsigned limit_of(const struct test_case *test)
{
	const char *preload = getenv("LD_PRELOAD"); /* valgrind sets it */
	bool slow = SLOWED ||
	            (preload != NULL && strstr(preload, "valgrind") != NULL);

	unsigned usual = test->ladder ? LADDER_LIMIT_S : LIMIT_S;

	return (test->limit_s > 0 ? test->limit_s : usual) *
	       (slow ? SLOW_TIMES : 1);
}

/* ttests must last as long as the suite; they are handed back to be freed. */
static TTest *add_cases(Suite *suite)
{
	TTest *ttests = calloc(nruns + 1, sizeof(*ttests));

	if (ttests == NULL)
		exit(2);
	for (size_t i = 0; i < nruns; i++) {
		TCase *tcase = tcase_create(runs[i].name);

		ttests[i] = (TTest){ runs[i].name, run_case, runs[i].test->file,
			             runs[i].test->line };
		tcase_set_timeout(tcase, limit_of(runs[i].test));
		tcase_add_loop_test(tcase, &ttests[i], (int)i, (int)i + 1);
		suite_add_tcase(suite, tcase);
	}
	return ttests;
}

static bool has_passed(TestResult *result, const struct test_run *run)
{
	return tr_rtype(result) == CK_PASS && run->finished;
}

static void print_failure(TestResult *result, const struct test_run *run)
{
	const char *file = tr_lfile(result), *what = tr_msg(result);
	int line = tr_lno(result);

	/* What we found stands where the test begins. */
	if (file == NULL || strcmp(file, __FILE__) == 0) {
		file = run->test->file;
		line = run->test->line;
	}
	if (tr_rtype(result) == CK_PASS)
		what = "ended the process before its end";
	printf("%s:%d: %s", file, line, run->name);
	if (run->row_seen >= 0)
		printf(", row %d", run->row_seen);
	if (run->rung_kind != RUNG_NONE)
		printf(", %s %ld failing",
		       run->rung_kind == RUNG_MEMORY ? "allocation"
		                                     : "transfer",
		       run->rung);
	if (run->seeded)
		printf(", TEST_SEED=%u", run->seed);
	printf(": %s\n", what);
}

/* Results come in the order of the cases. Returns how many failed. */
static int judge(SRunner *runner)
{
	TestResult **results = srunner_results(runner);
	int failed = 0;

	for (int i = 0; i < srunner_ntests_run(runner); i++) {
		if (!has_passed(results[i], &runs[i])) {
			print_failure(results[i], &runs[i]);
			failed++;
		}
		remove_folder(&runs[i]);
	}
	free(results);
	return failed;
}

int main(void)
{
	Suite *suite;
	SRunner *runner;
	TTest *ttests;
	int failed;

	list_runs();
	suite = suite_create(program_invocation_short_name);
	ttests = add_cases(suite);
	runner = srunner_create(suite);
	srunner_set_fork_status(runner, CK_FORK_GETENV); /* or gdb, valgrind */
	srunner_run_all(runner, CK_SILENT);
	failed = judge(runner);
	printf("%s: %d passed, %d failed\n", program_invocation_short_name,
	       srunner_ntests_run(runner) - failed, failed);
	srunner_free(runner);
	free(ttests);
	return failed > 0 ? 1 : 0;
}
