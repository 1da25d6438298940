/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_SIP_PRIVATE_H
#define GATEWAY_SIP_PRIVATE_H

/*
 * What the files of this folder share. From below upwards:
 *
 *   message      octets <-> osip_message_t, behind our own check
 *   transport    sockets; hands up whole messages with where they came from
 *   transaction  the four machines of RFC 3261 17 with RFC 6026
 *   offer        SDP offers and answers, as flows
 *   header       parties, Reason and kin <-> headers
 *   peer         the far ends: who may speak, where they are
 *   session      a dialog with an INVITE in it
 *   stack        all of them brought together; dispatch and limits
 *
 * This is the only place that includes libosip2, and repairs its headers.
 */

#include <sys/time.h>
#include <time.h>

#include <osipparser2/osip_parser.h>
#include <osipparser2/sdp_message.h>

#include "gateway/sip/message.h"
#include "gateway/sip/sip.h"
#include "gateway/sip/transaction.h"
#include "gateway/sip/transport.h"
#include "kernel/bytes.h"
#include "kernel/fsm.h"
#include "kernel/list.h"
#include "kernel/log.h"
#include "kernel/loop.h"

/* --- offer.c --- */

/* What we can do on this leg. */
struct offer_local {
	struct addr rtp; /* told in c= and m= */
	unsigned ncodecs;
	enum codec codecs[SIP_CODECS];
	unsigned ptime_ms;
	uint8_t event_type;
	bool send, receive;
	uint64_t session_id; /* o=; version counts up when the text changes */
	unsigned version;
};

/* Prints an offer, or the answer that agrees to `flow`. Length or -ENOSPC.
 * `offered` is the text an answer belongs to (every m= line is answered); NULL
 * for an offer. */
int offer_print(const struct offer_local *local, const struct flow *flow,
                struct bytes offered, char *to, size_t size);

/* Their offer against what we can: 0 and the flow; -ENOTSUP: no codec in
 * common (*warning 305, 304), -EBADMSG: not SDP (400). */
int offer_agree(const struct offer_local *local, struct bytes offered,
                struct flow *flow, unsigned *warning);

/* Their answer to our offer. */
int offer_answered(const struct offer_local *local, struct bytes answer,
                   struct flow *flow, unsigned *warning);

/* --- header.c --- */

void header_get_parties(const osip_message_t *invite, bool trusted,
                        struct sip_setup *out);
int header_put_parties(osip_message_t *invite, const struct sip_setup *setup,
                       bool trusted);
void header_get_connected(const osip_message_t *m, bool trusted,
                          struct party *out);
int header_put_connected(osip_message_t *m, const struct party *connected,
                         bool trusted);

/* Reason (RFC 3326, RFC 8606 location) and Warning; false: none. */
bool header_get_reason(const osip_message_t *m, struct cause *out);
unsigned header_get_warning(const osip_message_t *m);
void header_print_reason(const struct release *why, char *to, size_t size);

/* --- peer.c --- */

struct peers;
struct peer {
	struct list list;
	struct sip_peer_conf conf;
	unsigned naddrs;
	struct addr addrs[8]; /* looked up; the first is used first */
	unsigned sessions;
};

#endif
