/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef TESTS_GATEWAY_HARM_H
#define TESTS_GATEWAY_HARM_H

/*
 * Lines that lose, double, turn round and delay. In its world the
 * SIP far end is a stack of its own, a phone with a manner, behind a relay;
 * the exchange's D channel passes a filter. The n-th SIP datagram or D-channel
 * frame after harm_aim() is harmed, or any with a chance in a thousand.
 */

#include "gateway/sip/sip.h"
#include "kernel/loop.h"
#include "kernel/timer.h"
#include "tests/gateway/world.h"

enum harm_kind {
	HARM_NONE,
	HARM_LOSS,
	HARM_DOUBLE,
	HARM_TURNED, /* comes after the next one */
	HARM_LATE,   /* comes after it has been repeated */
	HARM_DEAF,   /* D channel: layer 2 has it, layer 3 cannot read it */
};

enum harm_place { HARM_SIP, HARM_DCHANNEL };

enum harm_manner { HARM_ANSWERS, HARM_REFUSES, HARM_RINGS };

/* What its calls have beside the plain ones. */
enum harm_habit {
	HARM_PLAIN,
	HARM_ASKS,       /* for a digest */
	HARM_RELIABLE,   /* RFC 3262 and nothing else */
	HARM_LATE_OFFER, /* its calls have none */
};

enum { HARM_MESSAGE = 8192 };

struct harm {
	struct world *w;
	/* the phone and what it does with calls */
	struct sip_stack *stack;
	struct sip_session *session; /* NULL: none */
	struct sip_session *beside;  /* a second, where it may have two */
	bool two;
	enum harm_manner manner;
	enum harm_habit habit;
	bool overlap;
	unsigned status; /* it refuses with; 0: 486 */
	size_t wants;    /* digits; shorter numbers may grow or are 484 */
	size_t dialled;  /* of the number it was called by */
	struct timer answer;
	unsigned answers; /* it heard */
	/* the lines */
	struct watch *watch[WORLD_FARS]; /* 0 faces the gateway, 1 the phone */
	struct addr to[WORLD_FARS];
	enum harm_place place;
	enum harm_kind kind;
	unsigned victim, passed;
	unsigned loss_per_mille, seed; /* of SIP datagrams */
	/* one message on its way, turned round or late */
	struct timer late;
	uint8_t held[HARM_MESSAGE];
	size_t held_len;
	enum harm_place held_place;
	unsigned held_to;
};

struct harm *harm_open(void); /* with a world */
/* With the usual world and these lines; overlap: the phone too has numbers that
 * grow (RFC 3578), else it refuses those that are too short. */
struct harm *harm_open_with(const char *more, bool overlap);
void harm_close(struct harm *h);

/* From now on the victim-th (from 0) at this place is harmed so. */
void harm_aim(struct harm *h, enum harm_place place, enum harm_kind kind,
              unsigned victim);

/* Of its next calls. */
void harm_behave(struct harm *h, enum harm_manner manner,
                 enum harm_habit habit);

/* The phone places a call; hangs up, if there is one; goes to its other. */
void harm_call(struct harm *h, const char *called);
void harm_dial(struct harm *h, const char *begin); /* more may follow */
void harm_hang_up(struct harm *h);
void harm_swap(struct harm *h);

/* Nothing is left at either end of either line. */
bool harm_idle(struct harm *h, bool tell);
/* Fails the test unless it is so and this many calls have been answered, and
 * forgets what the exchange heard. */
void harm_judge(struct harm *h, const char *story, unsigned victim,
                uint64_t answered);

#endif
