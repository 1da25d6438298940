/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef TOOLS_PBX_SOUND_H
#define TOOLS_PBX_SOUND_H

/*
 * The sound of a span: for each slot a player and a meter, moved by one media
 * thread in the line's time. The signalling thread sends commands and is told
 * reports; both by value.
 */

#include "kernel/bytes.h"
#include "kernel/instant.h"
#include "kernel/phone.h"

struct board_span;
struct loop;
struct sound;

/* How long a meter looks before it reports. */
enum { SOUND_WINDOW = 800 };

enum sound_verb {
	SOUND_OPEN, /* a call has this slot now */
	SOUND_CLOSE,
	SOUND_SILENCE,
	SOUND_TONE,
	SOUND_FILE,
	SOUND_PATTERN,
	SOUND_KEYS, /* DTMF */
	SOUND_ECHO,
	SOUND_MARKER,
	SOUND_WATCH, /* look for the frequencies in hz */
};

struct sound_command {
	enum sound_verb verb;
	unsigned slot;
	unsigned turn; /* which use of the slot; reports carry it */
	double hz[2];  /* hz[1] 0: one tone */
	double level;  /* dBm0, of both together */
	char keys[NUMBER_DIGITS + 1];
	struct bytes file; /* outlives the thread */
};

enum sound_report_kind {
	SOUND_METER,       /* each SOUND_WINDOW samples of an open slot */
	SOUND_MARKER_SENT, /* at */
	SOUND_ONSET,       /* sound began after silence: at */
	SOUND_CLOSED,
};

struct sound_report {
	enum sound_report_kind kind;
	unsigned slot, turn;
	struct instant at;
	double level;      /* dBm0 */
	double watched;    /* dBm0 at the frequencies looked for */
	double hz[2];      /* looked for in this window */
	double strongest;  /* Hz; 0: nothing stands out */
	bool locked;       /* the pattern is heard ... */
	uint64_t compared; /* ... octets of it since the slot was opened ... */
	uint64_t errors;   /* ... that were wrong ... */
	uint64_t slips;    /* ... and times it was found at another place */
	uint64_t gaps;     /* idle for 2 ms or more between sound */
	char keys[64];     /* DTMF heard since the slot was opened */
};

/* Starts the media thread of a span. told runs on the loop. */
int sound_open(struct sound **out, struct loop *loop, struct board_span *span,
               void (*told)(void *self, const struct sound_report *report),
               void *self);

/* Ends the thread; the span may be closed then. NULL is fine. */
struct sound *sound_close(struct sound *sound);

int sound_send(struct sound *sound, const struct sound_command *command);

/* --- law.c --- */

int16_t law_linear(enum law law, uint8_t octet);
uint8_t law_octet(enum law law, int linear);
uint8_t law_idle(enum law law);
double law_dbm0(enum law law, double mean_square);
double law_amplitude(enum law law, double dbm0); /* peak of a sine */

/* --- keys.c: the only one that knows spandsp --- */

struct keys;
int keys_new(struct keys **out);
struct keys *keys_free(struct keys *keys);
void keys_play(struct keys *keys, const char *digits);
bool keys_make(struct keys *keys, int16_t *to, unsigned n); /* false: done */
void keys_hear(struct keys *keys, const int16_t *from, unsigned n);
const char *keys_heard(const struct keys *keys); /* at most 63 */
void keys_forget(struct keys *keys);

/* --- player.c --- */

struct player {
	enum law law;
	enum sound_verb playing;
	double step[2], angle[2], peak; /* tone */
	struct bytes file;
	size_t at;
	uint16_t pattern;
	uint8_t loop[1024]; /* echo: heard, not yet said */
	unsigned loop_in, loop_out;
	unsigned marker_left; /* samples */
	bool marker_begun;
	struct keys *keys;
};

void player_command(struct player *p, const struct sound_command *command);
/* True when the marker began at octets[*marker]. */
bool player_fill(struct player *p, uint8_t *octets, unsigned n,
                 unsigned *marker);
void player_heard(struct player *p, const uint8_t *octets, unsigned n);

/* The octet after the last two of the bit-exact pattern. */
uint8_t pattern_next(uint16_t last_two);

/* --- meter.c --- */

struct meter {
	enum law law;
	double hz[2];
	unsigned n;
	int16_t window[SOUND_WINDOW];
	uint16_t last_two; /* pattern: octets heard, or expected when locked */
	unsigned matched, missed;
	bool locked, was_locked;
	uint64_t compared, errors, slips, gaps;
	unsigned idle_run, quiet_run;
	bool sounded;
	struct keys *keys;
};

void meter_reset(struct meter *m);
/* One octet; true when a window is full. *onset: sound began with it. */
bool meter_hear(struct meter *m, uint8_t octet, bool *onset);
/* The full window told and emptied. */
void meter_report(struct meter *m, struct sound_report *report);

#endif
