/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * What a typed line gives, as text: commands, abbreviations, the mark under a
 * word in error, filters, tables, JSON.
 */

#include "kernel/console.h"

#include <errno.h>
#include <string.h>

#include "kernel/text.h"
#include "tests/test.h"

static void run_active(void *self, struct shell *s,
                       const struct command_args *args)
{
	static const struct column columns[] = {
		{ "call", NULL, true },
		{ "far_end", NULL, false },
		{ "state", "State", false },
	};

	(void)self;
	(void)args;
	table_begin(s, columns, ARRAY_LEN(columns));
	table_number(s, 7);
	table_cell(s, "%s", "Z\xc3\xbcrich \"A\"\x1b");
	table_cell(s, "%s", "talking");
	table_number(s, 4711);
	table_cell(s, "%s", "Bern");
	table_cell(s, "%s", "");
	table_end(s);
}

static void run_none(void *self, struct shell *s,
                     const struct command_args *args)
{
	static const struct column columns[] = { { "name", NULL, false } };

	(void)self;
	(void)args;
	table_begin(s, columns, ARRAY_LEN(columns));
	table_end(s);
}

static void run_args(void *self, struct shell *s,
                     const struct command_args *args)
{
	(void)self;
	for (int i = 0; i < args->n; i++)
		shell_print(s, "[%s]%llu\n", args->text[i],
		            (unsigned long long)args->number[i]);
}

static void run_lines(void *self, struct shell *s,
                      const struct command_args *args)
{
	(void)self;
	(void)args;
	shell_print(s, "one\ntwo");
	shell_print(s, " and a half\nthree \"3\"\nlast");
}

static void run_fail(void *self, struct shell *s,
                     const struct command_args *args)
{
	(void)self;
	shell_error(s, "no such call %s", args->text[0]);
}

/* clang-format off */
static const struct command rows[] = {
	{ "show call active", ROLE_LOOK, run_active, "calls up", NULL },
	{ "show call <number:1-4294967295> ladder", ROLE_LOOK, run_args,
	  "the story of a call", NULL },
	{ "show controllers", ROLE_LOOK, run_lines, "spans", NULL },
	{ "show sip-peer", ROLE_LOOK, run_none, "far ends", NULL },
	{ "debug isdn [span <rest>]", ROLE_DEBUG, run_args, "frames", NULL },
	{ "clear call <id>", ROLE_OPERATE, run_fail, "end it", "cleared" },
};
/* clang-format on */

static void add_text(void *self, const char *text)
{
	text_add(self, "%s", text);
}

static int run(const char *line, bool json, char *to, size_t size)
{
	struct text t = { .at = to, .size = size };
	struct console *console;
	int rc;

	to[0] = '\0';
	CHECK_EQ(console_new(&console, NULL), 0);
	CHECK_EQ(console_add(console, rows, ARRAY_LEN(rows), NULL), 0);
	rc = console_run(console, line, json, add_text, &t);
	CHECK(!t.cut);
	console_free(console);
	return rc;
}

static const struct {
	const char *line;
	bool json;
	int rc;
	const char *told;
} run_rows[] = {
	/* clang-format off */
	{ "show call active", false, 0,
	  "call  far end         State\n"
	  "   7  Z\xc3\xbcrich \"A\"\\x1b  talking\n"
	  "4711  Bern            \n" },
	{ "sh ca a", false, 0,
	  "call  far end         State\n"
	  "   7  Z\xc3\xbcrich \"A\"\\x1b  talking\n"
	  "4711  Bern            \n" },
	{ "show call active", true, 0,
	  "{\"show_call_active\": [\n"
	  " {\"call\": 7, \"far_end\": \"Z\xc3\xbcrich \\\"A\\\"\\\\x1b\", "
	  "\"state\": \"talking\"}\n"
	  ",{\"call\": 4711, \"far_end\": \"Bern\", \"state\": \"\"}\n"
	  "]}\n" },
	{ "show sip-peer", false, 0, "name\n" },
	{ "show sip-peer", true, 0, "{\"show_sip_peer\": [\n]}\n" },
	{ "show call 12 ladder", false, 0, "[12]12\n" },
	{ "show call 0 ladder", false, -EPROTO,
	  "show call 0 ladder\n          ^\n"
	  "% Invalid input detected at '^' marker.\n" },
	{ "debug isdn", false, 0, "" },
	{ "debug isdn span e1  0 ", false, 0, "[e1  0]0\n" },
	{ "debug isdn span", false, -EPROTO, "% Incomplete command.\n" },
	{ "show", false, -EPROTO, "% Incomplete command.\n" },
	{ "sh c", false, -EPROTO,
	  "% Ambiguous command: \"sh c\" (call, controllers)\n" },
	{ "show cal activ too", false, -EPROTO,
	  "show cal activ too\n               ^\n"
	  "% Invalid input detected at '^' marker.\n" },
	{ "shwo call", false, -EPROTO,
	  "shwo call\n^\n% Invalid input detected at '^' marker.\n"
	  "% Did you mean \"show\"?\n" },
	{ "  show  colls", false, -EPROTO,
	  "  show  colls\n        ^\n"
	  "% Invalid input detected at '^' marker.\n"
	  "% Did you mean \"call\"?\n" },
	{ "shwo", true, -EPROTO,
	  "{\"error\": \"Invalid input detected at '^' marker.\"}\n" },
	{ "clear call \"9\x01\"", false, -EPROTO, "% no such call 9\\x01\n" },
	{ "clear call 9", true, -EPROTO,
	  "{\"error\": \"no such call 9\"}\n" },
	{ "clear call \"9", false, -EPROTO,
	  "clear call \"9\n           ^\n% this quote never ends\n" },
	{ "", false, 0, "" },
	{ "! a comment", false, 0, "" },
	{ "show controllers", false, 0,
	  "one\ntwo and a half\nthree \"3\"\nlast\n" },
	{ "show controllers", true, 0,
	  "{\"show_controllers\": [\n {\"text\": \"one\"}\n"
	  ",{\"text\": \"two and a half\"}\n"
	  ",{\"text\": \"three \\\"3\\\"\"}\n,{\"text\": \"last\"}\n]}\n" },
	{ "show controllers | include o", false, 0, "one\ntwo and a half\n" },
	{ "show contr | i ^t.* a", false, 0, "two and a half\n" },
	{ "show contr | exclude (one|last)", false, 0,
	  "two and a half\nthree \"3\"\n" },
	{ "show contr | begin \"", false, 0, "three \"3\"\nlast\n" },
	{ "show contr | count t", false, 0,
	  "Number of lines which match regexp = 3\n" },
	{ "show contr | include", false, -EPROTO,
	  "% a filter is | include, exclude, begin or count and an "
	  "expression\n" },
	{ "show contr | include (", false, -EPROTO,
	  "% the expression is wrong: Unmatched ( or \\(\n" },
	{ "show contr | include a{255}{255}", false, -EPROTO,
	  "% { } and back-references are not accepted in a filter\n" },
	{ "show contr | include (a)\\1", false, -EPROTO,
	  "% { } and back-references are not accepted in a filter\n" },
	{ "show contr | include x", true, -EPROTO,
	  "{\"error\": \"A filter does not go with JSON.\"}\n" },
	{ "show call active | include Bern", false, 0,
	  "4711  Bern            \n" },
	{ "write", false, -EPROTO, "% There is no configuration here.\n" },
	{ "terminal length 600", false, -EPROTO,
	  "terminal length 600\n                ^\n"
	  "% Invalid input detected at '^' marker.\n" },
	/* clang-format on */
};

TEST_ROWS(a_line_gives, run_rows, row)
{
	char told[2000];

	CHECK_EQ(run(row->line, row->json, told, sizeof(told)), row->rc);
	CHECK_TEXT(told, row->told);
}

TEST(an_argument_is_bounded)
{
	char line[400], told[2000];

	memset(line, 'x', sizeof(line));
	memcpy(line, "clear call ", 11);
	line[300] = '\0';
	CHECK_EQ(run(line, false, told, sizeof(told)), -EPROTO);
	CHECK(strstr(told, "% This word is longer than 127 characters.\n"));
}

LADDER(a_line_survives_want_of_memory)
{
	struct console *console = NULL;
	char told[500];
	struct text t = TEXT(told);
	int rc = console_new(&console, NULL);

	if (rc == 0)
		rc = console_add(console, rows, ARRAY_LEN(rows), NULL);
	if (rc == 0)
		rc = console_run(console, "show call active", false, add_text,
		                 &t);
	CHECK(rc == 0 || !ladder_ok());
	console_free(console);
}
