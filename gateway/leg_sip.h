/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_LEG_SIP_H
#define GATEWAY_LEG_SIP_H

/* The SIP stack's handler, whose self is the gateway. Signalling thread only.
 */

#include "gateway/leg.h"
#include "gateway/sip/sip.h"

extern const struct sip_handler leg_sip_handler;

#endif
