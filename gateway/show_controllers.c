/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The lines: every span in a table; one span in the manner of IOS, with its
 * quality in this quarter of an hour and in the day; its day quarter by
 * quarter. What is cleared counts from then on; the metrics of the span do not
 * go back.
 */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "board/performance.h"
#include "gateway/commands.h"
#include "gateway/gateway.h"
#include "gateway/span_look.h"
#include "kernel/console.h"

static const char *const board_kinds[] = {
	[BOARD_SIM] = "sim", [BOARD_WIRE] = "wire", [BOARD_DAHDI] = "dahdi"
};
static const char *const framings[] = { [FRAMING_CRC4] = "crc4",
	                                [FRAMING_NO_CRC4] = "no-crc4",
	                                [FRAMING_ESF] = "esf",
	                                [FRAMING_SF] = "sf" };
static const char *const linecodes[] = { [LINECODE_HDB3] = "hdb3",
	                                 [LINECODE_AMI] = "ami",
	                                 [LINECODE_B8ZS] = "b8zs" };

static void print_clock(const struct board_conf *conf, char *to, size_t size)
{
	if (!conf->clock_line)
		(void)snprintf(to, size, "internal");
	else
		(void)snprintf(to, size, "line %u", conf->clock_priority);
}

/* Since they were cleared. */
static void read_counts(const struct trunk *trunk, struct board_counts *out)
{
	uint64_t is[sizeof(*out) / sizeof(uint64_t)];
	uint64_t was[ARRAY_LEN(is)];

	memset(out, 0, sizeof(*out));
	if (trunk->span == NULL)
		return;
	board_span_counts(trunk->span, out);
	memcpy(is, out, sizeof(is));
	memcpy(was, &trunk->cleared, sizeof(was));
	for (size_t i = 0; i < ARRAY_LEN(is); i++)
		is[i] -= was[i];
	memcpy(out, is, sizeof(is));
}

/* --- all spans --- */

static void controller_row(struct shell *s, const struct trunk *trunk)
{
	bool open = trunk->span != NULL;
	char hint[SPAN_HINT], clock[32];
	struct board_counts n;
	struct board_conf conf;
	struct span_look l;

	span_look(&l, trunk);
	span_hint(&l, hint, sizeof(hint));
	options_to_board(&trunk->options, trunk->name, &conf);
	print_clock(&conf, clock, sizeof(clock));
	read_counts(trunk, &n);
	table_cell(s, "%s", trunk->name);
	table_cell(s, "%s", board_kinds[conf.kind]);
	table_cell(s, "%s", open ? board_alarm_name(l.alarms) : "not open");
	table_cell(s, "%s", open ? board_span_peer(trunk->span) : "");
	table_number(s, (int64_t)n.slips);
	table_number(s, (int64_t)n.frames_in);
	table_number(s, (int64_t)n.frames_out);
	table_number(s, (int64_t)n.frames_bad);
	table_number(s, (int64_t)n.malformed);
	table_number(s, (int64_t)n.send_full);
	table_number(s, (int64_t)n.alarms_seen);
	table_cell(s, "%s", framings[conf.framing]);
	table_cell(s, "%s", linecodes[conf.linecode]);
	table_cell(s, "%s", clock);
	table_number(s, (int64_t)n.late);
	table_number(s, (int64_t)n.frames_dropped);
	table_number(s, (int64_t)n.code_violations);
	table_number(s, (int64_t)n.crc_errors);
	table_number(s, (int64_t)n.refused);
	table_cell(s, "%s", l.line ? "" : hint);
}

static void show_all(void *self, struct shell *s,
                     const struct command_args *args ATTR_UNUSED)
{
	static const struct column columns[] = {
		{ "span", NULL, false },
		{ "board", NULL, false },
		{ "alarm", NULL, false },
		{ "peer", NULL, false },
		{ "slips", NULL, true },
		{ "frames_in", NULL, true },
		{ "frames_out", NULL, true },
		{ "frames_bad", NULL, true },
		{ "malformed", NULL, true },
		{ "send_full", NULL, true },
		{ "alarms_seen", NULL, true },
		{ "framing", NULL, false },
		{ "linecode", NULL, false },
		{ "clock", NULL, false },
		{ "late", NULL, true },
		{ "frames_dropped", NULL, true },
		{ "code_violations", NULL, true },
		{ "crc_errors", NULL, true },
		{ "refused", NULL, true },
		{ "hint", NULL, false },
	};
	struct gateway *g = self;

	table_begin(s, columns, ARRAY_LEN(columns));
	LIST_EACH(&g->trunks, struct trunk, trunk, list)
	controller_row(s, trunk);
	table_end(s);
}

/* --- one span --- */

static const struct column quality_columns[] = {
	{ "interval", NULL, false },    { "seconds", NULL, true },
	{ "lcv", NULL, true },          { "pcv", NULL, true },
	{ "slips", NULL, true },        { "slip_s", NULL, true },
	{ "frame_loss_s", NULL, true }, { "line_err_s", NULL, true },
	{ "degraded_min", NULL, true }, { "es", NULL, true },
	{ "bes", NULL, true },          { "ses", NULL, true },
	{ "uas", NULL, true },          { "span", NULL, false },
};

static void quality_row(struct shell *s, const struct trunk *trunk,
                        const char *interval,
                        const struct performance_counts *c)
{
	table_cell(s, "%s", interval);
	table_number(s, (int64_t)c->seconds);
	table_number(s, (int64_t)c->lcv);
	table_number(s, (int64_t)c->pcv);
	table_number(s, (int64_t)c->slips);
	table_number(s, (int64_t)c->slip_s);
	table_number(s, (int64_t)c->frame_s);
	table_number(s, (int64_t)c->line_s);
	table_number(s, (int64_t)c->degraded_minutes);
	table_number(s, (int64_t)c->errored_s);
	table_number(s, (int64_t)c->bursty_s);
	table_number(s, (int64_t)c->severe_s);
	table_number(s, (int64_t)c->unavailable_s);
	table_cell(s, "%s", trunk->name);
}

static void quality_lines(struct shell *s, const struct performance_counts *c)
{
	shell_print(s,
	            "    %" PRIu64 " line code violations, %" PRIu64
	            " path code violations, %" PRIu64 " slips\n",
	            c->lcv, c->pcv, c->slips);
	shell_print(s,
	            "    %" PRIu64 " slip secs, %" PRIu64
	            " frame loss secs, %" PRIu64 " line err secs, %" PRIu64
	            " degraded mins\n",
	            c->slip_s, c->frame_s, c->line_s, c->degraded_minutes);
	shell_print(s,
	            "    %" PRIu64 " errored secs, %" PRIu64
	            " bursty err secs, %" PRIu64 " severely err secs, %" PRIu64
	            " unavail secs\n",
	            c->errored_s, c->bursty_s, c->severe_s, c->unavailable_s);
}

static void alarm_line(struct shell *s, unsigned alarms)
{
	static const unsigned bits[] = { ALARM_LOS, ALARM_LOF, ALARM_AIS,
		                         ALARM_RAI };

	if (alarms == 0)
		shell_print(s, "  no alarms\n");
	for (size_t i = 0; i < ARRAY_LEN(bits); i++)
		if (alarms & bits[i])
			shell_print(s, "  alarm %s\n",
			            board_alarm_name(bits[i]));
}

static void span_lines(struct shell *s, const struct trunk *trunk)
{
	struct board_conf conf;
	struct span_look l;
	char hint[SPAN_HINT], clock[32];

	span_look(&l, trunk);
	span_hint(&l, hint, sizeof(hint));
	options_to_board(&trunk->options, trunk->name, &conf);
	print_clock(&conf, clock, sizeof(clock));
	shell_print(s, "%s is %s\n", trunk->name,
	            trunk->options.shutdown ? "shut down"
	            : l.line                ? "up"
	                                    : "down");
	if (hint[0] != '\0')
		shell_print(s, "  %s\n", hint);
	alarm_line(s, l.alarms);
	shell_print(s, "  board %s%s%s, framing %s, line code %s, clock %s\n",
	            board_kinds[conf.kind],
	            *board_span_peer(trunk->span) != '\0' ? ", far end " : "",
	            board_span_peer(trunk->span), framings[conf.framing],
	            linecodes[conf.linecode], clock);
}

/* Numbers of now, and the day's with those of now in them. */
static unsigned read_quality(const struct trunk *trunk,
                             struct performance_counts *now,
                             struct performance_counts *day)
{
	const struct performance *p = board_span_performance(trunk->span);

	(void)performance_interval(p, 0, now);
	return performance_day(p, day);
}

static void show_one(void *self, struct shell *s,
                     const struct command_args *args)
{
	struct trunk *trunk = commands_trunk(self, s, args);
	struct performance_counts now, day;
	unsigned n;

	if (trunk == NULL)
		return;
	n = read_quality(trunk, &now, &day);
	if (shell_json(s)) {
		table_begin(s, quality_columns, ARRAY_LEN(quality_columns));
		quality_row(s, trunk, "current", &now);
		quality_row(s, trunk, "day", &day);
		table_end(s);
		return;
	}
	span_lines(s, trunk);
	shell_print(s, "  this quarter of an hour (%" PRIu64 " seconds)\n",
	            now.seconds);
	quality_lines(s, &now);
	shell_print(s, "  the last 24 hours (%u of %d quarters)\n", n,
	            PERFORMANCE_INTERVALS);
	quality_lines(s, &day);
}

static void show_past(void *self, struct shell *s,
                      const struct command_args *args)
{
	struct trunk *trunk = commands_trunk(self, s, args);
	struct performance_counts c, day;
	const struct performance *p;
	char name[16];

	if (trunk == NULL)
		return;
	p = board_span_performance(trunk->span);
	table_begin(s, quality_columns, ARRAY_LEN(quality_columns));
	for (unsigned ago = 0; performance_interval(p, ago, &c); ago++) {
		(void)snprintf(name, sizeof(name), "%u", ago);
		quality_row(s, trunk, ago == 0 ? "current" : name, &c);
	}
	(void)performance_day(p, &day);
	quality_row(s, trunk, "day", &day);
	table_end(s);
}

/* --- clear --- */

static void clear_trunk(struct trunk *trunk)
{
	board_span_counts(trunk->span, &trunk->cleared);
	board_span_performance_clear(trunk->span);
}

static void clear_one(void *self, struct shell *s,
                      const struct command_args *args)
{
	struct trunk *trunk = commands_trunk(self, s, args);

	if (trunk == NULL)
		return;
	clear_trunk(trunk);
	shell_print(s, "%s counts from now on\n", trunk->name);
}

static void clear_all(void *self, struct shell *s,
                      const struct command_args *args ATTR_UNUSED)
{
	struct gateway *g = self;

	LIST_EACH(&g->trunks, struct trunk, trunk, list)
	if (trunk->span != NULL)
		clear_trunk(trunk);
	shell_print(s, "all spans count from now on\n");
}

/* clang-format off */
static const struct command commands[] = {
	{ "show controllers", ROLE_LOOK, show_all,
	  "alarms, slips and counters of every span", NULL },
	{ "show controllers <type> <span>", ROLE_LOOK, show_one,
	  "one span and its line's quality: show controllers e1 0",
	  "show_controllers_span" },
	{ "show controllers <type> <span> history", ROLE_LOOK, show_past,
	  "its last day in quarters of an hour", NULL },
	{ "clear counters", ROLE_OPERATE, clear_all,
	  "every span's counters and history begin anew", NULL },
	{ "clear counters <type> <span>", ROLE_OPERATE, clear_one,
	  "those of one span: clear counters e1 0", NULL },
};
/* clang-format on */

int commands_controllers(struct gateway *gateway, struct console *console)
{
	return console_add(console, commands, ARRAY_LEN(commands), gateway);
}
