/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Overlap as the one who is called, RFC 3578 3.5.
 *
 * A further INVITE with the Call-ID and From tag of one that was not answered,
 * a higher CSeq and a longer number is the same call, some digits later. Each
 * INVITE is a session, as always, for each makes a dialog of its own. The new
 * one takes over what stands above the old one and the socket it had; the old
 * one hears 484, but not before the new one is known to be good.
 *
 * What comes too late, because the number was enough and the call goes on, and
 * what comes out of its order is refused by 484, too: whoever sends it then
 * goes on with the INVITE that has the call. Another number in the same manner
 * is another call.
 */
#include "gateway/sip/overlap.h"

#include <string.h>

#include "gateway/sip/session.h"

/* Is this session one of the call the INVITE is of? */
static bool is_same_call(const struct sip_session *had,
                         const struct sip_session *s)
{
	return had != s && had->incoming && !had->releasing &&
	       strcmp(had->peer.name, s->peer.name) == 0 &&
	       strcmp(had->dialog.call_id, s->dialog.call_id) == 0 &&
	       strcmp(had->dialog.remote_tag, s->dialog.remote_tag) == 0;
}

static const char *number_of(const struct sip_session *s)
{
	return s->setup.called.number.digits;
}

/* What an INVITE is to a session of its call. */
static unsigned judge(const struct sip_session *had, const char *number,
                      uint32_t cseq)
{
	bool longer = text_starts(number, number_of(had));
	bool shorter = text_starts(number_of(had), number);

	if (longer && shorter)
		return cseq < had->dialog.remote_cseq ? 484 : 0;
	if (fsm_state(&had->fsm) != UA_DIALLING)
		return longer || shorter ? 484 : 0;
	return shorter ? 484 : 0;
}

unsigned overlap_continued(const struct sip_session *s,
                           const osip_message_t *invite,
                           struct sip_session **had)
{
	struct number called;
	const char *number = called.digits;
	unsigned status = 0;

	header_get_called(invite, &called);
	LIST_EACH(session_bucket(s->stack, s->dialog.call_id),
	          struct sip_session, other, bucket)
	{
		if (!is_same_call(other, s))
			continue;
		status = judge(other, number, s->dialog.remote_cseq);
		if (status != 0)
			break;
		if (fsm_state(&other->fsm) == UA_DIALLING &&
		    text_starts(number, number_of(other)))
			*had = other;
	}
	return status;
}

void overlap_take_over(struct sip_session *s, struct sip_session *had)
{
	static const struct release why = {
		.by = RELEASE_BY_NEAR,
		.cause = { Q850_INVALID_NUMBER, LOCATION_PRIVATE_LOCAL },
		.detail = "the number has grown",
	};
	const char *more = number_of(s) + strlen(number_of(had));

	s->owner = had->owner;
	s->media_open = had->media_open;
	s->bound = had->bound;
	s->media.rtp = had->media.rtp;
	had->owner = NULL;
	sip_session_end(had, 484, &why);
	session_tell(s,
	             &(struct sip_event){ .kind = SIP_DIGITS, .digits = more });
}

void sip_session_proceed(struct sip_session *session)
{
	if (fsm_state(&session->fsm) == UA_DIALLING)
		fsm_post(&session->fsm, ASKED_COMPLETE, NULL);
}

void overlap_dialled(void *self, const void *detail)
{
	(void)detail;
	session_tell(self, &(struct sip_event){ .kind = SIP_DIGITS,
	                                        .digits = "",
	                                        .complete = true });
}
