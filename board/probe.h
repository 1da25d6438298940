/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef BOARD_PROBE_H
#define BOARD_PROBE_H

/*
 * What an installer asks before anything runs: which cards and spans this
 * machine has, what looks wrong with them, which line of the configuration
 * would use each; and what dahdi_cfg needs to be told so that they agree with
 * the configuration. Text, a line at a time, for people and for files.
 */

#include <stddef.h>

struct board_conf;

typedef void (*board_line_fn)(void *self, const char *text);

/* Every span of the driver's; says so plainly when there is no driver. */
void board_probe(board_line_fn line, void *self);

/*
 * The lines of /etc/dahdi/system.conf for the DAHDI spans among n
 * configurations. Channel numbers follow from the driver's spans where it is
 * there, else from the configurations alone, in the order of span_number.
 * 0, or -EINVAL when two configurations mean one span or (no driver) the spans
 * before one are not configured, so that its channels cannot be numbered.
 */
int board_system_conf(const struct board_conf *confs, size_t n,
                      board_line_fn line, void *self);

#endif
