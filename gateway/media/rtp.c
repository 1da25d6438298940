/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * RTP headers and the bookkeeping of one source. The algorithms are those of
 * RFC 3550 appendix A with two differences. No source is on probation (A.1):
 * packets come here only from the address that was agreed on. And a packet
 * after a great jump of the sequence number is not thrown away; only the
 * statistics wait for a second one before they begin anew, since the playout
 * buffer has its own judgement by time stamp.
 *
 * Duplicates are told by a window of 64 numbers; older ones are late anyway.
 */

#include "gateway/media/rtp.h"

#include <errno.h>

enum {
	WINDOW = 64,
	DROPOUT_MOST = 3000, /* RFC 3550 A.1: MAX_DROPOUT */
	SEQ_CYCLE = 1 << 16,
};

static bool take_padding(struct bytes *in)
{
	uint8_t pad;

	if (in->len == 0)
		return false;
	pad = in->at[in->len - 1];
	if (pad == 0 || pad > in->len)
		return false;
	in->len -= pad;
	return true;
}

/* RFC 3550 5.3.1: sixteen bits of the profile's, then a count of words. */
static bool take_extension(struct bytes *in)
{
	uint16_t profile, words;

	return take_u16(in, &profile) && take_u16(in, &words) &&
	       take_skip(in, 4u * words);
}

int rtp_parse(struct bytes in, struct rtp_packet *out)
{
	struct rtp_packet p;
	uint8_t first, second;

	if (!take_u8(&in, &first) || first >> 6 != RTP_VERSION ||
	    !take_u8(&in, &second) || !take_u16(&in, &p.seq) ||
	    !take_u32(&in, &p.stamp) || !take_u32(&in, &p.ssrc) ||
	    !take_skip(&in, 4u * (first & 0x0fu)) ||
	    (first & 0x10 && !take_extension(&in)) ||
	    (first & 0x20 && !take_padding(&in)))
		return -EBADMSG;
	p.marker = second & 0x80;
	p.type = second & 0x7f;
	p.payload = in;
	*out = p;
	return 0;
}

void rtp_put_header(uint8_t to[RTP_HEADER], const struct rtp_packet *p)
{
	struct writer w = { .at = to, .size = RTP_HEADER };

	put_u8(&w, RTP_VERSION << 6);
	put_u8(&w, (uint8_t)((p->marker ? 0x80 : 0) | (p->type & 0x7f)));
	put_u16(&w, p->seq);
	put_u32(&w, p->stamp);
	put_u32(&w, p->ssrc);
}

uint32_t rtp_units(usec length)
{
	return (uint32_t)(length * 8 / 1000);
}

/* Counts from here; the jitter is kept, as a sender's restart is no reason. */
static void count_from(struct rtp_source *s, uint16_t seq)
{
	s->first = s->highest = SEQ_CYCLE + seq;
	s->seen = 1;
	s->received = 1;
	s->expected_before = s->received_before = 0;
	s->bad = false;
}

/* RFC 3550 A.1, after probation. */
static enum rtp_news place(struct rtp_source *s, uint16_t seq)
{
	int ahead = (int16_t)(uint16_t)(seq - (uint16_t)s->highest);

	if (ahead > DROPOUT_MOST || ahead <= -WINDOW) {
		if (s->bad && seq == s->bad_next) {
			count_from(s, seq);
			return RTP_NEXT;
		}
		s->bad = true;
		s->bad_next = (uint16_t)(seq + 1);
		return RTP_NEXT;
	}
	s->bad = false;
	if (ahead > 0) {
		s->seen = ahead < WINDOW ? s->seen << ahead : 0;
		s->seen |= 1;
		s->highest += (uint32_t)ahead;
	} else if (s->seen >> -ahead & 1) {
		return RTP_DUPLICATE;
	} else {
		s->seen |= (uint64_t)1 << -ahead;
		if (s->highest - (uint32_t)-ahead < s->first)
			s->first = s->highest - (uint32_t)-ahead;
	}
	s->received++;
	return RTP_NEXT;
}

/* RFC 3550 A.8, in its integer form. */
static void time_packet(struct rtp_source *s, uint32_t stamp,
                        struct instant now)
{
	uint32_t transit = rtp_units(now.us) - stamp;
	int32_t d = (int32_t)(transit - s->transit);
	uint32_t by = (uint32_t)(d < 0 ? -(int64_t)d : d);

	s->transit = transit;
	if (s->timed && by < 8000u * 10)
		s->jitter += by - ((s->jitter + 8) >> 4);
	s->timed = true;
}

enum rtp_news rtp_source_heard(struct rtp_source *s, const struct rtp_packet *p,
                               struct instant now, bool clocked)
{
	enum rtp_news news = RTP_NEXT;
	bool first = !s->known;

	if (first || s->ssrc != p->ssrc) {
		*s = (struct rtp_source){ .known = true, .ssrc = p->ssrc };
		count_from(s, p->seq);
		if (!first)
			news = RTP_NEW_SOURCE;
	} else {
		news = place(s, p->seq);
	}
	if (clocked && news != RTP_DUPLICATE)
		time_packet(s, p->stamp, now);
	return news;
}

static uint64_t expected(const struct rtp_source *s)
{
	return s->known ? (uint64_t)(s->highest - s->first) + 1 : 0;
}

uint64_t rtp_source_lost(const struct rtp_source *s)
{
	uint64_t all = expected(s);

	return all > s->received ? all - s->received : 0;
}

uint8_t rtp_source_fraction(struct rtp_source *s)
{
	uint64_t all = expected(s);
	int64_t due = (int64_t)(all - s->expected_before);
	int64_t lost = due - (int64_t)(s->received - s->received_before);

	s->expected_before = all;
	s->received_before = s->received;
	if (due <= 0 || lost <= 0)
		return 0;
	return (uint8_t)MIN_OF(lost * 256 / due, 255);
}
