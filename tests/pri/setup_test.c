/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * What a SETUP and its answers carry, and when a SETUP is refused at once.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "kernel/text.h"
#include "pri/private.h"
#include "tests/pri/pair.h"

static const struct {
	enum isdn_switch type;
	bool from_network;
	enum number_type ton;
	enum number_plan npi;
	enum presentation presentation;
	enum screening screening;
} numbers[] = {
	{ SWITCH_NET5, true, NUMBER_NATIONAL, PLAN_ISDN, PRESENTATION_ALLOWED,
	  SCREENING_NETWORK },
	{ SWITCH_NET5, false, NUMBER_INTERNATIONAL, PLAN_ISDN,
	  PRESENTATION_RESTRICTED, SCREENING_USER_UNSCREENED },
	{ SWITCH_NET5, true, NUMBER_UNKNOWN, PLAN_UNKNOWN,
	  PRESENTATION_UNAVAILABLE, SCREENING_NETWORK },
	{ SWITCH_NI2, true, NUMBER_NATIONAL, PLAN_ISDN, PRESENTATION_ALLOWED,
	  SCREENING_USER_PASSED },
	{ SWITCH_5ESS, true, NUMBER_SUBSCRIBER, PLAN_PRIVATE,
	  PRESENTATION_RESTRICTED, SCREENING_USER_FAILED },
	{ SWITCH_QSIG, true, NUMBER_SUBSCRIBER, PLAN_PRIVATE,
	  PRESENTATION_ALLOWED, SCREENING_USER_PASSED },
	{ SWITCH_DMS100, false, NUMBER_NATIONAL, PLAN_ISDN,
	  PRESENTATION_ALLOWED, SCREENING_NETWORK },
};

TEST_ROWS(the_calling_number_arrives_as_it_was_sent, numbers, row)
{
	struct pair p;
	struct isdn_setup setup;
	struct isdn_call *call;
	const struct number *n;
	struct end *from;

	pair_open_plain(&p, row->type);
	from = row->from_network ? &p.network : &p.user;
	pair_setup(&setup, "5550100");
	setup.called.number.type = row->ton;
	setup.called.number.plan = row->npi;
	setup.calling.number = (struct number){
		.present = true,
		.digits = "3035550199",
		.type = row->ton,
		.plan = row->npi,
		.presentation = row->presentation,
		.screening = row->screening,
	};
	CHECK_EQ(isdn_call_place(&call, from->link, &setup, NULL), 0);
	pair_settle(&p);
	n = &heard_last(from->other, ISDN_SETUP)->setup.calling.number;
	CHECK(n->present);
	CHECK_TEXT(n->digits, "3035550199");
	CHECK_EQ(n->type, row->ton);
	CHECK_EQ(n->plan, row->npi);
	CHECK_EQ(n->presentation, row->presentation);
	CHECK_EQ(n->screening, row->screening);
	n = &heard_last(from->other, ISDN_SETUP)->setup.called.number;
	CHECK_EQ(n->type, row->ton);
	CHECK_EQ(n->plan, row->npi);
	pair_clear(call, 16);
	pair_close(&p);
}

static const struct {
	enum isdn_switch type;
	bool from_network;
	const char *name, *heard;
} names[] = {
	{ SWITCH_NET5, true, "J\xc3\xb6rg M\xc3\xbcller",
	  "J\xc3\xb6rg M\xc3\xbcller" },
	{ SWITCH_NET5, false, "Alice", "" }, /* users do not name themselves */
	{ SWITCH_NI2, true, "Alice", "Alice" },
	{ SWITCH_5ESS, true, "Alice", "Alice" },
	{ SWITCH_DMS100, true, "Alice", "Alice" },
	{ SWITCH_QSIG, true, "Alice", "Alice" },
	{ SWITCH_QSIG, false, "Bob", "Bob" },
	{ SWITCH_NET5, true, "\xe6\x97\xa5 A", "? A" }, /* not in Latin 1 */
};

TEST_ROWS(the_calling_name_arrives, names, row)
{
	struct pair p;
	struct isdn_setup setup;
	struct isdn_call *call;
	struct end *from;

	pair_open_plain(&p, row->type);
	from = row->from_network ? &p.network : &p.user;
	pair_setup(&setup, "5550100");
	setup.calling.number.present = true;
	(void)text_copy(setup.calling.number.digits, 32, "123");
	(void)text_copy(setup.calling.name, sizeof(setup.calling.name),
	                row->name);
	CHECK_EQ(isdn_call_place(&call, from->link, &setup, NULL), 0);
	pair_settle(&p);
	CHECK_TEXT(heard_last(from->other, ISDN_SETUP)->setup.calling.name,
	           row->heard);
	pair_clear(call, 16);
	pair_close(&p);
}

static const struct {
	enum isdn_switch type;
	bool facility;
	enum redirect_reason reason;
	unsigned count, heard; /* an element has no counter */
} diversions[] = {
	{ SWITCH_NET5, false, REDIRECT_BUSY, 1, 1 },
	{ SWITCH_NET5, false, REDIRECT_BUSY, 3, 1 },
	{ SWITCH_NET5, false, REDIRECT_DEFLECTION, 1, 1 },
	{ SWITCH_NET5, true, REDIRECT_BUSY, 3, 3 },
	{ SWITCH_NET5, true, REDIRECT_DEFLECTION, 2, 2 },
	{ SWITCH_NET5, true, REDIRECT_NO_REPLY, 5, 5 },
	{ SWITCH_NI2, false, REDIRECT_NO_REPLY, 1, 1 },
	{ SWITCH_NI2, false, REDIRECT_NO_REPLY, 2, 1 },
	{ SWITCH_4ESS, false, REDIRECT_UNCONDITIONAL, 1, 1 },
	{ SWITCH_QSIG, false, REDIRECT_UNCONDITIONAL, 4, 4 },
	{ SWITCH_QSIG, false, REDIRECT_BUSY, 1, 1 },
};

TEST_ROWS(a_diversion_arrives_with_its_reason, diversions, row)
{
	struct pair p;
	struct isdn_conf user, network;
	struct isdn_setup setup;
	struct isdn_call *call;
	const struct redirection *r;

	pair_conf(&user, &network, row->type);
	user.facility = network.facility = row->facility;
	CHECK_EQ(pair_open(&p, &user, &network), 0);
	pair_setup(&setup, "5550100");
	setup.calling.number.present = true;
	(void)text_copy(setup.calling.number.digits, 32, "123");
	setup.redirection.from.number = (struct number){
		.present = true,
		.digits = "4440100",
		.type = NUMBER_NATIONAL,
		.plan = PLAN_ISDN,
		.presentation = PRESENTATION_RESTRICTED,
	};
	setup.redirection.reason = row->reason;
	setup.redirection.count = row->count;
	CHECK_EQ(isdn_call_place(&call, p.network.link, &setup, NULL), 0);
	pair_settle(&p);
	r = &heard_last(&p.user, ISDN_SETUP)->setup.redirection;
	CHECK(r->from.number.present);
	CHECK_TEXT(r->from.number.digits, "4440100");
	CHECK_EQ(r->from.number.presentation, PRESENTATION_RESTRICTED);
	CHECK_EQ(r->reason, row->reason);
	CHECK_EQ(r->count, row->heard);
	pair_clear(call, 16);
	pair_close(&p);
}

TEST(the_connected_number_arrives)
{
	struct pair p;
	struct isdn_call *call;
	struct party who = { .number = { true, "5550177", NUMBER_NATIONAL,
		                         PLAN_ISDN, PRESENTATION_RESTRICTED,
		                         SCREENING_USER_PASSED } };
	const struct heard *h;

	pair_open_plain(&p, SWITCH_NET5);
	call = pair_ring(&p.user);
	CHECK_EQ(isdn_call_answer(p.network.call, &who, 0), 0);
	pair_settle(&p);
	h = heard_last(&p.user, ISDN_ANSWER);
	CHECK(h->event.connected != NULL);
	CHECK_TEXT(h->connected.number.digits, "5550177");
	CHECK_EQ(h->connected.number.presentation, PRESENTATION_RESTRICTED);
	CHECK_EQ(h->connected.number.screening, SCREENING_USER_PASSED);
	/* and changes later */
	(void)text_copy(who.number.digits, 32, "5550178");
	CHECK_EQ(isdn_call_connected_line(p.network.call, &who), 0);
	pair_settle(&p);
	CHECK_TEXT(heard_last(&p.user, ISDN_CONNECTED_LINE)
	                   ->connected.number.digits,
	           "5550178");
	pair_clear(call, 16);
	pair_close(&p);
}

static const struct {
	enum bearer bearer;
	enum isdn_switch type;
	enum law law;
	bool law_heard;
} bearers[] = {
	{ BEARER_SPEECH, SWITCH_NET5, LAW_ALAW, true },
	{ BEARER_SPEECH, SWITCH_NI2, LAW_ULAW, true },
	{ BEARER_AUDIO_3K1, SWITCH_NET5, LAW_ALAW, true },
	{ BEARER_UNRESTRICTED, SWITCH_NET5, LAW_ALAW, false },
	{ BEARER_RESTRICTED, SWITCH_NET5, LAW_ALAW, false },
	{ BEARER_VIDEO, SWITCH_NET5, LAW_ALAW, false },
};

TEST_ROWS(the_bearer_and_its_law_arrive, bearers, row)
{
	struct pair p;
	struct isdn_setup setup;
	struct isdn_call *call;
	const struct isdn_setup *heard;

	pair_open_plain(&p, row->type);
	pair_setup(&setup, "5550100");
	setup.bearer = row->bearer;
	CHECK_EQ(isdn_call_place(&call, p.user.link, &setup, NULL), 0);
	pair_settle(&p);
	heard = &heard_last(&p.network, ISDN_SETUP)->setup;
	CHECK_EQ(heard->bearer, row->bearer);
	CHECK_EQ(heard->law_known, row->law_heard);
	if (row->law_heard)
		CHECK_EQ(heard->law, row->law);
	pair_clear(call, 16);
	pair_close(&p);
}

static const unsigned indicators[] = {
	0,
	PROGRESS_IN_BAND,
	PROGRESS_NOT_ISDN_END_TO_END,
	PROGRESS_ORIGIN_NOT_ISDN | PROGRESS_IN_BAND,
	PROGRESS_INTERWORKING,
	PROGRESS_RETURNED_TO_ISDN | PROGRESS_DESTINATION_NOT_ISDN,
};

TEST_ROWS(any_progress_indicator_is_carried_by_any_message, indicators, row)
{
	struct pair p;
	struct isdn_setup setup;
	struct isdn_call *call;
	struct isdn_conf user, network;

	pair_conf(&user, &network, SWITCH_NET5);
	network.overlap_receive = user.overlap_send = true;
	CHECK_EQ(pair_open(&p, &user, &network), 0);
	pair_setup(&setup, "5550100");
	setup.complete = false;
	setup.progress = *row;
	CHECK_EQ(isdn_call_place(&call, p.user.link, &setup, NULL), 0);
	pair_settle(&p);
	CHECK_EQ(heard_last(&p.network, ISDN_SETUP)->setup.progress, *row);
	CHECK_EQ(isdn_call_proceeding(p.network.call, *row), 0);
	pair_settle(&p);
	CHECK_EQ(heard_last(&p.user, ISDN_PROCEEDING)->event.progress, *row);
	CHECK_EQ(isdn_call_progress(
			 p.network.call, *row,
			 (struct cause){ Q850_USER_BUSY, LOCATION_TRANSIT }),
	         *row != 0 ? 0 : -EPROTO);
	pair_settle(&p);
	if (*row != 0) {
		const struct heard *h = heard_last(&p.user, ISDN_PROGRESS);

		CHECK_EQ(h->event.progress, *row);
		CHECK_EQ(h->event.cause.value, 17);
		CHECK_EQ(h->event.cause.location, LOCATION_TRANSIT);
	}
	CHECK_EQ(isdn_call_alerting(p.network.call, *row), 0);
	pair_settle(&p);
	CHECK_EQ(heard_last(&p.user, ISDN_ALERTING)->event.progress, *row);
	CHECK_EQ(isdn_call_answer(p.network.call, NULL, *row), 0);
	pair_settle(&p);
	CHECK_EQ(heard_last(&p.user, ISDN_ANSWER)->event.progress, *row);
	pair_clear(call, 16);
	pair_close(&p);
}

TEST(a_number_longer_than_libpri_takes_is_sent_whole)
{
	struct pair p;
	struct isdn_call *call;
	size_t len;
	const uint8_t *frame, *at;

	pair_open_plain(&p, SWITCH_NET5);
	call = pair_place(&p.user, "12345678901234567890123456789012");
	frame = sent_find(&p.user, "SETUP", &len);
	at = element_find(frame, len, ELEMENT_CALLED);
	CHECK(at != NULL);
	CHECK_EQ(at[-1], 33);
	pair_clear(call, 16);
	pair_close(&p);
}

TEST(messages_out_of_turn_are_refused_here)
{
	struct pair p;
	struct isdn_call *call;

	pair_open_plain(&p, SWITCH_NET5);
	call = pair_place(&p.user, "100");
	CHECK_EQ(isdn_call_proceeding(p.network.call, 0), -EPROTO);
	CHECK_EQ(isdn_call_alerting(call, 0), -EPROTO);
	CHECK_EQ(isdn_call_answer(call, NULL, 0), -EPROTO);
	CHECK_EQ(isdn_call_digits(call, "1"), -EPROTO);
	CHECK_EQ(isdn_call_alerting(p.network.call, 0), 0);
	CHECK_EQ(isdn_call_alerting(p.network.call, 0), -EPROTO);
	CHECK_EQ(isdn_call_answer(p.network.call, NULL, 0), 0);
	CHECK_EQ(isdn_call_answer(p.network.call, NULL, 0), -EPROTO);
	pair_settle(&p);
	pair_clear(call, 16);
	CHECK_EQ(isdn_call_notify(call, 0x79), -EPROTO);
	pair_close(&p);
}

/* --- too much --- */

static void expect_42(struct pair *p, unsigned refused)
{
	struct isdn_counts counts;
	const struct heard *h = heard_last(&p->network, ISDN_RELEASED);

	isdn_link_counts(p->user.link, &counts);
	CHECK_EQ(counts.refused_overload, refused);
	CHECK_EQ(heard_count(&p->network, ISDN_RELEASED), refused);
	CHECK_EQ(h->release.cause.value, 42);
	CHECK_EQ(h->release.by, RELEASE_BY_FAR);
	CHECK_EQ(sent_count(&p->user, "RELEASE COMPLETE"), refused);
}

TEST(too_many_calls_are_refused_with_42)
{
	struct pair p;
	struct isdn_conf user, network;
	struct isdn_call *first, *second;
	struct isdn_status status;

	pair_conf(&user, &network, SWITCH_NET5);
	user.calls_most = 2;
	CHECK_EQ(pair_open(&p, &user, &network), 0);
	first = pair_place(&p.network, "1");
	second = pair_place(&p.network, "2");
	pair_place(&p.network, "3");
	expect_42(&p, 1);
	isdn_link_status(p.user.link, &status);
	CHECK_EQ(status.libpri_calls, 2);
	pair_clear(first, 16);
	pair_clear(second, 16);
	pair_close(&p);
}

TEST(a_flood_of_setups_is_refused_with_42)
{
	struct pair p;
	struct isdn_conf user, network;
	struct isdn_call *calls[3];

	pair_conf(&user, &network, SWITCH_NI2);
	user.setups_per_second = 3;
	CHECK_EQ(pair_open(&p, &user, &network), 0);
	for (unsigned i = 0; i < 3; i++)
		calls[i] = pair_place(&p.network, "1");
	for (unsigned i = 0; i < 5; i++)
		pair_place(&p.network, "2");
	expect_42(&p, 5);
	pair_run(&p, SEC(1));
	pair_clear(pair_place(&p.network, "3"), 16);
	pair_settle(&p);
	CHECK_EQ(heard_count(&p.user, ISDN_SETUP), 4);
	for (unsigned i = 0; i < 3; i++)
		pair_clear(calls[i], 16);
	pair_close(&p);
}

/* --- a link again --- */

TEST(a_link_opened_again_works_and_costs_libpri_nothing)
{
	struct pair p;
	struct pri *first = NULL;

	for (unsigned i = 0; i < 4; i++) {
		pair_open_plain(&p, SWITCH_NET5);
		if (i == 0)
			first = p.user.link->pri;
		CHECK(p.user.link->pri == first);
		pair_talk(&p.user);
		if (i % 2 == 0) {
			pair_clear(p.user.call, 16);
			pair_close(&p);
		} else {
			pair_drop(&p); /* with a call */
		}
	}
}

TEST(options_change_with_calls_up_and_names_do_not)
{
	struct pair p;
	struct isdn_conf user, network;
	struct isdn_call *call;

	pair_conf(&user, &network, SWITCH_NET5);
	CHECK_EQ(pair_open(&p, &user, &network), 0);
	call = pair_talk(&p.user);
	user.order = ORDER_ASCENDING;
	user.timers[ISDN_T301] = SEC(60);
	CHECK_EQ(isdn_link_change(p.user.link, &user), 0);
	user.side = ISDN_NETWORK;
	CHECK_EQ(isdn_link_change(p.user.link, &user), -EBUSY);
	user.side = ISDN_USER;
	user.facility = true;
	CHECK_EQ(isdn_link_change(p.user.link, &user), -EBUSY);
	CHECK_EQ(isdn_call_channel(pair_place(&p.user, "2")), 1);
	pair_clear(call, 16);
	pair_clear(p.user.call, 16);
	pair_settle(&p);
	pair_close(&p);
}

TEST(a_send_that_fails_is_counted_and_the_link_lives)
{
	struct pair p;
	struct isdn_counts counts;
	struct isdn_call *call;

	pair_open_plain(&p, SWITCH_NET5);
	p.user.send_result = -EAGAIN;
	call = pair_place(&p.user, "1");
	isdn_link_counts(p.user.link, &counts);
	CHECK(counts.send_failures > 0);
	p.user.send_result = 0;
	pair_run(&p, SEC(3)); /* layer 2 sends it again */
	CHECK_EQ(heard_count(&p.user, ISDN_PROCEEDING), 1);
	pair_clear(call, 16);
	pair_close(&p);
}

LADDER(a_call_survives_want_of_memory)
{
	struct pair p;
	struct isdn_conf user, network;
	struct isdn_setup setup;
	struct isdn_call *call;

	pair_conf(&user, &network, SWITCH_NET5);
	if (pair_open(&p, &user, &network) == 0) {
		pair_setup(&setup, "100");
		(void)isdn_call_place(&call, p.user.link, &setup, NULL);
		pair_settle(&p);
		if (p.network.call != NULL)
			(void)isdn_call_answer(p.network.call, NULL, 0);
		pair_settle(&p);
		if (ladder_ok())
			CHECK_EQ(heard_count(&p.user, ISDN_ANSWER), 1);
		if (p.user.call != NULL)
			pair_clear(p.user.call, 16);
		pair_run(&p, SEC(1));
	}
	pair_drop(&p);
}
