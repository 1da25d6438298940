/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Reading a script: lines, blocks and what stands at their head.
 *
 * A script is written by an installer, so every refusal names file and line
 * and says what would have been accepted. Nothing is guessed: a word that was
 * not understood refuses the script, it never falls under the table, because a
 * script whose expectation was dropped would always hold.
 */

#include "tools/pbx/words.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kernel/mem.h"
#include "kernel/text.h"

enum { SCRIPT_OCTETS = 256 * 1024 };

int words_refuse(struct words *w, const char *format, ...)
{
	char sentence[200];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(sentence, sizeof(sentence), format, args);
	va_end(args);
	(void)snprintf(w->error->text, sizeof(w->error->text), "%.80s:%u: %s",
	               w->path, w->line, sentence);
	return -EBADMSG;
}

bool words_are(struct words *w, const char *word)
{
	if (w->at == w->n || strcmp(w->word[w->at], word) != 0)
		return false;
	w->at++;
	return true;
}

const char *words_next(struct words *w, const char *what)
{
	if (w->at < w->n)
		return w->word[w->at++];
	(void)words_refuse(w, "%s is missing at the end", what);
	return NULL;
}

int words_time(struct words *w, usec *out)
{
	const char *word = words_next(w, "a time such as 2s or 150ms");
	double value;
	char unit[3] = "";
	int end = 0;

	if (word == NULL)
		return -EBADMSG;
	if (sscanf(word, "%lf%2[ms]%n", &value, unit, &end) != 2 ||
	    word[end] != '\0' || !(value >= 0 && value <= 86400))
		return words_refuse(w,
		                    "\"%s\" is no time; 2s, 1.5s, 150ms "
		                    "and 3m are",
		                    word);
	if (strcmp(unit, "ms") == 0)
		*out = (usec)(value * 1e3);
	else if (strcmp(unit, "s") == 0)
		*out = (usec)(value * 1e6);
	else if (strcmp(unit, "m") == 0)
		*out = (usec)(value * 60e6);
	else
		return words_refuse(w, "the unit of \"%s\" is ms, s or m",
		                    word);
	return 0;
}

int words_number(struct words *w, const char *what, unsigned max, unsigned *out)
{
	const char *word = words_next(w, what);
	uint64_t value;

	if (word == NULL)
		return -EBADMSG;
	if (text_number(word, 0, max, &value) < 0)
		return words_refuse(w, "\"%s\": %s is a number from 0 to %u",
		                    word, what, max);
	*out = (unsigned)value;
	return 0;
}

int words_digits(struct words *w, const char **out)
{
	const char *word = words_next(w, "a number");

	if (word == NULL)
		return -EBADMSG;
	if (strlen(word) > NUMBER_DIGITS ||
	    strspn(word, "0123456789*#ABCD+") != strlen(word))
		return words_refuse(w,
		                    "\"%s\" is no number: digits, * and #, "
		                    "at most 32",
		                    word);
	*out = word;
	return 0;
}

static int read_step(struct script_reader *r, const char *source)
{
	struct step *step = &r->script->steps[r->script->nsteps];
	int rc;

	if (r->block == NULL)
		return words_refuse(&r->words, "a step stands below call, "
		                               "answer or line");
	step->line = r->words.line;
	step->source = source;
	rc = step_parse(&r->words, r->block->kind == BLOCK_LINE, step);
	r->script->nsteps++; /* so that its file is freed */
	r->block->n++;
	return rc;
}

/* A '#' after a blank and before one, or in front of a line, ends it. */
static void cut_comment(char *line)
{
	for (char *at = line; (at = strchr(at, '#')) != NULL; at++) {
		bool first = at == line + strspn(line, " \t");
		bool alone = at > line && strchr(" \t", at[-1]) != NULL &&
		             (at[1] == '\0' || strchr(" \t", at[1]) != NULL);

		if (first || alone) {
			*at = '\0';
			return;
		}
	}
}

static void trim_end(char *text)
{
	size_t n = strlen(text);

	while (n > 0 && strchr(" \t\r", text[n - 1]) != NULL)
		text[--n] = '\0';
}

static int read_line(struct script_reader *r, char *line, char *copy)
{
	struct words *w = &r->words;
	bool step = line[0] == ' ' || line[0] == '\t';
	int rc;

	cut_comment(line);
	trim_end(line);
	cut_comment(copy);
	trim_end(copy);
	w->at = 0;
	w->n = text_split(line, w->word, SCRIPT_WORDS, NULL);
	if (w->n < 0)
		return words_refuse(w, "a quote is not closed");
	if (w->n == 0)
		return 0;
	rc = step ? read_step(r, copy + strspn(copy, " \t")) : head_parse(r);
	if (rc == 0 && w->at < w->n)
		return words_refuse(w, "\"%s\" is not understood here",
		                    w->word[w->at]);
	return rc;
}

static int read_lines(struct script_reader *r)
{
	char *line = r->script->body, *copy = r->script->copy;
	int rc = 0;

	while (rc == 0 && line != NULL) {
		char *end = strchr(line, '\n');
		size_t n = end == NULL ? 0 : (size_t)(end - line) + 1;

		if (end != NULL)
			*end = copy[n - 1] = '\0';
		r->words.line++;
		rc = read_line(r, line, copy);
		line = end == NULL ? NULL : line + n;
		copy += n;
	}
	return rc;
}

static struct script *new_script(struct bytes text)
{
	struct script *s = mem_new(struct script);
	size_t lines = 1;

	for (size_t i = 0; i < text.len; i++)
		lines += text.at[i] == '\n';
	if (s == NULL)
		return NULL;
	s->body = mem_new_array(char, text.len + 1);
	s->copy = mem_new_array(char, text.len + 1);
	s->blocks = mem_new_array(struct block, lines);
	s->steps = mem_new_array(struct step, lines);
	if (s->body == NULL || s->copy == NULL || s->blocks == NULL ||
	    s->steps == NULL)
		return script_free(s);
	if (text.len > 0) {
		memcpy(s->body, text.at, text.len);
		memcpy(s->copy, text.at, text.len);
	}
	return s;
}

int script_parse(struct script **out, const char *path, struct bytes text,
                 struct settings *settings, struct script_error *error)
{
	struct script_reader r = { .settings = settings };
	int rc;

	r.words.path = path;
	r.words.error = error;
	if (text.len > SCRIPT_OCTETS)
		return words_refuse(&r.words, "a script has at most 256 KiB");
	if (text.len > 0 && memchr(text.at, '\0', text.len) != NULL)
		return words_refuse(&r.words, "this is no text");
	r.script = new_script(text);
	if (r.script == NULL)
		return -ENOMEM;
	rc = read_lines(&r);
	if (rc < 0)
		r.script = script_free(r.script);
	else
		*out = r.script;
	return rc;
}

int script_read(struct script **out, const char *path,
                struct settings *settings, struct script_error *error)
{
	static uint8_t text[SCRIPT_OCTETS + 1];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text));
	int rc = n < 0 ? -errno : 0;

	if (fd >= 0)
		(void)close(fd);
	if (rc < 0) {
		(void)snprintf(error->text, sizeof(error->text), "%.200s: %s",
		               path, strerror(-rc));
		return rc;
	}
	return script_parse(out, path, (struct bytes){ text, (size_t)n },
	                    settings, error);
}

struct script *script_free(struct script *script)
{
	if (script == NULL)
		return NULL;
	for (size_t i = 0; script->steps != NULL && i < script->nsteps; i++)
		(void)mem_free((void *)(uintptr_t)script->steps[i].sound.at);
	(void)mem_free(script->steps);
	(void)mem_free(script->blocks);
	(void)mem_free(script->copy);
	(void)mem_free(script->body);
	return mem_free(script);
}
