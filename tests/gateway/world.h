/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef TESTS_GATEWAY_WORLD_H
#define TESTS_GATEWAY_WORLD_H

/*
 * A whole gateway in memory, on a held clock: its configuration is a text,
 * its spans are board/sim.c's with an exchange on libpri at the other end of
 * each, its SIP side speaks over loopback with far ends of tests/gateway/sip,
 * and two phones send and judge RTP.
 *
 * In the text $SIP is the gateway's own address and port, $FAR0 and $FAR1
 * those of the far ends. Nothing happens but in world_run(); world_close()
 * fails the test when a call, a channel, a transaction, a stream, a socket or
 * a timer was left.
 */

#include "board/board.h"
#include "gateway/gateway.h"
#include "gateway/trunk.h"
#include "kernel/loop.h"
#include "tests/gateway/exchange.h"
#include "tests/gateway/phone.h"
#include "tests/gateway/sip/far.h"
#include "tests/test.h"

enum { WORLD_SPANS = 3, WORLD_FARS = 2 };

struct console;

struct world {
	struct loop *loop;
	struct gateway *gateway;
	struct console *console; /* world_console() makes it */
	struct exchange exchange[WORLD_SPANS];
	unsigned spans;
	struct far far[WORLD_FARS];
	struct phone phone[WORLD_FARS];
	uint16_t port;
	struct instant tick; /* when the line moves next */
	usec pace;   /* between ticks: 5 ms, or more when nobody listens */
	bool broken; /* lines are cut: do not look at channels */
	struct conf_error error; /* of the last world_reload() */
};

/* One E1 to an exchange (we are the user side) and one SIP peer: 1... goes to
 * the span, 2... to SIP; 3... to the other span or peer of same_kind_conf. */
extern const char world_conf[];
extern const char world_conf_same_kind[];
/* Numbers of any length. 1: e1 0; 3: e1 1, which takes no digits later; 2:
 * carrier, digit by digit, and then office, which wants all; 4: office. */
extern const char world_conf_overlap[];

/* One E1; 2... goes to the first of two peers, and then to the second. */
extern const char world_conf_two_peers[];

/* The world with this configuration, its links up. NULL when the gateway
 * could not be started (on a ladder). */
struct world *world_open(const char *conf);

/* The same with lines added as at `configure terminal`: a heading that stands
 * in `conf` leads back there, "!" leaves it, `no` takes away. */
struct world *world_open_with(const char *conf, const char *more);
/* The usual world with options of its span and of its peer. */
struct world *world_open_options(const char *span, const char *peer);
int world_read(struct world *w, const char *conf, const char *more,
               struct conf **out);

/* Reads `conf` and hands it over as `reload` does. */
int world_reload(struct world *w, const char *conf);
int world_reload_with(struct world *w, const char *conf, const char *more);

void world_run(struct world *w, usec length);
/* Lets a long time pass; the lines move only ten times a second. */
void world_wait(struct world *w, usec length);
void world_close(struct world *w);
/* Frees the gateway as it is, calls and all. */
void world_drop(struct world *w);

/* A place for text with $SIP, $FAR0 and $FAR1 replaced. */
void world_text(const struct world *w, const char *text, char *to, size_t size);

/* The only call there is, or NULL. */
struct call *world_call(struct world *w);
/* The sentence of the call that ended last: "ended by the caller: ...". */
const char *world_sentence(struct world *w);
/* Does that sentence begin so, and tell this cause? */
bool world_ended(struct world *w, const char *begin, unsigned cause);
/* The ladder of a call, one text: "-> SETUP\n. offered\n<- INVITE...". */
const char *world_ladder(struct world *w, uint32_t call);
/* What a console line prints; JSON when asked. Returns its exit status. */
int world_console(struct world *w, const char *line, bool json, char *to,
                  size_t size);

/* Far 0 has heard nothing more; else what is told. */
bool world_quiet(struct world *w);

/* The exchange calls this number, and far 0 hears INVITE. */
struct isdn_call *world_place(struct world *w, const char *number);
/* Far 0 calls this number, and hears 100 and then this. */
void world_invite(struct world *w, const char *number, const char *answer);
/* A far end that heard INVITE answers, and hears ACK. */
void world_answer(struct world *w, unsigned far);

/* A call that is up: from the exchange to SIP, and the other way. */
struct isdn_call *world_call_out(struct world *w);
struct isdn_call *world_call_in(struct world *w);

/* The exchange hangs up, and that far end is told by BYE; or the far end does,
 * and its BYE is answered. */
void world_clear_isdn(struct world *w, struct isdn_call *call, unsigned far);
void world_clear_sip(struct world *w, unsigned far);

/* SDP of a phone at a far end: PCMA, PCMU, events; or held by direction. */
const char *world_sdp(struct world *w, unsigned far, const char *direction);

#endif
