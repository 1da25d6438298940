/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * A session description of anybody's, as an offer and as an answer. What is
 * agreed to is answered, and that answer must be one that we would take.
 */

#include <stdlib.h>
#include <string.h>

#include "gateway/sip/offer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct offer_local ours(void)
{
	struct offer_local local = {
		.ncodecs = 2,
		.codecs = { CODEC_PCMA, CODEC_PCMU },
		.ptime_ms = 20,
		.event_type = 101,
		.send = true,
		.receive = true,
		.in_call = true,
		.version = 1,
	};

	if (addr_parse(&local.rtp, "192.0.2.1", 30000) < 0)
		abort();
	return local;
}

static void check_flow(const struct flow *flow)
{
	if (flow->codec == CODEC_NONE || flow->codec >= CODECS ||
	    flow->ptime_ms < 10 || flow->ptime_ms > 60 ||
	    flow->send_type > 127 || flow->send_event > 127 ||
	    (flow->send && !addr_is_set(&flow->remote)))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct offer_local local = ours();
	struct bytes in = { data, size };
	struct offer_text text;
	struct flow flow;
	unsigned warning = 0;
	char room[OFFER_TEXT];
	int len;

	if (offer_answered(&local, in, &flow, &warning) == 0)
		check_flow(&flow);
	if (offer_agree(&local, in, &flow, &warning) < 0)
		return 0;
	check_flow(&flow);
	len = offer_print(&local, &flow, in, room, sizeof(room));
	if (len > 0 &&
	    offer_read((struct bytes){ (uint8_t *)room, (size_t)len }, &text) <
	            0)
		abort();
	return 0;
}
