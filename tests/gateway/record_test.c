/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#include "gateway/record.h"
#include "tests/test.h"

static const struct {
	struct release release;
	const char *sentence;
} sentences[] = {
	{ { .by = RELEASE_BY_NOBODY }, "not ended" },
	{ { .by = RELEASE_BY_NEAR, .cause = { 16, LOCATION_USER } },
	  "ended by the caller: cause 16, normal call clearing, from user" },
	{ { .by = RELEASE_BY_FAR,
	    .cause = { 17, LOCATION_USER },
	    .sip_status = 486 },
	  "ended by the called side: cause 17, user busy, from user, SIP 486" },
	{ { .by = RELEASE_BY_TIMER,
	    .cause = { 102, LOCATION_PRIVATE_LOCAL },
	    .detail = "T310" },
	  "ended by timer (T310): cause 102, recovery on timer expiry, said "
	  "by this gateway" },
	{ { .by = RELEASE_BY_TIMER,
	    .cause = { 19, LOCATION_PRIVATE_LOCAL },
	    .detail = "timer ring" },
	  "ended by timer ring: cause 19, no answer from user, said by this "
	  "gateway" },
	{ { .by = RELEASE_BY_OPERATOR, .detail = "clear call" },
	  "ended by the operator (clear call)" },
	{ { .by = RELEASE_BY_POLICY,
	    .cause = { 42, LOCATION_PRIVATE_LOCAL },
	    .detail = "call rate" },
	  "refused by rule (call rate): cause 42, switching equipment "
	  "congestion, said by this gateway" },
	{ { .by = RELEASE_BY_FAILURE,
	    .cause = { 88, LOCATION_USER },
	    .sip_status = 488,
	    .sip_warning = 305 },
	  "failed: cause 88, incompatible destination, from user, SIP 488, "
	  "Warning 305" },
};

TEST_ROWS(an_end_is_told_in_one_sentence, sentences, row)
{
	char sentence[200];

	record_sentence(&row->release, sentence, sizeof(sentence));
	CHECK_TEXT(sentence, row->sentence);
}
