/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_CAPTURE_H
#define GATEWAY_CAPTURE_H

/*
 * A capture: SIP, RTP and the D channels into one pcapng, an interface per span
 * (link type 177, LINUX_LAPD, so that the direction is kept), one for SIP and
 * one for RTP (link type 101, raw IP, with headers made from the socket
 * addresses). Limited in octets: at the limit the file becomes FILE.1 and a new
 * one begins.
 *
 * Written through a buffer; the signalling thread never waits for a disk
 * longer than the kernel's own write. A NULL capture is fine everywhere.
 */

#include "gateway/debug.h"

struct capture;

/* most: octets of a file before it is turned over. -errno of the file. */
int capture_start(struct capture **out, const char *file, uint64_t most);
struct capture *capture_stop(struct capture *capture);

/* What is written next happened then, in microseconds UTC; 0: now. */
void capture_when(struct capture *capture, int64_t wall_us);

void capture_isdn(struct capture *capture, const char *span, bool network_side,
                  bool sent, struct bytes frame);
void capture_sip(struct capture *capture, const struct debug_sip *seen);

/* RTP or RTCP, between these sockets. It reaches the file with the next message
 * or when some of it has gathered. */
void capture_rtp(struct capture *capture, const struct addr *from,
                 const struct addr *to, struct bytes packet);

/* Packets and octets written, packets lost to a full disk. */
struct capture_counts {
	uint64_t packets, octets, lost;
};
struct capture_counts capture_counts(const struct capture *capture);
const char *capture_file(const struct capture *capture);

#endif
