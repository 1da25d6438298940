/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef BOARD_WIRE_PACKET_H
#define BOARD_WIRE_PACKET_H

/*
 * The packets of the virtual span as values, and the sound that waits within
 * one turn. Nothing here knows sockets, threads or time. The format is
 * described in README.md here.
 */

#include "kernel/bytes.h"
#include "kernel/phone.h"

/* --- wire_packet.c: octets to values and back --- */

enum {
	WIRE_VERSION = 1,
	WIRE_LONGEST = 10 + 31 * TICK_MOST,
	WIRE_NAME = 63,
};

enum wire_kind {
	WIRE_HELLO = 1,
	WIRE_FRAME,
	WIRE_SAMPLES,
	WIRE_ALARM,
	WIRE_FAULT,
};

enum wire_fault {
	WIRE_FAULT_SLIP = 1,
	WIRE_FAULT_VANISH,
	WIRE_FAULT_FCS,
	WIRE_FAULT_INVERT,
};

/* As said, not judged: with another version the rest is not even read. */
struct wire_hello {
	uint8_t version, type, law, dslot;
	char name[WIRE_NAME + 1];
};

struct wire_samples {
	uint32_t tick, mask;
	unsigned count;
	struct bytes octets; /* slots ascending, count octets each */
};

struct wire_packet {
	enum wire_kind kind;
	union {
		struct wire_hello hello;
		struct bytes frame;
		struct wire_samples samples;
		unsigned alarms;
		struct {
			enum wire_fault kind;
			unsigned slot;
		} fault;
	};
};

/* What a packet's slots are judged by. */
struct wire_shape {
	uint32_t bearers;
	unsigned dslot;
};

/* One packet; what it points at lies in `in`. -EBADMSG: malformed; -ENOTSUP: a
 * type of a later version. */
int wire_parse(struct wire_packet *out, struct bytes in,
               const struct wire_shape *shape);

/* The first value in which two hellos differ. */
struct wire_differs {
	const char *name; /* "law" */
	uint8_t ours, theirs;
};

bool wire_hello_differs(const struct wire_hello *ours,
                        const struct wire_hello *theirs,
                        struct wire_differs *out);

void wire_put_hello(struct writer *w, const struct wire_hello *hello);
void wire_put_frame(struct writer *w, unsigned dslot, struct bytes frame);
void wire_put_samples(struct writer *w, uint32_t number,
                      const struct tick *tick);
void wire_put_alarm(struct writer *w, unsigned alarms);
void wire_put_fault(struct writer *w, unsigned kind, unsigned slot);

/* --- wire_fifo.c: what one turn has received --- */

enum { FIFO_MOST = 320, FIFO_KEEP = 80, FIFO_ROOM = FIFO_MOST + TICK_MOST };

struct wire_fifo {
	uint32_t bearers;
	uint8_t idle;
	uint8_t lose[TICK_SLOTS]; /* octets the next packet is short of */
	unsigned waiting[TICK_SLOTS], taken[TICK_SLOTS];
	uint8_t octets[TICK_SLOTS][FIFO_ROOM];
};

/* Puts what a packet brought, idle where it brought nothing; count is at most
 * TICK_MOST. Returns true when the oldest had to go: a slip. */
bool wire_fifo_put(struct wire_fifo *fifo, const struct wire_samples *samples);
bool wire_fifo_put_idle(struct wire_fifo *fifo, unsigned count);

/* One octet less in that slot, or in all (0), when next something is put. */
void wire_fifo_lose(struct wire_fifo *fifo, unsigned slot);

/* The next at most `count` octets of the slots that have some; false: empty.
 * A slot that lost octets gets fewer: its mask bit then is missing from the
 * last tick. */
bool wire_fifo_take(struct wire_fifo *fifo, struct tick *tick, unsigned count);

#endif
