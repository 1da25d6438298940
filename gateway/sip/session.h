/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_SIP_SESSION_H
#define GATEWAY_SIP_SESSION_H

/*
 * A session inside the stack: one dialog with an INVITE in it. session.c has
 * the machine; session_uac.c, session_uas.c and session_refresh.c what it does
 * as the one who calls, as the one who is called, and in the call;
 * session_life.c and session_talk.c are what those stand on.
 */

#include "gateway/sip/expiry.h"
#include "gateway/sip/inform.h"
#include "gateway/sip/reliable.h"
#include "gateway/sip/session_roles.h"
#include "gateway/sip/session_state.h"
#include "gateway/sip/stack.h"
#include "gateway/sip/transfer.h"

enum { SESSION_FORKS = 8 };

struct sip_session {
	struct list list, bucket;
	struct sip_stack *stack;
	void *owner;
	struct sip_peer_conf peer;
	bool incoming;
	struct instant since;

	struct fsm fsm, refresh;
	struct timer timer, repeat, refresh_timer;
	usec interval; /* of the repeated 2xx */
	struct deferred funeral;

	struct dialog dialog;
	struct redirect *redirect;           /* contacts to try; or NULL */
	struct overlap *overlap;             /* its number may grow; or NULL */
	struct digest *digest;               /* what we were asked; or NULL */
	struct transaction *invite, *bye;    /* client, ours */
	struct transaction *invited;         /* server, theirs */
	struct transaction *reinvite;        /* client */
	struct transaction *reinvited;       /* server */
	osip_message_t *ok;                  /* our 2xx while it is repeated */
	uint32_t invite_cseq, reinvite_cseq; /* of ours */
	uint32_t invited_cseq;         /* of theirs: an ACK belongs to it */
	uint32_t forks[SESSION_FORKS]; /* To tags, hashed, of 2xx we ended */
	unsigned nforks;

	struct sip_setup setup; /* outgoing: to be placed again elsewhere */
	unsigned naddrs, tried;
	struct addr addrs[PEER_ADDRS];

	struct referral referral;
	char *carried; /* lines of the INVITE of a transfer; or NULL */

	struct uui uui;      /* goes with our next message that may */
	struct uui last_uui; /* came with what ended it */

	struct reliable reliable;
	struct expiry expiry;
	struct inform inform;
	bool unchanged; /* the re-INVITE is a refresh: told as it was */
	bool offer_due, due_send, due_receive; /* when this change is over */
	struct offer_local media;
	bool media_open;
	struct addr bound; /* of RTP, before an external address */
	char *offer;       /* theirs, not yet answered */
	char *told;        /* our last description */
	char *ack_body;    /* our answer to an offer in a 2xx */
	bool agreed;       /* flow is */
	bool offered;      /* ours is out, not answered */
	struct flow flow;

	bool trying, alerted; /* told above */
	unsigned rung;        /* the last provisional status, either way */
	uint32_t rings; /* those that were told: a bit for each 18x, 19x */
	bool rung_sdp;
	unsigned end_status; /* what an unanswered INVITE is refused with */
	bool releasing;      /* release says why; SIP_RELEASED told or due */
	bool released;
	struct release release;
};

/* --- session.c: for the other files of the session --- */

int session_new(struct sip_session **out, struct sip_stack *stack,
                const struct sip_peer_conf *peer, bool incoming);
struct sip_session *session_free(struct sip_session *s);

/* Lists it under its dialog's Call-ID; those that have it, and others. */
void session_list(struct sip_session *s);
struct list *session_bucket(struct sip_stack *stack, const char *call_id);

uint32_t session_hash(const char *text);

/* Of a request (their tag is in From) or a response. NULL: none. */
struct sip_session *session_find(struct sip_stack *stack,
                                 const osip_message_t *m);

/* By the identifiers of its dialog, as we have them. */
struct sip_session *session_named(struct sip_stack *stack, const char *call_id,
                                  const char *local_tag,
                                  const char *remote_tag);

void session_tell(struct sip_session *s, struct sip_event *event);

/* The session is over for who is above, for this reason; the first one
 * counts. SIP_RELEASED follows on the next turn. */
void session_release(struct sip_session *s, const struct release *why);

/* Found a reason to end it: release it and end what goes on. */
void session_fail(struct sip_session *s, unsigned status,
                  const struct release *why);

/* RTP's socket and description; -errno of the handler. */
int session_open_media(struct sip_session *s);

/* Our description into s->told: an offer, or the answer to `offered`. */
int session_describe(struct sip_session *s, const struct flow *flow,
                     const char *offered);

/* A body that is SDP: a NUL-closed copy in *out, or NULL when there is none.
 * 0, -ENOMEM, -EBADMSG. */
int session_sdp(const osip_message_t *m, char **out);

/* offer_agree() and offer_answered() with this session's media. */
int session_agree_to(struct sip_session *s, const char *offered,
                     struct flow *flow, unsigned *warning);
int session_answered_with(struct sip_session *s, const char *answer,
                          struct flow *flow, unsigned *warning);

/* Is this flow another than the one agreed before? It is the one now. */
bool session_take_flow(struct sip_session *s, const struct flow *flow);

/* "<sip:user@host;transport=tcp>", our Contact. */
void session_contact(struct sip_session *s, char *to, size_t size);
void session_host(struct sip_session *s, char *to, size_t size);

/* Begins a request in the dialog with all that every request carries. */
void session_begin(struct text *out, struct sip_session *s, const char *method,
                   uint32_t cseq);
int session_send(struct transaction **out, struct sip_session *s,
                 struct text *text, const char *body,
                 const struct transaction_user *user);

int session_respond(struct sip_session *s, struct transaction *t,
                    struct stack_answer answer);

/* Whose challenge a request to this hop may meet; NULL: nobody's we know. */
const struct peer *session_asker(const struct sip_session *s,
                                 const struct hop *hop);

/* A final response to a request of ours: true when it was a challenge and the
 * request is under way again in *slot, with the dialog's CSeq, for the same
 * user. session_auth.c. */
bool session_challenged(struct sip_session *s, struct transaction **slot,
                        const struct transaction *t,
                        const osip_message_t *response,
                        const struct transaction_user *user);

/* Why a challenge was the end: into why->detail. */
void session_say_challenge(const struct sip_session *s,
                           const osip_message_t *response, struct release *why);

/* session_redirect.c. A refusal: true when the call goes on elsewhere, because
 * it is a redirection or there are contacts left of an earlier one. May add to
 * *why. */
bool redirect_refused(struct sip_session *s, const osip_message_t *response,
                      struct release *why);
/* The same when nothing answers. */
bool redirect_next(struct sip_session *s, const struct release *failed);
/* True: nothing was under way but a look-up, which is no more. */
bool redirect_stop(struct sip_session *s);
struct redirect *redirect_free(struct redirect *r);

/* A 2xx of ours is out: repeat it until its ACK. */
void session_repeat(struct sip_session *s, osip_message_t *ok);
void session_repeat_end(struct sip_session *s);

/* --- session.c: what the stack hands in --- */

void session_request(struct sip_session *s, struct transaction *t,
                     const osip_message_t *request);
void session_stray_ok(struct sip_session *s, const osip_message_t *response);
void session_acked(struct sip_session *s, const osip_message_t *ack);
void session_ended(struct sip_session *s, struct transaction *t);
void session_close(struct sip_session *s);

extern const struct fsm_type session_machine;

/* --- request.c --- */

void stack_request(struct sip_stack *stack, struct transaction *t,
                   const osip_message_t *request);
void stack_options(struct sip_stack *stack, struct transaction *t,
                   const osip_message_t *request);

#endif
