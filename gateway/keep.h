/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_KEEP_H
#define GATEWAY_KEEP_H

/*
 * The last messages of all calls as they were on the networks, in one ring of
 * octets allotted at start: what `call N export` writes as a pcapng when a call
 * went wrong and nobody captured. Messages have the key of their dialogue
 * (ladder.h); the ladder says which keys a call had, and when.
 *
 * Signalling thread only. A NULL keep is fine everywhere and keeps nothing.
 */

#include "gateway/debug.h"
#include "gateway/ladder.h"

struct keep;

int keep_new(struct keep **out, size_t octets);
struct keep *keep_free(struct keep *keep);

void keep_isdn(struct keep *keep, ladder_key key, const char *span,
               bool network_side, bool sent, struct bytes frame);
void keep_sip(struct keep *keep, ladder_key key, const struct debug_sip *seen);

/*
 * Writes FILE.pcapng and FILE.txt (the ladder) of a call. Returns how many
 * messages, or -errno; -ENOENT: nothing is kept of this call any more.
 */
int keep_export(const struct keep *keep, const struct ladder *ladder,
                uint32_t call, const char *file);

#endif
