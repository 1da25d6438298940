/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The gate in front of new calls. An INVITE that came in time costs a session,
 * two legs, a channel; one that did not, or comes when the gateway has as much
 * to do as it can, costs a 503 written from the message itself, without a
 * transaction (RFC 3261 8.2.7). Whether it may come in is not known here: who
 * is above decides, by the number called and how long the INVITE has waited. He
 * is also told when no transaction is left for ordinary calls; then only an
 * emergency call may have one of the reserve.
 *
 * What is refused without state comes again when it was repeated before the 503
 * arrived, and then might be let in: a telephone would ring for a caller who
 * has gone elsewhere. So for some seconds the gate remembers a number of each,
 * in a table without chains: an older one in the same place is forgotten.
 *
 * No call begins with an INVITE within a dialog, one that is repeated and has
 * its transaction, one that takes the place of a call (RFC 3891), or one of
 * somebody who is no peer and gets his 403.
 */
#include "gateway/sip/gate.h"

#include "gateway/sip/session.h"

#define REMEMBERED SEC(4) /* what is under way: T4 */

static bool begins_call(const struct sip_stack *stack, const struct hop *hop,
                        const osip_message_t *m)
{
	return !message_is_response(m) && message_is(m, "INVITE") &&
	       message_tag(m->to) == NULL &&
	       message_header(m, "Replaces", 0) == NULL &&
	       peers_at(stack->peers, &hop->remote) != NULL &&
	       !transactions_know(stack->transactions, m);
}

static struct refused *place_of(struct sip_stack *stack, uint64_t key)
{
	return &stack->gate.refused[key % GATE_REFUSED];
}

static bool was_refused(struct sip_stack *stack, uint64_t key)
{
	const struct refused *r = place_of(stack, key);

	return r->key == key &&
	       instant_since(instant_now(), r->at) < REMEMBERED;
}

/* Is there no room, in transactions or dialogs, but for emergency calls? */
static bool is_full(struct sip_stack *stack)
{
	if (stack->counts.dialogs < stack->conf.dialogs_most)
		return !transactions_have_room(stack->transactions);
	stack_note(stack, &stack->refused,
	           "refused a call: %u dialogs are all there may be",
	           stack->conf.dialogs_most);
	return true;
}

static bool is_admitted(struct sip_stack *stack, const osip_message_t *m,
                        usec waited, bool full)
{
	struct sip_wish wish = { .waited = waited, .crowded = full };

	if (stack->handler->admit == NULL)
		return !wish.crowded;
	header_get_called(m, &wish.called);
	return stack->handler->admit(stack->self, &wish);
}

bool gate_passes(struct sip_stack *stack, const struct hop *hop,
                 osip_message_t *m, usec waited)
{
	uint64_t key;
	bool full;

	if (!begins_call(stack, hop, m))
		return true;
	key = transactions_key(stack->transactions, m);
	full = is_full(stack);
	if (!was_refused(stack, key) && is_admitted(stack, m, waited, full))
		return true;
	*place_of(stack, key) = (struct refused){ key, instant_now() };
	if (full)
		stack->counts.refused_limit++;
	else
		stack->counts.refused_overload++;
	transactions_refuse(stack->transactions, hop, m, 503);
	return false;
}
