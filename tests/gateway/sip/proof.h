/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef TESTS_GATEWAY_SIP_PROOF_H
#define TESTS_GATEWAY_SIP_PROOF_H

/*
 * The other end of a digest: reads the answer to a challenge of a test's, and
 * makes one to a challenge of ours. That the hashes are right is digest_test's
 * to see.
 */

#include "tests/gateway/sip/far.h"

#define PROOF_USER     "gw"
#define PROOF_PASSWORD "secret"

/* A parameter of a challenge or answer, without quotes; "" when there is none.
 * Good for sixteen calls. */
const char *proof_param(const char *header, const char *name);

/* Does this header of the message heard last answer by PROOF_PASSWORD, with
 * this nonce, used for the n-th time? */
bool proof_holds(const struct far *f, const char *name, const char *nonce,
                 unsigned n);

/* The Authorization line, with its end, that answers the first challenge of
 * the response heard last for an INVITE. */
const char *proof_line(const struct far *f, const char *user,
                       const char *password);

#endif
