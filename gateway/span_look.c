/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Layer 2 notices a dead line only when T203 has run out, and calls go a moment
 * after it came up; so beside what the layers say stands whether calls are
 * taken now, and a sentence why not.
 *
 * The sentences are rows, the likeliest cause first: of a span that is down in
 * several ways at once, only what has to be mended first is said.
 */

#include "gateway/span_look.h"

#include <stdio.h>
#include <string.h>

#include "board/performance.h"

/* Seconds of the last quarters of an hour, and how many are too many. */
enum { SLIPPING_S = 5, SLIPPING_PERCENT = 1, CRC_S = 5, CRC_PERCENT = 5 };

void span_look(struct span_look *l, const struct trunk *trunk)
{
	memset(&l->st, 0, sizeof(l->st));
	l->st.layer2 = "span not open";
	l->trunk = trunk;
	l->alarms = ALARM_LOS;
	options_to_isdn(&trunk->options, trunk->name, &l->isdn);
	if (trunk->link != NULL) {
		isdn_link_status(trunk->link, &l->st);
		l->alarms = board_span_alarms(trunk->span);
	}
	l->line = !(l->alarms & ALARM_RED_OR_BLUE);
	l->takes_calls = trunk_is_up(trunk) && !trunk_is_closed(trunk) &&
	                 !busyout_refuses(trunk) && !busyout_holds_link(trunk);
}

/* --- what may be wrong --- */

static bool is_out_of_step(const struct span_look *l)
{
	return strcmp(l->st.layer2, "AWAITING_ESTABLISHMENT") == 0;
}

static bool is_busied_out(const struct span_look *l)
{
	return busyout_holds_link(l->trunk) || busyout_refuses(l->trunk);
}

static bool both_are_user(const struct span_look *l)
{
	return l->st.role_conflict && l->isdn.side == ISDN_USER;
}

static bool both_are_network(const struct span_look *l)
{
	return l->st.role_conflict && l->isdn.side != ISDN_USER;
}

static bool is_unframed(const struct span_look *l)
{
	return l->alarms & ALARM_LOF && !(l->alarms & ALARM_LOS);
}

static bool is_blue(const struct span_look *l)
{
	return l->alarms & ALARM_AIS && !(l->alarms & ALARM_LOS);
}

static bool is_dark_and_layer2_lasts(const struct span_look *l)
{
	return !l->line && !l->st.up && !is_out_of_step(l);
}

static bool is_dark(const struct span_look *l)
{
	return !l->line;
}

static bool is_yellow(const struct span_look *l)
{
	return l->alarms & ALARM_RAI;
}

static bool has_just_come_up(const struct span_look *l)
{
	return !l->st.up && !is_out_of_step(l);
}

static bool nobody_answers(const struct span_look *l)
{
	return !l->st.up;
}

/* Of this interval and the one before. */
static bool too_many(const struct span_look *l, bool slips)
{
	const struct performance *p =
		l->trunk->span == NULL ? NULL
				       : board_span_performance(l->trunk->span);
	uint64_t seconds = 0, bad = 0;
	struct performance_counts c;

	for (unsigned ago = 0; p != NULL && ago < 2; ago++)
		if (performance_interval(p, ago, &c)) {
			seconds += c.seconds - c.unavailable_s;
			bad += slips       ? c.slip_s
			       : c.pcv > 0 ? c.errored_s - c.slip_s
			                   : 0;
		}
	return slips ? bad >= SLIPPING_S &&
	                       bad * 100 > seconds * SLIPPING_PERCENT
	             : bad >= CRC_S && bad * 100 > seconds * CRC_PERCENT;
}

static bool is_slipping(const struct span_look *l)
{
	return too_many(l, true);
}

static bool has_crc_errors(const struct span_look *l)
{
	return too_many(l, false);
}

static const struct advice {
	bool (*holds)(const struct span_look *look);
	const char *sentence;
} advices[] = {
	/* clang-format off */
	{ is_busied_out, "busyout: no SIP peer can be reached" },
	{ both_are_user,
	  "both ends are the user: change 'isdn side' here or there" },
	{ both_are_network,
	  "both ends are the network: change 'isdn side' here or there" },
	{ is_unframed,
	  "a signal without frames: 'framing' differs from the far end's (crc4 "
	  "and no-crc4, esf and sf), or one end is E1 and the other T1" },
	{ is_blue,
	  "the far end sends all ones: its own uplink or port is down" },
	{ is_dark_and_layer2_lasts,
	  "no line: layer 2 ends when T203 has run out" },
	{ is_dark, "no line: nothing is heard from the far end" },
	{ is_yellow, "the far end does not hear us: no new calls" },
	{ has_just_come_up,
	  "layer 2 has just come up: calls go in a moment" },
	{ nobody_answers,
	  "nobody answers on the D channel: is the far end's in service, in the "
	  "same slot?" },
	{ has_crc_errors,
	  "CRC errors: the far end may run without CRC ('framing no-crc4'), or "
	  "the cable is bad" },
	{ is_slipping,
	  "the line slips: both ends give the clock, or neither: look at 'clock "
	  "source' here and there" },
	/* clang-format on */
};

static const char *first_advice(const struct span_look *l)
{
	for (size_t i = 0; i < ARRAY_LEN(advices); i++)
		if (advices[i].holds(l))
			return advices[i].sentence;
	return l->st.doubt != NULL ? l->st.doubt : "";
}

void span_hint(const struct span_look *l, char *to, size_t size)
{
	const char *hint = "";

	if (l->trunk->notice[0] != '\0' && !l->line)
		hint = l->trunk->notice;
	else if (l->trunk->link == NULL)
		hint = strerror(-l->trunk->error);
	else
		hint = first_advice(l);
	(void)snprintf(to, size, "%s", hint);
}
