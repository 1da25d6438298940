/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_SIP_CHECK_H
#define GATEWAY_SIP_CHECK_H

#include "gateway/sip/message.h"

/* 0: usable. Positive: a request to be refused with this status. -EBADMSG: not
 * even that. For what libosip2 parsed, whole or from slices. */
int message_check(const osip_message_t *m);

#endif
