/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The machines: figures 5 to 8 of RFC 3261 17, corrected by RFC 6026 (a 2xx to
 * INVITE leads to Accepted, which absorbs repeated INVITEs and passes repeated
 * 2xx on) and RFC 4320 (a non-INVITE is never answered too late, and hears a
 * 100 when its answer takes long).
 *
 * A transaction has two timers. `repeat` sends t->octets again, at a distance
 * that doubles; `life` ends waiting, or lingering. Which of the standard's
 * letters they are is said by the state that arms them. Two states of clients
 * wait without a timer: an INVITE in Proceeding may ring for as long as its
 * session likes (only a CANCEL limits it), and one in Accepted was answered.
 * A server INVITE in Proceeding waits for its session.
 *
 * Terminated is entered once. The transaction can not be found from then on,
 * and is buried on the loop's next turn: nobody dies inside his own call-back.
 *
 * Connection loss ends only what heard nothing yet (figure 5: Calling). Later
 * responses come over a new connection to the address in our Via.
 */
#include "gateway/sip/machine.h"

#include <assert.h>

#include "gateway/sip/osip.h"

static void act_send(void *self, const void *detail)
{
	struct transaction *t = self;

	(void)detail;
	transaction_send(t, t->octets);
}

static bool is_reliable(const struct transaction *t)
{
	return t->hop.transport != SIP_UDP;
}

usec transactions_timer(const struct transactions *owner, enum sip_timer which)
{
	usec set = owner->conf.timers[which];

	return set != 0 ? set : sip_timer_rows[which].preset;
}

static usec timer_of(const struct transaction *t, enum sip_timer which)
{
	return transactions_timer(t->owner, which);
}

static void start_repeat(struct transaction *t, const char *name, usec after)
{
	timer_stop(&t->repeat);
	t->repeat.name = name;
	t->interval = after;
	timer_start(&t->repeat, after);
}

static void start_life(struct transaction *t, const char *name, usec after)
{
	timer_stop(&t->life);
	t->life.name = name;
	timer_start(&t->life, after);
}

/* Timers E and G stop growing at T2, timer A does not. */
static void repeat_later(struct transaction *t, usec most)
{
	usec next = t->interval * 2;

	if (most != 0 && next > most)
		next = most;
	start_repeat(t, t->repeat.name, next);
}

static void repeat_octets(struct transaction *t)
{
	t->owner->counts->retransmissions++;
	transaction_send(t, t->octets);
}

static void act_repeat_invite(void *self, const void *detail)
{
	struct transaction *t = self;

	(void)detail;
	repeat_later(t, 0);
	repeat_octets(t);
}

static void act_repeat(void *self, const void *detail)
{
	struct transaction *t = self;

	(void)detail;
	repeat_later(t, timer_of(t, SIP_T2));
	repeat_octets(t);
}

/* The request came again: the last response goes again, if there is one. */
static void act_repeat_response(void *self, const void *detail)
{
	struct transaction *t = self;

	(void)detail;
	if (t->octets.len > 0)
		repeat_octets(t);
}

/* --- clients --- */

static void tell(struct transaction *t, const osip_message_t *response)
{
	if (t->user != NULL)
		t->user->response(t->self, t, response);
}

static void tell_given_up(struct transaction *t, unsigned status)
{
	const struct transaction_user *user = t->user;

	t->user = NULL;
	t->failure = status;
	transaction_unheld(t);
	if (user != NULL)
		user->gave_up(t->self, t, status);
}

static void act_tell(void *self, const void *detail)
{
	tell(self, detail);
}

/* A provisional to an INVITE; a CANCEL may have waited for it. */
static void act_tell_first(void *self, const void *detail)
{
	struct transaction *t = self;

	if (t->cancel != NULL)
		fsm_post(&t->fsm, TRANSACTION_CANCEL, NULL);
	tell(t, detail);
}

/* It will not be repeated, nor acknowledged here; only credentials may still be
 * asked for, by the ACK to a 2xx that comes again (RFC 3261 22.1). */
static void let_go(struct transaction *t)
{
	message_octets_free(&t->octets);
	if (t->request != NULL &&
	    message_header(t->request, "Authorization", 0) == NULL &&
	    message_header(t->request, "Proxy-Authorization", 0) == NULL)
		t->request = message_free(t->request);
}

/* The last word to the user. */
static void act_tell_last(void *self, const void *detail)
{
	struct transaction *t = self;
	const struct transaction_user *user = t->user;

	t->user = NULL;
	transaction_unheld(t);
	if (user != NULL)
		user->response(t->self, t, detail);
}

/* A 2xx to INVITE: the session acknowledges each. One that nobody waits for
 * any more is the stack's to find a dialog for. */
static void act_tell_2xx(void *self, const void *detail)
{
	struct transaction *t = self;

	t->cancel = message_free(t->cancel);
	if (t->user != NULL)
		tell(t, detail);
	else
		t->owner->user->stray(t->owner->self, &t->hop, detail);
	let_go(t);
}

static void acknowledge(struct transaction *t, const osip_message_t *response)
{
	osip_message_t *ack;

	if (t->ack.len == 0) {
		ack = derive_request(t->request, "ACK", response->to);
		if (ack == NULL || message_octets(ack, &t->ack) < 0)
			t->ack = (struct bytes){ NULL, 0 };
		message_free(ack);
	}
	/* Without memory none goes out; the refusal will come again. */
	if (t->ack.len > 0)
		transaction_send(t, t->ack);
}

static void act_refused(void *self, const void *detail)
{
	struct transaction *t = self;

	t->cancel = message_free(t->cancel);
	acknowledge(t, detail);
	act_tell_last(t, detail);
}

static void act_acknowledge(void *self, const void *detail)
{
	struct transaction *t = self;

	t->owner->counts->duplicates++;
	acknowledge(t, detail);
}

static void act_timeout(void *self, const void *detail)
{
	struct transaction *t = self;

	(void)detail;
	t->owner->counts->timeouts++;
	tell_given_up(t, 408);
}

static void act_failed(void *self, const void *detail)
{
	(void)detail;
	tell_given_up(self, 503);
}

/* RFC 3261 9.1: the answer must come within 64 x T1. */
static void act_cancel(void *self, const void *detail)
{
	struct transaction *t = self;
	osip_message_t *cancel = t->cancel;

	(void)detail;
	if (cancel == NULL)
		return;
	t->cancel = NULL;
	t->cancelled = true;
	start_life(t, "CANCEL", 64 * timer_of(t, SIP_T1));
	transaction_send_cancel(t, cancel);
}

/* --- servers --- */

/* RFC 4320 4.1: by then the client has slowed down to T2. */
static void act_trying(void *self, const void *detail)
{
	struct transaction *t = self;
	osip_message_t *trying = message_response(t->request, 100, NULL, NULL);

	(void)detail;
	if (trying != NULL)
		(void)transaction_respond(t, trying);
}

/* No ACK came to a refusal, or our user never answered: too late now. */
static void act_overdue(void *self, const void *detail)
{
	struct transaction *t = self;

	(void)detail;
	t->owner->counts->timeouts++;
	t->failure = 408;
}

static void act_unsent(void *self, const void *detail)
{
	struct transaction *t = self;

	(void)detail;
	t->failure = 503;
}

/* A client that uses the INVITE's branch for the ACK to its 2xx. */
static void act_stray_ack(void *self, const void *detail)
{
	struct transaction *t = self;

	t->owner->user->stray(t->owner->self, &t->hop, detail);
}

/* --- entering --- */

static void end(struct transaction *t)
{
	timer_stop(&t->repeat);
	timer_stop(&t->life);
	deferred_cancel(&t->trouble);
	lookup_remove(t);
	loop_defer(t->owner->loop, &t->funeral);
}

/* All is said; it stays for what may come again, and gives its place away when
 * that is wanted for something that is alive. */
static void linger(struct transaction *t, const char *name, usec length)
{
	start_life(t, name, length);
	transaction_discharge(t);
	t->lingers = true;
	transaction_unheld(t);
}

static void stop_both(struct transaction *t)
{
	timer_stop(&t->repeat);
	timer_stop(&t->life);
}

static void enter_invite_client(void *self, unsigned state)
{
	struct transaction *t = self;
	usec t1 = timer_of(t, SIP_T1);

	stop_both(t);
	switch ((enum transaction_state)state) {
	case TRANSACTION_CALLING:
		if (!is_reliable(t))
			start_repeat(t, "timer A", t1);
		start_life(t, "timer B", timer_of(t, SIP_TIMER_B));
		break;
	case TRANSACTION_COMPLETED:
		linger(t, "timer D", is_reliable(t) ? 0 : 64 * t1);
		break;
	case TRANSACTION_ACCEPTED:
		linger(t, "timer M", 64 * t1);
		break;
	case TRANSACTION_TERMINATED:
		end(t);
		break;
	case TRANSACTION_NEW:
	case TRANSACTION_TRYING:
	case TRANSACTION_PROCEEDING: /* its session's timers */
	case TRANSACTION_CONFIRMED:
	case TRANSACTION_STATES:
		break;
	}
}

static void enter_other_client(void *self, unsigned state)
{
	struct transaction *t = self;
	usec t1 = timer_of(t, SIP_T1);

	switch ((enum transaction_state)state) {
	case TRANSACTION_TRYING:
		if (!is_reliable(t))
			start_repeat(t, "timer E", t1);
		start_life(t, "timer F", 64 * t1);
		break;
	case TRANSACTION_PROCEEDING: /* timer F goes on */
		if (!is_reliable(t))
			start_repeat(t, "timer E", timer_of(t, SIP_T2));
		break;
	case TRANSACTION_COMPLETED:
		timer_stop(&t->repeat);
		linger(t, "timer K", is_reliable(t) ? 0 : timer_of(t, SIP_T4));
		break;
	case TRANSACTION_TERMINATED:
		end(t);
		break;
	case TRANSACTION_NEW:
	case TRANSACTION_CALLING:
	case TRANSACTION_CONFIRMED:
	case TRANSACTION_ACCEPTED:
	case TRANSACTION_STATES:
		break;
	}
}

static void enter_invite_server(void *self, unsigned state)
{
	struct transaction *t = self;
	usec t1 = timer_of(t, SIP_T1);

	stop_both(t);
	switch ((enum transaction_state)state) {
	case TRANSACTION_COMPLETED:
		if (!is_reliable(t))
			start_repeat(t, "timer G", t1);
		start_life(t, "timer H", 64 * t1);
		break;
	case TRANSACTION_CONFIRMED:
		linger(t, "timer I", is_reliable(t) ? 0 : timer_of(t, SIP_T4));
		break;
	case TRANSACTION_ACCEPTED:
		linger(t, "timer L", 64 * t1);
		break;
	case TRANSACTION_TERMINATED:
		end(t);
		break;
	case TRANSACTION_NEW:
	case TRANSACTION_CALLING:
	case TRANSACTION_TRYING:
	case TRANSACTION_PROCEEDING: /* its session's timers */
	case TRANSACTION_STATES:
		break;
	}
}

static void enter_other_server(void *self, unsigned state)
{
	struct transaction *t = self;
	usec t1 = timer_of(t, SIP_T1);

	switch ((enum transaction_state)state) {
	case TRANSACTION_TRYING:
		/* T1, 2 T1, 4 T1: then the client waits T2 each time. */
		start_repeat(t, "RFC 4320 trying", 7 * t1);
		start_life(t, "RFC 4320 silence", 64 * t1);
		break;
	case TRANSACTION_PROCEEDING:
		timer_stop(&t->repeat);
		break;
	case TRANSACTION_COMPLETED:
		timer_stop(&t->repeat);
		linger(t, "timer J", is_reliable(t) ? 0 : 64 * t1);
		break;
	case TRANSACTION_TERMINATED:
		end(t);
		break;
	case TRANSACTION_NEW:
	case TRANSACTION_CALLING:
	case TRANSACTION_CONFIRMED:
	case TRANSACTION_ACCEPTED:
	case TRANSACTION_STATES:
		break;
	}
}

/* --- the tables --- */

/* clang-format off */
static const char *const states[] = {
	[TRANSACTION_NEW]        = "new",
	[TRANSACTION_CALLING]    = "calling",
	[TRANSACTION_TRYING]     = "trying",
	[TRANSACTION_PROCEEDING] = "proceeding",
	[TRANSACTION_COMPLETED]  = "completed",
	[TRANSACTION_CONFIRMED]  = "confirmed",
	[TRANSACTION_ACCEPTED]   = "accepted",
	[TRANSACTION_TERMINATED] = "terminated",
};

static const char *const events[] = {
	[TRANSACTION_START]   = "start",
	[TRANSACTION_REPEAT]  = "time to repeat",
	[TRANSACTION_TIMEOUT] = "time is up",
	[TRANSACTION_LINGER]  = "lingered",
	[TRANSACTION_FAILED]  = "transport failed",
	[TRANSACTION_RESORT]  = "tcp failed",
	[TRANSACTION_CANCEL]  = "cancel",
	[TRANSACTION_AGAIN]   = "request again",
	[TRANSACTION_ACK]     = "ack",
	[TRANSACTION_1XX]     = "1xx",
	[TRANSACTION_2XX]     = "2xx",
	[TRANSACTION_3XX]     = "3xx to 6xx",
};

#define NEW        TRANSACTION_NEW
#define CALLING    TRANSACTION_CALLING
#define TRYING     TRANSACTION_TRYING
#define PROCEEDING TRANSACTION_PROCEEDING
#define COMPLETED  TRANSACTION_COMPLETED
#define CONFIRMED  TRANSACTION_CONFIRMED
#define ACCEPTED   TRANSACTION_ACCEPTED
#define TERMINATED TRANSACTION_TERMINATED
#define ON(event)  TRANSACTION_##event

/* RFC 3261 17.1.1, RFC 6026 7.2. */
static const struct fsm_row invite_client_rows[] = {
	/* in state    on event     do                  then be in */
	{ NEW,         ON(START),   act_send,           CALLING    },
	{ CALLING,     ON(REPEAT),  act_repeat_invite,  FSM_SAME   },
	{ CALLING,     ON(TIMEOUT), act_timeout,        TERMINATED },
	{ CALLING,     ON(FAILED),  act_failed,         TERMINATED },
	{ CALLING,     ON(RESORT),  act_send,           CALLING    },
	{ CALLING,     ON(CANCEL),  NULL,               FSM_SAME   },
	{ CALLING,     ON(1XX),     act_tell_first,     PROCEEDING },
	{ CALLING,     ON(2XX),     act_tell_2xx,       ACCEPTED   },
	{ CALLING,     ON(3XX),     act_refused,        COMPLETED  },
	{ PROCEEDING,  ON(TIMEOUT), act_timeout,        TERMINATED },
	{ PROCEEDING,  ON(FAILED),  NULL,               FSM_SAME   },
	{ PROCEEDING,  ON(CANCEL),  act_cancel,         FSM_SAME   },
	{ PROCEEDING,  ON(1XX),     act_tell,           FSM_SAME   },
	{ PROCEEDING,  ON(2XX),     act_tell_2xx,       ACCEPTED   },
	{ PROCEEDING,  ON(3XX),     act_refused,        COMPLETED  },
	{ COMPLETED,   ON(3XX),     act_acknowledge,    FSM_SAME   },
	{ COMPLETED,   ON(FAILED),  NULL,               FSM_SAME   },
	{ COMPLETED,   ON(LINGER),  NULL,               TERMINATED },
	{ ACCEPTED,    ON(2XX),     act_tell_2xx,       FSM_SAME   },
	{ ACCEPTED,    ON(FAILED),  NULL,               FSM_SAME   },
	{ ACCEPTED,    ON(LINGER),  NULL,               TERMINATED },
};

/* RFC 3261 17.1.2. */
static const struct fsm_row other_client_rows[] = {
	{ NEW,         ON(START),   act_send,           TRYING     },
	{ TRYING,      ON(REPEAT),  act_repeat,         FSM_SAME   },
	{ TRYING,      ON(TIMEOUT), act_timeout,        TERMINATED },
	{ TRYING,      ON(FAILED),  act_failed,         TERMINATED },
	{ TRYING,      ON(RESORT),  act_send,           TRYING     },
	{ TRYING,      ON(1XX),     act_tell,           PROCEEDING },
	{ TRYING,      ON(2XX),     act_tell_last,      COMPLETED  },
	{ TRYING,      ON(3XX),     act_tell_last,      COMPLETED  },
	{ PROCEEDING,  ON(REPEAT),  act_repeat,         FSM_SAME   },
	{ PROCEEDING,  ON(TIMEOUT), act_timeout,        TERMINATED },
	{ PROCEEDING,  ON(FAILED),  act_failed,         TERMINATED },
	{ PROCEEDING,  ON(1XX),     act_tell,           FSM_SAME   },
	{ PROCEEDING,  ON(2XX),     act_tell_last,      COMPLETED  },
	{ PROCEEDING,  ON(3XX),     act_tell_last,      COMPLETED  },
	{ COMPLETED,   ON(1XX),     NULL,               FSM_SAME   },
	{ COMPLETED,   ON(2XX),     NULL,               FSM_SAME   },
	{ COMPLETED,   ON(3XX),     NULL,               FSM_SAME   },
	{ COMPLETED,   ON(FAILED),  NULL,               FSM_SAME   },
	{ COMPLETED,   ON(LINGER),  NULL,               TERMINATED },
};

/* RFC 3261 17.2.1, RFC 6026 7.1. */
static const struct fsm_row invite_server_rows[] = {
	{ NEW,         ON(START),   NULL,               PROCEEDING },
	{ PROCEEDING,  ON(AGAIN),   act_repeat_response, FSM_SAME  },
	{ PROCEEDING,  ON(1XX),     act_send,           FSM_SAME   },
	{ PROCEEDING,  ON(2XX),     act_send,           ACCEPTED   },
	{ PROCEEDING,  ON(3XX),     act_send,           COMPLETED  },
	{ PROCEEDING,  ON(FAILED),  act_unsent,         TERMINATED },
	{ COMPLETED,   ON(AGAIN),   act_repeat_response, FSM_SAME  },
	{ COMPLETED,   ON(REPEAT),  act_repeat,         FSM_SAME   },
	{ COMPLETED,   ON(ACK),     NULL,               CONFIRMED  },
	{ COMPLETED,   ON(TIMEOUT), act_overdue       , TERMINATED },
	{ COMPLETED,   ON(FAILED),  act_unsent,         TERMINATED },
	{ CONFIRMED,   ON(AGAIN),   NULL,               FSM_SAME   },
	{ CONFIRMED,   ON(ACK),     NULL,               FSM_SAME   },
	{ CONFIRMED,   ON(FAILED),  NULL,               FSM_SAME   },
	{ CONFIRMED,   ON(LINGER),  NULL,               TERMINATED },
	{ ACCEPTED,    ON(AGAIN),   NULL,               FSM_SAME   },
	{ ACCEPTED,    ON(ACK),     act_stray_ack,      FSM_SAME   },
	{ ACCEPTED,    ON(2XX),     act_send,           FSM_SAME   },
	{ ACCEPTED,    ON(FAILED),  NULL,               FSM_SAME   },
	{ ACCEPTED,    ON(LINGER),  NULL,               TERMINATED },
};

/* RFC 3261 17.2.2, RFC 4320 4. */
static const struct fsm_row other_server_rows[] = {
	{ NEW,         ON(START),   NULL,               TRYING     },
	{ TRYING,      ON(AGAIN),   NULL,               FSM_SAME   },
	{ TRYING,      ON(REPEAT),  act_trying,         FSM_SAME   },
	{ TRYING,      ON(TIMEOUT), act_overdue,        TERMINATED },
	{ TRYING,      ON(1XX),     act_send,           PROCEEDING },
	{ TRYING,      ON(2XX),     act_send,           COMPLETED  },
	{ TRYING,      ON(3XX),     act_send,           COMPLETED  },
	{ PROCEEDING,  ON(AGAIN),   act_repeat_response, FSM_SAME  },
	{ PROCEEDING,  ON(TIMEOUT), act_overdue,        TERMINATED },
	{ PROCEEDING,  ON(1XX),     act_send,           FSM_SAME   },
	{ PROCEEDING,  ON(2XX),     act_send,           COMPLETED  },
	{ PROCEEDING,  ON(3XX),     act_send,           COMPLETED  },
	{ PROCEEDING,  ON(FAILED),  act_unsent,         TERMINATED },
	{ COMPLETED,   ON(AGAIN),   act_repeat_response, FSM_SAME  },
	{ COMPLETED,   ON(FAILED),  act_unsent,         TERMINATED },
	{ COMPLETED,   ON(LINGER),  NULL,               TERMINATED },
};
/* clang-format on */

#define MACHINE(text, table, on_enter)                                        \
	{                                                                     \
		.name = (text), .states = states, .events = events,           \
		.nstates = TRANSACTION_STATES, .nevents = TRANSACTION_EVENTS, \
		.rows = (table), .nrows = ARRAY_LEN(table),                   \
		.enter = (on_enter),                                          \
	}

const struct fsm_type transaction_invite_client =
	MACHINE("INVITE client", invite_client_rows, enter_invite_client);
const struct fsm_type transaction_other_client =
	MACHINE("client", other_client_rows, enter_other_client);
const struct fsm_type transaction_invite_server =
	MACHINE("INVITE server", invite_server_rows, enter_invite_server);
const struct fsm_type transaction_other_server =
	MACHINE("server", other_server_rows, enter_other_server);

static_assert(ARRAY_LEN(states) == TRANSACTION_STATES, "each has a name");
static_assert(ARRAY_LEN(events) == TRANSACTION_EVENTS, "each has a name");
