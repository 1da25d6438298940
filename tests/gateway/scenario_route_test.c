/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Where the requests of a call through the gateway go: a redirect server sends
 * it on as the same call (figure CF-02 of the reference), strict and loose
 * routers keep themselves in its path (CF-03), and routes that lead back to us
 * lead nowhere.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/call.h"
#include "tests/gateway/world.h"

static const char office[] = "sip-peer office\n address $FAR1\n";

/* --- redirected --- */

static const struct move {
	const char *status, *line;
} moves[] = {
	/* clang-format off */
	{ "300 Multiple Choices",    "INVITE sip:2009@" },
	{ "301 Moved Permanently",   "INVITE sip:2009@" },
	{ "302 Moved Temporarily",   "INVITE sip:2009@" },
	{ "305 Use Proxy",           "INVITE sip:2001@" }, /* the same by it */
	{ "380 Alternative Service", "INVITE sip:2009@" },
	/* clang-format on */
};

TEST_ROWS(a_redirected_call_is_the_same_call_elsewhere, moves, row)
{
	struct world *w = world_open_with(world_conf, office);
	struct far *first = &w->far[0], *f = &w->far[1];
	struct isdn_call *call = world_place(w, "2001");
	char contact[128], id[FAR_TEXT], from[FAR_TEXT];

	CHECK_TEXT(far_header(first, "CSeq"), "1 INVITE");
	(void)strcpy(id, far_header(first, "Call-ID"));
	(void)strcpy(from, far_header(first, "From"));
	(void)snprintf(contact, sizeof(contact),
	               "Contact: <sip:2009@127.0.0.1:%u>\r\n", f->port);
	first->no_contact = true;
	far_reply(first, row->status, contact, NULL);
	world_run(w, MSEC(20));
	CHECK(far_hears(first, "ACK "));
	CHECK(far_hears(f, row->line));
	CHECK_TEXT(far_header(f, "CSeq"), "2 INVITE");
	CHECK_TEXT(far_header(f, "Call-ID"), id);
	CHECK_TEXT(far_header(f, "From"), from);
	CHECK(strstr(far_header(f, "To"), "tag=") == NULL);
	phone_learn(&w->phone[1], far_body(f));
	far_reply(f, "180 Ringing", "", NULL);
	world_run(w, MSEC(20));
	world_answer(w, 1);
	CHECK_TEXT(far_header(f, "CSeq"), "2 ACK");
	CHECK(exchange_last(&w->exchange[0], ISDN_ANSWER) != NULL);
	phone_forget(&w->phone[1]);
	world_run(w, MSEC(200));
	CHECK(w->phone[1].packets >= 9);
	exchange_clear(call, Q850_NORMAL_CLEARING);
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "BYE "));
	CHECK_TEXT(far_header(f, "CSeq"), "3 BYE");
	far_reply(f, "200 OK", "", NULL);
	CHECK(!far_hear(first));
	world_close(w);
}

/* --- routed --- */

static const struct path {
	const char *user, *param;
	bool strict;
} paths[] = { { "", "lr", false }, { "router@", "x=y", true } };

/* A route set of two: this router, and behind it the far end's own. */
static void record(const struct path *path, const struct far *router,
                   bool from_us, char *to, size_t size)
{
	char line[128];

	(void)snprintf(line, sizeof(line), "<sip:%s127.0.0.1:%u;%s>",
	               path->user, router->port, path->param);
	if (from_us) /* we asked: the order is turned round */
		(void)snprintf(to, size,
		               "Record-Route: <sip:behind.example;lr>\r\n"
		               "Record-Route: %s\r\n",
		               line);
	else
		(void)snprintf(to, size,
		               "Record-Route: %s\r\n"
		               "Record-Route: <sip:behind.example;lr>\r\n",
		               line);
}

/* RFC 3261 12.2.1.1: a strict router is the Request-URI, and the target the
 * last route. */
static void check_path(const struct far *f, const struct path *path,
                       const char *target)
{
	char wanted[160];

	if (path->strict) {
		(void)snprintf(wanted, sizeof(wanted),
		               "sip:router@127.0.0.1:%u;x=y SIP/2.0", f->port);
		CHECK(strstr(f->heard, wanted) != NULL);
		CHECK(strstr(f->heard, "Route: <sip:behind.example;lr>") !=
		      NULL);
		(void)snprintf(wanted, sizeof(wanted), "Route: <%s>", target);
		CHECK(strstr(f->heard, wanted) != NULL);
	} else {
		(void)snprintf(wanted, sizeof(wanted), " %s SIP/2.0", target);
		CHECK(strstr(f->heard, wanted) != NULL);
		(void)snprintf(wanted, sizeof(wanted),
		               "Route: <sip:127.0.0.1:%u;lr>", f->port);
		CHECK(strstr(f->heard, wanted) != NULL);
	}
}

TEST_ROWS(requests_of_a_call_out_go_by_the_router, paths, row)
{
	struct world *w = world_open_with(world_conf, office);
	struct far *f = &w->far[0], *router = &w->far[1];
	struct isdn_call *call = world_place(w, "2001");
	char routes[320], target[64];

	(void)snprintf(target, sizeof(target), "sip:far@127.0.0.1:%u", f->port);
	record(row, router, true, routes, sizeof(routes));
	far_reply(f, "200 OK", routes, world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(50));
	CHECK(!far_hear(f));
	CHECK(far_hears(router, "ACK "));
	check_path(router, row, target);
	exchange_clear(call, Q850_NORMAL_CLEARING);
	world_run(w, MSEC(50));
	CHECK(!far_hear(f));
	CHECK(far_hears(router, "BYE "));
	check_path(router, row, target);
	far_reply(router, "200 OK", "", NULL);
	world_close(w);
}

TEST_ROWS(requests_of_a_call_in_go_by_the_router, paths, row)
{
	struct world *w = world_open_with(world_conf, office);
	struct far *f = &w->far[0], *router = &w->far[1];
	char routes[320], target[64];

	w->exchange[0].manner = EXCHANGE_ANSWERS;
	(void)snprintf(target, sizeof(target), "sip:far@127.0.0.1:%u", f->port);
	record(row, router, false, routes, sizeof(routes));
	far_invite(f, "1001", routes, world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(100));
	CHECK(far_hears(f, "SIP/2.0 100") && far_hears(f, "SIP/2.0 200"));
	CHECK(strstr(f->heard, "behind.example") != NULL); /* copied */
	far_request(f, "ACK", "", NULL);
	world_run(w, MSEC(50));
	exchange_clear(w->exchange[0].call, Q850_NORMAL_CLEARING);
	world_run(w, MSEC(50));
	CHECK(!far_hear(f));
	CHECK(far_hears(router, "BYE "));
	check_path(router, row, target);
	far_reply(router, "200 OK", "", NULL);
	world_close(w);
}

/* --- sent on --- */

static void invite_with(struct world *w, unsigned forwards)
{
	struct far *f = &w->far[0];
	const char *sdp = world_sdp(w, 0, "sendrecv");

	far_send(f,
	         "INVITE sip:4001@127.0.0.1:%u SIP/2.0\r\n"
	         "Via: SIP/2.0/UDP 127.0.0.1:%u;branch=z9hG4bKmf%u;rport\r\n"
	         "From: <sip:a@b>;tag=1\r\nTo: <sip:4001@c>\r\n"
	         "Call-ID: forwards-%u\r\nCSeq: 1 INVITE\r\n"
	         "Max-Forwards: %u\r\nContact: <sip:a@127.0.0.1:%u>\r\n"
	         "Content-Type: application/sdp\r\n"
	         "Content-Length: %zu\r\n\r\n%s",
	         w->port, f->port, forwards, forwards, forwards, f->port,
	         strlen(sdp), sdp);
	world_run(w, MSEC(50));
}

static const struct hops {
	unsigned in;
	const char *out; /* NULL: no further */
} hops[] = { { 70, "69" }, { 255, "70" }, { 2, "1" }, { 1, "0" }, { 0, NULL } };

/* RFC 7332: or two gateways send a call to each other until no channel, or no
 * session, is left. */
TEST_ROWS(a_call_from_sip_to_sip_counts_its_hops, hops, row)
{
	struct world *w = world_open(world_conf_same_kind);
	struct far *f = &w->far[1];

	invite_with(w, row->in);
	if (row->out == NULL) {
		CHECK(far_hears(&w->far[0], "SIP/2.0 483"));
		far_ack_refusal(&w->far[0]);
		CHECK(!far_hear(f));
	} else {
		CHECK(far_hears(f, "INVITE "));
		CHECK_TEXT(far_header(f, "Max-Forwards"), row->out);
		far_reply(f, "486 Busy Here", "", NULL);
	}
	world_run(w, MSEC(50));
	CHECK(world_call(w) == NULL);
	world_wait(w, SEC(40));
	world_close(w);
}

/* A call of the line's own begins to count anew. */
TEST(a_call_from_the_line_has_all_its_hops)
{
	struct world *w = world_open_with(world_conf, office);

	world_place(w, "2001");
	CHECK_TEXT(far_header(&w->far[0], "Max-Forwards"), "70");
	far_reply(&w->far[0], "486 Busy Here", "", NULL);
	world_run(w, MSEC(50));
	world_close(w);
}

/* --- routes and targets that are our own --- */

/* A Record-Route and a Contact of our own address: our BYE comes back to us,
 * finds no session of its own, and both calls end. */
TEST(a_route_that_leads_back_to_us_ends_nowhere)
{
	struct world *w = world_open_with(world_conf, office);
	struct far *f = &w->far[0];
	struct isdn_call *call = world_place(w, "2001");
	char lines[256];

	world_text(w,
	           "Record-Route: <sip:$SIP;lr>\r\nContact: <sip:x@$SIP>\r\n",
	           lines, sizeof(lines));
	f->no_contact = true;
	far_reply(f, "200 OK", lines, world_sdp(w, 0, "sendrecv"));
	world_run(w, SEC(1));
	CHECK(world_call(w) != NULL);
	exchange_clear(call, Q850_NORMAL_CLEARING);
	world_run(w, SEC(1));
	CHECK(world_call(w) == NULL);
	world_close(w);
}

TEST(a_redirection_to_ourselves_does_not_go_round)
{
	struct world *w = world_open_with(world_conf, office);
	struct far *f = &w->far[0];
	char lines[128];

	world_place(w, "2001");
	world_text(w, "Contact: <sip:2001@$SIP>\r\n", lines, sizeof(lines));
	f->no_contact = true;
	far_reply(f, "302 Moved Temporarily", lines, NULL);
	world_run(w, SEC(5));
	CHECK(far_hears(f, "ACK "));
	CHECK(world_call(w) == NULL);
	CHECK(!far_hear(f));
	world_close(w);
}
