/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_DEBUG_H
#define GATEWAY_DEBUG_H

/*
 * What crosses the networks, shown to console sessions that ask (debug isdn
 * q931, debug isdn q921, debug ccsip messages, debug voice call), noted in the
 * ladder and written to a capture. One place sees every frame and message;
 * when nobody looks it costs a comparison. Signalling thread only.
 */

#include "gateway/sip/sip.h"
#include "kernel/bytes.h"

struct console;
struct debug;
struct gateway;

int debug_new(struct debug **out, struct gateway *gateway);
struct debug *debug_free(struct debug *debug);

/* The debug and undebug commands. */
int debug_commands(struct debug *debug, struct console *console);

struct debug_sip {
	bool sent;
	enum sip_transport transport;
	const struct addr *local, *remote;
	struct bytes message;
};

void debug_isdn_frame(struct debug *debug, const char *trunk, bool network_side,
                      bool sent, struct bytes frame);
void debug_sip_message(struct debug *debug, const struct debug_sip *seen);
void debug_call(struct debug *debug, uint32_t call, const char *sentence);

#endif
