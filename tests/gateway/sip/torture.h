/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef TESTS_GATEWAY_SIP_TORTURE_H
#define TESTS_GATEWAY_SIP_TORTURE_H

/*
 * The 49 messages of RFC 4475 under their names there, in its order, each
 * with what makes it a torture and the least around it. They hold octets of
 * every value, so they have a length.
 *
 * Whom an INVITE calls stands in braces in its start line: the name it has in
 * the RFC, which leads nowhere here. torture_print() takes the braces away or
 * puts a number there, so that what must not become a call has every chance
 * to.
 */

#include <stddef.h>

struct torture {
	const char *name;
	const char *text;
	size_t len;
};

enum { TORTURES = 49, TORTURE_SIZE = 4096 };
extern const struct torture torture[TORTURES];

const struct torture *torture_find(const char *name);

/* Returns its length; user NULL: the name of the RFC. */
size_t torture_print(const struct torture *t, const char *user,
                     char to[TORTURE_SIZE]);

#endif
