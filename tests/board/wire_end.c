/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

#include "tests/board/wire_end.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kernel/loop.h"
#include "kernel/net.h"

static void on_frame(void *self, struct bytes frame)
{
	struct wire_end *end = self;

	CHECK(frame.len <= sizeof(end->frame));
	memcpy(end->frame, frame.at, frame.len);
	end->frame_len = frame.len;
	end->nframes++;
}

static void on_alarm(void *self, unsigned alarms)
{
	struct wire_end *end = self;

	CHECK(end->nalarms < END_LIST);
	end->alarms[end->nalarms++] = alarms;
}

static void on_notice(void *self, const char *sentence)
{
	struct wire_end *end = self;

	(void)snprintf(end->notice, sizeof(end->notice), "%s", sentence);
	end->nnotices++;
}

const struct board_handler end_handler = { .frame = on_frame,
	                                   .alarm = on_alarm,
	                                   .notice = on_notice };

static void on_receive(void *self, const struct tick *tick)
{
	struct wire_end *end = self;

	end->counts[end->nreceived % END_LIST] = tick->count;
	end->masks[end->nreceived % END_LIST] = tick->mask;
	end->nreceived++;
	if (tick->mask & 1u << 1 &&
	    end->nsound + tick->count <= sizeof(end->sound)) {
		memcpy(end->sound + end->nsound, tick->octets[1], tick->count);
		end->nsound += tick->count;
	}
}

static void on_transmit(void *self, struct tick *tick)
{
	struct wire_end *end = self;

	end->ntransmitted++;
	for (unsigned slot = 0; slot < TICK_SLOTS; slot++)
		if (end->mask >> slot & 1)
			memset(tick->octets[slot], end->octet, tick->count);
	tick->mask &= end->mask;
}

const struct board_media end_media = { on_receive, on_transmit };

void end_init(struct wire_end *end, bool listen)
{
	memset(end, 0, sizeof(*end));
	end->listener = end->fd = -1;
	end->conf.kind = BOARD_WIRE;
	end->conf.listen = listen;
	strcpy(end->conf.name, "e1 0");
	board_conf_preset(&end->conf, SPAN_E1);
	(void)snprintf(end->conf.path, sizeof(end->conf.path), "%s/span",
	               test_folder());
	instant_hold();
	CHECK_EQ(loop_new(&end->loop), 0);
}

void end_open(struct wire_end *end)
{
	if (!end->conf.listen)
		end->listener =
			net_unix_listen(end->conf.path, SOCK_SEQPACKET, 0600);
	CHECK_EQ(board_span_open(&end->span, end->loop, &end->conf,
	                         &end_handler, end),
	         0);
}

void end_close(struct wire_end *end)
{
	end->span = board_span_close(end->span);
	end->loop = loop_free(end->loop);
	if (end->fd >= 0)
		(void)close(end->fd);
	if (end->listener >= 0)
		(void)close(end->listener);
	instant_release();
}

void end_turn(struct wire_end *end, usec by)
{
	instant_turn(by);
	(void)loop_turn(end->loop); /* what was sent is on its way */
	(void)board_span_turn(end->span, &end_media, end);
	while (loop_turn(end->loop))
		;
}

void far_join(struct wire_end *end)
{
	if (end->conf.listen) {
		end->fd = net_unix_connect(end->conf.path, SOCK_SEQPACKET);
		CHECK(end->fd >= 0);
		end_turn(end, 0);
	} else {
		end_turn(end, 0);
		end->fd = net_accept(end->listener, NULL);
		CHECK(end->fd >= 0);
	}
}

void far_greet(struct wire_end *end)
{
	static const uint8_t hello[] = { 1, 1, 'E', 'A', 16, 'p', 'b', 'x' };

	far_join(end);
	CHECK(far_take(end));
	CHECK_EQ(end->packet[0], 1);
	far_send(end, BYTES(hello));
	end_turn(end, 0);
}

void end_bring_up(struct wire_end *end)
{
	far_greet(end);
	for (unsigned i = 0; i < 40; i++)
		end_turn(end, MSEC(5));
	CHECK_EQ(board_span_alarms(end->span), 0);
	far_drain(end);
	end->nreceived = end->ntransmitted = 0;
	end->nsound = 0;
}

void far_send(struct wire_end *end, struct bytes packet)
{
	CHECK_EQ(net_send(end->fd, packet), packet.len);
}

void far_say(struct wire_end *end, const char *hex)
{
	uint8_t octets[END_PACKET];
	int n = bytes_from_hex(octets, sizeof(octets), hex);

	CHECK(n > 0);
	far_send(end, (struct bytes){ octets, (size_t)n });
}

void far_sound(struct wire_end *end, uint32_t tick, unsigned count,
               uint8_t first)
{
	uint8_t octets[END_PACKET];
	struct writer packet = WRITER(octets);

	put_u8(&packet, 3);
	put_u32(&packet, tick);
	put_u8(&packet, (uint8_t)count);
	put_u32(&packet, 1u << 1);
	for (unsigned i = 0; i < count; i++)
		put_u8(&packet, (uint8_t)(first + i));
	far_send(end, (struct bytes){ octets, packet.len });
}

bool far_take(struct wire_end *end)
{
	int n = net_receive(end->fd, end->packet, sizeof(end->packet));

	end->len = n < 0 ? 0 : (size_t)n;
	return n > 0;
}

bool far_take_type(struct wire_end *end, uint8_t type)
{
	while (far_take(end))
		if (end->packet[0] == type)
			return true;
	return false;
}

bool far_is_closed(struct wire_end *end)
{
	int n;

	do
		n = net_receive(end->fd, end->packet, sizeof(end->packet));
	while (n > 0);
	if (n == -EAGAIN)
		return false;
	(void)close(end->fd);
	end->fd = -1;
	return true;
}

void far_drain(struct wire_end *end)
{
	while (far_take(end))
		;
}

uint32_t far_tick(const struct wire_end *end)
{
	struct bytes in = { end->packet, end->len };
	uint32_t tick = 0;

	CHECK(take_skip(&in, 1) && take_u32(&in, &tick));
	return tick;
}

struct board_counts end_counts(const struct wire_end *end)
{
	struct board_counts counts;

	board_span_counts(end->span, &counts);
	return counts;
}
