/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Transactions as their users see them: made, answered, cancelled, forgotten,
 * from a pool that is filled at start. What is in it when it is used up goes
 * on; the last eighth is kept for requests within dialogs and for emergency
 * calls, so that calls can still be ended when new ones are refused.
 *
 * Most of what is in it has nothing to do any more: an INVITE and a BYE that
 * were answered stay for 32 seconds, in case they come again (timers J and L).
 * When a place is wanted the oldest of them that nobody holds gives up its own,
 * so that the size of the pool limits what goes on at once and not how many
 * calls there may be in a second. A request that comes again so late finds
 * nothing then: a BYE gets 481, which ends the call as well.
 *
 * A message is printed once. What may have to be repeated is kept as octets,
 * together with the request, which the user may look at, and from which ACK
 * and CANCEL are derived.
 *
 * The machines (machine.c) send through transaction_send(). What the transport
 * refuses at once is told to the machine on the loop's next turn, so that no
 * user hears of a failure from inside the function that he called.
 */
#include "gateway/sip/transaction.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/sip/machine.h"
#include "gateway/sip/osip.h"
#include "kernel/mem.h"

bool transaction_is_server(const struct transaction *t)
{
	return t->fsm.type == &transaction_invite_server ||
	       t->fsm.type == &transaction_other_server;
}

static bool is_invite_client(const struct transaction *t)
{
	return t->fsm.type == &transaction_invite_client;
}

static void tell_sent(struct transactions *owner, const struct hop *hop,
                      struct bytes raw)
{
	if (owner->user->sent != NULL)
		owner->user->sent(owner->self, hop, raw);
}

void transaction_send(struct transaction *t, struct bytes raw)
{
	struct transactions *owner = t->owner;
	struct hop *hop = transaction_is_server(t) ? &t->reply : &t->hop;

	if (transports_send(owner->transports, hop, raw) < 0)
		loop_defer(owner->loop, &t->trouble);
	else
		tell_sent(owner, hop, raw);
}

void transaction_charge(struct transaction *t, unsigned payer)
{
	t->charged = true;
	t->payer = payer % TRANSACTION_PAYERS;
	t->owner->shares[t->payer]++;
}

void transaction_discharge(struct transaction *t)
{
	if (t->charged)
		t->owner->shares[t->payer]--;
	t->charged = false;
}

unsigned transactions_charged(const struct transactions *owner, unsigned payer)
{
	return owner->shares[payer % TRANSACTION_PAYERS];
}

static void bury(struct transaction *t)
{
	struct transactions *owner = t->owner;

	timer_stop(&t->repeat);
	timer_stop(&t->life);
	deferred_cancel(&t->funeral);
	deferred_cancel(&t->trouble);
	lookup_remove(t);
	list_remove(&t->all);
	if (t->spare)
		owner->nspare--;
	transaction_discharge(t);
	t->request = message_free(t->request);
	t->cancel = message_free(t->cancel);
	message_octets_free(&t->octets);
	message_octets_free(&t->ack);
	t->to_tag = mem_free(t->to_tag);
	owner->used--;
	owner->counts->transactions = owner->used;
	pool_put(owner->pool, t);
}

/* An INVITE that was answered lives until it is forgotten. */
static void funeral(void *self)
{
	struct transaction *t = self;
	struct transactions *owner = t->owner;

	if (!transaction_is_server(t) && t->user != NULL)
		return;
	if (transaction_is_server(t) && !t->forgotten) {
		t->forgotten = true;
		owner->user->ended(owner->self, t);
	}
	bury(t);
}

static bool is_held(const struct transaction *t)
{
	return transaction_is_server(t) ? !t->forgotten && t->session != NULL
	                                : t->user != NULL;
}

void transaction_unheld(struct transaction *t)
{
	struct transactions *owner = t->owner;

	if (!t->lingers || t->spare || is_held(t))
		return;
	t->spare = true;
	list_remove(&t->all);
	list_append(&owner->spare, &t->all);
	owner->nspare++;
}

/* The oldest goes that is not at work itself just now: few are. */
static void make_room(struct transactions *owner)
{
	LIST_EACH(&owner->spare, struct transaction, t, all)
	{
		if (t->fsm.running)
			continue;
		owner->counts->cut_short++;
		bury(t);
		return;
	}
}

static void repeat_due(void *self)
{
	struct transaction *t = self;

	fsm_post(&t->fsm, TRANSACTION_REPEAT, NULL);
}

/* The rows tell whether this state waits or lingers. */
static void life_due(void *self)
{
	struct transaction *t = self;
	bool lingers = fsm_find(t->fsm.type, fsm_state(&t->fsm),
	                        TRANSACTION_LINGER) != NULL;

	fsm_post(&t->fsm, lingers ? TRANSACTION_LINGER : TRANSACTION_TIMEOUT,
	         NULL);
}

/* TCP for size alone, and no connection: RFC 3261 18.1.1 wants UDP then. */
static bool resort_to_udp(struct transaction *t)
{
	struct transactions *owner = t->owner;
	struct hop hop = t->hop;
	struct bytes octets;
	struct addr sent_by;

	hop.transport = SIP_UDP;
	hop.connection = 0;
	hop.local = t->udp_local;
	t->for_size = false;
	if (transports_local(owner->transports, &hop, &sent_by) < 0 ||
	    derive_via(t->request, &hop, &sent_by, t->branch, true) < 0 ||
	    message_octets(t->request, &octets) < 0)
		return false;
	message_octets_free(&t->octets);
	t->octets = octets;
	t->hop = hop;
	return true;
}

static void fail(struct transaction *t)
{
	bool waits = fsm_find(t->fsm.type, fsm_state(&t->fsm),
	                      TRANSACTION_RESORT) != NULL;

	if (t->for_size && waits && resort_to_udp(t))
		fsm_post(&t->fsm, TRANSACTION_RESORT, NULL);
	else if (fsm_state(&t->fsm) != TRANSACTION_TERMINATED)
		fsm_post(&t->fsm, TRANSACTION_FAILED, NULL);
}

static void trouble(void *self)
{
	fail(self);
}

struct transaction *transaction_new(struct transactions *owner,
                                    const struct fsm_type *type)
{
	struct transaction *t;

	if (owner->used == owner->most)
		make_room(owner);
	t = pool_take(owner->pool);
	if (t == NULL)
		return NULL;
	t->owner = owner;
	fsm_init(&t->fsm, type, t);
	list_init(&t->by_branch);
	list_init(&t->by_call);
	list_init(&t->all);
	list_append(&owner->all, &t->all);
	timer_init(&t->repeat, owner->loop, "repeat", repeat_due, t);
	timer_init(&t->life, owner->loop, "life", life_due, t);
	deferred_init(&t->funeral, funeral, t);
	deferred_init(&t->trouble, trouble, t);
	message_random(t->tag, sizeof(t->tag));
	owner->used++;
	owner->counts->transactions = owner->used;
	return t;
}

int transactions_new(struct transactions **out, struct loop *loop,
                     struct transports *transports, const struct sip_conf *conf,
                     const struct transactions_user *user, void *self,
                     struct sip_counts *counts)
{
	struct transactions *owner = mem_new(struct transactions);
	int rc;

	if (owner == NULL)
		return -ENOMEM;
	owner->loop = loop;
	owner->transports = transports;
	owner->conf = *conf;
	owner->user = user;
	owner->self = self;
	owner->counts = counts;
	owner->most = conf->transactions_most;
	list_init(&owner->all);
	list_init(&owner->spare);
	rc = pool_new(&owner->pool, "transaction", sizeof(struct transaction),
	              owner->most);
	if (rc == 0)
		rc = lookup_init(owner);
	if (rc < 0)
		(void)transactions_free(owner);
	else
		*out = owner;
	return rc;
}

struct transactions *transactions_free(struct transactions *owner)
{
	if (owner == NULL)
		return NULL;
	LIST_EACH(&owner->all, struct transaction, t, all)
	bury(t);
	LIST_EACH(&owner->spare, struct transaction, t, all)
	bury(t);
	owner->pool = pool_free(owner->pool);
	lookup_done(owner);
	return mem_free(owner);
}

void transactions_change(struct transactions *owner,
                         const struct sip_conf *conf)
{
	owner->conf = *conf;
}

bool transactions_use(const struct transactions *owner,
                      const struct addr *local)
{
	LIST_EACH(&owner->all, struct transaction, t, all)
	if (addr_equal(&t->hop.local, local))
		return true;
	return false;
}

void transactions_failed(struct transactions *owner, const struct hop *hop,
                         int error)
{
	(void)error;
	LIST_EACH(&owner->all, struct transaction, t, all)
	{
		bool server = transaction_is_server(t);
		const struct hop *way = server ? &t->reply : &t->hop;

		if (way->transport != hop->transport ||
		    way->connection != hop->connection)
			continue;
		/* The connection a request came on may go; ours for the
		 * response may not. */
		if (!server || way->connection != t->hop.connection)
			fail(t);
	}
}

/* --- clients --- */

/* Via, octets and the choice of transport by size: RFC 3261 18.1.1. */
static int prepare(struct transaction *t)
{
	struct transactions *owner = t->owner;
	struct addr sent_by;
	struct hop tcp;
	int rc;

	rc = transports_local(owner->transports, &t->hop, &sent_by);
	if (rc == 0)
		rc = derive_via(t->request, &t->hop, &sent_by, t->branch,
		                false);
	if (rc == 0)
		rc = message_octets(t->request, &t->octets);
	if (rc < 0 || t->hop.transport != SIP_UDP ||
	    owner->conf.udp_most == 0 || t->octets.len <= owner->conf.udp_most)
		return rc;
	tcp = t->hop;
	tcp.transport = SIP_TCP;
	tcp.local = (struct addr){ 0 };
	if (transports_local(owner->transports, &tcp, &sent_by) < 0)
		return 0; /* no TCP here: as it is, then */
	rc = derive_via(t->request, &tcp, &sent_by, t->branch, true);
	message_octets_free(&t->octets);
	if (rc == 0)
		rc = message_octets(t->request, &t->octets);
	t->udp_local = t->hop.local;
	t->hop = tcp;
	t->for_size = true;
	return rc;
}

static void make_branch(char *branch)
{
	memcpy(branch, "z9hG4bK", 7);
	message_random(branch + 7, BRANCH_SIZE - 7);
}

int transaction_request(struct transaction **out, struct transactions *owner,
                        const struct hop *hop, osip_message_t *request,
                        const struct transaction_user *user, void *self)
{
	struct transaction *t =
		transaction_new(owner, message_is(request, "INVITE")
	                                       ? &transaction_invite_client
	                                       : &transaction_other_client);
	int rc;

	if (t == NULL) {
		owner->counts->refused_limit++;
		(void)message_free(request);
		return -EBUSY;
	}
	t->request = request;
	t->hop = *hop;
	make_branch(t->branch);
	rc = prepare(t);
	if (rc < 0) {
		bury(t);
		return rc;
	}
	t->user = user;
	t->self = self;
	lookup_add(t);
	if (out != NULL)
		*out = t;
	fsm_post(&t->fsm, TRANSACTION_START, NULL);
	return 0;
}

int transactions_send_ack(struct transactions *owner, const struct hop *hop,
                          osip_message_t *ack)
{
	char branch[BRANCH_SIZE];
	struct bytes octets = { NULL, 0 };
	struct hop way = *hop;
	struct addr sent_by;
	int rc;

	make_branch(branch);
	rc = transports_local(owner->transports, &way, &sent_by);
	if (rc == 0)
		rc = derive_via(ack, &way, &sent_by, branch, false);
	if (rc == 0)
		rc = message_octets(ack, &octets);
	if (rc == 0)
		rc = transports_send(owner->transports, &way, octets);
	if (rc == 0)
		tell_sent(owner, &way, octets);
	message_octets_free(&octets);
	(void)message_free(ack);
	return rc;
}

void transaction_send_cancel(struct transaction *invite, osip_message_t *cancel)
{
	struct transactions *owner = invite->owner;
	struct transaction *t =
		transaction_new(owner, &transaction_other_client);

	if (t == NULL) {
		(void)message_free(cancel);
		return;
	}
	t->request = cancel;
	t->hop = invite->hop;
	memcpy(t->branch, invite->branch, sizeof(t->branch));
	if (message_octets(cancel, &t->octets) < 0) {
		bury(t);
		return;
	}
	lookup_add(t);
	fsm_post(&t->fsm, TRANSACTION_START, NULL);
}

int transaction_cancel(struct transaction *t, const char *reason_header)
{
	osip_message_t *cancel;
	int rc = 0;

	if (!is_invite_client(t) || t->cancel != NULL || t->cancelled ||
	    fsm_find(t->fsm.type, fsm_state(&t->fsm), TRANSACTION_CANCEL) ==
	            NULL)
		return -EPROTO;
	cancel = derive_request(t->request, "CANCEL", t->request->to);
	if (cancel != NULL && reason_header != NULL)
		rc = message_set_header(cancel, "Reason", reason_header);
	if (cancel == NULL || rc < 0) {
		(void)message_free(cancel);
		return -ENOMEM;
	}
	t->cancel = cancel;
	fsm_post(&t->fsm, TRANSACTION_CANCEL, NULL);
	return 0;
}

/* --- servers --- */

static int event_of(unsigned status)
{
	if (status < 200)
		return TRANSACTION_1XX;
	return status < 300 ? TRANSACTION_2XX : TRANSACTION_3XX;
}

/* RFC 4320 4.1 and 4.2: what a non-INVITE must not be answered with. */
static bool is_allowed(const struct transaction *t, unsigned status)
{
	if (t->fsm.type == &transaction_invite_server)
		return true;
	return status != 408 && (status == 100 || status >= 200);
}

static int keep_tag(struct transaction *t, const osip_message_t *response)
{
	const char *tag = message_tag(response->to);
	char *copy;

	if (tag == NULL || (t->to_tag != NULL && strcmp(t->to_tag, tag) == 0))
		return 0;
	copy = mem_text(tag);
	if (copy == NULL)
		return -ENOMEM;
	mem_free(t->to_tag);
	t->to_tag = copy;
	return 0;
}

int transaction_respond(struct transaction *t, osip_message_t *response)
{
	unsigned status = (unsigned)response->status_code;
	struct bytes octets = { NULL, 0 };
	int event = event_of(status), rc = -EPROTO;

	if (is_allowed(t, status) &&
	    fsm_find(t->fsm.type, fsm_state(&t->fsm), (unsigned)event) != NULL)
		rc = message_octets(response, &octets);
	if (rc == 0)
		rc = keep_tag(t, response);
	(void)message_free(response);
	if (rc < 0) {
		message_octets_free(&octets);
		return rc;
	}
	message_octets_free(&t->octets);
	t->octets = octets;
	t->status = status;
	fsm_post(&t->fsm, (unsigned)event, NULL);
	return 0;
}

/* Nobody is left who could answer: 500, or silence without memory. */
static void answer_for_nobody(struct transaction *t)
{
	osip_message_t *m = message_response(t->request, 500, NULL, t->tag);

	if (m == NULL || transaction_respond(t, m) < 0)
		fsm_post(&t->fsm, TRANSACTION_FAILED, NULL);
}

void transaction_forget(struct transaction *t)
{
	t->forgotten = true;
	t->user = NULL;
	transaction_unheld(t);
	if (t->fsm.type == &transaction_invite_server &&
	    fsm_state(&t->fsm) == TRANSACTION_PROCEEDING)
		answer_for_nobody(t);
	/* One that was held back for its user only. */
	if (fsm_state(&t->fsm) == TRANSACTION_TERMINATED)
		loop_defer(t->owner->loop, &t->funeral);
}

const osip_message_t *transaction_request_of(const struct transaction *t)
{
	return t->request;
}

const struct hop *transaction_hop(const struct transaction *t)
{
	return &t->hop;
}

void transaction_own(struct transaction *t, void *session)
{
	t->session = session;
}

void *transaction_owner(const struct transaction *t)
{
	return t->session;
}

unsigned transaction_failure(const struct transaction *t)
{
	return t->failure;
}
