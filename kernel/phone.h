/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef KERNEL_PHONE_H
#define KERNEL_PHONE_H

/*
 * The words all folders share: what two of pri, board, dialplan, sip and media
 * must both understand. Types and names, no behaviour beyond printing a name.
 * Values are plain: a zeroed one says nothing.
 */

#include "kernel/base.h"
#include "kernel/cause.h"

/* Q.931 4.5.8/4.5.10, octet 3. Values are the wire's. */
enum number_type {
	NUMBER_UNKNOWN = 0,
	NUMBER_INTERNATIONAL = 1,
	NUMBER_NATIONAL = 2,
	NUMBER_NETWORK = 3,
	NUMBER_SUBSCRIBER = 4,
	NUMBER_ABBREVIATED = 6,
};

enum number_plan {
	PLAN_UNKNOWN = 0,
	PLAN_ISDN = 1, /* E.164 */
	PLAN_DATA = 3,
	PLAN_TELEX = 4,
	PLAN_NATIONAL = 8,
	PLAN_PRIVATE = 9,
};

/* Q.931 4.5.10, octet 3a: two separate facts. */
enum presentation {
	PRESENTATION_ALLOWED = 0,
	PRESENTATION_RESTRICTED = 1,
	PRESENTATION_UNAVAILABLE = 2,
};

enum screening {
	SCREENING_USER_UNSCREENED = 0,
	SCREENING_USER_PASSED = 1,
	SCREENING_USER_FAILED = 2,
	SCREENING_NETWORK = 3,
};

enum { NUMBER_DIGITS = 32, NAME_OCTETS = 80 };

/* What one user tells the other beside the call: Q.931 4.5.30 without its
 * header, so the protocol discriminator comes first. An element of 131 octets
 * holds the one, one of 35 the other. */
enum { UUI_OCTETS = 129, UUI_SHORT = 33 };

struct uui {
	uint8_t len; /* 0: nothing */
	uint8_t octets[UUI_OCTETS];
};

struct number {
	bool present;                   /* false: no such element at all */
	char digits[NUMBER_DIGITS + 1]; /* 0-9 * # and, on SIP, a leading + */
	enum number_type type;
	enum number_plan plan;
	enum presentation presentation;
	enum screening screening;
};

struct party {
	struct number number;
	char name[NAME_OCTETS + 1]; /* UTF-8; "" is none */
};

/* Why a call was redirected: Q.952, RFC 5806. */
enum redirect_reason {
	REDIRECT_UNKNOWN = 0,
	REDIRECT_BUSY = 1,
	REDIRECT_NO_REPLY = 2,
	REDIRECT_DEFLECTION = 4,
	REDIRECT_UNCONDITIONAL = 15,
};

struct redirection {
	struct party from; /* who sent the call on last; present or not */
	enum redirect_reason reason;
	unsigned count;
};

/*
 * Where one end of a call wants the other end to be: a number, and the far
 * end it is at when that is one we know; else the dial plan says. The texts
 * are the network's own; "" is none.
 */
enum { TRANSFER_TEXT = 256 };

struct transfer {
	struct number to;             /* present or not */
	char peer[48];                /* the SIP peer by name */
	char uri[TRANSFER_TEXT];      /* to be called, as it was written */
	char replaces[TRANSFER_TEXT]; /* whose place is taken there */
	char referred_by[TRANSFER_TEXT];
	char requested_by[TRANSFER_TEXT];
	bool leaving;     /* who asks has gone, whatever comes of it */
	unsigned refused; /* `replaces` would be, with this SIP status */
};

enum bearer {
	BEARER_SPEECH,
	BEARER_AUDIO_3K1,
	BEARER_UNRESTRICTED, /* 64 kbit/s data: never bridged as speech */
	BEARER_RESTRICTED,
	BEARER_VIDEO,
	BEARER_OTHER,
};

/* G.711: octets as in RTP PCMA and PCMU payloads. */
enum law { LAW_ALAW, LAW_ULAW };
enum { ALAW_IDLE = 0xd5, ULAW_IDLE = 0xff };

enum span_type { SPAN_E1, SPAN_T1 };
enum isdn_side { ISDN_USER, ISDN_NETWORK };

/* Q.931 4.5.23, as bits: several may stand in one message. */
enum {
	PROGRESS_NOT_ISDN_END_TO_END = 1 << 1,
	PROGRESS_DESTINATION_NOT_ISDN = 1 << 2,
	PROGRESS_ORIGIN_NOT_ISDN = 1 << 3,
	PROGRESS_RETURNED_TO_ISDN = 1 << 4,
	PROGRESS_INTERWORKING = 1 << 5,
	PROGRESS_IN_BAND = 1 << 8,
};

/* Who ended a call. */
enum release_by {
	RELEASE_BY_NOBODY,
	RELEASE_BY_NEAR,     /* the far end of the leg that came in */
	RELEASE_BY_FAR,      /* the far end of the leg that went out */
	RELEASE_BY_TIMER,    /* `detail` names it */
	RELEASE_BY_OPERATOR, /* `detail` says the command */
	RELEASE_BY_POLICY,   /* `detail` names the rule */
	RELEASE_BY_FAILURE,  /* line, link, memory: `detail` says which */
	RELEASE_BY_TRANSFER, /* `detail` says into which call */
};

/*
 * Why a leg, and so a call, ended: what console, record, log and Reason header
 * all tell. Filled by whoever decides; never lost on the way.
 */
struct release {
	enum release_by by;
	struct cause cause;
	uint16_t sip_status;  /* 0: none was involved */
	uint16_t sip_warning; /* Warning code, 0: none */
	char detail[64];      /* timer, command, rule or sentence, "" */
};

/* By what fax and modem give themselves away: V.25, V.8, T.30. */
enum data_tone {
	DATA_TONE_NONE,
	DATA_TONE_ANS,      /* or CED: 2100 Hz */
	DATA_TONE_ANS_PR,   /* with phase reversals */
	DATA_TONE_ANSAM,    /* with 15 Hz upon it */
	DATA_TONE_ANSAM_PR, /* with both */
	DATA_TONE_FLAGS,    /* V.21 flags of a fax */
	DATA_TONES,
};
const char *data_tone_name(enum data_tone tone);

/* What a line hands over at once: `count` octets for each slot in `mask`
 * (bit n is slot n). Octets are companded, oldest first. */
enum { TICK_SLOTS = 32, TICK_MOST = 160 };

struct tick {
	unsigned count;
	uint32_t mask;
	uint32_t stamp; /* octets since the line began, for delay figures */
	uint8_t octets[TICK_SLOTS][TICK_MOST];
};

#endif
