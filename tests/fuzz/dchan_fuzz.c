/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The way in from the D channel: the decoder, the cleaner, and libpri behind
 * it. The input is a row of frames, each with its length in front; the first
 * octet chooses switch type and side. Layer 3 is reached by UI frames, which
 * need no sequence numbers.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/loop.h"
#include "pri/channel.h"
#include "pri/isdn.h"
#include "pri/q931.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int drop_frame(void *self, struct bytes frame)
{
	(void)self;
	(void)frame;
	return 0;
}

static void act_along(void *self, const struct isdn_event *event)
{
	struct isdn_link **link = self;
	struct release why = { .cause.value = Q850_USER_BUSY };

	if (event->kind == ISDN_SETUP && event->channel % 2 != 0)
		(void)isdn_call_answer(event->call, NULL, PROGRESS_IN_BAND);
	else if (event->kind == ISDN_SETUP)
		(void)isdn_call_alerting(event->call, 0);
	else if (event->kind == ISDN_DISCONNECT || event->kind == ISDN_KEYPAD)
		isdn_call_clear(event->call, &why);
	else if (event->kind == ISDN_RELEASED)
		isdn_channel_stopped(*link, event->channel);
}

static void ignore_line(void *self, const char *text)
{
	(void)self;
	(void)text;
}

static const struct isdn_handler handler = {
	.send = drop_frame,
	.event = act_along,
};

static void feed(struct isdn_link *link, struct bytes frame)
{
	uint8_t copy[300];
	size_t n = frame.len < sizeof(copy) ? frame.len : sizeof(copy);
	int callref;

	if (n == 0)
		return;
	memcpy(copy, frame.at, n);
	isdn_decode(frame, false, ignore_line, NULL);
	(void)isdn_decode_name(frame, &callref);
	(void)isdn_frame_clean(copy, n);
	isdn_link_receive(link, frame);
}

/* libpri holds the calls we hold, and no other. */
static void compare(struct loop *loop, struct isdn_link *link)
{
	struct isdn_status status;

	for (unsigned i = 0; i < 100 && loop_turn(loop); i++)
		continue;
	isdn_link_status(link, &status);
	if (status.calls != status.libpri_calls)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = { data, size }, frame;
	struct isdn_link *link = NULL;
	struct isdn_conf conf;
	struct loop *loop = NULL;
	uint8_t choice, length;

	if (!take_u8(&in, &choice))
		return 0;
	instant_hold();
	isdn_conf_preset(&conf, SPAN_E1);
	(void)snprintf(conf.name, sizeof(conf.name), "fuzz");
	conf.switch_type = (enum isdn_switch)(choice % (SWITCH_QSIG + 1));
	conf.side = (choice & 0x10) != 0 ? ISDN_NETWORK : ISDN_USER;
	conf.uui_most = UUI_OCTETS;
	conf.overlap_receive = (choice & 0x20) != 0;
	if (loop_new(&loop) == 0 &&
	    isdn_link_open(&link, loop, &conf, &handler, &link) == 0) {
		while (take_u8(&in, &length)) {
			if (!take_bytes(&in, length, &frame)) {
				frame = in;
				in.len = 0;
			}
			feed(link, frame);
			instant_turn(MSEC(length));
			(void)loop_turn(loop);
		}
		compare(loop, link);
	}
	isdn_link_close(link);
	loop_free(loop);
	instant_release();
	return 0;
}
