/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * One side of a call sends the other elsewhere, as figures "call transfer" of
 * the reference have it. The side that stays keeps its channel and its leg; a
 * third leg is asked, where the far end named a peer of ours or the dial plan
 * leads. When it answers it takes the place of the leg that asked, the sound
 * is joined anew, and the one that asked is ended, if it has not gone by
 * itself: by BYE with Also it always has, after REFER it often does.
 *
 * A transfer that fails is told to who asked for it; when he is still there the
 * two go on talking. When he has gone, the side that stayed is released with
 * the cause of the failure. While it waits for a third leg that rings, with
 * nobody left to talk to, a caller on a line hears the ringing tone.
 *
 * The other way round is a third leg that comes by itself, with Replaces: it is
 * answered as it takes the place. It may also come from another call of ours:
 * see call_merge.c.
 */

#include "gateway/call_private.h"
#include "gateway/gateway.h"
#include "gateway/ladder.h"
#include "gateway/trunk.h"
#include "kernel/mem.h"

struct leg *call_other(const struct leg *leg)
{
	unsigned which =
		leg->which == LEG_THIRD ? leg->call->mover : leg->which;

	return &leg->call->leg[which ^ 1u];
}

static struct leg *mover_of(struct call *call)
{
	return &call->leg[call->mover];
}

static struct leg *stays(struct call *call)
{
	return &call->leg[call->mover ^ 1u];
}

static bool mover_left(struct call *call)
{
	return call->mover_left || !mover_of(call)->open;
}

const struct party *call_party(const struct call *call, unsigned which)
{
	if (which == 0)
		return &call->setup.calling;
	return call->connected.number.present ? &call->connected
	                                      : &call->setup.called;
}

/* --- what who stays hears meanwhile --- */

static void tone_stop(struct call *call)
{
	if (call->third_tone)
		(void)media_stream_tone(call->gateway->media, call->stream,
		                        call->mover ^ 1u, NULL, NULL);
	call->third_tone = false;
}

static void tone_start(struct call *call)
{
	if (!call->third_rang || call->third_tone || !mover_left(call) ||
	    stays(call)->kind != PEER_POTS)
		return;
	call_join(call);
	call->third_tone = media_stream_tone(call->gateway->media, call->stream,
	                                     call->mover ^ 1u, "ring",
	                                     call->gateway->sound.zone) >= 0;
}

void call_transfer_rings(void *self, const void *detail ATTR_UNUSED)
{
	struct call *call = self;

	call->third_rang = true;
	tone_start(call);
}

void call_transfer_left(void *self, const void *detail ATTR_UNUSED)
{
	struct call *call = self;

	call->mover_left = true;
	ladder_decide(call->gateway->ladder, call->number,
	              "who asked for the transfer has left");
	call_join(call); /* he is heard no more */
	tone_start(call);
}

/* --- asked for --- */

static bool has_room(struct call *call)
{
	if (call->move == NULL)
		call->move = pool_take(call->gateway->moves);
	return call->move != NULL;
}

bool call_transfer_may(struct leg *leg, const struct leg_word *word)
{
	struct call *call = leg->call;
	const char *why = "not now";
	char name[48];

	if (word->transfer != NULL && fsm_state(&call->fsm) == CALL_TALKING &&
	    !call->leg[LEG_THIRD].open && has_room(call))
		return true;
	if (word->transfer == NULL)
		why = "the peer has no \"transfer\"";
	leg_name(leg, name, sizeof(name));
	ladder_decide(call->gateway->ladder, call->number,
	              "transfer asked by %s is refused: %s", name, why);
	return false;
}

void call_transfer(void *self, const void *detail)
{
	struct call *call = self;
	const struct leg_word *word = detail;
	struct leg_word taken = { .kind = LEG_TRANSFER };
	struct transfer *asked;
	char name[48], digits[40];

	if (word == NULL || call->move == NULL) {
		fsm_post(&call->fsm, EV_KEPT, NULL);
		return;
	}
	asked = &call->move->asked;
	call->mover = call->speaking;
	*asked = *word->transfer;
	call->mover_left = asked->leaving;
	call->third_rang = false;
	if (word->beside != NULL || asked->refused != 0) {
		call_merge(call, word->beside);
		return;
	}
	leg_name(mover_of(call), name, sizeof(name));
	ladder_decide(call->gateway->ladder, call->number,
	              "%s transfers to %s%s%s%s", name,
	              log_digits(digits, sizeof(digits), asked->to.digits),
	              asked->peer[0] != '\0' ? " at " : "", asked->peer,
	              asked->replaces[0] != '\0' ? ", in a call's place" : "");
	leg_tell(mover_of(call), &taken);
	call_route_transfer(call);
}

void call_transfer_failed(void *self, const void *detail ATTR_UNUSED)
{
	struct call *call = self;
	struct leg_word word = { .kind = LEG_TRANSFER,
		                 .complete = true,
		                 .release = &call->failed };
	bool left = mover_left(call);

	call_routes_done(call);
	tone_stop(call);
	ladder_decide(call->gateway->ladder, call->number,
	              "transfer failed, cause %u (%s): %s",
	              call->failed.cause.value,
	              q850_cause_name(call->failed.cause.value),
	              left ? "nobody is left" : "the two go on");
	leg_tell(mover_of(call), &word);
	if (left)
		call_blame(call, &call->failed);
	fsm_post(&call->fsm, left ? EV_CLEAR : EV_KEPT, NULL);
}

/* --- the third leg takes the place --- */

/* The leg that asked, or is replaced, becomes the third and is let go. */
static void change_places(struct call *call)
{
	struct leg *place = mover_of(call), *third = &call->leg[LEG_THIRD];
	struct leg had = *place;

	*place = *third;
	place->which = call->mover;
	*third = had;
	third->which = LEG_THIRD;
	if (place->open)
		place->ops->moved(place);
	if (third->open)
		third->ops->moved(third);
}

static void end_third(struct call *call)
{
	struct release why = { .by = RELEASE_BY_TRANSFER,
		               .cause = { Q850_NORMAL_CLEARING,
		                          LOCATION_PRIVATE_LOCAL } };
	struct leg_word done = { .kind = LEG_TRANSFER, .complete = true };
	struct leg_word end = { .kind = LEG_DISCONNECT, .release = &why };

	leg_tell(&call->leg[LEG_THIRD], &done);
	leg_tell(&call->leg[LEG_THIRD], &end);
}

/* Who stays was perhaps put on hold by who goes, and wants to know who is
 * there now. */
static void tell_stays(struct call *call, const struct party *party)
{
	struct leg_word retrieve = { .kind = LEG_RETRIEVE };
	struct leg_word who = { .kind = LEG_CONNECTED, .party = party };

	if (call->held[call->mover])
		leg_tell(stays(call), &retrieve);
	call->held[call->mover] = false;
	if (party != NULL && party->number.present)
		leg_tell(stays(call), &who);
}

static const struct party *party_of(const struct leg_word *word)
{
	if (word != NULL && word->kind == LEG_SETUP)
		return &word->setup->calling;
	return word == NULL ? NULL : word->party;
}

static void tell_place(struct call *call, const struct leg_word *word)
{
	struct leg_word answer = { .kind = LEG_ANSWER };
	char name[48];

	leg_name(mover_of(call), name, sizeof(name));
	ladder_decide(call->gateway->ladder, call->number, "%s takes its place",
	              name);
	if (word != NULL && word->kind == LEG_SETUP)
		leg_tell(mover_of(call), &answer);
}

void call_take_place(void *self, const void *detail)
{
	struct call *call = self;
	const struct party *party = party_of(detail);

	call_routes_done(call);
	tone_stop(call);
	change_places(call);
	if (party != NULL && call->mover == 1)
		call->connected = *party;
	call_join(call);
	tell_place(call, detail);
	end_third(call);
	tell_stays(call, party);
	call_join(call);
}

/* The one that rings is replaced before it answers: that is the answer. */
void call_pick_up(void *self, const void *detail)
{
	struct call *call = self;
	const struct party *party = party_of(detail);

	call_early_stop(call);
	change_places(call);
	if (party != NULL)
		call->connected = *party;
	call->held[1] = false;
	call_join(call);
	tell_place(call, detail);
	end_third(call);
}

struct leg *call_replacement(struct leg *leg)
{
	struct call *call = leg->call;
	struct leg *third = &call->leg[LEG_THIRD];
	unsigned state = fsm_state(&call->fsm);
	bool rings = leg->which == 1 &&
	             (state == CALL_OFFERED || state == CALL_RINGING);

	if (leg->which == LEG_THIRD || third->open ||
	    (state != CALL_TALKING && !rings))
		return NULL;
	call->mover = leg->which;
	*third = (struct leg){ .call = call, .which = LEG_THIRD };
	return third;
}

/* --- what it says --- */

static void third_gone(struct leg *leg, const struct leg_word *word)
{
	struct call *call = leg->call;

	leg->open = false;
	if (fsm_state(&call->fsm) == CALL_TRANSFERRING) {
		call->failed = *word->release;
		if (call->failed.by == RELEASE_BY_NEAR)
			call->failed.by = RELEASE_BY_FAR;
	}
	fsm_post(&call->fsm, EV_THIRD_GONE, NULL);
}

void call_third_says(struct leg *leg, const struct leg_word *word)
{
	struct call *call = leg->call;
	struct leg_word clear = { .kind = LEG_DISCONNECT,
		                  .release = word->release };

	switch (word->kind) {
	case LEG_ALERTING:
	case LEG_PROGRESS:
		fsm_post(&call->fsm, EV_THIRD_RINGS, word);
		break;
	case LEG_SETUP:
	case LEG_ANSWER:
		fsm_post(&call->fsm, EV_THIRD_ANSWER, word);
		break;
	case LEG_DISCONNECT: /* with an announcement: nobody listens */
		leg_tell(leg, &clear);
		break;
	case LEG_RELEASED:
		third_gone(leg, word);
		break;
	case LEG_PROCEEDING:
	case LEG_MEDIA:
	case LEG_HOLD:
	case LEG_RETRIEVE:
	case LEG_DIGITS:
	case LEG_TRANSFER:
	case LEG_REDIRECT:
	case LEG_INFO:
	case LEG_CONNECTED:
	case LEG_WORDS:
		break;
	}
}
