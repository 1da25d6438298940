/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/* Telephone-events both ways, DTMF both ways. */

#include "gateway/media/digits.h"

#include "gateway/media/codec.h"
#include "tests/test.h"

#include <errno.h>
#include <string.h>

TEST(every_digit_has_a_code_and_back)
{
	for (unsigned code = 0; code <= EVENT_FLASH; code++)
		CHECK_EQ(digits_code(digits_name(code)), code);
	CHECK_EQ(digits_code('b'), 13);
	CHECK_EQ(digits_code('x'), -1);
	CHECK_EQ(digits_code('\0'), -1);
	CHECK_EQ(digits_name(17), '\0');
}

static const struct payload {
	const char *hex;
	int rc;
	struct digits_event event;
} payloads[] = {
	/* clang-format off */
	{ "050a00a0",   0, { 5, false, 10, 160 } },
	{ "0b8a0320",   0, { 11, true, 10, 800 } },
	{ "00ffffff00", 0, { 0, true, 63, 65535 } }, /* more is not looked at */
	{ "050a00",     -EBADMSG, { 0, false, 0, 0 } },
	{ "",           -EBADMSG, { 0, false, 0, 0 } },
	/* clang-format on */
};

TEST_ROWS(event_payloads_are_read_and_written, payloads, row)
{
	uint8_t octets[8], back[4];
	struct writer w = WRITER(back);
	struct digits_event e;
	int n = bytes_from_hex(octets, sizeof(octets), row->hex);

	CHECK_EQ(digits_event_parse((struct bytes){ octets, (size_t)n }, &e),
	         row->rc);
	if (row->rc < 0)
		return;
	CHECK_EQ(e.code, row->event.code);
	CHECK_EQ(e.end, row->event.end);
	CHECK_EQ(e.volume, row->event.volume);
	CHECK_EQ(e.duration, row->event.duration);
	digits_event_put(&w, &e);
	CHECK_EQ(back[0], octets[0]);
	CHECK_EQ(back[3], octets[3]);
}

/* Packets as they come: stamp, code, duration, end; what is told of them:
 * the digits whose end was told, in order, and their durations. */
struct said {
	uint32_t stamp;
	uint8_t code;
	uint16_t duration;
	bool end;
};

static const struct hearing {
	const char *what;
	struct said said[9];
	unsigned n;
	const char *digits;
	uint32_t last; /* octets of the last */
} hearings[] = {
	/* clang-format off */
	{ "one digit",
	  { { 100, 1, 160, 0 }, { 100, 1, 320, 0 }, { 100, 1, 480, 1 },
	    { 100, 1, 480, 1 }, { 100, 1, 480, 1 } }, 5, "1", 480 },
	{ "only an end came",
	  { { 100, 2, 800, 1 } }, 1, "2", 800 },
	{ "the same twice, back to back",
	  { { 100, 3, 160, 0 }, { 100, 3, 160, 1 }, { 300, 3, 160, 0 },
	    { 300, 3, 320, 1 } }, 4, "33", 320 },
	{ "all ends lost, another begins",
	  { { 100, 4, 160, 0 }, { 100, 4, 320, 0 }, { 900, 5, 160, 0 },
	    { 900, 5, 320, 1 } }, 4, "45", 320 },
	{ "all ends lost, nothing follows",
	  { { 100, 6, 160, 0 }, { 100, 6, 320, 0 } }, 2, "6", 320 },
	{ "late packets of the digit before",
	  { { 100, 7, 480, 1 }, { 900, 8, 160, 0 }, { 100, 7, 480, 1 },
	    { 900, 8, 320, 1 } }, 4, "78", 320 },
	{ "durations out of order",
	  { { 100, 9, 320, 0 }, { 100, 9, 160, 0 }, { 100, 9, 480, 1 } },
	  3, "9", 480 },
	{ "longer than one segment (2.5.1.3)",
	  { { 100, 1, 65000, 0 }, { 100, 1, 65535, 0 }, { 65635, 1, 160, 0 },
	    { 65635, 1, 320, 1 } }, 4, "1", 65855 },
	{ "an end alone while another is pressed",
	  { { 100, 1, 160, 0 }, { 900, 2, 480, 1 } }, 2, "12", 480 },
	{ "around the wrap of stamps",
	  { { 0xffffff00, 1, 160, 1 }, { 0x100, 2, 160, 1 } }, 2, "12", 160 },
	/* clang-format on */
};

static void note(char *digits, const struct digits_news *news, uint32_t *last)
{
	size_t len = strlen(digits);

	if (!news->ended)
		return;
	digits[len] = digits_name(news->ended_code);
	*last = news->ended_octets;
}

TEST_ROWS(each_digit_is_told_once_with_its_length, hearings, row)
{
	struct digits_ear ear = { 0 };
	struct digits_news news;
	struct instant now = { 1000000 };
	char digits[16] = "";
	uint32_t last = 0;

	for (unsigned i = 0; i < row->n; i++) {
		const struct said *s = &row->said[i];
		const struct digits_event e = { s->code, s->end, 10,
			                        s->duration };

		news = digits_hear(&ear, s->stamp, &e, now);
		note(digits, &news, &last);
		now = instant_add(now, MSEC(20));
	}
	news = digits_hear_nothing(&ear, instant_add(now, MSEC(200)));
	note(digits, &news, &last);
	CHECK_TEXT(digits, row->digits);
	CHECK_EQ(last, row->last);
	CHECK(!ear.active);
}

/* What is sent for a queue, as text: code:duration, E at ends, M marker. */
static void say_all(struct digits_mouth *m, struct digits_packet *out,
                    unsigned *n, unsigned most)
{
	uint32_t stamp = 1000;

	*n = 0;
	while (*n < most) {
		bool more = digits_say(m, stamp, 160, &out[*n]);

		stamp += 160;
		while (more) {
			more = out[(*n)++].more;
			if (more)
				more = digits_say(m, stamp - 160, 160,
				                  &out[*n]);
		}
		if (m->queue.count == 0)
			break;
	}
}

TEST(a_digit_is_sent_with_one_stamp_a_marker_and_three_ends)
{
	struct digits_mouth m = { 0 };
	struct digits_packet p[16];
	unsigned n;

	CHECK(digits_push(&m.queue, 5, 800, false));
	say_all(&m, p, &n, 16);
	CHECK_EQ(n, 7); /* 160 to 640, then 800 three times */
	for (unsigned i = 0; i < n; i++) {
		CHECK_EQ(p[i].stamp, 1000);
		CHECK_EQ(p[i].marker, i == 0);
		CHECK_EQ(p[i].event.end, i >= 4);
		CHECK_EQ(p[i].event.duration, MIN_OF(160 * (i + 1), 800));
		CHECK_EQ(p[i].event.code, 5);
	}
}

TEST(ends_are_hurried_when_another_digit_waits)
{
	struct digits_mouth m = { 0 };
	struct digits_packet p[16];
	unsigned n;

	CHECK(digits_push(&m.queue, 5, 320, false));
	CHECK(digits_push(&m.queue, 6, 300, false));
	say_all(&m, p, &n, 16);
	CHECK_EQ(n, 8);
	CHECK(p[1].event.end && p[2].event.end && p[3].event.end);
	CHECK_EQ(p[4].event.code, 6);
	CHECK(p[4].marker);
	CHECK_EQ(p[4].stamp, 1320);
	CHECK_EQ(p[7].event.duration, 300);
}

TEST(an_open_digit_lasts_until_it_is_closed)
{
	struct digits_mouth m = { 0 };
	struct digits_packet p;
	uint32_t stamp = 0;

	CHECK(digits_push(&m.queue, 1, 0, true));
	for (unsigned i = 0; i < 1000; i++, stamp += 160) {
		CHECK(digits_say(&m, stamp, 160, &p));
		CHECK(!p.event.end);
		CHECK_EQ(p.stamp + p.event.duration, stamp + 160);
	}
	CHECK(p.stamp > 0); /* segments were made */
	digits_close(&m.queue, 160000);
	CHECK(digits_say(&m, stamp, 160, &p));
	CHECK(p.event.end);
}

TEST(a_full_queue_drops_digits_and_keeps_its_own)
{
	struct digits_queue q = { 0 };

	for (unsigned i = 0; i < DIGITS_MOST; i++)
		CHECK(digits_push(&q, 1, 100, i == DIGITS_MOST - 1));
	CHECK(!digits_push(&q, 2, 100, true));
	digits_close(&q, 5);
	digits_close(&q, 6); /* of the one that was dropped */
	CHECK_EQ(q.items[DIGITS_MOST - 1].octets, 5);
}

/* --- DTMF --- */

struct heard {
	char digits[40];
	unsigned n;
	uint32_t octets[40];
};

static void told(void *self, unsigned code, bool begun, uint32_t octets)
{
	struct heard *h = self;

	if (!begun) {
		h->octets[h->n] = octets;
		h->digits[h->n++] = digits_name(code);
	}
}

static const enum law laws[] = { LAW_ALAW, LAW_ULAW };

TEST_ROWS(what_is_dialled_is_detected_in_both_laws, laws, law)
{
	static const char all[] = "0123456789*#ABCD";
	struct digits_detector *detector;
	struct digits_dialer d = { 0 };
	struct heard h = { 0 };
	int16_t samples[40];
	uint8_t octets[40];

	codec_init();
	CHECK_EQ(digits_detector_new(&detector), 0);
	for (const char *c = all; *c != '\0'; c++)
		CHECK(digits_push(&d.queue, (unsigned)digits_code(*c), 800,
		                  false));
	for (unsigned i = 0; i < 1000; i++) {
		if (!digits_dial(&d, samples, 40))
			memset(samples, 0, sizeof(samples));
		codec_encode(octets, *law, samples, 40);
		digits_detect(detector, octets, *law, 40, told, &h);
	}
	CHECK_TEXT(h.digits, all);
	for (unsigned i = 0; i < h.n; i++)
		CHECK(h.octets[i] >= 600 && h.octets[i] <= 1000);
	detector = digits_detector_free(detector);
}

/* The detector rests while nothing is loud enough for a digit: those that come
 * after it are none the shorter, faint as they may be. */
TEST_ROWS(faint_digits_after_long_quiet_are_whole, laws, law)
{
	struct digits_detector *detector;
	struct digits_dialer d = { 0 };
	struct heard h = { 0 };
	int16_t samples[16];
	uint8_t octets[16];

	codec_init();
	CHECK_EQ(digits_detector_new(&detector), 0);
	for (unsigned i = 0; i < 3000; i++) {
		if (i % 1000 == 500)
			CHECK(digits_push(&d.queue, i / 1000, 800, false));
		if (!digits_dial(&d, samples, 16))
			memset(samples, 0, sizeof(samples));
		for (unsigned k = 0; k < 16; k++)
			samples[k] /= 32; /* -39 and -37 dBm0 */
		codec_encode(octets, *law, samples, 16);
		digits_detect(detector, octets, *law, 16, told, &h);
	}
	CHECK_TEXT(h.digits, "012");
	for (unsigned i = 0; i < h.n; i++)
		CHECK(h.octets[i] >= 600 && h.octets[i] <= 1000);
	detector = digits_detector_free(detector);
}

TEST(tones_and_pauses_are_never_too_short)
{
	struct digits_dialer d = { 0 };
	int16_t samples[40];
	unsigned busy = 0;

	CHECK(digits_push(&d.queue, 1, 10, false));
	while (digits_dial(&d, samples, 40))
		busy++;
	CHECK_EQ(busy * 5, 65 + 50);
}

TEST(an_open_digit_plays_on)
{
	struct digits_dialer d = { 0 };
	int16_t samples[40];

	CHECK(digits_push(&d.queue, 1, 0, true));
	for (unsigned i = 0; i < 2000; i++)
		CHECK(digits_dial(&d, samples, 40));
	digits_close(&d.queue, 80000);
	for (unsigned i = 0; i < 10; i++) /* the pause */
		CHECK(digits_dial(&d, samples, 40));
	CHECK(!digits_dial(&d, samples, 40));
}
