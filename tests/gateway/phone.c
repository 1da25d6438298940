/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * See phone.h.
 */
#include "tests/gateway/phone.h"

#include <arpa/inet.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/media/codec.h"
#include "tests/test.h"

enum { HEAD = 12, SAMPLES = 160, EVENT_TYPE = 101 };

/* The digital milliwatt of G.711, both laws. */
static const uint8_t loud_alaw[8] = { 0x34, 0x21, 0x21, 0x34,
	                              0xb4, 0xa1, 0xa1, 0xb4 };
static const uint8_t loud_ulaw[8] = { 0x1e, 0x0b, 0x0b, 0x1e,
	                              0x9e, 0x8b, 0x8b, 0x9e };

void phone_open(struct phone *p)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t len = sizeof(at);

	memset(p, 0, sizeof(*p));
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	p->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	CHECK(p->fd >= 0);
	CHECK_EQ(bind(p->fd, (struct sockaddr *)&at, len), 0);
	CHECK_EQ(getsockname(p->fd, (struct sockaddr *)&at, &len), 0);
	p->port = ntohs(at.sin_port);
	p->ssrc = 0x51000000u + p->port;
	p->seq = 7;
	p->event_type = EVENT_TYPE;
}

void phone_close(struct phone *p)
{
	(void)close(p->fd);
}

void phone_learn(struct phone *p, const char *sdp)
{
	const char *at = strstr(sdp, "m=audio ");

	CHECK(at != NULL);
	p->to = (uint16_t)strtoul(at + 8, NULL, 10);
}

static void put32(uint8_t *at, uint32_t value)
{
	value = htonl(value);
	memcpy(at, &value, 4);
}

static void send_packet(struct phone *p, unsigned type, uint32_t stamp,
                        const uint8_t *payload, size_t n)
{
	uint8_t packet[HEAD + SAMPLES];
	struct sockaddr_in to = { .sin_family = AF_INET,
		                  .sin_port = htons(p->to) };

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	packet[0] = 0x80;
	packet[1] = (uint8_t)type;
	packet[2] = (uint8_t)(p->seq >> 8);
	packet[3] = (uint8_t)p->seq++;
	put32(packet + 4, stamp);
	put32(packet + 8, p->ssrc);
	memcpy(packet + HEAD, payload, n);
	(void)sendto(p->fd, packet, HEAD + n, 0, (struct sockaddr *)&to,
	             sizeof(to));
}

static void hum(struct phone *p, uint8_t *to)
{
	int16_t samples[SAMPLES];

	for (unsigned i = 0; i < SAMPLES; i++, p->hummed++)
		samples[i] = (int16_t)(5000 * sin(2 * M_PI * p->hums *
		                                  p->hummed / 8000));
	codec_encode(to, LAW_ALAW, samples, SAMPLES);
}

static void speak(struct phone *p)
{
	const uint8_t *wave = p->ulaw ? loud_ulaw : loud_alaw;
	uint8_t sound[SAMPLES];

	p->stamp += SAMPLES;
	if (!p->talks || p->to == 0)
		return;
	for (unsigned i = 0; i < SAMPLES; i++)
		sound[i] = wave[i % 8];
	if (p->hums > 0)
		hum(p, sound);
	send_packet(p, p->ulaw ? 0 : 8, p->stamp, sound, SAMPLES);
	p->sent++;
}

void phone_press(struct phone *p, char digit)
{
	static const char keys[] = "0123456789*#ABCD";
	uint8_t event[4] = { (uint8_t)(strchr(keys, digit) - keys), 10, 0, 0 };

	for (unsigned i = 1; i <= 6; i++) {
		unsigned length = i < 4 ? i * SAMPLES : 4 * SAMPLES;

		event[1] = i > 3 ? 0x8a : 10;
		event[2] = (uint8_t)(length >> 8);
		event[3] = (uint8_t)length;
		send_packet(p, p->event_type | (i == 1 ? 0x80u : 0), p->stamp,
		            event, 4);
	}
	p->stamp += 4 * SAMPLES;
}

static void hear_event(struct phone *p, uint32_t stamp, const uint8_t *event)
{
	static const char keys[] = "0123456789*#ABCD";
	size_t n = strlen(p->digits);

	p->events++;
	if (stamp == p->digit_stamp || n + 1 == sizeof(p->digits) ||
	    event[0] > 15)
		return;
	p->digit_stamp = stamp;
	p->digits[n] = keys[event[0]];
}

/* G.711's segment number says how loud an octet is, whichever the law. */
static unsigned segment_of(uint8_t octet, bool ulaw)
{
	return (ulaw ? ~(unsigned)octet : octet ^ 0x55u) >> 4 & 7;
}

static bool is_loud(const uint8_t *at, size_t n, bool ulaw)
{
	unsigned sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += segment_of(at[i], ulaw);
	return n > 0 && sum / n >= 3;
}

static void hear(struct phone *p, const uint8_t *packet, size_t n)
{
	uint16_t seq = (uint16_t)(packet[2] << 8 | packet[3]);
	unsigned type = packet[1] & 0x7f;
	uint32_t stamp, ssrc;

	memcpy(&stamp, packet + 4, 4);
	memcpy(&ssrc, packet + 8, 4);
	stamp = ntohl(stamp);
	p->ssrcs += p->packets == 0 || ssrc != p->last_ssrc;
	p->gaps += p->packets > 0 && seq != (uint16_t)(p->last_seq + 1);
	p->jumps += p->packets > 0 && (int32_t)(stamp - p->last_stamp) < 0;
	p->packets++;
	p->last_ssrc = ssrc;
	p->last_seq = seq;
	p->last_stamp = stamp;
	p->last_type = type;
	p->last_octets = (unsigned)(n - HEAD);
	if (type == p->event_type && n >= HEAD + 4) {
		hear_event(p, stamp, packet + HEAD);
		return;
	}
	for (size_t i = HEAD; i < n; i++)
		p->sounding += segment_of(packet[i], type == 0) > 0;
	if (is_loud(packet + HEAD, n - HEAD, type == 0))
		p->loud++;
	else
		p->silent++;
}

void phone_turn(struct phone *p, unsigned us)
{
	uint8_t packet[1500];
	ssize_t n;

	for (p->since_sent_us += us; p->since_sent_us >= 20000;
	     p->since_sent_us -= 20000)
		speak(p);
	while ((n = recv(p->fd, packet, sizeof(packet), 0)) >= 0)
		if (n >= HEAD)
			hear(p, packet, (size_t)n);
}

void phone_forget(struct phone *p)
{
	p->packets = p->events = p->ssrcs = p->gaps = p->jumps = 0;
	p->silent = p->loud = p->sounding = p->sent = 0;
	memset(p->digits, 0, sizeof(p->digits));
}
