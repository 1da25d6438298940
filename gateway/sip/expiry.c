/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The session timer, RFC 4028.
 *
 * Each 2xx to INVITE or UPDATE says how long the session lasts and who
 * refreshes it; one that says nothing ends the timer (7.2). Who refreshes does
 * so at half the time, the other one waits until shortly before the end, and
 * both then say BYE (10): a third of the interval before, 32 s at most.
 *
 * We ask for it in every INVITE of ours, and leave it to the other end who
 * refreshes. Who calls us is asked to refresh himself when he can and did not
 * choose; who does not know the timer is left alone, unless a proxy of his put
 * it in, and then the refreshing is ours (9).
 *
 * We refresh by UPDATE without a description where the other end takes it, for
 * that can not meet a change nor disturb a fax; else by re-INVITE with the
 * description told last, octet by octet, which is no change (7.4). A refresh
 * that is refused is tried again until the end; one that finds no call there
 * or no answer ends it.
 */
#include "gateway/sip/expiry.h"

#include <errno.h>
#include <stdlib.h>
#include <strings.h>

#include "gateway/sip/extension.h"
#include "gateway/sip/session.h"
#include "kernel/mem.h"

enum { RAISED_MOST = 3 };

#define MARGIN_MOST SEC(32)
#define AGAIN       SEC(5)

/* --- the timers --- */

void expiry_stop(struct sip_session *s)
{
	timer_stop(&s->expiry.due);
	timer_stop(&s->expiry.end);
	s->expiry.interval = 0;
}

static void start(struct sip_session *s, unsigned seconds, bool ours)
{
	struct expiry *x = &s->expiry;
	usec length = SEC((usec)seconds);

	x->interval = seconds;
	x->ours = ours;
	timer_start(&x->end, length - MIN_OF(MARGIN_MOST, length / 3));
	if (ours)
		timer_start(&x->due, length / 2);
	else
		timer_stop(&x->due);
}

static void expired(void *self)
{
	struct sip_session *s = self;
	struct release why = {
		.by = RELEASE_BY_TIMER,
		.cause = { Q850_TIMER_EXPIRY, LOCATION_PRIVATE_LOCAL },
		.detail = "timer session",
	};

	session_fail(s, 0, &why);
}

/* --- refreshing --- */

void expiry_again(struct sip_session *s)
{
	if (s->expiry.ours && s->expiry.interval != 0)
		timer_start(&s->expiry.due, AGAIN);
}

static void lost(struct sip_session *s, unsigned status)
{
	struct release why = { .by = RELEASE_BY_FAILURE,
		               .sip_status = (uint16_t)status,
		               .detail = "no answer to a refresh" };

	if (status == 481)
		why = (struct release){ .by = RELEASE_BY_FAR,
			                .sip_status = 481 };
	session_fail(s, 0, &why);
}

static void update_response(void *self, struct transaction *t,
                            const osip_message_t *response);
static void update_gave_up(void *self, struct transaction *t, unsigned status);

static const struct transaction_user update_user = {
	.response = update_response,
	.gave_up = update_gave_up,
};

static void send_update(struct sip_session *s)
{
	char room[REQUEST_TEXT];
	struct text text = TEXT(room);

	session_begin(&text, s, "UPDATE", ++s->dialog.local_cseq);
	if (session_send(&s->expiry.update, s, &text, NULL, &update_user) < 0)
		timer_start(&s->expiry.due, AGAIN);
}

/* It does not know UPDATE although it said so (405, 501), has no time now (491,
 * 500), or does not like something: on it goes until the end. */
static void refused(struct sip_session *s, const osip_message_t *response)
{
	int status = response->status_code;

	if (status == 405 || status == 501)
		s->expiry.updates = false;
	timer_start(&s->expiry.due,
	            status == 422 && expiry_raise(s, response) ? 0 : AGAIN);
}

static void update_response(void *self, struct transaction *t,
                            const osip_message_t *response)
{
	struct sip_session *s = self;
	int status = response->status_code;

	if (status < 200)
		return;
	s->expiry.update = NULL;
	if (session_challenged(s, &s->expiry.update, t, response, &update_user))
		return;
	if (status == 481 || status == 408)
		lost(s, (unsigned)status);
	else if (status >= 300)
		refused(s, response);
	else
		expiry_agree(s, response);
	if (status < 300)
		(void)dialog_refresh(&s->dialog, response);
}

static void update_gave_up(void *self, struct transaction *t, unsigned status)
{
	struct sip_session *s = self;

	(void)t;
	s->expiry.update = NULL;
	lost(s, status);
}

static void refresh(void *self)
{
	struct sip_session *s = self;

	if (s->releasing || s->expiry.update != NULL)
		return;
	if (fsm_state(&s->fsm) == UA_CONFIRMED && s->expiry.updates)
		send_update(s);
	else if (!refresh_again(s))
		timer_start(&s->expiry.due, AGAIN);
}

void expiry_init(struct sip_session *s)
{
	timer_init(&s->expiry.due, s->stack->loop, "SIP refresh", refresh, s);
	timer_init(&s->expiry.end, s->stack->loop, "SIP expiry", expired, s);
}

void expiry_free(struct sip_session *s)
{
	expiry_stop(s);
	if (s->expiry.update != NULL)
		transaction_forget(s->expiry.update);
	s->expiry.update = NULL;
}

/* --- headers --- */

static unsigned seconds_of(const osip_message_t *m, const char *name)
{
	const char *value = message_header(m, name, 0);
	unsigned long seconds = value == NULL ? 0 : strtoul(value, NULL, 10);

	return (unsigned)MIN_OF(seconds, (unsigned long)EXPIRY_MOST);
}

/* "uac", "uas" or "". */
static void refresher_of(const osip_message_t *m, char *to, size_t size)
{
	const char *value = message_header(m, "Session-Expires", 0);

	to[0] = '\0';
	if (value != NULL)
		(void)header_param(value, "refresher", to, size);
}

void expiry_hear(struct sip_session *s, const osip_message_t *m)
{
	bool told, allows = extension_allows(m, "UPDATE", &told);

	if (told)
		s->expiry.updates = allows;
}

/* --- requests of ours --- */

void expiry_print(struct text *out, const struct sip_session *s)
{
	const struct expiry *x = &s->expiry;
	unsigned seconds = MAX_OF(s->peer.session_timer, x->least);

	if (s->peer.session_timer == 0)
		return;
	if (x->interval != 0)
		seconds = MAX_OF(x->interval, x->least);
	text_add(out, "Session-Expires: %u", seconds);
	if (x->interval != 0)
		text_add(out, ";refresher=%s", x->ours ? "uac" : "uas");
	text_add(out, "\r\n");
	if (MAX_OF(s->peer.min_se, x->least) > EXPIRY_LEAST)
		text_add(out, "Min-SE: %u\r\n",
		         MAX_OF(s->peer.min_se, x->least));
}

void expiry_agree(struct sip_session *s, const osip_message_t *response)
{
	unsigned seconds = seconds_of(response, "Session-Expires");
	char who[8];

	expiry_hear(s, response);
	s->expiry.raised = 0;
	if (s->peer.session_timer == 0 || seconds == 0) {
		expiry_stop(s);
		return;
	}
	refresher_of(response, who, sizeof(who));
	start(s, MAX_OF(seconds, (unsigned)EXPIRY_FLOOR),
	      strcasecmp(who, "uas") != 0);
}

bool expiry_raise(struct sip_session *s, const osip_message_t *response)
{
	struct expiry *x = &s->expiry;
	unsigned least = seconds_of(response, "Min-SE");

	if (s->peer.session_timer == 0 || least == 0 || least <= x->least ||
	    x->raised == RAISED_MOST)
		return false;
	x->least = least;
	x->raised++;
	return true;
}

/* --- requests of theirs --- */

unsigned expiry_judge(const struct sip_session *s,
                      const osip_message_t *request)
{
	unsigned seconds = seconds_of(request, "Session-Expires");

	/* A proxy's is not refused: its client could do nothing about it. */
	if (s->peer.session_timer == 0 || seconds == 0 ||
	    !extension_known(request, "timer"))
		return 0;
	return seconds < s->peer.min_se ? 422 : 0;
}

/* As long as we like, within what they and we allow. */
static unsigned choose(const struct sip_session *s,
                       const osip_message_t *request)
{
	unsigned theirs = seconds_of(request, "Session-Expires");
	unsigned seconds = s->peer.session_timer;

	if (theirs != 0)
		seconds = MIN_OF(seconds, theirs);
	seconds = MAX_OF(seconds, seconds_of(request, "Min-SE"));
	return MAX_OF(seconds, s->peer.min_se);
}

static int put(osip_message_t *ok, unsigned seconds, bool ours, bool known)
{
	char value[48];
	struct text text = TEXT(value);
	int rc;

	text_add(&text, "%u;refresher=%s", seconds, ours ? "uas" : "uac");
	rc = message_set_header(ok, "Session-Expires", value);
	if (rc == 0 && known)
		rc = message_set_header(ok, "Require", "timer");
	return rc;
}

int expiry_accept(struct sip_session *s, const osip_message_t *request,
                  osip_message_t *ok)
{
	bool known = extension_known(request, "timer"), ours;
	unsigned seconds;
	char who[8];
	int rc;

	expiry_hear(s, request);
	if (s->peer.session_timer == 0)
		return 0;
	if (!known && seconds_of(request, "Session-Expires") == 0) {
		expiry_stop(s);
		return 0;
	}
	refresher_of(request, who, sizeof(who));
	ours = !known || strcasecmp(who, "uas") == 0;
	seconds = choose(s, request);
	rc = put(ok, seconds, ours, known);
	if (rc == 0)
		start(s, seconds, ours);
	return rc;
}
