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
 *
 * Any INVITE, though, holds a transaction until it is answered or its refusal
 * acknowledged, 32 seconds long if that never comes, and a far end that sends
 * no ACK would soon hold them all. So nobody may hold more than his part
 * (`peer-share`), and all who are no peers have one together; over it an INVITE
 * is refused without state, whatever it is for, while the others still call.
 * The reserve is out of his reach, too.
 */
#include "gateway/sip/gate.h"

#include "gateway/sip/session.h"

#define REMEMBERED SEC(4) /* what is under way: T4 */

static bool begins_call(const struct peer *peer, const osip_message_t *m)
{
	return peer != NULL && message_tag(m->to) == NULL &&
	       message_header(m, "Replaces", 0) == NULL;
}

/* Whose share: peers count from 1. */
static unsigned payer_of(const struct peer *peer)
{
	return peer == NULL ? 0 : peer->number;
}

void gate_charge(struct sip_stack *stack, struct transaction *t,
                 const osip_message_t *request)
{
	if (message_is(request, "INVITE"))
		transaction_charge(
			t, payer_of(peers_at(stack->peers,
		                             &transaction_hop(t)->remote)));
}

/* Does he hold all he may have? */
static bool is_greedy(struct sip_stack *stack, const struct peer *peer)
{
	uint64_t most = (uint64_t)stack->conf.transactions_most *
	                stack->conf.peer_share / 100;
	unsigned held =
		transactions_charged(stack->transactions, payer_of(peer));

	if (stack->conf.peer_share >= 100 || held < MAX_OF(most, 1u))
		return false;
	stack_note(stack, &stack->greedy,
	           "%s %s: %u INVITEs are open, none is taken beyond its "
	           "peer-share (does it send no ACK?)",
	           peer == NULL ? "those who are" : "sip-peer",
	           peer == NULL ? "no peers" : peer->conf.name, held);
	return true;
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

static void refuse(struct sip_stack *stack, const struct hop *hop,
                   osip_message_t *m, uint64_t *counter)
{
	++*counter;
	transactions_refuse(stack->transactions, hop, m, 503);
}

bool gate_passes(struct sip_stack *stack, const struct hop *hop,
                 osip_message_t *m, usec waited)
{
	const struct peer *peer;
	bool greedy, full;
	uint64_t key;

	if (message_is_response(m) || !message_is(m, "INVITE") ||
	    transactions_know(stack->transactions, m))
		return true;
	peer = peers_at(stack->peers, &hop->remote);
	greedy = is_greedy(stack, peer);
	if (!begins_call(peer, m)) {
		if (greedy)
			refuse(stack, hop, m, &stack->counts.refused_share);
		return !greedy;
	}
	key = transactions_key(stack->transactions, m);
	full = greedy || is_full(stack);
	if (!was_refused(stack, key) && is_admitted(stack, m, waited, full))
		return true;
	*place_of(stack, key) = (struct refused){ key, instant_now() };
	refuse(stack, hop, m,
	       greedy ? &stack->counts.refused_share
	       : full ? &stack->counts.refused_limit
	              : &stack->counts.refused_overload);
	return false;
}
