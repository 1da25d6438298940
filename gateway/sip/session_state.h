/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_SIP_SESSION_STATE_H
#define GATEWAY_SIP_SESSION_STATE_H

/*
 * States and events of a session's two machines: the call, and changes in it.
 */

enum ua_state {
	UA_IDLE,
	UA_INVITING,   /* INVITE sent, nothing heard */
	UA_PROCEEDING, /* 100 heard */
	UA_EARLY,      /* 18x heard */
	UA_WANTING,    /* 484 heard, the number may grow */
	UA_CANCELLING, /* CANCEL asked, a final response to come */
	UA_DIALLING,   /* INVITE heard, its number may grow */
	UA_OFFERED,    /* INVITE heard */
	UA_RINGING,    /* 18x sent */
	UA_ANSWERED,   /* 2xx sent, ACK to come */
	UA_HANGING,    /* the same, and BYE to be sent after it */
	UA_CONFIRMED,
	UA_ENDING, /* BYE sent */
	UA_OVER,
	UA_STATES
};

enum session_event {
	HEARD_INVITE,
	HEARD_DIGITS, /* the same, but its number may grow */
	HEARD_TRYING,
	HEARD_RINGING,
	HEARD_OK,
	HEARD_REFUSAL,
	HEARD_MORE,    /* 484, and the number may grow */
	HEARD_NOTHING, /* no response, or the transport failed */
	HEARD_CANCEL,
	HEARD_ACK,
	HEARD_BYE,
	HEARD_BYE_DONE, /* ours was answered, or never will be */
	HEARD_LOST,     /* our response could not be sent */
	ASKED_PLACE,
	ASKED_RING,
	ASKED_ANSWER,
	ASKED_DIGITS,   /* more of the number */
	ASKED_COMPLETE, /* that was all of it */
	ASKED_END,      /* from above, or we found a reason ourselves */
	TIMED_OUT,
	SESSION_EVENTS
};

enum refresh_state {
	REFRESH_IDLE,
	REFRESH_OFFERING, /* our re-INVITE is out */
	REFRESH_BACKOFF,  /* it met theirs: 491 */
	REFRESH_ANSWERED, /* theirs was answered, ACK to come */
	REFRESH_STATES
};

enum refresh_event {
	REFRESH_ASKED,   /* from above: offer */
	REFRESH_OK,      /* ours was taken */
	REFRESH_GLARE,   /* ours met theirs */
	REFRESH_REFUSED, /* ours was refused */
	REFRESH_TAKEN,   /* we took theirs */
	REFRESH_ACK,     /* and they know */
	REFRESH_TIMEOUT,
	REFRESH_EVENTS
};

#endif
