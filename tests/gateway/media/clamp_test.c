/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * How much of a digit is heard beside its event, and how often speech is taken
 * for one. The speech is made here: a voice of pulses through three formants,
 * with the onsets, glides, hisses and pauses that matter to the clamp.
 */

#include "gateway/media/clamp.h"

#include "gateway/media/codec.h"
#include "gateway/media/digits.h"
#include "tests/gateway/media/rig.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PI 3.14159265358979

enum { RATE = 8000 };

static const unsigned rows_hz[] = { 697, 770, 852, 941 };
static const unsigned columns_hz[] = { 1209, 1336, 1477, 1633 };

static double amplitude(double dbm0)
{
	return 32768 * pow(10, (dbm0 - 3.14) / 20);
}

/* --- what leaks --- */

static const struct {
	double low, high; /* dBm0 of each tone */
	double off;       /* of each frequency, parts of one */
	unsigned most;    /* octets of a tone that may be heard */
} tones
	[] = {
		/* clang-format off */
	{  -9,  -7,  0,      120 },
	{  -3,  -3,  0,      120 },
	{ -25, -25,  0,      120 },
	{  -9,  -6,  0,      120 }, /* twist */
	{  -6, -10,  0,      120 },
	{  -9,  -7,  0.012,  120 }, /* as far off as it must be taken */
	{  -9,  -7, -0.012,  120 },
		/* clang-format on */
	};

/* Octets of the line: 100 ms of silence, 80 ms of a digit, silence. */
static void make_digit(uint8_t *to, unsigned n, unsigned begin, unsigned digit,
                       const __typeof__(tones[0]) *tone)
{
	double low = 2 * PI * rows_hz[digit / 4] * (1 + tone->off) / RATE;
	double high = 2 * PI * columns_hz[digit % 4] * (1 + tone->off) / RATE;
	double a = amplitude(tone->low), b = amplitude(tone->high);

	memset(to, codec_idle(LAW_ALAW), n);
	for (unsigned i = 0; i < 80 * 8; i++) {
		int16_t sample = (int16_t)lrint(
			fmin(fmax(a * sin(low * i) + b * sin(high * i), -32767),
		             32767));

		codec_encode(to + begin + i, LAW_ALAW, &sample, 1);
	}
}

/* Hears packets; octets of sound in them, and events. */
static unsigned heard(struct rig *r, unsigned *events)
{
	uint8_t buffer[2048];
	struct rtp_packet p;
	unsigned sounding = 0;

	while (rig_receive(r, 0, &p, buffer)) {
		*events += p.type == 101 && p.marker;
		for (size_t i = 0; p.type == 8 && i < p.payload.len; i++)
			sounding += p.payload.at[i] != codec_idle(LAW_ALAW);
	}
	return sounding;
}

TEST_ROWS(of_a_digit_that_is_told_hardly_anything_is_heard, tones, row)
{
	enum { LENGTH = 75 * RIG_TICK, OFFSETS = 16 };
	uint8_t octets[LENGTH];
	unsigned worst = 0;
	struct rig r;

	rig_open(&r, LAW_ALAW, NULL);
	rig_call(&r, CODEC_PCMA);
	for (unsigned i = 0; i < 16 * OFFSETS; i++) {
		unsigned events = 0, leaked;

		make_digit(octets, LENGTH, 800 + i % OFFSETS * 11, i / OFFSETS,
		           row);
		for (unsigned at = 0; at < LENGTH; at += RIG_TICK)
			rig_tick(&r, 0, octets + at);
		leaked = heard(&r, &events);
		CHECK_EQ(events, 1);
		worst = MAX_OF(worst, leaked);
	}
	if (getenv("SHOW") != NULL)
		fprintf(stderr, "worst leak %.1f ms\n", worst / 8.0);
	CHECK(worst <= row->most);
	rig_close(&r);
}

/* Told by INFO the far end hears nothing of it either, to its end. */
TEST(a_digit_told_otherwise_than_by_events_is_not_heard_either)
{
	enum { LENGTH = 75 * RIG_TICK };
	uint8_t octets[LENGTH];
	struct media_end rtp;
	unsigned events = 0;
	struct rig r;

	rig_open(&r, LAW_ALAW, NULL);
	rig_call(&r, CODEC_PCMA);
	rtp = rig_rtp_end(&r, 0, CODEC_PCMA);
	rtp.flow.send_event = 0;
	rtp.digits = true;
	rig_set(&r, 1, &rtp);
	make_digit(octets, LENGTH, 800, 5, &tones[0]);
	for (unsigned at = 0; at < LENGTH; at += RIG_TICK)
		rig_tick(&r, 0, octets + at);
	CHECK(heard(&r, &events) <= 120);
	CHECK_EQ(rig_count(&r, MEDIA_DIGIT), 1);
	rig_close(&r);
}

/* In band it passes as it is. */
TEST(a_digit_that_nobody_is_told_of_passes_whole)
{
	enum { LENGTH = 75 * RIG_TICK };
	uint8_t octets[LENGTH];
	struct media_end rtp;
	unsigned events = 0;
	struct rig r;

	rig_open(&r, LAW_ALAW, NULL);
	rig_call(&r, CODEC_PCMA);
	rtp = rig_rtp_end(&r, 0, CODEC_PCMA);
	rtp.flow.send_event = 0;
	rig_set(&r, 1, &rtp);
	make_digit(octets, LENGTH, 800, 5, &tones[0]);
	for (unsigned at = 0; at < LENGTH; at += RIG_TICK)
		rig_tick(&r, 0, octets + at);
	CHECK(heard(&r, &events) > 600);
	rig_close(&r);
}

/* --- the other way: a far end that sends events and the sound --- */

static const struct {
	unsigned playout_ms;
	unsigned late; /* packets of sound before its detector speaks */
} doubles[] = {
	{ 40, 0 },
	{ 40, 2 },
	{ 150, 0 },
	{ 150, 2 },
};

static void count(void *self, unsigned code ATTR_UNUSED, bool begun,
                  uint32_t octets ATTR_UNUSED)
{
	*(unsigned *)self += begun;
}

/* A packet of sound of the digit each 20 ms; from `late` on an event, too; the
 * last three say that it ended. */
static void send_both(struct rig *r, const uint8_t *sound, unsigned packet,
                      unsigned late)
{
	struct rig_far *f = &r->far[0];
	uint32_t now = f->stamp;
	uint8_t event[4] = { 5, 10, 0, 0 };
	unsigned lasted = (packet + 1 - late) * 160;

	rig_send(r, 0, 8, sound, 160, false);
	if (packet >= late && packet < 8) {
		event[1] = packet >= 5 ? 0x8a : 10;
		lasted = MIN_OF(lasted, (6 - late) * 160);
		event[2] = (uint8_t)(lasted >> 8);
		event[3] = (uint8_t)lasted;
		f->stamp = now - (packet - late) * 160;
		rig_send(r, 0, 101, event, sizeof(event), packet == late);
	}
	f->stamp = now + 160;
}

TEST_ROWS(a_digit_that_comes_twice_is_one_digit_on_the_line, doubles, row)
{
	enum { LENGTH = 15 * 160 };
	struct digits_detector *detector;
	uint8_t octets[LENGTH];
	struct media_conf conf;
	unsigned digits = 0;
	struct rig r;

	media_conf_preset(&conf);
	conf.threads = MEDIA_TURNED;
	conf.playout_ms = row->playout_ms;
	rig_open(&r, LAW_ALAW, &conf);
	rig_call(&r, CODEC_PCMA);
	CHECK_EQ(digits_detector_new(&detector), 0);
	make_digit(octets, LENGTH, 0, 5, &tones[0]);
	memcpy(octets + 640, octets, 320); /* 120 ms, as the events say */
	for (unsigned i = 0; i < 160; i++) {
		if (i >= 40 && i % 4 == 0 && i < 100)
			send_both(&r, octets + (i / 4 - 10) * 160, i / 4 - 10,
			          row->late);
		rig_tick(&r, 0, NULL);
		digits_detect(detector, r.heard, LAW_ALAW, RIG_TICK, count,
		              &digits);
	}
	CHECK_EQ(digits, 1);
	CHECK_EQ(rig_count(&r, MEDIA_DIGIT), 1);
	detector = digits_detector_free(detector);
	rig_close(&r);
}

/* --- whom it must not take for a digit --- */

struct voice {
	uint32_t random;
	double hz, to_hz;    /* of the pulses, and where it glides to */
	double pulse;        /* phase, 0 to 1 */
	double formant[3];   /* Hz */
	double y[3][2];      /* the resonators */
	double loud;         /* now, 0 to 1 */
	unsigned left, rise; /* of a syllable; how fast it begins */
	bool speaks, hiss;
};

static double chance(struct voice *v)
{
	v->random = v->random * 1664525u + 1013904223u;
	return (v->random >> 8) / 16777216.0;
}

/* /a e i o u/ and between, Peterson and Barney's averages. */
static const double vowels[][3] = {
	{ 730, 1090, 2440 }, { 530, 1840, 2480 }, { 270, 2290, 3010 },
	{ 570, 840, 2410 },  { 300, 870, 2240 },  { 660, 1720, 2410 },
	{ 490, 1350, 1690 }, { 850, 1220, 2810 }, { 1030, 1370, 3170 },
};

static void next_syllable(struct voice *v, double pitch)
{
	const double *vowel = vowels[(unsigned)(chance(v) * ARRAY_LEN(vowels))];

	v->speaks = chance(v) < 0.75;
	v->hiss = chance(v) < 0.2;
	v->left = (unsigned)(RATE * (0.06 + 0.25 * chance(v)));
	v->rise = (unsigned)(RATE * (0.002 + 0.04 * chance(v)));
	v->hz = pitch * (0.8 + 0.4 * chance(v));
	v->to_hz = pitch * (0.8 + 0.4 * chance(v));
	for (unsigned i = 0; i < 3; i++)
		v->formant[i] = vowel[i] * (0.93 + 0.14 * chance(v));
}

static double resonate(struct voice *v, unsigned i, double x)
{
	const double width[] = { 70, 90, 130 };
	double r = exp(-PI * width[i] / RATE);
	double y = (1 - r) * x +
	           2 * r * cos(2 * PI * v->formant[i] / RATE) * v->y[i][0] -
	           r * r * v->y[i][1];

	v->y[i][1] = v->y[i][0];
	v->y[i][0] = y;
	return y;
}

static int16_t say(struct voice *v, double pitch)
{
	double x = 0, sum = 0;

	if (v->left-- == 0)
		next_syllable(v, pitch);
	v->loud += (v->speaks ? 1 - v->loud : -v->loud) / v->rise;
	v->hz += (v->to_hz - v->hz) / 2000;
	v->pulse += v->hz / RATE;
	if (v->pulse >= 1) {
		v->pulse -= 1;
		x = 30;
	}
	if (v->hiss)
		x = 4 * (chance(v) - 0.5);
	for (unsigned i = 0; i < 3; i++)
		sum += resonate(v, i, x) / (1 + 0.5 * i);
	sum = sum * v->loud * 6000 + 20 * (chance(v) - 0.5);
	return (int16_t)fmin(fmax(sum, -32000), 32000);
}

static const struct {
	const char *who;
	double pitch;
	unsigned most; /* mutes a minute */
} voices[] = {
	{ "a man", 110, 3 },
	{ "a woman", 210, 3 },
	{ "a child", 320, 6 },
};

TEST_ROWS(speech_is_hardly_ever_muted, voices, row)
{
	enum { MINUTES = 5 };
	struct voice v = { .random = 1, .rise = 80, .hz = row->pitch };
	struct clamp c;
	unsigned muted = 0;
	double power = 0;

	clamp_init(&c);
	for (unsigned i = 0; i < MINUTES * 60 * RATE / CLAMP_BLOCK; i++) {
		int16_t samples[CLAMP_BLOCK];

		for (unsigned j = 0; j < CLAMP_BLOCK; j++) {
			samples[j] = say(&v, row->pitch);
			power += (double)samples[j] * samples[j];
		}
		muted += clamp_hear(&c, samples, CLAMP_BLOCK, false);
	}
	power = sqrt(power / (MINUTES * 60 * RATE));
	if (getenv("SHOW") != NULL)
		fprintf(stderr, "%s: %u mutes, %u ms in %u minutes; rms %.0f\n",
		        row->who, c.begun, muted / 8, MINUTES, power);
	CHECK(power > 1000 && power < 10000); /* it was speech, and loud */
	CHECK(c.begun <= row->most * MINUTES);
}

static const struct {
	const char *what;
	unsigned hz[2];
} others[] = {
	{ "a test tone", { 1004, 0 } },   { "US dial tone", { 350, 440 } },
	{ "US ringing", { 440, 480 } },   { "US busy", { 480, 620 } },
	{ "German tone", { 425, 0 } },    { "fax calling", { 1100, 0 } },
	{ "fax answering", { 2100, 0 } }, { "R2 forward 1", { 1380, 1500 } },
	{ "R1 digit 1", { 700, 900 } },   { "one of a digit", { 770, 0 } },
};

TEST_ROWS(other_tones_are_not_muted, others, row)
{
	int16_t samples[400];
	struct clamp c;

	clamp_init(&c);
	memset(samples, 0, sizeof(samples));
	CHECK_EQ(clamp_hear(&c, samples, 400, false), 0);
	for (unsigned i = 0; i < 20; i++) {
		for (unsigned j = 0; j < 400; j++) {
			unsigned at = i * 400 + j;

			samples[j] = (int16_t)(6000 * sin(2 * PI * row->hz[0] *
			                                  at / RATE) +
			                       6000 * sin(2 * PI * row->hz[1] *
			                                  at / RATE));
		}
		CHECK_EQ(clamp_hear(&c, samples, 400, false), 0);
	}
}

/* Two tones that the detector never calls a digit are heard again soon. */
TEST(what_was_no_digit_is_given_free)
{
	int16_t samples[CLAMP_BLOCK];
	struct clamp c;
	unsigned muted = 0;

	clamp_init(&c);
	for (unsigned i = 0; i < 200; i++) {
		for (unsigned j = 0; j < CLAMP_BLOCK; j++) {
			double at = 2 * PI * (i * CLAMP_BLOCK + j) / RATE;

			samples[j] =
				(int16_t)(i < 20 ? 0
			                         : 5000 * sin(at * 770) +
			                                   5000 * sin(at *
			                                              1336));
		}
		muted += clamp_hear(&c, samples, CLAMP_BLOCK, false) > 0;
	}
	CHECK_EQ(c.begun, 1);
	CHECK(muted <= 12);
}
