/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_MEDIA_WORKER_H
#define GATEWAY_MEDIA_WORKER_H

/*
 * A media thread: its lines, its ends, what it is told and what it tells.
 * Commands and notes are values in mailboxes.
 */

#include "gateway/media/stream.h"
#include "gateway/media/tap.h"
#include "kernel/thread.h"

struct mailbox;

enum command_kind {
	DO_WAKE, /* nothing: look at the stop flag */
	DO_SET,
	DO_LEAVE,
	DO_TONE,
	DO_DIGITS,
	DO_ADD_LINE,
	DO_REMOVE_LINE,
};

struct command {
	enum command_kind kind;
	struct end *end;
	struct line *line;
	/* DO_SET */
	struct media_end what;
	unsigned serial; /* 0: nobody asked, nobody is told */
	int fd, control_fd;
	struct ring *in, *out;
	enum law out_law;
	/* DO_LEAVE */
	bool bye;
	/* DO_TONE */
	const struct tones_plan *tone; /* NULL: none any more */
	/* DO_DIGITS */
	char digits[DIGITS_MOST + 1];
};

enum note_kind { NOTE_REPORT, NOTE_LEFT, NOTE_LINE_GONE, NOTE_STOPPED };

struct note {
	enum note_kind kind;
	struct media_report report; /* stream, end and owner say whose */
};

struct worker {
	struct thread *thread; /* NULL: turned */
	char name[16];
	shared_flag stop;
	struct mailbox *inbox, *notes;
	int blocking, asked; /* epoll: waited for; looked at once a turn */
	struct pollee mail;
	struct list ends;       /* attached */
	struct list left, gone; /* ends and lines still to be told of */
	struct instant now, tend_due, late_due;
	unsigned turned_octets; /* of the line being turned */
	bool looked;            /* at the sockets, in this turn */
	bool noted;             /* something was told in this turn */
	shared_count turns, late_turns;
	struct tap tap;
	/* the signalling thread's */
	unsigned lines, streams;
	uint64_t turns_seen;
};

/* notes: the engine's mailbox, borrowed. */
int worker_open(struct worker *w, unsigned index, struct mailbox *notes,
                unsigned depth);
int worker_start(struct worker *w, bool realtime);

/* Stops the thread and closes what worker_open(), failed or not, opened. */
void worker_close(struct worker *w);

/* One round: waits at most so long. */
void worker_turn(struct worker *w, int wait_ms);

/* The media thread tells the signalling thread of an end, which hears it when
 * this turn is over; false: no room. */
bool worker_tell(const struct end *end, struct note *note);

/* The callbacks of a line turned from outside. */
void worker_sink_receive(void *line, const struct tick *tick);
void worker_sink_transmit(void *line, struct tick *tick);

#endif
