/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Binds and datagrams: what is not worth parsing, and binds that change.
 */
#include <errno.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kernel/net.h"
#include "tests/gateway/sip/layers.h"
#include "tests/test.h"

TEST(line_ends_and_zeros_in_datagrams_keep_an_address_alive_only)
{
	struct layers l;

	layers_open(&l, false);
	layers_far_send(&l, "\r\n\r\n");
	CHECK(sendto(l.far, "\0\0\0\0", 4, 0, &l.udp.sa, addr_len(&l.udp)) ==
	      4);
	layers_settle(&l);
	CHECK_EQ(l.messages, 0);
	CHECK_EQ(l.counts.messages_in, 0);
	CHECK_EQ(layers_far_hear(&l), 0);
	layers_close(&l);
}

TEST(a_datagram_beyond_the_limit_is_dropped_and_counted)
{
	struct layers l;
	struct sip_conf conf;

	sip_conf_preset(&conf);
	conf.message_most = 100;
	layers_open_conf(&l, false, &conf);
	layers_far_send(&l,
	                "OPTIONS sip:us@$B SIP/2.0\r\nVia: SIP/2.0/UDP "
	                "$F;branch=z9hG4bK1\r\n"
	                "From: <sip:far@$F>;tag=a\r\nTo: <sip:us@$B>\r\n\r\n");
	CHECK_EQ(l.messages, 0);
	CHECK_EQ(l.counts.malformed, 1);
	layers_close(&l);
}

TEST(binds_change_with_calls_up)
{
	struct layers l;
	struct sip_conf conf;
	struct hop hop = { .transport = SIP_UDP };
	struct addr was, now;

	layers_open(&l, false);
	conf = l.conf;
	hop.remote = l.far_addr;
	CHECK_EQ(transports_local(l.transports, &hop, &was), 0);
	/* One that can not be opened changes nothing. */
	conf.bind[1].transport = SIP_UDP;
	conf.bind[1].addr = l.far_addr;
	CHECK_EQ(transports_change(l.transports, &conf), -EADDRINUSE);
	CHECK_EQ(transports_local(l.transports, &hop, &now), 0);
	CHECK(addr_equal(&was, &now));
	/* Only TCP stays. */
	conf = l.conf;
	conf.bind[0] = conf.bind[1];
	conf.nbinds = 1;
	CHECK_EQ(transports_change(l.transports, &conf), 0);
	CHECK_EQ(transports_local(l.transports, &hop, &now), -EHOSTUNREACH);
	hop.transport = SIP_TCP;
	CHECK_EQ(transports_local(l.transports, &hop, &now), 0);
	/* And back. */
	CHECK_EQ(transports_change(l.transports, &l.conf), 0);
	hop.transport = SIP_UDP;
	hop.local = (struct addr){ 0 };
	CHECK_EQ(transports_local(l.transports, &hop, &now), 0);
	layers_close(&l);
}

TEST(a_bind_on_any_address_is_told_as_the_route_to_the_peer)
{
	struct layers l;
	struct sip_conf conf;
	struct hop hop = { .transport = SIP_UDP };
	struct addr told;
	char text[ADDR_TEXT];

	layers_open(&l, false);
	conf = l.conf;
	conf.nbinds = 1;
	CHECK_EQ(addr_parse(&conf.bind[0].addr, "0.0.0.0", 0), 0);
	CHECK_EQ(transports_change(l.transports, &conf), 0);
	hop.remote = l.far_addr;
	CHECK_EQ(transports_local(l.transports, &hop, &told), 0);
	addr_print_host(&told, text, sizeof(text));
	CHECK_TEXT(text, "127.0.0.1");
	CHECK(addr_port(&told) != 0);
	layers_close(&l);
}

TEST(a_flood_lets_others_have_their_turn)
{
	struct layers l;

	layers_open(&l, false);
	layers_settle(&l);
	for (int i = 0; i < 200; i++)
		CHECK(sendto(l.far, "x y z", 5, 0, &l.udp.sa,
		             addr_len(&l.udp)) == 5);
	(void)loop_turn(l.loop);
	CHECK(l.messages > 0 && l.messages < 200);
	layers_settle(&l);
	CHECK_EQ(l.messages, 200);
	CHECK_EQ(transports_dropped(l.transports), 0);
	layers_close(&l);
}

TEST(without_a_descriptor_left_a_connection_is_taken_and_closed)
{
	struct rlimit old, tight;
	struct layers l;
	char octet;
	int fd;

	layers_open(&l, false);
	fd = net_tcp_connect(NULL, &l.tcp, -1);
	CHECK(fd >= 0);
	CHECK_EQ(getrlimit(RLIMIT_NOFILE, &old), 0);
	tight = old;
	tight.rlim_cur = (rlim_t)fd + 1;
	CHECK_EQ(setrlimit(RLIMIT_NOFILE, &tight), 0);
	layers_settle(&l);
	CHECK_EQ(setrlimit(RLIMIT_NOFILE, &old), 0);
	CHECK_EQ(recv(fd, &octet, 1, MSG_DONTWAIT), 0);
	CHECK_EQ(l.counts.connections, 0);
	CHECK(l.counts.refused_limit > 0);
	(void)close(fd);
	layers_close(&l);
}
