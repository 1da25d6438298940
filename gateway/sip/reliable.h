/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_SIP_RELIABLE_H
#define GATEWAY_SIP_RELIABLE_H

/*
 * Reliable provisional responses, RFC 3262: what a session remembers of them,
 * and what reliable.c does with it in both roles.
 */

#include "gateway/sip/message.h"
#include "kernel/phone.h"
#include "kernel/timer.h"

struct sip_session;
struct stack_answer;
struct transaction;

enum { RELIABLE_DIALOGS = 8 };

struct reliable {
	/* as the one who is called */
	bool known;           /* the caller can */
	bool always;          /* he wants it so for every 18x, or we do */
	bool told;            /* our description went out in one */
	uint32_t seq;         /* RSeq of the last one */
	bool awaited;         /* its PRACK may still come */
	osip_message_t *sent; /* repeated until then */
	bool sent_sdp;
	bool due; /* a further 18x waits for the PRACK */
	usec interval;
	struct timer repeat, life;
	bool answer_due; /* so does the 200 */
	bool has_connected;
	struct party connected; /* for it */
	/* as the one who calls: the last RSeq of each early dialog */
	struct transaction *prack; /* the last one */
	unsigned nheard;
	struct {
		uint32_t tag, seq;
	} heard[RELIABLE_DIALOGS];
	/* either: the INVITE's offer and answer are both known to be there, so
	 * there may be another before the 200 (RFC 3311 5.1) */
	bool settled;
};

void reliable_init(struct sip_session *s);
void reliable_free(struct sip_session *s);

/* What the INVITE says of it: 0, or the status that refuses it. */
unsigned reliable_judge(struct sip_session *s, const osip_message_t *invite);

/* Is a 18x to be sent so? Then it is sent, or waits for its turn. */
bool reliable_is_due(const struct sip_session *s, bool with_sdp);
int reliable_ring(struct sip_session *s, struct stack_answer answer);

/* A 200 may not go out before the description in an 18x is known to have
 * arrived: true when it waits. */
bool reliable_holds_answer(struct sip_session *s,
                           const struct party *connected);

/* No more repetitions: there is a final response. */
void reliable_end(struct sip_session *s);

void reliable_prack(struct sip_session *s, struct transaction *t,
                    const osip_message_t *prack);

/* --- as the one who calls --- */

/* Is this 18x one of those, and the next of its dialog? One that is out of
 * its place is as if it had not come (4). */
bool reliable_is(const struct sip_session *s, const osip_message_t *response);
bool reliable_in_order(struct sip_session *s, const osip_message_t *response);

/* PRACK, in the dialog as it stands, with our answer if there is one. */
void reliable_acknowledge(struct sip_session *s, const osip_message_t *response,
                          const char *body);

#endif
