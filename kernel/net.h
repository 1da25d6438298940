/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef KERNEL_NET_H
#define KERNEL_NET_H

/*
 * Sockets: opened non-blocking and close-on-exec, marked with a DSCP, and
 * every send and receive passes through here so that a test can fail the n-th.
 * Results are the octets moved or -errno.
 */

#include "kernel/addr.h"
#include "kernel/bytes.h"

int net_udp_open(const struct addr *local, int dscp);   /* fd or -errno */
int net_tcp_listen(const struct addr *local, int dscp); /* fd or -errno */
int net_tcp_connect(const struct addr *local, const struct addr *to,
                    int dscp); /* fd, connecting; local may be NULL */
int net_accept(int fd, struct addr *from);
int net_local(int fd, struct addr *out); /* the address it is bound to */

int net_send_to(int fd, struct bytes b, const struct addr *to);
int net_receive_from(int fd, uint8_t *to, size_t size, struct addr *from);
int net_send(int fd, struct bytes b);
int net_receive(int fd, uint8_t *to, size_t size); /* 0: the end */

/* The pending error of a socket (a connect that failed), 0 or -errno. */
int net_error(int fd);

/* The local address the kernel would use towards `to`. */
int net_route(const struct addr *to, struct addr *out);

/* unix sockets: path of at most 107 octets. A stale file nobody answers is
 * removed, a live one gives -EADDRINUSE. kind is SOCK_STREAM or SEQPACKET. */
int net_unix_listen(const char *path, int kind, unsigned mode);
int net_unix_connect(const char *path, int kind);

/* For tests: n sends and receives succeed, the next one fails with error;
 * -1: never. */
void net_fail_after(long n, int error);
bool net_failed(void);

#endif
