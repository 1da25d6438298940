/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef TESTS_GATEWAY_SIP_LAYERS_H
#define TESTS_GATEWAY_SIP_LAYERS_H

/*
 * Transport and transactions over loopback, with a far end that is nothing but
 * sockets. What the layers tell their user is written down as a text, an event
 * a word: "request(INVITE) ended(408) ". The clock is held.
 */

#include "gateway/sip/osip.h"
#include "gateway/sip/transaction.h"
#include "kernel/loop.h"

struct layers {
	struct loop *loop;
	struct sip_conf conf;
	struct sip_counts counts;
	struct transports *transports;
	struct transactions *transactions;
	struct addr udp, tcp; /* where we are */
	int far;              /* a UDP socket */
	int far_tcp;          /* has the same port; refuses until it listens */
	struct addr far_addr;
	bool unwelcome;
	bool quiet; /* requests are not kept: no transaction to answer */
	/* what happened */
	char told[2048];
	char heard[65536];          /* the last octets the far end heard */
	struct transaction *server; /* the last one opened */
	struct transaction *client;
	unsigned answer; /* status given from inside request(), 0: none */
	unsigned messages;
	struct hop from; /* of the last message */
};

extern const struct transaction_user layers_client;

/* six: on ::1. Returns false when a ladder broke a rung. */
bool layers_open(struct layers *l, bool six);
bool layers_open_conf(struct layers *l, bool six, const struct sip_conf *conf);
void layers_close(struct layers *l);

/* Lets everything happen that can without time passing. */
void layers_settle(struct layers *l);
/* Lets time pass. */
void layers_pass(struct layers *l, usec length);

/* The far end sends a text: $B is replaced by the address of our bind, $F by
 * that of the far end; settles. */
void layers_far_send(struct layers *l, const char *text);
/* How many datagrams wait at the far end; the last one is in heard. */
unsigned layers_far_hear(struct layers *l);
/* The far end takes TCP connections from now on: a descriptor to accept() from
 * and to close. */
int layers_listen(struct layers *l);
/* Puts those values in. */
void layers_fill(const struct layers *l, const char *text, char *to,
                 size_t size);
/* The whole line of a header in a text, "" when it is not there. */
const char *layers_line(const char *text, const char *name);

/* A request of ours to the far end; method and extra header lines. */
osip_message_t *layers_request(const struct layers *l, const char *method,
                               const char *extra);
int layers_place(struct layers *l, const char *method, const char *extra);

/* The far end answers what it heard last with this. */
void layers_far_answer(struct layers *l, unsigned status, const char *method);

/* Our answer to l->server; NULL-safe. */
int layers_answer(struct layers *l, unsigned status);

#endif
