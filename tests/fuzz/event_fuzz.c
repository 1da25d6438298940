/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * Telephone-events: the input is packets of eight octets, a time stamp and a
 * payload. Whatever they say, what is told of them stays in order: a digit
 * ends only after it began, and what is passed on to be sent comes to an end.
 */

#include "gateway/media/digits.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void say_all(struct digits_mouth *mouth)
{
	struct digits_packet p;
	uint32_t stamp = 0, most = 4u * DIGITS_MOST * 0x200;

	while (digits_say(mouth, stamp, 160, &p) && most-- > 0)
		if (!p.more)
			stamp += 160;
	assert(mouth->queue.count == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = { data, size }, payload;
	struct digits_ear ear = { 0 };
	struct digits_mouth mouth = { 0 };
	struct digits_event event;
	struct instant now = { 0 };
	uint32_t stamp;
	bool open = false;

	while (take_u32(&in, &stamp) &&
	       take_bytes(&in, MIN_OF(in.len, 4u), &payload)) {
		struct digits_news news;

		if (digits_event_parse(payload, &event) < 0)
			break;
		(void)digits_name(event.code);
		news = digits_hear(&ear, stamp, &event, now);
		assert(!news.ended || open || news.begun);
		open = ear.active;
		if (news.begun)
			(void)digits_push(&mouth.queue, event.code, 0, true);
		if (news.ended)
			digits_close(&mouth.queue,
			             MIN_OF(news.ended_octets, 0x10000));
		now = instant_add(now, MSEC(20));
	}
	digits_close(&mouth.queue, 160);
	say_all(&mouth);
	return 0;
}
