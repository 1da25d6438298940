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

#include "kernel/fsm.h"
#include "kernel/loop.h"
#include "kernel/mem.h"
#include "pri/channel.h"
#include "pri/isdn.h"
#include "pri/q931.h"

/* Q.931 4.4: message types. */
enum {
	MSG_ALERTING = 0x01,
	MSG_CALL_PROCEEDING = 0x02,
	MSG_PROGRESS = 0x03,
	MSG_SETUP = 0x05,
	MSG_CONNECT = 0x07,
	MSG_SETUP_ACKNOWLEDGE = 0x0d,
	MSG_DISCONNECT = 0x45,
	MSG_RESTART = 0x46,
	MSG_RELEASE = 0x4d,
	MSG_RESTART_ACKNOWLEDGE = 0x4e,
	MSG_RELEASE_COMPLETE = 0x5a,
	MSG_NOTIFY = 0x6e,
	MSG_STATUS_ENQUIRY = 0x75,
	MSG_INFORMATION = 0x7b,
	MSG_STATUS = 0x7d,
	MSG_ANY_CAUSE = 0xff, /* orders only: each message with a Cause */
};

/* Q.931 4.5.1: information elements this folder writes or looks at. */
enum {
	ELEMENT_CAUSE = 0x08,
	ELEMENT_CALL_STATE = 0x14,
	ELEMENT_PROGRESS = 0x1e,
	ELEMENT_NOTIFICATION = 0x27,
	ELEMENT_CALLED = 0x70,
	ELEMENT_SENDING_COMPLETE = 0xa1,
};

enum {
	Q921_HEADER = 4, /* address and control of an I frame */
	FRAME_MOST = 520,
	FRAME_INFO_MOST = 260, /* N201 */
	ORDER_OCTETS = 48,
	CHANNELS = 32,
	GLARE_TRIES = 2,
};

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

/* --- frame.c --- */

/* What we saw in the frame being fed to libpri; good for its one event. */
struct seen {
	bool present;
	unsigned callref;
	uint8_t message;
	struct cause cause; /* Q850_NONE: no Cause element */
	unsigned progress;
	bool complete;
	int call_state; /* -1: no such element */
};

/* What to write into a message libpri sends. */
struct order {
	uint8_t message; /* 0: this place is free */
	uint8_t rename;  /* another message type, 0: keep */
	uint8_t drop;    /* an element to leave out besides those replaced */
	uint8_t len;
	uint16_t callref; /* as sent */
	uint8_t elements[ORDER_OCTETS];
};

struct isdn_frames {
	struct order *orders; /* a ring: the oldest is overwritten */
	unsigned norders, next;
	int ns; /* N(S) of our next new I frame */
	bool sabme_sent, polling;
	unsigned in_len; /* waiting for libpri to read */
	uint8_t in[FRAME_MOST];
};

/* Reads what libpri hides, and turns aside what it would mishandle: what may
 * be fed to libpri is left in link->frames.in. False: drop. */
bool isdn_frame_admit(struct isdn_link *link, struct bytes frame);

/* A frame on its way out: edited into `to`; returns its length. */
size_t isdn_frame_edit(struct isdn_link *link, struct bytes frame, uint8_t *to,
                       size_t size);

void isdn_order_cause(struct isdn_call *call, struct cause cause);
void isdn_order_progress(struct isdn_call *call, uint8_t message,
                         unsigned progress);
void isdn_order_element(struct isdn_call *call, uint8_t message, uint8_t rename,
                        struct bytes elements, uint8_t drop);
void isdn_order_also(struct isdn_call *call, uint8_t message,
                     struct bytes element);
void isdn_order_refusal(struct isdn_link *link, unsigned callref,
                        struct cause cause);
void isdn_order_forget(struct isdn_link *link, unsigned callref);

/* --- guard.c: the states of a call and the timers of those states --- */

/* Q.931 2.1; user and network side share the names of the user side. */
enum call_state {
	CALL_NULL,
	CALL_INITIATED,
	CALL_OVERLAP_SENDING,
	CALL_OUTGOING_PROCEEDING,
	CALL_SOUNDING, /* outgoing proceeding with PROGRESS: no T310 */
	CALL_DELIVERED,
	CALL_PRESENT,
	CALL_OVERLAP_RECEIVING,
	CALL_DIALLED, /* overlap receiving, T302 expired */
	CALL_INCOMING_PROCEEDING,
	CALL_RECEIVED,
	CALL_CONNECT_REQUEST,
	CALL_ACTIVE,
	CALL_TONES_SENT,  /* our DISCONNECT with tones */
	CALL_TONES_HEARD, /* theirs */
	CALL_CLEARING,
	CALL_STATES,
};

enum call_event {
	SENT_SETUP,
	SENT_DIGITS,
	GOT_SETUP_ACK,
	GOT_PROCEEDING,
	GOT_PROGRESS,
	GOT_ALERTING,
	GOT_CONNECT,
	GOT_SETUP,
	SENT_SETUP_ACK,
	GOT_DIGITS,
	DIGITS_END,
	SENT_PROCEEDING,
	SENT_PROGRESS,
	SENT_ALERTING,
	SENT_CONNECT,
	GOT_CONNECT_ACK,
	SENT_NOTIFY,
	SENT_TONES,
	GOT_TONES,
	CLEAR,
	CALL_EVENTS,
};

struct isdn_call {
	struct list list;
	struct isdn_link *link; /* owns the call */
	q931_call *q931;        /* libpri's; NULL once it may be freed */
	void *owner;
	unsigned callref; /* as the far end's messages carry it */
	unsigned channel, span_bits;
	bool incoming, exclusive;
	bool ended;    /* libpri knows it no more, RELEASED not yet said */
	bool released; /* RELEASED said: waits for its funeral */
	bool glared;   /* its channel went to the network's call */
	bool disconnect_got, setup_again;
	unsigned tries, enquiries;
	uint8_t clearing_sent; /* the last of DISCONNECT and RELEASE */
	struct fsm fsm;
	struct instant since;
	struct timer guard, enquiry;
	struct deferred later;
	struct release release;  /* why; NOBODY: not known yet */
	struct isdn_setup setup; /* outgoing, for another try */
};

extern const struct fsm_type isdn_call_type;
const char *isdn_call_state_name(const struct isdn_call *call);
void isdn_guard_init(struct isdn_call *call);

/* The far end told its state: cleared with 101 when it cannot be. */
void isdn_guard_status(struct isdn_call *call, int theirs);

static inline enum call_state call_state(const struct isdn_call *call)
{
	return (enum call_state)call->fsm.state;
}

static inline bool call_may(const struct isdn_call *call, enum call_event event)
{
	return call->q931 != NULL && !call->ended &&
	       fsm_find(&isdn_call_type, call->fsm.state, event) != NULL;
}

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

/* --- command.c --- */

struct isdn_call *isdn_call_new(struct isdn_link *link, bool incoming);
int isdn_call_start(struct isdn_call *call);
void isdn_call_clear_as(struct isdn_call *call, enum release_by by,
                        enum q850_cause cause, const char *detail);
/* libpri has dropped it: tell, and bury it on the next turn. */
void isdn_call_finish(struct isdn_call *call);
/* Free it in libpri without a word on the wire, and tell soon. */
void isdn_call_drop(struct isdn_call *call, enum release_by by,
                    enum q850_cause cause, const char *detail);
void isdn_call_free(struct isdn_call *call);
enum release_by isdn_call_far(const struct isdn_call *call);

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
	bool up, was_up, layer1;
	struct channel channels[CHANNELS];
	unsigned last_channel; /* round robin */
	struct isdn_frames frames;
	struct seen seen;
	struct timer timer; /* libpri's next */
	struct isdn_counts counts;
	struct instant second, note_second, conflict;
	unsigned setups, notes, conflicts;
};

/* Gives libpri a frame that never was on the wire. */
void isdn_link_inject(struct isdn_link *link, struct bytes frame);
/* To be said after every entry into libpri. */
void isdn_link_rearm(struct isdn_link *link);
struct isdn_call *isdn_link_find(struct isdn_link *link, unsigned callref);
struct isdn_call *isdn_link_match(struct isdn_link *link, const q931_call *q);
void isdn_note(struct isdn_link *link, const char *format, ...)
	ATTR_PRINTF(2, 3);
void isdn_conf_apply(struct isdn_link *link);
int isdn_libpri_clock(struct timeval *tv, void *zone);

#endif
