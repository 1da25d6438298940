/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * Reading and printing: every value there and back, and each error by line,
 * column and sentence.
 */

#include "kernel/conf.h"

#include <errno.h>
#include <string.h>

#include "kernel/text.h"
#include "tests/kernel/conf_schema.h"
#include "tests/test.h"

/* --- values, there and back --- */

static const struct {
	const char *in, *out; /* out NULL: as it was */
} round_rows[] = {
	/* clang-format off */
	{ "hostname gw1\n!\n", NULL },
	{ "", "hostname gateway\n!\n" },
	{ "hostname gw1 ! a comment\n", "hostname gw1\n!\n" },
	{ "hostname \"a b\"\r\n", "hostname \"a b\"\n!\n" },
	{ "hostname \"!x\"\n!\n", NULL },
	{ "hostname a\"b\\c\n!\n", NULL },
	{ "hostname \"\\\"\\\\\"\n!\n", "hostname \"\\\"\\\\\"\n!\n" },
	{ "hostname h\xc3\xa9\n!\n", NULL },
	{ "hostname gw1\nno hostname\n", "hostname gateway\n!\n" },
	{ "hostname gateway\ncall limit 960\n!\n", NULL },
	{ "call limit 7\nno call limit\n", "hostname gateway\n!\n" },
	{ "hostname gateway\nno loose\n!\n", NULL },
	{ "no loose\nloose\n", "hostname gateway\n!\n" },
	{ "hostname gateway\n!\ncontroller t1 63\n isdn side network\n"
	  " description Bob's big\"trunk\"\n shutdown\n hold 200ms\n!\n",
	  NULL },
	{ "controller e1 00\n description  two  blanks\n",
	  "hostname gateway\n!\ncontroller e1 0\n"
	  " description two blanks\n!\n" },
	{ "hostname gateway\n!\ncontroller e1 0\n"
	  " description \"two  blanks ! and no comment\"\n!\n", NULL },
	{ "controller e1 0\n\thold 0.5 ! tab\n!\n",
	  "hostname gateway\n!\ncontroller e1 0\n hold 500ms\n!\n" },
	{ "controller e1 0\n hold 1.25s\n!\n",
	  "hostname gateway\n!\ncontroller e1 0\n hold 1.25\n!\n" },
	{ "controller e1 0\n hold 60000ms\n!\n",
	  "hostname gateway\n!\ncontroller e1 0\n hold 60\n!\n" },
	{ "controller e1 0\n hold 1.234567\n!\n",
	  "hostname gateway\n!\ncontroller e1 0\n hold 1.234567\n!\n" },
	{ "hostname gateway\n!\nsip-peer carrier\n address 192.0.2.10:5060\n"
	  " codec pcmu\n codec pcma\n!\n", NULL },
	{ "sip-peer c\n address 192.0.2.10\n",
	  "hostname gateway\n!\nsip-peer c\n address 192.0.2.10:5060\n!\n" },
	{ "sip-peer c\n address 2001:db8::1\n",
	  "hostname gateway\n!\nsip-peer c\n address [2001:db8::1]:5060\n!\n" },
	{ "sip-peer c\n seen a\n seen b\n seen a\n no seen b\n seen \"c d\"\n",
	  "hostname gateway\n!\nsip-peer c\n seen a\n seen \"c d\"\n!\n" },
	{ "sip-peer c\n seen a\n no seen\n",
	  "hostname gateway\n!\nsip-peer c\n!\n" },
	{ "sip-peer c\n address 192.0.2.1\n no address\n! in between\n"
	  " seen a\n",
	  "hostname gateway\n!\nsip-peer c\n seen a\n!\n" },
	/* By number, whatever the order of the file. */
	{ "dial-peer voice 20 pots\n destination-pattern 2T\n"
	  "dial-peer voice 100 voip\n destination-pattern .T\n"
	  "dial-peer voice 3 pots\n destination-pattern [3-5]..\n",
	  "hostname gateway\n!\n"
	  "dial-peer voice 3 pots\n destination-pattern [3-5]..\n!\n"
	  "dial-peer voice 20 pots\n destination-pattern 2T\n!\n"
	  "dial-peer voice 100 voip\n destination-pattern .T\n!\n" },
	/* By the file where the first key is no number. */
	{ "sip-peer b\nsip-peer a\nno sip-peer b\nsip-peer b\n",
	  "hostname gateway\n!\nsip-peer a\n!\nsip-peer b\n!\n" },
	/* clang-format on */
};

TEST_ROWS(what_is_read_prints_and_reads_back, round_rows, row)
{
	struct conf *conf = test_conf(row->in), *again;
	char first[2000], second[2000];

	test_print(conf, first, sizeof(first));
	CHECK_TEXT(first, row->out == NULL ? row->in : row->out);
	again = test_conf(first);
	CHECK_TEXT(test_print(again, second, sizeof(second)), first);
	for (size_t i = 0; i < (size_t)TEST_SECTIONS; i++) {
		const struct conf_instance *a = NULL, *b = NULL;

		while ((a = conf_next(conf, test_sections[i], a)) != NULL) {
			b = conf_next(again, test_sections[i], b);
			CHECK(b != NULL);
			CHECK_TEXT(a->name, b->name);
			CHECK_MEM(a->values, b->values, test_sections[i]->size);
		}
		CHECK(conf_next(again, test_sections[i], b) == NULL);
	}
	conf_free(conf);
	conf_free(again);
}

/* --- errors --- */

static const struct {
	const char *text, *told;
} error_rows[] = {
	/* clang-format off */
	{ "controller e1 0\n isdn side users\n",
	  "t:2:12: isdn side: \"users\" is not accepted; "
	  "use \"user\" or \"network\"" },
	{ "controller e1 0\n isdn side\n",
	  "t:2:11: isdn side: a value is missing; use \"user\" or "
	  "\"network\"" },
	{ "controller e1 0\n isdn side user too\n",
	  "t:2:17: isdn side: \"too\" is one word too many" },
	{ "controller e1 0\n isdn switch-type primary-ne5\n",
	  "t:2:19: isdn switch-type: \"primary-ne5\" is not accepted; did you "
	  "mean \"primary-net5\"? use \"primary-net5\", \"primary-ni\", "
	  "\"primary-5ess\" or \"primary-qsig\"" },
	{ "controller e1 0\n isdn sid user\n",
	  "t:2:7: controller e1 0: \"sid\" is not known here; did you mean "
	  "\"side\"? use side, switch-type" },
	{ "controller e1 0\n isdn\n",
	  "t:2:6: incomplete; add side, switch-type" },
	{ "controller e1 0\n framing crc4\n",
	  "t:2:2: controller e1 0: \"framing\" is not known; use description, "
	  "hold, isdn, shutdown" },
	{ "controller e1 0\nshutdown\n",
	  "t:2:1: \"shutdown\" is not known in column 1; begin the line with a "
	  "blank use call, controller, dial-peer, hostname, loose, sip-peer" },
	{ "hostnam x\n",
	  "t:1:1: \"hostnam\" is not known; did you mean \"hostname\"? use "
	  "call, controller, dial-peer, hostname, loose, sip-peer" },
	{ "\n\n call limit 3\n",
	  "t:3:2: an indented line needs a section above it" },
	{ "sip-peer a\n!\n no address\n",
	  "t:3:2: an indented line needs a section above it" },
	{ "call limit 0\n",
	  "t:1:12: call limit: \"0\" is out of range; use 1 to 960" },
	{ "call limit 961\n",
	  "t:1:12: call limit: \"961\" is out of range; use 1 to 960" },
	{ "call limit 99999999999999999999999\n",
	  "t:1:12: call limit: \"99999999999999999999999\" is not a number "
	  "from 1 to 960" },
	{ "call limit -3\n",
	  "t:1:12: call limit: \"-3\" is not a number from 1 to 960" },
	{ "call limit\n",
	  "t:1:11: call limit: a value is missing; use <1-960>" },
	{ "loose on\n", "t:1:7: loose: \"on\" is one word too many" },
	{ "hostname 123456789012345678901234567890123\n",
	  "t:1:10: hostname: \"123456789012345678901234567890123\" has 33 "
	  "characters; use 1 to 32" },
	{ "hostname \"\"\n",
	  "t:1:10: hostname: \"\" has 0 characters; use 1 to 32" },
	{ "hostname \"never\n", "t:1:10: this quote never ends" },
	{ "hostname \"a\"b\n", "t:1:13: a blank is missing after the quote" },
	{ "hostname a\x1b[2J\n", "t:1:11: this is not text (octet 0x1b)" },
	{ "hostname a\xff\n", "t:1:11: this is not text (octet 0xff)" },
	{ "no\n", "t:1:3: an option is missing behind no" },
	{ "controller e1\n",
	  "t:1:14: controller: number is missing; use <0-63>" },
	{ "controller e2 0\n",
	  "t:1:12: controller: \"e2\" is not accepted; use \"e1\" or \"t1\"" },
	{ "controller e1 64\n",
	  "t:1:15: controller: \"64\" is out of range; use 0 to 63" },
	{ "controller e1 0 x\n",
	  "t:1:17: controller: \"x\" is one word too many" },
	{ "dial-peer voice 100\n",
	  "t:1:20: dial-peer voice 100: type is missing; use \"pots\" or "
	  "\"voip\"" },
	{ "dial-peer voice\n",
	  "t:1:16: dial-peer voice: tag is missing; use <1-2147483647>" },
	{ "dial-peer 1\n",
	  "t:1:11: \"1\" is not known here; use voice" },
	{ "sip-peer \"a b\"\n",
	  "t:1:10: sip-peer: a name holds no blanks" },
	{ "sip-peer a\n!\nsip-peer b\nsip-peer a\n",
	  "t:4:1: sip-peer a stands already in line 1" },
	{ "controller e1 1\n hold 0\n",
	  "t:2:7: hold: \"0\" is out of range; use 100ms to 60 seconds" },
	{ "controller e1 1\n hold 61\n",
	  "t:2:7: hold: \"61\" is out of range; use 100ms to 60 seconds" },
	{ "controller e1 1\n hold 1m\n",
	  "t:2:7: hold: \"1m\" is not a length of time; use 100ms to 60 "
	  "seconds, or \"200ms\"" },
	{ "controller e1 1\n hold 1.\n",
	  "t:2:7: hold: \"1.\" is not a length of time; use 100ms to 60 "
	  "seconds, or \"200ms\"" },
	{ "sip-peer a\n address example.com\n",
	  "t:2:10: address: \"example.com\" is not an address; use 192.0.2.1, "
	  "192.0.2.1:5060 or [2001:db8::1]:5060" },
	{ "sip-peer a\n codec g729\n",
	  "t:2:8: codec: \"g729\" is not accepted; use \"pcma\" or \"pcmu\"" },
	{ "sip-peer a\n seen x y\n",
	  "t:2:9: seen: \"y\" is one word too many" },
	{ "sip-peer a\n no codec g729\n",
	  "t:2:11: codec: \"g729\" is not accepted; use \"pcma\" or \"pcmu\"" },
	{ "\ndial-peer voice 7 pots\n",
	  "t:2:1: dial-peer voice 7: a destination-pattern is missing" },
	{ "dial-peer voice 7 voip\n destination-pattern .T\n"
	  " session target sip-peer nobody\n",
	  "t:1:1: dial-peer voice 7: session target: there is no sip-peer "
	  "\"nobody\"" },
	/* clang-format on */
};

TEST_ROWS(an_error_names_place_and_what_is_accepted, error_rows, row)
{
	struct conf_error error;
	struct conf *conf = NULL;
	char told[512];

	CHECK_EQ(conf_parse(&conf, &test_schema, "t", test_bytes(row->text),
	                    &error),
	         -EBADMSG);
	CHECK(conf == NULL);
	conf_error_print(&error, told, sizeof(told));
	CHECK_TEXT(told, row->told);
}

TEST(octet_zero_and_sizes_are_refused)
{
	static const uint8_t zero[] = "hostname a\0b\n";
	static uint8_t big[(1 << 20) + 1], line[5000];
	struct conf_error error;
	struct conf *conf = NULL;

	CHECK_EQ(conf_parse(&conf, &test_schema, "t",
	                    (struct bytes){ zero, sizeof(zero) - 1 }, &error),
	         -EBADMSG);
	CHECK_EQ(error.column, 11);
	memset(big, '\n', sizeof(big));
	CHECK_EQ(conf_parse(&conf, &test_schema, "t", BYTES(big), &error),
	         -EBADMSG);
	CHECK_TEXT(error.message, "the file is larger than 1 MiB");
	memset(line, 'x', sizeof(line));
	CHECK_EQ(conf_parse(&conf, &test_schema, "t", BYTES(line), &error),
	         -EBADMSG);
	CHECK_EQ(error.line, 1);
	CHECK(text_starts(error.message, "the line is longer"));
	for (size_t i = 1; i < 4000; i += 2)
		line[i] = ' ';
	CHECK_EQ(conf_parse(&conf, &test_schema, "t",
	                    (struct bytes){ line, 4000 }, &error),
	         -EBADMSG);
	CHECK(text_starts(error.message, "too many words"));
}
