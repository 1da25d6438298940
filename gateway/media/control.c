/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * The RTCP of a session (RFC 3550 6), and whether anybody is heard at all.
 * Reports go out at the configured interval times a random half to three
 * halves (6.3.1; with two parties the bandwidth never asks for longer ones),
 * on hold too. The NTP clock in them is the monotonic one with the wall's
 * offset at start: a step of the wall clock must not look like a round trip.
 */

#include "gateway/media/session.h"
#include "kernel/net.h"
#include "kernel/thread.h"

#include <errno.h>

/* xorshift32: spreads reports in time, keeps no secret. */
static uint32_t next_random(struct rtp_session *s)
{
	uint32_t x = s->control.random;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	s->control.random = x;
	return x;
}

static void plan_next(struct rtp_session *s, struct instant now)
{
	usec interval = s->common->rtcp_interval;
	usec part = interval * (usec)(next_random(s) & 0xffff) / 0x10000;

	s->control.due = instant_add(now, interval / 2 + part);
}

static uint64_t ntp_of(const struct rtp_session *s, struct instant at)
{
	return rtcp_ntp(at.us + s->common->wall_less_clock_us);
}

static void fill_block(struct rtp_session *s, struct rtcp_block *b,
                       struct instant now)
{
	usec since = instant_since(now, s->control.heard_at);

	b->ssrc = s->from.ssrc;
	b->fraction = rtp_source_fraction(&s->from);
	b->lost = (int32_t)MIN_OF(rtp_source_lost(&s->from), 0x7fffff);
	b->highest = s->from.highest;
	b->jitter = s->from.jitter >> 4;
	b->last_report = s->control.last_report;
	if (b->last_report != 0)
		b->delay = (uint32_t)(since * 65536 / 1000000);
}

static void send_report(struct rtp_session *s, bool bye, struct instant now)
{
	uint8_t octets[RTCP_MOST];
	struct writer w = WRITER(octets);
	uint64_t packets = shared_get(&s->counts.sent_packets);
	struct rtcp_report r = {
		.ssrc = s->ssrc,
		.has_sender = packets != s->control.packets_before,
		.ntp = ntp_of(s, now),
		/* what the line gives at this instant would carry this */
		.stamp = s->stamp + s->gathered +
		         rtp_units(instant_since(now, s->stamped_at)),
		.packets = (uint32_t)packets,
		.octets = (uint32_t)shared_get(&s->counts.sent_octets),
		.has_block = s->from.known,
		.cname = s->common->cname,
		.bye = bye,
	};

	if (s->control_fd < 0 || !addr_is_set(&s->control_to) ||
	    addr_is_any(&s->control_to) || addr_port(&s->control_to) == 0)
		return;
	if (r.has_block)
		fill_block(s, &r.block, now);
	rtcp_put(&w, &r);
	(void)net_send_to(s->control_fd, (struct bytes){ octets, w.len },
	                  &s->control_to);
	rtp_session_tap(s, true, true, &s->control_to,
	                (struct bytes){ octets, w.len });
	s->control.packets_before = packets;
	s->control.said = true;
}

void rtp_session_report(struct rtp_session *s, struct instant now)
{
	if (s->common->rtcp_interval == 0 || s->fd < 0)
		return;
	if (s->control.due.us == 0) {
		plan_next(s, now);
		return;
	}
	if (instant_since(now, s->control.due) < 0)
		return;
	send_report(s, false, now);
	plan_next(s, now);
}

void rtp_session_stop(struct rtp_session *s, bool bye, struct instant now)
{
	/* 6.3.7: who never sent anything does not say BYE */
	if (bye && s->common->rtcp_interval != 0 &&
	    (s->control.said || shared_get(&s->counts.sent_packets) > 0))
		send_report(s, true, now);
	s->resuming = true;
	s->driven = false;
	s->fd = s->control_fd = -1;
	s->stamp += s->gathered;
	s->gathered = 0;
	s->marker = true;
	s->relay.on = false;
	s->former = (struct addr){ 0 };
	jitter_flush(&s->jitter, s->jitter.idle);
	conceal_forget(&s->conceal);
}

static bool control_from_ours(const struct rtp_session *s,
                              const struct addr *from)
{
	if (!addr_is_set(&s->control_to))
		return false;
	if (addr_equal(&s->control_to, from))
		return true;
	/* behind NAT the port is anybody's guess; the host is not */
	return s->latch && s->locked && addr_equal_host(&s->source, from);
}

static void take_report(struct rtp_session *s, const struct rtcp_report *r,
                        struct instant now)
{
	if (r->has_sender) {
		s->control.last_report = rtcp_ntp_middle(r->ntp);
		s->control.heard_at = now;
	}
	if (r->has_block) {
		usec trip = rtcp_round_trip(&r->block,
		                            rtcp_ntp_middle(ntp_of(s, now)));

		rtp_session_gauge(&s->counts.remote_lost,
		                  r->block.lost > 0 ? (uint64_t)r->block.lost
		                                    : 0);
		if (trip > 0)
			rtp_session_gauge(&s->counts.round_trip_us,
			                  (uint64_t)trip);
	}
}

int rtp_session_control(struct rtp_session *s, struct instant now)
{
	uint8_t octets[SESSION_DATAGRAM];
	struct rtcp_report r;
	struct addr from;
	int n = net_receive_from(s->control_fd, octets, sizeof(octets), &from);

	if (n < 0)
		return n;
	if (!control_from_ours(s, &from)) {
		shared_add(&s->counts.foreign, 1);
		return 0;
	}
	rtp_session_tap(s, true, false, &from,
	                (struct bytes){ octets, (size_t)n });
	if (rtcp_parse((struct bytes){ octets, (size_t)n }, s->ssrc, &r) < 0) {
		shared_add(&s->counts.malformed, 1);
		return 0;
	}
	s->control_to = from;
	take_report(s, &r, now);
	return 0;
}

bool rtp_session_silent(struct rtp_session *s, struct instant now)
{
	if (s->fd < 0 || s->silent_after == 0 || s->silent_told ||
	    !s->flow.receive ||
	    instant_since(now, s->heard_at) < s->silent_after)
		return false;
	s->silent_told = true;
	return true;
}
