/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Redirections: where the call goes on, in which order, how far, and what it
 * ends with when that leads nowhere. "far" is the redirect server; other far
 * ends stand on ports of their own.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kernel/text.h"
#include "tests/gateway/sip/desk.h"
#include "tests/test.h"

enum { OTHERS = 3 };

struct place {
	struct desk desk;
	struct far other[OTHERS];
};

static void place_open(struct place *p)
{
	desk_open(&p->desk);
	for (unsigned i = 0; i < OTHERS; i++)
		far_open(&p->other[i], p->desk.port, false);
}

static void place_close(struct place *p)
{
	desk_close(&p->desk);
	for (unsigned i = 0; i < OTHERS; i++)
		far_close(&p->other[i]);
}

/* "<sip:NAME@the other>;parameters" */
static const char *contact(const struct far *f, const char *user,
                           const char *more)
{
	static char room[8][128];
	static unsigned turn;
	char *to = room[turn++ % 8];

	(void)snprintf(to, 128, "<sip:%s@127.0.0.1:%u>%s", user, f->port, more);
	return to;
}

static void reply(struct place *p, struct far *f, const char *status,
                  const char *contacts)
{
	char lines[1024];

	(void)snprintf(lines, sizeof(lines), "%s%s%s",
	               contacts != NULL ? "Contact: " : "",
	               contacts != NULL ? contacts : "",
	               contacts != NULL ? "\r\n" : "");
	f->no_contact = true;
	far_reply(f, status, lines, NULL);
	f->no_contact = false;
	desk_turn(&p->desk);
	CHECK(far_hears(f, "ACK "));
}

static void begin(struct place *p)
{
	CHECK(desk_place(&p->desk) != NULL);
	CHECK(far_hears(&p->desk.far, "INVITE "));
}

static void answer(struct place *p, struct far *f)
{
	far_reply(f, "200 OK", "", far_sdp);
	desk_turn(&p->desk);
	while (p->desk.events[p->desk.read] == SIP_REDIRECT)
		p->desk.read++;
	CHECK(desk_told(&p->desk, SIP_ANSWER) && p->desk.has_flow);
	CHECK(far_hears(f, "ACK "));
}

static const struct {
	const char *status;
	bool through; /* the contact is a proxy */
} kinds[] = {
	/* clang-format off */
	{ "300 Multiple Choices",    false },
	{ "301 Moved Permanently",   false },
	{ "302 Moved Temporarily",   false },
	{ "305 Use Proxy",           true  },
	{ "380 Alternative Service", false },
	/* clang-format on */
};

TEST_ROWS(a_redirected_call_goes_on_as_the_same_call, kinds, row)
{
	char id[FAR_TEXT], from[FAR_TEXT], to[FAR_TEXT], line[64];
	struct place p;
	struct far *there = &p.other[0];

	place_open(&p);
	begin(&p);
	(void)strcpy(id, far_header(&p.desk.far, "Call-ID"));
	(void)strcpy(from, far_header(&p.desk.far, "From"));
	(void)strcpy(to, far_header(&p.desk.far, "To"));
	(void)snprintf(line, sizeof(line), "INVITE sip:%s@127.0.0.1:%u",
	               row->through ? "3035550100" : "b",
	               row->through ? p.desk.far.port : there->port);
	reply(&p, &p.desk.far, row->status, contact(there, "b", ""));
	CHECK(desk_told(&p.desk, SIP_REDIRECT));
	CHECK(far_hears(there, line));
	CHECK_TEXT(far_header(there, "Call-ID"), id);
	CHECK_TEXT(far_header(there, "From"), from);
	CHECK_TEXT(far_header(there, "To"), to);
	CHECK_TEXT(far_header(there, "CSeq"), "2 INVITE");
	CHECK(strstr(far_body(there), "m=audio") != NULL);
	answer(&p, there);
	sip_session_end(p.desk.session, 0, &(struct release){ 0 });
	desk_turn(&p.desk);
	CHECK(far_hears(there, "BYE sip:far@127.0.0.1"));
	CHECK_TEXT(far_header(there, "CSeq"), "3 BYE");
	far_reply(there, "200 OK", "", NULL);
	place_close(&p);
}

TEST(contacts_are_tried_by_q_then_by_order)
{
	char contacts[512];
	struct place p;

	place_open(&p);
	begin(&p);
	(void)snprintf(contacts, sizeof(contacts), "%s, %s, %s",
	               contact(&p.other[2], "c", ";q=0.2"),
	               contact(&p.other[0], "a", ";q=0.7"),
	               contact(&p.other[1], "b", ";q=0.7"));
	reply(&p, &p.desk.far, "300 Multiple Choices", contacts);
	CHECK(far_hears(&p.other[0], "INVITE sip:a@"));
	reply(&p, &p.other[0], "486 Busy Here", NULL);
	CHECK(far_hears(&p.other[1], "INVITE sip:b@"));
	desk_wait(&p.desk, SEC(32)); /* silence: timer B */
	CHECK(far_hears(&p.other[2], "INVITE sip:c@"));
	CHECK_TEXT(far_header(&p.other[2], "CSeq"), "4 INVITE");
	answer(&p, &p.other[2]);
	place_close(&p);
}

TEST(a_failure_of_the_last_contact_is_the_call_s)
{
	struct place p;

	place_open(&p);
	begin(&p);
	reply(&p, &p.desk.far, "302 Moved", contact(&p.other[0], "a", ""));
	CHECK(far_hears(&p.other[0], "INVITE "));
	reply(&p, &p.other[0], "480 Not Here", NULL);
	CHECK(desk_told(&p.desk, SIP_REDIRECT));
	CHECK(desk_told(&p.desk, SIP_RELEASED));
	CHECK_EQ(p.desk.release.sip_status, 480);
	place_close(&p);
}

TEST(a_global_failure_ends_the_search)
{
	char contacts[256];
	struct place p;

	place_open(&p);
	begin(&p);
	(void)snprintf(contacts, sizeof(contacts), "%s, %s",
	               contact(&p.other[0], "a", ""),
	               contact(&p.other[1], "b", ""));
	reply(&p, &p.desk.far, "300 Multiple Choices", contacts);
	CHECK(far_hears(&p.other[0], "INVITE "));
	reply(&p, &p.other[0], "603 Decline", NULL);
	CHECK(!far_hear(&p.other[1]));
	CHECK_EQ(p.desk.release.sip_status, 603);
	place_close(&p);
}

TEST(contacts_of_a_contact_come_before_those_left)
{
	char contacts[256];
	struct place p;

	place_open(&p);
	begin(&p);
	(void)snprintf(contacts, sizeof(contacts), "%s, %s",
	               contact(&p.other[0], "a", ""),
	               contact(&p.other[1], "b", ""));
	reply(&p, &p.desk.far, "300 Multiple Choices", contacts);
	CHECK(far_hears(&p.other[0], "INVITE "));
	reply(&p, &p.other[0], "302 Moved", contact(&p.other[2], "c", ""));
	CHECK(far_hears(&p.other[2], "INVITE sip:c@"));
	reply(&p, &p.other[2], "503 Not Now", NULL);
	CHECK(far_hears(&p.other[1], "INVITE sip:b@"));
	answer(&p, &p.other[1]);
	place_close(&p);
}

TEST(a_circle_of_redirections_ends)
{
	struct place p;

	place_open(&p);
	begin(&p);
	reply(&p, &p.desk.far, "302 Moved", contact(&p.other[0], "a", ""));
	CHECK(far_hears(&p.other[0], "INVITE "));
	reply(&p, &p.other[0], "302 Moved", contact(&p.other[1], "b", ""));
	CHECK(far_hears(&p.other[1], "INVITE "));
	reply(&p, &p.other[1], "302 Moved", contact(&p.other[0], "a", ""));
	CHECK(!far_hear(&p.other[0]));
	CHECK_EQ(p.desk.release.sip_status, 302);
	CHECK_TEXT(p.desk.release.detail,
	           "redirected to nowhere that can be tried");
	place_close(&p);
}

TEST(redirections_without_end_are_followed_five_times)
{
	struct place p;
	char user[16];
	int n = 0;

	place_open(&p);
	begin(&p);
	reply(&p, &p.desk.far, "302 Moved", contact(&p.other[0], "u0", ""));
	while (n < 20 && far_hear(&p.other[0])) {
		(void)snprintf(user, sizeof(user), "u%d", ++n);
		reply(&p, &p.other[0], "302 Moved",
		      contact(&p.other[0], user, ""));
	}
	CHECK_EQ(n, 5);
	CHECK_TEXT(p.desk.release.detail, "redirected more than 5 times");
	place_close(&p);
}

static const char *const useless[] = {
	"<sip:a@0.0.0.0:0>",       "<mailto:a@example.net>",
	"<sips:a@127.0.0.1:5061>", "<tel:+13035550100>",
	"<sip:a@[::1]:5060>",      "*",
};

TEST_ROWS(a_contact_nobody_can_call_is_passed_over, useless, row)
{
	struct place p;

	place_open(&p);
	begin(&p);
	reply(&p, &p.desk.far, "302 Moved", *row);
	if (p.desk.session != NULL) /* an address as good as any other */
		desk_wait(&p.desk, SEC(33));
	CHECK(p.desk.session == NULL);
	place_close(&p);
}

TEST(a_redirection_without_a_contact_is_a_refusal)
{
	struct place p;

	place_open(&p);
	begin(&p);
	far_reply(&p.desk.far, "404 Not Found", "", NULL);
	desk_turn(&p.desk);
	CHECK(desk_told(&p.desk, SIP_RELEASED));
	CHECK_EQ(p.desk.release.sip_status, 404);
	place_close(&p);
}

TEST(it_rings_on_and_the_sound_is_the_new_far_ends)
{
	struct place p;

	place_open(&p);
	begin(&p);
	far_reply(&p.desk.far, "183 Session Progress", "", far_sdp);
	desk_turn(&p.desk);
	CHECK(desk_told(&p.desk, SIP_PROGRESS));
	reply(&p, &p.desk.far, "302 No Answer", contact(&p.other[0], "a", ""));
	CHECK(desk_told(&p.desk, SIP_REDIRECT));
	CHECK(far_hears(&p.other[0], "INVITE "));
	CHECK(strstr(far_header(&p.other[0], "To"), "tag=") == NULL);
	far_reply(&p.other[0], "200 OK", "", NULL); /* it has no answer */
	desk_turn(&p.desk);
	CHECK(desk_told(&p.desk, SIP_RELEASED));
	place_close(&p);
}

/* Calls with the peer trusted or not; the contact's is heard. */
static void identify(struct place *p, bool peer_there)
{
	struct sip_peer_conf there = p->desk.peer;

	p->desk.peer.trusted = true;
	(void)strcpy(p->desk.peer.host, "127.0.0.1");
	(void)sip_peer_set(p->desk.stack, &p->desk.peer);
	there.port = p->other[0].port;
	(void)strcpy(there.name, "there");
	if (peer_there)
		(void)sip_peer_set(p->desk.stack, &there);
	begin(p);
	CHECK(far_header(&p->desk.far, "P-Asserted-Identity")[0] != '\0');
	reply(p, &p->desk.far, "302 Moved", contact(&p->other[0], "a", ""));
	CHECK(far_hears(&p->other[0], "INVITE "));
}

TEST(what_a_contact_is_told_of_the_caller_is_what_its_peer_is)
{
	struct place p;

	place_open(&p);
	identify(&p, true); /* it is a peer and not trusted */
	CHECK_TEXT(far_header(&p.other[0], "P-Asserted-Identity"), "");
	answer(&p, &p.other[0]);
	place_close(&p);
}

TEST(a_diversion_of_the_redirection_is_told_to_the_next)
{
	char lines[512];
	struct place p;

	place_open(&p);
	begin(&p);
	(void)snprintf(lines, sizeof(lines),
	               "Contact: %s\r\nDiversion: <sip:3035550177@far>"
	               ";reason=user-busy;counter=2\r\n",
	               contact(&p.other[0], "a", ""));
	p.desk.far.no_contact = true;
	far_reply(&p.desk.far, "302 Moved", lines, NULL);
	desk_turn(&p.desk);
	CHECK(far_hears(&p.other[0], "INVITE "));
	CHECK(strstr(far_header(&p.other[0], "Diversion"), "3035550177") !=
	      NULL);
	CHECK(strstr(far_header(&p.other[0], "Diversion"),
	             "reason=user-busy;counter=2") != NULL);
	reply(&p, &p.other[0], "404 Not Found", NULL);
	place_close(&p);
}

TEST(a_named_contact_is_looked_up)
{
	char where[64];
	struct place p;

	place_open(&p);
	begin(&p);
	(void)snprintf(where, sizeof(where), "<sip:a@localhost:%u>",
	               p.other[0].port);
	reply(&p, &p.desk.far, "302 Moved", where);
	instant_release(); /* look-ups take real time */
	for (int i = 0; i < 100 && !far_hear(&p.other[0]); i++) {
		desk_turn(&p.desk);
		(void)usleep(10000);
	}
	instant_hold();
	CHECK(strncmp(p.other[0].heard, "INVITE sip:a@localhost", 22) == 0);
	answer(&p, &p.other[0]);
	place_close(&p);
}

TEST(a_call_given_up_while_a_name_is_looked_up_is_over)
{
	struct place p;

	place_open(&p);
	begin(&p);
	reply(&p, &p.desk.far, "302 Moved", "<sip:a@nowhere.invalid>");
	if (p.desk.session != NULL) /* unless the answer was quick */
		sip_session_end(p.desk.session, 0, &(struct release){ 0 });
	desk_turn(&p.desk);
	CHECK(p.desk.session == NULL);
	place_close(&p);
}

LADDER(want_of_memory_ends_a_redirected_call)
{
	char lines[256];
	struct place p;

	place_open(&p);
	if (p.desk.stack != NULL && desk_place(&p.desk) != NULL &&
	    far_hear(&p.desk.far)) {
		(void)snprintf(lines, sizeof(lines), "Contact: %s, %s\r\n",
		               contact(&p.other[0], "a", ""),
		               contact(&p.other[1], "b", ""));
		p.desk.far.no_contact = true;
		far_reply(&p.desk.far, "302 Moved", lines, NULL);
		desk_turn(&p.desk);
	}
	if (ladder_ok())
		CHECK(far_hears(&p.other[0], "INVITE "));
	place_close(&p);
}
