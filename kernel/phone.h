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

enum { NUMBER_DIGITS = 32, NAME_OCTETS = 80, UUI_OCTETS = 128 };

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

/* Q.850, the values this program names; others pass through as numbers. */
enum q850_cause {
	Q850_NONE = 0,
	Q850_UNALLOCATED = 1,
	Q850_NO_ROUTE_TRANSIT = 2,
	Q850_NO_ROUTE_DESTINATION = 3,
	Q850_CHANNEL_UNACCEPTABLE = 6,
	Q850_NORMAL_CLEARING = 16,
	Q850_USER_BUSY = 17,
	Q850_NO_USER_RESPONDING = 18,
	Q850_NO_ANSWER = 19,
	Q850_SUBSCRIBER_ABSENT = 20,
	Q850_CALL_REJECTED = 21,
	Q850_NUMBER_CHANGED = 22,
	Q850_REDIRECTION = 23,
	Q850_EXCHANGE_ROUTING_ERROR = 25,
	Q850_NON_SELECTED_USER = 26,
	Q850_DESTINATION_OUT_OF_ORDER = 27,
	Q850_INVALID_NUMBER = 28,
	Q850_FACILITY_REJECTED = 29,
	Q850_STATUS_RESPONSE = 30,
	Q850_NORMAL_UNSPECIFIED = 31,
	Q850_NO_CIRCUIT = 34,
	Q850_NETWORK_OUT_OF_ORDER = 38,
	Q850_TEMPORARY_FAILURE = 41,
	Q850_SWITCH_CONGESTION = 42,
	Q850_ACCESS_INFO_DISCARDED = 43,
	Q850_CHANNEL_NOT_AVAILABLE = 44,
	Q850_RESOURCE_UNAVAILABLE = 47,
	Q850_QOS_UNAVAILABLE = 49,
	Q850_FACILITY_NOT_SUBSCRIBED = 50,
	Q850_CUG_INCOMING_BARRED = 55,
	Q850_BEARER_NOT_AUTHORIZED = 57,
	Q850_BEARER_NOT_AVAILABLE = 58,
	Q850_SERVICE_NOT_AVAILABLE = 63,
	Q850_BEARER_NOT_IMPLEMENTED = 65,
	Q850_CHANNEL_TYPE_NOT_IMPLEMENTED = 66,
	Q850_FACILITY_NOT_IMPLEMENTED = 69,
	Q850_RESTRICTED_DIGITAL_ONLY = 70,
	Q850_SERVICE_NOT_IMPLEMENTED = 79,
	Q850_INVALID_CALL_REFERENCE = 81,
	Q850_CHANNEL_NOT_EXISTING = 82,
	Q850_USER_NOT_MEMBER_OF_CUG = 87,
	Q850_INCOMPATIBLE_DESTINATION = 88,
	Q850_INVALID_MESSAGE = 95,
	Q850_MANDATORY_MISSING = 96,
	Q850_MESSAGE_TYPE_UNKNOWN = 97,
	Q850_WRONG_MESSAGE_FOR_STATE = 98,
	Q850_INVALID_CONTENTS = 100,
	Q850_WRONG_STATE = 101,
	Q850_TIMER_EXPIRY = 102,
	Q850_PROTOCOL_ERROR = 111,
	Q850_INTERWORKING = 127,
};

/* Q.850 2.2.2; values are the wire's. */
enum q850_location {
	LOCATION_USER = 0,
	LOCATION_PRIVATE_LOCAL = 1,
	LOCATION_PUBLIC_LOCAL = 2,
	LOCATION_TRANSIT = 3,
	LOCATION_PUBLIC_REMOTE = 4,
	LOCATION_PRIVATE_REMOTE = 5,
	LOCATION_INTERNATIONAL = 7,
	LOCATION_BEYOND_INTERWORKING = 10,
};

struct cause {
	enum q850_cause value; /* Q850_NONE: not said */
	enum q850_location location;
};

/* "user busy"; "cause 77" is never needed: unknown ones say "unspecified". */
const char *q850_cause_name(unsigned value);
const char *q850_location_name(unsigned value);

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
