/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * A media thread waits in one epoll for its lines, its mailbox, and the sockets
 * of sessions no line drives. The sockets of sessions that a line drives are in
 * a second epoll, which is only asked, without waiting, once for each turn of a
 * line, when the line first wants to be told something: a packet then costs one
 * receive, a silent call no system call at all, and the thread wakes by the
 * line's clock alone. It is asked again while it had something to give, so a
 * burst is taken in one turn.
 *
 * Commands are obeyed at the end of a round, never among the events of one, so
 * that nothing epoll gave back can have gone meanwhile; a dead line does not
 * hold them up, since the mailbox wakes the thread itself. Twice a second every
 * end is tended: reports, silence. That also is the pulse the watchdog feels in
 * a thread without lines.
 *
 * What must not get lost (an end has left, a line is gone, a set was obeyed) is
 * told again until the mailbox takes it.
 */

#include "gateway/media/worker.h"

#include "gateway/media/codec.h"
#include "gateway/media/datatone.h"
#include "kernel/mailbox.h"
#include "kernel/ring.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum {
	EVENTS = 64,
	ROUNDS = 16, /* of the second epoll in one turn */
	PULSE_MS = 500,
	LATE_OCTETS = 40 * 8, /* so much in one turn: we were late */
};

/* After so long without ticks a line begins, and may do so with many. */
#define LINE_BEGINS SEC(1)

/* Heard when this turn is over, see ring_notes(). */
static bool put_note(struct worker *w, const struct note *note)
{
	w->noted = true;
	return mailbox_put(w->notes, note) == 0;
}

bool worker_tell(const struct end *end, struct note *note)
{
	note->report.stream = end->stream->ref;
	note->report.owner = end->stream->owner;
	note->report.end = end->index;
	return put_note(end->worker, note);
}

/* --- descriptors --- */

static bool poll_add(int set, int fd, struct pollee *pollee)
{
	struct epoll_event e = { .events = EPOLLIN, .data.ptr = pollee };

	return epoll_ctl(set, EPOLL_CTL_ADD, fd, &e) == 0;
}

static void poll_remove(int set, int fd)
{
	(void)epoll_ctl(set, EPOLL_CTL_DEL, fd, NULL);
}

static void unwatch(struct end *end)
{
	if (end->watched < 0)
		return;
	poll_remove(end->watched, end->session->fd);
	poll_remove(end->watched, end->session->control_fd);
	end->watched = -1;
}

/* In the set that fits: is there a line to drive it? */
static void watch(struct end *end)
{
	struct end *peer = stream_peer(end);
	bool driven =
		peer != NULL && peer->kind == END_LINE && peer->line != NULL;
	int set = driven ? end->worker->asked : end->worker->blocking;

	if (end->kind != END_RTP)
		return;
	rtp_session_drive(end->session, driven);
	if (end->session->fd < 0 || end->watched == set)
		return;
	unwatch(end);
	if (!poll_add(set, end->session->fd, &end->sound))
		return; /* tried again with the next pulse */
	end->watched = set;
	(void)poll_add(set, end->session->control_fd, &end->control);
}

/* --- lines --- */

static void line_receive(void *self, const struct tick *tick)
{
	struct line *line = self;
	uint8_t idle[TICK_MOST];
	uint32_t used = line->used;

	if (tick->count == 0 || tick->count > TICK_MOST)
		return;
	line->worker->turned_octets += tick->count;
	if ((used & ~tick->mask) != 0)
		memset(idle, codec_idle(line->what.law), tick->count);
	for (; used != 0; used &= used - 1) {
		unsigned slot = (unsigned)__builtin_ctz(used);
		bool heard = tick->mask >> slot & 1;

		stream_hear(line->ends[slot], heard ? tick->octets[slot] : idle,
		            tick->count);
	}
}

static void take_pollee(struct worker *w, const struct pollee *p);

/* What waits at the sockets driven by lines, once a turn. */
static void look_at_sockets(struct worker *w)
{
	struct epoll_event events[EVENTS];
	int n = w->looked ? 0 : 1;

	w->looked = true;
	for (unsigned round = 0; n > 0 && round < ROUNDS; round++) {
		n = epoll_wait(w->asked, events, EVENTS, 0);
		for (int i = 0; i < n; i++)
			take_pollee(w, events[i].data.ptr);
	}
}

static void line_transmit(void *self, struct tick *tick)
{
	struct line *line = self;
	uint32_t asked = tick->mask & line->used, said = 0;

	look_at_sockets(line->worker);
	if (tick->count == 0 || tick->count > TICK_MOST)
		asked = 0;
	for (; asked != 0; asked &= asked - 1) {
		unsigned slot = (unsigned)__builtin_ctz(asked);

		if (stream_speak(line->ends[slot], tick->octets[slot],
		                 tick->count))
			said |= (uint32_t)1 << slot;
		else
			memset(tick->octets[slot], codec_idle(line->what.law),
			       tick->count);
	}
	tick->mask = said;
}

static void count_late(struct worker *w, const struct line *line)
{
	struct note note = {
		.kind = NOTE_REPORT,
		.report = { .kind = MEDIA_LATE,
		            .line = line->number,
		            .owner = line->owner },
	};

	shared_add(&w->late_turns, 1);
	if (instant_since(w->now, w->late_due) < 0)
		return;
	w->late_due = instant_add(w->now, SEC(1));
	(void)put_note(w, &note);
}

static void turn_line(struct worker *w, struct line *line)
{
	int rc;

	w->looked = false;
	w->turned_octets = 0;
	rc = line->what.turn(line->what.self, line_receive, line_transmit,
	                     line);
	if (w->turned_octets > LATE_OCTETS &&
	    instant_since(w->now, line->ticked_at) < LINE_BEGINS)
		count_late(w, line);
	if (w->turned_octets > 0)
		line->ticked_at = w->now;
	if (rc >= 0)
		return;
	/* a broken descriptor would be readable for ever: rest a while */
	poll_remove(w->blocking, line->what.fd);
	line->dead = true;
	list_append(&w->gone, &line->list);
}

static void take_pollee(struct worker *w, const struct pollee *p)
{
	struct end *end = p->of;

	switch (p->kind) {
	case POLL_MAIL: /* obeyed at the end of the round */
		break;
	case POLL_LINE:
		turn_line(w, p->of);
		break;
	case POLL_SOUND:
		stream_receive(end);
		break;
	case POLL_CONTROL:
		(void)rtp_session_control(end->session, w->now);
		break;
	}
}

/* All that was told in a turn is heard in one. */
static void ring_notes(struct worker *w)
{
	if (w->noted)
		mailbox_ring(w->notes);
	w->noted = false;
}

void worker_sink_receive(void *self, const struct tick *tick)
{
	struct line *line = self;

	line->worker->now = instant_now();
	line_receive(line, tick);
	ring_notes(line->worker);
}

void worker_sink_transmit(void *self, struct tick *tick)
{
	struct line *line = self;

	line->worker->now = instant_now();
	line->worker->looked = false;
	line_transmit(line, tick);
	ring_notes(line->worker);
}

static void add_line(struct worker *w, struct line *line)
{
	line->dead = false;
	if (line->what.fd >= 0 &&
	    !poll_add(w->blocking, line->what.fd, &line->pollee)) {
		line->dead = true;
		list_append(&w->gone, &line->list);
	}
}

/* --- ends --- */

static void leave_line(struct end *end)
{
	struct line *line = end->line;

	if (line != NULL && line->ends[end->slot] == end) {
		line->ends[end->slot] = NULL;
		line->used &= ~((uint32_t)1 << end->slot);
	}
	end->line = NULL;
}

static void tell_gone(struct worker *w, struct line *line)
{
	struct note note = {
		.kind = NOTE_LINE_GONE,
		.report = { .kind = MEDIA_LINE_REMOVED,
		            .line = line->number,
		            .owner = line->owner },
	};

	if (!put_note(w, &note))
		list_append(&w->gone, &line->list);
}

static void remove_line(struct worker *w, struct line *line)
{
	for (unsigned slot = 0; slot < TICK_SLOTS; slot++)
		if (line->ends[slot] != NULL) {
			struct end *end = line->ends[slot];

			leave_line(end);
			if (stream_peer(end) != NULL)
				watch(stream_peer(end));
		}
	if (line->what.fd >= 0 && !line->dead)
		poll_remove(w->blocking, line->what.fd);
	list_remove(&line->list);
	line->what.turn = NULL; /* marks it as gone for good */
	tell_gone(w, line);
}

static void detach(struct end *end, bool bye)
{
	unwatch(end);
	if (end->kind == END_RTP)
		rtp_session_stop(end->session, bye, end->worker->now);
	leave_line(end);
	end->in = end->out = NULL;
	end->tones = NULL;
	end->kind = END_NONE;
	end->tone.on = false;
	end->dialer.queue.count = 0;
	end->dialer.begun = false;
	list_remove(&end->list);
}

/* A channel is listened to from its beginning, and found out once. */
static void attach_tones(struct end *end, const struct command *c)
{
	struct datatone *tones =
		c->what.tones ? end->stream->tones[end->index] : NULL;
	bool same = end->line == c->line && end->slot == c->what.slot;

	if (tones != NULL && (!same || end->tones == NULL)) {
		datatone_reset(tones);
		end->tone_found = end->tone_told = false;
	}
	end->tones = tones;
}

static void attach_line(struct end *end, const struct command *c)
{
	attach_tones(end, c);
	if (end->line != c->line || end->slot != c->what.slot)
		leave_line(end);
	end->line = c->line;
	end->slot = c->what.slot;
	if (c->line->ends[end->slot] != NULL && /* the newer one has it */
	    c->line->ends[end->slot] != end)
		c->line->ends[end->slot]->line = NULL;
	c->line->ends[end->slot] = end;
	c->line->used |= (uint32_t)1 << end->slot;
	end->listen = c->what.listen;
	end->speak = c->what.speak;
	if (c->in != end->in && c->in != NULL) {
		ring_drop(c->in, ring_waiting(c->in));
		end->primed = false;
	}
	end->in = c->in;
	end->out = c->out;
	end->out_law = c->out_law;
}

static void set_end(struct worker *w, const struct command *c)
{
	struct end *end = c->end, *peer;
	bool fresh = end->kind != c->what.kind;

	if (end->kind == END_NONE) {
		end->worker = w;
		list_append(&w->ends, &end->list);
	}
	end->kind = c->what.kind;
	if (end->kind == END_LINE) {
		attach_line(end, c);
	} else {
		end->session->tap = &w->tap;
		rtp_session_set(end->session, c->fd, c->control_fd, &c->what,
		                w->now);
	}
	stream_join(end, fresh);
	watch(end);
	peer = stream_peer(end);
	if (peer != NULL)
		watch(peer);
	if (c->serial != 0)
		end->serial = c->serial;
	stream_tend(end);
}

static void end_left(struct worker *w, struct end *end)
{
	struct note note = { .kind = NOTE_LEFT };

	if (!worker_tell(end, &note))
		list_append(&w->left, &end->list);
}

static void leave(struct worker *w, const struct command *c)
{
	struct end *peer = stream_peer(c->end);

	detach(c->end, c->bye);
	if (peer != NULL)
		watch(peer);
	end_left(w, c->end);
}

/* --- rounds --- */

static void obey(struct worker *w, const struct command *c)
{
	switch (c->kind) {
	case DO_WAKE:
		break;
	case DO_SET:
		set_end(w, c);
		break;
	case DO_LEAVE:
		leave(w, c);
		break;
	case DO_TONE:
		if (c->tone != NULL)
			tones_begin(&c->end->tone, c->tone);
		else
			c->end->tone.on = false;
		break;
	case DO_DIGITS:
		stream_dial(c->end, c->digits);
		break;
	case DO_ADD_LINE:
		add_line(w, c->line);
		break;
	case DO_REMOVE_LINE:
		remove_line(w, c->line);
		break;
	}
}

/* What was there at the start is moved aside: it may be put back again. */
static void move_all(struct list *to, struct list *from)
{
	list_init(to);
	while (!list_empty(from)) {
		struct list *first = from->next;

		list_remove(first);
		list_append(to, first);
	}
}

/* Lines that are gone are told until heard; dead ones are tried again. */
static void retry(struct worker *w)
{
	struct list left, gone;

	move_all(&left, &w->left);
	move_all(&gone, &w->gone);
	LIST_EACH(&left, struct end, end, list)
	{
		list_remove(&end->list);
		end_left(w, end);
	}
	LIST_EACH(&gone, struct line, line, list)
	{
		list_remove(&line->list);
		if (line->what.turn == NULL)
			tell_gone(w, line);
		else
			add_line(w, line);
	}
}

static void pulse(struct worker *w)
{
	w->tend_due = instant_add(w->now, MSEC(PULSE_MS));
	LIST_EACH(&w->ends, struct end, end, list)
	{
		watch(end);
		stream_tend(end);
	}
	retry(w);
}

void worker_turn(struct worker *w, int wait_ms)
{
	struct epoll_event events[EVENTS];
	struct command command;
	int n = epoll_wait(w->blocking, events, EVENTS, wait_ms);

	w->now = instant_now();
	for (int i = 0; i < n; i++)
		take_pollee(w, events[i].data.ptr);
	while (mailbox_take(w->inbox, &command))
		obey(w, &command);
	ring_notes(w); /* who is waited for is waited for now */
	if (instant_since(w->now, w->tend_due) >= 0)
		pulse(w);
	ring_notes(w);
	shared_add(&w->turns, 1);
}

static void run(void *self)
{
	struct worker *w = self;

	while (!shared_look(&w->stop))
		worker_turn(w, PULSE_MS);
}

int worker_open(struct worker *w, unsigned index, struct mailbox *notes,
                unsigned depth)
{
	int rc;

	(void)snprintf(w->name, sizeof(w->name), "media %u", index % 1000);
	w->notes = notes;
	w->mail = (struct pollee){ POLL_MAIL, w };
	w->now = instant_now();
	w->tend_due = instant_add(w->now, MSEC(PULSE_MS));
	w->late_due = w->now;
	list_init(&w->ends);
	list_init(&w->left);
	list_init(&w->gone);
	w->inbox = NULL;
	w->blocking = epoll_create1(EPOLL_CLOEXEC);
	w->asked = epoll_create1(EPOLL_CLOEXEC);
	if (w->blocking < 0 || w->asked < 0)
		return -errno;
	rc = mailbox_new(&w->inbox, sizeof(struct command), depth);
	if (rc == 0 && !poll_add(w->blocking, mailbox_fd(w->inbox), &w->mail))
		rc = -errno;
	return rc;
}

int worker_start(struct worker *w, bool realtime)
{
	return thread_start(&w->thread, w->name, realtime, run, w);
}

void worker_close(struct worker *w)
{
	struct command wake = { .kind = DO_WAKE };

	if (w->thread != NULL) {
		shared_raise(&w->stop, 1);
		mailbox_gather(w->inbox, NULL); /* we wait for it */
		(void)mailbox_post(w->inbox, &wake);
		w->thread = thread_join(w->thread);
	}
	w->inbox = mailbox_free(w->inbox);
	w->tap.ring = ring_free(w->tap.ring);
	if (w->blocking >= 0)
		(void)close(w->blocking);
	if (w->asked >= 0)
		(void)close(w->asked);
}
