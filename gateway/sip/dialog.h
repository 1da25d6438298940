/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_SIP_DIALOG_H
#define GATEWAY_SIP_DIALOG_H

/*
 * A dialog, RFC 3261 12: tags, sequence numbers, route set, remote target,
 * and the requests that are sent in it. Its texts are allotted, its size is
 * bounded.
 */

#include "gateway/sip/message.h"
#include "gateway/sip/transport.h"
#include "kernel/text.h"

struct peers;

enum {
	DIALOG_CALL_ID = 128,
	DIALOG_TAG = 128,
	DIALOG_ROUTES = 16,
	REQUEST_TEXT = 8192,
};

struct dialog {
	char call_id[DIALOG_CALL_ID];
	char local_tag[32], remote_tag[DIALOG_TAG];
	uint32_t local_cseq, remote_cseq;
	char *local, *remote; /* From and To without tags */
	char *target;         /* the other end's Contact: a URI */
	bool routed;          /* the other end has said where it is: not home */
	unsigned nroutes;
	char *routes
		[DIALOG_ROUTES]; /* "<sip:...;lr>", the next hop first; while
	                              * not routed, what is home anyway */
	struct hop home;         /* where the other end's peer is */
	struct addr place;       /* where requests went last */
};

/* A message's Call-ID; false when it is too long. */
bool dialog_call_id(const osip_message_t *m, char *to, size_t size);

void dialog_free_texts(struct dialog *d);

/* The dialog an INVITE that came in opens: -ENOMEM; -EBADMSG when it can not
 * (no Contact, too long). */
int dialog_accept(struct dialog *d, const osip_message_t *invite,
                  const struct hop *hop);

/* The first request goes by this proxy ("192.0.2.1:5060"). -ENOMEM. */
int dialog_preload(struct dialog *d, const char *proxy);

/* What a response to our INVITE tells of the dialog: To tag, routes, target.
 * The same errors. */
int dialog_learn(struct dialog *d, const osip_message_t *response);

/* The other end is whom this request, or the one answered by this, is to.
 * -ENOMEM. */
int dialog_address(struct dialog *d, const osip_message_t *m);

/* The dialog to be is one with another far end, at this URI: same Call-ID, From
 * tag and CSeq. -ENOMEM. */
int dialog_restart(struct dialog *d, const char *target);

/* Their Contact in a request or response that refreshes the target. */
int dialog_refresh(struct dialog *d, const osip_message_t *m);

/* Is this response's To tag the dialog's (or has it none yet)? */
bool dialog_fits(const struct dialog *d, const osip_message_t *response);

/*
 * Begins a request of the dialog: the request line, Route, From, To, Call-ID
 * and CSeq. ACK and CANCEL name the CSeq of their INVITE; others count up.
 * Lines may be added, then dialog_finish() makes the message.
 */
void dialog_begin(struct text *out, const struct dialog *d, const char *method,
                  uint32_t cseq);

/* The end of the head, a body if there is one, parsed: -ENOMEM, -ENOSPC. */
int dialog_finish(osip_message_t **out, struct text *text, const char *body);

/* Where a request of this dialog goes. */
struct hop dialog_hop(struct dialog *d, const struct peers *peers);

/* "[2001:db8::1]:5061" or "192.0.2.1": a port that is 5060 is left out. */
void dialog_print_host(const struct addr *a, char *to, size_t size);

#endif
