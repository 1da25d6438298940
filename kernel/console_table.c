/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * What a command says, for people or for programs. Commands say it once: lines
 * of text, or cells of a table. For people, lines pass the filter and a table
 * waits for its last row, because its columns are as wide as what is in them.
 * For programs all of it is one object, {"<command>": [rows]}: a row of a
 * table at once; lines of text as rows {"text": ...} at the end, and only if
 * there was no table, for then they are decoration.
 *
 * What is shown may have come from a stranger, so nothing leaves here that is
 * not printable UTF-8.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "kernel/console_private.h"
#include "kernel/text.h"
#include "kernel/utf8.h"

/* --- JSON --- */

/* RFC 8259 section 7; what is not printable was escaped before. */
static void add_string(struct text *t, const char *value)
{
	text_add(t, "\"");
	for (; *value != '\0'; value++) {
		if (*value == '"' || *value == '\\')
			text_add(t, "\\");
		text_add(t, "%c", *value);
	}
	text_add(t, "\"");
}

/* A number as RFC 8259 section 6 writes it, without an exponent. */
static bool is_number(const char *value)
{
	size_t digits;

	value += *value == '-';
	digits = strspn(value, "0123456789");
	if (digits == 0 || (digits > 1 && *value == '0'))
		return false;
	value += digits;
	if (*value == '.') {
		digits = strspn(++value, "0123456789");
		if (digits == 0)
			return false;
		value += digits;
	}
	return *value == '\0';
}

static void add_value(struct text *t, const struct column *c, const char *value)
{
	if (c->number && is_number(value))
		text_add(t, "%s", value);
	else if (c->number && *value == '\0')
		text_add(t, "null");
	else
		add_string(t, value);
}

static void open_object(struct shell *s)
{
	char line[COMMAND_ARG * 2];

	if (s->json_open)
		return;
	s->json_open = true;
	(void)snprintf(line, sizeof(line), "{\"%s\": [", s->key);
	shell_send(s, ' ', line);
}

static void send_row(struct shell *s, const char *row)
{
	char line[CONSOLE_CELL * CONSOLE_COLUMNS];

	open_object(s);
	(void)snprintf(line, sizeof(line), "%s%s", s->json_rows ? "," : " ",
	               row);
	s->json_rows = true;
	shell_send(s, ' ', line);
}

static void send_texts(struct shell *s)
{
	char row[2 * WORDS_LINE];
	struct bytes at;

	while ((at = spool_first(&s->texts)).len > 0) {
		const void *line = at.at;
		struct text t = TEXT(row);
		size_t len = strlen(line) + 1;

		text_add(&t, "{\"text\": ");
		add_string(&t, line);
		text_add(&t, "}");
		send_row(s, row);
		spool_drop(&s->texts, len);
	}
}

static void end_json(struct shell *s)
{
	char line[512];
	struct text t = TEXT(line);

	if (!s->json_open && s->failed && s->texts.total == 0) {
		text_add(&t, "{\"error\": ");
	} else {
		if (!s->json_open)
			send_texts(s);
		open_object(s);
		text_add(&t, s->failed ? "], \"error\": " : "]");
	}
	if (s->failed)
		add_string(&t, s->error);
	text_add(&t, "}");
	shell_send(s, ' ', line);
}

/* --- lines --- */

static void put_line(struct shell *s, const char *raw)
{
	char line[WORDS_LINE];
	size_t len = utf8_clean(line, sizeof(line), raw);
	const void *at = line;

	if (s->json)
		(void)spool_add(&s->texts, (struct bytes){ at, len + 1 }, true);
	else if (filter_passes(&s->filter, line))
		shell_send(s, ' ', line);
}

/* Gathers until a line is whole. */
static void put_text(struct shell *s, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '\n') {
			s->line[s->line_len] = '\0';
			put_line(s, s->line);
			s->line_len = 0;
		} else if (s->line_len + 1 < sizeof(s->line)) {
			s->line[s->line_len++] = *text;
		}
	}
}

void shell_print(struct shell *s, const char *format, ...)
{
	char text[2 * WORDS_LINE];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	put_text(s, text);
}

void shell_error(struct shell *s, const char *format, ...)
{
	char line[sizeof(s->error) + 2], raw[sizeof(s->error)];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(raw, sizeof(raw), format, args);
	va_end(args);
	(void)utf8_clean(s->error, sizeof(s->error), raw);
	s->failed = true;
	(void)snprintf(line, sizeof(line), "%% %s", s->error);
	/* No filter hides an error. */
	if (!s->json)
		shell_send(s, ' ', line);
}

bool shell_json(const struct shell *s)
{
	return s->json;
}

/* --- tables --- */

/* What a terminal shows: characters, not octets. */
static unsigned width_of(const char *text)
{
	unsigned n = 0;

	for (; *text != '\0'; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

static void title_of(const struct column *c, char *to, size_t size)
{
	(void)text_copy(to, size, c->title != NULL ? c->title : c->key);
	for (; c->title == NULL && *to != '\0'; to++)
		if (*to == '_')
			*to = ' ';
}

void table_begin(struct shell *s, const struct column *columns, size_t n)
{
	struct table *t = &s->table;
	char title[64];

	spool_done(&t->cells);
	spool_init(&t->cells, CONSOLE_OUTPUT);
	t->columns = columns;
	t->n = MIN_OF(n, (size_t)CONSOLE_COLUMNS);
	t->at = 0;
	for (size_t i = 0; i < t->n; i++) {
		title_of(&columns[i], title, sizeof(title));
		t->widths[i] = width_of(title);
	}
	if (s->json)
		open_object(s);
}

/* The next cell of the first row that waits. */
static bool take_cell(struct table *t, char *to)
{
	struct bytes at = spool_first(&t->cells);
	const void *cell = at.at;
	size_t len;

	if (at.len == 0)
		return false;
	len = strlen(cell) + 1;
	memcpy(to, cell, len);
	spool_drop(&t->cells, len);
	return true;
}

static void send_json_row(struct shell *s)
{
	struct table *t = &s->table;
	char row[CONSOLE_CELL * CONSOLE_COLUMNS], cell[CONSOLE_CELL];
	struct text to = TEXT(row);

	text_add(&to, "{");
	for (size_t i = 0; i < t->n && take_cell(t, cell); i++) {
		text_add(&to, "%s\"%s\": ", i > 0 ? ", " : "",
		         t->columns[i].key);
		add_value(&to, &t->columns[i], cell);
	}
	text_add(&to, "}");
	if (!to.cut)
		send_row(s, row);
}

static void add_cell(struct shell *s, const char *raw)
{
	struct table *t = &s->table;
	char cell[CONSOLE_CELL];
	const void *at = cell;
	size_t len = utf8_clean(cell, sizeof(cell), raw);

	if (t->n == 0)
		return;
	(void)spool_add(&t->cells, (struct bytes){ at, len + 1 }, true);
	t->widths[t->at] = MAX_OF(t->widths[t->at], width_of(cell));
	t->at = (t->at + 1) % t->n;
	if (t->at == 0 && s->json)
		send_json_row(s);
}

void table_cell(struct shell *s, const char *format, ...)
{
	char raw[CONSOLE_CELL];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(raw, sizeof(raw), format, args);
	va_end(args);
	add_cell(s, raw);
}

void table_number(struct shell *s, int64_t value)
{
	table_cell(s, "%" PRId64, value);
}

/* One cell in its column; the last is not filled up. */
static void add_padded(struct text *to, const struct table *t, size_t i,
                       const char *cell)
{
	int fill = (int)(t->widths[i] - width_of(cell));

	if (i > 0)
		text_add(to, "  ");
	if (t->columns[i].number)
		text_add(to, "%*s%s", fill, "", cell);
	else
		text_add(to, "%s%*s", cell, i + 1 < t->n ? fill : 0, "");
}

static void print_titles(struct shell *s)
{
	struct table *t = &s->table;
	char line[WORDS_LINE], title[64];
	struct text to = TEXT(line);

	for (size_t i = 0; i < t->n; i++) {
		title_of(&t->columns[i], title, sizeof(title));
		add_padded(&to, t, i, title);
	}
	put_line(s, line);
}

void table_end(struct shell *s)
{
	struct table *t = &s->table;
	char line[WORDS_LINE], cell[CONSOLE_CELL];

	if (!s->json)
		print_titles(s);
	while (!s->json && t->cells.total > 0) {
		struct text to = TEXT(line);

		for (size_t i = 0; i < t->n && take_cell(t, cell); i++)
			add_padded(&to, t, i, cell);
		put_line(s, line);
	}
	if (t->cells.lost)
		shell_error(s, "the table was too long and is cut");
	spool_done(&t->cells);
	t->n = 0;
}

/* --- around a command --- */

void output_begin(struct shell *s, bool json)
{
	s->json = json;
	s->failed = s->json_open = s->json_rows = false;
	s->error[0] = '\0';
	s->key = "output";
	s->line_len = 0;
	s->table.n = 0;
}

void output_end(struct shell *s)
{
	char line[80];

	if (s->line_len > 0)
		put_text(s, "\n");
	if (s->filter.kind == FILTER_COUNT) {
		(void)snprintf(line, sizeof(line),
		               "Number of lines which match regexp = %u",
		               s->filter.count);
		shell_send(s, ' ', line);
	}
	if (s->json)
		end_json(s);
	filter_done(&s->filter);
	spool_done(&s->texts);
	spool_done(&s->table.cells);
	s->json = false;
}
