/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Two calls become one. A phone that has two calls through this gateway, the
 * first on hold and the second to ask whether that one is welcome, sends the
 * first to the second by naming its dialog (REFER with Replaces, RFC 3891,
 * RFC 5589 7). To INVITE ourselves would be the letter of it; both calls are
 * here, so the leg that stays is moved instead: it takes the place of the
 * phone's leg in the other call, in the very way in which one that had come
 * from outside with Replaces would.
 *
 * The call it comes from has then only the phone's other leg left, which is
 * told that it went well and is let go. Its record says which call went on. The
 * leg keeps its channel or its socket throughout: the sound of either party is
 * never without a stream, and an end that was held is given back.
 *
 * What can not be done (no such dialog, no longer, of a peer that may not) is
 * told as the answer to that INVITE would be, and the two go on talking.
 */

#include <stdio.h>
#include <string.h>

#include "gateway/call_private.h"
#include "gateway/gateway.h"
#include "gateway/ladder.h"
#include "kernel/text.h"

/* RFC 3891 3, in words. */
static const char *why_not(unsigned status)
{
	switch (status) {
	case 403:
		return "the peer of the other call has no \"transfer\"";
	case 481:
		return "there is no such call";
	case 486:
		return "the other call has been answered";
	case 603:
		return "the other call has ended";
	default:
		return "the other call is not where it could be joined";
	}
}

static void refuse(struct call *call, unsigned status)
{
	struct leg *mover = &call->leg[call->mover];
	struct leg_word taken = { .kind = LEG_TRANSFER };

	call->failed = (struct release){
		.by = RELEASE_BY_POLICY,
		.cause = { call_cause(mover, status, 0),
		           LOCATION_PRIVATE_LOCAL },
		.sip_status = (uint16_t)status,
	};
	(void)text_copy(call->failed.detail, sizeof(call->failed.detail),
	                why_not(status));
	ladder_decide(call->gateway->ladder, call->number,
	              "transfer in a call's place: %s", why_not(status));
	leg_tell(mover, &taken);
	fsm_post(&call->fsm, EV_NO_MORE, NULL);
}

/* Out of its call: only its name stays, for the record. */
static void leave(struct leg *leg)
{
	leg->open = false;
	if (leg->kind == PEER_POTS) {
		leg->isdn.call = NULL;
	} else {
		leg->sip.session = NULL;
		leg->sip.socket = NULL;
	}
	call_join(leg->call);
}

static void tell_hold(struct leg *leg, bool was, bool is)
{
	struct leg_word word = { .kind = is ? LEG_HOLD : LEG_RETRIEVE };

	if (was != is)
		leg_tell(leg, &word);
}

/* Each of the two was held by the phone, or not, and is held by the other, or
 * not: told once, as it is now. */
static void take_place(struct leg *third, const struct party *party,
                       const bool held[2])
{
	struct call *into = third->call;
	struct leg *stays = &into->leg[into->mover ^ 1u];
	struct leg_word came = { .kind = LEG_ANSWER, .party = party };
	struct leg_word met = { .kind = LEG_CONNECTED,
		                .party = call_party(into, stays->which) };
	bool was = into->held[into->mover];

	into->held[into->mover] = false;
	fsm_post(&into->fsm, EV_THIRD_ANSWER, &came);
	into->held[into->mover] = held[0];
	if (call_is_answered(into))
		tell_hold(stays, was, held[0]);
	tell_hold(call_other(stays), held[1], into->held[stays->which]);
	if (met.party->number.present)
		leg_tell(call_other(stays), &met);
	call_join(into);
}

/* The one sentence of each. */
static void tell_both(struct call *call, const struct leg *goes,
                      const struct leg *beside, struct release *why)
{
	const struct leg *meets = call_other(beside);
	char asks[48], comes[48], there[48];

	leg_name(&call->leg[call->mover], asks, sizeof(asks));
	leg_name(goes, comes, sizeof(comes));
	leg_name(meets, there, sizeof(there));
	ladder_decide(call->gateway->ladder, call->number,
	              "%s transfers %s to %s: they are joined in call %u", asks,
	              comes, there, beside->call->number);
	ladder_decide(call->gateway->ladder, beside->call->number,
	              "%s transfers %s here, from call %u", asks, comes,
	              call->number);
	(void)snprintf(why->detail, sizeof(why->detail), "joined in call %u",
	               beside->call->number);
}

static void merge(struct call *call, struct leg *beside, struct leg *third)
{
	struct leg *goes = &call->leg[call->mover ^ 1u];
	struct leg_word done = { .kind = LEG_TRANSFER, .complete = true };
	struct release why = { .by = RELEASE_BY_TRANSFER,
		               .cause = { Q850_NORMAL_CLEARING,
		                          LOCATION_PRIVATE_LOCAL } };
	struct party party = *call_party(call, goes->which);
	const bool held[2] = { call->held[goes->which],
		               call->held[call->mover] };

	tell_both(call, goes, beside, &why);
	leg_tell(&call->leg[call->mover], &done);
	third->call->emergency |= call->emergency;
	*third = *goes;
	third->call = beside->call;
	third->which = LEG_THIRD;
	leave(goes);
	take_place(third, &party, held);
	call_clear(call, &why);
}

void call_merge(struct call *call, struct leg *beside)
{
	struct leg *third = NULL;

	if (beside != NULL && beside->call != call) /* not with himself */
		third = call_replacement(beside);
	if (third != NULL)
		merge(call, beside, third);
	else
		refuse(call, beside == NULL ? call->move->asked.refused : 491);
}
