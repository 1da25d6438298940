/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * One D channel: feeds libpri, runs its timers, keeps its memory.
 *
 * libpri is entered in four ways only: a frame (pri_check_event takes exactly
 * one), an expired timer (pri_schedule_run gives one event a call, so until
 * NULL), a command, and its constructor, which already sends SABME. After each
 * of them the next timer is asked for again, isdn_link_rearm().
 *
 * Its clock is ours: the archive is linked with gettimeofday redirected to
 * isdn_libpri_clock(), so a step of the wall clock neither fires T303 nor hides
 * a cut line, and a test turns libpri's time with its own.
 *
 * libpri has no destructor. What a closed link leaves is kept by name, side and
 * switch type and used again by the next such link; a DM that was never on the
 * wire then makes layer 2 forget what it believed and begin anew.
 *
 * Messages and errors are global hooks with the struct pri as their argument;
 * a bucket of a few sentences a second keeps a broken peer from filling a log.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/text.h"
#include "pri/private.h"

enum { KEPT_MOST = 64, NOTES_A_SECOND = 10, EVENTS_A_TURN = 1000 };

/* What libpri can never give back. `used` by a link or waiting for one. */
struct kept_pri {
	struct pri *pri;
	char name[32];
	enum isdn_side side;
	int type; /* libpri's */
	bool facility;
	bool used;
};

static struct kept_pri kept[KEPT_MOST];

int isdn_libpri_clock(struct timeval *tv, void *zone)
{
	int64_t us = instant_now().us;

	(void)zone;
	tv->tv_sec = (time_t)(us / SEC(1));
	tv->tv_usec = (suseconds_t)(us % SEC(1));
	return 0;
}

/* --- notes --- */

void isdn_note(struct isdn_link *link, const char *format, ...)
{
	struct instant now = instant_now();
	char sentence[256];
	va_list args;

	if (link->handler->note == NULL)
		return;
	if (instant_since(now, link->note_second) >= SEC(1)) {
		link->note_second = now;
		link->notes = 0;
	}
	if (link->notes++ >= NOTES_A_SECOND)
		return;
	va_start(args, format);
	(void)vsnprintf(sentence, sizeof(sentence), format, args);
	va_end(args);
	link->handler->note(link->self, sentence);
}

static void libpri_says(struct pri *pri, char *text)
{
	struct isdn_link *link = pri != NULL ? pri_get_userdata(pri) : NULL;
	size_t n = strcspn(text, "\r\n");

	if (link != NULL)
		isdn_note(link, "libpri: %.*s", (int)MIN_OF(n, 240), text);
}

/* --- frames --- */

static int read_frame(struct pri *pri, void *to, int size)
{
	struct isdn_link *link = pri_get_userdata(pri);
	struct isdn_frames *f;
	int n;

	if (link == NULL)
		return 0;
	f = &link->frames;
	n = (int)f->in_len + 2; /* libpri cuts off two octets of FCS */
	if (f->in_len == 0 || n > size)
		return 0;
	memcpy(to, f->in, f->in_len);
	memset((uint8_t *)to + f->in_len, 0, 2);
	f->in_len = 0;
	return n;
}

static int write_frame(struct pri *pri, void *from, int len)
{
	struct isdn_link *link = pri_get_userdata(pri);
	uint8_t frame[FRAME_MOST];
	struct bytes out;

	if (link == NULL || len < 2 || link->held)
		return len;
	out.at = frame;
	out.len =
		isdn_frame_edit(link, (struct bytes){ from, (size_t)(len - 2) },
	                        frame, sizeof(frame));
	link->counts.frames_out++;
	if (link->handler->trace != NULL)
		link->handler->trace(link->self, true, out);
	if (link->handler->send(link->self, out) < 0)
		link->counts.send_failures++;
	return len;
}

void isdn_link_rearm(struct isdn_link *link)
{
	const struct timeval *next = pri_schedule_next(link->pri);
	struct instant due;

	if (next == NULL) {
		timer_stop(&link->timer);
		return;
	}
	due.us = next->tv_sec * SEC(1) + next->tv_usec;
	timer_start(&link->timer, MAX_OF(instant_since(due, instant_now()), 0));
}

static void run_timers(struct isdn_link *link)
{
	pri_event *ev;

	for (unsigned i = 0; i < EVENTS_A_TURN; i++) {
		link->seen = (struct seen){ .call_state = -1 };
		ev = pri_schedule_run(link->pri);
		if (ev == NULL)
			break;
		isdn_dispatch(link, ev, true);
	}
	isdn_link_rearm(link);
}

static void timer_due(void *self)
{
	run_timers(self);
}

static void feed(struct isdn_link *link)
{
	pri_event *ev = pri_check_event(link->pri);

	if (ev != NULL)
		isdn_dispatch(link, ev, false);
}

/* libpri answers a STATUS with nothing unless it says "null". */
static void look_at_status(struct isdn_link *link, const struct seen *seen)
{
	struct isdn_call *call;

	if (!seen->present || seen->message != MSG_STATUS ||
	    seen->call_state <= 0)
		return;
	call = isdn_link_find(link, seen->callref);
	if (call != NULL)
		isdn_guard_status(call, seen->call_state);
}

/*
 * Q.931 5.8.9: layer 2 was set up anew. That may be an exchange that was
 * started again and knows none of our calls, though layer 2 was never seen to
 * be down; so each call is asked for.
 */
static void settled(void *self)
{
	struct isdn_link *link = self;

	if (!link->up)
		return;
	if (!link->settled) {
		link->settled = true;
		isdn_emit_link(link, ISDN_LINK_UP, 0);
	}
	isdn_channels_again(link);
	LIST_EACH(&link->calls, struct isdn_call, call, list)
	isdn_call_audit(call);
}

/* Q.921 5.7.1: a SABME in mid-flight sets the sequence numbers back, and what
 * was sent and not acknowledged is gone. Both ends of a line that comes up
 * usually send one, and the second would take what was sent after the first
 * with it: a RESTART, a SETUP. An end that did not hear the answer to its own
 * asks again when T200 expires (1 s, Q.921 5.9.1), so a link is up when layer 2
 * has been for a little longer than that. */
static bool sets_up_anew(struct bytes frame)
{
	return frame.len >= 3 && (frame.at[2] & 0xef) == 0x6f;
}

void isdn_link_settle(struct isdn_link *link)
{
	usec t200 = isdn_timer_length(&link->conf, ISDN_T200);

	timer_start(&link->settle, MIN_OF(t200, SEC(1)) + MSEC(300));
}

void isdn_link_receive(struct isdn_link *link, struct bytes frame)
{
	struct seen seen;

	link->counts.frames_in++;
	if (link->handler->trace != NULL)
		link->handler->trace(link->self, false, frame);
	if (link->held || !isdn_frame_admit(link, frame)) {
		link->counts.frames_dropped++;
		return;
	}
	seen = link->seen;
	feed(link);
	look_at_status(link, &seen);
	if (sets_up_anew(frame))
		isdn_link_settle(link);
	run_timers(link);
}

void isdn_link_inject(struct isdn_link *link, struct bytes frame)
{
	link->seen = (struct seen){ .call_state = -1 };
	memcpy(link->frames.in, frame.at, frame.len);
	link->frames.in_len = (unsigned)frame.len;
	feed(link);
}

void isdn_link_layer1(struct isdn_link *link, bool up)
{
	link->layer1 = up;
}

bool isdn_link_is_up(const struct isdn_link *link)
{
	return link->settled && link->layer1 && !link->held;
}

/* Q.921 5.5.3: DISC ends it at the far end. Ours is told the same, as if the
 * far end had said it; both then ask for a new beginning again and again, and
 * who of them is heard first after the hold has his will. */
void isdn_link_hold(struct isdn_link *link, bool held)
{
	bool is_user = link->conf.side == ISDN_USER;
	uint8_t to_far[] = { is_user ? 0x00 : 0x02, 0x01, 0x53 };
	uint8_t to_us[] = { is_user ? 0x02 : 0x00, 0x01, 0x43 };

	if (link->held == held)
		return;
	if (held && link->up) {
		if (link->handler->trace != NULL)
			link->handler->trace(link->self, true, BYTES(to_far));
		link->counts.frames_out++;
		if (link->handler->send(link->self, BYTES(to_far)) < 0)
			link->counts.send_failures++;
	}
	link->held = held;
	if (held && link->up)
		isdn_link_inject(link, BYTES(to_us));
	isdn_link_rearm(link);
}

bool isdn_link_has_service(const struct isdn_link *link)
{
	return link->variant->service;
}

/* --- calls --- */

struct isdn_call *isdn_link_find(struct isdn_link *link, unsigned callref)
{
	LIST_EACH(&link->calls, struct isdn_call, call, list)
	if (call->q931 != NULL && call->callref == callref)
		return call;
	return NULL;
}

struct isdn_call *isdn_link_match(struct isdn_link *link, const q931_call *q)
{
	LIST_EACH(&link->calls, struct isdn_call, call, list)
	if (call->q931 == q && q != NULL)
		return call;
	return NULL;
}

/* --- open, change, close --- */

static void apply_timers(struct isdn_link *link)
{
	/* clang-format off */
	static const struct {
		enum isdn_timer ours;
		int libpris;
	} timers[] = {
		{ ISDN_T200, PRI_TIMER_T200 }, { ISDN_T203, PRI_TIMER_T203 },
		{ ISDN_T303, PRI_TIMER_T303 }, { ISDN_T305, PRI_TIMER_T305 },
		{ ISDN_T308, PRI_TIMER_T308 }, { ISDN_T309, PRI_TIMER_T309 },
		{ ISDN_T313, PRI_TIMER_T313 },
	};
	/* clang-format on */

	for (size_t i = 0; i < ARRAY_LEN(timers); i++) {
		usec length = isdn_timer_length(&link->conf, timers[i].ours);

		(void)pri_set_timer(link->pri, timers[i].libpris,
		                    (int)(length / MSEC(1)));
	}
}

bool isdn_link_facility(const struct isdn_link *link)
{
	return link->variant->facility ||
	       (link->variant->type == SWITCH_NET5 && link->conf.facility);
}

static void set_up_libpri(struct isdn_link *link)
{
	const struct variant *v = link->variant;

	pri_set_message(libpri_says);
	pri_set_error(libpri_says);
	pri_hangup_fix_enable(link->pri, 1);
	pri_connect_ack_enable(link->pri, 1);
	pri_set_overlapdial(link->pri, 1); /* Sending Complete is ours */
	pri_hold_enable(link->pri, v->hold);
	pri_set_service_message_support(link->pri, v->service);
	if (v->type != SWITCH_QSIG)
		pri_display_options_receive(
			link->pri, PRI_DISPLAY_OPTION_NAME_INITIAL |
					   PRI_DISPLAY_OPTION_NAME_UPDATE);
	if (isdn_link_facility(link))
		pri_facility_enable(link->pri);
	apply_timers(link);
}

static struct kept_pri *find_kept(const struct isdn_conf *conf, int type)
{
	for (size_t i = 0; i < ARRAY_LEN(kept); i++)
		if (kept[i].pri != NULL && !kept[i].used &&
		    strcmp(kept[i].name, conf->name) == 0 &&
		    kept[i].side == conf->side && kept[i].type == type &&
		    kept[i].facility == conf->facility)
			return &kept[i];
	for (size_t i = 0; i < ARRAY_LEN(kept); i++)
		if (kept[i].pri == NULL)
			return &kept[i];
	return NULL;
}

/* A DM, F = 0, as the far end would send it (Q.921 5.6.4). */
static void begin_anew(struct isdn_link *link)
{
	uint8_t dm[] = { link->conf.side == ISDN_USER ? 0x00 : 0x02, 0x01,
		         0x0f };

	pri_set_userdata(link->pri, link);
	isdn_link_inject(link, BYTES(dm));
}

static int open_libpri(struct isdn_link *link)
{
	int type = link->variant->libpri_type;
	struct kept_pri *k;
	bool again;

	if (type == PRI_SWITCH_EUROISDN_E1 && link->conf.span == SPAN_T1)
		type = PRI_SWITCH_EUROISDN_T1;
	k = find_kept(&link->conf, type);
	again = k != NULL && k->pri != NULL;
	if (k == NULL)
		return -ENOSPC;
	if (!again)
		k->pri = pri_new_cb(
			-1,
			link->conf.side == ISDN_NETWORK ? PRI_NETWORK : PRI_CPE,
			type, read_frame, write_frame, link);
	if (k->pri == NULL)
		return -ENOMEM;
	(void)text_copy(k->name, sizeof(k->name), link->conf.name);
	k->side = link->conf.side;
	k->type = type;
	k->facility = link->conf.facility;
	k->used = true;
	link->kept = k;
	link->pri = k->pri;
	set_up_libpri(link);
	if (again)
		begin_anew(link);
	isdn_link_rearm(link);
	return 0;
}

int isdn_link_open(struct isdn_link **out, struct loop *loop,
                   const struct isdn_conf *conf,
                   const struct isdn_handler *handler, void *self)
{
	struct isdn_link *link = mem_new(struct isdn_link);
	/* Released calls keep their memory until the loop's next turn. */
	unsigned ncalls = 2 * conf->calls_most + 4;
	int rc;

	if (link == NULL)
		return -ENOMEM;
	link->loop = loop;
	link->conf = *conf;
	link->variant = isdn_variant(conf->switch_type);
	link->handler = handler;
	link->self = self;
	link->layer1 = true;
	list_init(&link->calls);
	list_init(&link->dead);
	timer_init(&link->timer, loop, "libpri", timer_due, link);
	timer_init(&link->settle, loop, "settle", settled, link);
	isdn_channels_init(link);
	link->frames.norders = 4 * ncalls;
	link->frames.orders = mem_new_array(struct order, 4 * ncalls);
	rc = link->frames.orders != NULL ? 0 : -ENOMEM;
	if (rc == 0)
		rc = pool_new(&link->pool, "isdn call",
		              sizeof(struct isdn_call), ncalls);
	if (rc == 0)
		rc = open_libpri(link);
	if (rc < 0)
		isdn_link_close(link);
	else
		*out = link;
	return rc;
}

struct isdn_link *isdn_link_close(struct isdn_link *link)
{
	if (link == NULL)
		return NULL;
	LIST_EACH(&link->calls, struct isdn_call, call, list)
	{
		if (call->q931 != NULL)
			pri_destroycall(link->pri, call->q931);
		isdn_call_free(call);
	}
	LIST_EACH(&link->dead, struct isdn_call, call, list)
	isdn_call_free(call);
	isdn_channels_done(link);
	timer_stop(&link->settle);
	timer_stop(&link->timer);
	if (link->pri != NULL)
		pri_set_userdata(link->pri, NULL);
	if (link->kept != NULL)
		link->kept->used = false;
	link->pool = pool_free(link->pool);
	link->frames.orders = mem_free(link->frames.orders);
	return mem_free(link);
}

int isdn_link_change(struct isdn_link *link, const struct isdn_conf *conf)
{
	const struct isdn_conf *old = &link->conf;

	if (strcmp(old->name, conf->name) != 0 ||
	    old->switch_type != conf->switch_type || old->side != conf->side ||
	    old->span != conf->span || old->law != conf->law ||
	    old->dslot != conf->dslot || old->bearers != conf->bearers ||
	    old->facility != conf->facility ||
	    conf->calls_most > old->calls_most)
		return -EBUSY;
	link->conf = *conf;
	apply_timers(link);
	return 0;
}
