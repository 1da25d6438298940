/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef TESTS_GATEWAY_MEDIA_RIG_H
#define TESTS_GATEWAY_MEDIA_RIG_H

/*
 * An engine turned by hand with two lines in memory and far ends on loopback
 * sockets. The clock is held and moves 5 ms with each tick.
 */

#include "gateway/media/media.h"
#include "gateway/media/rtp.h"
#include "tests/test.h"

enum { RIG_TICK = 40, RIG_REPORTS = 128, RIG_LINES = 2, RIG_SLOT = 7 };

struct rig_far {
	int sound, control;
	struct addr at;
	uint16_t seq;
	uint32_t stamp, ssrc;
};

struct rig {
	struct loop *loop;
	struct media_engine *engine;
	unsigned line[RIG_LINES];
	void *sink[RIG_LINES];
	media_receive_fn receive[RIG_LINES];
	media_transmit_fn transmit[RIG_LINES];
	struct stream_ref stream;
	struct media_socket *socket[2];
	struct addr local[2];
	struct rig_far far[2];
	struct media_report reports[RIG_REPORTS];
	unsigned nreports;
	uint8_t heard[RIG_TICK]; /* what the line was given last */
	bool spoken;             /* its bit was left set */
};

/* NULL: media_conf_preset(), turned. Fails the test when it cannot, unless a
 * ladder is climbed: then false. */
bool rig_open(struct rig *r, enum law law, const struct media_conf *conf);
void rig_close(struct rig *r);

/* Lets messages pass; no time goes by. */
void rig_settle(struct rig *r);

/* One tick of 5 ms on a line: RIG_SLOT hears these octets (NULL: idle). */
void rig_tick(struct rig *r, unsigned line, const uint8_t *octets);
void rig_ticks(struct rig *r, unsigned n); /* both lines, idle */

struct media_end rig_line_end(const struct rig *r, unsigned line);
struct media_end rig_rtp_end(const struct rig *r, unsigned far,
                             enum codec codec);

/* Sets and lets it run. */
void rig_set(struct rig *r, unsigned end, const struct media_end *what);

/* A stream from line 0 to far end 0. */
void rig_call(struct rig *r, enum codec codec);

/* The far end sends a packet of its time line to our socket. */
void rig_send(struct rig *r, unsigned far, uint8_t type, const uint8_t *at,
              size_t n, bool marker);

/* One packet the far end has received; false: none. */
bool rig_receive(struct rig *r, unsigned far, struct rtp_packet *p,
                 uint8_t buffer[2048]);

unsigned rig_count(const struct rig *r, enum media_report_kind kind);
const struct media_report *rig_last(const struct rig *r,
                                    enum media_report_kind kind);
struct media_counts rig_counts(struct rig *r, unsigned end);

#endif
