/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * Other shapes of streams: two lines, two RTP ends, tones and digits towards
 * each kind of end, ends that change what they are.
 */

#include "gateway/media/codec.h"
#include "gateway/media/digits.h"
#include "kernel/net.h"
#include "tests/gateway/media/rig.h"

#include <errno.h>
#include <string.h>

static void fill(uint8_t *to, unsigned n, unsigned seed)
{
	for (unsigned i = 0; i < n; i++)
		to[i] = (uint8_t)(seed + i * 7 + i / 5);
}

TEST(two_lines_hear_each_other_bit_exact)
{
	uint8_t in[40 * RIG_TICK], out[44 * RIG_TICK];
	struct media_end a, b;
	unsigned begin = 0;
	struct rig r;

	rig_open(&r, LAW_ALAW, NULL);
	a = rig_line_end(&r, 0);
	b = rig_line_end(&r, 1);
	rig_set(&r, 0, &a);
	rig_set(&r, 1, &b);
	fill(in, sizeof(in), 1);
	in[0] = 0x77;
	for (unsigned i = 0; i < 44; i++) {
		rig_tick(&r, 0, i < 40 ? in + i * RIG_TICK : NULL);
		rig_tick(&r, 1, NULL);
		memcpy(out + i * RIG_TICK, r.heard, RIG_TICK);
	}
	while (begin < sizeof(out) && out[begin] != 0x77)
		begin++;
	CHECK(begin <= 2 * RIG_TICK);
	CHECK_MEM(out + begin, in, sizeof(in) - 2 * RIG_TICK);
	rig_close(&r);
}

TEST(a_line_end_becomes_rtp_and_back_under_a_running_stream)
{
	uint8_t in[RIG_TICK], buffer[2048];
	struct media_end a, b, rtp;
	struct rtp_packet p;
	struct rig r;

	rig_open(&r, LAW_ALAW, NULL);
	a = rig_line_end(&r, 0);
	b = rig_line_end(&r, 1);
	rtp = rig_rtp_end(&r, 0, CODEC_PCMA);
	fill(in, sizeof(in), 9);
	rig_set(&r, 0, &a);
	for (unsigned i = 0; i < 3; i++) {
		rig_set(&r, 1, &b);
		for (unsigned t = 0; t < 4; t++) {
			rig_tick(&r, 0, in);
			rig_tick(&r, 1, NULL);
		}
		CHECK_MEM(r.heard, in, RIG_TICK);
		rig_set(&r, 1, &rtp);
		for (unsigned t = 0; t < 4; t++)
			rig_tick(&r, 0, in);
		CHECK(rig_receive(&r, 0, &p, buffer));
		CHECK_MEM(p.payload.at, in, RIG_TICK);
	}
	rig_close(&r);
}

TEST(two_rtp_ends_relay_with_our_numbers)
{
	uint8_t sound[160], buffer[2048], want[160];
	struct rtp_packet first, second, third;
	struct media_end a, b;
	struct rig r;

	rig_open(&r, LAW_ALAW, NULL);
	a = rig_rtp_end(&r, 0, CODEC_PCMA);
	b = rig_rtp_end(&r, 1, CODEC_PCMU);
	rig_set(&r, 0, &a);
	rig_set(&r, 1, &b);
	fill(sound, sizeof(sound), 5);
	rig_send(&r, 0, 8, sound, sizeof(sound), true);
	r.far[0].stamp += 160;
	rig_settle(&r);
	CHECK(rig_receive(&r, 1, &first, buffer));
	codec_copy(want, LAW_ULAW, sound, LAW_ALAW, 160);
	CHECK_EQ(first.type, 0);
	CHECK_MEM(first.payload.at, want, 160);
	r.far[0].seq++; /* one is lost on the way */
	r.far[0].stamp += 160;
	rig_send(&r, 0, 8, sound, sizeof(sound), false);
	rig_settle(&r);
	CHECK(rig_receive(&r, 1, &second, buffer));
	CHECK_EQ(second.ssrc, first.ssrc);
	CHECK_EQ((uint16_t)(second.seq - first.seq), 2);
	CHECK_EQ(second.stamp - first.stamp, 320);
	r.far[0].ssrc = 77; /* the far end begins anew, we go on */
	r.far[0].seq = 40000;
	r.far[0].stamp = 0;
	instant_turn(MSEC(20));
	rig_send(&r, 0, 8, sound, sizeof(sound), false);
	rig_settle(&r);
	CHECK(rig_receive(&r, 1, &third, buffer));
	CHECK_EQ(third.ssrc, first.ssrc);
	CHECK_EQ((uint16_t)(third.seq - second.seq), 1);
	CHECK_EQ(third.stamp - second.stamp, 160 + 160);
	CHECK_EQ(rig_counts(&r, 0).resyncs, 1);
	for (unsigned i = 0; i < 100; i++) {
		instant_turn(MSEC(20));
		r.far[0].stamp += 160;
		rig_send(&r, 0, 8, sound, sizeof(sound), false);
		rig_settle(&r);
		CHECK(rig_receive(&r, 1, &third, buffer));
	}
	CHECK_EQ(rig_counts(&r, 0).early, 0); /* nothing waits for a line */
	rig_close(&r);
}

TEST(relayed_events_keep_their_shape_and_are_told)
{
	static const uint8_t event[] = { 5, 0x8a, 0x03, 0x20 };
	uint8_t buffer[2048];
	struct media_end a, b;
	struct rtp_packet p;
	struct rig r;

	rig_open(&r, LAW_ALAW, NULL);
	a = rig_rtp_end(&r, 0, CODEC_PCMA);
	b = rig_rtp_end(&r, 1, CODEC_PCMA);
	b.flow.send_event = 97;
	rig_set(&r, 0, &a);
	rig_set(&r, 1, &b);
	rig_send(&r, 0, 101, event, sizeof(event), true);
	rig_settle(&r);
	CHECK(rig_receive(&r, 1, &p, buffer));
	CHECK_EQ(p.type, 97);
	CHECK_MEM(p.payload.at, event, sizeof(event));
	CHECK_EQ(rig_last(&r, MEDIA_DIGIT)->digit, '5');
	CHECK_EQ(rig_last(&r, MEDIA_DIGIT)->duration_ms, 100);
	rig_close(&r);
}

TEST(an_event_is_told_once_and_dialled_to_the_line)
{
	static const uint8_t begun[] = { 7, 0x0a, 0x00, 0xa0 };
	static const uint8_t ended[] = { 7, 0x8a, 0x03, 0x20 };
	unsigned loud = 0;
	struct rig r;

	rig_open(&r, LAW_ALAW, NULL);
	rig_call(&r, CODEC_PCMA);
	rig_send(&r, 0, 101, begun, sizeof(begun), true);
	for (unsigned i = 0; i < 60; i++) {
		if (i == 20)
			for (unsigned n = 0; n < 3; n++)
				rig_send(&r, 0, 101, ended, sizeof(ended),
				         false);
		rig_tick(&r, 0, NULL);
		loud += r.spoken && (r.heard[5] & 0x7f) != 0x55;
	}
	CHECK_EQ(rig_count(&r, MEDIA_DIGIT), 1);
	CHECK_EQ(rig_last(&r, MEDIA_DIGIT)->digit, '7');
	CHECK_EQ(rig_last(&r, MEDIA_DIGIT)->end, 1);
	CHECK_EQ(rig_counts(&r, 1).events_received, 1);
	CHECK(loud >= 18 && loud <= 24);
	rig_close(&r);
}

TEST(dtmf_on_the_line_becomes_events_and_the_sound_is_mute)
{
	struct digits_dialer dialer = { 0 };
	unsigned events = 0, sounds = 0;
	uint8_t octets[RIG_TICK], buffer[2048];
	int16_t samples[RIG_TICK];
	uint32_t stamp = 0;
	struct rtp_packet p;
	struct rig r;

	rig_open(&r, LAW_ALAW, NULL);
	rig_call(&r, CODEC_PCMA);
	CHECK(digits_push(&dialer.queue, 4, 1600, false));
	for (unsigned i = 0; i < 80; i++) {
		if (!digits_dial(&dialer, samples, RIG_TICK))
			memset(samples, 0, sizeof(samples));
		codec_encode(octets, LAW_ALAW, samples, RIG_TICK);
		rig_tick(&r, 0, octets);
		while (rig_receive(&r, 0, &p, buffer)) {
			if (p.type == 101) {
				CHECK_EQ(p.payload.at[0], 4);
				CHECK(stamp == 0 || p.stamp == stamp);
				CHECK_EQ(p.marker, events == 0);
				stamp = p.stamp;
				events++;
			} else {
				sounds++;
			}
		}
	}
	CHECK(events >= 11 && events <= 14); /* 200 ms and two more ends */
	CHECK_EQ(events + sounds, 20);       /* one each 20 ms */
	CHECK_EQ(rig_count(&r, MEDIA_DIGIT), 1);
	CHECK_EQ(rig_last(&r, MEDIA_DIGIT)->digit, '4');
	CHECK_EQ(rig_last(&r, MEDIA_DIGIT)->end, 0);
	CHECK(rig_last(&r, MEDIA_DIGIT)->duration_ms >= 150);
	CHECK_EQ(rig_counts(&r, 1).events_sent, 1);
	rig_close(&r);
}

static const struct dialling {
	unsigned end;
	bool events; /* negotiated */
} diallings[] = { { 0, true }, { 0, false }, { 1, true }, { 1, false } };

TEST_ROWS(digits_go_as_events_where_agreed_and_as_tones_elsewhere, diallings,
          row)
{
	unsigned events = 0, loud = 0, loud_there = 0;
	uint8_t buffer[2048];
	struct media_end rtp;
	struct rtp_packet p;
	struct rig r;

	rig_open(&r, LAW_ALAW, NULL);
	rig_call(&r, CODEC_PCMA);
	rtp = rig_rtp_end(&r, 0, CODEC_PCMA);
	rtp.flow.send_event = row->events ? 101 : 0;
	rig_set(&r, 1, &rtp);
	CHECK_EQ(media_stream_digits(r.engine, r.stream, row->end, "1#"), 0);
	rig_settle(&r);
	for (unsigned i = 0; i < 100; i++) {
		rig_tick(&r, 0, NULL);
		loud += r.spoken;
		while (rig_receive(&r, 0, &p, buffer)) {
			events += p.type == 101 && p.marker;
			loud_there +=
				p.type == 8 && (p.payload.at[5] & 0x7f) != 0x55;
		}
	}
	CHECK_EQ(loud > 0, row->end == 0);
	CHECK_EQ(events, row->end == 1 && row->events ? 2 : 0);
	CHECK_EQ(loud_there > 0, row->end == 1 && !row->events);
	rig_close(&r);
}

static const struct refusal {
	const char *digits;
	int rc;
} refusals[] = {
	/* clang-format off */
	{ "12x", -EBADMSG },
	{ "123456789012345678901234567890123", -ENOSPC },
	/* clang-format on */
};

TEST_ROWS(digits_that_cannot_be_dialled_are_refused, refusals, row)
{
	struct rig r;

	rig_open(&r, LAW_ALAW, NULL);
	CHECK_EQ(media_stream_digits(r.engine, r.stream, 1, "1"), -ENOTSUP);
	rig_call(&r, CODEC_PCMA);
	CHECK_EQ(media_stream_digits(r.engine, r.stream, 1, row->digits),
	         row->rc);
	rig_close(&r);
}

TEST(ringback_goes_to_the_line_until_it_is_stopped)
{
	struct media_end line;
	unsigned loud = 0;
	struct rig r;

	rig_open(&r, LAW_ALAW, NULL);
	line = rig_line_end(&r, 0);
	CHECK_EQ(media_stream_tone(r.engine, r.stream, 0, "ring", "de"), 0);
	CHECK_EQ(media_stream_tone(r.engine, r.stream, 0, "what", "de"),
	         -ENOENT);
	rig_set(&r, 0, &line); /* the tone waited for it */
	for (unsigned i = 0; i < 200; i++) {
		rig_tick(&r, 0, NULL);
		loud += r.spoken && (r.heard[7] & 0x7f) != 0x55;
	}
	CHECK(loud > 150);
	CHECK_EQ(media_stream_tone(r.engine, r.stream, 0, NULL, NULL), 0);
	rig_settle(&r);
	rig_ticks(&r, 1);
	CHECK(!r.spoken);
	rig_close(&r);
}

TEST(a_tone_towards_rtp_takes_the_place_of_the_line)
{
	uint8_t in[RIG_TICK], buffer[2048];
	struct rtp_packet p;
	struct rig r;

	rig_open(&r, LAW_ULAW, NULL);
	rig_call(&r, CODEC_PCMA);
	memset(in, 0x31, sizeof(in));
	CHECK_EQ(media_stream_tone(r.engine, r.stream, 1, "dial", "us"), 0);
	rig_settle(&r);
	for (unsigned i = 0; i < 4; i++)
		rig_tick(&r, 0, in);
	CHECK(rig_receive(&r, 0, &p, buffer));
	codec_copy(in, LAW_ALAW, in, LAW_ULAW, sizeof(in));
	CHECK(memcmp(p.payload.at, in, sizeof(in)) != 0);
	rig_close(&r);
}

static const struct muting {
	bool listen, speak;
} mutings[] = { { true, false }, { false, true }, { false, false } };

TEST_ROWS(a_line_that_may_not_is_idle, mutings, row)
{
	uint8_t in[RIG_TICK], sound[160], buffer[2048];
	struct media_end line;
	struct rtp_packet p;
	struct rig r;

	rig_open(&r, LAW_ALAW, NULL);
	rig_call(&r, CODEC_PCMA);
	line = rig_line_end(&r, 0);
	line.listen = row->listen;
	line.speak = row->speak;
	rig_set(&r, 0, &line);
	memset(in, 0x31, sizeof(in));
	memset(sound, 0x32, sizeof(sound));
	for (unsigned i = 0; i < 16; i++) {
		if (i % 4 == 0) {
			rig_send(&r, 0, 8, sound, 160, i == 0);
			r.far[0].stamp += 160;
		}
		rig_tick(&r, 0, in);
	}
	CHECK_EQ(r.heard[0], row->speak ? 0x32 : ALAW_IDLE);
	CHECK(rig_receive(&r, 0, &p, buffer));
	CHECK_EQ(p.payload.at[0], row->listen ? 0x31 : ALAW_IDLE);
	rig_close(&r);
}

static const unsigned ptimes[] = { 10, 20, 30, 40, 60 };

TEST_ROWS(packets_have_the_length_agreed, ptimes, ptime)
{
	unsigned packets = 0;
	uint8_t buffer[2048];
	struct media_end rtp;
	struct rtp_packet p;
	struct rig r;

	rig_open(&r, LAW_ALAW, NULL);
	rig_call(&r, CODEC_PCMA);
	rtp = rig_rtp_end(&r, 0, CODEC_PCMA);
	rtp.flow.ptime_ms = *ptime;
	rig_set(&r, 1, &rtp);
	for (unsigned i = 0; i < 240; i++) {
		rig_tick(&r, 0, NULL);
		while (rig_receive(&r, 0, &p, buffer)) {
			CHECK_EQ(p.payload.len, *ptime * 8);
			packets++;
		}
	}
	CHECK_EQ(packets, 1200 / *ptime);
	rig_close(&r);
}

TEST(a_line_that_was_away_comes_back_on_the_same_time_line)
{
	uint8_t in[RIG_TICK] = { 0 }, buffer[2048];
	struct rtp_packet before, after;
	struct rig r;

	rig_open(&r, LAW_ALAW, NULL);
	rig_call(&r, CODEC_PCMA);
	for (unsigned i = 0; i < 6; i++) /* a packet and a half */
		rig_tick(&r, 0, in);
	CHECK(rig_receive(&r, 0, &before, buffer));
	instant_turn(SEC(10));
	rig_settle(&r);
	for (unsigned i = 0; i < 4; i++)
		rig_tick(&r, 0, in);
	CHECK(rig_receive(&r, 0, &after, buffer));
	CHECK_EQ(after.seq, (uint16_t)(before.seq + 1));
	CHECK(after.marker);
	CHECK_EQ(after.stamp - before.stamp, 160 + 80 + 80000);
	rig_close(&r);
}

TEST(a_line_set_late_finds_the_time_line_where_the_clock_is)
{
	uint8_t in[RIG_TICK] = { 0 }, buffer[2048];
	struct media_end line, none = { .kind = END_NONE };
	struct rtp_packet before, after;
	struct rig r;

	rig_open(&r, LAW_ALAW, NULL);
	rig_call(&r, CODEC_PCMA);
	line = rig_line_end(&r, 0);
	for (unsigned i = 0; i < 4; i++)
		rig_tick(&r, 0, in);
	CHECK(rig_receive(&r, 0, &before, buffer));
	rig_set(&r, 0, &none);
	instant_turn(MSEC(100));
	rig_set(&r, 0, &line);
	for (unsigned i = 0; i < 4; i++)
		rig_tick(&r, 0, in);
	CHECK(rig_receive(&r, 0, &after, buffer));
	CHECK_EQ(after.seq, (uint16_t)(before.seq + 1));
	CHECK_EQ(after.stamp - before.stamp, 160 + 800);
	rig_close(&r);
}

TEST(sets_are_reported_in_order_whichever_end_is_quicker)
{
	struct media_end a, b;
	unsigned last = 0;
	struct rig r;

	rig_open(&r, LAW_ALAW, NULL);
	rig_call(&r, CODEC_PCMA);
	a = rig_line_end(&r, 0);
	b = rig_line_end(&r, 1);
	r.nreports = 0;
	/* both ends must leave first, the one that is gone sooner is told */
	CHECK(media_stream_set(r.engine, r.stream, 1, &b) > 0);
	a.slot = 9;
	CHECK(media_stream_set(r.engine, r.stream, 0, &a) > 0);
	b = (struct media_end){ .kind = END_NONE };
	CHECK(media_stream_set(r.engine, r.stream, 1, &b) > 0);
	rig_settle(&r);
	CHECK(rig_count(&r, MEDIA_SET) >= 2);
	for (unsigned i = 0; i < r.nreports; i++) {
		if (r.reports[i].kind != MEDIA_SET)
			continue;
		CHECK(r.reports[i].serial > last);
		last = r.reports[i].serial;
	}
	rig_close(&r);
}
