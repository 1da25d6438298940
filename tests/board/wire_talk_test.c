/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * What passes once a virtual span is up: frames, alarms, faults, and all that
 * is not a packet.
 */

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "kernel/loop.h"
#include "kernel/net.h"
#include "tests/board/wire_end.h"

static const uint8_t sabme[] = { 0x00, 0x01, 0x7f };

static const struct role_row {
	bool listen;
} role_rows[] = { { true }, { false } };

/* --- frames --- */

TEST_ROWS(frames_cross_whole_in_both_directions, role_rows, row)
{
	static const uint8_t sent[] = { 2, 16, 0x00, 0x01, 0x7f };
	struct wire_end end;

	end_init(&end, row->listen);
	end_open(&end);
	end_bring_up(&end);
	CHECK_EQ(board_span_send(end.span, BYTES(sabme)), 0);
	end_turn(&end, 0);
	CHECK(far_take_type(&end, 2));
	CHECK_EQ(end.len, sizeof(sent));
	CHECK_MEM(end.packet, sent, sizeof(sent));
	far_send(&end, BYTES(sent));
	end_turn(&end, 0);
	CHECK_EQ(end.nframes, 1);
	CHECK_EQ(end.frame_len, 3);
	CHECK_MEM(end.frame, sabme, 3);
	CHECK_EQ(end_counts(&end).frames_in, 1);
	CHECK_EQ(end_counts(&end).frames_out, 1);
	end_close(&end);
}

TEST(frames_of_a_turn_leave_with_it_and_need_no_media_thread)
{
	uint8_t frame[3] = { 0 };
	struct wire_end end;

	end_init(&end, true);
	end_open(&end);
	end_bring_up(&end);
	/* more than are gathered: the first of them leave at once */
	for (; frame[0] < 20; frame[0]++)
		CHECK_EQ(board_span_send(end.span, BYTES(frame)), 0);
	CHECK_EQ(end_counts(&end).frames_out, 16);
	(void)loop_turn(end.loop);
	CHECK_EQ(end_counts(&end).frames_out, 20);
	for (unsigned n = 0; n < 20; n++) {
		CHECK(far_take_type(&end, 2));
		CHECK_EQ(end.packet[2], n);
	}
	end_close(&end);
}

TEST(frames_of_3_to_512_octets_are_sent)
{
	static const uint8_t octets[513];
	struct wire_end end;

	end_init(&end, true);
	end_open(&end);
	end_bring_up(&end);
	CHECK_EQ(board_span_send(end.span, (struct bytes){ octets, 2 }),
	         -EBADMSG);
	CHECK_EQ(board_span_send(end.span, (struct bytes){ octets, 513 }),
	         -EMSGSIZE);
	CHECK_EQ(board_span_send(end.span, (struct bytes){ octets, 512 }), 0);
	end_turn(&end, 0);
	CHECK(far_take_type(&end, 2));
	CHECK_EQ(end.len, 514);
	end_close(&end);
}

TEST(without_a_d_channel_no_frame_is_sent)
{
	struct wire_end end;

	end_init(&end, true);
	end.conf.dslot = 0;
	end_open(&end);
	CHECK_EQ(board_span_send(end.span, BYTES(sabme)), -ENOTSUP);
	end_close(&end);
}

TEST(frames_wait_in_order_when_the_socket_is_full)
{
	uint8_t frame[3] = { 0 };
	struct wire_end end;
	unsigned n = 0;

	end_init(&end, true);
	end_open(&end);
	end_bring_up(&end);
	/* Sound fills the socket first; it is dropped when nothing fits. */
	end.mask = 0xfffffffe;
	while (end_counts(&end).send_full == 0)
		end_turn(&end, MSEC(5));
	for (n = 0; n < 64; n++) {
		frame[0] = (uint8_t)n;
		CHECK_EQ(board_span_send(end.span, BYTES(frame)), 0);
	}
	end_turn(&end, 0);
	for (unsigned i = n = 0; i < 10; i++) {
		while (far_take_type(&end, 2))
			CHECK_EQ(end.packet[2], n++);
		end_turn(&end, 0);
	}
	CHECK_EQ(n, 64);
	CHECK_EQ(end_counts(&end).frames_out, 64);
	end_close(&end);
}

TEST(more_than_64_waiting_close_the_connection)
{
	struct wire_end end;

	end_init(&end, true);
	end_open(&end);
	end_bring_up(&end);
	end.mask = 0xfffffffe;
	while (end_counts(&end).send_full == 0)
		end_turn(&end, MSEC(5));
	for (unsigned n = 0; n < 2000; n++) {
		if (board_span_send(end.span, BYTES(sabme)) < 0)
			break;
		end_turn(&end, 0);
	}
	CHECK_EQ(board_span_alarms(end.span), ALARM_LOS);
	CHECK_TEXT(end.notice, "the far end reads nothing, connection closed");
	CHECK(far_is_closed(&end));
	end_close(&end);
}

TEST(the_last_words_before_closing_are_sent)
{
	struct wire_end end;

	end_init(&end, true);
	end_open(&end);
	end_bring_up(&end);
	CHECK_EQ(board_span_send(end.span, BYTES(sabme)), 0);
	end.span = board_span_close(end.span);
	CHECK(far_take_type(&end, 2));
	end_close(&end);
}

/* --- alarms --- */

static const struct alarm_row {
	const char *packet;
	unsigned seen;
	bool passes; /* frames and sound */
} alarm_rows[] = {
	/* clang-format off */
	{ "04 01", ALARM_LOS,             false },
	{ "04 02", ALARM_LOF,             false },
	{ "04 04", ALARM_AIS,             false },
	{ "04 08", ALARM_RAI,             true  },
	{ "04 0c", ALARM_AIS | ALARM_RAI, false },
	{ "04 f0", 0,                     true  },
	{ "04 00", 0,                     true  },
	/* clang-format on */
};

TEST_ROWS(an_alarm_does_what_a_framer_would, alarm_rows, row)
{
	struct wire_end end;

	end_init(&end, true);
	end_open(&end);
	end_bring_up(&end);
	far_say(&end, row->packet);
	far_say(&end, "02 10 00 01 7f");
	far_sound(&end, 0, 40, 1);
	end_turn(&end, MSEC(1));
	CHECK_EQ(board_span_alarms(end.span), row->seen);
	CHECK_EQ(end.nframes, row->passes);
	CHECK_EQ(end.sound[0], row->passes ? 1 : ALAW_IDLE);
	CHECK_EQ(end_counts(&end).frames_dropped, !row->passes);
	CHECK_EQ(far_take_type(&end, 4), !row->passes);
	if (!row->passes)
		CHECK_EQ(end.packet[1], ALARM_RAI);

	far_say(&end, "04 00");
	end_turn(&end, MSEC(1));
	CHECK_EQ(far_take_type(&end, 4), !row->passes);
	if (!row->passes)
		CHECK_EQ(end.packet[1], 0);
	far_say(&end, "02 10 00 01 7f");
	for (unsigned i = 0; i < 30; i++)
		end_turn(&end, MSEC(5));
	CHECK_EQ(end.nframes, row->passes + 1);
	CHECK_EQ(board_span_alarms(end.span), 0);
	end_close(&end);
}

TEST(our_own_alarm_is_shown_and_outlives_a_connection)
{
	struct wire_end end;

	end_init(&end, true);
	end_open(&end);
	end_bring_up(&end);
	CHECK_EQ(board_span_send_alarm(end.span, ALARM_AIS), 0);
	end_turn(&end, 0);
	CHECK(far_take_type(&end, 4));
	CHECK_EQ(end.packet[1], ALARM_AIS);
	end_turn(&end, MSEC(5));
	CHECK(!far_take_type(&end, 4)); /* said once */
	(void)close(end.fd);
	end_turn(&end, 0);
	far_greet(&end);
	CHECK(far_take_type(&end, 4));
	CHECK_EQ(end.packet[1], ALARM_AIS);
	end_close(&end);
}

static const struct silence_row {
	bool listen;
	const char *packet; /* said in the silence: is not the end of it */
} silence_rows[] = {
	{ true, NULL },
	{ false, NULL },
	{ true, "04 00" },
	{ false, "99" },
};

TEST_ROWS(a_second_without_a_packet_is_los_until_samples, silence_rows, row)
{
	struct wire_end end;

	end_init(&end, row->listen);
	end_open(&end);
	end_bring_up(&end);
	far_say(&end, "99"); /* any packet counts */
	end_turn(&end, 0);
	end_turn(&end, MSEC(999));
	CHECK_EQ(board_span_alarms(end.span), 0);
	end_turn(&end, MSEC(1));
	CHECK_EQ(board_span_alarms(end.span), ALARM_LOS);
	CHECK(far_take_type(&end, 4));
	CHECK_EQ(end.packet[1], ALARM_RAI);
	if (row->packet != NULL)
		far_say(&end, row->packet);
	for (unsigned i = 0; i < 30; i++)
		end_turn(&end, MSEC(5));
	CHECK_EQ(board_span_alarms(end.span), ALARM_LOS);
	far_sound(&end, 40, 40, 0);
	end_turn(&end, 0);
	for (unsigned i = 0; i < 30; i++)
		end_turn(&end, MSEC(5));
	CHECK_EQ(board_span_alarms(end.span), 0);
	end_close(&end);
}

/* --- faults --- */

static const struct fault_row {
	const char *faults;   /* said before three frames 1, 2, 3 */
	unsigned arrive, bad; /* how many do, how many count as bad */
	uint8_t last;         /* octet of the last one */
	unsigned obeyed, malformed;
} fault_rows[] = {
	/* clang-format off */
	{ "05 02 10", 2, 0, 3, 1, 0 },
	{ "05 03 10", 2, 1, 3, 1, 0 },
	{ "05 04 10", 3, 0, 3, 1, 0 },
	{ "05 01 00", 3, 0, 3, 1, 0 },
	{ "05 01 10", 3, 0, 3, 0, 1 },   /* the D channel has no octets here */
	{ "05 02 00", 3, 0, 3, 0, 1 },
	{ "05 02 01", 3, 0, 3, 0, 1 },
	{ "05 00 10", 3, 0, 3, 0, 1 },
	{ "05 05 10", 3, 0, 3, 0, 1 },
	/* clang-format on */
};

TEST_ROWS(a_fault_acts_once_on_the_next_frame, fault_rows, row)
{
	struct wire_end end;

	end_init(&end, true);
	end.conf.faults = true;
	end_open(&end);
	end_bring_up(&end);
	far_say(&end, row->faults);
	far_say(&end, "02 10 00 01 01");
	far_say(&end, "02 10 00 01 02");
	far_say(&end, "02 10 00 01 03");
	end_turn(&end, 0);
	CHECK_EQ(end.nframes, row->arrive);
	CHECK_EQ(end.frame[2], row->last);
	CHECK_EQ(end_counts(&end).frames_bad, row->bad);
	CHECK_EQ(end_counts(&end).faults, row->obeyed);
	CHECK_EQ(end_counts(&end).malformed, row->malformed);
	end_close(&end);
}

TEST(the_inverted_bit_is_the_lowest_of_the_last_octet)
{
	struct wire_end end;

	end_init(&end, true);
	end.conf.faults = true;
	end_open(&end);
	end_bring_up(&end);
	far_say(&end, "05 04 10");
	far_say(&end, "02 10 00 01 7f");
	end_turn(&end, 0);
	CHECK_EQ(end.frame[0], 0x00);
	CHECK_EQ(end.frame[1], 0x01);
	CHECK_EQ(end.frame[2], 0x7e);
	end_close(&end);
}

TEST(faults_are_ignored_and_counted_unless_configured)
{
	struct wire_end end;

	end_init(&end, true);
	end_open(&end);
	end_bring_up(&end);
	far_say(&end, "05 02 10");
	far_say(&end, "05 01 00");
	far_say(&end, "02 10 00 01 7f");
	far_sound(&end, 0, 40, 1);
	end_turn(&end, 0);
	CHECK_EQ(end.nframes, 1);
	CHECK_EQ(end.nsound, 40);
	CHECK_EQ(end_counts(&end).faults_ignored, 2);
	CHECK_EQ(end_counts(&end).faults, 0);

	end.conf.faults = true;
	CHECK_EQ(board_span_change(end.span, &end.conf), 0);
	far_say(&end, "05 02 10");
	far_say(&end, "02 10 00 01 7f");
	end_turn(&end, 0);
	CHECK_EQ(end.nframes, 1);
	end_close(&end);
}

TEST(our_faults_reach_the_far_end)
{
	static const uint8_t fault[] = { 5, 4, 16 };
	struct wire_end end;

	end_init(&end, true);
	end_open(&end);
	CHECK_EQ(board_span_send_fault(end.span, 4, 16), -ENETDOWN);
	end_bring_up(&end);
	CHECK_EQ(board_span_send_fault(end.span, 4, 16), 0);
	end_turn(&end, 0);
	CHECK(far_take_type(&end, 5));
	CHECK_EQ(end.len, sizeof(fault));
	CHECK_MEM(end.packet, fault, sizeof(fault));
	end_close(&end);
}

TEST(a_fault_stays_between_the_frames_it_was_asked_for_between)
{
	static const uint8_t types[] = { 2, 5, 2, 2 };
	struct wire_end end;

	end_init(&end, true);
	end_open(&end);
	end_bring_up(&end);
	CHECK_EQ(board_span_send(end.span, BYTES(sabme)), 0);
	CHECK_EQ(board_span_send_fault(end.span, 2, 16), 0);
	CHECK_EQ(board_span_send(end.span, BYTES(sabme)), 0);
	(void)loop_turn(end.loop);
	CHECK_EQ(board_span_send(end.span, BYTES(sabme)), 0);
	(void)loop_turn(end.loop);
	end_turn(&end, 0);
	for (unsigned i = 0; i < ARRAY_LEN(types); i++) {
		do
			CHECK(far_take(&end));
		while (end.packet[0] == 3);
		CHECK_EQ(end.packet[0], types[i]);
	}
	end_close(&end);
}

/* --- bad input --- */

static const struct bad_row {
	const char *packet;
	bool unknown;
} bad_rows[] = {
	/* clang-format off */
	{ "02", false },
	{ "02 10 00 01", false },             /* a frame of 2 octets */
	{ "02 0f 00 01 7f", false },          /* not the D channel */
	{ "03 00000000 28", false },
	{ "03 00000000 28 00000000 00", false },
	{ "03 00000000 00 00000000", false }, /* count 0 */
	{ "03 00000000 09 00000000", false }, /* not a multiple of 8 */
	{ "03 00000000 a8 00000000", false }, /* 168 */
	{ "03 00000000 08 00000001 0011223344556677", false }, /* slot 0 */
	{ "03 00000000 08 00010000 0011223344556677", false }, /* D channel */
	{ "03 00000000 08 00000002 00112233445566", false },
	{ "03 00000000 08 00000002 001122334455667788", false },
	{ "04", false },
	{ "04 00 00", false },
	{ "05 02", false },
	{ "05 02 10 00", false },
	{ "00", true },
	{ "06", true },
	{ "ff 01 02", true },
	/* clang-format on */
};

TEST_ROWS(bad_packets_are_dropped_counted_and_not_answered, bad_rows, row)
{
	struct wire_end end;

	end_init(&end, false);
	end_open(&end);
	end_bring_up(&end);
	far_say(&end, row->packet);
	end_turn(&end, MSEC(5));
	CHECK(!far_take(&end));
	CHECK_EQ(end_counts(&end).malformed, !row->unknown);
	CHECK_EQ(end_counts(&end).unknown, row->unknown);
	CHECK_EQ(end.nframes, 0);
	CHECK_EQ(end.nreceived, 0);
	CHECK_EQ(board_span_alarms(end.span), 0);
	end_close(&end);
}

TEST(a_packet_longer_than_the_longest_is_malformed)
{
	uint8_t octets[4972] = { 3, 0, 0, 0, 0, 160, 0x7f, 0xfe, 0xff, 0xfe };
	struct wire_end end;

	end_init(&end, false);
	end_open(&end);
	end_bring_up(&end);
	far_send(&end, BYTES(octets));
	end_turn(&end, 0);
	CHECK_EQ(end_counts(&end).malformed, 1);
	CHECK_EQ(end.nreceived, 0);
	end_close(&end);
}

/* Whatever a far end says, in whatever order: the span lives, and takes the
 * next one that behaves. */
TEST_ROWS(a_babbling_far_end_does_no_harm, role_rows, row)
{
	uint8_t octets[400];
	struct wire_end end;

	srand(test_seed());
	end_init(&end, row->listen);
	end.conf.faults = true;
	end_open(&end);
	far_greet(&end);
	for (unsigned n = 0; n < 4000; n++) {
		size_t len = 1 + (size_t)rand() % 30;

		while (end.fd < 0) {
			end_turn(&end, 0); /* sees the end */
			end_turn(&end, SEC(5));
			end.nalarms = 0;
			far_greet(&end);
		}
		for (size_t i = 0; i < len; i++)
			octets[i] = (uint8_t)rand();
		octets[0] = (uint8_t)(2 + rand() % 5);
		if (octets[0] == 2)
			octets[1] = 16;
		if (octets[0] == 3) { /* a clock packet, ticks near 0 */
			octets[1] = octets[2] = octets[3] = 0;
			octets[5] = 40;
			octets[6] = octets[7] = octets[8] = octets[9] = 0;
			len = 10;
		}
		(void)net_send(end.fd, (struct bytes){ octets, len });
		end_turn(&end, rand() % 3 == 0 ? MSEC(5) : 0);
		end.nalarms = 0;
		if (rand() % 500 == 0) {
			(void)close(end.fd);
			end.fd = -1;
		} else {
			far_drain(&end);
		}
	}
	if (end.fd >= 0)
		(void)close(end.fd);
	end.fd = -1;
	end_turn(&end, 0);
	end_turn(&end, SEC(5));
	end_bring_up(&end);
	end_close(&end);
}
