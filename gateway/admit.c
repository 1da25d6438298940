/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Who may come in.
 *
 * At first, what protects the machine: is there more to do than can be done in
 * time (overload.c), is there a place for one call more? A refusal here costs
 * next to nothing and leaves nothing: no call, no record, no line of a ladder;
 * what it leaves is a count, and two lines in the log for the whole of an
 * overload.
 *
 * Then, with a call that has a number and a story, what the operator has said:
 * `call limit`, `call rate`, a shutdown. These refusals can be looked up.
 *
 * An emergency call is known by its number alone, and the dial plan knows the
 * numbers; it is asked only when a call is about to be refused. With overlap
 * receiving the number may still be growing. If it could become an emergency
 * number the call is let in for the time being and weighed when it is complete.
 */
#include "gateway/admit.h"

#include <inttypes.h>

#include "dialplan/dialplan.h"
#include "gateway/gateway.h"
#include "gateway/routes.h"
#include "kernel/mem.h"

/* --- at first --- */

/* Is there no place left but for emergency calls? */
static bool is_full(const struct gateway *gateway)
{
	return pool_use(gateway->pool).used >=
	       gateway->calls_most + CALLS_BEYOND / 2;
}

static enum admission judge_number(const struct gateway *gateway,
                                   const struct admit_wish *wish)
{
	switch (plan_emergency(gateway->routes->plan, wish->called->digits,
	                       wish->complete)) {
	case PLAN_MATCH:
		return ADMIT_EMERGENCY;
	case PLAN_MAYBE_MORE:
	case PLAN_NEED_MORE:
		return ADMIT_LATER;
	case PLAN_NO_MATCH:
	case PLAN_NO_NUMBER:
		break;
	}
	return ADMIT_NOT;
}

static void count_refused(struct gateway *gateway, bool full)
{
	if (full)
		gateway->counts.refused_limit++;
	else
		gateway->counts.refused_overload++;
}

enum admission admit_first(struct gateway *gateway,
                           const struct admit_wish *wish)
{
	bool full = wish->crowded || is_full(gateway);
	enum admission answer;

	if (!full && overload_admit(&gateway->overload, wish->waited))
		return ADMIT_YES;
	answer = judge_number(gateway, wish);
	if (answer == ADMIT_NOT)
		count_refused(gateway, full);
	return answer;
}

/* --- with a call --- */

static bool rate_exceeded(const struct gateway *gateway)
{
	return gateway->global.call_rate != 0 &&
	       instant_since(instant_now(), gateway->second) < SEC(1) &&
	       gateway->second_calls >= gateway->global.call_rate;
}

static void count_rate(struct gateway *gateway)
{
	struct instant now = instant_now();

	if (instant_since(now, gateway->second) >= SEC(1)) {
		gateway->second = now;
		gateway->second_calls = 0;
	}
	gateway->second_calls++;
}

/* The call that asks is one of them. */
static bool limit_exceeded(const struct gateway *gateway)
{
	return pool_use(gateway->pool).used > gateway->calls_most;
}

enum q850_cause admit_call(struct gateway *gateway, bool emergency,
                           bool weighed, const char **rule)
{
	if (emergency) {
		gateway->counts.emergency++;
		return Q850_NONE;
	}
	if (gateway->draining) {
		gateway->counts.refused_drain++;
		*rule = "no new calls: shutting down";
		return Q850_NETWORK_OUT_OF_ORDER;
	}
	if (limit_exceeded(gateway)) {
		gateway->counts.refused_limit++;
		*rule = "call limit";
		return Q850_SWITCH_CONGESTION;
	}
	if (!weighed && !overload_admit(&gateway->overload, 0)) {
		gateway->counts.refused_overload++;
		*rule = "overload";
		return Q850_SWITCH_CONGESTION;
	}
	if (rate_exceeded(gateway)) {
		gateway->counts.refused_rate++;
		*rule = "call rate";
		return Q850_SWITCH_CONGESTION;
	}
	count_rate(gateway);
	return Q850_NONE;
}

bool admit_is_open(const struct gateway *gateway)
{
	return !gateway->draining && !overload_is_late(&gateway->overload) &&
	       !rate_exceeded(gateway) &&
	       pool_use(gateway->pool).used < gateway->calls_most;
}

/* --- ten times a second --- */

static void tell_begin(struct gateway *gateway)
{
	const struct overload *o = &gateway->overload;

	if (log_allowed(&gateway->overloads, 10, &gateway->overloads_missed))
		log_warn(
			&area_gateway, gateway->global.hostname,
			"overload: new calls wait %" PRId64 " ms before they "
			"are looked at; %u a second are let in, others get 503 "
			"and cause 42",
			o->wait / 1000, o->rate);
}

static void tell_end(struct gateway *gateway)
{
	const struct overload *o = &gateway->overload;

	log_notice(&area_gateway, gateway->global.hostname,
	           "overload is over after %" PRId64 " s: %" PRIu64
	           " calls were refused",
	           instant_since(instant_now(), o->began) / SEC(1),
	           o->refused_since);
}

static void pulse(void *self)
{
	struct gateway *gateway = self;

	timer_start(&gateway->pulse, OVERLOAD_PERIOD);
	switch (overload_pulse(&gateway->overload)) {
	case OVERLOAD_BEGAN:
		tell_begin(gateway);
		break;
	case OVERLOAD_ENDED:
		tell_end(gateway);
		break;
	case OVERLOAD_SAME:
		break;
	}
}

void admit_init(struct gateway *gateway)
{
	timer_init(&gateway->pulse, gateway->loop, "pulse", pulse, gateway);
	overload_init(&gateway->overload, MSEC(gateway->global.lag_most_ms));
}
