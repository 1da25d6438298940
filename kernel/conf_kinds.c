/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * The kinds of values that the schema's rows are made of. Each reads words
 * into a member, writes it back as words, and says what it accepts; what it
 * refuses it refuses in a sentence that names what would have been right.
 *
 * A kind writes its member only when all of it is good, and all of it: what
 * stood behind a shorter text is cleared, because values are compared as
 * memory.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/addr.h"
#include "kernel/conf_private.h"
#include "kernel/instant.h"
#include "kernel/text.h"
#include "kernel/words.h"

enum { SHORT = 128 };

ATTR_PRINTF(2, 3)
static int refuse(char *wrong, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(wrong, CONF_MESSAGE, format, args);
	va_end(args);
	return -EBADMSG;
}

/* Exactly one word must stand here. */
static int one_word(const struct conf_option *o, int nwords, char **words,
                    char *wrong, int *at)
{
	char accepts[SHORT];

	if (nwords == 1)
		return 0;
	conf_accepts(o, accepts, sizeof(accepts));
	*at = nwords == 0 ? 0 : 1;
	if (nwords == 0)
		return refuse(wrong, "a value is missing; use %s", accepts);
	return refuse(wrong, "\"%.60s\" is one word too many", words[1]);
}

/* --- words and texts --- */

static size_t longest(const struct conf_option *o)
{
	size_t room = o->size - 1;

	return o->max > 0 ? MIN_OF((size_t)o->max, room) : room;
}

static int store_text(const struct conf_option *o, char *value,
                      const char *text, char *wrong)
{
	size_t len = strlen(text), least = (size_t)MAX_OF(o->min, 1);

	if (len < least || len > longest(o))
		return refuse(wrong,
		              "\"%.60s\" has %zu characters; use %zu to %zu",
		              text, len, least, longest(o));
	memset(value, 0, o->size);
	memcpy(value, text, len);
	return 0;
}

static int word_parse(const struct conf_option *o, void *value, int nwords,
                      char **words, char *wrong, int *at)
{
	int rc = one_word(o, nwords, words, wrong, at);

	return rc < 0 ? rc : store_text(o, value, words[0], wrong);
}

static bool word_print(const struct conf_option *o, const void *value,
                       unsigned index, char *to, size_t size)
{
	(void)o;
	if (index > 0 || *(const char *)value == '\0')
		return false;
	words_quote(to, size, value);
	return true;
}

const struct conf_kind conf_word = { "word",     "WORD",     false,
	                             word_parse, word_print, NULL };

static int text_parse(const struct conf_option *o, void *value, int nwords,
                      char **words, char *wrong, int *at)
{
	char whole[WORDS_LINE];
	struct text t = TEXT(whole);

	*at = 0;
	if (nwords == 0)
		return refuse(wrong, "a text is missing");
	for (int i = 0; i < nwords; i++)
		text_add(&t, "%s%s", i > 0 ? " " : "", words[i]);
	return store_text(o, value, whole, wrong);
}

static bool text_print(const struct conf_option *o, const void *value,
                       unsigned index, char *to, size_t size)
{
	(void)o;
	if (index > 0 || *(const char *)value == '\0')
		return false;
	words_quote_text(to, size, value);
	return true;
}

const struct conf_kind conf_text = { "text",     "LINE",     false,
	                             text_parse, text_print, NULL };

/* --- numbers --- */

static int64_t number_max(const struct conf_option *o)
{
	return o->max > 0 ? o->max : UINT32_MAX;
}

static int number_parse(const struct conf_option *o, void *value, int nwords,
                        char **words, char *wrong, int *at)
{
	uint64_t number;
	unsigned v;
	int rc = one_word(o, nwords, words, wrong, at);

	if (rc < 0)
		return rc;
	if (text_number(words[0], 0, UINT64_MAX, &number) < 0)
		return refuse(wrong,
		              "\"%.60s\" is not a number from %" PRId64
		              " to %" PRId64,
		              words[0], o->min, number_max(o));
	if (number < (uint64_t)o->min || number > (uint64_t)number_max(o))
		return refuse(wrong,
		              "\"%.60s\" is out of range; use %" PRId64
		              " to %" PRId64,
		              words[0], o->min, number_max(o));
	v = (unsigned)number;
	memcpy(value, &v, sizeof(v));
	return 0;
}

static bool number_print(const struct conf_option *o, const void *value,
                         unsigned index, char *to, size_t size)
{
	unsigned v;

	(void)o;
	memcpy(&v, value, sizeof(v));
	(void)snprintf(to, size, "%u", v);
	return index == 0;
}

const struct conf_kind conf_number = { "number",     NULL,         false,
	                               number_parse, number_print, NULL };

/* --- switches --- */

static int switch_parse(const struct conf_option *o, void *value, int nwords,
                        char **words, char *wrong, int *at)
{
	bool on = true;

	(void)o;
	*at = 0;
	if (nwords > 0)
		return refuse(wrong, "\"%.60s\" is one word too many",
		              words[0]);
	memcpy(value, &on, sizeof(on));
	return 0;
}

static bool switch_print(const struct conf_option *o, const void *value,
                         unsigned index, char *to, size_t size)
{
	(void)o;
	if (size > 0)
		to[0] = '\0';
	return index == 0 && *(const bool *)value;
}

const struct conf_kind conf_switch = { "switch",     "",           false,
	                               switch_parse, switch_print, NULL };

/* --- choices --- */

static const struct conf_choice *find_choice(const struct conf_choice *c,
                                             const char *word)
{
	for (; c->word != NULL; c++)
		if (text_casecmp(c->word, word) == 0)
			return c;
	return NULL;
}

/* An abbreviation counts when it is the only one. */
static const struct conf_choice *guess_choice(const struct conf_choice *c,
                                              const char *word)
{
	const struct conf_choice *found = NULL;

	for (; c->word != NULL; c++) {
		if (strncasecmp(c->word, word, strlen(word)) != 0)
			continue;
		if (found != NULL)
			return NULL;
		found = c;
	}
	return found;
}

const char *conf_complete_choice(const struct conf_option *o, const char *word)
{
	const struct conf_choice *c = NULL;

	if (o->choices != NULL && *word != '\0') {
		c = find_choice(o->choices, word);
		if (c == NULL)
			c = guess_choice(o->choices, word);
	}
	return c == NULL ? word : c->word;
}

/* "a", "b" or "c" */
static void list_choices(const struct conf_choice *c, struct text *to)
{
	for (size_t i = 0; c[i].word != NULL; i++)
		text_add(to, "%s\"%s\"",
		         i == 0                  ? ""
		         : c[i + 1].word == NULL ? " or "
		                                 : ", ",
		         c[i].word);
}

static int refuse_choice(const struct conf_option *o, const char *word,
                         char *wrong)
{
	struct text t = { .at = wrong, .size = CONF_MESSAGE };
	const struct conf_choice *near = NULL;
	size_t n = 0;

	for (; o->choices[n].word != NULL; n++)
		if (words_close(word, o->choices[n].word) &&
		    (near == NULL || words_distance(word, o->choices[n].word) <
		                             words_distance(word, near->word)))
			near = &o->choices[n];
	wrong[0] = '\0';
	text_add(&t, "\"%.60s\" is not accepted; ", word);
	if (near != NULL && n > 3)
		text_add(&t, "did you mean \"%s\"? ", near->word);
	text_add(&t, "use ");
	list_choices(o->choices, &t);
	return -EBADMSG;
}

static int one_of_parse(const struct conf_option *o, void *value, int nwords,
                        char **words, char *wrong, int *at)
{
	const struct conf_choice *c;
	int rc = one_word(o, nwords, words, wrong, at);

	if (rc < 0)
		return rc;
	c = find_choice(o->choices, words[0]);
	if (c == NULL)
		return refuse_choice(o, words[0], wrong);
	memcpy(value, &c->value, sizeof(c->value));
	return 0;
}

static bool one_of_print(const struct conf_option *o, const void *value,
                         unsigned index, char *to, size_t size)
{
	int v;

	memcpy(&v, value, sizeof(v));
	for (const struct conf_choice *c = o->choices; c->word != NULL; c++) {
		if (c->value == v && index == 0) {
			(void)snprintf(to, size, "%s", c->word);
			return true;
		}
	}
	return false;
}

static void choice_help(const struct conf_option *o, conf_tell_fn tell,
                        void *self)
{
	if (o->choices == NULL) {
		tell(self, "WORD", o->help);
		return;
	}
	for (const struct conf_choice *c = o->choices; c->word != NULL; c++)
		tell(self, c->word, c->help == NULL ? "" : c->help);
}

const struct conf_kind conf_one_of = {
	"choice", NULL, false, one_of_parse, one_of_print, choice_help
};

/* --- lengths of time --- */

enum { DECIMALS = 6 };

static void print_usec(usec v, char *to, size_t size)
{
	char fraction[16];
	int len = DECIMALS;

	if (v % SEC(1) == 0) {
		(void)snprintf(to, size, "%" PRId64, v / SEC(1));
	} else if (v % MSEC(1) == 0 && v < SEC(1)) {
		(void)snprintf(to, size, "%" PRId64 "ms", v / MSEC(1));
	} else {
		(void)snprintf(fraction, sizeof(fraction), "%06u",
		               (unsigned)(v % SEC(1)));
		while (fraction[len - 1] == '0')
			fraction[--len] = '\0';
		(void)snprintf(to, size, "%" PRId64 ".%s", v / SEC(1),
		               fraction);
	}
}

/* "4", "0.5", "4s", "200ms"; at most six decimals of a second. */
static bool read_usec(const char *text, usec *out)
{
	usec unit = SEC(1), v = 0;
	size_t digits = strspn(text, "0123456789");

	if (digits == 0 || digits > 9)
		return false;
	for (size_t i = 0; i < digits; i++)
		v = v * 10 + (text[i] - '0');
	text += digits;
	if (strcmp(text, "ms") == 0)
		unit = MSEC(1);
	v *= unit;
	if (*text == '.') {
		digits = strspn(++text, "0123456789");
		if (digits == 0 || digits > DECIMALS)
			return false;
		for (size_t i = 0; i < digits; i++)
			v += (text[i] - '0') * (unit /= 10);
		text += digits;
	} else if (unit == MSEC(1)) {
		text += 2;
	}
	if (strcmp(text, "s") == 0)
		text++;
	*out = v;
	return *text == '\0';
}

static int seconds_parse(const struct conf_option *o, void *value, int nwords,
                         char **words, char *wrong, int *at)
{
	char min[SHORT], max[SHORT];
	usec v, most = o->max > 0 ? o->max : SEC(INT64_C(1000000000));
	int rc = one_word(o, nwords, words, wrong, at);

	if (rc < 0)
		return rc;
	print_usec(o->min, min, sizeof(min));
	print_usec(most, max, sizeof(max));
	if (!read_usec(words[0], &v))
		return refuse(wrong,
		              "\"%.60s\" is not a length of time; use %s to "
		              "%s seconds, or \"200ms\"",
		              words[0], min, max);
	if (v < o->min || v > most)
		return refuse(wrong,
		              "\"%.60s\" is out of range; use %s to %s seconds",
		              words[0], min, max);
	memcpy(value, &v, sizeof(v));
	return 0;
}

static bool seconds_print(const struct conf_option *o, const void *value,
                          unsigned index, char *to, size_t size)
{
	usec v;

	(void)o;
	memcpy(&v, value, sizeof(v));
	print_usec(v, to, size);
	return index == 0;
}

const struct conf_kind conf_seconds = { "seconds",     NULL,          false,
	                                seconds_parse, seconds_print, NULL };

/* --- addresses --- */

static int addr_parse_words(const struct conf_option *o, void *value,
                            int nwords, char **words, char *wrong, int *at)
{
	struct addr a;
	int rc = one_word(o, nwords, words, wrong, at);

	if (rc < 0)
		return rc;
	if (addr_parse(&a, words[0], (uint16_t)o->max) < 0)
		return refuse(wrong,
		              "\"%.60s\" is not an address; use 192.0.2.1, "
		              "192.0.2.1:5060 or [2001:db8::1]:5060",
		              words[0]);
	memcpy(value, &a, sizeof(a));
	return 0;
}

static bool addr_print_words(const struct conf_option *o, const void *value,
                             unsigned index, char *to, size_t size)
{
	struct addr a;

	memcpy(&a, value, sizeof(a));
	if (index > 0 || !addr_is_set(&a))
		return false;
	if (o->max == 0 && addr_port(&a) == 0)
		addr_print_host(&a, to, size);
	else
		addr_print(&a, to, size);
	return true;
}

const struct conf_kind conf_addr = { "address",        "A.B.C.D[:PORT]", false,
	                             addr_parse_words, addr_print_words, NULL };

/* --- lists of words --- */

static int words_parse(const struct conf_option *o, void *value, int nwords,
                       char **words, char *wrong, int *at)
{
	struct conf_list *list = value;
	int rc = one_word(o, nwords, words, wrong, at);

	if (rc < 0)
		return rc;
	if (o->choices != NULL && find_choice(o->choices, words[0]) == NULL)
		return refuse_choice(o, words[0], wrong);
	if (words[0][0] == '\0' || strlen(words[0]) >= CONF_LIST_WORD)
		return refuse(wrong,
		              "\"%.60s\" is no word of 1 to %d "
		              "characters",
		              words[0], CONF_LIST_WORD - 1);
	for (unsigned i = 0; i < list->n; i++)
		if (strcmp(list->word[i], words[0]) == 0)
			return 0;
	if (list->n == CONF_LIST)
		return refuse(wrong, "no more than %d are accepted", CONF_LIST);
	return text_copy(list->word[list->n++], CONF_LIST_WORD, words[0]);
}

static bool words_print(const struct conf_option *o, const void *value,
                        unsigned index, char *to, size_t size)
{
	const struct conf_list *list = value;

	(void)o;
	if (index >= list->n)
		return false;
	words_quote(to, size, list->word[index]);
	return true;
}

const struct conf_kind conf_words = { "words",     NULL,        true,
	                              words_parse, words_print, choice_help };

void conf_accepts(const struct conf_option *o, char *to, size_t size)
{
	char min[SHORT], max[SHORT];
	struct text t = { .at = to, .size = size };

	to[0] = '\0';
	if (o->kind->accepts != NULL) {
		text_add(&t, "%s", o->kind->accepts);
	} else if (o->kind == &conf_seconds) {
		print_usec(o->min, min, sizeof(min));
		print_usec(MAX_OF(o->max, o->min), max, sizeof(max));
		text_add(&t, "<%s-%s>", min, max);
	} else if (o->choices != NULL) {
		list_choices(o->choices, &t);
	} else if (o->kind == &conf_number) {
		text_add(&t, "<%" PRId64 "-%" PRId64 ">", o->min,
		         number_max(o));
	} else {
		text_add(&t, "WORD");
	}
}
