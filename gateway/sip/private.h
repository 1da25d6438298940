/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_SIP_PRIVATE_H
#define GATEWAY_SIP_PRIVATE_H

/*
 * What the files of this folder share. From below upwards:
 *
 *   message      octets <-> osip_message_t, behind our own check
 *   transport    sockets; hands up whole messages with where they came from
 *   transaction  the four machines of RFC 3261 17 with RFC 6026
 *   offer        SDP offers and answers, as flows
 *   header       parties, Reason and kin <-> headers
 *   peer         the far ends: who may speak, where they are
 *   session      a dialog with an INVITE in it
 *   stack        all of them brought together; dispatch and limits
 *
 * This is the only place that includes libosip2, and repairs its headers.
 */

#include <sys/time.h>
#include <time.h>

#include <osipparser2/osip_parser.h>
#include <osipparser2/sdp_message.h>

#include "gateway/sip/sip.h"
#include "kernel/bytes.h"
#include "kernel/fsm.h"
#include "kernel/list.h"
#include "kernel/log.h"
#include "kernel/loop.h"

/* --- message.c --- */

/*
 * 0: *out is a message we can work with. Positive: a request that is to be
 * answered with that status; *out is what could be read of it (its Via, From,
 * To, Call-ID and CSeq are there). -EBADMSG: to be dropped; nothing is
 * left. Call message_start() once before.
 */
void message_start(void);
int message_parse(osip_message_t **out, struct bytes raw);

/* The octets of a message, allotted by libosip2's printer into *to (size): the
 * length, or -ENOSPC. */
int message_print(osip_message_t *m, uint8_t *to, size_t size);
osip_message_t *message_free(osip_message_t *m); /* NULL is fine */
osip_message_t *message_clone(const osip_message_t *m);

/* A response to a request: Vias, From, To (with this tag unless it has one or
 * tag is NULL), Call-ID, CSeq copied; Record-Route too for 1xx (not 100) and
 * 2xx. NULL: no memory. */
osip_message_t *message_response(const osip_message_t *request, unsigned status,
                                 const char *reason, const char *to_tag);
const char *message_reason_phrase(unsigned status);

/* A header by name, n-th; NULL when not there. */
const char *message_header(const osip_message_t *m, const char *name, int n);
int message_set_header(osip_message_t *m, const char *name, const char *value);
bool message_is(const osip_message_t *request, const char *method);
const char *message_cseq_method(const osip_message_t *m);
unsigned message_cseq(const osip_message_t *m);
const char *message_tag(const osip_from_t *from_or_to); /* NULL: none */

/* --- transport.c --- */

/* Where a message came from or goes to. A connection is named by number and
 * may be gone; then the response opens a new one (RFC 3261 18.2.2). */
struct hop {
	enum sip_transport transport;
	struct addr local; /* the bind it used; unset: any of this transport */
	struct addr remote;
	uint32_t connection; /* 0: none or any */
};

struct transports;

struct transports_user {
	/* a whole message, not yet parsed */
	void (*message)(void *self, const struct hop *hop, struct bytes raw);
	/* a connection or a send failed: whoever waits on this hop is told */
	void (*failed)(void *self, const struct hop *hop, int error);
	/* may this address speak at all? asked before a connection is taken
	 * and before a message is framed */
	bool (*welcome)(void *self, const struct addr *from);
};

int transports_open(struct transports **out, struct loop *loop,
                    const struct sip_conf *conf,
                    const struct transports_user *user, void *self,
                    struct sip_counts *counts);
int transports_change(struct transports *t, const struct sip_conf *conf);
struct transports *transports_close(struct transports *t);

/* Chooses a bind for hop->remote when hop->local is unset, opens or reuses a
 * TCP connection, sends or queues. 0 or -errno; *hop then is complete. */
int transports_send(struct transports *t, struct hop *hop, struct bytes raw);

/* The address (with port) that Via and Contact show for this hop: the bind's,
 * or the route's towards the peer when it is bound to any. */
int transports_local(struct transports *t, const struct hop *hop,
                     struct addr *out);

/* --- transaction.c --- */

struct transactions;
struct transaction;

/* What a client transaction tells its user; both may end sessions. */
struct transaction_user {
	/* A response, provisional or final; borrowed. A 2xx to INVITE comes
	 * each time it arrives (RFC 6026 Accepted). */
	void (*response)(void *self, struct transaction *t,
	                 const osip_message_t *response);
	/* No answer (408) or the transport failed (503): no response comes. */
	void (*gave_up)(void *self, struct transaction *t, unsigned status);
};

struct transactions_user {
	/* A new request opened a server transaction; answer it with
	 * transaction_respond(), now or later. */
	void (*request)(void *self, struct transaction *t,
	                const osip_message_t *request);
	/* CANCEL matched this INVITE transaction; its 200 is sent. */
	void (*cancelled)(void *self, struct transaction *invite,
	                  const osip_message_t *cancel);
	/* an ACK to a 2xx, or a 2xx whose client transaction is gone */
	void (*stray)(void *self, const struct hop *hop,
	              const osip_message_t *message);
	/* ours to a non-2xx never was acknowledged (H), or send failed: the
	 * server transaction is over */
	void (*ended)(void *self, struct transaction *t);
	void (*sent)(void *self, const struct hop *hop, struct bytes raw);
};

int transactions_new(struct transactions **out, struct loop *loop,
                     struct transports *transports, const struct sip_conf *conf,
                     const struct transactions_user *user, void *self,
                     struct sip_counts *counts);
struct transactions *transactions_free(struct transactions *t);
void transactions_change(struct transactions *t, const struct sip_conf *conf);

/* A parsed message from the transport; finds or opens its transaction. status
 * is message_parse()'s (a request to be refused). Takes the message over. */
void transactions_receive(struct transactions *t, const struct hop *hop,
                          osip_message_t *m, int status);
void transactions_failed(struct transactions *t, const struct hop *hop,
                         int error);

/*
 * Sends a request in a new client transaction: puts the topmost Via (branch,
 * rport) on it, takes the message over. hop is where it goes. Over udp_most
 * octets a UDP hop becomes TCP, and goes back to UDP when that fails (RFC 3261
 * 18.1.1). -EBUSY: the limit. *out (may be NULL) is good until its last call
 * back: gave_up, or a final response (for INVITE 2xx: until forgotten).
 */
int transaction_request(struct transaction **out, struct transactions *t,
                        const struct hop *hop, osip_message_t *request,
                        const struct transaction_user *user, void *self);

/* Sends without a transaction: ACK to a 2xx. Takes the message over. */
int transactions_send_ack(struct transactions *t, const struct hop *hop,
                          osip_message_t *ack);

/* CANCELs an INVITE client transaction: at once, or when its first provisional
 * comes (RFC 3261 9.1). */
int transaction_cancel(struct transaction *t, const char *reason_header);

/* A response on a server transaction; takes it over. Provisional ones may be
 * many. A 2xx to INVITE is sent once here; the session repeats it through
 * this same call until it is acknowledged. */
int transaction_respond(struct transaction *t, osip_message_t *response);

/* The user wants no more call-backs; the machine goes on by itself. */
void transaction_forget(struct transaction *t);

const osip_message_t *transaction_request_of(const struct transaction *t);
const struct hop *transaction_hop(const struct transaction *t);
void transaction_own(struct transaction *t, void *session); /* server side */
void *transaction_owner(const struct transaction *t);

/* --- offer.c --- */

/* What we can do on this leg. */
struct offer_local {
	struct addr rtp; /* told in c= and m= */
	unsigned ncodecs;
	enum codec codecs[SIP_CODECS];
	unsigned ptime_ms;
	uint8_t event_type;
	bool send, receive;
	uint64_t session_id; /* o=; version counts up when the text changes */
	unsigned version;
};

/* Prints an offer, or the answer that agrees to `flow`. Length or -ENOSPC.
 * `offered` is the text an answer belongs to (every m= line is answered); NULL
 * for an offer. */
int offer_print(const struct offer_local *local, const struct flow *flow,
                struct bytes offered, char *to, size_t size);

/* Their offer against what we can: 0 and the flow; -ENOTSUP: no codec in
 * common (*warning 305, 304), -EBADMSG: not SDP (400). */
int offer_agree(const struct offer_local *local, struct bytes offered,
                struct flow *flow, unsigned *warning);

/* Their answer to our offer. */
int offer_answered(const struct offer_local *local, struct bytes answer,
                   struct flow *flow, unsigned *warning);

/* --- header.c --- */

void header_get_parties(const osip_message_t *invite, bool trusted,
                        struct sip_setup *out);
int header_put_parties(osip_message_t *invite, const struct sip_setup *setup,
                       bool trusted);
void header_get_connected(const osip_message_t *m, bool trusted,
                          struct party *out);
int header_put_connected(osip_message_t *m, const struct party *connected,
                         bool trusted);

/* Reason (RFC 3326, RFC 8606 location) and Warning; false: none. */
bool header_get_reason(const osip_message_t *m, struct cause *out);
unsigned header_get_warning(const osip_message_t *m);
void header_print_reason(const struct release *why, char *to, size_t size);

/* --- peer.c --- */

struct peers;
struct peer {
	struct list list;
	struct sip_peer_conf conf;
	unsigned naddrs;
	struct addr addrs[8]; /* looked up; the first is used first */
	unsigned sessions;
};

#endif
