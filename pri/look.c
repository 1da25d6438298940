/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Looking at a link without touching it: counters, state, calls.
 *
 * libpri tells how many calls it holds only in the text it dumps for people.
 * Reading that line costs little more than a walk of its list, and the audit
 * that wants it runs once a minute.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pri/private.h"

void isdn_link_counts(const struct isdn_link *link, struct isdn_counts *out)
{
	*out = link->counts;
}

static unsigned count_libpri(struct pri *pri)
{
	char *text = pri_dump_info_str(pri);
	const char *at;
	unsigned n = 0;

	if (text == NULL)
		return 0;
	at = strstr(text, "Total active-calls:");
	if (at != NULL)
		n = (unsigned)strtoul(strchr(at, ':') + 1, NULL, 10);
	free(text); /* libpri's malloc, not ours */
	return n;
}

static const char *layer2_name(const struct isdn_link *link)
{
	if (link->up)
		return link->frames.polling ? "TIMER_RECOVERY"
		                            : "MULTIPLE_FRAME_ESTABLISHED";
	return "AWAITING_ESTABLISHMENT";
}

void isdn_link_status(const struct isdn_link *link, struct isdn_status *out)
{
	struct isdn_status s = {
		.up = isdn_link_is_up(link),
		.layer1 = link->layer1,
		.role_conflict = link->conflicts > 0,
		.switch_type = link->conf.switch_type,
		.side = link->conf.side,
		.calls = link->ncalls,
		.libpri_calls = count_libpri(link->pri),
		.layer2 = layer2_name(link),
		.doubt = isdn_doubt_of(link),
	};

	for (unsigned n = 0; n < CHANNELS; n++) {
		enum isdn_channel_state state = link->channels[n].state;

		s.idle += state == CHANNEL_IDLE;
		s.busy += state == CHANNEL_BUSY;
		s.ending += state == CHANNEL_ENDING;
		s.restarting += state == CHANNEL_RESTARTING;
		s.down += state == CHANNEL_SHUTDOWN ||
		          state == CHANNEL_NO_RESTART;
	}
	*out = s;
}

void isdn_link_each(struct isdn_link *link,
                    void (*tell)(void *self, const struct isdn_call_info *info),
                    void *self)
{
	LIST_EACH(&link->calls, struct isdn_call, call, list)
	{
		struct isdn_call_info info = {
			.call = call,
			.owner = call->owner,
			.callref = isdn_call_reference(call),
			.channel = call->channel,
			.incoming = call->incoming,
			.state = isdn_call_state_name(call),
			.since = call->since,
		};

		tell(self, &info);
	}
}
