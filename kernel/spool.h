/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef KERNEL_SPOOL_H
#define KERNEL_SPOOL_H

/*
 * Octets that wait, in pieces of equal size up to a limit: what a console
 * session has not read yet, and the cells of a table whose widths are not
 * known before the last. Single thread.
 */

#include "kernel/base.h"
#include "kernel/bytes.h"
#include "kernel/list.h"

struct spool {
	struct list pieces;
	size_t total, limit;
	bool lost; /* something did not fit, or there was no memory */
};

void spool_init(struct spool *s, size_t limit);
void spool_done(struct spool *s); /* empties; init again to use it again */

/* All of it or nothing; false sets lost. A part is never divided between two
 * pieces when it is `whole` (and at most SPOOL_WHOLE octets). */
enum { SPOOL_WHOLE = 8000 };
bool spool_add(struct spool *s, struct bytes b, bool whole);

/* The first waiting octets in one piece, and that n of them are done with. */
struct bytes spool_first(const struct spool *s);
void spool_drop(struct spool *s, size_t n);

#endif
