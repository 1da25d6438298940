/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef KERNEL_FLOW_H
#define KERNEL_FLOW_H

/*
 * What an RTP session was agreed to be: the word SIP (which agrees) and media
 * (which does) share. A plain value; payload types are 0 to 127.
 */

#include "kernel/addr.h"
#include "kernel/phone.h"

enum codec { CODEC_NONE, CODEC_PCMU, CODEC_PCMA, CODECS };

const char *codec_name(enum codec codec); /* "PCMU", as in rtpmap */

struct flow {
	struct addr local;          /* RTP; RTCP is the next port */
	struct addr remote;         /* where to send RTP; unset: nowhere */
	struct addr remote_control; /* RTCP; unset: remote's next port */
	enum codec codec;
	uint8_t send_type, receive_type;   /* payload types of the codec */
	uint8_t send_event, receive_event; /* telephone-event; 0: none */
	unsigned ptime_ms;                 /* what we send: 10 to 60, by 10 */
	bool send, receive;                /* hold and one-way: RFC 3264 5.1 */
};

#endif
