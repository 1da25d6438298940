/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_RECORD_H
#define GATEWAY_RECORD_H

/*
 * What is kept of a call that has ended: one log line, and an entry of the
 * history that `show call history voice` lists. Signalling thread only.
 */

#include "kernel/phone.h"

struct call;
struct gateway;
struct history;

struct record {
	uint32_t call;
	char calling[NUMBER_DIGITS + 1], called[NUMBER_DIGITS + 1];
	char near[48], far[48]; /* "e1 0:5", "carrier" */
	unsigned peer_in, peer_out;
	int64_t setup_wall, connect_wall, end_wall; /* microseconds, UTC */
	int64_t ring_us; /* from SETUP to ALERTING; 0: it never rang */
	struct release release;
};

int history_new(struct history **out, unsigned most);
struct history *history_free(struct history *history);

/* Writes the log line and keeps the entry. */
void record_call(struct gateway *gateway, const struct call *call);

/* Newest first; stops when tell returns false. */
void history_each(const struct history *history,
                  bool (*tell)(void *self, const struct record *record),
                  void *self);
const struct record *history_find(const struct history *history, uint32_t call);

/* "ended by the called side: cause 17 (user busy), SIP 486" */
void record_sentence(const struct release *release, char *to, size_t size);

#endif
