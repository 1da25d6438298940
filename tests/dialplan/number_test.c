/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Numbers in their one normal form.
 */

#include "dialplan/private.h"
#include "tests/test.h"

#include <errno.h>

static const struct {
	const char *dialled, *normal;
	int rc;
} number_rows[] = {
	/* clang-format off */
	{ "3035550100",         "3035550100",   0        },
	{ "+1 (303) 555-0100",  "+13035550100", 0        },
	{ "1.2.a",              "12A",          0        },
	{ "*21#",               "*21#",         0        },
	{ "",                   "",             0        },
	{ "12+3",               NULL,           -EBADMSG },
	{ "anonymous",          NULL,           -EBADMSG },
	{ "12345678901234567890123456789012",  "12345678901234567890123456789012",
	                                        0        },
	{ "123456789012345678901234567890123", NULL, -ENOSPC },
	/* clang-format on */
};

TEST_ROWS(a_number_has_one_normal_form, number_rows, row)
{
	char digits[NUMBER_DIGITS + 1];

	CHECK_EQ(number_normal(digits, row->dialled), row->rc);
	if (row->rc == 0)
		CHECK_TEXT(digits, row->normal);
}
