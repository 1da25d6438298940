/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Three tables tell of the same calls: ours, each link's, the media engine's.
 * They agree unless there is a bug, and a bug must not keep a channel for
 * ever. A link's call whose owner is no leg of a living call is cleared; a leg
 * that believes in a call its link does not know is told that it is over; a
 * stream whose owner is not a living call is closed. Every active call is
 * asked about by STATUS ENQUIRY, so that an end the far side lost is found.
 */

#include "gateway/audit.h"

#include <string.h>

#include "gateway/call.h"
#include "gateway/call_private.h"
#include "gateway/gateway.h"
#include "gateway/trunk.h"

static const struct release wrong = {
	.by = RELEASE_BY_FAILURE,
	.cause = { Q850_WRONG_STATE, LOCATION_PRIVATE_LOCAL },
	.detail = "audit: the tables did not agree",
};

static bool call_lives(const struct gateway *gateway, const void *call)
{
	LIST_EACH(&gateway->calls, struct call, c, list)
	if (c == call)
		return true;
	return false;
}

/* The leg an ISDN call says it belongs to, if that leg exists. */
static struct leg *leg_of(struct gateway *gateway, const void *owner)
{
	LIST_EACH(&gateway->calls, struct call, call, list)
	for (unsigned i = 0; i < CALL_LEGS; i++)
		if (&call->leg[i] == owner)
			return &call->leg[i];
	return NULL;
}

static void cleared(struct gateway *gateway, const char *what)
{
	gateway->counts.audit_cleared++;
	log_error(&area_gateway, "audit", "cleared %s", what);
}

static void check_isdn(void *self, const struct isdn_call_info *info)
{
	struct gateway *gateway = self;
	struct leg *leg = leg_of(gateway, info->owner);

	if (info->owner == NULL &&
	    instant_since(instant_now(), info->since) < SEC(60))
		return; /* refused, and its release is under way */
	if (leg == NULL || leg->isdn.call != info->call) {
		cleared(gateway, "a Q.931 call without a call of ours");
		isdn_call_own(info->call, NULL);
		isdn_call_clear(info->call, &wrong);
		return;
	}
	if (fsm_state(&leg->call->fsm) == CALL_TALKING)
		isdn_call_audit(info->call);
}

struct seen {
	const struct isdn_call *looked_for;
	bool found;
};

static void look(void *self, const struct isdn_call_info *info)
{
	struct seen *seen = self;

	seen->found |= info->call == seen->looked_for;
}

static void check_leg(struct gateway *gateway, struct leg *leg)
{
	struct leg_word over = { .kind = LEG_RELEASED, .release = &wrong };
	struct seen seen = { 0 };
	struct trunk *trunk;
	unsigned channel;

	if (!leg->open || leg->kind != PEER_POTS)
		return;
	seen.looked_for = leg->isdn.call;
	trunk = leg->isdn.trunk;
	channel = leg->isdn.channel;
	if (trunk->link != NULL)
		isdn_link_each(trunk->link, look, &seen);
	if (seen.found)
		return;
	cleared(gateway, "a leg without its Q.931 call");
	trunk->calls--;
	leg_report(leg, &over); /* which may make the leg a new one */
	trunk_channel_released(trunk, channel);
}

static void check_stream(void *self, struct stream_ref stream, void *owner)
{
	struct gateway *gateway = self;

	if (call_lives(gateway, owner))
		return;
	cleared(gateway, "a stream without a call");
	media_stream_close(gateway->media, stream);
}

void audit_run(struct gateway *gateway)
{
	gateway->counts.audits++;
	LIST_EACH(&gateway->trunks, struct trunk, trunk, list)
	if (trunk->link != NULL)
		isdn_link_each(trunk->link, check_isdn, gateway);
	LIST_EACH(&gateway->calls, struct call, call, list)
	for (unsigned i = 0; i < CALL_LEGS; i++)
		check_leg(gateway, &call->leg[i]);
	media_each(gateway->media, check_stream, gateway);
}
