/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Phones whose proxy is dead call the gateway, which is then all that stands
 * between them and the telephone network; so they can be asked for a password.
 *
 * A nonce lives in a place of its own until another one needs the place or five
 * minutes are over, and its count must grow with each use; so an answer that
 * was overheard is worth nothing. One without qop, in RFC 2069's manner, serves
 * once. A right answer to a nonce we do not know any more is told that it is
 * stale (RFC 7616 3.3), which a phone answers without asking anybody.
 *
 * Both algorithms are offered, the stronger first (RFC 8760 2.3), unless the
 * peer is configured otherwise; only what is offered is taken. The uri of an
 * answer is not held against the Request-URI: a proxy may have changed that,
 * and the count makes the answer good for this request only.
 */
#include "gateway/sip/challenge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/sip/stack.h"
#include "kernel/mem.h"

enum { NONCES = 256, NONCE = 24 + 1 };

#define NONCE_LIFE SEC(300)

static const struct {
	unsigned n;
	enum digest_algorithm list[DIGEST_ALGORITHMS];
} offers[] = {
	/* clang-format off */
	[SIP_DIGEST_SHA256_MD5] = { 2, { DIGEST_SHA256, DIGEST_MD5 } },
	[SIP_DIGEST_MD5_SHA256] = { 2, { DIGEST_MD5, DIGEST_SHA256 } },
	[SIP_DIGEST_SHA256]     = { 1, { DIGEST_SHA256 } },
	[SIP_DIGEST_MD5]        = { 1, { DIGEST_MD5 } },
	/* clang-format on */
};

struct nonce {
	char text[NONCE]; /* "0a7" and random: its place is found by it */
	unsigned count;   /* the highest heard with it */
	struct instant until;
};

struct challenges {
	unsigned next;
	struct nonce nonces[NONCES];
};

struct challenges *challenges_free(struct challenges *c)
{
	return mem_free(c);
}

static struct nonce *find_nonce(struct challenges *c, const char *text)
{
	char place[4] = "";
	unsigned long at;

	memcpy(place, text, strnlen(text, 3));
	at = strtoul(place, NULL, 16);
	return at < NONCES && c->nonces[at].text[0] != '\0' &&
	                       strcmp(c->nonces[at].text, text) == 0
	               ? &c->nonces[at]
	               : NULL;
}

static const char *new_nonce(struct challenges *c)
{
	struct nonce *n = &c->nonces[c->next];
	char random[NONCE - 3];
	struct text text = TEXT(n->text);

	message_random(random, sizeof(random));
	text_add(&text, "%03x%s", c->next, random);
	n->count = 0;
	n->until = instant_add(instant_now(), NONCE_LIFE);
	c->next = (c->next + 1) % NONCES;
	return n->text;
}

/* --- asking --- */

static int put_challenges(osip_message_t *m, const struct sip_peer_conf *peer,
                          const char *nonce, bool stale)
{
	char room[256];
	int rc = 0;

	for (unsigned i = 0; i < offers[peer->digest].n && rc == 0; i++) {
		struct text text = TEXT(room);

		text_add(&text,
		         "Digest realm=\"%s\", nonce=\"%s\", algorithm=%s, "
		         "qop=\"auth\"%s",
		         peer->realm, nonce,
		         digest_name(offers[peer->digest].list[i]),
		         stale ? ", stale=true" : "");
		rc = message_add_header(m, "WWW-Authenticate", room);
	}
	return rc;
}

static bool ask(struct sip_stack *stack, struct transaction *t,
                const osip_message_t *request, const struct peer *peer,
                bool stale)
{
	char tag[17];
	struct stack_answer answer = { .status = 401, .to_tag = tag };
	osip_message_t *m;

	message_random(tag, sizeof(tag));
	m = stack_response(stack, request, &answer);
	if (m != NULL &&
	    put_challenges(m, &peer->conf, new_nonce(stack->challenges),
	                   stale) < 0)
		m = message_free(m);
	if (m == NULL || transaction_respond(t, m) < 0)
		transaction_forget(t); /* which answers 500 */
	return false;
}

/* --- judging --- */

struct answer {
	char user[40], nonce[64], uri[256], response[DIGEST_HEX], cnonce[128];
	char nc[16];
	unsigned count;
	enum digest_algorithm algorithm;
	bool qop;
};

static bool read_qop(const osip_authorization_t *a, struct answer *out)
{
	char word[16], *end;

	if (digest_unquote(word, sizeof(word), a->message_qop) == -ENOENT)
		return true;
	out->qop = true;
	if (strcmp(word, "auth") != 0 ||
	    digest_unquote(out->nc, sizeof(out->nc), a->nonce_count) < 0 ||
	    digest_unquote(out->cnonce, sizeof(out->cnonce), a->cnonce) < 0)
		return false;
	out->count = (unsigned)strtoul(out->nc, &end, 16);
	return strlen(out->nc) == 8 && *end == '\0' && out->count > 0;
}

static bool read_answer(const osip_authorization_t *a, const char *realm,
                        struct answer *out)
{
	char word[64];

	*out = (struct answer){ .count = 1 };
	return a->auth_type != NULL &&
	       text_casecmp(a->auth_type, "Digest") == 0 &&
	       digest_unquote(word, sizeof(word), a->realm) == 0 &&
	       strcmp(word, realm) == 0 &&
	       digest_algorithm(a->algorithm, &out->algorithm) == 0 &&
	       digest_unquote(out->user, sizeof(out->user), a->username) == 0 &&
	       digest_unquote(out->nonce, sizeof(out->nonce), a->nonce) == 0 &&
	       digest_unquote(out->uri, sizeof(out->uri), a->uri) == 0 &&
	       digest_unquote(out->response, sizeof(out->response),
	                      a->response) == 0 &&
	       read_qop(a, out);
}

/* Looks at every octet, so that the time tells nothing. */
static bool is_equal(const char *a, const char *b)
{
	unsigned char differ = strlen(a) != strlen(b);

	for (size_t i = 0; a[i] != '\0' && b[i] != '\0'; i++)
		differ |= (unsigned char)(a[i] ^ b[i]);
	return differ == 0;
}

static bool is_offered(const struct peer *peer, enum digest_algorithm algorithm)
{
	for (unsigned i = 0; i < offers[peer->conf.digest].n; i++)
		if (offers[peer->conf.digest].list[i] == algorithm)
			return true;
	return false;
}

static bool is_right(const struct answer *a, const struct peer *peer,
                     const char *method)
{
	char secret[DIGEST_HEX], hex[DIGEST_HEX];
	struct digest_input in = {
		.algorithm = a->algorithm,
		.secret = secret,
		.nonce = a->nonce,
		.method = method,
		.uri = a->uri,
		.nc = a->qop ? a->nc : NULL,
		.cnonce = a->cnonce,
	};

	for (unsigned i = 0; i < peer->ncredentials; i++) {
		const struct sip_credential *c = &peer->credentials[i];

		if (strcmp(c->user, a->user) != 0)
			continue;
		digest_hash(a->algorithm, secret, c->user, peer->conf.realm,
		            c->password, (char *)NULL);
		digest_response(&in, hex);
		if (is_equal(hex, a->response))
			return true;
	}
	return false;
}

static bool is_fresh(struct challenges *c, const struct answer *a)
{
	struct nonce *n = find_nonce(c, a->nonce);

	if (n == NULL || instant_since(n->until, instant_now()) <= 0 ||
	    a->count <= n->count)
		return false;
	n->count = a->qop ? a->count : UINT32_MAX;
	return true;
}

bool challenge_passed(struct sip_stack *stack, struct transaction *t,
                      const osip_message_t *request, const struct peer *peer)
{
	const osip_authorization_t *given;
	struct answer a;

	if (peer->conf.realm[0] == '\0')
		return true;
	if (stack->challenges == NULL)
		stack->challenges = mem_new(struct challenges);
	if (stack->challenges == NULL) {
		transaction_forget(t);
		return false;
	}
	for (int i = 0;
	     (given = osip_list_get(&request->authorizations, i)) != NULL;
	     i++) {
		if (!read_answer(given, peer->conf.realm, &a))
			continue;
		if (is_offered(peer, a.algorithm) &&
		    is_right(&a, peer, request->sip_method))
			return is_fresh(stack->challenges, &a) ||
			       ask(stack, t, request, peer, true);
		stack_note(stack, &stack->refused,
		           "refused a call from %.40s: the answer to our "
		           "challenge is wrong",
		           peer->conf.name);
	}
	return ask(stack, t, request, peer, false);
}
