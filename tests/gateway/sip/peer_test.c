/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Who a source address is, where a name is, and trying the next address.
 */
#include <errno.h>
#include <string.h>

#include "gateway/sip/stack.h"
#include "tests/gateway/sip/desk.h"
#include "tests/test.h"

static void set(struct peers *peers, const char *name, const char *host,
                uint16_t port, bool shutdown)
{
	struct sip_peer_conf conf;

	sip_peer_preset(&conf);
	(void)text_copy(conf.name, sizeof(conf.name), name);
	(void)text_copy(conf.host, sizeof(conf.host), host);
	conf.port = port;
	conf.shutdown = shutdown;
	CHECK_EQ(peers_set(peers, &conf), 0);
}

static const struct {
	const char *from, *peer;
} sources[] = {
	/* clang-format off */
	{ "192.0.2.1:5060",      "one"   },
	{ "192.0.2.1:40000",     "one"   }, /* the port is not compared */
	{ "192.0.2.1:5070",      "two"   }, /* but tells peers apart */
	{ "[2001:db8::1]:5060",  "six"   },
	{ "192.0.2.3:5060",      NULL    }, /* shut down */
	{ "192.0.2.9:5060",      NULL    },
	/* clang-format on */
};

TEST_ROWS(a_source_address_is_a_peer_or_a_stranger, sources, row)
{
	struct loop *loop;
	struct peers *peers;
	struct peer *peer;
	struct addr from;

	CHECK_EQ(loop_new(&loop), 0);
	CHECK_EQ(peers_new(&peers, loop), 0);
	set(peers, "one", "192.0.2.1", 0, false);
	set(peers, "two", "192.0.2.1", 5070, false);
	set(peers, "six", "2001:db8::1", 0, false);
	set(peers, "off", "192.0.2.3", 0, true);
	CHECK_EQ(addr_parse(&from, row->from, 0), 0);
	peer = peers_at(peers, &from);
	CHECK_EQ(peer != NULL, row->peer != NULL);
	if (peer != NULL)
		CHECK_TEXT(peer->conf.name, row->peer);
	CHECK_EQ(peers_count(peers), 4);
	(void)peers_free(peers);
	(void)loop_free(loop);
}

TEST(a_peer_set_again_is_changed_and_one_removed_is_gone)
{
	struct loop *loop;
	struct peers *peers;
	struct addr at;

	CHECK_EQ(loop_new(&loop), 0);
	CHECK_EQ(peers_new(&peers, loop), 0);
	set(peers, "one", "192.0.2.1", 0, false);
	set(peers, "one", "192.0.2.2", 5070, false);
	CHECK_EQ(peers_count(peers), 1);
	CHECK(peers_locate(peers, "192.0.2.2", &at));
	CHECK_EQ(addr_port(&at), 5070);
	peers_remove(peers, "one");
	peers_remove(peers, "one");
	CHECK(peers_find(peers, "one") == NULL);
	CHECK(!peers_locate(peers, "192.0.2.2", &at));
	(void)peers_free(peers);
	(void)loop_free(loop);
}

/* As if the peer's name had given two addresses. */
static void add_dead_address_before(struct desk *d)
{
	struct peer *peer = peers_find(d->stack->peers, "far");

	peer->addrs[1] = peer->addrs[0];
	CHECK_EQ(addr_parse(&peer->addrs[0], "127.0.0.77",
	                    addr_port(&peer->addrs[1])),
	         0);
	peer->naddrs = 2;
}

TEST(the_next_address_is_tried_when_nothing_was_heard)
{
	struct desk d;

	desk_open(&d);
	add_dead_address_before(&d);
	CHECK(desk_place(&d) != NULL);
	CHECK(!far_hear(&d.far));
	desk_wait(&d, SEC(33));
	CHECK(far_hears(&d.far, "INVITE "));
	CHECK(strncmp(far_header(&d.far, "CSeq"), "2 ", 2) == 0);
	far_deaf(&d.far);
	far_reply(&d.far, "200 OK", "", far_sdp);
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_ANSWER));
	desk_close(&d);
}

TEST(an_address_no_bind_reaches_is_passed_over)
{
	struct desk d;
	struct peer *peer;

	desk_open(&d);
	add_dead_address_before(&d);
	peer = peers_find(d.stack->peers, "far");
	CHECK_EQ(addr_parse(&peer->addrs[0], "::1", 5060), 0);
	desk_invite(&d);
	desk_close(&d);
}

TEST(a_503_leads_to_the_next_address_too)
{
	struct desk d;
	struct peer *peer;

	desk_open(&d);
	peer = peers_find(d.stack->peers, "far");
	peer->addrs[1] = peer->addrs[0];
	peer->naddrs = 2;
	CHECK(desk_place(&d) != NULL);
	for (int i = 0; i < 2; i++) {
		CHECK(far_hears(&d.far, "INVITE "));
		far_reply(&d.far, "503 Service Unavailable", "", NULL);
		desk_turn(&d);
		CHECK(far_hears(&d.far, "ACK "));
	}
	CHECK(desk_told(&d, SIP_RELEASED) && desk_quiet(&d));
	CHECK_EQ(d.release.sip_status, 503);
	desk_close(&d);
}

TEST(a_call_to_a_dead_peer_fails_after_its_last_address)
{
	struct desk d;

	desk_open(&d);
	add_dead_address_before(&d);
	CHECK(desk_place(&d) != NULL);
	desk_wait(&d, SEC(60));
	CHECK(desk_quiet(&d));
	desk_wait(&d, SEC(10));
	CHECK(desk_told(&d, SIP_RELEASED));
	CHECK_EQ(d.release.sip_status, 408);
	desk_close(&d);
}

/* A phone behind a proxy that does not record routes. */
TEST(the_other_end_of_a_call_may_speak_in_it_and_only_in_it)
{
	struct desk d;
	struct peer *peer;

	desk_open(&d);
	desk_call_in(&d);
	peer = peers_find(d.stack->peers, "far");
	CHECK_EQ(addr_parse(&peer->addrs[0], "192.0.2.1:5060", 0), 0);
	far_send(&d.far,
	         "OPTIONS sip:x@127.0.0.1 SIP/2.0\r\n"
	         "Via: SIP/2.0/UDP 127.0.0.1:%u;branch=z9hG4bKq;rport\r\n"
	         "From: <sip:a@b>;tag=1\r\nTo: <sip:x@127.0.0.1>\r\n"
	         "Call-ID: q\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\n"
	         "Content-Length: 0\r\n\r\n",
	         d.far.port);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 403"));
	strcpy(d.far.call_id,
	       d.session == NULL ? "" : sip_session_call_id(d.session));
	CHECK(d.session != NULL);
	desk_end(&d);
	far_reply(&d.far, "200 OK", "", NULL);
	desk_wait(&d, SEC(60));
	far_invite(&d.far, "100", "", far_sdp);
	desk_turn(&d);
	CHECK(!far_hear(&d.far)); /* a stranger again */
	desk_close(&d);
}
