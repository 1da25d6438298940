/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_SIP_SESSION_ROLES_H
#define GATEWAY_SIP_SESSION_ROLES_H

/*
 * What a session does as the one who calls, as the one who is called, and in
 * the call: the actions of its machines, and what these lend each other.
 */

#include "gateway/sip/stack.h"
#include "kernel/fsm.h"

struct sip_session;

struct heard_bye {
	struct transaction *t;
	const osip_message_t *request;
};

/* --- session.c: actions of both roles --- */

void session_bye(void *self, const void *bye);
void session_bye_again(void *self, const void *bye);
void session_hang_up(void *self, const void *detail);
void session_settle(void *self, const void *detail);

/* --- session_uac.c, session_early.c: actions --- */

int uac_invite(struct sip_session *s); /* sends it, once more maybe */
/* The dialog to be is one with the called number as it is now. */
int uac_aim(struct sip_session *s);
void uac_trying(void *self, const void *detail);
void uac_ringing(void *self, const void *response);
void uac_ok(void *self, const void *response);
void uac_ok_late(void *self, const void *response);
void uac_ok_again(void *self, const void *response);
void uac_refused(void *self, const void *response);
void uac_gave_up(void *self, const void *status);
void uac_cancel(void *self, const void *detail);
void uac_timed_out(void *self, const void *detail);
void uac_bye(void *self, const void *bye);
void uac_ack(struct sip_session *s, uint32_t cseq, const char *body);
/* Their offer, answered in s->ack_body: -ENOENT when there is none. */
int uac_take_offer(struct sip_session *s, const char *sdp, unsigned *warning);
struct release uac_refusal(const struct sip_session *s,
                           const osip_message_t *response);
/* A 2xx that makes another dialog than ours: ACK, and BYE the first time. */
void uac_hear_fork(struct sip_session *s, const osip_message_t *response);
void uac_refuse_answer(struct sip_session *s, unsigned warning);
void uac_stray_ok(struct sip_session *s, const osip_message_t *response);

/* --- session_uas.c: actions, and what the stack hands in --- */

int uas_invited(struct sip_stack *stack, struct transaction *t,
                const osip_message_t *invite, const struct peer *peer);
void uas_refuse(void *self, const void *detail);
void uas_cancelled(void *self, const void *cancel);
void uas_bye(void *self, const void *bye);
void uas_lost(void *self, const void *detail);
void uas_acked(void *self, const void *ack);
void uas_no_ack(void *self, const void *detail);
void uas_renew(void *self, const void *detail);
void uas_answer(struct sip_session *s, const struct party *connected);

/* --- session_refresh.c --- */

extern const struct fsm_type refresh_machine;
void refresh_request(struct sip_session *s, struct transaction *t,
                     const osip_message_t *request);
void refresh_acked(struct sip_session *s, const osip_message_t *ack);
void refresh_timed_out(void *self);
/* A re-INVITE that changes nothing; false: something else goes on. */
bool refresh_again(struct sip_session *s);
void session_change_flow(struct sip_session *s, const struct flow *flow);
unsigned session_describe_change(struct sip_session *s, const char *sdp,
                                 struct flow *flow, unsigned *warning);

#endif
