/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The world of the pri tests: see pair.h.
 */
#include <stdio.h>
#include <string.h>

#include "kernel/text.h"
#include "tests/pri/pair.h"

static int on_send(void *self, struct bytes frame)
{
	struct end *end = self;
	struct pair *p = end->pair;
	unsigned at = (p->first + p->nframes) % PAIR_FRAMES;
	int callref;
	const char *name = isdn_decode_name(frame, &callref);

	if (callref >= 0 && end->nsent < PAIR_TRACE) {
		end->last_len[end->nsent] = MIN_OF(frame.len, 64);
		memcpy(end->last[end->nsent], frame.at,
		       end->last_len[end->nsent]);
		(void)snprintf(end->sent[end->nsent++], sizeof(end->sent[0]),
		               "%s", name);
	}
	if (end->send_result < 0)
		return end->send_result;
	ck_assert(p->nframes < PAIR_FRAMES);
	ck_assert(frame.len <= sizeof(p->frames[0].octets));
	p->frames[at].to = end->other;
	p->frames[at].len = frame.len;
	memcpy(p->frames[at].octets, frame.at, frame.len);
	p->nframes++;
	return 0;
}

static void on_event(void *self, const struct isdn_event *event)
{
	struct end *end = self;
	struct heard *h = &end->heard[end->nheard++ % PAIR_HEARD];

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
	if (event->call != NULL)
		end->call = event->call;
	if (end->act != NULL)
		end->act(end, event);
	if (event->kind == ISDN_HELD && !end->keep_channels)
		isdn_channel_stopped(end->link, event->channel);
	if (event->kind == ISDN_RELEASED) {
		if (!end->keep_channels)
			isdn_channel_stopped(end->link, event->channel);
		end->call = NULL;
	}
}

static void on_note(void *self, const char *sentence)
{
	struct end *end = self;

	end->notes++;
	(void)text_copy(end->note, sizeof(end->note), sentence);
}

static const struct isdn_handler handler = {
	.send = on_send,
	.event = on_event,
	.note = on_note,
};

void pair_conf(struct isdn_conf *user, struct isdn_conf *network,
               enum isdn_switch type)
{
	bool e1 = type == SWITCH_NET5 || type == SWITCH_QSIG;

	isdn_conf_preset(user, e1 ? SPAN_E1 : SPAN_T1);
	user->switch_type = type;
	user->restart_on_up = false;
	(void)text_copy(user->name, sizeof(user->name), "span 0");
	*network = *user;
	network->side = ISDN_NETWORK;
	network->order = ORDER_ASCENDING;
}

int pair_open(struct pair *p, const struct isdn_conf *user,
              const struct isdn_conf *network)
{
	int rc;

	memset(p, 0, sizeof(*p));
	p->user.pair = p->network.pair = p;
	p->user.other = &p->network;
	p->network.other = &p->user;
	instant_hold();
	rc = loop_new(&p->loop);
	if (rc == 0)
		rc = isdn_link_open(&p->user.link, p->loop, user, &handler,
		                    &p->user);
	if (rc == 0)
		rc = isdn_link_open(&p->network.link, p->loop, network,
		                    &handler, &p->network);
	if (rc == 0)
		pair_settle(p);
	if (rc == 0 && !isdn_link_is_up(p->user.link))
		pair_run(p, SEC(4)); /* T200, or opened again: twice */
	return rc;
}

void pair_open_plain(struct pair *p, enum isdn_switch type)
{
	struct isdn_conf user, network;

	pair_conf(&user, &network, type);
	CHECK_EQ(pair_open(p, &user, &network), 0);
	CHECK(isdn_link_is_up(p->user.link));
	CHECK(isdn_link_is_up(p->network.link));
}

static bool carry(struct pair *p)
{
	struct bytes frame;
	uint8_t octets[320];
	struct end *to;

	if (p->nframes == 0)
		return false;
	to = p->frames[p->first].to;
	frame = (struct bytes){ octets, p->frames[p->first].len };
	memcpy(octets, p->frames[p->first].octets, frame.len);
	p->first = (p->first + 1) % PAIR_FRAMES;
	p->nframes--;
	if (to->cut || (p->pass != NULL && !p->pass(to, octets, &frame.len)))
		return true;
	isdn_link_receive(to->link, frame);
	return true;
}

void pair_settle(struct pair *p)
{
	for (unsigned i = 0; i < 100000; i++)
		if (!carry(p) && !loop_turn(p->loop))
			return;
	ck_abort_msg("the pair does not settle");
}

void pair_run(struct pair *p, usec time)
{
	struct instant end = instant_add(instant_now(), time), due;

	pair_settle(p);
	while (loop_next(p->loop, &due) && instant_since(end, due) >= 0) {
		instant_turn(MAX_OF(instant_since(due, instant_now()), 0));
		pair_settle(p);
	}
	instant_turn(instant_since(end, instant_now()));
	pair_settle(p);
}

void pair_drop(struct pair *p)
{
	p->user.link = isdn_link_close(p->user.link);
	p->network.link = isdn_link_close(p->network.link);
	p->loop = loop_free(p->loop);
	instant_release();
}

void pair_close(struct pair *p)
{
	struct isdn_status user, network;

	pair_settle(p);
	isdn_link_status(p->user.link, &user);
	isdn_link_status(p->network.link, &network);
	CHECK_EQ(user.libpri_calls, 0);
	CHECK_EQ(network.libpri_calls, 0);
	CHECK_EQ(user.calls, 0);
	CHECK_EQ(network.calls, 0);
	CHECK_EQ(user.busy, 0);
	CHECK_EQ(network.busy, 0);
	pair_drop(p);
}

void pair_setup(struct isdn_setup *setup, const char *called)
{
	memset(setup, 0, sizeof(*setup));
	setup->called.number.present = true;
	setup->called.number.type = NUMBER_NATIONAL;
	setup->called.number.plan = PLAN_ISDN;
	(void)text_copy(setup->called.number.digits,
	                sizeof(setup->called.number.digits), called);
	setup->complete = true;
}

struct isdn_call *pair_place(struct end *end, const char *called)
{
	struct isdn_setup setup;
	struct isdn_call *call = NULL;

	pair_setup(&setup, called);
	CHECK_EQ(isdn_call_place(&call, end->link, &setup, end), 0);
	pair_settle(end->pair);
	return call;
}

struct isdn_call *pair_ring(struct end *end)
{
	struct isdn_call *call = pair_place(end, "5550100");

	CHECK(end->other->call != NULL);
	CHECK_EQ(isdn_call_alerting(end->other->call, 0), 0);
	pair_settle(end->pair);
	return call;
}

struct isdn_call *pair_talk(struct end *end)
{
	struct isdn_call *call = pair_ring(end);

	CHECK_EQ(isdn_call_answer(end->other->call, NULL, 0), 0);
	pair_settle(end->pair);
	return call;
}

void pair_clear(struct isdn_call *call, unsigned cause)
{
	struct release why = { .by = RELEASE_BY_OPERATOR,
		               .cause.value = (enum q850_cause)cause };

	isdn_call_clear(call, &why);
}

const struct heard *heard_last(const struct end *end, enum isdn_event_kind kind)
{
	for (unsigned i = MIN_OF(end->nheard, PAIR_HEARD); i > 0; i--) {
		unsigned at = (end->nheard - 1 -
		               (MIN_OF(end->nheard, PAIR_HEARD) - i)) %
		              PAIR_HEARD;

		if (end->heard[at].event.kind == kind)
			return &end->heard[at];
	}
	ck_abort_msg("no event %d was heard", (int)kind);
	return NULL;
}

unsigned heard_count(const struct end *end, enum isdn_event_kind kind)
{
	unsigned n = 0;

	for (unsigned i = 0; i < MIN_OF(end->nheard, PAIR_HEARD); i++)
		n += end->heard[i].event.kind == kind;
	return n;
}

const uint8_t *sent_find(const struct end *end, const char *name, size_t *len)
{
	for (unsigned i = end->nsent; i > 0; i--) {
		if (strcmp(end->sent[i - 1], name) != 0)
			continue;
		*len = end->last_len[i - 1];
		return end->last[i - 1];
	}
	return NULL;
}

unsigned sent_count(const struct end *end, const char *name)
{
	unsigned n = 0;

	for (unsigned i = 0; i < end->nsent; i++)
		n += strcmp(end->sent[i], name) == 0;
	return n;
}

const uint8_t *element_find(const uint8_t *frame, size_t len, uint8_t id)
{
	size_t i = 4 + 5;

	if (frame == NULL)
		return NULL;
	while (i < len) {
		if (frame[i] == id)
			return frame + i + (id & 0x80 ? 0 : 2);
		i += frame[i] & 0x80 || i + 1 >= len ? 1u : 2u + frame[i + 1];
	}
	return NULL;
}

unsigned pair_channels(struct end *end, enum isdn_channel_state state)
{
	unsigned n = 0;

	for (unsigned i = 0; i < 32; i++)
		n += isdn_channel_state(end->link, i) == state;
	return n;
}
