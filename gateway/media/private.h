/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_MEDIA_PRIVATE_H
#define GATEWAY_MEDIA_PRIVATE_H

/*
 * The headers of others, in one place. Nothing of spandsp's fax machine
 * (t30_, t4_) and nothing of its echo canceller may be used: the first is an
 * interposed name in a process with libpri, the second prints.
 */

#include <dahdi/tonezone.h>
#include <inttypes.h>
#include <spandsp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#endif
