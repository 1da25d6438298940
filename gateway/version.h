/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_VERSION_H
#define GATEWAY_VERSION_H

#define CAUSEWAY_VERSION "0.1"

#endif
