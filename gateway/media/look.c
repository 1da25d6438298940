/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * What the engine shows of itself: to the record of a call, to the console, to
 * the watchdog and to the audit. Counts are written by media threads one by
 * one and read here one by one; a set of them is not of one instant.
 */

#include "gateway/media/engine.h"
#include "kernel/mailbox.h"
#include "kernel/mem.h"

#include <errno.h>
#include <string.h>

int media_stream_counts(struct media_engine *engine, struct stream_ref ref,
                        unsigned end, struct media_counts *out)
{
	struct post *post = media_find_post(engine, ref);
	const struct rtp_session *session;
	const uint64_t *from;
	uint64_t *to = (uint64_t *)(void *)out;

	if (post == NULL || end > 1)
		return -ENOENT;
	memset(out, 0, sizeof(*out));
	session = post->stream->ends[end].session;
	if (session == NULL)
		return 0;
	from = (const uint64_t *)(const void *)&session->counts;
	for (size_t i = 0; i < sizeof(*out) / sizeof(*to); i++)
		to[i] = shared_get(&from[i]);
	return 0;
}

void media_engine_status(struct media_engine *engine, struct media_status *out)
{
	*out = (struct media_status){ .turns_least = UINT64_MAX,
		                      .streams = pool_use(engine->streams).used,
		                      .sockets = engine->sockets.count };
	out->mailbox_refused = mailbox_refused(engine->notes);
	for (unsigned i = 0; i < engine->nworkers; i++) {
		struct worker *w = &engine->workers[i];

		out->threads += w->thread != NULL;
		out->realtime_threads +=
			w->thread != NULL && thread_is_realtime(w->thread);
		out->lines += w->lines;
		out->turns_least =
			MIN_OF(out->turns_least, shared_get(&w->turns));
		out->late_turns += shared_get(&w->late_turns);
		out->mailbox_refused += mailbox_refused(w->inbox);
	}
}

bool media_engine_alive(struct media_engine *engine)
{
	bool alive = true;

	for (unsigned i = 0; i < engine->nworkers; i++) {
		struct worker *w = &engine->workers[i];
		uint64_t turns = shared_get(&w->turns);

		alive = alive && (w->thread == NULL || turns != w->turns_seen);
		w->turns_seen = turns;
	}
	return alive;
}

void media_each(struct media_engine *engine,
                void (*tell)(void *self, struct stream_ref stream, void *owner),
                void *self)
{
	for (unsigned i = 0; i < engine->conf.streams_most; i++)
		if (engine->posts[i].stream != NULL)
			tell(self, engine->posts[i].stream->ref,
			     engine->posts[i].owner);
}
