/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * A call's end, told once: a log line for tonight and an entry of a ring for
 * tomorrow. Console, log and Reason header say the same sentence, which is
 * made here from struct release and nothing else.
 */

#include "gateway/record.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/call.h"
#include "gateway/debug.h"
#include "gateway/gateway.h"
#include "gateway/ladder.h"
#include "kernel/mem.h"
#include "kernel/text.h"

struct history {
	unsigned most, used, next;
	struct record *records;
};

int history_new(struct history **out, unsigned most)
{
	struct history *h = mem_new(struct history);

	if (h == NULL)
		return -ENOMEM;
	h->most = most;
	h->records = mem_new_array(struct record, most);
	if (h->records == NULL) {
		(void)history_free(h);
		return -ENOMEM;
	}
	mem_touch(h->records, most * sizeof(struct record));
	*out = h;
	return 0;
}

struct history *history_free(struct history *h)
{
	if (h != NULL)
		(void)mem_free(h->records);
	return mem_free(h);
}

void history_each(const struct history *h,
                  bool (*tell)(void *self, const struct record *record),
                  void *self)
{
	for (unsigned i = 1; i <= h->used; i++)
		if (!tell(self, &h->records[(h->next + h->most - i) % h->most]))
			return;
}

const struct record *history_find(const struct history *h, uint32_t call)
{
	for (unsigned i = 0; i < h->used; i++)
		if (h->records[i].call == call)
			return &h->records[i];
	return NULL;
}

static const char *const by_names[] = {
	[RELEASE_BY_NOBODY] = "not ended",
	[RELEASE_BY_NEAR] = "ended by the caller",
	[RELEASE_BY_FAR] = "ended by the called side",
	[RELEASE_BY_TIMER] = "ended by timer",
	[RELEASE_BY_OPERATOR] = "ended by the operator",
	[RELEASE_BY_POLICY] = "refused by rule",
	[RELEASE_BY_FAILURE] = "failed",
	[RELEASE_BY_TRANSFER] = "transferred",
};

/* A cause no network said: nobody else is to be blamed for it. */
static bool is_ours(const struct release *r)
{
	return r->by != RELEASE_BY_NEAR && r->by != RELEASE_BY_FAR &&
	       r->cause.location == LOCATION_PRIVATE_LOCAL;
}

void record_sentence(const struct release *r, char *to, size_t size)
{
	struct text t = { .at = to, .size = size };
	/* "timer ring" is its whole name, "T310" is not. */
	bool named =
		r->by == RELEASE_BY_TIMER && text_starts(r->detail, "timer ");

	if (named)
		text_add(&t, "ended by %s", r->detail);
	else
		text_add(&t, "%s", by_names[r->by]);
	if (r->detail[0] != '\0' && !named)
		text_add(&t, " (%s)", r->detail);
	if (r->cause.value != Q850_NONE)
		text_add(&t, ": cause %u, %s%s%s", r->cause.value,
		         q850_cause_name(r->cause.value),
		         is_ours(r) ? ", said by this gateway" : ", from ",
		         is_ours(r) ? ""
		                    : q850_location_name(r->cause.location));
	if (r->sip_status != 0)
		text_add(&t, ", SIP %u", r->sip_status);
	if (r->sip_warning != 0)
		text_add(&t, ", Warning %u", r->sip_warning);
}

static void fill(struct record *r, const struct call *call)
{
	memset(r, 0, sizeof(*r));
	r->call = call->number;
	(void)text_copy(r->calling, sizeof(r->calling),
	                call->setup.calling.number.digits);
	(void)text_copy(r->called, sizeof(r->called),
	                call->setup.called.number.digits);
	for (unsigned i = 0; i < 2; i++)
		leg_name(&call->leg[i], i ? r->far : r->near, sizeof(r->near));
	r->peer_in = call->leg[0].peer_tag;
	r->peer_out = call->leg[1].peer_tag;
	r->setup_wall = call->setup_wall;
	r->connect_wall = call->connect_wall;
	r->end_wall = call->end_wall ? call->end_wall : wall_now();
	if (call->alert_at.us != 0)
		r->ring_us = instant_since(call->alert_at, call->setup_at);
	r->release = call->release;
}

void record_call(struct gateway *gateway, const struct call *call)
{
	struct history *h = gateway->history;
	struct record *r = &h->records[h->next];
	char name[16], sentence[200], calling[40], called[40], line[400];

	h->next = (h->next + 1) % h->most;
	if (h->used < h->most)
		h->used++;
	fill(r, call);
	record_sentence(&r->release, sentence, sizeof(sentence));
	(void)snprintf(name, sizeof(name), "call %u", r->call);
	(void)snprintf(
		line, sizeof(line), "%s from %s to %s at %s, %s%.1f s",
		log_digits(calling, sizeof(calling), r->calling),
		r->near[0] ? r->near : "nowhere",
		log_digits(called, sizeof(called), r->called),
		r->far[0] ? r->far : "nowhere",
		r->connect_wall ? "talked " : "not answered in ",
		(double)(r->end_wall -
	                 (r->connect_wall ? r->connect_wall : r->setup_wall)) /
			1e6);
	log_info(&area_call, name, "%s, %s", line, sentence);
	ladder_decide(gateway->ladder, call->number, "%s", sentence);
	ladder_disown(gateway->ladder, call->number);
	debug_call(gateway->debug, call->number, line);
}
