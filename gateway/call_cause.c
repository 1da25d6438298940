/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Which rows turn causes and statuses into each other for one call: its SIP
 * peer's own, then those of the span at the other side, then the profile.
 */

#include "gateway/call_private.h"
#include "gateway/gateway.h"
#include "gateway/trunk.h"

/* The span a leg is or was on; it may have been closed since. */
static const struct trunk *span_of(const struct leg *leg)
{
	if (leg->kind != PEER_POTS || leg->isdn.trunk == NULL)
		return NULL;
	LIST_EACH(&leg->call->gateway->trunks, struct trunk, trunk, list)
	if (trunk == leg->isdn.trunk)
		return trunk;
	return NULL;
}

static void find_map(const struct leg *leg, bool to_status,
                     struct cause_map *out)
{
	const struct gateway *gateway = leg->call->gateway;
	const struct options_peer *peer =
		conf_find(gateway->conf, &options_peer_section, leg->sip.peer);
	const struct trunk *trunk = span_of(call_other(leg));

	*out = (struct cause_map){
		.profile = (enum cause_profile)gateway->global.cause_profile,
	};
	if (peer != NULL)
		out->peer = to_status ? &peer->cause_to_status
		                      : &peer->cause_from_status;
	if (trunk != NULL)
		out->span = to_status ? &trunk->options.cause_to_status
		                      : &trunk->options.cause_from_status;
}

unsigned call_status(const struct leg *leg, struct cause cause)
{
	struct cause_map map;

	find_map(leg, true, &map);
	return cause_to_status(&map, cause);
}

enum q850_cause call_cause(const struct leg *leg, unsigned status,
                           unsigned warning)
{
	struct cause_map map;

	find_map(leg, false, &map);
	return cause_from_status(&map, status, warning);
}
