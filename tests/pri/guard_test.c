/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * What happens when the far end says nothing: each timer, its cause, its name.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "pri/private.h"
#include "tests/pri/pair.h"

static struct isdn_counts counts_of(const struct end *end)
{
	struct isdn_counts counts;

	isdn_link_counts(end->link, &counts);
	return counts;
}

static void expect_timer(const struct end *end, const char *name,
                         unsigned cause)
{
	const struct heard *h = heard_last(end, ISDN_RELEASED);

	CHECK_EQ(heard_count(end, ISDN_RELEASED), 1);
	CHECK_EQ(h->release.by, RELEASE_BY_TIMER);
	CHECK_TEXT(h->release.detail, name);
	CHECK_EQ(h->release.cause.value, cause);
}

TEST(t310_ends_a_call_that_is_only_proceeding)
{
	struct pair p;

	pair_open_plain(&p, SWITCH_NET5);
	pair_place(&p.user, "100");
	pair_run(&p, SEC(29));
	CHECK_EQ(heard_count(&p.user, ISDN_RELEASED), 0);
	pair_run(&p, SEC(2));
	expect_timer(&p.user, "T310", 102);
	CHECK_EQ(heard_last(&p.network, ISDN_RELEASED)->release.cause.value,
	         102);
	CHECK_EQ(counts_of(&p.user).timeouts[ISDN_T310], 1);
	pair_close(&p);
}

TEST(t301_ends_a_call_nobody_answers)
{
	struct pair p;

	pair_open_plain(&p, SWITCH_NI2);
	pair_ring(&p.network);
	pair_run(&p, SEC(179));
	CHECK_EQ(heard_count(&p.network, ISDN_RELEASED), 0);
	pair_run(&p, SEC(2));
	expect_timer(&p.network, "T301", 19);
	pair_close(&p);
}

TEST(progress_stops_t310_and_t301_watches)
{
	struct pair p;

	pair_open_plain(&p, SWITCH_NET5);
	pair_place(&p.user, "100");
	CHECK_EQ(isdn_call_progress(p.network.call, PROGRESS_IN_BAND,
	                            (struct cause){ 0 }),
	         0);
	pair_run(&p, SEC(100));
	CHECK_EQ(heard_count(&p.user, ISDN_RELEASED), 0);
	CHECK_EQ(heard_last(&p.user, ISDN_PROGRESS)->event.progress,
	         PROGRESS_IN_BAND);
	pair_run(&p, SEC(100));
	expect_timer(&p.user, "T301", 19);
	pair_close(&p);
}

static void open_overlap(struct pair *p)
{
	struct isdn_conf user, network;

	pair_conf(&user, &network, SWITCH_NET5);
	user.overlap_send = true;
	network.overlap_receive = true;
	CHECK_EQ(pair_open(p, &user, &network), 0);
}

static struct isdn_call *place_open(struct pair *p, const char *digits)
{
	struct isdn_setup setup;
	struct isdn_call *call;

	pair_setup(&setup, digits);
	setup.complete = false;
	CHECK_EQ(isdn_call_place(&call, p->user.link, &setup, NULL), 0);
	pair_settle(p);
	return call;
}

TEST(t304_ends_a_call_whose_digits_are_ignored)
{
	struct pair p;

	open_overlap(&p);
	p.network.other->act = NULL;
	CHECK_EQ(isdn_call_digits(place_open(&p, "1"), "23"), 0);
	/* the network's T302 makes the number complete; it stays silent */
	pair_run(&p, SEC(31));
	expect_timer(&p.user, "T304", 102);
	CHECK_EQ(counts_of(&p.network).timeouts[ISDN_T302], 1);
	pair_close(&p);
}

TEST(t302_says_that_the_number_is_complete)
{
	struct pair p;
	struct isdn_call *call;

	open_overlap(&p);
	call = place_open(&p, "12");
	CHECK(!heard_last(&p.network, ISDN_SETUP)->setup.complete);
	CHECK_EQ(heard_count(&p.user, ISDN_SETUP_ACK), 1);
	pair_run(&p, SEC(8));
	CHECK_EQ(isdn_call_digits(call, "34"), 0);
	pair_run(&p, SEC(8));
	CHECK_EQ(heard_count(&p.network, ISDN_DIGITS), 2);
	CHECK_TEXT(heard_last(&p.network, ISDN_DIGITS)->digits, "4");
	pair_run(&p, SEC(3));
	CHECK_EQ(heard_count(&p.network, ISDN_DIGITS), 3);
	CHECK(heard_last(&p.network, ISDN_DIGITS)->event.complete);
	CHECK_TEXT(heard_last(&p.network, ISDN_DIGITS)->digits, "");
	CHECK_EQ(isdn_call_proceeding(p.network.call, 0), 0);
	CHECK_EQ(isdn_call_alerting(p.network.call, 0), 0);
	CHECK_EQ(isdn_call_answer(p.network.call, NULL, 0), 0);
	pair_settle(&p);
	CHECK_EQ(heard_count(&p.user, ISDN_ANSWER), 1);
	pair_clear(call, 16);
	pair_close(&p);
}

TEST(sending_complete_needs_no_t302)
{
	struct pair p;

	open_overlap(&p);
	pair_place(&p.user, "123");
	CHECK(heard_last(&p.network, ISDN_SETUP)->setup.complete);
	CHECK_EQ(sent_count(&p.network, "CALL PROCEEDING"), 1);
	pair_clear(p.network.call, 1);
	pair_close(&p);
}

TEST(t303_ends_a_call_nobody_hears)
{
	struct pair p;
	struct isdn_setup setup;
	struct isdn_call *call;
	struct isdn_conf user, network;

	pair_conf(&user, &network, SWITCH_NET5);
	user.timers[ISDN_T203] = SEC(60); /* layer 2 shall not notice first */
	user.timers[ISDN_T200] = SEC(10);
	CHECK_EQ(pair_open(&p, &user, &network), 0);
	p.network.cut = true;
	pair_setup(&setup, "100");
	CHECK_EQ(isdn_call_place(&call, p.user.link, &setup, NULL), 0);
	pair_run(&p, SEC(9));
	expect_timer(&p.user, "T303", 18);
	CHECK_EQ(counts_of(&p.user).timeouts[ISDN_T303], 2);
	p.network.cut = false;
	pair_run(&p, SEC(60));
	pair_close(&p);
}

/* Layer 2 answers, layer 3 of the far end is dead for some messages: the name
 * in `mute` is cut to an empty I frame on its way. */
static uint8_t mute[4];

static bool pass_muted(struct end *to, uint8_t *octets, size_t *len)
{
	(void)to;
	for (size_t i = 0; i < sizeof(mute); i++)
		if (*len > 8 && (octets[2] & 1) == 0 && mute[i] != 0 &&
		    octets[8] == mute[i])
			*len = 4;
	return true;
}

TEST(t305_and_t308_end_a_call_that_is_not_released)
{
	struct pair p;
	struct isdn_call *call;
	struct isdn_counts counts;

	pair_open_plain(&p, SWITCH_NET5);
	call = pair_talk(&p.user);
	memcpy(mute, (uint8_t[]){ MSG_DISCONNECT, MSG_RELEASE, 0, 0 }, 4);
	p.pass = pass_muted;
	pair_clear(call, 31);
	pair_run(&p, SEC(29));
	CHECK_EQ(heard_count(&p.user, ISDN_RELEASED), 0);
	pair_run(&p, SEC(10));
	CHECK_EQ(heard_count(&p.user, ISDN_RELEASED), 1);
	CHECK_EQ(heard_last(&p.user, ISDN_RELEASED)->release.cause.value, 31);
	counts = counts_of(&p.user);
	CHECK_EQ(counts.timeouts[ISDN_T305], 1);
	CHECK_EQ(counts.timeouts[ISDN_T308], 2);
	CHECK_EQ(sent_count(&p.user, "RELEASE"), 2);
	p.pass = NULL;
	isdn_call_audit(p.network.call); /* and the other end finds out */
	pair_settle(&p);
	CHECK_EQ(heard_last(&p.network, ISDN_RELEASED)->release.cause.value,
	         101);
	pair_close(&p);
}

TEST(t313_ends_a_call_whose_connect_is_not_acknowledged)
{
	struct pair p;

	pair_open_plain(&p, SWITCH_NET5);
	memcpy(mute, (uint8_t[]){ MSG_CONNECT, 0, 0, 0 }, 4);
	p.pass = pass_muted;
	pair_ring(&p.network);
	CHECK_EQ(isdn_call_answer(p.user.call, NULL, 0), 0);
	pair_run(&p, SEC(5));
	expect_timer(&p.user, "T313", 102);
	CHECK_EQ(heard_last(&p.network, ISDN_RELEASED)->release.cause.value,
	         102);
	pair_close(&p);
}

static void cut(struct pair *p, bool is_cut)
{
	p->user.cut = p->network.cut = is_cut;
}

TEST(a_short_cut_keeps_calls_that_talk)
{
	struct pair p;
	struct isdn_call *call;

	pair_open_plain(&p, SWITCH_NET5);
	call = pair_talk(&p.user);
	cut(&p, true);
	pair_run(&p, SEC(20));
	CHECK_EQ(heard_count(&p.user, ISDN_LINK_DOWN), 1);
	CHECK(!isdn_link_is_up(p.user.link));
	cut(&p, false);
	pair_run(&p, SEC(5));
	CHECK_EQ(heard_count(&p.user, ISDN_LINK_UP), 2);
	CHECK_EQ(heard_count(&p.user, ISDN_RELEASED), 0);
	CHECK_EQ(heard_count(&p.network, ISDN_RELEASED), 0);
	pair_clear(call, 16);
	pair_close(&p);
}

TEST(t309_ends_calls_over_a_long_cut)
{
	struct pair p;

	pair_open_plain(&p, SWITCH_NET5);
	pair_talk(&p.user);
	cut(&p, true);
	pair_run(&p, SEC(120));
	expect_timer(&p.user, "T309", 27);
	expect_timer(&p.network, "T309", 27);
	CHECK_EQ(counts_of(&p.user).timeouts[ISDN_T309], 1);
	cut(&p, false);
	pair_run(&p, SEC(5));
	pair_close(&p);
}

TEST(a_cut_ends_calls_in_set_up_with_27)
{
	struct pair p;

	pair_open_plain(&p, SWITCH_NET5);
	pair_ring(&p.user);
	cut(&p, true);
	pair_run(&p, SEC(20));
	CHECK_EQ(heard_last(&p.user, ISDN_RELEASED)->release.cause.value, 27);
	CHECK_EQ(heard_last(&p.user, ISDN_RELEASED)->release.by,
	         RELEASE_BY_FAILURE);
	CHECK_EQ(heard_count(&p.network, ISDN_RELEASED), 1);
	cut(&p, false);
	pair_run(&p, SEC(5));
	pair_close(&p);
}

TEST(a_call_cleared_while_the_link_is_down_ends)
{
	struct pair p;
	struct isdn_call *call;

	pair_open_plain(&p, SWITCH_NET5);
	call = pair_talk(&p.user);
	cut(&p, true);
	pair_run(&p, SEC(20));
	pair_clear(call, 16);
	pair_run(&p, SEC(100));
	CHECK_EQ(heard_count(&p.user, ISDN_RELEASED), 1);
	cut(&p, false);
	pair_run(&p, SEC(5));
	pair_close(&p);
}

TEST(no_call_is_placed_without_layer_2_or_layer_1)
{
	struct pair p;
	struct isdn_setup setup;
	struct isdn_call *call;

	pair_open_plain(&p, SWITCH_NET5);
	pair_setup(&setup, "100");
	isdn_link_layer1(p.user.link, false);
	CHECK_EQ(isdn_call_place(&call, p.user.link, &setup, NULL), -ENETDOWN);
	isdn_link_layer1(p.user.link, true);
	cut(&p, true);
	pair_run(&p, SEC(20));
	CHECK_EQ(isdn_call_place(&call, p.user.link, &setup, NULL), -ENETDOWN);
	pair_close(&p);
}

TEST(layer_1_alone_clears_no_call)
{
	struct pair p;
	struct isdn_call *call;

	pair_open_plain(&p, SWITCH_NET5);
	call = pair_talk(&p.user);
	isdn_link_layer1(p.user.link, false);
	pair_run(&p, SEC(5));
	isdn_link_layer1(p.user.link, true);
	pair_run(&p, SEC(5));
	CHECK_EQ(heard_count(&p.user, ISDN_RELEASED), 0);
	pair_clear(call, 16);
	pair_close(&p);
}

TEST(an_audit_of_a_good_call_changes_nothing)
{
	struct pair p;
	struct isdn_call *call;

	pair_open_plain(&p, SWITCH_NI2);
	call = pair_talk(&p.user);
	isdn_call_audit(call);
	pair_run(&p, SEC(20));
	CHECK_EQ(sent_count(&p.user, "STATUS ENQUIRY"), 1);
	CHECK_EQ(sent_count(&p.network, "STATUS"), 1);
	CHECK_EQ(heard_count(&p.user, ISDN_RELEASED), 0);
	CHECK_EQ(heard_count(&p.network, ISDN_NOTIFY), 0);
	/* and a NOTIFY is one again */
	CHECK_EQ(isdn_call_notify(call, 0x79), 0);
	pair_settle(&p);
	CHECK_EQ(heard_last(&p.network, ISDN_NOTIFY)->event.notification, 0x79);
	pair_clear(call, 16);
	pair_close(&p);
}

TEST(an_audit_without_an_answer_clears_with_41)
{
	struct pair p;
	struct isdn_call *call;

	pair_open_plain(&p, SWITCH_NET5);
	call = pair_talk(&p.user);
	memcpy(mute, (uint8_t[]){ MSG_STATUS_ENQUIRY, 0, 0, 0 }, 4);
	p.pass = pass_muted;
	isdn_call_audit(call);
	pair_run(&p, SEC(9));
	CHECK_EQ(sent_count(&p.user, "STATUS ENQUIRY"), 2);
	expect_timer(&p.user, "T322", 41);
	pair_close(&p);
}

TEST(both_ends_of_one_side_are_told_once_a_minute)
{
	struct pair p;
	struct isdn_conf user, network;
	struct isdn_status status;

	pair_conf(&user, &network, SWITCH_NET5);
	network.side = ISDN_USER;
	(void)snprintf(network.name, sizeof(network.name), "span 1");
	CHECK_EQ(pair_open(&p, &user, &network), 0);
	pair_run(&p, SEC(30));
	CHECK(counts_of(&p.user).config_errors > 10);
	CHECK(strstr(p.user.note, "both ends are the user side") != NULL);
	CHECK(p.user.notes < 20);
	isdn_link_status(p.user.link, &status);
	CHECK(status.role_conflict);
	CHECK(!status.up);
	pair_close(&p);
}

TEST(every_pair_of_state_and_event_is_settled)
{
	for (unsigned state = 0; state < CALL_STATES; state++)
		CHECK(fsm_find(&isdn_call_type, state, CLEAR) != NULL);
	/* nothing may be sent in a call that is being cleared */
	for (unsigned event = 0; event < CLEAR; event++)
		CHECK(fsm_find(&isdn_call_type, CALL_CLEARING, event) == NULL ||
		      event == GOT_TONES);
}
