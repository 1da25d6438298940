/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * What the phone hears, in windows of 100 ms: level, and the frequency that
 * stands out (Goertzel at every 10 Hz). An expectation of a tone, a level or
 * silence is met when ten windows in a row, one second, are as expected; one of
 * the pattern when a second of it was compared without an error or a slip, and
 * it stays so to the end. A burst is sound without a pause of 2 ms.
 */

#include "tests/phone/phone.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <spandsp.h>

enum {
	WINDOW = 800,
	RUN = 10,
	LOCK_OCTETS = 16,
	UNLOCK_MISSES = 32,
	GAP_OCTETS = 16,
	PAUSE_OCTETS = 16,
	QUIET_SAMPLES = 480,
	LOUD = 1600,
	PATTERN_ENOUGH = 8000,
};

#define SILENCE_BELOW   (-50.0)
#define LEVEL_GIVES_WAY 2.0

static void heard_digits(void *self, const char *digits, int n)
{
	for (int i = 0; i < n; i++)
		meter_digit(self, digits[i]);
}

void meter_init(struct meter *m, enum law law)
{
	m->law = law;
	m->level = -90;
	m->dtmf = dtmf_rx_init(NULL, heard_digits, m);
}

void meter_done(struct meter *m)
{
	if (m->dtmf != NULL)
		(void)dtmf_rx_free(m->dtmf);
}

int meter_expect(struct meter *m, const char *what)
{
	struct expect *e = &m->expects[m->nexpects];
	int n;

	if (m->nexpects == PHONE_EXPECTS)
		return -ENOSPC;
	*e = (struct expect){ .text = what };
	n = sscanf(what, "tone:%lf:%lf", &e->a, &e->b);
	if (n >= 1) {
		e->kind = EXPECT_TONE;
		e->level_given = n == 2;
	} else if (sscanf(what, "level:%lf:%lf", &e->a, &e->b) == 2) {
		e->kind = EXPECT_LEVEL;
	} else if (strcmp(what, "pattern") == 0) {
		e->kind = EXPECT_PATTERN;
	} else if (strcmp(what, "silence") == 0) {
		e->kind = EXPECT_SILENCE;
	} else if (sscanf(what, "burst:%lf", &e->a) == 1) {
		e->kind = EXPECT_BURST;
	} else if (sscanf(what, "dtmf:%63s", e->digits) == 1) {
		e->kind = EXPECT_DTMF;
	} else {
		return -EBADMSG;
	}
	m->nexpects++;
	return 0;
}

void meter_digit(struct meter *m, char digit)
{
	size_t len = strlen(m->digits);

	if (len + 1 < sizeof(m->digits)) {
		m->digits[len] = digit;
		m->digits[len + 1] = '\0';
	}
}

/* Mean square of one frequency. */
static double goertzel(const struct meter *m, double hz)
{
	double c = 2 * cos(2 * M_PI * hz / 8000), a = 0, b = 0;

	for (unsigned i = 0; i < WINDOW; i++) {
		double next = m->window[i] + c * a - b;

		b = a;
		a = next;
	}
	return 2 * (a * a + b * b - c * a * b) / ((double)WINDOW * WINDOW);
}

static bool window_as_expected(const struct meter *m, const struct expect *e,
                               double mean_square)
{
	switch (e->kind) {
	case EXPECT_TONE:
		return m->level > SILENCE_BELOW &&
		       goertzel(m, e->a) > 0.4 * mean_square &&
		       (!e->level_given ||
		        fabs(m->level - e->b) <= LEVEL_GIVES_WAY);
	case EXPECT_LEVEL:
		return m->level >= e->a && m->level <= e->b;
	case EXPECT_SILENCE:
		return m->level < SILENCE_BELOW;
	case EXPECT_PATTERN:
	case EXPECT_DTMF:
	case EXPECT_BURST:
		break;
	}
	return false;
}

static void judge_window(struct meter *m)
{
	double sum = 0, best = 0;

	for (unsigned i = 0; i < WINDOW; i++)
		sum += (double)m->window[i] * m->window[i];
	sum /= WINDOW;
	m->level = phone_dbm0(sum);
	m->hz = 0;
	for (unsigned hz = 100; hz < 3900; hz += 10) {
		double power = goertzel(m, hz);

		if (power > best && power > sum / 3) {
			best = power;
			m->hz = hz;
		}
	}
	for (unsigned i = 0; i < m->nexpects; i++) {
		struct expect *e = &m->expects[i];

		e->run = window_as_expected(m, e, sum) ? e->run + 1 : 0;
		if (e->run >= RUN)
			e->met = true;
	}
}

static void search_pattern(struct meter *m, uint8_t octet)
{
	bool fits = m->last_two != 0 && octet == phone_pattern(m->last_two);

	m->matched = fits ? m->matched + 1 : 0;
	if (m->matched < LOCK_OCTETS)
		return;
	m->slips += m->was_locked;
	m->locked = m->was_locked = true;
	m->missed = 0;
}

static void hear_pattern(struct meter *m, uint8_t octet)
{
	uint8_t expected = phone_pattern(m->last_two), heard = octet;

	if (!m->locked) {
		search_pattern(m, octet);
	} else {
		m->compared++;
		heard = expected; /* it runs on by itself */
		if (octet == expected) {
			m->missed -= m->missed > 0;
		} else {
			m->errors++;
			m->missed += 2;
		}
		if (m->missed >= UNLOCK_MISSES) {
			m->locked = false;
			m->matched = 0;
		}
	}
	m->last_two = (uint16_t)(m->last_two << 8 | heard);
}

static void hear_gap(struct meter *m, uint8_t octet)
{
	uint8_t idle = phone_idle(m->law);

	if (octet == idle || octet == (idle ^ 0x80)) {
		if (++m->idle_run >= PAUSE_OCTETS)
			m->burst = 0;
		return;
	}
	m->burst++;
	m->burst_most = MAX_OF(m->burst_most, m->burst);
	if (m->sounded && m->idle_run >= GAP_OCTETS)
		m->gaps++;
	m->sounded = true;
	m->idle_run = 0;
}

void meter_hear(struct meter *m, const uint8_t *octets, unsigned n,
                struct instant at)
{
	for (unsigned i = 0; i < n; i++) {
		int linear = phone_linear(m->law, octets[i]);
		int16_t sample = (int16_t)linear;

		if (abs(linear) >= LOUD && m->quiet_run >= QUIET_SAMPLES &&
		    !m->has_onset) {
			m->has_onset = true;
			m->onset = at;
		}
		m->quiet_run = abs(linear) >= LOUD ? 0 : m->quiet_run + 1;
		hear_pattern(m, octets[i]);
		hear_gap(m, octets[i]);
		if (m->dtmf != NULL)
			(void)dtmf_rx(m->dtmf, &sample, 1);
		m->octets++;
		m->window[m->n++] = linear;
		if (m->n == WINDOW) {
			judge_window(m);
			m->n = 0;
		}
	}
}

bool meter_met(const struct meter *m)
{
	bool met = true;

	for (unsigned i = 0; i < m->nexpects; i++) {
		const struct expect *e = &m->expects[i];

		if (e->kind == EXPECT_PATTERN)
			met = met && m->compared >= PATTERN_ENOUGH &&
			      m->errors == 0 && m->slips == 0;
		else if (e->kind == EXPECT_DTMF)
			met = met && strcmp(m->digits, e->digits) == 0;
		else if (e->kind == EXPECT_BURST)
			met = met && m->burst_most <= e->a * 8;
		else
			met = met && e->met;
	}
	return met;
}
