/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * The clock of a virtual span, and the sound that moves by it.
 *
 * The listener keeps time: at absolute deadlines it asks the media for a tick
 * and sends it, and what the far end answers is handed over as it comes. The
 * connector keeps none: each packet it gets is its tick, received, transmitted
 * and answered at once.
 *
 * With no far end to speak of there is still a call behind the media, whose
 * other leg must not fall silent or starve: a connection may come back within
 * T309. So a span without a connection, or one that has heard nothing for a
 * second, runs on a clock of its own, hears idle and throws away what it says.
 *
 * All time is computed from instant_now() against due deadlines; the timerfd
 * only ends a wait. A turn may be made at any moment, and a test makes them
 * with the clock held. The timer runs periodically by itself, and while a
 * connector is paced from outside it fires once a second to look for silence.
 */

#include "board/wire.h"

#include <errno.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define LATE_MOST  MSEC(100) /* beyond it ticks are skipped */
#define RETRY_SEND MSEC(5)   /* for packets the socket had no room for */

static unsigned octets_of(const struct wire *wire)
{
	return wire->count != 0 ? wire->count : wire->span.conf.octets;
}

static usec period_of(const struct wire *wire)
{
	return (usec)octets_of(wire) * 125; /* 8,000 a second */
}

/* Does our own clock make the ticks now? */
static bool has_pace(const struct wire *wire)
{
	return wire->span.conf.listen || wire->phase != WIRE_UP || wire->silent;
}

/* The beat of now: one for all spans, so their thread wakes once a tick. */
static struct instant beat(const struct wire *wire)
{
	struct instant now = instant_now();

	return instant_add(now, -(now.us % period_of(wire)));
}

int wire_clock_open(struct wire *wire)
{
	wire->clock_fd =
		timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (wire->clock_fd < 0)
		return -errno;
	wire->fifo.bearers = wire->shape.bearers;
	wire->fifo.idle = board_idle(wire->span.conf.law);
	wire->due = instant_now();
	/* Nobody need hold the span for its first turn to come. */
	wire->armed_every = -1;
	wire->armed_at = wire->due;
	return 0;
}

void wire_clock_begin(struct wire *wire)
{
	wire->count = wire->span.conf.listen ? wire->span.conf.octets : 0;
	wire->next_tick = 0;
	wire->heard = false;
	wire->due = beat(wire);
}

void wire_clock_end(struct wire *wire)
{
	wire->count = 0;
	wire->nowed = 0;
	for (unsigned slot = 0; slot < TICK_SLOTS; slot++)
		wire->fifo.lose[slot] = 0;
}

/* --- what comes --- */

static void put_idle(struct wire *wire, uint32_t count)
{
	while (count > 0) {
		unsigned part = MIN_OF(count, (uint32_t)TICK_MOST);

		if (wire_fifo_put_idle(&wire->fifo, part))
			COUNT(&wire->span, slips);
		count -= part;
	}
}

/* Ticks that never came: idle in their place, as much as may wait at all.
 * After a silence idle has been played already. */
static void bridge_gap(struct wire *wire, uint32_t tick)
{
	uint32_t next = wire->heard ? wire->last_tick + wire->count : 0;
	uint32_t gap = tick - next;

	if (gap == 0)
		return;
	COUNT(&wire->span, slips);
	if (wire->heard && !wire->silent)
		put_idle(wire, MIN_OF(gap, FIFO_MOST - wire->count));
}

/* An answer to what was never asked would make the far end our clock. */
static bool is_unasked(const struct wire *wire, uint32_t tick)
{
	return wire->span.conf.listen && (int32_t)(tick - wire->next_tick) >= 0;
}

void wire_clock_samples(struct wire *wire, const struct wire_samples *samples)
{
	bool late;

	if (wire->count == 0)
		wire->count = samples->count;
	if (samples->count != wire->count || is_unasked(wire, samples->tick)) {
		COUNT(&wire->span, malformed);
		return;
	}
	/* What overlaps the last tick is not newer either. */
	late = wire->heard && (int32_t)(samples->tick - wire->last_tick) <
	                              (int32_t)wire->count;
	if (!wire->span.conf.listen)
		wire->owed[wire->nowed++] =
			(struct wire_owed){ samples->tick, late };
	if (late) {
		COUNT(&wire->span, late);
		return;
	}
	bridge_gap(wire, samples->tick);
	wire->heard = true;
	wire->silent = false;
	wire->last_tick = samples->tick;
	COUNT(&wire->span, ticks_in);
	if (wire_raw(wire) & ALARM_RED_OR_BLUE)
		put_idle(wire, samples->count);
	else if (wire_fifo_put(&wire->fifo, samples))
		COUNT(&wire->span, slips);
}

/* --- one turn --- */

static int hear(struct wire *wire, const struct board_media *media, void *self)
{
	struct tick *tick = &wire->tick;
	int n = 0;

	while (wire_fifo_take(&wire->fifo, tick, octets_of(wire))) {
		tick->stamp = wire->stamp_in;
		wire->stamp_in += tick->count;
		media->receive(self, tick);
		n++;
	}
	return n;
}

static void speak(struct wire *wire, const struct board_media *media,
                  void *self)
{
	struct tick *tick = &wire->tick;

	board_tick_idle(tick, wire->span.conf.law, wire->shape.bearers,
	                octets_of(wire));
	tick->stamp = wire->stamp_out;
	wire->stamp_out += tick->count;
	media->transmit(self, tick);
	tick->mask &= wire->shape.bearers;
}

static void send_tick(struct wire *wire, uint32_t number)
{
	uint8_t octets[WIRE_LONGEST];
	struct writer packet = WRITER(octets);

	wire_put_samples(&packet, number, &wire->tick);
	if (wire_send(wire, &packet, false))
		COUNT(&wire->span, ticks_out);
}

static int answer(struct wire *wire, const struct board_media *media,
                  void *self)
{
	int n = 0;

	/* A send that fails hangs up and forgets what is owed. */
	for (unsigned i = 0; i < wire->nowed; i++) {
		if (wire->owed[i].silent) {
			wire->tick.mask = 0;
			wire->tick.count = wire->count;
		} else {
			speak(wire, media, self);
			n++;
		}
		send_tick(wire, wire->owed[i].tick);
	}
	wire->nowed = 0;
	return n;
}

/* One tick of our own clock. */
static void make_tick(struct wire *wire, const struct board_media *media,
                      void *self)
{
	if (wire->phase != WIRE_UP || wire->silent) {
		put_idle(wire, octets_of(wire));
		(void)hear(wire, media, self);
	}
	speak(wire, media, self);
	if (wire->phase == WIRE_UP && wire->span.conf.listen) {
		wire->next_tick += wire->count;
		send_tick(wire, wire->next_tick - wire->count);
	}
}

static int keep_pace(struct wire *wire, const struct board_media *media,
                     void *self)
{
	struct instant now = instant_now();
	usec late;
	int n = 0;

	if (!has_pace(wire)) {
		wire->due = instant_add(now, period_of(wire));
		return 0;
	}
	while ((late = instant_since(now, wire->due)) >= 0) {
		usec period = period_of(wire);

		if (late > LATE_MOST) {
			usec skipped = late / period;

			wire->next_tick += (uint32_t)skipped * octets_of(wire);
			wire->due = instant_add(wire->due, skipped * period);
		}
		wire->due = instant_add(wire->due, period);
		make_tick(wire, media, self);
		n++;
	}
	return n;
}

/* Is the timer already set to end the wait at `at` and every `every`? */
static bool is_armed(const struct wire *wire, struct instant at, usec every)
{
	if (every != wire->armed_every)
		return false;
	if (every > 0)
		return instant_since(at, wire->armed_at) % every == 0;
	/* A little early is fine: it is set anew when it has fired. */
	return instant_since(at, wire->armed_at) >= 0 &&
	       instant_since(wire->armed_at, instant_now()) > 0;
}

static struct timespec timespec_of(int64_t us)
{
	return (struct timespec){ us / 1000000, us % 1000000 * 1000 };
}

static void arm(struct wire *wire)
{
	struct instant at = wire->due;
	usec every = has_pace(wire) ? period_of(wire) : 0;
	struct itimerspec spec;

	if (every == 0)
		at = wire->nlate > 0
		             ? instant_add(instant_now(), RETRY_SEND)
		             : instant_add(wire->heard_at, WIRE_SILENCE);
	if (is_armed(wire, at, every))
		return;
	spec.it_value = timespec_of(at.us);
	spec.it_interval = timespec_of(every);
	/* It can only fail for arguments that are wrong. */
	(void)timerfd_settime(wire->clock_fd, TFD_TIMER_ABSTIME, &spec, NULL);
	wire->armed_at = at;
	wire->armed_every = every;
}

int wire_clock_turn(struct wire *wire, const struct board_media *media,
                    void *self)
{
	int n = hear(wire, media, self);

	n += answer(wire, media, self);
	n += keep_pace(wire, media, self);
	arm(wire);
	return n;
}
