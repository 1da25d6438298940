/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * The system's sockets, opened one way only: non-blocking, close-on-exec, IPv6
 * apart from IPv4 (so that a peer has one address), marked before they are
 * bound. Readiness is the loop's business; here is what a descriptor does
 * once it is ready.
 *
 * Every send and receive asks net_fails() first. A test lets n of them pass and
 * fails the next, and so climbs through every error path that a network can
 * make, one rung at a time. It costs one relaxed read.
 *
 * A unix socket leaves a file behind when its owner dies. The listener asks
 * the file: only a refused connection proves that nobody is there. The file's
 * rights are set before listen(), so there is no moment in which more may
 * connect than the mode says; umask() is not touched, it belongs to all
 * threads.
 */

#include "kernel/net.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "kernel/private.h"

enum { BACKLOG = 128 };

static long fail_after = -1;
static int fail_error;
static bool fail_reached;

void net_fail_after(long n, int error)
{
	fail_error = error < 0 ? -error : error;
	__atomic_store_n(&fail_reached, false, __ATOMIC_RELAXED);
	__atomic_store_n(&fail_after, n, __ATOMIC_RELEASE);
}

bool net_failed(void)
{
	return __atomic_load_n(&fail_reached, __ATOMIC_RELAXED);
}

int net_fails(void)
{
	long n = __atomic_load_n(&fail_after, __ATOMIC_RELAXED);

	if (n < 0)
		return 0;
	n = __atomic_fetch_sub(&fail_after, 1, __ATOMIC_ACQ_REL);
	if (n != 0)
		return 0;
	__atomic_store_n(&fail_reached, true, __ATOMIC_RELAXED);
	return -fail_error;
}

static int set(int fd, int level, int name, int value)
{
	return setsockopt(fd, level, name, &value, sizeof(value)) < 0 ? -errno
	                                                              : 0;
}

static int shut(int fd, int rc)
{
	if (fd >= 0)
		(void)close(fd);
	return rc;
}

static int mark(int fd, int family, int dscp)
{
	if (dscp < 0)
		return 0;
	/* The DSCP is the upper six bits of the octet: RFC 2474 section 3. */
	return family == AF_INET6
	               ? set(fd, IPPROTO_IPV6, IPV6_TCLASS, dscp << 2)
	               : set(fd, IPPROTO_IP, IP_TOS, dscp << 2);
}

static int open_socket(int family, int kind, int dscp)
{
	int fd, rc = 0;

	fd = socket(family, kind | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (family == AF_INET6)
		rc = set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	if (rc == 0)
		rc = mark(fd, family, dscp);
	if (rc == 0 && kind == SOCK_STREAM)
		rc = set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	return rc < 0 ? shut(fd, rc) : fd;
}

static int bind_to(int fd, const struct addr *local)
{
	return bind(fd, &local->sa, addr_len(local)) < 0 ? -errno : 0;
}

int net_udp_open(const struct addr *local, int dscp)
{
	int fd = open_socket(local->sa.sa_family, SOCK_DGRAM, dscp), rc;

	if (fd < 0)
		return fd;
	rc = bind_to(fd, local);
	return rc < 0 ? shut(fd, rc) : fd;
}

int net_tcp_listen(const struct addr *local, int dscp)
{
	int fd = open_socket(local->sa.sa_family, SOCK_STREAM, dscp), rc;

	if (fd < 0)
		return fd;
	/* Connections of the process before us may still be in TIME-WAIT. */
	rc = set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (rc == 0)
		rc = bind_to(fd, local);
	if (rc == 0 && listen(fd, BACKLOG) < 0)
		rc = -errno;
	return rc < 0 ? shut(fd, rc) : fd;
}

int net_tcp_connect(const struct addr *local, const struct addr *to, int dscp)
{
	int fd = open_socket(to->sa.sa_family, SOCK_STREAM, dscp), rc = 0;

	if (fd < 0)
		return fd;
	if (local != NULL && addr_is_set(local)) {
		/* The port is chosen with the connection, not with bind(). */
		if (addr_port(local) == 0)
			(void)set(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
		rc = bind_to(fd, local);
	}
	if (rc == 0 && connect(fd, &to->sa, addr_len(to)) < 0 &&
	    errno != EINPROGRESS)
		rc = -errno;
	return rc < 0 ? shut(fd, rc) : fd;
}

static void from_storage(struct addr *out, const struct sockaddr_storage *ss,
                         socklen_t len)
{
	const void *sa = ss;

	if (out == NULL)
		return;
	if (len < sizeof(sa_family_t) || !addr_from_sockaddr(out, sa))
		memset(out, 0, sizeof(*out)); /* a unix peer has none */
}

int net_accept(int fd, struct addr *from)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	void *sa = &ss;
	int new_fd;

	do
		new_fd = accept4(fd, sa, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
	while (new_fd < 0 && errno == EINTR);
	if (new_fd < 0)
		return -errno;
	if (ss.ss_family == AF_INET || ss.ss_family == AF_INET6)
		(void)set(new_fd, IPPROTO_TCP, TCP_NODELAY, 1);
	from_storage(from, &ss, len);
	return new_fd;
}

int net_local(int fd, struct addr *out)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	void *sa = &ss;

	if (getsockname(fd, sa, &len) < 0)
		return -errno;
	return addr_from_sockaddr(out, sa) ? 0 : -ENOTSUP;
}

int net_send_to(int fd, struct bytes b, const struct addr *to)
{
	int rc = net_fails();
	ssize_t n;

	if (rc < 0)
		return rc;
	do
		n = sendto(fd, b.at, b.len, MSG_NOSIGNAL, &to->sa,
		           addr_len(to));
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : (int)n;
}

int net_receive_from(int fd, uint8_t *to, size_t size, struct addr *from)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	void *sa = &ss;
	int rc = net_fails();
	ssize_t n;

	if (rc < 0)
		return rc;
	do
		n = recvfrom(fd, to, size, 0, sa, &len);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	from_storage(from, &ss, len);
	return (int)n;
}

int net_send(int fd, struct bytes b)
{
	int rc = net_fails();
	ssize_t n;

	if (rc < 0)
		return rc;
	do
		n = send(fd, b.at, b.len, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : (int)n;
}

int net_receive(int fd, uint8_t *to, size_t size)
{
	int rc = net_fails();
	ssize_t n;

	if (rc < 0)
		return rc;
	do
		n = recv(fd, to, size, 0);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : (int)n;
}

int net_error(int fd)
{
	int error = 0;
	socklen_t len = sizeof(error);

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
		return -errno;
	return -error;
}

int net_route(const struct addr *to, struct addr *out)
{
	struct addr target = *to;
	int fd = open_socket(to->sa.sa_family, SOCK_DGRAM, -1), rc = 0;

	if (fd < 0)
		return fd;
	/* Connecting a datagram socket sends nothing: it asks the routes. */
	if (addr_port(&target) == 0)
		addr_set_port(&target, 9);
	if (connect(fd, &target.sa, addr_len(&target)) < 0)
		rc = -errno;
	if (rc == 0)
		rc = net_local(fd, out);
	if (rc == 0)
		addr_set_port(out, 0);
	return shut(fd, rc);
}

static int unix_addr(struct sockaddr_un *un, const char *path)
{
	size_t len = strlen(path);

	if (len == 0)
		return -EINVAL;
	if (len >= sizeof(un->sun_path))
		return -ENAMETOOLONG;
	memset(un, 0, sizeof(*un));
	un->sun_family = AF_UNIX;
	memcpy(un->sun_path, path, len);
	return 0;
}

static int unix_open(const struct sockaddr_un *un, int kind,
                     int (*join)(int fd, const struct sockaddr *sa,
                                 socklen_t len))
{
	const void *sa = un;
	int fd = socket(AF_UNIX, kind | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	/* A socket's own mode becomes its file's in bind(). */
	if (fchmod(fd, 0600) < 0 || join(fd, sa, sizeof(*un)) < 0)
		return shut(fd, -errno);
	return fd;
}

/* True when the file is a socket and nobody answers at it. */
static bool is_stale(const struct sockaddr_un *un, int kind)
{
	struct stat st;
	int fd;

	if (lstat(un->sun_path, &st) < 0 || !S_ISSOCK(st.st_mode))
		return false;
	fd = unix_open(un, kind, connect);
	if (fd >= 0)
		(void)close(fd);
	return fd == -ECONNREFUSED;
}

int net_unix_listen(const char *path, int kind, unsigned mode)
{
	struct sockaddr_un un;
	int rc = unix_addr(&un, path), fd;

	if (rc < 0)
		return rc;
	fd = unix_open(&un, kind, bind);
	if (fd == -EADDRINUSE && is_stale(&un, kind) && unlink(path) == 0)
		fd = unix_open(&un, kind, bind);
	if (fd < 0)
		return fd;
	if (chmod(path, (mode_t)mode) < 0 || listen(fd, BACKLOG) < 0) {
		rc = -errno;
		(void)unlink(path);
		return shut(fd, rc);
	}
	return fd;
}

int net_unix_connect(const char *path, int kind)
{
	struct sockaddr_un un;
	int rc = unix_addr(&un, path);

	return rc < 0 ? rc : unix_open(&un, kind, connect);
}
