/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/* RTCP of a running stream, silence, bad packets, holes in the numbers. */

#include "gateway/media/rtcp.h"
#include "kernel/net.h"
#include "tests/gateway/media/rig.h"

#include <errno.h>
#include <string.h>

/* The next compound our end has sent; its blocks about the far end. */
static bool next_report(struct rig *r, struct rtcp_report *out)
{
	uint8_t buffer[512];
	int n = net_receive(r->far[0].control, buffer, sizeof(buffer));

	if (n < 0)
		return false;
	CHECK_EQ(rtcp_parse((struct bytes){ buffer, (size_t)n }, r->far[0].ssrc,
	                    out),
	         0);
	return true;
}

static void control_address(const struct rig *r, struct addr *to)
{
	*to = r->local[0];
	addr_set_port(to, (uint16_t)(addr_port(to) + 1));
}

/* Two ways of sound for so many ticks. */
static void talk(struct rig *r, unsigned ticks)
{
	uint8_t sound[160] = { 0 };

	for (unsigned i = 0; i < ticks; i++) {
		if (i % 4 == 0) {
			rig_send(r, 0, 8, sound, sizeof(sound), false);
			r->far[0].stamp += 160;
		}
		rig_tick(r, 0, sound);
	}
}

TEST(reports_go_out_at_random_half_to_three_halves_of_the_interval)
{
	unsigned reports = 0;
	struct rtcp_report report;
	struct rig r;

	rig_open(&r, LAW_ALAW, NULL);
	rig_call(&r, CODEC_PCMA);
	for (unsigned i = 0; i < 60; i++) {
		talk(&r, 200); /* a second */
		while (next_report(&r, &report)) {
			reports++;
			CHECK(report.has_sender && report.has_block);
			CHECK_EQ(report.ssrc, rig_counts(&r, 1).ssrc);
			CHECK_EQ(report.block.lost, 0);
			CHECK(report.packets > 0);
			CHECK_EQ(report.octets, report.packets * 160);
		}
	}
	CHECK(reports >= 8 && reports <= 24);
	rig_close(&r);
}

TEST(who_only_hears_sends_receiver_reports)
{
	struct rtcp_report report = { 0 };
	struct media_end rtp;
	struct rig r;

	rig_open(&r, LAW_ALAW, NULL);
	rig_call(&r, CODEC_PCMA);
	rtp = rig_rtp_end(&r, 0, CODEC_PCMA);
	rtp.flow.send = false;
	rig_set(&r, 1, &rtp);
	talk(&r, 1600);
	CHECK(next_report(&r, &report));
	CHECK(!report.has_sender && report.has_block);
	rig_close(&r);
}

TEST(close_says_bye_to_whom_was_sent_something)
{
	struct rtcp_report report = { 0 };
	struct rig r;

	rig_open(&r, LAW_ALAW, NULL);
	rig_call(&r, CODEC_PCMA);
	talk(&r, 8);
	media_stream_close(r.engine, r.stream);
	rig_settle(&r);
	CHECK(next_report(&r, &report));
	CHECK(report.bye);
	CHECK(!next_report(&r, &report));
	rig_close(&r);
}

TEST(round_trip_and_loss_there_come_from_the_far_ends_report)
{
	struct rtcp_report ours = { 0 }, theirs;
	uint8_t octets[RTCP_MOST];
	struct writer w = WRITER(octets);
	struct addr to;
	struct rig r;

	rig_open(&r, LAW_ALAW, NULL);
	rig_call(&r, CODEC_PCMA);
	for (unsigned i = 0; i < 2000 && !next_report(&r, &ours); i++)
		talk(&r, 1);
	CHECK(ours.has_sender);
	theirs = (struct rtcp_report){
		.ssrc = r.far[0].ssrc,
		.has_block = true,
		.block = { .ssrc = ours.ssrc,
		           .lost = 4,
		           .last_report = rtcp_ntp_middle(ours.ntp),
		           .delay = 65536 / 4 },
		.cname = "far",
	};
	instant_turn(MSEC(325)); /* 75 ms on the way, 250 ms there */
	rtcp_put(&w, &theirs);
	control_address(&r, &to);
	CHECK(net_send_to(r.far[0].control, (struct bytes){ octets, w.len },
	                  &to) > 0);
	rig_ticks(&r, 1);
	CHECK(rig_counts(&r, 1).round_trip_us >= 74900);
	CHECK(rig_counts(&r, 1).round_trip_us <= 85000);
	CHECK_EQ(rig_counts(&r, 1).remote_lost, 4);
	CHECK(net_send_to(r.far[0].control, (struct bytes){ octets, 7 }, &to) >
	      0);
	CHECK(net_send_to(r.far[1].control, (struct bytes){ octets, w.len },
	                  &to) > 0);
	rig_ticks(&r, 1);
	CHECK_EQ(rig_counts(&r, 1).malformed, 1);
	CHECK_EQ(rig_counts(&r, 1).foreign, 1);
	rig_close(&r);
}

TEST(silence_is_told_once_and_again_after_sound)
{
	struct media_end rtp;
	struct rig r;

	rig_open(&r, LAW_ALAW, NULL);
	rig_call(&r, CODEC_PCMA);
	rtp = rig_rtp_end(&r, 0, CODEC_PCMA);
	rtp.silent_after = SEC(3);
	rig_set(&r, 1, &rtp);
	talk(&r, 400);
	CHECK_EQ(rig_count(&r, MEDIA_SILENT), 0);
	rig_ticks(&r, 2000);
	CHECK_EQ(rig_count(&r, MEDIA_SILENT), 1);
	talk(&r, 400);
	rig_ticks(&r, 900);
	CHECK_EQ(rig_count(&r, MEDIA_SILENT), 2);
	CHECK_EQ(rig_count(&r, MEDIA_HEARD), 2);
	rig_close(&r);
}

TEST(silence_is_told_even_when_the_line_gives_no_ticks)
{
	struct media_end rtp;
	struct rig r;

	rig_open(&r, LAW_ALAW, NULL);
	rig_call(&r, CODEC_PCMA);
	rtp = rig_rtp_end(&r, 0, CODEC_PCMA);
	rtp.silent_after = SEC(3);
	rig_set(&r, 1, &rtp);
	for (unsigned i = 0; i < 8; i++) {
		instant_turn(MSEC(500));
		rig_settle(&r);
	}
	CHECK_EQ(rig_count(&r, MEDIA_SILENT), 1);
	rig_close(&r);
}

static const struct bad {
	const char *hex;
	unsigned malformed, unknown;
} bads[] = {
	/* clang-format off */
	{ "00080001 00000002 00000003 aa", 1, 0 },
	{ "8008", 1, 0 },
	{ "80030001 00000002 00000003 aa", 0, 1 },
	{ "800d0001 00000002 00000003 aa", 0, 1 }, /* comfort noise: not agreed */
	{ "80650001 00000002 00000003 aa", 1, 0 }, /* an event cut short */
	{ "80080001 00000002 00000003", 0, 0 },    /* empty: a keep-alive */
	/* clang-format on */
};

TEST_ROWS(what_is_not_ours_to_play_is_dropped_and_counted, bads, row)
{
	uint8_t octets[64];
	int n = bytes_from_hex(octets, sizeof(octets), row->hex);
	struct rig r;

	rig_open(&r, LAW_ALAW, NULL);
	rig_call(&r, CODEC_PCMA);
	CHECK(net_send_to(r.far[0].sound, (struct bytes){ octets, (size_t)n },
	                  &r.local[0]) > 0);
	rig_ticks(&r, 20);
	CHECK_EQ(rig_counts(&r, 1).malformed, row->malformed);
	CHECK_EQ(rig_counts(&r, 1).unknown_type, row->unknown);
	CHECK(!r.spoken || r.heard[0] == ALAW_IDLE);
	rig_close(&r);
}

TEST(a_new_ssrc_from_the_same_source_plays_at_once)
{
	struct rig r;

	rig_open(&r, LAW_ALAW, NULL);
	rig_call(&r, CODEC_PCMA);
	talk(&r, 40);
	r.far[0].ssrc = 0x99;
	r.far[0].seq = 3;
	r.far[0].stamp = 0x80000000;
	talk(&r, 40);
	CHECK_EQ(rig_counts(&r, 1).remote_ssrc, 0x99);
	CHECK_EQ(rig_counts(&r, 1).resyncs, 1);
	CHECK_EQ(rig_counts(&r, 1).late + rig_counts(&r, 1).early, 0);
	CHECK_EQ(r.heard[0], 0);
	rig_close(&r);
}

TEST(nothing_is_played_that_came_during_a_hold)
{
	struct media_end rtp;
	struct rig r;

	rig_open(&r, LAW_ALAW, NULL);
	rig_call(&r, CODEC_PCMA);
	talk(&r, 40);
	rtp = rig_rtp_end(&r, 0, CODEC_PCMA);
	rtp.flow.receive = false;
	rig_set(&r, 1, &rtp);
	talk(&r, 12);
	CHECK(!r.spoken);
	CHECK_EQ(rig_counts(&r, 1).underruns, 0);
	rig_close(&r);
}

/* Agreed anew in the middle of a packet: what was gathered is not lost, and
 * what comes in the codec before is understood. */
TEST(a_change_of_codec_loses_no_octet)
{
	uint8_t line[RIG_TICK], buffer[2048], sound[160];
	struct media_end rtp;
	struct rtp_packet p;
	struct rig r;

	rig_open(&r, LAW_ALAW, NULL);
	rig_call(&r, CODEC_PCMA);
	memset(line, 0x34, sizeof(line));
	rig_tick(&r, 0, line);
	rig_tick(&r, 0, line);
	rtp = rig_rtp_end(&r, 0, CODEC_PCMU);
	rig_set(&r, 1, &rtp);
	rig_tick(&r, 0, line);
	rig_tick(&r, 0, line);
	CHECK(rig_receive(&r, 0, &p, buffer));
	CHECK_EQ(p.type, 0);
	CHECK_EQ(p.payload.len, 160);
	for (size_t i = 0; i < p.payload.len; i++)
		CHECK_EQ(p.payload.at[i], p.payload.at[159]);
	memset(sound, 0x34, sizeof(sound));
	rig_send(&r, 0, 8, sound, sizeof(sound), false);
	rig_ticks(&r, 9);
	CHECK_EQ(r.heard[0], 0x34);
	CHECK_EQ(rig_counts(&r, 1).unknown_type, 0);
	rig_close(&r);
}
