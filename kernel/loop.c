/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The signalling thread's loop. libuv waits for descriptors, signals and other
 * threads; the order of a turn is ours: first the work deferred to it, then
 * what libuv has ready, then the timers that are due. loop_run() differs from
 * loop_turn() only in that libuv may wait, at most until the next timer.
 *
 * Timers are not libuv's: its clock counts milliseconds and is its own, ours is
 * the one a test turns. One uv_timer only wakes the wait in time, and since
 * it is always armed libuv never finds itself without work.
 *
 * libuv's handles live until the callback of uv_close(), which comes a turn
 * later. So a watch, a signal, a wakeup embeds its handle, is deaf from the
 * moment it is freed, and its memory goes when libuv lets go of it; the
 * descriptor may be closed at once.
 *
 * libuv stops watching a descriptor that shows POLLERR. For a datagram socket
 * that is an ICMP message about one packet and no reason to be deaf to all the
 * others: such a watch goes on, and the next receive returns the error.
 */
#include "kernel/loop.h"

#include <assert.h>
#include <errno.h>
#include <sys/socket.h>
#include <uv.h>

#include "kernel/mem.h"
#include "kernel/private.h"

struct loop {
	uv_loop_t uv;
	uv_timer_t alarm;
	struct timer_heap timers;
	struct list deferred;
	unsigned handles; /* watches, signals, wakeups not yet freed */
	uint64_t turns, called;
	bool stopping;
};

struct watch {
	uv_poll_t poll;
	struct loop *loop;
	int fd;
	unsigned events;
	watch_fn fn;
	void *self;
};

struct loop_signal {
	uv_signal_t signal;
	struct loop *loop;
	void (*fn)(void *self, int signum);
	void *self;
};

struct wakeup {
	uv_async_t async;
	struct loop *loop;
	void (*fn)(void *self);
	void *self;
};

static void alarm_rang(uv_timer_t *alarm)
{
	(void)alarm; /* it was only to end the wait */
}

int loop_new(struct loop **out)
{
	struct loop *loop = mem_new(struct loop);
	int rc;

	if (loop == NULL)
		return -ENOMEM;
	list_init(&loop->deferred);
	rc = uv_loop_init(&loop->uv);
	if (rc < 0) {
		(void)mem_free(loop);
		return rc;
	}
	(void)uv_timer_init(&loop->uv, &loop->alarm); /* can not fail */
	*out = loop;
	return 0;
}

struct loop *loop_free(struct loop *loop)
{
	int rc;

	if (loop == NULL)
		return NULL;
	assert(loop->handles == 0);
	timers_stop(&loop->timers);
	while (!list_empty(&loop->deferred))
		deferred_cancel(
			LIST_FIRST(&loop->deferred, struct deferred, list));
	uv_close((uv_handle_t *)&loop->alarm, NULL);
	(void)uv_run(&loop->uv, UV_RUN_DEFAULT); /* the last closings */
	rc = uv_loop_close(&loop->uv);
	assert(rc == 0);
	(void)rc;
	return mem_free(loop);
}

/* What was deferred before this turn; what it defers comes in the next. */
static void run_deferred(struct loop *loop)
{
	struct list batch;

	if (list_empty(&loop->deferred))
		return;
	batch = loop->deferred;
	batch.next->prev = batch.prev->next = &batch;
	list_init(&loop->deferred);
	while (!list_empty(&batch)) {
		struct deferred *d = LIST_FIRST(&batch, struct deferred, list);

		deferred_cancel(d);
		loop->called++;
		d->fn(d->self);
	}
}

/*
 * Let the wait end in time for the next timer. libuv runs its timers before it
 * waits: an alarm that is due by then rings at once and would leave the wait
 * without an end, so it repeats.
 */
static void set_alarm(struct loop *loop)
{
	const struct timer *first = loop->timers.first;
	usec left = SEC(3600);

	if (first != NULL)
		left = MIN_OF(left, timer_left(first));
	uv_update_time(&loop->uv);
	(void)uv_timer_start(&loop->alarm, alarm_rang,
	                     (uint64_t)((left + 999) / 1000), 1);
}

static void turn(struct loop *loop, bool may_wait)
{
	/* read by the watchdog, from its own thread */
	__atomic_add_fetch(&loop->turns, 1, __ATOMIC_RELAXED);
	run_deferred(loop);
	may_wait = may_wait && !loop->stopping && list_empty(&loop->deferred);
	if (may_wait)
		set_alarm(loop);
	(void)uv_run(&loop->uv, may_wait ? UV_RUN_ONCE : UV_RUN_NOWAIT);
	loop->called += timers_run(&loop->timers);
}

void loop_run(struct loop *loop)
{
	while (!loop->stopping)
		turn(loop, true);
	loop->stopping = false;
}

void loop_stop(struct loop *loop)
{
	loop->stopping = true;
}

bool loop_turn(struct loop *loop)
{
	uint64_t before = loop->called;

	turn(loop, false);
	return loop->called != before;
}

bool loop_next(struct loop *loop, struct instant *due)
{
	if (loop->timers.first == NULL)
		return false;
	*due = loop->timers.first->due;
	return true;
}

unsigned loop_live(struct loop *loop, void (*tell)(const char *name))
{
	if (tell != NULL)
		timers_each(&loop->timers, tell);
	return loop->handles + loop->timers.running;
}

uint64_t loop_turns(const struct loop *loop)
{
	return __atomic_load_n(&loop->turns, __ATOMIC_RELAXED);
}

struct timer_heap *loop_timers(struct loop *loop)
{
	return &loop->timers;
}

/* Every handle's data is the struct that embeds it. */
static void closed(uv_handle_t *handle)
{
	mem_free(handle->data);
}

/* A handle that libuv knows: deaf now, memory later. */
static void close_handle(struct loop *loop, void *handle)
{
	loop->handles--;
	uv_close(handle, closed);
}

static int uv_events(unsigned events)
{
	return (events & WATCH_READ ? UV_READABLE : 0) |
	       (events & WATCH_WRITE ? UV_WRITABLE : 0) |
	       (events & WATCH_URGENT ? UV_PRIORITIZED : 0);
}

static unsigned our_events(int events)
{
	return (events & UV_READABLE ? WATCH_READ : 0u) |
	       (events & UV_WRITABLE ? WATCH_WRITE : 0u) |
	       (events & UV_PRIORITIZED ? WATCH_URGENT : 0u);
}

static bool is_datagram(int fd)
{
	socklen_t len = sizeof(int);
	int type;

	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0 &&
	       type == SOCK_DGRAM;
}

static void watch_ready(uv_poll_t *poll, int status, int events)
{
	struct watch *w = poll->data;
	unsigned ready = status < 0 ? 0 : our_events(events);

	if (status < 0 && is_datagram(w->fd) && watch_change(w, w->events) == 0)
		ready = w->events & (WATCH_READ | WATCH_WRITE);
	w->loop->called++;
	w->fn(w->self, ready);
}

int watch_new(struct watch **out, struct loop *loop, int fd, unsigned events,
              watch_fn fn, void *self)
{
	struct watch *w = mem_new(struct watch);
	int rc;

	if (w == NULL)
		return -ENOMEM;
	*w = (struct watch){ .loop = loop, .fd = fd, .fn = fn, .self = self };
	rc = uv_poll_init(&loop->uv, &w->poll, fd);
	if (rc < 0) {
		(void)mem_free(w);
		return rc;
	}
	w->poll.data = w;
	loop->handles++;
	rc = watch_change(w, events);
	if (rc < 0)
		(void)watch_free(w);
	else
		*out = w;
	return rc;
}

int watch_change(struct watch *w, unsigned events)
{
	int rc;

	if (events == 0)
		rc = uv_poll_stop(&w->poll);
	else
		rc = uv_poll_start(&w->poll, uv_events(events), watch_ready);
	if (rc == 0)
		w->events = events;
	return rc;
}

struct watch *watch_free(struct watch *w)
{
	if (w != NULL)
		close_handle(w->loop, &w->poll);
	return NULL;
}

static void signal_came(uv_signal_t *signal, int signum)
{
	struct loop_signal *s = signal->data;

	s->loop->called++;
	s->fn(s->self, signum);
}

int loop_signal_new(struct loop_signal **out, struct loop *loop, int signum,
                    void (*fn)(void *self, int signum), void *self)
{
	struct loop_signal *s = mem_new(struct loop_signal);
	int rc;

	if (s == NULL)
		return -ENOMEM;
	s->loop = loop;
	s->fn = fn;
	s->self = self;
	rc = uv_signal_init(&loop->uv, &s->signal);
	if (rc < 0) {
		(void)mem_free(s);
		return rc;
	}
	s->signal.data = s;
	loop->handles++;
	rc = uv_signal_start(&s->signal, signal_came, signum);
	if (rc < 0)
		(void)loop_signal_free(s);
	else
		*out = s;
	return rc;
}

struct loop_signal *loop_signal_free(struct loop_signal *s)
{
	if (s != NULL)
		close_handle(s->loop, &s->signal);
	return NULL;
}

static void woken(uv_async_t *async)
{
	struct wakeup *w = async->data;

	w->loop->called++;
	w->fn(w->self);
}

int wakeup_new(struct wakeup **out, struct loop *loop, void (*fn)(void *self),
               void *self)
{
	struct wakeup *w = mem_new(struct wakeup);
	int rc;

	if (w == NULL)
		return -ENOMEM;
	w->loop = loop;
	w->fn = fn;
	w->self = self;
	w->async.data = w;
	rc = uv_async_init(&loop->uv, &w->async, woken);
	if (rc < 0) {
		(void)mem_free(w);
		return rc;
	}
	loop->handles++;
	*out = w;
	return 0;
}

void wakeup_send(struct wakeup *w)
{
	(void)uv_async_send(&w->async);
}

struct wakeup *wakeup_free(struct wakeup *w)
{
	if (w != NULL)
		close_handle(w->loop, &w->async);
	return NULL;
}

void deferred_init(struct deferred *d, void (*fn)(void *self), void *self)
{
	*d = (struct deferred){ .fn = fn, .self = self };
	list_init(&d->list);
}

void loop_defer(struct loop *loop, struct deferred *d)
{
	if (d->waiting)
		return;
	d->waiting = true;
	list_append(&loop->deferred, &d->list);
}

void deferred_cancel(struct deferred *d)
{
	if (!d->waiting)
		return;
	d->waiting = false;
	list_remove(&d->list);
}
