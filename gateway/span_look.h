/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_SPAN_LOOK_H
#define GATEWAY_SPAN_LOOK_H

/*
 * A span as an operator wants to know it: what its layers say, whether it takes
 * calls now, and in plain words what looks wrong. Signalling thread only.
 */

#include "gateway/trunk.h"

struct span_look {
	const struct trunk *trunk;
	struct isdn_status st;
	struct isdn_conf isdn;
	unsigned alarms;
	bool line, takes_calls;
};

void span_look(struct span_look *look, const struct trunk *trunk);

/* What an installer would look for first; "": nothing looks wrong. */
void span_hint(const struct span_look *look, char *to, size_t size);

enum { SPAN_HINT = 200 };

#endif
