/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The machines of a session as tables: every state can be left, every row leads
 * somewhere, and what ends a call has a row wherever a call can be.
 */
#include "gateway/sip/session.h"
#include "tests/test.h"

static void check_rows(const struct fsm_type *type)
{
	bool entered[32] = { true }, left[32] = { false };

	for (size_t i = 0; i < type->nrows; i++) {
		const struct fsm_row *row = &type->rows[i];

		CHECK(row->event < type->nevents);
		CHECK(row->state < type->nstates);
		/* no row hides behind one before it */
		CHECK(fsm_find(type, row->state, row->event) == row);
		if (row->next == FSM_SAME)
			continue;
		CHECK(row->next < type->nstates);
		entered[row->next] = true;
		left[row->state] = left[row->state] || row->next != row->state;
	}
	for (unsigned s = 0; s < type->nstates; s++) {
		ck_assert_msg(entered[s], "%s is never entered",
		              type->states[s]);
		ck_assert_msg(left[s] || s == type->nstates - 1u,
		              "%s is never left", type->states[s]);
	}
}

TEST(every_state_is_entered_and_left)
{
	check_rows(&session_machine);
}

TEST(every_state_of_a_change_is_entered)
{
	const struct fsm_type *type = &refresh_machine;

	for (size_t i = 0; i < type->nrows; i++)
		CHECK(fsm_find(type, type->rows[i].state,
		               type->rows[i].event) == &type->rows[i]);
}

TEST(an_end_asked_for_and_a_bye_heard_have_a_row_in_every_state)
{
	for (unsigned s = UA_INVITING; s < UA_STATES; s++) {
		ck_assert_msg(fsm_find(&session_machine, s, ASKED_END) != NULL,
		              "%s", session_machine.states[s]);
		ck_assert_msg(fsm_find(&session_machine, s, HEARD_BYE) != NULL,
		              "%s", session_machine.states[s]);
	}
}
