/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

#include "kernel/net.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/test.h"

static const char *const loopbacks[] = { "127.0.0.1:0", "[::1]:0" };

static struct addr local(const char *text)
{
	struct addr a;

	CHECK_EQ(addr_parse(&a, text, 0), 0);
	return a;
}

static int option(int fd, int level, int name)
{
	int value = -1;
	socklen_t len = sizeof(value);

	CHECK(getsockopt(fd, level, name, &value, &len) == 0);
	return value;
}

static bool wait_for(int fd, short events)
{
	struct pollfd ready = { .fd = fd, .events = events };

	return poll(&ready, 1, 2000) == 1;
}

static void check_marks(int fd, bool v6)
{
	if (v6)
		CHECK_EQ(option(fd, IPPROTO_IPV6, IPV6_V6ONLY), 1);
	CHECK_EQ(v6 ? option(fd, IPPROTO_IPV6, IPV6_TCLASS)
	            : option(fd, IPPROTO_IP, IP_TOS),
	         46 << 2);
	CHECK(fcntl(fd, F_GETFL) & O_NONBLOCK);
	CHECK(fcntl(fd, F_GETFD) & FD_CLOEXEC);
}

TEST_ROWS(a_datagram_crosses, loopbacks, row)
{
	static const uint8_t hello[] = { 1, 2, 3 };
	struct addr any = local(*row), a, b, from;
	uint8_t got[8];
	int x = net_udp_open(&any, 46), y = net_udp_open(&any, -1);

	CHECK(x >= 0 && y >= 0);
	check_marks(x, any.sa.sa_family == AF_INET6);
	CHECK(net_local(x, &a) == 0 && net_local(y, &b) == 0);
	CHECK_EQ(net_receive_from(y, got, sizeof(got), &from), -EAGAIN);
	CHECK_EQ(net_send_to(x, BYTES(hello), &b), 3);
	CHECK(wait_for(y, POLLIN));
	CHECK_EQ(net_receive_from(y, got, sizeof(got), &from), 3);
	CHECK_MEM(got, hello, 3);
	CHECK(addr_equal(&from, &a));
	CHECK_EQ(net_udp_open(&a, -1), -EADDRINUSE);
	(void)close(x);
	(void)close(y);
}

TEST_ROWS(a_connection_is_made_and_ends, loopbacks, row)
{
	static const uint8_t hello[] = { 1, 2, 3 };
	struct addr any = local(*row), a, b, from;
	int l = net_tcp_listen(&any, 46), c, s;
	uint8_t got[8];

	CHECK(l >= 0 && net_local(l, &a) == 0);
	CHECK_EQ(net_accept(l, &from), -EAGAIN);
	c = net_tcp_connect(&any, &a, 46);
	CHECK(c >= 0 && wait_for(c, POLLOUT) && wait_for(l, POLLIN));
	CHECK_EQ(net_error(c), 0);
	s = net_accept(l, &from);
	CHECK(s >= 0 && net_local(c, &b) == 0 && addr_equal(&b, &from));
	check_marks(c, any.sa.sa_family == AF_INET6);
	check_marks(s, any.sa.sa_family == AF_INET6);
	CHECK_EQ(option(s, IPPROTO_TCP, TCP_NODELAY), 1);
	CHECK_EQ(option(c, IPPROTO_TCP, TCP_NODELAY), 1);
	CHECK_EQ(net_send(c, BYTES(hello)), 3);
	CHECK(wait_for(s, POLLIN));
	CHECK_EQ(net_receive(s, got, sizeof(got)), 3);
	(void)close(c);
	CHECK(wait_for(s, POLLIN));
	CHECK_EQ(net_receive(s, got, sizeof(got)), 0);
	(void)close(s);
	(void)close(l);
}

TEST(a_refused_connection_says_so)
{
	struct addr any = local("127.0.0.1:0"), a;
	int l = net_udp_open(&any, -1), c;

	CHECK(net_local(l, &a) == 0); /* a TCP port nobody listens at */
	c = net_tcp_connect(NULL, &a, -1);
	CHECK(c >= 0 || c == -ECONNREFUSED);
	if (c >= 0) {
		CHECK(wait_for(c, POLLOUT));
		CHECK_EQ(net_error(c), -ECONNREFUSED);
		(void)close(c);
	}
	(void)close(l);
}

TEST(the_route_tells_our_address)
{
	struct addr to = local("127.0.0.1"), out;
	char text[ADDR_TEXT];

	CHECK_EQ(net_route(&to, &out), 0);
	addr_print(&out, text, sizeof(text));
	CHECK_TEXT(text, "127.0.0.1:0");
}

TEST(the_nth_send_or_receive_fails)
{
	struct addr any = local("127.0.0.1:0"), a;
	uint8_t octet = 0;
	int x = net_udp_open(&any, -1);
	struct bytes one = { &octet, 1 };

	CHECK(net_local(x, &a) == 0);
	net_fail_after(2, ENETDOWN);
	CHECK_EQ(net_send_to(x, one, &a), 1);
	CHECK_EQ(net_send_to(x, one, &a), 1);
	CHECK(!net_failed());
	CHECK_EQ(net_receive_from(x, &octet, 1, &any), -ENETDOWN);
	CHECK(net_failed());
	CHECK_EQ(net_receive_from(x, &octet, 1, &any), 1);
	net_fail_after(0, ENOBUFS);
	CHECK_EQ(net_send(x, one), -ENOBUFS);
	net_fail_after(0, EIO);
	CHECK_EQ(net_receive(x, &octet, 1), -EIO);
	net_fail_after(-1, 0);
	(void)close(x);
}

static const int kinds[] = { SOCK_STREAM, SOCK_SEQPACKET };

TEST_ROWS(a_unix_socket_is_taken_over_only_when_nobody_answers, kinds, row)
{
	char path[200], long_path[200];
	struct stat st;
	int a, b, c;

	(void)snprintf(path, sizeof(path), "%s/s", test_folder());
	a = net_unix_listen(path, *row, 0660);
	CHECK(a >= 0 && stat(path, &st) == 0);
	CHECK_EQ(st.st_mode & 07777, 0660);
	CHECK_EQ(net_unix_listen(path, *row, 0660), -EADDRINUSE);
	/* Its kind does not matter: somebody is there. */
	CHECK_EQ(net_unix_listen(path, SOCK_DGRAM, 0660), -EADDRINUSE);
	b = net_unix_connect(path, *row);
	CHECK(b >= 0);
	c = net_accept(a, NULL);
	(void)close(c < 0 ? b : c);
	(void)close(b);
	(void)close(a); /* the file stays */
	CHECK_EQ(net_unix_connect(path, *row), -ECONNREFUSED);
	a = net_unix_listen(path, *row, 0600);
	CHECK(a >= 0 && stat(path, &st) == 0);
	CHECK_EQ(st.st_mode & 07777, 0600);
	(void)close(a);
	(void)unlink(path);
	memset(long_path, 'x', sizeof(long_path));
	long_path[108] = '\0';
	CHECK_EQ(net_unix_listen(long_path, *row, 0600), -ENAMETOOLONG);
	CHECK_EQ(net_unix_connect("", *row), -EINVAL);
}

TEST(a_file_that_is_no_socket_is_left_alone)
{
	char path[200];
	struct stat st;
	int fd;

	(void)snprintf(path, sizeof(path), "%s/file", test_folder());
	fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	CHECK(fd >= 0);
	(void)close(fd);
	CHECK_EQ(net_unix_listen(path, SOCK_STREAM, 0600), -EADDRINUSE);
	CHECK(stat(path, &st) == 0 && S_ISREG(st.st_mode));
}
