/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * How a session begins, is found, tells and dies. Sessions are found by
 * Call-ID through a table of lists, then by tags (RFC 3261 12.2.2); the keys of
 * that table are chosen by strangers to our hash only as far as peers are
 * strangers, so a plain hash does.
 */
#include "gateway/sip/overlap.h"
#include "gateway/sip/session.h"

#include <errno.h>
#include <string.h>

#include "kernel/mem.h"

static void tell_last(struct sip_session *s)
{
	struct sip_event event = { .kind = SIP_RELEASED,
		                   .session = s,
		                   .owner = s->owner,
		                   .uui = s->last_uui.len > 0 ? &s->last_uui
		                                              : NULL,
		                   .release = &s->release,
		                   .status = s->release.sip_status };

	if (!s->releasing || s->released)
		return;
	s->released = true;
	s->owner = NULL;
	s->stack->handler->event(s->stack->self, &event);
}

static void funeral(void *self)
{
	struct sip_session *s = self;

	tell_last(s);
	if (fsm_state(&s->fsm) == UA_OVER && s->released &&
	    !overlap_is_pending(s))
		(void)session_free(s);
}

static void timed_out(void *self)
{
	struct sip_session *s = self;

	fsm_post(&s->fsm, TIMED_OUT, NULL);
}

static void repeat(void *self)
{
	struct sip_session *s = self;
	struct transaction *t = s->reinvited ? s->reinvited : s->invited;
	osip_message_t *again = message_clone(s->ok);

	if (t != NULL && again != NULL)
		(void)transaction_respond(t, again);
	else
		(void)message_free(again);
	s->interval = MIN_OF(2 * s->interval, stack_timer(s->stack, SIP_T2));
	timer_start(&s->repeat, s->interval);
}

void session_repeat(struct sip_session *s, osip_message_t *ok)
{
	session_repeat_end(s);
	s->ok = ok;
	s->interval = stack_timer(s->stack, SIP_T1);
	timer_start(&s->repeat, s->interval);
}

void session_repeat_end(struct sip_session *s)
{
	timer_stop(&s->repeat);
	s->ok = message_free(s->ok);
}

static void set_media(struct sip_session *s)
{
	s->media = (struct offer_local){
		.ncodecs = s->peer.ncodecs,
		.ptime_ms = s->peer.ptime_ms,
		.event_type = s->peer.event_type,
		.send = true,
		.receive = true,
		.session_id = ++s->stack->sdp_ids,
		.version = 1,
	};
	memcpy(s->media.codecs, s->peer.codecs, sizeof(s->media.codecs));
}

int session_new(struct sip_session **out, struct sip_stack *stack,
                const struct sip_peer_conf *peer, bool incoming)
{
	struct sip_session *s;

	s = mem_new(struct sip_session);
	if (s == NULL)
		return -ENOMEM;
	stack->counts.dialogs++;
	s->stack = stack;
	s->peer = *peer;
	s->incoming = incoming;
	s->since = instant_now();
	list_append(&stack->sessions, &s->list);
	list_init(&s->bucket);
	fsm_init(&s->fsm, &session_machine, s);
	fsm_init(&s->refresh, &refresh_machine, s);
	timer_init(&s->timer, stack->loop, "SIP session", timed_out, s);
	timer_init(&s->repeat, stack->loop, "SIP 2xx", repeat, s);
	timer_init(&s->refresh_timer, stack->loop, "SIP re-INVITE",
	           refresh_timed_out, s);
	deferred_init(&s->funeral, funeral, s);
	reliable_init(s);
	expiry_init(s);
	set_media(s);
	*out = s;
	return 0;
}

static struct transaction *let_go(struct transaction *t)
{
	if (t != NULL)
		transaction_forget(t);
	return NULL;
}

struct sip_session *session_free(struct sip_session *s)
{
	if (s == NULL)
		return NULL;
	s->invite = let_go(s->invite);
	s->invited = let_go(s->invited);
	s->bye = let_go(s->bye);
	s->reinvite = let_go(s->reinvite);
	s->reinvited = let_go(s->reinvited);
	session_repeat_end(s);
	refer_free(s);
	reliable_free(s);
	expiry_free(s);
	inform_free(s);
	timer_stop(&s->timer);
	timer_stop(&s->refresh_timer);
	deferred_cancel(&s->funeral);
	dialog_free_texts(&s->dialog);
	s->digest = digest_free(s->digest);
	s->redirect = redirect_free(s->redirect);
	s->overlap = overlap_free(s->overlap);
	mem_free(s->offer);
	mem_free(s->told);
	mem_free(s->ack_body);
	list_remove(&s->bucket);
	list_remove(&s->list);
	s->stack->counts.dialogs--;
	return mem_free(s);
}

uint32_t session_hash(const char *text)
{
	uint32_t hash = 2166136261u; /* FNV-1a */

	for (; *text != '\0'; text++)
		hash = (hash ^ (uint8_t)*text) * 16777619u;
	return hash;
}

struct list *session_bucket(struct sip_stack *stack, const char *call_id)
{
	return &stack->buckets[session_hash(call_id) % STACK_BUCKETS];
}

void session_list(struct sip_session *s)
{
	list_remove(&s->bucket);
	list_append(session_bucket(s->stack, s->dialog.call_id), &s->bucket);
}

static bool same_tag(const char *ours, const char *given)
{
	return strcmp(ours, given == NULL ? "" : given) == 0;
}

/* A fork's 2xx has another To tag and is ours all the same; so is a request
 * while we know no tag of theirs. */
static bool is_of(const struct sip_session *s, const osip_message_t *m)
{
	const struct dialog *d = &s->dialog;

	if (message_is_response(m))
		return same_tag(d->local_tag, message_tag(m->from));
	return same_tag(d->local_tag, message_tag(m->to)) &&
	       (d->remote_tag[0] == '\0' ||
	        same_tag(d->remote_tag, message_tag(m->from)));
}

struct sip_session *session_find(struct sip_stack *stack,
                                 const osip_message_t *m)
{
	char call_id[DIALOG_CALL_ID];

	if (!dialog_call_id(m, call_id, sizeof(call_id)))
		return NULL;
	LIST_EACH(session_bucket(stack, call_id), struct sip_session, s, bucket)
	if (strcmp(s->dialog.call_id, call_id) == 0 && is_of(s, m))
		return s;
	return NULL;
}

struct sip_session *session_named(struct sip_stack *stack, const char *call_id,
                                  const char *local_tag, const char *remote_tag)
{
	LIST_EACH(session_bucket(stack, call_id), struct sip_session, s, bucket)
	if (strcmp(s->dialog.call_id, call_id) == 0 &&
	    strcmp(s->dialog.local_tag, local_tag) == 0 &&
	    strcmp(s->dialog.remote_tag, remote_tag) == 0)
		return s;
	return NULL;
}

void session_tell(struct sip_session *s, struct sip_event *event)
{
	if (s->releasing)
		return; /* who is above has its last word, or soon will */
	event->session = s;
	event->owner = s->owner;
	s->stack->handler->event(s->stack->self, event);
}

void session_release(struct sip_session *s, const struct release *why)
{
	if (s->releasing)
		return;
	s->releasing = true;
	s->release = *why;
	loop_defer(s->stack->loop, &s->funeral);
}

void session_close(struct sip_session *s)
{
	struct release why = { .by = RELEASE_BY_OPERATOR,
		               .cause = { Q850_NORMAL_CLEARING,
		                          LOCATION_PRIVATE_LOCAL } };

	sip_session_end(s, 503, &why);
	tell_last(s);
	(void)session_free(s);
}
