/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef TESTS_GATEWAY_PHONE_H
#define TESTS_GATEWAY_PHONE_H

/*
 * A phone's RTP: a socket on loopback that sends 20 ms of 1 kHz when it is
 * told to, and counts and measures what reaches it. It keeps no rule that the
 * test does not ask for.
 */

#include <stdbool.h>
#include <stdint.h>

struct phone {
	int fd;
	uint16_t port, to; /* ours, and the gateway's; 0: not known */
	bool talks;
	bool ulaw;
	unsigned hums; /* so many Hz in place of the 1 kHz; A-law */
	unsigned hummed;
	uint16_t seq;
	uint32_t stamp, ssrc;
	unsigned since_sent_us;

	unsigned packets, events, ssrcs, gaps, jumps; /* received */
	unsigned silent, loud; /* packets, by what is in them */
	unsigned sounding;     /* octets that are not idle */
	unsigned sent;         /* packets of sound */
	uint32_t last_ssrc, last_stamp;
	uint16_t last_seq;
	unsigned last_type, last_octets, event_type;
	char digits[32]; /* by events, each once */
	uint32_t digit_stamp;
};

void phone_open(struct phone *p);
void phone_close(struct phone *p);

/* Learns from a description where to send. */
void phone_learn(struct phone *p, const char *sdp);

/* A length of time passes: packets are sent and received. */
void phone_turn(struct phone *p, unsigned us);

/* Presses a key: three packets of one event, and its end. */
void phone_press(struct phone *p, char digit);

/* What was counted so far no longer counts. */
void phone_forget(struct phone *p);

#endif
