/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * A configuration file of anybody's: it is read or refused, and what was read
 * prints to a text that reads back to equal values. The same octets are then
 * typed line by line at `configure terminal`, with help asked for each.
 */

#include <stdlib.h>
#include <string.h>

#include "gateway/options.h"
#include "kernel/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PRINTED = 1 << 20 };

static void add_line(void *self, const char *text)
{
	text_add(self, "%s\n", text);
}

static void differs(void *self, const struct conf_section *section,
                    const char *name, const void *old_values,
                    const void *new_values)
{
	(void)self;
	(void)section;
	(void)name;
	(void)old_values;
	(void)new_values;
	abort();
}

static void ignore_word(void *self, const char *word, const char *meaning)
{
	(void)self;
	if (word == NULL || meaning == NULL)
		abort();
}

static void print_and_compare(const struct conf *conf)
{
	static char printed[PRINTED];
	struct text t = TEXT(printed);
	struct conf_error error;
	struct conf *again;
	const void *at;

	conf_print(conf, add_line, &t);
	if (t.cut)
		return;
	at = printed;
	if (conf_parse(&again, &options_schema, "again",
	               (struct bytes){ at, t.len }, &error) < 0)
		abort();
	conf_compare(conf, again, differs, NULL);
	conf_free(again);
}

static void type(struct bytes text)
{
	struct conf_context context = { .section = NULL };
	struct conf_error error;
	char line[1025], told[512];
	struct bytes raw;
	struct conf *conf;

	if (conf_new(&conf, &options_schema) < 0)
		return;
	while (take_line(&text, &raw)) {
		if (text_copy_bytes(line, sizeof(line), raw) < 0)
			continue;
		conf_help(conf, &context, line, ignore_word, NULL);
		if (conf_line(conf, &context, line, &error) < 0)
			conf_error_print(&error, told, sizeof(told));
	}
	/* Lines alone need not make a good whole. */
	if (conf_check(conf, &error) == 0)
		print_and_compare(conf);
	conf_free(conf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes text = { data, size };
	struct conf_error error;
	char told[512];
	struct conf *conf;

	if (conf_parse(&conf, &options_schema, "fuzz", text, &error) == 0) {
		print_and_compare(conf);
		conf_free(conf);
	} else {
		conf_error_print(&error, told, sizeof(told));
		if (error.message[0] == '\0')
			abort();
	}
	type(text);
	return 0;
}
