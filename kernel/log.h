/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef KERNEL_LOG_H
#define KERNEL_LOG_H

/*
 * Log lines: an area, a level, the object the line is about, a sentence.
 * Sinks are standard error (with the journal's level prefix when it is the
 * journal), syslog-like text and console sessions that ask for it. Digits in a
 * sentence pass through log_digits(), which knows the privacy setting.
 *
 * Any thread may log, media paths do not. The levels are style.md's: error a
 * person must act, warn a call suffered, notice something changed state, info
 * one line per call, debug the rest.
 */

#include "kernel/base.h"

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARN,
	LOG_LEVEL_NOTICE,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG
};

struct log_area {
	const char *name; /* "call", "isdn", "sip", "media", "board", ... */
	enum log_level level;
	struct log_area *next;
};

/* Areas are static; registered once at start by who owns them. */
void log_register(struct log_area *area);
struct log_area *log_find(const char *name);

/* The area after this one in the order of registration; NULL first. */
struct log_area *log_next(const struct log_area *after);

/* Levels are read by every thread and changed by the console. */
enum log_level log_level_of(const struct log_area *area);
void log_set_level(struct log_area *area, enum log_level level);
const char *log_level_name(enum log_level level);

void log_write(struct log_area *area, enum log_level level, const char *object,
               const char *format, ...) ATTR_PRINTF(4, 5);

#define log_error(area, object, ...) \
	log_write(area, LOG_LEVEL_ERROR, object, __VA_ARGS__)
#define log_warn(area, object, ...) \
	log_write(area, LOG_LEVEL_WARN, object, __VA_ARGS__)
#define log_notice(area, object, ...) \
	log_write(area, LOG_LEVEL_NOTICE, object, __VA_ARGS__)
#define log_info(area, object, ...) \
	log_write(area, LOG_LEVEL_INFO, object, __VA_ARGS__)
#define log_debug(area, object, ...)                                           \
	do {                                                                   \
		if (log_level_of(area) >= LOG_LEVEL_DEBUG)                     \
			log_write(area, LOG_LEVEL_DEBUG, object, __VA_ARGS__); \
	} while (0)

/* A sink is told every line written; line has no newline. It may be called
 * on any thread and must not log. */
struct log_sink {
	void (*fn)(void *self, enum log_level level, const char *area,
	           const char *line);
	void *self;
	struct log_sink *next;
};

void log_sink_add(struct log_sink *sink);
void log_sink_remove(struct log_sink *sink);

/* Where lines go by default: a descriptor, with "<3>" prefixes or time stamps.
 */
void log_to_fd(int fd, bool journal); /* -1: nowhere */
uint64_t log_lost(void);              /* lines that could not be written */

/* privacy: how many last digits are hidden as '*' (0: none). */
void log_set_privacy(unsigned hidden);
unsigned log_privacy(void);

/* Digits as they may be shown; `to` of at least size octets, returned. */
const char *log_digits(char *to, size_t size, const char *digits);

/* At most one line an interval: true when it may be written now; *missed is
 * how many were kept back since. Embed one per kind of noise. */
struct log_limit {
	int64_t until_us;
	unsigned missed;
};

bool log_allowed(struct log_limit *limit, unsigned interval_s,
                 unsigned *missed);

#endif
