/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_SIP_OFFER_H
#define GATEWAY_SIP_OFFER_H

/*
 * Offers and answers: descriptions (RFC 4566) read and written, and the flow
 * two of them agree to (RFC 3264). The text of the other side is read through
 * cursors; what is read points into it.
 */

#include "gateway/sip/conf.h"
#include "kernel/bytes.h"

enum { OFFER_MEDIA = 16, OFFER_TYPES = 32, OFFER_TEXT = 4096 };

/* RFC 3264 5.1, as its writer sees it: bits. */
enum offer_direction { OFFER_SENDS = 1, OFFER_RECEIVES = 2 };

struct offer_type {
	uint8_t type;
	enum codec codec; /* CODEC_NONE: one we do not know */
	bool event;       /* telephone-event/8000 */
};

struct offer_media {
	struct bytes kind, proto, formats;
	uint16_t port;
	bool placed;    /* a c= line holds for it */
	struct addr at; /* unset: c= is a name or a network we do not know */
	unsigned direction;
	uint16_t control_port; /* a=rtcp; 0: none */
	struct addr control;   /* unset: at */
	unsigned ptime_ms, most_ptime_ms;
	unsigned ntypes;
	struct offer_type types[OFFER_TYPES];
};

struct offer_text {
	unsigned nmedia;
	struct offer_media media[OFFER_MEDIA];
};

/* 0 or -EBADMSG. */
int offer_read(struct bytes in, struct offer_text *out);

/* What we can do on this leg. */
struct offer_local {
	struct addr rtp; /* told in c= and m=; unset: not known yet */
	unsigned ncodecs;
	enum codec codecs[SIP_CODECS];
	unsigned ptime_ms;
	uint8_t event_type;
	bool send, receive;
	bool in_call;        /* then port 0 is a way to hold */
	uint64_t session_id; /* o=; version counts up when the text changes */
	unsigned version;
};

/* Prints an offer, or the answer that agrees to `flow`. Length or -ENOSPC.
 * `offered` is the text an answer belongs to (every m= line is answered);
 * empty for an offer, whose flow may be NULL. */
int offer_print(const struct offer_local *local, const struct flow *flow,
                struct bytes offered, char *to, size_t size);

/* Their offer against what we can: 0 and the flow; -ENOTSUP: no codec in
 * common (*warning 305, 304, 300), -EBADMSG: not SDP (400). */
int offer_agree(const struct offer_local *local, struct bytes offered,
                struct flow *flow, unsigned *warning);

/* Their answer to our offer. */
int offer_answered(const struct offer_local *local, struct bytes answer,
                   struct flow *flow, unsigned *warning);

#endif
