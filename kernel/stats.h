/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef KERNEL_STATS_H
#define KERNEL_STATS_H

/*
 * Counters and gauges as rows over a plain struct: a module keeps its numbers
 * in a struct of uint64_t, one table says their names and meanings, and text,
 * JSON and Prometheus output follow from the table. Numbers written by a media
 * thread are added with shared_add() and read with shared_get().
 */

#include "kernel/base.h"

struct stat_row {
	const char *name; /* snake_case: the JSON key and metric suffix */
	size_t offset;    /* of the uint64_t in the module's struct */
	bool gauge;       /* else a counter */
	const char *meaning;
};

#define STAT(type, member, text)                             \
	{                                                    \
#member, offsetof(type, member), false, text \
	}
#define STAT_GAUGE(type, member, text)                      \
	{                                                   \
#member, offsetof(type, member), true, text \
	}

struct stat_group {
	const char *name;   /* "sip", "isdn", "wire" */
	const char *object; /* label: "e1 0", a peer's name, or NULL */
	const struct stat_row *rows;
	size_t nrows;
	const void *values;
	struct stat_group *next;
};

/* A group is the caller's and must be removed before it goes. */
void stats_add(struct stat_group *group);
void stats_remove(struct stat_group *group);

void stats_each(void (*tell)(void *self, const struct stat_group *group,
                             const struct stat_row *row, uint64_t value),
                void *self);

uint64_t stats_value(const struct stat_group *group, const struct stat_row *r);

#endif
