/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef PRI_PRIVATE_H
#define PRI_PRIVATE_H

/*
 * What the files of pri/ share, and the only place that includes libpri. The
 * arrows: link.c feeds libpri through frame.c and hands its events to event.c,
 * which uses channel.c and guard.c; command.c is the way back. Values cross to
 * libpri in party.c and bearer.c alone; what switches differ in stands in
 * variant.c.
 *
 * Two rules hold everywhere. libpri's call pointer is in isdn_call.q931 and is
 * NULL from the moment libpri may have freed it; nobody else keeps it. And the
 * handler is called only from isdn_link_receive(), a timer or deferred work,
 * never from inside a command.
 */

#include <sys/time.h>

#include <libpri.h>

#include "kernel/mem.h"
#include "pri/call.h"
#include "pri/channel.h"
#include "pri/frame.h"
#include "pri/q931.h"

enum { CHANNELS = 32, GLARE_TRIES = 2 };

/* --- hold.c: libpri's events of hold and retrieve --- */

void isdn_on_hold(struct isdn_link *link, pri_event *ev, bool by_timer);
void isdn_on_hold_ack(struct isdn_link *link, pri_event *ev, bool by_timer);
void isdn_on_hold_rej(struct isdn_link *link, pri_event *ev, bool by_timer);
void isdn_on_retrieve(struct isdn_link *link, pri_event *ev, bool by_timer);
void isdn_on_retrieve_ack(struct isdn_link *link, pri_event *ev, bool by_timer);
void isdn_on_retrieve_rej(struct isdn_link *link, pri_event *ev, bool by_timer);
/* The channel of a held call went to another. */
void isdn_hold_lost(struct isdn_call *call);

/* --- variant.c --- */

struct variant {
	const char *name;
	enum isdn_switch type;
	int libpri_type;
	bool complete; /* our SETUP carries Sending Complete */
	bool facility; /* names and diversion by Facility */
	bool hold;     /* HOLD and RETRIEVE exist */
	bool service;  /* SERVICE messages exist */
};
const struct variant *isdn_variant(enum isdn_switch type);
usec isdn_timer_length(const struct isdn_conf *conf, enum isdn_timer timer);

/* --- channel.c --- */

struct channel {
	enum isdn_channel_state state;
	struct isdn_call *call;
	struct isdn_link *link;
	unsigned number, tries;
	bool restart_due; /* waits for its turn */
	bool shutdown, far_shutdown;
	struct timer t316;
};

void isdn_channels_init(struct isdn_link *link);
void isdn_channels_done(struct isdn_link *link);

/* A channel for an outgoing call, or -EBUSY; call->channel is set. */
int isdn_channel_take(struct isdn_call *call, unsigned wanted);
/* For a SETUP received: 0, or the cause to refuse it with. */
enum q850_cause isdn_channel_accept(struct isdn_call *call, int channel,
                                    bool flexible);
/* The far end's answer names a channel: 0, or -EPROTO. */
int isdn_channel_answer(struct isdn_call *call, int channel);
void isdn_channel_give_back(struct isdn_call *call);
void isdn_channels_up(struct isdn_link *link);
/* Layer 2 was set up anew with RESTARTs under way: they are asked again. */
void isdn_channels_again(struct isdn_link *link);
void isdn_channel_restart_ack(struct isdn_link *link, int channel);
void isdn_channel_restarted(struct isdn_link *link, int channel);
void isdn_channel_service(struct isdn_link *link, int channel, bool down);

/* --- party.c, bearer.c --- */

void isdn_party_to(struct pri_party_id *to, const struct party *from);
void isdn_party_from(struct party *to, const struct pri_party_id *from);
void isdn_number_from(struct number *to, const char *digits, int plan,
                      int presentation);
void isdn_redirection_to(struct pri_party_redirecting *to,
                         const struct redirection *from, bool facility);
void isdn_redirection_from(struct redirection *to,
                           const struct pri_party_redirecting *from);
int isdn_bearer_to(enum bearer bearer);
int isdn_layer1_to(enum law law);
enum bearer isdn_bearer_from(int capability);
bool isdn_layer1_from(int layer1, enum law *out);

/* --- user.c: user-to-user information --- */

/* From the frame seen into what its event tells. */
void isdn_uui_take(struct isdn_link *link);
/* Cuts it out of a frame of n octets; how much shorter that is now. */
size_t isdn_uui_hide(uint8_t *frame, size_t n, struct bytes body);
const struct uui *isdn_uui_of(const struct uui *uui); /* NULL: empty */
/* Into the SETUP, or with the next of these messages what waits for one. */
void isdn_uui_setup(struct isdn_call *call);
void isdn_uui_order(struct isdn_call *call, uint8_t message);

/* --- doubt.c: is the switch type the far end's? --- */

struct isdn_doubt {
	bool service, complete, rose, qsig, short_callref; /* heard */
	unsigned refused;           /* calls of ours in a row, for their form */
	unsigned answered, counted; /* call references, of the last */
};
void isdn_doubt_hear(struct isdn_link *link, const struct isdn_message *m);
const char *isdn_doubt_of(const struct isdn_link *link); /* NULL: none */

/* --- event.c --- */

void isdn_dispatch(struct isdn_link *link, pri_event *ev, bool by_timer);
void isdn_emit(struct isdn_call *call, struct isdn_event *event);
void isdn_emit_link(struct isdn_link *link, enum isdn_event_kind kind,
                    unsigned channel);
void isdn_emit_digits_end(struct isdn_call *call);

/* The call of an event that is still to be told about: NULL and counted when
 * there is none, NULL when it is being cleared. */
struct isdn_call *isdn_heard(struct isdn_link *link, const q931_call *q);

/* --- setup.c, clear.c: libpri's events of these kinds --- */

void isdn_on_ring(struct isdn_link *link, pri_event *ev, bool by_timer);
void isdn_on_digits(struct isdn_link *link, pri_event *ev, bool by_timer);
void isdn_on_keypad(struct isdn_link *link, pri_event *ev, bool by_timer);
void isdn_on_disconnect(struct isdn_link *link, pri_event *ev, bool by_timer);
void isdn_on_hangup(struct isdn_link *link, pri_event *ev, bool by_timer);
void isdn_on_hangup_ack(struct isdn_link *link, pri_event *ev, bool by_timer);

/* --- link.c --- */

struct isdn_link {
	struct loop *loop;
	struct isdn_conf conf;
	const struct variant *variant;
	const struct isdn_handler *handler;
	void *self;
	struct pri *pri;
	struct kept_pri *kept;
	struct pool *pool;
	struct list calls; /* oldest first */
	struct list dead;  /* released, until the next turn of the loop */
	unsigned ncalls;
	bool held;                /* layer 2 is, by our own will */
	bool up, settled, layer1; /* settled: up for a moment, calls may go */
	struct channel channels[CHANNELS];
	unsigned last_channel; /* round robin */
	struct isdn_frames frames;
	struct seen seen;
	struct isdn_doubt doubt;
	struct timer timer;  /* libpri's next */
	struct timer settle; /* layer 2 began anew: RESTARTs may be lost */
	struct isdn_counts counts;
	struct instant second, note_second, conflict;
	unsigned setups, notes, conflicts;
};

/* Gives libpri a frame that never was on the wire. */
void isdn_link_inject(struct isdn_link *link, struct bytes frame);
/* Layer 2 has just come up: the link is told so once it stays for a moment. */
void isdn_link_settle(struct isdn_link *link);
/* To be said after every entry into libpri. */
void isdn_link_rearm(struct isdn_link *link);

/* Do names and diversions go by Facility? */
bool isdn_link_facility(const struct isdn_link *link);
struct isdn_call *isdn_link_find(struct isdn_link *link, unsigned callref);
struct isdn_call *isdn_link_match(struct isdn_link *link, const q931_call *q);
void isdn_note(struct isdn_link *link, const char *format, ...)
	ATTR_PRINTF(2, 3);
void isdn_conf_apply(struct isdn_link *link);
int isdn_libpri_clock(struct timeval *tv, void *zone);

#endif
