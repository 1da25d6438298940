/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_DEBUG_FILTER_H
#define GATEWAY_DEBUG_FILTER_H

/*
 * What of all messages a console session wants to see: those of a span, of a
 * SIP peer, of a number, of one call, or those that have a text in them.
 */

#include "kernel/base.h"

struct gateway;

enum debug_about {
	ABOUT_ALL,
	ABOUT_SPAN,
	ABOUT_PEER,
	ABOUT_NUMBER,
	ABOUT_CALL,
	ABOUT_TEXT
};

struct debug_filter {
	enum debug_about about;
	uint32_t call;
	char text[64];
};

/* "span e1 0", "peer carrier", "number 5550100", "call 7", or any other text;
 * "" is all. -EINVAL: no such span, peer or number of a call. */
int debug_filter_parse(const struct gateway *gateway, const char *words,
                       struct debug_filter *out);

/* What a message is of; what is not known is NULL or 0. */
struct debug_subject {
	const char *span, *address; /* that it crossed */
	uint32_t call;
	const char *text; /* all of it, decoded */
};
bool debug_filter_passes(const struct gateway *gateway,
                         const struct debug_filter *filter,
                         const struct debug_subject *subject);

/* " of span e1 0", "" for all */
void debug_filter_print(const struct debug_filter *filter, char *to,
                        size_t size);

#endif
