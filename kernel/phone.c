/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The printed names of what all folders speak of. Those of Q.850 are the
 * standard's own words (table 1 and clause 2.2.2), in lower case, so that a
 * log line, a record and a Reason header say the same and a reader finds them
 * in the book. Values the standard reserves say "unspecified"; the number
 * always stands beside the name.
 */
#include "kernel/phone.h"

#include <assert.h>

/* clang-format off */
static const char *const cause_names[128] = {
	[1]   = "unallocated number",
	[2]   = "no route to specified transit network",
	[3]   = "no route to destination",
	[4]   = "send special information tone",
	[5]   = "misdialled trunk prefix",
	[6]   = "channel unacceptable",
	[7]   = "call awarded, being delivered in an established channel",
	[8]   = "preemption",
	[9]   = "preemption, circuit reserved for reuse",
	[14]  = "query on release",
	[16]  = "normal call clearing",
	[17]  = "user busy",
	[18]  = "no user responding",
	[19]  = "no answer from user",
	[20]  = "subscriber absent",
	[21]  = "call rejected",
	[22]  = "number changed",
	[23]  = "redirection to new destination",
	[24]  = "call rejected due to feature at the destination",
	[25]  = "exchange routing error",
	[26]  = "non-selected user clearing",
	[27]  = "destination out of order",
	[28]  = "invalid number format",
	[29]  = "facility rejected",
	[30]  = "response to status enquiry",
	[31]  = "normal, unspecified",
	[34]  = "no circuit/channel available",
	[38]  = "network out of order",
	[39]  = "permanent frame mode connection out of service",
	[40]  = "permanent frame mode connection operational",
	[41]  = "temporary failure",
	[42]  = "switching equipment congestion",
	[43]  = "access information discarded",
	[44]  = "requested circuit/channel not available",
	[46]  = "precedence call blocked",
	[47]  = "resource unavailable, unspecified",
	[49]  = "quality of service unavailable",
	[50]  = "requested facility not subscribed",
	[53]  = "outgoing calls barred within CUG",
	[55]  = "incoming calls barred within CUG",
	[57]  = "bearer capability not authorized",
	[58]  = "bearer capability not presently available",
	[62]  = "inconsistency in outgoing access information and class",
	[63]  = "service or option not available, unspecified",
	[65]  = "bearer capability not implemented",
	[66]  = "channel type not implemented",
	[69]  = "requested facility not implemented",
	[70]  = "only restricted digital information bearer available",
	[79]  = "service or option not implemented, unspecified",
	[81]  = "invalid call reference value",
	[82]  = "identified channel does not exist",
	[83]  = "a suspended call exists, but this call identity does not",
	[84]  = "call identity in use",
	[85]  = "no call suspended",
	[86]  = "call having the requested call identity has been cleared",
	[87]  = "user not member of CUG",
	[88]  = "incompatible destination",
	[90]  = "non-existent CUG",
	[91]  = "invalid transit network selection",
	[95]  = "invalid message, unspecified",
	[96]  = "mandatory information element is missing",
	[97]  = "message type non-existent or not implemented",
	[98]  = "message not compatible with call state",
	[99]  = "information element non-existent or not implemented",
	[100] = "invalid information element contents",
	[101] = "message not compatible with call state, unspecified",
	[102] = "recovery on timer expiry",
	[103] = "parameter non-existent or not implemented, passed on",
	[110] = "message with unrecognized parameter, discarded",
	[111] = "protocol error, unspecified",
	[127] = "interworking, unspecified",
};

static const char *const location_names[16] = {
	[LOCATION_USER]                = "user",
	[LOCATION_PRIVATE_LOCAL]       = "private network, local user",
	[LOCATION_PUBLIC_LOCAL]        = "public network, local user",
	[LOCATION_TRANSIT]             = "transit network",
	[LOCATION_PUBLIC_REMOTE]       = "public network, remote user",
	[LOCATION_PRIVATE_REMOTE]      = "private network, remote user",
	[LOCATION_INTERNATIONAL]       = "international network",
	[LOCATION_BEYOND_INTERWORKING] = "network beyond interworking point",
};
static const char *const tone_names[] = {
	[DATA_TONE_NONE]     = "none",
	[DATA_TONE_ANS]      = "answer tone of a fax or modem",
	[DATA_TONE_ANS_PR]   = "answer tone of a modem (ANS/PR)",
	[DATA_TONE_ANSAM]    = "answer tone of a V.8 fax or modem (ANSam)",
	[DATA_TONE_ANSAM_PR] = "answer tone of a V.8 fax or modem (ANSam/PR)",
	[DATA_TONE_FLAGS]    = "V.21 flags of a fax",
};
/* clang-format on */
static_assert(ARRAY_LEN(tone_names) == DATA_TONES, "a tone has no name");

static const char *name_of(const char *const *names, size_t n, unsigned value)
{
	return value < n && names[value] != NULL ? names[value] : "unspecified";
}

const char *q850_cause_name(unsigned value)
{
	return name_of(cause_names, ARRAY_LEN(cause_names), value);
}

const char *q850_location_name(unsigned value)
{
	return name_of(location_names, ARRAY_LEN(location_names), value);
}

const char *data_tone_name(enum data_tone tone)
{
	return name_of(tone_names, ARRAY_LEN(tone_names), tone);
}
