/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * What differs between two configurations, files, and what a person at the
 * console may write and is offered.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "kernel/conf.h"
#include "kernel/text.h"
#include "tests/kernel/conf_schema.h"
#include "tests/test.h"

/* --- two configurations --- */

static void tell_change(void *self, const struct conf_section *section,
                        const char *name, const void *old_values,
                        const void *new_values)
{
	text_add(self, "%s%s %s\n",
	         new_values == NULL   ? "-"
	         : old_values == NULL ? "+"
	                              : "~",
	         section->words, name);
}

TEST(what_differs_is_told_removed_added_changed)
{
	struct conf *old =
		test_conf("hostname a\nsip-peer gone\nsip-peer stays\n"
	                  "dial-peer voice 1 pots\n"
	                  " destination-pattern 1\n"
	                  "controller e1 0\n");
	struct conf *now = test_conf("hostname b\nsip-peer stays\n seen x\n"
	                             "sip-peer comes\ncontroller e1 0\n"
	                             "dial-peer voice 2 pots\n"
	                             " destination-pattern 1\n");
	char told[500];
	struct text t = TEXT(told);

	conf_compare(old, now, tell_change, &t);
	CHECK_TEXT(told, "-dial-peer voice 1\n-sip-peer gone\n"
	                 "+sip-peer comes\n+dial-peer voice 2\n"
	                 "~ \n~sip-peer stays\n");
	t = TEXT(told);
	conf_compare(NULL, old, tell_change, &t);
	CHECK_TEXT(told, "+ \n+controller e1 0\n+sip-peer gone\n"
	                 "+sip-peer stays\n+dial-peer voice 1\n");
	t = TEXT(told);
	conf_compare(old, NULL, tell_change, &t);
	CHECK(text_starts(told, "-dial-peer voice 1\n-sip-peer gone\n"));
	t = TEXT(told);
	conf_compare(old, old, tell_change, &t);
	CHECK_TEXT(told, "");
	conf_free(old);
	conf_free(now);
}

TEST(a_copy_is_equal_and_its_own)
{
	struct conf *a = test_conf("hostname a\nsip-peer p\n seen x\n"), *b;
	struct conf_context context = { .section = NULL };
	struct conf_error error;
	char told[200];
	struct text t = TEXT(told);

	CHECK_EQ(conf_copy(&b, a), 0);
	conf_compare(a, b, tell_change, &t);
	CHECK_TEXT(told, "");
	CHECK_EQ(conf_line(b, &context, "hostname b", &error), 0);
	conf_compare(a, b, tell_change, &t);
	CHECK_TEXT(told, "~ \n");
	conf_free(a);
	conf_free(b);
}

TEST(a_value_replaced_by_a_shorter_one_is_that_one)
{
	struct conf *a = test_conf("hostname gateway\nhostname a\n");
	struct conf *b = test_conf("hostname a\n");
	char told[200];
	struct text t = TEXT(told);

	conf_compare(a, b, tell_change, &t);
	CHECK_TEXT(told, "");
	conf_free(a);
	conf_free(b);
}

/* --- files --- */

TEST(a_file_is_written_whole_and_read_back)
{
	struct conf *a = test_conf("hostname kept\nsip-peer p\n"), *b = NULL;
	struct conf_error error;
	char file[300], told[200], gone[340];
	struct text t = TEXT(told);
	struct stat st;

	(void)snprintf(file, sizeof(file), "%s/c.conf", test_folder());
	CHECK_EQ(conf_write(a, file), 0);
	CHECK(stat(file, &st) == 0 && (st.st_mode & 0777) == 0640);
	CHECK(chmod(file, 0600) == 0);
	CHECK_EQ(conf_write(a, file), 0);
	CHECK(stat(file, &st) == 0 && (st.st_mode & 0777) == 0600);
	CHECK_EQ(conf_load(&b, &test_schema, file, &error), 0);
	conf_compare(a, b, tell_change, &t);
	CHECK_TEXT(told, "");
	conf_free(b);
	(void)snprintf(gone, sizeof(gone), "%s/no/such", test_folder());
	CHECK_EQ(conf_write(a, gone), -ENOENT);
	CHECK_EQ(conf_load(&b, &test_schema, gone, &error), -ENOENT);
	CHECK_TEXT(error.message, "No such file or directory");
	CHECK_EQ(conf_load(&b, &test_schema, test_folder(), &error), -EISDIR);
	conf_free(a);
}

/* --- a person's lines --- */

static const struct {
	const char *line;
	const char *where; /* NULL: refused, and then told is the sentence */
	const char *told;
} person_rows[] = {
	/* clang-format off */
	{ "host gw9", "", NULL },
	{ "controller e1 1", "controller e1 1", NULL },
	{ "isdn si n", "controller e1 1", NULL },
	{ "isdn s n", NULL, "\"s\" is ambiguous: side, switch-type" },
	{ "shut", "controller e1 1", NULL },
	{ "no shutdown", "controller e1 1", NULL },
	{ "sip carrier", "sip-peer carrier", NULL },
	{ "add 192.0.2.1", "sip-peer carrier", NULL },
	{ "call limit 5", "", NULL },
	{ "sip carrier", "sip-peer carrier", NULL },
	{ "exit", "", NULL },
	{ "dial-peer voice 5", NULL,
	  "dial-peer voice 5: type is missing; use \"pots\" or \"voip\"" },
	{ "dial-peer voice 5 p", "dial-peer voice 5", NULL },
	{ "dest 55", "dial-peer voice 5", NULL },
	{ "dial-peer voice 5", "dial-peer voice 5", NULL },
	{ "dial-peer voice 5 voip", NULL,
	  "dial-peer voice 5 is pots; remove it first" },
	{ "no sip-peer nobody", NULL, "there is no sip-peer nobody" },
	{ "! nothing", "dial-peer voice 5", NULL },
	{ "no dial-peer voice 5", "", NULL },
	{ "c", NULL, "\"c\" is ambiguous: call, controller" },
	/* clang-format on */
};

TEST(a_person_may_abbreviate_and_come_back)
{
	struct conf_context context = { .section = NULL };
	struct conf *conf = test_conf("");
	char text[500], where[100];

	for (size_t i = 0; i < ARRAY_LEN(person_rows); i++) {
		struct conf_error error;
		int rc = conf_line(conf, &context, person_rows[i].line, &error);

		test_row((int)i);
		if (person_rows[i].where == NULL) {
			CHECK_EQ(rc, -EBADMSG);
			CHECK_TEXT(error.message, person_rows[i].told);
			continue;
		}
		ck_assert_msg(rc == 0, "%zu: %s", i, error.message);
		(void)snprintf(where, sizeof(where), "%s%s%s",
		               context.section->words,
		               context.name[0] ? " " : "", context.name);
		CHECK_TEXT(where, person_rows[i].where);
	}
	CHECK_TEXT(test_print(conf, text, sizeof(text)),
	           "hostname gw9\ncall limit 5\n!\ncontroller e1 1\n"
	           " isdn side network\n!\nsip-peer carrier\n"
	           " address 192.0.2.1:5060\n!\n");
	conf_free(conf);
}

static void add_word(void *self, const char *word, const char *meaning)
{
	text_add(self, "%s%s%s\n", word, *meaning ? " - " : "", meaning);
}

static const struct {
	const struct conf_section *section;
	const char *partial, *told;
} help_rows[] = {
	/* clang-format off */
	{ NULL, "",
	  "exit - leave this section\n"
	  "no - set an option back, remove a section\n"
	  "call - calls at once\ncontroller - a span\ndial-peer - a route\n"
	  "hostname - what we are called\nloose - take more\n"
	  "sip-peer - a far end\n" },
	{ NULL, "c", "call - calls at once\ncontroller - a span\n" },
	{ NULL, "call ", "limit - calls at once\n" },
	{ NULL, "call limit ", "<1-960> - calls at once\n" },
	{ NULL, "call limit 5 ", "<cr>\n" },
	{ NULL, "no call limit ", "<cr>\n" },
	{ NULL, "loose ", "<cr>\n" },
	{ NULL, "controller ", "e1 - 2,048 kbit/s\nt1 - 1,544 kbit/s\n" },
	{ NULL, "controller t", "t1 - 1,544 kbit/s\n" },
	{ NULL, "controller t1 ", "<0-63>\n" },
	{ NULL, "controller t1 3 ", "<cr>\n" },
	{ NULL, "wrong ", "" },
	{ NULL, "host \"", "" },
	{ &test_span, "isdn ", "side - which end we are\n"
	                  "switch-type - the exchange's habits\n" },
	{ &test_span, "is", "isdn - side, switch-type\n" },
	{ &test_span, "isdn side ", "user - we are the PBX\n"
	                       "network - we are the exchange\n" },
	{ &test_span, "isdn side n", "network - we are the exchange\n" },
	{ &test_span, "call ", "limit - calls at once\n" },
	{ &test_span, "description a ", "LINE - for people\n<cr>\n" },
	/* clang-format on */
};

TEST_ROWS(help_tells_what_could_follow, help_rows, row)
{
	struct conf_context context = { .section = row->section };
	struct conf *conf = test_conf("");
	char told[1000];
	struct text t = TEXT(told);

	conf_help(conf, &context, row->partial, add_word, &t);
	CHECK_TEXT(told, row->told);
	conf_free(conf);
}

LADDER(a_configuration_survives_want_of_memory)
{
	struct conf_context context = { .section = NULL };
	struct conf_error error;
	struct conf *a = NULL, *b = NULL;
	int rc = conf_parse(&a, &test_schema, "t",
	                    test_bytes("sip-peer p\n seen a\n no seen a\n"),
	                    &error);

	if (rc == 0)
		rc = conf_copy(&b, a);
	if (rc == 0)
		rc = conf_line(b, &context, "sip-peer q", &error);
	CHECK_EQ(rc, ladder_ok() ? 0 : -ENOMEM);
	conf_free(a);
	conf_free(b);
}
