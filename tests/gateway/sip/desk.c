/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * See desk.h. A datagram sent over loopback is in the other socket's queue when
 * sendto() returns, so nothing here waits: the loop is turned until nothing
 * happens, then the clock to the next timer.
 */
#include "tests/gateway/sip/desk.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kernel/mem.h"
#include "kernel/text.h"
#include "tests/test.h"

static void hear_event(void *self, const struct sip_event *event)
{
	struct desk *d = self;

	if (event->kind != SIP_RELEASED)
		d->session = event->session;
	if (d->nevents < DESK_EVENTS)
		d->events[d->nevents++] = event->kind;
	d->last = *event;
	d->has_flow = event->flow != NULL;
	if (event->flow != NULL)
		d->flow = *event->flow;
	if (event->setup != NULL)
		d->setup = *event->setup;
	if (event->release != NULL)
		d->release = *event->release;
	if (event->connected != NULL)
		d->connected = *event->connected;
	d->uui = (struct uui){ .len = 0 };
	if (event->uui != NULL)
		d->uui = *event->uui;
	if (event->digits != NULL)
		(void)text_copy(d->digits, sizeof(d->digits), event->digits);
	if (event->contact != NULL)
		(void)text_copy(d->contact, sizeof(d->contact), event->contact);
	if (event->transfer != NULL)
		d->transfer = *event->transfer;
	if (event->transfer != NULL && d->transferred != 0)
		(void)sip_session_transferred(event->session, d->transferred);
	if (event->kind == SIP_RELEASED && d->session == event->session)
		d->session = NULL;
}

static unsigned available(void *self)
{
	return ((struct desk *)self)->refuse_with;
}

static int open_media(void *self, struct sip_session *session,
                      const struct addr *address, struct addr *local)
{
	struct desk *d = self;

	(void)session;
	d->media_asked++;
	*local = *address;
	addr_set_port(local, 30000);
	return d->media_error;
}

static void trace(void *self, bool sent, enum sip_transport transport,
                  const struct addr *local, const struct addr *remote,
                  struct bytes message)
{
	(void)sent;
	(void)transport;
	(void)local;
	(void)remote;
	(void)message;
	((struct desk *)self)->traced++;
}

static void note(void *self, const char *sentence)
{
	struct desk *d = self;

	d->notes++;
	(void)text_copy(d->note, sizeof(d->note), sentence);
}

static void peer_health(void *self, const char *peer, enum sip_health health,
                        const char *why)
{
	struct desk *d = self;

	(void)peer;
	(void)why;
	d->health = health;
	d->health_told++;
}

static bool admit(void *self, const struct sip_wish *wish)
{
	struct desk *d = self;

	d->wish = *wish;
	if (d->emergency != NULL &&
	    strcmp(wish->called.digits, d->emergency) == 0)
		return true;
	return !d->admit_none && !wish->crowded;
}

static const struct sip_handler handler = {
	.event = hear_event,
	.admit = admit,
	.peer_health = peer_health,
	.available = available,
	.open_media = open_media,
	.trace = trace,
	.note = note,
};

/* A port of loopback that is free now. */
static uint16_t free_port(bool six)
{
	struct far f;

	far_open(&f, 1, six);
	far_close(&f);
	return f.port;
}

/* The free port may be taken by somebody else before we are there. */
static int open_stack(struct desk *d, bool six)
{
	int rc = -EADDRINUSE;

	for (int i = 0; i < 20 && rc == -EADDRINUSE; i++) {
		d->port = free_port(six);
		(void)addr_parse(&d->conf.bind[0].addr,
		                 six ? "::1" : "127.0.0.1", d->port);
		d->conf.bind[1] =
			(struct sip_bind){ SIP_TCP, d->conf.bind[0].addr };
		rc = sip_stack_open(&d->stack, d->loop, &d->conf, &handler, d);
	}
	return rc;
}

int desk_stack(struct desk *d)
{
	return open_stack(d, false);
}

static void open_on(struct desk *d, bool six)
{
	memset(d, 0, sizeof(*d));
	instant_hold();
	sip_conf_preset(&d->conf);
	d->conf.nbinds = 2;
	far_open(&d->far, 1, six);
	if (loop_new(&d->loop) < 0 || open_stack(d, six) < 0) {
		d->stack = NULL;
		return;
	}
	d->far.to = d->port;
	sip_peer_preset(&d->peer);
	(void)text_copy(d->peer.name, sizeof(d->peer.name), "far");
	(void)text_copy(d->peer.host, sizeof(d->peer.host),
	                six ? "::1" : "127.0.0.1");
	d->peer.port = d->far.port;
	(void)sip_peer_set(d->stack, &d->peer);
}

void desk_open(struct desk *d)
{
	open_on(d, false);
}

void desk_open_six(struct desk *d)
{
	open_on(d, true);
}

void desk_open_overlap(struct desk *d)
{
	desk_open(d);
	if (d->stack == NULL)
		return; /* on a ladder */
	d->peer.overlap = true;
	(void)sip_peer_set(d->stack, &d->peer);
}

void desk_turn(struct desk *d)
{
	while (loop_turn(d->loop))
		continue;
}

void desk_wait(struct desk *d, usec length)
{
	struct instant end = instant_add(instant_now(), length), due;
	usec ahead;

	desk_turn(d);
	while (loop_next(d->loop, &due) && instant_since(end, due) >= 0) {
		ahead = instant_since(due, instant_now());
		instant_turn(MAX_OF(ahead, 0));
		desk_turn(d);
	}
	instant_turn(instant_since(end, instant_now()));
	desk_turn(d);
}

static void say(const char *name)
{
	printf("timer left: %s\n", name);
}

void desk_close(struct desk *d)
{
	struct sip_counts counts = { 0 };

	if (d->stack != NULL) {
		if (d->peer.keepalive.on) {
			d->peer.keepalive.on = false;
			(void)sip_peer_set(d->stack, &d->peer);
		}
		if (d->session != NULL)
			sip_session_end(d->session, 480,
			                &(struct release){ 0 });
		desk_wait(d, SEC(200));
		sip_stack_counts(d->stack, &counts);
		if (counts.transactions > 0)
			(void)loop_live(d->loop, say);
	}
	d->stack = sip_stack_close(d->stack);
	far_close(&d->far);
	if (d->loop != NULL)
		desk_turn(d);
	d->loop = loop_free(d->loop);
	CHECK_EQ(counts.dialogs, 0);
	CHECK_EQ(counts.transactions, 0);
	instant_release();
}

static const char *const kinds[] = { "SETUP",    "PROCEEDING", "ALERTING",
	                             "PROGRESS", "ANSWER",     "CONFIRMED",
	                             "FLOW",     "CONNECTED",  "REDIRECT",
	                             "INFO",     "DIGITS",     "TRANSFER",
	                             "RELEASED" };
static_assert(ARRAY_LEN(kinds) == SIP_RELEASED + 1, "a name for each kind");

bool desk_told(struct desk *d, enum sip_event_kind kind)
{
	if (d->read < d->nevents && d->events[d->read] == kind) {
		d->read++;
		return true;
	}
	printf("expected event %s, told %s\n", kinds[kind],
	       d->read < d->nevents ? kinds[d->events[d->read]] : "nothing");
	return false;
}

bool desk_quiet(const struct desk *d)
{
	if (d->read < d->nevents)
		printf("told %s\n", kinds[d->events[d->read]]);
	return d->read == d->nevents;
}

struct sip_session *desk_place(struct desk *d)
{
	struct sip_setup setup = { .has_offer = true };
	struct sip_session *session;

	(void)text_copy(setup.calling.number.digits,
	                sizeof(setup.calling.number.digits), "3035550199");
	setup.calling.number.present = setup.called.number.present = true;
	(void)text_copy(setup.called.number.digits,
	                sizeof(setup.called.number.digits), "3035550100");
	if (sip_session_place(&session, d->stack, "far", &setup, d) < 0)
		return NULL;
	d->session = session;
	desk_turn(d);
	return session;
}

void desk_invite(struct desk *d)
{
	CHECK(desk_place(d) != NULL);
	CHECK(far_hears(&d->far, "INVITE "));
}

void desk_answered(struct desk *d)
{
	far_reply(&d->far, "200 OK", "", far_sdp);
	desk_turn(d);
	CHECK(far_hears(&d->far, "ACK "));
}

void desk_end(struct desk *d)
{
	sip_session_end(d->session, 0, &(struct release){ 0 });
	desk_turn(d);
	CHECK(far_hears(&d->far, "BYE "));
}

void desk_invited(struct desk *d, const char *number)
{
	far_invite(&d->far, number, "", far_sdp);
	desk_turn(d);
	CHECK(desk_told(d, SIP_SETUP));
}

void desk_ended(struct desk *d)
{
	far_request(&d->far, "BYE", "", NULL);
	desk_turn(d);
	CHECK(far_hears(&d->far, "SIP/2.0 200"));
}

void desk_call_out(struct desk *d)
{
	desk_invite(d);
	desk_answered(d);
	CHECK(desk_told(d, SIP_ANSWER));
}

void desk_call_in(struct desk *d)
{
	struct flow flow;

	desk_invited(d, "3035550123");
	CHECK(far_hears(&d->far, "SIP/2.0 100"));
	CHECK_EQ(sip_session_answer(d->session, NULL, &flow), 0);
	desk_turn(d);
	CHECK(far_hears(&d->far, "SIP/2.0 200"));
	far_request(&d->far, "ACK", "", NULL);
	desk_turn(d);
	CHECK(desk_told(d, SIP_CONFIRMED));
}
