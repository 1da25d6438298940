/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Machines as rows. The whole of the semantics is in step(): find the row,
 * enter the next state, act. Entering before acting means that whatever the
 * action causes, at once or through somebody it calls, finds the machine where
 * the table says it is.
 *
 * A post from inside an action (or from enter, or from the stray handler) is
 * queued: no machine ever re-enters itself, however its legs call each other
 * in circles. The queue holds events without detail, because what a detail
 * points at dies with the handler that was given it. It is small: an action
 * posts what its outcome means, one event, seldom two, so a full queue is a
 * machine that chases its own tail and the program stops there.
 */
#include "kernel/fsm.h"

#include <assert.h>
#include <string.h>

static uint64_t strays;

void fsm_init(struct fsm *fsm, const struct fsm_type *type, void *self)
{
	*fsm = (struct fsm){ .type = type, .self = self };
}

const struct fsm_row *fsm_find(const struct fsm_type *type, unsigned state,
                               unsigned event)
{
	for (size_t i = 0; i < type->nrows; i++) {
		const struct fsm_row *row = &type->rows[i];

		if (row->event == event &&
		    (row->state == state || row->state == FSM_ANY))
			return row;
	}
	return NULL;
}

static void step(struct fsm *fsm, unsigned event, const void *detail)
{
	const struct fsm_type *type = fsm->type;
	const struct fsm_row *row = fsm_find(type, fsm->state, event);

	if (row == NULL) {
		__atomic_add_fetch(&strays, 1, __ATOMIC_RELAXED);
		if (type->stray != NULL)
			type->stray(fsm->self, event, detail);
		return;
	}
	if (row->next != FSM_SAME) {
		assert(row->next < type->nstates);
		fsm->state = row->next;
		if (type->enter != NULL)
			type->enter(fsm->self, fsm->state);
	}
	if (row->act != NULL)
		row->act(fsm->self, detail);
}

void fsm_post(struct fsm *fsm, unsigned event, const void *detail)
{
	assert(event < fsm->type->nevents);
	if (fsm->running) {
		assert(fsm->nqueued < FSM_QUEUE);
		fsm->queue[fsm->nqueued++] = (uint8_t)event;
		return;
	}
	fsm->running = true;
	step(fsm, event, detail);
	while (fsm->nqueued > 0) {
		event = fsm->queue[0];
		fsm->nqueued--;
		memmove(fsm->queue, fsm->queue + 1, fsm->nqueued);
		step(fsm, event, NULL);
	}
	fsm->running = false;
}

const char *fsm_state_name(const struct fsm *fsm)
{
	return fsm->type->states[fsm->state];
}

uint64_t fsm_strays(void)
{
	return __atomic_load_n(&strays, __ATOMIC_RELAXED);
}
