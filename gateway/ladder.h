/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_LADDER_H
#define GATEWAY_LADDER_H

/*
 * The story of calls as it happens: Q.931 on the left, SIP on the right, what
 * was decided and heard between. One ring of lines, allotted at start, for all
 * calls together; the oldest go first. `show call N ladder` reads it back.
 *
 * Digits pass log_digits() before they are kept. Signalling thread only. Every
 * function takes a NULL ladder and then does nothing.
 */

#include "kernel/base.h"
#include "kernel/bytes.h"

struct ladder;
struct leg;
struct leg_word;

int ladder_new(struct ladder **out, unsigned lines);
struct ladder *ladder_free(struct ladder *ladder);

/*
 * Messages are kept when they cross the network, often before anybody knows
 * whose they are: they carry a key (made of the trunk and the call reference,
 * or of the Call-ID), and a call claims a key from then on, and the lines of
 * the last moments that nobody claimed. It keeps a key after it was buried, for
 * what comes late, until a SETUP has the call reference again, others want the
 * place, or another call claims it.
 */
typedef uint64_t ladder_key;
ladder_key ladder_key_isdn(const char *trunk, unsigned callref);
ladder_key ladder_key_sip(const char *call_id);
void ladder_claim(struct ladder *ladder, ladder_key key, uint32_t call);
void ladder_disown(struct ladder *ladder, uint32_t call);

/* network 0: ISDN, 1: SIP; `where` is the trunk or the peer, `what` is "SETUP"
 * or "200 OK (INVITE)", to which " (again)" is put when the same `print` (0:
 * none is known) was seen before. Returns the call it belongs to, 0: not known
 * yet. */
uint32_t ladder_message(struct ladder *ladder, ladder_key key, unsigned network,
                        bool sent, const char *where, const char *what,
                        uint64_t print);
uint64_t ladder_mark(const void *data, size_t n);

/* What the gateway decided, and what the media engine reported. */
void ladder_decide(struct ladder *ladder, uint32_t call, const char *format,
                   ...) ATTR_PRINTF(3, 4);
void ladder_media(struct ladder *ladder, uint32_t call, unsigned end,
                  const char *format, ...) ATTR_PRINTF(4, 5);

/* Who wants to hear of a call as it happens: each line that is no message, and
 * the words between a leg and its call. NULL: nobody. */
typedef void (*ladder_listen_fn)(void *self, uint32_t call, const char *line);
void ladder_listen(struct ladder *ladder, ladder_listen_fn fn, void *self);

/* Words between a leg and its call: for who listens, and the debug log. */
void ladder_word(struct ladder *ladder, const struct leg *leg,
                 const struct leg_word *word);
void ladder_told(struct ladder *ladder, const struct leg *leg,
                 const struct leg_word *word);

/* One line of a call's ladder, oldest first. */
struct ladder_line {
	int64_t wall_us;
	uint32_t call;
	unsigned column; /* 0 ISDN, 1 between, 2 SIP */
	bool sent;
	ladder_key key; /* 0: no message of a network */
	const char *where, *what;
};
void ladder_each(const struct ladder *ladder, uint32_t call,
                 void (*tell)(void *self, const struct ladder_line *line),
                 void *self);

/* The picture: lines of text for people, times relative to the first. Of a
 * heading, and then what ladder_each() has. */
void ladder_draw(const struct ladder *ladder, uint32_t call,
                 void (*line)(void *self, const char *text), void *self);

#endif
