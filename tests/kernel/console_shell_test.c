/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * Sessions over a real socket, as transcripts of the protocol: what the client
 * sends, and all that comes back. The loop is turned by hand.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kernel/console.h"
#include "kernel/instant.h"
#include "kernel/log.h"
#include "kernel/loop.h"
#include "kernel/net.h"
#include "kernel/text.h"
#include "tests/kernel/conf_schema.h"
#include "tests/test.h"

struct desk {
	struct loop *loop;
	struct console *console;
	struct conf *running;
	char path[200];
	struct shell_watch watch;
	struct shell *watched;
	int closed, applied, written;
};

static void run_flood(void *self, struct shell *s,
                      const struct command_args *args)
{
	(void)self;
	for (uint64_t i = 0; i < args->number[0]; i++)
		shell_print(s, "%1000llu\n", (unsigned long long)i);
}

static void watch_closed(void *self, struct shell *s)
{
	struct desk *d = self;

	CHECK(s == d->watched);
	d->watched = NULL;
	d->closed++;
}

static void run_debug(void *self, struct shell *s,
                      const struct command_args *args)
{
	struct desk *d = self;

	(void)args;
	d->watched = s;
	d->watch = (struct shell_watch){ .closed = watch_closed, .self = d };
	shell_watch(s, &d->watch);
}

/* clang-format off */
static const struct command rows[] = {
	{ "show flood <lines:0-100000>", ROLE_LOOK, run_flood, "lines", NULL },
	{ "debug all", ROLE_DEBUG, run_debug, "everything", NULL },
};
/* clang-format on */

static const struct conf *running(void *self)
{
	const struct desk *d = self;

	return d->running;
}

static int apply(void *self, struct conf *candidate, struct conf_error *error)
{
	struct desk *d = self;
	const struct top *top = conf_find(candidate, &test_top, "");

	if (strcmp(top->hostname, "refuse") == 0) {
		(void)text_copy(error->message, sizeof(error->message),
		                "the board said no");
		return -EBADMSG;
	}
	conf_free(d->running);
	d->running = candidate;
	d->applied++;
	return 0;
}

static int write_conf(void *self, char *wrong, size_t size)
{
	struct desk *d = self;

	if (++d->written == 1)
		return 0;
	(void)text_copy(wrong, size, "the disk is full");
	return -ENOSPC;
}

static int desk_open(struct desk *d)
{
	struct console_configure configure = { running, apply, write_conf, d };
	int rc;

	*d = (struct desk){ .closed = 0 };
	(void)snprintf(d->path, sizeof(d->path), "%s/console", test_folder());
	rc = loop_new(&d->loop);
	if (rc == 0)
		rc = conf_new(&d->running, &test_schema);
	if (rc == 0)
		rc = console_new(&d->console, d->loop);
	if (rc == 0)
		rc = console_add(d->console, rows, ARRAY_LEN(rows), d);
	if (rc < 0)
		return rc;
	console_set_prompt(d->console, "gw1");
	console_set_configure(d->console, &configure);
	return console_listen(d->console, d->path, 0660, -1);
}

static void desk_close(struct desk *d)
{
	console_free(d->console);
	if (d->loop != NULL) {
		while (loop_turn(d->loop))
			;
		loop_free(d->loop);
	}
	conf_free(d->running);
}

static void turn(struct desk *d)
{
	for (int quiet = 0; quiet < 3;)
		quiet = loop_turn(d->loop) ? 0 : quiet + 1;
}

static void say(int fd, const char *text)
{
	const void *at = text;

	CHECK_EQ(send(fd, at, strlen(text), MSG_NOSIGNAL), strlen(text));
}

/* All that comes back; "<end>" when the session was closed. */
static const char *hear(struct desk *d, int fd, char *to, size_t size)
{
	struct text t = { .at = to, .size = size };
	char part[4096];
	ssize_t n;

	to[0] = '\0';
	turn(d);
	while ((n = recv(fd, part, sizeof(part) - 1, MSG_DONTWAIT)) > 0) {
		part[n] = '\0';
		text_add(&t, "%s", part);
		turn(d);
	}
	if (n == 0)
		text_add(&t, "<end>");
	return to;
}

static int join(struct desk *d, char *heard, size_t size)
{
	int fd = net_unix_connect(d->path, SOCK_STREAM);

	CHECK(fd >= 0);
	hear(d, fd, heard, size);
	return fd;
}

static const struct {
	const char *said, *heard;
} talk_rows[] = {
	/* clang-format off */
	{ "x show flood 0\n", ". 0 gw1>\n" },
	{ "j show flood 1\r\n", NULL },
	{ "xterminal length 40\n", "l 40\n. 0 gw1>\n" },
	{ "x sho\nx shw\n",
	  " % Incomplete command.\n. 1 gw1>\n"
	  " shw\n ^\n % Invalid input detected at '^' marker.\n"
	  " % Did you mean \"show\"?\n. 1 gw1>\n" },
	{ "? \n",
	  "h configure\tchange the configuration\nh debug\teverything\n"
	  "h exit\tclose this session\nh help\thow to use the console\n"
	  "h show\tlines\nh terminal\tmonitor, no, length\n"
	  "h write\tkeep the running configuration\n. 0 gw1>\n" },
	{ "? sh\n", "h show\tlines\n. 0 gw1>\n" },
	{ "? show flood \n", "h <0-100000>\tlines\n. 0 gw1>\n" },
	{ "? show flood 5 \n",
	  "h <cr>\t\nh |\tfilter the output\n. 0 gw1>\n" },
	{ "? show flood 5 | \n",
	  "h begin\tfrom the first line that matches\n"
	  "h count\thow many lines match\nh exclude\tlines that do not match\n"
	  "h include\tlines that match\n. 0 gw1>\n" },
	{ "? show flood 5 | i\n", "h include\tlines that match\n. 0 gw1>\n" },
	{ "? wrong \n", ". 0 gw1>\n" },
	{ "t te\n", "w terminal\n. 0 gw1>\n" },
	{ "t show flood \n", ". 0 gw1>\n" },
	{ "t terminal \n", "w length\nw monitor\nw no\n. 0 gw1>\n" },
	{ "z\n", " % this request is not known\n. 1 gw1>\n" },
	{ "\n\n", "" },
	{ "x write\nx write\n",
	  " [OK]\n. 0 gw1>\n % the disk is full\n. 1 gw1>\n" },
	{ "x exit\nx show flood 1\n", ". 0 gw1>\n<end>" },
	/* configure */
	{ "x conf t\n",
	  " One line at a time, applied at once; end with end.\n"
	  ". 0 gw1(config)#\n" },
	{ "x conf t\nx hostname new\nx do show flood 0\nx end\n", NULL },
	/* clang-format on */
};

TEST_ROWS(a_session_answers, talk_rows, row)
{
	char heard[8000];
	struct desk d;
	int fd;

	CHECK_EQ(desk_open(&d), 0);
	fd = join(&d, heard, sizeof(heard));
	CHECK_TEXT(heard, "v 1 causeway\n. 0 gw1>\n");
	say(fd, row->said);
	hear(&d, fd, heard, sizeof(heard));
	if (row->heard != NULL)
		CHECK_TEXT(heard, row->heard);
	(void)close(fd);
	turn(&d);
	desk_close(&d);
}

static const struct {
	const char *said, *heard;
} configure_rows[] = {
	/* clang-format off */
	{ "conf t", " One line at a time, applied at once; end with end.\n"
	            ". 0 gw1(config)#\n" },
	{ "host gw9", ". 0 gw1(config)#\n" },
	{ "hostname refuse", " % the board said no; nothing is changed\n"
	                     ". 1 gw1(config)#\n" },
	{ "call limit 0",
	  " call limit 0\n            ^\n"
	  " % call limit: \"0\" is out of range; use 1 to 960\n"
	  ". 1 gw1(config)#\n" },
	{ "controller e1 0", ". 0 gw1(config-controller)#\n" },
	{ "isdn side net", ". 0 gw1(config-controller)#\n" },
	{ "isdn side nett",
	  " isdn side nett\n           ^\n % isdn side: \"nett\" is not "
	  "accepted; use \"user\" or \"network\"\n"
	  ". 1 gw1(config-controller)#\n" },
	{ "do show flood 0", ". 0 gw1(config-controller)#\n" },
	{ "do shw", " shw\n ^\n % Invalid input detected at '^' marker.\n"
	            " % Did you mean \"show\"?\n"
	            ". 1 gw1(config-controller)#\n" },
	/* Not good before its pattern: waits, then goes in at once. */
	{ "dial-peer voice 5 pots", ". 0 gw1(config-dial-peer-voice)#\n" },
	{ "session target x", ". 0 gw1(config-dial-peer-voice)#\n" },
	{ "destination-pattern 55", ". 0 gw1(config-dial-peer-voice)#\n" },
	{ "no destination-pattern",
	  " % dial-peer voice 5: a destination-pattern is missing; nothing is "
	  "changed\n. 1 gw1(config-dial-peer-voice)#\n" },
	{ "exit", ". 0 gw1(config)#\n" },
	{ "dial-peer voice 6 pots", ". 0 gw1(config-dial-peer-voice)#\n" },
	{ "exit",
	  " % dial-peer voice 6: a destination-pattern is missing; nothing is "
	  "changed\n. 1 gw1(config)#\n" },
	{ "dial-peer voice 7 pots", ". 0 gw1(config-dial-peer-voice)#\n" },
	{ "sip-peer x",
	  " % dial-peer voice 7: a destination-pattern is missing; nothing is "
	  "changed\n. 1 gw1(config-sip-peer)#\n" },
	{ "!", ". 0 gw1(config)#\n" },
	{ "no sip-peer x", ". 0 gw1(config)#\n" },
	{ "exit", ". 0 gw1>\n" },
	/* clang-format on */
};

static void add_line(void *self, const char *text)
{
	text_add(self, "%s\n", text);
}

TEST(configure_applies_each_good_line_at_once)
{
	char heard[2000], line[200], text[1000];
	struct text t = TEXT(text);
	struct desk d;
	int fd;

	CHECK_EQ(desk_open(&d), 0);
	fd = join(&d, heard, sizeof(heard));
	for (size_t i = 0; i < ARRAY_LEN(configure_rows); i++) {
		test_row((int)i);
		(void)snprintf(line, sizeof(line), "x %s\n",
		               configure_rows[i].said);
		say(fd, line);
		CHECK_TEXT(hear(&d, fd, heard, sizeof(heard)),
		           configure_rows[i].heard);
	}
	conf_print(d.running, add_line, &t);
	CHECK_TEXT(text, "hostname gw9\n!\ncontroller e1 0\n"
	                 " isdn side network\n!\ndial-peer voice 5 pots\n"
	                 " destination-pattern 55\n session target x\n!\n");
	CHECK_EQ(d.applied, 6);
	(void)close(fd);
	turn(&d);
	desk_close(&d);
}

TEST(configure_offers_its_lines)
{
	char heard[2000];
	struct desk d;
	int fd;

	CHECK_EQ(desk_open(&d), 0);
	fd = join(&d, heard, sizeof(heard));
	say(fd, "x conf t\nx controller e1 0\n");
	hear(&d, fd, heard, sizeof(heard));
	say(fd, "? isdn side \n");
	CHECK_TEXT(hear(&d, fd, heard, sizeof(heard)),
	           "h user\twe are the PBX\nh network\twe are the exchange\n"
	           ". 0 gw1(config-controller)#\n");
	say(fd, "t e\n");
	CHECK_TEXT(hear(&d, fd, heard, sizeof(heard)),
	           "w end\nw exit\n. 0 gw1(config-controller)#\n");
	say(fd, "? do sh\n");
	CHECK_TEXT(hear(&d, fd, heard, sizeof(heard)),
	           "h show\tlines\n. 0 gw1(config-controller)#\n");
	(void)close(fd);
	turn(&d);
	desk_close(&d);
}

TEST(two_sessions_keep_to_themselves)
{
	char heard[2000];
	struct desk d;
	int a, b;

	CHECK_EQ(desk_open(&d), 0);
	a = join(&d, heard, sizeof(heard));
	b = join(&d, heard, sizeof(heard));
	say(a, "x conf t\n");
	hear(&d, a, heard, sizeof(heard));
	say(b, "x show fl 0\n");
	CHECK_TEXT(hear(&d, b, heard, sizeof(heard)), ". 0 gw1>\n");
	say(a, "x ");
	CHECK_TEXT(hear(&d, a, heard, sizeof(heard)), "");
	(void)close(a); /* with half a line said */
	say(b, "x show fl 0\n");
	CHECK_TEXT(hear(&d, b, heard, sizeof(heard)), ". 0 gw1>\n");
	(void)close(b);
	turn(&d);
	desk_close(&d);
}

TEST(a_line_of_100_kilobytes_is_refused_and_the_session_lives)
{
	static char line[100000];
	char heard[2000];
	struct desk d;
	int fd;

	CHECK_EQ(desk_open(&d), 0);
	fd = join(&d, heard, sizeof(heard));
	memset(line, 'x', sizeof(line) - 1);
	for (size_t at = 0; at < sizeof(line) - 1;) {
		ssize_t n = send(fd, line + at, sizeof(line) - 1 - at,
		                 MSG_NOSIGNAL | MSG_DONTWAIT);

		at += n > 0 ? (size_t)n : 0;
		turn(&d);
	}
	say(fd, "\nx show flood 0\n");
	CHECK_TEXT(hear(&d, fd, heard, sizeof(heard)),
	           " % the line is longer than 1024 octets\n. 1 gw1>\n"
	           ". 0 gw1>\n");
	line[1030] = '\n';
	line[1031] = '\0';
	say(fd, line);
	CHECK_TEXT(hear(&d, fd, heard, sizeof(heard)),
	           " % the line is longer than 1024 octets\n. 1 gw1>\n");
	(void)close(fd);
	turn(&d);
	desk_close(&d);
}

TEST(a_session_that_reads_nothing_is_closed_and_others_live)
{
	char heard[2000];
	struct desk d;
	int deaf, other;

	instant_hold();
	CHECK_EQ(desk_open(&d), 0);
	deaf = join(&d, heard, sizeof(heard));
	other = join(&d, heard, sizeof(heard));
	say(deaf, "x debug all\nx show flood 1000\nx show flood 1000\n");
	turn(&d);
	say(other, "x show flood 0\n");
	CHECK_TEXT(hear(&d, other, heard, sizeof(heard)), ". 0 gw1>\n");
	for (int i = 0; i < 1000; i++)
		shell_tell(d.watched, "a line that nobody reads");
	CHECK_EQ(d.closed, 0);
	instant_turn(SEC(31));
	turn(&d);
	CHECK_EQ(d.closed, 1);
	say(other, "x show flood 0\n");
	CHECK_TEXT(hear(&d, other, heard, sizeof(heard)), ". 0 gw1>\n");
	(void)close(deaf);
	(void)close(other);
	turn(&d);
	desk_close(&d);
	instant_release();
}

TEST(long_output_waits_for_its_reader)
{
	static char heard[1200000];
	struct desk d;
	size_t lines = 0;
	int fd;

	CHECK_EQ(desk_open(&d), 0);
	fd = join(&d, heard, sizeof(heard));
	say(fd, "x show flood 1000\nx show flood 1\n");
	hear(&d, fd, heard, sizeof(heard));
	for (const char *at = heard; (at = strchr(at, '\n')) != NULL; at++)
		lines++;
	CHECK_EQ(lines, 1003);
	(void)close(fd);
	turn(&d);
	desk_close(&d);
}

TEST(debug_ends_with_its_session_or_an_interrupt)
{
	char heard[2000];
	struct desk d;
	int fd;

	CHECK_EQ(desk_open(&d), 0);
	fd = join(&d, heard, sizeof(heard));
	say(fd, "x debug all\n");
	hear(&d, fd, heard, sizeof(heard));
	shell_tell(d.watched, "Tx \x1b[2J");
	CHECK_TEXT(hear(&d, fd, heard, sizeof(heard)), "! Tx \\x1b[2J\n");
	say(fd, "c\n");
	CHECK_TEXT(hear(&d, fd, heard, sizeof(heard)), ". 0 gw1>\n");
	CHECK_EQ(d.closed, 1);
	say(fd, "x debug all\n");
	hear(&d, fd, heard, sizeof(heard));
	(void)close(fd);
	turn(&d);
	CHECK_EQ(d.closed, 2);
	desk_close(&d);
}

TEST(log_lines_go_to_who_monitors)
{
	static struct log_area area = { "call", LOG_LEVEL_INFO, NULL };
	char heard[2000];
	struct desk d;
	int a, b;

	CHECK_EQ(desk_open(&d), 0);
	a = join(&d, heard, sizeof(heard));
	b = join(&d, heard, sizeof(heard));
	say(a, "x terminal monitor\n");
	hear(&d, a, heard, sizeof(heard));
	log_info(&area, "call 7", "ended");
	CHECK_TEXT(hear(&d, b, heard, sizeof(heard)), "");
	hear(&d, a, heard, sizeof(heard));
	CHECK(text_starts(heard, "! "));
	CHECK(strstr(heard, " info call: call 7: ended\n"));
	say(a, "x terminal no monitor\n");
	hear(&d, a, heard, sizeof(heard));
	log_info(&area, "call 8", "ended");
	CHECK_TEXT(hear(&d, a, heard, sizeof(heard)), "");
	say(a, "x term mon\n");
	hear(&d, a, heard, sizeof(heard));
	(void)close(a);
	(void)close(b);
	turn(&d);
	desk_close(&d);
}

TEST(the_seventeenth_session_is_refused)
{
	char heard[200];
	struct desk d;
	int fd[17];

	CHECK_EQ(desk_open(&d), 0);
	for (size_t i = 0; i < ARRAY_LEN(fd); i++) {
		fd[i] = join(&d, heard, sizeof(heard));
		CHECK_TEXT(heard,
		           i < 16 ? "v 1 causeway\n. 0 gw1>\n" : "<end>");
	}
	for (size_t i = 0; i < ARRAY_LEN(fd); i++)
		(void)close(fd[i]);
	turn(&d);
	desk_close(&d);
}

LADDER(a_session_survives_want_and_broken_sockets)
{
	char heard[4000];
	struct desk d;
	int fd = -1, rc = desk_open(&d);

	if (rc == 0)
		fd = net_unix_connect(d.path, SOCK_STREAM);
	if (fd >= 0) {
		(void)!write(fd, "x term mon\nx conf t\nx sip-peer a\n", 33);
		hear(&d, fd, heard, sizeof(heard));
		if (ladder_ok())
			CHECK(strstr(heard, ". 0 gw1(config-sip-peer)#"));
		(void)close(fd);
		turn(&d);
	}
	desk_close(&d);
}
