/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The plan tells about itself: why a number goes where it goes, and what in it
 * can never work.
 *
 * An explanation is made by the very steps that route a call; only the words
 * are added here. Warnings are about plans that are accepted, but hold
 * something nobody can have meant.
 */

#include "dialplan/private.h"

#include <assert.h>

#include "kernel/text.h"

typedef void (*line_fn)(void *self, const char *text);

static void begin_line(struct text *t, const struct dial_peer *peer)
{
	text_add(t, "dial-peer %u %s %s: ", peer->tag,
	         plan_kind_name(peer->kind), peer->destination_pattern);
}

static const char *leads_to(const struct dial_peer *peer)
{
	return peer->kind == PEER_POTS ? peer->trunk : peer->target;
}

static void tell_choice(const struct route *route, size_t choice, line_fn line,
                        void *self)
{
	char buf[256];
	struct text t = TEXT(buf);

	begin_line(&t, route->peer);
	text_add(&t,
	         "choice %zu, %u explicit digits, preference %u, "
	         "to %s as %s%s%s",
	         choice, route->matched, route->peer->preference,
	         leads_to(route->peer),
	         route->digits[0] == '\0' ? "no number" : route->digits,
	         route->peer->emergency ? ", emergency" : "",
	         route->peer->huntstop ? ", huntstop" : "");
	line(self, buf);
}

static const struct dial_peer *stopper(const struct routes *routes)
{
	const struct dial_peer *last =
		routes->n > 0 ? routes->route[routes->n - 1].peer : NULL;

	return last != NULL && last->huntstop && !routes->emergency ? last
	                                                            : NULL;
}

/* Why a peer that matches is none of the choices. */
static void say_left_out(struct text *t, const struct routes *routes)
{
	const struct dial_peer *stop = stopper(routes);

	if (stop != NULL)
		text_add(t, "not tried, dial-peer %u has huntstop", stop->tag);
	else
		text_add(t, "not tried, %d better choices are the most",
		         PLAN_ROUTES);
}

static void say_verdict(struct text *t, enum verdict verdict,
                        const struct routes *routes,
                        const struct dial_peer *inbound,
                        const struct dial_peer *peer)
{
	const char *kind = plan_kind_name(peer->kind);

	switch (verdict) {
	case VERDICT_MATCH:
		say_left_out(t, routes);
		break;
	case VERDICT_MORE:
		text_add(t, "needs more digits");
		break;
	case VERDICT_NO_MATCH:
		text_add(t, "does not match");
		break;
	case VERDICT_SHUTDOWN:
		text_add(t, "matches, but is shut down");
		break;
	case VERDICT_NOWHERE:
		text_add(t, "matches, but leads nowhere: it has no %s",
		         peer->kind == PEER_POTS ? "trunk" : "session target");
		break;
	case VERDICT_BARRED:
		text_add(t,
		         "barred, %s to %s has to be allowed by dial-peer %u "
		         "and dial-peer %u both",
		         kind, kind, inbound->tag, peer->tag);
		break;
	case VERDICT_TOO_LONG:
		text_add(t, "matches, but with its prefix the number has "
		            "more than 32 digits");
		break;
	}
}

static bool is_choice(const struct routes *routes, const struct dial_peer *peer)
{
	for (size_t i = 0; i < routes->n; i++)
		if (routes->route[i].peer == peer)
			return true;
	return false;
}

static const char *const answer_words[] = {
	[PLAN_MATCH] = "match",
	[PLAN_MAYBE_MORE] = "match, but more digits could match better",
	[PLAN_NEED_MORE] = "more digits are needed",
	[PLAN_NO_MATCH] = "no match, cause 1",
	[PLAN_NO_NUMBER] = "no number, cause 28",
};
static_assert(ARRAY_LEN(answer_words) == PLAN_NO_NUMBER + 1, "one for each");

void plan_explain(const struct plan *plan, const struct dial_peer *inbound,
                  const char *digits, bool complete,
                  void (*line)(void *self, const char *text), void *self)
{
	char number[NUMBER_DIGITS + 1], buf[256];
	struct routes routes;
	struct text t;
	bool barred;

	plan_route(plan, inbound, digits, complete, &routes, &barred);
	(void)plan_number(plan, digits, number, &complete);
	for (size_t i = 0; i < routes.n; i++)
		tell_choice(&routes.route[i], i + 1, line, self);
	for (size_t i = 0; i < plan->n; i++) {
		const struct dial_peer *peer = &plan->peers[i].conf;
		struct pattern_match m;
		struct route route;

		if (!plan->peers[i].destination.set || is_choice(&routes, peer))
			continue;
		t = TEXT(buf);
		begin_line(&t, peer);
		say_verdict(&t,
		            plan_judge(&plan->peers[i], inbound, number, &m,
		                       &route),
		            &routes, inbound, peer);
		line(self, buf);
	}
	t = TEXT(buf);
	text_add(&t, "%s%s: %s%s", number[0] == '\0' ? "no digits" : number,
	         complete ? " (complete)" : "", answer_words[routes.answer],
	         barred ? ", all that match are barred" : "");
	line(self, buf);
}

/* Whether other is hunted first for every call that peer could carry. */
static bool always_before(const struct plan_peer *other,
                          const struct plan_peer *peer)
{
	struct rank a = { 0, other->conf.preference, other->conf.tag };
	struct rank b = { 0, peer->conf.preference, peer->conf.tag };

	return !other->conf.shutdown && leads_to(&other->conf)[0] != '\0' &&
	       other->conf.kind == peer->conf.kind &&
	       (other->conf.same_kind || !peer->conf.same_kind) &&
	       rank_before(&a, &b) &&
	       pattern_covers(&other->destination, &peer->destination);
}

static void warn_unreached(const struct plan *plan,
                           const struct plan_peer *peer, struct text *t)
{
	unsigned before = 0;

	for (size_t i = 0; i < plan->n; i++) {
		const struct dial_peer *other = &plan->peers[i].conf;

		if (!always_before(&plan->peers[i], peer))
			continue;
		before++;
		if (!other->huntstop || other->emergency ||
		    peer->conf.emergency)
			continue;
		text_add(t,
		         "is never reached, dial-peer %u takes its numbers "
		         "first and has huntstop",
		         other->tag);
		return;
	}
	if (before >= PLAN_ROUTES)
		text_add(t, "is never reached, %u others are hunted before it",
		         before);
}

static void warn_nowhere(const struct plan *plan ATTR_UNUSED,
                         const struct plan_peer *peer, struct text *t)
{
	if (leads_to(&peer->conf)[0] == '\0')
		text_add(t,
		         "has a destination-pattern, but no %s: no call goes "
		         "out by it",
		         peer->conf.kind == PEER_POTS ? "trunk"
		                                      : "session target");
}

static void warn_stripped(const struct plan *plan ATTR_UNUSED,
                          const struct plan_peer *peer, struct text *t)
{
	const struct dial_peer *conf = &peer->conf;
	int left = pattern_shortest(&peer->destination);

	if (conf->prefix[0] != '\0' || peer->destination.open)
		return;
	if (conf->forward_digits > 0)
		left = MIN_OF(left, (int)conf->forward_digits);
	else if (conf->kind == PEER_POTS && conf->strip_all_explicit)
		left -= (int)pattern_spelled(&peer->destination);
	if (left <= (int)conf->strip)
		text_add(t,
		         "sends no called number when just the digits of its "
		         "pattern %s are dialled: all of them are stripped",
		         conf->destination_pattern);
}

static void warn_emergency(const struct plan *plan ATTR_UNUSED,
                           const struct plan_peer *peer, struct text *t)
{
	if (peer->conf.emergency && !peer->destination.exact)
		text_add(t,
		         "is for emergency and takes every number that begins "
		         "like %s; end the pattern with $ if that is not meant",
		         peer->conf.destination_pattern);
}

/* Each adds its sentence, or nothing. */
static void (*const warnings[])(const struct plan *plan,
                                const struct plan_peer *peer,
                                struct text *t) = {
	warn_nowhere,
	warn_unreached,
	warn_stripped,
	warn_emergency,
};

static void warn_peer(const struct plan *plan, const struct plan_peer *peer,
                      line_fn line, void *self)
{
	char buf[256];

	for (size_t i = 0; i < ARRAY_LEN(warnings); i++) {
		struct text t = TEXT(buf);
		size_t begun;

		text_add(&t, "dial-peer %u: ", peer->conf.tag);
		begun = t.len;
		warnings[i](plan, peer, &t);
		if (t.len > begun)
			line(self, buf);
	}
}

void plan_warnings(const struct plan *plan,
                   void (*line)(void *self, const char *text), void *self)
{
	for (size_t i = 0; i < plan->n; i++)
		if (plan->peers[i].destination.set &&
		    !plan->peers[i].conf.shutdown)
			warn_peer(plan, &plan->peers[i], line, self);
}
