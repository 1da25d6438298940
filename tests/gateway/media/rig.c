/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * See rig.h. Datagrams over loopback are there when send returns, so nothing
 * here waits for anything.
 */

#include "tests/gateway/media/rig.h"

#include "kernel/loop.h"
#include "kernel/net.h"

#include <string.h>
#include <unistd.h>

static void told(void *self, const struct media_report *report)
{
	struct rig *r = self;

	if (r->nreports < RIG_REPORTS)
		r->reports[r->nreports++] = *report;
}

static int never(void *line ATTR_UNUSED, media_receive_fn receive ATTR_UNUSED,
                 media_transmit_fn transmit ATTR_UNUSED, void *self ATTR_UNUSED)
{
	return 0;
}

static bool open_far(struct rig_far *f, unsigned i)
{
	struct addr any;

	f->sound = f->control = -1;
	if (addr_parse(&any, "127.0.0.1:0", 0) < 0)
		return false;
	f->sound = net_udp_open(&any, -1);
	f->control = net_udp_open(&any, -1);
	f->seq = (uint16_t)(100 * i + 1);
	f->stamp = 5000 + 70000 * i;
	f->ssrc = 0x1000 + i;
	return f->sound >= 0 && f->control >= 0 &&
	       net_local(f->sound, &f->at) == 0;
}

static bool open_lines(struct rig *r, enum law law)
{
	for (unsigned i = 0; i < RIG_LINES; i++) {
		const struct media_line line = {
			.name = "line", .law = law, .fd = -1, .turn = never
		};

		if (media_line_add(r->engine, &line, r, &r->line[i]) < 0)
			return false;
		r->sink[i] = media_line_sink(r->engine, r->line[i],
		                             &r->receive[i], &r->transmit[i]);
	}
	return true;
}

bool rig_open(struct rig *r, enum law law, const struct media_conf *conf)
{
	struct media_conf preset;
	bool good;

	media_conf_preset(&preset);
	preset.threads = MEDIA_TURNED;
	preset.streams_most = 8;
	*r = (struct rig){ .far = { { -1, -1, { { { 0 } } }, 0, 0, 0 },
		                    { -1, -1, { { { 0 } } }, 0, 0, 0 } } };
	instant_hold();
	good = loop_new(&r->loop) == 0 && open_far(&r->far[0], 0) &&
	       open_far(&r->far[1], 1) &&
	       media_engine_new(&r->engine, r->loop,
	                        conf != NULL ? conf : &preset, told, r) == 0 &&
	       open_lines(r, law);
	for (unsigned i = 0; good && i < 2; i++)
		good = media_socket_open(r->engine, &r->far[0].at,
		                         &r->socket[i], &r->local[i]) == 0;
	if (good)
		good = media_stream_open(r->engine, &r->stream, r) == 0;
	if (good)
		rig_settle(r);
	if (!good)
		rig_close(r);
	CHECK(good || !ladder_ok());
	return good;
}

void rig_close(struct rig *r)
{
	r->engine = media_engine_free(r->engine);
	r->loop = loop_free(r->loop);
	for (unsigned i = 0; i < 2; i++) {
		if (r->far[i].sound >= 0)
			(void)close(r->far[i].sound);
		if (r->far[i].control >= 0)
			(void)close(r->far[i].control);
	}
	instant_release();
}

void rig_settle(struct rig *r)
{
	for (unsigned i = 0; i < 4; i++) {
		media_turn(r->engine);
		while (loop_turn(r->loop))
			;
	}
}

void rig_tick(struct rig *r, unsigned line, const uint8_t *octets)
{
	struct tick tick = { .count = RIG_TICK };

	if (octets != NULL) {
		tick.mask = 1u << RIG_SLOT;
		memcpy(tick.octets[RIG_SLOT], octets, RIG_TICK);
	}
	r->receive[line](r->sink[line], &tick);
	memset(tick.octets, ALAW_IDLE, sizeof(tick.octets));
	tick.mask = UINT32_MAX;
	r->transmit[line](r->sink[line], &tick);
	memcpy(r->heard, tick.octets[RIG_SLOT], RIG_TICK);
	r->spoken = tick.mask >> RIG_SLOT & 1;
	instant_turn(MSEC(5));
	rig_settle(r);
}

void rig_ticks(struct rig *r, unsigned n)
{
	while (n-- > 0)
		rig_tick(r, 0, NULL);
}

struct media_end rig_line_end(const struct rig *r, unsigned line)
{
	return (struct media_end){ .kind = END_LINE,
		                   .line = r->line[line],
		                   .slot = RIG_SLOT,
		                   .listen = true,
		                   .speak = true };
}

struct media_end rig_rtp_end(const struct rig *r, unsigned far,
                             enum codec codec)
{
	struct media_end end = {
		.kind = END_RTP,
		.socket = r->socket[far],
		.flow = { .local = r->local[far],
		          .remote = r->far[far].at,
		          .codec = codec,
		          .send_event = 101,
		          .receive_event = 101,
		          .ptime_ms = 20,
		          .send = true,
		          .receive = true },
	};

	end.flow.send_type = end.flow.receive_type =
		codec == CODEC_PCMA ? 8 : 0;
	CHECK(net_local(r->far[far].control, &end.flow.remote_control) == 0);
	return end;
}

void rig_set(struct rig *r, unsigned end, const struct media_end *what)
{
	int serial = media_stream_set(r->engine, r->stream, end, what);
	const struct media_report *set;

	CHECK(serial > 0);
	rig_settle(r);
	set = rig_last(r, MEDIA_SET);
	CHECK(set != NULL && set->serial == (unsigned)serial &&
	      set->end == end);
}

void rig_call(struct rig *r, enum codec codec)
{
	struct media_end line = rig_line_end(r, 0);
	struct media_end rtp = rig_rtp_end(r, 0, codec);

	rig_set(r, 0, &line);
	rig_set(r, 1, &rtp);
}

void rig_send(struct rig *r, unsigned far, uint8_t type, const uint8_t *at,
              size_t n, bool marker)
{
	struct rig_far *f = &r->far[far];
	uint8_t packet[2048];
	struct rtp_packet p = { .marker = marker,
		                .type = type,
		                .seq = f->seq++,
		                .stamp = f->stamp,
		                .ssrc = f->ssrc };

	rtp_put_header(packet, &p);
	memcpy(packet + RTP_HEADER, at, n);
	CHECK(net_send_to(f->sound, (struct bytes){ packet, RTP_HEADER + n },
	                  &r->local[far]) > 0);
}

bool rig_receive(struct rig *r, unsigned far, struct rtp_packet *p,
                 uint8_t buffer[2048])
{
	struct addr from;
	int n = net_receive_from(r->far[far].sound, buffer, 2048, &from);

	if (n < 0)
		return false;
	CHECK_EQ(rtp_parse((struct bytes){ buffer, (size_t)n }, p), 0);
	return true;
}

unsigned rig_count(const struct rig *r, enum media_report_kind kind)
{
	unsigned n = 0;

	for (unsigned i = 0; i < r->nreports; i++)
		n += r->reports[i].kind == kind;
	return n;
}

const struct media_report *rig_last(const struct rig *r,
                                    enum media_report_kind kind)
{
	for (unsigned i = r->nreports; i-- > 0;)
		if (r->reports[i].kind == kind)
			return &r->reports[i];
	return NULL;
}

struct media_counts rig_counts(struct rig *r, unsigned end)
{
	struct media_counts counts = { 0 };

	CHECK_EQ(media_stream_counts(r->engine, r->stream, end, &counts), 0);
	return counts;
}
