/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef TESTS_DIALPLAN_PEERS_H
#define TESTS_DIALPLAN_PEERS_H

/*
 * Dial-peers written short, and a plan asked in one line.
 */

#include "dialplan/dialplan.h"

/* clang-format off */
#define PEER(n, is, pattern, ...)               \
	{ .tag = (n), .kind = (is),             \
	  .destination_pattern = (pattern), __VA_ARGS__ }
#define POTS_TO(n, pattern, to, ...)            \
	PEER(n, PEER_POTS, pattern, .trunk = (to), \
	     .strip_all_explicit = true, __VA_ARGS__)
#define VOIP_TO(n, pattern, to, ...)            \
	PEER(n, PEER_VOIP, pattern, .target = (to), __VA_ARGS__)
#define POTS(n, pattern, ...) POTS_TO(n, pattern, "e1 0", __VA_ARGS__)
#define VOIP(n, pattern, ...) \
	VOIP_TO(n, pattern, "sip-peer carrier", __VA_ARGS__)
/* clang-format on */

/* Fails the test when the plan is refused. */
struct plan *load_plan(const struct dial_peer *peers, size_t n);

/*
 * The answer and the tags hunted: "= 100 200". '=' match, '+' maybe more, '.'
 * needs more, '!' no match, '0' no number; "barred" and "emergency" behind.
 * Good until the next call.
 */
const char *hunt(const struct plan *plan, const struct dial_peer *in,
                 const char *digits, bool complete);

/* Gathers lines into a struct text, each closed by a newline. */
void gather(void *self, const char *text);

/* Inbound peers that allow nothing. */
extern const struct dial_peer from_pots, from_voip;

#endif
