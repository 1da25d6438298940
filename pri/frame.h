/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef PRI_FRAME_H
#define PRI_FRAME_H

/*
 * Frames on both edges of libpri: what is let in, and what is written into
 * those that go out. For the files of pri/ only.
 */

#include "kernel/bytes.h"
#include "kernel/phone.h"

struct isdn_call;
struct isdn_link;

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
	ELEMENT_USER_USER = 0x7e,
	ELEMENT_SENDING_COMPLETE = 0xa1,
};

enum {
	Q921_HEADER = 4, /* address and control of an I frame */
	FRAME_MOST = 520,
	FRAME_INFO_MOST = 260, /* N201 */
	ORDER_OCTETS = 50 + UUI_OCTETS,
};

enum {
	CALLREF_DUMMY = 0x10000,
	DISCRIMINATOR_Q931 = 0x08,
	SHIFT_MASK = 0xf8,
	SHIFT_LOCKING = 0x90,
	SHIFT_ONCE = 0x98,
};

/* The message inside an I or UI frame; false: there is none. */
struct isdn_message {
	struct bytes body;
	unsigned callref;
	unsigned callref_len;
	uint8_t type;
	uint8_t discriminator;
};
bool isdn_take_message(struct bytes frame, struct isdn_message *out);

/* What we saw in the frame being fed to libpri; good for its one event. */
struct seen {
	bool present;
	unsigned callref;
	uint8_t message;
	struct cause cause; /* Q850_NONE: no Cause element */
	unsigned progress;
	bool complete;
	int call_state;         /* -1: no such element */
	struct bytes user_user; /* contents, inside the frame; at NULL: none */
	struct uui uui;         /* the same, where the link takes it */
};

/* What to write into a message libpri sends. */
struct order {
	uint8_t message; /* 0: this place is free */
	uint8_t rename;  /* another message type, 0: keep */
	uint8_t drop;    /* an element to leave out besides those replaced */
	uint8_t len;
	bool once;        /* spent when it has been written once */
	bool spent;       /* only for frames that layer 2 repeats */
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
/* The call is over: what libpri says on its reference now is its own. */
void isdn_order_spend(struct isdn_link *link, unsigned callref);
void isdn_order_forget(struct isdn_link *link, unsigned callref);

#endif
