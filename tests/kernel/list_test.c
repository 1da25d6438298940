/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#include "kernel/list.h"

#include "tests/test.h"

struct item {
	int number;
	struct list list;
};

static struct list head;
static struct item items[4];

static void fill(void)
{
	list_init(&head);
	for (int i = 0; i < (int)ARRAY_LEN(items); i++) {
		items[i].number = i;
		list_append(&head, &items[i].list);
	}
}

/* The numbers in the list as digits of one number. */
static int listed(void)
{
	int all = 9;

	LIST_EACH(&head, struct item, item, list)
	all = all * 10 + item->number;
	return all;
}

TEST(members_stand_in_the_order_they_were_appended)
{
	list_init(&head);
	CHECK(list_empty(&head));
	CHECK(LIST_FIRST(&head, struct item, list) == NULL);
	CHECK_EQ(listed(), 9);
	fill();
	CHECK(!list_empty(&head));
	CHECK(LIST_FIRST(&head, struct item, list) == &items[0]);
	CHECK_EQ(listed(), 90123);
}

static const struct {
	int out, left;
} removals[] = {
	{ 0, 9123 },
	{ 1, 9023 },
	{ 3, 9012 },
};

TEST_ROWS(member_is_taken_out_from_any_place_and_twice, removals, row)
{
	fill();
	list_remove(&items[row->out].list);
	list_remove(&items[row->out].list);
	CHECK_EQ(listed(), row->left);
	CHECK(list_empty(&items[row->out].list));
	list_append(&head, &items[row->out].list);
	CHECK_EQ(listed(), row->left * 10 + row->out);
}

TEST(member_visited_may_be_taken_out)
{
	fill();
	LIST_EACH(&head, struct item, item, list)
	if (item->number % 2 == 0)
		list_remove(&item->list);
	CHECK_EQ(listed(), 913);
	LIST_EACH(&head, struct item, item, list)
	list_remove(&item->list);
	CHECK(list_empty(&head));
}
