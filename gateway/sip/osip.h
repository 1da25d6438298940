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

/* Add a copy to what is there: of one Via, of every entry of Route or
 * Record-Route (they are of one type). -ENOMEM. */
int message_copy_via(const osip_via_t *via, osip_message_t *to);
int message_copy_routes(const osip_list_t *routes, osip_list_t *to);

#endif
