/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Bodies that are more than a description: what of them is read, and what a
 * call is refused for.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/sip/body.h"
#include "gateway/sip/message.h"
#include "gateway/sip/osip.h"
#include "tests/gateway/sip/desk.h"
#include "tests/test.h"

#define SDP        "v=0\r\no=a 1 1 IN IP4 127.0.0.1\r\ns=-\r\n"
#define PART       "Content-Type: application/sdp\r\n\r\n" SDP
#define BOTH(part) "--b\r\n" part "\r\n--b\r\n" PART "\r\n--b--\r\n"
#define OTHER      "Content-Type: application/isup\r\n\r\n\x01\x10\r\n--y"

static const struct row {
	const char *headers, *body;
	const char *left; /* NULL: as it was */
} rows[] = {
	/* clang-format off */
	{ "application/sdp", SDP, NULL },
	{ "multipart/mixed;boundary=b", BOTH(OTHER), SDP },
	{ "multipart/mixed; boundary=\"b\"", "preamble --b\r\n" BOTH(OTHER) "end", SDP },
	{ "Multipart/Alternative; x=y; Boundary=b", BOTH(OTHER), SDP },
	{ "multipart/mixed;boundary=b", "--b\n" PART "\n--b--\n", SDP },
	{ "multipart/mixed;boundary=b", "--b\r\n" PART, SDP }, /* cut off */
	{ "multipart/mixed;boundary=b",
	  "--b  \r\nCONTENT-TYPE : application/sdp ; x=y\r\nContent-Length: 3\r\n\r\n" SDP "\r\n--b--", SDP },
	/* the first is the session's */
	{ "multipart/mixed;boundary=b",
	  "--b\r\n" PART "\r\n--b\r\nContent-Type: application/sdp\r\n\r\nv=1\r\n--b--", SDP },
	{ "multipart/mixed;boundary=b",
	  BOTH("Content-Type: application/sdp\r\nContent-Disposition: early-session\r\n\r\nv=1"), SDP },
	{ "multipart/mixed;boundary=b",
	  BOTH("Content-Type: application/sdp\r\nContent-Encoding: gzip\r\n\r\nxyz"), SDP },
	/* handling */
	{ "multipart/mixed;boundary=b",
	  BOTH("Content-Type: application/isup\r\nContent-Disposition: signal;handling=optional\r\n\r\nx"), SDP },
	{ "multipart/mixed;boundary=b",
	  BOTH("Content-Type: application/isup\r\nContent-Disposition: signal ; Handling = \"REQUIRED\"\r\n\r\nx"), NULL },
	{ "multipart/mixed;boundary=b",
	  "--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b--", "" },
	{ "application/isup\r\nContent-Disposition: signal;handling=optional", "x", "" },
	{ "application/isup\r\nContent-Disposition: signal;handling=required", "x", NULL },
	{ "application/isup", "x", NULL },
	/* no parts at all */
	{ "multipart/mixed", BOTH(OTHER), NULL },
	{ "multipart/mixed;boundary=", BOTH(OTHER), NULL },
	{ "multipart/mixed;boundary=\"", BOTH(OTHER), NULL },
	{ "multipart/mixed;boundary=c", BOTH(OTHER), NULL },
	{ "multipart/mixed;boundary=b", "--b--", NULL },
	{ "multipart/mixed;boundary=b", "--b", "" },
	{ "multipart/mixed;boundary=b", "--bb\r\n" PART, NULL },
	/* clang-format on */
};

static osip_message_t *parse(const char *method, const struct row *row)
{
	osip_message_t *m = NULL;
	char text[2048];

	(void)snprintf(text, sizeof(text),
	               "%s sip:1@gw SIP/2.0\r\n"
	               "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKb\r\n"
	               "From: <sip:a@b>;tag=1\r\nTo: <sip:1@gw>\r\n"
	               "Call-ID: b\r\nCSeq: 1 %s\r\nContent-Type: %s\r\n"
	               "Content-Length: %zu\r\n\r\n%s",
	               method, method, row->headers, strlen(row->body),
	               row->body);
	message_start();
	CHECK_EQ(message_parse(&m, (struct bytes){ (const void *)text,
	                                           strlen(text) }),
	         0);
	return m;
}

static void check_left(const char *method, const struct row *row,
                       const char *left)
{
	osip_message_t *m = parse(method, row);
	struct bytes body = message_body(m), octets;

	CHECK_EQ(body.len, strlen(left));
	CHECK(body.len == 0 || memcmp(body.at, left, body.len) == 0);
	CHECK(left == row->body || body.len == 0 || body_is_sdp(m));
	if (left != row->body) {
		CHECK_EQ(message_octets(m, &octets), 0);
		message_octets_free(&octets);
	}
	(void)message_free(m);
}

TEST_ROWS(of_parts_the_description_is_left, rows, row)
{
	check_left("INVITE", row, row->left != NULL ? row->left : row->body);
	check_left("UPDATE", row, row->left != NULL ? row->left : row->body);
	check_left("INFO", row, row->body); /* no session's */
}

TEST(more_parts_than_we_look_at_leave_what_was_seen)
{
	struct row row = { "multipart/mixed;boundary=b", NULL, NULL };
	char body[1600] = "";

	for (unsigned i = 0; i < 40; i++)
		(void)strcat(body, "--b\r\nContent-Type: a/b\r\n\r\nx\r\n");
	(void)strcat(body, "--b\r\n" PART "\r\n--b--");
	row.body = body;
	check_left("INVITE", &row, "");
}

/* --- in a call --- */

#define ISUP(handling)                                   \
	"--b\r\nContent-Type: application/ISUP\r\n"      \
	"Content-Disposition: signal;handling=" handling \
	"\r\n\r\n\x01\x60\x10\r\n--b\r\n"                \
	"Content-Type: application/sdp\r\n\r\n"

/* The far end's description with ISUP beside it. */
static const char *beside(struct desk *d, const char *isup)
{
	static char body[4096];

	d->far.type = "multipart/mixed;boundary=b";
	(void)snprintf(body, sizeof(body), "%s%s\r\n--b--\r\n", isup, far_sdp);
	return body;
}

TEST(a_call_with_isup_beside_its_offer_is_a_call)
{
	struct desk d;

	desk_open(&d);
	far_invite(&d.far, "1", "", beside(&d, ISUP("optional")));
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_SETUP));
	CHECK(d.setup.has_offer);
	CHECK_EQ(sip_session_answer(d.session, NULL, NULL), 0);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 100"));
	CHECK(far_hears(&d.far, "SIP/2.0 200"));
	CHECK(strstr(far_body(&d.far), "m=audio") != NULL);
	far_request(&d.far, "ACK", "", NULL);
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_CONFIRMED));
	desk_ended(&d);
	desk_close(&d);
}

TEST(an_answer_with_isup_beside_it_is_an_answer)
{
	struct desk d;

	desk_open(&d);
	desk_invite(&d);
	far_reply(&d.far, "183 Session Progress", "",
	          beside(&d, ISUP("optional")));
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_PROGRESS) && d.has_flow);
	far_reply(&d.far, "200 OK", "", beside(&d, ISUP("required")));
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_ANSWER)); /* agreed before, all the same */
	CHECK(far_hears(&d.far, "ACK "));
	desk_ended(&d);
	desk_close(&d);
}

static const struct refused {
	const char *lines, *type, *handling, *header, *value;
} refuseds[] = {
	/* clang-format off */
	{ "", NULL, ISUP("required"), "Accept", "application/sdp, multipart/mixed" },
	{ "", "application/isup", NULL, "Accept", "application/sdp, multipart/mixed" },
	{ "Content-Encoding: gzip\r\n", "application/sdp", NULL,
	  "Accept-Encoding", "identity" },
	{ "Content-Disposition: early-session\r\n", "application/sdp", NULL,
	  "Accept", "application/sdp, multipart/mixed" },
	/* clang-format on */
};

/* In front of a call and in one, which goes on. */
TEST_ROWS(a_body_that_must_be_known_and_is_not_is_refused, refuseds, row)
{
	struct desk d;
	const char *body = far_sdp;

	desk_open(&d);
	if (row->handling != NULL)
		body = beside(&d, row->handling);
	else
		d.far.type = row->type;
	far_invite(&d.far, "1", row->lines, body);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 415"));
	CHECK_TEXT(far_header(&d.far, row->header), row->value);
	far_ack_refusal(&d.far);
	desk_turn(&d);
	CHECK(desk_quiet(&d));
	d.far.type = NULL;
	desk_call_in(&d);
	d.far.type = row->handling != NULL ? "multipart/mixed;boundary=b"
	                                   : row->type;
	far_request(&d.far, "INVITE", row->lines, body);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 415"));
	far_ack_refusal(&d.far);
	far_request(&d.far, "UPDATE", row->lines, body);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 415"));
	CHECK(desk_quiet(&d));
	desk_ended(&d);
	desk_close(&d);
}
