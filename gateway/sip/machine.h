/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_SIP_MACHINE_H
#define GATEWAY_SIP_MACHINE_H

/*
 * Between transaction.c, which is told, machine.c, which has the rows,
 * lookup.c, which finds, and derive.c, which makes ACK, CANCEL and Via.
 */

#include "gateway/sip/transaction.h"
#include "kernel/fsm.h"
#include "kernel/list.h"
#include "kernel/loop.h"
#include "kernel/timer.h"

enum transaction_state {
	TRANSACTION_NEW,
	TRANSACTION_CALLING, /* INVITE client */
	TRANSACTION_TRYING,  /* non-INVITE */
	TRANSACTION_PROCEEDING,
	TRANSACTION_COMPLETED,
	TRANSACTION_CONFIRMED, /* INVITE server */
	TRANSACTION_ACCEPTED,  /* INVITE: RFC 6026 */
	TRANSACTION_TERMINATED,
	TRANSACTION_STATES,
};

enum transaction_event {
	TRANSACTION_START,
	TRANSACTION_REPEAT,  /* timer A, E or G; 100 of RFC 4320 */
	TRANSACTION_TIMEOUT, /* timer B, F or H */
	TRANSACTION_LINGER,  /* timer D, I, J, K, L or M */
	TRANSACTION_FAILED,  /* the transport */
	TRANSACTION_RESORT,  /* TCP for size failed: UDP after all */
	TRANSACTION_CANCEL,  /* the user wants the INVITE cancelled */
	TRANSACTION_AGAIN,   /* the request came again */
	TRANSACTION_ACK,
	TRANSACTION_1XX, /* a response: came in (client), goes out (server) */
	TRANSACTION_2XX,
	TRANSACTION_3XX, /* to 699 */
	TRANSACTION_EVENTS,
};

extern const struct fsm_type transaction_invite_client;
extern const struct fsm_type transaction_other_client;
extern const struct fsm_type transaction_invite_server;
extern const struct fsm_type transaction_other_server;

/* Payers whose numbers are so far apart have one share together. */
enum { TRANSACTION_PAYERS = 256 };

enum { BRANCH_SIZE = 7 + 24 + 1, TAG_SIZE = 16 + 1 };

/* Owned by the pool of its transactions; dies by its funeral. */
struct transaction {
	struct fsm fsm;
	struct transactions *owner;
	struct list all; /* in its owner's, or in spare */
	struct list by_branch, by_call;
	bool lingers, spare;
	uint64_t branch_hash, call_hash;
	osip_message_t *request; /* NULL: an INVITE of ours was answered */
	struct bytes octets; /* what is repeated: request or last response */
	struct hop hop;      /* client: where to; server: where from */
	struct hop reply;    /* server: where responses go */
	struct timer repeat, life;
	usec interval;    /* of repeat, the one that runs */
	unsigned status;  /* of the last response, 0: none yet */
	unsigned failure; /* transaction_failure() */
	struct deferred funeral, trouble;
	/* client */
	const struct transaction_user *user; /* NULL: nobody is told */
	void *self;
	char branch[BRANCH_SIZE];
	bool for_size; /* TCP only because of udp_most */
	struct addr udp_local;
	struct bytes ack;       /* to a refusal, repeated with it */
	osip_message_t *cancel; /* to be sent, when there was a provisional */
	bool cancelled;         /* it was */
	/* server */
	bool forgotten;
	void *session;
	bool charged; /* to the share of */
	unsigned payer;
	char tag[TAG_SIZE]; /* ours, when nobody else gave one */
	char *to_tag;       /* of the last response that had one */
};

struct transactions {
	struct loop *loop;
	struct transports *transports;
	struct sip_conf conf;
	const struct transactions_user *user;
	void *self;
	struct sip_counts *counts;
	struct pool *pool;
	unsigned most, used;
	struct list all;   /* but those that linger and nobody holds: */
	struct list spare; /* the oldest first */
	unsigned nspare;
	unsigned shares[TRANSACTION_PAYERS]; /* what each payer holds */
	uint64_t seed, tag_seed;
	size_t nbuckets;                /* a power of two */
	struct list *clients, *servers; /* by branch */
	struct list *calls;             /* servers by Call-ID and kin */
};

/* --- machine.c --- */

usec transactions_timer(const struct transactions *owner, enum sip_timer which);
bool transaction_is_server(const struct transaction *t);
/* Sends t->octets, or others; what fails is told by the deferred trouble. */
void transaction_send(struct transaction *t, struct bytes raw);

/* --- transaction.c --- */

/* From the pool, in state new; NULL: used up. */
struct transaction *transaction_new(struct transactions *owner,
                                    const struct fsm_type *type);
/* It is of nobody's share any more. */
void transaction_discharge(struct transaction *t);
/* Somebody let go of it, or it has begun to linger: is it spare now? */
void transaction_unheld(struct transaction *t);
/* A client transaction of its own, nobody is told; takes cancel over. */
void transaction_send_cancel(struct transaction *invite,
                             osip_message_t *cancel);

/* --- lookup.c --- */

int lookup_init(struct transactions *owner);
void lookup_done(struct transactions *owner);
void lookup_add(struct transaction *t);
void lookup_remove(struct transaction *t);
struct transaction *lookup_client(const struct transactions *owner,
                                  const char *branch, const char *method);
/* The server transaction a request belongs to (RFC 3261 17.2.3), as if its
 * method were `method`. */
struct transaction *lookup_server(const struct transactions *owner,
                                  const osip_message_t *request,
                                  const char *method);
/* See transactions_key(). */
uint64_t lookup_key(const struct transactions *owner,
                    const osip_message_t *request);
/* Another ongoing one with this Call-ID, CSeq and From tag: 8.2.2.2. */
bool lookup_merged(const struct transactions *owner,
                   const osip_message_t *request);
/* A request of ours, unchanged, back again. */
bool lookup_loop(const struct transactions *owner,
                 const osip_message_t *request);

/* --- derive.c --- */

/* Puts the topmost Via on; replace: in place of the one there. */
int derive_via(osip_message_t *m, const struct hop *hop,
               const struct addr *sent_by, const char *branch, bool replace);
/* received and rport on the topmost Via of a request: 18.2.1, RFC 3581. */
int derive_received(osip_message_t *request, const struct addr *from);
/* Where the responses to this request go: 18.2.2, RFC 3581. */
void derive_reply(const osip_message_t *request, const struct hop *hop,
                  struct hop *out);
/* ACK (to a refusal) or CANCEL of a request, with this To. NULL: no memory. */
osip_message_t *derive_request(const osip_message_t *request,
                               const char *method, const osip_from_t *to);
/* A parameter of the topmost Via; NULL: not there, "": no value. */
const char *derive_via_param(const osip_message_t *m, const char *name);

#endif
