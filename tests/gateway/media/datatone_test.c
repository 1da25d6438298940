/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * What is a fax or modem and what is not, at all sizes of ticks and in both
 * laws; and what a stream does when it finds one: tells it once for a channel,
 * with the side it came from, and leaves its sound and its depth alone.
 */

#include "gateway/media/codec.h"
#include "gateway/media/datatone.h"
#include "tests/gateway/media/rig.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SECOND = 8000, FLAG = 0x7e };

/* A signal, sample by sample. */
struct signal {
	double hz[2]; /* 0: none */
	double dbm0;  /* of each */
	bool reversed, modulated;
	unsigned cadence_ms; /* on, and as long off; 0: always on */
	enum { TONES, FLAGS, NOISE, VOICE } kind;
};

struct source {
	const struct signal *signal;
	unsigned at;
	double phase[2];
	uint32_t random;
};

static double noise(struct source *s)
{
	s->random = s->random * 1664525 + 1013904223;
	return (double)(s->random >> 8) / 8388608.0 - 1;
}

/* V.21, channel 2: 1650 Hz is 1, 1850 Hz is 0, a flag all the time. */
static double flag_hz(unsigned at)
{
	unsigned bit = at * 300 / SECOND % 8;

	return FLAG >> bit & 1 ? 1650 : 1850;
}

/* A buzz through two formants that wander, in syllables: coarse, but with the
 * pitch, the harmonics and the hisses of a voice. */
static double voice(struct source *s)
{
	double t = (double)s->at / SECOND;
	double pitch = 120 + 40 * sin(2 * M_PI * 0.7 * t), sum = 0;
	double first = 500 + 250 * sin(2 * M_PI * 1.3 * t);
	double second = 1700 + 600 * sin(2 * M_PI * 0.9 * t);

	if (s->at / 1200 % 5 == 4) /* a hiss for 150 ms */
		return 0.2 * noise(s);
	s->phase[0] += pitch / SECOND;
	for (unsigned k = 1; k * pitch < 3400; k++) {
		double hz = k * pitch;
		double near = fmin(fabs(hz - first), fabs(hz - second));

		sum += sin(2 * M_PI * k * s->phase[0]) * exp(-near / 150);
	}
	return 0.25 * sum * (0.6 + 0.4 * sin(2 * M_PI * 4 * t));
}

static double amplitude(double dbm0)
{
	return sqrt(2) * pow(10, (dbm0 - 6.18) / 20);
}

static double tones(struct source *s)
{
	const struct signal *of = s->signal;
	double sum = 0, gain = 1;

	if (of->modulated)
		gain += 0.2 * sin(2 * M_PI * 15 * s->at / SECOND);
	if (of->reversed && s->at / (SECOND * 45 / 100) % 2 == 1)
		gain = -gain;
	for (unsigned i = 0; i < 2 && of->hz[i] > 0; i++) {
		s->phase[i] += of->hz[i] / SECOND;
		sum += sin(2 * M_PI * s->phase[i]);
	}
	return gain * sum * amplitude(of->dbm0);
}

static double next(struct source *s)
{
	const struct signal *of = s->signal;
	double value = 0;

	switch (of->kind) {
	case TONES:
		value = tones(s);
		break;
	case FLAGS:
		s->phase[0] += flag_hz(s->at) / SECOND;
		value = sin(2 * M_PI * s->phase[0]) * amplitude(of->dbm0);
		break;
	case NOISE:
		value = noise(s) * amplitude(of->dbm0);
		break;
	case VOICE:
		value = voice(s);
		break;
	}
	if (of->cadence_ms > 0 && s->at / (8 * of->cadence_ms) % 2 == 1)
		value = 0;
	s->at++;
	return value;
}

static void play(struct source *s, enum law law, uint8_t *to, unsigned n)
{
	int16_t samples[TICK_MOST];

	for (unsigned i = 0; i < n; i++)
		samples[i] = (int16_t)(32000 * fmax(fmin(next(s), 1), -1));
	codec_encode(to, law, samples, n);
}

static const struct found_row {
	struct signal signal;
	enum data_tone found;
	unsigned within_ms;
} found_rows[] = {
	/* clang-format off */
	{ { .hz = { 2100 }, .dbm0 = -12 }, DATA_TONE_ANS, 700 },
	{ { .hz = { 2100 }, .dbm0 = -35 }, DATA_TONE_ANS, 700 },
	{ { .hz = { 2085 }, .dbm0 = -12 }, DATA_TONE_ANS, 700 },
	{ { .hz = { 2115 }, .dbm0 = -12 }, DATA_TONE_ANS, 700 },
	{ { .hz = { 2100 }, .dbm0 = -12, .reversed = true },
	  DATA_TONE_ANS_PR, 2200 },
	{ { .hz = { 2100 }, .dbm0 = -12, .modulated = true },
	  DATA_TONE_ANSAM, 700 },
	{ { .hz = { 2100 }, .dbm0 = -12, .modulated = true, .reversed = true },
	  DATA_TONE_ANSAM_PR, 2200 },
	{ { .kind = FLAGS, .dbm0 = -12 }, DATA_TONE_FLAGS, 500 },
	{ { .kind = FLAGS, .dbm0 = -30 }, DATA_TONE_FLAGS, 500 },
	/* clang-format on */
};

static const struct {
	enum law law;
	unsigned tick;
} ticks[] = { { LAW_ALAW, 40 }, { LAW_ALAW, 16 }, { LAW_ALAW, 160 },
	      { LAW_ALAW, 33 }, { LAW_ULAW, 40 }, { LAW_ULAW, 16 } };

/* After how many milliseconds; 0: it was not. */
static unsigned find(struct datatone *d, const struct signal *signal,
                     enum law law, unsigned tick, unsigned ms)
{
	struct source s = { .signal = signal, .random = 1 };
	uint8_t octets[TICK_MOST];

	while (s.at < ms * 8) {
		play(&s, law, octets, tick);
		if (datatone_hear(d, DATATONE_SENT, octets, law, tick))
			return s.at / 8;
	}
	return 0;
}

TEST_ROWS(an_answering_modem_is_found_by_its_tone, found_rows, row)
{
	enum datatone_side side;
	struct datatone *d;

	codec_init();
	CHECK_EQ(datatone_new(&d), 0);
	for (unsigned i = 0; i < ARRAY_LEN(ticks); i++) {
		unsigned at = find(d, &row->signal, ticks[i].law, ticks[i].tick,
		                   row->within_ms);

		CHECK(at > 0);
		CHECK_EQ(datatone_found(d, &side), row->found);
		CHECK_EQ(side, DATATONE_SENT);
		/* once, until it is reset */
		CHECK_EQ(find(d, &row->signal, ticks[i].law, ticks[i].tick,
		              3000),
		         0);
		datatone_reset(d);
		CHECK_EQ(datatone_found(d, &side), DATA_TONE_NONE);
	}
	d = datatone_free(d);
}

/* clang-format off */
static const struct signal others[] = {
	{ .kind = VOICE },
	{ .kind = NOISE, .dbm0 = -10 },
	{ .kind = NOISE, .dbm0 = -40 },
	{ .hz = { 425 }, .dbm0 = -10, .cadence_ms = 1000 }, /* ringback, busy */
	{ .hz = { 425 }, .dbm0 = -10 },                     /* dial tone */
	{ .hz = { 350, 440 }, .dbm0 = -13 },
	{ .hz = { 440, 480 }, .dbm0 = -19, .cadence_ms = 2000 },
	{ .hz = { 480, 620 }, .dbm0 = -24, .cadence_ms = 500 },
	{ .hz = { 697, 1209 }, .dbm0 = -8, .cadence_ms = 80 }, /* DTMF */
	{ .hz = { 770, 1336 }, .dbm0 = -8, .cadence_ms = 80 },
	{ .hz = { 941, 1633 }, .dbm0 = -8, .cadence_ms = 80 },
	{ .hz = { 941, 1633 }, .dbm0 = -8 },
	{ .hz = { 1004 }, .dbm0 = 0 },
	{ .hz = { 1100 }, .dbm0 = -10, .cadence_ms = 500 }, /* CNG */
	{ .hz = { 1300 }, .dbm0 = -10, .cadence_ms = 600 }, /* calling tone */
	{ .hz = { 1800 }, .dbm0 = -10, .cadence_ms = 330 }, /* SIT */
	{ .hz = { 1800 }, .dbm0 = -10 },
	{ .hz = { 1650 }, .dbm0 = -10 },
	{ .hz = { 1850 }, .dbm0 = -10 },
	{ .hz = { 1860, 1980 }, .dbm0 = -11, .cadence_ms = 100 }, /* R2 */
	{ .hz = { 2280 }, .dbm0 = -10, .cadence_ms = 300 },
	{ .hz = { 2100 }, .dbm0 = -10, .cadence_ms = 300 }, /* too short */
	{ .hz = { 2100 }, .dbm0 = -50 },                    /* too quiet */
};
/* clang-format on */

TEST_ROWS(speech_and_other_tones_are_no_modem, others, row)
{
	struct datatone *d;

	codec_init();
	CHECK_EQ(datatone_new(&d), 0);
	for (unsigned i = 0; i < ARRAY_LEN(ticks); i++)
		CHECK_EQ(find(d, row, ticks[i].law, ticks[i].tick, 20000), 0);
	d = datatone_free(d);
}

LADDER(a_detector_needs_its_memory)
{
	struct datatone *d = NULL;

	if (datatone_new(&d) < 0)
		CHECK(d == NULL);
	d = datatone_free(d);
}

/* --- in a stream --- */

static const struct signal ced = { .hz = { 2100 }, .dbm0 = -12 };
static const struct signal pair = { .hz = { 770, 1336 }, .dbm0 = -8 };

static void call(struct rig *r, bool wanted)
{
	struct media_end line, rtp;

	rig_open(r, LAW_ALAW, NULL);
	line = rig_line_end(r, 0);
	line.tones = wanted;
	rtp = rig_rtp_end(r, 0, CODEC_PCMA);
	rig_set(r, 0, &line);
	rig_set(r, 1, &rtp);
}

/* Both ways for so long; NULL: idle. */
static void run(struct rig *r, const struct signal *heard,
                const struct signal *sent, unsigned ms)
{
	struct source a = { .signal = heard }, b = { .signal = sent };
	uint8_t octets[RIG_TICK], packet[160];

	for (unsigned at = 0; at < ms; at += 5) {
		if (sent != NULL && at % 20 == 0) {
			play(&b, LAW_ALAW, packet, sizeof(packet));
			rig_send(r, 0, 8, packet, sizeof(packet), at == 0);
			r->far[0].stamp += 160;
		}
		if (heard != NULL)
			play(&a, LAW_ALAW, octets, RIG_TICK);
		rig_tick(r, 0, heard != NULL ? octets : NULL);
	}
}

static const struct side_row {
	const struct signal *heard, *sent;
	bool wanted;
	unsigned told;
} side_rows[] = {
	{ &ced, NULL, true, 1 },  { NULL, &ced, true, 1 },
	{ &ced, &ced, true, 1 },  { &ced, NULL, false, 0 },
	{ NULL, &ced, false, 0 }, { &pair, &pair, true, 0 },
};

TEST_ROWS(a_stream_tells_once_from_which_side_a_modem_answers, side_rows, row)
{
	const struct media_report *told;
	struct rig r;

	call(&r, row->wanted);
	run(&r, row->heard, row->sent, 3000);
	CHECK_EQ(rig_count(&r, MEDIA_TONE), row->told);
	told = rig_last(&r, MEDIA_TONE);
	if (told != NULL) {
		CHECK_EQ(told->tone, DATA_TONE_ANS);
		CHECK_EQ(told->end, 0);
		CHECK_EQ(told->sent, row->heard == NULL);
	}
	rig_close(&r);
}

TEST(a_new_channel_is_listened_to_anew)
{
	struct media_end line;
	struct rig r;

	call(&r, true);
	run(&r, &ced, NULL, 1000);
	line = rig_line_end(&r, 0);
	line.tones = true;
	rig_set(&r, 0, &line); /* the same: nothing begins again */
	run(&r, &ced, NULL, 1000);
	CHECK_EQ(rig_count(&r, MEDIA_TONE), 1);
	line = rig_line_end(&r, 1);
	line.tones = true;
	rig_set(&r, 0, &line);
	for (unsigned i = 0; i < 200; i++) {
		static struct source s = { .signal = &ced };
		uint8_t octets[RIG_TICK];

		play(&s, LAW_ALAW, octets, RIG_TICK);
		rig_tick(&r, 1, octets);
	}
	CHECK_EQ(rig_count(&r, MEDIA_TONE), 2);
	rig_close(&r);
}

/* What a modem says holds tones that look like digits. */
TEST(after_the_tone_no_digit_is_taken_out_of_the_sound)
{
	uint8_t buffer[2048];
	struct rtp_packet p;
	unsigned events = 0;
	struct rig r;

	call(&r, true);
	run(&r, &ced, NULL, 1000);
	while (rig_receive(&r, 0, &p, buffer))
		;
	run(&r, &pair, NULL, 500);
	while (rig_receive(&r, 0, &p, buffer)) {
		events += p.type != 8;
		for (size_t i = 0; i + 40 <= p.payload.len; i += 40)
			CHECK(p.payload.at[i] != ALAW_IDLE ||
			      p.payload.at[i + 1] != ALAW_IDLE);
	}
	CHECK_EQ(events, 0);
	CHECK_EQ(rig_count(&r, MEDIA_DIGIT), 0);
	rig_close(&r);
}
