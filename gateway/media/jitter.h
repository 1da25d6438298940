/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_MEDIA_JITTER_H
#define GATEWAY_MEDIA_JITTER_H

/*
 * The playout buffer: octets of 8 kHz sound put by time stamp as packets
 * arrive, taken in order as the line asks. Taking always yields what was asked
 * for; where nothing waits it is idle. One thread.
 */

#include "kernel/bytes.h"

enum { JITTER_PACKET = 800 }; /* more octets in one packet are refused */

/* What became of a packet, or of a take: bits. */
enum {
	JITTER_KEPT = 0,
	JITTER_LATE = 1,     /* its time has passed; dropped */
	JITTER_EARLY = 2,    /* more would wait than may; dropped */
	JITTER_RESYNC = 4,   /* a new time line begins with it */
	JITTER_UNDERRUN = 8, /* (take) nothing waited: idle */
	JITTER_SLIP = 16,    /* (take) an octet was left out or said twice */
	JITTER_GREW = 32, /* it came too late, and is waited for from now on */
};

struct jitter_gap {
	unsigned at, len;
};

struct jitter {
	uint8_t *octets; /* a ring, idle where nothing waits */
	unsigned size;   /* of it: a power of two */
	uint8_t idle;
	bool running;
	bool renewed;         /* the next packet begins a time line */
	bool adaptive;        /* may be set after jitter_init() */
	unsigned depth, most; /* octets */
	uint32_t head, tail;  /* next to be taken; one after the newest */
	bool odd;             /* a packet came that fits no time line... */
	uint32_t odd_next;    /* ...and where its successor would stand */
	bool late;            /* nothing but late packets... */
	uint32_t late_since;  /* ...since the head was here */
	int64_t wait_sum;     /* how long packets wait, for drift... */
	int32_t wait_least;   /* ...and the one that waited least */
	unsigned wait_count;
	bool lost; /* between these nothing came */
	uint32_t lost_from, lost_to;
	bool muted; /* what lies, or comes to lie, between these: */
	uint32_t muted_from, muted_to;
	int adjust; /* octets still to leave out (> 0) or say twice (< 0) */
};

/* The octets of a ring for such a depth, and for so much waiting at most. */
unsigned jitter_size(unsigned depth_ms, unsigned most_ms);

/* The ring is of that size, and borrowed. */
void jitter_init(struct jitter *j, uint8_t *ring, unsigned depth_ms,
                 unsigned most_ms, uint8_t idle);

/* An adaptive one stays from now on as deep as it has become. */
void jitter_fix(struct jitter *j);

/* Forgets what waits; the next packet begins a new time line. */
void jitter_flush(struct jitter *j, uint8_t idle);

/* The next packet begins a new time line; what waits is played before it. */
void jitter_renew(struct jitter *j);

unsigned jitter_put(struct jitter *j, uint32_t stamp, struct bytes payload,
                    bool marker);

/* What came before this stamp has been lost, as far as it does not come yet. */
void jitter_lost(struct jitter *j, uint32_t stamp);

/* gap: which of the n octets are idle for want of a packet. */
unsigned jitter_take(struct jitter *j, uint8_t *to, unsigned n,
                     struct jitter_gap *gap);

/* What has these time stamps is not to be heard, come or yet to come; one such
 * range at a time. */
void jitter_mute(struct jitter *j, uint32_t from, uint32_t to);

/* Octets between what is taken next and the newest. */
unsigned jitter_waiting(const struct jitter *j);

#endif
