/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef KERNEL_CONF_PRIVATE_H
#define KERNEL_CONF_PRIVATE_H

/*
 * What conf.c, conf_read.c, conf_help.c and conf_print.c share: how a
 * configuration lies in memory.
 */

#include "kernel/conf.h"
#include "kernel/list.h"
#include "kernel/match.h"

enum {
	CONF_FILE_MAX = 1 << 20, /* octets of a file */
	CONF_INSTANCES = 20000,  /* of all sections together */
};

/* The conf owns its parts, a part its entries, an entry its values. */
struct conf_entry {
	struct list list;
	struct conf_instance instance;
	char *values;
};

struct conf_part { /* one for each section of the schema */
	struct list entries;
	char *preset; /* values with every preset */
};

struct conf {
	const struct conf_schema *schema;
	struct conf_part *parts;
	unsigned n; /* entries of all parts */
	char file[128];
};

struct conf_part *conf_part(const struct conf *conf,
                            const struct conf_section *section);
struct conf_entry *conf_entry_find(const struct conf *conf,
                                   const struct conf_section *section,
                                   const char *name);

/* A new instance with these values (copied), in its place in the order.
 * -ENOMEM, -ENOSPC when there are too many. */
int conf_entry_add(struct conf_entry **out, struct conf *conf,
                   const struct conf_section *section, const char *name,
                   const void *values, unsigned line);
struct conf_entry *conf_entry_free(struct conf *conf, struct conf_entry *e);

/* A copy of a section's presets, to be given to mem_free. */
void *conf_values_new(const struct conf *conf,
                      const struct conf_section *section);

/* A zeroed value. */
void *conf_value_new(size_t size);

/* Reads words into a value, or adds them to a list. What replaces a value
 * leaves no octet of it: values are compared whole. */
int conf_put(const struct conf_option *option, void *value, int nwords,
             char **words, char *wrong, int *at);

/* The option's preset into *value, which lies in a section's struct. */
int conf_preset(const struct conf_option *option, void *value);

/* The keys of these values, as the instance is called; false: too long. */
bool conf_name(const struct conf_section *section, const void *values, char *to,
               size_t size);

/* "dial-peer voice 100", or "" for the global section. */
void conf_heading(const struct conf_section *section, const char *name,
                  char *to, size_t size);

/* What a value of this option looks like: "<1-65535>". */
void conf_accepts(const struct conf_option *option, char *to, size_t size);

/* The whole of an abbreviated choice, or the word as it is. */
const char *conf_complete_choice(const struct conf_option *o, const char *word);

/* What words in a place may mean: an option of one section, or (option NULL)
 * a section's heading. */
struct conf_target {
	const struct conf_section *section;
	const struct conf_option *option;
};

struct conf_targets {
	size_t n;
	struct match_row rows[MATCH_ROWS];
	struct conf_target at[MATCH_ROWS];
};

void conf_add_options(struct conf_targets *t, const struct conf_section *from);
void conf_add_headings(struct conf_targets *t, const struct conf *conf);

/* Fills line, column and the sentence; the result is -EBADMSG. */
int conf_refuse(struct conf_error *error, unsigned line, unsigned column,
                const char *format, ...) ATTR_PRINTF(4, 5);

#endif
