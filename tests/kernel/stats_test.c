/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

#include "kernel/stats.h"

#include "kernel/text.h"
#include "tests/test.h"

struct numbers {
	uint64_t frames, lost, open;
};

static const struct stat_row rows[] = {
	STAT(struct numbers, frames, "frames"),
	STAT(struct numbers, lost, "lost ones"),
	STAT_GAUGE(struct numbers, open, "open now"),
};

static void tell(void *self, const struct stat_group *group,
                 const struct stat_row *row, uint64_t value)
{
	text_add(self, "%s{%s} %s%s=%llu\n", group->name,
	         group->object == NULL ? "" : group->object, row->name,
	         row->gauge ? "*" : "", (unsigned long long)value);
}

TEST(groups_are_told_row_by_row_in_order_of_adding)
{
	struct numbers a = { 1, 2, 3 }, b = { 4, 5, 6 };
	struct stat_group first = { "wire",          "e1 0", rows,
		                    ARRAY_LEN(rows), &a,     NULL };
	struct stat_group second = { "sip", NULL, rows, 1, &b, NULL };
	char told[300];
	struct text t = TEXT(told);

	stats_add(&first);
	stats_add(&second);
	a.lost = UINT64_MAX;
	stats_each(tell, &t);
	CHECK_TEXT(told, "wire{e1 0} frames=1\n"
	                 "wire{e1 0} lost=18446744073709551615\n"
	                 "wire{e1 0} open*=3\nsip{} frames=4\n");
	stats_remove(&first);
	stats_remove(&first);
	t = TEXT(told);
	stats_each(tell, &t);
	CHECK_TEXT(told, "sip{} frames=4\n");
	stats_remove(&second);
	CHECK_EQ(stats_value(&first, &rows[2]), 3);
}
