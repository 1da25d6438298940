/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * See exchange.h. A link answers every SETUP by itself; an exchange that is to
 * be silent therefore gets it with a protocol discriminator nobody knows, so
 * that layer 2 goes on and layer 3 has heard nothing.
 */
#include "tests/gateway/exchange.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernel/text.h"
#include "pri/q931.h"
#include "tests/test.h"

enum { DISCRIMINATOR = 4, UNKNOWN_PROTOCOL = 0x5a };

static const uint8_t loud_alaw[8] = { 0x34, 0x21, 0x21, 0x34,
	                              0xb4, 0xa1, 0xa1, 0xb4 };
static const uint8_t loud_ulaw[8] = { 0x1e, 0x0b, 0x0b, 0x1e,
	                              0x9e, 0x8b, 0x8b, 0x9e };

/* --- the D channel --- */

static bool is_of_a_call(const char *name)
{
	return strncmp(name, "RESTART", 7) != 0 &&
	       strcmp(name, "FACILITY") != 0 &&
	       strncmp(name, "STATUS", 6) != 0 &&
	       strncmp(name, "SERVICE", 7) != 0;
}

static void take_frame(struct exchange *x, struct bytes frame)
{
	uint8_t octets[512];
	struct bytes got = { octets, frame.len };
	int callref;
	const char *name = isdn_decode_name(frame, &callref);

	memcpy(octets, frame.at, frame.len);
	if (callref >= 0 && is_of_a_call(name) &&
	    x->nmessages < EXCHANGE_MESSAGES)
		(void)snprintf(x->messages[x->nmessages++],
		               sizeof(x->messages[0]), "%s", name);
	if (x->manner == EXCHANGE_SILENT && strcmp(name, "SETUP") == 0)
		octets[DISCRIMINATOR] = UNKNOWN_PROTOCOL;
	isdn_link_receive(x->link, got);
}

void exchange_pass(struct exchange *x, bool sent, struct bytes frame)
{
	if (sent)
		(void)board_span_send(x->span, frame);
	else
		take_frame(x, frame);
}

static void on_frame(void *self, struct bytes frame)
{
	struct exchange *x = self;

	if (x->harm == NULL || !x->harm(x->harm_self, false, frame))
		take_frame(x, frame);
}

static void on_alarm(void *self, unsigned alarms)
{
	struct exchange *x = self;

	if (x->link != NULL)
		isdn_link_layer1(x->link, !(alarms & ALARM_RED_OR_BLUE));
}

static const struct board_handler board_handler = { .frame = on_frame,
	                                            .alarm = on_alarm };

static int on_send(void *self, struct bytes frame)
{
	struct exchange *x = self;

	if (x->harm != NULL && x->harm(x->harm_self, true, frame))
		return 0;
	return board_span_send(x->span, frame);
}

static void keep(struct exchange *x, const struct isdn_event *event)
{
	struct exchange_heard *h = &x->heard[x->nheard++ % EXCHANGE_HEARD];

	memset(h, 0, sizeof(*h));
	h->event = *event;
	if (event->setup != NULL)
		h->setup = *event->setup;
	if (event->connected != NULL)
		h->connected = *event->connected;
	if (event->uui != NULL)
		h->uui = *event->uui;
	if (event->release != NULL)
		h->release = *event->release;
	if (event->digits != NULL)
		(void)text_copy(h->digits, sizeof(h->digits), event->digits);
}

static void answer_late(struct exchange *x)
{
	x->late = x->call;
	timer_start(&x->answer, SEC(2));
}

static void treat(struct exchange *x, struct isdn_call *call)
{
	struct release why = { .by = RELEASE_BY_FAR, .cause = x->cause };

	switch (x->manner) {
	case EXCHANGE_WAITS:
	case EXCHANGE_SILENT:
	case EXCHANGE_STUCK:
		break;
	case EXCHANGE_ANSWERS:
		(void)isdn_call_answer(call, NULL, 0);
		break;
	case EXCHANGE_RINGS_ANSWERS:
		answer_late(x);
		(void)isdn_call_alerting(call, 0);
		break;
	case EXCHANGE_RINGS:
		(void)isdn_call_alerting(call, 0);
		break;
	case EXCHANGE_BUSY:
		why.cause.value = Q850_USER_BUSY;
		isdn_call_clear(call, &why);
		break;
	case EXCHANGE_RINGS_REJECTS:
		(void)isdn_call_alerting(call, 0);
		isdn_call_clear(call, &why);
		break;
	case EXCHANGE_REJECTS:
		isdn_call_clear(call, &why);
		break;
	case EXCHANGE_PLAYS_ANSWERS:
		answer_late(x);
		(void)isdn_call_progress(call, PROGRESS_IN_BAND,
		                         (struct cause){ 0 });
		break;
	case EXCHANGE_ANNOUNCES:
		(void)isdn_call_disconnect_in_band(call, x->cause);
		break;
	}
}

static void on_event(void *self, const struct isdn_event *event)
{
	struct exchange *x = self;

	keep(x, event);
	if (event->call != NULL)
		x->call = event->call;
	if (event->kind == ISDN_SETUP && event->setup->complete)
		treat(x, event->call);
	if (event->kind == ISDN_HELD && !x->keep_channels)
		isdn_channel_stopped(x->link, event->channel);
	if (event->kind == ISDN_RELEASED) {
		if (!x->keep_channels)
			isdn_channel_stopped(x->link, event->channel);
		if (x->late == event->call)
			timer_stop(&x->answer);
		x->call = NULL;
	}
}

static const struct isdn_handler isdn_handler = { .send = on_send,
	                                          .event = on_event };

const struct isdn_handler *exchange_handler(void)
{
	return &isdn_handler;
}

static void answer_now(void *self)
{
	struct exchange *x = self;

	(void)isdn_call_answer(x->late, NULL, 0);
}

/* --- the B channels --- */

/* A-law as G.711 defines it: sign, segment, step; even bits turned. */
static uint8_t to_alaw(int sample)
{
	unsigned sign = sample >= 0 ? 0x80 : 0, segment = 0;
	unsigned size = (unsigned)(sample >= 0 ? sample : -sample) >> 4;

	while (segment < 7 && size >= 32u << segment)
		segment++;
	if (size >= 16)
		segment++;
	size = segment > 0 ? size >> (segment - 1) & 15 : size;
	return (uint8_t)((sign | segment << 4 | size) ^ 0x55);
}

static void dial(struct exchange *x, uint8_t *octets, unsigned count)
{
	const double turn = 2 * 3.14159265358979 / 8000;

	for (unsigned i = 0; i < count; i++, x->dialled++)
		octets[i] =
			to_alaw((int)(5000 * sin(turn * 770 * x->dialled) +
		                      5000 * sin(turn * 1336 * x->dialled)));
}

static void hum(struct exchange *x, unsigned hz, uint8_t *octets,
                unsigned count)
{
	const double turn = 2 * 3.14159265358979 / 8000;

	for (unsigned i = 0; i < count; i++, x->dialled++)
		octets[i] = to_alaw((int)(5000 * sin(turn * hz * x->dialled)));
}

static void transmit(void *self, struct tick *tick)
{
	struct exchange *x = self;
	const uint8_t *wave = x->conf.law == LAW_ALAW ? loud_alaw : loud_ulaw;

	for (unsigned slot = 0; slot < TICK_SLOTS; slot++) {
		if (x->dials[slot]) {
			dial(x, tick->octets[slot], tick->count);
			continue;
		}
		if (x->hums[slot] > 0) {
			hum(x, x->hums[slot], tick->octets[slot], tick->count);
			continue;
		}
		if (!x->talks[slot])
			tick->mask &= ~(1u << slot);
		for (unsigned i = 0; x->talks[slot] && i < tick->count; i++)
			tick->octets[slot][i] = wave[i % 8];
		x->said[slot] += x->talks[slot] ? tick->count : 0;
	}
}

static void receive(void *self, const struct tick *tick)
{
	struct exchange *x = self;
	bool ulaw = x->conf.law == LAW_ULAW;

	x->ticks++;
	for (unsigned slot = 0; slot < TICK_SLOTS; slot++) {
		unsigned sum = 0, sounding = 0;

		for (unsigned i = 0; tick->mask >> slot & 1 && i < tick->count;
		     i++) {
			unsigned o = tick->octets[slot][i];

			sounding += o != (ulaw ? ULAW_IDLE : ALAW_IDLE);
			o = ulaw ? ~o & 0xff : o ^ 0x55;
			sum += o >> 4 & 7;
		}
		if (sounding > 0 && x->octets[slot] == 0)
			x->first[slot] = x->ticks;
		x->octets[slot] += sounding;
		x->level[slot] = tick->count ? sum / tick->count : 0;
	}
}

static const struct board_media board_media = { .receive = receive,
	                                        .transmit = transmit };

/* --- its life --- */

int exchange_open(struct exchange *x, struct loop *loop,
                  const struct board_conf *board,
                  const struct isdn_conf *gateway)
{
	struct board_conf mine = *board;
	int rc;

	memset(x, 0, sizeof(*x));
	x->loop = loop;
	timer_init(&x->answer, loop, "exchange answers", answer_now, x);
	(void)text_copy(mine.name, sizeof(mine.name), board->peer);
	(void)text_copy(mine.peer, sizeof(mine.peer), board->name);
	isdn_conf_preset(&x->conf, gateway->span);
	x->conf.uui_most = UUI_OCTETS;
	x->conf.switch_type = gateway->switch_type;
	x->conf.side = gateway->side == ISDN_USER ? ISDN_NETWORK : ISDN_USER;
	x->conf.law = gateway->law;
	x->conf.dslot = gateway->dslot;
	x->conf.bearers = gateway->bearers;
	x->conf.order = ORDER_ASCENDING;
	x->conf.overlap_receive = gateway->overlap_send;
	x->conf.overlap_send = gateway->overlap_receive;
	x->conf.facility = gateway->facility;
	x->conf.restart_on_up = false;
	x->conf.setups_per_second = 0;
	x->conf.timers[ISDN_T310] = SEC(120); /* ours shall be first */
	(void)text_copy(x->conf.name, sizeof(x->conf.name), mine.name);
	rc = board_span_open(&x->span, loop, &mine, &board_handler, x);
	if (rc == 0)
		rc = isdn_link_open(&x->link, loop, &x->conf, &isdn_handler, x);
	if (rc < 0) {
		exchange_close(x);
		return rc;
	}
	board_sim_media(x->span, &board_media, x);
	isdn_link_layer1(x->link,
	                 !(board_span_alarms(x->span) & ALARM_RED_OR_BLUE));
	return 0;
}

void exchange_close(struct exchange *x)
{
	timer_stop(&x->answer);
	x->link = isdn_link_close(x->link);
	x->span = board_span_close(x->span);
}

void exchange_setup(struct isdn_setup *setup, const char *called)
{
	memset(setup, 0, sizeof(*setup));
	setup->called.number.present = true;
	setup->called.number.plan = PLAN_ISDN;
	(void)text_copy(setup->called.number.digits,
	                sizeof(setup->called.number.digits), called);
	setup->calling.number.present = true;
	setup->calling.number.plan = PLAN_ISDN;
	(void)text_copy(setup->calling.number.digits,
	                sizeof(setup->calling.number.digits), "3035550111");
	setup->bearer = BEARER_SPEECH;
	setup->complete = true;
}

struct isdn_call *exchange_place_as(struct exchange *x,
                                    const struct isdn_setup *setup)
{
	struct isdn_setup out = *setup;
	struct isdn_call *call;

	out.law = x->conf.law;
	out.law_known = true;
	if (isdn_call_place(&call, x->link, &out, x) < 0)
		return NULL;
	x->call = call;
	return call;
}

struct isdn_call *exchange_lift(struct exchange *x, const char *digits)
{
	struct isdn_setup setup;

	exchange_setup(&setup, digits);
	setup.complete = false;
	return exchange_place_as(x, &setup);
}

struct isdn_call *exchange_place(struct exchange *x, const char *called)
{
	struct isdn_setup setup;

	exchange_setup(&setup, called);
	return exchange_place_as(x, &setup);
}

void exchange_clear(struct isdn_call *call, unsigned cause)
{
	struct release why = { .by = RELEASE_BY_FAR,
		               .cause = { (enum q850_cause)cause,
		                          LOCATION_USER } };

	isdn_call_clear(call, &why);
}

/* --- judging --- */

static const char *const kinds[] = {
	"LINK_UP",      "LINK_DOWN", "SETUP",          "DIGITS",   "SETUP_ACK",
	"PROCEEDING",   "PROGRESS",  "ALERTING",       "ANSWER",   "CONNECTED",
	"DISCONNECT",   "NOTIFY",    "HOLD",           "RETRIEVE", "HELD",
	"RETRIEVED",    "KEYPAD",    "CONNECTED_LINE", "RELEASED", "CHANNEL",
	"CHANNEL_LOST",
};

static bool is_of_the_link(enum isdn_event_kind kind)
{
	return kind == ISDN_LINK_UP || kind == ISDN_LINK_DOWN ||
	       kind == ISDN_CHANNEL;
}

bool exchange_told(struct exchange *x, enum isdn_event_kind kind)
{
	enum isdn_event_kind next = ISDN_CHANNEL;

	while (x->read < x->nheard &&
	       is_of_the_link(x->heard[x->read % EXCHANGE_HEARD].event.kind))
		x->read++;
	if (x->read < x->nheard)
		next = x->heard[x->read % EXCHANGE_HEARD].event.kind;
	if (x->read < x->nheard && next == kind) {
		x->read++;
		return true;
	}
	printf("exchange: expected %s, told %s\n", kinds[kind],
	       x->read < x->nheard ? kinds[next] : "nothing");
	return false;
}

const struct exchange_heard *exchange_last(const struct exchange *x,
                                           enum isdn_event_kind kind)
{
	for (unsigned i = x->nheard; i > 0; i--)
		if (x->heard[(i - 1) % EXCHANGE_HEARD].event.kind == kind)
			return &x->heard[(i - 1) % EXCHANGE_HEARD];
	return NULL;
}

unsigned exchange_cause(const struct exchange *x)
{
	const struct exchange_heard *h = exchange_last(x, ISDN_RELEASED);

	return h == NULL ? 0 : h->release.cause.value;
}

bool exchange_hears(struct exchange *x, const char *message)
{
	const char *next = x->read_messages < x->nmessages
	                           ? x->messages[x->read_messages]
	                           : "nothing";

	if (strcmp(next, message) == 0) {
		x->read_messages++;
		return true;
	}
	printf("exchange: expected %s, heard %s\n", message, next);
	return false;
}

bool exchange_quiet(const struct exchange *x)
{
	if (x->read_messages < x->nmessages)
		printf("exchange: heard %s\n", x->messages[x->read_messages]);
	return x->read_messages == x->nmessages;
}

void exchange_forget(struct exchange *x)
{
	x->read_messages = x->nmessages;
	x->read = x->nheard;
}
