/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_CAUSE_H
#define GATEWAY_CAUSE_H

/*
 * Q.850 causes and SIP statuses, both ways, by RFC 3398 7.2.4.1, 7.2.6.1 and
 * 8.2.6.1. What RFC 3398 leaves open is chosen here once; see cause.c.
 */

#include "kernel/phone.h"

/* The status that refuses an INVITE for this cause, before an answer. */
unsigned cause_to_status(struct cause cause);

/* The cause a final status (300 to 699) stands for; warning: the Warning
 * header's code with 488 and 606, 0 when there was none. */
enum q850_cause cause_from_status(unsigned status, unsigned warning);

/* Both tables, row by row, for the console and the manual. */
struct cause_row {
	enum q850_cause cause;
	unsigned status;
};
const struct cause_row *cause_rows_to_status(size_t *n);
const struct cause_row *cause_rows_from_status(size_t *n);

#endif
