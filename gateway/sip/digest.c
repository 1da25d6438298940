/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The answers to challenges.
 *
 * A challenge is answered once. The answer stays for the rest of the dialog,
 * its nonce counted up, so that a BYE is not asked what the INVITE was asked
 * (RFC 7616 3.4). When the request that carried a fresh answer is challenged
 * again the credentials are wrong, unless the server says that only the nonce
 * was too old; a request that carried an old answer is challenged anew. Some
 * servers let a nonce expire and do not say stale, which that rule forgives; a
 * server that asks for ever does not get more than a few answers in a row.
 *
 * Of several challenges of one realm the strongest we know is taken (RFC 8760
 * 2.4); qop is auth where it is offered, for auth-int protects a body that any
 * gateway on the way may change, and is used only where nothing else is taken.
 * Of the -sess algorithms the secret is made once for a nonce, so its cnonce
 * stays too (RFC 7616 3.4.2). A server may name the next nonce in what it
 * accepts (3.5), which saves being asked again.
 */
#include "gateway/sip/digest.h"

#include <assert.h>
#include <errno.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gateway/sip/osip.h"
#include "gateway/sip/peer.h"
#include "kernel/mem.h"
#include "kernel/text.h"

enum {
	REALMS = 2, /* a proxy's and the far end's */
	IN_A_ROW = 4,
	VALUE = 256,
};

struct digest_realm {
	char peer[sizeof(((struct sip_peer_conf *)0)->name)];
	char realm[96], nonce[VALUE], opaque[VALUE], user[40];
	char secret[DIGEST_HEX], cnonce[17];
	enum digest_algorithm algorithm;
	bool proxy, qop;
	bool session;   /* -sess */
	bool integrity; /* qop is auth-int */
	unsigned used;  /* nonce count */
	uint32_t asked; /* CSeq of the request that was challenged */
};

struct digest {
	struct digest_realm realm[REALMS];
	unsigned nrealms, in_a_row;
	uint32_t last; /* CSeq challenged last */
};

/* --- hashing --- */

static const struct {
	const char *name;
	gnutls_digest_algorithm_t hash;
} algorithms[] = {
	/* clang-format off */
	[DIGEST_MD5]    = { "MD5",     GNUTLS_DIG_MD5    },
	[DIGEST_SHA256] = { "SHA-256", GNUTLS_DIG_SHA256 },
	/* clang-format on */
};
static_assert(ARRAY_LEN(algorithms) == DIGEST_ALGORITHMS, "a row for each");

const char *digest_name(enum digest_algorithm algorithm)
{
	return algorithms[algorithm].name;
}

static int find_algorithm(const char *name, size_t len,
                          enum digest_algorithm *out)
{
	for (size_t i = 0; i < ARRAY_LEN(algorithms); i++)
		if (strlen(algorithms[i].name) == len &&
		    strncasecmp(name, algorithms[i].name, len) == 0) {
			*out = (enum digest_algorithm)i;
			return 0;
		}
	return -ENOTSUP;
}

int digest_algorithm(const char *value, enum digest_algorithm *out)
{
	char name[32];
	int rc = digest_unquote(name, sizeof(name), value);

	if (rc == -ENOENT) {
		*out = DIGEST_MD5;
		return 0;
	}
	return rc < 0 ? -ENOTSUP : find_algorithm(name, strlen(name), out);
}

static void hash_octets(enum digest_algorithm algorithm, char hex[DIGEST_HEX],
                        struct bytes b)
{
	static const char digits[] = "0123456789abcdef";
	gnutls_digest_algorithm_t hash = algorithms[algorithm].hash;
	uint8_t octets[32];
	unsigned n = gnutls_hash_get_len(hash);

	assert(n <= sizeof(octets));
	memset(octets, 0, sizeof(octets));
	(void)gnutls_hash_fast(hash, b.at, b.len, octets);
	for (unsigned i = 0; i < n; i++) {
		hex[2 * i] = digits[octets[i] >> 4];
		hex[2 * i + 1] = digits[octets[i] & 15];
	}
	hex[2 * n] = '\0';
}

void digest_hash(enum digest_algorithm algorithm, char hex[DIGEST_HEX], ...)
{
	char room[2048];
	struct text text = TEXT(room);
	const char *part, *between = "";
	va_list parts;

	va_start(parts, hex);
	while ((part = va_arg(parts, const char *)) != NULL) {
		text_add(&text, "%s%s", between, part);
		between = ":";
	}
	va_end(parts);
	hash_octets(algorithm, hex,
	            (struct bytes){ (const uint8_t *)room, text.len });
}

void digest_response(const struct digest_input *in, char hex[DIGEST_HEX])
{
	char request[DIGEST_HEX], body[DIGEST_HEX];
	const char *qop = in->body == NULL ? "auth" : "auth-int";

	if (in->body == NULL) {
		digest_hash(in->algorithm, request, in->method, in->uri,
		            (char *)NULL);
	} else {
		hash_octets(in->algorithm, body, *in->body);
		digest_hash(in->algorithm, request, in->method, in->uri, body,
		            (char *)NULL);
	}
	if (in->nc == NULL)
		digest_hash(in->algorithm, hex, in->secret, in->nonce, request,
		            (char *)NULL);
	else
		digest_hash(in->algorithm, hex, in->secret, in->nonce, in->nc,
		            in->cnonce, qop, request, (char *)NULL);
}

int digest_unquote(char *to, size_t size, const char *value)
{
	struct bytes b;

	if (value == NULL)
		return -ENOENT;
	b = (struct bytes){ (const uint8_t *)value, strlen(value) };
	if (b.len >= 2 && b.at[0] == '"' && b.at[b.len - 1] == '"') {
		b.at++;
		b.len -= 2;
	}
	return text_copy_bytes(to, size, b);
}

/* --- challenges --- */

static bool offers(const osip_www_authenticate_t *asked, const char *qop)
{
	char words[64], *rest, *word;

	if (digest_unquote(words, sizeof(words), asked->qop_options) < 0)
		return false;
	for (word = strtok_r(words, ", \t", &rest); word != NULL;
	     word = strtok_r(NULL, ", \t", &rest))
		if (strcasecmp(word, qop) == 0)
			return true;
	return false;
}

/* "SHA-256-sess" is SHA-256 with a secret for the session. */
static int read_algorithm(const osip_www_authenticate_t *asked,
                          struct digest_realm *r)
{
	static const char suffix[] = "-sess";
	char name[32];
	size_t len;

	if (digest_unquote(name, sizeof(name), asked->algorithm) != 0)
		return digest_algorithm(asked->algorithm, &r->algorithm);
	len = strlen(name);
	r->session = len > strlen(suffix) &&
	             strcasecmp(name + len - strlen(suffix), suffix) == 0;
	return find_algorithm(name, r->session ? len - strlen(suffix) : len,
	                      &r->algorithm);
}

/* How the answer is protected; -ENOTSUP: in no way we know. A session's secret
 * needs the cnonce that only goes with a qop. */
static int read_qop(const osip_www_authenticate_t *asked,
                    struct digest_realm *r)
{
	r->qop = offers(asked, "auth");
	r->integrity = !r->qop && offers(asked, "auth-int");
	r->qop |= r->integrity;
	return r->qop || (asked->qop_options == NULL && !r->session) ? 0
	                                                             : -ENOTSUP;
}

/* Those for this realm, or else those for any. */
static const struct sip_credential *find_credential(const struct peer *peer,
                                                    const char *realm)
{
	const struct sip_credential *any = NULL, *c;

	for (unsigned i = 0; peer != NULL && i < peer->ncredentials; i++) {
		c = &peer->credentials[i];
		if (strcmp(c->realm, realm) == 0)
			return c;
		if (c->realm[0] == '\0' && any == NULL)
			any = c;
	}
	return any;
}

/* RFC 7616 3.4.2 */
static void make_session(struct digest_realm *r)
{
	char hex[DIGEST_HEX];

	digest_hash(r->algorithm, hex, r->secret, r->nonce, r->cnonce,
	            (char *)NULL);
	memcpy(r->secret, hex, sizeof(hex));
}

/* What is asked, with our secret for it: 0; -ENOENT: we have none; -ENOTSUP. */
static int read_challenge(const osip_www_authenticate_t *asked,
                          const struct peer *peer, struct digest_realm *out)
{
	const struct sip_credential *mine;
	struct digest_realm r = { 0 };

	if (asked->auth_type == NULL ||
	    strcasecmp(asked->auth_type, "Digest") != 0 ||
	    read_algorithm(asked, &r) < 0 || read_qop(asked, &r) < 0 ||
	    digest_unquote(r.realm, sizeof(r.realm), asked->realm) < 0 ||
	    digest_unquote(r.nonce, sizeof(r.nonce), asked->nonce) < 0 ||
	    digest_unquote(r.opaque, sizeof(r.opaque), asked->opaque) ==
	            -ENOSPC)
		return -ENOTSUP;
	mine = find_credential(peer, r.realm);
	if (mine == NULL)
		return -ENOENT;
	(void)text_copy(r.peer, sizeof(r.peer), peer->conf.name);
	(void)text_copy(r.user, sizeof(r.user), mine->user);
	digest_hash(r.algorithm, r.secret, mine->user, r.realm, mine->password,
	            (char *)NULL);
	message_random(r.cnonce, sizeof(r.cnonce));
	if (r.session)
		make_session(&r);
	*out = r;
	return 0;
}

static bool is_stale(const osip_www_authenticate_t *asked)
{
	char word[8];

	return digest_unquote(word, sizeof(word), asked->stale) == 0 &&
	       strcasecmp(word, "true") == 0;
}

/* The place of a realm that is known or new; the oldest makes room. */
static struct digest_realm *place_of(struct digest *d,
                                     const struct digest_realm *r)
{
	struct digest_realm *oldest = &d->realm[0];

	for (unsigned i = 0; i < d->nrealms; i++) {
		struct digest_realm *known = &d->realm[i];

		if (strcmp(known->realm, r->realm) == 0 &&
		    strcmp(known->peer, r->peer) == 0 &&
		    known->proxy == r->proxy)
			return known;
		if (known->asked < oldest->asked)
			oldest = known;
	}
	return d->nrealms < REALMS ? &d->realm[d->nrealms++] : oldest;
}

/* -EACCES: it refuses what was a fresh answer. */
static int take(struct digest *d, const struct digest_realm *r, bool stale,
                uint32_t cseq)
{
	struct digest_realm *known = place_of(d, r);

	/* A second, stronger challenge of the same response. */
	if (known->asked == cseq && known->used == 0 &&
	    known->algorithm >= r->algorithm && known->realm[0] != '\0')
		return 0;
	if (known->used == 1 && known->asked + 1 == cseq && !stale)
		return -EACCES;
	*known = *r;
	known->asked = cseq;
	return 0;
}

struct hearing {
	struct digest *d;
	const struct peer *peer;
	uint32_t cseq;
	int rc;
};

static void hear_list(struct hearing *h, const osip_list_t *list, bool proxy)
{
	const osip_www_authenticate_t *asked;
	struct digest_realm r;
	int rc;

	for (int i = 0;
	     h->rc != -EACCES && (asked = osip_list_get(list, i)) != NULL;
	     i++) {
		rc = read_challenge(asked, h->peer, &r);
		if (rc < 0)
			continue;
		r.proxy = proxy;
		h->rc = take(h->d, &r, is_stale(asked), h->cseq);
	}
}

int digest_hear(struct digest **d, const struct peer *peer,
                const osip_message_t *request, const osip_message_t *response)
{
	uint32_t cseq = message_cseq(request);
	struct hearing h = { .peer = peer, .cseq = cseq, .rc = -ENOENT };

	if (peer == NULL || peer->ncredentials == 0)
		return -ENOENT;
	if (*d == NULL)
		*d = mem_new(struct digest);
	if (*d == NULL)
		return -ENOMEM;
	h.d = *d;
	h.d->in_a_row = h.d->last + 1 == cseq ? h.d->in_a_row + 1 : 0;
	h.d->last = cseq;
	if (h.d->in_a_row >= IN_A_ROW)
		return -EACCES;
	hear_list(&h, &response->www_authenticates, false);
	hear_list(&h, &response->proxy_authenticates, true);
	return h.rc;
}

bool digest_answered(const struct digest *d)
{
	return d != NULL && d->nrealms > 0;
}

static void take_next(struct digest *d, const struct peer *peer,
                      const osip_list_t *infos, bool proxy)
{
	const osip_authentication_info_t *info = osip_list_get(infos, 0);
	char nonce[VALUE];

	if (info == NULL ||
	    digest_unquote(nonce, sizeof(nonce), info->nextnonce) < 0)
		return;
	for (unsigned i = 0; i < d->nrealms; i++) {
		struct digest_realm *r = &d->realm[i];

		if (r->proxy != proxy || strcmp(r->peer, peer->conf.name) != 0)
			continue;
		(void)text_copy(r->nonce, sizeof(r->nonce), nonce);
		r->used = 0;
	}
}

void digest_next(struct digest *d, const struct peer *peer,
                 const osip_message_t *response)
{
	if (d == NULL || peer == NULL)
		return;
	take_next(d, peer, &response->authentication_infos, false);
	take_next(d, peer, &response->proxy_authentication_infos, true);
}

/* --- answers --- */

static void print_answer(struct text *out, struct digest_realm *r,
                         const osip_message_t *request, const char *uri)
{
	char nc[9], hex[DIGEST_HEX];
	struct text count = TEXT(nc);
	struct bytes body = message_body(request);
	struct digest_input in = {
		.algorithm = r->algorithm,
		.secret = r->secret,
		.nonce = r->nonce,
		.method = request->sip_method,
		.uri = uri,
		.cnonce = r->cnonce,
		.body = r->integrity ? &body : NULL,
	};

	text_add(&count, "%08x", ++r->used);
	if (r->qop)
		in.nc = nc;
	digest_response(&in, hex);
	text_add(out,
	         "Digest username=\"%s\",realm=\"%s\",nonce=\"%s\",uri=\"%s\","
	         "response=\"%s\",algorithm=%s%s",
	         r->user, r->realm, r->nonce, uri, hex,
	         digest_name(r->algorithm), r->session ? "-sess" : "");
	if (r->opaque[0] != '\0')
		text_add(out, ",opaque=\"%s\"", r->opaque);
	if (r->qop)
		text_add(out, ",qop=%s,nc=%s,cnonce=\"%s\"",
		         r->integrity ? "auth-int" : "auth", nc, r->cnonce);
}

static const char *header_of(bool proxy)
{
	return proxy ? "Proxy-Authorization" : "Authorization";
}

int digest_put(struct digest *d, const struct peer *peer,
               osip_message_t *request)
{
	char room[2048];
	struct text value;
	char *uri = NULL;
	int rc = 0;

	if (d == NULL || peer == NULL || d->nrealms == 0)
		return 0;
	if (osip_uri_to_str(request->req_uri, &uri) != OSIP_SUCCESS)
		return -ENOMEM;
	for (unsigned i = 0; rc == 0 && i < d->nrealms; i++) {
		if (strcmp(d->realm[i].peer, peer->conf.name) != 0)
			continue;
		value = TEXT(room);
		print_answer(&value, &d->realm[i], request, uri);
		rc = value.cut
		             ? -ENOMEM
		             : message_add_header(request,
		                                  header_of(d->realm[i].proxy),
		                                  room);
	}
	osip_free(uri);
	return rc;
}

osip_message_t *digest_renew(const osip_message_t *request, uint32_t cseq)
{
	osip_message_t *m = message_clone(request);
	char line[64];
	struct text text = TEXT(line);

	if (m == NULL)
		return NULL;
	osip_list_special_free(&m->vias, (void (*)(void *))osip_via_free);
	osip_cseq_free(m->cseq);
	m->cseq = NULL;
	text_add(&text, "%u %s", cseq, request->sip_method);
	if (osip_message_set_cseq(m, line) != OSIP_SUCCESS ||
	    message_set_header(m, header_of(true), NULL) < 0 ||
	    message_set_header(m, header_of(false), NULL) < 0)
		m = message_free(m);
	return m;
}

int digest_copy(osip_message_t *to, const osip_message_t *from)
{
	const char *value;
	int rc = 0;

	for (int k = 0; k < 2; k++)
		for (int n = 0;
		     rc == 0 &&
		     (value = message_header(from, header_of(k), n)) != NULL;
		     n++)
			rc = message_add_header(to, header_of(k), value);
	return rc;
}

struct digest *digest_free(struct digest *d)
{
	return mem_free(d);
}
