/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Lines for people and for programs. Each is flushed: whoever reads a pipe
 * wants to see a call while it happens.
 */

#include "tools/pbx/report.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name, *mark;
} kinds[] = {
	/* clang-format off */
	[REPORT_SENT]     = { "sent",     "-> " },
	[REPORT_RECEIVED] = { "received", "<- " },
	[REPORT_HELD]     = { "ok",       "ok: " },
	[REPORT_FAILED]   = { "failed",   "FAILED: " },
	[REPORT_NOTE]     = { "note",     "" },
	[REPORT_MARKER]   = { "marker",   "" },
	[REPORT_TRACE]    = { "trace",    "" },
	/* clang-format on */
};

void report_init(struct report *report, bool json)
{
	*report = (struct report){ .json = json, .start = instant_now() };
}

/* Times to the microsecond for an hour, to the millisecond for days. */
#define JSON (JSON_COMPACT | JSON_REAL_PRECISION(10))

/* One object a line; what is not UTF-8 in a name must not lose the line. */
static void print_json(json_t *object)
{
	char *line = object == NULL ? NULL : json_dumps(object, JSON);

	if (line != NULL)
		(void)puts(line);
	else
		(void)puts("{\"kind\":\"lost\"}");
	free(line);
	json_decref(object);
}

static void print_line(const struct report *report, enum report_kind kind,
                       const char *who, const char *text, json_t *at)
{
	double time = (double)instant_since(instant_now(), report->start) / 1e6;

	if (!report->json) {
		json_decref(at);
		(void)printf("+%.3f %-8s %s%s\n", time, who, kinds[kind].mark,
		             text);
	} else {
		print_json(json_pack("{sf,ss,ss,ss%,so*}", "time", time, "call",
		                     who, "kind", kinds[kind].name, "text",
		                     text, strlen(text), "monotonic_us", at));
	}
	(void)fflush(stdout);
}

void report_tell(struct report *report, enum report_kind kind, const char *who,
                 const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	report->held += kind == REPORT_HELD;
	report->failed += kind == REPORT_FAILED;
	print_line(report, kind, who, text, NULL);
}

void report_at(struct report *report, const char *who, struct instant at,
               const char *text)
{
	print_line(report, REPORT_MARKER, who, text, json_integer(at.us));
}

int report_close(const struct report *report)
{
	if (report->json)
		print_json(json_pack("{ss,si,si}", "kind", "summary", "held",
		                     (int)report->held, "failed",
		                     (int)report->failed));
	else
		(void)printf("causeway-pbx: %u expectations held, %u failed\n",
		             report->held, report->failed);
	(void)fflush(stdout);
	return report->failed > 0;
}
