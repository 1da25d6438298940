/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * A card that is pulled out and plugged in again, met at each place where a B
 * channel can be then. The driver is the real one, so there is something to
 * prove in the lab only (tools/lab sets LAB), whose first span is configured;
 * elsewhere there is no span to open. Time is the driver's: the test waits for
 * its descriptors.
 */

#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "board/board.h"
#include "kernel/instant.h"
#include "kernel/loop.h"
#include "tests/test.h"

#define PLACE "/sys/bus/dahdi_devices/devices/dynamic:loc:0/"

enum { SLOT = 3, WAITS = 600, WAIT_MS = 10 };

struct bench {
	struct loop *loop;
	struct board_span *span;
	unsigned alarms, blocks;
	bool hums;
	unsigned hummed, tones; /* samples; tones the driver heard us send */
};

static void on_frame(void *self ATTR_UNUSED, struct bytes frame ATTR_UNUSED)
{
}

static void on_alarm(void *self, unsigned alarms)
{
	struct bench *b = self;

	b->alarms = alarms;
}

static void on_receive(void *self, const struct tick *tick)
{
	struct bench *b = self;

	b->blocks += tick->mask >> SLOT & 1;
}

static void on_tone(void *self, unsigned slot, bool sent)
{
	struct bench *b = self;

	CHECK_EQ(slot, SLOT);
	CHECK(sent);
	b->tones++;
}

static uint8_t to_alaw(int sample)
{
	unsigned sign = sample >= 0 ? 0x80 : 0, segment = 0;
	unsigned size = (unsigned)(sample >= 0 ? sample : -sample) >> 4;

	while (segment < 7 && size >= 32u << segment)
		segment++;
	if (size >= 16)
		segment++;
	size = segment > 0 ? size >> (segment - 1) & 15 : size;
	return (uint8_t)((sign | segment << 4 | size) ^ 0x55);
}

/* 2100 Hz, where it is asked for. */
static void on_transmit(void *self, struct tick *tick)
{
	struct bench *b = self;

	for (unsigned i = 0; b->hums && i < tick->count; i++, b->hummed++)
		tick->octets[SLOT][i] = to_alaw(
			(int)(8000 * sin(2 * M_PI * 2100 / 8000 * b->hummed)));
}

static const struct board_handler handler = { .frame = on_frame,
	                                      .alarm = on_alarm,
	                                      .tone = on_tone };
static const struct board_media media = { on_receive, on_transmit };

/* Both threads in one, until it holds. */
static bool turn_until(struct bench *b, bool (*holds)(const struct bench *b))
{
	for (unsigned i = 0; i < WAITS && !holds(b); i++) {
		struct pollfd fd = { .fd = board_span_fd(b->span),
			             .events = POLLIN };

		(void)poll(&fd, 1, WAIT_MS);
		(void)board_span_turn(b->span, &media, b);
		(void)loop_turn(b->loop);
	}
	return holds(b);
}

static bool is_up(const struct bench *b)
{
	return b->alarms == 0;
}

static bool is_red(const struct bench *b)
{
	return b->alarms & ALARM_LOS;
}

static bool is_heard(const struct bench *b)
{
	return b->blocks > 20;
}

static bool is_told_of_a_tone(const struct bench *b)
{
	return b->tones > 0;
}

static void pull_out(void)
{
	CHECK_EQ(system("echo 1 >" PLACE "unassign_span"), 0);
}

/* The span's lines of system.conf, and these more. */
static void configure(const char *more)
{
	FILE *conf = fopen("/tmp/span1.conf", "w");

	CHECK(conf != NULL);
	(void)fprintf(conf,
	              "bchan=1-15,17-31\ndchan=16\nalaw=1-15,17-31\n%s"
	              "loadzone=us\ndefaultzone=us\n",
	              more);
	(void)fclose(conf);
	CHECK_EQ(system("dahdi_cfg -c /tmp/span1.conf >/dev/null 2>&1"), 0);
}

static void plug_in(void)
{
	CHECK_EQ(system("echo 1:1:1 >" PLACE "assign_span"), 0);
	configure("");
}

static void open_span(struct bench *b, unsigned echo_ms)
{
	struct board_conf conf = { .name = "e1 0",
		                   .kind = BOARD_DAHDI,
		                   .span_number = 1 };

	board_conf_preset(&conf, SPAN_E1);
	conf.echo_ms = echo_ms;
	b->alarms = ALARM_LOS;
	CHECK_EQ(loop_new(&b->loop), 0);
	CHECK_EQ(board_span_open(&b->span, b->loop, &conf, &handler, b), 0);
	CHECK(turn_until(b, is_up));
}

static void close_span(struct bench *b)
{
	b->span = board_span_close(b->span);
	b->loop = loop_free(b->loop);
}

static const struct removal_row {
	const char *when;
	bool taken;    /* the media thread has it when the device goes */
	bool given_up; /* the call ends before the media thread looks */
	bool resting;  /* its call was over */
} removal_rows[] = {
	{ "in use", true, false, false },
	{ "handed over, call goes on", false, false, false },
	{ "handed over, call ends", false, true, false },
	{ "at rest", true, false, true },
};

TEST_ROWS(a_channel_is_good_again_after_its_device, removal_rows, row)
{
	struct bench b = { 0 };

	if (getenv("LAB") == NULL)
		return;
	open_span(&b, 32);
	CHECK_EQ(board_chan_open(b.span, SLOT, true), 0);
	if (row->taken)
		CHECK(turn_until(&b, is_heard));
	if (row->resting) {
		board_chan_close(b.span, SLOT);
		(void)board_span_turn(b.span, &media, &b);
		(void)loop_turn(b.loop);
	}
	pull_out();
	if (row->given_up)
		board_chan_close(b.span, SLOT);
	CHECK(turn_until(&b, is_red));
	plug_in();
	CHECK(turn_until(&b, is_up));
	b.blocks = 0;
	if (row->given_up || row->resting)
		CHECK_EQ(board_chan_open(b.span, SLOT, false), 0);
	CHECK(turn_until(&b, is_heard));
	close_span(&b);
}

/* How many channels of the span have their canceller at work, as the driver
 * itself tells. */
static unsigned cancellers(void)
{
	FILE *proc = fopen("/proc/dahdi/1", "r");
	char line[256];
	unsigned n = 0;

	CHECK(proc != NULL);
	while (fgets(line, sizeof(line), proc) != NULL)
		n += strstr(line, "EC: MG2 - ACTIVE") != NULL;
	(void)fclose(proc);
	return n;
}

static const struct canceller_row {
	const char *what;
	bool speech;
	unsigned echo_ms;
	unsigned working;
} canceller_rows[] = {
	{ "speech", true, 32, 1 },       { "a short line", true, 8, 1 },
	{ "a long line", true, 128, 1 }, { "data", false, 32, 0 },
	{ "not wanted", true, 0, 0 },
};

TEST_ROWS(the_driver_cancels_echo_as_told, canceller_rows, row)
{
	struct bench b = { 0 };

	if (getenv("LAB") == NULL)
		return;
	configure("echocanceller=mg2,1-15,17-31\n");
	open_span(&b, row->echo_ms);
	CHECK_EQ(cancellers(), 0);
	CHECK_EQ(board_chan_open(b.span, SLOT, row->speech), 0);
	CHECK(turn_until(&b, is_heard));
	CHECK_EQ(cancellers(), row->working);
	b.hums = true;
	if (row->working > 0) /* only a canceller listens for it */
		CHECK(turn_until(&b, is_told_of_a_tone));
	b.hums = false;
	CHECK_EQ(b.tones, row->working);
	board_chan_echo_off(b.span, SLOT);
	CHECK_EQ(cancellers(), 0);
	b.blocks = 0;
	CHECK(turn_until(&b, is_heard)); /* the sound goes on */
	board_chan_close(b.span, SLOT);
	CHECK_EQ(board_chan_open(b.span, SLOT, row->speech), 0);
	CHECK_EQ(cancellers(), row->working);
	board_chan_close(b.span, SLOT);
	CHECK_EQ(cancellers(), 0);
	close_span(&b);
}
