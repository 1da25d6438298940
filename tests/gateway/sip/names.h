/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef TESTS_GATEWAY_SIP_NAMES_H
#define TESTS_GATEWAY_SIP_NAMES_H

/*
 * A name server of a few lines on loopback. Its zone is a text, a record a
 * line:
 *
 *   NAPTR name order preference flags service replacement
 *   SRV name priority weight port target
 *   A name address
 *
 * What it does not have it says it does not have; it may be silent.
 */

#include "kernel/addr.h"

struct loop;
struct watch;

struct names {
	struct watch *watch;
	int fd;
	const char *zone;
	bool silent;
	unsigned refused; /* this RCODE to all but addresses; 0: an answer */
	unsigned asked;
	char servers[ADDR_TEXT]; /* for sip_conf.dns */
};

void names_open(struct names *n, struct loop *loop, const char *zone);
void names_close(struct names *n);

#endif
