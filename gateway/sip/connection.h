/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_SIP_CONNECTION_H
#define GATEWAY_SIP_CONNECTION_H

/*
 * TCP connections: framing, queues and how long each may take. For transport.c
 * alone; the contract of what is told upwards is transport.h's.
 */

#include "gateway/sip/transport.h"

struct connections;

struct connections_user {
	const struct transports_user *user;
	void *self;
	struct sip_counts *counts;
};

int connections_new(struct connections **out, struct loop *loop,
                    const struct sip_conf *conf,
                    const struct connections_user *user);
struct connections *connections_free(struct connections *c);
void connections_change(struct connections *c, const struct sip_conf *conf);

/* Takes what waits at a listener bound to local. */
void connections_accept(struct connections *c, int listener,
                        const struct addr *local);

/* hop->local is the bind it leaves from. As transports_send(). */
int connections_send(struct connections *c, struct hop *hop, struct bytes raw);

/* Ends the connections that came in at or leave from this bind. */
void connections_drop(struct connections *c, const struct addr *local);

#endif
