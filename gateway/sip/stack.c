/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The SIP side as a whole: messages come up through transport, parser and
 * transactions, and are given here to the session they belong to or, when they
 * begin something, are judged in the order of RFC 3261 8.2: who sends it,
 * method, Max-Forwards, Require, what it carries, whether there is room.
 *
 * Strangers are not answered at all: the transport asks before it reads. Those
 * who are let in without being a peer are the other ends of calls that a peer
 * brought about (a phone behind a proxy that does not record routes); they may
 * speak in their dialog and are refused anything else.
 */
#include "gateway/sip/session.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "kernel/mem.h"

enum { NOTE_EVERY_S = 60 };

usec stack_timer(const struct sip_stack *stack, enum sip_timer timer)
{
	usec given = stack->conf.timers[timer];

	return given != 0 ? given : sip_timer_rows[timer].preset;
}

void stack_note(struct sip_stack *stack, struct log_limit *limit,
                const char *format, ...)
{
	char sentence[256];
	unsigned missed;
	va_list args;

	if (!log_allowed(limit, NOTE_EVERY_S, &missed))
		return;
	va_start(args, format);
	(void)vsnprintf(sentence, sizeof(sentence), format, args);
	va_end(args);
	if (stack->handler->note != NULL)
		stack->handler->note(stack->self, sentence);
}

static bool is_guest(const struct sip_stack *stack, const struct addr *from)
{
	LIST_EACH(&stack->sessions, struct sip_session, s, list)
	{
		if (addr_equal_host(&s->dialog.place, from))
			return true;
	}
	return false;
}

static bool hear_welcome(void *self, const struct addr *from)
{
	struct sip_stack *stack = self;
	char text[ADDR_TEXT], host[ADDR_TEXT];

	if (peers_at(stack->peers, from) != NULL || is_guest(stack, from))
		return true;
	addr_print(from, text, sizeof(text));
	addr_print_host(from, host, sizeof(host));
	stack_note(stack, &stack->strangers,
	           "dropped a message from %s, which is no peer; to allow it: "
	           "'sip-peer NAME' with 'address %s'",
	           text, host);
	return false;
}

/* Counts a message by the first word of its start line. */
static void count(uint64_t *requests, uint64_t *responses, struct bytes raw)
{
	static const char version[] = "SIP/2.0 ";
	const uint8_t *end = memchr(raw.at, ' ', MIN_OF(raw.len, 32u));
	size_t len = end == NULL ? 0 : (size_t)(end - raw.at);
	unsigned class;
	const char *name;

	if (raw.len > sizeof(version) &&
	    memcmp(raw.at, version, sizeof(version) - 1) == 0) {
		class = raw.at[sizeof(version) - 1] - (unsigned)'0';
		if (class >= 1 && class <= 6)
			responses[class]++;
		return;
	}
	for (unsigned i = 0; (name = sip_method_name(i)) != NULL; i++)
		if (len == strlen(name) && memcmp(name, raw.at, len) == 0)
			requests[i]++;
}

static void trace(struct sip_stack *stack, bool sent, const struct hop *hop,
                  struct bytes raw)
{
	if (stack->handler->trace != NULL)
		stack->handler->trace(stack->self, sent, hop->transport,
		                      &hop->local, &hop->remote, raw);
}

static void take_message(void *self, const struct hop *hop, struct bytes raw,
                         usec waited)
{
	struct sip_stack *stack = self;
	osip_message_t *m;
	int status;

	status = message_parse(&m, raw);
	if (status < 0)
		stack->counts.malformed++;
	else if (status == 0 && !gate_passes(stack, hop, m, waited))
		(void)message_free(m);
	else
		transactions_receive(stack->transactions, hop, m, status);
}

/* Without a place to wait a datagram is as if it had been lost before; nobody
 * repeats what came by a connection. */
static void hear_message(void *self, const struct hop *hop, struct bytes raw,
                         usec waited)
{
	struct sip_stack *stack = self;

	trace(stack, false, hop, raw);
	count(stack->counts.requests_in, stack->counts.responses_in, raw);
	if (!arrivals_want(raw))
		take_message(stack, hop, raw, waited);
	else if (arrivals_put(stack->arrivals, hop, raw, waited))
		return;
	else if (hop->transport == SIP_UDP)
		stack->counts.turned_away++;
	else
		take_message(stack, hop, raw, waited);
}

static bool hear_used(void *self, const struct addr *local)
{
	struct sip_stack *stack = self;

	LIST_EACH(&stack->sessions, struct sip_session, s, list)
	{
		if (addr_equal(&s->dialog.home.local, local))
			return true;
	}
	return transactions_use(stack->transactions, local);
}

static void hear_failed(void *self, const struct hop *hop, int error)
{
	struct sip_stack *stack = self;

	transactions_failed(stack->transactions, hop, error);
}

static void hear_request(void *self, struct transaction *t,
                         const osip_message_t *request)
{
	stack_request(self, t, request);
}

static void hear_cancelled(void *self, struct transaction *invite,
                           const osip_message_t *cancel)
{
	struct sip_session *s = transaction_owner(invite);

	(void)self; /* a re-INVITE had its final response at once */
	if (s != NULL && invite == s->invited)
		fsm_post(&s->fsm, HEARD_CANCEL, cancel);
}

static void hear_stray(void *self, const struct hop *hop,
                       const osip_message_t *message)
{
	struct sip_stack *stack = self;
	struct sip_session *s = session_find(stack, message);

	(void)hop;
	if (s == NULL)
		stack->counts.strays++;
	else if (message_is_response(message))
		session_stray_ok(s, message);
	else
		session_acked(s, message);
}

static void hear_ended(void *self, struct transaction *t)
{
	struct sip_session *s = transaction_owner(t);

	(void)self;
	if (s != NULL)
		session_ended(s, t);
}

static void hear_sent(void *self, const struct hop *hop, struct bytes raw)
{
	struct sip_stack *stack = self;

	trace(stack, true, hop, raw);
	count(stack->counts.requests_out, stack->counts.responses_out, raw);
}

static const struct arrivals_user arrivals_user = { .take = take_message };

static const struct transports_user transports_user = {
	.message = hear_message,
	.failed = hear_failed,
	.used = hear_used,
	.welcome = hear_welcome,
};

static const struct transactions_user transactions_user = {
	.request = hear_request,
	.cancelled = hear_cancelled,
	.stray = hear_stray,
	.ended = hear_ended,
	.sent = hear_sent,
};

int sip_stack_open(struct sip_stack **out, struct loop *loop,
                   const struct sip_conf *conf,
                   const struct sip_handler *handler, void *self)
{
	struct sip_stack *stack;
	int rc;

	message_start();
	stack = mem_new(struct sip_stack);
	if (stack == NULL)
		return -ENOMEM;
	stack->loop = loop;
	stack->conf = *conf;
	stack->handler = handler;
	stack->self = self;
	stack->sdp_ids = (uint64_t)wall_now() / SEC(1);
	list_init(&stack->sessions);
	for (size_t i = 0; i < STACK_BUCKETS; i++)
		list_init(&stack->buckets[i]);
	rc = peers_new(&stack->peers, loop);
	if (rc == 0)
		rc = peers_dns(stack->peers, conf->dns);
	if (rc == 0)
		rc = arrivals_new(&stack->arrivals, loop, &arrivals_user,
		                  stack);
	if (rc == 0)
		rc = transports_open(&stack->transports, loop, conf,
		                     &transports_user, stack, &stack->counts);
	if (rc == 0)
		rc = transactions_new(
			&stack->transactions, loop, stack->transports, conf,
			&transactions_user, stack, &stack->counts);
	if (rc < 0)
		(void)sip_stack_close(stack);
	else
		*out = stack;
	return rc;
}

static void stop_keepalive(struct peer *peer)
{
	keepalive_stop(&peer->keepalive);
}

struct sip_stack *sip_stack_close(struct sip_stack *stack)
{
	if (stack == NULL)
		return NULL;
	while (!list_empty(&stack->sessions))
		session_close(
			LIST_FIRST(&stack->sessions, struct sip_session, list));
	if (stack->peers != NULL)
		peers_each(stack->peers, stop_keepalive);
	stack->registers = register_list_free(stack->registers);
	stack->transactions = transactions_free(stack->transactions);
	stack->transports = transports_close(stack->transports);
	stack->arrivals = arrivals_free(stack->arrivals);
	stack->peers = peers_free(stack->peers);
	stack->challenges = challenges_free(stack->challenges);
	return mem_free(stack);
}

/* Of sessions: the resolver they ask is about to end. */
static void stop_lookups(struct sip_stack *stack)
{
	LIST_EACH(&stack->sessions, struct sip_session, s, list)
	(void)redirect_stop(s);
}

int sip_stack_change(struct sip_stack *stack, const struct sip_conf *conf)
{
	int rc = transports_change(stack->transports, conf);

	if (rc < 0)
		return rc;
	if (strcmp(stack->conf.dns, conf->dns) != 0)
		stop_lookups(stack);
	stack->conf = *conf;
	transactions_change(stack->transactions, conf);
	return peers_dns(stack->peers, conf->dns);
}

int sip_peer_set(struct sip_stack *stack, const struct sip_peer_conf *conf)
{
	int rc = peers_set(stack->peers, conf);

	if (rc == 0)
		keepalive_set(stack, peers_find(stack->peers, conf->name));
	return rc;
}

int sip_peer_credentials(struct sip_stack *stack, const char *name,
                         const struct sip_credential *list, unsigned n)
{
	struct peer *peer = peers_find(stack->peers, name);

	if (peer == NULL)
		return -ENOENT;
	return peer_set_credentials(peer, list, MIN_OF(n, SIP_CREDENTIALS));
}

void sip_peer_remove(struct sip_stack *stack, const char *name)
{
	struct peer *peer = peers_find(stack->peers, name);

	if (peer != NULL)
		keepalive_stop(&peer->keepalive);
	peers_remove(stack->peers, name);
}

const struct sip_peer_conf *sip_peer_find(const struct sip_stack *stack,
                                          const char *name)
{
	const struct peer *peer = peers_find(stack->peers, name);

	return peer == NULL ? NULL : &peer->conf;
}

void sip_each(struct sip_stack *stack,
              void (*tell)(void *self, const struct sip_session_info *info),
              void *self)
{
	LIST_EACH(&stack->sessions, struct sip_session, s, list)
	{
		struct hop hop = dialog_hop(&s->dialog, stack->peers);
		struct sip_session_info info = {
			.session = s,
			.owner = s->owner,
			.incoming = s->incoming,
			.state = fsm_state_name(&s->fsm),
			.peer = s->peer.name,
			.call_id = s->dialog.call_id,
			.remote = hop.remote,
			.transport = hop.transport,
			.flow = s->flow,
			.since = s->since,
			.session_timer = s->expiry.interval,
			.refreshes = s->expiry.ours,
		};

		(void)transports_local(stack->transports, &hop, &info.local);
		tell(self, &info);
	}
}

void sip_stack_counts(const struct sip_stack *stack, struct sip_counts *out)
{
	*out = stack->counts;
	out->peers = peers_count(stack->peers);
	out->dropped = transports_dropped(stack->transports);
}
