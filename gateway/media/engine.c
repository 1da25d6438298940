/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * The media engine as the signalling thread sees it: threads, lines, streams
 * by number, reports. Streams come from a pool filled at start; a reference
 * names one by place and generation, so a late report of a dead stream finds
 * nobody. A stream's memory is given back only when its last note has come
 * through the same mailbox as all others, so nothing of it can be on its way.
 *
 * Reports are copied out of the mailbox and told one by one; what a handler
 * then does here (set, close, open) is safe.
 */

#include "gateway/media/engine.h"

#include "gateway/media/codec.h"
#include "kernel/mailbox.h"
#include "kernel/mem.h"
#include "kernel/ring.h"
#include "kernel/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

enum {
	THREADS_MOST = 64,
	NOTES_A_STREAM = 8, /* room in the mailboxes */
	NOTES_LEAST = 256,
};

void media_conf_preset(struct media_conf *conf)
{
	*conf = (struct media_conf){
		.realtime = true,
		.port_low = 16384,
		.port_high = 32767,
		.dscp = 46,
		.streams_most = 1000,
		.playout_ms = 40,
		.playout_adaptive = true,
		.conceal = true,
		.playout_most_ms = 200,
		.inband_digits = true,
		.rtcp_seconds = 5,
	};
}

/* --- streams by number --- */

struct post *media_find_post(struct media_engine *engine, struct stream_ref ref)
{
	struct post *post;

	if (ref.generation == 0 || ref.index >= engine->conf.streams_most)
		return NULL;
	post = &engine->posts[ref.index];
	if (post->stream == NULL || post->generation != ref.generation)
		return NULL;
	return post;
}

static void free_stream(struct media_engine *engine, struct post *post)
{
	struct stream *stream = post->stream;

	for (unsigned end = 0; end < 2; end++) {
		const struct media_end none = { .kind = END_NONE };

		place_want(engine, post, end, &none, NULL);
		if (stream->ends[end].session != NULL)
			pool_put(engine->sessions, stream->ends[end].session);
	}
	stream_done(stream);
	pool_put(engine->streams, stream);
	post->stream = NULL;
}

/* --- reports --- */

static void line_gone(struct media_engine *engine,
                      const struct media_report *report)
{
	struct line *line = engine->lines[report->line];

	engine->lines[report->line] = NULL;
	line->worker->lines--;
	mem_free(line);
	engine->report(engine->self, report);
}

/* MEDIA_SET comes in the order of the serials, whichever end was quicker. */
static bool may_report(const struct post *post, unsigned end)
{
	const struct want *want = &post->ends[end];
	const struct want *other = &post->ends[1 - end];

	return want->unreported &&
	       (other->serial == 0 || other->serial > want->told ||
	        (other->told == other->serial && !other->unreported));
}

static void report_sets(struct media_engine *engine, unsigned index)
{
	struct post *post = &engine->posts[index];

	for (unsigned i = 0; i < 4; i++) { /* each end may wait for the other */
		struct media_report report = { .kind = MEDIA_SET,
			                       .end = i % 2 };

		if (post->stream == NULL || !may_report(post, report.end))
			continue;
		report.stream = post->stream->ref;
		report.owner = post->owner;
		report.serial = post->ends[report.end].told;
		post->ends[report.end].unreported = false;
		engine->report(engine->self, &report);
	}
}

static void set_done(struct media_engine *engine, struct post *post,
                     const struct media_report *report)
{
	struct want *want = &post->ends[report->end];

	if (report->serial != 0) {
		want->told = report->serial;
		want->unreported = true;
	}
	report_sets(engine, report->stream.index);
}

static void hear_note(void *self, const void *message)
{
	struct media_engine *engine = self;
	const struct note *note = message;
	const struct media_report report = note->report;
	struct post *post = media_find_post(engine, report.stream);

	switch (note->kind) {
	case NOTE_LEFT:
		place_left(engine, post, report.end);
		break;
	case NOTE_LINE_GONE:
		line_gone(engine, &report);
		break;
	case NOTE_STOPPED:
		free_stream(engine, post);
		engine->report(engine->self, &report);
		break;
	case NOTE_REPORT:
		if (post != NULL && report.kind == MEDIA_SET)
			set_done(engine, post, &report);
		else if (post != NULL || report.kind == MEDIA_LATE)
			engine->report(engine->self, &report);
		break;
	}
}

static void send_remove(struct media_engine *engine, struct line *line)
{
	struct command command = { .kind = DO_REMOVE_LINE, .line = line };

	if (mailbox_post(line->worker->inbox, &command) == 0)
		line->remove_sent = true;
	else if (!timer_running(&engine->retry))
		timer_start(&engine->retry, MSEC(10));
}

static void try_again(void *self)
{
	struct media_engine *engine = self;

	for (unsigned i = 0; i < engine->conf.streams_most; i++)
		if (engine->posts[i].stream != NULL)
			place_post(engine, &engine->posts[i]);
	for (unsigned i = 0; i < MEDIA_LINES; i++)
		if (engine->lines[i] != NULL && engine->lines[i]->removing &&
		    !engine->lines[i]->remove_sent)
			send_remove(engine, engine->lines[i]);
}

/* --- the engine --- */

static void choose_common(struct media_engine *engine)
{
	uint32_t name[3];

	engine->common = (struct session_common){
		.playout_ms = engine->conf.playout_ms,
		.playout_adaptive = engine->conf.playout_adaptive,
		.conceal = engine->conf.conceal,
		.playout_most_ms = engine->conf.playout_most_ms,
		.rtcp_interval = SEC(engine->conf.rtcp_seconds),
		.wall_less_clock_us = wall_now() - instant_now().us,
	};
	/* RFC 7022 4.2: a short-term persistent CNAME of 96 random bits */
	(void)!getrandom(name, sizeof(name), 0);
	(void)snprintf(engine->common.cname, sizeof(engine->common.cname),
	               "%08x%08x%08x", name[0], name[1], name[2]);
}

static unsigned count_threads(const struct media_conf *conf)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	if (conf->threads == MEDIA_TURNED)
		return 1;
	if (conf->threads != 0)
		return MIN_OF(conf->threads, THREADS_MOST);
	return cores > 2 ? (unsigned)MIN_OF(cores - 1, THREADS_MOST) : 1;
}

static int open_workers(struct media_engine *engine)
{
	unsigned depth =
		NOTES_LEAST + NOTES_A_STREAM * engine->conf.streams_most;
	int rc;

	engine->nworkers = count_threads(&engine->conf);
	engine->workers = mem_new_array(struct worker, engine->nworkers);
	if (engine->workers == NULL)
		return -ENOMEM;
	rc = mailbox_new(&engine->notes, sizeof(struct note), depth);
	if (rc == 0)
		rc = mailbox_attach(engine->notes, engine->loop, hear_note,
		                    engine);
	for (unsigned i = 0; rc == 0 && i < engine->nworkers; i++) {
		engine->opened++;
		rc = worker_open(&engine->workers[i], i, engine->notes,
		                 NOTES_LEAST + engine->conf.streams_most);
		if (rc == 0)
			mailbox_gather(engine->workers[i].inbox, engine->loop);
	}
	for (unsigned i = 0; rc == 0 && i < engine->nworkers; i++)
		if (!engine->turned)
			rc = worker_start(&engine->workers[i],
			                  engine->conf.realtime);
	return rc;
}

int media_engine_new(struct media_engine **out, struct loop *loop,
                     const struct media_conf *conf, media_report_fn report,
                     void *self)
{
	struct media_engine *engine = mem_new(struct media_engine);
	uint32_t random = 0;
	int rc;

	if (engine == NULL)
		return -ENOMEM;
	codec_init();
	engine->loop = loop;
	engine->conf = *conf;
	engine->report = report;
	engine->self = self;
	engine->turned = conf->threads == MEDIA_TURNED;
	choose_common(engine);
	timer_init(&engine->retry, loop, "media retry", try_again, engine);
	(void)!getrandom(&random, sizeof(random), 0);
	socket_pool_init(&engine->sockets, conf->port_low, conf->port_high,
	                 conf->dscp, random);
	engine->posts = mem_new_array(struct post, conf->streams_most);
	rc = engine->posts == NULL ? -ENOMEM : 0;
	if (rc == 0)
		rc = pool_new(&engine->streams, "stream", sizeof(struct stream),
		              conf->streams_most);
	if (rc == 0)
		rc = pool_new(&engine->sessions, "RTP session",
		              rtp_session_size(&engine->common),
		              2 * conf->streams_most);
	if (rc == 0)
		rc = open_workers(engine);
	if (rc < 0)
		(void)media_engine_free(engine);
	else
		*out = engine;
	return rc;
}

struct media_engine *media_engine_free(struct media_engine *engine)
{
	if (engine == NULL)
		return NULL;
	media_tap_close(engine);
	for (unsigned i = 0; i < engine->opened; i++)
		worker_close(&engine->workers[i]);
	timer_stop(&engine->retry);
	for (unsigned i = 0;
	     engine->posts != NULL && i < engine->conf.streams_most; i++)
		if (engine->posts[i].stream != NULL)
			free_stream(engine, &engine->posts[i]);
	for (unsigned i = 0; i < MEDIA_LINES; i++)
		mem_free(engine->lines[i]);
	socket_pool_done(&engine->sockets);
	engine->notes = mailbox_free(engine->notes);
	engine->streams = pool_free(engine->streams);
	engine->sessions = pool_free(engine->sessions);
	mem_free(engine->posts);
	mem_free(engine->workers);
	return mem_free(engine);
}

void media_turn(struct media_engine *engine)
{
	if (engine->turned)
		worker_turn(&engine->workers[0], 0);
}

/* --- lines --- */

static struct line *find_line(struct media_engine *engine, unsigned number)
{
	struct line *line = NULL;

	if (number < MEDIA_LINES)
		line = engine->lines[number];
	return line != NULL && !line->removing ? line : NULL;
}

int media_line_add(struct media_engine *engine, const struct media_line *what,
                   void *owner, unsigned *number)
{
	struct command command = { .kind = DO_ADD_LINE };
	struct line *line;
	unsigned at = 0;
	int rc;

	while (at < MEDIA_LINES && engine->lines[at] != NULL)
		at++;
	if (at == MEDIA_LINES)
		return -ENOSPC;
	line = mem_new(struct line);
	if (line == NULL)
		return -ENOMEM;
	line->worker = place_worker(engine);
	line->number = at;
	line->owner = owner;
	line->what = *what;
	line->ticked_at = instant_add(instant_now(), -SEC(60));
	line->pollee = (struct pollee){ POLL_LINE, line };
	list_init(&line->list);
	(void)snprintf(line->name, sizeof(line->name), "%s", what->name);
	line->what.name = line->name;
	command.line = line;
	rc = mailbox_post(line->worker->inbox, &command);
	if (rc < 0) {
		mem_free(line);
		return rc;
	}
	line->worker->lines++;
	engine->lines[at] = line;
	*number = at;
	return 0;
}

/* Ends that are on a line that goes become no ends. */
static void leave_line(struct media_engine *engine, const struct line *line)
{
	const struct media_end none = { .kind = END_NONE };

	for (unsigned i = 0; i < engine->conf.streams_most; i++) {
		struct post *post = &engine->posts[i];
		bool touched = false;

		if (post->stream == NULL)
			continue;
		for (unsigned end = 0; end < 2; end++)
			if (post->ends[end].line == line) {
				place_want(engine, post, end, &none, NULL);
				post->ends[end].serial = 0; /* nobody asked */
				touched = true;
			}
		if (touched)
			place_post(engine, post);
	}
}

void media_line_remove(struct media_engine *engine, unsigned number)
{
	struct line *line = find_line(engine, number);

	if (line == NULL)
		return;
	leave_line(engine, line);
	line->removing = true;
	send_remove(engine, line);
}

void *media_line_sink(struct media_engine *engine, unsigned number,
                      media_receive_fn *receive, media_transmit_fn *transmit)
{
	struct line *line = find_line(engine, number);

	if (!engine->turned || line == NULL)
		return NULL;
	*receive = worker_sink_receive;
	*transmit = worker_sink_transmit;
	return line;
}

/* --- sockets --- */

int media_socket_open(struct media_engine *engine, const struct addr *address,
                      struct media_socket **out, struct addr *local)
{
	return socket_pool_open(&engine->sockets, address, out, local);
}

void media_socket_close(struct media_engine *engine,
                        struct media_socket *socket)
{
	if (socket != NULL)
		socket_give_back(&engine->sockets, socket);
}

/* --- streams --- */

static struct post *take_post(struct media_engine *engine)
{
	unsigned most = engine->conf.streams_most;

	for (unsigned i = 0; i < most; i++) {
		unsigned at = (engine->first_free + i) % most;

		if (engine->posts[at].stream == NULL) {
			engine->first_free = (at + 1) % most;
			return &engine->posts[at];
		}
	}
	return NULL;
}

int media_stream_open(struct media_engine *engine, struct stream_ref *out,
                      void *owner)
{
	struct post *post = take_post(engine);
	struct stream *stream;
	struct stream_ref ref;
	int rc = 0;

	stream = post == NULL ? NULL : pool_take(engine->streams);
	if (stream == NULL)
		return -ENOSPC;
	if (engine->conf.inband_digits)
		rc = digits_detector_new(&stream->detector);
	if (rc < 0) {
		stream->detector = digits_detector_free(stream->detector);
		pool_put(engine->streams, stream);
		return rc;
	}
	ref.index = (uint32_t)(post - engine->posts);
	ref.generation = post->generation + 1;
	if (ref.generation == 0)
		ref.generation = 1;
	*post = (struct post){ .generation = ref.generation,
		               .stream = stream,
		               .owner = owner };
	stream_init(stream, ref, owner);
	*out = ref;
	return 0;
}

/* An end that is RTP for the first time gets its session, which it keeps. */
static int need_session(struct media_engine *engine, struct end *end)
{
	struct session_identity identity;

	if (end->session != NULL)
		return 0;
	if (getrandom(&identity, sizeof(identity), 0) !=
	    (ssize_t)sizeof(identity))
		return -ENOSPC;
	end->session = pool_take(engine->sessions);
	if (end->session == NULL)
		return -ENOSPC;
	rtp_session_init(end->session, &engine->common, &identity);
	return 0;
}

static struct post *find_open(struct media_engine *engine,
                              struct stream_ref ref, unsigned end)
{
	struct post *post = media_find_post(engine, ref);

	return post == NULL || post->closing || end > 1 ? NULL : post;
}

/* Is what the end shall be possible at all? */
static int check_end(struct media_engine *engine, const struct media_end *what)
{
	if (what->kind == END_LINE &&
	    (what->slot >= TICK_SLOTS || find_line(engine, what->line) == NULL))
		return -ENODEV;
	if (what->kind == END_RTP &&
	    (what->socket == NULL || what->socket->given_back ||
	     (what->flow.codec != CODEC_NONE &&
	      codec_find(what->flow.codec) == NULL)))
		return -EPROTO;
	return 0;
}

int media_stream_set(struct media_engine *engine, struct stream_ref ref,
                     unsigned end, const struct media_end *what)
{
	struct post *post = find_open(engine, ref, end);
	struct media_end clean = *what;
	int rc;

	if (post == NULL)
		return -ENOENT;
	rc = check_end(engine, what);
	if (rc == 0 && what->kind == END_LINE &&
	    post->ends[1 - end].what.kind == END_LINE)
		rc = stream_need_rings(post->stream);
	if (rc == 0 && what->kind == END_LINE && what->tones)
		rc = stream_need_tones(post->stream, end);
	if (rc == 0 && what->kind == END_RTP)
		rc = need_session(engine, &post->stream->ends[end]);
	if (rc < 0)
		return rc;
	if (what->kind != END_RTP)
		clean.socket = NULL;
	place_want(engine, post, end, &clean,
	           what->kind == END_LINE ? engine->lines[what->line] : NULL);
	engine->serial = engine->serial % INT32_MAX + 1;
	post->ends[end].serial = engine->serial;
	place_post(engine, post);
	return (int)post->ends[end].serial;
}

int media_stream_tone(struct media_engine *engine, struct stream_ref ref,
                      unsigned end, const char *tone, const char *zone)
{
	struct post *post = find_open(engine, ref, end);
	const struct tones_plan *plan = NULL;
	int rc = 0;

	if (post == NULL)
		return -ENOENT;
	if (tone != NULL)
		rc = tones_find(&plan, tone, zone);
	if (rc < 0)
		return rc;
	post->ends[end].tone = plan;
	post->ends[end].tone_dirty = true;
	place_post(engine, post);
	return 0;
}

int media_stream_digits(struct media_engine *engine, struct stream_ref ref,
                        unsigned end, const char *digits)
{
	struct post *post = find_open(engine, ref, end);
	struct text text;
	struct want *want;

	if (post == NULL)
		return -ENOENT;
	for (const char *d = digits; *d != '\0'; d++)
		if (digits_code(*d) < 0)
			return -EBADMSG;
	/* events and tones alike need a line's clock */
	if (post->ends[0].what.kind != END_LINE &&
	    post->ends[1].what.kind != END_LINE)
		return -ENOTSUP;
	want = &post->ends[end];
	text = (struct text){ .at = want->digits,
		              .size = sizeof(want->digits),
		              .len = strlen(want->digits) };
	if (text.len + strlen(digits) >= text.size)
		return -ENOSPC;
	text_add(&text, "%s", digits);
	place_post(engine, post);
	return 0;
}

void media_stream_close(struct media_engine *engine, struct stream_ref ref)
{
	struct post *post = media_find_post(engine, ref);

	if (post == NULL || post->closing)
		return;
	post->closing = true;
	place_post(engine, post);
}
