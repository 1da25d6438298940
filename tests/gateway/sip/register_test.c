/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Numbers kept at a registrar: asked, refreshed, taken back; what the registrar
 * may say instead of yes; and the other registrar when it says nothing.
 */
#include <stdio.h>
#include <string.h>

#include "kernel/text.h"
#include "tests/gateway/sip/desk.h"
#include "tests/test.h"

struct office {
	struct desk desk;
	struct far second;
	struct sip_register_conf conf[2];
	struct sip_register_info info; /* of the last one told */
	char why[64], state[32], peer[48];
	unsigned n;
};

static void office_open(struct office *o)
{
	struct sip_peer_conf second;

	memset(o, 0, sizeof(*o));
	desk_open(&o->desk);
	far_open(&o->second, o->desk.port, false);
	second = o->desk.peer;
	second.port = o->second.port;
	(void)strcpy(second.name, "second");
	if (o->desk.stack != NULL)
		(void)sip_peer_set(o->desk.stack, &second);
	for (unsigned i = 0; i < 2; i++) {
		(void)snprintf(o->conf[i].user, sizeof(o->conf[i].user),
		               "303555010%u", i);
		(void)strcpy(o->conf[i].peer, "far");
		o->conf[i].expires_s = 3600;
		o->conf[i].wanted = true;
	}
}

static void set(struct office *o, unsigned n)
{
	(void)sip_register_set(o->desk.stack, o->conf, n);
	desk_turn(&o->desk);
}

static void office_close(struct office *o)
{
	if (o->desk.stack != NULL)
		set(o, 0);
	desk_close(&o->desk);
	far_close(&o->second);
}

static void look(void *self, const struct sip_register_info *info)
{
	struct office *o = self;

	o->n++;
	o->info = *info;
	(void)strcpy(o->why, info->why);
	(void)strcpy(o->state, info->state);
	(void)strcpy(o->peer, info->peer);
}

static const char *state(struct office *o)
{
	o->n = 0;
	(void)strcpy(o->state, "nothing");
	sip_register_each(o->desk.stack, look, o);
	return o->state;
}

/* Answers a REGISTER with its own Contact and this expires. */
static void accept_it(struct office *o, struct far *f, unsigned expires)
{
	char lines[512];

	(void)strcpy(f->heard,
	             f->request); /* also when more was listened for */
	(void)snprintf(lines, sizeof(lines),
	               "Contact: <sip:other@192.0.2.9>;expires=7\r\n"
	               "Contact: %s;expires=%u\r\n",
	               far_header(f, "Contact"), expires);
	f->no_contact = true;
	far_reply(f, "200 OK", lines, NULL);
	f->no_contact = false;
	desk_turn(&o->desk);
}

static void refuse(struct office *o, const char *status, const char *lines)
{
	far_reply(&o->desk.far, status, lines, NULL);
	desk_turn(&o->desk);
}

TEST(a_number_is_registered_refreshed_in_time_and_taken_back)
{
	char id[FAR_TEXT], text[FAR_TEXT];
	struct office o;
	struct far *f = &o.desk.far;

	office_open(&o);
	set(&o, 1);
	(void)snprintf(text, sizeof(text), "REGISTER sip:127.0.0.1:%u SIP/2.0",
	               f->port);
	CHECK(far_hears(f, text));
	CHECK(strstr(far_header(f, "To"), "<sip:3035550100@127.0.0.1>") !=
	      NULL);
	CHECK(strstr(far_header(f, "From"),
	             "<sip:3035550100@127.0.0.1>;tag=") != NULL);
	(void)snprintf(text, sizeof(text), "<sip:3035550100@127.0.0.1:%u>",
	               o.desk.port);
	CHECK_TEXT(far_header(f, "Contact"), text);
	CHECK_TEXT(far_header(f, "Expires"), "3600");
	CHECK_TEXT(far_header(f, "CSeq"), "1 REGISTER");
	(void)strcpy(id, far_header(f, "Call-ID"));
	CHECK_TEXT(state(&o), "registering");
	accept_it(&o, f, 400);
	CHECK_TEXT(state(&o), "registered");
	CHECK(o.info.registered && o.info.left_s == 400);
	desk_wait(&o.desk, SEC(299));
	CHECK(!far_hear(f));
	desk_wait(&o.desk, SEC(1));
	CHECK(far_hears(f, "REGISTER "));
	CHECK_TEXT(far_header(f, "Call-ID"), id);
	CHECK_TEXT(far_header(f, "CSeq"), "2 REGISTER");
	CHECK(state(&o)[0] != '\0' && o.info.registered);
	accept_it(&o, f, 3600);
	o.conf[0].wanted = false;
	set(&o, 1);
	CHECK(far_hears(f, "REGISTER "));
	CHECK_TEXT(far_header(f, "Expires"), "0");
	accept_it(&o, f, 0);
	CHECK_TEXT(state(&o), "not registered");
	CHECK(!o.info.registered);
	CHECK_TEXT(o.why, "taken back");
	o.conf[0].wanted = true;
	set(&o, 1);
	CHECK(far_hears(f, "REGISTER "));
	CHECK_TEXT(far_header(f, "CSeq"), "4 REGISTER");
	accept_it(&o, f, 3600);
	set(&o, 0); /* the configuration has it no more */
	CHECK(far_hears(f, "REGISTER "));
	CHECK_TEXT(far_header(f, "Expires"), "0");
	accept_it(&o, f, 0);
	CHECK_TEXT(state(&o), "nothing");
	office_close(&o);
}

static const struct {
	unsigned granted;
	usec refresh;
} lengths[] = {
	{ 3600, SEC(2700) }, { 120, SEC(80) }, { 60, SEC(30) },
	{ 10, SEC(5) },      { 1, SEC(1) },
};

TEST_ROWS(a_refresh_leaves_time_to_ask_twice, lengths, row)
{
	struct office o;

	office_open(&o);
	set(&o, 1);
	CHECK(far_hears(&o.desk.far, "REGISTER "));
	accept_it(&o, &o.desk.far, row->granted);
	desk_wait(&o.desk, row->refresh - MSEC(1));
	CHECK(!far_hear(&o.desk.far));
	desk_wait(&o.desk, MSEC(1));
	CHECK(far_hears(&o.desk.far, "REGISTER "));
	office_close(&o);
}

TEST(what_is_asked_meanwhile_waits_for_the_answer)
{
	struct office o;

	office_open(&o);
	set(&o, 1);
	CHECK(far_hears(&o.desk.far, "REGISTER "));
	o.conf[0].wanted = false;
	set(&o, 1);
	CHECK(!far_hear(&o.desk.far));
	accept_it(&o, &o.desk.far, 3600);
	CHECK(far_hears(&o.desk.far, "REGISTER "));
	CHECK_TEXT(far_header(&o.desk.far, "Expires"), "0");
	o.conf[0].wanted = true;
	set(&o, 1);
	CHECK(!far_hear(&o.desk.far));
	accept_it(&o, &o.desk.far, 0);
	CHECK(far_hears(&o.desk.far, "REGISTER "));
	CHECK_TEXT(far_header(&o.desk.far, "Expires"), "3600");
	accept_it(&o, &o.desk.far, 3600);
	CHECK_TEXT(state(&o), "registered");
	office_close(&o);
}

TEST(too_short_a_time_is_asked_for_longer)
{
	struct office o;

	office_open(&o);
	o.conf[0].expires_s = 60;
	set(&o, 1);
	CHECK(far_hears(&o.desk.far, "REGISTER "));
	refuse(&o, "423 Interval Too Brief", "Min-Expires: 900\r\n");
	CHECK(far_hears(&o.desk.far, "REGISTER "));
	CHECK_TEXT(far_header(&o.desk.far, "Expires"), "900");
	refuse(&o, "423 Interval Too Brief", "Min-Expires: 900\r\n");
	CHECK(!far_hear(&o.desk.far)); /* it contradicts itself */
	CHECK_TEXT(state(&o), "waiting");
	desk_wait(&o.desk, SEC(5));
	CHECK(far_hears(&o.desk.far, "REGISTER "));
	CHECK_TEXT(far_header(&o.desk.far, "Expires"), "900");
	accept_it(&o, &o.desk.far, 900);
	office_close(&o);
}

/* One that is never content is asked later, not for ever at once. */
TEST(a_registrar_that_wants_longer_and_longer_is_not_pestered)
{
	struct office o;
	char line[48];
	unsigned asked = 0;

	office_open(&o);
	o.conf[0].expires_s = 60;
	set(&o, 1);
	while (far_hear(&o.desk.far) && asked < 20) {
		(void)snprintf(line, sizeof(line), "Min-Expires: %u\r\n",
		               100 + ++asked);
		refuse(&o, "423 Interval Too Brief", line);
	}
	CHECK_EQ(asked, 4);
	CHECK_TEXT(state(&o), "waiting");
	desk_wait(&o.desk, SEC(5));
	CHECK(far_hears(&o.desk.far, "REGISTER "));
	accept_it(&o, &o.desk.far, 104);
	CHECK_TEXT(state(&o), "registered");
	office_close(&o);
}

TEST(a_challenge_is_answered_and_a_wrong_password_waits)
{
	static const char asked[] =
		"WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", "
		"algorithm=SHA-256, qop=\"auth\"\r\n";
	struct sip_credential mine = { .user = "gw", .password = "x" };
	struct office o;

	office_open(&o);
	(void)sip_peer_credentials(o.desk.stack, "far", &mine, 1);
	set(&o, 1);
	CHECK(far_hears(&o.desk.far, "REGISTER "));
	refuse(&o, "401 Unauthorized", asked);
	CHECK(far_hears(&o.desk.far, "REGISTER "));
	CHECK_TEXT(far_header(&o.desk.far, "CSeq"), "2 REGISTER");
	CHECK(strstr(far_header(&o.desk.far, "Authorization"),
	             "username=\"gw\"") != NULL);
	accept_it(&o, &o.desk.far, 3600);
	desk_wait(&o.desk, SEC(2700));
	CHECK(far_hears(&o.desk.far, "REGISTER "));
	CHECK(strstr(far_header(&o.desk.far, "Authorization"), "nc=00000002") !=
	      NULL);
	refuse(&o, "401 Unauthorized", asked);
	CHECK(far_hears(&o.desk.far, "REGISTER "));
	refuse(&o, "401 Unauthorized", asked);
	CHECK(!far_hear(&o.desk.far));
	CHECK_TEXT(state(&o), "waiting");
	CHECK_TEXT(o.why, "our credentials are refused");
	office_close(&o);
}

TEST(without_credentials_it_says_so)
{
	struct office o;

	office_open(&o);
	set(&o, 1);
	CHECK(far_hears(&o.desk.far, "REGISTER "));
	refuse(&o, "407 Who",
	       "Proxy-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n");
	CHECK_TEXT(state(&o), "waiting");
	CHECK_TEXT(o.why, "credentials are asked for that we do not have");
	office_close(&o);
}

TEST(a_refusal_is_asked_again_later_and_later)
{
	static const usec waits[] = { SEC(5),  SEC(10),  SEC(20),  SEC(40),
		                      SEC(80), SEC(160), SEC(300), SEC(300) };
	struct office o;

	office_open(&o);
	set(&o, 1);
	for (size_t i = 0; i < ARRAY_LEN(waits); i++) {
		CHECK(far_hears(&o.desk.far, "REGISTER "));
		refuse(&o, "403 Forbidden", "");
		desk_wait(&o.desk, waits[i] - MSEC(1));
		CHECK(!far_hear(&o.desk.far));
		CHECK_TEXT(state(&o), "waiting");
		CHECK_TEXT(o.why, "403 Forbidden");
		CHECK_EQ(o.info.status, 403);
		desk_wait(&o.desk, MSEC(1));
	}
	CHECK(far_hears(&o.desk.far, "REGISTER "));
	refuse(&o, "503 Full", "Retry-After: 900\r\n");
	desk_wait(&o.desk, SEC(899));
	CHECK(!far_hear(&o.desk.far));
	desk_wait(&o.desk, SEC(1));
	CHECK(far_hears(&o.desk.far, "REGISTER "));
	accept_it(&o, &o.desk.far, 3600);
	desk_wait(&o.desk, SEC(2700));
	CHECK(far_hears(&o.desk.far, "REGISTER "));
	refuse(&o, "403 Forbidden", "");
	desk_wait(&o.desk, SEC(5)); /* it begins anew */
	CHECK(far_hears(&o.desk.far, "REGISTER "));
	office_close(&o);
}

TEST(a_dead_registrar_s_numbers_go_to_the_second_and_come_home)
{
	struct office o;

	office_open(&o);
	(void)strcpy(o.conf[0].secondary, "second");
	set(&o, 1);
	CHECK(far_hears(&o.desk.far, "REGISTER "));
	desk_wait(&o.desk, SEC(32)); /* timer F */
	CHECK(far_hears(&o.second, "REGISTER "));
	accept_it(&o, &o.second, 400);
	CHECK_TEXT(state(&o), "registered");
	CHECK_TEXT(o.peer, "second");
	far_deaf(&o.desk.far);
	desk_wait(&o.desk, SEC(300));
	CHECK(far_hears(&o.desk.far, "REGISTER "));
	refuse(&o, "500 Still Ill", "");
	CHECK(far_hears(&o.second, "REGISTER "));
	accept_it(&o, &o.second, 400);
	CHECK_TEXT(o.peer, "second");
	desk_wait(&o.desk, SEC(300));
	CHECK(far_hears(&o.desk.far, "REGISTER "));
	accept_it(&o, &o.desk.far, 400);
	CHECK_TEXT(state(&o), "registered");
	CHECK_TEXT(o.peer, "far");
	CHECK(!far_hear(&o.second));
	office_close(&o);
}

TEST(two_dead_registrars_are_asked_again_later)
{
	struct office o;

	office_open(&o);
	(void)strcpy(o.conf[0].secondary, "second");
	set(&o, 1);
	desk_wait(&o.desk, SEC(64));
	CHECK_TEXT(state(&o), "waiting");
	CHECK_TEXT(o.why, "the registrar does not answer");
	far_deaf(&o.desk.far);
	far_deaf(&o.second);
	desk_wait(&o.desk, SEC(5));
	CHECK(far_hears(&o.desk.far, "REGISTER "));
	accept_it(&o, &o.desk.far, 3600);
	CHECK_TEXT(state(&o), "registered");
	CHECK_TEXT(o.why, "");
	office_close(&o);
}

TEST(a_registrar_nobody_knows_is_said_so)
{
	struct office o;

	office_open(&o);
	(void)strcpy(o.conf[0].peer, "nobody");
	set(&o, 1);
	CHECK_TEXT(state(&o), "waiting");
	CHECK_TEXT(o.why, "the registrar can not be reached");
	office_close(&o);
}

TEST(at_the_end_all_numbers_are_taken_back)
{
	struct office o;

	office_open(&o);
	set(&o, 2);
	for (unsigned i = 0; i < 2; i++) {
		CHECK(far_hears(&o.desk.far, "REGISTER "));
		accept_it(&o, &o.desk.far, 3600);
	}
	CHECK_TEXT(state(&o), "registered");
	CHECK_EQ(o.n, 2);
	o.desk.stack = sip_stack_close(o.desk.stack);
	for (unsigned i = 0; i < 2; i++) {
		CHECK(far_hears(&o.desk.far, "REGISTER "));
		CHECK_TEXT(far_header(&o.desk.far, "Expires"), "0");
	}
	office_close(&o);
}

LADDER(want_of_memory_delays_a_registration)
{
	struct office o;

	office_open(&o);
	if (o.desk.stack != NULL) {
		set(&o, 1);
		desk_wait(&o.desk, SEC(6));
		(void)far_hear(&o.desk.far);
		accept_it(&o, &o.desk.far, 3600);
		(void)state(&o);
	}
	office_close(&o);
}
