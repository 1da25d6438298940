/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_SIP_CONF_H
#define GATEWAY_SIP_CONF_H

/*
 * What the SIP side is configured with: the stack as a whole, and a far end.
 * Plain values.
 */

#include "kernel/flow.h"
#include "kernel/timer.h"

enum sip_transport { SIP_UDP, SIP_TCP, SIP_TLS };

enum { SIP_BINDS = 8, SIP_CODECS = 4, SIP_CREDENTIALS = 16, SIP_PREFIXES = 8 };

/* RFC 3262, with a far end. */
enum sip_100rel { SIP_100REL_OFF, SIP_100REL_SUPPORTED, SIP_100REL_REQUIRED };

enum { SIP_DNS = 256 };

enum sip_timer {
	SIP_T1,
	SIP_T2,
	SIP_T4,
	SIP_TIMER_B,      /* INVITE without any response */
	SIP_TIMER_TRYING, /* only a 100 came, nothing after it */
	SIP_TIMER_RING,   /* rings, nobody answers: CANCEL */
	SIP_TIMER_ACK,    /* 2xx sent, no ACK: 64 x T1 */
	SIP_TIMER_DIGITS, /* overlap: more digits are wanted, none come */
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
	unsigned peer_share; /* percent of transactions_most; see gate.c */
	unsigned connections_most; /* TCP */
	unsigned receive_room;     /* octets a UDP socket may keep for us */
	unsigned udp_most;         /* over it requests go by TCP: 1,300 */
	unsigned max_forwards;     /* 70 */
	unsigned retry_after;      /* seconds, with our 503 */
	usec timers[SIP_TIMERS];   /* 0: the preset */
	char dns[SIP_DNS]; /* "192.0.2.1,192.0.2.2:5353"; "": the system's */
};
void sip_conf_preset(struct sip_conf *conf);

/* Addresses that begin alike: 192.0.2.0/24. */
struct sip_prefix {
	uint8_t octets[16];
	uint8_t bits;
	bool six;
};

/* Who we are for a far end that asks. */
struct sip_credential {
	char user[40], password[40];
	char realm[48]; /* "": whatever realm this peer has */
};

/* What a far end is asked for, in this order: some read the first challenge
 * only, and some of those know but MD5. */
enum sip_digest {
	SIP_DIGEST_SHA256_MD5,
	SIP_DIGEST_MD5_SHA256,
	SIP_DIGEST_SHA256,
	SIP_DIGEST_MD5,
};

/* OPTIONS to a far end, to know whether it is there. */
struct sip_keepalive {
	bool on;
	unsigned up_s, down_s; /* between probes of one that is up, or down */
	unsigned retries;      /* failures in a row before it is down */
};

/* Seconds of a session timer, RFC 4028 5: nobody may ask for less than 90. */
enum { EXPIRY_FLOOR = 10, EXPIRY_LEAST = 90, EXPIRY_MOST = 86400 };

/* How a peer trusted for identity is told who calls: RFC 3325, or the older
 * Remote-Party-ID. */
enum sip_identity {
	SIP_IDENTITY_ASSERTED,
	SIP_IDENTITY_REMOTE_PARTY,
	SIP_IDENTITY_BOTH,
};

/* How a peer is told who sent a call on: RFC 5806, RFC 7044. */
enum sip_redirection {
	SIP_REDIRECTION_DIVERSION,
	SIP_REDIRECTION_HISTORY,
	SIP_REDIRECTION_BOTH,
	SIP_REDIRECTION_NONE, /* nor is it believed */
};

/* How digits pressed in a call are told, the first way that can be taken. */
enum sip_dtmf { SIP_DTMF_NONE, SIP_DTMF_RTP, SIP_DTMF_INFO, SIP_DTMF_INBAND };
enum { SIP_DTMF_WAYS = 3 };

/* One far end. */
struct sip_peer_conf {
	char name[48]; /* "carrier", or "ipv4:192.0.2.1:5060" */
	char host[80]; /* address or name */
	uint16_t port; /* 0: 5060 (or by SRV) */
	enum sip_transport transport;
	bool any_transport; /* what DNS says of it, else UDP */
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
	enum sip_identity identity;
	enum sip_redirection redirection;
	bool uui;      /* users may tell each other things: User-to-User */
	bool withhold; /* nobody who calls it is shown */
	enum sip_dtmf dtmf[SIP_DTMF_WAYS];
	bool latch;              /* RTP source may differ (NAT) */
	bool codec_mismatch_400; /* the older manner, else 488 */
	bool redirect;           /* goes where its 3xx says */
	bool transfer;           /* may send our side of a call elsewhere */
	bool tel;                /* numbers are told as tel: */
	bool overlap;       /* RFC 3578, both ways: an INVITE for each digit */
	unsigned nprefixes; /* who may call beside, or without, host */
	struct sip_prefix prefixes[SIP_PREFIXES];
	char realm[48]; /* its INVITEs are challenged; "": are not */
	enum sip_digest digest;
	char proxy[80];      /* all goes by this outbound proxy; "": none */
	uint16_t proxy_port; /* 0: 5060 (or by SRV) */
	enum sip_100rel reliable;
	unsigned
		session_timer; /* seconds a session lasts unrefreshed; 0: off */
	unsigned min_se;       /* the least of theirs that we take: 90 */
	struct sip_keepalive keepalive;
};
void sip_peer_preset(struct sip_peer_conf *conf);

#endif
