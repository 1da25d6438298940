/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The daemon: options, the configuration, the gateway, the console; then the
 * loop until a signal says otherwise. What needs root (ports, cards, the
 * control socket) is opened first, then root is given up for ever.
 *
 * SIGTERM and SIGINT end calls and stop in order, a second one at once.
 * SIGHUP and `reload` read the configuration anew; one error, and the running
 * one stays. The watchdog is fed only when the loop turned and every media
 * thread moved.
 */

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "board/probe.h"
#include "gateway/commands.h"
#include "gateway/debug.h"
#include "gateway/gateway.h"
#include "gateway/version.h"
#include "kernel/console.h"
#include "kernel/daemon.h"
#include "kernel/loop.h"
#include "kernel/text.h"

enum { EXIT_GOOD = 0, EXIT_REFUSED = 1, EXIT_USAGE_ = 2 };

struct options {
	const char *file, *check, *socket;
	bool system_conf, probe, foreground;
};

static struct daemon {
	struct options options;
	struct loop *loop;
	struct console *console;
	struct gateway *gateway;
	struct loop_signal *signals[4];
	struct timer watchdog;
	usec watchdog_every;
	bool stopping;
} root;

static const char usage[] =
	"usage: causewayd [-c FILE] [--socket PATH] [--foreground]\n"
	"       causewayd --check FILE\n"
	"       causewayd --system-conf [-c FILE]\n"
	"       causewayd --probe\n"
	"\n"
	"  -c, --config FILE   configuration (/etc/causeway/causeway.conf)\n"
	"      --check FILE    is this configuration good? says where it is "
	"not\n"
	"      --system-conf   print the DAHDI system.conf that follows from "
	"it\n"
	"      --probe         which cards and spans there are, and what looks "
	"wrong\n"
	"      --socket PATH   control socket (/run/causeway/console)\n"
	"      --foreground    accepted for habit: it never goes elsewhere\n"
	"      --version, -h, --help\n";

/* --- the configuration --- */

static int load(const char *file, struct conf **out)
{
	struct conf_error error = { 0 };
	char text[512];
	int rc = conf_load(out, &options_schema, file, &error);

	if (rc < 0) {
		conf_error_print(&error, text, sizeof(text));
		(void)fprintf(stderr, "%s\n", text);
	}
	return rc;
}

static int check(const char *file)
{
	struct conf *conf;

	if (load(file, &conf) < 0)
		return EXIT_REFUSED;
	(void)conf_free(conf);
	(void)printf("%s: good\n", file);
	return EXIT_GOOD;
}

static void put_line(void *self ATTR_UNUSED, const char *line)
{
	(void)puts(line);
}

static int system_conf(const char *file)
{
	const struct conf_instance *i = NULL;
	static struct board_conf boards[128];
	struct conf *conf;
	size_t n = 0;
	int rc;

	if (load(file, &conf) < 0)
		return EXIT_REFUSED;
	while (n < ARRAY_LEN(boards) &&
	       (i = conf_next(conf, &options_controller_section, i)) != NULL)
		options_to_board(i->values, i->name, &boards[n++]);
	rc = board_system_conf(boards, n, put_line, NULL);
	(void)conf_free(conf);
	if (rc < 0)
		(void)fprintf(
			stderr,
			"%s: two controllers are on one DAHDI span, or, "
			"without the driver, a span before a used one has "
			"no controller\n",
			file);
	return rc < 0 ? EXIT_REFUSED : EXIT_GOOD;
}

/* --- reload, write, configure --- */

/* `before`: "READY=1\n" after a reload, or nothing. */
static void tell_manager(const char *before)
{
	const struct gateway_file *file = &root.gateway->file;
	char when[40], status[800];

	wall_print(when, sizeof(when),
	           file->refused_wall != 0 ? file->refused_wall
	                                   : file->applied_wall);
	(void)snprintf(
		status, sizeof(status), "%sSTATUS=%s %s %.19s%s%s", before,
		root.options.file,
		file->refused_wall != 0 ? "is not in force, it was refused at"
					: "is in force since",
		when, file->refused_wall != 0 ? ": " : "", file->refused);
	(void)daemon_notify(status);
}

static void file_is_good(void)
{
	root.gateway->file.refused_wall = 0;
	root.gateway->file.refused[0] = '\0';
}

static int reload(struct conf_error *error)
{
	struct gateway_file *file = &root.gateway->file;
	struct conf *conf;
	int rc = conf_load(&conf, &options_schema, root.options.file, error);
	char text[512];

	if (rc < 0)
		root.gateway->counts.reloads_refused++;
	else
		rc = gateway_apply(root.gateway, conf, error);
	if (rc == 0) {
		file_is_good();
		return 0;
	}
	conf_error_print(error, text, sizeof(text));
	(void)snprintf(file->refused, sizeof(file->refused), "%.299s", text);
	file->refused_wall = wall_now();
	log_warn(&area_gateway, root.gateway->global.hostname,
	         "reload refused, nothing was changed: %s", text);
	return rc;
}

static void run_reload(void *self ATTR_UNUSED, struct shell *s,
                       const struct command_args *args ATTR_UNUSED)
{
	struct conf_error error = { 0 };
	char text[512];
	int rc = reload(&error);

	tell_manager("");
	if (rc == 0) {
		shell_print(s, "%s is in force\n", root.options.file);
		return;
	}
	conf_error_print(&error, text, sizeof(text));
	shell_error(s, "nothing was changed: %s", text);
}

static const struct command own_commands[] = {
	{ "reload", ROLE_CONFIGURE, run_reload,
	  "read the configuration file and apply what differs", NULL },
};

static const struct conf *running(void *self ATTR_UNUSED)
{
	return root.gateway->conf;
}

static int apply(void *self ATTR_UNUSED, struct conf *candidate,
                 struct conf_error *error)
{
	return gateway_apply(root.gateway, candidate, error);
}

static int write_file(void *self ATTR_UNUSED, char *wrong, size_t size)
{
	int rc = conf_write(root.gateway->conf, root.options.file);

	if (rc < 0)
		(void)snprintf(wrong, size, "%s: %s", root.options.file,
		               strerror(-rc));
	else
		file_is_good();
	tell_manager("");
	return rc;
}

static const struct console_configure configure = {
	.running = running,
	.apply = apply,
	.write = write_file,
};

/* --- signals and the watchdog --- */

static void stopped(void *self ATTR_UNUSED)
{
	loop_stop(root.loop);
}

static void on_stop(void *self ATTR_UNUSED, int signum)
{
	const struct options_global *global = &root.gateway->global;

	if (root.stopping) {
		loop_stop(root.loop);
		return;
	}
	root.stopping = true;
	(void)daemon_notify("STOPPING=1");
	log_notice(&area_gateway, global->hostname, "stopping on signal %d",
	           signum);
	gateway_drain(root.gateway, SEC(global->drain_s), stopped, NULL);
}

static void on_reload(void *self ATTR_UNUSED, int signum ATTR_UNUSED)
{
	struct conf_error error = { 0 };
	char begins[64];

	/* The time is for managers from 253 on (Type=notify-reload). */
	(void)snprintf(begins, sizeof(begins),
	               "RELOADING=1\nMONOTONIC_USEC=%lld",
	               (long long)instant_now().us);
	(void)daemon_notify(begins);
	(void)reload(&error);
	tell_manager("READY=1\n");
}

static void feed(void *self ATTR_UNUSED)
{
	if (gateway_alive(root.gateway))
		(void)daemon_notify("WATCHDOG=1");
	timer_start(&root.watchdog, root.watchdog_every / 2);
}

static int watch_signals(void)
{
	static const struct {
		int signum;
		void (*fn)(void *self, int signum);
	} rows[] = {
		{ SIGTERM, on_stop },
		{ SIGINT, on_stop },
		{ SIGHUP, on_reload },
	};
	int rc = 0;

	(void)signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; rc == 0 && i < ARRAY_LEN(rows); i++)
		rc = loop_signal_new(&root.signals[i], root.loop,
		                     rows[i].signum, rows[i].fn, NULL);
	return rc;
}

/* --- start --- */

static int open_console(void)
{
	const struct options_global *global = &root.gateway->global;
	const struct group *group = NULL;
	int rc;

	if (global->group[0] != '\0')
		group = getgrnam(global->group);
	rc = console_listen(root.console, root.options.socket, 0660,
	                    group != NULL ? (int)group->gr_gid : -1);
	if (rc < 0) {
		log_error(&area_gateway, root.options.socket,
		          "control socket not opened: %s", strerror(-rc));
		return rc;
	}
	rc = console_add(root.console, own_commands, ARRAY_LEN(own_commands),
	                 NULL);
	if (rc == 0)
		rc = commands_show(root.gateway, root.console);
	if (rc == 0)
		rc = commands_calls(root.gateway, root.console);
	if (rc == 0)
		rc = commands_health(root.gateway, root.console);
	if (rc == 0)
		rc = commands_register(root.gateway, root.console);
	if (rc == 0)
		rc = commands_cause(root.gateway, root.console);
	if (rc == 0)
		rc = commands_operate(root.gateway, root.console);
	if (rc == 0)
		rc = debug_commands(root.gateway->debug, root.console);
	console_set_configure(root.console, &configure);
	return rc;
}

static int start_gateway(struct conf *conf)
{
	struct gateway_start start = {
		.loop = root.loop,
		.console = root.console,
		.conf = conf,
	};
	struct conf_error error = { 0 };
	int rc = gateway_new(&root.gateway, &start, &error);

	if (rc < 0)
		log_error(&area_gateway, root.options.file, "%s",
		          error.message);
	else
		(void)text_copy(root.gateway->file.path,
		                sizeof(root.gateway->file.path),
		                root.options.file);
	return rc;
}

static void give_up_root(void)
{
	const struct options_global *global = &root.gateway->global;
	int rc;

	if (global->lock_memory && daemon_lock_memory() < 0)
		log_warn(&area_gateway, global->hostname,
		         "memory is not locked: it was refused");
	if (global->user[0] == '\0' || getuid() != 0)
		return;
	rc = daemon_drop_root(global->user);
	if (rc == -EALREADY)
		log_notice(&area_gateway, global->hostname,
		           "running as root: 'user %s' asks for it",
		           global->user);
	else if (rc == -ENOENT)
		log_warn(&area_gateway, global->hostname,
		         "running as root: there is no user %s; make it "
		         "(adduser --system --group %s) or name another with "
		         "'user'",
		         global->user, global->user);
	else if (rc < 0)
		log_warn(&area_gateway, global->hostname, "running as root: %s",
		         strerror(-rc));
}

static int run(void)
{
	struct conf *conf = NULL;
	int rc = load(root.options.file, &conf);

	if (rc == 0)
		rc = loop_new(&root.loop);
	if (rc == 0)
		rc = console_new(&root.console, root.loop);
	if (rc == 0) {
		rc = start_gateway(conf);
		conf = NULL;
	}
	if (rc == 0)
		rc = watch_signals();
	if (rc == 0)
		rc = open_console();
	(void)conf_free(conf);
	if (rc < 0)
		return rc;
	give_up_root();
	timer_init(&root.watchdog, root.loop, "watchdog", feed, NULL);
	root.watchdog_every = daemon_watchdog_interval();
	if (root.watchdog_every > 0)
		timer_start(&root.watchdog, root.watchdog_every / 2);
	log_notice(&area_gateway, root.gateway->global.hostname,
	           "ready: Causeway %s", CAUSEWAY_VERSION);
	tell_manager("READY=1\n");
	loop_run(root.loop);
	return 0;
}

static void stop(void)
{
	for (size_t i = 0; i < ARRAY_LEN(root.signals); i++)
		root.signals[i] = loop_signal_free(root.signals[i]);
	if (root.watchdog.loop != NULL)
		timer_stop(&root.watchdog);
	root.gateway = gateway_free(root.gateway);
	root.console = console_free(root.console);
	root.loop = loop_free(root.loop);
}

static int parse(int argc, char **argv, struct options *o)
{
	static const struct option rows[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "check", required_argument, NULL, 'k' },
		{ "socket", required_argument, NULL, 's' },
		{ "system-conf", no_argument, NULL, 'y' },
		{ "probe", no_argument, NULL, 'p' },
		{ "foreground", no_argument, NULL, 'f' },
		{ "version", no_argument, NULL, 'V' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "c:s:h", rows, NULL)) != -1)
		switch (c) {
		case 'c':
			o->file = optarg;
			break;
		case 'k':
			o->check = optarg;
			break;
		case 's':
			o->socket = optarg;
			break;
		case 'y':
			o->system_conf = true;
			break;
		case 'p':
			o->probe = true;
			break;
		case 'f':
			o->foreground = true;
			break;
		case 'V':
			(void)printf("causewayd %s\n", CAUSEWAY_VERSION);
			exit(EXIT_GOOD);
		case 'h':
			(void)fputs(usage, stdout);
			exit(EXIT_GOOD);
		default:
			return -EINVAL;
		}
	return optind == argc ? 0 : -EINVAL;
}

int main(int argc, char **argv)
{
	int rc;

	root.options = (struct options){
		.file = "/etc/causeway/causeway.conf",
		.socket = "/run/causeway/console",
	};
	if (parse(argc, argv, &root.options) < 0) {
		(void)fputs(usage, stderr);
		return EXIT_USAGE_;
	}
	if (root.options.check != NULL)
		return check(root.options.check);
	if (root.options.system_conf)
		return system_conf(root.options.file);
	if (root.options.probe)
		return board_probe(put_line, NULL), EXIT_GOOD;
	daemon_install_crash_report();
	daemon_raise_descriptors();
	log_to_fd(STDERR_FILENO, getenv("JOURNAL_STREAM") != NULL);
	rc = run();
	stop();
	return rc < 0 ? EXIT_REFUSED : EXIT_GOOD;
}
