/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * The packets of the virtual span, octets to values and back. README.md here
 * tells the format; this file is its letter.
 *
 * Whether a packet is well-formed depends on nothing but its octets and the
 * shape of the span (which slots bear, where the D channel is). Whether it
 * comes at the right time is the business of wire.c. A hello is taken apart but
 * not judged, so that who gets a wrong one can say what is wrong with it; one
 * of another version is not read beyond the version, for nobody knows what it
 * looks like.
 */

#include "board/wire_packet.h"

#include <errno.h>
#include <string.h>

#include "board/private.h"
#include "kernel/utf8.h"

static bool parse_hello(struct bytes in, struct wire_hello *hello)
{
	char raw[WIRE_NAME + 1];

	if (!take_u8(&in, &hello->version))
		return false;
	if (hello->version != WIRE_VERSION)
		return true;
	if (!take_u8(&in, &hello->type) || !take_u8(&in, &hello->law) ||
	    !take_u8(&in, &hello->dslot))
		return false;
	if (in.len == 0 || in.len > WIRE_NAME)
		return false;
	memcpy(raw, in.at, in.len);
	raw[in.len] = '\0';
	/* It will stand in logs and on terminals. */
	(void)utf8_clean(hello->name, sizeof(hello->name), raw);
	return true;
}

static bool parse_frame(struct bytes in, const struct wire_shape *shape,
                        struct bytes *frame)
{
	uint8_t slot;

	if (!take_u8(&in, &slot) || slot == 0 || slot != shape->dslot ||
	    in.len < FRAME_LEAST || in.len > FRAME_MOST)
		return false;
	*frame = in;
	return true;
}

static bool parse_samples(struct bytes in, const struct wire_shape *shape,
                          struct wire_samples *samples)
{
	uint8_t count;

	if (!take_u32(&in, &samples->tick) || !take_u8(&in, &count) ||
	    !take_u32(&in, &samples->mask))
		return false;
	if (count < 8 || count > TICK_MOST || count % 8 != 0 ||
	    (samples->mask & ~shape->bearers) != 0 ||
	    in.len != count * (size_t)__builtin_popcount(samples->mask))
		return false;
	samples->count = count;
	samples->octets = in;
	return true;
}

static bool parse_alarm(struct bytes in, unsigned *alarms)
{
	uint8_t bits;

	if (!take_u8(&in, &bits) || in.len != 0)
		return false;
	*alarms = bits & (ALARM_RED_OR_BLUE | ALARM_RAI);
	return true;
}

static bool parse_fault(struct bytes in, const struct wire_shape *shape,
                        struct wire_packet *packet)
{
	uint8_t kind, slot;

	if (!take_u8(&in, &kind) || !take_u8(&in, &slot) || in.len != 0)
		return false;
	if (kind < WIRE_FAULT_SLIP || kind > WIRE_FAULT_INVERT)
		return false;
	if (kind == WIRE_FAULT_SLIP
	            ? slot >= TICK_SLOTS ||
	                      (slot != 0 && !(shape->bearers >> slot & 1))
	            : slot == 0 || slot != shape->dslot)
		return false;
	packet->fault.kind = kind;
	packet->fault.slot = slot;
	return true;
}

int wire_parse(struct wire_packet *out, struct bytes in,
               const struct wire_shape *shape)
{
	struct wire_packet packet;
	uint8_t type;
	bool good;

	memset(&packet, 0, sizeof(packet));
	if (in.len > WIRE_LONGEST || !take_u8(&in, &type))
		return -EBADMSG;
	switch (type) {
	case WIRE_HELLO:
		good = parse_hello(in, &packet.hello);
		break;
	case WIRE_FRAME:
		good = parse_frame(in, shape, &packet.frame);
		break;
	case WIRE_SAMPLES:
		good = parse_samples(in, shape, &packet.samples);
		break;
	case WIRE_ALARM:
		good = parse_alarm(in, &packet.alarms);
		break;
	case WIRE_FAULT:
		good = parse_fault(in, shape, &packet);
		break;
	default:
		return -ENOTSUP;
	}
	if (!good)
		return -EBADMSG;
	packet.kind = type;
	*out = packet;
	return 0;
}

bool wire_hello_differs(const struct wire_hello *ours,
                        const struct wire_hello *theirs,
                        struct wire_differs *out)
{
	const struct wire_differs rows[] = {
		/* clang-format off */
		{ "version",        ours->version, theirs->version },
		{ "type",           ours->type,    theirs->type },
		{ "law",            ours->law,     theirs->law },
		{ "D-channel slot", ours->dslot,   theirs->dslot },
		/* clang-format on */
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (rows[i].ours != rows[i].theirs) {
			*out = rows[i];
			return true;
		}
	}
	return false;
}

void wire_put_hello(struct writer *w, const struct wire_hello *hello)
{
	put_u8(w, WIRE_HELLO);
	put_u8(w, hello->version);
	put_u8(w, hello->type);
	put_u8(w, hello->law);
	put_u8(w, hello->dslot);
	put_bytes(w, (struct bytes){ (const uint8_t *)hello->name,
	                             strlen(hello->name) });
}

void wire_put_frame(struct writer *w, unsigned dslot, struct bytes frame)
{
	put_u8(w, WIRE_FRAME);
	put_u8(w, (uint8_t)dslot);
	put_bytes(w, frame);
}

void wire_put_samples(struct writer *w, uint32_t number,
                      const struct tick *tick)
{
	put_u8(w, WIRE_SAMPLES);
	put_u32(w, number);
	put_u8(w, (uint8_t)tick->count);
	put_u32(w, tick->mask);
	for (unsigned slot = 1; slot < TICK_SLOTS; slot++)
		if (tick->mask >> slot & 1)
			put_bytes(w, (struct bytes){ tick->octets[slot],
			                             tick->count });
}

void wire_put_alarm(struct writer *w, unsigned alarms)
{
	put_u8(w, WIRE_ALARM);
	put_u8(w, (uint8_t)alarms);
}

void wire_put_fault(struct writer *w, unsigned kind, unsigned slot)
{
	put_u8(w, WIRE_FAULT);
	put_u8(w, (uint8_t)kind);
	put_u8(w, (uint8_t)slot);
}
