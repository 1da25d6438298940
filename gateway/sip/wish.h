/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_SIP_WISH_H
#define GATEWAY_SIP_WISH_H

/* What is told of a new call before anybody says whether it may come in. */

#include "kernel/instant.h"
#include "kernel/phone.h"

/* An INVITE that would begin a call; nothing has been made of it yet. */
struct sip_wish {
	struct number called;
	usec waited;  /* since it came */
	bool crowded; /* there is room for emergency calls only */
};

#endif
