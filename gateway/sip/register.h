/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_SIP_REGISTER_H
#define GATEWAY_SIP_REGISTER_H

/*
 * Registrations: the numbers behind us, told to a registrar, RFC 3261 10.2.
 * Each is kept for as long as it is wanted, at the primary registrar or, while
 * that one is dead, at the secondary.
 */

#include "gateway/sip/conf.h"
#include "kernel/instant.h"

struct sip_stack;
struct register_list;

enum { REGISTER_USER = 48, REGISTER_LIST = 512 };

struct sip_register_conf {
	char user[REGISTER_USER];     /* of the address of record: a number */
	char peer[48], secondary[48]; /* registrars, peers by name; or "" */
	unsigned expires_s;
	bool wanted; /* false: no calls can be taken for it now */
};

struct sip_register_info {
	const char *user, *state;
	const char *peer; /* the registrar in use */
	bool registered;
	unsigned left_s; /* until it expires there */
	unsigned status; /* of the last response; 0: there was none */
	const char
		*why; /* it is not registered; "" when it is or nobody asked */
};

/*
 * These and no others from now on: new ones are registered, ones that are gone
 * or not wanted are taken back. A registration is known by user and peer.
 * -ENOMEM: some are as they were.
 */
int sip_register_set(struct sip_stack *stack,
                     const struct sip_register_conf *list, unsigned n);

void sip_register_each(struct sip_stack *stack,
                       void (*tell)(void *self,
                                    const struct sip_register_info *info),
                       void *self);

/* Takes back what is registered, once and without waiting, and frees all. */
struct register_list *register_list_free(struct register_list *list);

#endif
