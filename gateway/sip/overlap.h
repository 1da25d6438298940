/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_SIP_OVERLAP_H
#define GATEWAY_SIP_OVERLAP_H

/*
 * Overlap signalling, RFC 3578: a number that is still being dialled is told
 * as an INVITE for each length it has had. overlap_out.c is the one who calls,
 * in one session; overlap_in.c the one who is called, in a session for each
 * INVITE.
 */

#include "gateway/sip/message.h"

struct overlap;
struct sip_session;
struct transaction;

/* --- overlap_out.c --- */

/* The number of this session may grow: -ENOMEM. */
int overlap_begin(struct sip_session *s);
struct overlap *overlap_free(struct overlap *o);

/* May it still? */
bool overlap_is_open(const struct sip_session *s);
/* Is an INVITE out that was overtaken and has no final response? */
bool overlap_is_pending(const struct sip_session *s);

/* There is an answer, or an end: CANCELs what was overtaken. */
void overlap_end(struct sip_session *s);

/* A response, or its failure to come. True: it was looked after; false: it is
 * one to s->invite, as any. */
bool overlap_response(struct sip_session *s, struct transaction *t,
                      const osip_message_t *response);
bool overlap_gave_up(struct sip_session *s, const struct transaction *t);

/* Actions of the session's machine. */
void overlap_extend(void *self, const void *detail);
void overlap_refused(void *self, const void *detail);
void overlap_timed_out(void *self, const void *detail);

/* --- overlap_in.c --- */

/* Has a session of this peer's the number this INVITE goes on with? 0, and
 * that session or NULL in *had; or the status that refuses the INVITE. */
unsigned overlap_continued(const struct sip_session *s,
                           const osip_message_t *invite,
                           struct sip_session **had);

/* s goes on in the place of `had`, which hears 484. */
void overlap_take_over(struct sip_session *s, struct sip_session *had);

/* An action: no more digits came. */
void overlap_dialled(void *self, const void *detail);

#endif
