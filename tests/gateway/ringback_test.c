/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Whose ringing tone: what a caller shall hear and be told by each set of
 * facts, written down here a second time, as a person would want it.
 */
#include "gateway/ringback.h"

#include <string.h>

#include "tests/test.h"

enum { ON_LINE, ON_PHONE };

/* clang-format off */
static const struct {
	bool on_phone;
	enum ringback policy;
	enum ringback_stage stage;
	enum ringback_promise promise;
	enum ringback_arrival arrival;
	enum ringback_source hears;
	bool told;
	const char *why; /* a part of it; NULL: no line */
} cases[] = {
	/* A caller on a line, auto: nothing said yet; 183 without anything. */
	{ ON_LINE, RINGBACK_AUTO, STAGE_QUIET, PROMISE_NONE, RTP_AWAITED,
	  HEARS_NOTHING, false, NULL },
	/* 180: somebody must ring. */
	{ ON_LINE, RINGBACK_AUTO, STAGE_RINGS, PROMISE_NONE, RTP_AWAITED,
	  HEARS_TONE, true, "nobody else" },
	/* 180 or 183 with a description: wait, the way is open. */
	{ ON_LINE, RINGBACK_AUTO, STAGE_RINGS, PROMISE_DESCRIBED, RTP_AWAITED,
	  HEARS_SAME, true, "awaited" },
	{ ON_LINE, RINGBACK_AUTO, STAGE_QUIET, PROMISE_DESCRIBED, RTP_AWAITED,
	  HEARS_SAME, true, "awaited" },
	/* It came: he hears the far side, whether it rings or not. */
	{ ON_LINE, RINGBACK_AUTO, STAGE_RINGS, PROMISE_DESCRIBED, RTP_FLOWS,
	  HEARS_FAR, true, "RTP has come" },
	{ ON_LINE, RINGBACK_AUTO, STAGE_QUIET, PROMISE_DESCRIBED, RTP_FLOWS,
	  HEARS_FAR, true, "RTP has come" },
	/* It did not, or ceased: our tone if it rings, else silence. */
	{ ON_LINE, RINGBACK_AUTO, STAGE_RINGS, PROMISE_DESCRIBED, RTP_NEVER,
	  HEARS_TONE, true, "no RTP" },
	{ ON_LINE, RINGBACK_AUTO, STAGE_RINGS, PROMISE_DESCRIBED, RTP_CEASED,
	  HEARS_TONE, true, "ceased" },
	{ ON_LINE, RINGBACK_AUTO, STAGE_QUIET, PROMISE_DESCRIBED, RTP_NEVER,
	  HEARS_NOTHING, false, "no RTP" },
	{ ON_LINE, RINGBACK_AUTO, STAGE_QUIET, PROMISE_DESCRIBED, RTP_CEASED,
	  HEARS_NOTHING, false, "ceased" },
	/* The far side is a line that plays itself. */
	{ ON_LINE, RINGBACK_AUTO, STAGE_RINGS, PROMISE_IN_BAND, RTP_AWAITED,
	  HEARS_FAR, true, "progress indicator" },
	{ ON_LINE, RINGBACK_AUTO, STAGE_QUIET, PROMISE_IN_BAND, RTP_AWAITED,
	  HEARS_FAR, true, "progress indicator" },
	{ ON_LINE, RINGBACK_AUTO, STAGE_ANNOUNCES, PROMISE_IN_BAND, RTP_AWAITED,
	  HEARS_FAR, true, "announcement" },

	/* local: our tone while it rings, and only then. */
	{ ON_LINE, RINGBACK_LOCAL, STAGE_RINGS, PROMISE_NONE, RTP_AWAITED,
	  HEARS_TONE, true, "ringback local" },
	{ ON_LINE, RINGBACK_LOCAL, STAGE_RINGS, PROMISE_DESCRIBED, RTP_FLOWS,
	  HEARS_TONE, true, "ringback local" },
	{ ON_LINE, RINGBACK_LOCAL, STAGE_RINGS, PROMISE_IN_BAND, RTP_AWAITED,
	  HEARS_TONE, true, "ringback local" },
	{ ON_LINE, RINGBACK_LOCAL, STAGE_QUIET, PROMISE_DESCRIBED, RTP_FLOWS,
	  HEARS_FAR, true, "RTP has come" },
	{ ON_LINE, RINGBACK_LOCAL, STAGE_ANNOUNCES, PROMISE_IN_BAND,
	  RTP_AWAITED, HEARS_FAR, true, "announcement" },

	/* none: never ours, but the far side's is let through. */
	{ ON_LINE, RINGBACK_NONE, STAGE_RINGS, PROMISE_NONE, RTP_AWAITED,
	  HEARS_NOTHING, false, "ringback none" },
	{ ON_LINE, RINGBACK_NONE, STAGE_RINGS, PROMISE_DESCRIBED, RTP_AWAITED,
	  HEARS_SAME, false, "until RTP comes" },
	{ ON_LINE, RINGBACK_NONE, STAGE_RINGS, PROMISE_DESCRIBED, RTP_FLOWS,
	  HEARS_FAR, true, "RTP has come" },
	{ ON_LINE, RINGBACK_NONE, STAGE_RINGS, PROMISE_DESCRIBED, RTP_NEVER,
	  HEARS_NOTHING, false, "no RTP" },
	{ ON_LINE, RINGBACK_NONE, STAGE_RINGS, PROMISE_IN_BAND, RTP_AWAITED,
	  HEARS_FAR, true, "progress indicator" },

	/* A caller on SIP: 180 makes his phone ring, 183 stops it. */
	{ ON_PHONE, RINGBACK_AUTO, STAGE_QUIET, PROMISE_NONE, RTP_AWAITED,
	  HEARS_NOTHING, false, NULL },
	{ ON_PHONE, RINGBACK_AUTO, STAGE_RINGS, PROMISE_NONE, RTP_AWAITED,
	  HEARS_NOTHING, false, "phone's own" },
	{ ON_PHONE, RINGBACK_AUTO, STAGE_RINGS, PROMISE_DESCRIBED, RTP_AWAITED,
	  HEARS_SAME, false, "until RTP comes" },
	{ ON_PHONE, RINGBACK_AUTO, STAGE_QUIET, PROMISE_DESCRIBED, RTP_AWAITED,
	  HEARS_FAR, true, "describes" },
	{ ON_PHONE, RINGBACK_AUTO, STAGE_RINGS, PROMISE_DESCRIBED, RTP_FLOWS,
	  HEARS_FAR, true, "RTP has come" },
	{ ON_PHONE, RINGBACK_AUTO, STAGE_RINGS, PROMISE_DESCRIBED, RTP_NEVER,
	  HEARS_SAME, false, "phone's own" },
	{ ON_PHONE, RINGBACK_AUTO, STAGE_QUIET, PROMISE_DESCRIBED, RTP_NEVER,
	  HEARS_SAME, false, "no RTP" },
	{ ON_PHONE, RINGBACK_AUTO, STAGE_RINGS, PROMISE_DESCRIBED, RTP_CEASED,
	  HEARS_SAME, false, "ceased" },
	{ ON_PHONE, RINGBACK_AUTO, STAGE_RINGS, PROMISE_IN_BAND, RTP_AWAITED,
	  HEARS_FAR, true, "progress indicator" },
	{ ON_PHONE, RINGBACK_AUTO, STAGE_QUIET, PROMISE_IN_BAND, RTP_AWAITED,
	  HEARS_FAR, true, "progress indicator" },
	{ ON_PHONE, RINGBACK_AUTO, STAGE_ANNOUNCES, PROMISE_IN_BAND,
	  RTP_AWAITED, HEARS_FAR, true, "announcement" },
};
/* clang-format on */

TEST_ROWS(each_set_of_facts_has_its_ringback, cases, row)
{
	struct ringback_facts facts = { row->on_phone, row->policy, row->stage,
		                        row->promise, row->arrival };
	const struct ringback_row *got = ringback_decide(&facts);

	CHECK_EQ(got->hears, row->hears);
	CHECK_EQ(got->told, row->told);
	CHECK_EQ(got->why != NULL, row->why != NULL);
	CHECK(row->why == NULL || strstr(got->why, row->why) != NULL);
}

/* Every set of facts there is: a row each, and none of the rows for nothing. */
TEST(every_row_is_of_use_and_what_is_heard_is_told)
{
	bool used[64] = { false };

	for (unsigned i = 0; i < 2 * 3 * 3 * 3 * 4; i++) {
		struct ringback_facts facts = {
			i % 2,
			(enum ringback)(i / 2 % 3),
			(enum ringback_stage)(i / 6 % 3),
			(enum ringback_promise)(i / 18 % 3),
			(enum ringback_arrival)(i / 54),
		};
		const struct ringback_row *row = ringback_decide(&facts);

		used[row - ringback_rows] = true;
		if (row->hears == HEARS_TONE)
			CHECK(row->told && !facts.on_phone &&
			      facts.policy != RINGBACK_NONE);
		if (row->hears == HEARS_FAR)
			CHECK(row->told && facts.promise != PROMISE_NONE);
	}
	CHECK(ringback_nrows <= ARRAY_LEN(used));
	for (size_t i = 0; i < ringback_nrows; i++)
		CHECK(used[i]);
}

static const struct {
	enum q850_cause cause;
	const char *tone;
} tones[] = {
	{ Q850_USER_BUSY, "busy" },
	{ Q850_UNALLOCATED, "info" },
	{ Q850_SWITCH_CONGESTION, "congestion" },
	{ Q850_NORMAL_CLEARING, "" }, /* he hung up himself */
	{ Q850_NO_ANSWER, "" },       /* he has heard it ring */
};

TEST_ROWS(a_cause_has_its_tone, tones, row)
{
	const char *tone = ringback_refusal(row->cause);

	CHECK_TEXT(tone == NULL ? "" : tone, row->tone);
}
