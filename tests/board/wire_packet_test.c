/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * Packets to values and back, for each shape a span can have, and the sound
 * that waits within one turn.
 */

#include "board/wire_packet.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "board/board.h"
#include "tests/test.h"

static const struct slot_row {
	enum span_type type;
	unsigned dslot, slot;
	bool bears, frames;
} slot_rows[] = {
	/* clang-format off */
	{ SPAN_E1, 16, 0,  false, false },
	{ SPAN_E1, 16, 1,  true,  false },
	{ SPAN_E1, 16, 15, true,  false },
	{ SPAN_E1, 16, 16, false, true  },
	{ SPAN_E1, 16, 31, true,  false },
	{ SPAN_E1, 0,  16, true,  false },
	{ SPAN_E1, 0,  0,  false, false },
	{ SPAN_T1, 24, 1,  true,  false },
	{ SPAN_T1, 24, 23, true,  false },
	{ SPAN_T1, 24, 24, false, true  },
	{ SPAN_T1, 24, 25, false, false },
	{ SPAN_T1, 0,  24, true,  false },
	/* clang-format on */
};

static struct wire_shape shape_of(enum span_type type, unsigned dslot)
{
	return (struct wire_shape){ board_bearer_slots(type, dslot), dslot };
}

TEST_ROWS(a_slot_bears_sound_or_frames_or_nothing, slot_rows, row)
{
	struct wire_shape shape = shape_of(row->type, row->dslot);
	uint8_t octets[64] = { 0 };
	struct writer sound = WRITER(octets);
	struct wire_packet packet;

	put_u8(&sound, WIRE_SAMPLES);
	put_u32(&sound, 0);
	put_u8(&sound, 8);
	put_u32(&sound, UINT32_C(1) << row->slot);
	CHECK_EQ(wire_parse(&packet, (struct bytes){ octets, 18 }, &shape),
	         row->bears ? 0 : -EBADMSG);
	octets[0] = WIRE_FRAME;
	octets[1] = (uint8_t)row->slot;
	CHECK_EQ(wire_parse(&packet, (struct bytes){ octets, 5 }, &shape),
	         row->frames ? 0 : -EBADMSG);
	octets[0] = WIRE_FAULT;
	octets[1] = WIRE_FAULT_SLIP;
	octets[2] = (uint8_t)row->slot;
	CHECK_EQ(wire_parse(&packet, (struct bytes){ octets, 3 }, &shape),
	         row->bears || row->slot == 0 ? 0 : -EBADMSG);
}

static const struct length_row {
	size_t len;
	int rc;
} length_rows[] = { { 2, -EBADMSG },
	            { 4, -EBADMSG },
	            { 5, 0 },
	            { 514, 0 },
	            { 515, -EBADMSG } };

TEST_ROWS(a_frame_has_3_to_512_octets, length_rows, row)
{
	struct wire_shape shape = shape_of(SPAN_E1, 16);
	uint8_t octets[600] = { WIRE_FRAME, 16 };
	struct wire_packet packet;

	CHECK_EQ(
		wire_parse(&packet, (struct bytes){ octets, row->len }, &shape),
		row->rc);
	if (row->rc == 0)
		CHECK_EQ(packet.frame.len, row->len - 2);
}

static const struct length_row name_rows[] = {
	{ 0, -EBADMSG }, { 1, 0 }, { 63, 0 }, { 64, -EBADMSG }
};

TEST_ROWS(a_name_has_1_to_63_octets, name_rows, row)
{
	struct wire_shape shape = shape_of(SPAN_E1, 16);
	uint8_t octets[100] = { WIRE_HELLO, 1, 'E', 'A', 16 };
	struct wire_packet packet;

	memset(octets + 5, 'x', sizeof(octets) - 5);
	CHECK_EQ(wire_parse(&packet, (struct bytes){ octets, 5 + row->len },
	                    &shape),
	         row->rc);
	if (row->rc == 0)
		CHECK_EQ(strlen(packet.hello.name), row->len);
}

TEST(the_longest_packet_is_31_slots_of_160_octets)
{
	struct wire_shape shape = shape_of(SPAN_E1, 0);
	uint8_t octets[WIRE_LONGEST + 1];
	struct writer w = WRITER(octets);
	struct wire_packet packet;
	struct tick tick;

	memset(&tick, 0x5a, sizeof(tick));
	tick.count = 160;
	tick.mask = shape.bearers;
	wire_put_samples(&w, 7, &tick);
	CHECK(!w.full);
	CHECK_EQ(w.len, 4970);
	CHECK_EQ(wire_parse(&packet, (struct bytes){ octets, w.len }, &shape),
	         0);
	CHECK_EQ(packet.samples.tick, 7);
	CHECK_EQ(packet.samples.octets.len, 4960);
	CHECK_EQ(wire_parse(&packet, BYTES(octets), &shape), -EBADMSG);
}

TEST(what_is_put_is_what_is_parsed)
{
	struct wire_shape shape = shape_of(SPAN_T1, 24);
	static const uint8_t frame[] = { 2, 1, 3, 4 };
	struct wire_hello ours = { 1, 'T', 'u', 24, "gw1 t1 0" };
	struct wire_differs differs;
	struct wire_packet packet;
	uint8_t octets[100];
	struct writer w = WRITER(octets);

	wire_put_hello(&w, &ours);
	CHECK_EQ(wire_parse(&packet, (struct bytes){ octets, w.len }, &shape),
	         0);
	CHECK(!wire_hello_differs(&ours, &packet.hello, &differs));
	CHECK_TEXT(packet.hello.name, "gw1 t1 0");
	w.len = 0;
	wire_put_frame(&w, 24, BYTES(frame));
	CHECK_EQ(wire_parse(&packet, (struct bytes){ octets, w.len }, &shape),
	         0);
	CHECK(bytes_equal(packet.frame, BYTES(frame)));
	w.len = 0;
	wire_put_alarm(&w, 0xff);
	CHECK_EQ(wire_parse(&packet, (struct bytes){ octets, w.len }, &shape),
	         0);
	CHECK_EQ(packet.alarms, 15);
	w.len = 0;
	wire_put_fault(&w, WIRE_FAULT_INVERT, 24);
	CHECK_EQ(wire_parse(&packet, (struct bytes){ octets, w.len }, &shape),
	         0);
	CHECK_EQ(packet.fault.kind, WIRE_FAULT_INVERT);
	CHECK_EQ(packet.fault.slot, 24);
}

/* Each prefix and each octet changed: nothing but an answer may come of it. */
TEST(no_octets_do_harm)
{
	struct wire_shape shape = shape_of(SPAN_E1, 16);
	unsigned seed = test_seed();
	struct wire_packet packet;

	srand(seed);
	for (unsigned n = 0; n < 20000; n++) {
		size_t len = (size_t)rand() % 80;
		uint8_t *octets = malloc(len + 1);

		for (size_t i = 0; i < len; i++)
			octets[i] = (uint8_t)rand();
		if (len > 0)
			octets[0] &= 7;
		(void)wire_parse(&packet, (struct bytes){ octets, len },
		                 &shape);
		free(octets);
	}
}

/* --- the sound of a turn --- */

static void fifo_init(struct wire_fifo *fifo)
{
	memset(fifo, 0, sizeof(*fifo));
	fifo->bearers = board_bearer_slots(SPAN_E1, 16);
	fifo->idle = ALAW_IDLE;
}

TEST(a_fifo_gives_back_what_it_got_in_parts_of_a_tick)
{
	struct wire_fifo fifo;
	struct tick tick;
	unsigned total = 0;

	fifo_init(&fifo);
	CHECK(!wire_fifo_take(&fifo, &tick, 40));
	CHECK(!wire_fifo_put_idle(&fifo, 160));
	CHECK(!wire_fifo_put_idle(&fifo, 160));
	while (wire_fifo_take(&fifo, &tick, 48)) {
		CHECK_EQ(tick.mask, fifo.bearers);
		CHECK_EQ(tick.octets[31][tick.count - 1], ALAW_IDLE);
		total += tick.count;
	}
	CHECK_EQ(total, 320);
	CHECK(!wire_fifo_put_idle(&fifo, 160)); /* empty again */
}

TEST(the_161st_octet_behind_160_and_160_slips_to_80)
{
	struct wire_fifo fifo;
	struct tick tick;
	unsigned total = 0;

	fifo_init(&fifo);
	CHECK(!wire_fifo_put_idle(&fifo, 160));
	CHECK(!wire_fifo_put_idle(&fifo, 160));
	CHECK(wire_fifo_put_idle(&fifo, 8));
	while (wire_fifo_take(&fifo, &tick, 40))
		total += tick.count;
	CHECK_EQ(total, 80);
}
