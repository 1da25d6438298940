/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * A DTMF tone is told from speech by two things that show within 10 ms: it
 * begins out of something much quieter, and nearly all of its power lies in one
 * frequency of the low and one of the high group. Speech begins softly, or with
 * noise, and a vowel has its power in many harmonics.
 *
 * Every 5 ms the last 10 ms are looked at, but only while the 10 ms before
 * their beginning were much quieter: in the midst of speech, of noise or of
 * silence nothing is computed beyond a power. From the first suspicion on the
 * sound is muted as long as the two frequencies stay alone. The detector speaks
 * after 25 to 50 ms; when it has not within 60, it was no digit, and the sound
 * goes on. What a digit is stays the detector's to say.
 *
 * The windows are shorter than neighbouring DTMF frequencies can be told apart
 * in (Q.23: 73 Hz between the closest), which does not matter here, and long
 * enough to tell the groups apart.
 */

#include "gateway/media/clamp.h"

#include <math.h>
#include <string.h>

enum {
	WINDOW = 2 * CLAMP_BLOCK,
	REACH_BACK = 3 * CLAMP_BLOCK, /* where the tone began, at most */
	UNSURE_MOST = 12,             /* blocks: 60 ms */
};

#define LEAST_POWER (CLAMP_BLOCK * 180.0f * 180.0f) /* some -39 dBm0 */
#define TIMES_MORE  8.0f                            /* than before: 9 dB */
#define SHARE       0.75f /* of all power in the two frequencies */
#define TWIST_MOST  10.0f /* of one over the other: 10 dB */

/* 2 cos(2 pi f / 8000), Q.23 */
static const float low_group[] = { 1.70774f, 1.64528f, 1.56869f, 1.47820f };
static const float high_group[] = { 1.16410f, 0.99637f, 0.79862f, 0.56853f };

void clamp_init(struct clamp *c)
{
	*c = (struct clamp){ 0 };
}

/* Goertzel: the power at a frequency, in the scale of a sum of squares. */
static float power_at(const float *x, float turn)
{
	float now = 0, before = 0;

	for (unsigned i = 0; i < WINDOW; i++) {
		float next = x[i] + turn * now - before;

		before = now;
		now = next;
	}
	return (now * now + before * before - turn * now * before) *
	       (2.0f / WINDOW);
}

static float strongest(const float *x, const float turns[4])
{
	float most = 0;

	for (unsigned i = 0; i < 4; i++)
		most = fmaxf(most, power_at(x, turns[i]));
	return most;
}

static bool is_two_tones(const struct clamp *c)
{
	float all = c->power[0] + c->power[1], x[WINDOW], low, high;

	for (unsigned i = 0; i < WINDOW; i++)
		x[i] = c->window[i];
	low = strongest(x, low_group);
	high = strongest(x, high_group);
	return low + high > SHARE * all && low < TWIST_MOST * high &&
	       high < TWIST_MOST * low;
}

/* Out of something much quieter? Block 2 may hold the beginning itself. */
static bool has_begun(const struct clamp *c)
{
	float now = c->power[0] + c->power[1];
	float before = c->power[3] + c->power[4];

	return now > 2 * LEAST_POWER && now > TIMES_MORE * before;
}

/* A block is whole; true: it has begun just now. */
static bool judge(struct clamp *c, bool digit)
{
	bool was = c->muting;

	if (digit)
		c->unsure = 0;
	else if (was)
		c->unsure++;
	c->muting = digit || ((was ? c->unsure < UNSURE_MOST : has_begun(c)) &&
	                      is_two_tones(c));
	if (!c->muting)
		c->unsure = 0;
	return c->muting && !was;
}

static float power_of(const int16_t *x, unsigned n)
{
	float sum = 0;

	for (unsigned i = 0; i < n; i++)
		sum += (float)x[i] * (float)x[i];
	return sum;
}

static void take_block(struct clamp *c)
{
	memmove(c->power + 1, c->power,
	        (CLAMP_BLOCKS - 1) * sizeof(c->power[0]));
	c->power[0] = power_of(c->window + CLAMP_BLOCK, CLAMP_BLOCK);
	c->filled = 0;
}

unsigned clamp_hear(struct clamp *c, const int16_t *samples, unsigned n,
                    bool digit)
{
	unsigned muted = 0;

	while (n > 0) {
		unsigned part = MIN_OF(n, CLAMP_BLOCK - c->filled);

		if (c->filled == 0)
			memmove(c->window, c->window + CLAMP_BLOCK,
			        CLAMP_BLOCK * sizeof(c->window[0]));
		memcpy(c->window + CLAMP_BLOCK + c->filled, samples,
		       part * sizeof(c->window[0]));
		c->filled += part;
		samples += part;
		n -= part;
		if (c->filled == CLAMP_BLOCK) {
			take_block(c);
			if (judge(c, digit)) {
				c->begun++;
				muted = REACH_BACK - part;
			}
		}
		muted = c->muting || muted > 0 ? muted + part : 0;
	}
	return muted;
}
