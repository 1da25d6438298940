/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * RTP: the input is datagrams, each behind an octet with its length. What
 * parses goes through the source's bookkeeping and the playout buffer, which
 * is drained by ticks in between; nothing may leave its bounds.
 */

#include "gateway/media/jitter.h"
#include "gateway/media/rtp.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t ring[2048];
	static struct jitter jitter;
	struct rtp_source source = { 0 };
	struct bytes in = { data, size }, datagram;
	struct rtp_packet p;
	struct jitter_gap gap;
	uint8_t len, out[160];

	assert(jitter_size(40, 200) == sizeof(ring));
	jitter_init(&jitter, ring, 40, 200, 0xd5);
	for (unsigned i = 0; take_u8(&in, &len); i++) {
		if (!take_bytes(&in, MIN_OF(len, in.len), &datagram))
			break;
		if (rtp_parse(datagram, &p) == 0) {
			const struct instant now = { (int64_t)i * 5000 };

			assert(p.payload.len <= datagram.len);
			(void)rtp_source_heard(&source, &p, now, true);
			(void)jitter_put(&jitter, p.stamp, p.payload, p.marker);
			assert(rtp_source_lost(&source) <= UINT32_MAX);
		}
		(void)jitter_take(&jitter, out, len % sizeof(out), &gap);
		assert(jitter_waiting(&jitter) <= sizeof(ring));
	}
	return 0;
}
