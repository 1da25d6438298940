/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_CAPTURING_H
#define GATEWAY_CAPTURING_H

/*
 * The capture of a gateway: started and stopped at the console, fed with SIP
 * and D channels by debug.c, with RTP by the media engine when that was asked
 * for. Signalling thread only.
 */

struct gateway;

/* Ends it; fine when none runs. */
void capturing_stop(struct gateway *gateway);

/* A configuration was applied: ends a capture it forbids. */
void capturing_review(struct gateway *gateway);

/* RTP that waits is written before a message that came later. */
void capturing_catch_up(struct gateway *gateway);

#endif
