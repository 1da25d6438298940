/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The options of a controller, as rows: the line, its exchange, and what its
 * calls are told. What is "usual" follows from E1 or T1. The kind of the peers
 * that busyout looks at stands here, too.
 */

#include "gateway/options.h"

#include <errno.h>
#include <string.h>

#include "kernel/text.h"

/* --- busyout monitor sip-peer NAME ... --- */

static int refuse_monitor(char *wrong, int *at, int word, const char *sentence)
{
	(void)text_copy(wrong, CONF_MESSAGE, sentence);
	*at = word;
	return -EBADMSG;
}

static int add_monitor(struct options_monitors *list, const char *name)
{
	for (unsigned i = 0; i < list->n; i++)
		if (strcmp(list->name[i], name) == 0)
			return 0;
	if (list->n == OPTIONS_MONITORS)
		return -ENOSPC;
	return text_copy(list->name[list->n++], sizeof(list->name[0]), name);
}

static int monitors_parse(const struct conf_option *option ATTR_UNUSED,
                          void *value, int n, char **words, char *wrong,
                          int *at)
{
	struct options_monitors list;

	memcpy(&list, value, sizeof(list));
	if (n < 2 || strcmp(words[0], "sip-peer") != 0)
		return refuse_monitor(wrong, at, 0,
		                      "peers are \"sip-peer NAME ...\"");
	for (int i = 1; i < n; i++)
		if (add_monitor(&list, words[i]) < 0)
			return refuse_monitor(
				wrong, at, i,
				"8 peers at most, by their names");
	memcpy(value, &list, sizeof(list));
	return 0;
}

static bool monitors_print(const struct conf_option *option ATTR_UNUSED,
                           const void *value, unsigned index, char *to,
                           size_t size)
{
	const struct options_monitors *list = value;
	struct text t = { .at = to, .size = size };

	if (index >= list->n)
		return false;
	text_add(&t, "sip-peer %s", list->name[index]);
	return true;
}

static const struct conf_kind options_kind_monitors = {
	.name = "monitors",
	.accepts = "sip-peer NAME ...",
	.list = true,
	.parse = monitors_parse,
	.print = monitors_print,
};

/* clang-format off */

static const struct conf_choice span_types[] = {
	{ "e1", SPAN_E1, "31 slots, D channel at 16, A-law" },
	{ "t1", SPAN_T1, "24 slots, D channel at 24, mu-law" },
	{ 0 },
};
static const struct conf_choice framings[] = {
	{ "usual",   -1,              "crc4 on E1, esf on T1" },
	{ "crc4",    FRAMING_CRC4,    "E1 with CRC-4" },
	{ "no-crc4", FRAMING_NO_CRC4, "E1 without CRC-4" },
	{ "esf",     FRAMING_ESF,     "T1 extended superframe" },
	{ "sf",      FRAMING_SF,      "T1 superframe (D4)" },
	{ 0 },
};
static const struct conf_choice linecodes[] = {
	{ "usual", -1,            "hdb3 on E1, b8zs on T1" },
	{ "hdb3",  LINECODE_HDB3, "E1" },
	{ "b8zs",  LINECODE_B8ZS, "T1" },
	{ "ami",   LINECODE_AMI,  "either" },
	{ 0 },
};
static const struct conf_choice coverages[] = {
	{ "8",   8,   "milliseconds: the far end is near" },
	{ "16",  16,  "milliseconds" },
	{ "32",  32,  "milliseconds" },
	{ "64",  64,  "milliseconds" },
	{ "128", 128, "milliseconds: long lines, at the most cost" },
	{ 0 },
};
static const struct conf_choice laws[] = {
	{ "usual", -1,       "A-law on E1, mu-law on T1" },
	{ "alaw",  LAW_ALAW, "G.711 A-law" },
	{ "ulaw",  LAW_ULAW, "G.711 mu-law" },
	{ 0 },
};
static const struct conf_choice switches[] = {
	{ "usual",          -1,            "primary-net5 on E1, primary-ni on T1" },
	{ "primary-net5",   SWITCH_NET5,   "EuroISDN (ETSI)" },
	{ "primary-ni",     SWITCH_NI2,    "National ISDN 2" },
	{ "primary-5ess",   SWITCH_5ESS,   "AT&T/Lucent 5ESS" },
	{ "primary-4ess",   SWITCH_4ESS,   "AT&T/Lucent 4ESS" },
	{ "primary-dms100", SWITCH_DMS100, "Nortel DMS-100" },
	{ "primary-qsig",   SWITCH_QSIG,   "QSIG between PBXs" },
	{ 0 },
};
static const struct conf_choice diversions[] = {
	{ "element",  0, "the Redirecting number, which has no counter" },
	{ "facility", 1, "EN 300 207: with counter, in Facility" },
	{ 0 },
};
static const struct conf_choice sides[] = {
	{ "user",    ISDN_USER,    "towards the public network" },
	{ "network", ISDN_NETWORK, "towards a PBX" },
	{ 0 },
};
static const struct conf_choice orders[] = {
	{ "ascending",   ORDER_ASCENDING,   "lowest free channel first" },
	{ "descending",  ORDER_DESCENDING,  "highest free channel first" },
	{ "round-robin", ORDER_ROUND_ROBIN, "the next after the last" },
	{ 0 },
};
static const struct conf_choice ringbacks[] = {
	{ "auto",  RINGBACK_AUTO,  "ours, until the far side's own sound is there" },
	{ "local", RINGBACK_LOCAL, "ours while it rings, whatever the far side plays" },
	{ "none",  RINGBACK_NONE,  "never ours" },
	{ 0 },
};

static const struct conf_choice uuis[] = {
	{ "off",   0,          "neither taken nor told" },
	{ "short", UUI_SHORT,  "32 octets, where the exchange takes no more" },
	{ "on",    UUI_OCTETS, "128 octets" },
	{ 0 },
};

static const struct conf_choice holds[] = {
	{ "sendonly", 0, "it may hear music, when the channel stays" },
	{ "inactive", 1, "no sound either way" },
	{ 0 },
};

static const struct conf_choice busyouts[] = {
	{ "off",       BUSYOUT_OFF,       "nothing: calls fail one by one" },
	{ "refuse",    BUSYOUT_REFUSE,    "refuse each SETUP with cause 38" },
	{ "service",   BUSYOUT_SERVICE,   "and SERVICE its channels out, if its variant can" },
	{ "d-channel", BUSYOUT_D_CHANNEL, "and take the D channel down when its calls are over" },
	{ 0 },
};

#define C(member) CONF_AT(struct options_controller, member)
static const struct conf_option controller_heading[] = {
	{ "type",   &conf_one_of, C(type), 0, 0, span_types, NULL, "E1 or T1" },
	{ "number", &conf_number, C(number), 0, 255, NULL, NULL, "of the span" },
};
static const struct conf_option controller_options[] = {
	{ "board",       &options_kind_board, C(board), 0, 0, NULL, "sim",
	  "where the span is", .always = true },
	{ "framing",     &conf_one_of, C(framing), 0, 0, framings, "usual",
	  "framing of a real line" },
	{ "linecode",    &conf_one_of, C(linecode), 0, 0, linecodes, "usual",
	  "line code of a real line" },
	{ "clock source", &options_kind_clock, C(clock), 0, 0, NULL, "line 1",
	  "where a real line's clock comes from" },
	{ "wire faults", &conf_switch, C(wire_faults), 0, 0, NULL, NULL,
	  "obey the fault packets of a virtual span" },
	{ "tick octets", &conf_number, C(tick_octets), 8, 160, NULL, "40",
	  "octets per tick when listening on a virtual span" },
	{ "block octets", &conf_number, C(block), 16, 80, NULL, "16",
	  "octets read from a card at once" },
	{ "echo-cancel enable", &conf_switch, C(echo_cancel), 0, 0, NULL, "on",
	  "speech has the card's or DAHDI's echo canceller, fax and modem not" },
	{ "echo-cancel coverage", &conf_one_of, C(echo_ms), 0, 0, coverages,
	  "32", "how long an echo may take" },
	{ "companding",  &conf_one_of, C(law), 0, 0, laws, "usual",
	  "law of the line's octets" },
	{ "isdn switch-type", &conf_one_of, C(switch_type), 0, 0, switches,
	  "usual", "the exchange's variant", .always = true },
	{ "isdn side",   &conf_one_of, C(side), 0, 0, sides, "user",
	  "which end of Q.931 we are", .always = true },
	{ "isdn channel-order", &conf_one_of, C(order), 0, 0, orders,
	  "descending", "how a B channel is chosen" },
	{ "isdn exclusive", &conf_switch, C(exclusive), 0, 0, NULL, NULL,
	  "our SETUP insists on its channel" },
	{ "isdn overlap-receiving", &conf_switch, C(overlap_receive), 0, 0,
	  NULL, NULL, "a SETUP without Sending Complete may grow" },
	{ "isdn overlap-sending", &conf_switch, C(overlap_send), 0, 0, NULL,
	  NULL, "our SETUP may leave Sending Complete out" },
	{ "isdn restart", &conf_switch, C(restart), 0, 0, NULL, "on",
	  "RESTART the idle channels when the link first comes up" },
	{ "isdn restart-tries", &conf_number, C(restart_tries), 1, 5, NULL,
	  "2", "how often T316 may run for a channel" },
	{ "isdn setup-rate", &conf_number, C(setups_per_second), 0, 1000, NULL,
	  "50", "incoming SETUPs a second; over it cause 42; 0: no limit" },
	{ "isdn timer",  &options_kind_timers, C(timers), 0, 0, NULL, NULL,
	  "a Q.921 or Q.931 timer, in seconds" },
	{ "isdn d-channel", &conf_number, C(dslot), 0, 31, NULL, "0",
	  "slot of the D channel; 0: the usual one" },
	{ "isdn diversion", &conf_one_of, C(facility), 0, 0, diversions,
	  "element", "how EuroISDN is told who sent a call on" },
	{ "isdn user-to-user", &conf_one_of, C(uui_most), 0, 0, uuis, "off",
	  "what users tell each other in call set-up and end" },
	{ "notify hold", &conf_switch, C(notify_hold), 0, 0, NULL, NULL,
	  "tell the exchange by NOTIFY that a SIP phone holds the call" },
	{ "hold by-notify", &conf_switch, C(hold_by_notify), 0, 0, NULL, "on",
	  "NOTIFY of suspension or remote hold holds the SIP phone, too" },
	{ "hold offer",  &conf_one_of, C(hold_offer), 0, 0, holds, "sendonly",
	  "what the SIP phone is offered while the exchange holds" },
	{ "ringback",    &conf_one_of, C(ringback), 0, 0, ringbacks, "auto",
	  "who gives a caller on this span the ringing tone" },
	{ "cause-tone",  &conf_switch, C(cause_tone), 0, 0, NULL, NULL,
	  "a caller on this span hears why his call came to nothing" },
	{ "cause-map from-isdn", &options_kind_cause_to_status,
	  C(cause_to_status), 0, 0, NULL, NULL,
	  "a Q.850 cause refuses an INVITE with this status" },
	{ "cause-map from-sip", &options_kind_cause_from_status,
	  C(cause_from_status), 0, 0, NULL, NULL,
	  "a final status is told to ISDN as this cause" },
	{ "busyout",     &conf_one_of, C(busyout), 0, 0, busyouts, "off",
	  "what to do while every SIP peer is down, by its keepalive" },
	{ "busyout monitor", &options_kind_monitors, C(monitors), 0, 0, NULL,
	  NULL, "only these count; else all that calls could go to" },
	{ "busyout hold-down", &conf_number, C(busyout_hold_s), 0, 3600, NULL,
	  "10", "seconds they must be down before" },
	{ "busyout clear", &conf_number, C(busyout_clear_s), 0, 3600, NULL,
	  "10", "seconds one must be up before it ends" },
	{ "shutdown",    &conf_switch, C(shutdown), 0, 0, NULL, NULL,
	  "no new calls on this span" },
};
/* clang-format on */

static int check_controller(const void *values, char *wrong)
{
	const struct options_controller *c = values;
	struct text t = { .at = wrong, .size = CONF_MESSAGE };
	bool e1_framing =
		c->framing == FRAMING_CRC4 || c->framing == FRAMING_NO_CRC4;

	if (c->framing >= 0 && e1_framing != (c->type == SPAN_E1))
		text_add(&t, "framing: %s takes %s",
		         c->type == SPAN_E1 ? "an E1" : "a T1",
		         c->type == SPAN_E1 ? "crc4 or no-crc4" : "esf or sf");
	else if (c->linecode ==
	         (c->type == SPAN_E1 ? LINECODE_B8ZS : LINECODE_HDB3))
		text_add(&t, "linecode: %s takes %s or ami",
		         c->type == SPAN_E1 ? "an E1" : "a T1",
		         c->type == SPAN_E1 ? "hdb3" : "b8zs");
	else if (c->tick_octets % 8 != 0)
		text_add(&t, "tick octets: a multiple of 8");
	else if (c->dslot > board_slots((enum span_type)c->type))
		text_add(&t, "isdn d-channel: a T1 has slots 1 to 24");
	return t.len ? -EBADMSG : 0;
}

const struct conf_section options_controller_section = {
	.words = "controller",
	.size = sizeof(struct options_controller),
	.heading = controller_heading,
	.nheading = ARRAY_LEN(controller_heading),
	.nkeys = 2,
	.options = controller_options,
	.noptions = ARRAY_LEN(controller_options),
	.help = "a T1 or E1 span and its D channel",
	.check = check_controller,
};
