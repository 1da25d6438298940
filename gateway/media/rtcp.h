/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_MEDIA_RTCP_H
#define GATEWAY_MEDIA_RTCP_H

/*
 * RTCP compounds (RFC 3550 6): a sender or receiver report with at most one
 * block, the CNAME, and BYE at the end. Plain values in, octets out, and back.
 */

#include "kernel/bytes.h"
#include "kernel/instant.h"

enum { RTCP_MOST = 256, RTCP_CNAME = 32 };

struct rtcp_block {
	uint32_t ssrc; /* whom it is about */
	uint8_t fraction;
	int32_t lost; /* 24 bits */
	uint32_t highest, jitter;
	uint32_t last_report, delay; /* LSR, DLSR */
};

struct rtcp_report {
	uint32_t ssrc; /* who says it */
	bool has_sender;
	uint64_t ntp;
	uint32_t stamp, packets, octets;
	bool has_block;
	struct rtcp_block block;
	const char *cname; /* of at most RTCP_CNAME; writing only */
	bool bye;
};

/* A whole compound. */
void rtcp_put(struct writer *w, const struct rtcp_report *report);

/*
 * Reads a compound; of the blocks the one about `ssrc` is kept. -EBADMSG:
 * not a compound as RFC 3550 A.2 wants it.
 */
int rtcp_parse(struct bytes in, uint32_t ssrc, struct rtcp_report *out);

/* 64-bit NTP time stamp of a wall clock time, and its middle 32 bits. */
uint64_t rtcp_ntp(int64_t wall_us);
uint32_t rtcp_ntp_middle(uint64_t ntp);

/* A.1's round trip: what is left of `arrived` after LSR and DLSR; 0 when
 * the block has none or the clocks disagree. */
usec rtcp_round_trip(const struct rtcp_block *block, uint32_t arrived_middle);

#endif
