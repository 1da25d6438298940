/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Changes in a call: re-INVITE both ways (RFC 3261 14) and UPDATE towards us
 * (RFC 3311), which may come before the answer too. A machine of its own beside
 * the session's, because a call goes on while it is being changed, and ends
 * whether it is or not.
 *
 * Only one change can be under way. What meets another is told so by 491, and
 * our own is offered again after the time that RFC 3261 14.1 draws: who made
 * the Call-ID waits longer, so the two do not meet again.
 *
 * A change that is refused changes nothing (14.1); a 481 or 408 to ours ends
 * the call (12.2.1.2).
 */
#include "gateway/sip/extension.h"
#include "gateway/sip/session.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "kernel/mem.h"

static const char *const states[] = { "idle", "offering", "backoff",
	                              "answered" };
static_assert(ARRAY_LEN(states) == REFRESH_STATES, "a name for each state");

static const char *const events[] = { "asked", "ok",  "glare", "refused",
	                              "taken", "ack", "timer" };
static_assert(ARRAY_LEN(events) == REFRESH_EVENTS, "a name for each event");

static void offer(void *self, const void *detail);
static void answered(void *self, const void *response);
static void no_ack(void *self, const void *detail);
static void acked(void *self, const void *ack);

/* clang-format off */
static const struct fsm_row rows[] = {
	/* in state          on event          do         then be in       */
	{ REFRESH_IDLE,      REFRESH_ASKED,    offer,     REFRESH_OFFERING },
	{ REFRESH_IDLE,      REFRESH_TAKEN,    NULL,      REFRESH_ANSWERED },
	{ REFRESH_OFFERING,  REFRESH_OK,       answered,  REFRESH_IDLE     },
	{ REFRESH_OFFERING,  REFRESH_GLARE,    NULL,      REFRESH_BACKOFF  },
	{ REFRESH_OFFERING,  REFRESH_REFUSED,  NULL,      REFRESH_IDLE     },
	{ REFRESH_BACKOFF,   REFRESH_TIMEOUT,  offer,     REFRESH_OFFERING },
	{ REFRESH_BACKOFF,   REFRESH_TAKEN,    NULL,      REFRESH_ANSWERED },
	{ REFRESH_ANSWERED,  REFRESH_ACK,      acked,     REFRESH_IDLE     },
	{ REFRESH_ANSWERED,  REFRESH_TIMEOUT,  no_ack,    REFRESH_IDLE     },
};
/* clang-format on */

/* RFC 3261 14.1: 2.1 to 4 s for who made the Call-ID, else up to 2 s, in
 * steps of 10 ms. */
static usec backoff(const struct sip_session *s)
{
	char dice[5];
	unsigned n = 0;

	message_random(dice, sizeof(dice));
	for (unsigned i = 0; i < 4; i++)
		n = n * 31 + (unsigned char)dice[i];
	return s->incoming ? MSEC(10) * (n % 201)
	                   : MSEC(2100) + MSEC(10) * (n % 191);
}

/* What had to wait while another change was under way. */
static void offer_rest(struct sip_session *s)
{
	if (fsm_state(&s->fsm) != UA_CONFIRMED || s->releasing)
		return;
	if (s->offer_due)
		fsm_post(&s->refresh, REFRESH_ASKED, NULL);
	else if (inform_party_waits(s))
		(void)refresh_again(s);
}

/* The directions that were asked for last. */
static void take_asked(struct sip_session *s)
{
	if (!s->offer_due)
		return;
	s->media.send = s->due_send;
	s->media.receive = s->due_receive;
	s->media.in_call = true;
	s->offer_due = s->unchanged = false;
}

/* IDLE waits for whatever comes; OFFERING ends with its transaction. */
static void enter(void *self, unsigned state)
{
	struct sip_session *s = self;

	timer_stop(&s->refresh_timer);
	if (state == REFRESH_IDLE)
		offer_rest(s);
	else if (state == REFRESH_BACKOFF)
		timer_start(&s->refresh_timer, backoff(s));
	else if (state == REFRESH_ANSWERED)
		timer_start(&s->refresh_timer,
		            stack_timer(s->stack, SIP_TIMER_ACK));
}

static void stray(void *self, unsigned event, const void *detail)
{
	(void)self; /* a change that came to nothing: none is needed */
	(void)event;
	(void)detail;
}

const struct fsm_type refresh_machine = {
	.name = "refresh",
	.states = states,
	.events = events,
	.nstates = REFRESH_STATES,
	.nevents = REFRESH_EVENTS,
	.rows = rows,
	.nrows = ARRAY_LEN(rows),
	.enter = enter,
	.stray = stray,
};

void refresh_timed_out(void *self)
{
	struct sip_session *s = self;

	fsm_post(&s->refresh, REFRESH_TIMEOUT, NULL);
}

/* A flow was agreed anew: told above when it is another. */
void session_change_flow(struct sip_session *s, const struct flow *flow)
{
	struct sip_event event = { .kind = SIP_FLOW,
		                   .held = !flow->send && s->media.send };

	if (!session_take_flow(s, flow))
		return;
	event.flow = &s->flow;
	session_tell(s, &event);
}

/* --- ours --- */

static const struct transaction_user offer_user;

static void offer_response(void *self, struct transaction *t,
                           const osip_message_t *response)
{
	struct sip_session *s = self;
	int status = response->status_code;
	struct release why = { .by = RELEASE_BY_FAR,
		               .sip_status = (uint16_t)status };
	bool again;

	if (status < 200)
		return;
	s->reinvite = NULL;
	if (session_challenged(s, &s->reinvite, t, response, &offer_user)) {
		s->reinvite_cseq = s->dialog.local_cseq;
		return;
	}
	if (status < 300) {
		transaction_forget(t); /* the 2xx again: session_stray_ok() */
		inform_party_told(s);
		fsm_post(&s->refresh, REFRESH_OK, response);
		return;
	}
	again = status == 491 || (status == 422 && expiry_raise(s, response));
	if (!again)
		inform_party_told(s);
	if (status == 481 || status == 408)
		s->offer_due = s->inform.party_due = false;
	fsm_post(&s->refresh, again ? REFRESH_GLARE : REFRESH_REFUSED, NULL);
	expiry_again(s);
	if (status == 481 || status == 408)
		session_fail(s, 0, &why);
}

static void offer_gave_up(void *self, struct transaction *t, unsigned status)
{
	struct sip_session *s = self;
	struct release why = { .by = RELEASE_BY_FAILURE,
		               .sip_status = (uint16_t)status,
		               .detail = "no answer to a re-INVITE" };

	(void)t;
	s->reinvite = NULL;
	fsm_post(&s->refresh, REFRESH_REFUSED, NULL);
	session_fail(s, 0, &why);
}

static const struct transaction_user offer_user = {
	.response = offer_response,
	.gave_up = offer_gave_up,
};

static void offer(void *self, const void *detail)
{
	struct sip_session *s = self;
	char room[REQUEST_TEXT];
	struct text text = TEXT(room);
	int rc = 0;

	(void)detail;
	take_asked(s);
	if (!s->unchanged)
		rc = session_describe(s, &s->flow, NULL);
	if (rc == 0) {
		s->reinvite_cseq = ++s->dialog.local_cseq;
		session_begin(&text, s, "INVITE", s->reinvite_cseq);
		inform_print_party(&text, s);
		rc = session_send(&s->reinvite, s, &text, s->told, &offer_user);
	}
	if (rc < 0) {
		s->offer_due = s->inform.party_due = false;
		fsm_post(&s->refresh, REFRESH_REFUSED, NULL);
	}
}

static void answered(void *self, const void *detail)
{
	const osip_message_t *response = detail;
	struct sip_session *s = self;
	struct flow flow;
	unsigned warning;
	char *sdp = NULL;

	(void)dialog_refresh(&s->dialog, response);
	uac_ack(s, message_cseq(response), NULL);
	expiry_agree(s, response);
	inform_hear(s, response);
	inform_hear_party(s, response);
	if (session_sdp(response, &sdp) == 0 && sdp != NULL &&
	    session_answered_with(s, sdp, &flow, &warning) == 0) {
		if (s->unchanged) { /* may have been an answer, with numbers */
			flow.receive_type =
				s->flow.receive_type; /* of theirs */
			flow.receive_event = s->flow.receive_event;
		}
		session_change_flow(s, &flow);
	}
	mem_free(sdp);
}

int sip_session_offer(struct sip_session *session, bool send, bool receive)
{
	if (fsm_state(&session->fsm) != UA_CONFIRMED || session->releasing)
		return -EPROTO;
	session->due_send = send;
	session->due_receive = receive;
	session->offer_due = true;
	if (fsm_state(&session->refresh) == REFRESH_IDLE)
		offer_rest(session);
	return 0;
}

bool refresh_again(struct sip_session *s)
{
	if (fsm_state(&s->fsm) != UA_CONFIRMED || s->told == NULL ||
	    fsm_state(&s->refresh) != REFRESH_IDLE)
		return false;
	s->unchanged = true;
	fsm_post(&s->refresh, REFRESH_ASKED, NULL);
	return true;
}

/* --- theirs --- */

static void refuse(struct sip_session *s, struct transaction *t,
                   unsigned status, unsigned warning)
{
	struct stack_answer no = { .status = status, .warning = warning };

	if (warning != 0)
		no.warning_text = "Incompatible media format";
	if (status == 500)
		no.retry_after = 5;
	if (status == 422)
		no.min_se = s->peer.min_se;
	(void)session_respond(s, t, no);
}

/* 0 when a change of theirs may be looked at in the call, else how it is
 * refused: RFC 3261 14.2. */
static unsigned when_not(const struct sip_session *s)
{
	switch ((enum refresh_state)fsm_state(&s->refresh)) {
	case REFRESH_OFFERING:
		return 491;
	case REFRESH_ANSWERED:
		return 500;
	case REFRESH_IDLE:
	case REFRESH_BACKOFF:
	case REFRESH_STATES:
		break;
	}
	return 0;
}

/* The same, before the answer or while it is under way. An UPDATE without an
 * offer is never in the way; one with an offer waits until the INVITE's own is
 * answered (RFC 3311 5.2), in a reliable 18x or in the 200. */
static unsigned when_not_yet(const struct sip_session *s, bool update,
                             bool offers)
{
	unsigned state = fsm_state(&s->fsm);
	bool called = state == UA_OFFERED || state == UA_RINGING;

	if (state == UA_CANCELLING || state == UA_IDLE)
		return update ? 481 : 491;
	if (!update)
		return called ? 500 : 491;
	if (!offers || s->reliable.settled)
		return 0;
	if (state == UA_ANSWERED)
		return s->offered ? 491 : 0;
	return called && !s->offered ? 500 : 491;
}

static unsigned judge(const struct sip_session *s,
                      const osip_message_t *request)
{
	unsigned state = fsm_state(&s->fsm);
	bool update = message_is(request, "UPDATE");
	bool offers = message_body(request).len > 0;
	unsigned status = expiry_judge(s, request);

	if (state == UA_ENDING || state == UA_HANGING || state == UA_OVER)
		return 481;
	if (status != 0)
		return status;
	if (state != UA_CONFIRMED)
		return when_not_yet(s, update, offers);
	return update && !offers ? 0 : when_not(s);
}

/* Our answer to their offer, or our offer: 0, or the refusing status. */
unsigned session_describe_change(struct sip_session *s, const char *sdp,
                                 struct flow *flow, unsigned *warning)
{
	int rc = session_open_media(s);

	s->media.in_call = true;
	if (rc == 0 && sdp != NULL)
		rc = session_agree_to(s, sdp, flow, warning);
	if (rc == 0)
		rc = session_describe(s, sdp != NULL ? flow : &s->flow, sdp);
	if (rc == 0)
		return 0;
	return rc == -ENOTSUP ? 488 : rc == -EBADMSG ? 400 : 500;
}

static osip_message_t *accepted(struct sip_session *s, struct transaction *t,
                                const char *body)
{
	struct stack_answer answer = { .status = 200, .body = body };
	const osip_message_t *request = transaction_request_of(t);
	unsigned state = fsm_state(&s->fsm);
	char contact[160];
	osip_message_t *ok;
	int rc;

	session_contact(s, contact, sizeof(contact));
	answer.contact = contact;
	answer.to_tag = s->dialog.local_tag;
	ok = stack_response(s->stack, request, &answer);
	if (ok == NULL)
		return NULL;
	rc = extension_put(ok, &s->peer);
	if (rc == 0 && (state == UA_CONFIRMED || state == UA_ANSWERED))
		rc = expiry_accept(s, request, ok);
	return rc < 0 ? message_free(ok) : ok;
}

static void answer_invite(struct sip_session *s, struct transaction *t,
                          const osip_message_t *request)
{
	osip_message_t *ok = accepted(s, t, s->told);
	osip_message_t *copy = ok == NULL ? NULL : message_clone(ok);

	if (copy == NULL) {
		(void)message_free(ok);
		refuse(s, t, 500, 0);
		return;
	}
	transaction_own(t, s);
	s->reinvited = t;
	s->invited_cseq = message_cseq(request);
	(void)transaction_respond(t, copy);
	session_repeat(s, ok);
	fsm_post(&s->refresh, REFRESH_TAKEN, NULL);
}

static void answer_update(struct sip_session *s, struct transaction *t,
                          bool had_sdp)
{
	osip_message_t *ok = accepted(s, t, had_sdp ? s->told : NULL);

	if (ok != NULL)
		(void)transaction_respond(t, ok);
}

/* With nothing under way: take what they ask; false: it is refused. */
static bool take(struct sip_session *s, struct transaction *t,
                 const osip_message_t *request)
{
	bool invite = message_is(request, "INVITE");
	struct flow flow = s->flow;
	unsigned status = 0, warning = 0;
	char *sdp;

	if (session_sdp(request, &sdp) < 0) {
		refuse(s, t, 400, 0);
		return false;
	}
	if (sdp != NULL || invite)
		status = session_describe_change(s, sdp, &flow, &warning);
	if (status != 0) {
		refuse(s, t, status, warning);
	} else {
		(void)dialog_refresh(&s->dialog, request);
		s->offered = invite && sdp == NULL;
		if (invite)
			answer_invite(s, t, request);
		else
			answer_update(s, t, sdp != NULL);
		if (sdp != NULL)
			session_change_flow(s, &flow);
	}
	mem_free(sdp);
	return status == 0;
}

void refresh_request(struct sip_session *s, struct transaction *t,
                     const osip_message_t *request)
{
	unsigned status = judge(s, request);

	expiry_hear(s, request);
	inform_hear(s, request);
	if (status != 0)
		refuse(s, t, status, 0);
	else if (take(s, t, request))
		inform_hear_party(s, request);
}

static void end_repeats(struct sip_session *s)
{
	session_repeat_end(s);
	if (s->reinvited != NULL)
		transaction_forget(s->reinvited);
	s->reinvited = NULL;
}

static void acked(void *self, const void *ack)
{
	struct sip_session *s = self;
	struct flow flow;
	unsigned warning;
	char *sdp = NULL;

	end_repeats(s);
	if (!s->offered)
		return;
	s->offered = false;
	if (ack != NULL && session_sdp(ack, &sdp) == 0 && sdp != NULL &&
	    session_answered_with(s, sdp, &flow, &warning) == 0)
		session_change_flow(s, &flow);
	mem_free(sdp);
}

void refresh_acked(struct sip_session *s, const osip_message_t *ack)
{
	fsm_post(&s->refresh, REFRESH_ACK, ack);
}

/* RFC 3261 14.2: a call whose 2xx is never acknowledged is ended. */
static void no_ack(void *self, const void *detail)
{
	struct sip_session *s = self;
	struct release why = {
		.by = RELEASE_BY_TIMER,
		.cause = { Q850_TIMER_EXPIRY, LOCATION_PRIVATE_LOCAL },
	};
	struct text text = TEXT(why.detail);

	(void)detail;
	text_add(&text, "%s", sip_timer_rows[SIP_TIMER_ACK].name);
	end_repeats(s);
	session_fail(s, 0, &why);
}
