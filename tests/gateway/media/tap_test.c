/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * What a tap is told: every packet of RTP and RTCP of both directions, with
 * the sockets it went between and its time; and what it is not told.
 */
#include "gateway/media/tap.h"

#include <string.h>

#include "tests/gateway/media/rig.h"

static struct heard {
	unsigned out, in, control, events;
	uint16_t local_port, remote_port;
	int64_t wall_us;
	size_t octets;
	uint8_t type;
} heard;

static void told(void *self ATTR_UNUSED, const struct media_tapped *t)
{
	if (t->packet.at[1] >= 200 && t->packet.at[1] <= 204) {
		heard.control++;
		CHECK_EQ(addr_port(t->local) & 1, 1);
		return;
	}
	heard.events += (t->packet.at[1] & 0x7f) == 101;
	heard.out += t->sent;
	heard.in += !t->sent;
	heard.local_port = addr_port(t->local);
	heard.remote_port = addr_port(t->remote);
	CHECK(t->wall_us >= heard.wall_us);
	heard.wall_us = t->wall_us;
	heard.octets = t->packet.len;
	heard.type = t->packet.at[1] & 0x7f;
}

static void talk(struct rig *r, unsigned ticks)
{
	uint8_t sound[160];

	memset(sound, 0x34, sizeof(sound));
	for (unsigned i = 0; i < ticks; i++) {
		if (i % 4 == 0) {
			rig_send(r, 0, 8, sound, sizeof(sound), false);
			r->far[0].stamp += sizeof(sound);
		}
		rig_tick(r, 0, sound);
	}
}

static struct rig rig;

static struct rig *opened(size_t octets)
{
	memset(&heard, 0, sizeof(heard));
	CHECK(rig_open(&rig, LAW_ALAW, NULL));
	rig_call(&rig, CODEC_PCMA);
	CHECK_EQ(media_tap_open(rig.engine, octets, told, &rig), 0);
	return &rig;
}

TEST(packets_of_both_directions_are_told_with_their_sockets)
{
	struct rig *r = opened(65536);

	talk(r, 40);
	media_tap_drain(r->engine);
	CHECK_EQ(heard.out, 10);
	CHECK_EQ(heard.in, 10);
	CHECK_EQ(heard.local_port, addr_port(&r->local[0]));
	CHECK_EQ(heard.remote_port, addr_port(&r->far[0].at));
	CHECK_EQ(heard.octets, 172);
	CHECK_EQ(heard.type, 8);
	CHECK(wall_now() - heard.wall_us <= MSEC(20));
	talk(r, 2000); /* 10 s: reports are due every 5 s */
	media_tap_drain(r->engine);
	CHECK(heard.control >= 1);
	CHECK_EQ(media_tap_dropped(r->engine), 0);
	rig_close(r);
}

TEST(digits_are_told_as_the_packets_they_are)
{
	struct rig *r = opened(65536);

	CHECK_EQ(media_stream_digits(r->engine, r->stream, 1, "5"), 0);
	talk(r, 40);
	media_tap_drain(r->engine);
	CHECK(heard.events >= 3);
	rig_close(r);
}

TEST(what_nobody_takes_is_dropped_and_counted_and_no_call_notices)
{
	static const uint8_t sound[160];
	struct rig *r = opened(200); /* room for one */

	for (unsigned i = 0; i < 10; i++) {
		for (unsigned k = 0; k < 3; k++) { /* three at once */
			rig_send(r, 0, 8, sound, sizeof(sound), false);
			r->far[0].stamp += sizeof(sound);
		}
		talk(r, 12);
	}
	CHECK_EQ(rig_counts(r, 1).sent_packets, 30);
	CHECK_EQ(rig_counts(r, 1).received_packets, 60);
	media_tap_drain(r->engine);
	CHECK_EQ(heard.in + heard.out + media_tap_dropped(r->engine), 90);
	CHECK(media_tap_dropped(r->engine) > 0);
	rig_close(r);
}

TEST(a_tap_that_is_closed_is_told_nothing_and_may_be_opened_again)
{
	struct rig *r = opened(65536);

	talk(r, 8);
	media_tap_close(r->engine); /* what waits is told first */
	CHECK_EQ(heard.out, 2);
	talk(r, 8);
	media_tap_drain(r->engine);
	CHECK_EQ(heard.out, 2);
	CHECK(!media_tap_is_open(r->engine));
	media_tap_close(r->engine);
	CHECK_EQ(media_tap_open(r->engine, 65536, told, r), 0);
	CHECK(media_tap_is_open(r->engine));
	CHECK_EQ(media_tap_dropped(r->engine), 0);
	talk(r, 8);
	media_tap_drain(r->engine);
	CHECK_EQ(heard.out, 4);
	rig_close(r); /* and it may be open when all ends */
}
