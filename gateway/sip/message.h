/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_SIP_MESSAGE_H
#define GATEWAY_SIP_MESSAGE_H

/*
 * Octets to osip_message_t and back. libosip2 parses, but takes much that it
 * should not; every message passes our own check before and behind it. Users
 * include gateway/sip/private.h, which brings libosip2's own headers.
 *
 * Everything libosip2 allots is counted as kind "osip".
 */

#include "kernel/bytes.h"

typedef struct osip_message osip_message_t;
typedef struct osip_from osip_from_t;

enum {
	MESSAGE_HEADERS = 200,    /* header lines at most */
	MESSAGE_LINE = 8 * 1024,  /* octets of one, with its folded lines */
	MESSAGE_HEAD = 32 * 1024, /* octets of all of them */
};

/* Once, before anything else here: the trace sink and the allocator. */
void message_start(void);

/*
 * 0: *out is a message we can work with. Positive: a request that is to be
 * answered with that status; *out is what could be read of it (its Via, From,
 * To, Call-ID and CSeq are there; a From or To that nobody can read is stood
 * for by a placeholder). -EBADMSG: to be dropped; nothing is left. -ENOMEM.
 *
 * Octets behind Content-Length are cut off; a body shorter than it is 400.
 */
int message_parse(osip_message_t **out, struct bytes raw);

/* The octets of a message: the length, or -ENOSPC, -ENOMEM. */
int message_print(osip_message_t *m, uint8_t *to, size_t size);

/* The same, allotted; free with message_octets_free(). */
int message_octets(osip_message_t *m, struct bytes *out);
void message_octets_free(struct bytes *octets);

osip_message_t *message_free(osip_message_t *m); /* NULL is fine */
osip_message_t *message_clone(const osip_message_t *m);

/* A response to a request: Vias, From, To (with this tag unless it has one or
 * tag is NULL), Call-ID, CSeq copied; Record-Route too for 1xx (not 100) and
 * 2xx, Timestamp for 100. reason NULL: the usual phrase. NULL: no memory. */
osip_message_t *message_response(const osip_message_t *request, unsigned status,
                                 const char *reason, const char *to_tag);
const char *message_reason_phrase(unsigned status);

/* A header by name, n-th; NULL when not there. A one-letter name of RFC 3261
 * 7.3.3 and its kin is found under the full name too. Not for Via, From, To,
 * Call-ID, CSeq, Contact, Route, Record-Route and Content-*, which have
 * members of their own. */
const char *message_header(const osip_message_t *m, const char *name, int n);
/* Replaces all headers of that name; value NULL takes them away. -ENOMEM. */
int message_set_header(osip_message_t *m, const char *name, const char *value);
/* Adds one more. */
int message_add_header(osip_message_t *m, const char *name, const char *value);

bool message_is(const osip_message_t *request, const char *method);
bool message_is_response(const osip_message_t *m);
const char *message_cseq_method(const osip_message_t *m);
unsigned message_cseq(const osip_message_t *m);
const char *message_tag(const osip_from_t *from_or_to); /* NULL: none */

/* The body's octets as they came; len 0: none. */
struct bytes message_body(const osip_message_t *m);
/* Puts a body (copied) and its type in, in place of others. -ENOMEM. */
int message_set_body(osip_message_t *m, const char *type, struct bytes body);

/*
 * libosip2 forgets blocks when memory runs out half-way. Who builds a message
 * takes a mark first; when building failed and what was built is freed, all
 * that libosip2 allotted since then and nobody freed is swept up. Nor does it
 * always say that it had no memory: message_wanted() does, since that mark.
 */
uint64_t message_mark(void);
bool message_wanted(uint64_t mark);
void message_sweep(uint64_t mark);

/* Random text nobody can guess, for tags, branches and Call-IDs: size - 1
 * characters of [0-9a-v], at least 5 bits each, from getrandom(). */
void message_random(char *to, size_t size);

#endif
