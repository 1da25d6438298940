/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_SIP_ARRIVAL_H
#define GATEWAY_SIP_ARRIVAL_H

/*
 * Where messages that begin something wait their turn, behind all that belongs
 * to calls we have. In order, and for a bounded part of the loop's time.
 */

#include "gateway/sip/transport.h"

struct arrivals;

/* take() is given each in its turn, and how long it has waited in all. */
struct arrivals_user {
	void (*take)(void *self, const struct hop *hop, struct bytes raw,
	             usec waited);
};

int arrivals_new(struct arrivals **out, struct loop *loop,
                 const struct arrivals_user *user, void *self);
/* What waits is forgotten. NULL is fine; returns NULL. */
struct arrivals *arrivals_free(struct arrivals *a);

/* Is this an INVITE, or a CANCEL, which must not overtake one? */
bool arrivals_want(struct bytes raw);

/* Copies it; false: there is no place left. */
bool arrivals_put(struct arrivals *a, const struct hop *hop, struct bytes raw,
                  usec waited);

#endif
