/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Every section and option of the configuration, as rows. They parse the file,
 * answer `?` in configure mode, print the running configuration and fill
 * causeway.conf(5). What refers from one section to another (a dial-peer's
 * trunk, a target's peer) is checked here once the whole was read, so that a
 * daemon never runs with a route into nothing.
 */

#include "gateway/options.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "kernel/log.h"
#include "kernel/text.h"

/* clang-format off */

static const struct conf_choice log_levels[] = {
	{ "error",  LOG_LEVEL_ERROR,  "a person must act" },
	{ "warn",   LOG_LEVEL_WARN,   "and what a call suffered" },
	{ "notice", LOG_LEVEL_NOTICE, "and what changed its state" },
	{ "info",   LOG_LEVEL_INFO,   "and a line a call" },
	{ "debug",  LOG_LEVEL_DEBUG,  "everything" },
	{ 0 },
};

#define G(member) CONF_AT(struct options_global, member)
static const struct conf_option global_options[] = {
	{ "hostname",   &conf_word,   G(hostname), 1, 63, NULL, "causeway",
	  "this gateway's name, in prompts and SIP", .always = true },
	{ "user",       &conf_word,   G(user), 0, 31, NULL, "causeway",
	  "whom the daemon becomes when started by root" },
	{ "console group", &conf_word, G(group), 0, 31, NULL, "causeway",
	  "who may use the control socket" },
	{ "logging level", &conf_one_of, G(log_level), 0, 0, log_levels, "info",
	  "how much is written to the log" },
	{ "privacy digits", &conf_number, G(privacy), 0, 32, NULL, "0",
	  "how many last digits of numbers are hidden in logs and ladders" },
	{ "privacy speech", &conf_switch, G(privacy_speech), 0, 0, NULL, NULL,
	  "RTP is not captured, whoever asks for it" },
	{ "call limit", &conf_number, G(max_calls), 0, 10000, NULL, "0",
	  "calls at once; 0: as many as B channels, twice over" },
	{ "call rate", &conf_number, G(call_rate), 0, 10000, NULL, "0",
	  "new calls a second; over it 503 and cause 42; 0: no limit" },
	{ "call lag", &conf_number, G(lag_most_ms), 5, 10000, NULL, "50",
	  "ms a new call may wait for us; over it, or when most do: 503 and 42" },
	{ "ladder lines", &conf_number, G(ladder_lines), 100, 1000000, NULL,
	  "20000", "events kept of all calls for show call ladder" },
	{ "message memory", &conf_number, G(keep_kb), 0, 1000000, NULL, "8192",
	  "kB of messages kept of all calls for call export; 0: none" },
	{ "capture size", &conf_number, G(capture_mb), 1, 100000, NULL, "64",
	  "MiB of a capture's file before it becomes FILE.1" },
	{ "capture memory", &conf_number, G(tap_kb), 64, 65536, NULL, "2048",
	  "kB of RTP that may wait to be captured, a media thread" },
	{ "history size", &conf_number, G(history), 1, 10000, NULL, "500",
	  "ended calls kept for show call history" },
	{ "drain time", &conf_number, G(drain_s), 0, 3600, NULL, "0",
	  "how long SIGTERM waits for calls to end (s)" },
	{ "realtime",   &conf_switch, G(realtime), 0, 0, NULL, "on",
	  "ask for real-time priority for the media threads" },
	{ "lock memory", &conf_switch, G(lock_memory), 0, 0, NULL, "on",
	  "keep the daemon's memory from being paged out" },
	{ "cause-map profile", &conf_one_of, G(cause_profile), 0, 0,
	  options_cause_profiles, "rfc3398",
	  "how Q.850 causes and SIP statuses become each other" },
	{ "voice hunt cause", &options_kind_hunts, G(hunt_causes), 1, 127, NULL,
	  NULL, "after this Q.850 cause the next choice is tried, or not" },
	{ "voice hunt status", &options_kind_hunts, G(hunt_statuses), 300, 699,
	  NULL, NULL, "after this SIP status the next choice is tried, or not" },
};

#define S(member) CONF_AT(struct options_sip, member)
static const struct conf_option sip_options[] = {
	{ "bind",         &options_kind_binds, S(binds), 0, 0, NULL, NULL,
	  "a socket to listen on" },
	{ "user-agent",   &conf_text, S(user_agent), 0, 63, NULL, "Causeway",
	  "what we call ourselves" },
	{ "dscp",         &conf_number, S(dscp), 0, 63, NULL, "24",
	  "mark of signalling packets" },
	{ "message size", &conf_number, S(message_most), 1500, 65535, NULL,
	  "16384", "octets of the largest message taken" },
	{ "transactions", &conf_number, S(transactions_most), 16, 100000, NULL,
	  "4000", "transactions at once; one that is over gives its place away" },
	{ "peer-share",   &conf_number, S(peer_share), 1, 100, NULL, "40",
	  "percent of transactions that open INVITEs of one peer may hold; "
	  "100: all" },
	{ "dialogs",      &conf_number, S(dialogs_most), 4, 20000, NULL, "1000",
	  "dialogs at once" },
	{ "connections",  &conf_number, S(connections_most), 1, 1000, NULL,
	  "64", "TCP connections at once" },
	{ "receive buffer", &conf_number, S(receive_kb), 64, 65536, NULL,
	  "4096", "kB a UDP socket keeps for us; more than net.core.rmem_max "
	  "only with CAP_NET_ADMIN" },
	{ "udp size",     &conf_number, S(udp_most), 500, 65000, NULL, "1300",
	  "larger requests go by TCP" },
	{ "max-forwards", &conf_number, S(max_forwards), 1, 255, NULL, "70",
	  "hops a request of ours may make" },
	{ "retry-after",  &conf_number, S(retry_after), 0, 3600, NULL, "10",
	  "seconds told with our 503" },
	{ "dns server",   &conf_text, S(dns), 0, 255, NULL, NULL,
	  "ADDRESS[:PORT][,...]: who is asked for names; else the system's" },
	{ "timer",        &options_kind_sip_timers, S(timers), 0, 0, NULL, NULL,
	  "a timer of RFC 3261, in seconds" },
};

static const struct conf_choice peer_transports[] = {
	{ "udp", SIP_UDP, "UDP (larger requests go by TCP)" },
	{ "tcp", SIP_TCP, "TCP" },
	{ "any", -1,      "what DNS says of the name (NAPTR, SRV), else UDP" },
	{ 0 },
};

static const struct conf_choice peer_reliables[] = {
	{ "off", SIP_100REL_OFF, "never" },
	{ "supported", SIP_100REL_SUPPORTED, "when both ends can" },
	{ "required", SIP_100REL_REQUIRED, "always, or no call" },
	{ 0 },
};

static const struct conf_choice peer_urls[] = {
	{ "sip", false, "sip:NUMBER@HOST;user=phone" },
	{ "tel", true, "tel:NUMBER" },
	{ 0 },
};

static const struct conf_choice peer_digests[] = {
	{ "sha-256-md5", SIP_DIGEST_SHA256_MD5, "both, the stronger first" },
	{ "md5-sha-256", SIP_DIGEST_MD5_SHA256,
	  "for phones that read the first challenge only" },
	{ "sha-256", SIP_DIGEST_SHA256, "nothing weaker" },
	{ "md5", SIP_DIGEST_MD5, "for what stumbles over a second challenge" },
	{ 0 },
};

#define P(member) CONF_AT(struct options_peer, member)
static const struct conf_option peer_heading[] = {
	{ "name", &conf_word, P(name), 1, 39, NULL, NULL, "of the peer" },
};
static const struct conf_option peer_options[] = {
	{ "address",      &conf_word, P(address), 1, 87, NULL, NULL,
	  "ADDRESS[:PORT] or NAME[:PORT]: where it is, and who is trusted",
	  .always = true },
	{ "transport",    &conf_one_of, P(transport), 0, 0, peer_transports,
	  "udp", "how requests go there" },
	{ "bind",         &conf_addr, P(bind), 0, 0, NULL, NULL,
	  "the local address of signalling with this peer" },
	{ "media bind",   &conf_addr, P(media_bind), 0, 0, NULL, NULL,
	  "the local address of its RTP" },
	{ "external address", &conf_addr, P(external), 0, 0, NULL, NULL,
	  "told in Contact and SDP instead of the local one" },
	{ "codec",        &options_kind_codecs, P(codecs), 0, 0, NULL,
	  "pcma pcmu", "codecs, the preferred one first" },
	{ "ptime",        &conf_number, P(ptime), 10, 60, NULL, "20",
	  "milliseconds of sound per packet" },
	{ "telephone-event", &conf_number, P(event_type), 0, 127, NULL, "101",
	  "payload type of RFC 4733 events; 0: none" },
	{ "dtmf",         &options_kind_dtmf, P(dtmf), 0, 0, NULL,
	  "rtp info inband", "how it is told digits, the preferred way first" },
	{ "identity",     &conf_switch, P(identity), 0, 0, NULL, "on",
	  "believe and send P-Asserted-Identity" },
	{ "identity header", &conf_one_of, P(identity_form), 0, 0,
	  options_identities, "asserted",
	  "how it is told who calls, when it is trusted with identity" },
	{ "privacy",      &conf_one_of, P(withhold), 0, 0, options_privacies,
	  "as-told", "whose number is withheld from it" },
	{ "redirection",  &conf_one_of, P(redirection), 0, 0,
	  options_redirections, "diversion",
	  "how it is told who sent a call on" },
	{ "latch",        &conf_switch, P(latch), 0, 0, NULL, NULL,
	  "learn the source of its RTP (NAT)" },
	{ "codec-mismatch 400", &conf_switch, P(codec_mismatch_400), 0, 0, NULL,
	  NULL, "answer 400 instead of 488" },
	{ "100rel",       &conf_one_of, P(reliable), 0, 0, peer_reliables,
	  "supported", "acknowledged provisional responses (RFC 3262)" },
	{ "session-timer", &options_kind_lifetime, P(session_timer),
	  EXPIRY_FLOOR, EXPIRY_MOST, NULL, "1800",
	  "seconds a call lasts that nobody refreshes (RFC 4028)" },
	{ "min-se",       &conf_number, P(min_se), EXPIRY_FLOOR, EXPIRY_MOST,
	  NULL, "90", "the least it may ask for; below 90 only in tests" },
	{ "max-conn",     &conf_number, P(max_calls), 0, 10000, NULL, "0",
	  "calls at once; 0: no limit" },
	{ "redirect",     &conf_switch, P(redirect), 0, 0, NULL, "on",
	  "go where its 3xx says; without, a 3xx is a refusal" },
	{ "transfer",     &conf_switch, P(transfer), 0, 0, NULL, NULL,
	  "may send calls elsewhere: REFER, Replaces, BYE with Also" },
	{ "user-to-user", &conf_switch, P(uui), 0, 0, NULL, NULL,
	  "what users tell each other goes to and comes from it (RFC 7433)" },
	{ "overlap",      &conf_one_of, P(overlap), 0, 0, options_overlaps,
	  "collect", "numbers that are still being dialled, both ways" },
	{ "backup-proxy", &options_kind_prefixes, P(prefixes), 0, 0, NULL, NULL,
	  "phones at these addresses may call while their proxy is dead" },
	{ "authenticate", &options_kind_user, P(realm), 0, 0, NULL, NULL,
	  "the realm its calls are asked for; \"authentication\" is who may" },
	{ "digest algorithm", &conf_one_of, P(digest), 0, 0, peer_digests,
	  "sha-256-md5", "what it is asked for with \"authenticate\"" },
	{ "outbound-proxy", &conf_word, P(proxy), 1, 87, NULL, NULL,
	  "ADDRESS[:PORT] or NAME[:PORT] all goes by" },
	{ "url",          &conf_one_of, P(url), 0, 0, peer_urls, "sip",
	  "how a called number is written" },
	{ "registrar expires", &conf_number, P(registrar_expires_s), 0, 86400,
	  NULL, "0", "numbers are registered there for so long (s); 0: none" },
	{ "registrar secondary", &conf_switch, P(registrar_secondary), 0, 0,
	  NULL, NULL, "only while the other registrars are dead" },
	{ "register",     &options_kind_user, P(account), 0, 0, NULL, NULL,
	  "an account of ours at this registrar" },
	{ "authentication", &options_kind_credentials, P(credentials), 0, 0,
	  NULL, NULL, "who we are when this peer asks (digest)",
	  .secret = true },
	{ "keepalive",    &conf_switch, P(keepalive), 0, 0, NULL, NULL,
	  "ask it by OPTIONS whether it is there" },
	{ "keepalive up-interval", &conf_number, P(keepalive_up_s), 1, 3600,
	  NULL, "60", "seconds between OPTIONS while it answers" },
	{ "keepalive down-interval", &conf_number, P(keepalive_down_s), 1, 3600,
	  NULL, "30", "seconds between OPTIONS while it is down" },
	{ "keepalive retries", &conf_number, P(keepalive_retries), 1, 20, NULL,
	  "3", "OPTIONS in a row that must fail before it is down" },
	{ "cause-map from-isdn", &options_kind_cause_to_status,
	  P(cause_to_status), 0, 0, NULL, NULL,
	  "a Q.850 cause refuses an INVITE with this status" },
	{ "cause-map from-sip", &options_kind_cause_from_status,
	  P(cause_from_status), 0, 0, NULL, NULL,
	  "a final status is told to ISDN as this cause" },
	{ "shutdown",     &conf_switch, P(shutdown), 0, 0, NULL, NULL,
	  "neither calls it nor is called by it" },
};

static const struct conf_choice peer_kinds[] = {
	{ "pots", PEER_POTS, "calls to and from a span" },
	{ "voip", PEER_VOIP, "calls to and from SIP" },
	{ 0 },
};

#define D(member) CONF_AT(struct options_dial_peer, member)
static const struct conf_option dial_peer_heading[] = {
	{ "tag",  &conf_number, D(tag), 1, 2147483647, NULL, NULL,
	  "names the dial-peer" },
	{ "kind", &conf_one_of, D(kind), 0, 0, peer_kinds, NULL, "pots or voip" },
};
static const struct conf_option dial_peer_options[] = {
	{ "register",    &options_kind_user, D(number), 0, 0, NULL, NULL,
	  "pots: a number behind the trunk, told to the registrars" },
	{ "description", &conf_text, D(description), 0, 63, NULL, NULL,
	  "for people" },
	{ "destination-pattern", &options_kind_pattern, D(pattern), 0, 0, NULL,
	  NULL, "called numbers that go out here" },
	{ "incoming called-number", &options_kind_pattern, D(incoming), 0, 0,
	  NULL, NULL, "called numbers that come in here" },
	{ "answer-address", &options_kind_pattern, D(answer), 0, 0, NULL, NULL,
	  "calling numbers that come in here" },
	{ "preference",  &conf_number, D(preference), 0, 10, NULL, "0",
	  "among equal matches; 0 first" },
	{ "huntstop",    &conf_switch, D(huntstop), 0, 0, NULL, NULL,
	  "when this one fails, try no other" },
	{ "trunk",       &conf_text, D(trunk), 0, 31, NULL, NULL,
	  "pots: the span, as in \"e1 0\"" },
	{ "session target", &options_kind_target, D(target), 0, 0, NULL, NULL,
	  "voip: where to" },
	{ "digit-strip", &conf_switch, D(digit_strip), 0, 0, NULL, NULL,
	  "take away the digits the pattern gives literally" },
	{ "strip",       &conf_number, D(strip), 0, 32, NULL, "0",
	  "leading digits taken away" },
	{ "prefix",      &conf_word, D(prefix), 0, 31, NULL, NULL,
	  "digits put in front" },
	{ "forward-digits", &conf_number, D(forward_digits), 0, 32, NULL, "0",
	  "only this many last digits go on; 0: all" },
	{ "max-conn",    &conf_number, D(max_calls), 0, 10000, NULL, "0",
	  "calls at once; 0: no limit" },
	{ "emergency",   &conf_switch, D(emergency), 0, 0, NULL, NULL,
	  "no limit, drain or overload holds for these calls" },
	{ "allow-same-kind", &conf_switch, D(same_kind), 0, 0, NULL, NULL,
	  "may carry SIP to SIP or PRI to PRI" },
	{ "shutdown",    &conf_switch, D(shutdown), 0, 0, NULL, NULL,
	  "not used" },
};

static const struct conf_choice playout_modes[] = {
	{ "adaptive", true, "as long as the network needs, and the depth at least" },
	{ "fixed", false, "the depth and no longer: what is late is lost" },
	{ 0 },
};

#define M(member) CONF_AT(struct options_media, member)
static const struct conf_option media_options[] = {
	{ "rtp port-low",  &conf_number, M(port_low), 1024, 65534, NULL,
	  "16384", "first port of RTP" },
	{ "rtp port-high", &conf_number, M(port_high), 1025, 65535, NULL,
	  "32767", "last port of RTP" },
	{ "rtp dscp",      &conf_number, M(dscp), 0, 63, NULL, "46",
	  "mark of RTP packets" },
	{ "rtp silence",   &conf_number, M(silent_s), 0, 3600, NULL, "0",
	  "a call without RTP for so long ends (s); 0: never" },
	{ "rtcp interval", &conf_number, M(rtcp_seconds), 0, 60, NULL, "5",
	  "seconds between RTCP reports; 0: none" },
	{ "playout depth", &conf_number, M(playout_ms), 0, 500, NULL, "40",
	  "how long packets wait before they are played (ms)" },
	{ "playout mode",  &conf_one_of, M(playout_mode), 0, 0, playout_modes,
	  "adaptive", "whether they wait longer when the network is slow" },
	{ "playout concealment", &conf_switch, M(conceal), 0, 0, NULL, "on",
	  "play on for a moment where a packet is lost" },
	{ "playout limit", &conf_number, M(playout_most_ms), 40, 1000, NULL,
	  "200", "more than this waiting is dropped (ms)" },
	{ "ringback wait", &conf_number, M(ringback_wait_ms), 0, 5000, NULL,
	  "500", "how long sound described in a 18x may take to come (ms)" },
	{ "ringback silence", &conf_number, M(ringback_silence_s), 1, 60, NULL,
	  "6", "it has ceased when none came for so long (s)" },
	{ "threads",       &conf_number, M(threads), 0, 64, NULL, "0",
	  "media threads; 0: one less than cores" },
	{ "tone zone",     &conf_word, M(zone), 2, 7, NULL, "us",
	  "country of ringing and busy tones" },
	{ "inband-digits", &conf_switch, M(inband_digits), 0, 0, NULL, "on",
	  "listen for DTMF on lines and send it as events" },
};
/* clang-format on */

/* "300.1.1.1": no host is called so. */
static bool is_mistyped(const char *address)
{
	size_t len = strspn(address, "0123456789.");
	struct addr addr;

	return len > 0 && (address[len] == '\0' || address[len] == ':') &&
	       addr_parse(&addr, address, 0) < 0;
}

static int check_peer(const void *values, char *wrong)
{
	const struct options_peer *p = values;

	if (is_mistyped(p->address)) {
		(void)text_copy(wrong, CONF_MESSAGE,
		                "address: four numbers of 0 to 255, and a port "
		                "of 1 to 65535 behind a colon");
		return -EBADMSG;
	}

	if (p->address[0] == '\0' && p->prefixes.n == 0) {
		(void)text_copy(wrong, CONF_MESSAGE,
		                "a sip-peer needs an address: \"address "
		                "192.0.2.1:5060\"");
		return -EBADMSG;
	}
	if (p->ptime % 10 != 0) {
		(void)text_copy(wrong, CONF_MESSAGE,
		                "ptime: 10, 20, 30, 40, 50 or 60");
		return -EBADMSG;
	}
	if (p->session_timer != 0 && p->session_timer < p->min_se) {
		(void)text_copy(wrong, CONF_MESSAGE,
		                "session-timer: not less than min-se");
		return -EBADMSG;
	}
	return 0;
}

static int check_dial_peer(const void *values, char *wrong)
{
	const struct options_dial_peer *d = values;
	const char *said = NULL;

	if (d->kind == PEER_POTS && d->target[0] != '\0')
		said = "a pots dial-peer has a trunk, not a session target";
	else if (d->kind == PEER_VOIP && d->trunk[0] != '\0')
		said = "a voip dial-peer has a session target, not a trunk";
	else if (d->kind == PEER_POTS && d->pattern[0] != '\0' &&
	         d->trunk[0] == '\0')
		said = "this dial-peer needs a trunk: \"trunk e1 0\"";
	else if (d->kind == PEER_VOIP && d->pattern[0] != '\0' &&
	         d->target[0] == '\0')
		said = "this dial-peer needs a session target: \"session "
		       "target sip-peer NAME\"";
	if (said != NULL)
		(void)text_copy(wrong, CONF_MESSAGE, said);
	return said != NULL ? -EBADMSG : 0;
}

static int check_media(const void *values, char *wrong)
{
	const struct options_media *m = values;

	if (m->port_high > m->port_low && m->playout_most_ms > m->playout_ms)
		return 0;
	(void)text_copy(wrong, CONF_MESSAGE,
	                m->port_high > m->port_low
	                        ? "playout limit must be above playout depth"
	                        : "rtp port-high must be above rtp port-low");
	return -EBADMSG;
}

#define ROWS(rows) rows, ARRAY_LEN(rows)

const struct conf_section options_global_section = {
	.words = "",
	.size = sizeof(struct options_global),
	.options = global_options,
	.noptions = ARRAY_LEN(global_options),
	.help = "the gateway as a whole",
};
const struct conf_section options_sip_section = {
	.words = "sip-ua",
	.size = sizeof(struct options_sip),
	.options = sip_options,
	.noptions = ARRAY_LEN(sip_options),
	.help = "the SIP side",
	.check = options_check_sip,
};
const struct conf_section options_peer_section = {
	.words = "sip-peer",
	.size = sizeof(struct options_peer),
	.heading = peer_heading,
	.nheading = ARRAY_LEN(peer_heading),
	.nkeys = 1,
	.options = peer_options,
	.noptions = ARRAY_LEN(peer_options),
	.help = "a SIP far end, trusted for what it sends",
	.check = check_peer,
};
const struct conf_section options_dial_peer_section = {
	.words = "dial-peer voice",
	.size = sizeof(struct options_dial_peer),
	.heading = dial_peer_heading,
	.nheading = ARRAY_LEN(dial_peer_heading),
	.nkeys = 1,
	.options = dial_peer_options,
	.noptions = ARRAY_LEN(dial_peer_options),
	.help = "which numbers go where",
	.check = check_dial_peer,
};
const struct conf_section options_media_section = {
	.words = "media",
	.size = sizeof(struct options_media),
	.options = media_options,
	.noptions = ARRAY_LEN(media_options),
	.help = "the sound",
	.check = check_media,
};

static const struct conf_section *const sections[] = {
	&options_global_section, &options_controller_section,
	&options_media_section,  &options_sip_section,
	&options_peer_section,   &options_dial_peer_section,
};

static int check_monitors(const struct conf *conf, struct conf_error *error)
{
	const struct conf_instance *i = NULL;

	while ((i = conf_next(conf, &options_controller_section, i)) != NULL) {
		const struct options_controller *c = i->values;

		for (unsigned k = 0; k < c->monitors.n; k++) {
			const char *name = c->monitors.name[k];

			if (conf_find(conf, &options_peer_section, name) !=
			    NULL)
				continue;
			conf_blame(error, conf, i,
			           "busyout monitor: there is no peer \"%s\"; "
			           "add \"sip-peer %s\"",
			           name, name);
			return -EBADMSG;
		}
	}
	return 0;
}

static int check_references(const struct conf *conf, struct conf_error *error)
{
	const struct conf_instance *i = NULL;

	while ((i = conf_next(conf, &options_dial_peer_section, i)) != NULL) {
		const struct options_dial_peer *d = i->values;
		struct sip_peer_conf made;
		char name[48] = "";
		bool is_made = false;

		if (d->trunk[0] != '\0' &&
		    conf_find(conf, &options_controller_section, d->trunk) ==
		            NULL) {
			conf_blame(error, conf, i,
			           "trunk \"%s\": there is no such controller; "
			           "add \"controller %s\"",
			           d->trunk, d->trunk);
			return -EBADMSG;
		}
		if (d->target[0] != '\0' &&
		    options_target_peer(d->target, name, sizeof(name), &made,
		                        &is_made) == 0 &&
		    !is_made &&
		    conf_find(conf, &options_peer_section, name) == NULL) {
			conf_blame(error, conf, i,
			           "session target \"%s\": there is no such "
			           "peer; add \"sip-peer %s\"",
			           d->target, name);
			return -EBADMSG;
		}
	}
	return check_monitors(conf, error);
}

const struct conf_schema options_schema = {
	.sections = sections,
	.nsections = ARRAY_LEN(sections),
	.check = check_references,
};
