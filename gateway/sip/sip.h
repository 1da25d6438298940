/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_SIP_SIP_H
#define GATEWAY_SIP_SIP_H

/*
 * SIP: a stack with its peers, and sessions. A session is one dialog with an
 * INVITE in it: it appears (SIP_SETUP event or sip_session_place()), reports
 * events, and ends with SIP_RELEASED, exactly once and last; after that the
 * pointer is dead. Nobody above sees a header or a line of SDP: parties,
 * causes and flows cross this boundary as values.
 *
 * The stack answers by itself what needs no decision: OPTIONS, re-INVITEs that
 * refresh or hold, what is malformed, unknown, too much or from a stranger.
 *
 * Signalling thread only. The handler may call any function here from inside
 * an event, but may not close the stack.
 */

#include "gateway/sip/conf.h"
#include "gateway/sip/look.h"
#include "gateway/sip/register.h"
#include "gateway/sip/wish.h"
#include "kernel/bytes.h"

struct loop;
struct sip_stack;
struct sip_session;

enum sip_event_kind {
	SIP_SETUP,      /* an INVITE came in: setup. 100 has been sent */
	SIP_PROCEEDING, /* 100 or another sign of life */
	SIP_ALERTING,   /* 180: flow when it had SDP */
	SIP_PROGRESS,   /* 183 and the like: flow when it had SDP */
	SIP_ANSWER,     /* 2xx: flow is agreed; the ACK goes out by itself */
	SIP_CONFIRMED,  /* ours was acknowledged */
	SIP_FLOW,       /* changed in the dialog (hold, resume, another place):
	                 * already answered; held says which way */
	SIP_CONNECTED,  /* connected: who is at their end now, in the call or
	                 * before the answer */
	SIP_REDIRECT,   /* 3xx: contacts; the session ends by itself after */
	SIP_INFO,       /* digits by INFO */
	SIP_DIGITS,     /* digits: more of the called number, complete */
	SIP_TRANSFER,   /* they send our side elsewhere: transfer; NULL when
	                 * they were refused, not being trusted for it */
	SIP_RELEASED,   /* release: why; last word */
};

/* What an INVITE carries. */
struct sip_setup {
	struct party calling, called;
	struct redirection redirection;
	struct uui uui;
	bool has_offer; /* false: they want ours (delayed offer) */
	bool emergency;
	bool incomplete;   /* the number may grow: RFC 3578 */
	unsigned forwards; /* Max-Forwards it came to us with; 0: none */
	char call_id[128]; /* for records; received ones only */
	const struct transfer *transfer; /* it was asked by; placed ones only */
};

struct sip_event {
	enum sip_event_kind kind;
	struct sip_session *session;
	void *owner;                   /* sip_session_own() */
	const struct sip_setup *setup; /* SIP_SETUP */
	const struct flow *flow;       /* NULL: no agreement yet or unchanged */
	const struct party *connected; /* SIP_ANSWER; may be NULL */
	const struct uui *uui; /* of ALERTING, PROGRESS, ANSWER, RELEASED */
	unsigned status;       /* of the response */
	bool held;             /* SIP_FLOW: the far end holds us */
	const char *digits;
	bool complete;                   /* SIP_DIGITS: there will be no more */
	const struct transfer *transfer; /* SIP_TRANSFER */
	struct sip_session *replaces;    /* SIP_SETUP, SIP_TRANSFER: whose
	                                  * place is to be taken; or NULL */
	const char *contact;             /* SIP_REDIRECT: URIs, a line each */
	const struct release *release;   /* SIP_RELEASED */
};

struct sip_handler {
	void (*event)(void *self, const struct sip_event *event);
	/* May this new call come in? False: it is refused with 503, and
	 * nobody hears of it again. NULL: whatever there is room for. */
	bool (*admit)(void *self, const struct sip_wish *wish);
	/* May a new call come in now? 0, or the status OPTIONS is answered
	 * with (503). Whether an INVITE may, its own handler decides. */
	unsigned (*available)(void *self);
	/* An RTP socket towards this peer: its local address is needed for an
	 * offer or answer. Asked once a session; *local is what SDP tells (the
	 * peer's external address replaces it). -errno refuses with 503. */
	int (*open_media)(void *self, struct sip_session *session,
	                  const struct addr *address, struct addr *local);
	/* Every message both ways, whole. May be NULL. */
	void (*trace)(void *self, bool sent, enum sip_transport transport,
	              const struct addr *local, const struct addr *remote,
	              struct bytes message);
	/* A peer's state changed, by keep-alive. Other peers may be asked
	 * about from inside, none may be set or removed. May be NULL. */
	void (*peer_health)(void *self, const char *peer,
	                    enum sip_health health, const char *why);
	/* A sentence for the log, already rate-limited: strangers, overload. */
	void (*note)(void *self, const char *sentence);
};

int sip_stack_open(struct sip_stack **out, struct loop *loop,
                   const struct sip_conf *conf,
                   const struct sip_handler *handler, void *self);

/* Ends every session without waiting (BYE, CANCEL are sent once). NULL is
 * fine; returns NULL. */
struct sip_stack *sip_stack_close(struct sip_stack *stack);

/* Options that can change with calls up: timers, limits, agent, and binds
 * (new ones are opened, ones no longer named closed when no session uses
 * them). */
int sip_stack_change(struct sip_stack *stack, const struct sip_conf *conf);

/* --- peers: only they may speak to us --- */

/* Adds, or changes one of the same name; sessions keep what they began with. */
int sip_peer_set(struct sip_stack *stack, const struct sip_peer_conf *conf);
/* What it is told when it asks who we are, in place of what was; at most
 * SIP_CREDENTIALS. -ENOENT: no such peer. -ENOMEM. */
int sip_peer_credentials(struct sip_stack *stack, const char *name,
                         const struct sip_credential *list, unsigned n);
void sip_peer_remove(struct sip_stack *stack, const char *name);
const struct sip_peer_conf *sip_peer_find(const struct sip_stack *stack,
                                          const char *name);

/* --- sessions --- */

/* INVITE to a peer, with an offer of the peer's codecs (or without, when
 * setup->has_offer is false). -ENOENT: no such peer, or it is shut down.
 * -EBUSY: a limit. -EHOSTUNREACH: no address of ours reaches it. */
int sip_session_place(struct sip_session **out, struct sip_stack *stack,
                      const char *peer, const struct sip_setup *setup,
                      void *owner);

void sip_session_own(struct sip_session *session, void *owner);
void *sip_session_owner(const struct sip_session *session);
const struct sip_peer_conf *sip_session_peer(const struct sip_session *s);
const char *sip_session_call_id(const struct sip_session *session);

/* Incoming: 180 or 183 (or 181, 182); with_sdp puts our description in: the
 * answer to their offer. The flow then agreed is in *flow (when they made no
 * offer nothing is agreed before the ACK: its codec is CODEC_NONE). -EPROTO
 * when it is too late; -ENOTSUP: no codec in common, the session has been
 * refused. */
int sip_session_ring(struct sip_session *session, unsigned status,
                     bool with_sdp, struct flow *flow);

/* 200 with SDP, repeated until the ACK. */
int sip_session_answer(struct sip_session *session,
                       const struct party *connected, struct flow *flow);

/* What would be agreed now, without sending: so that the sound can run both
 * ways before the 200 goes out. -EAGAIN: the offer is still ours to make. */
int sip_session_agree(struct sip_session *session, struct flow *flow);

/* Placed with setup->incomplete: more of the number, and whether it is all.
 * Another INVITE goes out. -EPROTO: no further digit is wanted. -ENOSPC. */
int sip_session_digits(struct sip_session *session, const char *digits,
                       bool complete);

/* Came in with setup->incomplete: the number is enough as it is. */
void sip_session_proceed(struct sip_session *session);

/* In a call: offer a change of direction (hold by sendonly, resume), at once or
 * when the change under way is over. */
int sip_session_offer(struct sip_session *session, bool send, bool receive);

/* In a call, with who takes INFO (by its Allow): digits, in order. Those that
 * are no digit are left out. -EPROTO: not in a call. -ENOSPC. */
bool sip_session_takes_info(const struct sip_session *session);
int sip_session_info(struct sip_session *session, const char *digits);

/* In a call: who is at our end now, by UPDATE or re-INVITE. -ENOTSUP: not with
 * this peer. */
int sip_session_connected(struct sip_session *session,
                          const struct party *connected);

/* What goes with the next of 18x, 200, a refusal or BYE, to a peer that is told
 * such things. */
void sip_session_uui(struct sip_session *session, const struct uui *uui);

/* How it goes with the SIP_TRANSFER they asked for: 100 inside that event
 * takes it, 3xx to 6xx refuses it; once taken, 200 or a failure is the end.
 * -EPROTO: they are not waiting to be told. */
int sip_session_transferred(struct sip_session *session, unsigned status);

/*
 * End it, whatever state it is in: a status with Reason, CANCEL or BYE. status
 * 0: made from the cause by the table the caller keeps; it must be given for
 * an incoming session that is not answered. Asked twice is fine.
 */
void sip_session_end(struct sip_session *session, unsigned status,
                     const struct release *why);

#endif
