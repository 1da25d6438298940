/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_MEDIA_ENGINE_H
#define GATEWAY_MEDIA_ENGINE_H

/*
 * The signalling thread's side: what streams were told to be, and how the
 * media threads are brought to make them so. engine.c owns lines, threads and
 * reports, look.c shows them; place.c brings the ends of one stream to where
 * they belong.
 */

#include "gateway/media/socket.h"
#include "gateway/media/tap.h"
#include "gateway/media/worker.h"
#include "kernel/timer.h"

enum { MEDIA_LINES = 64 };

enum place { PLACE_OFF, PLACE_ON, PLACE_LEAVING };

/* An end as it shall be, and where it is. */
struct want {
	struct media_end what;
	struct line *line; /* of what */
	unsigned serial;   /* of the last set; 0: nobody asked */
	unsigned told;     /* done; reported when the other end's older is */
	bool unreported;
	bool dirty;
	enum place place;
	struct worker *worker;         /* place is not OFF: it runs there */
	struct media_socket *running;  /* with this socket */
	bool rings;                    /* joined to another line by rings */
	const struct tones_plan *tone; /* NULL: none */
	bool tone_dirty;
	char digits[DIGITS_MOST + 1];
};

struct post {
	uint32_t generation;
	struct stream *stream; /* NULL: free */
	void *owner;
	bool closing, stopping; /* asked to stop; its last note is on its way */
	struct want ends[2];
};

struct media_engine {
	struct loop *loop;
	struct media_conf conf;
	struct session_common common;
	media_report_fn report;
	void *self;
	struct mailbox *notes;
	struct timer retry; /* a mailbox was full */
	struct worker *workers;
	unsigned nworkers, opened;
	bool turned;
	struct pool *streams, *sessions;
	struct post *posts;
	unsigned first_free; /* where to look */
	unsigned serial;
	struct line *lines[MEDIA_LINES];
	struct socket_pool sockets;
	struct {
		media_tap_fn fn; /* NULL: none is open */
		void *self;
		struct timer timer;
	} tap;
};

/* The stream of a reference, NULL when it is gone. */
struct post *media_find_post(struct media_engine *engine,
                             struct stream_ref ref);

/* Brings a stream nearer to what is wanted: as far as can be done now. */
void place_post(struct media_engine *engine, struct post *post);

/* An end has left its worker. */
void place_left(struct media_engine *engine, struct post *post, unsigned end);

/* The worker with the least to do. */
struct worker *place_worker(struct media_engine *engine);

/* What an end shall be, with the use of its socket accounted. */
void place_want(struct media_engine *engine, struct post *post, unsigned end,
                const struct media_end *what, struct line *line);

#endif
