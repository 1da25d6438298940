/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The schema: what it reads it prints and reads again, each error names its
 * place and what would have been accepted, and each section means to its
 * folder what it says.
 */
#include "gateway/options.h"

#include <stdio.h>
#include <string.h>

#include "kernel/text.h"
#include "tests/test.h"

static int parse(struct conf **out, const char *text, struct conf_error *error)
{
	memset(error, 0, sizeof(*error));
	return conf_parse(out, &options_schema, "test.conf",
	                  (struct bytes){ (const uint8_t *)text, strlen(text) },
	                  error);
}

static struct conf *read_good(const char *text)
{
	struct conf_error error;
	struct conf *conf = NULL;

	ck_assert_msg(parse(&conf, text, &error) == 0, "line %u: %s",
	              error.line, error.message);
	return conf;
}

static void add_line(void *self, const char *line)
{
	text_add(self, "%s\n", line);
}

static void print(const struct conf *conf, char *to, size_t size)
{
	struct text text = { .at = to, .size = size };

	to[0] = '\0';
	conf_print(conf, add_line, &text);
	CHECK(!text.cut);
}

static const char everything[] =
	"hostname gw7\nlogging level debug\nprivacy digits 3\ncall limit 50\n"
	"call rate 20\ncall lag 80\nladder lines 500\nhistory size 9\n"
	"drain time 30\nno realtime\nno lock memory\n"
	"cause-map profile cisco\nvoice hunt cause add 17\n"
	"voice hunt cause remove 34\nvoice hunt status add 486\n"
	"controller e1 0\n board wire listen /tmp/x\n tick octets 80\n"
	" wire faults\n isdn switch-type primary-qsig\n isdn side network\n"
	" isdn channel-order round-robin\n isdn exclusive\n"
	" isdn overlap-receiving\n isdn overlap-sending\n no isdn restart\n"
	" isdn diversion facility\n"
	" isdn restart-tries 3\n isdn setup-rate 7\n isdn timer T310 20\n"
	" isdn timer T302 8\n ringback none\n shutdown\n"
	" cause-map from-isdn 27 503\n cause-map from-sip 503 34\n"
	"controller t1 3\n board dahdi 4\n framing esf\n linecode b8zs\n"
	" clock source internal\n companding alaw\n isdn d-channel 24\n"
	"media\n rtp port-low 20000\n rtp port-high 20999\n rtp silence 30\n"
	" playout depth 60\n playout mode fixed\n threads 2\n tone zone de\n"
	" no inband-digits\n"
	"sip-ua\n bind udp 127.0.0.1:5060\n bind tcp [::1]:5062\n"
	" user-agent \"A b\"\n timer T1 1\n retry-after 3\n"
	"sip-peer carrier\n address 192.0.2.10:5080\n transport tcp\n"
	" bind 192.0.2.1:5060\n media bind 192.0.2.1\n"
	" external address 198.51.100.1\n codec pcmu pcma\n ptime 30\n"
	" telephone-event 96\n no identity\n"
	" identity header both\n privacy always\n redirection history-info\n"
	" latch\n codec-mismatch 400\n"
	" 100rel required\n session-timer 600\n min-se 120\n"
	" max-conn 4\n overlap invites\n"
	" cause-map from-isdn 21 480\n cause-map from-isdn 1 484\n"
	" cause-map from-sip 480 20\n"
	" no redirect\n backup-proxy 192.0.2.0/24\n"
	" backup-proxy 2001:db8::/33\n authenticate lab\n"
	" digest algorithm md5-sha-256\n"
	" outbound-proxy 192.0.2.5:5062\n url tel\n registrar "
	"expires 600\n registrar secondary\n"
	" register gw-7\n"
	" authentication username gw7 password \"a ! b\" realm carrier\n"
	" authentication username any password x\n"
	"dial-peer voice 100 pots\n register +13035550100\n description \"to "
	"the PBX\"\n"
	" destination-pattern 303555....\n incoming called-number 9T\n"
	" answer-address 303T\n preference 2\n huntstop\n trunk e1 0\n"
	" digit-strip\n strip 1\n prefix 9\n forward-digits 4\n max-conn 8\n"
	" emergency\n allow-same-kind\n"
	"dial-peer voice 200 voip\n destination-pattern .T\n"
	" session target sip-peer carrier\n shutdown\n"
	"dial-peer voice 201 voip\n destination-pattern .T\n"
	" session target ipv4:192.0.2.11:5070\n"
	"dial-peer voice 202 voip\n destination-pattern .T\n"
	" session target ipv6:[2001:db8::1]:5070\n"
	"dial-peer voice 203 voip\n destination-pattern .T\n"
	" session target dns:sip.example.net\n";

TEST(what_is_printed_is_read_back_as_the_same)
{
	static char first[8192], second[8192];
	struct conf *conf = read_good(everything), *again;

	print(conf, first, sizeof(first));
	again = read_good(first);
	print(again, second, sizeof(second));
	CHECK_TEXT(first, second);
	CHECK(strstr(first, "isdn timer T310 20") != NULL);
	CHECK(strstr(first, "no realtime") != NULL);
	CHECK(strstr(first, "session target dns:sip.example.net") != NULL);
	(void)conf_free(again);
	(void)conf_free(conf);
}

TEST(each_section_reaches_its_folder)
{
	struct conf *conf = read_good(everything);
	const struct options_controller *e1 =
		conf_find(conf, &options_controller_section, "e1 0");
	const struct options_controller *t1 =
		conf_find(conf, &options_controller_section, "t1 3");
	struct board_conf board;
	struct isdn_conf isdn;
	struct sip_conf sip;
	struct sip_peer_conf peer;
	struct dial_peer dial;
	struct media_conf media;

	options_to_board(e1, "e1 0", &board);
	CHECK(board.kind == BOARD_WIRE && board.listen && board.faults);
	CHECK_EQ(board.octets, 80);
	CHECK_EQ(board.law, LAW_ALAW);
	CHECK_EQ(board.dslot, 16);
	options_to_isdn(e1, "e1 0", &isdn);
	CHECK(isdn.switch_type == SWITCH_QSIG && isdn.side == ISDN_NETWORK);
	CHECK(isdn.order == ORDER_ROUND_ROBIN && isdn.exclusive);
	CHECK(isdn.overlap_receive && isdn.overlap_send && !isdn.restart_on_up);
	CHECK(isdn.facility);
	CHECK_EQ(isdn.timers[ISDN_T310], SEC(20));
	CHECK_EQ(isdn.timers[ISDN_T303], 0);
	CHECK_EQ(isdn.bearers, 0xfffefffeu);
	options_to_board(t1, "t1 3", &board);
	CHECK(board.kind == BOARD_DAHDI && board.span_number == 4);
	CHECK(board.law == LAW_ALAW && !board.clock_line);
	CHECK(board.framing == FRAMING_ESF && board.linecode == LINECODE_B8ZS);
	options_to_isdn(t1, "t1 3", &isdn);
	CHECK_EQ(isdn.switch_type, SWITCH_NI2);
	CHECK_EQ(isdn.law, LAW_ALAW);
	options_to_sip(conf_find(conf, &options_sip_section, ""), "gw7", &sip);
	CHECK_EQ(sip.nbinds, 2);
	CHECK_EQ(sip.bind[1].transport, SIP_TCP);
	CHECK_TEXT(sip.user_agent, "A b");
	CHECK_EQ(sip.timers[SIP_T1], SEC(1));
	options_to_peer(conf_find(conf, &options_peer_section, "carrier"),
	                &peer);
	CHECK_TEXT(peer.host, "192.0.2.10");
	CHECK_EQ(peer.port, 5080);
	CHECK(peer.transport == SIP_TCP && peer.latch && !peer.trusted);
	CHECK(peer.codecs[0] == CODEC_PCMU && peer.ncodecs == 2);
	CHECK(peer.ptime_ms == 30 && peer.event_type == 96);
	CHECK_EQ(peer.reliable, SIP_100REL_REQUIRED);
	CHECK(peer.overlap);
	CHECK(peer.session_timer == 600 && peer.min_se == 120);
	options_to_dial_peer(conf_find(conf, &options_dial_peer_section, "100"),
	                     &dial);
	CHECK(dial.kind == PEER_POTS && dial.huntstop && dial.emergency);
	CHECK_TEXT(dial.trunk, "e1 0");
	CHECK_TEXT(dial.prefix, "9");
	options_to_media(conf_find(conf, &options_media_section, ""),
	                 conf_find(conf, &options_global_section, ""), &media);
	CHECK(!media.playout_adaptive);
	CHECK_EQ(media.port_low, 20000);
	CHECK(!media.realtime && !media.inband_digits);
	CHECK_EQ(media.threads, 2);
	(void)conf_free(conf);
}

TEST(an_empty_file_is_a_whole_configuration)
{
	struct conf *conf = read_good("");
	const struct options_global *global =
		conf_find(conf, &options_global_section, "");
	const struct options_sip *sip =
		options_or_preset(conf, &options_sip_section);
	const struct options_media *media =
		options_or_preset(conf, &options_media_section);

	CHECK_TEXT(global->hostname, "causeway");
	CHECK_EQ(sip->max_forwards, 70);
	CHECK_EQ(media->port_low, 16384);
	(void)conf_free(conf);
}

#define E1   "controller e1 0\n"
#define PEER "sip-peer x\n address 192.0.2.1\n"
#define POTS "dial-peer voice 1 pots\n"
#define VOIP "dial-peer voice 1 voip\n"

/* clang-format off */
static const struct {
	const char *text;
	unsigned line;
	const char *says;
} errors[] = {
	{ "hostnam x\n", 1, "hostnam" },
	{ "privacy digits 33\n", 1, "32" },
	{ "logging level loud\n", 1, "debug" },
	{ "controller e3 0\n", 1, "e1" },
	{ "controller e1 256\n", 1, "255" },
	{ E1 " board\n", 2, "wire listen PATH" },
	{ "cause-map profile best\n", 1, "audiocodes" },
	{ "voice hunt cause 17\n", 1, "\"add\" or \"remove\"" },
	{ "voice hunt cause add 128\n", 1, "1 to 127" },
	{ "voice hunt status remove 200\n", 1, "300 to 699" },
	{ E1 " cause-map from-isdn 0 480\n", 2, "1 to 127" },
	{ E1 " cause-map from-isdn 17 300\n", 2, "400 to 699" },
	{ PEER " cause-map from-sip 480\n", 3, "1 to 127" },
	{ PEER " cause-map from-sip 200 16\n", 3, "300 to 699" },
	{ E1 " board ether 1\n", 2, "wire listen PATH" },
	{ E1 " board wire hear /x\n", 2, "wire connect PATH" },
	{ E1 " board dahdi 0\n", 2, "dahdi <1-256>" },
	{ E1 " framing esf\n", 1, "an E1 takes crc4 or no-crc4" },
	{ "controller t1 0\n framing crc4\n", 1, "a T1 takes esf or sf" },
	{ E1 " linecode b8zs\n", 1, "an E1 takes hdb3 or ami" },
	{ "controller t1 0\n linecode hdb3\n", 1, "a T1 takes b8zs or ami" },
	{ E1 " tick octets 41\n", 1, "a multiple of 8" },
	{ "controller t1 0\n isdn d-channel 25\n", 1, "slots 1 to 24" },
	{ E1 " clock source moon\n", 2, "internal" },
	{ E1 " clock source line 33\n", 2, "1 to 32" },
	{ E1 " isdn switch-type primary-ni2\n", 2, "primary-ni" },
	{ E1 " isdn side both\n", 2, "network" },
	{ E1 " isdn timer T999 3\n", 2, "T310" },
	{ E1 " isdn timer T310 never\n", 2, "T310 is " },
	{ E1 " isdn timer T310\n", 2, "T310 is " },
	{ "media\n rtp port-low 20000\n rtp port-high 10000\n", 1,
	  "port-high must be above" },
	{ "media\n playout depth 300\n", 1, "limit must be above" },
	{ "sip-ua\n bind sctp 1.2.3.4:5060\n", 2, "\"udp\" or \"tcp\"" },
	{ "sip-ua\n bind udp here\n", 2, "0.0.0.0:5060" },
	{ "sip-ua\n timer T9 1\n", 2, "a timer is one of" },
	{ "sip-peer x\n", 1, "needs an address" },
	{ "sip-peer x\n address 300.1.1.1\n", 1, "0 to 255" },
	{ "sip-peer x\n address 192.0.2.1:99999\n", 1, "65535" },
	{ "sip-peer x\n backup-proxy 192.0.2.0/33\n", 2, "192.0.2.0/24" },
	{ "sip-peer x\n register a@b\n", 2, "letters, digits" },
	{ "sip-peer x\n authentication gw secret\n", 2, "username NAME" },
	{ "sip-peer x\n authentication username \"a\\\"b\" password x\n", 2,
	  "no quote" },
	{ PEER " ptime 25\n", 1, "10, 20, 30" },
	{ PEER " codec g729\n", 3, "\"pcmu\" and \"pcma\"" },
	{ PEER " codec\n", 3, "codec" },
	{ PEER " transport carrier-pigeon\n", 3, "tcp" },
	{ PEER " 100rel maybe\n", 3, "supported" },
	{ PEER " session-timer never\n", 3, "\"off\"" },
	{ PEER " session-timer 9\n", 3, "10 to 86400" },
	{ PEER " session-timer 60\n", 1, "not less than min-se" },
	{ PEER " min-se off\n", 3, "min-se" },
	{ PEER PEER, 3, "stands already in line 1" },
	{ "dial-peer voice 0 pots\n", 1, "2147483647" },
	{ POTS " destination-pattern 1[2\n", 2, "" },
	{ POTS " destination-pattern 1 2\n", 2, "one word" },
	{ POTS " destination-pattern 1\n", 1, "needs a trunk" },
	{ VOIP " destination-pattern 1\n", 1, "needs a session target" },
	{ POTS " session target sip-peer x\n", 1, "not a session target" },
	{ VOIP " trunk e1 0\n", 1, "not a trunk" },
	{ POTS " destination-pattern 1\n trunk e1 0\n", 1,
	  "add \"controller e1 0\"" },
	{ VOIP " destination-pattern 1\n session target sip-peer x\n", 1,
	  "add \"sip-peer x\"" },
	{ VOIP " session target x\n", 2, "ipv4:ADDRESS" },
	{ VOIP " session target ipv4:2001::1\n", 2, "ipv4:ADDRESS" },
	{ VOIP " session target ipv4:\n", 2, "ipv4:ADDRESS" },
	{ POTS " preference 11\n", 2, "10" },
	{ POTS " prefix\n", 2, "prefix" },
};
/* clang-format on */

TEST_ROWS(an_error_names_its_place_and_what_would_be_accepted, errors, row)
{
	struct conf_error error;
	struct conf *conf = NULL;
	char whole[1024];

	CHECK(parse(&conf, row->text, &error) < 0);
	CHECK_TEXT(error.file, "test.conf");
	ck_assert_msg(error.line == row->line, "line %u: %s", error.line,
	              error.message);
	ck_assert_msg(error.message[0] != '\0' &&
	                      strstr(error.message, row->says) != NULL,
	              "says %s", error.message);
	conf_error_print(&error, whole, sizeof(whole));
	CHECK(text_starts(whole, "test.conf:"));
}

static const struct {
	const char *target, *name;
	bool made;
	const char *host;
	unsigned port;
} targets[] = {
	{ "sip-peer carrier", "carrier", false, "", 0 },
	{ "ipv4:192.0.2.1", "ipv4:192.0.2.1", true, "192.0.2.1", 0 },
	{ "ipv4:192.0.2.1:5070", "ipv4:192.0.2.1:5070", true, "192.0.2.1",
	  5070 },
	{ "ipv6:[2001:db8::1]:5070", "ipv6:[2001:db8::1]:5070", true,
	  "2001:db8::1", 5070 },
	{ "dns:sip.example.net:5080", "dns:sip.example.net:5080", true,
	  "sip.example.net", 5080 },
};

TEST_ROWS(a_session_target_is_a_peer_or_makes_one, targets, row)
{
	struct sip_peer_conf made;
	char name[48];
	bool is_made;

	CHECK_EQ(options_target_peer(row->target, name, sizeof(name), &made,
	                             &is_made),
	         0);
	CHECK_TEXT(name, row->name);
	CHECK_EQ(is_made, row->made);
	if (!row->made)
		return;
	CHECK(strstr(made.host, row->host) != NULL);
	CHECK_EQ(made.port, row->port);
}
