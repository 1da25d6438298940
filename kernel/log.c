/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * One line for people, from any thread to every sink. A line is put together
 * on the stack of who logs, cleaned of everything a terminal would obey, and
 * given to the sinks under one lock, so that lines never mix and a sink being
 * removed is not called any more when log_sink_remove() returns.
 *
 * Formatting happens outside the lock; a writer waits at most for the write
 * of another. A descriptor that does not take a line at once (a full pipe)
 * loses it, and the loss is counted: a log must not hold up a call.
 *
 * Areas are static structs in a list; they are registered at start, before
 * there is a second thread. Their levels may change at any time and are read
 * relaxed: a line more or less is of no matter.
 */

#include "kernel/log.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kernel/instant.h"
#include "kernel/utf8.h"

enum { LINE = 1024, STAMP = 23 /* "2026-11-20 08:56:26.123" */ };

static const char *const level_names[] = {
	[LOG_LEVEL_ERROR] = "error",   [LOG_LEVEL_WARN] = "warn",
	[LOG_LEVEL_NOTICE] = "notice", [LOG_LEVEL_INFO] = "info",
	[LOG_LEVEL_DEBUG] = "debug",
};

/* syslog(3)'s numbers, which journald reads from "<n>". */
static const int syslog_level[] = {
	[LOG_LEVEL_ERROR] = 3, [LOG_LEVEL_WARN] = 4,  [LOG_LEVEL_NOTICE] = 5,
	[LOG_LEVEL_INFO] = 6,  [LOG_LEVEL_DEBUG] = 7,
};

static_assert(ARRAY_LEN(level_names) == LOG_LEVEL_DEBUG + 1, "a name each");
static_assert(ARRAY_LEN(syslog_level) == LOG_LEVEL_DEBUG + 1, "one each");

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct log_area *areas; /* in order of registration */
static struct log_sink *sinks; /* under the lock */
static int out_fd = -1;        /* under the lock */
static bool out_journal;       /* under the lock */
static uint64_t lost_lines;    /* under the lock */
static unsigned hidden_digits; /* relaxed */

void log_register(struct log_area *area)
{
	struct log_area **at = &areas;

	while (*at != NULL && *at != area)
		at = &(*at)->next;
	if (*at == area)
		return;
	area->next = NULL;
	*at = area;
}

struct log_area *log_next(const struct log_area *after)
{
	return after == NULL ? areas : after->next;
}

struct log_area *log_find(const char *name)
{
	struct log_area *area = areas;

	while (area != NULL && strcmp(area->name, name) != 0)
		area = area->next;
	return area;
}

enum log_level log_level_of(const struct log_area *area)
{
	return __atomic_load_n(&area->level, __ATOMIC_RELAXED);
}

void log_set_level(struct log_area *area, enum log_level level)
{
	__atomic_store_n(&area->level, level, __ATOMIC_RELAXED);
}

const char *log_level_name(enum log_level level)
{
	return level_names[level];
}

/* Under the lock. */
static void write_out(enum log_level level, const char *line)
{
	char whole[LINE + 64], stamp[32];
	int n;

	if (out_fd < 0)
		return;
	if (out_journal) {
		n = snprintf(whole, sizeof(whole), "<%d>%s\n",
		             syslog_level[level], line);
	} else {
		wall_print(stamp, sizeof(stamp), wall_now());
		n = snprintf(whole, sizeof(whole), "%.*s %s %s\n", STAMP, stamp,
		             level_names[level], line);
	}
	if (write(out_fd, whole, (size_t)n) != n)
		lost_lines++;
}

static void mark_cut(char *line)
{
	static const char dots[] = "...";
	size_t len = strlen(line), at = len - (sizeof(dots) - 1);

	/* Do not stand in the middle of a character. */
	while (at > 0 && ((unsigned char)line[at] & 0xc0) == 0x80)
		at--;
	memcpy(line + at, dots, sizeof(dots));
}

/* "area: object: sentence", at most LINE octets with its NUL. */
ATTR_PRINTF(4, 0)
static void compose(char *line, const char *area, const char *object,
                    const char *format, va_list args)
{
	char raw[LINE];
	int head, n;
	size_t wanted;

	head = snprintf(raw, sizeof(raw), "%s: %.200s%s", area,
	                object == NULL ? "" : object,
	                object == NULL ? "" : ": ");
	if (head < 0 || (size_t)head >= sizeof(raw))
		head = 0;
	n = vsnprintf(raw + head, sizeof(raw) - (size_t)head, format, args);
	if (n < 0)
		raw[head] = '\0';
	wanted = (size_t)head + (size_t)MAX_OF(n, 0);
	/* Escapes make it longer, so it may be cut here as well. */
	if (wanted >= LINE || utf8_clean(line, LINE, raw) + 4 >= LINE) {
		(void)utf8_clean(line, LINE, raw);
		mark_cut(line);
	}
}

void log_write(struct log_area *area, enum log_level level, const char *object,
               const char *format, ...)
{
	char line[LINE];
	int saved = errno;
	va_list args;

	if (level > log_level_of(area))
		return;
	va_start(args, format);
	compose(line, area->name, object, format, args);
	va_end(args);
	(void)pthread_mutex_lock(&lock);
	write_out(level, line);
	for (struct log_sink *s = sinks; s != NULL; s = s->next)
		s->fn(s->self, level, area->name, line);
	(void)pthread_mutex_unlock(&lock);
	errno = saved;
}

void log_sink_add(struct log_sink *sink)
{
	(void)pthread_mutex_lock(&lock);
	sink->next = sinks;
	sinks = sink;
	(void)pthread_mutex_unlock(&lock);
}

void log_sink_remove(struct log_sink *sink)
{
	struct log_sink **at = &sinks;

	(void)pthread_mutex_lock(&lock);
	while (*at != NULL && *at != sink)
		at = &(*at)->next;
	if (*at != NULL)
		*at = sink->next;
	(void)pthread_mutex_unlock(&lock);
}

void log_to_fd(int fd, bool journal)
{
	(void)pthread_mutex_lock(&lock);
	out_fd = fd;
	out_journal = journal;
	(void)pthread_mutex_unlock(&lock);
}

uint64_t log_lost(void)
{
	uint64_t n;

	(void)pthread_mutex_lock(&lock);
	n = lost_lines;
	(void)pthread_mutex_unlock(&lock);
	return n;
}

void log_set_privacy(unsigned hidden)
{
	__atomic_store_n(&hidden_digits, hidden, __ATOMIC_RELAXED);
}

unsigned log_privacy(void)
{
	return __atomic_load_n(&hidden_digits, __ATOMIC_RELAXED);
}

const char *log_digits(char *to, size_t size, const char *digits)
{
	size_t len = strnlen(digits, size - 1), whole = strlen(digits);
	size_t hide = MIN_OF((size_t)log_privacy(), whole);

	memcpy(to, digits, len);
	to[len] = '\0';
	for (size_t i = whole - hide; i < len; i++)
		to[i] = '*';
	return to;
}

bool log_allowed(struct log_limit *limit, unsigned interval_s, unsigned *missed)
{
	int64_t now = instant_now().us;

	if (now < limit->until_us) {
		limit->missed++;
		return false;
	}
	*missed = limit->missed;
	limit->missed = 0;
	limit->until_us = now + SEC((int64_t)interval_s);
	return true;
}
