/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef KERNEL_FSM_H
#define KERNEL_FSM_H

/*
 * A state machine is an array of rows: in state, on event, do, then be in.
 * The first row that fits is taken; FSM_ANY fits every state. The next state
 * is entered before the action runs, so that what the action posts or what it
 * asks of others meets the machine where the table says it is. Events posted
 * while an action runs are queued and run when it returns; those carry no
 * detail. An event without a row is stray: counted and handed to `stray`.
 *
 * Only fsm.c writes the state. Single thread.
 */

#include "kernel/base.h"

enum { FSM_ANY = 0xff, FSM_SAME = 0xfe, FSM_QUEUE = 8 };

struct fsm_row {
	uint8_t state, event;                        /* FSM_ANY: every state */
	void (*act)(void *self, const void *detail); /* may be NULL */
	uint8_t next; /* FSM_SAME: stay, and do not enter again */
};

struct fsm_type {
	const char *name;
	const char *const *states, *const *events; /* names, log and graph */
	uint8_t nstates, nevents;
	const struct fsm_row *rows;
	size_t nrows;
	/* A state was entered (also from itself by a row that names it); arm
	 * its timer here. Runs before the row's action. May be NULL. */
	void (*enter)(void *self, unsigned state);
	void (*stray)(void *self, unsigned event, const void *detail);
};

struct fsm {
	const struct fsm_type *type;
	void *self;
	uint8_t state;
	uint8_t nqueued;
	bool running;
	uint8_t queue[FSM_QUEUE];
};

/* Starts in state 0, which is not announced through enter(). */
void fsm_init(struct fsm *fsm, const struct fsm_type *type, void *self);

/* A machine must outlive fsm_post(); die by loop_defer. */
void fsm_post(struct fsm *fsm, unsigned event, const void *detail);

static inline unsigned fsm_state(const struct fsm *fsm)
{
	return fsm->state;
}

const char *fsm_state_name(const struct fsm *fsm);

/* The row that would be taken, NULL if stray. For tests and graphs. */
const struct fsm_row *fsm_find(const struct fsm_type *type, unsigned state,
                               unsigned event);

uint64_t fsm_strays(void); /* all machines together */

#endif
