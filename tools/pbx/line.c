/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The line: span and link brought together, and what can be done to them on
 * purpose. While it is `down` no frame passes either way, so layer 2 fails as
 * on a broken line. While it is `mute` our Q.931 messages go out with a
 * protocol discriminator nobody knows: layer 2 is well, but the far end hears
 * nothing from us.
 */

#include "tools/pbx/pbx.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "pri/channel.h"
#include "pri/q931.h"

enum { PD_Q931 = 0x08, PD_STRANGE = 0x4f, FRAME_MOST = 512 };

static void on_frame(void *self, struct bytes frame)
{
	struct pbx *pbx = self;

	if (!pbx->down)
		isdn_link_receive(pbx->link, frame);
}

static void kick_all(struct pbx *pbx)
{
	LIST_EACH(&pbx->calls, struct pbx_call, call, list)
	call_kick(call);
}

static void on_alarm(void *self, unsigned alarms)
{
	struct pbx *pbx = self;

	report_tell(&pbx->report, REPORT_NOTE, "line", "alarm %s",
	            board_alarm_name(alarms));
	isdn_link_layer1(pbx->link, (alarms & ALARM_RED_OR_BLUE) == 0);
	kick_all(pbx);
}

static void on_notice(void *self, const char *sentence)
{
	struct pbx *pbx = self;

	report_tell(&pbx->report, REPORT_NOTE, "line", "%s", sentence);
}

static int on_send(void *self, struct bytes frame)
{
	struct pbx *pbx = self;
	uint8_t strange[FRAME_MOST];

	if (pbx->down || pbx->span == NULL)
		return 0; /* lost on the way */
	/* an I frame with a Q.931 message: address 2, control 2, then it */
	if (pbx->mute && frame.len > 4 && frame.len <= sizeof(strange) &&
	    (frame.at[2] & 1) == 0 && frame.at[4] == PD_Q931) {
		memcpy(strange, frame.at, frame.len);
		strange[4] = PD_STRANGE;
		frame.at = strange;
	}
	return board_span_send(pbx->span, frame);
}

static void tell_trace(void *self, const char *text)
{
	struct pbx *pbx = self;

	report_tell(&pbx->report, REPORT_TRACE, "line", "%s", text);
}

static void on_trace(void *self, bool sent, struct bytes frame)
{
	struct pbx *pbx = self;

	if (pbx->down)
		return;
	capture_frame(pbx->capture, sent, frame);
	if (pbx->verbose)
		isdn_decode(frame, sent, tell_trace, pbx);
}

static void on_note(void *self, const char *sentence)
{
	struct pbx *pbx = self;

	if (pbx->verbose)
		report_tell(&pbx->report, REPORT_NOTE, "line", "%s", sentence);
}

static void fill_board(const struct settings *s, struct board_conf *conf)
{
	*conf = (struct board_conf){ 0 };
	board_conf_preset(conf, s->type);
	(void)text_copy(conf->name, sizeof(conf->name), "causeway-pbx");
	conf->kind = s->dahdi > 0 ? BOARD_DAHDI : BOARD_WIRE;
	conf->span_number = s->dahdi;
	(void)text_copy(conf->path, sizeof(conf->path), s->path);
	conf->listen = s->listen;
	conf->faults = s->faults;
}

static void fill_link(const struct settings *s, const struct board_conf *board,
                      struct isdn_conf *conf)
{
	isdn_conf_preset(conf, s->type);
	(void)text_copy(conf->name, sizeof(conf->name), board->name);
	conf->switch_type = s->switch_type;
	conf->side = s->side;
	conf->law = board->law;
	conf->dslot = board->dslot;
	conf->bearers = board_bearer_slots(board->type, board->dslot);
	/* the gateway at the other end hunts upwards: keep clear of glare */
	conf->order =
		s->side == ISDN_NETWORK ? ORDER_DESCENDING : ORDER_ASCENDING;
	conf->exclusive = s->exclusive;
	conf->overlap_receive = s->overlap;
	conf->overlap_send = true;
	conf->uui_most = UUI_OCTETS;
	conf->restart_on_up = false; /* nothing unasked for */
	conf->setups_per_second = 0; /* whoever scripts a flood wants it */
	for (unsigned i = 0; i < ISDN_TIMERS; i++)
		if (s->timers[i] > 0)
			conf->timers[i] = s->timers[i];
}

int line_open(struct pbx *pbx)
{
	static const struct board_handler from_board = { .frame = on_frame,
		                                         .alarm = on_alarm,
		                                         .notice = on_notice };
	static const struct isdn_handler from_link = {
		.send = on_send,
		.event = event_isdn,
		.trace = on_trace,
		.note = on_note,
	};
	struct board_conf board;
	struct isdn_conf isdn = { 0 };
	int rc;

	fill_board(&pbx->settings, &board);
	fill_link(&pbx->settings, &board, &isdn);
	/* the link first: the span's first frame needs it */
	rc = isdn_link_open(&pbx->link, pbx->loop, &isdn, &from_link, pbx);
	if (rc == 0)
		rc = board_span_open(&pbx->span, pbx->loop, &board, &from_board,
		                     pbx);
	if (rc == 0)
		rc = sound_open(&pbx->sound, pbx->loop, pbx->span, event_sound,
		                pbx);
	return rc;
}

void line_close(struct pbx *pbx)
{
	pbx->sound = sound_close(pbx->sound);
	pbx->link = isdn_link_close(pbx->link);
	pbx->span = board_span_close(pbx->span);
}
