/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_SIP_TRANSFER_H
#define GATEWAY_SIP_TRANSFER_H

/*
 * Calls sent elsewhere by a far end that is trusted for it: by BYE with Also,
 * by REFER (RFC 3515), and by taking a dialog's place (Replaces, RFC 3891).
 * transfer.c reads what is asked, refer.c is the procedure of REFER.
 */

#include "gateway/sip/message.h"
#include "kernel/phone.h"

struct sip_peer_conf;
struct sip_session;
struct sip_stack;
struct transaction;

/* A REFER in this dialog, and the subscription it implies. */
struct referral {
	struct transaction *asked;  /* theirs, to be answered at once */
	struct transaction *notify; /* ours, the last one; or NULL */
	uint32_t id;                /* its CSeq */
	bool active;                /* they are to be told how it goes */
	bool silent;                /* RFC 4488: they do not want to be */
	bool again;                 /* not the first: Event has an id */
};

/* --- transfer.c --- */

/* Where they want us to be: 0, or the status that refuses it. Refer-To's or
 * Also's value. *beside is the session of ours whose place is to be taken;
 * NULL: none of ours, or out->refused says why not. */
unsigned transfer_read(struct sip_session *s, const char *value,
                       struct transfer *out, struct sip_session **beside);

/* Tells who is above what is asked; NULL: it was refused for want of trust. */
void transfer_tell(struct sip_session *s, const struct transfer *asked,
                   struct sip_session *beside);

/* A BYE came: does it send our side elsewhere? */
void transfer_also(struct sip_session *s, const osip_message_t *bye);

/* The session whose place this INVITE takes, NULL when it has no Replaces. 0,
 * or the status that refuses it. */
unsigned transfer_replaced(struct sip_stack *stack,
                           const struct sip_peer_conf *peer,
                           const osip_message_t *invite,
                           struct sip_session **out);

/* What the INVITE of a transfer carries, in s->carried: -ENOMEM. */
int transfer_carry(struct sip_session *s, const struct transfer *transfer);

/* --- refer.c --- */

void refer_request(struct sip_session *s, struct transaction *t,
                   const osip_message_t *request);

/* The dialog ends: so does the subscription. */
void refer_end(struct sip_session *s);
void refer_free(struct sip_session *s);

#endif
