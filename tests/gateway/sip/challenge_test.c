/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Phones that call the gateway because their proxy is dead: who is let in by
 * where he is, and who by what he knows.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/sip/digest.h"
#include "tests/gateway/sip/desk.h"
#include "tests/test.h"

/* The desk's peer becomes a place phones call from. */
static void phones(struct desk *d, uint8_t first, uint8_t bits,
                   const char *realm)
{
	struct sip_credential known[2] = {
		{ .user = "alice", .password = "pa" },
		{ .user = "bob", .password = "pb" },
	};
	struct sip_peer_conf conf = d->peer;

	sip_peer_remove(d->stack, "far");
	(void)strcpy(conf.name, "phones");
	conf.host[0] = '\0';
	conf.nprefixes = 1;
	conf.prefixes[0] =
		(struct sip_prefix){ .octets = { first }, .bits = bits };
	(void)strcpy(conf.realm, realm);
	CHECK_EQ(sip_peer_set(d->stack, &conf), 0);
	CHECK_EQ(sip_peer_credentials(d->stack, "phones", known, 2), 0);
}

static const struct {
	uint8_t first, bits;
	bool in;
} places[] = {
	/* clang-format off */
	{ 127, 8,  true  },
	{ 127, 32, false }, /* 127.0.0.0 */
	{ 126, 7,  true  },
	{ 126, 8,  false },
	{ 0,   1,  true  },
	{ 128, 1,  false },
	/* clang-format on */
};

TEST_ROWS(a_phone_is_let_in_by_where_it_is, places, row)
{
	struct desk d;

	desk_open(&d);
	phones(&d, row->first, row->bits, "");
	/* the phone still calls what its proxy is named */
	far_send(&d.far,
	         "INVITE sip:3035550123@proxy.example.net SIP/2.0\r\n"
	         "Via: SIP/2.0/UDP 127.0.0.1:%u;branch=z9hG4bKp%u;rport\r\n"
	         "Max-Forwards: 70\r\nFrom: <sip:alice@proxy.example.net>"
	         ";tag=a\r\nTo: <sip:3035550123@proxy.example.net>\r\n"
	         "Call-ID: b-%u\r\nCSeq: 1 INVITE\r\n"
	         "Contact: <sip:alice@127.0.0.1:%u>\r\n"
	         "Content-Length: 0\r\n\r\n",
	         d.far.port, d.far.port, d.far.port, d.far.port);
	desk_turn(&d);
	CHECK_EQ(far_hear(&d.far), row->in);
	CHECK_EQ(d.session != NULL, row->in);
	if (row->in) {
		CHECK_TEXT(d.setup.called.number.digits, "3035550123");
		sip_session_end(d.session, 486, &(struct release){ 0 });
	}
	desk_close(&d);
}

TEST(a_peer_without_an_address_is_not_called)
{
	struct sip_setup setup = { .has_offer = true };
	struct sip_session *s;
	struct desk d;

	desk_open(&d);
	phones(&d, 127, 8, "");
	CHECK(sip_session_place(&s, d.stack, "phones", &setup, &d) < 0);
	desk_close(&d);
}

struct answer {
	const char *user, *password, *realm;
	enum digest_algorithm algorithm;
	bool qop;
	unsigned nc;
};

/* The nonce of the challenge heard last. */
static void take_nonce(const struct far *f, char *to, size_t size)
{
	const char *at = strstr(f->heard, "nonce=\"");

	to[0] = '\0';
	if (at != NULL)
		(void)snprintf(to, size, "%.*s", (int)strcspn(at + 7, "\""),
		               at + 7);
}

static void call(struct desk *d, const struct answer *a, const char *nonce)
{
	char lines[1024], secret[DIGEST_HEX], hex[DIGEST_HEX], nc[16];
	struct digest_input in = {
		.algorithm = a->algorithm,
		.secret = secret,
		.nonce = nonce,
		.method = "INVITE",
		.uri = "sip:1@gw",
		.nc = a->qop ? nc : NULL,
		.cnonce = "abc",
	};

	(void)snprintf(nc, sizeof(nc), "%08x", a->nc);
	digest_hash(a->algorithm, secret, a->user, a->realm, a->password, NULL);
	digest_response(&in, hex);
	(void)snprintf(lines, sizeof(lines),
	               "Authorization: Digest username=\"%s\", realm=\"%s\", "
	               "nonce=\"%s\", uri=\"sip:1@gw\", response=\"%s\", "
	               "algorithm=%s%s%s%s\r\n",
	               a->user, a->realm, nonce, hex, digest_name(a->algorithm),
	               a->qop ? ", qop=auth, cnonce=\"abc\", nc=" : "",
	               a->qop ? nc : "", "");
	far_invite(&d->far, "1", lines, far_sdp);
	desk_turn(d);
}

static void hang_up(struct desk *d)
{
	CHECK(desk_told(d, SIP_SETUP));
	sip_session_end(d->session, 486, &(struct release){ 0 });
	desk_turn(d);
	CHECK(far_hears(&d->far, "SIP/2.0 100"));
	CHECK(far_hears(&d->far, "SIP/2.0 486"));
	far_ack_refusal(&d->far);
	desk_turn(d);
	CHECK(desk_told(d, SIP_RELEASED));
}

static void refused(struct desk *d, bool stale)
{
	CHECK(far_hears(&d->far, "SIP/2.0 401"));
	CHECK_EQ(strstr(d->far.heard, "stale=true") != NULL, stale);
	far_ack_refusal(&d->far);
	desk_turn(d);
	CHECK(desk_quiet(d));
}

/* Calls, is challenged; the nonce. */
static void challenged(struct desk *d, char *nonce, size_t size)
{
	far_invite(&d->far, "1", "", far_sdp);
	desk_turn(d);
	refused(d, false);
	CHECK(strstr(d->far.heard, "realm=\"lab\"") != NULL);
	CHECK(strstr(d->far.heard, "algorithm=SHA-256, qop=\"auth\"") <
	      strstr(d->far.heard, "algorithm=MD5, qop=\"auth\""));
	take_nonce(&d->far, nonce, size);
	CHECK(nonce[0] != '\0');
}

static const struct {
	struct answer answer;
	bool in;
} answers[] = {
	/* clang-format off */
	{ { "alice", "pa", "lab", DIGEST_SHA256, true, 1 },  true  },
	{ { "alice", "pa", "lab", DIGEST_MD5, true, 1 },     true  },
	{ { "bob",   "pb", "lab", DIGEST_MD5, false, 1 },    true  },
	{ { "bob",   "pa", "lab", DIGEST_MD5, true, 1 },     false },
	{ { "carol", "pa", "lab", DIGEST_MD5, true, 1 },     false },
	{ { "alice", "pa", "den", DIGEST_MD5, true, 1 },     false },
	{ { "alice", "pa", "lab", DIGEST_MD5, true, 0 },     false },
	/* clang-format on */
};

TEST_ROWS(only_who_knows_a_password_calls, answers, row)
{
	char nonce[64];
	struct desk d;

	desk_open(&d);
	phones(&d, 127, 8, "lab");
	challenged(&d, nonce, sizeof(nonce));
	call(&d, &row->answer, nonce);
	if (row->in)
		hang_up(&d);
	else
		refused(&d, false);
	desk_close(&d);
}

static const struct {
	enum sip_digest digest;
	const char *first, *second; /* NULL: no second one */
	bool md5;
} orders[] = {
	/* clang-format off */
	{ SIP_DIGEST_SHA256_MD5, "SHA-256", "MD5",     true  },
	{ SIP_DIGEST_MD5_SHA256, "MD5",     "SHA-256", true  },
	{ SIP_DIGEST_SHA256,     "SHA-256", NULL,      false },
	{ SIP_DIGEST_MD5,        "MD5",     NULL,      true  },
	/* clang-format on */
};

TEST_ROWS(what_is_offered_first_and_at_all_is_configured, orders, row)
{
	struct answer a = { "alice", "pa", "lab", DIGEST_MD5, true, 1 };
	char nonce[64];
	const char *at;
	struct desk d;

	desk_open(&d);
	d.peer.digest = row->digest;
	phones(&d, 127, 8, "lab");
	far_invite(&d.far, "1", "", far_sdp);
	desk_turn(&d);
	refused(&d, false);
	at = strstr(d.far.heard, "algorithm=");
	CHECK(strncmp(at + 10, row->first, strlen(row->first)) == 0);
	at = strstr(at + 1, "algorithm=");
	CHECK_EQ(at != NULL, row->second != NULL);
	CHECK(at == NULL ||
	      strncmp(at + 10, row->second, strlen(row->second)) == 0);
	take_nonce(&d.far, nonce, sizeof(nonce));
	call(&d, &a, nonce);
	if (row->md5)
		hang_up(&d);
	else
		refused(&d, false);
	desk_close(&d);
}

TEST(an_answer_that_was_overheard_is_worth_nothing)
{
	struct answer a = { "alice", "pa", "lab", DIGEST_SHA256, true, 1 };
	char nonce[64];
	struct desk d;

	desk_open(&d);
	phones(&d, 127, 8, "lab");
	challenged(&d, nonce, sizeof(nonce));
	call(&d, &a, nonce);
	hang_up(&d);
	call(&d, &a, nonce);
	refused(&d, true);
	a.nc = 2;
	call(&d, &a, nonce);
	hang_up(&d);
	desk_wait(&d, SEC(301));
	a.nc = 3;
	call(&d, &a, nonce);
	refused(&d, true);
	call(&d, &a, "fff-never-was");
	refused(&d, true);
	a.qop = false;
	take_nonce(&d.far, nonce, sizeof(nonce));
	call(&d, &a, nonce);
	hang_up(&d);
	call(&d, &a, nonce);
	refused(&d, true);
	desk_close(&d);
}

TEST(a_nonce_whose_place_is_taken_is_stale)
{
	struct answer a = { "alice", "pa", "lab", DIGEST_MD5, true, 1 };
	char first[64], nonce[64];
	struct desk d;

	desk_open(&d);
	phones(&d, 127, 8, "lab");
	challenged(&d, first, sizeof(first));
	for (int i = 0; i < 256; i++)
		challenged(&d, nonce, sizeof(nonce));
	call(&d, &a, first);
	refused(&d, true);
	desk_close(&d);
}

static const char *const broken[] = {
	"Authorization: Digest\r\n",
	"Authorization: Basic YTpi\r\n",
	"Authorization: Digest username=\"alice\", realm=\"lab\"\r\n",
	"Authorization: Digest username=\"alice\", realm=\"lab\", "
	"nonce=\"\", uri=\"\", response=\"\"\r\n",
	"Authorization: Digest username=\"alice\", realm=\"lab\", "
	"nonce=\"x\", uri=\"u\", response=\"r\", qop=auth\r\n",
	"Authorization: Digest username=\"alice\", realm=\"lab\", "
	"nonce=\"x\", uri=\"u\", response=\"r\", algorithm=SHA-512\r\n",
};

TEST_ROWS(an_answer_that_is_none_is_challenged, broken, row)
{
	struct desk d;

	desk_open(&d);
	phones(&d, 127, 8, "lab");
	far_invite(&d.far, "1", *row, far_sdp);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 40"));
	far_ack_refusal(&d.far);
	CHECK(desk_quiet(&d));
	desk_close(&d);
}

LADDER(want_of_memory_lets_nobody_in)
{
	struct desk d;

	desk_open(&d);
	if (d.stack != NULL) {
		struct sip_peer_conf conf = d.peer;

		(void)strcpy(conf.realm, "lab");
		(void)sip_peer_set(d.stack, &conf);
		far_invite(&d.far, "1", "", far_sdp);
		desk_turn(&d);
		CHECK(desk_quiet(&d));
		if (ladder_ok())
			CHECK(far_hears(&d.far, "SIP/2.0 401"));
		far_ack_refusal(&d.far);
	}
	desk_close(&d);
}
