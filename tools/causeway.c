/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * The console client. All knowledge of commands is the daemon's; here is a
 * screen and the line protocol of kernel/console_shell.c. Three uses:
 * `causeway show version` runs one line, a script on standard input runs each
 * of its lines, and a person at a terminal gets an edited line with history,
 * completion and `?` (causeway_edit.c).
 *
 * Ctrl-C never reaches the daemon as anything worse than "stop what follows
 * me": it ends a page, clears the line, or, on an empty line, switches off
 * this session's debug output.
 */

#include "tools/causeway.h"

#include <errno.h>
#include <getopt.h>
#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "kernel/net.h"
#include "kernel/text.h"

volatile sig_atomic_t interrupted;

static void on_interrupt(int signum)
{
	(void)signum;
	interrupted = 1;
}

/* --- the daemon --- */

static int tell_absent(const char *path, int rc)
{
	(void)fprintf(stderr, "causeway: nobody answers at %s: %s\n", path,
	              strerror(-rc));
	if (rc == -EACCES || rc == -EPERM)
		(void)fprintf(stderr,
		              "You may not speak to the gateway: become root, "
		              "or a member of the group that owns this "
		              "socket.\n");
	else if (rc == -EAGAIN)
		(void)fprintf(stderr,
		              "The gateway runs, but so many wait at its "
		              "console that there is no room for one more.\n");
	else
		(void)fprintf(stderr,
		              "The gateway does not run. Start it with "
		              "`systemctl start causewayd`, or by hand with "
		              "`causewayd --foreground`.\nIf it listens "
		              "elsewhere, say --socket PATH.\n");
	return EXIT_FAILED;
}

/* Takes a whole line out of what was received; false: there is none yet. */
bool next_whole(struct client *c, char *line)
{
	char *end = memchr(c->in, '\n', c->in_len);
	size_t used;

	if (end == NULL)
		return false;
	used = (size_t)(end - c->in) + 1;
	memcpy(line, c->in, used);
	line[used - 1] = '\0';
	c->in_len -= used;
	memmove(c->in, c->in + used, c->in_len);
	return true;
}

/* One receive; false at the end, or when a line is longer than any. */
bool receive(struct client *c)
{
	size_t room = sizeof(c->in) - c->in_len;
	ssize_t n = recv(c->fd, c->in + c->in_len, room, MSG_DONTWAIT);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	c->in_len += (size_t)n;
	return n > 0;
}

/* It took the connection and says nothing: it hangs, or is stopped. */
static bool tell_silent(struct client *c)
{
	(void)fflush(stdout);
	(void)fprintf(stderr,
	              "causeway: the gateway does not answer: nothing came for "
	              "%d s. It runs, but hangs or is stopped; "
	              "`systemctl status causewayd` and its log say more.\n",
	              c->patience / 1000);
	c->silent = true;
	return false;
}

/* The next line, waiting for it. */
static bool next_line(struct client *c, char *line)
{
	struct pollfd ready = { .fd = c->fd, .events = POLLIN };

	while (!next_whole(c, line)) {
		int n = poll(&ready, 1, c->patience);

		if (n == 0)
			return tell_silent(c);
		if (n < 0 && errno != EINTR)
			return false;
		if (interrupted) {
			interrupted = 0;
			c->quiet = true;
		}
		if (n > 0 && !receive(c))
			return false;
	}
	return true;
}

/* --- the screen --- */

static int page_lines(const struct client *c)
{
	struct winsize window;

	if (!c->terminal || !isatty(STDOUT_FILENO))
		return 0;
	if (c->page >= 0)
		return c->page;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) < 0)
		return 0;
	return window.ws_row;
}

/* One key, without waiting for Enter. */
static int read_key(void)
{
	struct termios before, raw;
	char key = 'q';

	if (tcgetattr(STDIN_FILENO, &before) < 0)
		return 'q';
	raw = before;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	(void)tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	if (read(STDIN_FILENO, &key, 1) != 1)
		key = 'q';
	(void)tcsetattr(STDIN_FILENO, TCSANOW, &before);
	return key;
}

static void more(struct client *c, int lines)
{
	int key;

	(void)printf(" --More-- ");
	(void)fflush(stdout);
	key = read_key();
	(void)printf("\r          \r");
	if (interrupted || key == 'q' || key == 'Q')
		c->quiet = true;
	interrupted = 0;
	c->shown = key == '\n' || key == '\r' ? lines - 2 : 0;
}

static void show_line(struct client *c, const char *text)
{
	int lines = page_lines(c);

	if (lines > 1 && c->shown >= lines - 1 && !c->quiet)
		more(c, lines);
	if (c->quiet)
		return;
	(void)printf("%s\n", text);
	c->shown++;
}

static void show_help(struct client *c, char *text)
{
	char *tab = strchr(text, '\t'), line[512];

	if (tab != NULL)
		*tab++ = '\0';
	(void)snprintf(line, sizeof(line), "  %-20s %s", text,
	               tab == NULL ? "" : tab);
	for (size_t len = strlen(line); len > 0 && line[len - 1] == ' ';)
		line[--len] = '\0';
	show_line(c, line);
}

static void add_word(struct client *c, const char *word)
{
	if (c->nwords < WORDS)
		(void)snprintf(c->words[c->nwords++], WORD, "%.*s", WORD - 1,
		               word);
}

/* ". STATUS PROMPT" */
static int end_of_answer(struct client *c, const char *line)
{
	const char *blank = strchr(line, ' ');

	(void)snprintf(c->prompt, sizeof(c->prompt), "%.190s",
	               blank == NULL ? "" : blank + 1);
	return *line == '0' ? EXIT_GOOD : EXIT_FAILED;
}

/* Reads an answer to its end; -1 when the daemon went away. */
static int hear(struct client *c)
{
	static char line[LINE];

	c->shown = 0;
	c->quiet = false;
	c->nwords = 0;
	while (next_line(c, line)) {
		char *text = line[0] == ' ' ? line + 1 : line + 2;

		if (line[0] != ' ' && strlen(line) < 2)
			continue;
		switch (line[0]) {
		case '.':
			(void)fflush(stdout);
			return end_of_answer(c, text);
		case ' ':
		case '!':
			show_line(c, text);
			break;
		case 'h':
			show_help(c, text);
			break;
		case 'w':
			add_word(c, text);
			break;
		case 'l':
			c->page = atoi(text);
			break;
		default: /* of a later version: not for us */
			break;
		}
	}
	return -1;
}

int ask(struct client *c, char what, const char *text)
{
	char line[TYPED + 8];
	size_t at = 0, len;

	if (strlen(text) > TYPED) {
		(void)fprintf(stderr, "%% the line is longer than %d octets\n",
		              TYPED);
		return EXIT_FAILED;
	}
	len = (size_t)snprintf(line, sizeof(line), "%c %s\n", what, text);
	while (at < len) {
		struct pollfd ready = { .fd = c->fd, .events = POLLOUT };
		ssize_t n = send(c->fd, line + at, len - at, MSG_NOSIGNAL);

		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return -1;
		if (n > 0)
			at += (size_t)n;
		else
			(void)poll(&ready, 1, -1);
	}
	return hear(c);
}

bool is_exit(const struct client *c, const char *line)
{
	size_t len = strlen(c->prompt);

	return len > 0 && c->prompt[len - 1] == '>' && strlen(line) > 1 &&
	       text_starts("exit", line);
}

/* A line as typed; one that ends with ? asks for help. */
int run_line(struct client *c, char *line)
{
	size_t len = strlen(line);

	while (len > 0 && strchr(" \t\r\n", line[len - 1]) != NULL)
		line[--len] = '\0';
	if (memchr(line, '\n', len) != NULL)
		return EXIT_FAILED;
	if (len > 0 && line[len - 1] == '?') {
		line[len - 1] = '\0';
		return ask(c, '?', line);
	}
	return ask(c, c->json ? 'j' : 'x', line);
}

/* --- a script --- */

static int run_script(struct client *c)
{
	char line[TYPED * 2];
	int worst = EXIT_GOOD, rc = EXIT_GOOD;

	while (rc >= 0 && fgets(line, sizeof(line), stdin) != NULL) {
		bool leaving = false;

		line[strcspn(line, "\r\n")] = '\0';
		if (line[strspn(line, " \t")] == '\0')
			continue;
		leaving = is_exit(c, line);
		rc = run_line(c, line);
		worst = MAX_OF(worst, rc);
		if (leaving)
			return worst;
	}
	if (rc < 0 && !c->silent)
		(void)fprintf(stderr, "causeway: the gateway has closed the "
		                      "session\n");
	return rc < 0 ? EXIT_FAILED : worst;
}

/* --- one line --- */

static int run_arguments(struct client *c, int argc, char **argv)
{
	char line[TYPED + 2] = "";
	struct text t = TEXT(line);
	int rc;

	for (int i = 0; i < argc; i++)
		text_add(&t, "%s%s", i > 0 ? " " : "", argv[i]);
	if (t.cut || strchr(line, '\n') != NULL) {
		(void)fprintf(stderr, "causeway: the line is too long or is "
		                      "several\n");
		return EXIT_USAGE;
	}
	rc = run_line(c, line);
	return rc < 0 ? EXIT_FAILED : rc;
}

static int greet(struct client *c)
{
	int rc = hear(c); /* "v" is read over; other versions only add tags */

	if (rc < 0 && !c->silent)
		(void)fprintf(stderr,
		              "causeway: the gateway closed the session "
		              "at once; too many are open\n");
	return rc < 0 ? EXIT_FAILED : EXIT_GOOD;
}

static int serve(struct client *c, int argc, char **argv)
{
	struct sigaction act;
	int rc = greet(c);

	if (rc != EXIT_GOOD)
		return rc;
	if (argc > 0)
		return run_arguments(c, argc, argv);
	if (!isatty(STDIN_FILENO))
		return run_script(c);
	memset(&act, 0, sizeof(act));
	act.sa_handler = on_interrupt; /* no SA_RESTART: it wakes us */
	(void)sigaction(SIGINT, &act, NULL);
	c->terminal = true;
	return talk(c);
}

static int usage(FILE *to, int status)
{
	(void)fprintf(to, "usage: causeway [-j] [-s socket] [-t seconds] "
	                  "[command ...]\n"
	                  "  -j, --json         answer in JSON\n"
	                  "  -s, --socket PATH  instead of "
	                  "/run/causeway/console\n"
	                  "  -t, --timeout N    give up when the gateway says "
	                  "nothing for N seconds (10; 0: wait)\n"
	                  "Without a command: a terminal gets a prompt, a "
	                  "script is read from standard input.\n");
	return status;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "socket", required_argument, NULL, 's' },
		{ "timeout", required_argument, NULL, 't' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	static struct client c = { .page = -1, .patience = 10000 };
	const char *path = "/run/causeway/console";
	uint64_t seconds;
	int option, rc;

	(void)setlocale(LC_CTYPE, "");
	while ((option = getopt_long(argc, argv, "+js:t:h", options, NULL)) >=
	       0)
		switch (option) {
		case 'j':
			c.json = true;
			break;
		case 's':
			path = optarg;
			break;
		case 't':
			if (text_number(optarg, 0, 86400, &seconds) < 0)
				return usage(stderr, EXIT_USAGE);
			c.patience = seconds == 0 ? -1 : (int)seconds * 1000;
			break;
		case 'h':
			return usage(stdout, EXIT_GOOD);
		default:
			return usage(stderr, EXIT_USAGE);
		}
	c.fd = net_unix_connect(path, SOCK_STREAM);
	if (c.fd < 0)
		return tell_absent(path, c.fd);
	rc = serve(&c, argc - optind, argv + optind);
	(void)close(c.fd);
	return rc;
}
