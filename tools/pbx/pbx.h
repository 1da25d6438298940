/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef TOOLS_PBX_PBX_H
#define TOOLS_PBX_PBX_H

/*
 * The exchange while it runs: one span, one link, blocks that start calls,
 * calls that go through their steps. All on the signalling thread.
 */

#include "board/board.h"
#include "kernel/list.h"
#include "kernel/loop.h"
#include "kernel/text.h"
#include "kernel/timer.h"
#include "tools/pbx/report.h"
#include "tools/pbx/script.h"
#include "tools/pbx/sound.h"

struct capture;
struct pbx;

/* A block and how often it has run. */
struct run {
	struct pbx *pbx;
	const struct block *block;
	unsigned started, finished;
	struct timer start;
	bool sent_marker; /* the last one of its calls; it outlives them */
	struct instant marker;
};

/* Where a call is in its present step. */
enum phase {
	PHASE_NEW,     /* not begun */
	PHASE_AFTER,   /* `after` runs */
	PHASE_READY,   /* `after` is over */
	PHASE_BEGUN,   /* an action done, an expectation waited for */
	PHASE_EXPIRED, /* its time is over */
};

/* A call going through its block; a line block is one without ISDN. */
struct pbx_call {
	struct list list;
	struct pbx *pbx;
	struct run *run; /* NULL: digits still come, no block yet */
	char name[32];
	struct isdn_call *isdn; /* NULL: none, or released */
	bool incoming, cleared;
	bool over; /* all steps done */
	size_t at;
	enum phase phase;
	struct timer timer;
	struct deferred next, funeral;

	/* what the far end said */
	unsigned seen, progress, notification;
	unsigned inband; /* SEEN_* bits that came with progress 8 */
	struct cause cause;
	char ended[96]; /* why it was released, for people */
	struct isdn_setup setup;
	struct party connected;
	struct uui uui; /* that came last */

	/* sound */
	unsigned slot, turn;
	bool sounding;             /* the slot is ours */
	struct sound_report sound; /* the last window */
	bool fresh;                /* it has not been judged */
	usec good, longest;        /* an expectation has held so long */
	struct sound_report base;  /* when the present step began to count */
	bool based;
	size_t keys_used;
	bool heard_onset;
	struct instant onset;
};

struct slot {
	bool open;
	unsigned turn;
};

struct pbx {
	struct settings settings;
	struct loop *loop;
	struct board_span *span;
	struct isdn_link *link;
	struct sound *sound;
	struct capture *capture;
	struct report report;
	struct run *runs;
	size_t nruns;
	struct list calls;
	struct slot slots[TICK_SLOTS];
	struct timer timeout, linger, first_up;
	bool up, was_up, verbose, stay, ending;
	bool lingers;    /* all is done, the end is near */
	bool down, mute; /* nothing passes; messages become strange */
};

/* --- line.c --- */

int line_open(struct pbx *pbx);
void line_close(struct pbx *pbx);

/* --- call.c --- */

/* NULL when there is no memory, told. */
struct pbx_call *call_new(struct pbx *pbx, struct run *run);

/* Look at the present step again, on the next turn of the loop. */
void call_kick(struct pbx_call *call);
void call_clear(struct pbx_call *call, unsigned cause);

/* The ISDN call is gone; its slot is given back. */
void call_ended(struct pbx_call *call);
void call_take_slot(struct pbx_call *call);
void call_leave_slot(struct pbx_call *call);

/* --- event.c --- */

void event_isdn(void *self, const struct isdn_event *event);
void event_sound(void *self, const struct sound_report *report);

/* --- run.c --- */

int run_init(struct pbx *pbx, struct script *const *scripts, size_t n);
void run_done(struct pbx *pbx);
void run_begin(struct pbx *pbx); /* the D channel is up */
void run_finished(struct run *run);

/* Whether all is done; ends the loop then, after a moment. */
void run_look(struct pbx *pbx);
void run_end(struct pbx *pbx); /* clear all calls, then stop */

/* The block a called number belongs to: NULL; *more: with more digits. */
struct run *run_answer(struct pbx *pbx, const char *digits, bool *more);

/* --- act.c and expect.c --- */

enum outcome { OUTCOME_HELD, OUTCOME_WAIT, OUTCOME_FAILED };

/* Begins an action; OUTCOME_WAIT: it lasts step->lasting. */
enum outcome act_begin(struct pbx_call *call, const struct step *step,
                       struct text *why);
void act_end(struct pbx_call *call, const struct step *step);

/* Judges an expectation; why says what there is, for success or failure. */
void expect_begin(struct pbx_call *call, const struct step *step);
enum outcome expect_judge(struct pbx_call *call, const struct step *step,
                          struct text *why);

/* --- capture.c --- */

int capture_open(struct capture **out, const char *path, bool network);
void capture_frame(struct capture *capture, bool sent, struct bytes frame);
struct capture *capture_close(struct capture *capture);

#endif
