/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * What makes us doubt that the switch type is the far end's, and what does not.
 * UI frames carry the messages: layer 2 counts none of them.
 */
#include <stdio.h>
#include <string.h>

#include "pri/private.h"
#include "tests/pri/pair.h"

/* SETUP with bearer and channel 5, and more elements behind. */
#define SETUP       "08 02 00 55 05 04 03 80 90 a3 18 03 a9 83 85"
#define RELEASED(n) "08 02 80 0" #n " 5a 08 02 81 e4 " /* cause 100 */

static const struct {
	enum isdn_switch type;
	const char *message;
	const char *says; /* NULL: no doubt */
} heard[] = {
	{ SWITCH_NET5, SETUP, NULL },
	{ SWITCH_NET5, SETUP " a1", NULL },
	{ SWITCH_QSIG, SETUP " a1", NULL },
	{ SWITCH_NI2, SETUP, NULL },
	{ SWITCH_NI2, SETUP " a1", "Sending Complete" },
	{ SWITCH_5ESS, SETUP " a1", "Sending Complete" },
	{ SWITCH_DMS100, SETUP " a1", "Sending Complete" },
	{ SWITCH_4ESS, SETUP " 96 a1", NULL }, /* of another codeset */
	{ SWITCH_NET5, "03 02 00 00 0f 01 01 c0 18 03 a9 83 85", "SERVICE" },
	{ SWITCH_QSIG, "43 02 00 00 0f 01 01 c0 18 03 a9 83 85", "SERVICE" },
	{ SWITCH_NI2, "03 02 00 00 0f 01 01 c0 18 03 a9 83 85", NULL },
	{ SWITCH_NET5, SETUP " 1c 03 91 a1 00", NULL },
	{ SWITCH_NET5, SETUP " 1c 03 9f aa 00", "speaks QSIG" },
	{ SWITCH_QSIG, SETUP " 1c 03 9f aa 00", NULL },
	{ SWITCH_QSIG, SETUP " 1c 03 91 a1 00", "not QSIG" },
	{ SWITCH_NET5, "08 01 05 05 04 03 80 90 a3 18 01 89", "basic access" },
};

static void say(struct pair *p, const char *message)
{
	uint8_t frame[128];
	char hex[400];
	int n;

	(void)snprintf(hex, sizeof(hex), "02 01 03 %s", message);
	n = bytes_from_hex(frame, sizeof(frame), hex);
	CHECK(n > 0);
	isdn_link_receive(p->user.link, (struct bytes){ frame, (size_t)n });
}

static const char *doubt(struct pair *p)
{
	struct isdn_status status;

	isdn_link_status(p->user.link, &status);
	return status.doubt;
}

TEST_ROWS(what_another_switch_type_says_is_doubted, heard, row)
{
	struct pair p;

	pair_open_plain(&p, row->type);
	CHECK(doubt(&p) == NULL);
	say(&p, row->message);
	if (row->says == NULL)
		CHECK(doubt(&p) == NULL);
	else
		CHECK(doubt(&p) != NULL &&
		      strstr(doubt(&p), row->says) != NULL);
	pair_drop(&p);
}

TEST(three_calls_refused_for_their_form_are_a_doubt)
{
	struct pair p;

	pair_open_plain(&p, SWITCH_NET5);
	say(&p, RELEASED(1));
	say(&p, RELEASED(2));
	CHECK(doubt(&p) == NULL);
	say(&p, RELEASED(2)); /* the same call */
	CHECK(doubt(&p) == NULL);
	say(&p, RELEASED(3));
	CHECK(doubt(&p) != NULL && strstr(doubt(&p), "form") != NULL);
	say(&p, "08 02 80 04 02"); /* CALL PROCEEDING: one is taken */
	CHECK(doubt(&p) == NULL);
	pair_drop(&p);
}

static const struct {
	const char *message; /* the call reference's last digit is made */
} innocent[] = {
	{ "08 02 80 00 5a 08 02 81 91" }, /* user busy */
	{ "08 02 80 00 45 08 02 81 90" }, /* normal */
	{ "08 02 00 00 5a 08 02 81 e4" }, /* a call of theirs */
};

TEST_ROWS(other_ends_of_calls_are_none, innocent, row)
{
	char message[64];
	struct pair p;

	pair_open_plain(&p, SWITCH_NET5);
	for (unsigned i = 1; i < 8; i++) {
		(void)snprintf(message, sizeof(message), "%s", row->message);
		message[10] = (char)('0' + i);
		say(&p, message);
		CHECK(doubt(&p) == NULL);
	}
	pair_drop(&p);
}

TEST(two_of_a_kind_that_talk_raise_no_doubt_and_a_new_link_has_none)
{
	static const enum isdn_switch types[] = { SWITCH_NET5,   SWITCH_NI2,
		                                  SWITCH_5ESS,   SWITCH_4ESS,
		                                  SWITCH_DMS100, SWITCH_QSIG };
	struct pair p;

	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		pair_open_plain(&p, types[i]);
		pair_clear(pair_talk(&p.user), 16);
		pair_settle(&p);
		pair_clear(pair_talk(&p.network), 16);
		pair_settle(&p);
		CHECK(doubt(&p) == NULL);
		pair_close(&p);
	}
}
