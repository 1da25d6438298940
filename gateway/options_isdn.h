/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_OPTIONS_ISDN_H
#define GATEWAY_OPTIONS_ISDN_H

/*
 * The values of a controller: the line, its exchange, and what its calls are
 * told. Included by options.h.
 */

#include "board/board.h"
#include "gateway/cause.h"
#include "pri/isdn.h"

struct options_board {
	enum board_kind kind;
	bool listen;
	char path[108];
	unsigned span_number;
};

struct options_clock {
	bool line;
	unsigned priority;
};

struct options_timers {
	usec value[ISDN_TIMERS]; /* 0: the preset */
};

/* SIP peers whose loss takes a span out; none named: every one calls could
 * go to. */
enum { OPTIONS_MONITORS = 8 };

struct options_monitors {
	unsigned n;
	char name[OPTIONS_MONITORS][40];
};

struct options_controller {
	int type; /* enum span_type */
	unsigned number;
	struct options_board board;
	int framing, linecode; /* board.h; -1: the type's usual one */
	struct options_clock clock;
	bool wire_faults;
	unsigned tick_octets, block;
	bool echo_cancel;
	int echo_ms;                  /* that it reaches */
	int law;                      /* enum law; -1: the type's usual one */
	int switch_type, side, order; /* pri/isdn.h; -1: the type's usual one */
	bool exclusive, overlap_receive, overlap_send, restart;
	unsigned restart_tries, setups_per_second;
	struct options_timers timers;
	unsigned dslot; /* 0: the type's usual one */
	int facility;   /* 1: diversions by Facility */
	int uui_most;   /* octets of user-to-user information */
	bool notify_hold, hold_by_notify;
	int hold_offer; /* 1: inactive */
	int ringback;   /* enum ringback */
	bool cause_tone;
	struct cause_rules cause_to_status, cause_from_status;
	int busyout; /* enum busyout_manner */
	struct options_monitors monitors;
	unsigned busyout_hold_s, busyout_clear_s;
	bool shutdown;
};

/* What a span does while no SIP peer is there. */
enum busyout_manner {
	BUSYOUT_OFF,
	BUSYOUT_REFUSE,
	BUSYOUT_SERVICE,
	BUSYOUT_D_CHANNEL,
};

enum ringback { RINGBACK_AUTO, RINGBACK_LOCAL, RINGBACK_NONE };

#endif
