/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * A message itself says little of what an operator asks by: a RELEASE has no
 * number in it, a BYE names no span. So a message is first asked whose call it
 * is, and then that call is looked at: both its ends, both its numbers. Only a
 * message that is nobody's yet (the SETUP or INVITE a call begins with) or no
 * call's at all (OPTIONS) is judged by what stands in it and where it crossed.
 */

#include "gateway/debug_filter.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/call.h"
#include "gateway/gateway.h"
#include "gateway/trunk.h"
#include "kernel/text.h"

static const struct {
	const char *word;
	enum debug_about about;
} words_of[] = {
	{ "span", ABOUT_SPAN },
	{ "peer", ABOUT_PEER },
	{ "number", ABOUT_NUMBER },
	{ "call", ABOUT_CALL },
};

static struct trunk *span_of(const struct gateway *gateway, const char *name)
{
	LIST_EACH(&gateway->trunks, struct trunk, trunk, list)
	if (strcmp(trunk->name, name) == 0)
		return trunk;
	return NULL;
}

static int check(const struct gateway *gateway, struct debug_filter *f)
{
	uint64_t number;

	if (f->about == ABOUT_SPAN)
		return span_of(gateway, f->text) != NULL ? 0 : -EINVAL;
	if (f->about == ABOUT_PEER)
		return conf_find(gateway->conf, &options_peer_section,
		                 f->text) != NULL
		               ? 0
		               : -EINVAL;
	if (f->about != ABOUT_CALL)
		return 0;
	if (text_number(f->text, 1, UINT32_MAX, &number) < 0)
		return -EINVAL;
	f->call = (uint32_t)number;
	return 0;
}

int debug_filter_parse(const struct gateway *gateway, const char *words,
                       struct debug_filter *out)
{
	const char *rest = strchr(words, ' ');
	size_t first = rest != NULL ? (size_t)(rest - words) : 0;

	memset(out, 0, sizeof(*out));
	if (words[0] == '\0')
		return 0;
	out->about = span_of(gateway, words) != NULL ? ABOUT_SPAN : ABOUT_TEXT;
	for (size_t i = 0; i < ARRAY_LEN(words_of); i++)
		if (strlen(words_of[i].word) == first &&
		    strncmp(words, words_of[i].word, first) == 0) {
			out->about = words_of[i].about;
			words = rest + strspn(rest, " ");
			break;
		}
	if (text_copy(out->text, sizeof(out->text), words) < 0)
		return -EINVAL;
	return check(gateway, out);
}

void debug_filter_print(const struct debug_filter *filter, char *to,
                        size_t size)
{
	const char *word = "lines with";

	for (size_t i = 0; i < ARRAY_LEN(words_of); i++)
		if (words_of[i].about == filter->about)
			word = words_of[i].word;
	if (filter->about == ABOUT_ALL)
		to[0] = '\0';
	else
		(void)snprintf(to, size, " for %s %s", word, filter->text);
}

static const struct call *call_of(const struct gateway *gateway,
                                  uint32_t number)
{
	LIST_EACH(&gateway->calls, struct call, call, list)
	if (number != 0 && call->number == number)
		return call;
	return NULL;
}

/* A leg that has ended still says where it was; its span may be gone. */
static bool has_span(const struct call *call, const struct trunk *span)
{
	for (size_t i = 0; call != NULL && i < ARRAY_LEN(call->leg); i++) {
		const struct leg *leg = &call->leg[i];

		if (leg->ops != NULL && leg->kind == PEER_POTS &&
		    leg->isdn.trunk == span)
			return true;
	}
	return false;
}

static bool has_peer(const struct call *call, const char *name)
{
	for (size_t i = 0; call != NULL && i < ARRAY_LEN(call->leg); i++) {
		const struct leg *leg = &call->leg[i];

		if (leg->ops != NULL && leg->kind == PEER_VOIP &&
		    strcmp(leg->sip.peer, name) == 0)
			return true;
	}
	return false;
}

static bool has_number(const struct call *call, const char *digits)
{
	return call != NULL &&
	       (strstr(call->setup.calling.number.digits, digits) != NULL ||
	        strstr(call->setup.called.number.digits, digits) != NULL ||
	        strstr(call->out.called.number.digits, digits) != NULL);
}

/* An address of the peer's, as its section or DNS says. */
static bool is_peers(const struct gateway *gateway, const char *peer,
                     const char *address)
{
	struct sip_peer_status status;
	char host[ADDR_TEXT];

	if (address == NULL ||
	    sip_peer_status(gateway->sip, peer, &status) < 0 ||
	    status.ntargets == 0)
		return false;
	addr_print_host(&status.target, host, sizeof(host));
	return strstr(address, host) != NULL;
}

bool debug_filter_passes(const struct gateway *gateway,
                         const struct debug_filter *f,
                         const struct debug_subject *s)
{
	const struct call *call = call_of(gateway, s->call);
	bool said = s->text != NULL && strstr(s->text, f->text) != NULL;

	switch (f->about) {
	case ABOUT_ALL:
		return true;
	case ABOUT_SPAN:
		return (s->span != NULL && strcmp(s->span, f->text) == 0) ||
		       has_span(call, span_of(gateway, f->text));
	case ABOUT_PEER:
		return has_peer(call, f->text) ||
		       (call == NULL && is_peers(gateway, f->text, s->address));
	case ABOUT_NUMBER:
		return said || has_number(call, f->text);
	case ABOUT_CALL:
		return s->call == f->call;
	case ABOUT_TEXT:
		return said;
	}
	return false;
}
