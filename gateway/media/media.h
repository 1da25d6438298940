/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_MEDIA_MEDIA_H
#define GATEWAY_MEDIA_MEDIA_H

/*
 * The sound. A stream joins two ends: a slot of a line (TDM) and an RTP
 * session, two slots, or two RTP sessions. Media threads move a tick at a time
 * and obey; the line is the clock. The signalling thread says what each end
 * is, as often as it changes, and is told by reports.
 *
 * A stream's life: media_stream_open(), any number of media_stream_set(),
 * media_stream_close(), and then MEDIA_STOPPED, exactly once and last: only
 * then may its B channels be given to another call. Everything is called on
 * the signalling thread; reports come there too.
 *
 * RTP: RFC 3550, 3551; events RFC 4733; G.711 both laws, bit-exact where
 * nothing has to be done. One SSRC, sequence and time line for a stream's RTP
 * end over its whole life, whatever is set anew.
 */

#include "kernel/flow.h"
#include "kernel/instant.h"

struct loop;
struct media_engine;

struct media_conf {
	unsigned threads;             /* 0: cores - 1, at least one */
	bool realtime;                /* ask for SCHED_FIFO */
	uint16_t port_low, port_high; /* RTP: even ports of this range */
	int dscp;                     /* 46, EF */
	unsigned streams_most;
	unsigned playout_ms;      /* depth of the playout buffer: 40 */
	bool playout_adaptive;    /* more when the network needs it */
	bool conceal;             /* what was lost */
	unsigned playout_most_ms; /* more than this waiting is dropped: 200 */
	bool inband_digits;       /* detect DTMF on lines, send as events */
	unsigned rtcp_seconds;    /* 5; 0: none */
};
void media_conf_preset(struct media_conf *conf);

struct stream_ref {
	uint32_t index, generation; /* generation 0: none */
};

enum media_report_kind {
	MEDIA_SET,     /* a media_stream_set() with this serial now runs */
	MEDIA_DIGIT,   /* a digit was heard at `end` (events or in band) */
	MEDIA_TONE,    /* a fax or modem answers at `end`: once for a slot */
	MEDIA_SILENT,  /* no RTP at `end` for as long as was asked */
	MEDIA_HEARD,   /* first RTP at `end` since it was set or silent */
	MEDIA_STOPPED, /* last word of a stream */
	MEDIA_LINE_REMOVED, /* line: the thread will never turn it again */
	MEDIA_LATE, /* threads could not keep up: once a second at most */
};

struct media_report {
	enum media_report_kind kind;
	struct stream_ref stream;
	void *owner;     /* of the stream; the line's for LINE_REMOVED */
	unsigned end;    /* 0 or 1 */
	unsigned serial; /* MEDIA_SET */
	unsigned line;
	char digit; /* 0-9 * # A-D, or '!' flash */
	unsigned duration_ms;
	enum data_tone tone;
	bool sent; /* the tone, to the line; else the line said it */
};

typedef void (*media_report_fn)(void *self, const struct media_report *report);

int media_engine_new(struct media_engine **out, struct loop *loop,
                     const struct media_conf *conf, media_report_fn report,
                     void *self);

/* Stops the threads, lets go of lines. NULL is fine; returns NULL. */
struct media_engine *media_engine_free(struct media_engine *engine);

/* Without threads, for tests: every stream and line is turned by this call on
 * the test's own thread. (conf.threads == MEDIA_TURNED at new.) */
enum { MEDIA_TURNED = 1000 };
void media_turn(struct media_engine *engine);

/* --- lines --- */

typedef void (*media_receive_fn)(void *self, const struct tick *tick);
typedef void (*media_transmit_fn)(void *self, struct tick *tick);

struct media_line {
	const char *name; /* copied */
	enum law law;
	int fd; /* readable: turn it; -1: turned from outside (sim) */
	/* does all that is due; calls back any number of times */
	int (*turn)(void *line, media_receive_fn receive,
	            media_transmit_fn transmit, void *self);
	void *self;
};

/* Gives the line to a thread. *number names it; owner comes back in reports. */
int media_line_add(struct media_engine *engine, const struct media_line *line,
                   void *owner, unsigned *number);

/* Takes it away; MEDIA_LINE_REMOVED says when. */
void media_line_remove(struct media_engine *engine, unsigned number);

/* For lines turned from outside: the callbacks' own self. */
void *media_line_sink(struct media_engine *engine, unsigned number,
                      media_receive_fn *receive, media_transmit_fn *transmit);

/* --- RTP sockets --- */

struct media_socket;

/* Binds an even RTP port and the RTCP port above it, at this address (its
 * port is not looked at). -EADDRINUSE: the range is used up. *local has the
 * port. The socket is closed when it was given back and no stream uses it. */
int media_socket_open(struct media_engine *engine, const struct addr *address,
                      struct media_socket **out, struct addr *local);
void media_socket_close(struct media_engine *engine,
                        struct media_socket *socket);

/* --- streams --- */

enum media_end_kind { END_NONE, END_LINE, END_RTP };

struct media_end {
	enum media_end_kind kind;
	/* END_LINE */
	unsigned line, slot;
	bool listen, speak; /* use what the line hears; play to the line */
	bool tones;         /* tell when it turns out to be fax or modem */
	/* END_RTP */
	struct media_socket *socket;
	struct flow flow;
	bool latch;        /* learn the source from the first good packet when
	                    * it differs from the one negotiated (NAT) */
	bool digits;       /* tell the line's digits, though it has no events */
	usec silent_after; /* report MEDIA_SILENT after this long; 0: never */
};

int media_stream_open(struct media_engine *engine, struct stream_ref *out,
                      void *owner);

/* What an end is from now on. Returns the serial MEDIA_SET will carry (in
 * order within a stream; one overtaken by the next set of the same end may be
 * left out), -ENOENT, -ENODEV (no such line), -EPROTO (no socket, or a codec
 * that is none of ours), -ENOSPC, -ENOMEM. END_NONE takes an end away. */
int media_stream_set(struct media_engine *engine, struct stream_ref stream,
                     unsigned end, const struct media_end *what);

/* A tone towards an end instead of the other end's sound: "ring", "busy",
 * "congestion", "info", "dial", of a country's zone ("de", "us"); NULL stops
 * it. */
int media_stream_tone(struct media_engine *engine, struct stream_ref stream,
                      unsigned end, const char *tone, const char *zone);

/* Digits towards an end: events on RTP when negotiated, tones otherwise.
 * -EBADMSG, -ENOSPC; -ENOTSUP: no line in the stream, so no clock. */
int media_stream_digits(struct media_engine *engine, struct stream_ref stream,
                        unsigned end, const char *digits);

void media_stream_close(struct media_engine *engine, struct stream_ref stream);

/* Numbers of one RTP end; readable while the stream lives. */
struct media_counts {
	uint64_t sent_packets, sent_octets;
	uint64_t received_packets, received_octets;
	uint64_t lost, late, early, duplicate; /* early: overflowed playout */
	uint64_t underruns; /* ticks the line got idle for want of sound */
	uint64_t concealed; /* octets made in place of sound that was lost */
	uint64_t foreign;   /* from a source that is not ours: dropped */
	uint64_t malformed, unknown_type;
	uint64_t events_sent, events_received;
	uint64_t jitter_us, playout_us, round_trip_us; /* last known */
	uint64_t remote_lost; /* from RTCP receiver reports */
	uint64_t resyncs;     /* new time lines: SSRC, jump, silence */
	uint64_t slips;       /* octets left out or said twice: clocks differ */
	uint64_t ssrc, remote_ssrc;
};
int media_stream_counts(struct media_engine *engine, struct stream_ref stream,
                        unsigned end, struct media_counts *out);

/* The whole engine: for watchdog, console and audit. */
struct media_status {
	unsigned threads, realtime_threads, lines, streams, sockets;
	uint64_t turns_least; /* turns of the thread that made fewest */
	uint64_t late_turns, mailbox_refused;
};
void media_engine_status(struct media_engine *engine, struct media_status *out);

/* True when every thread moved since the last call: feeds the watchdog. */
bool media_engine_alive(struct media_engine *engine);

/* Streams that exist, for the audit. */
void media_each(struct media_engine *engine,
                void (*tell)(void *self, struct stream_ref stream, void *owner),
                void *self);

#endif
