/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef BOARD_PROBE_PRIVATE_H
#define BOARD_PROBE_PRIVATE_H

/*
 * The halves of probe.h that need no driver, for tests: a card is described,
 * and what would be said of it is compared.
 */

#include "board/probe.h"

struct dahdi_port;

void probe_tell_port(const struct dahdi_port *port, board_line_fn line,
                     void *self);

/* How many channels each span has, span 1 first; 0: unknown. */
int probe_system_conf(const struct board_conf *confs, size_t n,
                      const unsigned *channels, size_t nspans,
                      board_line_fn line, void *self);

#endif
