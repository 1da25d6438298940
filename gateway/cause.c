/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Two tables, because the two directions are not each other's inverse: many
 * causes share a status and many statuses a cause. The rows are RFC 3398's.
 * Where it gives none, its general rule is kept (500, interworking) unless
 * that would lose a caller's next choice: a channel or a service that is
 * unavailable for the moment (43, 44, 49, 50, 63) says 503, so that a proxy
 * tries elsewhere; no status of the 6xx class is made from a cause but 603 for
 * a rejection by the called user, since a 6xx ends every search.
 */

#include "gateway/cause.h"

/* clang-format off */

/* RFC 3398 7.2.4.1 */
static const struct cause_row to_status[] = {
	{ Q850_UNALLOCATED,              404 },
	{ Q850_NO_ROUTE_TRANSIT,         404 },
	{ Q850_NO_ROUTE_DESTINATION,     404 },
	{ Q850_NORMAL_CLEARING,          480 }, /* a final answer is due */
	{ Q850_USER_BUSY,                486 },
	{ Q850_NO_USER_RESPONDING,       408 },
	{ Q850_NO_ANSWER,                480 },
	{ Q850_SUBSCRIBER_ABSENT,        480 },
	{ Q850_CALL_REJECTED,            403 }, /* 603 from the user */
	{ Q850_NUMBER_CHANGED,           410 },
	{ Q850_REDIRECTION,              410 },
	{ Q850_NON_SELECTED_USER,        404 },
	{ Q850_DESTINATION_OUT_OF_ORDER, 502 },
	{ Q850_INVALID_NUMBER,           484 },
	{ Q850_FACILITY_REJECTED,        501 },
	{ Q850_NORMAL_UNSPECIFIED,       480 },
	{ Q850_NO_CIRCUIT,               503 },
	{ Q850_NETWORK_OUT_OF_ORDER,     503 },
	{ Q850_TEMPORARY_FAILURE,        503 },
	{ Q850_SWITCH_CONGESTION,        503 },
	{ Q850_ACCESS_INFO_DISCARDED,    503 }, /* ours */
	{ Q850_CHANNEL_NOT_AVAILABLE,    503 }, /* ours */
	{ Q850_RESOURCE_UNAVAILABLE,     503 },
	{ Q850_QOS_UNAVAILABLE,          503 }, /* ours */
	{ Q850_FACILITY_NOT_SUBSCRIBED,  503 }, /* ours */
	{ Q850_CUG_INCOMING_BARRED,      403 },
	{ Q850_BEARER_NOT_AUTHORIZED,    403 },
	{ Q850_BEARER_NOT_AVAILABLE,     503 },
	{ Q850_SERVICE_NOT_AVAILABLE,    503 }, /* ours */
	{ Q850_BEARER_NOT_IMPLEMENTED,   488 },
	{ Q850_RESTRICTED_DIGITAL_ONLY,  488 },
	{ Q850_SERVICE_NOT_IMPLEMENTED,  501 },
	{ Q850_USER_NOT_MEMBER_OF_CUG,   403 },
	{ Q850_INCOMPATIBLE_DESTINATION, 503 },
	{ Q850_TIMER_EXPIRY,             504 },
	{ Q850_PROTOCOL_ERROR,           500 },
	{ Q850_INTERWORKING,             500 },
};

/* RFC 3398 8.2.6.1 (and 7.2.6.1) */
static const struct cause_row from_status[] = {
	{ Q850_TEMPORARY_FAILURE,       400 },
	{ Q850_CALL_REJECTED,           401 },
	{ Q850_CALL_REJECTED,           402 },
	{ Q850_CALL_REJECTED,           403 },
	{ Q850_UNALLOCATED,             404 },
	{ Q850_SERVICE_NOT_AVAILABLE,   405 },
	{ Q850_SERVICE_NOT_IMPLEMENTED, 406 },
	{ Q850_CALL_REJECTED,           407 },
	{ Q850_TIMER_EXPIRY,            408 },
	{ Q850_TEMPORARY_FAILURE,       409 },
	{ Q850_NUMBER_CHANGED,          410 },
	{ Q850_INTERWORKING,            411 },
	{ Q850_INTERWORKING,            413 },
	{ Q850_INTERWORKING,            414 },
	{ Q850_SERVICE_NOT_IMPLEMENTED, 415 },
	{ Q850_INTERWORKING,            416 },
	{ Q850_INTERWORKING,            420 },
	{ Q850_INTERWORKING,            421 },
	{ Q850_NORMAL_UNSPECIFIED,      422 }, /* ours */
	{ Q850_INTERWORKING,            423 },
	{ Q850_NO_USER_RESPONDING,      480 },
	{ Q850_TEMPORARY_FAILURE,       481 },
	{ Q850_EXCHANGE_ROUTING_ERROR,  482 },
	{ Q850_EXCHANGE_ROUTING_ERROR,  483 },
	{ Q850_INVALID_NUMBER,          484 },
	{ Q850_UNALLOCATED,             485 },
	{ Q850_USER_BUSY,               486 },
	{ Q850_NORMAL_UNSPECIFIED,      487 }, /* only when we did not CANCEL */
	{ Q850_NORMAL_UNSPECIFIED,      489 }, /* ours */
	{ Q850_NORMAL_UNSPECIFIED,      491 }, /* ours */
	{ Q850_TEMPORARY_FAILURE,       500 },
	{ Q850_SERVICE_NOT_IMPLEMENTED, 501 },
	{ Q850_NETWORK_OUT_OF_ORDER,    502 },
	{ Q850_TEMPORARY_FAILURE,       503 },
	{ Q850_TIMER_EXPIRY,            504 },
	{ Q850_INTERWORKING,            505 },
	{ Q850_INTERWORKING,            513 },
	{ Q850_RESOURCE_UNAVAILABLE,    580 }, /* ours */
	{ Q850_USER_BUSY,               600 },
	{ Q850_CALL_REJECTED,           603 },
	{ Q850_UNALLOCATED,             604 },
};

/* RFC 3398 8.2.6.1: 488 and 606 say more in their Warning (RFC 3261 20.43). */
static const struct {
	uint16_t warning, cause;
} from_warning[] = {
	{ 304, Q850_BEARER_NOT_IMPLEMENTED },
	{ 305, Q850_BEARER_NOT_IMPLEMENTED },
	{ 306, Q850_BEARER_NOT_IMPLEMENTED },
	{ 307, Q850_BEARER_NOT_IMPLEMENTED },
	{ 370, Q850_RESOURCE_UNAVAILABLE },
	{ 300, Q850_INTERWORKING },
	{ 301, Q850_INTERWORKING },
	{ 302, Q850_INTERWORKING },
	{ 303, Q850_INTERWORKING },
	{ 330, Q850_INTERWORKING },
};
/* clang-format on */

unsigned cause_to_status(struct cause cause)
{
	if (cause.value == Q850_CALL_REJECTED &&
	    cause.location == LOCATION_USER)
		return 603;
	for (size_t i = 0; i < ARRAY_LEN(to_status); i++)
		if (to_status[i].cause == cause.value)
			return to_status[i].status;
	return 500;
}

static enum q850_cause warned(unsigned warning)
{
	for (size_t i = 0; i < ARRAY_LEN(from_warning); i++)
		if (from_warning[i].warning == warning)
			return (enum q850_cause)from_warning[i].cause;
	return Q850_INCOMPATIBLE_DESTINATION;
}

/* A status without a row is treated as the x00 of its class: RFC 3261
 * 8.1.3.2. 6xx has no row for x00 that would be kinder than busy. */
enum q850_cause cause_from_status(unsigned status, unsigned warning)
{
	if (status == 488 || status == 606)
		return warned(warning);
	for (size_t i = 0; i < ARRAY_LEN(from_status); i++)
		if (from_status[i].status == status)
			return from_status[i].cause;
	if (status >= 300 && status < 400)
		return Q850_REDIRECTION;
	if (status >= 400 && status < 600)
		return Q850_TEMPORARY_FAILURE;
	return status >= 600 && status < 700 ? Q850_USER_BUSY
	                                     : Q850_INTERWORKING;
}

const struct cause_row *cause_rows_to_status(size_t *n)
{
	*n = ARRAY_LEN(to_status);
	return to_status;
}

const struct cause_row *cause_rows_from_status(size_t *n)
{
	*n = ARRAY_LEN(from_status);
	return from_status;
}
