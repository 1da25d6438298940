/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#include "gateway/sip/message.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/sip/osip.h"
#include "gateway/sip/scan.h"
#include "tests/test.h"

#define A_VIA   "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\r\n"
#define A_FROM  "From: <sip:a@example.com>;tag=1\r\n"
#define A_TO    "To: <sip:b@example.com>\r\n"
#define A_ID    "Call-ID: x@192.0.2.1\r\n"
#define A_SEQ   "CSeq: 7 OPTIONS\r\n"
#define A_LINE  "OPTIONS sip:b@example.com SIP/2.0\r\n"
#define A_CORE  A_VIA A_FROM A_TO A_ID A_SEQ
#define A_EMPTY "Content-Length: 0\r\n\r\n"

static int parse(osip_message_t **m, const char *text, size_t len)
{
	message_start();
	*m = NULL;
	return message_parse(m, (struct bytes){ (const void *)text, len });
}

static int parse_text(osip_message_t **m, const char *text)
{
	return parse(m, text, strlen(text));
}

struct verdict {
	const char *name, *text;
	int result;
};

static const struct verdict verdicts[] = {
	/* clang-format off */
	{ "plain",            A_LINE A_CORE A_EMPTY,                          0 },
	{ "no length",        A_LINE A_CORE "\r\n",                         0 },
	{ "bare line feeds",  "OPTIONS sip:b@x SIP/2.0\nVia: SIP/2.0/UDP h;branch=z9hG4bKa\nFrom: <sip:a@x>;tag=1\nTo: <sip:b@x>\nCall-ID: x\nCSeq: 7 OPTIONS\n\n", 0 },
	{ "line ends first",  "\r\n\r\n" A_LINE A_CORE A_EMPTY,               0 },
	{ "short names",      A_LINE "v: SIP/2.0/UDP h;branch=z9hG4bKa\r\nf: <sip:a@x>;tag=1\r\nt: <sip:b@x>\r\ni: x\r\n" A_SEQ "l: 0\r\n\r\n", 0 },
	{ "lower version",    "OPTIONS sip:b@x sip/2.0\r\n" A_CORE A_EMPTY, 0 },
	{ "tel",              "OPTIONS tel:+1-201 SIP/2.0\r\n" A_CORE A_EMPTY, 0 },
	{ "sips",             "OPTIONS sips:b@x SIP/2.0\r\n" A_CORE A_EMPTY, 0 },
	{ "body cut",         A_LINE A_CORE "Content-Length: 2\r\n\r\nabcd", 0 },
	{ "empty",            "",                                  -EBADMSG },
	{ "line ends only",   "\r\n\r\n",                          -EBADMSG },
	{ "one word",         "OPTIONS\r\n\r\n",                   -EBADMSG },
	{ "http",             "GET / HTTP/1.1\r\n\r\n",            -EBADMSG },
	{ "no core",          A_LINE "\r\n",                         -EBADMSG },
	{ "no via",           A_LINE A_FROM A_TO A_ID A_SEQ A_EMPTY,           -EBADMSG },
	{ "no call id",       A_LINE A_VIA A_FROM A_TO A_SEQ A_EMPTY,          -EBADMSG },
	{ "no cseq",          A_LINE A_VIA A_FROM A_TO A_ID A_EMPTY,           -EBADMSG },
	{ "no from",          A_LINE A_VIA A_TO A_ID A_SEQ A_EMPTY,            -EBADMSG },
	{ "no to",            A_LINE A_VIA A_FROM A_ID A_SEQ A_EMPTY,          -EBADMSG },
	{ "no empty line",    A_LINE A_CORE,                                400 },
	{ "half a header",    A_LINE A_CORE "Supported",                    400 },
	{ "no colon",         A_LINE A_CORE "Supported\r\n\r\n",            400 },
	{ "bare cr",          A_LINE A_CORE "Subject: a\rb\r\n\r\n",        400 },
	{ "length twice",     A_LINE A_CORE "l: 0\r\nContent-Length: 0\r\n\r\n", 400 },
	{ "length negative",  A_LINE A_CORE "Content-Length: -1\r\n\r\n",   400 },
	{ "length signed",    A_LINE A_CORE "Content-Length: +1\r\n\r\na",  400 },
	{ "length no number", A_LINE A_CORE "Content-Length: a\r\n\r\n",    400 },
	{ "length nothing",   A_LINE A_CORE "Content-Length:\r\n\r\n",      400 },
	{ "length huge",      A_LINE A_CORE "Content-Length: 18446744073709551617\r\n\r\na", 400 },
	{ "body short",       A_LINE A_CORE "Content-Length: 5\r\n\r\nabcd", 400 },
	{ "version 7",        "OPTIONS sip:b@x SIP/7.0\r\n" A_CORE A_EMPTY, 505 },
	{ "version 2.1",      "OPTIONS sip:b@x SIP/2.1\r\n" A_CORE A_EMPTY, 505 },
	{ "scheme",           "OPTIONS mailto:b@x SIP/2.0\r\n" A_CORE A_EMPTY, 416 },
	{ "no scheme",        "OPTIONS b SIP/2.0\r\n" A_CORE A_EMPTY,       400 },
	{ "colon first",      "OPTIONS :b SIP/2.0\r\n" A_CORE A_EMPTY,      400 },
	{ "cseq method",      A_LINE A_VIA A_FROM A_TO A_ID "CSeq: 7 INVITE\r\n" A_EMPTY, 400 },
	{ "cseq 2^31",        A_LINE A_VIA A_FROM A_TO A_ID "CSeq: 2147483648 OPTIONS\r\n" A_EMPTY, 400 },
	{ "cseq 2^31 - 1",    A_LINE A_VIA A_FROM A_TO A_ID "CSeq: 2147483647 OPTIONS\r\n" A_EMPTY, 0 },
	{ "forwards 256",     A_LINE A_CORE "Max-Forwards: 256\r\n" A_EMPTY,  400 },
	{ "forwards 255",     A_LINE A_CORE "Max-Forwards: 255\r\n" A_EMPTY,    0 },
	{ "forwards twice",   A_LINE A_CORE "Max-Forwards: 1\r\nMax-Forwards: 1\r\n" A_EMPTY, 400 },
	{ "uri with headers", "OPTIONS sip:b@x?Subject=a SIP/2.0\r\n" A_CORE A_EMPTY, 400 },
	{ "via port 0",       A_LINE "Via: SIP/2.0/UDP h:0;branch=z9hG4bKa\r\n" A_FROM A_TO A_ID A_SEQ A_EMPTY, 400 },
	{ "via port large",   A_LINE "Via: SIP/2.0/UDP h:65536;branch=z9hG4bKa\r\n" A_FROM A_TO A_ID A_SEQ A_EMPTY, 400 },
	{ "via version",      A_LINE "Via: SIP/3.0/UDP h;branch=z9hG4bKa\r\n" A_FROM A_TO A_ID A_SEQ A_EMPTY, 400 },
	{ "method no token",  "OPT(ONS sip:b@x SIP/2.0\r\n" A_CORE A_EMPTY, -EBADMSG },
	{ "200",              "SIP/2.0 200 OK\r\n" A_CORE A_EMPTY,            0 },
	{ "200 alone",        "SIP/2.0 200 \r\n" A_CORE A_EMPTY,              0 },
	{ "status 4 digits",  "SIP/2.0 2000 OK\r\n" A_CORE A_EMPTY,    -EBADMSG },
	{ "status wraps",     "SIP/2.0 4294967496 OK\r\n" A_CORE A_EMPTY, -EBADMSG },
	{ "status 99",        "SIP/2.0 099 OK\r\n" A_CORE A_EMPTY,     -EBADMSG },
	{ "status 700",       "SIP/2.0 700 OK\r\n" A_CORE A_EMPTY,     -EBADMSG },
	{ "status no number", "SIP/2.0 2x0 OK\r\n" A_CORE A_EMPTY,     -EBADMSG },
	{ "response 3.0",     "SIP/3.0 200 OK\r\n" A_CORE A_EMPTY,     -EBADMSG },
	{ "response short",   "SIP/2.0 200 OK\r\n" A_CORE "Content-Length: 9\r\n\r\na", -EBADMSG },
	{ "response cseq",    "SIP/2.0 200 OK\r\n" A_VIA A_FROM A_TO A_ID "CSeq: 4294967296 INVITE\r\n" A_EMPTY, -EBADMSG },
	/* clang-format on */
};

TEST_ROWS(a_message_is_taken_refused_or_dropped, verdicts, row)
{
	osip_message_t *m;
	int rc = parse_text(&m, row->text);

	ck_assert_msg(rc == row->result, "%s: %d", row->name, rc);
	CHECK((m != NULL) == (rc >= 0));
	(void)message_free(m);
}

/* Whatever is refused can be answered: 400 has all that a client looks at. */
TEST_ROWS(what_is_refused_can_be_answered, verdicts, row)
{
	uint8_t out[4096];
	osip_message_t *m, *answer = NULL;
	int rc = parse_text(&m, row->text), n;

	if (rc > 0) {
		answer = message_response(m, (unsigned)rc, NULL, "t");
		CHECK(answer != NULL);
		n = message_print(answer, out, sizeof(out) - 1);
		CHECK(n > 0);
		out[n] = 0;
		CHECK(strstr((char *)out, "branch=z9hG4bKa") != NULL ||
		      strstr((char *)out, "SIP/3.0") != NULL);
		CHECK(strstr((char *)out, "Call-ID: x") != NULL);
	}
	(void)message_free(answer);
	(void)message_free(m);
}

/* A text for a limit: n header lines of so many octets each. */
static char *padded(unsigned n, size_t len)
{
	size_t size = sizeof(A_LINE A_CORE) + n * (len + 16) + 8;
	char *text = malloc(size), *at = text;

	CHECK(text != NULL);
	at += sprintf(at, "%s", A_LINE A_CORE);
	for (unsigned i = 0; i < n; i++) {
		at += sprintf(at, "X-Y: ");
		memset(at, 'a', len);
		at += len;
		at += sprintf(at, "\r\n");
	}
	(void)sprintf(at, "\r\n");
	return text;
}

static const struct {
	unsigned n;
	size_t len;
	int result;
} limits[] = {
	/* clang-format off */
	{ 1,                   100,                  0        },
	{ MESSAGE_HEADERS - 5, 10,                   0        },
	{ MESSAGE_HEADERS - 4, 10,                   -EBADMSG },
	{ 1,                   MESSAGE_LINE - 100,   0        },
	{ 1,                   MESSAGE_LINE + 1,     -EBADMSG },
	{ 5,                   MESSAGE_LINE - 100,   -EBADMSG },
	/* clang-format on */
};

TEST_ROWS(headers_have_limits, limits, row)
{
	char *text = padded(row->n, row->len);
	osip_message_t *m;

	CHECK_EQ(parse_text(&m, text), row->result);
	(void)message_free(m);
	free(text);
}

TEST(a_nul_in_the_head_is_refused_and_in_the_body_kept)
{
	static const char head[] = A_LINE A_CORE "Subject: a\0b\r\n\r\n";
	static const char body[] =
		A_LINE A_CORE "Content-Type: application/x\r\nContent-Length: 3"
			      "\r\n\r\na\0b";
	osip_message_t *m;

	CHECK_EQ(parse(&m, head, sizeof(head) - 1), 400);
	(void)message_free(m);
	CHECK_EQ(parse(&m, body, sizeof(body) - 1), 0);
	CHECK_EQ(message_body(m).len, 3);
	CHECK_MEM(message_body(m).at, "a\0b", 3);
	(void)message_free(m);
}

TEST(a_body_longer_than_its_length_is_cut)
{
	osip_message_t *m;

	CHECK_EQ(parse_text(&m, A_LINE A_CORE
	                    "Content-Type: application/sdp\r\n"
	                    "Content-Length: 4\r\n\r\nv=0\nINVITE"),
	         0);
	CHECK_EQ(message_body(m).len, 4);
	CHECK_MEM(message_body(m).at, "v=0\n", 4);
	(void)message_free(m);
}

TEST(a_multipart_body_is_handed_on_as_it_came)
{
	static const char text[] = A_LINE A_CORE
		"Content-Type: multipart/mixed; boundary=b\r\n"
		"MIME-Version: 1.0\r\n\r\n"
		"--b\r\nContent-Type: a/b\r\nContent-Type: a/c\r\n"
		"\r\nx\r\n--b--\r\n";
	osip_message_t *m;

	CHECK_EQ(parse_text(&m, text), 0);
	CHECK_EQ(message_body(m).len, strlen(strstr(text, "--b\r\n")));
	(void)message_free(m);
}

TEST(a_message_changed_after_printing_prints_anew)
{
	char out[1024];
	osip_message_t *m;
	int n;

	CHECK_EQ(parse_text(&m, A_LINE A_CORE A_EMPTY), 0);
	CHECK(message_print(m, (uint8_t *)out, sizeof(out)) > 0);
	CHECK_EQ(message_set_header(m, "Subject", "one"), 0);
	CHECK_EQ(message_set_header(m, "Subject", "two"), 0);
	CHECK_EQ(message_add_header(m, "Subject", "three"), 0);
	n = message_print(m, (uint8_t *)out, sizeof(out) - 1);
	CHECK(n > 0);
	out[n] = '\0';
	CHECK(strstr(out, "Subject: two") != NULL);
	CHECK(strstr(out, "Subject: one") == NULL);
	CHECK_TEXT(message_header(m, "subject", 1), "three");
	CHECK_EQ(message_set_header(m, "Subject", NULL), 0);
	CHECK(message_header(m, "Subject", 0) == NULL);
	CHECK_EQ(message_print(m, (uint8_t *)out, 10), -ENOSPC);
	(void)message_free(m);
}

TEST(short_names_libosip2_leaves_are_found_under_the_full_one)
{
	osip_message_t *m;

	CHECK_EQ(parse_text(&m,
	                    A_LINE A_CORE "k: timer\r\nSupported: 100rel\r\n"
	                                  "x: 90\r\n" A_EMPTY),
	         0);
	CHECK_TEXT(message_header(m, "Supported", 0), "timer");
	CHECK_TEXT(message_header(m, "Supported", 1), "100rel");
	CHECK(message_header(m, "Supported", 2) == NULL);
	CHECK_TEXT(message_header(m, "Session-Expires", 0), "90");
	(void)message_free(m);
}

TEST(a_response_copies_what_rfc_3261_8_2_6_says)
{
	static const char text[] =
		"INVITE sip:b@x SIP/2.0\r\n" A_VIA
		"Via: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKb\r\n" A_FROM A_TO
			A_ID
		"CSeq: 7 INVITE\r\nRecord-Route: <sip:p1;lr>, <sip:p2;lr>\r\n"
		"Timestamp: 54\r\n" A_EMPTY;
	osip_message_t *m, *r;

	CHECK_EQ(parse_text(&m, text), 0);
	r = message_response(m, 100, NULL, "t");
	CHECK_TEXT(message_header(r, "Timestamp", 0), "54");
	CHECK(message_tag(r->to) == NULL);
	CHECK_EQ(osip_list_size(&r->record_routes), 0);
	(void)message_free(r);
	r = message_response(m, 180, NULL, "t");
	CHECK_TEXT(message_tag(r->to), "t");
	CHECK_TEXT(message_tag(r->from), "1");
	CHECK_EQ(osip_list_size(&r->record_routes), 2);
	CHECK_EQ(osip_list_size(&r->vias), 2);
	CHECK_TEXT(r->reason_phrase, "Ringing");
	CHECK_EQ(message_cseq(r), 7);
	(void)message_free(r);
	r = message_response(m, 499, NULL, "t");
	CHECK_TEXT(r->reason_phrase, "Bad Request");
	CHECK_EQ(osip_list_size(&r->record_routes), 0);
	(void)message_free(r);
	(void)message_free(m);
}

TEST(random_text_differs_and_has_its_length)
{
	char a[25], b[25];

	for (int i = 0; i < 100; i++) {
		message_random(a, sizeof(a));
		message_random(b, sizeof(b));
		CHECK_EQ(strlen(a), 24);
		CHECK_EQ(strspn(a, "0123456789abcdefghijklmnopqrstuv"), 24);
		CHECK(strcmp(a, b) != 0);
	}
}

TEST(a_body_is_put_in_and_printed_with_its_length)
{
	char out[1024];
	osip_message_t *m, *copy;
	int n;

	CHECK_EQ(parse_text(&m, A_LINE A_CORE A_EMPTY), 0);
	CHECK_EQ(message_set_body(m, "application/sdp",
	                          (struct bytes){ (const void *)"v=1", 3 }),
	         0);
	CHECK_EQ(message_set_body(m, "application/sdp",
	                          (struct bytes){ (const void *)"v=0\r\n", 5 }),
	         0);
	copy = message_clone(m);
	n = message_print(copy, (uint8_t *)out, sizeof(out) - 1);
	CHECK(n > 0);
	out[n] = '\0';
	CHECK(strstr(out, "\r\n\r\nv=0\r\n") != NULL);
	CHECK(strstr(out, "v=1") == NULL);
	CHECK_EQ(atoi(strstr(out, "Content-Length:") + 15), 5);
	(void)message_free(copy);
	(void)message_free(m);
}

static const struct {
	const char *text;
	int head;
	size_t body;
} frames[] = {
	/* clang-format off */
	{ "",                                            0, 0 },
	{ "A b C\r\nl: 5\r\n",                           0, 0 },
	{ "A b C\r\nl: 5\r\n\r",                         0, 0 },
	{ "A b C\r\nl: 5\r\n\r\n",                      15, 5 },
	{ "A b C\r\nl: 5\r\n\r\nhello",                 15, 5 },
	{ "A b C\nl: 5\n\nhello",                       12, 5 },
	{ "A b C\r\nContent-length :\r\n 7\r\n\r\n",    31, 7 },
	{ "A b C\r\n\r\n",                               9, 0 },
	{ "A b C\r\nl: 5\r\nl: 5\r\n\r\n",        -EBADMSG, 0 },
	{ "A b C\r\nl: x\r\n\r\n",                -EBADMSG, 0 },
	{ "A b C\r\nl: -5\r\n\r\n",               -EBADMSG, 0 },
	{ "A b C\r\nl: 99999999999\r\n\r\n",      -EBADMSG, 0 },
	{ "A b C\r\nTo: a\r\nTo: b\r\nl: 3\r\n\r\n",    29, 3 },
	/* clang-format on */
};

TEST_ROWS(a_stream_is_cut_by_content_length, frames, row)
{
	size_t body = 0;

	CHECK_EQ(scan_frame((struct bytes){ (const void *)row->text,
	                                    strlen(row->text) },
	                    &body),
	         row->head);
	CHECK_EQ(body, row->body);
}

LADDER(parsing_and_answering_survive_want_of_memory)
{
	static const char text[] =
		"INVITE sip:b@x SIP/2.0\r\n" A_VIA A_FROM A_TO A_ID
		"CSeq: 7 INVITE\r\nRecord-Route: <sip:p1;lr>, <sip:p2;lr>\r\n"
		"Contact: \"A\" <sip:a@x>\r\nAllow: INVITE, ACK\r\n"
		"Content-Type: application/sdp\r\nTimestamp: 54\r\n"
		"Content-Length: 3\r\n\r\nv=0";
	osip_message_t *m = NULL, *r, *copy;
	struct bytes octets;

	(void)parse_text(&m, text);
	if (m == NULL)
		return;
	r = message_response(m, 183, NULL, "t");
	if (r != NULL && message_octets(r, &octets) == 0)
		message_octets_free(&octets);
	copy = message_clone(m);
	if (copy != NULL)
		(void)message_set_body(copy, "a/b", message_body(m));
	(void)message_free(copy);
	(void)message_free(r);
	(void)message_free(m);
	(void)parse_text(&m, "INVITE sip:b SIP/2.0 \r\n" A_CORE A_EMPTY);
	(void)message_free(m);
}
