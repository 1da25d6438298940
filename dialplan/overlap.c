/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Enough digits, or not yet.
 *
 * In overlap the answer decides whether to wait. A match is final when no
 * further digit could bring a choice that is hunted before the best one we
 * have; a catch-all that would take more digits, but ranks below, is no reason
 * to let the caller wait. A best choice that ends with T waits for the end of
 * dialling by its own wish; when nothing can come before it (it is settled) the
 * call may go there meanwhile, if that way takes digits as they come. An
 * emergency number never waits.
 */

#include "dialplan/private.h"

bool overlap_settled(const struct choices *choices, const struct rank *more)
{
	return choices->n > 0 &&
	       (more == NULL || !rank_before(more, &choices->rank[0]));
}

enum plan_answer overlap_answer(const struct choices *choices,
                                const struct rank *more, bool complete)
{
	if (choices->n == 0 && more != NULL && !complete)
		return PLAN_NEED_MORE;
	if (choices->n == 0)
		return PLAN_NO_MATCH;
	if (complete || choices->route[0].peer->emergency)
		return PLAN_MATCH;
	if (choices->open[0])
		return PLAN_MAYBE_MORE;
	return overlap_settled(choices, more) ? PLAN_MATCH : PLAN_MAYBE_MORE;
}
