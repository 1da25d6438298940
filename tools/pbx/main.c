/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * causeway-pbx: a scripted exchange on a span.
 *
 * Options stand for what a script says at its left margin, and win over it, so
 * that one script serves at both ends of a line. Exit status: 0 all
 * expectations held, 1 one did not, 2 wrong usage or a wrong script.
 */

#include "tools/pbx/pbx.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/mem.h"
#include "pri/channel.h"

enum { SCRIPTS_MOST = 32, EXIT_WRONG = 2 };

enum option_value {
	OPT_LISTEN = 256,
	OPT_CONNECT,
	OPT_FAULTS,
	OPT_DAHDI,
	OPT_TYPE,
	OPT_SIDE,
	OPT_SWITCH,
	OPT_JSON,
	OPT_TIMEOUT,
	OPT_CAPTURE,
	OPT_STAY,
	OPT_OVERLAP,
	OPT_CHECK,
};

static const struct option options[] = {
	{ "wire-listen", required_argument, NULL, OPT_LISTEN },
	{ "wire-connect", required_argument, NULL, OPT_CONNECT },
	{ "wire-faults", no_argument, NULL, OPT_FAULTS },
	{ "dahdi", required_argument, NULL, OPT_DAHDI },
	{ "type", required_argument, NULL, OPT_TYPE },
	{ "side", required_argument, NULL, OPT_SIDE },
	{ "switch", required_argument, NULL, OPT_SWITCH },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "timeout", required_argument, NULL, OPT_TIMEOUT },
	{ "capture", required_argument, NULL, OPT_CAPTURE },
	{ "stay", no_argument, NULL, OPT_STAY },
	{ "overlap", no_argument, NULL, OPT_OVERLAP },
	{ "check", no_argument, NULL, OPT_CHECK },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static const char usage[] =
	"usage: causeway-pbx [options] SCRIPT...\n"
	"  --wire-listen PATH, --wire-connect PATH, --dahdi N   the span\n"
	"  --wire-faults          obey fault packets of the far end\n"
	"  --type e1|t1           --side network|user\n"
	"  --switch TYPE          primary-net5, primary-ni, primary-5ess,\n"
	"                         primary-4ess, primary-dms100, primary-qsig\n"
	"  --overlap              a SETUP without Sending Complete may grow\n"
	"  --timeout SECONDS      the whole run; 120 unless --stay\n"
	"  --stay                 answer until SIGTERM or SIGINT\n"
	"  --capture FILE         the D channel, for tshark\n"
	"  --json                 an object a line\n"
	"  --check                only read the scripts\n"
	"  -v                     each message decoded\n";

/* What the command line says. */
struct command_line {
	struct settings set; /* wins where `given` has the bit */
	bool side, type, variant, timeout;
	bool json, stay, verbose, check;
	const char *capture;
	struct script *scripts[SCRIPTS_MOST];
	size_t nscripts;
};

static int wrong(const char *what, const char *value)
{
	(void)fprintf(stderr, "causeway-pbx: %s \"%s\"\n%s", what, value,
	              usage);
	return -EINVAL;
}

static int option_span(struct command_line *c, int option, const char *value)
{
	uint64_t number;

	if (option == OPT_DAHDI) {
		if (text_number(value, 1, 255, &number) < 0)
			return wrong("no span number:", value);
		c->set.dahdi = (unsigned)number;
		return 0;
	}
	c->set.listen = option == OPT_LISTEN;
	if (text_copy(c->set.path, sizeof(c->set.path), value) < 0)
		return wrong("the path is too long:", value);
	return 0;
}

static int option_word(struct command_line *c, int option, const char *value)
{
	uint64_t seconds;

	if (option == OPT_TYPE) {
		c->type = true;
		c->set.type = strcmp(value, "t1") == 0 ? SPAN_T1 : SPAN_E1;
		if (strcmp(value, "t1") != 0 && strcmp(value, "e1") != 0)
			return wrong("no span type:", value);
	} else if (option == OPT_SIDE) {
		c->side = true;
		c->set.side =
			strcmp(value, "user") == 0 ? ISDN_USER : ISDN_NETWORK;
		if (strcmp(value, "user") != 0 && strcmp(value, "network") != 0)
			return wrong("no side:", value);
	} else if (option == OPT_SWITCH) {
		c->variant = true;
		if (isdn_switch_find(value, &c->set.switch_type) < 0)
			return wrong("no switch type:", value);
	} else {
		c->timeout = true;
		if (text_number(value, 1, 86400, &seconds) < 0)
			return wrong("no number of seconds:", value);
		c->set.timeout = SEC((usec)seconds);
	}
	return 0;
}

static int take_option(struct command_line *c, int option)
{
	switch (option) {
	case OPT_LISTEN:
	case OPT_CONNECT:
	case OPT_DAHDI:
		return option_span(c, option, optarg);
	case OPT_TYPE:
	case OPT_SIDE:
	case OPT_SWITCH:
	case OPT_TIMEOUT:
		return option_word(c, option, optarg);
	case OPT_FAULTS:
		c->set.faults = true;
		return 0;
	case OPT_OVERLAP:
		c->set.overlap = true;
		return 0;
	case OPT_JSON:
		c->json = true;
		return 0;
	case OPT_STAY:
		c->stay = true;
		return 0;
	case OPT_CHECK:
		c->check = true;
		return 0;
	case OPT_CAPTURE:
		c->capture = optarg;
		return 0;
	case 'v':
		c->verbose = true;
		return 0;
	default:
		(void)fputs(usage, stderr);
		return -EINVAL;
	}
}

static int read_scripts(struct command_line *c, struct settings *settings,
                        char **paths, int n)
{
	struct script_error error = { "" };
	int rc = 0;

	if (n < 1 || n > SCRIPTS_MOST) {
		(void)fputs(usage, stderr);
		return -EINVAL;
	}
	for (int i = 0; rc == 0 && i < n; i++) {
		rc = script_read(&c->scripts[c->nscripts], paths[i], settings,
		                 &error);
		c->nscripts += rc == 0;
	}
	if (rc < 0)
		(void)fprintf(stderr, "%s\n",
		              error.text[0] != '\0' ? error.text
		                                    : strerror(-rc));
	return rc;
}

/* The options over what the scripts said. */
static int merge(const struct command_line *c, struct settings *s)
{
	if (c->type)
		s->type = c->set.type;
	if (c->side)
		s->side = c->set.side;
	if (c->variant)
		s->switch_type = c->set.switch_type;
	if (c->timeout)
		s->timeout = c->set.timeout;
	s->overlap |= c->set.overlap;
	s->faults |= c->set.faults;
	if (c->set.path[0] != '\0' || c->set.dahdi > 0) {
		memcpy(s->path, c->set.path, sizeof(s->path));
		s->listen = c->set.listen;
		s->dahdi = c->set.dahdi;
	}
	if (s->timeout == 0 && !c->stay)
		s->timeout = SEC(120);
	if (s->path[0] != '\0' || s->dahdi > 0)
		return 0;
	(void)fprintf(stderr, "causeway-pbx: no span: --wire-connect, "
	                      "--wire-listen or --dahdi\n");
	return -EINVAL;
}

static void on_linger(void *self)
{
	struct pbx *pbx = self;

	loop_stop(pbx->loop);
}

static void tell_unfinished(struct pbx *pbx)
{
	for (size_t i = 0; i < pbx->nruns; i++) {
		const struct run *run = &pbx->runs[i];

		if (run->finished >= run->block->times)
			continue;
		if (run->started == 0 && run->block->kind == BLOCK_ANSWER)
			report_tell(&pbx->report, REPORT_FAILED,
			            run->block->name,
			            "nobody called %s (line %u)",
			            run->block->pattern, run->block->line);
		else
			report_tell(&pbx->report, REPORT_FAILED,
			            run->block->name,
			            "the time is over, %u of %u done "
			            "(line %u)",
			            run->finished, run->block->times,
			            run->block->line);
	}
	LIST_EACH(&pbx->calls, struct pbx_call, call, list)
	if (call->over && call->isdn != NULL)
		report_tell(&pbx->report, REPORT_FAILED, call->name,
		            "the far end never cleared");
}

static void on_timeout(void *self)
{
	struct pbx *pbx = self;

	if (pbx->ending) { /* clearing takes too long */
		loop_stop(pbx->loop);
		return;
	}
	tell_unfinished(pbx);
	run_end(pbx);
	timer_start(&pbx->timeout, SEC(2));
}

static void on_first_up(void *self)
{
	struct pbx *pbx = self;
	struct isdn_counts counts;
	const char *hint = "is somebody there, and is the D channel the same?";

	isdn_link_counts(pbx->link, &counts);
	if (counts.config_errors > 0)
		hint = "both ends are on the same side, network or user";
	else if (board_span_alarms(pbx->span) != 0)
		hint = "the line is in alarm";
	report_tell(&pbx->report, REPORT_NOTE, "line",
	            "the D channel did not come up yet: %s", hint);
}

static void on_signal(void *self, int signum ATTR_UNUSED)
{
	struct pbx *pbx = self;

	if (!pbx->stay)
		report_tell(&pbx->report, REPORT_FAILED, "line",
		            "ended by a signal");
	run_end(pbx);
	timer_start(&pbx->timeout, SEC(2));
}

static int run_loop(struct pbx *pbx)
{
	struct loop_signal *term = NULL, *interrupt = NULL;
	int rc;

	timer_init(&pbx->timeout, pbx->loop, "timeout", on_timeout, pbx);
	timer_init(&pbx->linger, pbx->loop, "linger", on_linger, pbx);
	timer_init(&pbx->first_up, pbx->loop, "first up", on_first_up, pbx);
	if (pbx->settings.timeout > 0)
		timer_start(&pbx->timeout, pbx->settings.timeout);
	timer_start(&pbx->first_up, SEC(8));
	rc = loop_signal_new(&term, pbx->loop, SIGTERM, on_signal, pbx);
	if (rc == 0)
		rc = loop_signal_new(&interrupt, pbx->loop, SIGINT, on_signal,
		                     pbx);
	if (rc == 0)
		rc = line_open(pbx);
	if (rc == 0)
		loop_run(pbx->loop);
	else
		report_tell(&pbx->report, REPORT_FAILED, "line",
		            "the span cannot be opened: %s", strerror(-rc));
	timer_stop(&pbx->timeout);
	timer_stop(&pbx->linger);
	timer_stop(&pbx->first_up);
	term = loop_signal_free(term);
	interrupt = loop_signal_free(interrupt);
	return rc;
}

/* Calls that never ended: their timers must not outlive the loop. */
static void drop_calls(struct pbx *pbx)
{
	LIST_EACH(&pbx->calls, struct pbx_call, call, list)
	{
		timer_stop(&call->timer);
		deferred_cancel(&call->next);
		deferred_cancel(&call->funeral);
		list_remove(&call->list);
		(void)mem_free(call);
	}
}

static int exchange(const struct command_line *c,
                    const struct settings *settings)
{
	struct pbx pbx = { .settings = *settings,
		           .verbose = c->verbose,
		           .stay = c->stay };
	int rc = loop_new(&pbx.loop);

	report_init(&pbx.report, c->json);
	list_init(&pbx.calls);
	if (rc == 0)
		rc = run_init(&pbx, c->scripts, c->nscripts);
	if (rc == 0 && c->capture != NULL)
		rc = capture_open(&pbx.capture, c->capture,
		                  settings->side == ISDN_NETWORK);
	if (rc < 0)
		(void)fprintf(stderr, "causeway-pbx: %s\n",
		              rc == -ENOENT ? "the scripts have no call, "
		                              "answer or line"
		                            : strerror(-rc));
	else
		(void)run_loop(&pbx);
	drop_calls(&pbx);
	run_done(&pbx);
	line_close(&pbx);
	pbx.capture = capture_close(pbx.capture);
	if (pbx.loop != NULL)
		pbx.loop = loop_free(pbx.loop);
	return rc < 0 ? EXIT_WRONG : report_close(&pbx.report);
}

int main(int argc, char **argv)
{
	struct command_line c = { .json = false };
	struct settings settings = { .type = SPAN_E1, .side = ISDN_NETWORK };
	int option, rc = 0, status = EXIT_WRONG;

	while (rc == 0 &&
	       (option = getopt_long(argc, argv, "vh", options, NULL)) != -1)
		rc = take_option(&c, option);
	if (rc == 0)
		rc = read_scripts(&c, &settings, argv + optind, argc - optind);
	if (rc == 0 && c.check)
		status = 0;
	else if (rc == 0 && merge(&c, &settings) == 0)
		status = exchange(&c, &settings);
	while (c.nscripts > 0)
		(void)script_free(c.scripts[--c.nscripts]);
	return status;
}
