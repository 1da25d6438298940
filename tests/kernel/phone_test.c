/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#include "kernel/phone.h"

#include <ctype.h>

#include "tests/test.h"

static const struct {
	unsigned value;
	const char *name;
} causes[] = {
	/* clang-format off */
	{ Q850_NONE,              "unspecified" },
	{ Q850_UNALLOCATED,       "unallocated number" },
	{ Q850_NORMAL_CLEARING,   "normal call clearing" },
	{ Q850_USER_BUSY,         "user busy" },
	{ Q850_NO_CIRCUIT,        "no circuit/channel available" },
	{ Q850_TIMER_EXPIRY,      "recovery on timer expiry" },
	{ Q850_INTERWORKING,      "interworking, unspecified" },
	{ 77,                     "unspecified" },
	{ 128,                    "unspecified" },
	{ 4000000000u,            "unspecified" },
	/* clang-format on */
};

TEST_ROWS(causes_have_the_standards_names, causes, row)
{
	CHECK_TEXT(q850_cause_name(row->value), row->name);
}

static const struct {
	unsigned value;
	const char *name;
} locations[] = {
	/* clang-format off */
	{ LOCATION_USER,                "user" },
	{ LOCATION_TRANSIT,             "transit network" },
	{ LOCATION_BEYOND_INTERWORKING, "network beyond interworking point" },
	{ 6,                            "unspecified" },
	{ 16,                           "unspecified" },
	/* clang-format on */
};

TEST_ROWS(locations_have_the_standards_names, locations, row)
{
	CHECK_TEXT(q850_location_name(row->value), row->name);
}

/* Every value that has an enumerator; the list is the header's. */
static const uint8_t named[] = {
	/* clang-format off */
	1, 2, 3, 6, 16, 17, 18, 19, 20, 21, 22, 23, 25, 26, 27, 28, 29, 30, 31,
	34, 38, 41, 42, 43, 44, 47, 49, 50, 55, 57, 58, 63, 65, 66, 69, 70, 79,
	81, 82, 87, 88, 95, 96, 97, 98, 100, 101, 102, 111, 127,
	/* clang-format on */
};

TEST_ROWS(every_cause_we_name_has_a_name, named, value)
{
	CHECK(strcmp(q850_cause_name(*value), "unspecified") != 0);
}

TEST(names_fit_a_quoted_reason_text)
{
	for (unsigned value = 0; value < 256; value++) {
		const char *name = q850_cause_name(value);

		test_row((int)value);
		CHECK(name[0] != '\0' && strlen(name) < 64);
		for (; *name != '\0'; name++)
			CHECK(isprint((unsigned char)*name) && *name != '"');
	}
}
