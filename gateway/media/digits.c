/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * Telephone-events (RFC 4733). An event is known by its time stamp: all its
 * packets carry the one it began with, so repeated and late ones say nothing
 * new, and a digit pressed twice is two digits however close. One longer than
 * a duration can say (8 s) comes as segments, each beginning where the one
 * before ended (2.5.1.3); they are one digit here. An event whose last packets
 * are all lost ends when another begins or after 200 ms without a packet.
 *
 * Sending follows the packets of the sound: at each instant an audio packet
 * would go out, an event's packet goes instead, so the sound in that direction
 * is mute while a digit lasts and the time line never stops. Three packets
 * carry the end (2.5.1.4), at once when another digit waits already.
 *
 * A digit may be said before it is known how long it lasts: it stays open in
 * its queue until it is closed.
 */

#include "gateway/media/digits.h"

#include <errno.h>
#include <string.h>

enum {
	EVENT_VOLUME = 10,
	END_PACKETS = 3,
	SEGMENT_MOST = 0xffff,
	OLD_MOST = 2 * 8000, /* older than this is another time line */
};

#define LOST_END MSEC(200)

static const char digit_names[] = "0123456789*#ABCD!";

char digits_name(unsigned code)
{
	return code < sizeof(digit_names) - 1 ? digit_names[code] : '\0';
}

int digits_code(char digit)
{
	const char *at;

	if (digit >= 'a' && digit <= 'd')
		digit = (char)(digit - 'a' + 'A');
	at = digit == '\0' ? NULL : strchr(digit_names, digit);
	return at == NULL ? -1 : (int)(at - digit_names);
}

int digits_event_parse(struct bytes in, struct digits_event *out)
{
	struct digits_event e;
	uint8_t flags;

	if (!take_u8(&in, &e.code) || !take_u8(&in, &flags) ||
	    !take_u16(&in, &e.duration))
		return -EBADMSG;
	e.end = flags & 0x80;
	e.volume = flags & 0x3f;
	*out = e;
	return 0;
}

void digits_event_put(struct writer *w, const struct digits_event *e)
{
	put_u8(w, e->code);
	put_u8(w, (uint8_t)((e->end ? 0x80 : 0) | (e->volume & 0x3f)));
	put_u16(w, e->duration);
}

static void end_event(struct digits_ear *ear, struct digits_news *news)
{
	news->ended = true;
	news->ended_code = ear->code;
	news->ended_octets = ear->octets;
	ear->active = false;
}

/* The same event, or its next segment? */
static bool goes_on(struct digits_ear *ear, uint32_t stamp,
                    const struct digits_event *e)
{
	if (!ear->known || e->code != ear->code)
		return false;
	if (stamp == ear->stamp)
		return true;
	if (!ear->active || stamp - ear->stamp != ear->octets - ear->before)
		return false;
	ear->before = ear->octets;
	ear->stamp = stamp;
	return true;
}

struct digits_news digits_hear(struct digits_ear *ear, uint32_t stamp,
                               const struct digits_event *e, struct instant now)
{
	struct digits_news news = { .code = e->code };
	int32_t ahead = (int32_t)(stamp - ear->stamp);

	if (ear->known && ahead < 0 && ahead > -OLD_MOST)
		return news; /* of an event long told */
	if (!goes_on(ear, stamp, e)) {
		if (ear->active)
			end_event(ear, &news);
		*ear = (struct digits_ear){ .active = true,
			                    .known = true,
			                    .code = e->code,
			                    .stamp = stamp };
		news.begun = true;
	}
	if (!ear->active)
		return news; /* its end was told */
	if (ear->before + e->duration > ear->octets)
		ear->octets = ear->before + e->duration;
	ear->heard_at = now;
	news.longer = !e->end;
	news.octets = ear->octets;
	if (e->end && news.ended) {
		/* both at once: the later one ends by time */
		news.longer = true;
		ear->heard_at = instant_add(now, -LOST_END);
	} else if (e->end) {
		end_event(ear, &news);
	}
	return news;
}

struct digits_news digits_hear_nothing(struct digits_ear *ear,
                                       struct instant now)
{
	struct digits_news news = { .code = ear->code };

	if (ear->active && instant_since(now, ear->heard_at) >= LOST_END)
		end_event(ear, &news);
	return news;
}

bool digits_push(struct digits_queue *q, unsigned code, uint32_t octets,
                 bool open)
{
	unsigned at = (q->first + q->count) % DIGITS_MOST;

	if (q->count == DIGITS_MOST)
		return false;
	q->items[at].code = (uint8_t)code;
	q->items[at].octets = octets;
	q->count++;
	q->open = open;
	return true;
}

void digits_close(struct digits_queue *q, uint32_t octets)
{
	if (!q->open || q->count == 0)
		return;
	q->items[(q->first + q->count - 1) % DIGITS_MOST].octets = octets;
	q->open = false;
}

/* The one being said is still being pressed. */
static bool still_open(const struct digits_queue *q)
{
	return q->open && q->count == 1;
}

static void drop_first(struct digits_queue *q)
{
	q->first = (q->first + 1) % DIGITS_MOST;
	q->count--;
	if (q->count == 0)
		q->open = false;
}

static void say_end(struct digits_mouth *m, struct digits_packet *out)
{
	out->event.end = true;
	out->event.duration = m->said;
	out->more = ++m->ends < END_PACKETS && m->queue.count > 1;
	if (m->ends == END_PACKETS) {
		drop_first(&m->queue);
		m->begun = false;
	}
}

bool digits_say(struct digits_mouth *m, uint32_t stamp, uint32_t octets,
                struct digits_packet *out)
{
	uint32_t wanted = m->queue.items[m->queue.first].octets;

	if (m->queue.count == 0)
		return false;
	*out = (struct digits_packet){
		.marker = !m->begun,
		.event = { .code = m->queue.items[m->queue.first].code,
		           .volume = EVENT_VOLUME },
	};
	if (!m->begun) {
		m->begun = true;
		m->ends = m->elapsed = m->said = 0;
		m->stamp = stamp;
	}
	if (m->ends > 0) {
		out->stamp = m->stamp;
		say_end(m, out);
		return true;
	}
	if (stamp - m->stamp + octets > SEGMENT_MOST) { /* 2.5.1.3 */
		m->stamp += m->said;
		m->said = 0;
	}
	out->stamp = m->stamp;
	m->elapsed += octets;
	m->said = (uint16_t)(stamp - m->stamp + octets);
	out->event.duration = m->said;
	if (still_open(&m->queue) || m->elapsed < wanted)
		return true;
	if (m->elapsed - wanted < octets) /* it ended in this packet */
		m->said = (uint16_t)(m->said - (m->elapsed - wanted));
	say_end(m, out);
	return true;
}
