/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Attended transfer with both calls at this gateway: a phone that has two of
 * them sends the one to the other, and they become one call.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/call.h"
#include "tests/gateway/move.h"

static const char lines[] =
	"sip-peer carrier\n transfer\n!\n"
	"sip-peer office\n address $FAR1\n!\n"
	"dial-peer voice 200 voip\n allow-same-kind\n!\n"
	"dial-peer voice 210 voip\n destination-pattern 4...\n"
	" session target sip-peer office\n allow-same-kind\n!\n";

/* The phone at far 0 speaks in one of its two dialogs; the other is kept. */
static struct far kept;

static void turn_to_the_other(struct world *w)
{
	static struct far now;
	struct far *f = &w->far[0];

	now = *f;
	*f = kept;
	f->fd = now.fd;
	f->port = now.port;
	f->to = now.to;
	f->branch = now.branch + 100; /* of a transaction of its own */
	kept = now;
}

/* A is party to the first call, B to the second. */
struct pair {
	struct world *w;
	struct isdn_call *a, *b;
};

static void hold(struct world *w, const char *direction)
{
	struct far *f = &w->far[0];

	far_request(f, "INVITE", "", world_sdp(w, 0, direction));
	world_run(w, MSEC(40));
	CHECK(far_hears(f, "SIP/2.0 200"));
	far_request(f, "ACK", "", NULL);
	world_run(w, MSEC(40));
}

/* The first call is up, and the phone goes on in a second dialog. */
static struct pair one(bool calls)
{
	struct pair p = { .w = world_open_with(world_conf, lines) };

	p.a = calls ? world_call_in(p.w) : world_call_out(p.w);
	CHECK(p.a != NULL);
	far_deaf(&p.w->far[0]);
	return p;
}

static void second(struct pair *p)
{
	struct far *f = &p->w->far[0];

	kept = *f;
	(void)strcpy(f->tag, "far2");
	f->routes[0] = '\0';
}

static struct pair both(bool calls_a, bool calls_b)
{
	struct pair p = one(calls_a);

	second(&p);
	p.b = calls_b ? world_call_in(p.w) : world_call_out(p.w);
	CHECK(p.b != NULL && p.b != p.a);
	far_deaf(&p.w->far[0]);
	turn_to_the_other(p.w);
	return p;
}

/* As Refer-To or Also names the other dialog: from-tag is the phone's. */
static const char *naming(const char *header, const struct far *f,
                          const struct far *named, const char *more)
{
	static char line[2048];
	const char *ours = strstr(named->remote, ";tag=");
	const char *theirs = strstr(named->local, ";tag=");

	(void)snprintf(line, sizeof(line),
	               "%s: <sip:1002@127.0.0.1:%u?Replaces=%s%%3Bto-tag%%3D%s"
	               "%%3Bfrom-tag%%3D%s%s>\r\n",
	               header, f->to, named->call_id,
	               ours == NULL ? "none" : ours + 5, theirs + 5, more);
	return line;
}

static void refer(struct world *w, const char *more)
{
	move_refer(w, naming("Refer-To", &w->far[0], &kept, more));
}

static unsigned channel(const struct isdn_call *call)
{
	return isdn_call_channel(call);
}

static void hear_each_other(const struct pair *p)
{
	struct exchange *x = &p->w->exchange[0];

	p->w->phone[0].talks = false;
	x->talks[channel(p->a)] = true;
	world_run(p->w, MSEC(200));
	CHECK(x->level[channel(p->b)] >= MOVE_LOUD);
	x->talks[channel(p->a)] = false;
	x->talks[channel(p->b)] = true;
	world_run(p->w, MSEC(200));
	CHECK(x->level[channel(p->a)] >= MOVE_LOUD);
	CHECK(x->level[channel(p->b)] < MOVE_LOUD);
}

/* It was told that it went well, and both its calls are ended. */
static void phone_is_out(struct world *w)
{
	struct far *f = &w->far[0];

	move_notified(w, "SIP/2.0 200 OK");
	for (unsigned i = 0; i < 2; i++) {
		CHECK(far_hears(f, "BYE "));
		CHECK(strstr(far_header(f, "Reason"), "cause=16") != NULL);
		far_reply(f, "200 OK", "", NULL);
	}
	world_run(w, MSEC(60));
	CHECK(!far_hear(f));
}

static void end(const struct pair *p, struct isdn_call *call)
{
	exchange_clear(call, 16);
	world_run(p->w, MSEC(100));
	CHECK(world_call(p->w) == NULL);
}

static void hang_up(const struct pair *p, struct isdn_call *call)
{
	end(p, call);
	world_close(p->w);
}

static unsigned count_calls(struct world *w)
{
	unsigned n = 0;

	LIST_EACH(&w->gateway->calls, struct call, call, list)
	{
		CHECK_TEXT(call_state_name(call), "talking");
		n++;
	}
	return n;
}

static const struct {
	bool calls_a, calls_b, a_ends;
	const char *holds;
} ways[] = {
	/* clang-format off */
	{ true,  true,  true,  "sendonly" },
	{ true,  false, false, "inactive" },
	{ false, true,  true,  NULL       },
	{ false, false, false, "sendonly" },
	/* clang-format on */
};

TEST_ROWS(two_calls_of_a_phone_become_one, ways, row)
{
	struct pair p = both(row->calls_a, row->calls_b);
	struct world *w = p.w;

	if (row->holds != NULL)
		hold(w, row->holds);
	refer(w, "");
	CHECK(far_hears(&w->far[0], "SIP/2.0 202"));
	phone_is_out(w);
	CHECK_EQ(count_calls(w), 1);
	CHECK(world_ended(w, "transferred (joined in call 2)", 16));
	CHECK(strstr(world_ladder(w, 1), "carrier transfers e1 0:") != NULL);
	CHECK(strstr(world_ladder(w, 1), "they are joined in call 2") != NULL);
	CHECK(strstr(world_ladder(w, 2), "here, from call 1") != NULL);
	hear_each_other(&p);
	end(&p, row->a_ends ? p.a : p.b);
	CHECK(strstr(world_ladder(w, 1), "DISCONNECT") == NULL);
	CHECK(strstr(world_ladder(w, 2), "-> DISCONNECT") != NULL);
	CHECK(strstr(world_ladder(w, 2), "<- DISCONNECT") != NULL);
	world_close(w);
}

/* The old manner: the first call ends by BYE with Also, which names the second.
 */
TEST(a_bye_with_also_joins_two_calls)
{
	struct pair p = both(true, true);
	struct far *f = &p.w->far[0];

	move_also(p.w, naming("Also", f, &kept, ""));
	CHECK(far_hears(f, "BYE "));
	far_reply(f, "200 OK", "", NULL);
	CHECK(!far_hear(f));
	CHECK_EQ(count_calls(p.w), 1);
	hear_each_other(&p);
	hang_up(&p, p.a);
}

/* The phone that stays is told who is there now. */
static void takes_the_party(struct world *w, const char *direction)
{
	struct far *there = &w->far[1];

	CHECK(far_hears(there, "INVITE "));
	CHECK(strstr(there->heard, "P-Asserted-Identity: ") != NULL);
	far_reply(there, "200 OK", "", world_sdp(w, 1, direction));
	world_run(w, MSEC(20));
	CHECK(far_hears(there, "ACK "));
}

/* The second party is a phone at another peer. */
static struct pair line_and_phone(void)
{
	struct pair p = one(true);
	struct world *w = p.w;
	struct far *f = &w->far[0], *there = &w->far[1];

	second(&p);
	far_invite(f, "4001", "", world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(40));
	CHECK(far_hears(there, "INVITE "));
	phone_learn(&w->phone[1], far_body(there));
	world_answer(w, 1);
	CHECK(far_hears(f, "SIP/2.0 100"));
	CHECK(far_hears(f, "SIP/2.0 200"));
	far_request(f, "ACK", "", NULL);
	world_run(w, MSEC(20));
	return p;
}

TEST(a_line_and_a_phone_are_joined)
{
	struct pair p = line_and_phone();
	struct world *w = p.w;

	turn_to_the_other(w);
	refer(w, "");
	CHECK(far_hears(&w->far[0], "SIP/2.0 202"));
	phone_is_out(w);
	takes_the_party(w, "sendrecv");
	CHECK(!far_hear(&w->far[1])); /* and goes on */
	move_both_hear(w);
	move_hang_up(w);
}

/* What the phone rings with is answered by whom it names: RFC 3891 3, an early
 * dialog that we began. */
TEST(a_call_that_rings_at_the_phone_is_picked_up_by_the_other)
{
	struct pair p = one(true);
	struct world *w = p.w;
	struct far *f = &w->far[0];

	second(&p);
	p.b = exchange_place(&w->exchange[0], "2002");
	world_run(w, MSEC(20));
	CHECK(far_hears(f, "INVITE "));
	far_reply(f, "180 Ringing", "", NULL);
	world_run(w, MSEC(40));
	turn_to_the_other(w);
	/* the dialog has the tags of the INVITE and of the 180 */
	refer(w, "%3Bearly-only");
	CHECK(far_hears(f, "SIP/2.0 202"));
	move_notified(w, "SIP/2.0 200 OK");
	CHECK(far_hears(f, "CANCEL "));
	far_reply(f, "200 OK", "", NULL);
	CHECK(far_hears(f, "BYE "));
	far_reply(f, "200 OK", "", NULL);
	turn_to_the_other(w);
	far_reply(f, "487 Request Terminated", "", NULL);
	world_run(w, MSEC(60));
	CHECK(exchange_last(&w->exchange[0], ISDN_ANSWER) != NULL);
	hear_each_other(&p);
	far_deaf(f);
	hang_up(&p, p.b);
}

/* --- what can not be joined --- */

enum named { OF_STRANGER, EARLY_ONLY, ITSELF, THEIR_EARLY, ENDING, UNKNOWN };

static const struct {
	enum named named;
	const char *frag;
	unsigned cause; /* of A, when the phone has left by Also */
} refused[] = {
	/* clang-format off */
	{ UNKNOWN,     "SIP/2.0 481", 41 },
	{ EARLY_ONLY,  "SIP/2.0 486", 17 },
	{ ITSELF,      "SIP/2.0 491", 21 }, /* it has ended then */
	{ THEIR_EARLY, "SIP/2.0 481", 41 },
	{ ENDING,      "SIP/2.0 603", 21 },
	/* clang-format on */
};

static struct pair not_to_be_joined(enum named named)
{
	struct pair p;
	struct far *f;

	if (named != THEIR_EARLY) {
		p = both(true, true);
		f = &p.w->far[0];
	} else {
		p = one(true);
		f = &p.w->far[0];
		second(&p);
		p.w->exchange[0].manner = EXCHANGE_RINGS;
		world_invite(p.w, "1002", "SIP/2.0 180");
		turn_to_the_other(p.w);
	}
	if (named == UNKNOWN)
		(void)strcpy(kept.local, "<sip:x@y>;tag=unknown");
	if (named == ENDING)
		exchange_clear(p.b, 16);
	world_run(p.w, MSEC(60));
	far_deaf(f);
	return p;
}

static const char *line_for(const struct pair *p, enum named named,
                            const char *header)
{
	const struct far *f = &p->w->far[0];

	return naming(header, f, named == ITSELF ? f : &kept,
	              named == EARLY_ONLY ? "%3Bearly-only" : "");
}

static void all_end(struct pair *p)
{
	struct far *f = &p->w->far[0];

	while (world_call(p->w) != NULL) {
		struct release why = { .by = RELEASE_BY_OPERATOR };

		call_clear(world_call(p->w), &why);
		world_run(p->w, MSEC(100));
		while (far_hear(f))
			if (strncmp(f->heard, "BYE ", 4) == 0)
				far_reply(f, "200 OK", "", NULL);
		world_wait(p->w, SEC(40));
	}
	far_deaf(f);
	world_close(p->w);
}

TEST_ROWS(a_call_that_can_not_be_joined_is_told_as_its_answer, refused, row)
{
	struct pair p = not_to_be_joined(row->named);

	move_refer(p.w, line_for(&p, row->named, "Refer-To"));
	move_taken(p.w);
	move_notified(p.w, row->frag);
	CHECK(!far_hear(&p.w->far[0]));
	CHECK_TEXT(call_state_name(world_call(p.w)), "talking");
	CHECK(strstr(world_ladder(p.w, 1), "transfer in a call's place: ") !=
	      NULL);
	CHECK(strstr(world_ladder(p.w, 1), "the two go on") != NULL);
	all_end(&p);
}

TEST_ROWS(who_left_by_also_leaves_nobody_to_join, refused, row)
{
	struct pair p = not_to_be_joined(row->named);

	move_also(p.w, line_for(&p, row->named, "Also"));
	world_run(p.w, MSEC(100));
	CHECK(strstr(world_ladder(p.w, 1), "nobody is left") != NULL);
	CHECK_EQ(exchange_cause(&p.w->exchange[0]), row->cause);
	all_end(&p);
}

/* Its second call goes by a peer that may not transfer. */
TEST(a_dialog_of_a_peer_that_may_not_is_not_joined)
{
	struct pair p = one(true);
	struct world *w = p.w;
	struct far *there = &w->far[1];

	far_invite(there, "1002", "", world_sdp(w, 1, "sendrecv"));
	world_run(w, MSEC(100));
	CHECK(far_hears(there, "SIP/2.0 100"));
	CHECK(far_hears(there, "SIP/2.0 200"));
	far_request(there, "ACK", "", NULL);
	world_run(w, MSEC(20));
	move_referred(w, naming("Refer-To", &w->far[0], there, ""));
	move_notified(w, "SIP/2.0 403");
	CHECK_EQ(count_calls(w), 2);
	far_request(there, "BYE", "", NULL);
	all_end(&p);
}

/* --- whoever ends it meanwhile --- */

enum who { A, B, A_BEFORE, B_BEFORE, PHONE, PHONE_TWICE, SILENT };

static const enum who enders[] = { A,     B,           A_BEFORE, B_BEFORE,
	                           PHONE, PHONE_TWICE, SILENT };

static void end_first(const struct pair *p, enum who who)
{
	if (who == A_BEFORE)
		exchange_clear(p->a, 16);
	else if (who == B_BEFORE)
		exchange_clear(p->b, 16);
}

static void end_after(const struct pair *p, enum who who)
{
	struct far *f = &p->w->far[0];

	if (who == A)
		exchange_clear(p->a, 16);
	else if (who == B)
		exchange_clear(p->b, 16);
	if (who != PHONE && who != PHONE_TWICE)
		return;
	far_request(f, "BYE", "", NULL);
	if (who == PHONE)
		return;
	turn_to_the_other(p->w);
	far_request(f, "BYE", "", NULL);
}

/* All within one turn of the loop, so that everything crosses. */
TEST_ROWS(whoever_ends_a_transfer_nothing_is_left, enders, who)
{
	struct pair p = both(true, true);
	struct world *w = p.w;
	struct far *f = &w->far[0];

	end_first(&p, *who);
	far_request(f, "REFER", naming("Refer-To", f, &kept, ""), NULL);
	end_after(&p, *who);
	world_run(w, MSEC(100));
	while (*who != SILENT && far_hear(f))
		if (strncmp(f->heard, "BYE ", 4) == 0 ||
		    strncmp(f->heard, "NOTIFY ", 7) == 0)
			far_reply(f, "200 OK", "", NULL);
	world_run(w, MSEC(100));
	if (world_call(w) != NULL)
		exchange_clear(*who == A_BEFORE ? p.b : p.a, 16);
	world_wait(w, SEC(80));
	CHECK(world_call(w) == NULL);
	CHECK_EQ(w->gateway->counts.stuck, 0);
	far_deaf(f);
	world_close(w);
}

/* Who is held by the party he was sent to stays so. */
TEST(who_holds_goes_on_holding)
{
	struct pair p = line_and_phone();
	struct world *w = p.w;
	struct far *there = &w->far[1];

	far_request(there, "INVITE", "", world_sdp(w, 1, "sendonly"));
	world_run(w, MSEC(60));
	far_deaf(&w->far[0]);
	far_deaf(there);
	far_request(there, "ACK", "", NULL);
	turn_to_the_other(w);
	refer(w, "");
	world_run(w, MSEC(60));
	takes_the_party(w, "sendonly");
	CHECK(world_call(w)->held[1] && !world_call(w)->held[0]);
	w->exchange[0].talks[channel(p.a)] = true;
	phone_forget(&w->phone[1]);
	world_run(w, MSEC(300));
	CHECK_EQ(w->phone[1].loud, 0);
	far_request(there, "INVITE", "", world_sdp(w, 1, "sendrecv"));
	world_run(w, MSEC(60));
	far_deaf(there);
	far_request(there, "ACK", "", NULL);
	world_run(w, MSEC(300));
	CHECK(w->phone[1].loud >= 10);
	all_end(&p);
}
