/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * Call-progress tones (ITU-T E.180) from libtonezone's built-in data, which is
 * text: steps divided by commas, each frequencies and a length in ms, '!' in
 * front of steps played once before the rest repeats. "440+480" is two sines,
 * "400*25" one modulated by the other. A length that is missing or 0 means for
 * ever; that is said by a flag and never by a step of no length, which would
 * make a player turn for ever.
 *
 * A sine is made by the recursion y[n] = 2 cos(w) y[n-1] - y[n-2]: two
 * multiplications a sample, no table. In double precision it neither grows nor
 * dies within hours, and each step of a cadence begins it anew.
 *
 * libtonezone looks for zones by a pointer to text it does not change, though
 * its prototype does not say so.
 */

#include "gateway/media/tones.h"

#include "gateway/media/private.h"

#include <errno.h>
#include <math.h>

enum { RATE = 8000, HZ_MOST = 3999, MS_MOST = 3600 * 1000, ZONE_NAME = 10 };
enum { PLANS_MOST = 256 }; /* the tones of each zone there is */

#define TONE_LEVEL   (-10.0) /* dBm0, one frequency alone */
#define TONE_LEVEL_2 (-13.0) /* each of two */
#define MODULATION   0.9

/* clang-format off */
static const struct { const char *name; int id; } tone_ids[] = {
	{ "dial",       DAHDI_TONE_DIALTONE   },
	{ "busy",       DAHDI_TONE_BUSY       },
	{ "ring",       DAHDI_TONE_RINGTONE   },
	{ "congestion", DAHDI_TONE_CONGESTION },
	{ "info",       DAHDI_TONE_INFO       },
};
/* clang-format on */

static bool take_number(const char **text, unsigned most, unsigned *out)
{
	unsigned value = 0, digits = 0;

	for (; **text >= '0' && **text <= '9'; (*text)++, digits++) {
		value = value * 10 + (unsigned)(**text - '0');
		if (value > most)
			return false;
	}
	*out = value;
	return digits > 0;
}

static bool take_step(const char **text, struct tones_step *step)
{
	unsigned first, second = 0, ms = 0;

	*step = (struct tones_step){ 0 };
	if (!take_number(text, HZ_MOST, &first))
		return false;
	if (**text == '+' || **text == '*') {
		step->modulated = *(*text)++ == '*';
		if (!take_number(text, HZ_MOST, &second))
			return false;
	}
	if (**text == '/') {
		(*text)++;
		if (!take_number(text, MS_MOST, &ms))
			return false;
	}
	step->first = (uint16_t)first;
	step->second = (uint16_t)second;
	step->octets = ms * (RATE / 1000);
	step->for_ever = ms == 0;
	return true;
}

int tones_read(struct tones_plan *out, const char *text)
{
	struct tones_plan plan = { 0 };
	bool once;

	do {
		if (plan.count == TONES_STEPS)
			return -EBADMSG;
		once = *text == '!';
		if (once)
			text++;
		if (!take_step(&text, &plan.steps[plan.count++]))
			return -EBADMSG;
		if (once)
			plan.again = plan.count;
	} while (*text++ == ',');
	if (text[-1] != '\0')
		return -EBADMSG;
	if (plan.again == plan.count) { /* all once: then silence */
		if (plan.count == TONES_STEPS)
			return -EBADMSG;
		plan.steps[plan.count++].for_ever = true;
	}
	*out = plan;
	return 0;
}

static const char *zone_text(const char *zone, int id)
{
	char name[ZONE_NAME];
	const struct tone_zone *found;

	if (strlen(zone) >= sizeof(name))
		return NULL;
	strcpy(name, zone);
	found = tone_zone_find(name);
	if (found == NULL)
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(found->tones); i++)
		if (found->tones[i].toneid == id &&
		    found->tones[i].data[0] != '\0')
			return found->tones[i].data;
	return NULL;
}

/* Each is read once and then shared: a text of the library's tables stays where
 * it is, and so does what it means. Signalling thread. */
static const struct tones_plan *plan_of(const char *text)
{
	static struct made {
		const char *text;
		struct tones_plan plan;
	} made[PLANS_MOST];
	static size_t n;

	for (size_t i = 0; i < n; i++)
		if (made[i].text == text)
			return &made[i].plan;
	if (n == PLANS_MOST || tones_read(&made[n].plan, text) < 0)
		return NULL;
	made[n].text = text;
	return &made[n++].plan;
}

int tones_find(const struct tones_plan **out, const char *tone,
               const char *zone)
{
	const char *text = NULL;

	for (size_t i = 0; i < ARRAY_LEN(tone_ids); i++) {
		if (strcmp(tone_ids[i].name, tone) != 0)
			continue;
		if (zone != NULL)
			text = zone_text(zone, tone_ids[i].id);
		if (text == NULL)
			text = zone_text("us", tone_ids[i].id);
	}
	*out = text == NULL ? NULL : plan_of(text);
	return *out == NULL ? -ENOENT : 0;
}

/* 16-bit peak of a sine: 0 dBm0 is 3.14 dB under the overload point (G.711). */
static double peak(double dbm0)
{
	return 32767.0 * pow(10.0, (dbm0 - 3.14) / 20.0);
}

void tones_wave_begin(struct tones_wave *w, const unsigned hz[2],
                      const double dbm0[2])
{
	*w = (struct tones_wave){ 0 };
	for (unsigned i = 0; i < 2; i++) {
		double step = 2 * M_PI * hz[i] / RATE;

		if (hz[i] == 0)
			continue;
		w->turn[i] = 2 * cos(step);
		w->before[i] = peak(dbm0[i]) * sin(-step);
	}
}

static double next_sample(struct tones_wave *w, unsigned i)
{
	double now = w->now[i], next = w->turn[i] * now - w->before[i];

	w->before[i] = now;
	w->now[i] = next;
	return now;
}

void tones_wave_play(struct tones_wave *w, int16_t *to, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		double a = next_sample(w, 0), b = next_sample(w, 1);

		/* the second one's peak is then 1, not a level */
		if (w->modulated)
			a *= (1 + MODULATION * b) / (1 + MODULATION);
		else
			a += b;
		to[i] = (int16_t)(a > 32767 ? 32767 : a < -32767 ? -32767 : a);
	}
}

static void begin_step(struct tones_player *p, unsigned step)
{
	const struct tones_step *s = &p->plan->steps[step];
	const unsigned hz[2] = { s->first, s->second };
	double level =
		s->second == 0 || s->modulated ? TONE_LEVEL : TONE_LEVEL_2;

	p->step = step;
	p->left = s->octets;
	tones_wave_begin(&p->wave, hz, (const double[]){ level, level });
	p->wave.modulated = s->modulated;
	if (s->modulated)
		p->wave.before[1] /= peak(level);
}

void tones_begin(struct tones_player *p, const struct tones_plan *plan)
{
	p->plan = plan;
	p->on = true;
	begin_step(p, 0);
}

void tones_play(struct tones_player *p, int16_t *to, unsigned n)
{
	while (n > 0) {
		bool for_ever = p->plan->steps[p->step].for_ever;
		unsigned part = for_ever ? n : MIN_OF(n, p->left);

		tones_wave_play(&p->wave, to, part);
		to += part;
		n -= part;
		if (for_ever)
			continue;
		p->left -= part;
		if (p->left == 0)
			begin_step(p, p->step + 1 < p->plan->count
			                      ? p->step + 1
			                      : p->plan->again);
	}
}
