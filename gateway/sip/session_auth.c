/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * A session that is asked who it is: 401 and 407 to its INVITE, BYE or
 * re-INVITE (RFC 3261 22.2, 22.3). The request goes again as it was, with a
 * higher CSeq and the answer.
 *
 * Who asks is told by where the request went, not by what the dialog says: when
 * a proxy does not stay in the path a phone we never heard of gets our BYE, and
 * could ask for a digest of its choosing. Only a configured peer is answered.
 */
#include "gateway/sip/session.h"

#include "kernel/text.h"

const struct peer *session_asker(const struct sip_session *s,
                                 const struct hop *hop)
{
	return peers_at(s->stack->peers, &hop->remote);
}

static bool is_challenge(const osip_message_t *response)
{
	return response->status_code == 401 || response->status_code == 407;
}

bool session_challenged(struct sip_session *s, struct transaction **slot,
                        const struct transaction *t,
                        const osip_message_t *response,
                        const struct transaction_user *user)
{
	struct hop hop = *transaction_hop(t);
	const struct peer *asker = session_asker(s, &hop);
	const osip_message_t *request = transaction_request_of(t);
	osip_message_t *again;

	if (response->status_code >= 200 && response->status_code < 300)
		digest_next(s->digest, asker, response);
	if (!is_challenge(response) ||
	    digest_hear(&s->digest, asker, request, response) < 0)
		return false;
	again = digest_renew(request, s->dialog.local_cseq + 1);
	if (again == NULL)
		return false;
	if (digest_put(s->digest, asker, again) < 0) {
		(void)message_free(again);
		return false;
	}
	s->dialog.local_cseq++;
	return transaction_request(slot, s->stack->transactions, &hop, again,
	                           user, s) == 0;
}

void session_say_challenge(const struct sip_session *s,
                           const osip_message_t *response, struct release *why)
{
	struct text text = TEXT(why->detail);

	if (!is_challenge(response))
		return;
	text_add(&text, "%.40s %s", s->peer.name,
	         digest_answered(s->digest)
	                 ? "refuses our credentials"
	                 : "asks for credentials we do not have");
}
