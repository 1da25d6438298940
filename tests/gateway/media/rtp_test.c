/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/* RTP headers, and what a receiver learns from them. */

#include "gateway/media/rtp.h"

#include "tests/test.h"

#include <errno.h>

static const struct packet {
	const char *hex;
	int rc;
	unsigned type, seq, payload;
	bool marker;
} packets[] = {
	/* clang-format off */
	{ "80880001 00000002 00000003 aabb", 0, 8, 1, 2, true },
	{ "80080001 00000002 00000003", 0, 8, 1, 0, false },
	/* two CSRCs */
	{ "82000005 00000002 00000003 11111111 22222222 aa", 0, 0, 5, 1, 0 },
	/* an extension of one word */
	{ "90000005 00000002 00000003 abcd0001 11111111 aabbcc", 0, 0, 5, 3, 0 },
	/* padding of three */
	{ "a0000005 00000002 00000003 aabb000003", 0, 0, 5, 2, 0 },
	{ "", -EBADMSG, 0, 0, 0, 0 },
	{ "40080001 00000002 00000003 aabb", -EBADMSG, 0, 0, 0, 0 },
	{ "80080001 00000002 000000", -EBADMSG, 0, 0, 0, 0 },
	{ "82000005 00000002 00000003 11111111", -EBADMSG, 0, 0, 0, 0 },
	{ "90000005 00000002 00000003 abcd0002 11111111", -EBADMSG, 0, 0, 0, 0 },
	{ "90000005 00000002 00000003 abcd", -EBADMSG, 0, 0, 0, 0 },
	{ "a0000005 00000002 00000003", -EBADMSG, 0, 0, 0, 0 },
	{ "a0000005 00000002 00000003 00", -EBADMSG, 0, 0, 0, 0 },
	{ "a0000005 00000002 00000003 0009", -EBADMSG, 0, 0, 0, 0 },
	/* clang-format on */
};

TEST_ROWS(headers_are_read_whole_or_not_at_all, packets, row)
{
	uint8_t octets[64];
	int n = bytes_from_hex(octets, sizeof(octets), row->hex);
	struct rtp_packet p;

	CHECK(n >= 0);
	CHECK_EQ(rtp_parse((struct bytes){ octets, (size_t)n }, &p), row->rc);
	if (row->rc < 0)
		return;
	CHECK_EQ(p.type, row->type);
	CHECK_EQ(p.seq, row->seq);
	CHECK_EQ(p.marker, row->marker);
	CHECK_EQ(p.payload.len, row->payload);
	CHECK_EQ(p.stamp, 2);
	CHECK_EQ(p.ssrc, 3);
}

TEST(a_written_header_reads_back)
{
	const struct rtp_packet in = { true,       101,        65535,
		                       0x89abcdef, 0xfedcba98, { NULL, 0 } };
	uint8_t octets[RTP_HEADER];
	struct rtp_packet out;

	rtp_put_header(octets, &in);
	CHECK_EQ(rtp_parse(BYTES(octets), &out), 0);
	CHECK(out.marker);
	CHECK_EQ(out.type, 101);
	CHECK_EQ(out.seq, 65535);
	CHECK_EQ(out.stamp, 0x89abcdef);
	CHECK_EQ(out.ssrc, 0xfedcba98);
}

/* Sequence numbers as they come, "x" a new source, and what is counted. */
static const struct course {
	const char *what;
	uint16_t seqs[8];
	unsigned n, duplicates, lost;
	uint32_t highest;
} courses[] = {
	/* clang-format off */
	{ "in order",        { 1, 2, 3, 4 }, 4, 0, 0, 0x10004 },
	{ "one lost",        { 1, 2, 4, 5 }, 4, 0, 1, 0x10005 },
	{ "out of order",    { 1, 3, 2, 4 }, 4, 0, 0, 0x10004 },
	{ "first is late",   { 2, 1, 3 },    3, 0, 0, 0x10003 },
	{ "twice",           { 1, 2, 2, 3 }, 4, 1, 0, 0x10003 },
	{ "twice and late",  { 1, 3, 2, 2 }, 4, 1, 0, 0x10003 },
	{ "wraps around",    { 65534, 65535, 0, 1 }, 4, 0, 0, 0x20001 },
	{ "lost at the wrap", { 65534, 1 },  2, 0, 2, 0x20001 },
	{ "one mad number",  { 1, 2, 9000, 3 }, 4, 0, 0, 0x10003 },
	{ "jumps for good",  { 1, 2, 9000, 9001, 9002 }, 5, 0, 0, 0x1232a },
	/* clang-format on */
};

TEST_ROWS(loss_and_order_are_counted_as_in_appendix_a, courses, row)
{
	struct rtp_source s = { 0 };
	unsigned duplicates = 0;

	for (unsigned i = 0; i < row->n; i++) {
		const struct rtp_packet p = { .seq = row->seqs[i], .ssrc = 9 };

		duplicates += rtp_source_heard(&s, &p, (struct instant){ 0 },
		                               true) == RTP_DUPLICATE;
	}
	CHECK_EQ(duplicates, row->duplicates);
	CHECK_EQ(rtp_source_lost(&s), row->lost);
	CHECK_EQ(s.highest, row->highest);
}

TEST(another_ssrc_is_a_new_source)
{
	struct rtp_source s = { 0 };
	struct rtp_packet p = { .seq = 10, .ssrc = 1 };
	const struct instant now = { 0 };

	CHECK_EQ(rtp_source_heard(&s, &p, now, true), RTP_NEXT);
	p.ssrc = 2;
	p.seq = 7;
	CHECK_EQ(rtp_source_heard(&s, &p, now, true), RTP_NEW_SOURCE);
	CHECK_EQ(rtp_source_lost(&s), 0);
	CHECK_EQ(s.ssrc, 2);
}

TEST(fraction_is_of_the_interval_alone)
{
	struct rtp_source s = { 0 };
	struct rtp_packet p = { .ssrc = 1 };
	const struct instant now = { 0 };

	for (unsigned i = 0; i < 8; i++) {
		p.seq = (uint16_t)(i * 2); /* every other one */
		(void)rtp_source_heard(&s, &p, now, true);
	}
	CHECK_EQ(rtp_source_fraction(&s), 7 * 256 / 15);
	CHECK_EQ(rtp_source_fraction(&s), 0);
	for (unsigned i = 15; i < 20; i++) {
		p.seq = (uint16_t)i;
		(void)rtp_source_heard(&s, &p, now, true);
	}
	CHECK_EQ(rtp_source_fraction(&s), 0);
	CHECK_EQ(rtp_source_lost(&s), 7);
}

TEST(jitter_settles_at_the_mean_deviation)
{
	struct rtp_source s = { 0 };
	struct rtp_packet p = { .ssrc = 1 };

	for (unsigned i = 0; i < 400; i++) {
		struct instant at = { (int64_t)i * 20000 + (i % 2 ? 5000 : 0) };

		p.seq = (uint16_t)i;
		p.stamp = i * 160;
		(void)rtp_source_heard(&s, &p, at, true);
	}
	CHECK(s.jitter >> 4 >= 38 && s.jitter >> 4 <= 41); /* 5 ms */
}
