/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * A leg on SIP. It turns a session's events into the words of leg.h and the
 * words told into responses, re-INVITEs and BYE; statuses become causes here
 * and causes statuses, by the tables of cause.c, unless the far end said a
 * Q.850 cause itself.
 *
 * The leg owns its session until that is released, and the RTP socket as long
 * as it has the session; the media engine keeps the socket open until no
 * stream uses it.
 */

#include "gateway/leg_sip.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/admit.h"
#include "gateway/call_private.h"
#include "gateway/debug.h"
#include "gateway/gateway.h"
#include "gateway/ladder.h"
#include "gateway/trunk.h"
#include "kernel/text.h"

/* --- told --- */

/* Who called without an offer has been told ours: nothing is agreed before he
 * answers it, in PRACK or ACK. */
static void flow_agreed(struct leg *leg, const struct flow *flow)
{
	if (flow->codec == CODEC_NONE)
		return;
	leg->sip.flow = *flow;
	leg->sip.agreed = true;
}

static void tell_ringing(struct leg *leg, const struct leg_word *word)
{
	bool first = word->sound && !leg->sip.early;
	unsigned status = word->kind == LEG_ALERTING ? 180 : 183;
	struct flow flow;

	if (word->kind == LEG_ALERTING)
		sip_session_proceed(leg->sip.session); /* it was enough */
	if (word->kind == LEG_PROGRESS && !first)
		return;
	if (first)
		status = 183;
	if (sip_session_ring(leg->sip.session, status, word->sound, &flow) < 0)
		return;
	if (word->sound) {
		leg->sip.early = true;
		flow_agreed(leg, &flow);
	}
}

static void tell_answer(struct leg *leg, const struct leg_word *word)
{
	struct flow flow;

	if (sip_session_answer(leg->sip.session, word->party, &flow) == 0)
		flow_agreed(leg, &flow);
}

/* Our own line is lost: 503, so that a proxy tries elsewhere; a destination
 * that the network says is out of order (27 too) is 502. */
static bool lost_line(const struct release *why)
{
	return why->by == RELEASE_BY_FAILURE &&
	       why->cause.value == Q850_DESTINATION_OUT_OF_ORDER;
}

static void tell_disconnect(struct leg *leg, const struct leg_word *word)
{
	unsigned status = word->release->sip_status;

	if (status < 300)
		status = lost_line(word->release)
		                 ? 503
		                 : call_status(leg, word->release->cause);
	sip_session_end(leg->sip.session, status, word->release);
}

/* How it goes where they sent our side: RFC 3515 2.4.4. */
static void tell_transfer(struct leg *leg, const struct leg_word *word)
{
	unsigned status = word->complete ? 200 : 100;

	if (word->release != NULL)
		status = word->release->sip_status >= 300
		                 ? word->release->sip_status
		                 : call_status(leg, word->release->cause);
	(void)sip_session_transferred(leg->sip.session, status);
}

static void sip_tell(struct leg *leg, const struct leg_word *word)
{
	if (word->uui != NULL)
		sip_session_uui(leg->sip.session, word->uui);
	switch (word->kind) {
	case LEG_ALERTING:
	case LEG_PROGRESS:
		tell_ringing(leg, word);
		break;
	case LEG_ANSWER:
		tell_answer(leg, word);
		break;
	case LEG_HOLD:
		(void)sip_session_offer(leg->sip.session, !word->mute, false);
		break;
	case LEG_RETRIEVE:
		(void)sip_session_offer(leg->sip.session, true, true);
		break;
	case LEG_TRANSFER:
		tell_transfer(leg, word);
		break;
	case LEG_DISCONNECT:
		tell_disconnect(leg, word);
		break;
	case LEG_INFO:
		(void)sip_session_info(leg->sip.session, word->digits);
		break;
	case LEG_CONNECTED:
		(void)sip_session_connected(leg->sip.session, word->party);
		break;
	case LEG_PROCEEDING:
		sip_session_proceed(leg->sip.session);
		break;
	case LEG_DIGITS:
		(void)sip_session_digits(leg->sip.session, word->digits,
		                         word->complete);
		break;
	case LEG_SETUP:
	case LEG_MEDIA:
	case LEG_REDIRECT:
	case LEG_RELEASED:
	case LEG_WORDS:
		break;
	}
}

/* The first way of telling digits that this peer takes. */
static enum sip_dtmf dtmf_way(const struct leg *leg)
{
	const struct sip_peer_conf *peer = sip_session_peer(leg->sip.session);

	for (size_t i = 0; peer != NULL && i < SIP_DTMF_WAYS; i++)
		if (peer->dtmf[i] == SIP_DTMF_INBAND ||
		    (peer->dtmf[i] == SIP_DTMF_RTP &&
		     leg->sip.flow.send_event != 0) ||
		    (peer->dtmf[i] == SIP_DTMF_INFO &&
		     sip_session_takes_info(leg->sip.session)))
			return peer->dtmf[i];
	return SIP_DTMF_INBAND;
}

bool leg_by_info(const struct leg *leg)
{
	return leg->open && leg->kind == PEER_VOIP && leg->sip.by_info;
}

static void sip_end(struct leg *leg, bool answered, struct media_end *end)
{
	const struct sip_peer_conf *peer;
	struct flow flow;

	if (answered && !leg->sip.agreed &&
	    sip_session_agree(leg->sip.session, &flow) == 0)
		flow_agreed(leg, &flow);
	if (!leg->sip.agreed || leg->sip.socket == NULL)
		return;
	peer = sip_session_peer(leg->sip.session);
	end->kind = END_RTP;
	end->socket = leg->sip.socket;
	end->flow = leg->sip.flow;
	leg->sip.by_info = dtmf_way(leg) == SIP_DTMF_INFO;
	end->digits = leg->sip.by_info;
	if (dtmf_way(leg) != SIP_DTMF_RTP)
		end->flow.send_event = 0;
	end->latch = peer != NULL && peer->latch;
	end->silent_after = SEC(leg->sip.gateway->sound.silent_s);
}

static void sip_name(const struct leg *leg, char *to, size_t size)
{
	(void)text_copy(to, size, leg->sip.peer);
}

static void socket_close(struct leg *leg)
{
	if (leg->sip.socket != NULL)
		media_socket_close(leg->sip.gateway->media, leg->sip.socket);
	leg->sip.socket = NULL;
}

static void sip_abandon(struct leg *leg)
{
	if (leg->sip.session != NULL)
		sip_session_own(leg->sip.session, NULL);
	leg->sip.session = NULL;
	socket_close(leg);
}

static void claim(const struct leg *leg)
{
	ladder_claim(leg->sip.gateway->ladder,
	             ladder_key_sip(sip_session_call_id(leg->sip.session)),
	             leg->call->number);
}

static void sip_moved(struct leg *leg)
{
	if (leg->sip.session == NULL)
		return;
	sip_session_own(leg->sip.session, leg);
	claim(leg);
}

static const struct leg_ops sip_ops = {
	.network = "sip",
	.tell = sip_tell,
	.end = sip_end,
	.abandon = sip_abandon,
	.moved = sip_moved,
	.name = sip_name,
};

static void leg_open(struct leg *leg, struct gateway *gateway, const char *peer)
{
	leg->ops = &sip_ops;
	leg->kind = PEER_VOIP;
	leg->sip.gateway = gateway;
	leg->open = true;
	(void)text_copy(leg->sip.peer, sizeof(leg->sip.peer), peer);
}

static void place_failed(struct leg *leg, int rc, struct cause *cause)
{
	cause->location = LOCATION_PRIVATE_LOCAL;
	if (rc == -EHOSTUNREACH)
		cause->value = Q850_NO_ROUTE_DESTINATION;
	else if (rc == -EBUSY || rc == -ENOMEM || rc == -EADDRINUSE)
		cause->value = Q850_RESOURCE_UNAVAILABLE;
	else
		cause->value = Q850_NETWORK_OUT_OF_ORDER;
	leg->open = false;
	socket_close(leg);
}

int leg_sip_place(struct leg *leg, struct gateway *gateway,
                  const struct leg_setup *setup, struct cause *cause)
{
	struct sip_setup out = {
		.calling = setup->calling,
		.called = setup->called,
		.redirection = setup->redirection,
		.uui = setup->uui,
		.has_offer = true,
		.emergency = setup->emergency,
		.incomplete = !setup->complete,
		.forwards = setup->forwards,
		.transfer = setup->transfer,
	};
	struct sip_peer_conf made;
	char name[sizeof(leg->sip.peer)] = "";
	bool is_made;
	int rc;

	rc = options_target_peer(setup->target, name, sizeof(name), &made,
	                         &is_made);
	leg_open(leg, gateway, name);
	if (rc == 0)
		rc = sip_session_place(&leg->sip.session, gateway->sip, name,
		                       &out, leg);
	if (rc < 0)
		place_failed(leg, rc, cause);
	else
		claim(leg);
	return rc;
}

/* --- reported --- */

static void came_in(struct gateway *gateway, const struct sip_event *event)
{
	struct release why = { .by = RELEASE_BY_POLICY,
		               .cause = { Q850_SWITCH_CONGESTION,
		                          LOCATION_PRIVATE_LOCAL },
		               .detail = "call limit" };
	struct call *call = call_new(gateway);
	struct leg_setup setup = {
		.calling = event->setup->calling,
		.called = event->setup->called,
		.redirection = event->setup->redirection,
		.uui = event->setup->uui,
		.bearer = BEARER_AUDIO_3K1,
		.complete = !event->setup->incomplete,
		.emergency = event->setup->emergency,
		.forwards = event->setup->forwards,
		.weighed = true, /* by on_admit() */
	};
	struct leg_word word = { .kind = LEG_SETUP, .setup = &setup };
	const char *peer = sip_session_peer(event->session)->name;
	struct leg *leg;

	if (call == NULL) {
		gateway->counts.refused_limit++;
		sip_session_own(event->session, NULL);
		sip_session_end(event->session, 503, &why);
		return;
	}
	leg = &call->leg[0];
	leg_open(leg, gateway, peer);
	leg->sip.session = event->session;
	sip_session_own(event->session, leg);
	claim(leg);
	leg_report(leg, &word);
}

/* RFC 3891: a session that takes the place of one we have. */
static void takes_place(struct gateway *gateway, const struct sip_event *event)
{
	struct release why = { .by = RELEASE_BY_POLICY,
		               .cause = { Q850_TEMPORARY_FAILURE,
		                          LOCATION_PRIVATE_LOCAL },
		               .detail = "Replaces came at a bad moment" };
	struct leg *had = sip_session_owner(event->replaces), *leg;
	struct leg_setup setup = { .calling = event->setup->calling,
		                   .called = event->setup->called };
	struct leg_word word = { .kind = LEG_SETUP, .setup = &setup };

	leg = had == NULL ? NULL : call_replacement(had);
	if (leg == NULL) {
		sip_session_own(event->session, NULL);
		sip_session_end(event->session, had == NULL ? 481 : 491, &why);
		return;
	}
	leg_open(leg, gateway, sip_session_peer(event->session)->name);
	leg->sip.session = event->session;
	sip_session_own(event->session, leg);
	claim(leg);
	leg_report(leg, &word);
}

static void released(struct leg *leg, const struct sip_event *event)
{
	struct release why = *event->release;
	struct leg_word word = { .kind = LEG_RELEASED,
		                 .release = &why,
		                 .uui = event->uui };

	if (why.cause.value == Q850_NONE && why.sip_status >= 300)
		why.cause.value =
			call_cause(leg, why.sip_status, why.sip_warning);
	else if (why.cause.value == Q850_NONE)
		why.cause.value = Q850_NORMAL_CLEARING;
	if (event->release->cause.value == Q850_NONE)
		why.cause.location = why.by == RELEASE_BY_FAR
		                             ? LOCATION_BEYOND_INTERWORKING
		                             : LOCATION_PRIVATE_LOCAL;
	leg->sip.session = NULL;
	socket_close(leg); /* the report may make the leg a new one */
	leg_report(leg, &word);
}

static void flow_changed(struct leg *leg, const struct sip_event *event)
{
	struct leg_word word = { .kind = LEG_MEDIA };
	bool held = leg->call->held[leg->which];

	if (event->held != held)
		word.kind = event->held ? LEG_HOLD : LEG_RETRIEVE;
	word.sound = event->flow != NULL && event->flow->receive;
	word.mute = event->held && !word.sound;
	leg_report(leg, &word);
}

static void heard(struct leg *leg, const struct sip_event *event,
                  enum leg_word_kind kind)
{
	struct leg_word word = { .kind = kind,
		                 .sound = event->flow != NULL &&
		                          event->flow->receive,
		                 .party = event->connected,
		                 .uui = event->uui,
		                 .digits = event->digits };

	leg_report(leg, &word);
}

/* They send our side elsewhere, perhaps to who is at another leg of ours. */
static void transferred(struct leg *leg, const struct sip_event *event)
{
	struct transfer asked = { 0 };
	struct leg_word word = { .kind = LEG_TRANSFER };

	if (event->transfer != NULL) {
		asked = *event->transfer;
		word.transfer = &asked;
	}
	if (event->replaces != NULL) {
		word.beside = sip_session_owner(event->replaces);
		asked.refused = word.beside == NULL ? 481 : 0;
	}
	leg_report(leg, &word);
}

/* The number has grown, by an INVITE that is the call from now on, or it is
 * all there is. Who has heard sound in the old one hears it in the new one. */
static void dialled(struct leg *leg, const struct sip_event *event)
{
	struct leg_word word = { .kind = LEG_DIGITS,
		                 .digits = event->digits,
		                 .complete = event->complete };
	struct flow flow;

	leg->sip.session = event->session;
	if (!event->complete && leg->sip.early &&
	    sip_session_ring(event->session, 183, true, &flow) == 0) {
		flow_agreed(leg, &flow);
		heard(leg, event, LEG_MEDIA);
	}
	leg_report(leg, &word);
}

/* The session goes there by itself. */
static void redirected(struct leg *leg, const struct sip_event *event)
{
	ladder_decide(leg->sip.gateway->ladder, leg->call->number,
	              "%u from %s names %.*s", event->status, leg->sip.peer,
	              (int)strcspn(event->contact, "\n"),
	              event->contact[0] != '\0' ? event->contact : "nobody");
}

static void on_event(void *self, const struct sip_event *event)
{
	struct leg *leg = event->owner;

	if (event->kind == SIP_SETUP && event->replaces != NULL) {
		takes_place(self, event);
		return;
	}
	if (event->kind == SIP_SETUP) {
		came_in(self, event);
		return;
	}
	if (leg == NULL)
		return;
	if (event->flow != NULL)
		flow_agreed(leg, event->flow);
	switch (event->kind) {
	case SIP_PROCEEDING:
		heard(leg, event, LEG_PROCEEDING);
		break;
	case SIP_ALERTING:
		heard(leg, event, LEG_ALERTING);
		break;
	case SIP_PROGRESS:
		heard(leg, event, LEG_PROGRESS);
		break;
	case SIP_ANSWER:
		heard(leg, event, LEG_ANSWER);
		break;
	case SIP_CONFIRMED:
		if (event->flow != NULL)
			heard(leg, event, LEG_MEDIA);
		break;
	case SIP_FLOW:
		flow_changed(leg, event);
		break;
	case SIP_INFO:
		heard(leg, event, LEG_INFO);
		break;
	case SIP_CONNECTED:
		heard(leg, event, LEG_CONNECTED);
		break;
	case SIP_DIGITS:
		dialled(leg, event);
		break;
	case SIP_RELEASED:
		released(leg, event);
		break;
	case SIP_REDIRECT:
		redirected(leg, event);
		break;
	case SIP_TRANSFER:
		transferred(leg, event);
		break;
	case SIP_SETUP:
		break;
	}
}

/* Digits of an INVITE come all at once. */
static bool on_admit(void *self, const struct sip_wish *wish)
{
	struct admit_wish asked = {
		.called = &wish->called,
		.complete = true,
		.waited = wish->waited,
		.crowded = wish->crowded,
	};

	return admit_first(self, &asked) != ADMIT_NOT;
}

static unsigned on_available(void *self)
{
	return admit_is_open(self) && trunks_any_up(self) ? 0 : 503;
}

static int on_open_media(void *self, struct sip_session *session,
                         const struct addr *address, struct addr *local)
{
	struct gateway *gateway = self;
	struct leg *leg = sip_session_owner(session);

	if (leg == NULL)
		return -ENOENT;
	return media_socket_open(gateway->media, address, &leg->sip.socket,
	                         local);
}

static void on_trace(void *self, bool sent, enum sip_transport transport,
                     const struct addr *local, const struct addr *remote,
                     struct bytes message)
{
	struct gateway *gateway = self;
	struct debug_sip seen = { sent, transport, local, remote, message };

	debug_sip_message(gateway->debug, &seen);
}

static void on_health(void *self, const char *peer, enum sip_health health,
                      const char *why)
{
	log_notice(&area_sip, peer, "peer is %s: %s", sip_health_name(health),
	           why);
	busyout_review(self);
}

static void on_note(void *self ATTR_UNUSED, const char *sentence)
{
	log_warn(&area_sip, "sip", "%s", sentence);
}

const struct sip_handler leg_sip_handler = {
	.event = on_event,
	.admit = on_admit,
	.available = on_available,
	.open_media = on_open_media,
	.trace = on_trace,
	.peer_health = on_health,
	.note = on_note,
};
