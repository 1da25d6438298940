/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_SIP_KEEPALIVE_H
#define GATEWAY_SIP_KEEPALIVE_H

/*
 * Is a peer there? An OPTIONS now and then tells. One of these lies in every
 * peer; it does nothing unless the peer's configuration asks for it.
 */

#include "gateway/sip/look.h"
#include "kernel/fsm.h"
#include "kernel/timer.h"

struct peer;
struct sip_stack;
struct transaction;

enum { KEEPALIVE_ADDRS = 8, KEEPALIVE_WHY = 64 };

struct keepalive {
	struct sip_stack *stack; /* NULL: never asked for */
	struct peer *peer;
	struct fsm fsm;
	struct timer next; /* the next probe, or the end of this one's wait */
	struct transaction *probe; /* NULL: none is out */
	struct digest *digest;     /* what it has asked */
	uint32_t cseq;
	struct addr addrs[KEEPALIVE_ADDRS]; /* of this probe */
	unsigned naddrs, tried;
	unsigned failures; /* probes in a row */
	unsigned status;   /* of the last answer; 0: there was none */
	uint64_t probes, failed;
	struct instant since, sent;
	usec round_trip;
	char why[KEEPALIVE_WHY];
	unsigned moves; /* the peer's, of the place the state is of */
};

/* The peer was set: begins, goes on or stops as its configuration says. What
 * is known stays known while the peer stays where it is. */
void keepalive_set(struct sip_stack *stack, struct peer *peer);

/* The peer asked something of us: one that is down is probed at once. */
void keepalive_heard(struct keepalive *k);

/* No more probes; nothing is known. */
void keepalive_stop(struct keepalive *k);

enum sip_health keepalive_health(const struct keepalive *k);

extern const struct fsm_type keepalive_machine;

#endif
