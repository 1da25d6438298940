/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * What a section of the configuration means to the folder it configures: -1
 * and 0 become the usual value of an E1 or a T1, texts become addresses.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/options.h"
#include "kernel/text.h"

void options_to_board(const struct options_controller *c, const char *name,
                      struct board_conf *out)
{
	board_conf_preset(out, (enum span_type)c->type);
	(void)text_copy(out->name, sizeof(out->name), name);
	out->kind = c->board.kind;
	out->listen = c->board.listen;
	(void)text_copy(out->path, sizeof(out->path), c->board.path);
	out->span_number = c->board.span_number;
	out->faults = c->wire_faults;
	out->octets = c->tick_octets;
	if (out->kind ==
	    BOARD_SIM) { /* its other end, where a test opens one */
		struct text peer = TEXT(out->peer);

		text_add(&peer, "far %s", name);
	}
	out->block = c->block;
	out->echo_ms = c->echo_cancel ? (unsigned)c->echo_ms : 0;
	out->clock_line = c->clock.line;
	out->clock_priority = c->clock.priority;
	if (c->law >= 0)
		out->law = (enum law)c->law;
	if (c->framing >= 0)
		out->framing = (enum board_framing)c->framing;
	if (c->linecode >= 0)
		out->linecode = (enum board_linecode)c->linecode;
	if (c->dslot != 0)
		out->dslot = c->dslot;
}

void options_to_isdn(const struct options_controller *c, const char *name,
                     struct isdn_conf *out)
{
	struct board_conf board;

	options_to_board(c, name, &board);
	isdn_conf_preset(out, (enum span_type)c->type);
	(void)text_copy(out->name, sizeof(out->name), name);
	out->law = board.law;
	out->dslot = board.dslot;
	out->bearers = board_bearer_slots(board.type, board.dslot);
	if (c->switch_type >= 0)
		out->switch_type = (enum isdn_switch)c->switch_type;
	else
		out->switch_type =
			c->type == SPAN_E1 ? SWITCH_NET5 : SWITCH_NI2;
	out->side = (enum isdn_side)c->side;
	out->order = (enum isdn_order)c->order;
	out->exclusive = c->exclusive;
	out->overlap_receive = c->overlap_receive;
	out->overlap_send = c->overlap_send;
	out->facility = c->facility != 0;
	out->restart_on_up = c->restart;
	out->restart_tries = c->restart_tries;
	out->uui_most = (unsigned)c->uui_most;
	out->setups_per_second = c->setups_per_second;
	memcpy(out->timers, c->timers.value, sizeof(out->timers));
}

void options_to_sip(const struct options_sip *s, const char *hostname,
                    struct sip_conf *out)
{
	struct text agent;

	sip_conf_preset(out);
	out->nbinds = s->binds.n;
	memcpy(out->bind, s->binds.bind, sizeof(out->bind));
	agent = TEXT(out->user_agent);
	text_add(&agent, "%s", s->user_agent[0] ? s->user_agent : hostname);
	(void)text_copy(out->dns, sizeof(out->dns), s->dns);
	out->dscp = (int)s->dscp;
	out->message_most = s->message_most;
	out->transactions_most = s->transactions_most;
	out->peer_share = s->peer_share;
	out->dialogs_most = s->dialogs_most;
	out->connections_most = s->connections_most;
	out->udp_most = s->udp_most;
	out->receive_room = s->receive_kb * 1024;
	out->max_forwards = s->max_forwards;
	out->retry_after = s->retry_after;
	memcpy(out->timers, s->timers.value, sizeof(out->timers));
}

/* "host", "host:port", "[v6]:port", "v6" */
static int split_host(const char *text, char *host, size_t size, uint16_t *port)
{
	const char *colon = strrchr(text, ':');
	struct addr addr;
	uint64_t number;

	*port = 0;
	if (addr_parse(&addr, text, 0) == 0) {
		*port = addr_port(&addr);
		addr_print_host(&addr, host, size);
		return 0;
	}
	if (colon == NULL)
		return text_copy(host, size, text);
	if (text_number(colon + 1, 1, 65535, &number) < 0)
		return -EBADMSG;
	*port = (uint16_t)number;
	return text_copy_bytes(host, size,
	                       (struct bytes){ (const uint8_t *)text,
	                                       (size_t)(colon - text) });
}

void options_to_peer(const struct options_peer *p, struct sip_peer_conf *out)
{
	sip_peer_preset(out);
	(void)text_copy(out->name, sizeof(out->name), p->name);
	(void)split_host(p->address, out->host, sizeof(out->host), &out->port);
	out->any_transport = p->transport < 0;
	out->transport =
		out->any_transport ? SIP_UDP : (enum sip_transport)p->transport;
	out->shutdown = p->shutdown;
	out->bind = p->bind;
	out->media_bind = p->media_bind;
	out->external = p->external;
	if (p->codecs.n > 0) {
		out->ncodecs = p->codecs.n;
		memcpy(out->codecs, p->codecs.codec, sizeof(out->codecs));
	}
	out->ptime_ms = p->ptime;
	out->event_type = (uint8_t)p->event_type;
	out->trusted = p->identity;
	memcpy(out->dtmf, p->dtmf.way, sizeof(out->dtmf));
	out->identity = (enum sip_identity)p->identity_form;
	out->withhold = p->withhold != 0;
	out->redirection = (enum sip_redirection)p->redirection;
	out->latch = p->latch;
	out->codec_mismatch_400 = p->codec_mismatch_400;
	out->redirect = p->redirect;
	out->transfer = p->transfer;
	out->uui = p->uui;
	out->tel = p->url != 0;
	out->overlap = p->overlap != 0;
	out->nprefixes = p->prefixes.n;
	memcpy(out->prefixes, p->prefixes.one, sizeof(out->prefixes));
	(void)text_copy(out->realm, sizeof(out->realm), p->realm);
	out->digest = (enum sip_digest)p->digest;
	if (p->proxy[0] != '\0')
		(void)split_host(p->proxy, out->proxy, sizeof(out->proxy),
		                 &out->proxy_port);
	out->reliable = (enum sip_100rel)p->reliable;
	out->session_timer = p->session_timer;
	out->min_se = p->min_se;
	out->keepalive = (struct sip_keepalive){
		.on = p->keepalive,
		.up_s = p->keepalive_up_s,
		.down_s = p->keepalive_down_s,
		.retries = p->keepalive_retries,
	};
}

void options_to_dial_peer(const struct options_dial_peer *d,
                          struct dial_peer *out)
{
	memset(out, 0, sizeof(*out));
	out->tag = d->tag;
	out->kind = (enum peer_kind)d->kind;
	out->shutdown = d->shutdown;
	(void)text_copy(out->destination_pattern,
	                sizeof(out->destination_pattern), d->pattern);
	(void)text_copy(out->incoming_called_number,
	                sizeof(out->incoming_called_number), d->incoming);
	(void)text_copy(out->answer_address, sizeof(out->answer_address),
	                d->answer);
	out->preference = d->preference;
	out->huntstop = d->huntstop;
	(void)text_copy(out->trunk, sizeof(out->trunk), d->trunk);
	(void)text_copy(out->target, sizeof(out->target), d->target);
	out->strip_all_explicit = d->digit_strip;
	out->strip = d->strip;
	(void)text_copy(out->prefix, sizeof(out->prefix), d->prefix);
	out->forward_digits = d->forward_digits;
	out->emergency = d->emergency;
	out->same_kind = d->same_kind;
	out->max_calls = d->max_calls;
}

void options_to_media(const struct options_media *m,
                      const struct options_global *g, struct media_conf *out)
{
	media_conf_preset(out);
	out->threads = m->threads;
	out->realtime = g->realtime;
	out->port_low = (uint16_t)m->port_low;
	out->port_high = (uint16_t)m->port_high;
	out->dscp = (int)m->dscp;
	out->playout_ms = m->playout_ms;
	out->playout_adaptive = m->playout_mode;
	out->conceal = m->conceal;
	out->playout_most_ms = m->playout_most_ms;
	out->inband_digits = m->inband_digits;
	out->rtcp_seconds = m->rtcp_seconds;
}

int options_target_peer(const char *target, char *name, size_t size,
                        struct sip_peer_conf *made, bool *is_made)
{
	static const struct {
		const char *prefix;
		int family;
	} forms[] = { { "ipv4:", AF_INET },
		      { "ipv6:", AF_INET6 },
		      { "dns:", 0 } };
	struct addr addr;

	*is_made = false;
	if (text_starts(target, "sip-peer "))
		return text_copy(name, size, target + strlen("sip-peer "));
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		const char *rest = target + strlen(forms[i].prefix);

		if (!text_starts(target, forms[i].prefix))
			continue;
		sip_peer_preset(made);
		*is_made = true;
		if (split_host(rest, made->host, sizeof(made->host),
		               &made->port) < 0 ||
		    made->host[0] == '\0' ||
		    (forms[i].family != 0 &&
		     (addr_parse(&addr, made->host, 0) < 0 ||
		      addr.sa.sa_family != forms[i].family)) ||
		    text_copy(made->name, sizeof(made->name), target) < 0)
			return -EBADMSG;
		return text_copy(name, size, target);
	}
	return -EBADMSG;
}

/* What a section is that nobody wrote: read once from its heading alone. */
static void read_presets(const struct conf_section *section, void *to)
{
	struct conf_error error;
	struct conf *conf;
	struct bytes text = { (const uint8_t *)section->words,
		              strlen(section->words) };

	if (conf_parse(&conf, &options_schema, "presets", text, &error) < 0)
		return; /* no memory: zeroes are what is left */
	memcpy(to, conf_find(conf, section, ""), section->size);
	(void)conf_free(conf);
}

const void *options_or_preset(const struct conf *conf,
                              const struct conf_section *section)
{
	static struct options_sip sip;
	static struct options_media media;
	const void *values = conf_find(conf, section, "");

	if (values != NULL)
		return values;
	if (section == &options_sip_section && sip.message_most == 0)
		read_presets(section, &sip);
	if (section == &options_media_section && media.port_high == 0)
		read_presets(section, &media);
	return section == &options_sip_section ? (const void *)&sip : &media;
}
