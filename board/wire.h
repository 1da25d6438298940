/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef BOARD_WIRE_H
#define BOARD_WIRE_H

/*
 * Inside of the virtual span: what wire.c (the connection), wire_talk.c (what
 * the far end says) and wire_clock.c (time and sound) share.
 */

#include "board/private.h"
#include "board/wire_packet.h"
#include "kernel/loop.h"

struct mailbox;

#define WIRE_SILENCE     SEC(1)    /* without a packet: LOS */
#define WIRE_RETRY       MSEC(200) /* to connect */
#define WIRE_RETRY_WRONG SEC(5)    /* what did not fit will not fit at once */

enum { WIRE_QUEUE = 64, WIRE_BATCH = 64, WIRE_FAULTS = 16, WIRE_FRAMES = 16 };

/* How far a connection is. */
enum wire_phase { WIRE_CLOSED, WIRE_GREETING, WIRE_UP };

/* From the media thread to the signalling thread. */
enum wire_report_kind { REPORT_FRAME, REPORT_LINE, REPORT_PEER, REPORT_NOTICE };

struct wire_report {
	enum wire_report_kind kind;
	unsigned alarms;
	struct instant came; /* a frame */
	size_t len;
	uint8_t octets[FRAME_MOST]; /* a frame, or text with its NUL */
};

/* A packet of this kind is to be sent. */
struct wire_order {
	enum wire_kind kind;
	unsigned value, slot; /* alarms; a fault's kind and slot */
	size_t len;
	uint8_t octets[FRAME_MOST];
};

/* A packet that did not fit into the socket. */
struct wire_late {
	size_t len;
	uint8_t octets[2 + FRAME_MOST];
};

/* A tick of the listener's that waits for its answer. */
struct wire_owed {
	uint32_t tick;
	bool silent; /* it brought nothing new and takes nothing with it */
};

/* Everything but these first ones belongs to the media thread, from the first
 * turn to the last. Under the lock, and while `linked`, the signalling thread
 * uses fd. */
struct wire {
	struct board_span span;
	struct mailbox *up;   /* wire_report, to the signalling thread */
	struct mailbox *down; /* wire_order, from it */
	shared_flag linked;   /* phase is WIRE_UP, for the signalling thread */
	struct wire_order frames[WIRE_FRAMES]; /* of this turn of the loop */
	unsigned nframes;
	struct deferred turn_over;
	unsigned ordered;    /* orders posted, of all there were */
	shared_flag obeyed;  /* of these; another number: something waits */
	struct lock sending; /* fd is not closed meanwhile */

	int poll_fd, clock_fd, listen_fd, fd;
	enum wire_phase phase;
	struct wire_shape shape;
	struct wire_hello ours;
	struct instant greet_by, retry_at, heard_at;
	const char *complained;       /* of what, until a hello is good again */
	struct instant complained_at; /* since when these were told */
	unsigned complaints;
	struct wire_late late[WIRE_QUEUE]; /* waiting to be sent */
	unsigned late_first, nlate;
	unsigned taken; /* orders, of all there were */

	unsigned alarms;             /* the far end lets us see these */
	bool silent;                 /* nothing heard for a second */
	unsigned told;               /* the last raw alarms reported upwards */
	unsigned own, shown;         /* ours to show; last sent */
	uint8_t faults[WIRE_FAULTS]; /* for the next frames, in order */
	unsigned nfaults;

	/* the clock */
	struct instant due; /* our next tick, when the pace is ours */
	struct instant armed_at;
	usec armed_every;
	unsigned count;     /* octets per packet on this connection */
	uint32_t next_tick; /* listening: the next one to send */
	uint32_t last_tick; /* received last, if anything was */
	bool heard;
	uint32_t stamp_in, stamp_out;
	struct wire_fifo fifo;
	struct wire_owed owed[WIRE_BATCH]; /* to be answered in this turn */
	unsigned nowed;
	struct tick tick;
};

/* wire.c */

/* Sends; with `keep` it waits in order when the socket is full. True when it
 * was sent or waits. May hang up. */
bool wire_send(struct wire *wire, const struct writer *packet, bool keep);

/* Closes, and connects again after `retry`. */
void wire_hang_up(struct wire *wire, usec retry);

/* Reports a sentence about a far end that is wrong in this way. Said once
 * until it has changed: it is tried again every few seconds. `about` is
 * compared as a pointer. */
void wire_complain(struct wire *wire, const char *about, const char *sentence);
int wire_report_text(struct wire *wire, enum wire_report_kind kind,
                     const char *text);

/* The alarms our framer would show now. */
unsigned wire_raw(const struct wire *wire);

/* wire_talk.c: reads and obeys what waits in the socket, at most a batch. */
void wire_read(struct wire *wire);

/* wire_clock.c */
int wire_clock_open(struct wire *wire);
void wire_clock_begin(struct wire *wire); /* a hello was good */
void wire_clock_end(struct wire *wire);   /* the connection has gone */
void wire_clock_samples(struct wire *wire, const struct wire_samples *samples);

/* Hands over what came and gives what is due; returns how many ticks. */
int wire_clock_turn(struct wire *wire, const struct board_media *media,
                    void *self);

#endif
