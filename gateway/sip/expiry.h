/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_SIP_EXPIRY_H
#define GATEWAY_SIP_EXPIRY_H

/*
 * The session timer, RFC 4028: a call that is not refreshed in time is over,
 * so that none stands for ever when its other end is gone. What a session
 * remembers of it, and what expiry.c does for the requests and responses that
 * start it anew.
 */

#include "gateway/sip/conf.h"
#include "gateway/sip/message.h"
#include "kernel/text.h"
#include "kernel/timer.h"

struct sip_session;
struct transaction;

struct expiry {
	unsigned interval; /* seconds, agreed; 0: it does not run */
	unsigned least;    /* what a 422 has taught us; 0: none */
	unsigned raised;   /* how often */
	bool ours;         /* we refresh */
	bool known;        /* the other end has it */
	bool updates;      /* and takes UPDATE */
	struct transaction *update;
	struct timer due; /* our refresh */
	struct timer end;
};

void expiry_init(struct sip_session *s);
void expiry_free(struct sip_session *s);
void expiry_stop(struct sip_session *s);

/* A refresh of ours came to nothing: again soon. */
void expiry_again(struct sip_session *s);

/* What any message of theirs says of Allow. */
void expiry_hear(struct sip_session *s, const osip_message_t *m);

/* --- requests of ours: INVITE and UPDATE --- */

/* Lines of Session-Expires and Min-SE. */
void expiry_print(struct text *out, const struct sip_session *s);

/* A 2xx to it. */
void expiry_agree(struct sip_session *s, const osip_message_t *response);

/* A 422: true when it may be sent again with what that asks for. */
bool expiry_raise(struct sip_session *s, const osip_message_t *response);

/* --- requests of theirs --- */

/* Whether its interval is long enough: 0, or 422 with Min-SE s->peer.min_se. */
unsigned expiry_judge(const struct sip_session *s,
                      const osip_message_t *request);

/* Our 2xx to it: its headers, and the timer starts. -ENOMEM. */
int expiry_accept(struct sip_session *s, const osip_message_t *request,
                  osip_message_t *ok);

#endif
