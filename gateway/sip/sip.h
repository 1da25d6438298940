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

#include "kernel/bytes.h"
#include "kernel/flow.h"
#include "kernel/instant.h"
#include "kernel/timer.h"

struct loop;
struct sip_stack;
struct sip_session;

enum sip_transport { SIP_UDP, SIP_TCP, SIP_TLS };

enum { SIP_BINDS = 8, SIP_CODECS = 4 };

enum sip_timer {
	SIP_T1,
	SIP_T2,
	SIP_T4,
	SIP_TIMER_B,      /* INVITE without any response */
	SIP_TIMER_TRYING, /* only a 100 came, nothing after it */
	SIP_TIMER_RING,   /* rings, nobody answers: CANCEL */
	SIP_TIMER_ACK,    /* 2xx sent, no ACK: 64 x T1 */
	SIP_TIMERS,
};
extern const struct timer_row sip_timer_rows[SIP_TIMERS];

struct sip_bind {
	enum sip_transport transport;
	struct addr addr;
};

struct sip_conf {
	unsigned nbinds;
	struct sip_bind bind[SIP_BINDS];
	char user_agent[64];
	int dscp;              /* of signalling: 24, CS3 */
	unsigned message_most; /* octets of a message: 65,535 at most */
	unsigned transactions_most, dialogs_most;
	unsigned connections_most; /* TCP */
	unsigned udp_most;         /* over it requests go by TCP: 1,300 */
	unsigned max_forwards;     /* 70 */
	unsigned retry_after;      /* seconds, with our 503 */
	usec timers[SIP_TIMERS];   /* 0: the preset */
};
void sip_conf_preset(struct sip_conf *conf);

/* One far end. Plain. */
struct sip_peer_conf {
	char name[48]; /* "carrier", or "ipv4:192.0.2.1:5060" */
	char host[80]; /* address or name */
	uint16_t port; /* 0: 5060 (or by SRV) */
	enum sip_transport transport;
	bool shutdown;
	struct addr bind;       /* signalling leaves from here; unset: any that
	                         * fits */
	struct addr media_bind; /* RTP is bound here; unset: towards the peer */
	struct addr external;   /* told in Contact and SDP instead; unset: no */
	unsigned ncodecs;
	enum codec codecs[SIP_CODECS]; /* in order of preference */
	unsigned ptime_ms;             /* 20 */
	uint8_t event_type; /* telephone-event's payload type; 0: none */
	bool trusted;       /* identity: believes and is told P-Asserted-ID */
	bool latch;         /* RTP source may differ (NAT) */
	bool codec_mismatch_400; /* the older manner, else 488 */
};
void sip_peer_preset(struct sip_peer_conf *conf);

enum sip_event_kind {
	SIP_SETUP,      /* an INVITE came in: setup. 100 has been sent */
	SIP_PROCEEDING, /* 100 or another sign of life */
	SIP_ALERTING,   /* 180: flow when it had SDP */
	SIP_PROGRESS,   /* 183 and the like: flow when it had SDP */
	SIP_ANSWER,     /* 2xx: flow is agreed; the ACK goes out by itself */
	SIP_CONFIRMED,  /* ours was acknowledged */
	SIP_FLOW,       /* changed in the dialog (hold, resume, another place):
	                 * already answered; held says which way */
	SIP_REDIRECT,   /* 3xx: contacts; the session ends by itself after */
	SIP_INFO,       /* digits by INFO */
	SIP_RELEASED,   /* release: why; last word */
};

/* What an INVITE carries. */
struct sip_setup {
	struct party calling, called;
	struct redirection redirection;
	bool has_offer; /* false: they want ours (delayed offer) */
	bool emergency;
	char call_id[128]; /* for records; received ones only */
};

struct sip_event {
	enum sip_event_kind kind;
	struct sip_session *session;
	void *owner;                   /* sip_session_own() */
	const struct sip_setup *setup; /* SIP_SETUP */
	const struct flow *flow;       /* NULL: no agreement yet or unchanged */
	const struct party *connected; /* SIP_ANSWER; may be NULL */
	unsigned status;               /* of the response */
	bool held;                     /* SIP_FLOW: the far end holds us */
	const char *digits;
	const char *contact;           /* SIP_REDIRECT: URIs, a line each */
	const struct release *release; /* SIP_RELEASED */
};

struct sip_handler {
	void (*event)(void *self, const struct sip_event *event);
	/* May a new call come in now? 0, or the status to refuse it with
	 * (503); also what OPTIONS is answered with. */
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
const struct sip_peer_conf *sip_session_peer(const struct sip_session *s);

/* Incoming: 180 or 183 (or 181, 182); with_sdp puts our description in: the
 * answer to their offer. The flow then agreed is in *flow. -EPROTO when it is
 * too late; -ENOTSUP: no codec in common, the session has been refused. */
int sip_session_ring(struct sip_session *session, unsigned status,
                     bool with_sdp, struct flow *flow);

/* 200 with SDP, repeated until the ACK. */
int sip_session_answer(struct sip_session *session,
                       const struct party *connected, struct flow *flow);

/* What would be agreed now, without sending: so that the sound can run both
 * ways before the 200 goes out. -EAGAIN: the offer is still ours to make. */
int sip_session_agree(struct sip_session *session, struct flow *flow);

/* In a call: offer a change of direction (hold by sendonly, resume). */
int sip_session_offer(struct sip_session *session, bool send, bool receive);

/*
 * End it, whatever state it is in: a status with Reason, CANCEL or BYE. status
 * 0: made from the cause by the table the caller keeps; it must be given for
 * an incoming session that is not answered. Asked twice is fine.
 */
void sip_session_end(struct sip_session *session, unsigned status,
                     const struct release *why);

/* --- looking --- */

struct sip_session_info {
	struct sip_session *session;
	void *owner;
	bool incoming;
	const char *state, *peer, *call_id;
	struct addr local, remote;
	enum sip_transport transport;
	struct flow flow;
	struct instant since;
};
void sip_each(struct sip_stack *stack,
              void (*tell)(void *self, const struct sip_session_info *info),
              void *self);

struct sip_counts {
	uint64_t messages_in, messages_out, octets_in, octets_out;
	uint64_t requests_in[16], requests_out[16]; /* by sip_method_name() */
	uint64_t responses_in[7], responses_out[7]; /* by class, 1 to 6 */
	uint64_t retransmissions, duplicates;
	uint64_t strangers, malformed, refused_limit, loops, merged;
	uint64_t timeouts, send_failures, strays;
	uint64_t transactions, dialogs, connections, peers; /* now */
};
void sip_stack_counts(const struct sip_stack *stack, struct sip_counts *out);
const char *sip_method_name(unsigned index); /* NULL beyond the last */
const char *sip_transport_name(enum sip_transport transport); /* "udp" */

#endif
