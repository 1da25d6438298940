/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * What is common to spans of every kind: presets, what a configuration may
 * say, what may change while a span is up, and the names of alarms.
 */

#include <errno.h>
#include <string.h>

#include "kernel/loop.h"
#include "kernel/stats.h"
#include "tests/board/wire_end.h"

static const struct preset_row {
	enum span_type type;
	enum law law;
	unsigned dslot, slots;
	uint32_t bearers;
	enum board_framing framing;
	enum board_linecode linecode;
} preset_rows[] = {
	/* clang-format off */
	{ SPAN_E1, LAW_ALAW, 16, 31, 0xfffefffe, FRAMING_CRC4, LINECODE_HDB3 },
	{ SPAN_T1, LAW_ULAW, 24, 24, 0x00fffffe, FRAMING_ESF,  LINECODE_B8ZS },
	/* clang-format on */
};

TEST_ROWS(a_span_type_says_most_of_it, preset_rows, row)
{
	struct board_conf conf = { 0 };

	board_conf_preset(&conf, row->type);
	CHECK_EQ(conf.type, row->type);
	CHECK_EQ(conf.law, row->law);
	CHECK_EQ(conf.dslot, row->dslot);
	CHECK_EQ(conf.octets, 40);
	CHECK_EQ(conf.framing, row->framing);
	CHECK_EQ(conf.linecode, row->linecode);
	CHECK_EQ(board_slots(row->type), row->slots);
	CHECK_EQ(board_bearer_slots(row->type, row->dslot), row->bearers);
	CHECK_EQ(board_bearer_slots(row->type, 0),
	         row->bearers | UINT32_C(1) << row->dslot);
}

static const struct name_row {
	unsigned alarms;
	const char *name;
} name_rows[] = {
	{ 0, "none" },
	{ ALARM_LOS, "LOS" },
	{ ALARM_LOF, "LOF" },
	{ ALARM_AIS, "AIS" },
	{ ALARM_RAI, "RAI" },
	{ ALARM_LOS | ALARM_RAI, "LOS" },
	{ ALARM_AIS | ALARM_RAI, "AIS" },
};

TEST_ROWS(several_alarms_are_called_by_the_worst, name_rows, row)
{
	CHECK_TEXT(board_alarm_name(row->alarms), row->name);
}

static void set_nothing(struct board_conf *c)
{
	(void)c;
}

static void set_no_name(struct board_conf *c)
{
	c->name[0] = '\0';
}

static void set_t1_slot(struct board_conf *c)
{
	c->dslot = 24;
}

static void set_no_path(struct board_conf *c)
{
	c->path[0] = '\0';
}

static void set_few_octets(struct board_conf *c)
{
	c->octets = 0;
}

static void set_many_octets(struct board_conf *c)
{
	c->octets = 168;
}

static void set_odd_octets(struct board_conf *c)
{
	c->octets = 20;
}

static void set_negative_raise(struct board_conf *c)
{
	c->alarm_raise = -1;
}

static void set_faults(struct board_conf *c)
{
	c->faults = true;
}

static void set_debounce(struct board_conf *c)
{
	c->alarm_raise = SEC(2);
	c->alarm_clear = SEC(10);
}

static void set_clock(struct board_conf *c)
{
	c->clock_line = false;
	c->clock_priority = 2;
}

static void set_echo(struct board_conf *c)
{
	c->echo_ms = 64;
}

static void set_long_echo(struct board_conf *c)
{
	c->echo_ms = 256;
}

static void set_name(struct board_conf *c)
{
	c->name[0] = 'x';
}

static void set_law(struct board_conf *c)
{
	c->law = LAW_ULAW;
}

static void set_path(struct board_conf *c)
{
	c->path[0] = 'x';
}

static void set_role(struct board_conf *c)
{
	c->listen = false;
}

static void set_octets(struct board_conf *c)
{
	c->octets = 80;
}

static void set_no_dslot(struct board_conf *c)
{
	c->dslot = 0;
}

static const struct conf_row {
	void (*set)(struct board_conf *conf);
	int open, change;
} conf_rows[] = {
	/* clang-format off */
	{ set_nothing,        0,       0 },
	{ set_no_name,        -EINVAL, -EINVAL },
	{ set_t1_slot,        -EINVAL, -EINVAL },
	{ set_no_path,        -EINVAL, -EINVAL },
	{ set_few_octets,     -EINVAL, -EINVAL },
	{ set_many_octets,    -EINVAL, -EINVAL },
	{ set_odd_octets,     -EINVAL, -EINVAL },
	{ set_negative_raise, -EINVAL, -EINVAL },
	{ set_long_echo,      -EINVAL, -EINVAL },
	{ set_echo,           0,       0 },
	{ set_faults,         0,       0 },
	{ set_debounce,       0,       0 },
	{ set_clock,          0,       0 },
	{ set_name,           0,       -EBUSY },
	{ set_law,            0,       -EBUSY },
	{ set_role,           0,       -EBUSY },
	{ set_octets,         0,       -EBUSY },
	{ set_no_dslot,       0,       -EBUSY },
	/* clang-format on */
};

TEST_ROWS(a_configuration_is_judged_before_anything_opens, conf_rows, row)
{
	struct wire_end end;

	end_init(&end, true);
	row->set(&end.conf);
	CHECK_EQ(board_span_open(&end.span, end.loop, &end.conf, &end_handler,
	                         &end),
	         row->open);
	end_close(&end);
}

TEST_ROWS(only_what_the_line_does_not_feel_changes, conf_rows, row)
{
	struct board_conf conf;
	struct wire_end end;

	end_init(&end, true);
	end_open(&end);
	conf = end.conf;
	row->set(&conf);
	CHECK_EQ(board_span_change(end.span, &conf), row->change);
	CHECK_EQ(memcmp(board_span_conf(end.span),
	                row->change == 0 ? &conf : &end.conf, sizeof(conf)),
	         0);
	end_close(&end);
}

TEST(another_path_needs_another_span)
{
	struct board_conf conf;
	struct wire_end end;

	end_init(&end, true);
	end_open(&end);
	conf = end.conf;
	set_path(&conf);
	CHECK_EQ(board_span_change(end.span, &conf), -EBUSY);
	end_close(&end);
}

TEST(an_alarm_is_held_back_as_long_as_configured)
{
	struct wire_end end;

	end_init(&end, true);
	end.conf.alarm_raise = MSEC(300);
	end_open(&end);
	end_bring_up(&end);
	far_say(&end, "04 04");
	end_turn(&end, 0);
	end_turn(&end, MSEC(299));
	CHECK_EQ(board_span_alarms(end.span), 0);
	far_say(&end, "04 00");
	end_turn(&end, 0);
	end_turn(&end, MSEC(100));
	CHECK_EQ(end.nalarms, 1); /* it was gone in time */
	far_say(&end, "04 04");
	end_turn(&end, 0);
	end_turn(&end, MSEC(300));
	CHECK_EQ(board_span_alarms(end.span), ALARM_AIS);
	CHECK_EQ(end_counts(&end).alarms_seen, 1);
	end_close(&end);
}

TEST(counters_are_rows_over_the_spans_own_numbers)
{
	struct stat_group group = { "board",           "e1 0", board_count_rows,
		                    board_count_nrows, NULL,   NULL };
	struct wire_end end;

	end_init(&end, true);
	end_open(&end);
	group.values = board_span_counters(end.span);
	far_join(&end);
	far_say(&end, "01 01 45 41 10 78");
	end_turn(&end, 0);
	for (size_t i = 0; i < board_count_nrows; i++)
		if (strcmp(board_count_rows[i].name, "connects") == 0)
			CHECK_EQ(stats_value(&group, &board_count_rows[i]), 1);
	end_close(&end);
}

TEST(closing_nothing_is_fine)
{
	CHECK(board_span_close(NULL) == NULL);
}
