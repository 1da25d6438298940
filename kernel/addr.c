/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * Addresses as values. Reading is strict, with inet_pton() and nothing looser
 * (no "127.1", no octal), because the text comes from configurations, from
 * SIP messages and from SDP, and two readings of one text are a hole in a
 * list of trusted peers. Whatever comes in as ::ffff:192.0.2.1 is 192.0.2.1
 * from then on, for the same reason.
 *
 * The port separates after the last colon of an IPv4 address or after the
 * bracket of an IPv6 one; a bare IPv6 address never has a port. A link-local
 * address carries its interface ("fe80::1%eth0").
 */

#include "kernel/addr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "kernel/text.h"

static void unmap(struct addr *a)
{
	struct sockaddr_in in4 = { .sin_family = AF_INET };

	if (a->sa.sa_family != AF_INET6 ||
	    !IN6_IS_ADDR_V4MAPPED(&a->in6.sin6_addr))
		return;
	in4.sin_port = a->in6.sin6_port;
	memcpy(&in4.sin_addr, &a->in6.sin6_addr.s6_addr[12], 4);
	memset(a, 0, sizeof(*a));
	a->in4 = in4;
}

static int parse_scope(struct addr *a, const char *scope)
{
	uint64_t number;

	if (!IN6_IS_ADDR_LINKLOCAL(&a->in6.sin6_addr))
		return -EBADMSG;
	if (text_number(scope, 1, UINT32_MAX, &number) == 0)
		a->in6.sin6_scope_id = (uint32_t)number;
	else
		a->in6.sin6_scope_id = if_nametoindex(scope);
	return a->in6.sin6_scope_id != 0 ? 0 : -EBADMSG;
}

static int parse_v6(struct addr *a, char *host)
{
	char *scope = strchr(host, '%');

	if (scope != NULL)
		*scope++ = '\0';
	a->in6.sin6_family = AF_INET6;
	if (inet_pton(AF_INET6, host, &a->in6.sin6_addr) != 1)
		return -EBADMSG;
	return scope == NULL ? 0 : parse_scope(a, scope);
}

static int parse_v4(struct addr *a, const char *host)
{
	a->in4.sin_family = AF_INET;
	return inet_pton(AF_INET, host, &a->in4.sin_addr) == 1 ? 0 : -EBADMSG;
}

/* Cuts a copy of the text in two; *port is NULL when none is given. */
static bool divide(char *text, char **host, char **port, bool *v6)
{
	char *end;

	*host = text;
	*port = NULL;
	*v6 = text[0] == '[' || strchr(text, ':') != strrchr(text, ':');
	if (text[0] == '[') {
		*host = text + 1;
		end = strchr(text, ']');
		if (end == NULL || (end[1] != '\0' && end[1] != ':'))
			return false;
		if (end[1] == ':')
			*port = end + 2;
		*end = '\0';
	} else if (!*v6 && (end = strchr(text, ':')) != NULL) {
		*end = '\0';
		*port = end + 1;
	}
	return true;
}

int addr_parse(struct addr *out, const char *text, uint16_t preset_port)
{
	struct addr a;
	char copy[ADDR_TEXT], *host, *port;
	uint64_t number = preset_port;
	bool v6;
	int rc;

	memset(&a, 0, sizeof(a));
	if (text_copy(copy, sizeof(copy), text) < 0 ||
	    !divide(copy, &host, &port, &v6))
		return -EBADMSG;
	rc = v6 ? parse_v6(&a, host) : parse_v4(&a, host);
	if (rc == 0 && port != NULL)
		rc = text_number(port, 0, 65535, &number);
	if (rc < 0)
		return -EBADMSG;
	unmap(&a);
	addr_set_port(&a, (uint16_t)number);
	*out = a;
	return 0;
}

void addr_print_host(const struct addr *a, char *to, size_t size)
{
	char host[INET6_ADDRSTRLEN] = "", name[IF_NAMESIZE];
	uint32_t scope;

	if (a->sa.sa_family == AF_INET)
		(void)inet_ntop(AF_INET, &a->in4.sin_addr, host, sizeof(host));
	else if (a->sa.sa_family == AF_INET6)
		(void)inet_ntop(AF_INET6, &a->in6.sin6_addr, host,
		                sizeof(host));
	scope = a->sa.sa_family == AF_INET6 ? a->in6.sin6_scope_id : 0;
	if (scope == 0)
		(void)snprintf(to, size, "%s", host);
	else if (if_indextoname(scope, name) != NULL)
		(void)snprintf(to, size, "%s%%%s", host, name);
	else
		(void)snprintf(to, size, "%s%%%u", host, scope);
}

void addr_print(const struct addr *a, char *to, size_t size)
{
	char host[ADDR_TEXT];

	addr_print_host(a, host, sizeof(host));
	if (!addr_is_set(a))
		(void)snprintf(to, size, "%s", "");
	else if (a->sa.sa_family == AF_INET6)
		(void)snprintf(to, size, "[%s]:%u", host, addr_port(a));
	else
		(void)snprintf(to, size, "%s:%u", host, addr_port(a));
}

bool addr_equal_host(const struct addr *a, const struct addr *b)
{
	if (a->sa.sa_family != b->sa.sa_family)
		return false;
	if (a->sa.sa_family == AF_INET)
		return a->in4.sin_addr.s_addr == b->in4.sin_addr.s_addr;
	if (a->sa.sa_family == AF_INET6)
		return IN6_ARE_ADDR_EQUAL(&a->in6.sin6_addr,
		                          &b->in6.sin6_addr) &&
		       a->in6.sin6_scope_id == b->in6.sin6_scope_id;
	return true; /* neither is set */
}

bool addr_equal(const struct addr *a, const struct addr *b)
{
	return addr_equal_host(a, b) && addr_port(a) == addr_port(b);
}

uint16_t addr_port(const struct addr *a)
{
	if (a->sa.sa_family == AF_INET)
		return ntohs(a->in4.sin_port);
	return a->sa.sa_family == AF_INET6 ? ntohs(a->in6.sin6_port) : 0;
}

void addr_set_port(struct addr *a, uint16_t port)
{
	if (a->sa.sa_family == AF_INET)
		a->in4.sin_port = htons(port);
	else if (a->sa.sa_family == AF_INET6)
		a->in6.sin6_port = htons(port);
}

socklen_t addr_len(const struct addr *a)
{
	return a->sa.sa_family == AF_INET6 ? sizeof(a->in6) : sizeof(a->in4);
}

bool addr_is_set(const struct addr *a)
{
	return a->sa.sa_family == AF_INET || a->sa.sa_family == AF_INET6;
}

bool addr_is_any(const struct addr *a)
{
	if (a->sa.sa_family == AF_INET)
		return a->in4.sin_addr.s_addr == INADDR_ANY;
	return a->sa.sa_family == AF_INET6 &&
	       IN6_IS_ADDR_UNSPECIFIED(&a->in6.sin6_addr);
}

/* FNV-1a, and a last mixing because tables take the low bits. */
static uint64_t mix(uint64_t hash, const void *data, size_t n)
{
	const uint8_t *at = data;

	for (size_t i = 0; i < n; i++)
		hash = (hash ^ at[i]) * UINT64_C(0x100000001b3);
	return hash;
}

uint64_t addr_hash(const struct addr *a)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	uint16_t port = addr_port(a);

	if (a->sa.sa_family == AF_INET)
		hash = mix(hash, &a->in4.sin_addr, sizeof(a->in4.sin_addr));
	else if (a->sa.sa_family == AF_INET6)
		hash = mix(hash, &a->in6.sin6_addr, sizeof(a->in6.sin6_addr));
	hash = mix(hash, &port, sizeof(port));
	return hash ^ hash >> 32;
}

bool addr_from_sockaddr(struct addr *out, const struct sockaddr *sa)
{
	struct addr a;

	memset(&a, 0, sizeof(a));
	if (sa->sa_family == AF_INET)
		memcpy(&a.in4, sa, sizeof(a.in4));
	else if (sa->sa_family == AF_INET6)
		memcpy(&a.in6, sa, sizeof(a.in6));
	else
		return false;
	if (sa->sa_family == AF_INET6)
		a.in6.sin6_flowinfo = 0; /* not part of who it is */
	unmap(&a);
	*out = a;
	return true;
}
