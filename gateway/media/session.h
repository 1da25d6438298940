/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_MEDIA_SESSION_H
#define GATEWAY_MEDIA_SESSION_H

/*
 * One RTP session: where it sends and whom it hears, its numbers and time
 * line, its RTCP. It moves packets and knows nothing of lines. Owned by the
 * thread its stream runs on; the counts alone are read by another. It lies in a
 * block of rtp_session_size().
 */

#include "gateway/media/conceal.h"
#include "gateway/media/digits.h"
#include "gateway/media/jitter.h"
#include "gateway/media/media.h"
#include "gateway/media/rtcp.h"
#include "gateway/media/rtp.h"

struct tap;

enum { SESSION_PAYLOAD = 480, SESSION_DATAGRAM = 2048 };

struct session_identity {
	uint32_t ssrc, stamp;
	uint16_t seq;
	uint32_t random; /* seed of the RTCP intervals */
};

/* What all sessions of an engine share; constant while threads run. */
struct session_common {
	unsigned playout_ms, playout_most_ms;
	bool playout_adaptive, conceal;
	usec rtcp_interval; /* 0: none */
	int64_t wall_less_clock_us;
	char cname[RTCP_CNAME + 1];
};

struct rtp_session {
	const struct session_common *common;
	struct tap *tap;    /* of the thread it runs on */
	int fd, control_fd; /* -1: not running */
	bool driven;        /* by a line */
	bool resuming;      /* by its next octets */
	struct flow flow;
	enum law law; /* the playout buffer's */
	unsigned packet_octets;

	bool latch, locked;
	struct addr source, to, control_to;
	struct addr former; /* the source before the address changed */
	struct instant former_until;

	bool digits; /* of the line: to be told */
	usec silent_after;
	struct instant heard_at;
	bool heard, heard_told, silent_told;

	uint32_t ssrc, stamp; /* of the next octet gathered */
	uint16_t seq;
	bool marker;
	unsigned gathered;
	uint8_t packet[RTP_HEADER + SESSION_PAYLOAD];
	struct instant stamped_at; /* when the time line last moved */
	struct digits_mouth mouth;

	struct {
		bool on;
		uint32_t ssrc, stamp_by;
		uint16_t seq_by;
	} relay;

	struct rtp_source from;
	struct jitter jitter;
	struct conceal conceal;
	struct digits_ear ear;
	struct digits_news news; /* of the last packet */

	struct {
		struct instant due, heard_at;
		uint32_t last_report, random;
		uint64_t packets_before;
		bool said;
	} control;

	struct media_counts counts;
};

/* The octets of a session: the struct, and behind it its playout buffer. */
size_t rtp_session_size(const struct session_common *common);

void rtp_session_init(struct rtp_session *s,
                      const struct session_common *common,
                      const struct session_identity *identity);

/* What was agreed; the time line goes on over any number of these. */
void rtp_session_set(struct rtp_session *s, int fd, int control_fd,
                     const struct media_end *what, struct instant now);

/* The law the playout buffer holds from now on. */
void rtp_session_play_as(struct rtp_session *s, enum law law);

/* A line's clock drives it from now on, or none does: then nothing is played
 * and nothing waits to be. */
void rtp_session_drive(struct rtp_session *s, bool driven);

/* A fax or modem speaks: what waits in the playout buffer keeps its depth. */
void rtp_session_be_still(struct rtp_session *s);

/* Sends nothing any more; with bye the far end is told. */
void rtp_session_stop(struct rtp_session *s, bool bye, struct instant now);

/* --- sending, by the line's clock --- */

/* n octets of sound; packets go out as they become whole. */
void rtp_session_feed(struct rtp_session *s, const uint8_t *octets,
                      enum law law, unsigned n, struct instant now);

/* The last so many octets were not to be heard: those of them that have not
 * been sent yet become idle. */
void rtp_session_mute(struct rtp_session *s, unsigned octets);

/* --- receiving --- */

enum session_news { SESSION_NOTHING, SESSION_SOUND, SESSION_EVENT };

/* One datagram. -EAGAIN: none waits. *out is good until the buffer is used
 * again; s->news says what an event was. */
int rtp_session_receive(struct rtp_session *s, uint8_t *buffer, size_t size,
                        struct instant now, struct rtp_packet *out);

/* n octets for the line; false: nothing but idle. */
bool rtp_session_take(struct rtp_session *s, uint8_t *to, unsigned n);

/* Another session's packet goes on as one of ours: no line, no clock. */
void rtp_session_relay(struct rtp_session *s, const struct rtp_session *other,
                       const struct rtp_packet *p, bool event,
                       struct instant now);

/* --- now and then --- */

/* One RTCP datagram; -EAGAIN: none waits. */
int rtp_session_control(struct rtp_session *s, struct instant now);

/* Sends RTCP when it is due. */
void rtp_session_report(struct rtp_session *s, struct instant now);

/* True once when nothing was heard for as long as was asked. */
bool rtp_session_silent(struct rtp_session *s, struct instant now);

/* A copy for whoever listens: of the RTP or the RTCP socket. */
void rtp_session_tap(const struct rtp_session *s, bool control, bool sent,
                     const struct addr *remote, struct bytes packet);

/* A gauge among the shared counts. One writer. */
void rtp_session_gauge(uint64_t *gauge, uint64_t value);

#endif
