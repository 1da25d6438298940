/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * The path of every tick.
 *
 * From the line: what a slot heard goes to the detector when digits are to
 * become events, and then, without them, to the other end: gathered into RTP,
 * or into the ring of the other line. A tone towards RTP takes the place of the
 * sound there.
 *
 * To the line, the first that has something: a digit being dialled, a tone, the
 * ring of the other line, the playout buffer. The playout buffer is asked even
 * when something else is heard, so that it never grows old. An end that may not
 * speak leaves its slot idle.
 *
 * Two lines are two clocks. The reader of a ring begins when two ticks wait, so
 * that the order in which lines are turned does not matter, and drops down to
 * that when eight do: slips between spans, as an exchange makes them.
 *
 * No allocation, no lock and no formatting here; one send a packet.
 */

#include "gateway/media/stream.h"

#include "gateway/media/codec.h"
#include "gateway/media/datatone.h"
#include "gateway/media/worker.h"
#include "kernel/ring.h"

#include <errno.h>
#include <string.h>

enum {
	TICKS_TO_BEGIN = 2,
	TICKS_MOST = 8,
	RING_OCTETS = 4096,
	DIALLED_OCTETS = 100 * 8, /* a digit we are asked to dial */
};

void stream_init(struct stream *stream, struct stream_ref ref, void *owner)
{
	stream->ref = ref;
	stream->owner = owner;
	for (unsigned i = 0; i < 2; i++) {
		struct end *end = &stream->ends[i];

		end->stream = stream;
		end->index = i;
		end->watched = -1;
		end->sound = (struct pollee){ POLL_SOUND, end };
		end->control = (struct pollee){ POLL_CONTROL, end };
		list_init(&end->list);
	}
}

int stream_need_rings(struct stream *stream)
{
	int rc = 0;

	for (unsigned end = 0; rc == 0 && end < 2; end++)
		if (stream->rings[end] == NULL)
			rc = ring_new(&stream->rings[end], RING_OCTETS);
	return rc;
}

int stream_need_tones(struct stream *stream, unsigned end)
{
	if (stream->tones[end] != NULL)
		return 0;
	return datatone_new(&stream->tones[end]);
}

void stream_done(struct stream *stream)
{
	for (unsigned end = 0; end < 2; end++) {
		stream->rings[end] = ring_free(stream->rings[end]);
		stream->tones[end] = datatone_free(stream->tones[end]);
	}
	stream->detector = digits_detector_free(stream->detector);
}

struct end *stream_peer(const struct end *end)
{
	struct end *peer = &end->stream->ends[1 - end->index];

	/* with rings the peer may be another worker's: not to be looked at */
	if (end->in != NULL || end->out != NULL || end->kind == END_NONE)
		return NULL;
	return peer->kind != END_NONE ? peer : NULL;
}

static struct end *rtp_peer(const struct end *end)
{
	struct end *peer = stream_peer(end);

	return peer != NULL && peer->kind == END_RTP ? peer : NULL;
}

static void report_digit(struct end *end, unsigned code, uint32_t octets)
{
	struct note note = {
		.kind = NOTE_REPORT,
		.report = { .kind = MEDIA_DIGIT,
		            .digit = digits_name(code),
		            .duration_ms = octets / 8 },
	};

	(void)worker_tell(end, &note);
}

/* --- fax and modem --- */

static void tell_tone(struct end *end)
{
	struct note note = { .kind = NOTE_REPORT,
		             .report = { .kind = MEDIA_TONE } };
	enum datatone_side side;

	note.report.tone = datatone_found(end->tones, &side);
	note.report.sent = side == DATATONE_SENT;
	end->tone_told = worker_tell(end, &note);
}

/* No speech from now on: what would mend speech stays out of it. */
static void look_for_tone(struct end *end, enum datatone_side side,
                          const uint8_t *octets, unsigned n)
{
	struct end *peer = rtp_peer(end);

	if (!datatone_hear(end->tones, side, octets, end->line->what.law, n))
		return;
	end->tone_found = true;
	tell_tone(end);
	if (peer != NULL)
		rtp_session_be_still(peer->session);
}

/* --- from the line --- */

/* In-band digits become events towards RTP, and are told. */
static void detected(void *self, unsigned code, bool begun, uint32_t octets)
{
	struct end *end = self, *peer = rtp_peer(end);

	if (peer != NULL && peer->session->flow.send_event == 0)
		peer = NULL; /* it is told otherwise */
	if (begun) {
		if (peer != NULL)
			(void)digits_push(&peer->session->mouth.queue, code, 0,
			                  true);
		return;
	}
	if (peer != NULL)
		digits_close(&peer->session->mouth.queue, octets);
	report_digit(end, code, octets);
}

/* What is made for the far end in place of the sound; false: nothing is. */
static bool feed_made(struct end *peer, enum law law, unsigned n)
{
	int16_t samples[TICK_MOST];
	uint8_t octets[TICK_MOST];

	if (!digits_dial(&peer->dialer, samples, n)) {
		if (!peer->tone.on)
			return false;
		tones_play(&peer->tone, samples, n);
	}
	codec_encode(octets, law, samples, n);
	rtp_session_feed(peer->session, octets, law, n, peer->worker->now);
	return true;
}

static void hear_ring(struct end *end, const uint8_t *octets, unsigned n)
{
	uint8_t there[TICK_MOST];

	codec_copy(there, end->out_law, octets, end->line->what.law, n);
	(void)ring_put(end->out, there, n); /* full: nobody listens now */
}

/* The last of what was heard is of a digit: out of it, and of what was
 * gathered before. */
static const uint8_t *mute(struct end *peer, uint8_t *instead,
                           const uint8_t *octets, enum law law, unsigned n,
                           unsigned muted)
{
	unsigned here = MIN_OF(muted, n);

	memcpy(instead, octets, n - here);
	memset(instead + n - here, codec_idle(law), here);
	rtp_session_mute(peer->session, muted - here);
	return instead;
}

/* A modem's signal is no digit; one that was begun is heard to its end. */
static bool wants_digits(const struct end *end, const struct end *peer)
{
	const struct digits_detector *detector = end->stream->detector;

	if (detector == NULL || !end->listen ||
	    (end->tone_found && !digits_detector_hears(detector)))
		return false;
	return peer->session->flow.send_event != 0 || peer->session->digits;
}

void stream_hear(struct end *end, const uint8_t *octets, unsigned n)
{
	enum law law = end->line->what.law;
	struct end *peer = rtp_peer(end);
	uint8_t instead[TICK_MOST];
	unsigned muted = 0;

	if (!end->listen) {
		memset(instead, codec_idle(law), n);
		octets = instead;
	}
	if (end->tones != NULL)
		look_for_tone(end, DATATONE_HEARD, octets, n);
	if (end->out != NULL)
		hear_ring(end, octets, n);
	if (peer == NULL)
		return;
	if (wants_digits(end, peer))
		muted = digits_detect(end->stream->detector, octets, law, n,
		                      detected, end);
	if (muted > 0)
		octets = mute(peer, instead, octets, law, n, muted);
	if (!feed_made(peer, law, n))
		rtp_session_feed(peer->session, octets, law, n,
		                 end->worker->now);
}

/* --- to the line --- */

static bool speak_ring(struct end *end, uint8_t *octets, unsigned n)
{
	size_t waiting = ring_waiting(end->in);

	if (waiting > (size_t)TICKS_MOST * n) {
		ring_drop(end->in, waiting - (size_t)TICKS_TO_BEGIN * n);
		waiting = (size_t)TICKS_TO_BEGIN * n;
	}
	if (!end->primed)
		end->primed = waiting >= (size_t)TICKS_TO_BEGIN * n;
	else if (waiting < n)
		end->primed = false;
	return end->primed && ring_take(end->in, octets, n);
}

/* News of a received event: to the line as a tone, and told when over. */
static void act_on_event(struct end *end, const struct digits_news *news)
{
	struct end *peer = stream_peer(end);
	struct digits_queue *line = NULL;

	if (peer != NULL && peer->kind == END_LINE)
		line = &peer->dialer.queue;
	if (news->ended &&
	    !(news->begun && news->ended_code == news->code && !news->longer)) {
		if (line != NULL)
			digits_close(line, news->ended_octets);
		report_digit(end, news->ended_code, news->ended_octets);
		if (news->begun && line != NULL)
			(void)digits_push(line, news->code, 0, true);
		return;
	}
	if (news->begun && line != NULL)
		(void)digits_push(line, news->code, 0, true);
	if (news->ended) {
		if (line != NULL)
			digits_close(line, news->ended_octets);
		report_digit(end, news->ended_code, news->ended_octets);
	}
}

static bool speak_session(struct end *peer, uint8_t *octets, unsigned n)
{
	struct rtp_session *s = peer->session;

	if (s->ear.active) {
		struct digits_news news =
			digits_hear_nothing(&s->ear, peer->worker->now);

		act_on_event(peer, &news);
	}
	return rtp_session_take(s, octets, n) && !s->ear.active;
}

static bool speak(struct end *end, uint8_t *octets, unsigned n)
{
	enum law law = end->line->what.law;
	struct end *peer = rtp_peer(end);
	int16_t samples[TICK_MOST];
	bool sound = false;

	if (end->in != NULL)
		sound = speak_ring(end, octets, n);
	else if (peer != NULL)
		sound = speak_session(peer, octets, n);
	if (!digits_dial(&end->dialer, samples, n)) {
		if (!end->tone.on)
			return sound && end->speak;
		tones_play(&end->tone, samples, n);
	}
	codec_encode(octets, law, samples, n);
	return end->speak;
}

bool stream_speak(struct end *end, uint8_t *octets, unsigned n)
{
	bool spoken = speak(end, octets, n);

	if (spoken && end->tones != NULL)
		look_for_tone(end, DATATONE_SENT, octets, n);
	return spoken;
}

/* --- from the network --- */

void stream_receive(struct end *end)
{
	uint8_t buffer[SESSION_DATAGRAM];
	struct rtp_session *s = end->session;
	struct end *peer = rtp_peer(end);
	struct rtp_packet p;
	int news = rtp_session_receive(s, buffer, sizeof(buffer),
	                               end->worker->now, &p);

	if (s->heard && !s->heard_told) {
		struct note note = { .kind = NOTE_REPORT,
			             .report = { .kind = MEDIA_HEARD } };

		s->heard_told = worker_tell(end, &note);
	}
	if (news <= SESSION_NOTHING)
		return;
	if (news == SESSION_EVENT)
		act_on_event(end, &s->news);
	if (peer != NULL && s->flow.receive && !peer->tone.on)
		rtp_session_relay(peer->session, s, &p, news == SESSION_EVENT,
		                  end->worker->now);
}

void stream_tend(struct end *end)
{
	struct note set = { .kind = NOTE_REPORT,
		            .report = { .kind = MEDIA_SET,
		                        .serial = end->serial } };
	struct note silent = { .kind = NOTE_REPORT,
		               .report = { .kind = MEDIA_SILENT } };
	struct digits_news news;

	if (end->told != end->serial && worker_tell(end, &set))
		end->told = end->serial;
	if (end->tones != NULL && end->tone_found && !end->tone_told)
		tell_tone(end);
	if (end->kind != END_RTP)
		return;
	rtp_session_report(end->session, end->worker->now);
	if (rtp_session_silent(end->session, end->worker->now))
		(void)worker_tell(end, &silent);
	news = digits_hear_nothing(&end->session->ear, end->worker->now);
	act_on_event(end, &news);
}

void stream_dial(struct end *end, const char *digits)
{
	bool events =
		end->kind == END_RTP && end->session->flow.send_event != 0;
	struct digits_queue *q =
		events ? &end->session->mouth.queue : &end->dialer.queue;

	for (; *digits != '\0'; digits++)
		(void)digits_push(q, (unsigned)digits_code(*digits),
		                  DIALLED_OCTETS, false);
}

/* The sound of an RTP end becomes what its peer takes. */
static void join_session(struct end *end, const struct end *peer, bool fresh)
{
	const struct codec_row *codec = codec_find(end->session->flow.codec);
	struct digits_detector *detector = end->stream->detector;

	if (peer->kind == END_LINE && peer->line != NULL) {
		rtp_session_play_as(end->session, peer->line->what.law);
		if (fresh && detector != NULL)
			digits_detector_reset(detector);
	} else if (codec != NULL) {
		rtp_session_play_as(end->session, codec->law);
	}
}

void stream_join(struct end *end, bool fresh)
{
	struct end *peer = stream_peer(end);

	if (peer != NULL && end->kind == END_RTP)
		join_session(end, peer, fresh);
	if (peer != NULL && peer->kind == END_RTP)
		join_session(peer, end, fresh);
}
