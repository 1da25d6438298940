/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * What the tests of the dial plan share.
 */

#include "tests/dialplan/peers.h"
#include "tests/test.h"

#include "kernel/text.h"

struct plan *load_plan(const struct dial_peer *peers, size_t n)
{
	char wrong[200] = "";
	struct plan *plan = NULL;
	unsigned tag = 0;
	int rc = plan_new(&plan, peers, n, wrong, sizeof(wrong), &tag);

	ck_assert_msg(rc == 0, "dial-peer %u: %s", tag, wrong);
	return plan;
}

/* The tags hunted, "100 200", with the answer in front. */
const char *hunt(const struct plan *plan, const struct dial_peer *in,
                 const char *digits, bool complete)
{
	static const char letter[] = "=+.!0"; /* in the order of plan_answer */
	static char buf[300];
	struct text t = TEXT(buf);
	struct routes routes;
	bool barred;

	plan_route(plan, in, digits, complete, &routes, &barred);
	text_add(&t, "%c", letter[routes.answer]);
	for (size_t i = 0; i < routes.n; i++)
		text_add(&t, " %u", routes.route[i].peer->tag);
	text_add(&t, "%s%s", barred ? " barred" : "",
	         routes.emergency ? " emergency" : "");
	return buf;
}

const struct dial_peer from_pots = { .tag = 1, .kind = PEER_POTS };
const struct dial_peer from_voip = { .tag = 2, .kind = PEER_VOIP };

void gather(void *self, const char *text)
{
	text_add(self, "%s\n", text);
}
