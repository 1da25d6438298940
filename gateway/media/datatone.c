/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * Answer tones of modems and faxes: 2100 Hz for 3 seconds, its phase reversed
 * every 450 ms where a canceller shall be off for good (V.25), and with 15 Hz
 * upon it from modems that know V.8; and V.21 flags at 300 bit/s, which a
 * fax sends though it was answered by hand or its tone was lost on the way
 * (T.30 5.3.1).
 *
 * spandsp's detector finds all of them, and costs more than the rest of a
 * call's sound. So before it stands a guard that costs next to nothing: all
 * these signals lie between 1650 and 2100 Hz, and change their sign 33 to 42
 * times in 10 ms, steadily. Voices do so half as often, a hiss wavers.
 * The sign is the top bit of an octet in both laws: octets are neither decoded
 * nor looked at one by one. Only when a tone seems to stand is the detector
 * woken, and it sleeps again when it does not any more. It needs half a second
 * of tone and three of its reversals, a tenth of a second of flags; what the
 * guard takes of them is not missed.
 */

#include "gateway/media/datatone.h"

#include "gateway/media/codec.h"
#include "gateway/media/private.h"
#include "kernel/mem.h"

#include <endian.h>
#include <errno.h>

enum {
	WINDOW = 80, /* octets: 10 ms */
	TURNS_LEAST = 31,
	TURNS_MOST = 45,
	STEADY = 4, /* no more between two windows; noise wavers */
	WAKE = 5,   /* windows in a row like a tone */
	SLEEP = 5,  /* and unlike one */
};

#define SIGNS 0x8080808080808080ull
#define ONES  0x0101010101010101ull

struct ear {
	modem_connect_tones_rx_state_t *tones;
	bool awake;
	unsigned alike, unlike; /* windows in a row */
	unsigned octets, turns; /* of the sign, in this window */
	unsigned before;        /* turns in the one before */
	uint64_t any;           /* what differs from silence in it */
	uint8_t last;
};

struct datatone {
	struct ear ears[DATATONE_SIDES];
	enum data_tone found;
	enum datatone_side side;
};

static enum data_tone tone_of(int code)
{
	switch (code) {
	case MODEM_CONNECT_TONES_ANS:
		return DATA_TONE_ANS;
	case MODEM_CONNECT_TONES_ANS_PR:
		return DATA_TONE_ANS_PR;
	case MODEM_CONNECT_TONES_ANSAM:
		return DATA_TONE_ANSAM;
	case MODEM_CONNECT_TONES_ANSAM_PR:
		return DATA_TONE_ANSAM_PR;
	case MODEM_CONNECT_TONES_FAX_PREAMBLE:
		return DATA_TONE_FLAGS;
	default:
		return DATA_TONE_NONE;
	}
}

static void told(void *user, int code, int level ATTR_UNUSED,
                 int delay ATTR_UNUSED)
{
	struct datatone *d = user;

	if (d->found == DATA_TONE_NONE)
		d->found = tone_of(code);
}

static void begin(struct datatone *d, struct ear *ear)
{
	(void)modem_connect_tones_rx_init(
		ear->tones, MODEM_CONNECT_TONES_FAX_CED_OR_PREAMBLE, told, d);
}

void datatone_reset(struct datatone *d)
{
	for (unsigned i = 0; i < DATATONE_SIDES; i++)
		d->ears[i] = (struct ear){ .tones = d->ears[i].tones };
	d->found = DATA_TONE_NONE;
}

int datatone_new(struct datatone **out)
{
	struct datatone *d = mem_new(struct datatone);
	bool whole = d != NULL;

	for (unsigned i = 0; whole && i < DATATONE_SIDES; i++) {
		d->ears[i].tones = modem_connect_tones_rx_init(
			NULL, MODEM_CONNECT_TONES_FAX_CED_OR_PREAMBLE, told, d);
		whole = d->ears[i].tones != NULL;
	}
	if (!whole) {
		(void)datatone_free(d);
		return -ENOMEM;
	}
	*out = d;
	return 0;
}

struct datatone *datatone_free(struct datatone *d)
{
	for (unsigned i = 0; d != NULL && i < DATATONE_SIDES; i++)
		if (d->ears[i].tones != NULL)
			(void)modem_connect_tones_rx_free(d->ears[i].tones);
	return mem_free(d);
}

enum data_tone datatone_found(const struct datatone *d,
                              enum datatone_side *side)
{
	*side = d->side;
	return d->found;
}

/* Under 128 of 32768, some -45 dBm0, nothing is a tone: the same bits as where
 * digits are looked for, of eight octets at once. */
static bool is_loud(uint64_t any, enum law law)
{
	return any & (law == LAW_ALAW ? 0x7878787878787878ull
	                              : 0x7070707070707070ull);
}

/* A window is over. */
static void judge(struct datatone *d, struct ear *ear, enum law law)
{
	bool alike = ear->turns >= TURNS_LEAST && ear->turns <= TURNS_MOST &&
	             ear->turns <= ear->before + STEADY &&
	             ear->before <= ear->turns + STEADY &&
	             is_loud(ear->any, law);

	ear->alike = alike ? ear->alike + 1 : 0;
	ear->unlike = alike ? 0 : ear->unlike + 1;
	ear->before = ear->turns;
	ear->octets = ear->turns = 0;
	ear->any = 0;
	if (!ear->awake && ear->alike >= WAKE) {
		begin(d, ear);
		ear->awake = true;
	} else if (ear->unlike >= SLEEP) {
		ear->awake = false;
	}
}

static void take_eight(struct ear *ear, const uint8_t *octets, uint64_t idle)
{
	uint64_t eight, turned;

	memcpy(&eight, octets, sizeof(eight));
	eight = le64toh(eight); /* the first is lowest */
	turned = (eight ^ (eight << 8 | ear->last)) & SIGNS;
	ear->turns += (unsigned)((turned >> 7) * ONES >> 56); /* their sum */
	ear->any |= eight ^ idle;
	ear->last = (uint8_t)(eight >> 56);
	ear->octets += 8;
}

static void take_one(struct ear *ear, uint8_t octet, uint64_t idle)
{
	ear->turns += (octet ^ ear->last) >> 7;
	ear->any |= octet ^ (idle & 0xff);
	ear->last = octet;
	ear->octets++;
}

static void guard(struct datatone *d, struct ear *ear, const uint8_t *octets,
                  enum law law, unsigned n)
{
	uint64_t idle = law == LAW_ALAW ? 0xd5d5d5d5d5d5d5d5ull : UINT64_MAX;

	while (n > 0) {
		if (n >= 8 && ear->octets + 8 <= WINDOW) {
			take_eight(ear, octets, idle);
			octets += 8;
			n -= 8;
		} else {
			take_one(ear, *octets++, idle);
			n--;
		}
		if (ear->octets >= WINDOW)
			judge(d, ear, law);
	}
}

bool datatone_hear(struct datatone *d, enum datatone_side side,
                   const uint8_t *octets, enum law law, unsigned n)
{
	struct ear *ear = &d->ears[side];
	int16_t samples[TICK_MOST];

	if (d->found != DATA_TONE_NONE || n > TICK_MOST)
		return false;
	guard(d, ear, octets, law, n);
	if (!ear->awake)
		return false;
	codec_decode(samples, octets, law, n);
	(void)modem_connect_tones_rx(ear->tones, samples, (int)n);
	d->side = side;
	return d->found != DATA_TONE_NONE;
}
