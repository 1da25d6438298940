/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * Two ends of a line in memory. The same ends are what the test world of
 * whole gateways stands on, so what is promised there is proved here: order,
 * no re-entry, alarms after debounce, sound to the octet.
 */

#include <errno.h>
#include <string.h>

#include "board/board.h"
#include "kernel/loop.h"
#include "kernel/mem.h"
#include "tests/test.h"

enum { MOST_ALARMS = 16 };

struct end {
	struct board_span *span, *answer_on;
	uint8_t frames[1024]; /* one after the other, without lengths */
	size_t len;
	unsigned nframes, depth;
	unsigned alarms[MOST_ALARMS], nalarms;
	uint8_t octet; /* what is sent in each slot of `mask` */
	uint32_t mask;
	struct tick heard;
	unsigned nheard;
};

struct line {
	struct loop *loop;
	struct end a, b;
};

static void on_frame(void *self, struct bytes frame)
{
	struct end *end = self;

	CHECK_EQ(end->depth++, 0);
	CHECK(end->len + frame.len <= sizeof(end->frames));
	memcpy(end->frames + end->len, frame.at, frame.len);
	end->len += frame.len;
	end->nframes++;
	if (end->answer_on != NULL && end->nframes == 1)
		CHECK_EQ(board_span_send(end->answer_on, frame), 0);
	end->depth--;
}

static void on_alarm(void *self, unsigned alarms)
{
	struct end *end = self;

	CHECK(end->nalarms < MOST_ALARMS);
	end->alarms[end->nalarms++] = alarms;
}

static const struct board_handler handler = { .frame = on_frame,
	                                      .alarm = on_alarm };

static void on_receive(void *self, const struct tick *tick)
{
	struct end *end = self;

	end->heard = *tick;
	end->nheard++;
}

static void on_transmit(void *self, struct tick *tick)
{
	struct end *end = self;

	for (unsigned slot = 0; slot < TICK_SLOTS; slot++)
		if (tick->mask & end->mask & UINT32_C(1) << slot)
			memset(tick->octets[slot], end->octet, tick->count);
	tick->mask &= end->mask;
}

static const struct board_media media = { on_receive, on_transmit };

static void settle(struct loop *loop, usec length)
{
	struct instant due, end = instant_add(instant_now(), length);

	for (;;) {
		while (loop_turn(loop))
			;
		if (!loop_next(loop, &due) || instant_since(due, end) > 0)
			break;
		if (instant_since(due, instant_now()) > 0)
			instant_turn(instant_since(due, instant_now()));
	}
	instant_turn(instant_since(end, instant_now()));
}

static struct board_conf conf_of(const char *name, const char *peer)
{
	struct board_conf conf = { .kind = BOARD_SIM };

	board_conf_preset(&conf, SPAN_E1);
	strcpy(conf.name, name);
	strcpy(conf.peer, peer);
	return conf;
}

static void line_open(struct line *line)
{
	struct board_conf a = conf_of("a", "b"), b = conf_of("b", "a");

	memset(line, 0, sizeof(*line));
	instant_hold();
	CHECK_EQ(loop_new(&line->loop), 0);
	CHECK_EQ(board_span_open(&line->a.span, line->loop, &a, &handler,
	                         &line->a),
	         0);
	CHECK_EQ(board_span_open(&line->b.span, line->loop, &b, &handler,
	                         &line->b),
	         0);
	board_sim_media(line->a.span, &media, &line->a);
	board_sim_media(line->b.span, &media, &line->b);
	settle(line->loop, SEC(1));
}

static void line_close(struct line *line)
{
	line->a.span = board_span_close(line->a.span);
	line->b.span = board_span_close(line->b.span);
	line->loop = loop_free(line->loop);
	instant_release();
}

static const uint8_t sabme[] = { 0x00, 0x01, 0x7f };

TEST(two_ends_come_up_and_say_so_once)
{
	struct line line;

	line_open(&line);
	CHECK_EQ(line.a.nalarms, 1);
	CHECK_EQ(line.a.alarms[0], 0);
	CHECK_EQ(line.b.nalarms, 1);
	CHECK_EQ(board_span_alarms(line.b.span), 0);
	line_close(&line);
}

TEST(an_end_without_a_peer_is_in_los)
{
	struct board_conf conf = conf_of("a", "b");
	struct board_span *span;
	struct end end = { 0 };
	struct loop *loop;

	instant_hold();
	CHECK_EQ(loop_new(&loop), 0);
	CHECK_EQ(board_span_open(&span, loop, &conf, &handler, &end), 0);
	settle(loop, SEC(5));
	CHECK_EQ(board_span_alarms(span), ALARM_LOS);
	CHECK_EQ(end.nalarms, 0);
	CHECK_EQ(board_span_send(span, BYTES(sabme)), -ENETDOWN);
	CHECK_EQ(board_span_fd(span), -1);
	board_span_close(span);
	loop_free(loop);
	instant_release();
}

TEST(frames_arrive_in_order_on_a_later_turn)
{
	static const uint8_t second[] = { 0x00, 0x01, 0x73, 0x55 };
	struct line line;

	line_open(&line);
	line.b.answer_on = line.b.span;
	CHECK_EQ(board_span_send(line.a.span, BYTES(sabme)), 0);
	CHECK_EQ(board_span_send(line.a.span, BYTES(second)), 0);
	CHECK_EQ(line.b.nframes, 0);
	settle(line.loop, 0);
	CHECK_EQ(line.b.nframes, 2);
	CHECK_EQ(line.b.len, 7);
	CHECK_MEM(line.b.frames, sabme, 3);
	CHECK_MEM(line.b.frames + 3, second, 4);
	CHECK_EQ(line.a.nframes, 1);
	line_close(&line);
}

TEST(a_full_queue_refuses_and_counts)
{
	struct board_counts counts;
	struct line line;
	unsigned n = 0;

	line_open(&line);
	while (board_span_send(line.a.span, BYTES(sabme)) == 0)
		n++;
	CHECK_EQ(n, 64);
	CHECK_EQ(board_span_send(line.a.span, BYTES(sabme)), -ENOSPC);
	board_span_counts(line.a.span, &counts);
	CHECK_EQ(counts.send_full, 2);
	CHECK_EQ(counts.frames_out, 64);
	settle(line.loop, 0);
	CHECK_EQ(line.b.nframes, 64);
	line_close(&line);
}

TEST(a_cut_d_channel_loses_frames_and_nothing_else)
{
	struct line line;

	line_open(&line);
	board_sim_cut(line.b.span, true, false);
	CHECK_EQ(board_span_send(line.a.span, BYTES(sabme)), 0);
	settle(line.loop, SEC(1));
	CHECK_EQ(line.b.nframes, 0);
	CHECK_EQ(board_span_alarms(line.b.span), 0);
	board_sim_cut(line.b.span, false, false);
	CHECK_EQ(board_span_send(line.a.span, BYTES(sabme)), 0);
	settle(line.loop, 0);
	CHECK_EQ(line.b.nframes, 1);
	line_close(&line);
}

TEST(a_cut_line_is_los_at_both_ends_until_mended)
{
	struct board_counts counts;
	struct line line;

	line_open(&line);
	board_sim_cut(line.a.span, false, true);
	settle(line.loop, 0);
	CHECK_EQ(board_span_alarms(line.a.span), ALARM_LOS);
	CHECK_EQ(board_span_alarms(line.b.span), ALARM_LOS);
	board_sim_cut(line.a.span, false, false);
	settle(line.loop, MSEC(99));
	CHECK_EQ(board_span_alarms(line.b.span), ALARM_LOS);
	settle(line.loop, MSEC(2));
	CHECK_EQ(board_span_alarms(line.b.span), 0);
	board_span_counts(line.b.span, &counts);
	CHECK_EQ(counts.alarms_seen, 1);
	line_close(&line);
}

TEST(a_short_bounce_of_a_debounced_alarm_is_not_told)
{
	struct board_conf conf = conf_of("a", "b");
	struct line line;

	line_open(&line);
	conf.alarm_raise = MSEC(500);
	CHECK_EQ(board_span_change(line.a.span, &conf), 0);
	board_sim_cut(line.a.span, false, true);
	settle(line.loop, MSEC(400));
	board_sim_cut(line.a.span, false, false);
	settle(line.loop, SEC(2));
	CHECK_EQ(line.a.nalarms, 1);
	board_sim_cut(line.a.span, false, true);
	settle(line.loop, MSEC(501));
	CHECK_EQ(line.a.nalarms, 2);
	CHECK_EQ(line.a.alarms[1], ALARM_LOS);
	line_close(&line);
}

/* What one end shows, the other sees, and red or blue is answered by RAI. */
static const struct shown_row {
	unsigned shown, seen, back;
} shown_rows[] = {
	/* clang-format off */
	{ ALARM_LOS, ALARM_LOS, ALARM_RAI },
	{ ALARM_LOF, ALARM_LOF, ALARM_RAI },
	{ ALARM_AIS, ALARM_AIS, ALARM_RAI },
	{ ALARM_RAI, ALARM_RAI, 0 },
	{ 0,         0,         0 },
	{ ALARM_AIS | ALARM_RAI, ALARM_AIS | ALARM_RAI, ALARM_RAI },
	{ 0xf0,      0,         0 },
	/* clang-format on */
};

TEST_ROWS(an_alarm_shown_is_seen_and_answered, shown_rows, row)
{
	struct line line;

	line_open(&line);
	CHECK_EQ(board_span_send_alarm(line.a.span, row->shown), 0);
	settle(line.loop, MSEC(1));
	CHECK_EQ(board_span_alarms(line.b.span), row->seen);
	CHECK_EQ(board_span_alarms(line.a.span), row->back);
	CHECK_EQ(board_span_send_alarm(line.a.span, 0), 0);
	settle(line.loop, MSEC(101));
	CHECK_EQ(board_span_alarms(line.b.span), 0);
	CHECK_EQ(board_span_alarms(line.a.span), 0);
	line_close(&line);
}

TEST(under_red_alarm_frames_vanish_and_sound_is_idle)
{
	struct line line;

	line_open(&line);
	line.a.mask = 0xffffffff;
	line.a.octet = 0x2a;
	CHECK_EQ(board_span_send_alarm(line.a.span, ALARM_LOF), 0);
	CHECK_EQ(board_span_send(line.a.span, BYTES(sabme)), 0);
	board_sim_turn(40);
	settle(line.loop, MSEC(1));
	CHECK_EQ(line.b.nframes, 0);
	CHECK_EQ(line.b.heard.octets[1][0], ALAW_IDLE);
	line_close(&line);
}

TEST(sound_crosses_to_the_octet_and_idle_fills_the_rest)
{
	struct line line;

	line_open(&line);
	line.a.mask = 1u << 1 | 1u << 31 | 1u << 16 | 1u;
	line.a.octet = 0x2a;
	board_sim_turn(16);
	CHECK_EQ(line.b.nheard, 1);
	CHECK_EQ(line.b.heard.count, 16);
	CHECK_EQ(line.b.heard.mask, board_bearer_slots(SPAN_E1, 16));
	CHECK_EQ(line.b.heard.octets[1][0], 0x2a);
	CHECK_EQ(line.b.heard.octets[31][15], 0x2a);
	CHECK_EQ(line.b.heard.octets[2][7], ALAW_IDLE);
	CHECK_EQ(line.a.heard.octets[1][0], ALAW_IDLE);
	board_sim_turn(40);
	CHECK_EQ(line.b.heard.stamp, 16);
	line_close(&line);
}

TEST(only_bearers_open_and_only_once)
{
	struct line line;

	line_open(&line);
	CHECK_EQ(board_chan_open(line.a.span, 1, true), 0);
	CHECK_EQ(board_chan_open(line.a.span, 1, true), -EBUSY);
	CHECK_EQ(board_chan_open(line.a.span, 0, true), -ENXIO);
	CHECK_EQ(board_chan_open(line.a.span, 16, true), -ENXIO);
	CHECK_EQ(board_chan_open(line.a.span, 32, true), -ENXIO);
	board_chan_close(line.a.span, 1);
	board_chan_close(line.a.span, 1);
	CHECK_EQ(board_chan_open(line.a.span, 1, false), 0);
	line_close(&line);
}

static const struct canceller_row {
	unsigned echo_ms;
	bool speech, has;
} canceller_rows[] = { { 32, true, true },
	               { 32, false, false },
	               { 0, true, false } };

TEST_ROWS(only_speech_has_an_echo_canceller_that_goes_when_told, canceller_rows,
          row)
{
	struct line line;
	struct board_conf conf;

	line_open(&line);
	conf = *board_span_conf(line.a.span);
	conf.echo_ms = row->echo_ms;
	CHECK_EQ(board_span_change(line.a.span, &conf), 0);
	CHECK(!board_chan_cancels(line.a.span, 1));
	CHECK_EQ(board_chan_open(line.a.span, 1, row->speech), 0);
	CHECK_EQ(board_chan_open(line.a.span, 2, true), 0);
	CHECK_EQ(board_chan_cancels(line.a.span, 1), row->has);
	board_chan_echo_off(line.a.span, 1);
	CHECK(!board_chan_cancels(line.a.span, 1));
	CHECK_EQ(board_chan_cancels(line.a.span, 2), row->echo_ms > 0);
	board_chan_close(line.a.span, 1);
	CHECK_EQ(board_chan_open(line.a.span, 1, true), 0);
	CHECK_EQ(board_chan_cancels(line.a.span, 1), row->echo_ms > 0);
	board_chan_close(line.a.span, 1);
	CHECK(!board_chan_cancels(line.a.span, 1));
	CHECK(!board_chan_cancels(line.a.span, 99));
	line_close(&line);
}

LADDER(a_line_survives_want_of_memory)
{
	struct board_conf conf = conf_of("a", "b");
	struct board_span *span = NULL;
	struct loop *loop = NULL;
	struct end end = { 0 };
	int rc = loop_new(&loop);

	if (rc == 0)
		rc = board_span_open(&span, loop, &conf, &handler, &end);
	if (ladder_ok())
		CHECK_EQ(rc, 0);
	else
		CHECK_EQ(rc, -ENOMEM);
	if (rc < 0)
		CHECK(span == NULL);
	board_span_close(span);
	loop_free(loop);
}
