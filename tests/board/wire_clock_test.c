/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * Time and sound of a virtual span: who makes the ticks, what a late, a lost or
 * a piled-up one does, and that the media never stands still.
 */

#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "kernel/loop.h"
#include "tests/board/wire_end.h"

/* A listener that is greeted and has not yet been turned any further. */
static void listen_fresh(struct wire_end *end, unsigned octets)
{
	end_init(end, true);
	end->conf.octets = octets;
	/* the beat of the longest tick is one for all */
	instant_turn(MSEC(20) - instant_now().us % MSEC(20));
	end_open(end);
	far_greet(end);
	end->nreceived = end->ntransmitted = 0;
	end->nsound = 0;
}

static void connect_fresh(struct wire_end *end)
{
	end_init(end, false);
	end->conf.faults = true;
	end_open(end);
	far_greet(end);
	end->nreceived = end->ntransmitted = 0;
	end->nsound = 0;
}

/* --- the listener's clock --- */

static const struct pace_row {
	unsigned octets;
	usec period;
} pace_rows[] = {
	{ 8, MSEC(1) }, { 40, MSEC(5) }, { 80, MSEC(10) }, { 160, MSEC(20) }
};

TEST_ROWS(the_listener_sends_at_its_deadlines, pace_rows, row)
{
	struct wire_end end;

	listen_fresh(&end, row->octets);
	CHECK(far_take(&end));
	CHECK_EQ(end.packet[0], 3);
	CHECK_EQ(far_tick(&end), 0);
	CHECK_EQ(end.packet[5], row->octets);
	for (uint32_t n = 1; n < 10; n++) {
		end_turn(&end, row->period - 1);
		CHECK(!far_take(&end));
		end_turn(&end, 1);
		CHECK(far_take(&end));
		CHECK_EQ(far_tick(&end), n * row->octets);
	}
	end_close(&end);
}

TEST(a_listener_falls_in_with_the_beat_of_all)
{
	struct wire_end end;

	end_init(&end, true);
	end.conf.octets = 40;
	instant_turn(MSEC(5) - instant_now().us % MSEC(5) + MSEC(2));
	end_open(&end);
	far_greet(&end);
	CHECK(far_take(&end)); /* the first at once, the next with all others */
	end_turn(&end, MSEC(3) - 1);
	CHECK(!far_take(&end));
	end_turn(&end, 1);
	CHECK(far_take(&end));
	end_turn(&end, MSEC(5) - 1);
	CHECK(!far_take(&end));
	end_close(&end);
}

static const struct late_row {
	usec late;
	uint32_t first, last; /* the ticks sent then */
} late_rows[] = {
	/* clang-format off */
	{ MSEC(5),   40,   40 },
	{ MSEC(50),  40,   400 },
	{ MSEC(105), 40,   840 },   /* the oldest is 100 ms late */
	{ MSEC(110), 880,  880 },   /* it is 105 ms late: all skipped */
	{ SEC(2),    16000, 16000 },
	/* clang-format on */
};

TEST_ROWS(up_to_100_ms_is_made_up_for_and_more_is_skipped, late_rows, row)
{
	struct wire_end end;
	uint32_t tick;

	listen_fresh(&end, 40);
	CHECK(far_take(&end));
	far_say(&end, "99");
	instant_turn(row->late);
	far_say(&end, "99");
	end_turn(&end, 0);
	for (tick = row->first; tick <= row->last; tick += 40) {
		CHECK(far_take_type(&end, 3));
		CHECK_EQ(far_tick(&end), tick);
	}
	CHECK(!far_take_type(&end, 3));
	end_turn(&end, MSEC(5));
	CHECK(far_take_type(&end, 3));
	CHECK_EQ(far_tick(&end), tick); /* the grid has not moved */
	end_close(&end);
}

TEST(silent_slots_are_left_out_and_the_packet_is_still_sent)
{
	struct wire_end end;

	listen_fresh(&end, 40);
	far_drain(&end);
	end_turn(&end, MSEC(5));
	CHECK(far_take(&end));
	CHECK_EQ(end.len, 10);
	end.mask = 1u << 1 | 1u << 31;
	end.octet = 0x77;
	end_turn(&end, MSEC(5));
	CHECK(far_take(&end));
	CHECK_EQ(end.len, 10 + 2 * 40);
	CHECK_EQ(end.packet[6], 0x80);
	CHECK_EQ(end.packet[9], 0x02);
	CHECK_EQ(end.packet[10], 0x77);
	end_close(&end);
}

TEST(slots_that_do_not_bear_are_never_sent)
{
	struct wire_end end;

	listen_fresh(&end, 8);
	far_drain(&end);
	end.mask = 0xffffffff;
	end_turn(&end, MSEC(1));
	CHECK(far_take(&end));
	CHECK_EQ(end.len, 10 + 30 * 8);
	CHECK_EQ(end.packet[7], 0xfe); /* not 16 */
	CHECK_EQ(end.packet[9], 0xfe); /* not 0 */
	end_close(&end);
}

TEST(answers_are_handed_over_as_they_come)
{
	struct wire_end end;

	listen_fresh(&end, 40);
	far_sound(&end, 0, 40, 1);
	end_turn(&end, MSEC(1));
	CHECK_EQ(end.nreceived, 1);
	CHECK_EQ(end.counts[0], 40);
	CHECK_EQ(end.masks[0], board_bearer_slots(SPAN_E1, 16));
	CHECK_EQ(end.sound[0], 1);
	CHECK_EQ(end.sound[39], 40);
	CHECK_EQ(end_counts(&end).ticks_in, 1);
	end_close(&end);
}

static const struct answer_row {
	uint32_t tick;
	unsigned count;
	uint64_t in, malformed;
} answer_rows[] = {
	/* clang-format off */
	{ 0,  40, 1, 0 },
	{ 0,  80, 0, 1 }, /* another count */
	{ 40, 40, 0, 1 }, /* not asked yet */
	/* clang-format on */
};

TEST_ROWS(an_answer_is_to_a_packet_that_was_sent, answer_rows, row)
{
	struct wire_end end;

	listen_fresh(&end, 40);
	far_sound(&end, row->tick, row->count, 1);
	end_turn(&end, 0);
	CHECK_EQ(end_counts(&end).ticks_in, row->in);
	CHECK_EQ(end_counts(&end).malformed, row->malformed);
	end_close(&end);
}

TEST(sound_that_does_not_fit_is_dropped_and_counted)
{
	struct wire_end end;

	listen_fresh(&end, 160);
	end.mask = 0xfffffffe;
	for (unsigned i = 0; i < 500; i++)
		end_turn(&end, MSEC(20));
	CHECK(end_counts(&end).send_full > 0);
	CHECK_EQ(end_counts(&end).send_full + end_counts(&end).ticks_out, 501);
	CHECK(!far_is_closed(&end));
	end_close(&end);
}

/* --- the connector --- */

TEST(the_connector_answers_each_packet_with_the_same_tick)
{
	struct wire_end end;

	connect_fresh(&end);
	end.mask = 1u << 2;
	end.octet = 0x55;
	for (uint32_t n = 0; n < 20; n++) {
		far_sound(&end, n * 16, 16, 0);
		end_turn(&end, 0);
		CHECK(far_take(&end));
		CHECK_EQ(end.packet[0], 3);
		CHECK_EQ(far_tick(&end), n * 16);
		CHECK_EQ(end.packet[5], 16);
		CHECK_EQ(end.len, 10 + 16);
		CHECK(!far_take(&end));
	}
	CHECK_EQ(end.nreceived, 20);
	CHECK_EQ(end.ntransmitted, 20);
	CHECK_EQ(end_counts(&end).slips, 0);
	end_close(&end);
}

TEST(the_connector_does_nothing_between_packets)
{
	struct wire_end end;

	connect_fresh(&end);
	far_sound(&end, 0, 40, 0);
	end_turn(&end, 0);
	for (unsigned i = 0; i < 99; i++)
		end_turn(&end, MSEC(10));
	CHECK_EQ(end.nreceived, 1);
	CHECK_EQ(end.ntransmitted, 1);
	end_close(&end);
}

TEST(another_count_on_the_same_connection_is_malformed)
{
	struct wire_end end;

	connect_fresh(&end);
	far_sound(&end, 0, 40, 0);
	far_sound(&end, 40, 80, 0);
	far_sound(&end, 40, 40, 0);
	end_turn(&end, 0);
	CHECK_EQ(end_counts(&end).malformed, 1);
	CHECK_EQ(end_counts(&end).ticks_in, 2);
	CHECK_EQ(end_counts(&end).slips, 0);
	end_close(&end);
}

TEST(a_tick_that_is_not_newer_is_dropped_and_counted)
{
	struct wire_end end;

	connect_fresh(&end);
	far_sound(&end, 0, 40, 0);
	far_sound(&end, 40, 40, 40);
	far_sound(&end, 40, 40, 0);
	far_sound(&end, 0, 40, 0);
	end_turn(&end, 0);
	CHECK_EQ(end_counts(&end).late, 2);
	CHECK_EQ(end_counts(&end).ticks_in, 2);
	CHECK_EQ(end.nsound, 80);
	CHECK_EQ(end.ntransmitted, 2); /* an answer takes no sound along */
	for (unsigned i = 0; i < 4; i++)
		CHECK(far_take_type(&end, 3));
	CHECK(!far_take(&end));
	end_close(&end);
}

TEST(ticks_go_on_past_the_end_of_their_32_bits)
{
	struct wire_end end;

	connect_fresh(&end);
	far_sound(&end, 0xffffffd8, 40, 0);
	far_sound(&end, 0, 40, 40);
	end_turn(&end, 0);
	CHECK_EQ(end_counts(&end).late, 0);
	CHECK_EQ(end_counts(&end).slips, 1); /* it did not begin with 0 */
	CHECK_EQ(end.nsound, 80);
	end_close(&end);
}

static const struct gap_row {
	uint32_t tick;   /* after one packet with tick 0 */
	unsigned filled; /* idle between the two */
} gap_rows[] = {
	/* clang-format off */
	{ 80,     40 },
	{ 83,     43 },
	{ 200,    160 },
	{ 280,    240 },
	{ 320,    240 }, /* 320 wait at most, 40 before, 40 behind it */
	/* clang-format on */
};

TEST_ROWS(a_gap_is_filled_with_idle_and_counted, gap_rows, row)
{
	struct wire_end end;

	connect_fresh(&end);
	far_sound(&end, 0, 40, 1);
	end_turn(&end, 0);
	far_sound(&end, row->tick, 40, 101);
	end_turn(&end, MSEC(50));
	CHECK_EQ(end_counts(&end).slips, 1);
	CHECK_EQ(end.sound[39], 40);
	CHECK_EQ(end.sound[40], ALAW_IDLE);
	CHECK_EQ(end.sound[end.nsound - 41], ALAW_IDLE);
	CHECK_EQ(end.sound[end.nsound - 40], 101);
	CHECK(end.nsound >= 80 + row->filled);
	CHECK(end.nsound <= 80 + 280);
	end_close(&end);
}

TEST(more_than_320_waiting_slip_to_80_and_each_is_answered)
{
	struct wire_end end;

	connect_fresh(&end);
	for (uint32_t n = 0; n < 8; n++)
		far_sound(&end, n * 40, 40, (uint8_t)n);
	end_turn(&end, 0);
	CHECK_EQ(end_counts(&end).slips, 0);
	CHECK_EQ(end.nsound, 320);
	end.nsound = 0;
	for (uint32_t n = 8; n < 18; n++)
		far_sound(&end, n * 40, 40, (uint8_t)n);
	end_turn(&end, 0);
	CHECK_EQ(end_counts(&end).slips, 1);
	/* the ninth of them made 360, the tenth came behind the 80 left */
	CHECK_EQ(end.nsound, 120);
	CHECK_EQ(end.sound[0], 15);
	CHECK_EQ(end.sound[119], 17 + 39);
	for (uint32_t n = 0; n < 18; n++) {
		CHECK(far_take_type(&end, 3));
		CHECK_EQ(far_tick(&end), n * 40);
	}
	CHECK(!far_take(&end));
	end_close(&end);
}

static const struct slip_row {
	const char *fault;
	size_t heard; /* in slot 1 */
	unsigned calls;
} slip_rows[] = {
	{ "05 01 00", 39, 1 }, /* every slot: a short tick */
	{ "05 01 01", 39, 2 }, /* slot 1: the others get one more */
	{ "05 01 02", 40, 2 },
};

TEST_ROWS(an_injected_slip_loses_one_octet, slip_rows, row)
{
	struct wire_end end;

	connect_fresh(&end);
	far_say(&end, row->fault);
	far_sound(&end, 0, 40, 1);
	end_turn(&end, 0);
	CHECK_EQ(end.nsound, row->heard);
	CHECK_EQ(end.sound[0], 41 - row->heard);
	CHECK_EQ(end.nreceived, row->calls);
	CHECK_EQ(end_counts(&end).slips, 1);
	far_sound(&end, 40, 40, 41);
	end_turn(&end, 0);
	CHECK_EQ(end.nsound, row->heard + 40);
	CHECK_EQ(end.sound[row->heard], 41);
	CHECK_EQ(end_counts(&end).slips, 1);
	end_close(&end);
}

TEST(a_slot_not_in_the_mask_carries_idle)
{
	struct wire_end end;

	connect_fresh(&end);
	far_say(&end, "03 00000000 08 80000000 0102030405060708");
	end_turn(&end, 0);
	CHECK_EQ(end.nsound, 8);
	for (unsigned i = 0; i < 8; i++)
		CHECK_EQ(end.sound[i], ALAW_IDLE);
	end_close(&end);
}

/* --- nobody there --- */

static const struct role_row {
	bool listen;
} role_rows[] = { { true }, { false } };

TEST_ROWS(without_a_connection_the_media_goes_on, role_rows, row)
{
	struct wire_end end;

	end_init(&end, row->listen);
	end_open(&end);
	end_turn(&end, 0);
	for (unsigned i = 0; i < 100; i++)
		end_turn(&end, MSEC(5));
	CHECK_EQ(end.nreceived, 101);
	CHECK_EQ(end.ntransmitted, 101);
	CHECK_EQ(end.sound[0], ALAW_IDLE);
	CHECK_EQ(end_counts(&end).ticks_in, 0);
	CHECK_EQ(end_counts(&end).ticks_out, 0);
	end_close(&end);
}

TEST_ROWS(a_silent_far_end_is_replaced_by_idle, role_rows, row)
{
	struct wire_end end;

	end_init(&end, row->listen);
	end_open(&end);
	far_greet(&end);
	for (unsigned i = 0; i < 200; i++)
		end_turn(&end, MSEC(5));
	CHECK_EQ(board_span_alarms(end.span), ALARM_LOS);
	end.nreceived = end.ntransmitted = 0;
	for (unsigned i = 0; i < 100; i++)
		end_turn(&end, MSEC(5));
	CHECK_EQ(end.nreceived, 100);
	CHECK_EQ(end.ntransmitted, 100);
	end_close(&end);
}

TEST(the_descriptor_is_one_for_life_and_readable_when_due)
{
	struct wire_end end;
	struct epoll_event event = { .events = EPOLLIN };
	int fd, outer = epoll_create1(EPOLL_CLOEXEC);

	end_init(&end, true);
	end_open(&end);
	fd = board_span_fd(end.span);
	CHECK_EQ(epoll_ctl(outer, EPOLL_CTL_ADD, fd, &event), 0);
	far_join(&end);
	CHECK_EQ(board_span_fd(end.span), fd);
	instant_release();
	/* The real clock now: its timer fires within 5 ms. */
	(void)board_span_turn(end.span, &end_media, &end);
	CHECK_EQ(epoll_wait(outer, &event, 1, 1000), 1);
	instant_hold();
	(void)close(outer);
	end_close(&end);
}
