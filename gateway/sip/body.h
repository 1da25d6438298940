/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_SIP_BODY_H
#define GATEWAY_SIP_BODY_H

#include <stdbool.h>

#include "gateway/sip/message.h"

/*
 * Leaves of a body what a session reads: of several parts the description, of
 * what we do not know and need not know nothing. What we would have to know
 * stays as it is. 0 or -ENOMEM, and *m is then fit to be freed.
 */
int body_unpack(osip_message_t *m);

/* Is the body, if there is one, a description of this session? */
bool body_is_sdp(const osip_message_t *m);

#endif
