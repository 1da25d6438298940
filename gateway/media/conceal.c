/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * A lost packet as silence is a click; the last pitch period once more is
 * hardly noticed, for a packet or two. The period is looked for only when
 * something is lost: the lag, between 5 and 15 ms, at which the last 20 ms are
 * most like what was before. The repetition plays in full for 10 ms and is gone
 * after 60; by then it would sound like a machine. Sound that comes again is
 * blended in over 4 ms, so that neither edge clicks.
 *
 * What is remembered are the octets of the line, copied and not decoded: a call
 * without loss costs two small copies a tick.
 */

#include "gateway/media/conceal.h"

#include "gateway/media/codec.h"

#include <string.h>

enum {
	PERIOD_LEAST = 5 * 8,
	PERIOD_MOST = 15 * 8,
	ALIKE = 20 * 8, /* so much is compared */
	FULL = 10 * 8,  /* before it fades */
	BLEND = 4 * 8,
};

void conceal_forget(struct conceal *c)
{
	c->at = c->known = c->made = 0;
}

static void remember(struct conceal *c, const uint8_t *octets, unsigned n)
{
	unsigned first;

	if (n > CONCEAL_PAST) {
		octets += n - CONCEAL_PAST;
		n = CONCEAL_PAST;
	}
	first = MIN_OF(n, CONCEAL_PAST - c->at);
	memcpy(c->past + c->at, octets, first);
	memcpy(c->past, octets + first, n - first);
	c->at = (c->at + n) % CONCEAL_PAST;
	c->known = MIN_OF(c->known + n, CONCEAL_PAST);
}

static void unfold(const struct conceal *c, int16_t past[CONCEAL_PAST],
                   enum law law)
{
	codec_decode(past, c->past + c->at, law, CONCEAL_PAST - c->at);
	codec_decode(past + CONCEAL_PAST - c->at, c->past, law, c->at);
}

/* How unlike the end is to what was `lag` before it. */
static int64_t unlike(const int16_t *past, unsigned lag)
{
	int64_t sum = 0;

	for (unsigned i = CONCEAL_PAST - ALIKE; i < CONCEAL_PAST; i++) {
		int d = past[i] - past[i - lag];

		sum += d < 0 ? -d : d;
	}
	return sum;
}

static unsigned find_period(const int16_t *past)
{
	unsigned best = PERIOD_LEAST;
	int64_t least = unlike(past, best);

	for (unsigned lag = PERIOD_LEAST + 1; lag <= PERIOD_MOST; lag++) {
		int64_t sum = unlike(past, lag);

		if (sum < least) {
			least = sum;
			best = lag;
		}
	}
	return best;
}

/* Sample number k of a loss. */
static int sample(const struct conceal *c, const int16_t *past, unsigned k)
{
	int x = past[CONCEAL_PAST - c->period + k % c->period];

	if (k < FULL)
		return x;
	if (k >= CONCEAL_MOST)
		return 0;
	return x * (int)(CONCEAL_MOST - k) / (CONCEAL_MOST - FULL);
}

unsigned conceal_make(struct conceal *c, uint8_t *to, unsigned n, enum law law)
{
	unsigned left = CONCEAL_MOST - MIN_OF(c->made, CONCEAL_MOST);
	unsigned sounding = c->known < CONCEAL_PAST ? 0 : MIN_OF(n, left);
	int16_t past[CONCEAL_PAST], out[CONCEAL_MOST];

	memset(to + sounding, codec_idle(law), n - sounding);
	if (sounding > 0) {
		unfold(c, past, law);
		if (c->made == 0)
			c->period = find_period(past);
		for (unsigned i = 0; i < sounding; i++)
			out[i] = (int16_t)sample(c, past, c->made + i);
		codec_encode(to, law, out, sounding);
	}
	c->made = MIN_OF(c->made + n, CONCEAL_MOST);
	return sounding;
}

/* From what was made to what came. */
static void blend(struct conceal *c, uint8_t *octets, unsigned n, enum law law)
{
	int16_t past[CONCEAL_PAST], come[BLEND];

	n = MIN_OF(n, BLEND);
	unfold(c, past, law);
	codec_decode(come, octets, law, n);
	for (unsigned i = 0; i < n; i++) {
		int made = sample(c, past, c->made + i);

		come[i] = (int16_t)(made +
		                    (come[i] - made) * (int)(i + 1) / BLEND);
	}
	codec_encode(octets, law, come, n);
}

void conceal_heard(struct conceal *c, uint8_t *octets, unsigned n, enum law law)
{
	if (n == 0)
		return;
	if (c->made > 0 && c->made < CONCEAL_MOST && c->known == CONCEAL_PAST)
		blend(c, octets, n, law);
	c->made = 0;
	remember(c, octets, n);
}
