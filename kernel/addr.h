/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef KERNEL_ADDR_H
#define KERNEL_ADDR_H

/*
 * A socket address, IPv4 or IPv6, as a plain value. An IPv4 address mapped
 * into IPv6 is turned into IPv4 when it comes in, so that addresses compare.
 */

#include <netinet/in.h>
#include <sys/socket.h>

#include "kernel/base.h"

struct addr {
	union {
		struct sockaddr sa;
		struct sockaddr_in in4;
		struct sockaddr_in6 in6;
	};
};

enum { ADDR_TEXT = 64 }; /* "[...]:65535" with a scope fits */

/* "192.0.2.1", "192.0.2.1:5060", "2001:db8::1", "[2001:db8::1]:5060"; a port
 * that is not given is preset_port. -EBADMSG. Names are not looked up. */
int addr_parse(struct addr *out, const char *text, uint16_t preset_port);

/* With port, "[v6]:port"; and the bare host, v6 without brackets. */
void addr_print(const struct addr *a, char *to, size_t size);
void addr_print_host(const struct addr *a, char *to, size_t size);

bool addr_equal(const struct addr *a, const struct addr *b); /* with port */
bool addr_equal_host(const struct addr *a, const struct addr *b);
uint16_t addr_port(const struct addr *a);
void addr_set_port(struct addr *a, uint16_t port);
socklen_t addr_len(const struct addr *a);
bool addr_is_set(const struct addr *a); /* a zeroed one is not */
bool addr_is_any(const struct addr *a); /* 0.0.0.0 or :: */
uint64_t addr_hash(const struct addr *a);

/* From the kernel; false when the family is neither. */
bool addr_from_sockaddr(struct addr *out, const struct sockaddr *sa);

#endif
