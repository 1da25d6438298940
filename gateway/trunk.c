/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * A span, its D channel and its line, brought together. Frames go from the
 * board to the link and back, ticks from the board to the media engine, and
 * the board's alarms to both the link and the log.
 *
 * A B channel is used by two parties who do not know each other: the Q.931
 * call and the stream. It is given back to the link's choice when both have
 * let go, which is decided here and nowhere else.
 *
 * A span that cannot be opened now (its socket's folder is missing, another
 * gateway holds it) is tried again every two seconds; everything else runs.
 */

#include "gateway/trunk.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/call.h"
#include "gateway/debug.h"
#include "gateway/ladder.h"
#include "gateway/leg_isdn.h"
#include "gateway/media/media.h"
#include "kernel/mem.h"
#include "kernel/text.h"

/* --- the board tells --- */

static void on_frame(void *self, struct bytes frame)
{
	struct trunk *trunk = self;

	isdn_link_receive(trunk->link, frame);
}

/* What befalls a span befalls the calls on it: it stands in their ladders. */
static void tell_ladders(struct trunk *trunk, unsigned channel,
                         const char *what)
{
	LIST_EACH(&trunk->gateway->calls, struct call, call, list)
	for (unsigned i = 0; i < ARRAY_LEN(call->leg); i++) {
		const struct leg *leg = &call->leg[i];

		/* a RESTART has ended its call when it is told of */
		if ((leg->open || channel != 0) && leg->ops != NULL &&
		    leg->kind == PEER_POTS && leg->isdn.trunk == trunk &&
		    (channel == 0 || channel == leg->isdn.channel))
			ladder_decide(trunk->gateway->ladder, call->number,
			              "%s: %s", trunk->name, what);
	}
}

static void on_alarm(void *self, unsigned alarms)
{
	struct trunk *trunk = self;
	char what[48] = "line is up";

	if (!(alarms & ALARM_RED_OR_BLUE))
		trunk->notice[0] = '\0';
	if (alarms == 0)
		log_notice(&area_isdn, trunk->name, "%s", what);
	else {
		(void)snprintf(what, sizeof(what), "alarm %s",
		               board_alarm_name(alarms));
		log_notice(&area_isdn, trunk->name, "%s", what);
	}
	tell_ladders(trunk, 0, what);
	registrar_trunk(trunk->gateway, alarms == 0);
	if (trunk->link != NULL)
		isdn_link_layer1(trunk->link, !(alarms & ALARM_RED_OR_BLUE));
}

static void on_notice(void *self, const char *sentence)
{
	struct trunk *trunk = self;

	(void)snprintf(trunk->notice, sizeof(trunk->notice), "%s", sentence);
	log_warn(&area_isdn, trunk->name, "%s", sentence);
}

/* As if the media engine had told it; who comes second changes nothing. */
static void on_tone(void *self, unsigned slot, bool sent)
{
	struct trunk *trunk = self;
	struct media_report report = { .kind = MEDIA_TONE,
		                       .tone = DATA_TONE_ANS,
		                       .sent = sent };

	LIST_EACH(&trunk->gateway->calls, struct call, call, list)
	for (report.end = 0; report.end < 2; report.end++) {
		const struct leg *leg = &call->leg[report.end];

		if (leg->open && leg->kind == PEER_POTS &&
		    leg->isdn.trunk == trunk && leg->isdn.channel == slot)
			call_media(call, &report);
	}
}

static const struct board_handler board_handler = {
	.frame = on_frame,
	.alarm = on_alarm,
	.notice = on_notice,
	.tone = on_tone,
};

/* --- the link tells --- */

static int on_send(void *self, struct bytes frame)
{
	struct trunk *trunk = self;

	return board_span_send(trunk->span, frame);
}

static void on_trace(void *self, bool sent, struct bytes frame)
{
	struct trunk *trunk = self;

	debug_isdn_frame(trunk->gateway->debug, trunk->name,
	                 trunk->options.side == ISDN_NETWORK, sent, frame);
}

static void on_note(void *self, const char *sentence)
{
	struct trunk *trunk = self;

	log_debug(&area_isdn, trunk->name, "%s", sentence);
}

/* A RESTART, ours or theirs, takes the call of its channel away. */
static void channel_changed(struct trunk *trunk, unsigned channel)
{
	char what[64];

	(void)snprintf(what, sizeof(what), "channel %u is %s", channel,
	               isdn_channel_state_name(
			       isdn_channel_state(trunk->link, channel)));
	tell_ladders(trunk, channel, what);
}

static void on_event(void *self, const struct isdn_event *event)
{
	struct trunk *trunk = self;

	if (event->kind == ISDN_LINK_UP || event->kind == ISDN_LINK_DOWN)
		registrar_trunk(trunk->gateway, event->kind == ISDN_LINK_UP);
	if (event->kind == ISDN_LINK_UP || event->kind == ISDN_LINK_DOWN) {
		const char *what = event->kind == ISDN_LINK_UP
		                           ? "D channel is up"
		                           : "D channel is down";

		log_notice(&area_isdn, trunk->name, "%s", what);
		tell_ladders(trunk, 0, what);
		return;
	}
	if (event->kind == ISDN_CHANNEL && trunk->link != NULL)
		channel_changed(trunk, event->channel);
	else
		leg_isdn_event(trunk, event);
}

static enum isdn_admission on_admit(void *self, const struct isdn_setup *setup,
                                    bool crowded)
{
	return leg_isdn_admit(self, setup, crowded);
}

static const struct isdn_handler isdn_handler = {
	.send = on_send,
	.admit = on_admit,
	.event = on_event,
	.trace = on_trace,
	.note = on_note,
};

/* --- the media engine turns the span --- */

static int turn(void *line, media_receive_fn receive,
                media_transmit_fn transmit, void *self)
{
	struct board_media media = { receive, transmit };

	return board_span_turn(line, &media, self);
}

static int add_line(struct trunk *trunk, const struct board_conf *conf)
{
	struct media_line line = {
		.name = trunk->name,
		.law = conf->law,
		.fd = board_span_fd(trunk->span),
		.turn = turn,
		.self = trunk->span,
	};
	void *self;
	int rc;

	rc = media_line_add(trunk->gateway->media, &line, trunk, &trunk->line);
	if (rc < 0)
		return rc;
	trunk->line_added = true;
	if (conf->kind == BOARD_SIM) {
		self = media_line_sink(trunk->gateway->media, trunk->line,
		                       &trunk->sink.receive,
		                       &trunk->sink.transmit);
		board_sim_media(trunk->span, &trunk->sink, self);
	}
	return 0;
}

static int bring_up(struct trunk *trunk)
{
	struct board_conf board;
	struct isdn_conf isdn;
	int rc;

	options_to_board(&trunk->options, trunk->name, &board);
	options_to_isdn(&trunk->options, trunk->name, &isdn);
	trunk->notice[0] = '\0';
	rc = board_span_open(&trunk->span, trunk->gateway->loop, &board,
	                     &board_handler, trunk);
	if (rc == 0)
		rc = isdn_link_open(&trunk->link, trunk->gateway->loop, &isdn,
		                    &isdn_handler, trunk);
	if (rc == 0)
		rc = add_line(trunk, &board);
	if (rc == 0)
		isdn_link_layer1(trunk->link, !(board_span_alarms(trunk->span) &
		                                ALARM_RED_OR_BLUE));
	if (rc == 0)
		busyout_settle(trunk);
	trunk->error = rc;
	return rc;
}

static void take_down(struct trunk *trunk)
{
	trunk->line_added = false;
	busyout_link_gone(trunk);
	trunk->link = isdn_link_close(trunk->link);
	trunk->span = board_span_close(trunk->span);
	memset(trunk->slot, 0, sizeof(trunk->slot));
	memset(&trunk->cleared, 0, sizeof(trunk->cleared));
}

static void try_again(void *self)
{
	struct trunk *trunk = self;
	int rc = bring_up(trunk);

	if (rc == 0) {
		log_notice(&area_isdn, trunk->name, "span opened");
		return;
	}
	take_down(trunk);
	timer_start(&trunk->retry, SEC(2));
}

int trunk_open(struct trunk **out, struct gateway *gateway, const char *name,
               const struct options_controller *options)
{
	struct trunk *trunk = mem_new(struct trunk);
	int rc;

	if (trunk == NULL)
		return -ENOMEM;
	trunk->gateway = gateway;
	trunk->options = *options;
	(void)text_copy(trunk->name, sizeof(trunk->name), name);
	timer_init(&trunk->retry, gateway->loop, "span retry", try_again,
	           trunk);
	list_append(&gateway->trunks, &trunk->list);
	busyout_begin(trunk);
	rc = bring_up(trunk);
	if (rc < 0) {
		log_error(&area_isdn, name,
		          "span could not be opened: %s; trying again every "
		          "2 s",
		          strerror(-rc));
		take_down(trunk);
		timer_start(&trunk->retry, SEC(2));
	}
	*out = trunk;
	return 0;
}

void trunk_drop(struct trunk *trunk)
{
	timer_stop(&trunk->retry);
	busyout_end(trunk);
	take_down(trunk);
	list_remove(&trunk->list);
	(void)mem_free(trunk);
}

void trunk_close(struct trunk *trunk)
{
	trunk->dying = true;
	timer_stop(&trunk->retry);
	busyout_end(trunk);
	if (trunk->line_added)
		media_line_remove(trunk->gateway->media, trunk->line);
	else
		trunk_drop(trunk);
}

int trunk_change(struct trunk *trunk, const struct options_controller *options)
{
	struct board_conf board;
	struct isdn_conf isdn;
	int rc = 0;

	options_to_board(options, trunk->name, &board);
	options_to_isdn(options, trunk->name, &isdn);
	if (trunk->link == NULL)
		return -EBUSY;
	rc = board_span_change(trunk->span, &board);
	if (rc == 0)
		rc = isdn_link_change(trunk->link, &isdn);
	if (rc == 0)
		trunk->options = *options;
	return rc;
}

bool trunk_is_closed(const struct trunk *trunk)
{
	return trunk->options.shutdown || trunk->doomed;
}

bool trunk_is_up(const struct trunk *trunk)
{
	return trunk->link != NULL && !trunk->dying &&
	       isdn_link_is_up(trunk->link) &&
	       board_span_alarms(trunk->span) == 0;
}

bool trunks_any_up(const struct gateway *gateway)
{
	LIST_EACH(&gateway->trunks, struct trunk, trunk, list)
	if (!trunk_is_closed(trunk) &&
	    (trunk_is_up(trunk) || (busyout_holds_link(trunk) &&
	                            board_span_alarms(trunk->span) == 0)))
		return true;
	return list_empty(&gateway->trunks);
}

/* --- channels --- */

static void slot_settle(struct trunk *trunk, unsigned channel)
{
	struct trunk_slot *slot = &trunk->slot[channel];

	if (slot->stream.generation != 0 || !slot->released)
		return;
	if (slot->open)
		board_chan_close(trunk->span, channel);
	memset(slot, 0, sizeof(*slot));
	if (trunk->link != NULL)
		isdn_channel_stopped(trunk->link, channel);
}

int trunk_channel_join(struct trunk *trunk, unsigned channel,
                       struct stream_ref stream)
{
	struct trunk_slot *slot;
	int rc = 0;

	if (channel == 0 || channel >= TICK_SLOTS)
		return -ENOENT;
	slot = &trunk->slot[channel];
	if (!slot->open)
		rc = board_chan_open(trunk->span, channel, true);
	if (rc < 0) {
		log_error(&area_isdn, trunk->name, "channel %u not opened: %s",
		          channel, strerror(-rc));
		return rc;
	}
	*slot = (struct trunk_slot){ .stream = stream, .open = true };
	return 0;
}

void trunk_channel_leave(struct trunk *trunk, unsigned channel, unsigned serial)
{
	if (channel > 0 && channel < TICK_SLOTS)
		trunk->slot[channel].leaving = serial;
}

void trunk_channel_released(struct trunk *trunk, unsigned channel)
{
	if (channel == 0 || channel >= TICK_SLOTS)
		return;
	trunk->slot[channel].released = true;
	slot_settle(trunk, channel);
}

static bool same_stream(struct stream_ref a, struct stream_ref b)
{
	return a.index == b.index && a.generation == b.generation;
}

static void slots_media(struct trunk *trunk, const struct media_report *report)
{
	for (unsigned i = 1; i < TICK_SLOTS; i++) {
		struct trunk_slot *slot = &trunk->slot[i];

		if (slot->stream.generation == 0 ||
		    !same_stream(slot->stream, report->stream))
			continue;
		if (report->kind == MEDIA_SET &&
		    (slot->leaving == 0 || report->serial < slot->leaving))
			continue;
		slot->stream = (struct stream_ref){ 0 };
		slot_settle(trunk, i);
	}
}

static void line_removed(struct trunk *trunk)
{
	trunk->line_added = false;
	if (trunk->dying)
		trunk_drop(trunk);
}

void trunks_media(struct gateway *gateway, const struct media_report *report)
{
	if (report->kind == MEDIA_LINE_REMOVED)
		line_removed(report->owner);
	if (report->kind != MEDIA_SET && report->kind != MEDIA_STOPPED)
		return;
	LIST_EACH(&gateway->trunks, struct trunk, trunk, list)
	slots_media(trunk, report);
}
