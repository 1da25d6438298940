/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef TESTS_PHONE_PHONE_H
#define TESTS_PHONE_PHONE_H

/*
 * What the parts of `phone` share: G.711, the player and the meter. Nothing
 * of it comes from gateway/media, which it judges.
 */

#include "kernel/instant.h"
#include "kernel/phone.h"

enum { PHONE_PACKET = 480, PHONE_EXPECTS = 8, PHONE_DIGITS = 64 };

/* --- law.c --- */

int phone_linear(enum law law, uint8_t octet);
uint8_t phone_octet(enum law law, int linear);
uint8_t phone_idle(enum law law);
double phone_dbm0(double mean_square);
double phone_peak(double dbm0); /* of a sine */

/* The octet of the bit-exact pattern after these two. */
uint8_t phone_pattern(uint16_t last_two);

/* --- player.c --- */

enum play_kind {
	PLAY_SILENCE,
	PLAY_TONE,
	PLAY_PATTERN,
	PLAY_FILE,
	PLAY_MARKER,
	PLAY_EVENTS,
	PLAY_DTMF,
};

struct player {
	enum play_kind kind;
	enum law law;
	double hz, level, angle;
	uint16_t pattern;
	uint8_t *file;
	size_t file_len, at;
	char digits[PHONE_DIGITS];
	unsigned digit;  /* being sent */
	unsigned played; /* octets since it began, or since the start */
	void *dtmf;      /* spandsp's */
};

/* "tone:1004:-10", "pattern", "silence", "file:PATH", "marker",
 * "dtmf-events:123", "dtmf:123". -EBADMSG, or -errno of the file. */
int player_init(struct player *p, const char *what, enum law law);
void player_done(struct player *p);

struct play_event {
	bool now, first, end;
	uint8_t code;
	uint16_t duration;
};

/* A packet of sound; the marker begins in it: true. An event takes its
 * place when event->now. */
bool player_fill(struct player *p, uint8_t *to, unsigned n,
                 struct play_event *event);

/* --- meter.c --- */

enum expect_kind {
	EXPECT_TONE,
	EXPECT_PATTERN,
	EXPECT_LEVEL,
	EXPECT_DTMF,
	EXPECT_SILENCE,
	EXPECT_BURST,
};

struct expect {
	enum expect_kind kind;
	const char *text;
	double a, b; /* Hz and level, or the level's range */
	bool level_given;
	char digits[PHONE_DIGITS];
	bool met;
	unsigned run; /* windows in a row */
};

struct meter {
	enum law law;
	int window[800];
	unsigned n;
	double level, hz; /* of the last window */
	uint16_t last_two;
	unsigned matched, missed;
	bool locked, was_locked;
	uint64_t octets, compared, errors, slips;
	unsigned idle_run, quiet_run;
	unsigned burst, burst_most; /* octets of sound without a pause */
	bool sounded;
	uint64_t gaps;
	struct instant onset;
	bool has_onset;
	char digits[PHONE_DIGITS];
	void *dtmf;
	struct expect expects[PHONE_EXPECTS];
	unsigned nexpects;
};

/* "tone:440", "tone:440:-13", "pattern", "level:-20:-5", "dtmf:123",
 * "silence", "burst:16". */
int meter_expect(struct meter *m, const char *what);

void meter_init(struct meter *m, enum law law);
void meter_done(struct meter *m);
void meter_hear(struct meter *m, const uint8_t *octets, unsigned n,
                struct instant at);
void meter_digit(struct meter *m, char digit);
bool meter_met(const struct meter *m); /* all of it */

#endif
