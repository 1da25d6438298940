/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * What an end of a call means on the other network: each row of each profile,
 * written down here a second time from the standards and the makers' manuals,
 * and the rows that go before them.
 */
#include "gateway/cause.h"

#include "tests/test.h"

static unsigned status_of(enum cause_profile profile, unsigned cause)
{
	struct cause_map map = { .profile = profile };

	return cause_to_status(&map, (struct cause){ (enum q850_cause)cause,
	                                             LOCATION_TRANSIT });
}

static unsigned cause_of(enum cause_profile profile, unsigned status,
                         unsigned warning)
{
	struct cause_map map = { .profile = profile };

	return cause_from_status(&map, status, warning);
}

/* clang-format off */
static const struct {
	unsigned cause, status[CAUSE_PROFILES];
} to_status[] = {
	/*    rfc3398 cisco audiocodes rfc4497 */
	{   1, { 404, 404, 404, 404 } },
	{   2, { 404, 404, 404, 404 } },
	{   3, { 404, 404, 404, 404 } },
	{   4, { 500, 500, 400, 500 } },
	{   5, { 500, 500, 400, 500 } },
	{   6, { 500, 500, 406, 500 } },
	{   7, { 500, 500, 500, 500 } },
	{   8, { 500, 500, 480, 500 } },
	{   9, { 500, 500, 488, 500 } },
	{  16, { 480, 480, 480, 480 } },
	{  17, { 486, 486, 486, 486 } },
	{  18, { 408, 480, 408, 408 } },
	{  19, { 480, 480, 480, 480 } },
	{  20, { 480, 480, 480, 480 } },
	{  21, { 403, 403, 403, 403 } },
	{  22, { 410, 410, 410, 410 } },
	{  23, { 410, 500, 400, 410 } },
	{  25, { 500, 500, 400, 483 } },
	{  26, { 404, 404, 404, 500 } },
	{  27, { 502, 404, 502, 502 } },
	{  28, { 484, 484, 484, 484 } },
	{  29, { 501, 501, 501, 501 } },
	{  30, { 500, 500, 501, 500 } },
	{  31, { 480, 404, 480, 480 } },
	{  34, { 503, 503, 503, 503 } },
	{  38, { 503, 503, 503, 503 } },
	{  41, { 503, 503, 503, 503 } },
	{  42, { 503, 503, 503, 503 } },
	{  43, { 503, 500, 502, 500 } },
	{  44, { 503, 500, 503, 503 } },
	{  47, { 503, 503, 503, 503 } },
	{  49, { 503, 500, 503, 500 } },
	{  50, { 503, 500, 503, 500 } },
	{  55, { 403, 403, 403, 403 } },
	{  57, { 403, 403, 403, 403 } },
	{  58, { 503, 501, 503, 503 } },
	{  63, { 503, 500, 503, 503 } },
	{  65, { 488, 501, 501, 488 } },
	{  66, { 500, 500, 480, 500 } },
	{  69, { 500, 500, 503, 501 } },
	{  70, { 488, 500, 503, 488 } },
	{  79, { 501, 501, 501, 501 } },
	{  81, { 500, 500, 502, 500 } },
	{  82, { 500, 500, 502, 500 } },
	{  83, { 500, 500, 503, 500 } },
	{  84, { 500, 500, 503, 500 } },
	{  85, { 500, 500, 503, 500 } },
	{  86, { 500, 500, 408, 500 } },
	{  87, { 403, 503, 503, 403 } },
	{  88, { 503, 400, 503, 503 } },
	{  91, { 500, 500, 502, 500 } },
	{  95, { 500, 400, 503, 500 } },
	{  96, { 500, 500, 409, 500 } },
	{  97, { 500, 500, 480, 500 } },
	{  98, { 500, 500, 409, 500 } },
	{  99, { 500, 500, 480, 500 } },
	{ 100, { 500, 500, 501, 500 } },
	{ 101, { 500, 500, 503, 500 } },
	{ 102, { 504, 408, 408, 504 } },
	{ 111, { 500, 400, 500, 500 } },
	{ 127, { 500, 500, 500, 500 } },
};

static const struct {
	unsigned status, cause[CAUSE_PROFILES];
} from_status[] = {
	/*    rfc3398 cisco audiocodes rfc4497 */
	{ 400, {  41, 127,  31,  41 } },
	{ 401, {  21,  57,  21,  21 } },
	{ 402, {  21,  21,  21,  21 } },
	{ 403, {  21,  57,  21,  21 } },
	{ 404, {   1,   1,   1,   1 } },
	{ 405, {  63, 127,  63,  63 } },
	{ 406, {  79, 127,  79,  79 } },
	{ 407, {  21,  21,  21,  21 } },
	{ 408, { 102, 102, 102, 102 } },
	{ 409, {  41,  41,  41,  31 } },
	{ 410, {  22,   1,  22,  22 } },
	{ 411, { 127, 127, 127,  31 } },
	{ 413, { 127, 127, 127, 127 } },
	{ 414, { 127, 127, 127, 127 } },
	{ 415, {  79,  79,  79,  79 } },
	{ 416, { 127, 127, 127, 127 } },
	{ 420, { 127, 127, 127, 127 } },
	{ 421, { 127, 127, 127, 127 } },
	{ 422, {  31,  31,  31,  31 } },
	{ 423, { 127, 127, 127, 127 } },
	{ 480, {  18,  18,  18,  18 } },
	{ 481, {  41, 127, 127,  41 } },
	{ 482, {  25, 127, 127,  25 } },
	{ 483, {  25, 127, 127,  25 } },
	{ 484, {  28,  28,  28,  28 } },
	{ 485, {   1,   1,   1,   3 } },
	{ 486, {  17,  17,  17,  17 } },
	{ 487, {  31, 127,  31,  31 } },
	{ 488, {  88, 127,  31,  88 } },
	{ 489, {  31,  31,  31,  31 } },
	{ 491, {  31,  31,  31,  31 } },
	{ 500, {  41,  41,  41,  41 } },
	{ 501, {  79,  79,  38,  79 } },
	{ 502, {  38,  38,  38,  38 } },
	{ 503, {  41,  63,  41,  41 } },
	{ 504, { 102, 102, 102, 102 } },
	{ 505, { 127, 127, 127, 127 } },
	{ 513, { 127, 127, 127, 127 } },
	{ 580, {  47,  47,  47,  31 } },
	{ 600, {  17,  17,  17,  17 } },
	{ 603, {  21,  21,  21,  21 } },
	{ 604, {   1,   1,   1,   3 } },
	{ 606, {  88,  58,  88,  88 } },
};
/* clang-format on */

TEST_ROWS(a_cause_is_a_status_in_each_profile, to_status, row)
{
	for (unsigned p = 0; p < CAUSE_PROFILES; p++)
		CHECK_EQ(status_of((enum cause_profile)p, row->cause),
		         row->status[p]);
}

TEST_ROWS(a_status_is_a_cause_in_each_profile, from_status, row)
{
	for (unsigned p = 0; p < CAUSE_PROFILES; p++)
		CHECK_EQ(cause_of((enum cause_profile)p, row->status, 0),
		         row->cause[p]);
}

TEST(the_tables_have_these_rows_and_no_others)
{
	struct cause_look look;

	for (size_t i = 0; i < ARRAY_LEN(to_status); i++) {
		CHECK(cause_look_to_status(CAUSES_CISCO, i, &look));
		CHECK_EQ(look.cause, to_status[i].cause);
		CHECK_EQ(look.differs,
		         to_status[i].status[0] != to_status[i].status[1]);
	}
	CHECK(!cause_look_to_status(CAUSES_CISCO, ARRAY_LEN(to_status), &look));
	for (size_t i = 0; i < ARRAY_LEN(from_status); i++) {
		CHECK(cause_look_from_status(CAUSES_CISCO, i, &look));
		CHECK_EQ(look.status, from_status[i].status);
		CHECK_EQ(look.differs,
		         from_status[i].cause[0] != from_status[i].cause[1]);
	}
	CHECK(!cause_look_from_status(CAUSES_CISCO, ARRAY_LEN(from_status),
	                              &look));
}

static const struct {
	unsigned warning, cause;
} warnings[] = {
	{ 304, 65 },  { 305, 65 },  { 306, 65 },  { 307, 65 },
	{ 370, 47 },  { 300, 127 }, { 301, 127 }, { 302, 127 },
	{ 303, 127 }, { 330, 127 }, { 399, 88 },  { 0, 88 },
};

TEST_ROWS(a_warning_says_more_than_488_and_606, warnings, row)
{
	CHECK_EQ(cause_of(CAUSES_RFC3398, 488, row->warning), row->cause);
	CHECK_EQ(cause_of(CAUSES_RFC3398, 606, row->warning), row->cause);
	CHECK_EQ(cause_of(CAUSES_RFC4497, 488, row->warning), row->cause);
	CHECK_EQ(cause_of(CAUSES_CISCO, 488, row->warning), 127);
}

static const struct {
	unsigned status, cause[CAUSE_PROFILES];
} strangers[] = {
	{ 300, { 23, 23, 23, 23 } },  { 302, { 23, 23, 23, 23 } },
	{ 433, { 41, 127, 31, 41 } }, { 599, { 41, 41, 41, 41 } },
	{ 699, { 17, 17, 17, 17 } },
};

TEST_ROWS(a_status_without_a_row_is_its_class, strangers, row)
{
	for (unsigned p = 0; p < CAUSE_PROFILES; p++)
		CHECK_EQ(cause_of((enum cause_profile)p, row->status, 0),
		         row->cause[p]);
}

TEST(a_rejection_by_the_user_ends_every_search_by_the_standards)
{
	static const unsigned statuses[] = { 603, 403, 403, 603 };
	struct cause cause = { Q850_CALL_REJECTED, LOCATION_USER };

	for (unsigned p = 0; p < CAUSE_PROFILES; p++) {
		struct cause_map map = { .profile = (enum cause_profile)p };

		CHECK_EQ(cause_to_status(&map, cause), statuses[p]);
	}
}

TEST(every_cause_and_status_means_something_in_every_profile)
{
	for (unsigned p = 0; p < CAUSE_PROFILES; p++) {
		for (unsigned i = 0; i < 128; i++) {
			unsigned status = status_of((enum cause_profile)p, i);

			CHECK(status >= 400 && status < 600);
		}
		for (unsigned i = 300; i < 700; i++) {
			CHECK(cause_of((enum cause_profile)p, i, 0) != 0);
			CHECK(cause_of((enum cause_profile)p, i, 399) != 0);
		}
	}
}

TEST(a_peers_row_goes_before_the_spans_and_that_before_the_profile)
{
	static const struct cause_rules to_of_peer = { 1, { { 27, 503 } } };
	static const struct cause_rules to_of_span = {
		2, { { 27, 480 }, { 21, 480 } }
	};
	static const struct cause_rules from_of_peer = { 1, { { 34, 503 } } };
	static const struct cause_rules from_of_span = {
		2, { { 38, 503 }, { 27, 488 } }
	};
	struct cause_map to = { &to_of_peer, &to_of_span, CAUSES_CISCO };
	struct cause_map from = { &from_of_peer, &from_of_span, CAUSES_CISCO };

	CHECK_EQ(cause_to_status(&to, (struct cause){ 27, LOCATION_USER }),
	         503);
	CHECK_EQ(cause_to_status(&to, (struct cause){ 21, LOCATION_USER }),
	         480);
	CHECK_EQ(cause_to_status(&to, (struct cause){ 31, LOCATION_USER }),
	         404);
	CHECK_EQ(cause_from_status(&from, 503, 0), 34);
	CHECK_EQ(cause_from_status(&from, 488, 305), 27);
	CHECK_EQ(cause_from_status(&from, 410, 0), 1);
	from.peer = NULL;
	CHECK_EQ(cause_from_status(&from, 503, 0), 38);
}
