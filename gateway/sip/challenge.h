/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_SIP_CHALLENGE_H
#define GATEWAY_SIP_CHALLENGE_H

/*
 * Asking who calls: digest as the one who is called, RFC 3261 22.2, RFC 7616.
 * For peers with a realm; their credentials are who may call.
 */

#include "gateway/sip/message.h"

struct challenges;
struct peer;
struct sip_stack;
struct transaction;

/* May this request of the peer's go on? False: it has been answered, with 401
 * and a challenge or, without memory, with 500. */
bool challenge_passed(struct sip_stack *stack, struct transaction *t,
                      const osip_message_t *request, const struct peer *peer);

struct challenges *challenges_free(struct challenges *c); /* NULL is fine */

#endif
