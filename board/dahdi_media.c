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
 * beginning: a block of idle, written before the first, or as many as the
 * driver's beat asks for. Without it every late turn would leave the line
 * without an octet. A channel listens for 16 ms to know that beat.
 *
 * A span without an open channel has no clock here and needs none.
 */

#include "board/dahdi.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "kernel/mailbox.h"

enum { EVENTS_MOST = 64, OCTET = 125, HEARD_FIRST = 128, AHEAD_MOST = 4 };

/* A turn that comes later than this is the first after nothing was open. */
#define GAP_MOST MSEC(20)

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

/* Whoever lent it may close it now. There is room: as many returns wait as
 * orders may. */
static void leave(struct dahdi *dahdi, unsigned slot, bool gone)
{
	struct dahdi_return message = { slot,
		                        gone ? DAHDI_GONE : DAHDI_NO_EVENT };

	if (dahdi->live[slot] < 0)
		return;
	(void)epoll_ctl(dahdi->poll_fd, EPOLL_CTL_DEL, dahdi->live[slot], NULL);
	dahdi->live[slot] = -1;
	(void)mailbox_post(dahdi->up, &message);
}

static void take_orders(struct dahdi *dahdi)
{
	struct dahdi_order order;

	for (unsigned i = 0; i < DAHDI_ORDERS; i++) {
		if (!mailbox_take(dahdi->down, &order))
			return;
		leave(dahdi, order.slot, false);
		if (order.fd < 0)
			continue;
		dahdi->primed[order.slot] = false;
		dahdi->heard[order.slot] = 0;
		dahdi->live[order.slot] = order.fd;
		/* What came on the way here would stay a delay for ever. */
		(void)dahdi_flush(order.fd);
		if (add(dahdi, order.fd, order.slot) < 0)
			leave(dahdi, order.slot, true);
	}
}

/* The driver's canceller hears for itself when it had better be off. */
static void tell_tone(struct dahdi *dahdi, unsigned slot, enum dahdi_event tone)
{
	struct dahdi_return message = { slot, tone };

	(void)mailbox_post(dahdi->up, &message);
}

/* False when the device has gone. Alarms are looked at by the signalling
 * thread; here events only stand in the way. */
static bool clear_events(struct dahdi *dahdi, unsigned slot)
{
	int fd = dahdi->live[slot];

	for (unsigned i = 0; i < EVENTS_MOST; i++) {
		int event = dahdi_event_take(fd);

		if (event == DAHDI_GONE)
			return false;
		if (event == DAHDI_NO_EVENT || event < 0)
			break;
		/* before the first block there is nothing to lose */
		if (event == DAHDI_TONE_HEARD || event == DAHDI_TONE_SENT)
			tell_tone(dahdi, slot, (enum dahdi_event)event);
		if (event == DAHDI_SLIP && dahdi->primed[slot])
			COUNT(&dahdi->span, slips);
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
		if (!clear_events(dahdi, slot)) {
			leave(dahdi, slot, true);
			return false;
		}
		n = dahdi_read(fd, to, block);
	}
	if (n == -ENODEV)
		leave(dahdi, slot, true);
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
	if (n == DAHDI_HAS_EVENT && clear_events(dahdi, slot))
		n = dahdi_write(fd, block);
	if (n == -ENODEV)
		leave(dahdi, slot, true);
	else if (n != (int)block.len)
		COUNT(&dahdi->span, send_full);
}

/* How many blocks of idle go ahead of a channel's first. One is enough where
 * the driver ticks each millisecond. Where it hands over several at once the
 * line would run dry between two turns: as many are needed, and as many again,
 * because a clock that coarse is late too. */
static unsigned blocks_ahead(const struct dahdi *dahdi)
{
	usec block = (usec)dahdi->span.conf.block * OCTET;
	usec blocks = (dahdi->gap + block / 2) / block;

	if (blocks <= 1)
		return 1;
	return (unsigned)MIN_OF(2 * blocks, (usec)AHEAD_MOST);
}

/* False while the line's beat is not known yet. */
static bool prime(struct dahdi *dahdi, unsigned slot)
{
	uint8_t idle[TICK_MOST];

	if (dahdi->primed[slot])
		return true;
	dahdi->heard[slot] += dahdi->span.conf.block;
	if (dahdi->heard[slot] < HEARD_FIRST)
		return false;
	memset(idle, board_idle(dahdi->span.conf.law), sizeof(idle));
	dahdi->primed[slot] = true;
	for (unsigned n = blocks_ahead(dahdi); n > 0; n--)
		if (dahdi->live[slot] >= 0)
			write_block(dahdi, slot, idle);
	return dahdi->live[slot] >= 0;
}

static uint32_t prime_all(struct dahdi *dahdi, uint32_t mask)
{
	uint32_t ready = 0;

	for (unsigned slot = 1; slot < TICK_SLOTS; slot++)
		if (mask >> slot & 1 && dahdi->live[slot] >= 0 &&
		    prime(dahdi, slot))
			ready |= UINT32_C(1) << slot;
	return ready;
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
		if (mask >> slot & 1 && dahdi->live[slot] >= 0)
			write_block(dahdi, slot, dahdi->tick.octets[slot]);
	}
}

/* Channels join and leave, and those opened apart are ready apart: octets of
 * the line are counted by time, not by ticks. */
static uint32_t stamp_now(const struct dahdi *dahdi)
{
	return (uint32_t)(instant_since(instant_now(), dahdi->began) / 125);
}

/* The longest of the last hundred turns or so. */
static void take_time(struct dahdi *dahdi)
{
	struct instant now = instant_now();
	usec gap = instant_since(now, dahdi->turned);

	dahdi->turned = now;
	dahdi->gap -= dahdi->gap / 64;
	if (gap < GAP_MOST)
		dahdi->gap = MAX_OF(dahdi->gap, gap);
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
	take_time(dahdi);
	/* What a framer without a signal delivers is not sound. */
	if (shared_look(&dahdi->raw) & ALARM_RED_OR_BLUE)
		board_tick_idle(tick, span->conf.law, mask, block);
	tick->mask = mask;
	tick->count = block;
	tick->stamp = stamp_now(dahdi);
	media->receive(self, tick);
	COUNT(span, ticks_in);

	mask = prime_all(dahdi, mask);
	if (mask == 0)
		return 1;
	board_tick_idle(tick, span->conf.law, mask, block);
	tick->stamp = stamp_now(dahdi);
	media->transmit(self, tick);
	/* The line needs an octet for a silent slot too. */
	write_all(dahdi, mask);
	COUNT(span, ticks_out);
	return 2;
}
