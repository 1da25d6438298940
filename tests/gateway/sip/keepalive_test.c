/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * OPTIONS to a peer: what means up, what means down, when, and that a change is
 * told once.
 */
#include "gateway/sip/keepalive.h"

#include <stdio.h>
#include <string.h>

#include "gateway/sip/stack.h"
#include "tests/gateway/sip/desk.h"
#include "tests/test.h"

/* The desk's peer, with a keep-alive: 60 s, 30 s, so many retries. */
static void watch_far(struct desk *d, unsigned retries)
{
	desk_open(d);
	d->peer.keepalive = (struct sip_keepalive){
		.on = true, .up_s = 60, .down_s = 30, .retries = retries
	};
	CHECK_EQ(sip_peer_set(d->stack, &d->peer), 0);
	desk_turn(d);
}

static enum sip_health health(const struct desk *d)
{
	struct sip_peer_status status;

	CHECK_EQ(sip_peer_status(d->stack, "far", &status), 0);
	return status.health;
}

static const char *why(const struct desk *d)
{
	struct sip_peer_status status;

	CHECK_EQ(sip_peer_status(d->stack, "far", &status), 0);
	return status.why;
}

/* One probe comes, and is answered. */
static void answer(struct desk *d, const char *status)
{
	CHECK(far_hears(&d->far, "OPTIONS "));
	far_reply(&d->far, status, "", NULL);
	desk_turn(d);
	CHECK(!far_hear(&d->far));
}

static const struct {
	const char *status;
	enum sip_health health;
} answers[] = {
	/* clang-format off */
	{ "200 OK",                    SIP_HEALTH_UP   },
	{ "302 Moved",                 SIP_HEALTH_UP   },
	{ "401 Unauthorized",          SIP_HEALTH_UP   },
	{ "403 Forbidden",             SIP_HEALTH_UP   },
	{ "404 Not Found",             SIP_HEALTH_UP   },
	{ "405 Method Not Allowed",    SIP_HEALTH_UP   },
	{ "408 Request Timeout",       SIP_HEALTH_UP   },
	{ "481 No Such Call",          SIP_HEALTH_UP   },
	{ "483 Too Many Hops",         SIP_HEALTH_UP   },
	{ "500 Server Internal Error", SIP_HEALTH_UP   },
	{ "501 Not Implemented",       SIP_HEALTH_UP   },
	{ "503 Service Unavailable",   SIP_HEALTH_DOWN },
	{ "504 Server Time-out",       SIP_HEALTH_UP   },
	{ "505 Version",               SIP_HEALTH_DOWN },
	{ "603 Decline",               SIP_HEALTH_UP   },
	/* clang-format on */
};

TEST_ROWS(only_503_and_505_of_all_answers_mean_down, answers, row)
{
	struct desk d;

	watch_far(&d, 1);
	CHECK_EQ(health(&d), SIP_HEALTH_UNKNOWN);
	answer(&d, row->status);
	CHECK_EQ(health(&d), row->health);
	CHECK_EQ(d.health_told, 1);
	CHECK_EQ(d.health, row->health);
	desk_close(&d);
}

/* Answered once, and from then on without being asked; a wrong password is
 * life, too. */
TEST(a_probe_that_is_challenged_is_answered)
{
	struct sip_credential mine = { .user = "gw", .password = "secret" };
	struct desk d;

	watch_far(&d, 3);
	CHECK_EQ(sip_peer_credentials(d.stack, "far", &mine, 1), 0);
	CHECK(far_hears(&d.far, "OPTIONS "));
	for (unsigned i = 0; i < 2; i++) {
		far_reply(&d.far, "407 Who",
		          "Proxy-Authenticate: Digest realm=\"x\", "
		          "nonce=\"n\", qop=\"auth\"\r\n",
		          NULL);
		desk_turn(&d);
		if (i == 1)
			break;
		CHECK(far_hears(&d.far, "OPTIONS "));
		CHECK_TEXT(far_header(&d.far, "CSeq"), "2 OPTIONS");
		CHECK(strstr(far_header(&d.far, "Proxy-Authorization"),
		             "nc=00000001") != NULL);
		CHECK_EQ(health(&d), SIP_HEALTH_UNKNOWN);
	}
	CHECK_EQ(health(&d), SIP_HEALTH_UP);
	CHECK(!far_hear(&d.far));
	desk_wait(&d, SEC(60));
	CHECK(far_hears(&d.far, "OPTIONS "));
	CHECK(strstr(far_header(&d.far, "Proxy-Authorization"),
	             "nc=00000002") != NULL);
	far_reply(&d.far, "200 OK", "", NULL);
	desk_turn(&d);
	CHECK_EQ(health(&d), SIP_HEALTH_UP);
	desk_close(&d);
}

TEST(a_probe_says_who_asks_and_what_he_takes)
{
	struct desk d;
	char wanted[64];

	watch_far(&d, 3);
	(void)snprintf(wanted, sizeof(wanted), "OPTIONS sip:127.0.0.1:%u SIP/",
	               d.far.port);
	CHECK(far_hears(&d.far, wanted));
	CHECK_TEXT(far_header(&d.far, "Accept"), "application/sdp");
	CHECK_TEXT(far_header(&d.far, "Max-Forwards"), "70");
	CHECK(far_header(&d.far, "Contact")[0] == '<');
	CHECK(strstr(far_header(&d.far, "To"), ";tag") == NULL);
	far_reply(&d.far, "200 OK", "", NULL);
	desk_close(&d);
}

TEST(a_peer_without_a_keep_alive_is_never_asked_nor_judged)
{
	struct desk d;

	desk_open(&d);
	desk_wait(&d, SEC(300));
	CHECK(!far_hear(&d.far));
	CHECK_EQ(health(&d), SIP_HEALTH_UNKNOWN);
	desk_close(&d);
}

TEST(a_peer_is_not_down_before_its_last_retry_failed)
{
	struct desk d;

	watch_far(&d, 3);
	desk_wait(&d, SEC(8) + SEC(5) + SEC(8) + SEC(5) + SEC(7));
	CHECK_EQ(health(&d), SIP_HEALTH_UNKNOWN);
	CHECK_EQ(d.health_told, 0);
	desk_wait(&d, SEC(2));
	CHECK_EQ(health(&d), SIP_HEALTH_DOWN);
	CHECK_TEXT(why(&d), "no answer to 3 OPTIONS");
	CHECK_EQ(d.health_told, 1);
	desk_close(&d);
}

TEST(one_answer_forgives_all_failures_before_it)
{
	struct desk d;

	watch_far(&d, 2);
	answer(&d, "503 Service Unavailable");
	desk_wait(&d, SEC(5));
	answer(&d, "200 OK");
	CHECK_EQ(health(&d), SIP_HEALTH_UP);
	desk_wait(&d, SEC(60));
	answer(&d, "503 Service Unavailable");
	CHECK_EQ(health(&d), SIP_HEALTH_UP);
	desk_wait(&d, SEC(5));
	answer(&d, "505 Version");
	CHECK_EQ(health(&d), SIP_HEALTH_DOWN);
	CHECK_TEXT(why(&d), "505 to 2 OPTIONS");
	CHECK_EQ(d.health_told, 2);
	desk_close(&d);
}

TEST(intervals_are_those_of_its_state)
{
	struct desk d;

	watch_far(&d, 1);
	answer(&d, "200 OK");
	desk_wait(&d, SEC(59));
	CHECK(!far_hear(&d.far));
	desk_wait(&d, SEC(1));
	answer(&d, "503 Service Unavailable");
	CHECK_EQ(health(&d), SIP_HEALTH_DOWN);
	desk_wait(&d, SEC(29));
	CHECK(!far_hear(&d.far));
	desk_wait(&d, SEC(1));
	answer(&d, "503 Service Unavailable");
	CHECK_EQ(d.health_told, 2); /* once for a change */
	desk_wait(&d, SEC(30));
	answer(&d, "200 OK");
	CHECK_EQ(health(&d), SIP_HEALTH_UP);
	CHECK_EQ(d.health_told, 3);
	desk_close(&d);
}

static void ask_us(struct desk *d, int n)
{
	far_send(&d->far,
	         "OPTIONS sip:gw@127.0.0.1 SIP/2.0\r\n"
	         "Via: SIP/2.0/UDP 127.0.0.1:%u;branch=z9hG4bKo%d;rport\r\n"
	         "From: <sip:a@b>;tag=1\r\nTo: <sip:gw@127.0.0.1>\r\n"
	         "Call-ID: o%d\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\n"
	         "Content-Length: 0\r\n\r\n",
	         d->far.port, n, n);
}

TEST(a_peer_that_is_down_and_speaks_is_asked_at_once_but_not_in_a_storm)
{
	struct desk d;

	watch_far(&d, 1);
	answer(&d, "503 Service Unavailable");
	for (int i = 0; i < 3; i++) {
		ask_us(&d, i);
		desk_wait(&d, SEC(1));
		CHECK(far_hears(&d.far, "SIP/2.0 200"));
		CHECK(!far_hear(&d.far)); /* 5 s are not over */
	}
	CHECK_EQ(health(&d), SIP_HEALTH_DOWN);
	desk_wait(&d, SEC(3));
	far_invite(&d.far, "100", "", far_sdp);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 100"));
	answer(&d, "200 OK");
	CHECK_EQ(health(&d), SIP_HEALTH_UP);
	desk_close(&d);
}

TEST(a_peer_is_up_when_one_of_its_addresses_answers)
{
	struct desk d;
	struct peer *peer;

	watch_far(&d, 1);
	answer(&d, "200 OK");
	peer = peers_find(d.stack->peers, "far");
	peer->addrs[1] = peer->addrs[0];
	CHECK_EQ(addr_parse(&peer->addrs[0], "127.0.0.77", 5060), 0);
	peer->naddrs = 2;
	desk_wait(&d, SEC(60));
	CHECK(!far_hear(&d.far)); /* the silent one is asked */
	desk_wait(&d, SEC(8));
	answer(&d, "200 OK");
	CHECK_EQ(health(&d), SIP_HEALTH_UP);
	CHECK_EQ(d.health_told, 1);
	desk_close(&d);
}

TEST(a_peer_set_again_keeps_its_state_and_one_that_moved_does_not)
{
	struct desk d;
	struct far other;

	watch_far(&d, 1);
	answer(&d, "503 Service Unavailable");
	d.peer.keepalive.down_s = 10;
	CHECK_EQ(sip_peer_set(d.stack, &d.peer), 0);
	CHECK_EQ(health(&d), SIP_HEALTH_DOWN);
	desk_wait(&d, SEC(10));
	answer(&d, "503 Service Unavailable");
	far_open(&other, d.port, false);
	d.peer.port = other.port;
	CHECK_EQ(sip_peer_set(d.stack, &d.peer), 0);
	CHECK_EQ(health(&d), SIP_HEALTH_UNKNOWN);
	desk_turn(&d);
	CHECK(far_hears(&other, "OPTIONS "));
	d.peer.keepalive.on = false;
	CHECK_EQ(sip_peer_set(d.stack, &d.peer), 0);
	far_reply(&other, "503 Service Unavailable", "", NULL);
	desk_wait(&d, SEC(100));
	CHECK_EQ(health(&d), SIP_HEALTH_UNKNOWN);
	far_close(&other);
	desk_close(&d);
}

TEST(a_peer_shut_down_or_removed_is_asked_no_more)
{
	struct desk d;

	watch_far(&d, 1);
	answer(&d, "200 OK");
	d.peer.shutdown = true;
	CHECK_EQ(sip_peer_set(d.stack, &d.peer), 0);
	desk_wait(&d, SEC(200));
	CHECK(!far_hear(&d.far));
	CHECK_EQ(health(&d), SIP_HEALTH_UNKNOWN);
	d.peer.shutdown = false;
	CHECK_EQ(sip_peer_set(d.stack, &d.peer), 0);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "OPTIONS "));
	sip_peer_remove(d.stack, "far");
	desk_wait(&d, SEC(200));
	desk_close(&d);
}

TEST(a_full_stack_says_nothing_about_a_peer)
{
	struct desk d;
	struct sip_peer_status status;

	desk_open(&d);
	(void)sip_stack_close(d.stack);
	d.conf.transactions_most = 1;
	d.conf.nbinds = 1;
	d.stack = NULL;
	CHECK_EQ(desk_stack(&d), 0);
	d.far.to = d.port;
	CHECK_EQ(sip_peer_set(d.stack, &d.peer), 0);
	desk_invite(&d);
	d.peer.keepalive = (struct sip_keepalive){
		.on = true, .up_s = 60, .down_s = 2, .retries = 1
	};
	CHECK_EQ(sip_peer_set(d.stack, &d.peer), 0);
	desk_wait(&d, MSEC(100));
	CHECK_EQ(sip_peer_status(d.stack, "far", &status), 0);
	CHECK_EQ(status.probes, 1);
	CHECK_EQ(status.health, SIP_HEALTH_UNKNOWN);
	desk_close(&d);
}

TEST(every_pair_of_state_and_event_has_a_row)
{
	for (unsigned s = 0; s < keepalive_machine.nstates; s++)
		for (unsigned e = 0; e < keepalive_machine.nevents; e++)
			CHECK(fsm_find(&keepalive_machine, s, e) != NULL);
}

LADDER(a_keep_alive_survives_want_of_memory_and_of_the_network)
{
	struct desk d;

	desk_open(&d);
	if (d.stack != NULL) {
		d.peer.keepalive = (struct sip_keepalive){
			.on = true, .up_s = 60, .down_s = 30, .retries = 1
		};
		(void)sip_peer_set(d.stack, &d.peer);
		desk_turn(&d);
		if (far_hears(&d.far, "OPTIONS "))
			far_reply(&d.far, "200 OK", "", NULL);
		desk_wait(&d, SEC(90));
		if (ladder_ok())
			CHECK_EQ(d.health_told, 2);
		d.peer.keepalive.on = false;
		(void)sip_peer_set(d.stack, &d.peer);
	}
	desk_close(&d);
}
