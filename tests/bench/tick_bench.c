/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * What a tick of 5 ms costs for one channel, by stage: an E1 of 30 channels in
 * memory, each with an RTP session over loopback to its neighbour. Prints
 * `name value unit` lines. The cost of the two system calls a packet needs is
 * in the figures, and is told apart by `channel_silent`, where nothing is sent
 * or received; the floor is those two alone.
 *
 *   tick_bench [floor]        the floor alone: a packet, a wake-up
 *   tick_bench paced N PORT   the floor as it is in real time: N sockets send
 *                             a packet each 20 ms to who echoes at PORT, some
 *                             of them each 5 ms, and take what came. Who
 *                             sleeps in between has nothing in his caches.
 */

#include "gateway/media/media.h"
#include "kernel/loop.h"
#include "kernel/mailbox.h"
#include "kernel/net.h"
#include "kernel/thread.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum { CHANNELS = 30, TICK = 40, TICKS = 4000, DELAYS = 400 };

struct bench {
	struct loop *loop;
	struct media_engine *engine;
	unsigned line;
	void *sink;
	media_receive_fn receive;
	media_transmit_fn transmit;
	struct stream_ref stream[CHANNELS];
	struct media_socket *socket[CHANNELS];
	struct addr local[CHANNELS];
	bool tones; /* fax and modem are looked for */
};

struct cost {
	double receive, transmit;
};

static void fail(const char *what)
{
	fprintf(stderr, "tick_bench: %s failed\n", what);
	exit(1);
}

static void ignore(void *self ATTR_UNUSED,
                   const struct media_report *report ATTR_UNUSED)
{
}

static int never(void *line ATTR_UNUSED, media_receive_fn receive ATTR_UNUSED,
                 media_transmit_fn transmit ATTR_UNUSED, void *self ATTR_UNUSED)
{
	return 0;
}

static double read_ns(clockid_t clock)
{
	struct timespec t;

	(void)clock_gettime(clock, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* Delays are of the wall, costs are ours alone, whoever else is at work. */
static double now_ns(void)
{
	return read_ns(CLOCK_MONOTONIC);
}

static double cpu_ns(void)
{
	return read_ns(CLOCK_THREAD_CPUTIME_ID);
}

static void open_bench(struct bench *b, bool detect)
{
	const struct media_line line = {
		.name = "bench", .law = LAW_ALAW, .fd = -1, .turn = never
	};
	struct media_conf conf;
	struct addr any;

	media_conf_preset(&conf);
	conf.threads = MEDIA_TURNED;
	conf.streams_most = CHANNELS;
	conf.inband_digits = detect;
	if (addr_parse(&any, "127.0.0.1", 0) < 0 || loop_new(&b->loop) < 0 ||
	    media_engine_new(&b->engine, b->loop, &conf, ignore, b) < 0 ||
	    media_line_add(b->engine, &line, b, &b->line) < 0)
		fail("start");
	for (unsigned i = 0; i < CHANNELS; i++)
		if (media_stream_open(b->engine, &b->stream[i], b) < 0 ||
		    media_socket_open(b->engine, &any, &b->socket[i],
		                      &b->local[i]) < 0)
			fail("stream");
	b->sink =
		media_line_sink(b->engine, b->line, &b->receive, &b->transmit);
}

static void settle(struct bench *b)
{
	for (unsigned i = 0; i < 4; i++) {
		media_turn(b->engine);
		while (loop_turn(b->loop))
			;
	}
}

static void set_channels(struct bench *b, enum codec codec, bool on)
{
	for (unsigned i = 0; i < CHANNELS; i++) {
		struct media_end line = { .kind = END_LINE,
			                  .line = b->line,
			                  .slot = i + 1,
			                  .listen = true,
			                  .speak = true,
			                  .tones = b->tones };
		struct media_end rtp = {
			.kind = END_RTP,
			.socket = b->socket[i],
			.flow = { .remote = b->local[i ^ 1],
			          .codec = codec,
			          .send_type = codec == CODEC_PCMA ? 8 : 0,
			          .receive_type = codec == CODEC_PCMA ? 8 : 0,
			          .send_event = 101,
			          .receive_event = 101,
			          .ptime_ms = 20,
			          .send = on,
			          .receive = on },
		};

		if (media_stream_set(b->engine, b->stream[i], 0, &line) < 0 ||
		    media_stream_set(b->engine, b->stream[i], 1, &rtp) < 0)
			fail("set");
	}
	settle(b);
}

static struct cost run(struct bench *b, unsigned ticks)
{
	static struct tick tick;
	struct cost cost = { 0, 0 };

	for (unsigned t = 0; t < ticks; t++) {
		double begin, middle;

		tick.count = TICK;
		tick.mask = 0xfffffffe;
		for (unsigned i = 0; i < TICK_SLOTS; i++)
			for (unsigned k = 0; k < TICK; k++)
				tick.octets[i][k] = (uint8_t)(t * 7 + k * i);
		begin = cpu_ns();
		b->receive(b->sink, &tick);
		middle = cpu_ns();
		b->transmit(b->sink, &tick);
		cost.receive += middle - begin;
		cost.transmit += cpu_ns() - middle;
		if (t % 100 == 0)
			media_turn(b->engine);
	}
	cost.receive /= (double)ticks * CHANNELS;
	cost.transmit /= (double)ticks * CHANNELS;
	return cost;
}

static void print(const char *name, struct cost cost)
{
	printf("tick_%s_receive %.0f ns\n", name, cost.receive);
	printf("tick_%s_transmit %.0f ns\n", name, cost.transmit);
	printf("tick_%s_both %.0f ns\n", name, cost.receive + cost.transmit);
}

static int by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* From the tick with a packet's last octet to the return of the last sendto,
 * all channels of the span in one tick: the last waits for the others. */
static void print_delay(struct bench *b)
{
	static struct tick tick = { .count = TICK };
	static double took[DELAYS];

	for (unsigned t = 0; t < 4 * DELAYS; t++) {
		double begin = now_ns();

		b->receive(b->sink, &tick);
		took[t / 4] = MAX_OF(took[t / 4], now_ns() - begin);
		tick.mask = 0xfffffffe;
		b->transmit(b->sink, &tick);
	}
	qsort(took, DELAYS, sizeof(took[0]), by_size);
	printf("tdm_to_rtp_median %.0f us\n", took[DELAYS / 2] / 1000);
	printf("tdm_to_rtp_p99 %.0f us\n", took[DELAYS * 99 / 100] / 1000);
}

static void bench(const char *name, enum codec codec, bool detect, bool tones,
                  bool on)
{
	struct bench b = { .tones = tones };

	open_bench(&b, detect);
	set_channels(&b, codec, on);
	(void)run(&b, 200);
	print(name, run(&b, TICKS));
	if (on && !detect && !tones && codec == CODEC_PCMA)
		print_delay(&b);
	b.engine = media_engine_free(b.engine);
	b.loop = loop_free(b.loop);
}

/* What the kernel takes for a packet each way, by the calls a session makes. */
static void print_floor(void)
{
	enum { PACKETS = 20000, OCTETS = 172 };
	uint8_t octets[OCTETS] = { 0 };
	struct addr any, local, from;
	double begin;
	int fd;

	if (addr_parse(&any, "127.0.0.1", 0) < 0)
		fail("address");
	fd = net_udp_open(&any, -1);
	if (fd < 0 || net_local(fd, &local) < 0)
		fail("socket");
	begin = cpu_ns();
	for (unsigned i = 0; i < PACKETS; i++)
		if (net_send_to(fd, BYTES(octets), &local) != OCTETS ||
		    net_receive_from(fd, octets, OCTETS, &from) != OCTETS)
			fail("packet");
	printf("floor_packet_pair %.2f us\n",
	       (cpu_ns() - begin) / PACKETS / 1000);
	(void)close(fd);
}

/* --- waking up --- */

enum { WAKE_UPS = 500 };

static void sleep_ms(unsigned ms)
{
	const struct timespec t = { 0, (long)ms * 1000000 };

	(void)clock_nanosleep(CLOCK_MONOTONIC, 0, &t, NULL);
}

struct sleeper {
	struct mailbox *box;
	double used;
};

/* Waits as a media thread does, and takes one number out of its mailbox. */
static void sleep_and_wake(void *self)
{
	struct sleeper *s = self;
	struct epoll_event e = { .events = EPOLLIN };
	int set = epoll_create1(0), got = 0;
	double begin = cpu_ns();

	(void)epoll_ctl(set, EPOLL_CTL_ADD, mailbox_fd(s->box), &e);
	while (got != WAKE_UPS)
		if (epoll_wait(set, &e, 1, -1) == 1)
			(void)mailbox_take(s->box, &got);
	s->used = cpu_ns() - begin;
	(void)close(set);
}

/* What it takes one thread to wake another that slept for 2 ms, and that one to
 * wake up and sleep again. */
static void print_wake_up(void)
{
	struct sleeper s = { NULL, 0 };
	struct thread *thread;
	double waking = 0;

	if (mailbox_new(&s.box, sizeof(int), 4) < 0 ||
	    thread_start(&thread, "sleeper", false, sleep_and_wake, &s) < 0)
		fail("thread");
	for (int i = 1; i <= WAKE_UPS; i++) {
		double begin;

		sleep_ms(2);
		begin = cpu_ns();
		(void)mailbox_post(s.box, &i);
		waking += cpu_ns() - begin;
	}
	thread = thread_join(thread);
	s.box = mailbox_free(s.box);
	printf("floor_wake_up %.1f us\n", (waking + s.used) / WAKE_UPS / 1000);
}

/* --- at the pace of calls --- */

enum { PACED_MOST = 512, PACED_TICKS = 400, PACED_PACKET = 172 };

struct paced {
	int set, n;
	int fds[PACED_MOST];
	struct addr to;
	unsigned received;
};

static void paced_open(struct paced *p, int n, int port)
{
	struct addr any;

	if (n < 1 || n > PACED_MOST || port < 1 || port > UINT16_MAX ||
	    addr_parse(&any, "127.0.0.1", 0) < 0)
		fail("paced: so many, to this port");
	p->n = n;
	p->to = any;
	addr_set_port(&p->to, (uint16_t)port);
	p->set = epoll_create1(0);
	for (int i = 0; i < n; i++) {
		struct epoll_event e = { .events = EPOLLIN };

		p->fds[i] = net_udp_open(&any, -1);
		e.data.fd = p->fds[i];
		if (epoll_ctl(p->set, EPOLL_CTL_ADD, p->fds[i], &e) < 0)
			fail("socket");
	}
}

static void paced_tick(struct paced *p, unsigned tick)
{
	uint8_t packet[PACED_PACKET] = { 0x80, 8 };
	struct epoll_event events[64];
	struct addr from;
	int n;

	while ((n = epoll_wait(p->set, events, 64, 0)) > 0)
		for (int i = 0; i < n; i++)
			p->received +=
				net_receive_from(events[i].data.fd, packet,
			                         sizeof(packet), &from) > 0;
	for (int i = (int)(tick % 4); i < p->n; i += 4)
		(void)net_send_to(p->fds[i], BYTES(packet), &p->to);
}

/* What so many ticks cost, at their pace; NULL: of nothing but waking up. */
static double paced_run(struct paced *p)
{
	double begin = cpu_ns();
	struct timespec due;

	(void)clock_gettime(CLOCK_MONOTONIC, &due);
	for (unsigned tick = 0; tick < PACED_TICKS; tick++) {
		due.tv_nsec += 5000000;
		due.tv_sec += due.tv_nsec / 1000000000;
		due.tv_nsec %= 1000000000;
		(void)clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due,
		                      NULL);
		if (p != NULL)
			paced_tick(p, tick);
	}
	return cpu_ns() - begin;
}

static void print_paced(int n, int port)
{
	static struct paced p;
	double waking, all;

	paced_open(&p, n, port);
	waking = paced_run(NULL);
	all = paced_run(&p);
	if (p.received == 0)
		fail("paced: the echo");
	printf("floor_active_%d %.4f %%/call\n", n,
	       (all - waking) / (PACED_TICKS * 5e6) / n * 100);
}

int main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "paced") == 0) {
		print_paced(atoi(argv[2]), atoi(argv[3]));
		return 0;
	}
	print_floor();
	print_wake_up();
	if (argc > 1 && strcmp(argv[1], "floor") == 0)
		return 0;
	bench("channel_silent", CODEC_PCMA, false, false, false);
	bench("channel", CODEC_PCMA, false, false, true);
	bench("channel_law", CODEC_PCMU, false, false, true);
	bench("channel_detect", CODEC_PCMA, true, false, true);
	bench("channel_tones", CODEC_PCMA, false, true, true);
	return 0;
}
