/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * User-to-User between headers and ours, and in which messages it goes.
 */
#include <errno.h>
#include <string.h>

#include "gateway/sip/private.h"
#include "tests/gateway/sip/desk.h"
#include "tests/test.h"

static osip_message_t *bye_with(const char *lines)
{
	char room[4096];
	struct text text = TEXT(room);
	osip_message_t *m = NULL;

	text_add(&text,
	         "BYE sip:x@h SIP/2.0\r\n"
	         "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n"
	         "From: <sip:a@h>;tag=1\r\nTo: <sip:x@h>;tag=2\r\n"
	         "Call-ID: 1\r\nCSeq: 1 BYE\r\nMax-Forwards: 70\r\n%s"
	         "Content-Length: 0\r\n\r\n",
	         lines);
	message_start();
	CHECK_EQ(message_parse(&m, (struct bytes){ (uint8_t *)room, text.len }),
	         0);
	return m;
}

#define U        "User-to-User: "
#define OCTETS8  "0011223344556677"
#define OCTETS64 OCTETS8 OCTETS8 OCTETS8 OCTETS8 OCTETS8 OCTETS8 OCTETS8 OCTETS8

static const struct {
	const char *lines;
	int found;
	unsigned len;
	uint8_t first;
} read[] = {
	/* clang-format off */
	{ "", 0, 0, 0 },
	{ U "04313233;purpose=isdn-uui;encoding=hex;content=isdn-uui\r\n",
	  1, 4, 4 },
	{ U "04313233\r\n", 1, 4, 4 }, /* before there were packages */
	{ U "C8\r\n", 1, 1, 0xc8 },
	{ U "04aB;purpose=isdn-interwork\r\n", 1, 2, 4 },
	{ U "04aB ; Purpose=ISDN-UUI ;encoding=HEX\r\n", 1, 2, 4 },
	{ U "\"0431\";purpose=isdn-uui\r\n", 1, 2, 4 },
	{ U "0431;purpose=\"isdn-uui\"\r\n", 1, 2, 4 },
	{ U OCTETS64 OCTETS64 "ff\r\n", 1, UUI_OCTETS, 0 },
	/* for others */
	{ U "56a390f3d2b7310023a2;purpose=foo\r\n", 0, 0, 0 },
	{ U "hello;encoding=ascii\r\n", 0, 0, 0 },
	{ U "0431;content=bar\r\n", 0, 0, 0 },
	{ U "56a3;purpose=foo, 0431;purpose=isdn-uui\r\n", 1, 2, 4 },
	{ U "zz;purpose=foo\r\n" U "0431\r\n", 1, 2, 4 },
	/* nobody knows which */
	{ U "0431\r\n" U "0432\r\n", -EBADMSG, 0, 0 },
	{ U "0431, 0432;purpose=isdn-uui\r\n", -EBADMSG, 0, 0 },
	/* wrong */
	{ U "\r\n", 0, 0, 0 },
	{ U ";purpose=isdn-uui\r\n", -EBADMSG, 0, 0 },
	{ U "043\r\n", -EBADMSG, 0, 0 },
	{ U "04x1\r\n", -EBADMSG, 0, 0 },
	{ U "0431 32\r\n", -EBADMSG, 0, 0 },
	{ U "\"0431\r\n", -EBADMSG, 0, 0 },
	{ U "\"\"\r\n", -EBADMSG, 0, 0 },
	{ U "hello\r\n", -EBADMSG, 0, 0 },
	{ U OCTETS64 OCTETS64 "ffff\r\n", -EBADMSG, 0, 0 },
	/* clang-format on */
};

TEST_ROWS(user_to_user_is_read_when_it_is_for_isdn, read, row)
{
	osip_message_t *m = bye_with(row->lines);
	struct uui u = { .len = 0 };

	CHECK_EQ(header_get_uui(m, &u), row->found);
	if (row->found > 0) {
		CHECK_EQ(u.len, row->len);
		CHECK_EQ(u.octets[0], row->first);
	}
	(void)message_free(m);
}

TEST(user_to_user_is_printed_as_it_is_read)
{
	struct uui u = { .len = UUI_OCTETS }, back = { .len = 0 };
	char value[UUI_TEXT], line[UUI_TEXT + 32];
	struct text text = TEXT(line);
	osip_message_t *m;

	for (unsigned i = 0; i < UUI_OCTETS; i++)
		u.octets[i] = (uint8_t)(i * 37);
	header_print_uui(&u, value, sizeof(value));
	CHECK(strstr(value, ";purpose=isdn-uui;encoding=hex;"
	                    "content=isdn-uui") != NULL);
	text_add(&text, U "%s\r\n", value);
	m = bye_with(line);
	CHECK_EQ(header_get_uui(m, &back), 1);
	CHECK_EQ(memcmp(&u, &back, sizeof(u)), 0);
	(void)message_free(m);
}

/* --- in sessions --- */

static const struct uui said = { .len = 3, .octets = { 4, 0x68, 0x69 } };
#define SAID "046869;purpose=isdn-uui;encoding=hex;content=isdn-uui"

static void open_peer(struct desk *d, bool uui)
{
	desk_open(d);
	d->peer.uui = uui;
	CHECK_EQ(sip_peer_set(d->stack, &d->peer), 0);
}

static const bool both[] = { true, false };

TEST_ROWS(a_called_peer_hears_and_tells, both, on)
{
	struct desk d;
	struct sip_setup setup = { .has_offer = true, .uui = said };
	struct release why = { .by = RELEASE_BY_FAR, .cause = { 16, 0 } };
	const char *value = *on ? SAID : "";

	open_peer(&d, *on);
	(void)strcpy(setup.called.number.digits, "1");
	setup.called.number.present = true;
	CHECK_EQ(sip_session_place(&d.session, d.stack, "far", &setup, &d), 0);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "INVITE "));
	CHECK_TEXT(far_header(&d.far, "User-to-User"), value);
	CHECK_EQ(strstr(d.far.heard, "Supported: uui") != NULL, *on);
	far_reply(&d.far, "180 Ringing", U "0401\r\n", NULL);
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_ALERTING));
	CHECK_EQ(d.uui.len, *on ? 2 : 0);
	far_reply(&d.far, "200 OK", U "040203\r\n", far_sdp);
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_ANSWER));
	CHECK_EQ(d.uui.len, *on ? 3 : 0);
	CHECK(far_hears(&d.far, "ACK "));
	sip_session_uui(d.session, &said);
	sip_session_end(d.session, 0, &why);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "BYE "));
	CHECK_TEXT(far_header(&d.far, "User-to-User"), value);
	far_reply(&d.far, "200 OK", "", NULL);
	desk_close(&d);
}

TEST_ROWS(a_calling_peer_hears_and_tells, both, on)
{
	struct desk d;
	struct flow flow;
	const char *value = *on ? SAID : "";

	open_peer(&d, *on);
	far_invite(&d.far, "1", U "0401\r\n", far_sdp);
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_SETUP));
	CHECK_EQ(d.setup.uui.len, *on ? 2 : 0);
	CHECK(far_hears(&d.far, "SIP/2.0 100"));
	sip_session_uui(d.session, &said);
	CHECK_EQ(sip_session_ring(d.session, 180, false, &flow), 0);
	CHECK(far_hears(&d.far, "SIP/2.0 180"));
	CHECK_TEXT(far_header(&d.far, "User-to-User"), value);
	CHECK_EQ(sip_session_ring(d.session, 180, false, &flow), 0);
	CHECK(far_hears(&d.far, "SIP/2.0 180"));
	CHECK_TEXT(far_header(&d.far, "User-to-User"), ""); /* once */
	sip_session_uui(d.session, &said);
	CHECK_EQ(sip_session_answer(d.session, NULL, &flow), 0);
	CHECK(far_hears(&d.far, "SIP/2.0 200"));
	CHECK_TEXT(far_header(&d.far, "User-to-User"), value);
	far_request(&d.far, "ACK", "", NULL);
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_CONFIRMED));
	far_request(&d.far, "BYE", U "04020304\r\n", NULL);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 200"));
	CHECK(desk_told(&d, SIP_RELEASED));
	CHECK_EQ(d.uui.len, *on ? 4 : 0);
	desk_close(&d);
}

TEST(refusals_carry_it_both_ways)
{
	struct desk d;
	struct release why = { .by = RELEASE_BY_FAR, .cause = { 17, 0 } };

	open_peer(&d, true);
	desk_invite(&d);
	far_reply(&d.far, "486 Busy", U "0401\r\n", NULL);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "ACK "));
	CHECK(desk_told(&d, SIP_RELEASED));
	CHECK_EQ(d.uui.len, 2);
	desk_invited(&d, "1");
	CHECK(far_hears(&d.far, "SIP/2.0 100"));
	sip_session_uui(d.session, &said);
	sip_session_end(d.session, 486, &why);
	desk_turn(&d);
	CHECK(far_hears(&d.far, "SIP/2.0 486"));
	CHECK_TEXT(far_header(&d.far, "User-to-User"), SAID);
	far_ack_refusal(&d.far);
	desk_close(&d);
}

TEST(what_can_not_be_read_is_counted_and_the_call_goes_on)
{
	struct desk d;
	struct sip_counts counts;

	open_peer(&d, true);
	far_invite(&d.far, "1", U "nohex\r\n", far_sdp);
	desk_turn(&d);
	CHECK(desk_told(&d, SIP_SETUP));
	CHECK_EQ(d.setup.uui.len, 0);
	sip_stack_counts(d.stack, &counts);
	CHECK_EQ(counts.uui_dropped, 1);
	far_deaf(&d.far);
	far_cancel(&d.far, "");
	desk_close(&d);
}
