/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * A number that grows while the far side is asked already.
 *
 * When the best choice of the dial plan ends with T, and what leads there
 * takes digits as they come (a span with overlap-sending, a peer with overlap
 * invites), the call goes out with what was dialled so far, and each further
 * digit follows. All others wait: the plan is asked again with each digit, and
 * the timer of the near leg ends the wait.
 *
 * The dial plan changes what is dialled, so what follows is the difference
 * between what it made of the number before and makes of it now. A dial-peer
 * that forwards the last digits only has no such difference, and waits.
 *
 * A choice that fails before the number is complete leads on as always; one
 * that needs the whole number is tried when that is there.
 */
#include <string.h>

#include "gateway/call_private.h"
#include "gateway/gateway.h"
#include "gateway/ladder.h"
#include "gateway/trunk.h"
#include "kernel/text.h"

bool call_may_grow(const struct call *call, const struct route *route)
{
	const struct dial_peer *peer = route->peer;
	const struct options_peer *sip;
	const struct trunk *trunk;

	if (peer->forward_digits != 0)
		return false;
	if (peer->kind == PEER_POTS) {
		trunk = gateway_trunk(call->gateway, peer->trunk);
		return trunk != NULL && trunk->options.overlap_send;
	}
	if (!text_starts(peer->target, "sip-peer "))
		return false;
	sip = conf_find(call->gateway->conf, &options_peer_section,
	                peer->target + strlen("sip-peer "));
	return sip != NULL && sip->overlap != 0;
}

void call_append(struct call *call, const struct leg_word *word)
{
	struct number *called = &call->setup.called.number;
	size_t have = strlen(called->digits);

	called->present = true;
	if (text_copy(called->digits + have, sizeof(called->digits) - have,
	              word->digits ? word->digits : "") < 0)
		called->digits[have] = '\0'; /* more than 32: no such number */
	call->setup.complete |= word->complete;
}

static const struct route *find(const struct route *routes, size_t n,
                                const struct dial_peer *peer)
{
	for (size_t i = 0; i < n; i++)
		if (routes[i].peer == peer)
			return &routes[i];
	return NULL;
}

/* What was tried stays; what is left is as the longer number has it. */
static void replace_choices(struct call *call, const struct routes *fresh)
{
	struct routes *had = &call->routes;
	const struct route *now;

	had->n = call->next_route;
	for (size_t i = 0; i < had->n; i++) {
		now = find(fresh->route, fresh->n, had->route[i].peer);
		if (now != NULL)
			had->route[i] = *now;
	}
	for (size_t i = 0; i < fresh->n && had->n < PLAN_ROUTES; i++)
		if (find(had->route, call->next_route, fresh->route[i].peer) ==
		    NULL)
			had->route[had->n++] = fresh->route[i];
}

/* The far leg is told what its number has become longer by. */
static void tell_far(struct call *call, const char *now)
{
	struct number *told = &call->out.called.number;
	const char *had = told->digits;
	struct leg_word word = { .kind = LEG_DIGITS,
		                 .complete = call->setup.complete };

	word.digits = text_starts(now, had) ? now + strlen(had) : "";
	if (word.digits[0] == '\0' && !word.complete)
		return;
	leg_tell(&call->leg[1], &word);
	(void)text_copy(told->digits, sizeof(told->digits), now);
}

static void find_more(struct call *call)
{
	struct routes fresh;

	call_ask_plan(call, &fresh);
	/* Too many digits for any choice: what there is will have to do. */
	if (fresh.answer != PLAN_MAYBE_MORE)
		call->setup.complete = true;
	if (fresh.n > 0)
		replace_choices(call, &fresh);
}

void call_extend(void *self, const void *detail)
{
	struct call *call = self;
	struct leg_word proceed = { .kind = LEG_PROCEEDING };

	if (detail == NULL || call->setup.complete)
		return;
	call_append(call, detail);
	find_more(call);
	if (call->leg[1].open)
		tell_far(call, call->routes.route[call->next_route - 1].digits);
	else if (call->setup.complete)
		call_try(call);
	if (call->setup.complete)
		leg_tell(&call->leg[0], &proceed);
}
