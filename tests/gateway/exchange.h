/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef TESTS_GATEWAY_EXCHANGE_H
#define TESTS_GATEWAY_EXCHANGE_H

/*
 * The exchange at the other end of a simulated span: libpri as our own pri/
 * drives it, in the opposite role, with a manner of treating calls. It writes
 * down what it is told and what messages reach it, speaks and hears on every
 * B channel.
 */

#include "board/board.h"
#include "pri/channel.h"
#include "pri/isdn.h"

struct loop;

enum exchange_manner {
	EXCHANGE_WAITS,         /* does nothing: the test acts */
	EXCHANGE_ANSWERS,       /* at once */
	EXCHANGE_RINGS_ANSWERS, /* ALERTING, after 2 s CONNECT */
	EXCHANGE_RINGS,         /* for ever */
	EXCHANGE_BUSY,          /* cause 17 */
	EXCHANGE_REJECTS,       /* with `cause` */
	EXCHANGE_RINGS_REJECTS, /* ALERTING, then `cause` */
	EXCHANGE_SILENT,        /* as if no SETUP had come */
	EXCHANGE_STUCK,         /* nothing after CALL PROCEEDING */
	EXCHANGE_PLAYS_ANSWERS, /* PROGRESS with sound, after 2 s CONNECT */
	EXCHANGE_ANNOUNCES,     /* DISCONNECT with sound, `cause` */
};

enum { EXCHANGE_HEARD = 256, EXCHANGE_MESSAGES = 1024 };

struct exchange_heard {
	struct isdn_event event;
	struct isdn_setup setup;
	struct party connected;
	struct release release;
	struct uui uui;
	char digits[40];
};

struct exchange {
	struct loop *loop;
	struct board_span *span;
	struct isdn_link *link;
	struct isdn_conf conf;
	enum exchange_manner manner;
	struct cause cause;
	struct isdn_call *call; /* of the last event with one */
	struct isdn_call *late; /* CONNECT is due */
	struct timer answer;
	struct exchange_heard heard[EXCHANGE_HEARD];
	unsigned nheard, read;
	char messages[EXCHANGE_MESSAGES][24]; /* of Q.931, from the gateway */
	unsigned nmessages, read_messages;
	bool dials[TICK_SLOTS];    /* DTMF 5 on this channel */
	unsigned hums[TICK_SLOTS]; /* so many Hz on it */
	bool talks[TICK_SLOTS];    /* 1 kHz on this channel */
	unsigned
		level[TICK_SLOTS]; /* mean of what was heard in the last tick */
	uint64_t said[TICK_SLOTS]; /* octets of its 1 kHz */
	uint64_t octets[TICK_SLOTS]; /* not idle, heard since the beginning */
	uint64_t first[TICK_SLOTS];  /* ticks until the first of them */
	uint64_t ticks;
	unsigned dialled;   /* samples of the tone */
	bool keep_channels; /* streams of ours never stop */
	/* Every frame passes here first, sent by the exchange or to it; true:
	 * it was taken, and goes on by exchange_pass(), or never. */
	bool (*harm)(void *self, bool sent, struct bytes frame);
	void *harm_self;
};

/* At the other end of the span whose link is configured so. */
int exchange_open(struct exchange *x, struct loop *loop,
                  const struct board_conf *board,
                  const struct isdn_conf *gateway);
void exchange_close(struct exchange *x);

/* What its link is opened with, for one that is opened anew. */
const struct isdn_handler *exchange_handler(void);

/* A frame goes its way, whatever became of it before. */
void exchange_pass(struct exchange *x, bool sent, struct bytes frame);

/* SETUP to the gateway for this number; NULL when it could not be placed. */
struct isdn_call *exchange_place(struct exchange *x, const char *called);
struct isdn_call *exchange_place_as(struct exchange *x,
                                    const struct isdn_setup *setup);
/* As who dials the rest later. */
struct isdn_call *exchange_lift(struct exchange *x, const char *digits);
void exchange_setup(struct isdn_setup *setup, const char *called);
void exchange_clear(struct isdn_call *call, unsigned cause);

/* The next event told, that is not about links and channels: is it this? */
bool exchange_told(struct exchange *x, enum isdn_event_kind kind);
/* The last event of this kind; NULL: there was none. */
const struct exchange_heard *exchange_last(const struct exchange *x,
                                           enum isdn_event_kind kind);
/* The cause of the last release; 0: there was none. */
unsigned exchange_cause(const struct exchange *x);
/* The next Q.931 message from the gateway, of calls: is it this? */
bool exchange_hears(struct exchange *x, const char *message);
bool exchange_quiet(const struct exchange *x); /* no further message */
void exchange_forget(struct exchange *x);      /* what was not asked for yet */

#endif
