/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Captures at the console while calls pass: what is in the file, what privacy
 * forbids, what becomes of one when the gateway ends.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/call.h"
#include "gateway/media/tap.h"
#include "tests/gateway/world.h"

static char text[8192];
static uint8_t octets[1 << 20];

static const char *start(struct world *w, const char *how)
{
	char line[300];

	(void)snprintf(line, sizeof(line), "capture start %s/call.pcapng%s",
	               test_folder(), how);
	return world_console(w, line, false, text, sizeof(text)) == 0 ? text
	                                                              : NULL;
}

static size_t read_file(const char *name)
{
	char path[300];
	FILE *file;
	size_t n;

	(void)snprintf(path, sizeof(path), "%s/%s", test_folder(), name);
	file = fopen(path, "rb");
	CHECK(file != NULL);
	n = fread(octets, 1, sizeof(octets), file);
	(void)fclose(file);
	return n;
}

/* Packets of the interface with this name. */
static unsigned packets_of(size_t n, const char *name)
{
	unsigned interfaces = 0, found = 0, ours = UINT32_MAX;
	uint32_t head[3];

	for (size_t at = 0; at + sizeof(head) <= n; at += head[1]) {
		memcpy(head, octets + at, sizeof(head));
		if (head[0] == 1) {
			if (memcmp(octets + at + 20, name, strlen(name)) == 0)
				ours = interfaces;
			interfaces++;
		}
		found += head[0] == 6 && head[2] == ours;
		CHECK(head[1] >= 12);
	}
	return found;
}

static void hang_up(struct world *w)
{
	world_clear_sip(w, 0);
	world_close(w);
}

static void stop(struct world *w)
{
	CHECK_EQ(world_console(w, "capture stop", false, text, sizeof(text)),
	         0);
	CHECK(strstr(text, " 0 lost") != NULL);
}

TEST(a_capture_of_a_call_has_sip_and_the_d_channel_and_no_rtp)
{
	struct world *w = world_open(world_conf);
	size_t n;

	CHECK(start(w, "") != NULL);
	CHECK(world_call_out(w) != NULL);
	world_run(w, MSEC(200));
	stop(w);
	n = read_file("call.pcapng");
	CHECK_MEM(octets, "\x0a\x0d\x0d\x0a", 4);
	CHECK(packets_of(n, "sip") >= 3);
	CHECK(packets_of(n, "e1 0") >= 4);
	CHECK_EQ(packets_of(n, "rtp"), 0);
	hang_up(w);
}

TEST(rtp_is_captured_both_ways_when_it_is_asked_for)
{
	struct world *w = world_open(world_conf);
	unsigned sent;
	size_t n;

	CHECK(start(w, " rtp") != NULL);
	CHECK(strstr(text, "holds what is said") != NULL);
	CHECK(world_call_out(w) != NULL);
	w->phone[0].talks = true;
	phone_forget(&w->phone[0]);
	world_run(w, SEC(1));
	sent = w->phone[0].packets;
	CHECK_EQ(world_console(w, "show capture", false, text, sizeof(text)),
	         0);
	CHECK(strstr(text, " yes ") != NULL);
	stop(w);
	CHECK(!media_tap_is_open(w->gateway->media));
	world_run(w, MSEC(200)); /* and none of this */
	n = read_file("call.pcapng");
	CHECK(packets_of(n, "rtp") >= sent + 45);
	CHECK(packets_of(n, "rtp") <= sent + 60);
	CHECK(packets_of(n, "sip") >= 3);
	hang_up(w);
}

TEST(a_small_limit_turns_the_file_over_with_rtp_in_it)
{
	struct world *w = world_open_with(world_conf, "capture size 1\n");
	size_t n;

	CHECK(start(w, " rtp") != NULL);
	CHECK(strstr(text, "at most 1 MiB") != NULL);
	CHECK(world_call_out(w) != NULL);
	w->phone[0].talks = true;
	world_run(w, SEC(60)); /* 250 octets, 100 a second */
	stop(w);
	n = read_file("call.pcapng.1");
	CHECK(n >= (1 << 20) - 4096);
	n = read_file("call.pcapng");
	CHECK(n > 0 && packets_of(n, "rtp") > 100);
	hang_up(w);
}

/* --- privacy --- */

static const struct {
	const char *line, *how, *says;
} forbidden[] = {
	{ "privacy speech\n", " rtp", "privacy speech is set" },
	{ "privacy digits 2\n", "", "privacy digits is set" },
	{ "privacy digits 2\n", " rtp", "privacy digits is set" },
};

TEST_ROWS(what_privacy_forbids_is_not_captured, forbidden, row)
{
	struct world *w = world_open_with(world_conf, row->line);

	CHECK(start(w, row->how) == NULL);
	CHECK(strstr(text, row->says) != NULL);
	CHECK(w->gateway->capture == NULL);
	CHECK(!media_tap_is_open(w->gateway->media));
	world_close(w);
}

TEST(speech_is_private_and_signalling_is_captured_all_the_same)
{
	struct world *w = world_open_with(world_conf, "privacy speech\n");

	CHECK(start(w, "") != NULL);
	stop(w);
	world_close(w);
}

static const struct {
	const char *how, *line;
	bool ends;
} set_later[] = {
	{ " rtp", "privacy speech\n", true },
	{ " rtp", "privacy digits 2\n", true },
	{ "", "privacy digits 2\n", true },
	{ "", "privacy speech\n", false },
};

TEST_ROWS(a_capture_that_comes_to_be_forbidden_ends, set_later, row)
{
	static char conf[8192];
	struct world *w = world_open(world_conf);

	CHECK(start(w, row->how) != NULL);
	(void)snprintf(conf, sizeof(conf), "%s%s", row->line, world_conf);
	CHECK_EQ(world_reload(w, conf), 0);
	CHECK_EQ(w->gateway->capture == NULL, row->ends);
	CHECK(!media_tap_is_open(w->gateway->media));
	world_close(w);
}

/* --- when it ends --- */

TEST(a_capture_that_still_runs_ends_with_the_gateway)
{
	struct world *w = world_open(world_conf);

	CHECK(start(w, " rtp") != NULL);
	world_run(w, MSEC(50));
	world_close(w);
}

TEST(a_capture_that_is_started_again_leaves_rtp_out)
{
	struct world *w = world_open(world_conf);

	CHECK(start(w, " rtp") != NULL);
	CHECK(start(w, "") != NULL);
	CHECK(!media_tap_is_open(w->gateway->media));
	stop(w);
	world_close(w);
}
