/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * RTCP as bytes. What is written is always a compound of a report and an SDES
 * with the CNAME (RFC 3550 6.1), with BYE behind it at the end. What is read
 * must be one: version 2 throughout, a report first, padding in the last
 * packet alone, lengths that add up to the datagram (A.2). Packet types that
 * are not known are stepped over by their length.
 *
 * Nothing here knows sockets or clocks; when to send is session.c's.
 */

#include "gateway/media/rtcp.h"

#include <errno.h>
#include <string.h>

enum {
	RTCP_VERSION = 2,
	RTCP_SR = 200,
	RTCP_RR = 201,
	RTCP_SDES = 202,
	RTCP_BYE = 203,
	SDES_CNAME = 1,
	LOST_MOST = 0x7fffff,
	LOST_LEAST = -0x800000,
};

/* Between 1900, where NTP begins, and 1970 (RFC 868). */
#define NTP_EPOCH 2208988800u

uint64_t rtcp_ntp(int64_t wall_us)
{
	uint64_t seconds = (uint64_t)(wall_us / 1000000) + NTP_EPOCH;
	uint64_t part = (uint64_t)(wall_us % 1000000);

	return seconds << 32 | (part << 32) / 1000000;
}

uint32_t rtcp_ntp_middle(uint64_t ntp)
{
	return (uint32_t)(ntp >> 16);
}

usec rtcp_round_trip(const struct rtcp_block *block, uint32_t arrived_middle)
{
	int32_t units;

	if (block->last_report == 0)
		return 0;
	units = (int32_t)(arrived_middle - block->last_report - block->delay);
	return units <= 0 ? 0 : (usec)units * 1000000 / 65536;
}

static void put_head(struct writer *w, unsigned count, uint8_t type,
                     size_t octets)
{
	put_u8(w, (uint8_t)(RTCP_VERSION << 6 | count));
	put_u8(w, type);
	put_u16(w, (uint16_t)(octets / 4 - 1));
}

static void put_block(struct writer *w, const struct rtcp_block *b)
{
	int32_t lost = MAX_OF(MIN_OF(b->lost, LOST_MOST), LOST_LEAST);

	put_u32(w, b->ssrc);
	put_u32(w, (uint32_t)b->fraction << 24 | ((uint32_t)lost & 0xffffff));
	put_u32(w, b->highest);
	put_u32(w, b->jitter);
	put_u32(w, b->last_report);
	put_u32(w, b->delay);
}

static void put_report(struct writer *w, const struct rtcp_report *r)
{
	unsigned blocks = r->has_block ? 1 : 0;
	size_t octets = 8 + (r->has_sender ? 20 : 0) + 24 * blocks;

	put_head(w, blocks, r->has_sender ? RTCP_SR : RTCP_RR, octets);
	put_u32(w, r->ssrc);
	if (r->has_sender) {
		put_u32(w, (uint32_t)(r->ntp >> 32));
		put_u32(w, (uint32_t)r->ntp);
		put_u32(w, r->stamp);
		put_u32(w, r->packets);
		put_u32(w, r->octets);
	}
	if (r->has_block)
		put_block(w, &r->block);
}

/* One chunk: CNAME, a null item, padded to 32 bits (6.5). */
static void put_sdes(struct writer *w, uint32_t ssrc, const char *cname)
{
	size_t len = strnlen(cname, RTCP_CNAME), used = 4 + 4 + 2 + len;
	size_t pad = 4 - used % 4;

	put_head(w, 1, RTCP_SDES, used + pad);
	put_u32(w, ssrc);
	put_u8(w, SDES_CNAME);
	put_u8(w, (uint8_t)len);
	put_bytes(w, (struct bytes){ (const uint8_t *)cname, len });
	while (pad-- > 0)
		put_u8(w, 0);
}

void rtcp_put(struct writer *w, const struct rtcp_report *report)
{
	put_report(w, report);
	put_sdes(w, report->ssrc, report->cname);
	if (report->bye) {
		put_head(w, 1, RTCP_BYE, 8);
		put_u32(w, report->ssrc);
	}
}

static bool take_block(struct bytes *in, struct rtcp_block *b)
{
	uint32_t loss, lost;

	if (!take_u32(in, &b->ssrc) || !take_u32(in, &loss) ||
	    !take_u32(in, &b->highest) || !take_u32(in, &b->jitter) ||
	    !take_u32(in, &b->last_report) || !take_u32(in, &b->delay))
		return false;
	lost = loss & 0xffffff;
	b->fraction = (uint8_t)(loss >> 24);
	b->lost = (int32_t)(lost & 0x800000 ? lost | 0xff000000 : lost);
	return true;
}

static bool take_report(struct bytes in, bool sender, unsigned count,
                        uint32_t about, struct rtcp_report *r)
{
	struct rtcp_block block;
	uint32_t high, low;

	if (!take_u32(&in, &r->ssrc))
		return false;
	if (sender) {
		if (!take_u32(&in, &high) || !take_u32(&in, &low) ||
		    !take_u32(&in, &r->stamp) || !take_u32(&in, &r->packets) ||
		    !take_u32(&in, &r->octets))
			return false;
		r->ntp = (uint64_t)high << 32 | low;
		r->has_sender = true;
	}
	while (count-- > 0) {
		if (!take_block(&in, &block))
			return false;
		if (block.ssrc == about) {
			r->block = block;
			r->has_block = true;
		}
	}
	return true;
}

/* One packet of a compound: its fixed part and its body without padding. */
static bool take_packet(struct bytes *in, unsigned *count, uint8_t *type,
                        struct bytes *body)
{
	uint8_t first, pad;
	uint16_t words;

	if (!take_u8(in, &first) || first >> 6 != RTCP_VERSION ||
	    !take_u8(in, type) || !take_u16(in, &words) ||
	    !take_bytes(in, 4u * words, body))
		return false;
	*count = first & 0x1fu;
	if ((first & 0x20) == 0)
		return true;
	if (in->len != 0 || body->len == 0) /* only the last may be padded */
		return false;
	pad = body->at[body->len - 1];
	if (pad == 0 || pad % 4 != 0 || pad > body->len)
		return false;
	body->len -= pad;
	return true;
}

int rtcp_parse(struct bytes in, uint32_t ssrc, struct rtcp_report *out)
{
	struct rtcp_report r = { 0 };
	bool first = true;

	do {
		struct bytes body;
		unsigned count;
		uint8_t type;

		if (!take_packet(&in, &count, &type, &body))
			return -EBADMSG;
		if (first && type != RTCP_SR && type != RTCP_RR)
			return -EBADMSG;
		if ((type == RTCP_SR || type == RTCP_RR) &&
		    !take_report(body, type == RTCP_SR, count, ssrc, &r))
			return -EBADMSG;
		if (type == RTCP_BYE)
			r.bye = true;
		first = false;
	} while (in.len > 0);
	*out = r;
	return 0;
}
