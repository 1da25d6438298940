/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Draws a machine from its rows, for graphviz: states are boxes, all events
 * that lead from one state to another share an arrow. Without a name it lists
 * the machines there are. What a row of "any state" does is drawn once, from a
 * dashed box, and not from every state: else nobody could see the others.
 */

#include <stdio.h>
#include <string.h>

#include "gateway/busyout.h"
#include "gateway/call.h"
#include "gateway/sip/keepalive.h"
#include "gateway/sip/machine.h"
#include "gateway/sip/session.h"
#include "kernel/fsm.h"

/* pri/call.h declares it; its states and gateway/call.h's share their names,
 * and no file can include both. */
extern const struct fsm_type isdn_call_type;

static const struct {
	const char *name;
	const struct fsm_type *type;
} machines[] = {
	/* clang-format off */
	{ "call",             &call_machine },
	{ "isdn",             &isdn_call_type },
	{ "session",          &session_machine },
	{ "refresh",          &refresh_machine },
	{ "keepalive",        &keepalive_machine },
	{ "busyout",          &busyout_machine },
	{ "invite-client",    &transaction_invite_client },
	{ "invite-server",    &transaction_invite_server },
	{ "other-client",     &transaction_other_client },
	{ "other-server",     &transaction_other_server },
	/* clang-format on */
};

static const char *state_name(const struct fsm_type *type, unsigned state)
{
	return state == FSM_ANY ? "any state" : type->states[state];
}

static unsigned next_of(const struct fsm_row *row)
{
	return row->next == FSM_SAME ? row->state : row->next;
}

static bool same_arrow(const struct fsm_row *a, const struct fsm_row *b)
{
	return a->state == b->state && next_of(a) == next_of(b);
}

/* Was the arrow drawn when an earlier row of it was met? */
static bool is_drawn(const struct fsm_type *type, size_t row)
{
	for (size_t i = 0; i < row; i++)
		if (same_arrow(&type->rows[i], &type->rows[row]))
			return true;
	return false;
}

static void draw_arrow(const struct fsm_type *type, size_t row)
{
	const struct fsm_row *first = &type->rows[row];

	(void)printf("\t\"%s\" -> \"%s\" [label=\"",
	             state_name(type, first->state),
	             state_name(type, next_of(first)));
	for (size_t i = row; i < type->nrows; i++)
		if (same_arrow(first, &type->rows[i]))
			(void)printf("%s%s", i > row ? "\\n" : "",
			             type->events[type->rows[i].event]);
	(void)puts("\"];");
}

static void draw(const struct fsm_type *type)
{
	(void)printf("digraph \"%s\" {\n", type->name);
	(void)puts("\tnode [shape=box, style=rounded];");
	for (unsigned i = 0; i < type->nstates; i++)
		(void)printf("\t\"%s\"%s;\n", type->states[i],
		             i == 0 ? " [penwidth=2]" : "");
	for (size_t i = 0; i < type->nrows; i++) {
		if (type->rows[i].state == FSM_ANY) {
			(void)puts("\t\"any state\" [style=dashed];");
			break;
		}
	}
	for (size_t i = 0; i < type->nrows; i++)
		if (!is_drawn(type, i))
			draw_arrow(type, i);
	(void)puts("}");
}

int main(int argc, char **argv)
{
	for (size_t i = 0; i < ARRAY_LEN(machines); i++) {
		if (argc == 1)
			(void)puts(machines[i].name);
		if (argc == 2 && strcmp(argv[1], machines[i].name) == 0) {
			draw(machines[i].type);
			return 0;
		}
	}
	if (argc > 1)
		(void)fputs("usage: fsm2dot [MACHINE]\n", stderr);
	return argc > 1 ? 2 : 0;
}
