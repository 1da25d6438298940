/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef TESTS_GATEWAY_MOVE_H
#define TESTS_GATEWAY_MOVE_H

/*
 * What the scenarios of transfer share: the phone that transfers is at far 0,
 * the one it transfers to at far 1, the one who is transferred on the span.
 */

#include "tests/gateway/world.h"

enum { MOVE_LOUD = 3 };

/* The usual world; both peers may transfer, 4... is far 1. */
struct world *move_open(void);

/* A line of headers with $FAR1 and its kin replaced; good until the next. */
const char *move_line(struct world *w, const char *text);

/* A call from far 0 to the span is up; and its channel. */
struct world *move_talking(void);
unsigned move_channel(struct world *w);

/* Far 0 sends BYE, answered; or REFER. */
void move_also(struct world *w, const char *lines);
void move_refer(struct world *w, const char *lines);
/* It hears 202 and the first NOTIFY; the last one. */
void move_taken(struct world *w);
void move_notified(struct world *w, const char *frag);
void move_referred(struct world *w, const char *lines); /* both */
/* It hears that all went well, and is let go. */
void move_done(struct world *w);

/* Far 1 is called, rings and answers. */
void move_answers(struct world *w);
/* Its phone and the span hear each other. */
void move_both_hear(struct world *w);
/* Who was transferred hangs up; far 1 is told, the world ends. */
void move_hang_up(struct world *w);

#endif
