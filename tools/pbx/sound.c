/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The media thread: turns the span whenever the line asks for it, and moves
 * each open slot's player and meter with it.
 *
 * The thread owns the ports entirely. Commands come by a mailbox and are taken
 * once a turn, so they act within a tick; reports go back by another.
 */

#include "tools/pbx/sound.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "board/board.h"
#include "kernel/mailbox.h"
#include "kernel/mem.h"
#include "kernel/thread.h"

enum { COMMANDS = 256, REPORTS = 1024, IDLE_MS = 20 };

struct port {
	bool open;
	unsigned turn;
	struct player player;
	struct meter meter;
	struct keys *keys;
};

struct sound {
	struct board_span *span;
	struct mailbox *commands, *reports;
	struct thread *thread;
	shared_flag ending;
	void (*told)(void *self, const struct sound_report *report);
	void *self;
	struct port ports[TICK_SLOTS]; /* the media thread's */
};

/* --- media thread --- */

static void tell(struct sound *s, unsigned slot, struct sound_report *report)
{
	report->slot = slot;
	report->turn = s->ports[slot].turn;
	(void)mailbox_post(s->reports, report); /* a full one counts itself */
}

static void tell_at(struct sound *s, unsigned slot, enum sound_report_kind kind,
                    struct instant at)
{
	struct sound_report report = { .kind = kind, .at = at };

	tell(s, slot, &report);
}

static void obey(struct sound *s, const struct sound_command *c)
{
	struct port *port = &s->ports[c->slot];

	if (c->verb == SOUND_OPEN) {
		meter_reset(&port->meter);
		port->player.playing = SOUND_SILENCE;
		port->turn = c->turn;
		port->open = true;
	} else if (!port->open || c->turn != port->turn) {
		return;
	} else if (c->verb == SOUND_CLOSE) {
		port->open = false;
		tell_at(s, c->slot, SOUND_CLOSED, instant_now());
	} else if (c->verb == SOUND_WATCH) {
		memcpy(port->meter.hz, c->hz, sizeof(c->hz));
	} else {
		player_command(&port->player, c);
	}
}

/*
 * A tick changes hands at once, but its samples belong to the time it lasts.
 * Counting them from the hand-over in both directions makes a delay what lies
 * between the two hand-overs, exact to the sample.
 */
static struct instant sample_at(struct instant now, unsigned sample)
{
	return instant_add(now, (usec)sample * 125);
}

static void hear(struct sound *s, unsigned slot, const uint8_t *octets,
                 unsigned n, struct instant now)
{
	struct port *port = &s->ports[slot];

	player_heard(&port->player, octets, n);
	for (unsigned i = 0; i < n; i++) {
		struct sound_report report = { .kind = SOUND_METER };
		bool onset, full = meter_hear(&port->meter, octets[i], &onset);

		if (onset)
			tell_at(s, slot, SOUND_ONSET, sample_at(now, i));
		if (!full)
			continue;
		report.at = now;
		meter_report(&port->meter, &report);
		tell(s, slot, &report);
	}
}

static void receive(void *self, const struct tick *tick)
{
	struct sound *s = self;
	struct instant now = instant_now();
	uint8_t idle[TICK_MOST];

	memset(idle, law_idle(s->ports[0].meter.law), sizeof(idle));
	for (unsigned slot = 1; slot < TICK_SLOTS; slot++) {
		bool carried = tick->mask >> slot & 1;

		if (s->ports[slot].open)
			hear(s, slot, carried ? tick->octets[slot] : idle,
			     tick->count, now);
	}
}

static void transmit(void *self, struct tick *tick)
{
	struct sound *s = self;
	struct instant now = instant_now();

	for (unsigned slot = 1; slot < TICK_SLOTS; slot++) {
		struct port *port = &s->ports[slot];
		uint32_t bit = (uint32_t)1 << slot;
		unsigned marker = 0;

		if ((tick->mask & bit) == 0)
			continue;
		if (!port->open || port->player.playing == SOUND_SILENCE)
			tick->mask &= ~bit;
		else if (player_fill(&port->player, tick->octets[slot],
		                     tick->count, &marker))
			tell_at(s, slot, SOUND_MARKER_SENT,
			        sample_at(now, marker));
	}
}

static void turn(void *self)
{
	static const struct board_media media = { receive, transmit };
	struct sound *s = self;
	struct pollfd fd = { .fd = board_span_fd(s->span), .events = POLLIN };
	struct sound_command command;

	while (!shared_look(&s->ending)) {
		(void)poll(&fd, 1, IDLE_MS);
		while (mailbox_take(s->commands, &command))
			obey(s, &command);
		(void)board_span_turn(s->span, &media, s);
	}
}

/* --- signalling thread --- */

static void on_report(void *self, const void *message)
{
	struct sound *s = self;

	s->told(s->self, message);
}

static int make_ports(struct sound *s)
{
	enum law law = board_span_conf(s->span)->law;
	int rc = 0;

	for (unsigned i = 0; rc == 0 && i < TICK_SLOTS; i++) {
		struct port *port = &s->ports[i];

		rc = keys_new(&port->keys);
		port->player = (struct player){ .law = law,
			                        .playing = SOUND_SILENCE,
			                        .keys = port->keys };
		port->meter = (struct meter){ .law = law, .keys = port->keys };
	}
	return rc;
}

int sound_open(struct sound **out, struct loop *loop, struct board_span *span,
               void (*told)(void *self, const struct sound_report *report),
               void *self)
{
	struct sound *s = mem_new(struct sound);
	int rc;

	if (s == NULL)
		return -ENOMEM;
	s->span = span;
	s->told = told;
	s->self = self;
	rc = make_ports(s);
	if (rc == 0)
		rc = mailbox_new(&s->commands, sizeof(struct sound_command),
		                 COMMANDS);
	if (rc == 0)
		rc = mailbox_new(&s->reports, sizeof(struct sound_report),
		                 REPORTS);
	if (rc == 0)
		rc = mailbox_attach(s->reports, loop, on_report, s);
	if (rc == 0)
		rc = thread_start(&s->thread, "sound", true, turn, s);
	if (rc < 0)
		s = sound_close(s);
	else
		*out = s;
	return rc;
}

struct sound *sound_close(struct sound *sound)
{
	if (sound == NULL)
		return NULL;
	shared_raise(&sound->ending, 1);
	sound->thread = thread_join(sound->thread);
	for (unsigned i = 0; i < TICK_SLOTS; i++)
		sound->ports[i].keys = keys_free(sound->ports[i].keys);
	sound->commands = mailbox_free(sound->commands);
	sound->reports = mailbox_free(sound->reports);
	return mem_free(sound);
}

int sound_send(struct sound *sound, const struct sound_command *command)
{
	if (command->slot == 0 || command->slot >= TICK_SLOTS)
		return -ENOENT;
	return mailbox_post(sound->commands, command);
}
