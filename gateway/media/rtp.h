/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_MEDIA_RTP_H
#define GATEWAY_MEDIA_RTP_H

/*
 * RTP's header, and what a receiver learns of a source from the headers: loss,
 * jitter, order (RFC 3550 5.1, 6.4.1, A.1, A.3, A.8).
 */

#include "kernel/bytes.h"
#include "kernel/instant.h"

enum { RTP_VERSION = 2, RTP_HEADER = 12 };

struct rtp_packet {
	bool marker;
	uint8_t type;
	uint16_t seq;
	uint32_t stamp, ssrc;
	struct bytes payload; /* without padding */
};

/* -EBADMSG: not RTP, or its lengths do not fit. */
int rtp_parse(struct bytes in, struct rtp_packet *out);

/* The fixed header in front of a payload that already lies behind it. */
void rtp_put_header(uint8_t to[RTP_HEADER], const struct rtp_packet *p);

struct rtp_source {
	bool known;
	uint32_t ssrc;
	uint32_t first, highest; /* extended sequence numbers */
	uint16_t bad_next;       /* where a jump would go on; see bad */
	bool bad;
	uint64_t seen; /* bit n: highest - n has come */
	uint64_t received, expected_before, received_before;
	bool timed;
	uint32_t transit;
	uint32_t jitter; /* scaled by 16, time stamp units */
};

enum rtp_news { RTP_NEXT, RTP_DUPLICATE, RTP_NEW_SOURCE };

/* A packet of the stream has come at this instant. clocked: its time stamp is
 * that of its sending, as it is not with telephone-events. */
enum rtp_news rtp_source_heard(struct rtp_source *s, const struct rtp_packet *p,
                               struct instant now, bool clocked);

/* Not counting duplicates; never below 0. */
uint64_t rtp_source_lost(const struct rtp_source *s);

/* Loss since the last call, in 1/256: the report block's. */
uint8_t rtp_source_fraction(struct rtp_source *s);

/* Time stamp units of a length of time, at 8 kHz. */
uint32_t rtp_units(usec length);

#endif
