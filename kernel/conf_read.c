/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * Lines into values. A file and a person at `configure terminal` write the
 * same lines; they differ in three things, which is all that struct reader
 * knows of them: in a file words must be complete, an instance may stand only
 * once, and whether a line belongs to a section follows from its indentation;
 * a person may abbreviate, comes back to an instance to change it, and his
 * lines are first tried in the section he is in, then as global ones.
 *
 * A file is text: an octet that is neither printable UTF-8 nor a blank ends
 * the reading at once, so that a file that is something else gives one clear
 * error and not a hundred.
 *
 * Reading stops at the first error. What was read until then is thrown away
 * with its configuration; nobody but us has seen it.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kernel/conf_private.h"
#include "kernel/mem.h"
#include "kernel/text.h"
#include "kernel/utf8.h"
#include "kernel/words.h"

struct reader {
	struct conf *conf;
	struct conf_error *error;
	struct conf_entry *entry; /* the section that options belong to */
	bool person;              /* at the console */
	unsigned line;
};

/* A line at work: its words without `no`. */
struct line {
	struct words words;
	int first;                 /* 1 behind `no` */
	bool negate;               /* it began with `no` */
	char choice[CONF_MESSAGE]; /* a completed word, until it is read */
};

static char **words_of(struct line *l)
{
	return l->words.at + l->first;
}

static int count_of(const struct line *l)
{
	return l->words.n - l->first;
}

/* The column of word i, or behind the last. */
static unsigned column_of(const struct line *l, int i)
{
	i += l->first;
	return i < l->words.n ? l->words.column[i] : l->words.end;
}

void conf_add_options(struct conf_targets *t, const struct conf_section *from)
{
	for (size_t i = 0; i < from->noptions && t->n < MATCH_ROWS; i++) {
		t->rows[t->n].words = from->options[i].words;
		t->rows[t->n].help = from->options[i].help;
		t->at[t->n].section = from;
		t->at[t->n++].option = &from->options[i];
	}
}

void conf_add_headings(struct conf_targets *t, const struct conf *conf)
{
	for (size_t i = 1; i < conf->schema->nsections; i++) {
		if (t->n == MATCH_ROWS)
			return;
		t->rows[t->n].words = conf->schema->sections[i]->words;
		t->rows[t->n].help = conf->schema->sections[i]->help;
		t->at[t->n].section = conf->schema->sections[i];
		t->at[t->n++].option = NULL;
	}
}

/* --- options --- */

static int refuse_value(struct reader *r, struct line *l, const char *words,
                        int skip, int at, const char *wrong)
{
	return conf_refuse(r->error, r->line, column_of(l, skip + at), "%s: %s",
	                   words, wrong);
}

/* Takes out of a list what the one element in `gone` is; the rest is written
 * and read again, which is all that a kind can do with its elements. */
static int rebuild_without(const struct conf_option *o, char *value,
                           const void *gone, char *fresh)
{
	char text[WORDS_LINE], what[WORDS_LINE], wrong[CONF_MESSAGE];
	struct words w;
	int at = 0, rc = 0;

	if (!o->kind->print(o, gone, 0, what, sizeof(what)))
		return 0;
	for (unsigned i = 0;
	     rc == 0 && o->kind->print(o, value, i, text, sizeof(text)); i++) {
		if (strcmp(text, what) == 0)
			continue;
		rc = words_split(&w, text, true);
		if (rc == 0)
			rc = o->kind->parse(o, fresh, w.n, w.at, wrong, &at);
	}
	if (rc == 0)
		memcpy(value, fresh, o->size);
	return rc;
}

static int remove_element(struct reader *r, struct line *l,
                          const struct conf_option *o, char *value, int skip)
{
	char wrong[CONF_MESSAGE] = "", *gone, *fresh;
	int at = 0, rc = -ENOMEM;

	gone = conf_value_new(o->size);
	fresh = conf_value_new(o->size);
	if (gone != NULL && fresh != NULL)
		rc = o->kind->parse(o, gone, count_of(l) - skip,
		                    words_of(l) + skip, wrong, &at);
	if (rc == -EBADMSG)
		refuse_value(r, l, o->words, skip, at, wrong);
	else if (rc == 0)
		rc = rebuild_without(o, value, gone, fresh);
	mem_free(gone);
	mem_free(fresh);
	return rc;
}

static int negate_option(struct reader *r, struct line *l,
                         const struct conf_option *o, char *value, int skip)
{
	if (o->kind->list && count_of(l) > skip)
		return remove_element(r, l, o, value, skip);
	if (o->kind == &conf_switch || o->kind->list) {
		memset(value, 0, o->size);
		return 0;
	}
	return conf_preset(o, value);
}

/* A person's word for a choice may be short. */
static void complete_value(struct line *l, const struct conf_option *o, int i)
{
	char **word = words_of(l) + i;

	if (i < count_of(l) && text_copy(l->choice, sizeof(l->choice),
	                                 conf_complete_choice(o, *word)) == 0)
		*word = l->choice;
}

static int read_option(struct reader *r, struct line *l, struct conf_entry *e,
                       const struct conf_option *o)
{
	char wrong[CONF_MESSAGE] = "", *value = e->values + o->offset;
	int skip = match_count(o->words), at = 0, rc;

	if (r->person)
		complete_value(l, o, skip);
	if (l->negate)
		return negate_option(r, l, o, value, skip);
	rc = conf_put(o, value, count_of(l) - skip, words_of(l) + skip, wrong,
	              &at);
	if (rc == -EBADMSG)
		return refuse_value(r, l, o->words, skip, at, wrong);
	return rc;
}

/* --- headings --- */

/* Reads the words behind the section's own into its values: at least the keys,
 * at most all. */
static int read_heading_words(struct reader *r, struct line *l,
                              const struct conf_section *s, char *values)
{
	int skip = match_count(s->words), n = count_of(l) - skip;
	char wrong[CONF_MESSAGE] = "", accepts[96];

	for (int i = 0; i < n; i++) {
		char **word = words_of(l) + skip + i;
		const struct conf_option *o;
		int at = 0, rc;

		if (i >= (int)s->nheading)
			return conf_refuse(r->error, r->line,
			                   column_of(l, skip + i),
			                   "%s: \"%.60s\" is one word too many",
			                   s->words, *word);
		o = &s->heading[i];
		if (r->person)
			complete_value(l, o, skip + i);
		rc = o->kind->parse(o, values + o->offset, 1, word, wrong, &at);
		if (rc == 0 && (*word)[strcspn(*word, " \t")] != '\0') {
			(void)text_copy(wrong, sizeof(wrong),
			                "a name holds no blanks");
			rc = -EBADMSG;
		}
		if (rc == -EBADMSG)
			return refuse_value(r, l, s->words, skip, i, wrong);
		if (rc < 0)
			return rc;
	}
	if (n >= (int)s->nkeys)
		return 0;
	conf_accepts(&s->heading[n], accepts, sizeof(accepts));
	return conf_refuse(r->error, r->line, l->words.end,
	                   "%s: %s is missing; use %s", s->words,
	                   s->heading[n].words, accepts);
}

static int new_instance(struct reader *r, struct line *l,
                        const struct conf_section *s, const char *name,
                        const char *values)
{
	int n = count_of(l) - match_count(s->words), rc;
	char accepts[96];

	if (n < (int)s->nheading) {
		conf_accepts(&s->heading[n], accepts, sizeof(accepts));
		return conf_refuse(r->error, r->line, l->words.end,
		                   "%s %s: %s is missing; use %s", s->words,
		                   name, s->heading[n].words, accepts);
	}
	rc = conf_entry_add(&r->entry, r->conf, s, name, values, r->line);
	if (rc == -ENOSPC)
		return conf_refuse(r->error, r->line, 1,
		                   "more than %d sections are not accepted",
		                   CONF_INSTANCES);
	return rc;
}

/* What a heading says besides its keys cannot be changed in passing. */
static int check_same(struct reader *r, struct line *l,
                      const struct conf_entry *e, const char *values)
{
	const struct conf_section *s = e->instance.section;
	int skip = match_count(s->words), n = count_of(l) - skip;
	char is[96] = "";

	for (int i = (int)s->nkeys; i < n; i++) {
		const struct conf_option *o = &s->heading[i];

		if (memcmp(values + o->offset, e->values + o->offset,
		           o->size) == 0)
			continue;
		(void)o->kind->print(o, e->values + o->offset, 0, is,
		                     sizeof(is));
		return conf_refuse(r->error, r->line, column_of(l, skip + i),
		                   "%s %s is %s; remove it first", s->words,
		                   e->instance.name, is);
	}
	return 0;
}

static int enter_instance(struct reader *r, struct line *l,
                          const struct conf_section *s, const char *name,
                          const char *values)
{
	struct conf_entry *e = conf_entry_find(r->conf, s, name);
	char heading[192];
	int rc = 0;

	if (l->negate) {
		if (e == NULL && r->person) {
			conf_heading(s, name, heading, sizeof(heading));
			return conf_refuse(r->error, r->line, column_of(l, 0),
			                   "there is no %s", heading);
		}
		if (e != NULL)
			conf_entry_free(r->conf, e);
		r->entry = NULL;
		return 0;
	}
	if (e == NULL)
		return new_instance(r, l, s, name, values);
	if (!r->person) {
		conf_heading(s, name, heading, sizeof(heading));
		return conf_refuse(r->error, r->line, 1,
		                   "%s stands already in line %u", heading,
		                   e->instance.line);
	}
	rc = check_same(r, l, e, values);
	if (rc == 0)
		r->entry = e;
	return rc;
}

static int read_heading(struct reader *r, struct line *l,
                        const struct conf_section *s)
{
	char *values = conf_values_new(r->conf, s), name[64];
	int rc;

	if (values == NULL)
		return -ENOMEM;
	rc = read_heading_words(r, l, s, values);
	if (rc == 0 && !conf_name(s, values, name, sizeof(name)))
		rc = conf_refuse(r->error, r->line, column_of(l, 0),
		                 "%s: the name is too long", s->words);
	if (rc == 0)
		rc = enter_instance(r, l, s, name, values);
	mem_free(values);
	return rc;
}

/* --- a line --- */

static struct conf_entry *global(const struct reader *r)
{
	return conf_entry_find(r->conf, r->conf->schema->sections[0], "");
}

/* Is this word known in the section we are in? Then it lacks its blank. */
static bool lacks_blank(const struct reader *r, const char *word)
{
	const struct conf_section *s = r->conf->schema->sections[0];
	struct match_token t;

	if (r->person || r->entry == NULL || r->entry->instance.section == s)
		return false;
	s = r->entry->instance.section;
	for (size_t i = 0; i < s->noptions; i++)
		if (match_token(s->options[i].words, 0, &t) &&
		    strlen(word) == t.len &&
		    strncasecmp(word, t.at, t.len) == 0)
			return true;
	return false;
}

/* Nothing fits the word at m->at: say so, and what would have. */
static int refuse_word(struct reader *r, struct line *l, const struct match *m,
                       const struct conf_entry *in)
{
	char place[192] = "", near[64], list[120], told[CONF_MESSAGE];
	const char *word = words_of(l)[m->at];
	struct text t = TEXT(told);

	if (in != NULL)
		conf_heading(in->instance.section, in->instance.name, place,
		             sizeof(place));
	text_add(&t, "%.90s%s\"%.48s\" is not known%s", place,
	         *place ? ": " : "", word, m->at > 0 ? " here" : "");
	if (match_nearest(m, word, near, sizeof(near)))
		text_add(&t, "; did you mean \"%s\"?", near);
	else if (m->at == 0 && lacks_blank(r, word))
		text_add(&t, " in column 1; begin the line with a blank");
	else
		text_add(&t, ";");
	match_list(m, "", list, sizeof(list));
	text_add(&t, " use %s", list);
	return conf_refuse(r->error, r->line, column_of(l, m->at), "%s", told);
}

static int refuse_match(struct reader *r, struct line *l, const struct match *m,
                        int rc, const struct conf_entry *in)
{
	char list[160];

	if (rc == -ENOENT)
		return refuse_word(r, l, m, in);
	match_list(m, rc == -EEXIST ? words_of(l)[m->at] : "", list,
	           sizeof(list));
	if (rc == -EEXIST)
		return conf_refuse(r->error, r->line, column_of(l, m->at),
		                   "\"%.48s\" is ambiguous: %s",
		                   words_of(l)[m->at], list);
	return conf_refuse(r->error, r->line, l->words.end,
	                   "incomplete; add %s", list);
}

static int read_target(struct reader *r, struct line *l,
                       const struct conf_target *target, struct conf_entry *in)
{
	if (target->option == NULL)
		return read_heading(r, l, target->section);
	/* A global line leaves the section it stands behind. */
	r->entry = in;
	return read_option(r, l, in, target->option);
}

/* Finds what the words mean among the options of `in`, and the headings when
 * it is the global section. */
static int find_target(const struct reader *r, struct line *l,
                       struct conf_entry *in, struct match *m,
                       struct conf_targets *t)
{
	t->n = 0;
	conf_add_options(t, in->instance.section);
	if (in == global(r))
		conf_add_headings(t, r->conf);
	match_init(m, t->rows, t->n, !r->person, true);
	return match_words(m, count_of(l), words_of(l));
}

static int read_words(struct reader *r, struct line *l, bool indented)
{
	struct conf_targets targets;
	struct conf_entry *in = r->entry;
	struct match m;
	int rc;

	if (in == NULL || (!r->person && !indented))
		in = global(r);
	if (indented && !r->person && in == global(r))
		return conf_refuse(r->error, r->line, column_of(l, -l->first),
		                   "an indented line needs a section above it");
	rc = find_target(r, l, in, &m, &targets);
	if (rc == -ENOENT && m.at == 0 && r->person && in != global(r)) {
		in = global(r);
		rc = find_target(r, l, in, &m, &targets);
	}
	if (rc < 0)
		return refuse_match(r, l, &m, rc, in);
	return read_target(r, l, &targets.at[m.row], in);
}

/* The first octet of a text that may not stand in it; -1: none. */
static int find_garbage(const char *text)
{
	for (const char *at = text; *at != '\0';) {
		size_t n = *at == '\t' ? 1 : utf8_printable(at);

		if (n == 0)
			return (int)(at - text);
		at += n;
	}
	return -1;
}

static int read_line(struct reader *r, const char *text)
{
	struct line l = { .first = 0 };
	int bad = find_garbage(text), rc;

	if (bad >= 0)
		return conf_refuse(r->error, r->line, (unsigned)bad + 1,
		                   "this is not text (octet 0x%02x)",
		                   (unsigned char)text[bad]);
	rc = words_split(&l.words, text, true);
	if (rc < 0)
		return conf_refuse(r->error, r->line, l.words.end, "%s",
		                   l.words.wrong);
	if (l.words.n == 0) {
		/* A line of nothing but ! ends a section. */
		if (text[0] == '!' && text[1 + strspn(text + 1, " \t")] == '\0')
			r->entry = NULL;
		return 0;
	}
	if (strcmp(l.words.at[0], "no") == 0 && !l.words.quoted[0]) {
		l.negate = true;
		l.first = 1;
		if (l.words.n == 1)
			return conf_refuse(r->error, r->line, l.words.end,
			                   "an option is missing behind no");
	}
	return read_words(r, &l, text[0] == ' ' || text[0] == '\t');
}

/* --- a whole text --- */

static int read_lines(struct reader *r, struct bytes text)
{
	char line[WORDS_LINE];
	struct bytes raw;
	int rc = 0;

	while (rc == 0 && take_line(&text, &raw)) {
		const uint8_t *nul = memchr(raw.at, 0, raw.len);

		r->line++;
		if (nul != NULL)
			return conf_refuse(r->error, r->line,
			                   (unsigned)(nul - raw.at) + 1,
			                   "this is not text (octet 0x00)");
		if (text_copy_bytes(line, sizeof(line), raw) < 0)
			return conf_refuse(
				r->error, r->line, 1,
				"the line is longer than %d characters",
				WORDS_LINE - 1);
		rc = read_line(r, line);
	}
	return rc;
}

int conf_parse(struct conf **out, const struct conf_schema *schema,
               const char *name, struct bytes text, struct conf_error *error)
{
	struct reader r = { .error = error };
	int rc;

	memset(error, 0, sizeof(*error));
	(void)snprintf(error->file, sizeof(error->file), "%s", name);
	if (text.len > CONF_FILE_MAX)
		return conf_refuse(error, 0, 0,
		                   "the file is larger than 1 MiB");
	rc = conf_new(&r.conf, schema);
	if (rc < 0)
		return rc;
	(void)snprintf(r.conf->file, sizeof(r.conf->file), "%s", name);
	rc = read_lines(&r, text);
	if (rc == 0)
		rc = conf_check(r.conf, error);
	if (rc < 0)
		conf_free(r.conf);
	else
		*out = r.conf;
	return rc;
}

static int read_file(const char *file, uint8_t *to, size_t size)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC), rc = 0;
	size_t len = 0;
	ssize_t n = 1;

	if (fd < 0)
		return -errno;
	while (n > 0 && len < size) {
		n = read(fd, to + len, size - len);
		if (n < 0)
			rc = -errno;
		else
			len += (size_t)n;
	}
	(void)close(fd);
	return rc < 0 ? rc : (int)len;
}

int conf_load(struct conf **out, const struct conf_schema *schema,
              const char *file, struct conf_error *error)
{
	size_t size = CONF_FILE_MAX + 1;
	uint8_t *text = mem_new_array(uint8_t, size);
	int rc;

	if (text == NULL)
		return -ENOMEM;
	rc = read_file(file, text, size);
	if (rc < 0) {
		memset(error, 0, sizeof(*error));
		(void)snprintf(error->file, sizeof(error->file), "%s", file);
		conf_refuse(error, 0, 0, "%s", strerror(-rc));
	} else {
		rc = conf_parse(out, schema, file,
		                (struct bytes){ text, (size_t)rc }, error);
	}
	mem_free(text);
	return rc;
}

/* --- a person's line --- */

static void leave(struct conf_context *context, const struct reader *r)
{
	const struct conf_entry *e = r->entry == NULL ? global(r) : r->entry;

	context->section = e->instance.section;
	(void)text_copy(context->name, sizeof(context->name), e->instance.name);
}

int conf_line(struct conf *conf, struct conf_context *context, const char *line,
              struct conf_error *error)
{
	struct reader r = { .conf = conf, .error = error, .person = true };
	struct words w;
	int rc;

	memset(error, 0, sizeof(*error));
	if (context->section != NULL)
		r.entry =
			conf_entry_find(conf, context->section, context->name);
	if (words_split(&w, line, true) == 0 && w.n == 1 &&
	    text_casecmp(w.at[0], "exit") == 0) {
		r.entry = NULL;
		leave(context, &r);
		return 0;
	}
	rc = read_line(&r, line);
	if (rc == 0)
		leave(context, &r);
	return rc;
}
