/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * REFER in a call (RFC 3515): our side is asked to call elsewhere. The REFER is
 * answered while it is judged: 202 when who is above takes it, and then he who
 * asked is told by NOTIFY how it goes (sipfrag, RFC 3420): 100 at once, and the
 * final status, with which the implied subscription ends. Refer-Sub: false
 * (RFC 4488) spares both of us the NOTIFYs.
 *
 * Who asks often hangs up as soon as he has the 202. The subscription would
 * outlive the call then (RFC 5057); we end it with the call, in words.
 */
#include "gateway/sip/session.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "kernel/mem.h"

/* --- NOTIFY --- */

static const struct transaction_user notify_user;

static void notify_response(void *self, struct transaction *t,
                            const osip_message_t *response)
{
	struct sip_session *s = self;
	struct referral *r = &s->referral;

	if (response->status_code < 200)
		return;
	r->notify = NULL;
	if (session_challenged(s, &r->notify, t, response, &notify_user))
		return;
	if (response->status_code >= 300)
		r->active = false; /* RFC 6665 4.2.2: nobody wants to know */
}

static void notify_gave_up(void *self, struct transaction *t ATTR_UNUSED,
                           unsigned status ATTR_UNUSED)
{
	struct sip_session *s = self;

	s->referral.notify = NULL;
	s->referral.active = false;
}

static const struct transaction_user notify_user = {
	.response = notify_response,
	.gave_up = notify_gave_up,
};

static int send_notify(struct sip_session *s, struct text *head,
                       const struct text *frag)
{
	struct hop hop = dialog_hop(&s->dialog, s->stack->peers);
	struct bytes body = { (const uint8_t *)frag->at, frag->len };
	osip_message_t *m;
	int rc = dialog_finish(&m, head, NULL);

	if (rc < 0)
		return rc;
	rc = message_set_body(m, "message/sipfrag;version=2.0", body);
	if (rc == 0)
		rc = digest_put(s->digest, session_asker(s, &hop), m);
	if (rc < 0) {
		(void)message_free(m);
		return rc;
	}
	return transaction_request(&s->referral.notify, s->stack->transactions,
	                           &hop, m, &notify_user, s);
}

static void notify(struct sip_session *s, unsigned status)
{
	struct referral *r = &s->referral;
	char room[REQUEST_TEXT], line[96];
	struct text head = TEXT(room), frag = TEXT(line);

	if (r->notify != NULL)
		transaction_forget(r->notify); /* it goes on by itself */
	r->notify = NULL;
	session_begin(&head, s, "NOTIFY", ++s->dialog.local_cseq);
	text_add(&head, "Event: refer");
	if (r->again)
		text_add(&head, ";id=%u", r->id);
	text_add(&head, "\r\nSubscription-State: %s\r\n",
	         r->active ? "active;expires=600"
	                   : "terminated;reason=noresource");
	text_add(&frag, "SIP/2.0 %u %s\r\n", status,
	         message_reason_phrase(status));
	(void)send_notify(s, &head, &frag);
}

/* --- REFER --- */

static bool is_silent(const osip_message_t *request)
{
	const char *sub = message_header(request, "Refer-Sub", 0);

	return sub != NULL && strncasecmp(sub, "false", 5) == 0;
}

static void answer(struct sip_session *s, unsigned status)
{
	struct transaction *t = s->referral.asked;
	char contact[160];
	struct stack_answer a = { .status = status,
		                  .to_tag = s->dialog.local_tag };
	osip_message_t *m;

	s->referral.asked = NULL;
	session_contact(s, contact, sizeof(contact));
	if (status < 300)
		a.contact = contact;
	m = stack_response(s->stack, transaction_request_of(t), &a);
	if (m != NULL && status < 300 && s->referral.silent &&
	    message_set_header(m, "Refer-Sub", "false") < 0)
		m = message_free(m);
	if (m != NULL)
		(void)transaction_respond(t, m);
}

/* 0, or the status that refuses it. */
static unsigned judge(struct sip_session *s, const osip_message_t *request,
                      struct transfer *asked, struct sip_session **beside)
{
	const char *to = message_header(request, "Refer-To", 0);
	const char *by = message_header(request, "Referred-By", 0);
	unsigned state = fsm_state(&s->fsm), status;

	if (!s->peer.transfer)
		return 403;
	if (s->releasing)
		return 481;
	if (state != UA_CONFIRMED || s->referral.active)
		return 491;
	if (to == NULL || message_header(request, "Refer-To", 1) != NULL)
		return 400; /* RFC 3515 2.4.1: exactly one */
	status = transfer_read(s, to, asked, beside);
	if (status == 0 && by != NULL &&
	    text_copy(asked->referred_by, sizeof(asked->referred_by), by) < 0)
		status = 400;
	return status;
}

void refer_request(struct sip_session *s, struct transaction *t,
                   const osip_message_t *request)
{
	struct referral *r = &s->referral;
	struct sip_session *beside;
	struct transfer asked;
	unsigned status = judge(s, request, &asked, &beside);

	if (status != 0) {
		(void)session_respond(
			s, t, (struct stack_answer){ .status = status });
		if (status == 403)
			transfer_tell(s, NULL, NULL);
		return;
	}
	r->asked = t;
	r->again = r->id != 0;
	r->id = message_cseq(request);
	r->silent = is_silent(request);
	transfer_tell(s, &asked, beside);
	if (r->asked != NULL)
		answer(s, 491); /* the call is not where it could be sent on */
}

int sip_session_transferred(struct sip_session *session, unsigned status)
{
	struct referral *r = &session->referral;

	if (r->asked != NULL) {
		answer(session, status < 300 ? 202 : status);
		r->active = status < 300 && !r->silent;
	}
	if (!r->active)
		return -EPROTO;
	r->active = status < 200;
	notify(session, status);
	return 0;
}

void refer_end(struct sip_session *s)
{
	if (!s->referral.active)
		return;
	s->referral.active = false;
	notify(s, 100);
}

void refer_free(struct sip_session *s)
{
	if (s->referral.notify != NULL)
		transaction_forget(s->referral.notify);
	s->referral.notify = NULL;
	s->carried = mem_free(s->carried);
}
