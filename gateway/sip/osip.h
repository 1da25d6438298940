/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_SIP_OSIP_H
#define GATEWAY_SIP_OSIP_H

/*
 * The only place that includes libosip2. Its headers do not compile without
 * those of time before them.
 */

#include <sys/time.h>
#include <time.h>

#include <osipparser2/osip_parser.h>

#include "gateway/sip/message.h"

#endif
