/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Digits by INFO (RFC 6086, with the bodies that gateways used before it), and
 * the connected party by UPDATE with P-Asserted-Identity (RFC 3311, RFC 3325
 * 9.1). Both are requests in the dialog that change nothing of it; what waits
 * is kept in order, digits first, and goes when the request before has its
 * answer. A digit that was refused is not told again: it would come too late.
 *
 * Who knows no UPDATE is told by a re-INVITE that offers what was agreed. What
 * an UPDATE or re-INVITE of theirs asserts is news when it is another number
 * than the one they had, or another wish to hide it; most are refreshes.
 */
#include "gateway/sip/session.h"

#include <errno.h>
#include <string.h>

#include "gateway/sip/extension.h"
#include "kernel/fsm.h"

static void tell_next(struct sip_session *s);

static void lost(struct sip_session *s, unsigned status)
{
	struct release why = { .by = RELEASE_BY_FAR,
		               .sip_status = (uint16_t)status };

	session_fail(s, 0, &why); /* their dialog is gone: RFC 3261 12.2.1.2 */
}

static const struct transaction_user inform_user;

static void inform_response(void *self, struct transaction *t,
                            const osip_message_t *response)
{
	struct sip_session *s = self;
	int status = response->status_code;

	if (status < 200)
		return;
	s->inform.request = NULL;
	if (session_challenged(s, &s->inform.request, t, response,
	                       &inform_user))
		return;
	if (status == 481) {
		lost(s, 481);
		return;
	}
	if (status == 405 || status == 415 || status == 501) {
		s->inform.infos = false;
		s->inform.ndigits = 0;
	}
	tell_next(s);
}

static void inform_gave_up(void *self, struct transaction *t, unsigned status)
{
	struct sip_session *s = self;

	(void)t;
	(void)status;
	s->inform.request = NULL;
	s->inform.ndigits = 0;
}

static const struct transaction_user inform_user = {
	.response = inform_response,
	.gave_up = inform_gave_up,
};

static int send_digit(struct sip_session *s)
{
	char room[REQUEST_TEXT], lines[64];
	struct text text = TEXT(room), body = TEXT(lines);
	struct inform *i = &s->inform;

	text_add(&body, "Signal=%c\r\nDuration=160\r\n", i->digits[0]);
	memmove(i->digits, i->digits + 1, --i->ndigits);
	session_begin(&text, s, "INFO", ++s->dialog.local_cseq);
	text_add(&text, "Content-Type: application/dtmf-relay\r\n");
	return session_send(&i->request, s, &text, body.at, &inform_user);
}

static int send_party(struct sip_session *s)
{
	char room[REQUEST_TEXT], host[ADDR_TEXT];
	struct text text = TEXT(room);
	struct inform *i = &s->inform;
	struct sip_setup setup = { .calling = i->party };

	i->party_due = false;
	session_begin(&text, s, "UPDATE", ++s->dialog.local_cseq);
	session_host(s, host, sizeof(host));
	header_print_identity(&text, &setup, host, &s->peer);
	return session_send(&i->request, s, &text, NULL, &inform_user);
}

static void tell_next(struct sip_session *s)
{
	struct inform *i = &s->inform;

	if (i->request != NULL || s->releasing ||
	    fsm_state(&s->fsm) != UA_CONFIRMED)
		return;
	if (i->ndigits > 0)
		(void)send_digit(s);
	else if (i->party_due && s->expiry.updates)
		(void)send_party(s);
}

bool inform_party_waits(const struct sip_session *s)
{
	return s->inform.party_due && !s->expiry.updates;
}

void inform_print_party(struct text *out, struct sip_session *s)
{
	struct sip_setup setup = { .calling = s->inform.party };
	char host[ADDR_TEXT];

	if (!inform_party_waits(s))
		return;
	session_host(s, host, sizeof(host));
	header_print_identity(out, &setup, host, &s->peer);
	s->inform.party_sent = true;
}

void inform_party_told(struct sip_session *s)
{
	if (s->inform.party_sent)
		s->inform.party_due = s->inform.party_sent = false;
}

static bool is_another(const struct party *now, const struct party *had)
{
	return strcmp(now->number.digits, had->number.digits) != 0 ||
	       now->number.presentation != had->number.presentation ||
	       (now->name[0] != '\0' && strcmp(now->name, had->name) != 0);
}

void inform_hear_party(struct sip_session *s, const osip_message_t *m)
{
	struct party now;

	header_get_connected(m, s->peer.trusted, &now);
	if (!now.number.present || !is_another(&now, &s->inform.heard))
		return;
	s->inform.heard = now;
	session_tell(s, &(struct sip_event){ .kind = SIP_CONNECTED,
	                                     .connected = &now });
}

void inform_hear(struct sip_session *s, const osip_message_t *m)
{
	bool told, allows = extension_allows(m, "INFO", &told);

	if (told)
		s->inform.infos = allows;
}

void inform_free(struct sip_session *s)
{
	if (s->inform.request != NULL)
		transaction_forget(s->inform.request);
	s->inform.request = NULL;
}

bool sip_session_takes_info(const struct sip_session *session)
{
	return session->inform.infos;
}

int sip_session_info(struct sip_session *session, const char *digits)
{
	struct inform *i = &session->inform;

	if (fsm_state(&session->fsm) != UA_CONFIRMED || session->releasing)
		return -EPROTO;
	for (; *digits != '\0' && i->ndigits < INFORM_DIGITS; digits++)
		if (strchr("0123456789*#ABCD", *digits) != NULL)
			i->digits[i->ndigits++] = *digits;
	tell_next(session);
	return *digits == '\0' ? 0 : -ENOSPC;
}

int sip_session_connected(struct sip_session *session,
                          const struct party *connected)
{
	if (fsm_state(&session->fsm) != UA_CONFIRMED || session->releasing)
		return -EPROTO;
	if (!session->peer.trusted)
		return -ENOTSUP;
	session->inform.party = *connected;
	session->inform.party_due = true;
	session->inform.party_sent = false;
	if (session->expiry.updates)
		tell_next(session);
	else
		(void)refresh_again(session); /* or when that may be */
	return 0;
}
