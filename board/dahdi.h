/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef BOARD_DAHDI_H
#define BOARD_DAHDI_H

/*
 * The DAHDI driver's user interface in this folder's words. dahdi.c is the only
 * file that knows the driver's header; dahdi_span.c and dahdi_media.c make a
 * span of it, probe.c tells what there is. Results are 0 or more, or -errno.
 */

#include "board/private.h"

struct mailbox;

/* --- dahdi.c --- */

/* A span as the driver describes it. */
struct dahdi_port {
	unsigned number, spans;   /* of how many */
	char name[24], about[44]; /* "WCT1/0", the card's own words */
	char device[44], maker[44], location[44];
	char kind[8]; /* "E1", "T1", "DYNAM" */
	unsigned channels, configured;
	unsigned alarms; /* ours: ALARM_* */
	bool recovering, looped;
	bool crc4, esf, d4, hdb3, ami, b8zs; /* as configured by dahdi_cfg */
	int sync_source; /* span number; 0: the card's own clock */
	unsigned code_errors, crc_errors, frame_errors, missed_interrupts;
};

enum dahdi_use { DAHDI_UNUSED, DAHDI_BEARER, DAHDI_HDLC, DAHDI_OTHER_USE };

struct dahdi_channel {
	unsigned number; /* in the system, 1 based */
	enum dahdi_use use;
	enum law law;
};

enum dahdi_event {
	DAHDI_NO_EVENT,
	DAHDI_ALARM_CHANGED,
	DAHDI_BAD_FRAME,  /* FCS, abort, overrun */
	DAHDI_SLIP,       /* octets lost, or idle ones sent: we were late */
	DAHDI_TONE_HEARD, /* 2100 Hz, said by the line */
	DAHDI_TONE_SENT,  /* to it */
	DAHDI_GONE,
	DAHDI_OTHER_EVENT,
};

/* A read or write refused because an event waits. */
enum { DAHDI_HAS_EVENT = -500 };

int dahdi_control_open(void); /* fd; -ENOENT: no driver */

/* -EINVAL: there is no such span. */
int dahdi_port_read(int control, unsigned number, struct dahdi_port *out);

/* The channel at a slot of a span; -ENOENT when the driver has none. */
int dahdi_channel_find(int control, unsigned span, unsigned slot,
                       struct dahdi_channel *out);

/* fd; -ENXIO: dahdi_cfg gave it no use; -EBUSY: another program has it. */
int dahdi_channel_open(unsigned number);

/* Makes an open channel a D channel, whichever of the card and the driver does
 * its HDLC. */
int dahdi_make_dchannel(int fd, enum dahdi_use use);

/* Makes it a bearer anew: what was queued is dropped. Speech alone can have an
 * echo canceller, and has it when `cancelled`. */
int dahdi_make_bearer(int fd, const struct board_conf *conf, bool speech,
                      bool cancelled);
void dahdi_echo_off(int fd);

/* What is queued either way, and events, are forgotten. */
int dahdi_flush(int fd);

/* It is not used for now: nothing is computed for it. */
void dahdi_rest_bearer(int fd);

/* Octets read or written, -EAGAIN, -ENODEV (gone), DAHDI_HAS_EVENT. */
int dahdi_read(int fd, uint8_t *to, size_t size);
int dahdi_write(int fd, struct bytes octets);

/* The next event, an enum dahdi_event, or -errno. */
int dahdi_event_take(int fd);

/* --- dahdi_span.c and dahdi_media.c --- */

enum { DAHDI_ORDERS = 2 * TICK_SLOTS };

/* Channels on their way between the threads: a slot and its descriptor. */
struct dahdi_order {
	unsigned slot;
	int fd; /* -1: leave it alone from now on */
};

/* The media thread has let go of a descriptor it was lent: as told
 * (DAHDI_NO_EVENT), or because its device is no more (DAHDI_GONE). Or it keeps
 * it, and the driver has heard a tone there. */
struct dahdi_return {
	unsigned slot;
	enum dahdi_event why;
};

/* A B channel as the signalling thread knows it. It is closed there and only
 * while it is not lent: its number may be another file's right after. */
struct dahdi_bearer {
	int fd;         /* kept once opened; -1 */
	unsigned lent;  /* orders with it that have not been returned */
	bool dead;      /* of a device that went: to be closed */
	bool speech;    /* as last asked for */
	bool cancelled; /* with an echo canceller, should it be opened anew */
};

struct dahdi {
	struct board_span span;

	/* signalling thread */
	int control, dchannel; /* -1: not open */
	struct watch *watch;   /* of the D channel */
	struct timer look;     /* at the span, once a second */
	const char *complained;
	bool ready;   /* at the last look the span was there and fit */
	bool counted; /* the driver's errors up to here */
	unsigned code_errors, crc_errors, frame_errors;
	struct dahdi_bearer bearers[TICK_SLOTS];
	struct mailbox *up; /* dahdi_return */

	/* both */
	struct mailbox *down; /* dahdi_order */
	shared_flag raw;      /* alarms, not debounced */

	/* media thread */
	int poll_fd;
	int live[TICK_SLOTS];       /* descriptors in use, -1 */
	unsigned heard[TICK_SLOTS]; /* octets read before the first went out */
	bool primed[TICK_SLOTS];    /* has idle ahead */
	struct instant began, turned;
	usec gap; /* between blocks of the line, the longest of late */
	struct tick tick;
};

int dahdi_media_open(struct dahdi *dahdi);
void dahdi_media_close(struct dahdi *dahdi);
int dahdi_media_turn(struct board_span *span, const struct board_media *media,
                     void *self);

#endif
