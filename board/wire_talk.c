/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * What the far end of a virtual span says, packet by packet: when it is worth
 * something, and what follows from it. Media thread.
 *
 * A far end proves with its first packet that it means the same kind of line;
 * until then nothing else is listened to, and afterwards the proof is not
 * taken twice. From there on no packet can end the connection: what is
 * malformed, unknown or out of place is counted and forgotten.
 *
 * Faults are what a line does to a receiver: they are kept until the frame or
 * the samples come that they are to spoil. Frames lose theirs in the order in
 * which they were asked for, one fault a frame.
 */

#include "board/wire.h"

#include <errno.h>
#include <string.h>

#include "kernel/mailbox.h"
#include "kernel/net.h"
#include "kernel/text.h"

static void add_value(struct text *t, uint8_t value)
{
	if (value > ' ' && value < 0x7f)
		text_add(t, "'%c'", value);
	else
		text_add(t, "%u", value);
}

static void refuse_hello(struct wire *wire, const struct wire_differs *differs)
{
	char sentence[160];
	struct text t = TEXT(sentence);

	text_add(&t, "the far end's %s is ", differs->name);
	add_value(&t, differs->theirs);
	text_add(&t, " and ours is ");
	add_value(&t, differs->ours);
	text_add(&t, ", connection closed");
	COUNT(&wire->span, hellos_bad);
	wire_complain(wire, differs->name, sentence);
	wire_hang_up(wire, WIRE_RETRY_WRONG);
}

static void take_hello(struct wire *wire, const struct wire_packet *packet)
{
	struct wire_differs differs;

	if (packet == NULL || packet->kind != WIRE_HELLO) {
		COUNT(&wire->span, hellos_bad);
		wire_complain(wire, "first packet",
		              "the far end's first packet is not a hello, "
		              "connection closed");
		wire_hang_up(wire, WIRE_RETRY_WRONG);
		return;
	}
	if (wire_hello_differs(&wire->ours, &packet->hello, &differs)) {
		refuse_hello(wire, &differs);
		return;
	}
	wire->phase = WIRE_UP;
	wire->complained = NULL;
	wire_clock_begin(wire);
	COUNT(&wire->span, connects);
	(void)wire_report_text(wire, REPORT_PEER, packet->hello.name);
	shared_raise(&wire->linked, 1);
}

static void take_frame(struct wire *wire, struct bytes frame)
{
	struct wire_report report = { .kind = REPORT_FRAME,
		                      .came = instant_now(),
		                      .len = frame.len };
	uint8_t fault = 0;

	if (wire_raw(wire) & ALARM_RED_OR_BLUE) {
		COUNT(&wire->span, frames_dropped);
		return;
	}
	if (wire->nfaults > 0) {
		fault = wire->faults[0];
		memmove(wire->faults, wire->faults + 1, --wire->nfaults);
	}
	if (fault == WIRE_FAULT_FCS)
		COUNT(&wire->span, frames_bad);
	if (fault == WIRE_FAULT_FCS || fault == WIRE_FAULT_VANISH)
		return;
	memcpy(report.octets, frame.at, frame.len);
	if (fault == WIRE_FAULT_INVERT)
		report.octets[frame.len - 1] ^= 1;
	if (mailbox_put(wire->up, &report) < 0)
		COUNT(&wire->span, frames_dropped);
}

static void take_fault(struct wire *wire, enum wire_fault kind, unsigned slot)
{
	if (!shared_look(&wire->span.faults) ||
	    (kind != WIRE_FAULT_SLIP && wire->nfaults == WIRE_FAULTS)) {
		COUNT(&wire->span, faults_ignored);
		return;
	}
	COUNT(&wire->span, faults);
	if (kind == WIRE_FAULT_SLIP) {
		COUNT(&wire->span, slips);
		wire_fifo_lose(&wire->fifo, slot);
	} else {
		wire->faults[wire->nfaults++] = (uint8_t)kind;
	}
}

static void take_packet(struct wire *wire, struct bytes octets)
{
	struct wire_packet packet;
	int rc = wire_parse(&packet, octets, &wire->shape);

	wire->heard_at = instant_now();
	if (rc == -ENOTSUP)
		COUNT(&wire->span, unknown);
	else if (rc < 0)
		COUNT(&wire->span, malformed);
	if (wire->phase == WIRE_GREETING)
		take_hello(wire, rc < 0 ? NULL : &packet);
	else if (rc == 0)
		switch (packet.kind) {
		case WIRE_HELLO:
			COUNT(&wire->span, hellos_bad);
			wire_complain(
				wire, "second hello",
				"the far end said hello twice, connection "
				"closed");
			wire_hang_up(wire, WIRE_RETRY_WRONG);
			break;
		case WIRE_FRAME:
			take_frame(wire, packet.frame);
			break;
		case WIRE_SAMPLES:
			wire_clock_samples(wire, &packet.samples);
			break;
		case WIRE_ALARM:
			wire->alarms = packet.alarms;
			break;
		case WIRE_FAULT:
			take_fault(wire, packet.fault.kind, packet.fault.slot);
			break;
		}
}

void wire_read(struct wire *wire)
{
	uint8_t octets[WIRE_LONGEST + 1]; /* one more shows a longer one */

	for (unsigned i = 0; i < WIRE_BATCH && wire->fd >= 0; i++) {
		int n = net_receive(wire->fd, octets, sizeof(octets));

		if (n == -EAGAIN)
			break;
		if (n <= 0)
			wire_hang_up(wire, WIRE_RETRY);
		else
			take_packet(wire, (struct bytes){ octets, (size_t)n });
	}
	mailbox_ring(wire->up);
}
