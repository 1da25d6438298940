/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * What a tick of 5 ms costs for one channel, by stage: an E1 of 30 channels in
 * memory, each with an RTP session over loopback to its neighbour. Prints
 * `name value unit` lines. The cost of the two system calls a packet needs is
 * in the figures, and is told apart by `channel_silent`, where nothing is sent
 * or received; the floor is those two alone.
 */

#include "gateway/media/media.h"
#include "kernel/loop.h"
#include "kernel/net.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

int main(int argc, char **argv)
{
	print_floor();
	if (argc > 1 && strcmp(argv[1], "floor") == 0)
		return 0;
	bench("channel_silent", CODEC_PCMA, false, false, false);
	bench("channel", CODEC_PCMA, false, false, true);
	bench("channel_law", CODEC_PCMU, false, false, true);
	bench("channel_detect", CODEC_PCMA, true, false, true);
	bench("channel_tones", CODEC_PCMA, false, true, true);
	return 0;
}
