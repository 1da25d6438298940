/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_ADMIT_H
#define GATEWAY_ADMIT_H

/*
 * May a call come in? Asked twice: when a SETUP or an INVITE has been read and
 * nothing is made of it yet, and when its number is complete and its call
 * exists. Every rule stands in one of the two and nowhere else. An emergency
 * call passes both.
 */

#include "kernel/instant.h"
#include "kernel/phone.h"

struct gateway;

void admit_init(struct gateway *gateway);

/* What is known at first. */
struct admit_wish {
	const struct number *called;
	bool complete; /* no more digits will come */
	usec waited;   /* since it came to this machine */
	bool crowded;  /* where it comes in is room for emergency calls only */
};

enum admission {
	ADMIT_NOT,
	ADMIT_LATER,     /* an emergency call, perhaps, with more digits */
	ADMIT_YES,       /* the second time it is not weighed again */
	ADMIT_EMERGENCY, /* also over every limit */
};
enum admission admit_first(struct gateway *gateway,
                           const struct admit_wish *wish);

/* The second time: 0, or the cause to refuse it with, and the rule. weighed:
 * the first answer was ADMIT_YES. */
enum q850_cause admit_call(struct gateway *gateway, bool emergency,
                           bool weighed, const char **rule);

/* Would an ordinary call be let in now? Asking changes and counts nothing. */
bool admit_is_open(const struct gateway *gateway);

#endif
