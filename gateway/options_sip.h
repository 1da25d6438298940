/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_OPTIONS_SIP_H
#define GATEWAY_OPTIONS_SIP_H

/*
 * Values of the SIP side's options that are more than a word, and the kinds of
 * those in options_sip.c.
 */

#include "gateway/sip/conf.h"
#include "kernel/conf.h"

struct options_binds {
	unsigned n;
	struct sip_bind bind[SIP_BINDS];
};

struct options_sip_timers {
	usec value[SIP_TIMERS];
};

struct options_codecs {
	unsigned n;
	enum codec codec[SIP_CODECS];
};

struct options_credentials {
	unsigned n;
	struct sip_credential one[SIP_CREDENTIALS];
};

struct options_prefixes {
	unsigned n;
	struct sip_prefix one[SIP_PREFIXES];
};

struct options_dtmf {
	enum sip_dtmf way[SIP_DTMF_WAYS];
};

extern const struct conf_kind options_kind_credentials, options_kind_user,
	options_kind_prefixes, options_kind_dtmf;
extern const struct conf_choice options_identities[], options_privacies[],
	options_redirections[], options_overlaps[];

#endif
