/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * A span of a real card, on the signalling thread: its D channel, its alarms,
 * and the opening of B channels.
 *
 * The span opens whether or not the card is there. What is missing is said in
 * one plain sentence and looked for again every second, so that a driver loaded
 * late, a span configured a minute later or a card plugged back in needs no
 * restart of anything. The same look reads the alarms: the driver's events
 * tell that they changed, but only on channels that are open, and a span may
 * have none.
 *
 * B channels are kept open once used: opening one costs the driver its
 * buffers. Each use shapes the channel anew and lends the descriptor to the
 * media thread, the end of a use asks for it back, and it is returned once for
 * each time it was lent. A device that goes leaves descriptors that are good
 * for nothing; they are closed when they are not lent, and the channels that
 * calls still use are opened again when the device is back.
 */

#include "board/dahdi.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "kernel/loop.h"
#include "kernel/mailbox.h"
#include "kernel/mem.h"
#include "kernel/text.h"

#define LOOK SEC(1)

enum {
	FCS_OCTETS = 2,
	FRAMES_A_TURN = 64,
	EVENTS_A_TURN = 64,
	RETURNS = 4 * DAHDI_ORDERS
};

static struct dahdi *dahdi_of(struct board_span *span)
{
	return container_of(span, struct dahdi, span);
}

static const char gone[] = "the device has gone";

/* `about` is compared as a pointer: what is wrong is said once. */
static void complain(struct dahdi *dahdi, const char *about, int rc)
{
	const struct board_conf *conf = &dahdi->span.conf;
	char sentence[200];
	struct text t = TEXT(sentence);

	if (dahdi->complained == about)
		return;
	dahdi->complained = about;
	text_add(&t, "DAHDI span %u: ", conf->span_number);
	text_add_bytes(&t,
	               (struct bytes){ (const uint8_t *)about, strlen(about) });
	if (rc < 0)
		text_add(&t, " (%s)", strerror(-rc));
	board_notice(&dahdi->span, sentence);
}

static void set_raw(struct dahdi *dahdi, unsigned alarms)
{
	shared_raise(&dahdi->raw, (int)alarms);
	board_line(&dahdi->span, alarms);
}

static void close_dchannel(struct dahdi *dahdi)
{
	dahdi->watch = watch_free(dahdi->watch);
	if (dahdi->dchannel >= 0)
		(void)close(dahdi->dchannel);
	dahdi->dchannel = -1;
}

static void close_if_dead(struct dahdi_bearer *bearer)
{
	if (!bearer->dead || bearer->lent > 0)
		return;
	if (bearer->fd >= 0)
		(void)close(bearer->fd);
	bearer->fd = -1;
	bearer->dead = false;
}

/* None is used again. Those lent come back when the media thread finds out, or
 * the call that uses it ends. */
static void forget_bearers(struct dahdi *dahdi)
{
	for (unsigned slot = 0; slot < TICK_SLOTS; slot++) {
		dahdi->bearers[slot].dead = dahdi->bearers[slot].fd >= 0;
		close_if_dead(&dahdi->bearers[slot]);
	}
}

/* The driver took the device away. The D channel is ours alone and closed at
 * once. */
static void device_gone(struct dahdi *dahdi)
{
	close_dchannel(dahdi);
	if (dahdi->control >= 0)
		(void)close(dahdi->control);
	dahdi->control = -1;
	dahdi->ready = false;
	forget_bearers(dahdi);
	complain(dahdi, gone, 0);
	set_raw(dahdi, ALARM_LOS);
}

/* The driver's counters go on from wherever they stood, and back to 0 when
 * somebody resets them. */
static void count_errors(struct dahdi *dahdi, uint64_t *count, unsigned *was,
                         unsigned is)
{
	if (dahdi->counted)
		shared_add(count, is >= *was ? is - *was : is);
	*was = is;
}

static void take_port(struct dahdi *dahdi, const struct dahdi_port *port)
{
	struct board_counts *counts = &dahdi->span.counts;

	count_errors(dahdi, &counts->code_violations, &dahdi->code_errors,
	             port->code_errors);
	count_errors(dahdi, &counts->crc_errors, &dahdi->crc_errors,
	             port->crc_errors);
	count_errors(dahdi, &counts->frame_errors, &dahdi->frame_errors,
	             port->frame_errors);
	dahdi->counted = true;
	set_raw(dahdi, port->alarms);
}

/* --- the D channel --- */

static void read_alarms(struct dahdi *dahdi)
{
	struct dahdi_port port;
	int rc = dahdi_port_read(dahdi->control, dahdi->span.conf.span_number,
	                         &port);

	if (rc == 0)
		take_port(dahdi, &port);
	else
		device_gone(dahdi);
}

/* False when the device has gone, and everything is closed. */
static bool take_events(struct dahdi *dahdi)
{
	bool alarms = false;

	for (unsigned i = 0; i < EVENTS_A_TURN; i++) {
		int event = dahdi_event_take(dahdi->dchannel);

		if (event == DAHDI_GONE) {
			device_gone(dahdi);
			return false;
		}
		if (event == DAHDI_NO_EVENT || event < 0)
			break;
		if (event == DAHDI_BAD_FRAME)
			COUNT(&dahdi->span, frames_bad);
		if (event == DAHDI_ALARM_CHANGED)
			alarms = true;
	}
	if (alarms)
		read_alarms(dahdi);
	return dahdi->dchannel >= 0;
}

static void take_frame(struct dahdi *dahdi, const uint8_t *octets, size_t len)
{
	struct bytes frame = { octets, len - FCS_OCTETS };

	if (len < FRAME_LEAST + FCS_OCTETS || frame.len > FRAME_MOST)
		COUNT(&dahdi->span, frames_bad);
	else if (shared_look(&dahdi->raw) & ALARM_RED_OR_BLUE)
		COUNT(&dahdi->span, frames_dropped);
	else
		board_frame(&dahdi->span, frame);
}

static void on_dchannel(void *self, unsigned events)
{
	struct dahdi *dahdi = self;
	uint8_t octets[1024];

	/* A descriptor that is dead shows nothing to wait for. */
	if ((events & WATCH_URGENT || events == 0) && !take_events(dahdi))
		return;
	for (unsigned i = 0; i < FRAMES_A_TURN && dahdi->dchannel >= 0; i++) {
		int n = dahdi_read(dahdi->dchannel, octets, sizeof(octets));

		if (n == DAHDI_HAS_EVENT) {
			if (!take_events(dahdi))
				return;
		} else if (n == -ENODEV) {
			device_gone(dahdi);
		} else if (n <= 0) {
			return;
		} else {
			take_frame(dahdi, octets, (size_t)n);
		}
	}
}

static int dahdi_send(struct board_span *span, struct bytes frame)
{
	struct dahdi *dahdi = dahdi_of(span);
	uint8_t octets[FRAME_MOST + FCS_OCTETS] = { 0 };
	struct bytes with_fcs = { octets, frame.len + FCS_OCTETS };
	int n;

	if (dahdi->dchannel < 0)
		return -ENETDOWN;
	memcpy(octets, frame.at, frame.len);
	n = dahdi_write(dahdi->dchannel, with_fcs);
	if (n == DAHDI_HAS_EVENT) {
		if (!take_events(dahdi))
			return -ENETDOWN;
		n = dahdi_write(dahdi->dchannel, with_fcs);
	}
	if (n == (int)with_fcs.len) {
		COUNT(span, frames_out);
		return 0;
	}
	COUNT(span, send_full);
	return n == -ENODEV ? -ENETDOWN : -ENOSPC;
}

/* --- looking at the span --- */

static const char *wrong_with(const struct board_conf *conf,
                              const struct dahdi_port *port)
{
	unsigned want = board_slots(conf->type);

	if (port->channels == want)
		return NULL;
	if (port->channels == board_slots(SPAN_T1))
		return "the card is set to T1 and the configuration says E1";
	if (port->channels == board_slots(SPAN_E1))
		return "the card is set to E1 and the configuration says T1";
	return "it is neither an E1 nor a T1";
}

static int open_dchannel(struct dahdi *dahdi)
{
	const struct board_conf *conf = &dahdi->span.conf;
	struct dahdi_channel channel;
	int rc = dahdi_channel_find(dahdi->control, conf->span_number,
	                            conf->dslot, &channel);
	int fd;

	if (rc < 0)
		return rc;
	fd = dahdi_channel_open(channel.number);
	if (fd < 0)
		return fd;
	rc = dahdi_make_dchannel(fd, channel.use);
	if (rc == 0)
		rc = watch_new(&dahdi->watch, dahdi->span.loop, fd,
		               WATCH_READ | WATCH_URGENT, on_dchannel, dahdi);
	if (rc < 0)
		(void)close(fd);
	else
		dahdi->dchannel = fd;
	return rc;
}

static void complain_of_dchannel(struct dahdi *dahdi, int rc)
{
	switch (rc) {
	case -EBUSY:
		complain(dahdi, "another program has its D channel open", 0);
		break;
	case -ENXIO:
	case -ENOENT:
		complain(dahdi,
		         "its D channel is not configured, dahdi_cfg has "
		         "not run or its file lacks the span",
		         0);
		break;
	default:
		complain(dahdi, "its D channel does not open", rc);
	}
}

/* True when the span is there, fits and has its D channel. */
static bool is_ready(struct dahdi *dahdi, struct dahdi_port *port)
{
	const struct board_conf *conf = &dahdi->span.conf;
	const char *wrong;
	int rc = 0;

	if (dahdi->control < 0)
		rc = dahdi_control_open();
	if (rc < 0) {
		complain(dahdi, "the DAHDI driver is not there", rc);
		return false;
	}
	if (dahdi->control < 0)
		dahdi->control = rc;
	rc = dahdi_port_read(dahdi->control, conf->span_number, port);
	if (rc < 0) {
		if (dahdi->complained != gone)
			complain(dahdi, "the driver knows no such span", 0);
		return false;
	}
	wrong = wrong_with(conf, port);
	if (wrong != NULL) {
		complain(dahdi, wrong, 0);
		return false;
	}
	if (conf->dslot == 0 || dahdi->dchannel >= 0)
		return true;
	rc = open_dchannel(dahdi);
	if (rc < 0)
		complain_of_dchannel(dahdi, rc);
	else
		COUNT(&dahdi->span, connects);
	return rc == 0;
}

/* --- B channels --- */

static int open_bearer(struct dahdi *dahdi, unsigned slot)
{
	struct dahdi_channel channel;
	int rc = dahdi_channel_find(
		dahdi->control, dahdi->span.conf.span_number, slot, &channel);

	if (rc < 0)
		return -ENXIO;
	rc = dahdi_channel_open(channel.number);
	if (rc >= 0)
		dahdi->bearers[slot].fd = rc;
	return MIN_OF(rc, 0);
}

/* Shapes the channel for what it will carry and lends it. */
static int lend(struct dahdi *dahdi, unsigned slot)
{
	struct dahdi_bearer *bearer = &dahdi->bearers[slot];
	struct dahdi_order order = { slot, bearer->fd };
	int rc = dahdi_make_bearer(bearer->fd, &dahdi->span.conf,
	                           bearer->speech, bearer->cancelled);

	if (rc == 0)
		rc = mailbox_post(dahdi->down, &order);
	if (rc == 0)
		bearer->lent++;
	return rc;
}

static int dahdi_chan_open(struct board_span *span, unsigned slot, bool speech)
{
	struct dahdi *dahdi = dahdi_of(span);
	struct dahdi_bearer *bearer = &dahdi->bearers[slot];
	int rc = 0;

	/* The descriptor of a device that went comes back first. */
	if (!dahdi->ready || bearer->dead)
		return -ENODEV;
	bearer->speech = speech;
	bearer->cancelled = span->conf.echo_ms > 0;
	if (bearer->fd < 0)
		rc = open_bearer(dahdi, slot);
	if (rc == 0)
		rc = lend(dahdi, slot);
	/* Gone and back while nobody used it. */
	if (rc == -ENODEV && bearer->lent == 0) {
		bearer->dead = true;
		close_if_dead(bearer);
		rc = open_bearer(dahdi, slot);
		if (rc == 0)
			rc = lend(dahdi, slot);
	}
	return rc;
}

static void dahdi_chan_close(struct board_span *span, unsigned slot)
{
	struct dahdi *dahdi = dahdi_of(span);
	struct dahdi_order order = { slot, -1 };

	/* Refused only by a media thread that has stopped for good. */
	(void)mailbox_post(dahdi->down, &order);
	if (dahdi->bearers[slot].fd >= 0)
		dahdi_rest_bearer(dahdi->bearers[slot].fd);
}

static void dahdi_chan_echo_off(struct board_span *span, unsigned slot)
{
	struct dahdi_bearer *bearer = &dahdi_of(span)->bearers[slot];

	bearer->cancelled = false;
	if (bearer->fd >= 0)
		dahdi_echo_off(bearer->fd);
}

static void on_returned(void *self, const void *message)
{
	struct dahdi *dahdi = self;
	const struct dahdi_return *r = message;
	struct dahdi_bearer *bearer = &dahdi->bearers[r->slot];

	if (r->why == DAHDI_TONE_HEARD || r->why == DAHDI_TONE_SENT) {
		if (bearer->lent == 1) /* else of the call before */
			board_tone(&dahdi->span, r->slot,
			           r->why == DAHDI_TONE_SENT);
		return;
	}
	bearer->lent--;
	bearer->dead |= r->why == DAHDI_GONE;
	close_if_dead(bearer);
}

/* Calls outlive a device that comes back before T309 ends them. */
static void reopen_bearers(struct dahdi *dahdi)
{
	for (unsigned slot = 1; slot < TICK_SLOTS; slot++)
		if (dahdi->span.opened >> slot & 1 &&
		    dahdi->bearers[slot].fd < 0 &&
		    open_bearer(dahdi, slot) == 0)
			(void)lend(dahdi, slot);
}

static void look(void *self)
{
	struct dahdi *dahdi = self;
	struct dahdi_port port;

	timer_start(&dahdi->look, LOOK);
	dahdi->ready = is_ready(dahdi, &port);
	if (dahdi->ready) {
		dahdi->complained = NULL;
		reopen_bearers(dahdi);
		take_port(dahdi, &port);
	} else {
		close_dchannel(dahdi);
		forget_bearers(dahdi);
		set_raw(dahdi, ALARM_LOS);
	}
}

/* --- life --- */

static struct board_span *dahdi_create(void)
{
	struct dahdi *dahdi = mem_new(struct dahdi);

	if (dahdi == NULL)
		return NULL;
	dahdi->control = dahdi->dchannel = dahdi->poll_fd = -1;
	for (unsigned slot = 0; slot < TICK_SLOTS; slot++)
		dahdi->bearers[slot].fd = dahdi->live[slot] = -1;
	return &dahdi->span;
}

static int dahdi_open(struct board_span *span)
{
	struct dahdi *dahdi = dahdi_of(span);
	int rc;

	timer_init(&dahdi->look, span->loop, "DAHDI look", look, dahdi);
	shared_raise(&dahdi->raw, ALARM_LOS);
	rc = mailbox_new(&dahdi->up, sizeof(struct dahdi_return), RETURNS);
	if (rc == 0)
		rc = mailbox_attach(dahdi->up, span->loop, on_returned, dahdi);
	if (rc == 0)
		rc = mailbox_new(&dahdi->down, sizeof(struct dahdi_order),
		                 DAHDI_ORDERS);
	if (rc == 0)
		mailbox_gather(dahdi->down, span->loop);
	if (rc == 0)
		rc = dahdi_media_open(dahdi);
	/* The first look, like all others, is made from the loop: a handler
	 * is not called before its owner has the span. */
	if (rc == 0)
		timer_start(&dahdi->look, 0);
	return rc;
}

static void dahdi_close(struct board_span *span)
{
	struct dahdi *dahdi = dahdi_of(span);

	timer_stop(&dahdi->look);
	close_dchannel(dahdi);
	dahdi_media_close(dahdi);
	for (unsigned slot = 0; slot < TICK_SLOTS; slot++)
		if (dahdi->bearers[slot].fd >= 0)
			(void)close(dahdi->bearers[slot].fd);
	if (dahdi->control >= 0)
		(void)close(dahdi->control);
	mailbox_free(dahdi->up);
	mailbox_free(dahdi->down);
	mem_free(dahdi);
}

static int dahdi_fd(const struct board_span *span)
{
	const struct dahdi *dahdi = container_of(span, struct dahdi, span);

	return dahdi->poll_fd;
}

const struct board_ops board_dahdi_ops = {
	.create = dahdi_create,
	.close = dahdi_close,
	.open = dahdi_open,
	.send = dahdi_send,
	.chan_open = dahdi_chan_open,
	.chan_close = dahdi_chan_close,
	.echo_off = dahdi_chan_echo_off,
	.fd = dahdi_fd,
	.turn = dahdi_media_turn,
};
