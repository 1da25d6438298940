/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Any text as a pattern: refused with a sentence, or it matches any digits
 * without hanging. The first line is the pattern, the second the digits.
 */

#include "dialplan/private.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ignore(void *self ATTR_UNUSED, const char *text ATTR_UNUSED)
{
}

static void one_plan(const char *pattern, const char *digits)
{
	struct dial_peer peers[2] = {
		{ .tag = 1, .kind = PEER_VOIP, .target = "sip-peer a" },
		{ .tag = 2, .kind = PEER_POTS, .trunk = "e1 0" },
	};
	struct plan_source source = { .called = digits, .calling = pattern };
	struct plan *plan;
	struct routes routes;
	unsigned tag;
	char wrong[200];
	bool barred;

	(void)text_copy(peers[0].destination_pattern, PEER_PATTERN, pattern);
	(void)text_copy(peers[1].destination_pattern, PEER_PATTERN, digits);
	peers[1].strip_all_explicit = true;
	peers[1].same_kind = true;
	if (plan_new(&plan, peers, 2, wrong, sizeof(wrong), &tag) < 0)
		return;
	plan_route(plan, plan_inbound(plan, &source), digits, false, &routes,
	           &barred);
	assert((routes.n > 0) == (routes.answer <= PLAN_MAYBE_MORE));
	plan_explain(plan, &peers[1], digits, true, ignore, NULL);
	plan_warnings(plan, ignore, NULL);
	plan = plan_free(plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[200] = "", wrong[200] = "", *digits;

	if (size >= sizeof(text))
		return 0;
	memcpy(text, data, size);
	digits = strchr(text, '\n');
	if (digits != NULL)
		*digits++ = '\0';
	if (plan_check_pattern(text, wrong, sizeof(wrong)) < 0)
		assert(wrong[0] != '\0');
	one_plan(text, digits != NULL ? digits : "");
	return 0;
}
