/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * The life of a span, whatever carries it: which options it may have, what it
 * counts, and above all which alarms it shows.
 *
 * A line does not fail cleanly: it bounces, and each bounce told upwards would
 * stop calls and start them. So each alarm waits on its own until it has stood
 * for alarm_raise before it is told, and until it has been gone for
 * alarm_clear before it is taken back. The debounced picture is what the
 * handler and everybody else see; the raw one decides only what octets and
 * frames are worth at this instant, and stays with the kind of board. Telling
 * goes through a timer even when there is nothing to wait for: nobody is
 * called from inside his own call.
 *
 * Counters are written where things happen, by either thread, and read by any.
 */

#include "board/private.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "kernel/text.h"

/* The worst first: one word stands for several alarms. */
static const struct alarm_row {
	unsigned bit;
	const char *name;
} alarm_rows[] = {
	/* clang-format off */
	{ ALARM_LOS, "LOS" },
	{ ALARM_LOF, "LOF" },
	{ ALARM_AIS, "AIS" },
	{ ALARM_RAI, "RAI" },
	/* clang-format on */
};

static_assert(ARRAY_LEN(alarm_rows) == ALARM_BITS, "a row for each alarm");

static const struct board_ops *const kinds[] = {
	[BOARD_SIM] = &board_sim_ops,
	[BOARD_WIRE] = &board_wire_ops,
	[BOARD_DAHDI] = &board_dahdi_ops,
};

const char *board_alarm_name(unsigned alarms)
{
	for (size_t i = 0; i < ARRAY_LEN(alarm_rows); i++)
		if (alarms & alarm_rows[i].bit)
			return alarm_rows[i].name;
	return "none";
}

unsigned board_slots(enum span_type type)
{
	return type == SPAN_E1 ? 31 : 24;
}

uint32_t board_bearer_slots(enum span_type type, unsigned dslot)
{
	/* Slot 0 of an E1 is framing. With no D channel its place bears too,
	 * as in the further spans of an NFAS group. */
	uint32_t all = type == SPAN_E1 ? 0xfffffffe : 0x01fffffe;

	return dslot == 0 ? all : all & ~(UINT32_C(1) << (dslot & 31));
}

uint8_t board_idle(enum law law)
{
	return law == LAW_ALAW ? ALAW_IDLE : ULAW_IDLE;
}

void board_tick_idle(struct tick *tick, enum law law, uint32_t mask,
                     unsigned count)
{
	tick->mask = mask;
	tick->count = count;
	for (unsigned slot = 0; slot < TICK_SLOTS; slot++)
		if (mask >> slot & 1)
			memset(tick->octets[slot], board_idle(law), count);
}

void board_conf_preset(struct board_conf *conf, enum span_type type)
{
	bool e1 = type == SPAN_E1;

	conf->type = type;
	conf->law = e1 ? LAW_ALAW : LAW_ULAW;
	conf->dslot = e1 ? 16 : 24;
	conf->octets = 40;
	conf->span_number = 1;
	conf->block = 16;
	conf->framing = e1 ? FRAMING_CRC4 : FRAMING_ESF;
	conf->linecode = e1 ? LINECODE_HDB3 : LINECODE_B8ZS;
	conf->clock_line = true;
	conf->clock_priority = 1;
	conf->echo_ms = 32;
	/* Cards debounce on their own, and a lost connection does not bounce:
	 * only the way back is held for a moment. */
	conf->alarm_raise = 0;
	conf->alarm_clear = MSEC(100);
}

static bool is_good(const struct board_conf *conf)
{
	unsigned dslot = conf->type == SPAN_E1 ? 16 : 24;

	if (conf->kind >= ARRAY_LEN(kinds) || conf->name[0] == '\0' ||
	    conf->echo_ms > ECHO_MOST_MS || conf->alarm_raise < 0 ||
	    conf->alarm_clear < 0 || (conf->dslot != 0 && conf->dslot != dslot))
		return false;
	if (conf->kind == BOARD_WIRE)
		return conf->path[0] != '\0' && conf->octets >= 8 &&
		       conf->octets <= TICK_MOST && conf->octets % 8 == 0;
	if (conf->kind == BOARD_DAHDI)
		return conf->span_number > 0 && conf->block >= 16 &&
		       conf->block <= 80;
	return true;
}

void board_tone(struct board_span *span, unsigned slot, bool sent)
{
	if (span->handler->tone != NULL && span->opened >> slot & 1)
		span->handler->tone(span->self, slot, sent);
}

/* --- alarms --- */

static void settle(void *self)
{
	struct board_hold *hold = self;
	struct board_span *span = hold->span;
	unsigned was = (unsigned)shared_look(&span->alarms);
	unsigned now = was ^ hold->bit;

	shared_raise(&span->alarms, (int)now);
	if (was == 0)
		COUNT(span, alarms_seen);
	span->handler->alarm(span->self, now);
}

void board_line(struct board_span *span, unsigned raw)
{
	unsigned stands = board_span_alarms(span);

	span->raw = raw;
	span->raw_seen |= raw;
	for (size_t i = 0; i < ALARM_BITS; i++) {
		struct board_hold *hold = &span->holds[i];
		bool seen = raw & hold->bit;

		if (seen == (bool)(stands & hold->bit))
			timer_stop(&hold->timer);
		else if (!timer_running(&hold->timer))
			timer_start(&hold->timer,
			            seen ? span->conf.alarm_raise
			                 : span->conf.alarm_clear);
	}
}

void board_frame(struct board_span *span, struct bytes frame)
{
	COUNT(span, frames_in);
	span->handler->frame(span->self, frame);
}

usec board_span_waited(const struct board_span *span)
{
	return span->waited;
}

void board_notice(struct board_span *span, const char *sentence)
{
	if (span->handler->notice != NULL)
		span->handler->notice(span->self, sentence);
}

/* --- how good it was --- */

static bool is_checked(const struct board_conf *conf)
{
	return conf->framing == FRAMING_CRC4 || conf->framing == FRAMING_ESF;
}

void board_span_performance_clear(struct board_span *span)
{
	performance_init(&span->performance,
	                 span->conf.type == SPAN_E1 ? PERFORMANCE_E1
	                                            : PERFORMANCE_T1,
	                 is_checked(&span->conf));
}

const struct performance *board_span_performance(const struct board_span *span)
{
	return &span->performance;
}

static void second(void *self)
{
	struct board_span *span = self;
	struct board_counts was = span->second_counts, *is;
	struct performance_second s = {
		.los = span->raw_seen & ALARM_LOS,
		.lof = span->raw_seen & ALARM_LOF,
		.ais = span->raw_seen & ALARM_AIS,
	};
	usec left;

	is = &span->second_counts;
	board_span_counts(span, is);
	s.slips = (unsigned)(is->slips - was.slips);
	s.lcv = (unsigned)(is->code_violations - was.code_violations);
	s.pcv = (unsigned)(is_checked(&span->conf)
	                           ? is->crc_errors - was.crc_errors
	                           : is->frame_errors - was.frame_errors);
	performance_second(&span->performance, &s);
	span->raw_seen = span->raw;
	span->second_due = instant_add(span->second_due, SEC(1));
	left = instant_since(span->second_due, instant_now());
	if (left < -SEC(10)) /* the machine slept: nobody knows */
		span->second_due = instant_add(instant_now(), SEC(1));
	timer_start(&span->second, left < -SEC(10) ? SEC(1) : MAX_OF(left, 0));
}

static void watch_seconds(struct board_span *span)
{
	span->raw = span->raw_seen = ALARM_LOS;
	board_span_performance_clear(span);
	span->second_due = instant_add(instant_now(), SEC(1));
	timer_start(&span->second, SEC(1));
}

/* --- life --- */

static void prepare(struct board_span *span, struct loop *loop,
                    const struct board_conf *conf)
{
	span->conf = *conf;
	span->loop = loop;
	shared_raise(&span->alarms, ALARM_LOS);
	shared_raise(&span->faults, conf->faults);
	for (size_t i = 0; i < ALARM_BITS; i++) {
		span->holds[i].span = span;
		span->holds[i].bit = alarm_rows[i].bit;
		timer_init(&span->holds[i].timer, loop, alarm_rows[i].name,
		           settle, &span->holds[i]);
	}
	timer_init(&span->second, loop, "line quality", second, span);
}

int board_span_open(struct board_span **out, struct loop *loop,
                    const struct board_conf *conf,
                    const struct board_handler *handler, void *self)
{
	struct board_span *span;
	int rc;

	if (!is_good(conf))
		return -EINVAL;
	span = kinds[conf->kind]->create();
	if (span == NULL)
		return -ENOMEM;
	span->ops = kinds[conf->kind];
	span->handler = handler;
	span->self = self;
	prepare(span, loop, conf);
	rc = span->ops->open(span);
	if (rc < 0) {
		board_span_close(span);
		return rc;
	}
	watch_seconds(span);
	*out = span;
	return 0;
}

struct board_span *board_span_close(struct board_span *span)
{
	if (span == NULL)
		return NULL;
	for (unsigned slot = 1; slot < TICK_SLOTS; slot++)
		board_chan_close(span, slot);
	for (size_t i = 0; i < ALARM_BITS; i++)
		timer_stop(&span->holds[i].timer);
	timer_stop(&span->second);
	span->ops->close(span);
	return NULL;
}

/* Everything a span cannot change while it is up. */
static bool is_same_line(const struct board_conf *a, const struct board_conf *b)
{
	return strcmp(a->name, b->name) == 0 && a->kind == b->kind &&
	       a->type == b->type && a->law == b->law && a->dslot == b->dslot &&
	       strcmp(a->path, b->path) == 0 && a->listen == b->listen &&
	       a->octets == b->octets && a->span_number == b->span_number &&
	       a->block == b->block && a->framing == b->framing &&
	       a->linecode == b->linecode && strcmp(a->peer, b->peer) == 0;
}

int board_span_change(struct board_span *span, const struct board_conf *conf)
{
	if (!is_good(conf))
		return -EINVAL;
	if (!is_same_line(&span->conf, conf))
		return -EBUSY;
	/* A hold that runs keeps the time it began with. */
	span->conf = *conf;
	shared_raise(&span->faults, conf->faults);
	return 0;
}

/* --- dispatch --- */

int board_span_send(struct board_span *span, struct bytes frame)
{
	if (frame.len > FRAME_MOST)
		return -EMSGSIZE;
	if (frame.len < FRAME_LEAST)
		return -EBADMSG;
	if (span->conf.dslot == 0)
		return -ENOTSUP;
	return span->ops->send(span, frame);
}

int board_span_send_alarm(struct board_span *span, unsigned alarms)
{
	if (span->ops->send_alarm == NULL)
		return -ENOTSUP;
	return span->ops->send_alarm(span, alarms);
}

int board_span_send_fault(struct board_span *span, unsigned kind, unsigned slot)
{
	if (span->ops->send_fault == NULL)
		return -ENOTSUP;
	return span->ops->send_fault(span, kind, slot);
}

bool board_span_cancels(const struct board_span *span)
{
	return span->ops->echo_off != NULL && span->conf.echo_ms > 0;
}

int board_chan_open(struct board_span *span, unsigned slot, bool speech)
{
	uint32_t bearers =
		board_bearer_slots(span->conf.type, span->conf.dslot);
	int rc = 0;

	if (slot >= TICK_SLOTS || !(bearers >> slot & 1))
		return -ENXIO;
	if (span->opened >> slot & 1)
		return -EBUSY;
	if (span->ops->chan_open != NULL)
		rc = span->ops->chan_open(span, slot, speech);
	if (rc < 0)
		return rc;
	span->opened |= UINT32_C(1) << slot;
	if (speech && board_span_cancels(span))
		span->cancelled |= UINT32_C(1) << slot;
	return 0;
}

void board_chan_close(struct board_span *span, unsigned slot)
{
	if (slot >= TICK_SLOTS || !(span->opened >> slot & 1))
		return;
	span->opened &= ~(UINT32_C(1) << slot);
	span->cancelled &= span->opened;
	if (span->ops->chan_close != NULL)
		span->ops->chan_close(span, slot);
}

bool board_chan_cancels(const struct board_span *span, unsigned slot)
{
	return slot < TICK_SLOTS && span->cancelled >> slot & 1;
}

void board_chan_echo_off(struct board_span *span, unsigned slot)
{
	if (!board_chan_cancels(span, slot))
		return;
	span->cancelled &= ~(UINT32_C(1) << slot);
	span->ops->echo_off(span, slot);
}

int board_span_fd(const struct board_span *span)
{
	return span->ops->fd == NULL ? -1 : span->ops->fd(span);
}

int board_span_turn(struct board_span *span, const struct board_media *media,
                    void *self)
{
	return span->ops->turn == NULL ? 0 : span->ops->turn(span, media, self);
}

/* --- what anybody may ask --- */

void board_span_counts(const struct board_span *span, struct board_counts *out)
{
	const shared_count *from = (const void *)&span->counts;
	uint64_t *to = (void *)out;

	static_assert(sizeof(*out) % sizeof(*to) == 0, "numbers and no more");
	for (size_t i = 0; i < sizeof(*out) / sizeof(*to); i++)
		to[i] = shared_get(&from[i]);
}

unsigned board_span_alarms(const struct board_span *span)
{
	return (unsigned)shared_look(&span->alarms);
}

const struct board_conf *board_span_conf(const struct board_span *span)
{
	return &span->conf;
}

const char *board_span_peer(const struct board_span *span)
{
	return span->peer;
}
