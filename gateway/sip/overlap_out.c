/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Overlap as the one who calls, RFC 3578 3.
 *
 * The INVITEs of one number that grows share Call-ID, From tag, description
 * and socket; each has a higher CSeq, a longer Request-URI and To. So they are
 * one session: s->invite is the one that counts, the others are kept here. None
 * is cancelled because it was overtaken: a CANCEL that came before the next
 * INVITE would end the call at the far gateway (3.4).
 *
 * Which one counts? The last, because it is what was dialled; until another
 * one rings or is answered, for then somebody is there (digits that were too
 * many are refused by 484 while the number before them rings). An answer ends
 * the others. 484 says "more digits": when no INVITE is left the session waits
 * for them. Any other refusal of the last one is the call's; one of an INVITE
 * that was overtaken says nothing of the number as it is now.
 */
#include "gateway/sip/overlap.h"

#include <errno.h>
#include <string.h>

#include "gateway/sip/session.h"
#include "kernel/mem.h"

struct overlap {
	bool complete;
	struct release refused; /* how the last INVITE was */
	unsigned n;
	struct overtaken {
		struct transaction *t;
		uint32_t cseq;
		bool answered; /* and ended; repeated 2xx may come */
	} overtaken[NUMBER_DIGITS];
};

int overlap_begin(struct sip_session *s)
{
	s->overlap = mem_new(struct overlap);
	return s->overlap == NULL ? -ENOMEM : 0;
}

struct overlap *overlap_free(struct overlap *o)
{
	if (o == NULL)
		return NULL;
	while (o->n > 0)
		transaction_forget(o->overtaken[--o->n].t);
	return mem_free(o);
}

bool overlap_is_open(const struct sip_session *s)
{
	return s->overlap != NULL && !s->overlap->complete && !s->alerted &&
	       s->redirect == NULL;
}

bool overlap_is_pending(const struct sip_session *s)
{
	for (unsigned i = 0; s->overlap != NULL && i < s->overlap->n; i++)
		if (!s->overlap->overtaken[i].answered)
			return true;
	return false;
}

static bool is_searching(const struct sip_session *s)
{
	unsigned state = fsm_state(&s->fsm);

	return !s->releasing && (state == UA_INVITING ||
	                         state == UA_PROCEEDING || state == UA_EARLY);
}

/* --- from above --- */

int sip_session_digits(struct sip_session *session, const char *digits,
                       bool complete)
{
	struct number *called = &session->setup.called.number;
	size_t have = strlen(called->digits);
	bool was_open = overlap_is_open(session);

	if (session->overlap == NULL || session->releasing)
		return -EPROTO;
	if (was_open && text_copy(called->digits + have,
	                          sizeof(called->digits) - have, digits) < 0) {
		called->digits[have] = '\0';
		return -ENOSPC;
	}
	session->overlap->complete |= complete;
	if (was_open && digits[0] != '\0')
		fsm_post(&session->fsm, ASKED_DIGITS, NULL);
	if (session->overlap->complete &&
	    fsm_state(&session->fsm) == UA_WANTING)
		fsm_post(&session->fsm, ASKED_COMPLETE, NULL);
	return was_open || digits[0] == '\0' ? 0 : -EPROTO;
}

/* The INVITE for the number as it is now. */
void overlap_extend(void *self, const void *detail)
{
	struct sip_session *s = self;
	struct overlap *o = s->overlap;
	struct release why = { .by = RELEASE_BY_FAILURE,
		               .cause = { Q850_RESOURCE_UNAVAILABLE,
		                          LOCATION_PRIVATE_LOCAL },
		               .detail = "no further INVITE" };

	(void)detail;
	if (s->invite != NULL && o->n < ARRAY_LEN(o->overtaken))
		o->overtaken[o->n++] =
			(struct overtaken){ .t = s->invite,
			                    .cseq = s->invite_cseq };
	s->invite = NULL;
	s->agreed = false; /* with whoever was heard before */
	s->reliable.settled = false;
	s->reliable.nheard = 0;
	if (uac_aim(s) == 0 && uac_invite(s) == 0)
		return;
	session_release(s, &why);
	fsm_post(&s->fsm, HEARD_NOTHING, NULL);
}

void overlap_refused(void *self, const void *detail)
{
	struct sip_session *s = self;

	(void)detail;
	session_release(s, &s->overlap->refused);
}

void overlap_timed_out(void *self, const void *detail)
{
	struct sip_session *s = self;
	struct release why = s->overlap->refused;
	struct text text = TEXT(why.detail);

	(void)detail;
	why.by = RELEASE_BY_TIMER;
	text_add(&text, "%s", sip_timer_rows[SIP_TIMER_DIGITS].name);
	session_release(s, &why);
}

/* --- from the transactions --- */

static struct overtaken *find(struct overlap *o, const struct transaction *t)
{
	for (unsigned i = 0; i < o->n; i++)
		if (o->overtaken[i].t == t)
			return &o->overtaken[i];
	return NULL;
}

/* Its transaction is gone. The session may have waited for that alone. */
static void drop(struct sip_session *s, struct overtaken *one)
{
	struct overlap *o = s->overlap;
	size_t behind = (size_t)(&o->overtaken[o->n] - (one + 1));

	memmove(one, one + 1, behind * sizeof(*one));
	o->n--;
	if (fsm_state(&s->fsm) == UA_OVER)
		loop_defer(s->stack->loop, &s->funeral);
}

/* This one counts from now on; the one that did is as the others. */
static int promote(struct sip_session *s, struct overtaken *one,
                   const osip_message_t *message)
{
	struct overtaken was = { .t = s->invite, .cseq = s->invite_cseq };
	int rc = dialog_address(&s->dialog, message);

	if (rc < 0)
		return rc;
	s->dialog.remote_tag[0] = '\0';
	s->invite = one->t;
	s->invite_cseq = one->cseq;
	if (was.t != NULL)
		*one = was;
	else
		drop(s, one);
	return 0;
}

static struct overtaken *newest(struct overlap *o)
{
	struct overtaken *best = NULL;

	for (unsigned i = 0; i < o->n; i++)
		if (best == NULL || o->overtaken[i].cseq > best->cseq)
			best = &o->overtaken[i];
	return best;
}

/* 484 to the last one: true when that is not the end. */
static bool goes_on(struct sip_session *s, const osip_message_t *response)
{
	struct overlap *o = s->overlap;
	struct overtaken *before = newest(o);

	if (before == NULL && !overlap_is_open(s))
		return false;
	o->refused = uac_refusal(s, response);
	s->invite = NULL;
	if (before == NULL) {
		fsm_post(&s->fsm, HEARD_MORE, NULL);
		return true;
	}
	/* Nothing may be heard of it any more: the timer of a 100 does. */
	if (promote(s, before, transaction_request_of(before->t)) < 0)
		return false;
	fsm_post(&s->fsm, HEARD_TRYING, NULL);
	return true;
}

bool overlap_response(struct sip_session *s, struct transaction *t,
                      const osip_message_t *response)
{
	int status = response->status_code;
	struct overtaken *one;

	if (s->overlap == NULL)
		return false;
	one = find(s->overlap, t);
	if (one == NULL)
		return status == 484 && is_searching(s) &&
		       s->redirect == NULL && goes_on(s, response);
	if (status >= 300) {
		drop(s, one);
	} else if (status > 100 && is_searching(s)) {
		return promote(s, one, response) < 0;
	} else if (status >= 200) {
		one->answered = true;
		uac_hear_fork(s, response);
		if (fsm_state(&s->fsm) == UA_OVER)
			loop_defer(s->stack->loop, &s->funeral);
	}
	return true;
}

bool overlap_gave_up(struct sip_session *s, const struct transaction *t)
{
	struct overtaken *one = s->overlap == NULL ? NULL : find(s->overlap, t);

	if (one != NULL)
		drop(s, one);
	return one != NULL;
}

void overlap_end(struct sip_session *s)
{
	for (unsigned i = 0; s->overlap != NULL && i < s->overlap->n; i++)
		(void)transaction_cancel(s->overlap->overtaken[i].t, NULL);
}
