/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Offer and answer, RFC 3264, for one stream of sound. Of an offer with many
 * m= lines the first that we can do is taken and each other is answered with
 * port 0 (RFC 3264 6). Of its codecs the first that is ours is taken, alone:
 * the order is the offerer's (6.1), and an answer with one codec leaves
 * nothing to guess about what will arrive.
 *
 * An answer is printed from the offer's text, read again: which line was taken
 * follows from the text and from what we can do, so it need not be remembered.
 *
 * Hold comes in four manners: sendonly, inactive, the old c=0.0.0.0 (RFC 2543,
 * still spoken), and port 0 in a call that has begun. All of them mean that we
 * send nothing.
 *
 * Keys (SAVP) are refused by line: we would send in the clear.
 */
#include "gateway/sip/offer.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "kernel/text.h"

enum {
	WARN_PROTOCOL = 300, /* RFC 3261 20.43 */
	WARN_MEDIA = 304,
	WARN_FORMAT = 305,
	PTIME_LEAST = 10,
	PTIME_STEP = 10,
	PTIME_LONGEST = 60,
};

static bool is(struct bytes b, const char *word)
{
	return b.len == strlen(word) &&
	       strncasecmp((const char *)b.at, word, b.len) == 0;
}

static bool is_ours(const struct offer_local *local, enum codec codec)
{
	for (unsigned i = 0; i < local->ncodecs; i++)
		if (codec != CODEC_NONE && local->codecs[i] == codec)
			return true;
	return false;
}

static const struct offer_type *find_codec(const struct offer_local *local,
                                           const struct offer_media *m)
{
	for (unsigned i = 0; i < m->ntypes; i++)
		if (is_ours(local, m->types[i].codec))
			return &m->types[i];
	return NULL;
}

static uint8_t find_event(const struct offer_media *m)
{
	for (unsigned i = 0; i < m->ntypes; i++)
		if (m->types[i].event)
			return m->types[i].type;
	return 0;
}

/* 0: this line can be taken; else the Warning that says why not. */
static unsigned why_not(const struct offer_local *local,
                        const struct offer_media *m)
{
	if (!is(m->kind, "audio") || !is(m->proto, "RTP/AVP"))
		return WARN_MEDIA;
	if (m->port == 0 && !local->in_call)
		return WARN_MEDIA;
	if (find_codec(local, m) == NULL)
		return WARN_FORMAT;
	if (!addr_is_set(&m->at) ||
	    (addr_is_set(&local->rtp) && !addr_is_any(&m->at) &&
	     m->at.sa.sa_family != local->rtp.sa.sa_family))
		return WARN_PROTOCOL;
	return 0;
}

/* The line we take, a living one before one with port 0; NULL and the last
 * and so most telling warning. */
static const struct offer_media *choose(const struct offer_local *local,
                                        const struct offer_text *text,
                                        unsigned *warning)
{
	const struct offer_media *dead = NULL;
	unsigned worst = WARN_MEDIA, why;

	for (unsigned i = 0; i < text->nmedia; i++) {
		const struct offer_media *m = &text->media[i];

		why = why_not(local, m);
		if (why == 0 && m->port != 0)
			return m;
		if (why == 0 && dead == NULL)
			dead = m;
		if (is(m->kind, "audio") && why != 0)
			worst = why;
	}
	if (dead == NULL)
		*warning = worst;
	return dead;
}

static unsigned choose_ptime(const struct offer_local *local,
                             const struct offer_media *m)
{
	unsigned ms = m->ptime_ms > 0 ? m->ptime_ms : local->ptime_ms;

	if (m->most_ptime_ms > 0)
		ms = MIN_OF(ms, m->most_ptime_ms);
	ms -= ms % PTIME_STEP;
	return MAX_OF(MIN_OF(ms, (unsigned)PTIME_LONGEST),
	              (unsigned)PTIME_LEAST);
}

/* Where and whether we send and receive, for either side of the bargain. */
static void set_places(struct flow *flow, const struct offer_local *local,
                       const struct offer_media *m)
{
	flow->local = local->rtp;
	flow->send = local->send && (m->direction & OFFER_RECEIVES) != 0;
	flow->receive = local->receive && (m->direction & OFFER_SENDS) != 0;
	if (m->port == 0)
		flow->send = flow->receive = false;
	if (m->port == 0 || addr_is_any(&m->at)) {
		flow->send = false; /* RFC 3264 8.4 */
		return;
	}
	flow->remote = m->at;
	addr_set_port(&flow->remote, m->port);
	if (m->control_port == 0)
		return;
	flow->remote_control = addr_is_set(&m->control) ? m->control : m->at;
	addr_set_port(&flow->remote_control, m->control_port);
}

int offer_agree(const struct offer_local *local, struct bytes offered,
                struct flow *flow, unsigned *warning)
{
	struct offer_text text;
	const struct offer_media *m;
	const struct offer_type *t;
	struct flow f = { 0 };
	int rc = offer_read(offered, &text);

	if (rc < 0)
		return rc;
	m = choose(local, &text, warning);
	if (m == NULL)
		return -ENOTSUP;
	t = find_codec(local, m);
	f.codec = t->codec;
	f.send_type = f.receive_type = t->type;
	if (local->event_type != 0)
		f.send_event = f.receive_event = find_event(m);
	f.ptime_ms = choose_ptime(local, m);
	set_places(&f, local, m);
	*flow = f;
	return 0;
}

/* The types we offer codecs under, RFC 3551. */
static uint8_t own_type(enum codec codec)
{
	return codec == CODEC_PCMA ? 8 : 0;
}

int offer_answered(const struct offer_local *local, struct bytes answer,
                   struct flow *flow, unsigned *warning)
{
	struct offer_text text;
	struct flow f = { 0 };
	const struct offer_type *t;
	unsigned why = WARN_MEDIA;
	int rc = offer_read(answer, &text);

	if (rc < 0)
		return rc;
	if (text.nmedia > 0) /* we offered one line: theirs is the first */
		why = why_not(local, &text.media[0]);
	if (why != 0) {
		*warning = why;
		return -ENOTSUP;
	}
	t = find_codec(local, &text.media[0]);
	f.codec = t->codec;
	f.send_type = t->type;
	f.receive_type = own_type(t->codec);
	f.send_event = find_event(&text.media[0]);
	if (local->event_type == 0)
		f.send_event = 0;
	f.receive_event = f.send_event != 0 ? local->event_type : 0;
	f.ptime_ms = choose_ptime(local, &text.media[0]);
	set_places(&f, local, &text.media[0]);
	*flow = f;
	return 0;
}

static const char *direction_word(bool send, bool receive)
{
	if (send)
		return receive ? "sendrecv" : "sendonly";
	return receive ? "recvonly" : "inactive";
}

static void print_head(struct text *out, const struct offer_local *local)
{
	bool six = local->rtp.sa.sa_family == AF_INET6;
	char host[ADDR_TEXT];

	addr_print_host(&local->rtp, host, sizeof(host));
	text_add(out,
	         "v=0\r\no=causeway %" PRIu64 " %u IN %s %s\r\ns=-\r\n"
	         "c=IN %s %s\r\nt=0 0\r\n",
	         local->session_id, local->version, six ? "IP6" : "IP4", host,
	         six ? "IP6" : "IP4", host);
}

static void print_map(struct text *out, enum codec codec, uint8_t type)
{
	text_add(out, "a=rtpmap:%u %s/8000\r\n", type, codec_name(codec));
}

static void print_event(struct text *out, uint8_t type)
{
	if (type != 0)
		text_add(out,
		         "a=rtpmap:%u telephone-event/8000\r\n"
		         "a=fmtp:%u 0-15\r\n",
		         type, type);
}

static void print_tail(struct text *out, unsigned ptime_ms, bool send,
                       bool receive)
{
	text_add(out, "a=ptime:%u\r\na=%s\r\n", ptime_ms,
	         direction_word(send, receive));
}

static void print_offer(struct text *out, const struct offer_local *local)
{
	text_add(out, "m=audio %u RTP/AVP", addr_port(&local->rtp));
	for (unsigned i = 0; i < local->ncodecs; i++)
		text_add(out, " %u", own_type(local->codecs[i]));
	if (local->event_type != 0)
		text_add(out, " %u", local->event_type);
	text_add(out, "\r\n");
	for (unsigned i = 0; i < local->ncodecs; i++)
		print_map(out, local->codecs[i], own_type(local->codecs[i]));
	print_event(out, local->event_type);
	print_tail(out, local->ptime_ms, local->send, local->receive);
}

static void print_taken(struct text *out, const struct offer_local *local,
                        const struct flow *flow, bool dead)
{
	text_add(out, "m=audio %u RTP/AVP %u",
	         dead ? 0u : addr_port(&local->rtp), flow->receive_type);
	if (flow->receive_event != 0)
		text_add(out, " %u", flow->receive_event);
	text_add(out, "\r\n");
	print_map(out, flow->codec, flow->receive_type);
	print_event(out, flow->receive_event);
	print_tail(out, flow->ptime_ms, flow->send, flow->receive);
}

static void print_refused(struct text *out, const struct offer_media *m)
{
	text_add(out, "m=");
	text_add_bytes(out, m->kind);
	text_add(out, " 0 ");
	text_add_bytes(out, m->proto);
	text_add(out, " ");
	text_add_bytes(out, m->formats);
	text_add(out, "\r\n");
}

int offer_print(const struct offer_local *local, const struct flow *flow,
                struct bytes offered, char *to, size_t size)
{
	struct text out = { .at = to, .size = size };
	struct offer_text text;
	const struct offer_media *taken;
	unsigned warning;

	to[0] = '\0';
	print_head(&out, local);
	if (offered.len == 0) {
		print_offer(&out, local);
		return out.cut ? -ENOSPC : (int)out.len;
	}
	if (offer_read(offered, &text) < 0)
		return -EBADMSG;
	taken = choose(local, &text, &warning);
	for (unsigned i = 0; i < text.nmedia; i++) {
		if (&text.media[i] == taken)
			print_taken(&out, local, flow, taken->port == 0);
		else
			print_refused(&out, &text.media[i]);
	}
	return out.cut ? -ENOSPC : (int)out.len;
}
