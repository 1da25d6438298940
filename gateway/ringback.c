/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Whose ringing tone a caller hears.
 *
 * No single message says it. A 180 may come with a description and no sound
 * behind it, a 183 with a description and a second of silence first, a progress
 * indicator with or without ALERTING. Who trusts any one of them leaves a
 * caller in silence or plays a tone over an announcement. So all that is known
 * is put together: what the far side said (does it ring, has it promised
 * sound?) and what has really come (RFC 3960 3.2: a description is no sound,
 * only packets are). A promise of the line itself, progress indicator 1 or 8 of
 * Q.931 4.5.23, is believed: its B channel is connected.
 *
 * A caller on a line has been told of sound in band whenever he is to hear any,
 * ours too, because his exchange is silent from then on. A caller on SIP has a
 * phone that rings by itself on 180 and stops that on 183 with a description:
 * he gets the 183 when sound is there, or is all that was announced.
 *
 * The first row that fits counts. While RTP is awaited what is heard goes on,
 * and the way is open already: the first packet is not clipped.
 */
#include "gateway/ringback.h"

#define BIT(value) (1u << (value))
#define ANY        0xffu

enum {
	LINE = BIT(false),
	PHONE = BIT(true),
	AUTO = BIT(RINGBACK_AUTO),
	LOCAL = BIT(RINGBACK_LOCAL),
	NONE = BIT(RINGBACK_NONE),
	QUIET = BIT(STAGE_QUIET),
	RINGS = BIT(STAGE_RINGS),
	ANNOUNCES = BIT(STAGE_ANNOUNCES),
	NOTHING = BIT(PROMISE_NONE),
	DESCRIBED = BIT(PROMISE_DESCRIBED),
	IN_BAND = BIT(PROMISE_IN_BAND),
	AWAITED = BIT(RTP_AWAITED),
	FLOWS = BIT(RTP_FLOWS),
	NEVER = BIT(RTP_NEVER),
	CEASED = BIT(RTP_CEASED),
};

/* clang-format off */
const struct ringback_row ringback_rows[] = {
	/* caller, policy, stage, promise,      RTP,     hears,         told */
	{ ANY,   ANY,   ANNOUNCES, IN_BAND,     ANY,     HEARS_FAR,     true,
	  "the far side's announcement" },
	{ LINE,  LOCAL, RINGS,  ANY,            ANY,     HEARS_TONE,    true,
	  "the span has \"ringback local\"" },
	{ ANY,   ANY,   ANY,    IN_BAND,        ANY,     HEARS_FAR,     true,
	  "what the far side plays, by its progress indicator" },
	{ ANY,   ANY,   ANY,    DESCRIBED,      FLOWS,   HEARS_FAR,     true,
	  "what the far side plays, its RTP has come" },

	{ LINE,  NONE,  RINGS,  DESCRIBED,      AWAITED, HEARS_SAME,    false,
	  "the exchange's own, until RTP comes" },
	{ LINE,  ANY,   ANY,    DESCRIBED,      AWAITED, HEARS_SAME,    true,
	  "sound is described, its first RTP packet awaited" },
	{ PHONE, ANY,   RINGS,  DESCRIBED,      AWAITED, HEARS_SAME,    false,
	  "the phone's own, until RTP comes" },
	{ PHONE, ANY,   ANY,    DESCRIBED,      AWAITED, HEARS_FAR,     true,
	  "what the far side describes" },

	{ LINE,  AUTO,  RINGS,  DESCRIBED,      NEVER,   HEARS_TONE,    true,
	  "sound is described, but no RTP has come" },
	{ LINE,  AUTO,  RINGS,  DESCRIBED,      CEASED,  HEARS_TONE,    true,
	  "the far side's RTP has ceased" },
	{ LINE,  ANY,   ANY,    DESCRIBED,      NEVER,   HEARS_NOTHING, false,
	  "none: sound is described, but no RTP has come" },
	{ LINE,  ANY,   ANY,    DESCRIBED,      CEASED,  HEARS_NOTHING, false,
	  "none: the far side's RTP has ceased" },
	{ PHONE, ANY,   RINGS,  DESCRIBED,      NEVER,   HEARS_SAME,    false,
	  "the phone's own: sound is described, but no RTP has come" },
	{ PHONE, ANY,   ANY,    DESCRIBED,      NEVER,   HEARS_SAME,    false,
	  "none: sound is described, but no RTP has come" },
	{ PHONE, ANY,   ANY,    DESCRIBED,      CEASED,  HEARS_SAME,    false,
	  "none: the far side's RTP has ceased" },

	{ LINE,  AUTO,  RINGS,  NOTHING,        ANY,     HEARS_TONE,    true,
	  "nobody else gives one" },
	{ LINE,  NONE,  RINGS,  NOTHING,        ANY,     HEARS_NOTHING, false,
	  "the exchange's own, the span has \"ringback none\"" },
	{ PHONE, ANY,   RINGS,  NOTHING,        ANY,     HEARS_NOTHING, false,
	  "the phone's own, nobody else gives one" },
	{ ANY,   ANY,   ANY,    ANY,            ANY,     HEARS_NOTHING, false,
	  NULL },
};
/* clang-format on */

const size_t ringback_nrows = ARRAY_LEN(ringback_rows);

static bool fits(const struct ringback_row *row,
                 const struct ringback_facts *facts)
{
	return row->callers & BIT(facts->on_phone) &&
	       row->policies & BIT(facts->policy) &&
	       row->stages & BIT(facts->stage) &&
	       row->promises & BIT(facts->promise) &&
	       row->arrivals & BIT(facts->arrival);
}

const struct ringback_row *ringback_decide(const struct ringback_facts *facts)
{
	const struct ringback_row *row = ringback_rows;

	while (!fits(row, facts))
		row++; /* the last one fits all */
	return row;
}

/* E.180 and E.182: what callers know these by. */
static const struct {
	enum q850_cause cause;
	const char *tone;
} refusals[] = {
	/* clang-format off */
	{ Q850_USER_BUSY,                "busy"       },
	{ Q850_UNALLOCATED,              "info"       },
	{ Q850_NO_ROUTE_DESTINATION,     "info"       },
	{ Q850_NUMBER_CHANGED,           "info"       },
	{ Q850_INVALID_NUMBER,           "info"       },
	{ Q850_DESTINATION_OUT_OF_ORDER, "congestion" },
	{ Q850_NO_CIRCUIT,               "congestion" },
	{ Q850_NETWORK_OUT_OF_ORDER,     "congestion" },
	{ Q850_TEMPORARY_FAILURE,        "congestion" },
	{ Q850_SWITCH_CONGESTION,        "congestion" },
	{ Q850_RESOURCE_UNAVAILABLE,     "congestion" },
	{ Q850_CALL_REJECTED,            "congestion" },
	/* clang-format on */
};

const char *ringback_refusal(enum q850_cause cause)
{
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++)
		if (refusals[i].cause == cause)
			return refusals[i].tone;
	return NULL;
}
