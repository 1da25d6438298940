/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * DTMF on the line. Towards it, two sines of our own with the lengths Q.24
 * needs to be understood: no tone shorter than 65 ms, no pause shorter than
 * 50 ms, whatever the events said that they are made from. A digit still being
 * pressed at the far end plays on until its event ends.
 *
 * From it, spandsp's detector, which decides on blocks of 102 samples and so
 * speaks 25 to 50 ms after a tone began; clamp.c keeps most of that out of the
 * sound. The length of a digit is measured between the detector's two words and
 * is right, since both are late alike. Its log is off. A line that is quiet
 * holds no digit: once that is sure the detector, which costs as much as the
 * rest of a call's sound, rests until something louder comes.
 */

#include "gateway/media/digits.h"

#include "gateway/media/clamp.h"
#include "gateway/media/codec.h"
#include "gateway/media/private.h"
#include "kernel/mem.h"

#include <errno.h>

enum {
	TONE_LEAST = 65 * 8,
	PAUSE_LEAST = 50 * 8,
	LOUDEST_CODE = 15, /* flash and the rest have no tone */
	BLOCK = 102,       /* samples the detector decides on */
	SURE = 6 * BLOCK,  /* so much quiet, and all it had begun is over */
};

#define LOW_LEVEL  (-9.0) /* dBm0; the high group is 2 dB louder */
#define HIGH_LEVEL (-7.0)

static const unsigned rows[] = { 697, 770, 852, 941 };
static const unsigned columns[] = { 1209, 1336, 1477, 1633 };

/* Q.23: where on the pad each code stands: row, column. */
static const uint8_t pad[][2] = {
	/* clang-format off */
	{ 3, 1 }, { 0, 0 }, { 0, 1 }, { 0, 2 }, { 1, 0 }, { 1, 1 }, { 1, 2 },
	{ 2, 0 }, { 2, 1 }, { 2, 2 }, { 3, 0 }, { 3, 2 },
	{ 0, 3 }, { 1, 3 }, { 2, 3 }, { 3, 3 },
	/* clang-format on */
};

static void begin_digit(struct digits_dialer *d)
{
	unsigned code = d->queue.items[d->queue.first].code;
	unsigned hz[2] = { 0, 0 };

	if (code <= LOUDEST_CODE) {
		hz[0] = rows[pad[code][0]];
		hz[1] = columns[pad[code][1]];
	}
	tones_wave_begin(&d->wave, hz,
	                 (const double[]){ LOW_LEVEL, HIGH_LEVEL });
	d->begun = true;
	d->pause = false;
	d->played = 0;
}

/* How much of the present tone or pause is left; 0: it is over. */
static uint32_t left_of(const struct digits_dialer *d)
{
	uint32_t length =
		MAX_OF(d->queue.items[d->queue.first].octets, TONE_LEAST);

	if (d->pause)
		return PAUSE_LEAST - d->played;
	if (d->queue.open && d->queue.count == 1)
		return UINT32_MAX;
	return length > d->played ? length - d->played : 0;
}

static void step_on(struct digits_dialer *d)
{
	struct digits_queue *q = &d->queue;

	if (!d->pause) {
		tones_wave_begin(&d->wave, (const unsigned[]){ 0, 0 },
		                 (const double[]){ 0, 0 });
		d->pause = true;
		d->played = 0;
		return;
	}
	q->first = (q->first + 1) % DIGITS_MOST;
	q->count--;
	d->begun = false;
}

bool digits_dial(struct digits_dialer *d, int16_t *to, unsigned n)
{
	if (d->queue.count == 0)
		return false;
	while (n > 0 && d->queue.count > 0) {
		uint32_t part;

		if (!d->begun)
			begin_digit(d);
		part = MIN_OF(left_of(d), n);
		tones_wave_play(&d->wave, to, part);
		d->played += part;
		to += part;
		n -= part;
		if (left_of(d) == 0)
			step_on(d);
	}
	memset(to, 0, n * sizeof(*to));
	return true;
}

struct digits_detector {
	dtmf_rx_state_t *dtmf;
	struct clamp clamp;
	int code;              /* being heard; -1: none */
	uint32_t clock, since; /* samples */
	uint32_t quiet;        /* how long nothing was loud enough */
	digits_fn fn;          /* the caller's, while it feeds */
	void *self;
};

static void told(void *user, int digit, int level ATTR_UNUSED,
                 int delay ATTR_UNUSED)
{
	struct digits_detector *d = user;

	if (d->code >= 0 && d->fn != NULL)
		d->fn(d->self, (unsigned)d->code, false, d->clock - d->since);
	d->code = digits_code((char)digit);
	d->since = d->clock;
	if (d->code >= 0 && d->fn != NULL)
		d->fn(d->self, (unsigned)d->code, true, 0);
}

void digits_detector_reset(struct digits_detector *d)
{
	(void)dtmf_rx_init(d->dtmf, NULL, NULL);
	dtmf_rx_set_realtime_callback(d->dtmf, told, d);
	(void)span_log_set_level(dtmf_rx_get_logging_state(d->dtmf),
	                         SPAN_LOG_NONE);
	clamp_init(&d->clamp);
	d->code = -1;
	d->clock = d->since = 0;
	d->quiet = 0;
}

int digits_detector_new(struct digits_detector **out)
{
	struct digits_detector *d = mem_new(struct digits_detector);

	if (d == NULL)
		return -ENOMEM;
	d->dtmf = dtmf_rx_init(NULL, NULL, NULL);
	if (d->dtmf == NULL) {
		mem_free(d);
		return -ENOMEM;
	}
	digits_detector_reset(d);
	*out = d;
	return 0;
}

struct digits_detector *digits_detector_free(struct digits_detector *d)
{
	if (d != NULL)
		(void)dtmf_rx_free(d->dtmf);
	return mem_free(d);
}

bool digits_detector_hears(const struct digits_detector *d)
{
	return d->code >= 0;
}

/* Below the least a tone may have: 128 of 32768, some -45 dBm0. Under the sign
 * both laws count up from idle, once their inversions are undone. */
static bool is_quiet(const uint8_t *octets, enum law law, unsigned n)
{
	unsigned idle = law == LAW_ALAW ? ALAW_IDLE : ULAW_IDLE;
	unsigned loud = law == LAW_ALAW ? 0x78 : 0x70, any = 0;

	for (unsigned i = 0; i < n; i++)
		any |= octets[i] ^ idle;
	return (any & loud) == 0;
}

unsigned digits_detect(struct digits_detector *d, const uint8_t *octets,
                       enum law law, unsigned n, digits_fn fn, void *self)
{
	int16_t samples[TICK_MOST];
	unsigned muted = 0;

	d->fn = fn;
	d->self = self;
	d->quiet = is_quiet(octets, law, n) ? d->quiet + n : 0;
	if (d->quiet > SURE + n && d->code < 0) {
		d->quiet = SURE + n; /* it shall not come round */
		d->clock += n;
		return 0;
	}
	while (n > 0) {
		unsigned part = MIN_OF(n, TICK_MOST);

		codec_decode(samples, octets, law, part);
		d->clock += part;
		(void)dtmf_rx(d->dtmf, samples, (int)part);
		muted = clamp_hear(&d->clamp, samples, part, d->code >= 0);
		octets += part;
		n -= part;
	}
	return muted;
}
