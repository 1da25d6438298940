/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * The engine on real threads, for about a second of real time: two lines with
 * a timer's clock on two threads, streams that are opened, moved between them
 * and closed all the while. The thread sanitizer is the judge.
 */

#include "gateway/media/media.h"
#include "gateway/media/rtp.h"
#include "gateway/media/tap.h"
#include "kernel/loop.h"
#include "kernel/thread.h"
#include "tests/test.h"

#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum { LINES = 2, STREAMS = 6, TICK = 40 };

struct clocked {
	int fd;
	uint32_t stamp;
	shared_count ticks, heard;
};

struct stage {
	struct loop *loop;
	struct media_engine *engine;
	struct clocked clocked[LINES];
	unsigned line[LINES];
	struct media_socket *socket[STREAMS][2];
	struct addr local[STREAMS][2];
	struct stream_ref stream[STREAMS];
	unsigned stopped, removed, set;
};

static void told(void *self, const struct media_report *report)
{
	struct stage *s = self;

	s->stopped += report->kind == MEDIA_STOPPED;
	s->removed += report->kind == MEDIA_LINE_REMOVED;
	s->set += report->kind == MEDIA_SET;
}

static int turn(void *self, media_receive_fn receive,
                media_transmit_fn transmit, void *sink)
{
	struct clocked *c = self;
	struct tick tick = { .count = TICK, .mask = UINT32_MAX };
	uint64_t expired;

	if (read(c->fd, &expired, sizeof(expired)) < 0)
		return 0;
	memset(tick.octets, 0x34, sizeof(tick.octets));
	tick.stamp = c->stamp += TICK;
	receive(sink, &tick);
	memset(tick.octets, ALAW_IDLE, sizeof(tick.octets));
	tick.mask = UINT32_MAX;
	transmit(sink, &tick);
	for (unsigned slot = 0; slot < TICK_SLOTS; slot++)
		if (tick.mask >> slot & 1 && tick.octets[slot][0] == 0x34)
			shared_add(&c->heard, 1);
	shared_add(&c->ticks, 1);
	return 2;
}

static void open_line(struct stage *s, unsigned i)
{
	const struct itimerspec every = { { 0, 5000000 }, { 0, 5000000 } };
	struct media_line line = { .name = "clocked",
		                   .law = LAW_ALAW,
		                   .turn = turn,
		                   .self = &s->clocked[i] };

	s->clocked[i].fd =
		timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	CHECK(s->clocked[i].fd >= 0);
	CHECK_EQ(timerfd_settime(s->clocked[i].fd, 0, &every, NULL), 0);
	line.fd = s->clocked[i].fd;
	CHECK_EQ(media_line_add(s->engine, &line, s, &s->line[i]), 0);
}

static void open_stage(struct stage *s)
{
	struct media_conf conf;
	struct addr any;

	*s = (struct stage){ 0 };
	media_conf_preset(&conf);
	conf.threads = 2;
	conf.realtime = false;
	conf.streams_most = STREAMS;
	CHECK_EQ(addr_parse(&any, "127.0.0.1", 0), 0);
	CHECK_EQ(loop_new(&s->loop), 0);
	CHECK_EQ(media_engine_new(&s->engine, s->loop, &conf, told, s), 0);
	for (unsigned i = 0; i < LINES; i++)
		open_line(s, i);
	for (unsigned i = 0; i < STREAMS; i++)
		for (unsigned end = 0; end < 2; end++)
			CHECK_EQ(media_socket_open(s->engine, &any,
			                           &s->socket[i][end],
			                           &s->local[i][end]),
			         0);
}

static struct media_end line_end(struct stage *s, unsigned line, unsigned slot)
{
	return (struct media_end){ .kind = END_LINE,
		                   .line = s->line[line],
		                   .slot = slot,
		                   .listen = true,
		                   .speak = true };
}

/* Stream i sends to stream i ^ 1, which sends back. */
static struct media_end rtp_end(struct stage *s, unsigned i, unsigned end)
{
	struct media_end e = {
		.kind = END_RTP,
		.socket = s->socket[i][end],
		.flow = { .local = s->local[i][end],
		          .remote = s->local[i ^ 1][end],
		          .codec = CODEC_PCMA,
		          .send_type = 8,
		          .receive_type = 8,
		          .send_event = 101,
		          .receive_event = 101,
		          .ptime_ms = 20,
		          .send = true,
		          .receive = true },
	};

	return e;
}

static void run_for(struct stage *s, usec length)
{
	struct instant until = instant_add(instant_now(), length);

	while (instant_since(until, instant_now()) > 0) {
		(void)loop_turn(s->loop);
		(void)usleep(1000);
	}
}

/* Shapes a stream may have, one after the other, as calls come and go. */
static void reshape(struct stage *s, unsigned i, unsigned shape)
{
	struct media_end a = line_end(s, shape & 1, i + 1);
	struct media_end b = rtp_end(s, i, 1);

	if (shape % 4 == 2)
		b = line_end(s, ~shape >> 1 & 1, i + 10);
	if (shape % 8 == 5)
		a = rtp_end(s, i, 0);
	CHECK(media_stream_set(s->engine, s->stream[i], 0, &a) > 0);
	CHECK(media_stream_set(s->engine, s->stream[i], 1, &b) > 0);
	CHECK_EQ(media_stream_tone(s->engine, s->stream[i], shape & 1,
	                           shape % 3 == 0 ? "ring" : NULL, "de"),
	         0);
}

static void overheard(void *self, const struct media_tapped *tapped)
{
	unsigned *n = self;

	*n += tapped->packet.len > RTP_HEADER;
}

TEST(streams_move_between_running_threads)
{
	unsigned tapped = 0;
	struct media_counts counts;
	struct media_status status;
	struct stage s;

	open_stage(&s);
	for (unsigned i = 0; i < STREAMS; i++)
		CHECK_EQ(media_stream_open(s.engine, &s.stream[i], &s), 0);
	for (unsigned shape = 0; shape < 24; shape++) {
		for (unsigned i = 0; i < STREAMS; i++)
			reshape(&s, i, shape + i / 2);
		if (shape % 5 == 2)
			CHECK_EQ(media_tap_open(s.engine, 4096, overheard,
			                        &tapped),
			         0);
		if (shape % 5 == 4)
			media_tap_close(s.engine);
		run_for(&s, MSEC(30));
		CHECK_EQ(media_stream_counts(s.engine, s.stream[0], 1, &counts),
		         0);
	}
	for (unsigned i = 0; i < STREAMS; i++)
		reshape(&s, i, 4);
	run_for(&s, MSEC(300));
	CHECK_EQ(media_stream_counts(s.engine, s.stream[0], 1, &counts), 0);
	CHECK(counts.received_packets > 0 && counts.sent_packets > 0);
	CHECK(tapped > 0);
	CHECK(media_engine_alive(s.engine));
	media_engine_status(s.engine, &status);
	CHECK_EQ(status.threads, 2);
	CHECK_EQ(status.lines, LINES);
	CHECK(shared_get(&s.clocked[0].heard) > 0);
	for (unsigned i = 0; i < STREAMS; i++)
		media_stream_close(s.engine, s.stream[i]);
	for (unsigned i = 0; i < 200 && s.stopped < STREAMS; i++)
		run_for(&s, MSEC(10));
	CHECK_EQ(s.stopped, STREAMS);
	for (unsigned i = 0; i < LINES; i++)
		media_line_remove(s.engine, s.line[i]);
	for (unsigned i = 0; i < 200 && s.removed < LINES; i++)
		run_for(&s, MSEC(10));
	CHECK_EQ(s.removed, LINES);
	s.engine = media_engine_free(s.engine);
	s.loop = loop_free(s.loop);
	for (unsigned i = 0; i < LINES; i++)
		(void)close(s.clocked[i].fd);
}

TEST(an_engine_can_go_with_everything_running)
{
	struct stage s;

	open_stage(&s);
	for (unsigned i = 0; i < STREAMS; i++) {
		CHECK_EQ(media_stream_open(s.engine, &s.stream[i], &s), 0);
		reshape(&s, i, 4);
	}
	run_for(&s, MSEC(50));
	s.engine = media_engine_free(s.engine);
	s.loop = loop_free(s.loop);
	for (unsigned i = 0; i < LINES; i++)
		(void)close(s.clocked[i].fd);
}

TEST(a_dead_line_holds_nothing_up)
{
	struct itimerspec never = { { 0, 0 }, { 0, 0 } };
	struct stage s;

	open_stage(&s);
	CHECK_EQ(media_stream_open(s.engine, &s.stream[0], &s), 0);
	reshape(&s, 0, 4);
	run_for(&s, MSEC(30));
	for (unsigned i = 0; i < LINES; i++)
		CHECK_EQ(timerfd_settime(s.clocked[i].fd, 0, &never, NULL), 0);
	run_for(&s, MSEC(20));
	media_stream_close(s.engine, s.stream[0]);
	for (unsigned i = 0; i < 20 && s.stopped == 0; i++)
		run_for(&s, MSEC(5));
	CHECK_EQ(s.stopped, 1);
	s.engine = media_engine_free(s.engine);
	s.loop = loop_free(s.loop);
	for (unsigned i = 0; i < LINES; i++)
		(void)close(s.clocked[i].fd);
}
