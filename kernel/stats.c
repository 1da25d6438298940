/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * A list of groups, each a table over somebody's struct. Nothing is copied
 * and nothing is counted here: who counts adds to a plain uint64_t of his own,
 * and only who asks pays. Values that media threads write are read the same
 * way as all others, as shared counts.
 *
 * Groups keep the order in which they were added, so that output does not
 * jump about between two looks at it. Signalling thread only.
 */

#include "kernel/stats.h"

#include "kernel/thread.h"

static struct stat_group *groups;

void stats_add(struct stat_group *group)
{
	struct stat_group **at = &groups;

	while (*at != NULL)
		at = &(*at)->next;
	group->next = NULL;
	*at = group;
}

void stats_remove(struct stat_group *group)
{
	struct stat_group **at = &groups;

	while (*at != NULL && *at != group)
		at = &(*at)->next;
	if (*at != NULL)
		*at = group->next;
}

void stats_each(void (*tell)(void *self, const struct stat_group *group,
                             const struct stat_row *row, uint64_t value),
                void *self)
{
	for (const struct stat_group *g = groups; g != NULL; g = g->next)
		for (size_t i = 0; i < g->nrows; i++)
			tell(self, g, &g->rows[i], stats_value(g, &g->rows[i]));
}

uint64_t stats_value(const struct stat_group *group, const struct stat_row *r)
{
	const void *at = (const char *)group->values + r->offset;

	return shared_get(at);
}
