/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * Two virtual spans joined, each turned by a media thread of its own, in real
 * time, while the signalling thread sends, listens and closes. For the thread
 * sanitizer above all; what is checked is that nothing is lost on the way.
 */

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "kernel/loop.h"
#include "kernel/thread.h"
#include "tests/board/wire_end.h"

enum { FRAMES = 200 };

struct turner {
	struct wire_end *end;
	struct thread *thread;
	shared_flag stop;
};

static void turn_on(void *self)
{
	struct turner *turner = self;
	struct epoll_event event = { .events = EPOLLIN };
	int set = epoll_create1(EPOLL_CLOEXEC);

	(void)epoll_ctl(set, EPOLL_CTL_ADD, board_span_fd(turner->end->span),
	                &event);
	while (!shared_look(&turner->stop)) {
		(void)epoll_wait(set, &event, 1, 20);
		(void)board_span_turn(turner->end->span, &end_media,
		                      turner->end);
	}
	(void)close(set);
}

static void start(struct turner *turner, struct wire_end *end)
{
	turner->end = end;
	turner->stop = 0;
	CHECK_EQ(
		thread_start(&turner->thread, "turner", false, turn_on, turner),
		0);
}

static void stop(struct turner *turner)
{
	shared_raise(&turner->stop, 1);
	turner->thread = thread_join(turner->thread);
}

static void wait_a_little(struct loop *loop)
{
	while (loop_turn(loop))
		;
	(void)usleep(1000);
}

static void send_next(struct wire_end *end, unsigned *sent)
{
	uint8_t frame[4] = { 0, 1, 0, (uint8_t)*sent };

	if (*sent < FRAMES && board_span_send(end->span, BYTES(frame)) == 0)
		++*sent;
}

TEST(two_threads_share_a_span_and_lose_nothing)
{
	struct turner left, right;
	unsigned sent_a = 0, sent_b = 0;
	struct wire_end a, b;

	end_init(&a, true);
	instant_release();
	a.mask = 0xfffffffe;
	end_open(&a);
	b = a;
	b.conf.listen = false;
	b.span = NULL;
	CHECK_EQ(board_span_open(&b.span, b.loop, &b.conf, &end_handler, &b),
	         0);
	start(&left, &a);
	start(&right, &b);
	for (unsigned i = 0; i < 10000; i++) {
		send_next(&a, &sent_a);
		send_next(&b, &sent_b);
		wait_a_little(a.loop);
		if (a.nframes == FRAMES && b.nframes == FRAMES)
			break;
	}
	CHECK_EQ(a.nframes, FRAMES);
	CHECK_EQ(b.nframes, FRAMES);
	CHECK_EQ(a.frame[3], FRAMES - 1);
	CHECK_TEXT(board_span_peer(a.span), "e1 0");
	CHECK_EQ(board_span_send_alarm(a.span, ALARM_AIS), 0);
	for (unsigned i = 0; i < 5000 && board_span_alarms(b.span) != ALARM_AIS;
	     i++)
		wait_a_little(a.loop);
	CHECK_EQ(board_span_alarms(b.span), ALARM_AIS);
	CHECK_EQ(end_counts(&a).frames_out, FRAMES);
	stop(&right);
	b.span = board_span_close(b.span);
	for (unsigned i = 0;
	     i < 5000 && !(board_span_alarms(a.span) & ALARM_LOS); i++)
		wait_a_little(a.loop);
	CHECK(board_span_alarms(a.span) & ALARM_LOS);
	stop(&left);
	instant_hold();
	end_close(&a);
}

/* A descriptor is never used when it is another's already. */
TEST(frames_are_sent_while_a_far_end_comes_and_goes)
{
	const uint8_t frame[] = { 0, 1, 0, 0 };
	struct turner left, right;
	struct wire_end a, b;

	end_init(&a, true);
	instant_release();
	end_open(&a);
	b = a;
	b.conf.listen = false;
	start(&left, &a);
	for (unsigned round = 0; round < 20; round++) {
		b.nframes = 0;
		CHECK_EQ(board_span_open(&b.span, b.loop, &b.conf, &end_handler,
		                         &b),
		         0);
		start(&right, &b);
		for (unsigned i = 0; i < 5000 && b.nframes < 5; i++) {
			(void)board_span_send(a.span, BYTES(frame));
			wait_a_little(a.loop);
		}
		CHECK(b.nframes >= 5);
		stop(&right);
		b.span = board_span_close(b.span);
		for (unsigned i = 0; i < 500; i++) {
			(void)board_span_send(a.span, BYTES(frame));
			(void)loop_turn(a.loop);
		}
	}
	CHECK_EQ(end_counts(&a).connects, 20);
	stop(&left);
	instant_hold();
	end_close(&a);
}
