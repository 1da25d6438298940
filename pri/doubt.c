/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Is `isdn switch-type` that of the far end? Layer 2 is the same for all, so a
 * wrong one comes up, and then calls fail in ways that name other things. Two
 * kinds of evidence are gathered: what the far end says that no switch of the
 * configured type says, and that it refuses all we say for its form.
 *
 * It is a doubt and no verdict: nothing but a sentence follows from it. Layer 2
 * set up anew begins without one.
 */
#include "pri/element.h"
#include "pri/private.h"

enum {
	ELEMENT_FACILITY = 0x1c,
	/* octet 3 of Facility: EN 300 196-1 11.2.1.1 and ECMA-165 9.3 */
	PROFILE_ROSE = 0x91,
	PROFILE_NETWORK = 0x9f,
	COMPONENT_INVOKE = 0xa1,
	NETWORK_EXTENSION = 0xaa, /* ECMA-165 11.3.3.1: NFE */
	SERVICE_T1 = 0x03,        /* protocol discriminators of SERVICE */
	SERVICE_T1_OTHER = 0x43,
	REFUSED_MOST = 3, /* in a row, and nothing was taken between */
};

static bool is_north_american(const struct isdn_link *link)
{
	return link->variant->service;
}

/* --- what was heard --- */

static void hear_element(struct isdn_doubt *doubt, struct bytes e,
                         const struct isdn_message *m)
{
	if (e.at[0] == ELEMENT_SENDING_COMPLETE && m->type == MSG_SETUP)
		doubt->complete = true;
	if (e.at[0] != ELEMENT_FACILITY || e.len < 4)
		return;
	if (e.at[2] == PROFILE_ROSE && e.at[3] == COMPONENT_INVOKE)
		doubt->rose = true;
	if (e.at[2] == PROFILE_NETWORK && e.at[3] == NETWORK_EXTENSION)
		doubt->qsig = true;
}

static void hear_elements(struct isdn_doubt *doubt,
                          const struct isdn_message *m)
{
	struct bytes left = m->body, e;

	while (element_take(&left, &e)) {
		if ((e.at[0] & SHIFT_MASK) == SHIFT_LOCKING)
			return;
		if ((e.at[0] & SHIFT_MASK) == SHIFT_ONCE) {
			if (!element_take(&left, &e))
				return;
			continue;
		}
		hear_element(doubt, e, m);
	}
}

/* Q.850: what is said of a message, not of a call. */
static bool is_about_form(enum q850_cause cause)
{
	return cause >= Q850_MANDATORY_MISSING && cause <= Q850_WRONG_STATE;
}

/* Of a call of ours: was it taken, or refused for its form? */
static void hear_answer(struct isdn_doubt *doubt, const struct isdn_message *m,
                        const struct cause *cause)
{
	switch (m->type) {
	case MSG_CALL_PROCEEDING:
	case MSG_SETUP_ACKNOWLEDGE:
	case MSG_ALERTING:
	case MSG_PROGRESS:
	case MSG_CONNECT:
		doubt->refused = 0;
		doubt->answered = m->callref;
		break;
	case MSG_RELEASE_COMPLETE:
	case MSG_RELEASE:
	case MSG_DISCONNECT:
	case MSG_STATUS:
		if (doubt->answered == m->callref ||
		    doubt->counted == m->callref)
			break;
		doubt->counted = m->callref;
		doubt->refused =
			is_about_form(cause->value) ? doubt->refused + 1 : 0;
		break;
	default:
		break;
	}
}

void isdn_doubt_hear(struct isdn_link *link, const struct isdn_message *m)
{
	struct isdn_doubt *doubt = &link->doubt;

	if (m->discriminator == SERVICE_T1 ||
	    m->discriminator == SERVICE_T1_OTHER)
		doubt->service = true;
	if (m->discriminator != DISCRIMINATOR_Q931)
		return;
	if (m->callref_len == 1)
		doubt->short_callref = true;
	hear_elements(doubt, m);
	if (m->callref != CALLREF_DUMMY && (m->callref & 0x8000) != 0)
		hear_answer(doubt, m, &link->seen.cause);
}

/* --- what follows --- */

static bool is_other_region(const struct isdn_link *link)
{
	return !is_north_american(link) && link->doubt.service;
}

static bool is_european(const struct isdn_link *link)
{
	return is_north_american(link) && link->doubt.complete;
}

static bool is_qsig(const struct isdn_link *link)
{
	return link->conf.switch_type == SWITCH_NET5 && link->doubt.qsig;
}

static bool is_no_qsig(const struct isdn_link *link)
{
	return link->conf.switch_type == SWITCH_QSIG && link->doubt.rose &&
	       !link->doubt.qsig;
}

static bool is_basic_rate(const struct isdn_link *link)
{
	return link->doubt.short_callref;
}

static bool refuses_all(const struct isdn_link *link)
{
	return link->doubt.refused >= REFUSED_MOST;
}

static const struct {
	bool (*holds)(const struct isdn_link *link);
	const char *sentence;
} rows[] = {
	/* clang-format off */
	{ is_other_region,
	  "the far end says SERVICE, which only primary-ni, -5ess, -4ess and "
	  "-dms100 do: is 'isdn switch-type' right?" },
	{ is_european,
	  "the far end says Sending Complete, which only primary-net5 and -qsig "
	  "do: is 'isdn switch-type' right?" },
	{ is_qsig,
	  "the far end speaks QSIG: 'isdn switch-type primary-qsig'?" },
	{ is_no_qsig,
	  "the far end speaks EuroISDN, not QSIG: 'isdn switch-type "
	  "primary-net5'?" },
	{ is_basic_rate,
	  "the far end's call references are short, as on a basic access: is it "
	  "set to primary rate?" },
	{ refuses_all,
	  "the far end refuses every call for the form of its messages: is "
	  "'isdn switch-type' that of the far end?" },
	/* clang-format on */
};

const char *isdn_doubt_of(const struct isdn_link *link)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].holds(link))
			return rows[i].sentence;
	return NULL;
}
