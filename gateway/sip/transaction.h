/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_SIP_TRANSACTION_H
#define GATEWAY_SIP_TRANSACTION_H

/*
 * The four machines of RFC 3261 17, with the Accepted state of RFC 6026, as
 * rows over a pool that is filled at start. Client transactions are found by
 * branch and method, server transactions by branch, sent-by and method, or by
 * the rules of RFC 2543 when the branch has no cookie.
 *
 * How long a pointer is good:
 *  - client: until gave_up(), or the response() with a final status; an
 *    INVITE that got a 2xx until transaction_forget(), which must come (a 2xx
 *    that arrives after it goes to stray());
 *  - server: until ended() or transaction_forget().
 * transaction_forget() is fine at any time before that, also inside a call
 * back; the machine goes on by itself.
 *
 * What fails while a function here runs is told later, from the loop, never
 * from inside that function.
 */

#include "gateway/sip/message.h"
#include "gateway/sip/transport.h"

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
	 * transaction_respond(), now or later. An INVITE that is not answered
	 * when this returns gets a 100. */
	void (*request)(void *self, struct transaction *t,
	                const osip_message_t *request);
	/* CANCEL matched this INVITE transaction, which has no final response
	 * yet; the CANCEL's 200 is sent. */
	void (*cancelled)(void *self, struct transaction *invite,
	                  const osip_message_t *cancel);
	/* an ACK to a 2xx, or a 2xx whose client transaction is gone or was
	 * forgotten */
	void (*stray)(void *self, const struct hop *hop,
	              const osip_message_t *message);
	/* A server transaction nobody forgot is over and its pointer dead:
	 * transaction_failure() says why. */
	void (*ended)(void *self, struct transaction *t);
	/* What goes out, each time; for the trace. */
	void (*sent)(void *self, const struct hop *hop, struct bytes raw);
};

int transactions_new(struct transactions **out, struct loop *loop,
                     struct transports *transports, const struct sip_conf *conf,
                     const struct transactions_user *user, void *self,
                     struct sip_counts *counts);
/* Frees all that are left without a word. */
struct transactions *transactions_free(struct transactions *t);
/* Timers of transactions to come; transactions_most stays as it was. */
void transactions_change(struct transactions *t, const struct sip_conf *conf);
/* Does one of them speak from this bind? */
bool transactions_use(const struct transactions *t, const struct addr *local);

/* A parsed message from the transport; finds or opens its transaction. status
 * is message_parse()'s (a request to be refused). Takes the message over. */
void transactions_receive(struct transactions *t, const struct hop *hop,
                          osip_message_t *m, int status);
void transactions_failed(struct transactions *t, const struct hop *hop,
                         int error);

/* Has this request come before, and a transaction? */
bool transactions_know(const struct transactions *t, const osip_message_t *m);
/* A number of an INVITE, its repetitions and its ACK, the same for each. */
uint64_t transactions_key(const struct transactions *t,
                          const osip_message_t *m);
/* Answers a request of which nothing is kept. Its tag is the same each time,
 * and the ACK to it is known by that and dropped. */
void transactions_refuse(struct transactions *t, const struct hop *hop,
                         osip_message_t *request, unsigned status);
/* May a new call have a transaction? The last eighth is for those that are up
 * and for emergency calls. */
bool transactions_have_room(const struct transactions *t);
/* The transaction of an INVITE is charged to this payer until it only lingers:
 * until its call is answered, or its refusal acknowledged. */
void transaction_charge(struct transaction *t, unsigned payer);
unsigned transactions_charged(const struct transactions *t, unsigned payer);

/*
 * Sends a request in a new client transaction: puts the topmost Via (branch,
 * rport) on it, takes the message over. hop is where it goes. Over udp_most
 * octets a UDP hop becomes TCP, and goes back to UDP when that fails (RFC 3261
 * 18.1.1). -EBUSY: the limit; -ENOMEM, -EHOSTUNREACH; then nothing was sent
 * and nothing will be told. *out may be NULL.
 */
int transaction_request(struct transaction **out, struct transactions *t,
                        const struct hop *hop, osip_message_t *request,
                        const struct transaction_user *user, void *self);

/* Sends without a transaction, with a topmost Via of its own: ACK to a 2xx.
 * Takes the message over. */
int transactions_send_ack(struct transactions *t, const struct hop *hop,
                          osip_message_t *ack);

/* CANCELs an INVITE client transaction: at once, or when its first provisional
 * comes (RFC 3261 9.1). reason_header is the value of Reason, or NULL. When no
 * final response follows within 64 x T1, gave_up(408). -EPROTO: too late or
 * asked before. */
int transaction_cancel(struct transaction *t, const char *reason_header);

/* A response on a server transaction; takes it over. Provisional ones may be
 * many. A 2xx to INVITE is sent once here; the session repeats it through
 * this same call until it is acknowledged. -EPROTO: not in this state. */
int transaction_respond(struct transaction *t, osip_message_t *response);

/* The user wants no more call-backs; the machine goes on by itself. An INVITE
 * he never answered is answered 500. */
void transaction_forget(struct transaction *t);

/* NULL: an INVITE of ours that got a 2xx may have let go of it, after that was
 * told for the first time. */
const osip_message_t *transaction_request_of(const struct transaction *t);
/* Where its messages come from and go to; complete once it was sent. */
const struct hop *transaction_hop(const struct transaction *t);
void transaction_own(struct transaction *t, void *session); /* server side */
void *transaction_owner(const struct transaction *t);

/* Inside ended(): 0 it ran its course, 408 no ACK came to a refusal (timer H),
 * 503 a response could not be sent. */
unsigned transaction_failure(const struct transaction *t);

#endif
