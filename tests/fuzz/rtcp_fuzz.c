/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * RTCP: one datagram. What parses is written again and must parse to the same.
 */

#include "gateway/media/rtcp.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rtcp_report first, second;
	uint8_t octets[RTCP_MOST];
	struct writer w = WRITER(octets);

	if (rtcp_parse((struct bytes){ data, size }, 0x01020304, &first) < 0)
		return 0;
	(void)rtcp_round_trip(&first.block, 0x11223344);
	first.cname = "fuzz";
	rtcp_put(&w, &first);
	assert(!w.full);
	if (rtcp_parse((struct bytes){ octets, w.len }, 0x01020304, &second) <
	    0)
		assert(false);
	assert(second.ssrc == first.ssrc && second.bye == first.bye &&
	       second.has_block == first.has_block &&
	       second.has_sender == first.has_sender);
	if (first.has_block)
		assert(memcmp(&second.block, &first.block,
		              sizeof(first.block)) == 0);
	return 0;
}
