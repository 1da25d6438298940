/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * Whatever comes through the socket of a virtual span: the first octet chooses
 * the shape of the span, the rest is one packet. A samples packet also goes
 * through the sound of a turn.
 */

#include <stdlib.h>
#include <string.h>

#include "board/board.h"
#include "board/wire_packet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void use_samples(const struct wire_samples *samples, uint32_t bearers,
                        uint8_t lose)
{
	static struct wire_fifo fifo;
	static struct tick tick;

	memset(&fifo, 0, sizeof(fifo));
	fifo.bearers = bearers;
	wire_fifo_lose(&fifo, lose % TICK_SLOTS);
	for (unsigned i = 0; i < 4; i++)
		(void)wire_fifo_put(&fifo, samples);
	while (wire_fifo_take(&fifo, &tick, samples->count))
		if (tick.count == 0 || (tick.mask & ~bearers) != 0)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = { data, size };
	struct wire_packet packet;
	struct wire_shape shape;
	uint8_t first;

	if (!take_u8(&in, &first))
		return 0;
	shape.dslot = first & 1 ? 0 : first & 2 ? 24 : 16;
	shape.bearers =
		board_bearer_slots(first & 2 ? SPAN_T1 : SPAN_E1, shape.dslot);
	if (wire_parse(&packet, in, &shape) < 0)
		return 0;
	if (packet.kind == WIRE_SAMPLES)
		use_samples(&packet.samples, shape.bearers, first >> 2);
	if (packet.kind == WIRE_HELLO && strlen(packet.hello.name) > WIRE_NAME)
		abort();
	return 0;
}
