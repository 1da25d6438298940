/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_MEDIA_DIGITS_H
#define GATEWAY_MEDIA_DIGITS_H

/*
 * Digits: as telephone-events (RFC 4733) received and sent, as DTMF played to
 * a line and heard on it. Each is a small struct of its own, fed by the path of
 * the sound; none allocates but the detector, once.
 */

#include "gateway/media/tones.h"
#include "kernel/bytes.h"
#include "kernel/instant.h"
#include "kernel/phone.h"

enum { EVENT_FLASH = 16, DIGITS_MOST = 32 };

/* --- the payload: RFC 4733 2.3 --- */

struct digits_event {
	uint8_t code; /* 0 to 9, * is 10, # 11, A to D 12 to 15, flash 16 */
	bool end;
	uint8_t volume; /* -dBm0 */
	uint16_t duration;
};

int digits_event_parse(struct bytes in, struct digits_event *out);
void digits_event_put(struct writer *w, const struct digits_event *e);

/* '0'..'9' '*' '#' 'A'..'D' '!', or '\0'; and back, or -1. */
char digits_name(unsigned code);
int digits_code(char digit);

/* --- received events --- */

struct digits_ear {
	bool active, known;
	uint8_t code;
	uint32_t stamp;
	uint32_t before, octets; /* in earlier segments; in all */
	struct instant heard_at;
};

/* What one packet said; both may be true when the end of another was lost. */
struct digits_news {
	bool ended, begun, longer;
	uint8_t ended_code, code;
	uint32_t ended_octets, octets;
};

struct digits_news digits_hear(struct digits_ear *ear, uint32_t stamp,
                               const struct digits_event *e,
                               struct instant now);

/* The end packets of an event may all be lost: it ends after a while. */
struct digits_news digits_hear_nothing(struct digits_ear *ear,
                                       struct instant now);

/* --- digits waiting to be said --- */

struct digits_queue {
	struct {
		uint8_t code;
		uint32_t octets;
	} items[DIGITS_MOST];
	unsigned first, count;
	bool open; /* the newest goes on until it is closed */
};

/* False: no room, the digit is dropped. */
bool digits_push(struct digits_queue *q, unsigned code, uint32_t octets,
                 bool open);

/* The newest one lasted this long and is over; nothing when none is open. */
void digits_close(struct digits_queue *q, uint32_t octets);

/* --- sent events --- */

struct digits_mouth {
	struct digits_queue queue;
	bool begun;
	unsigned ends; /* end packets sent */
	uint32_t stamp, elapsed;
	uint16_t said; /* the duration last sent */
};

struct digits_packet {
	struct digits_event event;
	uint32_t stamp;
	bool marker;
	bool more; /* another one belongs to the same instant */
};

/* When an audio packet of `octets` beginning at `stamp` would be sent: false,
 * send it; true, send this instead, and again while `more`. */
bool digits_say(struct digits_mouth *m, uint32_t stamp, uint32_t octets,
                struct digits_packet *out);

/* --- DTMF to a line --- */

struct digits_dialer {
	struct digits_queue queue;
	bool begun, pause;
	uint32_t played;
	struct tones_wave wave;
};

/* True: the line is ours for these samples. */
bool digits_dial(struct digits_dialer *d, int16_t *to, unsigned n);

/* --- DTMF on a line --- */

struct digits_detector;

/* begun: it is heard now; otherwise it is over and lasted so long. */
typedef void (*digits_fn)(void *self, unsigned code, bool begun,
                          uint32_t octets);

int digits_detector_new(struct digits_detector **out);
struct digits_detector *digits_detector_free(struct digits_detector *d);
void digits_detector_reset(struct digits_detector *d);

/* A digit has begun and is not over. */
bool digits_detector_hears(const struct digits_detector *d);

/* Returns how many octets back from the last one are, or may be, of a digit and
 * not for anybody to hear: clamp.h. */
unsigned digits_detect(struct digits_detector *d, const uint8_t *octets,
                       enum law law, unsigned n, digits_fn fn, void *self);

#endif
