/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Clearing: every cause, in every state, from both ends, at once, twice, lost.
 */
#include <errno.h>
#include <string.h>

#include "pri/private.h"
#include "tests/pri/pair.h"

/* The call is refused from inside the handler. */
static unsigned refusal;
static enum isdn_event_kind refuse_at;

static void act_refuse(struct end *end, const struct isdn_event *event)
{
	(void)end;
	if (event->kind == refuse_at)
		pair_clear(event->call, refusal);
}

static void refuse_with(struct end *from, unsigned cause)
{
	const struct heard *h;

	refusal = cause;
	from->other->act = act_refuse;
	pair_place(from, "100");
	h = heard_last(from, ISDN_RELEASED);
	CHECK_EQ(h->release.cause.value, cause);
	CHECK_EQ(h->release.by, RELEASE_BY_FAR);
	CHECK_EQ(heard_last(from->other, ISDN_RELEASED)->release.by,
	         RELEASE_BY_OPERATOR);
	CHECK_EQ(heard_count(from, ISDN_RELEASED),
	         heard_count(from->other, ISDN_RELEASED));
	from->other->act = NULL;
}

TEST(every_cause_refuses_a_setup)
{
	struct pair p;

	pair_open_plain(&p, SWITCH_NET5);
	refuse_at = ISDN_SETUP;
	for (unsigned cause = 1; cause < 128; cause++) {
		refuse_with(&p.user, cause);
		refuse_with(&p.network, cause);
		pair_run(&p, SEC(1)); /* below the flood limit */
	}
	CHECK(sent_count(&p.network, "DISCONNECT") > 120);
	pair_close(&p);
}

TEST(every_cause_refuses_a_ringing_call)
{
	struct pair p;
	struct isdn_call *call;

	pair_open_plain(&p, SWITCH_NI2);
	for (unsigned cause = 1; cause < 128; cause++) {
		call = pair_ring(&p.user);
		CHECK(call != NULL);
		pair_clear(p.network.call, cause);
		pair_settle(&p);
		CHECK_EQ(
			heard_last(&p.user, ISDN_RELEASED)->release.cause.value,
			cause);
		pair_run(&p, SEC(1));
	}
	pair_close(&p);
}

TEST(every_cause_clears_a_call_that_talks)
{
	struct pair p;

	pair_open_plain(&p, SWITCH_NET5);
	for (unsigned cause = 1; cause < 128; cause++) {
		struct isdn_call *call = pair_talk(&p.network);

		pair_clear(cause % 2 != 0 ? call : p.user.call, cause);
		pair_settle(&p);
		CHECK_EQ(heard_last(cause % 2 != 0 ? &p.user : &p.network,
		                    ISDN_RELEASED)
		                 ->release.cause.value,
		         cause);
		pair_run(&p, SEC(1));
	}
	pair_close(&p);
}

TEST(every_cause_clears_a_call_just_placed)
{
	struct pair p;
	struct isdn_setup setup;
	struct isdn_call *call;

	pair_open_plain(&p, SWITCH_NET5);
	for (unsigned cause = 1; cause < 128; cause++) {
		pair_setup(&setup, "100");
		CHECK_EQ(isdn_call_place(&call, p.user.link, &setup, NULL), 0);
		pair_clear(call, cause);
		pair_run(&p, SEC(1));
		CHECK_EQ(heard_last(&p.user, ISDN_RELEASED)->release.by,
		         RELEASE_BY_OPERATOR);
		CHECK_EQ(p.user.call == NULL, true);
	}
	CHECK_EQ(heard_count(&p.user, ISDN_RELEASED), 127);
	pair_run(&p, SEC(10));
	pair_close(&p);
}

TEST(the_location_of_a_cause_crosses_both_ways)
{
	struct pair p;
	struct release why = { .by = RELEASE_BY_FAR,
		               .cause = { Q850_USER_BUSY,
		                          LOCATION_PUBLIC_REMOTE } };

	pair_open_plain(&p, SWITCH_NET5);
	pair_place(&p.user, "100");
	isdn_call_clear(p.network.call, &why);
	pair_settle(&p);
	CHECK_EQ(heard_last(&p.user, ISDN_RELEASED)->release.cause.location,
	         LOCATION_PUBLIC_REMOTE);
	pair_place(&p.user, "100");
	why.cause.location = LOCATION_USER;
	isdn_call_clear(p.network.call, &why);
	pair_settle(&p);
	CHECK_EQ(heard_last(&p.user, ISDN_RELEASED)->release.cause.location,
	         LOCATION_USER);
	pair_close(&p);
}

TEST(both_ends_clear_at_once)
{
	struct pair p;
	struct isdn_call *call;

	pair_open_plain(&p, SWITCH_NET5);
	call = pair_talk(&p.user);
	pair_clear(call, 16);
	pair_clear(p.network.call, 31);
	pair_settle(&p);
	CHECK_EQ(heard_count(&p.user, ISDN_RELEASED), 1);
	CHECK_EQ(heard_count(&p.network, ISDN_RELEASED), 1);
	pair_close(&p);
}

TEST(clearing_twice_is_once)
{
	struct pair p;
	struct isdn_call *call;

	pair_open_plain(&p, SWITCH_NET5);
	call = pair_talk(&p.user);
	pair_clear(call, 16);
	pair_clear(call, 31);
	pair_settle(&p);
	CHECK_EQ(sent_count(&p.user, "DISCONNECT"), 1);
	CHECK_EQ(heard_last(&p.user, ISDN_RELEASED)->release.cause.value, 16);
	pair_close(&p);
}

/* Two frames of the far end's are given twice, as a peer does that repeats
 * RELEASE before it has read our answer. */
static uint8_t repeated[64];
static size_t repeated_len;

static bool pass_remembering(struct end *to, uint8_t *octets, size_t *len)
{
	if (to == &to->pair->user && *len > 8 && octets[8] == MSG_RELEASE) {
		memcpy(repeated, octets, *len);
		repeated_len = *len;
	}
	return true;
}

TEST(a_repeated_release_is_answered_and_not_told_again)
{
	struct pair p;
	uint8_t ui[64];

	pair_open_plain(&p, SWITCH_NET5);
	p.pass = pass_remembering;
	pair_talk(&p.user);
	pair_clear(p.user.call, 16);
	pair_settle(&p);
	CHECK(repeated_len > 8);
	memcpy(ui, repeated, 3);
	ui[2] = 0x03;
	memcpy(ui + 3, repeated + 4, repeated_len - 4);
	isdn_link_receive(p.user.link, (struct bytes){ ui, repeated_len - 1 });
	pair_settle(&p);
	CHECK_EQ(heard_count(&p.user, ISDN_RELEASED), 1);
	CHECK_EQ(sent_count(&p.user, "RELEASE COMPLETE"), 2);
	pair_close(&p);
}

/* A new call takes the address libpri has just freed. */
TEST(a_new_call_is_not_taken_for_the_old_one)
{
	struct pair p;
	struct isdn_call *first, *second;

	pair_open_plain(&p, SWITCH_NET5);
	first = pair_talk(&p.user);
	isdn_call_own(first, &p);
	pair_clear(first, 16);
	pair_settle(&p);
	second = pair_talk(&p.user);
	CHECK_EQ(heard_last(&p.user, ISDN_ANSWER)->event.owner == &p, 0);
	pair_clear(second, 17);
	pair_settle(&p);
	CHECK_EQ(heard_count(&p.user, ISDN_RELEASED), 2);
	CHECK_EQ(heard_last(&p.user, ISDN_RELEASED)->release.cause.value, 17);
	pair_close(&p);
}

/* A call is placed from inside the RELEASED of another. */
static void act_place(struct end *end, const struct isdn_event *event)
{
	struct isdn_setup setup;
	struct isdn_call *call;

	if (event->kind != ISDN_RELEASED)
		return;
	end->act = NULL;
	pair_setup(&setup, "200");
	CHECK_EQ(isdn_call_place(&call, end->link, &setup, NULL), 0);
	CHECK(call != event->call);
	CHECK_EQ(isdn_call_alerting(event->call, 0), -EPROTO);
	pair_clear(event->call, 16); /* dead, and harmless until we return */
}

TEST(a_call_placed_inside_the_end_of_another_lives)
{
	struct pair p;

	pair_open_plain(&p, SWITCH_NET5);
	pair_talk(&p.user);
	p.user.act = act_place;
	pair_clear(p.network.call, 16);
	pair_settle(&p);
	CHECK_EQ(heard_count(&p.network, ISDN_SETUP), 2);
	pair_clear(p.network.call, 17);
	pair_close(&p);
}

static const enum isdn_event_kind moments[] = {
	ISDN_SETUP, ISDN_PROCEEDING, ISDN_ALERTING, ISDN_ANSWER, ISDN_CONNECTED,
};

TEST_ROWS(a_call_is_cleared_inside_any_event, moments, row)
{
	struct pair p;

	pair_open_plain(&p, SWITCH_NET5);
	refusal = 21;
	refuse_at = *row;
	p.user.act = p.network.act = act_refuse;
	pair_place(&p.user, "100");
	if (p.network.call != NULL)
		(void)isdn_call_alerting(p.network.call, 0);
	pair_settle(&p);
	if (p.network.call != NULL)
		(void)isdn_call_answer(p.network.call, NULL, 0);
	pair_run(&p, SEC(2));
	CHECK_EQ(heard_count(&p.user, ISDN_RELEASED), 1);
	CHECK_EQ(heard_count(&p.network, ISDN_RELEASED), 1);
	pair_close(&p);
}

/* --- tones after the end --- */

static const bool who_first[] = { false, true };

TEST_ROWS(tones_in_band_are_heard_before_release, who_first, caller_clears)
{
	struct pair p;
	const struct heard *h;
	struct cause cause = { Q850_UNALLOCATED, LOCATION_PUBLIC_LOCAL };

	pair_open_plain(&p, SWITCH_NET5);
	pair_place(&p.user, "100");
	CHECK_EQ(isdn_call_disconnect_in_band(p.network.call, cause), 0);
	pair_run(&p, SEC(5));
	h = heard_last(&p.user, ISDN_DISCONNECT);
	CHECK_EQ(h->event.cause.value, Q850_UNALLOCATED);
	CHECK_EQ(h->event.cause.location, LOCATION_PUBLIC_LOCAL);
	CHECK_EQ(h->event.progress, PROGRESS_IN_BAND);
	CHECK_EQ(heard_count(&p.user, ISDN_RELEASED), 0);
	pair_clear(*caller_clears ? p.user.call : p.network.call, 16);
	pair_settle(&p);
	CHECK_EQ(heard_count(&p.user, ISDN_RELEASED), 1);
	CHECK_EQ(heard_count(&p.network, ISDN_RELEASED), 1);
	CHECK_EQ(heard_last(&p.user, ISDN_RELEASED)->release.cause.value, 1);
	CHECK_EQ(heard_last(&p.user, ISDN_RELEASED)->release.by,
	         RELEASE_BY_FAR);
	pair_close(&p);
}

TEST(tones_nobody_ends_are_ended_by_t305)
{
	struct pair p;

	pair_open_plain(&p, SWITCH_NET5);
	pair_talk(&p.user);
	CHECK_EQ(isdn_call_disconnect_in_band(p.network.call,
	                                      (struct cause){ 16, 0 }),
	         0);
	pair_run(&p, SEC(100));
	CHECK_EQ(heard_count(&p.user, ISDN_RELEASED), 1);
	CHECK_EQ(heard_count(&p.network, ISDN_RELEASED), 1);
	pair_close(&p);
}

/* --- anything --- */

static unsigned next_random(unsigned *seed)
{
	*seed = *seed * 1103515245u + 12345u;
	return *seed >> 16 & 0x7fff;
}

static void do_something(struct end *end, unsigned what)
{
	struct isdn_setup setup;
	struct isdn_call *call = end->call;
	struct cause cause = { Q850_NORMAL_CLEARING, LOCATION_USER };

	pair_setup(&setup, "5550100");
	if (call == NULL || what > 900) {
		(void)isdn_call_place(&call, end->link, &setup, NULL);
		return;
	}
	switch (what % 9) {
	case 0:
		(void)isdn_call_alerting(call, what & PROGRESS_IN_BAND);
		break;
	case 1:
		(void)isdn_call_answer(call, NULL, 0);
		break;
	case 2:
		(void)isdn_call_progress(call, PROGRESS_IN_BAND, cause);
		break;
	case 3:
		(void)isdn_call_digits(call, "1");
		break;
	case 4:
		(void)isdn_call_disconnect_in_band(call, cause);
		break;
	case 5:
		(void)isdn_call_notify(call, 0x79);
		break;
	case 6:
		isdn_call_audit(call);
		break;
	case 7:
		(void)isdn_call_proceeding(call, 0);
		break;
	default:
		pair_clear(call, 1 + what % 127);
		break;
	}
}

TEST(random_commands_leave_nothing_behind)
{
	struct pair p;
	struct isdn_conf user, network;
	unsigned seed = test_seed();

	pair_conf(&user, &network, SWITCH_NET5);
	user.overlap_receive = network.overlap_receive = true;
	user.setups_per_second = network.setups_per_second = 0;
	CHECK_EQ(pair_open(&p, &user, &network), 0);
	for (unsigned i = 0; i < 3000; i++) {
		do_something(next_random(&seed) % 2 ? &p.user : &p.network,
		             next_random(&seed) % 1000);
		p.user.nheard = p.network.nheard = 0;
		p.user.nsent = p.network.nsent = 0;
		if (next_random(&seed) % 3 != 0)
			pair_settle(&p);
		if (next_random(&seed) % 50 == 0)
			pair_run(&p, SEC(3));
	}
	/* every call ends at the latest with T301, T302 or our own user */
	p.user.act = p.network.act = NULL;
	for (unsigned i = 0; i < 40; i++) {
		pair_run(&p, SEC(60));
		refusal = 16;
		isdn_channel_restart(p.user.link, 1 + i % 31);
	}
	for (unsigned n = 1; n < 32; n++)
		(void)isdn_channel_restart(p.user.link, n);
	pair_run(&p, SEC(600));
	pair_close(&p);
}
