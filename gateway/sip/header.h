/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_SIP_HEADER_H
#define GATEWAY_SIP_HEADER_H

/*
 * Parties, redirection and causes, as headers say them: From,
 * P-Asserted-Identity (RFC 3325), Remote-Party-ID, Privacy (RFC 3323),
 * Diversion (RFC 5806), History-Info (RFC 7044), Reason (RFC 3326, 8606) and
 * Warning. Readers are given
 * whether their source is trusted for identity; writers print only what may
 * leave towards somebody who is trusted, or is not.
 */

#include "gateway/sip/message.h"
#include "gateway/sip/sip.h"
#include "kernel/text.h"

/* Fills calling, called and redirection. */
void header_get_parties(const osip_message_t *invite, bool trusted,
                        struct sip_setup *out);

/* Whom an INVITE calls, as its Request-URI says. */
void header_get_called(const osip_message_t *invite, struct number *out);

/* What Diversion says, or else History-Info; as it was when there is none. */
void header_get_diversion(const osip_message_t *m, struct redirection *out);

/* The calling party as the value of From, without tag. */
void header_print_from(struct text *out, const struct party *calling,
                       const char *host);

/* "tel:+DIGITS", or with a phone-context when the number is not global. */
void header_print_tel(struct text *out, const struct number *number,
                      const char *host);

/* "sip:DIGITS@host;user=phone" */
void header_print_uri(struct text *out, const struct number *number,
                      const char *host);

/* Whole lines: who calls, Privacy, and who sent the call on, in the forms this
 * peer is told them. */
void header_print_identity(struct text *out, const struct sip_setup *setup,
                           const char *host, const struct sip_peer_conf *peer);
/* Diversion and History-Info alone; redirection.c. */
void header_print_redirection(struct text *out, const struct sip_setup *setup,
                              const char *host,
                              const struct sip_peer_conf *peer);

/* Reads "Name" <uri>;params: false when there is no number in it. */
bool header_read_address(const char *text, struct party *out);
void header_print_party(struct text *out, const struct party *party,
                        const char *host);
bool header_is_restricted(const struct party *party);

/* Who answered; number.present false: not said. */
void header_get_connected(const osip_message_t *m, bool trusted,
                          struct party *out);
int header_put_connected(osip_message_t *m, const struct party *connected,
                         const char *host, const struct sip_peer_conf *peer);

/* False: there is no Q.850 cause. */
bool header_get_reason(const osip_message_t *m, struct cause *out);
enum { UUI_TEXT = 320 }; /* the value of User-to-User */

/* User-to-User: 1, or 0 when none is for ISDN; -EBADMSG: it can not be read, or
 * is said twice. The value of one. uui.c. */
int header_get_uui(const osip_message_t *m, struct uui *out);
void header_print_uui(const struct uui *uui, char *to, size_t size);

unsigned header_get_warning(const osip_message_t *m); /* code; 0: none */

/* The digits of an INFO, RFC 2976 as Cisco and others use it; false: none. */
bool header_get_digits(const osip_message_t *info, char *to, size_t size);

/* The value of Reason; "" when there is no cause to tell. */
void header_print_reason(const struct release *why, char *to, size_t size);

/* A Contact's q, 1 when it has none; and its URI as a line. */
double header_contact_q(const osip_from_t *contact);
void header_print_contact(struct text *out, const osip_from_t *contact);

/* A header that is a number alone. */
unsigned header_get_number(const osip_message_t *m, const char *name,
                           unsigned otherwise);

/* For how long a registrar keeps this Contact of ours, RFC 3261 10.2.4: its
 * parameter, or Expires, or what was asked. Others may be registered too. */
unsigned header_get_expires(const osip_message_t *response,
                            const osip_from_t *ours, unsigned otherwise);

/* The next value of a list with commas; "" when it does not fit. False: the
 * list is at its end. */
bool header_take(const char **list, char *to, size_t size);

/* A parameter's value behind the first ';' of a header: true when it is there.
 * A quoted value is told without its quotes. */
bool header_param(const char *value, const char *name, char *to, size_t size);

#endif
