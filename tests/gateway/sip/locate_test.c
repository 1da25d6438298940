/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Where a name leads, RFC 3263, and in which order it is tried, RFC 2782.
 */
#include "gateway/sip/locate.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/sip/stack.h"
#include "tests/gateway/sip/desk.h"
#include "tests/gateway/sip/names.h"
#include "tests/test.h"

#define A "A a.test 127.0.0.1\nA b.test 127.0.0.2\nA x.test 127.0.0.9\n"
#define UDP                                       \
	"SRV _sip._udp.x.test 20 0 5072 b.test\n" \
	"SRV _sip._udp.x.test 10 0 5071 a.test\n"
#define TCP   "SRV _sip._tcp.x.test 10 0 5073 a.test\n"
#define OTHER "SRV _sip.other 10 0 5074 b.test\n"

enum { ANY = -1 };

static const struct {
	const char *zone, *found; /* "udp 127.0.0.1:5071 ..." or "" */
	uint16_t port;
	int transport;
	unsigned refused;
} ways[] = {
	/* clang-format off */
	{ A,             "udp 127.0.0.9:5060", 0, SIP_UDP, 0 },
	{ A,             "tcp 127.0.0.9:5060", 0, SIP_TCP, 0 },
	{ A,             "tls 127.0.0.9:5061", 0, SIP_TLS, 0 },
	{ A,             "udp 127.0.0.9:5060", 0, ANY,     0 },
	/* a port: nothing but the address */
	{ A UDP,         "udp 127.0.0.9:5090", 5090, SIP_UDP, 0 },
	{ A UDP TCP,     "tcp 127.0.0.9:5090", 5090, SIP_TCP, 0 },
	/* SRV without NAPTR */
	{ A UDP TCP, "udp 127.0.0.1:5071 127.0.0.2:5072", 0, SIP_UDP, 0 },
	{ A UDP TCP, "tcp 127.0.0.1:5073", 0, SIP_TCP, 0 },
	{ A UDP TCP, "udp 127.0.0.1:5071 127.0.0.2:5072", 0, ANY,     0 },
	{ A TCP,     "tcp 127.0.0.1:5073", 0, ANY,     0 },
	{ A TCP,     "udp 127.0.0.9:5060", 0, SIP_UDP, 0 },
	/* NAPTR says which is better, or where else the servers are listed */
	{ A UDP TCP
	  "NAPTR x.test 1 1 s SIP+D2T _sip._tcp.x.test\n"
	  "NAPTR x.test 2 1 s SIP+D2U _sip._udp.x.test\n",
	  "tcp 127.0.0.1:5073", 0, ANY, 0 },
	{ A UDP TCP
	  "NAPTR x.test 1 1 s SIP+D2T _sip._tcp.x.test\n"
	  "NAPTR x.test 2 1 s SIP+D2U _sip._udp.x.test\n",
	  "udp 127.0.0.1:5071 127.0.0.2:5072", 0, SIP_UDP, 0 },
	{ A OTHER "NAPTR x.test 1 1 s sip+d2u _sip.other\n",
	  "udp 127.0.0.2:5074", 0, SIP_UDP, 0 },
	{ A UDP OTHER "NAPTR x.test 1 1 s SIPS+D2T _sip.other\n",
	  "udp 127.0.0.1:5071 127.0.0.2:5072", 0, ANY, 0 },
	{ A UDP OTHER "NAPTR x.test 1 1 u E2U+sip _sip.other\n",
	  "udp 127.0.0.1:5071 127.0.0.2:5072", 0, ANY, 0 },
	/* a listing that is empty leads to the next one */
	{ A UDP
	  "NAPTR x.test 1 1 s SIP+D2T _sip._tcp.x.test\n"
	  "NAPTR x.test 2 1 s SIP+D2U _sip._udp.x.test\n",
	  "udp 127.0.0.1:5071 127.0.0.2:5072", 0, ANY, 0 },
	{ A "NAPTR x.test 1 1 s SIP+D2T _sip._tcp.x.test\n",
	  "udp 127.0.0.9:5060", 0, ANY, 0 },
	/* a server that knows neither NAPTR nor SRV */
	{ A UDP,     "udp 127.0.0.9:5060", 0, ANY,     4 },
	{ A UDP,     "udp 127.0.0.9:5060", 0, SIP_UDP, 5 },
	{ A UDP,     "tcp 127.0.0.9:5060", 0, SIP_TCP, 2 },
	/* a target without an address is passed over */
	{ A UDP "SRV _sip._udp.x.test 5 0 5075 gone.test\n",
	  "udp 127.0.0.1:5071 127.0.0.2:5072", 0, SIP_UDP, 0 },
	/* one with several has them all */
	{ "A a.test 127.0.0.1\nA a.test 127.0.0.3\n" TCP,
	  "tcp 127.0.0.1:5073 127.0.0.3:5073", 0, SIP_TCP, 0 },
	{ "A y.test 127.0.0.1\n", "", 0, SIP_UDP, 0 },
	{ UDP, "", 0, SIP_UDP, 0 },
	/* clang-format on */
};

/* A desk whose peer is a name of this zone. */
static void open_named(struct desk *d, struct names *n, const char *zone)
{
	desk_open(d);
	names_open(n, d->loop, zone);
	(void)strcpy(d->conf.dns, n->servers);
	CHECK_EQ(sip_stack_change(d->stack, &d->conf), 0);
	(void)strcpy(d->peer.host, "x.test");
	d->peer.port = 0;
}

/* c-ares waits with a clock of its own. */
static void look_up(struct desk *d)
{
	CHECK_EQ(sip_peer_set(d->stack, &d->peer), 0);
	for (int i = 0; i < 10; i++)
		desk_turn(d);
}

static struct peer *peer_of(struct desk *d)
{
	return peers_find(d->stack->peers, "far");
}

static void print_order(struct desk *d, char *to, size_t size)
{
	const struct peer *peer = peer_of(d);
	struct addr order[PEER_ADDRS];
	struct text out = { .at = to, .size = size };
	char one[ADDR_TEXT];
	unsigned n = peer_targets(peer, order);

	to[0] = '\0';
	if (n > 0)
		text_add(&out, "%s", sip_transport_name(peer->transport));
	for (unsigned i = 0; i < n; i++) {
		addr_print(&order[i], one, sizeof(one));
		text_add(&out, " %s", one);
	}
}

TEST_ROWS(a_name_leads_where_rfc_3263_says, ways, row)
{
	struct desk d;
	struct names n;
	char order[512];

	open_named(&d, &n, row->zone);
	n.refused = row->refused;
	d.peer.port = row->port;
	d.peer.any_transport = row->transport == ANY;
	if (row->transport != ANY)
		d.peer.transport = (enum sip_transport)row->transport;
	look_up(&d);
	print_order(&d, order, sizeof(order));
	CHECK_TEXT(order, row->found);
	names_close(&n);
	desk_close(&d);
}

TEST(an_address_is_never_asked_for)
{
	struct desk d;
	struct names n;

	open_named(&d, &n, A);
	(void)strcpy(d.peer.host, "127.0.0.5");
	look_up(&d);
	CHECK_EQ(n.asked, 0);
	CHECK_EQ(peer_of(&d)->naddrs, 1);
	names_close(&n);
	desk_close(&d);
}

TEST(a_silent_server_takes_nothing_away_and_is_asked_again)
{
	struct desk d;
	struct names n;
	unsigned asked;

	open_named(&d, &n, A UDP);
	look_up(&d);
	CHECK_EQ(peer_of(&d)->naddrs, 2);
	n.silent = true;
	desk_wait(&d, SEC(60));
	CHECK(peer_of(&d)->query != NULL);
	desk_wait(&d, SEC(8) * 3);
	CHECK(peer_of(&d)->query == NULL);
	CHECK_EQ(peer_of(&d)->naddrs, 2);
	n.silent = false;
	n.zone = A TCP;
	asked = n.asked;
	desk_wait(&d, SEC(21));
	for (int i = 0; i < 10; i++)
		desk_turn(&d);
	CHECK(n.asked > asked);
	CHECK_EQ(peer_of(&d)->naddrs, 1);
	names_close(&n);
	desk_close(&d);
}

TEST(servers_once_listed_are_kept_when_only_addresses_are_told)
{
	struct desk d;
	struct names n;

	open_named(&d, &n, A UDP);
	look_up(&d);
	n.refused = 2;
	look_up(&d);
	CHECK_EQ(peer_of(&d)->naddrs, 2);
	n.refused = 0;
	n.zone = A; /* they are listed no longer: that is an answer */
	look_up(&d);
	CHECK_EQ(peer_of(&d)->naddrs, 1);
	names_close(&n);
	desk_close(&d);
}

TEST(other_servers_are_asked_at_once)
{
	struct desk d;
	struct names n, other;

	open_named(&d, &n, A);
	look_up(&d);
	names_open(&other, d.loop, A UDP);
	(void)strcpy(d.conf.dns, other.servers);
	CHECK_EQ(sip_stack_change(d.stack, &d.conf), 0);
	for (int i = 0; i < 10; i++)
		desk_turn(&d);
	CHECK_EQ(peer_of(&d)->naddrs, 2);
	names_close(&n);
	names_close(&other);
	desk_close(&d);
}

/* A zone whose first target is a dead place and whose second is the far end.
 */
static const char *zone_of(struct desk *d, char *to, size_t size)
{
	(void)snprintf(to, size,
	               "SRV _sip._udp.x.test 1 0 9 dead.test\n"
	               "SRV _sip._udp.x.test 2 0 %u far.test\n"
	               "A dead.test 127.0.0.77\nA far.test 127.0.0.1\n",
	               d->far.port);
	return to;
}

static void open_half_dead(struct desk *d, struct names *n, char *zone,
                           size_t size)
{
	open_named(d, n, "");
	n->zone = zone_of(d, zone, size);
	look_up(d);
}

static void call_and_refuse(struct desk *d)
{
	CHECK(far_hears(&d->far, "INVITE sip:"));
	CHECK(strstr(d->far.heard, "@x.test") != NULL);
	far_deaf(&d->far);
	far_reply(&d->far, "486 Busy Here", "", NULL);
	desk_turn(d);
	CHECK(far_hears(&d->far, "ACK "));
}

TEST(a_dead_target_is_not_tried_first_for_thirty_seconds)
{
	struct desk d;
	struct names n;
	char zone[512];

	open_half_dead(&d, &n, zone, sizeof(zone));
	CHECK(desk_place(&d) != NULL);
	CHECK(!far_hear(&d.far));
	desk_wait(&d, SEC(33)); /* or sooner, when an ICMP tells */
	call_and_refuse(&d);
	desk_wait(&d, SEC(10));
	CHECK(desk_place(&d) != NULL);
	call_and_refuse(&d); /* at once */
	desk_wait(&d, SEC(31));
	CHECK(desk_place(&d) != NULL);
	CHECK(!far_hear(&d.far));
	desk_wait(&d, SEC(33));
	call_and_refuse(&d);
	names_close(&n);
	desk_close(&d);
}

TEST(a_penalty_outlives_a_look_up)
{
	struct desk d;
	struct names n;
	char zone[512], order[256];
	struct addr dead;

	open_half_dead(&d, &n, zone, sizeof(zone));
	print_order(&d, order, sizeof(order));
	CHECK(strncmp(order, "udp 127.0.0.77:9 ", 17) == 0);
	CHECK_EQ(addr_parse(&dead, "127.0.0.77", 9), 0);
	peer_punish(peer_of(&d), &dead);
	look_up(&d);
	print_order(&d, order, sizeof(order));
	CHECK(strncmp(order, "udp 127.0.0.1:", 14) == 0);
	names_close(&n);
	desk_close(&d);
}

/* --- weights --- */

static void order_of(const struct place *places, unsigned n, uint16_t *ports)
{
	struct addr addrs[LOCATE_PLACES] = { 0 }, out[LOCATE_PLACES];

	for (unsigned i = 0; i < n; i++)
		CHECK_EQ(addr_parse(&addrs[i], "192.0.2.1", (uint16_t)(i + 1)),
		         0);
	CHECK_EQ(locate_order(addrs, places, n, out), n);
	for (unsigned i = 0; i < n; i++)
		ports[i] = addr_port(&out[i]);
}

TEST(equals_are_drawn_by_weight_and_priorities_are_kept)
{
	static const struct place places[] = {
		{ .priority = 1, .weight = 10, .service = 0 },
		{ .priority = 1, .weight = 30, .service = 1 },
		{ .priority = 1, .weight = 60, .service = 2 },
		{ .priority = 2, .weight = 999, .service = 3 },
	};
	unsigned first[5] = { 0 };
	uint16_t ports[4];

	for (int i = 0; i < 20000; i++) {
		order_of(places, 4, ports);
		CHECK_EQ(ports[3], 4);
		first[ports[0]]++;
	}
	CHECK(first[1] > 1600 && first[1] < 2400);
	CHECK(first[2] > 5300 && first[2] < 6700);
	CHECK(first[3] > 11200 && first[3] < 12800);
}

TEST(addresses_of_one_target_stay_together)
{
	static const struct place places[] = {
		{ .priority = 1, .weight = 1, .service = 0 },
		{ .priority = 1, .weight = 1, .service = 0 },
		{ .priority = 1, .weight = 1, .service = 1 },
		{ .priority = 1, .weight = 1, .service = 1 },
	};
	uint16_t ports[4];

	for (int i = 0; i < 200; i++) {
		order_of(places, 4, ports);
		CHECK_EQ(ports[1], ports[0] + 1);
		CHECK_EQ(ports[3], ports[2] + 1);
	}
}

TEST(records_without_weight_are_drawn_too)
{
	static const struct place places[] = {
		{ .priority = 1, .weight = 0, .service = 0 },
		{ .priority = 1, .weight = 9, .service = 1 },
	};
	unsigned light = 0;
	uint16_t ports[2];

	for (int i = 0; i < 4000; i++) {
		order_of(places, 2, ports);
		light += ports[0] == 1;
	}
	CHECK(light > 200 && light < 700); /* one in ten */
}

LADDER(a_look_up_survives_want_of_memory_and_of_the_network)
{
	struct desk d;
	struct names n;

	desk_open(&d);
	if (d.stack != NULL) {
		names_open(&n, d.loop, A UDP);
		(void)strcpy(d.conf.dns, n.servers);
		(void)sip_stack_change(d.stack, &d.conf);
		(void)strcpy(d.peer.host, "x.test");
		d.peer.port = 0;
		(void)sip_peer_set(d.stack, &d.peer);
		for (int i = 0; i < 10; i++)
			desk_turn(&d);
		if (ladder_ok() && peer_of(&d) != NULL)
			CHECK_EQ(peer_of(&d)->naddrs, 2);
		names_close(&n);
	}
	desk_close(&d);
}
