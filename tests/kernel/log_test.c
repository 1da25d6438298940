/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

#include "kernel/log.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kernel/instant.h"
#include "kernel/text.h"
#include "kernel/thread.h"
#include "kernel/utf8.h"
#include "tests/test.h"

static struct log_area area = { "call", LOG_LEVEL_INFO, NULL };

struct heard {
	struct log_sink sink;
	unsigned n;
	char line[2000];
};

static void hear(void *self, enum log_level level, const char *name,
                 const char *line)
{
	struct heard *h = self;

	(void)level;
	CHECK_TEXT(name, "call");
	h->n++;
	(void)text_copy(h->line, sizeof(h->line), line);
}

static void listen_to(struct heard *h)
{
	*h = (struct heard){ .sink = { .fn = hear, .self = h } };
	log_sink_add(&h->sink);
}

TEST(a_line_is_area_object_sentence)
{
	struct heard h;

	listen_to(&h);
	log_info(&area, "call 7", "ended, cause %d", 16);
	CHECK_TEXT(h.line, "call: call 7: ended, cause 16");
	log_info(&area, NULL, "ready");
	CHECK_TEXT(h.line, "call: ready");
	log_debug(&area, NULL, "not told");
	CHECK_EQ(h.n, 2);
	log_set_level(&area, LOG_LEVEL_DEBUG);
	log_debug(&area, NULL, "told");
	CHECK_EQ(h.n, 3);
	log_sink_remove(&h.sink);
	log_sink_remove(&h.sink);
	log_info(&area, NULL, "to nobody");
	CHECK_EQ(h.n, 3);
	log_set_level(&area, LOG_LEVEL_INFO);
}

static const struct {
	const char *raw, *clean;
} clean_rows[] = {
	/* clang-format off */
	{ "plain", "plain" },
	{ "a\x1b[2Jb\r\n\t\x7f", "a\\x1b[2Jb\\x0d\\x0a\\x09\\x7f" },
	{ "h\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80",
	  "h\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80" },
	{ "\xc2\x9b" "31m", "\\xc2\\x9b31m" },         /* C1's CSI */
	{ "\xc0\xaf", "\\xc0\\xaf" },                  /* overlong */
	{ "\xe0\x80\xaf", "\\xe0\\x80\\xaf" },
	{ "\xed\xa0\x80", "\\xed\\xa0\\x80" },         /* surrogate */
	{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" },/* too far */
	{ "\xe2\x82", "\\xe2\\x82" },                  /* cut */
	{ "\xff\xfe\x80", "\\xff\\xfe\\x80" },
	/* clang-format on */
};

TEST_ROWS(what_a_terminal_would_obey_is_escaped, clean_rows, row)
{
	struct heard h;
	char clean[100], expected[100];

	(void)utf8_clean(clean, sizeof(clean), row->raw);
	CHECK_TEXT(clean, row->clean);
	listen_to(&h);
	log_info(&area, row->raw, "x");
	(void)snprintf(expected, sizeof(expected), "call: %s: x", row->clean);
	CHECK_TEXT(h.line, expected);
	log_sink_remove(&h.sink);
}

TEST(a_line_is_bounded_whatever_is_in_it)
{
	static const char *const fillers[] = { "x", "\x01", "\xe2\x82\xac" };
	char text[6000];

	for (size_t f = 0; f < ARRAY_LEN(fillers); f++) {
		struct text t = TEXT(text);
		struct heard h;

		for (int i = 0; i < 1500; i++)
			text_add(&t, "%s", fillers[f]);
		listen_to(&h);
		log_info(&area, "call 7", "%s", text);
		CHECK(strlen(h.line) > 1000 && strlen(h.line) < 1024);
		CHECK_TEXT(h.line + strlen(h.line) - 3, "...");
		for (const char *at = h.line; *at != '\0';) {
			CHECK(utf8_printable(at) > 0);
			at += utf8_printable(at);
		}
		log_sink_remove(&h.sink);
	}
}

static const char *written(bool journal, char *to, size_t size)
{
	int fd[2];
	ssize_t n;

	CHECK(pipe2(fd, O_NONBLOCK) == 0);
	log_to_fd(fd[1], journal);
	log_warn(&area, "call 7", "late");
	log_to_fd(-1, false);
	n = read(fd[0], to, size - 1);
	CHECK(n > 0);
	to[n] = '\0';
	(void)close(fd[0]);
	(void)close(fd[1]);
	return to;
}

TEST(a_descriptor_gets_prefixes_or_stamps)
{
	char line[200];

	CHECK_TEXT(written(true, line, sizeof(line)),
	           "<4>call: call 7: late\n");
	written(false, line, sizeof(line));
	CHECK_TEXT(line + 23, " warn call: call 7: late\n");
	CHECK(line[4] == '-' && line[10] == ' ' && line[19] == '.');
}

TEST(a_full_pipe_loses_lines_and_counts_them)
{
	uint64_t before = log_lost();
	int fd[2];

	CHECK(pipe2(fd, O_NONBLOCK) == 0);
	log_to_fd(fd[1], true);
	for (int i = 0; i < 5000; i++)
		log_info(&area, "call 7", "%0100d", i);
	log_to_fd(-1, false);
	CHECK(log_lost() > before);
	(void)close(fd[0]);
	(void)close(fd[1]);
}

static const struct {
	unsigned hidden;
	const char *digits, *shown;
} digit_rows[] = {
	/* clang-format off */
	{ 0, "3035550100", "3035550100" },
	{ 4, "3035550100", "303555****" },
	{ 4, "+411", "****" },
	{ 4, "", "" },
	{ 3, "12345678901234567890", "123456789012345" },
	{ 6, "12345678901234567890", "12345678901234*" },
	/* clang-format on */
};

TEST_ROWS(digits_follow_the_privacy_setting, digit_rows, row)
{
	char shown[16];

	log_set_privacy(row->hidden);
	CHECK_TEXT(log_digits(shown, sizeof(shown), row->digits), row->shown);
	CHECK_EQ(log_privacy(), row->hidden);
	log_set_privacy(0);
}

TEST(noise_is_one_line_an_interval)
{
	struct log_limit limit = { 0, 0 };
	unsigned missed = 99;

	instant_hold();
	CHECK(log_allowed(&limit, 10, &missed));
	CHECK_EQ(missed, 0);
	for (int i = 0; i < 5; i++)
		CHECK(!log_allowed(&limit, 10, &missed));
	instant_turn(SEC(9));
	CHECK(!log_allowed(&limit, 10, &missed));
	instant_turn(SEC(1));
	CHECK(log_allowed(&limit, 10, &missed));
	CHECK_EQ(missed, 6);
	instant_release();
}

TEST(areas_are_found_by_name)
{
	static struct log_area first = { "one", LOG_LEVEL_INFO, NULL };
	static struct log_area second = { "two", LOG_LEVEL_INFO, NULL };

	log_register(&first);
	log_register(&second);
	log_register(&first);
	CHECK(log_find("one") == &first && log_find("two") == &second);
	CHECK(log_find("three") == NULL);
	CHECK(log_next(&first) == &second && log_next(&second) == NULL);
	CHECK_TEXT(log_level_name(LOG_LEVEL_NOTICE), "notice");
}

static void write_lines(void *self)
{
	(void)self;
	for (int i = 0; i < 500; i++)
		log_info(&area, "thread", "line %d", i);
}

TEST(threads_log_while_sinks_come_and_go)
{
	struct thread *thread[3];
	struct heard all, some;

	listen_to(&all);
	for (size_t i = 0; i < ARRAY_LEN(thread); i++)
		CHECK_EQ(thread_start(&thread[i], "log", false, write_lines,
		                      NULL),
		         0);
	for (int i = 0; i < 100; i++) {
		listen_to(&some);
		log_set_level(&area, LOG_LEVEL_INFO);
		log_sink_remove(&some.sink);
	}
	for (size_t i = 0; i < ARRAY_LEN(thread); i++)
		thread_join(thread[i]);
	log_sink_remove(&all.sink);
	CHECK_EQ(all.n, 1500);
}
