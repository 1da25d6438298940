/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_SIP_INFORM_H
#define GATEWAY_SIP_INFORM_H

/*
 * What is told in a call beside its sound: digits by INFO, and who is at our
 * end now, by UPDATE; one request is under way at a time, so that digits come
 * in order: inform.c. And what users tell each other: uui.c.
 */

#include "gateway/sip/message.h"
#include "kernel/phone.h"
#include "kernel/text.h"

struct sip_session;
struct transaction;

enum { INFORM_DIGITS = 32 };

struct inform {
	bool infos;                 /* the other end takes INFO */
	char digits[INFORM_DIGITS]; /* to be told */
	unsigned ndigits;
	bool party_due;  /* `party` is to be told */
	bool party_sent; /* it is in the re-INVITE under way */
	struct party party;
	struct party heard;          /* who is at their end, as we know it */
	struct transaction *request; /* under way, or NULL */
};

void inform_free(struct sip_session *s);

/* Who is at our end now, in a re-INVITE to who knows no UPDATE: whether that is
 * due, its lines, and that the re-INVITE had its answer. */
bool inform_party_waits(const struct sip_session *s);
void inform_print_party(struct text *out, struct sip_session *s);
void inform_party_told(struct sip_session *s);

/* Tells above who is at their end, when a message in the call says another. */
void inform_hear_party(struct sip_session *s, const osip_message_t *m);

/* What any message of theirs says of Allow. */
void inform_hear(struct sip_session *s, const osip_message_t *m);

/* uui.c. What a message of theirs says to our user: `out`, or NULL. */
const struct uui *session_hear_uui(struct sip_session *s,
                                   const osip_message_t *m, struct uui *out);
/* What waits for our next message: its value in `to`, or NULL. */
const char *session_take_uui(struct sip_session *s, char *to, size_t size);
void session_print_uui(struct text *out, const struct sip_session *s,
                       const struct uui *uui);

#endif
