/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * The DAHDI driver's calls: open, configure, read and write, fetch events. The
 * only file that includes the driver's header; everything it says is turned
 * into our words here.
 *
 * Traps the driver lays, and where they are stepped over:
 *
 * - While an event waits on a channel, read() and write() fail with errno 500,
 *   which no library names. The event must be fetched first.
 * - Opening resets a channel: audio mode off, default law, two buffers of 1024.
 *   So everything is set after open, and again before each use.
 * - SET_BUFINFO drops what is queued; it comes last of what shapes the buffers
 *   and nothing is written before it.
 * - A D channel shows HDLCFCS when the driver does its HDLC and HARDHDLC when
 *   the card does. Read and written alike: the two octets of the FCS stand at
 *   the end of every frame, both ways, filled in below.
 * - A device that is pulled out leaves descriptors that fail with ENODEV and
 *   take 5 ms for it, every time; they must be closed, not polled.
 */

#include "board/dahdi.h"

#include <assert.h>
#include <dahdi/user.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "kernel/text.h"

enum { FRAME_BUFFERS = 32, FRAME_BUFFER = 1024, TAPS_A_MS = 8 };

/* Blocks come in bursts when the machine is busy or the driver's clock is
 * coarse. Buffers that stay empty cost no delay; those that fill bound it. */
enum { BUFFERED_OCTETS = 128, BUFFERS_LEAST = 3 };

static_assert(DAHDI_HAS_EVENT == -ELAST, "the driver's word for an event");

static int control(int fd, unsigned long request, void *value)
{
	return ioctl(fd, request, value) < 0 ? -errno : 0;
}

static int control_int(int fd, unsigned long request, int value)
{
	return control(fd, request, &value);
}

int dahdi_control_open(void)
{
	int fd = open("/dev/dahdi/ctl", O_RDWR | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* Which of our alarms stand for the driver's. Recovering and looped lines
 * carry no calls, though no alarm is named. */
static const struct alarm_row {
	int theirs;
	unsigned ours;
} alarm_rows[] = {
	/* clang-format off */
	{ DAHDI_ALARM_LOS,      ALARM_LOS },
	{ DAHDI_ALARM_LFA,      ALARM_LOF },
	{ DAHDI_ALARM_LMFA,     ALARM_LOF },
	{ DAHDI_ALARM_RECOVER,  ALARM_LOF },
	{ DAHDI_ALARM_LOOPBACK, ALARM_LOF },
	{ DAHDI_ALARM_BLUE,     ALARM_AIS },
	{ DAHDI_ALARM_YELLOW,   ALARM_RAI },
	{ DAHDI_ALARM_NOTOPEN,  ALARM_LOS },
	/* clang-format on */
};

static unsigned alarms_of(int theirs)
{
	unsigned ours = 0;

	for (size_t i = 0; i < ARRAY_LEN(alarm_rows); i++)
		if (theirs & alarm_rows[i].theirs)
			ours |= alarm_rows[i].ours;
	/* Not every card says why it is red. */
	if (theirs & DAHDI_ALARM_RED && !(ours & (ALARM_LOS | ALARM_LOF)))
		ours |= ALARM_LOS;
	return ours;
}

/* The driver's strings need not be closed when they fill their place. */
static void copy_name(char *to, size_t size, const char *from, size_t room)
{
	(void)text_copy_bytes(
		to, size,
		(struct bytes){ (const uint8_t *)from, strnlen(from, room) });
}

#define COPY_NAME(to, from) copy_name((to), sizeof(to), (from), sizeof(from))

static void fill_line(struct dahdi_port *port, int lineconfig)
{
	port->crc4 = lineconfig & DAHDI_CONFIG_CRC4;
	port->esf = lineconfig & DAHDI_CONFIG_ESF;
	port->d4 = lineconfig & DAHDI_CONFIG_D4;
	port->hdb3 = lineconfig & DAHDI_CONFIG_HDB3;
	port->ami = lineconfig & DAHDI_CONFIG_AMI;
	port->b8zs = lineconfig & DAHDI_CONFIG_B8ZS;
}

int dahdi_port_read(int fd, unsigned number, struct dahdi_port *out)
{
	struct dahdi_spaninfo info = { .spanno = (int)number };
	struct dahdi_port port = { .number = number };
	int rc = control(fd, DAHDI_SPANSTAT, &info);

	if (rc < 0)
		return rc;
	COPY_NAME(port.name, info.name);
	COPY_NAME(port.about, info.desc);
	COPY_NAME(port.device, info.devicetype);
	COPY_NAME(port.maker, info.manufacturer);
	COPY_NAME(port.location, info.location);
	COPY_NAME(port.kind, info.spantype);
	fill_line(&port, info.lineconfig);
	port.spans = (unsigned)MAX_OF(info.totalspans, 0);
	port.channels = (unsigned)MAX_OF(info.totalchans, 0);
	port.configured = (unsigned)MAX_OF(info.numchans, 0);
	port.alarms = alarms_of(info.alarms);
	port.recovering = info.alarms & DAHDI_ALARM_RECOVER;
	port.looped = info.alarms & DAHDI_ALARM_LOOPBACK;
	port.sync_source = info.syncsrc;
	port.code_errors = (unsigned)info.bpvcount;
	port.crc_errors = (unsigned)info.crc4count;
	port.frame_errors = (unsigned)info.fascount;
	port.missed_interrupts = (unsigned)info.irqmisses;
	*out = port;
	return 0;
}

static enum dahdi_use use_of(int signalling)
{
	if ((signalling & DAHDI_SIG_HARDHDLC) == DAHDI_SIG_HARDHDLC ||
	    (signalling & DAHDI_SIG_HDLCFCS) == DAHDI_SIG_HDLCFCS)
		return DAHDI_HDLC;
	if (signalling == DAHDI_SIG_CLEAR)
		return DAHDI_BEARER;
	return signalling == DAHDI_SIG_NONE ? DAHDI_UNUSED : DAHDI_OTHER_USE;
}

/* Channels are numbered through the system, spans of 24 and 31 mixed, and a
 * span's first number is told nowhere: ask each who it belongs to. */
int dahdi_channel_find(int fd, unsigned span, unsigned slot,
                       struct dahdi_channel *out)
{
	for (int number = 1; number < DAHDI_MAX_CHANNELS; number++) {
		struct dahdi_params params = { .channo = number };

		if (control(fd, DAHDI_GET_PARAMS, &params) < 0 ||
		    params.spanno != (int)span || params.chanpos != (int)slot)
			continue;
		out->number = (unsigned)number;
		out->use = use_of(params.sigtype);
		out->law =
			params.curlaw == DAHDI_LAW_ALAW ? LAW_ALAW : LAW_ULAW;
		return 0;
	}
	return -ENOENT;
}

int dahdi_channel_open(unsigned number)
{
	int fd = open("/dev/dahdi/channel", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	int rc;

	if (fd < 0)
		return -errno;
	rc = control_int(fd, DAHDI_SPECIFY, (int)number);
	if (rc == 0)
		return fd;
	(void)close(fd);
	return rc;
}

static int set_buffers(int fd, unsigned count, unsigned size)
{
	struct dahdi_bufferinfo info = {
		.txbufpolicy = DAHDI_POLICY_IMMEDIATE,
		.rxbufpolicy = DAHDI_POLICY_IMMEDIATE,
		.numbufs = (int)count,
		.bufsize = (int)size,
	};

	return control(fd, DAHDI_SET_BUFINFO, &info);
}

int dahdi_make_dchannel(int fd, enum dahdi_use use)
{
	int rc = 0;

	/* Configured as a bearer it can still be made one by hand. */
	if (use != DAHDI_HDLC)
		rc = control_int(fd, DAHDI_HDLCFCSMODE, 1);
	return rc < 0 ? rc : set_buffers(fd, FRAME_BUFFERS, FRAME_BUFFER);
}

int dahdi_flush(int fd)
{
	return control_int(fd, DAHDI_FLUSH, DAHDI_FLUSH_ALL);
}

int dahdi_make_bearer(int fd, const struct board_conf *conf, bool speech,
                      bool cancelled)
{
	unsigned count = MAX_OF(BUFFERED_OCTETS / conf->block, BUFFERS_LEAST);
	int law = conf->law == LAW_ALAW ? DAHDI_LAW_ALAW : DAHDI_LAW_MULAW;
	int rc = control_int(fd, DAHDI_AUDIOMODE, speech);

	if (rc == 0)
		rc = control_int(fd, DAHDI_SETLAW, law);
	if (rc == 0)
		rc = set_buffers(fd, count, conf->block);
	if (rc == 0)
		rc = control_int(fd, DAHDI_BUFFER_EVENTS, 1);
	if (rc == 0)
		rc = dahdi_flush(fd);
	/* A canceller is a help, and not every span has one. It exists in
	 * audio mode only. */
	if (rc == 0 && speech && cancelled)
		(void)control_int(fd, DAHDI_ECHOCANCEL,
		                  (int)conf->echo_ms * TAPS_A_MS);
	return rc;
}

void dahdi_echo_off(int fd)
{
	(void)control_int(fd, DAHDI_ECHOCANCEL, 0);
}

void dahdi_rest_bearer(int fd)
{
	dahdi_echo_off(fd);
	/* The one thing that lasts from one open to the next: with it on, an
	 * event would stop whoever has the channel then. */
	(void)control_int(fd, DAHDI_BUFFER_EVENTS, 0);
}

int dahdi_read(int fd, uint8_t *to, size_t size)
{
	ssize_t n;

	do
		n = read(fd, to, size);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : (int)n;
}

int dahdi_write(int fd, struct bytes octets)
{
	ssize_t n;

	do
		n = write(fd, octets.at, octets.len);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : (int)n;
}

int dahdi_event_take(int fd)
{
	int event = DAHDI_EVENT_NONE;
	int rc = control(fd, DAHDI_GETEVENT, &event);

	if (rc == -ENODEV)
		return DAHDI_GONE;
	if (rc < 0)
		return rc;
	switch (event) {
	case DAHDI_EVENT_NONE:
		return DAHDI_NO_EVENT;
	case DAHDI_EVENT_ALARM:
	case DAHDI_EVENT_NOALARM:
		return DAHDI_ALARM_CHANGED;
	case DAHDI_EVENT_ABORT:
	case DAHDI_EVENT_OVERRUN:
	case DAHDI_EVENT_BADFCS:
		return DAHDI_BAD_FRAME;
	case DAHDI_EVENT_READ_OVERRUN:
	case DAHDI_EVENT_WRITE_UNDERRUN:
		return DAHDI_SLIP;
	case DAHDI_EVENT_RX_CED_DETECTED:
		return DAHDI_TONE_HEARD;
	case DAHDI_EVENT_TX_CED_DETECTED:
		return DAHDI_TONE_SENT;
	case DAHDI_EVENT_REMOVED:
		return DAHDI_GONE;
	default:
		return DAHDI_OTHER_EVENT;
	}
}
