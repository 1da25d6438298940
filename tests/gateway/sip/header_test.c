/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Parties, redirection and causes between headers and ours.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/sip/private.h"
#include "tests/test.h"

static osip_message_t *invite(const char *uri, const char *from,
                              const char *extra)
{
	char room[4096];
	osip_message_t *m = NULL;
	int n = snprintf(room, sizeof(room),
	                 "INVITE %s SIP/2.0\r\n"
	                 "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n"
	                 "From: %s;tag=1\r\nTo: <sip:x@192.0.2.1>\r\n"
	                 "Call-ID: 1\r\nCSeq: 1 INVITE\r\nMax-Forwards: 70\r\n"
	                 "Contact: <sip:a@192.0.2.1>\r\n%s"
	                 "Content-Length: 0\r\n\r\n",
	                 uri, from, extra);

	message_start();
	CHECK_EQ(
		message_parse(&m, (struct bytes){ (uint8_t *)room, (size_t)n }),
		0);
	return m;
}

static const struct {
	const char *uri, *digits;
	enum number_type type;
} called[] = {
	/* clang-format off */
	{ "sip:3035550100@h",                       "3035550100",   NUMBER_UNKNOWN },
	{ "sip:+13035550100@h;user=phone",          "+13035550100", NUMBER_INTERNATIONAL },
	{ "tel:%2b1303%2A",                         "+1303*",       NUMBER_INTERNATIONAL },
	{ "tel:13%zz",                              "",             NUMBER_UNKNOWN },
	{ "sip:1303%2523@h",                        "",             NUMBER_UNKNOWN },
	{ "sip:%2B1303@h",                          "+1303",        NUMBER_INTERNATIONAL },
	{ "tel:+1-303-555-0100",                    "+13035550100", NUMBER_INTERNATIONAL },
	{ "tel:7042;phone-context=example.com",     "7042",         NUMBER_UNKNOWN },
	{ "sip:(303)555.0100;isub=9;postd=ww1@h",   "3035550100",   NUMBER_UNKNOWN },
	{ "sip:*72%23@h",                           "*72#",         NUMBER_UNKNOWN },
	{ "sip:alice@h",                            "",             NUMBER_UNKNOWN },
	{ "sip:h",                                  "",             NUMBER_UNKNOWN },
	{ "sip:+@h",                                "",             NUMBER_UNKNOWN },
	{ "sip:1+2@h",                              "",             NUMBER_UNKNOWN },
	{ "sip:123456789012345678901234567890123@h", "",            NUMBER_UNKNOWN },
	/* clang-format on */
};

TEST_ROWS(called_numbers_are_read_from_the_request_uri, called, row)
{
	struct sip_setup setup;
	osip_message_t *m = invite(row->uri, "<sip:a@h>", "");

	header_get_parties(m, false, &setup);
	CHECK_TEXT(setup.called.number.digits, row->digits);
	CHECK_EQ(setup.called.number.type, row->type);
	CHECK_EQ(setup.called.number.present, row->digits[0] != '\0');
	(void)message_free(m);
}

static const struct {
	const char *from, *extra;
	bool trusted;
	const char *digits, *name;
	enum presentation presentation;
	enum screening screening;
} callers[] = {
	/* clang-format off */
	{ "\"Bob \\\"B\\\" \xc3\x9c\" <sip:100@h>", "", false, "100",
	  "Bob \"B\" \xc3\x9c", 0, SCREENING_USER_UNSCREENED },
	{ "<sip:100@h>", "P-Asserted-Identity: \"Real\" <sip:+1303@h>\r\n",
	  true, "+1303", "Real", 0, SCREENING_NETWORK },
	{ "<sip:100@h>", "P-Asserted-Identity: <sip:bob@h>, <tel:+1303>\r\n",
	  true, "+1303", "", 0, SCREENING_NETWORK },
	{ "Bob <sip:100@h>", "P-Asserted-Identity: <sip:+1303@h>\r\n",
	  false, "100", "Bob", 0, SCREENING_USER_UNSCREENED },
	{ "\"Anonymous\" <sip:anonymous@anonymous.invalid>", "",
	  false, "", "", PRESENTATION_RESTRICTED, 0 },
	{ "\"Anonymous\" <sip:anonymous@anonymous.invalid>",
	  "P-Asserted-Identity: <sip:+1303@h>\r\nPrivacy: id\r\n",
	  true, "+1303", "", PRESENTATION_RESTRICTED, SCREENING_NETWORK },
	{ "<sip:100@h>", "Privacy: header;critical\r\n", false, "100", "",
	  PRESENTATION_RESTRICTED, 0 },
	{ "<sip:100@h>", "Privacy: none\r\n", false, "100", "", 0, 0 },
	{ "\"Anonymous\" <sip:anonymous@anonymous.invalid>",
	  "P-Asserted-Identity: <sip:+1303@h>\r\nPrivacy: none\r\n",
	  true, "+1303", "", 0, SCREENING_NETWORK },
	{ "<sip:100@h>", "Privacy: none;id\r\n", false, "100", "",
	  PRESENTATION_RESTRICTED, 0 },
	{ "<sip:100@h>", "Remote-Party-ID: \"R\" <sip:200@h>;party=calling;"
	  "screen=yes;privacy=full\r\n", true, "200", "R",
	  PRESENTATION_RESTRICTED, SCREENING_USER_PASSED },
	{ "<sip:100@h>", "Remote-Party-ID: <sip:200@h>;screen=no;privacy=off\r\n",
	  true, "200", "", 0, SCREENING_USER_UNSCREENED },
	/* clang-format on */
};

TEST_ROWS(who_calls_depends_on_trust, callers, row)
{
	struct sip_setup setup;
	osip_message_t *m = invite("sip:1@h", row->from, row->extra);

	header_get_parties(m, row->trusted, &setup);
	CHECK_TEXT(setup.calling.number.digits, row->digits);
	CHECK_TEXT(setup.calling.name, row->name);
	CHECK_EQ(setup.calling.number.presentation, row->presentation);
	CHECK_EQ(setup.calling.number.screening, row->screening);
	(void)message_free(m);
}

static const struct {
	const char *extra, *digits;
	enum redirect_reason reason;
	unsigned count;
	enum presentation presentation;
} diversions[] = {
	/* clang-format off */
	{ "", "", REDIRECT_UNKNOWN, 0, 0 },
	{ "Diversion: <sip:100@h>;reason=user-busy\r\n", "100", REDIRECT_BUSY, 1, 0 },
	{ "Diversion: \"B;x\" <sip:100@h;x=y>;reason=\"no-answer\";counter=3;"
	  "privacy=full\r\n", "100", REDIRECT_NO_REPLY, 3, PRESENTATION_RESTRICTED },
	{ "Diversion: <tel:+1>;reason=unconditional\r\n"
	  "Diversion: <sip:2@h>;reason=deflection;counter=2\r\n",
	  "+1", REDIRECT_UNCONDITIONAL, 3, 0 },
	{ "Diversion: <sip:100@h>;reason=frob;counter=x\r\n", "100",
	  REDIRECT_UNKNOWN, 1, 0 },
	{ "History-Info: <sip:1@h>;index=1\r\n", "", 0, 0, 0 },
	{ "History-Info: <sip:100@h>;index=1, <sip:1@h;cause=486>;index=1.1;"
	  "mp=1\r\n", "100", REDIRECT_BUSY, 1, 0 },
	{ "History-Info: <sip:100@h?Reason=SIP%3Bcause%3D302%3Btext%3D%22x%22>;"
	  "index=1, <sip:1@h>;index=1.1\r\n",
	  "100", REDIRECT_UNCONDITIONAL, 1, 0 },
	{ "History-Info: <sip:99@h>;index=1\r\n"
	  "History-Info: <sip:100@h;cause=480?Privacy=history>;index=1.1\r\n"
	  "History-Info: <sip:1@h;cause=408>;index=1.1.1\r\n",
	  "100", REDIRECT_NO_REPLY, 2, PRESENTATION_RESTRICTED },
	{ "History-Info: <sip:bob@h>;index=1, <sip:1@h;cause=486>;index=1.1\r\n",
	  "", 0, 0, 0 },
	{ "History-Info: <sip:100@h>;index=1, <sip:1@h;cause=frob>;index=1.1,"
	  " gibberish\r\n", "", 0, 0, 0 },
	{ "Diversion: <sip:200@h>;reason=deflection\r\n"
	  "History-Info: <sip:100@h>;index=1, <sip:1@h;cause=486>;index=1.1\r\n",
	  "200", REDIRECT_DEFLECTION, 1, 0 },
	/* clang-format on */
};

TEST_ROWS(diversion_is_read, diversions, row)
{
	struct sip_setup setup;
	osip_message_t *m = invite("sip:1@h", "<sip:a@h>", row->extra);

	header_get_parties(m, false, &setup);
	CHECK_TEXT(setup.redirection.from.number.digits, row->digits);
	CHECK_EQ(setup.redirection.reason, row->reason);
	CHECK_EQ(setup.redirection.count, row->count);
	CHECK_EQ(setup.redirection.from.number.presentation, row->presentation);
	(void)message_free(m);
}

static const struct {
	const char *extra;
	bool there;
	enum q850_cause cause;
	enum q850_location location;
} causes[] = {
	/* clang-format off */
	{ "", false, 0, 0 },
	{ "Reason: Q.850;cause=17;text=\"busy\"\r\n", true, 17, LOCATION_USER },
	{ "Reason: q.850 ; cause = 16\r\n", true, 16, LOCATION_USER },
	{ "Reason: SIP;cause=200;text=\"a, Q.850;cause=1\"\r\n", false, 0, 0 },
	{ "Reason: SIP;cause=486, Q.850;cause=18;location=RPN\r\n",
	  true, 18, LOCATION_PRIVATE_REMOTE },
	{ "Reason: SIP;cause=486\r\nReason: Q.850;cause=1;location=BI\r\n",
	  true, 1, LOCATION_BEYOND_INTERWORKING },
	{ "Reason: Q.850;cause=0\r\n", false, 0, 0 },
	{ "Reason: Q.850;cause=128\r\n", false, 0, 0 },
	{ "Reason: Q.850;text=\"x\"\r\n", false, 0, 0 },
	{ "Reason: Q.850;text=\"open\r\n", false, 0, 0 },
	/* clang-format on */
};

TEST_ROWS(reasons_are_read, causes, row)
{
	struct cause cause = { 0 };
	osip_message_t *m = invite("sip:1@h", "<sip:a@h>", row->extra);

	CHECK_EQ(header_get_reason(m, &cause), row->there);
	CHECK_EQ(cause.value, row->cause);
	CHECK_EQ(cause.location, row->location);
	(void)message_free(m);
}

TEST(a_reason_that_is_printed_is_read_the_same)
{
	struct release why = { .cause = { Q850_NO_CIRCUIT,
		                          LOCATION_PUBLIC_REMOTE } };
	struct cause cause;
	char value[128], line[160];
	osip_message_t *m;

	header_print_reason(&why, value, sizeof(value));
	(void)snprintf(line, sizeof(line), "Reason: %s\r\n", value);
	m = invite("sip:1@h", "<sip:a@h>", line);
	CHECK(header_get_reason(m, &cause));
	CHECK_EQ(cause.value, Q850_NO_CIRCUIT);
	CHECK_EQ(cause.location, LOCATION_PUBLIC_REMOTE);
	(void)message_free(m);
}

static const struct sip_peer_conf stranger;
#define UNTRUSTED                \
	{                        \
		.trusted = false \
	}
#define TRUSTED                 \
	{                       \
		.trusted = true \
	}
#define TOLD(form)                                  \
	{                                           \
		.trusted = true, .identity = (form) \
	}

static const struct {
	struct number number;
	const char *name;
	struct sip_peer_conf peer;
	const char *from, *lines;
} printed[] = {
	/* clang-format off */
	{ { true, "+1303", 0, 0, 0, 0 }, "A \"q\"", UNTRUSTED,
	  "\"A \\\"q\\\"\" <sip:+1303@h;user=phone>", "" },
	{ { true, "*9#", 0, 0, 0, 0 }, "", TRUSTED, "<sip:*9%23@h;user=phone>",
	  "P-Asserted-Identity: <sip:*9%23@h;user=phone>\r\n" },
	{ { true, "1", 0, 0, PRESENTATION_RESTRICTED, 0 }, "A", UNTRUSTED,
	  "\"Anonymous\" <sip:anonymous@anonymous.invalid>", "Privacy: id\r\n" },
	{ { true, "1", 0, 0, PRESENTATION_RESTRICTED, 0 }, "A", TRUSTED,
	  "\"Anonymous\" <sip:anonymous@anonymous.invalid>",
	  "P-Asserted-Identity: \"A\" <sip:1@h;user=phone>\r\nPrivacy: id\r\n" },
	{ { false, "", 0, 0, 0, 0 }, "Evil\r\nX: y", TRUSTED,
	  "\"EvilX: y\" <sip:h>", "" },
	{ { true, "1", 0, 0, 0, SCREENING_NETWORK }, "A",
	  TOLD(SIP_IDENTITY_REMOTE_PARTY), "\"A\" <sip:1@h;user=phone>",
	  "Remote-Party-ID: \"A\" <sip:1@h;user=phone>;party=calling;"
	  "screen=yes;privacy=off\r\n" },
	{ { true, "1", 0, 0, PRESENTATION_RESTRICTED, SCREENING_USER_FAILED },
	  "", TOLD(SIP_IDENTITY_BOTH),
	  "\"Anonymous\" <sip:anonymous@anonymous.invalid>",
	  "P-Asserted-Identity: <sip:1@h;user=phone>\r\n"
	  "Remote-Party-ID: <sip:1@h;user=phone>;party=calling;screen=no;"
	  "privacy=full\r\nPrivacy: id\r\n" },
	{ { true, "1", 0, 0, 0, 0 }, "", { .identity = SIP_IDENTITY_BOTH },
	  "<sip:1@h;user=phone>", "" },
	{ { true, "1", 0, 0, PRESENTATION_UNAVAILABLE, 0 }, "", TRUSTED,
	  "<sip:h>", "" },
	{ { true, "", 0, 0, PRESENTATION_RESTRICTED, 0 }, "", TRUSTED,
	  "\"Anonymous\" <sip:anonymous@anonymous.invalid>",
	  "Privacy: id\r\n" },
	/* clang-format on */
};

TEST_ROWS(identity_is_printed_as_trust_allows, printed, row)
{
	struct sip_setup setup = { .calling = { .number = row->number } };
	char room[1024];
	struct text out = TEXT(room);

	(void)text_copy(setup.calling.name, sizeof(setup.calling.name),
	                row->name);
	header_print_from(&out, &setup.calling, "h");
	CHECK_TEXT(room, row->from);
	out = TEXT(room);
	header_print_identity(&out, &setup, "h", &row->peer);
	CHECK_TEXT(room, row->lines);
}

TEST(a_redirection_is_printed_as_diversion)
{
	struct sip_setup setup = {
		.redirection = { .from = { .number = { .present = true,
		                                       .digits = "100" } },
		                 .reason = REDIRECT_NO_REPLY,
		                 .count = 2 }
	};
	char room[512];
	struct text out = TEXT(room);

	header_print_identity(&out, &setup, "h", &stranger);
	CHECK_TEXT(room, "Diversion: <sip:100@h;user=phone>;reason=no-answer;"
	                 "counter=2;privacy=off\r\n");
	setup.redirection.from.number.presentation = PRESENTATION_RESTRICTED;
	out = TEXT(room);
	header_print_identity(&out, &setup, "h", &stranger);
	CHECK_TEXT(room, "");
}

/* --- History-Info out, and back --- */

#define KNOWN "<sip:100@h;user=phone"
static const struct {
	enum sip_redirection form;
	enum redirect_reason reason;
	unsigned count;
	const char *lines;
} redirections[] = {
	/* clang-format off */
	{ SIP_REDIRECTION_NONE, REDIRECT_BUSY, 1, "" },
	{ SIP_REDIRECTION_HISTORY, REDIRECT_BUSY, 1,
	  "History-Info: " KNOWN ">;index=1, "
	  "<sip:7@h;user=phone;cause=486>;index=1.1;mp=1\r\n" },
	{ SIP_REDIRECTION_HISTORY, REDIRECT_UNCONDITIONAL, 3,
	  "History-Info: <sip:unknown@unknown.invalid>;index=1, "
	  "<sip:unknown@unknown.invalid;cause=404>;index=1.1, "
	  KNOWN ";cause=404>;index=1.1.1, "
	  "<sip:7@h;user=phone;cause=302>;index=1.1.1.1;mp=1.1.1\r\n" },
	{ SIP_REDIRECTION_BOTH, REDIRECT_DEFLECTION, 0,
	  "Diversion: " KNOWN ">;reason=deflection;counter=1;privacy=off\r\n"
	  "History-Info: " KNOWN ">;index=1, "
	  "<sip:7@h;user=phone;cause=480>;index=1.1;mp=1\r\n" },
	/* clang-format on */
};

TEST_ROWS(a_redirection_is_told_as_the_peer_likes, redirections, row)
{
	struct sip_setup setup = {
		.called = { .number = { .present = true, .digits = "7" } },
		.redirection = { .from = { .number = { .present = true,
		                                       .digits = "100" } },
		                 .reason = row->reason,
		                 .count = row->count }
	};
	struct sip_peer_conf peer = { .redirection = row->form };
	struct sip_setup again;
	osip_message_t *m;
	char room[1024] = "";
	struct text out = TEXT(room);

	header_print_redirection(&out, &setup, "h", &peer);
	CHECK_TEXT(room, row->lines);
	m = invite("sip:7@h", "<sip:a@h>", room);
	header_get_parties(m, false, &again);
	if (row->form != SIP_REDIRECTION_NONE) {
		CHECK_TEXT(again.redirection.from.number.digits, "100");
		CHECK_EQ(again.redirection.reason, row->reason);
		CHECK_EQ(again.redirection.count, MAX_OF(row->count, 1u));
	}
	(void)message_free(m);
}

TEST(a_restricted_redirecting_number_is_kept_by_the_trusted_alone)
{
	struct sip_setup setup = { .redirection = { .count = 1 } };
	struct sip_peer_conf peer = { .redirection = SIP_REDIRECTION_HISTORY };
	struct number *from = &setup.redirection.from.number;
	char room[512] = "";
	struct text out = TEXT(room);

	*from = (struct number){ .present = true,
		                 .digits = "100",
		                 .presentation = PRESENTATION_RESTRICTED };
	header_print_redirection(&out, &setup, "h", &peer);
	CHECK_TEXT(room, "");
	peer.trusted = true;
	header_print_redirection(&out, &setup, "h", &peer);
	CHECK(strstr(room, "100@h;user=phone?Privacy=history>") != NULL);
}
