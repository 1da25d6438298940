/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * A configuration in memory: for each section of the schema a list of
 * instances, for each instance one plain struct of its owner's. Reading,
 * printing and help are in files of their own; here it is made, copied,
 * looked into, compared.
 *
 * The presets of a section are worked out once, when the configuration is
 * made, from the words in the schema's rows: a preset thus passes the same
 * parser as what a person writes, and cannot be out of its own limits.
 *
 * Values hold no pointers and start out zeroed, padding too, so that copying
 * is memcpy() and comparing memcmp(), and no owner writes either.
 *
 * A mistake in the schema is ours and is asserted; one in a file is not.
 */

#include "kernel/conf.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "kernel/conf_private.h"
#include "kernel/mem.h"
#include "kernel/text.h"
#include "kernel/words.h"

static struct mem_kind values_kind = { .name = "configuration values" };

void *conf_value_new(size_t size)
{
	return mem_take(&values_kind, 1, MAX_OF(size, (size_t)1));
}

int conf_preset(const struct conf_option *option, void *value)
{
	struct words w;
	char wrong[CONF_MESSAGE] = "";
	int at = 0, rc;

	memset(value, 0, option->size);
	if (option->preset == NULL)
		return 0;
	rc = words_split(&w, option->preset, false);
	if (rc < 0)
		return rc;
	if (option->kind == &conf_switch)
		w.n = 0;
	return option->kind->parse(option, value, w.n, w.at, wrong, &at);
}

int conf_put(const struct conf_option *o, void *value, int nwords, char **words,
             char *wrong, int *at)
{
	void *fresh = o->kind->list ? value : conf_value_new(o->size);
	int rc = -ENOMEM;

	if (fresh != NULL)
		rc = o->kind->parse(o, fresh, nwords, words, wrong, at);
	if (fresh == value)
		return rc;
	if (rc == 0)
		memcpy(value, fresh, o->size);
	mem_free(fresh);
	return rc;
}

static int preset_options(const struct conf_option *options, size_t n,
                          char *values, size_t size)
{
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++) {
		const struct conf_option *o = &options[i];

		assert(o->offset + o->size <= size);
		assert(!o->kind->list || o->preset == NULL);
		rc = conf_preset(o, values + o->offset);
		assert(rc != -EBADMSG);
	}
	(void)size;
	return rc;
}

static int make_preset(char **out, const struct conf_section *s)
{
	char *values = conf_value_new(s->size);
	int rc = -ENOMEM;

	assert(s->nkeys <= s->nheading);
	if (values != NULL)
		rc = preset_options(s->heading, s->nheading, values, s->size);
	if (rc == 0)
		rc = preset_options(s->options, s->noptions, values, s->size);
	if (rc < 0)
		values = mem_free(values);
	*out = values;
	return rc;
}

/* Everything of a new configuration but its instances. */
static int make_parts(struct conf **out, const struct conf_schema *schema)
{
	struct conf *conf = mem_new(struct conf);
	int rc = 0;

	if (conf == NULL)
		return -ENOMEM;
	conf->schema = schema;
	conf->parts = mem_new_array(struct conf_part, schema->nsections);
	if (conf->parts == NULL)
		rc = -ENOMEM;
	for (size_t i = 0; i < schema->nsections && rc == 0; i++)
		list_init(&conf->parts[i].entries);
	for (size_t i = 0; i < schema->nsections && rc == 0; i++)
		rc = make_preset(&conf->parts[i].preset, schema->sections[i]);
	if (rc < 0)
		conf = conf_free(conf);
	*out = conf;
	return rc;
}

int conf_new(struct conf **out, const struct conf_schema *schema)
{
	struct conf_entry *global;
	struct conf *conf = NULL;
	int rc = make_parts(&conf, schema);

	if (rc < 0)
		return rc;
	rc = conf_entry_add(&global, conf, schema->sections[0], "",
	                    conf->parts[0].preset, 0);
	if (rc < 0)
		conf_free(conf);
	else
		*out = conf;
	return rc;
}

struct conf_entry *conf_entry_free(struct conf *conf, struct conf_entry *e)
{
	list_remove(&e->list);
	conf->n--;
	mem_free(e->values);
	return mem_free(e);
}

struct conf *conf_free(struct conf *conf)
{
	if (conf == NULL)
		return NULL;
	for (size_t i = 0; conf->parts && i < conf->schema->nsections; i++) {
		struct conf_part *part = &conf->parts[i];

		LIST_EACH(&part->entries, struct conf_entry, e, list)
		conf_entry_free(conf, e);
		mem_free(part->preset);
	}
	mem_free(conf->parts);
	return mem_free(conf);
}

static int copy_entries(struct conf *to, const struct conf_part *from)
{
	struct conf_entry *copy;
	int rc = 0;

	LIST_EACH(&from->entries, struct conf_entry, e, list)
	{
		if (rc == 0)
			rc = conf_entry_add(&copy, to, e->instance.section,
			                    e->instance.name, e->values,
			                    e->instance.line);
	}
	return rc;
}

int conf_copy(struct conf **out, const struct conf *from)
{
	struct conf *conf = NULL;
	int rc = make_parts(&conf, from->schema);

	for (size_t i = 0; rc == 0 && i < from->schema->nsections; i++)
		rc = copy_entries(conf, &from->parts[i]);
	if (rc < 0) {
		conf_free(conf);
		return rc;
	}
	memcpy(conf->file, from->file, sizeof(conf->file));
	*out = conf;
	return 0;
}

struct conf_part *conf_part(const struct conf *conf,
                            const struct conf_section *section)
{
	size_t i = 0;

	while (i < conf->schema->nsections &&
	       conf->schema->sections[i] != section)
		i++;
	assert(i < conf->schema->nsections);
	return &conf->parts[i];
}

struct conf_entry *conf_entry_find(const struct conf *conf,
                                   const struct conf_section *section,
                                   const char *name)
{
	const struct conf_part *part = conf_part(conf, section);

	LIST_EACH(&part->entries, struct conf_entry, e, list)
	if (strcmp(e->instance.name, name) == 0)
		return e;
	return NULL;
}

/* Instances are sorted where their first key is a number. */
static bool sorts_before(const struct conf_section *s, const char *a,
                         const char *b)
{
	unsigned x, y;

	if (s->nkeys == 0 || s->heading[0].kind != &conf_number)
		return false;
	memcpy(&x, a + s->heading[0].offset, sizeof(x));
	memcpy(&y, b + s->heading[0].offset, sizeof(y));
	return x < y;
}

/* From the end, where a file's next instance mostly belongs. */
static void insert(struct conf_part *part, struct conf_entry *e)
{
	struct list *at = &part->entries;

	while (at->prev != &part->entries) {
		struct conf_entry *before =
			container_of(at->prev, struct conf_entry, list);

		if (!sorts_before(e->instance.section, e->values,
		                  before->values))
			break;
		at = at->prev;
	}
	list_append(at, &e->list);
}

int conf_entry_add(struct conf_entry **out, struct conf *conf,
                   const struct conf_section *section, const char *name,
                   const void *values, unsigned line)
{
	struct conf_entry *e;

	if (conf->n >= CONF_INSTANCES)
		return -ENOSPC;
	e = mem_new(struct conf_entry);
	if (e == NULL)
		return -ENOMEM;
	e->values = conf_value_new(section->size);
	if (e->values == NULL ||
	    text_copy(e->instance.name, sizeof(e->instance.name), name)) {
		mem_free(e->values);
		mem_free(e);
		return -ENOMEM;
	}
	memcpy(e->values, values, section->size);
	e->instance.section = section;
	e->instance.values = e->values;
	e->instance.line = line;
	insert(conf_part(conf, section), e);
	conf->n++;
	*out = e;
	return 0;
}

void *conf_values_new(const struct conf *conf,
                      const struct conf_section *section)
{
	void *values = conf_value_new(section->size);

	if (values != NULL)
		memcpy(values, conf_part(conf, section)->preset, section->size);
	return values;
}

static const struct conf_entry *entry_of(const struct conf_instance *instance)
{
	const void *at =
		(const char *)instance - offsetof(struct conf_entry, instance);

	return at;
}

const struct conf_instance *conf_next(const struct conf *conf,
                                      const struct conf_section *section,
                                      const struct conf_instance *after)
{
	struct conf_part *part = conf_part(conf, section);
	struct list *next =
		after == NULL ? part->entries.next : entry_of(after)->list.next;

	if (next == &part->entries)
		return NULL;
	return &container_of(next, struct conf_entry, list)->instance;
}

const void *conf_find(const struct conf *conf,
                      const struct conf_section *section, const char *name)
{
	const struct conf_entry *e = conf_entry_find(conf, section, name);

	return e == NULL ? NULL : e->values;
}

bool conf_name(const struct conf_section *section, const void *values, char *to,
               size_t size)
{
	struct text name = { .at = to, .size = size };
	char key[WORDS_LINE];

	to[0] = '\0';
	for (size_t i = 0; i < section->nkeys; i++) {
		const struct conf_option *o = &section->heading[i];

		if (o->kind->print(o, (const char *)values + o->offset, 0, key,
		                   sizeof(key)))
			text_add(&name, "%s%s", i > 0 ? " " : "", key);
	}
	return !name.cut;
}

void conf_heading(const struct conf_section *section, const char *name,
                  char *to, size_t size)
{
	(void)snprintf(to, size, "%s%s%s", section->words,
	               *section->words && *name ? " " : "", name);
}

int conf_refuse(struct conf_error *error, unsigned line, unsigned column,
                const char *format, ...)
{
	va_list args;

	error->line = line;
	error->column = column;
	va_start(args, format);
	(void)vsnprintf(error->message, sizeof(error->message), format, args);
	va_end(args);
	return -EBADMSG;
}

void conf_blame(struct conf_error *error, const struct conf *conf,
                const struct conf_instance *instance, const char *format, ...)
{
	char heading[192], sentence[CONF_MESSAGE];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(sentence, sizeof(sentence), format, args);
	va_end(args);
	conf_heading(instance->section, instance->name, heading,
	             sizeof(heading));
	(void)text_copy(error->file, sizeof(error->file), conf->file);
	if (heading[0] == '\0' || text_starts(sentence, heading))
		conf_refuse(error, instance->line, instance->line > 0, "%s",
		            sentence);
	else
		conf_refuse(error, instance->line, instance->line > 0, "%s: %s",
		            heading, sentence);
}

void conf_error_print(const struct conf_error *error, char *to, size_t size)
{
	struct text t = { .at = to, .size = size };

	to[0] = '\0';
	if (error->file[0] != '\0')
		text_add(&t, "%s:", error->file);
	if (error->line > 0)
		text_add(&t, "%u:", error->line);
	if (error->line > 0 && error->column > 0)
		text_add(&t, "%u:", error->column);
	text_add(&t, "%s%s", t.len > 0 ? " " : "", error->message);
}

int conf_check(const struct conf *conf, struct conf_error *error)
{
	char wrong[CONF_MESSAGE] = "";

	for (size_t i = 0; i < conf->schema->nsections; i++) {
		const struct conf_section *s = conf->schema->sections[i];
		const struct conf_instance *at = NULL;

		if (s->check == NULL)
			continue;
		while ((at = conf_next(conf, s, at)) != NULL) {
			if (s->check(at->values, wrong) < 0) {
				conf_blame(error, conf, at, "%s", wrong);
				return -EBADMSG;
			}
		}
	}
	return conf->schema->check == NULL ? 0
	                                   : conf->schema->check(conf, error);
}

const char *conf_choice_word(const struct conf_choice *choices, int value)
{
	for (; choices->word != NULL; choices++)
		if (choices->value == value)
			return choices->word;
	return "?";
}
