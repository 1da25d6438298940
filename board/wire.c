/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * A span carried over a unix socket: a board without hardware. Anything that
 * speaks the format of README.md may be at the other end.
 *
 * The media thread owns the connection. It alone accepts, connects, reads and
 * closes. The frames of a turn the signalling thread sends itself when it is
 * over: a packet is atomic, and a lock keeps the descriptor open meanwhile. To
 * wake the media thread for them would cost more than all else that is done for
 * a frame. What is no frame, and what there was no room for, goes by a mailbox
 * that is part of what board_span_fd() waits for; while something waits there,
 * or in the queue before the socket, frames go that way too, in their order.
 * The other way go good frames, the raw alarms and sentences for the log,
 * through a mailbox of the loop's.
 *
 * The alarms are reported as a state, not as events: as long as the last one
 * told is not the one that stands, every turn tries again, and a full mailbox
 * cannot leave the span up when the line is gone.
 *
 * Trust: the path's directory and mode decide who may connect; from there on
 * every packet is a stranger's.
 */

#include "board/wire.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "kernel/loop.h"
#include "kernel/mailbox.h"
#include "kernel/mem.h"
#include "kernel/net.h"
#include "kernel/text.h"

#define HELLO_WAIT       SEC(2)
#define COMPLAINTS_EVERY SEC(60)

enum { REPORTS = 128, ORDERS = 64, COMPLAINTS_MOST = 5 };

/* What one turn may find readable. */
enum { READY_CLOCK, READY_ORDERS, READY_LISTENER, READY_LINE, READY_KINDS };

static struct wire *wire_of(struct board_span *span)
{
	return container_of(span, struct wire, span);
}

/* --- signalling thread --- */

static void on_report(void *self, const void *message)
{
	struct wire *wire = self;
	const struct wire_report *report = message;

	switch (report->kind) {
	case REPORT_FRAME:
		wire->span.waited = instant_since(instant_now(), report->came);
		board_frame(&wire->span,
		            (struct bytes){ report->octets, report->len });
		break;
	case REPORT_LINE:
		board_line(&wire->span, report->alarms);
		break;
	case REPORT_PEER:
		(void)text_copy(wire->span.peer, sizeof(wire->span.peer),
		                (const char *)report->octets);
		break;
	case REPORT_NOTICE:
		board_notice(&wire->span, (const char *)report->octets);
		break;
	}
}

static void put_frame(struct writer *packet, const struct wire *wire,
                      const struct wire_order *order)
{
	wire_put_frame(packet, wire->shape.dslot,
	               (struct bytes){ order->octets, order->len });
}

static int post_order(struct wire *wire, const struct wire_order *order)
{
	int rc = mailbox_post(wire->down, order);

	if (rc < 0)
		COUNT(&wire->span, send_full);
	else
		wire->ordered++;
	return rc;
}

/* Does the packet leave before anything that waits? Of what is wrong the media
 * thread gets to know by itself. Under the lock. */
static bool send_at_once(struct wire *wire, const struct wire_order *order)
{
	uint8_t octets[2 + FRAME_MOST];
	struct writer packet = WRITER(octets);

	if (!shared_look(&wire->linked) ||
	    (unsigned)shared_look(&wire->obeyed) != wire->ordered)
		return false;
	put_frame(&packet, wire, order);
	if (net_send(wire->fd, (struct bytes){ packet.at, packet.len }) < 0)
		return false;
	COUNT(&wire->span, frames_out);
	return true;
}

/* The frames of a turn, one after the other: the far end wakes up once for
 * them, and answers them together. */
static void send_frames(void *self)
{
	struct wire *wire = self;

	lock_take(&wire->sending);
	for (unsigned i = 0; i < wire->nframes; i++)
		if (!send_at_once(wire, &wire->frames[i]))
			(void)post_order(wire, &wire->frames[i]);
	lock_give(&wire->sending);
	wire->nframes = 0;
}

static int wire_span_send(struct board_span *span, struct bytes frame)
{
	struct wire *wire = wire_of(span);
	struct wire_order *order;

	if (!shared_look(&wire->linked))
		return -ENETDOWN;
	if (wire->nframes == WIRE_FRAMES)
		send_frames(wire);
	order = &wire->frames[wire->nframes++];
	order->kind = WIRE_FRAME;
	order->len = frame.len;
	memcpy(order->octets, frame.at, frame.len);
	loop_defer(span->loop, &wire->turn_over);
	return 0;
}

static int wire_span_send_alarm(struct board_span *span, unsigned alarms)
{
	struct wire *wire = wire_of(span);
	struct wire_order order = { .kind = WIRE_ALARM, .value = alarms };

	send_frames(wire); /* it is not for those before it */
	/* Kept for the connection to come when there is none. */
	return post_order(wire, &order);
}

static int wire_span_send_fault(struct board_span *span, unsigned kind,
                                unsigned slot)
{
	struct wire *wire = wire_of(span);
	struct wire_order order = { .kind = WIRE_FAULT,
		                    .value = kind,
		                    .slot = slot };

	if (!shared_look(&wire->linked))
		return -ENETDOWN;
	send_frames(wire);
	return post_order(wire, &order);
}

/* --- media thread: upwards --- */

int wire_report_text(struct wire *wire, enum wire_report_kind kind,
                     const char *text)
{
	struct wire_report report = { .kind = kind };

	(void)text_copy((char *)report.octets, sizeof(report.octets), text);
	return mailbox_post(wire->up, &report);
}

/* A far end that is wrong now in this way and now in that must not fill a log
 * either: in a minute so many are told, the others counted as all are. */
static bool may_complain(struct wire *wire)
{
	struct instant now = instant_now();

	if (wire->complaints == 0 ||
	    instant_since(now, wire->complained_at) >= COMPLAINTS_EVERY) {
		wire->complained_at = now;
		wire->complaints = 0;
	}
	return wire->complaints++ < COMPLAINTS_MOST;
}

void wire_complain(struct wire *wire, const char *about, const char *sentence)
{
	if (wire->complained == about || !may_complain(wire))
		return;
	if (wire_report_text(wire, REPORT_NOTICE, sentence) == 0)
		wire->complained = about;
}

unsigned wire_raw(const struct wire *wire)
{
	if (wire->phase != WIRE_UP)
		return ALARM_LOS;
	return wire->alarms | (wire->silent ? ALARM_LOS : 0);
}

static void report_line(struct wire *wire)
{
	struct wire_report report = { .kind = REPORT_LINE,
		                      .alarms = wire_raw(wire) };

	if (report.alarms != wire->told && mailbox_post(wire->up, &report) == 0)
		wire->told = report.alarms;
}

/* --- media thread: the connection --- */

static int watch(struct wire *wire, int fd, uint32_t what)
{
	struct epoll_event event = { .events = EPOLLIN, .data.u32 = what };

	return epoll_ctl(wire->poll_fd, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno
	                                                               : 0;
}

void wire_hang_up(struct wire *wire, usec retry)
{
	shared_raise(&wire->linked, 0);
	lock_take(&wire->sending);
	if (wire->fd >= 0)
		(void)close(wire->fd);
	wire->fd = -1;
	lock_give(&wire->sending);
	wire->phase = WIRE_CLOSED;
	wire->nlate = wire->nfaults = 0;
	wire->alarms = wire->shown = 0;
	wire->silent = false;
	wire->retry_at = instant_add(instant_now(), retry);
	wire_clock_end(wire);
}

bool wire_send(struct wire *wire, const struct writer *packet, bool keep)
{
	struct bytes octets = { packet->at, packet->len };
	struct wire_late *late;
	int rc = -EAGAIN;

	if (wire->phase == WIRE_CLOSED)
		return false;
	if (!keep || wire->nlate == 0)
		rc = net_send(wire->fd, octets);
	if (rc >= 0)
		return true;
	if (rc != -EAGAIN && rc != -ENOBUFS) {
		wire_hang_up(wire, WIRE_RETRY);
		return false;
	}
	if (!keep || wire->nlate == WIRE_QUEUE) {
		COUNT(&wire->span, send_full);
		if (keep) {
			wire_complain(wire, "queue",
			              "the far end reads nothing, connection "
			              "closed");
			wire_hang_up(wire, WIRE_RETRY);
		}
		return false;
	}
	late = &wire->late[(wire->late_first + wire->nlate++) % WIRE_QUEUE];
	late->len = octets.len;
	memcpy(late->octets, octets.at, octets.len);
	return true;
}

static void send_late(struct wire *wire)
{
	while (wire->nlate > 0) {
		const struct wire_late *late = &wire->late[wire->late_first];
		int rc = net_send(wire->fd,
		                  (struct bytes){ late->octets, late->len });

		if (rc == -EAGAIN || rc == -ENOBUFS)
			return;
		if (rc < 0) {
			wire_hang_up(wire, WIRE_RETRY);
			return;
		}
		wire->late_first = (wire->late_first + 1) % WIRE_QUEUE;
		wire->nlate--;
	}
}

static void greet(struct wire *wire, int fd)
{
	uint8_t octets[8 + WIRE_NAME];
	struct writer packet = WRITER(octets);

	if (watch(wire, fd, READY_LINE) < 0) {
		(void)close(fd);
		wire_hang_up(wire, WIRE_RETRY);
		return;
	}
	wire->fd = fd;
	wire->phase = WIRE_GREETING;
	wire->greet_by = instant_add(instant_now(), HELLO_WAIT);
	wire_put_hello(&packet, &wire->ours);
	(void)wire_send(wire, &packet, true);
}

/* One connection is one span: a second one gets a closed door at once. */
static void take_connections(struct wire *wire)
{
	int fd;

	while ((fd = net_accept(wire->listen_fd, NULL)) >= 0) {
		if (wire->phase == WIRE_CLOSED) {
			greet(wire, fd);
		} else {
			(void)close(fd);
			COUNT(&wire->span, refused);
			wire_complain(wire, "second connection",
			              "one more far end connects, closed: a "
			              "span has one");
		}
	}
}

static void connect_out(struct wire *wire)
{
	int fd = net_unix_connect(wire->span.conf.path, SOCK_SEQPACKET);
	char sentence[200];
	struct text t = TEXT(sentence);

	if (fd >= 0) {
		greet(wire, fd);
		return;
	}
	wire_hang_up(wire, WIRE_RETRY);
	/* That nobody listens yet is no news: somebody will. */
	if (fd == -ENOENT || fd == -ECONNREFUSED || fd == -EAGAIN)
		return;
	text_add(&t, "%s cannot be connected to: %s", wire->span.conf.path,
	         strerror(-fd));
	wire_complain(wire, "connect", sentence);
}

static void send_alarms(struct wire *wire)
{
	unsigned show = wire->own;
	uint8_t octets[2];
	struct writer packet = WRITER(octets);

	if (wire_raw(wire) & ALARM_RED_OR_BLUE)
		show |= ALARM_RAI; /* the far end is not heard */
	if (wire->phase != WIRE_UP || show == wire->shown)
		return;
	wire_put_alarm(&packet, show);
	if (wire_send(wire, &packet, true))
		wire->shown = show;
}

static void obey(struct wire *wire, const struct wire_order *order)
{
	uint8_t octets[2 + FRAME_MOST];
	struct writer packet = WRITER(octets);

	if (order->kind == WIRE_ALARM) {
		wire->own = order->value;
		return; /* send_alarms() sees it */
	}
	if (wire->phase != WIRE_UP)
		return;
	if (order->kind == WIRE_FRAME)
		put_frame(&packet, wire, order);
	else
		wire_put_fault(&packet, order->value, order->slot);
	if (wire_send(wire, &packet, true) && order->kind == WIRE_FRAME)
		COUNT(&wire->span, frames_out);
}

static void take_orders(struct wire *wire)
{
	struct wire_order order;

	for (unsigned i = 0; i < ORDERS; i++) {
		if (!mailbox_take(wire->down, &order))
			return;
		wire->taken++;
		obey(wire, &order);
	}
}

static void look_at_clock(struct wire *wire)
{
	struct instant now = instant_now();

	switch (wire->phase) {
	case WIRE_CLOSED:
		if (!wire->span.conf.listen &&
		    instant_since(now, wire->retry_at) >= 0)
			connect_out(wire);
		break;
	case WIRE_GREETING:
		if (instant_since(now, wire->greet_by) < 0)
			break;
		COUNT(&wire->span, hellos_bad);
		wire_complain(
			wire, "no hello",
			"the far end said no hello within 2 s, connection "
			"closed");
		wire_hang_up(wire, WIRE_RETRY_WRONG);
		break;
	case WIRE_UP:
		if (instant_since(now, wire->heard_at) >= WIRE_SILENCE)
			wire->silent = true;
		break;
	}
}

static int wire_turn(struct board_span *span, const struct board_media *media,
                     void *self)
{
	struct wire *wire = wire_of(span);
	struct epoll_event events[READY_KINDS];
	bool ready[READY_KINDS] = { false };
	int n = epoll_wait(wire->poll_fd, events, READY_KINDS, 0), done;
	uint64_t rang;

	for (int i = 0; i < n; i++)
		ready[events[i].data.u32] = true;
	if (ready[READY_CLOCK] &&
	    read(wire->clock_fd, &rang, sizeof(rang)) != sizeof(rang))
		ready[READY_CLOCK] = false; /* set anew in between */
	if (ready[READY_LINE])
		wire_read(wire);
	if (ready[READY_LISTENER])
		take_connections(wire);
	look_at_clock(wire);
	send_late(wire);
	if (ready[READY_ORDERS])
		take_orders(wire);
	done = wire_clock_turn(wire, media, self);
	send_alarms(wire);
	report_line(wire);
	shared_raise(&wire->obeyed, (int)(wire->taken - (wire->nlate > 0)));
	return done;
}

/* --- life --- */

static struct board_span *wire_create(void)
{
	struct wire *wire = mem_new(struct wire);

	if (wire == NULL)
		return NULL;
	wire->poll_fd = wire->clock_fd = wire->listen_fd = wire->fd = -1;
	wire->told = ALARM_LOS;
	deferred_init(&wire->turn_over, send_frames, wire);
	if (lock_init(&wire->sending) < 0)
		return mem_free(wire);
	return &wire->span;
}

static int open_mailboxes(struct wire *wire)
{
	int rc = mailbox_new(&wire->up, sizeof(struct wire_report), REPORTS);

	if (rc == 0)
		rc = mailbox_attach(wire->up, wire->span.loop, on_report, wire);
	if (rc == 0)
		rc = mailbox_new(&wire->down, sizeof(struct wire_order),
		                 ORDERS);
	if (rc == 0)
		rc = watch(wire, mailbox_fd(wire->down), READY_ORDERS);
	if (rc == 0)
		mailbox_gather(wire->down, wire->span.loop);
	return rc;
}

static int open_listener(struct wire *wire)
{
	int fd = net_unix_listen(wire->span.conf.path, SOCK_SEQPACKET, 0660);

	if (fd < 0)
		return fd;
	wire->listen_fd = fd;
	return watch(wire, fd, READY_LISTENER);
}

static int wire_open(struct board_span *span)
{
	struct wire *wire = wire_of(span);
	const struct board_conf *conf = &span->conf;
	int rc;

	wire->ours = (struct wire_hello){ WIRE_VERSION,
		                          conf->type == SPAN_E1 ? 'E' : 'T',
		                          conf->law == LAW_ALAW ? 'A' : 'u',
		                          (uint8_t)conf->dslot, "" };
	(void)text_copy(wire->ours.name, sizeof(wire->ours.name), conf->name);
	wire->shape.bearers = board_bearer_slots(conf->type, conf->dslot);
	wire->shape.dslot = conf->dslot;
	wire->retry_at = instant_now();
	wire->poll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (wire->poll_fd < 0)
		return -errno;
	rc = open_mailboxes(wire);
	if (rc == 0)
		rc = wire_clock_open(wire);
	if (rc == 0)
		rc = watch(wire, wire->clock_fd, READY_CLOCK);
	if (rc == 0 && conf->listen)
		rc = open_listener(wire);
	return rc;
}

static void wire_close(struct board_span *span)
{
	struct wire *wire = wire_of(span);

	/* The last words of the signalling thread, as far as they fit. */
	deferred_cancel(&wire->turn_over);
	send_frames(wire);
	if (wire->phase == WIRE_UP)
		take_orders(wire);
	if (wire->listen_fd >= 0) {
		(void)unlink(span->conf.path);
		(void)close(wire->listen_fd);
	}
	wire_hang_up(wire, 0);
	if (wire->clock_fd >= 0)
		(void)close(wire->clock_fd);
	if (wire->poll_fd >= 0)
		(void)close(wire->poll_fd);
	mailbox_free(wire->up);
	mailbox_free(wire->down);
	lock_done(&wire->sending);
	mem_free(wire);
}

static int wire_fd(const struct board_span *span)
{
	const struct wire *wire = container_of(span, struct wire, span);

	return wire->poll_fd;
}

const struct board_ops board_wire_ops = {
	.create = wire_create,
	.close = wire_close,
	.open = wire_open,
	.send = wire_span_send,
	.send_alarm = wire_span_send_alarm,
	.send_fault = wire_span_send_fault,
	.fd = wire_fd,
	.turn = wire_turn,
};
