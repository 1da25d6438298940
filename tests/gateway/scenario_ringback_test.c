/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * `ringback auto` in whole calls: what comes from the far side, step by step,
 * and after each step what the caller hears and what the ladder says of it.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/call.h"
#include "tests/gateway/world.h"

enum { LOUD = 3, STEPS = 7 };

enum heard { SILENCE, TONE, FAR };

struct step {
	const char *status; /* sent; NULL: only time passes */
	bool sdp;
	bool talks; /* the far side sends RTP from here on */
	unsigned ms;
	enum heard heard;
	const char *line; /* in the ladder, the last about ringback */
};

static const struct {
	const char *name;
	struct step steps[STEPS];
} stories[] = {
	{ "180 alone",
	  { { "180 Ringing", false, false, 100, TONE, "ours (us), nobody" } } },
	{ "180 with sound",
	  { { "180 Ringing", true, true, 100, FAR, "its RTP has come" } } },
	{ "180 with a description and nothing behind it",
	  { { "180 Ringing", true, false, 400, SILENCE, "awaited" },
	    { NULL, false, false, 200, TONE, "no RTP has come" },
	    { NULL, false, true, 100, FAR, "its RTP has come" } } },
	{ "183 with a description and nothing behind it",
	  { { "183 Session Progress", true, false, 600, SILENCE,
	      "none: sound is described" },
	    { "180 Ringing", false, false, 100, TONE, "no RTP has come" },
	    { NULL, false, true, 100, FAR, "its RTP has come" } } },
	{ "183 alone",
	  { { "183 Session Progress", false, false, 300, SILENCE, NULL },
	    { "180 Ringing", false, false, 100, TONE, "ours (us), nobody" } } },
	{ "183 with sound, then 180",
	  { { "183 Session Progress", true, true, 200, FAR,
	      "its RTP has come" },
	    { "180 Ringing", false, true, 600, FAR, "its RTP has come" } } },
	{ "180, then 183 with sound",
	  { { "180 Ringing", false, false, 200, TONE, "ours (us), nobody" },
	    { "183 Session Progress", true, false, 100, TONE, "awaited" },
	    { NULL, false, true, 100, FAR, "its RTP has come" } } },
	{ "180, then 183 with nothing behind it",
	  { { "180 Ringing", false, false, 200, TONE, "ours (us), nobody" },
	    { "183 Session Progress", true, false, 700, TONE,
	      "no RTP has come" } } },
	{ "sound that ceases while it rings, and comes again",
	  { { "180 Ringing", true, true, 300, FAR, "its RTP has come" },
	    { NULL, false, false, 5000, SILENCE, "its RTP has come" },
	    { NULL, false, false, 2000, TONE, "has ceased" },
	    { NULL, false, true, 100, FAR, "its RTP has come" } } },
	{ "an announcement that ceases, then 180",
	  { { "183 Session Progress", true, true, 300, FAR,
	      "its RTP has come" },
	    { NULL, false, false, 7000, SILENCE, "none: the far side's" },
	    { "180 Ringing", false, false, 100, TONE, "has ceased" } } },
};

static unsigned channel_of(struct world *w)
{
	return isdn_call_channel(w->exchange[0].call);
}

/* The last line of the ladder that is about ringback. */
static const char *last_ringback(struct world *w)
{
	static char line[160];
	const char *at = world_ladder(w, world_call(w)->number), *found = "";

	while ((at = strstr(at, "ringback: ")) != NULL)
		found = at++;
	(void)snprintf(line, sizeof(line), "%.*s", (int)strcspn(found, "\n"),
	               found);
	return line;
}

static void take_step(struct world *w, const struct step *step)
{
	struct exchange *x = &w->exchange[0];
	unsigned level;

	if (step->status != NULL)
		far_reply(&w->far[0], step->status, "",
		          step->sdp ? world_sdp(w, 0, "sendrecv") : NULL);
	w->phone[0].talks = step->talks;
	world_run(w, MSEC(step->ms));
	level = x->level[channel_of(w)];
	CHECK_EQ(level > 0, step->heard != SILENCE);
	CHECK_EQ(world_call(w)->ringing_tone, step->heard == TONE);
	if (step->heard != SILENCE)
		CHECK(exchange_last(x, ISDN_ALERTING) != NULL ||
		      exchange_last(x, ISDN_PROGRESS) != NULL);
	if (step->line == NULL)
		CHECK_TEXT(last_ringback(w), "");
	else
		ck_assert_msg(strstr(last_ringback(w), step->line) != NULL,
		              "'%s' is not in '%s'", step->line,
		              last_ringback(w));
}

/* Was the caller's exchange told of sound in band? */
static bool told_in_band(const struct exchange *x)
{
	const enum isdn_event_kind kinds[] = { ISDN_ALERTING, ISDN_PROGRESS };
	bool told = false;

	for (unsigned i = 0; i < 2; i++) {
		const struct exchange_heard *h = exchange_last(x, kinds[i]);

		told |= h != NULL && (h->event.progress & PROGRESS_IN_BAND);
	}
	return told;
}

static void give_up(struct world *w)
{
	exchange_clear(w->exchange[0].call, 16);
	world_run(w, MSEC(50));
	CHECK(far_hears(&w->far[0], "CANCEL "));
	far_reply(&w->far[0], "200 OK", "", NULL);
	far_reply(&w->far[0], "487 Request Terminated", "", NULL);
	world_run(w, MSEC(50));
	world_close(w);
}

TEST_ROWS(a_caller_on_a_line_hears_what_he_would_want_to, stories, row)
{
	struct world *w = world_open(world_conf);
	bool heard = false;

	world_place(w, "2001");
	phone_learn(&w->phone[0], far_body(&w->far[0]));
	for (unsigned i = 0; i < STEPS && row->steps[i].ms != 0; i++) {
		take_step(w, &row->steps[i]);
		heard |= row->steps[i].heard != SILENCE;
	}
	CHECK(!heard || told_in_band(&w->exchange[0]));
	give_up(w);
}

/* The wait is an option; 0 trusts no description at all. */
TEST(a_tone_is_heard_at_once_where_descriptions_mean_nothing)
{
	struct world *w =
		world_open_with(world_conf, "media\n ringback wait 0\n");

	world_place(w, "2001");
	far_reply(&w->far[0], "180 Ringing", "", world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(60));
	CHECK(world_call(w)->ringing_tone);
	give_up(w);
}

/* A description that sends us nothing promises nothing. */
TEST(a_description_without_a_way_to_us_is_no_promise)
{
	struct world *w = world_open(world_conf);

	world_place(w, "2001");
	far_reply(&w->far[0], "180 Ringing", "", world_sdp(w, 0, "inactive"));
	world_run(w, MSEC(60));
	CHECK(world_call(w)->ringing_tone);
	give_up(w);
}

/* The branches of a fork: each has a description of its own. He goes on
 * hearing the first until the second has something to hear. */
TEST(a_fork_is_heard_by_who_spoke_last)
{
	struct world *w = world_open(world_conf);
	struct exchange *x = &w->exchange[0];
	struct far *f = &w->far[0];

	world_place(w, "2001");
	phone_learn(&w->phone[0], far_body(f));
	phone_learn(&w->phone[1], far_body(f));
	far_reply(f, "183 Session Progress", "", world_sdp(w, 0, "sendrecv"));
	w->phone[0].talks = true;
	world_run(w, MSEC(300));
	CHECK(x->level[channel_of(w)] >= LOUD);
	(void)snprintf(f->tag, sizeof(f->tag), "second");
	far_reply(f, "180 Ringing", "", world_sdp(w, 1, "sendrecv"));
	world_run(w, MSEC(700));
	CHECK(x->level[channel_of(w)] >= LOUD);
	CHECK(!world_call(w)->ringing_tone);
	w->phone[1].talks = true;
	world_run(w, MSEC(200));
	w->phone[0].talks = false;
	world_run(w, MSEC(300));
	CHECK(x->level[channel_of(w)] >= LOUD); /* the second's */
	w->phone[0].talks = true;
	w->phone[1].talks = false;
	world_run(w, MSEC(300));
	CHECK_EQ(x->level[channel_of(w)], 0); /* the first is a stranger now */
	give_up(w);
}

/* --- the other way: what a caller on SIP is sent --- */

static const struct {
	const char *name;
	bool alerting; /* else PROGRESS */
	unsigned progress;
	const char *status;
	const char *line;
} messages[] = {
	{ "ALERTING", true, 0, "SIP/2.0 180", "the phone's own, nobody else" },
	{ "ALERTING with 8", true, PROGRESS_IN_BAND, "SIP/2.0 183",
	  "by its progress indicator" },
	{ "ALERTING with 1", true, PROGRESS_NOT_ISDN_END_TO_END, "SIP/2.0 183",
	  "by its progress indicator" },
	{ "PROGRESS with 8", false, PROGRESS_IN_BAND, "SIP/2.0 183",
	  "by its progress indicator" },
	{ "PROGRESS with 1", false, PROGRESS_NOT_ISDN_END_TO_END, "SIP/2.0 183",
	  "by its progress indicator" },
};

static void caller_hangs_up(struct world *w)
{
	far_cancel(&w->far[0], "");
	world_run(w, MSEC(100));
	far_ack_refusal(&w->far[0]);
	far_deaf(&w->far[0]);
}

TEST_ROWS(a_caller_on_sip_is_sent_what_makes_his_phone_right, messages, row)
{
	struct world *w = world_open(world_conf);
	struct exchange *x = &w->exchange[0];
	struct far *f = &w->far[0];
	bool sound = strcmp(row->status, "SIP/2.0 183") == 0;

	x->talks[31] = row->progress != 0;
	far_invite(f, "1001", "", world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "SIP/2.0 100"));
	if (row->alerting)
		CHECK_EQ(isdn_call_alerting(x->call, row->progress), 0);
	else
		CHECK_EQ(isdn_call_progress(x->call, row->progress,
		                            (struct cause){ 0 }),
		         0);
	world_run(w, MSEC(300));
	CHECK(far_hears(f, row->status));
	CHECK_EQ(far_body(f)[0] != '\0', sound);
	CHECK_EQ(w->phone[0].loud > 5, sound);
	CHECK(strstr(last_ringback(w), row->line) != NULL);
	caller_hangs_up(w);
	world_close(w);
}

/* PROGRESS 8, then ALERTING with nothing: the sound goes on, and 180 says
 * that it rings; the other way round 183 follows the 180. */
TEST(a_180_and_a_183_add_up_for_a_caller_on_sip)
{
	struct world *w = world_open(world_conf);
	struct exchange *x = &w->exchange[0];
	struct far *f = &w->far[0];

	x->talks[31] = true;
	far_invite(f, "1001", "", world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "SIP/2.0 100"));
	CHECK_EQ(isdn_call_alerting(x->call, 0), 0);
	world_run(w, MSEC(100));
	CHECK(far_hears(f, "SIP/2.0 180"));
	CHECK_EQ(w->phone[0].packets, 0);
	CHECK_EQ(isdn_call_progress(x->call, PROGRESS_IN_BAND,
	                            (struct cause){ 0 }),
	         0);
	world_run(w, MSEC(200));
	CHECK(far_hears(f, "SIP/2.0 183"));
	CHECK(w->phone[0].loud > 3);
	caller_hangs_up(w);
	world_close(w);
}

static const struct {
	const char *status;
	bool sdp, talks;
	const char *first;  /* what he is sent */
	const char *second; /* and then; NULL: nothing */
} relayed[] = {
	{ "180 Ringing", false, false, "SIP/2.0 180", NULL },
	{ "180 Ringing", true, false, "SIP/2.0 180", NULL },
	{ "180 Ringing", true, true, "SIP/2.0 180", "SIP/2.0 183" },
	{ "183 Session Progress", true, false, "SIP/2.0 183", NULL },
	{ "183 Session Progress", true, true, "SIP/2.0 183", NULL },
};

TEST_ROWS(a_caller_on_sip_stops_ringing_when_rtp_comes, relayed, row)
{
	struct world *w = world_open(world_conf_same_kind);
	struct far *a = &w->far[0], *b = &w->far[1];

	far_invite(a, "4001", "", world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(50));
	CHECK(far_hears(b, "INVITE "));
	CHECK(far_hears(a, "SIP/2.0 100"));
	phone_learn(&w->phone[1], far_body(b));
	far_reply(b, row->status, "",
	          row->sdp ? world_sdp(w, 1, "sendrecv") : NULL);
	w->phone[1].talks = row->talks;
	world_run(w, MSEC(700));
	CHECK(far_hears(a, row->first));
	CHECK_EQ(far_body(a)[0] != '\0',
	         strcmp(row->first, "SIP/2.0 183") == 0);
	if (row->second != NULL) {
		CHECK(far_hears(a, row->second));
		CHECK(far_body(a)[0] != '\0');
	}
	CHECK(!far_hear(a));
	CHECK_EQ(w->phone[0].loud > 5, row->talks);
	far_cancel(a, "");
	world_run(w, MSEC(50));
	far_ack_refusal(a);
	far_deaf(a);
	CHECK(far_hears(b, "CANCEL "));
	far_reply(b, "200 OK", "", NULL);
	far_reply(b, "487 Request Terminated", "", NULL);
	world_run(w, MSEC(50));
	world_close(w);
}

/* --- a call that comes to nothing --- */

static const struct {
	const char *number;
	const char *status; /* NULL: no INVITE is sent */
	unsigned cause;
	const char *tone; /* NULL: released at once */
} refusals[] = {
	{ "2001", "486 Busy Here", 17, "\"busy\"" },
	{ "2001", "404 Not Found", 1, "\"info\"" },
	{ "2001", "503 Service Unavailable", 41, "\"congestion\"" },
	{ "7001", NULL, 1, "\"info\"" },
	{ "2001", "480 Temporarily Unavailable", 18, NULL },
};

static struct world *refused(const char *span, const char *number,
                             const char *status)
{
	struct world *w = world_open_options(span, "");
	struct far *f = &w->far[0];

	CHECK(exchange_place(&w->exchange[0], number) != NULL);
	world_run(w, MSEC(20));
	if (status != NULL) {
		CHECK(far_hears(f, "INVITE "));
		far_reply(f, "180 Ringing", "", NULL);
		world_run(w, MSEC(50));
		far_reply(f, status, "", NULL);
	}
	world_run(w, MSEC(500));
	if (status != NULL)
		CHECK(far_hears(f, "ACK "));
	return w;
}

TEST_ROWS(a_caller_on_a_line_hears_why_it_came_to_nothing, refusals, row)
{
	struct world *w = refused(" cause-tone\n", row->number, row->status);
	struct exchange *x = &w->exchange[0];
	const struct exchange_heard *told = exchange_last(x, ISDN_DISCONNECT);

	CHECK_EQ(world_call(w) != NULL, row->tone != NULL);
	if (row->tone != NULL) {
		CHECK(told != NULL);
		CHECK_EQ(told->event.cause.value, row->cause);
		CHECK(x->octets[channel_of(w)] > 800);
		CHECK(strstr(world_ladder(w, world_call(w)->number),
		             row->tone) != NULL);
		exchange_clear(x->call, 16);
		world_run(w, MSEC(100));
		CHECK(world_call(w) == NULL);
	}
	CHECK(strstr(world_sentence(w), "cause") != NULL);
	world_close(w);
}

/* Who listens for ever is released. */
TEST(a_tone_that_says_why_has_an_end)
{
	struct world *w = refused(" cause-tone\n", "2001", "486 Busy Here");

	CHECK(world_call(w) != NULL);
	world_run(w, SEC(15));
	CHECK(world_call(w) != NULL);
	world_run(w, SEC(6));
	CHECK(world_call(w) == NULL);
	CHECK(world_ended(w, "ended by the called side", 17));
	world_close(w);
}

TEST(without_cause_tone_a_caller_is_released_at_once)
{
	struct world *w = refused("", "2001", "486 Busy Here");

	CHECK(world_call(w) == NULL);
	CHECK(world_ended(w, "ended by the called side", 17));
	world_close(w);
}
