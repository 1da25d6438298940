/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * What the stack answers by itself, who may speak, limits, routes, and calls
 * while memory or sockets fail.
 */
#include <errno.h>
#include <string.h>

#include "kernel/text.h"
#include "tests/gateway/sip/desk.h"
#include "tests/test.h"

static const char no_codec[] =
	"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\n"
	"t=0 0\r\nm=audio 4000 RTP/AVP 18\r\n";

static const struct {
	const char *extra, *type, *body, *answer, *header, *value;
} invites[] = {
	/* clang-format off */
	{ "Require: 100rel, magic\r\n", NULL, far_sdp, "SIP/2.0 420",
	  "Unsupported", "magic" },
	{ "", "text/plain", "hello", "SIP/2.0 415", "Accept", "application/sdp" },
	{ "Content-Encoding: gzip\r\n", NULL, far_sdp, "SIP/2.0 415",
	  "Accept-Encoding", "identity" },
	{ "", NULL, no_codec, "SIP/2.0 488", "Warning", "305" },
	{ "", NULL, "nonsense", "SIP/2.0 400", "CSeq", "INVITE" },
	/* clang-format on */
};

TEST_ROWS(an_invite_that_can_not_be_taken_is_refused_as_it_must, invites, row)
{
	struct desk d;

	desk_open(&d);
	d.far.type = row->type;
	far_invite(&d.far, "100", row->extra, row->body);
	desk_turn(&d);
	CHECK(far_hears(&d.far, row->answer));
	CHECK(strstr(far_header(&d.far, row->header), row->value) != NULL);
	CHECK(strstr(far_header(&d.far, "To"), ";tag=") != NULL);
	CHECK(desk_quiet(&d));
	far_ack_refusal(&d.far);
	desk_close(&d);
}

TEST(a_mismatch_is_told_by_400_where_it_is_asked_for)
{
	struct desk d;

	desk_open(&d);
	d.peer.codec_mismatch_400 = true;
	CHECK_EQ(sip_peer_set(d.stack, &d.peer), 0);
	far_invite(&d.far, "100", "", no_codec);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 400"));
	CHECK(strstr(far_header(&d.far, "Warning"), "305") != NULL);
	far_ack_refusal(&d.far);
	desk_close(&d);
}

static void out_of_dialog(struct desk *d, const char *method,
                          const char *forwards, const char *to_tag)
{
	far_send(&d->far,
	         "%s sip:100@127.0.0.1 SIP/2.0\r\n"
	         "Via: SIP/2.0/UDP 127.0.0.1:%u;branch=z9hG4bK%s;rport\r\n"
	         "From: <sip:a@b>;tag=1\r\nTo: <sip:100@127.0.0.1>%s\r\n"
	         "Call-ID: lone-%s\r\nCSeq: 7 %s\r\nMax-Forwards: %s\r\n"
	         "Contact: <sip:a@127.0.0.1>\r\nContent-Length: 0\r\n\r\n",
	         method, d->far.port, method, to_tag, method, method, forwards);
	desk_turn(d);
}

static const struct {
	const char *method, *forwards, *to_tag, *answer;
} lone[] = {
	/* clang-format off */
	{ "OPTIONS",   "70", "",         "SIP/2.0 200" },
	{ "OPTIONS",   "0",  "",         "SIP/2.0 200" },
	{ "OPTIONS",   "70", ";tag=x",   "SIP/2.0 481" },
	{ "INVITE",    "0",  "",         "SIP/2.0 483" },
	{ "INVITE",    "70", ";tag=old", "SIP/2.0 481" },
	{ "BYE",       "70", ";tag=old", "SIP/2.0 481" },
	{ "BYE",       "70", "",         "SIP/2.0 481" },
	{ "INFO",      "70", ";tag=old", "SIP/2.0 481" },
	{ "UPDATE",    "70", ";tag=old", "SIP/2.0 481" },
	{ "CANCEL",    "70", "",         "SIP/2.0 481" },
	{ "REGISTER",  "70", "",         "SIP/2.0 405" },
	{ "SUBSCRIBE", "70", "",         "SIP/2.0 405" },
	{ "FROB",      "70", "",         "SIP/2.0 501" },
	/* clang-format on */
};

TEST_ROWS(a_request_that_belongs_to_no_call_is_answered, lone, row)
{
	struct desk d;

	desk_open(&d);
	out_of_dialog(&d, row->method, row->forwards, row->to_tag);
	CHECK(far_hears(&d.far, row->answer));
	CHECK(desk_quiet(&d));
	desk_close(&d);
}

/* Whose target must be reached by TLS is not reached without. */
TEST(a_sips_uri_is_refused_where_there_is_no_tls)
{
	static const char *const methods[] = { "INVITE", "OPTIONS" };
	struct desk d;

	desk_open(&d);
	for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
		far_send(&d.far,
		         "%s sips:100@127.0.0.1 SIP/2.0\r\n"
		         "Via: SIP/2.0/UDP 127.0.0.1:%u;branch=z9hG4bK%zu;"
		         "rport\r\nFrom: <sips:a@b>;tag=1\r\n"
		         "To: <sips:100@127.0.0.1>\r\nCall-ID: sips-%zu\r\n"
		         "CSeq: 7 %s\r\nMax-Forwards: 70\r\n"
		         "Contact: <sips:a@127.0.0.1>\r\n"
		         "Content-Length: 0\r\n\r\n",
		         methods[i], d.far.port, i, i, methods[i]);
		desk_turn(&d);
		CHECK(far_hears(&d.far, "SIP/2.0 416"));
	}
	CHECK(desk_quiet(&d));
	desk_close(&d);
}

TEST(options_are_answered_as_an_invite_would_be)
{
	struct desk d;

	desk_open(&d);
	out_of_dialog(&d, "OPTIONS", "70", "");
	CHECK(far_hears(&d.far, "SIP/2.0 200"));
	CHECK(strstr(far_header(&d.far, "Allow"), "UPDATE") != NULL);
	CHECK(strstr(far_header(&d.far, "Accept"), "application/sdp") != NULL);
	CHECK_TEXT(far_header(&d.far, "Accept-Encoding"), "identity");
	CHECK(strstr(far_header(&d.far, "Supported"), "100rel") != NULL);
	CHECK(strstr(far_body(&d.far), "m=audio 0 RTP/AVP 8 0 101") != NULL);
	desk_close(&d);
	desk_open(&d);
	d.refuse_with = 503;
	out_of_dialog(&d, "OPTIONS", "70", "");
	CHECK(far_hears(&d.far, "SIP/2.0 503"));
	CHECK_TEXT(far_header(&d.far, "Retry-After"), "10");
	far_invite(&d.far, "911", "", far_sdp);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 100"));
	CHECK(desk_told(&d, SIP_SETUP));
	desk_close(&d);
}

TEST(strangers_hear_nothing_and_are_noted_once_a_minute)
{
	struct desk d;
	struct sip_counts counts;

	desk_open(&d);
	sip_peer_remove(d.stack, "far");
	for (int i = 0; i < 3; i++)
		far_invite(&d.far, "100", "", far_sdp);
	desk_turn(&d);
	CHECK(!far_hear(&d.far) && desk_quiet(&d));
	sip_stack_counts(d.stack, &counts);
	CHECK_EQ(counts.strangers, 3);
	CHECK_EQ(d.notes, 1);
	CHECK(strstr(d.note, "address 127.0.0.1") != NULL);
	desk_close(&d);
}

TEST(a_peer_that_is_shut_down_neither_speaks_nor_is_called)
{
	struct desk d;

	desk_open(&d);
	d.peer.shutdown = true;
	CHECK_EQ(sip_peer_set(d.stack, &d.peer), 0);
	far_invite(&d.far, "100", "", far_sdp);
	desk_turn(&d);
	CHECK(!far_hear(&d.far) && desk_quiet(&d));
	CHECK(desk_place(&d) == NULL);
	desk_close(&d);
}

TEST(over_the_limit_new_calls_get_503_and_old_ones_go_on)
{
	struct desk d;
	struct sip_conf conf;

	desk_open(&d);
	conf = d.conf;
	conf.dialogs_most = 1;
	CHECK_EQ(sip_stack_change(d.stack, &conf), 0);
	desk_call_in(&d);
	far_invite(&d.far, "100", "", far_sdp);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 503"));
	CHECK_TEXT(far_header(&d.far, "Retry-After"), "10");
	far_ack_refusal(&d.far);
	CHECK(desk_quiet(&d));
	CHECK(sip_session_offer(d.session, true, false) == 0);
	desk_close(&d);
}

TEST(no_socket_for_sound_refuses_the_call_with_503)
{
	struct desk d;
	struct flow flow;

	desk_open(&d);
	d.media_error = -EMFILE;
	CHECK(desk_place(&d) == NULL);
	desk_invited(&d, "100");
	CHECK(far_hears(&d.far, "SIP/2.0 100"));
	CHECK_EQ(sip_session_ring(d.session, 183, true, &flow), -EMFILE);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 503"));
	CHECK(desk_told(&d, SIP_RELEASED));
	desk_close(&d);
}

/* The stack must route what it sends by the route set. */
static const struct {
	const char *routes;
	bool strict;
} ways[] = {
	/* clang-format off */
	{ "Record-Route: <sip:p2.example.com;lr>\r\n"
	  "Record-Route: <sip:p1.example.com;lr>\r\n", false },
	{ "Record-Route: <sip:p2.example.com>\r\n"
	  "Record-Route: <sip:p1.example.com>\r\n", true },
	/* clang-format on */
};

TEST_ROWS(requests_in_the_call_follow_the_route_set, ways, row)
{
	struct desk d;
	const char *route;

	desk_open(&d);
	desk_invite(&d);
	far_reply(&d.far, "200 OK", row->routes, far_sdp);
	desk_turn(&d);
	CHECK(far_hears(&d.far, row->strict ? "ACK sip:p1.example.com "
	                                    : "ACK sip:far@127.0.0.1"));
	route = strstr(d.far.heard, "Route:");
	CHECK(route != NULL);
	CHECK(strstr(route,
	             row->strict ? "p2.example.com" : "p1.example.com") ==
	      route + (row->strict ? 12 : 12));
	if (row->strict)
		CHECK(strstr(route, "<sip:far@127.0.0.1") != NULL);
	desk_close(&d);
}

TEST(our_200_repeats_the_record_route_and_our_bye_follows_it)
{
	struct desk d;

	desk_open(&d);
	far_invite(&d.far, "100",
	           "Record-Route: <sip:p2.example.com;lr>\r\n"
	           "Record-Route: <sip:p1.example.com;lr>\r\n",
	           far_sdp);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 100"));
	CHECK_EQ(sip_session_answer(d.session, NULL, NULL), 0);
	CHECK(far_hears(&d.far, "SIP/2.0 200"));
	CHECK(strstr(d.far.heard, "p2.example.com") <
	      strstr(d.far.heard, "p1.example.com"));
	far_request(&d.far, "ACK", "", NULL);
	desk_turn(&d);
	sip_session_end(d.session, 0, &(struct release){ 0 });
	desk_turn(&d);
	CHECK(far_hears(&d.far, "BYE sip:far@127.0.0.1"));
	CHECK(strstr(d.far.heard, "p2.example.com") <
	      strstr(d.far.heard, "p1.example.com"));
	desk_close(&d);
}

TEST(a_call_over_ipv6_is_placed_and_taken)
{
	struct desk d;

	desk_open_six(&d);
	CHECK(desk_place(&d) != NULL);
	CHECK(far_hears(&d.far, "INVITE sip:3035550100@[::1]"));
	CHECK(strstr(far_body(&d.far), "c=IN IP6 ::1") != NULL);
	far_reply(&d.far, "200 OK", "",
	          "v=0\r\no=- 1 1 IN IP6 ::1\r\ns=-\r\nc=IN IP6 ::1\r\n"
	          "t=0 0\r\nm=audio 40000 RTP/AVP 0\r\n");
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_ANSWER));
	CHECK_EQ(d.flow.codec, CODEC_PCMU);
	CHECK(far_hears(&d.far, "ACK sip:far@[::1]"));
	desk_close(&d);
}

TEST(a_peer_of_another_address_family_is_not_reached)
{
	struct desk d;

	desk_open(&d);
	(void)text_copy(d.peer.host, sizeof(d.peer.host), "::1");
	CHECK_EQ(sip_peer_set(d.stack, &d.peer), 0);
	CHECK(desk_place(&d) == NULL);
	desk_close(&d);
}

TEST(an_external_address_is_told_in_contact_and_description)
{
	struct desk d;

	desk_open(&d);
	CHECK_EQ(addr_parse(&d.peer.external, "203.0.113.9", 0), 0);
	CHECK_EQ(sip_peer_set(d.stack, &d.peer), 0);
	desk_invite(&d);
	CHECK(strstr(far_header(&d.far, "Contact"), "@203.0.113.9:") != NULL);
	CHECK(strstr(far_body(&d.far), "c=IN IP4 203.0.113.9\r\n") != NULL);
	far_reply(&d.far, "200 OK", "", far_sdp);
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_ANSWER));
	CHECK_EQ(d.flow.local.in4.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
	desk_close(&d);
}

TEST(closing_with_calls_up_ends_them_and_tells)
{
	struct desk d;

	desk_open(&d);
	desk_call_out(&d);
	d.stack = sip_stack_close(d.stack);
	CHECK(desk_told(&d, SIP_RELEASED));
	CHECK(far_hears(&d.far, "BYE "));
	desk_close(&d);
}

static void look(void *self, const struct sip_session_info *info)
{
	struct desk *d = self;

	CHECK(info->session == d->session && info->owner == &d->flow);
	CHECK(!info->incoming);
	CHECK_TEXT(info->state, "confirmed");
	CHECK_TEXT(info->peer, "far");
	CHECK_EQ(addr_port(&info->local), d->port);
	CHECK_EQ(addr_port(&info->remote), d->far.port);
	CHECK_EQ(info->flow.codec, CODEC_PCMA);
	d->nevents = d->read = 0;
}

TEST(sessions_can_be_looked_at)
{
	struct desk d;
	struct sip_counts counts;

	desk_open(&d);
	desk_call_out(&d);
	sip_stack_counts(d.stack, &counts);
	sip_session_own(d.session, &d.flow);
	CHECK(sip_session_owner(d.session) == &d.flow);
	sip_each(d.stack, look, &d);
	CHECK_EQ(d.nevents, 0);
	CHECK_TEXT(sip_peer_find(d.stack, "far")->host, "127.0.0.1");
	CHECK(sip_peer_find(d.stack, "near") == NULL);
	CHECK_EQ(counts.dialogs, 1);
	CHECK_EQ(counts.peers, 1);
	CHECK_EQ(counts.requests_out[0], 1);
	CHECK_EQ(counts.requests_out[1], 1);
	CHECK_EQ(counts.responses_in[2], 1);
	CHECK_TEXT(sip_method_name(0), "INVITE");
	CHECK(sip_session_call_id(d.session)[0] != '\0');
	CHECK_TEXT(sip_session_peer(d.session)->name, "far");
	desk_close(&d);
}

/* --- want of memory, sends that fail --- */

LADDER(a_call_out_survives)
{
	struct desk d;

	desk_open(&d);
	if (d.stack != NULL && desk_place(&d) != NULL) {
		if (far_hear(&d.far)) {
			far_reply(&d.far, "180 Ringing", "", NULL);
			far_reply(&d.far, "200 OK", "", far_sdp);
			desk_turn(&d);
		}
		if (ladder_ok())
			CHECK(desk_told(&d, SIP_ALERTING) &&
			      desk_told(&d, SIP_ANSWER));
		if (d.session != NULL)
			sip_session_end(d.session, 0, &(struct release){ 0 });
		desk_turn(&d);
	}
	desk_close(&d);
}

LADDER(a_call_in_survives)
{
	struct desk d;
	struct flow flow;

	desk_open(&d);
	if (d.stack != NULL) {
		far_invite(&d.far, "100", "", far_sdp);
		desk_turn(&d);
		if (d.session != NULL)
			(void)sip_session_ring(d.session, 183, true, &flow);
		if (d.session != NULL)
			(void)sip_session_answer(d.session, NULL, &flow);
		desk_turn(&d);
		while (far_hear(&d.far))
			continue;
		far_request(&d.far, "ACK", "", NULL);
		far_request(&d.far, "INVITE", "", far_sdp);
		desk_turn(&d);
		far_request(&d.far, "ACK", "", NULL);
		far_request(&d.far, "BYE", "", NULL);
		desk_turn(&d);
		if (ladder_ok())
			CHECK(d.session == NULL);
	}
	desk_close(&d);
}

LADDER(a_change_in_a_call_survives)
{
	struct desk d;

	desk_open(&d);
	if (d.stack != NULL && desk_place(&d) != NULL && far_hear(&d.far)) {
		far_reply(&d.far, "200 OK", "", far_sdp);
		desk_turn(&d);
		far_deaf(&d.far);
		if (d.session != NULL &&
		    sip_session_offer(d.session, true, false) == 0) {
			desk_turn(&d);
			if (far_hear(&d.far))
				far_reply(&d.far, "200 OK", "", far_sdp);
			desk_turn(&d);
		}
		far_request(&d.far, "UPDATE", "", far_sdp);
		far_request(&d.far, "INVITE", "", NULL);
		desk_turn(&d);
		far_request(&d.far, "ACK", "", far_sdp);
		desk_turn(&d);
	}
	desk_close(&d);
}
