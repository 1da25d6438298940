/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_SIP_LOOK_H
#define GATEWAY_SIP_LOOK_H

/*
 * Looking at the SIP side: its sessions one by one, and its numbers.
 */

#include "gateway/sip/conf.h"
#include "kernel/instant.h"

struct sip_stack;
struct sip_session;

struct sip_session_info {
	struct sip_session *session;
	void *owner; /* NULL: released, only the protocol is still ending */
	bool incoming;
	const char *state, *peer, *call_id;
	struct addr local, remote;
	enum sip_transport transport;
	struct flow flow;
	struct instant since;
	unsigned session_timer; /* seconds, RFC 4028; 0: it does not run */
	bool refreshes;         /* and we do */
};
void sip_each(struct sip_stack *stack,
              void (*tell)(void *self, const struct sip_session_info *info),
              void *self);

/* What the keep-alive knows of a peer. */
enum sip_health { SIP_HEALTH_UNKNOWN, SIP_HEALTH_UP, SIP_HEALTH_DOWN };
const char *sip_health_name(enum sip_health health); /* "up" */

struct sip_peer_status {
	bool probed; /* it has a keep-alive at all */
	enum sip_health health;
	const char *why;      /* "no answer to 3 OPTIONS"; "" before a probe */
	struct instant since; /* it is so */
	uint64_t probes, failed;
	unsigned pending; /* its INVITEs that are not done with */
	usec round_trip;  /* of the last answer */
	enum sip_transport transport;
	unsigned ntargets;  /* addresses known */
	struct addr target; /* the first of them */
};
/* -ENOENT: no such peer. *out is good until the peer is set again. */
int sip_peer_status(const struct sip_stack *stack, const char *name,
                    struct sip_peer_status *out);

struct sip_counts {
	uint64_t messages_in, messages_out, octets_in, octets_out;
	uint64_t requests_in[16], requests_out[16]; /* by sip_method_name() */
	uint64_t responses_in[7], responses_out[7]; /* by class, 1 to 6 */
	uint64_t retransmissions, duplicates;
	uint64_t strangers, malformed, refused_limit, loops, merged;
	uint64_t refused_overload;     /* by 503 without state */
	uint64_t refused_share;        /* by 503: too many of that peer */
	uint64_t cut_short;            /* lingering transactions, for others */
	uint64_t dropped, turned_away; /* no room: the system's, ours */
	uint64_t timeouts, send_failures, strays, uui_dropped;
	uint64_t transactions, dialogs, connections, peers; /* now */
};
void sip_stack_counts(const struct sip_stack *stack, struct sip_counts *out);
const char *sip_method_name(unsigned index); /* NULL beyond the last */
const char *sip_transport_name(enum sip_transport transport); /* "udp" */

#endif
