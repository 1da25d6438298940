/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * A board made of memory: two spans of one process, each naming the other as
 * its peer, are the ends of one line. Whole gateways stand on it in the test
 * world, where nothing waits and no thread exists.
 *
 * A frame sent is put down at the far end and handed up on a later turn of the
 * far end's loop. Were it handed up at once, an answer would arrive while the
 * question is still being asked, which no line does and no machine expects.
 *
 * Sound moves only when the test says so. All ends speak first and all ends
 * hear afterwards, so neither of two ends is ahead of the other.
 *
 * The registry is a list, searched by name: a world has a handful of spans.
 * It belongs to the one thread of the test.
 */

#include "board/private.h"

#include <errno.h>
#include <string.h>

#include "kernel/list.h"
#include "kernel/loop.h"
#include "kernel/mem.h"

enum { SIM_QUEUE = 64 };

struct sim_frame {
	size_t len;
	uint8_t octets[FRAME_MOST];
};

struct sim {
	struct board_span span;
	struct list list; /* in sims */
	struct deferred deliver;
	struct sim_frame queue[SIM_QUEUE]; /* on their way to us */
	unsigned first, waiting;
	unsigned sent;             /* alarms we show the far end */
	bool cut_frames, cut_line; /* by the test, at this end */
	const struct board_media *media;
	void *media_self;
	uint32_t stamp;
	struct tick out, in;
};

static struct list sims = { &sims, &sims };

static struct sim *sim_of(struct board_span *span)
{
	return container_of(span, struct sim, span);
}

static struct sim *find(const char *name)
{
	LIST_EACH(&sims, struct sim, sim, list)
	if (strcmp(sim->span.conf.name, name) == 0)
		return sim;
	return NULL;
}

/* The far end, when it is open and means us too. */
static struct sim *find_peer(const struct sim *sim)
{
	struct sim *peer = find(sim->span.conf.peer);

	if (peer == NULL || peer == sim ||
	    strcmp(peer->span.conf.peer, sim->span.conf.name) != 0)
		return NULL;
	return peer;
}

static bool has_line(const struct sim *sim, const struct sim *peer)
{
	return peer != NULL && !sim->cut_line && !peer->cut_line;
}

/* What the far end put on the line for us, or nothing at all. */
static unsigned own_alarms(const struct sim *sim, const struct sim *peer)
{
	return has_line(sim, peer) ? peer->sent : ALARM_LOS;
}

/* With the RAI that an end in red or blue alarm sends back. */
static unsigned raw_alarms(const struct sim *sim)
{
	const struct sim *peer = find_peer(sim);
	unsigned raw = own_alarms(sim, peer);

	if (has_line(sim, peer) && own_alarms(peer, sim) & ALARM_RED_OR_BLUE)
		raw |= ALARM_RAI;
	return raw;
}

static void look_at_line(struct sim *sim)
{
	struct sim *peer = find_peer(sim);

	board_line(&sim->span, raw_alarms(sim));
	if (peer != NULL)
		board_line(&peer->span, raw_alarms(peer));
}

/* Those that came before this turn; what they bring about waits for the
 * next one. */
static void deliver(void *self)
{
	struct sim *sim = self;

	for (unsigned n = sim->waiting; n > 0; n--) {
		struct sim_frame *frame = &sim->queue[sim->first];

		if (!(raw_alarms(sim) & ALARM_RED_OR_BLUE))
			board_frame(&sim->span, (struct bytes){ frame->octets,
			                                        frame->len });
		/* The place is taken until the handler has returned. */
		sim->first = (sim->first + 1) % SIM_QUEUE;
		sim->waiting--;
	}
	if (sim->waiting > 0)
		loop_defer(sim->span.loop, &sim->deliver);
}

static struct board_span *sim_create(void)
{
	struct sim *sim = mem_new(struct sim);

	if (sim == NULL)
		return NULL;
	list_init(&sim->list);
	deferred_init(&sim->deliver, deliver, sim);
	return &sim->span;
}

static int sim_open(struct board_span *span)
{
	struct sim *sim = sim_of(span);

	if (find(span->conf.name) != NULL)
		return -EADDRINUSE;
	list_append(&sims, &sim->list);
	look_at_line(sim);
	return 0;
}

static void sim_close(struct board_span *span)
{
	struct sim *sim = sim_of(span), *peer = find_peer(sim);

	list_remove(&sim->list);
	deferred_cancel(&sim->deliver);
	if (peer != NULL)
		look_at_line(peer);
	mem_free(sim);
}

static int sim_send(struct board_span *span, struct bytes frame)
{
	struct sim *sim = sim_of(span), *peer = find_peer(sim);
	struct sim_frame *to;

	if (!has_line(sim, peer))
		return -ENETDOWN;
	if (peer->waiting == SIM_QUEUE) {
		COUNT(span, send_full);
		return -ENOSPC;
	}
	COUNT(span, frames_out);
	if (sim->cut_frames || peer->cut_frames)
		return 0; /* as with a torn pair: nobody tells the sender */
	to = &peer->queue[(peer->first + peer->waiting) % SIM_QUEUE];
	memcpy(to->octets, frame.at, frame.len);
	to->len = frame.len;
	peer->waiting++;
	loop_defer(peer->span.loop, &peer->deliver);
	return 0;
}

static int sim_send_alarm(struct board_span *span, unsigned alarms)
{
	struct sim *sim = sim_of(span);

	sim->sent = alarms & (ALARM_RED_OR_BLUE | ALARM_RAI);
	look_at_line(sim);
	return 0;
}

/* Nothing echoes here: what is on is remembered for whoever asks. */
static void sim_echo_off(struct board_span *span ATTR_UNUSED,
                         unsigned slot ATTR_UNUSED)
{
}

const struct board_ops board_sim_ops = {
	.create = sim_create,
	.close = sim_close,
	.open = sim_open,
	.send = sim_send,
	.send_alarm = sim_send_alarm,
	.echo_off = sim_echo_off,
};

void board_sim_media(struct board_span *span, const struct board_media *media,
                     void *self)
{
	struct sim *sim = sim_of(span);

	sim->media = media;
	sim->media_self = self;
}

static void speak(struct sim *sim, unsigned octets)
{
	const struct board_conf *conf = &sim->span.conf;
	uint32_t bearers = board_bearer_slots(conf->type, conf->dslot);

	board_tick_idle(&sim->out, conf->law, bearers, octets);
	sim->out.stamp = sim->stamp;
	if (sim->media != NULL)
		sim->media->transmit(sim->media_self, &sim->out);
	else
		sim->out.mask = 0;
	sim->out.mask &= bearers;
	COUNT(&sim->span, ticks_out);
}

static void hear(struct sim *sim, unsigned octets)
{
	const struct board_conf *conf = &sim->span.conf;
	uint32_t bearers = board_bearer_slots(conf->type, conf->dslot);
	const struct sim *peer = find_peer(sim);
	uint32_t sounding = peer == NULL ? 0 : peer->out.mask & bearers;

	if (raw_alarms(sim) & ALARM_RED_OR_BLUE)
		sounding = 0;
	board_tick_idle(&sim->in, conf->law, bearers, octets);
	for (unsigned slot = 0; slot < TICK_SLOTS; slot++)
		if (sounding >> slot & 1)
			memcpy(sim->in.octets[slot], peer->out.octets[slot],
			       octets);
	sim->in.stamp = sim->stamp;
	sim->stamp += octets;
	COUNT(&sim->span, ticks_in);
	if (sim->media != NULL)
		sim->media->receive(sim->media_self, &sim->in);
}

void board_sim_turn(unsigned octets)
{
	octets = MIN_OF(octets, (unsigned)TICK_MOST);
	LIST_EACH(&sims, struct sim, speaker, list)
	speak(speaker, octets);
	LIST_EACH(&sims, struct sim, hearer, list)
	hear(hearer, octets);
}

void board_sim_cut(struct board_span *span, bool frames, bool line)
{
	struct sim *sim = sim_of(span);

	sim->cut_frames = frames;
	sim->cut_line = line;
	look_at_line(sim);
}
