/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The called number on its way out.
 */

#include "tests/dialplan/peers.h"
#include "tests/test.h"

static const struct {
	struct dial_peer peer;
	const char *digits, *sent;
} rewrite_rows[] = {
	/* clang-format off */
	{ POTS(1, "3035550..."),                     "3035550123", "123"       },
	{ PEER(1, PEER_POTS, "3035550...", .trunk = "e1 0"),
	                                             "3035550123", "3035550123" },
	{ POTS(1, "9T"),                             "91234",      "1234"      },
	{ POTS(1, "555"),                            "5551234",    "1234"      },
	{ POTS(1, "9T", .prefix = "00"),             "91234",      "001234"    },
	{ POTS(1, "9T", .forward_digits = 5),        "91234",      "91234"     },
	{ POTS(1, "9T", .forward_digits = 3),        "91234",      "234"       },
	{ POTS(1, "9T", .forward_digits = 3, .prefix = "8"), "91234", "8234"   },
	{ POTS(1, "9T", .forward_digits = 30),       "91234",      "91234"     },
	{ POTS(1, "1[2-4]3"),                        "123",        "23"        },
	{ POTS(1, "911"),                            "911",        ""          },
	{ POTS(1, "911", .prefix = "911"),           "911",        "911"       },
	{ VOIP(1, "3035550..."),                     "3035550123", "3035550123" },
	{ VOIP(1, "3035550...", .strip_all_explicit = true),
	                                             "3035550123", "3035550123" },
	{ VOIP(1, "9T", .strip = 1),                 "91234",      "1234"      },
	{ VOIP(1, "9T", .strip = 9),                 "91234",      ""          },
	{ VOIP(1, "9T", .strip = 1, .prefix = "+49"), "91234",     "+491234"   },
	{ VOIP(1, "+T", .strip = 1),                 "+491234",    "491234"    },
	{ VOIP(1, ".T"),                             "12#",        "12"        },
	/* clang-format on */
};

TEST_ROWS(digits_are_stripped_and_prefixed, rewrite_rows, row)
{
	struct plan *plan = load_plan(&row->peer, 1);
	const struct dial_peer *in =
		row->peer.kind == PEER_POTS ? &from_voip : &from_pots;
	struct routes routes;
	bool barred;

	plan_route(plan, in, row->digits, true, &routes, &barred);
	CHECK_EQ(routes.n, 1);
	CHECK_TEXT(routes.route[0].digits, row->sent);
	plan = plan_free(plan);
}

TEST(a_number_that_gets_too_long_is_no_choice)
{
	static const struct dial_peer peers[] = {
		VOIP(1, "1T", .prefix = "99999"),
		VOIP(2, "1T"),
	};
	struct plan *plan = load_plan(peers, 2);

	CHECK_TEXT(hunt(plan, &from_pots, "1234567890123456789012345678", true),
	           "= 2");
	CHECK_TEXT(hunt(plan, &from_pots, "123456789012345678901234567", true),
	           "= 1 2");
	plan = plan_free(plan);
}
