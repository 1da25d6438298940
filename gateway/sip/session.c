/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The machine of a session, for both roles, as rows.
 *
 * Above, a call wants to be free of us at once; below, SIP takes its time: an
 * INVITE that is cancelled still gets a final response, which may even be a
 * 200, a 2xx must be acknowledged before BYE may follow it (RFC 3261 15), BYE
 * itself waits for an answer. So there are two ends: SIP_RELEASED tells who is
 * above that the call is over, as soon as that is decided and on the next turn
 * of the loop; the session itself lives on, without owner, until the machine
 * reaches OVER. session_release() is the one, OVER the other, and the funeral,
 * which runs deferred, sees to both.
 *
 * INVITE transactions outlive their final response here: repeated 2xx are
 * acknowledged again, and those of other branches of a fork are ended.
 */
#include "gateway/sip/session.h"
#include "gateway/sip/overlap.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "kernel/mem.h"

static const char *const states[] = {
	"idle",       "inviting",  "proceeding", "early",   "wanting digits",
	"cancelling", "dialling",  "offered",    "ringing", "answered",
	"hanging",    "confirmed", "ending",     "over",
};
static_assert(ARRAY_LEN(states) == UA_STATES, "a name for each state");

static const char *const events[] = {
	"invite",  "invite, digits", "trying",   "18x",    "2xx",
	"refusal", "more",           "nothing",  "cancel", "ack",
	"bye",     "bye done",       "lost",     "place",  "ring",
	"answer",  "digits",         "complete", "end",    "timer",
};
static_assert(ARRAY_LEN(events) == SESSION_EVENTS, "a name for each event");

/* clang-format off */
static const struct fsm_row rows[] = {
	/* in state      on event        do                 then be in */
	{ UA_IDLE,       ASKED_PLACE,    NULL,              UA_INVITING   },
	{ UA_IDLE,       HEARD_INVITE,   NULL,              UA_OFFERED    },
	{ UA_IDLE,       HEARD_DIGITS,   NULL,              UA_DIALLING   },

	{ UA_INVITING,   HEARD_TRYING,   uac_trying,        UA_PROCEEDING },
	{ UA_INVITING,   HEARD_RINGING,  uac_ringing,       UA_EARLY      },
	{ UA_INVITING,   HEARD_OK,       uac_ok,            UA_CONFIRMED  },
	{ UA_INVITING,   HEARD_REFUSAL,  uac_refused,       UA_OVER       },
	{ UA_INVITING,   HEARD_NOTHING,  uac_gave_up,       UA_OVER       },
	{ UA_INVITING,   HEARD_BYE,      uac_bye,           UA_CANCELLING },
	{ UA_INVITING,   ASKED_END,      uac_cancel,        UA_CANCELLING },

	{ UA_PROCEEDING, HEARD_TRYING,   NULL,              FSM_SAME      },
	{ UA_PROCEEDING, HEARD_RINGING,  uac_ringing,       UA_EARLY      },
	{ UA_PROCEEDING, HEARD_OK,       uac_ok,            UA_CONFIRMED  },
	{ UA_PROCEEDING, HEARD_REFUSAL,  uac_refused,       UA_OVER       },
	{ UA_PROCEEDING, HEARD_NOTHING,  uac_gave_up,       UA_OVER       },
	{ UA_PROCEEDING, HEARD_BYE,      uac_bye,           UA_CANCELLING },
	{ UA_PROCEEDING, ASKED_END,      uac_cancel,        UA_CANCELLING },
	{ UA_PROCEEDING, TIMED_OUT,      uac_timed_out,     UA_CANCELLING },

	{ UA_EARLY,      HEARD_TRYING,   NULL,              FSM_SAME      },
	{ UA_EARLY,      HEARD_RINGING,  uac_ringing,       FSM_SAME      },
	{ UA_EARLY,      HEARD_OK,       uac_ok,            UA_CONFIRMED  },
	{ UA_EARLY,      HEARD_REFUSAL,  uac_refused,       UA_OVER       },
	{ UA_EARLY,      HEARD_NOTHING,  uac_gave_up,       UA_OVER       },
	{ UA_EARLY,      HEARD_BYE,      uac_bye,           UA_CANCELLING },
	{ UA_EARLY,      ASKED_END,      uac_cancel,        UA_CANCELLING },
	{ UA_EARLY,      TIMED_OUT,      uac_timed_out,     UA_CANCELLING },

	/* RFC 3578: the number grows, and each time it does it is called anew */
	{ UA_INVITING,   ASKED_DIGITS,   overlap_extend,    UA_INVITING   },
	{ UA_PROCEEDING, ASKED_DIGITS,   overlap_extend,    UA_INVITING   },
	{ UA_EARLY,      ASKED_DIGITS,   overlap_extend,    UA_INVITING   },
	{ UA_INVITING,   HEARD_MORE,     NULL,              UA_WANTING    },
	{ UA_PROCEEDING, HEARD_MORE,     NULL,              UA_WANTING    },
	{ UA_EARLY,      HEARD_MORE,     NULL,              UA_WANTING    },
	{ UA_WANTING,    ASKED_DIGITS,   overlap_extend,    UA_INVITING   },
	{ UA_WANTING,    ASKED_COMPLETE, overlap_refused,   UA_OVER       },
	{ UA_WANTING,    TIMED_OUT,      overlap_timed_out, UA_OVER       },
	{ UA_WANTING,    HEARD_BYE,      session_bye,       UA_OVER       },
	{ UA_WANTING,    ASKED_END,      NULL,              UA_OVER       },

	/* RFC 3261 9.1, 13.2.2.4: a 2xx that crossed is acknowledged, then ended */
	{ UA_CANCELLING, HEARD_TRYING,   NULL,              FSM_SAME      },
	{ UA_CANCELLING, HEARD_RINGING,  NULL,              FSM_SAME      },
	{ UA_CANCELLING, HEARD_OK,       uac_ok_late,       UA_ENDING     },
	{ UA_CANCELLING, HEARD_REFUSAL,  NULL,              UA_OVER       },
	{ UA_CANCELLING, HEARD_NOTHING,  NULL,              UA_OVER       },
	{ UA_CANCELLING, HEARD_BYE,      session_bye_again, FSM_SAME      },
	{ UA_CANCELLING, ASKED_END,      NULL,              FSM_SAME      },

	{ UA_DIALLING,   ASKED_COMPLETE, NULL,              UA_OFFERED    },
	{ UA_DIALLING,   TIMED_OUT,      overlap_dialled,   UA_OFFERED    },
	{ UA_DIALLING,   ASKED_RING,     NULL,              FSM_SAME      },
	{ UA_DIALLING,   ASKED_ANSWER,   NULL,              UA_ANSWERED   },
	{ UA_DIALLING,   ASKED_END,      uas_refuse,        UA_OVER       },
	{ UA_DIALLING,   HEARD_CANCEL,   uas_cancelled,     UA_OVER       },
	{ UA_DIALLING,   HEARD_BYE,      uas_bye,           UA_OVER       },
	{ UA_DIALLING,   HEARD_LOST,     uas_lost,          UA_OVER       },

	{ UA_OFFERED,    ASKED_RING,     NULL,              UA_RINGING    },
	{ UA_OFFERED,    ASKED_ANSWER,   NULL,              UA_ANSWERED   },
	{ UA_OFFERED,    ASKED_END,      uas_refuse,        UA_OVER       },
	{ UA_OFFERED,    HEARD_CANCEL,   uas_cancelled,     UA_OVER       },
	{ UA_OFFERED,    HEARD_BYE,      uas_bye,           UA_OVER       },
	{ UA_OFFERED,    HEARD_LOST,     uas_lost,          UA_OVER       },

	{ UA_RINGING,    ASKED_RING,     NULL,              UA_RINGING    },
	{ UA_RINGING,    ASKED_ANSWER,   NULL,              UA_ANSWERED   },
	{ UA_RINGING,    ASKED_END,      uas_refuse,        UA_OVER       },
	{ UA_RINGING,    HEARD_CANCEL,   uas_cancelled,     UA_OVER       },
	{ UA_RINGING,    HEARD_BYE,      uas_bye,           UA_OVER       },
	{ UA_RINGING,    HEARD_LOST,     uas_lost,          UA_OVER       },
	{ UA_RINGING,    TIMED_OUT,      uas_renew,         UA_RINGING    },

	{ UA_ANSWERED,   HEARD_ACK,      uas_acked,         UA_CONFIRMED  },
	{ UA_ANSWERED,   HEARD_BYE,      session_bye,       UA_OVER       },
	{ UA_ANSWERED,   HEARD_CANCEL,   NULL,              FSM_SAME      },
	{ UA_ANSWERED,   HEARD_LOST,     NULL,              FSM_SAME      },
	{ UA_ANSWERED,   ASKED_END,      NULL,              UA_HANGING    },
	{ UA_ANSWERED,   TIMED_OUT,      uas_no_ack,        UA_ENDING     },

	/* RFC 3261 15: no BYE before the ACK, or before it is hopeless */
	{ UA_HANGING,    HEARD_ACK,      session_hang_up,   UA_ENDING     },
	{ UA_HANGING,    HEARD_BYE,      session_bye,       UA_OVER       },
	{ UA_HANGING,    HEARD_CANCEL,   NULL,              FSM_SAME      },
	{ UA_HANGING,    HEARD_LOST,     NULL,              FSM_SAME      },
	{ UA_HANGING,    ASKED_END,      NULL,              FSM_SAME      },
	{ UA_HANGING,    TIMED_OUT,      session_hang_up,   UA_ENDING     },

	{ UA_CONFIRMED,  HEARD_ACK,      NULL,              FSM_SAME      },
	{ UA_CONFIRMED,  HEARD_OK,       uac_ok_again,      FSM_SAME      },
	{ UA_CONFIRMED,  HEARD_BYE,      session_bye,       UA_OVER       },
	{ UA_CONFIRMED,  HEARD_CANCEL,   NULL,              FSM_SAME      },
	{ UA_CONFIRMED,  HEARD_LOST,     NULL,              FSM_SAME      },
	{ UA_CONFIRMED,  ASKED_END,      session_hang_up,   UA_ENDING     },
	{ UA_CONFIRMED,  TIMED_OUT,      session_settle,    FSM_SAME      },

	{ UA_ENDING,     HEARD_ACK,      NULL,              FSM_SAME      },
	{ UA_ENDING,     HEARD_OK,       uac_ok_again,      FSM_SAME      },
	{ UA_ENDING,     HEARD_BYE,      session_bye_again, FSM_SAME      },
	{ UA_ENDING,     HEARD_BYE_DONE, NULL,              UA_OVER       },
	{ UA_ENDING,     HEARD_CANCEL,   NULL,              FSM_SAME      },
	{ UA_ENDING,     HEARD_LOST,     NULL,              FSM_SAME      },
	{ UA_ENDING,     ASKED_END,      NULL,              FSM_SAME      },

	{ UA_OVER,       HEARD_BYE,      session_bye_again, FSM_SAME      },
	{ UA_OVER,       ASKED_END,      NULL,              FSM_SAME      },
};
/* clang-format on */

/* Entering a state arms its timer. Where we may wait for ever: INVITING and
 * CANCELLING end with their transaction, OFFERED and CONFIRMED with what the
 * call above decides, ENDING with the BYE's transaction. HANGING goes on
 * waiting for what ANSWERED waited for. */
static void enter(void *self, unsigned state)
{
	static const struct {
		uint8_t timer;
		usec length;
		bool arms;
	} armed[UA_STATES] = {
		[UA_PROCEEDING] = { SIP_TIMER_TRYING, 0, true },
		[UA_EARLY] = { SIP_TIMER_RING, 0, true },
		[UA_WANTING] = { SIP_TIMER_DIGITS, 0, true },
		[UA_DIALLING] = { SIP_TIMER_DIGITS, 0, true },
		[UA_RINGING] = { 0, SEC(60), true }, /* RFC 3261 13.3.1.1 */
		[UA_ANSWERED] = { SIP_TIMER_ACK, 0, true },
		[UA_CONFIRMED] = { SIP_TIMER_ACK, 0, true },
	};
	struct sip_session *s = self;
	usec length = armed[state].length;

	if (state == UA_HANGING)
		return;
	timer_stop(&s->timer);
	if (length == 0)
		length = stack_timer(s->stack, armed[state].timer);
	if (armed[state].arms)
		timer_start(&s->timer, length);
	if (state == UA_ENDING || state == UA_OVER)
		expiry_stop(s);
	if (state == UA_ENDING || state == UA_OVER)
		refer_end(s);
	if (state == UA_CANCELLING || state == UA_ENDING || state == UA_OVER)
		overlap_end(s);
	if (state == UA_OVER) {
		session_repeat_end(s);
		reliable_end(s);
		timer_stop(&s->refresh_timer);
		loop_defer(s->stack->loop, &s->funeral);
	}
}

/* What has no row changes nothing; a request that came so is answered. */
static void stray(void *self, unsigned event, const void *detail)
{
	if (event == HEARD_BYE)
		session_bye_again(self, detail);
}

const struct fsm_type session_machine = {
	.name = "session",
	.states = states,
	.events = events,
	.nstates = UA_STATES,
	.nevents = SESSION_EVENTS,
	.rows = rows,
	.nrows = ARRAY_LEN(rows),
	.enter = enter,
	.stray = stray,
};

/* --- what both roles do --- */

static void respond_ok(struct sip_session *s, const struct heard_bye *bye)
{
	(void)session_respond(s, bye->t,
	                      (struct stack_answer){ .status = 200 });
}

void session_bye_again(void *self, const void *bye)
{
	if (bye != NULL)
		respond_ok(self, bye);
}

/* The far end hangs up. */
void session_bye(void *self, const void *detail)
{
	const struct heard_bye *bye = detail;
	struct sip_session *s = self;
	struct release why = {
		.by = RELEASE_BY_FAR,
		.cause = { Q850_NORMAL_CLEARING, LOCATION_USER },
	};

	(void)header_get_reason(bye->request, &why.cause);
	(void)session_hear_uui(s, bye->request, &s->last_uui);
	respond_ok(s, bye);
	transfer_also(s, bye->request);
	session_release(s, &why);
}

static const struct transaction_user bye_user;

static void bye_answered(void *self, struct transaction *t,
                         const osip_message_t *response)
{
	struct sip_session *s = self;

	if (response->status_code < 200)
		return;
	s->bye = NULL;
	if (session_challenged(s, &s->bye, t, response, &bye_user))
		return;
	fsm_post(&s->fsm, HEARD_BYE_DONE, NULL);
}

static void bye_gave_up(void *self, struct transaction *t, unsigned status)
{
	struct sip_session *s = self;

	(void)t;
	(void)status;
	s->bye = NULL;
	fsm_post(&s->fsm, HEARD_BYE_DONE, NULL);
}

static const struct transaction_user bye_user = {
	.response = bye_answered,
	.gave_up = bye_gave_up,
};

void session_hang_up(void *self, const void *detail)
{
	struct sip_session *s = self;
	char room[REQUEST_TEXT], reason[128];
	struct text text = TEXT(room);

	(void)detail;
	session_repeat_end(s);
	session_begin(&text, s, "BYE", ++s->dialog.local_cseq);
	header_print_reason(&s->release, reason, sizeof(reason));
	if (reason[0] != '\0')
		text_add(&text, "Reason: %s\r\n", reason);
	session_print_uui(&text, s, &s->uui);
	if (session_send(&s->bye, s, &text, NULL, &bye_user) < 0)
		fsm_post(&s->fsm, HEARD_BYE_DONE, NULL);
}

/* Long enough in the call: no 2xx or ACK can come again. */
void session_settle(void *self, const void *detail)
{
	struct sip_session *s = self;

	(void)detail;
	if (s->invite != NULL)
		transaction_forget(s->invite);
	s->invite = NULL;
}

void session_stray_ok(struct sip_session *s, const osip_message_t *response)
{
	uint32_t cseq = message_cseq(response);

	if (cseq == s->invite_cseq)
		uac_stray_ok(s, response);
	else if (cseq == s->reinvite_cseq)
		uac_ack(s, cseq, NULL);
}

void session_acked(struct sip_session *s, const osip_message_t *ack)
{
	if (message_cseq(ack) != s->invited_cseq)
		return;
	if (fsm_state(&s->refresh) == REFRESH_ANSWERED)
		refresh_acked(s, ack);
	else
		fsm_post(&s->fsm, HEARD_ACK, ack);
}

void session_ended(struct sip_session *s, struct transaction *t)
{
	if (t == s->reinvited)
		s->reinvited = NULL;
	if (t != s->invited)
		return;
	s->invited = NULL;
	if (transaction_failure(t) != 0)
		fsm_post(&s->fsm, HEARD_LOST, NULL);
}

/* RFC 3261 12.2.2; false when the request has been refused for its place. */
static bool in_order(struct sip_session *s, struct transaction *t,
                     const osip_message_t *request)
{
	uint32_t cseq = message_cseq(request);

	if (cseq > s->dialog.remote_cseq) {
		s->dialog.remote_cseq = cseq;
		return true;
	}
	(void)session_respond(
		s, t, (struct stack_answer){ .status = 500, .retry_after = 5 });
	return false;
}

static void hear_info(struct sip_session *s, struct transaction *t,
                      const osip_message_t *request)
{
	char digits[32];

	(void)session_respond(s, t, (struct stack_answer){ .status = 200 });
	if (header_get_digits(request, digits, sizeof(digits)))
		session_tell(s, &(struct sip_event){ .kind = SIP_INFO,
		                                     .digits = digits });
}

void session_request(struct sip_session *s, struct transaction *t,
                     const osip_message_t *request)
{
	struct heard_bye bye = { t, request };

	if (!in_order(s, t, request))
		return;
	if (message_is(request, "BYE"))
		fsm_post(&s->fsm, HEARD_BYE, &bye);
	else if (message_is(request, "PRACK"))
		reliable_prack(s, t, request);
	else if (message_is(request, "INFO"))
		hear_info(s, t, request);
	else if (message_is(request, "REFER"))
		refer_request(s, t, request);
	else if (message_is(request, "OPTIONS"))
		stack_options(s->stack, t, request);
	else if (message_is(request, "INVITE") || message_is(request, "UPDATE"))
		refresh_request(s, t, request);
	else
		(void)session_respond(s, t,
		                      (struct stack_answer){ .status = 405 });
}

/* --- from above --- */

void sip_session_own(struct sip_session *session, void *owner)
{
	session->owner = owner;
}

void *sip_session_owner(const struct sip_session *session)
{
	return session->owner;
}

const struct sip_peer_conf *sip_session_peer(const struct sip_session *s)
{
	return &s->peer;
}

void sip_session_end(struct sip_session *session, unsigned status,
                     const struct release *why)
{
	if (session->releasing)
		return;
	session->end_status = status != 0 ? status : 480;
	session_release(session, why);
	fsm_post(&session->fsm, ASKED_END, NULL);
}

const char *sip_session_call_id(const struct sip_session *session)
{
	return session->dialog.call_id;
}

void session_fail(struct sip_session *s, unsigned status,
                  const struct release *why)
{
	sip_session_end(s, status, why);
}
