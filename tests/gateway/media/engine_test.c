/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * Streams as a whole, in memory and over loopback: sound through, numbers kept
 * over hold, strangers kept out, nothing left behind.
 */

#include "kernel/loop.h"
#include "kernel/net.h"
#include "tests/gateway/media/rig.h"

#include <errno.h>
#include <string.h>

static void fill(uint8_t *to, unsigned n, unsigned seed)
{
	for (unsigned i = 0; i < n; i++)
		to[i] = (uint8_t)(seed + i * 7 + i / 5);
}

static const struct through {
	enum law law;
	enum codec codec;
	uint8_t type;
} laws[] = {
	{ LAW_ALAW, CODEC_PCMA, 8 },
	{ LAW_ULAW, CODEC_PCMU, 0 },
};

TEST_ROWS(equal_laws_pass_bit_exact_to_rtp, laws, row)
{
	uint8_t in[160], buffer[2048];
	struct rtp_packet p;
	struct rig r;

	rig_open(&r, row->law, NULL);
	rig_call(&r, row->codec);
	fill(in, sizeof(in), 3);
	for (unsigned i = 0; i < 4; i++) {
		CHECK(!rig_receive(&r, 0, &p, buffer));
		rig_tick(&r, 0, in + i * RIG_TICK);
	}
	CHECK(rig_receive(&r, 0, &p, buffer));
	CHECK_EQ(p.type, row->type);
	CHECK(p.marker);
	CHECK_EQ(p.payload.len, 160);
	CHECK_MEM(p.payload.at, in, 160);
	rig_close(&r);
}

TEST_ROWS(equal_laws_pass_bit_exact_to_the_line, laws, row)
{
	uint8_t in[1600], out[2400];
	unsigned begin = 0;
	struct rig r;

	rig_open(&r, row->law, NULL);
	rig_call(&r, row->codec);
	fill(in, sizeof(in), 11);
	in[0] = 0x12;
	for (unsigned i = 0; i < sizeof(out) / RIG_TICK; i++) {
		if (i % 4 == 0 && i / 4 < 10) {
			rig_send(&r, 0, row->type, in + i * RIG_TICK, 160,
			         i == 0);
			r.far[0].stamp += 160;
		}
		rig_tick(&r, 0, NULL);
		memcpy(out + i * RIG_TICK, r.heard, RIG_TICK);
	}
	while (begin < 800 && out[begin] != 0x12)
		begin++;
	CHECK_EQ(begin, 320); /* the playout depth, 40 ms */
	CHECK_MEM(out + begin, in, sizeof(in));
	CHECK_EQ(rig_count(&r, MEDIA_HEARD), 1);
	CHECK_EQ(rig_counts(&r, 1).lost, 0);
	rig_close(&r);
}

TEST(hold_keeps_ssrc_sequence_and_time_line)
{
	uint8_t in[RIG_TICK] = { 0 }, buffer[2048];
	struct rtp_packet before, after;
	struct media_end rtp;
	struct rig r;

	rig_open(&r, LAW_ALAW, NULL);
	rig_call(&r, CODEC_PCMA);
	rtp = rig_rtp_end(&r, 0, CODEC_PCMA);
	for (unsigned i = 0; i < 4; i++)
		rig_tick(&r, 0, in);
	CHECK(rig_receive(&r, 0, &before, buffer));
	rtp.flow.send = rtp.flow.receive = false;
	rig_set(&r, 1, &rtp);
	for (unsigned i = 0; i < 40; i++)
		rig_tick(&r, 0, in);
	CHECK(!rig_receive(&r, 0, &after, buffer));
	rtp.flow.send = rtp.flow.receive = true;
	rig_set(&r, 1, &rtp);
	for (unsigned i = 0; i < 4; i++)
		rig_tick(&r, 0, in);
	CHECK(rig_receive(&r, 0, &after, buffer));
	CHECK_EQ(after.ssrc, before.ssrc);
	CHECK_EQ(after.seq, (uint16_t)(before.seq + 1));
	CHECK_EQ(after.stamp - before.stamp, 160 + 40 * RIG_TICK);
	CHECK(after.marker);
	rig_close(&r);
}

TEST(a_foreign_source_is_dropped_and_counted)
{
	uint8_t sound[160] = { 0 };
	struct rig r;

	rig_open(&r, LAW_ALAW, NULL);
	rig_call(&r, CODEC_PCMA);
	r.local[1] = r.local[0]; /* far end 1 sends to the other's port */
	rig_send(&r, 1, 8, sound, sizeof(sound), false);
	rig_ticks(&r, 20);
	CHECK_EQ(rig_counts(&r, 1).foreign, 1);
	CHECK_EQ(rig_counts(&r, 1).received_packets, 0);
	CHECK_EQ(rig_count(&r, MEDIA_HEARD), 0);
	rig_close(&r);
}

TEST(latch_takes_the_first_source_and_no_other)
{
	uint8_t sound[160] = { 0 }, buffer[2048];
	struct rtp_packet p;
	struct media_end rtp;
	struct rig r;

	rig_open(&r, LAW_ALAW, NULL);
	rig_call(&r, CODEC_PCMA);
	rtp = rig_rtp_end(&r, 0, CODEC_PCMA);
	rtp.latch = true;
	rig_set(&r, 1, &rtp);
	r.local[1] = r.local[0];
	rig_send(&r, 1, 99, sound, sizeof(sound), false); /* not a good one */
	rig_ticks(&r, 1);
	rig_send(&r, 1, 8, sound, sizeof(sound), false);
	rig_ticks(&r, 4);
	rig_send(&r, 0, 8, sound, sizeof(sound), false);
	rig_ticks(&r, 4);
	CHECK_EQ(rig_counts(&r, 1).received_packets, 1);
	CHECK_EQ(rig_counts(&r, 1).unknown_type, 1);
	CHECK_EQ(rig_counts(&r, 1).foreign, 1);
	CHECK(rig_receive(&r, 1, &p, buffer)); /* and it is sent there */
	rtp.flow.send = true;
	rig_set(&r, 1, &rtp); /* the same remote: still latched */
	rig_send(&r, 0, 8, sound, sizeof(sound), false);
	rig_ticks(&r, 1);
	CHECK_EQ(rig_counts(&r, 1).foreign, 2);
	rig_close(&r);
}

static const struct {
	bool answered, latch;
	unsigned ticks; /* after the address changed */
	unsigned taken; /* of the former's packets */
} formers[] = {
	{ true, false, 4, 1 },    /* on its way when the address changed */
	{ true, true, 4, 1 },     /* and it is not latched onto again */
	{ true, false, 240, 0 },  /* more than a second: it is not leaving */
	{ false, false, 240, 1 }, /* another branch of a fork, before 200 */
};

TEST_ROWS(who_was_heard_is_heard_until_the_new_source_speaks, formers, row)
{
	uint8_t sound[160] = { 0 };
	struct media_end rtp;
	struct rig r;

	rig_open(&r, LAW_ALAW, NULL);
	rig_call(&r, CODEC_PCMA);
	rig_send(&r, 0, 8, sound, sizeof(sound), false);
	rig_ticks(&r, 1);
	CHECK_EQ(rig_counts(&r, 1).received_packets, 1);
	rtp = rig_rtp_end(&r, 0, CODEC_PCMA);
	rtp.flow.remote = r.far[1].at;
	rtp.flow.send = row->answered;
	rtp.latch = row->latch;
	rig_set(&r, 1, &rtp);
	r.local[1] = r.local[0]; /* far end 1 sends to the other's port */
	rig_ticks(&r, row->ticks);
	rig_send(&r, 0, 8, sound, sizeof(sound), false);
	rig_ticks(&r, 1);
	CHECK_EQ(rig_counts(&r, 1).received_packets, 1 + row->taken);
	rig_send(&r, 1, 8, sound, sizeof(sound), false);
	rig_ticks(&r, 1);
	CHECK_EQ(rig_counts(&r, 1).received_packets, 2 + row->taken);
	rig_send(&r, 0, 8, sound, sizeof(sound), false);
	rig_ticks(&r, 1);
	CHECK_EQ(rig_counts(&r, 1).received_packets, 2 + row->taken);
	CHECK_EQ(rig_counts(&r, 1).foreign, 2 - row->taken);
	rig_close(&r);
}

TEST(close_says_stopped_once_even_with_a_dead_line)
{
	struct rig r;

	rig_open(&r, LAW_ALAW, NULL);
	rig_call(&r, CODEC_PCMA);
	media_stream_close(r.engine, r.stream);
	media_stream_close(r.engine, r.stream);
	CHECK_EQ(rig_count(&r, MEDIA_STOPPED), 0); /* never from inside */
	rig_settle(&r);
	media_stream_close(r.engine, r.stream);
	rig_settle(&r);
	CHECK_EQ(rig_count(&r, MEDIA_STOPPED), 1);
	CHECK_EQ(r.reports[r.nreports - 1].kind, MEDIA_STOPPED);
	CHECK_EQ(media_stream_set(r.engine, r.stream, 0,
	                          &(struct media_end){ 0 }),
	         -ENOENT);
	rig_close(&r);
}

TEST(a_used_up_port_range_is_said_and_given_back_ports_serve_again)
{
	struct media_socket *sockets[8];
	struct media_conf conf;
	struct addr local;
	unsigned n = 0;
	struct rig r;

	media_conf_preset(&conf);
	conf.threads = MEDIA_TURNED;
	conf.streams_most = 4;
	conf.port_low = 28001; /* odd: the next even one */
	conf.port_high = 28010;
	rig_open(&r, LAW_ALAW, &conf); /* takes two of four */
	while (n < 8 && media_socket_open(r.engine, &r.far[0].at, &sockets[n],
	                                  &local) == 0) {
		CHECK_EQ(addr_port(&local) % 2, 0);
		CHECK(addr_port(&local) >= 28002 && addr_port(&local) < 28010);
		n++;
	}
	CHECK_EQ(n, 2);
	CHECK_EQ(media_socket_open(r.engine, &r.far[0].at, &sockets[n], &local),
	         -EADDRINUSE);
	media_socket_close(r.engine, sockets[0]);
	CHECK_EQ(media_socket_open(r.engine, &r.far[0].at, &sockets[0], &local),
	         0);
	rig_close(&r);
}

static unsigned sockets_of(struct rig *r)
{
	struct media_status status;

	media_engine_status(r->engine, &status);
	return status.sockets;
}

TEST(a_socket_given_back_lives_until_its_stream_lets_go)
{
	struct media_end none = { .kind = END_NONE };
	struct rig r;

	rig_open(&r, LAW_ALAW, NULL);
	rig_call(&r, CODEC_PCMA);
	media_socket_close(r.engine, r.socket[0]);
	rig_settle(&r);
	CHECK_EQ(sockets_of(&r), 2);
	rig_set(&r, 1, &none);
	rig_settle(&r);
	CHECK_EQ(sockets_of(&r), 1);
	media_socket_close(r.engine, r.socket[1]);
	CHECK_EQ(sockets_of(&r), 0);
	rig_close(&r);
}

TEST(another_socket_keeps_the_numbers_and_says_no_bye)
{
	uint8_t buffer[2048], in[RIG_TICK] = { 0 };
	struct rtp_packet before, after;
	struct media_end rtp;
	struct rig r;

	rig_open(&r, LAW_ALAW, NULL);
	rig_call(&r, CODEC_PCMA);
	for (unsigned i = 0; i < 4; i++)
		rig_tick(&r, 0, in);
	CHECK(rig_receive(&r, 0, &before, buffer));
	rtp = rig_rtp_end(&r, 1, CODEC_PCMA);
	rig_set(&r, 1, &rtp);
	for (unsigned i = 0; i < 4; i++)
		rig_tick(&r, 0, in);
	CHECK(rig_receive(&r, 1, &after, buffer));
	CHECK_EQ(after.ssrc, before.ssrc);
	CHECK_EQ(after.seq, (uint16_t)(before.seq + 1));
	CHECK_EQ(after.stamp - before.stamp, 160);
	CHECK(net_receive(r.far[0].control, buffer, sizeof(buffer)) < 0);
	rig_close(&r);
}

TEST(a_line_that_goes_takes_its_ends_along)
{
	struct rig r;

	rig_open(&r, LAW_ALAW, NULL);
	rig_call(&r, CODEC_PCMA);
	media_line_remove(r.engine, r.line[0]);
	media_line_remove(r.engine, r.line[0]);
	rig_settle(&r);
	CHECK_EQ(rig_count(&r, MEDIA_LINE_REMOVED), 1);
	CHECK_EQ(rig_last(&r, MEDIA_LINE_REMOVED)->line, r.line[0]);
	CHECK_EQ(media_stream_set(r.engine, r.stream, 0,
	                          &(struct media_end){ .kind = END_LINE }),
	         -ENODEV);
	media_stream_close(r.engine, r.stream);
	rig_settle(&r);
	CHECK_EQ(rig_count(&r, MEDIA_STOPPED), 1);
	rig_close(&r);
}

static void count_streams(void *self, struct stream_ref stream, void *owner)
{
	unsigned *n = self;

	CHECK(stream.generation != 0 && owner != NULL);
	++*n;
}

TEST(streams_are_bounded_and_old_references_find_nobody)
{
	struct stream_ref refs[16];
	unsigned n = 0, seen = 0;
	struct rig r;

	rig_open(&r, LAW_ALAW, NULL);
	while (n < 16 && media_stream_open(r.engine, &refs[n], &r) == 0)
		n++;
	CHECK_EQ(n, 7); /* of eight, one is the rig's */
	media_each(r.engine, count_streams, &seen);
	CHECK_EQ(seen, 8);
	media_stream_close(r.engine, refs[3]);
	rig_settle(&r);
	CHECK_EQ(rig_count(&r, MEDIA_STOPPED), 1);
	CHECK_EQ(media_stream_open(r.engine, &refs[8], &r), 0);
	CHECK_EQ(refs[8].index, refs[3].index);
	CHECK_EQ(media_stream_tone(r.engine, refs[3], 0, NULL, NULL), -ENOENT);
	CHECK_EQ(media_stream_digits(r.engine, refs[3], 0, "1"), -ENOENT);
	media_stream_close(r.engine, refs[3]);
	rig_settle(&r);
	CHECK_EQ(rig_count(&r, MEDIA_STOPPED), 1);
	rig_close(&r);
}

TEST(a_flood_of_commands_is_obeyed_to_the_last)
{
	struct media_end line, rtp;
	int serial = 0;
	struct rig r;

	rig_open(&r, LAW_ALAW, NULL);
	line = rig_line_end(&r, 0);
	rtp = rig_rtp_end(&r, 0, CODEC_PCMA);
	CHECK(media_stream_set(r.engine, r.stream, 0, &line) > 0);
	for (unsigned i = 0; i < 2000; i++) { /* more than a mailbox holds */
		rtp.flow.send = i % 2;
		serial = media_stream_set(r.engine, r.stream, 1, &rtp);
		CHECK(serial > 0);
	}
	for (unsigned i = 0; i < 4; i++) {
		rig_settle(&r);
		r.nreports = 0;
		instant_turn(MSEC(20));
	}
	media_stream_close(r.engine, r.stream);
	rig_settle(&r);
	CHECK_EQ(rig_count(&r, MEDIA_STOPPED), 1);
	rig_close(&r);
}

LADDER(an_engine_survives_want_of_memory_and_sockets)
{
	uint8_t in[RIG_TICK] = { 0 }, sound[160] = { 0 };
	struct media_end a, b;
	struct rig r;

	if (!rig_open(&r, LAW_ALAW, NULL))
		return;
	a = rig_line_end(&r, 0);
	b = rig_line_end(&r, 1);
	(void)media_stream_set(r.engine, r.stream, 0, &a);
	(void)media_stream_set(r.engine, r.stream, 1, &b);
	rig_settle(&r);
	b = rig_rtp_end(&r, 0, CODEC_PCMA);
	(void)media_stream_set(r.engine, r.stream, 1, &b);
	rig_settle(&r);
	for (unsigned i = 0; i < 8; i++)
		rig_tick(&r, 0, in);
	(void)net_send_to(r.far[0].sound, BYTES(sound), &r.local[0]);
	rig_ticks(&r, 4);
	media_stream_close(r.engine, r.stream);
	rig_settle(&r);
	CHECK_EQ(rig_count(&r, MEDIA_STOPPED), 1);
	rig_close(&r);
}
