/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_RINGBACK_H
#define GATEWAY_RINGBACK_H

/*
 * What a caller hears before the answer: facts in, a row out. Pure; the same
 * facts give the same row, so rows may be compared by address. call_early.c
 * gathers the facts and does what the row says.
 */

#include "gateway/options.h"

enum ringback_stage {
	STAGE_QUIET,     /* nobody has said that it rings */
	STAGE_RINGS,     /* ALERTING, 180 */
	STAGE_ANNOUNCES, /* the far side plays why the call goes wrong */
};

enum ringback_promise {
	PROMISE_NONE,
	PROMISE_DESCRIBED, /* a description in a 18x: RTP may come */
	PROMISE_IN_BAND,   /* progress indicator 1 or 8: the line plays */
};

/* Of the RTP that was described. */
enum ringback_arrival { RTP_AWAITED, RTP_FLOWS, RTP_NEVER, RTP_CEASED };

struct ringback_facts {
	bool on_phone; /* the caller is on SIP: his phone can ring by itself */
	enum ringback policy; /* of the caller's span; on_phone: auto */
	enum ringback_stage stage;
	enum ringback_promise promise;
	enum ringback_arrival arrival;
};

enum ringback_source {
	HEARS_SAME, /* as before, until more is known */
	HEARS_NOTHING,
	HEARS_TONE, /* ours */
	HEARS_FAR,
};

struct ringback_row {
	/* for which facts: bits, 1 << value */
	uint8_t callers, policies, stages, promises, arrivals;
	enum ringback_source hears;
	bool told;       /* that there is sound in band: progress 8, or 183 */
	const char *why; /* "ringback: ..."; NULL: not worth a line */
};

/* Never NULL. */
const struct ringback_row *ringback_decide(const struct ringback_facts *facts);

/* The tone that says to a caller on a line why his call came to nothing, by
 * name; NULL: none does. */
const char *ringback_refusal(enum q850_cause cause);

/* The rows, for the test that walks them. */
extern const struct ringback_row ringback_rows[];
extern const size_t ringback_nrows;

#endif
