/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef TOOLS_PBX_REPORT_H
#define TOOLS_PBX_REPORT_H

/*
 * What the exchange tells: a line an event, with the time since the start,
 * for people or, with json, an object a line with the keys time, call, kind
 * and text (and monotonic_us where an instant is meant).
 */

#include "kernel/instant.h"

enum report_kind {
	REPORT_SENT,
	REPORT_RECEIVED,
	REPORT_HELD,
	REPORT_FAILED,
	REPORT_NOTE,
	REPORT_MARKER,
	REPORT_TRACE,
};

struct report {
	bool json;
	struct instant start;
	unsigned held, failed;
};

void report_init(struct report *report, bool json);

/* who: a call's name, or "line". Held and failed ones are counted. */
void report_tell(struct report *report, enum report_kind kind, const char *who,
                 const char *format, ...) ATTR_PRINTF(4, 5);

/* The same about an instant. */
void report_at(struct report *report, const char *who, struct instant at,
               const char *text);

/* The last line; returns the exit status. */
int report_close(const struct report *report);

#endif
