/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * A parsed message finds its transaction, or opens one. What opens none is
 * answered from here without state: what could not be read (400 and kin), a
 * CANCEL of nothing (481), a loop or a request that came twice by different
 * ways (482), a new call that is not let in (503; the gate decides). The tag in
 * such an answer is made from the request, so that it is the same when that
 * comes again (RFC 3261 8.2.7), and the ACK that brings it back is known.
 *
 * An INVITE that its user does not answer at once hears 100 from here, which
 * stops the far end's repetitions (RFC 3261 17.2.1).
 */
#include "gateway/sip/transaction.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gateway/sip/machine.h"
#include "gateway/sip/osip.h"
#include "kernel/mem.h"

enum { RESERVE = 8 }; /* a part of so many is not for new calls */

static void drop_stray(struct transactions *owner)
{
	owner->counts->strays++;
}

/* --- responses --- */

static unsigned event_of(unsigned status)
{
	if (status < 200)
		return TRANSACTION_1XX;
	return status < 300 ? TRANSACTION_2XX : TRANSACTION_3XX;
}

static void receive_response(struct transactions *owner, const struct hop *hop,
                             const osip_message_t *m)
{
	const char *branch = derive_via_param(m, "branch");
	struct transaction *t = NULL;

	/* Ours has one Via; more of them went astray: RFC 3261 8.1.3.3. */
	if (branch != NULL && osip_list_size(&m->vias) == 1)
		t = lookup_client(owner, branch, message_cseq_method(m));
	if (t != NULL) {
		t->status = (unsigned)m->status_code;
		fsm_post(&t->fsm, event_of(t->status), m);
	} else if (osip_list_size(&m->vias) == 1 && m->status_code >= 200 &&
	           m->status_code < 300 &&
	           strcmp(message_cseq_method(m), "INVITE") == 0) {
		owner->user->stray(owner->self, hop, m);
	} else {
		drop_stray(owner);
	}
}

/* --- requests --- */

static void print_tag(char tag[TAG_SIZE], const struct transactions *owner,
                      const osip_message_t *request)
{
	(void)snprintf(tag, TAG_SIZE, "%016" PRIx64,
	               lookup_key(owner, request));
}

static void refuse(struct transactions *owner, const struct hop *hop,
                   const osip_message_t *request, unsigned status)
{
	struct bytes octets = { NULL, 0 };
	osip_message_t *m;
	char tag[TAG_SIZE], after[16];
	struct hop way;
	int rc = 0;

	print_tag(tag, owner, request);
	m = message_response(request, status, NULL, tag);
	if (m == NULL)
		return;
	if (status == 503) {
		(void)snprintf(after, sizeof(after), "%u",
		               owner->conf.retry_after);
		rc = message_set_header(m, "Retry-After", after);
	}
	derive_reply(request, hop, &way);
	if (rc == 0)
		rc = message_octets(m, &octets);
	if (rc == 0)
		rc = transports_send(owner->transports, &way, octets);
	if (rc == 0 && owner->user->sent != NULL)
		owner->user->sent(owner->self, &way, octets);
	message_octets_free(&octets);
	(void)message_free(m);
}

/* To an answer that nobody remembers. */
static bool is_ack_of_refusal(const struct transactions *owner,
                              const osip_message_t *ack)
{
	const char *theirs = message_tag(ack->to);
	char ours[TAG_SIZE];

	print_tag(ours, owner, ack);
	return theirs != NULL && strcmp(theirs, ours) == 0;
}

static void receive_ack(struct transactions *owner, const struct hop *hop,
                        const osip_message_t *m)
{
	struct transaction *t = lookup_server(owner, m, "INVITE");

	if (t != NULL)
		fsm_post(&t->fsm, TRANSACTION_ACK, m);
	else if (!is_ack_of_refusal(owner, m))
		owner->user->stray(owner->self, hop, m);
}

/* A new server transaction, which takes the message over; NULL: no place. */
static struct transaction *open_server(struct transactions *owner,
                                       const struct hop *hop, osip_message_t *m)
{
	bool invite = message_is(m, "INVITE");
	struct transaction *t =
		transaction_new(owner, invite ? &transaction_invite_server
	                                      : &transaction_other_server);

	if (t == NULL) {
		owner->counts->refused_limit++;
		return NULL;
	}
	t->request = m;
	t->hop = *hop;
	derive_reply(m, hop, &t->reply);
	lookup_add(t);
	fsm_post(&t->fsm, TRANSACTION_START, NULL);
	return t;
}

static void send_trying(struct transaction *t)
{
	osip_message_t *m = message_response(t->request, 100, NULL, NULL);

	if (m != NULL)
		(void)transaction_respond(t, m);
}

static void receive_new(struct transactions *owner, const struct hop *hop,
                        osip_message_t *m)
{
	bool invite = message_is(m, "INVITE");
	struct transaction *t = open_server(owner, hop, m);

	if (t == NULL) {
		if (invite)
			refuse(owner, hop, m, 503);
		(void)message_free(m);
		return;
	}
	owner->user->request(owner->self, t, t->request);
	if (invite && t->status == 0)
		send_trying(t);
}

/* Answered here: RFC 3261 9.2. The tag is the INVITE's where it has one. */
static void receive_cancel(struct transactions *owner, const struct hop *hop,
                           osip_message_t *m)
{
	struct transaction *invite = lookup_server(owner, m, "INVITE");
	struct transaction *t;
	osip_message_t *ok;
	const char *tag;

	t = open_server(owner, hop, m);
	if (t == NULL) {
		(void)message_free(m);
		return;
	}
	t->forgotten = true;
	tag = invite != NULL && invite->to_tag != NULL ? invite->to_tag
	                                               : t->tag;
	ok = message_response(m, invite == NULL ? 481 : 200, NULL, tag);
	if (ok != NULL)
		(void)transaction_respond(t, ok);
	if (invite != NULL && !invite->forgotten &&
	    fsm_state(&invite->fsm) == TRANSACTION_PROCEEDING)
		owner->user->cancelled(owner->self, invite, m);
}

/* Returns whether the message was taken over. */
static bool receive_request(struct transactions *owner, const struct hop *hop,
                            osip_message_t *m)
{
	struct transaction *t = lookup_server(owner, m, m->sip_method);

	if (t != NULL) {
		owner->counts->duplicates++;
		fsm_post(&t->fsm, TRANSACTION_AGAIN, NULL);
		return false;
	}
	if (message_is(m, "CANCEL")) {
		receive_cancel(owner, hop, m);
		return true;
	}
	if (lookup_loop(owner, m)) {
		owner->counts->loops++;
		refuse(owner, hop, m, 482);
		return false;
	}
	if (lookup_merged(owner, m)) {
		owner->counts->merged++;
		refuse(owner, hop, m, 482);
		return false;
	}
	receive_new(owner, hop, m);
	return true;
}

static void take_request(struct transactions *owner, const struct hop *hop,
                         osip_message_t *m, int status)
{
	bool taken = false;

	if (derive_received(m, &hop->remote) < 0) {
		(void)message_free(m);
		return;
	}
	if (message_is(m, "ACK")) {
		if (status == 0)
			receive_ack(owner, hop, m);
	} else if (status > 0) {
		refuse(owner, hop, m, (unsigned)status);
	} else {
		taken = receive_request(owner, hop, m);
	}
	if (!taken)
		(void)message_free(m);
}

bool transactions_know(const struct transactions *owner,
                       const osip_message_t *m)
{
	return lookup_server(owner, m, m->sip_method) != NULL;
}

uint64_t transactions_key(const struct transactions *owner,
                          const osip_message_t *m)
{
	return lookup_key(owner, m);
}

void transactions_refuse(struct transactions *owner, const struct hop *hop,
                         osip_message_t *request, unsigned status)
{
	if (derive_received(request, &hop->remote) == 0)
		refuse(owner, hop, request, status);
}

/* Those that are spare give theirs away when one is wanted. */
bool transactions_have_room(const struct transactions *owner)
{
	return owner->used - owner->nspare <
	       owner->most - owner->most / RESERVE;
}

void transactions_receive(struct transactions *owner, const struct hop *hop,
                          osip_message_t *m, int status)
{
	if (!message_is_response(m)) {
		take_request(owner, hop, m, status);
		return;
	}
	receive_response(owner, hop, m);
	(void)message_free(m);
}
