/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * What is heard where packets were lost: no click at either edge, the same
 * pitch, then nothing; and not an octet changed where none was.
 */

#include "gateway/media/conceal.h"

#include "gateway/media/codec.h"
#include "tests/gateway/media/rig.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { RATE = 8000, TICK = 40, BEFORE = 40, LENGTH = 120 * TICK };

static const struct {
	double hz;
	enum law law;
	unsigned lost; /* ticks */
} losses[] = {
	{ 100, LAW_ALAW, 4 },  { 170, LAW_ALAW, 4 }, { 170, LAW_ULAW, 8 },
	{ 333, LAW_ALAW, 4 },  { 430, LAW_ULAW, 4 }, { 170, LAW_ALAW, 1 },
	{ 170, LAW_ALAW, 40 },
};

/* A voice: a fundamental and two harmonics. */
static void make_voice(int16_t *to, unsigned n, double hz)
{
	for (unsigned i = 0; i < n; i++) {
		double at = 2 * 3.14159265358979 * hz * i / RATE;

		to[i] = (int16_t)(4000 * sin(at) + 2000 * sin(2 * at + 1) +
		                  1000 * sin(3 * at + 2));
	}
}

static int steepest(const int16_t *x, unsigned from, unsigned to)
{
	int most = 0;

	for (unsigned i = from + 1; i < to; i++)
		most = MAX_OF(most, abs(x[i] - x[i - 1]));
	return most;
}

static double power(const int16_t *x, unsigned from, unsigned to)
{
	double sum = 0;

	for (unsigned i = from; i < to; i++)
		sum += (double)x[i] * x[i];
	return sum / (to - from);
}

/* The voice with some ticks of it lost; returns how many octets were made. */
static unsigned lose(int16_t *out, uint8_t *octets, unsigned lost, enum law law)
{
	struct conceal c = { 0 };
	unsigned made = 0;

	for (unsigned at = 0; at < LENGTH; at += TICK) {
		if (at / TICK >= BEFORE && at / TICK < BEFORE + lost)
			made += conceal_make(&c, octets + at, TICK, law);
		else
			conceal_heard(&c, octets + at, TICK, law);
	}
	codec_decode(out, octets, law, LENGTH);
	return made;
}

TEST_ROWS(a_loss_does_not_click, losses, row)
{
	const unsigned begin = BEFORE * TICK, end = begin + row->lost * TICK;
	int16_t voice[LENGTH], out[LENGTH];
	uint8_t octets[LENGTH], sent[LENGTH];
	unsigned made;
	int steep;

	codec_init();
	make_voice(voice, LENGTH, row->hz);
	codec_encode(sent, row->law, voice, LENGTH);
	memcpy(octets, sent, LENGTH);
	made = lose(out, octets, row->lost, row->law);
	CHECK_EQ(made, MIN_OF(row->lost * TICK, 480u));
	CHECK_MEM(octets, sent, begin);
	CHECK_MEM(octets + end + 32, sent + end + 32, LENGTH - end - 32);
	steep = steepest(voice, 0, LENGTH);
	/* out of silence it begins as it is */
	CHECK(steepest(out, 0, made < 480 ? LENGTH : end) <
	      steep * 5 / 4 + 200);
	CHECK(power(out, begin, begin + TICK) > power(voice, 0, LENGTH) / 4);
	if (row->lost * TICK > 480)
		CHECK_EQ(octets[begin + 480], codec_idle(row->law));
}

TEST(nothing_is_made_of_what_was_not_heard)
{
	struct conceal c = { 0 };
	uint8_t octets[TICK];

	codec_init();
	CHECK_EQ(conceal_make(&c, octets, TICK, LAW_ALAW), 0);
	CHECK_EQ(octets[0], codec_idle(LAW_ALAW));
	memset(octets, 0x34, TICK);
	conceal_heard(&c, octets, TICK, LAW_ALAW);
	CHECK_EQ(octets[0], 0x34);
	CHECK_EQ(conceal_make(&c, octets, TICK, LAW_ALAW), 0);
}

static const struct {
	unsigned lost, skipped; /* numbers and time stamps that are missing */
	bool marker, off;
	unsigned concealed;
} gaps[] = {
	{ 1, 1, false, false, 160 }, { 2, 2, false, false, 320 },
	{ 1, 1, false, true, 0 },  /* as configured */
	{ 0, 1, false, false, 0 }, /* the sender was silent */
	{ 1, 1, true, false, 0 },
};

static void say(struct rig *r, unsigned n)
{
	uint8_t sound[160];

	memset(sound, 0x34, sizeof(sound));
	for (unsigned i = 0; i < n; i++) {
		rig_send(r, 0, 8, sound, sizeof(sound), false);
		r->far[0].stamp += 160;
		rig_ticks(r, 4);
	}
}

TEST_ROWS(what_was_lost_on_the_way_is_concealed_and_counted, gaps, row)
{
	uint8_t sound[160];
	struct media_conf conf;
	struct rig r;

	media_conf_preset(&conf);
	conf.threads = MEDIA_TURNED;
	conf.conceal = !row->off;
	rig_open(&r, LAW_ALAW, &conf);
	rig_call(&r, CODEC_PCMA);
	say(&r, 10);
	r.far[0].seq = (uint16_t)(r.far[0].seq + row->lost);
	r.far[0].stamp += row->skipped * 160;
	rig_ticks(&r, 4 * row->skipped);
	memset(sound, 0x34, sizeof(sound));
	rig_send(&r, 0, 8, sound, sizeof(sound), row->marker);
	r.far[0].stamp += 160;
	rig_ticks(&r, 4);
	say(&r, 6);
	CHECK_EQ(rig_counts(&r, 1).concealed, row->concealed);
	CHECK_EQ(rig_counts(&r, 1).lost, row->lost);
	rig_close(&r);
}
