/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * An RTP phone without signalling: it says something to one port and judges
 * what comes back. SIPp does the SIP beside it with a fixed media port. Its RTP
 * is written from RFC 3550 once more and shares nothing with gateway/media.
 *
 * It sends a packet every ptime at absolute deadlines of the monotonic clock
 * and takes what arrives in between. With `--remote auto` it is silent until
 * the first packet tells where to send. Exit 0: all that was expected was
 * heard in time; 1: not; 2: it was called wrongly.
 */

#include "tests/phone/phone.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "kernel/net.h"

enum { HEADER = 12, EVENT_TYPE = 101, REORDER_MOST = 100 };

/* Nothing heard for so long: the call is over. */
#define HUNG_UP SEC(2)

struct options {
	struct addr local, remote; /* remote not set: learned */
	enum law law;
	unsigned ptime_ms, event_type;
	const char *send;
	double within, duration; /* seconds; 0: not given */
	unsigned lose;           /* each so manieth packet is; 0: none */
	bool json;
};

struct phone {
	struct options o;
	int sound, control;
	struct player player;
	struct meter meter;
	struct addr to;
	uint16_t seq;
	uint32_t stamp, ssrc, event_stamp;
	bool sent_any;
	uint64_t sent, received, lost, reordered, other_types, restarts;
	uint64_t control_packets;
	bool heard_any;
	struct instant heard_at;
	uint32_t from_ssrc;
	uint16_t highest;
	uint32_t next_stamp, transit, event_heard;
	bool event_known, timed;
	double jitter; /* time stamp units */
	struct instant marker_sent;
	bool marker_done;
};

static const char digit_names[] = "0123456789*#ABCD!";

static void put32(uint8_t *to, uint32_t v)
{
	for (unsigned i = 0; i < 4; i++)
		to[i] = (uint8_t)(v >> (24 - 8 * i));
}

static uint32_t get32(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
	       (uint32_t)at[2] << 8 | at[3];
}

/* --- saying --- */

static void send_packet(struct phone *p, unsigned type, bool marker,
                        uint32_t stamp, const uint8_t *payload, size_t n)
{
	uint8_t packet[HEADER + PHONE_PACKET];

	packet[0] = 0x80;
	packet[1] = (uint8_t)((marker ? 0x80 : 0) | type);
	packet[2] = (uint8_t)(p->seq >> 8);
	packet[3] = (uint8_t)p->seq;
	put32(packet + 4, stamp);
	put32(packet + 8, p->ssrc);
	memcpy(packet + HEADER, payload, n);
	p->seq++;
	if (p->o.lose != 0 && p->seq % p->o.lose == 0)
		return; /* as if it were lost on the way */
	if (net_send_to(p->sound, (struct bytes){ packet, HEADER + n },
	                &p->to) > 0)
		p->sent++;
}

static void say(struct phone *p)
{
	uint8_t sound[PHONE_PACKET];
	unsigned n = p->o.ptime_ms * 8;
	struct play_event e;
	bool marker;

	if (!addr_is_set(&p->to))
		return;
	marker = player_fill(&p->player, sound, n, &e);
	if (e.first)
		p->event_stamp = p->stamp;
	if (e.now) {
		const uint8_t payload[4] = { e.code,
			                     (uint8_t)(e.end ? 0x8a : 0x0a),
			                     (uint8_t)(e.duration >> 8),
			                     (uint8_t)e.duration };

		send_packet(p, p->o.event_type, e.first, p->event_stamp,
		            payload, sizeof(payload));
	} else {
		send_packet(p, p->o.law == LAW_ALAW ? 8 : 0, !p->sent_any,
		            p->stamp, sound, n);
	}
	if (marker) {
		p->marker_sent = instant_now();
		p->marker_done = true;
	}
	p->sent_any = true;
	p->stamp += n;
}

/* --- hearing --- */

static void hear_event(struct phone *p, const uint8_t *at, size_t n,
                       uint32_t stamp)
{
	if (n < 4 || at[0] >= sizeof(digit_names) - 1 ||
	    (p->event_known && p->event_heard == stamp))
		return;
	p->event_known = true;
	p->event_heard = stamp;
	meter_digit(&p->meter, digit_names[at[0]]);
}

/* RFC 3550 A.8, in real numbers. */
static void time_packet(struct phone *p, uint32_t stamp, struct instant at)
{
	uint32_t transit = (uint32_t)(at.us * 8 / 1000) - stamp;
	int32_t d = (int32_t)(transit - p->transit);

	if (p->timed)
		p->jitter += (abs(d) - p->jitter) / 16;
	p->transit = transit;
	p->timed = true;
}

/* False: older than what was heard. */
static bool place_packet(struct phone *p, uint16_t seq, uint32_t ssrc)
{
	int ahead = (int16_t)(uint16_t)(seq - p->highest);

	if (!p->heard_any || ssrc != p->from_ssrc) {
		p->restarts += p->heard_any;
		p->from_ssrc = ssrc;
		p->highest = seq;
		return true;
	}
	if (ahead <= 0 && ahead > -REORDER_MOST) {
		p->reordered++;
		p->lost -= p->lost > 0;
		return false;
	}
	if (ahead > 1)
		p->lost += (unsigned)ahead - 1;
	p->highest = seq;
	return true;
}

static void hear_packet(struct phone *p, const uint8_t *at, size_t n,
                        struct instant now)
{
	size_t skip = HEADER + 4u * (at[0] & 0x0fu);
	unsigned type = at[1] & 0x7fu;
	uint32_t stamp = get32(at + 4);
	bool new_enough;

	if (at[0] >> 6 != 2 || skip > n)
		return;
	new_enough =
		place_packet(p, (uint16_t)(at[2] << 8 | at[3]), get32(at + 8));
	p->received++;
	p->heard_at = now;
	if (type == p->o.event_type)
		hear_event(p, at + skip, n - skip, stamp);
	else if (type != (p->o.law == LAW_ALAW ? 8u : 0u))
		p->other_types++;
	else if (new_enough) {
		time_packet(p, stamp, now);
		meter_hear(&p->meter, at + skip, (unsigned)(n - skip), now);
	}
	p->heard_any = true;
}

static void hear(struct phone *p)
{
	uint8_t buffer[2048];
	struct addr from;
	int n;

	while ((n = net_receive_from(p->sound, buffer, sizeof(buffer),
	                             &from)) >= 0) {
		if (n < HEADER)
			continue;
		if (!addr_is_set(&p->to))
			p->to = from;
		hear_packet(p, buffer, (size_t)n, instant_now());
	}
	while (net_receive_from(p->control, buffer, sizeof(buffer), &from) >= 0)
		p->control_packets++;
}

/* --- the run --- */

static void wait_until(struct phone *p, struct instant due)
{
	struct pollfd fds[2] = { { .fd = p->sound, .events = POLLIN },
		                 { .fd = p->control, .events = POLLIN } };
	usec left;

	while ((left = instant_since(due, instant_now())) > 0) {
		const struct timespec t = { left / 1000000,
			                    left % 1000000 * 1000 };

		if (ppoll(fds, 2, &t, NULL) > 0)
			hear(p);
	}
}

static bool run(struct phone *p)
{
	struct instant begin = instant_now(), due = begin;
	usec within = (usec)(p->o.within * 1e6);
	usec duration = (usec)(p->o.duration * 1e6);
	usec end = duration > 0 ? duration : within;
	bool in_time = false;

	for (;;) {
		usec gone = instant_since(due, begin);

		if (!in_time && meter_met(&p->meter) && gone <= within)
			in_time = true;
		if (gone >= end ||
		    (duration == 0 && in_time && p->meter.nexpects > 0 &&
		     instant_since(due, p->heard_at) > HUNG_UP))
			break;
		say(p);
		due = instant_add(due, MSEC(p->o.ptime_ms));
		wait_until(p, due);
	}
	return in_time && meter_met(&p->meter);
}

static void print(const struct phone *p, bool good)
{
	const struct meter *m = &p->meter;
	const char *form =
		p->o.json
			? "{\"phone\": [{\"result\": \"%s\", \"sent\": %" PRIu64
			  ", \"received\": %" PRIu64 ", \"lost\": %" PRIu64
			  ", \"reordered\": %" PRIu64 ", \"restarts\": %" PRIu64
			  ", \"other_types\": %" PRIu64 ", \"rtcp\": %" PRIu64
			  ", \"jitter_ms\": %.2f, \"level_dbm0\": %.1f"
			  ", \"hz\": %.0f, \"gaps\": %" PRIu64
			  ", \"compared\": %" PRIu64 ", \"errors\": %" PRIu64
			  ", \"slips\": %" PRIu64 ", \"digits\": \"%s\""
			  ", \"burst_ms\": %.1f"
			  ", \"marker_sent_us\": %" PRId64
			  ", \"onset_us\": %" PRId64 "}]}\n"
			: "%s: sent %" PRIu64 ", received %" PRIu64
			  ", lost %" PRIu64 ", reordered %" PRIu64
			  ", restarts %" PRIu64 ", other types %" PRIu64
			  ", rtcp %" PRIu64 ", jitter %.2f ms, level %.1f dBm0"
			  ", %.0f Hz, gaps %" PRIu64 ", compared %" PRIu64
			  ", errors %" PRIu64 ", slips %" PRIu64
			  ", digits '%s', burst %.1f ms, marker sent %" PRId64
			  ", onset %" PRId64 "\n";

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	printf(form, good ? "good" : "bad", p->sent, p->received, p->lost,
	       p->reordered, p->restarts, p->other_types, p->control_packets,
	       p->jitter / 8, m->level, m->hz, m->gaps, m->compared, m->errors,
	       m->slips, m->digits, m->burst_most / 8.0,
	       p->marker_done ? p->marker_sent.us : (int64_t)0,
	       m->has_onset ? m->onset.us : (int64_t)0);
#pragma GCC diagnostic pop
}

/* --- options --- */

static const struct option rows[] = {
	/* clang-format off */
	{ "local",    required_argument, NULL, 'l' },
	{ "remote",   required_argument, NULL, 'r' },
	{ "codec",    required_argument, NULL, 'c' },
	{ "ptime",    required_argument, NULL, 'p' },
	{ "send",     required_argument, NULL, 's' },
	{ "expect",   required_argument, NULL, 'e' },
	{ "within",   required_argument, NULL, 'w' },
	{ "duration", required_argument, NULL, 'd' },
	{ "event",    required_argument, NULL, 't' },
	{ "lose",     required_argument, NULL, 'x' },
	{ "json",     no_argument,       NULL, 'j' },
	{ NULL, 0, NULL, 0 },
	/* clang-format on */
};

static bool take_option(struct phone *p, int c)
{
	struct options *o = &p->o;

	switch (c) {
	case 'l':
		return addr_parse(&o->local, optarg, 0) == 0;
	case 'r':
		return strcmp(optarg, "auto") == 0 ||
		       addr_parse(&o->remote, optarg, 0) == 0;
	case 'c':
		o->law = strcmp(optarg, "PCMU") == 0 ? LAW_ULAW : LAW_ALAW;
		return o->law == LAW_ULAW || strcmp(optarg, "PCMA") == 0;
	case 'p':
		o->ptime_ms = (unsigned)atoi(optarg);
		return o->ptime_ms >= 10 && o->ptime_ms <= 60;
	case 's':
		o->send = optarg;
		return true;
	case 'e':
		return meter_expect(&p->meter, optarg) == 0;
	case 'w':
		o->within = atof(optarg);
		return o->within > 0;
	case 'd':
		o->duration = atof(optarg);
		return o->duration > 0;
	case 't':
		o->event_type = (unsigned)atoi(optarg);
		return o->event_type < 128;
	case 'x':
		o->lose = (unsigned)atoi(optarg);
		return true;
	case 'j':
		o->json = true;
		return true;
	default:
		return false;
	}
}

static bool take_options(struct phone *p, int argc, char **argv)
{
	int c;

	p->o = (struct options){ .law = LAW_ALAW,
		                 .ptime_ms = 20,
		                 .event_type = EVENT_TYPE,
		                 .send = "silence" };
	while ((c = getopt_long(argc, argv, "", rows, NULL)) != -1)
		if (!take_option(p, c))
			return false;
	if (p->o.within <= 0)
		p->o.within = p->o.duration > 0 ? p->o.duration : 10;
	return optind == argc && addr_is_set(&p->o.local);
}

static bool open_phone(struct phone *p)
{
	struct addr control = p->o.local;
	uint64_t seed = (uint64_t)instant_now().us ^ ((uint64_t)getpid() << 32);

	addr_set_port(&control, (uint16_t)(addr_port(&control) + 1));
	p->sound = net_udp_open(&p->o.local, -1);
	p->control = net_udp_open(&control, -1);
	p->to = p->o.remote;
	p->ssrc = (uint32_t)(seed * 2654435761u);
	p->seq = (uint16_t)(seed >> 3);
	p->stamp = (uint32_t)(seed >> 7);
	return p->sound >= 0 && p->control >= 0;
}

int main(int argc, char **argv)
{
	static struct phone p;
	bool good;

	if (!take_options(&p, argc, argv) ||
	    player_init(&p.player, p.o.send, p.o.law) < 0) {
		fprintf(stderr,
		        "phone --local IP:PORT [--remote IP:PORT|auto]"
		        " [--codec PCMA|PCMU] [--ptime MS] [--event TYPE]\n"
		        "  [--send "
		        "silence|pattern|marker|tone:HZ:DBM0|file:PATH"
		        "|dtmf:DIGITS|dtmf-events:DIGITS]\n"
		        "  [--expect tone:HZ[:DBM0]|pattern|silence"
		        "|level:MIN:MAX|dtmf:DIGITS|burst:MS]...\n"
		        "  [--within S] [--duration S] [--lose N] [--json]\n");
		return 2;
	}
	meter_init(&p.meter, p.o.law);
	if (!open_phone(&p)) {
		fprintf(stderr, "phone: cannot open its ports\n");
		return 2;
	}
	good = run(&p);
	print(&p, good);
	(void)close(p.sound);
	(void)close(p.control);
	player_done(&p.player);
	meter_done(&p.meter);
	return good ? 0 : 1;
}
