/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_SIP_EXTENSION_H
#define GATEWAY_SIP_EXTENSION_H

/*
 * Option tags: the extensions of SIP that we may be asked for, and those that
 * the other end has. Which of ours are on is a matter of the peer.
 */

#include "gateway/sip/header.h"

/* Is this word in one of the lists "Supported: 100rel, timer"? */
bool extension_listed(const osip_message_t *m, const char *name,
                      const char *word);

/* Supported or Require: the message's maker knows it. */
bool extension_known(const osip_message_t *m, const char *tag);

/* Does Allow name this method? *told says whether there is an Allow. */
bool extension_allows(const osip_message_t *m, const char *method, bool *told);

/* What a request requires and we do not have with this peer, as the value of
 * Unsupported: false when there is nothing. NULL: no peer. */
bool extension_lacking(const osip_message_t *request,
                       const struct sip_peer_conf *peer, struct text *out);

/* Lines of Supported, and for an INVITE Require, for a request of ours. */
void extension_print(struct text *out, const struct sip_peer_conf *peer,
                     bool invite);

/* Supported, in a response. -ENOMEM. */
int extension_put(osip_message_t *response, const struct sip_peer_conf *peer);

#endif
