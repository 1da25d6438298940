/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * RTP in both directions for one end of a stream.
 *
 * Sending follows the line: octets gather in the packet itself, behind the
 * room of its header, and the last one of a packet sends it. The time line
 * counts every octet the line gave, sent or not, so a hold leaves a gap in
 * time stamps and none in sequence numbers, and the packet after it carries
 * the marker. While a digit is said its packets go out instead.
 *
 * Without a line (RTP to RTP) packets are relayed one by one with our numbers:
 * sequence and time stamp are moved by constants found at the first packet, so
 * loss and order stay visible to the far end.
 *
 * Packets are heard only from the address that was agreed; with `latch` from
 * whoever sends the first good one (symmetric RTP behind NAT), and from then on
 * from nobody else. When the address changes (a re-INVITE, another branch of a
 * fork) who was heard is heard on until the new one speaks: nothing is clipped,
 * whichever of description and packets is faster. RTCP is in control.c.
 */

#include "gateway/media/session.h"

#include "gateway/media/codec.h"
#include "gateway/media/tap.h"
#include "kernel/net.h"
#include "kernel/thread.h"

#include <errno.h>
#include <string.h>

enum {
	OCTETS_A_MS = 8,
	PTIME_LEAST = 10,
	PTIME_MOST = 60,
	EVENT_LEAD = 50 * OCTETS_A_MS,
	STATIC_PCMU = 0,
	STATIC_PCMA = 8,
};

#define LINE_GONE MSEC(500)
#define OCTET_US  125

/* In a call: switching over takes no longer. */
#define FORMER_MOST SEC(1)

void rtp_session_gauge(uint64_t *gauge, uint64_t value)
{
	shared_add(gauge, value - shared_get(gauge));
}

size_t rtp_session_size(const struct session_common *common)
{
	return sizeof(struct rtp_session) +
	       jitter_size(common->playout_ms, common->playout_most_ms);
}

void rtp_session_init(struct rtp_session *s,
                      const struct session_common *common,
                      const struct session_identity *identity)
{
	s->common = common;
	s->fd = s->control_fd = -1;
	s->ssrc = identity->ssrc;
	s->stamp = identity->stamp;
	s->seq = identity->seq;
	s->control.random = identity->random | 1;
	s->marker = true;
	s->law = LAW_ALAW;
	s->stamped_at = instant_now();
	s->counts.ssrc = s->ssrc;
	jitter_init(&s->jitter, (uint8_t *)(s + 1), common->playout_ms,
	            common->playout_most_ms, ALAW_IDLE);
	s->jitter.adaptive = common->playout_adaptive;
}

static bool sends(const struct rtp_session *s)
{
	return s->fd >= 0 && s->flow.send && s->flow.codec != CODEC_NONE &&
	       addr_is_set(&s->to) && !addr_is_any(&s->to) &&
	       addr_port(&s->to) != 0;
}

/* While nobody gathered, the time line went on with the clock. */
static void catch_up(struct rtp_session *s, struct instant now)
{
	usec gone = instant_since(now, s->stamped_at);

	if (gone > 0)
		s->stamp += rtp_units(gone);
	s->stamped_at = now;
}

static struct addr control_address(const struct flow *flow)
{
	struct addr to = flow->remote_control;

	if (!addr_is_set(&to) && addr_is_set(&flow->remote)) {
		to = flow->remote;
		addr_set_port(&to, (uint16_t)(addr_port(&to) + 1));
	}
	return to;
}

static void set_remote(struct rtp_session *s, const struct flow *flow,
                       struct instant now)
{
	bool moved = !addr_is_set(&s->flow.remote) ||
	             !addr_is_set(&flow->remote) ||
	             !addr_equal(&s->flow.remote, &flow->remote);

	if (!moved && s->locked)
		return; /* latched: a hold changes nothing about that */
	s->to = flow->remote;
	s->control_to = control_address(flow);
	if (!addr_is_set(&flow->remote))
		return; /* c=0.0.0.0: it may still play to us */
	if (s->locked && s->fd >= 0) {
		s->former = s->source;
		s->former_until = instant_add(now, FORMER_MOST);
	}
	s->locked = false;
	s->source = flow->remote;
}

/* Another codec: what was gathered goes on in it. */
static void change_codec(struct rtp_session *s, const struct flow *flow)
{
	const struct codec_row *from = codec_find(s->flow.codec);
	const struct codec_row *to = codec_find(flow->codec);

	if (from == to)
		return;
	if (from != NULL && to != NULL)
		codec_copy(s->packet + RTP_HEADER, to->law,
		           s->packet + RTP_HEADER, from->law, s->gathered);
	else
		s->gathered = 0;
}

void rtp_session_set(struct rtp_session *s, int fd, int control_fd,
                     const struct media_end *what, struct instant now)
{
	const struct flow *flow = &what->flow;
	unsigned ptime =
		MIN_OF(MAX_OF(flow->ptime_ms, PTIME_LEAST), PTIME_MOST);
	unsigned octets = ptime * OCTETS_A_MS;

	if (s->gathered >= octets) {
		s->stamp += s->gathered;
		s->gathered = 0;
	}
	change_codec(s, flow);
	if (flow->codec != s->flow.codec || !s->flow.send)
		s->marker = true;
	set_remote(s, flow, now);
	if (!flow->receive)
		jitter_flush(&s->jitter, s->jitter.idle);
	s->packet_octets = octets;
	s->fd = fd;
	s->control_fd = control_fd;
	s->flow = *flow;
	s->latch = what->latch;
	s->digits = what->digits;
	s->silent_after = what->silent_after;
	s->heard_at = now;
	s->heard = s->heard_told = s->silent_told = false;
	s->relay.on = false;
}

void rtp_session_play_as(struct rtp_session *s, enum law law)
{
	if (s->law == law && s->jitter.idle == codec_idle(law))
		return;
	s->law = law;
	jitter_flush(&s->jitter, codec_idle(law));
	conceal_forget(&s->conceal);
}

void rtp_session_drive(struct rtp_session *s, bool driven)
{
	if (driven && !s->driven)
		s->resuming = true;
	if (!driven && s->driven)
		jitter_flush(&s->jitter, s->jitter.idle);
	s->driven = driven;
}

void rtp_session_be_still(struct rtp_session *s)
{
	jitter_fix(&s->jitter);
}

/* --- sending --- */

void rtp_session_tap(const struct rtp_session *s, bool control, bool sent,
                     const struct addr *remote, struct bytes packet)
{
	struct tap_head head = { .sent = sent,
		                 .local = s->flow.local,
		                 .remote = *remote };

	if (!tap_listens(s->tap) || !addr_is_set(&head.local))
		return;
	head.at = instant_now();
	addr_set_port(&head.local,
	              (uint16_t)(addr_port(&head.local) + control));
	tap_copy(s->tap, &head, packet);
}

static void send_packet(struct rtp_session *s, uint8_t *packet, size_t payload,
                        struct rtp_packet *header)
{
	struct bytes b = { packet, RTP_HEADER + payload };

	header->ssrc = s->ssrc;
	rtp_put_header(packet, header);
	(void)net_send_to(s->fd, b, &s->to); /* lost is lost, as on the way */
	rtp_session_tap(s, false, true, &s->to, b);
	shared_add(&s->counts.sent_packets, 1);
	shared_add(&s->counts.sent_octets, payload);
}

static void send_sound(struct rtp_session *s)
{
	struct rtp_packet header = { .marker = s->marker,
		                     .type = s->flow.send_type,
		                     .seq = s->seq++,
		                     .stamp = s->stamp };

	send_packet(s, s->packet, s->gathered, &header);
	s->marker = false;
}

/* The packets of a digit in place of the sound; false: none is being said. */
static bool send_events(struct rtp_session *s)
{
	uint8_t packet[RTP_HEADER + 4];
	struct digits_packet p;

	if (s->flow.send_event == 0 ||
	    !digits_say(&s->mouth, s->stamp, s->gathered, &p))
		return false;
	for (bool more = true; more;) {
		struct writer w = { .at = packet + RTP_HEADER, .size = 4 };
		struct rtp_packet header = { .marker = p.marker,
			                     .type = s->flow.send_event,
			                     .seq = s->seq++,
			                     .stamp = p.stamp };

		digits_event_put(&w, &p.event);
		send_packet(s, packet, w.len, &header);
		if (p.marker)
			shared_add(&s->counts.events_sent, 1);
		more = p.more &&
		       digits_say(&s->mouth, s->stamp, s->gathered, &p);
	}
	return true;
}

static void packet_full(struct rtp_session *s)
{
	if (!sends(s))
		s->marker = true;
	else if (!send_events(s))
		send_sound(s);
	s->stamp += s->gathered;
	s->gathered = 0;
}

/* The line gave nothing for a while, until its octets began at this instant:
 * as if it had been silent meanwhile. */
static void resume(struct rtp_session *s, struct instant now)
{
	s->stamp += s->gathered;
	s->gathered = 0;
	s->marker = true;
	s->resuming = false;
	catch_up(s, now);
}

void rtp_session_feed(struct rtp_session *s, const uint8_t *octets,
                      enum law law, unsigned n, struct instant now)
{
	const struct codec_row *codec = codec_find(s->flow.codec);
	enum law to = codec != NULL ? codec->law : law;

	if (s->resuming || instant_since(now, s->stamped_at) > LINE_GONE)
		resume(s, instant_add(now, -(usec)n * OCTET_US));
	while (n > 0) {
		unsigned part = MIN_OF(n, s->packet_octets - s->gathered);

		codec_copy(s->packet + RTP_HEADER + s->gathered, to, octets,
		           law, part);
		s->gathered += part;
		octets += part;
		n -= part;
		if (s->gathered == s->packet_octets)
			packet_full(s);
	}
	s->stamped_at = now;
}

void rtp_session_mute(struct rtp_session *s, unsigned octets)
{
	const struct codec_row *codec = codec_find(s->flow.codec);
	unsigned n = MIN_OF(octets, s->gathered);

	if (codec != NULL)
		memset(s->packet + RTP_HEADER + s->gathered - n,
		       codec_idle(codec->law), n);
}

/* --- receiving --- */

/* Who spoke before the address changed: heard until the new one speaks. */
static bool from_former(const struct rtp_session *s, const struct addr *from)
{
	return !s->locked && addr_is_set(&s->former) &&
	       addr_equal(&s->former, from) && !addr_equal(&s->source, from);
}

static bool from_ours(struct rtp_session *s, const struct addr *from,
                      struct instant now)
{
	if (addr_is_set(&s->source) && addr_equal(&s->source, from))
		return true;
	if (from_former(s, from)) /* before the answer as long as it likes */
		return !s->flow.send || instant_since(now, s->former_until) < 0;
	return s->latch && !s->locked;
}

/* A good packet: whoever sent it is the source from now on. */
static void lock_to(struct rtp_session *s, const struct addr *from)
{
	if (s->locked || from_former(s, from))
		return;
	s->locked = true;
	if (addr_is_set(&s->source) && addr_equal(&s->source, from))
		return;
	s->source = s->to = s->control_to = *from;
	addr_set_port(&s->control_to, (uint16_t)(addr_port(from) + 1));
}

/* What a payload type they send stands for; NULL: nothing of ours. RFC 3551 6:
 * both kinds of G.711 have types of their own, and were both offered, so each
 * is understood whatever was agreed: an answer may be asymmetric, and packets
 * of the codec before are on their way when it changes. */
static const struct codec_row *codec_of(const struct rtp_session *s,
                                        uint8_t type)
{
	if (s->flow.codec == CODEC_NONE)
		return NULL;
	if (type == s->flow.receive_type)
		return codec_find(s->flow.codec);
	if (type == STATIC_PCMU || type == STATIC_PCMA)
		return codec_find(type == STATIC_PCMU ? CODEC_PCMU
		                                      : CODEC_PCMA);
	return NULL;
}

/* Is something between this packet and the newest before it missing? */
static bool misses(const struct rtp_session *s, const struct rtp_packet *p)
{
	return s->from.known && s->from.ssrc == p->ssrc &&
	       (int16_t)(uint16_t)(p->seq - (uint16_t)s->from.highest) > 1;
}

static void play_packet(struct rtp_session *s, const struct rtp_packet *p,
                        bool missed)
{
	uint8_t sound[JITTER_PACKET];
	const struct codec_row *codec = codec_of(s, p->type);
	struct bytes b = { sound, MIN_OF(p->payload.len, sizeof(sound)) };
	unsigned result;

	if (codec == NULL || !s->flow.receive || !s->driven)
		return;
	codec_copy(sound, s->law, p->payload.at, codec->law, b.len);
	if (missed && !p->marker)
		jitter_lost(&s->jitter, p->stamp);
	result = jitter_put(&s->jitter, p->stamp, b, p->marker);
	if (result & JITTER_LATE)
		shared_add(&s->counts.late, 1);
	if (result & JITTER_EARLY)
		shared_add(&s->counts.early, 1);
	if (result & JITTER_RESYNC)
		shared_add(&s->counts.resyncs, 1);
	rtp_session_gauge(&s->counts.playout_us,
	                  jitter_waiting(&s->jitter) * 125ull);
}

/* False: a duplicate. */
static bool count_packet(struct rtp_session *s, const struct rtp_packet *p,
                         bool sound, struct instant now)
{
	enum rtp_news news = rtp_source_heard(&s->from, p, now, sound);

	shared_add(&s->counts.received_packets, 1);
	shared_add(&s->counts.received_octets, p->payload.len);
	if (news == RTP_DUPLICATE) {
		shared_add(&s->counts.duplicate, 1);
		return false;
	}
	if (news == RTP_NEW_SOURCE) {
		shared_add(&s->counts.resyncs, 1);
		jitter_renew(&s->jitter);
		s->ear.known = s->ear.active; /* any stamp is newer now */
		s->control.last_report = 0;
	}
	rtp_session_gauge(&s->counts.remote_ssrc, p->ssrc);
	rtp_session_gauge(&s->counts.lost, rtp_source_lost(&s->from));
	rtp_session_gauge(&s->counts.jitter_us, (s->from.jitter >> 4) * 125ull);
	return true;
}

static int hear_event(struct rtp_session *s, const struct rtp_packet *p,
                      struct instant now)
{
	struct digits_event event;

	if (digits_event_parse(p->payload, &event) < 0) {
		shared_add(&s->counts.malformed, 1);
		return SESSION_NOTHING;
	}
	if (digits_name(event.code) == '\0' || !s->flow.receive)
		return SESSION_NOTHING;
	/* some send its sound too, and know only after a while what it is */
	jitter_mute(&s->jitter, p->stamp - EVENT_LEAD,
	            p->stamp + event.duration);
	s->news = digits_hear(&s->ear, p->stamp, &event, now);
	if (s->news.begun)
		shared_add(&s->counts.events_received, 1);
	return SESSION_EVENT;
}

int rtp_session_receive(struct rtp_session *s, uint8_t *buffer, size_t size,
                        struct instant now, struct rtp_packet *out)
{
	struct addr from;
	bool sound, event, missed;
	int n = net_receive_from(s->fd, buffer, size, &from);

	if (n < 0)
		return n;
	if (!from_ours(s, &from, now)) {
		shared_add(&s->counts.foreign, 1);
		return SESSION_NOTHING;
	}
	rtp_session_tap(s, false, false, &from,
	                (struct bytes){ buffer, (size_t)n });
	if (rtp_parse((struct bytes){ buffer, (size_t)n }, out) < 0) {
		shared_add(&s->counts.malformed, 1);
		return SESSION_NOTHING;
	}
	event = s->flow.receive_event != 0 &&
	        out->type == s->flow.receive_event;
	sound = !event && codec_of(s, out->type) != NULL;
	if (!sound && !event) {
		shared_add(&s->counts.unknown_type, 1);
		return SESSION_NOTHING;
	}
	lock_to(s, &from);
	s->heard = true;
	s->heard_at = now;
	s->heard_told = s->heard_told && !s->silent_told; /* told anew */
	s->silent_told = false;
	missed = misses(s, out);
	if (!count_packet(s, out, sound, now))
		return SESSION_NOTHING;
	if (event)
		return hear_event(s, out, now);
	play_packet(s, out, missed);
	return SESSION_SOUND;
}

/* Where nothing came, what was heard goes on for a moment; but not where a
 * digit is, which is no sound. */
static void fill(struct rtp_session *s, uint8_t *to, unsigned n,
                 const struct jitter_gap *gap)
{
	unsigned after = gap->at + gap->len, made;

	if (s->ear.active || !s->flow.receive || s->jitter.muted) {
		conceal_forget(&s->conceal);
		return;
	}
	conceal_heard(&s->conceal, to, gap->at, s->law);
	if (gap->len > 0) {
		made = conceal_make(&s->conceal, to + gap->at, gap->len,
		                    s->law);
		shared_add(&s->counts.concealed, made);
	}
	conceal_heard(&s->conceal, to + after, n - after, s->law);
}

bool rtp_session_take(struct rtp_session *s, uint8_t *to, unsigned n)
{
	struct jitter_gap gap;
	unsigned result = jitter_take(&s->jitter, to, n, &gap);

	/* a digit is not sound: while it lasts none is missed */
	if (result & JITTER_UNDERRUN && !s->ear.active && s->flow.receive)
		shared_add(&s->counts.underruns, 1);
	if (result & JITTER_SLIP)
		shared_add(&s->counts.slips, 1);
	if (s->jitter.running && s->common->conceal)
		fill(s, to, n, &gap);
	return s->jitter.running;
}

/* --- relaying --- */

static void begin_relay(struct rtp_session *s, const struct rtp_packet *p,
                        struct instant now)
{
	catch_up(s, now);
	s->relay.on = true;
	s->relay.ssrc = p->ssrc;
	s->relay.seq_by = (uint16_t)(s->seq - p->seq);
	s->relay.stamp_by = s->stamp - p->stamp;
	s->marker = true;
}

void rtp_session_relay(struct rtp_session *s, const struct rtp_session *other,
                       const struct rtp_packet *p, bool event,
                       struct instant now)
{
	uint8_t packet[RTP_HEADER + JITTER_PACKET];
	const struct codec_row *to = codec_find(s->flow.codec);
	const struct codec_row *from = event ? to : codec_of(other, p->type);
	struct rtp_packet header = *p;
	uint8_t *payload = packet + RTP_HEADER;
	uint32_t end;

	if (!sends(s) || from == NULL || to == NULL || p->payload.len == 0 ||
	    p->payload.len > JITTER_PACKET || (event && !s->flow.send_event)) {
		s->relay.on = false; /* the gap is closed when it goes on */
		return;
	}
	if (!s->relay.on || s->relay.ssrc != p->ssrc)
		begin_relay(s, p, now);
	header.seq = (uint16_t)(p->seq + s->relay.seq_by);
	header.stamp = p->stamp + s->relay.stamp_by;
	header.marker = p->marker || s->marker;
	header.type = event ? s->flow.send_event : s->flow.send_type;
	if (event)
		memcpy(payload, p->payload.at, p->payload.len);
	else
		codec_copy(payload, to->law, p->payload.at, from->law,
		           p->payload.len);
	send_packet(s, packet, p->payload.len, &header);
	s->marker = false;
	if ((int16_t)(uint16_t)(header.seq + 1 - s->seq) > 0)
		s->seq = (uint16_t)(header.seq + 1);
	end = header.stamp + (event ? 0 : (uint32_t)p->payload.len);
	if ((int32_t)(end - s->stamp) > 0)
		s->stamp = end;
	s->stamped_at = now;
}
