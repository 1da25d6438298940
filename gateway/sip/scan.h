/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_SIP_SCAN_H
#define GATEWAY_SIP_SCAN_H

/*
 * The check in front of libosip2: lines, start line, lengths and the headers
 * an answer is made of, found without understanding more than that.
 */

#include "kernel/bytes.h"

enum { SCAN_VIAS = 16 };

/* Slices of the message, headers without name; folded lines inside. */
struct scan {
	bool response;
	unsigned status;          /* of a response */
	struct bytes method, uri; /* of a request */
	struct bytes head;        /* start line and headers, no empty line */
	struct bytes body;        /* as Content-Length says */
	unsigned nvias;           /* Via lines, at most SCAN_VIAS kept */
	struct bytes via[SCAN_VIAS];
	struct bytes from, to, call_id, cseq; /* at NULL: not there */
	struct bytes max_forwards, length;
	struct bytes length_line; /* Content-Length, whole with line end */
};

/* 0: worth parsing. Positive: a request to be refused with it, as far as *out
 * has what an answer needs. -EBADMSG: to be dropped. *out is always written. */
int scan_message(struct scan *out, struct bytes raw);

/* A stream's next message: octets of its head with the empty line, 0 when that
 * is not complete yet; *body is Content-Length (0 when it is not there).
 * -EBADMSG: no more sense can be made of this stream. */
int scan_frame(struct bytes stream, size_t *body);

/* The head of a 401 or 407 with each challenge in a line of its own: split.c.
 * Returns its length; 0: it does not fit. */
size_t scan_split(const char *head, size_t len, char *to, size_t size);

/* Digits only, at least one, at most `max`. */
bool scan_number(struct bytes text, uint64_t max, uint64_t *out);

#endif
