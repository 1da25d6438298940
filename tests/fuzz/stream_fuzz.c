/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * A TCP stream of anybody's, cut into messages. Where a message ends must not
 * depend on how much of it has come: of every beginning of the stream the
 * answer is "not yet" or what the whole of it says.
 */

#include <stdlib.h>

#include "gateway/sip/message.h"
#include "gateway/sip/scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_beginnings(struct bytes stream, int head, size_t body)
{
	size_t step = stream.len / 16 + 1;

	for (size_t n = 0; n < stream.len; n += step) {
		size_t length = 0;
		int rc = scan_frame((struct bytes){ stream.at, n }, &length);

		if (rc > 0 && (rc != head || length != body))
			abort();
		if (rc > 0 && (size_t)rc > n)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes stream = { data, size };
	osip_message_t *m;

	message_start();
	while (stream.len > 0) {
		size_t body = 0, whole;
		int head = scan_frame(stream, &body);

		if (head <= 0)
			break;
		if (head > MESSAGE_HEAD)
			abort();
		check_beginnings(stream, head, body);
		whole = (size_t)head + body;
		if (whole > stream.len)
			break;
		if (message_parse(&m, (struct bytes){ stream.at, whole }) >= 0)
			(void)message_free(m);
		stream.at += whole;
		stream.len -= whole;
	}
	return 0;
}
