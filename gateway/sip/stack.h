/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_SIP_STACK_H
#define GATEWAY_SIP_STACK_H

/*
 * What the stack is to its sessions: the layers below, the peers, the sessions
 * by Call-ID, the handler above; and the words every message carries.
 */

#include "gateway/sip/arrival.h"
#include "gateway/sip/gate.h"
#include "gateway/sip/private.h"

enum { STACK_BUCKETS = 1024 };

struct sip_stack {
	struct loop *loop;
	struct sip_conf conf;
	const struct sip_handler *handler;
	void *self;
	struct transports *transports;
	struct arrivals *arrivals;
	struct gate gate;
	struct transactions *transactions;
	struct peers *peers;
	struct challenges *challenges;   /* NULL: nobody was asked yet */
	struct register_list *registers; /* NULL: none yet */
	struct list sessions;
	struct list buckets[STACK_BUCKETS]; /* by Call-ID */
	struct sip_counts counts;
	struct log_limit strangers, refused, greedy;
	uint64_t sdp_ids; /* o= of descriptions */
};

/* A timer's length as configured. */
usec stack_timer(const struct sip_stack *stack, enum sip_timer timer);

/* A sentence for the handler, not more than one a minute of its kind. */
void stack_note(struct sip_stack *stack, struct log_limit *limit,
                const char *format, ...) ATTR_PRINTF(3, 4);

extern const char stack_allow[];

/* Answers a request, with what every answer of its status carries. A 503 says
 * Retry-After. Contact may be NULL, and body (SDP). 0 or -errno. */
struct stack_answer {
	unsigned status;
	const char *to_tag, *contact, *body, *reason, *warning_text, *uui;
	unsigned warning, retry_after;
	uint32_t rseq;   /* a reliable 18x; 0: it is not */
	unsigned min_se; /* with 422 */
};
osip_message_t *stack_response(struct sip_stack *stack,
                               const osip_message_t *request,
                               const struct stack_answer *answer);
int stack_respond(struct sip_stack *stack, struct transaction *t,
                  const osip_message_t *request,
                  const struct stack_answer *answer);

#endif
