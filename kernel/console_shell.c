/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * One session and its protocol, which is lines of UTF-8 over a SOCK_STREAM
 * socket in both directions, each beginning with one octet that says what it
 * is and ending with LF (CR LF is taken too). Version 1.
 *
 * From the client, at most 1,024 octets a line; requests are answered in
 * order, each by lines that end with `.`:
 *
 *   x LINE     run a line         j LINE     run it, answer in JSON
 *   ? PART     what could stand at the end of PART
 *   t PART     the words that could replace the last word of PART
 *   c          stop what follows this session: debug output, monitor
 *
 * To the client:
 *
 *   v 1 NAME   first of all        (blank) TEXT   a line of the answer
 *   h WORD<TAB>MEANING  an answer to ?    w WORD  an answer to t
 *   l N        the user wants pages of N lines
 *   ! TEXT     a line that nobody asked for now: debug, monitor
 *   . S PROMPT the answer ends; status 0 or 1, and the next prompt
 *
 * After v comes a first `.` with a prompt. Only `!` may come at any time, and
 * between whole lines.
 *
 * A session that asks and does not read costs memory, so it is not served
 * while its last answer waits; one that leaves more than 256 KiB unread for
 * 30 s is closed. Lines nobody asked for are dropped meanwhile. Nothing here
 * ever waits.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kernel/console_private.h"
#include "kernel/mem.h"
#include "kernel/net.h"
#include "kernel/text.h"
#include "kernel/utf8.h"

enum { ARREARS_S = 30, BUSY = 16 * 1024 };

void shell_prompt(const struct shell *s, char *to, size_t size)
{
	const char *name = s->console->hostname;
	char section[64] = "";

	if (!s->configuring) {
		(void)snprintf(to, size, "%s>", name);
		return;
	}
	if (s->context.section != NULL && s->context.section->words[0] != '\0')
		(void)snprintf(section, sizeof(section), "-%s",
		               s->context.section->words);
	for (char *c = section; *c != '\0'; c++)
		if (*c == ' ')
			*c = '-';
	(void)snprintf(to, size, "%s(config%s)#", name, section);
}

/* --- sending --- */

static unsigned wanted_events(const struct shell *s)
{
	unsigned events = 0;

	if (s->out.total < BUSY && !s->closing)
		events |= WATCH_READ;
	if (s->out.total > 0)
		events |= WATCH_WRITE;
	return events;
}

static void send_waiting(struct shell *s)
{
	struct bytes b;
	int n = 1;

	while (n > 0 && (b = spool_first(&s->out)).len > 0) {
		n = net_send(s->fd, b);
		if (n > 0)
			spool_drop(&s->out, (size_t)n);
	}
	if (n < 0 && n != -EAGAIN)
		shell_close(s);
}

/* After anything was said or read: what to wait for now. */
static void settle(struct shell *s)
{
	if (s->fd < 0 || s->dead)
		return;
	send_waiting(s);
	if (s->dead)
		return;
	if (s->out.lost || (s->closing && s->out.total == 0)) {
		shell_close(s);
		return;
	}
	if (s->out.total <= CONSOLE_UNREAD)
		timer_stop(&s->arrears);
	else if (!timer_running(&s->arrears))
		timer_start(&s->arrears, SEC(ARREARS_S));
	if (watch_change(s->watch, wanted_events(s)) < 0)
		shell_close(s);
}

static void send_octets(struct shell *s, const char *text)
{
	const void *at = text;

	(void)spool_add(&s->out, (struct bytes){ at, strlen(text) }, false);
}

void shell_send(struct shell *s, char tag, const char *text)
{
	char head[2] = { tag, '\0' };

	if (s->dead)
		return;
	if (s->told != NULL) {
		if (tag != ' ' && tag != '!')
			return;
		s->told(s->told_self, text);
		s->told(s->told_self, "\n");
		return;
	}
	if (tag != ' ')
		send_octets(s, head);
	send_octets(s, " ");
	send_octets(s, text);
	send_octets(s, "\n");
}

static void send_end(struct shell *s)
{
	char prompt[160], line[180];

	shell_prompt(s, prompt, sizeof(prompt));
	(void)snprintf(line, sizeof(line), "%d %s", s->failed ? 1 : 0, prompt);
	shell_send(s, '.', line);
}

void shell_tell(struct shell *s, const char *line)
{
	char clean[WORDS_LINE];

	(void)utf8_clean(clean, sizeof(clean), line);
	if (s->out.total + strlen(clean) + 3 > CONSOLE_UNREAD)
		s->console->counts.untold++;
	else
		shell_send(s, '!', clean);
	settle(s);
}

/* --- requests --- */

static void tell_help(void *self, const char *word, const char *meaning)
{
	char line[320];

	(void)snprintf(line, sizeof(line), "%.64s\t%.240s", word, meaning);
	shell_send(self, 'h', line);
}

/* <x>, WORD and | are told to people, not put into their lines. */
static void tell_word(void *self, const char *word, const char *meaning)
{
	(void)meaning;
	if (*word != '<' && *word != '|' && (*word < 'A' || *word > 'Z'))
		shell_send(self, 'w', word);
}

void shell_interrupt(struct shell *s)
{
	struct shell_watch *w;

	shell_monitor(s, false);
	while ((w = s->watches) != NULL) {
		s->watches = w->next;
		w->closed(w->self, s);
	}
}

static void answer(struct shell *s, char what, const char *text)
{
	s->failed = false;
	switch (what) {
	case 'x':
	case 'j':
		shell_run(s, text, what == 'j');
		break;
	case '?':
		shell_help(s, text, tell_help, s);
		break;
	case 't':
		shell_help(s, text, tell_word, s);
		break;
	case 'c':
		shell_interrupt(s);
		break;
	default:
		s->failed = true;
		shell_send(s, ' ', "% this request is not known");
	}
	send_end(s);
}

static void take_request(struct shell *s, char *line)
{
	size_t len = strlen(line);

	if (len > 0 && line[len - 1] == '\r')
		line[--len] = '\0';
	if (s->too_long || len > CONSOLE_LINE + 2) {
		s->too_long = false;
		s->console->counts.too_long++;
		shell_send(s, ' ', "% the line is longer than 1024 octets");
		s->failed = true;
		send_end(s);
	} else if (len > 0) {
		answer(s, line[0], line + (line[1] == ' ' ? 2 : 1));
	}
}

/* Whole lines from what came in, as long as answers are read. */
static void take_requests(struct shell *s)
{
	char *end;

	while (!s->closing && !s->dead && s->out.total < BUSY &&
	       (end = memchr(s->in, '\n', s->in_len)) != NULL) {
		size_t used = (size_t)(end - s->in) + 1;
		char line[sizeof(s->in)];

		memcpy(line, s->in, used);
		line[used - 1] = '\0';
		s->in_len -= used;
		memmove(s->in, s->in + used, s->in_len);
		take_request(s, line);
		send_waiting(s);
	}
	if (s->in_len == sizeof(s->in) &&
	    memchr(s->in, '\n', s->in_len) == NULL) {
		s->too_long = true; /* and is thrown away to its end */
		s->in_len = 0;
	}
}

static void receive(struct shell *s)
{
	void *to = s->in + s->in_len;
	size_t room = sizeof(s->in) - s->in_len;
	int n;

	if (room == 0)
		return;
	n = net_receive(s->fd, to, room);
	if (n > 0)
		s->in_len += (size_t)n;
	else if (n != -EAGAIN)
		shell_close(s);
}

static void on_ready(void *self, unsigned events)
{
	struct shell *s = self;

	if (s->dead)
		return;
	if (events == 0) {
		shell_close(s);
		return;
	}
	if (events & WATCH_WRITE)
		send_waiting(s);
	if (events & WATCH_READ && !s->dead)
		receive(s);
	if (!s->dead)
		take_requests(s);
	settle(s);
}

/* --- life --- */

static void in_arrears(void *self)
{
	struct shell *s = self;

	s->console->counts.unread_closed++;
	shell_close(s);
}

static void bury(void *self)
{
	shell_free(self);
}

void shell_close(struct shell *s)
{
	if (s->dead)
		return;
	s->dead = true; /* what is told from now on goes nowhere */
	shell_interrupt(s);
	timer_stop(&s->arrears);
	s->watch = watch_free(s->watch);
	loop_defer(s->console->loop, &s->funeral);
}

void shell_init(struct shell *s, struct console *console)
{
	s->console = console;
	s->fd = -1;
	list_init(&s->list);
	spool_init(&s->out, CONSOLE_OUTPUT + CONSOLE_UNREAD);
	spool_init(&s->texts, CONSOLE_OUTPUT);
	spool_init(&s->table.cells, CONSOLE_OUTPUT);
}

void shell_done(struct shell *s)
{
	shell_interrupt(s);
	filter_done(&s->filter);
	spool_done(&s->out);
	spool_done(&s->texts);
	spool_done(&s->table.cells);
}

void shell_free(struct shell *s)
{
	s->dead = true;
	shell_done(s);
	timer_stop(&s->arrears);
	watch_free(s->watch);
	deferred_cancel(&s->funeral);
	(void)close(s->fd);
	list_remove(&s->list);
	s->console->nsessions--;
	mem_free(s);
}

int shell_open(struct console *console, int fd)
{
	struct shell *s = mem_new(struct shell);
	int rc = -ENOMEM;

	if (s != NULL) {
		shell_init(s, console);
		deferred_init(&s->funeral, bury, s);
		timer_init(&s->arrears, console->loop, "console arrears",
		           in_arrears, s);
		rc = watch_new(&s->watch, console->loop, fd, WATCH_READ,
		               on_ready, s);
	}
	if (rc < 0) {
		(void)close(fd);
		mem_free(s);
		return rc;
	}
	s->fd = fd;
	list_append(&console->sessions, &s->list);
	console->nsessions++;
	console->counts.sessions++;
	shell_send(s, 'v', "1 causeway");
	send_end(s);
	settle(s);
	return 0;
}

void shell_watch(struct shell *s, struct shell_watch *watch)
{
	watch->next = s->watches;
	s->watches = watch;
}

void shell_unwatch(struct shell *s, struct shell_watch *watch)
{
	struct shell_watch **at = &s->watches;

	while (*at != NULL && *at != watch)
		at = &(*at)->next;
	if (*at != NULL)
		*at = watch->next;
}
