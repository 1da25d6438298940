/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * What every message of a session carries, and the descriptions in them.
 *
 * A description is printed anew each time, and its version counts up when the
 * text is another than the last one (RFC 4566 5.2, RFC 3264 8); so a repeated
 * answer, or the answer to a refresh, is the same octets as before.
 */
#include "gateway/sip/body.h"
#include "gateway/sip/extension.h"
#include "gateway/sip/session.h"

#include <errno.h>
#include <string.h>

#include "kernel/mem.h"

/* Where we are for the other end: host and port. */
static void own_address(struct sip_session *s, struct addr *out)
{
	struct hop hop = dialog_hop(&s->dialog, s->stack->peers);
	uint16_t port;

	if (transports_local(s->stack->transports, &hop, out) < 0)
		*out = hop.local;
	port = addr_port(out);
	if (!addr_is_set(&s->peer.external))
		return;
	*out = s->peer.external;
	if (addr_port(out) == 0)
		addr_set_port(out, port);
}

void session_host(struct sip_session *s, char *to, size_t size)
{
	struct addr own;

	own_address(s, &own);
	dialog_print_host(&own, to, size);
}

void session_contact(struct sip_session *s, char *to, size_t size)
{
	struct text out = { .at = to, .size = size };
	struct hop hop = dialog_hop(&s->dialog, s->stack->peers);
	char host[ADDR_TEXT];

	to[0] = '\0';
	session_host(s, host, sizeof(host));
	text_add(&out, "<sip:causeway@%s%s%s>", host,
	         hop.transport == SIP_UDP ? "" : ";transport=",
	         hop.transport == SIP_UDP ? ""
	                                  : sip_transport_name(hop.transport));
}

/* What each of the two requests that negotiate says we can do. */
static void add_extensions(struct text *out, const struct sip_session *s,
                           const char *method)
{
	bool invite = strcmp(method, "INVITE") == 0;

	if (!invite && strcmp(method, "UPDATE") != 0)
		return;
	extension_print(out, &s->peer, invite);
	expiry_print(out, s);
}

/* A call that came by SIP goes on as one that was forwarded, or two gateways
 * could send it to each other for ever: RFC 7332 4. */
static unsigned forwards(const struct sip_session *s, const char *method)
{
	unsigned most = s->stack->conf.max_forwards;

	if (s->incoming || s->setup.forwards == 0 ||
	    s->dialog.remote_tag[0] != '\0' || strcmp(method, "INVITE") != 0)
		return most;
	return MIN_OF(most, s->setup.forwards - 1);
}

void session_begin(struct text *out, struct sip_session *s, const char *method,
                   uint32_t cseq)
{
	char contact[160];

	dialog_begin(out, &s->dialog, method, cseq);
	session_contact(s, contact, sizeof(contact));
	text_add(out, "Max-Forwards: %u\r\n", forwards(s, method));
	if (strcmp(method, "BYE") != 0)
		text_add(out, "Contact: %s\r\n", contact);
	if (strcmp(method, "INVITE") == 0)
		text_add(out, "Allow: %s\r\nAccept: application/sdp\r\n",
		         stack_allow);
	add_extensions(out, s, method);
	if (s->stack->conf.user_agent[0] != '\0')
		text_add(out, "User-Agent: %s\r\n", s->stack->conf.user_agent);
}

int session_send(struct transaction **out, struct sip_session *s,
                 struct text *text, const char *body,
                 const struct transaction_user *user)
{
	struct hop hop = dialog_hop(&s->dialog, s->stack->peers);
	osip_message_t *m;
	int rc = dialog_finish(&m, text, body);

	if (rc < 0)
		return rc;
	rc = digest_put(s->digest, session_asker(s, &hop), m);
	if (rc < 0) {
		(void)message_free(m);
		return rc;
	}
	return transaction_request(out, s->stack->transactions, &hop, m, user,
	                           s);
}

int session_respond(struct sip_session *s, struct transaction *t,
                    struct stack_answer answer)
{
	const osip_message_t *request = transaction_request_of(t);
	char contact[160];

	session_contact(s, contact, sizeof(contact));
	answer.to_tag = s->dialog.local_tag;
	if (answer.status > 100 && answer.status < 300 &&
	    (message_is(request, "INVITE") || message_is(request, "UPDATE")))
		answer.contact = contact;
	return stack_respond(s->stack, t, request, &answer);
}

int session_open_media(struct sip_session *s)
{
	struct hop hop = dialog_hop(&s->dialog, s->stack->peers);
	struct addr towards = s->peer.media_bind, local = { 0 };
	int rc;

	if (s->media_open)
		return 0;
	if (!addr_is_set(&towards) &&
	    transports_local(s->stack->transports, &hop, &towards) < 0)
		return -EHOSTUNREACH;
	addr_set_port(&towards, 0);
	rc = s->stack->handler->open_media(s->stack->self, s, &towards, &local);
	if (rc < 0)
		return rc;
	s->media_open = true;
	s->bound = s->media.rtp = local;
	if (addr_is_set(&s->peer.external)) {
		s->media.rtp = s->peer.external;
		addr_set_port(&s->media.rtp, addr_port(&local));
	}
	return 0;
}

static struct bytes as_bytes(const char *text)
{
	return (struct bytes){ (const uint8_t *)text,
		               text == NULL ? 0 : strlen(text) };
}

int session_describe(struct sip_session *s, const struct flow *flow,
                     const char *offered)
{
	char room[OFFER_TEXT];
	char *copy;
	int rc;

	rc = offer_print(&s->media, flow, as_bytes(offered), room,
	                 sizeof(room));
	if (rc >= 0 && s->told != NULL && strcmp(s->told, room) != 0) {
		s->media.version++;
		rc = offer_print(&s->media, flow, as_bytes(offered), room,
		                 sizeof(room));
	}
	if (rc < 0)
		return rc;
	copy = mem_text(room);
	if (copy == NULL)
		return -ENOMEM;
	mem_free(s->told);
	s->told = copy;
	return 0;
}

int session_sdp(const osip_message_t *m, char **out)
{
	struct bytes body = message_body(m);
	char *copy;

	*out = NULL;
	if (body.len == 0)
		return 0;
	if (!body_is_sdp(m))
		return 0;
	if (memchr(body.at, '\0', body.len) != NULL)
		return -EBADMSG;
	copy = mem_new_array(char, body.len + 1);
	if (copy == NULL)
		return -ENOMEM;
	memcpy(copy, body.at, body.len);
	*out = copy;
	return 0;
}

int session_agree_to(struct sip_session *s, const char *offered,
                     struct flow *flow, unsigned *warning)
{
	int rc = offer_agree(&s->media, as_bytes(offered), flow, warning);

	if (rc == 0)
		flow->local = s->bound;
	return rc;
}

int session_answered_with(struct sip_session *s, const char *answer,
                          struct flow *flow, unsigned *warning)
{
	int rc = offer_answered(&s->media, as_bytes(answer), flow, warning);

	if (rc == 0)
		flow->local = s->bound;
	return rc;
}

static bool same_place(const struct addr *a, const struct addr *b)
{
	if (!addr_is_set(a) || !addr_is_set(b))
		return addr_is_set(a) == addr_is_set(b);
	return addr_equal(a, b);
}

static bool same_flow(const struct flow *a, const struct flow *b)
{
	return same_place(&a->remote, &b->remote) &&
	       same_place(&a->remote_control, &b->remote_control) &&
	       a->codec == b->codec && a->send_type == b->send_type &&
	       a->receive_type == b->receive_type &&
	       a->send_event == b->send_event &&
	       a->receive_event == b->receive_event &&
	       a->ptime_ms == b->ptime_ms && a->send == b->send &&
	       a->receive == b->receive;
}

bool session_take_flow(struct sip_session *s, const struct flow *flow)
{
	bool news = !s->agreed || !same_flow(&s->flow, flow);

	s->flow = *flow;
	s->agreed = true;
	return news;
}
