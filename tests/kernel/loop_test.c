/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#include "kernel/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kernel/mem.h"
#include "kernel/thread.h"
#include "kernel/timer.h"
#include "tests/test.h"

struct seen {
	unsigned times, events;
	int signum;
	struct loop *loop;
	struct watch **to_free[2]; /* freed by free_watches() */
};

static void see(void *self, unsigned events)
{
	struct seen *seen = self;

	seen->times++;
	seen->events = events;
}

static void see_signal(void *self, int signum)
{
	struct seen *seen = self;

	seen->times++;
	seen->signum = signum;
}

static void see_plain(void *self)
{
	struct seen *seen = self;

	seen->times++;
}

static void see_and_stop(void *self)
{
	struct seen *seen = self;

	seen->times++;
	loop_stop(seen->loop);
}

static void free_watches(void *self, unsigned events)
{
	struct seen *seen = self;

	seen->times++;
	seen->events = events;
	for (size_t i = 0; i < ARRAY_LEN(seen->to_free); i++)
		if (seen->to_free[i] != NULL)
			*seen->to_free[i] = watch_free(*seen->to_free[i]);
}

static struct loop *open_loop(void)
{
	struct loop *loop;

	CHECK_EQ(loop_new(&loop), 0);
	return loop;
}

static void open_pair(int fds[2])
{
	CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
}

static void close_pair(const int fds[2])
{
	(void)close(fds[0]);
	(void)close(fds[1]);
}

TEST(readable_descriptor_is_told_until_it_is_read)
{
	struct loop *loop = open_loop();
	struct seen seen = { 0 };
	struct watch *w;
	int fds[2];
	char c;

	open_pair(fds);
	CHECK_EQ(watch_new(&w, loop, fds[0], WATCH_READ, see, &seen), 0);
	CHECK(!loop_turn(loop));
	CHECK_EQ(write(fds[1], "x", 1), 1);
	CHECK(loop_turn(loop));
	CHECK(loop_turn(loop));
	CHECK_EQ(seen.times, 2);
	CHECK_EQ(seen.events, WATCH_READ);
	CHECK_EQ(read(fds[0], &c, 1), 1);
	CHECK(!loop_turn(loop));
	w = watch_free(w);
	CHECK(w == NULL);
	close_pair(fds);
	CHECK(loop_free(loop) == NULL);
}

static const struct {
	unsigned events, told;
} changes[] = {
	/* clang-format off */
	{ WATCH_READ,                WATCH_READ },
	{ WATCH_WRITE,               WATCH_WRITE },
	{ WATCH_READ | WATCH_WRITE,  WATCH_READ | WATCH_WRITE },
	{ WATCH_URGENT,              0 },
	{ 0,                         0 },
	/* clang-format on */
};

TEST_ROWS(watch_tells_only_what_it_was_asked_for, changes, row)
{
	struct loop *loop = open_loop();
	struct seen seen = { 0 };
	struct watch *w;
	int fds[2];

	open_pair(fds);
	CHECK_EQ(write(fds[1], "x", 1), 1);
	CHECK_EQ(watch_new(&w, loop, fds[0], 0, see, &seen), 0);
	CHECK(!loop_turn(loop));
	CHECK_EQ(watch_change(w, row->events), 0);
	CHECK_EQ(loop_turn(loop), row->told != 0);
	CHECK_EQ(seen.events, row->told);
	w = watch_free(w);
	close_pair(fds);
	(void)loop_free(loop);
}

/* A TCP connection over loopback: unix sockets have no urgent data before
 * Linux 5.15, and none of ours would. */
static void open_tcp(int fds[2])
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	socklen_t len = sizeof(in);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	CHECK_EQ(bind(listener, (struct sockaddr *)&in, len), 0);
	CHECK_EQ(listen(listener, 1), 0);
	CHECK_EQ(getsockname(listener, (struct sockaddr *)&in, &len), 0);
	fds[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	CHECK_EQ(connect(fds[0], (struct sockaddr *)&in, len), 0);
	fds[1] = accept(listener, NULL, NULL);
	CHECK(fds[1] >= 0);
	(void)close(listener);
}

TEST(urgent_data_is_told)
{
	struct loop *loop = open_loop();
	struct seen seen = { 0 };
	struct watch *w;
	int fds[2];

	open_tcp(fds);
	CHECK_EQ(watch_new(&w, loop, fds[0], WATCH_URGENT, see, &seen), 0);
	CHECK_EQ(send(fds[1], "!", 1, MSG_OOB), 1);
	for (int i = 0; seen.times == 0 && i < 1000000; i++)
		(void)loop_turn(loop);
	CHECK_EQ(seen.events, WATCH_URGENT);
	w = watch_free(w);
	close_pair(fds);
	(void)loop_free(loop);
}

TEST(two_watches_on_one_descriptor_are_refused)
{
	struct loop *loop = open_loop();
	struct seen seen = { 0 };
	struct watch *w, *second;
	int fds[2];

	open_pair(fds);
	CHECK_EQ(watch_new(&w, loop, fds[0], WATCH_READ, see, &seen), 0);
	CHECK(watch_new(&second, loop, fds[0], WATCH_READ, see, &seen) < 0);
	w = watch_free(w);
	/* And one after another is fine, at once. */
	CHECK_EQ(watch_new(&w, loop, fds[0], WATCH_READ, see, &seen), 0);
	w = watch_free(w);
	close_pair(fds);
	(void)loop_free(loop);
}

TEST(descriptor_that_can_not_be_watched_is_refused)
{
	struct loop *loop = open_loop();
	struct watch *w;
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	CHECK_EQ(watch_new(&w, loop, fd, WATCH_READ, see, NULL), -EPERM);
	CHECK_EQ(watch_new(&w, loop, -1, WATCH_READ, see, NULL), -EBADF);
	CHECK_EQ(loop_live(loop, NULL), 0);
	(void)close(fd);
	(void)loop_free(loop);
}

TEST(watch_frees_itself_and_another_in_its_callback)
{
	struct loop *loop = open_loop();
	struct watch *a, *b;
	struct seen seen = { .to_free = { &a, &b } };
	int one[2], two[2];

	open_pair(one);
	open_pair(two);
	CHECK_EQ(watch_new(&a, loop, one[0], WATCH_READ, free_watches, &seen),
	         0);
	CHECK_EQ(watch_new(&b, loop, two[0], WATCH_READ, free_watches, &seen),
	         0);
	CHECK_EQ(write(one[1], "x", 1), 1);
	CHECK_EQ(write(two[1], "x", 1), 1);
	CHECK(loop_turn(loop));
	CHECK_EQ(seen.times, 1); /* whichever came first silenced the other */
	CHECK(a == NULL && b == NULL);
	CHECK(!loop_turn(loop));
	CHECK_EQ(loop_live(loop, NULL), 0);
	close_pair(one);
	close_pair(two);
	(void)loop_free(loop);
}

TEST(descriptor_number_used_again_hears_nothing_old)
{
	struct loop *loop = open_loop();
	struct seen old = { 0 }, new = { 0 };
	struct watch *w;
	int one[2], two[2];

	open_pair(one);
	CHECK_EQ(watch_new(&w, loop, one[0], WATCH_READ, see, &old), 0);
	CHECK_EQ(write(one[1], "x", 1), 1);
	w = watch_free(w);
	close_pair(one);
	open_pair(two);
	CHECK_EQ(two[0], one[0]);
	CHECK_EQ(watch_new(&w, loop, two[0], WATCH_READ, see, &new), 0);
	CHECK(!loop_turn(loop));
	CHECK_EQ(old.times + new.times, 0);
	w = watch_free(w);
	close_pair(two);
	(void)loop_free(loop);
}

TEST(far_end_that_closes_makes_readable)
{
	struct loop *loop = open_loop();
	struct seen seen = { 0 };
	struct watch *w;
	int fds[2];

	open_pair(fds);
	CHECK_EQ(watch_new(&w, loop, fds[0], WATCH_READ, see, &seen), 0);
	(void)close(fds[1]);
	CHECK(loop_turn(loop));
	CHECK(seen.events & WATCH_READ);
	w = watch_free(w);
	(void)close(fds[0]);
	(void)loop_free(loop);
}

TEST(dead_descriptor_is_told_once_as_nothing)
{
	struct loop *loop = open_loop();
	struct seen seen = { .events = 99 };
	struct watch *w;
	int fds[2];

	/* A pipe nobody reads any more: POLLERR for its writer. */
	CHECK_EQ(pipe2(fds, O_CLOEXEC), 0);
	CHECK_EQ(watch_new(&w, loop, fds[1], WATCH_WRITE, see, &seen), 0);
	(void)close(fds[0]);
	CHECK(loop_turn(loop));
	CHECK_EQ(seen.events, 0);
	CHECK(!loop_turn(loop));
	CHECK_EQ(seen.times, 1);
	w = watch_free(w);
	(void)close(fds[1]);
	(void)loop_free(loop);
}

/* A datagram socket connected to a port of loopback that nobody has. */
static int open_refused(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	socklen_t len = sizeof(in);
	int taken = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	CHECK_EQ(bind(taken, (struct sockaddr *)&in, len), 0);
	CHECK_EQ(getsockname(taken, (struct sockaddr *)&in, &len), 0);
	(void)close(taken);
	CHECK_EQ(connect(fd, (struct sockaddr *)&in, len), 0);
	return fd;
}

TEST(icmp_error_does_not_deafen_a_datagram_socket)
{
	struct loop *loop = open_loop();
	struct seen seen = { 0 };
	struct watch *w;
	int fd = open_refused();
	char c;

	CHECK_EQ(watch_new(&w, loop, fd, WATCH_READ, see, &seen), 0);
	for (unsigned i = 1; i <= 2; i++) {
		CHECK_EQ(send(fd, "x", 1, 0), 1);
		CHECK(loop_turn(loop));
		CHECK_EQ(seen.times, i);
		CHECK_EQ(seen.events, WATCH_READ);
		CHECK_EQ(recv(fd, &c, 1, 0), -1);
		CHECK_EQ(errno, ECONNREFUSED);
		CHECK(!loop_turn(loop));
	}
	w = watch_free(w);
	(void)close(fd);
	(void)loop_free(loop);
}

TEST(signal_becomes_a_callback)
{
	struct loop *loop = open_loop();
	struct seen seen = { 0 };
	struct loop_signal *s;

	CHECK_EQ(loop_signal_new(&s, loop, SIGUSR1, see_signal, &seen), 0);
	CHECK_EQ(loop_live(loop, NULL), 1);
	CHECK_EQ(raise(SIGUSR1), 0);
	CHECK(loop_turn(loop));
	CHECK_EQ(seen.signum, SIGUSR1);
	CHECK_EQ(seen.times, 1);
	CHECK(loop_signal_free(s) == NULL);
	(void)loop_free(loop);
}

TEST(signal_that_can_not_be_caught_is_refused)
{
	struct loop *loop = open_loop();
	struct loop_signal *s;

	CHECK_EQ(loop_signal_new(&s, loop, SIGKILL, see_signal, NULL), -EINVAL);
	CHECK_EQ(loop_signal_new(&s, loop, 0, see_signal, NULL), -EINVAL);
	CHECK_EQ(loop_live(loop, NULL), 0);
	(void)loop_free(loop);
}

TEST(many_wakes_are_one_call)
{
	struct loop *loop = open_loop();
	struct seen seen = { 0 };
	struct wakeup *w;

	CHECK_EQ(wakeup_new(&w, loop, see_plain, &seen), 0);
	CHECK(!loop_turn(loop));
	for (int i = 0; i < 5; i++)
		wakeup_send(w);
	CHECK(loop_turn(loop));
	CHECK_EQ(seen.times, 1);
	CHECK(!loop_turn(loop));
	wakeup_send(w);
	CHECK(loop_turn(loop));
	CHECK_EQ(seen.times, 2);
	CHECK(wakeup_free(w) == NULL);
	(void)loop_free(loop);
}

static void send_wake(void *self)
{
	wakeup_send(self);
}

TEST(another_thread_ends_the_wait)
{
	struct loop *loop = open_loop();
	struct seen seen = { .loop = loop };
	struct thread *thread;
	struct wakeup *w;

	CHECK_EQ(wakeup_new(&w, loop, see_and_stop, &seen), 0);
	CHECK_EQ(thread_start(&thread, "waker", false, send_wake, w), 0);
	loop_run(loop);
	CHECK_EQ(seen.times, 1);
	thread = thread_join(thread);
	w = wakeup_free(w);
	(void)loop_free(loop);
}

TEST(timer_ends_the_wait_in_real_time)
{
	struct loop *loop = open_loop();
	struct seen seen = { .loop = loop };
	struct instant start = instant_now();
	struct timer t;

	timer_init(&t, loop, "short", see_and_stop, &seen);
	timer_start(&t, MSEC(20));
	loop_run(loop);
	CHECK_EQ(seen.times, 1);
	CHECK(instant_since(instant_now(), start) >= MSEC(20));
	/* It waited: a loop that spins would have turned thousands of times. */
	CHECK(loop_turns(loop) < 10);
	(void)loop_free(loop);
}

TEST(loop_stopped_before_it_runs_does_not_wait)
{
	struct loop *loop = open_loop();

	loop_stop(loop);
	loop_run(loop);
	CHECK_EQ(loop_turns(loop), 0);
	(void)loop_free(loop);
}

struct work {
	struct deferred deferred;
	struct loop *loop;
	struct work *other;
	unsigned times;
	bool again;
};

static void do_work(void *self)
{
	struct work *work = self;

	work->times++;
	if (work->again)
		loop_defer(work->loop, &work->deferred);
	if (work->other != NULL)
		deferred_cancel(&work->other->deferred);
}

static void init_work(struct work *work, struct loop *loop)
{
	*work = (struct work){ .loop = loop };
	deferred_init(&work->deferred, do_work, work);
}

TEST(deferred_work_is_done_once_on_the_next_turn)
{
	struct loop *loop = open_loop();
	struct work work;

	init_work(&work, loop);
	CHECK(!loop_turn(loop));
	loop_defer(loop, &work.deferred);
	loop_defer(loop, &work.deferred);
	CHECK_EQ(work.times, 0);
	CHECK(loop_turn(loop));
	CHECK_EQ(work.times, 1);
	CHECK(!loop_turn(loop));
	(void)loop_free(loop);
}

TEST(work_deferred_by_work_waits_for_the_next_turn)
{
	struct loop *loop = open_loop();
	struct work work;

	init_work(&work, loop);
	work.again = true;
	loop_defer(loop, &work.deferred);
	for (unsigned i = 1; i <= 3; i++) {
		CHECK(loop_turn(loop));
		CHECK_EQ(work.times, i);
	}
	CHECK(loop_free(loop) == NULL);
	CHECK(!work.deferred.waiting); /* the loop let go of it */
}

TEST(cancelled_work_is_not_done_even_in_its_turn)
{
	struct loop *loop = open_loop();
	struct work first, second;

	init_work(&first, loop);
	init_work(&second, loop);
	first.other = &second;
	loop_defer(loop, &first.deferred);
	loop_defer(loop, &second.deferred);
	CHECK(loop_turn(loop));
	CHECK_EQ(first.times, 1);
	CHECK_EQ(second.times, 0);
	deferred_cancel(&second.deferred);
	loop_defer(loop, &second.deferred);
	CHECK(loop_turn(loop));
	CHECK_EQ(second.times, 1);
	(void)loop_free(loop);
}

static void stop_in_time(void *self)
{
	loop_stop(self);
}

TEST(deferred_work_does_not_wait_for_anything)
{
	struct loop *loop = open_loop();
	struct deferred stop;

	deferred_init(&stop, stop_in_time, loop);
	loop_defer(loop, &stop);
	loop_run(loop);
	CHECK_EQ(loop_turns(loop), 1);
	(void)loop_free(loop);
}

TEST(freeing_nothing_gives_nothing)
{
	CHECK(loop_free(NULL) == NULL);
	CHECK(watch_free(NULL) == NULL);
	CHECK(loop_signal_free(NULL) == NULL);
	CHECK(wakeup_free(NULL) == NULL);
}

LADDER(loop_and_all_it_watches_survive_want_of_memory)
{
	struct loop *loop = NULL;
	struct watch *w = NULL;
	struct loop_signal *s = NULL;
	struct wakeup *wake = NULL;
	int rc = loop_new(&loop), fds[2];

	open_pair(fds);
	if (rc == 0)
		rc = watch_new(&w, loop, fds[0], WATCH_READ, see, NULL);
	if (rc == 0)
		rc = loop_signal_new(&s, loop, SIGUSR1, see_signal, NULL);
	if (rc == 0)
		rc = wakeup_new(&wake, loop, see_plain, NULL);
	CHECK_EQ(rc, ladder_ok() ? 0 : -ENOMEM);
	wake = wakeup_free(wake);
	s = loop_signal_free(s);
	w = watch_free(w);
	(void)loop_free(loop);
	close_pair(fds);
}

struct again {
	struct loop *loop;
	struct timer timer;
	unsigned left;
};

static void start_again(void *self)
{
	struct again *a = self;

	if (a->left-- == 0)
		loop_stop(a->loop);
	else
		timer_start(&a->timer, a->left % 3 * 400);
}

static void hears_nothing(void *self, unsigned events)
{
	(void)self;
	(void)events;
}

TEST(a_timer_of_less_than_a_millisecond_needs_no_other_event)
{
	struct again a = { .left = 300 };
	struct watch *quiet;
	int ends[2];

	CHECK_EQ(loop_new(&a.loop), 0);
	CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	CHECK_EQ(watch_new(&quiet, a.loop, ends[0], WATCH_READ, hears_nothing,
	                   NULL),
	         0);
	timer_init(&a.timer, a.loop, "again", start_again, &a);
	timer_start(&a.timer, 0);
	loop_run(a.loop);
	CHECK(!timer_running(&a.timer));
	quiet = watch_free(quiet);
	a.loop = loop_free(a.loop);
	(void)close(ends[0]);
	(void)close(ends[1]);
}
