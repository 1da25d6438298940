/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef KERNEL_DAEMON_H
#define KERNEL_DAEMON_H

/*
 * What makes a process a service: signals as callbacks, privileges given up,
 * readiness and watchdog told to systemd (sd_notify's datagram, without its
 * library), a crash told with a back trace before it kills.
 */

#include "kernel/base.h"

/* "READY=1", "STOPPING=1", "WATCHDOG=1", "STATUS=..."; without a service
 * manager nothing happens. -errno when it is there and cannot be told. */
int daemon_notify(const char *state);

/* How often the manager wants the watchdog fed, in microseconds; 0: never. */
int64_t daemon_watchdog_interval(void);

/* Becomes user (and its group, plus supplementary groups) for ever; keeps
 * nothing. -ENOENT: no such user; -EALREADY: that user is root. Does nothing
 * when not root. */
int daemon_drop_root(const char *user);

/* Locks memory and raises limits; -errno where it is refused. */
int daemon_lock_memory(void);

/* SIGSEGV and kin write a back trace to standard error, then kill. */
void daemon_install_crash_report(void);

/* A core's worth of file descriptors: raises the soft limit to the hard. */
void daemon_raise_descriptors(void);

#endif
