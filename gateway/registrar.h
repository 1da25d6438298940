/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_REGISTRAR_H
#define GATEWAY_REGISTRAR_H

/*
 * Which numbers are registered where: `register` of the dial-peers and of the
 * sip-peers that are registrars, as long as their trunk can take calls.
 */

#include "kernel/base.h"
#include "kernel/timer.h"

struct gateway;

struct registrar {
	struct timer settle; /* a trunk changed: looked at when it is over */
};

void registrar_init(struct gateway *gateway);
void registrar_stop(struct gateway *gateway);

/* The configuration is another, or calls are no longer taken: look now. */
void registrar_update(struct gateway *gateway);

/* A trunk went up or down: look when that has lasted. */
void registrar_trunk(struct gateway *gateway, bool up);

#endif
