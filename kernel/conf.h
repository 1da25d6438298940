/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef KERNEL_CONF_H
#define KERNEL_CONF_H

/*
 * Configuration as rows. A file in the manner of IOS is a list of sections; a
 * section has a heading ("dial-peer voice 100 pots") and indented options. A
 * row per section and per option says its words, kind, limits, preset and
 * help; the same rows parse, check, print, compare, answer `?` in `configure
 * terminal` and fill the manual.
 *
 * A section's values live in a plain struct of the owner's, zeroed and then
 * set to the presets; lists are arrays with their own count inside the struct.
 * Plain means: no pointers, so it may be copied with = and compared with
 * memcmp. A configuration is read into fresh structs and checked whole; one
 * error, and nothing changes.
 *
 *   hostname gw1            ! column 0: an option of the global section, or
 *   sip-peer carrier        ! a section's heading
 *    address 192.0.2.10     ! indented by any blank: an option of the section
 *    no shutdown            ! `no` sets an option back to its preset
 *   !                       ! a line of only ! ends the section
 *
 * Comments run from ` !` to the line's end. Signalling thread only.
 */

#include "kernel/base.h"
#include "kernel/bytes.h"

enum { CONF_MESSAGE = 240, CONF_WORDS = 64 };

struct conf_error {
	char file[128];
	unsigned line, column;      /* 1 based; of the word in error */
	char message[CONF_MESSAGE]; /* what is wrong, what would be accepted */
};

/* "causeway.conf:12:16: isdn side: ..."; what is not known is left out. */
void conf_error_print(const struct conf_error *error, char *to, size_t size);

struct conf;
struct conf_option;

/* For `?`: a word that could stand here, what it means. */
typedef void (*conf_tell_fn)(void *self, const char *word, const char *meaning);

/*
 * How a kind of value is read and printed. parse gets the words after the
 * option's own and stores into *value, writing a sentence into `wrong` (of
 * CONF_MESSAGE octets) and the index of the word in error into *at when it
 * refuses with -EBADMSG. print writes the words back, and may be called with
 * index 0.. for a list; it returns false when there is no such element.
 */
struct conf_kind {
	const char *name;    /* "number": for the manual */
	const char *accepts; /* "<1-65535>" or NULL: made from the row */
	bool list;           /* each line adds an element; `no` with words takes
	                     * one away, without words all */
	int (*parse)(const struct conf_option *option, void *value, int nwords,
	             char **words, char *wrong, int *at);
	bool (*print)(const struct conf_option *option, const void *value,
	              unsigned index, char *to, size_t size);
	/* the words that could stand here; may be NULL */
	void (*help)(const struct conf_option *option, conf_tell_fn tell,
	             void *self);
};

struct conf_choice {
	const char *word;
	int value;
	const char *help;
};

struct conf_option {
	const char *words; /* "isdn switch-type" */
	const struct conf_kind *kind;
	size_t offset, size; /* of the value in the section's struct */
	int64_t min, max;    /* numbers, usec, lengths of text */
	const struct conf_choice *choices; /* closed by a NULL word */
	const char *preset; /* as written; NULL: zeroed; a switch: not NULL is
	                     * on; a list has none */
	const char *help;   /* one line */
	bool secret;        /* printed, but never in a log */
	bool always;        /* printed even when it has its preset */
};

/* The place of a member, for a row. */
#define CONF_AT(type, member) \
	.offset = offsetof(type, member), .size = sizeof(((type *)0)->member)

/* The kinds that come with the schema; owners may add their own. */
extern const struct conf_kind conf_word;    /* char[]: one word */
extern const struct conf_kind conf_text;    /* char[]: the rest of the line */
extern const struct conf_kind conf_number;  /* unsigned, min to max */
extern const struct conf_kind conf_switch;  /* bool: no words; `no` clears */
extern const struct conf_kind conf_one_of;  /* int: a word of choices */
extern const struct conf_kind conf_seconds; /* usec: "4", "0.5", "200ms" */
extern const struct conf_kind conf_addr;    /* struct addr; max: preset port */
extern const struct conf_kind conf_words; /* struct conf_list: a word a line */

enum { CONF_LIST = 32, CONF_LIST_WORD = 48 };
struct conf_list {
	unsigned n;
	char word[CONF_LIST][CONF_LIST_WORD];
};

struct conf_section {
	const char *words; /* "dial-peer voice"; "" is the global section */
	size_t size;       /* of the struct its values live in */
	/* What stands in the heading after the words: each row takes exactly
	 * one word; the first `nkeys` of them name the instance. */
	const struct conf_option *heading;
	size_t nheading, nkeys;
	const struct conf_option *options;
	size_t noptions;
	const char *help;
	/* Looks at one instance by itself; a sentence and -EBADMSG. */
	int (*check)(const void *values, char *wrong);
};

struct conf_schema {
	const struct conf_section *const *sections; /* [0] is the global one */
	size_t nsections;
	/* Looks at the whole: references between sections. *line is where. */
	int (*check)(const struct conf *conf, struct conf_error *error);
};

/* An empty configuration with every preset. */
int conf_new(struct conf **out, const struct conf_schema *schema);
struct conf *conf_free(struct conf *conf);
int conf_copy(struct conf **out, const struct conf *from);

/* Reads and checks whole; *error is filled for -EBADMSG and unread files. */
int conf_load(struct conf **out, const struct conf_schema *schema,
              const char *file, struct conf_error *error);
int conf_parse(struct conf **out, const struct conf_schema *schema,
               const char *name, struct bytes text, struct conf_error *error);
int conf_check(const struct conf *conf, struct conf_error *error);

/* One instance of a section and where it was written. */
struct conf_instance {
	const struct conf_section *section;
	const void *values;
	char name[64]; /* its keys: "e1 0", "100", "carrier" */
	unsigned line; /* 0: not from a file */
};

/* Walks the instances of a section in the file's order, or by number where the
 * first key is one: NULL first, NULL after the last. */
const struct conf_instance *conf_next(const struct conf *conf,
                                      const struct conf_section *section,
                                      const struct conf_instance *after);

/* The values of the instance with these keys, NULL if none. The global
 * section is always there (name ""). */
const void *conf_find(const struct conf *conf,
                      const struct conf_section *section, const char *name);

/* An error with file and line of an instance, its heading, the sentence. */
void conf_blame(struct conf_error *error, const struct conf *conf,
                const struct conf_instance *instance, const char *format, ...)
	ATTR_PRINTF(4, 5);

/*
 * Interactive use: `context` is the instance in which a line is read ("" and
 * the global section first). A heading moves it (and makes the instance), `no
 * <heading>` removes an instance, `exit` goes back, an option changes a value.
 * Nothing but this conf changes; check and apply it afterwards.
 */
struct conf_context {
	const struct conf_section *section;
	char name[64];
};
int conf_line(struct conf *conf, struct conf_context *context, const char *line,
              struct conf_error *error);

/* What could stand at the end of `partial`: for `?` and completion. */
void conf_help(const struct conf *conf, const struct conf_context *context,
               const char *partial, conf_tell_fn tell, void *self);

/* Prints as a file that reads back to the same structs. */
void conf_print(const struct conf *conf,
                void (*line)(void *self, const char *text), void *self);

/* Temporary file, fsync, rename. */
int conf_write(const struct conf *conf, const char *file);

/* Tells what differs: removed (last section first), added, changed. Values are
 * NULL on the side that lacks the instance; a NULL configuration lacks all. */
void conf_compare(const struct conf *old, const struct conf *now,
                  void (*tell)(void *self, const struct conf_section *section,
                               const char *name, const void *old_values,
                               const void *new_values),
                  void *self);

/* The word of a choice's value, "?" if there is none. */
const char *conf_choice_word(const struct conf_choice *choices, int value);

#endif
