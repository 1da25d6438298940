/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * None clipped: what is said from the instant of an answer, or across a change
 * in a call, is counted octet by octet where it comes out. Both sides begin to
 * speak, go on for a second, and stop; what is missing at the other end is what
 * was clipped.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/call.h"
#include "tests/gateway/move.h"

enum { PACKET = 160, TICK = 40 };

/* What was said and heard so far, on each side. */
struct tally {
	uint64_t line_said, line_heard;
	unsigned phone_said, phone_heard;
};

static unsigned channel_of(struct world *w)
{
	return isdn_call_channel(w->exchange[0].call);
}

static void line_talks(struct world *w, bool talks)
{
	w->exchange[0].talks[channel_of(w)] = talks;
}

static void forget(struct world *w)
{
	phone_forget(&w->phone[0]);
	phone_forget(&w->phone[1]);
	w->exchange[0].octets[channel_of(w)] = 0;
	w->exchange[0].said[channel_of(w)] = 0;
}

static struct tally stop_and_count(struct world *w)
{
	struct exchange *x = &w->exchange[0];
	unsigned channel = channel_of(w);
	struct tally t = { 0 };

	line_talks(w, false);
	w->phone[0].talks = w->phone[1].talks = false;
	world_run(w, MSEC(300));
	t.line_said = x->said[channel];
	t.line_heard = x->octets[channel];
	for (unsigned i = 0; i < WORLD_FARS; i++) {
		t.phone_said += w->phone[i].sent * PACKET;
		t.phone_heard += w->phone[i].sounding;
	}
	return t;
}

/* Both begin to speak; the moment of interest is within the second. */
static void talk(struct world *w, unsigned phone, usec length)
{
	w->phone[phone].talks = true;
	line_talks(w, true);
	world_run(w, length);
}

static void until_answered(struct world *w)
{
	unsigned waited = 0;

	while (exchange_last(&w->exchange[0], ISDN_ANSWER) == NULL &&
	       waited++ < 100)
		world_run(w, MSEC(1));
	CHECK(exchange_last(&w->exchange[0], ISDN_ANSWER) != NULL);
}

static struct world *place_out(const char *conf)
{
	struct world *w = world_open(conf);

	world_place(w, "2001");
	phone_learn(&w->phone[0], far_body(&w->far[0]));
	phone_learn(&w->phone[1], far_body(&w->far[0]));
	forget(w);
	return w;
}

/* A re-INVITE of far 0 with this description is answered. */
static void change(struct world *w, const char *sdp)
{
	struct far *f = &w->far[0];

	far_request(f, "INVITE", "", sdp);
	world_run(w, MSEC(20));
	if (far_hear(f) && strncmp(f->heard, "SIP/2.0 100", 11) == 0)
		(void)far_hear(f);
	CHECK(strncmp(f->heard, "SIP/2.0 200", 11) == 0);
	far_request(f, "ACK", "", NULL);
}

/* --- the moments --- */

static struct world *answer_on_sip(void)
{
	struct world *w = place_out(world_conf);

	w->phone[0].talks = true;
	far_reply(&w->far[0], "200 OK", "", world_sdp(w, 0, "sendrecv"));
	until_answered(w);
	talk(w, 0, SEC(1));
	CHECK(far_hears(&w->far[0], "ACK "));
	return w;
}

/* His 200 is 60 ms slower than his voice. */
static struct world *answer_on_sip_late(void)
{
	struct world *w = place_out(world_conf);

	w->phone[0].talks = true;
	world_run(w, MSEC(60));
	far_reply(&w->far[0], "200 OK", "", world_sdp(w, 0, "sendrecv"));
	until_answered(w);
	talk(w, 0, SEC(1));
	CHECK(far_hears(&w->far[0], "ACK "));
	return w;
}

static struct world *answer_after_early_sound(void)
{
	struct world *w = place_out(world_conf);

	far_reply(&w->far[0], "183 Session Progress", "",
	          world_sdp(w, 0, "sendrecv"));
	w->phone[0].talks = true;
	world_run(w, MSEC(500));
	far_reply(&w->far[0], "200 OK", "", world_sdp(w, 0, "sendrecv"));
	until_answered(w);
	talk(w, 0, SEC(1));
	CHECK(far_hears(&w->far[0], "ACK "));
	return w;
}

/* Whose phone answers sounds from another address than what rang. */
static struct world *answer_from_elsewhere(void)
{
	struct world *w = place_out(world_conf);

	far_reply(&w->far[0], "183 Session Progress", "",
	          world_sdp(w, 0, "sendrecv"));
	w->phone[0].talks = true;
	world_run(w, MSEC(500));
	w->phone[0].talks = false;
	w->phone[1].talks = true;
	far_reply(&w->far[0], "200 OK", "", world_sdp(w, 1, "sendrecv"));
	until_answered(w);
	talk(w, 1, SEC(1));
	CHECK(far_hears(&w->far[0], "ACK "));
	return w;
}

static struct world *answer_on_the_line(void)
{
	struct world *w = world_open(world_conf);
	struct far *f = &w->far[0];

	far_invite(f, "1001", "", world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "SIP/2.0 100"));
	forget(w);
	line_talks(w, true);
	CHECK_EQ(isdn_call_answer(w->exchange[0].call, NULL, 0), 0);
	for (unsigned i = 0; i < 50 && strstr(f->heard, " 200 ") == NULL; i++) {
		world_run(w, MSEC(1));
		(void)far_hear(f);
	}
	phone_learn(&w->phone[0], far_body(f));
	far_request(f, "ACK", "", NULL);
	talk(w, 0, SEC(1));
	return w;
}

/* The answer to our offer is in the ACK; he speaks when he has sent it. */
static struct world *answer_to_a_delayed_offer(void)
{
	struct world *w = world_open(world_conf);
	struct far *f = &w->far[0];

	w->exchange[0].manner = EXCHANGE_ANSWERS;
	far_invite(f, "1001", "", NULL);
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "SIP/2.0 100"));
	CHECK(far_hears(f, "SIP/2.0 200"));
	phone_learn(&w->phone[0], far_body(f));
	forget(w);
	far_request(f, "ACK", "", world_sdp(w, 0, "sendrecv"));
	talk(w, 0, SEC(1));
	return w;
}

static struct world *talking(void)
{
	struct world *w = world_open(world_conf);

	CHECK(world_call_out(w) != NULL);
	w->phone[1].to = w->phone[0].to;
	w->phone[0].talks = false;
	world_run(w, MSEC(300));
	forget(w);
	return w;
}

/* He moves to another address and speaks there from his ACK on. */
static struct world *another_address(void)
{
	struct world *w = talking();

	talk(w, 0, MSEC(500));
	change(w, world_sdp(w, 1, "sendrecv"));
	w->phone[0].talks = false;
	talk(w, 1, MSEC(500));
	return w;
}

/* PCMU alone now; some packets of PCMA are still on their way. */
static struct world *another_codec(void)
{
	struct world *w = talking();
	char sdp[512], *at;

	talk(w, 0, MSEC(505));
	(void)snprintf(sdp, sizeof(sdp), "%s", world_sdp(w, 0, "sendrecv"));
	at = strstr(sdp, "RTP/AVP 8 0");
	memmove(at + 9, at + 11, strlen(at + 11) + 1);
	at[8] = '0';
	CHECK(strstr(sdp, "RTP/AVP 0 101") != NULL);
	change(w, sdp);
	world_run(w, MSEC(60));
	w->phone[0].ulaw = true;
	world_run(w, MSEC(500));
	return w;
}

static struct world *taken_back_from_hold(void)
{
	struct world *w = talking();

	change(w, world_sdp(w, 0, "sendonly"));
	world_run(w, SEC(1));
	change(w, world_sdp(w, 0, "sendrecv"));
	forget(w);
	talk(w, 0, SEC(1));
	return w;
}

/* The one it was transferred to speaks as he answers. */
static struct world *transferred(void)
{
	struct world *w = move_talking();
	struct far *b = &w->far[1];

	w->phone[0].talks = false;
	move_referred(w, "Refer-To: <sip:4002@$FAR1>\r\n");
	CHECK(far_hears(b, "INVITE "));
	phone_learn(&w->phone[1], far_body(b));
	world_run(w, MSEC(300));
	forget(w);
	w->phone[1].talks = true;
	far_reply(b, "200 OK", "", world_sdp(w, 1, "sendrecv"));
	world_run(w, MSEC(1));
	talk(w, 1, SEC(1));
	CHECK(far_hears(b, "ACK "));
	return w;
}

static const struct {
	const char *name;
	struct world *(*moment)(void);
	unsigned to_line, to_phone; /* octets that may be missing */
} moments[] = {
	{ "an answer on SIP", answer_on_sip, 0, 0 },
	{ "an answer slower than the voice", answer_on_sip_late, 0, 0 },
	{ "an answer after early sound", answer_after_early_sound, 0, 0 },
	{ "an answer from elsewhere", answer_from_elsewhere, 0, 0 },
	{ "an answer on the line", answer_on_the_line, 0, TICK },
	{ "an answer in the ACK", answer_to_a_delayed_offer, 0, TICK },
	{ "another address", another_address, 0, 0 },
	{ "another codec", another_codec, 0, 0 },
	{ "taken back from hold", taken_back_from_hold, 0, 0 },
	{ "transferred", transferred, 0, 2 * TICK },
};

TEST_ROWS(nothing_is_clipped, moments, row)
{
	struct world *w = row->moment();
	struct tally t = stop_and_count(w);

	ck_assert_msg(t.line_heard + row->to_line >= t.phone_said,
	              "%s: the line heard %d octets less", row->name,
	              (int)(t.phone_said - t.line_heard));
	ck_assert_msg(t.phone_heard + row->to_phone >= t.line_said,
	              "%s: the phone heard %d octets less", row->name,
	              (int)(t.line_said - t.phone_heard));
	CHECK(t.phone_said >= 7000 && t.line_said >= 7000);
	world_drop(w);
}
