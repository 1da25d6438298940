/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef BOARD_BOARD_H
#define BOARD_BOARD_H

/*
 * Spans. One interface for three kinds of board: a real card under DAHDI, the
 * virtual span over a unix socket ("wire", its format is in README.md here),
 * and one made of memory, turned by the test clock ("sim").
 *
 * Two threads meet in a span. The signalling thread opens and closes it,
 * sends D-channel frames and is told of received ones and of alarms. One media
 * thread turns it: whenever board_span_fd() is readable it calls
 * board_span_turn(), which hands over received ticks and asks for ticks to
 * send. The line is the clock; nobody else is.
 *
 * Octets are companded and have the values of RTP PCMA and PCMU. A slot is
 * numbered as on the line: E1 1 to 31 with the D channel at 16, T1 1 to 24
 * with the D channel at 24. Errors are -errno; board/ logs nothing.
 */

#include "kernel/bytes.h"
#include "kernel/instant.h"
#include "kernel/phone.h"
#include "kernel/stats.h"

struct loop;
struct board_span;
struct performance;

enum board_kind { BOARD_SIM, BOARD_WIRE, BOARD_DAHDI };
enum board_framing { FRAMING_CRC4, FRAMING_NO_CRC4, FRAMING_ESF, FRAMING_SF };
enum board_linecode { LINECODE_HDB3, LINECODE_AMI, LINECODE_B8ZS };

struct board_conf {
	char name[32]; /* "e1 0" */
	enum board_kind kind;
	enum span_type type;
	enum law law;
	unsigned dslot; /* 16 or 24; 0: no D channel */
	/* wire */
	char path[108];
	bool listen;     /* else connect */
	bool faults;     /* obey fault packets */
	unsigned octets; /* per tick and slot when listening: 8-160, by 8 */
	/* dahdi */
	unsigned span_number; /* 1 based */
	unsigned block;       /* octets per read: 16-80 */
	enum board_framing framing;
	enum board_linecode linecode;
	bool clock_line;         /* the line is the source; else internal */
	unsigned clock_priority; /* 1 best; 0 never */
	unsigned echo_ms; /* of echo that a canceller reaches: 8-128; 0: none */
	usec alarm_raise, alarm_clear; /* debounce */
	/* sim: the other end, by name; both must be opened in one process */
	char peer[32];
};

/* Fills what has a usual value: E1/T1's law, D slot, 40 octets, debounce. */
void board_conf_preset(struct board_conf *conf, enum span_type type);

enum {
	ALARM_LOS = 1, /* red: no signal, no connection */
	ALARM_LOF = 2, /* red: no frame alignment */
	ALARM_AIS = 4, /* blue */
	ALARM_RAI = 8, /* yellow: the far end does not hear us */
};
#define ALARM_RED_OR_BLUE (ALARM_LOS | ALARM_LOF | ALARM_AIS)

/* Told on the signalling thread. */
struct board_handler {
	/* a good D-channel frame: address to end of information, no FCS */
	void (*frame)(void *self, struct bytes frame);
	/* the alarms that now stand, after debounce; 0: the span is up */
	void (*alarm)(void *self, unsigned alarms);
	/* something for one log line, a whole sentence; may be NULL */
	void (*notice)(void *self, const char *sentence);
	/* a fax or modem answers: heard by the board itself; may be NULL */
	void (*tone)(void *self, unsigned slot, bool sent);
};

/* Told on the media thread, from inside board_span_turn(). */
struct board_media {
	/* `count` octets for each slot in tick->mask, any 1 to TICK_MOST: a
	 * slip makes a tick shorter, and one in a single slot divides it (a
	 * slot that is missing from the mask got nothing in this call). A slot
	 * that is silent on the line has idle octets. */
	void (*receive)(void *self, const struct tick *tick);
	/* fill the octets of the slots in tick->mask (preset to idle); clear
	 * bits that stay idle */
	void (*transmit)(void *self, struct tick *tick);
};

/* Opens a span and begins to bring it up; it starts in ALARM_LOS, which is
 * not told. The handler must outlive it. */
int board_span_open(struct board_span **out, struct loop *loop,
                    const struct board_conf *conf,
                    const struct board_handler *handler, void *self);

/* No media thread may turn it any more. NULL is fine; returns NULL. */
struct board_span *board_span_close(struct board_span *span);

/* Options that can change with the span up: faults, debounce, clock. 0, or
 * -EBUSY when the span must be closed and opened for it. */
int board_span_change(struct board_span *span, const struct board_conf *conf);

/* --- signalling thread --- */

/* One frame, address to end of information. -ENETDOWN without a line, -ENOSPC
 * when too many wait (a wire counts it later), -EMSGSIZE over 512 octets. */
int board_span_send(struct board_span *span, struct bytes frame);

/* Inside frame(): how long that frame has been with us already. */
usec board_span_waited(const struct board_span *span);

/* What we show the far end as our own alarm (tests, shutdown). */
int board_span_send_alarm(struct board_span *span, unsigned alarms);

/* Wire only: a fault packet (design: 1 slip .. 4 inverted bit). */
int board_span_send_fault(struct board_span *span, unsigned kind,
                          unsigned slot);

/* A B channel begins or ends to be used. `speech` false: data, no echo
 * canceller. DAHDI may say -ENXIO (not configured), -EBUSY (another program, or
 * open already), -ENODEV (no card, or not the one that is configured). */
int board_chan_open(struct board_span *span, unsigned slot, bool speech);
void board_chan_close(struct board_span *span, unsigned slot);

/* A speech channel is opened with the board's echo canceller, where there is
 * one (DAHDI; sim, for tests) and it is wanted: is it so? Has it one now? From
 * now on it has none: it carries no speech after all. */
bool board_span_cancels(const struct board_span *span);
bool board_chan_cancels(const struct board_span *span, unsigned slot);
void board_chan_echo_off(struct board_span *span, unsigned slot);

/* --- media thread --- */

/* Readable when there is a turn to make; stays the same for a span's life. -1
 * for sim, which is turned by sim_turn(). */
int board_span_fd(const struct board_span *span);

/* All that is due; returns how many ticks were received or sent. */
int board_span_turn(struct board_span *span, const struct board_media *media,
                    void *self);

/* wire: the name of who was connected last, "" before. Signalling thread. */
const char *board_span_peer(const struct board_span *span);

/* --- any thread --- */

/* Numbers since the span was opened, readable at any time. */
struct board_counts {
	uint64_t ticks_in, ticks_out;   /* tick packets or blocks */
	uint64_t slips;                 /* gaps, drops, injected ones */
	uint64_t late;                  /* ticks not newer than the last */
	uint64_t frames_in, frames_out; /* D channel */
	uint64_t frames_bad;            /* FCS, abort, overrun */
	uint64_t frames_dropped;        /* under alarm, or nobody took them */
	uint64_t malformed, unknown;    /* packets dropped */
	uint64_t refused;               /* connections closed at once */
	uint64_t send_full;             /* sends dropped for want of room */
	uint64_t faults, faults_ignored;
	uint64_t alarms_seen; /* times the span went into alarm */
	uint64_t connects;
	uint64_t hellos_bad; /* connections closed for what they said */
	/* as a card's framer counts them; 0 where there is none */
	uint64_t code_violations, crc_errors, frame_errors;
};
void board_span_counts(const struct board_span *span, struct board_counts *out);

/* The same as rows for stats_add(); values are the span's, while it lives. */
extern const struct stat_row board_count_rows[];
extern const size_t board_count_nrows;
const struct board_counts *board_span_counters(const struct board_span *span);

/* The line's quality since it was opened or cleared; signalling thread. */
const struct performance *board_span_performance(const struct board_span *span);
void board_span_performance_clear(struct board_span *span);

unsigned board_span_alarms(const struct board_span *span); /* debounced */
const struct board_conf *board_span_conf(const struct board_span *span);

/* The D and B slots of a span type, as masks: bit n is slot n. */
uint32_t board_bearer_slots(enum span_type type, unsigned dslot);
unsigned board_slots(enum span_type type);     /* 31 or 24 */
const char *board_alarm_name(unsigned alarms); /* "LOS", "RAI", "none" */

/* --- sim --- */

/* Moves every sim span by one tick of `octets`: what each end transmits is
 * what its peer receives. The media of a span is who turned it last with
 * board_sim_media(). Test thread only. */
void board_sim_media(struct board_span *span, const struct board_media *media,
                     void *self);
void board_sim_turn(unsigned octets);

/* Cut or mend the D channel alone, or the whole line. */
void board_sim_cut(struct board_span *span, bool frames, bool line);

#endif
