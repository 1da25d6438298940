/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The decoder's lines, word for word.
 */
#include <string.h>

#include "kernel/log.h"
#include "kernel/text.h"
#include "pri/q931.h"
#include "tests/test.h"

static void keep_line(void *self, const char *line)
{
	struct text *t = self;

	text_add(t, "%s\n", line);
}

static const struct {
	const char *octets, *lines;
} golden[] = {
	{ "02 01 7f", "SABME\n"
	              "  Q.921 received sapi=0 tei=0 c/r=1 p/f=1\n" },
	{ "02 01 73", "UA\n"
	              "  Q.921 received sapi=0 tei=0 c/r=1 p/f=1\n" },
	{ "00 01 01 0b", "RR\n"
	                 "  Q.921 received sapi=0 tei=0 c/r=0 p/f=1 n(r)=5\n" },
	{ "02 01 02 04", "I\n"
	                 "  Q.921 received sapi=0 tei=0 c/r=1 p/f=0 n(s)=1 "
	                 "n(r)=2\n" },
	{ "00 01 00 00 08 02 00 01 05 a1 04 03 80 90 a3 18 03 a9 83 85 1e 02 "
	  "81 83 28 05 41 6c 69 63 65 6c 06 21 81 31 32 33 34 70 03 a1 39 39",
	  "SETUP pd=8 callref=0x0001\n"
	  "  Q.921 received sapi=0 tei=0 c/r=0 p/f=0 n(s)=0 n(r)=0\n"
	  "  Sending Complete: a1\n"
	  "  Bearer Capability: 04 03 80 90 a3, speech, 64 kbit/s, A-law\n"
	  "  Channel ID: 18 03 a9 83 85, exclusive, channel 5\n"
	  "  Progress Indicator: 1e 02 81 83, #3 (origination is not ISDN), "
	  "location private network, local user\n"
	  "  Display: 28 05 41 6c 69 63 65, \"Alice\"\n"
	  "  Calling Number: 6c 06 21 81 31 32 33 34, type national, plan "
	  "isdn, presentation allowed, user provided, verified and passed, "
	  "'1234'\n"
	  "  Called Number: 70 03 a1 39 39, type national, plan isdn, '99'\n" },
	{ "02 01 00 00 08 02 80 01 45 08 02 82 91 1e 02 82 88",
	  "DISCONNECT pd=8 callref=0x8001\n"
	  "  Q.921 received sapi=0 tei=0 c/r=1 p/f=0 n(s)=0 n(r)=0\n"
	  "  Cause: 08 02 82 91, cause 17 (user busy), location public "
	  "network, "
	  "local user\n"
	  "  Progress Indicator: 1e 02 82 88, #8 (in-band information "
	  "available), location public network, local user\n" },
	{ "02 01 00 00 08 02 00 00 46 18 03 a9 83 85 79 01 80",
	  "RESTART pd=8 callref=0x0000\n"
	  "  Q.921 received sapi=0 tei=0 c/r=1 p/f=0 n(s)=0 n(r)=0\n"
	  "  Channel ID: 18 03 a9 83 85, exclusive, channel 5\n"
	  "  Restart Indicator: 79 01 80, indicated channels\n" },
	{ "02 01 00 00 08 02 00 01 7d 08 02 80 9e 14 01 0a",
	  "STATUS pd=8 callref=0x0001\n"
	  "  Q.921 received sapi=0 tei=0 c/r=1 p/f=0 n(s)=0 n(r)=0\n"
	  "  Cause: 08 02 80 9e, cause 30 (response to status enquiry), "
	  "location user\n"
	  "  Call State: 14 01 0a, 10 (active)\n" },
	{ "02 01 00 00 08 02 00 01 6e 27 01 f9 2c 02 31 32 29 05 1a 0b 14 09 "
	  "1e",
	  "NOTIFY pd=8 callref=0x0001\n"
	  "  Q.921 received sapi=0 tei=0 c/r=1 p/f=0 n(s)=0 n(r)=0\n"
	  "  Notification Indicator: 27 01 f9, 0x79 (remote hold)\n"
	  "  Keypad Facility: 2c 02 31 32, '12'\n"
	  "  Date/Time: 29 05 1a 0b 14 09 1e, 2026-11-20 09:30\n" },
	/* both shifts: one element, and from here on */
	{ "02 01 00 00 08 02 00 01 7b 9d 70 01 31 28 01 41 96 01 01 ff",
	  "INFORMATION pd=8 callref=0x0001\n"
	  "  Q.921 received sapi=0 tei=0 c/r=1 p/f=0 n(s)=0 n(r)=0\n"
	  "  Shift to codeset 5, one element\n"
	  "  codeset 5 element 0x70: 70 01 31\n"
	  "  Display: 28 01 41, \"A\"\n"
	  "  Shift to codeset 6\n"
	  "  codeset 6 element 0x01: 01 01 ff\n" },
	{ "02 01 00 00 08 02 00 01 05 7e 03 04 41 42 7c 02 80 90 7d 02 91 81 "
	  "1c 02 91 a1 74 05 21 01 82 31 32",
	  "SETUP pd=8 callref=0x0001\n"
	  "  Q.921 received sapi=0 tei=0 c/r=1 p/f=0 n(s)=0 n(r)=0\n"
	  "  User-user: 7e 03 04 41 42, protocol 4\n"
	  "  Low Layer Compatibility: 7c 02 80 90\n"
	  "  High Layer Compatibility: 7d 02 91 81\n"
	  "  Facility: 1c 02 91 a1\n"
	  "  Redirecting Number: 74 05 21 01 82 31 32, type national, plan "
	  "isdn, presentation allowed, user provided, verified and passed, "
	  "reason no reply, '12'\n" },
	{ "02 01 00 00 08 02 00 01 05 04 05 80",
	  "SETUP pd=8 callref=0x0001\n"
	  "  Q.921 received sapi=0 tei=0 c/r=1 p/f=0 n(s)=0 n(r)=0\n"
	  "  runs past the end of the frame: 04 05 80\n" },
	{ "02 01 00 00 08 0f 01", "malformed, 7 octets\n"
	                          "  octets: 02 01 00 00 08 0f 01\n" },
	{ "ff", "malformed, 1 octets\n"
	        "  octets: ff\n" },
	{ "02 01 00 00 03 02 00 00 0f 01 01 80",
	  "SERVICE pd=3 callref=0x0000\n"
	  "  Q.921 received sapi=0 tei=0 c/r=1 p/f=0 n(s)=0 n(r)=0\n"
	  "  Change Status: 01 01 80\n" },
};

TEST_ROWS(a_frame_is_told_in_lines, golden, row)
{
	uint8_t octets[300];
	int n = bytes_from_hex(octets, sizeof(octets), row->octets);
	char lines[4096];
	struct text t = TEXT(lines);

	CHECK(n > 0);
	isdn_decode((struct bytes){ octets, (size_t)n }, false, keep_line, &t);
	CHECK_TEXT(lines, row->lines);
}

static const struct {
	const char *octets, *name;
	int callref;
} decoded[] = {
	{ "02 01 7f", "SABME", -1 },
	{ "02 01 53", "DISC", -1 },
	{ "00 01 0f", "DM", -1 },
	{ "00 01 05 01", "RNR", -1 },
	{ "00 01 09 01", "REJ", -1 },
	{ "02 01 00 00 08 02 80 01 5a", "RELEASE COMPLETE", 0x8001 },
	{ "02 01 00 00 08 01 81 5a", "RELEASE COMPLETE", 0x8001 },
	{ "02 01 00 00 08 00 62", "FACILITY", -1 },
	{ "02 01 00 00 08 02 00 07 75", "STATUS ENQUIRY", 7 },
	{ "02 01 00 00 08 02 00 07 55", "unknown message", 7 },
	{ "02 01 00", "malformed", -1 },
	{ "03 01 7f", "malformed", -1 },
};

TEST_ROWS(a_frame_has_a_name_and_a_reference, decoded, row)
{
	uint8_t octets[64];
	int n = bytes_from_hex(octets, sizeof(octets), row->octets);
	int callref = 0;

	CHECK_TEXT(
		isdn_decode_name((struct bytes){ octets, (size_t)n }, &callref),
		row->name);
	CHECK_EQ(callref, row->callref);
}

TEST(privacy_hides_the_last_digits_and_their_octets)
{
	uint8_t octets[] = { 0x02, 0x01, 0x00, 0x00, 0x08, 0x02, 0x00, 0x01,
		             0x05, 0x70, 0x05, 0xa1, '1',  '2',  '3',  '4' };
	char lines[512];
	struct text t = TEXT(lines);

	log_set_privacy(2);
	isdn_decode(BYTES(octets), true, keep_line, &t);
	CHECK(strstr(lines, "'12**'") != NULL);
	CHECK(strstr(lines, "33 34") == NULL);
	log_set_privacy(0);
}
