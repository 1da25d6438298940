/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_OPTIONS_H
#define GATEWAY_OPTIONS_H

/*
 * The schema of the configuration: every section and option of
 * causeway.conf(5), as rows. The structs are what the rest of the gateway
 * reads; they are plain and complete after a load.
 */

#include "board/board.h"
#include "dialplan/dialplan.h"
#include "gateway/cause.h"
#include "gateway/media/media.h"
#include "gateway/options_isdn.h"
#include "gateway/options_sip.h"
#include "gateway/sip/sip.h"
#include "kernel/conf.h"
#include "pri/isdn.h"

struct options_global {
	char hostname[64];
	char user[32];         /* whom the daemon becomes */
	char group[32];        /* of the control socket */
	int log_level;         /* enum log_level */
	unsigned privacy;      /* digits hidden at a number's end */
	bool privacy_speech;   /* no RTP in captures */
	unsigned max_calls;    /* 0: as many as there are B channels */
	unsigned call_rate;    /* new calls a second; 0: no limit */
	unsigned lag_most_ms;  /* a new call must not wait longer */
	unsigned ladder_lines; /* kept of all calls together */
	unsigned keep_kb;      /* messages kept for call N export; 0: none */
	unsigned capture_mb;   /* a capture's file before it is turned over */
	unsigned tap_kb;       /* RTP waiting for a capture, a media thread */
	unsigned history;      /* ended calls kept for show call history */
	unsigned drain_s;      /* SIGTERM waits this long for calls to end */
	bool realtime;
	bool lock_memory;
	int cause_profile; /* enum cause_profile */
	struct plan_hunts hunt_causes, hunt_statuses;
};

struct options_sip {
	char dns[SIP_DNS];
	struct options_binds binds;
	char user_agent[64];
	unsigned dscp, message_most, transactions_most, dialogs_most;
	unsigned peer_share;
	unsigned connections_most, udp_most, max_forwards, retry_after;
	unsigned receive_kb;
	struct options_sip_timers timers;
};

struct options_peer {
	char name[40];
	char address[88]; /* host or host:port */
	int transport;
	struct addr bind, media_bind, external;
	struct options_codecs codecs;
	unsigned ptime, event_type;
	bool identity, latch, codec_mismatch_400, shutdown;
	struct options_dtmf dtmf;
	int identity_form;              /* enum sip_identity */
	int withhold;                   /* 1: whatever was told */
	int redirection;                /* enum sip_redirection */
	int reliable;                   /* enum sip_100rel */
	unsigned session_timer, min_se; /* seconds; 0: off */
	unsigned max_calls;
	struct options_credentials credentials;
	bool redirect, transfer, uui;
	int overlap;                      /* 1: RFC 3578 */
	struct options_prefixes prefixes; /* who may call without a proxy */
	char realm[48];                   /* and is asked for a digest */
	int digest;                       /* enum sip_digest */
	char proxy[88];                   /* outbound; host or host:port */
	int url;                          /* of called numbers: 1 is tel: */
	unsigned registrar_expires_s;     /* 0: it is none */
	bool registrar_secondary;
	char account[REGISTER_USER]; /* registered there; "" none */
	struct cause_rules cause_to_status, cause_from_status;
	bool keepalive;
	unsigned keepalive_up_s, keepalive_down_s, keepalive_retries;
};

struct options_dial_peer {
	unsigned tag;
	char number[32]; /* registered at every registrar; "" none */
	int kind;        /* enum peer_kind */
	char pattern[PEER_PATTERN], incoming[PEER_PATTERN],
		answer[PEER_PATTERN];
	unsigned preference;
	bool huntstop;
	char trunk[32], target[PEER_TARGET];
	bool digit_strip;
	unsigned strip, forward_digits, max_calls;
	char prefix[32];
	bool emergency, same_kind, shutdown;
	char description[64];
};

struct options_media {
	unsigned port_low, port_high, dscp;
	unsigned playout_ms, playout_most_ms, threads, rtcp_seconds;
	int playout_mode; /* 1: adaptive */
	bool conceal;
	unsigned silent_s; /* no RTP for so long ends the call; 0: never */
	/* RTP that was described before the answer: how long it is awaited,
	 * and after how much silence it is over */
	unsigned ringback_wait_ms, ringback_silence_s;
	char zone[8]; /* of tones: "us", "de" */
	bool inband_digits;
};

extern const struct conf_section options_global_section;
extern const struct conf_section options_controller_section;
extern const struct conf_section options_sip_section;
extern const struct conf_section options_peer_section;
extern const struct conf_section options_dial_peer_section;
extern const struct conf_section options_media_section;
extern const struct conf_schema options_schema;

/* Kinds of their own: options_kinds.c. */
extern const struct conf_kind options_kind_board, options_kind_clock,
	options_kind_timers, options_kind_sip_timers, options_kind_binds,
	options_kind_codecs, options_kind_pattern, options_kind_target,
	options_kind_lifetime;
/* options_cause.c */
extern const struct conf_choice options_cause_profiles[];
extern const struct conf_kind options_kind_cause_to_status,
	options_kind_cause_from_status, options_kind_hunts;

int options_check_sip(const void *values, char *wrong); /* options_sip.c */

/* What a section means to the folder it configures. */
void options_to_board(const struct options_controller *c, const char *name,
                      struct board_conf *out);
void options_to_isdn(const struct options_controller *c, const char *name,
                     struct isdn_conf *out);
void options_to_sip(const struct options_sip *s, const char *hostname,
                    struct sip_conf *out);
void options_to_peer(const struct options_peer *p, struct sip_peer_conf *out);
void options_to_dial_peer(const struct options_dial_peer *d,
                          struct dial_peer *out);
void options_to_media(const struct options_media *m,
                      const struct options_global *g, struct media_conf *out);

/* The values of sip-ua or media, or the presets when it is not there. */
const void *options_or_preset(const struct conf *conf,
                              const struct conf_section *section);

/*
 * The SIP peer a session target stands for: its name, and, where the target
 * is an address of its own, the peer to be made of it. -EBADMSG.
 */
int options_target_peer(const char *target, char *name, size_t size,
                        struct sip_peer_conf *made, bool *is_made);

#endif
