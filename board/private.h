/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef BOARD_PRIVATE_H
#define BOARD_PRIVATE_H

/*
 * What the kinds of board share. A span of a kind is a struct of that kind's
 * own with a struct board_span in it and a table of operations; span.c holds
 * the common half: debounce, counters, the way to the handler.
 */

#include "board/board.h"
#include "board/performance.h"
#include "kernel/thread.h"
#include "kernel/timer.h"

enum { FRAME_LEAST = 3, FRAME_MOST = 512, ALARM_BITS = 4, ECHO_MOST_MS = 128 };

struct board_ops {
	/* memory for one span, zeroed; NULL when there is none */
	struct board_span *(*create)(void);
	/* what create() and open() made, half-built too; frees the memory */
	void (*close)(struct board_span *span);
	int (*open)(struct board_span *span);
	/* frame is of a length that fits */
	int (*send)(struct board_span *span, struct bytes frame);
	/* these may be NULL: not supported, or nothing to do */
	int (*send_alarm)(struct board_span *span, unsigned alarms);
	int (*send_fault)(struct board_span *span, unsigned kind,
	                  unsigned slot);
	int (*chan_open)(struct board_span *span, unsigned slot, bool speech);
	void (*chan_close)(struct board_span *span, unsigned slot);
	/* NULL: its channels never have an echo canceller */
	void (*echo_off)(struct board_span *span, unsigned slot);
	int (*fd)(const struct board_span *span);
	int (*turn)(struct board_span *span, const struct board_media *media,
	            void *self);
};

extern const struct board_ops board_sim_ops, board_wire_ops, board_dahdi_ops;

/* One alarm waits here until it stood, or was gone, long enough. */
struct board_hold {
	struct board_span *span;
	unsigned bit;
	struct timer timer;
};

struct board_span {
	const struct board_ops *ops;
	struct board_conf conf;
	struct loop *loop;
	const struct board_handler *handler;
	void *self; /* the handler's */
	struct board_hold holds[ALARM_BITS];
	shared_flag alarms; /* debounced; written by the signalling thread */
	shared_flag faults; /* conf.faults, for the media thread */
	uint32_t opened;    /* slots of channels in use */
	uint32_t cancelled; /* of them those with an echo canceller */
	usec waited;        /* the frame in hand */
	char peer[64];
	struct board_counts counts; /* by shared_add() only */
	struct performance performance;
	struct timer second;
	struct instant second_due;
	struct board_counts second_counts; /* when it began */
	unsigned raw, raw_seen; /* alarms: now, and at any time in it */
};

#define COUNT(span, what) shared_add(&(span)->counts.what, 1)

/* The board heard an answer tone on a channel; signalling thread. */
void board_tone(struct board_span *span, unsigned slot, bool sent);

/* --- signalling thread --- */

/* The alarms as the line shows them now; the handler is told after debounce,
 * on a later turn of the loop. */
void board_line(struct board_span *span, unsigned raw);

/* A good frame: counted and handed up. */
void board_frame(struct board_span *span, struct bytes frame);

/* A sentence for whoever logs. */
void board_notice(struct board_span *span, const char *sentence);

/* --- any thread --- */

uint8_t board_idle(enum law law);

/* `count` idle octets in every slot of mask. */
void board_tick_idle(struct tick *tick, enum law law, uint32_t mask,
                     unsigned count);

#endif
