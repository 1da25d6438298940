/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef TESTS_GATEWAY_SIP_FAR_H
#define TESTS_GATEWAY_SIP_FAR_H

/*
 * A SIP far end that does what a test tells it: a UDP socket on loopback,
 * messages made by printf, and just enough reading to answer. It shares no
 * code with the stack, so it does not share its errors, and it never does
 * anything by itself: no repetition, no rule is kept unless the test keeps it.
 *
 * It remembers one dialog at a time. What it sends is good SIP unless asked
 * otherwise.
 */

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "kernel/base.h"

enum { FAR_MESSAGE = 65536, FAR_TEXT = 512 };

struct far {
	int fd;
	bool six;
	uint16_t port, to;         /* ours, and where we send */
	char heard[FAR_MESSAGE];   /* the last message, closed by NUL */
	char request[FAR_MESSAGE]; /* the last request of them */
	char tag[32];              /* ours in the next dialog */
	char call_id[FAR_TEXT], local[2 * FAR_TEXT], remote[2 * FAR_TEXT];
	char target[FAR_TEXT];
	char routes[4 * FAR_TEXT]; /* lines for our requests */
	unsigned cseq, branch;
	const char *type; /* of bodies; NULL: application/sdp */
	bool no_contact;  /* in responses: the test gives its own */
};

extern const char far_sdp[]; /* PCMA, PCMU, telephone-event 101 */

/* A socket on 127.0.0.1 or ::1 that talks to this port there. */
void far_open(struct far *f, uint16_t to, bool six);
void far_close(struct far *f);
const char *far_host(const struct far *f); /* "127.0.0.1", "[::1]" */

/* Octets as they are. */
void far_send(struct far *f, const char *format, ...) ATTR_PRINTF(2, 3);

/* The next message: false when there is none. far_hears() says too whether it
 * begins with this: "INVITE ", "SIP/2.0 180". */
bool far_hear(struct far *f);
bool far_hears(struct far *f, const char *begin);
void far_deaf(struct far *f); /* forgets all that has come */

/* The first header of this name of the last message; "" when there is none.
 * Good until the next call. */
const char *far_header(const struct far *f, const char *name);
const char *far_body(const struct far *f);

/* Places a call: INVITE to this user with a description or NULL. extra: whole
 * header lines or "". */
void far_invite(struct far *f, const char *user, const char *extra,
                const char *sdp);

/* The same call to another user: a higher CSeq, no To tag (RFC 3578). */
void far_invite_again(struct far *f, const char *user, const char *extra,
                      const char *sdp);

/* Sends a request of the dialog: its CSeq counts up, but not for ACK. */
void far_request(struct far *f, const char *method, const char *extra,
                 const char *sdp);

/* CANCELs our INVITE; acknowledges its refusal, hop by hop. */
void far_cancel(struct far *f, const char *extra);
void far_ack_refusal(struct far *f);

/* Answers the last request heard: "180 Ringing". */
void far_reply(struct far *f, const char *status, const char *extra,
               const char *sdp);

#endif
