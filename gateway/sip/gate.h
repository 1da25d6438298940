/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_SIP_GATE_H
#define GATEWAY_SIP_GATE_H

/*
 * May this INVITE begin a call? Decided when it has been read and before
 * anything is made of it: a refusal leaves nothing behind but a number.
 */

#include "gateway/sip/message.h"
#include "gateway/sip/transport.h"

struct sip_stack;
struct transaction;

/* Who was refused of late: 64 bits of his request, and when. */
enum { GATE_REFUSED = 4096 };
struct gate {
	struct refused {
		uint64_t key;
		struct instant at;
	} refused[GATE_REFUSED];
};

/* False: it was refused, with 503, and is the caller's to free. What is no
 * INVITE always passes. */
bool gate_passes(struct sip_stack *stack, const struct hop *hop,
                 osip_message_t *m, usec waited);

/* An INVITE that came in is counted to who sent it, for as long as it holds its
 * transaction. */
void gate_charge(struct sip_stack *stack, struct transaction *t,
                 const osip_message_t *request);

#endif
