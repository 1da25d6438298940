/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_LEG_ISDN_H
#define GATEWAY_LEG_ISDN_H

/* The link of a trunk hands its call events here. Signalling thread only. */

#include "gateway/leg.h"
#include "pri/isdn.h"

enum isdn_admission leg_isdn_admit(struct trunk *trunk,
                                   const struct isdn_setup *setup,
                                   bool crowded);
void leg_isdn_event(struct trunk *trunk, const struct isdn_event *event);

#endif
