/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_SIP_DIGEST_H
#define GATEWAY_SIP_DIGEST_H

/*
 * Digest authentication as the one who is asked, RFC 3261 22, RFC 7616 and
 * RFC 8760. A struct digest is what the far ends of one dialog, or of one
 * registration, have asked of us so far: a realm each, the nonce, how often it
 * was used. Credentials are a peer's: its challenge is answered with those
 * configured for it and that realm, and nobody else is told anything.
 */

#include "gateway/sip/message.h"

struct digest;
struct peer;

/*
 * A 401 or 407 to this request came from this peer (NULL: from none). 0: the
 * request may go again with digest_put(). -ENOENT: we have no credentials for
 * what is asked. -EACCES: those we have were refused. *d is made when there is
 * none yet; -ENOMEM.
 */
int digest_hear(struct digest **d, const struct peer *peer,
                const osip_message_t *request, const osip_message_t *response);

/* Has anything that was asked been answered? d may be NULL. */
bool digest_answered(const struct digest *d);

/* It accepted a request, and may have named the nonce of the next one. d and
 * peer may be NULL. */
void digest_next(struct digest *d, const struct peer *peer,
                 const osip_message_t *response);

/* Adds to a request that goes to this peer the answers to what it has asked.
 * d and peer may be NULL. 0 or -ENOMEM. */
int digest_put(struct digest *d, const struct peer *peer,
               osip_message_t *request);

/* The same request as one to be sent: no Via, this CSeq, no answers. NULL: no
 * memory. */
osip_message_t *digest_renew(const osip_message_t *request, uint32_t cseq);

/* Credentials of one request are another's too: RFC 3261 22.1 wants the ACK to
 * have those of its INVITE. 0 or -ENOMEM. */
int digest_copy(osip_message_t *to, const osip_message_t *from);

struct digest *digest_free(struct digest *d); /* NULL is fine */

/* --- what both ends of a challenge compute --- */

enum digest_algorithm { DIGEST_MD5, DIGEST_SHA256, DIGEST_ALGORITHMS };
enum { DIGEST_HEX = 64 + 1 };

const char *digest_name(enum digest_algorithm algorithm);

/* The algorithm a challenge or answer names; none is MD5. -ENOTSUP. */
int digest_algorithm(const char *value, enum digest_algorithm *out);

/* H of the parts with ':' between them; NULL closes the list. */
void digest_hash(enum digest_algorithm algorithm, char hex[DIGEST_HEX], ...)
	__attribute__((sentinel));

struct digest_input {
	enum digest_algorithm algorithm;
	const char *secret; /* H(user:realm:password) */
	const char *nonce, *method, *uri;
	const char *nc, *cnonce;  /* nc NULL: no qop, RFC 2069's manner */
	const struct bytes *body; /* qop is auth-int; NULL: auth */
};
void digest_response(const struct digest_input *in, char hex[DIGEST_HEX]);

/* A parameter as the parser has it, without its quotes. -ENOSPC, or -ENOENT
 * when there is none. */
int digest_unquote(char *to, size_t size, const char *value);

#endif
