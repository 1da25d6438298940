/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/* Plans from text and from libtonezone, and how they sound. */

#include "gateway/media/tones.h"

#include "tests/test.h"

#include <errno.h>
#include <math.h>

static const struct reading {
	const char *text;
	int rc;
	unsigned count, again;
} readings[] = {
	/* clang-format off */
	{ "425",                          0, 1, 0 },
	{ "440+480/2000,0/4000",          0, 2, 0 },
	{ "!950/330,!1400/330,!1800/330,0", 0, 4, 3 },
	{ "!425/100",                     0, 2, 1 }, /* then silence */
	{ "400*25/400,0/200",             0, 2, 0 },
	{ "0",                            0, 1, 0 },
	{ "",                             -EBADMSG, 0, 0 },
	{ "425,",                         -EBADMSG, 0, 0 },
	{ "425/",                         -EBADMSG, 0, 0 },
	{ "425+",                         -EBADMSG, 0, 0 },
	{ "4000",                         -EBADMSG, 0, 0 },
	{ "99999999999999999999",         -EBADMSG, 0, 0 },
	{ "425 ",                         -EBADMSG, 0, 0 },
	{ "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1", -EBADMSG, 0, 0 },
	/* clang-format on */
};

TEST_ROWS(plans_are_read_strictly, readings, row)
{
	struct tones_plan plan;

	CHECK_EQ(tones_read(&plan, row->text), row->rc);
	if (row->rc < 0)
		return;
	CHECK_EQ(plan.count, row->count);
	CHECK_EQ(plan.again, row->again);
}

static const struct {
	const char *tone, *zone;
} known[] = {
	/* clang-format off */
	{ "ring", "de" },  { "busy", "de" },  { "congestion", "de" },
	{ "dial", "de" },  { "ring", "us" },  { "busy", "us" },
	{ "dial", "us" },  { "ring", "uk" },  { "ring", "nowhere" },
	{ "ring", "a name that is much too long" }, { "busy", NULL },
	/* clang-format on */
};

TEST_ROWS(every_zone_has_its_tones_and_the_unknown_has_some, known, row)
{
	struct tones_player player = { 0 };
	const struct tones_plan *plan, *again;
	int16_t samples[160];

	CHECK_EQ(tones_find(&plan, row->tone, row->zone), 0);
	CHECK_EQ(tones_find(&again, row->tone, row->zone), 0);
	CHECK(again == plan); /* read once */
	tones_begin(&player, plan);
	for (unsigned i = 0; i < 3000; i++) /* a minute: nothing hangs */
		tones_play(&player, samples, 160);
}

TEST(a_tone_nobody_knows_is_refused)
{
	const struct tones_plan *plan;

	CHECK_EQ(tones_find(&plan, "music", "de"), -ENOENT);
}

/* Mean square at a frequency, and of all. */
static double at(const int16_t *samples, unsigned n, double hz)
{
	double c = 2 * cos(2 * M_PI * hz / 8000), a = 0, b = 0;

	for (unsigned i = 0; i < n; i++) {
		double next = samples[i] + c * a - b;

		b = a;
		a = next;
	}
	return 2 * (a * a + b * b - c * a * b) / ((double)n * n);
}

static double dbm0(double mean_square)
{
	return 10 * log10(mean_square / (32767.0 * 32767.0 / 2)) + 3.14;
}

static const struct sound {
	const char *text;
	double hz, level;
} sounds[] = {
	{ "425", 425, -10 },
	{ "440+480", 440, -13 },
	{ "440+480", 480, -13 },
};

TEST_ROWS(tones_have_their_frequencies_and_levels, sounds, row)
{
	static int16_t samples[8000];
	struct tones_player player = { 0 };
	struct tones_plan plan;

	CHECK_EQ(tones_read(&plan, row->text), 0);
	tones_begin(&player, &plan);
	for (unsigned i = 0; i < 100; i++)
		tones_play(&player, samples + i * 80, 80);
	CHECK(fabs(dbm0(at(samples, 8000, row->hz)) - row->level) < 0.3);
}

TEST(a_cadence_is_on_and_off_to_the_sample)
{
	static int16_t samples[8000];
	struct tones_player player = { 0 };
	struct tones_plan plan;

	CHECK_EQ(tones_read(&plan, "425/100,0/150"), 0);
	tones_begin(&player, &plan);
	for (unsigned i = 0; i < 200; i++)
		tones_play(&player, samples + i * 40, 40);
	for (unsigned i = 0; i < 8000; i++)
		if (i % 2000 >= 800)
			CHECK_EQ(samples[i], 0);
	CHECK(at(samples, 800, 425) > 1e6);
	CHECK(at(samples + 6000, 800, 425) > 1e6);
}

TEST(an_hour_of_a_tone_keeps_its_level)
{
	struct tones_wave w;
	int16_t samples[800];

	tones_wave_begin(&w, (const unsigned[]){ 425, 0 },
	                 (const double[]){ -10, 0 });
	for (unsigned i = 0; i < 3600 * 10; i++)
		tones_wave_play(&w, samples, 800);
	CHECK(fabs(dbm0(at(samples, 800, 425)) + 10) < 0.1);
}

TEST(a_modulated_tone_does_not_clip)
{
	static int16_t samples[8000];
	struct tones_player player = { 0 };
	struct tones_plan plan;
	int most = 0;

	CHECK_EQ(tones_read(&plan, "400*25"), 0);
	tones_begin(&player, &plan);
	tones_play(&player, samples, 8000);
	for (unsigned i = 0; i < 8000; i++)
		most = MAX_OF(most, samples[i]);
	CHECK(most > 6000 && most < 8000); /* the peak of -10 dBm0 */
	CHECK(at(samples, 8000, 400) > 10 * at(samples, 8000, 25));
	CHECK(at(samples, 8000, 425) > 1e5);
}
