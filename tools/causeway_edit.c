/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * A person at a terminal. While a line is edited both the keyboard and the
 * socket are watched, in the function that libedit calls for a character: a
 * line that the daemon sends unasked (debug, monitor) is printed above, and
 * the edited line drawn again under it. `?` and Tab ask the daemon what could
 * follow what stands before the cursor.
 */

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wchar.h>

#include <histedit.h>

#include "kernel/text.h"
#include "tools/causeway.h"

struct editor {
	EditLine *el;
	History *history;
};

static char *prompt_of(EditLine *el)
{
	struct client *c;

	(void)el_get(el, EL_CLIENTDATA, &c);
	return c->prompt;
}

/* What stands before the cursor. */
static void typed_so_far(EditLine *el, char *to, size_t size)
{
	const LineInfo *info = el_line(el);

	(void)snprintf(to, size, "%.*s", (int)(info->cursor - info->buffer),
	               info->buffer);
}

static unsigned char key_help(EditLine *el, int ch)
{
	struct client *c;
	char typed[TYPED];

	(void)ch;
	(void)el_get(el, EL_CLIENTDATA, &c);
	typed_so_far(el, typed, sizeof(typed));
	(void)printf("?\n");
	return ask(c, '?', typed) < 0 ? CC_EOF : CC_REDISPLAY;
}

/* How many letters all words begin with, at least `known`. */
static size_t common(const struct client *c, size_t known)
{
	size_t n = strlen(c->words[0]);

	for (unsigned i = 1; i < c->nwords; i++) {
		size_t k = 0;

		while (k < n && c->words[i][k] == c->words[0][k])
			k++;
		n = k;
	}
	return MAX_OF(n, known);
}

static void list_words(const struct client *c)
{
	(void)printf("\n");
	for (unsigned i = 0; i < c->nwords; i++)
		(void)printf("%s%s", c->words[i],
		             i + 1 < c->nwords ? "  " : "\n");
}

static unsigned char key_complete(EditLine *el, int ch)
{
	struct client *c;
	char typed[TYPED], word[WORD + 2];
	const char *last;
	size_t have, n;

	(void)ch;
	(void)el_get(el, EL_CLIENTDATA, &c);
	typed_so_far(el, typed, sizeof(typed));
	last = strrchr(typed, ' ');
	have = strlen(last == NULL ? typed : last + 1);
	if (ask(c, 't', typed) < 0)
		return CC_EOF;
	if (c->nwords == 0)
		return CC_REFRESH_BEEP;
	n = common(c, have);
	if (c->nwords > 1 && n == have) {
		list_words(c);
		return CC_REDISPLAY;
	}
	(void)snprintf(word, sizeof(word), "%.*s%s", (int)n, c->words[0],
	               c->nwords == 1 ? " " : "");
	el_deletestr(el, (int)have);
	return el_insertstr(el, word) < 0 ? CC_ERROR : CC_REFRESH;
}

/* Lines that came unasked go above the line that is being edited. */
static bool show_unasked(struct client *c)
{
	static char line[LINE];
	bool any = false;

	if (!receive(c))
		return false;
	while (next_whole(c, line)) {
		if (line[0] != '!' || strlen(line) < 2)
			continue;
		(void)printf("%s%s\n", any ? "" : "\r\033[K", line + 2);
		any = true;
	}
	if (any) {
		(void)fflush(stdout);
		el_set(c->editor->el, EL_REFRESH);
	}
	return true;
}

/* Ctrl-C: clears the line, or stops what follows us. 0: go on waiting. */
static int take_interrupt(struct client *c, wchar_t *to)
{
	const LineInfo *info = el_line(c->editor->el);

	interrupted = 0;
	if (info->lastchar > info->buffer) {
		*to = L'\025'; /* kill the line, as bound below */
		return 1;
	}
	(void)printf("\n");
	if (ask(c, 'c', "") < 0)
		return -1;
	el_set(c->editor->el, EL_REFRESH);
	return 0;
}

/* A character from the keyboard, whole even when it has several octets. */
static int read_character(wchar_t *to)
{
	mbstate_t state;
	char octet;

	memset(&state, 0, sizeof(state));
	for (;;) {
		ssize_t n = read(STDIN_FILENO, &octet, 1);
		size_t used;

		if (n < 0 && errno == EINTR && !interrupted)
			continue;
		if (n <= 0)
			return (int)n;
		used = mbrtowc(to, &octet, 1, &state);
		if (used == (size_t)-1)
			memset(&state, 0, sizeof(state)); /* not a character */
		else if (used != (size_t)-2)
			return 1;
	}
}

static int get_character(EditLine *el, wchar_t *to)
{
	struct client *c;
	int rc = 0;

	(void)el_get(el, EL_CLIENTDATA, &c);
	while (rc == 0) {
		struct pollfd ready[] = {
			{ .fd = STDIN_FILENO, .events = POLLIN },
			{ .fd = c->fd, .events = POLLIN },
		};
		int n = poll(ready, ARRAY_LEN(ready), -1);

		if (interrupted)
			rc = take_interrupt(c, to);
		else if (n < 0 && errno != EINTR)
			rc = -1;
		else if (n > 0 && ready[1].revents != 0 && !show_unasked(c))
			rc = -1;
		else if (n > 0 && ready[0].revents != 0)
			return read_character(to);
	}
	return rc;
}

/* False without HOME: then nothing is kept. */
static bool history_file(char *to, size_t size)
{
	const char *home = getenv("HOME");

	return home != NULL && home[0] != '\0' &&
	       snprintf(to, size, "%s/.causeway_history", home) < (int)size;
}

static bool editor_open(struct client *c)
{
	HistEvent event;
	char file[4096];

	c->editor->el = el_init("causeway", stdin, stdout, stderr);
	c->editor->history = history_init();
	if (c->editor->el == NULL || c->editor->history == NULL)
		return false;
	(void)history(c->editor->history, &event, H_SETSIZE, HISTORY);
	(void)history(c->editor->history, &event, H_SETUNIQUE, 1);
	if (history_file(file, sizeof(file)))
		(void)history(c->editor->history, &event, H_LOAD, file);
	el_set(c->editor->el, EL_CLIENTDATA, c);
	el_set(c->editor->el, EL_PROMPT, prompt_of);
	el_set(c->editor->el, EL_EDITOR, "emacs");
	el_set(c->editor->el, EL_HIST, history, c->editor->history);
	el_set(c->editor->el, EL_ADDFN, "causeway-help", "what could follow",
	       key_help);
	el_set(c->editor->el, EL_ADDFN, "causeway-complete",
	       "complete the word", key_complete);
	el_set(c->editor->el, EL_BIND, "?", "causeway-help", NULL);
	el_set(c->editor->el, EL_BIND, "^I", "causeway-complete", NULL);
	el_set(c->editor->el, EL_BIND, "^U", "em-kill-line", NULL);
	el_set(c->editor->el, EL_BIND, "^V", "ed-quoted-insert", NULL);
	el_set(c->editor->el, EL_GETCFN, get_character);
	return true;
}

static void editor_close(struct client *c)
{
	HistEvent event;
	char file[4096];

	if (c->editor->history != NULL && history_file(file, sizeof(file))) {
		(void)umask(077);
		(void)history(c->editor->history, &event, H_SAVE, file);
	}
	if (c->editor->history != NULL)
		history_end(c->editor->history);
	if (c->editor->el != NULL)
		el_end(c->editor->el);
}

static void show_history(struct client *c)
{
	HistEvent event;

	for (int rc = history(c->editor->history, &event, H_LAST); rc >= 0;
	     rc = history(c->editor->history, &event, H_PREV))
		(void)printf("  %s", event.str);
}

static int talk_with(struct client *c)
{
	const char *typed;
	char line[TYPED * 2];
	HistEvent event;
	int rc = EXIT_GOOD, n;
	bool leaving = false;

	while (rc >= 0 && !leaving &&
	       (typed = el_gets(c->editor->el, &n)) != NULL) {
		if (text_copy(line, sizeof(line), typed) < 0 ||
		    line[strspn(line, " \t\n")] == '\0')
			continue;
		(void)history(c->editor->history, &event, H_ENTER, line);
		line[strcspn(line, "\n")] = '\0';
		leaving = is_exit(c, line);
		if (strcmp(line, "show history") == 0)
			show_history(c);
		else
			rc = run_line(c, line);
	}
	if (rc < 0 && !leaving)
		(void)fprintf(stderr, "causeway: the gateway has closed the "
		                      "session\n");
	return rc < 0 && !leaving ? EXIT_FAILED : EXIT_GOOD;
}

int talk(struct client *c)
{
	struct editor editor = { NULL, NULL };
	int rc;

	c->editor = &editor;
	rc = editor_open(c) ? talk_with(c) : EXIT_FAILED;
	editor_close(c);
	return rc;
}
