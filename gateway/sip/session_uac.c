/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * A session as the one who calls, RFC 3261 13.2; session_early.c has what it
 * hears before the answer.
 *
 * The first 2xx makes the dialog. One with another To tag is of a fork's other
 * branch: it is acknowledged, because its sender repeats it until then, and
 * ended (13.2.2.4).
 *
 * A peer with several addresses is tried at the next one when one of them is
 * silent, unreachable or says 503 (RFC 3263 4.3); once it rang there is a call
 * there, and its failure is the call's.
 */
#include "gateway/sip/overlap.h"
#include "gateway/sip/session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/mem.h"

static const struct transaction_user invite_user;

/* --- sending INVITE --- */

static struct hop home_of(const struct sip_session *s)
{
	return (struct hop){ .transport = s->peer.transport,
		             .local = s->peer.bind,
		             .remote = s->addrs[s->tried] };
}

int uac_invite(struct sip_session *s)
{
	char room[REQUEST_TEXT], host[ADDR_TEXT];
	struct text text = TEXT(room);
	const char *body = s->setup.has_offer ? s->told : NULL;

	s->dialog.home = home_of(s);
	(void)transports_choose(s->stack->transports, &s->dialog.home);
	s->invite_cseq = ++s->dialog.local_cseq;
	session_begin(&text, s, "INVITE", s->invite_cseq);
	session_host(s, host, sizeof(host));
	header_print_identity(&text, &s->setup, host, &s->peer);
	session_print_uui(&text, s, &s->setup.uui);
	if (s->carried != NULL)
		text_add(&text, "%s", s->carried);
	return session_send(&s->invite, s, &text, body, &invite_user);
}

static int set_text(char **to, const struct text *text)
{
	char *copy = text->cut ? NULL : mem_text(text->at);

	if (copy == NULL)
		return text->cut ? -ENOSPC : -ENOMEM;
	mem_free(*to);
	*to = copy;
	return 0;
}

/* The URI a transfer names, as it was written. */
static int set_written(struct sip_session *s, const char *written)
{
	char room[TRANSFER_TEXT + 2];
	struct text uri = TEXT(room);
	int rc;

	text_add(&uri, "<%s>", written);
	rc = set_text(&s->dialog.remote, &uri);
	uri = TEXT(room);
	text_add(&uri, "%s", written);
	return rc == 0 ? set_text(&s->dialog.target, &uri) : rc;
}

/* "<sip:...>" of the called party at the peer, and the same as a URI. */
static int set_target(struct sip_session *s)
{
	const struct transfer *transfer = s->setup.transfer;
	const struct number *called = &s->setup.called.number;
	void (*print)(struct text *, const struct number *, const char *) =
		s->peer.tel ? header_print_tel : header_print_uri;
	char room[256], host[128];
	struct text where = TEXT(host), uri = TEXT(room);
	int rc;

	if (transfer != NULL && transfer->uri[0] != '\0')
		return set_written(s, transfer->uri);
	peer_print_host(&where, s->peer.host, s->peer.port);
	text_add(&uri, "<");
	print(&uri, called, host);
	text_add(&uri, ">");
	rc = set_text(&s->dialog.remote, &uri);
	uri = TEXT(room);
	print(&uri, called, host);
	if (s->peer.transport != SIP_UDP && !s->peer.tel)
		text_add(&uri, ";transport=%s",
		         sip_transport_name(s->peer.transport));
	return rc == 0 ? set_text(&s->dialog.target, &uri) : rc;
}

static int set_proxy(struct sip_session *s)
{
	char room[128];
	struct text where = TEXT(room);

	if (s->peer.proxy[0] == '\0')
		return 0;
	peer_print_host(&where, s->peer.proxy, s->peer.proxy_port);
	return dialog_preload(&s->dialog, room);
}

int uac_aim(struct sip_session *s)
{
	int rc = dialog_restart(&s->dialog, "");

	if (rc == 0)
		rc = set_target(s);
	return rc == 0 ? set_proxy(s) : rc;
}

/* The dialog to be: its identifiers and the two ends' names. */
static int set_dialog(struct sip_session *s)
{
	char room[512], host[ADDR_TEXT];
	struct text from = TEXT(room);
	int rc;

	s->dialog.home = home_of(s);
	message_random(s->dialog.call_id, 27);
	message_random(s->dialog.local_tag, 17);
	rc = set_target(s);
	if (rc == 0)
		rc = set_proxy(s);
	if (rc < 0)
		return rc;
	session_host(s, host, sizeof(host));
	header_print_from(&from, &s->setup.calling, host);
	return set_text(&s->dialog.local, &from);
}

/* The first of the peer's addresses that one of our binds reaches. */
static int choose_address(struct sip_session *s)
{
	struct hop hop;

	for (s->tried = 0; s->tried < s->naddrs; s->tried++) {
		hop = home_of(s);
		if (transports_choose(s->stack->transports, &hop) == 0)
			return 0;
	}
	return -EHOSTUNREACH;
}

static int place(struct sip_session *s)
{
	int rc = choose_address(s);

	if (rc == 0)
		rc = set_dialog(s);
	if (rc < 0)
		return rc;
	session_list(s);
	if (s->setup.has_offer) {
		rc = session_open_media(s);
		if (rc == 0)
			rc = session_describe(s, NULL, NULL);
	}
	if (rc == 0)
		rc = uac_invite(s);
	return rc;
}

static bool dialogs_full(struct sip_stack *stack)
{
	if (stack->counts.dialogs < stack->conf.dialogs_most)
		return false;
	stack->counts.refused_limit++;
	stack_note(stack, &stack->refused,
	           "did not place a call: %u dialogs are all there may be",
	           stack->conf.dialogs_most);
	return true;
}

int sip_session_place(struct sip_session **out, struct sip_stack *stack,
                      const char *peer, const struct sip_setup *setup,
                      void *owner)
{
	const struct peer *p = peers_find(stack->peers, peer);
	struct sip_session *s;
	int rc;

	if (p == NULL || p->conf.shutdown)
		return -ENOENT;
	if (p->naddrs == 0)
		return -EHOSTUNREACH;
	if (!setup->emergency && dialogs_full(stack))
		return -EBUSY;
	rc = session_new(&s, stack, &p->conf, false);
	if (rc < 0)
		return rc;
	s->owner = owner;
	s->setup = *setup;
	if (s->peer.withhold) {
		s->setup.calling.number.present = true;
		s->setup.calling.number.presentation = PRESENTATION_RESTRICTED;
	}
	s->peer.transport = p->transport;
	s->naddrs = peer_targets(p, s->addrs);
	rc = setup->transfer == NULL ? 0 : transfer_carry(s, setup->transfer);
	if (rc == 0 && setup->incomplete)
		rc = overlap_begin(s);
	if (rc == 0)
		rc = place(s);
	s->setup.transfer = NULL; /* borrowed */
	if (rc < 0) {
		(void)session_free(s);
		return rc;
	}
	fsm_post(&s->fsm, ASKED_PLACE, NULL);
	*out = s;
	return 0;
}

/* --- ACK and BYE --- */

void uac_ack(struct sip_session *s, uint32_t cseq, const char *body)
{
	char room[REQUEST_TEXT];
	struct text text = TEXT(room);
	struct hop hop = dialog_hop(&s->dialog, s->stack->peers);
	const osip_message_t *invite = NULL;
	osip_message_t *ack;

	if (s->invite != NULL && cseq == s->invite_cseq)
		invite = transaction_request_of(s->invite);
	dialog_begin(&text, &s->dialog, "ACK", cseq);
	text_add(&text, "Max-Forwards: %u\r\n", s->stack->conf.max_forwards);
	if (dialog_finish(&ack, &text, body) < 0)
		return;
	if (invite != NULL)
		(void)digest_copy(ack, invite);
	(void)transactions_send_ack(s->stack->transactions, &hop, ack);
}

/* In a copy of the dialog that this response makes: ACK, and BYE if it is the
 * first time. */
static void end_fork(struct sip_session *s, const osip_message_t *response,
                     bool first)
{
	struct dialog kept = s->dialog, *d = &s->dialog;
	struct transaction *bye = NULL;
	char room[REQUEST_TEXT];
	struct text text = TEXT(room);

	memset(d->routes, 0, sizeof(d->routes));
	d->nroutes = 0;
	d->remote = NULL;
	d->target = mem_text(kept.target);
	if (d->target != NULL && dialog_address(d, response) == 0 &&
	    dialog_learn(d, response) == 0) {
		uac_ack(s, message_cseq(response), NULL);
		session_begin(&text, s, "BYE", d->local_cseq + 1);
		if (first &&
		    session_send(&bye, s, &text, NULL, &invite_user) == 0)
			transaction_forget(bye);
	}
	d->local = NULL;
	dialog_free_texts(d);
	*d = kept;
}

void uac_hear_fork(struct sip_session *s, const osip_message_t *response)
{
	const char *tag = message_tag(response->to);
	uint32_t hash = session_hash(tag != NULL ? tag : "");

	for (unsigned i = 0; i < s->nforks; i++)
		if (s->forks[i] == hash) {
			end_fork(s, response, false);
			return;
		}
	if (s->nforks == SESSION_FORKS)
		return;
	s->forks[s->nforks++] = hash;
	end_fork(s, response, true);
}

/* --- final responses --- */

/* The 2xx answers our offer; -ENOENT: it has no description. */
static int take_answer(struct sip_session *s, const char *sdp,
                       unsigned *warning)
{
	struct flow flow;
	int rc;

	if (sdp == NULL)
		return s->agreed ? 0 : -ENOENT; /* it was in an 18x */
	rc = session_answered_with(s, sdp, &flow, warning);
	if (rc == 0)
		(void)session_take_flow(s, &flow);
	return rc;
}

void uac_ok(void *self, const void *detail)
{
	const osip_message_t *response = detail;
	struct sip_session *s = self;
	struct sip_event event = {
		.kind = SIP_ANSWER,
		.status = (unsigned)response->status_code,
		.flow = &s->flow,
	};
	struct party connected;
	struct uui uui;
	unsigned warning = 0;
	char *sdp = NULL;
	int rc = dialog_learn(&s->dialog, response);

	if (rc == 0)
		rc = session_sdp(response, &sdp);
	if (rc == 0)
		rc = s->setup.has_offer ? take_answer(s, sdp, &warning)
		                        : uac_take_offer(s, sdp, &warning);
	mem_free(sdp);
	uac_ack(s, s->invite_cseq, s->ack_body);
	overlap_end(s);
	expiry_agree(s, response);
	inform_hear(s, response);
	if (rc < 0) {
		uac_refuse_answer(s, warning);
		return;
	}
	header_get_connected(response, s->peer.trusted, &connected);
	if (connected.number.present)
		event.connected = &connected;
	s->inform.heard = connected;
	event.uui = session_hear_uui(s, response, &uui);
	session_tell(s, &event);
}

/* The 200 crossed our CANCEL. */
void uac_ok_late(void *self, const void *response)
{
	struct sip_session *s = self;

	(void)dialog_learn(&s->dialog, response);
	uac_ack(s, s->invite_cseq, NULL);
	session_hang_up(s, NULL);
}

/* Our ACK was lost, or a fork's other branch answers. */
void uac_ok_again(void *self, const void *response)
{
	struct sip_session *s = self;

	if (dialog_fits(&s->dialog, response))
		uac_ack(s, s->invite_cseq, s->ack_body);
	else
		uac_hear_fork(s, response);
}

void uac_stray_ok(struct sip_session *s, const osip_message_t *response)
{
	if (!s->incoming && (fsm_state(&s->fsm) == UA_CONFIRMED ||
	                     fsm_state(&s->fsm) == UA_ENDING))
		uac_ok_again(s, response);
}

/* What a refusal says of itself. */
struct release uac_refusal(const struct sip_session *s,
                           const osip_message_t *response)
{
	struct release why = {
		.by = RELEASE_BY_FAR,
		.sip_status = (uint16_t)response->status_code,
		.sip_warning = (uint16_t)header_get_warning(response),
	};

	(void)header_get_reason(response, &why.cause);
	session_say_challenge(s, response, &why);
	return why;
}

void uac_refused(void *self, const void *detail)
{
	struct sip_session *s = self;
	struct release why = uac_refusal(s, detail);

	session_release(s, &why);
}

static struct release silence(const struct sip_session *s, unsigned status)
{
	struct release why = { .by = RELEASE_BY_FAILURE,
		               .sip_status = (uint16_t)status };
	struct text text = TEXT(why.detail);

	if (status == 408) {
		why.by = RELEASE_BY_TIMER;
		text_add(&text, "%s", sip_timer_rows[SIP_TIMER_B].name);
	} else {
		text_add(&text, "%.40s is unreachable", s->peer.name);
	}
	return why;
}

void uac_gave_up(void *self, const void *detail)
{
	const unsigned *status = detail;
	struct sip_session *s = self;
	struct release why = silence(s, status != NULL ? *status : 408);

	session_release(s, &why);
}

/* --- giving up --- */

void uac_cancel(void *self, const void *detail)
{
	struct sip_session *s = self;
	char reason[128];

	(void)detail;
	header_print_reason(&s->release, reason, sizeof(reason));
	if (redirect_stop(s))
		return;
	if (s->invite != NULL)
		(void)transaction_cancel(s->invite,
		                         reason[0] != '\0' ? reason : NULL);
}

/* Rang too long, or nothing came after a 100. */
void uac_timed_out(void *self, const void *detail)
{
	struct sip_session *s = self;
	enum sip_timer timer = s->rung != 0 ? SIP_TIMER_RING : SIP_TIMER_TRYING;
	struct release why = {
		.by = RELEASE_BY_TIMER,
		.cause = { s->alerted ? Q850_NO_ANSWER : Q850_TIMER_EXPIRY,
		           LOCATION_PRIVATE_LOCAL },
		.sip_status = 408,
	};
	struct text text = TEXT(why.detail);

	text_add(&text, "%s", sip_timer_rows[timer].name);
	session_release(s, &why);
	uac_cancel(s, detail);
}

/* They hang up what they did not answer: not foreseen (RFC 3261 15), but a
 * way to say no. */
void uac_bye(void *self, const void *bye)
{
	session_bye(self, bye);
	uac_cancel(self, NULL);
}

/* --- from the transaction --- */

/* To the next address, if there is one and nobody has rung. */
static bool try_another(struct sip_session *s)
{
	struct peer *peer = peers_find(s->stack->peers, s->peer.name);

	if (peer != NULL && s->tried < s->naddrs)
		peer_punish(peer, &s->addrs[s->tried]);
	if (s->tried + 1 >= s->naddrs || (fsm_state(&s->fsm) != UA_INVITING &&
	                                  fsm_state(&s->fsm) != UA_PROCEEDING))
		return false;
	s->tried++;
	return uac_invite(s) == 0;
}

/* With the interval they ask for: the same call, so the same Call-ID. */
static bool raise_interval(struct sip_session *s, const osip_message_t *refusal)
{
	return (fsm_state(&s->fsm) == UA_INVITING ||
	        fsm_state(&s->fsm) == UA_PROCEEDING) &&
	       expiry_raise(s, refusal) && uac_invite(s) == 0;
}

static void invite_response(void *self, struct transaction *t,
                            const osip_message_t *response)
{
	struct sip_session *s = self;
	int status = response->status_code;
	unsigned event = HEARD_REFUSAL;
	struct release why;

	if (overlap_response(s, t, response))
		return;
	if (status == 100)
		event = HEARD_TRYING;
	else if (status < 200)
		event = HEARD_RINGING;
	else if (status < 300)
		event = HEARD_OK;
	else
		s->invite = NULL;
	if (status == 503 && try_another(s))
		return;
	if (status == 422 && raise_interval(s, response))
		return;
	if (fsm_state(&s->fsm) != UA_CANCELLING &&
	    session_challenged(s, &s->invite, t, response, &invite_user)) {
		s->invite_cseq = s->dialog.local_cseq;
		return;
	}
	if (event == HEARD_REFUSAL) {
		why = uac_refusal(s, response);
		if (redirect_refused(s, response, &why))
			return;
		(void)session_hear_uui(s, response, &s->last_uui);
		session_release(s, &why);
	}
	fsm_post(&s->fsm, event, response);
}

static void invite_gave_up(void *self, struct transaction *t, unsigned status)
{
	struct sip_session *s = self;
	struct release why = silence(s, status);

	if (overlap_gave_up(s, t))
		return;
	s->invite = NULL;
	if (try_another(s) || redirect_next(s, &why))
		return;
	fsm_post(&s->fsm, HEARD_NOTHING, &status);
}

static const struct transaction_user invite_user = {
	.response = invite_response,
	.gave_up = invite_gave_up,
};
