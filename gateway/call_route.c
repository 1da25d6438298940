/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Where the far leg goes, and where it goes next. The dial plan answers with
 * an ordered list; a choice that cannot be taken or that fails in a way the
 * hunting table knows leads to the next one, while the caller waits and hears
 * nothing of it. What went wrong last is what the caller is told in the end.
 *
 * An emergency call is never refused by a rule of ours and tries every choice,
 * however the one before ended.
 *
 * A reload makes a new plan; a call that still hunts keeps the one it began
 * with. That is why a plan is counted: it goes when it is no longer in force
 * and no call hunts in it.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/admit.h"
#include "gateway/call_private.h"
#include "gateway/gateway.h"
#include "gateway/ladder.h"
#include "gateway/routes.h"
#include "gateway/trunk.h"
#include "kernel/mem.h"
#include "kernel/text.h"

int route_table_new(struct route_table **out, struct plan *plan)
{
	struct route_table *table = mem_new(struct route_table);

	if (table == NULL)
		return -ENOMEM;
	table->plan = plan;
	table->in_force = true;
	*out = table;
	return 0;
}

static void table_settle(struct route_table *table)
{
	if (table->in_force || table->calls > 0)
		return;
	(void)plan_free(table->plan);
	(void)mem_free(table);
}

void route_table_retire(struct route_table *table)
{
	if (table == NULL)
		return;
	table->in_force = false;
	table_settle(table);
}

void call_routes_done(struct call *call)
{
	struct route_table *table = call->table;

	if (table == NULL)
		return;
	call->table = NULL;
	call->routes.n = 0;
	table->calls--;
	table_settle(table);
}

/* Writes down why no route was found. */
static void fail(struct call *call, enum release_by by, enum q850_cause cause,
                 const char *detail)
{
	memset(&call->failed, 0, sizeof(call->failed));
	call->failed.by = by;
	call->failed.cause = (struct cause){ cause, LOCATION_PRIVATE_LOCAL };
	(void)text_copy(call->failed.detail, sizeof(call->failed.detail),
	                detail);
	fsm_post(&call->fsm, EV_NO_MORE, NULL);
}

/* As the configuration names what a leg is on. */
static void set_source(struct plan_source *source, const struct leg *leg,
                       char target[PEER_TARGET])
{
	source->kind = leg->kind;
	source->trunk = "";
	source->target = target;
	target[0] = '\0';
	if (leg->kind == PEER_POTS)
		source->trunk = leg->isdn.trunk->name;
	else
		(void)snprintf(target, PEER_TARGET, "%s%s",
		               strchr(leg->sip.peer, ':') == NULL ? "sip-peer "
		                                                  : "",
		               leg->sip.peer);
}

/* The dial-peer it came in by. */
static const struct dial_peer *inbound_of(const struct call *call)
{
	char target[PEER_TARGET];
	struct plan_source source = {
		.called = call->setup.called.number.digits,
		.calling = call->setup.calling.number.digits,
	};

	set_source(&source, &call->leg[0], target);

	return plan_inbound(call->table->plan, &source);
}

/* The first line of a ladder that is not a message. */
static void tell_inbound(const struct call *call)
{
	const struct party *calling = &call->setup.calling;
	char from[40], to[40], near[48];

	leg_name(&call->leg[0], near, sizeof(near));
	ladder_decide(
		call->gateway->ladder, call->number,
		"%s at %s calls %s, dial-peer in %u%s",
		calling->number.present
			? log_digits(from, sizeof(from), calling->number.digits)
			: "no number",
		near,
		log_digits(to, sizeof(to), call->setup.called.number.digits),
		call->leg[0].peer_tag,
		call->leg[0].peer_tag == 0 ? " (default)" : "");
}

void call_ask_plan(struct call *call, struct routes *routes)
{
	plan_route(call->table->plan, inbound_of(call),
	           call->setup.called.number.digits, call->setup.complete,
	           routes, &call->barred);
}

static void find_routes(struct call *call)
{
	const struct dial_peer *inbound;

	if (call->table == NULL) {
		call->table = call->gateway->routes;
		call->table->calls++;
	}
	inbound = inbound_of(call);
	call->leg[0].peer_tag = inbound->tag;
	if (call->setup.complete)
		tell_inbound(call);
	call_ask_plan(call, &call->routes);
	call->emergency = call->routes.emergency || call->setup.emergency;
	call->next_route = 0;
}

/* Either way, and this call's own. */
static unsigned calls_by_name(const struct call *call, const char *name)
{
	unsigned n = 0;

	LIST_EACH(&call->gateway->calls, struct call, other, list)
	for (unsigned i = 0; i < CALL_LEGS; i++)
		if (other->leg[i].open && other->leg[i].kind == PEER_VOIP &&
		    strcmp(other->leg[i].sip.peer, name) == 0)
			n++;
	return n;
}

/* `max-conn` of a sip-peer; 0: there is none, or the peer has no section. */
static unsigned most_by_name(const struct call *call, const char *name)
{
	const struct options_peer *peer =
		conf_find(call->gateway->conf, &options_peer_section, name);

	return peer == NULL ? 0 : peer->max_calls;
}

/* What the leg it came in by is not open to, or has enough of. */
static enum q850_cause barred_near(struct call *call, const char **rule)
{
	const struct leg *near = &call->leg[0];
	unsigned most;

	if (near->kind == PEER_POTS && trunk_is_closed(near->isdn.trunk)) {
		*rule = "shutdown of the span";
		return Q850_NETWORK_OUT_OF_ORDER;
	}
	if (near->kind == PEER_POTS && busyout_refuses(near->isdn.trunk)) {
		*rule = "busyout: no SIP peer can be reached";
		return Q850_NETWORK_OUT_OF_ORDER;
	}
	if (near->kind == PEER_POTS)
		return Q850_NONE;
	most = most_by_name(call, near->sip.peer);
	if (most == 0 || calls_by_name(call, near->sip.peer) <= most)
		return Q850_NONE;
	*rule = "max-conn of the sip-peer";
	return Q850_SWITCH_CONGESTION;
}

static void log_emergency(struct call *call)
{
	char name[16], from[40], to[40];

	(void)snprintf(name, sizeof(name), "call %u", call->number);
	log_notice(
		&area_call, name, "emergency call from %s to %s",
		log_digits(from, sizeof(from),
	                   call->setup.calling.number.digits),
		log_digits(to, sizeof(to), call->setup.called.number.digits));
}

static bool admitted(struct call *call)
{
	const char *rule = "";
	enum q850_cause cause = Q850_NONE;

	if (call->emergency)
		log_emergency(call);
	else
		cause = barred_near(call, &rule);
	if (cause == Q850_NONE)
		cause = admit_call(call->gateway, call->emergency,
		                   call->setup.weighed, &rule);
	if (cause == Q850_NONE)
		return true;
	fail(call, RELEASE_BY_POLICY, cause, rule);
	return false;
}

/* Nothing matches: would something, had more been dialled? */
static bool is_incomplete(struct call *call)
{
	struct routes routes;
	bool barred;

	plan_route(call->table->plan, inbound_of(call),
	           call->setup.called.number.digits, false, &routes, &barred);
	return routes.answer == PLAN_NEED_MORE;
}

static void refuse_number(struct call *call)
{
	struct gateway_counts *counts = &call->gateway->counts;

	if (call->barred) {
		counts->barred++;
		fail(call, RELEASE_BY_POLICY, Q850_CALL_REJECTED,
		     "no allow-same-kind on both dial-peers");
	} else if (is_incomplete(call)) {
		counts->no_number++;
		fail(call, RELEASE_BY_POLICY, Q850_INVALID_NUMBER,
		     "the called number is not complete");
	} else {
		counts->no_route++;
		fail(call, RELEASE_BY_POLICY, Q850_UNALLOCATED,
		     "no dial-peer matches the called number");
	}
}

void call_analyse(struct call *call)
{
	struct gateway_counts *counts = &call->gateway->counts;

	if (call->setup.bearer != BEARER_SPEECH &&
	    call->setup.bearer != BEARER_AUDIO_3K1) {
		fail(call, RELEASE_BY_POLICY, Q850_BEARER_NOT_IMPLEMENTED,
		     "only speech and 3.1 kHz audio are carried");
		return;
	}
	find_routes(call);
	switch (call->routes.answer) {
	case PLAN_MATCH:
		if (!call->setup.complete)
			tell_inbound(call);
		call->setup.complete = true;
		if (admitted(call))
			fsm_post(&call->fsm, EV_ROUTED, NULL);
		return;
	case PLAN_MAYBE_MORE:
		/* else the near leg's T302 says when to stop waiting */
		if (!call->routes.settled ||
		    !call_may_grow(call, &call->routes.route[0]))
			return;
		tell_inbound(call);
		if (admitted(call))
			fsm_post(&call->fsm, EV_ROUTED, NULL);
		return;
	case PLAN_NEED_MORE:
		if (call->leg[0].kind == PEER_VOIP) /* RFC 3578 3.5 */
			refuse_number(call);
		return;
	case PLAN_NO_NUMBER:
		counts->no_number++;
		fail(call, RELEASE_BY_POLICY, Q850_INVALID_NUMBER,
		     "no number was dialled");
		return;
	case PLAN_NO_MATCH:
		refuse_number(call);
		return;
	}
}

static unsigned calls_by_tag(const struct call *call, unsigned tag)
{
	unsigned n = 0;

	LIST_EACH(&call->gateway->calls, struct call, other, list)
	if (other != call && other->leg[1].open &&
	    other->leg[1].peer_tag == tag)
		n++;
	return n;
}

/* Has whom this route leads to all the calls he may have? Says whose limit. */
static bool is_full(struct call *call, const struct route *route)
{
	const struct dial_peer *peer = route->peer;
	const char *name = text_starts(peer->target, "sip-peer ")
	                           ? peer->target + strlen("sip-peer ")
	                           : "";
	unsigned most = most_by_name(call, name);

	call->failed = (struct release){
		.by = RELEASE_BY_POLICY,
		.cause = { Q850_NO_CIRCUIT, LOCATION_PRIVATE_LOCAL },
	};
	if (call->emergency)
		return false;
	if (peer->max_calls != 0 &&
	    calls_by_tag(call, peer->tag) >= peer->max_calls)
		(void)snprintf(call->failed.detail, sizeof(call->failed.detail),
		               "max-conn of dial-peer %u", peer->tag);
	else if (most != 0 && calls_by_name(call, name) >= most)
		(void)snprintf(call->failed.detail, sizeof(call->failed.detail),
		               "max-conn of sip-peer %.40s", name);
	return call->failed.detail[0] != '\0';
}

/* Is it known that nobody is there? Then the next choice is tried at once; the
 * last one is tried all the same, for the keep-alive may be wrong. */
static bool is_down(struct call *call, const struct route *route)
{
	bool is_last =
		call->next_route >= call->routes.n || route->peer->huntstop;
	struct sip_peer_conf made;
	struct sip_peer_status status;
	char name[sizeof(made.name)];
	bool is_made;

	if (route->peer->kind != PEER_VOIP || call->emergency || is_last ||
	    options_target_peer(route->peer->target, name, sizeof(name), &made,
	                        &is_made) < 0 ||
	    sip_peer_status(call->gateway->sip, name, &status) < 0 ||
	    status.health != SIP_HEALTH_DOWN)
		return false;
	call->failed = (struct release){
		.by = RELEASE_BY_FAILURE,
		.cause = { Q850_NETWORK_OUT_OF_ORDER, LOCATION_PRIVATE_LOCAL },
	};
	(void)snprintf(call->failed.detail, sizeof(call->failed.detail),
	               "sip-peer %.40s is down", name);
	return true;
}

/* What the far leg is asked: as it came, with the digits of this route. */
static void fill_out(struct call *call, const struct route *route,
                     struct leg_setup *out)
{
	struct number *called = &out->called.number;

	out->complete = call->setup.complete || out->transfer != NULL;
	out->emergency = call->emergency;
	out->target = route->peer->kind == PEER_POTS ? route->peer->trunk
	                                             : route->peer->target;
	if (strcmp(called->digits, route->digits) != 0) {
		(void)text_copy(called->digits, sizeof(called->digits),
		                route->digits);
		called->type = route->digits[0] == '+' ? NUMBER_INTERNATIONAL
		                                       : NUMBER_UNKNOWN;
	}
}

/* The same for a transfer: who stays calls whom he is sent to. */
static void ask_transfer(struct call *call, const struct route *route,
                         struct leg_setup *out)
{
	struct transfer *asked = &call->move->asked;

	*out = (struct leg_setup){
		.calling = *call_party(call, call->mover ^ 1u),
		.bearer = call->setup.bearer,
		.transfer = asked,
	};
	out->called.number = asked->to;
	if (route->peer != &call->move->direct)
		asked->uri[0] = '\0'; /* the dial plan says whom to call */
}

/* In the words of telephony: "Network is down" is no IP network's here. */
static const char *why_not(enum peer_kind kind, int rc)
{
	if (kind == PEER_POTS && rc == -EBUSY)
		return "no channel is free";
	if (kind == PEER_POTS && rc == -ENETDOWN)
		return "it takes no calls";
	return strerror(-rc);
}

static int place(struct call *call, const struct route *route)
{
	bool moves = fsm_state(&call->fsm) == CALL_TRANSFERRING;
	struct leg *leg = &call->leg[moves ? LEG_THIRD : 1];
	struct leg_setup moved = { 0 };
	struct leg_setup *out = moves ? &moved : &call->out;
	struct cause cause = { Q850_NONE, LOCATION_PRIVATE_LOCAL };
	struct trunk *trunk;
	int rc = -ENOENT;

	memset(leg, 0, sizeof(*leg));
	leg->call = call;
	leg->which = moves ? LEG_THIRD : 1;
	leg->kind = route->peer->kind;
	leg->peer_tag = route->peer->tag;
	if (moves)
		ask_transfer(call, route, out);
	else
		*out = call->setup;
	if (!moves)
		call->connected = (struct party){ 0 };
	fill_out(call, route, out);
	if (leg->kind == PEER_VOIP) {
		rc = leg_sip_place(leg, call->gateway, out, &cause);
	} else {
		trunk = gateway_trunk(call->gateway, route->peer->trunk);
		cause.value = Q850_NETWORK_OUT_OF_ORDER;
		if (trunk != NULL)
			rc = leg_isdn_place(leg, trunk, out, &cause);
	}
	memset(&call->failed, 0, sizeof(call->failed));
	call->failed.by = RELEASE_BY_FAILURE;
	call->failed.cause = cause;
	if (rc < 0)
		(void)snprintf(call->failed.detail, sizeof(call->failed.detail),
		               "%.40s: %s", out->target,
		               why_not(leg->kind, rc));
	return rc;
}

static void tell_choice(const struct call *call, const struct route *route)
{
	char digits[40];

	if (call->move != NULL && route->peer == &call->move->direct)
		return; /* a transfer has said where */
	ladder_decide(call->gateway->ladder, call->number,
	              "%s%s: dial-peer %u to %s, choice %zu of %zu",
	              log_digits(digits, sizeof(digits), route->digits),
	              call->setup.complete ? "" : ", and more to come",
	              route->peer->tag,
	              route->peer->kind == PEER_POTS ? route->peer->trunk
	                                             : route->peer->target,
	              call->next_route, call->routes.n);
}

/* A choice that takes no digits as they come waits for the last one. */
static bool is_due(struct call *call, const struct route *route)
{
	if (call->setup.complete || call_is_answered(call) ||
	    call_may_grow(call, route))
		return true;
	ladder_decide(call->gateway->ladder, call->number,
	              "dial-peer %u waits for the whole number",
	              route->peer->tag);
	return false;
}

void call_try(struct call *call)
{
	const struct route *route;

	call->uui.len = 0; /* who failed has nothing to say any more */
	while (call->next_route < call->routes.n) {
		route = &call->routes.route[call->next_route];
		if (!is_due(call, route))
			return;
		call->next_route++;
		tell_choice(call, route);
		if (!is_full(call, route) && !is_down(call, route) &&
		    place(call, route) == 0)
			return;
		ladder_decide(call->gateway->ladder, call->number,
		              "not taken: %s", call->failed.detail);
		if (route->peer->huntstop && !call->emergency)
			break;
	}
	fsm_post(&call->fsm, EV_NO_MORE, NULL);
}

/* A peer that is named is called as it is; a number is for the dial plan, as
 * if the side that stays had dialled it. */
static void plan_transfer(struct call *call)
{
	struct transfer *asked = &call->move->asked;
	char target[PEER_TARGET];
	struct plan_source source = { .called = asked->to.digits,
		                      .calling = "" };

	set_source(&source, &call->leg[call->mover ^ 1u], target);
	call->table = call->gateway->routes;
	call->table->calls++;
	plan_route(call->table->plan, plan_inbound(call->table->plan, &source),
	           asked->to.digits, true, &call->routes, &call->barred);
}

void call_route_transfer(struct call *call)
{
	struct transfer *asked = &call->move->asked;
	struct dial_peer *direct = &call->move->direct;

	call->next_route = 0;
	call->barred = false;
	call_routes_done(call);
	if (asked->peer[0] != '\0') {
		*direct = (struct dial_peer){ .kind = PEER_VOIP };
		(void)snprintf(direct->target, sizeof(direct->target), "%s%s",
		               strchr(asked->peer, ':') == NULL ? "sip-peer "
		                                                : "",
		               asked->peer);
		call->routes = (struct routes){ .answer = PLAN_MATCH, .n = 1 };
		call->routes.route[0].peer = direct;
		(void)text_copy(call->routes.route[0].digits,
		                sizeof(call->routes.route[0].digits),
		                asked->to.digits);
	} else {
		plan_transfer(call);
	}
	if (call->routes.answer == PLAN_MATCH)
		fsm_post(&call->fsm, EV_TRY, NULL);
	else if (call->barred)
		fail(call, RELEASE_BY_POLICY, Q850_CALL_REJECTED,
		     "no allow-same-kind for the transfer");
	else if (!asked->to.present)
		fail(call, RELEASE_BY_POLICY, Q850_INVALID_NUMBER,
		     "a transfer to a name at nobody we know");
	else
		fail(call, RELEASE_BY_POLICY, Q850_UNALLOCATED,
		     "no dial-peer matches the transfer");
}

bool call_hunts(const struct call *call, const struct release *why)
{
	const struct dial_peer *peer =
		call->routes.route[MAX_OF(call->next_route, (size_t)1) - 1]
			.peer;
	const struct options_global *said = &call->gateway->global;
	bool may = why->sip_status != 0
	                   ? plan_hunts_status(&said->hunt_statuses,
	                                       why->sip_status)
	                   : plan_hunts_cause(&said->hunt_causes,
	                                      why->cause.value);

	return call->next_route < call->routes.n &&
	       (call->emergency || (may && !peer->huntstop));
}

void call_far_failed(struct call *call)
{
	const struct release *why = &call->failed;

	call_early_next(call);
	call_join(call); /* the far end has gone: let its channel go too */
	if (!call_hunts(call, why)) {
		fsm_post(&call->fsm, EV_NO_MORE, NULL);
		return;
	}
	call->gateway->counts.hunted++;
	ladder_decide(call->gateway->ladder, call->number,
	              "cause %u (%s): hunting on", why->cause.value,
	              q850_cause_name(why->cause.value));
	fsm_post(&call->fsm, EV_TRY, NULL);
}
