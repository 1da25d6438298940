/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_AUDIT_H
#define GATEWAY_AUDIT_H

/*
 * Once a minute: do our calls, libpri's calls and the streams still know of
 * each other? What is doubtful is asked by STATUS ENQUIRY, what is wrong is
 * cleared (cause 101) and counted. Signalling thread only.
 */

struct gateway;

void audit_run(struct gateway *gateway);

#endif
