/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * From what is wanted to what is. The signalling thread keeps, for each end of
 * a stream, what it shall be; here it is compared with where the end is, and
 * the next command follows from the difference. So nothing is lost when a
 * mailbox is full (it is tried again), nothing is sent that a later word has
 * overtaken, and an end can be moved between threads without its commands
 * racing after it: it leaves, says so, and only then is set elsewhere.
 *
 * Where an end belongs: a line's end on the line's thread, an RTP end with its
 * line, two RTP ends together. Two lines are joined by rings, anything else
 * directly, which only ends of one thread may be; so before the manner of
 * joining changes both ends leave. A socket is in use from the moment an end
 * wants it until no end wants it or runs on it.
 */

#include "gateway/media/engine.h"
#include "kernel/mailbox.h"

#include <errno.h>
#include <string.h>

#define RETRY_AFTER MSEC(10)

struct worker *place_worker(struct media_engine *engine)
{
	struct worker *best = &engine->workers[0];

	for (unsigned i = 1; i < engine->nworkers; i++) {
		struct worker *w = &engine->workers[i];

		if (w->lines < best->lines ||
		    (w->lines == best->lines && w->streams < best->streams))
			best = w;
	}
	return best;
}

void place_want(struct media_engine *engine, struct post *post, unsigned end,
                const struct media_end *what, struct line *line)
{
	struct want *want = &post->ends[end];
	struct media_socket *before = want->what.socket;

	socket_use(what->socket);
	want->what = *what;
	want->line = line;
	want->dirty = true;
	socket_unuse(&engine->sockets, before);
}

static bool wants_rings(const struct post *post)
{
	return post->ends[0].what.kind == END_LINE &&
	       post->ends[1].what.kind == END_LINE;
}

/* The thread an end belongs to; NULL: to none. */
static struct worker *home_of(struct media_engine *engine, struct post *post,
                              unsigned end)
{
	struct want *want = &post->ends[end], *other = &post->ends[1 - end];

	if (post->closing || want->what.kind == END_NONE)
		return NULL;
	if (want->what.kind == END_LINE)
		return want->line->worker;
	if (other->what.kind == END_LINE)
		return other->line->worker;
	if (want->place == PLACE_ON)
		return want->worker;
	if (other->place != PLACE_OFF)
		return other->worker;
	return place_worker(engine);
}

static int post_command(struct media_engine *engine, struct worker *w,
                        struct command *command)
{
	int rc = mailbox_post(w->inbox, command);

	if (rc < 0 && !timer_running(&engine->retry))
		timer_start(&engine->retry, RETRY_AFTER);
	return rc;
}

static void leave(struct media_engine *engine, struct post *post, unsigned end)
{
	struct want *want = &post->ends[end];
	struct command command = {
		.kind = DO_LEAVE,
		.end = &post->stream->ends[end],
		.bye = post->closing || want->what.kind != END_RTP,
	};

	if (post_command(engine, want->worker, &command) == 0)
		want->place = PLACE_LEAVING;
}

static void set(struct media_engine *engine, struct post *post, unsigned end,
                struct worker *home)
{
	struct want *want = &post->ends[end], *other = &post->ends[1 - end];
	struct stream *stream = post->stream;
	struct command command = {
		.kind = DO_SET,
		.end = &stream->ends[end],
		.line = want->line,
		.what = want->what,
		.serial = want->serial,
		.fd = -1,
		.control_fd = -1,
	};

	if (want->what.socket != NULL) {
		command.fd = want->what.socket->sound;
		command.control_fd = want->what.socket->control;
	}
	if (wants_rings(post)) {
		command.in = stream->rings[1 - end];
		command.out = stream->rings[end];
		command.out_law = other->line->what.law;
	}
	if (post_command(engine, home, &command) < 0)
		return;
	want->dirty = false;
	if (want->place == PLACE_ON)
		return;
	want->place = PLACE_ON;
	want->worker = home;
	want->worker->streams++;
	want->rings = wants_rings(post);
	want->running = want->what.socket;
	socket_use(want->running);
	want->tone_dirty = want->tone != NULL;
}

/* Where it is it cannot stay. */
static bool must_leave(struct media_engine *engine, struct post *post,
                       unsigned end)
{
	const struct want *want = &post->ends[end];

	return want->place == PLACE_ON &&
	       (home_of(engine, post, end) != want->worker ||
	        want->what.socket != want->running ||
	        want->rings != wants_rings(post) ||
	        want->what.kind !=
	                (want->running != NULL ? END_RTP : END_LINE));
}

/* Both would look at each other from two threads. */
static bool must_wait(const struct post *post, unsigned end,
                      const struct worker *home)
{
	const struct want *other = &post->ends[1 - end];

	if (other->place == PLACE_OFF)
		return false;
	if (other->place == PLACE_LEAVING)
		return true;
	if (other->rings != wants_rings(post))
		return true;
	return !other->rings && other->worker != home;
}

static void send_tone(struct media_engine *engine, struct post *post,
                      unsigned end)
{
	struct want *want = &post->ends[end];
	struct command command = { .kind = DO_TONE,
		                   .end = &post->stream->ends[end],
		                   .tone = want->tone };

	if (post_command(engine, want->worker, &command) == 0)
		want->tone_dirty = false;
}

static void send_digits(struct media_engine *engine, struct post *post,
                        unsigned end)
{
	struct want *want = &post->ends[end];
	struct command command = { .kind = DO_DIGITS,
		                   .end = &post->stream->ends[end] };

	memcpy(command.digits, want->digits, sizeof(command.digits));
	if (post_command(engine, want->worker, &command) == 0)
		want->digits[0] = '\0';
}

/* No thread has to do with it: we tell ourselves, as a thread would. */
static void tell_none(struct media_engine *engine, struct post *post,
                      unsigned end)
{
	struct want *want = &post->ends[end];
	struct note note = {
		.kind = NOTE_REPORT,
		.report = { .kind = MEDIA_SET,
		            .stream = post->stream->ref,
		            .owner = post->owner,
		            .end = end,
		            .serial = want->serial },
	};

	if (mailbox_post(engine->notes, &note) == 0)
		want->dirty = false;
	else if (!timer_running(&engine->retry))
		timer_start(&engine->retry, RETRY_AFTER);
}

static void place_end(struct media_engine *engine, struct post *post,
                      unsigned end)
{
	struct want *want = &post->ends[end];
	struct worker *home = home_of(engine, post, end);

	if (want->place == PLACE_LEAVING)
		return;
	if (home == NULL) {
		if (want->place == PLACE_OFF && want->dirty && !post->closing)
			tell_none(engine, post, end);
		return;
	}
	if (want->place == PLACE_OFF ? !must_wait(post, end, home)
	                             : want->dirty)
		set(engine, post, end, home);
	if (want->place == PLACE_ON && !want->dirty && want->tone_dirty)
		send_tone(engine, post, end);
	if (want->place == PLACE_ON && !want->dirty && want->digits[0] != '\0')
		send_digits(engine, post, end);
}

static void tell_stopped(struct media_engine *engine, struct post *post)
{
	struct note note = { .kind = NOTE_STOPPED,
		             .report = { .kind = MEDIA_STOPPED,
		                         .stream = post->stream->ref,
		                         .owner = post->owner } };

	if (mailbox_post(engine->notes, &note) == 0)
		post->stopping = true;
	else if (!timer_running(&engine->retry))
		timer_start(&engine->retry, RETRY_AFTER);
}

void place_post(struct media_engine *engine, struct post *post)
{
	for (unsigned end = 0; end < 2; end++)
		if (must_leave(engine, post, end))
			leave(engine, post, end);
	for (unsigned end = 0; end < 2; end++)
		if (!must_leave(engine, post, end))
			place_end(engine, post, end);
	if (post->closing && !post->stopping &&
	    post->ends[0].place == PLACE_OFF &&
	    post->ends[1].place == PLACE_OFF)
		tell_stopped(engine, post);
}

void place_left(struct media_engine *engine, struct post *post, unsigned end)
{
	struct want *want = &post->ends[end];
	struct media_socket *socket = want->running;

	want->place = PLACE_OFF;
	want->worker->streams--;
	want->worker = NULL;
	want->running = NULL;
	socket_unuse(&engine->sockets, socket);
	place_post(engine, post);
}
