/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The order of choices, and when the next one is tried.
 *
 * Hunting goes by the longest match, then preference, then tag. Which ends let
 * the next choice be tried is a table: those that say "this way is blocked",
 * not those that speak for the called user or the number, because another way
 * would meet the same user.
 */

#include "dialplan/private.h"

#include <string.h>

bool rank_before(const struct rank *a, const struct rank *b)
{
	if (a->score != b->score)
		return a->score > b->score;
	if (a->preference != b->preference)
		return a->preference < b->preference;
	return a->tag < b->tag;
}

void route_add(struct choices *choices, const struct rank *rank,
               const struct route *route, bool open)
{
	size_t at = choices->n;

	while (at > 0 && rank_before(rank, &choices->rank[at - 1]))
		at--;
	if (at == PLAN_ROUTES)
		return;
	if (choices->n < PLAN_ROUTES)
		choices->n++;
	for (size_t i = choices->n - 1; i > at; i--) {
		choices->rank[i] = choices->rank[i - 1];
		choices->route[i] = choices->route[i - 1];
		choices->open[i] = choices->open[i - 1];
	}
	choices->rank[at] = *rank;
	choices->route[at] = *route;
	choices->open[at] = open;
}

void route_finish(const struct choices *choices, struct routes *out)
{
	out->n = 0;
	out->emergency = false;
	for (size_t i = 0; i < choices->n; i++)
		out->emergency |= choices->route[i].peer->emergency;
	for (size_t i = 0; i < choices->n; i++) {
		out->route[out->n++] = choices->route[i];
		if (choices->route[i].peer->huntstop && !out->emergency)
			return;
	}
}

/* Q.850: the way is blocked, the number and its user are not. 27 is what a
 * call gets whose trunk has lost its D channel. */
static const enum q850_cause hunted[] = {
	Q850_CHANNEL_UNACCEPTABLE,     /* 6 */
	Q850_DESTINATION_OUT_OF_ORDER, /* 27 */
	Q850_NO_CIRCUIT,               /* 34 */
	Q850_NETWORK_OUT_OF_ORDER,     /* 38 */
	Q850_TEMPORARY_FAILURE,        /* 41 */
	Q850_SWITCH_CONGESTION,        /* 42 */
	Q850_ACCESS_INFO_DISCARDED,    /* 43 */
	Q850_CHANNEL_NOT_AVAILABLE,    /* 44 */
	Q850_RESOURCE_UNAVAILABLE,     /* 47 */
};

static const struct plan_hunt *find_said(const struct plan_hunts *said,
                                         unsigned value)
{
	for (unsigned i = 0; said != NULL && i < said->n; i++)
		if (said->said[i].value == value)
			return &said->said[i];
	return NULL;
}

bool plan_hunts_cause(const struct plan_hunts *said, enum q850_cause cause)
{
	const struct plan_hunt *hunt = find_said(said, cause);

	if (hunt != NULL)
		return hunt->hunts;
	for (size_t i = 0; i < ARRAY_LEN(hunted); i++)
		if (hunted[i] == cause)
			return true;
	return false;
}

bool plan_hunts_status(const struct plan_hunts *said, unsigned sip_status)
{
	const struct plan_hunt *hunt = find_said(said, sip_status);

	if (hunt != NULL)
		return hunt->hunts;
	/* 408: nobody there answered at all; 488: the next may have another
	 * codec; 5xx: that server, not the user (RFC 3261 21.5). */
	return sip_status == 408 || sip_status == 488 || sip_status / 100 == 5;
}
