/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_MEDIA_STREAM_H
#define GATEWAY_MEDIA_STREAM_H

/*
 * A stream as the media threads see it: two ends, and the path of every tick
 * between them. An end belongs to the worker it is attached to. The ends of a
 * stream run on one worker, but for two lines on different workers, which
 * share nothing but two rings.
 */

#include "gateway/media/session.h"
#include "kernel/list.h"
#include "kernel/phone.h"

struct datatone;
struct end;
struct line;
struct ring;
struct stream;
struct worker;

enum poll_kind { POLL_MAIL, POLL_LINE, POLL_SOUND, POLL_CONTROL };

/* What epoll gives back. */
struct pollee {
	enum poll_kind kind;
	void *of;
};

struct line {
	struct worker *worker;
	unsigned number;
	char name[32];
	void *owner;
	struct media_line what;
	struct end *ends[TICK_SLOTS];
	uint32_t used;            /* slots with an end */
	bool dead;                /* turn() failed: asked again now and then */
	struct instant ticked_at; /* the last turn with ticks */
	struct pollee pollee;
	struct list list; /* in the worker's list of what it owes */
	bool removing;    /* the signalling thread's */
	bool remove_sent;
};

struct end {
	struct stream *stream;
	struct worker *worker;    /* NULL: not attached */
	enum media_end_kind kind; /* END_NONE: not attached */
	unsigned index;
	unsigned serial, told; /* of the last set; told so far */
	struct list list;      /* of the worker's ends */

	/* a line */
	struct line *line;
	unsigned slot;
	bool listen, speak;
	struct ring *in, *out;  /* from and to the other line, or NULL */
	enum law out_law;       /* the other line's */
	bool primed;            /* enough came in to begin */
	struct datatone *tones; /* the stream's for this end; NULL: unwanted */
	bool tone_found, tone_told;

	/* RTP */
	struct rtp_session *session; /* NULL until it is RTP, then for good */
	int watched; /* the epoll descriptor that has its sockets, -1 */
	struct pollee sound, control;

	/* made towards this end in place of the other's sound */
	struct tones_player tone;
	struct digits_dialer dialer;
};

struct stream {
	struct stream_ref ref;
	void *owner;
	struct end ends[2];
	struct digits_detector *detector; /* NULL: not wanted */
	struct ring *rings[2];            /* what the line of end i hears */
	struct datatone *tones[2];        /* of the line of end i */
};

void stream_init(struct stream *stream, struct stream_ref ref, void *owner);

/* What the ends need beyond themselves, on the signalling thread before they
 * are set so; -ENOMEM. It is kept until the stream goes. */
int stream_need_rings(struct stream *stream);
int stream_need_tones(struct stream *stream, unsigned end);
void stream_done(struct stream *stream);

/* The other end when it runs on the same worker, or NULL. */
struct end *stream_peer(const struct end *end);

/* What a slot's line said; what it shall say. False: idle. */
void stream_hear(struct end *end, const uint8_t *octets, unsigned n);
bool stream_speak(struct end *end, uint8_t *octets, unsigned n);

/* One datagram of an RTP end, if one waits. */
void stream_receive(struct end *end);

/* Now and then: reports, silence, digits without an end. */
void stream_tend(struct end *end);

/* Digits towards an end. */
void stream_dial(struct end *end, const char *digits);

/* An end was attached (fresh) or set anew: its peer takes note. */
void stream_join(struct end *end, bool fresh);

#endif
