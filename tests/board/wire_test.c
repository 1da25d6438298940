/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * The connection of a virtual span, sentence by sentence as the format says:
 * who may connect, what is said first, what closes it.
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
	fd = net_unix_connect(end.conf.path, SOCK_SEQPACKET);
	end_turn(&end, MSEC(5));
	(void)close(fd);
	CHECK_EQ(end_counts(&end).refused, 2);
	CHECK_EQ(end.nnotices, 1); /* said once */
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

TEST(a_path_that_can_never_be_connected_is_complained_of_once)
{
	struct wire_end end;

	/* A socket, but of another kind. */
	end_init(&end, false);
	end.listener = net_unix_listen(end.conf.path, SOCK_STREAM, 0600);
	CHECK_EQ(board_span_open(&end.span, end.loop, &end.conf, &end_handler,
	                         &end),
	         0);
	for (unsigned i = 0; i < 10; i++)
		end_turn(&end, MSEC(200));
	CHECK_EQ(end.nnotices, 1);
	CHECK(strstr(end.notice, "cannot be connected to: ") != NULL);
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
	CHECK_EQ(end_counts(&end).hellos_bad, 3);
	CHECK_EQ(end_counts(&end).connects, 0);
	end_bring_up(&end);
	end_close(&end);
}

/* Of one type now and of the other then: each would be news. */
TEST(a_far_end_that_is_wrong_in_many_ways_does_not_fill_a_log)
{
	static const char *const hellos[] = { "01 01 54 41 10 78",
		                              "01 01 45 75 10 78" };
	struct wire_end end;

	end_init(&end, true);
	end_open(&end);
	for (unsigned n = 0; n < 40; n++) {
		far_join(&end);
		far_say(&end, hellos[n % 2]);
		end_turn(&end, MSEC(100));
		CHECK(far_is_closed(&end));
	}
	CHECK_EQ(end.nnotices, 5);
	CHECK_EQ(end_counts(&end).hellos_bad, 40);
	end_turn(&end, SEC(60));
	for (unsigned n = 0; n < 2; n++) {
		far_join(&end);
		far_say(&end, hellos[n]);
		end_turn(&end, 0);
		CHECK(far_is_closed(&end));
	}
	CHECK(end.nnotices > 5);
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

/* --- the two of us --- */

static const struct shape_row {
	enum span_type type;
	unsigned dslot, octets;
} shape_rows[] = {
	/* clang-format off */
	{ SPAN_E1, 16, 40 },
	{ SPAN_E1, 0,  40 },
	{ SPAN_T1, 24, 40 },
	{ SPAN_T1, 0,  8 },
	{ SPAN_E1, 16, 160 },
	/* clang-format on */
};

TEST_ROWS(both_roles_understand_each_other, shape_rows, row)
{
	usec period = (usec)row->octets * 125;
	struct wire_end a, b;

	end_init(&a, true);
	board_conf_preset(&a.conf, row->type);
	a.conf.dslot = row->dslot;
	a.conf.octets = row->octets;
	end_open(&a);
	b = a;
	b.conf.listen = false;
	CHECK_EQ(board_span_open(&b.span, b.loop, &b.conf, &end_handler, &b),
	         0);
	a.mask = b.mask = 0xfffffffe;
	a.octet = 0x11;
	b.octet = 0x22;
	for (unsigned i = 0; i < 150; i++) {
		end_turn(&a, period);
		end_turn(&b, 0);
	}
	CHECK_EQ(board_span_alarms(a.span), 0);
	CHECK_EQ(board_span_alarms(b.span), 0);
	CHECK_EQ(a.sound[a.nsound - 1], 0x22);
	CHECK_EQ(b.sound[b.nsound - 1], 0x11);
	CHECK_EQ(board_span_send(a.span, BYTES(sabme)),
	         row->dslot == 0 ? -ENOTSUP : 0);
	(void)board_span_send(b.span, BYTES(sabme));
	for (unsigned i = 0; i < 2; i++) {
		end_turn(&a, period);
		end_turn(&b, 0);
	}
	CHECK_EQ(a.nframes, row->dslot != 0);
	CHECK_EQ(b.nframes, row->dslot != 0);
	CHECK_EQ(end_counts(&a).slips + end_counts(&b).slips, 0);
	CHECK_EQ(end_counts(&a).late + end_counts(&b).late, 0);
	CHECK_EQ(end_counts(&a).malformed + end_counts(&b).malformed, 0);
	b.span = board_span_close(b.span);
	end_turn(&a, period);
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
