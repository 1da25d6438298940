/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * B channels: choosing one, glare, service state, RESTART.
 *
 * A channel is free for our own choice in CHANNEL_IDLE, and when there is no
 * such one, after a RESTART that was never acknowledged. What the exchange
 * chooses is judged more mildly: to its mind a channel is free when the call
 * reference is, so a SETUP also takes one whose stream still stops here, one
 * under RESTART, and one whose RESTART was never acknowledged (which says that
 * the exchange uses it).
 *
 * Glare (Q.931 5.7): both ends send SETUP for one channel. The network's call
 * keeps it. On the user side our own call loses the channel and waits: the
 * network may move it with its first answer, or clears it with 44, and then
 * event.c tries another. On the network side the user's call is offered another
 * channel, or refused with 44 when it insists.
 *
 * RESTART: at the first link-up each idle channel gets one, RESTARTS_AT_ONCE
 * at a time, the next when one is acknowledged. Those that wait for their turn
 * are idle and may be used; a channel that was used meanwhile needs no RESTART
 * any more. So a span is usable at once even if the exchange never answers.
 */
#include <assert.h>
#include <errno.h>

#include "pri/private.h"

enum { RESTARTS_AT_ONCE = 4, CHANNEL_OCTET = 0xff };

static const char *const state_names[] = {
	[CHANNEL_UNUSED] = "unused",
	[CHANNEL_IDLE] = "idle",
	[CHANNEL_BUSY] = "busy",
	[CHANNEL_ENDING] = "ending",
	[CHANNEL_RESTARTING] = "restarting",
	[CHANNEL_NO_RESTART] = "no restart",
	[CHANNEL_SHUTDOWN] = "shutdown",
};
static_assert(ARRAY_LEN(state_names) == CHANNEL_SHUTDOWN + 1, "names");

const char *isdn_channel_state_name(enum isdn_channel_state state)
{
	return state_names[state];
}

static struct channel *find_channel(struct isdn_link *link, unsigned number)
{
	if (number == 0 || number >= CHANNELS ||
	    link->channels[number].state == CHANNEL_UNUSED)
		return NULL;
	return &link->channels[number];
}

/* IDLE or SHUTDOWN, whichever a channel without a task is in. */
static enum isdn_channel_state at_rest(const struct channel *c)
{
	return c->shutdown || c->far_shutdown ? CHANNEL_SHUTDOWN : CHANNEL_IDLE;
}

static void set_state(struct channel *c, enum isdn_channel_state state)
{
	if (state != CHANNEL_RESTARTING)
		timer_stop(&c->t316);
	c->state = state;
}

static void seize(struct channel *c, struct isdn_call *call)
{
	set_state(c, CHANNEL_BUSY);
	c->call = call;
	call->channel = c->number;
	c->link->last_channel = c->number;
}

/* --- choosing --- */

static struct channel *choose_in(struct isdn_link *link,
                                 enum isdn_channel_state state)
{
	enum isdn_order order = link->conf.order;
	unsigned from = order == ORDER_ROUND_ROBIN ? link->last_channel : 0;

	for (unsigned i = 1; i <= CHANNELS; i++) {
		unsigned n = (from + i) % CHANNELS;
		struct channel *c;

		if (order == ORDER_DESCENDING)
			n = CHANNELS - i;
		c = find_channel(link, n);
		if (c != NULL && c->state == state)
			return c;
	}
	return NULL;
}

/* Better one whose RESTART nobody acknowledged than none: a switch that knows
 * no RESTART would refuse itself to us for ever, one that has the channel in
 * use answers with 44. */
static struct channel *choose(struct isdn_link *link)
{
	struct channel *c = choose_in(link, CHANNEL_IDLE);

	return c != NULL ? c : choose_in(link, CHANNEL_NO_RESTART);
}

int isdn_channel_take(struct isdn_call *call, unsigned wanted)
{
	struct channel *c = wanted != 0 ? find_channel(call->link, wanted)
	                                : choose(call->link);

	if (c == NULL || (wanted != 0 && c->state != CHANNEL_IDLE))
		return wanted != 0 && c == NULL ? -ENOENT : -EBUSY;
	seize(c, call);
	return 0;
}

/* Our own call that has heard nothing yet. */
static bool gives_way(struct isdn_call *call)
{
	if (call == NULL || call->incoming)
		return false;
	return call_state(call) == CALL_INITIATED &&
	       call->link->conf.side == ISDN_USER;
}

/* A held call has given its channel up; it is reserved by our own will. */
static bool is_reserved(const struct channel *c)
{
	return c->state == CHANNEL_BUSY && c->call != NULL && c->call->held;
}

static bool acceptable(struct channel *c)
{
	switch (c->state) {
	case CHANNEL_IDLE:
	case CHANNEL_ENDING:
	case CHANNEL_RESTARTING:
	case CHANNEL_NO_RESTART:
		return true;
	case CHANNEL_BUSY:
		return gives_way(c->call);
	case CHANNEL_UNUSED:
	case CHANNEL_SHUTDOWN:
		break;
	}
	return false;
}

enum q850_cause isdn_channel_accept(struct isdn_call *call, int channel,
                                    bool flexible)
{
	struct isdn_link *link = call->link;
	unsigned number = (unsigned)channel & CHANNEL_OCTET;
	struct channel *c = find_channel(link, number);
	bool any = channel == -1 || number == 0 || number == CHANNEL_OCTET;

	if (c != NULL && c->state == CHANNEL_BUSY && c->call != NULL &&
	    !c->call->incoming && call_state(c->call) == CALL_INITIATED)
		link->counts.glare++;
	if (c != NULL && acceptable(c)) {
		if (c->state == CHANNEL_BUSY) {
			c->call->glared = true;
			c->call->channel = 0;
		}
		seize(c, call);
		return Q850_NONE;
	}
	if (!any && !flexible && c != NULL && is_reserved(c)) {
		isdn_hold_lost(c->call);
		seize(c, call);
		return Q850_NONE;
	}
	if (!any && !flexible)
		return c == NULL ? Q850_CHANNEL_NOT_EXISTING
		                 : Q850_CHANNEL_NOT_AVAILABLE;
	c = choose(link);
	if (c == NULL)
		return any ? Q850_NO_CIRCUIT : Q850_CHANNEL_NOT_AVAILABLE;
	seize(c, call);
	return Q850_NONE;
}

/*
 * Only the first answer may name another channel, and only if we did not
 * insist (Q.931 5.1.2); libpri reports whatever it is told.
 */
int isdn_channel_answer(struct isdn_call *call, int channel)
{
	unsigned number = (unsigned)channel & CHANNEL_OCTET;
	struct channel *c;

	if (channel == -1 || number == 0 || number == CHANNEL_OCTET)
		return call->channel != 0 ? 0 : -EPROTO;
	if (number == call->channel)
		return 0;
	c = find_channel(call->link, number);
	if (call->exclusive || c == NULL || !acceptable(c))
		return -EPROTO;
	if (c->state == CHANNEL_BUSY) { /* our next SETUP crossed the answer */
		c->call->glared = true;
		c->call->channel = 0;
	}
	if (call->channel != 0) {
		struct channel *old = &call->link->channels[call->channel];

		old->call = NULL;
		set_state(old, at_rest(old)); /* no stream was on it yet */
	}
	seize(c, call);
	isdn_channels_up(call->link); /* perhaps they shun it for an old call */
	return 0;
}

void isdn_channel_give_back(struct isdn_call *call)
{
	struct channel *c = &call->link->channels[call->channel];

	if (call->channel == 0 || c->call != call)
		return;
	c->call = NULL;
	c->restart_due = false;
	set_state(c, CHANNEL_ENDING);
}

void isdn_channel_stopped(struct isdn_link *link, unsigned channel)
{
	struct channel *c = find_channel(link, channel);

	if (c == NULL || c->state != CHANNEL_ENDING)
		return;
	set_state(c, at_rest(c));
	isdn_channels_up(link);
}

/* --- RESTART --- */

static void send_restart(struct channel *c)
{
	struct isdn_link *link = c->link;

	c->restart_due = false;
	c->tries++;
	set_state(c, CHANNEL_RESTARTING);
	link->counts.restarts_sent++;
	(void)pri_reset(link->pri, (int)c->number);
	timer_start(&c->t316, isdn_timer_length(&link->conf, ISDN_T316));
	isdn_link_rearm(link);
}

static void t316_expired(void *self)
{
	struct channel *c = self;
	struct isdn_link *link = c->link;

	link->counts.timeouts[ISDN_T316]++;
	if (!link->up) {
		c->restart_due = true; /* asked again when the link is back */
		c->tries = 0;
		set_state(c, at_rest(c));
	} else if (c->tries < MAX_OF(link->conf.restart_tries, 1)) {
		send_restart(c);
	} else {
		link->counts.restarts_failed++;
		set_state(c, CHANNEL_NO_RESTART);
		isdn_emit_link(link, ISDN_CHANNEL, c->number);
		isdn_channels_up(link);
	}
}

/* Sends as many of the RESTARTs that are due as may be under way at once. */
void isdn_channels_up(struct isdn_link *link)
{
	unsigned under_way = 0;

	if (!link->up)
		return;
	for (unsigned n = 1; n < CHANNELS; n++)
		under_way += link->channels[n].state == CHANNEL_RESTARTING;
	for (unsigned n = 1; n < CHANNELS; n++) {
		struct channel *c = &link->channels[n];

		if (!c->restart_due || c->state != CHANNEL_IDLE)
			continue;
		if (under_way++ >= RESTARTS_AT_ONCE)
			return;
		c->tries = 0;
		send_restart(c);
	}
}

void isdn_channels_again(struct isdn_link *link)
{
	for (unsigned n = 1; n < CHANNELS; n++) {
		struct channel *c = &link->channels[n];

		if (c->state != CHANNEL_RESTARTING)
			continue;
		set_state(c, at_rest(c));
		c->restart_due = true;
	}
	isdn_channels_up(link);
}

void isdn_channel_restart_ack(struct isdn_link *link, int channel)
{
	struct channel *c =
		find_channel(link, (unsigned)channel & CHANNEL_OCTET);

	if (c == NULL || c->state != CHANNEL_RESTARTING) {
		link->counts.strays++;
		return;
	}
	set_state(c, at_rest(c));
	isdn_emit_link(link, ISDN_CHANNEL, c->number);
	isdn_channels_up(link);
}

/* Q.931 5.5.2: the far end restarts; libpri has acknowledged and leaves the
 * calls to us. Nothing is said on their references any more. A RESTART of our
 * own for the same channel waits for its acknowledgement. */
static void restarted(struct channel *c)
{
	if (c->call != NULL)
		isdn_call_drop(c->call, isdn_call_far(c->call),
		               Q850_TEMPORARY_FAILURE,
		               "the far end restarted the channel");
	else if (c->state == CHANNEL_NO_RESTART)
		set_state(c, at_rest(c));
	else
		return;
	isdn_emit_link(c->link, ISDN_CHANNEL, c->number);
}

void isdn_channel_restarted(struct isdn_link *link, int channel)
{
	unsigned number = (unsigned)channel & CHANNEL_OCTET;

	link->counts.restarts_received++;
	for (unsigned n = 1; n < CHANNELS; n++)
		if (link->channels[n].state != CHANNEL_UNUSED &&
		    (channel == -1 || number == CHANNEL_OCTET || n == number))
			restarted(&link->channels[n]);
}

int isdn_channel_restart(struct isdn_link *link, unsigned channel)
{
	struct channel *c = find_channel(link, channel);

	if (c == NULL)
		return -ENOENT;
	if (!link->up)
		return -ENETDOWN;
	if (c->call != NULL)
		isdn_call_drop(c->call, RELEASE_BY_OPERATOR,
		               Q850_TEMPORARY_FAILURE, "channel restart");
	c->tries = 0;
	send_restart(c);
	return 0;
}

/* --- service state --- */

static void rest(struct channel *c)
{
	if (c->state == CHANNEL_IDLE || c->state == CHANNEL_SHUTDOWN)
		set_state(c, at_rest(c));
}

void isdn_channel_service(struct isdn_link *link, int channel, bool down)
{
	struct channel *c =
		find_channel(link, (unsigned)channel & CHANNEL_OCTET);

	if (c == NULL)
		return;
	c->far_shutdown = down;
	rest(c);
	isdn_emit_link(link, ISDN_CHANNEL, c->number);
}

int isdn_channel_shutdown(struct isdn_link *link, unsigned channel, bool down)
{
	struct channel *c = find_channel(link, channel);

	if (c == NULL)
		return -ENOENT;
	if (c->shutdown == down)
		return 0;
	c->shutdown = down;
	rest(c);
	if (link->variant->service && link->up) {
		/* GR-1268: 0 in service, 2 out of service. */
		(void)pri_maintenance_service(link->pri, 0, (int)channel,
		                              down ? 2 : 0);
		isdn_link_rearm(link);
	}
	return 0;
}

enum isdn_channel_state isdn_channel_state(const struct isdn_link *link,
                                           unsigned channel)
{
	return channel < CHANNELS ? link->channels[channel].state
	                          : CHANNEL_UNUSED;
}

void isdn_channels_init(struct isdn_link *link)
{
	for (unsigned n = 0; n < CHANNELS; n++) {
		struct channel *c = &link->channels[n];
		bool bearer = n != 0 && n != link->conf.dslot &&
		              (link->conf.bearers >> n & 1) != 0;

		c->link = link;
		c->number = n;
		c->state = bearer ? CHANNEL_IDLE : CHANNEL_UNUSED;
		c->restart_due = bearer && link->conf.restart_on_up;
		timer_init(&c->t316, link->loop, "T316", t316_expired, c);
	}
}

void isdn_channels_done(struct isdn_link *link)
{
	for (unsigned n = 0; n < CHANNELS; n++)
		timer_stop(&link->channels[n].t316);
}
