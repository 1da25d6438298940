/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * What the far end says in a call: raw messages, as libpri at the other end
 * would not send them.
 */
#include <string.h>

#include "pri/private.h"
#include "tests/pri/pair.h"

/* A message of layer 3 for the call of `end`, in a UI frame. */
static void say(struct end *end, uint8_t message, const char *elements)
{
	struct isdn_call *call = end->call;
	uint8_t frame[280] = {
		0x02,
		0x01,
		0x03,
		0x08,
		0x02,
		(uint8_t)(call->callref >> 8),
		(uint8_t)call->callref,
		message,
	};
	int n = bytes_from_hex(frame + 8, sizeof(frame) - 8, elements);

	CHECK(n >= 0);
	isdn_link_receive(end->link, (struct bytes){ frame, 8 + (size_t)n });
}

TEST(the_far_end_holds_and_takes_back)
{
	struct pair p;
	struct isdn_call *call;

	pair_open_plain(&p, SWITCH_NET5);
	call = pair_talk(&p.user);
	say(&p.user, 0x24, ""); /* HOLD */
	CHECK_EQ(heard_count(&p.user, ISDN_HOLD), 1);
	CHECK_EQ(sent_count(&p.user, "HOLD ACKNOWLEDGE"), 1);
	CHECK_EQ(isdn_channel_state(p.user.link, 31), CHANNEL_BUSY);
	say(&p.user, 0x31, "18 03 a9 83 87"); /* RETRIEVE on channel 7 */
	CHECK_EQ(heard_last(&p.user, ISDN_RETRIEVE)->event.channel, 7);
	CHECK_EQ(isdn_call_channel(call), 7);
	CHECK_EQ(isdn_channel_state(p.user.link, 31), CHANNEL_IDLE);
	CHECK_EQ(sent_count(&p.user, "RETRIEVE ACKNOWLEDGE"), 1);
	p.nframes = 0; /* the other end knows nothing of it */
	pair_drop(&p);
}

TEST(a_call_is_taken_back_on_the_channel_it_had)
{
	struct pair p;

	pair_open_plain(&p, SWITCH_QSIG);
	pair_talk(&p.user);
	say(&p.user, 0x24, "");
	say(&p.user, 0x31, "");
	CHECK_EQ(heard_last(&p.user, ISDN_RETRIEVE)->event.channel, 31);
	p.nframes = 0;
	pair_drop(&p);
}

TEST(a_busy_channel_is_not_given_to_a_held_call)
{
	struct pair p;
	struct isdn_call *other;

	pair_open_plain(&p, SWITCH_NET5);
	other = pair_talk(&p.user);
	CHECK_EQ(isdn_call_channel(other), 31);
	pair_talk(&p.user);
	say(&p.user, 0x24, "");
	say(&p.user, 0x31, "18 03 a9 83 9f"); /* exclusive 31 */
	CHECK_EQ(heard_count(&p.user, ISDN_RETRIEVE), 0);
	CHECK_EQ(sent_count(&p.user, "RETRIEVE REJECT"), 1);
	p.nframes = 0;
	pair_drop(&p);
}

TEST(keypad_and_notification_are_told)
{
	struct pair p;

	pair_open_plain(&p, SWITCH_NET5);
	pair_talk(&p.user);
	say(&p.user, 0x7b, "2c 03 2a 32 31");
	CHECK_TEXT(heard_last(&p.user, ISDN_KEYPAD)->digits, "*21");
	say(&p.user, 0x6e, "27 01 f9");
	CHECK_EQ(heard_last(&p.user, ISDN_NOTIFY)->event.notification, 0x79);
	/* a Display alone is no digit */
	say(&p.user, 0x7b, "28 05 48 65 6c 6c 6f");
	CHECK_EQ(heard_count(&p.user, ISDN_KEYPAD), 1);
	CHECK_EQ(heard_count(&p.user, ISDN_DIGITS), 0);
	pair_clear(p.user.call, 16);
	pair_close(&p);
}

TEST(a_diversion_at_the_far_end_is_told)
{
	struct pair p;

	pair_open_plain(&p, SWITCH_NET5);
	pair_place(&p.user, "100");
	/* NOTIFY: call is diverting, Redirection Number */
	say(&p.user, 0x6e, "27 01 fb 76 06 21 80 35 35 35 31");
	CHECK_EQ(heard_last(&p.user, ISDN_NOTIFY)->event.notification, 0x7b);
	CHECK_TEXT(heard_last(&p.user, ISDN_NOTIFY)->connected.number.digits,
	           "5551");
	pair_clear(p.user.call, 16);
	pair_close(&p);
}

TEST(a_digit_that_is_none_is_left_out)
{
	struct pair p;
	struct isdn_conf user, network;

	pair_conf(&user, &network, SWITCH_NET5);
	user.overlap_receive = true;
	network.overlap_send = true;
	CHECK_EQ(pair_open(&p, &user, &network), 0);
	{
		struct isdn_setup setup;
		struct isdn_call *call;

		pair_setup(&setup, "1");
		setup.complete = false;
		CHECK_EQ(isdn_call_place(&call, p.network.link, &setup, NULL),
		         0);
		pair_settle(&p);
	}
	say(&p.user, 0x7b, "70 04 80 3c 32 0a");
	CHECK_TEXT(heard_last(&p.user, ISDN_DIGITS)->digits, "2");
	say(&p.user, 0x7b, "a1");
	CHECK(heard_last(&p.user, ISDN_DIGITS)->event.complete);
	pair_clear(p.user.call, 28);
	pair_close(&p);
}

TEST(a_status_that_cannot_be_clears_with_101)
{
	struct pair p;

	pair_open_plain(&p, SWITCH_NET5);
	pair_talk(&p.user);
	say(&p.user, 0x7d, "08 02 80 e2 14 01 0a"); /* active: fine */
	CHECK_EQ(heard_count(&p.user, ISDN_RELEASED), 0);
	say(&p.user, 0x7d, "08 02 80 e2 14 01 01"); /* call initiated */
	pair_settle(&p);
	CHECK_EQ(heard_last(&p.user, ISDN_RELEASED)->release.cause.value, 101);
	CHECK_EQ(heard_last(&p.network, ISDN_RELEASED)->release.cause.value,
	         101);
	pair_close(&p);
}

TEST(a_setup_for_signalling_alone_is_refused)
{
	struct pair p;
	uint8_t frame[] = { 0x02, 0x01, 0x03, 0x08, 0x02, 0x00, 0x42,
		            0x05, 0x04, 0x03, 0xa8, 0x80, 0x90, 0x18,
		            0x01, 0xac, 0x70, 0x02, 0x80, 0x31 };

	pair_open_plain(&p, SWITCH_QSIG);
	isdn_link_receive(p.user.link, BYTES(frame));
	CHECK_EQ(heard_count(&p.user, ISDN_SETUP), 0);
	CHECK_EQ(sent_count(&p.user, "RELEASE COMPLETE"), 1);
	p.nframes = 0;
	pair_close(&p);
}

/* Which SETUPs say that the number is complete: Q.931 4.5.27, EN 300 403. */
static const struct {
	enum isdn_switch type;
	bool overlap, complete, said;
} sendings[] = {
	{ SWITCH_NET5, false, false, true },
	{ SWITCH_NET5, true, false, false },
	{ SWITCH_NET5, true, true, true },
	{ SWITCH_NI2, false, true, false },
	{ SWITCH_QSIG, false, false, false },
	{ SWITCH_DMS100, true, true, false },
};

TEST_ROWS(sending_complete_is_said_where_it_is_known, sendings, row)
{
	struct pair p;
	struct isdn_conf user, network;
	struct isdn_setup setup;
	struct isdn_call *call;
	size_t len;
	const uint8_t *frame;

	pair_conf(&user, &network, row->type);
	user.overlap_send = row->overlap;
	CHECK_EQ(pair_open(&p, &user, &network), 0);
	pair_setup(&setup, "100");
	setup.complete = row->complete;
	CHECK_EQ(isdn_call_place(&call, p.user.link, &setup, NULL), 0);
	pair_settle(&p);
	frame = sent_find(&p.user, "SETUP", &len);
	CHECK_EQ(element_find(frame, len, ELEMENT_SENDING_COMPLETE) != NULL,
	         row->said);
	/* the other end takes it en bloc either way */
	CHECK(heard_last(&p.network, ISDN_SETUP)->setup.complete);
	pair_clear(call, 16);
	pair_close(&p);
}

static void count_call(void *self, const struct isdn_call_info *info)
{
	unsigned *n = self;

	(*n)++;
	CHECK_TEXT(info->state, "active");
	CHECK_EQ(info->channel, isdn_call_channel(info->call));
	CHECK_EQ(info->callref, isdn_call_reference(info->call));
}

TEST(calls_and_channels_can_be_looked_at)
{
	struct pair p;
	struct isdn_status status;
	unsigned n = 0;

	pair_open_plain(&p, SWITCH_NET5);
	pair_talk(&p.user);
	pair_talk(&p.network);
	isdn_link_each(p.user.link, count_call, &n);
	CHECK_EQ(n, 2);
	isdn_link_status(p.user.link, &status);
	CHECK_EQ(status.calls, 2);
	CHECK_EQ(status.libpri_calls, 2);
	CHECK_EQ(status.busy, 2);
	CHECK_EQ(status.idle, 28);
	CHECK_TEXT(status.layer2, "MULTIPLE_FRAME_ESTABLISHED");
	pair_drop(&p);
}

TEST(the_switch_types_have_names)
{
	enum isdn_switch type;

	for (unsigned i = 0; i <= SWITCH_QSIG; i++) {
		CHECK_EQ(isdn_switch_find(isdn_switch_name(i), &type), 0);
		CHECK_EQ(type, i);
	}
	CHECK(isdn_switch_find("primary", &type) < 0);
	for (unsigned i = 0; i < ISDN_TIMERS; i++) {
		const struct timer_row *row = &isdn_timer_rows[i];

		CHECK(row->min <= row->preset && row->preset <= row->max);
	}
}

TEST(a_frame_repeated_by_layer_2_is_edited_alike)
{
	struct pair p;
	struct cause cause = { Q850_USER_BUSY, LOCATION_TRANSIT };
	struct release why = { .by = RELEASE_BY_FAR, .cause = cause };
	struct isdn_counts counts;

	pair_open_plain(&p, SWITCH_NET5);
	pair_place(&p.user, "100");
	p.user.cut = true;
	isdn_call_clear(p.network.call, &why);
	pair_run(&p, MSEC(500));
	p.user.cut = false;
	pair_run(&p, SEC(3)); /* T200: sent again */
	CHECK_EQ(sent_count(&p.network, "DISCONNECT"), 2);
	CHECK_EQ(heard_last(&p.user, ISDN_RELEASED)->release.cause.value, 17);
	CHECK_EQ(heard_last(&p.user, ISDN_RELEASED)->release.cause.location,
	         LOCATION_TRANSIT);
	isdn_link_counts(p.network.link, &counts);
	CHECK(counts.frames_edited >= 2);
	pair_close(&p);
}

/* The wall clock is nobody's business here; libpri reads ours. */
TEST(libpri_lives_on_the_turned_clock)
{
	struct timeval before, after;

	instant_hold();
	CHECK_EQ(isdn_libpri_clock(&before, NULL), 0);
	instant_turn(MSEC(1500));
	CHECK_EQ(isdn_libpri_clock(&after, NULL), 0);
	CHECK_EQ((after.tv_sec - before.tv_sec) * 1000000 + after.tv_usec -
	                 before.tv_usec,
	         1500000);
	instant_release();
}
