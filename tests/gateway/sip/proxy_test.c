/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Calls by an outbound proxy, and numbers as tel: URIs.
 */
#include <stdio.h>
#include <string.h>

#include "tests/gateway/sip/desk.h"
#include "tests/test.h"

/* The peer is a name nobody looks up; "far" is its proxy. */
static void behind_proxy(struct desk *d)
{
	(void)strcpy(d->peer.host, "carrier.example.net");
	d->peer.port = 0;
	(void)strcpy(d->peer.proxy, "127.0.0.1");
	d->peer.proxy_port = d->far.port;
	(void)sip_peer_set(d->stack, &d->peer);
}

TEST(all_goes_by_the_outbound_proxy)
{
	char route[64];
	struct desk d;

	desk_open(&d);
	behind_proxy(&d);
	(void)snprintf(route, sizeof(route), "<sip:127.0.0.1:%u;lr>",
	               d.far.port);
	CHECK(desk_place(&d) != NULL);
	CHECK(far_hears(&d.far,
	                "INVITE sip:3035550100@carrier.example.net;user"));
	CHECK_TEXT(far_header(&d.far, "Route"), route);
	far_reply(&d.far, "180 Ringing", "", NULL);
	desk_turn(&d);
	sip_session_end(d.session, 0, &(struct release){ 0 });
	desk_turn(&d);
	CHECK(far_hears(&d.far, "CANCEL "));
	CHECK_TEXT(far_header(&d.far, "Route"), route);
	desk_close(&d);
}

TEST(a_proxy_that_stays_is_in_the_route_set_and_one_that_does_not_is_not)
{
	struct desk d;

	desk_open(&d);
	behind_proxy(&d);
	desk_invite(&d);
	far_reply(&d.far, "200 OK", "Record-Route: <sip:127.0.0.1;x=1;lr>\r\n",
	          far_sdp);
	desk_turn(&d);
	/* the recorded one has no port, so it is at 5060: not heard here */
	CHECK(!far_hear(&d.far));
	desk_close(&d);
	desk_open(&d);
	behind_proxy(&d);
	desk_invite(&d);
	far_reply(&d.far, "200 OK", "", far_sdp);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "ACK sip:far@127.0.0.1"));
	CHECK_TEXT(far_header(&d.far, "Route"), "");
	desk_close(&d);
}

TEST(a_registration_goes_by_the_proxy_too)
{
	struct sip_register_conf conf = {
		.user = "gw", .peer = "far", .expires_s = 60, .wanted = true
	};
	struct desk d;

	desk_open(&d);
	behind_proxy(&d);
	CHECK_EQ(sip_register_set(d.stack, &conf, 1), 0);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "REGISTER sip:carrier.example.net SIP/2.0"));
	CHECK(strstr(far_header(&d.far, "Route"), ";lr>") != NULL);
	CHECK(strstr(far_header(&d.far, "To"),
	             "<sip:gw@carrier.example.net>") != NULL);
	CHECK_EQ(sip_register_set(d.stack, NULL, 0), 0);
	desk_close(&d);
}

static const struct {
	const char *called, *uri;
} numbers[] = {
	/* clang-format off */
	{ "+13035550100", "tel:+13035550100 " },
	{ "3035550100",   "tel:3035550100;phone-context=127.0.0.1 " },
	{ "*21#",         "tel:*21%23;phone-context=127.0.0.1 " },
	/* clang-format on */
};

TEST_ROWS(a_called_number_leaves_as_tel_where_asked, numbers, row)
{
	struct sip_setup setup = { .has_offer = true };
	struct desk d;
	char line[128];

	desk_open(&d);
	d.peer.tel = true;
	(void)sip_peer_set(d.stack, &d.peer);
	(void)strcpy(setup.called.number.digits, row->called);
	setup.called.number.present = true;
	CHECK_EQ(sip_session_place(&d.session, d.stack, "far", &setup, &d), 0);
	desk_turn(&d);
	(void)snprintf(line, sizeof(line), "INVITE %sSIP/2.0", row->uri);
	CHECK(far_hears(&d.far, line));
	CHECK(strncmp(far_header(&d.far, "To"), "<tel:", 5) == 0);
	far_reply(&d.far, "200 OK", "", far_sdp);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "ACK sip:far@"));
	desk_close(&d);
}

static const struct {
	const char *uri, *digits;
} called[] = {
	/* clang-format off */
	{ "tel:+1-303-555-0100",                 "+13035550100" },
	{ "tel:5550100;phone-context=+1303",     "5550100"      },
	{ "TEL:*21%23;phone-context=gw",         "*21#"         },
	{ "sip:+13035550100@gw.example.net;user=phone", "+13035550100" },
	{ "sip:5550100;phone-context=x@elsewhere.example", "5550100" },
	/* clang-format on */
};

TEST_ROWS(a_tel_uri_is_a_called_number_as_good_as_any, called, row)
{
	struct desk d;

	desk_open(&d);
	far_send(&d.far,
	         "INVITE %s SIP/2.0\r\n"
	         "Via: SIP/2.0/UDP 127.0.0.1:%u;branch=z9hG4bKt%u\r\n"
	         "Max-Forwards: 70\r\nFrom: <tel:+13035550199>;tag=a\r\n"
	         "To: <%s>\r\nCall-ID: tel-%u\r\nCSeq: 1 INVITE\r\n"
	         "Contact: <sip:far@127.0.0.1:%u>\r\n"
	         "Content-Length: 0\r\n\r\n",
	         row->uri, d.far.port, d.far.port, row->uri, d.far.port,
	         d.far.port);
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_SETUP));
	CHECK_TEXT(d.setup.called.number.digits, row->digits);
	CHECK_TEXT(d.setup.calling.number.digits, "+13035550199");
	sip_session_end(d.session, 486, &(struct release){ 0 });
	desk_close(&d);
}
