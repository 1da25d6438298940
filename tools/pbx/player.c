/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * What a slot plays.
 *
 * The pattern is a maximal-length register of 16 bits, eight steps an octet,
 * so that any two octets of it tell the next one: a meter needs no agreement
 * on where it began. It is sent as octets, not as sound, and comes through
 * unchanged only where nobody decodes it.
 *
 * The marker is 60 ms of 1,000 Hz whose first octet's instant is told; the
 * meter at the far end tells when it came.
 */

#include "tools/pbx/sound.h"

#include <math.h>
#include <string.h>

enum { MARKER_SAMPLES = 480, PATTERN_SEED = 0x1d0f };

/* x^16 + x^15 + x^13 + x^4 + 1 */
uint8_t pattern_next(uint16_t last_two)
{
	unsigned r = last_two;

	for (unsigned i = 0; i < 8; i++) {
		unsigned bit = (r >> 15 ^ r >> 14 ^ r >> 12 ^ r >> 3) & 1;

		r = r << 1 | bit;
	}
	return (uint8_t)r;
}

static void set_tone(struct player *p, double hz0, double hz1, double level)
{
	const double turn = 2 * 3.14159265358979323846 / 8000;

	p->step[0] = hz0 * turn;
	p->step[1] = hz1 * turn;
	p->angle[0] = p->angle[1] = 0;
	/* two tones share the power */
	p->peak = law_amplitude(p->law, hz1 > 0 ? level - 3.01 : level);
}

void player_command(struct player *p, const struct sound_command *command)
{
	p->playing = command->verb;
	p->marker_begun = false;
	p->file = command->file;
	p->at = 0;
	p->pattern = PATTERN_SEED;
	p->loop_in = p->loop_out = 0;
	if (command->verb == SOUND_TONE)
		set_tone(p, command->hz[0], command->hz[1], command->level);
	if (command->verb == SOUND_KEYS)
		keys_play(p->keys, command->keys);
	if (command->verb == SOUND_MARKER) {
		set_tone(p, 1000, 0, -6);
		p->marker_left = MARKER_SAMPLES;
		p->marker_begun = true;
	}
}

static uint8_t tone_octet(struct player *p)
{
	double v = sin(p->angle[0]);

	if (p->step[1] > 0)
		v += sin(p->angle[1]);
	for (unsigned i = 0; i < 2; i++)
		p->angle[i] = fmod(p->angle[i] + p->step[i],
		                   2 * 3.14159265358979323846);
	return law_octet(p->law, (int)lrint(v * p->peak));
}

static uint8_t next_octet(struct player *p)
{
	uint8_t octet = law_idle(p->law);

	switch (p->playing) {
	case SOUND_TONE:
		return tone_octet(p);
	case SOUND_MARKER:
		if (p->marker_left == 0)
			return octet;
		p->marker_left--;
		return tone_octet(p);
	case SOUND_FILE:
		return p->at < p->file.len ? p->file.at[p->at++] : octet;
	case SOUND_PATTERN:
		octet = pattern_next(p->pattern);
		p->pattern = (uint16_t)(p->pattern << 8 | octet);
		return octet;
	case SOUND_ECHO:
		if (p->loop_out == p->loop_in)
			return octet;
		return p->loop[p->loop_out++ % sizeof(p->loop)];
	case SOUND_OPEN:
	case SOUND_CLOSE:
	case SOUND_SILENCE:
	case SOUND_KEYS:
	case SOUND_WATCH:
		break;
	}
	return octet;
}

bool player_fill(struct player *p, uint8_t *octets, unsigned n,
                 unsigned *marker)
{
	int16_t linear[TICK_MOST];
	bool begun = p->marker_begun;

	if (p->playing == SOUND_KEYS) {
		if (!keys_make(p->keys, linear, n))
			p->playing = SOUND_SILENCE;
		for (unsigned i = 0; i < n; i++)
			octets[i] = law_octet(p->law, linear[i]);
		return false;
	}
	for (unsigned i = 0; i < n; i++)
		octets[i] = next_octet(p);
	/* sin(0) is the first sample: the next one is heard first */
	*marker = MIN_OF(1u, n - 1);
	p->marker_begun = false;
	return begun;
}

void player_heard(struct player *p, const uint8_t *octets, unsigned n)
{
	if (p->playing != SOUND_ECHO)
		return;
	for (unsigned i = 0; i < n; i++)
		if (p->loop_in - p->loop_out < sizeof(p->loop))
			p->loop[p->loop_in++ % sizeof(p->loop)] = octets[i];
}
