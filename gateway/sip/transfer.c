/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * What a transfer says: the URI of Refer-To or Also, with the dialog that is to
 * be replaced behind its '?', and who asks (Referred-By, RFC 3892;
 * Requested-By, of the time of RFC 2543).
 *
 * A URI at a peer of ours is called there, as it was written. Any other host is
 * nobody we know: then the number in it is left to the dial plan, as if our
 * side of the call had dialled it, and a name without digits leads nowhere. So
 * a transfer never reaches whom a dialled call could not reach. Our own address
 * means the dial plan too.
 *
 * Whoever asks by Replaces names a dialog by its Call-ID and tags, from our
 * point of view: to-tag is ours. An early dialog may be taken only when it is
 * we who call there (RFC 3891 3): the phone that rings is picked up elsewhere.
 */
#include "gateway/sip/session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "kernel/mem.h"

struct replaces {
	char call_id[DIALOG_CALL_ID], to_tag[DIALOG_TAG], from_tag[DIALOG_TAG];
	bool early_only;
};

/* --- Replaces --- */

static bool read_replaces(const char *value, struct replaces *out)
{
	struct bytes id = { (const uint8_t *)value, strcspn(value, "; \t,") };
	char flag[8];

	if (id.len == 0 ||
	    text_copy_bytes(out->call_id, sizeof(out->call_id), id) < 0)
		return false;
	out->early_only =
		header_param(value, "early-only", flag, sizeof(flag)) ||
		strcasestr(value, ";early-only") != NULL;
	return header_param(value, "to-tag", out->to_tag,
	                    sizeof(out->to_tag)) &&
	       header_param(value, "from-tag", out->from_tag,
	                    sizeof(out->from_tag)) &&
	       out->to_tag[0] != '\0' && out->from_tag[0] != '\0';
}

/* RFC 3891 3, for a session that is named. */
static unsigned judge_replaced(const struct sip_session *s,
                               const struct replaces *named)
{
	if (s->releasing)
		return 603;
	switch ((enum ua_state)fsm_state(&s->fsm)) {
	case UA_CONFIRMED:
	case UA_ANSWERED:
		return named->early_only ? 486 : 0;
	case UA_EARLY:
		return 0;
	case UA_CANCELLING:
	case UA_HANGING:
	case UA_ENDING:
	case UA_OVER:
		return 603;
	case UA_IDLE:
	case UA_INVITING:
	case UA_PROCEEDING:
	case UA_WANTING:
	case UA_DIALLING:
	case UA_OFFERED:
	case UA_RINGING:
	case UA_STATES:
		break;
	}
	return 481;
}

unsigned transfer_replaced(struct sip_stack *stack,
                           const struct sip_peer_conf *peer,
                           const osip_message_t *invite,
                           struct sip_session **out)
{
	const char *value = message_header(invite, "Replaces", 0);
	struct replaces named;
	struct sip_session *s;
	unsigned status;

	*out = NULL;
	if (value == NULL)
		return 0;
	if (!peer->transfer)
		return 403;
	if (message_header(invite, "Replaces", 1) != NULL ||
	    strchr(value, ',') != NULL || !read_replaces(value, &named))
		return 400;
	s = session_named(stack, named.call_id, named.to_tag, named.from_tag);
	if (s == NULL)
		return 481;
	status = judge_replaced(s, &named);
	if (status == 0)
		*out = s;
	return status;
}

/* --- the URI --- */

/* One address alone: no comma outside quotes and brackets. */
static bool is_single(const char *value)
{
	bool quoted = false, inside = false;

	for (; *value != '\0'; value++) {
		if (quoted && *value == '\\' && value[1] != '\0')
			value++;
		else if (*value == '"')
			quoted = !quoted;
		else if (!quoted && (*value == '<' || *value == '>'))
			inside = *value == '<';
		else if (!quoted && !inside && *value == ',')
			return false;
	}
	return true;
}

/* What was escaped may not become a line of its own. */
static bool is_clean(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return false;
	return true;
}

/* The headers that the INVITE is to have: Replaces, and nothing else. */
static bool take_headers(osip_uri_t *uri, struct transfer *out)
{
	const osip_uri_param_t *h;
	struct replaces named;

	for (int i = 0; (h = osip_list_get(&uri->url_headers, i)) != NULL;
	     i++) {
		if (strcasecmp(h->gname, "Replaces") != 0)
			continue;
		if (h->gvalue == NULL || out->replaces[0] != '\0' ||
		    !is_clean(h->gvalue) || !read_replaces(h->gvalue, &named) ||
		    text_copy(out->replaces, sizeof(out->replaces), h->gvalue) <
		            0)
			return false;
	}
	osip_list_special_free(&uri->url_headers,
	                       (void (*)(void *))osip_uri_param_free);
	return true;
}

/* RFC 3515 2.1: another method than INVITE may be asked for; not from us. */
static bool take_method(osip_uri_t *uri)
{
	osip_uri_param_t *p;
	bool is_invite;

	for (int i = 0; (p = osip_list_get(&uri->url_params, i)) != NULL; i++)
		if (strcasecmp(p->gname, "method") == 0) {
			is_invite = p->gvalue != NULL &&
			            strcmp(p->gvalue, "INVITE") == 0;
			(void)osip_list_remove(&uri->url_params, i);
			osip_uri_param_free(p);
			return is_invite;
		}
	return true;
}

static int take_uri(const osip_uri_t *uri, struct transfer *out)
{
	char *text = NULL;
	int rc = -ENOMEM;

	if (osip_uri_to_str(uri, &text) == OSIP_SUCCESS)
		rc = text_copy(out->uri, sizeof(out->uri), text);
	osip_free(text);
	return rc;
}

/* The peer this URI is at; none when it is ours, which it returns. */
static bool take_peer(struct sip_session *s, const osip_uri_t *uri,
                      struct transfer *out)
{
	unsigned long port =
		uri->port == NULL ? 0 : strtoul(uri->port, NULL, 10);
	char theirs[ADDR_TEXT], ours[ADDR_TEXT];
	const struct peer *peer;
	struct addr at;

	if (uri->host == NULL || port > UINT16_MAX)
		return false;
	if (addr_parse(&at, uri->host, 0) < 0 &&
	    !peers_locate(s->stack->peers, uri->host, &at))
		return false;
	if (port != 0 || addr_port(&at) == 0)
		addr_set_port(&at, port == 0 ? 5060 : (uint16_t)port);
	dialog_print_host(&at, theirs, sizeof(theirs));
	session_host(s, ours, sizeof(ours));
	if (strcmp(theirs, ours) == 0)
		return true;
	peer = peers_at(s->stack->peers, &at);
	if (peer != NULL && peer->naddrs > 0)
		(void)text_copy(out->peer, sizeof(out->peer), peer->conf.name);
	return false;
}

/*
 * The dialog that is to be replaced may be one of ours: then both calls are
 * here, and to call there anew would be to call ourselves. What such an INVITE
 * would be refused with is told as its answer would be (RFC 3515 2.4.5).
 */
static struct sip_session *find_beside(struct sip_session *s,
                                       struct transfer *asked, bool is_here)
{
	struct sip_session *beside = NULL;
	struct replaces named;

	if (asked->replaces[0] == '\0' ||
	    !read_replaces(asked->replaces, &named))
		return NULL;
	beside = session_named(s->stack, named.call_id, named.to_tag,
	                       named.from_tag);
	if (beside == NULL)
		asked->refused = is_here ? 481 : 0;
	else if (!beside->peer.transfer)
		asked->refused = 403;
	else
		asked->refused = judge_replaced(beside, &named);
	return asked->refused == 0 ? beside : NULL;
}

static unsigned read_uri(struct sip_session *s, osip_uri_t *uri,
                         struct transfer *out, struct sip_session **beside)
{
	bool is_tel;

	if (uri == NULL || uri->scheme == NULL)
		return 400;
	is_tel = strcasecmp(uri->scheme, "tel") == 0;
	if (!is_tel && strcasecmp(uri->scheme, "sip") != 0)
		return 416;
	if (is_tel)
		return out->to.present ? 0 : 400;
	if (!take_headers(uri, out) || !take_method(uri) ||
	    take_uri(uri, out) < 0)
		return 400;
	*beside = find_beside(s, out, take_peer(s, uri, out));
	return 0;
}

unsigned transfer_read(struct sip_session *s, const char *value,
                       struct transfer *out, struct sip_session **beside)
{
	struct party party = { 0 };
	osip_from_t *from;
	unsigned status = 400;

	*beside = NULL;
	memset(out, 0, sizeof(*out));
	if (!is_single(value) || osip_from_init(&from) != OSIP_SUCCESS)
		return 400;
	if (header_read_address(value, &party))
		out->to = party.number;
	if (osip_from_parse(from, value) == OSIP_SUCCESS)
		status = read_uri(s, from->url, out, beside);
	osip_from_free(from);
	return status;
}

void transfer_tell(struct sip_session *s, const struct transfer *asked,
                   struct sip_session *beside)
{
	session_tell(s, &(struct sip_event){ .kind = SIP_TRANSFER,
	                                     .transfer = asked,
	                                     .replaces = beside });
}

void transfer_also(struct sip_session *s, const osip_message_t *bye)
{
	const char *also = message_header(bye, "Also", 0);
	const char *by = message_header(bye, "Requested-By", 0);
	struct sip_session *beside;
	struct transfer asked;

	if (also == NULL || fsm_state(&s->fsm) == UA_CANCELLING)
		return;
	if (!s->peer.transfer) {
		transfer_tell(s, NULL, NULL);
		return;
	}
	if (message_header(bye, "Also", 1) != NULL ||
	    transfer_read(s, also, &asked, &beside) != 0)
		return; /* then it is a BYE like others */
	asked.leaving = true;
	if (by != NULL)
		(void)text_copy(asked.requested_by, sizeof(asked.requested_by),
		                by);
	transfer_tell(s, &asked, beside);
}

/* --- the INVITE that follows --- */

int transfer_carry(struct sip_session *s, const struct transfer *transfer)
{
	const char *const lines[][2] = {
		{ "Replaces", transfer->replaces },
		{ "Referred-By", transfer->referred_by },
		{ "Requested-By", transfer->requested_by },
	};
	char room[3 * TRANSFER_TEXT + 64];
	struct text text = TEXT(room);

	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		if (lines[i][1][0] != '\0')
			text_add(&text, "%s: %s\r\n", lines[i][0], lines[i][1]);
	if (text.len == 0)
		return 0;
	s->carried = mem_text(room);
	return s->carried == NULL ? -ENOMEM : 0;
}
