/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Requests judged in the order of RFC 3261 8.2, and what every response
 * carries. What has a To tag belongs to a session or to nothing (481); what
 * has none begins something, and only an INVITE or OPTIONS of a peer may.
 */
#include "gateway/sip/body.h"
#include "gateway/sip/extension.h"
#include "gateway/sip/session.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char stack_allow[] =
	"INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, PRACK, REFER";

/* RFC 3261 8.2.1, 21.4.6, 21.5.2: methods we know and do not allow are 405,
 * ones nobody told us of are 501. */
static const struct {
	const char *method;
	bool allowed;
} methods[] = {
	/* clang-format off */
	{ "INVITE",    true  },
	{ "ACK",       true  },
	{ "CANCEL",    true  },
	{ "BYE",       true  },
	{ "OPTIONS",   true  },
	{ "INFO",      true  },
	{ "UPDATE",    true  },
	{ "PRACK",     true  },
	{ "REFER",     true  },
	{ "NOTIFY",    false },
	{ "SUBSCRIBE", false },
	{ "MESSAGE",   false },
	{ "PUBLISH",   false },
	{ "REGISTER",  false },
	/* clang-format on */
};
static_assert(ARRAY_LEN(methods) <= 16, "a counter in sip_counts for each");

const char *sip_method_name(unsigned index)
{
	return index < ARRAY_LEN(methods) ? methods[index].method : NULL;
}

static int put_contact(osip_message_t *m, const char *contact)
{
	if (contact == NULL)
		return 0;
	return osip_message_set_contact(m, contact) == 0 ? 0 : -ENOMEM;
}

static int put_number(osip_message_t *m, const char *name, unsigned value)
{
	char text[16];
	struct text out = TEXT(text);

	if (value == 0)
		return 0;
	text_add(&out, "%u", value);
	return message_set_header(m, name, text);
}

static int put_warning(osip_message_t *m, const struct stack_answer *a)
{
	char text[160];
	struct text out = TEXT(text);

	if (a->warning == 0)
		return 0;
	text_add(&out, "%u causeway \"%s\"", a->warning, a->warning_text);
	return message_set_header(m, "Warning", text);
}

static int put_body(osip_message_t *m, const char *body)
{
	if (body == NULL)
		return 0;
	return message_set_body(
		m, "application/sdp",
		(struct bytes){ (const uint8_t *)body, strlen(body) });
}

/* RFC 3262 3 and RFC 3261 21.4.16 */
static int put_reliable(osip_message_t *m, const struct stack_answer *a)
{
	int rc = put_number(m, "RSeq", a->rseq);

	if (rc == 0 && (a->rseq != 0 || a->status == 421))
		rc = message_set_header(m, "Require", "100rel");
	return rc;
}

static int fill(struct sip_stack *stack, osip_message_t *m,
                const osip_message_t *request, const struct stack_answer *a)
{
	unsigned retry = a->retry_after;
	int rc = put_contact(m, a->contact);

	if (a->status == 503 && retry == 0)
		retry = stack->conf.retry_after;
	if (rc == 0 && a->status >= 200 && stack->conf.user_agent[0] != '\0')
		rc = message_set_header(m, "Server", stack->conf.user_agent);
	if (rc == 0 && (a->status == 405 || a->status == 501 ||
	                (a->status >= 180 && a->status < 300 &&
	                 !message_is(request, "BYE"))))
		rc = message_set_header(m, "Allow", stack_allow);
	if (rc == 0)
		rc = put_number(m, "Retry-After", retry);
	if (rc == 0)
		rc = put_warning(m, a);
	if (rc == 0)
		rc = put_reliable(m, a);
	if (rc == 0)
		rc = put_number(m, "Min-SE", a->min_se);
	if (rc == 0 && a->reason != NULL && a->reason[0] != '\0')
		rc = message_set_header(m, "Reason", a->reason);
	if (rc == 0 && a->uui != NULL)
		rc = message_set_header(m, "User-to-User", a->uui);
	if (rc == 0)
		rc = put_body(m, a->body);
	return rc;
}

osip_message_t *stack_response(struct sip_stack *stack,
                               const osip_message_t *request,
                               const struct stack_answer *answer)
{
	osip_message_t *m =
		message_response(request, answer->status, NULL,
	                         answer->status == 100 ? NULL : answer->to_tag);

	if (m != NULL && fill(stack, m, request, answer) < 0)
		m = message_free(m);
	return m;
}

int stack_respond(struct sip_stack *stack, struct transaction *t,
                  const osip_message_t *request,
                  const struct stack_answer *answer)
{
	struct stack_answer a = *answer;
	char tag[17];
	osip_message_t *m;

	if (a.to_tag == NULL) {
		message_random(tag, sizeof(tag));
		a.to_tag = tag;
	}
	m = stack_response(stack, request, &a);
	return m == NULL ? -ENOMEM : transaction_respond(t, m);
}

static void refuse(struct sip_stack *stack, struct transaction *t,
                   const osip_message_t *request, unsigned status)
{
	(void)stack_respond(stack, t, request,
	                    &(struct stack_answer){ .status = status });
}

/* With one more header. */
static void answer_with(struct sip_stack *stack, struct transaction *t,
                        const osip_message_t *request,
                        const struct stack_answer *answer, const char *name,
                        const char *value)
{
	struct stack_answer a = *answer;
	char tag[17];
	osip_message_t *m;

	message_random(tag, sizeof(tag));
	a.to_tag = tag;
	m = stack_response(stack, request, &a);
	if (m != NULL && message_set_header(m, name, value) < 0)
		m = message_free(m);
	if (m != NULL)
		(void)transaction_respond(t, m);
}

/* --- judging --- */

static unsigned judge_method(const osip_message_t *request)
{
	for (size_t i = 0; i < ARRAY_LEN(methods); i++)
		if (message_is(request, methods[i].method))
			return methods[i].allowed ? 0 : 405;
	return 501;
}

/* RFC 3261 8.2.2.3: an extension we do not have, or not with this peer. True
 * when it has been refused. */
static bool refuse_require(struct sip_stack *stack, struct transaction *t,
                           const osip_message_t *request,
                           const struct sip_peer_conf *peer)
{
	char tags[256];
	struct text out = TEXT(tags);

	if (!extension_lacking(request, peer, &out))
		return false;
	answer_with(stack, t, request, &(struct stack_answer){ .status = 420 },
	            "Unsupported", tags);
	return true;
}

/* RFC 3261 8.2.3: a body we must understand and do not. */
static bool refuse_body(struct sip_stack *stack, struct transaction *t,
                        const osip_message_t *request)
{
	const osip_content_encoding_t *coding =
		osip_list_get(&request->content_encodings, 0);

	if (message_body(request).len == 0)
		return false;
	if (coding != NULL && coding->value != NULL &&
	    strcasecmp(coding->value, "identity") != 0) {
		answer_with(stack, t, request,
		            &(struct stack_answer){ .status = 415 },
		            "Accept-Encoding", "identity");
		return true;
	}
	if (body_is_sdp(request))
		return false;
	answer_with(stack, t, request, &(struct stack_answer){ .status = 415 },
	            "Accept", "application/sdp, multipart/mixed");
	return true;
}

/* RFC 3261 21.4.7, RFC 4475 3.3.15: the answer would be a description, which
 * who calls says he does not take. */
static bool refuse_accept(struct sip_stack *stack, struct transaction *t,
                          const osip_message_t *request)
{
	static const struct stack_answer answer = {
		.status = 406,
		.warning = 399,
		.warning_text = "Accept leaves out application/sdp",
	};
	const osip_accept_t *type;
	int n;

	for (n = 0; (type = osip_list_get(&request->accepts, n)) != NULL; n++)
		if (type->type == NULL || strcmp(type->type, "*") == 0 ||
		    (strcasecmp(type->type, "application") == 0 &&
		     type->subtype != NULL &&
		     (strcasecmp(type->subtype, "sdp") == 0 ||
		      strcmp(type->subtype, "*") == 0)))
			return false;
	if (n > 0)
		(void)stack_respond(stack, t, request, &answer);
	return n > 0;
}

static bool is_last_hop(const osip_message_t *request)
{
	const char *left = message_header(request, "Max-Forwards", 0);

	return left != NULL && strtoul(left, NULL, 10) == 0;
}

static void answer_invite(struct sip_stack *stack, struct transaction *t,
                          const osip_message_t *invite, const struct peer *peer)
{
	if (is_last_hop(invite))
		refuse(stack, t, invite, 483);
	else if (refuse_body(stack, t, invite) ||
	         refuse_accept(stack, t, invite))
		return;
	else if (challenge_passed(stack, t, invite, peer))
		(void)uas_invited(stack, t, invite, peer);
}

/* What we could do, as a description without a place: RFC 3264 9. */
static void describe_abilities(struct sip_stack *stack, struct transaction *t,
                               const struct peer *peer, char *to, size_t size)
{
	struct offer_local local = {
		.ncodecs = peer->conf.ncodecs,
		.ptime_ms = peer->conf.ptime_ms,
		.event_type = peer->conf.event_type,
		.send = true,
		.receive = true,
	};

	memcpy(local.codecs, peer->conf.codecs, sizeof(local.codecs));
	to[0] = '\0';
	if (transports_local(stack->transports, transaction_hop(t),
	                     &local.rtp) < 0)
		return;
	addr_set_port(&local.rtp, 0);
	if (offer_print(&local, NULL, (struct bytes){ 0 }, to, size) < 0)
		to[0] = '\0';
}

/* RFC 3261 11.2 */
static void tell_abilities(struct sip_stack *stack, struct transaction *t,
                           const osip_message_t *request,
                           const struct peer *peer, const char *body)
{
	struct stack_answer a = { .status = 200,
		                  .body = body[0] != '\0' ? body : NULL };
	char tag[17];
	osip_message_t *m;

	message_random(tag, sizeof(tag));
	a.to_tag = tag;
	m = stack_response(stack, request, &a);
	if (m != NULL &&
	    (message_set_header(m, "Accept",
	                        "application/sdp, multipart/mixed, "
	                        "application/dtmf-relay, application/dtmf") <
	             0 ||
	     message_set_header(m, "Accept-Encoding", "identity") < 0 ||
	     (peer != NULL && extension_put(m, &peer->conf) < 0)))
		m = message_free(m);
	if (m != NULL)
		(void)transaction_respond(t, m);
}

/* RFC 3261 11.2: as an INVITE would be answered. An INVITE itself is not asked
 * about here: it may be an emergency call, which only the dial plan knows. */
void stack_options(struct sip_stack *stack, struct transaction *t,
                   const osip_message_t *request)
{
	struct sip_session *s = session_find(stack, request);
	const struct peer *peer =
		peers_at(stack->peers, &transaction_hop(t)->remote);
	unsigned status = stack->handler->available == NULL || s != NULL
	                          ? 0
	                          : stack->handler->available(stack->self);
	char body[OFFER_TEXT] = "";

	if (peer != NULL)
		describe_abilities(stack, t, peer, body, sizeof(body));
	if (status != 0)
		refuse(stack, t, request, status);
	else
		tell_abilities(stack, t, request, peer, body);
}

/* RFC 3261 8.2.2.1, 26.2.2: a sips URI asks for TLS all the way. */
static bool wants_tls(const struct transaction *t,
                      const osip_message_t *request)
{
	return strcasecmp(request->req_uri->scheme, "sips") == 0 &&
	       transaction_hop(t)->transport != SIP_TLS;
}

static void begin(struct sip_stack *stack, struct transaction *t,
                  const osip_message_t *request)
{
	struct peer *peer = peers_at(stack->peers, &transaction_hop(t)->remote);

	if (peer != NULL)
		keepalive_heard(&peer->keepalive);
	if (peer == NULL)
		refuse(stack, t, request, 403); /* only in its dialog */
	else if (transports_is_left(stack->transports, transaction_hop(t)))
		refuse(stack, t, request, 503); /* it will be closed */
	else if (wants_tls(t, request))
		refuse(stack, t, request, 416);
	else if (message_is(request, "INVITE"))
		answer_invite(stack, t, request, peer);
	else if (message_is(request, "OPTIONS"))
		stack_options(stack, t, request);
	else if (message_is(request, "REFER"))
		refuse(stack, t, request, 403); /* only in a call */
	else
		refuse(stack, t, request, 481);
}

static const struct sip_peer_conf *peer_of(struct sip_stack *stack,
                                           const struct transaction *t,
                                           const struct sip_session *s)
{
	const struct peer *peer =
		s != NULL ? NULL
			  : peers_at(stack->peers, &transaction_hop(t)->remote);

	if (s != NULL)
		return &s->peer;
	return peer == NULL ? NULL : &peer->conf;
}

static bool offers(const osip_message_t *request)
{
	return message_is(request, "INVITE") || message_is(request, "UPDATE") ||
	       message_is(request, "PRACK");
}

void stack_request(struct sip_stack *stack, struct transaction *t,
                   const osip_message_t *request)
{
	struct sip_session *s;
	unsigned status = judge_method(request);

	gate_charge(stack, t, request);
	if (status != 0) {
		refuse(stack, t, request, status);
		return;
	}
	s = message_tag(request->to) == NULL ? NULL
	                                     : session_find(stack, request);
	if (refuse_require(stack, t, request, peer_of(stack, t, s)))
		return;
	if (message_tag(request->to) == NULL)
		begin(stack, t, request);
	else if (s != NULL && offers(request) && refuse_body(stack, t, request))
		return;
	else if (s != NULL)
		session_request(s, t, request);
	else
		refuse(stack, t, request, 481);
}
