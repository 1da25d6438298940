/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * OPTIONS to a peer, again and again, to know whether a call there has a
 * chance. What is learned is one of three things: up, down, and not known yet.
 * A peer is not down before probes really were sent and failed, `retries` of
 * them in a row; a probe we could not even make (no memory, too many
 * transactions) says nothing about the peer.
 *
 * Any answer is a sign of life but two: 503 is how the far end itself says
 * that it takes no calls, and 505 that it is no SIP we can speak. 404, 405,
 * 401 or 500 come from somebody who is there; what he thinks of OPTIONS is not
 * what he will think of an INVITE.
 *
 * A peer with several addresses has failed when each of them has. One that is
 * doubted is asked again soon, so that three silent probes do not take three
 * intervals; one that is down at the down interval, or as soon as it asks
 * something of us. A probe is waited for 16 x T1, five transmissions over UDP;
 * the transaction's own 64 x T1 (RFC 3261 17.1.2.2) is far longer than a caller
 * has patience.
 */
#include "gateway/sip/keepalive.h"

#include <assert.h>
#include <errno.h>

#include "gateway/sip/stack.h"

#define DOUBTED     SEC(5) /* between probes of a peer that has just failed */
#define NOT_YET     SEC(1) /* its name is still looked up */
#define WAIT_IN_T1S 16

enum health_event { HEARD_LIFE, HEARD_DEATH, SWITCHED_OFF, HEALTH_EVENTS };

/* --- the machine --- */

static void tell(void *self, const void *detail)
{
	struct keepalive *k = self;
	const struct sip_handler *handler = k->stack->handler;

	(void)detail;
	k->since = instant_now();
	if (handler->peer_health != NULL)
		handler->peer_health(k->stack->self, k->peer->conf.name,
		                     keepalive_health(k), k->why);
}

static const char *const states[] = {
	[SIP_HEALTH_UNKNOWN] = "unknown",
	[SIP_HEALTH_UP] = "up",
	[SIP_HEALTH_DOWN] = "down",
};
static const char *const events[] = {
	[HEARD_LIFE] = "life",
	[HEARD_DEATH] = "death",
	[SWITCHED_OFF] = "off",
};
static_assert(ARRAY_LEN(events) == HEALTH_EVENTS, "a name for each");

static const struct fsm_row rows[] = {
	/* clang-format off */
	/* in state            on event      do    then be in            */
	{ SIP_HEALTH_UNKNOWN, HEARD_LIFE,   tell, SIP_HEALTH_UP      },
	{ SIP_HEALTH_UNKNOWN, HEARD_DEATH,  tell, SIP_HEALTH_DOWN    },
	{ SIP_HEALTH_UP,      HEARD_LIFE,   NULL, FSM_SAME           },
	{ SIP_HEALTH_UP,      HEARD_DEATH,  tell, SIP_HEALTH_DOWN    },
	{ SIP_HEALTH_DOWN,    HEARD_LIFE,   tell, SIP_HEALTH_UP      },
	{ SIP_HEALTH_DOWN,    HEARD_DEATH,  NULL, FSM_SAME           },
	{ FSM_ANY,            SWITCHED_OFF, NULL, SIP_HEALTH_UNKNOWN },
	/* clang-format on */
};

const struct fsm_type keepalive_machine = {
	.name = "keepalive",
	.states = states,
	.events = events,
	.nstates = ARRAY_LEN(states),
	.nevents = ARRAY_LEN(events),
	.rows = rows,
	.nrows = ARRAY_LEN(rows),
};

enum sip_health keepalive_health(const struct keepalive *k)
{
	return k->stack == NULL ? SIP_HEALTH_UNKNOWN
	                        : (enum sip_health)fsm_state(&k->fsm);
}

const char *sip_health_name(enum sip_health health)
{
	return states[health];
}

/* --- judging --- */

static void rest(struct keepalive *k)
{
	const struct sip_keepalive *conf = &k->peer->conf.keepalive;
	usec down = SEC(conf->down_s);

	if (keepalive_health(k) == SIP_HEALTH_DOWN)
		timer_start(&k->next, down);
	else if (k->failures > 0)
		timer_start(&k->next, MIN_OF(down, DOUBTED));
	else
		timer_start(&k->next, SEC(conf->up_s));
}

static void say_why(struct keepalive *k)
{
	struct text why = TEXT(k->why);

	if (k->failures == 0)
		text_add(&why, "%u to OPTIONS", k->status);
	else if (k->status == 0)
		text_add(&why, "no answer to %u OPTIONS", k->failures);
	else
		text_add(&why, "%u to %u OPTIONS", k->status, k->failures);
}

static void alive(struct keepalive *k)
{
	k->failures = 0;
	k->round_trip = instant_since(instant_now(), k->sent);
	say_why(k);
	fsm_post(&k->fsm, HEARD_LIFE, NULL);
	rest(k);
}

static void dead(struct keepalive *k)
{
	k->failures++;
	k->failed++;
	say_why(k);
	if (k->failures >= k->peer->conf.keepalive.retries)
		fsm_post(&k->fsm, HEARD_DEATH, NULL);
	rest(k);
}

static void ask(struct keepalive *k);

/* This address did not answer, or said no: the next one may. */
static void failed(struct keepalive *k, unsigned status)
{
	k->probe = NULL;
	k->status = status;
	peer_punish(k->peer, &k->addrs[k->tried]);
	k->tried++;
	ask(k);
}

static const struct transaction_user probe_user;

static int send_to(struct keepalive *k, const struct hop *hop,
                   osip_message_t *m)
{
	int rc = digest_put(k->digest, k->peer, m);

	if (rc < 0) {
		(void)message_free(m);
		return rc;
	}
	return transaction_request(&k->probe, k->stack->transactions, hop, m,
	                           &probe_user, k);
}

/* Some count or report what is not authenticated; to us either is life. */
static bool challenged(struct keepalive *k, const struct transaction *t,
                       const osip_message_t *response)
{
	const osip_message_t *sent = transaction_request_of(t);
	struct hop hop = *transaction_hop(t);
	osip_message_t *again;

	if ((response->status_code != 401 && response->status_code != 407) ||
	    digest_hear(&k->digest, k->peer, sent, response) < 0)
		return false;
	k->probe = NULL;
	again = digest_renew(sent, ++k->cseq);
	return again != NULL && send_to(k, &hop, again) == 0;
}

static void hear_response(void *self, struct transaction *t,
                          const osip_message_t *response)
{
	struct keepalive *k = self;
	unsigned status = (unsigned)response->status_code;

	if (status < 200 || challenged(k, t, response))
		return;
	if (status < 300)
		digest_next(k->digest, k->peer, response);
	if (status == 503 || status == 505) {
		failed(k, status);
		return;
	}
	k->probe = NULL;
	k->status = status;
	alive(k);
}

static void hear_nothing(void *self, struct transaction *t, unsigned status)
{
	(void)t;
	(void)status; /* 408 or 503 of our own making: no answer either way */
	failed(self, 0);
}

static const struct transaction_user probe_user = {
	.response = hear_response,
	.gave_up = hear_nothing,
};

/* --- asking --- */

static int add_identity(struct text *out, const struct keepalive *k,
                        const struct hop *hop, unsigned cseq)
{
	const struct sip_stack *stack = k->stack;
	const struct sip_peer_conf *conf = &k->peer->conf;
	char own[ADDR_TEXT], far[ADDR_TEXT], id[27], tag[17];
	struct addr local;

	if (transports_local(stack->transports, hop, &local) < 0)
		return -EHOSTUNREACH;
	dialog_print_host(addr_is_set(&conf->external) ? &conf->external
	                                               : &local,
	                  own, sizeof(own));
	dialog_print_host(&hop->remote, far, sizeof(far));
	message_random(id, sizeof(id));
	message_random(tag, sizeof(tag));
	text_add(out,
	         "OPTIONS sip:%s%s%s SIP/2.0\r\n"
	         "From: <sip:causeway@%s>;tag=%s\r\nTo: <sip:%s>\r\n"
	         "Call-ID: %s\r\nCSeq: %u OPTIONS\r\n"
	         "Contact: <sip:causeway@%s>\r\n"
	         "Max-Forwards: %u\r\nAccept: application/sdp\r\n",
	         far, hop->transport == SIP_UDP ? "" : ";transport=",
	         hop->transport == SIP_UDP ? ""
	                                   : sip_transport_name(hop->transport),
	         own, tag, far, id, cseq, own, stack->conf.max_forwards);
	if (stack->conf.user_agent[0] != '\0')
		text_add(out, "User-Agent: %s\r\n", stack->conf.user_agent);
	return 0;
}

static int send_probe(struct keepalive *k)
{
	struct hop hop = { .transport = k->peer->transport,
		           .local = k->peer->conf.bind,
		           .remote = k->addrs[k->tried] };
	char room[2048];
	struct text text = TEXT(room);
	osip_message_t *m;
	int rc = transports_choose(k->stack->transports, &hop);

	if (rc == 0)
		rc = add_identity(&text, k, &hop, ++k->cseq);
	if (rc == 0)
		rc = dialog_finish(&m, &text, NULL);
	if (rc == 0)
		rc = send_to(k, &hop, m);
	return rc;
}

/* At the next address of this probe that can be asked at all. */
static void ask(struct keepalive *k)
{
	int rc = -EHOSTUNREACH;

	while (rc == -EHOSTUNREACH && k->tried < k->naddrs) {
		rc = send_probe(k);
		if (rc == -EHOSTUNREACH)
			k->tried++;
	}
	if (rc == 0)
		timer_start(&k->next,
		            stack_timer(k->stack, SIP_T1) * WAIT_IN_T1S);
	else if (rc == -EHOSTUNREACH)
		dead(k);
	else
		rest(k); /* our own trouble */
}

static void due(void *self)
{
	struct keepalive *k = self;

	if (k->probe != NULL) {
		transaction_forget(k->probe);
		failed(k, 0);
		return;
	}
	if (k->peer->naddrs == 0 && k->peer->query != NULL) {
		timer_start(&k->next, NOT_YET);
		return;
	}
	k->naddrs = peer_targets(k->peer, k->addrs);
	k->tried = 0;
	k->status = 0;
	k->sent = instant_now();
	k->probes++;
	ask(k);
}

/* That it speaks does not mean that it takes calls; so it is asked, but not
 * more often than a peer in doubt. */
void keepalive_heard(struct keepalive *k)
{
	if (keepalive_health(k) == SIP_HEALTH_DOWN && k->probe == NULL &&
	    timer_running(&k->next) &&
	    instant_since(instant_now(), k->sent) >= DOUBTED)
		timer_start(&k->next, 0);
}

/* --- beginning and ending --- */

void keepalive_stop(struct keepalive *k)
{
	if (k->stack == NULL)
		return;
	timer_stop(&k->next);
	if (k->probe != NULL)
		transaction_forget(k->probe);
	k->probe = NULL;
	k->digest = digest_free(k->digest);
	k->failures = 0;
	fsm_post(&k->fsm, SWITCHED_OFF, NULL);
}

static void begin(struct keepalive *k, struct sip_stack *stack,
                  struct peer *peer)
{
	k->stack = stack;
	k->peer = peer;
	fsm_init(&k->fsm, &keepalive_machine, k);
	timer_init(&k->next, stack->loop, "keep-alive", due, k);
}

void keepalive_set(struct sip_stack *stack, struct peer *peer)
{
	struct keepalive *k = &peer->keepalive;
	const struct sip_peer_conf *conf = &peer->conf;
	bool wanted = conf->keepalive.on && !conf->shutdown;
	bool moved = k->moves != peer->moves;

	if (k->stack == NULL && !wanted)
		return;
	if (k->stack == NULL)
		begin(k, stack, peer);
	if (!wanted || moved)
		keepalive_stop(k);
	k->moves = peer->moves;
	if (wanted && !timer_running(&k->next)) {
		k->since = instant_now();
		timer_start(&k->next, 0);
	} else if (wanted && k->probe == NULL && timer_left(&k->next) > 0) {
		rest(k); /* by the new intervals */
	}
}

int sip_peer_status(const struct sip_stack *stack, const char *name,
                    struct sip_peer_status *out)
{
	const struct peer *peer = peers_find(stack->peers, name);
	const struct keepalive *k;

	if (peer == NULL)
		return -ENOENT;
	k = &peer->keepalive;
	*out = (struct sip_peer_status){
		.probed = peer->conf.keepalive.on && !peer->conf.shutdown,
		.health = keepalive_health(k),
		.why = k->why,
		.since = k->since,
		.probes = k->probes,
		.failed = k->failed,
		.pending =
			transactions_charged(stack->transactions, peer->number),
		.round_trip = k->round_trip,
		.transport = peer->transport,
		.ntargets = peer->naddrs,
	};
	if (peer->naddrs > 0)
		out->target = peer->addrs[0];
	return 0;
}
