/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef TESTS_BOARD_WIRE_END_H
#define TESTS_BOARD_WIRE_END_H

/*
 * One end of a virtual span under test, with the clock held, and at the other
 * end nothing but a raw socket in the hands of the test: what the span is told
 * there are octets written in the test, and what it says is looked at as
 * octets.
 */

#include "board/board.h"
#include "tests/test.h"

enum { END_LIST = 64, END_SOUND = 4096, END_PACKET = 8192 };

struct wire_end {
	struct board_conf conf;
	struct loop *loop;
	struct board_span *span;
	int listener, fd; /* the far end's, -1: none */

	/* the signalling thread was told */
	uint8_t frame[512];
	size_t frame_len;
	unsigned nframes;
	unsigned alarms[END_LIST], nalarms;
	char notice[256];
	unsigned nnotices;

	/* the media was told and asked */
	unsigned counts[END_LIST], nreceived, ntransmitted;
	uint32_t masks[END_LIST];
	uint8_t sound[END_SOUND]; /* of slot 1 */
	size_t nsound;
	uint32_t mask; /* speaks in these */
	uint8_t octet;

	uint8_t packet[END_PACKET]; /* the last one far_take() took */
	size_t len;
};

/* A span of type E1 in a folder of the test's; nothing is opened yet. The
 * clock is held from here to end_close(). */
void end_init(struct wire_end *end, bool listen);
void end_open(struct wire_end *end); /* by end->conf */
void end_close(struct wire_end *end);

/* Turns the clock, then the span, then the loop until nothing happens. */
void end_turn(struct wire_end *end, usec by);

/* The far end joins without a word; then both say hello and the span's is
 * taken. */
void far_join(struct wire_end *end);
void far_greet(struct wire_end *end);

/* The two together and 200 ms more, in ticks: no alarm stands. What the span
 * sent meanwhile has been taken. */
void end_bring_up(struct wire_end *end);

void far_send(struct wire_end *end, struct bytes packet);
void far_say(struct wire_end *end, const char *hex);
/* A samples packet for slot 1 with octets counting up from `first`. */
void far_sound(struct wire_end *end, uint32_t tick, unsigned count,
               uint8_t first);
bool far_take(struct wire_end *end); /* false: nothing there */
bool far_take_type(struct wire_end *end, uint8_t type); /* skips others */
bool far_is_closed(struct wire_end *end);
void far_drain(struct wire_end *end);
uint32_t far_tick(const struct wire_end *end); /* of a samples packet */

struct board_counts end_counts(const struct wire_end *end);

extern const struct board_handler end_handler;
extern const struct board_media end_media;

#endif
