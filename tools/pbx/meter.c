/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * What a slot hears.
 *
 * Sound is judged in windows of 100 ms: the level of all of it, the level at
 * the frequencies looked for (Goertzel), the strongest frequency when that is
 * another one. The bit-exact pattern is found by itself, from any place in it:
 * sixteen octets in a row that follow from the two before are no accident. Once
 * found it runs on by itself, and what differs is an error; sixteen errors
 * among few hits mean that octets were lost or doubled: a slip, when the
 * pattern is found again.
 *
 * An onset is the first loud sample after 60 ms of quiet.
 */

#include "tools/pbx/sound.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
	LOCK_OCTETS = 16,
	UNLOCK_ERRORS = 16,
	GAP_OCTETS = 16,     /* 2 ms */
	QUIET_SAMPLES = 480, /* 60 ms */
	LOUD = 1600,         /* about -23 dBm0 at the peak */
};

void meter_reset(struct meter *m)
{
	enum law law = m->law;
	struct keys *keys = m->keys;

	*m = (struct meter){ .law = law, .keys = keys };
	keys_forget(keys);
}

static void pattern_search(struct meter *m, uint8_t octet)
{
	bool fits = m->last_two != 0 && octet == pattern_next(m->last_two);

	m->matched = fits ? m->matched + 1 : 0;
	if (m->matched < LOCK_OCTETS)
		return;
	m->slips += m->was_locked;
	m->locked = m->was_locked = true;
	m->missed = 0;
}

static void pattern_follow(struct meter *m, uint8_t octet, uint8_t expected)
{
	m->compared++;
	if (octet == expected) {
		m->missed -= m->missed > 0;
		return;
	}
	m->errors++;
	m->missed += 2;
	if (m->missed < 2 * UNLOCK_ERRORS)
		return;
	/* What was lost here was not sent wrong: it is one slip. */
	m->errors -= MIN_OF(m->errors, (uint64_t)UNLOCK_ERRORS);
	m->locked = false;
	m->matched = 0;
}

static void hear_pattern(struct meter *m, uint8_t octet)
{
	uint8_t expected = pattern_next(m->last_two);
	bool was_locked = m->locked;

	if (was_locked)
		pattern_follow(m, octet, expected);
	else
		pattern_search(m, octet);
	/* locked, it runs on by itself over what is wrong */
	m->last_two = (uint16_t)(m->last_two << 8 |
	                         (m->locked && was_locked ? expected : octet));
}

static void hear_gap(struct meter *m, uint8_t octet)
{
	uint8_t idle = law_idle(m->law);

	if (octet == idle || octet == (idle ^ 0x80)) {
		m->idle_run++;
		return;
	}
	if (m->sounded && m->idle_run >= GAP_OCTETS)
		m->gaps++;
	m->sounded = true;
	m->idle_run = 0;
}

bool meter_hear(struct meter *m, uint8_t octet, bool *onset)
{
	int16_t linear = law_linear(m->law, octet);

	*onset = abs(linear) >= LOUD && m->quiet_run >= QUIET_SAMPLES;
	m->quiet_run = abs(linear) >= LOUD ? 0 : m->quiet_run + 1;
	hear_pattern(m, octet);
	hear_gap(m, octet);
	m->window[m->n++] = linear;
	return m->n == SOUND_WINDOW;
}

/* The mean square of one frequency in the window. */
static double goertzel(const struct meter *m, double hz)
{
	double c = 2 * cos(2 * 3.14159265358979323846 * hz / 8000);
	double a = 0, b = 0, power;

	for (unsigned i = 0; i < SOUND_WINDOW; i++) {
		double next = m->window[i] + c * a - b;

		b = a;
		a = next;
	}
	power = a * a + b * b - c * a * b;
	return 2 * power / ((double)SOUND_WINDOW * SOUND_WINDOW);
}

static double strongest(const struct meter *m, double mean_square)
{
	double best = 0, at = 0;

	for (unsigned hz = 100; hz < 3900; hz += 10) {
		double power = goertzel(m, hz);

		if (power > best) {
			best = power;
			at = hz;
		}
	}
	return best > mean_square / 3 ? at : 0;
}

void meter_report(struct meter *m, struct sound_report *report)
{
	double sum = 0, watched = 0;

	for (unsigned i = 0; i < SOUND_WINDOW; i++)
		sum += (double)m->window[i] * m->window[i];
	sum /= SOUND_WINDOW;
	for (unsigned i = 0; i < 2; i++)
		if (m->hz[i] > 0)
			watched += goertzel(m, m->hz[i]);
	report->level = law_dbm0(m->law, sum);
	report->watched = law_dbm0(m->law, watched);
	memcpy(report->hz, m->hz, sizeof(report->hz));
	/* looked for only where somebody will want to know */
	if (m->hz[0] > 0 && watched < 0.8 * sum)
		report->strongest = strongest(m, sum);
	keys_hear(m->keys, m->window, SOUND_WINDOW);
	report->locked = m->locked;
	report->compared = m->compared;
	report->errors = m->errors;
	report->slips = m->slips;
	report->gaps = m->gaps;
	(void)strncpy(report->keys, keys_heard(m->keys),
	              sizeof(report->keys) - 1);
	m->n = 0;
}
