/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * A gateway that lost its SIP side takes calls only to refuse them, while an
 * exchange with a second route would have used it, had it known. So the span
 * tells it: by refusing each SETUP with 38, by SERVICE messages where the
 * variant has them, or by taking layer 2 down, which every exchange
 * understands. The last waits until no call is left on the span.
 *
 * What counts for a span is every SIP peer that a call from it could go to:
 * all that dial-peers lead to, for the plan lets every span dial every number;
 * or the peers it is told to monitor. Each of them must be known to be down:
 * one that nobody asks, or that was not asked yet, could be there. A dial-peer
 * or sip-peer that is shut down does not count.
 *
 * Nothing flaps: peers must be lost for the hold-down time before a span goes,
 * and one must be back for the clear time before it returns. Emergency calls
 * are never refused. And a span that is down by our own will does not make us
 * answer OPTIONS with 503: two gateways that watch each other would otherwise
 * hold each other down for ever.
 */
#include "gateway/busyout.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "gateway/gateway.h"
#include "gateway/routes.h"
#include "gateway/trunk.h"
#include "kernel/text.h"

enum busyout_event {
	PEERS_LOST,
	PEERS_BACK,
	HOLD_EXPIRED,
	SWITCHED_OFF,
	BUSYOUT_EVENTS
};

/* --- which peers --- */

/* How many there are, how many of them are down. */
struct reach {
	unsigned peers, down;
};

static void look_at_peer(const struct gateway *gateway, const char *name,
                         struct reach *reach)
{
	const struct sip_peer_conf *conf = sip_peer_find(gateway->sip, name);
	struct sip_peer_status status;

	if (conf == NULL || conf->shutdown ||
	    sip_peer_status(gateway->sip, name, &status) < 0)
		return;
	reach->peers++;
	reach->down += status.health == SIP_HEALTH_DOWN;
}

static void look_at(const struct gateway *gateway, const struct dial_peer *p,
                    struct reach *reach)
{
	struct sip_peer_conf made;
	char name[sizeof(made.name)];
	bool is_made;

	if (p->kind == PEER_VOIP && !p->shutdown && p->target[0] != '\0' &&
	    p->destination_pattern[0] != '\0' &&
	    options_target_peer(p->target, name, sizeof(name), &made,
	                        &is_made) == 0)
		look_at_peer(gateway, name, reach);
}

static bool peers_lost(const struct trunk *trunk)
{
	const struct gateway *gateway = trunk->gateway;
	const struct options_monitors *said = &trunk->options.monitors;
	const struct dial_peer *p = NULL;
	struct reach reach = { 0 };

	for (unsigned i = 0; i < said->n; i++)
		look_at_peer(gateway, said->name[i], &reach);
	if (said->n == 0 && gateway->routes != NULL)
		while ((p = plan_next(gateway->routes->plan, p)) != NULL)
			look_at(gateway, p, &reach);
	return reach.peers > 0 && reach.down == reach.peers;
}

/* --- out and back --- */

static void hold_link(struct trunk *trunk, bool held)
{
	if (trunk->busyout.link_held == held || trunk->link == NULL)
		return;
	trunk->busyout.link_held = held;
	isdn_link_hold(trunk->link, held);
}

static void take_channels(struct trunk *trunk)
{
	struct busyout *b = &trunk->busyout;

	if (!isdn_link_has_service(trunk->link))
		return;
	for (unsigned i = 1; i < TICK_SLOTS; i++) {
		enum isdn_channel_state state =
			isdn_channel_state(trunk->link, i);

		if (state == CHANNEL_UNUSED || state == CHANNEL_SHUTDOWN)
			continue; /* by the operator: not ours to give back */
		if (isdn_channel_shutdown(trunk->link, i, true) == 0)
			b->channels |= UINT32_C(1) << i;
	}
}

static void give_channels(struct trunk *trunk)
{
	struct busyout *b = &trunk->busyout;

	for (unsigned i = 1; i < TICK_SLOTS && trunk->link != NULL; i++)
		if (b->channels & UINT32_C(1) << i)
			(void)isdn_channel_shutdown(trunk->link, i, false);
	b->channels = 0;
}

static void take_out(void *self, const void *detail)
{
	struct trunk *trunk = self;

	(void)detail;
	trunk->busyout.manner = (enum busyout_manner)trunk->options.busyout;
	log_notice(&area_isdn, trunk->name,
	           trunk->options.monitors.n > 0
	                   ? "busied out: no SIP peer it monitors can be "
	                     "reached"
	                   : "busied out: no SIP peer can be reached");
	busyout_settle(trunk);
}

static void put_back(void *self, const void *detail)
{
	struct trunk *trunk = self;

	(void)detail;
	log_notice(&area_isdn, trunk->name, "busyout ends, in service again");
	hold_link(trunk, false);
	give_channels(trunk);
}

/* --- the machine --- */

static void enter(void *self, unsigned state)
{
	struct trunk *trunk = self;
	struct busyout *b = &trunk->busyout;

	b->since = instant_now();
	timer_stop(&b->hold);
	if (state == BUSYOUT_WAITING)
		timer_start(&b->hold, SEC(trunk->options.busyout_hold_s));
	else if (state == BUSYOUT_RECOVERING)
		timer_start(&b->hold, SEC(trunk->options.busyout_clear_s));
}

static const char *const states[] = {
	[BUSYOUT_CLEAR] = "in service",
	[BUSYOUT_WAITING] = "hold-down",
	[BUSYOUT_BUSY] = "busied out",
	[BUSYOUT_RECOVERING] = "clearing",
};
static const char *const events[] = {
	[PEERS_LOST] = "peers lost",
	[PEERS_BACK] = "peer back",
	[HOLD_EXPIRED] = "time over",
	[SWITCHED_OFF] = "off",
};
static_assert(ARRAY_LEN(events) == BUSYOUT_EVENTS, "a name for each");

static const struct fsm_row rows[] = {
	/* clang-format off */
	/* in state            on event      do         then be in         */
	{ BUSYOUT_CLEAR,      PEERS_LOST,   NULL,      BUSYOUT_WAITING    },
	{ BUSYOUT_CLEAR,      PEERS_BACK,   NULL,      FSM_SAME           },
	{ BUSYOUT_CLEAR,      SWITCHED_OFF, NULL,      FSM_SAME           },
	{ BUSYOUT_WAITING,    PEERS_LOST,   NULL,      FSM_SAME           },
	{ BUSYOUT_WAITING,    PEERS_BACK,   NULL,      BUSYOUT_CLEAR      },
	{ BUSYOUT_WAITING,    HOLD_EXPIRED, take_out,  BUSYOUT_BUSY       },
	{ BUSYOUT_WAITING,    SWITCHED_OFF, NULL,      BUSYOUT_CLEAR      },
	{ BUSYOUT_BUSY,       PEERS_LOST,   NULL,      FSM_SAME           },
	{ BUSYOUT_BUSY,       PEERS_BACK,   NULL,      BUSYOUT_RECOVERING },
	{ BUSYOUT_BUSY,       SWITCHED_OFF, put_back,  BUSYOUT_CLEAR      },
	{ BUSYOUT_RECOVERING, PEERS_LOST,   NULL,      BUSYOUT_BUSY       },
	{ BUSYOUT_RECOVERING, PEERS_BACK,   NULL,      FSM_SAME           },
	{ BUSYOUT_RECOVERING, HOLD_EXPIRED, put_back,  BUSYOUT_CLEAR      },
	{ BUSYOUT_RECOVERING, SWITCHED_OFF, put_back,  BUSYOUT_CLEAR      },
	/* clang-format on */
};

const struct fsm_type busyout_machine = {
	.name = "busyout",
	.states = states,
	.events = events,
	.nstates = ARRAY_LEN(states),
	.nevents = ARRAY_LEN(events),
	.rows = rows,
	.nrows = ARRAY_LEN(rows),
	.enter = enter,
};

static void expired(void *self)
{
	struct trunk *trunk = self;

	fsm_post(&trunk->busyout.fsm, HOLD_EXPIRED, NULL);
}

static bool is_out(const struct trunk *trunk)
{
	unsigned state = fsm_state(&trunk->busyout.fsm);

	return state == BUSYOUT_BUSY || state == BUSYOUT_RECOVERING;
}

static void review(struct trunk *trunk)
{
	struct busyout *b = &trunk->busyout;
	enum busyout_manner manner =
		(enum busyout_manner)trunk->options.busyout;

	if (manner == BUSYOUT_OFF || (is_out(trunk) && b->manner != manner))
		fsm_post(&b->fsm, SWITCHED_OFF, NULL);
	if (manner != BUSYOUT_OFF)
		fsm_post(&b->fsm, peers_lost(trunk) ? PEERS_LOST : PEERS_BACK,
		         NULL);
}

void busyout_begin(struct trunk *trunk)
{
	fsm_init(&trunk->busyout.fsm, &busyout_machine, trunk);
	timer_init(&trunk->busyout.hold, trunk->gateway->loop, "busyout",
	           expired, trunk);
	trunk->busyout.since = instant_now();
	review(trunk);
}

void busyout_end(struct trunk *trunk)
{
	timer_stop(&trunk->busyout.hold);
}

void busyout_review(struct gateway *gateway)
{
	LIST_EACH(&gateway->trunks, struct trunk, trunk, list)
	review(trunk);
}

void busyout_settle(struct trunk *trunk)
{
	const struct busyout *b = &trunk->busyout;

	if (!is_out(trunk) || trunk->link == NULL)
		return;
	if (b->manner == BUSYOUT_D_CHANNEL && trunk->calls == 0)
		hold_link(trunk, true);
	else if (b->manner == BUSYOUT_SERVICE && b->channels == 0)
		take_channels(trunk);
}

void busyout_link_gone(struct trunk *trunk)
{
	trunk->busyout.link_held = false;
	trunk->busyout.channels = 0;
}

bool busyout_refuses(const struct trunk *trunk)
{
	return is_out(trunk);
}

bool busyout_holds_link(const struct trunk *trunk)
{
	return trunk->busyout.link_held;
}

/* --- for people --- */

const char *busyout_state_name(const struct trunk *trunk)
{
	return fsm_state_name(&trunk->busyout.fsm);
}

static const char *what_is_done(const struct trunk *trunk)
{
	const struct busyout *b = &trunk->busyout;

	if (b->link_held)
		return "the D channel is held down";
	if (b->channels != 0)
		return "its channels are out of service by SERVICE";
	return "each SETUP is refused with cause 38";
}

/* "every SIP peer", or "first and second" by name. */
static const char *whose(const struct trunk *trunk, char *to, size_t size)
{
	const struct options_monitors *said = &trunk->options.monitors;
	struct text out = { .at = to, .size = size };

	text_add(&out, "%s", said->n == 0 ? "every SIP peer" : "");
	for (unsigned i = 0; i < said->n; i++)
		text_add(&out, "%s%s",
		         i == 0             ? ""
		         : i + 1 == said->n ? " and "
		                            : ", ",
		         said->name[i]);
	return to;
}

void busyout_print_why(const struct trunk *trunk, char *to, size_t size)
{
	const struct busyout *b = &trunk->busyout;
	const char *be = trunk->options.monitors.n > 1 ? "are" : "is";
	char who[OPTIONS_MONITORS * 44];
	struct text out = { .at = to, .size = size };
	int64_t since = instant_since(instant_now(), b->since) / SEC(1);
	int64_t left = (timer_left(&b->hold) + SEC(1) - 1) / SEC(1);

	to[0] = '\0';
	switch ((enum busyout_state)fsm_state(&b->fsm)) {
	case BUSYOUT_CLEAR:
		text_add(&out, "%s",
		         trunk->options.busyout == BUSYOUT_OFF
		                 ? "busyout is off"
		         : trunk->options.monitors.n > 0
		                 ? "some SIP peer it monitors is up, or not "
		                   "known to be down"
		                 : "some SIP peer is up, or not known to be "
		                   "down");
		break;
	case BUSYOUT_WAITING:
		text_add(&out,
		         "%s %s down; busied out in %" PRId64 " s "
		         "if none comes back",
		         whose(trunk, who, sizeof(who)), be, left);
		break;
	case BUSYOUT_BUSY:
		text_add(&out, "%s %s down; for %" PRId64 " s %s",
		         whose(trunk, who, sizeof(who)), be, since,
		         what_is_done(trunk));
		break;
	case BUSYOUT_RECOVERING:
		text_add(&out,
		         "a SIP peer is up again; in service in %" PRId64
		         " s, until then %s",
		         left, what_is_done(trunk));
		break;
	}
	if (is_out(trunk) && trunk->calls > 0)
		text_add(&out, "; %u calls go on", trunk->calls);
}
