/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Numbers told to registrars by a gateway with a line: figure CF-06 of the
 * reference. What the registrar asks for is met, a dead one is replaced, and
 * nobody is sent to a line that is lost.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/call.h"
#include "tests/gateway/sip/proof.h"
#include "tests/gateway/world.h"

#define NUMBER "+13035550100"
#define CONF(primary, secondary)                                      \
	"controller e1 0\n board sim\n!\nsip-ua\n bind udp $SIP\n!\n" \
	"sip-peer first\n address $FAR0\n" primary                    \
	" authentication username gw password secret\n!\n"            \
	"sip-peer second\n address $FAR1\n" secondary                 \
	" authentication username gw password secret\n!\n"            \
	"dial-peer voice 100 pots\n destination-pattern 1...\n"       \
	" trunk e1 0\n register " NUMBER "\n!\n"                      \
	"dial-peer voice 200 voip\n destination-pattern 2...\n"       \
	" session target sip-peer first\n!\n"

static const char conf[] =
	CONF(" registrar expires 600\n", " registrar expires 600\n"
                                         " registrar secondary\n");
static const char nobody[] = CONF("", "");

/* The last REGISTER that has come, with its repetitions. */
static bool hears_register(struct far *f, const char *expires)
{
	bool heard = false;

	while (far_hear(f))
		heard = strncmp(f->heard, "REGISTER ", 9) == 0;
	if (!heard)
		return false;
	(void)strcpy(f->heard, f->request);
	CHECK_TEXT(far_header(f, "Expires"), expires);
	return true;
}

static void reply(struct world *w, unsigned far, const char *status,
                  const char *extra)
{
	w->far[far].no_contact = true;
	far_reply(&w->far[far], status, extra, NULL);
	w->far[far].no_contact = false;
	world_run(w, MSEC(50));
}

static void accept_for(struct world *w, unsigned far, unsigned seconds)
{
	char line[256];

	(void)snprintf(line, sizeof(line), "Contact: %.200s;expires=%u\r\n",
	               far_header(&w->far[far], "Contact"), seconds);
	reply(w, far, "200 OK", line);
}

static bool status_says(struct world *w, const char *what)
{
	char text[2048];

	CHECK_EQ(world_console(w, "show sip-ua register status", false, text,
	                       sizeof(text)),
	         0);
	if (strstr(text, what) == NULL)
		printf("%s\n", text);
	return strstr(text, what) != NULL;
}

/* What is registered is taken back, or its answer would be waited for. */
static void close_world(struct world *w)
{
	CHECK_EQ(world_reload(w, nobody), 0);
	for (unsigned i = 0; i < WORLD_FARS; i++) {
		world_run(w, MSEC(50));
		if (hears_register(&w->far[i], "0"))
			reply(w, i, "200 OK", "");
	}
	world_close(w);
}

/* Registered at the first for 600 s. */
static struct world *open_registered(void)
{
	struct world *w = world_open(conf);

	CHECK(hears_register(&w->far[0], "600"));
	CHECK(strstr(far_header(&w->far[0], "To"), NUMBER) != NULL);
	accept_for(w, 0, 600);
	CHECK(status_says(w, "registered"));
	CHECK(!far_hear(&w->far[1]));
	return w;
}

TEST(a_number_is_registered_for_as_long_as_it_must_be_and_proves_itself)
{
	struct world *w = world_open(conf);
	struct far *f = &w->far[0];
	char id[FAR_TEXT];

	CHECK(hears_register(f, "600"));
	(void)strcpy(id, far_header(f, "Call-ID"));
	reply(w, 0, "423 Interval Too Brief", "Min-Expires: 1200\r\n");
	CHECK(hears_register(f, "1200"));
	reply(w, 0, "401 Unauthorized",
	      "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", "
	      "qop=\"auth\"\r\n");
	CHECK(hears_register(f, "1200"));
	CHECK(proof_holds(f, "Authorization", "n", 1));
	accept_for(w, 0, 1200);
	CHECK(status_says(w, "registered"));
	world_wait(w, SEC(899));
	CHECK(!far_hear(f));
	world_wait(w, SEC(1));
	CHECK(hears_register(f, "1200"));
	CHECK_TEXT(far_header(f, "Call-ID"), id);
	CHECK_TEXT(far_header(f, "CSeq"), "4 REGISTER");
	CHECK(proof_holds(f, "Authorization", "n", 2));
	reply(w, 0, "401 Unauthorized",
	      "WWW-Authenticate: Digest realm=\"r\", nonce=\"m\", "
	      "qop=\"auth\", stale=true\r\n");
	CHECK(hears_register(f, "1200"));
	CHECK(proof_holds(f, "Authorization", "m", 1));
	accept_for(w, 0, 1200);
	close_world(w);
}

/* The number leads here while it is registered; a call is not disturbed when
 * it no longer is. */
TEST(a_number_is_taken_back_while_the_line_is_lost)
{
	struct world *w = open_registered();
	struct far *f = &w->far[0];

	board_sim_cut(w->exchange[0].span, true, true);
	world_wait(w, SEC(3));
	CHECK(!far_hear(f));
	world_wait(w, SEC(22)); /* layer 2 has given up, and stays so */
	CHECK(hears_register(f, "0"));
	reply(w, 0, "200 OK", "");
	CHECK(status_says(w, "not registered"));
	world_wait(w, SEC(900));
	CHECK(!far_hear(f));
	board_sim_cut(w->exchange[0].span, false, false);
	world_wait(w, SEC(20));
	CHECK(hears_register(f, "600"));
	accept_for(w, 0, 600);
	CHECK(status_says(w, "registered"));
	close_world(w);
}

TEST(a_short_alarm_takes_no_number_back)
{
	struct world *w = open_registered();

	for (unsigned i = 0; i < 5; i++) {
		board_sim_cut(w->exchange[0].span, true, true);
		world_wait(w, SEC(2));
		board_sim_cut(w->exchange[0].span, false, false);
		world_wait(w, SEC(20));
	}
	CHECK(!far_hear(&w->far[0]));
	CHECK(status_says(w, "registered"));
	close_world(w);
}

/* Silence, and a refusal that means nobody. */
static const char *const deaths[] = { NULL, "503 Service Unavailable" };

TEST_ROWS(the_second_registrar_stands_in_until_the_first_is_back, deaths, row)
{
	struct world *w = open_registered();

	world_wait(w, SEC(450)); /* a quarter before the end */
	CHECK(hears_register(&w->far[0], "600"));
	if (*row != NULL)
		reply(w, 0, *row, "");
	else
		world_wait(w, SEC(33)); /* timer F */
	CHECK(hears_register(&w->far[1], "600"));
	accept_for(w, 1, 600);
	CHECK(status_says(w, "second"));
	far_deaf(&w->far[0]);
	world_wait(w, SEC(450));
	CHECK(hears_register(&w->far[0], "600"));
	accept_for(w, 0, 600);
	CHECK(status_says(w, "registered"));
	CHECK(!status_says(w, "second"));
	close_world(w);
}

/* A wrong password is not sent again and again: the wait doubles. */
TEST(a_registrar_that_refuses_us_is_not_pestered)
{
	struct world *w = world_open(conf);
	unsigned asked = 0;

	for (unsigned s = 0; s < 3600; s += 5) {
		if (hears_register(&w->far[0], "600")) {
			asked++;
			reply(w, 0, "403 Forbidden", "");
		}
		world_wait(w, SEC(5));
	}
	CHECK(asked >= 10 && asked <= 18);
	CHECK(status_says(w, "403"));
	CHECK(world_call_in(w) != NULL); /* calls go on */
	far_request(&w->far[0], "BYE", "", NULL);
	world_run(w, MSEC(50));
	far_deaf(&w->far[0]);
	close_world(w);
}
