/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#include "kernel/fsm.h"

#include <string.h>

#include "kernel/text.h"
#include "tests/test.h"

enum lamp_state { LAMP_OFF, LAMP_ON, LAMP_BROKEN, LAMP_STATES };
enum lamp_event { PRESS, TOUCH, TAP, BREAK, FLOOD, RELAY, LAMP_EVENTS };

static const char *const state_names[] = { "off", "on", "broken" };
static const char *const event_names[] = { "press", "touch", "tap",
	                                   "break", "flood", "relay" };

struct lamp {
	struct fsm fsm;
	char diary[128];
	struct text text;
	const void *detail;
	unsigned flood;
};

static void press(void *self, const void *detail)
{
	struct lamp *lamp = self;

	lamp->detail = detail;
	text_add(&lamp->text, "press in %s; ", fsm_state_name(&lamp->fsm));
}

static void relay(void *self, const void *detail)
{
	struct lamp *lamp = self;

	fsm_post(&lamp->fsm, PRESS, detail); /* the detail goes no further */
	fsm_post(&lamp->fsm, BREAK, NULL);
	text_add(&lamp->text, "relay in %s; ", fsm_state_name(&lamp->fsm));
}

static void flood(void *self, const void *detail)
{
	struct lamp *lamp = self;

	(void)detail;
	for (unsigned i = 0; i < lamp->flood; i++)
		fsm_post(&lamp->fsm, TOUCH, NULL);
}

static void enter(void *self, unsigned state)
{
	struct lamp *lamp = self;

	text_add(&lamp->text, "enter %s; ", state_names[state]);
}

static void stray(void *self, unsigned event, const void *detail)
{
	struct lamp *lamp = self;

	lamp->detail = detail;
	text_add(&lamp->text, "stray %s; ", event_names[event]);
}

/* clang-format off */
static const struct fsm_row lamp_rows[] = {
	/* in state    on event  do      then be in   */
	{ LAMP_OFF,    PRESS,    press,  LAMP_ON      },
	{ LAMP_ON,     PRESS,    press,  LAMP_OFF     },
	{ LAMP_ON,     TOUCH,    NULL,   FSM_SAME     },
	{ LAMP_ON,     TAP,      NULL,   LAMP_ON      },
	{ LAMP_ON,     FLOOD,    flood,  FSM_SAME     },
	{ LAMP_BROKEN, RELAY,    NULL,   FSM_SAME     }, /* before the next */
	{ FSM_ANY,     RELAY,    relay,  FSM_SAME     },
	{ FSM_ANY,     BREAK,    NULL,   LAMP_BROKEN  },
};
/* clang-format on */

static const struct fsm_type lamp_type = {
	.name = "lamp",
	.states = state_names,
	.events = event_names,
	.nstates = LAMP_STATES,
	.nevents = LAMP_EVENTS,
	.rows = lamp_rows,
	.nrows = ARRAY_LEN(lamp_rows),
	.enter = enter,
	.stray = stray,
};

static void init_lamp(struct lamp *lamp)
{
	*lamp = (struct lamp){ 0 };
	lamp->text = TEXT(lamp->diary);
	fsm_init(&lamp->fsm, &lamp_type, lamp);
}

static const struct {
	enum lamp_event events[4];
	unsigned n;
	const char *diary;
	enum lamp_state end;
} stories[] = {
	/* clang-format off */
	{ { 0 },                 0, "",                           LAMP_OFF },
	{ { PRESS },             1, "enter on; press in on; ",    LAMP_ON },
	{ { PRESS, PRESS },      2, "enter on; press in on; "
	                            "enter off; press in off; ",  LAMP_OFF },
	{ { TOUCH },             1, "stray touch; ",              LAMP_OFF },
	{ { BREAK, TOUCH },      2, "enter broken; stray touch; ", LAMP_BROKEN },
	/* staying says nothing, entering oneself does */
	{ { PRESS, TOUCH },      2, "enter on; press in on; ",    LAMP_ON },
	{ { PRESS, TAP },        2, "enter on; press in on; enter on; ",
	                                                          LAMP_ON },
	/* what an action posts runs after it, in order */
	{ { RELAY },             1, "relay in off; enter on; press in on; "
	                            "enter broken; ",             LAMP_BROKEN },
	/* the first row that fits */
	{ { BREAK, RELAY },      2, "enter broken; ",             LAMP_BROKEN },
	/* clang-format on */
};

TEST_ROWS(machine_follows_its_rows, stories, row)
{
	struct lamp lamp;

	init_lamp(&lamp);
	for (unsigned i = 0; i < row->n; i++)
		fsm_post(&lamp.fsm, row->events[i], NULL);
	CHECK_TEXT(lamp.diary, row->diary);
	CHECK_EQ(fsm_state(&lamp.fsm), row->end);
	CHECK_TEXT(fsm_state_name(&lamp.fsm), state_names[row->end]);
}

TEST(detail_reaches_the_action_but_not_the_queue)
{
	struct lamp lamp;
	int detail = 0;

	init_lamp(&lamp);
	fsm_post(&lamp.fsm, PRESS, &detail);
	CHECK(lamp.detail == &detail);
	fsm_post(&lamp.fsm, FLOOD, &detail);
	lamp.detail = NULL;
	fsm_post(&lamp.fsm, BREAK, NULL);
	fsm_post(&lamp.fsm, PRESS, &detail); /* stray */
	CHECK(lamp.detail == &detail);
	init_lamp(&lamp);
	lamp.detail = &detail;
	fsm_post(&lamp.fsm, RELAY, &detail);
	CHECK(lamp.detail == NULL);
}

TEST(strays_are_counted_even_without_a_handler)
{
	struct fsm_type deaf = lamp_type;
	struct lamp lamp;
	uint64_t before = fsm_strays();

	deaf.stray = NULL;
	deaf.enter = NULL;
	init_lamp(&lamp);
	fsm_init(&lamp.fsm, &deaf, &lamp);
	fsm_post(&lamp.fsm, TOUCH, NULL);
	fsm_post(&lamp.fsm, PRESS, NULL);
	fsm_post(&lamp.fsm, FLOOD, NULL);
	CHECK_EQ(fsm_strays(), before + 1);
	CHECK_EQ(fsm_state(&lamp.fsm), LAMP_ON);
}

TEST(queue_holds_as_many_as_it_says)
{
	struct lamp lamp;

	init_lamp(&lamp);
	fsm_post(&lamp.fsm, PRESS, NULL);
	lamp.flood = FSM_QUEUE;
	fsm_post(&lamp.fsm, FLOOD, NULL);
	CHECK_EQ(lamp.fsm.nqueued, 0);
	CHECK_EQ(fsm_state(&lamp.fsm), LAMP_ON);
}

TEST(every_pair_of_state_and_event_is_found_as_the_rows_say)
{
	for (unsigned state = 0; state < LAMP_STATES; state++) {
		for (unsigned event = 0; event < LAMP_EVENTS; event++) {
			const struct fsm_row *row =
				fsm_find(&lamp_type, state, event);
			struct lamp lamp;
			uint64_t before = fsm_strays();

			init_lamp(&lamp);
			lamp.fsm.state = (uint8_t)state;
			fsm_post(&lamp.fsm, event, NULL);
			CHECK_EQ(fsm_strays() - before, row == NULL);
			CHECK(row == NULL || row->event == event);
		}
	}
}
