/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * What the SIP side does when nobody says otherwise, and the names of things
 * that are printed. Timers: RFC 3261 table 4, and the two that a gateway adds
 * so that no call stands for ever.
 */
#include "gateway/sip/conf.h"

#include <assert.h>

#include "gateway/sip/look.h"

const struct timer_row sip_timer_rows[] = {
	/* clang-format off */
	[SIP_T1] = { "T1", MSEC(500), MSEC(50), SEC(4),
	             "round trip: the first repetition" },
	[SIP_T2] = { "T2", SEC(4), MSEC(500), SEC(60),
	             "the longest between repetitions" },
	[SIP_T4] = { "T4", SEC(5), MSEC(500), SEC(60),
	             "how long a message may be under way" },
	[SIP_TIMER_B] = { "timer B", SEC(32), SEC(1), SEC(180),
	                  "INVITE sent, no response at all" },
	[SIP_TIMER_TRYING] = { "timer trying", SEC(60), SEC(1), SEC(600),
	                       "100 heard, then nothing" },
	[SIP_TIMER_RING] = { "timer ring", SEC(180), SEC(1), SEC(1800),
	                     "it rings, nobody answers" },
	[SIP_TIMER_ACK] = { "timer ACK", SEC(32), SEC(1), SEC(180),
	                    "200 sent, no ACK" },
	[SIP_TIMER_DIGITS] = { "timer digits", SEC(15), SEC(1), SEC(60),
	                       "overlap: more digits are wanted, none come" },
	/* clang-format on */
};
static_assert(ARRAY_LEN(sip_timer_rows) == SIP_TIMERS, "a row for each timer");

void sip_conf_preset(struct sip_conf *conf)
{
	*conf = (struct sip_conf){
		.user_agent = "Causeway",
		.dscp = 24,
		.message_most = 65535,
		.transactions_most = 4096,
		.peer_share = 40,
		.dialogs_most = 2048,
		.connections_most = 256,
		.receive_room = 4096 * 1024,
		.udp_most = 1300,
		.max_forwards = 70,
		.retry_after = 10,
	};
}

static const char *const transports[] = {
	[SIP_UDP] = "udp",
	[SIP_TCP] = "tcp",
	[SIP_TLS] = "tls",
};

const char *sip_transport_name(enum sip_transport transport)
{
	return transports[transport];
}
