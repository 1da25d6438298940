/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_ROUTES_H
#define GATEWAY_ROUTES_H

/* A plan in force, or kept for the calls that still hunt in it. */

#include "dialplan/dialplan.h"

struct route_table {
	struct plan *plan;
	unsigned calls;
	bool in_force;
};

int route_table_new(struct route_table **out, struct plan *plan);
void route_table_retire(struct route_table *table); /* NULL is fine */

#endif
