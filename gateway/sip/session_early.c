/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * What the one who calls hears before the answer.
 *
 * What several 18x say are facts that add up: that it rings is told once,
 * whoever says so; a description counts whenever it is new. So 183 after 180,
 * 180 after 183, the repetitions of a proxy and the branches of a fork all come
 * out right, and nobody is alerted twice.
 *
 * A description in a 18x that is not reliable is a preview of the answer; in a
 * reliable one it is the answer (RFC 3262 5), or the offer when we made none,
 * and then our answer goes with the PRACK.
 */
#include <errno.h>

#include "gateway/sip/overlap.h"
#include "gateway/sip/session.h"
#include "kernel/mem.h"

/* --- offers and answers --- */

void uac_refuse_answer(struct sip_session *s, unsigned warning)
{
	struct release why = {
		.by = RELEASE_BY_FAILURE,
		.cause = { Q850_BEARER_NOT_IMPLEMENTED,
		           LOCATION_PRIVATE_LOCAL },
		.sip_status = 488,
		.sip_warning = (uint16_t)warning,
		.detail = "no codec in common",
	};

	session_fail(s, 488, &why);
}

/* The offer is theirs: our answer goes into the ACK, or a PRACK. */
int uac_take_offer(struct sip_session *s, const char *sdp, unsigned *warning)
{
	struct flow flow;
	int rc;

	if (sdp == NULL || s->agreed)
		return s->agreed ? 0 : -ENOENT; /* it was in an 18x */
	rc = session_open_media(s);
	if (rc == 0)
		rc = session_agree_to(s, sdp, &flow, warning);
	if (rc == 0)
		rc = session_describe(s, &flow, sdp);
	if (rc < 0)
		return rc;
	(void)session_take_flow(s, &flow);
	mem_free(s->ack_body);
	s->ack_body = mem_text(s->told);
	return s->ack_body == NULL ? -ENOMEM : 0;
}

/* --- provisional responses --- */

void uac_trying(void *self, const void *detail)
{
	(void)detail;
	if (overlap_is_open(self))
		return; /* somebody works on it, but it may not be all */
	session_tell(self, &(struct sip_event){ .kind = SIP_PROCEEDING,
	                                        .status = 100 });
}

/* The flow a response's description agrees to; NULL when there is none, or
 * none we can use. Only a reliable one may bring an offer (RFC 3262 5). */
static const struct flow *early_flow(struct sip_session *s,
                                     const osip_message_t *response)
{
	bool sure = reliable_is(s, response), news = false;
	struct flow flow;
	unsigned warning = 0;
	char *sdp;

	if ((!s->setup.has_offer && (!sure || s->agreed)) ||
	    session_sdp(response, &sdp) < 0 || sdp == NULL)
		return NULL;
	if (!s->setup.has_offer)
		news = uac_take_offer(s, sdp, &warning) == 0;
	else if (session_answered_with(s, sdp, &flow, &warning) == 0)
		news = session_take_flow(s, &flow);
	mem_free(sdp);
	s->reliable.settled = s->reliable.settled || (sure && s->agreed);
	return news ? &s->flow : NULL;
}

/* An offer we can not answer ends the call; the PRACK goes out before. */
static void acknowledge_early(struct sip_session *s,
                              const osip_message_t *response)
{
	if (!reliable_is(s, response))
		return;
	reliable_acknowledge(s, response, s->ack_body);
	s->ack_body = mem_free(s->ack_body);
	if (!s->setup.has_offer && !s->agreed && message_body(response).len > 0)
		uac_refuse_answer(s, 0);
}

void uac_ringing(void *self, const void *detail)
{
	const osip_message_t *response = detail;
	struct sip_session *s = self;
	unsigned status = (unsigned)response->status_code;
	struct sip_event event = {
		.kind = status == 180 ? SIP_ALERTING : SIP_PROGRESS,
		.status = status,
	};
	uint32_t ring = status < 180 ? 0 : 1u << MIN_OF(status - 180, 31u);
	bool repeated = (s->rings & ring) != 0;
	struct uui uui;

	if (!reliable_in_order(s, response) ||
	    (message_tag(response->to) != NULL &&
	     dialog_learn(&s->dialog, response) < 0))
		return;
	expiry_hear(s, response);
	inform_hear(s, response);
	event.flow = early_flow(s, response);
	acknowledge_early(s, response);
	if (repeated && event.flow == NULL)
		return;
	s->rung = status;
	s->rings |= ring;
	s->alerted = s->alerted || status == 180;
	event.uui = session_hear_uui(s, response, &uui);
	session_tell(s, &event);
}
