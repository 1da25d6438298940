/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * See proof.h.
 */
#include "tests/gateway/sip/proof.h"

#include <stdio.h>
#include <string.h>

#include "gateway/sip/digest.h"

const char *proof_param(const char *header, const char *name)
{
	static char value[16][FAR_TEXT];
	static unsigned turn;
	char *to = value[turn++ % 16], wanted[32];
	const char *at;

	(void)snprintf(wanted, sizeof(wanted), "%s=", name);
	to[0] = '\0';
	for (at = strstr(header, wanted); at != NULL;
	     at = strstr(at + 1, wanted))
		if (at[-1] == ' ' || at[-1] == ',')
			break;
	if (at == NULL)
		return to;
	at += strlen(wanted);
	at += *at == '"';
	(void)snprintf(to, FAR_TEXT, "%.*s", (int)strcspn(at, "\","), at);
	return to;
}

/* H(user:realm:password), or a session's of it; false: of no known kind. */
static bool make_secret(const char *header, struct digest_input *in,
                        char secret[DIGEST_HEX])
{
	char algorithm[32], hex[DIGEST_HEX];
	char *sess;

	(void)snprintf(algorithm, sizeof(algorithm), "%.31s",
	               proof_param(header, "algorithm"));
	sess = strstr(algorithm, "-sess");
	if (sess != NULL)
		*sess = '\0';
	if (digest_algorithm(algorithm, &in->algorithm) < 0)
		return false;
	digest_hash(in->algorithm, secret, PROOF_USER,
	            proof_param(header, "realm"), PROOF_PASSWORD, (char *)NULL);
	if (sess == NULL)
		return true;
	digest_hash(in->algorithm, hex, secret, proof_param(header, "nonce"),
	            proof_param(header, "cnonce"), (char *)NULL);
	(void)strcpy(secret, hex);
	return true;
}

bool proof_holds(const struct far *f, const char *name, const char *nonce,
                 unsigned n)
{
	char header[FAR_TEXT], method[16], secret[DIGEST_HEX], hex[DIGEST_HEX];
	char count[16];
	struct digest_input in = { .secret = secret, .method = method };
	struct bytes body = { (const uint8_t *)far_body(f),
		              strlen(far_body(f)) };

	(void)snprintf(header, sizeof(header), "%s", far_header(f, name));
	(void)snprintf(method, sizeof(method), "%.*s",
	               (int)strcspn(f->heard, " "), f->heard);
	(void)snprintf(count, sizeof(count), "%08x", n);
	if (!make_secret(header, &in, secret))
		return false;
	if (strcmp(proof_param(header, "qop"), "auth-int") == 0)
		in.body = &body;
	in.nonce = proof_param(header, "nonce");
	in.uri = proof_param(header, "uri");
	in.cnonce = proof_param(header, "cnonce");
	if (proof_param(header, "qop")[0] != '\0')
		in.nc = proof_param(header, "nc");
	digest_response(&in, hex);
	if (strstr(f->heard, in.uri) == NULL || strcmp(in.nonce, nonce) != 0 ||
	    (in.nc != NULL && strcmp(in.nc, count) != 0) ||
	    strcmp(hex, proof_param(header, "response")) != 0) {
		printf("answered: %s\n", header);
		return false;
	}
	return true;
}

const char *proof_line(const struct far *f, const char *user,
                       const char *password)
{
	static char line[1024];
	char asked[FAR_TEXT], secret[DIGEST_HEX], hex[DIGEST_HEX];
	struct digest_input in = { .secret = secret,
		                   .method = "INVITE",
		                   .uri = "sip:1@gw",
		                   .nc = "00000001",
		                   .cnonce = "abc" };

	(void)snprintf(asked, sizeof(asked), "%s",
	               far_header(f, "WWW-Authenticate"));
	in.nonce = proof_param(asked, "nonce");
	if (digest_algorithm(proof_param(asked, "algorithm"), &in.algorithm) <
	    0)
		return "";
	digest_hash(in.algorithm, secret, user, proof_param(asked, "realm"),
	            password, (char *)NULL);
	digest_response(&in, hex);
	(void)snprintf(line, sizeof(line),
	               "Authorization: Digest username=\"%s\", realm=\"%s\", "
	               "nonce=\"%s\", uri=\"%s\", response=\"%s\", "
	               "algorithm=%s, qop=auth, cnonce=\"abc\", "
	               "nc=00000001\r\n",
	               user, proof_param(asked, "realm"), in.nonce, in.uri, hex,
	               digest_name(in.algorithm));
	return line;
}
