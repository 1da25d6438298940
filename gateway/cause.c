/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Two tables, because the two directions are not each other's inverse: many
 * causes share a status and many statuses a cause. A column is a profile, so
 * that what one gateway does otherwise than another is seen in its line.
 *
 * The first column is RFC 3398's. Where it gives no row, its general rule is
 * kept (500, interworking) unless that would lose a caller's next choice: a
 * channel or a service that is unavailable for the moment (43, 44, 49, 50, 63)
 * says 503, so that a proxy tries elsewhere; no status of the 6xx class is made
 * from a cause but 603 for a rejection by the called user, since a 6xx ends
 * every search. The columns of makers' gateways are those of their manuals,
 * for who replaces one and has a network that was tuned to it; where a manual
 * says nothing the first column stands.
 */

#include "gateway/cause.h"

/* clang-format off */

/* RFC 3398 8.2.6.1 and 7.2.4.1; RFC 4497 8.4.1 */
static const struct {
	uint8_t cause;
	uint16_t status[CAUSE_PROFILES];
} to_status[] = {
	/*    rfc3398 cisco audiocodes rfc4497 */
	{   1, { 404, 404, 404, 404 } }, /* unallocated number */
	{   2, { 404, 404, 404, 404 } },
	{   3, { 404, 404, 404, 404 } }, /* no route to destination */
	{   4, { 500, 500, 400, 500 } },
	{   5, { 500, 500, 400, 500 } },
	{   6, { 500, 500, 406, 500 } },
	{   7, { 500, 500, 500, 500 } },
	{   8, { 500, 500, 480, 500 } },
	{   9, { 500, 500, 488, 500 } },
	{  16, { 480, 480, 480, 480 } }, /* a final answer is due */
	{  17, { 486, 486, 486, 486 } }, /* user busy */
	{  18, { 408, 480, 408, 408 } },
	{  19, { 480, 480, 480, 480 } },
	{  20, { 480, 480, 480, 480 } },
	{  21, { 403, 403, 403, 403 } }, /* by RFCs 603 from the user */
	{  22, { 410, 410, 410, 410 } },
	{  23, { 410, 500, 400, 410 } },
	{  25, { 500, 500, 400, 483 } }, /* exchange routing error */
	{  26, { 404, 404, 404, 500 } },
	{  27, { 502, 404, 502, 502 } }, /* destination out of order */
	{  28, { 484, 484, 484, 484 } },
	{  29, { 501, 501, 501, 501 } },
	{  30, { 500, 500, 501, 500 } },
	{  31, { 480, 404, 480, 480 } }, /* normal, unspecified */
	{  34, { 503, 503, 503, 503 } }, /* no circuit */
	{  38, { 503, 503, 503, 503 } },
	{  41, { 503, 503, 503, 503 } }, /* temporary failure */
	{  42, { 503, 503, 503, 503 } },
	{  43, { 503, 500, 502, 500 } }, /* first column: ours */
	{  44, { 503, 500, 503, 503 } }, /* ours */
	{  47, { 503, 503, 503, 503 } },
	{  49, { 503, 500, 503, 500 } }, /* ours */
	{  50, { 503, 500, 503, 500 } }, /* ours */
	{  55, { 403, 403, 403, 403 } },
	{  57, { 403, 403, 403, 403 } },
	{  58, { 503, 501, 503, 503 } },
	{  63, { 503, 500, 503, 503 } }, /* ours */
	{  65, { 488, 501, 501, 488 } }, /* bearer not implemented */
	{  66, { 500, 500, 480, 500 } },
	{  69, { 500, 500, 503, 501 } },
	{  70, { 488, 500, 503, 488 } },
	{  79, { 501, 501, 501, 501 } },
	{  81, { 500, 500, 502, 500 } },
	{  82, { 500, 500, 502, 500 } },
	{  83, { 500, 500, 503, 500 } },
	{  84, { 500, 500, 503, 500 } },
	{  85, { 500, 500, 503, 500 } },
	{  86, { 500, 500, 408, 500 } },
	{  87, { 403, 503, 503, 403 } },
	{  88, { 503, 400, 503, 503 } }, /* incompatible destination */
	{  91, { 500, 500, 502, 500 } },
	{  95, { 500, 400, 503, 500 } },
	{  96, { 500, 500, 409, 500 } },
	{  97, { 500, 500, 480, 500 } },
	{  98, { 500, 500, 409, 500 } },
	{  99, { 500, 500, 480, 500 } },
	{ 100, { 500, 500, 501, 500 } },
	{ 101, { 500, 500, 503, 500 } },
	{ 102, { 504, 408, 408, 504 } }, /* recovery on timer expiry */
	{ 111, { 500, 400, 500, 500 } },
	{ 127, { 500, 500, 500, 500 } }, /* interworking */
};

/* RFC 3398 7.2.6.1; RFC 4497 8.4.4. 0: as the Warning header says. */
static const struct {
	uint16_t status;
	uint8_t cause[CAUSE_PROFILES];
} from_status[] = {
	/*   rfc3398 cisco audiocodes rfc4497 */
	{ 400, {  41, 127,  31,  41 } },
	{ 401, {  21,  57,  21,  21 } },
	{ 402, {  21,  21,  21,  21 } },
	{ 403, {  21,  57,  21,  21 } },
	{ 404, {   1,   1,   1,   1 } },
	{ 405, {  63, 127,  63,  63 } },
	{ 406, {  79, 127,  79,  79 } },
	{ 407, {  21,  21,  21,  21 } },
	{ 408, { 102, 102, 102, 102 } },
	{ 409, {  41,  41,  41,  31 } },
	{ 410, {  22,   1,  22,  22 } },
	{ 411, { 127, 127, 127,  31 } },
	{ 413, { 127, 127, 127, 127 } },
	{ 414, { 127, 127, 127, 127 } },
	{ 415, {  79,  79,  79,  79 } },
	{ 416, { 127, 127, 127, 127 } },
	{ 420, { 127, 127, 127, 127 } },
	{ 421, { 127, 127, 127, 127 } },
	{ 422, {  31,  31,  31,  31 } },
	{ 423, { 127, 127, 127, 127 } },
	{ 480, {  18,  18,  18,  18 } },
	{ 481, {  41, 127, 127,  41 } },
	{ 482, {  25, 127, 127,  25 } },
	{ 483, {  25, 127, 127,  25 } },
	{ 484, {  28,  28,  28,  28 } },
	{ 485, {   1,   1,   1,   3 } },
	{ 486, {  17,  17,  17,  17 } },
	{ 487, {  31, 127,  31,  31 } }, /* only when we did not CANCEL */
	{ 488, {   0, 127,  31,   0 } },
	{ 489, {  31,  31,  31,  31 } },
	{ 491, {  31,  31,  31,  31 } },
	{ 500, {  41,  41,  41,  41 } },
	{ 501, {  79,  79,  38,  79 } },
	{ 502, {  38,  38,  38,  38 } },
	{ 503, {  41,  63,  41,  41 } },
	{ 504, { 102, 102, 102, 102 } },
	{ 505, { 127, 127, 127, 127 } },
	{ 513, { 127, 127, 127, 127 } },
	{ 580, {  47,  47,  47,  31 } },
	{ 600, {  17,  17,  17,  17 } },
	{ 603, {  21,  21,  21,  21 } },
	{ 604, {   1,   1,   1,   3 } },
	{ 606, {   0,  58,   0,   0 } },
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

static const struct {
	const char *name;
	bool user_rejects; /* 21 from the user itself is 603 */
} profiles[CAUSE_PROFILES] = {
	[CAUSES_RFC3398]    = { "rfc3398",    true  },
	[CAUSES_CISCO]      = { "cisco",      false },
	[CAUSES_AUDIOCODES] = { "audiocodes", false },
	[CAUSES_RFC4497]    = { "rfc4497",    true  },
};
/* clang-format on */

const char *cause_profile_name(enum cause_profile profile)
{
	return profiles[profile].name;
}

static unsigned rule_status(const struct cause_rules *rules,
                            enum q850_cause cause)
{
	for (unsigned i = 0; rules != NULL && i < rules->n; i++)
		if (rules->row[i].cause == cause)
			return rules->row[i].status;
	return 0;
}

static enum q850_cause rule_cause(const struct cause_rules *rules,
                                  unsigned status)
{
	for (unsigned i = 0; rules != NULL && i < rules->n; i++)
		if (rules->row[i].status == status)
			return rules->row[i].cause;
	return Q850_NONE;
}

unsigned cause_to_status(const struct cause_map *map, struct cause cause)
{
	unsigned status = rule_status(map->peer, cause.value);

	if (status == 0)
		status = rule_status(map->span, cause.value);
	if (status != 0)
		return status;
	if (cause.value == Q850_CALL_REJECTED &&
	    cause.location == LOCATION_USER &&
	    profiles[map->profile].user_rejects)
		return 603;
	for (size_t i = 0; i < ARRAY_LEN(to_status); i++)
		if (to_status[i].cause == cause.value)
			return to_status[i].status[map->profile];
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
static enum q850_cause cause_of_class(enum cause_profile profile,
                                      unsigned status)
{
	unsigned x00 = status / 100 * 100;

	if (x00 == 300)
		return Q850_REDIRECTION;
	for (size_t i = 0; i < ARRAY_LEN(from_status); i++)
		if (from_status[i].status == x00)
			return (enum q850_cause)from_status[i].cause[profile];
	return Q850_INTERWORKING;
}

enum q850_cause cause_from_status(const struct cause_map *map, unsigned status,
                                  unsigned warning)
{
	enum q850_cause cause = rule_cause(map->peer, status);

	if (cause == Q850_NONE)
		cause = rule_cause(map->span, status);
	if (cause != Q850_NONE)
		return cause;
	/* older gateways refuse a codec so, as we do by codec-mismatch 400 */
	if (status == 400 && (warning == 304 || warning == 305))
		return warned(warning);
	for (size_t i = 0; i < ARRAY_LEN(from_status); i++) {
		if (from_status[i].status != status)
			continue;
		cause = (enum q850_cause)from_status[i].cause[map->profile];
		return cause == Q850_NONE ? warned(warning) : cause;
	}
	return cause_of_class(map->profile, status);
}

bool cause_look_to_status(enum cause_profile profile, size_t i,
                          struct cause_look *out)
{
	if (i >= ARRAY_LEN(to_status))
		return false;
	*out = (struct cause_look){
		.cause = (enum q850_cause)to_status[i].cause,
		.status = to_status[i].status[profile],
		.differs = to_status[i].status[profile] !=
		           to_status[i].status[CAUSES_RFC3398],
	};
	return true;
}

bool cause_look_from_status(enum cause_profile profile, size_t i,
                            struct cause_look *out)
{
	if (i >= ARRAY_LEN(from_status))
		return false;
	*out = (struct cause_look){
		.cause = (enum q850_cause)from_status[i].cause[profile],
		.status = from_status[i].status,
		.differs = from_status[i].cause[profile] !=
		           from_status[i].cause[CAUSES_RFC3398],
	};
	return true;
}
