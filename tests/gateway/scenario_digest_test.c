/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Who are you? asked of a gateway with calls through it, at every step of a
 * call, and asked by it: what the caller at the exchange notices is nothing, or
 * a cause. Figures CF-16 and CF-17 of the reference.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/call.h"
#include "tests/gateway/sip/proof.h"
#include "tests/gateway/world.h"

#define LINE                                                                 \
	"controller e1 0\n board sim\n!\nsip-ua\n bind udp $SIP\n!\n"        \
	"dial-peer voice 100 pots\n destination-pattern 1...\n trunk e1 0\n" \
	"!\n"
#define PEER(more) "sip-peer carrier\n address $FAR0\n" more "!\n"
#define TO_PEER                                                 \
	"dial-peer voice 200 voip\n destination-pattern 2...\n" \
	" session target sip-peer carrier\n!\n"

static const char known[] =
	LINE PEER(" authentication username gw password secret realm lab\n"
                  " session-timer 90\n") TO_PEER;

static const char unknown[] =
	LINE PEER(" authentication username gw password secret realm den\n")
		TO_PEER;

static const struct asker {
	const char *status, *asks, *answers;
} askers[] = {
	{ "401 Unauthorized", "WWW-Authenticate", "Authorization" },
	{ "407 Proxy Authentication Required", "Proxy-Authenticate",
	  "Proxy-Authorization" },
};

static void ask(struct world *w, const struct asker *asker, const char *nonce)
{
	char line[160];

	(void)snprintf(line, sizeof(line),
	               "%s: Digest realm=\"lab\", nonce=\"%s\", "
	               "algorithm=SHA-256, qop=\"auth\"\r\n",
	               asker->asks, nonce);
	far_reply(&w->far[0], asker->status, line, NULL);
	world_run(w, MSEC(20));
}

/* A call from the exchange, asked for a digest, that is up: nonce "a", once. */
static struct isdn_call *talk(struct world *w, const struct asker *asker,
                              const char *extra)
{
	struct isdn_call *call = world_place(w, "2001");
	struct far *f = &w->far[0];

	ask(w, asker, "a");
	CHECK(far_hears(f, "ACK "));
	CHECK(far_hears(f, "INVITE "));
	CHECK_TEXT(far_header(f, "CSeq"), "2 INVITE");
	CHECK(proof_holds(f, asker->answers, "a", 1));
	phone_learn(&w->phone[0], far_body(f));
	far_reply(f, "200 OK", extra, world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "ACK "));
	CHECK(far_header(f, asker->answers)[0] != '\0');
	CHECK(exchange_last(&w->exchange[0], ISDN_ANSWER) != NULL);
	w->phone[0].talks = true;
	return call;
}

static void hang_up(struct world *w, const struct asker *asker,
                    struct isdn_call *call, const char *nonce, unsigned used)
{
	struct far *f = &w->far[0];

	exchange_clear(call, Q850_NORMAL_CLEARING);
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "BYE "));
	CHECK(proof_holds(f, asker->answers, nonce, used));
	ask(w, asker, "z");
	CHECK(far_hears(f, "BYE "));
	CHECK(proof_holds(f, asker->answers, "z", 1));
	far_reply(f, "200 OK", "", NULL);
	world_run(w, MSEC(50));
	CHECK(world_ended(w, "ended by the caller", 16));
	world_close(w);
}

TEST_ROWS(an_invite_and_the_bye_are_challenged_and_the_caller_hears_it_ring,
          askers, row)
{
	struct world *w = world_open(known);

	hang_up(w, row, talk(w, row, ""), "a", 2);
}

static const struct refresh {
	const char *method, *extra;
} refreshes[] = {
	{ "UPDATE ", "Session-Expires: 90;refresher=uac\r\n"
	             "Allow: INVITE, ACK, BYE, CANCEL, UPDATE\r\n" },
	{ "INVITE ", "Session-Expires: 90;refresher=uac\r\n"
	             "Allow: INVITE, ACK, BYE, CANCEL\r\n" },
};

/* The refresh is asked, too, and goes again; the sound does not stop. */
TEST_ROWS(a_refresh_is_challenged_and_the_call_goes_on, refreshes, row)
{
	struct world *w = world_open(known);
	struct far *f = &w->far[0];
	struct isdn_call *call = talk(w, &askers[0], row->extra);
	bool invite = row->method[0] == 'I';

	world_wait(w, SEC(45));
	CHECK(far_hears(f, row->method));
	CHECK(proof_holds(f, "Authorization", "a", 2));
	ask(w, &askers[0], "b");
	if (invite)
		CHECK(far_hears(f, "ACK "));
	CHECK(far_hears(f, row->method));
	CHECK(proof_holds(f, "Authorization", "b", 1));
	far_reply(f, "200 OK", row->extra,
	          invite ? world_sdp(w, 0, "sendrecv") : NULL);
	world_run(w, MSEC(50));
	if (invite)
		CHECK(far_hears(f, "ACK "));
	phone_forget(&w->phone[0]);
	world_run(w, MSEC(200));
	CHECK(w->phone[0].packets >= 9);
	CHECK(world_call(w) != NULL);
	hang_up(w, &askers[0], call, "b", 2);
}

/* Once with the password we have, and no more; of another realm not once. */
static const struct hopeless {
	const char *conf, *why;
	unsigned answers;
} hopeless[] = {
	{ known, "refuses our credentials", 1 },
	{ unknown, "asks for credentials we do not have", 0 },
};

TEST_ROWS(a_challenge_that_cannot_be_met_ends_the_call, hopeless, row)
{
	struct world *w = world_open(row->conf);
	struct far *f = &w->far[0];

	CHECK(exchange_place(&w->exchange[0], "2001") != NULL);
	world_run(w, MSEC(20));
	for (unsigned i = 0; i <= row->answers; i++) {
		CHECK(far_hears(f, "INVITE "));
		CHECK_EQ(far_header(f, "Authorization")[0] != '\0', i > 0);
		ask(w, &askers[0], i == 0 ? "a" : "b");
		CHECK(far_hears(f, "ACK "));
	}
	world_run(w, MSEC(100));
	CHECK(!far_hear(f));
	CHECK(world_ended(w, "ended by the called side", 21));
	CHECK(strstr(world_sentence(w), row->why) != NULL);
	world_close(w);
}

/* --- CF-16, B-20: phones whose proxy is dead --- */

#define PHONES(more)                                         \
	LINE "sip-peer phones\n backup-proxy 127.0.0.0/24\n" \
	     " authenticate lab\n" more                      \
	     " authentication username gw password secret\n!\n"

static const struct phones {
	const char *conf, *algorithm, *password;
	bool in;
} phones[] = {
	/* clang-format off */
	{ PHONES(""), "SHA-256", "secret", true },
	{ PHONES(" digest algorithm md5-sha-256\n"), "MD5", "secret", true },
	{ PHONES(" digest algorithm md5\n"), "MD5", "secret", true },
	{ PHONES(" digest algorithm md5\n"), "MD5", "guess", false },
	/* clang-format on */
};

/* No channel is taken for who has not proved himself. */
TEST_ROWS(a_phone_without_its_proxy_is_asked_before_it_gets_a_line, phones, row)
{
	struct world *w = world_open(row->conf);
	struct far *f = &w->far[0];
	const char *line;

	w->exchange[0].manner = EXCHANGE_ANSWERS;
	far_invite(f, "1001", "", world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "SIP/2.0 401"));
	CHECK_TEXT(proof_param(far_header(f, "WWW-Authenticate"), "algorithm"),
	           row->algorithm);
	line = proof_line(f, "gw", row->password);
	far_ack_refusal(f);
	world_run(w, MSEC(50));
	CHECK(w->exchange[0].call == NULL);
	far_invite(f, "1001", line, world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(100));
	if (!row->in) {
		CHECK(far_hears(f, "SIP/2.0 401"));
		far_ack_refusal(f);
		world_run(w, MSEC(50));
		CHECK(w->exchange[0].call == NULL);
		world_close(w);
		return;
	}
	CHECK(far_hears(f, "SIP/2.0 100"));
	CHECK(far_hears(f, "SIP/2.0 200"));
	far_request(f, "ACK", "", NULL);
	world_run(w, MSEC(50));
	world_clear_sip(w, 0);
	world_close(w);
}
