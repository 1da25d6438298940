/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * The connection of a virtual span, sentence by sentence as the format says:
 * who may connect, what is said first, what closes it, frames, alarms, faults.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel/loop.h"
#include "kernel/net.h"
#include "tests/board/wire_end.h"

static const uint8_t sabme[] = { 0x00, 0x01, 0x7f };

/* --- the socket --- */

TEST(the_listeners_file_is_for_owner_and_group)
{
	struct wire_end end;
	struct stat st;

	end_init(&end, true);
	end_open(&end);
	CHECK_EQ(stat(end.conf.path, &st), 0);
	CHECK_EQ(st.st_mode & 0777, 0660);
	end_close(&end);
	CHECK_EQ(stat(end.conf.path, &st), -1);
}

TEST(a_file_nobody_answers_is_taken_over_and_a_live_one_is_not)
{
	struct board_span *second = NULL;
	struct wire_end end;
	int fd;

	end_init(&end, true);
	fd = net_unix_listen(end.conf.path, SOCK_SEQPACKET, 0660);
	(void)close(fd); /* its file stays */
	end_open(&end);
	CHECK_EQ(board_span_open(&second, end.loop, &end.conf, &end_handler,
	                         &end),
	         -EADDRINUSE);
	CHECK(second == NULL);
	far_join(&end); /* still alive */
	end_close(&end);
}

TEST(a_second_connection_is_closed_at_once_and_counted)
{
	struct wire_end end;
	uint8_t octet;
	int fd;

	end_init(&end, true);
	end_open(&end);
	end_bring_up(&end);
	fd = net_unix_connect(end.conf.path, SOCK_SEQPACKET);
	end_turn(&end, MSEC(5));
	CHECK_EQ(net_receive(fd, &octet, 1), 0);
	CHECK_EQ(end_counts(&end).refused, 1);
	CHECK_EQ(board_span_alarms(end.span), 0);
	(void)close(fd);
	end_close(&end);
}

TEST(the_connector_tries_every_200_ms)
{
	struct wire_end end;

	end_init(&end, false);
	CHECK_EQ(board_span_open(&end.span, end.loop, &end.conf, &end_handler,
	                         &end),
	         0);
	end_turn(&end, 0);
	end.listener = net_unix_listen(end.conf.path, SOCK_SEQPACKET, 0600);
	end_turn(&end, MSEC(199));
	CHECK_EQ(net_accept(end.listener, NULL), -EAGAIN);
	end_turn(&end, MSEC(1));
	end.fd = net_accept(end.listener, NULL);
	CHECK(end.fd >= 0);
	end_close(&end);
}

/* --- hello --- */

static const struct hello_row {
	bool listen;
} role_rows[] = { { true }, { false } };

TEST_ROWS(hello_comes_first_and_at_once, role_rows, row)
{
	static const uint8_t hello[] = {
		1, 1, 'E', 'A', 16, 'e', '1', ' ', '0'
	};
	struct wire_end end;

	end_init(&end, row->listen);
	end_open(&end);
	far_join(&end);
	CHECK(far_take(&end));
	CHECK_EQ(end.len, sizeof(hello));
	CHECK_MEM(end.packet, hello, sizeof(hello));
	CHECK(!far_take(&end)); /* and no more before ours */
	end_turn(&end, MSEC(50));
	CHECK(!far_take(&end));
	CHECK_EQ(board_span_send(end.span, BYTES(sabme)), -ENETDOWN);
	end_close(&end);
}

TEST_ROWS(a_good_hello_brings_the_line_up, role_rows, row)
{
	struct wire_end end;

	end_init(&end, row->listen);
	end_open(&end);
	CHECK_EQ(board_span_alarms(end.span), ALARM_LOS);
	end_bring_up(&end);
	CHECK_EQ(end.nalarms, 1);
	CHECK_EQ(end.alarms[0], 0);
	CHECK_TEXT(board_span_peer(end.span), "pbx");
	CHECK_EQ(end_counts(&end).connects, 1);
	CHECK_EQ(end.nnotices, 0);
	end_close(&end);
}

static const struct first_row {
	const char *packet; /* what the far end says first */
	const char *notice;
} first_rows[] = {
	/* clang-format off */
	{ "01 02 45 41 10 78",
	  "the far end's version is 2 and ours is 1, connection closed" },
	{ "01 02", "the far end's version is 2 and ours is 1, connection closed" },
	{ "01 01 54 41 10 78",
	  "the far end's type is 'T' and ours is 'E', connection closed" },
	{ "01 01 45 75 10 78",
	  "the far end's law is 'u' and ours is 'A', connection closed" },
	{ "01 01 45 07 10 78",
	  "the far end's law is 7 and ours is 'A', connection closed" },
	{ "01 01 45 41 00 78",
	  "the far end's D-channel slot is 0 and ours is 16, connection closed" },
	{ "01 01 45 41 10",
	  "the far end's first packet is not a hello, connection closed" },
	{ "01", "the far end's first packet is not a hello, connection closed" },
	{ "02 10 00 01 7f",
	  "the far end's first packet is not a hello, connection closed" },
	{ "03 00000000 28 00000000",
	  "the far end's first packet is not a hello, connection closed" },
	{ "04 00", "the far end's first packet is not a hello, connection closed" },
	{ "99", "the far end's first packet is not a hello, connection closed" },
	{ NULL, "the far end said no hello within 2 s, connection closed" },
	/* clang-format on */
};

TEST_ROWS(a_wrong_first_packet_closes_and_is_told_once, first_rows, row)
{
	struct wire_end end;

	end_init(&end, true);
	end_open(&end);
	for (unsigned n = 0; n < 3; n++) {
		far_join(&end);
		if (row->packet != NULL)
			far_say(&end, row->packet);
		end_turn(&end, MSEC(1999));
		if (row->packet == NULL) {
			CHECK(!far_is_closed(&end));
			end_turn(&end, MSEC(1));
		}
		CHECK(far_is_closed(&end));
	}
	CHECK_EQ(end.nnotices, 1);
	CHECK_TEXT(end.notice, row->notice);
	CHECK_EQ(end_counts(&end).connects, 0);
	end_bring_up(&end);
	end_close(&end);
}

TEST(a_second_hello_closes)
{
	struct wire_end end;

	end_init(&end, true);
	end_open(&end);
	end_bring_up(&end);
	far_say(&end, "01 01 45 41 10 78");
	end_turn(&end, 0);
	CHECK(far_is_closed(&end));
	CHECK_TEXT(end.notice,
	           "the far end said hello twice, connection closed");
	end_close(&end);
}

TEST(after_a_difference_the_connector_waits_5_s)
{
	struct wire_end end;

	end_init(&end, false);
	end_open(&end);
	far_join(&end);
	far_say(&end, "01 01 54 41 10 78");
	end_turn(&end, 0);
	CHECK(far_is_closed(&end));
	end_turn(&end, MSEC(4999));
	CHECK_EQ(net_accept(end.listener, NULL), -EAGAIN);
	end_turn(&end, MSEC(1));
	end.fd = net_accept(end.listener, NULL);
	CHECK(end.fd >= 0);
	end_close(&end);
}

TEST(a_strangers_name_is_cleaned_for_logs)
{
	struct wire_end end;

	end_init(&end, true);
	end_open(&end);
	far_join(&end);
	far_say(&end, "01 01 45 41 10 61 1b 62");
	end_turn(&end, 0);
	CHECK_TEXT(board_span_peer(end.span), "a\\x1bb");
	end_close(&end);
}

TEST_ROWS(eof_is_los_at_once_and_the_line_comes_back, role_rows, row)
{
	struct wire_end end;

	end_init(&end, row->listen);
	end_open(&end);
	end_bring_up(&end);
	(void)close(end.fd);
	end_turn(&end, 0);
	CHECK_EQ(board_span_alarms(end.span), ALARM_LOS);
	CHECK_EQ(board_span_send(end.span, BYTES(sabme)), -ENETDOWN);
	end_turn(&end, MSEC(200));
	end_bring_up(&end);
	CHECK_EQ(end.nalarms, 3);
	CHECK_EQ(end_counts(&end).connects, 2);
	CHECK_EQ(end_counts(&end).alarms_seen, 1);
	CHECK_EQ(end.nnotices, 0);
	end_close(&end);
}

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

/* --- the two of us --- */

TEST(both_roles_understand_each_other)
{
	struct wire_end a, b;

	end_init(&a, true);
	end_open(&a);
	b = a;
	b.conf.listen = false;
	CHECK_EQ(board_span_open(&b.span, b.loop, &b.conf, &end_handler, &b),
	         0);
	a.mask = b.mask = 1u << 1 | 1u << 31;
	a.octet = 0x11;
	b.octet = 0x22;
	for (unsigned i = 0; i < 100; i++) {
		end_turn(&a, MSEC(5));
		end_turn(&b, 0);
	}
	CHECK_EQ(board_span_alarms(a.span), 0);
	CHECK_EQ(board_span_alarms(b.span), 0);
	CHECK_EQ(a.sound[a.nsound - 1], 0x22);
	CHECK_EQ(b.sound[b.nsound - 1], 0x11);
	CHECK_EQ(board_span_send(a.span, BYTES(sabme)), 0);
	CHECK_EQ(board_span_send(b.span, BYTES(sabme)), 0);
	end_turn(&a, MSEC(5));
	end_turn(&b, 0);
	end_turn(&a, MSEC(5));
	CHECK_EQ(a.nframes, 1);
	CHECK_EQ(b.nframes, 1);
	CHECK_EQ(end_counts(&a).slips, 0);
	CHECK_EQ(end_counts(&b).slips, 0);
	b.span = board_span_close(b.span);
	end_turn(&a, MSEC(5));
	CHECK_EQ(board_span_alarms(a.span), ALARM_LOS);
	end_close(&a);
}

LADDER(a_span_survives_failing_memory_and_sockets)
{
	struct board_conf conf = { .kind = BOARD_WIRE, .listen = true };
	struct wire_end end;
	struct loop *loop = NULL;
	int rc;

	memset(&end, 0, sizeof(end));
	end.fd = -1;
	board_conf_preset(&conf, SPAN_E1);
	strcpy(conf.name, "e1 0");
	(void)snprintf(conf.path, sizeof(conf.path), "%s/span", test_folder());
	instant_hold();
	rc = loop_new(&loop);
	if (rc == 0)
		rc = board_span_open(&end.span, loop, &conf, &end_handler,
		                     &end);
	if (ladder_ok())
		CHECK_EQ(rc, 0);
	if (rc == 0) {
		end.loop = loop;
		end.fd = net_unix_connect(conf.path, SOCK_SEQPACKET);
		end_turn(&end, 0);
		(void)net_send(
			end.fd,
			(struct bytes){ (const uint8_t *)"\1\1EA\20x", 6 });
		end_turn(&end, 0);
		(void)board_span_send(end.span, BYTES(sabme));
		end_turn(&end, 0);
		end_turn(&end, 0);
	}
	board_span_close(end.span);
	loop_free(loop);
	instant_release();
	if (end.fd >= 0)
		(void)close(end.fd);
}
