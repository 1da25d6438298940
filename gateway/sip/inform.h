/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_SIP_INFORM_H
#define GATEWAY_SIP_INFORM_H

/*
 * What is told in a call beside its sound: digits by INFO, and who is at our
 * end now, by UPDATE. One request is under way at a time, so that digits come
 * in order; inform.c.
 */

#include "gateway/sip/message.h"
#include "kernel/phone.h"

struct sip_session;
struct transaction;

enum { INFORM_DIGITS = 32 };

struct inform {
	bool infos;                 /* the other end takes INFO */
	char digits[INFORM_DIGITS]; /* to be told */
	unsigned ndigits;
	bool party_due; /* `party` is to be told */
	struct party party;
	struct transaction *request; /* under way, or NULL */
};

void inform_free(struct sip_session *s);

/* What any message of theirs says of Allow. */
void inform_hear(struct sip_session *s, const osip_message_t *m);

#endif
