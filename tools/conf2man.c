/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The option tables of causeway.conf(5), from the rows that read the file: a
 * manual is copied to standard output, and what stands between its two marks
 * is written anew. The tables are kept in the tree, so that the page can be
 * read without building anything; a test compares them with what this program
 * prints now, so that no option changes without its manual.
 *
 * In mdoc(7) a word is a macro when it is spelt like one and punctuation when
 * it is a point or a bracket; every word from a row is therefore quoted, with
 * a \& in front where it might be taken for either.
 */

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "gateway/options.h"
#include "kernel/timer.h"

static const char begin_mark[] = ".\\\" options: begin";
static const char end_mark[] = ".\\\" options: end";

/* --- words of mdoc --- */

static void put_escaped(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text == '\\')
			(void)fputs("\\e", stdout);
		else if (*text == '-')
			(void)fputs("\\-", stdout);
		else if (*text == '"')
			(void)fputs("\\(dq", stdout);
		else
			(void)putchar(*text);
}

/* One argument of a macro. */
static void put_argument(const char *text)
{
	bool plain = isalnum((unsigned char)text[0]) && strlen(text) > 3;

	(void)fputs(plain ? " \"" : " \"\\&", stdout);
	put_escaped(text);
	(void)putchar('"');
}

/* A row's help as a sentence on a line of its own. */
static void put_sentence(const char *help)
{
	bool plain = isalnum((unsigned char)help[0]) != 0;

	if (!plain)
		(void)fputs("\\&", stdout);
	(void)putchar(toupper((unsigned char)help[0]));
	put_escaped(help + 1);
	(void)puts(".");
}

/* --- what a value may be --- */

static void put_accepts(const struct conf_option *o)
{
	char range[64];
	const char *separator = " Cm";

	if (o->kind == &conf_switch)
		return;
	if (o->choices != NULL) {
		for (const struct conf_choice *c = o->choices; c->word; c++) {
			(void)fputs(separator, stdout);
			put_argument(c->word);
			separator = " |";
		}
		return;
	}
	(void)fputs(" Ar", stdout);
	if (o->kind == &conf_number)
		(void)snprintf(range, sizeof(range), "<%lld-%lld>",
		               (long long)o->min, (long long)o->max);
	else if (o->kind->accepts == NULL)
		(void)snprintf(range, sizeof(range), "%s",
		               o->kind == &conf_text ? "TEXT" : "WORD");
	put_argument(o->kind->accepts ? o->kind->accepts : range);
}

static void put_choices(const struct conf_choice *c)
{
	(void)puts(".Bl -tag -width \"primary-dms100\" -compact");
	for (; c->word != NULL; c++) {
		(void)fputs(".It Cm", stdout);
		put_argument(c->word);
		(void)putchar('\n');
		put_escaped(c->help);
		(void)putchar('\n');
	}
	(void)puts(".El");
}

static void put_timers(const struct timer_row *rows, size_t n)
{
	(void)puts(".Bl -tag -width \"trying\" -compact");
	for (size_t i = 0; i < n; i++) {
		const char *name = rows[i].name;

		(void)fputs(".It Cm", stdout);
		put_argument(strncmp(name, "timer ", 6) == 0 ? name + 6 : name);
		(void)putchar('\n');
		put_escaped(rows[i].meaning);
		(void)printf(
			" (%g s; %g to %g)\n", (double)rows[i].preset / 1e6,
			(double)rows[i].min / 1e6, (double)rows[i].max / 1e6);
	}
	(void)puts(".El");
}

static void put_word(void *self ATTR_UNUSED, const char *word,
                     const char *meaning)
{
	(void)fputs(".It Cm", stdout);
	put_argument(word);
	(void)putchar('\n');
	put_escaped(meaning);
	(void)putchar('\n');
}

static void put_values(const struct conf_option *o)
{
	if (o->choices != NULL)
		put_choices(o->choices);
	else if (o->kind == &options_kind_timers)
		put_timers(isdn_timer_rows, ISDN_TIMERS);
	else if (o->kind == &options_kind_sip_timers)
		put_timers(sip_timer_rows, SIP_TIMERS);
	else if (o->kind->help != NULL) {
		(void)puts(".Bl -tag -width \"dahdi\" -compact");
		o->kind->help(o, put_word, NULL);
		(void)puts(".El");
	}
}

static void put_preset(const struct conf_option *o)
{
	const char *preset = o->preset;

	if (o->kind == &conf_switch)
		preset = preset != NULL ? "on" : "off";
	if (preset == NULL)
		return;
	(void)fputs("Preset:\n.Cm", stdout);
	put_argument(preset);
	(void)puts(" .");
}

/* --- options and sections --- */

static void put_option(const struct conf_option *o)
{
	(void)fputs(".It Cm", stdout);
	put_argument(o->words);
	put_accepts(o);
	(void)putchar('\n');
	put_sentence(o->help);
	if (o->kind->list)
		(void)puts("May stand more than once.");
	put_preset(o);
	put_values(o);
}

static void put_section(const struct conf_section *s)
{
	(void)fputs(".Ss", stdout);
	put_argument(s->words[0] != '\0' ? s->words : "Global options");
	for (size_t i = 0; i < s->nheading; i++)
		put_accepts(&s->heading[i]);
	(void)putchar('\n');
	put_sentence(s->help);
	for (size_t i = 0; i < s->nheading; i++) {
		if (s->heading[i].choices != NULL)
			put_choices(s->heading[i].choices);
	}
	(void)puts(".Bl -tag -width Ds");
	for (size_t i = 0; i < s->noptions; i++)
		put_option(&s->options[i]);
	(void)puts(".El");
}

static void put_tables(void)
{
	for (size_t i = 0; i < options_schema.nsections; i++)
		put_section(options_schema.sections[i]);
}

static bool begins(const char *line, const char *mark)
{
	return strncmp(line, mark, strlen(mark)) == 0;
}

int main(int argc, char **argv)
{
	char line[1024];
	bool inside = false;
	unsigned marks = 0;
	FILE *page = argc == 2 ? fopen(argv[1], "re") : NULL;

	if (page == NULL) {
		(void)fputs("usage: conf2man MANUAL (one that can be read)\n",
		            stderr);
		return 2;
	}
	while (fgets(line, sizeof(line), page) != NULL) {
		if (begins(line, end_mark))
			inside = false, marks++;
		if (!inside)
			(void)fputs(line, stdout);
		if (begins(line, begin_mark)) {
			put_tables();
			inside = true;
		}
	}
	(void)fclose(page);
	if (marks != 1 || inside)
		(void)fprintf(stderr, "%s: one pair of marks is wanted\n",
		              argv[1]);
	return marks == 1 && !inside && fflush(stdout) == 0 ? 0 : 1;
}
