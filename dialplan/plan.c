/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The plan as a whole: a table of dial-peers, compiled once.
 *
 * Looking a number up walks all peers: the first digit throws most of them
 * out by one AND, the rest die at the first digit that differs, so 2,000 peers
 * cost less than sending the message that brought the number. That leaves no
 * index that could disagree with the table.
 *
 * The inbound peer is found as in IOS, with one difference: a
 * destination-pattern is held against the caller only for calls that come from
 * where that peer leads. A pattern such as `.T` would otherwise lend its
 * rights (SIP to SIP, PRI to PRI) to callers from anywhere.
 */

#include "dialplan/private.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/mem.h"

static const struct dial_peer preset[] = {
	[PEER_POTS] = { .tag = 0, .kind = PEER_POTS },
	[PEER_VOIP] = { .tag = 0, .kind = PEER_VOIP },
};

static const char *const kind_names[] = {
	[PEER_POTS] = "pots",
	[PEER_VOIP] = "voip",
};
static_assert(ARRAY_LEN(kind_names) == PEER_VOIP + 1, "a name for each kind");

const char *plan_kind_name(enum peer_kind kind)
{
	return kind_names[kind];
}

static int refuse(char *wrong, size_t size, const char *sentence)
{
	(void)snprintf(wrong, size, "%s", sentence);
	return -EBADMSG;
}

static int check_peer(const struct dial_peer *peer, char *wrong, size_t size)
{
	char digits[NUMBER_DIGITS + 1];

	if (peer->tag == 0 || peer->tag > INT_MAX)
		return refuse(wrong, size, "the tag is 1 to 2147483647");
	if (peer->preference > 10)
		return refuse(wrong, size, "preference is 0 to 10");
	if (number_normal(digits, peer->prefix) < 0 ||
	    strcmp(digits, peer->prefix) != 0)
		return refuse(wrong, size,
		              "prefix is made of digits, *, #, A to D and a "
		              "leading +");
	return 0;
}

static int load_peer(struct plan_peer *to, const struct dial_peer *peer,
                     char *wrong, size_t size)
{
	int rc = check_peer(peer, wrong, size);

	to->conf = *peer;
	if (rc == 0)
		rc = pattern_init(&to->destination, peer->destination_pattern,
		                  wrong, size);
	if (rc == 0)
		rc = pattern_init(&to->called, peer->incoming_called_number,
		                  wrong, size);
	if (rc == 0)
		rc = pattern_init(&to->answer, peer->answer_address, wrong,
		                  size);
	return rc;
}

static int by_tag(const void *a, const void *b)
{
	const struct plan_peer *x = a, *y = b;

	return (x->conf.tag > y->conf.tag) - (x->conf.tag < y->conf.tag);
}

static int load_peers(struct plan *plan, const struct dial_peer *peers,
                      size_t n, char *wrong, size_t size, unsigned *tag)
{
	int rc = 0;

	for (; rc == 0 && plan->n < n; plan->n++) {
		rc = load_peer(&plan->peers[plan->n], &peers[plan->n], wrong,
		               size);
		if (rc < 0)
			*tag = peers[plan->n].tag;
	}
	if (rc < 0)
		return rc;
	qsort(plan->peers, n, sizeof(plan->peers[0]), by_tag);
	for (size_t i = 1; i < n; i++) {
		if (plan->peers[i].conf.tag != plan->peers[i - 1].conf.tag)
			continue;
		*tag = plan->peers[i].conf.tag;
		return refuse(wrong, size, "two dial-peers have this tag");
	}
	return 0;
}

int plan_new(struct plan **out, const struct dial_peer *peers, size_t n,
             char *wrong, size_t size, unsigned *tag)
{
	struct plan *plan;
	int rc = 0;

	if (n > PLAN_PEERS) {
		*tag = peers[PLAN_PEERS].tag;
		return refuse(wrong, size, "at most 2000 dial-peers");
	}
	plan = mem_new(struct plan);
	if (plan == NULL)
		return -ENOMEM;
	if (n > 0) {
		plan->peers = mem_new_array(struct plan_peer, n);
		rc = plan->peers == NULL
		             ? -ENOMEM
		             : load_peers(plan, peers, n, wrong, size, tag);
	}
	if (rc < 0)
		plan = plan_free(plan);
	else
		*out = plan;
	return rc;
}

struct plan *plan_free(struct plan *plan)
{
	if (plan == NULL)
		return NULL;
	for (size_t i = 0; i < plan->n; i++) {
		pattern_done(&plan->peers[i].destination);
		pattern_done(&plan->peers[i].called);
		pattern_done(&plan->peers[i].answer);
	}
	(void)mem_free(plan->peers);
	return mem_free(plan);
}

int plan_check_pattern(const char *pattern, char *wrong, size_t size)
{
	struct pattern p;
	int rc;

	if (pattern[0] == '\0')
		return refuse(wrong, size, "a pattern is not empty");
	rc = pattern_init(&p, pattern, wrong, size);
	pattern_done(&p);
	return rc;
}

static bool comes_from(const struct dial_peer *peer,
                       const struct plan_source *source)
{
	const char *from =
		peer->kind == PEER_POTS ? source->trunk : source->target;
	const char *to = peer->kind == PEER_POTS ? peer->trunk : peer->target;

	return from != NULL && to[0] != '\0' && strcmp(from, to) == 0;
}

/* The steps of the inbound match, in their order. */
enum inbound_step { BY_CALLED, BY_ANSWER, BY_DESTINATION, BY_SOURCE, STEPS };

static bool inbound_fits(const struct plan_peer *peer, enum inbound_step by,
                         const struct plan_source *source, const char *called,
                         const char *calling, struct pattern_match *match)
{
	*match = (struct pattern_match){ 0 };
	switch (by) {
	case BY_CALLED:
		pattern_match(&peer->called, called, match);
		return match->matched && called[0] != '\0';
	case BY_ANSWER:
		pattern_match(&peer->answer, calling, match);
		return match->matched && calling[0] != '\0';
	case BY_DESTINATION:
		if (!comes_from(&peer->conf, source) || calling[0] == '\0')
			return false;
		pattern_match(&peer->destination, calling, match);
		return match->matched;
	case BY_SOURCE:
		return comes_from(&peer->conf, source);
	case STEPS:
		break;
	}
	return false;
}

static const struct dial_peer *inbound_by(const struct plan *plan,
                                          enum inbound_step by,
                                          const struct plan_source *source,
                                          const char *called,
                                          const char *calling)
{
	const struct dial_peer *best = NULL;
	struct rank best_rank = { 0 };

	for (size_t i = 0; i < plan->n; i++) {
		const struct dial_peer *conf = &plan->peers[i].conf;
		struct pattern_match m;
		struct rank rank;

		if (conf->kind != source->kind || conf->shutdown ||
		    !inbound_fits(&plan->peers[i], by, source, called, calling,
		                  &m))
			continue;
		rank = (struct rank){ m.score, conf->preference, conf->tag };
		if (best == NULL || rank_before(&rank, &best_rank)) {
			best = conf;
			best_rank = rank;
		}
	}
	return best;
}

const struct dial_peer *plan_inbound(const struct plan *plan,
                                     const struct plan_source *source)
{
	char called[NUMBER_DIGITS + 1], calling[NUMBER_DIGITS + 1];
	const struct dial_peer *peer = NULL;

	/* A caller may be anything, "anonymous" too: no number then. */
	if (source->called == NULL || number_normal(called, source->called) < 0)
		called[0] = '\0';
	if (source->calling == NULL ||
	    number_normal(calling, source->calling) < 0)
		calling[0] = '\0';
	for (unsigned by = BY_CALLED; by < STEPS && peer == NULL; by++)
		peer = inbound_by(plan, by, source, called, calling);
	return peer != NULL ? peer : &preset[source->kind];
}

bool plan_number(const struct plan *plan, const char *digits,
                 char to[NUMBER_DIGITS + 1], bool *complete)
{
	size_t len;

	if (number_normal(to, digits) < 0) {
		/* Not dialable: something was sent, but nothing matches. */
		to[0] = '\0';
		return digits[0] != '\0';
	}
	len = strlen(to);
	if (len == 0 || to[len - 1] != '#')
		return len > 0;
	for (size_t i = 0; i < plan->n; i++) {
		struct pattern_match m;

		pattern_match(&plan->peers[i].destination, to, &m);
		if (m.took_all && !plan->peers[i].conf.shutdown)
			return true;
	}
	to[len - 1] = '\0';
	*complete = true;
	return len > 1;
}

static bool barred_between(const struct dial_peer *in,
                           const struct dial_peer *out)
{
	return in->kind == out->kind && !out->emergency &&
	       !(in->same_kind && out->same_kind);
}

enum verdict plan_judge(const struct plan_peer *peer,
                        const struct dial_peer *inbound, const char *digits,
                        struct pattern_match *match, struct route *route)
{
	const struct dial_peer *conf = &peer->conf;
	struct pattern_match m;

	pattern_match(&peer->destination, digits, &m);
	*match = m;
	if (digits[0] == '\0' || (!m.matched && !m.more))
		return VERDICT_NO_MATCH;
	if (conf->shutdown)
		return VERDICT_SHUTDOWN;
	if ((conf->kind == PEER_POTS ? conf->trunk : conf->target)[0] == '\0')
		return VERDICT_NOWHERE;
	if (barred_between(inbound, conf))
		return VERDICT_BARRED;
	if (!m.matched)
		return VERDICT_MORE;
	*route = (struct route){ .peer = conf, .matched = m.literal };
	if (rewrite_called(route->digits, conf, digits, m.lead) < 0)
		return VERDICT_TOO_LONG;
	return VERDICT_MATCH;
}

/* A lookup as it goes over the peers. */
struct lookup {
	struct choices choices;
	struct rank more; /* the best that further digits could bring */
	bool any_more, any_barred;
};

static void look_at_peer(struct lookup *l, const struct plan_peer *peer,
                         const struct dial_peer *inbound, const char *digits)
{
	struct pattern_match m;
	struct route route;
	enum verdict verdict = plan_judge(peer, inbound, digits, &m, &route);
	struct rank rank = { m.score, peer->conf.preference, peer->conf.tag };

	if (verdict == VERDICT_MATCH)
		route_add(&l->choices, &rank, &route, peer->destination.open);
	if (verdict == VERDICT_BARRED && m.matched)
		l->any_barred = true;
	if ((verdict != VERDICT_MATCH && verdict != VERDICT_MORE) || !m.more)
		return;
	rank.score = m.more_score;
	if (!l->any_more || rank_before(&rank, &l->more))
		l->more = rank;
	l->any_more = true;
}

void plan_route(const struct plan *plan, const struct dial_peer *inbound,
                const char *digits, bool complete, struct routes *out,
                bool *barred)
{
	char number[NUMBER_DIGITS + 1];
	struct lookup l;

	*barred = false;
	out->n = 0;
	out->emergency = out->settled = false;
	out->answer = PLAN_NO_NUMBER;
	if (!plan_number(plan, digits, number, &complete))
		return;
	l.choices.n = 0;
	l.any_more = l.any_barred = false;
	for (size_t i = 0; i < plan->n; i++)
		look_at_peer(&l, &plan->peers[i], inbound, number);
	out->answer = overlap_answer(&l.choices, l.any_more ? &l.more : NULL,
	                             complete);
	*barred = out->answer == PLAN_NO_MATCH && l.any_barred;
	out->settled = overlap_settled(&l.choices, l.any_more ? &l.more : NULL);
	route_finish(&l.choices, out);
}

enum plan_answer plan_emergency(const struct plan *plan, const char *digits,
                                bool complete)
{
	enum plan_answer answer = PLAN_NO_MATCH;
	char number[NUMBER_DIGITS + 1] = "";
	struct pattern_match m;

	if (!plan_number(plan, digits, number, &complete) && complete)
		return PLAN_NO_MATCH;
	for (size_t i = 0; i < plan->n; i++) {
		const struct plan_peer *peer = &plan->peers[i];

		if (!peer->conf.emergency || peer->conf.shutdown)
			continue;
		pattern_match(&peer->destination, number, &m);
		if (m.matched && number[0] != '\0')
			return PLAN_MATCH;
		if (m.more && !complete)
			answer = PLAN_NEED_MORE;
	}
	return answer;
}

/* The first peer whose tag is at least this; plan->n when there is none. */
static size_t find_tag(const struct plan *plan, unsigned tag)
{
	size_t low = 0, high = plan->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (plan->peers[middle].conf.tag < tag)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct dial_peer *plan_peer(const struct plan *plan, unsigned tag)
{
	size_t at = find_tag(plan, tag);

	if (at == plan->n || plan->peers[at].conf.tag != tag)
		return NULL;
	return &plan->peers[at].conf;
}

const struct dial_peer *plan_next(const struct plan *plan,
                                  const struct dial_peer *after)
{
	size_t at = after == NULL ? 0 : find_tag(plan, after->tag + 1);

	return at == plan->n ? NULL : &plan->peers[at].conf;
}
