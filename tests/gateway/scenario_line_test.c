/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * What the console tells of a line that was bad for a while, and for how long
 * it keeps it.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/call.h"
#include "tests/gateway/world.h"

static char text[32768];

static void says(struct world *w, const char *line, const char *what)
{
	CHECK_EQ(world_console(w, line, false, text, sizeof(text)), 0);
	ck_assert_msg(strstr(text, what) != NULL, "%s: no \"%s\" in\n%s", line,
	              what, text);
}

/* The line is cut for so long, and then up again. */
static void cut(struct world *w, usec length)
{
	board_sim_cut(w->exchange[0].span, true, true);
	world_run(w, length);
	board_sim_cut(w->exchange[0].span, false, false);
}

TEST(a_short_cut_is_errored_and_a_long_one_unavailable_seconds)
{
	struct world *w = world_open(world_conf);

	world_wait(w, SEC(20));
	says(w, "clear counters e1 0", "counts from now on");
	says(w, "show controllers e1 0", "\n  no alarms\n");
	cut(w, MSEC(300));
	world_run(w, SEC(3));
	says(w, "show controllers e1 0", " 0 unavail secs");
	CHECK(strstr(text, " 1 severely err secs") != NULL ||
	      strstr(text, " 2 severely err secs") != NULL);
	says(w, "show controllers", " 1 "); /* alarm seen since the clearing */
	cut(w, SEC(30));
	world_wait(w, SEC(20));
	says(w, "show controllers e1 0 history", "current");
	says(w, "show controllers e1 0", "e1 0 is up");
	CHECK(strstr(text, " 31 unavail secs") != NULL ||
	      strstr(text, " 30 unavail secs") != NULL);
	says(w, "clear counters", "from now on");
	says(w, "show controllers e1 0", " 0 unavail secs");
	CHECK(strstr(text, " 0 severely err secs") != NULL);
	world_close(w);
}

TEST(a_line_that_is_down_says_so_and_why)
{
	struct world *w = world_open(world_conf);

	board_sim_cut(w->exchange[0].span, true, true);
	world_run(w, SEC(2));
	says(w, "show controllers e1 0", "e1 0 is down");
	CHECK(strstr(text, "  alarm LOS\n") != NULL);
	CHECK(strstr(text, "no line: ") != NULL);
	says(w, "probe", "controller e1 0: no line: ");
	w->broken = true;
	world_close(w);
}

TEST(quarters_of_an_hour_go_by_and_stay_for_a_day)
{
	struct world *w = world_open(world_conf);

	cut(w, SEC(5));
	world_wait(w, SEC(900 + 60));
	says(w, "show controllers e1 0", "(1 of 96 quarters)");
	says(w, "show controllers e1 0 history", "\n1        ");
	CHECK_EQ(world_console(w, "show controllers e1 0 history", true, text,
	                       sizeof(text)),
	         0);
	CHECK(strstr(text, "\"interval\":\"day\",\"seconds\":900") != NULL ||
	      strstr(text, "\"interval\": \"day\", \"seconds\": 900") != NULL);
	world_close(w);
}

static const struct {
	unsigned alarms;
	const char *says;
} hints[] = {
	{ ALARM_LOF, "framing" },
	{ ALARM_AIS, "all ones" },
	{ ALARM_RAI, "does not hear us" },
};

TEST_ROWS(each_alarm_has_its_own_sentence, hints, row)
{
	struct world *w = world_open(world_conf);

	CHECK_EQ(board_span_send_alarm(w->exchange[0].span, row->alarms), 0);
	world_run(w, MSEC(500));
	says(w, "show isdn status", row->says);
	says(w, "show controllers e1 0", row->says);
	CHECK_EQ(board_span_send_alarm(w->exchange[0].span, 0), 0);
	world_run(w, SEC(1));
	world_close(w);
}

TEST(a_switch_type_that_looks_wrong_is_told)
{
	/* SERVICE, in a UI frame */
	static const uint8_t service[] = { 0x02, 0x01, 0x03, 0x03, 0x02, 0x00,
		                           0x00, 0x0f, 0x01, 0x01, 0xc0, 0x18,
		                           0x03, 0xa9, 0x83, 0x85 };
	struct world *w = world_open(world_conf);

	isdn_link_receive(gateway_trunk(w->gateway, "e1 0")->link,
	                  (struct bytes){ service, sizeof(service) });
	says(w, "show isdn status", "is 'isdn switch-type' right?");
	says(w, "probe", "is 'isdn switch-type' right?");
	world_close(w);
}

/* --- what befalls a line stands in the ladders of its calls --- */

static void in_ladder(struct world *w, const char *const *lines, size_t n)
{
	const char *at = world_ladder(w, 1);

	for (size_t i = 0; i < n; i++) {
		const char *found = strstr(at, lines[i]);

		ck_assert_msg(found != NULL, "no \"%s\" after \"%.30s\" in\n%s",
		              lines[i], at, world_ladder(w, 1));
		at = found + strlen(lines[i]);
	}
}

static void hang_up(struct world *w)
{
	world_clear_sip(w, 0);
	world_close(w);
}

TEST(an_alarm_and_the_loss_of_the_d_channel_stand_in_a_ladder)
{
	static const char *const lines[] = {
		". talking\n",
		". e1 0: alarm LOS\n",
		". e1 0: D channel is down\n",
		". e1 0: line is up\n",
		". e1 0: D channel is up\n",
	};
	struct world *w = world_open(world_conf);

	CHECK(world_call_out(w) != NULL);
	board_sim_cut(w->exchange[0].span, true, true);
	world_wait(w, SEC(40));
	board_sim_cut(w->exchange[0].span, false, false);
	world_wait(w, SEC(20));
	in_ladder(w, lines, ARRAY_LEN(lines));
	says(w, "show call 1 ladder", "e1 0: D channel is down");
	hang_up(w);
}

TEST(the_alarm_of_the_far_end_stands_in_a_ladder)
{
	static const char *const lines[] = { ". talking\n",
		                             ". e1 0: alarm RAI\n",
		                             ". e1 0: line is up\n" };
	struct world *w = world_open(world_conf);

	CHECK(world_call_out(w) != NULL);
	CHECK_EQ(board_span_send_alarm(w->exchange[0].span, ALARM_RAI), 0);
	world_run(w, MSEC(500));
	CHECK_TEXT(call_state_name(world_call(w)), "talking");
	CHECK_EQ(board_span_send_alarm(w->exchange[0].span, 0), 0);
	world_run(w, MSEC(500));
	in_ladder(w, lines, ARRAY_LEN(lines));
	hang_up(w);
}

/* Ours at the console, and theirs. */
static const bool ours[] = { true, false };

TEST_ROWS(a_restart_stands_in_the_ladder_of_its_call_alone, ours, row)
{
	struct world *w = world_open(world_conf);
	struct isdn_call *call = world_call_out(w);
	unsigned channel = isdn_call_channel(call);
	char line[64];

	CHECK(world_call_out(w) != NULL);
	(void)snprintf(line, sizeof(line), "clear channel e1 0 %u", channel);
	if (*row)
		says(w, line, "RESTART sent");
	else
		CHECK_EQ(isdn_channel_restart(w->exchange[0].link, channel), 0);
	world_run(w, MSEC(200));
	CHECK(far_hears(&w->far[0], "BYE "));
	far_reply(&w->far[0], "200 OK", "", NULL);
	world_run(w, MSEC(200));
	(void)snprintf(line, sizeof(line), ". e1 0: channel %u is ", channel);
	ck_assert_msg(strstr(world_ladder(w, 1), line) != NULL,
	              "no \"%s\" in\n%s", line, world_ladder(w, 1));
	CHECK(strstr(world_ladder(w, 2), ". e1 0: channel ") == NULL);
	CHECK_TEXT(call_state_name(world_call(w)), "talking");
	says(w, "clear call 2", "being cleared");
	world_run(w, MSEC(50));
	CHECK(far_hears(&w->far[0], "BYE "));
	far_reply(&w->far[0], "200 OK", "", NULL);
	world_run(w, MSEC(50));
	world_close(w);
}

static const char *const of_a_span[] = {
	"show controllers e1 1",
	"clear channel e1 1 5",
};

TEST_ROWS(a_command_to_a_span_that_is_not_there_says_so, of_a_span, line)
{
	struct world *w = world_open(world_conf);
	char said[512];

	CHECK(world_console(w, *line, false, said, sizeof(said)) != 0);
	CHECK(strstr(said, "there is no span \"e1 1\"") != NULL);
	world_close(w);
}
