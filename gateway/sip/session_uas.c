/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * A session as the one who is called, RFC 3261 13.3.
 *
 * An offer is looked at twice: at once, whether it is SDP at all and has a
 * codec of ours, so that a call which can not be is refused before a channel is
 * taken for it; and when our side of it is to be told, for only then is there a
 * socket. What was agreed then is repeated in every further response.
 *
 * Who calls without an offer gets ours in the 2xx and answers in the ACK
 * (RFC 3264 with RFC 3261 13.2.1). A 18x that is to carry a description then
 * carries the same offer, as call agents expect; nothing is agreed by that.
 */
#include "gateway/sip/extension.h"
#include "gateway/sip/overlap.h"
#include "gateway/sip/session.h"

#include <errno.h>
#include <string.h>

#include "kernel/mem.h"

static const char *warning_text(unsigned warning)
{
	switch (warning) {
	case 300:
		return "Incompatible network protocol";
	case 304:
		return "Media type not available";
	default:
		return "Incompatible media format";
	}
}

static struct stack_answer mismatch(const struct sip_peer_conf *peer,
                                    unsigned warning)
{
	return (struct stack_answer){
		.status = peer->codec_mismatch_400 ? 400 : 488,
		.warning = warning,
		.warning_text = warning_text(warning),
	};
}

/* --- an INVITE comes in --- */

/* The offer and whether it could be agreed to: 0 or the status that refuses
 * it, with its Warning. */
static unsigned judge_offer(struct sip_session *s, const osip_message_t *invite,
                            unsigned *warning)
{
	struct flow flow;
	int rc = session_sdp(invite, &s->offer);

	if (rc == 0 && s->offer != NULL)
		rc = session_agree_to(s, s->offer, &flow, warning);
	switch (rc) {
	case 0:
		return 0;
	case -ENOTSUP:
		return 488;
	case -ENOMEM:
		return 503;
	default:
		return 400;
	}
}

static void take_setup(struct sip_session *s, const osip_message_t *invite)
{
	header_get_parties(invite, s->peer.trusted, &s->setup);
	if (s->peer.redirection == SIP_REDIRECTION_NONE)
		s->setup.redirection = (struct redirection){ 0 };
	s->inform.heard = s->setup.calling;
	s->setup.has_offer = s->offer != NULL;
	(void)session_hear_uui(s, invite, &s->setup.uui);
	s->setup.forwards = header_get_number(invite, "Max-Forwards", 0);
	(void)text_copy(s->setup.call_id, sizeof(s->setup.call_id),
	                s->dialog.call_id);
}

int uas_invited(struct sip_stack *stack, struct transaction *t,
                const osip_message_t *invite, const struct peer *peer)
{
	struct stack_answer no = { .status = 503 };
	struct sip_session *s, *replaced = NULL, *had = NULL;
	unsigned warning = 0;
	int rc = session_new(&s, stack, &peer->conf, true);

	if (rc < 0)
		return stack_respond(stack, t, invite, &no);
	rc = dialog_accept(&s->dialog, invite, transaction_hop(t));
	if (rc < 0)
		no.status = rc == -ENOMEM ? 503 : 400;
	else
		no.status = reliable_judge(s, invite);
	if (no.status == 0)
		no.status = expiry_judge(s, invite);
	if (no.status == 422)
		no.min_se = s->peer.min_se;
	if (no.status == 0)
		no.status =
			transfer_replaced(stack, &s->peer, invite, &replaced);
	if (no.status == 0 && s->peer.overlap)
		no.status = overlap_continued(s, invite, &had);
	if (no.status == 0)
		no.status = judge_offer(s, invite, &warning);
	if (no.status == 488)
		no = mismatch(&s->peer, warning);
	if (no.status != 0) {
		(void)session_free(s);
		return stack_respond(stack, t, invite, &no);
	}
	take_setup(s, invite);
	s->setup.incomplete = s->peer.overlap && replaced == NULL;
	expiry_hear(s, invite);
	inform_hear(s, invite);
	s->invited = t;
	s->invited_cseq = s->dialog.remote_cseq;
	transaction_own(t, s);
	session_list(s);
	(void)dialog_hop(&s->dialog, stack->peers);
	(void)session_respond(s, t, (struct stack_answer){ .status = 100 });
	fsm_post(&s->fsm, s->setup.incomplete ? HEARD_DIGITS : HEARD_INVITE,
	         NULL);
	if (had != NULL)
		overlap_take_over(s, had);
	else
		session_tell(s, &(struct sip_event){ .kind = SIP_SETUP,
		                                     .setup = &s->setup,
		                                     .replaces = replaced });
	return 0;
}

/* --- what we say --- */

/* Refuse from inside: the session ends by itself, and says why. */
static int refuse_offer(struct sip_session *s, int rc, unsigned warning)
{
	struct release why = {
		.by = RELEASE_BY_FAILURE,
		.cause = { Q850_BEARER_NOT_IMPLEMENTED,
		           LOCATION_PRIVATE_LOCAL },
		.sip_status = s->peer.codec_mismatch_400 ? 400 : 488,
		.sip_warning = (uint16_t)warning,
		.detail = "no codec in common",
	};

	if (rc != -ENOTSUP) {
		why.cause.value = Q850_RESOURCE_UNAVAILABLE;
		why.sip_status = 503;
		(void)text_copy(why.detail, sizeof(why.detail),
		                rc == -ENOMEM ? "no memory"
		                              : "no socket for sound");
	}
	session_fail(s, why.sip_status, &why);
	return rc;
}

/* Our part of the description, made once: the answer to their offer, or our
 * offer when they made none (-EAGAIN from `settle` then means that). */
static int settle(struct sip_session *s)
{
	struct flow flow;
	unsigned warning = 0;
	int rc;

	if (s->told != NULL)
		return 0;
	rc = session_open_media(s);
	if (rc == 0 && s->offer != NULL)
		rc = session_agree_to(s, s->offer, &flow, &warning);
	if (rc == 0)
		rc = session_describe(s, s->offer != NULL ? &flow : NULL,
		                      s->offer);
	if (rc < 0)
		return refuse_offer(s, rc, warning);
	if (s->offer != NULL)
		(void)session_take_flow(s, &flow);
	else
		s->offered = true;
	return 0;
}

static bool is_open(const struct sip_session *s)
{
	return s->invited != NULL && !s->releasing && s->ok == NULL &&
	       !s->reliable.answer_due &&
	       (fsm_state(&s->fsm) == UA_DIALLING ||
	        fsm_state(&s->fsm) == UA_OFFERED ||
	        fsm_state(&s->fsm) == UA_RINGING);
}

static void tell_flow(const struct sip_session *s, struct flow *flow)
{
	if (flow == NULL)
		return;
	*flow = s->flow;
	flow->local = s->bound;
}

int sip_session_agree(struct sip_session *session, struct flow *flow)
{
	int rc;

	if (session->releasing)
		return -EPROTO;
	if (session->agreed) {
		tell_flow(session, flow);
		return 0;
	}
	if (!session->incoming)
		return -EAGAIN;
	rc = settle(session);
	if (rc == 0 && !session->agreed)
		rc = -EAGAIN;
	if (rc == 0)
		tell_flow(session, flow);
	return rc;
}

static int send_ringing(struct sip_session *s)
{
	char uui[UUI_TEXT];
	struct stack_answer answer = {
		.status = s->rung,
		.uui = session_take_uui(s, uui, sizeof(uui)),
		.body = s->rung_sdp && !s->reliable.told ? s->told : NULL,
	};

	if (reliable_is_due(s, s->rung_sdp))
		return reliable_ring(s, answer);
	return session_respond(s, s->invited, answer);
}

int sip_session_ring(struct sip_session *session, unsigned status,
                     bool with_sdp, struct flow *flow)
{
	int rc = 0;

	if (!is_open(session))
		return -EPROTO;
	if (with_sdp)
		rc = settle(session);
	if (rc < 0)
		return rc;
	session->rung = status;
	session->rung_sdp = with_sdp;
	rc = send_ringing(session);
	if (rc < 0)
		return rc;
	fsm_post(&session->fsm, ASKED_RING, NULL);
	tell_flow(session, flow);
	return 0;
}

/* Proxies forget a call that rings in silence (RFC 3261 13.3.1.1). */
void uas_renew(void *self, const void *detail)
{
	(void)detail;
	(void)send_ringing(self);
}

/* 200, with what was agreed unless it is known already. */
static osip_message_t *make_ok(struct sip_session *s,
                               const struct party *connected)
{
	char uui[UUI_TEXT];
	struct stack_answer answer = {
		.status = 200,
		.to_tag = s->dialog.local_tag,
		.uui = session_take_uui(s, uui, sizeof(uui)),
		.body = s->reliable.told ? NULL : s->told,
	};
	const osip_message_t *invite = transaction_request_of(s->invited);
	char contact[160], host[ADDR_TEXT];
	osip_message_t *ok;
	int rc;

	session_contact(s, contact, sizeof(contact));
	session_host(s, host, sizeof(host));
	answer.contact = contact;
	ok = stack_response(s->stack, invite, &answer);
	if (ok == NULL)
		return NULL;
	rc = header_put_connected(ok, connected, host, &s->peer);
	if (rc == 0)
		rc = extension_put(ok, &s->peer);
	if (rc == 0)
		rc = expiry_accept(s, invite, ok);
	return rc < 0 ? message_free(ok) : ok;
}

static int send_ok(struct sip_session *s, const struct party *connected)
{
	osip_message_t *ok = make_ok(s, connected);
	osip_message_t *copy = ok == NULL ? NULL : message_clone(ok);
	int rc;

	if (copy == NULL) {
		(void)message_free(ok);
		return refuse_offer(s, -ENOMEM, 0);
	}
	reliable_end(s);
	rc = transaction_respond(s->invited, copy);
	session_repeat(s, ok);
	fsm_post(&s->fsm, ASKED_ANSWER, NULL);
	return rc < 0 && rc != -EPROTO ? 0 : rc;
}

void uas_answer(struct sip_session *s, const struct party *connected)
{
	if (is_open(s))
		(void)send_ok(s, connected);
}

int sip_session_answer(struct sip_session *session,
                       const struct party *connected, struct flow *flow)
{
	int rc;

	if (!is_open(session))
		return -EPROTO;
	rc = settle(session);
	if (rc < 0)
		return rc;
	if (!reliable_holds_answer(session, connected))
		rc = send_ok(session, connected);
	tell_flow(session, flow);
	return rc;
}

/* --- what ends it --- */

void uas_refuse(void *self, const void *detail)
{
	struct sip_session *s = self;
	char reason[128], uui[UUI_TEXT];
	struct stack_answer no = {
		.status = s->end_status,
		.reason = reason,
		.uui = session_take_uui(s, uui, sizeof(uui)),
	};

	(void)detail;
	header_print_reason(&s->release, reason, sizeof(reason));
	if (s->release.sip_warning != 0) {
		no.warning = s->release.sip_warning;
		no.warning_text = warning_text(no.warning);
	}
	if (s->invited == NULL)
		return;
	(void)session_respond(s, s->invited, no);
	transaction_forget(s->invited);
	s->invited = NULL;
}

static void refuse_with(struct sip_session *s, unsigned status)
{
	s->end_status = status;
	uas_refuse(s, NULL);
}

void uas_cancelled(void *self, const void *cancel)
{
	struct sip_session *s = self;
	struct release why = {
		.by = RELEASE_BY_FAR,
		.cause = { Q850_NORMAL_CLEARING, LOCATION_USER },
		.sip_status = 487,
	};

	if (cancel != NULL)
		(void)header_get_reason(cancel, &why.cause);
	session_release(s, &why);
	refuse_with(s, 487);
}

/* RFC 3261 15.1.2 */
void uas_bye(void *self, const void *bye)
{
	session_bye(self, bye);
	refuse_with(self, 487);
}

void uas_lost(void *self, const void *detail)
{
	struct sip_session *s = self;
	struct release why = {
		.by = RELEASE_BY_FAILURE,
		.cause = { Q850_DESTINATION_OUT_OF_ORDER,
		           LOCATION_PRIVATE_LOCAL },
		.detail = "the caller can not be reached",
	};

	(void)detail;
	session_release(s, &why);
}

/* --- ACK --- */

/* Their answer to the offer in our 2xx. */
static int take_answer(struct sip_session *s, const osip_message_t *ack)
{
	struct flow flow;
	unsigned warning;
	char *sdp;
	int rc = session_sdp(ack, &sdp);

	if (rc == 0 && sdp == NULL)
		rc = -ENOENT;
	if (rc == 0)
		rc = session_answered_with(s, sdp, &flow, &warning);
	if (rc == 0)
		(void)session_take_flow(s, &flow);
	mem_free(sdp);
	return rc;
}

static void end_repeats(struct sip_session *s)
{
	session_repeat_end(s);
	if (s->invited != NULL)
		transaction_forget(s->invited);
	s->invited = NULL;
	s->offer = mem_free(s->offer);
}

void uas_acked(void *self, const void *ack)
{
	struct sip_session *s = self;
	struct sip_event event = { .kind = SIP_CONFIRMED };
	struct release why = {
		.by = RELEASE_BY_FAR,
		.cause = { Q850_INTERWORKING, LOCATION_USER },
		.detail = "no answer to our offer in the ACK",
	};

	end_repeats(s);
	if (s->offered) {
		s->offered = false;
		if (take_answer(s, ack) < 0) {
			session_fail(s, 0, &why);
			return;
		}
		event.flow = &s->flow;
	}
	session_tell(s, &event);
}

void uas_no_ack(void *self, const void *detail)
{
	struct sip_session *s = self;
	struct release why = {
		.by = RELEASE_BY_TIMER,
		.cause = { Q850_TIMER_EXPIRY, LOCATION_PRIVATE_LOCAL },
	};
	struct text text = TEXT(why.detail);

	text_add(&text, "%s", sip_timer_rows[SIP_TIMER_ACK].name);
	end_repeats(s);
	session_release(s, &why);
	session_hang_up(s, detail);
}
