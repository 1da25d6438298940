/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Who calls, who sent the call on and who answers, from one network to the
 * other: what is shown, what is kept, in the form each peer likes.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/call.h"
#include "kernel/text.h"
#include "tests/gateway/world.h"

/* --- from ISDN to SIP --- */

static const struct {
	const char *peer; /* options */
	enum presentation presentation;
	enum screening screening;
	const char *from, *asserted, *remote_party, *privacy; /* "": none */
} out[] = {
	/* clang-format off */
	{ "", PRESENTATION_ALLOWED, SCREENING_NETWORK,
	  "<sip:5550100@", "<sip:5550100@", "", "" },
	{ "", PRESENTATION_RESTRICTED, SCREENING_NETWORK,
	  "sip:anonymous@anonymous.invalid", "<sip:5550100@", "", "id" },
	{ " no identity\n", PRESENTATION_ALLOWED, SCREENING_NETWORK,
	  "<sip:5550100@", "", "", "" },
	{ " no identity\n", PRESENTATION_RESTRICTED, SCREENING_USER_PASSED,
	  "sip:anonymous@anonymous.invalid", "", "", "id" },
	{ " identity header remote-party-id\n", PRESENTATION_ALLOWED,
	  SCREENING_USER_PASSED, "<sip:5550100@", "",
	  ";party=calling;screen=yes;privacy=off", "" },
	{ " identity header both\n", PRESENTATION_RESTRICTED,
	  SCREENING_USER_UNSCREENED, "sip:anonymous@anonymous.invalid",
	  "<sip:5550100@", ";party=calling;screen=no;privacy=full", "id" },
	{ " privacy always\n", PRESENTATION_ALLOWED, SCREENING_NETWORK,
	  "sip:anonymous@anonymous.invalid", "<sip:5550100@", "", "id" },
	/* clang-format on */
};

static bool says(const struct far *f, const char *header, const char *part)
{
	const char *value = far_header(f, header);

	return part[0] == '\0' ? value[0] == '\0' : strstr(value, part) != NULL;
}

TEST_ROWS(who_calls_from_isdn_is_told_as_the_peer_likes, out, row)
{
	struct world *w = world_open_options("", row->peer);
	struct exchange *x = &w->exchange[0];
	struct far *f = &w->far[0];
	struct isdn_setup setup;
	struct isdn_call *call;

	exchange_setup(&setup, "2001");
	(void)text_copy(setup.calling.number.digits,
	                sizeof(setup.calling.number.digits), "5550100");
	setup.calling.number.present = true;
	setup.calling.number.presentation = row->presentation;
	setup.calling.number.screening = row->screening;
	call = exchange_place_as(x, &setup);
	CHECK(call != NULL);
	world_run(w, MSEC(20));
	CHECK(far_hears(f, "INVITE "));
	CHECK(says(f, "From", row->from));
	CHECK(says(f, "P-Asserted-Identity", row->asserted));
	CHECK(says(f, "Remote-Party-ID", row->remote_party));
	CHECK(says(f, "Privacy", row->privacy));
	far_reply(f, "486 Busy", "", NULL);
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "ACK "));
	world_close(w);
}

/* --- from SIP to ISDN --- */

static const struct {
	const char *peer, *extra;
	const char *digits;
	enum presentation presentation;
	enum screening screening;
} in[] = {
	/* clang-format off */
	{ "", "P-Asserted-Identity: <sip:5550100@h>\r\n", "5550100",
	  PRESENTATION_ALLOWED, SCREENING_NETWORK },
	{ "", "P-Asserted-Identity: <sip:5550100@h>\r\nPrivacy: id\r\n",
	  "5550100", PRESENTATION_RESTRICTED, SCREENING_NETWORK },
	{ "", "Remote-Party-ID: <sip:5550100@h>;screen=yes;privacy=full\r\n",
	  "5550100", PRESENTATION_RESTRICTED, SCREENING_USER_PASSED },
	{ " no identity\n", "P-Asserted-Identity: <sip:5550100@h>\r\n", "",
	  PRESENTATION_ALLOWED, SCREENING_USER_UNSCREENED },
	/* clang-format on */
};

TEST_ROWS(who_calls_from_sip_is_told_with_screening, in, row)
{
	struct world *w = world_open_options("", row->peer);
	struct exchange *x = &w->exchange[0];
	struct far *f = &w->far[0];
	const struct number *n;

	x->manner = EXCHANGE_BUSY;
	far_invite(f, "1001", row->extra, world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(50));
	CHECK(exchange_last(x, ISDN_SETUP) != NULL);
	n = &exchange_last(x, ISDN_SETUP)->setup.calling.number;
	if (row->digits[0] != '\0')
		CHECK_TEXT(n->digits, row->digits);
	else
		CHECK(strcmp(n->digits, "5550100") != 0);
	CHECK_EQ(n->presentation, row->presentation);
	CHECK_EQ(n->screening, row->screening);
	CHECK(far_hears(f, "SIP/2.0 100"));
	CHECK(far_hears(f, "SIP/2.0 486"));
	far_ack_refusal(f);
	world_close(w);
}

/* --- who sent the call on --- */

static const struct {
	const char *peer;
	const char *diversion, *history;
} sent_on[] = {
	{ "", ";reason=no-answer;counter=1", "" },
	{ " redirection history-info\n", "", ";cause=408>;index=1.1;mp=1" },
	{ " redirection both\n", ";reason=no-answer;counter=1", ";cause=408>" },
	{ " redirection none\n", "", "" },
};

TEST_ROWS(a_redirecting_number_is_told_to_sip, sent_on, row)
{
	struct world *w = world_open_options("", row->peer);
	struct far *f = &w->far[0];
	struct isdn_setup setup;

	exchange_setup(&setup, "2001");
	setup.redirection.from.number =
		(struct number){ .present = true, .digits = "5550199" };
	setup.redirection.reason = REDIRECT_NO_REPLY;
	setup.redirection.count = 1; /* its element has no counter */
	CHECK(exchange_place_as(&w->exchange[0], &setup) != NULL);
	world_run(w, MSEC(20));
	CHECK(far_hears(f, "INVITE "));
	CHECK(says(f, "Diversion", row->diversion));
	CHECK_EQ(far_header(f, "History-Info")[0] != '\0',
	         row->history[0] != '\0');
	CHECK(strstr(f->heard, row->history) != NULL);
	far_reply(f, "486 Busy", "", NULL);
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "ACK "));
	world_close(w);
}

static const struct {
	const char *peer, *extra, *digits;
	enum redirect_reason reason;
	unsigned count;
} told[] = {
	/* clang-format off */
	{ "", "Diversion: <sip:5550199@h>;reason=user-busy;counter=2\r\n",
	  "5550199", REDIRECT_BUSY, 1 }, /* the element has no counter */
	{ "", "History-Info: <sip:5550199@h>;index=1,"
	  "<sip:1001@h;cause=302>;index=1.1;mp=1\r\n",
	  "5550199", REDIRECT_UNCONDITIONAL, 1 },
	{ " redirection none\n",
	  "Diversion: <sip:5550199@h>;reason=user-busy\r\n", "", 0, 0 },
	/* clang-format on */
};

TEST_ROWS(who_sent_the_call_on_is_told_to_isdn, told, row)
{
	struct world *w = world_open_options("", row->peer);
	struct exchange *x = &w->exchange[0];
	struct far *f = &w->far[0];
	const struct redirection *r;

	x->manner = EXCHANGE_BUSY;
	far_invite(f, "1001", row->extra, world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(50));
	CHECK(exchange_last(x, ISDN_SETUP) != NULL);
	r = &exchange_last(x, ISDN_SETUP)->setup.redirection;
	CHECK_TEXT(r->from.number.digits, row->digits);
	CHECK_EQ(r->reason, row->reason);
	CHECK_EQ(r->count, row->count);
	CHECK(far_hears(f, "SIP/2.0 100"));
	CHECK(far_hears(f, "SIP/2.0 486"));
	far_ack_refusal(f);
	world_close(w);
}

/* By Facility (EN 300 207) an exchange is told how often, and tells it. */
TEST(by_facility_the_count_of_diversions_crosses_both_ways)
{
	struct world *w = world_open_options(" isdn diversion facility\n", "");
	struct exchange *x = &w->exchange[0];
	struct far *f = &w->far[0];
	struct isdn_setup setup;
	const struct redirection *r;

	x->manner = EXCHANGE_BUSY;
	far_invite(f, "1001",
	           "Diversion: <sip:5550199@h>;reason=user-busy;counter=3\r\n",
	           world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(50));
	r = &exchange_last(x, ISDN_SETUP)->setup.redirection;
	CHECK_TEXT(r->from.number.digits, "5550199");
	CHECK_EQ(r->reason, REDIRECT_BUSY);
	CHECK_EQ(r->count, 3);
	CHECK(far_hears(f, "SIP/2.0 100"));
	CHECK(far_hears(f, "SIP/2.0 486"));
	far_ack_refusal(f);
	exchange_setup(&setup, "2001");
	setup.redirection.from.number =
		(struct number){ .present = true, .digits = "5550198" };
	setup.redirection.reason = REDIRECT_NO_REPLY;
	setup.redirection.count = 4;
	CHECK(exchange_place_as(x, &setup) != NULL);
	world_run(w, MSEC(20));
	CHECK(far_hears(f, "INVITE "));
	CHECK(says(f, "Diversion", ";reason=no-answer;counter=4"));
	far_reply(f, "486 Busy", "", NULL);
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "ACK "));
	world_close(w);
}

TEST(the_count_of_diversions_crosses_from_sip_to_sip)
{
	struct world *w = world_open(world_conf_same_kind);
	struct far *f = &w->far[1];

	far_invite(&w->far[0], "4001",
	           "Diversion: <sip:5550199@h>;reason=user-busy;counter=3\r\n",
	           world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "INVITE sip:4001@"));
	CHECK(says(f, "Diversion", ";reason=user-busy;counter=3"));
	far_reply(f, "486 Busy", "", NULL);
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "ACK "));
	CHECK(far_hears(&w->far[0], "SIP/2.0 100"));
	CHECK(far_hears(&w->far[0], "SIP/2.0 486"));
	far_ack_refusal(&w->far[0]);
	world_close(w);
}

/* Where diversion goes by Facility its counter does, too. */
static const struct {
	enum redirect_reason reason;
	unsigned count;
	enum presentation presentation;
	const char *diversion;
} counted[] = {
	{ REDIRECT_BUSY, 3, PRESENTATION_ALLOWED,
	  ";reason=user-busy;counter=3;privacy=off" },
	{ REDIRECT_NO_REPLY, 1, PRESENTATION_RESTRICTED,
	  ";reason=no-answer;counter=1;privacy=full" },
	{ REDIRECT_UNCONDITIONAL, 2, PRESENTATION_ALLOWED,
	  ";reason=unconditional;counter=2;privacy=off" },
};

TEST_ROWS(a_counter_crosses_on_qsig, counted, row)
{
	struct world *w =
		world_open_options(" isdn switch-type primary-qsig\n", "");
	struct far *f = &w->far[0];
	const struct redirection *r;
	struct isdn_setup setup;
	char extra[160];

	exchange_setup(&setup, "2001");
	setup.redirection.from.number =
		(struct number){ .present = true,
		                 .digits = "5550199",
		                 .presentation = row->presentation };
	setup.redirection.reason = row->reason;
	setup.redirection.count = row->count;
	CHECK(exchange_place_as(&w->exchange[0], &setup) != NULL);
	world_run(w, MSEC(20));
	CHECK(far_hears(f, "INVITE "));
	CHECK(says(f, "Diversion", row->diversion));
	far_reply(f, "486 Busy", "", NULL);
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "ACK "));
	(void)snprintf(extra, sizeof(extra), "Diversion: <sip:5550199@h>%s\r\n",
	               row->diversion);
	w->exchange[0].manner = EXCHANGE_BUSY;
	far_invite(f, "1001", extra, world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(50));
	r = &exchange_last(&w->exchange[0], ISDN_SETUP)->setup.redirection;
	CHECK_TEXT(r->from.number.digits, "5550199");
	CHECK_EQ(r->reason, row->reason);
	CHECK_EQ(r->count, row->count);
	CHECK_EQ(r->from.number.presentation, row->presentation);
	CHECK(far_hears(f, "SIP/2.0 100"));
	CHECK(far_hears(f, "SIP/2.0 486"));
	far_ack_refusal(f);
	world_close(w);
}

/* --- who answered, and who is there now --- */

#define PAI(number) "P-Asserted-Identity: <sip:" number "@h>\r\n"

static const struct {
	const char *peer, *extra, *digits;
	enum presentation presentation;
} answered[] = {
	/* clang-format off */
	{ "", PAI("5550188"), "5550188", PRESENTATION_ALLOWED },
	{ "", PAI("+13035550188"), "13035550188", PRESENTATION_ALLOWED },
	{ "", PAI("5550188") "Privacy: id\r\n", "5550188",
	  PRESENTATION_RESTRICTED },
	{ "", "Remote-Party-ID: <sip:5550188@h>;party=called\r\n", "5550188",
	  PRESENTATION_ALLOWED },
	{ " no identity\n", PAI("5550188"), "", PRESENTATION_ALLOWED },
	{ "", "", "", PRESENTATION_ALLOWED },
	/* clang-format on */
};

/* An answered call from ISDN; who answered says so in the 200. */
static struct isdn_call *answer_with(struct world *w, const char *extra)
{
	struct far *f = &w->far[0];
	struct isdn_call *call = world_place(w, "2001");

	far_reply(f, "200 OK", extra, world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "ACK "));
	return call;
}

static void hang_up(struct world *w, struct isdn_call *call)
{
	world_clear_isdn(w, call, 0);
	world_close(w);
}

TEST_ROWS(who_answers_on_sip_is_told_to_isdn, answered, row)
{
	struct world *w = world_open_options("", row->peer);
	struct isdn_call *call = answer_with(w, row->extra);
	const struct number *n =
		&exchange_last(&w->exchange[0], ISDN_ANSWER)->connected.number;

	CHECK_TEXT(n->digits, row->digits);
	CHECK_EQ(n->presentation, row->presentation);
	hang_up(w, call);
}

static const struct {
	const char *peer;
	enum presentation presentation;
	const char *asserted, *remote_party, *privacy;
} connects[] = {
	/* clang-format off */
	{ "", PRESENTATION_ALLOWED, "<sip:5550188@", "", "" },
	{ "", PRESENTATION_RESTRICTED, "<sip:5550188@", "", "id" },
	{ "", PRESENTATION_UNAVAILABLE, "", "", "" },
	{ " no identity\n", PRESENTATION_ALLOWED, "", "", "" },
	{ " no identity\n", PRESENTATION_RESTRICTED, "", "", "" },
	{ " identity header remote-party-id\n", PRESENTATION_RESTRICTED, "",
	  ";party=called;screen=yes;privacy=full", "id" },
	{ " identity header both\n", PRESENTATION_ALLOWED, "<sip:5550188@",
	  ";party=called;screen=yes;privacy=off", "" },
	/* clang-format on */
};

TEST_ROWS(who_answers_on_isdn_is_told_to_sip, connects, row)
{
	struct world *w = world_open_options("", row->peer);
	struct exchange *x = &w->exchange[0];
	struct far *f = &w->far[0];
	struct party who = { .number = { .present = true,
		                         .digits = "5550188",
		                         .plan = PLAN_ISDN,
		                         .presentation = row->presentation,
		                         .screening = SCREENING_NETWORK } };

	far_invite(f, "1001", "", world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "SIP/2.0 100"));
	CHECK_EQ(isdn_call_answer(x->call, &who, 0), 0);
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "SIP/2.0 200"));
	CHECK(says(f, "P-Asserted-Identity", row->asserted));
	CHECK(says(f, "Remote-Party-ID", row->remote_party));
	CHECK(says(f, "Privacy", row->privacy));
	far_request(f, "ACK", "", NULL);
	world_clear_sip(w, 0);
	world_close(w);
}

static const struct {
	const char *method, *peer, *extra;
	const char *digits; /* "": not told */
	enum presentation presentation;
} changes[] = {
	/* clang-format off */
	{ "UPDATE", "", PAI("5550177"), "5550177", PRESENTATION_ALLOWED },
	{ "INVITE", "", PAI("5550177"), "5550177", PRESENTATION_ALLOWED },
	{ "UPDATE", "", PAI("5550177") "Privacy: id\r\n", "5550177",
	  PRESENTATION_RESTRICTED },
	{ "UPDATE", "", PAI("5550188"), "", 0 }, /* who answered */
	{ "UPDATE", " no identity\n", PAI("5550177"), "", 0 },
	/* clang-format on */
};

TEST_ROWS(another_party_on_sip_is_told_to_isdn, changes, row)
{
	struct world *w = world_open_options("", row->peer);
	struct exchange *x = &w->exchange[0];
	struct far *f = &w->far[0];
	struct isdn_call *call = answer_with(w, PAI("5550188"));
	const struct exchange_heard *h;

	far_request(f, row->method, row->extra,
	            row->method[0] == 'I' ? world_sdp(w, 0, "sendrecv") : NULL);
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "SIP/2.0 200"));
	if (row->method[0] == 'I')
		far_request(f, "ACK", "", NULL);
	world_run(w, MSEC(50));
	h = exchange_last(x, ISDN_CONNECTED_LINE);
	CHECK_EQ(h != NULL, row->digits[0] != '\0');
	if (h != NULL) {
		CHECK_TEXT(h->connected.number.digits, row->digits);
		CHECK_EQ(h->connected.number.presentation, row->presentation);
		CHECK(strstr(world_ladder(w, 1),
		             "the called side is now 5550177") != NULL);
	}
	hang_up(w, call);
}

/* Before the answer: the CONNECT tells it. */
TEST(a_party_that_changes_while_it_rings_answers)
{
	struct world *w = world_open_options("", "");
	struct far *f = &w->far[0];
	struct isdn_call *call = world_place(w, "2001");
	char invite[FAR_MESSAGE];

	memcpy(invite, f->request, sizeof(invite));
	far_reply(f, "180 Ringing", "", NULL);
	world_run(w, MSEC(50));
	far_request(f, "UPDATE", PAI("5550177"), NULL);
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "SIP/2.0 200"));
	memcpy(f->request, invite, sizeof(invite));
	world_answer(w, 0);
	CHECK_TEXT(exchange_last(&w->exchange[0], ISDN_ANSWER)
	                   ->connected.number.digits,
	           "5550177");
	hang_up(w, call);
}

/* From one SIP peer to another, who knows no UPDATE. */
TEST(another_party_is_told_from_sip_to_sip)
{
	struct world *w = world_open(world_conf_same_kind);
	struct far *f = &w->far[0], *g = &w->far[1];

	far_invite(f, "4001", "", world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "SIP/2.0 100"));
	CHECK(far_hears(g, "INVITE "));
	world_answer(w, 1);
	CHECK(far_hears(f, "SIP/2.0 200"));
	far_request(f, "ACK", "", NULL);
	world_run(w, MSEC(50));
	far_request(g, "UPDATE", PAI("5550177"), NULL);
	world_run(w, MSEC(50));
	CHECK(far_hears(g, "SIP/2.0 200"));
	CHECK(far_hears(f, "INVITE "));
	CHECK(says(f, "P-Asserted-Identity", "<sip:5550177@"));
	world_answer(w, 0);
	world_clear_sip(w, 0);
	CHECK(far_hears(g, "BYE "));
	far_reply(g, "200 OK", "", NULL);
	world_run(w, MSEC(50));
	world_close(w);
}
