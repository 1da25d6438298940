/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * A configuration as text: the global options, then section by section in the
 * schema's order, each closed by a line of `!`. What has its preset is left
 * out, so the text says what somebody decided. Reading it back gives the same
 * values.
 *
 * A file is replaced as a whole: written beside the old one, synced, renamed,
 * and the folder synced, so that a power cut leaves the old file or the new
 * one. The new one takes over the old one's mode; it may hold secrets, so
 * without an old one only owner and group may read it.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel/conf_private.h"
#include "kernel/text.h"
#include "kernel/words.h"

struct printer {
	void (*line)(void *self, const char *text);
	void *self;
	const char *indent;
};

static void print_line(const struct printer *p, const char *no,
                       const char *words, const char *value)
{
	char line[2 * WORDS_LINE];

	(void)snprintf(line, sizeof(line), "%s%s%s%s%s", p->indent, no, words,
	               *value != '\0' ? " " : "", value);
	p->line(p->self, line);
}

static void print_option(const struct printer *p, const struct conf_option *o,
                         const char *values, const char *preset)
{
	const char *value = values + o->offset;
	char text[WORDS_LINE];

	if (!o->always && memcmp(value, preset + o->offset, o->size) == 0)
		return;
	if (o->kind == &conf_switch) {
		print_line(p, *(const bool *)value ? "" : "no ", o->words, "");
		return;
	}
	for (unsigned i = 0; i == 0 || o->kind->list; i++) {
		if (!o->kind->print(o, value, i, text, sizeof(text)))
			return;
		print_line(p, "", o->words, text);
	}
}

static void print_heading(const struct printer *p, const struct conf_section *s,
                          const char *values)
{
	char line[WORDS_LINE], text[WORDS_LINE];
	struct text t = TEXT(line);

	text_add(&t, "%s", s->words);
	for (size_t i = 0; i < s->nheading; i++) {
		const struct conf_option *o = &s->heading[i];

		if (o->kind->print(o, values + o->offset, 0, text,
		                   sizeof(text)))
			text_add(&t, " %s", text);
	}
	p->line(p->self, line);
}

void conf_print(const struct conf *conf,
                void (*line)(void *self, const char *text), void *self)
{
	for (size_t i = 0; i < conf->schema->nsections; i++) {
		const struct conf_section *s = conf->schema->sections[i];
		struct printer p = { line, self, i == 0 ? "" : " " };
		const struct conf_instance *at = NULL;

		while ((at = conf_next(conf, s, at)) != NULL) {
			if (i > 0)
				print_heading(&p, s, at->values);
			for (size_t k = 0; k < s->noptions; k++)
				print_option(&p, &s->options[k], at->values,
				             conf->parts[i].preset);
			line(self, "!");
		}
	}
}

static void write_line(void *self, const char *text)
{
	FILE *to = self;

	(void)fprintf(to, "%s\n", text); /* ferror() is asked at the end */
}

static int write_whole(const struct conf *conf, int fd)
{
	FILE *to = fdopen(fd, "w");
	int rc = 0;

	if (to == NULL) {
		rc = -errno;
		(void)close(fd);
		return rc;
	}
	conf_print(conf, write_line, to);
	if (fflush(to) != 0 || ferror(to) || fsync(fd) < 0)
		rc = errno != 0 ? -errno : -EIO;
	if (fclose(to) != 0 && rc == 0)
		rc = -errno;
	return rc;
}

static int sync_folder(const char *file)
{
	char folder[4096];
	const char *slash = strrchr(file, '/');
	int fd, rc;

	if (slash == NULL)
		(void)text_copy(folder, sizeof(folder), ".");
	else
		(void)snprintf(folder, sizeof(folder), "%.*s",
		               (int)MAX_OF(slash - file, 1), file);
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	rc = fsync(fd) < 0 && errno != EINVAL ? -errno : 0;
	(void)close(fd);
	return rc;
}

int conf_write(const struct conf *conf, const char *file)
{
	char beside[4096];
	struct stat st;
	mode_t mode = stat(file, &st) == 0 ? st.st_mode & 0777 : 0640;
	int fd, rc;

	rc = snprintf(beside, sizeof(beside), "%s.XXXXXX", file);
	if ((size_t)rc >= sizeof(beside))
		return -ENAMETOOLONG;
	fd = mkostemp(beside, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fchmod(fd, mode) < 0) {
		rc = -errno;
		(void)close(fd);
	} else {
		errno = 0;
		rc = write_whole(conf, fd);
	}
	if (rc == 0 && rename(beside, file) < 0)
		rc = -errno;
	if (rc < 0) {
		(void)unlink(beside);
		return rc;
	}
	return sync_folder(file);
}
