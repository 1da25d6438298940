/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * The B channels of a DAHDI span on the media thread.
 *
 * A channel is opened on the signalling thread and comes here as a descriptor
 * through a mailbox; from then until it is taken back nobody else reads or
 * writes it. All descriptors and the mailbox lie in one epoll set, and that
 * set is what the media thread waits for.
 *
 * The driver fills the blocks of all channels in one interrupt, so they become
 * readable together. One turn reads each that is ready and makes one tick of
 * them; the same channels are asked for and written. What is written equals
 * what was read, so what the board holds ahead stays what it was in the
 * beginning: one block of idle, written with the first. Without it every late
 * turn would leave the line without an octet.
 *
 * A span without an open channel has no clock here and needs none.
 */

#include "board/dahdi.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "kernel/mailbox.h"

enum { EVENTS_MOST = 64 };

static int add(struct dahdi *dahdi, int fd, uint32_t slot)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLPRI,
		                     .data.u32 = slot };

	return epoll_ctl(dahdi->poll_fd, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno
	                                                                : 0;
}

int dahdi_media_open(struct dahdi *dahdi)
{
	dahdi->began = instant_now();
	dahdi->poll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (dahdi->poll_fd < 0)
		return -errno;
	/* Slot 0 bears nothing: its number stands for the mailbox. */
	return add(dahdi, mailbox_fd(dahdi->down), 0);
}

void dahdi_media_close(struct dahdi *dahdi)
{
	if (dahdi->poll_fd >= 0)
		(void)close(dahdi->poll_fd);
	dahdi->poll_fd = -1;
}

static void leave(struct dahdi *dahdi, unsigned slot)
{
	if (dahdi->live[slot] < 0)
		return;
	(void)epoll_ctl(dahdi->poll_fd, EPOLL_CTL_DEL, dahdi->live[slot], NULL);
	dahdi->live[slot] = -1;
}

/* The device has gone: the signalling thread closes what it opened. */
static void lose(struct dahdi *dahdi, unsigned slot)
{
	leave(dahdi, slot);
	(void)mailbox_post(dahdi->up, &slot);
}

static void take_orders(struct dahdi *dahdi)
{
	struct dahdi_order order;

	for (unsigned i = 0; i < DAHDI_ORDERS; i++) {
		if (!mailbox_take(dahdi->down, &order))
			return;
		leave(dahdi, order.slot);
		if (order.fd < 0)
			continue;
		dahdi->primed[order.slot] = false;
		dahdi->live[order.slot] = order.fd;
		if (add(dahdi, order.fd, order.slot) < 0)
			lose(dahdi, order.slot);
	}
}

/* False when the device has gone. Alarms are looked at by the signalling
 * thread; here events only stand in the way. */
static bool clear_events(int fd)
{
	for (unsigned i = 0; i < EVENTS_MOST; i++) {
		int event = dahdi_event_take(fd);

		if (event == DAHDI_GONE)
			return false;
		if (event == DAHDI_NO_EVENT || event < 0)
			break;
	}
	return true;
}

/* One block into the tick; false: none there. */
static bool read_block(struct dahdi *dahdi, unsigned slot)
{
	unsigned block = dahdi->span.conf.block;
	uint8_t *to = dahdi->tick.octets[slot];
	int fd = dahdi->live[slot], n;

	n = dahdi_read(fd, to, block);
	if (n == DAHDI_HAS_EVENT) {
		if (!clear_events(fd)) {
			lose(dahdi, slot);
			return false;
		}
		n = dahdi_read(fd, to, block);
	}
	if (n == -ENODEV)
		lose(dahdi, slot);
	else if (n >= 0 && n != (int)block)
		COUNT(&dahdi->span, malformed);
	return n == (int)block;
}

static void write_block(struct dahdi *dahdi, unsigned slot,
                        const uint8_t *octets)
{
	struct bytes block = { octets, dahdi->span.conf.block };
	int fd = dahdi->live[slot], n;

	n = dahdi_write(fd, block);
	if (n == DAHDI_HAS_EVENT && clear_events(fd))
		n = dahdi_write(fd, block);
	if (n == -ENODEV)
		lose(dahdi, slot);
	else if (n != (int)block.len)
		COUNT(&dahdi->span, send_full);
}

static void prime(struct dahdi *dahdi, unsigned slot)
{
	uint8_t idle[TICK_MOST];

	if (dahdi->primed[slot])
		return;
	memset(idle, board_idle(dahdi->span.conf.law), sizeof(idle));
	dahdi->primed[slot] = true;
	write_block(dahdi, slot, idle);
}

/* The slots that had a block. */
static uint32_t read_all(struct dahdi *dahdi)
{
	struct epoll_event events[TICK_SLOTS];
	int n = epoll_wait(dahdi->poll_fd, events, TICK_SLOTS, 0);
	uint32_t mask = 0;

	for (int i = 0; i < n; i++) {
		unsigned slot = events[i].data.u32;

		if (slot == 0)
			take_orders(dahdi);
		else if (dahdi->live[slot] >= 0 && read_block(dahdi, slot))
			mask |= UINT32_C(1) << slot;
	}
	return mask;
}

static void write_all(struct dahdi *dahdi, uint32_t mask)
{
	for (unsigned slot = 1; slot < TICK_SLOTS; slot++) {
		if (!(mask >> slot & 1) || dahdi->live[slot] < 0)
			continue;
		prime(dahdi, slot);
		if (dahdi->live[slot] >= 0)
			write_block(dahdi, slot, dahdi->tick.octets[slot]);
	}
}

/* Channels join and leave, and those opened apart are ready apart: octets of
 * the line are counted by time, not by ticks. */
static uint32_t stamp_now(const struct dahdi *dahdi)
{
	return (uint32_t)(instant_since(instant_now(), dahdi->began) / 125);
}

int dahdi_media_turn(struct board_span *span, const struct board_media *media,
                     void *self)
{
	struct dahdi *dahdi = container_of(span, struct dahdi, span);
	struct tick *tick = &dahdi->tick;
	unsigned block = span->conf.block;
	uint32_t mask = read_all(dahdi);

	if (mask == 0)
		return 0;
	/* What a framer without a signal delivers is not sound. */
	if (shared_look(&dahdi->raw) & ALARM_RED_OR_BLUE)
		board_tick_idle(tick, span->conf.law, mask, block);
	tick->mask = mask;
	tick->count = block;
	tick->stamp = stamp_now(dahdi);
	media->receive(self, tick);
	COUNT(span, ticks_in);

	board_tick_idle(tick, span->conf.law, mask, block);
	tick->stamp = stamp_now(dahdi);
	media->transmit(self, tick);
	/* The line needs an octet for a silent slot too. */
	write_all(dahdi, mask);
	COUNT(span, ticks_out);
	return 2;
}
