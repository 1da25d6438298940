/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Reliable provisional responses, RFC 3262.
 *
 * As the one who is called: a 18x with a description goes out reliably to a
 * caller who can take it, every 18x when he or our configuration requires it.
 * It is repeated from T1 on, each time after twice as long, until its PRACK;
 * none within 64 x T1 refuses the call (3). Only one is under way at a time:
 * who rings again meanwhile waits, and what goes out then is the newest word.
 * A 200 waits for the PRACK too when a description is under way, and has none
 * itself afterwards, because an answer is given once (3, RFC 3261 13.2.1).
 *
 * As the one who calls: each early dialog counts RSeq by itself. The next one
 * is taken and acknowledged, a repeated one has had its PRACK, which repeats
 * itself, and one with a gap before it is not looked at: it will come again
 * after the missing one (4).
 *
 * An offer in PRACK is answered in its 200; an offer of ours in the 18x is
 * answered by the PRACK (5).
 */
#include "gateway/sip/reliable.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/sip/extension.h"
#include "gateway/sip/session.h"
#include "kernel/mem.h"

enum { PRACK_MOST = 64 /* x T1 */ };

/* --- as the one who is called --- */

static void repeat(void *self)
{
	struct sip_session *s = self;
	struct reliable *r = &s->reliable;
	osip_message_t *again = message_clone(r->sent);

	if (s->invited != NULL && again != NULL)
		(void)transaction_respond(s->invited, again);
	else
		(void)message_free(again);
	r->interval *= 2;
	timer_start(&r->repeat, r->interval);
}

void reliable_end(struct sip_session *s)
{
	timer_stop(&s->reliable.repeat);
	timer_stop(&s->reliable.life);
	s->reliable.sent = message_free(s->reliable.sent);
	s->reliable.due = s->reliable.answer_due = false;
}

static void no_prack(void *self)
{
	struct sip_session *s = self;
	struct release why = {
		.by = RELEASE_BY_TIMER,
		.cause = { Q850_TIMER_EXPIRY, LOCATION_PRIVATE_LOCAL },
		.sip_status = 504,
		.detail = "timer PRACK",
	};

	reliable_end(s);
	session_fail(s, 504, &why);
}

void reliable_init(struct sip_session *s)
{
	struct reliable *r = &s->reliable;

	timer_init(&r->repeat, s->stack->loop, "SIP 18x", repeat, s);
	timer_init(&r->life, s->stack->loop, "SIP PRACK", no_prack, s);
}

void reliable_free(struct sip_session *s)
{
	reliable_end(s);
	if (s->reliable.prack != NULL)
		transaction_forget(s->reliable.prack);
	s->reliable.prack = NULL;
}

unsigned reliable_judge(struct sip_session *s, const osip_message_t *invite)
{
	struct reliable *r = &s->reliable;
	bool required = s->peer.reliable == SIP_100REL_REQUIRED;

	if (s->peer.reliable == SIP_100REL_OFF)
		return 0;
	r->known = extension_known(invite, "100rel");
	r->always = required || extension_listed(invite, "Require", "100rel");
	return required && !r->known ? 421 : 0;
}

bool reliable_is_due(const struct sip_session *s, bool with_sdp)
{
	const struct reliable *r = &s->reliable;

	return r->known && (r->always || (with_sdp && !r->told));
}

/* RFC 3262 3: it begins anywhere between 1 and 2^31 - 1. */
static uint32_t next_seq(uint32_t seq)
{
	char dice[7];

	if (seq != 0)
		return seq + 1;
	message_random(dice, sizeof(dice));
	return 1 + (session_hash(dice) & 0x7fffffff) / 2;
}

static int send_first(struct sip_session *s, osip_message_t *m)
{
	struct reliable *r = &s->reliable;
	osip_message_t *copy = message_clone(m);

	if (copy == NULL) {
		(void)message_free(m);
		return -ENOMEM;
	}
	r->sent = m;
	r->awaited = true;
	r->interval = stack_timer(s->stack, SIP_T1);
	timer_start(&r->repeat, r->interval);
	timer_start(&r->life, PRACK_MOST * r->interval);
	return transaction_respond(s->invited, copy);
}

int reliable_ring(struct sip_session *s, struct stack_answer answer)
{
	struct reliable *r = &s->reliable;
	osip_message_t *m;
	char contact[160];

	if (r->sent != NULL) {
		r->due = true;
		return 0;
	}
	session_contact(s, contact, sizeof(contact));
	answer.contact = contact;
	answer.to_tag = s->dialog.local_tag;
	answer.rseq = next_seq(r->seq);
	m = stack_response(s->stack, transaction_request_of(s->invited),
	                   &answer);
	if (m == NULL)
		return -ENOMEM;
	r->seq = answer.rseq;
	r->sent_sdp = answer.body != NULL;
	r->told = r->told || r->sent_sdp;
	return send_first(s, m);
}

bool reliable_holds_answer(struct sip_session *s, const struct party *connected)
{
	struct reliable *r = &s->reliable;

	if (r->sent == NULL || !r->sent_sdp)
		return false;
	r->answer_due = true;
	r->has_connected = connected != NULL;
	if (connected != NULL)
		r->connected = *connected;
	return true;
}

/* "776656 1 INVITE": RSeq, CSeq and method of what is acknowledged. */
static bool is_for(const struct sip_session *s, const osip_message_t *prack)
{
	const char *rack = message_header(prack, "RAck", 0);
	char *at;
	unsigned long seq, cseq;

	if (rack == NULL || !s->reliable.awaited)
		return false;
	seq = strtoul(rack, &at, 10);
	cseq = strtoul(at, &at, 10);
	at += strspn(at, " \t");
	return seq == s->reliable.seq && cseq == s->invited_cseq &&
	       strncmp(at, "INVITE", 6) == 0;
}

static void refuse(struct sip_session *s, struct transaction *t,
                   unsigned status, unsigned warning)
{
	(void)session_respond(
		s, t,
		(struct stack_answer){ .status = status,
	                               .warning = warning,
	                               .warning_text =
	                                       "Incompatible media format" });
}

/* Our offer was in the 18x: the answer is here or nowhere. */
static void take_answer(struct sip_session *s, struct transaction *t,
                        const char *sdp)
{
	struct release why = {
		.by = RELEASE_BY_FAR,
		.cause = { Q850_INTERWORKING, LOCATION_USER },
		.sip_status = 400,
		.detail = "no answer to our offer in the PRACK",
	};
	struct flow flow;
	unsigned warning;

	s->offered = false;
	if (sdp == NULL || session_answered_with(s, sdp, &flow, &warning) < 0) {
		refuse(s, t, sdp == NULL ? 200 : 400, 0);
		session_fail(s, 400, &why);
		return;
	}
	(void)session_respond(s, t, (struct stack_answer){ .status = 200 });
	session_change_flow(s, &flow);
}

/* Another offer: answered at once. */
static void take_offer(struct sip_session *s, struct transaction *t,
                       const char *sdp)
{
	struct flow flow;
	unsigned warning = 0;
	unsigned status = session_describe_change(s, sdp, &flow, &warning);

	if (status != 0) {
		refuse(s, t, status, warning);
		return;
	}
	(void)session_respond(
		s, t, (struct stack_answer){ .status = 200, .body = s->told });
	session_change_flow(s, &flow);
}

static void take(struct sip_session *s, struct transaction *t, const char *sdp)
{
	if (s->reliable.sent_sdp && s->offered)
		take_answer(s, t, sdp);
	else if (sdp != NULL)
		take_offer(s, t, sdp);
	else
		(void)session_respond(s, t,
		                      (struct stack_answer){ .status = 200 });
	s->reliable.settled = s->reliable.settled || s->reliable.sent_sdp;
}

/* What had to wait for the PRACK. */
static void go_on(struct sip_session *s, bool ring, bool answer)
{
	struct reliable *r = &s->reliable;

	if (s->releasing)
		return;
	if (answer)
		uas_answer(s, r->has_connected ? &r->connected : NULL);
	else if (ring)
		uas_renew(s, NULL);
}

void reliable_prack(struct sip_session *s, struct transaction *t,
                    const osip_message_t *prack)
{
	struct reliable *r = &s->reliable;
	bool ring = r->due, answer = r->answer_due;
	char *sdp = NULL;
	int rc = is_for(s, prack) ? session_sdp(prack, &sdp) : -ENOENT;

	if (rc < 0) {
		refuse(s, t,
		       rc == -ENOENT   ? 481
		       : rc == -ENOMEM ? 500
		                       : 400,
		       0);
		return;
	}
	r->awaited = false;
	reliable_end(s);
	take(s, t, sdp);
	mem_free(sdp);
	go_on(s, ring, answer);
}

/* --- as the one who calls --- */

bool reliable_is(const struct sip_session *s, const osip_message_t *response)
{
	return s->peer.reliable != SIP_100REL_OFF &&
	       message_header(response, "RSeq", 0) != NULL &&
	       message_tag(response->to) != NULL &&
	       extension_listed(response, "Require", "100rel");
}

static uint32_t seq_of(const osip_message_t *response)
{
	return (uint32_t)strtoul(message_header(response, "RSeq", 0), NULL, 10);
}

bool reliable_in_order(struct sip_session *s, const osip_message_t *response)
{
	struct reliable *r = &s->reliable;
	uint32_t tag, seq;
	unsigned i = 0;

	if (!reliable_is(s, response))
		return true;
	tag = session_hash(message_tag(response->to));
	seq = seq_of(response);
	while (i < r->nheard && r->heard[i].tag != tag)
		i++;
	if (i == RELIABLE_DIALOGS ||
	    (i < r->nheard && seq != r->heard[i].seq + 1))
		return false;
	if (i == r->nheard)
		r->nheard++;
	r->heard[i].tag = tag;
	r->heard[i].seq = seq;
	return true;
}

/* What a PRACK is answered with changes nothing (the INVITE has timers of its
 * own), but for who asks who we are. */
static void prack_response(void *self, struct transaction *t,
                           const osip_message_t *response);

static void prack_gave_up(void *self, struct transaction *t, unsigned status)
{
	struct sip_session *s = self;

	(void)t;
	(void)status;
	s->reliable.prack = NULL;
}

static const struct transaction_user prack_user = {
	.response = prack_response,
	.gave_up = prack_gave_up,
};

static void prack_response(void *self, struct transaction *t,
                           const osip_message_t *response)
{
	struct sip_session *s = self;

	if (response->status_code < 200)
		return;
	s->reliable.prack = NULL;
	(void)session_challenged(s, &s->reliable.prack, t, response,
	                         &prack_user);
}

void reliable_acknowledge(struct sip_session *s, const osip_message_t *response,
                          const char *body)
{
	char room[REQUEST_TEXT];
	struct text text = TEXT(room);

	if (s->reliable.prack != NULL)
		transaction_forget(s->reliable.prack);
	s->reliable.prack = NULL;
	session_begin(&text, s, "PRACK", ++s->dialog.local_cseq);
	text_add(&text, "RAck: %u %u INVITE\r\n", seq_of(response),
	         s->invite_cseq);
	(void)session_send(&s->reliable.prack, s, &text, body, &prack_user);
}
