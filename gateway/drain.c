/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Stopping in order. New calls are refused, but emergency calls; those that are
 * up get `drain time`, then they are cleared, but emergency calls: these are
 * never ended by an orderly stop, however long they last. So that a stop that
 * takes long is no riddle, who is waited for is said when it begins, when the
 * time is up and every minute after it, in the log, to the service manager
 * (which is asked for as much patience) and in `show version`. A second signal
 * ends everything at once.
 */

#include <stdio.h>

#include "gateway/admit.h"
#include "gateway/call.h"
#include "gateway/call_private.h"
#include "gateway/gateway.h"
#include "gateway/trunk.h"
#include "kernel/daemon.h"

#define TELL_EVERY SEC(60)

struct waited {
	unsigned calls, emergency;
};

static struct waited count(const struct gateway *gateway)
{
	struct waited n = { 0 };

	LIST_EACH(&gateway->calls, struct call, call, list)
	{
		n.calls++;
		n.emergency += call->emergency;
	}
	return n;
}

void gateway_state_print(const struct gateway *gateway, char *to, size_t size)
{
	struct waited n = count(gateway);
	usec since = instant_since(instant_now(), gateway->drain_since);

	if (!gateway->draining)
		(void)snprintf(to, size, "%s",
		               admit_is_open(gateway)
		                       ? "takes calls"
		                       : "refuses new calls: limit or load");
	else
		(void)snprintf(to, size,
		               "stopping for %lld s: waits for %u call%s, %u "
		               "of them emergency",
		               (long long)(since / SEC(1)), n.calls,
		               n.calls == 1 ? "" : "s", n.emergency);
}

static void tell(struct gateway *gateway)
{
	char state[120], status[240];

	gateway_state_print(gateway, state, sizeof(state));
	log_notice(&area_gateway, gateway->global.hostname,
	           "%s (a second signal ends them)", state);
	(void)snprintf(status, sizeof(status),
	               "EXTEND_TIMEOUT_USEC=%lld\nSTATUS=%s",
	               (long long)(2 * TELL_EVERY), state);
	(void)daemon_notify(status);
}

static void still_there(void *self)
{
	struct gateway *gateway = self;

	tell(gateway);
	timer_start(&gateway->drain, TELL_EVERY);
}

static void time_is_up(void *self)
{
	static const struct release why = {
		.by = RELEASE_BY_OPERATOR,
		.cause = { Q850_NORMAL_UNSPECIFIED, LOCATION_PRIVATE_LOCAL },
		.detail = "shutdown",
	};
	struct gateway *gateway = self;

	LIST_EACH(&gateway->calls, struct call, call, list)
	if (!call->emergency)
		call_clear(call, &why);
	timer_init(&gateway->drain, gateway->loop, "drain", still_there,
	           gateway);
	if (count(gateway).emergency > 0)
		tell(gateway);
	timer_start(&gateway->drain, TELL_EVERY);
}

void gateway_drain(struct gateway *gateway, usec after,
                   void (*done)(void *self), void *self)
{
	gateway->draining = true;
	gateway->drain_since = instant_now();
	registrar_update(gateway);
	gateway->drained = done;
	gateway->drained_self = self;
	timer_init(&gateway->drain, gateway->loop, "drain", time_is_up,
	           gateway);
	if (list_empty(&gateway->calls)) {
		done(self);
		return;
	}
	tell(gateway);
	timer_start(&gateway->drain, after);
}

void gateway_call_ended(struct gateway *gateway)
{
	LIST_EACH(&gateway->trunks, struct trunk, trunk, list)
	if (trunk->doomed && !trunk->dying && trunk->calls == 0)
		trunk_close(trunk);
	else
		busyout_settle(trunk);
	if (gateway->draining && list_empty(&gateway->calls) &&
	    gateway->drained != NULL) {
		timer_stop(&gateway->drain);
		gateway->drained(gateway->drained_self);
	}
}
