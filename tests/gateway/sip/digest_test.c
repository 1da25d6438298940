/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Being asked who we are: which challenge is answered, with what, how often,
 * and whose is not.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/sip/digest.h"
#include "kernel/text.h"
#include "tests/gateway/sip/desk.h"
#include "tests/gateway/sip/proof.h"
#include "tests/test.h"

/* RFC 7616 3.9.1 */
#define OCTETS(text)                                      \
	{                                                 \
		(const uint8_t *)(text), sizeof(text) - 1 \
	}
static const struct bytes body = OCTETS("v=0\r\n\0!");

/* RFC 7616 3.9.1; with a body by another's hash functions (Python's). */
static const struct {
	enum digest_algorithm algorithm;
	const struct bytes *body;
	const char *response;
} examples[] = {
	/* clang-format off */
	{ DIGEST_MD5,    NULL,  "8ca523f5e9506fed4657c9700eebdbec" },
	{ DIGEST_SHA256, NULL,  "753927fa0e85d155564e2e272a28d1802ca10daf"
	                        "4496794697cf8db5856cb6c1" },
	{ DIGEST_MD5,    &body, "abc2945e022185be0e32987798e10e34" },
	{ DIGEST_SHA256, &body, "e7512e3519a5b9cd9920192feaa362c488d1c672"
	                        "eae5bd1cd6308534341f9d35" },
	/* clang-format on */
};

TEST_ROWS(the_examples_of_the_standard_come_out, examples, row)
{
	char secret[DIGEST_HEX], hex[DIGEST_HEX];
	struct digest_input in = {
		.algorithm = row->algorithm,
		.secret = secret,
		.nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
		.method = "GET",
		.uri = "/dir/index.html",
		.nc = "00000001",
		.cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
		.body = row->body,
	};

	digest_hash(row->algorithm, secret, "Mufasa", "http-auth@example.org",
	            "Circle of Life", NULL);
	digest_response(&in, hex);
	CHECK_TEXT(hex, row->response);
}

static void know(struct desk *d, const char *realm)
{
	struct sip_credential mine = { .user = PROOF_USER,
		                       .password = PROOF_PASSWORD };

	(void)strcpy(mine.realm, realm);
	(void)sip_peer_credentials(d->stack, "far", &mine, 1);
}

static void invite_known(struct desk *d, const char *realm)
{
	desk_open(d);
	know(d, realm);
	desk_invite(d);
}

#define ASKED(nonce) \
	"Digest realm=\"carrier\", nonce=\"" nonce "\", qop=\"auth\""

/* The INVITE is refused so; its ACK is heard. */
static void refuse(struct desk *d, const char *status, const char *challenge)
{
	char lines[2048];

	(void)snprintf(lines, sizeof(lines), "%s: %s\r\n",
	               status[2] == '7' ? "Proxy-Authenticate"
	                                : "WWW-Authenticate",
	               challenge);
	far_reply(&d->far, status, lines, NULL);
	desk_turn(d);
	CHECK(far_hears(&d->far, "ACK "));
}

static const struct {
	const char *status, *challenge, *answered, *nonce, *algorithm, *opaque;
} challenges[] = {
	/* clang-format off */
	{ "401 Unauthorized", ASKED("n1"), "Authorization", "n1", "MD5", "" },
	{ "407 Proxy Authentication Required", ASKED("n2"),
	  "Proxy-Authorization", "n2", "MD5", "" },
	{ "407 Proxy Authentication Required",
	  "Digest realm=\"carrier\", nonce=\"n3\", algorithm=SHA-256, "
	  "opaque=\"o3\", qop=\"auth,auth-int\", stale=FALSE",
	  "Proxy-Authorization", "n3", "SHA-256", "o3" },
	{ "401 Unauthorized", "Digest realm=\"carrier\",nonce=\"n4\"",
	  "Authorization", "n4", "MD5", "" }, /* RFC 2069 */
	{ "401 Unauthorized",
	  "Digest nonce=\"n5\", algorithm=\"md5\", userhash=false, "
	  "charset=\"UTF-8\", domain=\"sip:x\", realm=\"carrier\"",
	  "Authorization", "n5", "MD5", "" },
	/* the strongest of several */
	{ "401 Unauthorized",
	  "Digest realm=\"carrier\", nonce=\"n6\", algorithm=MD5\r\n"
	  "WWW-Authenticate: Digest realm=\"carrier\", nonce=\"n7\", "
	  "algorithm=SHA-256, qop=\"auth\"",
	  "Authorization", "n7", "SHA-256", "" },
	{ "401 Unauthorized",
	  "Digest realm=\"carrier\", nonce=\"n8\", algorithm=SHA-256\r\n"
	  "WWW-Authenticate: Digest realm=\"carrier\", nonce=\"n9\", "
	  "algorithm=MD5\r\nWWW-Authenticate: Digest realm=\"carrier\", "
	  "nonce=\"n10\", algorithm=AKAv1-MD5",
	  "Authorization", "n8", "SHA-256", "" },
	/* several in one line, and of one the server's own comma */
	{ "401 Unauthorized",
	  "Digest realm=\"carrier\", nonce=\"a,b c=\", algorithm=SHA-512-256 , "
	  "Digest realm=\"carrier\", nonce=\"n11\", qop=\"auth,auth-int\",\r\n "
	  "algorithm=MD5,NTLM x=y, Basic realm=\"carrier\"",
	  "Authorization", "n11", "MD5", "" },
	{ "407 Proxy Authentication Required",
	  "Digest realm=\"carrier\",nonce=\"n12\",algorithm=MD5,"
	  "Digest  realm = \"carrier\",nonce=\"n13\",algorithm=SHA-256",
	  "Proxy-Authorization", "n13", "SHA-256", "" },
	/* RFC 7616 3.4: only if there is nothing else */
	{ "401 Unauthorized",
	  "Digest realm=\"carrier\", nonce=\"n14\", qop=\"auth-int\"",
	  "Authorization", "n14", "MD5", "" },
	{ "401 Unauthorized",
	  "Digest realm=\"carrier\", nonce=\"n15\", qop=\"auth\", "
	  "algorithm=SHA-256-sess",
	  "Authorization", "n15", "SHA-256-sess", "" },
	{ "401 Unauthorized",
	  "Digest realm=\"carrier\", nonce=\"n16\", qop=\"auth-int\", "
	  "algorithm=md5-SESS, userhash=true",
	  "Authorization", "n16", "MD5-sess", "" },
	/* clang-format on */
};

TEST_ROWS(a_challenged_invite_goes_again_with_the_answer, challenges, row)
{
	char id[FAR_TEXT], from[FAR_TEXT];
	struct desk d;

	invite_known(&d, "carrier");
	CHECK_TEXT(far_header(&d.far, "CSeq"), "1 INVITE");
	(void)strcpy(id, far_header(&d.far, "Call-ID"));
	(void)strcpy(from, far_header(&d.far, "From"));
	refuse(&d, row->status, row->challenge);
	CHECK(far_hears(&d.far, "INVITE "));
	CHECK_TEXT(far_header(&d.far, "CSeq"), "2 INVITE");
	CHECK_TEXT(far_header(&d.far, "Call-ID"), id);
	CHECK_TEXT(far_header(&d.far, "From"), from);
	CHECK(strstr(far_header(&d.far, "To"), "tag=") == NULL);
	CHECK(strstr(far_body(&d.far), "m=audio") != NULL);
	CHECK(proof_holds(&d.far, row->answered, row->nonce, 1));
	CHECK_TEXT(proof_param(far_header(&d.far, row->answered), "algorithm"),
	           row->algorithm);
	CHECK_TEXT(proof_param(far_header(&d.far, row->answered), "opaque"),
	           row->opaque);
	far_reply(&d.far, "200 OK", "", far_sdp);
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_ANSWER) && desk_quiet(&d));
	CHECK(far_hears(&d.far, "ACK "));
	CHECK_TEXT(far_header(&d.far, "CSeq"), "2 ACK");
	CHECK(strstr(far_header(&d.far, row->answered), row->nonce) != NULL);
	desk_close(&d);
}

TEST(in_the_call_the_answer_goes_on_and_a_new_challenge_is_met)
{
	struct desk d;

	invite_known(&d, "");
	refuse(&d, "401 Unauthorized", ASKED("a"));
	CHECK(far_hears(&d.far, "INVITE "));
	desk_answered(&d);
	CHECK_EQ(sip_session_offer(d.session, true, false), 0);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "INVITE "));
	CHECK(proof_holds(&d.far, "Authorization", "a", 2));
	refuse(&d, "401 Unauthorized", ASKED("b")); /* it says no "stale" */
	CHECK(far_hears(&d.far, "INVITE "));
	CHECK(proof_holds(&d.far, "Authorization", "b", 1));
	CHECK_TEXT(far_header(&d.far, "CSeq"), "4 INVITE");
	desk_answered(&d);
	CHECK_TEXT(far_header(&d.far, "CSeq"), "4 ACK");
	desk_end(&d);
	CHECK(proof_holds(&d.far, "Authorization", "b", 2));
	far_reply(&d.far, "401 Unauthorized",
	          "WWW-Authenticate: " ASKED("c") "\r\n", NULL);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "BYE "));
	CHECK(proof_holds(&d.far, "Authorization", "c", 1));
	far_reply(&d.far, "200 OK", "", NULL);
	desk_close(&d);
}

/* In the header of whoever asked. */
static const struct {
	const char *status, *asks, *answers, *names;
} nexts[] = {
	/* clang-format off */
	{ "401 Who", "WWW-Authenticate", "Authorization", "Authentication-Info" },
	{ "407 Who", "Proxy-Authenticate", "Proxy-Authorization",
	  "Proxy-Authentication-Info" },
	/* clang-format on */
};

TEST_ROWS(the_next_nonce_is_used_as_soon_as_it_is_named, nexts, row)
{
	char line[160];
	struct desk d;

	invite_known(&d, "");
	refuse(&d, row->status, ASKED("a") ", algorithm=SHA-256");
	CHECK(far_hears(&d.far, "INVITE "));
	(void)snprintf(line, sizeof(line), "%s: nextnonce=\"b\", qop=auth\r\n",
	               row->names);
	far_reply(&d.far, "200 OK", line, far_sdp);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "ACK "));
	CHECK_EQ(sip_session_offer(d.session, true, false), 0);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "INVITE "));
	CHECK(proof_holds(&d.far, row->answers, "b", 1));
	desk_answered(&d);
	desk_end(&d);
	CHECK(proof_holds(&d.far, row->answers, "b", 2));
	far_reply(&d.far, "200 OK", "", NULL);
	desk_close(&d);
}

TEST(a_session_s_secret_stays_while_its_nonce_does)
{
	struct desk d;

	invite_known(&d, "");
	refuse(&d, "401 Who", ASKED("a") ", algorithm=MD5-sess");
	CHECK(far_hears(&d.far, "INVITE "));
	CHECK(proof_holds(&d.far, "Authorization", "a", 1));
	desk_answered(&d);
	desk_end(&d);
	CHECK(proof_holds(&d.far, "Authorization", "a", 2));
	far_reply(&d.far, "200 OK", "", NULL);
	desk_close(&d);
}

TEST(a_proxy_and_the_far_end_may_both_ask)
{
	struct desk d;

	invite_known(&d, "");
	refuse(&d, "407 Who", "Digest realm=\"proxy\", nonce=\"p\"");
	CHECK(far_hears(&d.far, "INVITE "));
	refuse(&d, "401 Who", ASKED("u"));
	CHECK(far_hears(&d.far, "INVITE "));
	CHECK(proof_holds(&d.far, "Proxy-Authorization", "p", 2));
	CHECK(proof_holds(&d.far, "Authorization", "u", 1));
	far_reply(&d.far, "486 Busy Here", "", NULL);
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_RELEASED));
	desk_close(&d);
}

TEST(a_stale_nonce_is_replaced_and_no_server_is_answered_for_ever)
{
	struct desk d;
	unsigned invites = 1;

	invite_known(&d, "carrier");
	refuse(&d, "401 Unauthorized", ASKED("x"));
	CHECK(far_hears(&d.far, "INVITE "));
	refuse(&d, "401 Unauthorized", ASKED("y") ", stale=true");
	CHECK(far_hears(&d.far, "INVITE "));
	CHECK(proof_holds(&d.far, "Authorization", "y", 1));
	for (; invites < 20 && desk_quiet(&d); invites++) {
		refuse(&d, "401 Unauthorized", ASKED("z") ", stale=true");
		(void)far_hear(&d.far);
	}
	CHECK(invites < 6);
	CHECK(desk_told(&d, SIP_RELEASED));
	CHECK_EQ(d.release.sip_status, 401);
	desk_close(&d);
}

static const struct {
	const char *realm, *challenge, *why;
	unsigned answers;
} hopeless[] = {
	/* clang-format off */
	{ "carrier", ASKED("n"), "far refuses our credentials", 1 },
	{ "other", ASKED("n"), "", 0 },
	{ "carrier", "Basic realm=\"carrier\"", "", 0 },
	{ "carrier", "Digest realm=\"carrier\", nonce=\"n\", qop=\"token\"",
	  "", 0 },
	{ "carrier", "Digest realm=\"carrier\", nonce=\"n\", algorithm=MD5-sess",
	  "", 0 },
	{ "carrier", "Digest realm=\"carrier\", nonce=\"n\", algorithm=SHA-1",
	  "", 0 },
	{ "carrier", "Digest realm=\"carrier\"", "", 0 },
	{ "carrier", "Digest", "", 0 },
	/* clang-format on */
};

TEST_ROWS(what_cannot_be_answered_ends_the_call, hopeless, row)
{
	struct desk d;

	desk_open(&d);
	know(&d, row->realm);
	desk_invite(&d);
	refuse(&d, "401 Unauthorized", row->challenge);
	for (unsigned i = 0; i < row->answers; i++) {
		CHECK(far_hears(&d.far, "INVITE "));
		refuse(&d, "401 Unauthorized", row->challenge);
	}
	CHECK(!far_hear(&d.far));
	CHECK(desk_told(&d, SIP_RELEASED));
	CHECK_EQ(d.release.sip_status, 401);
	CHECK(strstr(d.release.detail, row->why) != NULL);
	desk_close(&d);
}

TEST(a_far_end_without_credentials_is_told_nothing)
{
	struct desk d;

	desk_open(&d);
	desk_invite(&d);
	refuse(&d, "407 Who", ASKED("n"));
	CHECK(!far_hear(&d.far));
	CHECK(desk_told(&d, SIP_RELEASED));
	CHECK_TEXT(d.release.detail, "far asks for credentials we do not have");
	desk_close(&d);
}

/* The phone behind a proxy that left the path asks for itself. */
TEST(a_stranger_in_the_dialog_is_told_nothing)
{
	struct desk d;

	desk_open(&d);
	know(&d, "");
	desk_call_out(&d);
	(void)strcpy(d.peer.host, "127.0.0.7"); /* the peer is elsewhere */
	(void)sip_peer_set(d.stack, &d.peer);
	desk_end(&d);
	far_reply(&d.far, "401 Unauthorized",
	          "WWW-Authenticate: " ASKED("n") "\r\n", NULL);
	desk_turn(&d);
	CHECK(!far_hear(&d.far));
	desk_close(&d);
}

TEST(a_call_given_up_meanwhile_is_not_placed_again)
{
	struct desk d;

	invite_known(&d, "");
	far_reply(&d.far, "100 Trying", "", NULL);
	desk_turn(&d);
	sip_session_end(d.session, 0, &(struct release){ 0 });
	desk_turn(&d);
	far_reply(&d.far, "401 Unauthorized",
	          "WWW-Authenticate: " ASKED("n") "\r\n", NULL);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "CANCEL "));
	CHECK(far_hears(&d.far, "ACK "));
	CHECK(!far_hear(&d.far));
	desk_close(&d);
}

LADDER(want_of_memory_while_being_asked_ends_the_call)
{
	struct desk d;

	desk_open(&d);
	if (d.stack == NULL) {
		desk_close(&d);
		return;
	}
	know(&d, "");
	if (desk_place(&d) != NULL && far_hear(&d.far)) {
		far_reply(&d.far, "401 Unauthorized",
		          "WWW-Authenticate: " ASKED("n") "\r\n", NULL);
		desk_turn(&d);
	}
	if (ladder_ok()) {
		CHECK(far_hears(&d.far, "ACK "));
		CHECK(far_hears(&d.far, "INVITE "));
	}
	desk_close(&d);
}
