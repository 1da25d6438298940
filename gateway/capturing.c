/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The console's captures: start, stop, show, and the messages of one call. SIP
 * and the D channels come by way of debug.c; RTP only when it is asked for,
 * from a tap in the media engine. What the configuration forbids is refused
 * here, and ends a capture that runs when it comes to forbid it: whole numbers
 * stand in every message, digits in telephone-events, and in RTP all that is
 * said.
 */

#include "gateway/capturing.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "gateway/capture.h"
#include "gateway/commands.h"
#include "gateway/gateway.h"
#include "gateway/keep.h"
#include "gateway/media/tap.h"
#include "kernel/console.h"

static void on_rtp(void *self, const struct media_tapped *tapped)
{
	struct gateway *g = self;

	capture_when(g->capture, tapped->wall_us);
	capture_rtp(g->capture, tapped->sent ? tapped->local : tapped->remote,
	            tapped->sent ? tapped->remote : tapped->local,
	            tapped->packet);
	capture_when(g->capture, 0);
}

void capturing_stop(struct gateway *g)
{
	if (g->media != NULL)
		media_tap_close(g->media);
	g->capture = capture_stop(g->capture);
}

/* Numbers stand in captures as they were: whoever hides them means it. */
static const char *numbers_forbidden(const struct gateway *g)
{
	return g->global.privacy == 0
	               ? NULL
	               : "privacy digits is set, and messages hold whole "
	                 "numbers: \"no privacy digits\" first";
}

static const char *speech_forbidden(const struct gateway *g)
{
	return !g->global.privacy_speech
	               ? NULL
	               : "privacy speech is set, and RTP holds what is said: "
	                 "\"no privacy speech\" first";
}

void capturing_review(struct gateway *g)
{
	const char *wrong = numbers_forbidden(g);

	if (wrong == NULL && media_tap_is_open(g->media))
		wrong = speech_forbidden(g);
	if (g->capture == NULL || wrong == NULL)
		return;
	log_notice(&area_gateway, capture_file(g->capture),
	           "the capture ends: privacy %s is set now",
	           wrong == speech_forbidden(g) ? "speech" : "digits");
	capturing_stop(g);
}

void capturing_catch_up(struct gateway *g)
{
	if (g->capture != NULL)
		media_tap_drain(g->media);
}

/* --- commands --- */

static void export_call(void *self, struct shell *s,
                        const struct command_args *args)
{
	struct gateway *g = self;
	uint32_t call = (uint32_t)args->number[0];
	int n;

	if (numbers_forbidden(g) != NULL) {
		shell_error(s, "%s", numbers_forbidden(g));
		return;
	}
	n = keep_export(g->keep, g->ladder, call, args->text[1]);
	if (n == -ENOENT)
		shell_error(s, "nothing is kept of call %u", call);
	else if (n < 0)
		shell_error(s, "%s: %s", args->text[1], strerror(-n));
	else
		shell_print(s, "%s.pcapng: %d messages; %s.txt: the ladder\n",
		            args->text[1], n, args->text[1]);
}

static bool begin(struct gateway *g, struct shell *s, const char *file)
{
	uint64_t most = (uint64_t)g->global.capture_mb << 20;
	int rc;

	if (numbers_forbidden(g) != NULL) {
		shell_error(s, "%s", numbers_forbidden(g));
		return false;
	}
	capturing_stop(g);
	rc = capture_start(&g->capture, file, most);
	if (rc < 0)
		shell_error(s, "%s: %s", file, strerror(-rc));
	return rc == 0;
}

static void start(void *self, struct shell *s, const struct command_args *args)
{
	struct gateway *g = self;

	if (begin(g, s, args->text[0]))
		shell_print(s, "capturing to %s (at most %u MiB, twice)\n",
		            args->text[0], g->global.capture_mb);
}

static void start_rtp(void *self, struct shell *s,
                      const struct command_args *args)
{
	struct gateway *g = self;
	int rc;

	if (speech_forbidden(g) != NULL) {
		shell_error(s, "%s", speech_forbidden(g));
		return;
	}
	if (!begin(g, s, args->text[0]))
		return;
	rc = media_tap_open(g->media, (size_t)g->global.tap_kb * 1024, on_rtp,
	                    g);
	if (rc < 0) {
		capturing_stop(g);
		shell_error(s, "RTP: %s", strerror(-rc));
		return;
	}
	log_notice(&area_gateway, args->text[0],
	           "RTP of all calls is being captured");
	shell_print(s,
	            "capturing to %s with RTP, which holds what is said "
	            "(at most %u MiB, twice)\n",
	            args->text[0], g->global.capture_mb);
}

static void stop(void *self, struct shell *s,
                 const struct command_args *args ATTR_UNUSED)
{
	struct gateway *g = self;
	struct capture_counts n;

	if (g->capture == NULL) {
		shell_error(s, "no capture runs");
		return;
	}
	capturing_catch_up(g);
	n = capture_counts(g->capture);
	shell_print(s, "%s: %" PRIu64 " packets, %" PRIu64 " lost\n",
	            capture_file(g->capture), n.packets,
	            n.lost + media_tap_dropped(g->media));
	capturing_stop(g);
}

static void show(void *self, struct shell *s,
                 const struct command_args *args ATTR_UNUSED)
{
	static const struct column columns[] = {
		{ "file", NULL, false },   { "rtp", NULL, false },
		{ "packets", NULL, true }, { "octets", NULL, true },
		{ "lost", NULL, true },    { "rtp_dropped", NULL, true },
	};
	struct gateway *g = self;
	struct capture_counts n;

	table_begin(s, columns, ARRAY_LEN(columns));
	if (g->capture != NULL) {
		capturing_catch_up(g);
		n = capture_counts(g->capture);
		table_cell(s, "%s", capture_file(g->capture));
		table_cell(s, "%s", media_tap_is_open(g->media) ? "yes" : "no");
		table_number(s, (int64_t)n.packets);
		table_number(s, (int64_t)n.octets);
		table_number(s, (int64_t)n.lost);
		table_number(s, (int64_t)(media_tap_is_open(g->media)
		                                  ? media_tap_dropped(g->media)
		                                  : 0));
	}
	table_end(s);
}

/* clang-format off */
static const struct command commands[] = {
	{ "capture start <file>", ROLE_DEBUG, start,
	  "write SIP and D channels into a pcapng file", NULL },
	{ "capture start <file> rtp", ROLE_DEBUG, start_rtp,
	  "and the RTP of all calls: what is said", NULL },
	{ "capture stop", ROLE_DEBUG, stop, "end the capture", NULL },
	{ "show capture", ROLE_LOOK, show,
	  "the capture that runs, and what was lost of it", NULL },
	{ "call <n:1-4294967295> export <file>", ROLE_DEBUG, export_call,
	  "write FILE.pcapng and FILE.txt of a call, live or ended", NULL },
};
/* clang-format on */

int commands_capture(struct gateway *gateway, struct console *console)
{
	return console_add(console, commands, ARRAY_LEN(commands), gateway);
}
