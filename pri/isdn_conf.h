/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef PRI_ISDN_CONF_H
#define PRI_ISDN_CONF_H

/*
 * What a link is configured with. Included by isdn.h.
 */

#include "kernel/phone.h"
#include "kernel/timer.h"

enum isdn_switch {
	SWITCH_NET5, /* EuroISDN */
	SWITCH_NI2,
	SWITCH_5ESS,
	SWITCH_4ESS,
	SWITCH_DMS100,
	SWITCH_QSIG,
};

enum isdn_order { ORDER_ASCENDING, ORDER_DESCENDING, ORDER_ROUND_ROBIN };

/* Ours to run; the rest (T303 T305 T308 T309 T313 T200 T203) libpri runs. */
enum isdn_timer {
	ISDN_T200,
	ISDN_T203,
	ISDN_T301,
	ISDN_T302,
	ISDN_T303,
	ISDN_T304,
	ISDN_T305,
	ISDN_T308,
	ISDN_T309,
	ISDN_T310,
	ISDN_T313,
	ISDN_T316,
	ISDN_TIMERS,
};
extern const struct timer_row isdn_timer_rows[ISDN_TIMERS];

/* May a call come in, of whose SETUP nothing was made yet? When the link has
 * its limit it is `crowded`, and ISDN_ADMIT does not count. Else it is refused
 * with 42. */
enum isdn_admission {
	ISDN_REFUSE,
	ISDN_PERHAPS,   /* it may, as long as its number grows */
	ISDN_ADMIT,     /* it may */
	ISDN_EMERGENCY, /* it may, whatever the limits are */
};

struct isdn_conf {
	char name[32]; /* the span's: "e1 0" */
	enum isdn_switch switch_type;
	enum isdn_side side;
	enum span_type span;
	enum law law;
	unsigned dslot;
	uint32_t bearers; /* slots that may carry calls, bit n is slot n */
	enum isdn_order order;
	bool exclusive;       /* our SETUP insists on its channel */
	bool overlap_receive; /* SETUP without Sending Complete may grow */
	bool overlap_send;    /* our SETUP may leave Sending Complete out */
	bool facility;        /* EuroISDN: diversion by Facility, EN 300 207 */
	bool restart_on_up;   /* RESTART every idle channel at first up */
	unsigned restart_tries; /* T316 runs at most this often; 2 */
	unsigned calls_most; /* calls at once, all states; over it cause 42 */
	unsigned setups_per_second; /* incoming; 0: no limit; over it 42 */
	usec timers[ISDN_TIMERS];   /* 0: the preset */
	unsigned uui_most; /* octets of user-user information; 0: none */
};
void isdn_conf_preset(struct isdn_conf *conf, enum span_type span);

#endif
