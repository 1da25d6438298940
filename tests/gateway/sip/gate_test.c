/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * New calls that are not let in: what they hear, that nothing is kept of them,
 * and who is let in all the same; and what waits behind what.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/sip/stack.h"
#include "kernel/datagram.h"
#include "kernel/mem.h"
#include "tests/gateway/sip/desk.h"
#include "tests/test.h"

static struct sip_counts counts_of(const struct desk *d)
{
	struct sip_counts n;

	sip_stack_counts(d->stack, &n);
	return n;
}

TEST(a_call_that_is_not_let_in_hears_503_and_leaves_nothing)
{
	struct desk d;

	desk_open(&d);
	d.admit_none = true;
	far_invite(&d.far, "2001", "", far_sdp);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 503"));
	CHECK_TEXT(far_header(&d.far, "Retry-After"), "10");
	CHECK(strstr(far_header(&d.far, "To"), ";tag=") != NULL);
	CHECK_EQ(counts_of(&d).transactions, 0);
	CHECK_EQ(counts_of(&d).dialogs, 0);
	CHECK_EQ(counts_of(&d).refused_overload, 1);
	CHECK(desk_quiet(&d));
	/* Its ACK is known by the tag, and is nobody's. */
	far_ack_refusal(&d.far);
	desk_turn(&d);
	CHECK_EQ(counts_of(&d).strays, 0);
	CHECK(!far_hear(&d.far));
	desk_close(&d);
}

/* The first line of the last message heard, and its To tag. */
static void keep_tag(const struct desk *d, char *to, size_t size)
{
	(void)snprintf(to, size, "%s", far_header(&d->far, "To"));
}

TEST(one_that_was_refused_stays_so_though_it_comes_again)
{
	struct desk d;
	char invite[4096], first[256], second[256];

	desk_open(&d);
	d.admit_none = true;
	(void)snprintf(invite, sizeof(invite),
	               "INVITE sip:2001@h SIP/2.0\r\n"
	               "Via: SIP/2.0/UDP 127.0.0.1:%u;branch=z9hG4bKagain\r\n"
	               "From: <sip:a@b>;tag=1\r\nTo: <sip:2001@h>\r\n"
	               "Call-ID: again\r\nCSeq: 1 INVITE\r\n"
	               "Contact: <sip:a@127.0.0.1:%u>\r\n"
	               "Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
	               d.far.port, d.far.port);
	far_send(&d.far, "%s", invite);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 503"));
	keep_tag(&d, first, sizeof(first));
	/* Now there would be room; but he has been sent away. */
	d.admit_none = false;
	far_send(&d.far, "%s", invite);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 503"));
	keep_tag(&d, second, sizeof(second));
	CHECK_TEXT(first, second);
	CHECK(desk_quiet(&d));
	/* Who asks anew is heard. */
	desk_invited(&d, "2001");
	desk_close(&d);
}

TEST(a_call_that_is_in_is_not_asked_about_again)
{
	struct desk d;

	desk_open(&d);
	desk_call_in(&d);
	d.admit_none = true;
	far_request(&d.far, "INVITE", "", far_sdp); /* within the dialog */
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 200"));
	far_request(&d.far, "ACK", "", NULL);
	desk_ended(&d);
	CHECK_EQ(counts_of(&d).refused_overload, 0);
	desk_close(&d);
}

TEST(how_long_it_waited_and_whom_it_calls_is_told)
{
	struct desk d;

	desk_open(&d);
	datagrams_age(MSEC(23));
	far_invite(&d.far, "112", "", far_sdp);
	desk_turn(&d);
	datagrams_age(-1);
	CHECK_EQ(d.wish.waited, MSEC(23));
	CHECK_TEXT(d.wish.called.digits, "112");
	CHECK(!d.wish.crowded);
	desk_close(&d);
}

static void small_stack(struct desk *d, unsigned transactions, unsigned dialogs)
{
	desk_open(d);
	d->stack = sip_stack_close(d->stack);
	d->conf.transactions_most = transactions;
	d->conf.dialogs_most = dialogs;
	d->conf.peer_share = 100;
	d->conf.nbinds = 1;
	CHECK_EQ(desk_stack(d), 0);
	d->far.to = d->port;
	CHECK_EQ(sip_peer_set(d->stack, &d->peer), 0);
}

static const struct {
	unsigned transactions, dialogs;
} limits[] = { { 64, 4 }, { 4, 64 } };

TEST_ROWS(over_a_limit_only_an_emergency_call_comes_in, limits, row)
{
	struct sip_session *in[16];
	struct release why = { .by = RELEASE_BY_OPERATOR };
	struct desk d;
	unsigned n = 0;

	small_stack(&d, row->transactions, row->dialogs);
	for (; n < 16; n++) {
		far_invite(&d.far, "2001", "", far_sdp);
		desk_turn(&d);
		if (!far_hears(&d.far, "SIP/2.0 100"))
			break;
		CHECK(desk_told(&d, SIP_SETUP));
		in[n] = d.session;
	}
	CHECK_EQ(n, 4);
	CHECK(d.wish.crowded);
	CHECK_EQ(counts_of(&d).refused_limit, 1);
	CHECK_EQ(counts_of(&d).refused_overload, 0);
	d.emergency = "112";
	far_invite(&d.far, "112", "", far_sdp);
	desk_turn(&d);
	if (row->transactions > 4) {
		CHECK(desk_told(&d, SIP_SETUP));
		in[n++] = d.session;
	}
	while (n > 0)
		sip_session_end(in[--n], 480, &why);
	desk_close(&d);
}

TEST(what_belongs_to_a_call_does_not_wait_for_new_ones)
{
	struct desk d;

	desk_open(&d);
	desk_call_in(&d);
	d.admit_none = true;
	far_send(&d.far,
	         "INVITE sip:2001@h SIP/2.0\r\n"
	         "Via: SIP/2.0/UDP 127.0.0.1:%u;branch=z9hG4bKnew\r\n"
	         "From: <sip:a@b>;tag=1\r\nTo: <sip:2001@h>\r\n"
	         "Call-ID: new\r\nCSeq: 1 INVITE\r\n"
	         "Contact: <sip:a@127.0.0.1:%u>\r\n"
	         "Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
	         d.far.port, d.far.port);
	far_request(&d.far, "BYE", "", NULL); /* came last */
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 200"));
	CHECK(far_hears(&d.far, "SIP/2.0 503"));
	CHECK(desk_told(&d, SIP_RELEASED));
	desk_close(&d);
}

TEST(a_cancel_does_not_overtake_its_invite)
{
	struct desk d;

	desk_open(&d);
	far_invite(&d.far, "2001", "", far_sdp);
	far_cancel(&d.far, "");
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 100"));
	CHECK(far_hears(&d.far, "SIP/2.0 200")); /* of the CANCEL */
	CHECK(far_hears(&d.far, "SIP/2.0 487"));
	far_ack_refusal(&d.far);
	desk_close(&d);
}

/* An INVITE that is refused; nobody acknowledges it. */
static void be_refused(struct desk *d)
{
	struct release why = { .by = RELEASE_BY_OPERATOR };

	far_invite(&d->far, "2001", "", far_sdp);
	desk_turn(d);
	CHECK(far_hears(&d->far, "SIP/2.0 100"));
	CHECK(desk_told(d, SIP_SETUP));
	sip_session_end(d->session, 480, &why);
	desk_turn(d);
	CHECK(far_hears(&d->far, "SIP/2.0 480"));
	CHECK(desk_told(d, SIP_RELEASED));
}

static unsigned pending(const struct desk *d)
{
	struct sip_peer_status st;

	CHECK_EQ(sip_peer_status(d->stack, d->peer.name, &st), 0);
	return st.pending;
}

TEST(a_peer_that_acknowledges_nothing_holds_its_share_only)
{
	struct release why = { .by = RELEASE_BY_OPERATOR };
	struct sip_session *urgent;
	struct desk d;

	small_stack(&d, 40, 40);
	d.conf.peer_share = 25;
	CHECK_EQ(sip_stack_change(d.stack, &d.conf), 0);
	for (unsigned i = 0; i < 10; i++)
		be_refused(&d);
	CHECK_EQ(pending(&d), 10);
	far_invite(&d.far, "2001", "", far_sdp);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 503"));
	CHECK_EQ(counts_of(&d).refused_share, 1);
	CHECK_EQ(counts_of(&d).refused_limit, 0);
	CHECK_EQ(d.notes, 1);
	CHECK(strstr(d.note, "10 INVITEs are open") != NULL);
	/* Nor into the reserve, with what claims to be within a dialog. */
	far_send(&d.far,
	         "INVITE sip:2001@h SIP/2.0\r\n"
	         "Via: SIP/2.0/UDP 127.0.0.1:%u;branch=z9hG4bKin\r\n"
	         "From: <sip:a@b>;tag=1\r\nTo: <sip:2001@h>;tag=2\r\n"
	         "Call-ID: in\r\nCSeq: 1 INVITE\r\n"
	         "Contact: <sip:a@127.0.0.1:%u>\r\n"
	         "Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
	         d.far.port, d.far.port);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 503"));
	CHECK_EQ(counts_of(&d).refused_share, 2);
	CHECK_EQ(counts_of(&d).transactions, 10);
	d.emergency = "112";
	far_invite(&d.far, "112", "", far_sdp);
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_SETUP));
	urgent = d.session;
	/* When timer H has run out all is forgotten. */
	desk_wait(&d, SEC(40));
	CHECK_EQ(pending(&d), 1);
	be_refused(&d);
	sip_session_end(urgent, 480, &why);
	desk_turn(&d);
	desk_close(&d);
}

TEST(a_peer_that_acknowledges_has_no_share)
{
	struct desk d;

	small_stack(&d, 40, 40);
	d.conf.peer_share = 5;
	CHECK_EQ(sip_stack_change(d.stack, &d.conf), 0);
	for (unsigned i = 0; i < 12; i++) {
		be_refused(&d);
		CHECK_EQ(pending(&d), 1);
		far_ack_refusal(&d.far);
		desk_turn(&d);
		CHECK_EQ(pending(&d), 0);
	}
	CHECK_EQ(counts_of(&d).refused_share, 0);
	desk_close(&d);
}
