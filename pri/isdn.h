/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef PRI_ISDN_H
#define PRI_ISDN_H

/*
 * ISDN on libpri. A link is one D channel with its B channels; a call is one
 * Q.931 call on it. The link keeps what libpri leaves to others: the cleaner
 * in front of it, the editor behind it, a monotonic clock, T301 T302 T304
 * T310, RESTART supervision, B-channel choice and glare, overload.
 *
 * A call's life: it appears (ISDN_SETUP event or isdn_call_place()), reports
 * events, and ends with ISDN_RELEASED, which comes exactly once and last;
 * after that the pointer is dead. isdn_call_clear() may be said at any time
 * and any number of times before that. A SETUP is answered by the link itself
 * with CALL PROCEEDING or SETUP ACKNOWLEDGE before the handler is told, so
 * that any cause may refuse it later.
 *
 * Values (struct party, cause ...) are Q.931's; see kernel/phone.h. Signalling
 * thread only; the handler may call any function here from inside an event,
 * but may not close the link.
 */

#include "kernel/bytes.h"
#include "kernel/instant.h"
#include "kernel/phone.h"
#include "kernel/timer.h"
#include "pri/isdn_conf.h"

struct loop;
struct isdn_link;
struct isdn_call;

/* What a SETUP carries. A zeroed member leaves its element out. */
struct isdn_setup {
	struct party calling, called;
	struct redirection redirection; /* from.number.present: there is one */
	enum bearer bearer;
	enum law law; /* user information layer 1, for speech */
	bool law_known;
	unsigned progress; /* PROGRESS_* bits */
	struct uui uui;
	bool complete;    /* Sending Complete, or en bloc by configuration */
	unsigned channel; /* received: the slot; to place: 0, we choose */
	bool exclusive;
	bool admitted; /* received: the answer was ISDN_ADMIT */
};

enum isdn_event_kind {
	ISDN_LINK_UP,   /* layer 2 is established; call is NULL */
	ISDN_LINK_DOWN, /* lost; calls are told by themselves, T309 runs */
	/* A call came in: setup; it has been proceeded (or, with setup.complete
	 * false, acknowledged for more digits). */
	ISDN_SETUP,
	ISDN_DIGITS,     /* more digits; complete when there will be no more */
	ISDN_SETUP_ACK,  /* ours may go on: send digits; progress */
	ISDN_PROCEEDING, /* progress; channel is now fixed */
	ISDN_PROGRESS,   /* progress; cause may be set */
	ISDN_ALERTING,   /* progress */
	ISDN_ANSWER,     /* connected: who answered */
	ISDN_CONNECTED,  /* our CONNECT was acknowledged */
	/* The far end clears, with tones in band (progress 8): sound may go on
	 * until isdn_call_clear(). Without tones it is released at once. */
	ISDN_DISCONNECT,
	/* notification: hold 0x79, retrieval 0x7a, diverting 0x7b (connected
	 * says whom to, if the far end did), ... */
	ISDN_NOTIFY,
	ISDN_HOLD,           /* the far end holds; already acknowledged: no
	                      * sound is on the channel any more */
	ISDN_RETRIEVE,       /* and takes it back; channel is the new one */
	ISDN_HELD,           /* ours: holds now, or not when there is a cause */
	ISDN_RETRIEVED,      /* the same; channel */
	ISDN_KEYPAD,         /* digits */
	ISDN_CONNECTED_LINE, /* connected changed in the call */
	ISDN_RELEASED,       /* release: why; last word of a call */
	ISDN_CHANNEL,        /* channel changed its state (no call): see
	                      * isdn_channel_state() */
	ISDN_CHANNEL_LOST,   /* a held call's channel went to another call */
};

struct isdn_event {
	enum isdn_event_kind kind;
	struct isdn_call *call;         /* NULL for the link's own events */
	void *owner;                    /* of the call: isdn_call_own() */
	const struct isdn_setup *setup; /* ISDN_SETUP */
	const char *digits;             /* ISDN_DIGITS, ISDN_KEYPAD */
	bool complete;
	unsigned progress; /* PROGRESS_* bits */
	struct cause cause;
	const struct party *connected;
	unsigned channel; /* slot, 0: none */
	unsigned notification;
	const struct uui *uui; /* of ALERTING, PROGRESS, ANSWER, DISCONNECT and
	                        * RELEASED; NULL: none */
	const struct release *release; /* ISDN_RELEASED */
};

struct isdn_handler {
	/* A frame for the D channel, address to end of information, no FCS;
	 * 0, or -errno (the link counts it and lives on). */
	int (*send)(void *self, struct bytes frame);
	void (*event)(void *self, const struct isdn_event *event);
	/* A SETUP was read. NULL: what the limits allow comes in. */
	enum isdn_admission (*admit)(void *self, const struct isdn_setup *setup,
	                             bool crowded);
	/* Every frame both ways, before the cleaner and behind the editor.
	 * May be NULL. */
	void (*trace)(void *self, bool sent, struct bytes frame);
	/* A sentence for one debug line: what libpri had to say, rate limited.
	 * May be NULL. */
	void (*note)(void *self, const char *sentence);
};

/* Frames are sent from inside it already, so self must be ready. */
int isdn_link_open(struct isdn_link **out, struct loop *loop,
                   const struct isdn_conf *conf,
                   const struct isdn_handler *handler, void *self);

/* Calls still there end without a word on the wire or to the handler: clear
 * them first. libpri's memory for the D channel is kept for the next link of
 * the same name, side and switch type. NULL is fine; returns NULL. */
struct isdn_link *isdn_link_close(struct isdn_link *link);

/* Options that can change with calls up: order, exclusive, overlap, limits,
 * timers. -EBUSY when the link must be closed and opened for it. */
int isdn_link_change(struct isdn_link *link, const struct isdn_conf *conf);

/* A frame came from the D channel. */
void isdn_link_receive(struct isdn_link *link, struct bytes frame);

/* Layer 1 came or went (red or blue alarm). */
void isdn_link_layer1(struct isdn_link *link, bool up);

bool isdn_link_is_up(const struct isdn_link *link);

/* Holds layer 2 down by our own will: DISC to the far end, and then nothing is
 * sent or heard until it is let go. Clear the calls before. */
void isdn_link_hold(struct isdn_link *link, bool held);

/* Does this variant know SERVICE messages? */
bool isdn_link_has_service(const struct isdn_link *link);

/* --- calls --- */

/*
 * Place a call; *setup is copied. -ENETDOWN: layer 2 is not up. -EBUSY: no
 * free channel (or the one asked for is taken). -ENOMEM. The link owns the
 * call until ISDN_RELEASED.
 */
int isdn_call_place(struct isdn_call **out, struct isdn_link *link,
                    const struct isdn_setup *setup, void *owner);

void isdn_call_own(struct isdn_call *call, void *owner);
unsigned isdn_call_channel(const struct isdn_call *call);

/* The call reference value on the wire; bit 15 set: the far end chose it. 0
 * before the SETUP went out. */
unsigned isdn_call_reference(const struct isdn_call *call);

/* Incoming: what we tell the caller. Each is sent at most once and only where
 * Q.931 allows it; -EPROTO otherwise. progress: PROGRESS_* bits. */
int isdn_call_proceeding(struct isdn_call *call, unsigned progress);
int isdn_call_alerting(struct isdn_call *call, unsigned progress);
int isdn_call_progress(struct isdn_call *call, unsigned progress,
                       struct cause cause);
int isdn_call_answer(struct isdn_call *call, const struct party *connected,
                     unsigned progress);

/* Outgoing, after ISDN_SETUP_ACK: more called digits, at most 32 at once. */
int isdn_call_digits(struct isdn_call *call, const char *digits);

/* Active: NOTIFY with a notification indicator. */
int isdn_call_notify(struct isdn_call *call, unsigned notification);
int isdn_call_connected_line(struct isdn_call *call,
                             const struct party *connected);

/* What goes with the next of ALERTING, CONNECT, DISCONNECT or RELEASE. More
 * than the link takes is dropped and counted. */
void isdn_call_uui(struct isdn_call *call, const struct uui *uui);

/* Active: HOLD, and RETRIEVE on a channel (0: any). ISDN_HELD and
 * ISDN_RETRIEVED follow; with the first the channel is given up, and free for
 * another call when isdn_channel_stopped() was said. -ENOTSUP: the variant
 * knows no hold. -EPROTO; -EBUSY: the channel. */
int isdn_call_hold(struct isdn_call *call);
int isdn_call_retrieve(struct isdn_call *call, unsigned channel);

/* DISCONNECT with progress 8: we play the tone, then clear. */
int isdn_call_disconnect_in_band(struct isdn_call *call, struct cause cause);

/* Clear it, whatever state it is in. Asked twice is fine. `why` becomes the
 * ISDN_RELEASED event's release unless the far end's own cause was first. */
void isdn_call_clear(struct isdn_call *call, const struct release *why);

/* Ask the far end by STATUS ENQUIRY whether it knows this call; a call it does
 * not know, or holds in a state that cannot be ours, is cleared (101). */
void isdn_call_audit(struct isdn_call *call);

#endif
