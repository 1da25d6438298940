/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * See harm.h. The sockets of the world's two far ends are the two faces of the
 * relay: the gateway believes the first to be its peer and says, by its peer's
 * external address, that it is itself to be found at the second; so what is
 * sent inside the dialog passes here too. Both ends keep every rule, repeat
 * and time out as they must: what is tested is that this is enough.
 */
#include "tests/gateway/harm.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel/net.h"
#include "kernel/text.h"

enum { DISCRIMINATOR = 4, UNKNOWN_PROTOCOL = 0x5a, Q931 = 8 };

static const char usual[] =
	"controller e1 0\n isdn setup-rate 0\n!\n"
	"sip-peer carrier\n external address $FAR1\n transfer\n"
	" authentication username gw password secret\n!\n"
	"dial-peer voice 100 pots\n allow-same-kind\n!\n"
	"dial-peer voice 200 voip\n allow-same-kind\n!\n";

/* --- the phone --- */

static void answer_now(void *self)
{
	struct harm *h = self;

	if (h->session != NULL)
		(void)sip_session_answer(h->session, NULL, NULL);
}

static void refuse(struct sip_session *session, unsigned status)
{
	struct release why = { .by = RELEASE_BY_NEAR,
		               .cause = { Q850_USER_BUSY, LOCATION_USER } };

	sip_session_end(session, status, &why);
}

/* A number that is too short: true when that is all there is to say. */
static bool wants_more(struct harm *h, const struct sip_event *event)
{
	if (event->setup != NULL)
		h->dialled = strlen(event->setup->called.number.digits);
	else
		h->dialled += strlen(event->digits);
	if (h->dialled >= h->wants)
		return false;
	if (event->setup == NULL || event->setup->incomplete)
		h->session = event->session;
	else
		refuse(event->session, 484);
	return true;
}

static void take_call(struct harm *h, struct sip_session *session)
{
	struct sip_session **place = &h->session;

	if (h->session != NULL && h->two)
		place = &h->beside;
	if (*place != NULL || h->manner == HARM_REFUSES) {
		refuse(session, h->status != 0 ? h->status : 486);
		return;
	}
	*place = session;
	(void)sip_session_ring(session, 180, false, NULL);
	if (h->manner == HARM_ANSWERS)
		timer_start(&h->answer, SEC(1));
}

static void hear_event(void *self, const struct sip_event *event)
{
	struct harm *h = self;

	if (event->kind == SIP_SETUP && !wants_more(h, event))
		take_call(h, event->session);
	if (event->kind == SIP_DIGITS && !wants_more(h, event)) {
		h->session = NULL; /* it has taken over from that */
		sip_session_proceed(event->session);
		take_call(h, event->session);
	}
	h->answers += event->kind == SIP_ANSWER;
	if (event->kind == SIP_RELEASED && h->session == event->session) {
		timer_stop(&h->answer);
		h->session = NULL;
	}
	if (event->kind == SIP_RELEASED && h->beside == event->session)
		h->beside = NULL;
}

static int open_media(void *self, struct sip_session *session ATTR_UNUSED,
                      const struct addr *address, struct addr *local)
{
	struct harm *h = self;

	*local = *address;
	addr_set_port(local, h->w->phone[0].port);
	return 0;
}

static const struct sip_handler handler = { .event = hear_event,
	                                    .open_media = open_media };

static void place(struct harm *h, const char *called, bool incomplete)
{
	struct sip_setup setup = { .has_offer = h->habit != HARM_LATE_OFFER,
		                   .incomplete = incomplete };

	setup.called.number.present = true;
	(void)text_copy(setup.called.number.digits,
	                sizeof(setup.called.number.digits), called);
	if (h->session == NULL)
		CHECK_EQ(sip_session_place(&h->session, h->stack, "gateway",
		                           &setup, NULL),
		         0);
}

void harm_call(struct harm *h, const char *called)
{
	place(h, called, false);
}

void harm_dial(struct harm *h, const char *begin)
{
	place(h, begin, true);
}

void harm_hang_up(struct harm *h)
{
	struct release why = { .by = RELEASE_BY_NEAR,
		               .cause = { Q850_NORMAL_CLEARING,
		                          LOCATION_USER } };

	timer_stop(&h->answer);
	if (h->session != NULL)
		sip_session_end(h->session, 480, &why);
}

void harm_swap(struct harm *h)
{
	struct sip_session *other = h->beside;

	timer_stop(&h->answer);
	h->beside = h->session;
	h->session = other;
}

/* --- the lines --- */

static void pass(struct harm *h, enum harm_place place, unsigned to,
                 struct bytes message)
{
	if (place == HARM_DCHANNEL)
		exchange_pass(&h->w->exchange[0], to == 0, message);
	else
		(void)net_send_to(h->w->far[to].fd, message, &h->to[to]);
}

static void let_go(void *self)
{
	struct harm *h = self;
	size_t len = h->held_len;

	timer_stop(&h->late);
	h->held_len = 0;
	if (len > 0)
		pass(h, h->held_place, h->held_to,
		     (struct bytes){ h->held, len });
}

static void hold_back(struct harm *h, unsigned to, struct bytes message)
{
	memcpy(h->held, message.at, message.len);
	h->held_len = message.len;
	h->held_place = h->place;
	h->held_to = to;
	timer_start(&h->late, h->place == HARM_SIP ? MSEC(700) : MSEC(1300));
}

/* An I frame with Q.931 in it becomes one of no protocol that is known. */
static void deafen(struct harm *h, unsigned to, struct bytes message)
{
	uint8_t octets[HARM_MESSAGE];

	memcpy(octets, message.at, message.len);
	if (message.len > DISCRIMINATOR && (octets[2] & 1) == 0 &&
	    octets[DISCRIMINATOR] == Q931)
		octets[DISCRIMINATOR] = UNKNOWN_PROTOCOL;
	pass(h, h->place, to, (struct bytes){ octets, message.len });
}

static void do_harm(struct harm *h, unsigned to, struct bytes message)
{
	switch (h->kind) {
	case HARM_NONE:
		pass(h, h->place, to, message);
		break;
	case HARM_LOSS:
		break;
	case HARM_DOUBLE:
		pass(h, h->place, to, message);
		pass(h, h->place, to, message);
		break;
	case HARM_TURNED:
	case HARM_LATE:
		hold_back(h, to, message);
		break;
	case HARM_DEAF:
		deafen(h, to, message);
		break;
	}
}

static bool is_lost(struct harm *h)
{
	return h->loss_per_mille > 0 &&
	       (unsigned)rand_r(&h->seed) % 1000 < h->loss_per_mille;
}

/* To the gateway is 0, from it is 1. */
static void relay(struct harm *h, enum harm_place place, unsigned to,
                  struct bytes message)
{
	bool turned = h->kind == HARM_TURNED && h->held_len > 0;

	if (place == HARM_SIP && is_lost(h))
		return;
	if (place != h->place || h->passed++ != h->victim)
		pass(h, place, to, message);
	else
		do_harm(h, to, message);
	if (turned && place == h->place)
		let_go(h);
}

static bool on_frame(void *self, bool sent, struct bytes frame)
{
	struct harm *h = self;

	if (h->kind == HARM_NONE || h->place != HARM_DCHANNEL)
		return false;
	relay(h, HARM_DCHANNEL, sent ? 0 : 1, frame);
	return true;
}

static void read_face(struct harm *h, unsigned face)
{
	static uint8_t room[HARM_MESSAGE];
	struct addr from;
	int n;

	while ((n = net_receive_from(h->w->far[face].fd, room, sizeof(room),
	                             &from)) >= 0)
		relay(h, HARM_SIP, !face, (struct bytes){ room, (size_t)n });
}

static void from_gateway(void *self, unsigned events ATTR_UNUSED)
{
	read_face(self, 0);
}

static void from_phone(void *self, unsigned events ATTR_UNUSED)
{
	read_face(self, 1);
}

void harm_aim(struct harm *h, enum harm_place place, enum harm_kind kind,
              unsigned victim)
{
	let_go(h);
	h->place = place;
	h->kind = kind;
	h->victim = victim;
	h->passed = 0;
}

/* --- its life --- */

static void set_address(struct addr *to, uint16_t port)
{
	(void)addr_parse(to, "127.0.0.1", 0);
	addr_set_port(to, port);
}

/* The gateway, as the phone sees it. */
static int set_peer(struct harm *h)
{
	struct sip_credential known = { .user = "gw", .password = "secret" };
	struct sip_peer_conf peer;
	int rc;

	sip_peer_preset(&peer);
	(void)text_copy(peer.name, sizeof(peer.name), "gateway");
	(void)text_copy(peer.host, sizeof(peer.host), "127.0.0.1");
	peer.port = h->w->far[1].port;
	peer.overlap = h->overlap;
	set_address(&peer.external, h->w->far[0].port);
	if (h->habit == HARM_ASKS)
		(void)text_copy(peer.realm, sizeof(peer.realm), "harm");
	if (h->habit == HARM_RELIABLE)
		peer.reliable = SIP_100REL_REQUIRED;
	rc = sip_peer_set(h->stack, &peer);
	return rc < 0 ? rc
	              : sip_peer_credentials(h->stack, "gateway", &known, 1);
}

void harm_behave(struct harm *h, enum harm_manner manner, enum harm_habit habit)
{
	h->manner = manner;
	h->habit = habit;
	CHECK_EQ(set_peer(h), 0);
}

static int open_stack(struct harm *h)
{
	struct sip_conf conf;
	int rc = -EADDRINUSE;

	sip_conf_preset(&conf);
	conf.nbinds = 1;
	for (unsigned i = 0; i < 20 && rc == -EADDRINUSE; i++) {
		struct far f;

		far_open(&f, 1, false);
		far_close(&f);
		set_address(&h->to[1], f.port);
		conf.bind[0].addr = h->to[1];
		rc = sip_stack_open(&h->stack, h->w->loop, &conf, &handler, h);
	}
	return rc < 0 ? rc : set_peer(h);
}

struct harm *harm_open_with(const char *more, bool overlap)
{
	static struct harm harm;
	struct harm *h = &harm;

	memset(h, 0, sizeof(*h));
	h->w = world_open_with(world_conf, more);
	set_address(&h->to[0], h->w->port);
	timer_init(&h->answer, h->w->loop, "phone answers", answer_now, h);
	timer_init(&h->late, h->w->loop, "late message", let_go, h);
	h->overlap = overlap;
	CHECK_EQ(open_stack(h), 0);
	CHECK_EQ(watch_new(&h->watch[0], h->w->loop, h->w->far[0].fd,
	                   WATCH_READ, from_gateway, h),
	         0);
	CHECK_EQ(watch_new(&h->watch[1], h->w->loop, h->w->far[1].fd,
	                   WATCH_READ, from_phone, h),
	         0);
	h->w->exchange[0].harm = on_frame;
	h->w->exchange[0].harm_self = h;
	return h;
}

struct harm *harm_open(void)
{
	return harm_open_with(usual, false);
}

void harm_close(struct harm *h)
{
	struct world *w = h->w;

	timer_stop(&h->answer);
	timer_stop(&h->late);
	w->exchange[0].harm = NULL;
	for (unsigned i = 0; i < WORLD_FARS; i++)
		h->watch[i] = watch_free(h->watch[i]);
	h->stack = sip_stack_close(h->stack);
	world_close(w);
}

/* --- looking --- */

static bool stack_is_idle(const struct sip_stack *stack, const char *name,
                          bool tell)
{
	struct sip_counts sip;

	sip_stack_counts(stack, &sip);
	if (sip.dialogs == 0 && sip.transactions == 0)
		return true;
	if (tell)
		printf("%s: %llu dialogs, %llu transactions\n", name,
		       (unsigned long long)sip.dialogs,
		       (unsigned long long)sip.transactions);
	return false;
}

static bool link_is_idle(const struct isdn_link *link, const char *name,
                         bool tell)
{
	struct isdn_status s;

	isdn_link_status(link, &s);
	if (s.up && s.calls == 0 && s.libpri_calls == 0 && s.busy == 0 &&
	    s.ending == 0)
		return true;
	if (tell)
		printf("%s: %s, %u calls, %u in libpri, %u busy, %u ending\n",
		       name, s.up ? "up" : "down", s.calls, s.libpri_calls,
		       s.busy, s.ending);
	return false;
}

bool harm_idle(struct harm *h, bool tell)
{
	struct gateway *g = h->w->gateway;
	struct call *call = world_call(h->w);
	struct trunk *trunk = gateway_trunk(g, "e1 0");

	if (call != NULL && tell)
		printf("a call is left\n");
	return link_is_idle(trunk->link, "gateway", tell) &&
	       link_is_idle(h->w->exchange[0].link, "exchange", tell) &&
	       stack_is_idle(g->sip, "gateway", tell) &&
	       stack_is_idle(h->stack, "phone", tell) && call == NULL &&
	       trunk->calls == 0 && h->session == NULL && h->beside == NULL &&
	       h->held_len == 0;
}

void harm_judge(struct harm *h, const char *story, unsigned victim,
                uint64_t answered)
{
	struct exchange *x = &h->w->exchange[0];

	ck_assert_msg(harm_idle(h, true), "%s, %u: something is left", story,
	              victim);
	ck_assert_msg(h->w->gateway->counts.answered == answered,
	              "%s, %u: not as it should be: %s", story, victim,
	              world_sentence(h->w));
	CHECK_EQ(h->w->gateway->counts.stuck, 0);
	x->nheard = x->read = 0;
	x->nmessages = x->read_messages = 0;
}
