/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * A gateway that is offered more calls than it can carry, and takes them all,
 * carries none: each waits in a queue until its caller has repeated it, given
 * up or called again, and the work done for it is lost (RFC 6357 4.1). To
 * refuse a call costs a small part of carrying it. So what is over the capacity
 * is refused at once, and what is let in is carried as if nothing were the
 * matter.
 *
 * The capacity is not configured; who could say it? It is found, from the one
 * thing that changes when it is exceeded: the time new calls wait before
 * anybody looks at them. Queues that come and go are healthy: thirty calls in
 * the same millisecond wait for each other. A queue that stands is not. As in
 * CoDel (RFC 8289) the difference is seen in the *shortest* wait of a period:
 * when even the luckiest call waited longer than TARGET, the queue never was
 * empty.
 *
 * When that happens twice in a row, calls are let in by a rate (RFC 7415 has a
 * far end do the same). It starts at what was let in of late and moves as TCP's
 * window does: a tenth less whenever the queue stands, more whenever it does
 * not and somebody was refused: a twentieth first, then two, up to five, for a
 * machine that was busy with something else is soon itself again. So it stays
 * near the capacity, also when that changes because the calls end, or because
 * something else wants the processor. When nobody had to be refused for a
 * second, it ends.
 *
 * The rate needs time to learn of a burst. So there is a second rule, for each
 * call alone: one that has waited for much of what is allowed is refused, for
 * it would be answered too late. While there is a rate it is refused sooner: no
 * burst explains its wait then, and a period with some of those is no better
 * than one in which the queue stands. And a third: when the loop itself is
 * later than all that is allowed, nothing new is begun.
 *
 * Credit is kept as a length of time, in which the rate would have let in what
 * it has not; a call costs 1/rate. At most BURST of it is kept, so that calls
 * that come in batches do not lose what they did not use between them.
 */
#include "gateway/overload.h"

#define BURST MSEC(50)

enum {
	RATE_LEAST = 2, /* a second: something always gets through */
	CALM_PERIODS = 10,
	STANDING_PERIODS = 2,
	STEPS = 5,       /* in twentieths of the rate */
	LATE_LEAST = 3,  /* so many in a period are too many, */
	LATE_SHARE = 20, /* if it is one of so many */
};

/* A queue that never is shorter stands. */
static usec target_of(const struct overload *o)
{
	return o->most / 10;
}

/* One call alone is refused when it has waited for this: the rest of what is
 * allowed is for what is still to be done for it. */
static usec bound_of(const struct overload *o)
{
	return o->limiting ? o->most / 5 : o->most * 2 / 5;
}

static void begin_period(struct overload *o)
{
	o->least = -1;
	o->admitted = o->refused = o->tardy = 0;
}

void overload_init(struct overload *o, usec most)
{
	*o = (struct overload){ .most = most };
	o->due = instant_add(instant_now(), OVERLOAD_PERIOD);
	begin_period(o);
}

void overload_change(struct overload *o, usec most)
{
	o->most = most;
}

bool overload_is_late(const struct overload *o)
{
	return o->lag > o->most;
}

/* --- a call --- */

static usec price(const struct overload *o)
{
	return SEC(1) / o->rate;
}

static void fill(struct overload *o)
{
	struct instant now = instant_now();

	o->credit += instant_since(now, o->filled);
	o->credit = MIN_OF(o->credit, MAX_OF(BURST, price(o)));
	o->filled = now;
}

static bool has_credit(struct overload *o)
{
	if (!o->limiting)
		return true;
	fill(o);
	if (o->credit < price(o))
		return false;
	o->credit -= price(o);
	return true;
}

bool overload_admit(struct overload *o, usec waited)
{
	bool tardy = waited > bound_of(o);
	bool late = tardy || overload_is_late(o);

	if (o->least < 0 || waited < o->least)
		o->least = waited;
	if (!late && has_credit(o)) {
		o->admitted++;
		return true;
	}
	if (late)
		o->refused_late++;
	else
		o->refused_rate++;
	o->tardy += tardy;
	o->refused++;
	o->refused_since++;
	return false;
}

/* --- a period --- */

/* How late the loop is. One late pulse is the machine's hiccup, two are too
 * much to do. */
static void measure_loop(struct overload *o)
{
	usec late = MAX_OF(instant_since(instant_now(), o->due), 0);

	o->lag = MIN_OF(late, o->late);
	o->late = late;
	o->due = instant_add(instant_now(), OVERLOAD_PERIOD);
}

/* A second of this period would have let in so many. */
static unsigned carried_now(const struct overload *o)
{
	return (unsigned)(o->admitted * SEC(1) / OVERLOAD_PERIOD);
}

/* Below what was carried in the period, or usually is: the processor may have
 * been lent to somebody else for a moment. */
static unsigned lessened(const struct overload *o, unsigned rate)
{
	unsigned carried = MAX_OF(carried_now(o), o->carried);

	return MAX_OF(MIN_OF(rate, carried) / 10 * 9, RATE_LEAST);
}

static enum overload_change begin(struct overload *o)
{
	o->limiting = true;
	o->rate = lessened(o, UINT32_MAX);
	o->credit = 0;
	o->calm = o->well = 0;
	o->began = o->filled = instant_now();
	o->refused_since = o->refused;
	o->times++;
	return OVERLOAD_BEGAN;
}

static enum overload_change go_on(struct overload *o)
{
	o->calm = o->standing > 0 || o->refused > 0 ? 0 : o->calm + 1;
	if (o->calm >= CALM_PERIODS) {
		o->limiting = false;
		return OVERLOAD_ENDED;
	}
	if (o->standing > 0)
		o->rate = lessened(o, o->rate);
	else if (o->refused > 0)
		o->rate += MAX_OF(o->rate / 20 * MIN_OF(o->well, STEPS), 1u);
	return OVERLOAD_SAME;
}

static void count_period(struct overload *o)
{
	bool tardy = o->tardy >= LATE_LEAST &&
	             o->tardy * LATE_SHARE > o->admitted + o->refused;
	bool stands = o->least > target_of(o) || overload_is_late(o) || tardy;

	o->standing = stands ? o->standing + 1 : 0;
	o->well = stands ? 0 : o->well + 1;
	o->carried = (7 * o->carried + carried_now(o)) / 8;
	if (o->least >= 0)
		o->wait = o->least;
}

enum overload_change overload_pulse(struct overload *o)
{
	enum overload_change change = OVERLOAD_SAME;

	measure_loop(o);
	count_period(o);
	if (o->limiting)
		change = go_on(o);
	else if (o->standing >= STANDING_PERIODS)
		change = begin(o);
	begin_period(o);
	return change;
}
